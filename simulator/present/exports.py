"""Results as files and text for other programs: JSON, CSV and Parquet, whole or not at all."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiments.files import all_whole, ready, text_writer

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result
    from simulator.scenario.load import Scenario

FORMULA = ("=", "+", "-", "@")


def record(result: Result) -> dict[str, Any]:
    """What it takes to get the same numbers again."""
    return record_of(
        result.scenario,
        result.designs,
        replications=result.replications,
        seed=result.seed,
        engine=result.engine,
        draw=result.draw,
        vary=result.vary,
        reading=result.reading,
    )


def record_of(scenario: Scenario, designs: Sequence[str], **how: Any) -> dict[str, Any]:
    """The scenario, its designs, how they were run, and the versions that made the numbers."""
    from importlib.metadata import version

    from simulator import __version__

    return {
        "scenario": scenario.title,
        "file": Path(scenario.file).name,
        "scenario_sha256_16": scenario.digest,
        "designs": list(designs),
        "baseline": scenario.baseline,
        **how,
        "settings": scenario.settings,
        "versions": {
            "simulator": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "simpy")},
        },
    }


def as_json(result: Result, table: pd.DataFrame, **more: Any) -> str:
    """The record and the table's rows; numbers that are not known are null."""
    found = {**record(result), **more, "rows": rows(table)}
    return json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False)


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON; numbers that are not known are null."""
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def as_csv(table: pd.DataFrame) -> str:
    """Comma-separated text. A cell of text that a spreadsheet would run as a formula gets a quote before it."""
    safe = table.copy()
    for column in safe.columns:
        if safe[column].dtype == object or str(safe[column].dtype).startswith(("str", "string")):
            safe[column] = [_harmless(value) if isinstance(value, str) else value for value in safe[column]]
    return safe.to_csv(index=False, lineterminator="\n")


def as_parquet(table: pd.DataFrame) -> bytes:
    """The table as the bytes of a Parquet file."""
    import io

    stream = io.BytesIO()
    table.to_parquet(stream, index=False)
    return stream.getvalue()


def _harmless(text: str) -> str:
    line = " ".join(text.splitlines()) if text else text
    return f"'{line}" if line.lstrip().startswith(FORMULA) else line


def write_directory(directory: Path, result: Result, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Write each table as Parquet and the record as JSON: all of them whole, or none. Returns the paths. Raises CannotWrite."""
    return write_tables(directory, record(result), {**tables, "measures": result.measures})


def write_tables(directory: Path, about: dict[str, Any], tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """As `write_directory`, with any record."""
    ready(directory)
    text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    writers: dict[Path, Callable[[str], Any]] = {
        directory / f"{name}.parquet": partial(table.to_parquet, index=False)
        for name, table in tables.items()
    }
    writers[directory / "record.json"] = text_writer(text)
    all_whole(writers)
    return list(writers)


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
