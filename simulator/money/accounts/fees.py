"""Fees of a deal as they build up month by month, and are paid by the quarter (MONEY sections 1 and 4)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.money.accounts.terms import Fees
from simulator.money.accounts.waterfall import whole

FEES = ("arrangement", "commitment", "management", "performance_management", "audit", "evaluation")


class Deal(Protocol):
    """What the fees are measured on. Pence; months are positions."""

    close: int
    available: int
    undrawn: list[int]

    @property
    def outstanding(self) -> float: ...


class FeeMeter:
    """Builds up fees at each month's beginning and gives out what is paid in it.

    Arrangement is paid when the deal closes; the others each third month from then, and in the last month. Commitment runs
    while money can still be drawn; management until all is repaid; the three yearly sums while the contract is delivered.
    """

    def __init__(self, fees: Fees, commitment: int, months: int) -> None:
        self.paid: dict[str, NDArray[np.int64]] = {name: np.zeros(months, np.int64) for name in FEES}
        self._fees = fees
        self._commitment = commitment
        self._last = months - 1
        self._due = dict.fromkeys(FEES, 0.0)
        self._any = fees != Fees(fund=fees.fund)

    def month(self, month: int, deal: Deal, delivering: bool) -> int:
        """Pence of fees paid in a month."""
        if not self._any or month < deal.close:
            return 0
        fees, due = self._fees, self._due
        if month == deal.close:
            due["arrangement"] = fees.arrangement * self._commitment
        if month <= deal.available:
            due["commitment"] += fees.commitment * sum(deal.undrawn) / 12.0
        due["management"] += fees.management * deal.outstanding / 12.0
        if delivering:
            for name in ("performance_management", "audit", "evaluation"):
                due[name] += getattr(fees, name) * 100.0 / 12.0
        due_now = (month - deal.close) % 3 == 2 or month == self._last
        total = 0
        for name in FEES:
            if due_now or name == "arrangement":
                pence = whole(due[name])
                due[name] = 0.0
                self.paid[name][month] = pence
                total += pence
        return total
