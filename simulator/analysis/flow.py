"""Who comes, where they are and go, what crises they have: counts and person-time within [start, horizon)."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import numpy as np

from simulator.analysis.compiled_reach import moves_between
from simulator.analysis.compiled_sums import sums_by_state
from simulator.analysis.measures import Measure
from simulator.engine import history as h
from simulator.engine.history import History
from simulator.engine.model import Bools, Ints
from simulator.scenario.document import Document

SECONDS_A_DAY = 86_400
YEAR_DAYS = 365.25
LEAVES = "leaves"
# `states` and `crises` ask for the same sums, one after the other; they go when their history does.
_BY_STATE: WeakKeyDictionary[History, list[list[int]]] = WeakKeyDictionary()


def people(history: History) -> list[Measure]:
    """People who arrived, left, were there at the ends of the horizon, and were there at any time of it."""
    before_arrived, arrived = history.counts[:, h.ARRIVED].sum(axis=(1, 2)).tolist()
    before_left, left = history.counts[:, h.LEFT].sum(axis=(1, 2)).tolist()
    present = before_arrived - before_left
    found = {
        "arrived": arrived,
        "left": left,
        "present_at_start": present,
        "present_at_end": present + arrived - left,
        "known": present + arrived,
    }
    return [Measure("people", "", name, value) for name, value in found.items()]


def known(history: History) -> Bools:
    """Of each person: whether they were there at the start or arrived within the horizon."""
    last = history.by_person[history.first_row[1:] - 1]  # that they left, or are still there
    return np.asarray(history.rows["time"][last] >= 0)


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


def moves(history: History, transitions: Iterable[tuple[str, str]]) -> list[Measure]:
    """Times people went from one state to another or left, of the transitions (names; `leaves`) and all that occurred."""
    stays = history.stay_table
    counts = moves_between(
        len(history.states), *(stays[name] for name in ("person", "state", "end", "open"))
    ).tolist()
    ends, ways = [*history.states, LEAVES], set(transitions)
    return [
        Measure("moves", f"{begin} -> {end}", "number", times)
        for begin, row in zip(history.states, counts, strict=True)
        for end, times in zip(ends, row, strict=True)
        if times or (begin, end) in ways
    ]


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


def has_crises(document: Document) -> bool:
    """Whether the scenario calls any state or event a crisis."""
    return any(need.crisis for need in document.needs.values()) or any(
        event.crisis for event in document.events.values()
    )


def crises_of_each(history: History, document: Document) -> Ints:
    """Crises of each person, counted as in `crises`."""
    stays, rows = history.stay_table, history.rows
    is_crisis = np.array([document.needs[name].crisis for name in history.states])
    who = stays["person"][(stays["begin"] >= 0) & is_crisis[stays["state"]]]
    numbers = [number for number, name in enumerate(history.events) if document.events[name].crisis]
    if numbers:
        events = (rows["what"] == h.EVENT) & (rows["time"] >= 0) & np.isin(rows["item"], numbers)
        who = np.concatenate([who, rows["person"][events]])
    return np.bincount(who, minlength=len(history.people))


def _by_state(history: History) -> list[list[int]]:
    """Entries, seconds, people at the start and at the end, of each state."""
    if history not in _BY_STATE:
        stays = history.stay_table
        _BY_STATE[history] = sums_by_state(
            len(history.states), stays["state"], stays["begin"], stays["end"], stays["open"]
        ).tolist()
    return _BY_STATE[history]
