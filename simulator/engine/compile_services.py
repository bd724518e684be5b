"""Services and teams to arrays: who may use them, how long, in what order, with how many places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.engine import model as m
from simulator.engine.books import StepsBook, TableBook, distribution_of, spread
from simulator.engine.hazards import seconds
from simulator.engine.numbers import Numbers, Profiles, cut_times, pick, steps, value_at
from simulator.scenario.distributions import DistributionError
from simulator.scenario.document import Document
from simulator.scenario.fields import Destination
from simulator.scenario.problems import Refused
from simulator.scenario.quantities import Named, Quantity, Timeline
from simulator.scenario.schema import Effect, Places, Service
from simulator.scenario.times import Family
from simulator.scenario.units import MONTH, YEAR

MOST_FADE = 1000 * YEAR
"""Far beyond, steps of fading times seconds would not fit into 64 bits."""


@dataclass
class Era:
    """One document being compiled, with the numbering and the books that both eras share."""

    document: Document
    numbers: Numbers
    profiles: Profiles
    members: list[tuple[str, ...]]
    states: tuple[str, ...]
    services: tuple[str, ...]
    tables: TableBook
    steps: StepsBook
    destinations: DestinationBook

    def table(self, value: Any, path: str) -> m.Ints:
        """Tables of a time, (P, J)."""

        def number(value: Any, path: str, members: tuple[str, ...], state: str) -> int:
            try:
                found = distribution_of(value, path, self.numbers, members, state)
            except DistributionError as error:
                raise Refused(str(error), None, tuple(path.split("."))) from None
            return -1 if found is None else self.tables.add(found)

        return spread(value, path, self.profiles, self.members, self.states, number)

    def dated(self, value: Any, path: str) -> m.Ints:
        """Steps of a number, (P, J)."""

        def number(value: Any, path: str, members: tuple[str, ...], state: str) -> int:
            part, end = pick(value, members, state)
            return -1 if part is None else self.steps.add(steps(part, path + end, self.numbers))

        return spread(value, path, self.profiles, self.members, self.states, number)


class DestinationBook:
    """Numbers destinations: lists of (target, steps of the share), states first, then leaving, then services."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[tuple[int, int], ...], int] = {}

    def add(self, destination: Destination | None, path: str, era: Era) -> int:
        if destination is None:
            return -1
        scale = _scale(destination, path, era.numbers)
        parts = []
        for name, share in destination.parts:
            if name == "stays":
                continue
            dated = [(when, value * scale) for when, value in steps(share, f"{path}.{name}", era.numbers)]
            parts.append((self._target(name, era), era.steps.add(dated)))
        return self.numbers.setdefault(tuple(sorted(parts)), len(self.numbers)) if parts else -1

    def _target(self, name: str, era: Era) -> int:
        if name == "leaves":
            return len(era.states)
        return (
            era.states.index(name) if name in era.states else len(era.states) + 1 + era.services.index(name)
        )

    def arrays(self) -> tuple[m.Ints, m.Ints, m.Ints]:
        first = np.cumsum([0, *(len(each) for each in self.numbers)], dtype=np.int64)
        flat = [part for each in self.numbers for part in each]
        return (
            first,
            np.array([t for t, _ in flat], dtype=np.int64),
            np.array([s for _, s in flat], dtype=np.int64),
        )


def _scale(destination: Destination, path: str, numbers: Numbers) -> float:
    """What sampled shares are multiplied by so that they sum as written (LANGUAGE section 2).

    Shares written to sum to 100% still do; others never go over it. Shares with a timeline are left as they are.
    """
    if numbers.draw is None or any(isinstance(share, Timeline) for _, share in destination.parts):
        return 1.0
    written = Numbers(numbers.document)
    total = sum(written.of(share, path) for _, share in destination.parts)
    sampled = sum(numbers.of(share, f"{path}.{name}") for name, share in destination.parts)
    return 1.0 / sampled if sampled > 1 or (abs(total - 1) < 1e-9 and sampled > 0) else 1.0


def service_arrays(era: Era) -> dict[str, Any]:
    """The arrays of one era over all services, without the leading axis. A service that the document lacks is closed."""
    count, p, j = len(era.services), len(era.members), len(era.states)
    found: dict[str, Any] = {
        "exists": np.zeros(count, bool),
        "gives_chance": np.zeros((count, j), bool),
        "eligible": np.zeros((count, j), bool),
        "stays_in": np.ones((count, j), bool),
        "until_need_ends": np.zeros(count, bool),
        "once": np.zeros(count, bool),
        "room": np.full(count, -1, np.int64),
        "stops": np.zeros(count, bool),
        "then": np.full((count, len(m.WAYS)), -1, np.int64),
    }
    for name in ("share", "after", "take_up", "give_up", "length", "drop_out_share", "drop_out_table"):
        found[name] = np.full((count, p, j), -1, np.int64)
    found["head_start"] = np.zeros((count, p, j), np.int64)
    for s, name in enumerate(era.services):
        service = era.document.services.get(name)
        if service is None:
            continue
        path = f"services.{name}"
        states_of = [
            set(service.for_),
            set(service.for_) or set(service.while_in) or set(era.states),
            set(service.while_in) or set(era.states),
        ]
        for key, states in zip(("gives_chance", "eligible", "stays_in"), states_of, strict=True):
            found[key][s] = [state in states for state in era.states]
        found["exists"][s] = True
        found["until_need_ends"][s] = service.length is None
        found["once"][s] = service.once
        found["stops"][s] = service.places_close == "stop"
        found["room"][s] = (
            -1
            if service.queue.room is None
            else round(era.numbers.of(service.queue.room, f"{path}.queue.room"))
        )
        found["share"][s] = era.dated(service.referral.share, f"{path}.referral.share")
        found["after"][s] = era.table(service.referral.after, f"{path}.referral.after")
        found["take_up"][s] = era.dated(service.take_up, f"{path}.take_up")
        found["give_up"][s] = era.table(service.queue.give_up, f"{path}.queue.give_up")
        found["length"][s] = era.table(service.length, f"{path}.length")
        # drop_out is a share of starts, or a time against the length
        if isinstance(service.drop_out, Family) or (
            isinstance(service.drop_out, Quantity | Named) and service.drop_out.kind == "time"
        ):
            found["drop_out_table"][s] = era.table(service.drop_out, f"{path}.drop_out")
        else:
            found["drop_out_share"][s] = era.dated(service.drop_out, f"{path}.drop_out")
        found["head_start"][s] = _head_start(service, name, era)
        for w, way in enumerate(m.WAYS):
            found["then"][s, w] = era.destinations.add(getattr(service.then, way), f"{path}.then.{way}", era)
    return found


def _head_start(service: Service, name: str, era: Era) -> m.Ints:
    """How much later a person counts as having joined: by level, and in a team by the service's turn."""
    level_worth = (
        m.LEVEL_SECONDS
        if service.queue.promote_every is None
        else seconds(era.numbers.of(service.queue.promote_every, f"services.{name}.queue.promote_every"))
    )
    turn = 0
    if isinstance(service.places.count, Named) and service.places.count.name in era.document.teams:
        first = era.document.teams[service.places.count.name].first
        turn = first.index(name) if name in first else len(first)
    found = np.zeros((len(era.members), len(era.states)), np.int64)
    for p, members in enumerate(era.members):
        for j, state in enumerate(era.states):
            level = next(
                (i for i, each in enumerate(service.queue.first) if each == state or each in members),
                len(service.queue.first),
            )
            found[p, j] = turn * m.TEAM_RANK + level * level_worth
    return found


def pool_name(document: Document, service: str) -> str:
    """Whose places a service uses: its own, or its team's."""
    count = document.services[service].places.count
    return count.name if isinstance(count, Named) and count.name in document.teams else service


def places_of(document: Document, pool: str) -> Places:
    """The places of a pool: a team's or a service's own."""
    return document.teams[pool].as_places() if pool in document.teams else document.services[pool].places


def place_steps(document: Document, pool: str, numbers: Numbers) -> list[tuple[int, float]]:
    """Places of a pool over time, as (second, places) steps; staff x caseload rounds down. Unlimited is UNLIMITED."""
    places = places_of(document, pool)
    path = f"teams.{pool}" if pool in document.teams else f"services.{pool}.places"
    if places.unlimited:
        return [(0, float(m.UNLIMITED))]
    if places.staff is None:
        found = steps(places.count, path, numbers)
        return [(when, float(int(value + 1e-9))) for when, value in found]
    staff = steps(places.staff, f"{path}.staff", numbers)
    caseload = steps(places.caseload, f"{path}.caseload", numbers)
    times = [0, *cut_times(staff, caseload)]
    first = (times[0], float(int(staff[0][1] * caseload[0][1] + 1e-9)))
    return [
        first,
        *((when, float(int(value_at(staff, when) * value_at(caseload, when) + 1e-9))) for when in times[1:]),
    ]


def staff_steps(document: Document, pool: str, numbers: Numbers) -> list[tuple[int, float]]:
    """Staff of a pool over time; empty where places are not given as staff x caseload."""
    places = places_of(document, pool)
    path = f"teams.{pool}" if pool in document.teams else f"services.{pool}.places"
    return [] if places.staff is None else steps(places.staff, f"{path}.staff", numbers)


def effect_arrays(effects: list[tuple[str, str]], document: Document, numbers: Numbers) -> dict[str, Any]:
    """What one document says of each effect but its ratio. An effect it lacks acts on nothing."""
    count = len(effects)
    found = {
        "effect_during": np.zeros(count, bool),
        "effect_kept": np.zeros(count, np.int64),
        "effect_lasts": np.zeros(count, np.int64),
        "effect_fade": np.zeros(count, np.int64),
        "effect_fade_steps": np.ones(count, np.int64),
    }
    kept = {None: m.KEPT_NOBODY, "completers": m.KEPT_COMPLETERS, "all": m.KEPT_ALL, "dose": m.KEPT_DOSE}
    for n, (service, name) in enumerate(effects):
        effect = effect_of(document, service, name)
        if effect is None:
            continue
        found["effect_during"][n] = effect.during
        found["effect_kept"][n] = kept[effect.kept_by]
        path = f"services.{service}.effects.{name}"
        found["effect_lasts"][n] = (
            m.NEVER if effect.lasts is None else seconds(numbers.of(effect.lasts, f"{path}.lasts"))
        )
        fades = numbers.of(effect.fades_over, f"{path}.fades_over")
        if fades > MOST_FADE:
            raise Refused(
                f"an effect cannot fade over {fades / YEAR:,.0f} years",
                "give it 1,000 years at most, or none, and `lasts` without end",
                ("services", service, "effects", name, "fades_over"),
            )
        found["effect_fade"][n] = seconds(fades)
        found["effect_fade_steps"][n] = max(1, round(fades / MONTH))
    return found


def effect_of(document: Document, service: str, name: str) -> Effect | None:
    return document.services[service].effects.get(name) if service in document.services else None
