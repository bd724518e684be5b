"""What the contracts of a design do in one run: who is paid for what, and what would have been paid had the service done nothing.

`prepare_deal` reads the contracts once for a design and draw; `run_deal` settles them on a history. Cash and returns of the
parties are `deal_cash`; what is reported of all of it is `deal_measures`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from simulator.analysis.comparators import comparators
from simulator.analysis.deal_cash import PartyCash, cash_of, own_costs
from simulator.analysis.measures import Measure
from simulator.analysis.would_have import of_the_service, with_it, without_it
from simulator.engine.history import History
from simulator.engine.model import Floats, Model
from simulator.engine.numbers import Numbers
from simulator.engine.random_numbers import key_of
from simulator.money.accounts.draws import Financed
from simulator.money.accounts.read import read_investment, read_providers
from simulator.money.accounts.terms import Investment, Provider
from simulator.money.amounts import days_of, index_of, indices_at
from simulator.money.contract.breaks import break_date
from simulator.money.contract.claims import Activity, Cohort, Days
from simulator.money.contract.cohorts import judge
from simulator.money.contract.dates import grown
from simulator.money.contract.observe import Observed, Verdicts, observed
from simulator.money.contract.observe_activity import activity_of
from simulator.money.contract.read import ReadContract, read_contract
from simulator.money.contract.settle import settle
from simulator.money.contract.settlement import Settlement
from simulator.money.contract.terms import Pay, Terms, on
from simulator.money.ledger import Ledger
from simulator.money.prices import PriceIndex
from simulator.outcomes.evaluate import OutcomeTable, evaluate
from simulator.scenario.document import Document


@dataclass(frozen=True, eq=False)
class PreparedDeal:
    """The contracts that a design signs, its providers and investment, in plain numbers. May be used by many threads.

    last: last day of the horizon. compared: outcomes that are paid against a comparison group, for which other replications
    must be run.
    """

    design: str
    document: Document
    contracts: tuple[ReadContract, ...]
    providers: Mapping[str, Provider]
    investment: Investment | None
    index: PriceIndex | None
    last: dt.date
    seed: int
    compared: tuple[str, ...]

    def real(self, days: Days) -> Floats:
        """Pounds of the day that make one of the price year, by day."""
        return np.ones(len(days)) if self.index is None else indices_at(self.index, days)


@dataclass(frozen=True, eq=False)
class Contracted:
    """One contract in one run.

    seen: what could be claimed. paid: the contract settled on it. without: what the same people would have achieved without
    the service, by outcome of the contract, and `nothing` the contract settled on that; None where no baseline was given.
    """

    terms: Terms
    seen: Observed
    paid: Settlement
    without: Observed | None = None
    nothing: Settlement | None = None
    stopped: dt.date | None = None


@dataclass(frozen=True, eq=False)
class Deal:
    """All contracts of a design in one run.

    ledgers: what contracts, investors and providers' overheads move, the delivery costs of the ledger of costs apart; earned
    within the horizon. cash: by party that is paid under a contract. compared: `comparators`.
    """

    prepared: PreparedDeal
    contracts: tuple[Contracted, ...]
    ledgers: tuple[Ledger, ...]
    cash: tuple[PartyCash, ...]
    compared: tuple[Measure, ...]
    financed: Financed | None = field(default=None)


def prepare_deal(document: Document, model: Model, numbers: Numbers) -> PreparedDeal | None:
    """The contracts of a design, or None where it signs none. Raises ScenarioError as the costs do."""
    signed = document.designs[model.design].signs
    if not signed:
        return None
    contracts = tuple(read_contract(document, name, numbers, model.segments, model.states) for name in signed)
    horizon = document.start + dt.timedelta(days=model.end // 86_400 - 1)
    return PreparedDeal(
        model.design,
        document,
        contracts,
        read_providers(document, numbers),
        read_investment(document, numbers, signed),
        None if document.price_year is None else index_of(document, numbers),
        horizon,
        numbers.seed,
        tuple(
            pay.outcome
            for each in contracts
            for pay in each.terms.pays
            if pay.against is not None and pay.against.comparison is not None
        ),
    )


def run_deal(
    prepared: PreparedDeal,
    history: History,
    costs: Ledger,
    tables: Mapping[str, OutcomeTable],
    replication: int,
    *,
    baseline: History | None = None,
    comparison: Mapping[str, Floats] | None = None,
    only_money: bool = False,
) -> Deal:
    """Settle a design's contracts on one history, and follow the cash.

    costs: the ledger of what the run cost. tables: verdicts on outcomes. baseline: the baseline's history of the same
    replication, for what would have been. comparison: see `observe.observed`. only_money: only what moves (`Deal.ledgers`),
    without what would have been, statements and stress, which take most of the time.
    """
    contracts = tuple(
        _contracted(
            prepared,
            read,
            history,
            tables,
            replication,
            None if only_money else baseline,
            comparison or {},
        )
        for read in prepared.contracts
    )
    moved = [
        each.paid.ledger(prepared.design, replication, prepared.real, prepared.document.agencies)
        for each in contracts
    ]
    own = own_costs(
        prepared.providers,
        [(each.terms, each.stopped) for each in contracts],
        costs,
        prepared.real,
    )
    cash, financed, invested = cash_of(
        prepared.providers,
        prepared.investment,
        [each.terms for each in contracts],
        [*moved, *(each.paid for each in own.values())],
        prepared.document.start,
        prepared.last,
        prepared.real,
        statements=not only_money,
    )
    ledgers = [*moved, *(each.beside for each in own.values()), *invested]
    return Deal(
        prepared,
        contracts,
        tuple(_within(each, prepared.document.start, prepared.last) for each in ledgers),
        cash,
        tuple(
            comparators(
                {payer.name for each in contracts for payer in each.paid.payers} - {*prepared.providers},
                moved,
                [each.paid for each in own.values()],
                invested,
            )
        ),
        financed,
    )


def comparison_results(prepared: PreparedDeal, history: History, baseline: History) -> dict[str, Floats]:
    """Results a person without the service of people of another replication, from which comparison groups are drawn."""
    found = {}
    for name in prepared.compared:
        outcome = prepared.document.outcomes[name]
        table = evaluate(outcome, history)
        without = without_it(outcome, history, table, baseline).table
        found[name] = without.value[without.known]
    return found


def _contracted(
    prepared: PreparedDeal,
    read: ReadContract,
    history: History,
    tables: Mapping[str, OutcomeTable],
    replication: int,
    baseline: History | None,
    comparison: Mapping[str, Floats],
) -> Contracted:
    terms, document = read.terms, prepared.document
    key = key_of(prepared.seed, replication)
    names = [pay.outcome for pay in terms.pays] + ([terms.breaks.outcome] if terms.breaks else [])
    wanted = {name: document.outcomes[name] for name in names}
    happened = {name: with_it(outcome, history, tables[name]) for name, outcome in wanted.items()}
    seen = observed(terms, read.cells, document, history, happened, key, comparison)
    activity = activity_of(terms, document, history)
    stopped = _stopped(prepared, terms, happened)
    if stopped is not None:
        seen = observed(_until(terms, stopped), read.cells, document, history, happened, key, comparison)
    paid = _settled(terms, seen, activity, stopped)
    if baseline is None or not terms.pays:
        return Contracted(terms, seen, paid, stopped=stopped)
    otherwise: dict[str, Verdicts] = {
        name: happened[name]
        if of_the_service(outcome)
        else without_it(outcome, history, tables[name], baseline)
        for name, outcome in wanted.items()
    }
    without = observed(_until(terms, stopped), read.cells, document, history, otherwise, key, comparison)
    otherwise_stopped = _stopped(prepared, terms, otherwise)
    claimed = without
    if otherwise_stopped != stopped:
        live = _until(terms, otherwise_stopped)
        claimed = observed(live, read.cells, document, history, otherwise, key, comparison)
    nothing = _settled(terms, claimed, activity, otherwise_stopped)
    return Contracted(terms, seen, paid, without, nothing, stopped)


def _until(terms: Terms, stopped: dt.date | None) -> Terms:
    """The contract with nobody taken from the day of a break on."""
    if stopped is None:
        return terms
    return replace(terms, starts_until=min(terms.starts_until, stopped - dt.timedelta(days=1)))


def _stopped(prepared: PreparedDeal, terms: Terms, verdicts: Mapping[str, Verdicts]) -> dt.date | None:
    """The day on which a break takes effect. A result counts once its window has closed, whatever happened before."""
    if terms.breaks is None:
        return None
    table = verdicts[terms.breaks.outcome].table
    started = days_of(prepared.document, table.since)
    keep = (
        table.known
        & (started >= np.datetime64(terms.begins))
        & (started <= np.datetime64(terms.starts_until))
    )
    return break_date(terms, days_of(prepared.document, table.due[keep]), table.achieved[keep])


def _settled(terms: Terms, seen: Observed, activity: Activity, stopped: dt.date | None) -> Settlement:
    cohorts, pounds, failed = _judged(terms, seen.cohorts)
    return settle(
        terms,
        seen.claims,
        cohorts,
        activity,
        cohort_pounds=pounds,
        failed=failed,
        stopped=None if stopped is None else stopped - dt.timedelta(days=1),
    )


def _judged(
    terms: Terms, cohorts: tuple[Cohort, ...]
) -> tuple[tuple[Cohort, ...], dict[int, float], set[int]]:
    """Cohorts, each closed when its result is known; what those come to that are paid for a difference; who did not show it."""
    found = list(cohorts)
    pounds: dict[int, float] = {}
    failed: set[int] = set()
    for position, pay in enumerate(terms.pays):
        mine = [number for number, each in enumerate(cohorts) if each.pay == position]
        if pay.against is None or not mine:
            continue
        known = [number for number in mine if cohorts[number].expected is not None]
        failed.update(number for number in mine if number not in known)
        for number, judged in zip(known, judge([cohorts[each] for each in known], pay).cohorts, strict=True):
            if not judged.pays:
                failed.add(number)
                continue
            # One that passes only with the others is not known to pass before them.
            found[number] = replace(cohorts[number], closed=judged.on)
            if pay.slide is not None:
                pounds[number] = judged.amount
            elif pay.pays_as != "claims":
                pounds[number] = judged.amount * _price_change(terms, pay, found[number])
    return tuple(found), pounds, failed


def _price_change(terms: Terms, pay: Pay, cohort: Cohort) -> float:
    """From the price on the day a cohort closed, as `judge` reads it, to the one it is paid: by start if so agreed, indexed."""
    day = cohort.started if pay.price_by == "started" else cohort.closed
    then, at_close = (on(pay.prices[0], each.astype("datetime64[D]").item()) for each in (day, cohort.closed))
    index = float(grown(terms.indexed, terms.begins, np.array([day], "datetime64[D]"))[0])
    return index * (then / at_close if at_close else 0.0)


def _within(ledger: Ledger, first: dt.date, last: dt.date) -> Ledger:
    """The ledger with what is earned outside the horizon counted on its first or last day, for sums by year."""
    rows = ledger.rows.copy()
    rows["earned_on"] = np.clip(rows["earned_on"], np.datetime64(first), np.datetime64(last))
    rows["cash_on"] = np.maximum(rows["cash_on"], rows["earned_on"])
    return Ledger(ledger.design, ledger.replication, ledger.items, rows, ledger.use)
