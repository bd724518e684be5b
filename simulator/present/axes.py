"""Axes with round ticks in our number style, which Plotly's formats do not know (`−£1.5m`, never `£-1.5M`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from simulator.present import numbers as n

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_TICKS = 5
"""So many fit on a phone."""


def ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Round numbers from low to high, at most so many, evenly spaced."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in (power * each for each in (*STEPS, 20.0)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [each * step for each in range(first, last + 1)]
    return [low, high]


def axis_of(
    values: Sequence[float],
    unit: str,
    *,
    difference: bool = False,
    zero: bool = False,
    left: float = 0.04,
    right: float = 0.04,
) -> dict[str, Any]:
    """Range and ticks of an axis that holds these values. left, right: free room beyond them, as shares of their span.

    zero: 0 is on it whatever the values. Where all values are the same it has room on both sides.
    """
    known = [value for value in values if math.isfinite(value)] + ([0.0] if zero or not values else [])
    low, high = min(known, default=0.0), max(known, default=0.0)
    span = high - low or abs(high) * 0.2 or 1.0
    begin, end = low - left * span, high + right * span
    marks = ticks(begin, high + 0.05 * span)
    return {
        "range": [begin, end],
        "tickvals": marks,
        "ticktext": n.axis(marks, unit, difference=difference),
    }


__all__ = ["axis_of", "ticks"]
