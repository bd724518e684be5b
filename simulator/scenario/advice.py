"""Warnings: what runs, and yet is probably not what was meant, or not yet good evidence. Few, and grouped by kind."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from simulator.scenario import reader
from simulator.scenario.contract_advice import advise_on_contracts
from simulator.scenario.document import Document
from simulator.scenario.fields import Destination
from simulator.scenario.findings import Findings, Known, Path, Stated, Use, shown, uses
from simulator.scenario.flow_checks import team_of
from simulator.scenario.quantities import ASSUMPTION, Quantity
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Service
from simulator.scenario.signed_advice import advise_on_signed, signing

Place = tuple[int, int, str]  # line, column, key

SHOWN_LINES = 4
RATIO_WORDS = re.compile(r"\b(RR|OR|risk ratio|odds ratio|relative risk)\b")


def advise(document: Document, known: Known, findings: Findings) -> None:
    """Warnings about one design's document."""
    for name, service in document.services.items():
        _service(name, service, document, known, findings)
        _effects(name, service, document, findings)
    _windows(document, findings)
    advise_on_contracts(document, known, findings)


def advise_on_all(versions: Sequence[tuple[Document, Mapping]], findings: Findings) -> None:
    """Warnings about all designs together, each with its merged text, the baseline first."""
    designs = [document for document, _ in versions]
    _evidence(versions, findings)
    advise_on_signed([*signing(versions)], findings)
    first = designs[0]
    _warm_up(first, Known(first), findings)
    known = [Known(document) for document in designs]
    reached = [_reached(each) for each in known]
    for state in first.needs:
        if not any(state in states for states, _ in reached):
            findings.warn(
                ("needs", state),
                f"nobody reaches the state `{state}`",
                "let people arrive there, or lead a transition to it",
            )
        elif not any(_leaves(state, each) for each in known):
            findings.warn(
                ("needs", state),
                f"nobody leaves the state `{state}`",
                "if this is the end, `leaves` says so; else add a transition",
            )
    for name in dict.fromkeys(name for document in designs for name in document.services):
        if not any(name in services for _, services in reached):
            reason = (
                "its places are 0 in every design"
                if _always_closed(name, known)
                else "nobody in its `for` states, and nothing hands people to it"
            )
            findings.warn(("services", name), f"nobody reaches the service `{name}`: {reason}")


# Evidence -----------------------------------------------------------------------------------------------------------


def _evidence(versions: Sequence[tuple[Document, Mapping]], findings: Findings) -> None:
    without_source: set[Place] = set()
    bare: set[Place] = set()
    for document, raw in versions:
        for use in uses(document, raw):
            if isinstance(use, Stated) or not isinstance(use.value, Quantity) or not _is_evidence(use):
                continue
            place = (*reader.place_of(raw, use.path), shown(raw, use.path))
            if use.value.source is None and use.source is None:
                without_source.add(place)
            elif use.value.source == ASSUMPTION and use.value.low is None:
                bare.add(place)
    _grouped(
        without_source,
        "number",
        "no source",
        "name one of `sources` after `@`, or write `@assumption`",
        findings,
    )
    _grouped(
        bare,
        "assumption",
        "no range",
        "a range such as `60% (40% to 80%)` shows how much hangs on it",
        findings,
    )


def _is_evidence(use: Use) -> bool:
    """Numbers that describe the world; not those that a design or a contract decides, nor neutral ones."""
    path, value = use.path, use.value
    if value.kind in ("share", "ratio") and value.value in (0.0, 1.0) and value.low is None:
        return False
    if value.kind == "time" and use.family is None and path[0] != "transitions" and path[0] != "numbers":
        return False
    if path[0] in ("people", "needs", "transitions", "events", "numbers"):
        return path[-1] != "cashable" and "by_month" not in path
    if path[0] == "teams":
        return "cost" in path and path[-1] != "cashable"
    return (
        path[0] == "services"
        and path[2] not in ("places", "closing", "lead_in")
        and path[-1] != "cashable"
        and path[-1] != "room"
    )


def _grouped(places: set[Place], what: str, lacks: str, suggestion: str, findings: Findings) -> None:
    if not places:
        return
    lines = sorted({line for line, _, _ in places})
    where = ", ".join(map(str, lines[:SHOWN_LINES])) + (", ..." if len(lines) > SHOWN_LINES else "")
    many = f"{len(places)} {what}s have {lacks} (line{'s' * (len(lines) > 1)} {where})"
    findings.warn_at(min(places), f"this {what} has {lacks}" if len(places) == 1 else many, suggestion)


# Services and effects -----------------------------------------------------------------------------------------------


def _open(service: Service, known: Known) -> bool:
    """Whether a service ever has places."""
    places = service.places
    if places.unlimited:
        return True
    team = team_of(service, known)
    if team is not None:
        places = known.teams[team].as_places()
    if places.staff is not None:
        return any(known.values(places.staff)) and any(known.values(places.caseload))
    return any(known.values(places.count))


def _always_closed(name: str, known: Sequence[Known]) -> bool:
    return not any(_open(each.services[name], each) for each in known if name in each.services)


def _service(name: str, service: Service, document: Document, known: Known, findings: Findings) -> None:
    at: Path = ("services", name)
    if not _open(service, known):
        return
    if not service.places.unlimited and team_of(service, known) is None:
        for index, cost in enumerate(service.cost):
            for payer, amount in cost.payers:
                if isinstance(amount, Quantity) and amount.basis.of == "person" and amount.basis.days:
                    findings.warn(
                        (*at, "cost", index, payer),
                        "a cost per person, though the places are limited: places cost money empty too",
                        "use `per place` if they are paid for whether used or not",
                    )
    if service.while_in and service.then.started is None:
        outside = [state for state in service.for_ if state not in service.while_in]
        if outside:
            findings.warn(
                (*at, "while_in"),
                f"who starts in `{outside[0]}` is cut short at once: `while_in` does not name it",
                f"add `{outside[0]}` to `while_in`, or say where they move with `then: {{started: ...}}`",
            )
    if not service.while_in:
        crises = [
            state for state, need in document.needs.items() if need.crisis and state not in service.for_
        ]
        entered = {target for _, target in known.ways} | _moved_to(known)
        if service.length is not None and (after := [state for state in crises if state in entered]):
            calm = [state for state in document.needs if state not in crises]
            findings.warn(
                at,
                f"a stay in `{name}` goes on when somebody enters `{after[0]}`, a crisis",
                f"say `while_in: [{', '.join(calm[:6])}]` if it ends then",
            )


def _effects(name: str, service: Service, document: Document, findings: Findings) -> None:
    for effect_name, effect in service.effects.items():
        path: Path = ("services", name, "effects", effect_name)
        lasts, fades = (
            getattr(each, "value", 1.0) if each is not None else 1.0
            for each in (effect.lasts, effect.fades_over)
        )
        over = lasts == 0 and fades == 0
        if effect.kept_by is not None and over:
            findings.warn(
                (*path, "kept_by"),
                "this effect is kept by some, and neither lasts nor fades: it ends with the stay",
                "add `lasts` or `fades_over`",
            )
        if effect.kept_by is None and not over:
            key = "fades_over" if fades else "lasts"
            findings.warn(
                (*path, key),
                f"`{key}` says how long the effect is kept, and nobody keeps it",
                "add `kept_by: completers`, `all` or `dose`",
            )
        ratio = effect.hazard_ratio
        if isinstance(ratio, Quantity) and ratio.source in document.sources:
            said = RATIO_WORDS.search(str(document.sources[str(ratio.source)].note or ""))
            if said and not all(each in document.events for each in effect.on):
                findings.warn(
                    (*path, "hazard_ratio"),
                    f"the note of `{ratio.source}` speaks of {said[0]}, and this is written as a hazard ratio",
                    "`risk_ratio` or `odds_ratio` with `by` turns what a study reports into a hazard ratio",
                )


# Outcomes, time ------------------------------------------------------------------------------------------


def _windows(document: Document, findings: Findings) -> None:
    for name, outcome in document.outcomes.items():
        if outcome.window > document.horizon.value:
            window = next(each for each in (outcome.within, outcome.at, outcome.for_) if each is not None)
            findings.warn(
                ("outcomes", name),
                f"its window of {window.text} is longer than the horizon of {document.horizon.text}: it is never known",
                "lengthen `horizon`",
            )


def _warm_up(document: Document, known: Known, findings: Findings) -> None:
    if document.people.present:
        return
    longest: tuple[float, str] = (0.0, "")
    leave = known.mean(document.people.leave_after) if document.people.leave_after is not None else None
    for state in document.needs:
        means = [
            known.mean(way.transition.time()) for (source, _), way in known.ways.items() if source == state
        ]
        rates = [1 / mean for mean in [*means, leave] if mean]
        if means and rates:
            longest = max(longest, (1 / sum(rates), f"in `{state}`"))
    for name, service in document.services.items():
        mean = known.mean(service.length) if service.length is not None and _open(service, known) else None
        if mean:
            longest = max(longest, (min(mean, leave or math.inf), f"in `{name}`"))
    if document.warm_up.value < longest[0]:
        path: Path = ("warm_up",) if "warm_up" in document.model_fields_set else ("start",)
        findings.warn(
            path,
            "the run begins with nobody there, and the warm-up is shorter than "
            f"a mean stay {longest[1]} (about {_days(longest[0])})",
            "lengthen `warm_up`, or say who is there with `people: present`",
        )


def _days(days: float) -> str:
    for unit, length in (("years", 365.25), ("months", 365.25 / 12)):
        if days >= 2 * length:
            return f"{days / length:.2g} {unit}"
    return "1 day" if days == 1 else f"{days:.3g} days"


# Who reaches what -----------------------------------------------------------------------------------------------------


def _destinations(known: Known) -> list[tuple[str, Destination]]:
    found = [(name, event.to) for name, event in known.events.items() if event.to is not None]
    for name, service in known.services.items():
        if _open(service, known):
            ways = [getattr(service.then, way) for way in type(service.then).model_fields]
            found += [(name, to) for to in ways if to is not None]
    return found


def _moved_to(known: Known) -> set[str]:
    return {name for _, to in _destinations(known) for name in to.names}


def _reached(known: Known) -> tuple[set[str], set[str]]:
    """States and services that somebody can reach, following transitions, events and hand-offs."""
    people = known.document.people
    states = {name for name in (*people.arrive, *people.present)}
    services: set[str] = set()
    moves = _destinations(known)
    while True:
        before = len(states), len(services)
        states |= {target for source, target in known.ways if source in states and target in known.states}
        services |= {
            name
            for name, service in known.services.items()
            if _open(service, known) and states & set(service.for_)
        }
        for source, to in moves:
            if source in services or (source in known.events and _happens_in(source, states, known)):
                states |= {name for name in to.names if name in known.states}
                services |= {
                    name for name in to.names if name in known.services and _open(known.services[name], known)
                }
        if before == (len(states), len(services)):
            return states, services


def _happens_in(event: str, states: set[str], known: Known) -> bool:
    rate: Any = known.events[event].rate
    parts = getattr(rate, "parts", None)
    return True if parts is None or rate.others is not None else any(name in states for name, _ in parts)


def _leaves(state: str, known: Known) -> bool:
    if known.document.people.leave_after is not None or any(source == state for source, _ in known.ways):
        return True
    for name, to in _destinations(known):
        moves = any(target != state and (target in known.states or target == "leaves") for target in to.names)
        if name in known.events:
            if moves and _happens_in(name, {state}, known):
                return True
        elif moves and (
            not (for_ := known.services[name].for_ or known.services[name].while_in)
            or state in for_
            or state in known.services[name].while_in
        ):
            return True
    return False
