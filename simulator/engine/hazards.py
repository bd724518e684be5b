"""From a hazard to a time and back, on a table of knots.

A time that varies between people is its integrated hazard H: knots (x in days, h), straight between knots,
vertical at atoms (a share of people all at one moment). Two functions read it: `time_of` turns an amount of
hazard into the time at which it is used up, `hazard_at` says how much has been used by a time. A duration is
`seconds(time_of(E))` with E exponential of mean 1; a clock under changing hazard ratios goes back and forth
with both.

Only plain loops over indexable sequences (lists or arrays, many tables end to end in one), so that the same
text can be compiled. Where tables come from is the business of `simulator.scenario.distributions`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEVER = 2**61
"""The second that does not come: later than any end of run, and far from the limit of 64 bits."""

SECONDS_A_DAY = 86400.0

Column = Sequence[float] | NDArray[np.float64]


def seconds(days: float) -> int:
    """Whole seconds nearest to a duration in days (halves up); NEVER if it is not below 2e18 s, as for inf
    and NaN."""
    amount = days * SECONDS_A_DAY + 0.5
    if not amount < 2e18:
        return NEVER
    return math.floor(amount)


def time_of(xs: Column, hs: Column, first: int, last: int, h: float) -> float:
    """Smallest time in days at which the integrated hazard reaches `h`; inf if it never does.

    The table is entries first..last (inclusive, at least two) of `xs` (days) and `hs`, both non-decreasing;
    `hs` may end in inf (an atom where everybody still there goes). Beyond the last knot the last slope goes
    on. `h` <= 0 gives the first knot's time. Rule: the largest i with hs[i] < h, never the last knot, then a
    straight line to i + 1.
    """
    if not hs[first] < h:
        return xs[first]
    low = first
    size = last - first
    # Invariant: hs[low] < h, and the answer is one of `size` knots from low on: the last knot is never chosen. Without a
    # branch, which the processor would guess wrong every other time.
    while size > 1:
        half = size >> 1
        low += half * (hs[low + half] < h)
        size -= half
    x, next_x = xs[low], xs[low + 1]
    base, next_h = hs[low], hs[low + 1]
    if next_h == math.inf or next_x <= x:
        return next_x
    if next_h <= base:
        return math.inf
    return x + (h - base) * (next_x - x) / (next_h - base)


def hazard_at(xs: Column, hs: Column, first: int, last: int, x: float) -> float:
    """Integrated hazard used up by time `x` in days, an atom at exactly `x` included (right-continuous).

    Table and continuation as in `time_of`; inf from an atom of everybody on, 0 hazard more after a flat or
    vertical end. Before the first knot it is the first knot's hazard.
    """
    if x < xs[first]:
        return hs[first]
    low = first
    size = last + 1 - first
    # Invariant: xs[low] <= x, and the answer is one of `size` knots from low on. Of knots at one time the last is
    # found.
    while size > 1:
        half = size >> 1
        low += half * (xs[low + half] <= x)
        size -= half
    if low == last:
        if hs[last] == math.inf:
            return math.inf
        if xs[last] == x or xs[last] <= xs[last - 1]:
            return hs[last]
        # On the line from the last knot but one: the same arithmetic as time_of beyond the end.
        low = last - 1
    base, next_h = hs[low], hs[low + 1]
    # A line to inf is an atom at its end, as in time_of: nothing is used up before it.
    if x == xs[low] or next_h <= base or next_h == math.inf:
        return base
    return base + (x - xs[low]) * (next_h - base) / (xs[low + 1] - xs[low])
