"""Chances that a threshold is wrong: worked example E21, and simulation. Source: the approximation of MONEY 3.5."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.money.contract.trigger import Measurement, chance_of_either, chance_of_pay, honesty

PETERBOROUGH = Measurement(events=1.55, overdispersion=2.0)


@pytest.mark.parametrize(
    ("effect", "treated", "comparison", "chance"),
    [
        (0.0, 1000, 10_000, 0.0026),
        (0.0, 1000, 1000, 0.0190),
        (0.0, 200, 200, 0.1768),
        (0.1, 1000, 10_000, 0.5),
        (0.084, 1000, 10_000, 0.3266),
    ],
)
def test_e21_one_cohort(effect: float, treated: int, comparison: int, chance: float) -> None:
    assert chance_of_pay(effect, treated, comparison, 0.1, PETERBOROUGH) == pytest.approx(chance, abs=5e-5)


@pytest.mark.parametrize(("effect", "chance"), [(0.0, 0.006), (0.1, 0.863), (0.075, 0.557)])
def test_e21_both_routes_of_two_cohorts(effect: float, chance: float) -> None:
    found = chance_of_either(effect, [1000] * 2, [10_000] * 2, PETERBOROUGH, each=0.1, pooled=0.075)
    assert found == pytest.approx(chance, abs=1e-3)


@pytest.mark.parametrize("effect", [0.0, 0.075])
def test_unequal_cohorts_pay_as_often_as_simulated_ones(effect: float) -> None:
    treated = np.array([500.0, 1500.0, 200.0])
    measured = Measurement(1.55, 2.0, match_bias=0.03)
    noise = measured.noise(effect, treated, 10 * treated)
    z = np.random.default_rng(21).standard_normal((400_000, 3))
    seen = 1 - (1 - effect) * np.exp(noise * z)
    pays = (seen >= 0.1).any(axis=1) | (seen @ (treated / treated.sum()) >= 0.075)
    found = chance_of_either(effect, [500, 1500, 200], [5000, 15_000, 2000], measured, each=0.1, pooled=0.075)
    # 4 standard errors of 400,000 draws, and the grid's 1e-5
    assert found == pytest.approx(pays.mean(), abs=4 * np.sqrt(0.25 / 400_000))


@settings(deadline=None, max_examples=40)
@given(
    st.floats(-0.2, 0.4),
    st.integers(30, 5000),
    st.integers(30, 50_000),
    st.floats(0.01, 0.3),
    st.floats(0, 0.1),
)
def test_one_cohort_pooled_is_that_cohort(
    effect: float, treated: int, comparison: int, threshold: float, bias: float
) -> None:
    measured = Measurement(1.55, 2.0, bias)
    exact = chance_of_pay(effect, treated, comparison, threshold, measured)
    for rule in ({"each": threshold}, {"pooled": threshold}, {"each": threshold, "pooled": threshold}):
        found = chance_of_either(effect, [treated], [comparison], measured, **rule)
        assert found == pytest.approx(exact, abs=1e-4)


def test_larger_groups_are_more_honest_and_bias_does_not_average_out() -> None:
    rows = honesty([200, 1000], [200, 10_000], 0.15, PETERBOROUGH, each=0.1, cohorts=1)
    assert [(row.treated, row.comparison) for row in rows] == [
        (200, 200),
        (200, 10_000),
        (1000, 200),
        (1000, 10_000),
    ]
    assert rows[0].pays_for_nothing == pytest.approx(0.1768, abs=5e-5)
    assert rows[3].pays_for_nothing == pytest.approx(0.0026, abs=5e-5)
    for small, large in ((0, 1), (0, 2), (1, 3), (2, 3)):
        assert rows[small].pays_for_nothing > rows[large].pays_for_nothing
        assert rows[small].misses > rows[large].misses
    huge = chance_of_pay(0.0, 1e9, 1e9, 0.1, Measurement(1.55, 2.0, match_bias=0.1))
    assert huge > 0.1


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        chance_of_pay(0.0, 100, 100, 1.0, PETERBOROUGH)
    with pytest.raises(ValueError, match="need people"):
        chance_of_pay(0.0, 100, 0, 0.1, PETERBOROUGH)
    with pytest.raises(ValueError, match="without a threshold"):
        chance_of_either(0.0, [1], [1], PETERBOROUGH)
    with pytest.raises(ValueError, match="2 cohorts and 1"):
        chance_of_either(0.0, [1, 1], [1], PETERBOROUGH, each=0.1)
    with pytest.raises(ValueError, match="above 0"):
        Measurement(0.0)
