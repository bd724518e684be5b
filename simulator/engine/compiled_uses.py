"""Uses of services in the compiled engine, up to what may move a person (LANGUAGE section 6).

The same steps as `simpy_services`. A person is named by their number and by the place of their record (`person`), a use
by the service and the place of its record (`use`).
"""

# mypy: disable-error-code="no-untyped-def"

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.compiled_basics import (
    duration,
    exponential,
    list_push,
    of_service,
    of_service_state,
    of_use,
    put,
    row,
    steps_value,
    tag_of_use,
    uniform,
)
from simulator.engine.compiled_clocks import for_effects
from simulator.engine.compiled_world import (
    AFFECTS,
    AFTER,
    AT_EFFECTS,
    AT_USES,
    AT_WORK,
    BEGAN,
    CALLED,
    CLOSED_USE,
    DOSE,
    EFFECT_DURING,
    EFFECT_ERA,
    EFFECT_KEPT,
    EFFECT_LASTS,
    EFFECT_STATE_FIELDS,
    EFFECTS,
    EFFECTS_FIRST,
    EFFECTS_OF,
    ELIGIBLE,
    ENDS,
    ENTRY,
    ERA,
    EVER_STARTED,
    EXISTS,
    FINE,
    FULL_UNTIL,
    HEAD_START,
    IN_POOL,
    KEPT,
    LIST_SIZE,
    MARKS,
    NOBODY,
    NOTHING,
    NOW,
    OF_ERA,
    OF_STAY_ERA,
    ONCE,
    OPEN_USES,
    ORIGIN,
    PENDING_USE,
    PLACES,
    PLANNED,
    POOL_OF,
    PROFILE,
    SCORE,
    SHARE,
    STATE,
    STATUS,
    TOO_MANY,
    TROUBLE,
    USE_FIELDS,
    USED,
    VISIT,
    WAITING_IN,
    WAITING_USE,
    WHERE,
    WHO,
    WORK,
)
from simulator.engine.happenings import ALLOCATE, MOST_CHANCES, REFER
from simulator.engine.hazards import NEVER
from simulator.engine.machine_code import inlined, inner, woven


@inlined
def use_of(w, person, service):
    """The place of the record of a person's use of a service."""
    return person + w.run[AT_USES] + USE_FIELDS * service


@inlined
def era_of(w, use):
    """Whose rules the use follows up to the start."""
    return w.people[use + MARKS] & OF_ERA


@inlined
def stay_era_of(w, use):
    """Whose rules the stay follows."""
    return (w.people[use + MARKS] & OF_STAY_ERA) >> 1


@inner
def yes(w, person, service, use, steps, purpose):
    """Whether a share, drawn for this use, says yes (1) or no (0). No share is 100%."""
    if steps < 0:
        return 1
    share = steps_value(w, steps, w.run[NOW])
    if share >= 1:
        return 1
    if share <= 0:
        return 0
    tag = tag_of_use(w, purpose, service, w.people[use + ORIGIN] - 1)
    return 1 if uniform(w, person, tag, w.people[use + VISIT]) < share else 0


@woven
def time_for(w, person, service, use, table, purpose):
    """Seconds of a time drawn for this use."""
    tag = tag_of_use(w, purpose, service, w.people[use + ORIGIN] - 1)
    return duration(w, table, exponential(w, person, tag, w.people[use + VISIT]))


@inner
def new_use(w, number, person, service, use):
    """Begin a use with its own chance number among those at the current entry to the state."""
    people = w.people
    state = people[person + STATE]
    entry = people[person + ENTRY]
    chance = 0
    if people[use + ORIGIN] == state + 1 and people[use + VISIT] >> 16 == entry:
        chance = (people[use + VISIT] & 0xFFFF) + 1
    if chance >= MOST_CHANCES or entry >= MOST_CHANCES:
        if w.run[TROUBLE] == FINE:
            w.run[TROUBLE] = TOO_MANY
            w.run[WHO] = number
            w.run[WHERE] = service
        return
    people[use + ORIGIN] = state + 1  # 0 stands for none
    people[use + VISIT] = entry << 16 | chance
    people[use + MARKS] = people[use + MARKS] & EVER_STARTED | (OF_ERA | OF_STAY_ERA) * w.run[ERA]
    people[use + PLANNED] = NEVER
    people[use + ENDS] = NOBODY


@woven
def is_open(w, service):
    """A service without places is closed: nobody is referred, handed off or counted."""
    era = w.run[ERA]
    return (
        of_service(w, EXISTS, era, service) != 0
        and w.run[w.run[PLACES] + of_service(w, POOL_OF, era, service)] > 0
    )


@woven
def not_again(w, service, use):
    """Whether the service takes a person once only, and has."""
    return of_service(w, ONCE, w.run[ERA], service) != 0 and w.people[use + MARKS] & EVER_STARTED != 0


@inner
def identify(w, number, person, service):
    """The chance of referral that entering a state brings."""
    use = use_of(w, person, service)
    if not is_open(w, service) or not_again(w, service, use):
        return
    new_use(w, number, person, service, use)
    steps = of_use(w, SHARE, w.run[ERA], service, w.people[person + PROFILE], w.people[person + STATE])
    if yes(w, person, service, use, steps, m.IDENTIFY):
        pend(w, number, person, service, use)
    else:
        row(w, number, service, h.MISSED, h.NONE)


@inner
def hand_off(w, number, person, service):
    """A referral by another service, an event, or the service itself: no share is drawn."""
    use = use_of(w, person, service)
    if w.people[use + STATUS] != CLOSED_USE or not is_open(w, service) or not_again(w, service, use):
        return
    if of_service_state(w, ELIGIBLE, w.run[ERA], service, w.people[person + STATE]) == 0:
        row(w, number, service, h.LAPSED, h.BY_STATE)
        return
    new_use(w, number, person, service, use)
    pend(w, number, person, service, use)


@woven
def pend(w, number, person, service, use):
    """Identified: the time to referral runs."""
    people = w.people
    people[use + STATUS] = PENDING_USE
    people[person + OPEN_USES] += 1
    table = of_use(w, AFTER, era_of(w, use), service, people[person + PROFILE], people[person + STATE])
    at = w.run[NOW]
    if table >= 0:
        at += time_for(w, person, service, use, table, m.DELAY)
    people[use + ENDS] = at
    put(w, at, REFER, number, service)


@woven
def into_list(w, number, person, service, use):
    """Put a waiting person into the list at the place their state and segment give them."""
    people = w.people
    era = w.run[ERA]
    pool = of_service(w, POOL_OF, era, service)
    score = people[use + BEGAN] + of_use(
        w, HEAD_START, era, service, people[person + PROFILE], people[person + STATE]
    )
    people[use + IN_POOL] = pool
    people[use + SCORE] = score
    list_push(w, pool, score, number << 12 | service)


@inner
def lapse(w, number, person, service, use, why):
    """End a use that has not started: off the list, or no referral after all."""
    waiting = w.people[use + STATUS] == WAITING_USE
    close_use(w, person, use)
    if waiting:
        w.run[w.run[WAITING_IN] + service] -= 1
    row(w, number, service, h.OFF_LIST if waiting else h.LAPSED, why)


@woven
def close_use(w, person, use):
    w.people[use + STATUS] = CLOSED_USE
    w.people[use + ENDS] = NOBODY
    w.people[person + OPEN_USES] -= 1


@woven
def call(w, pool):
    """Have free places offered later in this second."""
    run = w.run
    if run[run[CALLED] + pool] == 0:
        run[run[CALLED] + pool] = 1
        put(w, run[NOW], ALLOCATE, 0, pool)


@woven
def begin_effects(w, number, person, service, use, era):
    """The effects of a stay begin; what was left of the same effects is gone."""
    ints = w.ints
    people = w.people
    first = ints[ints[EFFECTS_FIRST] + service]
    stop = ints[ints[EFFECTS_FIRST] + service + 1]
    if first == stop:
        return
    people[use + MARKS] |= AFFECTS
    for_effects(w, number, person, service, 0)
    for index in range(first, stop):
        effect = ints[ints[EFFECTS_OF] + index]
        at = person + w.run[AT_EFFECTS] + EFFECT_STATE_FIELDS * effect
        during = ints[ints[EFFECT_DURING] + era * ints[EFFECTS] + effect]
        people[at + WORK] = AT_WORK if during != 0 else NOTHING
        people[at + EFFECT_ERA] = era
    for_effects(w, number, person, service, 1)


@inner
def end(w, number, person, service, use, why):
    """Give the place back; effects end, or go on for those who keep them."""
    ints = w.ints
    people = w.people
    run = w.run
    now = run[NOW]
    close_use(w, person, use)
    row(w, number, service, h.ENDED, why)
    pool = people[use + IN_POOL]
    run[run[USED] + pool] -= 1
    if run[run[LIST_SIZE] + pool] > 0:
        call(w, pool)
    if people[use + MARKS] & AFFECTS == 0:  # none, or the move on starting has ended the stay at once
        return
    for_effects(w, number, person, service, 0)
    era = stay_era_of(w, use)
    for index in range(ints[ints[EFFECTS_FIRST] + service], ints[ints[EFFECTS_FIRST] + service + 1]):
        effect = ints[ints[EFFECTS_OF] + index]
        at = person + run[AT_EFFECTS] + EFFECT_STATE_FIELDS * effect
        here = era * ints[EFFECTS] + effect
        kept = ints[ints[EFFECT_KEPT] + here]
        people[at + WORK] = NOTHING
        if kept == m.KEPT_ALL or kept == m.KEPT_DOSE or (kept == m.KEPT_COMPLETERS and why == h.COMPLETED):
            people[at + WORK] = KEPT
            people[at + FULL_UNTIL] = min(now + ints[ints[EFFECT_LASTS] + here], NEVER)
            w.left[at + DOSE] = 1.0
            planned = people[use + PLANNED]
            if kept == m.KEPT_DOSE and 0 < planned < NEVER:
                w.left[at + DOSE] = min(1.0, (now - people[use + BEGAN]) / planned)
    for_effects(w, number, person, service, 1)
