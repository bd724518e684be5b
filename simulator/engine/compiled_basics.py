"""What every part of the compiled engine uses: random numbers, heaps, the agenda, rows, and steps."""

# mypy: disable-error-code="no-untyped-def"

import math

from simulator.engine import hazards, rules
from simulator.engine.compiled_world import (
    AT_INSTANT,
    DESTINATION_FIRST,
    DESTINATION_SHARE,
    DESTINATION_TARGET,
    DUE,
    END,
    FINE,
    FRONT,
    GUIDE,
    GUIDE_CELLS,
    GUIDE_FIRST,
    GUIDE_SCALE,
    IDENTITY,
    IN_STATE,
    INSTANT,
    KEY_HIGH,
    KEY_LOW,
    LIST_FIRST,
    LIST_ROOM,
    LIST_SIZE,
    MOST_AT_INSTANT,
    MOST_DUE,
    MOST_ROWS,
    NO_SPACE,
    NOBODY,
    NOW,
    PROFILES,
    ROWS,
    SERVICES,
    STANDS_STILL,
    STATE,
    STATES,
    STEPS_FIRST,
    STEPS_LAST,
    TAG_USE,
    TROUBLE,
    WHERE,
    WHO,
)
from simulator.engine.machine_code import inlined, inner, inner_of, woven

seconds = inner_of(hazards.seconds)
time_of = inner_of(hazards.time_of)
hazard_at = inner_of(hazards.hazard_at)
hazard_by = inner_of(rules.hazard_by, hazard_at=hazard_at)
rings_at = inner_of(rules.rings_at, seconds=seconds, time_of=time_of)
strength = inner_of(rules.strength)
strength_changes = inner_of(rules.strength_changes)
step_at = inner_of(rules.step_at)
step_changes = inner_of(rules.step_changes)

_RANK, _PERSON = 44, 12
_LOW = 0xFFFFFFFF


# Random numbers (`random_numbers.uniform`, in signed words whose upper halves are masked)


@woven
def philox(k0, k1, identity, tag, visit):
    """The 52 bits of one uniform."""
    c0 = identity & _LOW
    c1 = identity >> 32
    c2 = tag
    c3 = visit
    for _ in range(10):
        p = 0xD2511F53 * c0
        q = 0xCD9E8D57 * c2
        c0 = ((q >> 32) & _LOW) ^ c1 ^ k0
        c1 = q & _LOW
        c2 = ((p >> 32) & _LOW) ^ c3 ^ k1
        c3 = p & _LOW
        k0 = (k0 + 0x9E3779B9) & _LOW
        k1 = (k1 + 0xBB67AE85) & _LOW
    return ((c1 << 32 | c0) >> 12) & 0xFFFFFFFFFFFFF


@woven
def uniform_by_key(k0, k1, identity, tag, visit):
    return (philox(k0, k1, identity, tag, visit) + 0.5) * 2.220446049250313e-16


@inner
def uniform(w, person, tag, visit):
    """u in (0, 1). person: the place of the record."""
    return uniform_by_key(w.run[KEY_LOW], w.run[KEY_HIGH], w.people[person + IDENTITY], tag, visit)


@woven
def exponential(w, person, tag, visit):
    return -math.log(uniform(w, person, tag, visit))


# Heaps of pairs, smallest first, with four children a node (half as deep as with two): `heap[2 * first]` on


@inner
def heap_push(heap, first, size, a, b):
    """Put (a, b) into a heap of `size` pairs."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        i = 2 * (first + above)
        if heap[i] < a or (heap[i] == a and heap[i + 1] <= b):
            break
        heap[2 * (first + at)] = heap[i]
        heap[2 * (first + at) + 1] = heap[i + 1]
        at = above
    heap[2 * (first + at)] = a
    heap[2 * (first + at) + 1] = b


@inner
def smallest_of(heap, i, count):
    """Which of `count` pairs from heap[i] on is the smallest."""
    best = 0
    for j in range(1, count):
        if heap[i + 2 * j] < heap[i + 2 * best] or (
            heap[i + 2 * j] == heap[i + 2 * best] and heap[i + 2 * j + 1] < heap[i + 2 * best + 1]
        ):
            best = j
    return best


@woven
def heap_drop(heap, first, size):
    """Take the smallest away from a heap of `size` pairs, which is then one shorter."""
    last = 2 * (first + size - 1)
    a, b = heap[last], heap[last + 1]
    size -= 1
    at = 0
    # Down to a leaf along the smallest children, then up: the last pair belongs near the bottom. Which child is smallest
    # is reckoned without branches, which the processor would guess wrong every other time; ties are few.
    while 4 * at + 1 < size:
        child = 4 * at + 1
        i = 2 * (first + child)
        if child + 3 < size:
            t0, t1, t2, t3 = heap[i], heap[i + 2], heap[i + 4], heap[i + 6]
            left = min(t0, t1)
            right = min(t2, t3)
            best = (2 + int(t3 < t2)) if right < left else int(t1 < t0)
            if (t0 == t1) | (t2 == t3) | (left == right):
                best = smallest_of(heap, i, 4)
        else:
            best = smallest_of(heap, i, size - child)
        i += 2 * best
        heap[2 * (first + at)] = heap[i]
        heap[2 * (first + at) + 1] = heap[i + 1]
        at = child + best
    heap_push(heap, first, at, a, b)


# The agenda


@inlined
def key_of(rank, person, service):
    return rank << _RANK | person << _PERSON | service


@woven
def put(w, time, rank, person, service):
    """Schedule something; what is due at the end of the run or later never happens."""
    run = w.run
    if time >= run[END]:
        return
    key = key_of(rank, person, service)
    if time == run[NOW]:
        # Most of what is due at once is next: one such key waits in front of the heap.
        front = run[FRONT]
        if key < front:
            run[FRONT] = key
            if front == NOBODY:
                return
            key = front
    if run[DUE] >= run[MOST_DUE]:
        run[TROUBLE] = NO_SPACE
        return
    heap_push(w.agenda, 0, run[DUE], time, key)
    run[DUE] += 1


@woven
def list_push(w, which, a, b):
    """Put a pair into one of the lists."""
    run = w.run
    size = run[run[LIST_SIZE] + which]
    if size >= run[run[LIST_ROOM] + which]:
        run[TROUBLE] = NO_SPACE
        return
    heap_push(w.lists, run[run[LIST_FIRST] + which], size, a, b)
    run[run[LIST_SIZE] + which] = size + 1


@woven
def list_drop(w, which):
    """Take the first away from one of the lists."""
    run = w.run
    size = run[run[LIST_SIZE] + which]
    heap_drop(w.lists, run[run[LIST_FIRST] + which], size)
    run[run[LIST_SIZE] + which] = size - 1


@woven
def row(w, person, item, what, why):
    """Record what happens now. person: their number."""
    run = w.run
    n = run[ROWS]
    if n >= run[MOST_ROWS]:
        run[TROUBLE] = NO_SPACE
        return
    w.rows[2 * n] = run[NOW]
    w.rows[2 * n + 1] = person | item << 32 | what << 48 | why << 56
    run[ROWS] = n + 1


@woven
def guard(w, number, person, service):
    """Notice an instant that never ends. person: the place of the record; number: theirs."""
    run = w.run
    if run[NOW] != run[INSTANT]:
        run[INSTANT] = run[NOW]
        run[AT_INSTANT] = 0
    run[AT_INSTANT] += 1
    if run[AT_INSTANT] > run[MOST_AT_INSTANT] and run[TROUBLE] == FINE:
        run[TROUBLE] = STANDS_STILL
        run[WHO] = number
        run[WHERE] = service
        run[IN_STATE] = w.people[person + STATE]


# Reading the model


@inner
def steps_value(w, steps, t):
    """The value in force at t of a list of steps."""
    ints = w.ints
    return step_at(
        w.step_times, w.step_values, ints[ints[STEPS_FIRST] + steps], ints[ints[STEPS_LAST] + steps], t
    )


@woven
def knots_about(w, table, h):
    """The part of a table in which `time_of` finds the hazard h: its first and last knot."""
    ints = w.ints
    cell = int(min(h * w.floats[ints[GUIDE_SCALE] + table], float(ints[ints[GUIDE_CELLS] + table])))
    at = ints[GUIDE] + ints[ints[GUIDE_FIRST] + table] + 2 * cell
    return ints[at], ints[at + 1]


@woven
def duration(w, table, e):
    """Seconds of a sampled time: the table's time at hazard e."""
    first, last = knots_about(w, table, e)
    return seconds(time_of(w.xs, w.hs, first, last, e))


@inlined
def of_service(w, array, era, service):
    """A number by era and service."""
    ints = w.ints
    return ints[ints[array] + era * ints[SERVICES] + service]


@inlined
def of_service_state(w, array, era, service, state):
    """A number by era, service and state."""
    ints = w.ints
    return ints[ints[array] + (era * ints[SERVICES] + service) * ints[STATES] + state]


@inlined
def of_use(w, array, era, service, profile, state):
    """A number by era, service, profile and state."""
    ints = w.ints
    return ints[
        ints[array] + ((era * ints[SERVICES] + service) * ints[PROFILES] + profile) * ints[STATES] + state
    ]


@inlined
def tag_of_use(w, purpose, service, origin):
    ints = w.ints
    return ints[ints[TAG_USE] + (purpose * ints[SERVICES] + service) * ints[STATES] + origin]


@inner
def pick_target(w, person, destination, tag, visit):
    """One of a destination's targets by its shares, or -1 for staying. person: the place of the record."""
    ints = w.ints
    index = ints[ints[DESTINATION_FIRST] + destination]
    stop = ints[ints[DESTINATION_FIRST] + destination + 1]
    total = 0.0
    u = -1.0
    while index < stop:
        total += steps_value(w, ints[ints[DESTINATION_SHARE] + index], w.run[NOW])
        if total >= 1:
            return ints[ints[DESTINATION_TARGET] + index]
        if u < 0:
            u = uniform(w, person, tag, visit)
        if u < total:
            return ints[ints[DESTINATION_TARGET] + index]
        index += 1
    return -1
