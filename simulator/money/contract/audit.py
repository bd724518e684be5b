"""Audit by sample: some claims of an invoice are looked at, and what they show holds for all of them (MONEY 3.6, E07)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Claims
from simulator.money.contract.terms import Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def audited(terms: Terms, claims: Claims, counts: NDArray[np.bool_], period: Ints) -> tuple[Floats, Ints]:
    """Certified units by claim, and the settlement date by number at which each is paid for, after audits by sample.

    counts: which claims are made at all. period: the settlement date at which they are first claimed. Where an outcome has a
    sample, `Claims.certified` says what looking at a claim would show; those on one invoice with the lowest `luck` are
    looked at. If they are extrapolated, all claims of that invoice are scaled by the share that held, the failed ones
    included (the total is what counts); if not, only the failed ones are lost. An invoice below the pass mark waits
    for the next settlement date, once.

    Raises ValueError where an outcome has a sample and the claims have no `luck`.
    """
    certified, held = claims.certified.astype(np.float64), period.copy()
    for position, pay in enumerate(terms.pays):
        if pay.sample is None:
            continue
        if claims.luck is None:
            raise ValueError(f"{pay.outcome}: an audit by sample needs `luck`, which says what the sample is")
        mine = counts & (claims.pay == position)
        for each in np.unique(period[mine]):
            of = np.flatnonzero(mine & (period == each))
            looked_at = of[np.argsort(claims.luck[of], kind="stable")][: pay.sample.n]
            failed = looked_at[claims.certified[looked_at] < claims.units[looked_at]]
            held_up = 1.0 - len(failed) / len(looked_at)
            if pay.sample.extrapolate:
                certified[of] = claims.units[of] * held_up
            else:
                certified[of] = claims.units[of]
                certified[failed] = claims.certified[failed]
            if held_up < pay.sample.pass_share:
                held[of] += 1
    return certified, held
