"""Discount factors against the published schedules and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from simulator.money.discounting import SCHEDULES, discount_factor, official_schedule
from simulator.money.values import read_table

schedules = st.sampled_from(SCHEDULES)
times = st.floats(0.0, 400.0)

BANDS = (30, 45, 50, 75, 100)  # years at each rate before the last, HM Treasury Green Book, February 2026


@pytest.mark.parametrize(
    ("schedule", "years", "published", "places"),
    [
        # HM Treasury Green Book: 3.5% years 1-30, 3.0% 31-75, 2.5% 76-125, then 2.0, 1.5, 1.0%
        ("green-book", 0, 1.0, 15),
        ("green-book", 1, 0.9662, 4),
        ("green-book", 5, 0.8420, 4),
        ("green-book", 10, 0.7089, 4),
        ("green-book", 20, 0.5026, 4),
        ("green-book", 30, 0.3562784106, 10),
        ("green-book", 31, 0.3459013695, 10),
        ("green-book", 40, 0.2651, 4),
        ("green-book", 50, 0.1972627177, 10),
        ("green-book", 75, 0.0942137726, 10),
        ("green-book", 76, 0.0919158757, 10),
        ("green-book", 125, 0.0274107630, 10),
        # health schedule: 1.5 / 1.29 / 1.07 / 0.86 / 0.64 / 0.43% in the same bands
        ("green-book-health", 10, 0.8617, 4),
        ("green-book-health", 30, 0.6398, 4),
        ("green-book-health", 31, 0.631615, 6),
        # lower-rate sensitivity of the 2026 edition: 3.0 / 2.57 / 2.14 / 1.71 / 1.29 / 0.86%
        ("green-book-lower", 10, 0.744094, 6),
        ("green-book-lower", 31, 0.401664, 6),
    ],
)
def test_factors_are_the_published_ones(schedule: str, years: float, published: float, places: int) -> None:
    assert discount_factor(years, schedule) == pytest.approx(published, rel=0, abs=0.5000001 * 10.0**-places)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        ("green-book", (0.035, 0.03, 0.025, 0.02, 0.015, 0.01)),
        ("green-book-health", (0.015, 0.0129, 0.0107, 0.0086, 0.0064, 0.0043)),
        ("green-book-lower", (0.03, 0.0257, 0.0214, 0.0171, 0.0129, 0.0086)),
    ],
)
def test_every_whole_year_follows_from_the_year_before(schedule: str, rates: tuple[float, ...]) -> None:
    by_year = np.repeat(rates, (*BANDS, 50))
    expected = np.cumprod(1.0 / (1.0 + by_year))
    np.testing.assert_allclose(discount_factor(np.arange(1, 351), schedule), expected, rtol=1e-12)


# Green Book schedule, 1 pound at the end of each year; by hand from the recursion
@pytest.mark.parametrize(("years", "annuity"), [(30, 18.392045411), (50, 23.692568508)])
def test_annuities_sum_to_the_published_figures(years: int, annuity: float) -> None:
    assert discount_factor(np.arange(1, years + 1)).sum() == pytest.approx(annuity, rel=0, abs=1e-9)


# 3.5% for ever, and 3.0% for ever, in place of 3.5% for thirty years and then 3.0%
@pytest.mark.parametrize(("trap", "wrong"), [(0.035, 0.34423), (0.03, 0.39999)])
def test_one_flat_rate_for_all_years_is_another_number_at_31(trap: float, wrong: float) -> None:
    assert discount_factor(31, trap) == pytest.approx(wrong, rel=0, abs=5e-6)
    assert abs(discount_factor(31, trap) - discount_factor(31)) > 1e-3


def test_a_continuous_flow_is_discounted_at_the_log_rate() -> None:
    # 2,500 a year over [0.5, 3] at 3.5%: closed form with ln(1.035), not 0.035, as the continuous rate
    present, _ = quad(lambda t: 2_500.0 * discount_factor(t, 0.035), 0.5, 3.0, epsabs=1e-10, epsrel=1e-13)
    assert present == pytest.approx(5_886.650382522282, rel=0, abs=1e-8)


def test_a_lump_at_year_three() -> None:
    assert 2_500.0 * discount_factor(3.0, 0.035) == pytest.approx(2_254.856764170056, rel=0, abs=1e-10)
    assert 2_500.0 * discount_factor(3.0) == pytest.approx(2_254.856764170056, rel=0, abs=1e-10)


@pytest.mark.parametrize(("years", "rate"), [(29.5, 0.035), (30.5, 0.03), (75.25, 0.025), (300.75, 0.01)])
def test_a_part_year_is_at_the_rate_of_the_year_being_lived(years: float, rate: float) -> None:
    whole = math.floor(years)
    expected = discount_factor(whole) / (1.0 + rate) ** (years - whole)
    assert discount_factor(years) == pytest.approx(expected, rel=1e-13)


def test_an_array_keeps_its_shape_and_a_number_gives_a_number() -> None:
    years = np.array([[0.0, 0.5], [30.0, 400.0]])
    factors = discount_factor(years)
    assert factors.shape == years.shape
    assert [float(f) for f in factors.flat] == [discount_factor(float(y)) for y in years.flat]
    assert type(discount_factor(3)) is float
    assert discount_factor(np.array([])).shape == (0,)


@pytest.mark.parametrize("years", [-1e-9, math.nan, math.inf])
def test_time_before_the_start_or_without_a_value_is_refused(years: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        discount_factor(years)
    with pytest.raises(ValueError, match="0 or more"):
        discount_factor(np.array([1.0, years]))


def test_an_unknown_schedule_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="green-book, green-book-health, green-book-lower"):
        discount_factor(1, "green_book")


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf])
def test_an_impossible_flat_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="above -1"):
        discount_factor(1, rate)


def test_the_names_listed_are_those_in_the_table_and_each_carries_its_vintage() -> None:
    in_table = dict.fromkeys(row["schedule"] for row in read_table("green_book_discount").rows)
    assert tuple(in_table) == SCHEDULES
    assert all("February 2026" in official_schedule(name).vintage for name in SCHEDULES)


@given(schedules, times, st.floats(1e-6, 50.0))
def test_later_is_always_worth_less(schedule: str, early: float, gap: float) -> None:
    assert 0.0 < discount_factor(early + gap, schedule) < discount_factor(early, schedule) <= 1.0


@given(st.floats(-0.5, 1.0), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_a_flat_rate_compounds(rate: float, first: float, second: float) -> None:
    together = discount_factor(first + second, rate)
    assert together == pytest.approx(discount_factor(first, rate) * discount_factor(second, rate), rel=1e-9)


@given(times)
def test_the_lower_schedules_discount_less(years: float) -> None:
    assert discount_factor(years, "green-book") <= discount_factor(years, "green-book-lower") + 1e-15
    assert discount_factor(years, "green-book-lower") <= discount_factor(years, "green-book-health") + 1e-15
