"""What the reference engine keeps of a person: state, clocks, uses of services, and what is left of effects.

Draws come from here too: `Draws` reads the keyed random numbers of one replication.
"""

from __future__ import annotations

import math
from typing import Any

from simulator.engine import model as m
from simulator.engine import rules
from simulator.engine.hazards import seconds, time_of
from simulator.engine.model import Model
from simulator.engine.random_numbers import Key, uniform, uniforms

BLOCK = 1024


class Draws:
    """The uniforms of one replication by (person, tag, visit).

    Visit 0 is what most people draw most often, so it is worked out for blocks of people at once: the same bits, a
    twentieth of the time.
    """

    def __init__(self, key: Key, identity: Any) -> None:
        self.key = key
        self.identities = identity
        self.identity = identity.tolist()
        self.blocks: dict[tuple[int, int], list[float]] = {}

    def uniform(self, person: int, tag: int, visit: int) -> float:
        """u in (0, 1)."""
        if visit:
            return uniform(self.key, self.identity[person], tag, visit)
        number = person // BLOCK
        block = self.blocks.get((tag, number))
        if block is None:
            block = uniforms(
                self.key, self.identities[number * BLOCK : (number + 1) * BLOCK], tag, 0
            ).tolist()
            self.blocks[tag, number] = block
        return block[person % BLOCK]

    def exponential(self, person: int, tag: int, visit: int) -> float:
        """E, exponential of mean 1."""
        return -math.log(self.uniform(person, tag, visit))


class Clock:
    """One way out of the current state, or one recurrent event: how much hazard is left, and when it rings.

    number: transition, or T + event. origin: when its hazard began (entry to the state; arrival for events).
    """

    __slots__ = ("base", "due", "last", "left", "number", "origin", "table")

    def __init__(self, number: int, origin: int, left: float, table: int, base: float) -> None:
        self.number, self.origin, self.last, self.left, self.due = number, origin, origin, left, m.NEVER
        self.table, self.base = table, base


class Remains:
    """An effect on one person: at work while in the service (`on`), or what is kept of it afterwards."""

    __slots__ = ("dose", "era", "fade", "fade_steps", "full_until", "on")

    def __init__(self) -> None:
        self.on, self.era, self.full_until, self.fade, self.fade_steps, self.dose = (
            False,
            0,
            -m.NEVER,
            0,
            1,
            1.0,
        )


class Spell:
    """One use of a service from the chance of it on. `key` is (origin state, visit): all its draws use it."""

    __slots__ = (
        "begun",
        "drops",
        "era",
        "joined",
        "origin",
        "person",
        "planned",
        "pool",
        "score",
        "service",
        "slot",
        "started",
        "status",
        "stay_era",
        "visit",
    )

    def __init__(self, service: int, person: Person, era: int, origin: int, visit: int) -> None:
        self.service, self.person, self.era, self.origin, self.visit = service, person, era, origin, visit
        self.status = ""
        self.joined = self.started = 0
        self.score = 0
        self.stay_era = era
        self.begun = False  # whether the effects of the stay have begun
        self.planned = m.NEVER
        self.drops = False
        self.pool = -1
        self.slot: Any = None

    def __lt__(self, other: Spell) -> bool:
        """Entries of a list equal in score, person and service hold one that counts at most: any order will do."""
        return False


class Person:
    """One person. `slot` is the happening of their own that comes next; `present` is False before arrival and after leaving."""

    __slots__ = (
        "clocks",
        "entries",
        "entry",
        "event_counts",
        "events",
        "leave_at",
        "number",
        "present",
        "profile",
        "remains",
        "since",
        "slot",
        "spells",
        "started",
        "state",
        "uses",
    )

    def __init__(self, number: int, profile: int, leave_at: int) -> None:
        self.number, self.profile, self.leave_at = number, profile, leave_at
        self.state = -1
        self.since = 0
        self.entry = -1  # how many times the current state was entered before
        self.entries: dict[int, int] = {}
        self.clocks: list[Clock] = []
        self.events: list[Clock] = []
        self.event_counts: list[int] = []
        self.spells: dict[int, Spell] = {}
        self.uses: dict[int, tuple[int, int, int]] = {}  # service -> (state, entry, chances so far)
        self.started: set[int] = set()
        self.remains: dict[int, Remains] = {}
        self.slot: Any = None
        self.present = False


class Arithmetic:
    """Clocks settled and planned for the people of one model (SEMANTICS section 7), on plain lists."""

    def __init__(self, model: Model) -> None:
        self.end = model.end
        self.xs, self.hs = model.knot_x.tolist(), model.knot_h.tolist()
        self.first, self.last = model.table_first.tolist(), model.table_last.tolist()
        self.step_first, self.step_last = model.steps_first.tolist(), model.steps_last.tolist()
        self.step_time, self.step_value = model.step_time.tolist(), model.step_value.tolist()
        self.transitions = len(model.transitions)
        self.event_rate = model.event_rate.tolist()
        self.ratio = model.pair_ratio.tolist()
        # effects on each clock, and clocks of each service, as (pair, effect) and clock numbers
        self.pairs_on: list[list[tuple[int, int]]] = [[] for _ in range(self.transitions + len(model.events))]
        self.clocks_of: list[set[int]] = [set() for _ in model.services]
        for pair, (effect, clock) in enumerate(
            zip(model.pair_effect.tolist(), model.pair_clock.tolist(), strict=True)
        ):
            self.pairs_on[clock].append((pair, effect))
            self.clocks_of[model.effect_service[effect]].add(clock)

    def duration(self, table: int, e: float) -> int:
        """Seconds of a sampled time: the table's time at hazard e."""
        return seconds(time_of(self.xs, self.hs, self.first[table], self.last[table], e))

    def number(self, steps: int, t: int) -> float:
        """The value in force at t of a list of steps."""
        first, last = self.step_first[steps], self.step_last[steps]
        return (
            self.step_value[first]
            if first == last
            else rules.step_at(self.step_time, self.step_value, first, last, t)
        )

    def multiplier(self, person: Person, clock: Clock, t: int) -> float:
        """Base x effects at t."""
        value = clock.base if clock.number < self.transitions else self._rate(person, clock, t)
        if person.remains:
            for pair, effect in self.pairs_on[clock.number]:
                remains = person.remains.get(effect)
                if remains is not None:
                    value *= self._value(remains, pair, person.profile, t)
        return value

    def _rate(self, person: Person, clock: Clock, t: int) -> float:
        steps = self.event_rate[clock.number - self.transitions][person.profile][person.state]
        return 0.0 if steps < 0 else self.number(steps, t)

    def _value(self, remains: Remains, pair: int, profile: int, t: int) -> float:
        ratio = self.ratio[remains.era][pair][profile]
        if remains.on:
            return ratio
        if remains.dose != 1.0:
            ratio = ratio**remains.dose
        return rules.strength(ratio, remains.full_until, remains.fade, remains.fade_steps, t)

    def changes(self, person: Person, clock: Clock, t: int) -> int:
        """The next second after t at which the multiplier may change by itself."""
        found = m.NEVER
        if clock.number >= self.transitions:
            steps = self.event_rate[clock.number - self.transitions][person.profile][person.state]
            if steps >= 0 and self.step_first[steps] < self.step_last[steps]:
                found = rules.step_changes(self.step_time, self.step_first[steps], self.step_last[steps], t)
        for _, effect in self.pairs_on[clock.number] if person.remains else ():
            remains = person.remains.get(effect)
            if remains is not None and not remains.on:
                found = min(
                    found, rules.strength_changes(remains.full_until, remains.fade, remains.fade_steps, t)
                )
        return found

    def settle(self, person: Person, clock: Clock, t: int) -> None:
        """Take off what the clock has used up since it was last settled."""
        s = clock.last
        while s < t:
            until = min(self.changes(person, clock, s), t)
            clock.left = max(clock.left - self._used(person, clock, s, until), 0.0)
            s = until
        clock.last = t

    def _used(self, person: Person, clock: Clock, begin: int, end: int) -> float:
        multiplier = self.multiplier(person, clock, begin)
        if multiplier == 0:
            return 0.0
        if clock.table < 0:
            return multiplier * ((end - begin) / m.SECONDS_A_DAY)
        rise = rules.used(
            self.xs, self.hs, self.first[clock.table], self.last[clock.table], clock.origin, begin, end
        )
        return multiplier * rise if rise > 0 else 0.0

    def plan(self, person: Person, clock: Clock, t: int) -> None:
        """Work out when the clock rings, looking ahead over every change of its multiplier."""
        s, left = t, clock.left
        while s < self.end:
            multiplier, until = self.multiplier(person, clock, s), self.changes(person, clock, s)
            if multiplier > 0:
                clock.due = self._due(clock, s, left, multiplier)
                if clock.due <= until:
                    return
            left = max(left - self._used(person, clock, s, min(until, self.end)), 0.0)
            s = until
        clock.due = m.NEVER

    def _due(self, clock: Clock, s: int, left: float, multiplier: float) -> int:
        if clock.table < 0:
            return s + seconds(left / multiplier)
        return rules.due(
            self.xs,
            self.hs,
            self.first[clock.table],
            self.last[clock.table],
            clock.origin,
            s,
            left,
            multiplier,
        )
