"""The terms of a contract in plain English: who pays whom, for what, when, up to what, and what happens if it fails.

Amounts of terms are exact as written, where results are rounded. Labels come from scenarios: they are text, not markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.money.contract.terms import Dated, Lag, Pay, Payer, Terms
from simulator.present import numbers as n
from simulator.present.deal_runs import listed

Label = Callable[[str], str]
FEE_FOR = {
    "start": "for each start in",
    "referral": "for each referral to",
    "place": "a year for each place of",
    "day": "for each day that a person is in",
}
UNIT = {"claim": "for each person", "day": "for each day", "count": "for each time"}
SETTLED = {1: "every month", 3: "every quarter", 12: "once a year"}


@dataclass(frozen=True)
class Passage:
    """A heading that asks what a party asks, and the sentences that answer it."""

    title: str
    sentences: tuple[str, ...]


def terms_in_words(terms: Terms, label: Label) -> tuple[Passage, ...]:
    """The whole contract. label: what a party, service or outcome is called on screen."""
    return (
        Passage("Who pays whom", tuple(_parties(terms, label))),
        Passage("What is paid whatever happens", tuple(_whatever(terms, label))),
        Passage("What is paid for outcomes", tuple(_outcomes(terms, label))),
        Passage("Up to what", tuple(_caps(terms, label))),
        Passage("When", tuple(_dates(terms))),
        Passage("If it fails, who owes whom", tuple(_failure(terms, label))),
    )


def exact(value: float) -> str:
    """Pounds as a contract has them: `£5.3 million`, `£13,500`, `£136.09`."""
    if abs(value) >= 1e6 and abs(value / 1e5 - round(value / 1e5)) < 1e-9:
        return n.money(value, prose=True)
    whole = abs(value - round(value)) < 0.005
    text = "£" + n.number(abs(value), 0 if whole else 2)
    return n.MINUS + text if value < 0 and text != "£0" else text


def share(value: float) -> str:
    """A share of terms: `80%`, `12.5%`."""
    points = value * 100
    decimals = next((each for each in range(3) if abs(points - round(points, each)) < 1e-9), 2)
    return n.number(points, decimals) + "%"


def day(when: dt.date) -> str:
    return f"{when.day} {when:%B %Y}"


def lag(time: Lag) -> str:
    """A time by the calendar: `4 months`, `1 year`, `30 days`."""
    found = []
    if time.months:
        years, months = divmod(time.months, 12)
        found += [_times(years, "year")] if years else []
        found += [_times(months, "month")] if months else []
    if time.days or not found:
        found.append(_times(time.days, "day"))
    return listed(found)


def dated(values: Dated, shown: Callable[[float], str] = exact) -> str:
    """A value, and what it becomes from which date."""
    if not values:
        return shown(0.0)
    (_, first), *later = values
    return "".join([shown(first), *(f", from {day(since)} {shown(value)}" for since, value in later)])


def _times(number: int, word: str) -> str:
    return f"{n.number(number, 0)} {word}{'' if number == 1 else 's'}"


def _shares(parties: Sequence[tuple[str, float]], label: Label) -> str:
    if len(parties) == 1:
        return label(parties[0][0])
    return listed(f"{label(name)} ({share(part)})" for name, part in parties)


def _parties(terms: Terms, label: Label) -> list[str]:
    payers = _shares([(each.name, each.share) for each in terms.payers], label)
    payees = _shares(terms.payees, label)
    verb = "pay" if len(terms.payers) > 1 else "pays"
    role = {
        "direct": "",
        "lead": ", which leads and pays its partners",
        "vehicle": ", a vehicle that stands between who pays and who provides",
    }[terms.form]
    found = [
        f"{payers} {verb} {payees}{role}, from {day(terms.begins)} to {day(terms.ends)}.",
    ]
    for payer in terms.payers:
        found += _payer_bounds(payer, label)
    for part in terms.passes:
        what = []
        if part.fixed_a_year:
            what.append(f"{exact(part.fixed_a_year)} a year whatever happens")
        if part.share:
            what.append(f"{share(part.share)} of what comes in for outcomes")
        less = [f"a fee of {share(part.fee)}"] if part.fee else []
        if part.retention:
            less.append(f"{share(part.retention)}, which is held back for {lag(part.retained)}")
        kept = f", less {listed(less)}" if less else ""
        found.append(
            f"{payees} {'pass' if len(terms.payees) > 1 else 'passes'} on to {label(part.to)}: {listed(what) or 'nothing'}"
            f"{kept}, {_times(part.terms, 'day')} after being paid."
        )
    if terms.vat == "standard":
        found.append("VAT is added to every payment at the standard rate.")
    elif terms.vat == "exempt":
        found.append("The service is exempt from VAT, so VAT on what the provider buys stays its cost.")
    return found


def _payer_bounds(payer: Payer, label: Label) -> list[str]:
    name, found = label(payer.name), []
    most = [f"{exact(payer.per_year)} in a contract year"] if payer.per_year is not None else []
    most += [f"{exact(payer.cap)} in all"] if payer.cap is not None else []
    if most:
        found.append(f"{name} pays at most {listed(most)}.")
    if payer.closes is not None:
        found.append(f"{name} pays nothing after {day(payer.closes)}.")
    if payer.only:
        found.append(f"{name} pays for {listed(label(each) for each in payer.only)} only.")
    if payer.after != Lag():
        found.append(f"{name} pays {lag(payer.after)} later than the others.")
    if most or payer.closes is not None or payer.only:
        found.append(
            f"What {name} cannot pay, {label(payer.short)} pays."
            if payer.short is not None
            else f"What {name} cannot pay is lost to who provides."
        )
    return found


def _whatever(terms: Terms, label: Label) -> list[str]:
    found = []
    if any(value for _, value in terms.block_a_year):
        found.append(f"A block payment of {dated(terms.block_a_year)} a year, paid by the month.")
    if terms.guarantee is not None:
        part = terms.guarantee
        caps = "" if part.counts_against_caps else " It does not count towards the caps."
        found.append(
            f"Take or pay: if fewer than {share(part.share)} of the {dated(part.planned_a_year, n.number)} referrals a year that "
            f"are planned come to {label(part.service)}, each one short is paid with {exact(part.price)}.{caps}"
        )
    if terms.floor is not None:
        back = " What that adds is set off later payments." if terms.floor.recoup else ""
        found.append(f"At least {exact(terms.floor.per_year)} a contract year, whatever is achieved.{back}")
    if not found and not terms.fees:
        found.append("Nothing. Every payment depends on what happens.")
    for fee in terms.fees:
        taper = ""
        if fee.taper != (1.0,):
            taper = f" Of that, by contract year: {listed(map(share, fee.taper))}."
        found.append(
            f"For activity, achieved or not: {dated(fee.price)} {FEE_FOR[fee.per]} {label(fee.service)}.{taper}"
        )
    if terms.withheld is not None:
        part_of = terms.withheld
        found.append(
            f"{share(part_of.share)} of a month's block and fees is withheld if those who start {label(part_of.service)} in it "
            f"have waited more than {n.quantity(part_of.wait_days, 'days')} days on average."
        )
    return found


def _outcomes(terms: Terms, label: Label) -> list[str]:
    if not terms.pays:
        return ["Nothing: this contract pays for no outcome."]
    return [" ".join(_outcome(pay, terms, label)) for pay in terms.pays]


def _price(pay: Pay) -> str:
    if len(set(pay.prices)) == 1:
        return dated(pay.prices[0])
    firsts = [prices[0][1] for prices in pay.prices]
    return f"{exact(min(firsts))} to {exact(max(firsts))} (by group, or state at the start)"


def _outcome(pay: Pay, terms: Terms, label: Label) -> list[str]:
    name = pay.label
    basis = UNIT[pay.unit]
    if pay.pays_as == "lump":
        found = [f"{name}: {_price(pay)} for a whole cohort that passes."]
    elif pay.pays_as == "gain_share":
        found = [f"{name}: {share(pay.share_of_gain)} of what a cohort saves, at {_price(pay)} each."]
    elif pay.slide is not None:
        slide = pay.slide
        most = f"{exact(slide.amount)} at {share(slide.high)}"
        found = [f"{name}: from nothing at {share(slide.low)} up to {most} of a cohort."]
    else:
        found = [f"{name}: {_price(pay)} {basis}{'' if pay.pays_as == 'claims' else ' avoided'}."]
    if pay.discount:
        found.append(f"Less a discount of {share(pay.discount)}.")
    if pay.unit == "claim" and pay.count is not None and pay.count > 1:
        gap = f", at least {_times(pay.apart, 'day')} apart" if pay.apart else ""
        found.append(f"At most {_times(pay.count, 'claim')} a person{gap}.")
    for words, names in (("Only after", pay.needs), ("Not beside", pay.excludes)):
        if names:
            found.append(f"{words}: {listed(map(label, names))}.")
    if pay.states or pay.segments:
        found.append(f"Only for: {listed(map(label, (*pay.states, *pay.segments)))}.")
    if pay.deadweight is not None:
        less = pay.deadweight
        found.append(
            {
                "multiply": f"{share(less.share)} is taken off for what would have happened anyway.",
                "subtract": f"{share(less.share)} of each person's window is taken off for what would have happened anyway.",
                "baseline": f"Only what is better than {share(less.share)} of the whole cohort's window counts.",
            }[less.form]
        )
    if pay.against is not None:
        other = (
            f"a comparison group of {n.number(pay.against.comparison, 0)}"
            if pay.against.comparison is not None
            else f"the level of {share(pay.against.level or 0.0)}"
            if pay.unit == "claim"
            else f"the level of {n.number(pay.against.level or 0.0)} a person"
        )
        pass_at = [f"{share(pay.each)} in a cohort"] if pay.each is not None else []
        pass_at += [f"{share(pay.pooled)} over all cohorts"] if pay.pooled is not None else []
        found.append(
            f"Measured against {other}" + (f"; pays from {' or '.join(pass_at)}." if pass_at else ".")
        )
    if len(pay.bands) > 1:
        steps = [
            f"{share(part)} of the price from {share(since) if pay.band_of_rate else n.number(since)}"
            for since, part in pay.bands
        ]
        found.append(
            f"In bands: {listed(steps)}"
            + (", for all of them." if pay.band_whole else ", each for its own part.")
        )
    if pay.cap is not None:
        found.append(f"At most {exact(pay.cap)} for this outcome.")
    found += _proof(pay)
    if pay.payers is not None:
        found.append(f"Paid by {_shares([(each.name, each.share) for each in pay.payers], label)}.")
    return found


def _proof(pay: Pay) -> list[str]:
    found = []
    if set(pay.verified) != {1.0}:
        low, high = min(pay.verified), max(pay.verified)
        spread = share(low) if low == high else f"{share(low)} to {share(high)}"
        found.append(f"{spread} of claims are expected to be proven; the rest is not paid.")
    if pay.sample is not None:
        extra = " and the share that fails is taken off all" if pay.sample.extrapolate else ""
        found.append(f"{_times(pay.sample.n, 'claim')} of each invoice are checked{extra}.")
    if pay.dispute is not None:
        found.append(
            f"{share(pay.dispute.share)} of claims are expected to be disputed and held for {lag(pay.dispute.held)}; "
            f"{share(pay.dispute.upheld)} of those are paid."
        )
    if pay.lag != Lag():
        found.append(f"Claimed {lag(pay.lag)} after it is known.")
    return found


def _caps(terms: Terms, label: Label) -> list[str]:
    caps, found = terms.caps, []
    if caps.per_person is not None:
        found.append(f"At most {exact(caps.per_person)} a person, whatever that person achieves.")
    if caps.per_year is not None:
        carry = {
            "none": "What is over it is never paid.",
            "unpaid": "What is over it waits, and is paid first in the next year.",
            "headroom": "What a year leaves unused may be used later.",
        }[caps.carry]
        found.append(f"At most {exact(caps.per_year)} in a contract year. {carry}")
    if caps.total is not None:
        found.append(f"At most {exact(caps.total)} in all.")
    if found and not caps.part_claims:
        found.append("A claim that does not fit whole is not paid at all.")
    if found and caps.index:
        found.append(f"Caps rise {share(caps.index)} each April.")
    found += [f"At most {exact(pay.cap)} for {pay.label}." for pay in terms.pays if pay.cap is not None]
    return found or ["No cap: who pays bears the whole risk of success."]


def _dates(terms: Terms) -> list[str]:
    found = []
    if terms.mobilise != Lag():
        found.append(f"The service is made ready in the {lag(terms.mobilise)} before {day(terms.begins)}.")
    if terms.pays:
        found += [
            f"Outcomes of people who start by {day(terms.starts_until)} count; later starts are served and not paid for.",
            f"An outcome counts if its time is over by {day(terms.earn_until)}, and is claimed by {day(terms.claim_until)}.",
        ]
    late = f", and in fact {_times(terms.late, 'day')} later" if terms.late else ""
    often = SETTLED.get(terms.settle_months, f"every {_times(terms.settle_months, 'month')}")
    found.append(f"Claims are made {often} and paid {_times(terms.terms, 'day')} after{late}.")
    if any(value for _, value in terms.indexed):
        found.append(f"Prices rise {dated(terms.indexed, share)} each April.")
    return found


def _failure(terms: Terms, label: Label) -> list[str]:
    payees = listed(label(name) for name, _ in terms.payees)
    found = []
    if terms.pays:
        found.append("Who pays owes nothing for an outcome that is not achieved and proven.")
    if any(value for _, value in terms.block_a_year) or terms.fees:
        found.append("Block payments and fees for work done are owed whatever comes of it.")
    for pay in terms.pays:
        if pay.reversal is not None:
            found.append(
                f"{payees} pays back an outcome ({pay.label}) that does not last {lag(pay.reversal.within)}: "
                f"{share(pay.reversal.share)} of them are expected not to."
            )
    if terms.breaks is None:
        found.append("Nobody may end it early.")
        return found
    part = terms.breaks
    notice = f" after {_times(part.notice_months, 'month')} of notice" if part.notice_months else ""
    cure = f" and {_times(part.cure_months, 'month')} have not cured it" if part.cure_months else ""
    found.append(
        f"From month {part.first_months} on, referrals stop{notice} if less than {share(part.below)} achieve "
        f"{label(part.outcome)}{cure}."
    )
    found.append(
        {
            "provider": f"It then ends for the provider's failure: {payees} is paid for what was earned and for those still in "
            "the service, and for nothing else.",
            "none": "It then ends without fault: who pays owes the capital and the return due to investors, less the cash there "
            "is, as far as the caps allow.",
            "funder": "It then ends because a funder withdraws, which owes its share of the capital and the return due to "
            "investors, less the cash there is, as far as the caps allow.",
        }[part.fault]
    )
    return found


__all__ = ["Label", "Passage", "dated", "day", "exact", "lag", "share", "terms_in_words"]
