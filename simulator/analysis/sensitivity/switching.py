"""Switching values: where the answer turns as one number moves, the others as written, on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.analysis.decision.choices import Floats

RESAMPLES = 400
SURE = 2.0


@dataclass(frozen=True)
class Switch:
    """Where a mean answer passes 0 as a number grows.

    status: `crosses`, `crosses more than once`, `always above`, `always below`, or `cannot tell` (chance could make it pass
    0 or not). at: the value of the number (the one nearest to as written, if several), low, high: 95% interval by chance of
    the runs; NaN where there is none. rising: whether the answer is above 0 beyond it.
    """

    status: str
    at: float = np.nan
    low: float = np.nan
    high: float = np.nan
    rising: bool = False


def switching(x: Floats, answers: Floats, written: float, seed: int = 1) -> Switch:
    """From answers (steps, replications) at values x (steps,) of one number, rising; written: where the file has it.

    Between steps the mean answer is taken as a straight line. The interval is a bootstrap over replications, which keeps
    their common random numbers together; with one replication there is none.
    """
    means = answers.mean(axis=1)
    found = crossings(x, means)
    if not found:
        return Switch(_side(answers, means))
    at, rising = min(found, key=lambda each: abs(each[0] - written))
    runs = answers.shape[1]
    again: list[float] = []
    if runs > 1:
        picks = np.random.default_rng(seed).integers(0, runs, (RESAMPLES, runs))
        for pick in picks:
            others = crossings(x, answers[:, pick].mean(axis=1))
            if others:
                again.append(min((each for each, _ in others), key=lambda each: abs(each - at)))
        if len(again) < 0.95 * RESAMPLES:
            return Switch("cannot tell", at, np.nan, np.nan, rising)
    low, high = np.quantile(again, [0.025, 0.975]).tolist() if again else (np.nan, np.nan)
    return Switch("crosses" if len(found) == 1 else "crosses more than once", at, low, high, rising)


def _side(answers: Floats, means: Floats) -> str:
    """On which side of 0 an answer stays, if chance does not blur it."""
    runs = answers.shape[1]
    se = answers.std(axis=1, ddof=1) / np.sqrt(runs) if runs > 1 else np.zeros(len(means))
    if not means.any():
        return "cannot tell"
    if (np.abs(means) <= SURE * se).any():
        return "cannot tell"
    return "always above" if means[0] > 0 else "always below"


def crossings(x: Floats, means: Floats) -> list[tuple[float, bool]]:
    """Each value at which a line through the points passes 0, and whether it is above 0 beyond it. Touching is not passing."""
    found = []
    sides = np.sign(means)
    last = 0
    for step in range(1, len(x)):
        if sides[step] == 0:
            continue
        if sides[last] != 0 and sides[step] != sides[last]:
            span = means[step] - means[last]
            at = x[last] - means[last] * (x[step] - x[last]) / span
            found.append((float(at), bool(sides[step] > 0)))
        last = step
    return found


__all__ = ["Switch", "crossings", "switching"]
