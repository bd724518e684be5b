"""Outcomes-based commissioning simulator: one shared model of early help against crisis services.

    import simulator
    result = simulator.compare("scenarios/edge-of-care.yaml", "early_help", replications=10)
    print(result.table)

Everything heavy is imported when it is used, so `import simulator` and `simulator --help` are quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "assumptions",
    "compare",
    "compile_model",
    "load",
    "load_text",
    "record",
    "run",
    "simulate",
]

if TYPE_CHECKING:
    from simulator.api import Comparison, assumptions, compare, record, run
    from simulator.engine.compile import compile_model
    from simulator.engine.simpy_engine import simulate
    from simulator.scenario.load import load, load_text

_HOMES = {
    "load": "simulator.scenario.load",
    "load_text": "simulator.scenario.load",
    "compile_model": "simulator.engine.compile",
    "simulate": "simulator.engine.simpy_engine",
    "run": "simulator.api",
    "record": "simulator.api",
    "assumptions": "simulator.api",
    "compare": "simulator.api",
    "Comparison": "simulator.api",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'simulator' has no attribute {name!r}")
