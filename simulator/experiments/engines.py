"""The engines by name, and which of them a run takes when nobody says.

Both write the same history (SEMANTICS; `tests/engine/test_engines_agree.py`), so the choice is one of time only; and
once its machine code is made, the compiled engine is the faster one at any size.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine.history import History

ENGINES = ("simpy", "compiled")
Watch = Callable[[float], object]
Engine = Callable[..., History]
DEFAULT = "compiled"


def engine_named(name: str) -> Engine:
    """The engine of this name: a function of model, seed, replication and watch.

    watch: called every now and then with the share of simulated time that is done; an exception it raises ends the run.
    Raises ValueError naming those there are.
    """
    if name == "simpy":
        from simulator.engine import simpy_engine

        return simpy_engine.simulate
    if name == "compiled":
        from simulator.engine import compiled_engine

        return compiled_engine.simulate
    raise ValueError(f"there is no engine `{name}`; there are: {', '.join(ENGINES)}")
