"""A study's files are the same however it ran, and what is finished outlives whatever happens."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.experiments import files
from simulator.experiments.points import Ran
from simulator.experiments.runner import Cancelled, Progress
from simulator.experiments.study import NoStudy, read, run, run_study
from simulator.experiments.study.plan import OtherPlan
from simulator.experiments.study.store import Folder, results_table
from simulator.experiments.uncertainty import uncertainty
from simulator.experiments.versions import versions
from simulator.experiments.workers import WorkerLost
from simulator.scenario.load import load_text
from tests.experiments.doubtful import TEXT
from tests.experiments.study.studies import BOTH, FAILING, GRID, ONE, contents, laid_out, silent, written

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """The study file and what its folder holds after an undisturbed run on one thread."""
    folder = tmp_path_factory.mktemp("whole")
    path = written(folder)
    run_study(path, folder / "out", at_once=1, say=silent)
    return path, contents(folder / "out")


def test_the_folder_holds_what_it_should(whole: tuple[Path, dict[str, bytes]]) -> None:
    path, found = whole
    chunks = [f"{section}/{chunk:05d}.parquet" for section in ("inputs", "results") for chunk in range(8)]
    assert sorted(found) == sorted(["plan.json", "study.yaml", "scenario.yaml", *chunks])
    assert found["study.yaml"] == path.read_bytes()
    assert found["scenario.yaml"] == (path.parent / "tiny.yaml").read_bytes()
    results = pd.read_parquet(path.parent / "out" / "results")
    assert list(results.columns) == ["point", "replication", "design", "crises", "cost", "stayed"]
    assert len(results) == 24 * 2 * 2
    assert not results.duplicated(["point", "replication", "design"]).any()
    inputs = pd.read_parquet(path.parent / "out" / "inputs")
    assert sorted(inputs["point"]) == list(range(1, 25))


def test_two_threads_write_the_same_bytes(whole: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    run_study(whole[0], tmp_path / "out", at_once=2, say=silent)
    assert contents(tmp_path / "out") == whole[1]


def test_two_processes_write_the_same_bytes(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "WORTH_PROCESSES", 0.0)
    run_study(whole[0], tmp_path / "out", at_once=2, processes=True, say=silent)
    assert contents(tmp_path / "out") == whole[1]


def test_results_are_those_of_the_same_draws_in_memory(tmp_path: Path) -> None:
    study = written(tmp_path, ONE + "samples: {draws: 8}\nreplications: 2\noutputs: [crises, cost]\n")
    run_study(study, tmp_path / "out", say=silent)
    wanted = uncertainty(
        load_text(TEXT, "tiny.yaml"), draws=8, replications=2, figures=["crises", "cost"]
    ).frame
    found = read(tmp_path / "out")
    for name in ("draw", "replication", "design", "crises", "cost", "numbers.willing"):
        assert found[name].tolist() == wanted[name].tolist()


def test_a_study_that_is_stopped_goes_on_where_it_was(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    told: list[Progress] = []

    def stop_at(done: int):  # type: ignore[no-untyped-def]
        def tell(progress: Progress) -> bool:
            told.append(progress)
            return progress.done < done

        return tell

    with pytest.raises(Cancelled):
        run_study(whole[0], tmp_path / "out", at_once=1, progress=stop_at(36), say=silent)
    assert len(contents(tmp_path / "out")) == 3 + 2 * 3
    begun = told[0]
    assert (begun.done, begun.of, begun.seconds_left) == (0, 96, None)
    told.clear()
    found = run_study(whole[0], tmp_path / "out", at_once=1, progress=stop_at(97), say=silent)
    assert found.before == 3
    assert [each.done for each in told] == [36, 48, 60, 72, 84, 96]
    assert contents(tmp_path / "out") == whole[1]
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert (record["finished"], record["runs_done"], len(record["sessions"])) == (True, 96, 2)
    assert record["end"] == record["sessions"][1]["end"] and record["start"] == record["sessions"][0]["start"]


def test_a_finished_study_is_left_alone(whole: tuple[Path, dict[str, bytes]]) -> None:
    out = whole[0].parent / "out"
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    found = run_study(whole[0], out, say=silent)
    assert found.before == found.layout.chunks == 8
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == times


RUN = "import sys; from simulator.experiments.study import run, run_study; run.WORTH_PROCESSES = 0.0\n" \
    "if __name__ == '__main__': run_study(sys.argv[1], sys.argv[2], at_once=2, processes=sys.argv[3] == 'yes')"  # fmt: skip


def killed(study: Path, out: Path, after: float, processes: bool) -> bool:
    """Run a study in another process, and kill it so many seconds after its first results. Whether it was still at work."""
    # A file, because the workers of `python -c` cannot find their way back.
    program = study.parent / "program.py"
    program.write_text(RUN, encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, str(program), str(study), str(out), "yes" if processes else "no"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    while child.poll() is None and not (out / "plan.json").exists():
        time.sleep(0.005)
    time.sleep(after)
    at_work = child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert nobody_left(child.pid)
    return at_work


def nobody_left(group: int) -> bool:
    """Whether the processes of a group end soon."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return False


def kill_at_random(folder: Path, moments: int, processes: bool, draws: int) -> None:
    study = written(folder, BOTH.replace("draws: 8", f"draws: {draws}").replace("chunk: 3", "chunk: 2"))
    run_study(study, folder / "undisturbed", say=silent)
    chance = random.Random(moments)
    interrupted = sum(
        killed(study, folder / "out", chance.uniform(0, draws / 80), processes) for _ in range(moments)
    )
    assert interrupted, "no kill came before the end"
    run_study(study, folder / "out", say=silent)
    assert contents(folder / "out") == contents(folder / "undisturbed")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("processes", [False, True])
def test_a_study_that_is_killed_ends_with_the_same_bytes(tmp_path: Path, processes: bool) -> None:
    kill_at_random(tmp_path, 2, processes, 48)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("processes", [False, True])
def test_a_study_that_is_killed_ten_times_ends_with_the_same_bytes(tmp_path: Path, processes: bool) -> None:
    kill_at_random(tmp_path, 10, processes, 128)


def test_what_a_kill_left_half_written_is_removed_and_what_is_broken_is_done_again(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run_study(whole[0], out, at_once=1, say=silent)
    for left in ("results/.00003.parquet.abc", "inputs/.00003.parquet.x", ".plan.json.y", ".record.json.z"):
        (out / left).write_bytes(b"half")
    (out / "results" / "00002.parquet").write_bytes(b"PAR1 half")
    (out / "results" / "00005.parquet").unlink()
    (out / "inputs" / "00005.parquet").write_bytes(b"")
    (out / "inputs" / "00006.parquet").write_bytes(b"")
    found = run_study(whole[0], out, at_once=1, say=silent)
    assert found.before == 5
    assert contents(out) == whole[1]


def test_runs_that_fail_are_recorded_with_their_inputs_and_the_others_go_on(tmp_path: Path) -> None:
    study = written(
        tmp_path, ONE + "samples: {draws: 16}\nreplications: 2\nchunk: 4\noutputs: [crises]\n", FAILING
    )
    found = run_study(study, tmp_path / "out", at_once=1, say=silent)
    failures = pd.read_parquet(tmp_path / "out" / "failures")
    assert 0 < found.failed == len(failures) < 16
    assert list(failures.columns[:3]) == ["point", "replication", "error"]
    assert failures["replication"].isna().all()
    assert failures["error"].str.contains("an effect cannot fade over 1,0").all()
    years = failures["services.help.effects.fewer.fades_over"] / 365.25
    assert (years > 1_000).all()
    inputs = pd.read_parquet(tmp_path / "out" / "inputs").set_index("point")
    assert years.tolist() == (inputs.loc[failures["point"], years.name] / 365.25).tolist()
    results = read(tmp_path / "out")
    assert set(results["point"]) == set(range(1, 17)) - set(failures["point"])
    assert len(results) == (16 - len(failures)) * 2 * 2
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert (record["failed"], record["runs_done"], record["finished"]) == (len(failures), len(results), True)
    run_study(study, tmp_path / "two", at_once=2, say=silent)
    assert contents(tmp_path / "two") == contents(tmp_path / "out")


def test_one_failed_replication_leaves_the_others_of_its_point(tmp_path: Path) -> None:
    from simulator.experiments.points import Failed

    layout = laid_out(tmp_path, GRID + "outputs: [crises, cost]\n")
    values = np.arange(24.0).reshape(2, 3, 2, 2)
    values[0, 0, 0, 1] = np.nan
    failed = (Failed(1, 1, "lost"), Failed(2, None, "all lost"))
    table = results_table(layout, Ran((1, 2), values, failed)).to_pylist()
    assert [(row["point"], row["replication"], row["design"]) for row in table] == [
        (1, 0, "today"), (1, 0, "early"), (1, 2, "today"), (1, 2, "early")
    ]  # fmt: skip
    assert [(row["crises"], row["cost"]) for row in table] == [(0, None), (2, 3), (8, 9), (10, 11)]


@pytest.mark.parametrize(
    ("study", "scenario", "words"),
    [
        (BOTH.replace("draws: 8", "draws: 16"), TEXT, "the study file differs"),
        (BOTH, TEXT.replace("60 per year", "61 per year"), "the scenario differs"),
    ],
)
def test_a_folder_with_another_plan_is_refused(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, study: str, scenario: str, words: str
) -> None:
    with pytest.raises(OtherPlan, match=words) as caught:
        run_study(written(tmp_path, study, scenario), whole[0].parent / "out", say=silent)
    assert caught.value.wrong_place
    assert contents(whole[0].parent / "out") == whole[1]


def test_a_folder_begun_with_other_versions_is_refused(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    plan = json.loads(whole[1]["plan.json"])
    plan["versions"]["numpy"] = "1.0"
    (out / "plan.json").write_text(json.dumps(plan))
    with pytest.raises(OtherPlan, match=rf"begun with numpy 1.0 and not {versions()['numpy']}"):
        run_study(whole[0], out, say=silent)


def test_a_folder_that_holds_other_things_is_left_as_it_is(tmp_path: Path) -> None:
    study = written(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(OtherPlan, match="holds other files and no study"):
        run_study(study, tmp_path, say=silent)
    assert contents(tmp_path) == before


def test_two_cannot_write_to_one_folder(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    study = written(tmp_path)
    with (
        Folder(tmp_path / "out").held(),
        pytest.raises(NoStudy, match="another `simulator batch` is writing"),
    ):
        run_study(study, tmp_path / "out", say=silent)


def test_a_disk_that_fills_up_keeps_what_is_finished(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    real, chunks = files._write_bytes, 0

    def filling(path: str, content: bytes) -> None:
        nonlocal chunks
        chunks += "results" in path
        if chunks > 3:
            Path(path).write_bytes(content[:10])
            raise OSError(errno.ENOSPC, "library words")
        real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(files, "_write_bytes", filling)
        with pytest.raises(files.CannotWrite, match=r"00003.parquet: no space left on device") as caught:
            run_study(whole[0], out, at_once=1, say=silent)
    assert not caught.value.wrong_place
    assert len(read(out)) == 3 * 3 * 2 * 2
    assert not [path for path in out.rglob(".*")]
    run_study(whole[0], out, at_once=1, say=silent)
    assert contents(out) == whole[1]


@pytest.fixture
def small_disk(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A file system of 96 kB."""
    where = tmp_path / "disk"
    where.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", where], capture_output=True)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    yield where
    subprocess.run(["umount", where], check=True)


def test_a_disk_that_is_really_full_keeps_what_is_finished(small_disk: Path, tmp_path: Path) -> None:
    study = written(tmp_path, BOTH.replace("draws: 8", "draws: 64"))
    with pytest.raises(files.CannotWrite, match="no space left on device"):
        run_study(study, small_disk / "out", at_once=2, say=silent)
    found = read(small_disk / "out")
    assert 0 < len(found) < 3 * 64 * 2 * 2
    assert found["crises"].notna().all()


def test_a_worker_process_that_is_ended_is_said_plainly_and_what_is_finished_stays(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import multiprocessing

    monkeypatch.setattr(run, "WORTH_PROCESSES", 0.0)
    study = written(tmp_path, BOTH.replace("draws: 8", "draws: 256"))

    def end_one(progress: Progress) -> None:
        if progress.done > 24:
            os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)  # type: ignore[arg-type]

    with pytest.raises(WorkerLost, match="a worker process was ended from outside"):
        run_study(study, tmp_path / "out", at_once=2, processes=True, progress=end_one, say=silent)
    assert len(read(tmp_path / "out")) >= 24
    assert not multiprocessing.active_children()
