"""The compiled engine: the same model as `simpy_engine`, row for row, as one loop of machine code over flat arrays.

One heap of (time, key) holds what is due, and an entry counts only if what it stands for still says so: nothing is ever
taken out of the middle. Arrivals and the timetable of places are read from sorted arrays. The loop runs in slices, between
which Python may make more room, show progress, or stop.

    compiled_world     what the arrays hold
    compiled_basics    random numbers, heaps, rows
    compiled_clocks    hazards used up and looked ahead
    compiled_uses      chances, referrals, effects
    compiled_lives     arriving, changing state, leaving
    compiled_places    lists, places, their timetable
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.engine import compiled_world as cw
from simulator.engine import history as h
from simulator.engine.arrivals import Arrivals, arrivals
from simulator.engine.compiled_basics import guard, heap_drop, key_of, row
from simulator.engine.compiled_lives import arrive, enter, event, leave
from simulator.engine.compiled_places import allocate, finish, lose_patience, refer, set_places
from simulator.engine.compiled_uses import use_of
from simulator.engine.compiled_world import (
    ARRIVED,
    C_ARRIVAL,
    CALLED,
    CAPACITY_PLACES,
    CAPACITY_POOL,
    CAPACITY_STEPS,
    CAPACITY_TIME,
    CLOSED_USE,
    COMING,
    DUE,
    END,
    ENDS,
    ERA,
    FINE,
    FRONT,
    IN_USE,
    MOST_ROWS,
    NEXT_STEP,
    NO_SPACE,
    NOBODY,
    NOW,
    OPEN_USES,
    PENDING_USE,
    ROWS,
    SERVICES,
    SLOT_TIME,
    SLOT_WHAT,
    STATE,
    STATUS,
    TRANSITION_TO,
    TROUBLE,
    WAITING_USE,
    WIDTH,
    world_of,
)
from simulator.engine.happenings import (
    ALLOCATE,
    ARRIVE,
    CAPACITY,
    CHANGE,
    GIVE_UP,
    LEAVE,
    REFER,
    most_at_one_second,
    stands_still,
    too_many_chances,
)
from simulator.engine.happenings import END as END_RANK
from simulator.engine.hazards import NEVER
from simulator.engine.history import History
from simulator.engine.machine_code import entry, inner, woven
from simulator.engine.model import Model
from simulator.engine.packed_model import packed
from simulator.engine.random_numbers import key_of as random_key

MORE, DONE, STUCK, NO_ROWS = range(4)
SLICE = 20_000
"""Happenings between two looks at progress and room: a few milliseconds."""
_ROWS_A_SLICE = 3 * SLICE


@woven
def happen(w, key):  # type: ignore[no-untyped-def]
    """Do what a key stands for, if it still does."""
    run = w.run
    people = w.people
    time = run[NOW]
    rank = key >> 44
    number = (key >> 12) & 0xFFFFFFFF
    service = key & 0xFFF
    if rank == ALLOCATE:
        if run[run[CALLED] + service] != 0:
            allocate(w, service)
        return
    if rank == ARRIVE:
        arrive(w, number)
        return
    if rank == CAPACITY:
        step = run[NEXT_STEP]
        run[NEXT_STEP] = step + 1
        set_places(w, service, w.ints[w.ints[CAPACITY_PLACES] + step])
        return
    person = w.slots[number]
    if person < 0:  # has left
        return
    if rank == REFER or rank == END_RANK or rank == GIVE_UP:
        use = use_of(w, person, service)
        if people[use + ENDS] != time:
            return
        status = people[use + STATUS]
        if rank == REFER and status == PENDING_USE:
            refer(w, number, person, service, use)
        elif rank == END_RANK and status == IN_USE:
            finish(w, number, person, service, use)
        elif rank == GIVE_UP and status == WAITING_USE:
            lose_patience(w, number, person, service, use)
        return
    what = people[person + SLOT_WHAT]
    if people[person + SLOT_TIME] != time or what >> 32 != rank:
        return
    people[person + SLOT_TIME] = NOBODY
    guard(w, number, person, -1)
    which = what & 0xFFFFFFFF
    if rank == LEAVE:
        leave(w, number, person, h.TIME_UP)
    elif rank == CHANGE:
        enter(w, number, person, w.ints[w.ints[TRANSITION_TO] + which], h.OWN)
    else:
        event(w, number, person, which)


@inner
def close_books(w):  # type: ignore[no-untyped-def]
    """Rows of what is still there when the run ends."""
    run = w.run
    people = w.people
    needed = 0
    for number in range(run[ARRIVED]):
        person = w.slots[number]
        if person >= 0:
            needed += 1 + people[person + OPEN_USES]
    if run[ROWS] + needed > run[MOST_ROWS]:
        run[cw.WHERE] = needed
        return NO_ROWS
    run[NOW] = run[END]
    for number in range(run[ARRIVED]):
        person = w.slots[number]
        if person < 0:
            continue
        row(w, number, people[person + STATE], h.STILL_STATE, h.NONE)
        if people[person + OPEN_USES] == 0:
            continue
        for service in range(w.ints[SERVICES]):
            status = people[use_of(w, person, service) + STATUS]
            if status != CLOSED_USE:
                row(w, number, service, h.STILL_SERVICE, h.PENDING + status - PENDING_USE)
    return DONE


@entry
def advance(  # type: ignore[no-untyped-def]
    ints, floats, xs, hs, step_times, step_values, coming, run, people, left, agenda, lists, slots, rows, most
):
    """Let up to `most` things happen. Returns MORE, DONE, STUCK (see `run`), or NO_ROWS for what is still there at the end."""
    w = world_of(
        ints, floats, xs, hs, step_times, step_values, coming, run, people, left, agenda, lists, slots, rows
    )
    to_come = run[COMING]
    steps = ints[CAPACITY_STEPS]
    for _ in range(most):
        # What is next: in front of the heap, on top of it, the next arrival, or the next step of places.
        time = NEVER
        key = run[FRONT]
        if key != NOBODY:
            time = run[NOW]
        from_heap = False
        if run[DUE] > 0 and (agenda[0] < time or (agenda[0] == time and agenda[1] < key)):
            time = agenda[0]
            key = agenda[1]
            from_heap = True
        number = run[ARRIVED]
        if number < to_come:
            at = coming[C_ARRIVAL * to_come + number]
            if at < time or (at == time and key_of(ARRIVE, number, 0) < key):
                time = at
                key = key_of(ARRIVE, number, 0)
                from_heap = False
        step = run[NEXT_STEP]
        if step < steps:
            at = ints[ints[CAPACITY_TIME] + step]
            pool = ints[ints[CAPACITY_POOL] + step]
            if at < time or (at == time and key_of(CAPACITY, 0, pool) < key):
                time = at
                key = key_of(CAPACITY, 0, pool)
                from_heap = False
        if time == NEVER:
            return close_books(w)
        if from_heap:
            heap_drop(w.agenda, 0, run[DUE])
            run[DUE] -= 1
        elif key == run[FRONT]:
            run[FRONT] = NOBODY
        if time != run[NOW]:
            run[NOW] = time
            run[ERA] = 1 if time >= 0 else 0
        happen(w, key)
        if run[TROUBLE] != FINE:
            return STUCK
    return MORE


def simulate(
    model: Model, seed: int = 1, replication: int = 0, *, watch: Callable[[float], object] | None = None
) -> History:
    """Run one replication and return its history: the same rows as `simpy_engine.simulate`, bit for bit.

    watch: called every few milliseconds with the share of simulated time that is done; an exception it raises ends the
    run. Raises EngineError, in the scenario's words, if time stands still.
    """
    coming = arrivals(model, random_key(seed, replication))
    room = 1
    while (found := _attempt(model, random_key(seed, replication), coming, room, watch)) is None:
        room *= 2
    return History.of(model, coming, found, check_later=True)


def _attempt(
    model: Model,
    key: tuple[int, int],
    coming: Arrivals,
    room: int,
    watch: Callable[[float], object] | None,
) -> Any:
    """The rows of a run, or None if one happening alone needed more room than there was."""
    flat = packed(model)
    count = len(coming.identity)
    run, width, list_room = _new_run(model, key, count, room)
    columns = np.concatenate((coming.identity, coming.arrival, coming.state, coming.profile, coming.leave_at))
    people = _take("people", max(1, count * width))
    agenda = _take("agenda", 2 * room * (count + 4 * SLICE))
    lists = _take("lists", 2 * list_room)
    slots = _take("slots", max(1, 2 * count))
    rows = np.empty(2 * room * (8 * count + 2 * _ROWS_A_SLICE), np.int64)
    run[cw.MOST_DUE], run[MOST_ROWS] = len(agenda) // 2, len(rows) // 2
    try:
        while True:
            arrays = (*flat, columns, run, people, people.view(np.float64), agenda, lists, slots, rows)
            run[: cw.ADDRESSES] = [array.ctypes.data for array in arrays]
            state = advance(*arrays, SLICE)
            if state == DONE:
                found = rows[: 2 * run[ROWS]]
                return (found if 2 * len(found) > len(rows) else found.copy()).view(h.ROW)
            if state == STUCK:
                if run[TROUBLE] == NO_SPACE:
                    return None
                _raise(model, run)
            needed = run[ROWS] + (run[cw.WHERE] if state == NO_ROWS else _ROWS_A_SLICE)
            if needed > run[MOST_ROWS]:
                rows = _grown(rows, 2 * max(needed, run[ROWS] + run[ROWS] // 2))
                run[MOST_ROWS] = len(rows) // 2
            if run[DUE] + 2 * SLICE > run[cw.MOST_DUE]:
                agenda = _grown(agenda, 2 * (2 * run[DUE] + 2 * SLICE))
                run[cw.MOST_DUE] = len(agenda) // 2
            lists = _with_room(run, lists, 2 * len(model.pools))
            if watch is not None:
                watch((int(run[NOW]) - model.begin) / (model.end - model.begin))
    finally:
        for name, array in (("people", people), ("agenda", agenda), ("lists", lists), ("slots", slots)):
            _give_back(name, array)


# Freeing a large block once raises the size from which the C library returns memory to the system at once (mallopt(3),
# M_MMAP_THRESHOLD). Without it every run would ask for the same pages anew, at up to 2 microseconds each.
np.empty(31 << 20, np.uint8)
_BUFFERS = threading.local()
_KEPT_NUMBERS = 2**23
"""Buffers of up to 64 MiB are kept for the next run of the thread: fresh memory costs a tenth of a short run."""


def _take(name: str, size: int) -> Any:
    """Memory with anything in it, which is the taker's alone until given back: `watch` may run another simulation."""
    found = _BUFFERS.__dict__.pop(name, None)
    return found if found is not None and len(found) >= size else np.empty(size, np.int64)


def _give_back(name: str, array: Any) -> None:
    if len(array) <= _KEPT_NUMBERS:
        setattr(_BUFFERS, name, array)


def _with_room(run: Any, lists: Any, count: int) -> Any:
    """The lists with room for another slice in each: entries that no longer count stay until their turn comes."""
    first, size, room = (run[run[at] : run[at] + count] for at in (cw.LIST_FIRST, cw.LIST_SIZE, cw.LIST_ROOM))
    if (size + SLICE <= room).all():
        return lists
    more = np.where(size + SLICE <= room, room, 2 * size + 2 * SLICE)
    begin = np.cumsum(more) - more
    larger = np.empty(2 * int(more.sum()), np.int64)
    for old, new, length in zip(first, begin, size, strict=True):
        larger[2 * new : 2 * (new + length)] = lists[2 * old : 2 * (old + length)]
    first[:], room[:] = begin, more
    return larger


def _grown(array: Any, size: int) -> Any:
    larger = np.empty(size, array.dtype)
    larger[: len(array)] = array
    return larger


def _raise(model: Model, run: Any) -> None:
    who, where = int(run[cw.WHO]), int(run[cw.WHERE])
    if run[TROUBLE] == cw.TOO_MANY:
        raise too_many_chances(model, who, where)
    raise stands_still(model, int(run[NOW]), who, int(run[cw.IN_STATE]), None if where < 0 else where)


def _new_run(model: Model, key: tuple[int, int], count: int, room: int) -> tuple[Any, int, int]:
    """The `run` array at the beginning, the width of a person's record, and the pairs that the lists need."""
    services, pools = len(model.services), len(model.pools)
    ways = int(np.diff(model.out_first).max(initial=0))
    run = np.zeros(cw.RUN_FIELDS + 2 * pools + pools + 2 * services + 3 * services + 6 * pools, np.int64)
    at = cw.PERSON_FIELDS
    for field, size in (
        (cw.AT_CLOCKS, cw.CLOCK_FIELDS * ways),
        (cw.AT_EVENTS, cw.EVENT_FIELDS * len(model.events)),
        (cw.AT_ENTRIES, len(model.states)),
        (cw.AT_USES, cw.USE_FIELDS * services),
        (cw.AT_EFFECTS, cw.EFFECT_STATE_FIELDS * len(model.effects)),
    ):
        run[field] = at
        at += size
    width = -(-at // 8) * 8  # whole cache lines
    run[WIDTH] = width
    at = cw.RUN_FIELDS
    for field, size in (
        (cw.PLACES, pools),
        (cw.USED, pools),
        (cw.CALLED, pools),
        (cw.WAITING_IN, services),
        (cw.OPEN_BEFORE, services),
        (cw.ENDED, 3 * services),
        (cw.LIST_FIRST, 2 * pools),
        (cw.LIST_SIZE, 2 * pools),
        (cw.LIST_ROOM, 2 * pools),
    ):
        run[field] = at
        at += size
    # A list may hold everybody for each service of its pool, and for a while entries that no longer count.
    users = np.bincount(model.pool.ravel(), minlength=pools) if services else np.zeros(pools, np.int64)
    sizes = room * (np.concatenate((users, users)) * count + 2 * SLICE)
    run[run[cw.LIST_ROOM] : run[cw.LIST_ROOM] + 2 * pools] = sizes
    run[run[cw.LIST_FIRST] : run[cw.LIST_FIRST] + 2 * pools] = np.cumsum(sizes) - sizes
    run[NOW], run[ERA], run[END] = model.begin, int(model.begin >= 0), model.end
    run[cw.KEY_LOW], run[cw.KEY_HIGH] = key
    run[COMING], run[cw.BEGUN], run[FRONT] = count, int(model.begin == 0), NOBODY
    run[cw.INSTANT], run[cw.MOST_AT_INSTANT] = model.begin, most_at_one_second(count)
    return run, width, int(sizes.sum())
