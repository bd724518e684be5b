"""Which budget line falls, in which year, by how much spendable cash, and what does the budget pay under contracts for it?

Budget view: by the financial year in which a cost is incurred or an outcome earned. Cash released counts of each line only
what can be spent elsewhere (MONEY section 2, as `savings`), less what the budget spends on services that only the design has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.analysis.measures import Measure
from simulator.money.ledger import Item, Ledger

Years = dict[int, float]


def public_cash(
    agencies: Iterable[str], baseline: Ledger, design: Ledger, contracts: Sequence[Ledger]
) -> list[Measure]:
    """Cash released, payments and their difference by agency and financial year (0: in all), in pounds.

    baseline, design: ledgers of costs. contracts: what the design's contracts move; an agency's receipts from one are
    payments below 0.
    """
    names = tuple(agencies)
    released: dict[str, Years] = {name: {} for name in names}
    paid: dict[str, Years] = {name: {} for name in names}
    there = {item.name: item for item in baseline.items}
    for ledger, sign in ((baseline, 1.0), (design, -1.0)):
        for item, year, pounds in _by_year(ledger):
            if item.payer in released:
                known = there.get(item.name)
                share = _spendable(known) if known is not None else 1.0
                _add(released[item.payer], year, sign * share * pounds)
    for ledger in contracts:
        for item, year, pounds in _by_year(ledger):
            if item.kind == "capital":
                continue
            if item.payer in paid:
                _add(paid[item.payer], year, pounds)
            if item.payee in paid:
                _add(paid[item.payee], year, -pounds)
    found = []
    for name in names:
        for year in sorted({*released[name], *paid[name]}):
            cash, payments = released[name].get(year, 0.0), paid[name].get(year, 0.0)
            if cash or payments or not year:
                found += [
                    Measure("public_cash", name, "cash_released", cash, year),
                    Measure("public_cash", name, "payments", payments, year),
                    Measure("public_cash", name, "net", cash - payments, year),
                ]
    return found


def _spendable(item: Item) -> float:
    """The share of an avoided pound of a line that can be spent elsewhere."""
    return item.cashable if item.behaviour == "variable" else 1.0


def _by_year(ledger: Ledger) -> Iterable[tuple[Item, int, float]]:
    first, sums = ledger.by_year("budget")
    for item, years in zip(ledger.items, sums.tolist(), strict=True):
        for year, pence in enumerate(years, first):
            if pence:
                yield item, year, pence / 100


def _add(years: Years, year: int, pounds: float) -> None:
    years[year] = years.get(year, 0.0) + pounds
    years[0] = years.get(0, 0.0) + pounds
