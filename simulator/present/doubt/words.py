"""What things are called in the answers about doubt: filled once from a scenario, so that no answer looks them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """Labels and units for sentences, tables and charts.

    designs: label by name, the reference (baseline) first. cost: what the cost is, as `cost of all resources, whoever pays`.
    terms: its price year and discounting, as `2024/25 prices, discounted to ...`, or "" for money of the year. effect: what
    more of is better, in the plural, as `crises avoided`; one: of one, as `crisis avoided`. effect_unit: for
    `present.numbers.quantity`, as `crises`. parameters: label of each uncertain number by place in the file. worth: £ for one
    of the effect at which answers are given. draws, replications: how the runs were made.
    """

    designs: Mapping[str, str]
    cost: str
    terms: str
    effect: str
    one: str
    effect_unit: str
    worth: float
    draws: int
    replications: int
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return next(iter(self.designs))


__all__ = ["Words"]
