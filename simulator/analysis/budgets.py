"""Costs by line, payer, financial year and view; and what they are worth in today's terms.

Views are never added up (MONEY section 0): `budget` and `bank` are in the money of the year, `purse` and `resources` in
the price year's money, discounted to the start by the scenario's schedule.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from simulator.analysis.compiled_wellbeing import time_by_month
from simulator.analysis.measures import Measure
from simulator.engine.history import History
from simulator.engine.model import Floats, Ints
from simulator.engine.numbers import Numbers
from simulator.money.amounts import index_of, month_starts, months_of_days
from simulator.money.discounting import discount_factor
from simulator.money.ledger import Ledger
from simulator.money.prices import price_year_of
from simulator.money.values import social_values
from simulator.scenario.document import Document

YEAR_DAYS = 365.25


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

    def measures(self, ledger: Ledger, history: History) -> list[Measure]:
        """Costs, present values and worth of wellbeing of one run."""
        return costs(ledger) + self.value(ledger) + self.wellbeing(history)

    def value(self, ledger: Ledger) -> list[Measure]:
        """See `value`."""
        public = private = 0.0
        payers: dict[str, float] = {}
        for item, pounds, paid in zip(
            ledger.items,
            ledger.present_values(self.start, self.factor).tolist(),
            ledger.paid.tolist(),
            strict=True,
        ):
            if item.agency:
                public += pounds
            else:
                private += pounds
            if paid or item.behaviour != "closing":
                payers[item.payer] = payers.get(item.payer, 0.0) + pounds
        return [
            Measure("value", "", "purse", public),
            Measure("value", "", "resources", public + private),
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


def costs(ledger: Ledger) -> list[Measure]:
    """Pounds by line and by payer, for each financial year and in all (year 0), in the budget and bank views."""
    found: list[Measure] = []
    for view in ("budget", "bank"):
        first, sums = ledger.by_year(view)
        lines = dict(zip((item.name for item in ledger.items), sums.tolist(), strict=True))
        payers: dict[str, list[int]] = {}
        for item, years in zip(ledger.items, lines.values(), strict=True):
            before = payers.get(item.payer)
            payers[item.payer] = (
                years if before is None else [a + b for a, b in zip(before, years, strict=True)]
            )
        for table, parts in (("costs", lines), ("agencies", payers)):
            for name in sorted(parts):
                years = parts[name]
                whole = sum(years)
                if whole:
                    found.append(Measure(table, name, view, whole / 100))
                    found += [
                        Measure(table, name, view, pence / 100, year)
                        for year, pence in enumerate(years, first)
                        if pence
                    ]
    return found


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
