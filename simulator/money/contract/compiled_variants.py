"""What many variants of a contract pay for many histories: one pass over the claims for each, then over the invoices."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.machine_code import entry
from simulator.engine.model import Ints
from simulator.money.contract.compiled_caps import HEADROOM, NO_CAP, UNPAID


@entry
def paid_by_year(
    first_person: Ints,
    first_line: Ints,
    nobody: Any,
    kind: Any,
    period: Any,
    year: Ints,
    pence: Ints,
    person_cap: Ints,
    year_cap: Ints,
    total_cap: Ints,
    carry: Ints,
    found: Ints,
) -> None:
    """Fill `found` (variants, histories, years) with pence paid by contract year.

    People of history h are first_person[h] to first_person[h + 1], lines of person p first_line[p] to first_line[p + 1], in
    the order of the person cap; nobody: by person, that this one is none. kind, period: by line; pence: (variants, kinds).
    """
    invoice = np.zeros(len(year), np.int64)
    for history in range(len(first_person) - 1):
        for variant in range(len(pence)):
            invoice[:] = 0
            prices = pence[variant]
            cap = person_cap[variant]
            for person in range(first_person[history], first_person[history + 1]):
                room = NO_CAP if nobody[person] else cap
                for line in range(first_line[person], first_line[person + 1]):
                    amount = min(prices[kind[line]], room)
                    room -= amount
                    invoice[period[line]] += amount
            in_year = in_all = rolled = waiting = 0
            for now in range(len(year)):
                if now and year[now] != year[now - 1]:
                    if carry[variant] == HEADROOM and year_cap[variant] < NO_CAP:
                        rolled += year_cap[variant] - in_year
                    in_year = 0
                due = invoice[now] + waiting
                room = NO_CAP if year_cap[variant] == NO_CAP else year_cap[variant] + rolled - in_year
                fits = min(due, room)
                waiting = due - fits if carry[variant] == UNPAID else 0
                fits = min(fits, total_cap[variant] - in_all)
                in_year += fits
                in_all += fits
                found[variant, history, year[now]] += fits
