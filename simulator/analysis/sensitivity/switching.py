"""Switching values: where the answer turns as one number moves, the others as written, on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.analysis.decision.choices import Floats, Ints

RESAMPLES = 400
FEWEST = 5
"""Replications below which an interval of a crossing says more than is known."""
NORMAL = 1.959964


@dataclass(frozen=True)
class Switch:
    """Where a mean answer passes 0 as a number grows.

    status: `crosses`, `crosses more than once`, `always above`, `always below`, or `cannot tell` (chance could make it pass
    0 or not, or there are fewer than FEWEST replications). at: the value of the number (the one nearest to as written, if
    several), low, high: 95% interval by chance of the runs; NaN where there is none. rising: whether the answer is above 0
    beyond it.
    """

    status: str
    at: float = np.nan
    low: float = np.nan
    high: float = np.nan
    rising: bool = False


def switching(x: Floats, answers: Floats, written: float, seed: int = 1) -> Switch:
    """From answers (steps, replications) at values x (steps,) of one number, rising; written: where the file has it.

    An answer turns between two steps that are clear of chance on different sides (Student's t at 95% for all steps together,
    Bonferroni); where means in between pass 0 several times, the middle one is taken. The interval is a bootstrap over
    replications, which keeps their common random numbers together, widened as Student's t is beside the normal.
    """
    runs = answers.shape[1]
    if runs < FEWEST:
        return Switch("cannot tell")
    side = sides(answers)
    clear = np.flatnonzero(side).tolist()
    turns = [(first, second) for first, second in pairwise(clear) if side[first] != side[second]]
    if not turns:
        known = len(clear) == len(x)
        return Switch(("always above" if side[0] > 0 else "always below") if known else "cannot tell")
    means = answers.mean(axis=1)
    at, turn = min(
        ((_within(x, means, each), each) for each in turns), key=lambda each: abs(each[0] - written)
    )
    picks = np.random.default_rng(seed).integers(0, runs, (RESAMPLES, runs))
    again = [_within(x, answers[:, pick].mean(axis=1), turn) for pick in picks]
    low, high = np.nanquantile(again, [0.025, 0.975]).tolist()
    from scipy.stats import t as student

    wider = float(student.ppf(0.975, runs - 1)) / NORMAL * np.sqrt(runs / (runs - 1))
    return Switch(
        "crosses" if len(turns) == 1 else "crosses more than once",
        at,
        max(float(x[0]), at - (at - low) * wider),
        min(float(x[-1]), at + (high - at) * wider),
        bool(side[turn[1]] > 0),
    )


def sides(answers: Floats) -> Ints:
    """(steps,): 1 or -1 where a mean answer is clearly above or below 0, else 0."""
    from scipy.stats import t as student

    steps, runs = answers.shape
    means = answers.mean(axis=1)
    se = answers.std(axis=1, ddof=1) / np.sqrt(runs)
    clear = np.abs(means) > student.ppf(1 - 0.025 / steps, runs - 1) * se
    return np.where(clear, np.sign(means), 0).astype(np.int64)


def _within(x: Floats, means: Floats, turn: tuple[int, int]) -> float:
    """The middle crossing between two steps; NaN where there is none."""
    part = slice(turn[0], turn[1] + 1)
    found = [at for at, _ in crossings(x[part], means[part])]
    return float(np.median(found)) if found else np.nan


def crossings(x: Floats, means: Floats) -> list[tuple[float, bool]]:
    """Each value at which a line through the points passes 0, and whether it is above 0 beyond it. Touching is not passing."""
    found: list[tuple[float, bool]] = []
    last: int | None = None
    for step in range(len(x)):
        if means[step] == 0:
            continue
        if last is not None and (means[step] > 0) != (means[last] > 0):
            if step - last > 1:  # one nought between, or several
                at = (x[last + 1] + x[step - 1]) / 2
            else:
                at = x[last] - means[last] * (x[step] - x[last]) / (means[step] - means[last])
            found.append((float(at), bool(means[step] > 0)))
        last = step
    return found


__all__ = ["FEWEST", "Switch", "crossings", "sides", "switching"]
