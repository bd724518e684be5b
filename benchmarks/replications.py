"""Many replications of edge of care, both designs, to tables: one worker against two."""

from __future__ import annotations

import gc
import os
import statistics
import time

from benchmarks.edge_of_care import DESIGNS, FILE
from benchmarks.report import ENGINE_NAMES, Effort, Section, Target, engines

TITLE = "Replications on two cores"


def measure(effort: Effort) -> Section:
    """Seconds of a run of many replications with one and with two workers, in turns."""
    from simulator.analysis.compare import compare
    from simulator.experiments.runner import run
    from simulator.scenario.load import load

    sizes = {"simpy": effort.choose(6, 12, 40), "compiled": effort.choose(40, 200, 1_000)}
    rounds = effort.choose(1, 3, 3)
    section = Section(
        f"`{FILE.name}`, the designs `{DESIGNS[0]}` and `{DESIGNS[1]}`: `runner.run`, then the comparison table; models made and "
        f"workers started within the time. Medians of {rounds} rounds, one worker and two taking turns."
    )
    if (os.cpu_count() or 1) < 2:
        section.skipped.append("all of it: this machine has one core")
        return section
    scenario = load(FILE)
    for name in engines(section.skipped):
        run(scenario, DESIGNS, replications=2, engine=name)
        spent: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for workers, seconds in spent.items():
                gc.collect()
                begun = time.perf_counter()
                result = run(scenario, DESIGNS, replications=sizes[name], engine=name, workers=workers)
                compare(result.measures, *DESIGNS)
                seconds.append(time.perf_counter() - begun)
        ratio = statistics.median(one / two for one, two in zip(spent[1], spent[2], strict=True))
        section.rows += [
            {
                "engine": ENGINE_NAMES[name],
                "replications": f"{sizes[name]:,}",
                "workers": str(workers),
                "seconds": f"{statistics.median(seconds):,.2f}",
                "range of rounds": f"{min(seconds):,.2f} to {max(seconds):,.2f}",
                "beside one worker": "1.00" if workers == 1 else f"{ratio:.2f}",
            }
            for workers, seconds in spent.items()
        ]
        if name == "compiled":
            section.targets.append(Target("compiled engine: two workers beside one", ratio, "at least", 1.7))
    return section
