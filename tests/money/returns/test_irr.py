"""Rates of return against published figures, exact ones, and another library."""

import datetime as dt
import math

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, example, given
from hypothesis import strategies as st

from simulator.money.returns.irr import DAYS_A_YEAR, Irr, irr, present_value, xirr

D = dt.date


def is_zero(rate: float, years: list[float], amounts: list[float]) -> bool:
    gross = present_value(rate, years, np.abs(amounts))
    return abs(present_value(rate, years, amounts)) <= 1e-10 * gross


# The first five: documentation of numpy-financial and spreadsheets; the rest exact or solved to machine precision
@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-100, 39, 59, 55, 20], 0.28094842115996),
        ([-150000, 15000, 25000, 35000, 45000, 60000], 0.05243288885941),
        ([-100, 0, 0, 74], -0.09549583034897),
        ([-100, 50, 50], 0.0),
        ([0, 0, -100, 110], 0.10),
        ([-10000] + 16 * [327.24625], -0.06765411344969),
        ([-270_000, 0, 0, 414_085], 0.15321),  # E22: Educate Girls, USD 270,000 and 144,085 after three years
        ([100, -110], 0.10),  # the borrower's side of it
    ],
)
def test_one_rate(flows: list[float], rate: float) -> None:
    found = irr(flows)
    assert found.status == "ok" and found.rate == pytest.approx(rate, abs=5e-6 if rate == 0.15321 else 1e-13)
    assert found.roots == (found.rate,)
    assert is_zero(found.rate, list(range(len(flows))), flows)
    assert pyxirr.irr(flows) == pytest.approx(found.rate, abs=1e-8)


def test_several_rates_are_all_told_and_none_is_chosen() -> None:
    two = irr([-100, 100, 0, -7])
    assert (two.status, two.rate) == ("multiple", None)
    assert two.roots == pytest.approx((-0.67889437363239, -0.08329966618493), abs=1e-13)
    three = irr([-1000, 6000, -11000, 6000])
    assert (three.status, three.rate) == ("multiple", None)
    assert three.roots == pytest.approx((0.0, 1.0, 2.0), abs=1e-12)
    # The library picks one of them, and does not say that there are others.
    assert any(pyxirr.irr([-100, 100, 0, -7]) == pytest.approx(root, abs=1e-8) for root in two.roots)
    assert any(
        pyxirr.irr([-1000, 6000, -11000, 6000]) == pytest.approx(root, abs=1e-8) for root in three.roots
    )


# Where there is no rate the library answers None, or refuses flows of one sign, a total loss among them
@pytest.mark.parametrize(
    ("flows", "answer"),
    [
        ([100, -200, 150], Irr("no_root")),
        ([-100, -50, -10], Irr("no_sign_change")),
        ([100, 50], Irr("no_sign_change")),
        ([-100, 0, 0, 0], Irr("total_loss", -1.0)),
        ([0, 0, 0], Irr("undefined")),
        ([5], Irr("undefined")),
        ([], Irr("undefined")),
    ],
)
def test_no_rate_and_why(flows: list[float], answer: Irr) -> None:
    assert irr(flows) == answer
    try:
        assert pyxirr.irr(flows) is None
    except pyxirr.InvalidPaymentsError:
        assert answer.status != "no_root"


def test_a_rate_that_only_touches_zero_counts_once() -> None:
    touching = irr([100, -220, 121])  # 100 (1 - 1.1 v)^2
    assert touching.status == "ok" and touching.rate == pytest.approx(0.1, abs=1e-7)


# Microsoft's documentation of XIRR; a worked figure; pyxirr's own test files; 366 days
@pytest.mark.parametrize(
    ("days", "flows", "rate"),
    [
        (
            [D(2008, 1, 1), D(2008, 3, 1), D(2008, 10, 30), D(2009, 2, 15), D(2009, 4, 1)],
            [-10000, 2750, 4250, 3250, 2750],
            0.37336253351883,
        ),
        ([D(2020, 1, 1), D(2021, 1, 1), D(2022, 1, 1)], [-1000, 750, 500], 0.17500926461545),
        (
            [D(year, 12, 31) for year in range(2021, 2034)],
            [0, 0, -100, 10, 0, 10, 10, 10, 200, 0, 0, 0, 0],
            0.175680730580782,
        ),
        ([D(2021, 6, 9), D(2021, 8, 11)], [-134.09, 40.86], -0.9989769231734277),
        ([D(2024, 1, 1), D(2025, 1, 1)], [-100, 110], 0.09971358593414),
    ],
)
def test_dated_flows(days: list[dt.date], flows: list[float], rate: float) -> None:
    found = xirr(days, flows)
    assert found.status == "ok" and found.rate == pytest.approx(rate, abs=1e-13)
    assert is_zero(found.rate, [(day - days[0]).days / DAYS_A_YEAR for day in days], flows)
    assert xirr(days[::-1], flows[::-1]) == found, "the order of rows tells nothing"
    theirs = pyxirr.xirr(days, flows)
    assert theirs is None or theirs == pytest.approx(rate, abs=1e-8)


def test_flows_of_one_day_have_no_rate() -> None:
    day = D(2024, 1, 1)
    assert xirr([day, day], [2500, -2500]) == Irr("undefined")
    assert xirr([day, day], [2500, -2000]) == Irr("undefined")


def test_a_rate_that_no_number_can_hold_is_undefined() -> None:
    assert xirr([D(2024, 1, 1), D(2024, 1, 2)], [-1, 100]).status == "undefined"
    assert xirr([D(2024, 1, 1), D(2024, 1, 2)], [-100, 1]).status == "undefined"


def test_interim_fees_leave_one_rate_though_signs_change_seven_times() -> None:
    # E18 with the fund's fee of 10,000 each 1 April
    days = [D(2027 + k // 2, 4 + 6 * (k % 2), 1) for k in range(8)]
    found = xirr(days, [-210e3, -200e3, -10e3, 50e3, -10e3, 250e3, -10e3, 220e3])
    assert found.status == "ok" and found.rate == pytest.approx(0.07019819, abs=5e-9)


def test_what_is_not_a_flow_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        irr([-100, math.nan])
    with pytest.raises(ValueError, match="1 days for 2 flows"):
        xirr([D(2024, 1, 1)], [-1, 2])


whole = st.integers(-1000, 1000)


@given(st.lists(whole, min_size=2, max_size=8))
@example([-1000, 6000, -11000, 6000])
def test_every_root_of_the_polynomial_is_found_and_nothing_else(flows: list[int]) -> None:
    """Against numpy's roots of the polynomial in v = 1 / (1 + r), where these stand clear of one another."""
    assume(any(flows))
    roots = np.roots(np.trim_zeros(flows[::-1])) if np.count_nonzero(flows) > 1 else np.zeros(0)
    near_real = np.abs(roots.imag) < 1e-3
    assume((np.abs(roots.imag[near_real]) < 1e-12).all())
    real = np.sort(roots[near_real].real)
    real = real[(real > 1e-9)]
    assume(len(real) < 2 or np.diff(real).min() > 1e-3 * real.max())
    expected = sorted(1.0 / real - 1.0)
    assert irr(flows).roots == pytest.approx(expected, rel=1e-6, abs=1e-8)


@given(
    st.lists(st.integers(1, 900), min_size=1, max_size=30),
    st.lists(st.integers(1, 10**9), min_size=31, max_size=31),
    st.integers(1, 30),
)
def test_an_investment_that_is_paid_in_and_then_back_has_one_rate_and_it_balances(
    gaps: list[int], sizes: list[int], paid_in: int
) -> None:
    days = [D(2027, 4, 1) + dt.timedelta(int(d)) for d in np.cumsum([0, *gaps])]
    m = min(paid_in, len(days) - 1)
    flows = [float(-size if k < m else size) for k, size in enumerate(sizes[: len(days)])]
    found = xirr(days, flows)
    assume(found.status != "undefined")  # e.g. a millionfold in a day
    assert found.status == "ok" and len(found.roots) == 1
    years = [(day - days[0]).days / DAYS_A_YEAR for day in days]
    scale = [amount * math.exp(-math.log1p(found.rate) * t) for amount, t in zip(flows, years, strict=True)]
    # 1e-7: a rate near -100% cannot be told finer in a float
    assert abs(sum(scale)) <= 1e-7 * sum(map(abs, scale)) or found.rate < -0.999999
    assert (found.rate > 0) == (sum(flows) > 0) or abs(found.rate) < 1e-12


@given(st.lists(whole, min_size=2, max_size=10), st.floats(0.001, 1000.0))
def test_the_rate_does_not_depend_on_the_size_of_the_money(flows: list[int], times: float) -> None:
    one, other = irr(flows), irr([times * flow for flow in flows])
    assume(one.status not in ("multiple", "no_root"))  # a root that only touches may be lost by rounding
    assume(other.status not in ("multiple", "no_root"))
    assert one.status == other.status
    assert one.roots == pytest.approx(other.roots, rel=1e-6, abs=1e-9)
