"""Costs to ledger rows: what happened, times what the scenario says each costs (LANGUAGE section 7, MONEY section 2)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from simulator.engine import history as h
from simulator.engine.compile_services import pool_name
from simulator.engine.hazards import seconds
from simulator.engine.history import History
from simulator.engine.model import SECONDS_A_DAY, UNLIMITED, Model
from simulator.engine.numbers import Numbers
from simulator.money import places as pl
from simulator.money.amounts import Amounts, Floats, Ints, days_of, index_of, indices_at
from simulator.money.ledger import OUTSIDE, ROW, SUPPLIERS, Item, Ledger
from simulator.money.pence import split, to_pence
from simulator.money.posting import PlaceLine, Posting
from simulator.money.prices import UnknownPriceYear
from simulator.scenario.document import Document
from simulator.scenario.fields import Cost
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Refused
from simulator.scenario.quantities import Basis, leaves

# LANGUAGE section 7: basis of money -> how it behaves when use falls.
BEHAVIOUR = {"place": "places", "staff": "staff", "once": "once"}


def post_costs(
    scenario: Scenario,
    model: Model,
    history: History,
    replication: int = 0,
    *,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
) -> Ledger:
    """The ledger of everything that a run cost from `start` to the horizon.

    Draws nothing; `seed` and `draw` name the draw of prices.

    Raises ScenarioError where a cost cannot be told in money: no price level for its year, no price year at all, or
    an amount that cannot be split by people because it is about nobody.
    """
    return _Costs(scenario, model, history, seed, draw, reading).ledger(replication)


class _Costs(Posting):
    """What each kind of line is paid for."""

    def ledger(self, replication: int) -> Ledger:
        document = self.document
        if document.price_year is not None:
            try:
                self.index = index_of(document, self.numbers)
            except UnknownPriceYear as error:
                raise self._refused("price_year", str(error)) from None
        for name, need in document.needs.items():
            self._lines("state", name, need.cost, f"needs.{name}.cost", self._state)
        for name, transition in document.transitions.items():
            self._lines("transition", name, transition.cost, f"transitions.{name}.cost", self._transition)
        for name, event in document.events.items():
            self._lines("event", name, event.cost, f"events.{name}.cost", self._event)
        for name, service in document.services.items():
            self._lines("service", name, service.cost, f"services.{name}.cost", self._service)
            if name in self.place_lines:
                self._close(name, self.place_lines[name])
        for name, team in document.teams.items():
            self._lines("team", name, team.cost, f"teams.{name}.cost", self._pool)
        return Ledger(
            self.model.design, replication, tuple(self.items), _joined(self.rows), _joined(self.use)
        )

    def _lines(self, about: str, of: str, costs: tuple[Cost, ...], path: str, post: Any) -> None:
        for position, cost in enumerate(costs):
            for payer, value in cost.payers:
                where = f"{path}.{position}.{payer}"
                if self.document.price_year is None:
                    if any(self.numbers.of(leaf, where) for leaf in leaves(value)):
                        raise self._refused(
                            where,
                            "a cost needs `price_year` at the top of the file: in whose money are the results?",
                            cost.line,
                        )
                    continue
                try:
                    amounts = Amounts(self.document, self.model, self.numbers, cost, value, where)
                    cashable = (
                        0.0
                        if cost.cashable is None
                        else self.numbers.of(cost.cashable, f"{path}.{position}.cashable")
                    )
                    agency = payer in self.document.agencies
                    branch = about == "transition" and "->" not in of
                    named = _arrow(of, self.scenario) if "->" in of else self.scenario.label(of)
                    if branch:
                        named = f"Leaving {named}"
                    self.items.append(
                        Item(
                            # A branch is called by the state it leaves, which may have costs of its own.
                            f"{of} ->.{position}.{payer}" if branch else f"{of}.{position}.{payer}",
                            f"{named}: {cost.what}" if cost.what else named,
                            payer,
                            OUTSIDE if agency else SUPPLIERS,
                            about,
                            of,
                            amounts.basis.of,
                            BEHAVIOUR.get(amounts.basis.of, "variable"),
                            cashable,
                            agency,
                            amounts.year,
                            cost.source,
                        )
                    )
                    post(len(self.items) - 1, of, amounts, amounts.basis)
                except UnknownPriceYear as error:
                    raise self._refused(where, str(error), cost.line) from None
                except Refused as refused:
                    raise self._refused(where, refused.message, cost.line, refused.suggestion) from None

    def _state(self, item: int, name: str, amounts: Amounts, basis: Basis) -> None:
        stays = self.history.stay_table
        mask = stays["state"] == self.history.states.index(name)
        self._lasting(item, amounts, stays["begin"][mask], stays["end"][mask], stays["person"][mask])

    def _transition(self, item: int, key: str, amounts: Amounts, basis: Basis) -> None:
        """Paid when a person goes this way by their own clock (being moved by a service is not this transition)."""
        source = self.history.states.index(key.split("->")[0].strip())
        branch = self.document.transitions[key].to
        targets = [key.split("->")[1].strip()] if branch is None else [name for name, _ in branch.parts]
        rows = self.history.rows[np.isin(self.history.rows["what"], (h.ARRIVED, h.STATE, h.LEFT))]
        rows = rows[np.argsort(rows["person"], kind="stable")]
        before = np.concatenate(([-1], rows["item"][:-1].astype(np.int64)))
        from_source = (before == source) & (rows["what"] != h.ARRIVED) & (rows["why"] == h.OWN)
        went = np.zeros(len(rows), bool)
        for target in targets:
            went |= (
                (rows["what"] == h.LEFT)
                if target == "leaves"
                else (rows["what"] == h.STATE) & (rows["item"] == self.history.states.index(target))
            )
        found = rows[from_source & went]
        self._each(item, amounts, found["time"], found["person"], np.full(len(found), source, np.int64))

    def _event(self, item: int, name: str, amounts: Amounts, basis: Basis) -> None:
        rows = self.history.rows
        self._each_row(
            item, amounts, (rows["what"] == h.EVENT) & (rows["item"] == self.history.events.index(name))
        )

    def _service(self, item: int, name: str, amounts: Amounts, basis: Basis) -> None:
        number = self.history.services.index(name)
        if basis.of == "person":
            self._lasting(item, amounts, *self._spells([number]))
        elif basis.of == "start":  # lengths are drawn, and so prices asked, after the move that a start makes
            begin, _, person = self._spells([number])
            self._each(
                item,
                amounts,
                begin,
                person,
                self._state_at(person, begin) if amounts.by_state else np.zeros(len(person), np.int64),
            )
        elif basis.of in ("referral", "completion"):
            rows = self.history.rows
            way = (
                rows["what"] == h.REFERRED
                if basis.of == "referral"
                else (rows["what"] == h.ENDED) & (rows["why"] == h.COMPLETED)
            )
            self._each_row(item, amounts, way & (rows["item"] == number))
        else:
            self._pool(item, name, amounts, basis)

    def _pool(self, item: int, name: str, amounts: Amounts, basis: Basis) -> None:
        """Paid for capacity: per place or member of staff open, used or not, or once at the opening."""
        if amounts.split:
            raise Refused(
                f"a cost per {basis.of} is about nobody in particular, so it cannot differ between people"
                if basis.days
                else "what is paid once is about nobody in particular, so it cannot differ between people",
                "write one amount, or a cost per person",
            )
        pool = name if name in self.document.teams else pool_name(self.document, name)
        if basis.of == "once":
            self._post_once(item, name, pool, amounts)
            return
        assert basis.days is not None
        open_places = pl.places_open(self.history, pool)
        if basis.of == "place" and int(open_places.value.max()) >= UNLIMITED:
            return
        owner = self.document.services.get(name) or self.document.teams[name]
        lead_in = seconds(owner.lead_in.value) if owner.lead_in is not None else 0
        steps = pl.capacity(*self._eras, pool, basis.of, self.history.begin, self.history.end + lead_in)
        curve, scale = pl.with_lead_in(steps, lead_in), 1.0
        if basis.of == "staff":
            scale = 1 / 1000  # staff may be part-time: thousandths
        else:
            users = pl.services_of_pool(self.document, pool, self.history)
            curve = curve.combine(pl.in_use(self.history, users), "max")
            self._lasting(item, amounts, *self._spells(users), use=True)
            service = self.document.services.get(name)
            if service is not None and service.closing is not None:
                self.place_lines.setdefault(name, []).append(PlaceLine(item, amounts))
                curve = curve.combine(self._closed(name)[0], "over")
        edges = self._edges(amounts)
        self._post(
            item,
            edges[1:] - 1,
            curve.area(edges) * scale / SECONDS_A_DAY * amounts.at(edges[:-1]) / basis.days,
        )
        # What a lead-in costs before `start`, for what opens at or after it, is charged on the start.
        start = np.zeros(1, np.int64)
        self._post(
            item,
            start,
            pl.before_start(steps, lead_in) * scale / SECONDS_A_DAY * amounts.at(start) / basis.days,
        )

    @cached_property
    def _eras(self) -> tuple[tuple[Document, Document], tuple[Numbers, Numbers]]:
        """The baseline's document, in force before `start`, and the design's, each with its numbers."""
        before = self.scenario.design(self.scenario.baseline, self.reading)
        return (before, self.document), (Numbers(before, self.seed, self.draw), self.numbers)

    def _post_once(self, item: int, name: str, pool: str, amounts: Amounts) -> None:
        """Paid at the first opening of its places; for a service new at `start` not before it, though its team was there."""
        places = pl.places_open(self.history, pool)
        opened = places.time[places.value > 0]
        number = self.history.services.index(name) if name in self.history.services else None
        if number is not None and not self.model.exists[0, number]:
            opened = np.array(
                [0] if places.at(np.zeros(1, np.int64))[0] > 0 else [when for when in opened if when >= 0],
                np.int64,
            )
        if len(opened) and opened[0] >= 0:
            self._post(item, opened[:1], amounts.at(opened[:1]))

    # Closing units

    def _closed(self, name: str) -> tuple[pl.Curve, list[int]]:
        """Places of closed units over time, and the months in which a unit closes."""
        closed, closing_months, each = pl.closed_units(
            self.document, self.history, self.numbers, name, self.months
        )
        return pl.Curve(self.months[:-1], closed * each), closing_months

    def _close(self, name: str, lines: list[PlaceLine]) -> None:
        """Exit costs, shared by the lines that pay for a place; and, for each who pays, what is bought because units closed."""
        path = f"services.{name}.closing.exit_cost"
        closed, closing_months = self._closed(name)
        if closing_months:
            at = np.array([self.months[month + 1] - 1 for month in closing_months], np.int64)
            rule = self.document.services[name].closing
            assert rule is not None
            exit_cost = Amounts(self.document, self.model, self.numbers, Cost(()), rule.exit_cost, path)
            pounds = exit_cost.at(at)
            shares = [
                [float(line.amounts.at(at)[k]) / float(line.amounts.basis.days or 1) for line in lines]
                for k in range(len(at))
            ]
            sums = [to_pence(pounds * indices_at(self.index, days_of(self.document, at))), to_pence(pounds)]
            parts = np.array(
                [
                    [split(int(whole[k]), shares[k] if any(shares[k]) else [1.0]) for k in range(len(at))]
                    for whole in sums
                ]
            )
            for position, line in enumerate(lines[: parts.shape[2]]):
                item = self._variant(line, "exit", "closing a unit", year=exit_cost.year)
                self._post_pence(item, at, parts[0, :, position], parts[1, :, position])
        open_places = pl.places_open(self.history, name)
        used = pl.in_use(self.history, [self.history.services.index(name)])
        # People beyond what is left open, but for those who finish what they started in places that the design itself closed.
        beyond = used.combine(open_places.combine(closed, "over"), "over").combine(
            used.combine(open_places, "over"), "less"
        )
        if not (beyond.area(self.months) > 0).any():
            return
        overflow = pl.overflow_of(self.document, name)
        bought = self._bought(overflow) if overflow else []
        for payer in dict.fromkeys(payer for payer, _ in bought):
            prices = [amounts for who, amounts in bought if who == payer]
            edges = self._edges(*prices)
            pounds = sum(
                (self._mean_price(amounts, name, edges[:-1]) for amounts in prices), np.zeros(len(edges) - 1)
            )
            line = next((each for each in lines if self.items[each.item].payer == payer), lines[0])
            item = self._variant(line, "instead", "bought because units closed", payer)
            self._post(item, edges[1:] - 1, beyond.area(edges) / SECONDS_A_DAY * pounds)
        for line in lines if not overflow else []:
            edges = self._edges(line.amounts)
            item = self._variant(line, "instead", "bought because units closed")
            self._post(
                item,
                edges[1:] - 1,
                beyond.area(edges)
                / SECONDS_A_DAY
                * line.amounts.at(edges[:-1])
                / float(line.amounts.basis.days or 1),
            )

    def _variant(
        self, line: PlaceLine, name: str, label: str, payer: str | None = None, year: str | None = None
    ) -> int:
        """A new item that belongs to a line: its number."""
        of = self.items[line.item]
        end = name if payer in (None, of.payer) else f"{name}.{payer}"
        payer = payer or of.payer
        agency = payer in self.document.agencies
        self.items.append(
            replace(
                of,
                name=f"{of.name}.{end}",
                label=f"{of.label}: {label}",
                payer=payer,
                payee=OUTSIDE if agency else SUPPLIERS,
                agency=agency,
                behaviour="closing",
                cashable=1.0,
                price_year=year or of.price_year,
            )
        )
        return len(self.items) - 1

    def _bought(self, overflow: str) -> list[tuple[str, Amounts]]:
        """Who pays for a place bought when the own places are full, and how much."""
        found = []
        for position, cost in enumerate(self.document.services[overflow].cost):
            for payer, value in cost.payers:
                amounts = Amounts(
                    self.document,
                    self.model,
                    self.numbers,
                    cost,
                    value,
                    f"services.{overflow}.cost.{position}.{payer}",
                )
                if amounts.basis.of == "person":
                    found.append((payer, amounts))
        return found

    def _mean_price(self, amounts: Amounts, service: str, time: Ints) -> Floats:
        """Pounds a day at these times; of a split, the mean over the people of the service by their time in it."""
        days = float(amounts.basis.days or 1)
        if not amounts.split:
            return amounts.at(time) / days
        begin, end, person = self._spells([self.history.services.index(service)])
        begin = np.maximum(begin, 0)
        kept = end > begin
        begin, end, person, state = self._by_state(begin[kept], end[kept], person[kept])
        total = np.zeros(len(time))
        for profile, j in sorted(set(zip(self.profile[person].tolist(), state.tolist(), strict=True))):
            mine = (self.profile[person] == profile) & (state == j)
            total += (end - begin)[mine].sum() * amounts.at(
                time, np.full(len(time), profile), np.full(len(time), j)
            )
        return total / max(1, (end - begin).sum()) / days


def _arrow(key: str, scenario: Scenario) -> str:
    parts = [part.strip() for part in key.split("->")]
    return " to ".join(scenario.label(part) for part in parts)


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=ROW)
