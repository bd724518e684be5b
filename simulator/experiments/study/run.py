"""Run a study into its folder: what is not there yet, on whatever workers there are."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simulator.experiments import first_use, workers
from simulator.experiments.many import WORTH_PROCESSES
from simulator.experiments.points import Ran, run_points
from simulator.experiments.runner import Cancelled, Tell, progress_of
from simulator.experiments.study.file import Study, load_study
from simulator.experiments.study.layout import Layout, lay_out
from simulator.experiments.study.record import session
from simulator.experiments.study.store import Folder


@dataclass(frozen=True)
class Studied:
    """A study that is finished. before: chunks that were there already. failed: runs that could not be finished."""

    folder: Path
    layout: Layout
    before: int
    failed: int
    gaps: int
    seconds: float


def run_study(
    study: str | Path | Study,
    out: str | Path,
    *,
    at_once: int | None = None,
    processes: bool = False,
    scheduler: str | None = None,
    progress: Tell | None = None,
    say: first_use.Say = first_use.to_stderr,
) -> Studied:
    """Run a study (its file, or one that was loaded) into a folder, or go on with what is there.

    at_once: workers (None: one a core). processes: whether long work may go to other processes, which is faster but needs a
    main module that can be imported. scheduler: address of a Dask cluster, which then does all of it. progress: called after
    each chunk; returning False stops (`Cancelled`). What is finished stays, however this ends.

    Raises ScenarioError for a study that cannot be, OtherPlan and NoStudy for a folder that is another's, CannotWrite,
    `workers.NoScheduler`, `workers.NotInstalled`, and `workers.WorkerLost` where workers keep dying.
    """
    loaded = study if isinstance(study, Study) else load_study(study)
    layout = lay_out(loaded)
    folder = Folder(Path(out))
    begun = working = time.monotonic()
    count = at_once or workers.cores()
    how = scheduler or f"{count} {'processes' if processes else 'threads'} at most"
    with folder.held():
        folder.begin(layout)
        finished = folder.finished(layout.chunks)
        left = [chunk for chunk in range(layout.chunks) if chunk not in finished]
        before = sum(len(layout.numbers(chunk)) for chunk in finished) * layout.runs_a_point
        done = before

        def tell() -> None:
            found = progress_of(done, 0.0, layout.runs, time.monotonic() - working, before)
            if progress is not None and progress(found) is False:
                raise Cancelled("the study was stopped")

        if left:
            if scheduler is None:
                first_use.make_ready(say)
            working = time.monotonic()
            under_way = _ran(layout, left, count, processes, scheduler, say)
            with session(folder, layout, how), closing(under_way) as ran:
                tell()
                for chunk, part in ran:
                    folder.write(layout, chunk, part)
                    done += len(part.numbers) * layout.runs_a_point
                    tell()
        found = folder.tally()
    seconds = time.monotonic() - begun
    return Studied(folder.path, layout, len(finished), found.failures, found.gaps, seconds)


def _ran(
    layout: Layout, left: list[int], count: int, processes: bool, scheduler: str | None, say: first_use.Say
) -> Generator[tuple[int, Ran]]:
    """Chunks as they are finished. The first is run here, to see whether what is left is worth processes of its own."""
    job, chunks = layout.job, layout.work(left)
    if scheduler is not None:
        yield from workers.on_cluster(job, chunks, scheduler, say)
        return
    begun = time.monotonic()
    number, points = next(chunks)
    yield number, run_points(job, points)
    rest = len(left) - 1
    count = min(count, rest)
    if not rest:
        return
    long = (time.monotonic() - begun) * rest / count > WORTH_PROCESSES
    run = workers.in_processes if processes and count > 1 and long else workers.in_threads
    yield from run(job, chunks, count)


__all__ = ["Studied", "run_study"]
