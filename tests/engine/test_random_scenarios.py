"""The random scenarios reach what is hard: how often each thing happens in a fixed sample of their histories.

Where a number falls below its floor, the tests on random scenarios say less than they seem to: widen
`tests/scenarios_at_random.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from simulator.engine import history as h
from simulator.engine import model as m
from simulator.engine.compile import compile_model
from simulator.engine.model import Model
from simulator.engine.person import Person, Remains, Spell
from simulator.engine.simpy_agenda import Happening, Pool
from simulator.engine.simpy_engine import _Run
from simulator.scenario.load import load_text
from tests.scenarios_at_random import fresh_run

# Percent of histories (a scenario under a design) in which it happens at least once.
FLOORS = {
    **{f"row {h.WHAT[what]} {h.WHY[why]}".rstrip(): 5 for what, reasons in h.ALLOWED.items() for why in reasons},
    # one second
    "rows at the second of the row before": 90,
    "clocks of a person ring together": 5,
    "several newcomers where there is room for few": 20,
    "some of them turned away, some not": 12,
    # places and lists
    "places fall below use, stays end": 6,
    "places fall below use, stays finish": 12,
    "several stays end by closing": 3,
    "closed": 20,
    "opened again": 20,
    "chances at an opening": 15,
    "passed somebody who waited longer": 8,
    "waited for two services of one list": 4,
    "services on one list": 8,
    "promoted by waiting": 1,
    # moves
    "completed -> state": 12, "completed -> leaves": 5, "completed -> service": 10,
    "dropped_out -> state": 6, "dropped_out -> leaves": 1.5, "dropped_out -> service": 6,
    "cut_short -> state": 1, "cut_short -> leaves": 2, "cut_short -> service": 2,
    "declined -> state": 3, "declined -> leaves": 6, "declined -> service": 8,
    "turned_away -> state": 2, "turned_away -> leaves": 5, "turned_away -> service": 6,
    "gave_up -> state": 3, "gave_up -> leaves": 0.4, "gave_up -> service": 1.5,
    "event -> state": 15, "event -> leaves": 4, "event -> service": 10,
    "started -> state": 25,
    "hand-off to a closed service": 7,
    "hand-off to who is in it already": 15,
    "hand-off to who has been once": 3,
    "once: no second chance": 10,
    "second chance at one entry": 6,
    "entered the state one is in": 30,
    "entered a state four times": 20,
    # effects
    "an effect at a change of state": 35,
    "two effects on one clock": 12,
    "an effect on an event": 20,
    "an effect on a curved hazard": 15,
    "an effect that holds back": 10,
    "kept at full strength": 25,
    "fading": 20,
    "part of a dose": 10,
    # the start
    "stay across the start": 15,
    "referral across the start": 8,
    "waited across the start": 5,
    "chances at the start": 5,
    "list of a pool that changes": 0.4,
    "effect of the other era": 10,
}  # fmt: skip


class _Watched(_Run):
    """The reference engine, counting what happens."""

    def __init__(self, model: Model, seen: Counter[str]) -> None:
        super().__init__(model, 3, 0)
        self.seen = seen
        self.source = ""
        self.entering = False
        value, multiplier = self.sums._value, self.sums.multiplier

        def watched_value(remains: Remains, pair: int, profile: int, t: int) -> float:
            found = value(remains, pair, profile, t)
            if found != 1.0:
                seen["an effect at a change of state"] += self.entering
                seen["kept at full strength"] += not remains.on and t < remains.full_until
                seen["fading"] += not remains.on and t >= remains.full_until
                seen["part of a dose"] += not remains.on and 0 < remains.dose < 1
                seen["an effect that holds back"] += found == 0
                seen["effect of the other era"] += remains.era != self.era
            return found

        def watched_multiplier(person: Person, clock: Any, t: int) -> float:
            at_work = [
                pair
                for pair, effect in self.sums.pairs_on[clock.number]
                if effect in person.remains and value(person.remains[effect], pair, person.profile, t) != 1
            ]
            seen["two effects on one clock"] += len(at_work) > 1
            seen["an effect on an event"] += bool(at_work) and clock.number >= self.sums.transitions
            if at_work and clock.table >= 0:
                knots = self.sums.last[clock.table] - self.sums.first[clock.table]
                seen["an effect on a curved hazard"] += knots > 1
            return multiplier(person, clock, t)

        self.sums._value, self.sums.multiplier = watched_value, watched_multiplier  # type: ignore[method-assign]

    def enter(self, person: Person, state: int, why: int) -> None:
        if state < self.left_state:
            self.seen["entered a state four times"] += person.entries.get(state, 0) >= 3
            self.seen["entered the state one is in"] += state == person.state
        self.entering = True
        super().enter(person, state, why)
        self.entering = False

    def event(self, person: Person, event: int) -> None:
        self.source = "event"
        super().event(person, event)

    def follow(self, spell: Spell, way: int) -> None:
        self.source = m.WAYS[way]
        super().follow(spell, way)

    def go(self, person: Person, target: int) -> None:
        if target >= 0:
            kind = (
                "state" if target < self.left_state else "leaves" if target == self.left_state else "service"
            )
            self.seen[f"{self.source} -> {kind}"] += 1
        super().go(person, target)

    def start(self, spell: Spell, pool: Pool) -> None:
        self.source = "started"
        head_start = self.head_start[self.era][spell.service][spell.person.profile]
        for person in self.people if spell.joined < self.now else ():
            for other in person.spells.values() if person.present else ():
                if other.status == "waiting" and other.pool == pool.number and other is not spell:
                    self.seen["passed somebody who waited longer"] += other.joined < spell.joined
                    worth = self.head_start[self.era][other.service][person.profile][person.state]
                    level = head_start[spell.person.state]
                    self.seen["promoted by waiting"] += worth < level < worth + m.LEVEL_SECONDS // 2
        self.seen["waited across the start"] += spell.joined < 0 <= self.now
        super().start(spell, pool)

    def end(self, spell: Spell, why: int) -> None:
        self.seen["stay across the start"] += spell.stay_era != self.era
        super().end(spell, why)

    def refer(self, happening: Happening) -> None:
        self.seen["referral across the start"] += happening.about.era != self.era
        super().refer(happening)

    def allocate(self, happening: Happening) -> None:
        pool: Pool = happening.about
        limited = [spell for spell in pool.newcomers if self.room[self.era][spell.service] >= 0]
        self.seen["several newcomers where there is room for few"] += (
            len({s.person.number for s in limited}) > 1
        )
        waiting = {(each[1], each[2]) for each in pool.list if each[3].status == "waiting"}
        people = Counter(person for person, _ in waiting)
        self.seen["waited for two services of one list"] += any(count > 1 for count in people.values())
        self.seen["services on one list"] += len({service for _, service in waiting}) > 1
        before = len(self.rows)
        super().allocate(happening)
        away = self.written(before, h.OFF_LIST, h.TURNED_AWAY)
        self.seen["some of them turned away, some not"] += 0 < away < len(limited)

    def set_places(self, pool: Pool, places: int) -> None:
        before, was, over = len(self.rows), pool.places, pool.used > places
        super().set_places(pool, places)
        ended = self.written(before, h.ENDED, h.CLOSED)
        self.seen[f"places fall below use, stays {'end' if ended else 'finish'}"] += over
        self.seen["several stays end by closing"] += ended > 1
        self.seen["opened again"] += was == 0 < places and self.now > self.model.begin
        self.seen["closed"] += was > 0 == places

    def written(self, first: int, what: int, why: int) -> int:
        """Rows of this kind from a place on."""
        return sum(self.rows[at + 3 : at + 5] == [what, why] for at in range(first, len(self.rows), 5))

    def give_chances(self, pool: Pool, opening: bool) -> None:
        before = len(self.rows), sum(len(person.spells) for person in self.people)
        super().give_chances(pool, opening)
        if before != (len(self.rows), sum(len(person.spells) for person in self.people)):
            self.seen["chances at the start" if self.now == 0 else "chances at an opening"] += 1

    def begin_design(self) -> None:
        spells = [spell for person in self.people for spell in person.spells.values()]
        waiting = [(spell, spell.pool) for spell in spells if spell.status == "waiting"]
        super().begin_design()
        self.seen["list of a pool that changes"] += any(spell.pool != pool for spell, pool in waiting)

    def identify(self, person: Person, service: int) -> None:
        once = self.once[self.era][service] and service in person.started
        self.seen["once: no second chance"] += once and self.open(service)
        super().identify(person, service)
        self.seen["second chance at one entry"] += person.uses.get(service, (0, 0, 0))[2] > 0

    def hand_off(self, person: Person, service: int) -> None:
        if not self.open(service):
            self.seen["hand-off to a closed service"] += 1
        elif service in person.spells:
            self.seen["hand-off to who is in it already"] += 1
        elif self.once[self.era][service] and service in person.started:
            self.seen["hand-off to who has been once"] += 1
        super().hand_off(person, service)

    def choose(self, person: Person) -> None:
        rings = [*(clock.due for clock in (*person.events, *person.clocks)), person.leave_at]
        self.seen["clocks of a person ring together"] += (
            min(rings) < self.end_time and rings.count(min(rings)) > 1
        )
        super().choose(person)


@pytest.mark.slow
def test_random_scenarios_reach_what_is_hard():
    happened: Counter[str] = Counter()
    histories = rows = ties = 0
    for number in range(700, 740):
        texts: list[str] = []
        fresh_run(number, texts.append)
        for text in texts[1:]:  # the first of a run is the smallest there is
            scenario = load_text(text)
            for design in scenario.designs:
                model = compile_model(scenario, design)
                seen: Counter[str] = Counter()
                history = _Watched(model, seen).history(None)
                before_end = history.rows[history.rows["time"] < model.end]
                same = int((np.diff(before_end["time"]) == 0).sum())
                seen["rows at the second of the row before"] = same
                for what, why in set(
                    zip(history.rows["what"].tolist(), history.rows["why"].tolist(), strict=True)
                ):
                    seen[f"row {h.WHAT[what]} {h.WHY[why]}".rstrip()] = 1
                happened.update(thing for thing, count in seen.items() if count)
                histories, rows, ties = histories + 1, rows + len(before_end), ties + same
    percent = {thing: 100 * happened[thing] / histories for thing in FLOORS}
    rare = {
        thing: f"{percent[thing]:.1f}%, not {floor}%"
        for thing, floor in FLOORS.items()
        if percent[thing] < floor
    }
    assert not rare
    assert 0.3 < ties / rows < 0.7, "half of all rows at the second of the row before"
