"""The reference engine: the model as SimPy runs it, doing what SEMANTICS sections 7 to 13 say.

People are processes (`life`, in `simpy_lives`): each waits for its own next change of state, event or leaving. Arrivals
and the timetable of places are processes too. What happens in the use of a service (`simpy_services`: referral, start,
end, giving up) is an event with a callback, because there are several of them a visit and starting a process costs as
much as all of them. How things are put in order is `simpy_agenda`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator

import simpy

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.happenings import CAPACITY
from simulator.engine.history import History, rows_from
from simulator.engine.model import Model
from simulator.engine.simpy_agenda import Pool
from simulator.engine.simpy_lives import Lives
from simulator.engine.simpy_services import Services

LOOKS = 100
"""How often a run looks up to say how far it is."""


def simulate(
    model: Model, seed: int = 1, replication: int = 0, *, watch: Callable[[float], object] | None = None
) -> History:
    """Run one replication and return its history. The same model, seed and replication give the same rows, bit for bit.

    watch: called now and then with the share of simulated time that is done; an exception it raises ends the run. Raises
    EngineError, in the scenario's words, if time stands still.
    """
    collecting = gc.isenabled()
    gc.disable()  # a run makes millions of small objects and drops them without cycles: looking for cycles is a third of its time
    try:
        return _Run(model, seed, replication).history(watch)
    finally:
        if collecting:
            gc.enable()


class _Run(Lives, Services):
    """One replication: people, services, and the timetable of places."""

    def history(self, watch: Callable[[float], object] | None) -> History:
        model = self.model
        self.env.process(self.arrive())
        for pool, steps in zip(self.pools, model.pool_places, strict=True):
            self.env.process(self.timetable(pool, steps))
        for look in range(1, LOOKS) if watch is not None else ():
            until = model.begin + (model.end - model.begin) * look // LOOKS
            if until > self.env.now:
                self.env.run(until=until)
                watch(look / LOOKS)  # type: ignore[misc]
        self.env.run(until=model.end)
        for person in self.people:
            if person.present:
                self.row(model.end, person, person.state, h.STILL_STATE, h.NONE)
                for service in sorted(person.spells):
                    self.row(
                        model.end,
                        person,
                        service,
                        h.STILL_SERVICE,
                        {"pending": h.PENDING, "waiting": h.WAITING, "in": h.IN}[
                            person.spells[service].status
                        ],
                    )
        return History.of(model, self.arrivals, rows_from(self.rows))

    def timetable(self, pool: Pool, steps: tuple[tuple[int, int], ...]) -> Generator[simpy.Event, None, None]:
        """Places open and close at their dates; at the start, the design's rules begin."""
        places = dict(steps)
        for time in sorted({*places, *({0} if self.model.begin < 0 < self.model.end else ())}):
            yield self.wait_until(time, CAPACITY, 0, pool.number)
            self.tick()
            self.set_places(pool, places.get(time, pool.places))

    def set_places(self, pool: Pool, places: int) -> None:
        now = self.now
        if now == 0 and not self.begun:
            self.begin_design()
        before, pool.places = pool.places, places
        inside = sorted(
            (spell for spell in pool.inside if self.stops[spell.stay_era][spell.service]),
            key=lambda each: (each.started, each.person.number, each.service),
        )
        while pool.used > places and inside:
            spell = inside.pop()
            if spell.status == "in":
                self.end(spell, h.CLOSED)
                self.follow(spell, m.CUT_SHORT)
        if places == 0:  # at the start, also of a service that only now has a list of its own
            for spell in sorted(
                (
                    each[3]
                    for each in pool.list
                    if each[3].status == "waiting" and each[3].pool == pool.number
                ),
                key=lambda each: (each.person.number, each.service),
            ):
                if spell.status == "waiting":
                    self.lapse(spell, h.CLOSED)
                    self.follow(spell, m.TURNED_AWAY)
        if places > 0:
            self.give_chances(pool, opening=before == 0)
        if places > before:
            self.call(pool)

    def give_chances(self, pool: Pool, opening: bool) -> None:
        """When a service opens, or a design widens `for`, everybody then in a state concerned gets a chance."""
        now = self.now
        era = self.era
        for service in self.service_numbers:
            if self.pool[era][service] != pool.number:
                continue
            states = {j for j in range(self.left_state) if self.gives_chance[era][service][j]}
            if now == 0 and self.open_before[service]:
                states -= {j for j in states if self.gives_chance[0][service][j]}
            elif now != 0 and not opening:
                continue
            for person in self.people[: self.arrived] if states else ():
                if person.present and person.state in states and service not in person.spells:
                    self.identify(person, service)

    def begin_design(self) -> None:
        """At the start, before any places change: those who wait for a service that has changed its pool join the new list."""
        self.begun = True
        self.open_before = [
            self.exists[0][s] and self.pools[self.pool[0][s]].places > 0 for s in self.service_numbers
        ]
        for pool in self.pools:
            for _, _, _, spell in list(pool.list):
                if spell.status == "waiting" and spell.pool == pool.number != self.pool[1][spell.service]:
                    self.into_list(spell)
                    self.call(self.pools[spell.pool])
