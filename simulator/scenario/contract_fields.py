"""Contracts: who pays whom for what (LANGUAGE section 10). Form is read here; `contract_checks` sees whether it fits together."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from simulator.scenario import fields as f
from simulator.scenario import quantities
from simulator.scenario.party_fields import (
    CHOICE,
    NO_TIME,
    DatedMoney,
    Months,
    OneGrowth,
    Parties,
    SegmentShare,
    ShareOrScore,
    SomeMonths,
    listed,
    must_be_whole,
)
from simulator.scenario.problems import Refused
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Labelled, Part, wrap

LOST = "lost"


def _keys(raw: Any) -> bool:
    """Whether this is a mapping of keys, not a number written in full, split or by date."""
    return isinstance(raw, dict) and not {"value", "start"} & set(raw)


class Payer(Part):
    """One payer's share of every payment, and what bounds it."""

    share: f.Share
    per_year: f.Money | None = None
    cap: f.Money | None = None
    closes: f.Date | None = None
    after: f.Duration = NO_TIME
    only: f.Names = ()
    short: f.Reference | None = None
    vat: f.Share | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if _keys(raw) else wrap(raw, "share")


class OneName:
    """Marks a mapping by party that may be written as one name, which then has all of it."""


def one_party(raw: Any) -> Any:
    """`council` is short for `{council: 100%}`."""
    if isinstance(raw, str):
        name = f.reference(raw)
        return Mapping({name: "100%"}, line=getattr(raw, "line", 0), column=getattr(raw, "column", 0))
    if not isinstance(raw, dict) or not raw:
        raise Refused("a party is wanted here, or shares of parties", "such as `{council: 80%, fund: 20%}`")
    return raw


def whole(payers: dict[str, Payer]) -> dict[str, Payer]:
    must_be_whole([payer.share for payer in payers.values()])
    return payers


Payers = Annotated[dict[f.Reference, Payer], BeforeValidator(one_party), AfterValidator(whole), OneName]


class Fee(Part):
    """An activity fee of a service; its basis says what it is per."""

    price: DatedMoney
    taper: Annotated[tuple[f.Share, ...], BeforeValidator(listed)] = ()

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if _keys(raw) else wrap(raw, "price")


class Withheld(Part):
    """A part of block and fees that is kept back when people wait too long."""

    share: f.Share
    service: f.Reference
    wait_above: f.Duration


class GuaranteeReferrals(Part):
    """Take or pay: referrals short of a share of the plan are paid for."""

    service: f.Reference
    planned: f.DatedRate
    share: f.Share
    price: f.Money
    in_caps: f.YesNo = True


class Sample(Part):
    n: f.Count
    extrapolate: f.YesNo = True
    pass_: f.Share | None = Field(default=None, alias="pass")


class Dispute(Part):
    share: f.Share
    held: f.PositiveDuration
    upheld: f.Share | None = None


class Clawback(Part):
    share: f.Share
    within: f.PositiveDuration


class Less(Part):
    """What would have happened anyway, in one of three forms (MONEY 3.4)."""

    multiply: f.Share | None = None
    subtract: f.Share | None = None
    floor: Annotated[Literal["person", "none"], CHOICE] | None = None
    baseline: f.Share | None = None
    exclusive = (("multiply",), ("subtract", "floor"), ("baseline",))

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if _keys(raw) else wrap(raw, "multiply")

    @property
    def form(self) -> Literal["multiply", "subtract", "baseline"]:
        """Which form it is."""
        if self.multiply is not None:
            return "multiply"
        return "subtract" if self.subtract is not None else "baseline"

    @model_validator(mode="after")
    def _one_form(self) -> Less:
        given = [name for name in ("multiply", "subtract", "baseline") if getattr(self, name) is not None]
        if len(given) != 1:
            raise Refused(
                "what would have happened anyway is taken off in one way: multiply, subtract or baseline",
                "such as `less: 20%`, which multiplies by 80%, or `less: {subtract: 20%}` of the window",
            )
        if self.floor is not None and self.subtract is None:
            raise Refused(f"`floor` goes with `subtract`, not with `{given[0]}`", None, ("floor",))
        return self


class Slide(Part):
    from_: f.Share = Field(alias="from")
    to: f.Share
    amount: f.Money


class Against(Part):
    """Pay for the difference from a fixed level, or from a comparison group."""

    level: ShareOrScore | None = None
    comparison_group: f.Count | None = None
    match_bias: f.Score | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict) and "value" not in raw else wrap(raw, "level")


class Cohorts(Part):
    size: f.Count | None = None
    most: f.Count | None = None
    every: SomeMonths | None = None


class Threshold(Part):
    each: f.Share | None = None
    pooled: f.Share | None = None


class Payment(Part):
    """What a contract pays for one outcome."""

    price: f.PersonMoney
    price_by: Annotated[Literal["earned", "started"], CHOICE] = "earned"
    discount: f.Share | None = None
    claims: f.Count | None = None
    apart: f.Duration = NO_TIME
    for_: f.Names = Field(default=(), alias="for")
    needs: f.Names = ()
    excludes: f.Names = ()
    verified: SegmentShare | None = None
    sample: Sample | None = None
    dispute: Dispute | None = None
    clawback: Clawback | None = None
    lag: f.Duration | None = None
    less: Less | None = None
    bands: dict[f.Label, f.Share] | None = None
    band: Annotated[Literal["marginal", "whole"], CHOICE] | None = None
    slide: Slide | None = None
    against: Against | None = None
    cohorts: Cohorts | None = None
    threshold: Threshold | None = None
    paid_as: Annotated[Literal["claims", "lump", "per_unit", "gain_share"], CHOICE] | None = None
    share_of_gain: f.Share | None = None
    cap: f.Money | None = None
    payer: Payers | None = None

    @property
    def by_rate(self) -> bool:
        """Whether the bands are about a cohort's rate, not about units so far."""
        return self.bands is not None and any("%" in each for each in self.bands)


class Caps(Part):
    total: f.Money | None = None
    per_person: f.Money | None = None
    per_year: f.Money | None = None
    counts: Annotated[Literal["certified", "paid"], CHOICE] = "certified"
    carry: Annotated[Literal["none", "unpaid", "headroom"], CHOICE] = "none"
    part_claims: f.YesNo = True
    indexed: OneGrowth | None = None
    includes_vat: f.YesNo = False

    @model_validator(mode="after")
    def _some(self) -> Caps:
        if self.total is None and self.per_person is None and self.per_year is None:
            raise Refused("a cap is `total`, `per_person` or `per_year`")
        return self


class Floor(Part):
    per_year: f.Money
    recoup: f.YesNo = False


class PaymentChange(Part):
    price: Annotated[
        Any, PlainValidator(f.kind("money", split=True)), WithJsonSchema({"$ref": "#/$defs/money"})
    ] = None
    discount: f.Share | None = None


class Variation(Part):
    """What a contract pays from a date on."""

    from_: f.Date = Field(alias="from")
    block: f.Money | None = None
    fees: dict[f.Reference, f.Money] = {}
    pays: dict[f.Reference, PaymentChange] = {}


class Break(Part):
    outcome: f.Reference
    below: f.Share
    from_: SomeMonths = Field(alias="from")
    every: SomeMonths | None = None
    rolling: Months | None = None
    cure: Months | None = None
    notice: Months | None = None
    fault: Annotated[Literal["none", "provider", "funder"], CHOICE] = "provider"


class Pass(Part):
    """What a lead or vehicle passes on to a partner."""

    fixed: f.Money | None = None
    share: f.Share | None = None
    fee: f.Share | None = None
    retention: f.Share | None = None
    retained: f.Duration = NO_TIME
    terms: f.Duration | None = None


def index_rate(raw: Any) -> Any:
    return "inflation" if raw == "inflation" else quantities.parse(raw, "growth", timeline=True)


class Contract(Labelled):
    form: Annotated[Literal["direct", "lead", "vehicle"], CHOICE] = "direct"
    payer: Payers
    payee: Parties
    begins: f.Date | None = None
    term: f.PositiveDuration
    mobilise: f.Duration = NO_TIME
    starts_within: f.PositiveDuration | None = None
    earns_within: f.PositiveDuration | None = None
    claims_within: f.PositiveDuration | None = None
    settle: Annotated[Literal["monthly", "quarterly", "yearly"], CHOICE] = "quarterly"
    terms: f.Duration | None = None
    late: f.Duration = NO_TIME
    block: DatedMoney | None = None
    fees: dict[f.Reference, Fee] = {}
    withheld: Withheld | None = None
    guarantee_referrals: GuaranteeReferrals | None = None
    pays: dict[f.Reference, Payment] = {}
    cap: Caps | None = None
    floor: Floor | None = None
    indexed: Annotated[Any, PlainValidator(index_rate), WithJsonSchema({"$ref": "#/$defs/growth"})] = None
    vat: Annotated[Literal["exempt", "standard", "outside"], CHOICE] = "exempt"
    variations: Annotated[list[Variation], BeforeValidator(listed)] = []
    breaks_if: Break | None = None
    passes: dict[f.Reference, Pass] = {}

    def payers_of(self, payment: Payment) -> AnyMapping[str, Payer]:
        """Who pays for an outcome: its own payers, or the contract's."""
        return payment.payer if payment.payer is not None else self.payer
