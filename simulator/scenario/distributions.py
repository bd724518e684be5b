"""Times that vary between people: which distribution, and its integrated hazard.

A `Distribution` is a family and its parameters in days: small, frozen, hashable, comparable. `Distribution.from_parameters`
finds it from what a study states (mean, sd, median, scale, shape, shares by a time). The engine never sees a family: it sees
`knots`, the integrated hazard as a table (`simulator.engine.hazards` reads it). Drawing is not done here, nor is the solving
of shares observed while other ways out compete (`simulator.engine.competing`).

Parameters by family, times in days: fixed (time); exponential (mean); weibull (scale, shape); gamma (scale, shape);
lognormal (median, sd of the log); uniform (low, high); triangular (low, mode, high); any_of (the times, equally likely).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Point = tuple[float, float]
"""(days, share): this share of people by then."""


class DistributionError(ValueError):
    """No distribution is as described; the message is a sentence for the person who described it."""


@dataclass(frozen=True, eq=False)
class Knots:
    """Integrated hazard as a table: straight between knots, vertical at atoms, last slope going on.

    x: times in days, non-decreasing. h: integrated hazard at x, non-decreasing, inf where nobody can be left.
    error: largest difference of the table's distribution function from the true one, 0 where exact.
    """

    x: FloatArray
    h: FloatArray
    error: float


@dataclass(frozen=True)
class Distribution:
    """A time that varies between people: `family` and its `parameters` in days (meaning and order: see the module).

    Raises DistributionError for parameters that no distribution of the family has, NaN and an infinite mean included.
    """

    family: str
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(float(value) for value in self.parameters))
        _refuse_bad_parameters(self.family, self.parameters)
        if not math.isfinite(self.mean()):
            raise DistributionError(f"the {self.family} time has an infinite mean: its people would never get there")

    @staticmethod
    def fixed(days: float) -> Distribution:
        """The same time for everybody; 0 is allowed."""
        return Distribution("fixed", (days,))

    @staticmethod
    def any_of(times: Sequence[float]) -> Distribution:
        """One of these times in days, each equally likely (a time given twice is twice as likely)."""
        return Distribution("any_of", tuple(sorted(times)))

    @staticmethod
    def uniform(low: float, high: float) -> Distribution:
        """Any time from low to high days, equally likely."""
        return Distribution("uniform", (low, high))

    @staticmethod
    def triangular(low: float, mode: float, high: float) -> Distribution:
        """From low to high days, most likely near mode."""
        return Distribution("triangular", (low, mode, high))

    @staticmethod
    def from_parameters(
        family: str,
        *,
        mean: float | None = None,
        sd: float | None = None,
        median: float | None = None,
        scale: float | None = None,
        shape: float | None = None,
        within: Sequence[Point] = (),
    ) -> Distribution:
        """The exponential, weibull, gamma or lognormal with these parameters: 1 for exponential, 2 for the others.

        Times in days; each point (days, share) of `within` counts as one parameter. scale goes with exponential, weibull and
        gamma, shape with weibull and gamma (shape 1 is the exponential). Raises DistributionError when the number of
        parameters is wrong, when no member of the family has them, and when two different members do.
        """
        from simulator.scenario import _shapes  # scipy: not needed by those who only pass distributions on

        stated = {"mean": mean, "sd": sd, "median": median, "scale": scale, "shape": shape}
        known = {name: float(value) for name, value in stated.items() if value is not None}
        return Distribution(family, _shapes.parameters_from(family, known, tuple(within)))

    @property
    def has_hazard(self) -> bool:
        """Whether a hazard ratio has something to act on: False where all the time lies in atoms (fixed, any_of)."""
        return self.family not in ("fixed", "any_of")

    def mean(self) -> float:
        """Mean in days."""
        p = self.parameters
        if self.family == "weibull":
            return _exp(math.log(p[0]) + math.lgamma(1 + 1 / p[1]))
        if self.family == "gamma":
            return p[0] * p[1]
        if self.family == "lognormal":
            return _exp(math.log(p[0]) + p[1] ** 2 / 2)
        return math.fsum(p) / len(p)  # the ends, the corners, the list, or the one time

    def scaled(self, factor: float) -> Distribution:
        """The distribution of `factor` (above 0) times this time: all times multiplied, the form unchanged."""
        if not 0 < factor < math.inf:
            raise DistributionError(f"a time can be multiplied by a number above 0, not by {factor:g}")
        if self.family in ("weibull", "gamma", "lognormal"):
            return Distribution(self.family, (self.parameters[0] * factor, self.parameters[1]))
        return Distribution(self.family, tuple(value * factor for value in self.parameters))

    def integrated_hazard(self, x: ArrayLike) -> FloatArray:
        """-log of the share still waiting just after each time of `x` (days, any shape): inf once nobody is."""
        from simulator.scenario import _shapes

        return _shapes.integrated_hazard(self.family, self.parameters, np.asarray(x, dtype=np.float64))

    def time_at(self, h: ArrayLike) -> FloatArray:
        """Times in days at which the integrated hazard reaches each `h` (>= 0): the inverse of `integrated_hazard`."""
        from simulator.scenario import _shapes

        return _shapes.time_at(self.family, self.parameters, np.asarray(h, dtype=np.float64))

    def atoms(self) -> list[tuple[float, float]]:
        """(time in days, rise of the integrated hazard) of each moment a share of people has in common; else empty.

        The last rise is inf: of those still waiting then, all go.
        """
        if self.has_hazard:
            return []
        result: list[tuple[float, float]] = []
        left = len(self.parameters)
        for time in sorted(set(self.parameters)):
            gone = self.parameters.count(time)
            result.append((time, math.log(left / (left - gone)) if gone < left else math.inf))
            left -= gone
        return result

    def knots(self, span_days: float) -> Knots:
        """The integrated hazard as a table for times up to `span_days`, good to 1e-5 in probability from half a second on.

        The same hazard multiplied by anything from 1/8 to 8 is as good, because effects and segments multiply it. Tables
        are kept, so asking again is free; the arrays are shared and read-only. Raises DistributionError when 4,096 knots do
        not reach 1e-4.
        """
        from simulator.scenario import _knots

        return _knots.table(self, float(span_days))


def _exp(value: float) -> float:
    """exp that says inf instead of raising OverflowError."""
    return math.exp(value) if value < 709 else math.inf


def _refuse_bad_parameters(family: str, values: tuple[float, ...]) -> None:
    counts = {"fixed": 1, "exponential": 1, "weibull": 2, "gamma": 2, "lognormal": 2, "uniform": 2, "triangular": 3}
    if family not in counts and family != "any_of":
        raise DistributionError(f"there is no family of times called {family!r}")
    if len(values) != counts.get(family, len(values)) or not values:
        raise DistributionError(f"{family} takes {counts.get(family, 'at least 1')} numbers, not {len(values)}")
    if not all(math.isfinite(value) for value in values):
        raise DistributionError(f"the numbers of a {family} time must be finite, not {values}")
    if family in ("uniform", "triangular"):
        if values[0] < 0 or values[-1] <= 0 or list(values) != sorted(values) or values[0] == values[-1]:
            raise DistributionError(f"a {family} time needs rising times of 0 or more, not {values}")
    elif min(values) < 0 or (min(values) == 0 and family not in ("fixed", "any_of")):
        raise DistributionError(f"the numbers of a {family} time must be above 0, not {values}")
