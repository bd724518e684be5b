"""Many variants of one contract valued on stored claims: other bids, other caps, the same people (MONEY section 7, speed).

All steps up to deadweight are done once a history; a variant is then a table of prices, a clip by person and sums by invoice.
What it pays is what `settle` pays, to the penny.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.caps import CARRIES
from simulator.money.contract.claims import Claims, Cohort
from simulator.money.contract.compiled_caps import NO_CAP
from simulator.money.contract.compiled_variants import paid_by_year
from simulator.money.contract.dates import contract_years, settled_by, settlement_dates
from simulator.money.contract.pricing import in_order, paid_as_sum, priced
from simulator.money.contract.terms import Terms
from simulator.money.pence import to_pence

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_PRICES_AT_ONCE = 4_000_000
"""Prices (variants x kinds of claim) made at a time: 32 MB."""


@dataclass(frozen=True, eq=False)
class Variants:
    """Variants, one entry each. discounts: (variants, outcomes) bid below the card, below 0 for above it, in place of
    `Pay.discount`. per_person, per_year, total: caps in pounds, infinite where there is none. carry: `none`, `unpaid` or
    `headroom`."""

    discounts: Floats
    per_person: Floats
    per_year: Floats
    total: Floats
    carry: Sequence[str]

    def __len__(self) -> int:
        return len(self.discounts)


@dataclass(frozen=True, eq=False)
class Stored:
    """The claims of many histories as compact arrays: see `compiled_variants.paid_by_year`.

    Lines of one kind come to the same sum: outcome, pounds a unit, and units after deadweight.
    """

    kind_pay: Ints
    kind_rate: Floats
    kind_net: Floats
    first_person: Ints
    first_line: Ints
    nobody: NDArray[np.bool_]
    kind: NDArray[np.int32]
    period: NDArray[np.int16]
    year: Ints

    @property
    def histories(self) -> int:
        """How many histories are stored."""
        return len(self.first_person) - 1


def store(
    terms: Terms, histories: Sequence[Claims], cohorts: Sequence[Sequence[Cohort]] | None = None
) -> Stored:
    """The claims of each history, priced by this contract but for discounts and caps. cohorts: of each history.

    Raises ValueError for terms under which sums by invoice do not say what is paid: sums for cohorts, caps by outcome, whole
    claims only, a person cap that counts what was paid, caps that grow or include VAT, a floor, guaranteed referrals, days set
    against other people's.
    """
    _refuse(terms)
    columns = []
    latest = -1
    for number, claims in enumerate(histories):
        found = priced(terms, claims, cohorts[number] if cohorts else ())
        order = in_order(claims)
        order = order[(found.counts & ~found.late & (found.net > 0.0))[order]]
        order = order[np.argsort(claims.person[order], kind="stable")]
        latest = max(latest, int(found.period[order].max(initial=-1)))
        columns.append(
            (
                np.full(len(order), number, np.int64),
                claims.person[order],
                claims.pay[order],
                found.rate[order],
                found.net[order],
                found.period[order],
            )
        )
    history, person, pay, rate, net, period = (np.concatenate(each) for each in zip(*columns, strict=True))
    kinds, kind = np.unique(
        np.stack([pay.astype(np.float64), rate, net], axis=1), axis=0, return_inverse=True
    )
    new = np.ones(len(person), np.bool_)
    new[1:] = (np.diff(history) != 0) | (np.diff(person) != 0)
    first_line = np.flatnonzero(new)
    periods = max(settled_by(terms, terms.claim_until), latest + 1)
    return Stored(
        kinds[:, 0].astype(np.int64),
        np.ascontiguousarray(kinds[:, 1]),
        np.ascontiguousarray(kinds[:, 2]),
        np.searchsorted(history[first_line], np.arange(len(histories) + 1)),
        np.append(first_line, len(person)),
        person[first_line] < 0,
        kind.reshape(-1).astype(np.int32),
        period.astype(np.int16),
        contract_years(terms.begins, settlement_dates(terms, periods)),
    )


def paid_by(stored: Stored, variants: Variants, workers: int | None = None) -> Ints:
    """Pence invoiced by each variant for each history and contract year: (variants, histories, years).

    As `Settlement.by_year`, before what payers at their own caps lose. workers: threads (None: one a core).
    """
    person_cap, year_cap, total_cap = (
        _cap_pence(each) for each in (variants.per_person, variants.per_year, variants.total)
    )
    carry = np.array([CARRIES[each] for each in variants.carry], np.int64)
    years = int(stored.year.max()) + 1 if len(stored.year) else 0
    found = np.zeros((len(variants), stored.histories, years), np.int64)

    def some(part: slice) -> None:
        off = variants.discounts[part][:, stored.kind_pay]
        pence = to_pence(stored.kind_net * (stored.kind_rate * (1.0 - off)))
        paid_by_year(
            stored.first_person,
            stored.first_line,
            stored.nobody,
            stored.kind,
            stored.period,
            stored.year,
            pence,
            person_cap[part],
            year_cap[part],
            total_cap[part],
            carry[part],
            found[part],
        )

    threads = workers or os.cpu_count() or 1
    size = max(min(_PRICES_AT_ONCE // max(len(stored.kind_pay), 1), -(-len(variants) // (4 * threads))), 1)
    parts = [slice(first, first + size) for first in range(0, len(variants), size)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, parts))
    return found


def _cap_pence(pounds: Floats) -> Ints:
    there = np.isfinite(pounds)
    return np.where(there, to_pence(np.where(there, pounds, 0.0)), NO_CAP)


def _refuse(terms: Terms) -> None:
    caps = terms.caps
    below_nothing = any(
        pay.deadweight is not None and pay.deadweight.form == "subtract" and pay.deadweight.floor == "none"
        for pay in terms.pays
    )
    for found, what in (
        (any(paid_as_sum(pay) for pay in terms.pays), "outcomes paid as one sum a cohort"),
        (any(pay.cap is not None for pay in terms.pays), "caps by outcome"),
        (not caps.part_claims, "whole claims only"),
        (caps.counts == "paid", "a cap per person that counts what was paid"),
        (caps.index != 0.0 or caps.includes_vat, "caps that grow or include VAT"),
        (terms.floor is not None, "a floor"),
        (terms.guarantee is not None, "guaranteed referrals"),
        (below_nothing, "days set against other people's"),
    ):
        if found:
            raise ValueError(f"{terms.name}: variants cannot be valued by invoice with {what}; settle each")
