"""Sums over the stays and spells of a history: loops over the columns of its tables, times clipped to [0, end)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.engine.history import NOT_YET
from simulator.engine.machine_code import entry, inlined

Ints = NDArray[np.int64]


@entry
def sums_by_state(states: int, state: Ints, begin: Ints, end: Ints, still: Ints) -> Ints:
    """Of each state: entries from the start on, seconds in it, people in it as the start comes, and at the end (states, 4)."""
    found = np.zeros((states, 4), np.int64)
    for stay in range(len(state)):
        of = state[stay]
        found[of, 0] += begin[stay] >= 0
        found[of, 1] += max(end[stay] - max(begin[stay], 0), 0)
        # At the second of the start itself the state just entered does not count yet.
        found[of, 2] += begin[stay] < 0 and end[stay] >= 0
        found[of, 3] += still[stay]
    return found


@inlined
def joined_from_the_start(referred: int, joined: int) -> bool:
    """Whether a use of a service counts among the waits: its referral came from the start on, and joined the list."""
    return referred >= 0 and joined != NOT_YET


@inlined
def wait(end_of_run: int, joined: int, started: int, ended: int) -> int:
    """Seconds on the list, so far if the run's end cuts it."""
    until = started
    if until == NOT_YET:
        until = end_of_run if ended == NOT_YET else ended
    return until - joined


@entry
def sums_by_service(
    services: int, end_of_run: int, service: Ints, referred: Ints, joined: Ints, started: Ints, ended: Ints
) -> tuple[Ints, Ints, Ints]:
    """Of each service: referrals from the start on that led to a start, seconds of use, seconds waited (services, 3); waits.

    Waits are of those who joined from the start on, until the end if they still wait. Those of service s, in seconds, are
    the second array's from place first[s] to first[s + 1], first being the third array.
    """
    found = np.zeros((services, 3), np.int64)
    first = np.zeros(services + 1, np.int64)
    for spell in range(len(service)):
        of = service[spell]
        if started[spell] != NOT_YET:
            until = end_of_run if ended[spell] == NOT_YET else ended[spell]
            found[of, 0] += referred[spell] >= 0
            found[of, 1] += max(until - max(started[spell], 0), 0)
        first[of + 1] += joined_from_the_start(referred[spell], joined[spell])
    for number in range(services):
        first[number + 1] += first[number]
    waits, following = np.empty(first[services], np.int64), first[:services].copy()
    for spell in range(len(service)):
        if joined_from_the_start(referred[spell], joined[spell]):
            of = service[spell]
            waited = wait(end_of_run, joined[spell], started[spell], ended[spell])
            waits[following[of]] = waited
            following[of] += 1
            found[of, 2] += waited
    return found, waits, first
