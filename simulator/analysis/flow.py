"""Who comes, where they are, what crises they have: counts and person-time within [start, horizon)."""

from __future__ import annotations

import numpy as np

from simulator.analysis.measures import Measure
from simulator.engine import history as h
from simulator.engine.history import History
from simulator.scenario.document import Document

SECONDS_A_DAY = 86_400
YEAR_DAYS = 365.25


def people(history: History) -> list[Measure]:
    """People who arrived, left, and were there at the ends of the horizon."""
    rows = history.rows
    arrived = rows["time"][rows["what"] == h.ARRIVED]
    left = rows["time"][rows["what"] == h.LEFT]
    found = {
        "arrived": (arrived >= 0).sum(),
        "left": (left >= 0).sum(),
        "present_at_start": (arrived < 0).sum() - (left < 0).sum(),
        "present_at_end": len(arrived) - len(left),
    }
    return [Measure("people", "", name, value) for name, value in found.items()]


def states(history: History) -> list[Measure]:
    """Entries to, time in, and people in each state."""
    stays = history.stay_table
    found = []
    begin, end = np.maximum(stays["begin"], 0), stays["end"]
    time = np.maximum(end - begin, 0) / SECONDS_A_DAY / YEAR_DAYS
    for number, name in enumerate(history.states):
        mine = stays["state"] == number
        found += [
            Measure("states", name, "entries", (mine & (stays["begin"] >= 0)).sum()),
            Measure("states", name, "person_years", time[mine].sum()),
            # At the second of the start itself the state just entered does not count yet.
            Measure("states", name, "at_start", (mine & (stays["begin"] < 0) & (stays["end"] >= 0)).sum()),
            Measure("states", name, "at_end", (mine & (stays["open"] == 1)).sum()),
        ]
    return found


def crises(history: History, document: Document) -> list[Measure]:
    """Crises: what should have been prevented, in all (item "") and by state and event."""
    stays, rows = history.stay_table, history.rows
    found, total, days = [], 0, 0.0
    for number, name in enumerate(history.states):
        if document.needs[name].crisis:
            mine = stays["state"] == number
            entries = int((mine & (stays["begin"] >= 0)).sum())
            in_crisis = float(
                (np.maximum(stays["end"] - np.maximum(stays["begin"], 0), 0) * mine).sum() / SECONDS_A_DAY
            )
            found += [
                Measure("crises", name, "number", entries),
                Measure("crises", name, "person_days", in_crisis),
            ]
            total, days = total + entries, days + in_crisis
    for number, name in enumerate(history.events):
        if document.events[name].crisis:
            times = int(((rows["what"] == h.EVENT) & (rows["item"] == number) & (rows["time"] >= 0)).sum())
            found.append(Measure("crises", name, "number", times))
            total += times
    if not found:
        return []
    return [Measure("crises", "", "number", total), Measure("crises", "", "person_days", days), *found]
