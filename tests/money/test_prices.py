"""Price years, the deflator, and the index from real to nominal."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.discounting import discount_factor
from simulator.money.prices import (
    PriceIndex,
    PriceYear,
    UnknownPriceYear,
    deflate,
    gdp_deflator,
    price_year_of,
)

# Example E25: 2.5% to 2025, then 2%
E25 = PriceIndex(2024, [(dt.date(2025, 4, 1), 0.025), (dt.date(2026, 4, 1), 0.02)])


@pytest.mark.parametrize(
    ("text", "year"),
    [("2013/14", 2013), ("2024", 2024), (" 2027/28 ", 2027), ("1999/00", 1999), ("2009/10", 2009)],
)
def test_a_financial_year_takes_the_calendar_year_it_starts_in(text: str, year: int) -> None:
    assert price_year_of(text) == PriceYear(text.strip(), year)


@pytest.mark.parametrize("text", ["2013/15", "2013/13", "2013/12", "1999/99"])
def test_the_second_part_must_follow_the_first(text: str) -> None:
    with pytest.raises(ValueError, match="is written"):
        price_year_of(text)


@pytest.mark.parametrize(
    "text", ["", "13/14", "2013/2014", "2013-14", "2013/4", "FY2013", "2013/14/15", "٢٠٢٤"]
)
def test_another_form_is_refused_with_the_two_that_are_read(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2024 or a financial year such as 2013/14"):
        price_year_of(text)


@pytest.mark.parametrize(
    ("year", "published"),
    # HM Treasury GDP deflators, December 2025 release, calendar years, 2024 = 100
    [
        (1990, 42.7537),
        (2005, 61.5718),
        (2008, 66.89),
        (2013, 73.4795),
        (2019, 81.1085),
        (2023, 96.2507),
        (2024, 100),
    ],
)
def test_the_deflator_is_the_published_series(year: int, published: float) -> None:
    assert gdp_deflator()[year] == published
    assert deflate(100.0, 2024, year) == pytest.approx(published, rel=1e-14)


def test_the_series_runs_from_1990_to_2024() -> None:
    assert list(gdp_deflator()) == list(range(1990, 2025))


def test_e25_700_a_week_in_2013_14_in_2024_prices() -> None:
    # E25 uses the deflator to two decimals, 73.48: 952.64. The four published decimals give 952.65.
    assert round(gdp_deflator()[2013], 2) == 73.48
    assert round(700 * 100 / 73.48, 2) == 952.64
    real = deflate(700.0, price_year_of("2013/14").year, 2024)
    assert real == pytest.approx(700 / 0.734795, rel=1e-14)
    assert real == pytest.approx(952.64, abs=0.01)
    assert round(real / 7, 2) == 136.09


@pytest.mark.parametrize("day", [dt.date(2028, 4, 1), dt.date(2028, 12, 31), dt.date(2029, 3, 31)])
def test_e25_nominal_in_2028_29(day: dt.date) -> None:
    assert E25.at(day) == pytest.approx(1.025 * 1.02**3, rel=1e-14)
    assert round(952.64 * E25.at(day), 2) == 1036.22


def test_e25_present_value_and_the_trap_of_discounting_nominal() -> None:
    assert round(952.64 * discount_factor(2028 - 2027), 2) == 920.43
    assert round(952.64 * E25.at(dt.date(2028, 9, 30)) * discount_factor(1), 2) == 1001.18


@pytest.mark.parametrize(
    ("day", "index"),
    [
        (dt.date(2023, 4, 1), 0.962507),  # published
        (dt.date(2024, 3, 31), 0.962507),
        (dt.date(2024, 4, 1), 1.0),
        (dt.date(2025, 3, 31), 1.0),
        (dt.date(2025, 4, 1), 1.025),  # the scenario's own from the first 1 April after the series
        (dt.date(2026, 4, 1), 1.025 * 1.02),
    ],
)
def test_the_index_steps_each_first_of_april(day: dt.date, index: float) -> None:
    assert E25.at(day) == pytest.approx(index, rel=1e-14)


def test_a_rate_that_starts_after_1_april_waits_for_the_next() -> None:
    index = PriceIndex(2024, [(dt.date(2025, 4, 1), 0.10), (dt.date(2026, 4, 2), 0.20)])
    assert index.at(dt.date(2026, 6, 1)) == pytest.approx(1.10 * 1.10)
    assert index.at(dt.date(2027, 6, 1)) == pytest.approx(1.10 * 1.10 * 1.20)


def test_the_scenario_rate_never_replaces_a_published_deflator() -> None:
    index = PriceIndex(2013, 0.5)
    assert index.at(dt.date(2024, 6, 1)) == pytest.approx(100 / 73.4795)


@pytest.mark.parametrize(("from_year", "to_year"), [(1989, 2024), (2013, 2025)])
def test_a_year_outside_the_series_is_refused_with_the_years_there_are(from_year: int, to_year: int) -> None:
    with pytest.raises(UnknownPriceYear, match="1990 to 2024"):
        deflate(1.0, from_year, to_year)


def test_later_years_without_a_rate_are_refused_not_guessed() -> None:
    index = PriceIndex(2024)
    assert index.at(dt.date(2025, 3, 31)) == 1.0
    with pytest.raises(UnknownPriceYear, match=r"2025/26.*1990 to 2024.*give the scenario a rate"):
        index.at(dt.date(2025, 4, 1))
    with pytest.raises(UnknownPriceYear, match="2025/26"):
        PriceIndex(2024, [(dt.date(2026, 4, 1), 0.02)]).at(dt.date(2026, 4, 1))
    with pytest.raises(UnknownPriceYear, match="1990 to 2024"):
        index.at(dt.date(1990, 3, 31))


def test_a_base_year_that_cannot_be_reached_is_refused_at_once() -> None:
    with pytest.raises(UnknownPriceYear):
        PriceIndex(1989, 0.02)
    with pytest.raises(UnknownPriceYear):
        PriceIndex(2027)
    assert PriceIndex(2027, 0.02).at(dt.date(2024, 4, 1)) == pytest.approx(1.02**-3)


def test_rates_must_make_sense() -> None:
    with pytest.raises(ValueError, match="above -1"):
        PriceIndex(2024, -1.0)
    with pytest.raises(ValueError, match="must come after"):
        PriceIndex(2024, [(dt.date(2026, 4, 1), 0.02), (dt.date(2025, 4, 1), 0.02)])


def test_a_list_changed_afterwards_does_not_change_the_index() -> None:
    rates = [(dt.date(2025, 4, 1), 0.02)]
    index = PriceIndex(2024, rates)
    rates[0] = (dt.date(2025, 4, 1), 0.5)
    assert index.at(dt.date(2025, 4, 1)) == pytest.approx(1.02)


@given(st.integers(1990, 2040), st.lists(st.integers(1990, 2060), max_size=20))
def test_many_years_at_once_are_the_same_as_one_by_one(base: int, years: list[int]) -> None:
    index = PriceIndex(base, 0.03)
    together = index.at_financial_years(np.array(years, dtype=np.int64))
    np.testing.assert_allclose(together, [index.at(dt.date(y, 4, 1)) for y in years], rtol=1e-13)
    assert index.at(dt.date(base + 1, 3, 31)) == 1.0


@given(st.dates(dt.date(1990, 4, 1), dt.date(2080, 1, 1)), st.integers(0, 5_000), st.floats(0.0, 0.2))
def test_with_no_falling_rate_the_index_never_falls(day: dt.date, later: int, rate: float) -> None:
    index = PriceIndex(2024, rate)
    assert index.at(day + dt.timedelta(days=later)) >= index.at(day)


@given(st.floats(0.01, 1e9), st.integers(1990, 2024), st.integers(1990, 2024))
def test_there_and_back_is_the_same_amount(amount: float, one: int, other: int) -> None:
    assert deflate(deflate(amount, one, other), other, one) == pytest.approx(amount, rel=1e-13)


def test_years_that_are_not_whole_are_refused_and_shape_is_kept() -> None:
    with pytest.raises(ValueError, match="whole"):
        E25.at_financial_years(np.array([2027.5]))
    assert E25.at_financial_years(np.array([[2024], [2025]])).shape == (2, 1)
    assert E25.at_financial_years(np.array([], dtype=np.int64)).shape == (0,)


def test_the_checker_knows_where_the_published_series_begins() -> None:
    from simulator.scenario.number_checks import FIRST_PRICE_YEAR

    assert min(gdp_deflator()) == FIRST_PRICE_YEAR
