"""Who comes, where they are, what crises they have: counts and person-time within [start, horizon)."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from simulator.analysis.compiled_sums import sums_by_state
from simulator.analysis.measures import Measure
from simulator.engine import history as h
from simulator.engine.history import History
from simulator.scenario.document import Document

SECONDS_A_DAY = 86_400
YEAR_DAYS = 365.25
# `states` and `crises` ask for the same sums, one after the other; they go when their history does.
_BY_STATE: WeakKeyDictionary[History, list[list[int]]] = WeakKeyDictionary()


def people(history: History) -> list[Measure]:
    """People who arrived, left, and were there at the ends of the horizon."""
    before_arrived, arrived = history.counts[:, h.ARRIVED].sum(axis=(1, 2)).tolist()
    before_left, left = history.counts[:, h.LEFT].sum(axis=(1, 2)).tolist()
    present = before_arrived - before_left
    found = {
        "arrived": arrived,
        "left": left,
        "present_at_start": present,
        "present_at_end": present + arrived - left,
    }
    return [Measure("people", "", name, value) for name, value in found.items()]


def states(history: History) -> list[Measure]:
    """Entries to, time in, and people in each state."""
    found = []
    for name, (entries, seconds, at_start, at_end) in zip(history.states, _by_state(history), strict=True):
        found += [
            Measure("states", name, "entries", entries),
            Measure("states", name, "person_years", seconds / SECONDS_A_DAY / YEAR_DAYS),
            Measure("states", name, "at_start", at_start),
            Measure("states", name, "at_end", at_end),
        ]
    return found


def crises(history: History, document: Document) -> list[Measure]:
    """Crises: what should have been prevented, in all (item "") and by state and event."""
    found, total, days = [], 0, 0.0
    for name, (entries, seconds, _, _) in zip(history.states, _by_state(history), strict=True):
        if document.needs[name].crisis:
            in_crisis = seconds / SECONDS_A_DAY
            found += [
                Measure("crises", name, "number", entries),
                Measure("crises", name, "person_days", in_crisis),
            ]
            total, days = total + entries, days + in_crisis
    for number, name in enumerate(history.events):
        if document.events[name].crisis:
            times = int(history.counts[1, h.EVENT, number].sum())
            found.append(Measure("crises", name, "number", times))
            total += times
    if not found:
        return []
    return [Measure("crises", "", "number", total), Measure("crises", "", "person_days", days), *found]


def _by_state(history: History) -> list[list[int]]:
    """Entries, seconds, people at the start and at the end, of each state."""
    if history not in _BY_STATE:
        stays = history.stay_table
        _BY_STATE[history] = sums_by_state(
            len(history.states), stays["state"], stays["begin"], stays["end"], stays["open"]
        ).tolist()
    return _BY_STATE[history]
