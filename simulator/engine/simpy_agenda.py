"""The agenda of the reference engine: what happens next, and the order of things at one second.

Everything that happens is a `Happening` scheduled with a whole-number priority, rank << 44 | person << 12 | service, so
at one second things happen in the order of LANGUAGE section 12 and never in the order of scheduling. To move a
happening, its callbacks are handed to a new one; what stays in the queue is dead. SimPy's own `PriorityResource` is not
used for the waiting lists: it sorts its queue at every join, and public waiting lists are long.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from heapq import heappush
from typing import TYPE_CHECKING, Any

import simpy

from simulator.engine.arrivals import arrivals
from simulator.engine.happenings import PERSON, RANK, most_at_one_second, stands_still
from simulator.engine.model import Model
from simulator.engine.person import Arithmetic, Draws, Person, Spell
from simulator.engine.random_numbers import key_of


class Happening(simpy.Event):
    """A bare SimPy event that is known to happen; `about` is what its callback needs."""

    _ok = True
    _value = None
    time = 0  # when a person's slot is due

    def __init__(
        self, env: simpy.Environment, callback: Callable[[Any], None] | None = None, about: Any = None
    ) -> None:
        self.env = env
        self.callbacks = [] if callback is None else [callback]
        self.about = about


class Timetable(simpy.Environment):
    """SimPy's environment in whole seconds, with a way to schedule at a second instead of after a delay."""

    @property
    def now(self) -> int:
        return self._now  # type: ignore[return-value]

    def put(self, happening: Happening, time: int, number: int) -> None:
        """As `schedule`, without turning time into a delay and back: this is where most of a run's time goes."""
        heappush(self._queue, (time, number, next(self._eid), happening))  # type: ignore[misc]


class Pool:
    """Places that one service, or the services of a team, share, and the list of those who wait for them.

    The list is a heap of (score, person, service, spell); an entry counts only while its spell waits with that score.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.places = 0
        self.used = 0
        self.list: list[tuple[int, int, int, Spell]] = []
        self.called = False
        self.newcomers: list[Spell] = []
        self.inside: set[Spell] = set()


class Agenda(ABC):
    """The state of one replication, and the ways to schedule, record and guard what happens in it.

    The arrays of the model are attributes here as nested lists, under their own names.
    """

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        self.model = model
        self.key = key_of(seed, replication)
        self.arrivals = arrivals(model, self.key)
        self.draws = Draws(self.key, self.arrivals.identity)
        self.sums = Arithmetic(model)
        self.env = Timetable(initial_time=model.begin)
        self.now, self.era = model.begin, int(model.begin >= 0)
        self.rows: list[int] = []  # five numbers a row
        self.people = [
            Person(number, profile, leave_at)
            for number, (profile, leave_at) in enumerate(
                zip(self.arrivals.profile.tolist(), self.arrivals.leave_at.tolist(), strict=True)
            )
        ]
        self.arrived = 0
        self.end_time = model.end
        self.left_state = len(model.states)
        self.transitions = len(model.transitions)
        self.service_numbers = range(len(model.services))
        self.pools = [Pool(number) for number in range(len(model.pools))]
        self.waiting = [0] * len(model.services)
        self.instant, self.at_instant = model.begin, 0
        self.begun = model.begin == 0  # whether the design's rules have begun
        self.open_before = [False] * len(model.services)  # which services were open just before they did
        for name in (
            "exists",
            "gives_chance",
            "eligible",
            "stays_in",
            "until_need_ends",
            "once",
            "share",
            "after",
            "take_up",
            "give_up",
            "length",
            "drop_out_share",
            "drop_out_table",
            "head_start",
            "room",
            "stops",
            "then",
            "pool",
            "event_to",
            "effect_during",
            "effect_kept",
            "effect_lasts",
            "effect_fade",
            "effect_fade_steps",
            "tag_use",
            "tag_transition",
            "tag_event",
            "tag_event_to",
            "out_first",
            "transition_to",
            "transition_table",
            "transition_multiplier",
            "destination_first",
            "destination_target",
            "destination_share",
        ):
            setattr(self, name, getattr(model, name).tolist())
        self.chances_in = [
            [
                [s for s in self.service_numbers if self.gives_chance[era][s][j]]
                for j in range(len(model.states))
            ]
            for era in (0, 1)
        ]
        self.effects_of: list[list[int]] = [[] for _ in model.services]
        for effect in sorted(set(model.pair_effect.tolist())):
            self.effects_of[model.effect_service[effect]].append(effect)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # the arrays of the model, set in __init__

    # What one part does for the others: people for services and services for people.

    @abstractmethod
    def enter(self, person: Person, state: int, why: int) -> None: ...

    @abstractmethod
    def go(self, person: Person, target: int) -> None: ...

    @abstractmethod
    def choose(self, person: Person) -> None: ...

    @abstractmethod
    def identify(self, person: Person, service: int) -> None: ...

    @abstractmethod
    def hand_off(self, person: Person, service: int) -> None: ...

    @abstractmethod
    def into_list(self, spell: Spell) -> None: ...

    @abstractmethod
    def lapse(self, spell: Spell, why: int) -> None: ...

    @abstractmethod
    def end(self, spell: Spell, why: int) -> None: ...

    @abstractmethod
    def follow(self, spell: Spell, way: int) -> None: ...

    def tick(self) -> None:
        """Read the clock: the first thing that everything that happens does."""
        self.now = now = self.env.now
        self.era = 1 if now >= 0 else 0

    def at(
        self,
        time: int,
        rank: int,
        callback: Callable[[Any], None],
        about: Any,
        person: int = 0,
        service: int = 0,
    ) -> Happening | None:
        """Schedule something; what is due at the end of the run or later never happens."""
        if time >= self.end_time:
            return None
        happening = Happening(self.env, callback, about)
        self.env.put(happening, time, rank << RANK | person << PERSON | service)
        return happening

    def wait_until(self, time: int, rank: int, person: int = 0, service: int = 0) -> Happening:
        """A happening for a process to wait for."""
        happening = Happening(self.env)
        if time < self.end_time:
            self.env.put(happening, time, rank << RANK | person << PERSON | service)
        return happening

    def row(self, time: int, person: Person, item: int, what: int, why: int) -> None:
        self.rows += (time, person.number, item, what, why)

    def guard(self, person: Person, service: int | None = None) -> None:
        """Stop an instant that never ends."""
        if self.now != self.instant:
            self.instant, self.at_instant = self.now, 0
        self.at_instant += 1
        if self.at_instant > most_at_one_second(len(self.people)):
            raise stands_still(self.model, self.now, person.number, person.state, service)

    def pick_target(self, person: Person, destination: int, tag: int, visit: int) -> int:
        """One of a destination's targets by its shares, or -1 for staying."""
        first, stop = self.destination_first[destination], self.destination_first[destination + 1]
        now = self.now
        total = 0.0
        u = -1.0
        for index in range(first, stop):
            total += self.sums.number(self.destination_share[index], now)
            if total >= 1:
                return self.destination_target[index]
            if u < 0:
                u = self.draws.uniform(person.number, tag, visit)
            if u < total:
                return self.destination_target[index]
        return -1
