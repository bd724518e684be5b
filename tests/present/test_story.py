"""A person's story in sentences."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from simulator.analysis.story import Story
from simulator.api import NoSuchPerson, tell
from simulator.engine import history as h
from simulator.present.story import BY_WHAT, WORDS, sentences
from simulator.scenario.problems import ScenarioError
from tests.present.tiny import NO_COSTS, TEXT, scenario


def test_both_designs_tell_of_the_same_person() -> None:
    told = tell(scenario(TEXT), 3)
    assert [each[0].split(",")[0] for each in told] == ["Under As it is", "Under Early help"]
    assert all("child number 3" in each[0] for each in told)
    assert told[0][1].endswith("The child comes into view: Struggling.")
    assert any("£" in sentence for sentence in told[0] + told[1])


def test_a_design_that_changes_nothing_is_told_in_one_sentence() -> None:
    first, second = tell(scenario(NO_COSTS), 0)
    assert len(first) > 1
    assert second[1:] == ["Exactly the same happens."]


def test_the_baseline_alone_is_told_once() -> None:
    assert len(tell(scenario(TEXT), 0, design="today")) == 1


@pytest.mark.parametrize("person", [-1, 10_000_000])
def test_a_number_that_nobody_has_is_refused_with_those_there_are(person: int) -> None:
    with pytest.raises(NoSuchPerson, match=r"numbered 0 to \d+"):
        tell(scenario(TEXT), person)


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(ScenarioError, match="there is no design `nope`"):
        tell(scenario(TEXT), 0, design="nope")


def test_what_happened_before_results_begin_is_set_apart_once() -> None:
    warm = scenario(TEXT.replace("horizon: 2 years", "horizon: 2 years\nwarm_up: 1 year"))
    told = tell(warm, 0, design="today")[0]
    assert sum("Results begin" in sentence for sentence in told) == 1


def test_every_step_that_a_history_can_hold_has_words() -> None:
    """Whatever (what, why) the engine writes, a sentence exists for what alone or for both."""
    whats = {what for what, _ in WORDS} | set(BY_WHAT)
    assert set(h.WHAT) - {""} <= whats


def test_a_story_without_costs_says_so() -> None:
    empty = Story("today", 0, 0, (), (), ())
    assert sentences(empty, scenario(TEXT))[-1] == "It cost nothing that the scenario counts."
    assert len(sentences(dataclasses.replace(empty), scenario(NO_COSTS.replace("now: {", "today: {")))) == 1


def test_sentences_end_with_a_full_stop() -> None:
    told = itertools.chain.from_iterable(each[1:] for each in tell(scenario(TEXT), 5))
    assert all(sentence.endswith((".", ".)")) for sentence in told)
