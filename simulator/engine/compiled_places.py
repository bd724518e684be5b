"""Referrals, lists, places and their timetable in the compiled engine, as `simpy_services` and `simpy_engine`."""

# mypy: disable-error-code="no-untyped-def"

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.compiled_basics import (
    guard,
    heap_push,
    list_drop,
    list_push,
    of_service,
    of_service_state,
    of_use,
    pick_target,
    put,
    row,
    steps_value,
    tag_of_use,
    uniform,
)
from simulator.engine.compiled_lives import after_way, go
from simulator.engine.compiled_uses import (
    begin_effects,
    call,
    close_use,
    end,
    era_of,
    identify,
    into_list,
    is_open,
    lapse,
    stay_era_of,
    time_for,
    use_of,
    yes,
)
from simulator.engine.compiled_world import (
    ARRIVED,
    BEGAN,
    BEGUN,
    CALLED,
    CLOSED_USE,
    DROP_OUT_SHARE,
    DROP_OUT_TABLE,
    DROPS,
    ENDS,
    ERA,
    EVER_STARTED,
    EXISTS,
    FINE,
    GIVE_UP_AFTER,
    GIVES_CHANCE,
    IN_POOL,
    IN_USE,
    JOINED_AS,
    JOINS,
    LENGTH_OF,
    LIST_FIRST,
    LIST_SIZE,
    MARKS,
    NOBODY,
    NOW,
    OF_STAY_ERA,
    OPEN_BEFORE,
    ORIGIN,
    PLACES,
    PLANNED,
    POOL_OF,
    POOLS,
    PROFILE,
    ROOM,
    SCORE,
    SERVICES,
    STATE,
    STATUS,
    STOPS,
    TAKE_UP,
    TROUBLE,
    USED,
    VISIT,
    WAITING_IN,
    WAITING_USE,
)
from simulator.engine.happenings import END as END_RANK
from simulator.engine.happenings import GIVE_UP
from simulator.engine.hazards import NEVER
from simulator.engine.machine_code import inner, woven

_SERVICE = 0xFFF
_NUMBER = 2**31 - 1
_TURNS = 2**20 - 1


@woven
def follow(w, number, person, service, use, way):
    """Where this way of ending or not starting leads."""
    of_stay = way == m.COMPLETED or way == m.DROPPED_OUT or way == m.CUT_SHORT
    destination = after_way(w, service, stay_era_of(w, use) if of_stay else era_of(w, use), way)
    if destination >= 0:
        tag = tag_of_use(w, m.MOVE, service, w.people[use + ORIGIN] - 1)
        go(w, number, person, pick_target(w, person, destination, tag, w.people[use + VISIT]))


@woven
def refer(w, number, person, service, use):
    """The referral arrives: taken up or not, then onto the list."""
    people = w.people
    run = w.run
    now = run[NOW]
    guard(w, number, person, service)
    if not is_open(w, service):
        lapse(w, number, person, service, use, h.CLOSED)
        return
    profile = people[person + PROFILE]
    state = people[person + STATE]
    era = era_of(w, use)
    if not yes(w, person, service, use, of_use(w, TAKE_UP, era, service, profile, state), m.TAKE_UP):
        close_use(w, person, use)
        row(w, number, service, h.REFERRED, h.DECLINED)
        follow(w, number, person, service, use, m.DECLINED)
        return
    row(w, number, service, h.REFERRED, h.JOINED)
    people[use + STATUS] = WAITING_USE
    people[use + BEGAN] = now
    people[use + ENDS] = NOBODY
    run[run[WAITING_IN] + service] += 1
    into_list(w, number, person, service, use)
    table = of_use(w, GIVE_UP_AFTER, era, service, profile, state)
    if table >= 0:
        at = now + time_for(w, person, service, use, table, m.PATIENCE)
        people[use + ENDS] = at
        put(w, at, GIVE_UP, number, service)
    pool = people[use + IN_POOL]
    if of_service(w, ROOM, run[ERA], service) >= 0:
        # Put in order when places have been offered; until then a list in the order of joining.
        run[JOINS] += 1
        people[use + MARKS] = people[use + MARKS] & ((1 << JOINED_AS) - 1) | run[JOINS] << JOINED_AS
        list_push(w, w.ints[POOLS] + pool, run[JOINS], number << 12 | service)
    call(w, pool)


@woven
def lose_patience(w, number, person, service, use):
    lapse(w, number, person, service, use, h.GAVE_UP)
    follow(w, number, person, service, use, m.GAVE_UP)


@woven
def finish(w, number, person, service, use):
    """A stay ends as planned, or by dropping out."""
    drops = w.people[use + MARKS] & DROPS != 0
    end(w, number, person, service, use, h.DROPPED_OUT if drops else h.COMPLETED)
    follow(w, number, person, service, use, m.DROPPED_OUT if drops else m.COMPLETED)


@woven
def allocate(w, pool):
    """Offer free places to the list, best first; then turn away who is beyond the room."""
    run = w.run
    people = w.people
    lists = w.lists
    run[run[CALLED] + pool] = 0
    while run[run[LIST_SIZE] + pool] > 0 and run[run[USED] + pool] < run[run[PLACES] + pool]:
        first = 2 * run[run[LIST_FIRST] + pool]
        score = lists[first]
        number = lists[first + 1] >> 12
        service = lists[first + 1] & _SERVICE
        list_drop(w, pool)
        person = w.slots[number]
        if person < 0:
            continue
        use = use_of(w, person, service)
        if (
            people[use + STATUS] == WAITING_USE
            and people[use + SCORE] == score
            and people[use + IN_POOL] == pool
        ):
            start(w, number, person, service, use, pool)
    newcomers = w.ints[POOLS] + pool
    count = run[run[LIST_SIZE] + newcomers]
    if count > 0:
        turn_away(w, newcomers, count)


@inner
def turn_away(w, newcomers, count):
    """Turn away newcomers of this second beyond the room: those who would be served last first."""
    run = w.run
    people = w.people
    lists = w.lists
    first = run[run[LIST_FIRST] + newcomers]
    alive = 0
    for turn in range(count):
        number = lists[2 * (first + turn) + 1] >> 12
        service = lists[2 * (first + turn) + 1] & _SERVICE
        person = w.slots[number]
        if person < 0:
            continue
        use = use_of(w, person, service)
        if (
            people[use + MARKS] >> JOINED_AS == lists[2 * (first + turn)]
        ):  # not one that was off the list since
            # Of equal scores the largest number first, and of one person's who joined first.
            turns = (_NUMBER - number) << 32 | min(turn, _TURNS) << 12 | service
            heap_push(lists, first, alive, -people[use + SCORE], turns)
            alive += 1
    run[run[LIST_SIZE] + newcomers] = alive
    while run[run[LIST_SIZE] + newcomers] > 0:
        number = _NUMBER - (lists[2 * first + 1] >> 32)
        service = lists[2 * first + 1] & _SERVICE
        list_drop(w, newcomers)
        person = w.slots[number]
        if person < 0:
            continue
        use = use_of(w, person, service)
        room = of_service(w, ROOM, run[ERA], service)
        if people[use + STATUS] == WAITING_USE and room >= 0 and run[run[WAITING_IN] + service] > room:
            lapse(w, number, person, service, use, h.TURNED_AWAY)
            follow(w, number, person, service, use, m.TURNED_AWAY)


@woven
def start(w, number, person, service, use, pool):
    """Take a place: move, draw length and drop-out, let effects begin."""
    people = w.people
    run = w.run
    now = run[NOW]
    era = run[ERA]
    run[run[WAITING_IN] + service] -= 1
    people[use + STATUS] = IN_USE
    people[use + ENDS] = NOBODY
    people[use + BEGAN] = now
    people[use + PLANNED] = NEVER
    people[use + MARKS] = people[use + MARKS] & ~OF_STAY_ERA | OF_STAY_ERA * era | EVER_STARTED
    run[run[USED] + pool] += 1
    row(w, number, service, h.STARTED, h.PLACE)
    destination = after_way(w, service, era, m.STARTED)
    if destination >= 0:
        origin = people[use + ORIGIN]
        visit = people[use + VISIT]
        tag = tag_of_use(w, m.MOVE, service, origin - 1)
        go(w, number, person, pick_target(w, person, destination, tag, visit))
        if people[use + STATUS] != IN_USE or people[use + ORIGIN] != origin or people[use + VISIT] != visit:
            return  # the move has ended the stay at once
    profile = people[person + PROFILE]
    state = people[person + STATE]
    table = of_use(w, LENGTH_OF, era, service, profile, state)
    planned = NEVER
    if table >= 0:
        planned = time_for(w, person, service, use, table, m.LENGTH)
    people[use + PLANNED] = planned
    stay = planned
    table = of_use(w, DROP_OUT_TABLE, era, service, profile, state)
    if table >= 0:
        stay = min(planned, time_for(w, person, service, use, table, m.DROP_OUT))
    else:
        stay = stay_by_share(
            w, person, service, use, of_use(w, DROP_OUT_SHARE, era, service, profile, state), planned
        )
    if stay < planned:
        people[use + MARKS] |= DROPS
    if now + stay < NEVER:
        people[use + ENDS] = now + stay
        put(w, now + stay, END_RANK, number, service)
    begin_effects(w, number, person, service, use, era)


@woven
def stay_by_share(w, person, service, use, steps, planned):
    """Seconds of a stay of which a share drops out, at any moment of the planned length."""
    if steps < 0:
        return planned
    share = steps_value(w, steps, w.run[NOW])
    if share <= 0:
        return planned
    tag = tag_of_use(w, m.DROP_OUT, service, w.people[use + ORIGIN] - 1)
    u = uniform(w, person, tag, w.people[use + VISIT])
    # Given u < share, u / share is uniform again: the moment, over the planned length.
    return int(u / share * planned) if u < share else planned


# The timetable of places


@inner
def set_places(w, pool, places):
    """Places of a pool open or close; places < 0: they stay, and only the design's rules begin."""
    run = w.run
    if run[NOW] == 0 and run[BEGUN] == 0:
        begin_design(w)
    before = run[run[PLACES] + pool]
    if places < 0:
        places = before
    run[run[PLACES] + pool] = places
    if run[run[USED] + pool] > places:
        stop_stays(w, pool, places)
    if places == 0:  # at the start, also of a service that only now has a list of its own
        close_list(w, pool)
    if places > 0:
        give_chances(w, pool, before == 0)
    if places > before:
        call(w, pool)


@inner
def stop_stays(w, pool, places):
    """End the latest stays beyond the places that are left, of services that stop when places close."""
    run = w.run
    people = w.people
    lists = w.lists
    # Nobody has joined yet at this second, so the newcomers' list is free.
    scratch = w.ints[POOLS] + pool
    first = run[run[LIST_FIRST] + scratch]
    for number in range(run[ARRIVED]):
        person = w.slots[number]
        if person < 0:
            continue
        for service in range(w.ints[SERVICES]):
            use = use_of(w, person, service)
            if (
                people[use + STATUS] == IN_USE
                and people[use + IN_POOL] == pool
                and of_service(w, STOPS, stay_era_of(w, use), service) != 0
            ):
                list_push(w, scratch, -people[use + BEGAN], -(number << 12 | service))
    while run[run[USED] + pool] > places and run[run[LIST_SIZE] + scratch] > 0:
        which = -lists[2 * first + 1]
        list_drop(w, scratch)
        number = which >> 12
        service = which & _SERVICE
        person = w.slots[number]
        if person < 0:
            continue
        use = use_of(w, person, service)
        if people[use + STATUS] == IN_USE:
            end(w, number, person, service, use, h.CLOSED)
            follow(w, number, person, service, use, m.CUT_SHORT)
    run[run[LIST_SIZE] + scratch] = 0


@inner
def close_list(w, pool):
    """All who wait leave the list of a pool that closes."""
    run = w.run
    people = w.people
    for number in range(run[ARRIVED]):
        person = w.slots[number]
        if person < 0:
            continue
        for service in range(w.ints[SERVICES]):
            use = use_of(w, person, service)
            if people[use + STATUS] == WAITING_USE and people[use + IN_POOL] == pool:
                lapse(w, number, person, service, use, h.CLOSED)
                follow(w, number, person, service, use, m.TURNED_AWAY)


@inner
def give_chances(w, pool, opening):
    """When a service opens, or a design widens `for`, everybody then in a state concerned gets a chance."""
    run = w.run
    people = w.people
    now = run[NOW]
    era = run[ERA]
    for service in range(w.ints[SERVICES]):
        if of_service(w, POOL_OF, era, service) != pool:
            continue
        widened = now == 0 and run[run[OPEN_BEFORE] + service] != 0
        if now != 0 and not opening:
            continue
        for number in range(run[ARRIVED]):
            person = w.slots[number]
            if person < 0:
                continue
            if people[use_of(w, person, service) + STATUS] != CLOSED_USE:
                continue
            state = people[person + STATE]
            if of_service_state(w, GIVES_CHANCE, era, service, state) == 0:
                continue
            if widened and of_service_state(w, GIVES_CHANCE, 0, service, state) != 0:
                continue
            identify(w, number, person, service)


@inner
def begin_design(w):
    """At the start, before any places change: those who wait for a service that has changed its pool join the new list."""
    run = w.run
    people = w.people
    run[BEGUN] = 1
    for service in range(w.ints[SERVICES]):
        opened = (
            of_service(w, EXISTS, 0, service) != 0
            and run[run[PLACES] + of_service(w, POOL_OF, 0, service)] > 0
        )
        run[run[OPEN_BEFORE] + service] = 1 if opened else 0
    for pool in range(w.ints[POOLS]):
        first = run[run[LIST_FIRST] + pool]
        for index in range(run[run[LIST_SIZE] + pool]):
            if run[TROUBLE] != FINE:
                return
            number = w.lists[2 * (first + index) + 1] >> 12
            service = w.lists[2 * (first + index) + 1] & _SERVICE
            person = w.slots[number]
            if person < 0:
                continue
            use = use_of(w, person, service)
            if (
                people[use + STATUS] == WAITING_USE
                and people[use + IN_POOL] == pool
                and of_service(w, POOL_OF, 1, service) != pool
            ):
                into_list(w, number, person, service, use)
                call(w, people[use + IN_POOL])
