"""What the parties accept and what they find important (LANGUAGE section 10); contracts and investment stand beside it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from simulator.scenario import fields as f
from simulator.scenario import quantities
from simulator.scenario.problems import Refused
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Part


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


Bound = Annotated[Any, PlainValidator(bound), WithJsonSchema({"$ref": "#/$defs/scalar"})]


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
