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
from simulator.outcomes.compiled_verdicts import moments
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

_ANY = (1 << len(h.WHY)) - 1


class UnknownMoment(ValueError):
    """A moment that cannot be found in a history: a name it does not have, or a way that no service has."""


def moment_times(history: History, moment: Moment) -> tuple[Ints, Ints]:
    """Everyone to whom a moment happened, and when, the warm-up included.

    Returns two arrays of one length: person (position in `history.people`) and time (seconds since the scenario's
    start), ordered by person, then time. Entering a state includes arriving in it and entering it again from
    itself. A service that the history does not have gives no moments (another design may have it); raises
    UnknownMoment for any other name it lacks.
    """
    person, time, _ = moments(
        history.packed, len(history.people), moment_mask(history, (moment,)), history.begin, False
    )
    return person, time


def moment_mask(history: History, wanted: Iterable[Moment]) -> Ints:
    """Which rows are any of the moments: `mask[what, item]` has the bit `why` set. Raises UnknownMoment as `moment_times`."""
    mask = np.zeros(history.counts.shape[1:3], np.int64)
    for moment in wanted:
        name, way = moment.name, moment.way
        if way is not None:
            if way not in WAY_ROWS:
                raise UnknownMoment(f"`{way}` is not something a service does; one of {', '.join(WAY_ROWS)}")
            if name in history.services:  # or another design has it
                kind, reasons = WAY_ROWS[way]
                mask[kind, history.services.index(name)] |= _ANY if reasons is None else _bits(reasons)
        elif name == "arrived":
            mask[h.ARRIVED] = _ANY
        elif name == "leaves":
            mask[h.LEFT] = _ANY
        elif name in history.states:
            mask[[h.ARRIVED, h.STATE], history.states.index(name)] = _ANY
        elif name in history.events:
            mask[h.EVENT, history.events.index(name)] = _ANY
        else:
            raise UnknownMoment(f"the history of `{history.design}` has no state or event `{name}`")
    return mask


def states_named(history: History, names: Iterable[str]) -> Bools:
    """Which of `history.states` are named. Raises UnknownMoment for a name that is not there."""
    named = np.zeros(len(history.states), bool)
    for name in names:
        if name not in history.states:
            raise UnknownMoment(f"the history of `{history.design}` has no state `{name}`")
        named[history.states.index(name)] = True
    return named


def _bits(reasons: Iterable[int]) -> int:
    return sum(1 << reason for reason in reasons)
