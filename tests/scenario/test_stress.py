"""What a stress does to a file: to services that a design opens or changes and contracts that only it signs, and no more."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.load import Scenario, load, load_text
from simulator.scenario.quantities import Quantity, Split, leaves
from simulator.scenario.stress import Shortfall, at, delayed, services_of, stressed
from simulator.scenario.units import MONTH

EDGE = Path(__file__).resolve().parents[2] / "scenarios" / "edge-of-care.yaml"
HALF_YEAR = 6 * MONTH
FILE = """\
format: 1
scenario: Stressed
start: 2027-04-01
horizon: 5 years
price_year: 2024/25
agencies: {council: Council}
people:
  arrive: {struggling: 300 per year}
  segments: {area: {town: 60%, villages: 40%}}
needs: {struggling: {}, in_crisis: {crisis: yes}}
transitions:
  struggling -> in_crisis: {within: {12 months: 20%}}
  in_crisis -> struggling: {exponential: 8 months}
numbers: {found: 40%, ratio: {value: 0.64, range: 0.5 to 0.8, source: assumption}, seats: 30}
teams: {crew: {staff: 4, caseload: 10}}
services:
  support:
    for: [struggling]
    referral: {share: found, after: 2 weeks}
    take_up: {town: 60%, villages: 40%}
    places: 0
    length: 20 weeks
    effects:
      a: {on: struggling -> in_crisis, risk_ratio: 0.64 (0.5 to 0.8), by: 12 months}
      b: {on: struggling -> in_crisis, hazard_ratio: {town: ratio, others: 1.21}}
      c: {on: struggling -> in_crisis, odds_ratio: 0, by: 6 months}
    then: {completed: after_care}
    cost: {charity: "£9,500 per place per year"}
  after_care: {while_in: [struggling], length: 8 weeks, places: 0}
  usual: {for: [in_crisis], referral: {share: 90%}, places: 50, length: 6 months}
  night: {for: [in_crisis], places: crew, length: 1 month}
  day: {for: [in_crisis], places: crew, length: 1 month}
providers: {charity: {}}
designs:
  today: {baseline: yes, signs: old}
  more:
    services: {support: {places: {start: 10, 2028-04-01: 40, 2031-04-01: 0}}, after_care: {places: unlimited}}
    signs: [old, deal, grant]
  less: {services: {usual: {places: 20, cost: {council: £9 per start}}}}
  crowd: {teams: {crew: {staff: {start: 4, 12 months: 9}}}}
  other: {services: {usual: {referral: {share: times 1.1}}}}
  named: {services: {support: {places: seats}}}
  doubled: {based_on: named, services: {support: {places: times 2}}}
  joined: {services: {also: {for: [struggling], places: crew, length: 1 month}}}
  added: {services: {extra: {for: [struggling], places: {staff: 3, caseload: 12}, length: 1 month}}}
contracts:
  old: {payer: council, payee: charity, term: 2 years, block: £100 per year}
  deal: {payer: council, payee: charity, term: 2 years, block: £100 per year, late: 2 weeks}
  grant: {payer: council, payee: charity, term: 2 years, block: £100 per year}
controls:
  found: {of: services.support.referral.share, range: 10% to 90%, in: [more]}
  ratio: {of: services.support.effects.a.risk_ratio, range: 0.2 to 1}
readings:
  good: {weight: 20%, services: {support: {effects: {a: {risk_ratio: 0.36}}}}}
"""


def file(more: str = "") -> Scenario:
    return load_text(FILE + more)


SCENARIO = file()


def under(design: str = "more", scenario: Scenario = SCENARIO, reading: str | None = None, **short: float):
    """The document of a design that is short of its plan."""
    return scenario.under(Shortfall(**short), reading).designs[design]


def value(quantity: object) -> float:
    assert isinstance(quantity, Quantity)
    return quantity.value


def timeline(places) -> list[tuple[float, float]]:
    return [(when, value(each)) for when, _, each in places.count.steps]


# ---- what is stressed


def test_services_that_a_design_opens_enlarges_adds_or_makes_work_otherwise():
    def of(design: str) -> tuple[str, ...]:
        return services_of(SCENARIO.merged[design], SCENARIO.merged["today"])

    assert of("today") == of("less") == ()
    assert of("more") == ("support", "after_care")
    assert of("crowd") == ("night", "day")
    assert of("other") == ("usual",)
    assert of("named") == ("support",)
    assert of("added") == ("extra",)


def test_the_baseline_and_what_a_design_leaves_as_it_is_are_never_touched():
    everything = Shortfall(0.4, HALF_YEAR, 0.5, 60)
    short = SCENARIO.under(everything)
    assert short.merged["today"] is SCENARIO.merged["today"]
    assert short.designs["today"] is SCENARIO.designs["today"]
    assert short.merged["less"] is SCENARIO.merged["less"]
    for name in ("usual", "night"):
        assert short.merged["more"]["services"][name] == SCENARIO.merged["more"]["services"][name]
    assert short.merged["more"]["contracts"]["old"] == SCENARIO.merged["more"]["contracts"]["old"]


def test_a_plan_that_is_kept_is_the_same_file():
    short = SCENARIO.under(Shortfall())
    assert all(short.merged[name] is raw for name, raw in SCENARIO.merged.items())


def test_the_file_that_is_stressed_is_not_changed_itself():
    before = repr(SCENARIO.merged["more"])
    stressed(SCENARIO.merged["more"], SCENARIO.merged["today"], ["deal"], Shortfall(0.4, HALF_YEAR, 0.5, 60))
    assert repr(SCENARIO.merged["more"]) == before


def test_a_scenario_without_services_has_nothing_to_change():
    bare = load_text(
        "format: 1\nscenario: Bare\nstart: 2027-04-01\nhorizon: 1 year\npeople: {arrive: {a: 20 per year}}\n"
        "needs: {a: {}, b: {}}\ntransitions: {a -> b: {exponential: 6 months}}\n"
        "designs: {now: {baseline: yes}, then: {label: The same}}\n"
    )
    assert bare.under(Shortfall(0, 99, 0, 99)).merged["then"] is bare.merged["then"]


@pytest.mark.parametrize(
    "short",
    [{"referrals": 1.1}, {"referrals": -0.1}, {"effects": 2}, {"opens_later": -1}, {"paid_later": math.inf}],
)
def test_what_is_no_shortfall_is_refused(short):
    with pytest.raises(ValueError, match=r"fall short|is a time"):
        Shortfall(**short)


# ---- low referrals


def test_fewer_are_identified_whether_the_share_is_a_number_or_a_name():
    share = under(referrals=0.41).services["support"].referral.share
    assert (share.name, share.factor) == ("found", 0.41)
    set_to = file().with_settings({"found": "60%"})
    assert value(under(scenario=set_to, referrals=0.5).services["support"].referral.share) == pytest.approx(
        0.3
    )


def test_a_share_that_is_not_written_is_all_of_them():
    assert value(under("added", referrals=0.41).services["extra"].referral.share) == pytest.approx(0.41)


def test_a_service_that_is_reached_by_hand_off_only_has_fewer_who_say_yes():
    services = under(referrals=0.41).services
    assert value(services["after_care"].take_up) == pytest.approx(0.41)
    assert services["after_care"].referral.share is None
    # and where there is a share of those identified, take-up stays
    assert services["support"].take_up == SCENARIO.designs["more"].services["support"].take_up


@pytest.mark.parametrize(
    "share", ["{start: 80%, 2028-04-01: 90%}", "{town: 70%, others: 100%}", "95% (88% to 99%)"]
)
@pytest.mark.parametrize("left", [0.0, 0.41, 0.99])
def test_shares_of_every_form_stay_within_0_and_100(share, left):
    text = FILE.replace("referral: {share: found,", f"referral: {{share: {share},").split("controls:")[0]
    planned = load_text(text).designs["more"].services["support"].referral.share
    found = under(scenario=load_text(text), referrals=left).services["support"].referral.share
    for one, other in zip(leaves(found), leaves(planned), strict=True):
        assert value(one) == pytest.approx(left * value(other))
        assert 0 <= (one.low or 0) <= value(one) <= (one.high or 1) <= 1


# ---- slow start


def test_places_open_so_much_later_and_close_on_their_day():
    # 2028-04-01 is day 366 and 2031-04-01 day 1461; half a year is 182.625 days.
    assert timeline(under(opens_later=HALF_YEAR).services["support"].places) == [
        (0, 0),
        (182.625, 10),
        (548.625, 40),
        (1461, 0),
    ]


def test_edge_of_care_opens_half_a_year_late_and_closes_as_planned():
    found = load(EDGE).under(Shortfall(opens_later=HALF_YEAR)).designs["early_help"]
    steps = [(0, 0), (182.625, 40), (548.625, 90), (1827, 0)]
    assert timeline(found.services["family_support"].places) == steps


def test_a_named_number_of_places_opens_late_too():
    steps = timeline(under("named", opens_later=HALF_YEAR).services["support"].places)
    assert steps == [(0, 0), (182.625, 30)]
    steps = timeline(under("doubled", opens_later=HALF_YEAR).services["support"].places)
    assert steps == [(0, 0), (182.625, 60)]


def test_unlimited_places_open_late():
    first, second = timeline(under(opens_later=HALF_YEAR).services["after_care"].places)
    assert first == (0, 0)
    assert second[0] == 182.625 and second[1] >= 1e6


def test_staff_of_a_team_come_late_and_those_there_stay():
    staff = under("crowd", opens_later=30.0).teams["crew"].staff
    assert [(when, value(each)) for when, _, each in staff.steps] == [(0, 4), (12 * MONTH + 30, 9)]


def test_a_service_that_joins_a_team_takes_nothing_from_those_who_have_it():
    assert services_of(SCENARIO.merged["joined"], SCENARIO.merged["today"]) == ("also",)
    late = SCENARIO.under(Shortfall(opens_later=30.0))
    assert late.merged["joined"] is SCENARIO.merged["joined"]


def test_staff_of_a_new_service_come_late():
    places = under("added", opens_later=30.0).services["extra"].places
    assert [(when, value(each)) for when, _, each in places.staff.steps] == [(0, 0), (30, 3)]
    assert value(places.caseload) == 12


def test_what_is_enlarged_has_its_old_places_meanwhile_and_what_is_cut_is_cut_in_time():
    assert delayed([(0, 80)], [(0, 50)], 90) == [(0, 50), (90, 80)]
    assert delayed([(0, 40), (100, 60), (200, 20)], [(0, 50)], 30) == [(0, 40), (130, 60), (200, 20)]


steps = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 200)), min_size=1, max_size=6).map(
    lambda found: [
        (0.0, float(found[0][1])),
        *sorted({float(when): float(n) for when, n in found if when}.items()),
    ]
)


@given(steps, steps, st.floats(0, 2000))
def test_places_that_open_late_are_never_more_than_planned_then_or_so_long_before(planned, before, days):
    late = delayed(planned, before, days)
    assert late[0][0] == 0
    for when in [0.0, days / 2, days, *(t + d for t, _ in planned for d in (0.0, days, 0.5))]:
        assert at(late, when) <= at(planned, when)
        earlier = at(planned, when - days) if when >= days else at(before, when)
        assert at(late, when) == min(at(planned, when), earlier)


@given(steps, steps)
def test_no_delay_is_the_plan(planned, before):
    late = delayed(planned, before, 0.0)
    assert all(at(late, when) == value for when, value in planned)


# ---- weak effect


def test_ratios_of_every_kind_come_nearer_to_1_on_the_log_scale():
    effects = under(effects=0.5).services["support"].effects
    # sqrt 0.64 = 0.8; sqrt 1.21 = 1.1; a ratio of 0 stays 0 unless nothing is left of it
    assert value(effects["a"].risk_ratio) == pytest.approx(0.8)
    assert effects["a"].by is not None
    split = effects["b"].hazard_ratio
    assert isinstance(split, Split)
    assert [name for name, _ in split.parts] == ["town"]
    assert value(split.parts[0][1]) == pytest.approx(0.8)
    assert value(split.others) == pytest.approx(1.1)
    assert value(effects["c"].odds_ratio) == 0


def test_no_effect_makes_every_ratio_1():
    effects = under(effects=0.0).services["support"].effects
    ratios = [effects["a"].risk_ratio, effects["b"].hazard_ratio, effects["c"].odds_ratio]
    assert {value(leaf) for ratio in ratios for leaf in leaves(ratio)} == {1.0}


@given(st.floats(0.01, 8), st.floats(0, 1))
def test_what_is_left_of_an_effect_is_a_share_of_its_logarithm(ratio, left):
    text = FILE.replace("risk_ratio: 0.64 (0.5 to 0.8)", f"hazard_ratio: {ratio:.6f}").replace(
        f"hazard_ratio: {ratio:.6f}, by: 12 months", f"hazard_ratio: {ratio:.6f}"
    )
    text = text.split("controls:")[0]
    found = under(scenario=load_text(text), effects=left).services["support"].effects["a"].hazard_ratio
    assert math.log(value(found)) == pytest.approx(left * math.log(float(f"{ratio:.6f}")), abs=1e-9)


def test_what_somebody_supposes_is_no_evidence():
    ratio = under(effects=0.5).services["support"].effects["a"].risk_ratio
    assert (ratio.low, ratio.source, ratio.grade) == (None, "assumption", 6)


def test_a_control_or_a_reading_is_stressed_as_it_stands():
    set_to = file().with_settings({"ratio": 0.25})
    assert value(
        under(scenario=set_to, effects=0.5).services["support"].effects["a"].risk_ratio
    ) == pytest.approx(0.5)
    read = under(reading="good", effects=0.5).services["support"].effects["a"].risk_ratio
    assert value(read) == pytest.approx(0.6)


# ---- payment delays


def test_contracts_that_only_the_design_signs_are_paid_later_on_top_of_what_the_file_says():
    contracts = under(paid_later=60).contracts
    assert [value(contracts[name].late) for name in ("old", "deal", "grant")] == [0, 74, 60]


def test_a_contract_that_is_not_signed_stays():
    assert SCENARIO.under(Shortfall(paid_later=60)).merged["named"] is SCENARIO.merged["named"]


def test_everything_at_once_is_each_of_them():
    found = under(referrals=0.41, opens_later=HALF_YEAR, effects=0.5, paid_later=60)
    support = found.services["support"]
    assert support.referral.share.factor == 0.41
    assert timeline(support.places)[1] == (182.625, 10)
    assert value(support.effects["a"].risk_ratio) == pytest.approx(0.8)
    assert value(found.contracts["grant"].late) == 60
