"""What changes between two designs, how much, and how sure: over replications on the same random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["table", "item", "measure", "year"]
# A count that is missing from a replication is 0; a share or a mean that is missing is not known.
NOT_ZERO = {
    ("services", "reached"),
    ("services", "wait_days"),
    ("services", "wait_90_days"),
    ("outcomes", "result"),
    ("outcomes", "without_it"),
    ("outcomes", "change"),
}


def summary(measures: pd.DataFrame) -> pd.DataFrame:
    """Each measure of each design over replications: design, KEYS, mean, low, high, ci_low, ci_high, runs.

    low and high are the range of runs (2.5% to 97.5%), ci_low and ci_high the 95% confidence interval of the mean
    (Student's t; missing with one run). runs: replications in which the measure is known.
    """
    import pandas as pd

    rows = []
    replications = sorted(measures["replication"].unique())
    for (design, *key), group in measures.groupby(["design", *KEYS], sort=False):
        values = _filled(group, (str(key[0]), str(key[2])), replications)
        rows.append((design, *key, *_spread(values)))
    return pd.DataFrame(rows, columns=["design", *KEYS, "mean", "low", "high", "ci_low", "ci_high", "runs"])


def compare(measures: pd.DataFrame, baseline: str, design: str) -> pd.DataFrame:
    """The design less the baseline, replication by replication (the same people and random numbers).

    Columns: KEYS, baseline and design (means over runs), difference (mean), low and high (range of runs of the
    difference), ci_low and ci_high (95% confidence interval of the mean difference), lower and higher (runs in which the
    design is below or above), runs. Raises ValueError when a design is not in the measures.
    """
    import pandas as pd

    for name in (baseline, design):
        if name not in set(measures["design"]):
            raise ValueError(f"the design `{name}` was not run")
    replications = sorted(measures["replication"].unique())
    wide = {
        name: dict(iter(measures[measures["design"] == name].groupby(KEYS, sort=False)))
        for name in (baseline, design)
    }
    rows = []
    for key in dict.fromkeys([*wide[baseline], *wide[design]]):
        kind = (str(key[0]), str(key[2]))
        before, after = (_filled(wide[name].get(key), kind, replications) for name in (baseline, design))
        if key[0] == "savings" or kind == ("outcomes", "change"):
            before = np.zeros(len(after))  # already a difference from the baseline
        both = ~np.isnan(before) & ~np.isnan(after)
        change = (after - before)[both]
        _, low, high, ci_low, ci_high, runs = _spread(change)
        rows.append(
            (
                *key,
                _mean(before),
                _mean(after),
                _mean(change),
                low,
                high,
                ci_low,
                ci_high,
                int((change < 0).sum()),
                int((change > 0).sum()),
                runs,
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            *KEYS,
            "baseline",
            "design",
            "difference",
            "low",
            "high",
            "ci_low",
            "ci_high",
            "lower",
            "higher",
            "runs",
        ],
    )


def _filled(group: pd.DataFrame | None, kind: tuple[str, ...], replications: list[int]) -> np.ndarray:
    """Values by replication, with 0 (or not known) where there is none."""
    missing = np.nan if kind in NOT_ZERO else 0.0
    found = dict.fromkeys(replications, missing)
    if group is not None:
        found.update(zip(group["replication"], group["value"], strict=True))
    return np.array([found[number] for number in replications])


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _spread(values: np.ndarray) -> tuple[float, float, float, float, float, int]:
    known = values[~np.isnan(values)]
    if not len(known):
        return (float("nan"),) * 5 + (0,)
    mean = float(known.mean())
    low, high = (float(each) for each in np.quantile(known, [0.025, 0.975]))
    if len(known) < 2:
        return mean, low, high, float("nan"), float("nan"), len(known)
    from scipy.special import stdtrit

    half = float(stdtrit(len(known) - 1, 0.975) * known.std(ddof=1) / np.sqrt(len(known)))
    return mean, low, high, mean - half, mean + half, len(known)
