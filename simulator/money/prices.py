"""In which year's pounds is an amount, and what would it be in another's?

Adds price years, the GDP deflator, and the index from real to nominal; leaves discounting to ``discounting``.
A financial year such as 2013/14 takes the deflator of the calendar year it starts in (example E25). Nothing
is guessed: outside the published series an amount is refused, unless the scenario gives its own inflation.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from simulator.money.calendar import financial_year, financial_year_label
from simulator.money.values import read_table


class UnknownPriceYear(ValueError):
    """A year for which no price level is published and none was given."""


@dataclass(frozen=True)
class PriceYear:
    """A year in whose pounds an amount is stated.

    label: as written, "2013/14" or "2024". year: the calendar year whose deflator it takes.
    """

    label: str
    year: int


def price_year_of(text: str) -> PriceYear:
    """Which year's prices does this label mean?

    text: a calendar year "2024", or a financial year "2013/14", which takes calendar year 2013's deflator.
    Only the form is judged: whether a deflator is published for it is asked when it is used.

    >>> price_year_of("2013/14")
    PriceYear(label='2013/14', year=2013)

    Raises ValueError when it is neither form, or when the second part does not follow the first ("2013/15").
    """
    label = text.strip()
    match = re.fullmatch(r"([0-9]{4})(?:/([0-9]{2}))?", label)
    if match is None:
        raise ValueError(
            f"price year {text!r}: write a calendar year such as 2024 or a financial year such as 2013/14"
        )
    year = int(match[1])
    if match[2] is not None and int(match[2]) != (year + 1) % 100:
        raise ValueError(
            f"price year {text!r}: the year after {year} is written {financial_year_label(year)}"
        )
    return PriceYear(label, year)


@cache
def gdp_deflator() -> Mapping[int, float]:
    """The published GDP deflator by calendar year (index, 2024 = 100), read once; the years have no gap.

    Source and vintage: ``values/gdp_deflator.csv``. Raises ValueError when the table has a gap or a level
    of 0.
    """
    series = {int(row["year"]): float(row["deflator"]) for row in read_table("gdp_deflator").rows}
    years = list(series)
    if years != list(range(years[0], years[0] + len(years))) or min(series.values()) <= 0.0:
        raise ValueError("gdp_deflator: years must run on without a gap and every level be above 0")
    return MappingProxyType(series)


def _published(year: int) -> float:
    series = gdp_deflator()
    if year not in series:
        raise UnknownPriceYear(
            f"no GDP deflator is published for {year}; the series has {min(series)} to {max(series)}"
            f" ({read_table('gdp_deflator').about['vintage']})"
        )
    return series[year]


def deflate(amount: float, from_year: int, to_year: int) -> float:
    """What is an amount in one year's prices in another's, by the published GDP deflator?

    amount: pounds at ``from_year`` prices. from_year, to_year: calendar years (for 2013/14, 2013).
    Returns pounds at ``to_year`` prices, not rounded.

    Raises UnknownPriceYear, naming the years there are, when either is outside the published series.
    """
    return amount * _published(to_year) / _published(from_year)


@dataclass(frozen=True)
class PriceIndex:
    """How many pounds of the day make one real pound: nominal = real x index.

    base_year: the price year of real amounts, as the calendar year its financial year starts in; the index
        is 1.0 throughout that financial year. It may lie after the last published year.
    inflation: the scenario's own rate for the years after the published series, as a proportion a year;
        either one number, or (date, rate) pairs with rising dates, each in force from its date. Prices step up
        each 1 April by the rate then in force. None: no rate is given, and later years are refused.

    In a financial year with a published deflator the level is that of the calendar year it starts in; after
    the last one the level is compounded on each 1 April.

    >>> index = PriceIndex(2024, [(dt.date(2025, 4, 1), 0.025), (dt.date(2026, 4, 1), 0.02)])
    >>> round(952.64 * index.at(dt.date(2028, 9, 30)), 2)  # example E25
    1036.22

    Raises ValueError for a rate of -1 or less or dates that do not rise; UnknownPriceYear for a base year, or
    at a day, that has neither a published deflator nor a rate to reach it.
    """

    base_year: int
    inflation: float | Sequence[tuple[dt.date, float]] | None = None

    def __post_init__(self) -> None:
        if self.inflation is not None and not isinstance(self.inflation, (int, float)):
            # A tuple of its own, so that a list changed later does not change the index.
            object.__setattr__(self, "inflation", tuple(self.inflation))
        for start, rate in self._rates():
            if not -1.0 < rate < float("inf"):
                raise ValueError(
                    f"inflation from {start}: a rate is a finite proportion above -1, not {rate!r}"
                )
        for (earlier, _), (later, _) in pairwise(self._rates()):
            if later <= earlier:
                raise ValueError(
                    f"inflation: each date must come after the one before, but {later} follows {earlier}"
                )
        self._levels(self.base_year, self.base_year)

    def at(self, day: dt.date) -> float:
        """The index on a day (no unit)."""
        year = financial_year(day)
        return float(self._levels(year, year)[0] / self._levels(self.base_year, self.base_year)[0])

    def in_base_year(self, amount: float, from_year: int) -> float:
        """What is an amount in one year's prices in the base year's?

        from_year: the calendar year whose prices it is in (for 2013/14, 2013). By the published deflator where both
        years are in it, beyond it by the scenario's own rate: the latest prices are often newer than the series.
        """
        if from_year == self.base_year:
            return amount
        if max(from_year, self.base_year) <= max(gdp_deflator()):
            return deflate(amount, from_year, self.base_year)
        base, other = (self._levels(year, year)[0] for year in (self.base_year, from_year))
        return float(amount * base / other)

    def at_financial_years(self, years: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """The index in each financial year.

        years: starting years (2027 for 2027/28), integers, any shape. Returns an array of the same shape.
        """
        years = np.asarray(years)
        if not np.issubdtype(years.dtype, np.integer):
            raise ValueError(f"financial years are whole starting years, not {years.dtype}")
        if years.size == 0:
            return np.ones(years.shape)
        first, last = int(years.min()), int(years.max())
        levels = self._levels(first, last) / self._levels(self.base_year, self.base_year)[0]
        index: npt.NDArray[np.float64] = levels[years - first]
        return index

    def _rates(self) -> tuple[tuple[dt.date, float], ...]:
        if self.inflation is None:
            return ()
        if isinstance(self.inflation, (int, float)):
            return ((dt.date.min, float(self.inflation)),)
        return tuple(self.inflation)

    def _levels(self, first: int, last: int) -> npt.NDArray[np.float64]:
        """Price levels (2024 = 100) of the financial years first to last."""
        final = max(gdp_deflator())
        levels = [_published(year) for year in range(first, min(last, final) + 1)]
        level = gdp_deflator()[final]
        for year in range(final + 1, last + 1):
            level *= 1.0 + self._rate_on(dt.date(year, 4, 1))
            if year >= first:
                levels.append(level)
        return np.array(levels, dtype=np.float64)

    def _rate_on(self, day: dt.date) -> float:
        in_force = [rate for start, rate in self._rates() if start <= day]
        if not in_force:
            series = gdp_deflator()
            raise UnknownPriceYear(
                f"no price level for {financial_year_label(day.year)}: the GDP deflator is published for"
                f" {min(series)} to {max(series)} and no inflation rate is in force on {day};"
                " give the scenario a rate from that day"
            )
        return in_force[-1]
