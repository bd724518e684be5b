"""Where was a person? The state at a second, time spent in some states, and time there without a break.

At a second with several changes the last of them holds. Who has left, or has not arrived, is in no state. Those still
there at the end of the run are in their state up to and at its end, when nothing more happens.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulator.engine.history import NOT_YET, History
from simulator.outcomes.moments import Bools, Ints, UnknownMoment, instants

NOWHERE = -1


def state_numbers(history: History, names: Iterable[str]) -> list[int]:
    """Positions of states in `history.states`. Raises UnknownMoment for a name that is not there."""
    found = []
    for name in names:
        if name not in history.states:
            raise UnknownMoment(f"the history of `{history.design}` has no state `{name}`")
        found.append(history.states.index(name))
    return found


def state_at(history: History, person: Ints, time: Ints) -> Ints:
    """The state (position in `history.states`) of each person at each time, or NOWHERE.

    person, time: arrays of one length; seconds within the run or at its end. Person -1 is nowhere.
    """
    stays = history.stay_table
    if not len(stays["person"]):
        return np.full(len(person), NOWHERE, np.int64)
    keys = instants(history, stays["person"], stays["begin"])
    last = np.searchsorted(keys, instants(history, person, time), "right") - 1
    there = (last >= 0) & (stays["person"][last] == person)
    there &= (time < stays["end"][last]) | ((stays["open"][last] == 1) & (time == stays["end"][last]))
    return np.where(there, stays["state"][last], NOWHERE)


def is_in(history: History, states: Iterable[str], person: Ints, time: Ints) -> Bools:
    """Whether each person is in one of the states at each time."""
    named = np.zeros(len(history.states) + 1, bool)
    named[state_numbers(history, states)] = True
    return named[state_at(history, person, time)]  # NOWHERE is the last entry, which no state has


def seconds_in(history: History, states: Iterable[str], person: Ints, since: Ints, until: Ints) -> Ints:
    """Seconds that each person spends in the states in [since, until), as far as the run goes."""
    stays = history.stay_table
    kept = np.isin(stays["state"], state_numbers(history, states))
    of, begin, end = (stays[name][kept] for name in ("person", "begin", "end"))
    if not len(of):
        return np.zeros(len(person), np.int64)
    keys = instants(history, of, begin)
    so_far = np.concatenate(([0], np.cumsum(end - begin)))

    def spent(by: Ints) -> Ints:
        """The person's own time there until then, and all time of those before: the same in both terms below."""
        started = np.searchsorted(keys, instants(history, person, by), "right")
        last = np.maximum(started - 1, 0)
        still = (started > 0) & (of[last] == person)
        return so_far[started] - np.where(still, np.maximum(end[last] - by, 0), 0)

    return spent(until) - spent(since)


def first_unbroken(
    history: History, states: Iterable[str], person: Ints, since: Ints, length: int, due: Ints
) -> Ints:
    """When each person has first been in the states for `length` seconds without a break: a time, or NOT_YET.

    Counted from `since` at the earliest and complete by `due`, at that second at the latest. Entering any other
    state is a break, however short; moving between the named states, or entering one again, is none.
    """
    stays = history.stay_table
    kept = np.flatnonzero(np.isin(stays["state"], state_numbers(history, states)))
    never = np.full(len(person), NOT_YET, np.int64)
    if not len(kept):
        return never
    of = stays["person"][kept]
    first = np.concatenate(([True], (np.diff(kept) != 1) | (of[1:] != of[:-1])))
    last = np.concatenate((first[1:], [True]))
    of, begin, end = of[first], stays["begin"][kept][first], stays["end"][kept][last]
    enough = end - begin >= length
    of, begin, end = of[enough], begin[enough], end[enough]
    if not len(of):
        return never
    # Of the runs that are long enough: the one under way at `since`, if enough of it is left, or else the next.
    begun = np.searchsorted(instants(history, of, begin), instants(history, person, since), "right")
    now, later = np.maximum(begun - 1, 0), np.minimum(begun, len(of) - 1)
    in_this = (begun > 0) & (of[now] == person) & (end[now] - since >= length) & (since + length <= due)
    in_next = (begun < len(of)) & (of[later] == person) & (begin[later] + length <= due)
    return np.where(in_this, since + length, np.where(in_next, begin[later] + length, never))
