"""When units close and open again: the rule of `money.stepped`, month by month."""

from __future__ import annotations

from simulator.engine.machine_code import inner
from simulator.engine.model import Bools, Floats, Ints


@inner
def follow(
    demand: Floats,
    units: Ints,
    closes: Bools,
    places_each: int,
    sustained: int,
    notice: int,
    headroom: float,
    least: int,
    reopen: bool,
) -> None:
    """Takes decisions through the months of `demand`.

    units: those open in each month, at first as at the start throughout; changed. closes: False throughout; set in the
    months that are a unit's last.
    """
    months = len(demand)
    if not months:
        return
    at_start = units[0]
    staying = at_start  # units that will be open once every decision so far has taken effect
    for month in range(sustained - 1, months):
        low = high = True
        for recent in range(month + 1 - sustained, month + 1):
            low = low and demand[recent] <= (staying - 1) * places_each - headroom
            high = high and demand[recent] > staying * places_each
        shut_from = month + 1 + notice
        change = 0
        if staying > least and low:
            change = -1
            if shut_from <= months:
                closes[shut_from - 1] = True
        elif reopen and staying < at_start and high:
            change = 1
        staying += change
        if change:
            for later in range(shut_from, months):
                units[later] += change
