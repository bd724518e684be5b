"""The deal file: a published deal's terms in the words of the scenario language, what was observed, and what was published.

A file is YAML under the same limits as a scenario (`scenario.reader`): size, depth, number of values. Every key that stands
under `contract` and `investment` is the scenario's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, ValidationError, model_validator

from simulator.scenario import fields as f
from simulator.scenario import quantities, reader
from simulator.scenario.contract_fields import Contract
from simulator.scenario.document import file_format
from simulator.scenario.findings import MOST_PROBLEMS, Findings, shown
from simulator.scenario.investment_fields import Investment
from simulator.scenario.overlay import model_at
from simulator.scenario.party_fields import CHOICE, ShareOrScore, listed
from simulator.scenario.problems import Problem, Refused, ScenarioError, did_you_mean
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Labelled, Part, Source, wrap

MOST_CLAIMS = 200_000
"""Each claim is settled on its own; the largest deal on record has some thousands."""

NEED_ACTIVITY = ("fees", "withheld", "guarantee_referrals")
"""Keys of a contract that pay for activity, which nobody publishes by month."""

MEASURES: dict[str, str] = {
    "paid": "money",
    "priced": "money",
    "priced by people": "money",
    "planned": "money",
    "certified units": "score",
    "planned units": "score",
    "paid a unit": "money",
    "planned price a unit": "money",
    "units": "score",
    "sum of years": "money",
    "pays": "yes or no",
    "effect": "share",
    "pooled effect": "share",
    "paid with no effect": "share",
    "not paid": "share",
    "coupon": "share",
    "rate of return": "share",
    "multiple": "ratio",
    "recycled": "ratio",
    "left after costs": "money",
    "loss": "money",
    "cut by the cap per person": "money",
    "measured effect": "score",
}
"""What a deal may publish, and of which kind its value is. `backtest` computes each."""


def money_below_zero(raw: Any) -> Any:
    return quantities.parse(raw, "money", below_zero=True)


SignedMoney = Annotated[Any, PlainValidator(money_below_zero)]
Amount = Annotated[Any, PlainValidator(f.kind("score"))]


class Outcome(Labelled):
    """What an outcome is called, and what one of it is: a claim (yes or no), a day, or any other unit that is counted.

    window: how long each person was looked at, where that decides what is paid.
    """

    unit: Annotated[Literal["claim", "day", "count"], CHOICE] = "claim"
    window: f.Duration | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict) else wrap(raw, "label")


class ObservedClaims(Part):
    """How often an outcome was claimed for (or how many units of it), and by how many people where that is on record."""

    outcome: f.Reference
    claims: f.Count | None = None
    units: Amount | None = None
    people: f.Count | None = None
    on: f.Date | None = None

    @model_validator(mode="after")
    def _one_number(self) -> ObservedClaims:
        if (self.claims is None) == (self.units is None):
            raise Refused("an outcome was claimed for so many times (`claims`), or for so many `units`")
        if self.people is not None and self.claims is not None and self.people.value > self.claims.value:
            raise Refused("more people than claims", "each of the people has at least one claim", ("people",))
        return self


def observed_units(claims: ObservedClaims) -> float:
    """Units of it: claims are one each."""
    found = claims.claims if claims.claims is not None else claims.units
    return float(found.value) if isinstance(found, quantities.Quantity) else 0.0


class ObservedCohort(Part):
    """The result of a cohort: of so many eligible, so many (or so many units in all) against an expected result a person."""

    outcome: f.Reference
    closed: f.Date
    eligible: f.Count
    achieved: Amount
    window: f.Duration | None = None
    comparison: f.Count | None = None
    expected: ShareOrScore | None = None


class Flow(Part):
    """A payment by (below 0) or to an investor: on record, or derived from what is."""

    on: f.Date
    amount: SignedMoney
    tag: Annotated[Literal["record", "derived"], CHOICE] = "record"


class MeasuredEffect(Part):
    """What an evaluation found: the share with a good result among those served, and in the group compared with."""

    served: f.Share
    comparison: f.Share
    what: f.Label


class Trigger(Part):
    """What it takes to know how often the trigger errs: events a person, their dispersion, sizes of the two groups."""

    events: Amount
    dispersion: Amount
    people: f.Count
    comparison: f.Count


class Observed(Part):
    what: f.Label | None = None
    claims: Annotated[list[ObservedClaims], BeforeValidator(listed)] = []
    cohorts: Annotated[list[ObservedCohort], BeforeValidator(listed)] = []
    flows: Annotated[list[Flow], BeforeValidator(listed)] = []
    years: Annotated[list[f.Money], BeforeValidator(listed)] = []
    effect: MeasuredEffect | None = None
    trigger: Trigger | None = None
    drawn: f.Money | None = None
    spent: f.Money | None = None


class Plan(Part):
    """What was planned, in the form of what was observed."""

    claims: Annotated[list[ObservedClaims], BeforeValidator(listed)] = []
    cohorts: Annotated[list[ObservedCohort], BeforeValidator(listed)] = []
    paid: f.Money | None = None


class Figure(Part):
    """One published figure and where it is from. tag: on record, or derived from what is.

    of: which one, where there are several (a cohort's number, a rate, a size). within: how far ours may lie from it; half of
    its last digit if nothing is said. else: the sentence that stands where ours differs: what may be the cause.
    """

    what: Annotated[str, PlainValidator(f.choice(*MEASURES))]
    value: f.Label
    of: f.Label | None = None
    tag: Annotated[Literal["record", "derived"], CHOICE] = "record"
    within: Amount | None = None
    source: f.Label | None = None
    note: f.Label | None = None
    else_: f.Label | None = Field(default=None, alias="else")

    @model_validator(mode="after")
    def _value_read(self) -> Figure:
        try:
            read_value(self.what, self.value)
        except Refused as error:
            raise error.within("value") from None
        return self

    @property
    def number(self) -> float:
        """The value: pounds, a fraction, a ratio; 1 for yes and 0 for no."""
        return read_value(self.what, self.value)

    @property
    def kind(self) -> str:
        """Of which kind the value is: money, share, ratio, score, or yes or no."""
        return MEASURES[self.what]

    @property
    def digit(self) -> float:
        """The worth of its last digit."""
        return last_digit(self.value)

    @property
    def tolerance(self) -> float:
        """How far ours may lie from it and still be the same figure."""
        return self.within.value if self.within is not None else self.digit / 2 + 1e-9


def read_value(what: str, text: str) -> float:
    """A published value as a number. Raises Refused where it is not of the measure's kind."""
    kind = MEASURES[what]
    if kind == "yes or no":
        return float(f.yes_no(text))
    found = quantities.parse(text, kind, below_zero=True)
    if not isinstance(found, quantities.Quantity):
        raise Refused("a number is wanted here, not a name")
    return found.value


def last_digit(text: str) -> float:
    """The worth of the last digit that is written: 1 for `£1,871,540`, 0.001 for `8.4%`, 10,000 for `£9.41m`; 0 for words."""
    match = re.search(r"\d[\d,]*(?:\.(\d+))?\s*(k|m|bn)?(%)?", text)
    if match is None:
        return 0.0
    scale = {"k": 1e3, "m": 1e6, "bn": 1e9}.get(match[2] or "", 1.0) * (0.01 if match[3] else 1.0)
    return float(scale * 10.0 ** -len(match[1] or ""))


class DealDocument(Part):
    """A deal file. See docs/deals.md."""

    format: Annotated[str, PlainValidator(file_format)]
    deal: f.Label
    place: f.Label | None = None
    record: f.Label | None = None
    summary: f.Label | None = None
    currency: f.Label = "£"
    people: f.Count | None = None
    outcomes: dict[f.Name, Outcome] = {}
    contract: Contract | None = None
    investment: Investment | None = None
    plan: Plan = Plan()
    observed: Observed = Observed()
    published: Annotated[list[Figure], BeforeValidator(listed)] = []
    unknown: f.Label | None = None
    sources: dict[f.Label, Source] = {}

    @model_validator(mode="after")
    def _some_terms(self) -> DealDocument:
        if self.contract is None and self.investment is None:
            raise Refused("a deal has terms: a `contract`, an `investment`, or both")
        return self


@dataclass(frozen=True)
class Deal:
    """A deal file that was read and checked: the file's name, its text with places, and its parts."""

    file: str
    text: str
    raw: Mapping
    document: DealDocument

    @property
    def title(self) -> str:
        return self.document.deal

    def label(self, outcome: str) -> str:
        """What the file calls an outcome."""
        known = self.document.outcomes.get(outcome)
        return known.label if known is not None and known.label else outcome.replace("_", " ")


def load_deal(path: str | Path) -> Deal:
    """Read and check a deal file. Raises ScenarioError listing every problem, OSError if it cannot be opened."""
    raw, text = reader.read_file(path)
    return _deal(raw, text, str(path))


def load_deal_text(text: str, file: str = "deal") -> Deal:
    """As `load_deal`, from text; `file` is what messages call it."""
    return _deal(reader.read_text(text, file), text, file)


def _deal(raw: Mapping, text: str, file: str) -> Deal:
    try:
        document = DealDocument.model_validate(raw)
    except ValidationError as error:
        problems = [_problem(each, raw, file) for each in error.errors()[:MOST_PROBLEMS]]
        raise ScenarioError(problems) from None
    findings = Findings(raw, file)
    _check(document, findings)
    if findings.errors:
        raise ScenarioError(findings.errors)
    return Deal(file, text, raw, document)


def _check(document: DealDocument, findings: Findings) -> None:
    """What form alone does not show: names that are defined, dates that a contract needs, sizes that can be settled."""
    paid_for = document.contract.pays if document.contract is not None else {}
    for key in NEED_ACTIVITY:
        if getattr(document.contract, key, None):
            findings.error(
                ("contract", key), f"`{key}` cannot be back-tested", "a deal file has no activity by month"
            )
    for name, payment in paid_for.items():
        if payment.sample is not None:
            where = ("contract", "pays", name, "sample")
            findings.error(
                where, "an audit by sample cannot be back-tested", "write what was claimed after the audit"
            )
    if document.contract is not None and document.contract.begins is None:
        findings.error(("contract",), "`begins` is missing", "a deal has no start of its own: write the date")
    for name in paid_for:
        if name not in document.outcomes:
            findings.unknown(("contract", "pays", name), name, "outcome", document.outcomes)
    total = 0.0
    for section, part in (("observed", document.observed), ("plan", document.plan)):
        named = [("claims", place, each.outcome) for place, each in enumerate(part.claims)]
        named += [("cohorts", place, each.outcome) for place, each in enumerate(part.cohorts)]
        for key, place, outcome in named:
            if outcome not in paid_for:
                findings.unknown((section, key, place, "outcome"), outcome, "payment for", paid_for)
        total += sum(observed_units(each) if each.claims is not None else 1 for each in part.claims)
    if total > MOST_CLAIMS:
        findings.error(
            ("observed",),
            f"{total:,.0f} claims",
            f"the most is {MOST_CLAIMS:,}; days and other numbers are `units`",
        )
    for place, figure in enumerate(document.published):
        if figure.source is not None and figure.source not in document.sources:
            findings.unknown(("published", place, "source"), figure.source, "source", document.sources)


def _problem(error: Any, raw: Mapping, file: str) -> Problem:
    """What pydantic found, with its place in the file and in the words of the language."""
    path = tuple(step for step in error["loc"] if step != "[key]")
    message, suggestion = str(error["msg"]), None
    refused = error.get("ctx", {}).get("error")
    last = str(path[-1]) if path else ""
    if isinstance(refused, Refused):
        path += refused.path
        message, suggestion = refused.message, refused.suggestion
    elif error["type"] == "extra_forbidden":
        model = model_at(DealDocument, path[:-1])
        keys = [] if model is None else [info.alias or name for name, info in model.model_fields.items()]
        message, suggestion = f"unknown key `{last}`", did_you_mean(last, keys)
    elif error["type"] == "missing":
        message, suggestion = f"`{last}` is missing", "docs/deals.md says what a deal file holds"
    elif error["type"] in ("dict_type", "model_type"):
        message, suggestion = "a mapping of names is wanted here", "such as `name: {...}`"
    elif error["type"] in ("list_type", "tuple_type"):
        message, suggestion = "a list is wanted here", "such as `[a, b]`"
    line, column = reader.place_of(raw, path)
    key = shown(raw, path) if error["type"] != "missing" else ".".join(map(str, path))
    return Problem(line, column, key, message, suggestion, file=file)
