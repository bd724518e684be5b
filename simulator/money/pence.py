"""How do pounds become whole pence, and how is a sum shared without losing one?

Adds the only two roundings the ledger knows; leaves the choice of when to round to the caller: once per
posting, never inside a formula.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import isfinite, lcm
from typing import overload

import numpy as np
import numpy.typing as npt

_LARGEST_PENCE = 1e14  # a trillion pounds: up to here a float still tells a half penny from its neighbours


@overload
def to_pence(pounds: float) -> int: ...
@overload
def to_pence(pounds: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> npt.NDArray[np.int64]: ...
def to_pence(
    pounds: float | npt.NDArray[np.floating] | npt.NDArray[np.integer],
) -> int | npt.NDArray[np.int64]:
    """Whole pence, half pennies rounded up (away from 0, so that a reversal cancels what it reverses).

    pounds: a number or an array of any shape. Returns an int, or an int64 array of the same shape.

    Exact for every decimal of up to 15 significant digits: 2.675 pounds is 268 pence and 1.005 is 101,
    although the float nearest to 1.005 is below it and times 100 gives 100.49999999999999. To that end an
    amount within two parts in 2**52 below a half penny counts as that half penny: more than reading the
    decimal and multiplying by 100 can lose (one part in 2**52), less than the gap between two decimals of 15
    digits. Longer arithmetic can lose more; the half penny it misses was then never in the float.

    >>> to_pence(2.675), to_pence(1.005), to_pence(-2.675)
    (268, 101, -268)

    Raises ValueError when an amount is not finite or is a trillion pounds or more.
    """
    scaled = np.asarray(pounds, dtype=np.float64) * 100.0
    size = np.abs(scaled)
    if not np.all(size < _LARGEST_PENCE):  # also catches NaN
        raise ValueError("an amount of money must be a finite number of pounds below a trillion")
    whole = np.floor(size)
    up = size - whole >= 0.5 - 2.0 * np.finfo(np.float64).eps * size
    pence = (np.sign(scaled) * (whole + up)).astype(np.int64)
    return pence if pence.ndim else int(pence)


def split(pence: int, shares: Sequence[float]) -> list[int]:
    """Share whole pence so that the parts sum to the whole: largest remainder, ties to the first listed.

    pence: the sum to share; a negative sum is shared as its positive and the signs turned.
    shares: what each party is due, in any unit (80 and 20, or 0.8 and 0.2): only the proportions count.
    Returns one whole number of pence per share, in the order given, each within a penny of its exact part.

    >>> split(10_000, [1, 1, 1])
    [3334, 3333, 3333]

    Shares are read as the decimals they are written as, and the arithmetic is in whole numbers, so a tie is a
    tie. Raises ValueError when there is no share, one is negative or not finite, or all are 0.
    """
    weights = _whole_weights(tuple(float(share) for share in shares))
    total = sum(weights)
    parts = [divmod(abs(pence) * weight, total) for weight in weights]
    paid = [whole for whole, _ in parts]
    left = abs(pence) - sum(paid)
    # sorted() is stable, so equal remainders keep the order in which the parties are listed.
    for party in sorted(range(len(parts)), key=lambda party: -parts[party][1])[:left]:
        paid[party] += 1
    return paid if pence >= 0 else [-part for part in paid]


@lru_cache(maxsize=1024)  # a contract splits thousands of claims by the same few sets of shares
def _whole_weights(shares: tuple[float, ...]) -> tuple[int, ...]:
    """Whole numbers in the same proportions as the shares' written decimals."""
    if not shares:
        raise ValueError("a sum needs at least one share to be split by")
    if not all(isfinite(share) and share >= 0.0 for share in shares) or not any(shares):
        raise ValueError(f"shares must be finite, 0 or more and not all 0, not {list(shares)}")
    if all(share.is_integer() for share in shares):
        return tuple(int(share) for share in shares)
    exact = [Fraction(repr(share)) for share in shares]
    common = lcm(*(share.denominator for share in exact))
    return tuple(int(share * common) for share in exact)
