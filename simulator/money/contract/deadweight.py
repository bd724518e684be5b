"""What would have happened anyway, taken off in one of three ways (MONEY 3.4): they differ, and by how much (E05, E06)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.terms import Deadweight

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def less_deadweight(
    units: Floats, window: float, rule: Deadweight | None, failed: NDArray[np.bool_] | None = None
) -> Floats:
    """Units of each claim that are paid for: below 0 only under `subtract` without a floor by person.

    window: units possible a claim. failed: claims that could not be proven (None: none). A `baseline` is taken off a whole
    cohort, so it leaves single claims as they are.
    """
    if rule is None or rule.form == "baseline":
        return units
    if rule.form == "multiply":
        return units * (1.0 - rule.share)
    left = units - rule.share * window
    if failed is not None:
        # A claim that failed verification is no evidence either way, so it earns nothing and costs nothing.
        left = np.where(failed, 0.0, left)
    return np.maximum(left, 0.0) if rule.floor == "person" else left


def baseline_units(rule: Deadweight, window: float, observed: float) -> float:
    """Units by which a cohort stayed below what was expected of it: share x window - observed, never below 0 (E06)."""
    return max(rule.share * window - observed, 0.0)


def netted(net: Ints, period: Ints) -> Ints:
    """Pence of claims with those below 0 set against the others of their invoice, then against later ones.

    net, period: of the claims of one outcome, in order of period. Within an invoice all are reduced in proportion, by largest
    remainder; what is left over at the end is not paid back.
    """
    from simulator.money.contract.compiled_caps import shared

    found = np.maximum(net, 0)
    owed = 0
    for each in np.unique(period):
        of = period == each
        owed -= int(np.minimum(net[of], 0).sum())
        taken = min(owed, int(found[of].sum()))
        if taken:
            found[of] -= shared(found[of], taken)
            owed -= taken
    return found
