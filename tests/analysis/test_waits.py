"""Who waits how long: those still waiting count with their wait so far, and everybody who joined is accounted for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.waits import services
from simulator.engine.history import NOT_YET, WHAT, WHY
from tests.engine.worked import at, history_of, service
from tests.outcomes.histories import DAY, SERVICES, at_random, history


def of(found: list, item: str = "support") -> dict[str, float]:
    return {each.measure: each.value for each in found if each.item == item}


def test_a_wait_that_the_horizon_cuts_counts_with_its_length_so_far():
    """Waits of 0 and 10 days, and of one who still waits after 90: mean 33.3, not 5."""
    found = of(services(history(
        "0 home, 0 support referred, 0 support started", "0 home, 20 support referred, 30 support started",
        "0 home, 10 support referred", days=100,
    )))  # fmt: skip
    assert found["wait_days"] == pytest.approx((0 + 10 + 90) / 3)
    assert (
        found["waiting_at_end"] == 1
        and found["in_at_end"] == 2
        and found["started"] == 2
        and found["joined"] == 3
    )


def test_who_gave_up_counts_with_the_wait_that_they_had():
    found = of(
        services(
            history(
                "0 home, 10 support referred, 50 support gave_up",
                "0 home, 10 support referred, 12 support started",
                days=100,
            )
        )
    )
    assert found["wait_days"] == pytest.approx((40 + 2) / 2) and found["gave_up"] == 1


def test_nine_in_ten_waited_no_longer():
    """Ten waits of 1 to 10 days: nine in ten waited 9 at most."""
    lines = [f"0 home, 0 support referred, {day} support started" for day in range(1, 11)]
    assert of(services(history(*lines, days=100)))["wait_90_days"] == 9


def test_a_wait_belongs_to_the_window_in_which_it_began():
    """Joined 20 days before the start, started 5 after it: a start of the window, no wait of it."""
    found = of(services(history("-30 home, -20 support referred, 5 support started, 15 support completed",
                                "0 home, 1 support referred, 2 support started", days=100, warm_up=50)))  # fmt: skip
    assert (
        found["wait_days"] == 1
        and found["started"] == 2
        and found["completed"] == 1
        and found["referred"] == 1
    )


def test_who_leaves_the_list_after_the_start_is_counted_though_they_joined_before_it():
    """As starts and ends are: by when it happens."""
    found = of(services(history(
        "-30 home, -20 support referred, 5 support gave_up", "-30 home, -20 support referred, 6 support turned_away",
        "-30 home, -20 support referred, 7 support off_list_state", "-30 home, -20 support referred, -1 support gave_up",
        days=100, warm_up=50,
    )))  # fmt: skip
    assert (found["gave_up"], found["turned_away"], found["need_changed"]) == (1, 1, 1)


@given(st.integers(0, 10**6), st.sampled_from([0, 5]))
def test_counts_and_waits_are_those_of_plain_python(seed, warm_up):
    run = at_random(seed, warm_up=warm_up)
    rows = [(time, item, WHAT[what], WHY[why]) for time, _, item, what, why in run.rows.tolist() if time >= 0]
    spells = [
        dict(zip(run.spell_table, spell, strict=True))
        for spell in zip(*run.spell_table.values(), strict=True)
    ]
    for number, name in enumerate(SERVICES):
        found = of(services(run), name)
        mine = [spell for spell in spells if spell["service"] == number]
        if not found:
            assert not mine
            continue

        def times(what, *reasons, number=number):
            return sum(row[1:3] == (number, what) and (not reasons or row[3] in reasons) for row in rows)

        assert {each: found[each] for each in list(found)[:14]} == {
            "missed": times("missed"), "lapsed": times("lapsed"), "referred": times("referred"),
            "declined": times("referred", "declined"), "joined": times("referred", "joined"), "started": times("started"),
            "gave_up": times("off_list", "gave_up"), "turned_away": times("off_list", "turned_away", "closed"),
            "need_changed": times("off_list", "state", "left"), "completed": times("ended", "completed"),
            "dropped_out": times("ended", "dropped_out"), "cut_short": times("ended", "state", "closed", "left"),
            "waiting_at_end": times("still_service", "waiting"), "in_at_end": times("still_service", "in"),
        }  # fmt: skip

        def first(*times):
            return next((time for time in times if time != NOT_YET), run.end)

        waits = [
            first(spell["started"], spell["ended"]) - spell["joined"]
            for spell in mine
            if spell["referred"] >= 0 and spell["joined"] != NOT_YET
        ]
        started = [spell for spell in mine if spell["started"] != NOT_YET]
        used = sum(max(0, first(spell["ended"]) - max(0, spell["started"])) for spell in started)
        assert found["in_use"] == used / run.end
        assert ("wait_days" in found) == bool(waits)
        if waits:
            assert found["wait_days"] == sum(waits) / len(waits) / DAY
            assert found["wait_90_days"] == np.quantile(waits, 0.9, method="inverted_cdf") / DAY
        chances = found["missed"] + found["lapsed"] + found["referred"]
        assert found.get("reached", 0) == sum(spell["referred"] >= 0 for spell in started) / (chances or 1)


@given(st.integers(0, 10**6), st.sampled_from([0, 5]))
def test_everybody_who_joined_started_left_the_list_or_still_waits(seed, warm_up):
    run = at_random(seed, warm_up=warm_up)
    table = run.spell_table
    for number, name in enumerate(SERVICES):
        found = of(services(run), name)
        if not found:
            continue
        mine = table["service"] == number
        joined, started, ended = (table[each] for each in ("joined", "started", "ended"))
        waiting_before = int(
            (
                mine
                & (joined > -(2**61))
                & (joined < 0)
                & ((started >= 0) | ((started < -(2**61)) & ((ended >= 0) | (ended < -(2**61)))))
            ).sum()
        )
        out = sum(
            found[each] for each in ("started", "gave_up", "turned_away", "need_changed", "waiting_at_end")
        )
        assert waiting_before + found["joined"] == out
        in_before = int(
            (mine & (started > -(2**61)) & (started < 0) & ((ended >= 0) | (ended < -(2**61)))).sum()
        )
        assert in_before + found["started"] == sum(
            found[each] for each in ("completed", "dropped_out", "cut_short", "in_at_end")
        )


def test_the_share_reached_is_of_all_chances():
    """Four chances: one missed, one declined, one starts, one still waits: a quarter."""
    s = service(places="1", length="300 days", referral={"share": {"x": "100%", "y": "0%"}}, take_up="100%")
    people = {"segments": {"kind": {"x": "50%", "y": "50%"}}}
    run = history_of(arrive={"a": at(*range(20))}, people=people, services={"s": s})
    found = of(services(run), "s")
    assert found["missed"] + found["referred"] == 20 and found["missed"] > 0
    assert found["reached"] == pytest.approx(1 / 20) and found["started"] == 1


def test_people_in_a_service_and_its_places_on_average():
    """One of two places for 25 of 100 days; places fall to 0 at day 50."""
    s = service(places={"start": "2", "50 days": "0"}, length="25 days")
    found = of(services(history_of(services={"s": s})), "s")
    assert found["in_use"] == pytest.approx(0.25) and found["places"] == pytest.approx(1.0)


def test_unlimited_places_are_not_averaged_and_an_unused_service_has_no_rows():
    found = services(history_of(services={"s": service(places="unlimited"), "t": service(for_=["b"])}))
    assert "places" not in of(found, "s") and of(found, "t") == {}


def test_places_that_open_before_the_start_and_close_within_the_run_are_averaged_over_the_horizon():
    """3 places for 20 of 100 days, then 1, and 9 that open after the end."""
    s = service(places={"start": "3", "20 days": "1", "200 days": "9"})
    found = of(services(history_of(services={"s": s})), "s")
    assert found["places"] == pytest.approx((3 * 20 + 80) / 100)
