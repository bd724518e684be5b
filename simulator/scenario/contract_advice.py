"""Warnings about contracts: terms that can be run, and that one of the parties would not sign if it saw (MONEY section 7).

Here are those that hold whoever signs; `signed_advice` has those that depend on a design. What needs a run (an outcome that
most reach anyway, a price above the worth of what was caused) is not judged before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from simulator.scenario import units
from simulator.scenario.contract_checks import SLACK_DAYS, UNITS
from simulator.scenario.contract_fields import Contract
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.quantities import Split
from simulator.scenario.schema import Outcome

# Reaching these is being served; being referred or turned away is not.
SERVED = ("started", "ended", "completed", "dropped_out", "cut_short")


def quoted(names: Sequence[str]) -> str:
    """Names as text, the first three of them."""
    first = [f"`{name}`" for name in names[:3]]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def advise_on_contracts(document: Document, known: Known, findings: Findings) -> None:
    """Warnings about the contracts of one design's document, signed or not."""
    for name, contract in document.contracts.items():
        at: Path = ("contracts", name)
        _only_the_served(at, contract, document, findings)
        _caps(at, contract, document, known, findings)
        _closes_early(at, contract, document, findings)
        _payer_decides(at, contract, document, findings)
        _price_by_state(at, contract, document, findings)


def _only_the_served(at: Path, contract: Contract, document: Document, findings: Findings) -> None:
    chosen = [
        outcome
        for outcome, payment in contract.pays.items()
        if payment.against is None
        and outcome in document.outcomes
        and document.outcomes[outcome].since.way in SERVED
    ]
    if chosen:
        findings.warn(
            (*at, "pays"),
            f"pays for {quoted(chosen)} of those served, whatever would have happened without the service",
            "`against` pays for the difference; the results show how much of it the service caused",
        )


def _caps(at: Path, contract: Contract, document: Document, known: Known, findings: Findings) -> None:
    cap = contract.cap
    if cap is None:
        return
    most = _most_a_person(contract, document, known)
    bound = single(cap.per_person, known)
    # Prices that grow may reach a cap that they do not reach today.
    if most is not None and bound is not None and contract.indexed is None and bound >= most:
        findings.warn(
            (*at, "cap", "per_person"),
            f"nobody can earn more than £{most:,.10g}, all outcomes together, so this cap never binds",
            "lower it, or leave it out",
        )
    per_year, total = single(cap.per_year, known), single(cap.total, known)
    years = (contract.earns_within or contract.term).value / units.YEAR
    if per_year is not None and total is not None and per_year * years > total * (1 + 1e-9):
        findings.warn(
            (*at, "cap", "per_year"),
            f"{years:.3g} years at this cap come to £{per_year * years:,.10g}, and `total` is £{total:,.10g}: "
            "the last years may find it spent",
            "spread the total over the years, or let only one of them bind",
        )


def single(value: Any, known: Known) -> float | None:
    """The central value of a single number, where there is one."""
    found = [] if value is None else known.values(value)
    return found[0] if found else None


def _most_a_person(contract: Contract, document: Document, known: Known) -> float | None:
    """What one person can earn at most in all; None where that has no bound, or is not by person."""
    total = 0.0
    for outcome, payment in contract.pays.items():
        test = document.outcomes[outcome].test if outcome in document.outcomes else ""
        if (test in UNITS and payment.claims is None) or (payment.paid_as or "claims") != "claims":
            return None
        claims = 1.0 if payment.claims is None else max(known.values(payment.claims), default=1.0)
        total += max(known.values(payment.price), default=0.0) * claims
    return total or None


def _closes_early(at: Path, contract: Contract, document: Document, findings: Findings) -> None:
    tail = contract.earns_within or contract.term
    groups = [((*at, "payer"), contract.payer)]
    groups += [
        ((*at, "pays", outcome, "payer"), each.payer) for outcome, each in contract.pays.items() if each.payer
    ]
    for path, payers in groups:
        for name, payer in payers.items():
            if payer.closes is None:
                continue
            if (payer.closes - (contract.begins or document.start)).days < tail.value - SLACK_DAYS:
                findings.warn(
                    (*path, name, "closes"),
                    f"`{name}` closes before the last outcomes can be earned, {tail.text} after the beginning: "
                    + (
                        f"`{payer.short}` pays them"
                        if payer.short not in (None, "lost")
                        else "its share is lost"
                    ),
                    "close later, or say with `short` who pays its share",
                )


def _payer_decides(at: Path, contract: Contract, document: Document, findings: Findings) -> None:
    for outcome, payment in contract.pays.items():
        test = document.outcomes.get(outcome)
        payers = contract.payers_of(payment)
        for state in (test.avoided if test is not None else None) or ():
            paying = [payer for payer in _pays_for(state, document) if payer in payers]
            if paying:
                findings.warn(
                    (*at, "pays", outcome),
                    f"`{paying[0]}` pays for `{state}` and pays when it is avoided: if it also decides who enters it, "
                    "both sides can gain by when that is decided",
                    "agree beforehand who decides, or pay against a comparison group",
                )
                return


def _pays_for(state: str, document: Document) -> Iterator[str]:
    """Who pays while people are in a state: for the state itself, or for the services that people in it are in."""
    need = document.needs.get(state)
    costs = [*need.cost] if need is not None else []
    for service in document.services.values():
        if state in (*service.for_, *service.while_in):
            costs += service.cost
    yield from (payer for cost in costs for payer, _ in cost.payers)


def _price_by_state(at: Path, contract: Contract, document: Document, findings: Findings) -> None:
    for outcome, payment in contract.pays.items():
        test = document.outcomes.get(outcome)
        if not isinstance(payment.price, Split) or payment.price.others is not None or test is None:
            continue
        named = [name for name, _ in payment.price.parts]
        missing = [state for state in _starts_in(test, document) if state not in named]
        if missing and named[0] in document.needs:
            findings.warn(
                (*at, "pays", outcome, "price"),
                f"the price is by the state at the start of the clock, and {quoted(missing)} is not named: nothing is paid then",
                "name it, add `others`, or pay two outcomes that exclude each other",
            )


def _starts_in(outcome: Outcome, document: Document) -> Sequence[str]:
    """The states in which the clock of an outcome can start, where the file says so; else none."""
    since = outcome.since
    if since.way is None:
        if since.name == "arrived":
            return tuple(document.people.arrive)
        return (since.name,) if since.name in document.needs else ()
    service = document.services.get(since.name)
    if service is None or since.way not in ("referred", "started"):
        return ()
    if since.way == "started" and service.then.started is not None:
        return service.then.started.names
    return service.for_ or service.while_in
