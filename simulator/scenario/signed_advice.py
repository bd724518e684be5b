"""Warnings about contracts under the design that signs them: what places cost, who starts too late, what is paid twice.

Each is said once, for the first design in which it holds (MONEY section 7).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from simulator.scenario import units
from simulator.scenario.contract_advice import SERVED, single
from simulator.scenario.contract_checks import SLACK_DAYS
from simulator.scenario.contract_fields import Contract
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.quantities import Named, Quantity, Timeline
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Outcome, Places

# A design's name, and the file with its text as that design has it.
Version = tuple[str, Document, Mapping]
Said = tuple[Path, str, str]  # where, what is wrong, what would be right
# Tests whose result is known only when their time is over, so that what starts late cannot be known in time.
SHORTEST = {"stayed_in": "for_", "avoided": "for_", "in": "at"}


def signing(versions: Sequence[tuple[Document, Mapping]]) -> Iterator[Version]:
    """Every design with its document and text, of versions that stand in this order: the baseline, then as in the file."""
    designs = versions[0][0].designs
    names = sorted(designs, key=lambda name: not designs[name].baseline)
    for name, (document, raw) in zip(names, versions, strict=True):
        yield name, document, raw


def advise_on_signed(versions: Sequence[Version], findings: Findings) -> None:
    """Warnings about the contracts that designs sign. `versions`: every design, in the order in which to speak of them."""
    said: set[tuple[str, str]] = set()
    for design, document, raw in versions:
        here = Findings(raw, findings.file)
        known = Known(document)
        signed = {
            name: document.contracts[name]
            for name in document.designs[design].signs
            if name in document.contracts
        }
        for name, contract in signed.items():
            at: Path = ("contracts", name)
            for what, warning in (
                ("cost", _below_cost(at, contract, [*signed.values()], design, known)),
                ("last", _last_starts(at, contract, known)),
                ("twice", _paid_twice(name, signed)),
            ):
                if warning is not None and (what, name) not in said:
                    said.add((what, name))
                    here.warn(*warning)
        findings.warnings += here.warnings


def _below_cost(
    at: Path, contract: Contract, signed: Sequence[Contract], design: str, known: Known
) -> Said | None:
    """A total cap under what open places and overhead cost over the term, with what other contracts pay anyway (E31)."""
    total = None if contract.cap is None else single(contract.cap.total, known)
    if total is None:
        return None
    payees = {party for party, _ in contract.payee}
    cost = _fixed_cost(payees, contract, known)
    sure = sum(
        _amount_over(each.block, contract, known)
        for each in signed
        if each.block is not None and {party for party, _ in each.payee} == payees
    ) + sum(_place_fees(each, known) for each in signed if {party for party, _ in each.payee} == payees)
    if cost <= total + sure + 0.5:
        return None
    besides = f" and what is paid whatever happens, £{sure:,.0f}," if sure else ""
    return (
        (*at, "cap", "total"),
        f"total cap £{total:,.0f}{besides} is below the £{cost:,.0f} that open places and overhead cost over the term "
        f"under `{design}`: £{cost - total - sure:,.0f} short, whatever is achieved",
        "raise the cap, add a block, or open fewer places",
    )


def _place_fees(contract: Contract, known: Known) -> float:
    """What a contract pays for open places over its term, before any taper: no cap counts it."""
    total = 0.0
    for name, fee in contract.fees.items():
        service = known.document.services.get(name)
        if service is not None:
            total += _for_places(fee.price, service.places, contract, known)
    return total


def _fixed_cost(payees: set[str], contract: Contract, known: Known) -> float:
    document = known.document
    total = 0.0
    for party in payees & {*document.providers}:
        total += _amount_over(document.providers[party].overhead, contract, known)
    opened = [(each.places, each.cost) for each in document.services.values()]
    opened += [(each.as_places(), each.cost) for each in document.teams.values()]
    for places, costs in opened:
        for payer, amount in ((payer, amount) for cost in costs for payer, amount in cost.payers):
            if payer in payees:
                total += _for_places(amount, places, contract, known)
    return total


def _for_places(amount: Any, places: Places, contract: Contract, known: Known) -> float:
    """Money per place or per staff over the term of a contract; 0 if it has another basis, or the places no number."""
    basis = _basis(amount, known)
    if places.unlimited or basis not in ("place", "staff"):
        return 0.0
    if places.staff is None:
        return _amount_over(amount, contract, known, places.count) if basis == "place" else 0.0
    return _amount_over(
        amount, contract, known, places.staff, *([places.caseload] if basis == "place" else [])
    )


def _basis(amount: Any, known: Known) -> str | None:
    first = amount.steps[0][2] if isinstance(amount, Timeline) else amount
    number = known.value(first) if isinstance(first, Quantity | Named) else None
    return number.basis.of if number is not None and number.basis.days else None


def _amount_over(amount: Any, contract: Contract, known: Known, *counts: Any) -> float:
    """Money per time, times counts, over the term of a contract; 0 where there is no amount."""
    if amount is None:
        return 0.0
    start = known.document.start
    begins = contract.begins or start
    years = contract.term.value / units.YEAR
    found = [_steps(each, begins, start, known) for each in (amount, *counts)]
    cuts = sorted({0.0, years, *(when for each in found for when, _ in each if 0 < when < years)})
    total = 0.0
    for since, until in pairwise(cuts):
        product = until - since
        for each in found:
            product *= _at(each, since)
        total += product
    return total


Steps = list[tuple[float, float]]


def _steps(value: Any, begins: dt.date, start: dt.date, known: Known) -> Steps:
    """A number by years since a contract's beginning; money per time as a year's."""
    if not isinstance(value, Timeline):
        return [(float("-inf"), _worth(value, known))]
    found: Steps = []
    for index, (when, dated, leaf) in enumerate(value.steps):
        since = (
            _years(begins, dt.date.fromordinal(round(when)))
            if dated
            else (when - (begins - start).days) / units.YEAR
        )
        found.append((since if index else float("-inf"), _worth(leaf, known)))
    return found


def _worth(leaf: Any, known: Known) -> float:
    number = known.value(leaf) if isinstance(leaf, Quantity | Named) else None
    return 0.0 if number is None else number.value * number.basis.per_year


def _at(steps: Steps, when: float) -> float:
    return next(value for since, value in reversed(steps) if since <= when + 1e-9)


def _years(first: dt.date, last: dt.date) -> float:
    """Years between two days: whole ones by the calendar, the rest in days."""
    whole = last.year - first.year
    days = (last - first.replace(year=last.year, day=min(first.day, 28))).days - max(first.day - 28, 0)
    return whole + days / units.YEAR


def _last_starts(at: Path, contract: Contract, known: Known) -> Said | None:
    """People who are counted and yet can never be paid for: no time is left to see what became of them (E34)."""
    document = known.document
    starts = (contract.starts_within or contract.term).value
    earns = (contract.earns_within or contract.term).value
    worst: tuple[float, str] = (0.0, "")
    for outcome in contract.pays:
        test = document.outcomes.get(outcome)
        wanted = getattr(test, SHORTEST[test.test]) if test is not None and test.test in SHORTEST else None
        if test is None or wanted is None:
            continue
        late = min(starts, starts - (earns - wanted.value))
        if late > SLACK_DAYS:
            share = _share_of_starts(test, starts, late, contract, known)
            worst = max(worst, (share, outcome))
    share, outcome = worst
    if share <= 0:
        return None
    return (
        (*at, "pays", outcome),
        f"starts in the last part of the term cannot earn `{outcome}`: {share * 100:.2f}% of all starts, "
        "because no observation of them ends in time",
        "lengthen `earns_within`, or shorten `starts_within`",
    )


def _share_of_starts(test: Outcome, starts: float, late: float, contract: Contract, known: Known) -> float:
    """The share of clocks that start in the last days of those that count: by the service's places, else evenly."""
    service = known.document.services.get(test.since.name) if test.since.way in SERVED else None
    count: Any = service.places.count if service is not None else None
    if isinstance(count, Named) and count.name in known.teams:
        count = None
    if count is None:
        return late / starts
    begins = contract.begins or known.document.start
    steps = _steps(count, begins, known.document.start, known)
    until = starts / units.YEAR
    cuts = sorted(
        {0.0, (starts - late) / units.YEAR, until, *(when for when, _ in steps if 0 < when < until)}
    )
    opened = [(since, (to - since) * _at(steps, since)) for since, to in pairwise(cuts)]
    total = sum(each for _, each in opened)
    last = sum(each for since, each in opened if since >= (starts - late) / units.YEAR - 1e-9)
    return last / total if total else 0.0


def _paid_twice(name: str, signed: dict[str, Contract]) -> Said | None:
    others = list(signed)[: list(signed).index(name)]
    for outcome in signed[name].pays:
        for other in others:
            if outcome in signed[other].pays and not _chained(signed[name], signed[other]):
                return (
                    ("contracts", name, "pays", outcome),
                    f"`{other}` pays for `{outcome}` too, and one design signs both",
                    "pay for it in one of them, or say with `for` whom each of them pays for",
                )
    return None


def _chained(one: Contract, other: Contract) -> bool:
    """Whether one of two contracts passes on what the other pays, as a lead does to its partners."""
    first, second = ({party for party, _ in each.payee} for each in (one, other))
    return bool(first & {*other.payer}) or bool(second & {*one.payer})
