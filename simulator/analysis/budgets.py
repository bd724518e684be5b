"""Costs by line, payer, financial year and view; and what they are worth in today's terms.

Views are never added up (MONEY section 0): `budget` and `bank` are in the money of the year, `purse` and `resources` in
the price year's money, discounted to the start by the scenario's schedule.
"""

from __future__ import annotations

import numpy as np

from simulator.analysis.measures import Measure
from simulator.engine.history import History
from simulator.engine.numbers import Numbers
from simulator.money.amounts import index_of, month_starts
from simulator.money.discounting import discount_factor
from simulator.money.ledger import Ledger
from simulator.money.places import Curve
from simulator.money.prices import price_year_of
from simulator.money.values import social_values
from simulator.scenario.document import Document

YEAR_DAYS = 365.25


def costs(ledger: Ledger) -> list[Measure]:
    """Pounds by line and by payer, for each financial year and in all (year 0), in the budget and bank views."""
    found: list[Measure] = []
    for view in ("budget", "bank"):
        item, year, pence = ledger.by_item_and_year(view)
        lines: dict[tuple[str, int], int] = {}
        payers: dict[tuple[str, int], int] = {}
        for i, y, amount in zip(item.tolist(), year.tolist(), pence.tolist(), strict=True):
            line = ledger.items[i]
            for when in (y, 0):
                lines[line.name, when] = lines.get((line.name, when), 0) + amount
                payers[line.payer, when] = payers.get((line.payer, when), 0) + amount
        found += [
            Measure("costs", name, view, amount / 100, when) for (name, when), amount in sorted(lines.items())
        ]
        found += [
            Measure("agencies", name, view, amount / 100, when)
            for (name, when), amount in sorted(payers.items())
        ]
    return found


def value(ledger: Ledger, document: Document, numbers: Numbers) -> list[Measure]:
    """Present values: to public budgets (`purse`), and of all resources whoever pays (`resources`), by payer and in all."""
    rows = ledger.rows
    years = (
        np.maximum((rows["earned_on"] - np.datetime64(document.start, "D")).astype(np.int64), 0) / YEAR_DAYS
    )
    present = rows["real_pence"] / 100 * discount_factor(years, schedule_of(document, numbers))
    payer = np.array([ledger.items[i].payer for i in rows["item"]]) if len(rows) else np.array([], dtype=str)
    agency = (
        np.array([ledger.items[i].agency for i in rows["item"]], dtype=bool)
        if len(rows)
        else np.array([], dtype=bool)
    )
    found = [
        Measure("value", "", "purse", present[agency].sum()),
        Measure("value", "", "resources", present.sum()),
    ]
    for name in sorted({item.payer for item in ledger.items}):
        public = name in document.agencies
        found.append(Measure("value", name, "purse" if public else "resources", present[payer == name].sum()))
    return found


def wellbeing(history: History, document: Document, numbers: Numbers) -> list[Measure]:
    """Worth of life satisfaction (a WELLBY a point and year) or, where that is not scored, of quality of life (a QALY a year).

    A person-day is valued once (MONEY section 1, overlap groups): life satisfaction comes first. Values and their price
    years are official data (`money/values`). Only the difference between designs means anything.
    """
    scored = [
        (kind, official)
        for kind, official in (("wellbeing", "wellby"), ("quality_of_life", "qaly"))
        if all(getattr(need, kind) is not None for need in document.needs.values())
    ]
    if not scored or document.price_year is None:
        return []
    kind, official = scored[0]
    table = social_values()[official]
    worth = index_of(document, numbers).in_base_year(table.central, price_year_of(table.price_year).year)
    edges = month_starts(document, history.end)
    middle = (edges[:-1] + edges[1:]) / 2 / 86_400 / YEAR_DAYS
    discount = np.asarray(discount_factor(middle, schedule_of(document, numbers)))
    total = 0.0
    stays = history.stay_table
    for number, name in enumerate(history.states):
        mine = stays["state"] == number
        time = np.concatenate(([history.begin], stays["begin"][mine], stays["end"][mine]))
        change = np.concatenate(([0], np.ones(mine.sum(), np.int64), -np.ones(mine.sum(), np.int64)))
        times, inverse = np.unique(time, return_inverse=True)
        level = np.zeros(len(times), np.int64)
        np.add.at(level, inverse, change)
        years = Curve(times, np.cumsum(level)).area(edges) / 86_400 / YEAR_DAYS
        score = numbers.of(getattr(document.needs[name], kind), f"needs.{name}.{kind}")
        total += float((years * discount).sum()) * score * worth
    return [Measure("value", "", "wellbeing", total)]


def schedule_of(document: Document, numbers: Numbers) -> str | float:
    """The discount schedule of a scenario: an official one by name, or one rate a year."""
    return (
        document.discount if isinstance(document.discount, str) else numbers.of(document.discount, "discount")
    )
