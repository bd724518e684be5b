"""What a charity and an investor ask first of a contract, in their words, each with its answer in a sentence or two.

All in bank view: the cash of those who provide, and the flows of those who put money in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.present import numbers as n
from simulator.present.cash_views import STILL_FALLING, enough, falling
from simulator.present.contract_answers import Answer
from simulator.present.contract_views import CUTS, price_per_caused, unit_of
from simulator.present.deal_runs import (
    EVERYBODY,
    LOW,
    DealRuns,
    chance,
    counted,
    known,
    listed,
    mean,
    month_spread,
    quantile,
    said,
)
from simulator.present.investor_views import rates, years_said
from simulator.present.rows import FEWEST
from simulator.present.signed import Signed

if TYPE_CHECKING:
    from simulator.engine.model import Floats

# Who provides ---------------------------------------------------------------------------------------------------------


def charity(signed: Signed, party: str) -> list[Answer]:
    """What a charity's finance lead asks: in bank view, payments before receipts."""
    runs = signed.runs
    return [
        Answer("In which month do we run out, by how much?", _runs_out(runs, party)),
        Answer("What must be in the bank before we say yes?", _before_yes(runs, party)),
        Answer("What is paid whatever happens?", _fixed(signed, party)),
        Answer("Referrals come at 60% and I have hired the team: then what?", _referrals(runs, party)),
        Answer("If it fails, do we owe anybody?", _owe(signed, party)),
        Answer("Does the price cover full cost?", _full_cost(runs, party)),
        Answer("Are we punished for taking harder families?", _harder(signed)),
    ]


def _runs_out(runs: DealRuns, party: str) -> str:
    low = runs.each("cash", party, "low")
    if low is None:
        return n.UNKNOWN
    below = known(low) < 0
    if falling(runs, party) > runs.runs / 2:
        return f"Not known: cash is {STILL_FALLING.removeprefix('still ')}."
    when = f"Cash is lowest in {month_spread(runs.each('cash', party, 'low_month'))}"
    middle = n.money(quantile(low, 0.5), prose=True)
    if not below.any():
        bad_case = n.money(quantile(low, LOW), prose=True)
        bad = f"; 1 run in 20 falls to {bad_case} or less" if bad_case != middle else ""
        return f"In none of the {'runs' if runs.runs > 1 else 'one run'}. {when}, at {middle}{bad}."
    months = runs.amount("cash", party, "months_below_zero")[runs.amount("cash", party, "low") < 0]
    length = n.number(quantile(months, 0.5), 0)
    first = _first_below(runs, party)
    return (
        (f"First in {month_spread(first)}. " if len(known(first)) else "")
        + f"{when}, at {middle}. Below zero in {counted(below)}, then for {length} month{'s' if length != '1' else ''} in the "
        "middle one."
    )


def _first_below(runs: DealRuns, party: str) -> Floats:
    """The first month that ends below zero, in each run; NaN where none does."""
    months, balances = runs.by_time("cash", party, "balance")
    found = np.full(runs.runs, np.nan)
    if months:
        below = balances < 0
        some = below.any(axis=1)
        found[some] = np.asarray(months, np.float64)[below.argmax(axis=1)[some]]
    return found


def _before_yes(runs: DealRuns, party: str) -> str:
    amount = enough(runs, party)
    opening = n.money(mean(runs.each("cash", party, "opening")), prose=True)
    often = (
        "in 95 of 100 runs"
        if runs.runs >= FEWEST
        else f"in {n.runs(runs.runs, runs.runs)}, too few to tell more"
    )
    if amount == STILL_FALLING:
        return f"No amount can be named: cash still falls at the end in {n.runs(falling(runs, party), runs.runs)}."
    if amount in ("£0", n.UNKNOWN):
        return f"What is there, {opening}, is enough {often}." if amount == "£0" else n.UNKNOWN
    return f"{amount} beside the {opening} that is there, or a loan of as much: enough {often}."


def _fixed(signed: Signed, party: str) -> str:
    """By block, guarantee and open places; beside it fees for use, which are paid whatever is achieved but not whoever comes."""
    runs = signed.runs
    fixed, costs = (runs.amount("cash", party, name) for name in ("fixed_income", "costs"))
    mine = [terms for terms in signed.terms if terms.fees and party in dict(terms.payees)]
    words = (
        f"{said(fixed, '£', prose=True)} by block, guarantee or open place"
        if fixed.any()
        else "Nothing by block, guarantee or open place"
    )
    by_use = [terms for terms in mine if all(fee.per != "place" for fee in terms.fees)]
    fees = runs.summed(("contract", terms.name, "fees", 0) for terms in by_use)
    if fees.any():
        words += f"; {said(fees, '£', prose=True)} for activity, whatever is achieved"
    return f"{words}. Full cost is {said(costs, '£', prose=True)}."


def _referrals(runs: DealRuns, party: str) -> str:
    low, margin = (runs.each("cash", party, name) for name in ("low_referrals_60", "margin_referrals_60"))
    if low is None or not len(known(low)):
        return n.UNKNOWN
    loss = mean(margin)
    way = "short of full cost" if loss < 0 else "above full cost"
    return (
        f"Cash falls to {n.money(quantile(low, 0.5), prose=True)} in the middle run (below zero in {counted(known(low) < 0)}); "
        f"income is {n.money(abs(loss), prose=True)} {way}."
    )


def _owe(signed: Signed, party: str) -> str:
    runs, investment = signed.runs, signed.investment
    owed = runs.amount("cash", party, "owed")
    if investment is None or investment.into != party or "investors" not in runs:
        return f"No investor. What the price does not cover is {runs.label(party)}'s own loss."
    if investment.recourse == "limited":
        return "No: what outcomes do not bring back is the investors' loss. Wages, rent and notice are owed all the same."
    return (
        f"Yes, to the investors, whatever outcomes bring: {said(owed, '£', prose=True)} at the end"
        f" ({counted(owed > 0)} leave a debt)."
    )


def _full_cost(runs: DealRuns, party: str) -> str:
    margin = runs.amount("cash", party, "margin")
    short = margin < 0
    yes = "Yes" if mean(margin) >= 0 and not short.any() else "On average" if mean(margin) >= 0 else "No"
    return (
        f"{yes}: income less full cost is {said(margin, '£', prose=True)}; it falls short in {counted(short)}."
        if runs.runs > 1
        else f"{yes}: income less full cost is {said(margin, '£', prose=True)}."
    )


def _harder(signed: Signed) -> str:
    pays = [pay for terms in signed.terms for pay in terms.pays]
    if not pays:
        return "No: nothing that is paid depends on who comes."
    flat = [pay.label for pay in pays if len(set(pay.prices)) == 1]
    if not flat:
        return "Prices differ by group. Whether the difference is enough shows in the outcomes by group, on Compare."
    return f"The price is the same whoever comes ({listed(flat)}): a family that is less likely to achieve it brings in less."


# Who puts money in ----------------------------------------------------------------------------------------------------


def investor(signed: Signed) -> list[Answer]:
    """What an investor asks, of all tranches together; empty where nobody puts money in."""
    runs = signed.runs
    items = runs.items("investors")
    if not items:
        return []
    item = EVERYBODY if EVERYBODY in items else items[0]
    return [
        Answer("What is the most I have out, and when is it back?", _most_out(runs, item)),
        Answer("What loses me money first: referrals, outcomes, price or time?", _first_loss(signed)),
        Answer("What is left after all fees: low, middle, high?", _left(runs, item)),
        Answer("What is the chance of losing some, or all?", _chance_of_loss(runs, item)),
        Answer("Where does the cap bite?", _cap_bites(signed)),
        Answer("Did it cause anything, per pound?", _caused(signed)),
    ]


def _most_out(runs: DealRuns, item: str) -> str:
    peak = runs.each("investors", item, "peak")
    committed = n.money(mean(runs.each("investors", item, "committed")), prose=True)
    back = years_said(runs.each("investors", item, "payback"), runs.runs)
    return (
        f"{said(peak, '£', prose=True)} of {committed} committed; all of it back after {back}."
        if back != "never"
        else (f"{said(peak, '£', prose=True)} of {committed} committed; not all of it is back in any run.")
    )


def _first_loss(signed: Signed) -> str:
    runs = signed.runs
    party = signed.investment.into if signed.investment else signed.parties[0]
    found = []
    for measure, words in (
        ("break_even_outcomes", "outcomes (or their price)"),
        ("break_even_referrals", "referrals"),
    ):
        values = known(runs.each("cash", party, measure))
        if len(values):
            found.append((quantile(values, 0.5), words))
    found.sort(reverse=True)
    late, planned = (quantile(runs.each("cash", party, name), 0.5) for name in ("low_late_60", "low"))
    time = ""
    if late < planned:
        before, after = (n.money(each, prose=True) for each in (planned, late))
        time = f" 60 days late takes the lowest cash from {before} to {after}."
    elif late == planned:
        time = " 60 days late leaves the lowest cash as it is."
    if not found:
        return (
            f"Full cost is covered at no number of outcomes or referrals, so money is lost as planned.{time}"
        )
    parts = [f"{words} at {n.share(share)} of plan" for share, words in found]
    if found[0][0] > 1:
        return f"Already as planned full cost is not covered: that takes {' or '.join(parts)}.{time}"
    return (
        f"Full cost is no longer covered below these, the first to come first: {', then '.join(parts)}.{time}"
    )


def _left(runs: DealRuns, item: str) -> str:
    profit = runs.each("investors", item, "profit")
    return (
        f"A return a year, after all fees: {rates(runs.each('investors', item, 'net_xirr'), runs.runs)}. Profit before the "
        f"fund's own fees: {said(profit, '£', prose=True)}."
    )


def _chance_of_loss(runs: DealRuns, item: str) -> str:
    lost, every = (runs.amount("investors", item, name).astype(bool) for name in ("lost", "total_loss"))
    loss = runs.amount("investors", item, "loss")
    size = f" When some is lost, {n.money(mean(loss[lost]), prose=True)} on average." if lost.any() else ""
    return f"Some: {chance(lost)}. All: {chance(every)}.{size}"


def _cap_bites(signed: Signed) -> str:
    runs, found = signed.runs, []
    for terms in signed.terms:
        for measure in ("cut_person", "cut_outcome", "cut_year", "cut_total"):
            values = runs.amount("contract", terms.name, measure)
            if values.any():
                name = CUTS[measure].removeprefix("Cut by ")
                found.append(f"{name}: {said(values, '£', prose=True)}, in {counted(values > 0)}")
    return f"{'; '.join(found).capitalize()}." if found else "Nowhere: no cap cuts anything in any run."


def _caused(signed: Signed) -> str:
    runs, found = signed.runs, []
    for terms in signed.terms:
        for pay in terms.pays:
            item = f"{pay.outcome} in {terms.name}"
            if runs.each("outcome_payments", item, "net_caused") is None:
                continue
            caused = runs.amount("outcome_payments", item, "net_caused")
            word = "avoided" if pay.unit != "claim" and pay.against is not None else "caused"
            price = price_per_caused(
                mean(runs.amount("outcome_payments", item, "paid")), mean(caused), prose=True
            )
            each = f"{price} paid for each" if price.startswith(("£", n.MINUS)) else price
            found.append(
                f"{pay.label}: net {said(caused, unit_of(pay))}{' days' if pay.unit == 'day' else ''} {word}, {each}."
            )
    return " ".join(found) or "These contracts pay for no outcome that could come about without the service."


__all__ = ["charity", "investor"]
