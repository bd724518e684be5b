"""What a guarantor pays when principal is lost: a pool of pounds, or a share of the loss (MONEY section 4, E17)."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.money.accounts.terms import Guarantor
from simulator.money.pence import split, to_pence


def called(guarantor: Guarantor, lost: Sequence[int]) -> list[int]:
    """Pence that the guarantor pays to each tranche, of the net principal that each has lost (pence), in proportion.

    Net principal lost is what a tranche paid in less all that it received. Raises ValueError unless the guarantee is either
    a pool or a share.
    """
    if (guarantor.pool is None) == (guarantor.share is None):
        raise ValueError("a guarantee is either a pool of money or a share of the loss")
    total = sum(lost)
    if total == 0:
        return [0] * len(lost)
    if guarantor.pool is not None:
        paid = min(to_pence(guarantor.pool), total)
    else:
        paid = to_pence(total / 100.0 * (guarantor.share or 0.0))
    return split(paid, lost)
