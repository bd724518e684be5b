"""The two models in the product's own scenario language, run through its public face."""

import time

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


def run(case: str, days: int, seed: int = 1) -> Measured:
    """Time `simulate` alone; the model is compiled before and the visits are read from its history after."""
    import simulator

    scenario = simulator.load_text(scenario_text(case, days))
    model = simulator.compile_model(scenario, design=None)
    begin = time.perf_counter()
    history = simulator.simulate(model, seed=seed, replication=0)
    seconds = time.perf_counter() - begin
    spells = history.spells()
    done = spells[spells["ended"].fillna(-1) >= 0]
    return Measured(len(done), seconds, float((done["started"] - done["joined"]).mean()) / 86_400)
