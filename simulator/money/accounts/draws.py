"""Investment into a provider or vehicle: draws, fees, distributions and the guarantee, month by month (MONEY section 4).

Order in a month: draws on its first day, then payments and fees, then receipts, then a distribution on its last day. A draw
`as_needed` counts on the month's receipts where receipts may meet delivery (`recycle`), so that E15 comes out; with
`buffer_months` of 1 or more it does not depend on them, and cash is at its least even before they come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.money.accounts.fees import FeeMeter
from simulator.money.accounts.guarantee import called
from simulator.money.accounts.terms import Investment
from simulator.money.accounts.waterfall import Paid, Waterfall, whole
from simulator.money.calendar import add_months
from simulator.money.pence import split, to_pence

FlowKind = Literal["draw", "capital", "return", "guarantee", "fund_fee"]


class InvestorFlow(NamedTuple):
    """What one tranche's investor pays (below 0) or receives (above 0), pence. `fund_fee`: outside the deal, for net returns."""

    on: dt.date
    tranche: str
    kind: FlowKind
    pence: int


@dataclass(frozen=True, eq=False)
class Financed:
    """A party's cash with an investment. Money is integer pence; by month from the month of `first_month`.

    draws: (tranches, months). fees: by name. distributed: paid to tranches and other parties. closing: cash at the month's end.
    low_points: after draws and payments, before receipts. log: (date, payment) of the waterfall in order; a payment to the
    party itself stays in its cash. unfunded: most by which cash fell below what it must be with all commitment called (least
    cash while delivering, 0 after); above 0 the run fails, first in `unfunded_month`. lost: by tranche, paid in less received,
    guarantee included. debt: by tranche, what the party owes at the end (full recourse; else 0).
    """

    investment: Investment
    first_month: dt.date
    opening: int
    receipts: NDArray[np.int64]
    payments: NDArray[np.int64]
    draws: NDArray[np.int64]
    fees: dict[str, NDArray[np.int64]]
    distributed: NDArray[np.int64]
    closing: NDArray[np.int64]
    low_points: NDArray[np.int64]
    log: tuple[tuple[dt.date, Paid], ...]
    flows: tuple[InvestorFlow, ...]
    unfunded: int
    unfunded_month: int | None
    lost: tuple[int, ...]
    debt: tuple[int, ...]

    @property
    def drawn(self) -> int:
        return int(self.draws.sum())

    @property
    def spend_over_drawn(self) -> float | None:
        """How many pounds of payments, fees included, each pound drawn carried; None if nothing was drawn."""
        spent = int(self.payments.sum()) + sum(int(each.sum()) for each in self.fees.values())
        return spent / self.drawn if self.drawn else None

    def of(self, tranche: str | None = None, net: bool = False) -> tuple[list[dt.date], NDArray[np.int64]]:
        """Dates and signed pence of one tranche, or of all together; net: of fund fees too. For rates and multiples."""
        mine = [
            flow
            for flow in self.flows
            if tranche in (None, flow.tranche) and (net or flow.kind != "fund_fee")
        ]
        return [flow.on for flow in mine], np.array([flow.pence for flow in mine], np.int64)


def finance(
    investment: Investment,
    first_month: dt.date,
    months: int,
    receipts_pence: NDArray[np.int64],
    payments_pence: NDArray[np.int64],
    opening_pence: int,
    least_pence: int,
    delivering_until: dt.date,
    result: float | Sequence[float] | None = None,
) -> Financed:
    """Finance a party's own receipts and payments (pence by month, 0 or more, without the investment's).

    The deal closes in the month of the first payment; nothing is drawn before. delivering_until: last day on which services
    are delivered. available_until None: that day. result: measured, for coupons by band: one, or by month.

    Distribution dates run from `repays_from`; each takes effect on the last day of its month, or of the month before where it
    is a first of a month. Distributable is cash above the least and the reserve; with limited recourse the party's own opening
    cash is not distributable either. The last is at the end of the months, over all cash but the party's own.

    Raises ValueError for arrays of another length than `months`, amounts below 0, or no month.
    """
    if months < 1 or len(receipts_pence) != months or len(payments_pence) != months:
        raise ValueError("receipts and payments have one amount for each of at least one month")
    if receipts_pence.min() < 0 or payments_pence.min() < 0:
        raise ValueError("a receipt below 0 is a payment, and the other way round")
    run = _Run(investment, first_month.replace(day=1), months, opening_pence, least_pence, delivering_until)
    run.go(receipts_pence, payments_pence, result)
    return run.finish(receipts_pence, payments_pence)


class _Run:
    """One pass over the months."""

    def __init__(
        self, investment: Investment, first: dt.date, months: int, opening: int, least: int, until: dt.date
    ) -> None:
        self.deal, self.first, self.months = investment, first, months
        self.opening, self.least = opening, least
        self.begins = [add_months(first, month) for month in range(months + 1)]
        self.ends = [day - dt.timedelta(days=1) for day in self.begins[1:]]
        self.delivers = self._month_of(until)
        available = investment.available_until
        self.available = self.delivers if available is None else self._month_of(available)
        self.amounts = [to_pence(each.amount) for each in investment.tranches]
        self.undrawn = list(self.amounts)
        self.waterfall = Waterfall(investment.waterfall, investment.tranches, investment.into)
        self.names = [each.name for each in investment.tranches]
        self.draws = np.zeros((len(self.names), months), np.int64)
        self.distributed, self.closing, self.low = [0] * months, [0] * months, [0] * months
        self.log: list[tuple[dt.date, Paid]] = []
        self.flows: list[InvestorFlow] = []
        self.released = self.unfunded = 0
        self.unfunded_month: int | None = None
        self.meter = FeeMeter(investment.fees, sum(self.amounts), months)
        own = min(least, opening) if investment.recourse == "full" else opening
        self.last_floor = own
        self.floor = least if investment.recourse == "full" else max(least, opening)

    def _month_of(self, day: dt.date) -> int:
        return (day.year - self.first.year) * 12 + day.month - self.first.month

    def _distribution_months(self) -> set[int]:
        found: set[int] = set()
        step = 0
        while True:
            day = add_months(self.deal.repays_from, step * self.deal.distribute_months)
            month = self._month_of(day) - (day.day == 1)
            if month >= self.months or self.deal.distribute_months < 1:
                return found
            found.add(month)
            step += 1

    def go(
        self,
        receipts: NDArray[np.int64],
        payments: NDArray[np.int64],
        result: float | Sequence[float] | None,
    ) -> None:
        came, went = receipts.tolist(), payments.tolist()
        ahead = np.concatenate(([0], np.cumsum(payments))).tolist()
        self.close = next((month for month, pence in enumerate(went) if pence), 0)
        wishes = self._scheduled()
        distributing = self._distribution_months()
        deal, last = self.deal, self.months - 1
        cash, kept = self.opening, 0  # kept: receipts that may not meet delivery
        for month in range(self.months):
            delivering = month <= self.delivers
            out = went[month] + self.meter.month(month, self, delivering)
            apart = not deal.recycle and delivering
            buffer = self._coming(ahead, month, deal.buffer_months) if delivering else 0
            spendable = cash - kept - out + (0 if apart else came[month])
            if self.close <= month <= self.available:
                wish = wishes.get(month, 0) if deal.draws != "as_needed" else self.least + buffer - spendable
                drawn = self._draw(month, wish)
                cash += drawn
                spendable += drawn
            short = (self.least if delivering else 0) - spendable
            if month >= self.close and short > 0:
                self.unfunded = max(self.unfunded, short)
                if self.unfunded_month is None:
                    self.unfunded_month = month
            self.low[month] = cash - out
            cash += came[month] - out
            kept = kept + came[month] if apart else 0
            if month == last or month in distributing:
                floor = (self.last_floor if month == last else self.floor) + self.released
                reserve = self._coming(ahead, month, deal.reserve_months) if delivering else 0
                free = cash - floor - (0 if month == last else reserve)
                if apart and month != last:
                    free = min(free, kept)
                measured = result[month] if isinstance(result, Sequence | np.ndarray) else result
                gone = self._distribute(month, free, measured, month == last)
                cash -= gone
                kept = max(0, kept - gone)
            self.closing[month] = cash

    def _coming(self, ahead: list[int], month: int, count: int) -> int:
        """Payments of the coming months."""
        return ahead[min(month + 1 + count, self.months)] - ahead[month + 1]

    def _scheduled(self) -> dict[int, int]:
        if self.deal.draws == "at_start":
            return {self.close: sum(self.amounts)}
        wishes: dict[int, int] = {}
        for day, pounds in self.deal.schedule:
            month = max(self._month_of(day), self.close)
            wishes[month] = wishes.get(month, 0) + to_pence(pounds)
        return wishes

    def _draw(self, month: int, wish: int) -> int:
        pence = min(wish, sum(self.undrawn))
        if pence <= 0:
            return 0
        if self.deal.by == "pro_rata":
            # In proportion to what each has left: nobody is called for a penny more than it holds.
            parts = split(pence, self.undrawn)
        else:
            parts, rest = [], pence
            for undrawn in self.undrawn:
                parts.append(min(undrawn, rest))
                rest -= parts[-1]
        day = self.begins[month]
        self.waterfall.pass_to((day - self.first).days / 365.0)
        for number, part in enumerate(parts):
            if part:
                self.undrawn[number] -= part
                self.draws[number, month] = part
                self.waterfall.draw(self.names[number], part)
                self.flows.append(InvestorFlow(day, self.names[number], "draw", -part))
        return pence

    @property
    def outstanding(self) -> float:
        """Drawn and not repaid, in pence; return that was added to principal is not in it."""
        return sum(min(each.principal, each.drawn) for each in self.waterfall.balances.values())

    def _distribute(self, month: int, free: int, result: float | None, last: bool) -> int:
        day = self.ends[month]
        self.waterfall.pass_to((day - self.first).days / 365.0)
        gone = 0
        for paid in self.waterfall.distribute(free, result, last):
            self.log.append((day, paid))
            if paid.tranche:
                self.flows.append(
                    InvestorFlow(day, paid.to, "capital" if paid.kind == "capital" else "return", paid.pence)
                )
            if paid.to == self.deal.into:
                self.released += paid.pence
            else:
                gone += paid.pence
        self.distributed[month] = gone
        return gone

    def finish(self, receipts: NDArray[np.int64], payments: NDArray[np.int64]) -> Financed:
        balances = list(self.waterfall.balances.values())
        lost = [max(0, each.drawn - each.received) for each in balances]
        if self.deal.guarantee is not None:
            for number, pence in enumerate(called(self.deal.guarantee, lost)):
                if pence:
                    lost[number] -= pence
                    self.flows.append(InvestorFlow(self.ends[-1], self.names[number], "guarantee", pence))
        full = self.deal.recourse == "full"
        self._fund_fees()
        return Financed(
            self.deal,
            self.first,
            self.opening,
            receipts,
            payments,
            self.draws,
            self.meter.paid,
            np.array(self.distributed, np.int64),
            np.array(self.closing, np.int64),
            np.array(self.low, np.int64),
            tuple(self.log),
            tuple(sorted(self.flows, key=lambda flow: flow.on)),
            self.unfunded,
            self.unfunded_month,
            tuple(lost),
            tuple(each.owed if full else 0 for each in balances),
        )

    def _fund_fees(self) -> None:
        """Each year from the deal's close until the tranche's last flow, on its commitment."""
        rate = self.deal.fees.fund
        for name, amount in zip(self.names, self.amounts, strict=True):
            days = [flow.on for flow in self.flows if flow.tranche == name]
            fee = whole(amount * rate)
            if not fee or not days:
                continue
            begins = self.begins[self.close]
            count = next(n for n in range(1, self.months + 2) if add_months(begins, 12 * n) > max(days))
            self.flows += [
                InvestorFlow(add_months(begins, 12 * n), name, "fund_fee", -fee) for n in range(count)
            ]
