"""Fields that contracts, providers and investment share: parties and their shares, times in months, growth."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import GetPydanticSchema, PlainValidator, WithJsonSchema
from pydantic_core import core_schema

from simulator.scenario import fields as f
from simulator.scenario import quantities, units
from simulator.scenario.problems import Refused
from simulator.scenario.quantities import Quantity

WHOLE = Quantity("share", 1.0, text="100%")
NO_TIME = Quantity("time", 0.0, text="0 days")


def listed(raw: Any) -> Any:
    """A list; a single one may stand without brackets."""
    return raw if isinstance(raw, list) else [raw]


def must_be_whole(values: list[Any]) -> None:
    """Refuses shares that do not sum to 100%. Named numbers are known later, so a sum with one is not judged here."""
    if all(isinstance(each, Quantity) for each in values):
        total = sum(each.value for each in values)
        if abs(total - 1) > 1e-9:
            raise Refused(f"the shares come to {total * 100:g}%, not 100%", "they share out the whole")


def shares_by_name(raw: Any) -> tuple[tuple[str, Any], ...]:
    """A party, or shares of several parties that sum to 100%."""
    if isinstance(raw, str):
        return ((f.reference(raw), WHOLE),)
    if not isinstance(raw, dict) or not raw:
        raise Refused("a party is wanted here, or shares of parties", "such as `{council: 80%, fund: 20%}`")
    parts = []
    for key, inner in raw.items():
        try:
            parts.append((str(key), quantities.parse(inner, "share")))
        except Refused as error:
            raise error.within(key) from None
    must_be_whole([value for _, value in parts])
    return tuple(parts)


def share_or_score(raw: Any) -> Any:
    if isinstance(raw, str) and "%" not in raw and not quantities.NAME.fullmatch(raw.strip()):
        return quantities.parse(raw, "score")
    return quantities.parse(raw, "share")


def whole_months(raw: Any) -> Quantity:
    """A time that the calendar counts in months."""
    value = f.duration(raw)
    months = value.value / units.MONTH
    if abs(months - round(months)) > 1e-6:
        raise Refused(f"`{value.text}` is not a whole number of months", "such as `6 months` or `1 year`")
    return value


def some_months(raw: Any) -> Quantity:
    value = whole_months(raw)
    if value.value <= 0:
        raise Refused("a time above 0 is wanted here")
    return value


def _as(kind: str, reader: Any) -> Any:
    return Annotated[Any, PlainValidator(reader), WithJsonSchema({"$ref": f"#/$defs/{kind}"})]


# A `Literal` marked with it takes one of its words, and says what is wrong as the rest of the language does.
CHOICE = GetPydanticSchema(
    lambda source, _: core_schema.no_info_plain_validator_function(f.choice(*get_args(source)))
)
Parties = _as("destination", shares_by_name)
ShareOrScore = _as("scalar", share_or_score)
DatedMoney = _as("money", f.kind("money", timeline=True))
SegmentShare = _as("share", f.kind("share", split=True))
OneGrowth = _as("growth", f.kind("growth"))
Months = _as("duration", whole_months)
SomeMonths = _as("duration", some_months)
