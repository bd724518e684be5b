"""What one unit of a cost line is worth, for whom and when: amounts in the scenario's price year, and their index."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine.model import ALWAYS, SECONDS_A_DAY, Model
from simulator.engine.numbers import Numbers, pick, seconds_of, steps
from simulator.money.calendar import financial_years
from simulator.money.prices import PriceIndex, price_year_of
from simulator.scenario.document import Document
from simulator.scenario.fields import Cost
from simulator.scenario.problems import Refused
from simulator.scenario.quantities import Basis, Named, Quantity, Split, Timeline, leaves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]


def price_year(document: Document, cost: Cost, value: Any) -> str:
    """The price year of each number of a cost line: its own, the cost's, its source's, the cost's source's, or the file's.

    Several are joined by a comma.
    """
    return ", ".join(dict.fromkeys(_price_year(document, cost, leaf) for leaf in leaves(value)))


def _price_year(document: Document, cost: Cost, leaf: Quantity | Named) -> str:
    number = _number(document, leaf)
    own = document.sources.get(number.source) if number.source else None
    of_cost = document.sources.get(cost.source) if cost.source else None
    stated = (
        number.price_year,
        cost.price_year,
        own.price_year if own else None,
        of_cost.price_year if of_cost else None,
        document.price_year,
    )
    return str(next(year for year in stated if year))


def _number(document: Document, leaf: Quantity | Named) -> Quantity:
    return document.numbers[leaf.name] if isinstance(leaf, Named) else leaf


def basis_of(document: Document, value: Any) -> Basis:
    """What a line is per. Its numbers may be per different units of time (a week now, a year later), not per different things.

    Raises Refused if they are.
    """
    found = [_number(document, leaf).basis for leaf in leaves(value)]
    if len({(basis.of, basis.days is None) for basis in found}) > 1:
        raise Refused(
            "the numbers of one cost are per different things",
            "write them as two costs, such as one per start and one per referral",
        )
    return found[0]


class Amounts:
    """Pounds of one unit of a line (per `basis_of` the line), in the scenario's price year, by profile, state and time."""

    def __init__(
        self, document: Document, model: Model, numbers: Numbers, cost: Cost, value: Any, path: str
    ) -> None:
        self.year = price_year(document, cost, value)
        self.basis = basis_of(document, value)
        self.index = index_of(document, numbers)
        self.by: dict[tuple[int, int], tuple[Ints, Floats]] = {}
        self.split = isinstance(value, Split)
        self.by_state = isinstance(value, Split) and any(name in model.states for name, _ in value.parts)
        states: list[str | None] = list(model.states) if self.split else [None]
        for p, members in enumerate(model.segments if self.split else model.segments[:1]):
            for j, state in enumerate(states):
                part, end = pick(value, members, state)
                dated, factors = [(0, 0.0)], [1.0]
                if part is not None:
                    dated = steps(part, path + end, numbers)
                    factors = [self._factor(document, cost, leaf) for leaf in leaves(part)]
                times = np.array([ALWAYS, *(when for when, _ in dated[1:])], np.int64)
                self.by[p, j] = times, np.array([amount for _, amount in dated]) * factors

    def _factor(self, document: Document, cost: Cost, leaf: Quantity | Named) -> float:
        """From a number as written to the scenario's price year and the line's unit of time."""
        days = _number(document, leaf).basis.days
        time = self.basis.days / days if self.basis.days and days else 1.0
        return time * self.index.in_base_year(1.0, price_year_of(_price_year(document, cost, leaf)).year)

    @property
    def changes(self) -> Ints:
        """Seconds at which any amount changes."""
        found = {int(when) for times, _ in self.by.values() for when in times[1:]}
        return np.array(sorted(found), np.int64)

    def at(self, time: Ints) -> Floats:
        """Amounts at these seconds, of a line that is the same for everybody."""
        return self._of((0, 0), time)

    def table(self, edges: Ints, *, every_cell: bool = False) -> tuple[Floats, int, int]:
        """Amounts between successive edges, by cell: (pieces, cells), and how many cells a profile and a state are apart.

        edges: seconds, between which no amount changes. A cell is profile x by_profile + state x by_state; there are
        only those that tell amounts apart, unless `every_cell` asks for each profile and state.
        """
        profiles, states = (1 + max(each) for each in zip(*self.by, strict=True))
        if not (self.by_state or every_cell):
            states = 1
        found = np.empty((len(edges) - 1, profiles * states))
        for p in range(profiles):
            for j in range(states):
                found[:, p * states + j] = self._of((p, j), edges[:-1])
        return found, states if self.split else 0, 1 if self.by_state else 0

    def _of(self, key: tuple[int, int], time: Ints) -> Floats:
        times, values = self.by[key]
        return values[np.searchsorted(times, time, side="right") - 1]


def index_of(document: Document, numbers: Numbers) -> PriceIndex:
    """The index that turns pounds of the price year into money of the day (MONEY section 0)."""
    assert document.price_year is not None
    value = document.inflation
    rate: Any
    if isinstance(value, Timeline):
        dated = steps(value, "inflation", numbers)
        first = dt.date(1990, 4, 1)
        rate = [
            (first if index == 0 else document.start + dt.timedelta(seconds=when), each)
            for index, (when, each) in enumerate(dated)
        ]
    else:
        rate = numbers.of(value, "inflation")
    return PriceIndex(price_year_of(str(document.price_year)).year, rate)


def days_of(document: Document, seconds: Ints) -> Days:
    """Calendar days of seconds since the start."""
    return np.datetime64(document.start, "D") + np.floor_divide(seconds, SECONDS_A_DAY).astype(
        "timedelta64[D]"
    )


def indices_at(index: PriceIndex, days: Days) -> Floats:
    """The index on each day."""
    return np.asarray(index.at_financial_years(financial_years(days))) if len(days) else np.zeros(0)


def months_of_days(months: Ints) -> Ints:
    """Which month each day of the horizon is in. months: seconds of month starts and the end."""
    days = np.arange(0, max(int(months[-1]), 1), SECONDS_A_DAY)
    return np.asarray(np.searchsorted(months, days, side="right") - 1, np.int64)


def month_starts(document: Document, end: int) -> Ints:
    """Seconds of the start and of every first of a month within the horizon, and the end. Not to be written to."""
    return _month_starts(document.start, end)


@lru_cache(maxsize=64)  # the same for every draw of a scenario
def _month_starts(start: dt.date, end: int) -> Ints:
    found = [0]
    day = (start.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    while (at := (day - start).days * SECONDS_A_DAY) < end:
        found.append(at)
        day = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    months = np.array([*found, end], np.int64)
    months.setflags(write=False)
    return months


__all__ = [
    "Amounts",
    "basis_of",
    "days_of",
    "index_of",
    "indices_at",
    "month_starts",
    "months_of_days",
    "price_year",
    "seconds_of",
]
