"""Time that people spent in each state, month by month."""

from __future__ import annotations

import numpy as np

from simulator.engine.machine_code import entry
from simulator.engine.model import SECONDS_A_DAY, Ints


@entry
def time_by_month(state: Ints, begin: Ints, end: Ints, states: int, months: Ints, month_of_day: Ints) -> Ints:
    """Seconds of stays by state and month, (states, months), within the horizon.

    months: seconds of month starts, the first 0, and the end. month_of_day: which month each day is in.
    """
    found = np.zeros((states, len(months)), np.int64)
    whole = np.zeros((states, len(months)), np.int64)  # changes in how many stays last all of a month
    for i in range(len(state)):
        from_, to = max(begin[i], months[0]), min(end[i], months[-1])
        if from_ >= to:
            continue
        of = state[i]
        first, last = month_of_day[from_ // SECONDS_A_DAY], month_of_day[(to - 1) // SECONDS_A_DAY]
        if first == last:
            found[of, first] += to - from_
        else:
            found[of, first] += months[first + 1] - from_
            found[of, last] += to - months[last]
            whole[of, first + 1] += 1
            whole[of, last] -= 1
    for of in range(states):
        stays = 0
        for month in range(len(months) - 1):
            stays += whole[of, month]
            found[of, month] += stays * (months[month + 1] - months[month])
    return found[:, :-1].copy()
