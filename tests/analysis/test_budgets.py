"""Costs by year and payer, present values, and the worth of wellbeing: MONEY sections 0 and 5, E24 and E25."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.budgets import costs, prepare, value, wellbeing
from simulator.analysis.compiled_wellbeing import time_by_month
from simulator.engine.numbers import Numbers
from simulator.experiments.replication import Run
from simulator.money.discounting import discount_factor
from tests.money.worked import at, run, service

PROVIDERS = {"charity": {"name": "A charity"}}


def table(found: list, name: str) -> dict[tuple[str, str, int], float]:
    return {(each.item, each.measure, each.year): each.value for each in found if each.table == name}


def values(one: Run) -> dict[tuple[str, str], float]:
    found = value(one.ledger, one.document, Numbers(one.document))
    return {(each.item, each.measure): each.value for each in found}


def mixed() -> Run:
    """The council pays £100 and the NHS £30 a start; the charity £1,000 at the opening. Starts on days 350 and 366."""
    s = service(
        places="unlimited",
        cost=[{"council": "£100 per start", "nhs": "£30 per start"}, {"charity": "£1000 once"}],
    )
    return run(arrive={"a": at(350, 366)}, horizon="400 days", services={"s": s}, providers=PROVIDERS)


def test_a_cost_is_of_the_year_incurred_in_the_budget_and_of_the_year_paid_in_the_bank():
    """Day 350, 16 March 2028, is paid on 15 April."""
    found = table(costs(mixed().ledger), "agencies")
    assert {key: pounds for key, pounds in found.items() if key[0] == "council"} == {
        ("council", "budget", 2027): 100, ("council", "budget", 2028): 100, ("council", "budget", 0): 200,
        ("council", "bank", 2028): 200, ("council", "bank", 0): 200,
    }  # fmt: skip


def test_lines_and_payers_are_two_ways_to_add_up_the_same_rows():
    found = costs(mixed().ledger)
    for view in ("budget", "bank"):
        lines, payers = (
            [pounds for (_, v, year), pounds in table(found, name).items() if v == view and year == 0]
            for name in ("costs", "agencies")
        )
        assert sum(lines) == sum(payers) == 1260


def test_the_public_purse_is_what_public_budgets_pay_and_resources_are_whoever_pays():
    found = values(mixed())
    present = float(discount_factor(350 / 365.25) + discount_factor(366 / 365.25))
    assert found["", "purse"] == pytest.approx(130 * present)
    assert found["", "resources"] == pytest.approx(130 * present + 1000)
    assert found["council", "purse"] == pytest.approx(100 * present) and found["charity", "resources"] == 1000
    assert ("charity", "purse") not in found and ("council", "resources") not in found


def test_present_values_are_of_real_money_never_of_nominal():
    """E25: with prices rising, the nominal cost rises and the present value does not."""
    s = service(places="unlimited", cost={"council": "£100 per start"})
    flat, rising = (
        run(arrive={"a": at(366)}, horizon="400 days", inflation=rate, services={"s": s})
        for rate in ("0% per year", "5% per year")
    )
    assert (
        values(flat)["", "purse"]
        == values(rising)["", "purse"]
        == pytest.approx(100 * float(discount_factor(366 / 365.25)))
    )
    assert rising.ledger.rows["nominal_pence"].sum() > flat.ledger.rows["nominal_pence"].sum()


def test_a_rate_of_the_scenarios_own_discounts():
    s = service(places="unlimited", cost={"council": "£100 per start"})
    sections = {"arrive": {"a": at(365.25 * 2)}, "horizon": "3 years", "services": {"s": s}}
    assert values(run(discount="10% per year", **sections))["", "purse"] == pytest.approx(
        100 / 1.1 ** (730 / 365.25)
    )
    assert values(run(discount="0% per year", **sections))["", "purse"] == 100
    health = values(run(discount="green-book-health", **sections))["", "purse"]
    assert health == pytest.approx(100 / 1.015 ** (730 / 365.25))


def test_a_design_that_costs_the_same_has_the_same_value_at_the_start_whatever_the_rate():
    s = service(places="unlimited", cost={"council": "£100 per start"})
    assert values(run(services={"s": s}))["", "purse"] == 100


def worth(**sections: object) -> float:
    one = run(**sections)
    found = wellbeing(one.history, one.document, Numbers(one.document))
    return found[0].value if found else float("nan")


def test_a_point_of_life_satisfaction_for_a_year_is_a_wellby():
    """£13,000 in 2019 prices; one person, half a year at 4 and half at 6, not discounted: 5 points x £13,000."""
    needs = {"a": {"wellbeing": "4"}, "b": {"wellbeing": "6"}, "c": {"wellbeing": "0"}}
    sections = {
        "needs": needs,
        "transitions": {"a -> b": "6 months"},
        "horizon": "1 year",
        "price_year": "2019",
        "discount": "0% per year",
    }
    assert worth(**sections) == pytest.approx(5 * 13_000)


def test_wellbeing_is_discounted_over_the_time_it_is_lived():
    """A year from now on, at 10%: between the factors of its two ends, near its middle."""
    needs = {"a": {"wellbeing": "1"}, "b": {"wellbeing": "0"}, "c": {"wellbeing": "0"}}
    found = worth(needs=needs, horizon="1 year", price_year="2019", discount="10% per year")
    assert found == pytest.approx(13_000 / 1.1**0.5, rel=1e-3)


def test_time_before_the_start_is_worth_nothing_and_a_person_day_is_valued_once():
    needs = {state: {"wellbeing": "1", "quality_of_life": "1"} for state in "abc"}
    people = {"present": {"a": "1"}}
    found = worth(
        arrive={},
        people=people,
        warm_up="1 year",
        needs=needs,
        horizon="1 year",
        price_year="2019",
        discount="0% per year",
    )
    assert found == pytest.approx(13_000)


def test_without_life_satisfaction_a_quality_adjusted_year_is_70_000_of_2024():
    needs = {state: {"quality_of_life": "0.5"} for state in "abc"}
    assert worth(needs=needs, horizon="1 year", price_year="2024", discount="0% per year") == pytest.approx(
        35_000
    )


def test_wellbeing_in_prices_newer_than_the_deflator_follows_the_scenarios_inflation():
    needs = {state: {"quality_of_life": "1"} for state in "abc"}
    found = worth(
        needs=needs, horizon="1 year", price_year="2026/27", inflation="2% per year", discount="0% per year"
    )
    assert found == pytest.approx(70_000 * 1.02**2)


def test_what_is_not_scored_is_not_valued():
    one = run()
    assert wellbeing(one.history, one.document, Numbers(one.document)) == []


def test_prepared_budgets_measure_any_run_of_a_design_as_the_plain_functions_do():
    """Against sums row by row; a present value adds up in another order."""
    scored = {"a": {"wellbeing": "4"}, "b": {"wellbeing": "6"}, "c": {"wellbeing": "1"}}
    s = service(
        places="unlimited",
        cost=[{"council": "£100 per start", "nhs": "£30 per start"}, {"charity": "£9 per person per day"}],
    )
    sections = {
        "needs": scored,
        "transitions": {"a -> b": "60 days"},
        "horizon": "900 days",
        "providers": PROVIDERS,
    }
    first, second = (
        run(arrive={"a": at(*range(0, 800, step))}, services={"s": s}, **sections) for step in (7, 11)
    )
    numbers = Numbers(first.document)
    budgets = prepare(first.document, numbers, first.history.end)
    for one in (first, second):
        ledger, document = one.ledger, one.document
        found = budgets.measures(ledger, one.history)
        assert found == costs(ledger) + value(ledger, document, numbers) + wellbeing(
            one.history, document, numbers
        )
        present = {(each.item, each.measure): each.value for each in found if each.table == "value"}
        days = (ledger.rows["earned_on"] - np.datetime64("2027-04-01")).astype(int)
        worth = ledger.rows["real_pence"] / 100 * discount_factor(days / 365.25)
        payer = np.array([ledger.items[item].payer for item in ledger.rows["item"]])
        assert present["", "resources"] == pytest.approx(worth.sum(), rel=1e-12)
        assert present["", "purse"] == pytest.approx(worth[payer != "charity"].sum(), rel=1e-12)
        for name, measure in (("council", "purse"), ("nhs", "purse"), ("charity", "resources")):
            assert present[name, measure] == pytest.approx(worth[payer == name].sum(), rel=1e-12)
    with pytest.raises(ValueError, match="last day that has a discount factor"):
        prepare(first.document, numbers, 86_400).value(first.ledger)


DAY = 86_400
MONTHS = [0, 30 * DAY, 61 * DAY, 91 * DAY, 100 * DAY - 7]  # the run ends in the middle of a day
stays = st.tuples(st.integers(0, 2), st.integers(-40, 110), st.integers(0, 150), st.integers(0, DAY - 1))


@given(st.lists(stays, max_size=12))
def test_time_in_states_is_counted_month_by_month(found):
    """Stays by state, day of the beginning, days, and seconds beyond them."""
    spans = [
        (state, begin * DAY + beyond // 2, begin * DAY + days * DAY + beyond)
        for state, begin, days, beyond in found
    ]
    columns = [np.array([span[number] for span in spans], np.int64) for number in range(3)]
    day = np.searchsorted(MONTHS, np.arange(0, MONTHS[-1], DAY), side="right") - 1
    assert time_by_month(*columns, 3, np.array(MONTHS), day).tolist() == [
        [
            sum(max(0, min(end, to) - max(begin, from_)) for of, begin, end in spans if of == state)
            for from_, to in pairwise(MONTHS)
        ]
        for state in range(3)
    ]
