"""Checks of size: how many people and happenings a scenario would make, refused where no machine could run it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from simulator.scenario.document import Document
from simulator.scenario.fields import Destination
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.quantities import Split, Timeline
from simulator.scenario.units import YEAR

MOST_PEOPLE = 10_000_000
MOST_HAPPENINGS = 1e9
# Above this many states and services the chain below is not solved; such a file has other limits.
MOST_NODES = 300
# The engine counts whole seconds, so nothing is shorter; in days.
SHORTEST = 1e-5


def check_size(document: Document, known: Known, findings: Findings) -> None:
    if not _calendar(document, findings):
        return
    arriving = people_by_state(document, known, findings)
    if not findings.errors:
        _happenings(document, known, arriving, findings)


def _calendar(document: Document, findings: Findings) -> bool:
    after = (dt.date.max - document.start).days
    before = (document.start - dt.date.min).days
    if document.horizon.value > after:
        findings.error(
            ("horizon",),
            f"{document.horizon.text} from the start lies after the year 9999",
            "a horizon is some years, such as `8 years`",
        )
        return False
    if document.warm_up.value > before:
        findings.error(
            ("warm_up",),
            f"{document.warm_up.text} before the start lies before the year 1",
            "a warm-up is some years, such as `2 years`",
        )
        return False
    return True


def people_by_state(document: Document, known: Known, findings: Findings) -> dict[str, float]:
    """Expected people by the state in which they come, over warm-up and horizon."""
    span = document.warm_up.value + document.horizon.value
    found: dict[str, float] = {}
    largest: tuple[float, Path] = (0.0, ("people",))
    for state, entry in document.people.arrive.items():
        if entry.rate is not None:
            people = _integral(entry.rate, document, known)
        elif entry.every is not None:
            people = span / entry.every.value
        else:
            people = float(len(entry.at or ()))
        found[state] = found.get(state, 0.0) + people
        largest = max(largest, (people, ("people", "arrive", state)), key=lambda each: each[0])
    for state, count in document.people.present.items():
        people = sum(known.values(count))
        found[state] = found.get(state, 0.0) + people
        largest = max(largest, (people, ("people", "present", state)), key=lambda each: each[0])
    total = sum(found.values())
    if total > MOST_PEOPLE:
        years = f"{span / YEAR:,.4g} years" if span >= YEAR else f"{span:g} days"
        findings.error(
            largest[1],
            f"about {total:,.0f} people would come in the {years} of warm-up and horizon, over {MOST_PEOPLE:,}",
            "lower the rate (is its unit right?), or shorten the horizon",
        )
    return found


def _integral(rate: Any, document: Document, known: Known) -> float:
    """People that a rate (people a year) brings over warm-up and horizon."""
    begin, end = -document.warm_up.value, document.horizon.value
    if not isinstance(rate, Timeline):
        return sum(known.values(rate)[:1]) * (end - begin) / YEAR
    start = document.start.toordinal()
    changes = [(when - start if dated else when, sum(known.values(leaf))) for when, dated, leaf in rate.steps]
    total = 0.0
    for index, (when, each) in enumerate(changes):
        since = begin if index == 0 else max(when, begin)
        until = changes[index + 1][0] if index + 1 < len(changes) else end
        total += each * max(0.0, min(until, end) - since) / YEAR
    return total


def _happenings(document: Document, known: Known, arriving: dict[str, float], findings: Findings) -> None:
    """Refuse what is plainly too much: visits to states, events in them, and stays handed on, as a chain of mean times.

    Every time counts as exponential with about its mean, and everybody leaves after `leave_after` or half the run,
    so this is rough; it need only tell a few million happenings from a billion.
    """
    states = [name for name in known.states]
    if len(states) + len(known.services) > MOST_NODES:
        return
    span = document.warm_up.value + document.horizon.value
    leaving = known.mean(document.people.leave_after) if document.people.leave_after is not None else None
    stay = min(span / 2, leaving or span)
    ways: dict[str, list[tuple[str, float]]] = {name: [] for name in states}
    for (source, target), way in known.ways.items():
        mean = known.mean(way.transition.time())
        if source in ways and mean:
            ways[source].append(
                (target, _branch_share(way.transition.to, target, known) / max(mean, SHORTEST))
            )
    speeds = {name: 1 / stay + sum(rate for _, rate in ways[name]) for name in states}
    chain = {
        name: {target: rate / speeds[name] for target, rate in ways[name] if target in ways}
        for name in states
    }
    visits = _visits(states, chain, arriving)
    total = sum(visits.values())
    most: tuple[float, Path, str] = (total, ("transitions",), "moves between states")
    for name, event in document.events.items():
        count = sum(
            visits[state] / speeds[state] * _rate_in(event.rate, state, known) / YEAR for state in states
        )
        total += count
        most = max(most, (count, ("events", name), f"`{name}`"), key=lambda each: each[0])
    for name, count in _stays(document, known, visits, stay, span).items():
        total += count
        most = max(most, (count, ("services", name), f"stays in `{name}`"), key=lambda each: each[0])
    if total > MOST_HAPPENINGS:
        findings.error(
            most[1],
            f"over {MOST_HAPPENINGS:,.0f} things would happen in a run; most of them are {most[2]}",
            "is the unit of its time or rate right?",
        )


def _branch_share(to: Destination | None, target: str, known: Known) -> float:
    if to is None:
        return 1.0
    return sum(sum(known.values(share)[:1]) for name, share in to.parts if name == target)


def _rate_in(rate: Any, state: str, known: Known) -> float:
    if isinstance(rate, Split):
        rate = dict(rate.parts).get(state, rate.others)
    return max(known.values(rate), default=0.0)


def _visits(
    names: list[str], chain: dict[str, dict[str, float]], entries: dict[str, float]
) -> dict[str, float]:
    """Expected visits to each node of a chain that everybody leaves in the end: v = entries + v P."""
    import numpy as np

    index = {name: at for at, name in enumerate(names)}
    matrix = np.eye(len(names))
    for source, targets in chain.items():
        for target, share in targets.items():
            matrix[index[target], index[source]] -= share
    found = (
        np.linalg.solve(matrix, np.array([entries.get(name, 0.0) for name in names]))
        if names
        else np.zeros(0)
    )
    return {name: float(found[at]) for name, at in index.items()}


def _stays(
    document: Document, known: Known, visits: dict[str, float], stay: float, span: float
) -> dict[str, float]:
    """Expected stays in each service: chances from visits to states, and hand-offs at the end of stays."""
    names = list(known.services)
    entries: dict[str, float] = {}
    chain: dict[str, dict[str, float]] = {name: {} for name in names}
    for name, service in document.services.items():
        share = max(known.values(service.referral.share), default=1.0)
        entries[name] = sum(visits.get(state, 0.0) for state in service.for_) * share
        length = known.mean(service.length) if service.length is not None else stay
        after = known.mean(service.referral.after) if service.referral.after is not None else 0.0
        time = max((length or 0.0) + (after or 0.0), SHORTEST)
        if service.then.completed is not None:
            going_on = stay / (stay + time)
            for target, part in service.then.completed.parts:
                if target in chain:
                    chain[name][target] = (
                        chain[name].get(target, 0.0) + max(known.values(part), default=0.0) * going_on
                    )
    found = _visits(names, chain, entries)
    for name, service in document.services.items():
        places = max(known.values(service.places.count), default=0.0)
        length = known.mean(service.length) if service.length is not None else None
        if places and length and service.places.staff is None:
            found[name] = min(found[name], places * span / length)
    return found
