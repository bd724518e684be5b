"""Runs a case and compares: estimate, standard error, within tolerance or not.

Tolerance. A figure is right if it lies within 3 standard errors of the expected one, estimated from at least 20
independent replications; in the full run, 3 standard errors must also be no more than one and a half times the
relative figure that a case names (3 to 5% mostly), so that nothing passes because it was measured badly.

One figure in 200 lies outside 3 standard errors by chance (t distribution, 19 degrees of freedom and more), and there
are about 75. The rule for these, written before the first results: a case with a figure outside, or measured too
loosely, is run once more with another seed and four times the replications, and this run alone decides. A real error of
that size is then six standard errors wide, so it cannot slip through, while false alarms become rare (75 / 200^2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulator.engine.compile import compile_model
from simulator.engine.compiled_engine import simulate
from simulator.engine.model import Model
from simulator.scenario.load import load_text
from tests.published.case import Case, Check
from tests.published.cases import BY_NAME
from tests.published.measures import DAY, Window

ERRORS = 3.0
LOOSEST = 1.5
SECOND_SEED = 1000
Pair = tuple[float, float]


@dataclass(frozen=True)
class Task:
    """One replication of a case; small, so that it can be sent to another process."""

    case: str
    full: bool
    seed: int
    replication: int
    broken: bool = False


@dataclass(frozen=True)
class Verdict:
    """One figure of a case: what was expected and found. `allowed` is the tolerance as a difference."""

    case: Case
    check: Check
    expected: float
    simulated: float
    error: float
    allowed: float
    replications: int
    counted: float
    second_run: bool
    precise: bool

    @property
    def within(self) -> bool:
        return self.precise and abs(self.simulated - self.expected) <= self.allowed


@lru_cache(maxsize=4)
def _model(name: str, full: bool, broken: bool) -> Model:
    case = BY_NAME[name]
    return compile_model(load_text(case.scenario(case.run(full), broken), name), case.design)


def measure(task: Task) -> list[Pair]:
    """Numerator and denominator of each of the case's figures in one replication."""
    case = BY_NAME[task.case]
    run = case.run(task.full)
    history = simulate(_model(task.case, task.full, task.broken), task.seed, task.replication)
    until = round(run.until * DAY) if run.until else history.end - round(case.finish * DAY)
    window = Window(round(case.settle * DAY), until)
    return [check.measure(history, window) for check in case.checks]


def tasks_of(case: Case, full: bool, *, broken: bool = False, second: bool = False) -> list[Task]:
    """All replications of a case; `second` is the run that decides when the first lies outside."""
    count = case.run(full).replications * (4 if second else 1)
    seed = case.seed + (SECOND_SEED if second else 0)
    return [Task(case.name, full, seed, replication, broken) for replication in range(count)]


def ratio(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Sum of numerators over sum of denominators, and its standard error over replications (delta method)."""
    count = len(pairs)
    total = math.fsum(below for _, below in pairs)
    value = math.fsum(above for above, _ in pairs) / total
    squares = math.fsum((above - value * below) ** 2 for above, below in pairs)
    return value, math.sqrt(squares / (count * (count - 1))) / (total / count) if count > 1 else math.nan


def verdicts(case: Case, results: Iterable[list[Pair]], full: bool, second: bool = False) -> list[Verdict]:
    """The replications of a case against what is expected."""
    every = list(results)
    found = []
    for number, check in enumerate(case.checks):
        pairs = [each[number] for each in every]
        value, error = (pairs[0][0] / pairs[0][1], 0.0) if case.exact else ratio(pairs)
        expected = check.expected
        allowed = 0.5 / DAY if case.exact else ERRORS * error
        precise = not full or check.figure is None or allowed <= LOOSEST * check.figure * expected
        counted = math.fsum(below for _, below in pairs)
        found.append(
            Verdict(case, check, expected, value, error, allowed, len(every), counted, second, precise)
        )
    return found


def judge(case: Case, *, full: bool = False, broken: bool = False) -> list[Verdict]:
    """Run a case in this process and compare, with the second run where the first lies outside."""
    found = verdicts(case, map(measure, tasks_of(case, full, broken=broken)), full)
    if needs_second(found):
        again = tasks_of(case, full, broken=broken, second=True)
        found = verdicts(case, map(measure, again), full, second=True)
    return found


def needs_second(found: list[Verdict]) -> bool:
    """Whether a case is to be run once more: it is not exact, and a figure is outside or loose."""
    return not found[0].case.exact and not all(each.within for each in found)
