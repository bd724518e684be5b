"""The two books of a model while it is compiled: tables of distributions, and lists of dated steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.engine.competing import Observed, WayOut, solve_observed
from simulator.engine.model import ALWAYS, Floats, Ints
from simulator.engine.numbers import Numbers, Profiles, pick
from simulator.scenario.distributions import Distribution, DistributionError
from simulator.scenario.knots import table
from simulator.scenario.problems import Refused
from simulator.scenario.quantities import Named, Quantity, Split
from simulator.scenario.times import Family

Steps = tuple[tuple[int, float], ...]
CROSSED = 1e-9
"""How far apart sampled shares are put that should rise and do not."""


class TableBook:
    """Numbers distributions; equal ones share a table."""

    def __init__(self) -> None:
        self.numbers: dict[Distribution, int] = {}

    def add(self, distribution: Distribution) -> int:
        return self.numbers.setdefault(distribution, len(self.numbers))

    def arrays(self, span_days: float) -> tuple[Ints, Ints, Floats, Floats, Floats]:
        """First and last knot of each table, all knots' x and h, and each table's error in probability."""
        knots = [table(distribution, span_days) for distribution in self.numbers]
        sizes = np.array([len(each.x) for each in knots], dtype=np.int64)
        last = np.cumsum(sizes) - 1
        first = last - sizes + 1
        empty: list[Any] = [np.zeros(0)]
        return (
            first,
            last,
            np.concatenate([each.x for each in knots] or empty),
            np.concatenate([each.h for each in knots] or empty),
            np.array([each.error for each in knots], dtype=np.float64),
        )


class StepsBook:
    """Numbers lists of steps; equal ones share a number. The first step of each holds from ALWAYS on."""

    def __init__(self) -> None:
        self.numbers: dict[Steps, int] = {}

    def add(self, steps: Steps | list[tuple[int, float]]) -> int:
        return self.numbers.setdefault(tidy(steps), len(self.numbers))

    def arrays(self) -> tuple[Ints, Ints, Ints, Floats]:
        sizes = np.array([len(each) for each in self.numbers], dtype=np.int64)
        last = np.cumsum(sizes) - 1
        flat = [step for each in self.numbers for step in each]
        return (
            last - sizes + 1,
            last,
            np.array([when for when, _ in flat], dtype=np.int64),
            np.array([value for _, value in flat], dtype=np.float64),
        )


def tidy(steps: Steps | list[tuple[int, float]]) -> Steps:
    """Steps that hold from ALWAYS on, without those that change nothing."""
    found: list[tuple[int, float]] = [(ALWAYS, steps[0][1])]
    for when, value in steps[1:]:
        if value != found[-1][1]:
            found.append((when, value))
    return tuple(found)


def join_eras(before: Steps | list[tuple[int, float]], after: Steps | list[tuple[int, float]]) -> Steps:
    """One list of steps: the baseline's before `start`, the design's from `start` on."""
    before, after = tidy(before), tidy(after)
    if before == after:
        return after
    at_start = [value for when, value in after if when <= 0][-1]
    return tidy(
        [step for step in before if step[0] < 0] + [(0, at_start)] + [step for step in after if step[0] > 0]
    )


def distribution_of(
    time: Any, path: str, numbers: Numbers, members: tuple[str, ...] = (), state: str | None = None
) -> Distribution | None:
    """The distribution of a time as written, for a person of these segments in this state. None for no time."""
    time, end = pick(time, members, state)
    path += end
    if time is None:
        return None
    if isinstance(time, Quantity | Named):
        return Distribution.fixed(numbers.of(time, path))
    assert isinstance(time, Family)
    values = []
    for name, value in time.parameters:
        part, inner = pick(value, members, state)
        values.append((name, numbers.of(part, f"{path}.{time.name}.{name}{inner}")))
    points = points_of(time, path, numbers)
    if time.name in ("uniform", "triangular"):
        ends = sorted(value for _, value in values)  # a draw may cross them
        found = (
            Distribution.uniform(ends[0], ends[1])
            if time.name == "uniform"
            else Distribution.triangular(ends[0], ends[1], ends[2])
        )
    elif time.name == "any_of":
        found = Distribution.any_of(tuple(value for _, value in values))
    else:
        found = _stated(time.name, values, points, strict=numbers.draw is None)
    return found.scaled(time.factor) if time.factor != 1 else found


def points_of(time: Family, path: str, numbers: Numbers) -> tuple[tuple[float, float], ...]:
    """The shares by times of a family. Where a sampled draw crosses two ranges, the later share is a hair above the other."""
    found = sorted(
        (numbers.of(when, path), numbers.of(share, f"{path}.within.{index}"))
        for index, (when, share) in enumerate(time.within)
    )
    if (
        numbers.draw is not None
        and len(found) == 2
        and found[0][0] < found[1][0]
        and found[1][1] <= found[0][1] < 1
    ):
        found[1] = (found[1][0], min(found[0][1] + CROSSED, (1 + found[0][1]) / 2))
    return tuple(found)


def _stated(
    family: str, values: list[tuple[str, float]], points: tuple[tuple[float, float], ...], strict: bool
) -> Distribution:
    """The distribution with these parameters; in a sampled draw whose shares no distribution has, the nearest."""
    try:
        return Distribution.from_parameters(family, **dict(values), within=points)
    except DistributionError:
        if strict or not points:
            raise
        [found], _ = solve_observed(
            [WayOut(Observed(family, tuple(values), points), (1.0,))], [1.0], strict=False
        )
        return found


def spread(
    value: Any,
    path: str,
    profiles: Profiles,
    members: list[tuple[str, ...]],
    states: tuple[str, ...],
    number: Callable[[Any, str, tuple[str, ...], str], int],
) -> Ints:
    """An array (P, J) of what `number` makes of a value for each profile and state; worked out once for each part."""
    if value is None:
        return np.full((len(members), len(states)), -1, dtype=np.int64)
    if not varies(value):
        return np.full(
            (len(members), len(states)), number(value, path, members[0], states[0]), dtype=np.int64
        )
    found = np.empty((len(members), len(states)), dtype=np.int64)
    known: dict[str, int] = {}  # by the part of a split, which most cells share
    for p, each in enumerate(members):
        for j, state in enumerate(states):
            part, end = pick(value, each, state)
            if varies(part):
                found[p, j] = number(value, path, each, state)
                continue
            if end not in known:
                known[end] = number(value, path, each, state)
            found[p, j] = known[end]
    return found


def varies(value: Any) -> bool:
    """Whether a value differs between people."""
    if isinstance(value, Split):
        return True
    return isinstance(value, Family) and any(isinstance(part, Split) for _, part in value.parameters)


def refuse(message: str, suggestion: str | None, *path: str) -> Refused:
    """A refusal found while compiling, at a place of the file."""
    return Refused(message, suggestion, path)
