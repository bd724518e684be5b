"""What a run cost, posted row by row in plain Python: slow, and written for reading. What closing units leads to is left out.

Prices are the product's (`Amounts`); which ones apply, for how long and from when is told here anew, from the rows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np

from simulator.engine import history as h
from simulator.engine.history import History
from simulator.engine.numbers import Numbers
from simulator.experiments.replication import Run
from simulator.money import places as pl
from simulator.money.amounts import Amounts, index_of
from simulator.money.pence import to_pence

DAY = 86_400
Row = tuple[str, int, str, int, int]


def posted(ledger: Any, rows: Any) -> Counter[Row]:
    """Rows of a ledger as (line, person, day, nominal pence, real pence)."""
    return Counter(
        (
            ledger.items[row["item"]].name,
            int(row["person"]),
            str(row["earned_on"]),
            int(row["nominal_pence"]),
            int(row["real_pence"]),
        )
        for row in rows
    )


class Plain:
    """`rows` and `use` of a run, as `posted` tells those of a ledger."""

    def __init__(self, run: Run) -> None:
        self.run, self.document, self.history = run, run.document, run.history
        self.numbers = Numbers(self.document)
        self.index = index_of(self.document, self.numbers)
        self.start: dt.date = self.document.start
        self.rows: Counter[Row] = Counter()
        self.use: Counter[Row] = Counter()
        self.by_person: list[list[Any]] = [[] for _ in self.history.people]
        for row in self.history.rows.tolist():
            self.by_person[row[1]].append(row)
        sections = {
            "state": self.document.needs,
            "transition": self.document.transitions,
            "event": self.document.events,
            "service": self.document.services,
            "team": self.document.teams,
        }
        for item in run.ledger.items:
            section = sections[item.about]
            position, payer = item.name.split(".")[-2:]
            cost = section[item.of].cost[int(position)]
            value = dict(cost.payers)[payer]
            amounts = Amounts(self.document, run.model, self.numbers, cost, value, item.name)
            getattr(self, f"_{item.about}")(item.name, item.of, amounts)

    # What a line is paid for

    def _state(self, line: str, of: str, amounts: Amounts) -> None:
        for person in range(len(self.by_person)):
            for state, begin, end in self._stays(person):
                if self.history.states[state] == of:
                    self._lasting(self.rows, line, amounts, person, begin, end)

    def _transition(self, line: str, of: str, amounts: Amounts) -> None:
        source, _, target = (part.strip() for part in of.partition("->"))
        branch = self.document.transitions[of].to
        targets = [target] if branch is None else [name for name, _ in branch.parts]
        for person, rows in enumerate(self.by_person):
            state = ""
            for time, _, number, what, why in rows:
                if what in (h.ARRIVED, h.STATE, h.LEFT):
                    to = "leaves" if what == h.LEFT else self.history.states[number]
                    if state == source and why == h.OWN and to in targets:
                        self._once(line, amounts, person, time, self.history.states.index(source))
                    state = to

    def _event(self, line: str, of: str, amounts: Amounts) -> None:
        self._each(line, amounts, h.EVENT, self.history.events.index(of))

    def _service(self, line: str, of: str, amounts: Amounts) -> None:
        number = self.history.services.index(of)
        basis = amounts.basis.of
        if basis == "person":
            for person, begin, end in self._spells([number]):
                self._lasting(self.rows, line, amounts, person, begin, end)
        elif basis == "start":
            for person, begin, _ in self._spells([number]):
                # in the state after all that happened at that second
                state = [state for state, from_, _ in self._stays(person) if from_ <= begin][-1]
                self._once(line, amounts, person, begin, state)
        elif basis == "referral":
            self._each(line, amounts, h.REFERRED, number)
        elif basis == "completion":
            self._each(line, amounts, h.ENDED, number, h.COMPLETED)
        else:
            self._team(line, of, amounts)

    def _team(self, line: str, of: str, amounts: Amounts) -> None:
        places = dict(zip(self.history.pools, self.history.pool_places, strict=True))[of]
        if amounts.basis.of == "once":
            opened = [when for when, count in places if count > 0]
            if opened and opened[0] >= 0:
                self._add(self.rows, line, -1, opened[0], self._price(amounts, opened[0], 0, 0))
            return
        names = pl.services_of_pool(self.document, of)
        spells = self._spells([self.history.services.index(name) for name in names])
        for person, begin, end in spells:
            self._lasting(self.use, line, amounts, person, begin, end)
        owner = self.document.services.get(of) or self.document.teams[of]
        lead_in = 0 if owner.lead_in is None else round(owner.lead_in.value * DAY)
        documents = (self.document, self.document)  # these scenarios change no places before the start
        steps = pl.capacity(
            documents,
            (self.numbers, self.numbers),
            of,
            "place",
            self.history.begin,
            self.history.end + lead_in,
        )
        held = pl.with_lead_in(steps, lead_in)
        for from_, to in pairwise(self._edges(amounts)):
            cuts = {from_, to, *(t for t in held.time.tolist() if from_ < t < to)}
            cuts |= {t for _, begin, end in spells for t in (begin, end) if from_ < t < to}
            area = 0
            for now, later in pairwise(sorted(cuts)):
                used = sum(begin <= now < end for _, begin, end in spells)
                area += (later - now) * max(int(held.at(np.array([now]))[0]), used)
            pounds = area / DAY * self._price(amounts, from_, 0, 0) / float(amounts.basis.days or 1)
            self._add(self.rows, line, -1, to - 1, pounds)
        before = (
            pl.before_start(steps, lead_in)
            / DAY
            * self._price(amounts, 0, 0, 0)
            / float(amounts.basis.days or 1)
        )
        self._add(self.rows, line, -1, 0, before)

    # How it is posted

    def _each(self, line: str, amounts: Amounts, what: int, number: int, why: int | None = None) -> None:
        for person, rows in enumerate(self.by_person):
            state = -1
            for time, _, of, what_, why_ in rows:
                if what_ in (h.ARRIVED, h.STATE):
                    state = of
                if what_ == what and of == number and why in (None, why_):
                    self._once(line, amounts, person, time, state)

    def _once(self, line: str, amounts: Amounts, person: int, time: int, state: int) -> None:
        if 0 <= time < self.history.end:
            price = self._price(amounts, time, int(self.history.people["profile"][person]), state)
            self._add(self.rows, line, person, time, price)

    def _lasting(
        self, rows: Counter[Row], line: str, amounts: Amounts, person: int, begin: int, end: int
    ) -> None:
        cuts = {max(begin, 0), max(end, 0)} | {edge for edge in self._edges(amounts) if begin < edge < end}
        if amounts.by_state:
            cuts |= {from_ for _, from_, _ in self._stays(person) if max(begin, 0) < from_ < end}
        for from_, to in pairwise(sorted(cuts)):
            state = [state for state, since, _ in self._stays(person) if since <= from_][-1]
            price = self._price(amounts, from_, int(self.history.people["profile"][person]), state)
            self._add(
                rows, line, person, to - 1, price / float(amounts.basis.days or 1) * ((to - from_) / DAY)
            )

    def _add(self, rows: Counter[Row], line: str, person: int, time: int, pounds: float) -> None:
        day = self.start + dt.timedelta(days=time // DAY)
        nominal = to_pence(pounds * self.index.at(day))
        if nominal > 0:
            rows[line, person, str(day), nominal, to_pence(pounds)] += 1

    def _price(self, amounts: Amounts, time: int, profile: int, state: int) -> float:
        times, values = amounts.by[(profile, state) if amounts.split else (0, 0)]
        return [float(value) for when, value in zip(times.tolist(), values, strict=True) if when <= time][-1]

    def _edges(self, amounts: Amounts) -> list[int]:
        end = self.history.end
        days = (self.start + dt.timedelta(days=number) for number in range(1, end // DAY + 1))
        months = {(day - self.start).days * DAY for day in days if day.day == 1}
        changes = {int(each) for times, _ in amounts.by.values() for each in times[1:]}
        return sorted({0, end, *(each for each in months | changes if 0 < each < end)})

    # What happened

    def _stays(self, person: int) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        since = None
        for time, _, number, what, _ in self.by_person[person]:
            if what in (h.ARRIVED, h.STATE, h.LEFT, h.STILL_STATE):
                if since is not None:
                    found.append((*since, time))
                since = (number, time)
        return found

    def _spells(self, services: list[int]) -> list[tuple[int, int, int]]:
        return spells(self.history, services)


def spells(history: History, services: list[int]) -> list[tuple[int, int, int]]:
    """Person, begin and end of every stay in these services."""
    begun: dict[tuple[int, int], int] = {}
    found = []
    for time, person, number, what, why in history.rows.tolist():
        if number not in services:
            continue
        if what == h.STARTED:
            begun[person, number] = time
        elif what == h.ENDED or (what == h.STILL_SERVICE and why == h.IN):
            found.append((person, begun.pop((person, number)), time))
    assert not begun
    return found
