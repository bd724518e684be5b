"""What changes between two designs, how much, and how sure: over replications on the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.analysis.deal_units import DEAL_TABLES, UNKNOWN_IF_MISSING
from simulator.analysis.measures import Measures
from simulator.engine.model import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["table", "item", "measure", "year"]
Rest = tuple[str, str, str, int]
"""A key without its design."""
# A count that is missing from a replication is 0; a share or a mean that is missing is not known.
NOT_ZERO = {
    ("reach", "share"),
    ("segments", "crises_per_100"),
    ("segments", "reached"),
    ("segments", "wait_days"),
    ("services", "reached"),
    ("services", "wait_days"),
    ("services", "wait_90_days"),
    ("outcomes", "result"),
    ("outcomes", "without_it"),
    ("outcomes", "change"),
    *UNKNOWN_IF_MISSING,
}


def summary(measures: Measures | pd.DataFrame) -> pd.DataFrame:
    """Each measure of each design over replications: design, KEYS, mean, low, high, ci_low, ci_high, runs.

    low and high are the range of runs (2.5% to 97.5%), ci_low and ci_high the 95% confidence interval of the mean
    (Student's t; missing with one run). runs: replications in which the measure is known.
    """
    import pandas as pd

    found = _measures(measures)
    spread = _spread(_filled([key[1:] for key in found.keys], found.values))
    keys = {name: [key[position] for key in found.keys] for position, name in enumerate(["design", *KEYS])}
    return pd.DataFrame({**keys, **spread._asdict()})


def compare(measures: Measures | pd.DataFrame, baseline: str, design: str) -> pd.DataFrame:
    """The design less the baseline, replication by replication (the same people and random numbers).

    Columns: KEYS, baseline and design (means over runs), difference (mean), low and high (range of runs of the
    difference), ci_low and ci_high (95% confidence interval of the mean difference), lower and higher (runs in which the
    design is below or above), runs. Raises ValueError when a design is not in the measures.
    """
    import pandas as pd

    found = _measures(measures)
    for name in (baseline, design):
        if name not in found.designs:
            raise ValueError(f"the design `{name}` was not run")
    columns = {
        name: {key[1:]: number for number, key in enumerate(found.keys) if key[0] == name}
        for name in (baseline, design)
    }
    # A contract that only one design has is no change of one: its measures are summed up, not compared.
    keys = [key for key in dict.fromkeys([*columns[baseline], *columns[design]]) if key[0] not in DEAL_TABLES]
    before, after = (_filled(keys, _picked(found.values, keys, columns[name])) for name in (baseline, design))
    # Savings and caused changes are differences from the baseline already.
    already = [key[0] == "savings" or (key[0], key[2]) == ("outcomes", "change") for key in keys]
    before[:, already] = 0.0
    change = after - before
    with np.errstate(invalid="ignore"):
        lower, higher = (change < 0).sum(axis=0), (change > 0).sum(axis=0)
    spread = _spread(change)
    return pd.DataFrame(
        {
            **{name: [key[position] for key in keys] for position, name in enumerate(KEYS)},
            "baseline": _mean(before),
            "design": _mean(after),
            "difference": spread.mean,
            "low": spread.low,
            "high": spread.high,
            "ci_low": spread.ci_low,
            "ci_high": spread.ci_high,
            "lower": lower,
            "higher": higher,
            "runs": spread.runs,
        }
    )


def _measures(measures: Measures | pd.DataFrame) -> Measures:
    return measures if isinstance(measures, Measures) else Measures.of_frame(measures)


def _picked(values: Floats, keys: Sequence[Rest], columns: dict[Rest, int]) -> Floats:
    """The columns of these keys; NaN for a key that there is not."""
    found = np.full((len(values), len(keys)), np.nan)
    here = [number for number, key in enumerate(keys) if key in columns]
    found[:, here] = values[:, [columns[keys[number]] for number in here]]
    return found


def _filled(keys: Sequence[Rest], values: Floats) -> Floats:
    """Values with 0 where a replication has none, but for what is not known then."""
    missing = np.array([np.nan if (key[0], key[2]) in NOT_ZERO else 0.0 for key in keys], np.float64)
    return np.where(np.isnan(values), missing, values)


class Spread(NamedTuple):
    """Over replications, of each column: see `summary`."""

    mean: Floats
    low: Floats
    high: Floats
    ci_low: Floats
    ci_high: Floats
    runs: Ints


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    runs = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.where(known, values, 0.0).sum(axis=0) / runs


def _spread(values: Floats) -> Spread:
    """values: (replications, measures), NaN where one is not known."""
    known = ~np.isnan(values)
    runs = known.sum(axis=0)
    mean = _mean(values)
    low, high = mean.copy(), mean.copy()  # of one run
    whole = runs == len(values)
    if len(values) > 1:
        low[whole], high[whole] = np.quantile(values[:, whole], [0.025, 0.975], axis=0)
    for column in np.flatnonzero(~whole & (runs > 0)):
        low[column], high[column] = np.quantile(values[known[:, column], column], [0.025, 0.975])
    half = np.full(len(runs), np.nan)
    several = runs > 1
    if several.any():
        from scipy.special import stdtrit

        off = np.where(known, values - mean, 0.0)[:, several]
        degrees = runs[several] - 1
        half[several] = stdtrit(degrees, 0.975) * np.sqrt((off**2).sum(axis=0) / degrees / runs[several])
    return Spread(mean, low, high, mean - half, mean + half, runs)
