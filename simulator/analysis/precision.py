"""How many replications are enough: is the mean of a figure known as precisely as somebody wants?

The confidence-interval method with look-ahead: runs are enough from the first number on at which half the width of the
95% confidence interval is what was asked for or less, and stays so over the next few runs (Hoad, Robinson and Davies 2010,
Automated selection of the number of replications for a discrete-event simulation, J. Operational Research Society 61).
Mean and spread are kept run by run (Welford 1962). What is precise here is a mean; how one run differs from the next is the
range of runs (`analysis.compare`), which more runs do not narrow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ENOUGH, NOT_YET, NO_SPREAD, NEAR_0, NOT_KNOWN = "enough", "not yet", "no spread", "mean near 0", "not known"
CONFIDENCE = 0.95
LOOK_AHEAD = 5
"""kLimit of the paper: the precision is kept for so many more runs, or so many in a hundred of those done if that is more."""
FEWEST = 10
"""No fewer are called enough. The paper starts at 3, where a few counts that happen to be alike seem precise."""
_MOST_NEEDED = 10**12
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9, " million": 1e6, " billion": 1e9}
_PRECISION = re.compile(
    r"(?P<pound>£)?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)(?P<end>%|k|m|bn| million| billion| points?)?"
)


@dataclass(frozen=True)
class Precision:
    """How far the mean may be off: half the width of its 95% confidence interval.

    relative: `half_width` is a share of the mean (0.05: 5%), else in the figure's unit. unit: `£` or `share` where it was
    said with one. Raises ValueError unless above 0.
    """

    half_width: float
    relative: bool = False
    unit: str = ""

    def __post_init__(self) -> None:
        if not (self.half_width > 0 and math.isfinite(self.half_width)):
            raise ValueError("a precision is a number above 0")

    @classmethod
    def of(cls, text: str) -> Precision:
        """`5%` (of the mean), `3` (in the figure's unit), `£100k`, or `2 points` (of a share). Raises ValueError for others."""
        found = _PRECISION.fullmatch(" ".join(text.split()))
        pound, end = (found["pound"] or "", found["end"] or "") if found else ("", "")
        if not found or (pound and (end == "%" or end.startswith(" point"))):
            raise ValueError(f"a precision is written like 5%, 3, £100k or 2 points, not {text[:60]!r}")
        value = float(found["number"].replace(",", ""))
        if end == "%":
            return cls(value / 100, relative=True)
        if end.startswith(" point"):
            return cls(value / 100, unit="share")
        return cls(value * _SCALE[end], unit=pound)

    def refused_for(self, unit: str) -> str:
        """Why this cannot be asked of a figure in this unit (`analysis.measures.UNITS`); "" if it can."""
        if self.relative or self.unit == unit or (self.unit == "share" and unit == "share or mean"):
            return ""
        if self.unit == "£":
            return f"it is in {unit}, not in pounds"
        if self.unit:
            return f"it is in {unit}; only a share is precise to so many points"
        return "it is a share: say how many points, such as 2 points" if unit == "share" else ""

    def allowed(self, mean: Floats) -> Floats:
        """The widest half of the interval, in the figure's unit, around these means."""
        return np.abs(mean) * self.half_width if self.relative else np.full_like(mean, self.half_width)


@dataclass(frozen=True, eq=False)
class Cumulative:
    """What is known after each run, all (runs, figures).

    known: runs so far in which the figure is known. mean, sd: of those (sample standard deviation). half_width: of the 95%
    confidence interval of the mean, by Student's t. NaN where too few are known: 1 for a mean, 2 for the others.
    """

    known: Ints
    mean: Floats
    sd: Floats
    half_width: Floats


def cumulative(values: Floats) -> Cumulative:
    """Mean and interval after each run. values: (runs, figures), NaN where not known; of a difference, run by run.

    Designs that are run on the same random numbers have closer differences than figures of their own (paired t).
    """
    from scipy.special import stdtrit

    runs, figures = values.shape
    there = np.isfinite(values)
    known = there.cumsum(axis=0)
    means, squares = np.zeros((runs, figures)), np.zeros((runs, figures))
    mean, square = np.zeros(figures), np.zeros(figures)
    with np.errstate(
        over="ignore"
    ):  # the square of a huge number: a spread beyond all bounds, and never enough
        for row in range(runs):
            step = np.where(there[row], values[row] - mean, 0.0)
            mean = mean + step / np.maximum(known[row], 1)
            square = square + step * np.where(there[row], values[row] - mean, 0.0)
            means[row], squares[row] = mean, square
    degrees = np.where(known > 1, known - 1, np.nan)
    sd = np.sqrt(squares / degrees)
    half = stdtrit(degrees, (1 + CONFIDENCE) / 2) * sd / np.sqrt(known.clip(1))
    return Cumulative(known, np.where(known > 0, means, np.nan), sd, half)


@dataclass(frozen=True)
class Judged:
    """Whether the mean of one figure is precise enough after the runs there are.

    status: ENOUGH (`at`: the number of runs that are), NOT_YET (`needed`: about how many would be), NO_SPREAD (the same in
    every run), NEAR_0 (a share of a mean that may be 0 was asked for: say an absolute precision), NOT_KNOWN (in fewer than
    2 runs). wanted: half-width asked for, in the figure's unit; half_width: what there is. Those not known are NaN.
    """

    status: str
    runs: int
    known: int
    mean: float
    sd: float
    half_width: float
    wanted: float
    at: int | None = None
    needed: int | None = None

    @property
    def settled(self) -> bool:
        """Nothing more is to be found out: the runs may end."""
        return self.status in (ENOUGH, NO_SPREAD)

    @property
    def relative(self) -> float:
        """Half the width of the interval as a share of the mean; NaN where the mean is 0."""
        return self.half_width / abs(self.mean) if self.mean else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% confidence interval of the mean."""
        return self.mean - self.half_width, self.mean + self.half_width


def look_ahead(runs: int, limit: int = LOOK_AHEAD) -> int:
    """For how many runs after this one the precision must be kept."""
    return max(limit, limit * runs // 100)


def judge(
    values: Floats,
    precision: Precision | Sequence[Precision],
    *,
    fewest: int = FEWEST,
    limit: int = LOOK_AHEAD,
) -> tuple[Judged, ...]:
    """Whether the runs are enough, figure by figure. values: as of `cumulative`; precision: one for all, or one a figure.

    limit: see LOOK_AHEAD; 0 does not look ahead. Raises ValueError where figures and precisions do not match.
    """
    wanted = [precision] * values.shape[1] if isinstance(precision, Precision) else list(precision)
    if values.ndim != 2 or not len(values) or len(wanted) != values.shape[1]:
        raise ValueError(f"there are {len(wanted)} precisions for values of the shape {values.shape}")
    so_far = cumulative(values)
    return tuple(_judged(so_far, column, each, fewest, limit) for column, each in enumerate(wanted))


def _judged(so_far: Cumulative, column: int, precision: Precision, fewest: int, limit: int) -> Judged:
    known = so_far.known[:, column]
    mean, sd, half = (each[:, column] for each in (so_far.mean, so_far.sd, so_far.half_width))
    runs = len(known)
    allowed = precision.allowed(mean)
    facts = (runs, int(known[-1]), float(mean[-1]), float(sd[-1]), float(half[-1]), float(allowed[-1]))
    if known[-1] < 2:
        return Judged(NOT_KNOWN, *facts)
    if not sd[-1]:
        return Judged(NO_SPREAD, *facts)
    # Values that are all alike so far say nothing about how they differ. The first is always among them.
    good = (known >= fewest) & (sd > 0) & (half <= allowed)
    bad = np.flatnonzero(~good)
    starts = np.flatnonzero(good) + 1  # numbers of runs
    following = (
        np.append(bad, runs)[np.searchsorted(bad, starts)] + 1
    )  # the next number at which it is not precise
    ahead = np.maximum(limit, limit * starts // 100)
    kept = starts + ahead < following  # which is beyond the last run where nothing more is known
    if kept.any():
        return Judged(ENOUGH, *facts, at=int(starts[kept.argmax()]))
    if precision.relative and abs(mean[-1]) <= half[-1]:
        return Judged(NEAR_0, *facts)
    return Judged(NOT_YET, *facts, needed=_needed(facts, bad, fewest, limit))


def _needed(
    facts: tuple[int, int, float, float, float, float], bad: Ints, fewest: int, limit: int
) -> int | None:
    """About how many runs would do: (t s / h)^2 of those in which the figure is known, and no fewer than must be looked at."""
    runs, known, _, _, half, wanted = facts
    ratio = (half / wanted) ** 2 if wanted else math.inf
    predicted = ratio * runs  # t is of today's runs, so that it is a little too many while they are few
    if not predicted < _MOST_NEEDED:
        return None
    if ratio > 1:
        return max(math.ceil(predicted), runs + 1, fewest * runs // known)
    # Precise already, but not for long enough to be sure.
    first = int(bad[-1]) + 2
    return max(first + look_ahead(first, limit), runs + 1)


__all__ = [
    "ENOUGH",
    "FEWEST",
    "LOOK_AHEAD",
    "NEAR_0",
    "NOT_KNOWN",
    "NOT_YET",
    "NO_SPREAD",
    "Cumulative",
    "Judged",
    "Precision",
    "cumulative",
    "judge",
    "look_ahead",
]
