"""Needs without services: clocks, ties, branches, events, leaving (LANGUAGE section 5, SEMANTICS section
7).
"""

from __future__ import annotations

from collections import Counter

import pytest

from simulator.engine.random_numbers import exponential, key_of, tag_of
from tests.engine.worked import DAY, at, history_of, rows_of, told


def test_the_first_clock_to_ring_wins():
    assert told(transitions={"a -> b": "5 days", "a -> c": "4 days"})[1:] == ["4 0 state c own"]


def test_of_clocks_that_ring_at_one_second_the_first_in_name_wins():
    assert told(transitions={"a -> c": "4 days", "a -> b": "4 days"})[1:] == ["4 0 state b own"]


def test_clocks_begin_anew_at_each_entry():
    """b is entered on days 3 and 9, and takes 4 days each time; a takes 3, then 3 again."""
    story = told(transitions={"a -> b": "3 days", "b -> a": "4 days"}, horizon="15 days")
    assert story[1:] == ["3 0 state b own", "7 0 state a own", "10 0 state b own", "14 0 state a own"]


def test_each_entry_has_its_own_draw():
    """a and b in turn: the n-th stay in a is E(a -> b, n) x 10 days, whatever came before."""
    history = history_of(
        horizon="1 year", transitions={"a -> b": {"exponential": "10 days"}, "b -> a": "2 days"}, seed=5
    )
    stays = history.stay_table
    in_a = [
        int(end - begin)
        for state, begin, end, unfinished in zip(
            stays["state"], stays["begin"], stays["end"], stays["open"], strict=True
        )
        if history.states[state] == "a" and not unfinished
    ]
    assert len(in_a) > 10
    identity = int(history.people["identity"][0])
    for n, seconds in enumerate(in_a):
        assert seconds / DAY == pytest.approx(
            10 * exponential(key_of(5, 0), identity, tag_of("transition", "a", "b"), n), abs=1 / DAY
        )


def test_leaving_by_a_transition_is_for_good():
    assert told(transitions={"a -> leaves": "3 days"})[1:] == ["3 0 left a own"]


def test_who_leaves_by_time_at_the_second_of_a_change_changes_first():
    story = told(transitions={"a -> b": "5 days"}, people={"leave_after": "5 days"})
    assert story[1:] == ["5 0 state b own", "5 0 left b time_up"]


@pytest.mark.parametrize(
    "time",
    [
        {"exponential": "5 days"},
        {"fixed": "5 days"},
        {"any_of": ["2 days", "5 days", "9 days"]},
        {"gamma": {"mean": "5 days", "sd": "2 days"}},
    ],
)
def test_a_branch_leads_by_its_shares_whatever_its_time(time):
    """2,000 people, 50% / 30% / 20%: within 4 standard errors (at most 0.045), one false alarm in 5,000."""
    sections = {"arrive": {"a": {"every": "1 hour"}}, "horizon": "100 days"}
    history = history_of(
        transitions={"a": {**time, "to": {"b": "50%", "leaves": "20%", "c": "30%"}}}, seed=8, **sections
    )
    ends = Counter(
        name if what == "state" else "leaves"
        for _, _, what, name, _ in rows_of(history)
        if what in ("state", "left")
    )
    total = sum(ends.values())
    assert total > 1900
    for name, share in (("b", 0.5), ("c", 0.3), ("leaves", 0.2)):
        assert ends[name] / total == pytest.approx(share, abs=4 * (share * (1 - share) / total) ** 0.5)


def test_a_branch_of_fixed_times_takes_that_time():
    days = {
        day
        for day, _, what, _, _ in rows_of(
            history_of(
                arrive={"a": at(*[0] * 50)},
                transitions={"a": {"any_of": ["2 days", "5 days"], "to": {"b": "50%", "c": "50%"}}},
            )
        )
        if what == "state"
    }
    assert days == {2, 5}


def test_an_event_happens_in_the_states_its_rate_names_and_its_clock_stands_still_elsewhere():
    """In a for 5 days, then b for 5, and so on; the n-th event falls where the time in a comes to the sum
    of E / rate.
    """
    history = history_of(
        horizon="2 years",
        transitions={"a -> b": "5 days", "b -> a": "5 days"},
        events={"call": {"rate": {"a": "40 per year"}}},
        seed=6,
    )
    identity = int(history.people["identity"][0])
    used, days = 0.0, []
    for n in range(90):
        used += exponential(key_of(6, 0), identity, tag_of("event", "call"), n) * 365.25 / 40
        days.append(used + 5 * (used // 5))
    found = [day for day, _, what, _, _ in rows_of(history) if what == "event"]
    assert len(found) > 20
    assert found == pytest.approx([day for day in days if day < 730.5][: len(found)], abs=60 / DAY)


def test_a_rate_with_a_timeline_changes_at_its_date():
    history = history_of(
        horizon="100 days",
        events={"call": {"rate": {"start": "0 per year", "50 days": "200 per year"}}},
        seed=3,
    )
    days = [day for day, _, what, _, _ in rows_of(history) if what == "event"]
    e = exponential(key_of(3, 0), int(history.people["identity"][0]), tag_of("event", "call"), 0)
    assert days[0] == pytest.approx(50 + e * 365.25 / 200, abs=2 / DAY)


def test_an_event_with_a_destination_moves():
    story = told(events={"crash": {"rate": {"a": "5000 per year"}, "to": "b"}})
    assert [line.split()[1:] for line in story] == [
        ["0", "arrived", "a"],
        ["0", "event", "crash"],
        ["0", "state", "b", "moved"],
    ]


def test_entering_the_state_one_is_in_restarts_its_clocks_and_staying_does_not():
    """The event falls about once an hour: a -> b, 1 day after entry, never rings if it re-enters a, and
    rings on day 1 if it stays.
    """
    for to, reached in (("a", False), ("stays", True)):
        history = history_of(
            horizon="5 days",
            transitions={"a -> b": "1 day"},
            events={"shock": {"rate": "20000 per year", "to": to}},
            seed=2,
        )
        assert (
            any(what == "state" and name == "b" and day == 1 for day, _, what, name, _ in rows_of(history))
            == reached
        )


def test_an_event_hands_off_to_a_service():
    from tests.engine.worked import service

    story = told(
        of="s",
        events={"call": {"rate": "5000 per year", "to": "s"}},
        services={"s": service(referral={"share": "0%"}, once="yes")},
    )
    assert [line.split(" ", 1)[1] for line in story] == [
        "0 missed s",
        "0 referred s joined",
        "0 started s place",
        "0 ended s completed",
    ]


def test_a_hazard_ratio_of_a_segment_multiplies_and_0_is_never():
    history = history_of(
        arrive={"a": at(*[0] * 100)},
        people={"segments": {"age": {"child": "50%", "adult": "50%"}}},
        seed=9,
        transitions={"a -> b": {"exponential": "5 days", "hazard_ratio": {"child": "0"}}},
    )
    moved = {person for _, person, what, _, _ in rows_of(history) if what == "state"}
    child = {
        p for p, profile in enumerate(history.people["profile"]) if history.segments[profile][0] == "child"
    }
    assert moved == set(range(100)) - child


def test_who_comes_at_a_second_is_who_they_are_whatever_else_is_on_the_list():
    """Half as many people at twice the gap: every second of them, under their own identity."""
    often = history_of(arrive={"a": {"every": "6 hours"}}, horizon="20 days")
    seldom = history_of(arrive={"a": {"every": "12 hours"}}, horizon="20 days")
    by_time = dict(zip(often.people["arrival"].tolist(), often.people["identity"].tolist(), strict=True))
    assert len(seldom.people) == len(often.people) // 2
    assert all(
        by_time[t] == i
        for t, i in zip(seldom.people["arrival"].tolist(), seldom.people["identity"].tolist(), strict=True)
    )
