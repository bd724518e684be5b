"""Official values as data: each table says who published it and in which release.

The package holds small CSV files and the one reader they share. A file opens with a comment block of ``# key:
text`` lines (``# source: ...``, ``# vintage: ...``), or gives ``source`` and ``vintage`` as columns where
they differ by row; a table with neither is refused. It never computes with the values: that is the work of
the module that asks.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True)
class OfficialTable:
    """One published table, as text.

    about: the comment block, by lower-case key (``source``, ``vintage``, ``note``, ``unit``...); a key
        given on several lines is joined by a space.
    rows: one mapping per data row, column name to stripped text; always has ``source`` and ``vintage``.
    """

    name: str
    about: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class SocialValue:
    """What society would give for one unit of something with no price.

    low, central, high: pounds per ``unit`` at ``price_year`` prices (low = central = high where one value is
    given).
    """

    name: str
    unit: str
    low: float
    central: float
    high: float
    price_year: str
    source: str
    vintage: str


def parse_table(name: str, text: str) -> OfficialTable:
    """Read one official table from its text.

    Blank lines and a byte-order mark are ignored; cells are stripped. Raises ValueError, naming the table and
    the row, when a row has too few or too many cells or when source or vintage is missing.
    """
    about: dict[str, str] = {}
    lines: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            key, colon, said = stripped.lstrip("# ").partition(":")
            if colon:
                key = key.strip().lower()
                about[key] = f"{about[key]} {said.strip()}" if key in about else said.strip()
        elif stripped:
            lines.append(line)
    if not lines:
        raise ValueError(f"{name}: the table has no header row")
    header, *body = [[cell.strip() for cell in row] for row in csv.reader(lines, skipinitialspace=True)]
    rows: list[Mapping[str, str]] = []
    for number, cells in enumerate(body, start=1):
        if len(cells) != len(header):
            raise ValueError(
                f"{name}, data row {number}: {len(cells)} cells for {len(header)} columns {header}"
            )
        row = {key: about[key] for key in ("source", "vintage") if key in about} | dict(
            zip(header, cells, strict=True)
        )
        missing = [key for key in ("source", "vintage") if not row.get(key)]
        if missing:
            raise ValueError(
                f"{name}, data row {number}: no {' or '.join(missing)};"
                f" add a '# {missing[0]}: ...' line or a column"
            )
        rows.append(MappingProxyType(row))
    return OfficialTable(name, MappingProxyType(about), tuple(rows))


@cache
def read_table(name: str) -> OfficialTable:
    """The official table ``name`` (the file name without ``.csv``), read once from the package's own data.

    Raises ValueError, listing the tables there are, when there is none of that name.
    """
    folder = files(__name__)
    available = sorted(
        entry.name.removesuffix(".csv") for entry in folder.iterdir() if entry.name.endswith(".csv")
    )
    if name not in available:
        raise ValueError(f"no official table called {name!r}; there are {', '.join(available)}")
    return parse_table(name, folder.joinpath(f"{name}.csv").read_text(encoding="utf-8"))


@cache
def social_values() -> Mapping[str, SocialValue]:
    """Every published social value by name, for example ``social_values()["wellby"].central`` is 13000.0."""
    return MappingProxyType(
        {
            row["name"]: SocialValue(
                name=row["name"],
                unit=row["unit"],
                low=float(row["low"]),
                central=float(row["central"]),
                high=float(row["high"]),
                price_year=row["price_year"],
                source=row["source"],
                vintage=row["vintage"],
            )
            for row in read_table("social_values").rows
        }
    )
