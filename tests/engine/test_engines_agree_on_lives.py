"""The compiled engine writes the reference's history bit for bit where that is hard: effects, people, designs, errors.

Each test makes one hard thing happen, sees that it did, and compares all designs under two seeds. What is right about
these histories is the business of the other tests; here it is only that the engines agree.
"""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engine import history as h
from simulator.engine.happenings import EngineError
from tests.engine.agreement import CROWD, OPENINGS, both, simulate_both, times
from tests.engine.worked import DAY, at, model_of, service

# Effects ------------------------------------------------------------------------------------------------------------

AFTERWARDS = [
    {"kept_by": "completers", "lasts": "12 days", "fades_over": "5 months"},
    {"kept_by": "all", "lasts": "5 days", "fades_over": "40 days"},
    {"kept_by": "dose", "lasts": "unlimited"},
    {"kept_by": "dose", "lasts": "0 days", "fades_over": "200 days", "during": "no"},
    {},
]


@pytest.mark.parametrize("kept", AFTERWARDS, ids=lambda kept: kept.get("kept_by", "nobody"))
@pytest.mark.parametrize("ratio", ["0", "0.3", "2.5"])
def test_effects_that_end_in_mid_state(kept, ratio):
    """Two services on one transition and one event, in and out of each at odd times, over curved and held hazards."""
    on = ["a -> b", "b -> a", "c -> a", "call"]
    drop = {"drop_out": {"exponential": "12 days"}}
    history = both(
        horizon="500 days",
        arrive={"a": {"every": "9 days"}},
        transitions={
            "a -> b": {"weibull": {"mean": "40 days", "shape": "1.6"}},
            "a -> c": {"exponential": "70 days"},
            "b -> a": {"exponential": "30 days"},
            "c -> a": {"uniform": ["5 days", "50 days"]},
        },
        events={"call": {"rate": {"a": {"start": "9 per year", "90 days": "40 per year"}, "c": "12 per year"}}},
        services={
            "s": service(places="unlimited", length={"gamma": {"mean": "20 days", "sd": "9 days"}}, **drop,
                         effects={"e": {"on": on, "hazard_ratio": ratio, **kept},
                                  "f": {"on": ["a -> c"], "hazard_ratio": "0.5"}}),
            "t": service(for_=["a", "b"], places="6", length="15 days", drop_out="40%", referral={"after": "4 days"},
                         effects={"g": {"on": ["b -> a", "call", "a -> b"], "hazard_ratio": "0.6", **kept}}),
        },
    )  # fmt: skip
    assert len(times(history, h.EVENT)) > 40 or (ratio == "0" and len(times(history, h.STATE)) > 40)
    assert times(history, h.ENDED, h.DROPPED_OUT, "s") and times(history, h.ENDED, h.COMPLETED, "s")


def test_an_effect_on_who_comes_back_to_a_state_many_times():
    history = both(
        horizon="900 days",
        arrive={"a": at(0, 0, 0)},
        transitions={"a -> b": {"exponential": "2 days"}, "b -> a": {"exponential": "1 day"}},
        services={
            "s": service(places="2", length="3 days", referral={"share": "30%"}, effects={
                "e": {"on": ["a -> b"], "hazard_ratio": "0.4", "kept_by": "all", "fades_over": "2 months"}}),
        },
    )  # fmt: skip
    assert len(times(history, h.STATE, name="a")) > 400


# People -------------------------------------------------------------------------------------------------------------


def test_once_through_every_door():
    """Missed, declined and turned away are no start; chances, hand-offs, openings and new entries after one are none."""
    history = both(
        arrive=CROWD,
        transitions={"a -> b": "4 days", "b -> a": "2 days"},
        services={
            "s": service(once="yes", length="1 day", take_up="60%", places={"start": "4", "9 days": "0", "15 days": "6"},
                         queue={"room": "6"}, then={"completed": "s", "turned_away": "t"}),
            "t": service(for_=["a", "b"], places="3", length="5 days", then={"completed": "s"}),
        },
    )  # fmt: skip
    started = history.rows[(history.rows["what"] == h.STARTED) & (history.rows["item"] == 0)][
        "person"
    ].tolist()
    assert len(started) > 20 and len(set(started)) == len(started)


def test_events_that_move_and_hand_off_on_rates_that_change():
    history = both(
        arrive=CROWD | {"b": "200 per year"},
        people={"segments": {"age": {"child": "40%", "adult": "60%"}}},
        horizon="300 days",
        transitions={"b -> a": "7 days", "c -> a": {"exponential": "5 days"}},
        events={
            "arrest": {"rate": {"start": "30 per year", "50 days": "0 per year", "70 days": "90 per year"},
                       "to": {"c": "60%", "leaves": {"start": "0%", "90 days": "20%"}}},
            "call": {"rate": {"a": {"start": "50 per year", "33 days": "5 per year"}, "c": "20 per year"},
                     "to": {"s": "70%"}, "hazard_ratio": {"child": "2"}},
            "again": {"rate": {"a": "20 per year"}, "to": "a"},
        },
        services={"s": service(for_=["a", "c"], places="5", referral={"share": "0%", "after": "1 day"},
                               effects={"e": {"on": ["arrest", "call"], "hazard_ratio": "0.5"}})},
    )  # fmt: skip
    assert times(history, h.STATE, h.MOVED, "c") and times(history, h.LEFT, h.MOVED)
    assert times(history, h.REFERRED, name="s") and times(history, h.STATE, h.MOVED, "a")


def test_segments_differ_in_everything():
    by = {"child": "2 days", "others": "5 days"}
    history = both(
        arrive={"a": {"every": "1 day"}, "b": {"rate": "90 per year", "by_month": ["1", "2", *["0.5"] * 10]}},
        people={
            "segments": {"age": {"child": "30%", "teenager": "30%", "adult": "40%"}, "area": {"north": "50%", "south": "50%"}},
            "leave_after": {"child": "40 days", "others": {"exponential": "60 days"}},
        },
        transitions={"a -> b": {"exponential": "9 days", "hazard_ratio": [{"child": "2"}, {"north": "0.3"}]},
                     "b": {"exponential": "8 days", "to": {"a": "40%", "c": "60%"}, "hazard_ratio": {"adult": "0"}}},
        services={"s": service(for_=["a", "b"], places="4", length=by, take_up={"north": "40%", "south": "90%"},
                               referral={"share": {"teenager": "50%", "others": "100%"}, "after": by},
                               queue={"give_up": by, "first": ["teenager"]}, drop_out={"adult": "50%", "others": "10%"},
                               effects={"e": {"on": ["a -> b"], "hazard_ratio": {"south": "0.2"}, "kept_by": "dose",
                                              "lasts": "9 days"}})},
    )  # fmt: skip
    assert len(history.segments) == 6 and len(times(history, h.LEFT)) > 20


# Designs ------------------------------------------------------------------------------------------------------------


def test_a_design_that_changes_everything_at_the_start():
    """Services, places, lists, states of `for`, stays, effects and transitions, with people in the middle of each."""
    s = {
        "places": "crew", "length": "20 days", "places_close": "stop", "while_in": ["a", "b"], "drop_out": "20%",
        "effects": {"e": {"on": ["a -> b"], "hazard_ratio": "0.3", "kept_by": "all", "lasts": "30 days",
                          "fades_over": "3 months"}},
    }  # fmt: skip
    changed = {
        "people": {"arrive": {"a": {"rate": "times 0.5"}}, "leave_after": "70 days"},
        "transitions": {"a -> b": {"exponential": "times 3"}, "b -> a": {"fixed": "4 days"}, "c -> a": {"exponential": "9 days"}},
        "events": {"call": {"rate": "times 4", "to": "c"}},
        "teams": {"crew": {"places": "25"}},
        "services": {
            "s": {"places": "5", "length": "6 days", "while_in": ["a"], "drop_out": "60%", "then": {"cut_short": "t"},
                  "queue": {"first": ["b"], "room": "3"},
                  "effects": {"e": {"hazard_ratio": "2", "kept_by": "dose", "fades_over": "1 month"},
                              "new_effect": {"on": ["call"], "hazard_ratio": "0.4"}}},
            "t": {"for": ["a", "c"], "referral": {"share": "100%", "after": "3 days"}, "once": "yes", "take_up": "70%"},
            "new": {"for": ["a", "b", "c"], "places": "crew", "length": "9 days",
                    "effects": {"g": {"on": ["a -> b"], "hazard_ratio": "0.5", "kept_by": "completers", "lasts": "20 days"}}},
        },
    }  # fmt: skip
    history = both(
        "changed",
        warm_up="60 days",
        arrive={"a": {"rate": "300 per year"}, "b": {"every": "4 days"}},
        people={"present": {"a": "12", "b": "5"}, "leave_after": "90 days"},
        transitions={"a -> b": {"exponential": "15 days"}, "b -> a": {"fixed": "12 days"}, "b -> c": {"exponential": "30 days"},
                     "c -> a": {"exponential": "40 days"}},
        events={"call": {"rate": "10 per year"}},
        teams={"crew": {"places": "6"}},
        services={"s": service(**s, for_=["a", "b"]),
                  "t": service(for_=["c"], places="crew", length="5 days", referral={"share": "40%"})},
        designs={"changed": changed, "later": {"based_on": "changed", "services": {"t": {"places": OPENINGS}}},
                 "closed": {"services": {"s": {"places": {"start": "0", "20 days": "4"}}}}},
    )  # fmt: skip
    at_start = history.rows[history.rows["time"] == 0]
    kinds = set(zip(at_start["what"].tolist(), at_start["item"].tolist(), strict=True))
    new, s_number, t = (history.services.index(name) for name in ("new", "s", "t"))
    assert {(h.REFERRED, new), (h.STARTED, new), (h.STARTED, s_number)} <= kinds, "lists go on in new pools"
    assert times(history, h.REFERRED, name="t")[0] < 0 and 3 * DAY in times(history, h.REFERRED, name="t")
    assert t != new and min(times(history, h.ARRIVED)) == -60 * DAY


def test_what_began_before_the_start_goes_on_by_the_rules_of_the_baseline():
    """Of referral, wait, stay, effect and what follows; everything is else in the design, and begins on every day."""
    effect = {
        "on": ["a -> b", "call"],
        "hazard_ratio": "0.2",
        "kept_by": "all",
        "lasts": "40 days",
        "fades_over": "4 months",
    }
    s = {
        "for": ["a", "b"], "referral": {"after": "6 days"}, "take_up": "90%", "places": "9", "length": "20 days",
        "while_in": ["a", "b"], "drop_out": "30%", "queue": {"give_up": "15 days"}, "effects": {"e": effect},
        "then": {"completed": "c", "dropped_out": {"b": "50%"}, "cut_short": "t", "gave_up": "t", "declined": "t"},
    }  # fmt: skip
    other = {
        "for": ["a"], "referral": {"after": "1 day"}, "take_up": "30%", "places": "4", "length": "3 days", "while_in": ["a"],
        "drop_out": "90%", "queue": {"give_up": "2 days"}, "places_close": "stop",
        "effects": {"e": {"hazard_ratio": "3", "during": "no", "kept_by": "dose", "lasts": "2 days", "fades_over": "1 month"}},
        "then": {"completed": "b", "dropped_out": "leaves", "cut_short": "leaves", "gave_up": "c", "declined": "b"},
    }  # fmt: skip
    changed = {
        "services": {"s": other},
        "transitions": {"a -> b": {"exponential": "5 days"}, "b -> c": {"fixed": "3 days"}},
    }
    history = both(
        "changed",
        warm_up="60 days",
        arrive={"a": {"every": "12 hours"}, "b": {"every": "1 day"}},
        transitions={"a -> b": {"exponential": "25 days"}, "b -> c": {"fixed": "14 days"}, "c -> a": {"fixed": "9 days"}},
        events={"call": {"rate": "15 per year"}},
        services={"s": s, "t": service(for_=["a", "b", "c"], referral={"share": "0%"}, places="30", length="4 days")},
        designs={"changed": changed},
    )  # fmt: skip
    assert all(times(history, h.ENDED, why, "s") for why in (h.COMPLETED, h.DROPPED_OUT))
    assert [t for t in times(history, h.STATE, h.MOVED, "c") if t > 0] and times(
        history, h.STATE, h.MOVED, "b"
    )
    assert [t for t in times(history, h.ENDED, h.COMPLETED, "s") if 5 * DAY < t < 19 * DAY]
    assert max(times(history, h.OFF_LIST, h.GAVE_UP, "s")) > 3 * DAY


def test_a_service_that_only_a_design_has_and_one_that_it_closes():
    only = {"t": {"for": ["a", "b"], "places": "4", "length": "3 days"}, "s": {"places": "0"}}
    history = both(
        "other",
        warm_up="20 days",
        arrive={"a": {"every": "1 day"}},
        people={"present": {"b": "9"}},
        transitions={"a -> b": "6 days"},
        services={
            "s": service(
                places="3", places_close="stop", queue={"give_up": "9 days"}, then={"cut_short": "b"}
            )
        },
        designs={"other": {"services": only}},
    )
    assert max(times(history, h.STARTED, name="s")) < 0 == times(history, h.STARTED, name="t")[0]
    assert times(history, h.OFF_LIST, h.CLOSED, "s") == [0] * len(times(history, h.OFF_LIST, h.CLOSED, "s"))


def test_nobody_and_nothing():
    """No people; no services; a service nobody needs; a horizon that ends with the last arrival."""
    assert not len(both(arrive={}).rows)
    assert len(both(arrive={"a": at(0, 0)}, events={"call": {"rate": "50 per year"}}).people) == 2
    both(arrive={}, services={"s": service(places={"start": "1", "5 days": "0"})}, warm_up="9 days")
    assert not len(both(arrive={"a": at(100)}).rows)


# Errors -------------------------------------------------------------------------------------------------------------


def circle(**more: Any) -> dict[str, Any]:
    return {
        "s": service(while_in=["a"], places="9", then={"cut_short": "a"}),
        "u": service(while_in=["b"], places="9", then={"started": "b"}, **more),
    }


@pytest.mark.parametrize(
    "sections",
    [
        {"services": circle()},
        {"services": circle(), "arrive": {"a": at(*[3] * 7)}},
        {"services": circle(), "arrive": {"c": at(2), "b": at(0, 5), "a": at(4)}},
        {"transitions": {"a -> b": "0.001 minutes", "b -> c": "0.001 minutes", "c -> a": "0.001 minutes"}},
        {"transitions": {"a -> b": "2 days", "b -> c": "0.001 minutes", "c -> b": "0.001 minutes"}, "arrive": CROWD},
        {"services": {"s": service(take_up="0%", then={"declined": "b"}),
                      "t": service(for_=["b"], take_up="0%", then={"declined": "a"})}},
        {"services": {"s": service(take_up="0%", then={"declined": "t"}),
                      "t": service(places="2", take_up="0%", then={"declined": "s"})}, "arrive": CROWD},
    ],
)  # fmt: skip
def test_an_instant_that_never_ends_is_the_same_error(sections, monkeypatch):
    """The checker refuses most of these before they run; here it is about the engines, whatever the checker sees."""
    from simulator.scenario import checks

    monkeypatch.setattr(checks, "check_flow", lambda *_: None)
    with pytest.raises(EngineError, match="time stands still on day"):
        both(**sections)


@pytest.mark.parametrize("sections", [
    {"services": {"s": service(take_up="0%", referral={"after": "1 minute"}, then={"declined": "s"})}},
    {"services": {"s": service(for_=["b"], referral={"share": "0%"})},
     "transitions": {"a -> b": "1 minute", "b -> a": "1 minute"}},
])  # fmt: skip
@pytest.mark.slow
def test_more_chances_than_there_are_numbers_for_is_the_same_error(sections):
    with pytest.raises(EngineError, match=r"person 0 came to s over 65,536 times without end"):
        simulate_both(model_of(**sections))
