"""What a scenario file may say, key by key: the pydantic models of LANGUAGE sections 4 to 9 and 11.

The models check form. Whether names exist and numbers fit together is `checks`; what the file means is compiled by
`simulator.engine`. Two class attributes serve overlays: `exclusive` lists groups of keys that shut each other out
(an overlay's key stands), and `expand` writes a short form out as a mapping.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from simulator.scenario import fields as f
from simulator.scenario import quantities
from simulator.scenario.problems import Refused
from simulator.scenario.reader import Mapping
from simulator.scenario.times import FAMILIES, Time, parse_family

FAMILY_GROUPS: tuple[tuple[str, ...], ...] = tuple((family,) for family in FAMILIES)


class Part(BaseModel):
    """Any mapping of the language: unknown keys are refused; everything named may have a label and a note."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )
    exclusive: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """The mapping that a short form stands for."""
        return raw

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, raw: Any) -> Any:
        expanded = cls.expand(raw)
        if not isinstance(expanded, dict):
            raise Refused(
                "a mapping of keys is wanted here",
                "such as " + ", ".join(f"`{key}: ...`" for key in list(cls.model_fields)[:2]),
            )
        return expanded


class Labelled(Part):
    label: f.Label | None = None
    note: f.Label | None = None


def wrap(raw: Any, key: str) -> Mapping:
    """A short form written out as a mapping of one key that keeps the place of the original."""
    mapping = Mapping({key: raw}, line=getattr(raw, "line", 0), column=getattr(raw, "column", 0))
    mapping.places[key] = (mapping.line, mapping.column)
    return mapping


class Entry(Labelled):
    """How people arrive in a state."""

    rate: f.DatedRate | None = None
    by_month: (
        tuple[Annotated[Any, PlainValidator(f.kind("ratio")), WithJsonSchema({"$ref": "#/$defs/ratio"})], ...]
        | None
    ) = None
    every: f.PositiveDuration | None = None
    at: (
        Annotated[
            tuple[f.Duration, ...], BeforeValidator(lambda raw: raw if isinstance(raw, list) else [raw])
        ]
        | None
    ) = None
    exclusive = (("rate", "by_month"), ("every",), ("at",))

    @classmethod
    def expand(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and not {"value", "start"} & set(raw):
            return raw
        return wrap(raw, "rate")

    @model_validator(mode="after")
    def _one_way(self) -> Entry:
        given = [key for key in ("rate", "every", "at") if getattr(self, key) is not None]
        if len(given) != 1:
            raise Refused(
                "people arrive at a `rate`, `every` so often, or `at` given times: exactly one of these"
            )
        if self.by_month is not None and (self.rate is None or len(self.by_month) != 12):
            raise Refused(
                "`by_month` goes with `rate` and lists 12 ratios, January first", None, ("by_month",)
            )
        return self


class Segment(Labelled):
    share: f.Share
    income: f.Money | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict) and "value" not in raw else wrap(raw, "share")


class People(Part):
    unit: f.Label = "person"
    arrive: dict[f.Reference, Entry] = {}
    present: dict[f.Reference, f.Count] = {}
    segments: dict[f.Name, dict[f.Name, Segment]] = {}
    leave_after: f.AnyTime | None = None


class Need(Labelled):
    crisis: f.YesNo = False
    cost: f.Costs = ()
    wellbeing: f.Score | None = None
    quality_of_life: f.Score | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return Mapping() if raw == "" else raw


class Timed(Labelled):
    """A mapping that holds one family of times among its keys."""

    source: f.Label | None = None
    fixed: Any = None
    exponential: Any = None
    weibull: Any = None
    gamma: Any = None
    lognormal: Any = None
    within: Any = None
    uniform: Any = None
    triangular: Any = None
    any_of: Any = None
    exclusive = FAMILY_GROUPS

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return wrap(raw, "fixed") if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _one_family(self) -> Timed:
        self.time()
        return self

    def time(self) -> Time:
        """The time as written. Refused when no family, or more than one, is given."""
        return self._read

    @cached_property  # every draw of a scenario asks again
    def _read(self) -> Time:
        given = {family: getattr(self, family) for family in FAMILIES if getattr(self, family) is not None}
        if not given:
            raise Refused(
                "no time is given", "such as `exponential: 14 months` or `within: {12 months: 22%}`"
            )
        if self.source is not None:
            given["source"] = self.source
        return parse_family(given)


class Transition(Timed):
    """A way out of a state: its time, what multiplies its hazard, what it costs, and in branch form where it leads."""

    hazard_ratio: f.HazardRatios = ()
    cost: f.Costs = ()
    to: f.To | None = None


class Event(Labelled):
    rate: f.PersonRate
    hazard_ratio: f.HazardRatios = ()
    cost: f.Costs = ()
    to: f.To | None = None
    crisis: f.YesNo = False


class Places(Part):
    """Places of a service or team: a count, staff x caseload, a team's, or unlimited (both as `count`)."""

    count: Annotated[
        Any,
        PlainValidator(
            lambda raw: None if raw == "unlimited" else quantities.parse(raw, "count", timeline=True)
        ),
        WithJsonSchema({"$ref": "#/$defs/count"}),
    ] = None
    unlimited: bool = False
    staff: f.DatedCount | None = None
    caseload: f.DatedCount | None = None
    exclusive = (("count",), ("unlimited",), ("staff", "caseload"))

    @classmethod
    def expand(cls, raw: Any) -> Any:
        if raw == "unlimited":
            mapping = wrap(raw, "unlimited")
            mapping["unlimited"] = True
            return mapping
        if isinstance(raw, dict) and not {"value", "start"} & set(raw):
            return raw
        return wrap(raw, "count")

    @model_validator(mode="after")
    def _one_form(self) -> Places:
        if (self.staff is None) != (self.caseload is None):
            raise Refused("staff and caseload go together", "`{staff: 4, caseload: 20}`")
        if (self.count is not None) + self.unlimited + (self.staff is not None) != 1:
            raise Refused(
                "places are a count, `{staff: ..., caseload: ...}`, the name of a team, or `unlimited`"
            )
        return self


class Team(Labelled):
    staff: f.DatedCount | None = None
    caseload: f.DatedCount | None = None
    places: f.DatedCount | None = None
    first: f.Names = ()
    cost: f.Costs = ()
    lead_in: f.FixedTime | None = None
    exclusive = (("places",), ("staff", "caseload"))

    @model_validator(mode="after")
    def _one_form(self) -> Team:
        if (self.staff is None) != (self.caseload is None) or (self.places is None) == (self.staff is None):
            raise Refused("a team has `places`, or `staff` and `caseload`")
        return self

    def as_places(self) -> Places:
        """The team's places in the form that services have them."""
        return Places.model_construct(
            count=self.places, unlimited=False, staff=self.staff, caseload=self.caseload
        )


class Referral(Part):
    share: f.PersonShare | None = None
    after: f.AnyTime | None = None


class Queue(Part):
    first: f.Names = ()
    promote_every: f.TimeAbove0 | None = None
    room: f.Count | None = None
    give_up: f.AnyTime | None = None


class Then(Part):
    declined: f.To | None = None
    turned_away: f.To | None = None
    gave_up: f.To | None = None
    started: f.To | None = None
    completed: f.To | None = None
    dropped_out: f.To | None = None
    cut_short: f.To | None = None


class Effect(Labelled):
    on: f.Names
    hazard_ratio: f.Ratio | None = None
    risk_ratio: f.Ratio | None = None
    odds_ratio: f.Ratio | None = None
    by: f.TimeAbove0 | None = None
    during: f.YesNo = True
    kept_by: (
        Annotated[
            str,
            PlainValidator(f.choice("completers", "all", "dose")),
            WithJsonSchema({"enum": ["completers", "all", "dose"]}),
        ]
        | None
    ) = None
    lasts: f.Lasting | None = quantities.Quantity("time", 0.0, text="0 days")
    fades_over: f.FixedTime = quantities.Quantity("time", 0.0, text="0 days")
    exclusive = (("hazard_ratio",), ("risk_ratio", "by"), ("odds_ratio", "by"))

    @model_validator(mode="after")
    def _one_ratio(self) -> Effect:
        given = [
            key for key in ("hazard_ratio", "risk_ratio", "odds_ratio") if getattr(self, key) is not None
        ]
        if len(given) != 1:
            raise Refused(
                "an effect has one of `hazard_ratio`, `risk_ratio` and `odds_ratio`",
                "keep the one that the study reports",
            )
        if (given[0] == "hazard_ratio") != (self.by is None):
            raise Refused(
                "`by` goes with `risk_ratio` or `odds_ratio`: the time at which the study looked",
                "such as `by: 12 months`",
            )
        return self


class Closing(Part):
    """When whole units of a service close because they stand empty (MONEY section 2): only then is a saving cash."""

    units_of: f.Count
    after: f.PositiveDuration
    notice: f.Duration
    exit_cost: f.Money
    keep_free: f.Count | None = None
    least: f.Count | None = None
    reopen: f.YesNo = False


def share_or_time(raw: Any) -> Any:
    """A share of starts, or a time that runs against the length."""
    if isinstance(raw, quantities.Changed):
        return share_or_time(raw.raw).times(raw.factor)
    if isinstance(raw, dict) and any(key in FAMILIES for key in raw):
        return parse_family(raw)
    if isinstance(raw, str) and "%" not in raw and not quantities.NAME.fullmatch(raw.strip()):
        return quantities.parse(raw, "time")
    return quantities.parse(raw, "share", split=True, timeline=True)


class Service(Labelled):
    for_: f.Names = Field(default=(), alias="for")
    referral: Referral = Referral()
    take_up: f.PersonShare | None = None
    once: f.YesNo = False
    places: Places
    lead_in: f.FixedTime | None = None
    queue: Queue = Queue()
    length: f.AnyTime | None = None
    while_in: f.Names = ()
    drop_out: Annotated[
        Any,
        PlainValidator(share_or_time),
        WithJsonSchema({"anyOf": [{"$ref": "#/$defs/share"}, {"$ref": "#/$defs/time"}]}),
    ] = None
    places_close: Annotated[
        str, PlainValidator(f.choice("finish", "stop")), WithJsonSchema({"enum": ["finish", "stop"]})
    ] = "finish"
    then: Then = Then()
    effects: dict[f.Name, Effect] = {}
    cost: f.Costs = ()
    closing: Closing | None = None

    @model_validator(mode="after")
    def _ends(self) -> Service:
        if self.length is None and not self.while_in:
            raise Refused(
                "nothing ends a stay here", "give a `length`, or `while_in` with the states it lasts for"
            )
        return self


class Outcome(Labelled):
    since: f.OneMoment = f.Moment("arrived")
    repeat: f.YesNo = False
    reached: f.Moments | None = None
    stayed_in: f.Names | None = None
    avoided: f.Names | None = None
    in_: f.Names | None = Field(default=None, alias="in")
    days_in: f.Names | None = None
    count: f.Moments | None = None
    within: f.PositiveDuration | None = None
    for_: f.PositiveDuration | None = Field(default=None, alias="for")
    at: f.PositiveDuration | None = None

    TESTS: ClassVar[dict[str, tuple[str, ...]]] = {
        "reached": ("within",),
        "stayed_in": ("for_", "within"),
        "avoided": ("for_",),
        "in_": ("at",),
        "days_in": ("within",),
        "count": ("within",),
    }

    @model_validator(mode="after")
    def _one_test(self) -> Outcome:
        given = [key for key in self.TESTS if getattr(self, key) is not None]
        if len(given) != 1:
            raise Refused("an outcome has one test: reached, stayed_in, avoided, in, days_in or count")
        test = given[0]
        for window in ("within", "for_", "at"):
            wanted = window in self.TESTS[test]
            present = getattr(self, window) is not None
            word, shown = window.strip("_"), test.strip("_")
            if wanted and not present:
                raise Refused(f"`{shown}` needs its window `{word}`", f"such as `{word}: 12 months`")
            if present and not wanted:
                raise Refused(f"`{word}` does not go with `{shown}`", None, (word,))
        if (
            test == "stayed_in"
            and self.for_ is not None
            and self.within is not None
            and self.for_.value > self.within.value
        ):
            raise Refused("`for` is longer than `within`, so nobody could achieve this", None, ("for",))
        return self

    @property
    def test(self) -> str:
        """Which test this outcome makes: reached, stayed_in, avoided, in, days_in or count."""
        return next(key.strip("_") for key in self.TESTS if getattr(self, key) is not None)

    @property
    def window(self) -> float:
        """Days from the clock's start until the outcome is known."""
        for quantity in (self.within, self.at, self.for_):
            if quantity is not None:
                return quantity.value
        raise AssertionError("an outcome without a window is refused when it is read")


OVERLAYS = (
    "people",
    "transitions",
    "events",
    "teams",
    "services",
    "contracts",
    "providers",
    "investment",
    "numbers",
)
Overlay = Annotated[Any, PlainValidator(lambda raw: raw), WithJsonSchema({"type": "object"})]


class Overlaid(Labelled):
    """Changes to what stands above, by the sections that may be changed. Read when it is laid over the file."""

    people: Overlay | None = None
    transitions: Overlay | None = None
    events: Overlay | None = None
    teams: Overlay | None = None
    services: Overlay | None = None
    contracts: Overlay | None = None
    providers: Overlay | None = None
    investment: Overlay | None = None
    numbers: Overlay | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return Mapping() if raw == "" else raw


class Design(Overlaid):
    baseline: f.YesNo = False
    based_on: f.Reference | None = None
    signs: f.Names = ()


class Reading(Overlaid):
    weight: f.Share
    source: f.Label | None = None


class Source(Part):
    cite: f.Label
    url: f.Label | None = None
    price_year: f.Label | None = None
    grade: (
        Annotated[
            str,
            PlainValidator(f.choice("1", "2", "3", "4", "5", "6")),
            WithJsonSchema({"enum": [1, 2, 3, 4, 5, 6]}),
        ]
        | None
    ) = None
    owner: f.Label | None = None
    note: f.Label | None = None


class Correlation(Part):
    of: f.Names
    rank: Annotated[
        Any,
        PlainValidator(f.kind("score", below_zero=True)),
        WithJsonSchema(
            {"anyOf": [{"type": "number", "minimum": -1, "maximum": 1}, {"$ref": "#/$defs/score"}]}
        ),
    ]
