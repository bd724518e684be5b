"""Step functions of whole numbers over time: people in services, places, and what one is beyond another.

A curve is two arrays, `times` (rising, seconds) and `values`: values[i] holds from times[i] to times[i + 1], the first
also before, the last for good. The arguments are what `History` and `places.Curve` hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.history import IN, STARTED, STILL_SERVICE
from simulator.engine.machine_code import entry, inner
from simulator.engine.model import Ints

LARGER, ABOVE = range(2)


@inner
def moves(rows: Any, wanted: Any) -> tuple[Ints, Ints, Ints]:
    """Starts (1) and ends (-1; those still in it at the run's end) of stays in some services: seconds, service, change.

    rows: of a history. wanted: (services,) of bool.
    """
    time = np.empty(len(rows), np.int64)
    service = np.empty(len(rows), np.int64)
    change = np.empty(len(rows), np.int64)
    n = 0
    for row in rows:
        if row.what < STARTED or row.what == STILL_SERVICE - 1:
            continue
        if (row.what == STILL_SERVICE and row.why != IN) or not wanted[row.item]:
            continue
        time[n], service[n], change[n] = row.time, row.item, 1 if row.what == STARTED else -1
        n += 1
    return time[:n], service[:n], change[:n]


@inner
def in_use(time: Ints, service: Ints, change: Ints, wanted: Any, begin: int) -> tuple[Ints, Ints]:
    """The curve of people in some services from `moves`, from `begin` on."""
    times, values = np.empty(len(time) + 1, np.int64), np.empty(len(time) + 1, np.int64)
    times[0], values[0] = begin, 0
    n = 1
    people = 0
    for i in range(len(time)):
        if wanted[service[i]]:
            people += change[i]
            if time[i] != times[n - 1]:
                times[n] = time[i]
                n += 1
            values[n - 1] = people
    return times[:n], values[:n]


@inner
def combine(times: Ints, values: Ints, other_times: Ints, other_values: Ints, how: int) -> tuple[Ints, Ints]:
    """The larger of two curves (LARGER), or what the first is above the other (ABOVE, at least 0), at the times of both."""
    size = len(times) + len(other_times)
    found_times, found = np.empty(size, np.int64), np.empty(size, np.int64)
    i = j = -1  # the steps that hold, once they have begun
    n = 0
    while i + 1 < len(times) or j + 1 < len(other_times):
        if j + 1 >= len(other_times) or (i + 1 < len(times) and times[i + 1] <= other_times[j + 1]):
            now = times[i + 1]
        else:
            now = other_times[j + 1]
        if i + 1 < len(times) and times[i + 1] == now:
            i += 1
        if j + 1 < len(other_times) and other_times[j + 1] == now:
            j += 1
        one, two = values[max(i, 0)], other_values[max(j, 0)]
        found_times[n] = now
        found[n] = max(one, two) if how == LARGER else max(one - two, 0)
        n += 1
    return found_times[:n], found[:n]


@inner
def area(times: Ints, values: Ints, edges: Ints) -> Ints:
    """Value x seconds between successive edges (rising)."""
    found = np.zeros(max(len(edges) - 1, 0), np.int64)
    at = 0
    for piece in range(len(found)):
        now, stop = edges[piece], edges[piece + 1]
        while at + 1 < len(times) and times[at + 1] <= now:
            at += 1
        while at + 1 < len(times) and times[at + 1] < stop:
            found[piece] += values[at] * (times[at + 1] - now)
            at += 1
            now = times[at]
        found[piece] += values[at] * (stop - now)
    return found


@inner
def peak(times: Ints, values: Ints, edges: Ints) -> Ints:
    """The largest value between successive edges."""
    found = np.zeros(max(len(edges) - 1, 0), np.int64)
    at = 0
    for piece in range(len(found)):
        while at + 1 < len(times) and times[at + 1] <= edges[piece]:
            at += 1
        found[piece] = values[at]
        while at + 1 < len(times) and times[at + 1] < edges[piece + 1]:
            at += 1
            found[piece] = max(found[piece], values[at])
    return found


@inner
def values_at(times: Ints, values: Ints, moments: Ints) -> Ints:
    """The values at moments (rising)."""
    found = np.empty(len(moments), np.int64)
    at = 0
    for i in range(len(moments)):
        while at + 1 < len(times) and times[at + 1] <= moments[i]:
            at += 1
        found[i] = values[at]
    return found


@entry
def areas(times: Ints, values: Ints, edges: Ints) -> Ints:
    """`area` for Python."""
    return area(times, values, edges)
