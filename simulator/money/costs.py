"""What a design pays for, line by line, and what a run of it cost (LANGUAGE section 7, MONEY section 2).

`prepare_costs` reads all that no history changes, once for a design and draw; the plan then posts as many histories as
one likes. `post_costs` does both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from simulator.engine.compile_services import pool_name
from simulator.engine.hazards import seconds
from simulator.engine.history import History
from simulator.engine.model import SECONDS_A_DAY, UNLIMITED, Model
from simulator.engine.numbers import Draw, Numbers
from simulator.money import compiled_lines as kinds
from simulator.money import places as pl
from simulator.money.amounts import Amounts, days_of, index_of, indices_at, month_starts
from simulator.money.ledger import OUTSIDE, SUPPLIERS, Item, Ledger
from simulator.money.pence import split, to_pence
from simulator.money.posting import CostPlan, TableBook
from simulator.money.prices import UnknownPriceYear
from simulator.scenario.document import Document
from simulator.scenario.fields import Cost
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, Refused, ScenarioError
from simulator.scenario.quantities import leaves

# LANGUAGE section 7: basis of money -> how it behaves when use falls.
BEHAVIOUR = {"place": "places", "staff": "staff", "once": "once"}
_Add = Callable[[int, str, Amounts], None]


def prepare_costs(
    scenario: Scenario,
    model: Model,
    *,
    seed: int = 1,
    draw: int | Draw | None = None,
    reading: str | None = None,
) -> CostPlan:
    """What a design pays for and at which prices, for any number of its histories.

    Draws nothing; `seed` and `draw` name the draw of prices.

    Raises ScenarioError where a cost cannot be told in money: no price level for its year, no price year at all, or
    an amount that cannot be split by people because it is about nobody; ValueError for a trillion pounds or more.
    """
    return _Lines(scenario, model, seed, draw, reading).plan()


def post_costs(
    scenario: Scenario,
    model: Model,
    history: History,
    replication: int = 0,
    *,
    seed: int = 1,
    draw: int | Draw | None = None,
    reading: str | None = None,
) -> Ledger:
    """The ledger of everything that a run cost from `start` to the horizon. Raises as `prepare_costs` and `CostPlan.post` do."""
    return prepare_costs(scenario, model, seed=seed, draw=draw, reading=reading).post(history, replication)


@dataclass(frozen=True)
class _PlaceLine:
    """A line paid per place of a service whose units may close."""

    item: int
    amounts: Amounts


class _Lines:
    """What each kind of line is paid for."""

    def __init__(
        self, scenario: Scenario, model: Model, seed: int, draw: int | Draw | None, reading: str | None
    ) -> None:
        self.scenario, self.model = scenario, model
        self.seed, self.draw, self.reading = seed, draw, reading
        self.document = scenario.design(model.design, reading)
        self.numbers = Numbers(self.document, seed, draw)
        self.items: list[Item] = []
        self.place_lines: dict[str, list[_PlaceLine]] = {}
        self.closings: dict[str, int] = {}

    @cached_property
    def book(self) -> TableBook:
        """The tables, with the index of every day of the horizon. Raises UnknownPriceYear where a day has none."""
        months = month_starts(self.document, self.model.end)
        index = np.ones(0)
        if self.document.price_year is not None:
            days = days_of(self.document, np.arange(0, max(self.model.end, 1), SECONDS_A_DAY))
            index = indices_at(index_of(self.document, self.numbers), days)
        return TableBook(self.model, self.document.start, months, index)

    def plan(self) -> CostPlan:
        document = self.document
        if document.price_year is not None:
            try:
                index_of(document, self.numbers)
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
        return self.book.plan(self.items)

    def _refused(self, key: str, message: str, line: int = 1, suggestion: str | None = None) -> ScenarioError:
        return ScenarioError([Problem(line or 1, 1, key, message, suggestion, file=self.scenario.file)])

    def _lines(self, about: str, of: str, costs: tuple[Cost, ...], path: str, add: _Add) -> None:
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
                    add(len(self.items) - 1, of, amounts)
                except UnknownPriceYear as error:
                    raise self._refused(where, str(error), cost.line) from None
                except Refused as refused:
                    raise self._refused(where, refused.message, cost.line, refused.suggestion) from None

    def _state(self, item: int, name: str, amounts: Amounts) -> None:
        self.book.line(kinds.IN_STATE, item, {"what": self.model.states.index(name)}, amounts)

    def _transition(self, item: int, key: str, amounts: Amounts) -> None:
        """Paid when a person goes this way by their own clock (being moved by a service is not this transition)."""
        branch = self.document.transitions[key].to
        targets = [key.split("->")[1].strip()] if branch is None else [name for name, _ in branch.parts]
        source = key.split("->")[0].strip()
        codes = [self.book.own_clock(source, target) for target in targets]
        self.book.line(kinds.HAPPENINGS, item, {"what": self.book.happenings(codes)}, amounts)

    def _event(self, item: int, name: str, amounts: Amounts) -> None:
        self.book.line(
            kinds.HAPPENINGS, item, {"what": self.book.happenings([self.book.event(name)])}, amounts
        )

    def _service(self, item: int, name: str, amounts: Amounts) -> None:
        basis = amounts.basis.of
        if basis in ("person", "start"):
            # Lengths are drawn, and so prices asked, after the move that a start makes.
            kind = kinds.IN_SERVICES if basis == "person" else kinds.STARTS
            self.book.line(kind, item, {"what": self._services([name])}, amounts)
        elif basis in ("referral", "completion"):
            code = self.book.referral(name) if basis == "referral" else self.book.completion(name)
            self.book.line(kinds.HAPPENINGS, item, {"what": self.book.happenings([code])}, amounts)
        else:
            self._pool(item, name, amounts)

    def _services(self, names: list[str]) -> int:
        return self.book.services([self.model.services.index(name) for name in names])

    def _pool(self, item: int, name: str, amounts: Amounts) -> None:
        """Paid for capacity: per place or member of staff open, used or not, or once at the opening."""
        basis = amounts.basis
        if amounts.split:
            raise Refused(
                f"a cost per {basis.of} is about nobody in particular, so it cannot differ between people"
                if basis.days
                else "what is paid once is about nobody in particular, so it cannot differ between people",
                "write one amount, or a cost per person",
            )
        pool = name if name in self.document.teams else pool_name(self.document, name)
        if basis.of == "once":
            self._once(item, name, pool, amounts)
            return
        assert basis.days is not None
        open_places = pl.places_open(self.model, pool)
        if basis.of == "place" and int(open_places.value.max()) >= UNLIMITED:
            return
        owner = self.document.services.get(name) or self.document.teams[name]
        lead_in = seconds(owner.lead_in.value) if owner.lead_in is not None else 0
        steps = pl.capacity(*self._eras, pool, basis.of, self.model.begin, self.model.end + lead_in)
        curve = pl.with_lead_in(steps, lead_in)
        scale = 1 / 1000 if basis.of == "staff" else 1.0  # staff may be part-time: thousandths
        if basis.of == "staff":
            edges = self.book.edges(amounts)
            pounds = curve.area(edges) * scale / SECONDS_A_DAY * amounts.at(edges[:-1]) / basis.days
            self.book.fixed(item, edges[1:] - 1, pounds)
        else:
            users = self._services(pl.services_of_pool(self.document, pool))
            service = self.document.services.get(name)
            closing = -1
            if service is not None and service.closing is not None:
                self.place_lines.setdefault(name, []).append(_PlaceLine(item, amounts))
                closing = self._closing(name)
            places = self.book.curve(curve.time, curve.value)
            self.book.line(kinds.USE, item, {"what": users}, amounts)
            self.book.line(kinds.PLACES, item, {"what": users, "closing": closing, **places}, amounts)
        # What a lead-in costs before `start`, for what opens at or after it, is charged on the start.
        start = np.zeros(1, np.int64)
        before = pl.before_start(steps, lead_in)
        self.book.fixed(item, start, before * scale / SECONDS_A_DAY * amounts.at(start) / basis.days)

    @cached_property
    def _eras(self) -> tuple[tuple[Document, Document], tuple[Numbers, Numbers]]:
        """The baseline's document, in force before `start`, and the design's, each with its numbers."""
        before = self.scenario.design(self.scenario.baseline, self.reading)
        return (before, self.document), (Numbers(before, self.seed, self.draw), self.numbers)

    def _once(self, item: int, name: str, pool: str, amounts: Amounts) -> None:
        """Paid at the first opening of its places; for a service new at `start` not before it, though its team was there."""
        places = pl.places_open(self.model, pool)
        opened = places.time[places.value > 0]
        number = self.model.services.index(name) if name in self.model.services else None
        if number is not None and not self.model.exists[0, number]:
            opened = np.array(
                [0] if places.at(np.zeros(1, np.int64))[0] > 0 else [when for when in opened if when >= 0],
                np.int64,
            )
        if len(opened) and opened[0] >= 0:
            self.book.fixed(item, opened[:1], amounts.at(opened[:1]))

    # Closing units

    def _closing(self, name: str) -> int:
        """The number of a service's closing rule in the tables."""
        if name not in self.closings:
            rule = pl.closing_rule(self.document, self.numbers, name)
            places = pl.places_open(self.model, pool_name(self.document, name))
            overflow = pl.overflow_of(self.document, name)
            at_start = int(places.at(np.zeros(1, np.int64))[0])
            units = at_start // rule.places_each if at_start < UNLIMITED else 0
            self.closings[name] = self.book.closing(
                self._services([name]),
                self._services([name, overflow] if overflow else [name]),
                self.book.curve(places.time, places.value),
                units,
                rule.places_each,
                at_start - units * rule.places_each,
                rule.sustained,
                rule.notice,
                rule.least,
                rule.headroom,
                rule.reopen,
            )
        return self.closings[name]

    def _close(self, name: str, lines: list[_PlaceLine]) -> None:
        """Exit costs, shared by the lines that pay for a place; and, for each who pays, what is bought because units closed."""
        path = f"services.{name}.closing.exit_cost"
        rule, closing = self.document.services[name].closing, self._closing(name)
        assert rule is not None
        try:
            exit_cost = Amounts(self.document, self.model, self.numbers, Cost(()), rule.exit_cost, path)
        except UnknownPriceYear as error:
            raise self._refused(path, str(error)) from None
        at = self.book.months[1:] - 1
        pounds = exit_cost.at(at)
        sums = [to_pence(pounds * self.book.index[at // SECONDS_A_DAY]), to_pence(pounds)]
        shares = np.stack(
            [line.amounts.at(at) / float(line.amounts.basis.days or 1) for line in lines], axis=1
        )
        shares = np.maximum(shares, 0.0)  # a sampled price may fall below nothing
        shares[~shares.any(axis=1), 0] = 1.0
        if len(lines) == 1:  # the usual case, and a fifth of the time of a draw
            parts = np.stack(sums)[:, :, None]
        else:
            parts = np.array(
                [[split(int(each), of) for each, of in zip(whole, shares, strict=True)] for whole in sums],
                np.int64,
            )
        for position, line in enumerate(lines):
            item = self._variant(line, "exit", "closing a unit", year=exit_cost.year)
            exits = self.book.exits(parts[0, :, position], parts[1, :, position])
            self.book.line(kinds.EXITS, item, {"closing": closing, **exits})
        overflow = pl.overflow_of(self.document, name)
        bought = self._bought(overflow) if overflow else []
        for payer in dict.fromkeys(payer for payer, _ in bought):
            prices = [amounts for who, amounts in bought if who == payer]
            edges = self.book.edges(*prices)
            line = next((each for each in lines if self.items[each.item].payer == payer), lines[0])
            item = self._variant(line, "instead", "bought because units closed", payer)
            self.book.line(
                kinds.BOUGHT, item, {"closing": closing, **self.book.parts(prices, edges)}, edges=edges
            )
        for line in lines if not overflow else []:
            item = self._variant(line, "instead", "bought because units closed")
            self.book.line(kinds.BEYOND, item, {"closing": closing}, line.amounts)

    def _variant(
        self, line: _PlaceLine, name: str, label: str, payer: str | None = None, year: str | None = None
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


def _arrow(key: str, scenario: Scenario) -> str:
    parts = [part.strip() for part in key.split("->")]
    return " to ".join(scenario.label(part) for part in parts)
