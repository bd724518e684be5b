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
from itertools import islice
from threading import Event
from typing import Any

from simulator.experiments.points import Job, Point, Ran, run_points

Chunk = tuple[int, tuple[Point, ...]]
"""A chunk's number and its points."""
Done = Generator[tuple[int, Ran]]
PATIENCE = 0.5
# Chunks that wait for each worker, so that none is idle and few are lost when a run is stopped.
AHEAD = 2


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
    """Chunks as they are finished, in processes of this machine, which start with nothing of this one."""
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield from _ahead(pool, chunks, workers, lambda points: (run_points, job, points))
    finally:
        processes: Mapping[int, Any] = getattr(pool, "_processes", None) or {}
        for process in list(processes.values()):  # what they work on is lost, and is done again another time
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


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


def on_cluster(job: Job, chunks: Iterable[Chunk], address: str) -> Done:
    """Chunks as they are finished, on the workers of a Dask cluster (`tcp://host:8786`), which may come and go.

    Raises ConnectionError where no scheduler answers, ModuleNotFoundError where dask.distributed is not installed.
    """
    from distributed import Client, as_completed

    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ConnectionError(f"no Dask scheduler answers at {address}") from error
    try:
        left = iter(chunks)
        everyone = max(1, len(client.scheduler_info()["workers"]))
        shared = client.scatter(job, broadcast=True) if everyone > 1 else job

        def submitted(count: int) -> list[Any]:
            return [
                client.submit(_numbered, number, shared, points, pure=False, retries=3)
                for number, points in islice(left, count)
            ]

        running = as_completed(submitted(4 * AHEAD * everyone))
        for future in running:
            yield future.result()
            future.release()
            for more in submitted(1):
                running.add(more)
    finally:
        client.close()


def _numbered(number: int, job: Job, points: tuple[Point, ...]) -> tuple[int, Ran]:
    return number, run_points(job, points)


def cores() -> int:
    return os.cpu_count() or 1


__all__ = ["Chunk", "cores", "in_processes", "in_threads", "on_cluster"]
