"""What is a pound at some later time worth today, on an official schedule or at a flat rate?

Adds the discount factor for any time, whole or fractional; leaves price levels to ``prices`` (only real
amounts may be discounted at these rates: example E25) and leaves the summing of flows to whoever holds them.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

from simulator.money.values import read_table

SCHEDULES: tuple[str, ...] = ("green-book", "green-book-health", "green-book-lower")
"""Names of the official schedules; the rates are in ``values/green_book_discount.csv``."""


@dataclass(frozen=True)
class Schedule:
    """A declining schedule of discount rates.

    starts: years after the start at which each rate begins, first 0.0, rising; the last rate runs for ever.
    rates: proportion a year in each band, same length (0.035 is 3.5% a year).
    """

    name: str
    starts: tuple[float, ...]
    rates: tuple[float, ...]
    source: str
    vintage: str


@cache
def official_schedule(name: str) -> Schedule:
    """The official schedule of that name, with its source and vintage, read once.

    Raises ValueError for a name not in ``SCHEDULES``, or when the table's bands do not follow one another.
    """
    if name not in SCHEDULES:
        raise ValueError(
            f"no discount schedule called {name!r}; use {', '.join(SCHEDULES)} or a rate such as 0.035"
        )
    rows = [row for row in read_table("green_book_discount").rows if row["schedule"] == name]
    starts = tuple(float(row["first_year"]) - 1.0 for row in rows)
    ends = tuple(float(row["last_year"]) if row["last_year"] else float("inf") for row in rows)
    if not rows or starts[0] != 0.0 or ends[:-1] != starts[1:] or ends[-1] != float("inf"):
        raise ValueError(f"green_book_discount: the bands of {name} leave a gap, overlap or end")
    if any(later <= earlier for earlier, later in pairwise(starts)):
        raise ValueError(f"green_book_discount: the bands of {name} are out of order")
    return Schedule(
        name, starts, tuple(float(row["rate"]) for row in rows), rows[0]["source"], rows[0]["vintage"]
    )


@overload
def discount_factor(years: float, schedule: str | float = ...) -> float: ...
@overload
def discount_factor(
    years: npt.NDArray[np.floating] | npt.NDArray[np.integer], schedule: str | float = ...
) -> npt.NDArray[np.float64]: ...
def discount_factor(
    years: float | npt.NDArray[np.floating] | npt.NDArray[np.integer], schedule: str | float = "green-book"
) -> float | npt.NDArray[np.float64]:
    """What one pound ``years`` after the start is worth at the start.

    years: time since the start of the appraisal, in years, any shape, whole or fractional, 0 or more.
    schedule: a name in ``SCHEDULES``, or a flat rate as a proportion a year (0.035; above -1).

    Returns the factor, a float for a number and an array of the same shape for an array; 1 at year 0.

    D_0 = 1 and D_n = D_(n-1) / (1 + r_n), where r_n is the rate of year n (the year from n - 1 to n). Between
    whole years the factor falls geometrically at the rate of the year being lived, so a flow in continuous
    time is discounted at ln(1 + r), and no step appears at a birthday.

    >>> round(discount_factor(30), 10)
    0.3562784106
    >>> round(discount_factor(31), 10)  # year 31 is at 3.0%, the thirty before it at 3.5%
    0.3459013695

    Raises ValueError for a negative or non-finite time, an unknown name, or a flat rate of -1 or less.
    Source: HM Treasury, The Green Book (February 2026); see ``values/green_book_discount.csv``.
    """
    if isinstance(schedule, str):
        official = official_schedule(schedule)
        starts, rates = official.starts, official.rates
    else:
        if not -1.0 < schedule < float("inf"):
            raise ValueError(f"a flat discount rate must be a finite proportion above -1, not {schedule!r}")
        starts, rates = (0.0,), (float(schedule),)
    time = np.asarray(years, dtype=np.float64)
    if not np.all(np.isfinite(time) & (time >= 0.0)):
        raise ValueError(
            "years to discount over must be finite and 0 or more: nothing is discounted backwards"
        )
    # Sum the time spent in each band times its log rate: exact at whole years, and no loop over years.
    exponent = np.zeros_like(time)
    for start, end, rate in zip(starts, (*starts[1:], np.inf), rates, strict=True):
        exponent += np.log1p(rate) * np.clip(time - start, 0.0, end - start)
    factor = np.exp(-exponent)
    return factor if factor.ndim else float(factor)
