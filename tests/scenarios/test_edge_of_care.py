"""The shipped scenario: what it produces under `today` agrees with the facts it cites, as docs/scenarios/edge-of-care.md says.

Published figures are from the sources named in the scenario. Tolerances allow for what the page explains (leaving at 18
counts in the scenario and not in the clock) and for the luck of a few replications of one council.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from simulator.engine.compile import compile_model
from simulator.engine.compiled_engine import simulate
from simulator.engine.history import NOT_YET, History
from simulator.scenario.load import Scenario, load

FILE = Path(__file__).parents[2] / "scenarios" / "edge-of-care.yaml"
YEAR = round(365.25 * 86_400)
REPLICATIONS = 10  # those of the table in the page
PAIRS = 2


@dataclass(frozen=True)
class Spans:
    """Times of somebody in a state or service, within [0, end)."""

    person: np.ndarray
    begin: np.ndarray
    end: np.ndarray

    def present(self, second: int) -> int:
        return int(((self.begin <= second) & (self.end > second)).sum())

    def days(self, horizon: int) -> float:
        return (
            float(np.clip(np.minimum(self.end, horizon) - np.maximum(self.begin, 0), 0, None).sum()) / 86_400
        )

    def mean_present(self, horizon: int) -> float:
        return self.days(horizon) * 86_400 / horizon


def in_state(history: History, state: str) -> Spans:
    table = history.stay_table
    mask = table["state"] == history.states.index(state)
    # Who is still there at the run's end is there beyond it.
    end = np.where(table["open"] == 1, 2**60, table["end"])
    return Spans(table["person"][mask], table["begin"][mask], end[mask])


def in_service(history: History, service: str) -> Spans:
    table = history.spell_table
    mask = (table["service"] == history.services.index(service)) & (table["started"] != NOT_YET)
    end = np.where(table["ended"] == NOT_YET, 2**60, table["ended"])
    return Spans(table["person"][mask], table["started"][mask], end[mask])


def share_moving(history: History, source: str, target: str, within: int) -> float:
    """Share of entries into a state, observed for all of `within`, that go straight to the target by then."""
    table = history.stay_table
    same = table["person"][1:] == table["person"][:-1]
    went = np.append(same & (table["state"][1:] == history.states.index(target)), False)
    soon = table["end"] - table["begin"] <= within
    entered = (table["state"] == history.states.index(source)) & (table["begin"] >= 0)
    entered &= table["begin"] + within <= history.end
    return float((went & soon & entered).sum() / entered.sum())


def care_entries(history: History) -> int:
    return int((in_state(history, "in_care").begin >= 0).sum())


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


def test_people_at_risk_enter_care_as_in_the_trials_control_arm(today: list[History]) -> None:
    """44.8% by 12 months (Taylor et al. 2024); a little lower here, as some leave the system first."""
    share = np.mean([share_moving(each, "at_risk", "in_care", YEAR) for each in today])
    assert share == pytest.approx(0.448, abs=0.04)
    assert share < 0.448


def test_families_struggle_again_as_often_as_children_are_referred_again(today: list[History]) -> None:
    """22% within 12 months (DfE 2024)."""
    share = np.mean([share_moving(each, "coping", "struggling", YEAR) for each in today])
    assert share == pytest.approx(0.22, abs=0.02)


def test_mean_time_in_care_fits_the_national_stock_and_flow(today: list[History]) -> None:
    """83,630 in care and 33,620 leaving a year: 2.5 years (DfE 2024)."""
    stock = np.mean([in_state(each, "in_care").mean_present(each.end) for each in today])
    left = []
    for each in today:
        spans = in_state(each, "in_care")
        left.append(((spans.end >= 0) & (spans.end < each.end)).sum() * YEAR / each.end)
    assert stock / np.mean(left) == pytest.approx(83_630 / 33_620, abs=0.2)


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


def test_about_a_fifth_of_children_in_care_are_not_in_a_family(today: list[History]) -> None:
    """16,150 of 83,630 children are in children's homes (NAO 2025, DfE 2024): 19%."""
    care = np.mean([in_state(each, "in_care").mean_present(each.end) for each in today])
    bought = np.mean(
        [
            sum(
                in_service(each, name).mean_present(each.end) for name in ("childrens_home", "spot_placement")
            )
            for each in today
        ]
    )
    assert bought / care == pytest.approx(16_150 / 83_630, abs=0.02)


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
        assert care_entries(after) < care_entries(before)
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
