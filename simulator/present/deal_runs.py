"""What the runs say of one design's contracts: measures run by run, and how they are put into words.

Everything shown of contracts, cash and returns comes from here, so that a number reads the same wherever it stands. Means
are of runs; a range of runs holds 95% of them; a rate of return is only ever a quantile over runs, never a mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.present import numbers as n
from simulator.present.rows import FEWEST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from simulator.engine.model import Floats
    from simulator.experiments.runner import Result
    from simulator.scenario.load import Scenario

EVERYBODY = "all"
"""The item of table `investors` that is all tranches together."""
CANNOT_TELL = "cannot tell"
COUNT = "people"
"""The style in which any count is shown: claims, months and times as people are."""
LOW, HIGH = 0.05, 0.95
"""One run in 20 is below, one in 20 above: what investors and providers call the bad and the good case."""


@dataclass(frozen=True, eq=False)
class DealRuns:
    """Measures of the contracts that a design signs (`analysis.deal_units`), over the runs of a result."""

    result: Result
    design: str

    @cached_property
    def _columns(self) -> dict[tuple[str, str, str, int], int]:
        return {
            key[1:]: number for number, key in enumerate(self.result.values.keys) if key[0] == self.design
        }

    @property
    def scenario(self) -> Scenario:
        return self.result.scenario

    @property
    def runs(self) -> int:
        return self.result.replications

    @property
    def name(self) -> str:
        return self.scenario.label(self.design)

    def label(self, name: str) -> str:
        """What a party, tranche, contract or outcome is called."""
        investment = self.scenario.document.investment
        if name == EVERYBODY:
            return "All investors"
        if investment is not None and name in investment.tranches:
            tranche = investment.tranches[name]
            return f"{tranche.label or name.replace('_', ' ')} ({tranche.from_})"
        return self.scenario.label(name)

    def __contains__(self, table: str) -> bool:
        return any(key[0] == table for key in self._columns)

    def items(self, table: str) -> list[str]:
        """What a table is about, in the order of the measures."""
        return list(dict.fromkeys(key[1] for key in self._columns if key[0] == table))

    def times(self, table: str, item: str, measure: str) -> list[int]:
        """Financial years (or months as 202704) for which there is a measure."""
        return sorted(key[3] for key in self._columns if key[:3] == (table, item, measure) and key[3])

    def each(self, table: str, item: str, measure: str, time: int = 0) -> Floats | None:
        """A measure in each run, NaN where a run has none; None where no run has it."""
        column = self._columns.get((table, item, measure, time))
        return None if column is None else self.result.values.values[:, column]

    def amount(self, table: str, item: str, measure: str, time: int = 0) -> Floats:
        """Pounds or a count in each run, 0 where a run has none."""
        found = self.each(table, item, measure, time)
        return np.zeros(self.runs) if found is None else np.nan_to_num(found, nan=0.0)

    def total(self, table: str, measure: str, time: int = 0) -> Floats:
        """A measure summed over the items of a table, run by run."""
        return self.summed((table, item, measure, time) for item in self.items(table))

    def summed(self, which: Iterable[tuple[str, str, str, int]]) -> Floats:
        """Several amounts (table, item, measure, time) added up run by run; 0 of none."""
        return sum((self.amount(*each) for each in which), np.zeros(self.runs))

    def by_time(self, table: str, item: str, measure: str) -> tuple[list[int], Floats]:
        """Times and a (runs, times) array of a measure; NaN where a run has none."""
        times = self.times(table, item, measure)
        columns = [self._columns[table, item, measure, time] for time in times]
        return times, self.result.values.values[:, columns]


def signing(scenario: Scenario) -> list[str]:
    """Designs that sign a contract, in the order of the file."""
    return [name for name in scenario.designs if scenario.document.designs[name].signs]


def known(values: Floats | None) -> Floats:
    """Those that are numbers."""
    return np.zeros(0) if values is None else values[~np.isnan(values)]


def mean(values: Floats | None) -> float:
    """The mean over runs; NaN where no run has one."""
    found = known(values)
    return float(found.mean()) if len(found) else math.nan


def quantile(values: Floats | None, share: float) -> float:
    """The value below which this share of the runs lies; NaN where no run has one."""
    found = known(values)
    return float(np.quantile(found, share)) if len(found) else math.nan


def ends(values: Floats | None) -> tuple[float, float]:
    """The range of runs: 95% of them lie in it."""
    return quantile(values, 0.025), quantile(values, 0.975)


def said(values: Floats | None, unit: str, *, prose: bool = False, difference: bool = False) -> str:
    """Mean and range of runs: `£1.2m (£1.0m to £1.4m)`; `none` where no run has one."""
    found = known(values)
    if not len(found):
        return "none"
    middle = mean(found)
    text = n.quantity(middle, unit, prose=prose, difference=difference)
    low, high = ends(found)
    if low == high:
        return text
    spread = n.span(low, high, unit, prose=prose, difference=difference, like=middle)
    return text if len(found) < 2 or spread == text else f"{text} ({spread})"


def range_said(values: Floats | None, unit: str, *, difference: bool = False) -> str:
    """The range of runs by itself; empty with one run."""
    found = known(values)
    if len(found) < 2:
        return ""
    return n.span(*ends(found), unit, difference=difference, like=mean(found))


def worst_said(values: Floats, unit: str = "£", *, share: float = LOW, prose: bool = True) -> str:
    """What only one run in 20 is below (or, with another share, above); the one value there is of one run."""
    return n.quantity(quantile(values, share), unit, prose=prose)


def counted(happened: ArrayLike) -> str:
    """What happened in so many of the runs, as a count: `5 of 5 runs`. Of what might happen, see `chance`."""
    flags = np.asarray(happened, bool)
    return n.runs(int(flags.sum()), len(flags))


def chance(happened: ArrayLike, *, brief: bool = False) -> str:
    """`3 of 100 runs`. With few runs none can be told; none in many runs is no proof of never (example E32).

    brief: for a cell of a table, without what none in so many runs cannot rule out.
    """
    flags = np.asarray(happened, bool)
    if len(flags) < FEWEST:
        few = f" from {n.number(len(flags), 0)} run{'s' if len(flags) != 1 else ''}"
        return CANNOT_TELL + ("" if brief else few)
    count = int(flags.sum())
    if count or brief:
        return n.runs(count, len(flags))
    most = 1 - 0.05 ** (1 / len(flags))
    return f"{n.runs(0, len(flags))}, which cannot rule out a chance of up to {n.share(most)}"


def month(number: float) -> str:
    """`April 2027` for 202704."""
    import datetime as dt

    if not math.isfinite(number):
        return n.UNKNOWN
    year, of_year = divmod(int(number), 100)
    return f"{dt.date(year, of_year, 1):%B %Y}"


def month_spread(values: Floats | None) -> str:
    """The middle month of the runs, and the range: each is the month of some run."""
    found = np.sort(known(values))
    if not len(found):
        return n.UNKNOWN
    low, middle, high = (
        month(found[min(int(share * len(found)), len(found) - 1)]) for share in (LOW, 0.5, HIGH)
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


__all__ = [
    "CANNOT_TELL",
    "COUNT",
    "EVERYBODY",
    "HIGH",
    "LOW",
    "DealRuns",
    "chance",
    "counted",
    "ends",
    "known",
    "listed",
    "mean",
    "month",
    "month_spread",
    "quantile",
    "range_said",
    "said",
    "signing",
    "worst_said",
]
