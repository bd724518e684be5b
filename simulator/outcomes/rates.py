"""What share achieved an outcome, for whom, and what would have happened without? Sums over tables of verdicts.

Rates and averages are taken over clocks whose window has closed by the horizon, whatever happened to the person. To
add the early successes of open windows, whose failures are still to come, would inflate them (LANGUAGE section 8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.engine.history import History
from simulator.outcomes.evaluate import MEASURES, NO_ROW, Clocks, OutcomeTable, judge
from simulator.outcomes.moments import Bools, Ints, moment_rows
from simulator.scenario.schema import Outcome


class NotTheSameRun(ValueError):
    """Two histories that cannot be compared, or a table that is not of the history it is given with."""


@dataclass(frozen=True)
class OutcomeSummary:
    """One outcome in one history, or in one segment of it. Amounts are of people's clocks (several each with `repeat`).

    people         different people with a clock
    clocks         clocks; known + not_yet_known
    known          clocks whose window has closed by the horizon
    achieved       of the known, how many achieved it; None for days_in and count
    rate           achieved / known (0 to 1), or the mean days or number over the known; None if nothing is known yet
    not_yet_known  clocks whose window is still open at the horizon: in no rate
    achieved_open  of those, how many have achieved it already; None for days_in and count
    """

    people: int
    clocks: int
    known: int
    achieved: int | None
    rate: float | None
    not_yet_known: int
    achieved_open: int | None


def summarise(outcome: Outcome, table: OutcomeTable) -> OutcomeSummary:
    """The rate or mean of an outcome, and on how many it stands; leaves out those not in the history (person -1)."""
    return _summary(outcome, table, table.person >= 0)


def summarise_by(
    outcome: Outcome, table: OutcomeTable, history: History, grouping_index: int
) -> dict[str, OutcomeSummary]:
    """`summarise` for each segment of one grouping, in the order of their names, also where nobody has a clock.

    grouping_index: position of the grouping among the model's `groupings`. history: the one that `table` was made from.
    Raises IndexError if there is no such grouping.
    """
    groupings = len(history.segments[0]) if history.segments else 0
    if not 0 <= grouping_index < groupings:
        raise IndexError(f"there is no grouping {grouping_index}: people have {groupings}")
    names = sorted({members[grouping_index] for members in history.segments})
    of_profile = np.array([names.index(members[grouping_index]) for members in history.segments])
    there = table.person >= 0
    segment = np.full(len(table), -1)
    segment[there] = of_profile[history.people["profile"][table.person[there]]]
    return {name: _summary(outcome, table, segment == number) for number, name in enumerate(names)}


def counterfactual(
    outcome: Outcome, history_design: History, table: OutcomeTable, history_baseline: History
) -> OutcomeTable:
    """The same test on the same people from the same dates under the baseline: entry i is the counterfactual of entry i.

    table: verdicts on the outcome in `history_design`. The two histories must be of one seed and replication, so that
    an identity is the same person in both. Those whom the baseline does not have are person -1 and not known.
    The clock is the date, whether or not its moment happens under the baseline; if it does, at the same second,
    it does not count itself, as under the design. Otherwise all that happens in that second counts. Raises
    NotTheSameRun if the runs do not cover the same time or `table` is not of `history_design`.
    """
    if (history_design.begin, history_design.end) != (history_baseline.begin, history_baseline.end):
        raise NotTheSameRun(
            "the design and the baseline do not cover the same time, so they cannot be compared"
        )
    if len(table) and not -1 <= table.person.min() <= table.person.max() < len(history_design.people):
        raise NotTheSameRun(f"the table has people whom the history of `{history_design.design}` does not")
    person = _matched(history_design, table.person, history_baseline)
    return judge(
        outcome,
        history_baseline,
        Clocks(person, table.since, _same_moment(outcome, table, person, history_baseline)),
    )


def change(table: OutcomeTable, without: OutcomeTable) -> tuple[float, float] | None:
    """Result without the design, and what the design changes, over the clocks known in both runs.

    table and without: an outcome's table and its `counterfactual`. None if no clock is known in both. Only people who are
    in both runs count: people whom a design brings in have no counterfactual, and must not look like a change.
    """
    both = table.known & without.known
    if not both.any():
        return None
    usual = float(without.value[both].mean())
    return usual, float(table.value[both].mean()) - usual


def _matched(design: History, person: Ints, baseline: History) -> Ints:
    """Positions in the baseline's people of people of the design, or -1."""
    found = np.full(len(person), -1, np.int64)
    if not len(baseline.people):
        return found
    order = np.argsort(baseline.people["identity"])
    known = baseline.people["identity"][order]
    there = person >= 0
    wanted = design.people["identity"][person[there]]
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found[there] = np.where(known[at] == wanted, order[at], -1)
    return found


def _same_moment(outcome: Outcome, table: OutcomeTable, person: Ints, baseline: History) -> Ints:
    """The row of the baseline at which each clock's own moment happens at the same second, or NO_ROW.

    Several clocks of a person at one second take that second's moments in turn.
    """
    found = np.full(len(table), NO_ROW, np.int64)
    rows = moment_rows(baseline, (outcome.since,))
    if not len(rows) or not len(table):
        return found
    span = baseline.end - baseline.begin + 1
    keys = (
        baseline.rows["person"][rows].astype(np.int64) * span + baseline.rows["time"][rows] - baseline.begin
    )
    wanted = person * span + table.since - baseline.begin
    begins = np.concatenate(
        ([True], (table.person[1:] != table.person[:-1]) | (table.since[1:] != table.since[:-1]))
    )
    turn = np.arange(len(table)) - np.maximum.accumulate(np.where(begins, np.arange(len(table)), 0))
    at = np.searchsorted(keys, wanted, "left") + turn
    inside = np.minimum(at, len(rows) - 1)
    same = (at < len(rows)) & (keys[inside] == wanted) & (person >= 0)
    return np.where(same, rows[inside], found)


def _summary(outcome: Outcome, table: OutcomeTable, chosen: Bools) -> OutcomeSummary:
    known, achieved = table.known[chosen], table.achieved[chosen]
    count = int(known.sum())
    measured = outcome.test in MEASURES
    return OutcomeSummary(
        people=len(np.unique(table.person[chosen])),
        clocks=len(known),
        known=count,
        achieved=None if measured else int((achieved & known).sum()),
        rate=float(table.value[chosen][known].mean()) if count else None,
        not_yet_known=len(known) - count,
        achieved_open=None if measured else int((achieved & ~known).sum()),
    )
