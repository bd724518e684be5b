"""Uses of services in the reference engine: chance, referral, list, stay, and what follows (LANGUAGE section 6)."""

from __future__ import annotations

import heapq

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.happenings import ALLOCATE, END, GIVE_UP, MOST_CHANCES, REFER, too_many_chances
from simulator.engine.model import NEVER
from simulator.engine.person import Person, Remains, Spell
from simulator.engine.simpy_agenda import Agenda, Happening, Pool


class Services(Agenda):
    """What happens in services: one `Spell` is one use, from the chance of it on."""

    def yes(self, person: Person, steps: int, purpose: int, spell: Spell) -> bool:
        """Whether a share, drawn for this use, says yes. No share is 100%."""
        if steps < 0:
            return True
        share = self.sums.number(steps, self.now)
        if share >= 1:
            return True
        return (
            share > 0
            and self.draws.uniform(
                person.number, self.tag_use[purpose][spell.service][spell.origin], spell.visit
            )
            < share
        )

    def time(self, spell: Spell, table: int, purpose: int) -> int:
        """Seconds of a time drawn for this use."""
        return self.sums.duration(
            table,
            self.draws.exponential(
                spell.person.number, self.tag_use[purpose][spell.service][spell.origin], spell.visit
            ),
        )

    def new_spell(self, person: Person, service: int) -> Spell:
        """A use with its own chance number among those at the current entry to the state."""
        state, entry, chance = person.uses.get(service, (-1, 0, 0))
        chance = chance + 1 if (state, entry) == (person.state, person.entry) and state >= 0 else 0
        if chance >= MOST_CHANCES or person.entry >= MOST_CHANCES:
            raise too_many_chances(self.model, person.number, service)
        person.uses[service] = (person.state, person.entry, chance)
        return Spell(service, person, self.era, person.state, person.entry << 16 | chance)

    def open(self, service: int) -> bool:
        """A service without places is closed: nobody is referred, handed off or counted."""
        era = self.era
        return self.exists[era][service] and self.pools[self.pool[era][service]].places > 0

    def identify(self, person: Person, service: int) -> None:
        """The chance of referral that entering a state brings."""
        era = self.era
        if not self.open(service) or (self.once[era][service] and service in person.started):
            return
        spell = self.new_spell(person, service)
        if self.yes(person, self.share[era][service][person.profile][person.state], m.IDENTIFY, spell):
            self.pend(spell)
        else:
            self.row(self.now, person, service, h.MISSED, h.NONE)

    def hand_off(self, person: Person, service: int) -> None:
        """A referral by another service, an event, or the service itself: no share is drawn."""
        era = self.era
        if (
            not self.open(service)
            or service in person.spells
            or (self.once[era][service] and service in person.started)
        ):
            return
        if not self.eligible[era][service][person.state]:
            self.row(self.now, person, service, h.LAPSED, h.BY_STATE)
            return
        self.pend(self.new_spell(person, service))

    def pend(self, spell: Spell) -> None:
        """Identified: the time to referral runs."""
        person, service = spell.person, spell.service
        spell.status = "pending"
        person.spells[service] = spell
        table = self.after[spell.era][service][person.profile][person.state]
        after = 0 if table < 0 else self.time(spell, table, m.DELAY)
        spell.slot = self.at(self.now + after, REFER, self.refer, spell, person.number, service)

    def refer(self, happening: Happening) -> None:
        """The referral arrives: taken up or not, then onto the list."""
        self.now = now = self.env.now
        self.era = 1 if now >= 0 else 0
        spell: Spell = happening.about
        person, service = spell.person, spell.service
        self.guard(person, service)
        if not self.open(service):
            self.lapse(spell, h.CLOSED)
            return
        if not self.yes(
            person, self.take_up[spell.era][service][person.profile][person.state], m.TAKE_UP, spell
        ):
            del person.spells[service]
            self.row(now, person, service, h.REFERRED, h.DECLINED)
            self.follow(spell, m.DECLINED)
            return
        self.rows += (now, person.number, service, h.REFERRED, h.JOINED)
        spell.status, spell.joined = "waiting", now
        self.waiting[service] += 1
        self.into_list(spell)
        table = self.give_up[spell.era][service][person.profile][person.state]
        if table >= 0:
            spell.slot = self.at(
                now + self.time(spell, table, m.PATIENCE),
                GIVE_UP,
                self.lose_patience,
                spell,
                person.number,
                service,
            )
        pool = self.pools[spell.pool]
        pool.newcomers.append(spell)
        self.call(pool)

    def into_list(self, spell: Spell) -> None:
        """Put a waiting person into the list at the place their state and segment give them."""
        era = self.era
        person = spell.person
        spell.pool = self.pool[era][spell.service]
        spell.score = spell.joined + self.head_start[era][spell.service][person.profile][person.state]
        heapq.heappush(self.pools[spell.pool].list, (spell.score, person.number, spell.service, spell))

    def lose_patience(self, happening: Happening) -> None:
        self.tick()
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
        self.row(self.now, spell.person, spell.service, h.OFF_LIST if waiting else h.LAPSED, why)

    def call(self, pool: Pool) -> None:
        """Have free places offered later in this second."""
        if not pool.called:
            pool.called = True
            self.at(self.now, ALLOCATE, self.allocate, pool, 0, pool.number)

    def allocate(self, happening: Happening) -> None:
        """Offer free places to the list, best first; then turn away who is beyond the room."""
        self.now = now = self.env.now
        self.era = era = 1 if now >= 0 else 0
        pool: Pool = happening.about
        pool.called = False
        while pool.list and pool.used < pool.places:
            score, _, _, spell = heapq.heappop(pool.list)
            if spell.status == "waiting" and spell.score == score and spell.pool == pool.number:
                self.start(spell, pool)
        newcomers, pool.newcomers = pool.newcomers, []
        room_in = self.room[era]
        if all(room_in[spell.service] < 0 for spell in newcomers):
            return
        for spell in sorted(newcomers, key=lambda each: (each.score, each.person.number), reverse=True):
            room = self.room[era][spell.service]
            if spell.status == "waiting" and room >= 0 and self.waiting[spell.service] > room:
                self.lapse(spell, h.TURNED_AWAY)
                self.follow(spell, m.TURNED_AWAY)

    def start(self, spell: Spell, pool: Pool) -> None:
        """Take a place: move, draw length and drop-out, let effects begin."""
        person, service, now = spell.person, spell.service, self.now
        if spell.slot is not None and spell.slot.callbacks:
            spell.slot.callbacks = []
        spell.slot = None
        era = spell.stay_era = self.era
        self.waiting[service] -= 1
        spell.status, spell.started = "in", now
        pool.used += 1
        pool.inside.add(spell)
        person.started.add(service)
        self.rows += (now, person.number, service, h.STARTED, h.PLACE)
        destination = self.then[era][service][m.STARTED]
        if destination >= 0:
            self.go(
                person,
                self.pick_target(
                    person, destination, self.tag_use[m.MOVE][service][spell.origin], spell.visit
                ),
            )
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
            spell.begun = True
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
        share = 0.0 if steps < 0 else self.sums.number(steps, self.now)
        if share <= 0:
            return spell.planned
        u = self.draws.uniform(person.number, self.tag_use[m.DROP_OUT][service][spell.origin], spell.visit)
        # Given u < share, u / share is uniform again: the moment, over the planned length.
        return int(u / share * spell.planned) if u < share else spell.planned

    def finish(self, happening: Happening) -> None:
        self.now = now = self.env.now
        self.era = 1 if now >= 0 else 0
        spell: Spell = happening.about
        self.end(spell, h.DROPPED_OUT if spell.drops else h.COMPLETED)
        self.follow(spell, m.DROPPED_OUT if spell.drops else m.COMPLETED)

    def end(self, spell: Spell, why: int) -> None:
        """Give the place back; effects end, or go on for those who keep them."""
        person, service, now = spell.person, spell.service, self.now
        spell.status = ""
        del person.spells[service]
        if spell.slot is not None and spell.slot.callbacks:
            spell.slot.callbacks = []
        self.rows += (now, person.number, service, h.ENDED, why)
        pool = self.pools[spell.pool]
        pool.used -= 1
        pool.inside.discard(spell)
        if pool.list:
            self.call(pool)
        if spell.begun:  # not where the move on starting has ended the stay at once
            self.settle_effects(spell)
            era = spell.stay_era
            for effect in self.effects_of[service]:
                remains = person.remains[effect]
                remains.on = False
                kept = self.effect_kept[era][effect]
                if kept in (m.KEPT_ALL, m.KEPT_DOSE) or (kept == m.KEPT_COMPLETERS and why == h.COMPLETED):
                    remains.full_until = min(now + self.effect_lasts[era][effect], NEVER)
                    remains.fade, remains.fade_steps = (
                        self.effect_fade[era][effect],
                        self.effect_fade_steps[era][effect],
                    )
                    remains.dose = 1.0
                    if kept == m.KEPT_DOSE and 0 < spell.planned < NEVER:
                        remains.dose = min(1.0, (now - spell.started) / spell.planned)
            self.plan_effects(spell)

    def settle_effects(self, spell: Spell) -> None:
        for clock in (*spell.person.clocks, *spell.person.events):
            if clock.number in self.sums.clocks_of[spell.service]:
                self.sums.settle(spell.person, clock, self.now)

    def plan_effects(self, spell: Spell) -> None:
        for clock in (*spell.person.clocks, *spell.person.events):
            if clock.number in self.sums.clocks_of[spell.service]:
                self.sums.plan(spell.person, clock, self.now)
        self.choose(spell.person)

    def follow(self, spell: Spell, way: int) -> None:
        """Where this way of ending or not starting leads."""
        era = spell.stay_era if way in (m.COMPLETED, m.DROPPED_OUT, m.CUT_SHORT) else spell.era
        destination = self.then[era][spell.service][way]
        if destination >= 0:
            self.go(
                spell.person,
                self.pick_target(
                    spell.person, destination, self.tag_use[m.MOVE][spell.service][spell.origin], spell.visit
                ),
            )
