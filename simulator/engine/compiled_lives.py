"""People in the compiled engine: arriving, changing state, events, leaving (SEMANTICS section 10), as `simpy_lives`."""

# mypy: disable-error-code="no-untyped-def"

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.compiled_basics import (
    exponential,
    of_service,
    of_service_state,
    pick_target,
    row,
    tag_of_use,
)
from simulator.engine.compiled_clocks import choose, plan, plan_events, settle_events, table_of
from simulator.engine.compiled_uses import (
    end,
    era_of,
    hand_off,
    identify,
    into_list,
    lapse,
    stay_era_of,
    use_of,
)
from simulator.engine.compiled_world import (
    ARRIVED,
    AT_CLOCKS,
    AT_ENTRIES,
    AT_EVENTS,
    C_ARRIVAL,
    C_IDENTITY,
    C_LEAVE_AT,
    C_PROFILE,
    C_STATE,
    CLOCK_FIELDS,
    CLOSED_USE,
    COMING,
    COUNT,
    ELIGIBLE,
    ENDED,
    ENTRY,
    ENTRY_ERA,
    ERA,
    EVENT_FIELDS,
    EVENT_TO,
    EVENTS,
    FREE,
    GIVES_CHANCE,
    IDENTITY,
    IN_USE,
    LAST,
    LEAVE_AT,
    LEFT,
    NOBODY,
    NOW,
    OPEN_USES,
    ORIGIN,
    OUT_FIRST,
    PRESENT,
    PROFILE,
    RECORDS,
    RINGS,
    SERVICES,
    SINCE,
    SLOT_TIME,
    STATE,
    STATES,
    STATUS,
    STAYS_IN,
    TAG_EVENT,
    TAG_EVENT_TO,
    TAG_TRANSITION,
    THEN,
    TRANSITIONS,
    UNTIL_NEED_ENDS,
    VISIT,
    WAITING_USE,
    WIDTH,
)
from simulator.engine.hazards import NEVER
from simulator.engine.machine_code import inlined, inner, woven

_WAYS = len(m.WAYS)


@woven
def leave(w, number, person, why):
    """Leave for good."""
    if w.people[person + OPEN_USES] > 0:
        for service in range(w.ints[SERVICES]):
            use = use_of(w, person, service)
            status = w.people[use + STATUS]
            if status == IN_USE:
                end(w, number, person, service, use, h.BY_LEAVING)
            elif status != CLOSED_USE:
                lapse(w, number, person, service, use, h.BY_LEAVING)
    row(w, number, w.people[person + STATE], h.LEFT, why)
    w.people[person + PRESENT] = 0
    run = w.run
    w.slots[number] = -1
    w.slots[run[COMING] + run[FREE]] = person
    run[FREE] += 1


@inlined
def after_way(w, service, era, way):
    """The destination after a way of ending, or -1."""
    return w.ints[w.ints[THEN] + (era * w.ints[SERVICES] + service) * _WAYS + way]


@woven
def changed_uses(w, number, person, state):
    """Stays, lists and referrals at a change of state. Puts what has ended and leads somewhere into scratch: how many."""
    people = w.people
    run = w.run
    ended = 0
    for service in range(w.ints[SERVICES]):
        use = use_of(w, person, service)
        status = people[use + STATUS]
        if status == CLOSED_USE:
            continue
        if status == IN_USE:
            era = stay_era_of(w, use)
            if of_service_state(w, STAYS_IN, era, service, state) == 0:
                done = of_service(w, UNTIL_NEED_ENDS, era, service) != 0
                end(w, number, person, service, use, h.COMPLETED if done else h.BY_STATE)
                destination = after_way(w, service, era, m.COMPLETED if done else m.CUT_SHORT)
                if destination >= 0:
                    # The record may be another use's by the time this one's `then` is followed.
                    at = run[ENDED] + 3 * ended
                    run[at] = destination
                    run[at + 1] = tag_of_use(w, m.MOVE, service, people[use + ORIGIN] - 1)
                    run[at + 2] = people[use + VISIT]
                    ended += 1
        elif of_service_state(w, ELIGIBLE, era_of(w, use), service, state) == 0:
            lapse(w, number, person, service, use, h.BY_STATE)
        elif status == WAITING_USE:
            into_list(w, number, person, service, use)
    return ended


@woven
def start_clocks(w, person, state):
    """New clocks for the ways out of a state just entered."""
    ints = w.ints
    people = w.people
    now = w.run[NOW]
    first = ints[ints[OUT_FIRST] + state]
    stop = ints[ints[OUT_FIRST] + state + 1]
    # Drawn one after the other before anything is planned, so that the processor can work on several draws at once.
    clock = person + w.run[AT_CLOCKS]
    for k in range(first, stop):
        if table_of(w, person, k) >= 0:
            w.left[clock + LEFT] = exponential(
                w, person, ints[ints[TAG_TRANSITION] + k], people[person + ENTRY]
            )
            people[clock + LAST] = now
        clock += CLOCK_FIELDS
    clock = person + w.run[AT_CLOCKS]
    for k in range(first, stop):
        if people[clock + LAST] == now:
            plan(w, person, k, clock, now)
        clock += CLOCK_FIELDS


@inner
def enter(w, number, person, state, why):
    """Come into a state: stays and referrals it ends, clocks it starts, chances it brings; and where those ends lead."""
    ints = w.ints
    people = w.people
    run = w.run
    services = ints[SERVICES]
    while state >= 0:
        if state == ints[STATES]:
            leave(w, number, person, why)
            return
        settle_events(w, person)
        row(w, number, state, h.ARRIVED if why == h.NONE else h.STATE, why)
        entries = person + run[AT_ENTRIES] + state
        people[person + ENTRY] = people[entries]
        people[entries] += 1
        people[person + STATE] = state
        people[person + SINCE] = run[NOW]
        people[person + ENTRY_ERA] = run[ERA]
        # The clocks of the old state are void, and services that end below find none until the new ones start.
        clock = person + run[AT_CLOCKS]
        for _ in range(ints[ints[OUT_FIRST] + state], ints[ints[OUT_FIRST] + state + 1]):
            people[clock + LAST] = NEVER
            people[clock + RINGS] = NEVER
            clock += CLOCK_FIELDS
        ended = 0
        if people[person + OPEN_USES] > 0:
            ended = changed_uses(w, number, person, state)
        start_clocks(w, person, state)
        plan_events(w, person)
        choose(w, number, person)
        for service in range(services):
            if (
                of_service_state(w, GIVES_CHANCE, run[ERA], service, state) != 0
                and people[use_of(w, person, service) + STATUS] == CLOSED_USE
            ):
                identify(w, number, person, service)
        # Follow what has ended: hand-offs until one moves the person on, which is one more turn of the loop.
        state = -1
        for index in range(ended):
            at = run[ENDED] + 3 * index
            target = pick_target(w, person, run[at], run[at + 1], run[at + 2])
            if target > ints[STATES]:
                hand_off(w, number, person, target - ints[STATES] - 1)
            elif target >= 0:
                state = target
                why = h.MOVED
                break


@woven
def go(w, number, person, target):
    """Follow a destination: a state, leaving, a service, or (-1) nowhere."""
    if target > w.ints[STATES]:
        hand_off(w, number, person, target - w.ints[STATES] - 1)
    elif target >= 0:
        enter(w, number, person, target, h.MOVED)


@woven
def event(w, number, person, which):
    """A recurrent event happens; it may move the person or hand them off."""
    ints = w.ints
    people = w.people
    now = w.run[NOW]
    row(w, number, which, h.EVENT, h.NONE)
    clock = person + w.run[AT_EVENTS] + EVENT_FIELDS * which
    count = people[clock + COUNT]
    people[clock + COUNT] = count + 1
    w.left[clock + LEFT] = exponential(w, person, ints[ints[TAG_EVENT] + which], count + 1)
    people[clock + LAST] = now
    plan(w, person, ints[TRANSITIONS] + which, clock, now)
    destination = ints[ints[EVENT_TO] + w.run[ERA] * ints[EVENTS] + which]
    if destination >= 0:
        go(w, number, person, pick_target(w, person, destination, ints[ints[TAG_EVENT_TO] + which], count))
    if people[person + PRESENT] != 0:
        choose(w, number, person)


@woven
def arrive(w, number):
    """The next person comes."""
    ints = w.ints
    people = w.people
    run = w.run
    coming = run[COMING]
    width = run[WIDTH]
    if run[FREE] > 0:
        run[FREE] -= 1
        person = w.slots[coming + run[FREE]]
    else:
        person = run[RECORDS] * width
        run[RECORDS] += 1
    w.slots[number] = person
    for field in range(width):  # the record is another's
        people[person + field] = 0
    people[person + IDENTITY] = w.coming[C_IDENTITY * coming + number]
    people[person + PROFILE] = w.coming[C_PROFILE * coming + number]
    people[person + LEAVE_AT] = w.coming[C_LEAVE_AT * coming + number]
    people[person + PRESENT] = 1
    people[person + SLOT_TIME] = NOBODY
    run[ARRIVED] = number + 1
    clock = person + run[AT_EVENTS]
    for which in range(ints[EVENTS]):
        w.left[clock + LEFT] = exponential(w, person, ints[ints[TAG_EVENT] + which], 0)
        people[clock + LAST] = w.coming[C_ARRIVAL * coming + number]
        people[clock + RINGS] = NEVER
        clock += EVENT_FIELDS
    enter(w, number, person, w.coming[C_STATE * coming + number], h.NONE)
