"""Points: one setting of the numbers each, run under several designs on the same random numbers, down to chosen figures.

A point is small and plain, so that it travels to another process or machine; `run_points` is all that happens there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

import numpy as np

from simulator.engine.model import Floats
from simulator.engine.numbers import Draw
from simulator.experiments.engines import DEFAULT
from simulator.experiments.outputs import Output, outputs, picked
from simulator.experiments.replication import Prepared, prepare_all, replicate
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import ScenarioError


@dataclass(frozen=True)
class Job:
    """What the points of a study have in common. designs: the baseline first. outputs: names (`experiments.outputs`)."""

    text: str = field(repr=False)
    file: str
    designs: tuple[str, ...]
    outputs: tuple[str, ...]
    seed: int = 1
    engine: str = DEFAULT

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        designs: Sequence[str],
        names: Sequence[str],
        *,
        seed: int = 1,
        engine: str = DEFAULT,
    ) -> Job:
        """For these designs beside the baseline. Raises ScenarioError for a design or figure that there is not."""
        for name in designs:
            scenario.design(name)
        outputs(scenario, names)
        ordered = tuple(dict.fromkeys([scenario.baseline, *designs]))
        return cls(scenario.text, scenario.file, ordered, tuple(names), seed, engine)


@dataclass(frozen=True, eq=False)
class Point:
    """One setting of the numbers. number: its own in its study. settings: controls that are set, by name, as texts.

    draw: where uncertain numbers lie; None: as written. reading: of the evidence. replications: numbers of those to run.
    """

    number: int
    replications: tuple[int, ...]
    draw: Draw | None = None
    reading: str | None = None
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Failed:
    """A run that could not be finished; replication None where the numbers themselves cannot be. error: in one line."""

    point: int
    replication: int | None
    error: str


@dataclass(frozen=True, eq=False)
class Ran:
    """What points came to: values (points, replications, designs, outputs), NaN where not known or failed.

    numbers: of the points, in order. gaps: points in which a sampled share or ratio was out of reach and the nearest used.
    """

    numbers: tuple[int, ...]
    values: Floats
    failed: tuple[Failed, ...] = ()
    gaps: int = 0


def together(parts: Sequence[Ran]) -> Ran:
    """Parts of one study as one, in the order of the points."""
    ordered = sorted(parts, key=lambda part: part.numbers[0])
    return Ran(
        tuple(number for part in ordered for number in part.numbers),
        np.concatenate([part.values for part in ordered]),
        tuple(each for part in ordered for each in part.failed),
        sum(part.gaps for part in ordered),
    )


class _Opened:
    """Scenarios as read, a few: reading one takes longer than running it. For many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._read = lru_cache(maxsize=8)(lambda digest, job: load_text(job.text, job.file))
        self._set = lru_cache(maxsize=64)(
            lambda digest, job, settings: self._read(digest, job).with_settings(dict(settings))
        )

    def scenario(self, job: Job, settings: tuple[tuple[str, str], ...]) -> Scenario:
        digest = hashlib.sha256(job.text.encode()).hexdigest()
        with self._lock:
            return self._set(digest, job, settings) if settings else self._read(digest, job)


_OPENED = _Opened()


def run_points(job: Job, points: Sequence[Point], stop: Callable[[], bool] | None = None) -> Ran:
    """Run points one after the other. A run that fails leaves its error and no figures, and the others go on.

    All points have as many replications. stop: asked between runs; True ends it with InterruptedError.
    """
    wanted = outputs(_OPENED.scenario(job, ()), job.outputs)
    tables = frozenset(table for output in wanted for table in output.tables)
    values = np.full((len(points), len(points[0].replications), len(job.designs), len(wanted)), np.nan)
    failed: list[Failed] = []
    gaps = 0
    for row, point in enumerate(points):
        prepared = _prepared(job, point, failed)
        if prepared is None:
            continue
        gaps += any(each.model.gaps for each in prepared.values())
        for column, replication in enumerate(point.replications):
            if stop is not None and stop():
                raise InterruptedError("the study was stopped")
            try:
                values[row, column] = _one(job, prepared, replication, wanted, tables)
            except MemoryError:
                raise
            except Exception as error:
                failed.append(Failed(point.number, replication, in_a_line(error)))
    return Ran(tuple(point.number for point in points), values, tuple(failed), gaps)


def _prepared(job: Job, point: Point, failed: list[Failed]) -> dict[str, Prepared] | None:
    try:
        scenario = _OPENED.scenario(job, point.settings)
        return prepare_all(scenario, job.designs, seed=job.seed, draw=point.draw, reading=point.reading)
    except MemoryError:  # the machine's, not the point's
        raise
    except Exception as error:  # whatever it is, it is this point's, and the record says it
        failed.append(Failed(point.number, None, in_a_line(error)))
        return None


def _one(
    job: Job,
    prepared: dict[str, Prepared],
    replication: int,
    wanted: Sequence[Output],
    tables: frozenset[str],
) -> Floats:
    found = replicate(prepared, replication, engine=job.engine, tables=tables)
    return picked(found, job.designs, wanted)[0]


def in_a_line(error: Exception) -> str:
    """An error as one line, at most 500 characters."""
    text = (
        "; ".join(each.message for each in error.problems) if isinstance(error, ScenarioError) else str(error)
    )
    line = " ".join(text.split()) or "no reason given"
    name = "" if isinstance(error, ScenarioError) else f"{type(error).__name__}: "
    return f"{name}{line}"[:500]


__all__ = ["Failed", "Job", "Point", "Ran", "in_a_line", "run_points", "together"]
