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
    """The scenarios of a folder (default: the library), by file name. Raises OSError if there is no such folder."""
    from simulator.scenario.load import load

    folder = folder or LIBRARY
    found = []
    for path in sorted(
        each
        for each in folder.iterdir()
        if each.suffix in (".yaml", ".yml") and not each.name.startswith(".")
    ):
        try:
            scenario = load(path)
        except ScenarioError as error:
            found.append(Entry(path, path.stem, "", (), str(error.problems[0])))
            continue
        found.append(
            Entry(
                path,
                scenario.title,
                " ".join((scenario.document.summary or "").split()),
                tuple(scenario.designs),
            )
        )
    return found


def schema_path_from(file: Path) -> str:
    """The committed JSON Schema as seen from a scenario file, for the line that editors read."""
    try:
        return Path(os.path.relpath(SCHEMA, file.resolve().parent)).as_posix()
    except ValueError:  # another drive
        return SCHEMA.as_posix()
