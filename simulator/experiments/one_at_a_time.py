"""One uncertain number moved at a time, the others as written, all on the same random numbers: tornados and switching values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.engine.model import Floats
from simulator.engine.numbers import Draw
from simulator.experiments.engines import DEFAULT
from simulator.experiments.many import run_all
from simulator.experiments.outputs import Output, outputs
from simulator.experiments.points import Failed, Job, Point
from simulator.experiments.runner import Tell
from simulator.experiments.uncertain import Uncertain
from simulator.experiments.uncertainty import check_runs, nothing_uncertain, what_is_uncertain
from simulator.scenario.load import Scenario
from simulator.scenario.quantities import Quantity

REPLICATIONS = 20
STEPS = 9
# How far beyond its 95% range a number is moved in search of where the answer turns, in widths of the range.
BEYOND = 0.5
Steps = Callable[[Quantity], Sequence[float]]
"""What a number is moved to; as many for every number."""


@dataclass(frozen=True, eq=False)
class Moved:
    """Results as one number at a time moves.

    base: (replications, designs, outputs) with every number as written. numbers: those that were moved. at: (numbers,
    steps), what each was moved to. values: (numbers, steps, replications, designs, outputs) there. readings: other ways to
    read the evidence, and `read` (readings, replications, designs, outputs) with each, every number as it has it; none where
    one reading was asked for.
    """

    scenario: Scenario
    designs: tuple[str, ...]
    outputs: tuple[Output, ...]
    numbers: tuple[Uncertain, ...]
    base: Floats = field(repr=False)
    at: Floats = field(repr=False)
    values: Floats = field(repr=False)
    seed: int = 1
    reading: str | None = None
    engine: str = DEFAULT
    failed: tuple[Failed, ...] = ()
    readings: tuple[str, ...] = ()
    read: Floats = field(default_factory=lambda: np.zeros((0, 0, 0, 0)), repr=False)

    @property
    def replications(self) -> int:
        return len(self.base)

    def column(self, name: str) -> int:
        """Which of the outputs has this name."""
        return [each.name for each in self.outputs].index(name)


def moved(
    scenario: Scenario,
    design: str,
    steps: Steps,
    *,
    of: Sequence[str] | None = None,
    figures: Sequence[str] | None = None,
    replications: int = REPLICATIONS,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
) -> Moved:
    """Run a design beside the baseline with each number at each of its steps: `ends`, or `grid`.

    of: only these numbers, by place or what they lie under. reading: of the evidence in all runs; None runs the file as
    written, and beside it once with each reading. figures: see `experiments.outputs`. A number for which some run
    failed is left out, and said in `failed`. Raises as `uncertainty`.
    """
    wanted = outputs(scenario, figures)
    names, numbers = what_is_uncertain(scenario, [design], of)
    if not numbers:
        raise nothing_uncertain(scenario)
    if reading is not None:
        scenario.design(scenario.baseline, reading)  # refuses a name that the file does not have
    job = Job.of(scenario, names, [each.name for each in wanted], seed=seed, engine=engine)
    at = np.array([steps(each.quantity) for each in numbers], np.float64)
    runs = tuple(range(replications))
    check_runs((1 + at.size) * replications * len(job.designs), replications)
    points = [Point(0, runs, Draw(), reading)]
    for number, values in zip(numbers, at.tolist(), strict=True):
        points += [
            Point(len(points) + step, runs, Draw(values={number.place: value}), reading)
            for step, value in enumerate(values)
        ]
    others = tuple(scenario.document.readings) if reading is None else ()
    for name in others:
        points.append(Point(len(points), runs, Draw(), name))
    ran = run_all(job, points, at_once=workers, processes=processes, progress=progress)
    found = ran.values[1 : 1 + at.size].reshape(*at.shape, *ran.values.shape[1:])
    failed = {each.point for each in ran.failed}
    width = at.shape[1]
    kept = [
        index
        for index in range(len(numbers))
        if not failed & set(range(1 + index * width, 1 + (index + 1) * width))
    ]
    return Moved(
        scenario,
        job.designs,
        wanted,
        tuple(numbers[index] for index in kept),
        ran.values[0],
        at[kept],
        found[kept],
        seed,
        reading,
        engine,
        ran.failed,
        others,
        ran.values[1 + at.size :],
    )


def ends(quantity: Quantity) -> tuple[float, float]:
    """The low and the high end of a number's range."""
    assert quantity.low is not None and quantity.high is not None
    return quantity.low, quantity.high


def grid(steps: int = STEPS) -> Steps:
    """Over a number's range and half as far again on both sides, as far as such a number can be."""

    def over(quantity: Quantity) -> list[float]:
        low, high = ends(quantity)
        beyond = BEYOND * (high - low)
        first, last = low - beyond, high + beyond
        if quantity.kind != "score":
            # Half of the low end, not 0: a time or a rate of 0 is another thing than a small one.
            first = max(first, low / 2)
        if quantity.kind == "share":
            last = min(last, 1.0)
        if quantity.kind == "ratio":  # 1 is no effect, which is always worth a look
            first, last = min(first, 1.0), max(last, 1.0)
        found: list[float] = np.linspace(first, last, steps).tolist()
        return [float(round(each)) for each in found] if quantity.kind == "count" else found

    return over


__all__ = ["Moved", "Steps", "ends", "grid", "moved"]
