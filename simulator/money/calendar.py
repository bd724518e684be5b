"""On which day, month or financial year does something fall?

Adds the date conventions every amount follows: dates are days, adding months clamps to the month's end, and
the financial year runs from 1 April to 31 March. Leaves holidays and working days out: a payment day is a
plain day.
"""

import datetime as dt
from calendar import monthrange

import numpy as np
import numpy.typing as npt


def financial_year(day: dt.date) -> int:
    """The calendar year in which the day's financial year starts (31 March 2028 -> 2027)."""
    return day.year if day.month >= 4 else day.year - 1


def financial_year_label(year: int) -> str:
    """How a financial year is written, by its starting year (2027 -> "2027/28", 1999 -> "1999/00")."""
    return f"{year:04d}/{(year + 1) % 100:02d}"


def add_months(day: dt.date, n: int) -> dt.date:
    """The same day of the month ``n`` months on (or back), or that month's last day if it is shorter.

    >>> add_months(dt.date(2028, 1, 31), 1)
    datetime.date(2028, 2, 29)

    Adding in two steps can differ from adding at once (31 January + 1 + 1 month is 28 or 29 March, + 2 is 31
    March): always add to the first date. Raises ValueError when the result is outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise ValueError(f"{day} and {n} months is outside the calendar")
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_ends(start: dt.date, end: dt.date) -> list[dt.date]:
    """The last days of months from ``start`` to ``end``, both included; empty if end is before start."""
    ends: list[dt.date] = []
    first = start.replace(day=1)
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    for month in range(count):
        begins = add_months(first, month)
        last = begins.replace(day=monthrange(begins.year, begins.month)[1])
        if start <= last <= end:
            ends.append(last)
    return ends


def cash_day(earned: dt.date, terms_days: int) -> dt.date:
    """The day money moves: payment terms count plain days from the day earned or invoiced.

    Raises ValueError for negative terms: money does not move before it is due.
    """
    if terms_days < 0:
        raise ValueError(f"payment terms are 0 days or more, not {terms_days}")
    return earned + dt.timedelta(days=terms_days)


def financial_years(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """``financial_year`` for an array of days (datetime64[D], any shape): starting years, same shape.

    Raises ValueError when a day is missing (NaT).
    """
    # Three months back from April is January: the financial year is the calendar year of the shifted month.
    return (month_index(days) - 3) // 12 + 1970


def month_index(
    days: npt.NDArray[np.datetime64], start: dt.date = dt.date(1970, 1, 1)
) -> npt.NDArray[np.int64]:
    """Calendar months from the month of ``start`` to each day's month (0 in that month, negative before it).

    days: datetime64[D], any shape. start: any day of month 0. Returns integers, same shape, fit for grouping
    by month. Raises ValueError when a day is missing (NaT), which would otherwise become a month far
    in the past.
    """
    days = np.asarray(days, dtype="datetime64[D]")
    if np.isnat(days).any():
        raise ValueError("a day is missing (NaT): leave rows without a date out before grouping by date")
    months: npt.NDArray[np.int64] = days.astype("datetime64[M]").astype(np.int64)
    return months - ((start.year - 1970) * 12 + start.month - 1)
