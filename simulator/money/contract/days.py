"""Calendar arithmetic on many days at once: what `calendar` does for one day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.terms import Lag

Days = NDArray[np.datetime64]
A_DAY = np.timedelta64(1, "D")


def plus(days: Days, lag: Lag) -> Days:
    """Each day and a lag: months first, clamped to the month's end, then days (E08: 31 January + 1 month: 28 or 29 February)."""
    if lag.months:
        month = days.astype("datetime64[M]")
        inside = days - month.astype("datetime64[D]")
        later = month + lag.months
        last = (later + 1).astype("datetime64[D]") - A_DAY
        days = np.minimum(later.astype("datetime64[D]") + inside, last)
    return days + lag.days if lag.days else days
