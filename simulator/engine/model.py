"""A scenario under one design as arrays of numbers: all that an engine reads.

Names are numbered in sorted order of their code points (SEMANTICS section 2). Arrays with a leading axis of 2 hold the
rules before `start` (the baseline's) and from `start` on (the design's): `era = 1 if time >= 0 else 0`. P is the number
of profiles (combinations of segments), J of states, S of services.

Two books keep what varies: a *table* is a distribution of time (knots of its integrated hazard), a *steps* list is a
number that changes at dates. Both are referred to by number; -1 stands for none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine.hazards import NEVER

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


ALWAYS = -NEVER
SECONDS_A_DAY = 86_400
WAYS = ("declined", "turned_away", "gave_up", "started", "completed", "dropped_out", "cut_short")
DECLINED, TURNED_AWAY, GAVE_UP, STARTED, COMPLETED, DROPPED_OUT, CUT_SHORT = range(7)
KEPT_NOBODY, KEPT_COMPLETERS, KEPT_ALL, KEPT_DOSE = range(4)
UNLIMITED = 2**40
PURPOSES = ("identify", "delay", "take_up", "patience", "length", "drop_out", "move")
IDENTIFY, DELAY, TAKE_UP, PATIENCE, LENGTH, DROP_OUT, MOVE = range(7)
# Priority is a head start in waiting time: one level of `queue.first` outweighs any wait, a team's `first` any level.
LEVEL_SECONDS = 1000 * 31_557_600
TEAM_RANK = 2**50


@dataclass(frozen=True)
class Stream:
    """People arriving in a state: at a random rate (steps of people a year, from ALWAYS on) or at given seconds."""

    name: str
    state: int
    rate: tuple[tuple[int, float], ...] = ()
    times: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Model:
    """See the module. Times are integer seconds since `start`; the run covers [begin, end)."""

    design: str
    begin: int
    end: int

    states: tuple[str, ...]
    transitions: tuple[tuple[str, str], ...]
    events: tuple[str, ...]
    services: tuple[str, ...]
    pools: tuple[str, ...]
    effects: tuple[tuple[str, str], ...]  # (service, effect)
    segments: tuple[tuple[str, ...], ...]  # the members of each profile
    groupings: tuple[str, ...]
    grouping_shares: tuple[tuple[float, ...], ...]

    streams: tuple[Stream, ...]
    leave_table: Ints  # (2, P, J) by first state, from arrival to leaving for good

    # Books
    table_first: Ints  # index of the first knot of each table
    table_last: Ints
    knot_x: Floats  # days
    knot_h: Floats  # integrated hazard
    table_error: Floats
    steps_first: Ints
    steps_last: Ints
    step_time: Ints
    step_value: Floats

    # Clocks: transitions 0..T-1, then events T..T+E-1
    out_first: Ints  # (J + 1,) transitions out of state j are out_first[j] .. out_first[j + 1] - 1
    transition_to: Ints  # (T,) state, or J for leaving
    transition_table: Ints  # (2, T, P), -1: not this way
    transition_multiplier: Floats  # (2, T, P)
    event_rate: Ints  # (E, P, J) steps of events a day
    event_to: Ints  # (2, E) destination

    # Destinations: entries destination_first[d] .. destination_first[d + 1] - 1, shares as steps
    destination_first: Ints
    destination_target: Ints  # state j, J = leaves, J + 1 + s = hand-off to service s
    destination_share: Ints  # steps

    # Services
    exists: Bools  # (2, S)
    gives_chance: Bools  # (2, S, J) the states of `for`
    eligible: Bools  # (2, S, J) states in which a referral holds
    stays_in: Bools  # (2, S, J) states in which a stay goes on
    until_need_ends: Bools  # (2, S) no length: leaving `while_in` completes
    once: Bools  # (2, S)
    share: Ints  # (2, S, P, J) steps
    after: Ints  # (2, S, P, J) table
    take_up: Ints  # (2, S, P, J) steps
    give_up: Ints  # (2, S, P, J) table
    length: Ints  # (2, S, P, J) table
    drop_out_share: Ints  # (2, S, P, J) steps
    drop_out_table: Ints  # (2, S, P, J) table
    head_start: Ints  # (2, S, P, J) seconds that a place in the list is worth less (larger = later)
    room: Ints  # (2, S) how many may wait, -1 any number
    stops: Bools  # (2, S) stays end when places close
    then: Ints  # (2, S, 7) destination after each of WAYS
    pool: Ints  # (2, S)
    pool_places: tuple[tuple[tuple[int, int], ...], ...]  # by pool: (second, places), first at begin

    # Effects: pairs of an effect and a clock
    effect_service: Ints  # (N,)
    effect_during: Bools  # (2, N)
    effect_kept: Ints  # (2, N)
    effect_lasts: Ints  # (2, N) seconds
    effect_fade: Ints  # (2, N) seconds of fading
    effect_fade_steps: Ints  # (2, N)
    pair_effect: Ints
    pair_clock: Ints
    pair_ratio: Floats  # (2, pairs, P) hazard ratio at full strength

    # Tags of random numbers: CRC-32 of "purpose|name|name" (SEMANTICS section 3)
    tag_transition: Ints  # (T,)
    tag_event: Ints  # (E,)
    tag_event_to: Ints  # (E,)
    tag_use: Ints  # (7, S, J) by PURPOSES, service, state of origin

    # For the record of a run
    sampled: dict[str, float]
    gaps: dict[str, float]  # observed shares that a sampled draw could not reach
