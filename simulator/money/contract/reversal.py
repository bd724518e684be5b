"""Clawback: paid claims found not to have held are set off the next invoices, and paid back at the end (E29)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Claims, Days
from simulator.money.contract.days import plus
from simulator.money.contract.terms import Terms

Ints = NDArray[np.int64]


def found_reversed(terms: Terms, lines: Claims) -> tuple[NDArray[np.bool_], Days]:
    """Which lines do not hold, were they paid, and when that is found: at the end of the time in which it may be.

    Raises ValueError where an outcome can be clawed back and the claims have no `reversal_luck`.
    """
    fallen, found = np.zeros(len(lines), np.bool_), lines.earned.copy()
    for position, pay in enumerate(terms.pays):
        if pay.reversal is None:
            continue
        if lines.reversal_luck is None:
            raise ValueError(f"{pay.outcome}: a clawback needs `reversal_luck`, which says what is reversed")
        mine = lines.pay == position
        fallen |= mine & (lines.reversal_luck < pay.reversal.share)
        found[mine] = plus(lines.earned[mine], pay.reversal.within)
    return fallen, found


def set_off(owed: Ints, payable: Ints) -> tuple[Ints, Ints, Ints]:
    """Set sums owed off what is payable, invoice by invoice, each payer's own.

    owed: pence (periods or more, payers) by settlement date from which they are owed; payable: pence (periods, payers).
    Returns what is set off (periods, payers), what is still owed after each invoice (periods), and at the end (payers).
    """
    off = np.zeros_like(payable)
    left = np.zeros(payable.shape[0], np.int64)
    open_ = np.zeros(payable.shape[1], np.int64)
    for period in range(len(payable)):
        open_ = open_ + owed[period]
        off[period] = np.minimum(open_, payable[period])
        open_ = open_ - off[period]
        left[period] = open_.sum()
    return off, left, open_ + owed[len(payable) :].sum(axis=0)
