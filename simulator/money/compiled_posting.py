"""What a run cost, line by line: a plan's prices times what a history says happened, as ledger rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.machine_code import entry, inner
from simulator.engine.model import Bools, Floats, Ints
from simulator.money.compiled_capacity import about_places, close_units
from simulator.money.compiled_curves import moves
from simulator.money.compiled_ledger import FLOW
from simulator.money.compiled_lines import FIXED, NO_MONEY, PLACES, USE, Flows, Tables, with_room, written
from simulator.money.compiled_people import about_people, first_stays, happened


@inner
def dated(flows: Flows, first_day: int, terms: int) -> Any:
    """The rows, their days counted from 1 January 1970, and paid so many days later."""
    rows = flows.rows[: max(flows.size, 0)]
    for row in rows:
        row.earned_on += first_day
        row.cash_on = row.earned_on + terms
    return rows


@entry
def post(
    rows: Any, profile: Ints, stay_person: Ints, stay_state: Ints, stay_begin: Ints, stay_end: Ints,
    spell_person: Ints, spell_service: Ints, spell_started: Ints, spell_ended: Ints,
    sizes: tuple[int, int, int, int, int, int], room: tuple[int, int], has_places: Bools, is_paid: Bools,
    lines: Any, parts: Any, closings: Any, fixed: Any, months: Ints, month_of_day: Ints, edges: Ints, piece_of_month: Ints,
    prices: Floats, whole: Ints, index: Floats, services: Bools, happenings: Bools, curve_times: Ints, curve_values: Ints,
    exits: Ints,
) -> tuple[bool, Any, Any]:  # fmt: skip
    """Whether every amount was one, the rows, and the use of places.

    sizes: states, events, profiles, the end, the day of the start, days to the payment. room: rows to make room for at
    first. has_places: services whose use makes curves. is_paid: codes of happenings that any line pays for. The rest: of
    the history, and `Tables`.
    """
    states, events, profiles, end, first_day, terms = sizes
    tables = Tables(
        lines, parts, closings, months, month_of_day, edges, piece_of_month, prices, whole, index, services, happenings,
        curve_times, curve_values, exits, end,
    )  # fmt: skip
    stays = (first_stays(stay_person, len(profile)), stay_person, stay_state, stay_begin, stay_end)
    spells = (spell_person, spell_service, spell_started, spell_ended)
    using = moves(rows, has_places)
    found = happened(rows, len(profile), is_paid, states, events, len(has_places), end)
    closed = np.zeros((len(closings), len(months)), np.int64)
    closes = np.zeros((len(closings), len(months)), np.bool_)
    for i in range(len(closings)):
        close_units(tables, closings[i], using, closed[i], closes[i, :-1])
    flows, use = Flows(np.empty(room[0], FLOW), 0), Flows(np.empty(room[1], FLOW), 0)
    for line in lines:
        if line.kind == FIXED:
            written_rows, size = with_room(flows.rows, flows.size, line.last - line.first), flows.size
            for row in fixed[line.first : line.last]:
                size = written(
                    written_rows, size, line.item, -1, row.earned_on, row.nominal_pence, row.real_pence
                )
            flows = Flows(written_rows, size)
        elif line.kind < PLACES:
            found_flows = about_people(
                use if line.kind == USE else flows, tables, line, profile, stays, spells, found
            )
            if line.kind == USE:
                use = found_flows
            else:
                flows = found_flows
        else:
            flows = about_places(
                flows, tables, line, profile, stays, spells, using, closed, closes, profiles, states
            )  # fmt: skip
        if min(flows.size, use.size) == NO_MONEY:
            break
    return (
        min(flows.size, use.size) != NO_MONEY,
        dated(flows, first_day, terms),
        dated(use, first_day, terms),
    )
