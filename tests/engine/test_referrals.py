"""LANGUAGE section 6, the life of a referral: chance, hand-off, take-up, waiting, start, end, and what
follows.

Timelines are worked by hand. Unless said otherwise one person arrives in `a` on day 0, and the service `s`
is for `a`,
has one place and a stay of 10 days. Lines read: day, person, what, name, why.
"""

from __future__ import annotations

import pytest

from simulator.engine.happenings import EngineError
from simulator.engine.random_numbers import key_of, tag_of, uniform
from tests.engine.worked import DAY, at, history_of, service, told


def test_a_stay_from_chance_to_completion():
    """Chance on day 0, referral 3 days later, a free place, 10 days, and on to b."""
    assert told(services={"s": service(referral={"after": "3 days"}, then={"completed": "b"})}) == [
        "0 0 arrived a",
        "3 0 referred s joined",
        "3 0 started s place",
        "13 0 ended s completed",
        "13 0 state b moved",
    ]


def test_take_up_is_asked_before_any_wait():
    """Who declines is never on the list: with take-up 0% the one place is not even asked for."""
    story = told(arrive={"a": at(0, 1)}, services={"s": service(take_up="0%", then={"declined": "b"})})
    assert story == [
        "0 0 arrived a",
        "0 0 referred s declined",
        "0 0 state b moved",
        "1 1 arrived a",
        "1 1 referred s declined",
        "1 1 state b moved",
    ]


def test_a_move_between_states_of_for_keeps_after_running():
    """Referred on day 5 as if the move to b on day 3 had not been; the entry to b is no second chance."""
    story = told(
        transitions={"a -> b": "3 days"},
        services={"s": service(for_=["a", "b"], referral={"after": "5 days"})},
    )
    assert story == [
        "0 0 arrived a",
        "3 0 state b own",
        "5 0 referred s joined",
        "5 0 started s place",
        "15 0 ended s completed",
    ]


def test_being_in_no_state_of_for_ends_a_referral_under_way():
    story = told(transitions={"a -> b": "3 days"}, services={"s": service(referral={"after": "5 days"})})
    assert story == ["0 0 arrived a", "3 0 state b own", "3 0 lapsed s state"]


def test_need_that_changes_at_the_second_of_the_referral_comes_first():
    """Day 5: transitions go before referrals, so the person is no longer eligible."""
    assert told(
        of="s", transitions={"a -> b": "5 days"}, services={"s": service(referral={"after": "5 days"})}
    ) == ["5 0 lapsed s state"]


def test_a_miss_is_final_until_the_next_entry():
    """share 0% until day 10, then 100%: missed on entry on day 0, met on the entry of day 12, not before."""
    story = told(
        transitions={"a -> b": "7 days", "b -> a": "5 days"},
        horizon="20 days",
        services={"s": service(referral={"share": {"start": "0%", "10 days": "100%"}}, length="3 days")},
    )
    assert [line for line in story if " s" in line and "state" not in line] == [
        "0 0 missed s",
        "12 0 referred s joined",
        "12 0 started s place",
        "15 0 ended s completed",
    ]


def test_entering_a_state_while_in_the_service_is_no_chance():
    """In s from day 0 to 10; the entry of day 6 finds the person there, the one of day 12 does not."""
    story = told(
        of="s",
        horizon="20 days",
        transitions={"a -> b": "4 days", "b -> a": "2 days"},
        services={"s": service(places="unlimited")},
    )
    assert story == [
        "0 0 referred s joined",
        "0 0 started s place",
        "10 0 ended s completed",
        "12 0 referred s joined",
        "12 0 started s place",
    ]


def test_once_is_one_start_a_person_however_often_they_are_missed():
    story = told(
        of="s",
        horizon="40 days",
        transitions={"a -> b": "4 days", "b -> a": "2 days"},
        services={"s": service(once="yes", length="1 day")},
    )
    assert story == ["0 0 referred s joined", "0 0 started s place", "1 0 ended s completed"]


def test_handing_off_to_the_service_itself_asks_again():
    """Turned away on days 1, 3, 5, ... for want of a place until day 10; the same person each time."""
    story = told(
        arrive={"a": at(0, 1)},
        horizon="12 days",
        of="s",
        services={
            "s": service(queue={"room": "0"}, referral={"after": {"a": "1 day"}}, then={"turned_away": "s"})
        },
    )
    assert story[:2] == ["1 0 referred s joined", "1 0 started s place"]
    again = [
        f"{day} 1 {what}" for day in range(2, 11) for what in ("referred s joined", "off_list s turned_away")
    ]
    assert story[2:] == [*again, "11 0 ended s completed", "11 1 referred s joined", "11 1 started s place"]


def test_a_hand_off_draws_no_share_and_lapses_for_who_is_not_eligible():
    """s hands off to t, which nobody is identified for (share 0%): a person in a starts, one moved to b on
    completion lapses.
    """
    hand_off = {
        "s": service(then={"completed": "t"}),
        "t": service(for_=["a"], referral={"share": "0%", "after": "2 days"}, length="1 day"),
    }
    assert told(of="t", services=hand_off) == [
        "0 0 missed t",
        "12 0 referred t joined",
        "12 0 started t place",
        "13 0 ended t completed",
    ]
    assert told(of="t", transitions={"a -> b": "6 days"}, services=hand_off) == [
        "0 0 missed t",
        "10 0 lapsed t state",
    ]
    assert told(of="t", transitions={"a -> b": "11 days"}, services=hand_off) == [
        "0 0 missed t",
        "11 0 lapsed t state",
    ]


def test_a_service_with_empty_for_is_reached_by_hand_off_by_those_in_while_in():
    services = {"s": service(then={"completed": "t"}), "t": service(for_=[], while_in=["b"], length="5 days")}
    assert told(of="t", services=services) == ["10 0 lapsed t state"]
    assert told(of="t", transitions={"a -> b": "6 days"}, services=services)[0] == "10 0 referred t joined"


def test_no_longer_eligible_while_waiting_is_off_the_list():
    """Person 1 waits from day 1, becomes b on day 5."""
    story = told(of="s", arrive={"a": at(0, 1)}, transitions={"a -> b": "4 days"}, services={"s": service()})
    assert story == [
        "0 0 referred s joined",
        "0 0 started s place",
        "1 1 referred s joined",
        "5 1 off_list s state",
        "10 0 ended s completed",
    ]


def test_give_up_runs_from_joining_and_never_restarts():
    """Patience of 8 days from day 1, across the move to b on day 5: off on day 9, a day before the place is
    free.
    """
    story = told(
        of="s",
        arrive={"a": at(0, 1)},
        transitions={"a -> b": "4 days"},
        services={"s": service(for_=["a", "b"], queue={"give_up": "8 days"}, then={"gave_up": "leaves"})},
    )
    assert story == [
        "0 0 referred s joined",
        "0 0 started s place",
        "1 1 referred s joined",
        "9 1 off_list s gave_up",
        "10 0 ended s completed",
    ]


def test_a_place_that_is_free_at_the_second_patience_ends_is_taken():
    story = told(of="s", arrive={"a": at(0, 1)}, services={"s": service(queue={"give_up": "9 days"})})
    assert story[3:5] == ["10 0 ended s completed", "10 1 started s place"]


def test_a_stay_without_length_is_completed_when_the_need_ends():
    story = told(
        of="s", transitions={"a -> b": "7 days"}, services={"s": service(length=None, while_in=["a"])}
    )
    assert story[-1] == "7 0 ended s completed"


def test_a_stay_with_length_is_cut_short_out_of_while_in_and_goes_where_that_leads():
    story = told(
        transitions={"a -> b": "7 days"}, services={"s": service(while_in=["a"], then={"cut_short": "c"})}
    )
    assert story[-3:] == ["7 0 state b own", "7 0 ended s state", "7 0 state c moved"]


def test_completion_wins_a_tie_with_dropping_out_and_with_the_need_that_ends():
    """Day 10: the stay's end comes before the transition, and a drop-out at the length is none."""
    story = told(
        transitions={"a -> b": "10 days"},
        services={"s": service(while_in=["a"], drop_out={"fixed": "10 days"})},
    )
    assert story[-2:] == ["10 0 ended s completed", "10 0 state b own"]


def test_a_drop_out_time_runs_against_the_length():
    assert told(of="s", services={"s": service(drop_out="4 days")})[-1] == "4 0 ended s dropped_out"
    assert told(of="s", services={"s": service(drop_out="14 days")})[-1] == "10 0 ended s completed"


def test_a_share_drops_out_at_u_over_share_of_the_length():
    """The one number u of a start says who (u < 40%) and when (u / 40% of 10 days, whole seconds down)."""
    history = history_of(
        arrive={"a": {"every": "1 day"}},
        services={"s": service(places="unlimited", drop_out="40%")},
        horizon="300 days",
        seed=4,
    )
    spells = history.spell_table
    assert len(spells["person"]) > 250
    dropped = 0
    for person, started, ended in zip(spells["person"], spells["started"], spells["ended"], strict=True):
        u = uniform(key_of(4, 0), int(history.people["identity"][person]), tag_of("drop_out", "s", "a"), 0)
        if ended < history.end and ended > 0:
            assert ended - started == (int(u / 0.4 * 10 * DAY) if u < 0.4 else 10 * DAY)
            dropped += u < 0.4
    assert dropped > 80


def test_starting_moves_the_person_and_the_length_is_that_of_the_new_state():
    story = told(
        services={
            "s": service(
                then={"started": "b"}, length={"b": "3 days", "others": "9 days"}, while_in=["a", "b"]
            )
        }
    )
    assert story == [
        "0 0 arrived a",
        "0 0 referred s joined",
        "0 0 started s place",
        "0 0 state b moved",
        "3 0 ended s completed",
    ]


def test_places_lead_to_the_move_one_after_the_other():
    """One place: person 0 moves on day 0, person 1 when it is free again, staying in a till then."""
    story = told(arrive={"a": at(0, 0)}, services={"s": service(then={"started": "b"}, while_in=["a", "b"])})
    assert [line for line in story if "state" in line] == ["0 0 state b moved", "10 1 state b moved"]


def test_a_move_on_starting_that_ends_another_stay_may_end_this_one():
    """Starting x moves to b, which cuts y short, which leads to c, which ends x before its effects have
    begun.
    """
    story = told(
        services={
            "x": service(
                referral={"after": "2 days"},
                then={"started": "b"},
                while_in=["b"],
                effects={
                    "e": {"on": ["b -> c"], "hazard_ratio": "0.5", "kept_by": "all", "lasts": "unlimited"}
                },
            ),
            "y": service(while_in=["a"], then={"cut_short": "c"}),
        },
        transitions={"b -> c": {"exponential": "50 days"}},
    )
    assert story[-5:] == [
        "2 0 started x place",
        "2 0 state b moved",
        "2 0 ended y state",
        "2 0 state c moved",
        "2 0 ended x state",
    ]


def test_a_move_ends_every_stay_it_must_before_any_leads_on():
    """Leaving a ends s, t and u in order of name; s leads to c, and what t and u would have led to is not
    followed any more.
    """
    story = told(
        transitions={"a -> b": "4 days"},
        services={
            name: service(while_in=["a"], then={"cut_short": to})
            for name, to in (("s", "c"), ("t", "b"), ("u", "leaves"))
        },
    )
    assert story[-5:] == [
        "4 0 state b own",
        "4 0 ended s state",
        "4 0 ended t state",
        "4 0 ended u state",
        "4 0 state c moved",
    ]


def test_leaving_ends_everything():
    """leave_after 6 days: 0 is in s, 1 waits for it, and both are on the way to t."""
    story = told(
        arrive={"a": at(0, 0)},
        people={"leave_after": "6 days"},
        services={"s": service(), "t": service(referral={"after": "9 days"})},
    )
    assert story[-6:] == [
        "6 0 ended s left",
        "6 0 lapsed t left",
        "6 0 left a time_up",
        "6 1 off_list s left",
        "6 1 lapsed t left",
        "6 1 left a time_up",
    ]


def test_time_that_stands_still_is_an_error_that_names_the_place(monkeypatch):
    """Starting u moves from a to b, which cuts s short, which leads back to a, where both start again, all
    at one second.

    The checker may refuse this before it runs; here it is about the engine, whatever the checker sees.
    """
    from simulator.scenario import checks

    monkeypatch.setattr(checks, "check_flow", lambda *_: None)
    services = {
        "s": service(while_in=["a"], then={"cut_short": "a"}),
        "u": service(while_in=["b"], then={"started": "b"}),
    }
    with pytest.raises(
        EngineError, match=r"time stands still on day 0\.0: person 0 goes round and round in a at [su]"
    ):
        told(services=services)
