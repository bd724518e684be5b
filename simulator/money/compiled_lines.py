"""The lines of a plan of costs as tables that compiled loops read, and the rows they write.

`costs` says what each line is paid for and `posting` fills these tables. Times are seconds from `start`; a *piece* is the
time between two edges, where calendar months and the amounts of a line change.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulator.engine.machine_code import inner
from simulator.engine.model import Bools, Floats, Ints
from simulator.money.compiled_ledger import FLOW
from simulator.money.compiled_pence import NO_AMOUNT

# What a line is paid for, and what `what` then says.
(
    FIXED,  # rows that do not depend on what happened: `first` to `last` of `fixed`
    IN_STATE,  # time in a state: its number
    IN_SERVICES,  # time in services: a row of `services`
    USE,  # the same, as a value of places used instead of a flow
    STARTS,  # each start in services: a row of `services`
    HAPPENINGS,  # each of some happenings: a row of `happenings`
    PLACES,  # places open or in use, but for closed units: a row of `services`; the places are a curve, `first` to `last`
    BEYOND,  # what is used beyond the places left open by a closing, at the places' price
    BOUGHT,  # the same, at the prices of `parts`, `first` to `last`
    EXITS,  # units that close: `first` is where the amounts by month begin in `exits`
) = range(10)
LASTING = (IN_STATE, IN_SERVICES, USE)

LINE = np.dtype(
    [
        *((name, np.int64) for name in ("kind", "item", "what", "closing", "first", "last")),
        ("days", np.float64),  # that a price is for
        *((name, np.int64) for name in ("first_edge", "pieces", "first_month")),
        # Prices by piece and cell; a cell is profile x by_profile + state x by_state.
        *((name, np.int64) for name in ("prices", "cells", "by_profile", "by_state")),
    ]
)
PART = np.dtype(
    [("split", np.bool_), ("days", np.float64), *((name, np.int64) for name in ("prices", "states"))]
)
CLOSING = np.dtype(
    [
        *((name, np.int64) for name in ("own", "demand", "first", "last")),  # rows of `services`; a curve of places
        *((name, np.int64) for name in ("units", "places_each", "outside", "sustained", "notice", "least")),
        ("headroom", np.float64),
        ("reopen", np.bool_),
    ]
)  # fmt: skip


class Tables(NamedTuple):
    """All that a plan says of its lines; see LINE for what refers to what.

    months: edges of calendar months. month_of_day: which one each day is in. edges: of the pieces of lines, one set after
    the other. piece_of_month: the piece in which each month begins, likewise. whole: (2, prices), nominal and real pence of
    what lasts all of a piece. price_index: money of the day for a pound of the price year, by day. services: (sets, services).
    happenings: (sets, codes), see `happened`. exits: (2, ...), nominal and real pence of closing a unit, by month. end:
    seconds.
    """

    lines: Any
    parts: Any
    closings: Any
    months: Ints
    month_of_day: Ints
    edges: Ints
    piece_of_month: Ints
    prices: Floats
    whole: Ints
    price_index: Floats
    services: Bools
    happenings: Bools
    curve_times: Ints
    curve_values: Ints
    exits: Ints
    end: int


class Flows(NamedTuple):
    """Rows being written (days from `start`), and how many there are: NO_MONEY once an amount was none."""

    rows: Any
    size: int


NO_MONEY = -1


@inner
def with_room(rows: Any, size: int, more: int) -> Any:
    """The rows, or a copy with room for so many more."""
    if size + more <= len(rows):
        return rows
    found = np.empty(2 * (size + more), FLOW)
    for i in range(size):
        found[i] = rows[i]
    return found


@inner
def written(rows: Any, size: int, item: int, person: int, day: int, nominal: int, real: int) -> int:
    """One row more, incurred on a day from `start`: the new size. What rounds to nothing is no flow."""
    if nominal == NO_AMOUNT or real == NO_AMOUNT or size == NO_MONEY:
        return NO_MONEY
    if nominal <= 0:
        return size
    row = rows[size]
    row.item, row.person, row.earned_on, row.nominal_pence, row.real_pence = item, person, day, nominal, real
    return size + 1
