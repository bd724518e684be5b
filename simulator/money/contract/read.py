"""A contract as the scenario language writes it, turned into `Terms`: plain numbers and dates of one draw (LANGUAGE section 10).

`read_contract` reads one of a scenario. `terms_of` reads the same keys where there are no people, such as those of a
published deal, whose parties have free names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulator.engine.numbers import Numbers
from simulator.money.contract import terms as t
from simulator.money.contract.read_pays import PaidOutcome, PayReader, People, PriceCells, read_payers
from simulator.money.contract.terms import Dated, Lag, Terms, always
from simulator.money.plain_values import Values, after, days_of, lag_of, months_of, varied
from simulator.scenario.contract_fields import Contract
from simulator.scenario.document import Document
from simulator.scenario.quantities import Basis, leaves

SETTLE_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
LONG_STOP = Lag(months=3)
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class ReadContract:
    """terms: the contract. cells: by position in `terms.pays`."""

    terms: Terms
    cells: tuple[PriceCells, ...]


def read_contract(
    document: Document,
    name: str,
    numbers: Numbers,
    profiles: Sequence[tuple[str, ...]],
    states: Sequence[str],
) -> ReadContract:
    """A contract of a scenario for one draw.

    document: the file as one design has it. profiles, states: `segments` and `states` of the model. Raises KeyError where
    the document has no such contract.
    """
    values = Values.of(document, numbers)
    outcomes = {name: PaidOutcome.of(name, outcome) for name, outcome in document.outcomes.items()}
    return _Reader(
        values,
        f"contracts.{name}",
        outcomes,
        values.dated(document.inflation, "inflation"),
        People(profiles, states),
    ).read(name, document.contracts[name])


def terms_of(
    contract: Contract,
    *,
    name: str,
    start: dt.date,
    outcomes: Mapping[str, PaidOutcome],
    values: Values | None = None,
    inflation: Dated | None = None,
) -> Terms:
    """A contract that stands outside a scenario, such as a published deal's.

    start: where `begins` is not given, and what timelines count from. outcomes: those that it pays for. values: how numbers
    are read; left out: as written. inflation: a year, for `indexed: inflation`. Raises KeyError for an outcome that is not
    in `outcomes`, TypeError for the name of a number. A price that differs by segment takes its first part.
    """
    return (
        _Reader(values or Values(start), "contract", outcomes, inflation or always(0.0), People())
        .read(name, contract)
        .terms
    )


def begins_of(contract: Contract, start: dt.date) -> dt.date:
    """First day of the term; `start` is the scenario's."""
    return contract.begins if contract.begins is not None else start


@dataclass(frozen=True)
class _Reader:
    values: Values
    path: str
    outcomes: Mapping[str, PaidOutcome]
    inflation: Dated
    people: People = field(default_factory=People)

    def read(self, name: str, contract: Contract) -> ReadContract:
        values, path = self.values, self.path
        begins = begins_of(contract, values.start)
        term = lag_of(contract.term)
        starts = term if contract.starts_within is None else lag_of(contract.starts_within)
        earns = term if contract.earns_within is None else lag_of(contract.earns_within)
        stop = (
            Lag(earns.months + LONG_STOP.months, earns.days)
            if contract.claims_within is None
            else lag_of(contract.claims_within)
        )
        pays = PayReader(values, path, self.outcomes, self.people)
        read = [pays.payment(outcome, payment, contract) for outcome, payment in contract.pays.items()]
        found = Terms(
            name=name,
            label=contract.label or name.replace("_", " "),
            form=contract.form,
            payers=read_payers(contract.payer, f"{path}.payer", values),
            payees=tuple(
                (party, values.one(share, f"{path}.payee.{party}")) for party, share in contract.payee
            ),
            begins=begins,
            ends=after(begins, term) - A_DAY,
            starts_until=after(begins, starts) - A_DAY,
            earn_until=after(begins, earns) - A_DAY,
            claim_until=after(begins, stop) - A_DAY,
            mobilise=lag_of(contract.mobilise),
            settle_months=SETTLE_MONTHS[contract.settle],
            terms=days_of(contract.terms, 30),
            late=days_of(contract.late),
            block_a_year=self.block(contract),
            fees=self.fees(contract),
            withheld=self.withheld(contract),
            guarantee=self.guarantee(contract),
            pays=tuple(pay for pay, _ in read),
            caps=self.caps(contract),
            floor=None
            if contract.floor is None
            else t.Floor(
                values.one(contract.floor.per_year, f"{path}.floor.per_year"), contract.floor.recoup
            ),
            indexed=self.indexed(contract),
            vat=contract.vat,
            breaks=self.breaks(contract),
            passes=self.passes(contract),
        )
        return ReadContract(found, tuple(cells for _, cells in read))

    # Activity -----------------------------------------------------------------------------------------------------

    def block(self, contract: Contract) -> Dated:
        base = (
            always(0.0)
            if contract.block is None
            else self.values.dated(contract.block, f"{self.path}.block", _a_year)
        )
        return varied(
            base,
            [
                (each.from_, self.values.a_year(each.block, f"{self.path}.variations.{index}.block"))
                for index, each in enumerate(contract.variations)
                if each.block is not None
            ],
        )

    def fees(self, contract: Contract) -> tuple[t.Fee, ...]:
        found = []
        for service, fee in contract.fees.items():
            path = f"{self.path}.fees.{service}"
            first = next(iter(leaves(fee.price)))
            per = _PER[self.values.basis(first).of]
            price = varied(
                self.values.dated(fee.price, f"{path}.price", _for_one),
                [
                    (
                        each.from_,
                        self.values.dated(
                            each.fees[service], f"{self.path}.variations.{index}.fees.{service}", _for_one
                        )[0][1],
                    )
                    for index, each in enumerate(contract.variations)
                    if service in each.fees
                ],
            )
            taper = tuple(
                self.values.one(share, f"{path}.taper.{index}") for index, share in enumerate(fee.taper)
            )
            found.append(t.Fee(service, per, price, taper or (1.0,)))
        return tuple(found)

    def withheld(self, contract: Contract) -> t.Withheld | None:
        if contract.withheld is None:
            return None
        part = contract.withheld
        share = self.values.one(part.share, f"{self.path}.withheld.share")
        return t.Withheld(share, part.service, part.wait_above.value)

    def guarantee(self, contract: Contract) -> t.Guarantee | None:
        part, path = contract.guarantee_referrals, f"{self.path}.guarantee_referrals"
        if part is None:
            return None
        return t.Guarantee(
            part.service,
            self.values.dated(part.planned, f"{path}.planned"),
            self.values.one(part.share, f"{path}.share"),
            self.values.one(part.price, f"{path}.price"),
            part.in_caps,
        )

    # The whole ----------------------------------------------------------------------------------------------------

    def caps(self, contract: Contract) -> t.Caps:
        part, path = contract.cap, f"{self.path}.cap"
        if part is None:
            return t.Caps()
        return t.Caps(
            per_person=self.values.perhaps(part.per_person, f"{path}.per_person"),
            per_year=self.values.perhaps(part.per_year, f"{path}.per_year"),
            total=self.values.perhaps(part.total, f"{path}.total"),
            counts=part.counts,
            carry=part.carry,
            part_claims=part.part_claims,
            index=self.values.one(part.indexed, f"{path}.indexed"),
            includes_vat=part.includes_vat,
        )

    def indexed(self, contract: Contract) -> Dated:
        if contract.indexed is None:
            return always(0.0)
        if contract.indexed == "inflation":
            return self.inflation
        return self.values.dated(contract.indexed, f"{self.path}.indexed")

    def breaks(self, contract: Contract) -> t.Break | None:
        part = contract.breaks_if
        if part is None:
            return None
        return t.Break(
            outcome=part.outcome,
            below=self.values.one(part.below, f"{self.path}.breaks_if.below"),
            first_months=months_of(part.from_),
            every_months=months_of(part.every, 12),
            rolling_months=months_of(part.rolling),
            cure_months=months_of(part.cure),
            notice_months=months_of(part.notice),
            fault=part.fault,
        )

    def passes(self, contract: Contract) -> tuple[t.SubContract, ...]:
        found = []
        for party, part in contract.passes.items():
            path = f"{self.path}.passes.{party}"
            found.append(
                t.SubContract(
                    to=party,
                    fixed_a_year=self.values.a_year(part.fixed, f"{path}.fixed"),
                    share=self.values.one(part.share, f"{path}.share"),
                    fee=self.values.one(part.fee, f"{path}.fee"),
                    retention=self.values.one(part.retention, f"{path}.retention"),
                    retained=lag_of(part.retained),
                    terms=days_of(part.terms, 30),
                )
            )
        return tuple(found)


_PER: Mapping[str, Literal["start", "referral", "place", "day"]] = {
    "start": "start",
    "referral": "referral",
    "place": "place",
    "person": "day",
}


def _a_year(basis: Basis) -> float:
    return basis.per_year


def _for_one(basis: Basis) -> float:
    """From an amount as written to a fee's: of a place for a year, of a person for a day, of a start or referral."""
    return basis.per_year if basis.of == "place" else 1 / basis.days if basis.days else 1.0


__all__ = ["PaidOutcome", "PriceCells", "ReadContract", "begins_of", "read_contract", "terms_of"]
