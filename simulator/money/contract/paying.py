"""From what caps leave of an invoice to payers, set-offs and postings (MONEY section 3, `split` to `reversed`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.activity import BLOCK, activity_pounds, months
from simulator.money.contract.caps import Capped
from simulator.money.contract.claims import Activity, Claims, Days
from simulator.money.contract.compiled_caps import shared, spread
from simulator.money.contract.dates import contract_years, first_settlement, settlement_dates
from simulator.money.contract.lump_sums import GUARANTEE
from simulator.money.contract.postings import Book
from simulator.money.contract.reversal import found_reversed, set_off
from simulator.money.contract.settlement import INVOICE, Settlement
from simulator.money.contract.sharing import Purses, paid_on, payers_of
from simulator.money.contract.terms import Payer, Terms
from simulator.money.pence import to_pence

Ints = NDArray[np.int64]
FLOOR = -2
"""The line of a payment that is for no line: the floor."""


@dataclass(eq=False)
class Lines:
    """All lines of all invoices: claims, then sums. net: pence after deadweight. live: those that get to an invoice."""

    all: Claims
    period: Ints
    priced: Ints
    net: Ints
    late: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    live: NDArray[np.bool_]
    periods: int


class Paying:
    """From what is left after caps to payers, set-offs and postings."""

    def __init__(
        self,
        terms: Terms,
        lines: Lines,
        capped: Capped,
        live: Ints,
        activity: Activity | None,
        until: dt.date | None,
    ) -> None:
        self.terms, self.lines, self.capped, self.live = terms, lines, capped, live
        self.activity, self.until = activity, until
        self.dates = settlement_dates(terms, lines.periods)
        self.years = contract_years(terms.begins, self.dates)
        sets = [payers_of(terms, pay) for pay in range(-1, len(terms.pays))]
        self.payers: tuple[Payer, ...] = tuple(dict.fromkeys(payer for each in sets for payer in each))
        self.column = {payer: place for place, payer in enumerate(self.payers)}
        self.sets = list(dict.fromkeys(sets))
        self.set_of = np.array([self.sets.index(each) for each in sets], np.int64)  # by pay + 1
        self.cash = [paid_on(terms, payer, self.dates) for payer in self.payers]
        self.book = Book(terms)

    def settlement(self) -> Settlement:
        n = len(self.lines.all)
        line, period, pence = self._payments()
        parts = self._divided(line, period, pence)
        taken, lost = parts[:, :-1], parts[:, -1]
        of_line = line >= 0
        paid = _summed(line[of_line], taken[of_line].sum(axis=1), n)
        lost_payers = _summed(line[of_line], lost[of_line], n)
        by_payer = np.stack([_summed(period, column, self.lines.periods) for column in taken.T], axis=1)
        back = np.zeros_like(by_payer)
        for each in np.flatnonzero(self.capped.recouped):
            back[each] = shared(
                by_payer[each], min(int(self.capped.recouped[each]), int(by_payer[each].sum()))
            )
        fallen, off, owed, refunds = self._reversed(line, period, taken, paid, by_payer - back)
        self._post(line, period, taken, back, off, refunds)
        cuts = np.zeros((4, n), np.int64)
        cuts[:, self.live] = self.capped.cuts
        last = np.full(n, -1, np.int64)
        np.maximum.at(last, line[of_line], period[of_line])
        outside = np.where(self.lines.live, 0, self.lines.net)
        flows, postings = self.book.result()
        never = np.datetime64("NaT", "D")
        claimable = self.lines.counts & ~self.lines.late
        dates = settlement_dates(self.terms, int(self.lines.period.max()) + 1 if n else 0)
        cash = paid_on(self.terms, self.terms.payers[0], dates)
        return Settlement(
            terms=self.terms,
            lines=self.lines.all,
            priced=self.lines.priced,
            deadweight=self.lines.priced - self.lines.net,
            cut_person=cuts[0],
            cut_outcome=cuts[1],
            cut_year=cuts[2],
            cut_total=cuts[3],
            lost_late=np.where(self.lines.late, outside, 0),
            lost_payers=lost_payers,
            open=np.where(self.lines.late, 0, outside),
            paid=paid,
            reversed=np.where(fallen, paid, 0),
            claimed_on=np.where(claimable, dates[self.lines.period], never) if n else dates,
            paid_on=np.where(paid > 0, self._last_cash(last), never) if len(cash) else dates[:0],
            invoices=self._invoices(line, period, lost, cuts, by_payer, back, off, owed),
            payers=self.payers,
            by_payer=by_payer,
            set_off=off + back,
            refunds=refunds,
            flows=flows,
            postings=postings,
        )

    def _last_cash(self, last: Ints) -> Days:
        """When the contract's first payer pays on settlement dates by number (-1: any day)."""
        if not self.lines.periods:
            return np.full(len(last), np.datetime64("NaT", "D"))
        return paid_on(self.terms, self.terms.payers[0], self.dates)[last]

    def _payments(self) -> tuple[Ints, Ints, Ints]:
        """Line (or FLOOR), settlement date and pence of all that an invoice comes to, by date and set of payers."""
        line, period, pence = self.capped.payments.T
        made_up = np.flatnonzero(self.capped.floored)
        line = np.concatenate([self.live[line], np.full(len(made_up), FLOOR)])
        period = np.concatenate([period, made_up])
        pence = np.concatenate([pence, self.capped.floored[made_up]])
        order = np.lexsort((self._sets(line), period))
        return line[order], period[order], pence[order]

    def _pays(self, line: Ints) -> Ints:
        """The outcome of each line, GUARANTEE, or FLOOR."""
        pay = line.copy()
        pay[line >= 0] = self.lines.all.pay[line[line >= 0]]
        return pay

    def _sets(self, line: Ints) -> Ints:
        found: Ints = self.set_of[np.maximum(self._pays(line), -1) + 1]
        return found

    def _divided(self, line: Ints, period: Ints, pence: Ints) -> Ints:
        """Each payment by payer, and what is lost because no payer pays it: pence (payments, payers + 1).

        Payers are asked in order of date, block and fees among the invoices, because their caps fill up.
        """
        key = period * len(self.sets) + self._sets(line)
        groups, where = np.unique(key, return_inverse=True)
        totals = _summed(where, pence, len(groups))
        parts = np.zeros((len(groups), len(self.payers) + 1), np.int64)
        purses = Purses(self.payers)
        due = [(self.dates[group // len(self.sets)], 1, place) for place, group in enumerate(groups)]
        last = self.until or self.terms.ends
        begins, ends = months(self.terms, last)
        running = {
            # By cumulative sums, so that twelve months of a block make a year to the penny.
            name: np.diff(to_pence(np.concatenate(([0.0], np.cumsum(pounds)))))
            for name, pounds in activity_pounds(self.terms, self.activity, begins, ends).items()
        }
        some = self.sets[self.set_of[0]]
        # Who has no limit of their own need not be asked month by month in order of date.
        at_once = (
            len(some) == 1 and some[0].cap is None and some[0].per_year is None and some[0].closes is None
        )
        if running and not at_once:
            due += [(day, 0, place) for place, day in enumerate(ends)]
            due.sort()
        monthly = np.zeros((len(running), len(ends), len(self.payers)), np.int64)
        month_year = contract_years(self.terms.begins, ends)
        month_cash = [paid_on(self.terms, payer, ends) for payer in self.payers] if running else []
        if at_once:
            for number, pence_by_month in enumerate(running.values()):
                monthly[number, :, self.column[some[0]]] = pence_by_month
        for _, is_invoice, place in due:
            if is_invoice:
                now, which = divmod(int(groups[place]), len(self.sets))
                some, year, cash, at = self.sets[which], int(self.years[now]), self.cash, now
                columns = [self.column[payer] for payer in some]
                days = [cash[column][at].astype(object) for column in columns]
                parts[place, columns], parts[place, -1] = purses.divide(int(totals[place]), some, days, year)
                continue
            some = self.sets[self.set_of[0]]
            columns = [self.column[payer] for payer in some]
            days = [month_cash[column][place].astype(object) for column in columns]
            for number, pence_by_month in enumerate(running.values()):
                monthly[number, place, columns], _ = purses.divide(
                    int(pence_by_month[place]), some, days, int(month_year[place])
                )
        for number, name in enumerate(running):
            what, about = (BLOCK, "") if name == BLOCK else ("fee", name)
            for column, payer in enumerate(self.payers):
                self.book.between(
                    payer, what, about, ends, ends, month_cash[column], monthly[number, :, column]
                )
        return spread(pence, where.astype(np.int64), parts)

    def _reversed(
        self, line: Ints, period: Ints, taken: Ints, paid: Ints, payable: Ints
    ) -> tuple[NDArray[np.bool_], Ints, Ints, Ints]:
        """Which lines are reversed; set off (periods, payers), still owed by invoice, and to refund at the end by payer."""
        if all(pay.reversal is None for pay in self.terms.pays):
            none = np.zeros(len(paid), np.bool_)
            periods, payers = payable.shape
            return none, np.zeros_like(payable), np.zeros(periods, np.int64), np.zeros(payers, np.int64)
        fallen, found = found_reversed(self.terms, self.lines.all)
        fallen &= paid > 0
        # A line is reversed once it is known and has been paid.
        since = first_settlement(self.terms, found)
        np.maximum.at(since, line[line >= 0], period[line >= 0] + 1)
        of = line >= 0
        of[of] = fallen[line[of]]
        owed = np.zeros((max(self.lines.periods, int(since.max(initial=0)) + 1), len(self.payers)), np.int64)
        np.add.at(owed, since[line[of]], taken[of])
        off, left, end = set_off(owed, payable)
        ended = self.until is None or self.until >= self.terms.claim_until
        return fallen, off, left, end if ended else end * 0

    def _post(self, line: Ints, period: Ints, taken: Ints, back: Ints, off: Ints, refunds: Ints) -> None:
        claims, dates = self.lines.all, self.dates
        pay = self._pays(line)
        for column, payer in enumerate(self.payers):
            cash = self.cash[column]
            for each in np.unique(pay):
                of = np.flatnonzero((pay == each) & (taken[:, column] > 0))
                when = period[of]
                if each < 0:
                    what, about = ("floor" if each == FLOOR else "guarantee"), ""
                    earned, person = dates[when], np.full(len(of), -1)
                else:
                    what, about = "outcome", self.terms.pays[each].outcome
                    earned, person = claims.earned[line[of]], claims.person[line[of]]
                self.book.between(
                    payer, what, about, earned, dates[when], cash[when], taken[of, column], person=person
                )
            self.book.between(payer, "recouped", "", dates, dates, cash, back[:, column], back=True)
            self.book.between(payer, "clawback", "", dates, dates, cash, off[:, column], back=True)
            if refunds[column]:
                end = settlement_dates(self.terms, max(self.lines.periods, 1))[-1:]
                self.book.between(
                    payer,
                    "clawback",
                    "refund",
                    end,
                    end,
                    paid_on(self.terms, payer, end),
                    refunds[column : column + 1],
                    back=True,
                )
        if self.terms.passes:
            self.book.pass_on(self.until or self.terms.ends)

    def _invoices(
        self,
        line: Ints,
        period: Ints,
        lost: Ints,
        cuts: Ints,
        by_payer: Ints,
        back: Ints,
        off: Ints,
        owed: Ints,
    ) -> NDArray[np.void]:
        periods = self.lines.periods
        found = np.zeros(periods, INVOICE)
        found["claimed_on"], found["year"] = self.dates, self.years
        if periods:
            found["due_on"] = paid_on(self.terms, self.terms.payers[0], self.dates)
        new = self.lines.period[self.live]
        found["net"] = _summed(new, self.lines.net[self.live], periods)
        for row, name in enumerate(("cut_person", "cut_outcome", "cut_year", "cut_total")):
            found[name] = _summed(new, cuts[row, self.live], periods)
        guaranteed = self.live[self.lines.all.pay[self.live] == GUARANTEE]
        found["guarantee"] = _summed(self.lines.period[guaranteed], self.lines.net[guaranteed], periods)
        found["lost"] = _summed(period, lost, periods)
        found["floor"], found["waits"], found["owed"] = self.capped.floored, self.capped.waits, owed
        found["payable"] = by_payer.sum(axis=1)
        found["recouped"], found["clawed_back"] = back.sum(axis=1), off.sum(axis=1)
        found["paid"] = found["payable"] - found["recouped"] - found["clawed_back"]
        return found


def _summed(group: Ints, pence: Ints, groups: int) -> Ints:
    """Sums by group. Exact, though by floats: those tell all whole pence up to 90 trillion pounds apart."""
    return np.bincount(group, pence, minlength=groups).astype(np.int64)
