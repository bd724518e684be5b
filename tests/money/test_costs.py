"""What each cost of a scenario comes to, worked by hand: LANGUAGE section 7, MONEY sections 0 to 2.

Day 0 is 1 April 2027; a month of costs is posted on the last day it is for.
"""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine.numbers import Numbers
from simulator.money.amounts import price_year
from simulator.money.discounting import discount_factor
from simulator.scenario.problems import ScenarioError
from tests.money.worked import at, by_year, dated, four, paid, rows, run, scenario_of, service

TWO_AGES = {"segments": {"age": {"child": "50%", "adult": "50%"}}}


def test_a_stay_in_a_service_costs_its_days_month_by_month():
    """Day 20 to 55: 10 days of April, 25 of May, at £10 a day."""
    s = service(places="unlimited", length="35 days", cost={"council": "£10 per person per day"})
    assert dated(arrive={"a": at(20)}, services={"s": s}) == [("2027-04-30", 100.0), ("2027-05-25", 250.0)]


def test_a_week_is_seven_days_a_year_365_and_a_quarter_and_a_month_a_twelfth_of_it():
    """Ten days of each."""
    for amount in ("£70 per person per week", "£3652.5 per person per year", "£304.375 per person per month"):
        s = service(places="unlimited", cost={"council": amount})
        assert dated(services={"s": s}) == [("2027-04-10", 100.0)]


def test_what_lasted_beyond_the_horizon_costs_until_it():
    s = service(places="unlimited", length="300 days", cost={"council": "£1 per person per day"})
    assert sum(pounds for _, pounds in dated(services={"s": s})) == 100.0


def test_what_began_in_the_warm_up_costs_from_the_start():
    """Arrived 30 days before the start in a stay of 40."""
    s = service(places="unlimited", length="40 days", cost={"council": "£1 per person per day"})
    people = {"present": {"a": "1"}}
    assert dated(arrive={}, people=people, warm_up="30 days", services={"s": s}) == [("2027-04-10", 10.0)]


def test_what_happened_in_the_warm_up_or_at_the_horizon_costs_nothing():
    """Starts on days -30 (present), 0, 99 and, too late, 100."""
    s = service(places="unlimited", cost={"council": "£5 per start"})
    arrive = {"a": at(0, 99, 100)}
    assert dated(arrive=arrive, people={"present": {"a": "1"}}, warm_up="30 days", services={"s": s}) == [
        ("2027-04-01", 5.0), ("2027-07-09", 5.0),
    ]  # fmt: skip


def test_a_state_costs_while_in_it():
    needs = {"needs": {"a": {}, "b": {"cost": {"nhs": "£7 per person per week"}}, "c": {}}}
    transitions = {"a -> b": "10 days", "b -> c": "14 days"}
    assert dated(transitions=transitions, **needs) == [("2027-04-24", 14.0)]


def test_a_transition_costs_each_time_a_clock_rings_and_not_when_a_service_moves():
    """Person 0 goes a -> b on day 30; person 1, in s, is moved there on day 20 + 10."""
    cost = {"council": "£100", "nhs": "£20"}
    s = service(**{"for": []}, while_in=["c"], then={"completed": "b"})
    found = run(
        arrive={"a": at(0), "c": at(20)}, services={"s": {**s, "for": ["c"]}},
        transitions={"a -> b": {"fixed": "30 days", "cost": cost}, "c -> b": {"fixed": "50 days", "cost": cost}},
    )  # fmt: skip
    assert rows(found.ledger) == [
        ("a -> b.0.council", "2027-05-01", 100.0), ("a -> b.0.nhs", "2027-05-01", 20.0),
    ]  # fmt: skip


def test_a_branch_costs_whichever_way_it_leads_and_leaving_too():
    """Twenty people leave a for b, c or for good, £3 each; nobody pays for leaving by age."""
    branch = {
        "exponential": "20 days",
        "to": {"b": "40%", "c": "30%", "leaves": "30%"},
        "cost": {"council": "£3"},
    }
    found = run(arrive={"a": at(*range(20))}, horizon="600 days", transitions={"a": branch})
    assert paid(found.ledger) == {"a ->.0.council": 60.0}
    assert {"b", "c"} <= {found.history.states[i] for i in found.history.stay_table["state"]}
    gone = run(transitions={"a": {**branch, "exponential": "1000000 days"}}, people={"leave_after": "5 days"})
    assert paid(gone.ledger) == {}


def test_a_state_and_the_branch_out_of_it_are_two_lines():
    """Ten days in a at £1 a day, then £100 for leaving it; both under the name of the state."""
    needs = {"a": {"cost": {"council": "£1 per person per day"}}, "b": {}, "c": {}}
    branch = {"exponential": "2 days", "to": {"b": "50%", "c": "50%"}, "cost": {"council": "£100"}}
    before, after = run(needs=needs, transitions={"a": branch}), run(needs=needs)
    assert (
        set(paid(before.ledger)) == {"a.0.council", "a ->.0.council"}
        and paid(before.ledger)["a ->.0.council"] == 100.0
    )
    assert set(four(before, after)) == {"", "a.0.council", "a ->.0.council"}


def test_an_event_costs_each_time():
    found = run(events={"visit": {"rate": "100 per year", "cost": {"nhs": "£40"}}}, horizon="1 year")
    times = int((found.history.frame()["what"] == "event").sum())
    assert times > 60
    assert paid(found.ledger) == {"visit.0.nhs": 40.0 * times}


def test_starts_referrals_and_completions():
    """Three are referred; one declines, one drops out, one completes: by segments, so that it is certain."""
    s = service(
        places="unlimited", take_up={"x": "100%", "y": "0%"}, drop_out={"exponential": "1000000 days"},
        cost=[{"council": "£1 per referral"}, {"council": "£10 per start"}, {"council": "£100 per completion"}],
    )  # fmt: skip
    people = {"segments": {"kind": {"x": "50%", "y": "50%"}}}
    found = run(arrive={"a": at(*range(40))}, people=people, services={"s": s}, horizon="45 days")
    table = found.history.frame()
    count = {what: int((table["what"] == what).sum()) for what in ("referred", "started", "ended")}
    assert 0 < count["ended"] < count["started"] < count["referred"] == 40
    assert paid(found.ledger) == {
        "s.0.council": 1.0 * 40, "s.1.council": 10.0 * count["started"], "s.2.council": 100.0 * count["ended"],
    }  # fmt: skip


def test_places_cost_money_empty():
    """Two places all hundred days, one person for ten."""
    s = service(places="2", cost={"council": "£1 per place per day"})
    assert dated(services={"s": s}) == [
        ("2027-04-30", 60.0), ("2027-05-31", 62.0), ("2027-06-30", 60.0), ("2027-07-09", 18.0),
    ]  # fmt: skip


def test_a_place_that_is_closed_while_in_use_is_paid_until_its_stay_is_over():
    """Places 2 till day 5, then 0; one person stays till day 20."""
    s = service(
        places={"start": "2", "5 days": "0"}, length="20 days", cost={"council": "£1 per place per day"}
    )
    assert dated(services={"s": s}) == [("2027-04-30", 25.0)]  # 2 x 5 + 1 x 15


def test_places_that_stop_with_their_closing_are_not_paid_beyond_it():
    s = service(
        places={"start": "2", "5 days": "0"},
        places_close="stop",
        length="20 days",
        cost={"council": "£1 per place per day"},
    )
    assert dated(services={"s": s}) == [("2027-04-30", 10.0)]


def test_a_lead_in_is_paid_before_the_opening_and_what_falls_before_the_start_on_it():
    """Two places open on day 10 with a lead-in of 30 days: 20 days before the start, 100 within the horizon."""
    s = service(
        places={"start": "0", "10 days": "2"}, lead_in="30 days", cost={"council": "£1 per place per day"}
    )
    assert sorted(dated(services={"s": s})) == [
        ("2027-04-01", 40.0), ("2027-04-30", 60.0), ("2027-05-31", 62.0), ("2027-06-30", 60.0), ("2027-07-09", 18.0),
    ]  # fmt: skip


def test_a_lead_in_for_places_that_open_after_the_horizon_is_paid_as_far_as_it_falls_within():
    """Open on day 110, lead-in 30 days: day 80 to the horizon, day 100."""
    s = service(
        places={"start": "0", "110 days": "2"}, lead_in="30 days", cost={"council": "£1 per place per day"}
    )
    assert sum(pounds for _, pounds in dated(services={"s": s})) == 40.0


def test_a_lead_in_is_not_paid_for_places_that_were_open_all_along():
    """40 places since long before the start, and 5 more under the design: the lead-in is for the 5."""
    s = service(places="40", lead_in="30 days", cost={"council": "£1 per place per day"})
    sections = {
        "warm_up": "60 days",
        "services": {"s": s},
        "designs": {"more": {"services": {"s": {"places": "45"}}}},
    }
    assert paid(run(**sections).ledger) == {"s.0.council": 4000.0}
    assert paid(run("more", **sections).ledger) == {"s.0.council": 4500.0 + 5 * 30}


def test_staff_cost_money_by_the_member_part_time_too():
    """5 members of staff for 40 days, then 3 for 60, at £10 a day; half of each under the design."""
    s = service(
        places={"staff": {"start": "5", "40 days": "3"}, "caseload": "4"},
        cost={"council": "£10 per staff per day"},
    )
    half = {"services": {"s": {"places": {"staff": "times 0.5"}}}}
    assert paid(run(services={"s": s}).ledger) == {"s.0.council": (5 * 40 + 3 * 60) * 10}
    assert paid(run("half", services={"s": s}, designs={"half": half}).ledger) == {
        "s.0.council": (2.5 * 40 + 1.5 * 60) * 10
    }


def test_the_lead_in_of_staff_is_paid_by_the_member_not_by_their_cases():
    """Two members of staff, ten cases each: 10 days of training before the start cost 2 x 10 x £100, not twenty."""
    s = service(
        places={"staff": "2", "caseload": "10"}, lead_in="10 days", cost={"council": "£100 per staff per day"}
    )
    found = dated(services={"s": s})
    assert ("2027-04-01", 2000.0) in found
    assert sum(pounds for _, pounds in found) == 2000 + 2 * 100 * 100
    later = service(
        places={"staff": {"start": "0", "50 days": "2"}, "caseload": "10"}, lead_in="10 days",
        cost={"council": "£100 per staff per day"},
    )  # fmt: skip
    assert sum(pounds for _, pounds in dated(services={"s": later})) == 2 * 60 * 100


def test_a_closed_service_may_state_what_its_staff_will_cost():
    """The baseline has no places, the design staff: the baseline costs nothing."""
    s = service(places="0", cost={"council": "£100 per staff per day"})
    sections = {
        "services": {"s": s},
        "designs": {"open": {"services": {"s": {"places": {"staff": "2", "caseload": "10"}}}}},
    }
    assert paid(run(**sections).ledger) == {}
    assert paid(run("open", **sections).ledger) == {"s.0.council": 20_000.0}


def test_a_team_is_paid_once_however_many_services_use_it():
    services = {"s": service(places="crew"), "t": service(for_=["b"], places="crew")}
    teams = {
        "crew": {
            "staff": "2",
            "caseload": "3",
            "cost": [{"council": "£10 per staff per day"}, {"nhs": "£1 per place per day"}],
        }
    }
    found = run(arrive={"a": at(0), "b": at(0)}, services=services, teams=teams)
    assert paid(found.ledger) == {"crew.0.council": 2000.0, "crew.1.nhs": 600.0}
    # and what people use of its places is known for both services
    assert sorted(found.ledger.use["person"].tolist()) == [0, 1]
    assert found.ledger.use["nominal_pence"].tolist() == [1000, 1000]


def test_once_is_paid_at_the_first_opening_only():
    s = service(
        places={"start": "0", "10 days": "2", "20 days": "0", "30 days": "2"}, cost={"council": "£500 once"}
    )
    assert dated(services={"s": s}) == [("2027-04-11", 500.0)]
    assert dated(services={"s": service(places="0", cost={"council": "£500 once"})}) == []
    open_before = service(places="2", cost={"council": "£500 once"})
    assert dated(warm_up="30 days", services={"s": open_before}) == []


def test_a_new_service_is_set_up_once_also_where_its_team_was_there_before():
    services = {"s": service(places="crew")}
    new = service(for_=["b"], places="crew", cost={"council": "£500 once"})
    found = run(
        "more", warm_up="30 days", services=services, teams={"crew": {"places": "2"}}, designs={"more": {"services": {"t": new}}},
    )  # fmt: skip
    assert rows(found.ledger) == [("t.0.council", "2027-04-01", 500.0)]


def test_every_posting_is_rounded_half_up_once():
    """0.125p a day: 4 days of a half penny; £0.005 a start is a penny each, however many."""
    s = service(places="unlimited", length="4 days", cost={"council": "£0.00125 per person per day"})
    assert dated(services={"s": s}) == [("2027-04-04", 0.01)]
    s = service(places="unlimited", cost={"council": "£0.005 per start"})
    assert dated(arrive={"a": at(0, 1, 2)}, services={"s": s}) == [
        ("2027-04-01", 0.01),
        ("2027-04-02", 0.01),
        ("2027-04-03", 0.01),
    ]
    s = service(places="unlimited", cost={"council": "£0.0049 per start"})
    assert dated(services={"s": s}) == []  # what rounds to nothing is no flow


def test_the_financial_year_turns_at_midnight_before_1_april():
    """From 30 March 12:00 to 2 April 12:00, 2028: 1.5 days fall in 2027/28 and 1.5 in 2028/29; prices rise by 10% on 1 April."""
    s = service(places="unlimited", length="3 days", cost={"council": "£100 per person per day"})
    found = run(arrive={"a": at(364.5)}, horizon="400 days", inflation={"start": "0% per year", "2028-04-01": "10% per year"},
                services={"s": s})  # fmt: skip
    assert rows(found.ledger) == [("s.0.council", "2028-03-31", 150.0), ("s.0.council", "2028-04-02", 165.0)]
    assert by_year(found.ledger) == {(0, 2027): 15_000, (0, 2028): 16_500}
    # paid 30 days later, so all of it in the next year's bank
    assert by_year(found.ledger, "bank") == {(0, 2028): 31_500}
    assert found.ledger.rows["real_pence"].tolist() == [15_000, 15_000]


def test_a_start_on_31_march_is_of_the_old_year_and_one_on_1_april_of_the_new():
    s = service(places="unlimited", cost={"council": "£1 per start"})
    found = run(
        arrive={"a": at(365, 366)}, horizon="400 days", services={"s": s}
    )  # 2028 is a leap year: day 366 is 1 April
    assert [day for _, day, _ in rows(found.ledger)] == ["2028-03-31", "2028-04-01"]
    assert by_year(found.ledger) == {(0, 2027): 100, (0, 2028): 100}


def test_29_february_is_a_day_of_cost():
    s = service(places="1", cost={"council": "£1 per place per day"})
    days = dict(dated(start="2027-12-01", horizon="200 days", services={"s": s}))
    assert days["2028-02-29"] == 29.0 and days["2027-12-31"] == 31.0


def test_e25_a_price_of_2013_in_a_scenario_of_2024_paid_in_2028():
    """MONEY E25 with the published deflator, 73.4795 for 2013: 952.65 real, 1,036.23 nominal, 920.43 a year on at 3.5%."""
    s = service(
        places="unlimited", length="7 days", cost={"council": "£700 per person per week", "source": "gmca"}
    )
    # 1,500 days after 1 April 2024 it is 10 May 2028. (A rate of a date before `start` cannot be written.)
    found = run(
        start="2024-04-01", arrive={"a": at(1500)}, horizon="1600 days", services={"s": s},
        sources={"gmca": {"cite": "GMCA", "price_year": "2013/14"}},
        inflation={"start": "2.5% per year", "2026-04-01": "2% per year"},
    )  # fmt: skip
    assert paid(found.ledger, "real_pence") == {"s.0.council": 952.65}
    assert paid(found.ledger) == {"s.0.council": 1036.23}
    assert by_year(found.ledger) == {(0, 2028): 103_623}
    assert round(952.65 * discount_factor(1.0), 2) == 920.43
    assert found.ledger.items[0].price_year == "2013/14"


@pytest.mark.parametrize(
    ("cost", "year"),
    [
        (
            {
                "council": {"value": "£700 per person per week", "price_year": "2009/10", "source": "old"},
                "price_year": "2018/19",
            },
            "2009/10",
        ),
        ({"council": "£700 per person per week @old", "price_year": "2018/19", "source": "other"}, "2018/19"),
        ({"council": "£700 per person per week @old", "source": "other"}, "2013/14"),
        ({"council": "£700 per person per week", "source": "other"}, "2015/16"),
        ({"council": "£700 per person per week @assumption"}, "2024/25"),
        ({"council": "weekly"}, "2011/12"),
    ],
)
def test_the_price_year_is_the_numbers_own_then_the_costs_then_the_sources_then_the_files(cost, year):
    scenario = scenario_of(
        services={"s": service(places="unlimited", cost=cost)},
        numbers={"weekly": {"value": "£700 per person per week", "price_year": "2011/12"}},
        sources={"old": {"cite": "Old", "price_year": "2013/14"}, "other": {"cite": "Other", "price_year": "2015/16"}},
    )  # fmt: skip
    [line] = scenario.document.services["s"].cost
    assert price_year(scenario.document, line, line.payers[0][1]) == year


def test_each_number_of_a_cost_keeps_its_own_price_year():
    """A child at 2013/14 prices (100/73.4795), an adult at 2024/25 prices; the same in a timeline."""
    parts = {"child": {"value": "£700 per start", "price_year": "2013/14"}, "adult": "£700 per start"}
    found = run(
        arrive={"a": at(*range(20))},
        people=TWO_AGES,
        services={"s": service(places="unlimited", cost={"council": parts})},
    )
    assert sorted(set(found.ledger.rows["real_pence"].tolist())) == [70_000, 95_265]
    assert found.ledger.items[0].price_year == "2013/14, 2024/25"
    steps = {"start": {"value": "£700 per start", "price_year": "2013/14"}, "10 days": "£700 per start"}
    assert [
        pounds
        for _, pounds in dated(
            arrive={"a": at(0, 20)}, services={"s": service(places="unlimited", cost={"council": steps})}
        )
    ] == [952.65, 700.0]


def test_prices_of_a_year_without_a_published_deflator_follow_the_scenarios_own_inflation():
    """Prices of 2026/27 at 2% a year: money of 2027/28 is 2% more, and £104.04 of 2026/27 is £100 of 2024/25."""
    s = service(places="unlimited", cost={"council": "£100 per start"})
    found = run(price_year="2026/27", inflation="2% per year", services={"s": s})
    assert paid(found.ledger) == {"s.0.council": 102.0} and paid(found.ledger, "real_pence") == {
        "s.0.council": 100.0
    }
    newer = service(places="unlimited", cost={"council": "£104.04 per start", "price_year": "2026/27"})
    found = run(inflation="2% per year", services={"s": newer})
    assert paid(found.ledger, "real_pence") == {"s.0.council": 100.0} and paid(found.ledger) == {
        "s.0.council": 106.12
    }


def test_a_price_year_before_the_series_is_refused():
    s = service(places="unlimited", cost={"council": "£100 per start", "price_year": "1985"})
    with pytest.raises(ScenarioError, match="prices of `1985` cannot be brought to another year's"):
        run(services={"s": s})
    with pytest.raises(ScenarioError, match="prices of `1985` cannot be brought to another year's"):
        run(
            price_year="1985", services={"s": service(places="unlimited", cost={"council": "£100 per start"})}
        )


def test_a_cost_without_a_price_year_of_the_file_is_never_left_out_in_silence():
    """LANGUAGE section 4: `price_year` is required with money. Its own price year does not say whose money results are in."""
    s = service(places="unlimited", cost={"council": "£100 per start", "price_year": "2013/14"})
    with pytest.raises(ScenarioError, match="does not say in which year's prices"):
        run(price_year=None, services={"s": s})


def test_a_timeline_of_prices_holds_from_its_dates_in_the_middle_of_a_month_too():
    """£1 a day to 16 April, then £3: 15 days and 15 days of April."""
    s = service(
        places="1", cost={"council": {"start": "£1 per place per day", "2027-04-16": "£3 per place per day"}}
    )
    assert dated(horizon="30 days", services={"s": s}) == [("2027-04-15", 15.0), ("2027-04-30", 45.0)]
    s = service(
        places="unlimited",
        length="20 days",
        cost={"council": {"start": "£1 per person per day", "2027-04-16": "£3 per person per day"}},
    )
    assert dated(services={"s": s}) == [("2027-04-15", 15.0), ("2027-04-20", 15.0)]


def test_a_price_may_change_its_unit_of_time():
    """£7 a week and £1 a day are the same price."""
    cost = {"council": {"start": "£7 per person per week", "5 days": "£1 per person per day"}}
    assert dated(services={"s": service(places="unlimited", cost=cost)}) == [
        ("2027-04-05", 5.0),
        ("2027-04-10", 5.0),
    ]


def test_a_price_may_not_change_what_it_is_for():
    cost = {"council": {"start": "£7 per start", "5 days": "£1 per referral"}}
    with pytest.raises(ScenarioError, match="different things"):
        run(services={"s": service(places="unlimited", cost=cost)})


def test_a_place_costs_the_same_whoever_might_use_it():
    cost = {"council": {"child": "£7 per place per day", "adult": "£9 per place per day"}}
    with pytest.raises(ScenarioError, match="about nobody in particular"):
        run(people=TWO_AGES, services={"s": service(cost=cost)})


def test_a_price_by_segment_is_the_persons():
    cost = {"council": {"child": "£10 per start", "others": "£1 per start"}}
    found = run(
        arrive={"a": at(*range(30))}, people=TWO_AGES, services={"s": service(places="unlimited", cost=cost)}
    )
    ages = [found.history.segments[p][0] for p in found.history.people["profile"]]
    assert set(ages) == {"child", "adult"}
    expected = [1000 if ages[person] == "child" else 100 for person in found.ledger.rows["person"]]
    assert found.ledger.rows["nominal_pence"].tolist() == expected


def test_a_price_by_state_follows_the_person_from_state_to_state():
    """In s for ten days: four in a at £1, six in b at £100."""
    cost = {"council": {"a": "£1 per person per day", "others": "£100 per person per day"}}
    s = service(places="unlimited", while_in=["a", "b"], cost=cost)
    assert dated(transitions={"a -> b": "4 days"}, services={"s": s}) == [
        ("2027-04-04", 4.0),
        ("2027-04-10", 600.0),
    ]


def test_a_price_by_state_is_of_the_state_before_what_it_leads_to():
    """A stay completed in a, which leads to b, is paid at a's price; so is a crisis call in a that leads to b."""
    price = {"a": "£1", "others": "£100"}
    s = service(
        places="unlimited",
        then={"completed": "b"},
        cost={"council": {"a": "£1 per completion", "others": "£100 per completion"}},
    )
    assert dated(services={"s": s}) == [("2027-04-11", 1.0)]
    call = {"rate": {"a": "3000 per year"}, "to": "b", "cost": {"council": price}}
    assert [pounds for _, pounds in dated(events={"call": call})] == [1.0]


def test_a_price_by_state_of_a_start_is_of_the_state_it_leads_to():
    """Starting in s on day 5, in a, leads to b at that second; lengths are drawn, and prices asked, after the move."""
    price = {"a": "£1 per start", "others": "£100 per start"}
    s = service(places="unlimited", while_in=["a", "b"], then={"started": "b"}, cost={"council": price})
    assert dated(arrive={"a": at(5)}, services={"s": s}) == [("2027-04-06", 100.0)]


def test_two_payers_share_a_cost_and_a_provider_pays_suppliers():
    s = service(places="unlimited", cost={"council": "£60 per start", "charity": "£40 per start"})
    found = run(services={"s": s}, providers={"charity": {"name": "A charity"}})
    assert paid(found.ledger) == {"s.0.council": 60.0, "s.0.charity": 40.0}
    assert [(item.payer, item.payee, item.agency) for item in found.ledger.items] == [
        ("council", "outside", True), ("charity", "suppliers", False),
    ]  # fmt: skip


def test_money_moves_thirty_days_after_the_day_it_is_for():
    rows_ = run(services={"s": service(cost={"council": "£1 per place per day"})}).ledger.rows
    assert ((rows_["cash_on"] - rows_["earned_on"]).astype(int) == 30).all()


def test_a_price_is_sampled_with_its_draw_the_same_under_every_design_and_anew_in_another_draw():
    s = service(places="unlimited", cost={"council": "£100 per start (£50 to £150)"})
    sections = {"services": {"s": s}, "designs": {"other": {"services": {"s": {"length": "5 days"}}}}}
    written, one, other, again = (
        run(services={"s": s}), run(draw=1, **sections), run("other", draw=1, **sections), run(draw=2, **sections),
    )  # fmt: skip
    assert paid(written.ledger) == {"s.0.council": 100.0}
    sampled = Numbers(one.document, 1, 1).of(
        one.document.services["s"].cost[0].payers[0][1], "services.s.cost.0.council"
    )
    assert sampled != 100.0
    assert paid(one.ledger) == paid(other.ledger) == {"s.0.council": round(sampled, 2)}
    assert paid(again.ledger) != paid(one.ledger)


def test_a_number_used_by_name_in_two_costs_has_one_sample():
    s = service(places="unlimited", cost=[{"council": "price"}, {"nhs": "price"}])
    found = paid(run(draw=3, numbers={"price": "£100 per start (£50 to £150)"}, services={"s": s}).ledger)
    assert found["s.0.council"] == found["s.1.nhs"] != 100.0


def test_costs_are_those_of_the_design():
    s = service(places="unlimited", cost={"council": "£100 per start"})
    sections = {
        "services": {"s": s},
        "designs": {"dear": {"services": {"s": {"cost": {"council": "£300 per start"}}}}},
    }
    assert paid(run("dear", **sections).ledger) == {"s.0.council": 300.0}


def test_nothing_is_posted_outside_the_horizon():
    s = service(
        places="3",
        lead_in="20 days",
        cost=[
            {"council": "£1 per place per day"},
            {"council": "£2 per person per day"},
            {"council": "£9 once"},
        ],
    )
    needs = {"a": {"cost": {"nhs": "£1 per person per day"}}, "b": {}, "c": {}}
    ledger = run(arrive={"a": {"every": "3 days"}}, warm_up="40 days", needs=needs, services={"s": s}).ledger
    days = ledger.rows["earned_on"]
    assert (
        len(days) and days.min() >= np.datetime64("2027-04-01") and days.max() < np.datetime64("2027-07-10")
    )
