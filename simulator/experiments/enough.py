"""Runs in growing batches until the means of the chosen figures are as precise as wanted, each run once."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.precision import Judged, Precision, judge, look_ahead
from simulator.engine.model import Floats
from simulator.experiments import first_use
from simulator.experiments.engines import DEFAULT, engine_named
from simulator.experiments.many import EveryRunFailed
from simulator.experiments.outputs import Output, outputs
from simulator.experiments.points import Job, Point
from simulator.experiments.runner import Cancelled, Tell, check_counts, progress_of
from simulator.experiments.workers import cores, in_threads
from simulator.scenario.load import Scenario

if TYPE_CHECKING:
    import pandas as pd

FIRST = 20
"""Runs of the first batch. After it a batch is what is predicted to be missing, a tenth to all of what is done."""
MOST = 1_000
FIVE_PERCENT = Precision(0.05, relative=True)
# Making the numbers of a design ready takes about as long as one run of it, so a chunk is several.
CHUNK = 10


@dataclass(frozen=True, eq=False)
class Enough:
    """How precise the mean of each figure is after the runs that were made, and how many are enough.

    outputs, precisions, compared, judged: one a figure. compared: whether it is the design's difference from the baseline
    (else the design on its own). values: (runs, figures) of replications 0, 1, ..., NaN where not known: the same runs as
    any other command makes with this seed. most: as many runs were allowed.
    """

    scenario: Scenario
    design: str
    outputs: tuple[Output, ...]
    precisions: tuple[Precision, ...]
    compared: tuple[bool, ...]
    values: Floats = field(repr=False)
    judged: tuple[Judged, ...]
    most: int
    seed: int
    reading: str | None
    engine: str
    seconds: float

    @property
    def runs(self) -> int:
        return len(self.values)

    @property
    def replications(self) -> int | None:
        """So many runs are enough for all figures; None where those made are not."""
        if not all(each.settled for each in self.judged):
            return None
        return max((each.at for each in self.judged if each.at is not None), default=self.runs)

    @property
    def frame(self) -> pd.DataFrame:
        """One row a figure.

        Columns: figure, design, baseline (empty where the design is on its own), unit, status (`analysis.precision`), runs, known
        (runs in which it is known), mean, sd, ci_low, ci_high (95% confidence interval of the mean), half_width, wanted (both
        in the unit), relative (half_width as a share of the mean), enough_at, needed (runs; missing where there is none).
        """
        import pandas as pd

        rows = [
            {
                "figure": output.name,
                "design": self.design,
                "baseline": self.scenario.baseline if compared else "",
                "unit": output.unit,
                "status": found.status,
                "runs": found.runs,
                "known": found.known,
                "mean": found.mean,
                "sd": found.sd,
                "ci_low": found.interval[0],
                "ci_high": found.interval[1],
                "half_width": found.half_width,
                "wanted": found.wanted,
                "relative": found.relative,
                "enough_at": found.at,
                "needed": found.needed,
            }
            for output, compared, found in zip(self.outputs, self.compared, self.judged, strict=True)
        ]
        return pd.DataFrame(rows).astype({"enough_at": "Int64", "needed": "Int64"})


def enough_replications(
    scenario: Scenario,
    design: str,
    figures: Sequence[str] = ("crises",),
    precision: Precision | Sequence[Precision] = FIVE_PERCENT,
    *,
    alone: bool = False,
    most: int = MOST,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Tell | None = None,
    say: first_use.Say = first_use.to_stderr,
) -> Enough:
    """Run a design beside the baseline until every figure is precise enough, or `most` runs are made.

    A figure that is not known in any of the first runs is not waited for.

    figures: names (`experiments.outputs`), of the difference from the baseline run by run, or (alone) of the design itself;
    one that the baseline does not have is of the design in both. precision: one for all, or one a figure. workers: how many
    runs at once (None: one a core); results do not depend on it. progress: `of` is the number expected to be needed so far;
    returning False stops (`Cancelled`). Raises ScenarioError for names that there are not, ValueError for bad counts and a
    precision that a figure cannot have, EveryRunFailed where a run failed, since none may be missing.
    """
    begun = time.monotonic()
    check_counts(most, None)
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    engine_named(engine)
    wanted = outputs(scenario, figures)
    precisions = (
        (precision,) * len(wanted) if isinstance(precision, Precision) else _one_each(precision, wanted)
    )
    for each, output in zip(precisions, wanted, strict=True):
        if reason := each.refused_for(output.unit):
            raise ValueError(f"`{output.name}` cannot be that precise: {reason}")
    compared = np.full(len(wanted), not alone and design != scenario.baseline)
    job = Job.of(scenario, [design], [each.name for each in wanted], seed=seed, engine=engine)
    first_use.make_ready(say)
    values = np.empty((0, len(wanted)))
    expected = min(FIRST, most)
    judged: tuple[Judged, ...] = ()
    while len(values) < expected:
        parts = _batch(
            job, reading, range(len(values), expected), workers or cores(), _Told(progress, expected, begun)
        )
        batch, baseline = parts[:, job.designs.index(design)], parts[:, 0]
        if not len(
            values
        ):  # what the baseline does not have, as the wait for a service of the design, is no difference
            compared &= np.isfinite(baseline).any(axis=0) | ~np.isfinite(batch).any(axis=0)
        batch[:, compared] -= baseline[:, compared]
        values = np.concatenate([values, batch])
        judged = judge(values, precisions)
        expected = _next(judged, len(values), most)
    return Enough(
        scenario,
        design,
        wanted,
        precisions,
        tuple(compared.tolist()),
        values,
        judged,
        most,
        seed,
        reading,
        engine,
        time.monotonic() - begun,
    )


def _one_each(precisions: Sequence[Precision], wanted: Sequence[Output]) -> tuple[Precision, ...]:
    if len(precisions) != len(wanted):
        raise ValueError(f"there are {len(precisions)} precisions for {len(wanted)} figures")
    return tuple(precisions)


def _next(judged: Sequence[Judged], done: int, most: int) -> int:
    """How many runs to have made after the next batch; as many as are done where no more are of use."""
    waited_for = [each for each in judged if not each.settled and each.known]
    if not waited_for:
        return done
    predicted = max(each.needed or 2 * done for each in waited_for)
    wanted = predicted + look_ahead(predicted)
    return min(most, max(min(wanted, 2 * done), done + math.ceil(done / 10)))


@dataclass
class _Told:
    """Tells the caller how far it is, and hears whether to stop."""

    tell: Tell | None
    of: int
    begun: float

    def done(self, runs: int) -> None:
        seconds = time.monotonic() - self.begun
        if self.tell is not None and self.tell(progress_of(runs, 0.0, self.of, seconds)) is False:
            raise Cancelled("the run was stopped")


def _batch(job: Job, reading: str | None, numbers: range, several: int, told: _Told) -> Floats:
    """(runs, designs, figures) of these replications, in order."""
    size = max(1, min(CHUNK, math.ceil(len(numbers) / several)))
    chunks = [
        (first, (Point(first, tuple(numbers[at : at + size]), None, reading),))
        for at, first in enumerate(numbers)
        if at % size == 0
    ]
    found: dict[int, Floats] = {}
    done = numbers.start
    with closing(in_threads(job, chunks, min(several, len(chunks)))) as finished:
        for first, ran in finished:
            if ran.failed:
                failed = ran.failed[0]
                which = "" if failed.replication is None else f" {failed.replication + 1}"
                raise EveryRunFailed(f"run{which} failed, and none may be missing: {failed.error}")
            found[first] = ran.values[0]
            done += len(ran.values[0])
            told.done(done)
    return np.concatenate([found[first] for first, _ in chunks])


__all__ = ["FIVE_PERCENT", "MOST", "Enough", "enough_replications"]
