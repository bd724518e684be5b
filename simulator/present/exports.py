"""Results as files and text for other programs: JSON, CSV and Parquet, whole or not at all."""

from __future__ import annotations

import json
import math
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def record(result: Result) -> dict[str, Any]:
    """What it takes to get the same numbers again."""
    from importlib.metadata import version

    from simulator import __version__

    return {
        "scenario": result.scenario.title, "file": Path(result.scenario.file).name, "scenario_sha256_16": result.scenario.digest,
        "designs": list(result.designs), "baseline": result.baseline, "replications": result.replications, "seed": result.seed,
        "engine": result.engine, "draw": result.draw, "reading": result.reading,
        "versions": {"simulator": __version__, "python": platform.python_version(), **{name: version(name) for name in ("numpy", "scipy", "simpy")}},
    }


def as_json(result: Result, table: pd.DataFrame, **more: Any) -> str:
    """The record and the table's rows; numbers that are not known are null."""
    rows = [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]
    return json.dumps({**record(result), **more, "rows": rows}, ensure_ascii=False, indent=1, allow_nan=False)


def as_csv(table: pd.DataFrame) -> str:
    """Comma-separated text. A cell of text that a spreadsheet would run as a formula gets a quote before it."""
    safe = table.copy()
    for column in safe.columns:
        if safe[column].dtype == object or str(safe[column].dtype).startswith(("str", "string")):
            safe[column] = [f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value for value in safe[column]]
    return safe.to_csv(index=False, lineterminator="\n")


def write_directory(directory: Path, result: Result, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Write each table as Parquet and the record as JSON. Each file is written whole. Returns the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in {**tables, "measures": result.measures}.items():
        path = directory / f"{name}.parquet"
        whole(path, lambda temporary, table=table: table.to_parquet(temporary, index=False))  # type: ignore[misc]
        written.append(path)
    path = directory / "record.json"
    whole(path, lambda temporary: Path(temporary).write_text(json.dumps(record(result), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"))
    return [*written, path]


def whole(path: Path, write: Callable[[str], Any]) -> None:
    """Write a file beside its place and move it there when it is finished, so that nothing half-written is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        write(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
