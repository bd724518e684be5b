"""`pence.to_pence` of one number, for compiled loops."""

from __future__ import annotations

import math

from simulator.engine.machine_code import inner

NO_AMOUNT = -(2**62)
"""What an amount comes to that is not a finite number of pounds below a trillion."""
_LARGEST_PENCE = 1e14
_TWICE_EPS = 2.0**-51


@inner
def pence(pounds: float) -> int:
    """Whole pence exactly as `to_pence` rounds them, or NO_AMOUNT where it raises."""
    size = abs(pounds * 100.0)
    if not size < _LARGEST_PENCE:
        return NO_AMOUNT
    whole = math.floor(size)
    found = int(whole) + (size - whole >= 0.5 - _TWICE_EPS * size)  # no branch: it could not be guessed
    return found if pounds > 0.0 else -found
