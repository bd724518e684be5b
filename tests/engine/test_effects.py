"""Effects, to the second: each person's hazard is used up by hand, piece by piece, against the E that was
drawn for them.

The need is a -> b, exponential with a mean of 50 days unless said otherwise, so a piece of d days at hazard
ratio r uses
r d / 50 of E. The engine rounds once to whole seconds, which is all the tolerance there is (2 seconds).
"""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engine.history import History
from simulator.engine.random_numbers import exponential, key_of, tag_of
from tests.engine.worked import DAY, at, history_of, service, told

MONTH = 365.25 / 12
NEED: dict[str, Any] = {"a -> b": {"exponential": "50 days"}}
SEED = 11


def with_effect(
    horizon: str = "400 days", keys: dict[str, Any] | None = None, **effect: Any
) -> dict[str, Any]:
    """200 people at once, all served for 10 days from day 0, with an effect on a -> b."""
    served = service(
        places="unlimited", effects={"e": {"on": ["a -> b"], "hazard_ratio": "0.2", **effect}}, **(keys or {})
    )
    return {
        "arrive": {"a": at(*[0] * 200)},
        "transitions": NEED,
        "services": {"s": served},
        "horizon": horizon,
    }


def rings(history: History) -> dict[int, float]:
    """The day on which each person came to b."""
    stays = history.stay_table
    b = history.states.index("b")
    return {
        int(person): begin / DAY
        for person, state, begin in zip(stays["person"], stays["state"], stays["begin"], strict=True)
        if state == b
    }


def by_hand(history: History, pieces: list[tuple[float, float]], seed: int = SEED) -> dict[int, float]:
    """The same from E and pieces (until day, hazard ratio); the last piece goes on."""
    found = {}
    for person, identity in enumerate(history.people["identity"].tolist()):
        left, day = exponential(key_of(seed, 0), identity, tag_of("transition", "a", "b"), 0), 0.0
        for index, (until, ratio) in enumerate(pieces):
            rate = ratio / 50
            if index + 1 == len(pieces) or left <= rate * (until - day):
                day = day + left / rate if rate else float("inf")
                break
            left, day = left - rate * (until - day), until
        if day < history.end / DAY:
            found[person] = day
    return found


def agrees(history: History, pieces: list[tuple[float, float]]) -> None:
    found, expected = rings(history), by_hand(history, pieces)
    assert found.keys() == expected.keys()
    assert len({person for person, day in expected.items() if day > pieces[0][0]}) > 20, (
        "some people must come to the later pieces"
    )
    for person, day in expected.items():
        assert found[person] == pytest.approx(day, abs=2 / DAY)


def test_an_effect_holds_while_in_the_service():
    agrees(history_of(seed=SEED, **with_effect()), [(10, 0.2), (400, 1)])


def test_a_harmful_effect_hastens():
    agrees(history_of(seed=SEED, **with_effect(hazard_ratio="3")), [(10, 3), (400, 1)])


def test_what_is_kept_lasts_and_then_fades_in_monthly_steps_at_their_mid_values():
    """Full for 20 days after the stay; then 3 steps of a month, at 5/6, 3/6 and 1/6 of the way from 1 to
    0.2.
    """
    steps = [(30 + n * MONTH, 1 - 0.8 * part) for n, part in ((1, 5 / 6), (2, 3 / 6), (3, 1 / 6))]
    agrees(
        history_of(seed=SEED, **with_effect(kept_by="all", lasts="20 days", fades_over="3 months")),
        [(30, 0.2), *steps, (400, 1)],
    )


def test_an_effect_only_afterwards():
    agrees(
        history_of(seed=SEED, **with_effect(during="no", kept_by="completers", lasts="20 days")),
        [(10, 1), (30, 0.2), (400, 1)],
    )


def test_completers_alone_keep_what_completers_keep():
    """All drop out on day 4."""
    dropping = {"drop_out": "4 days"}
    agrees(
        history_of(seed=SEED, **with_effect(keys=dropping, kept_by="completers", lasts="unlimited")),
        [(4, 0.2), (400, 1)],
    )
    agrees(
        history_of(seed=SEED, **with_effect(keys=dropping, kept_by="all", lasts="unlimited")),
        [(4, 0.2), (400, 0.2)],
    )


def test_a_dose_keeps_the_ratio_to_the_power_of_the_share_received():
    """4 of 10 planned days: 0.2 ** 0.4 afterwards."""
    agrees(
        history_of(seed=SEED, **with_effect(keys={"drop_out": "4 days"}, kept_by="dose", lasts="unlimited")),
        [(4, 0.2), (400, 0.2**0.4)],
    )
    agrees(history_of(seed=SEED, **with_effect(kept_by="dose", lasts="unlimited")), [(10, 0.2), (400, 0.2)])


def test_effects_of_two_services_multiply():
    sections = with_effect()
    sections["services"]["t"] = service(
        places="unlimited", length="25 days", effects={"f": {"on": ["a -> b"], "hazard_ratio": "0.5"}}
    )
    agrees(history_of(seed=SEED, **sections), [(10, 0.1), (25, 0.5), (400, 1)])


def test_a_split_by_segment_leaves_who_is_not_named_alone():
    sections = with_effect(hazard_ratio={"child": "0.2"})
    sections["people"] = {"segments": {"age": {"child": "50%", "adult": "50%"}}}
    history = history_of(seed=SEED, **sections)
    child, found = [history.segments[p][0] == "child" for p in history.people["profile"]], rings(history)
    for ratio, who in ((0.2, True), (1.0, False)):
        expected = by_hand(history, [(10, ratio), (400, 1)])
        assert {p: day for p, day in found.items() if child[p] == who} == pytest.approx(
            {p: day for p, day in expected.items() if child[p] == who}, abs=2 / DAY
        )


def test_a_ratio_of_0_holds_back():
    agrees(history_of(seed=SEED, **with_effect(hazard_ratio="0")), [(10, 0), (400, 1)])


def test_what_is_certain_and_held_back_happens_the_second_it_is_released():
    """a -> b falls between days 5 and 8; held until day 10, all go then."""
    sections = with_effect(hazard_ratio="0")
    sections["transitions"] = {"a -> b": {"uniform": ["5 days", "8 days"]}}
    assert set(rings(history_of(**sections)).values()) == {10.0}


def test_any_baseline_time_is_multiplied_exactly():
    """Weibull of scale 50 and shape 2, H(x) = (x/50)^2: 0.2 x (10/50)^2 used by day 10. Its table is good
    to 1e-5 in probability.
    """
    sections = with_effect()
    sections["transitions"] = {"a -> b": {"weibull": {"scale": "50 days", "shape": "2"}}}
    history = history_of(seed=SEED, **sections)
    found = rings(history)
    for person, identity in enumerate(history.people["identity"].tolist()):
        e = exponential(key_of(SEED, 0), identity, tag_of("transition", "a", "b"), 0)
        used = 0.2 * (10 / 50) ** 2
        day = 50 * (e / 0.2) ** 0.5 if e < used else 50 * (e - used + (10 / 50) ** 2) ** 0.5
        # 1e-5 in probability at a density of at least 0.001 a day where nearly all are: a hundredth of a day.
        assert found[person] == pytest.approx(day, abs=0.05 if e < 3 else 1)


def test_a_new_start_replaces_what_is_left():
    """Completed on day 2: c is held back for good, in b from day 5 to 8. Started anew on day 8 and dropped
    out of (share 100% from
    day 7 on), of which nothing is kept: c comes within minutes of the next entry to b, on day 13."""
    story = told(
        horizon="20 days",
        transitions={"a -> b": "5 days", "b -> a": "3 days", "b -> c": {"exponential": "1 minute"}},
        services={
            "s": service(
                length="2 days",
                drop_out={"start": "0%", "7 days": "100%"},
                effects={
                    "e": {
                        "on": ["b -> c"],
                        "hazard_ratio": "0",
                        "kept_by": "completers",
                        "lasts": "unlimited",
                    }
                },
            )
        },
    )
    changes = [(float(line.split()[0]), line.split()[3]) for line in story if " state " in line]
    assert changes[:3] == [(5, "b"), (8, "a"), (13, "b")] and changes[3][1] == "c" and changes[3][0] < 13.1


def test_an_effect_on_an_event_multiplies_its_rate():
    """Held back for 10 days, and the draws go on where they stopped: the first event comes 10 days after E
    / rate.
    """
    sections = with_effect(on=["call"], hazard_ratio="0")
    sections |= {"transitions": {}, "events": {"call": {"rate": "20 per year"}}}
    history = history_of(seed=SEED, **sections)
    first: dict[int, float] = {}
    for row in history.rows[history.rows["what"] == 4]:
        first.setdefault(int(row["person"]), row["time"] / DAY)
    for person, identity in enumerate(history.people["identity"].tolist()):
        e = exponential(key_of(SEED, 0), identity, tag_of("event", "call"), 0)
        assert first[person] == pytest.approx(10 + e * 365.25 / 20, abs=2 / DAY)


def test_an_effect_starts_in_mid_state():
    """Referred after 15 days in a, with what is left of E then."""
    sections = with_effect(keys={"referral": {"after": "15 days"}})
    agrees(history_of(seed=SEED, **sections), [(15, 1), (25, 0.2), (400, 1)])


def test_a_stay_begun_before_the_start_keeps_the_baseline_s_effect():
    """Started on day -4, for 10 days at the baseline's 0.2, though the design has 3."""
    sections = with_effect() | {"arrive": {}, "people": {"present": {"a": "200"}}, "warm_up": "4 days"}
    sections["designs"] = {"worse": {"services": {"s": {"effects": {"e": {"hazard_ratio": "3"}}}}}}
    assert rings(history_of("worse", seed=SEED, **sections)) == rings(
        history_of("now", seed=SEED, **sections)
    )
