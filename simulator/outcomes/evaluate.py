"""Did each person achieve an outcome, and when? The tests of LANGUAGE section 8 on a history.

A clock starts at a moment and its window closes a fixed time later. A verdict is *known* when the window has closed by
the end of the run, whatever happened to the person before; only known verdicts belong in a rate (see `rates`).

Boundaries, all in whole seconds:

- What comes after the clock's start is read from the order of the rows, so a start in the very second of the referral
  comes after it. The moment that starts the clock never counts itself: with `since: arrest`, `reached: arrest` is
  another arrest.
- A person *is in a state at `since`* if the clock's moment is the entry to it, or if it is the state they are in once
  everything of that second has happened (a start that moves a person home: home).
- `reached`, `avoided` and `count` include the second at which the window closes: `avoided` is the opposite of
  `reached`, at every second.
- `in` sees the state after everything of its second has happened.
- `stayed_in` is complete at the second when the time is full, also if the person moves on at that second.
- `days_in` measures from `since` up to, not including, the closing second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine.hazards import seconds
from simulator.engine.history import History
from simulator.outcomes.compiled_verdicts import (
    AVOIDED,
    COUNT,
    DAYS_IN,
    IN_STATE,
    REACHED,
    STAYED_IN,
    moments,
    verdicts,
)
from simulator.outcomes.moments import Bools, Ints, moment_mask, states_named
from simulator.scenario.fields import Moment
from simulator.scenario.schema import Outcome

Floats = NDArray[np.float64]
MEASURES = ("days_in", "count")
"""Tests that give an amount rather than yes or no."""


@dataclass(frozen=True, eq=False)
class OutcomeTable:
    """Verdicts on one outcome, one entry for each clock, ordered by person, then start of the clock.

    person       position in the history's people; -1: not in this history (only in counterfactuals)
    since        second at which the clock started, 0 or later
    due          second at which the window closes; may lie after the run
    known        the window has closed by the end of the run
    achieved     yes/no tests: achieved, also in a window that is still open; all False for days_in and count
    achieved_at  second of achieving it: when reached or complete, for `avoided` and `in` when the window closed;
                 NOT_YET where not achieved
    value        1 or 0 as achieved; days for days_in, a number for count: so far, where the window is still open
    """

    person: Ints
    since: Ints
    due: Ints
    known: Bools
    achieved: Bools
    achieved_at: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, eq=False)
class Clocks:
    """Whom to judge, and from when. `row` is the row of the history that started the clock; NO_ROW (-1): a mere date."""

    person: Ints
    since: Ints
    row: Ints


def evaluate(outcome: Outcome, history: History) -> OutcomeTable:
    """Every verdict on an outcome in one history.

    Clocks start at the person's first `since` moment from the scenario's start on, or at each one with
    `repeat: yes`; moments of the warm-up start none, so `since: arrived` leaves out those who were there before.
    Raises `moments.UnknownMoment` if the outcome names a state or event that the history does not have.
    """
    return judge(outcome, history, clocks_of(outcome, history))


def clocks_of(outcome: Outcome, history: History) -> Clocks:
    """The clocks that an outcome's `since` starts in a history."""
    mask = moment_mask(history, (outcome.since,))
    return Clocks(*moments(history.packed, len(history.people), mask, 0, not outcome.repeat))


def judge(outcome: Outcome, history: History, clocks: Clocks, *, window: int | None = None) -> OutcomeTable:
    """The outcome's test on given clocks. `evaluate` for the clocks of the history itself.

    window: seconds after which to look, if not the outcome's own.
    """
    test, wanted, states = _test(outcome, history)
    columns = verdicts(
        history.packed,
        history.by_person,
        history.first_row,
        clocks.person,
        clocks.since,
        clocks.row,
        test,
        moment_mask(history, wanted),
        states_named(history, states),
        0 if outcome.for_ is None else seconds(outcome.for_.value),
        seconds(outcome.window) if window is None else window,
        history.end,
    )
    return OutcomeTable(clocks.person, clocks.since, *columns)


def _test(outcome: Outcome, history: History) -> tuple[int, Sequence[Moment], Sequence[str]]:
    """The number of the outcome's test, the moments that it looks for, and the states in which it looks for people."""
    if outcome.count is not None:
        return COUNT, outcome.count, ()
    for test, states in ((STAYED_IN, outcome.stayed_in), (IN_STATE, outcome.in_), (DAYS_IN, outcome.days_in)):
        if states is not None:
            return test, (), states
    if outcome.reached is not None:
        test, wanted = REACHED, outcome.reached
    else:
        assert outcome.avoided is not None
        test, wanted = AVOIDED, tuple(Moment(name) for name in outcome.avoided)
    return test, wanted, [each.name for each in wanted if each.way is None and each.name in history.states]
