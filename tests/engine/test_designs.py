"""Eras: the warm-up as the baseline, the design from the start on, and what happens on the day of the start
(LANGUAGE section 9).
"""

from __future__ import annotations

from typing import Any

from tests.engine.agreement import both
from tests.engine.worked import at, history_of, rows_of, service, told


def test_the_warm_up_runs_as_the_baseline_and_what_began_keeps_its_parameters():
    """Fixed stays of 10 days, 2 in the design: who started on day -3 stays till day 7, who starts after day
    0 two days.
    """
    story = told(
        "short",
        of="s",
        warm_up="9 days",
        horizon="12 days",
        arrive={"a": {"every": "6 days"}},
        services={"s": service(places="unlimited")},
        designs={"short": {"services": {"s": {"length": "2 days"}}}},
    )
    assert story == [
        "-3 0 referred s joined",
        "-3 0 started s place",
        "3 1 referred s joined",
        "3 1 started s place",
        "5 1 ended s completed",
        "7 0 ended s completed",
        "9 2 referred s joined",
        "9 2 started s place",
        "11 2 ended s completed",
    ]


def test_clocks_begun_before_the_start_keep_the_baseline_s_times():
    """a -> b after 10 days, 3 in the design: from day -3 it rings on day 7; from day 3 on day 6."""
    story = told(
        "fast",
        of="b",
        warm_up="9 days",
        horizon="12 days",
        arrive={"a": {"every": "6 days"}},
        transitions={"a -> b": "10 days"},
        designs={"fast": {"transitions": {"a -> b": "3 days"}}},
    )
    assert story == ["6 1 state b own", "7 0 state b own"]


def test_a_referral_begun_before_the_start_keeps_the_baseline_s_rules():
    """Chance on day -1 with take-up 100%, referral on day 1: accepted, though the design's take-up is 0%."""
    story = told(
        "none",
        of="s",
        warm_up="4 days",
        horizon="6 days",
        arrive={"a": {"every": "3 days"}},
        services={"s": service(places="unlimited", referral={"after": "2 days"})},
        designs={"none": {"services": {"s": {"take_up": "0%"}}}},
    )
    assert story[:2] == ["1 0 referred s joined", "1 0 started s place"]
    assert story[2:] == ["4 1 referred s declined"]


def test_a_stay_begun_before_the_start_keeps_the_baseline_s_while_in():
    """While in a or b in the baseline, in a alone in the design: who started on day -3 stays on in b, who
    started on day 3 does not.
    """
    s = service(places="unlimited", length="9 days", while_in=["a", "b"])
    story = told(
        "strict",
        of="s",
        warm_up="9 days",
        horizon="8 days",
        arrive={"a": {"every": "6 days"}},
        transitions={"a -> b": "4 days"},
        services={"s": s},
        designs={"strict": {"services": {"s": {"while_in": "a"}}}},
    )
    assert [line for line in story if "ended" in line] == ["6 0 ended s completed", "7 1 ended s state"]


def test_present_people_are_there_as_the_warm_up_begins_with_clocks_at_0():
    """warm_up 4 days, 6 days from a to b: on day 2."""
    story = told(
        arrive={}, people={"present": {"a": "2"}}, warm_up="4 days", transitions={"a -> b": "6 days"}
    )
    assert story == ["-4 0 arrived a", "-4 1 arrived a", "2 0 state b own", "2 1 state b own"]


def test_leaving_is_fixed_at_arrival():
    """leave_after 9 days, 4 in the design: who came on day -1 goes on day 8, who came on day 2 on day 6."""
    story = told(
        "soon",
        warm_up="4 days",
        horizon="10 days",
        arrive={"a": {"every": "3 days"}},
        people={"leave_after": "9 days"},
        designs={"soon": {"people": {"leave_after": "4 days"}}},
    )
    assert [line for line in story if "left" in line] == [
        "6 1 left a time_up",
        "8 0 left a time_up",
        "9 2 left a time_up",
    ]


def test_leave_after_may_differ_by_the_state_of_arrival():
    story = told(arrive={"a": at(0), "b": at(0)}, people={"leave_after": {"a": "5 days", "b": "7 days"}})
    assert story[2:] == ["5 0 left a time_up", "7 1 left b time_up"]


WIDER = {"wider": {"services": {"s": {"for": ["a", "b"]}}}}


def test_widening_for_gives_a_chance_at_the_start_to_those_in_the_new_states_alone():
    """Before the start 0 was missed in a, and 1 is in b: on day 0 only 1 has a chance, with the design's
    share.
    """
    services = {"s": service(places="9", referral={"share": "0%"})}
    found = told(
        "wider",
        arrive={},
        people={"present": {"a": "1", "b": "1"}},
        warm_up="4 days",
        horizon="5 days",
        services=services,
        designs={"wider": {"services": {"s": {"for": ["a", "b"], "referral": {"share": "100%"}}}}},
    )
    assert [line for line in found if " s" in line] == [
        "-4 0 missed s",
        "0 1 referred s joined",
        "0 1 started s place",
    ]


def test_an_added_service_gives_everybody_then_concerned_a_chance():
    added = {"more": {"services": {"t": {"for": ["a"], "places": "1", "length": "5 days"}}}}
    found = told(
        "more", arrive={}, people={"present": {"a": "2", "b": "1"}}, warm_up="4 days", designs=added, of="t"
    )
    assert found == [
        "0 0 referred t joined",
        "0 1 referred t joined",
        "0 0 started t place",
        "5 0 ended t completed",
        "5 1 started t place",
        "10 1 ended t completed",
    ]


def test_places_change_at_once():
    found = told(
        "closed",
        of="s",
        arrive={},
        people={"present": {"a": "3"}},
        warm_up="4 days",
        services={"s": service(places="2")},
        designs={"closed": {"services": {"s": {"places": "0"}}}},
    )
    assert found[5:] == ["0 2 off_list s closed", "6 0 ended s completed", "6 1 ended s completed"]


def test_a_service_given_to_a_team_at_the_start_keeps_its_list_and_gives_no_second_chance():
    """Before: one place each. After: a team of two for s and t. 1 waits for s on, and 2, missed, stays
    missed.
    """
    for name in ("aa", "zz"):  # whichever of the two changes first
        services = {"s": service(), "t": service(for_=["b"])}
        design = {
            "team": {
                "teams": {name: {"places": "2"}},
                "services": {"s": {"places": name}, "t": {"places": name}},
            }
        }
        found = told(
            "team",
            arrive={"a": {"every": "1 day"}},
            warm_up="3 days",
            horizon="4 days",
            services=services,
            designs=design,
            of="s",
        )
        assert found[:5] == [
            "-2 0 referred s joined",
            "-2 0 started s place",
            "-1 1 referred s joined",
            "0 2 referred s joined",
            "0 1 started s place",
        ]
        assert "0 2 started s place" in found and not any("closed" in line for line in found)
        missed = told(
            "team",
            arrive={"a": {"every": "1 day"}},
            warm_up="3 days",
            horizon="1 day",
            services={**services, "s": service(referral={"share": "0%"})},
            designs=design,
            of="s",
        )
        assert missed == ["-2 0 missed s", "-1 1 missed s", "0 2 missed s"]


def test_a_service_taken_out_of_a_team_keeps_its_list():
    """s and t share one place; from the start s has its own, which 1, waiting for s, takes at once."""
    services = {
        "s": service(places="crew", length="30 days"),
        "t": service(for_=["b"], places="crew", length="30 days"),
    }
    found = told(
        "own",
        of="s",
        arrive={"a": {"every": "2 days"}},
        warm_up="5 days",
        horizon="1 day",
        teams={"crew": {"places": "1"}},
        services=services,
        designs={"own": {"services": {"s": {"places": "1"}}}},
    )
    assert found == [
        "-3 0 referred s joined",
        "-3 0 started s place",
        "-1 1 referred s joined",
        "0 1 started s place",
    ]


def test_a_service_taken_out_of_a_team_and_closed_turns_its_list_away():
    """As above, but from the start s has no places: 1, who waits for s, is turned away, and t's place is t's."""
    for name in ("aa", "zz"):  # whether the closed places come before the team's or after
        sections: dict[str, Any] = {
            "arrive": {"a": {"every": "2 days"}},
            "warm_up": "5 days",
            "horizon": "1 day",
            "teams": {"mm": {"places": "1"}},
            "services": {
                name: service(places="mm", length="30 days", then={"turned_away": "c"}),
                "t": service(for_=["b"], places="mm", length="30 days"),
            },
            "designs": {"closed": {"services": {name: {"places": "0"}}}},
        }
        assert told("closed", **sections)[-2:] == [f"0 1 off_list {name} closed", "0 1 state c moved"]
        both(**sections)


def test_the_end_of_the_horizon_is_outside_it():
    """What is due at the last second of the horizon, day 10, does not happen; what is due the second before
    does.
    """
    story = rows_of(
        history_of(horizon="10 days", transitions={"a -> b": "10 days"}, services={"s": service()})
    )
    assert [(day, what, name, why) for day, _, what, name, why in story[-2:]] == [
        (10, "still_state", "a", ""),
        (10, "still_service", "s", "in"),
    ]
    early = rows_of(history_of(horizon="10 days", transitions={"a -> b": "239 hours"}))
    assert early[-2][2:4] == ("state", "b") and early[-1][2:4] == ("still_state", "b")


def test_people_still_there_are_said_to_be_in_number_order_with_their_services():
    """0 in s, 1 waiting for it, 2 on the way to it (after 5 days, arrived on day 7 of 10)."""
    story = rows_of(
        history_of(
            horizon="10 days",
            arrive={"a": at(0, 1, 7)},
            services={"s": service(referral={"after": "5 days"})},
        )
    )
    assert [(person, what, name, why) for _, person, what, name, why in story[-6:]] == [
        (0, "still_state", "a", ""),
        (0, "still_service", "s", "in"),
        (1, "still_state", "a", ""),
        (1, "still_service", "s", "waiting"),
        (2, "still_state", "a", ""),
        (2, "still_service", "s", "pending"),
    ]
