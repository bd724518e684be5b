"""Section 2 of the record: needs, ways out of them, events, services, lists, places, what designs change, and contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.present.record.markdown import bullets, inner, key, leaves, plain, table

if TYPE_CHECKING:
    from simulator.scenario.document import Document
    from simulator.scenario.load import Scenario
    from simulator.scenario.reader import Mapping

TIMES = (
    "fixed",
    "exponential",
    "weibull",
    "gamma",
    "lognormal",
    "within",
    "uniform",
    "triangular",
    "any_of",
)


def logic(scenario: Scenario) -> str:
    """Section 2, in Markdown."""
    document, raw = scenario.document, scenario.raw
    return f"""\
## 2. Logic

### 2.1 Overview

```text
{_overview(document, scenario)}
```

### 2.2 Logic of the baseline

A person is in one need at a time. Each way out of it runs against a clock of its own, and the first to ring wins. Entering a
need may lead to referrals; who accepts waits for a place, and while in a service, and for a time after, its effects act.

{table(("from", "to", "time or share", "ratio of hazards by segment"), _transitions(raw, scenario))}

Events that come again and again:

{table(("event", "rate", "leads to"), _events(raw, scenario))}

### 2.3 Logic of the other designs

What each changes in the file, and the contracts it signs:

{_designs(raw, scenario)}

Other readings of the evidence change this:

{table(("reading", "key", "value"), _changes(raw.get("readings", {}), scenario))}

### 2.4 Algorithms

Clocks are integrated hazards set against a unit exponential draw (modified next reaction method: Anderson 2007, Journal of
Chemical Physics 127, 214107), so that a ratio of hazards may begin, end or fade while a person is in a need. Waiting lists
go by level, then by time of joining. `docs/how-the-model-works.md` has the formulas.

### 2.5 Components

#### 2.5.1 Entities

One {plain(document.people.unit)} each, with one segment of each grouping:

{table(("grouping", "segment", "share"), _segments(raw, scenario))}

#### 2.5.2 Activities

{table(("service", "for", "length", "drop-out", "afterwards"), _activities(raw, scenario))}

Effects of services:

{table(("service", "effect", "as written"), _effects(raw, scenario))}

#### 2.5.3 Resources

{table(("service or team", "places", "cost", "closing of units"), _resources(raw, scenario))}

#### 2.5.4 Queues

{table(("service", "referral", "take-up", "list"), _queues(raw, scenario))}

#### 2.5.5 Entry and exit

People arrive:

{table(("need", "as written"), _arrivals(raw, scenario))}

They leave for good: {_part(raw["people"], "leave_after") or "never, unless a way out leads there"}.

#### Contracts, providers and investment

Money is worked out from the history afterwards and changes nothing in it.

{_deals(raw, scenario)}"""


def _overview(document: Document, scenario: Scenario) -> str:
    """Who can move where, as lines of text: a diagram that a screen reader reads and a difference shows."""
    lines = [f"arrives -> {_word(scenario, name)}" for name in document.people.arrive]
    for name, way in document.transitions.items():
        if "->" in name:
            begin, _, end = (part.strip() for part in name.partition("->"))
            lines.append(f"{_word(scenario, begin)} -> {_word(scenario, end)}")
        elif way.to is not None:
            lines += [f"{_word(scenario, name)} -> {_word(scenario, end)}" for end, _ in way.to.parts]
    for name, service in document.services.items():
        asked = ", ".join(_word(scenario, each) for each in service.for_)
        lines.append(
            f"{asked} => {_word(scenario, name)}" if asked else f"(handed on) => {_word(scenario, name)}"
        )
        for how in type(service.then).model_fields:
            to = getattr(service.then, how)
            for end, _ in to.parts if to is not None else ():
                lines.append(
                    f"{_word(scenario, name)} [{how.replace('_', ' ')}] -> {_word(scenario, str(end))}"
                )
    return "\n".join(line.replace("`", "'") for line in lines)


def _word(scenario: Scenario, name: str) -> str:
    return " ".join(scenario.label(name).split())


def _section(raw: Mapping, name: str) -> dict[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _part(node: Any, *keys: str) -> str:
    """What a mapping says under some keys, as written; empty where it says nothing."""
    if not isinstance(node, dict):
        return ""
    found = [(name, inner(node[name])) for name in keys if name in node]
    return key(found[0][1] if len(found) == 1 == len(keys) else ", ".join(f"{a}: {b}" for a, b in found))


def _transitions(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, node in _section(raw, "transitions").items():
        begin, _, end = (part.strip() for part in name.partition("->"))
        time = _part(node, *TIMES) if isinstance(node, dict) else key(inner(node))
        to = plain(scenario.label(end)) if end else _part(node, "to")
        rows.append((plain(scenario.label(begin)), to, time, _part(node, "hazard_ratio")))
    return rows


def _events(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (plain(scenario.label(name)), _part(node, "rate"), _part(node, "to") or "changes no need")
        for name, node in _section(raw, "events").items()
    ]


def _changes(sections: dict[str, Any], scenario: Scenario) -> list[tuple[str, str, str]]:
    told = {"label", "note", "baseline", "based_on", "signs", "weight", "source"}
    return [
        (plain(scenario.label(name)), key(place), key(value))
        for name, node in sections.items()
        if isinstance(node, dict)
        for place, value in leaves({each: part for each, part in node.items() if each not in told})
        if place
    ]


def _designs(raw: Mapping, scenario: Scenario) -> str:
    parts = []
    for name, design in scenario.document.designs.items():
        words = [f"**{plain(scenario.label(name))}** ({key(name)})"]
        if design.based_on:
            words.append(f"as {key(str(design.based_on))}, and")
        if design.signs:
            words.append(f"signs {', '.join(key(each) for each in design.signs)}")
        parts.append(" ".join(words))
    changes = _changes(_section(raw, "designs"), scenario)
    return f"{bullets(parts)}\n\n{table(('design', 'key', 'value'), changes)}"


def _arrivals(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (plain(scenario.label(name)), key(inner(each)))
        for name, each in _section(raw["people"], "arrive").items()
    ]


def _segments(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (
            plain(scenario.label(grouping)),
            plain(scenario.label(name)),
            key(inner(node["share"]) if isinstance(node, dict) and "share" in node else inner(node)),
        )
        for grouping, every in _section(raw["people"], "segments").items()
        for name, node in every.items()
    ]


def _activities(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (
            plain(scenario.label(name)),
            _part(node, "for") or "who is handed on",
            _part(node, "length", "while_in"),
            _part(node, "drop_out") or "none",
            _part(node, "then"),
        )
        for name, node in _section(raw, "services").items()
    ]


def _effects(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (plain(scenario.label(service)), key(name), key(inner(effect)))
        for service, node in _section(raw, "services").items()
        for name, effect in _section(node, "effects").items()
    ]


def _resources(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (
            plain(scenario.label(name)),
            _part(node, "places") if section == "services" else _part(node, "staff", "caseload", "places"),
            _part(node, "cost"),
            _part(node, "closing"),
        )
        for section in ("services", "teams")
        for name, node in _section(raw, section).items()
    ]


def _queues(raw: Mapping, scenario: Scenario) -> list[tuple[str, ...]]:
    return [
        (plain(scenario.label(name)), _part(node, "referral"), _part(node, "take_up"), _part(node, "queue"))
        for name, node in _section(raw, "services").items()
    ]


def _deals(raw: Mapping, scenario: Scenario) -> str:
    rows: list[tuple[str, ...]] = [
        (f"{section.removesuffix('s')} {plain(scenario.label(name))}", key(place), key(value))
        for section in ("contracts", "providers")
        for name, node in _section(raw, section).items()
        for place, value in leaves(node)
    ]
    rows += [("investment", key(place), key(value)) for place, value in leaves(_section(raw, "investment"))]
    return table(("what", "key", "as written"), rows)
