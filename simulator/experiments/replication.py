"""One replication of several designs on the same random numbers, down to its measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.analysis import budgets, flow, savings, waits
from simulator.analysis.measures import Measure, frame_of
from simulator.engine.compile import compile_model
from simulator.engine.history import History
from simulator.engine.model import Model
from simulator.engine.numbers import Numbers
from simulator.money.costs import post_costs
from simulator.money.ledger import Ledger
from simulator.outcomes.evaluate import evaluate
from simulator.outcomes.rates import change, counterfactual, summarise
from simulator.scenario.document import Document
from simulator.scenario.load import Scenario

if TYPE_CHECKING:
    import pandas as pd

ENGINES = ("simpy",)


@dataclass(frozen=True, eq=False)
class Run:
    """One design in one replication: what happened, and what it cost."""

    document: Document
    model: Model
    history: History
    ledger: Ledger


def engine_named(name: str) -> Callable[[Model, int, int], History]:
    """The engine of this name. Raises ValueError naming those there are."""
    if name != "simpy":
        raise ValueError(f"there is no engine `{name}`; there is: {', '.join(ENGINES)}")
    from simulator.engine.simpy_engine import simulate

    return simulate


def run_design(
    scenario: Scenario,
    design: str,
    replication: int = 0,
    *,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    engine: str = "simpy",
    model: Model | None = None,
) -> Run:
    """Simulate one design once and post its costs. `model` saves compiling it again."""
    model = model or compile_model(scenario, design, seed=seed, draw=draw, reading=reading)
    history = engine_named(engine)(model, seed, replication)
    ledger = post_costs(scenario, model, history, replication, seed=seed, draw=draw, reading=reading)
    return Run(scenario.design(design, reading), model, history, ledger)


def measures_of(
    run: Run, baseline: Run | None = None, *, seed: int = 1, draw: int | None = None
) -> list[Measure]:
    """Everything reported of one run; with a baseline (another run of the replication), also savings and counterfactuals."""
    document, history = run.document, run.history
    numbers = Numbers(document, seed, draw)
    found = (
        flow.people(history) + flow.states(history) + flow.crises(history, document) + waits.services(history)
    )
    for name, outcome in document.outcomes.items():
        if not _possible(outcome.since.name, document):
            continue
        table = evaluate(outcome, history)
        summary = summarise(outcome, table)
        found += [
            Measure("outcomes", name, "known", summary.known),
            Measure("outcomes", name, "not_yet_known", summary.not_yet_known),
        ]
        if summary.rate is not None:
            found.append(Measure("outcomes", name, "result", summary.rate))
        if baseline is not None and baseline is not run and summary.rate is not None:
            caused = change(table, counterfactual(outcome, history, table, baseline.history))
            if caused is not None:
                found += [
                    Measure("outcomes", name, "without_it", caused[0]),
                    Measure("outcomes", name, "change", caused[1]),
                ]
    found += (
        budgets.costs(run.ledger)
        + budgets.value(run.ledger, document, numbers)
        + budgets.wellbeing(history, document, numbers)
    )
    if baseline is not None and baseline is not run:
        found += savings.savings(baseline.ledger, run.ledger, baseline.history, history)
    return found


def _possible(name: str, document: Document) -> bool:
    """Whether the moment that starts an outcome's clock can happen under this design (a service may be another design's)."""
    return (
        name in ("arrived", "leaves")
        or name in document.needs
        or name in document.events
        or name in document.services
    )


def replicate(
    scenario: Scenario,
    designs: Sequence[str],
    replication: int,
    *,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    engine: str = "simpy",
    models: dict[str, Model] | None = None,
) -> pd.DataFrame:
    """Measures (`analysis.measures.COLUMNS`) of each design in one replication.

    The baseline is run first where it is among them: savings and counterfactuals are told against it.
    """
    import pandas as pd

    ordered = sorted(designs, key=lambda name: name != scenario.baseline)
    baseline: Run | None = None
    parts = []
    for design in ordered:
        run = run_design(
            scenario,
            design,
            replication,
            seed=seed,
            draw=draw,
            reading=reading,
            engine=engine,
            model=(models or {}).get(design),
        )
        if design == scenario.baseline:
            baseline = run
        parts.append(frame_of(design, replication, measures_of(run, baseline, seed=seed, draw=draw)))
    return pd.concat(parts, ignore_index=True)
