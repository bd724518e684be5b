"""Checks of how people move: transitions, effects on them, services, and moves that would never end."""

from __future__ import annotations

import math
from typing import Any

from simulator.scenario.document import Document
from simulator.scenario.fields import Destination
from simulator.scenario.findings import ARROW, Findings, Known, Path, split_parts
from simulator.scenario.quantities import Named, Quantity, Split, Timeline
from simulator.scenario.schema import Service
from simulator.scenario.times import Family

MOST_PROFILES = 1_000
WITHOUT_HAZARD = ("fixed", "any_of")


def check_flow(document: Document, known: Known, findings: Findings) -> None:
    _segments(document, known, findings)
    _scores(document, known, findings)
    _entries(document, known, findings)
    _transitions(document, known, findings)
    for name, service in document.services.items():
        _service(name, service, known, findings)
        _effects(name, service, known, findings)
    for name, event in document.events.items():
        _hazard_ratios(("events", name), event.hazard_ratio, None, findings)
    if not findings.errors:
        _endless_moves(document, known, findings)


def _segments(document: Document, known: Known, findings: Findings) -> None:
    profiles = 1
    for grouping, segments in document.people.segments.items():
        path: Path = ("people", "segments", grouping)
        if not segments:
            findings.error(
                path, "a grouping has at least one segment", "such as `age: {child: 40%, adult: 60%}`"
            )
            continue
        profiles *= len(segments)
        shares = [value for segment in segments.values() for value in known.values(segment.share)]
        total = math.fsum(shares)
        if len(shares) == len(segments) and abs(total - 1) > 1e-6:
            findings.error(
                path,
                f"the shares of `{grouping}` come to {total * 100:g}%, not 100%",
                "everybody is in exactly one segment",
            )
    if profiles > MOST_PROFILES:
        findings.error(
            ("people", "segments"),
            f"the groupings make {profiles:,} kinds of people, over {MOST_PROFILES:,}",
            "leave out a grouping that no number differs by",
        )


def _scores(document: Document, known: Known, findings: Findings) -> None:
    for key, lowest, highest in (("wellbeing", 0.0, 10.0), ("quality_of_life", -1.0, 1.0)):
        given = [name for name, need in document.needs.items() if getattr(need, key) is not None]
        missing = [name for name in document.needs if name not in given]
        if given and missing:
            findings.error(
                ("needs", missing[0]),
                f"`{key}` is given for {given[0]} and not for {', '.join(missing[:5])}",
                "give it for every state or for none",
            )
        for name in given:
            for value in known.values(getattr(document.needs[name], key)):
                if not lowest <= value <= highest:
                    findings.error(
                        ("needs", name, key), f"{value:g} is not between {lowest:g} and {highest:g}"
                    )


def _entries(document: Document, known: Known, findings: Findings) -> None:
    for state, entry in document.people.arrive.items():
        ratios = [value for each in entry.by_month or () for value in known.values(each)]
        if entry.by_month is not None and len(ratios) == 12 and sum(ratios) == 0:
            findings.error(
                ("people", "arrive", state, "by_month"),
                "all twelve ratios are 0",
                "1 stands for an average month",
            )


def _transitions(document: Document, known: Known, findings: Findings) -> None:
    branches = {key for key in document.transitions if not ARROW.fullmatch(key)}
    for key, transition in document.transitions.items():
        path: Path = ("transitions", key)
        match = ARROW.fullmatch(key)
        if match is None and ("->" in key or key not in known.states):
            _misnamed(path, key, known, findings)
            continue
        source = match[1] if match else key
        if match:
            _arrow(path, match[1], match[2], known, findings)
            if transition.to is not None:
                findings.error(
                    (*path, "to"),
                    f"`to` does not go with an arrow: this leads to `{match[2]}` already",
                    f"remove `to`, or name the key `{source}` alone",
                )
            if source in branches:
                findings.error(
                    path,
                    f"`{source}` has both arrows and a branch",
                    f"write all ways out as arrows, or all in `{source}: to`",
                )
        elif transition.to is None:
            findings.error(
                path,
                f"where do people go from `{key}`?",
                f"write `{key} -> other_state` as the key, or add `to: {{...}}`",
            )
        else:
            _branch((*path, "to"), source, transition.to, known, findings)
        _hazard_ratios(path, transition.hazard_ratio, family_of(transition.time()), findings)


def _misnamed(path: Path, key: str, known: Known, findings: Findings) -> None:
    names = key.replace("->", " ").split()
    if "->" in key and len(names) == 2:
        findings.error(
            path,
            f"`{key}` is not a transition",
            f"write it with spaces and small letters: `{names[0].lower()} -> {names[1].lower()}`",
        )
    elif "->" in key:
        findings.error(path, f"`{key}` is not a transition", "write two states: `at_risk -> in_care`")
    else:
        findings.unknown(path, key, "state", known.states)


def _arrow(path: Path, source: str, target: str, known: Known, findings: Findings) -> None:
    if source not in known.states:
        findings.unknown(path, source, "state", known.states)
    if target not in known.states and target != "leaves":
        findings.unknown(path, target, "state", [*known.states, "leaves"])
    if source == target:
        findings.error(path, f"`{source}` leads to itself", "name another state, or `leaves`")


def _branch(path: Path, source: str, to: Destination, known: Known, findings: Findings) -> None:
    for name, share in to.parts:
        if name == source:
            findings.error(
                (*path, name),
                f"`{source}` leads to itself",
                "the branch holds only people who leave the state",
            )
        elif name not in known.states and name != "leaves":
            findings.unknown((*path, name), name, "state", [*known.states, "leaves"])
        if isinstance(share, Timeline):
            findings.error(
                (*path, name),
                "a timeline cannot stand in a transition",
                "write one share; a design may replace it from the start on",
            )
    values = [value for _, share in to.parts for value in known.values(share)]
    if len(values) == len(to.parts) and abs(math.fsum(values) - 1) > 1e-6:
        findings.error(
            path,
            f"the shares come to {math.fsum(values) * 100:g}%, not 100%",
            "they are shares of those who leave the state",
        )


def _hazard_ratios(path: Path, ratios: tuple[Any, ...], family: str | None, findings: Findings) -> None:
    for index, ratio in enumerate(ratios):
        if not isinstance(ratio, Split):
            findings.error(
                (*path, "hazard_ratio", index),
                "this `hazard_ratio` tells segments apart, so it names them",
                "such as `{teenager: 1.3}`; who is not named has 1",
            )
    if ratios and family in WITHOUT_HAZARD:
        findings.error(
            (*path, "hazard_ratio"),
            f"a {family} time has no hazard that a ratio could multiply",
            "give the time as `exponential`, `weibull`, `gamma` or `lognormal`",
        )


def family_of(time: Any) -> str:
    """The family of a time; the parts of a split have one, the first that has no hazard if any."""
    if isinstance(time, Family):
        return time.name
    if isinstance(time, Split):
        families = [family_of(part) for part in split_parts(time)]
        return next(
            (each for each in families if each in WITHOUT_HAZARD), families[0] if families else "fixed"
        )
    return "fixed"


def team_of(service: Service, known: Known) -> str | None:
    """The team whose places a service uses."""
    count = service.places.count
    return count.name if isinstance(count, Named) and count.name in known.teams else None


def _service(name: str, service: Service, known: Known, findings: Findings) -> None:
    at: Path = ("services", name)
    drop_out = service.drop_out
    is_share = isinstance(drop_out, Quantity | Named | Split | Timeline) and drop_out.kind == "share"
    if is_share and service.length is None and any(known.values(drop_out)):
        findings.error(
            (*at, "drop_out"),
            "a share drops out at a moment of the planned length, and there is no `length`",
            "add `length`, or write `drop_out` as a time such as `{exponential: 14 months}`",
        )
    closing = service.closing
    if closing is not None:
        if service.places.unlimited or team_of(service, known) is not None:
            findings.error(
                (*at, "closing"),
                "only places of the service's own can close",
                "give the service `places: ...`",
            )
        elif not any(
            value.basis.of == "place"
            for cost in service.cost
            for _, amount in cost.payers
            for value in _singles(amount, known)
        ):
            findings.error(
                (*at, "closing"),
                "closing a unit saves its cost per place, and none is given",
                "such as `cost: {council: £60k per place per year}`",
            )


def _singles(value: Any, known: Known) -> list[Quantity]:
    if isinstance(value, Timeline):
        return [each for _, _, leaf in value.steps for each in _singles(leaf, known)]
    if isinstance(value, Split):
        return [each for part in split_parts(value) for each in _singles(part, known)]
    number = known.value(value)
    return [] if number is None else [number]


def _effects(name: str, service: Service, known: Known, findings: Findings) -> None:
    for effect_name, effect in service.effects.items():
        path: Path = ("services", name, "effects", effect_name)
        for index, on in enumerate(effect.on):
            match = ARROW.fullmatch(on)
            way = known.ways.get((match[1], match[2])) if match else None
            if way is None:
                continue
            family = family_of(way.transition.time())
            if family in WITHOUT_HAZARD:
                findings.error(
                    (*path, "on", index),
                    f"`{on}` takes a {family} time, which has no hazard that an effect could change",
                    f"give `{way.key}` a time such as `exponential: 14 months`",
                )
        if not effect.during and effect.kept_by is None:
            findings.error(
                (*path, "during"),
                "this effect holds neither during the stay nor afterwards",
                "add `kept_by: completers`, or `during: yes`",
            )


# Moves that take no time --------------------------------------------------------------------------------------------


def _endless_moves(document: Document, known: Known, findings: Findings) -> None:
    """Refuse a cycle of moves none of which takes time: nobody would ever come out of that second."""
    always: dict[str, set[str]] = {name: set() for name in (*known.states, *known.services)}
    started: dict[str, set[str]] = {}
    for name, service in document.services.items():
        if not may_be_at_once(service.referral.after, known):
            continue
        for state in service.for_:
            if state in always:
                always[state].add(name)
        ways = []
        if service.take_up is not None and any(value < 1 for value in known.values(service.take_up)):
            ways.append(service.then.declined)
        if service.queue.room is not None:
            ways.append(service.then.turned_away)
        always[name].update(
            target for to in ways if to is not None for target in to.names if target in always
        )
        if service.then.started is not None:
            started[name] = {target for target in service.then.started.names if target in always}
    # A hand-off reaches a service whatever its `for`, but its own `after` counts: those with one were passed over above.
    for cycle in _cycles(always):
        _refuse_cycle(cycle, document, findings)
        return
    both = {name: targets | started.get(name, set()) for name, targets in always.items()}
    for cycle in _cycles(both):
        # A service that is started holds the person until a state of the cycle ends the stay.
        stays = [name for name in cycle if name in started and started[name] & set(cycle)]
        cut = all(
            document.services[name].while_in
            and any(
                state in known.states and state not in document.services[name].while_in for state in cycle
            )
            for name in stays
        )
        if cut:
            _refuse_cycle(cycle, document, findings)
            return


def _refuse_cycle(cycle: list[str], document: Document, findings: Findings) -> None:
    service = next(name for name in cycle if name in document.services)
    shown = " -> ".join([*cycle, cycle[0]])
    findings.error(
        ("services", service, "then")
        if document.services[service].then.model_fields_set
        else ("services", service),
        f"people could go round without any time passing: {shown}",
        f"give `{service}` a `referral: {{after: ...}}`, or send people elsewhere",
    )


def may_be_at_once(after: Any, known: Known) -> bool:
    """Whether the time from chance to referral may be 0 for somebody."""
    if after is None:
        return True
    if isinstance(after, Split):
        return any(may_be_at_once(part, known) for part in split_parts(after))
    if isinstance(after, Family):
        return after.name == "any_of" and any(
            value == 0 for _, part in after.parameters for value in known.values(part)
        )
    return any(value == 0 for value in known.values(after))


def _cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected groups that hold a cycle (Tarjan 1972, without recursion), each in the order of a walk round it."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(sorted(edges[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    group, stack = stack[at:], stack[:at]
                    if len(group) > 1 or node in edges[node]:
                        found.append(_walk_round(group, edges))
            elif target not in index:
                index[target] = low[target] = len(index)
                stack.append(target)
                work.append((target, iter(sorted(edges[target]))))
            elif target in stack:
                low[node] = min(low[node], index[target])
    return found


def _walk_round(group: list[str], edges: dict[str, set[str]]) -> list[str]:
    """One cycle inside a strongly connected group: walk until a node comes again."""
    inside = set(group)
    walk: list[str] = [group[0]]
    while True:
        following = next(target for target in sorted(edges[walk[-1]]) if target in inside)
        if following in walk:
            return walk[walk.index(following) :]
        walk.append(following)
