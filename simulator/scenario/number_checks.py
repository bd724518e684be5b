"""Checks of single numbers where they are used: named numbers, sources, splits, timelines, bases of money, price years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.scenario.deal_numbers import BY_TIME, PLAIN, allowed_in_deals, may_differ
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path, Stated, Use, node_at, uses
from simulator.scenario.quantities import ASSUMPTION, Named, Quantity, Split, Timeline
from simulator.scenario.schema import Service

A_KIND = {
    "share": "a share such as `60%`",
    "ratio": "a ratio such as `0.6`",
    "count": "a count such as `220`",
    "time": "a time such as `6 months`",
    "rate": "a rate such as `400 per year`",
    "growth": "a growth such as `6% per year`",
    "money": "money such as `£4,100`",
    "date": "a date",
    "score": "a plain number such as `6.1`",
}
# Money of contracts, providers and investment is cash as written: no price year.
PRICED = ("people", "needs", "transitions", "events", "services", "teams", "numbers")


def check_numbers(document: Document, known: Known, findings: Findings) -> None:
    without_year: list[Path] = []
    currencies: dict[str, str] = {}
    for use in uses(document, findings.raw):
        if isinstance(use, Stated):
            _source(use.path, use.source, document, findings)
        elif isinstance(use.value, Split):
            _split(use, known, findings)
        elif isinstance(use.value, Timeline):
            _timeline(use, document, findings)
        else:
            number = _single(use, known, findings)
            if number is not None and number.kind == "money":
                if use.path[0] in PRICED and document.price_year is None and number.value:
                    without_year.append(use.path)
                _basis(use, number, document, findings)
                sign = next((each for each in number.text if each in "£€$"), "£")
                currencies.setdefault(sign, number.text)
                if len(currencies) > 1:
                    first = next(iter(currencies.values()))
                    findings.error(
                        use.path, f"`{number.text}` and `{first}` are two currencies", "one currency a file"
                    )
                    currencies = {sign: number.text}
    if without_year:
        more = f", nor for {len(without_year) - 1} more" if len(without_year) > 1 else ""
        findings.error(
            without_year[0],
            f"the file does not say in which year's prices it is to be read, and here is money{more}",
            "write `price_year: 2024/25` at the top of the file",
        )
    _price_years(document, findings)


def _source(path: Path, source: str, document: Document, findings: Findings) -> None:
    if source != ASSUMPTION and source not in document.sources:
        findings.unknown(path, source, "source", [*document.sources, ASSUMPTION])


def _single(use: Use, known: Known, findings: Findings) -> Quantity | None:
    """A single number, looked up if it is named; None when there is none, or when the name is a team's."""
    leaf, path = use.value, use.path
    if isinstance(leaf, Named):
        if path[0] == "services" and path[2:] == ("places", "count") and leaf.name in known.teams:
            return None
        number = known.value(leaf)
        if number is None:
            is_places = path[-1] == "count" and "places" in path
            names = [*known.document.numbers, *(known.teams if is_places else ())]
            what = "number or team" if is_places else "number"
            findings.unknown(path, leaf.name, what, names)
            return None
        if not _fits(number, leaf.kind):
            findings.error(
                path,
                f"`{leaf.name}` is {A_KIND[number.kind].split(' such')[0]} ({number.text}), "
                f"and here {A_KIND[leaf.kind]} is wanted",
                "use another number of `numbers`, or write the value here",
            )
            return None
    else:
        number = leaf
        if leaf.source is not None:
            _source((*path, "source"), leaf.source, known.document, findings)
    kind = leaf.kind
    if kind == "share" and number.value > 1 + 1e-12:
        findings.error(
            path, f"this comes to {number.value * 100:g}%, over 100%", "a smaller factor after `times`"
        )
    if kind == "time" and number.value <= 0 and not _may_be_nought(use):
        hint = (
            "`room: 0` under `queue` means that nobody waits"
            if "give_up" in path
            else "write a time such as `1 day`"
        )
        findings.error(path, "this time is 0, and it must be above 0", hint)
    if kind in ("ratio", "score") and number.low is not None and number.low <= 0 < number.value:
        lognormal = number.distribution == "lognormal" or (number.distribution is None and kind == "ratio")
        if lognormal:
            findings.error(
                path,
                "the range of a ratio starts above 0",
                "raise the lower end, or say `distribution: uniform`",
            )
    return number


def _fits(number: Quantity, kind: str) -> bool:
    if number.kind == kind:
        return True
    if number.kind != "score" or kind not in ("ratio", "count"):
        return False
    return number.value >= 0 and (kind != "count" or number.value == int(number.value))


def _may_be_nought(use: Use) -> bool:
    """Whether a time may be 0: lags and `after`, not the parameters of a family nor what people go through."""
    if use.family in ("uniform", "triangular"):
        return use.path[-1] == 0
    if use.family is not None:
        return use.family == "any_of" and "after" in use.path
    return use.path[0] != "transitions" and not {"length", "give_up", "leave_after", "drop_out"} & set(
        use.path
    )


# Splits ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SplitRule:
    """Who may be told apart at a place: segments, states or both; whether some may be left out; which states matter."""

    segments: bool = True
    states: bool = False
    partial: str | None = None
    matter: tuple[str, ...] = ()


def _rule(path: Path, known: Known) -> SplitRule | None:
    """The rule for a split at a path; None where the number is not about a person."""
    document = known.document
    section, field = path[0], path[2] if len(path) > 2 else ""
    if section == "people":
        return SplitRule(states=True, matter=(*document.people.arrive, *document.people.present))
    if section in ("needs", "transitions"):
        return SplitRule(partial="1" if field == "hazard_ratio" else None)
    if section == "events":
        event = document.events[str(path[1])]
        if field == "rate":
            return SplitRule(segments=False, states=True, partial="never")
        if field == "hazard_ratio":
            return SplitRule(partial="1")
        rated = (
            tuple(name for name, _ in event.rate.parts)
            if isinstance(event.rate, Split)
            else tuple(known.states)
        )
        return SplitRule(states=True, matter=rated)
    if section == "services":
        return _service_rule(document.services[str(path[1])], path, known)
    if section == "contracts" and may_differ(path):
        # Which states matter depends on where the clock can start: `contract_checks`.
        return SplitRule(states="verified" not in path)
    return None


def _service_rule(service: Service, path: Path, known: Known) -> SplitRule | None:
    eligible = service.for_ or service.while_in or tuple(known.states)
    if path[2] == "effects":
        return SplitRule(partial="1" if path[-1] == "hazard_ratio" else None)
    if path[2] in ("length", "drop_out"):
        started = service.then.started
        return SplitRule(states=True, matter=started.names if started is not None else eligible)
    if path[2] == "cost":
        return SplitRule(states=True, matter=service.while_in or eligible)
    if path[2] in ("referral", "take_up", "queue"):
        return SplitRule(states=True, matter=eligible)
    return None


def _split(use: Use, known: Known, findings: Findings) -> None:
    split, path = use.value, use.path
    rule = _rule(path, known)
    named = [name for name, _ in split.parts]
    if rule is None:
        findings.error(
            path,
            "this number is not about a person, so it cannot differ by segment or state",
            "write one number",
        )
        return
    strange = [name for name in named if name not in known.segments and name not in known.states]
    for name in strange:
        choices = [*(known.segments if rule.segments else ()), *(known.states if rule.states else ())]
        what = (
            "segment or state" if rule.segments and rule.states else "segment" if rule.segments else "state"
        )
        findings.unknown((*path, name), name, what, choices)
    if strange:
        return
    states = [name for name in named if name in known.states]
    segments = [name for name in named if name in known.segments]
    if not named:
        findings.error(
            path, "a split names at least one segment or state beside `others`", "or write the one number"
        )
    elif states and segments:
        findings.error(
            path,
            f"`{states[0]}` is a state and `{segments[0]}` is a segment: a split tells apart one or the other",
            "split by one of them only",
        )
    elif states and not rule.states:
        findings.error(
            (*path, states[0]),
            f"`{states[0]}` is a state, and here only segments can be told apart",
            _segments_hint(known),
        )
    elif segments and not rule.segments:
        findings.error(
            (*path, segments[0]),
            f"`{segments[0]}` is a segment, and an event's rate names states",
            f"write the rate by state, and `hazard_ratio: {{{segments[0]}: 1.5}}` beside it",
        )
    else:
        _complete(use, rule, known, findings)


def _segments_hint(known: Known) -> str | None:
    return (
        f"the segments are {', '.join(list(known.segments)[:8])}"
        if known.segments
        else "this file has no segments"
    )


def _complete(use: Use, rule: SplitRule, known: Known, findings: Findings) -> None:
    split, path = use.value, use.path
    named = [name for name, _ in split.parts]
    if named[0] in known.segments:
        first = known.segments[named[0]]
        other = next((name for name in named if known.segments[name] != first), None)
        if other is not None:
            several = (
                " (`hazard_ratio` takes a list of splits, which are multiplied)"
                if "hazard_ratio" in path
                else ""
            )
            findings.error(
                (*path, other),
                f"`{named[0]}` belongs to `{first}` and `{other}` to `{known.segments[other]}`: a split takes one grouping",
                f"keep one of the two{several}",
            )
            return
        wanted: list[str] = list(known.document.people.segments[first])
    else:
        wanted = [name for name in rule.matter if name in known.states]
    missing = [name for name in wanted if name not in named]
    if missing and split.others is None and rule.partial is None:
        shown = ", ".join(f"`{name}`" for name in missing[:5])
        findings.error(
            path,
            f"{shown} {'is' if len(missing) == 1 else 'are'} not named here",
            "add what is missing, or `others: ...`",
        )


def _timeline(use: Use, document: Document, findings: Findings) -> None:
    start = document.start.toordinal()
    before = None
    for (when, dated, _), path in zip(use.value.steps, _step_paths(use, findings), strict=True):
        days = when - start if dated else when
        if before is not None and days <= before:
            late = (
                "is not after the start of the scenario" if before == 0 else "is not after the step before it"
            )
            findings.error(
                path, f"`{path[-1]}` {late}", "the steps of a timeline stand in order of time, `start` first"
            )
            return
        before = days


def _step_paths(use: Use, findings: Findings) -> Iterator[Path]:
    node = node_at(findings.raw, use.path)
    steps = use.value.steps
    keys = (
        list(node)
        if isinstance(node, dict) and len(node) == len(steps)
        else [str(i) for i in range(len(steps))]
    )
    yield from ((*use.path, key) for key in keys)


# Money -------------------------------------------------------------------------------------------------------------

IN_SERVICE = frozenset({"person time", "start", "referral", "completion", "place time", "staff time", "once"})


def _basis(use: Use, number: Quantity, document: Document, findings: Findings) -> None:
    """What an amount is per must fit where it stands (LANGUAGE section 7)."""
    rule = _allowed(use.path, document)
    if rule is None:
        return
    allowed, where, example = rule
    basis = number.basis
    said = f"{basis.of} time" if basis.days and basis.of != "time" else basis.of
    if said not in allowed:
        findings.error(use.path, f"`{number.text}` does not fit here: {where}", f"such as `{example}`")
        return
    if use.cost is None or use.path[0] != "services" or "effects" in use.path:
        return
    service = document.services[str(use.path[1])]
    places = service.places
    team = isinstance(places.count, Named) and places.count.name in document.teams
    if said in ("place time", "staff time") and team:
        findings.error(
            use.path,
            f"the places of this service are those of the team `{places.count.name}`, which pays for them",
            f"write this cost under `teams: {places.count.name}: cost`",
        )
    elif said == "place time" and places.unlimited:
        findings.error(
            use.path,
            "a cost per place, but the places are unlimited",
            "write it per person, such as `£6,120 per person per week`",
        )
    elif said == "staff time" and places.staff is None and Known(document).values(places.count) != [0.0]:
        findings.error(
            use.path,
            "a cost per staff, but the places are not given as staff",
            "`places: {staff: 4, caseload: 20}`",
        )


def _allowed(path: Path, document: Document) -> tuple[frozenset[str], str, str] | None:
    section = path[0]
    if section == "needs":
        return (
            frozenset({"person time"}),
            "the cost of a state is per person and time",
            "£7,900 per person per year",
        )
    if section in ("transitions", "events"):
        return PLAIN, "this cost arises each time, so it is per nothing", "£593"
    if section == "services" and "closing" in path:
        return PLAIN, "this is one amount for each unit that closes", "£40,000"
    if section == "services":
        words = (
            "a service costs per person, place or staff and time, per start, referral or completion, or once"
        )
        return IN_SERVICE, words, "£9,500 per place per year"
    if section == "teams":
        return (
            frozenset({"place time", "staff time", "once"}),
            "a team costs per place or staff and time, or once",
            "£46,000 per staff per year",
        )
    if section == "people":
        return PLAIN | BY_TIME, "an income is an amount of money", "£18,000 per year"
    return allowed_in_deals(path, document)


FIRST_PRICE_YEAR = 1990  # of the published deflator (money/values/gdp_deflator.csv)


def _price_years(document: Document, findings: Findings) -> None:
    stated: list[tuple[Path, str | None]] = [(("price_year",), document.price_year)]
    stated += [
        (("sources", key, "price_year"), source.price_year) for key, source in document.sources.items()
    ]
    for section in ("needs", "transitions", "events", "services", "teams"):
        for name, part in getattr(document, section).items():
            for index, cost in enumerate(part.cost):
                stated.append(((section, name, "cost", index, "price_year"), cost.price_year))
    stated += [
        (("numbers", name, "price_year"), number.price_year) for name, number in document.numbers.items()
    ]
    for path, year in stated:
        if year is None:
            continue
        if not _is_price_year(str(year)):
            findings.error(
                path,
                f"`{year}` is not a year of prices",
                "a financial year such as `2013/14`, or a year such as `2013`",
            )
        elif int(str(year)[:4]) < FIRST_PRICE_YEAR:
            findings.error(
                path,
                f"prices of `{year}` cannot be brought to another year's",
                f"the published series begins in {FIRST_PRICE_YEAR}",
            )


def _is_price_year(text: str) -> bool:
    match = re.fullmatch(r"((?:19|20)\d{2})(?:/(\d{2}))?", text)
    return bool(match) and (match[2] is None or int(match[2]) == (int(match[1]) + 1) % 100)  # type: ignore[index]
