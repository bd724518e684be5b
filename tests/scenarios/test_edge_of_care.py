"""Edge of care beyond its facts: it is steady, everybody in care is placed, early help acts, the sceptic is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.engine.compile import compile_model
from simulator.engine.compiled_engine import simulate
from simulator.engine.history import History
from simulator.scenario.load import Scenario, load
from tests.scenarios.measures import YEAR, entries, in_service, in_state

FILE = Path(__file__).parents[2] / "scenarios" / "edge-of-care.yaml"
REPLICATIONS = 10
PAIRS = 2


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(FILE)


@pytest.fixture(scope="module")
def today(scenario: Scenario) -> list[History]:
    model = compile_model(scenario, "today")
    return [simulate(model, seed=1, replication=each) for each in range(REPLICATIONS)]


@pytest.fixture(scope="module")
def early_help(scenario: Scenario) -> list[History]:
    model = compile_model(scenario, "early_help")
    return [simulate(model, seed=1, replication=each) for each in range(PAIRS)]


def test_there_is_nothing_to_warn_of(scenario: Scenario) -> None:
    assert scenario.warnings == ()


@pytest.mark.parametrize("state", ["coping", "struggling", "at_risk", "in_care"])
def test_today_is_steady_from_the_start_to_the_horizon(today: list[History], state: str) -> None:
    """No drift beyond 5% of the number there, and three standard errors for the luck of these replications."""
    first, last = [], []
    for each in today:
        spans = in_state(each, state)
        first.append(spans.mean_present(YEAR))
        last.append((spans.days(each.end) - spans.days(each.end - YEAR)) * 86_400 / YEAR)
    drift = np.array(last) - np.array(first)
    luck = 3 * drift.std(ddof=1) / np.sqrt(len(drift))
    assert abs(drift.mean()) <= 0.05 * np.mean(first) + luck
    assert luck < 0.2 * np.mean(first)


def test_foster_places_are_about_as_full_as_they_can_be(scenario: Scenario, today: list[History]) -> None:
    places = scenario.document.services["foster_care"].places.count.value
    used = np.mean([in_service(each, "foster_care").mean_present(each.end) for each in today])
    assert 0.90 <= used / places <= 0.95


def test_every_child_in_care_has_a_placement(today: list[History]) -> None:
    for each in today:
        for second in (0, each.end // 2, each.end - 1):
            placed = sum(
                in_service(each, name).present(second)
                for name in ("foster_care", "childrens_home", "spot_placement")
            )
            assert placed == in_state(each, "in_care").present(second)


def test_early_help_keeps_children_out_of_care(today: list[History], early_help: list[History]) -> None:
    for before, after in zip(today, early_help, strict=False):
        assert entries(after, "in_care") < entries(before, "in_care")
        assert in_state(after, "in_care").days(after.end) < in_state(before, "in_care").days(before.end)


def test_it_changes_nobody_if_the_sceptic_is_right(scenario: Scenario, today: list[History]) -> None:
    """Under the reading `no_effect` every need history is that of `today`, though the service is used."""
    history = simulate(compile_model(scenario, "early_help", reading="no_effect"), seed=1, replication=0)
    assert len(in_service(history, "family_support").person) > 500
    for column in ("person", "state", "begin", "end"):
        assert (history.stay_table[column] == today[0].stay_table[column]).all()


def test_the_evidence_is_sourced_or_marked(scenario: Scenario) -> None:
    document = scenario.document
    assert all(source.grade for source in document.sources.values())
    assert float(document.readings["no_effect"].weight.value) == 0.30
