"""The tests of LANGUAGE section 8 once more, slowly: one person after another, one row after another, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from simulator.engine.history import NOT_YET, WHAT, WHY, History
from simulator.scenario.fields import Moment
from simulator.scenario.schema import Outcome

DAY = 86_400


class Row(NamedTuple):
    time: int
    what: str
    item: str
    why: str


class Verdict(NamedTuple):
    person: int
    since: int
    due: int
    known: bool
    achieved: bool
    achieved_at: int
    value: float


@lru_cache(maxsize=4)
def rows_of_people(history: History) -> list[list[Row]]:
    """Each person's rows in the order they happened, with names for numbers."""
    found: list[list[Row]] = [[] for _ in history.people]
    for time, person, item, what, why in history.rows.tolist():
        kind = WHAT[what]
        names = (
            history.events
            if kind == "event"
            else history.states
            if kind in ("arrived", "state", "left", "still_state")
            else history.services
        )
        found[person].append(Row(time, kind, names[item], WHY[why]))
    return found


def is_moment(moment: Moment, row: Row) -> bool:
    if moment.way is None:
        if moment.name == "arrived":
            return row.what == "arrived"
        if moment.name == "leaves":
            return row.what == "left"
        return row.what in ("arrived", "state", "event") and row.item == moment.name
    if row.item != moment.name or row.what not in ("referred", "off_list", "started", "ended"):
        return False
    if moment.way in ("referred", "started", "ended"):
        return row.what == moment.way
    kind, reasons = {
        "declined": ("referred", ["declined"]),
        "turned_away": ("off_list", ["turned_away", "closed"]),
        "gave_up": ("off_list", ["gave_up"]),
        "completed": ("ended", ["completed"]),
        "dropped_out": ("ended", ["dropped_out"]),
        "cut_short": ("ended", ["state", "closed"]),
    }[moment.way]
    return row.what == kind and row.why in reasons


@dataclass
class Case:
    """One clock of one person. `start` is the position of the row that started it, None for a mere date."""

    rows: list[Row]
    since: int
    due: int
    start: int | None
    end: int

    def afterwards(self) -> list[Row]:
        """The rows in the window."""
        return [
            row
            for index, row in enumerate(self.rows)
            if row.time <= self.due and (row.time >= self.since if self.start is None else index > self.start)
        ]

    def state(self, time: int) -> str | None:
        """The state after everything of this second has happened."""
        state = None
        for row in self.rows:
            if row.time <= time and row.what in ("arrived", "state"):
                state = row.item
            if row.time <= time and row.what == "left":
                state = None
        return state

    def first(self, moments: list[Moment]) -> int:
        """When one of the moments is first seen, NOT_YET if never."""
        names = [moment.name for moment in moments if moment.way is None]
        if self.state(self.since) in names:
            return self.since
        if (
            self.start is not None
            and self.rows[self.start].what in ("arrived", "state")
            and self.rows[self.start].item in names
        ):
            return self.since
        for row in self.afterwards():
            if any(is_moment(moment, row) for moment in moments):
                return row.time
        return NOT_YET

    def unbroken(self, states: tuple[str, ...], length: int) -> int:
        """When the person had been in the states for the length without a break."""
        came = None
        for row in self.rows:
            if row.what in ("arrived", "state") and row.item in states:
                came = row.time if came is None else came
            elif row.what in ("arrived", "state", "left", "still_state"):
                if came is not None and max(came, self.since) + length <= min(row.time, self.due):
                    return max(came, self.since) + length
                came = None
        if came is not None and max(came, self.since) + length <= min(self.end, self.due):
            return max(came, self.since) + length
        return NOT_YET

    def seconds_in(self, states: tuple[str, ...]) -> int:
        total, came = 0, None
        for row in self.rows:
            if row.what in ("arrived", "state", "left", "still_state"):
                if came is not None:
                    total += max(0, min(row.time, self.due) - max(came, self.since))
                came = row.time if row.what in ("arrived", "state") and row.item in states else None
        return total


def judge(outcome: Outcome, history: History, case: Case) -> tuple[bool, bool, int, float]:
    """Known, achieved, achieved_at, value."""
    known = case.due <= history.end
    if outcome.days_in:
        return known, False, NOT_YET, case.seconds_in(outcome.days_in) / DAY
    if outcome.count:
        return (
            known,
            False,
            NOT_YET,
            float(sum(any(is_moment(moment, row) for moment in outcome.count) for row in case.afterwards())),
        )
    at = NOT_YET
    if outcome.reached:
        at = case.first(list(outcome.reached))
    elif outcome.stayed_in:
        at = case.unbroken(outcome.stayed_in, round(outcome.for_.value * DAY))
    elif outcome.avoided:
        if known and case.first([Moment(name) for name in outcome.avoided]) == NOT_YET:
            at = case.due
    elif known and case.state(case.due) in outcome.in_:
        at = case.due
    return known, at != NOT_YET, at, float(at != NOT_YET)


def evaluate_plainly(outcome: Outcome, history: History) -> list[Verdict]:
    found = []
    for person, rows in enumerate(rows_of_people(history)):
        starts = [index for index, row in enumerate(rows) if row.time >= 0 and is_moment(outcome.since, row)]
        for start in starts if outcome.repeat else starts[:1]:
            since = rows[start].time
            due = since + round(outcome.window * DAY)
            found.append(
                Verdict(
                    person, since, due, *judge(outcome, history, Case(rows, since, due, start, history.end))
                )
            )
    return found


def counterfactual_plainly(outcome: Outcome, design: History, baseline: History) -> list[Verdict]:
    people = {identity: person for person, identity in enumerate(baseline.people["identity"].tolist())}
    identities = design.people["identity"].tolist()
    all_rows = rows_of_people(baseline)
    found, turns = [], {}
    for verdict in evaluate_plainly(outcome, design):
        turn = turns[verdict.person, verdict.since] = turns.get((verdict.person, verdict.since), -1) + 1
        person = people.get(identities[verdict.person])
        if person is None:
            found.append(verdict._replace(person=-1, known=False, value=0.0))
            continue
        rows = all_rows[person]
        same = [
            index
            for index, row in enumerate(rows)
            if row.time == verdict.since and is_moment(outcome.since, row)
        ]
        case = Case(rows, verdict.since, verdict.due, same[turn] if turn < len(same) else None, baseline.end)
        found.append(Verdict(person, verdict.since, verdict.due, *judge(outcome, baseline, case)))
    return found
