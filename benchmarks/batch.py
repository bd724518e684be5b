"""A study in its folder beside the same runs kept in memory: what writing costs, and whether memory grows with length."""

from __future__ import annotations

import gc
import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import child
from benchmarks.edge_of_care import DESIGNS, FILE
from benchmarks.report import Effort, Section, Target

TITLE = "Batches: a study in a folder"
OUTPUTS = ("crises", "cost", "cash_released", "irr")


def measure(effort: Effort) -> Section:
    """Seconds of runs with and without their folder, in turns; peak memory of a study and of one four times as long."""
    from simulator.experiments.many import run_all
    from simulator.experiments.study import load_study, run_study
    from simulator.experiments.study.layout import lay_out

    draws, rounds = effort.choose(128, 1_024, 4_096), effort.choose(1, 3, 3)
    short = effort.choose(64, 256, 1_024)
    workers = os.cpu_count() or 1
    spent: dict[str, list[float]] = {"in memory": [], "in a folder": []}
    size = 0
    with TemporaryDirectory() as place:
        study = load_study(written(Path(place), draws))
        layout = lay_out(study)
        points = [layout.point(number) for number in range(1, len(layout) + 1)]
        run_all(layout.job, points[:2])
        for turn in range(rounds):
            out = Path(place) / f"out{turn}"
            for name, seconds in spent.items():
                gc.collect()
                begun = time.perf_counter()
                if name == "in memory":
                    run_all(layout.job, points, at_once=workers, processes=True)
                else:
                    run_study(study, out, at_once=workers, processes=True)
                seconds.append(time.perf_counter() - begun)
        size = sum(path.stat().st_size for path in out.rglob("*.parquet"))
        files = sum(1 for _ in out.rglob("*.parquet"))
    more = statistics.median(
        kept / bare for bare, kept in zip(spent["in memory"], spent["in a folder"], strict=True)
    )
    base, one, four = (child.run("batch", "kept", draws=number)[1] / 1e6 for number in (1, short, 4 * short))
    section = Section(
        f"`{FILE.name}`, `{DESIGNS[0]}` and `{DESIGNS[1]}`, {draws:,} draws of every uncertain number, {len(OUTPUTS)} figures of "
        f"each run, {workers} workers, started within the time. Medians of {rounds} rounds that take turns. The folder has "
        f"{files:,} Parquet files, {size / 1e6:.1f} MB. Memory is that of the process that writes, on one thread, in studies of "
        f"{short:,} and {4 * short:,} draws."
    )
    section.rows = [
        {
            "what": f"{layout.runs:,} runs, results {name}",
            "seconds": f"{statistics.median(seconds):,.2f}",
            "range of rounds": f"{min(seconds):,.2f} to {max(seconds):,.2f}",
        }
        for name, seconds in spent.items()
    ]
    section.rows += [
        {
            "what": f"peak memory of a study of {number:,} draws, MB",
            "seconds": f"{peak:,.0f}",
            "range of rounds": "-",
        }
        for number, peak in ((1, base), (short, one), (4 * short, four))
    ]
    section.targets = [
        Target("a study in its folder beside its bare runs", more, "under", 1.1),
        Target("peak memory of a study four times as long", four / one, "under", 1.05),
    ]
    return section


def written(place: Path, draws: int) -> Path:
    """A study of so many draws."""
    path = place / "study.yaml"
    path.write_text(
        f"format: 1\nstudy: Benchmark\nscenario: {os.path.relpath(FILE, place)}\ndesigns: [{DESIGNS[1]}]\n"
        f"outputs: [{', '.join(OUTPUTS)}]\nsamples: {{draws: {draws}}}\n",
        encoding="utf-8",
    )
    return path


def kept(draws: int) -> dict[str, Any]:
    """Run a study of so many draws on one thread, in chunks of one size."""
    from simulator.experiments.study import run_study

    with TemporaryDirectory() as place:
        path = written(Path(place), draws)
        path.write_text(f"{path.read_text(encoding='utf-8')}chunk: 16\n", encoding="utf-8")
        found = run_study(path, Path(place) / "out", at_once=1)
    return {"chunks": found.layout.chunks}
