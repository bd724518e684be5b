"""Posting a history by a plan: every row as plain Python posts it, for any number of histories, in any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from simulator.engine.compile import compile_model
from simulator.engine.simpy_engine import simulate
from simulator.experiments.replication import Run, run_design
from simulator.money.costs import post_costs, prepare_costs
from simulator.scenario.load import Scenario, load_text
from tests.money.plain_posting import Plain, posted
from tests.money.test_ledger import costed
from tests.money.worked import at, run, scenario_of, service
from tests.scenarios_at_random import as_text

few = settings(
    max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None
)  # shrinking a scenario takes minutes


@st.composite
def priced(draw: Any) -> dict[str, Any]:
    """A costed scenario of which many prices differ by state, by segment or over time, and in amounts with pennies."""
    found = draw(costed())
    groups = [list(each) for each in found["people"].get("segments", {}).values()]

    def amount(rest: str) -> str:
        return f"£{draw(st.integers(1, 500_000)) / 100}{rest}"

    def dated(rest: str) -> dict[str, str]:
        return {"start": amount(rest), f"{draw(st.integers(1, 40))} days": amount(rest)}

    def split(rest: str, names: list[str]) -> dict[str, Any]:
        some = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        return {name: draw(st.sampled_from([amount, dated]))(rest) for name in some} | {
            "others": amount(rest)
        }

    for section in ("needs", "services"):
        for each in found[section].values():
            for cost in each["cost"]:
                [(payer, value)] = cost.items()
                rest = value[value.find(" ") :]
                ways = ["as it is", "dated"]
                if "place" not in rest:
                    ways += ["by segment"] * bool(groups) + ["by state"] * (section == "services")
                way = draw(st.sampled_from(ways))
                if way == "dated":
                    cost[payer] = dated(rest)
                elif way == "by state":
                    cost[payer] = split(rest, list(found["needs"]))
                elif way == "by segment":
                    cost[payer] = split(rest, draw(st.sampled_from(groups)))
    return found


def runs(document: dict[str, Any]) -> tuple[Scenario, list[Run]]:
    scenario = load_text(as_text(document))
    return scenario, [run_design(scenario, name) for name in scenario.designs]


@few
@given(priced())
def test_every_row_is_the_one_that_plain_python_posts(document):
    _, found = runs(document)
    for one in found:
        design = document["designs"][one.model.design]
        if any("places" in service for service in design.get("services", {}).values()):
            continue  # the plain posting reads one document, for before the start too
        plain = Plain(one)
        assert posted(one.ledger, one.ledger.rows) == plain.rows
        assert posted(one.ledger, one.ledger.use) == plain.use


def several(replications: int = 3) -> tuple[Scenario, Any, list[Any]]:
    """A scenario with costs of every kind, one design's model, and histories of it."""
    cost = [
        {"council": {"a": "£1.23 per person per day", "others": "£4.56 per person per day"}},
        {"council": {"child": "£7 per start", "others": "£8 per start"}},
        {"nhs": "£9.99 per place per day"},
        {"nhs": "£3 per referral"},
        {"council": "£500 once"},
    ]
    scenario = scenario_of(
        arrive={"a": {"every": "3 days"}}, horizon="3 years", inflation="3% per year",
        people={"segments": {"age": {"child": "50%", "adult": "50%"}}},
        transitions={"a -> b": {"exponential": "60 days", "cost": {"council": "£11"}}, "b -> c": {"exponential": "90 days"}},
        services={"s": service(for_=["a", "b"], while_in=["a", "b"], places="9", length="40 days", cost=cost)},
    )  # fmt: skip
    model = compile_model(scenario, "now")
    return scenario, model, [simulate(model, 1, number) for number in range(replications)]


def test_a_plan_posts_any_number_of_histories_as_if_each_were_the_first():
    """More rows than a plan first makes room for."""
    scenario, model, histories = several()
    plan = prepare_costs(scenario, model)
    for number, history in enumerate([*histories, histories[0]]):
        found, alone = plan.post(history, number), post_costs(scenario, model, history, number)
        assert found.replication == number and found.items == alone.items
        assert np.array_equal(found.rows, alone.rows) and np.array_equal(found.use, alone.use)
        assert len(found.rows) > 1024 and len(found.use) > 500


def test_threads_that_share_a_plan_post_the_same():
    scenario, model, histories = several()
    plan = prepare_costs(scenario, model)
    alone = [plan.post(history).rows.copy() for history in histories]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: plan.post(histories[number % 3]).rows, range(60)))
    assert all(np.array_equal(rows, alone[number % 3]) for number, rows in enumerate(found))


def test_an_amount_beyond_a_trillion_pounds_is_refused():
    dear = service(places="unlimited", cost={"council": "£100000000000 per start"})
    assert len(run(arrive={"a": at(0)}, services={"s": dear}).ledger.rows) == 1
    dearer = service(places="unlimited", cost={"council": "£1000000000000 per start"})
    with pytest.raises(ValueError, match="below a trillion"):
        run(arrive={"a": at(0)}, services={"s": dearer})
    assert len(run(arrive={"b": at(0)}, services={"s": dearer}).ledger.rows) == 0  # nobody starts
