"""Quantities: numbers with unit, range and source, in the forms of LANGUAGE section 2, and the parser for them.

Inside, a share is a fraction, a time is days, a rate is per year, money is pounds with its basis, a growth is a
fraction per year, a date is a `datetime.date` ordinal. What a person reads stays in `text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from simulator.scenario import units
from simulator.scenario.problems import Refused, did_you_mean

FULL_KEYS = ("value", "range", "source", "distribution", "grade", "price_year", "note", "label")
DISTRIBUTIONS = ("beta", "lognormal", "gamma", "normal", "uniform", "triangular")
# What keeps each kind within what it can be.
_POSITIVE = ("gamma", "lognormal", "uniform", "triangular")
FITTING = {
    "share": ("beta", "uniform", "triangular"),
    "ratio": _POSITIVE,
    "count": _POSITIVE,
    "time": _POSITIVE,
    "rate": _POSITIVE,
    "money": _POSITIVE,
    "growth": (*_POSITIVE, "normal"),
    "score": ("normal", "uniform", "triangular"),
    "date": ("uniform", "triangular"),
}
RANGE_SDS = 3.92  # a 95% range is 2 x 1.96 standard deviations wide
ASSUMPTION = "assumption"
ASSUMPTION_GRADE = 6
NAME = re.compile(r"[a-z][a-z0-9_]*")
_LITERAL = re.compile(r"(?P<body>[^(@]*?)\s*(?:\((?P<range>[^()]*)\))?\s*(?:@(?P<source>\S+))?")
_EXAMPLES = {
    "share": "`44.8%`",
    "ratio": "`0.6`",
    "count": "`220`",
    "time": "`6 months`",
    "rate": "`400 per year`",
    "growth": "`6% per year`",
    "money": "`£4,100`",
    "date": "`2027-04-01`",
    "score": "`6.1`",
}
_PLURAL_KIND = {
    "share": "a share",
    "ratio": "a ratio",
    "count": "a count",
    "time": "a time",
    "rate": "a rate",
    "growth": "a growth",
    "money": "money",
    "date": "a date",
    "score": "a score",
}


@dataclass(frozen=True)
class Basis:
    """What an amount of money is per: `of` one of each, person, place, staff, start, referral, completion, once, time."""

    of: str = "each"
    days: float | None = None

    @property
    def per_year(self) -> float:
        """Multiplies the amount to a year's worth; 1 where the basis has no unit of time."""
        return units.YEAR / self.days if self.days else 1.0


@dataclass(frozen=True)
class Quantity:
    """One number. `low` and `high` are its 95% range (both or none); `text` is what the file says."""

    kind: str
    value: float
    low: float | None = None
    high: float | None = None
    text: str = ""
    source: str | None = None
    grade: int | None = None
    distribution: str | None = None
    price_year: str | None = None
    note: str | None = None
    label: str | None = None
    basis: Basis = Basis()
    line: int = 0

    def times(self, factor: float) -> Quantity:
        """The number and its range multiplied (the `times 0.6` of overlays)."""
        low, high = self.low, self.high
        return replace(
            self,
            value=self.value * factor,
            text=f"{self.text} times {factor:g}",
            low=None if low is None else low * factor,
            high=None if high is None else high * factor,
        )


@dataclass(frozen=True)
class Named:
    """A number defined under `numbers`, used by name; `factor` is a `times` laid over it."""

    kind: str
    name: str
    factor: float = 1.0
    line: int = 0

    def times(self, factor: float) -> Named:
        return replace(self, factor=self.factor * factor)


@dataclass(frozen=True)
class Timeline:
    """Values from dates on. `steps` are (days since start or date ordinal, is_date, value), in the order of the file."""

    kind: str
    steps: tuple[tuple[float, bool, Quantity | Named], ...]
    line: int = 0

    def times(self, factor: float) -> Timeline:
        return replace(
            self, steps=tuple((when, dated, value.times(factor)) for when, dated, value in self.steps)
        )


@dataclass(frozen=True)
class Split:
    """Values by segment of one grouping, or by state. `parts` keeps the order of the file; `others` is the rest."""

    kind: str
    parts: tuple[tuple[str, Any], ...]
    others: Any = None
    line: int = 0

    def times(self, factor: float) -> Split:
        return replace(
            self,
            parts=tuple((name, value.times(factor)) for name, value in self.parts),
            others=None if self.others is None else self.others.times(factor),
        )


Value = Quantity | Named | Timeline | Split


@dataclass(frozen=True)
class Changed:
    """`times FACTOR` from an overlay, laid over the raw value it replaces."""

    raw: Any
    factor: float
    line: int = 0
    column: int = 0


def leaves(value: Any) -> Iterator[Quantity | Named]:
    """Every single number in a value of any form."""
    if isinstance(value, Quantity | Named):
        yield value
    elif isinstance(value, Timeline):
        for _, _, each in value.steps:
            yield each
    elif isinstance(value, Split):
        for _, each in value.parts:
            yield from leaves(each)
        if value.others is not None:
            yield from leaves(value.others)


def parse(
    raw: Any,
    kind: str,
    *,
    split: bool = False,
    timeline: bool = False,
    below_zero: bool = False,
    leaf: Callable[[Any], Any] | None = None,
) -> Any:
    """Read a raw value (text, mapping, or a `times` over one) as a quantity of this kind.

    `split` and `timeline` say which of the compound forms may stand here. `leaf` reads the parts of a split
    where they are not plain quantities (times). Raises Refused, with the path to the part that is wrong.
    """
    if isinstance(raw, Changed):
        return parse(raw.raw, kind, split=split, timeline=timeline, below_zero=below_zero, leaf=leaf).times(
            raw.factor
        )
    if isinstance(raw, str):
        return leaf(raw) if leaf else _scalar(raw, kind, below_zero)
    if not isinstance(raw, dict):
        raise Refused(f"{_PLURAL_KIND[kind]} is wanted here, not a list", f"such as {_EXAMPLES[kind]}")
    if not raw:
        raise Refused(f"{_PLURAL_KIND[kind]} is wanted here", f"such as {_EXAMPLES[kind]}")
    if "value" in raw:
        return _full(raw, kind, below_zero)
    if next(iter(raw)) == "start" or "start" in raw:
        if not timeline:
            raise Refused(
                "a timeline cannot stand here",
                "it may stand where a number is used at a date: places, staff, rates, shares, money",
            )
        return _timeline(raw, kind, below_zero)
    misspelt = [key for key in raw if key in FULL_KEYS]
    if misspelt and not split:
        raise Refused("a number written in full needs `value`", f"`{{value: ..., {misspelt[0]}: ...}}`")
    if not split:
        raise Refused(
            f"only one value can stand here, not several by {', '.join(map(str, list(raw)[:3]))}",
            f"write {_PLURAL_KIND[kind]} such as {_EXAMPLES[kind]}",
        )
    parts: list[tuple[str, Any]] = []
    others = None
    for name, inner in raw.items():
        if not NAME.fullmatch(name):
            raise Refused(f"`{name}` is not the name of a segment or a state", None, (name,))
        try:
            part = (
                parse(inner, kind, timeline=timeline, below_zero=below_zero, leaf=leaf)
                if leaf is None or isinstance(inner, Changed)
                else leaf(inner)
            )
        except Refused as error:
            raise error.within(name) from None
        if name == "others":
            others = part
        else:
            parts.append((name, part))
    return Split(kind, tuple(parts), others, getattr(raw, "line", 0))


def _timeline(raw: dict[str, Any], kind: str, below_zero: bool) -> Timeline:
    steps: list[tuple[float, bool, Quantity | Named]] = []
    if next(iter(raw)) != "start":
        raise Refused("the first key of a timeline is `start`", "the value under `start` holds before it too")
    for key, inner in raw.items():
        try:
            if key == "start":
                when, dated = 0.0, False
            elif re.match(r"\d{4}-", key):
                when, dated = float(units.date_from(key).toordinal()), True
            else:
                when, dated = units.time_from(key), False
            value = parse(inner, kind, below_zero=below_zero)
        except Refused as error:
            raise error.within(key) from None
        steps.append((when, dated, value))
    return Timeline(kind, tuple(steps), getattr(raw, "line", 0))


def _full(raw: dict[str, Any], kind: str, below_zero: bool) -> Quantity:
    for key in raw:
        if key not in FULL_KEYS:
            raise Refused(
                f"unknown key `{key}` in a number written in full", did_you_mean(key, FULL_KEYS), (key,)
            )
    text = raw["value"]
    if not isinstance(text, str):
        raise Refused("the value of a number written in full is one number", None, ("value",))
    try:
        quantity = _scalar(text, kind, below_zero)
    except Refused as error:
        raise error.within("value") from None
    if isinstance(quantity, Named):
        raise Refused("a number written in full needs a number here, not a name", None, ("value",))
    if "range" in raw:
        try:
            low, high = _range(str(raw["range"]), kind, text)
            _check_range(quantity.value, low, high, text, str(raw["range"]))
            quantity = replace(quantity, low=low, high=high, text=f"{quantity.text} ({raw['range']})")
        except Refused as error:
            raise error.within("range") from None
    source = str(raw["source"]) if "source" in raw else quantity.source
    grade = quantity.grade
    if "grade" in raw:
        if str(raw["grade"]) not in ("1", "2", "3", "4", "5", "6"):
            raise Refused("a grade is 1 (best) to 6", None, ("grade",))
        grade = int(raw["grade"])
    elif source == ASSUMPTION:
        grade = ASSUMPTION_GRADE
    distribution = raw.get("distribution")
    if distribution is not None and quantity.low is None:
        raise Refused(
            "a distribution needs a range to be about", "add `range: ... to ...`", ("distribution",)
        )
    if distribution in DISTRIBUTIONS and distribution not in FITTING[kind]:
        raise Refused(
            f"a {distribution} distribution does not fit {_PLURAL_KIND[kind]}",
            f"write {units.joined(FITTING[kind])}",
            ("distribution",),
        )
    if kind == "share" and distribution is None:
        _check_beta(quantity, ("range",))
    if distribution is not None and distribution not in DISTRIBUTIONS:
        raise Refused(
            f"`{distribution}` is not a distribution of an uncertain number",
            units.joined(DISTRIBUTIONS),
            ("distribution",),
        )
    return replace(
        quantity,
        source=source,
        grade=grade,
        distribution=None if distribution is None else str(distribution),
        price_year=None if "price_year" not in raw else str(raw["price_year"]),
        note=None if "note" not in raw else str(raw["note"]),
        label=None if "label" not in raw else str(raw["label"]),
    )


def _scalar(raw: str, kind: str, below_zero: bool) -> Quantity | Named:
    text = raw.strip()
    line = getattr(raw, "line", 0)
    if not text:
        raise Refused(f"{_PLURAL_KIND[kind]} is missing here", f"such as {_EXAMPLES[kind]}")
    if text.startswith("times "):
        raise Refused("`times` can only stand in a design or reading, over a number that stands above it")
    if NAME.fullmatch(text):
        return Named(kind, text, line=line)
    match = _LITERAL.fullmatch(text)
    middle = re.fullmatch(r"([^(]+?)\s*(\([^()]*\))\s*([^@()]*[^@()\s])((?:\s*@\S+)?)", text)
    if not match and middle:
        raise Refused(
            "the range stands in the middle",
            f"write it after the unit: `{middle[1]} {middle[3]} {middle[2]}{middle[4]}`",
        )
    if not match or not match["body"]:
        raise Refused(
            f"`{text}` is not {_PLURAL_KIND[kind]}",
            f"such as {_EXAMPLES[kind]}, then a range `(48% to 76%)` and a source `@key` if there are any",
        )
    value, basis = _number(match["body"], kind)
    if value < 0 and not below_zero:
        raise Refused(
            f"`{text}` is below 0", f"{_PLURAL_KIND[kind]} such as {_EXAMPLES[kind]} is wanted here"
        )
    low = high = None
    if match["range"] is not None:
        low, high = _range(match["range"], kind, match["body"])
        _check_range(value, low, high, match["body"], match["range"])
        if kind == "share" and high > 1:
            raise Refused(f"the range `{match['range']}` goes beyond 100%")
    source = match["source"]
    found = Quantity(
        kind,
        value,
        low,
        high,
        text.split("@")[0].strip(),
        source,
        ASSUMPTION_GRADE if source == ASSUMPTION else None,
        basis=basis,
        line=line,
    )
    if kind == "share":
        _check_beta(found)
    return found


def _check_beta(share: Quantity, path: tuple[str, ...] = ()) -> None:
    """A share's range must be one that a beta distribution with this mean can have."""
    if share.low is None or share.high is None or share.low == share.high:
        return
    if ((share.high - share.low) / RANGE_SDS) ** 2 >= share.value * (1 - share.value):
        raise Refused(
            f"the range of {share.text} is too wide, or too one-sided, for a share of this size",
            "narrow it, or write the number in full with `distribution: triangular`",
            path,
        )


def _check_range(value: float, low: float, high: float, text: str, of: str) -> None:
    if low > high:
        raise Refused(f"the range `{of}` is upside down", "write the lower end first")
    if not low <= value <= high:
        raise Refused(f"the value {text} lies outside its range {of}", "correct the value or the range")


def _range(text: str, kind: str, body: str) -> tuple[float, float]:
    parts = [part.strip() for part in re.split(r"\s+to\s+", text.strip())]
    if len(parts) != 2:
        raise Refused(f"`({text})` is not a range", "write it as `(48% to 76%)`")
    ends = []
    for part in parts:
        # The unit may be left out: it is the value's.
        if units.NUMBER.fullmatch(part):
            number = units.NUMBER.search(body)
            part = (
                body[: number.start()] + part + body[number.end() :]
                if number and kind != "money"
                else _money_like(part, body)
            )
        ends.append(_number(part, kind)[0])
    return ends[0], ends[1]


def _money_like(part: str, body: str) -> str:
    match = re.match(r"([£€$])\s*[\d,.]+\s*(k|m|bn)?(.*)", body)
    return f"{match[1]}{part}{match[2] or ''}{match[3]}" if match else part


def _number(text: str, kind: str) -> tuple[float, Basis]:
    reader = {
        "share": _share,
        "growth": _growth,
        "rate": _rate,
        "money": _money,
        "time": lambda t: units.time_from(t),
        "date": lambda t: float(units.date_from(t).toordinal()),
    }.get(kind)
    if kind == "money":
        return _money(text)
    if reader is not None:
        return reader(text), Basis()  # type: ignore[return-value]
    if not units.NUMBER.fullmatch(text):
        stray = "%" in text or "£" in text or re.search(r"[a-z]", text)
        raise Refused(
            f"`{text}` is not {_PLURAL_KIND[kind]}",
            f"{_PLURAL_KIND[kind]} is a plain number such as {_EXAMPLES[kind]}"
            if stray
            else f"such as {_EXAMPLES[kind]}",
        )
    value = units.number_from(text)
    if kind == "count" and value != int(value):
        raise Refused(f"`{text}` is not a whole number", "such as `220`")
    return value, Basis()


def _share(text: str) -> float:
    of = re.fullmatch(r"(\d+) of (\d+)(?: runs| people)?", text)
    if of:
        if int(of[2]) == 0 or int(of[1]) > int(of[2]):
            raise Refused(f"`{text}` is not a share")
        return int(of[1]) / int(of[2])
    text = re.sub(r"%\s+of (?:people|runs)$", "%", text)
    if not text.endswith("%"):
        if units.NUMBER.fullmatch(text):
            number = units.number_from(text)
            hint = f"{number * 100:g}%" if 0 <= number <= 1 else f"{number:g}%"
            raise Refused(f"`{text}` is not a share", f"a share is written with a percent sign: `{hint}`")
        raise Refused(f"`{text}` is not a share", "such as `44.8%`")
    value = units.number_from(text[:-1].strip()) / 100
    if not 0 <= value <= 1:
        raise Refused(f"`{text}` is not between 0% and 100%", "a share of a whole, such as `44.8%`")
    return value


def _growth(text: str) -> float:
    match = re.fullmatch(r"(.+?)%\s+per year", text)
    if not match:
        raise Refused(f"`{text}` is not a growth", "such as `6% per year`")
    return units.number_from(match[1].strip()) / 100


def _rate(text: str) -> float:
    match = re.fullmatch(r"(.+?)\s+(?:per|a)\s+([a-z]+)", text)
    days = match and units.unit_days(match[2])
    if not match or not days:
        if units.NUMBER.fullmatch(text):
            raise Refused(f"`{text}` says no unit of time", f"write `{text} per year`")
        raise Refused(f"`{text}` is not a rate", "such as `400 per year` or `9 per day`")
    return units.number_from(match[1]) * (units.YEAR / days)


def _money(text: str) -> tuple[float, Basis]:
    amount, words, _ = units.money_from(text)
    if not words:
        return amount, Basis()
    if words == "once":
        return amount, Basis("once")
    parts = re.findall(r"(?:per|a)\s+([a-z]+)", words)
    if " ".join(re.findall(r"(?:per|a)\s+[a-z]+", words)) != words or not 1 <= len(parts) <= 2:
        raise Refused(
            f"`{words}` is not a basis of money",
            "such as `per person per week`, `per start`, `per place per year` or `once`",
        )
    days = units.unit_days(parts[-1])
    if len(parts) == 1:
        if days:
            return amount, Basis("time", days)
        if parts[0] in ("start", "referral", "completion", "person", "day"):
            return amount, Basis(parts[0])
        raise Refused(
            f"`per {parts[0]}` is not a basis of money",
            did_you_mean(parts[0], ["start", "referral", "completion", "person", "week", "month", "year"]),
        )
    if parts[0] not in ("person", "place", "staff") or not days:
        raise Refused(
            f"`{words}` is not a basis of money",
            "`per person`, `per place` or `per staff`, then `per day`, `per week`, `per month` or `per year`",
        )
    return amount, Basis(parts[0], days)
