"""The list of evidence: every number of a file once, with the place, the source and the words that people need."""

import re
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.evidence import evidence
from simulator.scenario.load import Scenario, load, load_text
from simulator.scenario.reader import Mapping, Text

ROOT = Path(__file__).resolve().parents[2]
EDGE = ROOT / "scenarios" / "edge-of-care.yaml"
EXAMPLES = sorted([*(ROOT / "tests" / "examples").rglob("*.yaml"), EDGE])
FIGURES = re.compile(r"(?!\d{4}-\d\d-\d\d)(times \S+|[-\u2212]?[£€$]?\s*\.?\d[\d.,]*(k|m|bn)?\b)")
# Figures that are no numbers of the model: versions, dates, words for people, what a study is called.
NO_NUMBERS = {"format", "price_year", "grade", "source", "range", "note", "label", "cite", "url"}
NO_NUMBERS |= {"scenario", "place", "summary", "unit", "what", "name", "from", "controls", "sources"}


def figures(node: Any, key: str = "") -> list[tuple[int, int]]:
    """Where the file has numbers: found by their looks alone, so by another way than the list is made."""
    if isinstance(node, Mapping):
        return [each for inner in node for each in figures(node[inner], inner) if inner not in NO_NUMBERS]
    if isinstance(node, list):
        return [each for inner in node for each in figures(inner, key)]
    assert isinstance(node, Text)
    looks = FIGURES.match(node) is not None
    return [(node.line, node.column)] if looks else []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_number_of_the_file_is_listed_in_its_line(path):
    scenario = load(path)
    lines = sorted({line for line, _ in figures(scenario.raw)})
    assert sorted({each.line for each in evidence(scenario)}) == lines


def test_each_number_is_listed_once():
    found = evidence(load(EDGE))
    assert len(found) == len(figures(load(EDGE).raw))
    assert len({each.place for each in found}) == len(found)
    assert [each.line for each in found] == sorted(each.line for each in found)


def only(scenario: Scenario, place: str) -> Any:
    [found] = [each for each in evidence(scenario) if each.place == place]
    return found


def test_a_number_has_its_words_source_grade_and_range():
    found = only(load(EDGE), "services.family_support.effects.out_of_care.risk_ratio")
    assert found.what == "Intensive family support: out of care, ratio of risks"
    assert (found.value, found.range, found.kind) == ("0.60", "0.48 to 0.76", "ratio")
    assert (found.source, found.grade, found.added_by) == ("bezeczky-2020", 2, "")
    assert found.cite.startswith("Bezeczky et al. 2020")
    assert "RR .60" in found.note


def test_an_assumption_is_of_grade_6_and_a_choice_of_none():
    scenario = load(EDGE)
    assert only(scenario, "services.family_support.take_up").grade == 6
    places = only(scenario, "services.duty_team.places")
    assert (places.grade, places.source) == (None, "")


def test_what_the_file_says_in_full_has_its_own_grade():
    found = only(load(EDGE), "transitions.in_care -> coping.exponential.mean")
    assert (found.value, found.range, found.grade) == ("4.2 years", "3.6 years to 4.9 years", 3)


def test_money_has_its_price_year_from_the_source_or_the_file_and_cash_has_none():
    scenario = load(EDGE)
    assert only(scenario, "transitions.at_risk -> in_care.cost.council").price_year == "2005/06"
    assert only(scenario, "services.family_support.cost.1.charity").price_year == "2024/25"
    assert only(scenario, "providers.charity.overhead").price_year == ""
    assert only(scenario, "services.family_support.take_up").price_year == ""


@pytest.mark.parametrize(
    ("cost", "year"),
    [
        ("{council: £5 per start}", "2024/25"),
        ("{council: £5 per start, price_year: 2020/21}", "2020/21"),
        ("{council: £5 per start, source: study}", "2015/16"),
        ("{council: £5 per start @study}", "2015/16"),
        ("{council: £5 per start @study, price_year: 2020/21}", "2020/21"),
        ("{council: {value: £5 per start, price_year: 2010/11}, price_year: 2020/21}", "2010/11"),
    ],
)
def test_the_nearest_price_year_stands(cost, year):
    text = SMALL.replace("    places: 5\n", f"    places: 5\n    cost: {cost}\n")
    text += "price_year: 2024/25\nagencies: {council: Council}\nsources: {study: {cite: A study, price_year: 2015/16}}\n"
    found = only(load_text(text), "services.help.cost.council")
    assert (found.price_year, found.kind, found.value) == (year, "money", "£5 per start")


def test_what_designs_and_readings_add_says_so():
    scenario = load(EDGE)
    place = "designs.early_help.services.family_support.places.2028-04-01"
    found = only(scenario, place)
    assert (found.added_by, found.value) == ("early_help", "90")
    assert found.what == "Intensive family support: places, from 2028-04-01"
    place = "readings.no_effect.services.family_support.effects.out_of_care.risk_ratio"
    found = only(scenario, place)
    assert (found.added_by, found.value, found.source, found.grade) == ("no_effect", "1", "start-2018", 1)
    assert only(scenario, "readings.no_effect.weight").added_by == ""


def test_a_control_that_is_set_adds_an_assumption_and_hides_nothing():
    scenario = load(EDGE)
    before = [each.place for each in evidence(scenario)]
    changed = scenario.with_settings({"take_up": 60, "places": 1.5})
    after = evidence(changed)
    assert [each.place for each in after if each.added_by not in ("take_up", "places")] == before
    found = only(changed, "controls.take_up.set")
    assert (found.value, found.range, found.source, found.grade) == ("60%", "", "assumption", 6)
    scaled = [each.value for each in after if each.added_by == "places"]
    assert scaled == ["40 times 1.5", "90 times 1.5", "0 times 1.5"]


SMALL = """\
format: 1
scenario: Small
start: 2027-04-01
horizon: 2 years
people: {arrive: {here: 60 per year}, leave_after: {exponential: 3 years @assumption}}
needs: {here: {}}
services:
  help:
    for: here
    places: 5
    length: {lognormal: {mean: 10 weeks (8 weeks to 12 weeks) @assumption, sd: 2 weeks}}
    take_up: half
numbers: {half: {value: 50%, range: 40% to 60%, source: assumption, label: About half}}
designs:
  today: {baseline: yes}
  more: {services: {help: {length: times 2, take_up: times 0.5}}, people: {arrive: {here: 70 per year}}}
"""


def test_a_name_is_no_number_and_what_multiplies_one_is():
    found = {each.place: each for each in evidence(load_text(SMALL))}
    assert "services.help.take_up" not in found
    assert found["numbers.half"].what == "About half"
    lengths = [
        each for each in evidence(load_text(SMALL)) if each.place.endswith("more.services.help.length")
    ]
    assert [(each.value, each.range) for each in lengths] == [
        ("10 weeks times 2", "8 weeks to 12 weeks times 2"),
        ("2 weeks times 2", ""),
    ]
    take_up = found["designs.more.services.help.take_up"]
    assert (take_up.value, take_up.range, take_up.kind) == ("50% times 0.5", "40% to 60% times 0.5", "share")


def test_a_short_form_in_a_design_is_the_designs():
    assert only(load_text(SMALL), "designs.more.people.arrive.here").added_by == "more"


def test_a_text_that_names_a_state_is_no_number():
    text = SMALL.replace("take_up: half\n", "take_up: half\n    then: {completed: leaves}\n")
    assert len(evidence(load_text(text))) == len(evidence(load_text(SMALL)))
