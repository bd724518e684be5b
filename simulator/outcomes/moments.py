"""When did it happen, and to whom? Finds a scenario's moments (LANGUAGE section 8) in a history.

What came first is read from the order of the rows, not from the clock: many things happen at one second (a referral and
the start it brings, an arrival and a first move), and the history has them in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulator.engine import history as h
from simulator.engine.history import History
from simulator.scenario.fields import Moment

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# What a service and a way stand for: the kind of row, and for what reasons (None: all).
WAY_ROWS: dict[str, tuple[int, tuple[int, ...] | None]] = {
    "referred": (h.REFERRED, None),
    "declined": (h.REFERRED, (h.DECLINED,)),
    "turned_away": (h.OFF_LIST, (h.TURNED_AWAY, h.CLOSED)),
    "gave_up": (h.OFF_LIST, (h.GAVE_UP,)),
    "started": (h.STARTED, None),
    "ended": (h.ENDED, None),
    "completed": (h.ENDED, (h.COMPLETED,)),
    "dropped_out": (h.ENDED, (h.DROPPED_OUT,)),
    "cut_short": (h.ENDED, (h.BY_STATE, h.CLOSED)),
}
"""`turned_away` includes those who were waiting when the service closed; `ended` includes those who left the system,
which is none of the other ways of ending; `referred` includes those who then declined."""


class UnknownMoment(ValueError):
    """A moment that cannot be found in a history: a name it does not have, or a way that no service has."""


def moment_times(history: History, moment: Moment) -> tuple[Ints, Ints]:
    """Everyone to whom a moment happened, and when, the warm-up included.

    Returns two arrays of one length: person (position in `history.people`) and time (seconds since the scenario's
    start), ordered by person, then time. Entering a state includes arriving in it and entering it again from
    itself. A service that the history does not have gives no moments (another design may have it); raises
    UnknownMoment for any other name it lacks.
    """
    rows = moment_rows(history, (moment,))
    return history.rows["person"][rows].astype(np.int64), history.rows["time"][rows].astype(np.int64)


def moment_rows(history: History, moments: Iterable[Moment]) -> Ints:
    """Rows of a history at which any of the moments happens, ordered by person, then as they happened."""
    rows = history.rows
    what, item, why = (np.ascontiguousarray(rows[name]) for name in ("what", "item", "why"))
    found = np.zeros(len(rows), bool)
    for moment in moments:
        found |= _is(history, moment, what, item, why)
    at = np.flatnonzero(found)
    return at[np.argsort(rows["person"][at], kind="stable")]


def _is(
    history: History, moment: Moment, what: NDArray[np.uint8], item: NDArray[np.int16], why: NDArray[np.uint8]
) -> Bools:
    """Which rows are this moment."""
    name, way = moment.name, moment.way
    if way is not None:
        if way not in WAY_ROWS:
            raise UnknownMoment(f"`{way}` is not something a service does; one of {', '.join(WAY_ROWS)}")
        if name not in history.services:  # another design has it
            return np.zeros(len(what), bool)
        kind, reasons = WAY_ROWS[way]
        found = (what == kind) & (item == history.services.index(name))
        return found if reasons is None else found & np.isin(why, reasons)
    if name == "arrived":
        return what == h.ARRIVED
    if name == "leaves":
        return what == h.LEFT
    if name in history.states:
        return ((what == h.ARRIVED) | (what == h.STATE)) & (item == history.states.index(name))
    if name in history.events:
        return (what == h.EVENT) & (item == history.events.index(name))
    raise UnknownMoment(f"the history of `{history.design}` has no state or event `{name}`")


def instants(history: History, person: Ints, time: Ints) -> Ints:
    """One number for a person and a second that sorts by person, then time.

    What lies outside the run counts as its first or last second, so a window that closes after the end is searched to
    the end. Person -1 (not in this history) sorts before everybody.
    """
    span = history.end - history.begin + 1
    return person * span + np.clip(time, history.begin, history.end) - history.begin
