"""Where two numbers together turn the answer: a map of the mean gain over both, the rest at random, and its line of nought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.analysis.decision.choices import Floats

FEWEST = 60
"""Draws below which a surface of ten coefficients says more about chance than about the numbers."""
DEGREE = 3


@dataclass(frozen=True, eq=False)
class BreakEven:
    """A map of a gain over two numbers.

    x, y: (steps,) values of the numbers. gain: (steps, steps), row y and column x: the mean gain there, the other numbers as
    uncertain as they are; NaN where no draw is near. r2: share of the gain's variance that the map explains. status: `ok`, or
    `too few draws`.
    """

    x: Floats
    y: Floats
    gain: Floats
    r2: float
    status: str


def break_even(x: Floats, y: Floats, gain: Floats, steps: int = 41) -> BreakEven:
    """The mean of `gain` (draws,) over `x` and `y` (draws,): a cubic surface by least squares, as a metamodel is made.

    It is the regression of Jalal et al. (2013, Medical Decision Making 33:880) on two of the inputs. Where fewer than five
    draws lie within a fifth of the range of both numbers nothing is said. Raises ValueError for inputs that do not vary.
    """
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise ValueError("a map needs two numbers that vary")
    along = []
    for each in (x, y):
        low, high = np.quantile(each, [0.01, 0.99]).tolist()
        along.append(np.linspace(low, high, steps))
    if len(gain) < FEWEST:
        return BreakEven(along[0], along[1], np.full((steps, steps), np.nan), 0.0, "too few draws")
    scaled = [(each - each.mean()) / each.std() for each in (x, y)]
    coefficients, *_ = np.linalg.lstsq(_basis(*scaled), gain, rcond=None)
    fitted = _basis(*scaled) @ coefficients
    spread = float(gain.var())
    r2 = 1.0 - float((gain - fitted).var()) / spread if spread else 0.0
    at_x, at_y = np.meshgrid(*along)
    grid = [
        (at - each.mean()) / each.std() for at, each in zip((at_x.ravel(), at_y.ravel()), (x, y), strict=True)
    ]
    surface = _basis(*grid) @ coefficients
    near = (np.abs(grid[0][:, None] - scaled[0]) < np.ptp(scaled[0]) / 5) & (
        np.abs(grid[1][:, None] - scaled[1]) < np.ptp(scaled[1]) / 5
    )
    surface[near.sum(axis=1) < 5] = np.nan
    return BreakEven(along[0], along[1], surface.reshape(steps, steps), r2, "ok")


def _basis(x: Floats, y: Floats) -> Floats:
    """(n, terms): all products of powers up to the degree together."""
    terms = [x**i * y**j for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return np.column_stack(terms)


__all__ = ["BreakEven", "break_even"]
