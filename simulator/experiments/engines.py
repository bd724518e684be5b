"""The engines by name, and which of them a run takes when nobody says.

Both write the same history (SEMANTICS; `tests/engine/test_engines_agree.py`), so the choice is one of time only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.engine.history import History
from simulator.engine.machine_code import is_made
from simulator.engine.model import Model

ENGINES = ("simpy", "compiled")
Watch = Callable[[float], object]
Engine = Callable[..., History]
# With fewer people than this in all, either engine is done before one notices.
FEW_PEOPLE = 2_000


def engine_named(name: str | None) -> Engine:
    """The engine of this name (None: the compiled one): a function of model, seed, replication and watch.

    watch: called every now and then with the share of simulated time that is done; an exception it raises ends the run.
    Raises ValueError naming those there are.
    """
    if name == "simpy":
        from simulator.engine import simpy_engine

        return simpy_engine.simulate
    if name in (None, "compiled"):
        from simulator.engine import compiled_engine

        return compiled_engine.simulate
    raise ValueError(f"there is no engine `{name}`; there are: {', '.join(ENGINES)}")


def engine_for(name: str | None, models: Iterable[Model], replications: int) -> str:
    """The name of the engine to use: the one asked for, or by the size of the work. Raises ValueError for an unknown name."""
    if name is not None:
        engine_named(name)
        return name
    people = sum(_expected_people(model) for model in models)
    return "simpy" if people * replications < FEW_PEOPLE and not is_made() else "compiled"


def _expected_people(model: Model) -> float:
    """People who come in one replication, about."""
    years = (model.end - model.begin) / 31_557_600
    return sum(
        len(stream.times) if stream.times else years * max(rate for _, rate in stream.rate)
        for stream in model.streams
    )
