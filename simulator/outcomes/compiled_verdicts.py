"""Clocks and verdicts: loops over each person's own rows, in the order they happened. See `evaluate` for what they mean.

Moments come as `mask[what, item]`, whose bit `why` says that such a row is one of them; states as `named[state]`. A
person's rows are `by_person[first:last]`, row numbers that rise; `rows` are packed, see `simulator.engine.compiled_tables`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.engine.compiled_tables import ENTERS_STATE, OF_STATE, item_of, person_of, what_of, why_of
from simulator.engine.history import LEFT, NOT_YET
from simulator.engine.machine_code import entry, inner

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_ROW = -1
NOBODY = -1
_NOWHERE = -1
REACHED, STAYED_IN, AVOIDED, IN_STATE, DAYS_IN, COUNT = range(6)
_SECONDS_A_DAY = 86_400


@inner
def is_moment(mask: Ints, word: int) -> bool:
    return (mask[what_of(word), item_of(word)] >> why_of(word)) & 1 == 1


@entry
def moments(rows: Ints, people: int, mask: Ints, since: int, only_first: bool) -> tuple[Ints, Ints, Ints]:
    """Person, time and row of the moments from `since` on, ordered by person, then as they happened."""
    begin, end = 0, len(rows)
    while begin < end:
        middle = (begin + end) // 2
        if rows[middle, 0] < since:
            begin = middle + 1
        else:
            end = middle
    kinds = 0
    for what in range(len(mask)):
        kinds |= (mask[what] != 0).any() << what
    found, many = np.empty(len(rows) - begin, np.int64), 0
    for row in range(begin, len(rows)):
        word = rows[row, 1]
        if (kinds >> what_of(word)) & 1 == 1 and is_moment(mask, word):
            found[many] = row
            many += 1
    following = np.zeros(people + 1, np.int64)
    for row in found[:many]:
        person = person_of(rows[row, 1])
        if not only_first or following[person + 1] == 0:
            following[person + 1] += 1
    for person in range(people):
        following[person + 1] += following[person]
    who, when = np.empty(following[people], np.int64), np.empty(following[people], np.int64)
    which = np.full(following[people], NO_ROW, np.int64)
    for row in found[:many]:
        person = person_of(rows[row, 1])
        at = following[person]
        if which[at] == NO_ROW:  # not a later one where only the first is wanted
            who[at], when[at], which[at] = person, rows[row, 0], row
            following[person] += not only_first
    return who, when, which


@entry
def verdicts(
    rows: Ints, by_person: Ints, first_row: Ints, person: Ints, since: Ints, row: Ints,
    test: int, mask: Ints, named: Bools, length: int, window: int, end: int,
) -> tuple[Ints, Bools, Bools, Ints, Floats]:  # fmt: skip
    """The columns of an OutcomeTable from `due` on, one entry for each clock (person, since, row).

    mask: the moments of reached, avoided and count; named: the states of the test; length: seconds of stayed_in.
    """
    many = len(person)
    due, known, achieved = np.empty(many, np.int64), np.zeros(many, np.bool_), np.zeros(many, np.bool_)
    achieved_at, value = np.full(many, NOT_YET, np.int64), np.zeros(many, np.float64)
    for clock in range(many):
        closes = since[clock] + window
        due[clock] = closes
        if person[clock] == NOBODY:
            continue
        known[clock] = closes <= end
        first, last = first_row[person[clock]], first_row[person[clock] + 1]
        if row[clock] == NO_ROW:
            begin = _after(rows, by_person, first, last, since[clock] - 1)
        else:
            begin = _after_row(by_person, first, last, row[clock])
        opens = begin
        while opens < last and rows[by_person[opens], 0] == since[clock]:
            opens += 1
        if test == DAYS_IN:
            value[clock] = (
                _seconds_in(rows, by_person, first, last, opens, named, since[clock], closes) / _SECONDS_A_DAY
            )
            continue
        if test == COUNT:
            value[clock] = _count(rows, by_person, begin, last, mask, closes)
            continue
        at = NOT_YET
        if test == STAYED_IN:
            at = _unbroken(rows, by_person, first, last, opens, named, since[clock], length, closes)
        elif test == IN_STATE:
            if known[clock] and _is_in(
                rows, by_person, first, _after(rows, by_person, first, last, closes), named
            ):
                at = closes
        else:
            at = since[clock]
            if not _is_in(rows, by_person, first, opens, named) and not _enters(rows, row[clock], named):
                at = _first(rows, by_person, begin, last, mask, closes)
            if test == AVOIDED:
                at = closes if known[clock] and at == NOT_YET else NOT_YET
        achieved_at[clock] = at
        achieved[clock] = at != NOT_YET
        value[clock] = 1.0 if at != NOT_YET else 0.0
    return due, known, achieved, achieved_at, value


@inner
def _after(rows: Ints, by_person: Ints, first: int, last: int, time: int) -> int:
    """Position among a person's rows of the first later than `time`."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if rows[by_person[middle], 0] <= time:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _after_row(by_person: Ints, first: int, last: int, row: int) -> int:
    """Position among a person's rows of the first below this one in the history."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if by_person[middle] <= row:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _is_in(rows: Ints, by_person: Ints, first: int, position: int, named: Bools) -> bool:
    """Whether the last row on the person's state before this position leaves them in one of the states."""
    while position > first:
        position -= 1
        word = rows[by_person[position], 1]
        what = what_of(word)
        if ENTERS_STATE[what]:
            return named[item_of(word)]
        if what == LEFT:
            return False
    return False


@inner
def _enters(rows: Ints, row: int, named: Bools) -> bool:
    """Whether the row is the entry to one of the states."""
    if row == NO_ROW:
        return False
    what = what_of(rows[row, 1])
    return ENTERS_STATE[what] and named[item_of(rows[row, 1])]


@inner
def _first(rows: Ints, by_person: Ints, begin: int, last: int, mask: Ints, closes: int) -> int:
    """When the first of the moments happens from this position on, the closing second included; or NOT_YET."""
    for position in range(begin, last):
        if rows[by_person[position], 0] > closes:
            break
        if is_moment(mask, rows[by_person[position], 1]):
            return rows[by_person[position], 0]
    return NOT_YET


@inner
def _count(rows: Ints, by_person: Ints, begin: int, last: int, mask: Ints, closes: int) -> int:
    """How many of the moments happen from this position on, the closing second included."""
    found = 0
    for position in range(begin, last):
        if rows[by_person[position], 0] > closes:
            break
        if is_moment(mask, rows[by_person[position], 1]):
            found += 1
    return found


@inner
def _seconds_in(
    rows: Ints, by_person: Ints, first: int, last: int, opens: int, named: Bools, since: int, closes: int
) -> int:
    """Seconds in the states in [since, closes), as far as the run goes. opens: the first position later than `since`."""
    total, came, there = 0, since, _is_in(rows, by_person, first, opens, named)
    for position in range(opens, last):
        time, word = rows[by_person[position], 0], rows[by_person[position], 1]
        what = what_of(word)
        if OF_STATE[what]:
            if there:
                total += max(min(time, closes) - came, 0)
            if time >= closes:
                break
            came, there = time, ENTERS_STATE[what] and named[item_of(word)]
    return total


@inner
def _unbroken(
    rows: Ints,
    by_person: Ints,
    first: int,
    last: int,
    opens: int,
    named: Bools,
    since: int,
    length: int,
    closes: int,
) -> int:
    """When the person has been in the states for the length without a break, counted from `since` at the earliest."""
    came, there = since, _is_in(rows, by_person, first, opens, named)
    for position in range(opens, last):
        time, word = rows[by_person[position], 0], rows[by_person[position], 1]
        what = what_of(word)
        if OF_STATE[what]:
            if there and came + length <= min(time, closes):
                return came + length
            if time >= closes:
                break
            was, there = there, ENTERS_STATE[what] and named[item_of(word)]
            came = came if was else time
    return NOT_YET


@entry
def same_clocks(
    person: Ints,
    since: Ints,
    people: Ints,
    others: Ints,
    rows: Ints,
    by_person: Ints,
    first_row: Ints,
    mask: Ints,
) -> tuple[Ints, Ints]:
    """The same people in another run, or NOBODY, and the rows of it at which their clocks' moments happen at the same second.

    people and others: of the run of the clocks and of the other, by person, the identity first; rows to first_row: of the
    other. Several clocks of a person at one second take that second's moments in turn.
    """
    many = len(person)
    found, row = np.full(many, NOBODY, np.int64), np.full(many, NO_ROW, np.int64)
    if not many or not len(others):
        return found, row
    slots = _by_identity(others)
    turn = 0
    for clock in range(many):
        if person[clock] == NOBODY:
            continue
        again = clock > 0 and person[clock - 1] == person[clock]
        found[clock] = found[clock - 1] if again else _with_identity(others, slots, people[person[clock], 0])
        turn = turn + 1 if again and since[clock - 1] == since[clock] else 0
        if found[clock] == NOBODY:
            continue
        first, last = first_row[found[clock]], first_row[found[clock] + 1]
        left = turn
        for position in range(_after(rows, by_person, first, last, since[clock] - 1), last):
            if rows[by_person[position], 0] != since[clock]:
                break
            if is_moment(mask, rows[by_person[position], 1]):
                if left == 0:
                    row[clock] = by_person[position]
                    break
                left -= 1
    return found, row


@inner
def _by_identity(people: Ints) -> Ints:
    """Positions of people, each in the first free slot (NOBODY) from that of their identity on, round about."""
    size = 1
    while size < 2 * len(people):
        size *= 2
    slots = np.full(size, NOBODY, np.int64)
    for person in range(len(people)):
        slot = _slot(people[person, 0], size)
        while slots[slot] != NOBODY:
            slot = (slot + 1) & (size - 1)
        slots[slot] = person
    return slots


@inner
def _with_identity(people: Ints, slots: Ints, identity: int) -> int:
    """The position of the person with this identity, or NOBODY."""
    slot = _slot(identity, len(slots))
    while slots[slot] != NOBODY and people[slots[slot], 0] != identity:
        slot = (slot + 1) & (len(slots) - 1)
    return slots[slot]


@inner
def _slot(identity: int, size: int) -> int:
    # Identities differ in few of their bits (a count, or seconds of whole days): a large odd factor spreads them.
    return ((identity * -7046029254386353131) >> 32) & (size - 1)


@entry
def tallies(
    group: Ints, groups: int, person: Ints, known: Bools, achieved: Bools, value: Floats
) -> tuple[Ints, Floats]:
    """Of each group of clocks (-1: of none): people, clocks, known, known and achieved, open and achieved; sum of known values.

    Clocks of one person are beside each other.
    """
    counts, total = np.zeros((groups, 5), np.int64), np.zeros(groups)
    last = np.full(groups, NOBODY, np.int64)
    for clock in range(len(person)):
        of = group[clock]
        if of < 0:
            continue
        counts[of, 0] += person[clock] != last[of]
        last[of] = person[clock]
        counts[of, 1] += 1
        counts[of, 2] += known[clock]
        counts[of, 3 if known[clock] else 4] += achieved[clock]
        if known[clock]:
            total[of] += value[clock]
    return counts, total
