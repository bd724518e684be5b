"""Tables of integrated hazard, the one form in which the engines know a time.

`table` follows a distribution with straight lines, few where it is straight and many where it bends, and says
how far off they are. Exponential times, fixed times and lists are exact. `Distribution.knots` is the usual
way to ask for one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.scenario.distributions import Distribution, DistributionError

FloatArray = NDArray[np.float64]

_HALF_SECOND = 0.5 / 86400.0
_ERROR, _WORST_ERROR, _MOST_KNOTS = 1e-5, 1e-4, 4096
_MOST_MULTIPLIER = 8.0
_LAST_HAZARD = 120.0
"""Nothing is tabulated beyond: even at an eighth of it, 3 in 10 million people are left."""


@dataclass(frozen=True, eq=False)
class Knots:
    """Integrated hazard as a table: straight between knots, vertical at atoms, last slope going on.

    x: times in days, non-decreasing. h: integrated hazard at x, non-decreasing, inf where nobody can be left.
    error: largest difference of the table's distribution function from the true one, 0 where exact.
    """

    x: FloatArray
    h: FloatArray
    error: float


@lru_cache(maxsize=1024)
def table(distribution: Distribution, span: float) -> Knots:
    """The integrated hazard as a table for times up to `span` days, good to 1e-5 in probability from half a second on.

    The same hazard multiplied by anything from 1/8 to 8 is as good, because effects and segments multiply it. Tables are
    kept, so asking again is free; the arrays are shared and read-only. Raises DistributionError when 4,096 knots do not
    reach 1e-4.
    """
    if not 0 < span < math.inf:
        raise DistributionError(f"a table needs a span above 0 days, not {span:g}")
    if distribution.family == "exponential":
        return _frozen([0.0, distribution.mean()], [0.0, 1.0], 0.0)
    if not distribution.has_hazard:
        xs, hs = [0.0], [0.0]
        for time, rise in distribution.atoms():
            xs += [time, time]
            hs += [hs[-1], hs[-1] + rise]
        return _frozen(xs, hs, 0.0)
    high = distribution.parameters[-1] if distribution.family in ("uniform", "triangular") else math.inf
    # The hazard of a bounded time grows without limit: it is cut where a quarter of a second, or a millionth
    # of its people at most, is left, and those go together at its end.
    cut = (
        high - min(_HALF_SECOND / 2, 1e-6 * (high - distribution.parameters[0]))
        if high < math.inf
        else math.inf
    )
    top = min(span, cut, float(distribution.time_at(_LAST_HAZARD)))
    for loosening in (1.0, 2.0, 4.0, 8.0, 10.0):
        x, h, error = _refined(distribution, top, _ERROR * loosening)
        if len(x) <= _MOST_KNOTS - 2 and error <= _WORST_ERROR:
            break
    else:
        raise DistributionError(
            f"{_MOST_KNOTS} knots do not follow the {distribution.family} time "
            f"{distribution.parameters} to {_WORST_ERROR:g}"
        )
    if top == cut:
        x, h = np.append(x, [high, high]), np.append(h, [h[-1], math.inf])
    return _frozen(x, h, error)


def _frozen(x: ArrayLike, h: ArrayLike, error: float) -> Knots:
    columns = np.array(x, dtype=np.float64), np.array(h, dtype=np.float64)
    for column in columns:
        column.flags.writeable = False
    return Knots(*columns, error)


def _refined(
    distribution: Distribution, top: float, tolerance: float
) -> tuple[FloatArray, FloatArray, float]:
    """Knots up to `top` days and their measured error: intervals are cut until their inner points fit
    `tolerance`.

    A straight line is wrong by the square of its length, so the error says into how many pieces to cut: three
    or four rounds. Times that round to zero seconds are left to one straight line. Stops early, for the
    caller to see, when over the limit.
    """
    inner = np.array([[0.25], [0.5], [0.75]])
    levels = distribution.time_at(np.geomspace(1e-9, _LAST_HAZARD, 96))
    bends = np.array(
        distribution.parameters if distribution.family in ("uniform", "triangular") else (), dtype=np.float64
    )
    x = np.concatenate((levels, bends, [_HALF_SECOND]))
    x = np.unique(np.concatenate(([0.0, top], x[(x >= _HALF_SECOND) & (x < top)])))
    h = distribution.integrated_hazard(x)
    first = int(np.searchsorted(x, min(_HALF_SECOND, top)))
    todo = np.arange(first, len(x) - 1)
    error = 0.0
    while len(todo) and len(x) <= _MOST_KNOTS:
        a, b = x[todo], x[todo + 1]
        true = distribution.integrated_hazard(a + inner * (b - a))
        gaps = _probability_gap(true, h[todo] + inner * (h[todo + 1] - h[todo])).max(axis=0)
        # A safety tenth, because the largest error need not lie on one of the three points.
        pieces = np.minimum(np.ceil(np.sqrt(gaps / (0.9 * tolerance))), 32).astype(np.int64)
        pieces[b - a <= 1e-13 * b] = 1  # no float between
        bad = pieces > 1
        error = max(error, float(gaps[~bad].max(initial=0.0)))
        if not bad.any():
            break
        count = pieces[bad] - 1
        step = np.concatenate([np.arange(1, n + 1) for n in count])
        new = np.repeat(a[bad], count) + step * np.repeat((b - a)[bad] / pieces[bad], count)
        owner = np.repeat(todo[bad], count)
        at = owner + 1
        x, h = np.insert(x, at, new), np.insert(h, at, distribution.integrated_hazard(new))
        # The intervals made of a bad one: all pieces, found by shifting each by the knots inserted before it.
        before = np.concatenate(([0], np.cumsum(count)))[:-1]
        todo = np.concatenate(
            [np.arange(n + 1) + start for n, start in zip(count, todo[bad] + before, strict=True)]
        )
    return x, h, error


def _probability_gap(true: FloatArray, line: FloatArray) -> FloatArray:
    """Largest gap in probability between two hazards, as they are and times the worst multiplier from 1/8 to
    8."""
    # exp(-mH) is most sensitive to H, relatively, at m = 1/H.
    with np.errstate(divide="ignore"):
        worst = np.clip(1 / true, 1 / _MOST_MULTIPLIER, _MOST_MULTIPLIER)
    scaled = np.abs(np.exp(-worst * true) - np.exp(-worst * line))
    return np.asarray(np.maximum(scaled, np.abs(np.exp(-true) - np.exp(-line))))
