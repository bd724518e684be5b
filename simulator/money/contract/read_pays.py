"""What a contract pays for one outcome, as plain numbers: part of reading a contract (LANGUAGE section 10, `pays`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.engine.numbers import pick
from simulator.money.contract import terms as t
from simulator.money.contract.terms import Dated, Lag, always
from simulator.money.plain_values import Values, days_of, lag_of, months_of, product, varied
from simulator.scenario import units
from simulator.scenario.contract_fields import LOST, Contract, Payer, Payment
from simulator.scenario.quantities import Split
from simulator.scenario.schema import Outcome


@dataclass(frozen=True)
class PriceCells:
    """Which of `Pay.prices` and `Pay.verified` is a person's: cell = profile x by_profile + state x by_state.

    profile: position in the model's `segments`. state: position in its states, of the person's at the clock's start. Both 0:
    everybody has the same.
    """

    by_profile: int = 0
    by_state: int = 0


@dataclass(frozen=True)
class PaidOutcome:
    """What a contract must know of an outcome: its name on screen, what one unit of it is, and its window in days."""

    label: str
    unit: Literal["claim", "day", "count"] = "claim"
    window_days: float = 0.0

    @classmethod
    def of(cls, name: str, outcome: Outcome) -> PaidOutcome:
        units: dict[str, Literal["day", "count"]] = {"days_in": "day", "count": "count"}
        label = outcome.label or name.replace("_", " ")
        return cls(label, units.get(outcome.test, "claim"), outcome.window)


@dataclass(frozen=True)
class People:
    """Who can be told apart by a price. profiles: the segments of each kind of person. states: names in the model's order."""

    profiles: Sequence[tuple[str, ...]] = ((),)
    states: Sequence[str] = ()


def read_payers(payers: Mapping[str, Payer], path: str, values: Values) -> tuple[t.Payer, ...]:
    """Who pays, in the order of the file. path: where they stand in it."""
    return tuple(
        t.Payer(
            name=party,
            share=values.one(payer.share, f"{path}.{party}.share"),
            per_year=values.perhaps(payer.per_year, f"{path}.{party}.per_year"),
            cap=values.perhaps(payer.cap, f"{path}.{party}.cap"),
            closes=payer.closes,
            after=lag_of(payer.after),
            only=payer.only,
            short=None if payer.short == LOST else payer.short,
            vat=values.one(payer.vat, f"{path}.{party}.vat", 1.0),
        )
        for party, payer in payers.items()
    )


def threshold_of(text: str) -> float:
    """The threshold of a band: a number of units such as `40,000`, or a share such as `60%` as 0.6."""
    number = units.number_from(text.strip().removesuffix("%").strip())
    return number / 100 if text.strip().endswith("%") else number


@dataclass(frozen=True)
class PayReader:
    """Reads the outcomes of a contract that stands at `path`. outcomes: by name; people: who a price can tell apart."""

    values: Values
    path: str
    outcomes: Mapping[str, PaidOutcome]
    people: People = field(default_factory=People)

    def payment(self, name: str, payment: Payment, contract: Contract) -> tuple[t.Pay, PriceCells]:
        values, path = self.values, f"{self.path}.pays.{name}"
        outcome = self.outcomes[name]
        prices, verified, discount, cells = self.by_cell(name, payment, contract)
        found = t.Pay(
            outcome=name,
            label=outcome.label,
            unit=outcome.unit,
            prices=prices,
            price_by=payment.price_by,
            discount=discount,
            count=self.count(payment, outcome, path),
            apart=days_of(payment.apart),
            needs=payment.needs,
            excludes=payment.excludes,
            states=tuple(each for each in payment.for_ if each in self.people.states),
            segments=tuple(each for each in payment.for_ if each not in self.people.states),
            verified=verified,
            sample=self.sample(payment, path),
            dispute=self.dispute(payment, path),
            reversal=None
            if payment.clawback is None
            else t.Reversal(
                values.one(payment.clawback.share, f"{path}.clawback.share"), lag_of(payment.clawback.within)
            ),
            lag=Lag() if payment.lag is None else lag_of(payment.lag),
            deadweight=self.deadweight(payment, path),
            window_days=outcome.window_days,
            bands=self.bands(payment, path),
            band_of_rate=payment.by_rate,
            band_whole=payment.by_rate if payment.band is None else payment.band == "whole",
            slide=self.slide(payment, path),
            against=self.against(payment, path),
            cohorts=self.cohorts(payment, path),
            each=None
            if payment.threshold is None
            else values.perhaps(payment.threshold.each, f"{path}.threshold.each"),
            pooled=None
            if payment.threshold is None
            else values.perhaps(payment.threshold.pooled, f"{path}.threshold.pooled"),
            pays_as=payment.paid_as or ("claims" if payment.against is None else "per_unit"),
            share_of_gain=values.one(payment.share_of_gain, f"{path}.share_of_gain", 1.0),
            cap=values.perhaps(payment.cap, f"{path}.cap"),
            payers=None if payment.payer is None else read_payers(payment.payer, f"{path}.payer", values),
        )
        return found, cells

    def by_cell(
        self, name: str, payment: Payment, contract: Contract
    ) -> tuple[tuple[Dated, ...], tuple[float, ...], float, PriceCells]:
        """Prices and what can be proven, by cell; the discount, 0 where it is in the prices; and how cells are counted."""
        path, people = f"{self.path}.pays.{name}", self.people
        changes = [
            (each.from_, each.pays[name], f"{self.path}.variations.{index}.pays.{name}")
            for index, each in enumerate(contract.variations)
            if name in each.pays
        ]
        splits = [
            each
            for each in (payment.price, payment.verified, *(change.price for _, change, _ in changes))
            if isinstance(each, Split)
        ]
        by_state = any(part in people.states for split in splits for part, _ in split.parts)
        states: list[str | None] = list(people.states) if by_state else [None]
        kinds = [(members, state) for members in people.profiles for state in states]
        if not splits:
            kinds = kinds[:1]
        discount = self.values.one(payment.discount, f"{path}.discount")
        discounts = [
            (day, self.values.one(change.discount, f"{at}.discount"))
            for day, change, at in changes
            if change.discount is not None
        ]
        prices, verified = [], []
        for members, state in kinds:
            price = varied(
                self.picked(payment.price, f"{path}.price", members, state),
                [
                    (day, self.picked(change.price, f"{at}.price", members, state)[0][1])
                    for day, change, at in changes
                    if change.price is not None
                ],
            )
            if discounts:  # a discount that changes is in the price, whose dates it has
                left = tuple((day, 1 - each) for day, each in varied(always(discount), discounts))
                price = product(price, left)
            prices.append(price)
            share, end = pick(payment.verified, members, state)
            verified.append(self.values.one(share, f"{path}.verified{end}", 1.0))
        if not isinstance(payment.verified, Split):
            verified = verified[:1]
        cells = PriceCells(len(states), 1 if by_state else 0) if splits else PriceCells()
        return tuple(prices), tuple(verified), 0.0 if discounts else discount, cells

    def picked(self, price: Any, path: str, members: tuple[str, ...], state: str | None) -> Dated:
        """A price as it is for one kind of person; 0 for whom a split leaves out."""
        if isinstance(price, Split) and not members and state is None:
            return self.values.dated(price.parts[0][1], f"{path}.{price.parts[0][0]}")
        part, end = pick(price, members, state)
        return always(0.0) if part is None else self.values.dated(part, path + end)

    def count(self, payment: Payment, outcome: PaidOutcome, path: str) -> int | None:
        if payment.claims is None:
            return 1 if outcome.unit == "claim" else None
        return round(self.values.one(payment.claims, f"{path}.claims"))

    def sample(self, payment: Payment, path: str) -> t.Sample | None:
        part = payment.sample
        if part is None:
            return None
        n = round(self.values.one(part.n, f"{path}.sample.n"))
        return t.Sample(n, part.extrapolate, self.values.one(part.pass_, f"{path}.sample.pass"))

    def dispute(self, payment: Payment, path: str) -> t.Dispute | None:
        part = payment.dispute
        if part is None:
            return None
        share = self.values.one(part.share, f"{path}.dispute.share")
        return t.Dispute(
            share, lag_of(part.held), self.values.one(part.upheld, f"{path}.dispute.upheld", 1.0)
        )

    def deadweight(self, payment: Payment, path: str) -> t.Deadweight | None:
        part = payment.less
        if part is None:
            return None
        form = part.form
        share = self.values.one(getattr(part, form), f"{path}.less.{form}")
        return t.Deadweight(form, share, part.floor or "person")

    def bands(self, payment: Payment, path: str) -> tuple[tuple[float, float], ...]:
        if payment.bands is None:
            return ((0.0, 1.0),)
        return tuple(
            sorted(
                (threshold_of(each), self.values.one(share, f"{path}.bands.{each}"))
                for each, share in payment.bands.items()
            )
        )

    def slide(self, payment: Payment, path: str) -> t.Slide | None:
        part = payment.slide
        if part is None:
            return None
        low, high = (
            self.values.one(each, f"{path}.slide.{key}")
            for key, each in (("from", part.from_), ("to", part.to))
        )
        return t.Slide(low, high, self.values.one(part.amount, f"{path}.slide.amount"))

    def against(self, payment: Payment, path: str) -> t.Against | None:
        part = payment.against
        if part is None:
            return None
        n = self.values.perhaps(part.comparison_group, f"{path}.against.comparison_group")
        return t.Against(
            self.values.perhaps(part.level, f"{path}.against.level"),
            None if n is None else round(n),
            self.values.one(part.match_bias, f"{path}.against.match_bias"),
        )

    def cohorts(self, payment: Payment, path: str) -> t.Cohorts | None:
        part = payment.cohorts
        if part is None:
            return None
        size, most = (
            None if each is None else round(self.values.one(each, f"{path}.cohorts.{key}"))
            for key, each in (("size", part.size), ("most", part.most))
        )
        return t.Cohorts(size, most, None if part.every is None else months_of(part.every))
