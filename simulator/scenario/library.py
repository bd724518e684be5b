"""The scenario library on disk: which scenarios there are, without running or trusting them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from simulator.scenario.problems import ScenarioError

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "scenarios"
SCHEMA = ROOT / "schema" / "scenario.schema.json"


@dataclass(frozen=True)
class Entry:
    """A scenario of the library. `problem` is the first thing wrong with a file that cannot be run, else empty."""

    path: Path
    title: str
    summary: str
    designs: tuple[str, ...]
    problem: str = ""


def scenarios_in(folder: Path | None = None) -> list[Entry]:
    """The scenarios of a folder, by file name. Raises OSError if there is no such folder.

    Without a folder: those of the library, of which there are none where only the package is installed.
    """
    from simulator.scenario.load import load

    if folder is None and not LIBRARY.is_dir():
        return []
    found = []
    for path in sorted((folder or LIBRARY).iterdir()):
        if path.suffix not in (".yaml", ".yml") or path.name.startswith(".") or path.is_dir():
            continue
        try:
            scenario = load(path)
        except ScenarioError as error:
            found.append(Entry(path, path.stem, "", (), str(error.problems[0])))
            continue
        except OSError as error:
            found.append(Entry(path, path.stem, "", (), f"it cannot be opened: {error.strerror or error}"))
            continue
        summary = " ".join((scenario.document.summary or "").split())
        found.append(Entry(path, scenario.title, summary, tuple(scenario.designs)))
    return found


def schema_path_from(file: Path) -> str:
    """The committed JSON Schema as seen from a scenario file, for the line that editors read."""
    try:
        return Path(os.path.relpath(SCHEMA, file.resolve().parent)).as_posix()
    except ValueError:  # another drive
        return SCHEMA.as_posix()
