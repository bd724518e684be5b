"""What is read from a history: each measure gives a numerator and a denominator for one replication.

A figure is the sum of the numerators over the sum of the denominators (a mean of replications' means would be biased,
because busy replications have both more people and longer waits). A wait, stay or visit belongs to the window in which
it began. The run goes on after the window, so that all of them finish; if one has not, `Unfinished` is raised, because
leaving out the unfinished would leave out the longest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine.history import EVENT, GAVE_UP, IN, LEFT, NOT_YET, TURNED_AWAY, WAITING, History

DAY = 86_400


class Unfinished(AssertionError):
    """Something that began in the window had not ended when the run did: the run is too short to measure without bias."""


@dataclass(frozen=True)
class Window:
    """Seconds [begin, end) in which what is counted begins."""

    begin: int
    end: int

    def holds(self, times: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray((times >= self.begin) & (times < self.end))


Measure = Callable[[History, Window], tuple[float, float]]


@dataclass(frozen=True)
class Waits:
    """Time on the lists, in days, of all who joined one in the window, and how it ended."""

    days: NDArray[np.float64]
    way: NDArray[np.int64]
    person: NDArray[np.int64]


def waits(history: History, window: Window) -> Waits:
    table = history.spell_table
    counted = window.holds(table["joined"])
    if (table["still"][counted] == WAITING).any():
        raise Unfinished("somebody who joined in the window still waits when the run ends")
    off = np.where(table["started"] == NOT_YET, table["ended"], table["started"])
    # `way` of who started is how the stay ended, which cannot be gave_up or turned_away.
    return Waits((off - table["joined"])[counted] / DAY, table["way"][counted], table["person"][counted])


def mean_wait(history: History, window: Window) -> tuple[float, float]:
    """Mean time on the list of all who joined, however it ended."""
    found = waits(history, window)
    return float(found.days.sum()), float(len(found.days))


def mean_wait_of_admitted(history: History, window: Window) -> tuple[float, float]:
    """Mean time on the list of those not turned away."""
    found = waits(history, window)
    admitted = found.way != TURNED_AWAY
    return float(found.days[admitted].sum()), float(admitted.sum())


def mean_wait_from(state: str) -> Measure:
    """Mean wait of the people who arrived in this state."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        found = waits(history, window)
        theirs = history.people["state"][found.person] == history.states.index(state)
        return float(found.days[theirs].sum()), float(theirs.sum())

    return measure


def share_waiting_over(days: float) -> Measure:
    """Share of those who joined that was on the list for longer than this."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        found = waits(history, window)
        return float((found.days > days).sum()), float(len(found.days))

    return measure


def _share_ending(way: int) -> Measure:
    def measure(history: History, window: Window) -> tuple[float, float]:
        found = waits(history, window)
        return float((found.way == way).sum()), float(len(found.way))

    return measure


share_turned_away = _share_ending(TURNED_AWAY)
share_giving_up = _share_ending(GAVE_UP)


def utilisation(places: int) -> Measure:
    """Share of the window's place-time that was in use, stays clipped to the window."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        table = history.spell_table
        started = table["started"] != NOT_YET
        until = np.where(table["still"] == IN, history.end, table["ended"])[started]
        begin, end = np.maximum(table["started"][started], window.begin), np.minimum(until, window.end)
        return float(np.maximum(end - begin, 0).sum()) / DAY, places * (window.end - window.begin) / DAY

    return measure


def visits_per_person(history: History, window: Window) -> tuple[float, float]:
    """Starts of all people who arrived in the window, whenever the starts were."""
    counted = window.holds(history.people["arrival"])
    _leaving(history, counted)
    table = history.spell_table
    starts = counted[table["person"]] & (table["started"] != NOT_YET)
    return float(starts.sum()), float(counted.sum())


def mean_time_in_system(history: History, window: Window) -> tuple[float, float]:
    """Mean time from arriving to leaving, in days."""
    counted = window.holds(history.people["arrival"])
    left = _leaving(history, counted)
    return float((left - history.people["arrival"])[counted].sum()) / DAY, float(counted.sum())


def _leaving(history: History, counted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """When each person left for good; everybody counted must have."""
    rows = history.rows[history.rows["what"] == LEFT]
    left = np.full(len(history.people), NOT_YET, np.int64)
    left[rows["person"]] = rows["time"]
    if (left[counted] == NOT_YET).any():
        raise Unfinished("somebody who arrived in the window is still there when the run ends")
    return left


# Need histories


@dataclass(frozen=True)
class Stays:
    """Stays in one state that began in the window: lengths in days, what came next (-1: left), and which are open."""

    days: NDArray[np.float64]
    next: NDArray[np.int64]
    open: NDArray[np.bool_]


def stays_in(history: History, window: Window, state: str) -> Stays:
    table = history.stay_table
    begin, end, person, states = (table[name] for name in ("begin", "end", "person", "state"))
    following = np.full(len(person), -1, np.int64)
    same = person[1:] == person[:-1]  # the table is in order of person, then time
    following[:-1][same] = states[1:][same]
    counted = (states == history.states.index(state)) & window.holds(begin)
    return Stays((end - begin)[counted] / DAY, following[counted], table["open"][counted] == 1)


def mean_stay(state: str) -> Measure:
    """Mean time in a state, all stays over."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        found = stays_in(history, window, state)
        if found.open.any():
            raise Unfinished(f"a stay in {state} that began in the window is not over")
        return float(found.days.sum()), float(len(found.days))

    return measure


def share_going(state: str, to: str) -> Measure:
    """Share of stays in a state that end by going to another (`leaves`: by leaving)."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        found = stays_in(history, window, state)
        if found.open.any():
            raise Unfinished(f"a stay in {state} that began in the window is not over")
        target = -1 if to == "leaves" else history.states.index(to)
        return float((found.next == target).sum()), float(len(found.next))

    return measure


def share_gone(state: str, to: str, within: float) -> Measure:
    """Share of stays in a state that end by going to another within so many days of entry."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        found = stays_in(history, window, state)
        if (found.open & (found.days < within)).any():
            raise Unfinished(f"a stay in {state} is open and shorter than the {within:g} days asked for")
        going = ~found.open & (found.next == history.states.index(to)) & (found.days <= within)
        return float(going.sum()), float(len(found.days))

    return measure


def share_staying(state: str, beyond: float) -> Measure:
    """Share of stays in a state longer than so many days."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        found = stays_in(history, window, state)
        if (found.open & (found.days < beyond)).any():
            raise Unfinished(f"a stay in {state} is open and shorter than the {beyond:g} days asked for")
        return float((found.days > beyond).sum()), float(len(found.days))

    return measure


def share_in(state: str, days: float) -> Measure:
    """Share of all people who are in a state so many days after the start; everybody is there from the start."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        table, at = history.stay_table, round(days * DAY)
        inside = (
            (table["state"] == history.states.index(state)) & (table["begin"] <= at) & (table["end"] > at)
        )
        return float(inside.sum()), float(len(history.people))

    return measure


def events_per_person(event: str, within: float) -> Measure:
    """Mean number of times an event has happened to a person within so many days of the start."""

    def measure(history: History, window: Window) -> tuple[float, float]:
        rows = history.rows
        theirs = (rows["what"] == EVENT) & (rows["item"] == history.events.index(event))
        return float((theirs & (rows["time"] < round(within * DAY))).sum()), float(len(history.people))

    return measure
