"""Arrivals in plain numpy, to compare the compiled ones with: strips of rate, segments, leaving (SEMANTICS section 5)."""

from __future__ import annotations

import math

import numpy as np

# Lists of times are plain in the product too.
from simulator.engine.arrivals import YEAR_SECONDS, Arrivals, _identity, _listed
from simulator.engine.hazards import seconds, time_of
from simulator.engine.model import NEVER, Floats, Ints, Model, Stream
from simulator.engine.random_numbers import Key, exponentials, tag_of, uniforms


def arrivals(model: Model, key: Key) -> Arrivals:
    """Everybody who appears in [begin, end) under this key. The same identities whatever the design's rates."""
    identities, times, states = [], [], []
    for stream in model.streams:
        found, at = _listed(stream, model.begin) if stream.times else _thinned(stream, model, key)
        identities.append(found)
        times.append(at)
        states.append(np.full(len(at), stream.state, np.int64))
    identity = np.concatenate(identities or [np.zeros(0, np.int64)])
    arrival = np.concatenate(times or [np.zeros(0, np.int64)])
    order = np.lexsort((identity, arrival))
    identity, arrival = identity[order], arrival[order]
    state = np.concatenate(states or [np.zeros(0, np.int64)])[order]
    profile = _profiles(model, key, identity)
    return Arrivals(
        identity, arrival, state, profile, _leaving(model, key, identity, arrival, state, profile)
    )


def _thinned(stream: Stream, model: Model, key: Key) -> tuple[Ints, Ints]:
    """Points of a Poisson process in each strip of rate; a point is a person if its level is below the rate then."""
    identities, times = [], []
    change = np.array([when for when, _ in stream.rate], np.int64)
    rate = np.array([value for _, value in stream.rate])
    largest = float(rate.max())
    strip, low, high = 0, 0.0, 1.0
    while low < largest:
        at, identity = _points(stream, strip, high - low, model, key)
        level = low + (high - low) * uniforms(key, identity, tag_of("arrive", stream.name, str(strip)), 1)
        kept = level < rate[np.searchsorted(change, at, side="right") - 1]
        identities.append(identity[kept])
        times.append(at[kept])
        strip, low, high = strip + 1, high, high * 2
    return np.concatenate(identities), np.concatenate(times)


def _points(stream: Stream, strip: int, people_a_year: float, model: Model, key: Key) -> tuple[Ints, Ints]:
    """Times and identities of all points of a strip in [begin, end)."""
    mean_gap = YEAR_SECONDS / people_a_year
    expected = (model.end - model.begin) / mean_gap
    count = int(expected + 6 * math.sqrt(expected) + 20)
    tag = tag_of("arrive", stream.name, str(strip))
    while True:
        items = np.arange(count, dtype=np.int64)
        identity = _identity(stream, strip, items)
        # cumsum adds in order, so more points never move the earlier ones.
        at = np.cumsum(
            np.concatenate(([float(model.begin)], exponentials(key, identity, tag, 0) * mean_gap))
        )[1:]
        if at[-1] >= model.end:
            inside = int(np.searchsorted(at, model.end - 0.5))
            rounded = np.floor(at[:inside] + 0.5).astype(np.int64)
            return rounded, identity[:inside]
        count *= 2


def _profiles(model: Model, key: Key, identity: Ints) -> Ints:
    """One segment of each grouping, independently."""
    profile = np.zeros(len(identity), np.int64)
    for grouping, shares in zip(model.groupings, model.grouping_shares, strict=True):
        u = uniforms(key, identity, tag_of("segment", grouping), 0)
        cumulative: Floats = np.cumsum(shares)
        profile = profile * len(shares) + np.minimum(
            np.searchsorted(cumulative, u, side="right"), len(shares) - 1
        )
    return profile


def _leaving(model: Model, key: Key, identity: Ints, arrival: Ints, state: Ints, profile: Ints) -> Ints:
    """When each person leaves for good whatever happens: arrival plus a drawn time."""
    leave_at = np.full(len(identity), NEVER, np.int64)
    if (model.leave_table < 0).all() or not len(identity):
        return leave_at
    drawn = exponentials(key, identity, tag_of("leave"), 0).tolist()
    xs, hs = model.knot_x.tolist(), model.knot_h.tolist()
    first, last = model.table_first.tolist(), model.table_last.tolist()
    table = model.leave_table[(arrival >= 0).astype(np.int64), profile, state].tolist()
    for person, (number, e, at) in enumerate(zip(table, drawn, arrival.tolist(), strict=True)):
        if number >= 0:
            wait = seconds(time_of(xs, hs, first[number], last[number], e))
            leave_at[person] = min(at + wait, NEVER)
    return leave_at
