"""Checks of contracts, providers, investment, acceptance tests and priorities."""

from __future__ import annotations

import re
from typing import Any

from simulator.scenario.deals import AcceptanceTest, Contract, Investment, Payment
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.problems import did_you_mean
from simulator.scenario.quantities import Named, Quantity, Timeline

# Measures of what the parties want (LANGUAGE section 10), with the kind of number that each is.
MEASURES = {
    "net_saving": "money",
    "public_value": "money",
    "cash": "money",
    "irr": "share",
    "multiple": "score",
    "capital_lost": "share",
}
OF_SERVICES = {"wait for": "time", "reached by": "share"}
UNITS = ("days_in", "count")
EXAMPLES = {"money": "`£0`", "share": "`20%`", "score": "`1.2`", "time": "`8 weeks`"}


def check_deals(document: Document, known: Known, findings: Findings) -> None:
    for name, contract in document.contracts.items():
        _contract(name, contract, document, known, findings)
    if document.investment is not None:
        _investment(document.investment, document, known, findings)
    for party, tests in document.accepts_if.items():
        for index, test in enumerate(tests):
            _acceptance(("accepts_if", party, index), party, test, known, findings)
    for group, points in document.priorities.items():
        for measure, _ in points:
            _measure(("priorities", group, measure), measure, known, findings)


def _parties(path: Path, parties: Any, known: list[str], findings: Findings) -> None:
    for party, _ in parties or ():
        if party not in known:
            findings.unknown((*path, party), party, "agency or provider", known)


def _contract(name: str, contract: Contract, document: Document, known: Known, findings: Findings) -> None:
    at: Path = ("contracts", name)
    _parties((*at, "payer"), contract.payer, known.parties_of_any, findings)
    _parties((*at, "payee"), contract.payee, known.parties_of_any, findings)
    both = {party for party, _ in contract.payer} & {party for party, _ in contract.payee}
    if both:
        findings.error(
            (*at, "payee"), f"`{min(both)}` would pay itself", "payer and payee are different parties"
        )
    if contract.begins is not None and contract.begins < document.start:
        findings.error(
            (*at, "begins"),
            f"the contract begins before the scenario's start, {document.start}",
            "begin it then or later",
        )
    if contract.starts_within is not None and contract.starts_within.value > contract.term.value:
        findings.error(
            (*at, "starts_within"),
            f"longer than the term of {contract.term.text}",
            "people can only be counted within the term",
        )
    for service in contract.fees:
        if service not in known.services_of_any:
            findings.unknown((*at, "fees", service), service, "service", known.services_of_any)
    for outcome, payment in contract.pays.items():
        path = (*at, "pays", outcome)
        if outcome not in document.outcomes:
            findings.unknown(path, outcome, "outcome", document.outcomes)
            continue
        _payment(path, payment, contract, document.outcomes[outcome].test, known, findings)
    if contract.breaks_if is not None and contract.breaks_if.outcome not in document.outcomes:
        findings.unknown(
            (*at, "breaks_if", "outcome"), contract.breaks_if.outcome, "outcome", document.outcomes
        )


def _payment(
    path: Path, payment: Payment, contract: Contract, test: str, known: Known, findings: Findings
) -> None:
    _parties((*path, "payer"), payment.payer, known.parties_of_any, findings)
    price = max(known.values(payment.price), default=0.0)
    caps = [((*path, "cap"), payment.cap)]
    if contract.cap is not None:
        caps += [
            ((*path[:2], "cap", key), getattr(contract.cap, key))
            for key in ("total", "per_person", "per_year")
        ]
    for where, cap in caps:
        if cap is not None and any(value < price for value in known.values(cap)):
            findings.error(
                where,
                f"this cap is under one price: `{path[-1]}` pays £{price:,.10g}, so not one could be paid in full",
                "raise the cap or lower the price",
            )
    if payment.bands is not None:
        _bands((*path, "bands"), list(payment.bands), findings)
    if payment.threshold is not None and payment.against is None:
        findings.error(
            (*path, "threshold"),
            "a threshold says how much better than what? `against` is missing",
            "such as `against: {comparison_group: 10000}`",
        )
    against = payment.against
    if against is not None:
        if (against.level is None) == (against.comparison_group is None):
            findings.error(
                (*path, "against"),
                "pay for the difference from one thing: a level, or a comparison group",
                "such as `against: 40%` or `against: {comparison_group: 10000}`",
            )
        level = known.value(against.level) if against.level is not None else None
        wanted = "score" if test in UNITS else "share"
        if level is not None and level.kind != wanted:
            hint = (
                "a number of units a person, such as `0.62`"
                if wanted == "score"
                else "a share of people, such as `40%`"
            )
            findings.error(
                (*path, "against"),
                f"`{level.text}` does not fit an outcome that is {'counted' if wanted == 'score' else 'achieved or not'}",
                hint,
            )
    cohorts = payment.cohorts
    if cohorts is not None and (
        (cohorts.size is None) == (cohorts.every is None)
        or (cohorts.every is not None and cohorts.most is not None)
    ):
        findings.error(
            (*path, "cohorts"),
            "cohorts are by size or by time",
            "such as `{size: 1000, most: 3}` or `{every: 1 year}`",
        )
    for key in ("size", "most"):
        if cohorts is not None and any(value < 1 for value in known.values(getattr(cohorts, key))):
            findings.error((*path, "cohorts", key), "at least 1 is wanted here")


def _bands(path: Path, thresholds: list[str], findings: Findings) -> None:
    numbers = [each for each in thresholds if re.fullmatch(r"\d[\d,]*(\.\d+)?", each)]
    shares = [each for each in thresholds if re.fullmatch(r"\d+(\.\d+)?%", each)]
    for each in thresholds:
        if each not in numbers and each not in shares:
            findings.error(
                (*path, each),
                f"`{each}` is not a threshold",
                "a number of units such as `40000`, or a share such as `50%`",
            )
            return
    if numbers and [each for each in shares if each != "0%"]:
        findings.error(
            path, "thresholds are numbers of units or shares of people, not both", "keep one of them"
        )
    if not any(float(each.rstrip("%").replace(",", "")) == 0 for each in thresholds):
        findings.error(
            path,
            "no band starts at 0, so nothing says what the first unit earns",
            "such as `{0: 100%, 40000: 50%}`",
        )


def _investment(investment: Investment, document: Document, known: Known, findings: Findings) -> None:
    at: Path = ("investment",)
    if investment.into not in document.providers:
        findings.unknown((*at, "into"), investment.into, "provider", document.providers)
    if not investment.tranches:
        findings.error(
            (*at, "tranches"),
            "an investment has at least one tranche",
            "such as `senior: {from: fund, amount: £750k, return: 6% per year}`",
        )
    for index, name in enumerate(investment.repaid):
        if name not in investment.tranches:
            findings.unknown((*at, "repaid", index), name, "tranche", investment.tranches)
    left_out = [name for name in investment.tranches if name not in investment.repaid]
    if investment.repaid and left_out:
        findings.error(
            (*at, "repaid"),
            f"`{left_out[0]}` is never repaid",
            "name every tranche, the first to be repaid first",
        )
    _parties(
        (*at, "surplus"),
        investment.surplus,
        [*known.parties_of_any, "investors", *investment.tranches],
        findings,
    )
    amounts = [value for tranche in investment.tranches.values() for value in known.values(tranche.amount)]
    draws = investment.draws
    if isinstance(draws, Quantity | Named | Timeline) and len(amounts) == len(investment.tranches):
        drawn = sum(known.values(draws))
        if drawn > sum(amounts) + 0.005:
            findings.error(
                (*at, "draws"),
                f"£{drawn:,.10g} is drawn, and the tranches hold £{sum(amounts):,.10g}",
                "raise the tranches or draw less",
            )


def _measure(path: Path, what: str, known: Known, findings: Findings) -> str | None:
    """The kind of number that a measure is; None, with an error, when there is no such measure."""
    document = known.document
    if what in MEASURES:
        return MEASURES[what]
    if what in document.outcomes:
        return "score" if document.outcomes[what].test in UNITS else "share"
    for words, kind in OF_SERVICES.items():
        if what.startswith(f"{words} "):
            service = what.removeprefix(f"{words} ")
            if service not in known.services_of_any:
                findings.unknown(path, service, "service", known.services_of_any)
            return kind
    choices = [
        *MEASURES,
        *document.outcomes,
        *(f"{words} {service}" for words in OF_SERVICES for service in known.services_of_any),
    ]
    findings.error(
        path,
        f"there is no measure `{what}`",
        did_you_mean(what, choices) or "a measure such as `net_saving`, `wait for SERVICE` or an outcome",
    )
    return None


def _acceptance(path: Path, party: str, test: AcceptanceTest, known: Known, findings: Findings) -> None:
    document = known.document
    kind = _measure((*path, "what"), test.what, known, findings)
    if kind is None:
        return
    key = "above" if test.above is not None else "below"
    bound = getattr(test, key)
    if (
        isinstance(bound, Quantity)
        and bound.kind != kind
        and not (test.what == "multiple" and bound.kind == "share")
    ):
        findings.error(
            (*path, key),
            f"`{bound.text}` does not fit `{test.what}`",
            f"write a bound such as {EXAMPLES[kind]}",
        )
    if test.what == "net_saving" and party not in document.agencies:
        findings.error(
            (*path, "what"),
            f"`net_saving` is the saving of an agency, and `{party}` is none",
            did_you_mean(party, document.agencies),
        )
    if test.what == "cash" and (party in document.agencies or party not in known.parties_of_any):
        findings.error(
            (*path, "what"),
            f"`cash` is that of a provider, and `{party}` is none",
            did_you_mean(party, document.providers),
        )
    invested = document.investment is not None or any(
        each.investment is not None for each in document.designs.values()
    )
    if test.what in ("irr", "multiple", "capital_lost") and not invested:
        findings.error(
            (*path, "what"),
            f"`{test.what}` needs an `investment`, and the file has none",
            "add `investment: ...` or leave this test out",
        )
    if test.for_ is not None and not test.what.startswith("wait for "):
        findings.error(
            (*path, "for"),
            f"`for` is a share of people, and `{test.what}` is one number a run",
            "use `in` for the share of runs",
        )
