"""What each claim comes to before any cap: who counts, when it is claimed, at which price, and less what deadweight.

All but the discount and the caps is found here once, so that variants of a contract share it (`variants`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.audit import audited
from simulator.money.contract.bands import banded
from simulator.money.contract.claims import Claims, Cohort
from simulator.money.contract.cohorts import band
from simulator.money.contract.dates import first_settlement, grown, in_force, settled_by
from simulator.money.contract.days import plus
from simulator.money.contract.deadweight import less_deadweight
from simulator.money.contract.terms import Pay, Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Priced:
    """One entry a claim. counts: whether it is one at all. period: the settlement date by number, from 0. late: lost, because
    that date is after the long-stop.

    rate: pounds a unit, indexed, before the discount. units: paid for at that rate, bands counted in; net: those less
    deadweight (below 0 only under `subtract` without a floor).
    """

    counts: NDArray[np.bool_]
    period: Ints
    late: NDArray[np.bool_]
    rate: Floats
    units: Floats
    net: Floats


def paid_as_sum(pay: Pay) -> bool:
    """Whether an outcome is paid as one sum a cohort, so that its claims are not paid for one by one."""
    return (
        pay.pays_as != "claims"
        or pay.slide is not None
        or (pay.deadweight is not None and pay.deadweight.form == "baseline")
    )


def priced(
    terms: Terms, claims: Claims, cohorts: Sequence[Cohort] = (), failed: Collection[int] = ()
) -> Priced:
    """Steps `verified` to `deadweight` of the pipeline. failed: cohorts that did not show the effect asked for.

    A claim of a cohort cannot be made before the cohort has closed. Claims whose clock started after `starts_until`, whose
    observation ended after `earn_until`, or whose outcome is paid as a sum, count for nothing.
    """
    n = len(claims)
    counts = (claims.earned <= np.datetime64(terms.earn_until)) & (
        claims.started <= np.datetime64(terms.starts_until)
    )
    by_sum = np.array([paid_as_sum(pay) for pay in terms.pays], bool)
    if by_sum.any():
        counts &= ~by_sum[claims.pay]
    ready = claims.ready
    if claims.cohort is not None and len(cohorts):
        known = np.flatnonzero(claims.cohort >= 0)
        closed = np.concatenate(
            [plus(np.array([each.closed], "datetime64[D]"), terms.pays[each.pay].lag) for each in cohorts]
        )
        ready = ready.copy()
        ready[known] = np.maximum(ready[known], closed[claims.cohort[known]])
        if failed:
            counts &= ~np.isin(claims.cohort, list(failed))
    period = first_settlement(terms, ready)
    late = counts & (period >= settled_by(terms, terms.claim_until))
    certified, period = audited(terms, claims, counts & ~late, period)
    certified = np.where(counts, certified, 0.0)
    rate, units, net = np.zeros(n), certified.copy(), certified.copy()
    for position, pay in enumerate(terms.pays):
        of = np.flatnonzero(claims.pay == position)
        if not len(of) or by_sum[position]:
            continue
        rate[of] = _rates(terms, pay, claims, of)
        if pay.bands != ((0.0, 1.0),):
            units[of] = _by_band(pay, claims, cohorts, of, period, certified)
        window = pay.window_days if pay.unit != "claim" else 1.0
        failed = (certified[of] <= 0) & (claims.units[of] > 0)
        left = less_deadweight(certified[of], window, pay.deadweight, failed | ~counts[of])
        share = np.divide(units[of], certified[of], out=np.ones(len(of)), where=certified[of] > 0)
        net[of] = left * share
    return Priced(counts, period, late, rate, units, net)


def in_order(claims: Claims) -> Ints:
    """Places of the claims in the order that decides between them, whatever order they are given in.

    By the day earned, then as outcomes are listed, then by person and number; the rest only tells unlike claims apart.
    """
    keys = (claims.certified, claims.units, claims.cell, claims.ready, claims.started)
    found: Ints = np.lexsort((*keys, claims.number, claims.person, claims.pay, claims.earned))
    return found


def _rates(terms: Terms, pay: Pay, claims: Claims, of: Ints) -> Floats:
    days = (claims.started if pay.price_by == "started" else claims.earned)[of]
    cell = claims.cell[of] if len(pay.prices) > 1 else np.zeros(len(of), np.int64)
    prices = np.zeros(len(of))
    for each in np.unique(cell):
        those = cell == each
        prices[those] = in_force(pay.prices[each], days[those])
    return prices * grown(terms.indexed, terms.begins, days)


def _by_band(
    pay: Pay, claims: Claims, cohorts: Sequence[Cohort], of: Ints, period: Ints, certified: Floats
) -> Floats:
    """Units of some claims, each counted by the share of the price that its band has."""
    order = in_order(claims)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    found = np.zeros(len(claims))
    if not pay.band_of_rate:
        # Units so far as invoices count them: in the order claimed.
        mine = of[np.lexsort((place[of], period[of]))]
        so_far = np.cumsum(certified[mine])
        if pay.band_whole:
            by_then = so_far[np.searchsorted(period[mine], period[mine], side="right") - 1]
            found[mine] = certified[mine] * np.array([band(pay.bands, units) for units in by_then])
        else:
            found[mine] = banded(certified[mine], so_far - certified[mine], pay.bands)
        return found[of]
    for number in range(len(cohorts)) if claims.cohort is not None else ():
        assert claims.cohort is not None
        cohort = cohorts[number]
        mine = of[claims.cohort[of] == number]
        mine = mine[np.argsort(place[mine])]
        if pay.band_whole:
            found[mine] = certified[mine] * band(pay.bands, cohort.achieved / cohort.eligible)
        else:
            so_far = np.cumsum(certified[mine])
            thresholds = tuple((low * cohort.eligible, share) for low, share in pay.bands)
            found[mine] = banded(certified[mine], so_far - certified[mine], thresholds)
    return found[of]
