"""What a part of the benchmarks gives back, and how it is written: tables, targets, and the page they go into."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, str]
PACKAGES = ("commissioning-simulator", "numba", "numpy", "pandas", "simpy", "ciw", "cimba")
ENGINES = ("simpy", "compiled")
ENGINE_NAMES = {"simpy": "our SimPy engine", "compiled": "our compiled engine"}


@dataclass(frozen=True)
class Effort:
    """How much to measure: `quick` for a look in a minute or two, `default` in about ten, `full` as long as it takes."""

    name: str = "default"

    def choose(self, quick: Any, default: Any, full: Any) -> Any:
        """The one of three values that goes with this effort."""
        return {"quick": quick, "default": default, "full": full}[self.name]


@dataclass(frozen=True)
class Target:
    """What was aimed at: `measured` is at least, over, at most or under `limit`, shown by `form`.

    None is not measured; so is what is not above 0, for a time, a ratio or a size is, unless noise was larger than the thing.
    """

    what: str
    measured: float | None
    relation: str
    limit: float
    form: str = "{:.2f} x"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None if nothing was measured."""
        if self.measured is None or not self.measured > 0:
            return None
        return {
            "at least": self.measured >= self.limit,
            "over": self.measured > self.limit,
            "at most": self.measured <= self.limit,
            "under": self.measured < self.limit,
        }[self.relation]

    def row(self) -> Row:
        met = self.met
        return {
            "target": self.what,
            "aimed at": f"{self.relation} {self.form.format(self.limit)}",
            "measured": "not measured" if met is None else self.form.format(self.measured),
            "met": "-" if met is None else "yes" if met else "**no**",
        }


@dataclass
class Section:
    """One part's result: how it was measured, its rows, what was aimed at, and what was left out and why."""

    method: str
    rows: list[Row] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        parts = [self.method]
        parts += [table(self.rows)] if self.rows else []
        parts += [table([target.row() for target in self.targets])] if self.targets else []
        parts += [f"Left out: {line}." for line in self.skipped]
        return "\n\n".join(parts)


def table(rows: Sequence[Row]) -> str:
    """A Markdown table with the columns of the first row; columns of numbers are set to the right."""
    columns = list(rows[0])
    right = {
        column for column in columns if all(re.match(r"^[-£]?[\d,.]+\b|^-$", row[column]) for row in rows)
    }
    lines = [
        "| " + " | ".join(columns) + " |",
        "| " + " | ".join("---:" if column in right else "---" for column in columns) + " |",
    ]
    lines += ["| " + " | ".join(row[column] for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def engines(skipped: list[str], names: Sequence[str] = ENGINES) -> list[str]:
    """Those of `names` that are there; a line is added to `skipped` for each that is not."""
    from simulator.experiments.engines import engine_named

    found = []
    for name in names:
        try:
            engine_named(name)
        except (ValueError, ImportError) as error:
            skipped.append(f"{ENGINE_NAMES[name]}: {error}")
        else:
            found.append(name)
    return found


def conditions() -> str:
    """The date, the machine and the versions, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    try:
        told = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
        versions.append(f"gcc {told.stdout.strip()}")
    except (OSError, subprocess.CalledProcessError):
        pass
    return (
        f"Measured on {datetime.date.today():%d %B %Y}: {_processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB of memory, Python {platform.python_version()}; {', '.join(versions)}."
    )


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        told = ""
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.M)
    return found[1].strip() if found else platform.machine()


def write(path: Path, name: str, title: str, text: str) -> None:
    """Put `text` between the markers of section `name` of a page; add the section, or the file, where there is none."""
    begin, end = f"<!-- benchmarks {name}: begin -->", f"<!-- benchmarks {name}: end -->"
    page = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    section = f"{begin}\n{text}\n{end}"
    if begin in page and end in page:
        before, rest = page.split(begin, 1)
        page = before + section + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n## {title}\n\n{section}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
