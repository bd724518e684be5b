"""How much of the services a contract pays for there was, by month: what block, fees and guarantees rest on (3.1, 3.2)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulator.engine.history import NOT_YET, History
from simulator.engine.model import SECONDS_A_DAY, UNLIMITED
from simulator.money.contract.claims import Activity
from simulator.money.contract.terms import Terms
from simulator.scenario.document import Document

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
YEAR_DAYS = 365.25


def services_of(terms: Terms) -> tuple[str, ...]:
    """The services whose activity a contract pays for, holds to a standard or guarantees."""
    named: Iterable[str] = [fee.service for fee in terms.fees]
    named = [*named, *([terms.withheld.service] if terms.withheld else [])]
    named = [*named, *([terms.guarantee.service] if terms.guarantee else [])]
    return tuple(dict.fromkeys(named))


def months_of(terms: Terms, document: Document) -> Ints:
    """Seconds since the scenario's start of each first of a month of the contract's term, and of the day after its end."""
    first, last = np.datetime64(terms.begins, "M"), np.datetime64(terms.ends, "M")
    starts = np.arange(first, last + 1).astype("datetime64[D]")
    edges = np.append(starts, np.datetime64(terms.ends) + 1)
    edges[0] = np.datetime64(terms.begins)
    return (edges - np.datetime64(document.start)).astype(np.int64) * SECONDS_A_DAY


def activity_of(terms: Terms, document: Document, history: History) -> Activity:
    """Starts, referrals, open place-years, person-days and mean waits of those services, by month of the term."""
    edges = months_of(terms, document)
    found = Activity({}, {}, {}, {}, {})
    spells = history.spell_table
    for name in services_of(terms):
        months = len(edges) - 1
        if name not in history.services:
            for column in (found.starts, found.referrals, found.place_years, found.person_days):
                column[name] = np.zeros(months)
            found.waits[name] = np.full(months, np.nan)
            continue
        number = history.services.index(name)
        of = spells["service"] == number
        referred, started, ended = (spells[key][of] for key in ("referred", "started", "ended"))
        joined = spells["joined"][of]
        began = started != NOT_YET
        found.referrals[name] = _by_month(referred, edges)
        found.starts[name] = _by_month(started[began], edges)
        waits = (started[began] - joined[began]) / SECONDS_A_DAY
        total = _by_month(started[began], edges, waits)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.waits[name] = total / found.starts[name]
        until = np.where(ended[began] == NOT_YET, history.end, ended[began])
        found.person_days[name] = _days_between(started[began], until, edges)
        found.place_years[name] = _open_years(history, number, edges)
    return found


def _by_month(times: Ints, edges: Ints, weights: Floats | None = None) -> Floats:
    inside = (times >= edges[0]) & (times < edges[-1])
    month = np.searchsorted(edges, times[inside], side="right") - 1
    return np.bincount(month, None if weights is None else weights[inside], minlength=len(edges) - 1).astype(
        np.float64
    )


def _days_between(begin: Ints, end: Ints, edges: Ints) -> Floats:
    """Days of all stays in each month: of those begun less of those ended by each edge, summed."""
    so_far = [
        float((np.minimum(end, edge) - np.minimum(begin, edge)).sum()) / SECONDS_A_DAY for edge in edges
    ]
    return np.diff(np.array(so_far))


def _open_years(history: History, service: int, edges: Ints) -> Floats:
    steps = history.pool_places[int(history.pool[1, service])]
    total = np.zeros(len(edges) - 1)
    for (since, places), until in zip(steps, [*(when for when, _ in steps[1:]), history.end], strict=True):
        if 0 < places < UNLIMITED:
            overlap = np.minimum(edges[1:], until) - np.maximum(edges[:-1], since)
            total += places * np.maximum(overlap, 0)
    return total / SECONDS_A_DAY / YEAR_DAYS
