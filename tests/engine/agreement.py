"""Two engines, one history: run both and compare every byte, and say where they part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.engine import compiled_engine, simpy_engine
from simulator.engine import history as h
from simulator.engine.arrivals import arrivals
from simulator.engine.compile import compile_model
from simulator.engine.happenings import EngineError
from simulator.engine.history import History
from simulator.engine.model import Model
from simulator.engine.random_numbers import key_of
from simulator.scenario.load import Scenario, load_text
from tests.engine.worked import DAY, at, document
from tests.scenarios_at_random import as_text

CROWD = {"a": at(*[0] * 20, *[3] * 10, *[5] * 10)}  # many people at one second
OPENINGS = {
    "start": "6", "4 days": "1", "6 days": "5", "9 days": "0", "12 days": "3", "13 days": "0", "20 days": "8",
    "21 days": "2", "30 days": "0", "31 days": "9",
}  # fmt: skip
BEFORE = 10  # rows of the person shown before the first that differs


def simulate_both(model: Model, seed: int = 1, replication: int = 0) -> History:
    """The history that both engines write. Raises AssertionError where they do not, EngineError if both do."""
    reference, refused = _try(simpy_engine.simulate, model, seed, replication)
    other, refused_too = _try(compiled_engine.simulate, model, seed, replication)
    assert str(refused) == str(refused_too), f"SimPy: {refused or 'runs'}\ncompiled: {refused_too or 'runs'}"
    if refused is not None:
        raise refused
    assert reference is not None and other is not None
    assert_equal(reference, other)
    return reference


def _try(
    simulate: Callable[..., History], *arguments: Any
) -> tuple[History, None] | tuple[None, EngineError]:
    try:
        return simulate(*arguments), None
    except EngineError as error:
        return None, error


def assert_same(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    *,
    draw: int | None = None,
    reading: str | None = None,
    most: int | None = None,
) -> None:
    """`simulate_both` for every design. most: only until so many people have come."""
    for design in scenario.designs:
        model = compile_model(scenario, design, draw=draw, reading=reading)
        if most is not None:
            model = _beginning(model, seed, replication, most)
        simulate_both(model, seed, replication)


def _beginning(model: Model, seed: int, replication: int, most: int) -> Model:
    """The model until so many people have come, and for 100 days at least."""
    come = arrivals(model, key_of(seed, replication)).arrival
    if len(come) <= most:
        return model
    end = min(model.end, max(int(come[most]), model.begin + 100 * DAY))
    return replace(
        model,
        end=end,
        pool_places=tuple(tuple(step for step in steps if step[0] < end) for steps in model.pool_places),
        streams=tuple(
            replace(stream, times=tuple(time for time in stream.times if time < end))
            for stream in model.streams
            if not stream.times or stream.times[0] < end
        ),
    )


def both(design: str = "now", seed: int = 1, **sections: Any) -> History:
    """The history of a design of a worked scenario, after both engines have agreed on all designs and two seeds."""
    scenario = load_text(as_text(document(**sections)))
    assert_same(scenario, seed)
    assert_same(scenario, seed + 1)
    return simulate_both(compile_model(scenario, design), seed)


def times(history: History, what: int, why: int | None = None, name: str = "") -> list[int]:
    """Seconds of the rows of this kind."""
    rows = history.rows[history.rows["what"] == what]
    if why is not None:
        rows = rows[rows["why"] == why]
    if name:
        of_state = what in (h.ARRIVED, h.STATE, h.LEFT, h.STILL_STATE)
        names = history.states if of_state else history.events if what == h.EVENT else history.services
        rows = rows[rows["item"] == names.index(name)]
    return rows["time"].tolist()


def assert_equal(reference: History, other: History) -> None:
    """Every byte of the rows and of the people is the same; if not, where they part and what the person did before."""
    if reference.rows.tobytes() != other.rows.tobytes():
        raise AssertionError(_difference(reference, other))
    assert reference.people.tobytes() == other.people.tobytes()
    for name in ("begin", "end", "states", "events", "services", "segments", "pools", "pool_places"):
        assert getattr(reference, name) == getattr(other, name), name
    assert np.array_equal(reference.pool, other.pool)


def _difference(reference: History, other: History) -> str:
    shortest = min(len(reference.rows), len(other.rows))
    same = np.flatnonzero(reference.rows[:shortest] != other.rows[:shortest])
    at = int(same[0]) if len(same) else shortest
    found = [
        f"design {reference.design}: row {at} differs"
        f" ({len(reference.rows)} rows from SimPy, {len(other.rows)} compiled)"
    ]
    shown: set[int] = set()
    for engine, history in (("SimPy", reference), ("compiled", other)):
        row = history.rows[at].tolist() if at < len(history.rows) else None
        found.append(f"{engine:>8}: {_told(history, row) if row else 'no more rows'}")
        if row:
            shown.add(row[1])
    for person in sorted(shown):
        found.append(f"before, of person {person} (who is {reference.people[person].tolist()}):")
        rows = reference.rows[:at]
        found += [
            f"          {_told(reference, each)}"
            for each in rows[rows["person"] == person][-BEFORE:].tolist()
        ]
    return "\n".join(found)


def _told(history: History, row: Any) -> str:
    time, person, item, what, why = row
    of_state = what in (h.ARRIVED, h.STATE, h.LEFT, h.STILL_STATE)
    names = history.states if of_state else history.events if what == h.EVENT else history.services
    name = names[item] if 0 <= item < len(names) else f"?{item}"
    return f"{time} s (day {time / DAY:.5f}) person {person} {h.WHAT[what]} {name} {h.WHY[why]}".rstrip()
