"""Costs by line, payer, financial year and view; and what they are worth in today's terms.

Views are never added up (MONEY section 0): `budget` and `bank` are in the money of the year, `purse` and `resources` in
the price year's money, discounted to the start by the scenario's schedule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.compiled_wellbeing import time_by_month
from simulator.analysis.measures import Measure
from simulator.engine.history import History
from simulator.engine.model import Floats, Ints
from simulator.engine.numbers import Numbers
from simulator.money.amounts import index_of, month_starts, months_of_days
from simulator.money.discounting import discount_factor
from simulator.money.ledger import CONTRACT, OUTSIDE, STAFF, SUPPLIERS, TAX_OFFICE, Item, Ledger
from simulator.money.prices import price_year_of
from simulator.money.values import social_values
from simulator.scenario.document import Document

YEAR_DAYS = 365.25
RESOURCES = frozenset({OUTSIDE, SUPPLIERS, STAFF, TAX_OFFICE})
"""Payees whose work or goods are used up (tax on pay is part of what work costs); what goes to others is a transfer."""


@dataclass(frozen=True, eq=False)
class Budgets:
    """What measuring the money of a design needs beside its ledgers and histories: see `prepare`. Times are seconds.

    factor: what a pound of each day of the horizon is worth at the start. months: month starts and the end, with which
    each day is in. worth: pounds of the price year, discounted, for a year in each state in each month, (states, months),
    None where life is not scored.
    """

    start: dt.date
    agencies: frozenset[str]
    factor: Floats
    months: Ints
    month_of_day: Ints
    worth: Floats | None

    def measures(
        self,
        ledger: Ledger,
        history: History,
        contracts: Sequence[Ledger] = (),
        providers: Iterable[str] = (),
    ) -> list[Measure]:
        """Costs, present values and worth of wellbeing of one run.

        contracts: what its contracts move, with the costs of providers that only a contract brings (overhead, say).
        """
        inside = frozenset({*self.agencies, *providers})
        return (
            costs(ledger, contracts, inside) + self.value(ledger, contracts, inside) + self.wellbeing(history)
        )

    def value(
        self, ledger: Ledger, contracts: Sequence[Ledger] = (), inside: frozenset[str] = frozenset()
    ) -> list[Measure]:
        """See `value`. What a contract moves between a public budget and others is the purse's, and no resource."""
        public = resources = 0.0
        payers: dict[str, float] = {}
        for each in (ledger, *contracts):
            for item, pounds, paid in zip(
                each.items,
                each.present_values(self.start, self.factor).tolist(),
                each.paid.tolist(),
                strict=True,
            ):
                if item.kind == "capital":
                    continue
                public += pounds * ((item.payer in self.agencies) - (item.payee in self.agencies))
                # VAT goes to the exchequer; tax on pay is part of what work costs.
                if item.payee in RESOURCES and item.behaviour != CONTRACT and not _is_vat(item):
                    resources += pounds
                if (paid or item.behaviour != "closing") and (each is ledger or item.payer in inside):
                    payers[item.payer] = payers.get(item.payer, 0.0) + pounds
                if item.payee in inside:
                    payers[item.payee] = payers.get(item.payee, 0.0) - pounds
        return [
            Measure("value", "", "purse", public),
            Measure("value", "", "resources", resources),
            *(
                Measure("value", name, "purse" if name in self.agencies else "resources", payers[name])
                for name in sorted(payers)
            ),
        ]

    def wellbeing(self, history: History) -> list[Measure]:
        """See `wellbeing`."""
        if self.worth is None:
            return []
        stays = history.stay_table
        seconds = time_by_month(
            stays["state"], stays["begin"], stays["end"], len(history.states), self.months, self.month_of_day
        )
        return [Measure("value", "", "wellbeing", float((seconds * self.worth).sum()) / 86_400 / YEAR_DAYS)]


def _is_vat(item: Item) -> bool:
    return item.kind == "tax" and item.payee != TAX_OFFICE


def prepare(document: Document, numbers: Numbers, end: int) -> Budgets:
    """All about the money of a design that no history changes, for runs that end at `end` (seconds since the start)."""
    schedule = schedule_of(document, numbers)
    months = month_starts(document, end)
    days = np.arange(months_of_days(months).size)
    return Budgets(
        document.start,
        frozenset(document.agencies),
        np.asarray(discount_factor(days / YEAR_DAYS, schedule)),
        months,
        months_of_days(months),
        _worth(document, numbers, months, schedule),
    )


def _worth(document: Document, numbers: Numbers, months: Ints, schedule: str | float) -> Floats | None:
    """Of a year in each state in each month."""
    scored = [
        (kind, official)
        for kind, official in (("wellbeing", "wellby"), ("quality_of_life", "qaly"))
        if all(getattr(need, kind) is not None for need in document.needs.values())
    ]
    if not scored or document.price_year is None:
        return None
    kind, official = scored[0]
    table = social_values()[official]
    worth = index_of(document, numbers).in_base_year(table.central, price_year_of(table.price_year).year)
    middle = (months[:-1] + months[1:]) / 2 / 86_400 / YEAR_DAYS
    discount = np.asarray(discount_factor(middle, schedule))
    scores = [
        numbers.of(getattr(document.needs[name], kind), f"needs.{name}.{kind}")
        for name in sorted(document.needs)
    ]
    return np.array(scores)[:, None] * discount * worth


def costs(
    ledger: Ledger, contracts: Sequence[Ledger] = (), inside: frozenset[str] = frozenset()
) -> list[Measure]:
    """Pounds by line and by payer, for each financial year and in all (year 0), in the budget and bank views.

    A line is what leaves the parties inside (public budgets and providers); what a contract moves between two of them is in
    no line, is cost to the one and income (a cost below 0) to the other, and so nothing in all.
    """
    found: list[Measure] = []
    for view in ("budget", "bank"):
        lines: dict[str, dict[int, int]] = {}
        payers: dict[str, dict[int, int]] = {}
        first, sums = ledger.by_year(view)
        for item, years in zip(ledger.items, sums.tolist(), strict=True):
            dated = {year: pence for year, pence in enumerate(years, first) if pence}
            _add(lines, item.name, dated)
            _add(payers, item.payer, dated)
        for each in contracts:
            first, sums = each.by_year(view)
            for item, years in zip(each.items, sums.tolist(), strict=True):
                if item.kind == "capital":
                    continue
                dated = {year: pence for year, pence in enumerate(years, first) if pence}
                back = {year: -pence for year, pence in dated.items()}
                if item.payer in inside:
                    _add(payers, item.payer, dated)
                if item.payee in inside:
                    _add(payers, item.payee, back)
                if (item.payer in inside) != (item.payee in inside):
                    _add(lines, item.name, dated if item.payer in inside else back)
        for table, parts in (("costs", lines), ("agencies", payers)):
            for name in sorted(parts):
                dated = parts[name]
                whole = sum(dated.values())
                if any(dated.values()):
                    found.append(Measure(table, name, view, whole / 100))
                    found += [
                        Measure(table, name, view, dated[year] / 100, year)
                        for year in sorted(dated)
                        if dated[year]
                    ]
    return found


def _add(parts: dict[str, dict[int, int]], name: str, dated: dict[int, int]) -> None:
    before = parts.setdefault(name, {})
    for year, pence in dated.items():
        before[year] = before.get(year, 0) + pence


def value(ledger: Ledger, document: Document, numbers: Numbers) -> list[Measure]:
    """Present values: to public budgets (`purse`), and of all resources whoever pays (`resources`), by payer and in all."""
    days = (ledger.rows["earned_on"] - np.datetime64(document.start, "D")).astype(np.int64)
    return prepare(document, numbers, (int(days.max(initial=0)) + 1) * 86_400).value(ledger)


def wellbeing(history: History, document: Document, numbers: Numbers) -> list[Measure]:
    """Worth of life satisfaction (a WELLBY a point and year) or, where that is not scored, of quality of life (a QALY a year).

    A person-day is valued once (MONEY section 1, overlap groups): life satisfaction comes first. Values and their price
    years are official data (`money/values`). Only the difference between designs means anything.
    """
    return prepare(document, numbers, history.end).wellbeing(history)


def schedule_of(document: Document, numbers: Numbers) -> str | float:
    """The discount schedule of a scenario: an official one by name, or one rate a year."""
    return (
        document.discount if isinstance(document.discount, str) else numbers.of(document.discount, "discount")
    )
