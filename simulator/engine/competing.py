"""Shares as studies observe them: who has taken which way out of a state by when, all ways competing.

A study that reports "44.8% were in care within 12 months" saw people who could also move away, recover or die
meanwhile. The rate behind the number is therefore larger than the plain 44.8% would say, and differs between
population profiles. This module computes observed shares from hazards (`cumulative_incidence`), finds the
hazards behind observed shares, all of one state together (`solve_observed`), and the hazard ratio behind a
reported ratio of risks or odds (`hazard_ratio_for`).

It works on the exact distributions, not on their tables (which differ by up to 1e-5), without effects and
without people leaving by time. It decides no policy: what to do about an unreachable share is the caller's
business.

Method. In a short cell of time in which the hazards keep their proportions, way k takes S (1 - exp(-A)) A_k /
A, with A_k its integrated hazard over the cell, A their sum and S the share present before: exact whatever
the distributions. The proportions do move within a cell, by an error of second order; halving cells twice and
extrapolating (Romberg) leaves sixth order. Cells follow the quantiles of every way and break at atoms and
bends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.scenario.distributions import (
    Distribution,
    DistributionError,
    Point,
    check_points,
    scale_for,
    shape_range,
)

FloatArray = NDArray[np.float64]

_REACHED = 1e-7
"""Largest gap between the share asked for and the share found at which a solution counts as one."""
_ALL_GONE = 1e6
"""Stands for an infinite integrated hazard, so that inf / inf does not arise."""
_LEVEL_RATIO = 1.2
_FIRST_LEVEL, _LAST_LEVEL = 1e-5, 45.0
"""Cells end where a way's hazard reaches levels in this ratio, from the first to the last in each profile."""
_LAST_INVERTIBLE = 700.0
"""Hazard up to which every family's time can be found: exp(-700) is still a float."""


class Unreachable(ValueError):
    """A share or ratio that no hazard gives; `wanted` and the best `reachable` are shares in one order."""

    def __init__(self, message: str, wanted: Sequence[float], reachable: Sequence[float]) -> None:
        super().__init__(message)
        self.wanted = tuple(wanted)
        self.reachable = tuple(reachable)


@dataclass(frozen=True)
class Observed:
    """A way out known by observed shares: `family`, and as many points as it has unknown parameters.

    known: at most one of mean, sd, median, scale (days) or shape, as a mapping or pairs. points: (days,
    share), by time. Raises DistributionError if these do not fit the family or each other.
    """

    family: str
    known: tuple[tuple[str, float], ...]
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        pairs = self.known.items() if isinstance(self.known, Mapping) else self.known
        object.__setattr__(self, "known", tuple((str(name), float(value)) for name, value in pairs))
        object.__setattr__(
            self, "points", tuple(sorted((float(days), float(share)) for days, share in self.points))
        )
        check_points(self.points)
        # The same checks, and the same sentences, as for shares without competition; only their values do not
        # matter here.
        if not self.points:
            raise DistributionError(f"an observed {self.family} time needs a share by a time")
        allowed = {"weibull": "mean sd median scale shape", "gamma": "mean sd median scale shape"}
        allowed |= {"lognormal": "mean sd median", "exponential": ""}
        if self.family not in allowed:
            raise DistributionError(f"{self.family} is not given by shares")
        for name, value in self.known:
            if name not in allowed[self.family].split():
                raise DistributionError(f"an observed {self.family} time takes no {name}")
            if not 0 < value < math.inf:
                raise DistributionError(f"the {name} must be above 0, not {value:g}")
        needed = 1 if self.family == "exponential" else 2
        if len(self.known) + len(self.points) != needed:
            raise DistributionError(
                f"{self.family} needs {needed} of its parameters, not {len(self.known) + len(self.points)}"
            )


@dataclass(frozen=True)
class WayOut:
    """One way out: its time when alone, and the hazard ratio of each population profile (0: never this
    way)."""

    distribution: Distribution | Observed
    multiplier: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "multiplier", tuple(float(value) for value in self.multiplier))
        if not all(0 <= value < math.inf for value in self.multiplier):
            raise ValueError(f"hazard ratios must be 0 or more, not {self.multiplier}")


def cumulative_incidence(
    ways: Sequence[WayOut], weights: ArrayLike, days: float, which: Collection[int]
) -> float:
    """Share of entrants to the state who have taken one of the ways `which` (indices) by `days`, all
    competing.

    `weights` are the profiles' shares (any positive sum). An atom is taken by those still there, at exactly
    `days` too; of several ways at one moment the lower index goes first. Good to 1e-8. Every way must have a
    Distribution.
    """
    multipliers = _multipliers(ways, weights)
    shares = _incidence(_distributions(ways), multipliers, _normed(weights), (float(days),))
    return float(shares[0, sorted(set(which))].sum())


def _distributions(ways: Sequence[WayOut]) -> list[Distribution]:
    solved = [way.distribution for way in ways if isinstance(way.distribution, Distribution)]
    if len(solved) != len(ways):
        raise TypeError("an observed way out has no distribution before solve_observed")
    return solved


def _normed(weights: ArrayLike) -> FloatArray:
    array = np.asarray(weights, dtype=np.float64)
    return np.asarray(array / array.sum())


def _multipliers(ways: Sequence[WayOut], weights: ArrayLike) -> FloatArray:
    """Hazard ratios as an array (profiles, ways)."""
    profiles = np.asarray(weights).shape
    for way in ways:
        if (len(way.multiplier),) != profiles:
            raise ValueError(f"{len(way.multiplier)} hazard ratios for {profiles} profiles")
    return np.array([way.multiplier for way in ways], dtype=np.float64).T


def _incidence(
    distributions: Sequence[Distribution], multipliers: FloatArray, weights: FloatArray, days: Sequence[float]
) -> FloatArray:
    """Share that has taken each way by each of `days`: array (days, ways). multipliers: (profiles, ways)."""
    until = max(days)
    atoms = sorted(
        (time, k, rise) for k, one in enumerate(distributions) for time, rise in one.atoms() if time <= until
    )
    edges = _edges(distributions, multipliers, [0.0, *days, *(time for time, _, _ in atoms)])
    quarters = edges[:-1] + np.array([[0.0], [0.25], [0.5], [0.75]]) * np.diff(edges)
    times = np.append(quarters.T.ravel(), until)
    used = np.zeros((len(distributions), len(times)))
    for k, one in enumerate(distributions):
        if one.has_hazard:
            used[k] = np.minimum(one.integrated_hazard(times), _ALL_GONE)
    present = np.exp(-(multipliers @ used))  # (profiles, times)
    taken = np.zeros((len(days), len(distributions)))
    stay = np.ones((len(weights), len(edges)))  # share spared by the atoms up to and at each edge
    for time, k, rise in atoms:
        j = int(np.searchsorted(edges, time))
        ratio = multipliers[:, k]
        spared = np.ones_like(ratio)  # where the ratio is 0, even by a rise of inf
        spared[ratio > 0] = np.exp(-rise * ratio[ratio > 0])
        gone = weights @ (present[:, 4 * j] * stay[:, j] * (1 - spared))
        taken[np.asarray(days) >= time, k] += gone
        stay[:, j:] *= spared[:, None]
    by_cell = np.zeros((len(distributions), len(edges) - 1))
    # Weights of the second Romberg step for cells whole, halved and quartered.
    for pieces, factor in ((1, 1 / 45), (2, -20 / 45), (4, 64 / 45)):
        step = 4 // pieces
        rises = np.diff(used[:, ::step], axis=1)
        amount = multipliers @ rises
        going = np.divide(-np.expm1(-amount), amount, out=np.ones_like(amount), where=amount > 0)
        there = present[:, :-1:step] * np.repeat(stay[:, :-1], pieces, axis=1)
        share = ((multipliers * weights[:, None]).T @ (there * going)) * rises
        by_cell += factor * share.reshape(len(distributions), -1, pieces).sum(axis=2)
    so_far = np.concatenate((np.zeros((len(distributions), 1)), np.cumsum(by_cell, axis=1)), axis=1)
    return np.asarray(taken + so_far[:, np.searchsorted(edges, days)].T)


def _edges(
    distributions: Sequence[Distribution], multipliers: FloatArray, fixed: Sequence[float]
) -> FloatArray:
    """Edges of cells from 0 to the last of `fixed`: these, and each way's quantiles and bends."""
    parts = [np.asarray(fixed, dtype=np.float64)]
    for k, one in enumerate(distributions):
        ratios = multipliers[multipliers[:, k] > 0, k]
        if not one.has_hazard or not len(ratios):
            continue
        first, last = _FIRST_LEVEL / ratios.max(), _LAST_LEVEL / ratios.min()
        levels = np.geomspace(first, last, int(math.log(last / first) / math.log(_LEVEL_RATIO)) + 2)
        parts.append(one.time_at(np.minimum(levels, _LAST_INVERTIBLE)))
        if one.family in ("uniform", "triangular"):
            parts.append(np.array(one.parameters))
    edges = np.unique(np.concatenate(parts))
    return np.asarray(edges[(edges >= 0) & (edges <= max(fixed))])


class _Unknowns:
    """The unknown numbers behind the observed ways, as one vector of logarithms, and the distributions they
    make.

    For each Observed: log of its own hazard used by its first point, unless a known mean, sd, median or scale
    fixes that; then log shape, unless exponential or known. Hazard at a point rather than scale, because it
    hardly depends on the shape.
    """

    def __init__(self, ways: Sequence[WayOut], multipliers: FloatArray, weights: FloatArray) -> None:
        self.ways, self.multipliers, self.weights = ways, multipliers, weights
        self.days = sorted(
            {
                day
                for way in ways
                if isinstance(way.distribution, Observed)
                for day, _ in way.distribution.points
            }
        )
        self.low: list[float] = []
        self.high: list[float] = []
        rows: list[int] = []
        columns: list[int] = []
        wanted: list[float] = []
        for k, way in enumerate(ways):
            if not isinstance(way.distribution, Observed):
                continue
            observed = way.distribution
            if _finds_hazard(observed):
                self.low.append(math.log(1e-9))
                self.high.append(math.log(1e8))
            if _finds_shape(observed):
                low, high = shape_range(observed.family)
                self.low.append(math.log(max(low, 0.05)))
                self.high.append(math.log(min(high, 100.0)))
            for day, share in observed.points:
                rows.append(self.days.index(day))
                columns.append(k)
                wanted.append(share)
        self.rows, self.columns, self.wanted = rows, columns, np.array(wanted)

    def start(self) -> FloatArray:
        """First guess: the shares as if nothing competed."""
        guess: list[float] = []
        for way in self.ways:
            if not isinstance(way.distribution, Observed):
                continue
            observed = way.distribution
            if _finds_hazard(observed):
                guess.append(math.log(-math.log1p(-observed.points[0][1])))
            if _finds_shape(observed):
                try:
                    alone = Distribution.from_parameters(
                        observed.family, within=observed.points, **dict(observed.known)
                    )
                    guess.append(math.log(alone.parameters[1]))
                except DistributionError:
                    guess.append(0.0)
        return np.clip(guess, np.array(self.low) + 1e-6, np.array(self.high) - 1e-6)

    def distributions(self, vector: FloatArray) -> list[Distribution]:
        """All ways' distributions, the known ones as they are."""
        values = iter(np.exp(np.clip(vector, self.low, self.high)).tolist())
        result = []
        for way in self.ways:
            if isinstance(way.distribution, Distribution):
                result.append(way.distribution)
                continue
            observed = way.distribution
            day = observed.points[0][0]
            hazard = next(values) if _finds_hazard(observed) else math.nan
            if observed.family == "exponential":
                result.append(Distribution("exponential", (day / hazard,)))
                continue
            shape = next(values) if _finds_shape(observed) else dict(observed.known)["shape"]
            if _finds_hazard(observed):
                # Beyond 700 no longer the hazard itself, but still a number in step with it, which is all
                # that is needed.
                unit = float(
                    Distribution(observed.family, (1.0, shape)).time_at(min(hazard, _LAST_INVERTIBLE))
                )
                scale = day / unit / max(hazard / _LAST_INVERTIBLE, 1.0)
            else:
                ((name, value),) = observed.known
                scale = scale_for(observed.family, name, value, shape)
            result.append(Distribution(observed.family, (scale, shape)))
        return result

    def shares(self, vector: FloatArray) -> FloatArray:
        """The shares these numbers give, in the order of `wanted`."""
        found = _incidence(self.distributions(vector), self.multipliers, self.weights, self.days)
        return np.asarray(found[self.rows, self.columns])

    def log_gaps(self, vector: FloatArray) -> FloatArray:
        return np.asarray(np.log(np.maximum(self.shares(vector), 1e-12) / self.wanted))

    def gaps(self, vector: FloatArray) -> FloatArray:
        return np.asarray(self.shares(vector) - self.wanted)

    def slopes(self, function: Callable[[FloatArray], FloatArray], vector: FloatArray) -> FloatArray:
        """Jacobian of `log_gaps` or `gaps` by differences, inwards from an upper bound.

        The step is absolute: steps relative to a logarithm vanish where it is near 0, and the solver stands
        still there. It is well above the 1e-10 to which shares are smooth while cells move with the unknowns.
        """
        here = function(vector)
        steps = np.where(vector + 1e-6 < self.high, 1e-6, -1e-6)
        columns = [
            (function(vector + change) - here) / step
            for change, step in zip(np.diag(steps), steps, strict=True)
        ]
        return np.array(columns).T

    def log_slopes(self, vector: FloatArray) -> FloatArray:
        return self.slopes(self.log_gaps, vector)

    def worst(self, vector: FloatArray) -> float:
        return float(np.abs(self.gaps(vector)).max())


def _finds_hazard(observed: Observed) -> bool:
    return not observed.known or observed.known[0][0] == "shape"


def _finds_shape(observed: Observed) -> bool:
    return observed.family != "exponential" and (not observed.known or observed.known[0][0] != "shape")


def solve_observed(
    ways: Sequence[WayOut], weights: ArrayLike, *, strict: bool = True
) -> tuple[list[Distribution], float]:
    """Distributions of all ways out of one state such that every observed share comes about while all of them
    compete.

    Returns one Distribution for each way (known ones as given) and the largest gap between a share asked for
    and found, at most 1e-7 when solved. What cannot be reached raises Unreachable, or with strict=False gives
    the nearest by least squares, with its gap.

    Two points of one way can be had by two distributions when nearly everybody has left by the first of them;
    one is returned. Where a single unknown shape has several solutions, it is the one nearest to shape 1.
    """
    if not any(isinstance(way.distribution, Observed) for way in ways):
        return _distributions(ways), 0.0
    unknowns = _Unknowns(ways, _multipliers(ways, weights), _normed(weights))
    best = _solve_one(unknowns) if len(unknowns.low) == 1 else _solve_together(unknowns)
    gap = unknowns.worst(best)
    if gap > _REACHED:
        best = _nearest(unknowns, best)
        gap = unknowns.worst(best)
    if gap > _REACHED and strict:
        reachable = unknowns.shares(best).tolist()
        cases = [
            f"way {k} is to be taken by {share:.2%} within {unknowns.days[row]:g} days, nearest is {can:.2%}"
            for k, row, share, can in zip(
                unknowns.columns, unknowns.rows, unknowns.wanted, reachable, strict=True
            )
        ]
        raise Unreachable(
            f"no times give these shares together: {'; '.join(cases)}", unknowns.wanted.tolist(), reachable
        )
    return unknowns.distributions(best), gap


def _solve_one(unknowns: _Unknowns) -> FloatArray:
    """A single unknown: share rises with the way's own hazard, so one bracket; with its shape it need not, so
    a search."""
    from scipy import optimize

    def gap(value: float) -> float:
        return float(unknowns.log_gaps(np.array([value]))[0])

    low, high = unknowns.low[0], unknowns.high[0]
    (observed,) = (way.distribution for way in unknowns.ways if isinstance(way.distribution, Observed))
    grid = np.array([low, high]) if _finds_hazard(observed) else np.linspace(low, high, 33)
    gaps = np.array([gap(value) for value in grid])
    crossings = np.flatnonzero((gaps[:-1] < 0) != (gaps[1:] < 0))
    if not len(crossings) and _finds_hazard(observed) and gaps[-1] < 0:
        # Out of reach: all but a millionth of the most, at the smallest hazard that gives it (the largest is
        # absurd).
        aim = gaps[-1] - 1e-6
        return np.array([optimize.brentq(lambda value: gap(value) - aim, low, high, xtol=1e-9)])
    if not len(crossings):
        return np.array([grid[np.argmin(np.abs(gaps))]])
    roots = [optimize.brentq(gap, grid[i], grid[i + 1], xtol=1e-12, rtol=1e-12) for i in crossings]
    return np.array([min(roots, key=abs)])


def _solve_together(unknowns: _Unknowns) -> FloatArray:
    """Several unknowns: Powell's hybrid method from the guess; where that strays, bounded least squares."""
    from scipy import optimize

    start = unknowns.start()
    found = optimize.root(unknowns.log_gaps, start, jac=unknowns.log_slopes, tol=1e-11).x
    if unknowns.worst(found) <= _REACHED:
        return np.asarray(found)
    return _least_squares(unknowns, unknowns.log_gaps, start)


def _nearest(unknowns: _Unknowns, near: FloatArray) -> FloatArray:
    """The numbers whose shares are nearest by least squares, sought from the best so far and from the
    guess."""
    candidates = [
        near,
        *(_least_squares(unknowns, unknowns.gaps, start) for start in (near, unknowns.start())),
    ]
    return min(candidates, key=lambda vector: round(float((unknowns.gaps(vector) ** 2).sum()), 6))


def _least_squares(
    unknowns: _Unknowns, residuals: Callable[[FloatArray], FloatArray], start: FloatArray
) -> FloatArray:
    from scipy import optimize

    low, high = np.array(unknowns.low), np.array(unknowns.high)
    inside = np.clip(start, low + 1e-6, high - 1e-6)

    def slopes(vector: FloatArray) -> FloatArray:
        return unknowns.slopes(residuals, vector)

    found = optimize.least_squares(
        residuals, inside, slopes, bounds=(low, high), xtol=1e-12, ftol=1e-14, gtol=1e-14
    )
    return np.asarray(found.x)


def hazard_ratio_for(
    ways: Sequence[WayOut],
    weights: ArrayLike,
    which: Collection[int],
    target: float,
    by_days: float,
    measure: Literal["risk", "odds"],
) -> float:
    """Hazard ratio that, on all ways `which` from entry on, turns their observed share by `by_days` into what
    a study found.

    target: the reported ratio of risks (shares) or of odds, 0 or more; 1 gives exactly 1, 0 gives 0. Raises
    Unreachable when the share asked for is more than any hazard gives, ValueError for another measure or a
    negative target.
    """
    if measure not in ("risk", "odds"):
        raise ValueError(f"a ratio is of risks or odds, not {measure!r}")
    if not 0 <= target < math.inf:
        raise ValueError(f"a ratio must be 0 or more, not {target:g}")
    if target in (0, 1):
        return float(target)
    distributions, multipliers, normed = _distributions(ways), _multipliers(ways, weights), _normed(weights)
    chosen = sorted(set(which))

    def share(ratio: float) -> float:
        changed = multipliers.copy()
        changed[:, chosen] *= ratio
        return float(_incidence(distributions, changed, normed, (float(by_days),))[0, chosen].sum())

    now = share(1.0)
    if measure == "risk":
        goal = target * now
    else:
        goal = target * now / (1 - now + target * now)
    # The bracket grows from 1 towards the goal, as far as no study's ratio goes.
    inner, outer = 1.0, 1.0
    factor = 4.0 if target > 1 else 0.25
    while 0 < now < 1 and (share(outer) < goal if target > 1 else share(outer) > goal):
        inner, outer = outer, outer * factor
        if not 1e-9 < outer < 1e7:
            break
    else:
        if 0 < now < 1:
            return _ratio_between(share, goal, inner, outer)
    best = share(outer)
    raise Unreachable(
        f"a {measure} ratio of {target:g} asks for a share of {goal:.2%} by {by_days:g} days instead of {now:.2%}; "
        f"the nearest any hazard gives is {best:.2%}",
        [goal],
        [best],
    )


def _ratio_between(share: Callable[[float], float], goal: float, inner: float, outer: float) -> float:
    """The ratio between two with shares on either side of the goal."""
    from scipy import optimize

    low, high = sorted((math.log(inner), math.log(outer)))
    found = optimize.brentq(
        lambda log_ratio: math.log(share(math.exp(log_ratio)) / goal), low, high, xtol=1e-12
    )
    return math.exp(found)
