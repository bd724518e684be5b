"""The flows of an investment as ledger items and rows: draws, fees, distributions, the guarantee (MONEY section 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.money.accounts.draws import Financed
from simulator.money.calendar import add_months
from simulator.money.ledger import ROW, SUPPLIERS, Item
from simulator.money.pence import to_pence

FUND_MANAGER = "fund manager"
_PAID_TO_OTHERS = ("audit", "evaluation")


def finance_rows(
    financed: Financed, price_year: str, index: Sequence[float] | None = None
) -> tuple[tuple[Item, ...], NDArray[np.void]]:
    """Items and ledger rows of an investment. Fees of a fund outside the deal, and what stays with the party, are no rows.

    index: pounds of the day for a pound of the price year, by month from the first. Default: 1.
    """
    deal = financed.investment
    investor = {each.name: each.investor for each in deal.tranches}
    guarantor = deal.guarantee.party if deal.guarantee else ""
    items: dict[str, Item] = {}
    found: list[tuple[int, dt.date, int]] = []

    def post(name: str, payer: str, payee: str, kind: str, day: dt.date, pence: int) -> None:
        if payer == payee or not pence:
            return
        full = f"{deal.into}: {name}"
        if full not in items:
            items[full] = Item(
                full,
                name,
                payer,
                payee,
                "investment",
                deal.into,
                "date",
                "once",
                0.0,
                False,
                price_year,
                None,
                kind,
            )
        found.append((list(items).index(full), day, pence))

    for flow in financed.flows:
        who = investor[flow.tranche]
        if flow.kind == "draw":
            post(f"draw from {flow.tranche}", who, deal.into, "capital", flow.on, -flow.pence)
        elif flow.kind == "guarantee":
            post(f"guarantee to {flow.tranche}", guarantor, who, "capital", flow.on, flow.pence)
        elif flow.kind in ("capital", "return"):
            word = "repayment to" if flow.kind == "capital" else "return to"
            post(f"{word} {flow.tranche}", deal.into, who, flow.kind, flow.on, flow.pence)
    for day, paid in financed.log:
        if not paid.tranche:
            kind = "income" if paid.kind == "fee" else "return"
            post(f"{paid.what.replace('_', ' ')} to {paid.to}", deal.into, paid.to, kind, day, paid.pence)
    for name, by_month in financed.fees.items():
        to = SUPPLIERS if name in _PAID_TO_OTHERS else FUND_MANAGER
        for month in np.flatnonzero(by_month).tolist():
            day = add_months(financed.first_month, month + 1) - dt.timedelta(days=1)
            post(f"{name.replace('_', ' ')} fee", deal.into, to, "income", day, int(by_month[month]))

    rows = np.zeros(len(found), ROW)
    if found:
        rows["item"], days, rows["nominal_pence"] = (list(each) for each in zip(*found, strict=True))
        rows["earned_on"] = rows["cash_on"] = np.array(days, "datetime64[D]")
    rows["person"] = -1
    levels = np.array(index if index is not None else (1.0,))
    months = (rows["cash_on"].astype("datetime64[M]") - np.datetime64(financed.first_month, "M")).astype(int)
    level = levels[np.minimum(months, len(levels) - 1)]
    rows["real_pence"] = to_pence(rows["nominal_pence"] / 100.0 / level)
    return tuple(items.values()), rows
