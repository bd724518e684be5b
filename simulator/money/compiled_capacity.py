"""Rows of lines that are paid for places, used or not: those there are, and what their closing in whole units leads to."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.history import NOT_YET
from simulator.engine.machine_code import inner
from simulator.engine.model import SECONDS_A_DAY, Bools, Ints
from simulator.money.compiled_closing import follow
from simulator.money.compiled_curves import ABOVE, LARGER, area, combine, in_use, peak, values_at
from simulator.money.compiled_lines import BOUGHT, EXITS, PLACES, Flows, Tables, with_room, written
from simulator.money.compiled_pence import pence


@inner
def close_units(tables: Tables, closing: Any, using: Any, closed: Ints, closes: Bools) -> None:
    """Sets the places of closed units from each of the months' edges on, and whether a unit closes at the month's end.

    Demand is the most people in the service and in what is bought beyond it at any time in the month: a unit that was
    needed for a day was needed. The rule sees only the past of its own run.
    """
    times, values = in_use(*using, tables.services[closing.demand], tables.months[0])
    most = peak(times, values, tables.months)
    open_ = values_at(
        tables.curve_times[closing.first : closing.last],
        tables.curve_values[closing.first : closing.last],
        tables.months,
    )
    months = len(most)
    demand, units = np.empty(months, np.float64), np.empty(months, np.int64)
    # Places beyond whole units, and places that the design itself opens or closes later, are outside the rule.
    for month in range(months):
        demand[month], units[month] = max(most[month] - closing.outside, 0), closing.units
    follow(
        demand, units, closes, closing.places_each, closing.sustained, closing.notice, closing.headroom,
        closing.least, closing.reopen,
    )  # fmt: skip
    each = closing.places_each
    for month in range(months):
        closed[month] = min(closing.units - units[month], open_[month] // each) * each


@inner
def beyond(tables: Tables, closing: Any, closed: Ints, using: Any) -> tuple[Ints, Ints]:
    """The curve of people beyond what a closing left open, but for those who finish in places that the design closed.

    closed: places of closed units from each of the months' edges on.
    """
    used_times, used = in_use(*using, tables.services[closing.own], tables.months[0])
    open_times = tables.curve_times[closing.first : closing.last]
    open_ = tables.curve_values[closing.first : closing.last]
    times, left = combine(open_times, open_, tables.months, closed, ABOVE)
    found_times, found = combine(used_times, used, times, left, ABOVE)
    _, finishing = combine(
        used_times, used, times, values_at(open_times, open_, times), ABOVE
    )  # at the same times
    for i in range(len(found)):
        found[i] -= finishing[i]
    return found_times, found


@inner
def time_by_cell(
    tables: Tables, services: Bools, profiles: int, states: int, profile: Ints, spells: Any, stays: Any
) -> Ints:
    """Seconds that people of each profile spent in some services in each state: (profiles, states)."""
    found = np.zeros((profiles, states), np.int64)
    first, _, state, begins, ends = stays
    people, service, started, ended = spells
    for spell in range(len(people)):
        if started[spell] == NOT_YET or not services[service[spell]]:
            continue
        person = people[spell]
        begin, end = max(started[spell], 0), tables.end if ended[spell] == NOT_YET else ended[spell]
        for stay in range(first[person], first[person + 1]):
            shared = min(end, ends[stay]) - max(begin, begins[stay])
            if shared > 0:
                found[profile[person], state[stay]] += shared
    return found


@inner
def pounds_a_day(tables: Tables, line: Any, piece: int, spent: Ints) -> float:
    """The price of a place bought in a piece; of a split, the mean over those who spent time in it."""
    found = 0.0
    for part in tables.parts[line.first : line.last]:
        if not part.split:
            found += tables.prices[part.prices + piece] / part.days
            continue
        total = 0.0
        cells = spent.size
        for profile in range(spent.shape[0]):
            for state in range(part.states):
                price = tables.prices[part.prices + piece * cells + profile * part.states + state]
                total += spent[profile, state] * price
        found += total / max(1, spent.sum()) / part.days
    return found


@inner
def about_places(
    flows: Flows, tables: Tables, line: Any, profile: Ints, stays: Any, spells: Any, using: Any, closed: Any, closes: Any,
    profiles: int, states: int,
) -> Flows:  # fmt: skip
    """The rows of a line that is paid for places: those there are, those bought instead, or their closing.

    closed, closes: of `close_units`, by closing.
    """
    months = tables.months
    rows = with_room(flows.rows, flows.size, max(line.pieces, len(months)))
    size = flows.size
    if line.kind == EXITS:
        for month in range(len(months) - 1):
            if closes[line.closing, month]:
                nominal, real = tables.exits[0, line.first + month], tables.exits[1, line.first + month]
                size = written(
                    rows, size, line.item, -1, (months[month + 1] - 1) // SECONDS_A_DAY, nominal, real
                )
        return Flows(rows, size)
    spent = np.zeros((0, 0), np.int64)
    if line.kind == PLACES:
        used_times, used = in_use(*using, tables.services[line.what], months[0])
        held_times, held = (
            tables.curve_times[line.first : line.last],
            tables.curve_values[line.first : line.last],
        )
        times, values = combine(held_times, held, used_times, used, LARGER)
        if line.closing >= 0:
            times, values = combine(times, values, months, closed[line.closing], ABOVE)
    else:
        times, values = beyond(tables, tables.closings[line.closing], closed[line.closing], using)
        if line.kind == BOUGHT and area(times, values, months).any():
            wanted = tables.services[tables.closings[line.closing].own]
            spent = time_by_cell(tables, wanted, profiles, states, profile, spells, stays)
    edges = tables.edges[line.first_edge : line.first_edge + line.pieces + 1]
    amount = area(times, values, edges)
    for piece in range(line.pieces):
        if line.kind == BOUGHT:
            pounds = amount[piece] / SECONDS_A_DAY * pounds_a_day(tables, line, piece, spent)
        else:
            pounds = amount[piece] / SECONDS_A_DAY * tables.prices[line.prices + piece] / line.days
        day = (edges[piece + 1] - 1) // SECONDS_A_DAY
        size = written(rows, size, line.item, -1, day, pence(pounds * tables.price_index[day]), pence(pounds))
    return Flows(rows, size)
