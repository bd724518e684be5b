"""Why not do it ourselves? The same service paid for in three ways, in the same run (MONEY section 5).

In-house or by block grant: payers bear the full cost as it arises. By results from the provider's own reserves: payers pay
what the contract says, and the provider must hold what it lacks until then. With investors: the same payments, less what
the waterfall gives back to payers. Budget view; amounts are pounds of all payers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from simulator.analysis.measures import Measure
from simulator.money.calendar import financial_year
from simulator.money.ledger import Ledger
from simulator.money.returns.commissioner import Account, Comparators, Pence

IN_HOUSE, OWN_RESERVES, INVESTORS = "in_house", "own_reserves", "investors"


def comparators(
    payers: Iterable[str], contracts: Sequence[Ledger], own: Sequence[Ledger], finance: Sequence[Ledger]
) -> list[Measure]:
    """Payments by year in each of the three ways, and the premium: what is paid with investors less what in-house costs.

    contracts: what contracts move. own: what providers pay for delivery, overhead, mobilisation and exit. finance: what the
    investment moves. Empty where nothing is paid.
    """
    paying = frozenset(payers)
    ledgers = [each for each in (*contracts, *own, *finance) if len(each.rows)]
    if not ledgers:
        return []
    days = np.concatenate([each.rows["earned_on"] for each in ledgers])
    first = financial_year(days.min().item())
    years = financial_year(days.max().item()) - first + 1

    def by_year(found: Sequence[Ledger], among: frozenset[str] | None) -> Pence:
        """Pence by year that leave these parties less what comes to them; None: all of it."""
        total = np.zeros(years, np.int64)
        for ledger in found:
            begins, sums = ledger.by_year("budget")
            for item, row in zip(ledger.items, sums.tolist(), strict=True):
                weight = 1 if among is None else (item.payer in among) - (item.payee in among)
                if weight and item.kind != "capital":
                    for year, pence in enumerate(row, begins):
                        if pence:
                            total[year - first] += weight * pence
        return total

    cost, paid, back = by_year(own, None), by_year(contracts, paying), by_year(finance, paying)
    none = np.zeros(years, np.int64)
    ways = {
        IN_HOUSE: Account("In-house or by block grant", first, cost, cost, none, none),
        OWN_RESERVES: Account("By results, from the provider's own reserves", first, paid, paid, none, none),
        INVESTORS: Account("By results, with investors", first, paid + back, paid + back, none, none),
    }
    found = Comparators(ways[IN_HOUSE], ways[OWN_RESERVES], ways[INVESTORS])
    measures = [Measure("comparators", INVESTORS, "premium", found.premium / 100)]
    for name, account in ways.items():
        measures.append(Measure("comparators", name, "payments", int(account.spent.sum()) / 100))
        measures += [
            Measure("comparators", name, "payments", int(pence) / 100, year)
            for year, pence in zip(account.years, account.spent.tolist(), strict=True)
            if pence
        ]
    return measures
