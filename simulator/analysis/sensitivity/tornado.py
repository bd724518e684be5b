"""One number at a time: how far the answer moves when each goes to the ends of its range, the others as written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Floats

if TYPE_CHECKING:
    import pandas as pd

CHANCE = 0.05
"""So often would chance make a change of one of both ends `clear`."""
ROUNDING = 1e-9


def tornado(places: Sequence[str], base: Floats, at_ends: Floats) -> pd.DataFrame:
    """A row a number, the widest swing first.

    base: (replications,), the answer with all numbers as written. at_ends: (numbers, 2, replications), with each number at its
    low and its high end, on the same random numbers. Columns: place, base, at_low, at_high (means), change_low, change_high,
    se_low, se_high (standard errors of the paired changes; NaN with one replication), swing (between both ends), clear (a
    change is more than chance is likely to make), turns (clear, and the mean answer is above 0 at one end and not at the
    other, or not as written).
    """
    import pandas as pd

    runs = len(base)
    change = at_ends - base
    means = at_ends.mean(axis=2)
    moved = change.mean(axis=2)
    if runs > 1:
        se = change.std(axis=2, ddof=1) / np.sqrt(runs)
        from scipy.stats import t as student

        # For both ends together (Bonferroni); the slack is for sums of floats that are the same number.
        sure = student.ppf(1 - CHANCE / 4, runs - 1)
        clear = (np.abs(moved) > np.maximum(sure * se, ROUNDING * np.abs(base).max())).any(axis=1)
    else:
        se, clear = np.full(moved.shape, np.nan), np.zeros(len(moved), bool)
    middle = float(base.mean())
    all_three = np.column_stack([means, np.full(len(means), middle)])
    found = pd.DataFrame(
        {
            "place": list(places),
            "base": middle,
            "at_low": means[:, 0],
            "at_high": means[:, 1],
            "change_low": moved[:, 0],
            "change_high": moved[:, 1],
            "se_low": se[:, 0],
            "se_high": se[:, 1],
            "swing": all_three.max(axis=1) - all_three.min(axis=1),
            "clear": clear,
            "turns": clear & (all_three > 0).any(axis=1) & ~(all_three > 0).all(axis=1),
        }
    )
    return found.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


__all__ = ["tornado"]
