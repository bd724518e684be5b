"""How a cost becomes ledger rows: amounts at moments, and amounts that last, in whole pence by calendar month."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from simulator.engine import history as h
from simulator.engine.history import NOT_YET, History
from simulator.engine.model import SECONDS_A_DAY, Model
from simulator.engine.numbers import Numbers
from simulator.money.amounts import Amounts, Floats, Ints, days_of, indices_at, month_starts
from simulator.money.ledger import ROW, Item
from simulator.money.pence import to_pence
from simulator.money.prices import PriceIndex
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, ScenarioError

# MONEY section 1, rows 2 and 13: supplies and reactive services are paid 30 days after the day used.
TERMS_DAYS = 30


@dataclass(frozen=True)
class PlaceLine:
    """A line paid per place of a service whose units may close."""

    item: int
    amounts: Amounts


@dataclass
class Posting:
    """One run being posted: rows gather in `rows` and `use`, their lines in `items`. `costs` says what is paid for."""

    scenario: Scenario
    model: Model
    history: History
    seed: int
    draw: int | None
    reading: str | None
    items: list[Item] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    use: list[Any] = field(default_factory=list)
    place_lines: dict[str, list[PlaceLine]] = field(default_factory=dict)

    index: PriceIndex = field(init=False)

    def __post_init__(self) -> None:
        self.document = self.scenario.design(self.model.design, self.reading)
        self.numbers = Numbers(self.document, self.seed, self.draw)
        self.profile = self.history.people["profile"].astype(np.int64)
        self.months = month_starts(self.document, self.history.end)

    def _refused(self, key: str, message: str, line: int = 1, suggestion: str | None = None) -> ScenarioError:
        return ScenarioError([Problem(line or 1, 1, key, message, suggestion, file=self.scenario.file)])

    # Posting

    def _post(
        self, item: int, time: Ints, pounds: Floats, person: Ints | None = None, *, use: bool = False
    ) -> None:
        """Rows of one item: `pounds` in the price year incurred at `time` (seconds, the last moment of what is paid for)."""
        index = indices_at(self.index, days_of(self.document, time))
        self._post_pence(item, time, to_pence(pounds * index), to_pence(pounds), person, use=use)

    def _post_pence(
        self,
        item: int,
        time: Ints,
        nominal: Ints,
        real: Ints,
        person: Ints | None = None,
        *,
        use: bool = False,
    ) -> None:
        kept = nominal > 0  # what rounds to nothing is no flow
        rows = np.zeros(int(kept.sum()), dtype=ROW)
        rows["item"] = item
        rows["person"] = -1 if person is None else person[kept]
        rows["earned_on"] = days_of(self.document, time[kept])
        rows["cash_on"] = rows["earned_on"] + np.timedelta64(TERMS_DAYS, "D")
        rows["nominal_pence"], rows["real_pence"] = nominal[kept], real[kept]
        (self.use if use else self.rows).append(rows)

    def _each(self, item: int, amounts: Amounts, time: Ints, person: Ints, state: Ints) -> None:
        """One amount each time something happened from `start` on, to people in these states."""
        kept = (time >= 0) & (time < self.history.end)
        time, person = time[kept], person[kept].astype(np.int64)
        self._post(item, time, amounts.at(time, self.profile[person], state[kept]), person)

    def _each_row(self, item: int, amounts: Amounts, rows: Any) -> None:
        """As `_each`, for rows of the history (a mask), in the state in which it happened, before any move it leads to."""
        found = self.history.rows[rows]
        self._each(item, amounts, found["time"], found["person"], self._state_of_rows[rows])

    @cached_property
    def _state_of_rows(self) -> Ints:
        """The state of the row's person just after the row (what moves a person is a row of its own, and later)."""
        rows = self.history.rows
        order = np.argsort(rows["person"], kind="stable")
        enters = np.isin(rows["what"][order], (h.ARRIVED, h.STATE))  # a person's first row is the arrival
        last = np.maximum.accumulate(np.where(enters, np.arange(len(rows)), 0))
        found = np.zeros(len(rows), np.int64)
        found[order] = rows["item"][order][last]
        return found

    def _lasting(
        self, item: int, amounts: Amounts, begin: Ints, end: Ints, person: Ints, *, use: bool = False
    ) -> None:
        """An amount a day for as long as something lasted, posted by calendar month.

        And at each change of the amount or, where it differs by state, of state.
        """
        edges = self._edges(amounts)
        begin, end = np.maximum(begin, 0), np.minimum(end, self.history.end)
        kept = end > begin
        begin, end, person = begin[kept], end[kept], person[kept]
        state = np.zeros(len(person), np.int64)
        if amounts.by_state:
            begin, end, person, state = self._by_state(begin, end, person)
        first = np.searchsorted(edges, begin, side="right") - 1
        last = np.searchsorted(edges, end, side="left") - 1
        which, piece = _spread_out(first, last)
        from_, to = np.maximum(begin[which], edges[piece]), np.minimum(end[which], edges[piece + 1])
        price = amounts.at(from_, self.profile[person[which]], state[which])
        assert amounts.basis.days is not None
        self._post(
            item, to - 1, price / amounts.basis.days * ((to - from_) / SECONDS_A_DAY), person[which], use=use
        )

    def _edges(self, *lines: Amounts) -> Ints:
        """Seconds between which one posting is made: calendar months, and changes of the amounts."""
        changes = [
            amounts.changes[(amounts.changes > 0) & (amounts.changes < self.history.end)] for amounts in lines
        ]
        return np.unique(np.concatenate([self.months, *changes]))

    def _stays_in_order(self) -> tuple[Any, Ints, np.int64]:
        stays = self.history.stay_table
        order = np.lexsort(
            (stays["begin"], stays["person"])
        )  # stable: several at one second stay in their order
        span = np.int64(self.history.end - self.history.begin + 1)
        return (
            {name: stays[name][order] for name in ("state", "begin", "end")},
            stays["person"][order] * span + (stays["begin"][order] - self.history.begin),
            span,
        )

    def _by_state(self, begin: Ints, end: Ints, person: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Times cut where the person's state changes: begin, end, person, state of each piece."""
        stays, keys, span = self._stays_in_order()
        first = np.searchsorted(keys, person * span + (begin - self.history.begin), side="right") - 1
        last = np.searchsorted(keys, person * span + (end - self.history.begin), side="left") - 1
        which, stay = _spread_out(first, last)
        from_, to = np.maximum(begin[which], stays["begin"][stay]), np.minimum(end[which], stays["end"][stay])
        kept = to > from_
        return from_[kept], to[kept], person[which][kept], stays["state"][stay][kept]

    def _state_at(self, person: Ints, time: Ints) -> Ints:
        """The state each person is in at a time (after what happens at that second)."""
        stays, keys, span = self._stays_in_order()
        found = np.searchsorted(keys, person * span + (time - self.history.begin), side="right") - 1
        return stays["state"][np.maximum(found, 0)] if len(found) else np.zeros(0, np.int64)

    # What each kind of line is paid for

    def _spells(self, services: list[int]) -> tuple[Ints, Ints, Ints]:
        """Begin, end and person of every stay in these services."""
        table = self.history.spell_table
        mask = np.isin(table["service"], services) & (table["started"] != NOT_YET)
        ended = np.where(table["ended"] == NOT_YET, self.history.end, table["ended"])
        return table["started"][mask], ended[mask], table["person"][mask]


def _spread_out(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """For ranges first..last (both included): the number of the range, and each of its members in turn."""
    count = last - first + 1
    which = np.repeat(np.arange(len(first)), count)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
