"""Histories for tests: from a line of text for each person, from a scenario, or at random with many ties."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from simulator.engine import history as h
from simulator.engine.compile import compile_model
from simulator.engine.history import PERSON, History, rows_from
from simulator.engine.simpy_engine import simulate
from simulator.scenario.load import load, load_text
from simulator.scenario.schema import Outcome

DAY = 86_400
STATES = ("home", "hostel", "street")
EVENTS = ("arrest", "visit")
SERVICES = ("rehousing", "support")
SEGMENTS = (("women", "young"), ("women", "old"), ("men", "young"), ("men", "old"))
SCENARIOS = Path(__file__).parent / "scenarios"


def outcome(**keys: Any) -> Outcome:
    """An outcome as a scenario writes it; `for_` and `in_` stand for the words that Python keeps for itself."""
    return Outcome.model_validate({key.rstrip("_"): value for key, value in keys.items()})


def history(
    *people: str,
    days: int = 100,
    warm_up: int = 0,
    profiles: tuple[int, ...] = (),
    identities: tuple[int, ...] = (),
) -> History:
    """A history from one line for each person: `0 street, 3 rehousing referred, 3 rehousing started, 3 home, 40 leaves`.

    Days and what happened: the state of arrival first, then states, events, `leaves`, and services with a way, where
    `referred` means that they joined the list, `closed` that the list was closed, `stopped` that a stay was.
    """
    rows: list[tuple[int, int, int, int, int]] = []
    end = days * DAY
    table = np.zeros(len(people), PERSON)
    still: list[tuple[int, int, int, int, int]] = []
    for person, line in enumerate(people):
        state, inside = -1, {}
        for part in line.split(", "):
            when, what, *way = part.split()
            time = round(float(when) * DAY)
            if what in STATES:
                kind, why = (h.ARRIVED, h.NONE) if state < 0 else (h.STATE, h.OWN)
                if state < 0:
                    table[person] = (
                        identities[person] if identities else person,
                        time,
                        profiles[person] if profiles else 0,
                        STATES.index(what),
                    )
                state = STATES.index(what)
                rows.append((time, person, state, kind, why))
            elif what == "leaves":
                rows.append((time, person, state, h.LEFT, h.TIME_UP))
                state = -1
            elif what in EVENTS:
                rows.append((time, person, EVENTS.index(what), h.EVENT, h.NONE))
            else:
                service = SERVICES.index(what)
                kind, why = ROWS[way[0]]
                rows.append((time, person, service, kind, why))
                if kind in (h.REFERRED, h.STARTED) and why != h.DECLINED:
                    inside[service] = h.WAITING if kind == h.REFERRED else h.IN
                else:
                    inside.pop(service, None)
        if state >= 0:
            still.append((end, person, state, h.STILL_STATE, h.NONE))
            still += [
                (end, person, service, h.STILL_SERVICE, status) for service, status in sorted(inside.items())
            ]
    rows.sort(key=lambda row: row[0])  # stable: a person's rows stay in the order of the line
    return made(rows + still, table, -warm_up * DAY, end)


ROWS = {
    "referred": (h.REFERRED, h.JOINED), "declined": (h.REFERRED, h.DECLINED), "started": (h.STARTED, h.PLACE),
    "turned_away": (h.OFF_LIST, h.TURNED_AWAY), "closed": (h.OFF_LIST, h.CLOSED), "gave_up": (h.OFF_LIST, h.GAVE_UP),
    "off_list_state": (h.OFF_LIST, h.BY_STATE), "off_list_left": (h.OFF_LIST, h.BY_LEAVING),
    "completed": (h.ENDED, h.COMPLETED), "dropped_out": (h.ENDED, h.DROPPED_OUT), "stopped": (h.ENDED, h.CLOSED),
    "need_changed": (h.ENDED, h.BY_STATE), "left": (h.ENDED, h.BY_LEAVING),
}  # fmt: skip


def made(rows: list[tuple[int, int, int, int, int]], people: Any, begin: int, end: int) -> History:
    pools = tuple((((begin, 10**6),)) for _ in SERVICES)
    pool = np.array([range(len(SERVICES))] * 2, dtype=np.int64)
    return History(
        "test", begin, end, STATES, EVENTS, SERVICES, SEGMENTS, SERVICES, pool, pools, rows_from(rows), people
    )


def at_random(
    seed: int, people: int = 30, days: int = 30, warm_up: int = 5, identities: list[int] | None = None
) -> History:
    """Any histories that the schema allows, not only those an engine would write, most rows at the second of another."""
    rng = random.Random(seed)
    lines, profiles = [], []
    for _ in range(people):
        day = rng.randint(-warm_up, days - 1)
        parts = [f"{day} {rng.choice(STATES)}"]
        inside = dict.fromkeys(SERVICES, "")
        for _ in range(rng.randint(0, 25)):
            day += rng.choice([0, 0, 0, 1, 2, 5])
            if day >= days:
                break
            kind = rng.choice(
                [
                    "state",
                    "state",
                    "event",
                    "service",
                    "service",
                    "service",
                    "leaves" if rng.random() < 0.4 else "event",
                ]
            )
            if kind == "state":
                parts.append(f"{day} {rng.choice(STATES)}")
            elif kind == "event":
                parts.append(f"{day} {rng.choice(EVENTS)}")
            elif kind == "leaves":
                for service in SERVICES:
                    if inside[service]:
                        parts.append(
                            f"{day} {service} {'left' if inside[service] == 'in' else 'off_list_left'}"
                        )
                parts.append(f"{day} leaves")
                break
            else:
                service = rng.choice(SERVICES)
                ways = {
                    "": {"referred": "waiting", "declined": ""},
                    "waiting": {
                        "started": "in",
                        "turned_away": "",
                        "closed": "",
                        "gave_up": "",
                        "off_list_state": "",
                    },
                    "in": {"completed": "", "dropped_out": "", "stopped": "", "need_changed": ""},
                }[inside[service]]
                way = rng.choice(list(ways))
                inside[service] = ways[way]
                parts.append(f"{day} {service} {way}")
        lines.append(", ".join(parts))
        profiles.append(rng.randrange(len(SEGMENTS)))
    names = tuple(identities or rng.sample(range(10**6), people))
    return history(*lines, days=days, warm_up=warm_up, profiles=tuple(profiles), identities=names)


def outcomes_at_random(
    seed: int,
    how_many: int,
    states: tuple[str, ...],
    events: tuple[str, ...],
    services: tuple[str, ...],
    days: int,
) -> list[Outcome]:
    """Outcomes of every test over the given names, with windows of whole days up to `days`."""
    rng = random.Random(seed)
    ways = (
        "referred",
        "started",
        "ended",
        "declined",
        "turned_away",
        "gave_up",
        "completed",
        "dropped_out",
        "cut_short",
    )

    def moment() -> str:
        kinds = [rng.choice(states), rng.choice(["arrived", "leaves"])]
        kinds += [rng.choice(events)] if events else []
        kinds += [f"{rng.choice(services)} {rng.choice(ways)}"] * 2 if services else []
        return rng.choice(kinds)

    def some(names: tuple[str, ...]) -> list[str]:
        return rng.sample(names, rng.randint(1, min(3, len(names))))

    found = []
    for index in range(how_many):
        window = f"{rng.randint(1, days)} days"
        test: dict[str, Any] = [
            {"reached": sorted({moment() for _ in range(rng.randint(1, 3))}), "within": window},
            {
                "stayed_in": some(states),
                "for": window,
                "within": f"{int(window.split()[0]) + rng.choice([0, 1, days // 2])} days",
            },
            {"avoided": some(states + events), "for": window},
            {"in": some(states), "at": window},
            {"days_in": some(states), "within": window},
            {"count": sorted({moment() for _ in range(rng.randint(1, 3))}), "within": window},
        ][index % 6]
        found.append(Outcome.model_validate({"since": moment(), "repeat": rng.choice(["yes", "no"]), **test}))
    return found


def run(text: str, design: str | None = None, seed: int = 1) -> History:
    """What happens in a scenario given as text."""
    return simulate(compile_model(load_text(text), design), seed)


def run_file(name: str, design: str | None = None, seed: int = 1, replication: int = 0) -> History:
    """What happens in one of the scenarios beside these tests."""
    return simulate(compile_model(load(SCENARIOS / f"{name}.yaml"), design), seed, replication)
