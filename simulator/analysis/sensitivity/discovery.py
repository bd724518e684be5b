"""Scenario discovery: under what combination of numbers does a design fail? By PRIM (Friedman and Fisher 1999).

A box of the space of inputs is peeled, a little from one side at a time, until most of what is left in it are failures; a
limit that chance could have drawn is given back (Bryant and Lempert 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.decision.choices import Floats

PEEL = 0.05
"""The share of what is in the box that is peeled at a time."""
LEAST_MASS = 0.05
"""A box holds at least this share of all draws."""
LEAST_COVERAGE = 0.5
"""A box that is told of holds at least this share of all failures."""
FEWEST = 100
CHANCE = 0.01
"""A limit stays if chance would draw one as good less often than this."""


@dataclass(frozen=True)
class Limit:
    """One side of a box: draws in it have `place` at `value` or above (`above`), or at it or below."""

    place: str
    above: bool
    value: float
    chance: float


@dataclass(frozen=True)
class Box:
    """Where a design fails. coverage: share of failures that are in it. density: share of what is in it that fails. mass: its
    share of all draws. fails: share of all draws that fail. status: `ok`, `never fails`, `always fails`, `too few draws`,
    `nothing found`: no combination makes failing clearly more likely.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    fails: float
    status: str


def discover(places: Sequence[str], inputs: Floats, fails: np.ndarray) -> Box:
    """The box of (draws, numbers) in which most of `fails` (draws,) lie together.

    Of the boxes on the way of peeling that still hold half of the failures the densest is taken, and of boxes within two
    points of its density the one that holds most. Each limit's chance is that of a binomial: as many failures in the box, had
    failing been as likely there as without this limit (the quasi-p-value of Bryant and Lempert); limits with 1% or more go.
    """
    fails = np.asarray(fails, bool)
    draws, share = len(fails), float(fails.mean())
    if draws < FEWEST:
        return Box((), np.nan, np.nan, np.nan, share, "too few draws")
    if not fails.any() or fails.all():
        return Box((), np.nan, np.nan, np.nan, share, "always fails" if fails.all() else "never fails")
    low, high = np.full(inputs.shape[1], -np.inf), np.full(inputs.shape[1], np.inf)
    way = [(low.copy(), high.copy())]
    while (peeled := _peeled(inputs, fails, low, high)) is not None:
        low, high = peeled
        way.append((low.copy(), high.copy()))
    told = [(*_told(inputs, fails, *each), each) for each in way]
    enough = [each for each in told if each[0] >= LEAST_COVERAGE]
    densest = max(density for _, density, _, _ in enough)
    *_, (low, high) = max((each for each in enough if each[1] >= densest - 0.02), key=lambda each: each[0])
    limits = _kept(places, inputs, fails, low, high)
    if not limits:
        return Box((), 1.0, share, 1.0, share, "nothing found")
    coverage, density, mass = _told(inputs, fails, low, high)
    return Box(tuple(limits), coverage, density, mass, share, "ok")


def _inside(inputs: Floats, low: Floats, high: Floats) -> np.ndarray:
    return np.asarray(((inputs >= low) & (inputs <= high)).all(axis=1))


def _told(inputs: Floats, fails: np.ndarray, low: Floats, high: Floats) -> tuple[float, float, float]:
    """Coverage, density and mass of a box."""
    inside = _inside(inputs, low, high)
    here = int(fails[inside].sum())
    return here / int(fails.sum()), here / max(1, int(inside.sum())), float(inside.mean())


def _peeled(inputs: Floats, fails: np.ndarray, low: Floats, high: Floats) -> tuple[Floats, Floats] | None:
    """The box with the strip taken off that leaves it densest; None where what is left would be too little."""
    inside = _inside(inputs, low, high)
    here, failing = inputs[inside], fails[inside]
    best: tuple[float, int, bool, float] | None = None
    for column in range(inputs.shape[1]):
        values = here[:, column]
        if values.min() == values.max():
            continue
        for above in (True, False):
            cut = np.quantile(values, PEEL if above else 1 - PEEL)
            left = values > cut if above else values < cut
            if not left.any():  # a number with few values: take off the last of them
                continue
            if left.all():
                continue
            if left.sum() < LEAST_MASS * len(inputs):
                continue
            gain = (failing[left].mean() - failing.mean()) / (1 - left.mean())
            edge = values[left].min() if above else values[left].max()
            if best is None or gain > best[0]:
                best = (float(gain), column, above, float(edge))
    if best is None or failing.all():
        return None
    _, column, above, edge = best
    low, high = low.copy(), high.copy()
    (low if above else high)[column] = edge
    return low, high


def _kept(places: Sequence[str], inputs: Floats, fails: np.ndarray, low: Floats, high: Floats) -> list[Limit]:
    """The limits that chance did not draw, the others given back in `low` and `high`, the weakest first."""
    from scipy.stats import binom

    while True:
        found = []
        here = _inside(inputs, low, high)
        for column, place in enumerate(places):
            for above in (True, False):
                edges = low if above else high
                if not np.isfinite(edges[column]):
                    continue
                value = edges[column]
                edges[column] = -np.inf if above else np.inf
                without = _inside(inputs, low, high)
                edges[column] = value
                chance = float(binom.sf(fails[here].sum() - 1, here.sum(), fails[without].mean()))
                found.append(Limit(place, above, float(value), chance))
        weakest = max(found, key=lambda each: each.chance, default=None)
        if weakest is None or weakest.chance < CHANCE:
            return found
        (low if weakest.above else high)[list(places).index(weakest.place)] = (
            -np.inf if weakest.above else np.inf
        )


__all__ = ["Box", "Limit", "discover"]
