"""What things are called in the answers about doubt: filled once from a scenario, so that no answer looks them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.experiments.uncertain import READING
from simulator.present.verdict import present_value

if TYPE_CHECKING:
    from simulator.experiments.outputs import Output
    from simulator.experiments.uncertain import Uncertain
    from simulator.scenario.load import Scenario

PRESENT_VALUES = frozenset(("cost", "purse", "public_value", "wellbeing"))
"""Figures that are discounted sums in the prices of one year; other money is of the year in which it is spent."""


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


def words_for(
    scenario: Scenario,
    designs: tuple[str, ...],
    cost: Output,
    effect: Output,
    *,
    worth: float,
    draws: int,
    replications: int,
    numbers: tuple[Uncertain, ...] = (),
) -> Words:
    """What a scenario calls its designs, its numbers and the two figures that a decision weighs."""
    parameters = {each.place: each.label for each in numbers}
    if scenario.document.readings:
        parameters[READING] = "How the evidence is read"
    plural, one, unit = _effect(effect)
    return Words(
        {name: scenario.label(name) for name in designs},
        cost.label[:1].lower() + cost.label[1:],
        present_value(scenario) if cost.name in PRESENT_VALUES else "",
        plural,
        one,
        unit,
        worth,
        draws,
        replications,
        parameters,
    )


def _effect(effect: Output) -> tuple[str, str, str]:
    """What more of is better, of one, and in which unit."""
    known = {
        "crises": ("crises avoided", "crisis avoided", "crises"),
        "crisis_days": ("days in crisis avoided", "day in crisis avoided", "days"),
    }
    if effect.name in known:
        return known[effect.name]
    avoided = " avoided" if effect.more_is_better is False else ""
    return f"of ‘{effect.label}’{avoided}", f"one of ‘{effect.label}’{avoided}", effect.unit


__all__ = ["Words", "words_for"]
