"""Four views that do not mix: worked example E24; and the readings that only public value may have."""

import numpy as np
import pytest

from simulator.money.returns.green_book import distribution_weight, with_optimism_bias, with_weights
from simulator.money.returns.views import Reading, ViewsMixed, cash, purse, value

VALUE = value({"delivery": 800.0}, {"services not used": 1300.0}, {"wellbeing": 400.0})
PURSE = purse({"outcome payments": 1000.0}, {}, {"services not used": 1300.0})
BUDGET = cash("budget", {"outcome payments": 1000.0}, {}, {"cash released": 700.0})


def test_e24_one_deal_three_answers() -> None:
    assert (VALUE.net, PURSE.net, BUDGET.net) == (900.0, 300.0, -300.0)
    assert VALUE.benefit_cost_ratio == 2.125
    assert PURSE.return_to_the_public_purse == 1.3


def test_a_benefit_cost_ratio_exists_in_public_value_only() -> None:
    for reading in (PURSE, BUDGET):
        with pytest.raises(ViewsMixed):
            _ = reading.benefit_cost_ratio
    for reading in (VALUE, BUDGET):
        with pytest.raises(ViewsMixed):
            _ = reading.return_to_the_public_purse


def test_sums_across_views_are_refused() -> None:
    with pytest.raises(ViewsMixed, match="do not add up"):
        VALUE + PURSE
    with pytest.raises(ViewsMixed, match="do not add up"):
        BUDGET + cash("bank", {}, {}, {})
    assert (VALUE + VALUE).net == 1800.0
    with pytest.raises(ViewsMixed):
        cash("value", {}, {}, {})  # type: ignore[arg-type]


def test_an_item_is_listed_once() -> None:
    with pytest.raises(ValueError, match="listed twice: rent"):
        purse({"rent": 1.0}, {"rent": 2.0}, {})


def test_optimism_bias_lowers_benefits_raises_costs_and_says_so() -> None:
    found = with_optimism_bias(VALUE, {"delivery": 2, "services not used": 4, "wellbeing": 6})
    assert found.cost == pytest.approx(840.0)
    assert found.benefits == pytest.approx({"services not used": 1105.0, "wellbeing": 240.0})
    assert found.label == "Green Book reading: optimism bias by grade of evidence"
    with pytest.raises(ValueError, match="already"):
        with_optimism_bias(found, {})
    with pytest.raises(ViewsMixed):
        found + VALUE
    both = with_weights(found, {"wellbeing": 2.0})
    assert both.net == pytest.approx(1105.0 + 480.0 - 840.0)
    assert both.label == f"{found.label}, distributional weights"
    with pytest.raises(ValueError, match="weighted already"):
        with_weights(both, {})


@pytest.mark.parametrize("reading", [PURSE, BUDGET])
def test_green_book_adjustments_are_refused_outside_public_value(reading: Reading) -> None:
    with pytest.raises(ViewsMixed):
        with_optimism_bias(reading, {})
    with pytest.raises(ViewsMixed):
        with_weights(reading, {})


def test_doubt_is_not_counted_twice() -> None:
    with pytest.raises(ValueError, match="same doubt: wellbeing"):
        with_optimism_bias(VALUE, {"wellbeing": 5}, widened=["wellbeing"])
    with pytest.raises(ValueError, match="1 to 6, not 7"):
        with_optimism_bias(VALUE, {"wellbeing": 7})
    with pytest.raises(ValueError, match="no such item"):
        with_weights(VALUE, {"well-being": 1.0})


def test_distributional_weights_are_the_green_books() -> None:
    # HM Treasury, The Green Book: (median / income) ^ 1.3
    np.testing.assert_allclose(
        distribution_weight(np.array([20e3, 50e3, 80e3]), 50e3), [3.29095551, 1.0, 0.54280523], atol=5e-9
    )
    with pytest.raises(ValueError, match="above 0"):
        distribution_weight(0.0, 50e3)
