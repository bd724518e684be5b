"""Closing whole units: worked examples E12 and E35, and what the rule may see."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.stepped import ClosingRule, avoided, stepped_cost, units_open

# Example E12: units of 4 at 105,000 a month, 3 open; spot 26,600 a place-month;
# sustained 3, notice 3, exit 60,000
RULE = ClosingRule(places_each=4, sustained=3, notice=3, exit_cost=60_000)
BASELINE = [14.0] * 24
DESIGN = [14.0] * 6 + [11.0] * 6 + [8.0] * 12
UNIT, SPOT = 105_000, 26_600


def cost(demand: list[float], rule: ClosingRule = RULE) -> Any:
    return stepped_cost(demand, 3, UNIT, SPOT, rule)


def test_e12_costs_to_the_pound() -> None:
    baseline, design = cost(BASELINE), cost(DESIGN)
    assert baseline.cost.sum() == 8_836_800
    assert design.cost.sum() == 7_309_200
    assert baseline.cost.sum() - design.cost.sum() == 1_527_600
    assert baseline.cost[:12].sum() - design.cost[:12].sum() == 319_200


def test_e12_the_third_unit_is_shut_from_the_start_of_month_19() -> None:
    # Demand is 8 from month 13; months 13-15 decide, notice is months 16-18, whose last bears the exit cost.
    design = cost(DESIGN)
    assert design.units.tolist() == [3] * 18 + [2] * 6
    assert design.closing_months.tolist() == [17]
    assert design.exit_costs.nonzero()[0].tolist() == [17]
    assert design.exit_costs.sum() == 60_000


def test_e12_average_cost_and_a_flat_tag_overstate_what_the_bank_sees() -> None:
    baseline, design = cost(BASELINE), cost(DESIGN)
    average = baseline.cost.sum() / sum(BASELINE)
    assert average == 26_300
    value = (sum(BASELINE) - sum(DESIGN)) * average
    assert value == 2_367_000
    assert (sum(BASELINE[:12]) - sum(DESIGN[:12])) * average == 473_400
    assert value * 0.85 == pytest.approx(2_011_950)
    assert value > value * 0.85 > baseline.cost.sum() - design.cost.sum()


def test_e12_if_waiting_people_refill_every_place_nothing_is_saved() -> None:
    assert cost(BASELINE).cost.sum() - cost([14.0] * 24).cost.sum() == 0


def test_e35_value_is_cash_and_capacity_freed() -> None:
    assert avoided(2_367_000, 1_527_600) == 839_400
    assert avoided(2_367_000, 1_527_600, reused=800_000) == 39_400


def test_cost_is_units_spot_places_and_exits() -> None:
    design = cost(DESIGN)
    np.testing.assert_array_equal(design.cost, design.unit_costs + design.spot_costs + design.exit_costs)
    assert design.spot_costs[:6].tolist() == [2 * 26_600] * 6 and design.spot_costs[6:].sum() == 0
    assert design.unit_costs[17:19].tolist() == [315_000, 210_000]


def test_a_unit_under_notice_counts_as_gone() -> None:
    # Demand 8 stays low enough for one closure; were the unit under notice still counted, a second would go.
    assert units_open([8.0] * 24, 3, RULE).units.tolist() == [3] * 6 + [2] * 18


def test_one_unit_is_decided_a_month_on_the_months_just_past() -> None:
    closed = units_open([0.0] * 12, 3, RULE)
    assert closed.units.tolist() == [3] * 6 + [2, 1] + [0] * 4
    assert closed.closing_months.tolist() == [5, 6, 7]


@pytest.mark.parametrize(
    ("change", "units"),
    [
        ({"notice": 0}, [3] * 3 + [2] * 5),
        ({"sustained": 1}, [3] * 4 + [2] * 4),
        ({"headroom": 1.0}, [3] * 8),  # 8 places would be full: one is wanted free
        ({"least": 3}, [3] * 8),
        ({"least": 2}, [3] * 6 + [2] * 2),
    ],
)
def test_each_part_of_the_rule_moves_the_closing(change: dict[str, Any], units: list[int]) -> None:
    rule = ClosingRule(**{"places_each": 4, "sustained": 3, "notice": 3, "exit_cost": 1.0} | change)
    assert units_open([8.0] * 8, 3, rule).units.tolist() == units


def test_without_notice_the_exit_cost_falls_in_the_month_of_the_decision() -> None:
    assert units_open([8.0] * 8, 3, ClosingRule(4, 3, 0, 1.0)).closing_months.tolist() == [2]


def test_one_month_of_higher_demand_starts_the_count_again() -> None:
    assert units_open([8.0, 8.0, 9.0] * 4, 3, RULE).units.tolist() == [3] * 12


def test_a_notice_that_outlasts_the_run_is_no_closing() -> None:
    cut_short = units_open([8.0] * 5, 3, RULE)
    assert cut_short.units.tolist() == [3] * 5 and cut_short.closing_months.size == 0
    last_month = units_open([8.0] * 6, 3, RULE)
    assert last_month.units.tolist() == [3] * 6 and last_month.closing_months.tolist() == [5]


def test_units_return_only_if_reopening_is_allowed() -> None:
    demand = [8.0] * 8 + [20.0] * 12
    for_good = units_open(demand, 3, RULE).units
    again = units_open(demand, 3, ClosingRule(4, 3, 3, 60_000, reopen=True)).units
    assert for_good.tolist() == [3] * 6 + [2] * 14
    # above 8 in months 9-11, three months of preparation, open from month 15; never more than at the start
    assert again.tolist() == [3] * 6 + [2] * 8 + [3] * 6


@pytest.mark.parametrize(
    "field",
    [{"places_each": 0}, {"sustained": 0}, {"notice": -1}, {"exit_cost": -1.0}, {"headroom": float("nan")}],
)
def test_a_rule_that_makes_no_sense_is_refused_by_name(field: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(field))):
        ClosingRule(**{"places_each": 4, "sustained": 3, "notice": 3, "exit_cost": 1.0} | field)


@pytest.mark.parametrize("demand", [[1.0, -1.0], [float("nan")], [[1.0], [2.0]]])
def test_demand_must_be_one_series_of_months(demand: Any) -> None:
    with pytest.raises(ValueError, match="one series of months"):
        units_open(demand, 3, RULE)
    with pytest.raises(ValueError, match="0 or more"):
        units_open([1.0], -1, RULE)


demands = st.lists(st.integers(0, 30).map(float), min_size=1, max_size=40)
rules = st.builds(
    ClosingRule,
    places_each=st.integers(1, 6),
    sustained=st.integers(1, 6),
    notice=st.integers(0, 6),
    exit_cost=st.just(1_000.0),
    headroom=st.integers(0, 3).map(float),
    least=st.integers(0, 3),
    reopen=st.booleans(),
)


@given(demands, st.integers(0, 8), rules, st.data())
def test_the_rule_sees_only_the_past_of_its_own_run(
    demand: list[float], start: int, rule: ClosingRule, data: st.DataObject
) -> None:
    seen = data.draw(st.integers(0, len(demand)))
    future = data.draw(
        st.lists(st.integers(0, 30).map(float), min_size=len(demand) - seen, max_size=len(demand) - seen)
    )
    one = units_open(demand, start, rule).units
    other = units_open(demand[:seen] + future, start, rule).units
    decided = seen + 1 + rule.notice  # months whose units no later demand can move
    assert one[:decided].tolist() == other[:decided].tolist()


@given(demands, st.integers(0, 8), rules)
def test_units_stay_between_the_floor_and_the_start(
    demand: list[float], start: int, rule: ClosingRule
) -> None:
    opened = units_open(demand, start, rule)
    steps = np.diff(opened.units)
    assert opened.units.max() <= start and opened.units.min() >= min(start, rule.least)
    assert np.abs(steps).max(initial=0) <= 1
    assert rule.reopen or (steps <= 0).all()
    inside = opened.closing_months[opened.closing_months < len(demand) - 1]
    assert inside.tolist() == np.flatnonzero(steps < 0).tolist()


@given(demands, st.integers(0, 8), rules)
def test_the_money_adds_up(demand: list[float], start: int, rule: ClosingRule) -> None:
    result = stepped_cost(demand, start, 100.0, 30.0, rule)
    assert result.exit_costs.sum() == rule.exit_cost * len(result.closing_months)
    bought = np.maximum(0.0, np.array(demand) - result.units * rule.places_each)
    np.testing.assert_allclose(result.cost, result.units * 100.0 + bought * 30.0 + result.exit_costs)
    double = stepped_cost(demand, start, 200.0, 60.0, ClosingRule(**{**vars(rule), "exit_cost": 2_000.0}))
    np.testing.assert_array_equal(double.cost, 2 * result.cost)
