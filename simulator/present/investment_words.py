"""The terms of an investment in plain English: who puts in how much, who is repaid first, and who bears a loss."""

from __future__ import annotations

from simulator.money.accounts.terms import Action, Fees, Investment
from simulator.present.contract_words import Label, Passage, day, exact, share
from simulator.present.deal_runs import listed

OFTEN = {1: "every month", 3: "every quarter", 6: "every six months", 12: "once a year"}


def investment_in_words(investment: Investment, label: Label) -> tuple[Passage, ...]:
    """label: what a party or tranche is called on screen."""
    return (
        Passage("Who puts money in", tuple(_money_in(investment, label))),
        Passage("Who is repaid, in which order", tuple(_waterfall(investment, label))),
        Passage("If outcomes fail, who bears the loss", tuple(_loss(investment, label))),
        Passage("What it costs beside", tuple(_fees(investment.fees))),
    )


def _money_in(investment: Investment, label: Label) -> list[str]:
    into = label(investment.into)
    found = []
    for tranche in investment.tranches:
        kind = "" if not tranche.rate else f", {'compound' if tranche.compound else 'simple'}"
        most = (
            [f"{tranche.most_multiple:g} times what it paid in"] if tranche.most_multiple is not None else []
        )
        most += [f"{share(tranche.most_irr)} a year"] if tranche.most_irr is not None else []
        cap = f" It receives in all at most {' or '.join(most)}." if most else ""
        found.append(
            f"{label(tranche.name)}: up to {exact(tranche.amount)} into {into}, for {share(tranche.rate)} a year{kind}.{cap}"
        )
    order = "in this order" if investment.by == "in_order" else "each in proportion"
    several = f", {order}" if len(investment.tranches) > 1 else ""
    found.append(
        {
            "as_needed": f"Drawn when {into}'s cash would fall below its least{several}.",
            "at_start": f"Drawn at the start{several}.",
            "schedule": "Drawn on the agreed dates: "
            + listed(f"{exact(amount)} on {day(when)}" for when, amount in investment.schedule)
            + ".",
        }[investment.draws]
    )
    if investment.available_until is not None:
        found.append(f"Nothing is drawn after {day(investment.available_until)}.")
    if investment.recycle:
        found.append("What comes in for outcomes pays for delivery before more is drawn.")
    return found


def _waterfall(investment: Investment, label: Label) -> list[str]:
    often = OFTEN.get(investment.distribute_months, f"every {investment.distribute_months} months")
    return [
        f"From {day(investment.repays_from)}, {often}, out of the cash that there is:",
        *(f"{number}. {_step(action, label)}" for number, action in enumerate(investment.waterfall, 1)),
    ]


def _step(action: Action, label: Label) -> str:
    name = label(action.of) if action.of else ""
    if action.what == "share":
        parts = listed(f"{share(part)} to {label(party)}" for party, part in action.shares)
        return f"What is left: {parts}."
    part = "" if action.share == 1.0 else f" with {share(action.share)} of the cash"
    return {
        "pay_return": f"{name}: its return.",
        "repay": f"{name}: its capital{part}.",
        "pay_to_multiple": f"{name}, until it has {action.to:g} times what it paid in.",
        "pay_to_irr": f"{name}, until it has earned {share(action.to)} a year.",
        "coupon_by_band": f"{name}: "
        + listed(f"{share(rate)} a year from {share(since)}" for since, rate in action.bands)
        + " of the measured result.",
        "pay_fee": f"{name}: a fee of {exact(action.amount)}.",
        "fill_reserve": f"A reserve, filled up to {exact(action.amount)}.",
        "release": f"What is left stays with {name or 'who provides'}.",
    }[action.what]


def _loss(investment: Investment, label: Label) -> list[str]:
    into = label(investment.into)
    if investment.recourse == "full":
        found = [f"{into}: it owes investors all they put in and their return, whatever outcomes bring."]
    else:
        found = [
            f"Investors: what outcomes do not bring back is lost to them, and {into} owes them nothing for it."
        ]
    guarantee = investment.guarantee
    if guarantee is not None:
        bears = (
            f"up to {exact(guarantee.pool)}"
            if guarantee.pool is not None
            else f"{share(guarantee.share or 0.0)}"
        )
        found.append(f"{label(guarantee.party)} guarantees {bears} of the capital that investors lose.")
    return found


def _fees(fees: Fees) -> list[str]:
    found = []
    if fees.arrangement:
        found.append(f"Arrangement: {share(fees.arrangement)} of what is committed, once.")
    if fees.commitment:
        found.append(f"Commitment: {share(fees.commitment)} a year of what is not drawn.")
    if fees.management:
        found.append(f"Management: {share(fees.management)} a year of what is drawn and not repaid.")
    for name, amount in (
        ("Performance management", fees.performance_management),
        ("Audit", fees.audit),
        ("Evaluation", fees.evaluation),
    ):
        if amount:
            found.append(f"{name}: {exact(amount)} a year.")
    if fees.fund:
        found.append(
            f"The investors' own fund: {share(fees.fund)} a year of what is committed, outside the deal."
        )
    return found or ["No fees."]


__all__ = ["investment_in_words"]
