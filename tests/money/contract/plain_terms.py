"""Contracts and claims as short as a test can say them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.money.contract.claims import Activity, Claims
from simulator.money.contract.terms import Pay, Payer, Terms, always

BEGINS = dt.date(2027, 4, 1)


def a_pay(price: float = 100.0, outcome: str = "home", **changes: Any) -> Pay:
    """Pounds for each claim of an outcome, at every date."""
    return Pay(
        **{"outcome": outcome, "label": outcome, "unit": "claim", "prices": (always(price),), **changes}
    )


def terms_of(*pays: Pay, **changes: Any) -> Terms:
    """Six years from April 2027 with a year's tail, settled quarterly, one council paying one charity after 30 days."""
    given: dict[str, Any] = {
        "name": "deal",
        "label": "Deal",
        "form": "direct",
        "payers": (Payer("council", 1.0),),
        "payees": (("charity", 1.0),),
        "begins": BEGINS,
        "ends": dt.date(2033, 3, 31),
        "starts_until": dt.date(2033, 3, 31),
        "earn_until": dt.date(2034, 3, 31),
        "claim_until": dt.date(2034, 6, 30),
        "pays": pays,
    }
    return Terms(**{**given, **changes})


def claims_of(
    earned: Sequence[dt.date | str],
    *,
    pay: Sequence[int] | int = 0,
    person: Sequence[int] | None = None,
    units: Sequence[float] | float = 1.0,
    started: Sequence[dt.date | str] | None = None,
    **more: Any,
) -> Claims:
    """One claim for each day earned, ready at once and certified, of people 0, 1, 2, ... unless told otherwise."""
    n = len(earned)
    day = np.array(earned, "datetime64[D]")
    number = np.broadcast_to(np.asarray(units, np.float64), (n,)).copy()
    given: dict[str, Any] = {
        "pay": np.broadcast_to(np.asarray(pay, np.int64), (n,)).copy(),
        "person": np.arange(n) if person is None else np.array(person, np.int64),
        "number": np.ones(n, np.int64),
        "started": np.full(n, np.datetime64(BEGINS))
        if started is None
        else np.array(started, "datetime64[D]"),
        "earned": day,
        "ready": day,
        "units": number,
        "certified": number,
        "cell": np.zeros(n, np.int64),
    }
    return Claims(**{**given, **more})


def in_order(claims: Claims, order: Any) -> Claims:
    """The same claims given in another order."""
    columns = {name: getattr(claims, name) for name in Claims.__dataclass_fields__}
    return Claims(**{name: None if column is None else column[order] for name, column in columns.items()})


def activity_of(service: str = "visits", months: int = 72, **amounts: Any) -> Activity:
    """The same each month: starts, referrals, place_years, person_days, waits (days; 0)."""
    columns = {
        name: {service: np.broadcast_to(np.asarray(amounts.get(name, 0.0), np.float64), (months,)).copy()}
        for name in ("starts", "referrals", "place_years", "person_days", "waits")
    }
    return Activity(**columns)
