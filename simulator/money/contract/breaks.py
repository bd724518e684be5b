"""Whether and when a contract is broken off because results are too low (MONEY 3.10)."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simulator.money.calendar import add_months
from simulator.money.contract.claims import Days
from simulator.money.contract.terms import Break, Terms


def break_date(terms: Terms, known_on: Days, achieved: NDArray[np.bool_]) -> dt.date | None:
    """The day from which nobody new is taken, or None if the contract runs its term.

    known_on, achieved: by observation of the break's outcome, in any order, the day on which its result was known and
    whether it was a yes. At each review the share of yes among results known by then (of the rolling months before, if
    given) is looked at; without any result nothing is broken off. What is too low, and with a cure period too low again
    at its end, breaks the contract after the notice.
    """
    rule = terms.breaks
    if rule is None:
        return None
    month = rule.first_months
    while (review := add_months(terms.begins, month)) <= terms.ends:
        if _too_low(rule, review, known_on, achieved):
            second = add_months(terms.begins, month + rule.cure_months)
            if second > terms.ends:
                return None
            if not rule.cure_months or _too_low(rule, second, known_on, achieved):
                stop = add_months(terms.begins, month + rule.cure_months + rule.notice_months)
                return stop if stop < terms.ends else None
        month += rule.every_months
    return None


def _too_low(rule: Break, review: dt.date, known_on: Days, achieved: NDArray[np.bool_]) -> bool:
    looked_at = known_on <= np.datetime64(review)
    if rule.rolling_months:
        looked_at &= known_on > np.datetime64(add_months(review, -rule.rolling_months))
    return bool(looked_at.any()) and float(achieved[looked_at].mean()) < rule.below
