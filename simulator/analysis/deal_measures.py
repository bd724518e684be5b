"""What is reported of the contracts of a design: see `deal_units` for every measure, its unit and meaning."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simulator.analysis.deal import Contracted, Deal
from simulator.analysis.deal_cash import PartyCash
from simulator.analysis.measures import Measure
from simulator.analysis.would_have import of_the_service
from simulator.engine.model import Ints
from simulator.money.accounts.draws import Financed
from simulator.money.calendar import financial_years
from simulator.money.contract.pricing import paid_as_sum
from simulator.money.contract.settlement import Flow, Settlement
from simulator.money.returns.caused import PaidAndCaused, paid_and_caused
from simulator.money.returns.investor import Flows, Returned, returned
from simulator.outcomes.evaluate import MEASURES

YEAR_DAYS = 365.25
OF_WHAT = {"block": "block", "fee": "fees", "guarantee": "guarantee", "floor": "floor"}
CUTS = ("cut_person", "cut_outcome", "cut_year", "cut_total", "lost_late")
Bools = NDArray[np.bool_]


def deal_measures(deal: Deal) -> list[Measure]:
    """All measures of the contracts, the cash of parties and the returns of investors in one run."""
    found: list[Measure] = []
    for each in deal.contracts:
        found += contract(each, deal)
        found += outcomes(each, deal)
        found += payers(each.paid, deal)
    for party in deal.cash:
        found += cash(party)
    if deal.financed is not None:
        found += investors(deal.financed, deal)
    return [*found, *deal.compared]


def contract(of: Contracted, deal: Deal) -> list[Measure]:
    """A contract as a whole, in pounds."""
    name, paid = of.terms.name, of.paid
    found = [
        Measure("contract", name, "priced", paid.priced[_counted(paid)].sum() / 100),
        Measure("contract", name, "deadweight", paid.deadweight[_counted(paid)].sum() / 100),
    ]
    found += [Measure("contract", name, cut, getattr(paid, cut).sum() / 100) for cut in CUTS]
    if paid.lost_payers.any():
        found.append(Measure("contract", name, "lost_payers", paid.lost_payers.sum() / 100))
    by_flow = _sums(paid)
    outcomes_paid = _outcome_pence(paid)
    found.append(Measure("contract", name, "outcomes", outcomes_paid / 100))
    for what, measure in OF_WHAT.items():
        pence = sum(sum_ for flow, sum_ in by_flow if flow.what == what)
        if pence:
            found.append(Measure("contract", name, measure, pence / 100))
    back = int(paid.set_off.sum() + paid.refunds.sum())
    if back:
        found.append(Measure("contract", name, "clawback", back / 100))
    vat = sum(sum_ for flow, sum_ in by_flow if flow.what == "vat not recovered")
    if vat:
        found.append(Measure("contract", name, "irrecoverable_vat", vat / 100))
    if of.nothing is not None:
        found.append(Measure("contract", name, "paid_if_nothing", _outcome_pence(of.nothing) / 100))
    if of.stopped is not None:
        found.append(Measure("contract", name, "stopped", of.stopped.year * 100 + of.stopped.month))
    due, sign = _due(paid)
    found += _by_year("contract", name, "accrued", due["earned_on"], due["pence"] * sign)
    found += _by_year("contract", name, "paid", due["cash_on"], due["pence"] * sign)
    after = due["cash_on"] > np.datetime64(deal.prepared.last)
    found.append(Measure("contract", name, "paid_after", (due["pence"] * sign)[after].sum() / 100))
    return found


def outcomes(of: Contracted, deal: Deal) -> list[Measure]:
    """By outcome paid for: who could be claimed for, who achieved it, what was paid, and what was caused.

    Nothing is said to be caused of an outcome that is what the service itself did: nobody has that without it.
    """
    found = []
    wanted = deal.prepared.document.outcomes
    for position, pay in enumerate(of.terms.pays):
        item = f"{pay.outcome} in {of.terms.name}"
        those, mine = of.seen.everyone[position], of.paid.lines.pay == position
        claims = of.seen.claims
        claimed = claims.pay == position
        paid = int(of.paid.paid[mine].sum())
        cuts = sum(int(getattr(of.paid, cut)[mine].sum()) for cut in (*CUTS, "lost_payers"))
        counted = mine & _counted(of.paid)
        figures: dict[str, float] = {
            "eligible": len(those.at),
            "observed": int(those.observed.sum()),
            "achieved": float(those.units[those.observed].sum()),
            "priced": of.paid.priced[counted].sum() / 100,
            "deadweight": of.paid.deadweight[counted].sum() / 100,
            "cuts": cuts / 100,
            "paid": paid / 100,
        }
        if not paid_as_sum(pay):  # a cohort's sum is for no single claim
            proven = claimed & (claims.certified > 0)
            figures["claims"], figures["certified"] = int(claimed.sum()), int(proven.sum())
            figures["people"] = len(np.unique(claims.person[proven]))
        found += [Measure("outcome_payments", item, name, float(value)) for name, value in figures.items()]
        if of.nothing is not None:
            pence = int(of.nothing.paid[of.nothing.lines.pay == position].sum())
            found.append(Measure("outcome_payments", item, "paid_if_nothing", pence / 100))
        caused = None if of_the_service(wanted[pay.outcome]) else caused_by(of, position, paid)
        if caused is not None:
            better = -1.0 if _less_is_better(of, position, deal) else 1.0
            found += [
                Measure("outcome_payments", item, "without", caused.baseline),
                Measure("outcome_payments", item, "net_caused", better * caused.net),
                Measure("outcome_payments", item, "caused", caused.caused if better > 0 else caused.harmed),
                Measure("outcome_payments", item, "harmed", caused.harmed if better > 0 else caused.caused),
                Measure("outcome_payments", item, "anyway", caused.anyway),
            ]
    return found


def caused_by(of: Contracted, position: int, paid: int) -> PaidAndCaused | None:
    """Paid and caused, over everyone who could be claimed for at their first start, known with and without the service.

    None where no baseline was given.
    """
    if of.without is None:
        return None
    with_, without = of.seen.everyone[position], of.without.everyone[position]
    both: Bools = with_.observed & without.observed & without.there
    first = np.ones(len(with_.at), bool)
    first[1:] = with_.person[1:] != with_.person[:-1]
    keep = both & first
    return paid_and_caused(with_.units[keep], without.units[keep], paid)


def _less_is_better(of: Contracted, position: int, deal: Deal) -> bool:
    """Days and counts of a crisis are paid for the fewer there are, which a baseline or a comparison says."""
    pay = of.terms.pays[position]
    measured = deal.prepared.document.outcomes[pay.outcome].test in MEASURES
    form = pay.deadweight.form if pay.deadweight else ""
    return measured and (form == "baseline" or pay.against is not None)


def payers(paid: Settlement, deal: Deal) -> list[Measure]:
    """What each payer owes by year earned, and pays by year."""
    found = []
    due, sign = _due(paid)
    names = np.array([_payer(flow) for flow in paid.flows], dtype=object)
    of = names[due["flow"]] if len(names) else names
    for name in dict.fromkeys(payer.name for payer in paid.payers):
        mine = of == name
        item = f"{name} in {paid.terms.name}"
        found += _by_year("payers", item, "accrued", due["earned_on"][mine], (due["pence"] * sign)[mine])
        found += _by_year("payers", item, "paid", due["cash_on"][mine], (due["pence"] * sign)[mine])
    return found


def cash(of: PartyCash) -> list[Measure]:
    """A party's cash by month, its low point, and what would have been at 60%."""
    account, name = of.statement, of.party
    found = [
        Measure("cash", name, "balance", int(closing) / 100, _month(account.first_month, month))
        for month, closing in enumerate(account.closing.tolist())
    ]
    figures: dict[str, float | None] = {
        "opening": int(account.opening[0]) / 100,
        "least": account.least / 100,
        "low": account.low / 100,
        "low_month": account.low_on.year * 100 + account.low_on.month,
        "months_below_zero": account.months_below_zero,
        "months_below_least": account.months_below_least,
        "facility": None if account.facility is None else account.facility / 100,
        "still_falling": float(account.status == "still_falling"),
        "closing": int(account.closing[-1]) / 100,
        **{key: pence / 100 for key, pence in of.pounds.items()},
        **of.shares,
    }
    return found + [
        Measure("cash", name, key, float("nan") if value is None else float(value))
        for key, value in figures.items()
    ]


def investors(financed: Financed, deal: Deal) -> list[Measure]:
    """What each tranche, and all together, put in and got back."""
    found = []
    deal_of = financed.investment
    start = deal.prepared.document.start
    amounts = {each.name: each.amount for each in deal_of.tranches}
    for tranche in (None, *amounts):
        item = tranche or "all"
        committed = round((amounts[tranche] if tranche else deal_of.commitment) * 100)
        gross = Flows.of(*financed.of(tranche))
        net = Flows.of(*financed.of(tranche, net=True))
        seen = returned(gross, committed=committed)
        after = returned(net, committed=committed)
        guarantee = sum(
            flow.pence
            for flow in financed.flows
            if flow.kind == "guarantee" and tranche in (None, flow.tranche)
        )
        figures: dict[str, float | None] = {
            "committed": committed / 100,
            "drawn": seen.drawn / 100,
            "received": seen.received / 100,
            "profit": seen.profit / 100,
            "peak": seen.peak / 100,
            "loss": max(0, -seen.profit) / 100,
            "guarantee": guarantee / 100,
            "lost": float(seen.profit < 0),
            "total_loss": float(seen.drawn > 0 and seen.received == 0),
            "dpi": seen.multiple_on_drawn,
            "on_committed": seen.multiple_on_committed if seen.drawn else None,
            "on_peak": seen.multiple_on_peak,
            "xirr": seen.xirr.rate,
            "net_xirr": after.xirr.rate,
            "net_dpi": _after_fees(seen, after),
            "payback": _years(start, seen.payback),
            "first_receipt": _years(start, seen.first_receipt),
        }
        if tranche is None:
            figures["unfunded"] = financed.unfunded / 100
        found += [
            Measure("investors", item, key, float("nan") if value is None else float(value))
            for key, value in figures.items()
        ]
        months = gross.days.astype("datetime64[M]").astype(np.int64)
        for month in np.unique(months):
            year = (1970 + month // 12) * 100 + month % 12 + 1
            found.append(
                Measure("investors", item, "flow", gross.pence[months == month].sum() / 100, int(year))
            )
    paid: dict[str, int] = {}
    for _, step in financed.log:
        key = f"{step.what} of {step.to}"
        paid[key] = paid.get(key, 0) + step.pence
    return found + [Measure("waterfall", key, "paid", pence / 100) for key, pence in paid.items()]


def _after_fees(gross: Returned, net: Returned) -> float | None:
    """Received for each pound paid in, the fund's fees among what is paid in."""
    return net.received / net.drawn if gross.drawn and net.drawn else None


def _years(start: dt.date, day: dt.date | None) -> float | None:
    return None if day is None else (day - start).days / YEAR_DAYS


def _month(first: dt.date, number: int) -> int:
    months = first.year * 12 + first.month - 1 + number
    return int(months // 12 * 100 + months % 12 + 1)


def _counted(paid: Settlement) -> Bools:
    """Lines of outcomes that are claims at all."""
    return (paid.lines.pay >= 0) & (~np.isnat(paid.claimed_on) | (paid.lost_late > 0))


def _outcome_pence(paid: Settlement) -> int:
    return int(paid.paid[paid.lines.pay >= 0].sum())


def _sums(paid: Settlement) -> list[tuple[Flow, int]]:
    sums = np.bincount(paid.postings["flow"], paid.postings["pence"], len(paid.flows)).astype(np.int64)
    return list(zip(paid.flows, sums.tolist(), strict=True))


def _payer(flow: Flow) -> str:
    """Who of the two sides of a flow is the contract's payer."""
    return flow.payee if flow.what in BACK else flow.payer


BACK = frozenset({"recouped", "clawback"})
WITH_PAYEE = frozenset({"outcome", "guarantee", "floor", "block", "fee", "vat not recovered", *BACK})


def _due(paid: Settlement) -> tuple[NDArray[np.void], Ints]:
    """Postings between payers and payees, and their signs: what is paid back counts against."""
    keep = np.array([flow.what in WITH_PAYEE for flow in paid.flows], bool)
    sign = np.array([-1 if flow.what in BACK else 1 for flow in paid.flows], np.int64)
    rows = paid.postings
    if not len(rows):
        return rows, np.zeros(0, np.int64)
    rows = rows[keep[rows["flow"]]]
    return rows, sign[rows["flow"]]


def _by_year(table: str, item: str, measure: str, days: NDArray[np.datetime64], pence: Ints) -> list[Measure]:
    """Pounds in all, and by financial year."""
    found = [Measure(table, item, measure, int(pence.sum()) / 100)]
    if len(days):
        years = financial_years(days)
        for year in np.unique(years):
            found.append(Measure(table, item, measure, int(pence[years == year].sum()) / 100, int(year)))
    return found
