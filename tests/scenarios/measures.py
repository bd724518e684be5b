"""What is read from a history to set beside an official figure: who is where and for how long, who moves on, what happens.

Every measure starts at the scenario's `start` (second 0) and takes one replication.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simulator.engine.history import EVENT, NOT_YET, History
from simulator.outcomes.evaluate import evaluate
from simulator.scenario.load import Scenario

DAY = 86_400
YEAR = round(365.25 * DAY)


@dataclass(frozen=True)
class Spans:
    """Times of somebody in a state or service, within [begin, end)."""

    person: np.ndarray
    begin: np.ndarray
    end: np.ndarray

    def present(self, second: int) -> int:
        """How many are there at an instant."""
        return int(((self.begin <= second) & (self.end > second)).sum())

    def days(self, horizon: int, begin: int = 0) -> float:
        """Days spent there between two seconds, by everybody."""
        inside = np.minimum(self.end, horizon) - np.maximum(self.begin, begin)
        return float(np.clip(inside, 0, None).sum()) / DAY

    def mean_present(self, horizon: int) -> float:
        """Mean number there from the start to a second."""
        return self.days(horizon) * DAY / horizon


def in_state(history: History, *states: str) -> Spans:
    """Stays in any of some states; who is still there as the run ends is there beyond it."""
    table = history.stay_table
    mask = np.isin(table["state"], [history.states.index(each) for each in states])
    end = np.where(table["open"] == 1, 2**60, table["end"])
    return Spans(table["person"][mask], table["begin"][mask], end[mask])


def in_service(history: History, *services: str) -> Spans:
    """Stays in any of some services."""
    table = history.spell_table
    chosen = np.isin(table["service"], [history.services.index(each) for each in services])
    mask = chosen & (table["started"] != NOT_YET)
    end = np.where(table["ended"] == NOT_YET, 2**60, table["ended"])
    return Spans(table["person"][mask], table["started"][mask], end[mask])


def mean_in_state(history: History, *states: str) -> float:
    """Mean number of people in any of some states, from the start to the end."""
    return in_state(history, *states).mean_present(history.end)


def mean_in_service(history: History, *services: str) -> float:
    """Mean number of people in any of some services, from the start to the end."""
    return in_service(history, *services).mean_present(history.end)


def entries(history: History, *states: str) -> int:
    """How often somebody enters any of some states from the start on."""
    return int((in_state(history, *states).begin >= 0).sum())


def entries_a_year(history: History, *states: str) -> float:
    """The same for a year."""
    return entries(history, *states) * YEAR / history.end


def starts_a_year(history: History, *services: str) -> float:
    """How often somebody starts any of some services, a year."""
    return int((in_service(history, *services).begin >= 0).sum()) * YEAR / history.end


def left_a_year(history: History, *states: str) -> float:
    """How many stays in any of some states end, a year."""
    spans = in_state(history, *states)
    return int(((spans.end >= 0) & (spans.end < history.end)).sum()) * YEAR / history.end


def share_moving(history: History, source: str, target: str | Iterable[str], within: int) -> float:
    """Share of entries into a state, observed for all of `within`, that go straight to a target by then."""
    targets = [target] if isinstance(target, str) else list(target)
    table = history.stay_table
    same = table["person"][1:] == table["person"][:-1]
    into = np.isin(table["state"][1:], [history.states.index(each) for each in targets])
    went = np.append(same & into, False)
    soon = table["end"] - table["begin"] <= within
    entered = (table["state"] == history.states.index(source)) & (table["begin"] >= 0)
    entered &= table["begin"] + within <= history.end
    return float((went & soon & entered).sum() / entered.sum())


def event_times(history: History, event: str) -> tuple[np.ndarray, np.ndarray]:
    """Who had an event and when (seconds), in order of time."""
    rows = history.rows
    mask = (rows["what"] == EVENT) & (rows["item"] == history.events.index(event))
    return rows["person"][mask], rows["time"][mask]


def events_a_year(history: History, event: str, *states: str) -> float:
    """Events from the start on, for each person-year in some states (all states if none is named)."""
    _, times = event_times(history, event)
    years = in_state(history, *(states or history.states)).days(history.end) * DAY / YEAR
    return float((times >= 0).sum()) / years


def in_state_at(history: History, people: np.ndarray, moments: np.ndarray, *states: str) -> float:
    """Share of all of some people in any of some states at a moment of each; who has left is in none."""
    return float(_holds(in_state(history, *states), people, moments).mean())


def share_at(history: History, people: np.ndarray, moments: np.ndarray, *states: str) -> float:
    """Share of people in any of some states at a moment of each, of those who are still there; NaN where nobody is."""
    known, chosen = in_state(history, *history.states), in_state(history, *states)
    there = _holds(known, people, moments)
    return float(_holds(chosen, people[there], moments[there]).mean()) if there.any() else float("nan")


def _holds(spans: Spans, people: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Whether one of the spans of each person holds the moment; spans of a person do not overlap."""
    order = np.lexsort((spans.begin, spans.person))
    keys = spans.person[order].astype(np.int64)
    place = (
        np.searchsorted(
            keys * 2**40 + (spans.begin[order] + 2**39), people * 2**40 + (moments + 2**39), side="right"
        )
        - 1
    )
    fits = place >= 0
    where = order[np.where(fits, place, 0)]
    return np.asarray(fits & (spans.person[where] == people) & (spans.end[where] > moments))


def share_achieved(scenario: Scenario, history: History, outcome: str) -> float:
    """Share of those whose window has closed who achieved an outcome of the scenario."""
    found = evaluate(scenario.document.outcomes[outcome], history)
    return float(found.achieved[found.known].mean())
