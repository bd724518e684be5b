"""The reference engine: the model as SimPy runs it, doing what SEMANTICS sections 7 to 13 say.

People are processes (`life`): each waits for its own next change of state, event or leaving. Arrivals and the timetable
of places are processes too. What happens in the use of a service (referral, start, end, giving up) is an event with a
callback, because there are several of them a visit and starting a process costs as much as all of them.

Everything that happens is a `Happening` scheduled with a whole-number priority, rank << 44 | person << 12 | service, so
at one second things happen in the order of LANGUAGE section 12 and never in the order of scheduling. To move a
happening, its callbacks are handed to a new one; what stays in the queue is dead. SimPy's own `PriorityResource` is not
used for the waiting lists: it sorts its queue at every join, and public waiting lists are long.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import simpy

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.arrivals import arrivals
from simulator.engine.history import History, rows_from
from simulator.engine.model import NEVER, Model
from simulator.engine.person import Arithmetic, Clock, Draws, Person, Remains, Spell
from simulator.engine.random_numbers import key_of

CAPACITY, END, EVENT, CHANGE, LEAVE, ARRIVE, REFER, ALLOCATE, GIVE_UP = range(1, 10)
RANK, PERSON = 44, 12
MOST_CHANCES = 2**16
LOOP = 1000


class EngineError(RuntimeError):
    """A run that cannot go on, in the scenario's words."""


class Happening(simpy.Event):
    """A bare SimPy event that is known to happen; `about` is what its callback needs."""

    def __init__(self, env: simpy.Environment, callback: Callable[[Any], None] | None = None, about: Any = None) -> None:
        self.env = env
        self.callbacks = [] if callback is None else [callback]
        self._ok = True
        self._value = None
        self.about = about


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


def simulate(model: Model, seed: int = 1, replication: int = 0) -> History:
    """Run one replication and return its history. The same model, seed and replication give the same rows, bit for bit."""
    return _Run(model, seed, replication).history()


class _Run:
    def __init__(self, model: Model, seed: int, replication: int) -> None:
        self.model = model
        self.key = key_of(seed, replication)
        self.arrivals = arrivals(model, self.key)
        self.draws = Draws(self.key, self.arrivals.identity)
        self.sums = Arithmetic(model)
        self.env = simpy.Environment(initial_time=model.begin)
        self.rows: list[tuple[int, int, int, int, int]] = []
        self.people = [Person(number, profile, leave_at) for number, (profile, leave_at)
                       in enumerate(zip(self.arrivals.profile.tolist(), self.arrivals.leave_at.tolist(), strict=True))]
        self.arrived = 0
        self.left_state = len(model.states)
        self.transitions = len(model.transitions)
        self.service_numbers = range(len(model.services))
        self.pools = [Pool(number) for number in range(len(model.pools))]
        self.waiting = [0] * len(model.services)
        self.instant, self.at_instant = model.begin, 0
        for name in ("exists", "gives_chance", "eligible", "stays_in", "until_need_ends", "once", "share", "after", "take_up", "give_up",
                     "length", "drop_out_share", "drop_out_table", "head_start", "room", "stops", "then", "pool", "event_to",
                     "effect_during", "effect_kept", "effect_lasts", "effect_fade", "effect_fade_steps", "tag_use", "tag_transition",
                     "tag_event", "tag_event_to", "out_first", "transition_to", "transition_table", "transition_multiplier",
                     "destination_first", "destination_target", "destination_share"):
            setattr(self, name, getattr(model, name).tolist())
        self.chances_in = [[[s for s in self.service_numbers if self.gives_chance[era][s][j]] for j in range(len(model.states))] for era in (0, 1)]
        self.effects_of: list[list[int]] = [[] for _ in model.services]
        for effect in sorted(set(model.pair_effect.tolist())):
            self.effects_of[model.effect_service[effect]].append(effect)

    def __getattr__(self, name: str) -> Any:  # the model's arrays as lists, set above
        raise AttributeError(name)

    def history(self) -> History:
        model = self.model
        self.env.process(self.arrive())
        for pool, steps in zip(self.pools, model.pool_places, strict=True):
            self.env.process(self.timetable(pool, steps))
        self.env.run(until=model.end)
        for person in self.people:
            if person.present:
                self.row(model.end, person, person.state, h.STILL_STATE, h.NONE)
                for service in sorted(person.spells):
                    self.row(model.end, person, service, h.STILL_SERVICE, {"pending": h.PENDING, "waiting": h.WAITING, "in": h.IN}[person.spells[service].status])
        people = np.zeros(len(self.people), dtype=h.PERSON)
        for name in ("identity", "arrival", "profile", "state"):
            people[name] = getattr(self.arrivals, name)
        return History(model.design, model.begin, model.end, model.states, model.events, model.services, model.segments, model.pools,
                       model.pool, model.pool_places, rows_from(self.rows), people)

    # Happenings

    def at(self, time: int, rank: int, callback: Callable[[Any], None], about: Any, person: int = 0, service: int = 0) -> Happening | None:
        """Schedule something; what is due at the end of the run or later never happens."""
        if time >= self.model.end:
            return None
        happening = Happening(self.env, callback, about)
        self.env.schedule(happening, rank << RANK | person << PERSON | service, time - self.env.now)  # type: ignore[arg-type]
        return happening

    def wait_until(self, time: int, rank: int, person: int = 0, service: int = 0) -> Happening:
        """A happening for a process to wait for."""
        happening = Happening(self.env)
        if time < self.model.end:
            self.env.schedule(happening, rank << RANK | person << PERSON | service, time - self.env.now)  # type: ignore[arg-type]
        return happening

    def row(self, time: int, person: Person, item: int, what: int, why: int) -> None:
        self.rows.append((time, person.number, item, what, why))

    def guard(self, person: Person, service: int | None = None) -> None:
        """Stop an instant that never ends."""
        if self.env.now != self.instant:
            self.instant, self.at_instant = self.env.now, 0
        self.at_instant += 1
        if self.at_instant > LOOP + 100 * len(self.people):
            where = f" at {self.model.services[service]}" if service is not None else ""
            raise EngineError(f"time stands still on day {self.env.now / m.SECONDS_A_DAY:.1f}: person {person.number} goes round and round "
                              f"in {self.model.states[person.state]}{where}; give a hand-off an `after`, or a stay a length")

    # People

    def arrive(self) -> Iterator[simpy.Event]:
        """Everybody enters at the time drawn for them."""
        states = self.arrivals.state.tolist()
        for number, time in enumerate(self.arrivals.arrival.tolist()):
            yield self.wait_until(time, ARRIVE, number)
            person = self.people[number]
            self.arrived = number + 1
            person.present = True
            for event in range(len(self.model.events)):
                clock = Clock(self.transitions + event, time, self.draws.exponential(number, self.tag_event[event], 0), -1, 0.0)
                person.events.append(clock)
                person.event_counts.append(0)
            self.enter(person, states[number], h.NONE)

    def life(self, person: Person) -> Iterator[simpy.Event]:
        """Live until leaving: whatever rings first of events, changes of state and the time to go."""
        while person.present:
            slot = yield person.slot  # what comes back is the rank and number of what rang
            rank, number = person.slot.about
            self.guard(person)
            if rank == LEAVE:
                self.leave(person, h.TIME_UP)
            elif rank == CHANGE:
                self.enter(person, self.transition_to[number], h.OWN)
            else:
                self.event(person, number)
            del slot

    def choose(self, person: Person) -> None:
        """Put the earliest of a person's clocks into their slot: events before transitions before leaving."""
        time, rank, number = NEVER, 0, 0
        for clock in person.events:
            if clock.due < time:
                time, rank, number = clock.due, EVENT, clock.number - self.transitions
        for clock in person.clocks:
            if clock.due < time:
                time, rank, number = clock.due, CHANGE, clock.number
        if person.leave_at < time:
            time, rank, number = person.leave_at, LEAVE, 0
        old = person.slot
        if old is not None and old.about == (rank, number) and old.time == time:
            return
        if old is None and time >= self.model.end:
            return
        slot = self.wait_until(time, rank, person.number)
        slot.about, slot.time = (rank, number), time
        person.slot = slot
        if old is None:
            self.env.process(self.life(person))
        elif old.callbacks is not None:  # not the one that rang just now, whose process will wait for the new slot itself
            slot.callbacks, old.callbacks = old.callbacks, []

    def event(self, person: Person, event: int) -> None:
        """A recurrent event happens; it may move the person or hand them off."""
        now = self.env.now
        self.row(now, person, event, h.EVENT, h.NONE)
        count = person.event_counts[event]
        person.event_counts[event] = count + 1
        clock = person.events[event]
        clock.left = self.draws.exponential(person.number, self.tag_event[event], count + 1)
        clock.last = now
        self.sums.plan(person, clock, now)
        destination = self.event_to[now >= 0][event]
        target = self.pick_target(person, destination, self.tag_event_to[event], count) if destination >= 0 else -1
        self.go(person, target)
        if person.present:
            self.choose(person)

    def enter(self, person: Person, state: int, why: int) -> None:
        """Come into a state: stays and referrals it ends, clocks it starts, chances it brings."""
        if state == self.left_state:
            self.leave(person, why)
            return
        now = self.env.now
        for clock in person.events:
            self.sums.settle(person, clock, now)
        self.row(now, person, state, h.ARRIVED if why == h.NONE else h.STATE, why)
        person.entry = person.entries.get(state, 0)
        person.entries[state] = person.entry + 1
        person.state, person.since, person.clocks = state, now, []
        ended: list[tuple[Spell, int]] = []
        for service in sorted(person.spells):
            spell = person.spells[service]
            if spell.status == "in":
                if not self.stays_in[spell.stay_era][service][state]:
                    done = self.until_need_ends[spell.stay_era][service]
                    self.end(spell, h.COMPLETED if done else h.BY_STATE)
                    ended.append((spell, m.COMPLETED if done else m.CUT_SHORT))
            elif not self.eligible[spell.era][service][state]:
                self.lapse(spell, h.BY_STATE)
            elif spell.status == "waiting":
                self.into_list(spell)
        era = now >= 0
        for k in range(self.out_first[state], self.out_first[state + 1]):
            table = self.transition_table[era][k][person.profile]
            if table >= 0:
                left = self.draws.exponential(person.number, self.tag_transition[k], person.entry)
                clock = Clock(k, now, left, table, self.transition_multiplier[era][k][person.profile])
                self.sums.plan(person, clock, now)
                person.clocks.append(clock)
        for clock in person.events:
            self.sums.plan(person, clock, now)
        self.choose(person)
        entry = person.entry
        for service in self.chances_in[era][state]:
            if service not in person.spells:
                self.identify(person, service)
        for spell, way in ended:
            if person.present and (person.state, person.entry) == (state, entry):
                self.follow(spell, way)

    def leave(self, person: Person, why: int) -> None:
        """Leave for good."""
        for service in sorted(person.spells):
            spell = person.spells[service]
            if spell.status == "in":
                self.end(spell, h.BY_LEAVING)
            else:
                self.lapse(spell, h.BY_LEAVING)
        self.row(self.env.now, person, person.state, h.LEFT, why)
        person.present = False
        if person.slot is not None and person.slot.callbacks:
            person.slot.callbacks = []

    def go(self, person: Person, target: int) -> None:
        """Follow a destination: a state, leaving, a service, or (-1) nowhere."""
        if target < 0:
            return
        if target <= self.left_state:
            self.enter(person, target, h.MOVED)
        else:
            self.hand_off(person, target - self.left_state - 1)

    def pick_target(self, person: Person, destination: int, tag: int, visit: int) -> int:
        """One of a destination's targets by its shares, or -1 for staying."""
        first, stop = self.destination_first[destination], self.destination_first[destination + 1]
        now = self.env.now
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

    # Uses of services

    def yes(self, person: Person, steps: int, purpose: int, spell: Spell) -> bool:
        """Whether a share, drawn for this use, says yes. No share is 100%."""
        if steps < 0:
            return True
        share = self.sums.number(steps, self.env.now)
        if share >= 1:
            return True
        return share > 0 and self.draws.uniform(person.number, self.tag_use[purpose][spell.service][spell.origin], spell.visit) < share

    def time(self, spell: Spell, table: int, purpose: int) -> int:
        """Seconds of a time drawn for this use."""
        return self.sums.duration(table, self.draws.exponential(spell.person.number, self.tag_use[purpose][spell.service][spell.origin], spell.visit))

    def new_spell(self, person: Person, service: int) -> Spell:
        """A use with its own chance number among those at the current entry to the state."""
        state, entry, chance = person.uses.get(service, (-1, 0, 0))
        chance = chance + 1 if (state, entry) == (person.state, person.entry) and state >= 0 else 0
        if chance >= MOST_CHANCES or person.entry >= MOST_CHANCES:
            raise EngineError(f"person {person.number} came to {self.model.services[service]} over {MOST_CHANCES:,} times without end")
        person.uses[service] = (person.state, person.entry, chance)
        return Spell(service, person, int(self.env.now >= 0), person.state, person.entry << 16 | chance)

    def open(self, service: int) -> bool:
        """A service without places is closed: nobody is referred, handed off or counted."""
        era = self.env.now >= 0
        return self.exists[era][service] and self.pools[self.pool[era][service]].places > 0

    def identify(self, person: Person, service: int) -> None:
        """The chance of referral that entering a state brings."""
        era = self.env.now >= 0
        if not self.open(service) or (self.once[era][service] and service in person.started):
            return
        spell = self.new_spell(person, service)
        if self.yes(person, self.share[era][service][person.profile][person.state], m.IDENTIFY, spell):
            self.pend(spell)
        else:
            self.row(self.env.now, person, service, h.MISSED, h.NONE)

    def hand_off(self, person: Person, service: int) -> None:
        """A referral by another service, an event, or the service itself: no share is drawn."""
        era = self.env.now >= 0
        if not self.open(service) or service in person.spells or (self.once[era][service] and service in person.started):
            return
        if not self.eligible[era][service][person.state]:
            self.row(self.env.now, person, service, h.LAPSED, h.BY_STATE)
            return
        self.pend(self.new_spell(person, service))

    def pend(self, spell: Spell) -> None:
        """Identified: the time to referral runs."""
        person, service = spell.person, spell.service
        spell.status = "pending"
        person.spells[service] = spell
        table = self.after[spell.era][service][person.profile][person.state]
        after = 0 if table < 0 else self.time(spell, table, m.DELAY)
        spell.slot = self.at(self.env.now + after, REFER, self.refer, spell, person.number, service)

    def refer(self, happening: Happening) -> None:
        """The referral arrives: taken up or not, then onto the list."""
        spell: Spell = happening.about
        person, service, now = spell.person, spell.service, self.env.now
        self.guard(person, service)
        if not self.open(service):
            self.lapse(spell, h.CLOSED)
            return
        if not self.yes(person, self.take_up[spell.era][service][person.profile][person.state], m.TAKE_UP, spell):
            del person.spells[service]
            self.row(now, person, service, h.REFERRED, h.DECLINED)
            self.follow(spell, m.DECLINED)
            return
        self.row(now, person, service, h.REFERRED, h.JOINED)
        spell.status, spell.joined = "waiting", now
        self.waiting[service] += 1
        self.into_list(spell)
        table = self.give_up[spell.era][service][person.profile][person.state]
        if table >= 0:
            spell.slot = self.at(now + self.time(spell, table, m.PATIENCE), GIVE_UP, self.lose_patience, spell, person.number, service)
        pool = self.pools[spell.pool]
        pool.newcomers.append(spell)
        self.call(pool)

    def into_list(self, spell: Spell) -> None:
        """Put a waiting person into the list at the place their state and segment give them."""
        era = self.env.now >= 0
        person = spell.person
        spell.pool = self.pool[era][spell.service]
        spell.score = spell.joined + self.head_start[era][spell.service][person.profile][person.state]
        heapq.heappush(self.pools[spell.pool].list, (spell.score, person.number, spell.service, spell))

    def lose_patience(self, happening: Happening) -> None:
        spell: Spell = happening.about
        self.lapse(spell, h.GAVE_UP)
        self.follow(spell, m.GAVE_UP)

    def lapse(self, spell: Spell, why: int) -> None:
        """End a use that has not started: off the list, or no referral after all."""
        waiting = spell.status == "waiting"
        spell.status = ""
        del spell.person.spells[spell.service]
        if spell.slot is not None and spell.slot.callbacks:
            spell.slot.callbacks = []
        if waiting:
            self.waiting[spell.service] -= 1
        self.row(self.env.now, spell.person, spell.service, h.OFF_LIST if waiting else h.LAPSED, why)

    def call(self, pool: Pool) -> None:
        """Have free places offered later in this second."""
        if not pool.called:
            pool.called = True
            self.at(self.env.now, ALLOCATE, self.allocate, pool, 0, pool.number)

    def allocate(self, happening: Happening) -> None:
        """Offer free places to the list, best first; then turn away who is beyond the room."""
        pool: Pool = happening.about
        pool.called = False
        while pool.list and pool.used < pool.places:
            score, _, _, spell = heapq.heappop(pool.list)
            if spell.status == "waiting" and spell.score == score and spell.pool == pool.number:
                self.start(spell, pool)
        newcomers, pool.newcomers = pool.newcomers, []
        era = self.env.now >= 0
        if all(self.room[era][spell.service] < 0 for spell in newcomers):
            return
        for spell in sorted(newcomers, key=lambda each: (each.score, each.person.number), reverse=True):
            room = self.room[era][spell.service]
            if spell.status == "waiting" and room >= 0 and self.waiting[spell.service] > room:
                self.lapse(spell, h.TURNED_AWAY)
                self.follow(spell, m.TURNED_AWAY)

    def start(self, spell: Spell, pool: Pool) -> None:
        """Take a place: move, draw length and drop-out, let effects begin."""
        person, service, now = spell.person, spell.service, self.env.now
        if spell.slot is not None and spell.slot.callbacks:
            spell.slot.callbacks = []
        spell.slot = None
        era = spell.stay_era = int(now >= 0)
        self.waiting[service] -= 1
        spell.status, spell.started = "in", now
        pool.used += 1
        pool.inside.add(spell)
        person.started.add(service)
        self.row(now, person, service, h.STARTED, h.PLACE)
        destination = self.then[era][service][m.STARTED]
        if destination >= 0:
            self.go(person, self.pick_target(person, destination, self.tag_use[m.MOVE][service][spell.origin], spell.visit))
            if person.spells.get(service) is not spell:
                return
        profile, state = person.profile, person.state
        table = self.length[era][service][profile][state]
        spell.planned = NEVER if table < 0 else self.time(spell, table, m.LENGTH)
        stay = self.stay_until_drop_out(spell, era)
        spell.drops = stay < spell.planned
        if now + stay < NEVER:
            spell.slot = self.at(now + stay, END, self.finish, spell, person.number, service)
        if self.effects_of[service]:
            self.settle_effects(spell)
            for effect in self.effects_of[service]:
                remains = person.remains.setdefault(effect, Remains())
                remains.on = self.effect_during[era][effect]
                remains.era, remains.full_until, remains.fade = era, -NEVER, 0
            self.plan_effects(spell)

    def stay_until_drop_out(self, spell: Spell, era: int) -> int:
        """Seconds from the start to whichever is first, dropping out or the planned end."""
        person, service = spell.person, spell.service
        table = self.drop_out_table[era][service][person.profile][person.state]
        if table >= 0:
            return min(spell.planned, self.time(spell, table, m.DROP_OUT))
        steps = self.drop_out_share[era][service][person.profile][person.state]
        share = 0.0 if steps < 0 else self.sums.number(steps, self.env.now)
        if share <= 0:
            return spell.planned
        u = self.draws.uniform(person.number, self.tag_use[m.DROP_OUT][service][spell.origin], spell.visit)
        # Given u < share, u / share is uniform again: the moment, over the planned length.
        return int(u / share * spell.planned) if u < share else spell.planned

    def finish(self, happening: Happening) -> None:
        spell: Spell = happening.about
        self.guard(spell.person, spell.service)
        self.end(spell, h.DROPPED_OUT if spell.drops else h.COMPLETED)
        self.follow(spell, m.DROPPED_OUT if spell.drops else m.COMPLETED)

    def end(self, spell: Spell, why: int) -> None:
        """Give the place back; effects end, or go on for those who keep them."""
        person, service, now = spell.person, spell.service, self.env.now
        spell.status = ""
        del person.spells[service]
        if spell.slot is not None and spell.slot.callbacks:
            spell.slot.callbacks = []
        self.row(now, person, service, h.ENDED, why)
        pool = self.pools[spell.pool]
        pool.used -= 1
        pool.inside.discard(spell)
        self.call(pool)
        if self.effects_of[service]:
            self.settle_effects(spell)
            era = spell.stay_era
            for effect in self.effects_of[service]:
                remains = person.remains[effect]
                remains.on = False
                kept = self.effect_kept[era][effect]
                if kept in (m.KEPT_ALL, m.KEPT_DOSE) or (kept == m.KEPT_COMPLETERS and why == h.COMPLETED):
                    remains.full_until = min(now + self.effect_lasts[era][effect], NEVER)
                    remains.fade, remains.fade_steps = self.effect_fade[era][effect], self.effect_fade_steps[era][effect]
                    remains.dose = 1.0
                    if kept == m.KEPT_DOSE and 0 < spell.planned < NEVER:
                        remains.dose = min(1.0, (now - spell.started) / spell.planned)
            self.plan_effects(spell)

    def settle_effects(self, spell: Spell) -> None:
        for clock in (*spell.person.clocks, *spell.person.events):
            if clock.number in self.sums.clocks_of[spell.service]:
                self.sums.settle(spell.person, clock, self.env.now)

    def plan_effects(self, spell: Spell) -> None:
        for clock in (*spell.person.clocks, *spell.person.events):
            if clock.number in self.sums.clocks_of[spell.service]:
                self.sums.plan(spell.person, clock, self.env.now)
        self.choose(spell.person)

    def follow(self, spell: Spell, way: int) -> None:
        """Where this way of ending or not starting leads."""
        era = spell.stay_era if way in (m.COMPLETED, m.DROPPED_OUT, m.CUT_SHORT) else spell.era
        destination = self.then[era][spell.service][way]
        if destination >= 0:
            tag = self.tag_use[m.MOVE][spell.service][spell.origin]
            self.go(spell.person, self.pick_target(spell.person, destination, tag, spell.visit))

    # Places

    def timetable(self, pool: Pool, steps: tuple[tuple[int, int], ...]) -> Iterator[simpy.Event]:
        """Places open and close at their dates; at the start, the design's rules begin."""
        places = dict(steps)
        for time in sorted({*places, *({0} if self.model.begin < 0 < self.model.end else ())}):
            yield self.wait_until(time, CAPACITY, 0, pool.number)
            self.set_places(pool, places.get(time, pool.places))

    def set_places(self, pool: Pool, places: int) -> None:
        now = self.env.now
        before, pool.places = pool.places, places
        if now == 0:
            self.take_over_list(pool)
        inside = sorted((spell for spell in pool.inside if self.stops[spell.stay_era][spell.service]), key=lambda each: (each.started, each.person.number))
        while pool.used > places and inside:
            spell = inside.pop()
            if spell.status == "in":
                self.end(spell, h.CLOSED)
                self.follow(spell, m.CUT_SHORT)
        if places == 0 and before > 0:
            for spell in sorted((each[3] for each in pool.list if each[3].status == "waiting" and each[3].score == each[0]), key=lambda each: (each.person.number, each.service)):
                if spell.status == "waiting":
                    self.lapse(spell, h.CLOSED)
                    self.follow(spell, m.TURNED_AWAY)
        if places > 0:
            self.give_chances(pool, opening=before == 0)
        if places > before:
            self.call(pool)

    def give_chances(self, pool: Pool, opening: bool) -> None:
        """When a service opens, or a design widens `for`, everybody then in a state concerned gets a chance."""
        now = self.env.now
        era = int(now >= 0)
        for service in self.service_numbers:
            if self.pool[era][service] != pool.number:
                continue
            states = {j for j in range(self.left_state) if self.gives_chance[era][service][j]}
            if not (opening or (now == 0 and self.pools[self.pool[0][service]] is not pool)):
                states -= {j for j in states if self.gives_chance[0][service][j]} if now == 0 else states
            for person in self.people[: self.arrived] if states else ():
                if person.present and person.state in states and service not in person.spells:
                    self.identify(person, service)

    def take_over_list(self, pool: Pool) -> None:
        """At the start, those who wait for a service that the design gives to another pool join that pool's list."""
        for other in self.pools:
            for entry in list(other.list):
                spell = entry[3]
                if spell.status == "waiting" and spell.pool == other.number != self.pool[1][spell.service] == pool.number:
                    self.into_list(spell)
                    self.call(pool)
