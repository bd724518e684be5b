"""The arithmetic both engines share: how strong an effect is, when that changes, and how a clock uses up its hazard.

Plain loops over numbers and sequences, so that the same functions can be compiled. Times are integer seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.engine.hazards import hazard_at, seconds, time_of
from simulator.engine.model import NEVER, SECONDS_A_DAY

Column = Sequence[float]


def strength(ratio: float, full_until: int, fade: int, fade_steps: int, t: int) -> float:
    """The hazard ratio at t of an effect after its service: `ratio` until `full_until`, then in equal steps towards 1.

    Step i of n has the mid-value 1 + (ratio - 1)(1 - (i + .5)/n) (LANGUAGE section 6, `fades_over`).
    """
    if t < full_until:
        return ratio
    past = t - full_until
    if past >= fade:
        return 1.0
    step = past * fade_steps // fade
    return 1.0 + (ratio - 1.0) * ((fade_steps - step - 0.5) / fade_steps)


def strength_changes(full_until: int, fade: int, fade_steps: int, t: int) -> int:
    """The next second after t at which `strength` may change; NEVER once it is 1 for good."""
    if t < full_until:
        return full_until
    past = t - full_until
    if past >= fade:
        return NEVER
    step = past * fade_steps // fade
    return full_until - (-((step + 1) * fade) // fade_steps)


def hazard_by(xs: Column, hs: Column, first: int, last: int, origin: int, t: int) -> float:
    """Integrated hazard of a table up to a second, its clock having started at `origin`."""
    return hazard_at(xs, hs, first, last, (t - origin) / SECONDS_A_DAY) if t > origin else 0.0


def used(xs: Column, hs: Column, first: int, last: int, origin: int, begin: int, end: int) -> float:
    """Integrated hazard of a table between two seconds, its clock having started at `origin`."""
    return hazard_at(xs, hs, first, last, (end - origin) / SECONDS_A_DAY) - hazard_by(
        xs, hs, first, last, origin, begin
    )


def rings_at(xs: Column, hs: Column, first: int, last: int, origin: int, begin: int, h: float) -> int:
    """The second, not before `begin`, at which the integrated hazard since `origin` is h."""
    return max(origin + seconds(time_of(xs, hs, first, last, h)), begin)


def due(
    xs: Column, hs: Column, first: int, last: int, origin: int, begin: int, left: float, multiplier: float
) -> int:
    """The second at which a clock with `left` hazard to use rings, if the multiplier (> 0) stays as it is from `begin` on."""
    h = hazard_by(xs, hs, first, last, origin, begin)
    if h == math.inf:
        return begin
    return rings_at(xs, hs, first, last, origin, begin, h + left / multiplier)


def step_at(times: Sequence[int], values: Column, first: int, last: int, t: int) -> float:
    """The value in force at t of a list of steps (the first holds from always on)."""
    index = last
    while index > first and times[index] > t:
        index -= 1
    return values[index]


def step_changes(times: Sequence[int], first: int, last: int, t: int) -> int:
    """The next second after t at which a list of steps changes; NEVER if none."""
    for index in range(first + 1, last + 1):
        if times[index] > t:
            return times[index]
    return NEVER
