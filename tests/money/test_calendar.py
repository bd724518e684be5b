"""Days, months and financial years."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.calendar import (
    add_months,
    cash_day,
    financial_year,
    financial_year_label,
    financial_years,
    month_ends,
    month_index,
)

days = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2028, 3, 31), 2027),
        (dt.date(2028, 4, 1), 2028),
        (dt.date(2027, 12, 31), 2027),
        (dt.date(2028, 1, 1), 2027),
    ],
)
def test_the_financial_year_starts_on_1_april(day: dt.date, year: int) -> None:
    assert financial_year(day) == year


@pytest.mark.parametrize(("year", "label"), [(2027, "2027/28"), (1999, "1999/00"), (2008, "2008/09")])
def test_a_financial_year_is_written_with_both_years(year: int, label: str) -> None:
    assert financial_year_label(year) == label


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (dt.date(2030, 1, 31), 1, dt.date(2030, 2, 28)),  # example E08
        (dt.date(2028, 1, 31), 1, dt.date(2028, 2, 29)),  # example E08, leap year
        (dt.date(2030, 1, 31), 2, dt.date(2030, 3, 31)),
        (dt.date(2030, 12, 15), 1, dt.date(2031, 1, 15)),
        (dt.date(2030, 3, 31), -1, dt.date(2030, 2, 28)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
        (dt.date(2030, 5, 31), 0, dt.date(2030, 5, 31)),
    ],
)
def test_adding_months_clamps_to_the_end_of_the_month(day: dt.date, n: int, expected: dt.date) -> None:
    assert add_months(day, n) == expected


def test_e08_from_earned_to_paid() -> None:
    # Example E08: observed to 2030-01-31, lag 1 month, claims at quarter end, terms 30 days
    earned = dt.date(2030, 1, 31)
    verified = add_months(earned, 1)
    claimed = next(end for end in month_ends(verified, add_months(verified, 3)) if end.month % 3 == 0)
    paid = cash_day(claimed, 30)
    assert (verified, claimed, paid) == (dt.date(2030, 2, 28), dt.date(2030, 3, 31), dt.date(2030, 4, 30))
    assert financial_year_label(financial_year(earned)) == "2029/30"
    assert financial_year_label(financial_year(paid)) == "2030/31"


def test_month_ends_include_both_ends_and_the_leap_day() -> None:
    assert month_ends(dt.date(2027, 12, 31), dt.date(2028, 2, 29)) == [
        dt.date(2027, 12, 31),
        dt.date(2028, 1, 31),
        dt.date(2028, 2, 29),
    ]
    assert month_ends(dt.date(2028, 2, 1), dt.date(2028, 2, 28)) == []
    assert month_ends(dt.date(2028, 2, 1), dt.date(2027, 2, 1)) == []
    assert month_ends(dt.date(9999, 11, 30), dt.date.max) == [dt.date(9999, 11, 30), dt.date.max]


def test_terms_count_plain_days_and_are_never_negative() -> None:
    assert cash_day(dt.date(2030, 3, 31), 0) == dt.date(2030, 3, 31)
    with pytest.raises(ValueError, match="0 days or more"):
        cash_day(dt.date(2030, 3, 31), -1)


def test_a_month_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(dt.date(9999, 12, 1), 1)


def test_a_missing_day_is_refused_not_counted() -> None:
    missing = np.array(["2030-01-31", "NaT"], dtype="datetime64[D]")
    for ask in (financial_years, month_index):
        with pytest.raises(ValueError, match="NaT"):
            ask(missing)


@given(st.lists(days, max_size=20), days)
def test_arrays_of_days_agree_with_single_days(some: list[dt.date], start: dt.date) -> None:
    array = np.array(some, dtype="datetime64[D]")
    assert financial_years(array).tolist() == [financial_year(day) for day in some]
    months = [(day.year - start.year) * 12 + day.month - start.month for day in some]
    assert month_index(array, start).tolist() == months
    assert month_index(array).tolist() == [(day.year - 1970) * 12 + day.month - 1 for day in some]


def test_arrays_keep_their_shape() -> None:
    array = np.array([["2030-03-31"], ["2030-04-01"]], dtype="datetime64[D]")
    assert financial_years(array).tolist() == [[2029], [2030]]
    assert month_index(array, dt.date(2030, 3, 15)).tolist() == [[0], [1]]


@given(days, st.integers(-600, 600))
def test_adding_months_lands_in_that_month_on_that_day_or_its_last(day: dt.date, n: int) -> None:
    later = add_months(day, n)
    assert (later.year - day.year) * 12 + later.month - day.month == n
    assert later.day == day.day or (later.day < day.day and (later + dt.timedelta(days=1)).day == 1)


@given(days, st.integers(0, 2_000))
def test_month_ends_are_exactly_the_days_before_a_first(start: dt.date, length: int) -> None:
    span = [start + dt.timedelta(days=n) for n in range(length + 1)]
    expected = [day for day in span if (day + dt.timedelta(days=1)).day == 1]
    assert month_ends(start, span[-1]) == expected
