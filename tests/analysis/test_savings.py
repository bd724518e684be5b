"""When is a saving cash? MONEY section 2. (E12 and E35 from a scenario are in tests/money/test_places.py.)"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.compiled_savings import changes
from simulator.money.compiled_ledger import FLOW
from tests.money.worked import at, four, run, service

PLACES = {"council": "£1 per place per day"}


def pair(design: dict[str, Any], **sections: Any) -> dict[str, tuple[float, float, float, float]]:
    """The four figures of a design of these sections: demand avoided, cash released, idle, reused."""
    sections["designs"] = {"other": design}
    return four(run(**sections), run("other", **sections))


def test_fewer_people_in_places_that_stay_open_release_no_cash():
    """Under the design the one person stays 4 of 10 days: £6 of demand avoided, all of it idle."""
    s = service(places="3", cost=PLACES)
    assert pair({"services": {"s": {"length": "4 days"}}}, services={"s": s})["s.0.council"] == (6, 0, 6, 0)


def test_a_freed_place_that_another_person_takes_is_reused_not_saved():
    """One place; person 0 leaves it after 4 days instead of 100, and person 1 has the other 96 of them."""
    s = service(places="1", length="100 days", while_in=["a"], cost=PLACES)
    away = {"transitions": {"b -> c": {"fixed": "4 days"}}}
    sections = {
        "arrive": {"b": at(0), "a": at(1)}, "states": "a b c d", "transitions": {"b -> c": {"fixed": "100 days"}},
        "services": {"s": {**s, "for": ["a", "b"], "while_in": ["a", "b"]}},
    }  # fmt: skip
    assert pair(away, **sections)["s.0.council"] == (96, 0, 0, 96)


def test_places_that_the_design_closes_are_cash():
    s = service(places="3", cost=PLACES)
    assert pair({"services": {"s": {"places": "1"}}}, services={"s": s})["s.0.council"] == (0, 200, -200, 0)


def test_places_that_the_design_adds_cost_cash_and_stand_idle_or_are_used():
    """Two more places for 100 days: -£200 of cash. One takes a second person for 100 days, the other stands empty."""
    s = service(places="1", length="200 days", cost=PLACES)
    found = pair({"services": {"s": {"places": "3"}}}, arrive={"a": at(0, 0)}, services={"s": s})
    assert found["s.0.council"] == (0, -200, 100, 100)


def test_a_service_that_is_closed_today_is_no_saving_and_no_loss():
    s = service(places="0", cost=[PLACES, {"council": "£5 per start"}])
    assert pair({"services": {"s": {"places": "2"}}}, services={"s": s}) == {"": (0, 0, 0, 0)}


def test_a_service_that_only_the_design_has_is_left_to_the_budgets():
    assert pair({"services": {"new": service(cost=PLACES)}}, services={"s": service(for_=["b"], cost=PLACES)}) == {
        "": (0, 0, 0, 0), "s.0.council": (0, 0, 0, 0),
    }  # fmt: skip


def test_more_of_a_reactive_cost_counts_even_where_the_baseline_happened_to_have_none():
    """Nobody reaches b today; under the design one person does for 10 days, at £3 a day, half of it cash."""
    needs = {"a": {}, "b": {"cost": {"nhs": "£3 per person per day", "cashable": "50%"}}, "c": {}}
    way = {"a -> b": {"fixed": "200 days"}}
    assert pair({"transitions": {"a -> b": {"fixed": "90 days"}}}, needs=needs, transitions=way)[
        "b.0.nhs"
    ] == (-30, -15, -15, 0)


def test_only_the_cashable_share_of_a_variable_line_is_cash_in_whole_pence():
    """£33.33 avoided, 20% cashable: 6.666 is 6.67, and the rest 26.66."""
    cost = {"council": "£33.33 per start", "cashable": "20%"}
    s = service(places="unlimited", cost=cost)
    assert pair({"services": {"s": {"take_up": "0%"}}}, services={"s": s})["s.0.council"] == (
        33.33,
        6.67,
        26.66,
        0,
    )
    none = service(places="unlimited", cost={"council": "£33.33 per start"})
    assert pair({"services": {"s": {"take_up": "0%"}}}, services={"s": none})["s.0.council"] == (
        33.33,
        0,
        33.33,
        0,
    )


def test_staff_let_go_are_cash_whatever_the_use():
    s = service(places={"staff": "3", "caseload": "2"}, cost={"council": "£1 per staff per day"})
    assert pair({"services": {"s": {"places": {"staff": "1"}}}}, services={"s": s})["s.0.council"] == (
        200,
        200,
        0,
        0,
    )


def test_what_is_freed_in_the_places_of_a_team_is_told_too():
    team = {"crew": {"places": "2", "cost": PLACES}}
    found = pair(
        {"services": {"s": {"length": "4 days"}}}, services={"s": service(places="crew")}, teams=team
    )
    assert found["crew.0.council"] == (6, 0, 6, 0)


def test_a_price_rise_is_no_demand():
    """Cash is lost, nobody uses less: it shows as less than nothing idle, and the four still add up."""
    s = service(places="1", cost=PLACES)
    avoided, cash, idle, reused = pair(
        {"services": {"s": {"cost": {"council": "£2 per place per day"}}}}, services={"s": s}
    )["s.0.council"]
    assert (avoided, cash, idle, reused) == (0, -100, 90, 10)


@st.composite
def two_designs(draw: Any) -> tuple[list[Any], list[Any]]:
    """Identities and use (item, person, pence) under two designs that share some people, in any order."""
    everybody = draw(
        st.lists(st.integers(-3, 8) | st.integers(0, 2**62), min_size=1, max_size=12, unique=True)
    )
    found = []
    for _ in range(2):
        people = draw(st.permutations(everybody))[: draw(st.integers(1, len(everybody)))]
        row = st.tuples(st.integers(0, 2), st.integers(0, len(people) - 1), st.integers(1, 10**6))
        found.append((people, draw(st.lists(row, max_size=20))))
    return found[0], found[1]


@given(two_designs())
def test_who_used_less_and_who_more_is_told_person_by_person(designs):
    """Items 0 and 2 are lines 1 and 0 before, items 1 and 2 lines 0 and 1 after; the others are none."""
    lines = [np.array(each) for each in ([1, -1, 0], [-1, 0, 1])]
    used = [dict[tuple[int, int], int](), dict[tuple[int, int], int]()]
    tables = []
    for (people, rows), line, use in zip(designs, lines, used, strict=True):
        tables.append(np.array([(item, person, 0, 0, pence, pence) for item, person, pence in rows], FLOW))
        for item, person, pence in rows:
            key = int(line[item]), people[person]
            use[key] = use.get(key, 0) + pence
    less, more = changes(*tables, *lines, *(np.array(people) for people, _ in designs), 2)
    for line in range(2):
        change = [used[0].get(key, 0) - used[1].get(key, 0) for key in {*used[0], *used[1]} if key[0] == line]
        assert less[line] == sum(each for each in change if each > 0)
        assert more[line] == -sum(each for each in change if each < 0)
