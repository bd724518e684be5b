"""The caps of a contract, invoice by invoice (MONEY 3.8), and the exact sharing of pence by largest remainder.

Amounts are whole pence. A cap that is not there is NO_CAP.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.machine_code import entry, inner
from simulator.engine.model import Ints

NO_CAP = 2**60
NONE, UNPAID, HEADROOM = range(3)
_SAFE = 2**62


@inner
def part_of(amount: int, wanted: int, whole: int) -> tuple[int, int]:
    """amount x wanted / whole (each at most `whole`): the whole number and the remainder, without overflow."""
    if amount == 0 or wanted <= _SAFE // amount:
        product = amount * wanted
        return product // whole, product % whole
    quotient = remainder = 0
    bit = 1 << 61
    while bit:  # doubling and adding, as by hand
        quotient *= 2
        remainder *= 2
        if remainder >= whole:
            quotient += 1
            remainder -= whole
        if wanted & bit:
            remainder += amount
            if remainder >= whole:
                quotient += 1
                remainder -= whole
        bit >>= 1
    return quotient, remainder


@entry
def shared(amounts: Ints, wanted: int) -> Ints:
    """`wanted` pence shared in proportion to amounts, of which it is at most the sum: largest remainder, ties to the first."""
    whole = amounts.sum()
    found = np.zeros(len(amounts), np.int64)
    if wanted <= 0 or whole <= 0:
        return found
    rest = np.empty(len(amounts), np.int64)
    left = wanted
    for i in range(len(amounts)):
        found[i], rest[i] = part_of(amounts[i], wanted, whole)
        left -= found[i]
    if left:
        order = np.argsort(-rest, kind="mergesort")
        for i in range(left):
            found[order[i]] += 1
    return found


@entry
def spread(amounts: Ints, group: Ints, parts: Ints) -> Ints:
    """Each group's parts shared by its amounts, so that rows add up to amounts and columns to parts, to the penny.

    amounts: (n), sorted by group. parts: (groups, columns), each row adding up to its group's amounts. Returns (n, columns).
    """
    n, columns = len(amounts), parts.shape[1]
    found = np.zeros((n, columns), np.int64)
    first = 0
    while first < n:
        last = first
        while last < n and group[last] == group[first]:
            last += 1
        left = amounts[first:last].copy()
        for column in range(columns):
            # What is left of an amount is never exceeded: each part is at most what is left of the group.
            taken = shared(left, parts[group[first], column])
            found[first:last, column] = taken
            left -= taken
        first = last
    return found


@inner
def over(amounts: Ints, room: int, whole_only: bool) -> Ints:
    """What must go from each amount for all to fit: in proportion, or whole amounts that find no room, in order."""
    found = np.zeros(len(amounts), np.int64)
    if amounts.sum() <= room:
        return found
    if room <= 0:
        return amounts.copy()
    if not whole_only:
        return amounts - shared(amounts, room)
    for i in range(len(amounts)):
        if amounts[i] <= room:
            room -= amounts[i]
        else:
            found[i] = amounts[i]
    return found


@entry
def capped(
    net: Ints,
    person: Ints,
    pay: Ints,
    period: Ints,
    exempt: Any,
    by_earned: Ints,
    person_cap: Ints,
    outcome_cap: Ints,
    year_cap: Ints,
    total_cap: Ints,
    year: Ints,
    carry: int,
    whole_only: bool,
    counts_paid: bool,
    floor: int,
    floor_due: Any,
    recoups: bool,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Person cap, outcome caps, year cap, total cap and floor, settlement date by settlement date.

    Lines are in order of (period, earned, outcome, person, number): net pence; person from 0 (-1: about nobody); outcome (-1:
    none); whether caps leave it alone; the order of the person cap. Caps: person_cap by line, outcome_cap (periods, outcomes),
    year_cap and total_cap by period. floor_due: the last period of a contract year that has a floor.
    Returns cuts (4, lines: person, outcome, year, total); payments (n, 3: line, period, pence); and by period what the
    floor added, what was recouped, and what waits for a later year.
    """
    n, periods, pays = len(net), len(year), outcome_cap.shape[1]
    cuts = np.zeros((4, n), np.int64)
    kept = net.copy()
    filled = np.zeros(max(person.max() + 1, 1) if n else 1, np.int64)
    of_outcome = np.zeros(max(pays, 1), np.int64)
    waiting = np.zeros(n, np.int64)
    payments = np.empty((n + 16, 3), np.int64)
    made = 0
    floored, recouped, waits = (
        np.zeros(periods, np.int64),
        np.zeros(periods, np.int64),
        np.zeros(periods, np.int64),
    )
    if not counts_paid:
        _cap_persons(by_earned, net, person, exempt, person_cap, whole_only, filled, kept, cuts)
    in_year = lines_in_year = back_in_year = in_all = owed = rolled = first = 0
    for now in range(periods):
        if now and year[now] != year[now - 1]:
            if carry == HEADROOM and year_cap[now - 1] < NO_CAP:
                rolled += year_cap[now - 1] - in_year
            in_year = lines_in_year = back_in_year = 0
        last = first
        while last < n and period[last] == now:
            last += 1
        fresh = np.arange(first, last)
        if counts_paid:
            _cap_persons(fresh, net, person, exempt, person_cap, whole_only, filled, kept, cuts)
        free = fresh[exempt[first:last]]
        fresh = fresh[~exempt[first:last]]
        for each in range(pays):
            if outcome_cap[now, each] < NO_CAP:
                those = fresh[pay[fresh] == each]
                gone = over(kept[those], outcome_cap[now, each] - of_outcome[each], whole_only)
                cuts[1][those] += gone
                kept[those] -= gone
        older = np.flatnonzero(waiting[:first] > 0)
        room = NO_CAP
        if year_cap[now] < NO_CAP:
            room = year_cap[now] + rolled - in_year
        due_older = waiting[older] - over(waiting[older], room, whole_only)
        gone = over(kept[fresh], room - due_older.sum(), whole_only)
        if carry == UNPAID:
            waiting[fresh] = gone
        else:
            cuts[2][fresh] += gone
            kept[fresh] -= gone
        waiting[older] -= due_older
        lines = np.concatenate((older, fresh))
        due = np.concatenate((due_older, kept[fresh] - (waiting[fresh])))
        gone = over(due, total_cap[now] - in_all, whole_only)
        cuts[3][lines] += gone
        kept[lines] -= gone
        due -= gone
        for i in fresh:
            if pay[i] >= 0:
                of_outcome[pay[i]] += kept[i]
            if counts_paid and person[i] >= 0:
                filled[person[i]] -= net[i] - cuts[0][i] - kept[i]
        for i in range(len(older)):  # room that waiting claims had taken and will not use
            if pay[older[i]] >= 0:
                of_outcome[pay[older[i]]] -= gone[i]
            if counts_paid and person[older[i]] >= 0:
                filled[person[older[i]]] -= gone[i]
        in_year += due.sum()
        in_all += due.sum()
        lines = np.concatenate((lines, free))
        due = np.concatenate((due, kept[free]))
        here = due.sum()
        lines_in_year += here
        if made + len(lines) > len(payments):
            more = np.empty((2 * made + len(lines), 3), np.int64)
            more[:made] = payments[:made]
            payments = more
        for i in range(len(lines)):
            if due[i]:
                payments[made, 0], payments[made, 1], payments[made, 2] = lines[i], now, due[i]
                made += 1
        if owed:
            back = min(owed, here, max(lines_in_year - back_in_year - floor, 0))
            recouped[now] = back
            owed -= back
            back_in_year += back
        if floor_due[now] and lines_in_year < floor:
            added = min(floor - lines_in_year, total_cap[now] - in_all)
            if year_cap[now] < NO_CAP:
                added = min(added, year_cap[now] + rolled - in_year)
            floored[now] = max(added, 0)
            in_year += floored[now]
            in_all += floored[now]
            if recoups:
                owed += floored[now]
        waits[now] = waiting[:last].sum()
        first = last
    cuts[2] += waiting
    return cuts, payments[:made].copy(), floored, recouped, waits


@inner
def _cap_persons(
    order: Ints,
    net: Ints,
    person: Ints,
    exempt: Any,
    cap: Ints,
    whole_only: bool,
    filled: Ints,
    kept: Ints,
    cuts: Ints,
) -> None:
    for i in order:
        if person[i] < 0 or exempt[i]:
            continue
        room = max(cap[i] - filled[person[i]], 0)
        taken = net[i]
        if taken > room:
            taken = 0 if whole_only else room
        kept[i] = taken
        cuts[0][i] = net[i] - taken
        filled[person[i]] += taken
