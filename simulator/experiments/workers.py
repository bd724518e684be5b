"""Chunks of points on threads, processes or a cluster: who works, and nothing about what the work is.

Results do not depend on who did it, nor on when: a chunk is a function of its job and its points.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from threading import Event, Thread
from typing import Any

from simulator.experiments.points import Job, Point, Ran, in_a_line, run_points
from simulator.experiments.versions import difference, versions

Chunk = tuple[int, tuple[Point, ...]]
"""A chunk's number and its points."""
Done = Generator[tuple[int, Ran]]
# Chunks that wait for each worker, so that none is idle and few are lost when a run is stopped.
AHEAD = 2
# How often a chunk on a cluster is given to another worker after an error that may be its worker's.
RETRIES = 3


class WorkerLost(RuntimeError):
    """Workers ended, or cannot do the work; what was finished before stays finished."""

    wrong_place = False


class NoScheduler(ConnectionError):
    """Nothing of Dask answers at an address."""

    wrong_place = True


class NotInstalled(ImportError):
    """What is asked for needs a library that is installed only by those who want it."""

    wrong_place = True


def in_threads(job: Job, chunks: Iterable[Chunk], workers: int) -> Done:
    """Chunks as they are finished, on threads of this process. Closing the generator stops them between runs."""
    stop = Event()
    if workers == 1:
        for number, points in chunks:
            yield number, run_points(job, points)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from _ahead(pool, chunks, workers, lambda points: (run_points, job, points, stop.is_set))
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def in_processes(job: Job, chunks: Iterable[Chunk], workers: int) -> Done:
    """Chunks as they are finished, in processes of this machine, which start with nothing of this one.

    Raises WorkerLost where one is ended from outside. Closing the generator ends them at once.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_process)
    try:
        yield from _ahead(pool, chunks, workers, lambda points: (run_points, job, points))
    except BrokenProcessPool:
        raise WorkerLost(
            "a worker process was ended from outside, perhaps because memory ran out: try fewer workers, or threads"
        ) from None
    finally:
        processes: Mapping[int, Any] = getattr(pool, "_processes", None) or {}
        for process in list(processes.values()):  # what they work on is lost, and is done again another time
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin_process() -> None:
    """Ctrl-C is for the main process to handle, and without a main process there is nobody to work for."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    main = multiprocessing.parent_process()
    assert main is not None

    def end_with_main() -> None:
        main.join()
        os._exit(1)

    Thread(target=end_with_main, daemon=True).start()


def _ahead(
    pool: Executor,
    chunks: Iterable[Chunk],
    workers: int,
    call: Callable[[tuple[Point, ...]], tuple[Any, ...]],
) -> Iterator[tuple[int, Ran]]:
    left = iter(chunks)
    waiting: dict[Future[Ran], int] = {}
    while True:
        for number, points in islice(left, AHEAD * workers - len(waiting)):
            waiting[pool.submit(*call(points))] = number
        if not waiting:
            return
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield waiting.pop(future), future.result()


def on_cluster(
    job: Job, chunks: Iterable[Chunk], address: str, say: Callable[[str], object] = lambda text: None
) -> Done:
    """Chunks as they are finished, on the workers of a Dask cluster (`tcp://host:8786`), which may come and go.

    The cluster holds few results at a time: each is given back before another chunk is sent. say: told when there are no
    workers yet. Raises NoScheduler where none answers, NotInstalled without dask.distributed, WorkerLost where
    workers lack this version of the simulator or die again and again of the same chunk.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise NotInstalled(
            'a cluster needs dask.distributed: install "commissioning-simulator[cluster]"'
        ) from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoScheduler(f"no Dask scheduler answers at {address}") from error
    except TypeError as error:  # what Dask says of an encrypted address without certificates
        raise NoScheduler(f"no connection to {address}: {in_a_line(error)}") from error
    try:
        left = iter(chunks)
        ours = versions()

        def wanted() -> int:
            """How many chunks may be with the cluster at a time, by the workers that it has now."""
            return AHEAD * max(1, sum(client.nthreads().values()))

        def submitted(count: int) -> list[Any]:
            # The job goes with each chunk: what is put on a worker beforehand is lost with that worker.
            return [
                client.submit(_numbered, number, job, points, ours, pure=False, retries=RETRIES)
                for number, points in islice(left, count)
            ]

        if not client.nthreads():
            say(f"{address} has no workers yet: waiting for them.")
        first = submitted(wanted())
        under_way = len(first)
        running = as_completed(first, loop=client.loop)
        for future in running:
            found = _given(future, KilledWorker)
            future.release()
            under_way -= 1
            more = submitted(max(0, wanted() - under_way))
            under_way += len(more)
            running.update(more)
            yield found
    finally:
        client.close()


def _given(future: Any, killed: type[Exception]) -> tuple[int, Ran]:
    """What a chunk came to. What a cluster says of one that no worker could do is for those who look after it."""
    try:
        return future.result()
    except killed:
        raise WorkerLost(
            "workers of the cluster died again and again of the same chunk, perhaps because memory ran out"
        ) from None
    except ModuleNotFoundError as error:
        raise WorkerLost(
            f"a worker of the cluster has no {error.name or 'simulator'}: install there what is installed here"
        ) from None


def _numbered(number: int, job: Job, points: tuple[Point, ...], theirs: dict[str, str]) -> tuple[int, Ran]:
    differs = difference(theirs, versions())
    if differs:
        raise WorkerLost(f"a worker of the cluster has {differs}: install there what is installed here")
    return number, run_points(job, points)


def cores() -> int:
    return os.cpu_count() or 1


__all__ = [
    "Chunk",
    "NoScheduler",
    "NotInstalled",
    "WorkerLost",
    "cores",
    "in_processes",
    "in_threads",
    "on_cluster",
]
