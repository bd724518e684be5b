"""Times that vary between people: which distribution, and its integrated hazard.

A `Distribution` is a family and its parameters in days: small, frozen, hashable, comparable.
`Distribution.from_parameters` finds it from what a study states (mean, sd, median, scale, shape, shares by a
time). The engine never sees a family: it sees `knots`, the integrated hazard as a table
(`simulator.scenario.knots` makes it, `simulator.engine.hazards` reads it). Drawing is not done here, nor is
the solving of shares observed while other ways out compete (`simulator.engine.competing`).

Parameters by family, times in days: fixed (time); exponential (mean); weibull (scale, shape); gamma (scale,
shape); lognormal (median, sd of the log); uniform (low, high); triangular (low, mode, high); any_of (the
times, equally likely).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Point = tuple[float, float]
"""(days, share): this share of people by then."""


class DistributionError(ValueError):
    """No distribution is as described; the message is a sentence for the person who described it."""


@dataclass(frozen=True)
class Distribution:
    """A time that varies between people: `family` and its `parameters` in days (meaning, order: see module).

    Raises DistributionError for parameters that no distribution of the family has, NaN and an infinite mean
    included.
    """

    family: str
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(float(value) for value in self.parameters))
        _refuse_bad_parameters(self.family, self.parameters)
        if not math.isfinite(self.mean()):
            raise DistributionError(
                f"the {self.family} time has an infinite mean: its people would never get there"
            )

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
        """The exponential, weibull, gamma or lognormal with these parameters: 1 for exponential, 2 for the
        others.

        Times in days; each point (days, share) of `within` counts as one parameter. scale goes with
        exponential, weibull and gamma, shape with weibull and gamma (shape 1 is the exponential). Raises
        DistributionError when the number of parameters is wrong, when no member of the family has them, and
        when two different members do.
        """
        stated = {"mean": mean, "sd": sd, "median": median, "scale": scale, "shape": shape}
        known = tuple((name, float(value)) for name, value in stated.items() if value is not None)
        return _found(family, known, tuple((float(days), float(share)) for days, share in within))

    @property
    def has_hazard(self) -> bool:
        """Whether a hazard ratio has something to act on: False where all the time lies in atoms (fixed,
        any_of)."""
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
        """The distribution of `factor` (above 0) times this time: all times multiplied, the form
        unchanged."""
        if not 0 < factor < math.inf:
            raise DistributionError(f"a time can be multiplied by a number above 0, not by {factor:g}")
        if self.family in ("weibull", "gamma", "lognormal"):
            return Distribution(self.family, (self.parameters[0] * factor, self.parameters[1]))
        return Distribution(self.family, tuple(value * factor for value in self.parameters))

    def integrated_hazard(self, x: ArrayLike) -> FloatArray:
        """-log of the share still waiting just after each time of `x` (days, any shape): inf once nobody
        is."""
        return _integrated_hazard(self, np.asarray(x, dtype=np.float64))

    def time_at(self, h: ArrayLike) -> FloatArray:
        """Times in days at which the integrated hazard reaches each `h` (>= 0): the inverse of
        `integrated_hazard`."""
        return _time_at(self, np.asarray(h, dtype=np.float64))

    def atoms(self) -> list[tuple[float, float]]:
        """(time in days, rise of the integrated hazard) of each moment a share of people has in common; else
        empty.

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


@lru_cache(maxsize=4096)  # the designs of a draw ask for the same ones, and finding a shape takes a search
def _found(family: str, known: tuple[tuple[str, float], ...], within: tuple[Point, ...]) -> Distribution:
    return Distribution(family, _parameters_from(family, dict(known), within))


def _exp(value: float) -> float:
    """exp that says inf instead of raising OverflowError."""
    return math.exp(value) if value < 709 else math.inf


def _refuse_bad_parameters(family: str, values: tuple[float, ...]) -> None:
    counts = {
        "fixed": 1,
        "exponential": 1,
        "weibull": 2,
        "gamma": 2,
        "lognormal": 2,
        "uniform": 2,
        "triangular": 3,
    }
    if family not in counts and family != "any_of":
        raise DistributionError(f"there is no family of times called {family!r}")
    if len(values) != counts.get(family, len(values)) or not values:
        raise DistributionError(
            f"{family} takes {counts.get(family, 'at least 1')} numbers, not {len(values)}"
        )
    if not all(math.isfinite(value) for value in values):
        raise DistributionError(f"the numbers of a {family} time must be finite, not {values}")
    if family in ("uniform", "triangular"):
        if values[0] < 0 or values[-1] <= 0 or list(values) != sorted(values) or values[0] == values[-1]:
            raise DistributionError(f"a {family} time needs rising times of 0 or more, not {values}")
    elif min(values) < 0 or (min(values) == 0 and family not in ("fixed", "any_of")):
        raise DistributionError(f"the numbers of a {family} time must be above 0, not {values}")


# --- What a study states, to parameters ------------------------------------------------------------------
# Each family here is a form (its shape, k) stretched by a scale, so whatever a study states, be it a mean, an
# sd, a median or a time by which a share got there, is the scale times a number that depends on k alone:
# `_log_unit` is its logarithm.

_SHAPES = {"weibull": (0.02, 1e3), "gamma": (0.02, 1e6), "lognormal": (1e-4, 20.0)}
"""Shapes looked at: from a spread far beyond any service's to one that is as good as fixed."""


def _log_unit(family: str, name: str, share: float, log_shape: ArrayLike) -> FloatArray:
    """log of the mean, sd, median, scale or time of `share` at scale 1, for each log shape (-inf where it
    underflows)."""
    from scipy import special

    k = np.exp(np.asarray(log_shape, dtype=np.float64))
    if name == "scale":
        return np.zeros_like(k)
    with np.errstate(divide="ignore"):
        if family == "weibull":
            mean = special.gammaln(1 + 1 / k)
            units = {"mean": mean, "sd": mean + 0.5 * np.log(np.expm1(special.gammaln(1 + 2 / k) - 2 * mean))}
            result = units[name] if name in units else np.log(-np.log1p(-share)) / k
        elif family == "gamma":
            units = {"mean": np.log(k), "sd": np.log(k) / 2}
            result = units[name] if name in units else np.log(special.gammaincinv(k, share))
        else:
            units = {"mean": k**2 / 2, "sd": k**2 / 2 + 0.5 * np.log(np.expm1(k**2))}
            result = units[name] if name in units else k * special.ndtri(share)
    return np.asarray(result)


def shape_range(family: str) -> tuple[float, float]:
    """Smallest and largest shape that is looked for in a weibull, gamma or lognormal (its sd of the log)."""
    return _SHAPES[family]


def scale_for(family: str, name: str, value: float, shape: float) -> float:
    """The scale (lognormal: median) with which a family of this shape has its mean, sd, median or scale at
    `value` days."""
    return _exp(math.log(value) - float(_log_unit(family, name, 0.5, math.log(shape))))


def _parameters_from(family: str, known: dict[str, float], within: tuple[Point, ...]) -> tuple[float, ...]:
    """See `Distribution.from_parameters`."""
    allowed = {"exponential": "mean sd median scale", "lognormal": "mean sd median"}
    allowed |= dict.fromkeys(("weibull", "gamma"), "mean sd median scale shape")
    if family not in allowed:
        raise DistributionError(f"{family} is not given by a mean, sd, median, scale, shape or shares")
    wrong = [name for name in known if name not in allowed[family].split()]
    if wrong:
        raise DistributionError(
            f"{family} takes no {wrong[0]}; it takes {allowed[family].replace(' ', ', ')}, within"
        )
    needed = 1 if family == "exponential" else 2
    if len(known) + len(within) != needed:
        raise DistributionError(f"{family} needs {needed} of its parameters, not {len(known) + len(within)}")
    for name, value in known.items():
        if not 0 < value < math.inf:
            raise DistributionError(f"the {name} must be above 0, not {value:g}")
    check_points(within)
    conditions = [(name, 0.5, value) for name, value in known.items() if name != "shape"]
    conditions += [("within", share, days) for days, share in sorted(within)]
    name, share, value = conditions[0]
    if family == "exponential":
        return (value / math.exp(float(_log_unit("weibull", name, share, 0.0))),)
    shape = known["shape"] if "shape" in known else _shape_from(family, conditions)
    return value / math.exp(float(_log_unit(family, name, share, math.log(shape)))), shape


def check_points(points: Sequence[Point]) -> None:
    """Raise DistributionError unless shares lie inside (0, 1), times are above 0, and later times have larger
    shares."""
    for days, share in points:
        if not (0 < days < math.inf and 0 < share < 1):
            raise DistributionError(
                f"a share by a time must be above 0% and below 100%, not {share:.4%} by {days:g} days"
            )
    ordered = sorted(points)
    for (days, share), (later, more) in pairwise(ordered):
        if not (days < later and share < more):
            raise DistributionError(
                f"{share:.2%} by {days:g} days, {more:.2%} by {later:g} days: a share must rise from time to time"
            )


def _shape_from(family: str, conditions: list[tuple[str, float, float]]) -> float:
    """The one shape at which two stated values ask for the same scale: sought on a grid, then between its
    points."""
    from scipy import optimize

    (name1, share1, value1), (name2, share2, value2) = conditions
    ratio = math.log(value1) - math.log(value2)

    def gap(log_shape: ArrayLike) -> FloatArray:
        return (
            _log_unit(family, name1, share1, log_shape) - _log_unit(family, name2, share2, log_shape) - ratio
        )

    low, high = _SHAPES[family]
    grid = np.linspace(math.log(low), math.log(high), 400)
    with np.errstate(invalid="ignore"):
        gaps = gap(grid)
    grid, gaps = grid[np.isfinite(gaps)], gaps[np.isfinite(gaps)]
    size = np.abs(gaps)
    nearest: list[float] = []
    # Two roots can hide between neighbours of one sign: look where the gap comes closest to 0.
    for i in np.flatnonzero((size[1:-1] <= size[:-2]) & (size[1:-1] < size[2:])) + 1:
        if gaps[i - 1] * gaps[i] > 0 and gaps[i] * gaps[i + 1] > 0:
            # The gap keeps its sign on the way down to where it is least in size, so that this is a plain
            # minimum.
            least = optimize.minimize_scalar(
                (lambda at: float(gap(at))) if gaps[i] > 0 else (lambda at: -float(gap(at))),
                bounds=(grid[i - 1], grid[i + 1]),
                method="bounded",
            ).x
            nearest += [float(least)]
    grid = np.sort(np.append(grid, nearest))
    gaps = gap(grid)
    crossings = np.flatnonzero((gaps[:-1] < 0) != (gaps[1:] < 0))
    roots = [
        math.exp(optimize.brentq(lambda at: float(gap(at)), grid[i], grid[i + 1], xtol=1e-14))
        for i in crossings
    ]
    if len(roots) == 1:
        return roots[0]
    stated = " and ".join(
        f"{share:.2%} within {value:g} days" if name == "within" else f"a {name} of {value:g} days"
        for name, share, value in conditions
    )
    if roots:
        found_shapes = " and ".join(f"{root:.4g}" for root in roots)
        raise DistributionError(
            f"{len(roots)} different {family} times have {stated} (shapes {found_shapes}): "
            "state the sd, or another share, instead"
        )
    raise DistributionError(f"no {family} time has {stated}")


# --- Integrated hazard and its inverse -------------------------------------------------------------------


def _integrated_hazard(distribution: Distribution, x: FloatArray) -> FloatArray:
    """See `Distribution.integrated_hazard`. Below the median by log1p of the share gone, so that small shares
    stay exact."""
    from scipy import special

    family, p = distribution.family, distribution.parameters
    x = np.maximum(x, 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        if family == "exponential":
            return x / p[0]
        if family == "weibull":
            return np.asarray((x / p[0]) ** p[1])
        if family == "gamma":
            z, k = x / p[0], p[1]
            left = special.gammaincc(k, z)
            result = np.where(left < 0.5, -np.log(left), -np.log1p(-special.gammainc(k, z)))
            if np.any(left < 1e-290):
                # gammaincc underflows: the first terms of its continued fraction (DLMF 8.9.2), good to 1e-6
                # out there.
                z1 = np.maximum(z, k + 1)
                tail = z1 - k * np.log(z1) + special.gammaln(k) + np.log(z1 + 1 - k - (1 - k) / (z1 + 3 - k))
                result = np.where(left < 1e-290, tail, result)
            return np.asarray(result)
        if family == "lognormal":
            return np.asarray(-special.log_ndtr((math.log(p[0]) - np.log(x)) / p[1]))
        if family == "uniform":
            return np.asarray(-np.log1p(-np.clip((x - p[0]) / (p[1] - p[0]), 0.0, 1.0)))
        if family == "triangular":
            low, mode, high = p
            gone = np.clip(x - low, 0.0, mode - low) ** 2 / ((high - low) * max(mode - low, 1e-300))
            left = np.clip(high - x, 0.0, high - mode) ** 2 / ((high - low) * max(high - mode, 1e-300))
            return np.asarray(np.where(x < mode, -np.log1p(-gone), -np.log(left)))
    times = np.array([time for time, _ in distribution.atoms()])
    heights = np.concatenate(([0.0], np.cumsum([rise for _, rise in distribution.atoms()])))
    return np.asarray(heights[np.searchsorted(times, x, side="right")])


def _time_at(distribution: Distribution, h: FloatArray) -> FloatArray:
    """See `Distribution.time_at`."""
    from scipy import special

    family, p = distribution.family, distribution.parameters
    gone, left = -np.expm1(-h), np.exp(-h)
    if family == "exponential":
        return h * p[0]
    if family == "weibull":
        with np.errstate(over="ignore"):
            return np.asarray(p[0] * h ** (1 / p[1]))
    if family == "gamma":
        return np.asarray(
            p[0] * np.where(gone < 0.5, special.gammaincinv(p[1], gone), special.gammainccinv(p[1], left))
        )
    if family == "lognormal":
        return np.asarray(p[0] * np.exp(-p[1] * special.ndtri_exp(-h)))
    if family == "uniform":
        return np.asarray(np.where(gone < 0.5, p[0] + (p[1] - p[0]) * gone, p[1] - (p[1] - p[0]) * left))
    if family == "triangular":
        low, mode, high = p
        rising = low + np.sqrt(gone * (high - low) * (mode - low))
        falling = high - np.sqrt(left * (high - low) * (high - mode))
        return np.asarray(np.where(gone * (high - low) < mode - low, rising, falling))
    times = np.array([time for time, _ in distribution.atoms()])
    heights = np.cumsum([rise for _, rise in distribution.atoms()])
    return np.asarray(np.where(h > 0, times[np.searchsorted(heights, h, side="left")], 0.0))
