"""Many points in memory: for answers that fit on a screen. What must outlive an interruption is a study (`experiments.study`)."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from queue import SimpleQueue
from threading import Event, Lock, Thread

from simulator.experiments import first_use, workers
from simulator.experiments.points import Job, Point, Ran, run_points, together
from simulator.experiments.runner import Cancelled, Tell, progress_of

# Seconds of work below which starting other processes costs more than it saves.
WORTH_PROCESSES = 8.0
CHUNK = 8


class EveryRunFailed(RuntimeError):
    """Nothing came of any point; the message is the first failure's."""


def run_all(
    job: Job,
    points: Sequence[Point],
    *,
    at_once: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
    say: first_use.Say = first_use.to_stderr,
) -> Ran:
    """Run all points, with progress in points; returning False from it stops the run (`Cancelled`).

    at_once: how many at a time (None: one a core). processes: whether long work may go to other processes, which is faster
    but needs a main module that can be imported. Raises EveryRunFailed where no run could be finished.
    """
    first_use.make_ready(say)
    count = min(at_once or workers.cores(), len(points))
    begun = time.monotonic()

    def tell(done: int) -> None:
        found = progress_of(done, 0.0, len(points), time.monotonic() - begun)
        if progress is not None and progress(found) is False:
            raise Cancelled("the run was stopped")

    chunks = [
        (number, tuple(points[at : at + CHUNK])) for number, at in enumerate(range(0, len(points), CHUNK))
    ]
    # The first chunk is done here, to see what they cost.
    parts = [run_points(job, chunks[0][1])]
    done = len(chunks[0][1])
    tell(done)
    rest = chunks[1:]
    seconds = (time.monotonic() - begun) * len(rest) / count
    run = (
        workers.in_processes if processes and count > 1 and seconds > WORTH_PROCESSES else workers.in_threads
    )
    if rest:
        with closing(run(job, rest, min(count, len(rest)))) as found:
            for _, part in found:
                parts.append(part)
                done += len(part.numbers)
                tell(done)
    ran = together(parts)
    if len(ran.failed) and not (ran.values == ran.values).any():  # NaN everywhere
        raise EveryRunFailed(ran.failed[0].error)
    return ran


def _here_and_elsewhere(job: Job, chunks: Sequence[workers.Chunk], count: int) -> Generator[tuple[int, Ran]]:
    """Chunks as they are finished: by this process, which loses no time over starting, and others beside it."""
    left, lock, stopped = iter(chunks), Lock(), Event()
    finished: SimpleQueue[tuple[int, Ran] | BaseException | None] = SimpleQueue()

    def shared() -> Iterator[workers.Chunk]:
        while not stopped.is_set():
            with lock:
                chunk = next(left, None)
            if chunk is None:
                return
            yield chunk

    def elsewhere() -> None:
        try:
            for found in workers.in_processes(job, shared(), count - 1):
                finished.put(found)
            finished.put(None)
        except BaseException as error:
            finished.put(error)

    beside = Thread(target=elsewhere, daemon=True)
    beside.start()
    try:
        for number, points in shared():
            yield number, run_points(job, points)
            while not finished.empty():
                found = finished.get()
                if isinstance(found, BaseException):
                    raise found
                if found is None:
                    finished.put(None)
                    break
                yield found
        while (found := finished.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        stopped.set()  # nothing more is begun
        beside.join()


__all__ = ["EveryRunFailed", "run_all"]
