"""Which run to show when only one can be shown."""

from __future__ import annotations

import numpy as np

from simulator.analysis.measures import Measures
from simulator.engine.model import Floats

MIDDLE_BY = (("crises", "", "number", 0), ("value", "", "resources", 0))


def median_run(measures: Measures, baseline: str, design: str) -> int:
    """The number of the replication in the middle by difference in crises, design less baseline.

    By difference in the cost of all resources where no run has a crisis. Of an even number of replications the lower of
    the two in the middle; of several with the same difference the lowest number.

    People's paths have no mean: averaged over runs, a place holds 0.4 of a person, and queues that are full in one run and
    empty in the next come out half full in all of them, which happened in none. So one shows a run that did happen, and
    the median rather than the first or a telling one: half of the runs differ more between the designs, half less, and
    nobody has chosen it. How far apart runs are is said by ranges, not by an animation.

    Raises ValueError when a design is not in the measures.
    """
    for name in (baseline, design):
        if name not in measures.designs:
            raise ValueError(f"the design `{name}` was not run")
    for key in MIDDLE_BY:
        before, after = (_column(measures, (name, *key)) for name in (baseline, design))
        if before.any() or after.any():
            break
    difference = after - before
    middle = np.sort(difference)[(len(difference) - 1) // 2]
    return min(
        number
        for number, each in zip(measures.replications, difference.tolist(), strict=True)
        if each == middle
    )


def _column(measures: Measures, key: tuple[str, str, str, str, int]) -> Floats:
    """A measure by replication; 0 where there is none."""
    if key not in measures.keys:
        return np.zeros(len(measures.replications))
    return np.nan_to_num(measures.values[:, measures.keys.index(key)])
