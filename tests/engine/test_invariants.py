"""What must hold of every history, whatever the scenario (DESIGN, invariants 1, 2 and 4), on scenarios at
random.

The replay below follows the rows one by one with books of its own; of the engine's it uses only the schema
of rows, the
places over time, and what a place in a list is worth.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from simulator.engine import history as h
from simulator.engine import person as person_module
from simulator.engine.compile import compile_model
from simulator.engine.history import History
from simulator.engine.model import Model
from simulator.engine.random_numbers import key_of, uniform
from simulator.engine.simpy_engine import simulate
from simulator.scenario.load import load_text
from tests.scenarios_at_random import as_text, documents, scenarios

ROOT = Path(__file__).parents[2]
few = settings(max_examples=25, suppress_health_check=list(HealthCheck))
some = settings(max_examples=50, suppress_health_check=list(HealthCheck))
many = settings(max_examples=2000, suppress_health_check=list(HealthCheck))


def runs(text: str, seed: int = 3) -> list[tuple[Model, History]]:
    """Every design of a scenario, compiled and run."""
    scenario = load_text(text)
    models = [compile_model(scenario, design) for design in scenario.designs]
    return [(model, simulate(model, seed)) for model in models]


def run(document: dict[str, Any] | str, design: str | None = None, seed: int = 3) -> History:
    text = document if isinstance(document, str) else as_text(document)
    return simulate(compile_model(load_text(text), design), seed)


def digest(history: History) -> str:
    return hashlib.sha256(history.rows.tobytes() + history.people.tobytes()).hexdigest()


def named(history: History, without: str = "", needs_only: bool = False) -> list[tuple[Any, ...]]:
    """Rows as (time, identity, what, name, why), without those of one service."""
    found = []
    for time, person, item, what, why in history.rows.tolist():
        is_state, is_event = what in (h.ARRIVED, h.STATE, h.LEFT, h.STILL_STATE), what == h.EVENT
        if needs_only and not is_state and not is_event:
            continue
        name = (
            history.states[item] if is_state else history.events[item] if is_event else history.services[item]
        )
        if name != without or is_state or is_event:
            found.append((time, int(history.people["identity"][person]), what, name, why))
    return found


# The replay ---------------------------------------------------------------------------------------------------------


class Replay:
    """People, states and uses of services as the rows tell them, checked after each row and after each
    second.
    """

    def __init__(self, model: Model, history: History) -> None:
        self.model, self.history = model, history
        self.state: dict[int, int] = {}
        self.since: dict[int, int] = {}
        self.left: set[int] = set()
        self.waiting: dict[
            tuple[int, int], tuple[int, int]
        ] = {}  # person, service -> joined, last change of score
        self.inside: dict[tuple[int, int], tuple[int, int]] = {}  # person, service -> started, pool
        self.used: Counter[int] = Counter()
        self.present_in: Counter[int] = Counter()
        self.entered = self.gone = 0
        self.person_time: Counter[int] = Counter()
        self.service_time: Counter[int] = Counter()
        self.started_now: list[tuple[int, int, int]] = []  # person, service, score
        self.begun: set[tuple[int, int, int]] = set()

    def check(self) -> None:
        rows = self.history.rows.tolist()
        for index, row in enumerate(rows):
            self.row(*row)
            if index + 1 == len(rows) or rows[index + 1][0] != row[0]:
                self.after_second(row[0])
        assert self.entered == self.gone + len(self.state)
        assert self.entered == len(self.history.people)
        self.same_as_tables()

    def era(self, time: int) -> int:
        return int(time >= 0)

    def places(self, pool: int, time: int) -> int:
        return [places for when, places in self.model.pool_places[pool] if when <= time][-1]

    def score(self, person: int, service: int, time: int) -> int:
        profile = int(self.history.people["profile"][person])
        return int(self.model.head_start[self.era(time), service, profile, self.state[person]])

    def row(self, time: int, person: int, item: int, what: int, why: int) -> None:
        assert self.model.begin <= time <= self.model.end
        assert (time == self.model.end) == (what in (h.STILL_STATE, h.STILL_SERVICE))
        key = (person, item)
        if what == h.ARRIVED:
            assert person not in self.state and person not in self.left
            assert time == self.history.people["arrival"][person]
            self.entered += 1
            self.come(time, person, item)
        else:
            assert person in self.state, "only those who are present do anything"
        if what == h.STATE:
            self.go(time, person)
            self.come(time, person, item)
        elif what == h.LEFT:
            assert item == self.state[person]
            assert not [each for each in (*self.waiting, *self.inside) if each[0] == person], (
                "who leaves is out of every service"
            )
            self.go(time, person)
            self.left.add(person)
            self.gone += 1
        elif what == h.REFERRED:
            assert key not in self.waiting and key not in self.inside
            assert self.model.exists[self.era(time), item]
            assert self.places(int(self.model.pool[self.era(time), item]), time) > 0, (
                "nobody is referred to a closed service"
            )
            if why == h.JOINED:
                self.waiting[key] = (time, time)
        elif what == h.OFF_LIST:
            self.waiting.pop(key)
        elif what == h.STARTED:
            joined, _ = self.waiting.pop(key)
            pool = int(self.model.pool[self.era(time), item])
            assert self.used[pool] < self.places(pool, time), "a place is taken only where one is free"
            # Of a referral made before the start the baseline decides, so each era has its own first start.
            first = (person, item, self.era(time))
            assert not (self.model.once[self.era(time), item] and first in self.begun), "once is once"
            self.begun.add(first)
            self.used[pool] += 1
            self.inside[key] = (time, pool)
            if joined < time:
                self.started_now.append((person, item, joined + self.score(person, item, time)))
        elif what == h.ENDED:
            started, pool = self.inside.pop(key)
            self.used[pool] -= 1
            self.service_time[item] += time - started
        elif what == h.MISSED:
            assert key not in self.waiting and key not in self.inside
        elif what == h.STILL_STATE:
            assert item == self.state[person]
        elif what == h.STILL_SERVICE and why != h.PENDING:
            assert (why == h.IN) == (key in self.inside) and (why == h.WAITING) == (key in self.waiting)

    def come(self, time: int, person: int, state: int) -> None:
        self.state[person], self.since[person] = state, time
        self.present_in[state] += 1
        for (who, service), (joined, _) in list(self.waiting.items()):
            if who == person:
                self.waiting[who, service] = (joined, time)

    def go(self, time: int, person: int) -> None:
        state = self.state.pop(person)
        self.present_in[state] -= 1
        self.person_time[state] += time - self.since[person]

    def after_second(self, time: int) -> None:
        if time == self.model.end:
            return
        assert self.entered == self.gone + sum(self.present_in.values())
        assert all(count >= 0 for count in (*self.present_in.values(), *self.used.values()))
        era = self.era(time)
        for pool in range(len(self.model.pools)):
            places, inside = (
                self.places(pool, time),
                [key for key, (_, taken) in self.inside.items() if taken == pool],
            )
            assert len(inside) == self.used[pool]
            if all(self.model.stops[self.era(self.inside[key][0]), key[1]] for key in inside):
                assert len(inside) <= places, "places that close with stop hold no more than are open"
            if len(inside) < places or places == 0:
                beside = [key for key in self.waiting if self.model.pool[era, key[1]] == pool]
                assert not beside, (
                    f"{beside} wait beside {places - len(inside)} free places on day {time / 86400}"
                )
        self.check_order(time, era)
        for (person, service), (joined, _) in self.waiting.items():
            assert self.model.eligible[:, service, self.state[person]].any(), (
                "who waits is in need of the service"
            )
            room = int(self.model.room[era, service])
            if joined == time and room >= 0:
                assert sum(each[1] == service for each in self.waiting) <= room, (
                    "who is beyond the room is turned away"
                )
        self.started_now = []

    def check_order(self, time: int, era: int) -> None:
        """Nobody who waited before this second and waits after it stands before somebody who started in it."""
        for person, service, score in self.started_now:
            pool = self.model.pool[era, service]
            for (other, of), (joined, changed) in self.waiting.items():
                # What a place is worth is fixed on joining and on entering a state; the design's order begins with those.
                if (
                    changed < time
                    and joined < time
                    and self.model.pool[era, of] == pool
                    and (changed < 0) == (time < 0)
                ):
                    assert (joined + self.score(other, of, time), other, of) > (score, person, service)

    def same_as_tables(self) -> None:
        """The history's own tables hold the same person-time and the same counts as the replay."""
        end, stays, spells = self.model.end, self.history.stay_table, self.history.spell_table
        for person, state in self.state.items():
            self.person_time[state] += end - self.since[person]
        for state in range(len(self.model.states)):
            rows = stays["state"] == state
            assert int((stays["end"] - stays["begin"])[rows].sum()) == self.person_time[state]
            assert int(stays["open"][rows].sum()) == sum(each == state for each in self.state.values())
        for (_, service), (started, _) in self.inside.items():
            self.service_time[service] += end - started
        begun = spells["started"] != h.NOT_YET
        until = np.where(spells["ended"] == h.NOT_YET, end, spells["ended"])
        for service in range(len(self.model.services)):
            rows = (spells["service"] == service) & begun
            assert int((until - spells["started"])[rows].sum()) == self.service_time[service]
            assert int(((spells["service"] == service) & (spells["still"] == h.WAITING)).sum()) == sum(
                each[1] == service for each in self.waiting
            )


def replay_all(text: str) -> None:
    for model, history in runs(text):
        Replay(model, history).check()


@settings(some, max_examples=60)
@given(scenarios())
def test_people_and_places_are_conserved_and_nobody_waits_beside_a_free_place(text):
    replay_all(text)


@pytest.mark.slow
@many
@given(scenarios())
def test_people_and_places_are_conserved_in_many_scenarios(text):
    replay_all(text)


# The same numbers again ---------------------------------------------------------------------------------------------

ELSEWHERE = """
import json, sys
from tests.engine.test_invariants import digest, runs
print(json.dumps([[digest(history) for _, history in runs(text)] for text in json.load(sys.stdin)]))
"""


@few
@given(scenarios())
def test_the_same_seed_gives_the_same_rows(text):
    first, again = runs(text), runs(text)
    assert [digest(history) for _, history in first] == [digest(history) for _, history in again]


def test_another_process_with_another_hash_seed_writes_the_same_rows():
    texts: list[str] = []

    @settings(max_examples=8, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(scenarios())
    def collect(text):
        texts.append(text)

    collect()
    here = [[digest(history) for _, history in runs(text)] for text in texts]
    for hash_seed in ("1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", ELSEWHERE],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        )
        assert json.loads(done.stdout) == here


def test_another_seed_and_another_replication_give_other_rows():
    """10 random arrivals at least: that all fall on the same seconds has no measurable probability."""
    document = {
        "format": "1",
        "scenario": "x",
        "start": "2027-04-01",
        "horizon": "1 year",
        "people": {"arrive": {"a": "100 per year"}},
        "needs": {"a": {}},
        "designs": {"now": {"baseline": "yes"}},
    }
    model = compile_model(load_text(as_text(document)))
    found = [
        digest(simulate(model, seed, replication)) for seed, replication in ((1, 0), (2, 0), (1, 1), (1, 0))
    ]
    assert found[0] == found[3] and len(set(found)) == 3


# Common random numbers ----------------------------------------------------------------------------------------------


@few
@given(scenarios())
def test_a_draw_depends_on_seed_replication_person_purpose_and_visit_alone(text):
    """Every number is the one looked up by these, and none is used for two things."""
    scenario = load_text(text)
    key = key_of(5, 2)
    original = person_module.Draws.uniform
    by_design = []
    for design in scenario.designs:
        seen: dict[tuple[int, int, int], float] = {}

        def recorded(self, person, tag, visit, seen=seen):
            value = original(self, person, tag, visit)
            use = (self.identity[person], tag, visit)
            assert use not in seen, "one number, one use"
            seen[use] = value
            return value

        person_module.Draws.uniform = recorded  # type: ignore[method-assign]
        try:
            simulate(compile_model(scenario, design), 5, 2)
        finally:
            person_module.Draws.uniform = original  # type: ignore[method-assign]
        for (identity, tag, visit), value in list(seen.items())[:300]:
            assert value == uniform(key, identity, tag, visit)
        by_design.append(seen)
    for other in by_design[1:]:
        assert all(other[use] == by_design[0][use] for use in other.keys() & by_design[0].keys())


@some
@given(scenarios())
def test_all_designs_write_the_same_rows_until_the_start(text):
    """The warm-up runs as the baseline."""
    scenario = load_text(text)
    assume(scenario.document.warm_up.value > 0)
    rows = []
    for design in scenario.designs:
        history = simulate(compile_model(scenario, design), 3)
        rows.append(history.rows[history.rows["time"] < 0])
    assert all(each.tobytes() == rows[0].tobytes() for each in rows)


@few
@given(documents())
def test_designs_that_agree_until_a_day_write_the_same_rows_until_it(document):
    assume(document["services"])
    day = int(document["horizon"].split()[0]) // 2
    name = next(iter(document["services"]))
    places = document["services"][name]["places"]
    assume(not isinstance(places, dict))
    if places == "key_workers":
        assume("places" in document["teams"][places] and isinstance(document["teams"][places]["places"], str))
        change = {
            "teams": {
                places: {
                    "places": {
                        "start": document["teams"][places]["places"],
                        f"{day} days": "0",
                        f"{day + 5} days": "7",
                    }
                }
            }
        }
    else:
        change = {
            "services": {
                name: {
                    "places": {
                        "start": "3" if places == "unlimited" else places,
                        f"{day} days": "0",
                        f"{day + 5} days": "7",
                    }
                }
            }
        }
        if places == "unlimited":
            document["services"][name]["places"] = "3"
    for state, entry in document["people"]["arrive"].items():
        if isinstance(entry, str):
            change["people"] = {"arrive": {state: {"rate": {"start": entry, f"{day} days": "300 per year"}}}}
    document["designs"] = {"baseline": {"baseline": "yes"}, "later": change}
    before = [
        history.rows[history.rows["time"] < day * 86400]
        for history in (run(document, design) for design in document["designs"])
    ]
    assert before[0].tobytes() == before[1].tobytes()


@few
@given(documents(only_unlimited=True))
def test_fewer_arrivals_remove_people_and_change_nobody_else(document):
    """Where nobody waits for anybody, those who are left live the same lives under the same identity."""
    fewer = {
        state: {"rate": "times 0.4"}
        for state, entry in document["people"]["arrive"].items()
        if isinstance(entry, str) or "rate" in entry
    }
    assume(fewer)
    document["designs"] = {"baseline": {"baseline": "yes"}, "fewer": {"people": {"arrive": fewer}}}
    base, less = run(document, "baseline"), run(document, "fewer")
    kept = set(less.people["identity"].tolist())
    assert kept <= set(base.people["identity"].tolist())
    by_identity = {row["identity"]: row.tolist() for row in base.people}
    assert all(by_identity[row["identity"]] == row.tolist() for row in less.people)

    def of_each(history: History) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for row in named(history):
            found.setdefault(row[1], []).append(row)
        return found

    lives = of_each(base)
    assert all(lives[identity] == rows for identity, rows in of_each(less).items())


def with_service(document: dict[str, Any], name: str, service: dict[str, Any]) -> dict[str, Any]:
    """The document with designs that differ by one service only."""
    return {**document, "designs": {"baseline": {"baseline": "yes"}, "added": {"services": {name: service}}}}


@pytest.mark.parametrize("name", ["aa_first_in_order", "zz_last_in_order"])
@few
@given(documents())
def test_a_service_that_reaches_nobody_changes_nobody(name, document):
    nobody = {"for": list(document["needs"]), "referral": {"share": "0%"}, "places": "2", "length": "5 days"}
    ways = [key for key, time in document["transitions"].items() if "exponential" in time and "->" in key]
    if ways:
        nobody["effects"] = {
            "strong_effect": {"on": ways[:1], "hazard_ratio": "0.1", "kept_by": "all", "lasts": "unlimited"}
        }
    document = with_service(document, name, nobody)
    assert named(run(document, "baseline")) == named(run(document, "added"), without=name)


@pytest.mark.parametrize("name", ["aa_first_in_order", "zz_last_in_order"])
@few
@given(documents())
def test_a_service_without_effects_that_moves_nobody_leaves_every_need_history_untouched(name, document):
    """Its users' other lives go on as if it were not there: needs, events, and their uses of all other
    services.
    """
    document = with_service(
        document,
        name,
        {
            "for": list(document["needs"]),
            "referral": {"share": "60%", "after": "3 days"},
            "take_up": "70%",
            "places": "unlimited",
            "length": {"gamma": {"mean": "20 days", "sd": "9 days"}},
            "drop_out": "30%",
            "then": {"dropped_out": name},
        },
    )
    base, added = run(document, "baseline"), run(document, "added")
    assert named(base, needs_only=True) == named(added, needs_only=True)
    assert named(base) == named(added, without=name)
