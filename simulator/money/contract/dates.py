"""When a contract settles, in which of its years a day falls, and what is in force or has grown by then."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Days
from simulator.money.contract.days import A_DAY
from simulator.money.contract.terms import Dated, Terms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def first_settlement(terms: Terms, ready: Days) -> Ints:
    """The number (from 0) of the first settlement date on or after each day, by `settlement_dates`.

    Settlement dates are ends of months: a contract that begins on 1 April and settles quarterly does so on 30 June first (E08).
    """
    months = (ready.astype("datetime64[M]") - np.datetime64(terms.begins, "M")).astype(np.int64)
    number: Ints = np.maximum(months // terms.settle_months, 0)
    return number


def settlement_dates(terms: Terms, count: int) -> Days:
    """The first `count` settlement dates."""
    return last_days(np.datetime64(terms.begins, "M") + terms.settle_months * np.arange(1, count + 1) - 1)


def settled_by(terms: Terms, day: dt.date) -> int:
    """How many settlement dates there are up to a day, itself included."""
    following = first_settlement(terms, np.array([day + dt.timedelta(days=1)], "datetime64[D]"))
    return int(following[0])


def year_begins(begins: dt.date, years: int) -> Days:
    """The first days of contract years 0 to `years`."""
    month = np.datetime64(begins, "M") + 12 * np.arange(years + 1)
    # 29 February is the last of the month in other years.
    return np.minimum(month.astype("datetime64[D]") + (begins.day - 1), last_days(month))


def last_days(months: NDArray[np.datetime64]) -> Days:
    """The last day of each month (datetime64[M])."""
    following: Days = (months + 1).astype("datetime64[D]")
    return following - A_DAY


def contract_years(begins: dt.date, days: Days) -> Ints:
    """The contract year of each day: 0 in the first twelve months (and before them)."""
    if not len(days):
        return np.zeros(0, np.int64)
    most = max((days.max().astype(dt.date) - begins).days // 365 + 1, 1)
    found: Ints = np.searchsorted(year_begins(begins, most), days, side="right") - 1
    return np.maximum(found, 0)


def in_force(values: Dated, days: Days) -> Floats:
    """The value in force on each day: `terms.on` for many days."""
    amounts = np.array([amount for _, amount in values])
    if len(values) == 1:
        return np.full(len(days), amounts[0])
    since = np.array([day for day, _ in values[1:]], "datetime64[D]")
    found: Floats = amounts[np.searchsorted(since, days, side="right")]
    return found


def grown(growth: Dated, begins: dt.date, days: Days) -> Floats:
    """By how much an amount of the contract's beginning has grown by each day: a step each 1 April after `begins` (E11)."""
    if not len(days) or all(rate == 0.0 for _, rate in growth):
        return np.ones(len(days))
    first = begins.year + (begins >= dt.date(begins.year, 4, 1))
    last = days.max().astype(dt.date).year
    steps = np.array([dt.date(year, 4, 1) for year in range(first, last + 1)], "datetime64[D]")
    levels = np.cumprod(np.concatenate([[1.0], 1.0 + in_force(growth, steps)]))
    found: Floats = levels[np.searchsorted(steps, days, side="right")]
    return found
