"""How sure is a share of runs, and is it sure enough to say that a test is passed?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

_Z = 1.959963984540054  # normal quantile of 97.5%
_ONE_SIDED = 0.05


@dataclass(frozen=True)
class Share:
    """A share of runs with its bounds.

    half_width  of its 95% interval by the normal approximation, for show (0 at a share of 0 or 1)
    low, high   exact one-sided 95% bounds (Clopper and Pearson 1934): each is what the verdict rests on
    verdict     against the share that is needed: `yes` (low reaches it), `no` (high does not), else `cannot tell`;
                None when no share was asked for
    """

    share: float
    runs: int
    half_width: float
    low: float
    high: float
    verdict: Literal["yes", "no", "cannot tell"] | None


def share_with_bounds(passed: int, runs: int, needed: float | None = None) -> Share:
    """The share of runs that passed, how far it may be off, and whether that suffices to say it is at least `needed`.

    None failing in 200 runs proves only that fewer than 1.5% do:

    >>> round(1 - share_with_bounds(200, 200).low, 4)
    0.0149

    Raises ValueError when there is no run, or more passed than ran.
    """
    from scipy.special import betaincinv

    if not 0 <= passed <= runs or runs == 0:
        raise ValueError(f"{passed} of {runs} runs is no share")
    share = passed / runs
    low = float(betaincinv(passed, runs - passed + 1, _ONE_SIDED)) if passed else 0.0
    high = float(betaincinv(passed + 1, runs - passed, 1.0 - _ONE_SIDED)) if passed < runs else 1.0
    verdict: Literal["yes", "no", "cannot tell"] | None = None
    if needed is not None:
        verdict = "yes" if low >= needed else "no" if high < needed else "cannot tell"
    return Share(share, runs, _Z * math.sqrt(share * (1.0 - share) / runs), low, high, verdict)
