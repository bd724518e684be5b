"""The Python way in: three lines, tables out, errors that say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import simulator
from simulator.analysis.measures import COLUMNS
from simulator.analysis.story import people_to_tell
from simulator.api import _both, closer_look, tell
from simulator.experiments.plan import Plan
from simulator.experiments.replication import run_design
from simulator.experiments.runner import Progress
from simulator.scenario.problems import ScenarioError
from tests.experiments.doubtful import TEXT as DOUBTFUL
from tests.present.tiny import NO_COSTS, TEXT, compared, scenario, written


def test_the_three_lines(tmp_path: Path) -> None:
    path = written(tmp_path)
    result = simulator.compare(path, "early", replications=2)
    assert isinstance(result.table, pd.DataFrame)
    assert {"baseline", "design", "difference", "low", "high", "label", "unit"} <= set(result.table.columns)
    assert result.verdict and result.sections


def test_everything_that_the_package_names_is_there() -> None:
    assert all(getattr(simulator, name) is not None for name in simulator.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = simulator.nope


def test_run_gives_tidy_measures_of_all_designs() -> None:
    result = simulator.run(scenario(TEXT), replications=2)
    assert tuple(result.measures.columns) == COLUMNS
    assert set(result.measures["design"]) == {"today", "early"}
    assert set(result.measures["replication"]) == {0, 1}


def test_the_design_to_compare_is_the_first_other_one() -> None:
    assert compared(TEXT).design == "early"


def test_the_same_seed_gives_the_same_json_and_another_does_not() -> None:
    first, again, other = (
        simulator.compare(scenario(TEXT), replications=2, seed=seed).json() for seed in (7, 7, 8)
    )
    assert first == again
    assert first != other


def test_progress_is_told_after_each_replication() -> None:
    seen: list[Progress] = []
    simulator.run(scenario(NO_COSTS), replications=3, progress=seen.append)
    assert [(each.done, each.of) for each in seen] == [(1, 3), (2, 3), (3, 3)]


def test_a_closer_look_is_at_the_replication_with_its_own_numbers() -> None:
    found = scenario(DOUBTFUL)
    for number in (0, 5):
        drawn = Plan(found, ("today", "early"), vary=True).drawn(number)
        one, other = (
            run_design(found, name, number, draw=drawn.draw, reading=drawn.reading)
            for name in ("today", "early")
        )
        wanted = people_to_tell(one.history, other.history, one.document, other.document)
        look = closer_look(found, "early", number, vary=True)
        assert [each.kind for each in look.stories] == [each.kind for each in wanted]
        assert look.stories[0].sentences == _both(found, one, other, wanted[0].person)
        told = tell(found, wanted[0].person, design="early", replication=number, vary=True)
        assert told == look.stories[0].sentences
        assert look.stories[0].sentences != closer_look(found, "early", number).stories[0].sentences


@pytest.mark.parametrize(
    ("text", "design", "message"),
    [
        (TEXT, "nope", "there is no design `nope`"),
        (TEXT, "earl", "did you mean `early`"),
        (TEXT, "today", "`today` is the baseline itself"),
        (NO_COSTS.replace(", then: {label: The same again}", ""), None, "there is no second design"),
    ],
)
def test_a_design_that_cannot_be_compared_is_refused(text: str, design: str | None, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        simulator.compare(scenario(text), design, replications=1)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="replications must be 1 to"):
        simulator.run(scenario(TEXT), replications=0)
    with pytest.raises(ValueError, match="there is no engine `fast`"):
        simulator.run(scenario(TEXT), replications=1, engine="fast")
    with pytest.raises(ScenarioError, match="there is no reading `nope`"):
        simulator.run(scenario(TEXT), replications=1, reading="nope")
    with pytest.raises(FileNotFoundError):
        simulator.compare("nowhere.yaml")
