"""Tiny scenarios with costs, worked by hand: prices without inflation unless said, so that nominal is real."""

from __future__ import annotations

from typing import Any

from simulator.analysis.savings import savings
from simulator.experiments.replication import Run, run_design
from simulator.money.ledger import Ledger
from simulator.scenario.load import Scenario, load_text
from tests.engine.worked import at, document, service
from tests.scenarios_at_random import as_text

AGENCIES = {"council": "Council", "nhs": "NHS"}


def scenario_of(**sections: Any) -> Scenario:
    """A scenario that starts on 1 April 2027 and lasts 100 days, in 2024/25 prices, unless said otherwise."""
    start = sections.pop("start", "2027-04-01")
    found = document(
        **{"price_year": "2024/25", "inflation": "0% per year", "agencies": AGENCIES, **sections}
    )
    return load_text(
        as_text({key: value for key, value in {**found, "start": start}.items() if value is not None})
    )


def run(design: str | None = None, *, draw: int | None = None, seed: int = 1, **sections: Any) -> Run:
    scenario = scenario_of(**sections)
    return run_design(scenario, design or scenario.baseline, draw=draw, seed=seed)


def rows(ledger: Ledger) -> list[tuple[str, str, float]]:
    """(item, day incurred, pounds of the day), in the order posted."""
    frame = ledger.frame()
    days = frame["earned_on"].astype(str)
    return list(zip(frame["item"], days, (frame["nominal_pence"] / 100).tolist(), strict=True))


def paid(ledger: Ledger, column: str = "nominal_pence") -> dict[str, float]:
    """Pounds by item."""
    frame = ledger.frame()
    return {name: int(sum_) / 100 for name, sum_ in frame.groupby("item", sort=False)[column].sum().items()}


def by_year(ledger: Ledger, view: str = "budget") -> dict[tuple[int, int], int]:
    """Nominal pence by (item, financial year), of those that occur."""
    first, sums = ledger.by_year(view)
    return {
        (item, first + year): pence
        for item, years in enumerate(sums.tolist())
        for year, pence in enumerate(years)
        if pence
    }


def dated(**sections: Any) -> list[tuple[str, float]]:
    """What a scenario with one line costs, by day incurred."""
    return [(day, pounds) for _, day, pounds in rows(run(**sections).ledger)]


def four(before: Run, after: Run) -> dict[str, tuple[float, float, float, float]]:
    """By line ("" for all): demand avoided, cash released, idle, reused."""
    found: dict[str, dict[str, float]] = {}
    for each in savings(before.ledger, after.ledger, before.history, after.history):
        found.setdefault(each.item, {})[each.measure] = each.value
    names = ("demand_avoided", "cash_released", "idle", "reused")
    return {item: tuple(line[name] for name in names) for item, line in found.items()}  # type: ignore[misc]


__all__ = ["at", "by_year", "dated", "four", "paid", "rows", "run", "scenario_of", "service"]
