"""The two models as a user of SimPy and a user of Ciw would write them, each keeping one record a visit.

`desk` is M/M/10 (9 arrivals a day, a visit of 1 day); `five_desks` is five of them in line. Only running is
timed, not building: neither peer, nor ours, is charged for putting its model together.
"""

import random
import time
from collections.abc import Iterator
from typing import NamedTuple

STAGES = {"desk": 1, "five_desks": 5}
ARRIVALS = 9.0  # a day, first stage
RATE = 1.0  # visits a day that one place completes
PLACES = 10
MEAN_WAIT = 0.66873  # days at each stage: Erlang C, and Burke's theorem for the stages after the first


class Measured(NamedTuple):
    """One timed run: completed visits, seconds of running, mean wait in days of the completed visits."""

    visits: int
    seconds: float
    mean_wait: float


class Visit(NamedTuple):
    """One completed visit, times in days."""

    person: int
    stage: int
    joined: float
    started: float
    ended: float


def run_simpy(case: str, days: float, seed: int = 1) -> Measured:
    """Processes, `Resource`, `request` and `timeout`, as in SimPy's tutorial; visits kept in a list."""
    import simpy

    draw = random.Random(seed).expovariate
    visits: list[Visit] = []

    def person(env: simpy.Environment, number: int) -> Iterator[simpy.Event]:
        for stage, desk in enumerate(desks):
            joined = env.now
            with desk.request() as place:
                yield place
                started = env.now
                yield env.timeout(draw(RATE))
            visits.append(Visit(number, stage, joined, started, env.now))

    def arrivals(env: simpy.Environment) -> Iterator[simpy.Event]:
        number = 0
        while True:
            yield env.timeout(draw(ARRIVALS))
            env.process(person(env, number))
            number += 1

    env = simpy.Environment()
    desks = [simpy.Resource(env, PLACES) for _ in range(STAGES[case])]
    env.process(arrivals(env))
    begin = time.perf_counter()
    env.run(until=days)
    seconds = time.perf_counter() - begin
    return Measured(len(visits), seconds, sum(v.started - v.joined for v in visits) / len(visits))


def run_ciw(case: str, days: float, seed: int = 1) -> Measured:
    """A Ciw network; Ciw writes its own record of each visit as the visit ends."""
    import ciw

    stages = STAGES[case]
    routing = [[1.0 if after == stage + 1 else 0.0 for after in range(stages)] for stage in range(stages)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(ARRIVALS), *[None] * (stages - 1)],
        service_distributions=[ciw.dists.Exponential(RATE)] * stages,
        number_of_servers=[PLACES] * stages,
        routing=routing,
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    begin = time.perf_counter()
    simulation.simulate_until_max_time(days)
    seconds = time.perf_counter() - begin
    waits = [record.waiting_time for record in simulation.get_all_records(only=["service"])]
    return Measured(len(waits), seconds, float(sum(waits)) / len(waits))
