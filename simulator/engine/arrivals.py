"""Who arrives when: thinning of fixed strips of rate, identities, segments and the time of leaving (SEMANTICS section 5)."""

from __future__ import annotations

import math
import threading
import zlib
from dataclasses import dataclass

import numpy as np

from simulator.engine.compiled_arrivals import describe, points_of_strip
from simulator.engine.model import Floats, Ints, Model, Stream
from simulator.engine.random_numbers import Key, tag_of

YEAR_SECONDS = 31_557_600
STRIP_BITS = 27


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The people of one replication, in order of (arrival, identity); the position is their number.

    arrival and leave_at in seconds (NEVER: stays until the end); profile is a number into `Model.segments`.
    """

    identity: Ints
    arrival: Ints
    state: Ints
    profile: Ints
    leave_at: Ints


_LAST = threading.local()
_MOST_KEPT = 200_000


def arrivals(model: Model, key: Key) -> Arrivals:
    """Everybody who appears in [begin, end) under this key. The same identities whatever the design's rates.

    Two designs run one after the other mostly have the same arrivals, so the last ones of a thread are kept.
    """
    last = getattr(_LAST, "found", None)
    if last is not None and last[0] == key and _same_arrivals(last[1], model):
        return last[2]
    found = _arrivals(model, key)
    for name in ("identity", "arrival", "state", "profile", "leave_at"):
        getattr(found, name).setflags(write=False)
    _LAST.found = (key, model, found) if len(found.identity) <= _MOST_KEPT else None
    return found


def _same_arrivals(one: Model, other: Model) -> bool:
    """Whether two models have the same people at the same times, leaving at the same times."""
    if one is other:
        return True
    return (
        (one.begin, one.end, one.states, one.segments, one.groupings, one.grouping_shares)
        == (other.begin, other.end, other.states, other.segments, other.groupings, other.grouping_shares)
        and one.streams == other.streams
        and all(
            np.array_equal(getattr(one, name), getattr(other, name))
            for name in ("leave_table", "table_first", "table_last", "knot_x", "knot_h")
        )
    )


def _arrivals(model: Model, key: Key) -> Arrivals:
    parts = []
    for stream in model.streams:
        points = [_listed(stream, model.begin)] if stream.times else _thinned(stream, model, key)
        parts += [(identity, at, stream.state) for identity, at in points if len(at)]
    parts.sort(key=lambda part: int(part[0][0]))
    none = np.zeros(0, np.int64)
    identity = np.concatenate([none, *(part[0] for part in parts)])
    arrival = np.concatenate([none, *(part[1] for part in parts)])
    state = np.concatenate([none, *(np.full(len(at), state, np.int64) for _, at, state in parts)])
    if len(parts) > 1:  # each is in order, and so are their identities
        order = np.argsort(arrival, kind="stable")
        identity, arrival, state = identity[order], arrival[order], state[order]
    found, in_order = _described(model, key, identity, arrival, state)
    if not in_order:  # two lists of times whose people have mixed identities
        order = np.lexsort((identity, arrival))
        found, _ = _described(model, key, identity[order], arrival[order], state[order])
    return found


def _identity(stream: Stream, strip: int, items: Ints) -> Ints:
    return ((zlib.crc32(stream.name.encode()) & 0x7FFFFFFF) << 32 | strip << STRIP_BITS) + items


def _listed(stream: Stream, begin: int) -> tuple[Ints, Ints]:
    """People who come at given seconds, and those present at the beginning.

    Who comes at a second is who they are: a design that drops or adds a time renames nobody. Several at one second are
    told apart by their turn.
    """
    times = np.array(stream.times, np.int64)
    if stream.name.startswith("present|"):
        return _identity(stream, 0, np.arange(len(times), dtype=np.int64)), times
    first = np.searchsorted(times, times, side="left")
    turns = np.arange(len(times)) - first
    high = (zlib.crc32(stream.name.encode()) + turns) & 0x7FFFFFFF
    return (high << 32) + ((times - begin) & 0xFFFFFFFF), times


def _thinned(stream: Stream, model: Model, key: Key) -> list[tuple[Ints, Ints]]:
    """Points of a Poisson process in each strip of rate; a point is a person if its level is below the rate then."""
    found = []
    change = np.array([when for when, _ in stream.rate], np.int64)
    rate = np.array([value for _, value in stream.rate], np.float64)
    largest = float(rate.max())
    strip, low, high = 0, 0.0, 1.0
    while low < largest:
        found.append(_strip(stream, strip, low, high, change, rate, model, key))
        strip, low, high = strip + 1, high, high * 2
    return found


def _strip(
    stream: Stream, strip: int, low: float, high: float, change: Ints, rate: Floats, model: Model, key: Key
) -> tuple[Ints, Ints]:
    """Identities and times of the people of one strip."""
    mean_gap = YEAR_SECONDS / (high - low)
    expected = (model.end - model.begin) / mean_gap
    room = int(expected + 6 * math.sqrt(expected) + 20)
    first = int(_identity(stream, strip, np.zeros(1, np.int64))[0])
    tag = tag_of("arrive", stream.name, str(strip))
    while True:
        identity, arrival = np.empty(room, np.int64), np.empty(room, np.int64)
        count = points_of_strip(
            *key, first, tag, mean_gap, model.begin, model.end, low, high, change, rate, identity, arrival
        )
        if count >= 0:
            return identity[:count], arrival[:count]
        room *= 2


def _described(model: Model, key: Key, identity: Ints, arrival: Ints, state: Ints) -> tuple[Arrivals, bool]:
    """People with their segments and times of leaving, and whether they are in the order of (arrival, identity)."""
    profile, leave_at = np.empty(len(identity), np.int64), np.empty(len(identity), np.int64)
    shares = [np.cumsum(each) for each in model.grouping_shares]
    in_order = describe(
        *key,
        identity,
        arrival,
        state,
        np.array([tag_of("segment", each) for each in model.groupings], np.int64),
        np.array([len(each) for each in shares], np.int64),
        np.concatenate([np.zeros(0), *shares]),
        tag_of("leave"),
        model.leave_table,
        model.table_first,
        model.table_last,
        model.knot_x,
        model.knot_h,
        profile,
        leave_at,
    )
    return Arrivals(identity, arrival, state, profile, leave_at), in_order
