"""The two models as users of SimPy, Ciw and C would write them, each keeping one record a visit (cimba: `peers_cimba`).

`desk` is M/M/10 (9 arrivals a day, a visit of 1 day); `five_desks` is five of them in line. Only running is
timed, not building: neither a peer, nor ours, is charged for putting its model together.
"""

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from functools import cache
from pathlib import Path
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

    def person(env: simpy.Environment, number: int) -> Generator[simpy.Event, None, None]:
        for stage, desk in enumerate(desks):
            joined = env.now
            with desk.request() as place:
                yield place
                started = env.now
                yield env.timeout(draw(RATE))
            visits.append(Visit(number, stage, joined, started, env.now))

    def arrivals(env: simpy.Environment) -> Generator[simpy.Event, None, None]:
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


def run_c(case: str, days: float, seed: int = 1) -> Measured:
    """`heap_loop.c`: an event loop on a binary heap and nothing else. It times itself."""
    told = subprocess.run(
        [c_program(), *(str(each) for each in (STAGES[case], PLACES, ARRIVALS, days, seed))],
        capture_output=True,
        text=True,
        check=True,
    )
    visits, seconds, mean_wait = told.stdout.split()
    return Measured(int(visits), float(seconds), float(mean_wait))


@cache
def c_program() -> str:
    """The C program, compiled into a temporary folder that goes when the benchmarks end."""
    folder = tempfile.TemporaryDirectory(prefix="heap_loop-")
    _folders.append(folder)
    program = str(Path(folder.name) / "heap_loop")
    source = str(Path(__file__).with_name("heap_loop.c"))
    subprocess.run(["gcc", "-O3", "-o", program, source, "-lm"], check=True)
    return program


_folders: list[tempfile.TemporaryDirectory[str]] = []


def missing_compiler() -> str | None:
    """Why the C program cannot be made here, if it cannot."""
    return None if shutil.which("gcc") else "C loop: there is no gcc here"
