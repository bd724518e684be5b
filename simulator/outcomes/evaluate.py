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

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine import history as h
from simulator.engine.hazards import seconds
from simulator.engine.history import NOT_YET, History
from simulator.engine.model import SECONDS_A_DAY
from simulator.outcomes.moments import Bools, Ints, instants, moment_rows
from simulator.outcomes.stays import first_unbroken, is_in, seconds_in, state_numbers
from simulator.scenario.fields import Moment
from simulator.scenario.schema import Outcome

Floats = NDArray[np.float64]
MEASURES = ("days_in", "count")
"""Tests that give an amount rather than yes or no."""
NO_ROW = -1


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
    """Whom to judge, and from when. `row` is the row of the history that started the clock; NO_ROW: a mere date."""

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
    row = moment_rows(history, (outcome.since,))
    row = row[history.rows["time"][row] >= 0]
    person = history.rows["person"][row].astype(np.int64)
    if not outcome.repeat and len(row):
        first = np.concatenate(([True], person[1:] != person[:-1]))
        row, person = row[first], person[first]
    return Clocks(person, history.rows["time"][row].astype(np.int64), row)


def judge(outcome: Outcome, history: History, clocks: Clocks) -> OutcomeTable:
    """The outcome's test on given clocks. `evaluate` for the clocks of the history itself."""
    due = clocks.since + seconds(outcome.window)
    known = (due <= history.end) & (clocks.person >= 0)
    if outcome.test in MEASURES:
        nothing = np.zeros(len(due), bool)
        not_yet = np.full(len(due), NOT_YET, np.int64)
        amount = _amount(outcome, history, clocks, due)
        return OutcomeTable(clocks.person, clocks.since, due, known, nothing, not_yet, amount)
    at = _achieved_at(outcome, history, clocks, due, known)
    achieved = at != NOT_YET
    return OutcomeTable(clocks.person, clocks.since, due, known, achieved, at, achieved.astype(np.float64))


def _achieved_at(outcome: Outcome, history: History, clocks: Clocks, due: Ints, known: Bools) -> Ints:
    """When each clock's test was passed, or NOT_YET."""
    if outcome.reached is not None:
        return _first(history, outcome.reached, clocks, due)
    if outcome.stayed_in is not None:
        assert outcome.for_ is not None
        return first_unbroken(
            history, outcome.stayed_in, clocks.person, clocks.since, seconds(outcome.for_.value), due
        )
    if outcome.avoided is not None:
        passed = _first(history, [Moment(name) for name in outcome.avoided], clocks, due) == NOT_YET
    else:
        assert outcome.in_ is not None
        passed = is_in(history, outcome.in_, clocks.person, due)
    return np.where(passed & known, due, NOT_YET)


def _amount(outcome: Outcome, history: History, clocks: Clocks, due: Ints) -> Floats:
    """Days, or the number of times, in each window as far as the run goes."""
    if outcome.days_in is not None:
        return seconds_in(history, outcome.days_in, clocks.person, clocks.since, due) / SECONDS_A_DAY
    assert outcome.count is not None
    rows = moment_rows(history, outcome.count)
    return (_closing(history, rows, clocks, due) - _opening(history, rows, clocks)).astype(np.float64)


def _first(history: History, moments: Iterable[Moment], clocks: Clocks, due: Ints) -> Ints:
    """When each clock first sees one of the moments, being in a named state at its start included; or NOT_YET."""
    moments = tuple(moments)
    rows = moment_rows(history, moments)
    found = np.full(len(due), NOT_YET, np.int64)
    if len(rows):
        opening, closing = _opening(history, rows, clocks), _closing(history, rows, clocks, due)
        next_row = rows[np.minimum(opening, len(rows) - 1)]
        found = np.where(closing > opening, history.rows["time"][next_row], NOT_YET)
    states = [each.name for each in moments if each.way is None and each.name in history.states]
    if states:
        there = is_in(history, states, clocks.person, clocks.since) | _enters(history, states, clocks)
        found = np.where(there, clocks.since, found)
    return found


def _enters(history: History, states: list[str], clocks: Clocks) -> Bools:
    """Whether the moment that started each clock is the entry to one of the states."""
    entered = np.zeros(len(clocks.row), bool)
    by_row = clocks.row != NO_ROW
    rows = history.rows[clocks.row[by_row]]
    entry = np.isin(rows["what"], (h.ARRIVED, h.STATE))
    entered[by_row] = entry & np.isin(rows["item"], state_numbers(history, states))
    return entered


def _opening(history: History, rows: Ints, clocks: Clocks) -> Ints:
    """Position in `rows` (ordered by person, then row) of the first after each clock's start.

    After a start that is a row: below it in the history. After a mere date: from the beginning of its second.
    """
    person, time = history.rows["person"][rows].astype(np.int64), history.rows["time"][rows]
    many = len(history.rows)
    after_row = np.searchsorted(person * many + rows, clocks.person * many + clocks.row, "right")
    if (clocks.row != NO_ROW).all():
        return after_row
    from_date = np.searchsorted(
        instants(history, person, time), instants(history, clocks.person, clocks.since), "left"
    )
    return np.where(clocks.row != NO_ROW, after_row, from_date)


def _closing(history: History, rows: Ints, clocks: Clocks, due: Ints) -> Ints:
    """Position in `rows` of the first after each window, which includes the second at which it closes."""
    person, time = history.rows["person"][rows].astype(np.int64), history.rows["time"][rows]
    return np.searchsorted(instants(history, person, time), instants(history, clocks.person, due), "right")
