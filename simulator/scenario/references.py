"""Checks of names: each defined once, and every name that is used is one that the file defines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.scenario import reader
from simulator.scenario.document import Document
from simulator.scenario.fields import Destination, Moment
from simulator.scenario.findings import ARROW, Findings, Known, Path
from simulator.scenario.problems import did_you_mean
from simulator.scenario.quantities import Named
from simulator.scenario.schema import Effect, Event, Service


def check_references(document: Document, known: Known, findings: Findings) -> None:
    _defined_once(document, findings)
    _people(document, known, findings)
    for name, event in document.events.items():
        _event(name, event, known, findings)
    for name, team in document.teams.items():
        _team(name, team.first, known, findings)
    for name, service in document.services.items():
        _service(name, service, known, findings)
    _payers(document, known, findings)
    _outcomes(document, known, findings)


def _defined_once(document: Document, findings: Findings) -> None:
    people = document.people.segments
    defined: list[tuple[Path, str]] = []
    for section, what in (
        ("agencies", "an agency"),
        ("needs", "a state"),
        ("events", "an event"),
        ("teams", "a team"),
        ("services", "a service"),
        ("outcomes", "an outcome"),
        ("designs", "a design"),
        ("contracts", "a contract"),
        ("providers", "a provider"),
        ("numbers", "a number"),
        ("readings", "a reading"),
    ):
        defined += [((section, name), what) for name in getattr(document, section)]
    defined += [(("people", "segments", grouping), "a grouping of segments") for grouping in people]
    defined += [
        (("people", "segments", grouping, name), "a segment")
        for grouping in people
        for name in people[grouping]
    ]
    if document.investment is not None:
        defined += [(("investment", "tranches", name), "a tranche") for name in document.investment.tranches]
    by_place = sorted(
        ((reader.place_of(findings.raw, path), path, what) for path, what in defined),
        key=lambda each: each[0],
    )
    seen: dict[str, tuple[int, str]] = {}
    for (line, _), path, what in by_place:
        name = str(path[-1])
        if name in seen:
            first_line, first = seen[name]
            findings.error(
                path,
                f"`{name}` is already the name of {first} in line {first_line}",
                f"give the {what.split(' ', 1)[1]} another name",
            )
        else:
            seen[name] = (line, what)


def _names(path: Path, names: Iterable[str], known: Iterable[str], what: str, findings: Findings) -> None:
    for index, name in enumerate(names):
        if name not in known:
            findings.unknown((*path, index), name, what, known)


def _people(document: Document, known: Known, findings: Findings) -> None:
    for key in ("arrive", "present"):
        for state in getattr(document.people, key):
            if state not in known.states:
                findings.unknown(("people", key, state), state, "state", known.states)


def _event(name: str, event: Event, known: Known, findings: Findings) -> None:
    if event.to is not None:
        _destination(("events", name, "to"), event.to, known, findings)


def _team(name: str, first: Sequence[str], known: Known, findings: Findings) -> None:
    users = [each for each, service in known.services.items() if _team_of(service, known) == name]
    for index, service in enumerate(first):
        path = ("teams", name, "first", index)
        if service not in known.services:
            findings.unknown(path, service, "service", users)
        elif service not in users:
            findings.error(
                path,
                f"`{service}` does not use this team",
                f"write `places: {name}` there, or leave it out here",
            )


def _team_of(service: Service, known: Known) -> str | None:
    count = service.places.count
    return count.name if isinstance(count, Named) and count.name in known.teams else None


def _service(name: str, service: Service, known: Known, findings: Findings) -> None:
    at: Path = ("services", name)
    _names((*at, "for"), service.for_, known.states, "state", findings)
    _names((*at, "while_in"), service.while_in, known.states, "state", findings)
    _first(name, service, known, findings)
    for way in type(service.then).model_fields:
        destination = getattr(service.then, way)
        if destination is not None:
            _destination((*at, "then", way), destination, known, findings)
    _started(name, service, known, findings)
    for effect_name, effect in service.effects.items():
        _effect((*at, "effects", effect_name), effect, known, findings)


def _first(name: str, service: Service, known: Known, findings: Findings) -> None:
    path: Path = ("services", name, "queue", "first")
    first = service.queue.first
    _names(path, first, [*known.states, *known.segments], "state or segment", findings)
    kinds = {
        "state" if each in known.states else known.segments[each]
        for each in first
        if each in known.states or each in known.segments
    }
    if len(kinds) > 1:
        findings.error(
            path, "levels of priority are states, or segments of one grouping, not both", "keep one of them"
        )


def _destination(path: Path, destination: Destination, known: Known, findings: Findings) -> None:
    choices = [*known.states, *known.services, "leaves", "stays"]
    for name, _ in destination.parts:
        if name not in choices:
            what = "state or service" if name not in known.events else "state or service (it is an event)"
            findings.unknown((*path, name), name, what, choices)
    total = sum(value for _, share in destination.parts for value in known.values(share)[:1])
    if total > 1 + 1e-9:
        findings.error(
            path, f"the shares come to {total * 100:g}%, over 100%", "what is missing to 100% stays"
        )


def _started(name: str, service: Service, known: Known, findings: Findings) -> None:
    started = service.then.started
    if started is None:
        return
    path: Path = ("services", name, "then", "started")
    if len(started.parts) != 1 or known.values(started.parts[0][1])[:1] not in ([1.0], []):
        findings.error(
            path,
            "who starts moves to one state, not to shares of several",
            f"such as `started: {started.names[0]}`",
        )
        return
    [state] = started.names
    if state not in known.states:
        if state in known.services or state in ("leaves", "stays"):
            findings.error(
                path,
                f"`{state}` is not a state, and starting can only move people to a state",
                did_you_mean(state, known.states),
            )
    elif service.while_in and state not in service.while_in:
        findings.error(
            path,
            f"who starts moves to `{state}`, which ends the stay at once: `while_in` does not name it",
            f"add `{state}` to `while_in`",
        )


def _effect(path: Path, effect: Effect, known: Known, findings: Findings) -> None:
    arrows = [" -> ".join(way) for way in known.ways]
    if not effect.on:
        findings.error(
            (*path, "on"), "an effect on nothing", "name transitions such as `at_risk -> in_care`, or events"
        )
    for index, name in enumerate(effect.on):
        if name in known.events:
            if effect.hazard_ratio is None:
                key = "risk_ratio" if effect.risk_ratio is not None else "odds_ratio"
                findings.error(
                    (*path, key),
                    f"`{key}` does not go with the event `{name}`, which happens again and again",
                    "write `hazard_ratio`, the ratio of its rates, without `by`",
                )
            continue
        match = ARROW.fullmatch(name)
        if match and (match[1], match[2]) in known.ways:
            continue
        choices = [*arrows, *known.events]
        if match or name in known.states or "->" not in name:
            findings.unknown((*path, "on", index), name, "transition or event", choices)
        else:
            findings.error(
                (*path, "on", index),
                f"`{name}` is not a transition",
                did_you_mean(name, arrows) or "write it as `at_risk -> in_care`",
            )


def _payers(document: Document, known: Known, findings: Findings) -> None:
    for section in ("needs", "transitions", "events", "teams", "services"):
        for name, part in getattr(document, section).items():
            for index, cost in enumerate(part.cost):
                for payer, _ in cost.payers:
                    if payer not in known.parties:
                        path = (section, name, "cost", index, payer)
                        findings.unknown(
                            path,
                            payer,
                            "agency or provider",
                            [*known.parties, "what", "cashable", "price_year", "source"],
                        )


def check_moment(path: Path, moment: Moment, known: Known, findings: Findings) -> None:
    if moment.way is not None:
        if moment.name not in known.services_of_any:
            findings.unknown(path, moment.name, "service", known.services_of_any)
    elif moment.name in known.services_of_any:
        findings.error(
            path,
            f"`{moment.name}` is a service: say what happens there",
            f"such as `{moment.name} started` or `{moment.name} completed`",
        )
    elif (
        moment.name not in known.states
        and moment.name not in known.events
        and moment.name not in ("arrived", "leaves")
    ):
        findings.unknown(
            path, moment.name, "state or event", [*known.states, *known.events, "arrived", "leaves"]
        )


def _outcomes(document: Document, known: Known, findings: Findings) -> None:
    for name, outcome in document.outcomes.items():
        at: Path = ("outcomes", name)
        if not (
            outcome.reached
            or outcome.count
            or outcome.stayed_in
            or outcome.avoided
            or outcome.in_
            or outcome.days_in
        ):
            findings.error((*at, outcome.test), f"`{outcome.test}` names nothing", "name at least one state")
        if "since" in outcome.model_fields_set:
            check_moment((*at, "since"), outcome.since, known, findings)
        for key, moments in (("reached", outcome.reached), ("count", outcome.count)):
            for index, moment in enumerate(moments or ()):
                check_moment((*at, key, index), moment, known, findings)
        for key, states in (
            ("stayed_in", outcome.stayed_in),
            ("in", outcome.in_),
            ("days_in", outcome.days_in),
        ):
            _names((*at, key), states or (), known.states, "state", findings)
        _names(
            (*at, "avoided"),
            outcome.avoided or (),
            [*known.states, *known.events],
            "state or event",
            findings,
        )
