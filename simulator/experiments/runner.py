"""Replications on all cores, with progress, and stopped when asked. Results do not depend on the number of workers.

The compiled engine runs in threads: it and what follows it let go of the interpreter. The SimPy engine, which does not,
runs in processes.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING

from simulator.analysis.measures import Measures
from simulator.experiments import first_use
from simulator.experiments.engines import DEFAULT, Watch, engine_named
from simulator.experiments.gathered import Gathered
from simulator.experiments.plan import Plan, check_vary, gaps_of
from simulator.experiments.replication import replicate
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

MOST_REPLICATIONS = 100_000
# Below this many seconds of work, starting other processes costs more than it saves.
WORTH_A_PROCESS = 3.0
# How often, in seconds, a run says how far it is while no replication ends.
PATIENCE = 0.25


@dataclass(frozen=True)
class Progress:
    """How far a run is: replications done of all, the share of the work done, and seconds left at this pace (None at first)."""

    done: int
    of: int
    seconds_left: float | None
    share: float = 0.0


@dataclass(frozen=True, eq=False)
class Result:
    """Measures of several designs over replications on the same random numbers: what every table is made of.

    `measures` is the tidy table (`analysis.measures.COLUMNS`), `values` the same as numbers. `gaps` names the shares and
    ratios that a sampled draw asked for and no hazard gives, with how far the nearest is off in probability, at most.
    `sampled` is how many uncertain numbers each replication has its own sample of, with `vary`. The rest says how to get the
    same numbers again.
    """

    scenario: Scenario
    designs: tuple[str, ...]
    replications: int
    seed: int
    engine: str
    draw: int | None
    reading: str | None
    values: Measures = field(repr=False)
    seconds: float = 0.0
    gaps: dict[str, float] = field(default_factory=dict)
    vary: bool = False
    sampled: int = 0

    @property
    def measures(self) -> pd.DataFrame:
        return self.values.frame

    @property
    def baseline(self) -> str:
        return self.scenario.baseline


class Cancelled(Exception):
    """The caller asked to stop."""


Tell = Callable[[Progress], bool | None]


def run(
    scenario: Scenario,
    designs: Sequence[str] | None = None,
    *,
    replications: int = 10,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    vary: bool = False,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Tell | None = None,
    say: first_use.Say = first_use.to_stderr,
) -> Result:
    """Run designs (default: all) side by side over replications 0, 1, ... and return their measures.

    draw: one sample of the uncertain numbers for all replications (None: as written). vary: instead, one for each, and a
    reading of the evidence for each unless one is named; ranges then show chance and doubt about the numbers (`plan.Plan`).
    engine: `compiled` or `simpy`; they give the same numbers. workers: how many replications at once (None:
    one a core with the compiled engine, one in all with SimPy, whose workers are processes and need a main module that may
    be imported). progress is called after each replication and in between; returning False stops the run (`Cancelled`).
    say: told when something must be prepared first, once on a machine. Raises ScenarioError for an unknown design or
    numbers that cannot be, ValueError for a bad argument, EngineError for a run that cannot go on.
    """
    chosen = chosen_designs(scenario, designs)
    for name in chosen:
        scenario.design(name)  # refuses a name that the file does not have
    check_counts(replications, draw, vary)
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    engine_named(engine)
    begun = time.monotonic()
    plan = Plan(scenario, chosen, seed=seed, draw=draw, reading=reading, vary=vary)
    first_use.make_ready(say)
    report = _Report(progress, replications)
    cores = os.cpu_count() or 1
    several = min(replications, cores, workers or (cores if engine == "compiled" else 1))
    if several == 1:
        found = _in_turn(plan, range(replications), engine, report)
    elif engine == "compiled":
        found = _in_threads(plan, replications, several, report)
    else:
        found = _in_processes(plan, replications, several, (chosen, seed, draw, reading, vary), report)
    gathered = Gathered()
    with closing(found):  # however this ends, nothing goes on behind the caller's back
        for number, (part, gaps) in found:
            gathered.add(number, part, gaps)
            report.done(len(gathered))
    values = Measures.one_after_the_other(gathered.parts(0, replications))
    spent = time.monotonic() - begun
    gaps_of_all = gathered.gaps(replications)
    return Result(
        scenario, chosen, replications, seed, engine, draw, reading, values, spent, gaps_of_all, vary, plan.sampled
    )  # fmt: skip


def chosen_designs(scenario: Scenario, designs: Sequence[str] | None) -> tuple[str, ...]:
    """The designs asked for, each once; all of the file's if none are named."""
    return tuple(dict.fromkeys(designs or scenario.designs))


def check_counts(replications: int, draw: int | None, vary: bool = False) -> None:
    """Raise ValueError for a number of replications, or of a draw, that there cannot be."""
    check_vary(draw, vary)
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise ValueError(f"replications must be 1 to {MOST_REPLICATIONS:,}, not {replications}")
    if draw is not None and draw < 1:
        raise ValueError(f"a draw is 1, 2, ... or none for the numbers as written, not {draw}")


def progress_of(done: int, under_way: float, of: int, seconds: float, before: int = 0) -> Progress:
    """Progress after so many seconds; under_way: the shares of unfinished replications, summed; before: done at the start."""
    so_far = done + under_way
    paced = so_far - before
    left = seconds * (of - so_far) / paced if paced > 0 else None
    return Progress(done, of, left, so_far / of)


class _Report:
    """Tells the caller how far the run is, and hears whether to stop. Used by one thread."""

    def __init__(self, tell: Tell | None, of: int) -> None:
        self.tell, self.of = tell, of
        self.finished = 0
        self.begun = self.told = time.monotonic()

    def done(self, finished: int) -> None:
        """So many replications are done."""
        self.finished = finished
        self._say(0.0)

    def under_way(self, shares: Mapping[int, float]) -> None:
        """Beside those done, these shares of others, by number; said only now and then."""
        if time.monotonic() - self.told >= PATIENCE:
            self._say(sum(list(shares.values())))

    def _say(self, shares: float) -> None:
        self.told = time.monotonic()
        so_far = progress_of(self.finished, shares, self.of, self.told - self.begun)
        if self.tell is not None and self.tell(so_far) is False:
            raise Cancelled("the run was stopped")


Found = tuple[Measures, dict[str, float]]
"""The measures of a replication, and its gaps."""


def _one(plan: Plan, number: int, engine: str, watch: Watch | None = None) -> Found:
    prepared = plan.prepared(number)
    return replicate(prepared, number, engine=engine, watch=watch), gaps_of(prepared)


def _in_turn(
    plan: Plan, numbers: Sequence[int], engine: str, report: _Report
) -> Generator[tuple[int, Found]]:
    """Replications one by one, in this thread."""
    for number in numbers:
        yield number, _one(plan, number, engine, lambda share: report.under_way({0: share}))


def _in_threads(plan: Plan, replications: int, workers: int, report: _Report) -> Generator[tuple[int, Found]]:
    """Replications with their numbers, in the order in which they are finished; of several failures the first by number."""
    stop = Event()
    shares: dict[int, float] = {}  # of those under way

    def one(number: int) -> Found:
        def watch(share: float) -> None:
            shares[number] = share
            if stop.is_set():
                raise Cancelled("the run was stopped")

        return _one(plan, number, "compiled", watch)

    failures: dict[int, Exception] = {}
    with ThreadPoolExecutor(workers) as pool:
        ahead = iter(range(replications))
        waiting = {pool.submit(one, number): number for number in islice(ahead, 2 * workers)}
        try:
            while waiting:
                done, _ = wait(waiting, PATIENCE, return_when=FIRST_COMPLETED)
                for future in done:
                    number = waiting.pop(future)
                    shares.pop(number, None)
                    if (error := future.exception()) is None:
                        yield number, future.result()
                        if not failures:
                            waiting |= {pool.submit(one, number): number for number in islice(ahead, 1)}
                    elif isinstance(error, Exception):
                        failures[number] = error
                    else:
                        raise error
                if failures:
                    # Those with smaller numbers are on their way, and may fail too.
                    waiting = {future: n for future, n in waiting.items() if n < min(failures)}
                report.under_way(shares)
            if failures:
                raise failures[min(failures)]
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _in_processes(
    plan: Plan,
    replications: int,
    workers: int,
    how: tuple[tuple[str, ...], int, int | None, str | None, bool],
    report: _Report,
) -> Generator[tuple[int, Found]]:
    """Replications of the SimPy engine, in the order in which they are finished: the first here, to see what they cost."""
    begun = time.monotonic()
    yield from _in_turn(plan, range(1), "simpy", report)
    rest = range(1, replications)
    if (time.monotonic() - begun) * len(rest) < WORTH_A_PROCESS:
        yield from _in_turn(plan, rest, "simpy", report)
        return
    scenario = plan.scenario
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: set[Future[tuple[int, Found | list[Problem]]]] = set()
        ahead = iter(rest)
        try:
            while True:
                for number in islice(ahead, 2 * workers - len(waiting)):
                    waiting.add(pool.submit(_elsewhere, scenario.text, scenario.file, *how, number))
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    number, part = future.result()
                    if isinstance(part, list):
                        raise ScenarioError(part)
                    yield number, part
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@lru_cache(maxsize=2)
def _planned(
    text: str,
    file: str,
    designs: tuple[str, ...],
    seed: int,
    draw: int | None,
    reading: str | None,
    vary: bool,
) -> Plan:
    """The designs, made ready once in each process."""
    return Plan(load_text(text, file), designs, seed=seed, draw=draw, reading=reading, vary=vary)


def _elsewhere(
    text: str,
    file: str,
    designs: tuple[str, ...],
    seed: int,
    draw: int | None,
    reading: str | None,
    vary: bool,
    number: int,
) -> tuple[int, Found | list[Problem]]:
    """One replication, in another process. A refusal comes back as its problems: an exception would lose them on the way."""
    try:
        return number, _one(_planned(text, file, designs, seed, draw, reading, vary), number, "simpy")
    except ScenarioError as error:
        return number, error.problems
