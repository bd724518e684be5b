"""A Dask cluster writes the same files, whatever becomes of its workers."""

from __future__ import annotations

import builtins
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.experiments import workers
from simulator.experiments.runner import Progress
from simulator.experiments.study import run_study
from tests.experiments.study.studies import BOTH, contents, laid_out, silent, written

distributed = pytest.importorskip("distributed")
STUDY = BOTH.replace("draws: 8", "draws: 64")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as found:
        yield found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    study = written(folder, STUDY)
    run_study(study, folder / "out", at_once=1, say=silent)
    return study, contents(folder / "out")


def test_a_cluster_writes_the_same_bytes(
    cluster: Any, undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    run_study(undisturbed[0], tmp_path / "out", scheduler=cluster.scheduler_address, say=silent)
    assert contents(tmp_path / "out") == undisturbed[1]


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    cluster: Any, undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    told: list[int] = []

    def kill(progress: Progress) -> None:
        told.append(progress.done)
        if len(told) in (4, 20):
            nanny = next(iter(cluster.workers.values()))
            os.kill(nanny.process.pid, signal.SIGKILL)

    run_study(
        undisturbed[0], tmp_path / "out", scheduler=cluster.scheduler_address, progress=kill, say=silent
    )
    assert contents(tmp_path / "out") == undisturbed[1]
    assert told == list(range(0, 3 * 64 * 4 + 1, 12))  # each chunk once


def test_a_study_that_is_stopped_leaves_the_cluster_to_others(
    cluster: Any, undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    from simulator.experiments.runner import Cancelled

    address = cluster.scheduler_address
    with pytest.raises(Cancelled):
        run_study(
            undisturbed[0],
            tmp_path / "out",
            scheduler=address,
            progress=lambda told: told.done < 24,
            say=silent,
        )
    found = run_study(undisturbed[0], tmp_path / "out", scheduler=address, say=silent)
    assert found.before == 2
    assert contents(tmp_path / "out") == undisturbed[1]


def test_few_results_are_with_the_cluster_at_a_time(cluster: Any, tmp_path: Path) -> None:
    layout = laid_out(tmp_path, STUDY)
    asked = 0

    def counted() -> Iterator[workers.Chunk]:
        nonlocal asked
        for chunk in layout.work(list(range(layout.chunks))):
            asked += 1
            yield chunk

    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2)
    most = 0
    for done, _ in enumerate(workers.on_cluster(layout.job, counted(), cluster.scheduler_address)):
        most = max(most, asked - done)
    assert asked == layout.chunks == 64
    assert most <= workers.AHEAD * 2 + 1


def test_workers_with_other_versions_are_refused(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {**workers.versions(), "simulator": "9.9"}
    monkeypatch.setattr(workers, "versions", lambda: ours)
    layout = laid_out(tmp_path)
    work = layout.work(list(range(layout.chunks)))
    with pytest.raises(workers.WorkerLost, match=r"has simulator \S+ and not 9.9"):
        list(workers.on_cluster(layout.job, work, cluster.scheduler_address))


def test_a_cluster_without_workers_says_that_it_waits(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    said: list[str] = []

    class Enough(Exception):
        pass

    def say(text: str) -> None:
        said.append(text)
        raise Enough

    with distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty:
        address = empty.scheduler_address
        with pytest.raises(Enough):
            list(workers.on_cluster(layout.job, layout.work([0]), address, say))
    assert said == [f"{address} has no workers yet: waiting for them."]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "nowhere"])
def test_an_address_where_nobody_answers_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    real = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda *a, **k: real(*a, **{**k, "timeout": "1s"}))
    layout = laid_out(tmp_path)
    with pytest.raises(workers.NoScheduler, match=f"no Dask scheduler answers at {address}"):
        next(workers.on_cluster(layout.job, layout.work([0]), address))


def test_an_encrypted_address_without_certificates_is_said_plainly(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    with pytest.raises(workers.NoScheduler, match=r"no connection to tls://127.0.0.1:9: .*TLS"):
        next(workers.on_cluster(layout.job, layout.work([0]), "tls://127.0.0.1:9"))


def test_without_dask_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "distributed":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    layout = laid_out(tmp_path)
    with pytest.raises(workers.NotInstalled, match=r"commissioning-simulator\[cluster\]"):
        next(workers.on_cluster(layout.job, layout.work([0]), "tcp://127.0.0.1:8786"))
