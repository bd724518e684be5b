"""The two models of waiting lines in the product's own scenario language, run through its engines."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.peers import Measured

HEAD = """\
format: 1
scenario: {title}
start: 2027-01-01
horizon: {days} days
warm_up: 0 days
people: {{arrive: {{in_need: 9 per day}}}}
needs: {{in_need: {{}}}}
services:
{services}
designs: {{today: {{baseline: yes}}}}
"""

DESK = "  desk: {for: in_need, places: 10, length: {exponential: 1 day}, then: {completed: leaves}}"

FIVE_DESKS = """\
  desk_1: {for: in_need, places: 10, length: {exponential: 1 day}, then: {completed: desk_2}}
  desk_2: {places: 10, length: {exponential: 1 day}, then: {completed: desk_3}}
  desk_3: {places: 10, length: {exponential: 1 day}, then: {completed: desk_4}}
  desk_4: {places: 10, length: {exponential: 1 day}, then: {completed: desk_5}}
  desk_5: {places: 10, length: {exponential: 1 day}, then: {completed: leaves}}"""

SERVICES = {"desk": ("Ten places", DESK), "five_desks": ("Five desks in line", FIVE_DESKS)}


def scenario_text(case: str, days: int) -> str:
    """The YAML text of a case, empty at the start and running for `days` days."""
    title, services = SERVICES[case]
    return HEAD.format(title=title, days=days, services=services)


def run(case: str, days: int, seed: int, name: str) -> Measured:
    """Time `simulate` of the engine `name` alone: the model is compiled before, the visits are read from its history after."""
    from simulator.engine.compile import compile_model
    from simulator.engine.history import NOT_YET
    from simulator.experiments.engines import engine_named
    from simulator.scenario.load import load_text

    simulate = engine_named(name)
    model = compile_model(load_text(scenario_text(case, days)), None)
    begin = time.perf_counter()
    history = simulate(model, seed, 0)
    seconds = time.perf_counter() - begin
    spells = history.spell_table
    done = spells["ended"] != NOT_YET
    waits = (spells["started"] - spells["joined"])[done]
    return Measured(int(done.sum()), seconds, float(np.mean(waits)) / 86_400)
