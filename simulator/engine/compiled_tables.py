"""The rows of a history checked, ordered by person and counted; its stays and spells. See `history` for what they are.

Rows come packed as pairs of whole numbers: the time, and one word of person (32 bits), item (16), what (8) and why (8).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.engine.history import (
    ALLOWED,
    ARRIVED,
    DECLINED,
    ENDED,
    EVENT,
    FAULT_ARRIVAL,
    FAULT_ITEM,
    FAULT_LAST,
    FAULT_PAIRS,
    FAULT_PEOPLE,
    FAULT_TIME,
    FAULT_TURN,
    FAULT_WHY,
    IN,
    JOINED,
    LEFT,
    NO_FAULT,
    NOT_YET,
    OFF_LIST,
    PENDING,
    REFERRED,
    STARTED,
    STATE,
    STILL_SERVICE,
    STILL_STATE,
    WAITING,
    WHAT,
    WHY,
)
from simulator.engine.machine_code import entry, inner

Ints = NDArray[np.int64]

_KINDS, _REASONS = len(WHAT), len(WHY)
_ALLOWED = np.zeros((_KINDS, _REASONS), np.bool_)
for _kind, _reasons in ALLOWED.items():
    _ALLOWED[_kind, list(_reasons)] = True

# What a person's row needs and brings: where the person is, and their status with the service (0: none).
_NOWHERE, _HERE, _GONE, _STILL_HERE = range(4)
_WHERE = np.full((_KINDS, 2), _HERE, np.int64)
_WHERE[ARRIVED] = _NOWHERE, _HERE
_WHERE[LEFT] = _HERE, _GONE
_WHERE[STILL_STATE] = _HERE, _STILL_HERE
_WHERE[STILL_SERVICE] = _STILL_HERE, _STILL_HERE
_STATUS = np.zeros((_KINDS, _REASONS, 2), np.int8)
_STATUS[REFERRED, JOINED] = 0, WAITING
_STATUS[OFF_LIST] = WAITING, 0
_STATUS[STARTED] = WAITING, IN
_STATUS[ENDED] = IN, 0
_STATUS[STILL_SERVICE, WAITING] = WAITING, 0
_STATUS[STILL_SERVICE, IN] = IN, 0
OF_STATE = np.isin(np.arange(_KINDS), (ARRIVED, STATE, LEFT, STILL_STATE))
ENTERS_STATE = np.isin(np.arange(_KINDS), (ARRIVED, STATE))
_IS_USE = np.isin(np.arange(_KINDS), (REFERRED, OFF_LIST, STARTED, ENDED, STILL_SERVICE))


@inner
def person_of(word: int) -> int:
    return word & 0xFFFFFFFF


@inner
def item_of(word: int) -> int:
    return (word >> 32) & 0xFFFF


@inner
def what_of(word: int) -> int:
    return (word >> 48) & 0xFF


@inner
def why_of(word: int) -> int:
    return (word >> 56) & 0xFF


@entry
def tables(
    rows: Ints, people: int, states: int, events: int, services: int
) -> tuple[int, int, Ints, Ints, Ints, Ints, Ints]:
    """Look for faults; order the rows by person, then as they happened; count them; make the tables.

    rows: (n, 2), packed. Returns a fault (NO_FAULT: none) and the row at which it was found; row numbers ordered by
    person; where each person's begin in that order (people + 1); rows counted (2, what, item, why), first those before
    the start, then those from it on; the columns of `History.stay_table` (6, stays) and of its `spell_table` (8, spells).
    After a fault the arrays mean nothing.
    """
    by_person = np.empty(len(rows), np.int64)
    first_row = np.zeros(people + 1, np.int64)
    counts = np.zeros((2, _KINDS, max(states, events, services), _REASONS), np.int64)
    fault, at = _count(rows, people, states, events, services, first_row, counts)
    stays = np.empty((6, counts[:, ARRIVED].sum() + counts[:, STATE].sum() + 1), np.int64)
    spells = np.empty((8, counts[:, REFERRED].sum()), np.int64)
    if fault == NO_FAULT:
        _order(rows, by_person, first_row)
        fault, at = _follow(rows, services, by_person, first_row, stays, spells)
    return fault, at, by_person, first_row, counts, stays[:, :-1], spells


@inner
def _count(
    rows: Ints, people: int, states: int, events: int, services: int, first_row: Ints, counts: Ints
) -> tuple[int, int]:
    """What can be seen in each row alone. Leaves the number of a person's rows at their place in `first_row`, less one."""
    names = np.full(_KINDS, services, np.int64)
    for what in range(_KINDS):
        if OF_STATE[what]:
            names[what] = states
    names[EVENT] = events
    before = rows[0, 0] if len(rows) else 0
    for row in range(len(rows)):
        time, word = rows[row, 0], rows[row, 1]
        if time < before:
            return FAULT_TIME, row
        before = time
        what, why, item, person = what_of(word), why_of(word), item_of(word), person_of(word)
        if what >= _KINDS or why >= _REASONS or not _ALLOWED[what, why]:
            return FAULT_WHY, row
        if item >= names[what]:
            return FAULT_ITEM, row
        if person >= people:
            return FAULT_PEOPLE, row
        first_row[person + 1] += 1
        counts[1 if time >= 0 else 0, what, item, why] += 1
    for person in range(people):
        if first_row[person + 1] == 0:
            return FAULT_PEOPLE, 0
    return NO_FAULT, 0


@inner
def _order(rows: Ints, by_person: Ints, first_row: Ints) -> None:
    """A counting sort, which keeps the order of a person's rows."""
    people = len(first_row) - 1
    for person in range(people):
        first_row[person + 1] += first_row[person]
    following = first_row[:people].copy()
    for row in range(len(rows)):
        person = person_of(rows[row, 1])
        by_person[following[person]] = row
        following[person] += 1


@inner
def _follow(
    rows: Ints, services: int, by_person: Ints, first_row: Ints, stays: Ints, spells: Ints
) -> tuple[int, int]:
    """What must hold from one row of a person to the next; fills the tables on the way.

    What a row is cannot be foreseen, and a wrong guess costs a processor more than a few needless writes: so every row
    is written as the end of the stay under way and as the beginning of the next, until the row that is.
    """
    uses = np.empty((first_row[1:] - first_row[:-1]).max() if len(rows) else 0, np.int64)
    status, place = np.zeros(services, np.int8), np.zeros(services, np.int64)
    stay, spell = 0, 0
    for person in range(len(first_row) - 1):
        where, many = _NOWHERE, 0
        for position in range(first_row[person], first_row[person + 1]):
            row = by_person[position]
            time, word = rows[row, 0], rows[row, 1]
            what = what_of(word)
            if where != _WHERE[what, 0]:
                return FAULT_ARRIVAL if what == ARRIVED or where == _NOWHERE else FAULT_LAST, row
            if where != _NOWHERE:
                stays[3, stay - 1] = time
                stays[5, stay - 1] = what >= STILL_STATE
            where = _WHERE[what, 1]
            stays[0, stay] = person
            stays[1, stay] = item_of(word)
            stays[2, stay] = time
            stays[4, stay] = why_of(word)
            stay += ENTERS_STATE[what]
            uses[many] = row
            many += _IS_USE[what]
        if where == _HERE:
            return FAULT_LAST, by_person[first_row[person + 1] - 1]
        if many:
            fault, at = _pair(rows, uses, many, status, place)
            if fault != NO_FAULT:
                return fault, at
            for service in range(services):  # from how many of each to where the first of them belongs
                spell, place[service] = spell + place[service], spell
            _fill(rows, uses, many, person, place, spells)
            place[:] = 0
    return NO_FAULT, 0


@inner
def _pair(rows: Ints, uses: Ints, many: int, status: NDArray[np.int8], place: Ints) -> tuple[int, int]:
    """Whether a person's uses of services are in order; adds the referrals to each service to `place`."""
    open_uses = 0
    for use in range(many):
        row = uses[use]
        word = rows[row, 1]
        what, why, service = what_of(word), why_of(word), item_of(word)
        needed, brought = _STATUS[what, why, 0], _STATUS[what, why, 1]
        if status[service] != needed:
            return FAULT_PAIRS if status[service] == 0 or what == REFERRED else FAULT_TURN, row
        status[service] = brought
        open_uses += (brought != 0) - (needed != 0)
        place[service] += what == REFERRED
    return NO_FAULT if open_uses == 0 else FAULT_PAIRS, uses[many - 1]


@inner
def _fill(rows: Ints, uses: Ints, many: int, person: int, place: Ints, spells: Ints) -> None:
    """Spells from a person's uses of services. place: where the next spell of each service belongs."""
    for use in range(many):
        time, word = rows[uses[use], 0], rows[uses[use], 1]
        what, why, service = what_of(word), why_of(word), item_of(word)
        if what == REFERRED:
            spell = place[service]
            place[service] += 1
            spells[0, spell] = person
            spells[1, spell] = service
            spells[2, spell] = time
            spells[3, spell] = time if why == JOINED else NOT_YET
            spells[4, spell] = NOT_YET
            spells[5, spell] = NOT_YET
            spells[6, spell] = DECLINED if why == DECLINED else 0
            spells[7, spell] = 0
        elif what == STARTED:
            spells[4, place[service] - 1] = time
        elif what != STILL_SERVICE:
            spells[5, place[service] - 1] = time
            spells[6, place[service] - 1] = why
        elif why != PENDING:
            spells[7, place[service] - 1] = why
