"""Places over time, lead-ins, and units that close because they stand empty: MONEY section 2, E12 and E35 from a scenario.

E12 counts months alike; a scenario has a calendar, so its closing falls on 1 October 2028, day 549, instead of day
547.875 (18 months of 365.25 / 12 days). That is the whole difference: a unit is paid 1.125 days longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.history import NOT_YET
from simulator.experiments.replication import Run
from simulator.money.places import Curve, before_start, overflow_of, with_lead_in
from tests.money.worked import at, four, paid, rows, run, service

MONTH = 365.25 / 12
UNIT, SPOT, EXIT = 105_000, 26_600, 60_000
DAY = 86_400


LENGTHS = {"long": None, "year": "12 months", "half_a_year": "6 months"}
"""Three states, one a length of need. People who come at one instant are numbered by their stream, so that those of
six months ask for a place last; `test_e12_demand_is_what_the_example_says` would tell if that changed."""


def e12(
    people: dict[str, int],
    later: dict[str, int] | None = None,
    prices: int = 1,
    stay: bool = False,
    **changes: Any,
) -> Run:
    """Own homes in units of 4, 3 open, and places bought beyond them. stay: nobody leaves.

    people, later: how many of each come at 0 and 6 months.
    """
    states = [*LENGTHS]
    homes = {
        "for": states, "places": "12", "while_in": states, "queue": {"room": "0"}, "then": {"turned_away": "spot"},
        "cost": {"council": f"£{26_250 * prices} per place per month"},
        "closing": {"units_of": "4", "after": "3 months", "notice": "3 months", "exit_cost": f"£{EXIT * prices}"}, **changes,
    }  # fmt: skip
    spot = {
        "places": "unlimited",
        "while_in": states,
        "cost": {"council": f"£{SPOT * prices} per person per month", "cashable": "100%"},
    }
    arrive = {
        state: {"at": ["0 days"] * people.get(state, 0) + ["6 months"] * (later or {}).get(state, 0)}
        for state in states
    }
    return run(
        arrive={state: entry for state, entry in arrive.items() if entry["at"]}, states=" ".join(states), horizon="24 months",
        transitions={f"{state} -> leaves": {"fixed": length} for state, length in LENGTHS.items() if length and not stay},
        services={"homes": homes, "spot": spot},
    )  # fmt: skip


def today(**changes: Any) -> Run:
    """14 people throughout, the same as under `early_help`."""
    return e12({"long": 8, "year": 3, "half_a_year": 3}, stay=True, **changes)


def early_help(**changes: Any) -> Run:
    """14 people for 6 months, then 11 for 6, then 8."""
    return e12({"long": 8, "year": 3, "half_a_year": 3}, **changes)


def use_by_month(found: Run, *services: str) -> list[int]:
    """People in these services in the middle of each of the 24 months."""
    middle = np.array([round((month + 0.5) * MONTH * DAY) for month in range(24)])
    spells = found.history.spell_table
    used = np.isin(spells["service"], [found.history.services.index(each) for each in services])
    used &= spells["started"] != NOT_YET
    started = spells["started"][used]
    ended = np.where(spells["ended"] == NOT_YET, found.history.end, spells["ended"])[used]
    return [int(((started <= second) & (second < ended)).sum()) for second in middle]


def test_e12_demand_is_what_the_example_says():
    assert use_by_month(early_help(), "homes", "spot") == [14] * 6 + [11] * 6 + [8] * 12
    assert use_by_month(early_help(), "homes") == [12] * 6 + [11] * 6 + [8] * 12
    assert use_by_month(today(), "homes") == [12] * 24


def test_e12_today_costs_8_836_800():
    found = paid(today().ledger)
    assert found == pytest.approx(
        {"homes.0.council": 3 * UNIT * 24, "spot.0.council": 2 * SPOT * 24}, abs=0.5
    )
    assert sum(found.values()) == pytest.approx(
        8_836_800, abs=0.5
    )  # two people's months, each rounded to the penny


def test_e12_the_third_unit_is_shut_from_the_start_of_month_19_and_its_exit_paid_in_its_last():
    found = early_help()
    assert [row for row in rows(found.ledger) if row[0].endswith("exit")] == [
        ("homes.0.council.exit", "2028-09-30", EXIT)
    ]
    by_day = {day: pounds for item, day, pounds in rows(found.ledger) if item == "homes.0.council"}
    assert by_day["2028-09-30"] == pytest.approx(12 * 26_250 * 30 / MONTH, abs=0.005)
    assert by_day["2028-10-31"] == pytest.approx(8 * 26_250 * 31 / MONTH, abs=0.005)


def test_e12_the_bank_sees_1_527_600_but_for_the_day_and_an_eighth_that_the_calendar_adds():
    before, after = paid(today().ledger), paid(early_help().ledger)
    calendar = (549 / MONTH - 18) * UNIT  # the third unit, from 18 months of 30.4375 days to 1 October 2028
    cash = sum(before.values()) - sum(after.values())
    assert cash + calendar == pytest.approx(1_527_600, abs=1)
    assert sum(after.values()) - calendar == pytest.approx(7_309_200, abs=1)


def test_e35_demand_avoided_is_cash_and_capacity_freed_to_the_penny_in_every_line():
    """The example values all 90 place-months at the average of homes and bought places, 26,300: 2,367,000. Line by line
    they are 54 at 26,250 and 36 at 26,600, 2,375,100. Cash is the same, so capacity freed is 8,100 more than 839,400."""
    found = four(today(), early_help())
    calendar = (549 / MONTH - 18) * UNIT
    avoided, cash, idle, reused = found[""]
    assert avoided == pytest.approx(2_375_100, abs=1) and avoided - 8_100 == pytest.approx(2_367_000, abs=1)
    assert cash + calendar == pytest.approx(1_527_600, abs=1) and reused == 0
    assert idle - calendar - 8_100 == pytest.approx(839_400, abs=1)
    assert found["spot.0.council"] == (
        found["spot.0.council"][0],
        found["spot.0.council"][0],
        0,
        0,
    )  # bought places are cash
    for line in found.values():
        pence = [round(each * 100) for each in line]
        assert pence[0] == pence[1] + pence[2] + pence[3]


def test_refilled_places_release_no_cash():
    """The same number of people at all times, but others: six leave after half a year and six come."""
    refilled = e12({"long": 8, "half_a_year": 6}, later={"long": 6})
    assert use_by_month(refilled, "homes", "spot") == [14] * 24
    avoided, cash, idle, reused = four(e12({"long": 8, "half_a_year": 6}, stay=True), refilled)[
        "homes.0.council"
    ]
    assert cash == 0 and reused > 0
    assert (
        avoided == pytest.approx(idle + reused, abs=0.001) and abs(idle) < 1
    )  # pennies of rounding, person by person


def test_a_closing_unit_pushes_those_who_are_still_there_into_places_bought():
    """The third unit closes, then demand comes back: four of twelve are bought at the spot price, of what is closed."""
    found = e12({"long": 8}, later={})
    assert [row[1] for row in rows(found.ledger) if row[0].endswith("exit")] == ["2027-09-30"]
    back = run_back()
    items = paid(back.ledger)
    # closed from 1 October 2027 (day 183); from 12 months (day 365.25) to 24 (730.5) four people more
    assert items["homes.0.council"] == pytest.approx(26_250 * (12 * 183 + 8 * (730.5 - 183)) / MONTH, abs=0.2)
    assert items["homes.0.council.instead"] == pytest.approx(SPOT * 4 * 12, abs=0.2)
    assert "spot.0.council" not in items


def run_back() -> Run:
    sections = dict(e12_sections())
    sections["arrive"] = {"long": {"at": ["0 days"] * 8 + ["12 months"] * 4}}
    return run(**sections)


def e12_sections(cost: Any = None, spot_cost: Any = None, **changes: Any) -> dict[str, Any]:
    states = [*LENGTHS]
    homes = {
        "for": states, "places": "12", "while_in": states, "queue": {"room": "0"}, "then": {"turned_away": "spot"},
        "cost": cost or {"council": "£26250 per place per month"},
        "closing": {"units_of": "4", "after": "3 months", "notice": "3 months", "exit_cost": "£60000"}, **changes,
    }  # fmt: skip
    spot = {
        "places": "unlimited",
        "while_in": states,
        "cost": spot_cost or {"council": "£26600 per person per month"},
    }
    return {
        "arrive": {"long": {"at": ["0 days"] * 8}}, "states": " ".join(states), "horizon": "24 months",
        "services": {"homes": homes, "spot": spot},
    }  # fmt: skip


def back_again(**changes: Any) -> dict[str, float]:
    sections = e12_sections(**changes)
    sections["arrive"] = {"long": {"at": ["0 days"] * 8 + ["12 months"] * 4}}
    return paid(run(**sections).ledger)


def test_closing_is_paid_once_however_many_lines_pay_for_a_place():
    """Three quarters of a place is paid by the council, in two lines, and a quarter by the NHS: exit 60,000 in all, and
    places bought once, by those who pay for them."""
    cost = [
        {"council": "£13125 per place per month"},
        {"council": "£6562.50 per place per month", "nhs": "£6562.50 per place per month"},
    ]
    one, several = back_again(), back_again(cost=cost)
    assert [several[f"homes.{line}.exit"] for line in ("0.council", "1.council", "1.nhs")] == [
        30_000,
        15_000,
        15_000,
    ]
    instead = {name: pounds for name, pounds in several.items() if "instead" in name}
    assert instead == {"homes.0.council.instead": one["homes.0.council.instead"]}
    assert sum(several.values()) == pytest.approx(sum(one.values()), abs=0.5)


def test_a_place_bought_is_paid_by_whoever_pays_for_the_places_bought():
    found = back_again(spot_cost={"nhs": "£26600 per person per month"})
    assert found["homes.0.council.instead.nhs"] == pytest.approx(SPOT * 4 * 12, abs=0.2)
    assert "homes.0.council.instead" not in found


def test_an_exit_cost_is_in_its_own_years_prices():
    """£60,000 of 2013/14 is 60,000 x 100 / 73.4795 of 2024/25."""
    rule = {
        "units_of": "4",
        "after": "3 months",
        "notice": "3 months",
        "exit_cost": {"value": "£60000", "price_year": "2013/14"},
    }
    assert back_again(closing=rule)["homes.0.council.exit"] == round(60_000 * 100 / 73.4795, 2)


def test_a_price_of_bought_places_by_segment_is_the_mean_of_those_in_the_service():
    price = {"council": {"young": "£10000 per person per month", "old": "£40000 per person per month"}}
    sections = e12_sections(spot_cost=price)
    sections["arrive"] = {"long": {"at": ["0 days"] * 8 + ["12 months"] * 4}}
    found = run(people={"segments": {"age": {"young": "50%", "old": "50%"}}}, **sections)
    young = [found.history.segments[p][0] == "young" for p in found.history.people["profile"]]
    months = [24] * 8 + [12] * 4
    share = sum(m for m, y in zip(months, young, strict=True) if y) / sum(months)
    assert 0 < share < 1
    mean = 10_000 * share + 40_000 * (1 - share)
    assert paid(found.ledger)["homes.0.council.instead"] == pytest.approx(mean * 4 * 12, rel=1e-6)


def test_places_that_the_design_closes_are_not_charged_twice_to_those_who_finish():
    """12 places till 18 months, then 8, all 12 people stay: nothing closes by the rule, so 12 are paid throughout."""
    sections = e12_sections(places={"start": "12", "18 months": "8"})
    sections["arrive"] = {"long": {"at": ["0 days"] * 12}}
    assert paid(run(**sections).ledger) == {"homes.0.council": pytest.approx(12 * 26_250 * 24, abs=0.2)}


def test_who_finishes_after_a_closing_by_the_design_is_paid_once_beside_a_closed_unit():
    """Demand 8 closes a unit of 4 (1 October 2027). Then 12 come back, 4 of them bought. At 18 months the design closes 4 of
    its own: of 8 paid places 4 are left, and the 12 people cost 8 own (4 open, 4 finishing) and still 4 bought."""
    found = back_again(places={"start": "12", "18 months": "8"})
    days = 12 * 183 + 8 * (730.5 - 183)
    assert found["homes.0.council"] == pytest.approx(26_250 * days / MONTH, abs=0.2)
    assert found["homes.0.council.instead"] == pytest.approx(SPOT * 4 * 12, abs=0.2)


def test_places_beyond_whole_units_and_nobody_in_them_are_no_error():
    """10 places, units of 4, nobody comes: both units close, the two places beyond them stay."""
    closing = {"units_of": "4", "after": "1 month", "notice": "1 month", "exit_cost": "£100"}
    found = run(
        horizon="200 days",
        arrive={"b": at(0)},
        services={"s": service(places="10", cost={"council": "£1 per place per day"}, closing=closing)},
    )
    july = [
        pounds for item, day, pounds in rows(found.ledger) if (item, day) == ("s.0.council", "2027-07-31")
    ]
    assert july == [2 * 31.0]


def test_places_beyond_whole_units_are_filled_first():
    """10 places, units of 4, six people: two sit beyond the units and four in one of them, so the other closes."""
    closing = {"units_of": "4", "after": "1 month", "notice": "1 month", "exit_cost": "£100"}
    s = service(places="10", length="1000 days", cost={"council": "£1 per place per day"}, closing=closing)
    for people, exits in ((6, 1), (7, 0), (2, 2)):
        found = run(arrive={"a": at(*[0] * people)}, horizon="200 days", services={"s": s})
        assert paid(found.ledger).get("s.0.council.exit", 0) == 100 * exits


def test_units_kept_and_places_kept_free_hold_a_closing_back():
    def exits(**rule: Any) -> int:
        base = {"units_of": "4", "after": "3 months", "notice": "3 months", "exit_cost": "£60000"}
        return sum(
            item.endswith("exit") for item, _, _ in rows(run(**e12_sections(closing={**base, **rule})).ledger)
        )

    assert exits() == 1 and exits(keep_free="1") == 0 and exits(least="3") == 0 and exits(least="2") == 1
    assert exits(notice="24 months") == 0  # the notice outlasts the run


def test_places_bought_are_demand_too():
    """Four leave the homes after a year, but four still sit in places bought: no unit of homes is to spare."""
    found = e12({"year": 4, "long": 12})
    assert use_by_month(found, "homes") == [12] * 12 + [8] * 12 and use_by_month(found, "spot") == [4] * 24
    assert not [item for item, _, _ in rows(found.ledger) if item.endswith("exit")]


def test_a_service_without_places_bought_beside_it_has_no_overflow():
    found = run(
        services={
            "s": service(queue={"room": "0"}, then={"turned_away": "t"}),
            "t": {"places": "2", "length": "1 day"},
        }
    )
    assert overflow_of(found.document, "s") is None  # t is limited, so nobody can be bought in without end
    assert overflow_of(today().document, "homes") == "spot"


def test_doubling_every_price_doubles_a_closing_too():
    once, twice = paid(early_help().ledger), paid(early_help(prices=2).ledger)
    assert set(once) == set(twice)
    for item, pounds in once.items():
        assert twice[item] == pytest.approx(2 * pounds, abs=0.3)


def curve(*steps: tuple[int, int]) -> Curve:
    return Curve(np.array([when for when, _ in steps]), np.array([value for _, value in steps]))


def test_a_curve_by_hand():
    """1 from 0, 3 from 10, 0 from 20."""
    found = curve((0, 1), (10, 3), (20, 0))
    assert found.at(np.array([-5, 0, 9, 10, 25])).tolist() == [1, 1, 1, 3, 0]
    edges = np.array([0, 5, 15, 30])
    assert found.area(edges).tolist() == [5, 5 + 15, 15]


steps_lists = st.lists(
    st.tuples(st.integers(-40, 100), st.integers(0, 9)), max_size=6, unique_by=lambda step: step[0]
).map(sorted)


@given(steps_lists, st.integers(0, 9), st.integers(0, 50))
def test_a_lead_in_pays_every_second_for_the_most_that_is_open_now_or_within_it(steps, first, lead_in):
    """Against the definition, second by second; and what is owed before the start is what the same curve holds there."""
    all_steps = ((-50, first), *steps)
    held = with_lead_in(tuple(all_steps), lead_in)

    def open_at(second: int) -> int:
        return [value for when, value in all_steps if when <= second][-1]

    def wanted(second: int) -> int:
        return max(open_at(each) for each in range(second, second + lead_in + 1))

    assert [int(held.at(np.array([second]))[0]) for second in range(-50, 101)] == [
        wanted(second) for second in range(-50, 101)
    ]
    before = open_at(-1)
    after = [(when, value) for when, value in all_steps if when >= 0]
    owed = sum(
        max([0, *(value - before for when, value in after if when <= second + lead_in)])
        for second in range(-lead_in, 0)
    )
    assert before_start(tuple(all_steps), lead_in) == owed
