"""The whole file as one model: LANGUAGE section 4."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from simulator.scenario import fields as f
from simulator.scenario import quantities
from simulator.scenario.contract_fields import Contract
from simulator.scenario.deals import AcceptanceTest, Points
from simulator.scenario.investment_fields import Investment, Provider
from simulator.scenario.party_fields import listed
from simulator.scenario.problems import Refused
from simulator.scenario.schema import (
    Correlation,
    Design,
    Event,
    Labelled,
    Need,
    Outcome,
    Part,
    People,
    Reading,
    Service,
    Source,
    Team,
    Transition,
)

DISCOUNT_SCHEDULES = ("green-book", "green-book-health")


def discount_rate(raw: Any) -> Any:
    """The name of a schedule, or a growth per year."""
    if raw in DISCOUNT_SCHEDULES:
        return str(raw)
    try:
        return quantities.parse(raw, "growth")
    except Refused as error:
        raise Refused(
            error.message, f"`{'`, `'.join(DISCOUNT_SCHEDULES)}`, or such as `3.5% per year`"
        ) from None


def file_format(raw: Any) -> str:
    if raw != "1":
        raise Refused(f"format `{raw}` is not known", "this version reads `format: 1`")
    return "1"


# Text that a number may look like to an editor.
Amount = Annotated[str, PlainValidator(f.text), WithJsonSchema({"$ref": "#/$defs/scalar"})]


class Control(Labelled):
    """One number worth moving, and how far. What stands where `of` leads decides the unit, so its words stay text here."""

    of: f.Label
    range: Amount | None = None
    times: Amount | None = None
    step: Amount | None = None
    in_: f.Names = Field(default=(), alias="in")
    set: Amount | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Control:
        if (self.range is None) == (self.times is None):
            raise Refused(
                "a control has one of `range` and `times`",
                "`range: 40% to 95%` sets the number itself, `times: 0.5 to 2` multiplies what each design has",
            )
        return self


class Document(Part):
    """A scenario as written: the file itself, or the file with a design's or reading's overlay laid over it."""

    format: Annotated[str, PlainValidator(file_format), WithJsonSchema({"enum": [1, "1"]})]
    scenario: f.Label
    place: f.Label | None = None
    summary: f.Label | None = None
    owner: f.Label | None = None
    start: f.Date
    horizon: f.PositiveDuration
    warm_up: f.Duration = quantities.Quantity("time", 0.0, text="0 days")
    price_year: f.Label | None = None
    discount: Annotated[Any, PlainValidator(discount_rate), WithJsonSchema({"$ref": "#/$defs/growth"})] = (
        "green-book"
    )
    inflation: f.Growth = quantities.Quantity(
        "growth", 0.02, text="2% per year", source=quantities.ASSUMPTION, grade=quantities.ASSUMPTION_GRADE
    )
    agencies: dict[f.Name, f.Label] = {}
    people: People
    needs: dict[f.Name, Need]
    transitions: dict[f.Label, Transition] = {}
    events: dict[f.Name, Event] = {}
    teams: dict[f.Name, Team] = {}
    services: dict[f.Name, Service] = {}
    outcomes: dict[f.Name, Outcome] = {}
    designs: dict[f.Name, Design]
    controls: dict[f.Name, Control] = {}
    contracts: dict[f.Name, Contract] = {}
    providers: dict[f.Name, Provider] = {}
    investment: Investment | None = None
    accepts_if: dict[f.Reference, Annotated[list[AcceptanceTest], BeforeValidator(listed)]] = {}
    priorities: dict[f.Reference, Points] = {}
    numbers: dict[f.Name, f.NumberInFull] = {}
    correlations: Annotated[list[Correlation], BeforeValidator(listed)] = []
    readings: dict[f.Name, Reading] = {}
    sources: dict[f.Label, Source] = {}
