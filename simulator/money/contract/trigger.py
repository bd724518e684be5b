"""How often would a cohort's threshold pay for nothing, and how often would it miss an effect that is worth paying for?

The rule sees an estimate: log(1 - measured) = log(1 - true) + s z with z standard normal and

    s^2 = overdispersion x (1 / events expected in the cohort + 1 / events expected in the comparison) + match_bias^2

(counts of events by person vary more than Poisson; a matched group that is not random is off by more than chance). In closed
form for one cohort. For several, whose noise is independent, the chance that none reaches the threshold alone and that they
do not reach it pooled is the sum of their distributions, each cut off at the threshold, on a fine grid. Measured effects are
reductions, as `cohorts` takes them of days and counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CELLS = 8192  # of the grid: chances are right to 1e-5
_TAIL = 8.0  # standard deviations


@dataclass(frozen=True)
class Measurement:
    """How the effect of a cohort is measured.

    events: expected a person without the service. overdispersion: variance of a person's events / their mean (1: Poisson).
    match_bias: standard deviation, in logarithms, of what a comparison group that is not random is off by.

    Raises ValueError when events or overdispersion is not above 0, or the bias is below it.
    """

    events: float
    overdispersion: float = 1.0
    match_bias: float = 0.0

    def __post_init__(self) -> None:
        if not (self.events > 0.0 and self.overdispersion > 0.0 and self.match_bias >= 0.0):
            raise ValueError("events and overdispersion must be above 0, and match_bias not below it")

    @overload
    def noise(self, effect: float, treated: float, comparison: float) -> float: ...
    @overload
    def noise(self, effect: float, treated: Floats, comparison: Floats) -> Floats: ...
    def noise(self, effect: float, treated: float | Floats, comparison: float | Floats) -> float | Floats:
        """Standard deviation of log(1 - measured effect), for people in a cohort and in its comparison group."""
        _checked(effect, treated, comparison)
        of_cohort = 1.0 / (self.events * treated * (1.0 - effect))
        of_group = 1.0 / (self.events * comparison)
        return np.sqrt(self.overdispersion * (of_cohort + of_group) + self.match_bias**2)


@dataclass(frozen=True)
class Honesty:
    """One size of cohort and of comparison group: the chances that a trigger is wrong.

    pays_for_nothing: it pays although the service has no effect. misses: it does not pay although the effect is `worth`.
    """

    treated: int
    comparison: int
    worth: float
    pays_for_nothing: float
    misses: float


def chance_of_pay(
    effect: float,
    treated: float | Floats,
    comparison: float | Floats,
    threshold: float,
    measured: Measurement,
) -> float | Floats:
    """The chance that one cohort's measured effect reaches the threshold, when its true effect is `effect`.

    treated, comparison: people, any shapes that broadcast. effect, threshold: shares below 1.
    Raises ValueError when a group is empty, or an effect or threshold is 1 or more.
    """
    from scipy.special import ndtr

    _checked(threshold, treated, comparison)
    s = measured.noise(effect, np.asarray(treated, np.float64), np.asarray(comparison, np.float64))
    chance = ndtr((np.log1p(-threshold) - np.log1p(-effect)) / s)
    return chance if np.ndim(chance) else float(chance)


def chance_of_either(
    effect: float,
    treated: Sequence[int],
    comparison: Sequence[int],
    measured: Measurement,
    *,
    each: float | None = None,
    pooled: float | None = None,
) -> float:
    """The chance that a deal of several cohorts pays anything: one of them reaches `each`, or all pooled reach `pooled`.

    treated, comparison: people by cohort. Cohorts weigh by their people. Their true effect is the same.
    Raises ValueError when there is no cohort, or no threshold, or as `chance_of_pay`.
    """
    from scipy.special import ndtr

    if not treated or len(treated) != len(comparison):
        raise ValueError(f"{len(treated)} cohorts and {len(comparison)} comparison groups")
    if each is None and pooled is None:
        raise ValueError("without a threshold the question of reaching it does not arise")
    n, n_c = np.asarray(treated, np.float64), np.asarray(comparison, np.float64)
    noise = measured.noise(effect, n, n_c)
    if pooled is None:
        assert each is not None
        alone = np.asarray(chance_of_pay(effect, n, n_c, each, measured))
        return float(1.0 - np.prod(1.0 - alone))
    _checked(pooled, n, n_c)
    weights = n / n.sum()
    # What each adds to the pooled effect, from all but impossible to the most that does not pay by itself.
    lows = weights * (1.0 - (1.0 - effect) * np.exp(_TAIL * noise))
    highs = weights * (1.0 - (1.0 - effect) * np.exp(-_TAIL * noise))
    if each is not None:
        _checked(each, n, n_c)
        highs = np.minimum(highs, weights * each)
        if (highs <= lows).any():
            return 1.0
    cell = float((highs - lows).max()) / _CELLS
    total, start = np.ones(1), 0.0
    for w, s, low, high in zip(weights, noise, lows, highs, strict=True):
        # Cells are counted down from the cut, so that it falls on an edge.
        edges = high - cell * np.arange(int(np.ceil((high - low) / cell)) + 1)[::-1]
        reached = ndtr((np.log(1.0 - edges / w) - np.log1p(-effect)) / s)  # measured effect above the edge
        total = _convolved(total, reached[:-1] - reached[1:])
        start += float(edges[0]) + cell / 2.0
    below = (pooled - start) / cell + 0.5  # of the cells' masses, spread evenly over each, how many lie below
    cumulated = np.concatenate([[0.0], np.cumsum(total)])
    no_pay = float(np.interp(below, np.arange(len(cumulated)), cumulated))
    return min(1.0, max(0.0, 1.0 - no_pay))


def honesty(
    treated: Sequence[int],
    comparison: Sequence[int],
    worth: float,
    measured: Measurement,
    *,
    each: float | None = None,
    pooled: float | None = None,
    cohorts: int = 1,
) -> list[Honesty]:
    """A table of both chances by people in a cohort and in its comparison group, rows in that order.

    worth: the effect worth paying for. cohorts: how many there are, all of the size of the row.
    """
    return [
        Honesty(
            n,
            n_c,
            worth,
            chance_of_either(0.0, [n] * cohorts, [n_c] * cohorts, measured, each=each, pooled=pooled),
            1.0 - chance_of_either(worth, [n] * cohorts, [n_c] * cohorts, measured, each=each, pooled=pooled),
        )
        for n in treated
        for n_c in comparison
    ]


def _convolved(a: Floats, b: Floats) -> Floats:
    size = len(a) + len(b) - 1
    return np.maximum(0.0, np.fft.irfft(np.fft.rfft(a, size) * np.fft.rfft(b, size), size))


def _checked(share: float, treated: float | Floats, comparison: float | Floats) -> None:
    if not share < 1.0:
        raise ValueError(f"an effect or threshold is below 1 (everything avoided), not {share}")
    if not (np.all(np.asarray(treated) > 0) and np.all(np.asarray(comparison) > 0)):
        raise ValueError("a cohort and its comparison group need people")
