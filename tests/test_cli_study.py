"""The commands `batch` and `query` as people and programs meet them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from simulator import cli, cli_study
from simulator.experiments.study import read
from tests.experiments.study.studies import BOTH, FAILING, ONE, contents, written

ROOT = Path(__file__).parents[1]
Said = tuple[int, str, str]


@pytest.fixture
def say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run `simulator ...` in a folder that holds study.yaml: exit code, output, errors."""
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    app = typer.Typer(pretty_exceptions_enable=False)
    cli_study.register(app)
    monkeypatch.setattr(cli, "app", app)

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        capfd.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_a_study_is_run_and_asked(say: Callable[..., Said]) -> None:
    code, out, err = say("batch", "study.yaml", "--out", "kept", "--workers", "1")
    assert (code, err) == (0, "")
    assert "Places and doubt: 96 runs in" in out and "there already" not in out
    code, out, _ = say("batch", "study.yaml", "--out", "kept")
    assert code == 0 and "8 of 8 chunks were there already" in out
    sql = "SELECT ten, design, avg(crises) AS crises FROM runs GROUP BY ALL ORDER BY ALL"
    pytest.importorskip("duckdb")
    code, out, _ = say("query", "kept", sql)
    assert code == 0 and "6 rows" in out and out.splitlines()[2].split() == ["ten", "design", "crises"]
    code, out, _ = say("query", "kept", sql, "--json")
    rows = json.loads(out)["rows"]
    wanted = read("kept").groupby(["ten", "design"])["crises"].mean()
    assert [row["crises"] for row in rows] == pytest.approx(wanted.tolist())
    code, out, _ = say("query", "kept", sql, "--csv")
    assert out.splitlines()[0] == "ten,design,crises" and len(out.splitlines()) == 7


def test_a_wide_answer_is_shown_row_by_row(say: Callable[..., Said]) -> None:
    pytest.importorskip("duckdb")
    say("batch", "study.yaml", "--out", "kept", "--threads")
    code, out, _ = say("query", "kept", "SELECT * FROM runs")
    assert code == 0
    assert "96 rows" in out and "86 more rows: --csv and --json print all." in out
    assert "  numbers.willing: 0." in out and max(map(len, out.splitlines())) <= 100


def test_a_dry_run_says_what_it_takes_and_writes_nothing(say: Callable[..., Said], tmp_path: Path) -> None:
    before = contents(tmp_path)
    code, out, err = say("batch", "study.yaml", "--out", "kept", "--dry-run", "--workers", "2")
    assert (code, err) == (0, "")
    assert "Places and doubt: 24 points, 2 replications of 2 designs: 96 runs in 8 chunks." in out
    assert "with 2 workers of this machine" in out and "kB of disk" in out and "Nothing was written." in out
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["batch", "study.yaml"], "say where results are kept"),
        (["batch", "nothing.yaml", "--out", "kept"], "nothing.yaml: there is no such file"),
        (["batch", "tiny.yaml", "--out", "kept"], "tiny.yaml:1:1: error: study: `study` is missing"),
        (["batch", "study.yaml", "--out", "."], "holds other files and no study"),
        (["batch", "study.yaml", "--out", "study.yaml"], "this is a file, not a folder"),
        (["batch", "study.yaml", "--out", "kept", "--scheduler", "tcp://127.0.0.1:9", "--threads"], "the cluster decides"),
        (["query", "kept", "SELECT 1"], "there is no study in kept"),
        (["query", "kept", "SELECT 1", "--csv", "--json"], "choose one of --json and --csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_line(say: Callable[..., Said], arguments: list[str], words: str) -> None:
    pytest.importorskip("duckdb")
    code, out, err = say(*arguments)
    assert (code, out) == (2, "")
    assert words in err and "Traceback" not in err


def test_sql_that_is_none_is_said_with_its_place(say: Callable[..., Said]) -> None:
    pytest.importorskip("duckdb")
    say("batch", "study.yaml", "--out", "kept", "--threads")
    code, _, err = say("query", "kept", "SELECT crimes FROM runs")
    assert code == 2 and "crimes" in err and "Traceback" not in err


def test_runs_that_failed_are_spoken_of(say: Callable[..., Said], tmp_path: Path) -> None:
    written(tmp_path, ONE + "samples: {draws: 8}\n", FAILING)
    code, out, _ = say("batch", "study.yaml", "--out", "kept", "--threads")
    assert code == 0
    assert "could not be finished: why, and with what numbers, is in kept/failures." in out
    code, out, _ = say("batch", "study.yaml", "--dry-run")
    assert code == 0 and "that were tried a run could not be finished" in out


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    study = written(tmp_path, BOTH.replace("draws: 8", "draws: 4096"))
    program = tmp_path / "program.py"
    program.write_text(
        "import typer\nfrom simulator import cli, cli_study\n"
        "if __name__ == '__main__':\n    cli.app = typer.Typer()\n    cli_study.register(cli.app)\n    cli.main()\n"
    )
    command = [sys.executable, str(program), "batch", str(study), "--out", str(tmp_path / "kept")]
    running = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "kept" / "results" / "00020.parquet").exists():
        assert time.monotonic() < deadline and running.poll() is None
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (1, "")
    assert "run the same command again to go on." in err
    assert err.splitlines()[-1] == "Stopped." and "Traceback" not in err
    assert len(read(tmp_path / "kept")) > 0
    assert json.loads((tmp_path / "kept" / "record.json").read_text())["sessions"][0]["end"]
