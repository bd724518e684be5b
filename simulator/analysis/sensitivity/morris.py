"""Screening by elementary effects: which of many numbers matter at all, with few runs (Morris 1991; Campolongo et al. 2007).

Written here: the library that has it brings a plotting library and one for processes for eighty lines; a test holds ours
against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Floats

if TYPE_CHECKING:
    import pandas as pd

LEVELS = 8
RESAMPLES = 1_000
FEWEST = 20
"""Trajectories below which a mean of elementary effects is hardly known."""


def trajectories(count: int, numbers: int, seed: int, levels: int = LEVELS) -> Floats:
    """(count, numbers + 1, numbers): walks over a grid of the unit cube that move one number at a time, each once.

    levels: even; a step is levels / (2 (levels - 1)), as Morris has it. Raises ValueError for fewer than 2 walks or an odd
    number of levels.
    """
    if count < 2 or levels < 2 or levels % 2:
        raise ValueError("screening needs two trajectories or more, on an even number of levels")
    rng = np.random.default_rng(seed)
    step = levels / (2 * (levels - 1))
    found = np.empty((count, numbers + 1, numbers))
    for walk in found:
        low = rng.integers(0, levels // 2, numbers) / (levels - 1)
        up = rng.random(numbers) < 0.5
        here = np.where(up, low, low + step)
        walk[0] = here
        for number, each in enumerate(rng.permutation(numbers).tolist(), start=1):
            here = here.copy()
            here[each] += step if up[each] else -step
            walk[number] = here
    return found


def elementary_effects(walks: Floats, results: Floats) -> Floats:
    """(walks, numbers): the change of the result over the change of each number. results: (walks, numbers + 1)."""
    steps = np.diff(walks, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    size = np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0]
    effects = np.empty((len(walks), walks.shape[2]))
    np.put_along_axis(effects, moved, np.diff(results, axis=1) / size, axis=1)
    return effects


def screening(places: Sequence[str], walks: Floats, results: Floats, seed: int = 1) -> pd.DataFrame:
    """A row a number, the most important first: place, mu, mu_star, mu_star_low, mu_star_high, sigma, status.

    mu_star: mean size of the elementary effects, over the whole range of a number, in units of the result; its bounds are the
    95% interval of a bootstrap over trajectories. sigma: their standard deviation, large where a number acts together with
    others or in a curve. status: `ok` or `too few trajectories`.
    """
    import pandas as pd

    effects = elementary_effects(walks, results)
    size = np.abs(effects)
    count = len(effects)
    picks = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    low, high = np.quantile(size[picks].mean(axis=1), [0.025, 0.975], axis=0)
    found = pd.DataFrame(
        {
            "place": list(places),
            "mu": effects.mean(axis=0),
            "mu_star": size.mean(axis=0),
            "mu_star_low": low,
            "mu_star_high": high,
            "sigma": effects.std(axis=0, ddof=1),
            "status": "ok" if count >= FEWEST else "too few trajectories",
        }
    )
    return found.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)


__all__ = ["elementary_effects", "screening", "trajectories"]
