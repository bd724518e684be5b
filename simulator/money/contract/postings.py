"""Postings of a settled contract: who pays whom, when, with its VAT, and what is passed on to partners (MONEY 1, 3.9, 4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.money.contract.activity import months
from simulator.money.contract.caps import VAT_RATE
from simulator.money.contract.claims import NOBODY, Days
from simulator.money.contract.compiled_caps import spread
from simulator.money.contract.days import plus
from simulator.money.contract.settlement import POSTING, Flow
from simulator.money.contract.terms import Lag, Payer, SubContract, Terms
from simulator.money.pence import split, to_pence

Ints = NDArray[np.int64]
HMRC = "hmrc"


class Book:
    """Gathers postings; parties and VAT follow from the contract's terms."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._flows: dict[Flow, int] = {}
        self._parts: list[NDArray[Any]] = []

    def between(
        self,
        payer: Payer,
        what: str,
        about: str,
        earned: Days,
        claimed: Days,
        cash: Days,
        pence: Ints,
        *,
        person: ArrayLike = NOBODY,
        back: bool = False,
    ) -> None:
        """Post what a payer pays the payees by their shares, each row with its VAT; `back`: what they pay it.

        Rows of one `claimed` day are shared as one sum, by largest remainder, so payees get their shares of an invoice.
        """
        keep = np.flatnonzero(pence)
        if not len(keep):
            return
        people = np.broadcast_to(np.asarray(person, np.int64), pence.shape)[keep]
        earned, claimed, cash, pence = earned[keep], claimed[keep], cash[keep], pence[keep]
        names = [name for name, _ in self._terms.payees]
        parts = pence[:, np.newaxis]
        if len(names) > 1:
            order = np.argsort(claimed, kind="stable")
            _, group = np.unique(claimed[order], return_inverse=True)
            totals = np.bincount(group, pence[order]).astype(np.int64)
            shares = [share for _, share in self._terms.payees]
            by_payee = np.array([split(int(total), shares) for total in totals], np.int64)
            parts = np.empty((len(pence), len(names)), np.int64)
            parts[order] = spread(pence[order], group.astype(np.int64), by_payee)
        for place, payee in enumerate(names):
            sides = (payee, payer.name) if back else (payer.name, payee)
            self.add(Flow(what, *sides, about), people, earned, claimed, cash, parts[:, place])
            if self._terms.vat == "standard":
                self._add_vat(payer, payee, back, people, earned, claimed, cash, parts[:, place])

    def _add_vat(
        self,
        payer: Payer,
        payee: str,
        back: bool,
        people: Ints,
        earned: Days,
        claimed: Days,
        cash: Days,
        net: Ints,
    ) -> None:
        """VAT of a standard-rated supply: through the payee to HMRC, which gives back what the payer recovers.

        All of it on the day of the payment: returns, up to a quarter and 37 days later, are left out.
        """
        vat = to_pence(net / 100.0 * VAT_RATE)
        recovered = to_pence(vat / 100.0 * payer.vat)
        for what, sides, pence in (
            ("vat", (payer.name, payee), recovered),
            ("vat not recovered", (payer.name, payee), vat - recovered),
            ("vat paid over", (payee, HMRC), vat),
            ("vat recovered", (HMRC, payer.name), recovered),
        ):
            sides = (sides[1], sides[0]) if back else sides
            self.add(Flow(what, *sides, kind="tax"), people, earned, claimed, cash, pence)

    def add(
        self, flow: Flow, person: ArrayLike, earned: Days, claimed: Days, cash: Days, pence: Ints
    ) -> None:
        """Post one row for each sum that is not 0."""
        keep = np.flatnonzero(pence)
        if not len(keep):
            return
        rows = np.empty(len(keep), POSTING)
        rows["flow"] = self._flows.setdefault(flow, len(self._flows))
        rows["person"] = np.broadcast_to(np.asarray(person, np.int64), pence.shape)[keep]
        for name, column in (
            ("earned_on", earned),
            ("claimed_on", claimed),
            ("cash_on", cash),
            ("pence", pence),
        ):
            rows[name] = column[keep]
        self._parts.append(rows)

    def pass_on(self, until: dt.date) -> None:
        """Post what the first payee passes on to partners: a fixed part for months over by `until`, shares of what is posted."""
        _, ends = months(self._terms, until)
        for partner in self._terms.passes:
            lead = self._terms.payees[0][0]
            if partner.fixed_a_year:
                whole = partner.fixed_a_year / 12.0
                pence = np.full(len(ends), to_pence(whole), np.int64)
                cash = plus(ends, Lag(days=partner.terms))
                self.add(Flow("fixed", lead, partner.to), NOBODY, ends, ends, cash, pence)
        if any(partner.share for partner in self._terms.passes):
            claimed, cash, received = self._outcome_income(self._terms.payees[0][0])
            for partner in self._terms.passes:
                self._pass_share(partner, claimed, cash, received)

    def _pass_share(self, partner: SubContract, claimed: Days, cash: Days, received: Ints) -> None:
        lead = self._terms.payees[0][0]
        now, later = passed_on(partner, received)
        paid = plus(cash, Lag(days=partner.terms))
        self.add(Flow("passed on", lead, partner.to), NOBODY, claimed, claimed, paid, now)
        released = plus(paid, partner.retained)
        self.add(Flow("retention", lead, partner.to), NOBODY, claimed, claimed, released, later)

    def _outcome_income(self, payee: str) -> tuple[Days, Days, Ints]:
        """By invoice and day of payment what a payee got for outcomes, net of clawback; days, days, pence above 0."""
        flows, rows = self.result()
        sign = np.array(
            [
                (flow.what == "outcome" and flow.payee == payee) * 1
                - (flow.what == "clawback" and flow.payer == payee) * 1
                for flow in flows
            ],
            np.int64,
        )
        pence = sign[rows["flow"]] * rows["pence"]
        both = np.stack([rows[name].astype(np.int64) for name in ("claimed_on", "cash_on")], axis=1)
        days, where = np.unique(both, axis=0, return_inverse=True)
        sums = np.zeros(len(days), np.int64)
        np.add.at(sums, where.reshape(-1), pence)
        there = sums > 0
        claimed, cash = (days[there, place].astype("datetime64[D]") for place in (0, 1))
        return claimed, cash, sums[there]

    def result(self) -> tuple[tuple[Flow, ...], NDArray[Any]]:
        """The kinds of posting, and the postings so far."""
        rows = np.concatenate(self._parts) if self._parts else np.zeros(0, POSTING)
        return tuple(self._flows), rows


def passed_on(partner: SubContract, received: Ints) -> tuple[Ints, Ints]:
    """Of each sum received, what the partner is paid, and what of its part is kept back as retention, in pence (E27).

    The fee is the lead's, and comes off first: it is no flow, for the lead keeps it.
    """
    part = to_pence(received / 100.0 * partner.share)
    due = part - to_pence(part / 100.0 * partner.fee)
    later = to_pence(due / 100.0 * partner.retention)
    return due - later, later
