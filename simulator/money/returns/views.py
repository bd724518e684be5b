"""Four ways to count one deal's money, which never add up with one another.

`bank`: nominal, when money moves. `budget`: nominal, by the financial year it belongs to: what a finance director reports.
`purse`: real, discounted, the public sector only. `value`: real, discounted, all of society.

Each view takes other items: an outcome payment is a cost to the purse, but only a transfer to society, which bears the cost
of delivery instead. Example E24: one deal is worth +900 to society, +300 to the purse, and costs -300 in cash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

View = Literal["bank", "budget", "value", "purse"]
RATIO_CALLED = {"value": "benefit-cost ratio", "purse": "return to the public purse"}
"""What benefits / costs may be called. In cash there is no such ratio."""


class ViewsMixed(ValueError):
    """An attempt to add up, or to read, money as if it were of another view."""


def _sealed(items: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType(dict(items))


@dataclass(frozen=True)
class Reading:
    """Costs and benefits in pounds, by item, in one view. label: what must be said with it ("" for the plain reading)."""

    view: View
    costs: Mapping[str, float] = field(default_factory=dict)
    benefits: Mapping[str, float] = field(default_factory=dict)
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "costs", _sealed(self.costs))
        object.__setattr__(self, "benefits", _sealed(self.benefits))

    @property
    def cost(self) -> float:
        """Pounds of all costs."""
        return sum(self.costs.values())

    @property
    def benefit(self) -> float:
        """Pounds of all benefits."""
        return sum(self.benefits.values())

    @property
    def net(self) -> float:
        """Benefits less costs, in pounds."""
        return self.benefit - self.cost

    @property
    def benefit_cost_ratio(self) -> float | None:
        """Benefits / costs of `value` (None: no costs). Raises ViewsMixed in any other view: there it is no BCR."""
        return self._ratio("value")

    @property
    def return_to_the_public_purse(self) -> float | None:
        """Benefits / costs of `purse` (None: no costs). Raises ViewsMixed in any other view."""
        return self._ratio("purse")

    def _ratio(self, view: View) -> float | None:
        if self.view != view:
            raise ViewsMixed(f"{RATIO_CALLED[view]} is a figure of the view `{view}`, not of `{self.view}`")
        return self.benefit / self.cost if self.cost else None

    def __add__(self, other: Reading) -> Reading:
        """Two deals in one view. Raises ViewsMixed when views or labels differ."""
        if not isinstance(other, Reading):
            return NotImplemented
        if (self.view, self.label) != (other.view, other.label):
            raise ViewsMixed(
                f"`{self.view}` and `{other.view}` count different things and do not add up"
                if self.view != other.view
                else f"readings differ: {self.label or 'plain'!r} and {other.label or 'plain'!r} do not add up"
            )
        return Reading(
            self.view, _added(self.costs, other.costs), _added(self.benefits, other.benefits), self.label
        )


def _added(these: Mapping[str, float], those: Mapping[str, float]) -> dict[str, float]:
    return {name: these.get(name, 0.0) + those.get(name, 0.0) for name in {**these, **those}}


def value(
    resources: Mapping[str, float], freed: Mapping[str, float], wellbeing: Mapping[str, float]
) -> Reading:
    """Society's reading: real, discounted pounds.

    resources: what delivering, managing and evaluating uses up. freed: resources no longer used, at their unit value.
    wellbeing: what people gain. Outcome payments, profit parts of fees and returns to investors are transfers: they cancel,
    and have no place among these.
    """
    return Reading("value", resources, _together(freed, wellbeing))


def purse(
    payments: Mapping[str, float], own_costs: Mapping[str, float], fiscal: Mapping[str, float]
) -> Reading:
    """The public sector's reading: real, discounted pounds.

    payments: by public payers, under contracts. own_costs: of the payers. fiscal: benefits to all agencies. What delivery
    costs the provider is in the payments, and not counted again.
    """
    return Reading("purse", _together(payments, own_costs), fiscal)


def cash(
    view: Literal["budget", "bank"],
    payments: Mapping[str, float],
    own_costs: Mapping[str, float],
    released: Mapping[str, float],
) -> Reading:
    """What the payer's budget or bank shows: nominal pounds, against cash released only (not capacity that was freed)."""
    if view not in ("budget", "bank"):
        raise ViewsMixed(f"cash is a reading of `budget` or `bank`, not of `{view}`")
    return Reading(view, _together(payments, own_costs), released)


def _together(these: Mapping[str, float], those: Mapping[str, float]) -> dict[str, float]:
    """One mapping of two. Raises ValueError when an item is in both: it would be counted once instead of twice."""
    if both := these.keys() & those.keys():
        raise ValueError(f"listed twice: {', '.join(sorted(both))}")
    return {**these, **those}
