"""Figures by name: what a study keeps of each run, what is asked to be precise, what parties accept.

A name is one of the short ones below, an outcome, `wait for SERVICE`, `reached by SERVICE`, `net_saving AGENCY`, or
`TABLE.MEASURE` and `TABLE.ITEM.MEASURE` of any measure of a run (`analysis.measures`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.measures import UNITS, Key, Measures
from simulator.engine.model import Floats
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, ScenarioError, did_you_mean

Column = tuple[str, str, str]
"""table, item, measure"""


@dataclass(frozen=True)
class Output:
    """One figure of a design in a run: the sum of columns of its measures over the whole horizon, each times its sign.

    name: as asked for. label: for people. unit: as in `measures.UNITS`. more_is_better: None where it depends.
    """

    name: str
    label: str
    unit: str
    columns: tuple[tuple[Column, float], ...]
    more_is_better: bool | None = None

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(table for (table, _, _), _ in self.columns)


# Short names: label, the columns with their signs, and whether more is better.
SHORT: dict[str, tuple[str, tuple[tuple[Column, float], ...], bool]] = {
    "crises": ("Crises", ((("crises", "", "number"), 1.0),), False),
    "crisis_days": ("Days in crisis", ((("crises", "", "person_days"), 1.0),), False),
    "cost": ("Cost of all resources, whoever pays", ((("value", "", "resources"), 1.0),), False),
    "purse": ("Cost to all public budgets", ((("value", "", "purse"), 1.0),), False),
    "wellbeing": ("Worth of wellbeing", ((("value", "", "wellbeing"), 1.0),), True),
    "public_value": (
        "Public value",
        ((("value", "", "wellbeing"), 1.0), (("value", "", "resources"), -1.0)),
        True,
    ),
    "demand_avoided": ("Demand avoided", ((("savings", "", "demand_avoided"), 1.0),), True),
    "cash_released": ("Cash released", ((("savings", "", "cash_released"), 1.0),), True),
    "irr": ("Investors' annual return", ((("investors", "all", "xirr"), 1.0),), True),
    "multiple": ("Investors' multiple", ((("investors", "all", "dpi"), 1.0),), True),
    "capital_lost": ("Lost by investors", ((("investors", "all", "loss"), 1.0),), False),
}
COUNTED_FROM_0 = frozenset(
    ("people", "moves", "crises", "costs", "agencies", "value", "savings", "public_cash", "payers")
)
"""In these tables a measure that a run does not have is 0; in others it is not known."""


def outputs(scenario: Scenario, names: Sequence[str] | None = None) -> tuple[Output, ...]:
    """Figures by name, each once; by default those of the scenario's own money, crises, outcomes and services.

    Raises ScenarioError for a name that is none, with the nearest that is.
    """
    wanted = list(dict.fromkeys(names)) if names else default_names(scenario)
    return tuple(_output(scenario, name) for name in wanted)


def default_names(scenario: Scenario) -> list[str]:
    """What a study keeps if nobody says: crises, money in its views, outcomes, waits and reach."""
    document = scenario.document
    services = dict.fromkeys(
        name for each in scenario.designs.values() for name, service in each.services.items() if service.for_
    )
    found = ["crises", "cost", "purse", "cash_released", "demand_avoided"]
    if _scored(scenario):
        found.append("public_value")
    if any(design.signs for design in document.designs.values()):
        found += [f"net_saving {name}" for name in document.agencies]
        if document.investment is not None:
            found += ["irr", "multiple", "capital_lost"]
        found += [f"lowest cash of {name}" for name in document.providers]
    found += list(document.outcomes)
    return found + [f"{word} {name}" for name in services for word in ("wait for", "reached by")]


def _output(scenario: Scenario, name: str) -> Output:
    document = scenario.document
    if name in document.outcomes:
        return Output(name, scenario.label(name), "share or mean", ((("outcomes", name, "result"), 1.0),))
    if name in SHORT:
        label, columns, better = SHORT[name]
        if name == "public_value" and not _scored(scenario):
            columns = columns[1:]
        return Output(name, label, UNITS[columns[-1][0][0], columns[-1][0][2]][0], columns, better)
    services = {service for each in scenario.designs.values() for service in each.services}
    known: Collection[str]
    for words, known, table, measure, label, better in (
        ("wait for", services, "services", "wait_days", "Mean wait for {}, days", False),
        ("reached by", services, "services", "reached", "Share of chances that lead to {}", True),
        ("net_saving", document.agencies, "public_cash", "net", "Net saving in cash of {}", True),
        ("lowest cash of", _parties(scenario), "cash", "low", "Lowest cash of {}", True),
    ):
        if name.startswith(f"{words} "):
            thing = name.removeprefix(f"{words} ")
            if thing not in known:
                raise _none(scenario, name, did_you_mean(thing, known))
            unit = UNITS[table, measure][0]
            columns = (((table, thing, measure), 1.0),)
            return Output(name, label.format(scenario.label(thing)), unit, columns, better)
    if name == "net_saving":
        columns = tuple((("public_cash", each, "net"), 1.0) for each in document.agencies)
        return Output(name, "Net saving in cash of all public budgets", "£", columns, True)
    table, _, rest = name.partition(".")
    item, _, measure = rest.rpartition(".")
    if (table, measure) in UNITS:
        unit, label, _ = UNITS[table, measure]
        about = " -> ".join(scenario.label(part) for part in item.split(" -> ")) if item else ""
        return Output(name, f"{label}: {about}" if about else label, unit, (((table, item, measure), 1.0),))
    known = [*SHORT, "net_saving", *document.outcomes]
    raise _none(scenario, name, did_you_mean(name, known))


def _none(scenario: Scenario, name: str, hint: str | None) -> ScenarioError:
    return ScenarioError(
        [Problem(1, 1, "outputs", f"there is no figure `{name[:80]}`", hint, file=scenario.file)]
    )


def _scored(scenario: Scenario) -> bool:
    return any(
        need.wellbeing is not None or need.quality_of_life is not None
        for need in scenario.document.needs.values()
    )


def _parties(scenario: Scenario) -> set[str]:
    return {name for each in scenario.designs.values() for name in (*each.providers, *each.agencies)}


def picked(measures: Measures, designs: Sequence[str], wanted: Sequence[Output]) -> Floats:
    """(replications, designs, outputs): the figures of runs, NaN where one is not known."""
    column: dict[Key, int] = {key: number for number, key in enumerate(measures.keys)}
    found = np.full((len(measures.values), len(designs), len(wanted)), np.nan)
    for d, design in enumerate(designs):
        for o, output in enumerate(wanted):
            total = np.zeros(len(measures.values))
            for (table, item, measure), sign in output.columns:
                at = column.get((design, table, item, measure, 0))
                missing = 0.0 if table in COUNTED_FROM_0 else np.nan
                values = missing if at is None else measures.values[:, at]
                total = total + sign * np.where(np.isnan(values), missing, values)
            found[:, d, o] = total
    return found


__all__ = ["Output", "default_names", "outputs", "picked"]
