"""The compiled engine writes the reference's history bit for bit where that is hard: one second, places, lists.

Each test makes one hard thing happen, sees that it did, and compares all designs under two seeds. What is right about
these histories is the business of the other tests; here it is only that the engines agree.
"""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine import history as h
from tests.engine.agreement import CROWD, OPENINGS, both, times
from tests.engine.worked import DAY, at, service

# One second ---------------------------------------------------------------------------------------------------------


def test_many_people_at_one_second():
    """Fixed whole days throughout: four rows in five stand at the second of the row before."""
    history = both(
        arrive=CROWD | {"b": at(*[0] * 10)},
        transitions={"a -> b": "5 days", "b -> a": "3 days", "b -> c": "3 days", "c -> a": "2 days"},
        services={
            "s": service(places="7", length="3 days", queue={"room": "5"}, then={"turned_away": "t"}),
            "t": service(for_=["b"], places="4", length="2 days", then={"completed": "c"}),
            "u": service(for_=["a", "b", "c"], places="9", length="1 day", referral={"after": "1 day"}),
        },
        events={"call": {"rate": "20 per year", "to": "b"}},
        people={"leave_after": "40 days"},
    )
    assert (np.diff(history.rows["time"]) == 0).mean() > 0.8


def test_clocks_of_one_person_that_ring_together():
    """Two ways out, leaving, the end of a stay and of patience, all on day 5."""
    history = both(
        arrive=CROWD,
        transitions={"a -> c": "5 days", "a -> b": "5 days", "b -> c": "5 days"},
        services={"s": service(places="9", length="5 days", queue={"give_up": "5 days"})},
        people={"leave_after": {"any_of": ["5 days", "10 days"]}},
    )
    assert times(history, h.STATE, name="b") and times(history, h.LEFT)
    assert len(times(history, h.OFF_LIST)) and set(times(history, h.ENDED)) >= {5 * DAY, 8 * DAY}


def test_patience_of_no_time_is_now_or_never():
    history = both(
        arrive=CROWD,
        services={"s": service(places="3", queue={"give_up": "0.001 minutes"}, then={"gave_up": "b"})},
    )
    assert times(history, h.OFF_LIST, h.GAVE_UP)[:17] == [0] * 17
    assert times(history, h.STATE, name="b")[:17] == [0] * 17


def test_transitions_and_stays_of_no_time():
    """Each rounds to the second in which it began; b is left at once, and so is s."""
    history = both(
        arrive=CROWD,
        transitions={"a -> b": "4 days", "b -> c": "0.001 minutes", "c -> a": "1 day"},
        services={
            "s": service(places="2", for_=["c"], length="0.001 minutes", then={"completed": "t"}),
            "t": service(places="3", for_=["a", "b", "c"], length="2 days"),
        },
    )
    assert set(times(history, h.STATE, name="b")) <= set(times(history, h.STATE, name="c"))
    assert len(times(history, h.ENDED, name="s")) > 3


def test_a_start_that_moves_and_so_ends_its_own_stay():
    """Starting x moves to b, which cuts y short, which leads to c, which ends x at once, effects not begun; x again."""
    effect = {"on": ["b -> a", "call"], "hazard_ratio": "0.2", "kept_by": "all", "lasts": "30 days"}
    history = both(
        arrive=CROWD,
        transitions={"b -> a": {"exponential": "10 days"}, "c -> a": "1 day"},
        events={"call": {"rate": "50 per year"}},
        services={
            "x": service(
                referral={"after": "2 days"},
                places="3",
                then={"started": "b", "cut_short": "x"},
                while_in=["a", "b"],
                effects={"e": effect},
            ),
            "y": service(while_in=["a"], places="15", then={"cut_short": "c"}),
        },
    )
    begun = set(zip(times(history, h.STARTED, name="x"), times(history, h.STARTED, name="x"), strict=True))
    at_once = [t for t in times(history, h.ENDED, h.BY_STATE, "x") if (t, t) in begun]
    assert len(at_once) > 5 and times(history, h.ENDED, h.COMPLETED, "x")


def test_a_stay_cut_short_leads_on_and_the_others_do_not():
    """Leaving a ends s, t and u; s hands off, t moves on, and what u would have led to is not followed any more."""
    stay = {"while_in": ["a"], "length": "60 days", "places": "8"}
    history = both(
        arrive=CROWD,
        transitions={"a -> b": "4 days", "b -> a": "2 days", "c -> a": "2 days"},
        services={
            "s": service(**stay, then={"cut_short": {"v": "60%"}}),
            "t": service(**stay, then={"cut_short": {"c": "50%", "v": "20%"}}),
            "u": service(**stay, then={"cut_short": "leaves"}),
            "v": service(for_=["b", "c"], places="6", length="3 days"),
        },
    )
    assert times(history, h.STATE, h.MOVED, "c") and times(history, h.LEFT, h.MOVED)
    assert times(history, h.REFERRED, name="v")


def test_hand_offs_at_once_round_several_services():
    history = both(
        arrive=CROWD,
        transitions={"a -> b": "9 days"},
        services={
            "s": service(take_up="50%", places="2", queue={"room": "1"}, then={"declined": "t", "turned_away": "t"}),
            "t": service(for_=["a", "b"], referral={"share": "0%"}, places="2", queue={"room": "0"}, length="4 days",
                         then={"turned_away": {"u": "70%"}, "completed": "s"}),
            "u": service(for_=["a", "b"], referral={"share": "30%"}, places="4", length="2 days", then={"completed": "t"}),
        },
    )  # fmt: skip
    assert [times(history, h.REFERRED, name=name)[:3] for name in "stu"] == [[0, 0, 0]] * 3
    assert times(history, h.LAPSED, h.BY_STATE)


def test_who_joins_twice_at_one_second_is_one_newcomer():
    """On joining s and t the person passes through c, which ends the wait for s, and back to b, which begins it anew.

    There is room for nobody: t's wait is older than s's new one, though they began at the same second.
    """
    pool = {"places": "crew", "length": "90 days", "queue": {"room": "0"}}
    history = both(
        arrive={"a": at(0, 0, 0, 2, 2, 4)},
        states="a b c d",
        teams={"crew": {"places": "1"}},
        services={
            "s": service(**pool, for_=["a", "b"]),
            "t": service(**pool, for_=["a", "b", "c"], then={"turned_away": "d"}),
            "u": service(take_up="0%", then={"declined": "c"}),
            "v": service(for_=["c"], take_up="0%", then={"declined": "b"}),
        },
    )
    assert times(history, h.OFF_LIST, h.TURNED_AWAY, "t") and times(history, h.OFF_LIST, h.BY_STATE, "s")
    assert len(times(history, h.REFERRED, h.JOINED, "s")) > len(history.people)


# Places and lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("close", ["finish", "stop"])
def test_places_that_open_and_close_again_and_again(close):
    stay = {"places_close": close, "length": "8 days"}
    history = both(
        arrive=CROWD | {"b": at(*range(25))},
        transitions={"a -> b": {"exponential": "30 days"}, "b -> c": "25 days", "c -> a": "6 days"},
        services={
            "s": service(**stay, for_=["a", "b"], places=OPENINGS, lead_in="3 days",
                         then={"cut_short": "t", "turned_away": {"c": "40%"}}),
            "t": service(**stay, for_=["c"], places=OPENINGS, referral={"after": "2 days"}),
        },
    )  # fmt: skip
    assert times(history, h.OFF_LIST, h.CLOSED, "s") and times(history, h.LAPSED, h.CLOSED, "t")
    assert (len(times(history, h.ENDED, h.CLOSED, "s")) > 5) == (close == "stop")


def test_stop_ends_the_stays_of_a_team_and_where_they_lead_ends_others():
    """The person in x and y of one crew: closing ends y, which moves to b, which ends x before its turn."""
    stay = {"places": "crew", "places_close": "stop", "length": "90 days"}
    history = both(
        arrive=CROWD,
        teams={
            "crew": {"places": {"start": "30", "4 days": "9", "6 days": "7", "8 days": "50", "9 days": "2"}}
        },
        services={
            "x": service(**stay, while_in=["a"]),
            "y": service(**stay, then={"cut_short": "b"}),
            "z": service(**(stay | {"places_close": "finish"}), for_=["b"]),
        },
    )
    assert times(history, h.ENDED, h.CLOSED, "y") and times(history, h.ENDED, h.BY_STATE, "x")
    assert times(history, h.ENDED, h.CLOSED, "x")


@pytest.mark.parametrize("promote", [{}, {"promote_every": "4 days"}])
def test_a_team_with_turns_and_levels(promote):
    """One list for three services: whose turn it is, then level by state or segment, then the wait."""
    history = both(
        arrive={"a": at(*range(20), *range(20)), "b": at(*range(0, 30, 2)), "c": {"every": "1 day"}},
        people={"segments": {"age": {"adult": "60%", "child": "40%"}}},
        teams={"crew": {"staff": {"start": "1", "20 days": "3"}, "caseload": "4", "first": ["t"]}},
        transitions={"a -> b": {"any_of": ["5 days", "7 days"]}, "b -> c": {"exponential": "20 days"}, "c -> a": "9 days"},
        services={
            "s": service(for_=["a", "b"], places="crew", length="4 days", queue={"first": ["b"], **promote}),
            "t": service(for_=["b"], places="crew", length="3 days", queue={"give_up": "6 days"}),
            "u": service(for_=["b", "c"], places="crew", length="1 day", queue={"first": ["child"], **promote}),
        },
    )  # fmt: skip
    assert all(len(times(history, h.STARTED, name=name)) > 5 for name in "stu")


@pytest.mark.parametrize("room", ["0", "1", "4"])
def test_several_newcomers_and_little_room(room):
    """The newest are turned away, and asked again a day later; levels say who of one second is newest."""
    history = both(
        arrive=CROWD,
        transitions={"a -> b": "6 days", "b -> a": "1 day"},
        teams={"crew": {"places": "3"}},
        services={
            "s": service(for_=["a", "b"], places="crew", length="2 days", queue={"room": room, "first": ["b"]},
                         referral={"after": "1 day"}, then={"turned_away": {"s": "50%", "t": "50%"}}),
            "t": service(places="crew", length="3 days", queue={"room": room}, then={"turned_away": "u"}),
            "u": service(places="2", queue={"room": "0"}, length="1 day", then={"turned_away": "s"}),
        },
    )  # fmt: skip
    assert all(times(history, h.OFF_LIST, h.TURNED_AWAY, name) for name in "stu")


@pytest.mark.slow
def test_a_list_of_twenty_thousand():
    """Also the room of the lists, the rows and the agenda, which grow while it runs."""
    history = both(
        people={"present": {"a": "20000"}},
        horizon="60 days",
        transitions={"a -> b": {"any_of": ["5 days", "20 days"]}, "b -> c": {"exponential": "30 days"}},
        services={
            "s": service(for_=["a", "b"], places="300", queue={"first": ["b"], "give_up": {"exponential": "30 days"}}),
            "t": service(for_=["a", "b", "c"], places="20", queue={"room": "15000"}, length="5 days"),
        },
    )  # fmt: skip
    assert (
        len(times(history, h.OFF_LIST)) > 20_000 and len(times(history, h.STILL_SERVICE, h.WAITING)) > 1_000
    )
