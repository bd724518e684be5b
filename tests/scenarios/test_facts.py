"""Every shipped scenario: its baseline beside official figures, its sources followed, its sceptic heard, its page as produced.

What a fact allows and why is said where the fact is (tests/scenarios/NAME_facts.py) and printed on the scenario's page.
"""

from __future__ import annotations

import dataclasses

import pytest

from simulator.scenario.evidence import evidence
from simulator.scenario.quantities import ASSUMPTION
from tests.scenarios.facts import Produced, facts_of, names, page_of, produced, scenario_of, with_table

NAMES = names()
# A warning that a scenario is meant to show stands here, with the words by which its page tells of it.
MEANT = {
    "neet": ("contracts.innovation_fund.pays", "the warning is meant to stand"),
    "ips": ("contracts.mhep.pays", "the warning is meant to stand"),
    "rough-sleeping": ("contracts.fair_chance.pays", "the warning is meant to stand"),
}


@pytest.mark.parametrize("name", NAMES)
def test_today_is_as_near_the_official_figures_as_the_page_says(name: str) -> None:
    found = produced(name)
    assert len(found) >= 3
    wrong = [
        f"{each.fact.what}: {each.mean:.4g}, published {each.fact.published:.4g}"
        for each in found
        if not each.as_said
    ]
    assert not wrong


@pytest.mark.parametrize("name", NAMES)
def test_the_margins_are_narrow_beside_the_figures_and_wide_beside_their_luck(name: str) -> None:
    """A margin of more than a quarter of the figure would let nearly anything pass; one below three errors would fail by luck."""
    for each in produced(name):
        if each.fact.met:
            assert each.fact.within <= 0.25 * abs(each.fact.published), each.fact.what
        assert 3 * each.error <= each.fact.within, each.fact.what


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_today_produces(name: str) -> None:
    page = page_of(name).read_text(encoding="utf-8")
    assert with_table(page, produced(name)) == page, "run python -m tests.scenarios.facts --write"


@pytest.mark.parametrize("name", NAMES)
def test_each_fact_has_a_source_that_the_scenario_lists(name: str) -> None:
    sources = scenario_of(name).document.sources
    for fact in facts_of(name):
        assert fact.source in sources
        assert fact.why


def test_a_fact_that_is_missed_is_noticed() -> None:
    """The judge itself: a figure outside its margin agrees with nothing, and one said to be missed must be missed."""
    fact = dataclasses.replace(facts_of("edge-of-care")[0], published=0.4, within=0.02, met=True)
    assert Produced(fact, 0.41, 0.001).as_said
    assert not Produced(fact, 0.43, 0.001).as_said
    missed = dataclasses.replace(fact, met=False)
    assert Produced(missed, 0.43, 0.001).as_said
    assert not Produced(missed, 0.41, 0.001).as_said


@pytest.mark.parametrize("name", NAMES)
def test_there_is_nothing_to_warn_of_but_what_the_page_tells(name: str) -> None:
    where, words = MEANT.get(name, ("", ""))
    assert [str(each) for each in scenario_of(name).warnings if not where or where not in str(each)] == []
    assert bool(where) == bool(scenario_of(name).warnings)
    assert words in " ".join(page_of(name).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", NAMES)
def test_every_source_that_a_number_names_is_listed_and_every_source_listed_is_used(name: str) -> None:
    """Each key after `@` leads to a citation with a grade; a source that nothing and no fact rests on misleads."""
    scenario = scenario_of(name)
    sources = scenario.document.sources
    named = {each.source for each in evidence(scenario) if each.source and each.source != ASSUMPTION}
    named |= {each.source for each in scenario.document.readings.values() if each.source} - {ASSUMPTION}
    assert named <= set(sources)
    assert set(sources) == named | {fact.source for fact in facts_of(name)}
    assert all(each.cite and each.grade and each.note for each in sources.values())


# What stands in a file as a choice: how long it runs, what a contract says, what a party asks, where a slider stops.
CHOICES = ("contracts.", "providers.", "investment.", "accepts_if.", "priorities.", "controls.", "outcomes.")


@pytest.mark.parametrize("name", NAMES)
def test_every_number_about_the_world_has_a_source_or_says_that_it_is_assumed(name: str) -> None:
    bare = [
        each.place
        for each in evidence(scenario_of(name))
        if not each.source and not each.place.startswith(CHOICES) and not _chosen(each.place)
    ]
    assert bare == []


def _chosen(place: str) -> bool:
    """Places, windows, the rules of a list, how a study was read, and the run itself: decisions, not evidence."""
    steps = place.split(".")
    return (
        len(steps) == 1
        or "places" in steps
        or "staff" in steps
        or "caseload" in steps
        or "closing" in steps
        or steps[-1] in ("by", "fades_over", "lasts", "promote_every", "room", "lead_in")
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_has_all_that_a_commissioner_needs(name: str) -> None:
    document = scenario_of(name).document
    assert len(document.designs) >= 2 and document.contracts and document.providers and document.investment
    assert (
        document.accepts_if
        and document.priorities
        and document.readings
        and document.controls
        and document.owner
    )
    assert sum(bool(each.range) for each in evidence(scenario_of(name))) >= 10
