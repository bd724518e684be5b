"""Results as files and text for other programs: JSON, CSV and Parquet, whole or not at all."""

from __future__ import annotations

import errno
import json
import math
import os
import platform
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

FORMULA = ("=", "+", "-", "@")


def record(result: Result) -> dict[str, Any]:
    """What it takes to get the same numbers again."""
    from importlib.metadata import version

    from simulator import __version__

    return {
        "scenario": result.scenario.title,
        "file": Path(result.scenario.file).name,
        "scenario_sha256_16": result.scenario.digest,
        "designs": list(result.designs),
        "baseline": result.baseline,
        "replications": result.replications,
        "seed": result.seed,
        "engine": result.engine,
        "draw": result.draw,
        "reading": result.reading,
        "settings": result.scenario.settings,
        "versions": {
            "simulator": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "simpy")},
        },
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


class CannotWrite(OSError):
    """A place that cannot be written to. `wrong_place` is False where the place was right and the machine failed."""

    @property
    def wrong_place(self) -> bool:
        return self.errno not in (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EDQUOT)

    def __str__(self) -> str:
        return f"cannot write {self.filename}: {(self.strerror or 'no reason given').lower()}"


def ready(directory: Path) -> None:
    """Make a folder and see that it can be written to, before hours of work that would have no home. Raises CannotWrite."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except FileExistsError:
        raise CannotWrite(errno.ENOTDIR, "this is a file, not a folder", str(directory)) from None
    except OSError as error:
        raise _cannot_write(error, directory) from None


def write_directory(directory: Path, result: Result, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Write each table as Parquet and the record as JSON: all of them whole, or none. Returns the paths. Raises CannotWrite."""
    ready(directory)
    text = json.dumps(record(result), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    writers: dict[Path, Callable[[str], Any]] = {
        directory / f"{name}.parquet": partial(table.to_parquet, index=False)
        for name, table in {**tables, "measures": result.measures}.items()
    }
    writers[directory / "record.json"] = partial(_write_text, text=text)
    _whole(writers)
    return list(writers)


def whole(path: Path, write: Callable[[str], Any]) -> None:
    """Write a file beside its place and move it there when it is finished, so that nothing half-written is ever seen.

    Raises CannotWrite.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(error, path) from None
    _whole({path: write})


def whole_text(path: Path, text: str) -> None:
    """Write a text file as `whole` does."""
    whole(path, partial(_write_text, text=text))


def _whole(writers: dict[Path, Callable[[str], Any]]) -> None:
    """All files are written beside their places before the first is moved there."""
    finished: dict[Path, str] = {}
    path = next(iter(writers))
    try:
        for path, write in writers.items():
            place = Path(os.path.realpath(path))
            if place.exists() and not place.is_file():
                raise OSError(errno.EEXIST, "this is not a file")
            handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:50]}.")
            os.close(handle)
            finished[place] = temporary
            write(temporary)
            os.chmod(temporary, 0o644)
        for place, temporary in finished.items():
            os.replace(temporary, place)
    except OSError as error:
        raise _cannot_write(error, path) from None
    finally:
        for temporary in finished.values():
            Path(temporary).unlink(missing_ok=True)


def _write_text(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        stream.write(text)


def _cannot_write(error: OSError, path: Path) -> CannotWrite:
    # Libraries put their own words into strerror; the number says the same in plain ones.
    words = error.strerror if error.errno in (None, errno.EEXIST) else os.strerror(error.errno)
    return CannotWrite(error.errno or errno.EIO, words or str(error), str(path))


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
