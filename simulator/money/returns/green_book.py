"""What does public value come to when weak evidence is marked down, and a pound counts for more to those who have less?

Both are labelled readings of the view `value`, beside the plain one. In any other view, in budgets and in tests of
acceptance they have no place; nor on numbers whose draws were already widened for the same doubt.

Sources: optimism bias by grade of evidence as in the Greater Manchester cost-benefit model (percentages not checked at the
source); distributional weight (median / income) ^ 1.3, HM Treasury, The Green Book, Annex 3.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import overload

import numpy as np
from numpy.typing import NDArray

from simulator.money.returns.views import Reading, ViewsMixed

OPTIMISM_BIAS = {1: 0.0, 2: 0.05, 3: 0.10, 4: 0.15, 5: 0.25, 6: 0.40}
"""Share taken off a benefit, and put on a cost, by grade of its evidence, 1 the best."""
ELASTICITY = 1.3
"""Of the marginal utility of income."""

_LABEL = "Green Book reading"


def with_optimism_bias(reading: Reading, grades: Mapping[str, int], widened: Collection[str] = ()) -> Reading:
    """Costs raised and benefits lowered by the grade of each item's evidence.

    grades: item -> 1 to 6; items not named stay. widened: items whose draws were already widened for weak evidence.

    Raises ViewsMixed for a view other than `value`; ValueError for an unknown item or grade, for an item that is already
    widened, or for a reading that has been adjusted for it before.
    """
    _only_value(reading, "optimism bias")
    _known(reading, grades)
    if "optimism bias" in reading.label:
        raise ValueError("optimism bias has been taken off this reading already")
    if twice := sorted(set(widened) & grades.keys()):
        raise ValueError(f"draws were already widened for the same doubt: {', '.join(twice)}")
    if unknown := sorted(set(grades.values()) - OPTIMISM_BIAS.keys()):
        raise ValueError(f"grades of evidence are 1 to 6, not {', '.join(map(str, unknown))}")
    bias = {name: OPTIMISM_BIAS[grade] for name, grade in grades.items()}
    return Reading(
        "value",
        {name: pounds * (1.0 + bias.get(name, 0.0)) for name, pounds in reading.costs.items()},
        {name: pounds * (1.0 - bias.get(name, 0.0)) for name, pounds in reading.benefits.items()},
        _labelled(reading, "optimism bias by grade of evidence"),
    )


def with_weights(reading: Reading, weights: Mapping[str, float]) -> Reading:
    """Costs and benefits multiplied by the weight of those who bear or have them; items not named stay.

    weights: item -> weight (see `distribution_weight`). Raises ViewsMixed for a view other than `value`; ValueError for an
    unknown item, a weight that is not above 0, or a reading that was weighted before.
    """
    _only_value(reading, "distributional weights")
    _known(reading, weights)
    if "distributional weights" in reading.label:
        raise ValueError("this reading is weighted already")
    if any(not 0.0 < weight < np.inf for weight in weights.values()):
        raise ValueError("distributional weights are numbers above 0")
    return Reading(
        "value",
        {name: pounds * weights.get(name, 1.0) for name, pounds in reading.costs.items()},
        {name: pounds * weights.get(name, 1.0) for name, pounds in reading.benefits.items()},
        _labelled(reading, "distributional weights"),
    )


@overload
def distribution_weight(income: float, median: float, elasticity: float = ...) -> float: ...
@overload
def distribution_weight(
    income: NDArray[np.floating], median: float, elasticity: float = ...
) -> NDArray[np.float64]: ...
def distribution_weight(
    income: float | NDArray[np.floating], median: float, elasticity: float = ELASTICITY
) -> float | NDArray[np.float64]:
    """What a pound to somebody with this income is worth in pounds to somebody with the median: (median / income) ^ 1.3.

    income: a year, any shape; median: in the same pounds. Raises ValueError when one is not above 0.

    >>> round(distribution_weight(20_000, 50_000), 8)
    3.29095551
    """
    incomes = np.asarray(income, np.float64)
    if not (np.all((incomes > 0.0) & np.isfinite(incomes)) and 0.0 < median < np.inf):
        raise ValueError("incomes must be above 0 for a distributional weight")
    weight = (median / incomes) ** elasticity
    return weight if weight.ndim else float(weight)


def _only_value(reading: Reading, what: str) -> None:
    if reading.view != "value":
        raise ViewsMixed(f"{what}: a reading of the view `value` only, never of `{reading.view}`")


def _known(reading: Reading, named: Collection[str]) -> None:
    if unknown := sorted(set(named) - reading.costs.keys() - reading.benefits.keys()):
        raise ValueError(f"no such item in the reading: {', '.join(unknown)}")


def _labelled(reading: Reading, what: str) -> str:
    return f"{reading.label}, {what}" if reading.label else f"{_LABEL}: {what}"
