"""Shares of the variance: what each uncertain number explains alone, and with all others (Sobol 1993; Saltelli et al. 2010)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Floats

if TYPE_CHECKING:
    import pandas as pd

WIDE = 0.2
"""A 95% interval of an index that is wider than this says little."""
RESAMPLES = 500


@dataclass(frozen=True, eq=False)
class Design:
    """Points of the unit cube for the indices. points: (size (numbers + 2), numbers): matrix A, then B, then for each number
    A with that number from B, each of `size` rows, which is a power of two."""

    points: Floats
    size: int

    @property
    def numbers(self) -> int:
        return self.points.shape[1]

    def rows(self) -> list[tuple[str, int]]:
        """Of each point, which matrix it is of (`a`, `b`, or the place of a number's column from 0 as text), and its row."""
        names = ["a", "b", *map(str, range(self.numbers))]
        return [(name, row) for name in names for row in range(self.size)]


def design(size: int, numbers: int, seed: int) -> Design:
    """Saltelli's design on scrambled Sobol points, of `size` (a power of two) times (numbers + 2) points.

    Raises ValueError for a size that is not a power of two of 2 or more.
    """
    if size < 2 or size & (size - 1):
        raise ValueError(f"the size of a Sobol design is a power of two, such as 256 or 1,024, not {size:,}")
    from scipy.stats import qmc

    both = qmc.Sobol(2 * numbers, rng=seed).random_base2(size.bit_length() - 1)
    a, b = both[:, :numbers], both[:, numbers:]
    parts = [a, b]
    for number in range(numbers):
        mixed = a.copy()
        mixed[:, number] = b[:, number]
        parts.append(mixed)
    return Design(np.concatenate(parts), size)


def indices(
    places: Sequence[str], made: Design, results: Floats, seed: int = 1, resamples: int = RESAMPLES
) -> pd.DataFrame:
    """A row a number, the largest total index first, from the results (points,) of a design's points.

    Columns: place, first, first_low, first_high (what the number explains alone), total, total_low, total_high (with all its
    doings together with others), variance, status. The estimators are scipy's (Saltelli et al. 2010), the bounds 95%
    percentile intervals of a bootstrap over rows. Where the result never changes every index is 0. status: `ok`, `no spread`,
    or `too few runs` where an interval is wider than WIDE or a first index lies clearly above its total.
    """
    import pandas as pd

    size, numbers = made.size, made.numbers
    if not np.isfinite(results).all():
        raise ValueError("a result of a Sobol design is not known, and none can be missing")
    blocks = results.reshape(numbers + 2, size)
    scale = float(np.abs(results - results.mean()).max())
    if scale <= 1e-12 * max(1.0, float(np.abs(results).max())):
        zeros = dict.fromkeys(
            ["first", "first_low", "first_high", "total", "total_low", "total_high", "variance"], 0.0
        )
        return pd.DataFrame([{"place": place, **zeros, "status": "no spread"} for place in places])
    # About their mean: the estimators lose digits where the mean is large beside the spread.
    centred = (blocks - blocks[:2].mean()) / scale
    found = _estimated(centred)
    rng = np.random.default_rng(seed)
    # Not scipy's own bootstrap: that takes random numbers that nobody can ask for again.
    again = np.array([_estimated(centred[:, rng.integers(0, size, size)]) for _ in range(resamples)])
    low, high = np.quantile(again, [0.025, 0.975], axis=0)
    table = pd.DataFrame(
        {
            "place": list(places),
            "first": found[0],
            "first_low": low[0],
            "first_high": high[0],
            "total": found[1],
            "total_low": low[1],
            "total_high": high[1],
            "variance": float(blocks[:2].var(ddof=1)),
        }
    )
    wide = (high - low).max(axis=0) > WIDE
    table["status"] = np.where(wide | (low[0] > high[1]), "too few runs", "ok")
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def _estimated(blocks: Floats) -> Floats:
    """(2, numbers): first-order and total indices of (numbers + 2, size) results. A resample without spread has none: zeros."""
    from scipy.stats import sobol_indices

    if np.ptp(blocks[:2]) == 0:
        return np.zeros((2, len(blocks) - 2))
    found = sobol_indices(
        func={"f_A": blocks[:1], "f_B": blocks[1:2], "f_AB": blocks[2:, None]}, n=blocks.shape[1]
    )
    return np.stack([np.ravel(found.first_order), np.ravel(found.total_order)])


__all__ = ["Design", "design", "indices"]
