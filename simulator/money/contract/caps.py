"""A contract's caps and floor as tables by settlement date, and what they leave of its lines (MONEY 3.8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Days
from simulator.money.contract.compiled_caps import HEADROOM, NO_CAP, NONE, UNPAID, capped
from simulator.money.contract.dates import contract_years, grown, settlement_dates, year_begins
from simulator.money.contract.terms import Terms, always
from simulator.money.pence import to_pence

Ints = NDArray[np.int64]
VAT_RATE = 0.2
"""The United Kingdom's standard rate since 4 January 2011 (VAT Act 1994 s.2)."""
CARRIES = {"none": NONE, "unpaid": UNPAID, "headroom": HEADROOM}


@dataclass(frozen=True, eq=False)
class Capped:
    """cuts: pence (4, lines) by person, outcome, year and total cap. payments: (n, 3) line, settlement date, pence.

    By settlement date: floored (added to reach the year's floor), recouped (of that, taken back), waits (for a later year).
    """

    cuts: Ints
    payments: Ints
    floored: Ints
    recouped: Ints
    waits: Ints


def cap_pence(pounds: float | None, terms: Terms, days: Days) -> Ints:
    """A cap of the contract on each day, in pence without VAT; NO_CAP where there is none."""
    if pounds is None:
        return np.full(len(days), NO_CAP, np.int64)
    gross = 1.0 + VAT_RATE if terms.caps.includes_vat and terms.vat == "standard" else 1.0
    found: Ints = to_pence(pounds / gross * grown(always(terms.caps.index), terms.begins, days))
    return found


def floor_due(terms: Terms, periods: int) -> NDArray[np.bool_]:
    """Which settlement dates are the last of a whole contract year of the term, when a floor is made up."""
    dates = settlement_dates(terms, periods + 1)
    years = contract_years(terms.begins, dates)
    ends = year_begins(terms.begins, int(years.max()) + 1)[1:] - np.timedelta64(1, "D")
    whole = ends[years[:-1]] <= np.datetime64(terms.ends)
    due: NDArray[np.bool_] = whole & (years[1:] > years[:-1])
    return due


def cap_lines(
    terms: Terms,
    net: Ints,
    person: Ints,
    pay: Ints,
    period: Ints,
    exempt: NDArray[np.bool_],
    earned: Days,
    periods: int,
) -> Capped:
    """Caps and floor over lines in order of (period, `pricing.in_order`), numbered as they are given.

    net: pence. person: NOBODY, or any number that tells people apart. exempt: left alone by caps.
    """
    dates = settlement_dates(terms, periods)
    caps = terms.caps
    people, where = np.unique(person, return_inverse=True)
    compact = where - int(len(people) > 0 and people[0] < 0)
    outcome = np.empty((periods, len(terms.pays)), np.int64)
    for position, each in enumerate(terms.pays):
        outcome[:, position] = cap_pence(each.cap, terms, dates)
    floor = terms.floor
    cuts, payments, floored, recouped, waits = capped(
        net,
        compact.astype(np.int64),
        pay,
        period,
        exempt,
        # Lines of one period are in the order that decides; a stable sort by day and outcome keeps it.
        np.lexsort((pay, earned)),
        cap_pence(caps.per_person, terms, earned),
        outcome,
        cap_pence(caps.per_year, terms, dates),
        cap_pence(caps.total, terms, dates),
        contract_years(terms.begins, dates),
        CARRIES[caps.carry],
        not caps.part_claims,
        caps.counts == "paid",
        to_pence(floor.per_year) if floor else 0,
        floor_due(terms, periods) if floor else np.zeros(periods, np.bool_),
        floor.recoup if floor else False,
    )
    return Capped(cuts, payments, floored, recouped, waits)


def last_period(terms: Terms, latest: int, until: dt.date | None) -> int:
    """How many settlement dates there are to go through: to the long-stop, or later if an invoice was held, not after `until`."""
    from simulator.money.contract.dates import settled_by

    periods = max(settled_by(terms, terms.claim_until), latest + 1)
    return periods if until is None else min(periods, settled_by(terms, until))
