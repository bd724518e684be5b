"""When a provider pays its own costs: pay, tax and pension, supplies and their VAT (MONEY sections 1 and 3.9, E13, E14).

The cost ledger says what a month's delivery cost; this says when that leaves the bank, and adds overhead, mobilisation and
exit. Pay goes on the last day of the month worked, its tax and pension on the 22nd of a later month, supplies some days after
the month's end: not "all a month in arrears", which flatters the low point (E14).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.money.accounts.terms import Provider
from simulator.money.calendar import month_index
from simulator.money.ledger import ROW, SUPPLIERS, Item, Ledger
from simulator.money.pence import to_pence

STAFF, HMRC = "staff", "hmrc"
_TAX_DAY = 22  # HMRC's day for electronic payment of PAYE and national insurance
_DELIVERY, _USE, _OVERHEAD, _MOBILISATION, _EXIT = range(5)
_SOURCES = (
    ("delivery", "delivery, paid whether used or not", "staff"),
    ("delivery per use", "delivery that moves with use", "variable"),
    ("overhead", "overhead", "staff"),
    ("mobilisation", "mobilisation", "once"),
    ("exit", "exit", "closing"),
)
_PARTS = (
    ("net pay", STAFF, "income"),
    ("tax and pension", HMRC, "tax"),
    ("supplies", SUPPLIERS, "income"),
    ("VAT not recovered", SUPPLIERS, "tax"),
)


@dataclass(frozen=True)
class Delivery:
    """When a provider delivers. begins, ends: first and last day of its contracts; mobilises: first day of preparation.

    exempt: whether what it supplies is exempt from VAT, so that the VAT on its own supplies is a cost (E13).
    """

    begins: dt.date
    ends: dt.date
    mobilises: dt.date
    exempt: bool = True


def provider_rows(
    provider: Provider,
    costs: Sequence[Ledger],
    delivery: Delivery,
    price_year: str,
    index: Sequence[float] | None = None,
) -> tuple[tuple[Item, ...], NDArray[np.void]]:
    """Items and ledger rows of all that the provider pays, in place of its own rows in the cost ledgers.

    costs: ledgers with rows that it pays (`Item.payer`), by the month earned. Overhead runs from `begins` to `ends`, the
    mobilisation's cost is spread over the months before `begins` (in that month if there are none), the exit's is in the
    month of `ends`. index: pounds of the day for a pound of the price year, by month from the month of `delivery.mobilises`,
    the last one for all later months; it turns the provider's own amounts into money of the day. Default: 1.

    Net pay, tax and pension, and supplies of a month add up to its cost to the penny; VAT comes on top. `earned_on` is the
    last day of the month. Raises ValueError for cost rows below 0 (the ledger has none) through the ledger.
    """
    first = delivery.mobilises.replace(day=1)
    months, nominal, real = _delivery_costs(provider, costs, first)
    before = -min(0, int(months.min())) if len(months) else 0
    last = max(int(months.max()) if len(months) else 0, _month(delivery.ends, first))
    size = before + last + 1
    sums = np.zeros((2, len(_SOURCES), size), np.int64)
    for view, pence in enumerate((nominal, real)):
        sums[view, _DELIVERY : _USE + 1, months + before] = pence
    _own_costs(provider, delivery, first, before, index or (1.0,), sums)
    return _items(provider, price_year), _rows(provider, delivery, sums, first, before)


def _delivery_costs(
    provider: Provider, costs: Sequence[Ledger], first: dt.date
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Months with a cost, and pence of the day and of the price year by (month, moves with use or not)."""
    month, use, nominal, real = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0)]
    for ledger in costs:
        kind = np.array(
            [
                -1 if item.payer != provider.name else int(item.behaviour == "variable")
                for item in ledger.items
            ],
            np.int64,
        )
        if not (kind >= 0).any():
            continue
        of = kind[ledger.rows["item"]]
        mine = np.flatnonzero(of >= 0)
        use.append(of[mine])
        month.append(month_index(ledger.rows["earned_on"][mine], first))
        nominal.append(ledger.rows["nominal_pence"][mine])
        real.append(ledger.rows["real_pence"][mine])
    months, which = np.concatenate(month), np.concatenate(use)
    if not len(months):
        return months, np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64)
    begin = months.min()
    cell = (months - begin) * 2 + which
    size = (int(months.max() - begin) + 1) * 2
    # Sums of whole pence below 2**53 are exact in floats.
    day, price_year = (
        np.bincount(cell, np.concatenate(each), size).astype(np.int64).reshape(-1, 2)
        for each in (nominal, real)
    )
    return np.arange(begin, begin + len(day)), day, price_year


def _own_costs(
    provider: Provider,
    delivery: Delivery,
    first: dt.date,
    before: int,
    index: Sequence[float],
    sums: NDArray[np.int64],
) -> None:
    """Add overhead, mobilisation and exit to the sums (view, source, month)."""
    begins, ends = _month(delivery.begins, first), _month(delivery.ends, first)
    prepares = range(begins) if begins > 0 else range(begins, begins + 1)
    for source, months, pounds in (
        (_OVERHEAD, range(begins, ends + 1), provider.overhead_a_year / 12.0),
        (_MOBILISATION, prepares, provider.mobilise_cost / len(prepares)),
        (_EXIT, range(ends, ends + 1), provider.exit_cost),
    ):
        level = np.array([index[min(month, len(index) - 1)] for month in months])
        at = np.array(months, np.int64) + before
        # By cumulative sums, so that twelve months make a year to the penny.
        sums[0, source, at] = np.diff(to_pence(np.concatenate(([0.0], np.cumsum(pounds * level)))))
        sums[1, source, at] = np.diff(to_pence(pounds * np.arange(len(at) + 1)))


def _items(provider: Provider, price_year: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            name=f"{provider.name}: {source}, {part}",
            label=f"{label}: {part}",
            payer=provider.name,
            payee=payee,
            about="provider",
            of=provider.name,
            basis="month",
            behaviour=behaviour,
            cashable=0.0,
            agency=False,
            price_year=price_year,
            kind=kind,
        )
        for source, label, behaviour in _SOURCES
        for part, payee, kind in _PARTS
    )


def _rows(
    provider: Provider, delivery: Delivery, sums: NDArray[np.int64], first: dt.date, before: int
) -> NDArray[np.void]:
    pay = to_pence(sums / 100.0 * provider.staff_share)
    tax = to_pence(pay / 100.0 * provider.on_costs)
    supplies = sums - pay
    vat = to_pence(supplies / 100.0 * (provider.vat_on_supplies if delivery.exempt else 0.0))
    parts = np.stack((pay - tax, tax, supplies, vat), axis=2)  # view, source, part, month

    month = np.datetime64(first, "M") + np.arange(-before, sums.shape[2] - before)
    ends = (month + 1).astype("datetime64[D]") - 1
    later = (month + provider.pay_lag).astype("datetime64[D]") + _TAX_DAY - 1
    bought = ends + provider.supply_terms
    cash = np.stack((ends, later if provider.pay_lag else ends, bought, bought))

    source, part, at = np.nonzero(parts[0])
    rows = np.zeros(len(at), ROW)
    rows["item"] = source * len(_PARTS) + part
    rows["person"] = -1
    rows["earned_on"] = ends[at]
    rows["cash_on"] = cash[part, at]
    rows["nominal_pence"] = parts[0, source, part, at]
    rows["real_pence"] = parts[1, source, part, at]
    return rows


def _month(day: dt.date, first: dt.date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month
