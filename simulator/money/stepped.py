"""What does falling demand save when capacity comes in whole units that must be closed?

Adds the closing rule and the cost it leads to, for a service whose demand is met come what may: own units
first, places bought by the spot beyond them. Then occupancy does not depend on how many units are open, so
closing is a valuation after the run. Leaves hard capacity, where closing changes who is served, to the design
of the service.

How the rule is read (examples E12 and E35). Each month ends with a look back over the last ``sustained``
months, that month included. If in each of them N <= (K - 1) x places - headroom, one unit is put under
notice; K counts the units not under notice at the time of looking, so a unit under notice is already gone.
Its notice is the ``notice`` months that follow; the exit cost falls in the last of them (with no notice, in
the month of the decision), and it is shut from the start of the next month. In E12 demand reaches 8 in month
13; months 13, 14 and 15 are low enough for a third unit of 4 to go, notice runs over months 16, 17 and 18,
and the unit is shut from the start of month 19.

E12 leaves open whether the months that put one unit under notice may count again towards the next: here they
may, at one decision a month, since demand low enough for two units to go need not prove itself twice. A
closure whose notice runs past the last month leaves no trace but an exit cost, and that only if its last
month is within the run.

With ``reopen``, a closed unit returns by the mirror rule: N above the places of the K units that will remain
in each of ``sustained`` months, open after ``notice`` months of preparation, never more units than at the
start, no cost of its own.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.money.compiled_closing import follow


@dataclass(frozen=True)
class ClosingRule:
    """When a unit is closed.

    places_each: places in a unit (or cases a worker holds). sustained: months in a row demand must be low.
    notice: whole months from the decision to the closing. exit_cost: pounds per unit closed, in its last
    month. headroom: places to keep free beyond demand. least: units never closed. reopen: whether a closed
    unit may return.

    Raises ValueError, naming the field, for a value that makes no sense.
    """

    places_each: int
    sustained: int
    notice: int
    exit_cost: float
    headroom: float = 0.0
    least: int = 0
    reopen: bool = False

    def __post_init__(self) -> None:
        for field, lowest in (("places_each", 1), ("sustained", 1), ("notice", 0), ("least", 0)):
            value = getattr(self, field)
            if not isinstance(value, (int, np.integer)) or value < lowest:
                raise ValueError(
                    f"closing rule: {field} must be a whole number of at least {lowest}, not {value!r}"
                )
        for field in ("exit_cost", "headroom"):
            value = getattr(self, field)
            if not 0.0 <= value < float("inf"):
                raise ValueError(f"closing rule: {field} must be finite and 0 or more, not {value!r}")


class UnitsOpen(NamedTuple):
    """Units open in each month, int (months,), and the months (from 0) that are a unit's last, rising."""

    units: npt.NDArray[np.int64]
    closing_months: npt.NDArray[np.int64]


@dataclass(frozen=True)
class SteppedCost:
    """What a stepped service costs month by month, in pounds, not rounded; every array has shape (months,).

    cost: the sum of the three parts. unit_costs: units open, used or not. spot_costs: places bought beyond
    them. exit_costs: leaving a unit, in its last month. units: units open.
    closing_months: months from 0 that are some unit's last (its exit cost falls there); shape (closures,).
    """

    cost: npt.NDArray[np.float64]
    unit_costs: npt.NDArray[np.float64]
    spot_costs: npt.NDArray[np.float64]
    exit_costs: npt.NDArray[np.float64]
    units: npt.NDArray[np.int64]
    closing_months: npt.NDArray[np.int64]


def units_open(demand_by_month: npt.ArrayLike, units_at_start: int, rule: ClosingRule) -> UnitsOpen:
    """How many units stay open each month under the rule, which sees only the past months of its own run.

    demand_by_month: places in use in each month (mean occupancy), shape (months,), 0 or more. units_at_start:
    units open in the first month. Returns units by month and the months that are a unit's last. Raises
    ValueError when demand is not one finite, non-negative series or the start is negative.
    """
    demand = _series(demand_by_month)
    if units_at_start < 0:
        raise ValueError(f"units open at the start must be 0 or more, not {units_at_start}")
    units = np.full(len(demand), units_at_start, dtype=np.int64)
    closes = np.zeros(len(demand), dtype=np.bool_)
    # The rule is written once, for compiled loops; this is it as plain Python.
    follow.py_func(
        demand,
        units,
        closes,
        rule.places_each,
        rule.sustained,
        rule.notice,
        rule.headroom,
        rule.least,
        rule.reopen,
    )
    return UnitsOpen(units, np.flatnonzero(closes))


def stepped_cost(
    demand: npt.ArrayLike, units_at_start: int, unit_cost: float, spot_cost: float, rule: ClosingRule
) -> SteppedCost:
    """What the service costs month by month: K x unit_cost + max(0, N - K x places) x spot_cost + exit costs.

    demand: places in use in each month, shape (months,). unit_cost: pounds per unit-month, full or empty.
    spot_cost: pounds per place-month bought beyond the units. Raises ValueError as ``units_open`` does.
    """
    series = _series(demand)
    units, closing_months = units_open(series, units_at_start, rule)
    unit_costs = units.astype(np.float64) * float(unit_cost)
    spot_costs = np.maximum(0.0, series - units * rule.places_each) * float(spot_cost)
    exit_costs = np.zeros(len(series))
    exit_costs[closing_months] = rule.exit_cost  # one decision a month, so never two closures in one
    return SteppedCost(
        cost=unit_costs + spot_costs + exit_costs,
        unit_costs=unit_costs,
        spot_costs=spot_costs,
        exit_costs=exit_costs,
        units=units,
        closing_months=closing_months,
    )


def avoided(value_avoided: float, cash: float, reused: float = 0.0) -> float:
    """Capacity freed and idle: the part of the value of avoided demand that nobody's bank account sees.

    value of demand avoided = cash released + capacity freed and idle + capacity reused by others. All in
    pounds over the same months; reused is value taken up by others, who are to be named. Only ``cash`` may be
    called a saving. Below 0 when closing released more cash than the avoided demand was valued at.
    """
    return value_avoided - cash - reused


def _series(demand: npt.ArrayLike) -> npt.NDArray[np.float64]:
    series = np.asarray(demand, dtype=np.float64)
    if series.ndim != 1 or not np.all(np.isfinite(series) & (series >= 0.0)):
        raise ValueError("demand must be one series of months, each finite and 0 or more")
    return series
