"""Providers and the money that others put in until outcomes pay (LANGUAGE section 10, MONEY section 4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from simulator.scenario import fields as f
from simulator.scenario import quantities
from simulator.scenario.party_fields import CHOICE, Months, OneGrowth, Parties, SomeMonths, listed
from simulator.scenario.problems import Refused
from simulator.scenario.schema import Labelled, Part, wrap


class Provider(Labelled):
    name: f.Label | None = None
    opening_cash: f.Money | None = None
    least_cash: f.Money | None = None
    overhead: f.Money | None = None
    staff: f.Share | None = None
    on_costs: f.Share | None = None
    wages_lag: Months | None = None
    mobilisation: f.Money | None = None
    exit_cost: f.Money | None = None
    vat_on_supplies: f.Share | None = None
    reserves: f.Money | None = None


class Tranche(Labelled):
    from_: f.Label = Field(alias="from")
    amount: f.Money
    return_: OneGrowth = Field(alias="return")
    interest: Annotated[Literal["compound", "simple"], CHOICE] = "compound"
    unpaid: Annotated[Literal["capitalise", "defer", "lapse"], CHOICE] = "capitalise"
    most: f.Ratio | None = None
    most_irr: OneGrowth | None = None


def draw_rule(raw: Any) -> Any:
    return str(raw) if raw in ("as needed", "at start") else quantities.parse(raw, "money", timeline=True)


class Guarantee(Part):
    from_: f.Label = Field(alias="from")
    share: f.Share | None = None
    pool: f.Money | None = None
    exclusive = (("share",), ("pool",))

    @model_validator(mode="after")
    def _one_kind(self) -> Guarantee:
        if (self.share is None) == (self.pool is None):
            raise Refused(
                "a guarantee bears a share of capital lost, or what a pool of money holds",
                "such as `{from: trust, share: 50%}` or `{from: trust, pool: £6m}`",
            )
        return self


class DealFees(Part):
    """What a deal costs beside its returns."""

    arrangement: f.Share | None = None
    commitment: OneGrowth | None = None
    management: OneGrowth | None = None
    performance_management: f.Money | None = None
    audit: f.Money | None = None
    evaluation: f.Money | None = None
    fund: OneGrowth | None = None


class PayFee(Part):
    to: f.Label
    amount: f.Money


class Repay(Part):
    tranche: f.Reference
    share: f.Share | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict) else wrap(raw, "tranche")


class ToMultiple(Part):
    tranche: f.Reference
    to: f.Ratio


class ToRate(Part):
    tranche: f.Reference
    to: OneGrowth


class Coupon(Part):
    tranche: f.Reference
    bands: dict[f.Label, f.Share]


class Step(Part):
    """One step of a waterfall: a mapping of one key."""

    pay_fee: PayFee | None = None
    fill_reserve: f.Money | None = None
    pay_return: f.Reference | None = None
    repay: Repay | None = None
    pay_to_multiple: ToMultiple | None = None
    pay_to_irr: ToRate | None = None
    coupon_by_band: Coupon | None = None
    share: Parties | None = None
    release: f.Reference | None = None

    @property
    def action(self) -> str:
        """The one key that is given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def tranche(self) -> str | None:
        """The tranche that this step pays; None where it pays something else."""
        inner = getattr(self, self.action)
        return inner if self.action == "pay_return" else getattr(inner, "tranche", None)

    @model_validator(mode="after")
    def _one_action(self) -> Step:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise Refused(
                "a step of the waterfall is one action", "such as `{pay_return: senior}`, one in each line"
            )
        return self


class Investment(Labelled):
    into: f.Reference
    for_: f.Names = Field(default=(), alias="for")
    recourse: Annotated[Literal["limited", "full"], CHOICE]
    draws: Annotated[Any, PlainValidator(draw_rule), WithJsonSchema({"$ref": "#/$defs/money"})] = "as needed"
    buffer: Months | None = None
    by: Annotated[Literal["in order", "pro rata"], CHOICE] = "in order"
    available_until: f.Date | None = None
    recycle: f.YesNo = True
    tranches: dict[f.Name, Tranche]
    repaid: f.Names = ()
    surplus: Parties | None = None
    waterfall: Annotated[list[Step], BeforeValidator(listed)] = []
    repays_from: f.Duration | None = None
    every: SomeMonths | None = None
    reserve: Months | None = None
    fee: OneGrowth | None = None
    fees: DealFees | None = None
    guarantee: Guarantee | None = None

    @model_validator(mode="after")
    def _said_once(self) -> Investment:
        if self.waterfall and (self.repaid or self.surplus is not None):
            key = "repaid" if self.repaid else "surplus"
            raise Refused(
                f"`{key}` is short for a waterfall, and there is a `waterfall`", f"leave `{key}` out", (key,)
            )
        if self.fee is not None and self.fees is not None and self.fees.management is not None:
            raise Refused(
                "`fee` is short for `fees: {management: ...}`, which stands here too", None, ("fee",)
            )
        return self
