"""Contracts, providers, investment and what the parties accept: the form of LANGUAGE section 10.

Parsed and checked for form here; the contracts issue gives them meaning with MONEY sections 3 and 4.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from simulator.scenario import fields as f
from simulator.scenario import quantities
from simulator.scenario.problems import Refused
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Labelled, Part, wrap


def shares_by_name(raw: Any) -> tuple[tuple[str, Any], ...]:
    """A party, or shares of several parties that sum to 100%."""
    if isinstance(raw, str):
        return ((f.reference(raw), quantities.Quantity("share", 1.0, text="100%")),)
    if not isinstance(raw, dict) or not raw:
        raise Refused("a party is wanted here, or shares of parties", "such as `{council: 80%, fund: 20%}`")
    parts = []
    for key, inner in raw.items():
        try:
            parts.append((str(key), quantities.parse(inner, "share")))
        except Refused as error:
            raise error.within(key) from None
    total = sum(value.value for _, value in parts if isinstance(value, quantities.Quantity))
    if abs(total - 1) > 1e-9:
        raise Refused(f"the shares come to {total * 100:g}%, not 100%", "they share out the whole")
    return tuple(parts)


def share_or_score(raw: Any) -> Any:
    if isinstance(raw, str) and "%" not in raw and not quantities.NAME.fullmatch(raw.strip()):
        return quantities.parse(raw, "score")
    return quantities.parse(raw, "share")


def bound(raw: Any) -> Any:
    """A bound of an acceptance test in whatever unit its measure has."""
    if not isinstance(raw, str):
        raise Refused("a single bound is wanted here", "such as `£0`, `3%` or `8 weeks`")
    text = raw.strip()
    for kind, looks in (
        ("money", "£" in text or "€" in text or "$" in text),
        ("share", text.endswith("%")),
        ("time", text[-1:].isalpha()),
        ("score", True),
    ):
        if looks:
            return quantities.parse(raw, kind, below_zero=True)
    raise AssertionError("every bound looks like something")


Parties = Annotated[Any, PlainValidator(shares_by_name), WithJsonSchema({"$ref": "#/$defs/destination"})]
ShareOrScore = Annotated[Any, PlainValidator(share_or_score), WithJsonSchema({"$ref": "#/$defs/scalar"})]
Bound = Annotated[Any, PlainValidator(bound), WithJsonSchema({"$ref": "#/$defs/scalar"})]


class Against(Part):
    """Pay for the difference from a fixed level, or from a comparison group."""

    level: ShareOrScore | None = None
    comparison_group: f.Count | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict) and "value" not in raw else wrap(raw, "level")


class Cohorts(Part):
    size: f.Count | None = None
    most: f.Count | None = None
    every: f.PositiveDuration | None = None


class Threshold(Part):
    each: f.Share | None = None
    pooled: f.Share | None = None


class Payment(Part):
    """What a contract pays for one outcome."""

    price: f.PersonMoney
    claims: f.Count | None = None
    verified: f.PersonShare | None = None
    lag: f.Duration | None = None
    less: f.Share | None = None
    cap: f.Money | None = None
    payer: Parties | None = None
    bands: dict[f.Label, f.Share] | None = None
    against: Against | None = None
    cohorts: Cohorts | None = None
    threshold: Threshold | None = None


class Caps(Part):
    total: f.Money | None = None
    per_person: f.Money | None = None
    per_year: f.Money | None = None

    @model_validator(mode="after")
    def _some(self) -> Caps:
        if self.total is None and self.per_person is None and self.per_year is None:
            raise Refused("a cap is `total`, `per_person` or `per_year`")
        return self


class Break(Part):
    outcome: f.Reference
    below: f.Share
    from_: f.PositiveDuration = Field(alias="from")


def index_rate(raw: Any) -> Any:
    return "inflation" if raw == "inflation" else quantities.parse(raw, "growth")


class Contract(Labelled):
    payer: Parties
    payee: Parties
    begins: f.Date | None = None
    term: f.PositiveDuration
    starts_within: f.PositiveDuration | None = None
    block: f.Money | None = None
    fees: dict[f.Reference, f.Money] = {}
    pays: dict[f.Reference, Payment] = {}
    cap: Caps | None = None
    indexed: Annotated[Any, PlainValidator(index_rate), WithJsonSchema({"$ref": "#/$defs/growth"})] = None
    breaks_if: Break | None = None


class Provider(Labelled):
    name: f.Label | None = None
    opening_cash: f.Money | None = None
    least_cash: f.Money | None = None
    overhead: f.Money | None = None
    wages_lag: f.Duration | None = None


class Tranche(Labelled):
    from_: f.Label = Field(alias="from")
    amount: f.Money
    return_: f.Growth = Field(alias="return")
    most: f.Ratio | None = None


def draw_rule(raw: Any) -> Any:
    return str(raw) if raw in ("as needed", "at start") else quantities.parse(raw, "money", timeline=True)


class Guarantee(Part):
    from_: f.Label = Field(alias="from")
    share: f.Share


class Investment(Labelled):
    into: f.Reference
    draws: Annotated[Any, PlainValidator(draw_rule), WithJsonSchema({"$ref": "#/$defs/money"})] = "as needed"
    tranches: dict[f.Name, Tranche]
    repaid: f.Names = ()
    repays_from: f.Duration | None = None
    fee: f.Growth | None = None
    guarantee: Guarantee | None = None
    surplus: Parties | None = None


class AcceptanceTest(Part):
    what: f.Label
    above: Bound | None = None
    below: Bound | None = None
    by: f.PositiveDuration | None = None
    for_: f.Share | None = Field(default=None, alias="for")
    in_: f.Share | None = Field(default=None, alias="in")

    @model_validator(mode="after")
    def _one_bound(self) -> AcceptanceTest:
        if (self.above is None) == (self.below is None):
            raise Refused("a test has one bound: `above` or `below`")
        return self


def points(raw: Any) -> tuple[tuple[str, float], ...]:
    """Measures with their points; they sum to 100."""
    if not isinstance(raw, Mapping | dict) or not raw:
        raise Refused(
            "points out of 100 by measure are wanted here", "such as `{stayed_out_12m: 60, net_saving: 40}`"
        )
    found = []
    for key, inner in raw.items():
        try:
            number = quantities.parse(inner, "count")
            if not isinstance(number, quantities.Quantity):
                raise Refused("points are a plain number", "such as `60`")
            found.append((str(key), number.value))
        except Refused as error:
            raise error.within(key) from None
    total = sum(value for _, value in found)
    if total != 100:
        raise Refused(f"the points come to {total:g}, not 100", "each group shares out 100 points")
    return tuple(found)


Points = Annotated[
    Any,
    PlainValidator(points),
    WithJsonSchema({"type": "object", "additionalProperties": {"$ref": "#/$defs/count"}}),
]
