"""Tiny scenarios for hand-worked timelines: write a few keys, get the rows in days and names."""

from __future__ import annotations

from typing import Any

from simulator.engine import history as h
from simulator.engine.compile import compile_model
from simulator.engine.history import History
from simulator.engine.model import Model
from simulator.engine.simpy_engine import simulate
from simulator.scenario.load import load_text
from tests.scenarios_at_random import as_text

DAY = 86_400
Row = tuple[float, int, str, str, str]


def document(horizon: str = "100 days", **sections: Any) -> dict[str, Any]:
    """A scenario with states a, b and c (or `needs`), people as given by `arrive`, and the baseline `now`."""
    people = {"arrive": sections.pop("arrive", {"a": {"at": ["0 days"]}}), **sections.pop("people", {})}
    needs = {state: {} for state in sections.pop("states", "a b c").split()}
    designs = {"now": {"baseline": "yes"}, **sections.pop("designs", {})}
    return {
        "format": "1",
        "scenario": "Worked",
        "start": "2027-04-01",
        "horizon": horizon,
        "people": people,
        "needs": needs,
        "designs": designs,
        **sections,
    }


def model_of(design: str | None = None, draw: int | None = None, seed: int = 1, **sections: Any) -> Model:
    return compile_model(load_text(as_text(document(**sections))), design, draw=draw, seed=seed)


def history_of(design: str | None = None, seed: int = 1, **sections: Any) -> History:
    return simulate(model_of(design, **sections), seed)


def rows_of(history: History) -> list[Row]:
    """(day, person, what, name, why)."""
    frame = history.frame()
    return [
        (time / DAY, person, what, item, why)
        for time, person, what, item, why in frame.itertuples(index=False)
    ]


def told(design: str | None = None, *, of: str = "", **sections: Any) -> list[str]:
    """What happens, one line a row: `day person what name why`, without who is still there at the end.

    of: only rows of this state, event or service.
    """
    found = []
    for day, person, what, item, why in rows_of(history_of(design, **sections)):
        if not what.startswith("still") and of in ("", item):
            found.append(" ".join([f"{day:g}", str(person), what, item, why]).rstrip())
    return found


def service(**keys: Any) -> dict[str, Any]:
    """A service for state a with one place and a stay of 10 days, unless said otherwise. `for` is written
    for_.
    """
    found = {
        "for": ["a"],
        "places": "1",
        "length": "10 days",
        **{key.rstrip("_"): value for key, value in keys.items()},
    }
    return {key: value for key, value in found.items() if value is not None}


def at(*days: float) -> dict[str, list[str]]:
    return {"at": [f"{day:g} days" for day in days]}


__all__ = ["DAY", "at", "document", "h", "history_of", "model_of", "rows_of", "service", "told"]
