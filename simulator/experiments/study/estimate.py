"""How long a study would take and how much it would keep, from a few of its points; nothing is written."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from simulator.experiments import first_use
from simulator.experiments.points import run_points, together
from simulator.experiments.study.file import Study
from simulator.experiments.study.layout import Layout, lay_out
from simulator.experiments.study.store import as_parquet, failures_table, inputs_table, results_table

LONG_ENOUGH = 3.0
MOST_POINTS = 32


@dataclass(frozen=True)
class Estimate:
    """seconds: of all runs on so many workers, and of one point on one. size: of the files, in bytes. failed: of the `tried`
    points, those with a run that failed."""

    layout: Layout
    workers: int
    seconds: float
    seconds_a_point: float
    size: int
    tried: int
    failed: int


def estimate(study: Study, workers: int, say: first_use.Say = first_use.to_stderr) -> Estimate:
    """Run a few points spread over the study, one after the other, for some seconds. Raises ScenarioError as `lay_out`."""
    layout = lay_out(study)
    first_use.make_ready(say)
    run_points(layout.job, [layout.point(1)])  # reads the scenario, which is done once
    points = min(len(layout), MOST_POINTS)
    chosen = sorted({1 + (len(layout) - 1) * k // max(1, points - 1) for k in range(points)})
    parts = []
    begun = time.monotonic()
    for number in chosen:
        parts.append(run_points(layout.job, [layout.point(number)]))
        if time.monotonic() - begun > LONG_ENOUGH:
            break
    each = (time.monotonic() - begun) / len(parts)
    tried = together(parts)
    inputs: dict = {name: [] for name in layout.columns}
    for number in tried.numbers:
        for name, column in layout.inputs(range(number, number + 1)).items():
            inputs[name] += column
    tables = (inputs_table(layout, inputs), results_table(layout, tried))
    # Figures of different runs hardly compress; the rest of a file is the same whatever its length.
    size = sum(
        layout.chunks * max(0, len(as_parquet(table)) - table.nbytes)
        + math.ceil(table.nbytes / len(parts) * len(layout))
        for table in tables
    )
    failed = len({each.point for each in tried.failed})
    if failed:
        size += len(as_parquet(failures_table(layout, inputs, tried))) * layout.chunks
    at_once = min(workers, layout.chunks)
    return Estimate(layout, at_once, each * len(layout) / at_once, each, size, len(parts), failed)


__all__ = ["Estimate", "estimate"]
