"""What share achieved an outcome, for whom, and what would have happened without? Sums over tables of verdicts.

Rates and averages are taken over clocks whose window has closed by the horizon, whatever happened to the person. To
add the early successes of open windows, whose failures are still to come, would inflate them (LANGUAGE section 8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.engine.history import PERSON, History
from simulator.outcomes.compiled_verdicts import same_clocks, tallies
from simulator.outcomes.evaluate import MEASURES, Clocks, OutcomeTable, judge
from simulator.outcomes.moments import Ints, moment_mask
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
    return _summaries(outcome, table, np.where(table.person < 0, -1, 0), 1)[0]


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
    segment = np.full(len(table), -1, np.int64)
    segment[there] = of_profile[history.people["profile"][table.person[there]]]
    return dict(zip(names, _summaries(outcome, table, segment, len(names)), strict=True))


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
    clocks = clocks_under(outcome, history_design, table, history_baseline)
    return judge(outcome, history_baseline, clocks)


def clocks_under(
    outcome: Outcome, history_design: History, table: OutcomeTable, history_baseline: History
) -> Clocks:
    """The clocks of `counterfactual`: the same people and dates in the baseline's history. Raises NotTheSameRun as it does."""
    if (history_design.begin, history_design.end) != (history_baseline.begin, history_baseline.end):
        raise NotTheSameRun(
            "the design and the baseline do not cover the same time, so they cannot be compared"
        )
    if len(table) and not -1 <= table.person.min() <= table.person.max() < len(history_design.people):
        raise NotTheSameRun(f"the table has people whom the history of `{history_design.design}` does not")
    person, row = same_clocks(
        table.person,
        table.since,
        _by_person(history_design),
        _by_person(history_baseline),
        history_baseline.packed,
        history_baseline.by_person,
        history_baseline.first_row,
        moment_mask(history_baseline, (outcome.since,)),
    )
    return Clocks(person, table.since, row)


def change(table: OutcomeTable, without: OutcomeTable) -> tuple[float, float] | None:
    """Result without the design, and what the design changes, over the clocks known in both runs.

    table and without: an outcome's table and its `counterfactual`. None if no clock is known in both. Only people who are
    in both runs count: people whom a design brings in have no counterfactual, and must not look like a change.
    """
    both = table.known & without.known
    many = int(np.count_nonzero(both))
    if not many:
        return None
    usual = float(without.value[both].sum()) / many
    return usual, float(table.value[both].sum()) / many - usual


def _by_person(history: History) -> Ints:
    """The table of people as whole numbers, the identity first."""
    return np.ascontiguousarray(history.people).view(np.int64).reshape(-1, PERSON.itemsize // 8)


def _summaries(outcome: Outcome, table: OutcomeTable, group: Ints, groups: int) -> list[OutcomeSummary]:
    """One summary for each group of clocks; -1 is in none."""
    counts, total = tallies(group, groups, table.person, table.known, table.achieved, table.value)
    measured = outcome.test in MEASURES
    return [
        OutcomeSummary(
            people=people,
            clocks=clocks,
            known=known,
            achieved=None if measured else achieved,
            rate=value / known if known else None,
            not_yet_known=clocks - known,
            achieved_open=None if measured else achieved_open,
        )
        for (people, clocks, known, achieved, achieved_open), value in zip(
            counts.tolist(), total.tolist(), strict=True
        )
    ]
