"""From what the language writes to plain numbers, times by the calendar and values by date.

Contracts, providers and investment are read with it, from a scenario (whose numbers may be uncertain) or from the file of
a published deal (whose numbers are not).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.engine.numbers import Numbers
from simulator.money.calendar import add_months
from simulator.money.contract.terms import Dated, Lag, always, on
from simulator.scenario import units
from simulator.scenario.document import Document
from simulator.scenario.quantities import Basis, Named, Quantity, Timeline

ValueOf = Callable[[Quantity | Named, str], float]


def as_written(value: Quantity | Named, path: str) -> float:
    """The number as the file has it. Raises TypeError for the name of a number, which only a scenario can look up."""
    if not isinstance(value, Quantity):
        raise TypeError(f"{path}: a number is wanted here, not the name `{value.name}`")
    return value.value


def lag_of(time: Quantity) -> Lag:
    """A time in the unit it is written in: years and months by the calendar, weeks and days as days.

    >>> lag_of(Quantity("time", 2191.5, text="6 years"))
    Lag(months=72, days=0)
    """
    word = next((each for each in time.text.split() if each.isalpha() and units.unit_days(each)), "day")
    if units.unit_days(word) in (units.MONTH, units.YEAR):
        months = time.value / units.MONTH
        if abs(months - round(months)) < 1e-6:
            return Lag(months=round(months))
    return Lag(days=round(time.value))


def months_of(time: Quantity | None, default: int = 0) -> int:
    """Whole months of a time that the language counts in months."""
    return default if time is None else round(time.value / units.MONTH)


def days_of(time: Quantity | None, default: int = 0) -> int:
    """Whole days of a time that is counted in days."""
    return default if time is None else round(time.value)


def after(day: dt.date, lag: Lag) -> dt.date:
    """A day and a lag: months first, clamped to the month's end, then days."""
    return add_months(day, lag.months) + dt.timedelta(days=lag.days)


def varied(values: Dated, changes: Sequence[tuple[dt.date, float]]) -> Dated:
    """Values with changes laid over them: from its date on each stands for all that came after."""
    for day, value in changes:
        values = (*(each for each in values if each[0] < day), (day, value))
    return values


def product(first: Dated, second: Dated) -> Dated:
    """The product of two numbers that change by date."""
    days = sorted({day for day, _ in (*first, *second)})
    return tuple((day, on(first, day) * on(second, day)) for day in days)


@dataclass(frozen=True)
class Values:
    """Reads numbers at their place in a file: what `value_of` makes of a single one, by date from `start`.

    named: the file's numbers with a name, for what their amounts are per.
    """

    start: dt.date
    value_of: ValueOf = as_written
    named: Mapping[str, Quantity] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, numbers: Numbers) -> Values:
        """The numbers of a scenario, as `numbers` has them: as written or one draw."""
        return cls(document.start, numbers.of, document.numbers)

    def one(self, value: Any, path: str, default: float = 0.0) -> float:
        """A single number; `default` where the file gives none."""
        return default if value is None else self.value_of(value, path)

    def perhaps(self, value: Any, path: str) -> float | None:
        """A single number, or None where the file gives none."""
        return None if value is None else self.value_of(value, path)

    def a_year(self, value: Any, path: str) -> float:
        """Money per time as pounds a year; 0 where the file gives none."""
        return 0.0 if value is None else self.value_of(value, path) * self.basis(value).per_year

    def basis(self, leaf: Quantity | Named) -> Basis:
        """What an amount of money is per."""
        return self.named[leaf.name].basis if isinstance(leaf, Named) else leaf.basis

    def dated(self, value: Any, path: str, factor: Callable[[Basis], float] = lambda _: 1.0) -> Dated:
        """A number or a timeline, each value times what `factor` makes of its basis. The first holds before its date too."""
        if not isinstance(value, Timeline):
            return always(self.value_of(value, path) * factor(self.basis(value)))
        found = []
        for index, (when, dated, leaf) in enumerate(value.steps):
            day = dt.date.fromordinal(round(when)) if dated else self.start + dt.timedelta(days=round(when))
            amount = self.value_of(leaf, f"{path}.{index}") * factor(self.basis(leaf))
            found.append((day if index else dt.date.min, amount))
        return tuple(found)
