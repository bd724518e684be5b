"""The kinds of field that the schema is made of: each reads raw text or a mapping, and describes itself as JSON Schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from simulator.scenario import quantities, units
from simulator.scenario.problems import Refused, did_you_mean
from simulator.scenario.quantities import NAME, Basis, Quantity, Value
from simulator.scenario.times import FAMILIES, Time, parse_time

RESERVED = frozenset(
    {
        "leaves",
        "stays",
        "others",
        "start",
        "unlimited",
        "arrived",
        "investors",
        "assumption",
        "yes",
        "no",
        *quantities.FULL_KEYS,
        *FAMILIES,
        "what",
        "cashable",
    }
)
COST_WORDS = ("what", "cashable", "price_year", "source", "note", "label", "grade")


@dataclass(frozen=True)
class Cost:
    """One cost: who pays how much on which basis. `payers` pairs an agency or provider with money (a Value)."""

    payers: tuple[tuple[str, Value], ...]
    what: str | None = None
    cashable: Value | None = None
    price_year: str | None = None
    source: str | None = None
    grade: int | None = None
    line: int = 0


@dataclass(frozen=True)
class Destination:
    """Where a person goes next: shares of named states or services, `leaves` or `stays`. Missing shares stay."""

    parts: tuple[tuple[str, Value], ...]
    line: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.parts)


@dataclass(frozen=True)
class Moment:
    """Something that happens to a person: a state or event, `arrived`, `leaves`, or a service and a way."""

    name: str
    way: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.way}" if self.way else self.name


WAYS = ("declined", "turned_away", "gave_up", "started", "completed", "dropped_out", "cut_short")
MOMENT_WAYS = ("referred", "ended", *WAYS)


def text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("text is wanted here", "a word or a sentence; in quotes if it holds a colon")
    return raw  # stays a reader.Text, which knows its place


def name(raw: Any) -> str:
    """A name that the file defines."""
    if not isinstance(raw, str) or not NAME.fullmatch(raw):
        raise Refused(
            f"`{raw}` is not a name", "names are small letters, digits and `_`, and begin with a letter"
        )
    if raw in RESERVED:
        raise Refused(f"`{raw}` is a word of the language and cannot be a name", f"such as `{raw}_1`")
    return raw


def reference(raw: Any) -> str:
    if not isinstance(raw, str) or not raw:
        raise Refused("a name is wanted here")
    return raw


def names(raw: Any) -> tuple[str, ...]:
    """A list of names; a single one may stand without brackets."""
    if isinstance(raw, str):
        return (raw,) if raw else ()
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise Refused("a list of names is wanted here", "such as `[at_risk, in_care]`")
    seen: set[str] = set()
    for index, each in enumerate(raw):
        if each in seen:
            raise Refused(f"`{each}` stands in the list twice", None, (index,))
        seen.add(each)
    return tuple(raw)


def yes_no(raw: Any) -> bool:
    if raw not in ("yes", "no"):
        raise Refused(f"`{raw}` is not yes or no", "write `yes` or `no`")
    return raw == "yes"


def choice(*allowed: str) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        if not isinstance(raw, str) or raw not in allowed:
            raise Refused(
                f"`{raw}` is not known here",
                did_you_mean(str(raw), allowed) or f"write {units.joined(allowed)}",
            )
        return str(raw)

    return read


def date(raw: Any) -> dt.date:
    return units.date_from(text(raw))


def duration(raw: Any) -> Quantity:
    """A length of time that is chosen, not estimated: no range, no name."""
    if isinstance(raw, dict):
        raise Refused("one fixed time is wanted here", "such as `6 months`")
    value = quantities.parse(raw, "time")
    if not isinstance(value, Quantity):
        raise Refused("a time is wanted here, not a name", "such as `6 months`")
    if value.low is not None:
        raise Refused(
            "a range cannot stand here: this time is a choice, not an estimate",
            f"write `{value.text.split('(')[0].strip()}`",
        )
    return value


def time_quantity(raw: Any) -> quantities.Quantity | quantities.Named:
    """A fixed time that may be uncertain: a literal, in full, or the name of a number."""
    if isinstance(raw, dict) and "value" not in raw:
        raise Refused("one fixed time is wanted here", "such as `6 months`")
    found: quantities.Quantity | quantities.Named = quantities.parse(raw, "time")
    return found


def time_above_0(raw: Any) -> quantities.Quantity | quantities.Named:
    found = time_quantity(raw)
    if isinstance(found, Quantity) and found.value <= 0:
        raise Refused("a time above 0 is wanted here")
    return found


def positive_duration(raw: Any) -> Quantity:
    value = duration(raw)
    if value.value <= 0:
        raise Refused("a time above 0 is wanted here")
    return value


def time_or_unlimited(raw: Any) -> quantities.Quantity | quantities.Named | None:
    """A time, or None for `unlimited`."""
    return None if raw == "unlimited" else time_quantity(raw)


def destination(raw: Any) -> Destination:
    line = getattr(raw, "line", 0)
    if isinstance(raw, str):
        return Destination(((reference(raw), Quantity("share", 1.0, text="100%")),), line)
    if not isinstance(raw, dict) or not raw:
        raise Refused(
            "a destination is wanted here",
            "a state, a service, `leaves`, `stays`, or shares of these such as `{housed: 60%, hostel: 20%}`",
        )
    parts = []
    for key, inner in raw.items():
        try:
            parts.append((str(key), quantities.parse(inner, "share", timeline=True)))
        except Refused as error:
            raise error.within(key) from None
    fixed = sum(value.value for _, value in parts if isinstance(value, Quantity))
    if fixed > 1 + 1e-9:
        raise Refused(f"the shares come to {fixed * 100:g}%, over 100%", "what is missing to 100% stays")
    return Destination(tuple(parts), line)


def moment(raw: Any) -> Moment:
    words = text(raw).split()
    if len(words) == 1:
        return Moment(words[0])
    if len(words) == 2:
        if words[1] not in MOMENT_WAYS:
            raise Refused(
                f"`{words[1]}` is not something a service does", did_you_mean(words[1], MOMENT_WAYS)
            )
        return Moment(words[0], words[1])
    raise Refused(
        f"`{raw}` is not a moment",
        "a state, an event, `arrived`, `leaves`, or a service and a way, such as `family_support completed`",
    )


def moments(raw: Any) -> tuple[Moment, ...]:
    if isinstance(raw, str):
        return (moment(raw),)
    if not isinstance(raw, list) or not raw:
        raise Refused("a moment or a list of moments is wanted here", "such as `[housed, rehousing started]`")
    found = []
    for index, each in enumerate(raw):
        try:
            found.append(moment(each))
        except Refused as error:
            raise error.within(index) from None
    return tuple(found)


def costs(raw: Any) -> tuple[Cost, ...]:
    if isinstance(raw, dict):
        return (_cost(raw),)
    if not isinstance(raw, list) or not raw:
        raise Refused("a cost says who pays how much", "such as `cost: {council: £4,100 per place per year}`")
    found = []
    for index, each in enumerate(raw):
        try:
            if not isinstance(each, dict):
                raise Refused("a cost says who pays how much", "such as `- charity: £350 per start`")
            found.append(_cost(each))
        except Refused as error:
            raise error.within(index) from None
    return tuple(found)


def _cost(raw: dict[str, Any]) -> Cost:
    payers = []
    cashable = None
    for key, inner in raw.items():
        try:
            if key == "cashable":
                cashable = quantities.parse(inner, "share")
            elif key not in COST_WORDS:
                payers.append((str(key), quantities.parse(inner, "money", split=True, timeline=True)))
            else:
                text(inner)
        except Refused as error:
            raise error.within(key) from None
    if not payers:
        raise Refused(
            "nobody pays this cost", "name an agency or provider and an amount, such as `council: £4,100`"
        )
    return Cost(
        tuple(payers),
        raw.get("what"),
        cashable,
        raw.get("price_year"),
        raw.get("source"),
        int(raw["grade"]) if str(raw.get("grade", "")) in "123456" and raw.get("grade") else None,
        getattr(raw, "line", 0),
    )


def hazard_ratios(raw: Any) -> tuple[Value, ...]:
    """A split by segment, or a list of splits, multiplied."""
    if isinstance(raw, list):
        found = []
        for index, each in enumerate(raw):
            try:
                found.append(quantities.parse(each, "ratio", split=True))
            except Refused as error:
                raise error.within(index) from None
        return tuple(found)
    return (quantities.parse(raw, "ratio", split=True),)


def kind(
    kind: str, *, split: bool = False, timeline: bool = False, below_zero: bool = False
) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        return quantities.parse(raw, kind, split=split, timeline=timeline, below_zero=below_zero)

    return read


def number_in_full(raw: Any) -> Quantity:
    """An entry of `numbers`: its kind is what its value looks like."""
    if isinstance(raw, quantities.Changed):
        return number_in_full(raw.raw).times(raw.factor)
    source = raw if isinstance(raw, dict) and "value" in raw else {"value": raw}
    if not isinstance(source["value"], str):
        raise Refused("a number in full needs a value", "`{value: 60%, range: 48% to 76%, source: k}`")
    last: Refused | None = None
    for candidate in ("share", "money", "growth", "rate", "time", "date", "score"):
        try:
            value = quantities.parse(source, candidate, below_zero=candidate == "score")
        except Refused as error:
            last = last if last is not None and len(last.path) and last.path[0] != "value" else error
            continue
        if isinstance(value, Quantity):
            return value
    raise last or Refused("not a number")


def _ref(of: str) -> WithJsonSchema:
    return WithJsonSchema({"$ref": f"#/$defs/{of}"})


Label = Annotated[str, PlainValidator(text), WithJsonSchema({"type": "string"})]
Name = Annotated[
    str, PlainValidator(name), WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]*$"})
]
Reference = Annotated[str, PlainValidator(reference), WithJsonSchema({"type": "string"})]
Names = Annotated[tuple[str, ...], PlainValidator(names), _ref("names")]
YesNo = Annotated[bool, PlainValidator(yes_no), WithJsonSchema({"enum": ["yes", "no", True, False]})]
Date = Annotated[dt.date, PlainValidator(date), WithJsonSchema({"type": "string", "format": "date"})]
Duration = Annotated[Quantity, PlainValidator(duration), _ref("duration")]
PositiveDuration = Annotated[Quantity, PlainValidator(positive_duration), _ref("duration")]
FixedTime = Annotated[Any, PlainValidator(time_quantity), _ref("duration")]
TimeAbove0 = Annotated[Any, PlainValidator(time_above_0), _ref("duration")]
Lasting = Annotated[Any, PlainValidator(time_or_unlimited), _ref("duration")]
AnyTime = Annotated[Any, PlainValidator(parse_time), _ref("time")]
To = Annotated[Destination, PlainValidator(destination), _ref("destination")]
OneMoment = Annotated[Moment, PlainValidator(moment), WithJsonSchema({"type": "string"})]
Moments = Annotated[tuple[Moment, ...], PlainValidator(moments), _ref("names")]
Costs = Annotated[tuple[Cost, ...], PlainValidator(costs), _ref("cost")]
HazardRatios = Annotated[tuple[Any, ...], PlainValidator(hazard_ratios), _ref("hazard_ratio")]
NumberInFull = Annotated[Quantity, PlainValidator(number_in_full), _ref("quantity")]

# Single numbers, and numbers that may be split by segment or state and vary by date.
Share = Annotated[Any, PlainValidator(kind("share")), _ref("share")]
PersonShare = Annotated[Any, PlainValidator(kind("share", split=True, timeline=True)), _ref("share")]
Ratio = Annotated[Any, PlainValidator(kind("ratio", split=True)), _ref("ratio")]
Count = Annotated[Any, PlainValidator(kind("count")), _ref("count")]
DatedCount = Annotated[Any, PlainValidator(kind("count", timeline=True)), _ref("count")]
DatedRate = Annotated[Any, PlainValidator(kind("rate", timeline=True)), _ref("rate")]
PersonRate = Annotated[Any, PlainValidator(kind("rate", split=True, timeline=True)), _ref("rate")]
Growth = Annotated[Any, PlainValidator(kind("growth", timeline=True)), _ref("growth")]
Money = Annotated[Any, PlainValidator(kind("money")), _ref("money")]
PersonMoney = Annotated[Any, PlainValidator(kind("money", split=True, timeline=True)), _ref("money")]
Score = Annotated[Any, PlainValidator(kind("score", below_zero=True)), _ref("score")]

__all__ = ["Basis", "Cost", "Destination", "Moment", "Time"]
