"""Ledger rows read by compiled loops: what is wrong with them, and their sums by line, financial year and present value."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.machine_code import entry, inner
from simulator.engine.model import Floats, Ints

# `ledger.ROW` with its days as numbers, counted from 1 January 1970.
FLOW = np.dtype(
    [
        ("item", np.int32),
        ("person", np.int32),
        ("earned_on", np.int64),
        ("cash_on", np.int64),
        ("nominal_pence", np.int64),
        ("real_pence", np.int64),
    ]
)
SOUND, NOT_ABOVE_NOTHING, PAID_BEFORE_EARNED, NO_SUCH_ITEM = range(4)


@inner
def financial_year(day: int) -> int:
    """The starting year of the financial year of a day, counted from 1 January 1970."""
    # Years begin on 1 March in Hinnant's calendar (howardhinnant.github.io/date_algorithms.html); ours a month later.
    shifted = day + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    march_on = of_era - (365 * year + year // 4 - year // 100)
    return year + era * 400 - (1 if march_on < 31 else 0)


@entry
def flaw(flows: Any, items: int) -> int:
    """What keeps these rows from being flows of so many lines: SOUND, or the first thing found."""
    for flow in flows:
        if flow.nominal_pence <= 0:
            return NOT_ABOVE_NOTHING
        if flow.cash_on < flow.earned_on:
            return PAID_BEFORE_EARNED
        if not 0 <= flow.item < items:
            return NO_SUCH_ITEM
    return SOUND


@entry
def sums_by_year(flows: Any, items: int) -> tuple[int, Ints, Ints]:
    """Nominal pence by line and financial year: the first year, sums by year earned, and by year paid, (items, years)."""
    if not len(flows):
        none = np.zeros((items, 0), np.int64)
        return 0, none, none
    first = last = flows[0].earned_on
    for flow in flows:
        first = min(first, flow.earned_on)
        last = max(last, flow.cash_on)
    first_year = financial_year(first)
    year = np.empty(last - first + 1, np.int64)
    for day in range(len(year)):
        year[day] = financial_year(first + day) - first_year
    earned = np.zeros((items, year[-1] + 1), np.int64)
    paid = np.zeros((items, year[-1] + 1), np.int64)
    for flow in flows:
        earned[flow.item, year[flow.earned_on - first]] += flow.nominal_pence
        paid[flow.item, year[flow.cash_on - first]] += flow.nominal_pence
    return first_year, earned, paid


@entry
def present_values(flows: Any, items: int, start: int, factor: Floats) -> Floats:
    """Real pounds by line, each times the discount factor of its day; empty if a day has none.

    factor: by day from `start`, the first also for what is before.
    """
    found = np.zeros(items)
    for flow in flows:
        day = max(flow.earned_on - start, 0)
        if day >= len(factor):
            return np.zeros(0)
        found[flow.item] += flow.real_pence * factor[day]
    return found / 100.0
