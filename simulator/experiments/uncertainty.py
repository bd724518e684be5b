"""Draws of every uncertain number, each run several times under every design: what all questions about doubt are asked of."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Choices
from simulator.engine.model import Floats
from simulator.experiments.engines import DEFAULT
from simulator.experiments.many import EveryRunFailed, run_all
from simulator.experiments.outputs import Output, outputs
from simulator.experiments.points import Failed, Job, Point
from simulator.experiments.runner import Tell, chosen_designs
from simulator.experiments.sampling import AS_WRITTEN, Sample, sample
from simulator.experiments.uncertain import Uncertain, chosen, uncertain_numbers
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 512
REPLICATIONS = 2
MOST_RUNS = 1_000_000


@dataclass(frozen=True, eq=False)
class Draws:
    """What every design came to in every draw.

    values: (draws, replications, designs, outputs), NaN where not known. failed: runs that could not be finished; their
    draws are left out of `values` and of `sample`, and counted here. gaps: draws in which a share or ratio was out of reach.
    """

    scenario: Scenario
    designs: tuple[str, ...]
    outputs: tuple[Output, ...]
    sample: Sample
    values: Floats = field(repr=False)
    method: str
    seed: int
    reading: str | None = None
    engine: str = DEFAULT
    failed: tuple[Failed, ...] = ()
    gaps: int = 0
    seconds: float = 0.0

    @property
    def replications(self) -> int:
        return self.values.shape[1]

    def __len__(self) -> int:
        return len(self.values)

    def output(self, name: str) -> Output:
        """The figure of this name. Raises KeyError for one that was not kept."""
        for each in self.outputs:
            if each.name == name:
                return each
        raise KeyError(f"`{name}` was not kept; there are: {', '.join(each.name for each in self.outputs)}")

    def figure(self, name: str) -> Floats:
        """(draws, replications, designs) of one figure."""
        return self.values[..., self.outputs.index(self.output(name))]

    def good(self, name: str) -> Floats:
        """As `figure`, with its sign such that more is better (a figure that says neither is taken as more is better)."""
        return -self.figure(name) if self.output(name).more_is_better is False else self.figure(name)

    def choices(self, cost: str, effect: str) -> Choices:
        """Means over replications of what each draw costs and does. Raises ValueError where a figure is not known somewhere."""
        return Choices(self.designs, self.figure(cost).mean(axis=1), self.good(effect).mean(axis=1))

    @property
    def frame(self) -> pd.DataFrame:
        """One row a draw, replication and design: the outputs, then the sampled numbers by place."""
        import pandas as pd

        draws, replications, designs, _ = self.values.shape
        d, r, k = (index.ravel() for index in np.indices((draws, replications, designs)))
        return pd.DataFrame(
            {
                "draw": d + 1,
                "replication": d * replications + r,
                "design": np.array(self.designs, dtype=object)[k],
                **{each.name: self.values[d, r, k, o] for o, each in enumerate(self.outputs)},
                **{
                    place: column[d]
                    for place, column in zip(self.sample.places, self.sample.values().T, strict=True)
                },
            }
        )


def uncertainty(
    scenario: Scenario,
    designs: Sequence[str] | None = None,
    *,
    draws: int = DRAWS,
    replications: int = REPLICATIONS,
    method: str = "sobol",
    of: Sequence[str] | None = None,
    figures: Sequence[str] | None = None,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
) -> Draws:
    """Run designs (default: all) beside the baseline over draws of the uncertain numbers.

    Each draw has its own replications, so that chance is told from doubt. of: only these numbers are drawn, by place or what
    they lie under; the others are as written. figures: see `experiments.outputs`. reading: one for all draws, or `as written`;
    None draws it by weight. Raises ScenarioError for names that there are not, and where nothing is uncertain; ValueError for
    counts that cannot be.
    """
    names, numbers = what_is_uncertain(scenario, designs, of)
    if reading is not None and reading != AS_WRITTEN:
        scenario.design(scenario.baseline, reading)  # refuses a name that the file does not have
    check_runs(draws * replications * len(names), replications)
    found = sample(scenario, numbers, draws, method=method, seed=seed, reading=reading)
    return of_sample(
        scenario,
        names,
        found,
        replications=replications,
        method=method,
        figures=figures,
        reading=reading,
        seed=seed,
        engine=engine,
        workers=workers,
        processes=processes,
        progress=progress,
    )


def what_is_uncertain(
    scenario: Scenario, designs: Sequence[str] | None, of: Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[Uncertain, ...]]:
    """The designs (default: all) with the baseline first, and the uncertain numbers they read. Raises as `uncertainty`."""
    asked = chosen_designs(scenario, designs)
    for name in asked:
        scenario.design(name)  # refuses a name that the file does not have
    names = tuple(dict.fromkeys([scenario.baseline, *asked]))
    numbers = chosen(uncertain_numbers(scenario, names), of, scenario.file)
    if not numbers and not scenario.document.readings:
        raise nothing_uncertain(scenario)
    if len(names) < 2:
        message = "there must be a design beside the baseline to weigh against it"
        others = [name for name in scenario.designs if name != scenario.baseline]
        hint = f"these are: {', '.join(others)}" if others else "add one under `designs`"
        raise ScenarioError([Problem(1, 1, "designs", message, hint, file=scenario.file)])
    return names, numbers


def of_sample(
    scenario: Scenario,
    designs: Sequence[str],
    found: Sample,
    *,
    replications: int = REPLICATIONS,
    common: bool = False,
    method: str = "",
    figures: Sequence[str] | None = None,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
) -> Draws:
    """Run the draws of a sample, each with its own replications, or (common) all with the same ones.

    With common random numbers a design of experiments sees what the numbers do and not chance; its draws belong together, so
    that none may be lost: raises EveryRunFailed then. Otherwise as `uncertainty`.
    """
    begun = time.monotonic()
    wanted = outputs(scenario, figures)
    job = Job.of(scenario, designs, [each.name for each in wanted], seed=seed, engine=engine)
    check_runs(len(found) * replications * len(job.designs), replications)
    points = []
    for row in range(len(found)):
        first = 0 if common else row * replications
        runs = tuple(range(first, first + replications))
        points.append(Point(row + 1, runs, found.draw(row), found.reading(row)))
    ran = run_all(job, points, at_once=workers, processes=processes, progress=progress)
    if common and ran.failed:
        raise EveryRunFailed(f"{len(ran.failed)} runs failed, and none can be missing: {ran.failed[0].error}")
    lost = {each.point - 1 for each in ran.failed}
    kept = np.array([row for row in range(len(found)) if row not in lost])
    return Draws(
        scenario,
        job.designs,
        wanted,
        found.rows(kept),
        ran.values[kept],
        method,
        seed,
        reading,
        engine,
        ran.failed,
        ran.gaps,
        time.monotonic() - begun,
    )


def check_runs(runs: int, replications: int) -> None:
    """Raise ValueError for more runs than anyone would wait for, or none."""
    if replications < 1:
        raise ValueError(f"replications must be 1 or more, not {replications}")
    if runs > MOST_RUNS:
        raise ValueError(
            f"that makes {runs:,} runs; {MOST_RUNS:,} at most here. `simulator batch` keeps what is finished of more"
        )


def nothing_uncertain(scenario: Scenario) -> ScenarioError:
    """What to say of a scenario in which no number has a range."""
    message = "no number of this scenario has a range, so there is no doubt to look at"
    hint = "write ranges where a number is uncertain, such as `60% (48% to 76%)`"
    return ScenarioError([Problem(1, 1, "", message, hint, file=scenario.file)])


__all__ = [
    "DRAWS",
    "REPLICATIONS",
    "Draws",
    "check_runs",
    "nothing_uncertain",
    "of_sample",
    "uncertainty",
    "what_is_uncertain",
]
