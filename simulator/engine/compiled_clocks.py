"""Clocks in the compiled engine: settled, planned, and the earliest of them chosen (SEMANTICS section 7).

The same steps as `person.Arithmetic`, on records. A clock is named by its number (a transition, or the number of
transitions + an event) and the place of its record.
"""

# mypy: disable-error-code="no-untyped-def"

import math

from simulator.engine.compiled_basics import (
    hazard_by,
    knots_about,
    put,
    rings_at,
    seconds,
    step_changes,
    steps_value,
    strength,
    strength_changes,
)
from simulator.engine.compiled_world import (
    AT_CLOCKS,
    AT_EFFECTS,
    AT_EVENTS,
    CLOCK_FIELDS,
    DOSE,
    EFFECT_ERA,
    EFFECT_FADE,
    EFFECT_FADE_STEPS,
    EFFECT_STATE_FIELDS,
    EFFECTS,
    END,
    ENTRY_ERA,
    EVENT_FIELDS,
    EVENT_RATE,
    EVENTS,
    FULL_UNTIL,
    KEPT,
    LAST,
    LEAVE_AT,
    LEFT,
    NOTHING,
    NOW,
    OUT_FIRST,
    PAIR_EFFECT,
    PAIR_RATIO,
    PAIRS,
    PAIRS_FIRST,
    PAIRS_ON,
    PROFILE,
    PROFILES,
    RINGS,
    SINCE,
    SLOT_TIME,
    SLOT_WHAT,
    STATE,
    STATES,
    STEPS_FIRST,
    STEPS_LAST,
    TABLE_FIRST,
    TABLE_LAST,
    TOUCHES,
    TRANSITION_MULTIPLIER,
    TRANSITION_TABLE,
    TRANSITIONS,
    WORK,
)
from simulator.engine.happenings import CHANGE, EVENT, LEAVE
from simulator.engine.hazards import NEVER
from simulator.engine.machine_code import inlined, inner, woven
from simulator.engine.model import SECONDS_A_DAY


@inlined
def table_of(w, person, number):
    """The table of a clock: of a transition under the rules in force when the state was entered, or -1; of an event -1."""
    ints = w.ints
    if number >= ints[TRANSITIONS]:
        return -1
    era = w.people[person + ENTRY_ERA]
    return ints[
        ints[TRANSITION_TABLE]
        + (era * ints[TRANSITIONS] + number) * ints[PROFILES]
        + w.people[person + PROFILE]
    ]


@inlined
def rate_steps(w, person, number):
    """The steps of an event's rate for this person in their state, or -1."""
    ints = w.ints
    event = number - ints[TRANSITIONS]
    return ints[
        ints[EVENT_RATE]
        + (event * ints[PROFILES] + w.people[person + PROFILE]) * ints[STATES]
        + w.people[person + STATE]
    ]


@inner
def multiplier(w, person, number, t):
    """Base x effects at t."""
    ints = w.ints
    people = w.people
    if number < ints[TRANSITIONS]:
        value = w.floats[
            ints[TRANSITION_MULTIPLIER]
            + (people[person + ENTRY_ERA] * ints[TRANSITIONS] + number) * ints[PROFILES]
            + people[person + PROFILE]
        ]
    else:
        steps = rate_steps(w, person, number)
        value = 0.0 if steps < 0 else steps_value(w, steps, t)
    for index in range(ints[ints[PAIRS_FIRST] + number], ints[ints[PAIRS_FIRST] + number + 1]):
        pair = ints[ints[PAIRS_ON] + index]
        effect = ints[ints[PAIR_EFFECT] + pair]
        at = person + w.run[AT_EFFECTS] + EFFECT_STATE_FIELDS * effect
        work = people[at + WORK]
        if work == NOTHING:
            continue
        era = people[at + EFFECT_ERA]
        ratio = w.floats[
            ints[PAIR_RATIO] + (era * ints[PAIRS] + pair) * ints[PROFILES] + people[person + PROFILE]
        ]
        if work == KEPT:
            dose = w.left[at + DOSE]
            if dose != 1.0:
                ratio = ratio**dose
            here = era * ints[EFFECTS] + effect
            ratio = strength(
                ratio,
                people[at + FULL_UNTIL],
                ints[ints[EFFECT_FADE] + here],
                ints[ints[EFFECT_FADE_STEPS] + here],
                t,
            )
        value *= ratio
    return value


@inner
def changes(w, person, number, t):
    """The next second after t at which the multiplier may change by itself."""
    ints = w.ints
    people = w.people
    found = NEVER
    if number >= ints[TRANSITIONS]:
        steps = rate_steps(w, person, number)
        if steps >= 0:
            found = step_changes(
                w.step_times, ints[ints[STEPS_FIRST] + steps], ints[ints[STEPS_LAST] + steps], t
            )
    for index in range(ints[ints[PAIRS_FIRST] + number], ints[ints[PAIRS_FIRST] + number + 1]):
        effect = ints[ints[PAIR_EFFECT] + ints[ints[PAIRS_ON] + index]]
        at = person + w.run[AT_EFFECTS] + EFFECT_STATE_FIELDS * effect
        if people[at + WORK] == KEPT:
            here = people[at + EFFECT_ERA] * ints[EFFECTS] + effect
            found = min(
                found,
                strength_changes(
                    people[at + FULL_UNTIL],
                    ints[ints[EFFECT_FADE] + here],
                    ints[ints[EFFECT_FADE_STEPS] + here],
                    t,
                ),
            )
    return found


@woven
def hazard_since(w, person, table, t):
    """Integrated hazard of a clock's table by a second; of an event, which has none, days."""
    if table < 0:
        return t / SECONDS_A_DAY
    ints = w.ints
    return hazard_by(
        w.xs,
        w.hs,
        ints[ints[TABLE_FIRST] + table],
        ints[ints[TABLE_LAST] + table],
        w.people[person + SINCE],
        t,
    )


@woven
def used(table, begin, end, before, after, by):
    """Hazard used between two seconds with `before` and `after` of the table, at a multiplier."""
    if by == 0:
        return 0.0
    if table < 0:
        return by * ((end - begin) / SECONDS_A_DAY)
    rise = after - before
    return by * rise if rise > 0 else 0.0


@woven
def rings(w, person, table, t, h, left, by):
    """When a clock rings that has used h of its table by t, if its multiplier stays."""
    if table < 0:
        return t + seconds(left / by)
    if h == math.inf:
        return t
    goal = h + left / by
    first, last = knots_about(w, table, goal)
    return rings_at(w.xs, w.hs, first, last, w.people[person + SINCE], t, goal)


@inner
def settle(w, person, number, clock, t):
    """Take off what the clock has used up since it was last settled."""
    s = w.people[clock + LAST]
    if s >= t:
        return
    table = table_of(w, person, number)
    left = w.left[clock + LEFT]
    before = hazard_since(w, person, table, s)
    while s < t:
        until = min(changes(w, person, number, s), t)
        after = hazard_since(w, person, table, until)
        left = max(left - used(table, s, until, before, after, multiplier(w, person, number, s)), 0.0)
        s = until
        before = after
    w.left[clock + LEFT] = left
    w.people[clock + LAST] = t


@inner
def plan(w, person, number, clock, t):
    """Work out when the clock rings, looking ahead over every change of its multiplier."""
    ints = w.ints
    end = w.run[END]
    s = t
    left = w.left[clock + LEFT]
    table = table_of(w, person, number)
    before = hazard_since(w, person, table, s)
    for_good = table >= 0 and ints[ints[PAIRS_FIRST] + number] == ints[ints[PAIRS_FIRST] + number + 1]
    while s < end:
        by = multiplier(w, person, number, s)
        until = NEVER if for_good else changes(w, person, number, s)
        if by > 0:
            at = rings(w, person, table, s, before, left, by)
            if at <= until:
                w.people[clock + RINGS] = at
                return
        if until >= end:
            break
        after = hazard_since(w, person, table, until)
        left = max(left - used(table, s, until, before, after, by), 0.0)
        s = until
        before = after
    w.people[clock + RINGS] = NEVER


@woven
def settle_events(w, person):
    """Settle the clocks of recurrent events."""
    first = w.ints[TRANSITIONS]
    clock = person + w.run[AT_EVENTS]
    for event in range(w.ints[EVENTS]):
        settle(w, person, first + event, clock, w.run[NOW])
        clock += EVENT_FIELDS


@woven
def plan_events(w, person):
    """Plan the clocks of recurrent events."""
    first = w.ints[TRANSITIONS]
    clock = person + w.run[AT_EVENTS]
    for event in range(w.ints[EVENTS]):
        plan(w, person, first + event, clock, w.run[NOW])
        clock += EVENT_FIELDS


@woven
def settle_or_plan(w, person, number, clock, planning):
    if planning:
        plan(w, person, number, clock, w.run[NOW])
    else:
        settle(w, person, number, clock, w.run[NOW])


@inner
def for_effects(w, number, person, service, planning):
    """Settle, or plan, every clock that the effects of a service touch; then choose. person: the place; number: theirs."""
    ints = w.ints
    touches = ints[TOUCHES] + service * (ints[TRANSITIONS] + ints[EVENTS])
    state = w.people[person + STATE]
    k = ints[ints[OUT_FIRST] + state]
    stop = ints[ints[OUT_FIRST] + state + 1]
    clock = person + w.run[AT_CLOCKS]
    while k < stop:
        if ints[touches + k] != 0 and w.people[clock + LAST] != NEVER:  # NEVER: void, or no such way
            settle_or_plan(w, person, k, clock, planning)
        k += 1
        clock += CLOCK_FIELDS
    clock = person + w.run[AT_EVENTS]
    for event in range(ints[EVENTS]):
        k = ints[TRANSITIONS] + event
        if ints[touches + k] != 0:
            settle_or_plan(w, person, k, clock, planning)
        clock += EVENT_FIELDS
    if planning:
        choose(w, number, person)


@inner
def choose(w, number, person):
    """Put the earliest of a person's clocks into their slot: events before transitions before leaving."""
    ints = w.ints
    people = w.people
    time = NEVER
    rank = 0
    which = 0
    clock = person + w.run[AT_EVENTS]
    for event in range(ints[EVENTS]):
        if people[clock + RINGS] < time:
            time = people[clock + RINGS]
            rank = EVENT
            which = event
        clock += EVENT_FIELDS
    state = people[person + STATE]
    clock = person + w.run[AT_CLOCKS]
    for k in range(ints[ints[OUT_FIRST] + state], ints[ints[OUT_FIRST] + state + 1]):
        if people[clock + RINGS] < time:  # NEVER for a way that is not there
            time = people[clock + RINGS]
            rank = CHANGE
            which = k
        clock += CLOCK_FIELDS
    if people[person + LEAVE_AT] < time:
        time = people[person + LEAVE_AT]
        rank = LEAVE
        which = 0
    what = rank << 32 | which
    if people[person + SLOT_TIME] != time or people[person + SLOT_WHAT] >> 32 != rank:
        put(w, time, rank, number, 0)  # otherwise the one that is there will do
    people[person + SLOT_TIME] = time
    people[person + SLOT_WHAT] = what
