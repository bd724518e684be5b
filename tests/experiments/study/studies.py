"""Studies that run in a blink, and how their folders are compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.experiments.study import Study, load_study
from simulator.experiments.study.layout import Layout, lay_out
from tests.experiments.doubtful import TEXT

# In some draws the effect is to fade over more than 1,000 years, which the engine refuses.
FAILING = TEXT.replace(
    "(0.2 to 0.8)}", "(0.2 to 0.8), lasts: 1 year, fades_over: 990 years (900 to 1080 years)}"
)
BOTH = """\
format: 1
study: Places and doubt
scenario: tiny.yaml
replications: 2
outputs: [crises, cost, stayed]
grid: {ten: [0.5, 1, 2]}
samples: {draws: 8}
chunk: 3
"""
ONE = "format: 1\nstudy: One point\nscenario: tiny.yaml\n"
GRID = ONE + "replications: 3\ngrid: {ten: [0.5, 2]}\n"


def written(folder: Path, study: str = BOTH, scenario: str = TEXT) -> Path:
    """A study file with its scenario beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "tiny.yaml").write_text(scenario, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(study, encoding="utf-8")
    return path


def loaded(folder: Path, study: str = BOTH, scenario: str = TEXT) -> Study:
    return load_study(written(folder, study, scenario))


def laid_out(folder: Path, study: str = BOTH, scenario: str = TEXT) -> Layout:
    return lay_out(loaded(folder, study, scenario))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a study's folder but the record, the hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "record.json"
    }


def silent(_: Any) -> None:
    """Nobody to tell."""
