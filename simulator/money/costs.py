"""Costs to ledger rows: what happened, times what the scenario says each costs (LANGUAGE section 7, MONEY section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.engine import history as h
from simulator.engine.compile_services import pool_name, staff_steps
from simulator.engine.hazards import seconds
from simulator.engine.history import NOT_YET, History
from simulator.engine.model import ALWAYS, SECONDS_A_DAY, UNLIMITED, Model
from simulator.engine.numbers import Numbers
from simulator.money import places as pl
from simulator.money.amounts import Amounts, Floats, Ints, days_of, index_of, indices_at, month_starts
from simulator.money.ledger import OUTSIDE, ROW, SUPPLIERS, Item, Ledger
from simulator.money.pence import to_pence
from simulator.scenario.document import Document
from simulator.scenario.fields import Cost
from simulator.scenario.load import Scenario

# MONEY section 1, rows 2 and 13: supplies and reactive services are paid 30 days after the day used.
TERMS_DAYS = 30
# LANGUAGE section 7: basis of money -> how it behaves when use falls.
BEHAVIOUR = {"place": "places", "staff": "staff", "once": "once"}


def post_costs(scenario: Scenario, model: Model, history: History, replication: int = 0, *, seed: int = 1, draw: int | None = None,
               reading: str | None = None) -> Ledger:
    """The ledger of everything that a run cost from `start` to the horizon. Draws nothing; `seed` and `draw` name the draw of prices."""
    document = scenario.design(model.design, reading)
    return _Posting(scenario, document, model, history, Numbers(document, seed, draw)).ledger(replication)


@dataclass
class _Posting:
    scenario: Scenario
    document: Document
    model: Model
    history: History
    numbers: Numbers
    items: list[Item] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    use: list[Any] = field(default_factory=list)

    def ledger(self, replication: int) -> Ledger:
        if self.document.price_year is not None:
            self.months = month_starts(self.document, self.history.end)
            self.index = index_of(self.document, self.numbers)
            self.profile = self.history.people["profile"].astype(np.int64)
            for name, need in self.document.needs.items():
                self._lines("state", name, need.cost, f"needs.{name}.cost", self._state)
            for name, transition in self.document.transitions.items():
                self._lines("transition", name, transition.cost, f"transitions.{name}.cost", self._transition)
            for name, event in self.document.events.items():
                self._lines("event", name, event.cost, f"events.{name}.cost", self._event)
            for name, service in self.document.services.items():
                self._lines("service", name, service.cost, f"services.{name}.cost", self._service)
            for name, team in self.document.teams.items():
                self._lines("team", name, team.cost, f"teams.{name}.cost", self._pool)
        return Ledger(self.model.design, replication, tuple(self.items), _joined(self.rows), _joined(self.use))

    def _lines(self, about: str, of: str, costs: tuple[Cost, ...], path: str, post: Any) -> None:
        for position, cost in enumerate(costs):
            for payer, value in cost.payers:
                basis = _basis(value, self.numbers)
                where = f"{path}.{position}.{payer}"
                amounts = Amounts(self.document, self.model, self.numbers, cost, value, where)
                cashable = 0.0 if cost.cashable is None else self.numbers.of(cost.cashable, f"{path}.{position}.cashable")
                agency = payer in self.document.agencies
                label = f"{self.scenario.label(of)}: {cost.what}" if cost.what else self.scenario.label(of) if "->" not in of else _arrow(of, self.scenario)
                item = Item(f"{of}.{position}.{payer}", label, payer, OUTSIDE if agency else SUPPLIERS, about, of, basis.of,
                            BEHAVIOUR.get(basis.of, "variable"), cashable, agency, amounts.year, cost.source)
                self.items.append(item)
                post(len(self.items) - 1, of, amounts, basis)

    # Posting

    def _post(self, item: int, time: Ints, pounds: Floats, person: Ints | None = None, *, use: bool = False) -> None:
        """Rows of one item: `pounds` in the price year incurred at `time` (seconds, the last moment of what is paid for)."""
        kept = pounds > 0
        time, pounds = time[kept], pounds[kept]
        rows = np.zeros(len(time), dtype=ROW)
        rows["item"] = item
        rows["person"] = -1 if person is None else person[kept]
        rows["earned_on"] = days_of(self.document, time)
        rows["cash_on"] = rows["earned_on"] + np.timedelta64(TERMS_DAYS, "D")
        if len(time):
            rows["nominal_pence"] = to_pence(pounds * indices_at(self.index, rows["earned_on"]))
            rows["real_pence"] = to_pence(pounds)
        (self.use if use else self.rows).append(rows)

    def _each(self, item: int, amounts: Amounts, time: Ints, person: Ints) -> None:
        """One amount each time something happened from `start` on."""
        kept = (time >= 0) & (time < self.history.end)
        time, person = time[kept], person[kept]
        state = self._state_at(person, time) if amounts.split else None
        self._post(item, time, amounts.at(time, self.profile[person], state), person)

    def _lasting(self, item: int, amounts: Amounts, begin: Ints, end: Ints, person: Ints, per_day: float, state: Ints | None = None, *, use: bool = False) -> None:
        """An amount a day for as long as something lasted, posted by calendar month (and at each change of the amount)."""
        edges = np.unique(np.concatenate((self.months, amounts.changes[(amounts.changes > 0) & (amounts.changes < self.history.end)])))
        begin, end = np.maximum(begin, 0), np.minimum(end, self.history.end)
        kept = end > begin
        begin, end, person = begin[kept], end[kept], person[kept]
        first = np.searchsorted(edges, begin, side="right") - 1
        last = np.searchsorted(edges, end, side="left") - 1
        count = last - first + 1
        which = np.repeat(np.arange(len(begin)), count)
        piece = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
        from_, to = np.maximum(begin[which], edges[piece]), np.minimum(end[which], edges[piece + 1])
        states = None
        if amounts.split:
            states = (state[kept] if state is not None else self._state_at(person, begin))[which]
        price = amounts.at(from_, self.profile[person[which]], states)
        self._post(item, to - 1, price * per_day * ((to - from_) / SECONDS_A_DAY), person[which], use=use)

    def _state_at(self, person: Ints, time: Ints) -> Ints:
        """The state each person is in at a time (after what happens at that second)."""
        stays = self.history.stay_table
        order = np.lexsort((stays["begin"], stays["person"]))
        span = np.int64(self.history.end - self.history.begin + 1)
        keys = stays["person"][order] * span + (stays["begin"][order] - self.history.begin)
        found = np.searchsorted(keys, person * span + (time - self.history.begin), side="right") - 1
        return stays["state"][order][np.maximum(found, 0)]

    # What each kind of line is paid for

    def _state(self, item: int, name: str, amounts: Amounts, basis: Any) -> None:
        stays = self.history.stay_table
        mask = stays["state"] == self.history.states.index(name)
        self._lasting(item, amounts, stays["begin"][mask], stays["end"][mask], stays["person"][mask], 1 / basis.days, stays["state"][mask])

    def _transition(self, item: int, key: str, amounts: Amounts, basis: Any) -> None:
        """Paid when a person goes this way by their own clock (being moved by a service is not this transition)."""
        source = key.split("->")[0].strip()
        targets = [key.split("->")[1].strip()] if "->" in key else [name for name, _ in self.document.transitions[key].to.parts]  # type: ignore[union-attr]
        rows = self.history.rows[np.isin(self.history.rows["what"], (h.ARRIVED, h.STATE, h.LEFT))]
        rows = rows[np.argsort(rows["person"], kind="stable")]
        before = np.concatenate(([-1], rows["item"][:-1].astype(np.int64)))
        from_source = (before == self.history.states.index(source)) & (rows["what"] != h.ARRIVED) & (rows["why"] == h.OWN)
        went = np.zeros(len(rows), bool)
        for target in targets:
            went |= (rows["what"] == h.LEFT) if target == "leaves" else (rows["what"] == h.STATE) & (rows["item"] == self.history.states.index(target))
        found = rows[from_source & went]
        self._each(item, amounts, found["time"], found["person"].astype(np.int64))

    def _event(self, item: int, name: str, amounts: Amounts, basis: Any) -> None:
        rows = self.history.rows
        found = rows[(rows["what"] == h.EVENT) & (rows["item"] == self.history.events.index(name))]
        self._each(item, amounts, found["time"], found["person"].astype(np.int64))

    def _service(self, item: int, name: str, amounts: Amounts, basis: Any) -> None:
        table = self.history.spell_table
        mine = table["service"] == self.history.services.index(name)
        started = mine & (table["started"] != NOT_YET)
        if basis.of == "person" and basis.days:
            ended = np.where(table["ended"] == NOT_YET, self.history.end, table["ended"])
            self._lasting(item, amounts, table["started"][started], ended[started], table["person"][started], 1 / basis.days)
        elif basis.of in ("start", "referral", "completion"):
            column, mask = {"start": ("started", started), "referral": ("referred", mine),
                            "completion": ("ended", started & (table["way"] == h.COMPLETED))}[basis.of]
            self._each(item, amounts, table[column][mask], table["person"][mask])
        else:
            self._pool(item, name, amounts, basis)
            if basis.of == "place":
                ended = np.where(table["ended"] == NOT_YET, self.history.end, table["ended"])
                self._lasting(item, amounts, table["started"][started], ended[started], table["person"][started], 1 / basis.days, use=True)

    def _pool(self, item: int, name: str, amounts: Amounts, basis: Any) -> None:
        """Paid for capacity: per place or member of staff open, used or not, or once at the opening."""
        owner = self.document.services.get(name) or self.document.teams[name]
        lead_in = seconds(owner.lead_in.value) if owner.lead_in is not None else 0
        pool = name if name in self.document.teams else pool_name(self.document, name)
        open_places = pl.places_open(self.history, pool)
        if basis.of == "once":
            opened = open_places.time[open_places.value > 0]
            if len(opened) and opened[0] >= 0:
                self._post(item, opened[:1], amounts.at(opened[:1], *self._nobody(1)))
            return
        if basis.of == "staff":
            dated = staff_steps(self.document, pool, self.numbers)
            curve = pl.Curve(np.array([ALWAYS, *(when for when, _ in dated[1:])], np.int64), np.array([round(value * 1000) for _, value in dated], np.int64))
            scale = 1 / 1000  # staff may be part-time: thousandths
        else:
            used = pl.in_use(self.history, pl.services_of_pool(self.document, pool, self.history))
            curve, scale = pl.places_open(self.history, pool, lead_in).combine(used, "max"), 1.0
            if int(open_places.value.max()) >= UNLIMITED:
                return
        edges = np.unique(np.concatenate((self.months, amounts.changes[(amounts.changes > 0) & (amounts.changes < self.history.end)])))
        area = curve.area(edges) * scale / SECONDS_A_DAY
        service = self.document.services.get(name)
        if service is not None and service.closing is not None and basis.of == "place":
            area = self._close(item, name, amounts, basis, edges, area)
        self._post(item, edges[1:] - 1, area * amounts.at(edges[:-1], *self._nobody(len(edges) - 1)) / basis.days)
        if lead_in:
            self._before_start(item, amounts, basis, pool, lead_in)

    def _before_start(self, item: int, amounts: Amounts, basis: Any, pool: str, lead_in: int) -> None:
        """What a lead-in costs before `start`, for places that open at or after it, is charged on the start."""
        steps = self.history.pool_places[self.history.pools.index(pool)]
        before = [places for when, places in steps if when < 0][-1:] or [0]
        level, owed = before[0], 0.0
        for when, places in steps:
            if when >= 0 and places > level:
                owed += (places - level) * max(0, lead_in - when) / SECONDS_A_DAY
                level = places
        start = np.zeros(1, np.int64)
        self._post(item, start, np.array([owed]) * amounts.at(start, *self._nobody(1)) / basis.days)

    def _close(self, item: int, name: str, amounts: Amounts, basis: Any, edges: Ints, area: Floats) -> Floats:
        """Take closed units off the places paid for; post exit costs, and what is bought because units closed."""
        closed, closing_months, each = pl.closed_units(self.document, self.history, self.numbers, name, self.months)
        month = np.searchsorted(self.months, edges[:-1], side="right") - 1
        length = np.diff(edges) / SECONDS_A_DAY
        line = self.items[item]
        exit_cost = self.document.services[name].closing.exit_cost  # type: ignore[union-attr]
        if closing_months:
            self.items.append(_variant(line, "exit", "closing a unit"))
            at = np.array([self.months[m + 1] - 1 for m in closing_months], np.int64)
            self._post(len(self.items) - 1, at, np.full(len(at), self.numbers.of(exit_cost, f"services.{name}.closing.exit_cost")))
        left = pl.places_open(self.history, pool_name(self.document, name)).at(edges[:-1]) - closed[month] * each
        kept = pl.Curve(edges[:-1], left)
        beyond = pl.in_use(self.history, [self.history.services.index(name)]).combine(kept, "over").area(edges) / SECONDS_A_DAY
        overflow = pl.overflow_of(self.document, name)
        price = self._bought_price(overflow, line.payer, edges) if overflow else amounts.at(edges[:-1], *self._nobody(len(edges) - 1)) / basis.days
        if (beyond > 0).any():
            self.items.append(_variant(line, "instead", "bought because units closed"))
            self._post(len(self.items) - 1, edges[1:] - 1, beyond * price)
        return area - closed[month] * each * length

    def _bought_price(self, overflow: str, payer: str, edges: Ints) -> Floats:
        """Pounds a day of a place bought when the own places are full."""
        total = np.zeros(len(edges) - 1)
        for position, cost in enumerate(self.document.services[overflow].cost):
            for who, value in cost.payers:
                basis = _basis(value, self.numbers)
                if who == payer and basis.of == "person" and basis.days:
                    amounts = Amounts(self.document, self.model, self.numbers, cost, value, f"services.{overflow}.cost.{position}.{who}")
                    total += amounts.at(edges[:-1], *self._nobody(len(edges) - 1)) / basis.days
        return total

    def _nobody(self, count: int) -> tuple[Ints, Ints]:
        """Profile and state for amounts that are about nobody in particular."""
        return np.zeros(count, np.int64), np.zeros(count, np.int64)


def _variant(line: Item, name: str, label: str) -> Item:
    from dataclasses import replace

    return replace(line, name=f"{line.name}.{name}", label=f"{line.label}: {label}", behaviour="closing", cashable=1.0)


def _basis(value: Any, numbers: Numbers) -> Any:
    from simulator.scenario.quantities import Named, leaves

    leaf = next(iter(leaves(value)))
    return numbers.document.numbers[leaf.name].basis if isinstance(leaf, Named) else leaf.basis


def _arrow(key: str, scenario: Scenario) -> str:
    parts = [part.strip() for part in key.split("->")]
    return " to ".join(scenario.label(part) for part in parts)


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=ROW)
