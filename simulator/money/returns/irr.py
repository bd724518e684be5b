"""At which rate a year is a stream of flows worth nothing today, is there such a rate, and is it the only one?

Adds the internal rate of return of periodic and of dated flows, with a status and every root above -100%. Leaves what an
investor makes of it to `investor`. No root is guessed from a starting value: the number of roots is settled first.

Method. With x = ln(1 + r) the present value is a sum of exponentials, f(x) = sum of c exp(-x t). Three facts do the work:

- One change of sign in the flows: exactly one root (Descartes' rule, which holds for any times).
- Roots with r > 0 are at most as many as the changes of sign of the running total, and those with r < 0 at most as many
  as those of the running total from the end (Norstrom 1972; the variation of a Laplace transform).
- Otherwise, for a time s at a change of sign, the derivative of exp(x s) f(x) is such a sum with one change of sign less.
  Its roots, found the same way, part the line into stretches with at most one root of f each.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DAYS_A_YEAR = 365.0
_TOUCHES = 1e-12  # share of the flows' gross present value: nearer to 0 than this at a turning point is a double root
_EXTREME = (
    36.0  # in ln(1 + r): below -36 a float cannot tell the rate from -100%, above 36 it says nothing either
)

Status = Literal["ok", "multiple", "no_sign_change", "total_loss", "no_root", "undefined"]


@dataclass(frozen=True)
class Irr:
    """An internal rate of return and what it is worth.

    status  `ok`: one rate. `multiple`: several; none of them is reported as the rate, because none has a better claim.
            `no_sign_change`: money only went in, or only came out, up to the last flow. `total_loss`: money went in and a
            later flow is 0: nothing came back. `no_root`: both ways, but no rate balances them. `undefined`: nothing
            flows, all on one day, or at a rate that a number cannot hold.
    rate    a proportion a year (0.08 is 8%), -1.0 for a total loss, None unless the status is one of these two.
    roots   every rate above -100% at which the present value is 0, rising (a double root once).
    """

    status: Status
    rate: float | None = None
    roots: tuple[float, ...] = ()


def irr(amounts: ArrayLike) -> Irr:
    """The internal rate of return a period of flows at equal distances, negative ones paid in.

    >>> round(irr([-100, 39, 59, 55, 20]).rate, 6)
    0.280948

    Raises ValueError when a flow is not a finite number.
    """
    flows = np.asarray(amounts, np.float64)
    return _solve(np.arange(len(flows), dtype=np.float64), flows)


def xirr(days: Sequence[dt.date] | NDArray[np.datetime64], amounts: ArrayLike) -> Irr:
    """The internal rate of return a year of dated flows, negative ones paid in; a year is 365 days (act/365).

    days: in any order; flows of one day are added up.

    >>> round(xirr([dt.date(2024, 1, 1), dt.date(2025, 1, 1)], [-100, 110]).rate, 6)  # 366 days
    0.099714

    Raises ValueError when a flow is not a finite number, or days and flows differ in number.
    """
    flows = np.asarray(amounts, np.float64)
    when = np.asarray(days, "datetime64[D]").astype(np.int64)
    if when.shape != flows.shape:
        raise ValueError(f"{len(when)} days for {len(flows)} flows")
    if np.any(when[1:] <= when[:-1]):
        when, place = np.unique(when, return_inverse=True)
        flows = np.asarray(np.bincount(place, flows, len(when)), np.float64)
    return _solve(when / DAYS_A_YEAR, flows)


def present_value(rate: float, years: ArrayLike, amounts: ArrayLike) -> float:
    """Worth at year 0 of flows after some years, at a flat rate a year above -1. An IRR is where it is 0."""
    return float(np.sum(np.asarray(amounts, np.float64) * (1.0 + rate) ** -np.asarray(years, np.float64)))


def _solve(times: Floats, flows: Floats) -> Irr:
    """The answer for flows at rising times."""
    moving = flows.nonzero()[0]
    if not np.isfinite(flows).all():
        raise ValueError("a flow must be a finite number")
    if len(moving) == 0 or len(flows) == 1:
        return Irr("undefined")
    c, t = flows[moving], times[moving]
    t = t - t[0]
    changes = _changes(c)
    if changes == 0:
        return Irr("total_loss", -1.0) if c[0] < 0.0 and flows[-1] == 0.0 else Irr("no_sign_change")
    found = [_conventional(c, t)] if changes == 1 else _several(c, t)
    if not found:
        return Irr("no_root")
    if max(map(abs, found)) > _EXTREME:
        return Irr("undefined")
    roots = tuple(map(math.expm1, found))
    return Irr("ok", roots[0], roots) if len(roots) == 1 else Irr("multiple", None, roots)


def _changes(values: Floats) -> int:
    """Changes of sign in a sequence, noughts left out."""
    above = values[values != 0.0] > 0.0
    return int(np.count_nonzero(above[1:] != above[:-1]))


def _conventional(c: Floats, t: Floats) -> float:
    """ln(1 + r) of flows with one change of sign.

    The logarithms of what came before and after the change differ by h(x), which falls by at least the gap between the
    two in each unit of x: that brackets the root, and Newton's method is all but exact.
    """
    m = int(np.argmax((c > 0.0) != (c[0] > 0.0)))
    logs = np.log(np.abs(c))
    gap = t[m] - t[m - 1]
    low, high, x = -math.inf, math.inf, 0.0
    for _ in range(200):
        weights = logs - x * t
        top, top_after = weights[:m].max(), weights[m:].max()
        before, after = np.exp(weights[:m] - top), np.exp(weights[m:] - top_after)
        sum_before, sum_after = before.sum(), after.sum()
        h = float(top_after - top + math.log(sum_after / sum_before))
        if h == 0.0:
            return x
        # h falls with x: the root is on the side that its sign says, and not further than |h| / gap.
        low, high = (x, min(high, x + h / gap)) if h > 0.0 else (max(low, x + h / gap), x)
        slope = float(before @ t[:m] / sum_before - after @ t[m:] / sum_after)
        step = x - h / slope
        if not low <= step <= high:
            step = (low + high) / 2.0
        if abs(step - x) <= 1e-15 * (1.0 + abs(x)):
            return step
        x = step
    return x


def _several(c: Floats, t: Floats) -> list[float]:
    """ln(1 + r) of every root of flows with more than one change of sign, rising."""
    signs, logs = np.sign(c), np.log(np.abs(c))
    running, from_end = np.cumsum(c), np.cumsum(c[::-1])
    if running[-1] != 0.0:
        most = _changes(running), _changes(from_end)
        if sum(most) == 0:
            return []
        if sum(most) == 1:
            # Interim fees make such flows: paid in again after the first receipt, but only one rate.
            side = math.inf if most[0] else -math.inf
            return [_between(signs, logs, t, min(0.0, side), max(0.0, side))]
    return _roots(signs, logs, t)


def _roots(signs: Floats, logs: Floats, t: Floats) -> list[float]:
    """All x at which the sum of signs exp(logs - x t) is 0, rising."""
    changes = (signs[1:] != signs[:-1]).nonzero()[0]
    if len(changes) == 0:
        return []
    if len(changes) == 1:
        return [_between(signs, logs, t, -math.inf, math.inf)]
    s = (t[changes[0]] + t[changes[0] + 1]) / 2.0
    turning = _roots(signs * np.sign(s - t), logs + np.log(np.abs(s - t)), t)
    heights = [_height(x, signs, logs, t) for x in turning]
    heights = [0.0 if abs(height) < _TOUCHES else height for height in heights]
    found = [x for x, height in zip(turning, heights, strict=True) if height == 0.0]
    # The latest flow decides where the rate is near -100%, the earliest where it is without bound.
    points = [-math.inf, *turning, math.inf]
    heights = [float(signs[-1]), *heights, float(signs[0])]
    for k in range(len(points) - 1):
        if heights[k] * heights[k + 1] < 0.0:
            found.append(_between(signs, logs, t, points[k], points[k + 1]))
    return sorted(found)


def _height(x: float, signs: Floats, logs: Floats, t: Floats) -> float:
    """The present value as a share of the gross present value: -1 to 1, with neither overflow nor underflow."""
    weights = logs - x * t
    sizes = np.exp(weights - weights.max())
    return float(signs @ sizes / sizes.sum())


def _between(signs: Floats, logs: Floats, t: Floats, low: float, high: float) -> float:
    """The one root in a stretch at whose ends the present value has opposite signs; either end may be infinite."""
    from scipy.optimize import brentq

    at = 0.0 if low < 0.0 < high else low if math.isfinite(low) else high
    for end, sign, way in ((low, signs[-1], -1.0), (high, signs[0], 1.0)):
        if math.isfinite(end):
            continue
        step = 0.25
        while _height(at + way * step, signs, logs, t) * sign <= 0.0:
            step *= 2.0
        low, high = (at - step, high) if way < 0.0 else (low, at + step)
    return float(brentq(_height, low, high, args=(signs, logs, t), xtol=1e-15, rtol=1e-15))
