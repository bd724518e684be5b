"""One replication of several designs on the same random numbers, down to its measures.

What no random number changes is prepared once for each design (`prepare`); a replication is the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from simulator.analysis import budgets, flow, reach, savings, waits
from simulator.analysis.budgets import Budgets
from simulator.analysis.deal import PreparedDeal, comparison_results, prepare_deal, run_deal
from simulator.analysis.deal_measures import deal_measures
from simulator.analysis.deal_units import DEAL_TABLES
from simulator.analysis.measures import Measure, Measures
from simulator.analysis.public_cash import public_cash
from simulator.engine.compile import compile_model
from simulator.engine.history import History
from simulator.engine.model import Floats, Model
from simulator.engine.numbers import Draw, Numbers
from simulator.experiments.engines import DEFAULT, Watch, engine_named
from simulator.money.costs import prepare_costs
from simulator.money.ledger import Ledger
from simulator.money.posting import CostPlan
from simulator.outcomes.evaluate import OutcomeTable, evaluate
from simulator.outcomes.rates import change, counterfactual, summarise
from simulator.scenario.document import Document
from simulator.scenario.load import Scenario

# Comparison groups are drawn from replications so far on from those that are reported (`runner.MOST_REPLICATIONS`).
APART = 1_000_000_000


@dataclass(frozen=True, eq=False)
class Prepared:
    """A design ready to be run any number of times: see `prepare`. May be used by many threads.

    services: those of all designs, so that a service which only another has is known to reach nobody under this one.
    """

    scenario: Scenario
    document: Document
    model: Model
    services: tuple[str, ...]
    costs: CostPlan
    budgets: Budgets
    seed: int
    deal: PreparedDeal | None = None


@dataclass(frozen=True, eq=False)
class Run:
    """One design in one replication: what happened, and what it cost."""

    prepared: Prepared
    history: History
    ledger: Ledger

    @property
    def document(self) -> Document:
        return self.prepared.document

    @property
    def model(self) -> Model:
        return self.prepared.model


def prepare(
    scenario: Scenario,
    design: str,
    *,
    seed: int = 1,
    draw: int | Draw | None = None,
    reading: str | None = None,
) -> Prepared:
    """The numbers of a design (as written, or one draw of them) as model, price tables, discount factors and contracts.

    draw: None for the numbers as written, 1, 2, ... for a sample under `seed`, or a Draw, which says where each number lies.
    Raises ScenarioError where they cannot be.
    """
    document = scenario.design(design, reading)
    model = compile_model(scenario, design, seed=seed, draw=draw, reading=reading)
    costs = prepare_costs(scenario, model, seed=seed, draw=draw, reading=reading)
    numbers = Numbers(document, seed, draw)
    worth = budgets.prepare(document, numbers, model.end)
    of_others = (name for each in scenario.designs.values() for name in each.services)
    services = tuple(sorted({*model.services, *of_others}))
    deal = prepare_deal(document, model, numbers)
    return Prepared(scenario, document, model, services, costs, worth, seed, deal)


def run_prepared(
    prepared: Prepared, replication: int = 0, *, engine: str = DEFAULT, watch: Watch | None = None
) -> Run:
    """Simulate a design once and post its costs. engine, watch: see `engines.engine_named`."""
    history = engine_named(engine)(prepared.model, prepared.seed, replication, watch=watch)
    return Run(prepared, history, prepared.costs.post(history, replication))


def run_design(
    scenario: Scenario,
    design: str,
    replication: int = 0,
    *,
    seed: int = 1,
    draw: int | Draw | None = None,
    reading: str | None = None,
    engine: str = DEFAULT,
) -> Run:
    """`prepare` and `run_prepared` in one."""
    prepared = prepare(scenario, design, seed=seed, draw=draw, reading=reading)
    return run_prepared(prepared, replication, engine=engine)


# What a table is made of besides itself: contracts move money between budgets, and pay for outcomes.
MONEY_TABLES = frozenset(("costs", "agencies", "value", "public_cash"))


def measures_of(
    run: Run,
    baseline: Run | None = None,
    comparison: Mapping[str, Floats] | None = None,
    tables: Collection[str] | None = None,
) -> list[Measure]:
    """Everything reported of one run; with a baseline (another run of the replication), also savings and counterfactuals.

    comparison: see `comparison_group`. tables: only these (None: all), and none of the work that only others need.
    """
    document, history = run.document, run.history
    other = baseline if baseline is not run else None

    def asked(*names: str) -> bool:
        return tables is None or any(name in tables for name in names)

    signed = run.prepared.deal is not None and asked(*MONEY_TABLES, *DEAL_TABLES)
    verdicts: dict[str, OutcomeTable] = {}
    found: list[Measure] = []
    for names, measure in (
        (("people",), lambda: flow.people(history)),
        (("states",), lambda: flow.states(history)),
        (("moves",), lambda: flow.moves(history, run.model.transitions)),
        (("reach",), lambda: reach.reach(history, run.prepared.services)),
        (("crises",), lambda: flow.crises(history, document)),
        (("segments",), lambda: reach.segments(history, document, run.prepared.services)),
        (("services",), lambda: waits.services(history)),
    ):
        if asked(*names):
            found += measure()
    for name, outcome in document.outcomes.items() if signed or asked("outcomes") else ():
        if not _possible(outcome.since.name, document):
            continue
        table = verdicts[name] = evaluate(outcome, history)
        if not asked("outcomes"):
            continue
        summary = summarise(outcome, table)
        found += [
            Measure("outcomes", name, "known", summary.known),
            Measure("outcomes", name, "not_yet_known", summary.not_yet_known),
        ]
        if summary.rate is not None:
            found.append(Measure("outcomes", name, "result", summary.rate))
        if other is not None and summary.rate is not None:
            caused = change(table, counterfactual(outcome, history, table, other.history))
            if caused is not None:
                found += [
                    Measure("outcomes", name, "without_it", caused[0]),
                    Measure("outcomes", name, "change", caused[1]),
                ]
    deal = None
    if signed:
        assert run.prepared.deal is not None
        deal = run_deal(
            run.prepared.deal,
            history,
            run.ledger,
            verdicts,
            run.ledger.replication,
            baseline=None if other is None else other.history,
            comparison=comparison,
            only_money=not asked(*DEAL_TABLES - MONEY_TABLES),
        )
    moved = () if deal is None else deal.ledgers
    if asked(*MONEY_TABLES):
        found += run.prepared.budgets.measures(run.ledger, history, moved, document.providers)
    if deal is not None and asked(*DEAL_TABLES - MONEY_TABLES):
        found += deal_measures(deal)
    if other is not None:
        if asked("savings"):
            found += savings.savings(other.ledger, run.ledger, other.history, history)
        if asked("public_cash") and (deal is not None or tables is not None):
            found += public_cash(document.agencies, other.ledger, run.ledger, moved)
    return found if tables is None else [each for each in found if each.table in tables]


def comparison_group(
    prepared: Prepared,
    baseline: Prepared,
    replication: int,
    *,
    engine: str = DEFAULT,
    watch: Watch | None = None,
) -> dict[str, Floats]:
    """Results of people without the service, by outcome, where a contract pays against a comparison group; else nothing.

    They are of a replication that nobody reports, so that the group's luck is its own.
    """
    if prepared.deal is None or not prepared.deal.compared:
        return {}
    histories = [
        engine_named(engine)(each.model, each.seed, replication + APART, watch=watch)
        for each in (prepared, baseline)
    ]
    return comparison_results(prepared.deal, *histories)


def _possible(name: str, document: Document) -> bool:
    """Whether the moment that starts an outcome's clock can happen under this design (a service may be another design's)."""
    return (
        name in ("arrived", "leaves")
        or name in document.needs
        or name in document.events
        or name in document.services
    )


def replicate(
    designs: Mapping[str, Prepared],
    replication: int,
    *,
    engine: str = DEFAULT,
    watch: Callable[[float], object] | None = None,
    tables: Collection[str] | None = None,
) -> Measures:
    """Measures of each design in one replication, in the order given but for the baseline, which is first.

    Savings and counterfactuals are told against the baseline where it is among them. watch: called now and then with the
    share of the designs that is done; an exception it raises ends the replication. tables: see `measures_of`.
    """
    ordered = sorted(designs, key=lambda name: name != designs[name].scenario.baseline)
    baseline: Run | None = None
    parts = []
    for number, name in enumerate(ordered):
        run = run_prepared(
            designs[name],
            replication,
            engine=engine,
            watch=watch and _of_several(watch, number, len(ordered)),
        )
        if name == designs[name].scenario.baseline:
            baseline = run
        others = (
            {}
            if baseline is None
            else comparison_group(designs[name], baseline.prepared, replication, engine=engine)
        )
        parts.append(Measures.of(name, replication, measures_of(run, baseline, others, tables)))
    return Measures.side_by_side(parts)


def _of_several(watch: Watch, number: int, of: int) -> Watch:
    return lambda share: watch((number + share) / of)


def prepare_all(
    scenario: Scenario,
    designs: Sequence[str],
    *,
    seed: int = 1,
    draw: int | Draw | None = None,
    reading: str | None = None,
) -> dict[str, Prepared]:
    """`prepare` for several designs, by name."""
    return {
        name: prepare(scenario, name, seed=seed, draw=draw, reading=reading)
        for name in dict.fromkeys(designs)
    }
