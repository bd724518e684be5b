"""Whose bank account holds out under the contracts of a design, in one run: providers, partners, a vehicle and its investors.

Each party's statement is made from all ledgers in which it pays or is paid, by the day that money moves, with the investment
into it; and again as it would be with 60% of outcomes, 60% of referrals, or outcomes paid 60 days late (MONEY section 4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.engine.model import Floats, Ints
from simulator.money.accounts.draws import Financed, finance
from simulator.money.accounts.finance_rows import finance_rows
from simulator.money.accounts.flows import Flows, Line, Moves, flows_of
from simulator.money.accounts.provider_flows import Delivery, provider_rows
from simulator.money.accounts.statement import Statement, statement
from simulator.money.accounts.stress import LATE_DAYS, SHARE, Stress, stressed
from simulator.money.accounts.terms import Investment, Provider
from simulator.money.calendar import add_months, month_index
from simulator.money.contract.claims import Days
from simulator.money.contract.terms import Lag, Terms
from simulator.money.ledger import CONTRACT, ROW, Item, Ledger
from simulator.money.pence import to_pence

Real = Callable[[Days], Floats]
PLANS: dict[str, tuple[str, dict[str, float]]] = {
    "planned": ("", {}),
    "outcomes": ("outcomes_60", {"outcomes": SHARE}),
    "referrals": ("referrals_60", {"referrals": SHARE}),
    "late": ("late_60", {"late_days": LATE_DAYS}),
}
"""By plan of `stress`: how it is named among measures, and what it changes in the planned flows."""
PAID_LATER = 2
"""Months after which a provider has paid everything of a month: tax and pension on the 22nd of the next, supplies in 30 days."""
FIXED = ("block", "guarantee", "floor", "fixed")
"""What is paid under a contract whatever happens; and fees by place are."""


@dataclass(frozen=True, eq=False)
class OwnCosts:
    """What a provider pays. paid: all of it, when it leaves the bank. beside: of that, what no ledger of costs has (overhead)."""

    paid: Ledger
    beside: Ledger


@dataclass(frozen=True, eq=False)
class PartyCash:
    """One party in one run. pounds (pence) and shares: the measures of `deal_units` beside those of the statement."""

    party: str
    statement: Statement
    pounds: Mapping[str, int]
    shares: Mapping[str, float | None]


def own_costs(
    providers: Mapping[str, Provider],
    contracts: Sequence[tuple[Terms, dt.date | None]],
    costs: Ledger,
    real: Real,
) -> dict[str, OwnCosts]:
    """By provider that is paid under a contract: its costs, as it pays them. contracts: with the day a break stopped each."""
    found = {}
    for name, provider in providers.items():
        mine = [(terms, stopped) for terms, stopped in contracts if name in _paid_parties(terms)]
        if not mine:
            continue
        begins = min(terms.begins for terms, _ in mine)
        ends = max(
            min(terms.ends, stopped - dt.timedelta(days=1)) if stopped else terms.ends
            for terms, stopped in mine
        )
        mobilises = min(before(terms.begins, terms.mobilise) for terms, _ in mine)
        delivery = Delivery(begins, ends, mobilises, all(terms.vat == "exempt" for terms, _ in mine))
        items, rows = provider_rows(provider, [costs], delivery, "")
        keep = np.array([_beside(item, name) for item in items], bool)[rows["item"]]
        # A provider's own amounts are cash as written (LANGUAGE section 10); delivery is in the ledger of costs.
        rows["real_pence"][keep] = to_pence(rows["nominal_pence"][keep] / 100 / real(rows["earned_on"][keep]))
        whole = Ledger(costs.design, costs.replication, items, rows, np.zeros(0, ROW))
        found[name] = OwnCosts(
            whole, Ledger(costs.design, costs.replication, items, rows[keep], np.zeros(0, ROW))
        )
    return found


def _beside(item: Item, provider: str) -> bool:
    """Whether the ledger of costs leaves it out: all but delivery, and the VAT on what delivery buys."""
    return not item.name.startswith(f"{provider}: delivery") or "VAT" in item.name


def cash_of(
    providers: Mapping[str, Provider],
    investment: Investment | None,
    contracts: Sequence[Terms],
    ledgers: Sequence[Ledger],
    start: dt.date,
    last: dt.date,
    real: Real,
    statements: bool = True,
) -> tuple[tuple[PartyCash, ...], Financed | None, list[Ledger]]:
    """Statements of all who are paid under a contract (unless told without), the investment, and its ledger.

    ledgers: what contracts move and what providers pay. start, last: days of the scenario.
    """
    first, months = _span(contracts, start, last)
    contracted = {
        item.name: item for ledger in ledgers for item in ledger.items if item.behaviour == CONTRACT
    }
    moves = {name: _moves(item) for name, item in contracted.items()}
    parties = dict.fromkeys(name for terms in contracts for name in _paid_parties(terms))
    if not statements:
        if investment is None or investment.into not in parties:
            return (), None, []
        into = investment.into
        run = _financed(
            investment,
            providers.get(into) or Provider(into, into),
            flows_of(into, ledgers, moves),
            first,
            months,
            [terms for terms in contracts if into in _paid_parties(terms)],
        )
        return (), run, _ledger_of(run, ledgers[0], real)
    if investment is not None:  # first, because others may share in what the waterfall gives
        parties = dict.fromkeys(sorted(parties, key=lambda name: name != investment.into))
    financed: Financed | None = None
    moved: list[Ledger] = []
    found = []
    for name in parties:
        provider = providers.get(name) or Provider(name, name)
        flows = flows_of(name, [*ledgers, *moved], moves)
        opening, least = to_pence(provider.opening), to_pence(provider.least)
        reserves = opening if provider.reserves is None else to_pence(provider.reserves)
        stress = stressed(name, flows, opening, least, reserves, first, months)
        plans = dict(stress.statements)
        owed, at_risk = 0, stress.reserves_at_risk["outcomes"]
        if investment is not None and investment.into == name:
            owed_if_it_fails = 0
            for plan, (_, change) in PLANS.items():
                changed = flows.scaled(**change)  # type: ignore[arg-type]
                paying = [terms for terms in contracts if name in _paid_parties(terms)]
                run = _financed(investment, provider, changed, first, months, paying)
                financed = run if plan == "planned" else financed
                owed_if_it_fails = sum(run.debt) if plan == "outcomes" else owed_if_it_fails
                with_finance = _with_finance(changed, run)
                plans[plan] = statement(name, with_finance, opening, least, first, months)
            assert financed is not None
            owed = sum(financed.debt)
            moved = _ledger_of(financed, ledgers[0], real)
            at_risk = _own_loss(plans["outcomes"], owed_if_it_fails) / reserves if reserves else None
        found.append(_party(name, flows, stress, plans, contracted, owed, at_risk))
    return tuple(found), financed, moved


def _own_loss(account: Statement, owed: int) -> int:
    """What a party loses of its own when investors bear the rest: less cash than it began with, and what it then owes."""
    return max(0, int(account.opening[0]) - int(account.closing[-1]) - int(account.later.sum()) + owed)


def _ledger_of(financed: Financed, like: Ledger, real: Real) -> list[Ledger]:
    months = len(financed.receipts)
    days = np.array([add_months(financed.first_month, month) for month in range(months)], "datetime64[D]")
    items, rows = finance_rows(financed, "", real(days).tolist())
    return [Ledger(like.design, like.replication, items, rows, np.zeros(0, ROW))]


def before(day: dt.date, lag: Lag) -> dt.date:
    """So long before a day."""
    return add_months(day, -lag.months) - dt.timedelta(days=lag.days)


def _paid_parties(terms: Terms) -> tuple[str, ...]:
    return (*(name for name, _ in terms.payees), *(part.to for part in terms.passes))


def _span(contracts: Sequence[Terms], start: dt.date, last: dt.date) -> tuple[dt.date, int]:
    """First month of the statements, and how many: until the last day on which anything of the contracts can be paid."""
    first = min([start, *(before(terms.begins, terms.mobilise) for terms in contracts)]).replace(day=1)
    end = add_months(last, PAID_LATER)
    for terms in contracts:
        for late in (
            Lag(),
            *(payer.after for payer in terms.payers),
            *(part.retained for part in terms.passes),
        ):
            most = LATE_DAYS + max(
                [terms.terms + terms.late, *(terms.terms + terms.late + part.terms for part in terms.passes)]
            )
            day = add_months(terms.claim_until, late.months) + dt.timedelta(days=most + late.days)
            end = max(end, day)
    return first, (end.year - first.year) * 12 + end.month - first.month + 1


def _moves(item: Item) -> Moves:
    """What moves a line of a contract. `Item.basis` is what it is for (`settlement.Flow`)."""
    if item.basis in FIXED:
        return "fixed"
    if item.basis == "fee":
        return "fixed" if " per place " in item.name else "use"
    return "outcomes"


def _financed(
    deal: Investment,
    provider: Provider,
    flows: Flows,
    first: dt.date,
    months: int,
    contracts: Sequence[Terms],
) -> Financed:
    month = np.clip(month_index(flows.day, first), 0, months - 1)
    into = np.bincount(month, np.maximum(flows.pence, 0), months).astype(np.int64)
    out = np.bincount(month, np.maximum(-flows.pence, 0), months).astype(np.int64)
    until = max(terms.ends for terms in contracts)
    return finance(
        deal, first, months, into, out, to_pence(provider.opening), to_pence(provider.least), until
    )


def _with_finance(flows: Flows, run: Financed) -> Flows:
    """A party's own flows with what the investment brings and takes."""
    items, rows = finance_rows(run, "")
    party = run.investment.into
    place = {item.name: len(flows.lines) + number for number, item in enumerate(items)}
    lines = tuple(Line(item.name, item.name.partition(": ")[2], item.kind) for item in items)
    sign = np.array([(item.payee == party) * 1 - (item.payer == party) * 1 for item in items], np.int64)
    keep = np.flatnonzero(sign[rows["item"]]) if len(items) else np.zeros(0, np.int64)
    rows = rows[keep]
    line: Ints = np.array([place[items[item].name] for item in rows["item"]], np.int64)
    return Flows(
        (*flows.lines, *lines),
        np.concatenate([flows.line, line]),
        np.concatenate([flows.day, rows["cash_on"]]),
        np.concatenate([flows.pence, rows["nominal_pence"] * sign[rows["item"]]]),
    )


def _party(
    name: str,
    flows: Flows,
    stress: Stress,
    statements: Mapping[str, Statement],
    contracted: Mapping[str, Item],
    owed: int,
    at_risk: float | None,
) -> PartyCash:
    """statements: with the investment, by plan of `stress`, which is without it: a margin is before finance."""
    net = flows.by_line().tolist()
    income = sum(pence for pence in net if pence > 0)
    margin = stress.statements["planned"].margin
    pounds = {
        "income": income,
        "costs": income - margin,
        "margin": margin,
        "fixed_income": sum(
            pence
            for line, pence in zip(flows.lines, net, strict=True)
            if pence > 0 and line.name in contracted and line.moves == "fixed"
        ),
        "owed": owed,
        "facility_alone": max(0, stress.statements["planned"].least - stress.statements["planned"].low),
    }
    for plan, (word, _) in PLANS.items():
        if word:
            pounds[f"low_{word}"] = statements[plan].low
        if word and plan != "late":  # paying late moves cash and not the margin
            pounds[f"margin_{word}"] = stress.statements[plan].margin
    shares = {
        "reserves_at_risk": at_risk,
        "break_even_outcomes": stress.break_even_outcomes,
        "break_even_referrals": stress.break_even_referrals,
    }
    return PartyCash(name, statements["planned"], pounds, shares)
