"""Errors of contracts: names, times, and what cannot be meant together (LANGUAGE section 13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from simulator.scenario import units
from simulator.scenario.contract_fields import LOST, Contract, Payer, Payment
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.quantities import Quantity, Split, Timeline

UNITS = ("days_in", "count")
# The calendar and the fixed units of section 1 differ by up to two days over the years of a contract.
SLACK_DAYS = 2.0
LARGEST_GROUP = 1_000_000


MOST_YEARS = 100
MOST = 1e9
MOST_OF_ONE = 1e7
"""Pounds: of any amount, and of a price or fee for one."""


def sizes_within_reason(path: Path, part: Any, findings: Findings) -> None:
    """Errors for times, amounts and rates that no contract has, before a calendar or a sum has no room for them."""
    if isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            sizes_within_reason((*path, field.alias or name), getattr(part, name), findings)
    elif isinstance(part, dict):
        for name, each in part.items():
            sizes_within_reason((*path, name), each, findings)
    elif isinstance(part, Timeline | Split):
        leaves = (
            [step[2] for step in part.steps]
            if isinstance(part, Timeline)
            else [each for _, each in part.parts]
        )
        for each in leaves:
            sizes_within_reason(path, each, findings)
    elif isinstance(part, list | tuple):
        for each in part:
            sizes_within_reason(path, each, findings)
    elif isinstance(part, Quantity):
        most = MOST_OF_ONE if {"price", "fees"} & {*path} else MOST
        wrong = {
            "time": part.value > MOST_YEARS * units.YEAR and f"more than {MOST_YEARS} years",
            "money": abs(part.value * part.basis.per_year) > most and f"more than £{most:,.0f}",
            "growth": abs(part.value) > 1 and "more than 100% a year",
        }.get(part.kind)
        if wrong:
            findings.error(path, f"`{part.text}` is {wrong}", "write what a contract can have")


def check_contracts(document: Document, known: Known, findings: Findings) -> None:
    """Errors about every contract of a document, signed or not."""
    for name, contract in document.contracts.items():
        _contract(name, contract, document, known, findings)
    for name, provider in document.providers.items():
        sizes_within_reason(("providers", name), provider, findings)


def check_parties(path: Path, parties: Iterable[str], known: list[str], findings: Findings) -> None:
    """Errors for parties that are neither an agency nor a provider."""
    for party in parties:
        if party not in known:
            findings.unknown((*path, party), party, "agency or provider", known)


def _contract(name: str, contract: Contract, document: Document, known: Known, findings: Findings) -> None:
    at: Path = ("contracts", name)
    sizes_within_reason(at, contract, findings)
    _payers((*at, "payer"), contract.payer, contract, known, findings)
    check_parties((*at, "payee"), dict(contract.payee), known.parties_of_any, findings)
    both = {*contract.payer} & {party for party, _ in contract.payee}
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
    _times(at, contract, document, findings)
    _services(at, contract, known, findings)
    for outcome, payment in contract.pays.items():
        path = (*at, "pays", outcome)
        if outcome not in document.outcomes:
            findings.unknown(path, outcome, "outcome", document.outcomes)
            continue
        _payment(path, payment, contract, document.outcomes[outcome].test, known, findings)
    _variations(at, contract, findings)
    _passes(at, contract, known, findings)
    if contract.breaks_if is not None:
        outcome = contract.breaks_if.outcome
        if outcome not in document.outcomes:
            findings.unknown((*at, "breaks_if", "outcome"), outcome, "outcome", document.outcomes)
        elif document.outcomes[outcome].test in UNITS:
            findings.error(
                (*at, "breaks_if", "outcome"),
                f"`{outcome}` is counted, and has no share to fall below a bound",
                "break on an outcome that is achieved or not",
            )


def _payers(
    path: Path, payers: Mapping[str, Payer], contract: Contract, known: Known, findings: Findings
) -> None:
    check_parties(path, payers, known.parties_of_any, findings)
    for name, payer in payers.items():
        others = [each for each in payers if each != name]
        if payer.short is not None and payer.short != LOST and payer.short not in others:
            findings.error(
                (*path, name, "short"),
                f"`{payer.short}` is no other payer of this contract, so it cannot pay what `{name}` does not",
                f"write {' or '.join(f'`{each}`' for each in [*others, LOST])}",
            )
        for index, outcome in enumerate(payer.only):
            if outcome not in contract.pays:
                findings.unknown(
                    (*path, name, "only", index), outcome, "outcome of this contract", contract.pays
                )


def _who(path: Path, names: Iterable[str], known: Known, findings: Findings) -> None:
    for index, name in enumerate(names):
        if name not in known.states and name not in known.segments:
            findings.unknown((*path, index), name, "state or segment", [*known.states, *known.segments])


def _times(at: Path, contract: Contract, document: Document, findings: Findings) -> None:
    term = contract.term
    earns = contract.earns_within or term
    if contract.starts_within is not None and contract.starts_within.value > term.value:
        findings.error(
            (*at, "starts_within"),
            f"longer than the term of {term.text}",
            "people can only be counted within the term",
        )
    if contract.claims_within is not None and contract.claims_within.value < earns.value:
        findings.error(
            (*at, "claims_within"),
            f"claims end before observations do, which may end {earns.text} after the beginning",
            f"such as `claims_within: {earns.text}`, or later",
        )
    before = ((contract.begins or document.start) - document.start).days
    if before + earns.value > document.horizon.value + SLACK_DAYS:
        key = "earns_within" if contract.earns_within is not None else "term"
        findings.error(
            (*at, key),
            f"observations may end after the horizon of {document.horizon.text}: what is earned then is never known",
            "lengthen `horizon`, or end observations earlier with `earns_within`",
        )


def _services(at: Path, contract: Contract, known: Known, findings: Findings) -> None:
    named: list[tuple[Path, str]] = [((*at, "fees", service), service) for service in contract.fees]
    for key in ("withheld", "guarantee_referrals"):
        part = getattr(contract, key)
        if part is not None:
            named.append(((*at, key, "service"), part.service))
    for path, service in named:
        if service not in known.services_of_any:
            findings.unknown(path, service, "service", known.services_of_any)
    if contract.withheld is not None and contract.block is None and not contract.fees:
        findings.error(
            (*at, "withheld"),
            "a part of block and fees is withheld, and this contract has neither",
            "add `block` or `fees`, or leave it out",
        )


def _variations(at: Path, contract: Contract, findings: Findings) -> None:
    before = contract.begins
    for index, each in enumerate(contract.variations):
        path = (*at, "variations", index)
        if before is not None and each.from_ <= before:
            findings.error(
                (*path, "from"),
                f"not after {before}, where what it changes begins",
                "variations stand in order of their dates, after the contract's beginning",
            )
        before = each.from_
        for key, known in (("fees", contract.fees), ("pays", contract.pays)):
            for name in getattr(each, key):
                if name not in known:
                    findings.error(
                        (*path, key, name),
                        f"`{name}` is not in the `{key}` of this contract, so there is nothing to vary",
                        "write what holds at first in the contract itself",
                    )


def _passes(at: Path, contract: Contract, known: Known, findings: Findings) -> None:
    if not contract.passes:
        return
    check_parties((*at, "passes"), contract.passes, known.parties_of_any, findings)
    if contract.form == "direct":
        findings.error(
            (*at, "passes"),
            "a direct contract passes nothing on: whom it pays delivers",
            "write `form: lead` or `form: vehicle`",
        )
    total = sum(value for each in contract.passes.values() for value in known.values(each.share))
    if total > 1 + 1e-9:
        findings.error(
            (*at, "passes"),
            f"{total * 100:g}% of outcome income is passed on",
            "the shares come to 100% at most",
        )


def _forms(path: Path, payment: Payment, test: str, known: Known, findings: Findings) -> None:
    """What an outcome can be paid by: deadweight, bands, a slide, a cohort's result."""
    if payment.less is not None and payment.less.form != "multiply" and test not in UNITS:
        findings.error(
            (*path, "less", payment.less.form),
            "this takes units off a window of days or numbers, and this outcome is achieved or not",
            "`less: 20%` takes a share off, `against: 40%` pays for those above a level",
        )
    if payment.band is not None and payment.bands is None:
        findings.error((*path, "band"), "`band` says how `bands` are read, and there are none")
    if payment.slide is not None:
        low, high = (known.values(each)[:1] for each in (payment.slide.from_, payment.slide.to))
        if low and high and low >= high:
            findings.error(
                (*path, "slide"),
                "it ends where it begins, or before",
                "such as `{from: 5%, to: 15%, amount: £500k}`",
            )
    if payment.paid_as in ("per_unit", "gain_share") and payment.against is None:
        findings.error(
            (*path, "paid_as"),
            f"`{payment.paid_as}` pays for the difference from something: `against` is missing",
            "such as `against: {comparison_group: 10000}`",
        )
    if payment.share_of_gain is not None and payment.paid_as != "gain_share":
        findings.error((*path, "share_of_gain"), "this goes with `paid_as: gain_share`")


def _payment(
    path: Path, payment: Payment, contract: Contract, test: str, known: Known, findings: Findings
) -> None:
    if payment.payer is not None:
        _payers((*path, "payer"), payment.payer, contract, known, findings)
    _who((*path, "for"), payment.for_, known, findings)
    for key, others in (("needs", payment.needs), ("excludes", payment.excludes)):
        for index, other in enumerate(others):
            if other not in contract.pays or other == path[-1]:
                findings.unknown(
                    (*path, key, index),
                    other,
                    "other outcome of this contract",
                    [each for each in contract.pays if each != path[-1]],
                )
    _forms(path, payment, test, known, findings)
    by_sum = payment.against is not None or payment.paid_as not in (None, "claims")
    if by_sum and isinstance(payment.price, Split):
        findings.error(
            (*path, "price"),
            "a cohort is paid one price, and this one differs from person to person",
            "write one price, or pay for single claims",
        )
    if payment.sample is not None and payment.dispute is not None:
        findings.error(
            (*path, "dispute"),
            "an outcome is audited by sample or disputed claim by claim, not both",
            "keep one of `sample` and `dispute`",
        )
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
        check_bands((*path, "bands"), list(payment.bands), "`{0: 100%, 40000: 50%}`", findings)
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
        if any(value > LARGEST_GROUP for value in known.values(against.comparison_group)):
            findings.error(
                (*path, "against", "comparison_group"),
                f"over {LARGEST_GROUP:,} people are more than any group that was ever compared with",
                "such as `against: {comparison_group: 10000}`",
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


def check_bands(path: Path, thresholds: list[str], example: str, findings: Findings) -> None:
    """Errors about the thresholds of bands: numbers of units or shares, from 0 on."""
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
    if large := [each for each in thresholds if len(each) > 15]:
        findings.error((*path, large[0]), f"`{large[0]}` is too large a threshold", "such as `40000`")
    if numbers and [each for each in shares if each != "0%"]:
        findings.error(
            path, "thresholds are numbers of units or shares of people, not both", "keep one of them"
        )
    if not any(float(each.rstrip("%").replace(",", "")) == 0 for each in thresholds):
        findings.error(
            path,
            "no band starts at 0, so nothing says what the first unit earns",
            f"such as {example}",
        )
