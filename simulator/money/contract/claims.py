"""What was observed and can be claimed for: one row a claim, before any price (MONEY section 3, up to `verified`).

Nothing in it depends on prices or caps, so it is made once for a history and serves every variant of the contract.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
NOBODY = -1
"""`person` of a claim that is about no single person: a lump for a cohort, a floor, a guarantee."""


@dataclass(frozen=True, eq=False)
class Claims:
    """Counted and certified observations, one entry a claim, in order of (earned, place of the outcome in the contract, person).

    pay        position of the outcome in `Terms.pays`
    person     position in the history's people (any number that tells people apart), or NOBODY
    number     1 for the person's first claim for that outcome, 2 for the next
    started    day on which the clock started
    earned     day on which the observation ended, and so the day for the budget
    ready      day from which it can be claimed: earned + lag (+ what a dispute holds it up)
    units      observed: 1 of yes or no, days or a number otherwise
    certified  units that verification let through (0: the claim failed)
    cell       which of `Pay.prices` is this person's
    cohort     of those settled by cohort, the position in the list of cohorts (-1: none); None: no outcome is
    luck, reversal_luck   uniform in (0, 1), keyed by claim: which claims of an invoice a sample looks at, and which paid ones
               are found reversed; None: no outcome is sampled, or clawed back
    """

    pay: NDArray[np.int64]
    person: NDArray[np.int64]
    number: NDArray[np.int64]
    started: Days
    earned: Days
    ready: Days
    units: NDArray[np.float64]
    certified: NDArray[np.float64]
    cell: NDArray[np.int64]
    cohort: NDArray[np.int64] | None = None
    luck: NDArray[np.float64] | None = None
    reversal_luck: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.pay)


@dataclass(frozen=True, eq=False)
class Cohort:
    """What is known of a cohort of those eligible for an outcome, when the last of their windows has closed.

    pay: position of the outcome. closed: that day. eligible: people (n). achieved: of them (yes or no), or units in all.
    window: units possible in all (days: people x window). comparison: people in the comparison group (0: none).
    expected: their result a person (share, or units); with a fixed level, the level. started: first clock's day.
    """

    pay: int
    started: np.datetime64
    closed: np.datetime64
    eligible: int
    achieved: float
    window: float = 0.0
    comparison: int = 0
    expected: float | None = None


@dataclass(frozen=True, eq=False)
class Activity:
    """How much of a service there was by calendar month of the contract's term (months since the month of `Terms.begins`).

    By service: starts, referrals, place_years, person_days, and mean wait in days of those who started (NaN: nobody did).
    """

    starts: dict[str, NDArray[np.float64]]
    referrals: dict[str, NDArray[np.float64]]
    place_years: dict[str, NDArray[np.float64]]
    person_days: dict[str, NDArray[np.float64]]
    waits: dict[str, NDArray[np.float64]]


def no_claims() -> Claims:
    """The claims of a contract that pays for no outcome."""
    whole, day, number = np.zeros(0, np.int64), np.zeros(0, "datetime64[D]"), np.zeros(0)
    return Claims(whole, whole, whole, day, day, day, number, number, whole)
