"""Counts and person-time within [start, horizon), worked by hand from histories of one line a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.flow import crises, crises_of_each, known, moves, people, states
from simulator.engine import history as h
from simulator.engine.history import History
from simulator.scenario.document import Document
from tests.money.worked import scenario_of
from tests.outcomes.histories import DAY, STATES, at_random, history

# Four people, 100 days, 50 days of warm-up.
LIVES = history(
    "-40 home, -10 street, 20 home",  # in the street for 20 days of the window
    "-30 home, -5 leaves",  # gone before the start
    "10 home, 30 hostel, 60 street, 70 leaves",
    "0 street, 5 visit, 6 visit, 40 hostel, 95 street",
    days=100, warm_up=50,
)  # fmt: skip


def of(found: list, item: str) -> dict[str, float]:
    return {each.measure: each.value for each in found if each.item == item}


def the_document() -> Document:
    needs = {"home": {}, "hostel": {}, "street": {"crisis": "yes"}}
    events = {
        "arrest": {"rate": "1 per year", "crisis": "yes"},
        "visit": {"rate": "1 per year", "crisis": "yes"},
    }
    return scenario_of(arrive={"home": "1 per year"}, needs=needs, events=events).document


def test_people_are_conserved():
    found = of(people(LIVES), "")
    assert found == {"arrived": 2, "left": 1, "present_at_start": 1, "present_at_end": 2, "known": 3}
    assert found["present_at_start"] + found["arrived"] - found["left"] == found["present_at_end"]


def test_who_leaves_at_the_second_of_the_start_is_known_and_who_left_before_is_not():
    lives = history("-9 home, 0 leaves", "-9 home, -0.001 leaves", "0 home, 0 leaves", "99 home", warm_up=50)
    assert known(lives).tolist() == [True, False, True, True]
    assert of(people(lives), "")["known"] == 3


def test_moves_are_counted_from_the_start_on_whatever_their_cause_and_leaving_is_one():
    assert {each.item: each.value for each in moves(LIVES, ())} == {
        "home -> hostel": 1, "hostel -> street": 2, "street -> home": 1, "street -> hostel": 1, "street -> leaves": 1,
    }  # fmt: skip


def test_a_move_to_the_same_state_is_one_and_a_transition_that_nobody_took_is_0():
    lives = history("-3 home, 0 home, 5 home", "1 street", warm_up=10)
    found = moves(lives, {("home", "leaves"), ("street", "hostel")})
    assert [(each.item, each.value) for each in found] == [
        ("home -> home", 2), ("home -> leaves", 0), ("street -> hostel", 0),
    ]  # fmt: skip


def test_time_in_a_state_is_clipped_to_the_window_and_the_unfinished_counts():
    days = {name: of(states(LIVES), name)["person_years"] * 365.25 for name in ("home", "hostel", "street")}
    assert days == pytest.approx({"home": 80 + 20, "hostel": 30 + 55, "street": 20 + 10 + 40 + 5})
    # everybody is somewhere: person-days are those of the people there
    assert sum(days.values()) == pytest.approx(100 + 60 + 100)


def test_entries_are_those_from_the_start_arrivals_included():
    assert {name: of(states(LIVES), name)["entries"] for name in ("home", "hostel", "street")} == {
        "home": 2,
        "hostel": 2,
        "street": 3,
    }


def test_who_is_in_a_state_at_both_ends():
    found = {name: of(states(LIVES), name) for name in ("home", "hostel", "street")}
    assert {name: (each["at_start"], each["at_end"]) for name, each in found.items()} == {
        "home": (0, 1), "hostel": (0, 0), "street": (1, 1),
    }  # fmt: skip


def test_crises_are_entries_to_crisis_states_and_crisis_events():
    found = crises(LIVES, the_document())
    assert of(found, "street") == {"number": 3, "person_days": pytest.approx(75)}
    assert of(found, "visit") == {"number": 2} and of(found, "arrest") == {"number": 0}
    assert of(found, "") == {"number": 5, "person_days": pytest.approx(75)}
    assert crises_of_each(LIVES, the_document()).tolist() == [0, 0, 1, 4]


def test_what_nobody_calls_a_crisis_is_not_counted():
    calm = scenario_of(arrive={"home": "1 per year"}, needs={"home": {}, "hostel": {}, "street": {}}).document
    empty: History = history("0 home", days=10)
    assert (
        crises(
            empty,
            calm.model_copy(
                update={
                    "events": {
                        name: event.model_copy(update={"crisis": False})
                        for name, event in the_document().events.items()
                    }
                }
            ),
        )
        == []
    )


@given(st.integers(0, 10**6), st.sampled_from([0, 5]))
def test_sums_over_stays_are_those_of_plain_python(seed, warm_up):
    run = at_random(seed, warm_up=warm_up)
    stays = [
        dict(zip(run.stay_table, stay, strict=True)) for stay in zip(*run.stay_table.values(), strict=True)
    ]
    for number, name in enumerate(STATES):
        mine = [stay for stay in stays if stay["state"] == number]
        found = of(states(run), name)
        assert found["entries"] == sum(stay["begin"] >= 0 for stay in mine)
        assert found["at_start"] == sum(stay["begin"] < 0 <= stay["end"] for stay in mine)
        assert found["at_end"] == sum(stay["open"] for stay in mine)
        seconds = sum(max(0, stay["end"] - max(0, stay["begin"])) for stay in mine)
        assert found["person_years"] == seconds / DAY / 365.25
    rows = run.rows.tolist()
    arrivals, leavings = ([row[0] for row in rows if row[3] == what] for what in (h.ARRIVED, h.LEFT))
    assert of(people(run), "") == {
        "arrived": sum(time >= 0 for time in arrivals),
        "left": sum(time >= 0 for time in leavings),
        "present_at_start": sum(time < 0 for time in arrivals) - sum(time < 0 for time in leavings),
        "present_at_end": len(arrivals) - len(leavings),
        "known": len(arrivals) - sum(time < 0 for time in leavings),
    }
    assert known(run).sum() == of(people(run), "")["known"]
    went = {each.item: each.value for each in moves(run, ())}
    for name in STATES:
        into = sum(value for item, value in went.items() if item.endswith(f"-> {name}"))
        came = sum(row[0] >= 0 and row[3] == h.ARRIVED and STATES[row[2]] == name for row in rows)
        assert into + came == of(states(run), name)["entries"]
    assert sum(value for item, value in went.items() if item.endswith("-> leaves")) == sum(
        time >= 0 for time in leavings
    )
    assert crises_of_each(run, the_document()).sum() == of(crises(run, the_document()), "")["number"]
    visits = sum(row[3] == h.EVENT and row[2] == 1 and row[0] >= 0 for row in rows)
    assert of(crises(run, the_document()), "visit")["number"] == visits
