"""Controls: numbers that a scenario names as worth moving, what may be one, and what moving one does."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from simulator.scenario.load import Scenario, load, load_text
from simulator.scenario.problems import ScenarioError
from simulator.scenario.quantities import Quantity

ROOT = Path(__file__).resolve().parents[2]
EDGE = ROOT / "scenarios" / "edge-of-care.yaml"
FILE = """\
format: 1
scenario: Controls
start: 2027-04-01
horizon: 5 years
warm_up: 1 year
price_year: 2024/25
agencies: {council: Council}
people:
  arrive: {struggling: 300 per year}
  segments: {area: {town: 60%, villages: 40%}}
  leave_after: {exponential: 5 years}
needs: {struggling: {}, in_crisis: {crisis: yes}}
transitions:
  struggling -> in_crisis: {within: {12 months: 20%}, hazard_ratio: {villages: 1.5}}
  in_crisis -> struggling: {exponential: 8 months}
services:
  support:
    for: [struggling, in_crisis]
    referral: {share: 40% (30% to 50%) @assumption, after: 2 weeks}
    take_up: {town: 60% (50% to 70%), villages: 40%}
    places: 10
    length: {lognormal: {mean: 20 weeks, sd: 5 weeks}}
    effects: {fewer: {on: struggling -> in_crisis, risk_ratio: 0.7 (0.5 to 0.9), by: 12 months}}
    cost: [{council: "£9,500 per place per year"}, {council: £350 per start}]
designs:
  today: {baseline: yes}
  more: {services: {support: {places: {start: 10, 2028-04-01: 40}}}}
  less: {services: {support: {places: 4}}}
  same: {based_on: more}
numbers: {unused: {value: 30%, range: 20% to 40%, source: assumption}}
readings:
  none: {weight: 20%, services: {support: {effects: {fewer: {risk_ratio: 1}}}}}
"""
S = "services.support"


def with_control(control: str, more: str = "") -> Scenario:
    return load_text(FILE + f"controls:\n  one: {{{control}}}\n{more}")


def refused(control: str, more: str = "") -> str:
    with pytest.raises(ScenarioError) as error:
        with_control(control, more)
    [problem] = error.value.problems
    assert problem.line >= FILE.count("\n") + 1
    return f"{problem.key}: {problem.message} | {problem.suggestion}"


# ---- what is read


def test_a_range_is_in_the_unit_of_what_stands_there():
    one = with_control(f"of: {S}.referral.share, range: 30% to 90%, label: Found, note: Of 100").controls[
        "one"
    ]
    assert (one.label, one.note, one.of) == ("Found", "Of 100", f"{S}.referral.share")
    assert (one.low, one.high, one.step, one.written, one.value, one.unit) == (30, 90, 3, 40, 40, "%")
    assert (one.scales, one.designs) == (False, ("today", "more", "less", "same"))
    assert (one.text(60), one.shown(60)) == ("60%", "60%")


@pytest.mark.parametrize(
    ("of", "extent", "unit", "written", "text", "shown"),
    [
        ("referral.share", "30 to 90", "%", 40, "40%", "40%"),
        ("referral.after", "1 week to 4 weeks", "weeks", 2, "2 weeks", "2 weeks"),
        ("referral.after", "7 days to 4", "weeks", 2, "2 weeks", "2 weeks"),
        ("effects.fewer.risk_ratio", "0.5 to 1", "", 0.7, "0.7", "0.7"),
        ("effects.fewer.by", "6 to 24 months", "months", 12, "12 months", "12 months"),
        ("length.lognormal.sd", "1 to 8", "weeks", 5, "5 weeks", "5 weeks"),
        ("take_up.town", "10% to 90%", "%", 60, "60%", "60%"),
        ("cost.0.council", "£5k to £20k", "£", 9500, "£9500 per place per year", "£9,500 per place per year"),
        ("cost.1.council", "100 to 900", "£", 350, "£350 per start", "£350 per start"),
    ],
)
def test_every_kind_of_number_keeps_its_unit(of, extent, unit, written, text, shown):
    scenario = with_control(f"of: {S}.{of}, range: {extent}")
    one = scenario.controls["one"]
    assert (one.unit, one.written, one.text(one.written), one.shown(one.written)) == (
        unit,
        written,
        text,
        shown,
    )
    moved = scenario.with_settings({"one": one.high})
    assert moved.controls["one"].value == one.high
    assert moved.settings == {"one": one.text(one.high)}


@pytest.mark.parametrize(
    ("of", "extent", "unit"),
    [
        ("people.arrive.struggling", "100 to 400", "per year"),
        ("transitions.struggling -> in_crisis.within.12 months", "10% to 40%", "%"),
        ("transitions.struggling -> in_crisis.hazard_ratio.villages", "1 to 2", ""),
        ("numbers.unused", "20% to 40%", "%"),
    ],
)
def test_a_control_may_act_wherever_a_design_may(of, extent, unit):
    one = with_control(f"of: {of}, range: {extent}").controls["one"]
    assert one.unit == unit


def test_a_number_of_numbers_is_moved_where_it_is_used_or_where_it_stands():
    text = FILE.replace("share: 40% (30% to 50%) @assumption", "share: unused")
    used = load_text(text + f"controls: {{one: {{of: {S}.referral.share, range: 20% to 50%, set: 45%}}}}\n")
    assert used.controls["one"].written == 30
    assert used.designs["more"].services["support"].referral.share.value == 0.45
    assert used.designs["more"].numbers["unused"].value == 0.3
    stands = load_text(text + "controls: {one: {of: numbers.unused, range: 20% to 50%, set: 45%}}\n")
    assert stands.designs["more"].numbers["unused"].value == 0.45


def test_in_names_the_designs():
    scenario = with_control(f"of: {S}.referral.share, range: 30% to 90%, in: more, set: 80%")
    shares = {name: each.services["support"].referral.share.value for name, each in scenario.designs.items()}
    assert shares == {"today": 0.4, "more": 0.8, "less": 0.4, "same": 0.4}
    assert scenario.controls["one"].designs == ("more",)


# ---- what moving does


def test_a_number_that_is_set_is_fixed_and_an_assumption():
    scenario = with_control(f"of: {S}.referral.share, range: 30% to 90%, set: 80%")
    share = scenario.designs["more"].services["support"].referral.share
    assert (share.value, share.low, share.high, share.source, share.grade) == (
        0.8,
        None,
        None,
        "assumption",
        6,
    )
    assert scenario.settings == {"one": "80%"}
    assert scenario.document.services["support"].referral.share.value == 0.4


def test_times_multiplies_what_each_design_has_step_by_step_and_its_range():
    scenario = with_control(f"of: {S}.places, times: 0.5 to 2, set: 1.5")
    one = scenario.controls["one"]
    assert (one.scales, one.written, one.value, one.unit, one.low, one.high) == (True, 1, 1.5, "", 0.5, 2)
    assert (one.text(1.5), one.shown(1.5)) == ("1.5", "150% of as written")
    counts = {name: each.services["support"].places.count for name, each in scenario.designs.items()}
    assert counts["today"].value == 15
    assert [each.value for _, _, each in counts["more"].steps] == [15, 60]
    assert [each.value for _, _, each in counts["same"].steps] == [15, 60]
    assert counts["less"].value == 6
    town = (
        with_control(f"of: {S}.take_up, times: 0.5 to 1.2, set: 0.5")
        .designs["less"]
        .services["support"]
        .take_up
    )
    assert [(part.value, part.low, part.high) for _, part in town.parts] == [
        (0.3, 0.25, 0.35),
        (0.2, None, None),
    ]
    length = (
        with_control(f"of: {S}.length, times: 0.5 to 2, set: 2").designs["less"].services["support"].length
    )
    assert length.factor == 2


def test_a_reading_stands_over_a_control():
    scenario = with_control(f"of: {S}.effects.fewer.risk_ratio, range: 0.5 to 1, set: 0.9")
    ratio = scenario.designs["more"].services["support"].effects["fewer"].risk_ratio
    read = scenario.design("more", "none").services["support"].effects["fewer"].risk_ratio
    assert (ratio.value, read.value) == (0.9, 1)
    assert scenario.version("more", "none")[0].services["support"].referral.share.value == 0.4


def test_controls_that_are_not_set_change_nothing():
    plain = load_text(FILE)
    controlled = with_control(f"of: {S}.referral.share, range: 30% to 90%")
    assert controlled.designs.keys() == plain.designs.keys()
    for name, document in controlled.designs.items():
        fields = {**document.__dict__, "controls": {}}
        assert fields == plain.designs[name].__dict__
    assert (controlled.settings, plain.settings, plain.controls) == ({}, {}, {})


def test_warnings_are_about_the_file_as_written():
    control = f"of: {S}.referral.share, range: 30% to 90%"
    assert [each.message for each in with_control(f"{control}, set: 80%").warnings] == [
        each.message for each in with_control(control).warnings
    ]


def test_what_only_a_moved_control_brings_about_is_no_warning():
    text = FILE.replace("places: 10\n", "places: 0\n").replace(
        "£9,500 per place per year", "£95 per person per week"
    )
    text = text.replace("designs:\n", "designs:\n  quiet: {}\n").replace("{start: 10, 2028-04-01: 40}", "0")
    text = text.replace("{places: 4}", "{places: 0}")
    control = f"controls: {{one: {{of: {S}.places, range: 0 to 9}}}}\n"
    scenario = load_text(text + control)
    moved = scenario.with_settings({"one": 9})
    assert "a cost per person" in str(load_text(text.replace("places: 0\n", "places: 9\n")).warnings)
    assert [each.message for each in moved.warnings] == [each.message for each in scenario.warnings]


def test_two_controls_are_both_laid_over():
    more = f"  two: {{of: {S}.places, times: 0.5 to 2, set: 2, in: less}}\n"
    service = (
        with_control(f"of: {S}.referral.share, range: 30% to 90%, set: 80%", more)
        .designs["less"]
        .services["support"]
    )
    assert (service.referral.share.value, service.places.count.value) == (0.8, 8)


def test_a_setting_that_only_the_whole_file_can_refuse_is_refused_at_set():
    text = FILE.replace("people:\n", "outcomes: {safe: {avoided: in_crisis, for: 6 months}}\npeople:\n", 1)
    text += "providers: {charity: {}}\ncontracts:\n  deal: {payer: council, payee: charity, term: 5 years, "
    text += "cap: {per_person: £900}, pays: {safe: {price: £500}}}\n"
    text += "controls: {price: {of: contracts.deal.pays.safe.price, range: £100 to £2000}}\n"
    scenario = load_text(text)
    with pytest.raises(ScenarioError, match="cap") as error:
        scenario.with_settings({"price": 1500})
    assert {each.line for each in error.value.problems} <= {text.count("\n"), text.count("\n") - 1}


# ---- what is refused


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (f"of: {S}.referral.share", "one of `range` and `times`"),
        (f"of: {S}.referral.share, range: 30% to 90%, times: 1 to 2", "one of `range` and `times`"),
        ("range: 30% to 90%", "`of` is missing"),
        (f"of: {S}.referral.share, rang: 30% to 90%", "unknown key `rang`"),
        (f"of: {S}.referral.share, range: 30%", "`30%` is not a range"),
        (f"of: {S}.referral.share, range: 90% to 30%", "does not rise"),
        (f"of: {S}.referral.share, range: 50% to 90%", "as written it is `40%`, which lies outside"),
        (f"of: {S}.referral.share, range: 30 weeks to 90 weeks", "is not a share"),
        (f"of: {S}.referral.share, range: 30% to 190%", "not between 0% and 100%"),
        (f"of: {S}.referral.share, range: 30% to 90%, step: 0%", "a step is above 0"),
        (f"of: {S}.referral.share, range: 30% to 90%, step: 70%", "longer than the range"),
        (f"of: {S}.referral.share, range: 30% to 90%, step: -5%", "`-5%` is not"),
        (f"of: {S}.referral.share, range: 30% to 90%, set: 95%", "`95%` is outside the range"),
        (f"of: {S}.referral.share, range: 30% to 90%, set: 0.5", "`0.5` is not a share"),
        (f"of: {S}.referral.share, range: 30% to 90%, set: unused", "not one plain number"),
        (
            f"of: {S}.referral.share, range: 30% to 90%, in: mor",
            "there is no design `mor` | did you mean `more`?",
        ),
        (f"of: {S}.referral.shar, range: 30% to 90%", "no `shar` | did you mean `share`?"),
        ("of: services.suport.take_up, times: 1 to 2", "did you mean `support`?"),
        (f"of: {S}.take_up, range: 30% to 90%", "this is not one number | `times` in place of `range`"),
        (f"of: {S}.places, range: 1 to 90", "this is not one number | `times`"),
        (f"of: {S}.places, range: 1 to 90, in: [today, less]", "it is `10` in `today` and `4` in `less`"),
        (f"of: {S}.places, times: 2 to 3", "as written it is `1`, which lies outside"),
        (f"of: {S}.places, times: 50% to 200%", "`50%` is not a ratio"),
        (f"of: {S}.take_up, times: 0.5 to 2", "at `2` in `today`: this comes to 120%, over 100%"),
        (f"of: {S}.length, times: 0 to 2", "cannot be multiplied by 0"),
        (f"of: {S}.once, times: 0.5 to 2", "there is no `once`"),
        (f"of: {S}.for, times: 0.5 to 2", "is not a number"),
        (f"of: {S}, times: 0.5 to 2", "is more than one number | such as `services.support."),
        ("of: services, times: 0.5 to 2", "is more than one number"),
        (f"of: {S}.cost, times: 0.5 to 2", "is more than one number"),
        (f"of: {S}.cost.7.council, times: 0.5 to 2", "there is no `7`"),
        (f"of: {S}.effects.fewer.on, times: 0.5 to 2", "is not a number"),
        ("of: numbers.unused.value, range: 20% to 40%", "name the number itself, `numbers.unused`"),
        # only what a design may change
        ("of: scenario, times: 0.5 to 2", "a control cannot move `scenario`"),
        ("of: horizon, range: 1 year to 9 years", "a control cannot move `horizon`"),
        ("of: sources.a.grade, times: 0.5 to 2", "a control cannot move `sources`"),
        ("of: designs.more.baseline, times: 0.5 to 2", "a control cannot move `designs`"),
        ("of: controls.one.set, times: 0.5 to 2", "a control cannot move `controls`"),
        ("of: people.segments.area.town, range: 10% to 90%", "there is no `segments`"),
        ("of: people.__class__, times: 0.5 to 2", "there is no `__class__`"),
        ('of: "", times: 0.5 to 2', "a control cannot move ``"),
        ("of: ., times: 0.5 to 2", "a control cannot move ``"),
        (f"of: ..{S}, times: 0.5 to 2", "a control cannot move ``"),
    ],
)
def test_a_control_that_cannot_be_is_refused_in_its_line(control, said):
    assert said in refused(control)


def test_two_controls_of_one_number_are_refused():
    more = f"  two: {{of: {S}.take_up.town, range: 10% to 90%}}\n"
    said = refused(f"of: {S}.take_up, times: 0.5 to 1.5", more)
    assert said.startswith("controls.two.of: `one` moves this number already")
    apart = f"  two: {{of: {S}.take_up.town, range: 10% to 90%, in: less}}\n"
    assert len(with_control(f"of: {S}.take_up, times: 0.5 to 1.5, in: more", apart).controls) == 2


def test_a_date_and_a_team_are_no_numbers():
    text = FILE.replace("numbers: {", "numbers: {day: 2028-04-01, ")
    with pytest.raises(ScenarioError, match="here is a date"):
        load_text(text + "controls: {one: {of: numbers.day, range: 2028-01-01 to 2028-06-01}}\n")
    team = FILE.replace("    places: 10\n", "    places: crew\n").replace(
        "designs:", "teams: {crew: {places: 9}}\ndesigns:"
    )
    team = team.replace(", {council: £350 per start}", "").replace(
        "£9,500 per place per year", "£9 per start"
    )
    with pytest.raises(ScenarioError, match="is not a number in `today`"):
        load_text(team + f"controls: {{one: {{of: {S}.places, times: 0.5 to 2, in: today}}}}\n")
    assert (
        load_text(team + "controls: {one: {of: teams.crew.places, range: 1 to 20}}\n").controls["one"].written
        == 9
    )


def test_there_are_twenty_controls_at_most():
    service = "  extra_{0}: {{for: struggling, places: 1, length: 2 weeks}}\n"
    text = FILE.replace("designs:", "".join(service.format(i) for i in range(21)) + "designs:", 1)
    one = "  c_{0}: {{of: services.extra_{0}.places, times: 0.5 to 2}}\n"
    assert len(load_text(text + "controls:\n" + "".join(one.format(i) for i in range(20))).controls) == 20
    with pytest.raises(ScenarioError, match="21 controls, over 20"):
        load_text(text + "controls:\n" + "".join(one.format(i) for i in range(21)))


def test_names_and_keys_of_ten_thousand_characters_are_refused_in_a_sentence():
    long = "a" * 9_999
    for control in (f"{long}: {{of: {S}.places, times: 0.5 to 2}}", f"one: {{of: {long}, times: 0.5 to 2}}"):
        with pytest.raises(ScenarioError) as error:
            load_text(FILE + f"controls: {{{control}}}\n")
        assert len(str(error.value)) < 500
    scenario = with_control(f"of: {S}.places, times: 0.5 to 2")
    for settings in ({long: "1"}, {"one": long}, {"one": "1" * 9_999}):
        with pytest.raises(ScenarioError) as error:
            scenario.with_settings(settings)
        assert len(str(error.value)) < 500


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, "1; rm", "", " ", "1.5.5", "1e3", "yes"])
def test_what_is_no_value_of_a_control_is_refused(value):
    with pytest.raises(ScenarioError) as error:
        with_control(f"of: {S}.places, times: 0.5 to 2").with_settings({"one": value})
    [problem] = error.value.problems
    assert problem.key == "controls.one"


def test_all_that_is_wrong_with_settings_is_said_at_once():
    scenario = with_control(f"of: {S}.referral.share, range: 30% to 90%")
    with pytest.raises(ScenarioError) as error:
        scenario.with_settings({"on": "40%", "one": "95%"})
    assert [(each.key, each.message) for each in error.value.problems] == [
        ("controls", "there is no control `on`"),
        ("controls.one", "`95%` is outside the range of this control"),
    ]
    with pytest.raises(ScenarioError, match="this file has no controls"):
        load_text(FILE).with_settings({"one": 1})


def test_a_count_is_moved_by_whole_numbers():
    one = with_control(f"of: {S}.places, range: 1 to 20, in: today").controls["one"]
    assert one.step == 1
    with pytest.raises(ScenarioError, match="not a whole number"):
        with_control(f"of: {S}.places, range: 1 to 20, in: today").with_settings({"one": 2.5})


def test_a_setting_cannot_be_changed_in_place():
    one = with_control(f"of: {S}.places, times: 0.5 to 2").controls["one"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.value = 2.0  # type: ignore[misc]


# ---- the shipped scenario


def test_both_ends_of_every_control_of_edge_of_care_load_and_the_baseline_stays():
    scenario = load(EDGE)
    assert list(scenario.controls) == ["places", "referral", "take_up", "effect"]
    for control in scenario.controls.values():
        assert control.note.endswith(".")
        for end in (control.low, control.high):
            moved = scenario.with_settings({control.name: end})
            assert moved.settings == {control.name: control.text(end)}
            assert moved.designs["today"].services == scenario.designs["today"].services
            both = [
                moved.designs[name].services["family_support"] for name in ("early_help", "early_help_grant")
            ]
            assert both[0] == both[1] != scenario.designs["early_help"].services["family_support"]


def test_many_controls_and_designs_do_not_buy_time():
    """A hostile file may not make its checks long: refused, or read in a few seconds on a slow machine."""
    designs = "".join(f"  d_{i}: {{services: {{support: {{places: {i + 5}}}}}}}\n" for i in range(140))
    text = FILE.replace("  same: {based_on: more}\n", designs, 1)
    of = [
        f"{S}.places",
        f"{S}.take_up.town",
        f"{S}.take_up.villages",
        f"{S}.referral.share",
        f"{S}.referral.after",
    ]
    of += [f"{S}.cost.{i}.council" for i in range(2)] + [
        f"{S}.effects.fewer.{key}" for key in ("risk_ratio", "by")
    ]
    text += "controls:\n" + "".join(
        f"  c_{i}: {{of: {each}, times: 0.9 to 1.1}}\n" for i, each in enumerate(of)
    )
    begin = time.perf_counter()
    with pytest.raises(ScenarioError, match="too many for a file of this size"):
        load_text(text)
    assert time.perf_counter() - begin < 20


def test_a_quantity_is_what_a_control_leaves():
    share = (
        with_control(f"of: {S}.referral.share, range: 30% to 90%, set: 80%")
        .designs["less"]
        .services["support"]
        .referral.share
    )
    assert isinstance(share, Quantity)
    assert share.text == "80%"
