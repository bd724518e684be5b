"""Who is reached, who waits how long, and what became of the rest, for each service.

A wait belongs to the window in which it began; people still waiting at the horizon count with their wait so far, so a
mean is never flattered by leaving out the longest waits.
"""

from __future__ import annotations

import numpy as np

from simulator.analysis.compiled_sums import sums_by_service
from simulator.analysis.measures import Measure
from simulator.engine import history as h
from simulator.engine.history import History
from simulator.engine.model import UNLIMITED

SECONDS_A_DAY = 86_400


def services(history: History) -> list[Measure]:
    """Chances, referrals, waits, starts and ends of each service from `start` on. A service that nothing reached has no rows."""
    table, rows = history.spell_table, history.counts[1].tolist()  # by what, item, why
    referred_ever = history.counts[:, h.REFERRED].sum(axis=(0, 2)).tolist()
    sums, waits, first = sums_by_service(
        len(history.services),
        history.end,
        *(table[name] for name in ("service", "referred", "joined", "started", "ended")),
    )
    by_service, edges = sums.tolist(), first.tolist()
    found: list[Measure] = []
    for number, name in enumerate(history.services):
        referred, off, ended, still = (
            rows[what][number] for what in (h.REFERRED, h.OFF_LIST, h.ENDED, h.STILL_SERVICE)
        )
        missed, lapsed = sum(rows[h.MISSED][number]), sum(rows[h.LAPSED][number])
        if not (missed or lapsed or referred_ever[number]):
            continue
        counts = {
            "missed": missed,
            "lapsed": lapsed,
            "referred": sum(referred),
            "declined": referred[h.DECLINED],
            "joined": referred[h.JOINED],
            "started": sum(rows[h.STARTED][number]),
            "gave_up": off[h.GAVE_UP],  # counted when they leave the list
            "turned_away": off[h.TURNED_AWAY] + off[h.CLOSED],
            "need_changed": off[h.BY_STATE] + off[h.BY_LEAVING],
            "completed": ended[h.COMPLETED],
            "dropped_out": ended[h.DROPPED_OUT],
            "cut_short": ended[h.BY_STATE] + ended[h.CLOSED] + ended[h.BY_LEAVING],
            "waiting_at_end": still[h.WAITING],
            "in_at_end": still[h.IN],
        }
        found += [Measure("services", name, measure, float(value)) for measure, value in counts.items()]
        reached, in_use, waited = by_service[number]
        if chances := missed + lapsed + sum(referred):
            found.append(Measure("services", name, "reached", reached / chances))
        mine = waits[edges[number] : edges[number + 1]]
        if many := len(mine):
            # Here and not in what is compiled: Numba's partition takes n^2 steps for n equal waits, as when nobody waits.
            most = (9 * many + 9) // 10 - 1  # at or below it in order are nine in ten
            found += [
                Measure("services", name, "wait_days", waited / many / SECONDS_A_DAY),
                Measure(
                    "services", name, "wait_90_days", int(np.partition(mine, most)[most]) / SECONDS_A_DAY
                ),
            ]
        found.append(Measure("services", name, "in_use", in_use / history.end))
        places = history.pool_places[history.pool[1, number]]
        if max(value for _, value in places) < UNLIMITED:
            found.append(Measure("services", name, "places", _area(places, history.end) / history.end))
    return found


def _area(steps: tuple[tuple[int, int], ...], end: int) -> int:
    """Value x seconds of a number that changes at dates, over [0, end)."""
    until = [when for when, _ in steps[1:]] + [end]
    return sum(
        value * max(min(to, end) - max(when, 0), 0) for (when, value), to in zip(steps, until, strict=True)
    )
