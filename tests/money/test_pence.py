"""Rounding to pence and splitting without loss."""

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.money.pence import split, to_pence

share_lists = st.lists(st.floats(0.0, 1e6, allow_subnormal=False), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("pounds", "pence"),
    [
        (2.675, 268),
        (1.005, 101),  # 1.005 * 100 is 100.49999999999999
        (1.004, 100),
        (0.005, 1),
        (0.0049999999999, 0),
        (8.575, 858),
        (1.115, 112),
        (-2.675, -268),
        (-1.004, -100),
        (0.0, 0),
        (7400.01, 740_001),
        (10_000_000_000.005, 1_000_000_000_001),
        (42, 4_200),
    ],
)
def test_half_pennies_are_rounded_up(pounds: float, pence: int) -> None:
    assert to_pence(pounds) == pence
    assert type(to_pence(pounds)) is int
    assert to_pence(np.array([pounds])).tolist() == [pence]


@given(st.decimals(-10_000_000_000, 10_000_000_000, places=4))
@example(Decimal("9999999999.9949"))
def test_every_written_decimal_rounds_as_decimal_arithmetic_does(written: Decimal) -> None:
    exact = int((written * 100).quantize(Decimal(1), ROUND_HALF_UP))
    assert to_pence(float(written)) == exact


@given(st.decimals(0, 999, places=12))
@example(Decimal("999.994999999999"))
@example(Decimal("0.004999999999"))
def test_fifteen_digits_are_told_from_a_half_penny(written: Decimal) -> None:
    assert to_pence(float(written)) == int((written * 100).quantize(Decimal(1), ROUND_HALF_UP))


@given(st.floats(-1e9, 1e9))
def test_rounding_moves_less_than_a_penny_and_a_reversal_cancels(pounds: float) -> None:
    assert abs(to_pence(pounds) - pounds * 100) <= 0.5 + 1e-4
    assert to_pence(-pounds) == -to_pence(pounds)


def test_an_array_keeps_its_shape_and_is_whole() -> None:
    pence = to_pence(np.array([[2.675], [1.005]]))
    assert pence.dtype == np.int64
    assert pence.tolist() == [[268], [101]]


@pytest.mark.parametrize("pounds", [math.nan, math.inf, -1e12, 1e13])
def test_an_amount_that_cannot_be_money_is_refused(pounds: float) -> None:
    with pytest.raises(ValueError, match="finite number of pounds below a trillion"):
        to_pence(pounds)


@pytest.mark.parametrize(
    ("pence", "shares", "parts"),
    [
        # Example E10
        (5, [80, 20], [4, 1]),
        (10_000, [1, 1, 1], [3_334, 3_333, 3_333]),
        (740_001, [80, 20], [592_001, 148_000]),
        (740_001, [0.8, 0.2], [592_001, 148_000]),
        # ties go to the first listed, whichever way round
        (5, [0.3, 0.7], [2, 3]),
        (5, [0.7, 0.3], [4, 1]),
        (1, [0.5, 0.5], [1, 0]),
        (10, [0.1 / 3, 0.2 / 3], [3, 7]),
        (-10_000, [1, 1, 1], [-3_334, -3_333, -3_333]),
        (0, [1, 2], [0, 0]),
        (7, [0, 1], [0, 7]),
    ],
)
def test_a_split_gives_the_odd_pennies_to_the_largest_remainder(
    pence: int, shares: list[float], parts: list[int]
) -> None:
    assert split(pence, shares) == parts


@given(st.integers(-(10**13), 10**13), share_lists)
def test_a_split_sums_exactly_and_each_part_is_within_a_penny(pence: int, shares: list[float]) -> None:
    parts = split(pence, shares)
    assert sum(parts) == pence
    total = sum(Decimal(repr(share)) for share in shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - pence * Decimal(repr(share)) / total) < 1 + Decimal("1e-9")
        assert part == 0 or (part > 0) == (pence > 0)
        assert share > 0 or part == 0


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(1, 100), min_size=1, max_size=6),
    st.sampled_from([0.01, 0.1, 10]),
)
def test_only_the_proportions_of_the_shares_count(pence: int, shares: list[int], unit: float) -> None:
    in_unit = [float(Decimal(share) * Decimal(repr(unit))) for share in shares]
    assert split(pence, in_unit) == split(pence, shares)


@pytest.mark.parametrize("shares", [[], [0.0, 0.0], [1.0, -0.5], [math.nan], [math.inf, 1.0]])
def test_shares_that_share_nothing_are_refused(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="share"):
        split(100, shares)
