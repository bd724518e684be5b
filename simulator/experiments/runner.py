"""Replications on all cores, with progress. Results do not depend on the number of workers."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.engine.compile import compile_model
from simulator.engine.model import Model
from simulator.experiments.replication import engine_named, replicate
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

MOST_REPLICATIONS = 100_000
# Below this many seconds of work, starting other processes costs more than it saves.
WORTH_A_PROCESS = 3.0


@dataclass(frozen=True)
class Progress:
    """How far a run is: replications done of all, and seconds left if it goes on at this pace (None at first)."""

    done: int
    of: int
    seconds_left: float | None


@dataclass(frozen=True, eq=False)
class Result:
    """Measures of several designs over replications on the same random numbers: what every table is made of.

    `measures` has the columns of `analysis.measures.COLUMNS`. `gaps` names the shares and ratios that a sampled draw asked
    for and no hazard gives, with how far the nearest is off in probability. The rest says how to get the same numbers again.
    """

    scenario: Scenario
    designs: tuple[str, ...]
    replications: int
    seed: int
    engine: str
    draw: int | None
    reading: str | None
    measures: pd.DataFrame = field(repr=False)
    seconds: float = 0.0
    gaps: dict[str, float] = field(default_factory=dict)

    @property
    def baseline(self) -> str:
        return self.scenario.baseline


class Cancelled(Exception):
    """The caller asked to stop."""


def run(
    scenario: Scenario,
    designs: Sequence[str] | None = None,
    *,
    replications: int = 10,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    engine: str = "simpy",
    workers: int = 1,
    progress: Callable[[Progress], bool | None] | None = None,
) -> Result:
    """Run designs (default: all) side by side over replications 0, 1, ... and return their measures.

    progress is called after each replication; returning False stops the run (`Cancelled`). workers: processes; more than
    1 needs a main module that may be imported (`if __name__ == "__main__":`), so 1 unless asked for. Raises ScenarioError
    for an unknown design or numbers that cannot be, ValueError for a bad argument.
    """
    import pandas as pd

    chosen = tuple(dict.fromkeys(designs or scenario.designs))
    for name in chosen:
        scenario.design(name)  # refuses a name that the file does not have
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise ValueError(f"replications must be 1 to {MOST_REPLICATIONS:,}, not {replications}")
    if workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    if draw is not None and draw < 1:
        raise ValueError(f"a draw is 1, 2, ... or none for the numbers as written, not {draw}")
    engine_named(engine)
    begun = time.monotonic()
    models = {name: compile_model(scenario, name, seed=seed, draw=draw, reading=reading) for name in chosen}
    parts: dict[int, pd.DataFrame] = {}
    for number, part in _work(scenario, models, replications, seed, draw, reading, engine, workers):
        parts[number] = part
        spent = time.monotonic() - begun
        left = spent / len(parts) * (replications - len(parts))
        if progress is not None and progress(Progress(len(parts), replications, left)) is False:
            raise Cancelled
    measures = pd.concat([parts[number] for number in range(replications)], ignore_index=True)
    gaps = {place: gap for model in models.values() for place, gap in model.gaps.items()}
    return Result(
        scenario, chosen, replications, seed, engine, draw, reading, measures, time.monotonic() - begun, gaps
    )


def _work(
    scenario: Scenario,
    models: dict[str, Model],
    replications: int,
    seed: int,
    draw: int | None,
    reading: str | None,
    engine: str,
    workers: int,
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Replications with their numbers, in the order in which they are finished."""
    designs = tuple(models)
    begun = time.monotonic()
    yield (
        0,
        replicate(scenario, designs, 0, seed=seed, draw=draw, reading=reading, engine=engine, models=models),
    )
    once = time.monotonic() - begun
    workers = min(workers, os.cpu_count() or 1, replications - 1)
    if workers <= 1 or once * (replications - 1) < WORTH_A_PROCESS:
        for number in range(1, replications):
            yield (
                number,
                replicate(
                    scenario,
                    designs,
                    number,
                    seed=seed,
                    draw=draw,
                    reading=reading,
                    engine=engine,
                    models=models,
                ),
            )
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: set[Future[tuple[int, pd.DataFrame | list[Problem]]]] = set()
        ahead = iter(range(1, replications))
        try:
            while True:
                for number in ahead:
                    waiting.add(
                        pool.submit(
                            _elsewhere,
                            scenario.text,
                            scenario.file,
                            designs,
                            number,
                            seed,
                            draw,
                            reading,
                            engine,
                        )
                    )
                    if len(waiting) >= 2 * workers:
                        break
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
def _prepared(
    text: str, file: str, designs: tuple[str, ...], seed: int, draw: int | None, reading: str | None
) -> tuple[Scenario, dict[str, Model]]:
    """The scenario and its models, once in each process."""
    scenario = load_text(text, file)
    return scenario, {
        name: compile_model(scenario, name, seed=seed, draw=draw, reading=reading) for name in designs
    }


def _elsewhere(
    text: str,
    file: str,
    designs: tuple[str, ...],
    number: int,
    seed: int,
    draw: int | None,
    reading: str | None,
    engine: str,
) -> tuple[int, pd.DataFrame | list[Problem]]:
    """One replication, in another process. A refusal comes back as its problems: an exception would lose them on the way."""
    try:
        scenario, models = _prepared(text, file, designs, seed, draw, reading)
        return number, replicate(
            scenario, designs, number, seed=seed, draw=draw, reading=reading, engine=engine, models=models
        )
    except ScenarioError as error:
        return number, error.problems
