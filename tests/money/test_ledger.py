"""Every pound leaves one party and enters another, on random scenarios; and what a ledger refuses: MONEY section 1."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st

from simulator.analysis.budgets import costs
from simulator.analysis.savings import savings
from simulator.engine import history as h
from simulator.engine.history import NOT_YET, History
from simulator.experiments.replication import Run, run_design
from simulator.money.calendar import financial_year
from simulator.money.ledger import ROW, Item, Ledger
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import ScenarioError
from tests.money.worked import by_year
from tests.scenarios_at_random import as_text, documents

AGENCIES = {"council": "Council", "nhs": "NHS"}
DAY = 86_400
few = settings(
    max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking a scenario takes minutes


@st.composite
def costed(draw: Any) -> dict[str, Any]:
    """A random scenario in which nearly everything costs something, in whole pounds."""
    found = draw(documents())

    def cost(*bases: str) -> list[dict[str, str]]:
        return [
            {
                draw(
                    st.sampled_from([*AGENCIES])
                ): f"£{draw(st.integers(1, 5000))}{draw(st.sampled_from(bases))}"
            }
            for _ in range(draw(st.integers(1, 2)))
        ]

    found |= {
        "agencies": AGENCIES,
        "price_year": "2024/25",
        "inflation": draw(st.sampled_from(["0% per year", "3% per year"])),
    }
    for need in found["needs"].values():
        need["cost"] = cost(" per person per week")
    for event in [*found["transitions"].values(), *found["events"].values()]:
        event["cost"] = cost("")
    lent = {
        name
        for design in found["designs"].values()
        for name, part in design.get("services", {}).items()
        if part.get("places") == "key_workers"
    }  # fmt: skip
    for name, service in found["services"].items():
        own = service["places"] not in ("unlimited", "key_workers") and name not in lent
        service["cost"] = cost(
            " per start",
            " per referral",
            " per completion",
            " per person per day",
            *([" per place per day"] * 4 if own else []),
        )
        if own and draw(st.booleans()):
            service["lead_in"] = f"{draw(st.integers(1, 40))} days"
    for team in found.get("teams", {}).values():
        team["cost"] = cost(" per place per day", " once")
    return found


def runs(document: dict[str, Any]) -> tuple[Scenario, Run, Run]:
    scenario = load_text(as_text(document))
    try:
        return scenario, run_design(scenario, "baseline"), run_design(scenario, "other")
    except ScenarioError as error:  # what a study cannot have seen is refused when the model is made
        if "cannot be reached" not in str(error):
            raise
        reject()


@few
@given(costed())
def test_the_books_of_every_party_balance_to_the_penny_on_any_scenario(document):
    for run in runs(document)[1:]:
        legs, rows = run.ledger.legs(), run.ledger.frame()
        assert legs["debit"].sum() == legs["credit"].sum()
        assert (legs.groupby(["date", "party"])[["debit", "credit"]].sum().eval("debit - credit") == 0).all()
        legs["change"] = legs["debit"] - legs["credit"]
        by = legs.groupby(["party", "account"])["change"].sum()
        for party in {*rows["from_party"], *rows["to_party"]}:
            received = rows.loc[rows["to_party"] == party, "nominal_pence"].sum()
            spent = rows.loc[rows["from_party"] == party, "nominal_pence"].sum()
            # opening 0 + receipts - payments = closing; nothing is owed when all is paid
            assert by.get((party, "bank"), 0) == received - spent
            assert by.get((party, "payable"), 0) == by.get((party, "receivable"), 0) == 0
            assert by.get((party, "expense"), 0) == spent and -by.get((party, "income"), 0) == received
        # the bank re-adds day by day, and at no time are debts other than what is incurred and not yet paid
        day = dt.date(2027, 12, 31)
        until = legs[legs["date"] <= np.datetime64(day)]
        owed = rows.loc[
            (rows["earned_on"] <= np.datetime64(day)) & (rows["cash_on"] > np.datetime64(day)),
            "nominal_pence",
        ].sum()
        assert -until.loc[until["account"] == "payable", "change"].sum() == owed


@few
@given(costed())
def test_every_view_is_a_group_by_on_the_same_rows(document):
    ledger = runs(document)[2].ledger
    total = int(ledger.rows["nominal_pence"].sum())
    for view, column in (("budget", "earned_on"), ("bank", "cash_on")):
        plain: dict[tuple[int, int], int] = {}
        for row in ledger.rows:
            key = int(row["item"]), financial_year(row[column].astype(object))
            plain[key] = plain.get(key, 0) + int(row["nominal_pence"])
        assert by_year(ledger, view) == plain
        for table in ("costs", "agencies"):
            mine = [m for m in costs(ledger) if (m.table, m.measure) == (table, view)]
            assert round(sum(m.value for m in mine if m.year == 0) * 100) == total
            assert round(sum(m.value for m in mine if m.year != 0) * 100) == total


@few
@given(costed())
def test_rows_are_flows_within_the_horizon(document):
    for run in runs(document)[1:]:
        rows = run.ledger.rows
        start = np.datetime64(document["start"])
        last = start + np.timedelta64(run.history.end - 1, "s").astype("timedelta64[D]")
        assert (rows["nominal_pence"] > 0).all() and (rows["cash_on"] > rows["earned_on"]).all()
        assert (rows["earned_on"] >= start).all() and (rows["earned_on"] <= last).all()


@few
@given(costed())
def test_doubling_every_price_doubles_the_money_and_nothing_else(document):
    """Each posting is rounded once, so a doubled one is within a penny of twice itself."""
    scenario, _, once = runs(document)
    double = load_text(as_text(_doubled(document)))
    twice = run_design(double, "other")
    assert np.array_equal(once.history.rows, twice.history.rows)
    assert [item.name for item in once.ledger.items] == [item.name for item in twice.ledger.items]
    size = len(once.ledger.items)
    for column in ("nominal_pence", "real_pence"):
        one, two = (
            np.bincount(run.ledger.rows["item"], run.ledger.rows[column], minlength=size)
            for run in (once, twice)
        )
        postings = np.bincount(twice.ledger.rows["item"], minlength=size)
        assert (np.abs(two - 2 * one) <= postings).all()
    assert scenario.baseline == double.baseline


def _doubled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _doubled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_doubled(each) for each in value]
    if isinstance(value, str) and value.startswith("£"):
        amount, _, rest = value[1:].partition(" ")
        return f"£{2 * int(amount)} {rest}".strip()
    return value


@few
@given(costed())
def test_costs_are_what_a_plain_count_of_the_history_says(document):
    """States, starts, people in services and places, second by second, without the product's own curves and edges."""
    document = document | {"inflation": "0% per year"}
    for run in runs(document)[1:]:
        total = np.bincount(
            run.ledger.rows["item"], run.ledger.rows["nominal_pence"], minlength=len(run.ledger.items)
        )
        count = np.bincount(run.ledger.rows["item"], minlength=len(run.ledger.items))
        for number, item in enumerate(run.ledger.items):
            expected = _plainly(item, run)
            if expected is not None:
                assert total[number] == pytest.approx(100 * expected, abs=1 + int(count[number]))


def _plainly(item: Item, run: Run) -> float | None:
    """Pounds of one line, from the rows of the history one by one. None for what is not told here."""
    history, document = run.history, run.document
    section = {"state": document.needs, "service": document.services}.get(item.about)
    if section is None:
        return None
    price = section[item.of].cost[int(item.name.split(".")[-2])].payers[0][1].value
    spells = [(a, b) for a, b in _spells(history, item.of)] if item.about == "service" else []
    if item.about == "state":
        stays = history.stay_table
        mine = [
            (b, e)
            for s, b, e in zip(stays["state"], stays["begin"], stays["end"], strict=True)
            if history.states[s] == item.of
        ]
        return price / 7 * sum(max(0, e - max(0, b)) for b, e in mine) / DAY
    if item.basis == "start":
        return price * sum(begin >= 0 for begin, _ in spells)
    if item.basis == "person":
        return price * sum(max(0, end - max(0, begin)) for begin, end in spells) / DAY
    if item.basis == "place" and document.services[item.of].lead_in is None:
        steps = history.pool_places[history.pools.index(item.of)]
        times = sorted(
            {
                0,
                history.end,
                *(t for pair in spells for t in pair if 0 < t < history.end),
                *(t for t, _ in steps if t > 0),
            }
        )
        seconds = 0
        for now, later in pairwise(times):
            open_ = [places for when, places in steps if when <= now][-1]
            seconds += (later - now) * max(open_, sum(begin <= now < end for begin, end in spells))
        return price * seconds / DAY
    return None


def _spells(history: History, service: str) -> list[tuple[int, int]]:
    number = history.services.index(service)
    begun: dict[int, int] = {}
    found = []
    for row in history.rows:
        if row["item"] != number:
            continue
        if row["what"] == h.STARTED:
            begun[int(row["person"])] = int(row["time"])
        elif row["what"] == h.ENDED or (row["what"] == h.STILL_SERVICE and row["why"] == h.IN):
            found.append((begun.pop(int(row["person"])), int(row["time"])))
    assert not begun and NOT_YET < 0
    return found


@few
@given(costed())
def test_the_four_figures_of_a_saving_add_up_to_the_penny_line_by_line_and_in_all(document):
    _, before, after = runs(document)
    found = savings(before.ledger, after.ledger, before.history, after.history)
    pence = {(each.item, each.measure): round(each.value * 100) for each in found}
    lines = {item for item, _ in pence}
    for item in lines:
        assert pence[item, "demand_avoided"] == sum(
            pence[item, name] for name in ("cash_released", "idle", "reused")
        )
    for name in ("demand_avoided", "cash_released", "idle", "reused"):
        assert pence["", name] == sum(pence[item, name] for item in lines if item)
    nothing = savings(before.ledger, before.ledger, before.history, before.history)
    assert all(each.value == 0 for each in nothing)


# What a ledger refuses

ITEM = Item(
    "s.0.council", "S", "council", "outside", "service", "s", "start", "variable", 0.0, True, "2024/25"
)


def ledger(item: Item = ITEM, **change: Any) -> Ledger:
    row = {
        "item": 0,
        "person": -1,
        "earned_on": "2027-04-01",
        "cash_on": "2027-05-01",
        "nominal_pence": 5,
        "real_pence": 5,
    } | change
    rows = np.zeros(1, ROW)
    for name, value in row.items():
        rows[name] = value
    return Ledger("now", 0, (item,), rows, np.zeros(0, ROW))


def test_a_flow_is_above_nothing_not_before_it_is_earned_and_between_two_parties():
    assert len(ledger().legs()) == 8
    for change, message in (
        ({"nominal_pence": -5}, "above 0"),
        ({"nominal_pence": 0}, "above 0"),
        ({"cash_on": "2027-03-31"}, "before it is earned"),
    ):
        with pytest.raises(ValueError, match=message):
            ledger(**change)
    for number in (-1, 1):
        rows = ledger().rows.copy()
        rows["item"] = number
        with pytest.raises(ValueError, match="one of the ledger's lines"):
            Ledger("now", 0, (ITEM,), rows, np.zeros(0, ROW))
    with pytest.raises(ValueError, match="cannot pay itself"):
        ledger(replace(ITEM, payee="council"))
    with pytest.raises(ValueError, match="type of the schema"):
        Ledger("now", 0, (ITEM,), np.zeros(1), np.zeros(0, ROW))
    with pytest.raises(ValueError, match="two views"):
        ledger().by_year("purse")


def test_a_scenario_without_money_has_an_empty_ledger():
    empty = Ledger("now", 0, (), np.zeros(0, ROW), np.zeros(0, ROW))
    assert len(empty.frame()) == len(empty.legs()) == 0
    assert by_year(empty) == by_year(empty, "bank") == {} and costs(empty) == []
