"""Rows of lines that are paid for what people do: time in states and services, starts, and other happenings."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.history import (
    ARRIVED,
    COMPLETED,
    DECLINED,
    ENDED,
    EVENT,
    JOINED,
    LEFT,
    NONE,
    NOT_YET,
    OWN,
    REFERRED,
    STATE,
    WHAT,
    WHY,
)
from simulator.engine.machine_code import inner
from simulator.engine.model import SECONDS_A_DAY, Bools, Floats, Ints
from simulator.money.compiled_lines import HAPPENINGS, IN_STATE, STARTS, Flows, Tables, with_room, written
from simulator.money.compiled_pence import pence

# What is called for every row takes arrays, not `Tables`: handing over a tuple of arrays counts references to each.


@inner
def piece_at(time: int, month_of_day: Ints, piece_of_month: Ints, edges: Ints) -> int:
    """The piece that a time is in."""
    piece = piece_of_month[month_of_day[time // SECONDS_A_DAY]]
    while edges[piece + 1] <= time:
        piece += 1
    return piece


@inner
def lasting(
    rows: Any, size: int, line: Any, person: int, cell: int, begin: int, end: int,
    month_of_day: Ints, piece_of_month: Ints, edges: Ints, prices: Floats, index: Floats, whole: Ints,
) -> int:  # fmt: skip
    """An amount a day from begin to end, which lie within the horizon: a row for each piece. The new size."""
    if begin >= end:
        return size
    piece = piece_at(begin, month_of_day, piece_of_month, edges)
    while begin < end:
        until = edges[piece + 1]
        at = line.prices + piece * line.cells + cell
        if begin == edges[piece] and until <= end:
            day, nominal, real = (until - 1) // SECONDS_A_DAY, whole[0, at], whole[1, at]
        else:
            until = min(until, end)
            pounds = prices[at] / line.days * ((until - begin) / SECONDS_A_DAY)
            day = (until - 1) // SECONDS_A_DAY
            nominal, real = pence(pounds * index[day]), pence(pounds)
        size = written(rows, size, line.item, person, day, nominal, real)
        begin = until
        piece += 1
    return size


@inner
def each_time(
    rows: Any, size: int, line: Any, person: int, cell: int, time: int,
    month_of_day: Ints, piece_of_month: Ints, edges: Ints, prices: Floats, index: Floats,
) -> int:  # fmt: skip
    """One amount at a time within the horizon. The new size."""
    pounds = prices[line.prices + piece_at(time, month_of_day, piece_of_month, edges) * line.cells + cell]
    day = time // SECONDS_A_DAY
    return written(rows, size, line.item, person, day, pence(pounds * index[day]), pence(pounds))


# Which rows of a table a line is about is found without branches: a processor would guess them wrong half the time.


@inner
def stays_in(state: Ints, wanted: int) -> Ints:
    """The stays in a state."""
    found, size = np.empty(len(state), np.int64), 0
    for i in range(len(state)):
        found[size] = i
        size += state[i] == wanted
    return found[:size]


@inner
def starts_in(service: Ints, started: Ints, wanted: Bools) -> Ints:
    """The spells in some services that started."""
    found, size = np.empty(len(service), np.int64), 0
    for i in range(len(service)):
        found[size] = i
        size += wanted[service[i]] & (started[i] != NOT_YET)
    return found[:size]


@inner
def about_people(
    flows: Flows, tables: Tables, line: Any, profile: Ints, stays: Any, spells: Any, found: Any
) -> Flows:
    """The rows of a line that is paid for what people do.

    stays: where each person's begin, and their person, state, begin and end; spells: person, service, started and ended;
    found: of `happened`.
    """
    rows, size = flows
    first, stay_person, state, stay_begin, stay_end = stays
    month_of_day, index, end = tables.month_of_day, tables.price_index, tables.end
    piece_of_month = tables.piece_of_month[line.first_month : line.first_month + len(tables.months)]
    edges = tables.edges[line.first_edge : line.first_edge + line.pieces + 1]
    prices, whole = tables.prices, tables.whole
    if line.kind == HAPPENINGS:
        time, people, before, code = found
        rows = with_room(rows, size, len(time))
        for i in range(len(time)):
            if tables.happenings[line.what, code[i]]:
                cell = profile[people[i]] * line.by_profile + before[i] * line.by_state
                size = each_time(
                    rows, size, line, people[i], cell, time[i], month_of_day, piece_of_month, edges, prices, index
                )  # fmt: skip
        return Flows(rows, size)
    people, service, started, ended = spells
    in_state = line.kind == IN_STATE
    for i in (
        stays_in(state, line.what) if in_state else starts_in(service, started, tables.services[line.what])
    ):
        if in_state:
            person, begin, until = stay_person[i], stay_begin[i], stay_end[i]
        else:
            person, begin, until = people[i], started[i], end if ended[i] == NOT_YET else ended[i]
        # Where prices differ by state, the person's stays tell it; else one of any length does.
        stay, last = (first[person], first[person + 1]) if line.by_state else (0, 1)
        cell = profile[person] * line.by_profile
        if line.kind == STARTS:
            if 0 <= begin < end:
                while stay + 1 < last and stay_begin[stay + 1] <= begin:
                    stay += 1
                rows = with_room(rows, size, 1)
                size = each_time(
                    rows, size, line, person, cell + state[stay] * line.by_state, begin,
                    month_of_day, piece_of_month, edges, prices, index,
                )  # fmt: skip
            continue
        begin, until = max(begin, 0), min(until, end)
        while stay < last:
            from_, to, of_state = begin, until, 0
            if line.by_state:
                from_, to, of_state = max(begin, stay_begin[stay]), min(until, stay_end[stay]), state[stay]
            rows = with_room(rows, size, line.pieces)
            size = lasting(
                rows, size, line, person, cell + of_state * line.by_state, from_, to,
                month_of_day, piece_of_month, edges, prices, index, whole,
            )  # fmt: skip
            stay += 1
    return Flows(rows, size)


@inner
def happened(rows: Any, people: int, wanted: Bools, states: int, events: int, services: int, end: int) -> Any:
    """What is paid each time, from `start` on: seconds, person, state before any move it leads to, and a code.

    Codes: from * (states + 1) + to for a move by the person's own clock, to = states for leaving; then events, referrals by
    service, and completions by service. wanted: by code; the last code, never wanted, is all else.
    """
    # A code is base + before x by_before + item x by_item. They are looked up by `what` and `why`, in a loop without branches
    # but the last: what happens next to whom is too irregular for a processor to guess.
    kinds = len(WHY)
    base = np.full(len(WHAT) * kinds, len(wanted) - 1, np.int64)
    by_before, by_item = np.zeros(len(base), np.int64), np.zeros(len(base), np.int64)
    first_event = states * (states + 1)
    for what, why, code, of_before, of_item in (
        (STATE, OWN, 0, states + 1, 1),
        (LEFT, OWN, states, states + 1, 0),
        (EVENT, NONE, first_event, 0, 1),
        (REFERRED, JOINED, first_event + events, 0, 1),
        (REFERRED, DECLINED, first_event + events, 0, 1),
        (ENDED, COMPLETED, first_event + events + services, 0, 1),
    ):
        at = what * kinds + why
        base[at], by_before[at], by_item[at] = code, of_before, of_item
    time, person = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    state, codes = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    size = 0
    now = np.zeros(people, np.int64)
    for row in rows:
        what, item = row.what, row.item
        at = what * kinds + row.why
        before = now[row.person]
        now[row.person] = item if what in (ARRIVED, STATE) else before
        found = base[at] + before * by_before[at] + item * by_item[at]
        if wanted[found] and 0 <= row.time < end:
            time[size], person[size], state[size], codes[size] = row.time, row.person, before, found
            size += 1
    return time[:size], person[:size], state[:size], codes[:size]


@inner
def first_stays(person: Ints, people: int) -> Ints:
    """Where the stays of each person begin, (people + 1,)."""
    first = np.zeros(people + 1, np.int64)
    for each in person:
        first[each + 1] += 1
    for i in range(people):
        first[i + 1] += first[i]
    return first
