"""What became of every claim and every invoice of a contract, to the penny."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Claims, Days
from simulator.money.contract.terms import Payer, Terms
from simulator.money.ledger import ROW, Item, Ledger

Ints = NDArray[np.int64]

INVOICE = np.dtype(
    [
        ("claimed_on", "datetime64[D]"),
        ("due_on", "datetime64[D]"),
        ("year", np.int64),
        ("net", np.int64),
        ("cut_person", np.int64),
        ("cut_outcome", np.int64),
        ("cut_year", np.int64),
        ("cut_total", np.int64),
        ("waits", np.int64),
        ("guarantee", np.int64),
        ("floor", np.int64),
        ("lost", np.int64),
        ("payable", np.int64),
        ("recouped", np.int64),
        ("clawed_back", np.int64),
        ("owed", np.int64),
        ("paid", np.int64),
    ]
)
"""One settlement date, in pence. net: its new lines before caps; cut_...: of those lines, by the cap that cut; waits: over the
year's cap, to be paid in a later year; payable: what payers pay for lines and floor (lost: what no payer pays); paid: payable
less what is recouped and clawed back; owed: reversals that are still to be set off."""

POSTING = np.dtype(
    [
        ("flow", np.int32),
        ("person", np.int64),
        ("earned_on", "datetime64[D]"),
        ("claimed_on", "datetime64[D]"),
        ("cash_on", "datetime64[D]"),
        ("pence", np.int64),
    ]
)


@dataclass(frozen=True)
class Flow:
    """What one kind of posting is for. what: `outcome`, `guarantee`, `floor`, `recouped`, `clawback`, `block`, `fee`, `fixed`,
    `passed on`, `retention`, `vat`, `vat not recovered`, `vat paid over`, `vat recovered`. about: outcome, or a fee's service and
    basis."""

    what: str
    payer: str
    payee: str
    about: str = ""
    kind: str = "income"

    @property
    def name(self) -> str:
        """Tells it apart from all others of its contract."""
        return " ".join(part for part in (self.what, self.about, f"{self.payer} to {self.payee}") if part)


@dataclass(frozen=True, eq=False)
class Settlement:
    """A contract settled. One entry a line in the arrays: the claims as given, then sums for cohorts, then the guarantee.

    For every line priced - deadweight - cut_person - cut_outcome - cut_year - cut_total - lost_late - lost_payers - open
    == paid, to the penny. open: not yet claimed, or not yet payable, on the last day looked at. What waited for a later year's
    cap and was never paid is in cut_year, or in cut_total if that was used up first.
    claimed_on: NaT where a line counts for nothing; paid_on: when the contract's first payer pays the last of it, else NaT.
    by_payer: pence (invoices, payers) before what is recouped and clawed back, which set_off holds.
    refunds: reversed and never set off, by payer, paid back at the end.
    """

    terms: Terms
    lines: Claims
    priced: Ints
    deadweight: Ints
    cut_person: Ints
    cut_outcome: Ints
    cut_year: Ints
    cut_total: Ints
    lost_late: Ints
    lost_payers: Ints
    open: Ints
    paid: Ints
    reversed: Ints
    claimed_on: Days
    paid_on: Days
    invoices: NDArray[Any]
    payers: tuple[Payer, ...]
    by_payer: Ints
    set_off: Ints
    refunds: Ints
    flows: tuple[Flow, ...] = field(repr=False)
    postings: NDArray[Any] = field(repr=False)

    @property
    def total(self) -> int:
        """Pence paid for outcomes, guarantee and floor, before what is recouped and clawed back."""
        return int(self.invoices["payable"].sum())

    def by_year(self) -> Ints:
        """`total` by contract year of the invoice."""
        years = self.invoices["year"]
        found = np.zeros(int(years.max()) + 1 if len(years) else 0, np.int64)
        np.add.at(found, years, self.invoices["payable"])
        return found

    def ledger(
        self,
        design: str,
        replication: int = 0,
        index: Callable[[Days], NDArray[np.float64]] | None = None,
        agencies: Collection[str] = (),
    ) -> Ledger:
        """The postings as a ledger. index: pounds of the day that make one real pound, by day (None: 1).

        agencies: parties that are public budgets.
        """
        items = tuple(
            Item(
                name=f"{self.terms.name}: {flow.name}",
                label=f"{self.terms.label}: {flow.what} {flow.about}".rstrip(),
                payer=flow.payer,
                payee=flow.payee,
                about="contract",
                of=self.terms.name,
                basis=flow.what,
                behaviour="contract",
                cashable=0.0,
                agency=flow.payer in agencies,
                price_year="",
                kind=flow.kind,
            )
            for flow in self.flows
        )
        rows = np.zeros(len(self.postings), ROW)
        rows["item"] = self.postings["flow"]
        rows["nominal_pence"] = self.postings["pence"]
        for column in ("person", "earned_on", "cash_on"):
            rows[column] = self.postings[column]
        real = rows["nominal_pence"].astype(np.float64)
        if index is not None:
            real = real / index(rows["earned_on"])
        rows["real_pence"] = np.floor(real + 0.5)
        return Ledger(design, replication, items, rows, np.zeros(0, ROW))
