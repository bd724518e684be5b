"""What did an investor put in, get back and when, of one tranche or of a whole deal, in one run?

View: `bank` (nominal, when money moved), and a real rate beside it. Many runs together are `across`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.money.calendar import financial_years
from simulator.money.prices import PriceIndex
from simulator.money.returns.irr import DAYS_A_YEAR, Irr, xirr

Days = NDArray[np.datetime64]
Pence = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Flows:
    """Dated flows between an investor and a deal: whole pence, negative when paid in, by day, payments in first."""

    days: Days
    pence: Pence

    @classmethod
    def of(cls, days: Sequence[dt.date] | Days, pence: ArrayLike) -> Flows:
        """Flows given in any order. Raises ValueError when days and amounts differ in number or an amount is not whole."""
        when, amounts = np.asarray(days, "datetime64[D]"), np.asarray(pence)
        if when.shape != amounts.shape or when.ndim != 1:
            raise ValueError(f"{when.size} days for {amounts.size} amounts")
        if amounts.size and amounts.dtype.kind not in "iu":
            raise ValueError(f"flows are whole pence, not {amounts.dtype}")
        # Payments in before receipts on the same day: the peak must not be flattered.
        order = np.lexsort((amounts > 0, when))
        return cls(when[order], amounts[order].astype(np.int64))

    def and_also(self, other: Flows) -> Flows:
        """Both together: a deal from its tranches, or an investor's flows and a fund's fees outside the deal."""
        return Flows.of(np.concatenate([self.days, other.days]), np.concatenate([self.pence, other.pence]))


@dataclass(frozen=True)
class Returned:
    """One run of one tranche, or of a deal. Amounts are pence; times are years of 365 days.

    xirr            rate of return a year with its status; a total loss wherever money was drawn and none came back
    real            the same of flows deflated to the price year (None: no index given)
    drawn           paid in, in all; received: got back, in all; profit: the difference
    committed       promised (None: not told)
    peak            most that was out at any time, net of what had come back, and its day `peak_on`
    first_receipt   day of the first pound back
    payback         day from which as much has come back as went in, and stays so (None: never)
    average_life    for how long a pound drawn was out, receipts counted as capital first; capital never returned is out
                    until the last day
    """

    xirr: Irr
    real: Irr | None
    drawn: int
    received: int
    committed: int | None
    peak: int
    peak_on: dt.date | None
    first_receipt: dt.date | None
    payback: dt.date | None
    average_life: float | None

    @property
    def profit(self) -> int:
        """Pence received above what was drawn (negative: a loss)."""
        return self.received - self.drawn

    @property
    def multiple_on_drawn(self) -> float | None:
        """Received as a multiple of what was drawn: DPI (None: nothing was drawn)."""
        return self.received / self.drawn if self.drawn else None

    @property
    def multiple_on_committed(self) -> float | None:
        """Received as a multiple of what was promised: what published deals often call their multiple (Essex: 1.45)."""
        return self.received / self.committed if self.committed else None

    @property
    def multiple_on_peak(self) -> float | None:
        """Received as a multiple of the most that was out at any time: flatters a deal that recycles."""
        return self.received / self.peak if self.peak else None


def returned(
    flows: Flows,
    *,
    committed: int | None = None,
    index: PriceIndex | None = None,
    until: dt.date | None = None,
) -> Returned:
    """What one run of flows was to the investor.

    committed: pence promised. index: for the real rate. until: last day of the account, to which capital that never came
    back counts as out (default: the day of the last flow).

    Returns net of a fund's fees are those of `flows.and_also(fees)`, the fees negative (example E18).
    """
    pence = flows.pence
    drawn, received = -int(pence[pence < 0].sum()), int(pence[pence > 0].sum())
    real = None
    if index is not None:
        real = _rate(
            flows.days, pence / index.at_financial_years(financial_years(flows.days)), drawn, received
        )
    out = -np.cumsum(pence)
    peak_at = int(np.argmax(out)) if len(out) else 0
    peak = max(0, int(out[peak_at])) if len(out) else 0
    receipts, short = (pence > 0).nonzero()[0], (out > 0).nonzero()[0]
    back = int(short[-1]) + 1 if len(short) else len(out)
    life = None
    if drawn:
        ends = np.append(flows.days[1:], flows.days[-1] if until is None else np.datetime64(until, "D"))
        days_out = np.maximum(0, (ends - flows.days).astype(np.int64))
        life = float(np.maximum(0, out) @ days_out / drawn / DAYS_A_YEAR)
    return Returned(
        xirr=_rate(flows.days, pence, drawn, received),
        real=real,
        drawn=drawn,
        received=received,
        committed=committed,
        peak=peak,
        peak_on=flows.days[peak_at].item() if peak else None,
        first_receipt=flows.days[receipts[0]].item() if len(receipts) else None,
        payback=flows.days[back].item() if back < len(out) else None,
        average_life=life,
    )


def _rate(days: Days, amounts: ArrayLike, drawn: int, received: int) -> Irr:
    # Without a last flow of 0 the bare flows cannot say that nothing more will come; a finished run can.
    return Irr("total_loss", -1.0) if drawn and not received else xirr(days, amounts)


def least_share_of_plan(multiple_at: Callable[[float], float], most: float = 2.0) -> float | None:
    """The least share of the planned outcomes at which the investors' capital comes back.

    multiple_at: the multiple on what was drawn, at a share of plan (1: as planned); must not fall as outcomes rise.
    most: the largest share tried. Returns the share, to one in a thousand and never too low; None: not even at `most`.
    """
    low, high = 0.0, most
    if multiple_at(low) >= 1.0:
        return low
    if multiple_at(high) < 1.0:
        return None
    while high - low > 0.001:
        middle = (low + high) / 2.0
        low, high = (low, middle) if multiple_at(middle) >= 1.0 else (middle, high)
    return high
