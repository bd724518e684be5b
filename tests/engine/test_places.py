"""Places, lists and the order of things at one second: LANGUAGE sections 6 (waiting, closed) and 12,
SEMANTICS 9.
"""

from __future__ import annotations

from tests.engine.worked import at, history_of, rows_of, service, told


def starts(design: str | None = None, **sections) -> list[str]:
    return [line.removesuffix(" place") for line in told(design, **sections) if " started " in line]


def test_a_place_is_given_back_before_it_is_asked_for():
    """Room for nobody: person 1 comes on the day that person 0 is through, and starts."""
    story = told(of="s", arrive={"a": at(0, 10)}, services={"s": service(queue={"room": "0"})})
    assert story[2:] == [
        "10 0 ended s completed",
        "10 1 referred s joined",
        "10 1 started s place",
        "20 1 ended s completed",
    ]


def test_the_order_at_one_second():
    """Day 10, all at once: places, end of stay, change of state, leaving, arrival, referral, offer of
    places, giving up.

    0 is in s till day 10; 1 waits for s and would give up on day 10, but places come first; 2, in c, leaves
    (arrived day 0); 3, in b,
    changes to d; 4 arrives.
    """
    story = told(
        states="a b c d",
        arrive={"a": at(0, 1, 10), "b": at(5), "c": at(3)},
        transitions={"b -> d": "5 days"},
        people={"leave_after": {"c": "7 days", "others": "90 days"}},
        services={"s": service(queue={"give_up": "9 days"}, places={"start": "1", "10 days": "2"})},
    )
    assert [line for line in story if line.startswith("10 ")] == [
        "10 0 ended s completed",
        "10 3 state d own",
        "10 2 left c time_up",
        "10 4 arrived a",
        "10 4 referred s joined",
        "10 1 started s place",
        "10 4 started s place",
    ]


def test_a_longer_wait_goes_first_and_then_the_lower_number():
    """One place, 10 days each: arrivals 1, 0 and 0 days in number order."""
    assert starts(arrive={"a": at(1, 0, 0)}, services={"s": service()}) == [
        "0 0 started s",
        "10 1 started s",
        "20 2 started s",
    ]


def test_levels_go_by_state_and_come_before_the_wait():
    """b is first: person 2 (b, from day 2) passes person 1 (a, from day 1)."""
    arrive = {"a": at(0, 1), "b": at(2)}
    s = service(for_=["a", "b"], queue={"first": ["b"]})
    assert starts(arrive=arrive, services={"s": s}) == ["0 0 started s", "10 2 started s", "20 1 started s"]


def test_levels_go_by_segment_too():
    """Everybody is a child or an adult; children first."""
    history = history_of(
        arrive={"a": {"every": "1 day"}},
        people={"segments": {"age": {"adult": "50%", "child": "50%"}}},
        horizon="60 days",
        seed=2,
        services={"s": service(length="3 days", queue={"first": ["child"]})},
    )
    child = {
        int(p): history.segments[profile][0] == "child" for p, profile in enumerate(history.people["profile"])
    }
    waiting: set[int] = set()
    checked = 0
    for _, person, what, _, _ in rows_of(history):
        if what == "referred":
            waiting.add(person)
        elif what == "started":
            waiting.discard(person)
            if not child[person]:
                assert not [each for each in waiting if child[each]]
                checked += 1
    assert checked and len(waiting) > 20


def test_waiting_longer_outweighs_a_level():
    """promote_every 5 days: a from day 1 counts as day 6, b from day 5 as 5 and from day 7 as 7: b5, a1,
    b7.
    """
    s = service(for_=["a", "b"], queue={"first": ["b"], "promote_every": "5 days"})
    found = starts(arrive={"a": at(0, 1), "b": at(5, 7)}, services={"s": s})
    assert found == ["0 0 started s", "10 2 started s", "20 1 started s", "30 3 started s"]


def test_a_person_who_changes_level_keeps_their_wait():
    """Person 2 becomes b on day 6, which is first: passes person 1 though a day later on the list."""
    found = starts(
        arrive={"a": at(0, 1), "c": at(2)},
        transitions={"c -> b": "4 days"},
        services={"s": service(for_=["a", "b", "c"], queue={"first": ["b"]})},
    )
    assert found == ["0 0 started s", "10 2 started s", "20 1 started s"]


def test_a_person_who_loses_their_level_goes_behind():
    """Person 1, b and first from day 1, becomes c on day 5: on day 10 person 2, b from day 8, goes first."""
    arrive = {"a": at(0), "b": at(1, 8)}
    s = service(for_=["a", "b", "c"], queue={"first": ["b"]})
    found = starts(arrive=arrive, transitions={"b -> c": "4 days"}, services={"s": s}, horizon="21 days")
    assert found == ["0 0 started s", "10 2 started s", "20 1 started s"]


def test_two_uses_with_one_score_can_stand_in_a_list():
    """Person 1 counts as day 11 from b (joined day 1, level worth 10 days), leaves the list and joins anew
    as a on day 11.
    """
    story = told(
        of="s",
        arrive={"a": at(0), "b": at(1)},
        transitions={"b -> c": "5 days", "c -> a": "5 days"},
        services={
            "s": service(
                for_=["a", "b"], length="90 days", queue={"first": ["a", "b"], "promote_every": "10 days"}
            )
        },
    )
    assert story[2:] == [
        "1 1 referred s joined",
        "6 1 off_list s state",
        "11 1 referred s joined",
        "90 0 ended s completed",
        "90 1 started s place",
    ]


def test_room_is_for_the_longest_waiting_and_the_newest_are_turned_away():
    """One place, room 1, three at once: 0 starts, 1 waits, 2 is turned away, to c."""
    story = told(of="s", arrive={"a": at(0, 0, 0)}, services={"s": service(queue={"room": "1"})})
    assert story[3:5] == ["0 0 started s place", "0 2 off_list s turned_away"]
    assert told(
        of="c",
        arrive={"a": at(0, 0, 0)},
        services={"s": service(queue={"room": "1"}, then={"turned_away": "c"})},
    ) == ["0 2 state c moved"]


def test_a_team_is_one_list_in_the_order_of_first():
    """t before s: of those who wait when the place is free on day 10, t's go first, however long s's have
    waited.
    """
    services = {"s": service(places="crew"), "t": service(for_=["b"], places="crew")}
    arrive = {"a": at(0, 1), "b": at(2, 3)}
    wait = {"teams": {"crew": {"places": "1"}}, "services": services, "arrive": arrive}
    assert starts(**wait) == ["0 0 started s", "10 1 started s", "20 2 started t", "30 3 started t"]
    wait["teams"] = {"crew": {"places": "1", "first": ["t"]}}
    assert starts(**wait) == ["0 0 started s", "10 2 started t", "20 3 started t", "30 1 started s"]


def test_staff_times_caseload_rounds_down():
    for caseload, places in (("1", 1), ("3", 3)):
        services = {"s": service(places={"staff": "1", "caseload": caseload})}
        assert len(starts(arrive={"a": at(0, 0, 0, 0)}, services=services, horizon="5 days")) == places
    half = {"half": {"services": {"s": {"places": {"staff": "times 0.5"}}}}}  # 3 staff x 0.5 x 1 = 1.5
    services = {"s": service(places={"staff": "3", "caseload": "1"})}
    assert (
        len(starts("half", arrive={"a": at(0, 0, 0, 0)}, services=services, designs=half, horizon="5 days"))
        == 1
    )


def test_while_places_are_0_nobody_is_counted_and_closing_turns_away():
    """Open till day 5 and from day 20: 0 finishes, 1 is turned away on day 5, 2 of day 8 is not even
    missed, all present get a chance on day 20.
    """
    story = told(
        of="s",
        arrive={"a": at(0, 1, 8)},
        services={"s": service(places={"start": "1", "5 days": "0", "20 days": "3"})},
        horizon="25 days",
    )
    assert story == [
        "0 0 referred s joined",
        "0 0 started s place",
        "1 1 referred s joined",
        "5 1 off_list s closed",
        "10 0 ended s completed",
        *(f"20 {person} referred s joined" for person in range(3)),
        *(f"20 {person} started s place" for person in range(3)),
    ]


def test_closing_leads_where_turned_away_leads_and_a_referral_under_way_lapses():
    services = {
        "s": service(
            places={"start": "1", "5 days": "0"},
            referral={"after": {"a": "1 day", "b": "6 days", "c": "1 day"}},
            for_=["a", "b"],
            then={"turned_away": "c"},
        )
    }
    story = told(arrive={"a": at(0, 0), "b": at(0)}, services=services)
    assert [line for line in story if line.startswith(("5 ", "6 "))] == [
        "5 1 off_list s closed",
        "5 1 state c moved",
        "6 2 lapsed s closed",
    ]


def test_finish_lets_those_inside_finish_and_takes_nobody_new():
    """From two places to one on day 3: both stay to day 10, then one place."""
    found = starts(
        arrive={"a": at(0, 0, 1, 1)}, services={"s": service(places={"start": "2", "3 days": "1"})}
    )
    assert found == ["0 0 started s", "0 1 started s", "10 2 started s", "20 3 started s"]


def test_stop_ends_the_newest_stays():
    """Starts on days 0, 1, 1 by persons 0, 1, 2; one place from day 4: first 2, then 1 must go, as cut
    short.
    """
    services = {
        "s": service(places={"start": "3", "4 days": "1"}, places_close="stop", then={"cut_short": "b"})
    }
    story = told(arrive={"a": at(0, 1, 1)}, services=services)
    assert [line for line in story if line.startswith("4 ")] == [
        "4 2 ended s closed",
        "4 2 state b moved",
        "4 1 ended s closed",
        "4 1 state b moved",
    ]


def test_stop_ends_one_person_s_stays_of_one_second_in_order_of_services():
    """All three started on day 0 for person 0: the last name first, always."""
    services = {
        name: service(places="crew", places_close="stop", length="50 days") for name in ("x", "y", "z")
    }
    story = told(teams={"crew": {"places": {"start": "5", "20 days": "1"}}}, services=services)
    assert [line for line in story if line.startswith("20 ")] == [
        "20 0 ended z closed",
        "20 0 ended y closed",
    ]


def test_more_places_are_offered_at_once():
    assert starts(arrive={"a": at(0, 1)}, services={"s": service(places={"start": "1", "4 days": "2"})}) == [
        "0 0 started s",
        "4 1 started s",
    ]
