"""People in the reference engine: arriving, changing state, events, leaving (SEMANTICS section 10)."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.happenings import ARRIVE, CHANGE, EVENT, LEAVE
from simulator.engine.model import NEVER
from simulator.engine.person import Clock, Person, Spell
from simulator.engine.simpy_agenda import Agenda


class Lives(Agenda):
    """What happens to people, apart from services."""

    def arrive(self) -> Generator[simpy.Event, None, None]:
        """Everybody enters at the time drawn for them."""
        states = self.arrivals.state.tolist()
        for number, time in enumerate(self.arrivals.arrival.tolist()):
            yield self.wait_until(time, ARRIVE, number)
            self.tick()
            person = self.people[number]
            self.arrived = number + 1
            person.present = True
            for event in range(len(self.model.events)):
                clock = Clock(
                    self.transitions + event,
                    time,
                    self.draws.exponential(number, self.tag_event[event], 0),
                    -1,
                    0.0,
                )
                person.events.append(clock)
                person.event_counts.append(0)
            self.enter(person, states[number], h.NONE)

    def life(self, person: Person) -> Generator[simpy.Event, None, None]:
        """Live until leaving: whatever rings first of events, changes of state and the time to go."""
        while person.present:
            yield person.slot
            self.tick()
            rank, number = person.slot.about
            self.guard(person)
            if rank == LEAVE:
                self.leave(person, h.TIME_UP)
            elif rank == CHANGE:
                self.enter(person, self.transition_to[number], h.OWN)
            else:
                self.event(person, number)

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
        if old is not None and old.callbacks is not None and old.about == (rank, number) and old.time == time:
            return
        if old is None and time >= self.model.end:
            return
        slot = self.wait_until(time, rank, person.number)
        slot.about, slot.time = (rank, number), time
        person.slot = slot
        if old is None:
            self.env.process(self.life(person))
        elif (
            old.callbacks is not None
        ):  # not the one that rang just now, whose process will wait for the new slot itself
            slot.callbacks, old.callbacks = old.callbacks, []

    def event(self, person: Person, event: int) -> None:
        """A recurrent event happens; it may move the person or hand them off."""
        now = self.now
        self.row(now, person, event, h.EVENT, h.NONE)
        count = person.event_counts[event]
        person.event_counts[event] = count + 1
        clock = person.events[event]
        clock.left = self.draws.exponential(person.number, self.tag_event[event], count + 1)
        clock.last = now
        self.sums.plan(person, clock, now)
        destination = self.event_to[self.era][event]
        target = (
            self.pick_target(person, destination, self.tag_event_to[event], count) if destination >= 0 else -1
        )
        self.go(person, target)
        if person.present:
            self.choose(person)

    def enter(self, person: Person, state: int, why: int) -> None:
        """Come into a state: stays and referrals it ends, clocks it starts, chances it brings."""
        if state == self.left_state:
            self.leave(person, why)
            return
        now = self.now
        for clock in person.events:
            self.sums.settle(person, clock, now)
        self.row(now, person, state, h.ARRIVED if why == h.NONE else h.STATE, why)
        person.entry = person.entries.get(state, 0)
        person.entries[state] = person.entry + 1
        person.state, person.since, person.clocks = state, now, []
        ended: list[tuple[Spell, int]] = []
        for service in sorted(person.spells) if person.spells else ():
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
        era = self.era
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
        self.row(self.now, person, person.state, h.LEFT, why)
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
