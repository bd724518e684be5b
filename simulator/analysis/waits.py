"""Who is reached, who waits how long, and what became of the rest, for each service.

A wait belongs to the window in which it began; people still waiting at the horizon count with their wait so far, so a
mean is never flattered by leaving out the longest waits.
"""

from __future__ import annotations

import numpy as np

from simulator.analysis.measures import Measure
from simulator.engine import history as h
from simulator.engine.history import NOT_YET, History
from simulator.engine.model import UNLIMITED
from simulator.money.places import in_use, places_open

SECONDS_A_DAY = 86_400


def services(history: History) -> list[Measure]:
    """Chances, referrals, waits, starts and ends of each service from `start` on. A service that nothing reached has no rows."""
    rows, table = history.rows, history.spell_table
    found: list[Measure] = []
    edges = np.array([0, history.end], np.int64)
    for number, name in enumerate(history.services):
        mine = table["service"] == number
        from_start = mine & (table["referred"] >= 0)
        joined = from_start & (table["joined"] != NOT_YET)
        started = mine & (table["started"] >= 0)
        ended = mine & (table["started"] != NOT_YET) & (table["ended"] >= 0)
        off = (
            mine & (table["joined"] != NOT_YET) & (table["started"] == NOT_YET) & (table["ended"] >= 0)
        )  # counted when they leave the list
        way = table["way"]
        here = (rows["item"] == number) & (rows["time"] >= 0)
        missed = int((here & (rows["what"] == h.MISSED)).sum())
        lapsed = int((here & (rows["what"] == h.LAPSED)).sum())
        if not (missed or lapsed or mine.any()):
            continue
        chances = missed + lapsed + int(from_start.sum())
        list_end = np.where(
            table["started"] != NOT_YET,
            table["started"],
            np.where(table["ended"] != NOT_YET, table["ended"], history.end),
        )
        wait = (list_end - table["joined"])[joined] / SECONDS_A_DAY
        counts = {
            "missed": missed,
            "lapsed": lapsed,
            "referred": from_start.sum(),
            "declined": (from_start & (way == h.DECLINED)).sum(),
            "joined": joined.sum(),
            "started": started.sum(),
            "gave_up": (off & (way == h.GAVE_UP)).sum(),
            "turned_away": (off & np.isin(way, (h.TURNED_AWAY, h.CLOSED))).sum(),
            "need_changed": (off & np.isin(way, (h.BY_STATE, h.BY_LEAVING))).sum(),
            "completed": (ended & (way == h.COMPLETED)).sum(),
            "dropped_out": (ended & (way == h.DROPPED_OUT)).sum(),
            "cut_short": (ended & np.isin(way, (h.BY_STATE, h.CLOSED, h.BY_LEAVING))).sum(),
            "waiting_at_end": (mine & (table["still"] == h.WAITING)).sum(),
            "in_at_end": (mine & (table["still"] == h.IN)).sum(),
        }
        found += [Measure("services", name, measure, float(value)) for measure, value in counts.items()]
        if chances:
            found.append(
                Measure(
                    "services",
                    name,
                    "reached",
                    float((from_start & (table["started"] != NOT_YET)).sum()) / chances,
                )
            )
        if len(wait):
            found += [
                Measure("services", name, "wait_days", wait.mean()),
                Measure("services", name, "wait_90_days", np.quantile(wait, 0.9, method="inverted_cdf")),
            ]
        found.append(
            Measure("services", name, "in_use", in_use(history, [number]).area(edges)[0] / history.end)
        )
        places = places_open(history, history.pools[history.pool[1, number]])
        if places.value.max() < UNLIMITED:
            found.append(Measure("services", name, "places", places.area(edges)[0] / history.end))
    return found
