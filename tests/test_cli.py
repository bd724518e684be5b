"""The command line as people and programs meet it: what is said, where, and with which exit code."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from simulator import cli
from tests.experiments.doubtful import TEXT as DOUBTFUL
from tests.present.deal_figures import DEAL_TEXT
from tests.present.tiny import NASTY, NO_COSTS, TEXT, compared, written

ROOT = Path(__file__).parents[1]
FAST = ["-n", "2", "--workers", "1"]
Said = tuple[int, str, str]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run `simulator ...` in a folder of its own that holds tiny.yaml: exit code, output, errors."""
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIMULATOR_DEBUG", raising=False)

    def run(*arguments: str, columns: int | None = 100) -> Said:
        monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
        if columns:
            monkeypatch.setenv("COLUMNS", str(columns))
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        capfd.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        output = capfd.readouterr()
        return int(ended.value.code or 0), output.out, output.err

    return run


def outside(folder: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run it in a process of its own."""
    command = [sys.executable, "-m", "simulator", *arguments]
    settings = {"cwd": folder, "capture_output": True, "timeout": 60, **more}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(command, env=environment, check=False, **settings)  # type: ignore[call-overload, no-any-return]


# ---- what is done


@pytest.mark.parametrize("command", ["compare", "run"])
def test_vary_puts_doubt_into_the_ranges_and_the_record_says_so(say, tmp_path: Path, command: str) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, DOUBTFUL, "doubtful.yaml")
    code, told, _ = say(command, "doubtful.yaml", *FAST, "--vary")
    assert code == 0 and "each with its own sample of what is uncertain" in told
    assert command == "run" or "own sample of all 6 uncertain numbers" in " ".join(told.split())
    code, told, _ = say(command, "doubtful.yaml", *FAST, "--vary", "--json")
    assert json.loads(told)["vary"] is True
    code, plain, _ = say(command, "doubtful.yaml", *FAST, "--json")
    assert json.loads(plain)["vary"] is False and json.loads(plain)["rows"] != json.loads(told)["rows"]


@pytest.mark.parametrize("command", ["contract", "cash"])
def test_vary_holds_for_contracts_too(say, tmp_path: Path, command: str) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, DEAL_TEXT, "deal.yaml")
    code, told, _ = say(command, "deal.yaml", "-n", "3", "--workers", "1", "--vary", "--json")
    assert code == 0 and json.loads(told)["vary"] is True
    assert "each of the 3 runs has its own reading" in json.loads(told)["caveats"][0]


def test_what_cannot_be_varied_is_refused_in_a_sentence(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, NO_COSTS, "none.yaml")
    code, _, error = say("compare", "none.yaml", *FAST, "--vary")
    assert code == 2 and "no number of this scenario has a range" in error
    for order in (("--draw", "1", "--vary"), ("--vary", "--draw", "1")):
        code, _, error = say("compare", "tiny.yaml", *FAST, *order)
        assert code == 2 and "choose one of --draw" in error


def test_compare_shows_verdict_notes_and_tables(say) -> None:  # type: ignore[no-untyped-def]
    code, out, err = say("compare", "tiny.yaml", *FAST)
    assert (code, err) == (0, "")
    assert (
        out.index("fewer crises")
        < out.index("Note:")
        < out.index("People and crises")
        < out.index("Cost by budget")
    )


def test_compare_json_is_strict_and_equals_the_table(say) -> None:  # type: ignore[no-untyped-def]
    code, out, err = say("compare", "tiny.yaml", "-n", "3", "--workers", "1", "--json")
    assert (code, err) == (0, "")
    rows = json.loads(out)["rows"]
    for row, wanted in zip(rows, compared(TEXT).table.to_dict("records"), strict=True):
        for key, value in wanted.items():
            assert row[key] == (None if isinstance(value, float) and math.isnan(value) else value)


def test_the_same_command_gives_the_same_json_on_one_worker_and_on_two(say, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from simulator.experiments import runner

    first = say("compare", "tiny.yaml", "-n", "3", "--json", "--workers", "1")
    assert say("compare", "tiny.yaml", "-n", "3", "--json", "--workers", "1") == first
    monkeypatch.setattr(runner, "WORTH_A_PROCESS", 0.0)
    assert say("compare", "tiny.yaml", "-n", "3", "--json", "--workers", "2") == first


def test_compare_csv_loads_in_pandas(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = say("compare", "tiny.yaml", *FAST, "--csv")
    (tmp_path / "out.csv").write_text(out, encoding="utf-8")
    assert code == 0
    assert len(pd.read_csv(tmp_path / "out.csv")) == len(compared(TEXT, 2).table)


def test_compare_out_writes_parquet_that_equals_the_table(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, _, err = say("compare", "tiny.yaml", *FAST, "--out", "results")
    assert code == 0 and "Wrote comparison.parquet, measures.parquet, record.json to results" in err
    loaded = pd.read_parquet(tmp_path / "results" / "comparison.parquet")
    pd.testing.assert_frame_equal(loaded, compared(TEXT, 2).table, check_dtype=False)


def test_run_shows_one_design_alone_or_all(say) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = say("run", "tiny.yaml", *FAST, "--design", "today")
    assert code == 0 and "As it is" in out and "Early help" not in out
    code, out, _ = say("run", "tiny.yaml", *FAST, "--json")
    assert code == 0 and json.loads(out)["designs"] == ["today", "early"]


def test_story_tells_both_designs(say) -> None:  # type: ignore[no-untyped-def]
    code, out, err = say("story", "tiny.yaml", "--person", "3")
    assert (code, err) == (0, "")
    assert "Under As it is, child number 3" in out and "Under Early help, child number 3" in out


def test_check_counts_designs_and_names_what_is_wrong(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = say("check", "tiny.yaml")
    assert code == 0 and "tiny.yaml: good to run, 2 designs" in out
    written(tmp_path, NO_COSTS.replace(", then: {label: The same again}", ""), "one.yaml")
    assert "good to run, 1 design" in say("check", "one.yaml")[1]
    written(tmp_path, TEXT.replace("horizon:", "horizont:"), "wrong.yaml")
    code, out, _ = say("check", "tiny.yaml", "wrong.yaml", "nowhere.yaml")
    assert code == 2
    assert "did you mean `horizon`?" in out and "nowhere.yaml: there is no such file" in out


def test_new_writes_a_scenario_that_checks_and_never_overwrites(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = say("new", "deep/mine.yaml", "--title", "A: #1 'title'")
    assert code == 0 and "Next: simulator check deep/mine.yaml" in out
    assert say("check", "deep/mine.yaml")[0] == 0
    before = (tmp_path / "deep" / "mine.yaml").read_text()
    code, _, err = say("new", "deep/mine.yaml")
    assert code == 2 and "exists already" in err
    assert (tmp_path / "deep" / "mine.yaml").read_text() == before


def test_schema_is_json(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = say("schema")
    assert code == 0 and json.loads(out)
    assert say("schema", "--out", "schema.json")[0] == 0
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == out


def test_list_names_scenarios_good_and_bad(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, "", "empty.yaml")
    code, out, _ = say("list", ".")
    assert code == 0
    assert "tiny.yaml  Tiny" in out and "designs: today, early" in out
    assert "cannot be run: " in out and "the file is empty" in out
    (tmp_path / "nothing").mkdir()
    assert "no scenarios here" in say("list", "nothing")[1]


@pytest.mark.parametrize("command", ["", "check", "compare", "run", "story", "list", "new", "schema"])
def test_help_fits_80_columns(say, command: str) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = say(*filter(None, [command]), "--help", columns=80)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "..." not in out.split("Commands:")[-1] if not command else True


# ---- what cannot be done


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "nowhere.yaml"], "nowhere.yaml: there is no such file"),
        (["compare", "."], ".: this is a folder, not a file"),
        (["compare", "binary.yaml"], "not UTF-8 text"),
        (["compare", "empty.yaml"], "the file is empty"),
        (["compare", "tiny.yaml", "--design", "erly"], "did you mean `early`?"),
        (["compare", "tiny.yaml", "--design", "today"], "`today` is the baseline itself"),
        (["compare", "tiny.yaml", "--reading", "nope"], "there is no reading `nope`"),
        (["compare", "tiny.yaml", "--engine", "fast"], "there is no engine `fast`"),
        (["compare", "tiny.yaml", "-n", "0"], "'--replications'"),
        (["compare", "tiny.yaml", "-n", "-3"], "'--replications'"),
        (["compare", "tiny.yaml", "-n", "999999999"], "'--replications'"),
        (["compare", "tiny.yaml", "--json", "--csv"], "choose one of --json and --csv"),
        (
            ["compare", "tiny.yaml", "--out", "binary.yaml"],
            "cannot write binary.yaml: this is a file, not a folder",
        ),
        (["compare", "tiny.yaml", "--out", "binary.yaml/below"], "cannot write binary.yaml/below"),
        (["compare", "tiny.yaml", "--sed", "3"], "--sed"),
        (["run", "tiny.yaml", "--design", "nope"], "there is no design `nope`"),
        (
            ["story", "tiny.yaml", "--person", "99999"],
            "there is no person 99999: in this run people are numbered 0 to",
        ),
        (["story", "tiny.yaml", "--person", "-1"], "'--person'"),
        (["list", "nowhere"], "nowhere: there is no such file"),
        (["list", "tiny.yaml"], "tiny.yaml: this is a file, not a folder"),
        (["new", "noextension"], "a scenario file ends in .yaml, such as noextension.yaml"),
        (["new", "tiny.yaml/below.yaml"], "cannot write tiny.yaml/below.yaml"),
        (["schema", "--out", "."], "cannot write .: this is not a file"),
        (["schema", "--out", os.devnull], "this is not a file"),
        (["bogus"], "bogus"),
    ],
)
def test_wrong_input_is_told_with_exit_code_2(
    say, tmp_path: Path, arguments: list[str], message: str
) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "binary.yaml").write_bytes(b"\x00\x01\xff")
    (tmp_path / "empty.yaml").write_text("")
    code, out, err = say(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_nothing_runs_before_the_place_for_results_is_known_to_be_good(say, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    import simulator.api

    monkeypatch.setattr(simulator.api, "compare", lambda *_, **__: pytest.fail("it ran"))
    assert say("compare", "tiny.yaml", "--out", "tiny.yaml")[0] == 2


def broken(*_: object, **__: object) -> None:
    raise ValueError("a matrix of the wrong shape")


def test_an_unexpected_error_is_one_sentence_and_a_traceback_only_on_request(say, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    import simulator.api

    monkeypatch.setattr(simulator.api, "compare", broken)
    code, out, err = say("compare", "tiny.yaml")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1 and "a matrix of the wrong shape. Run it again with --debug" in err
    monkeypatch.setattr(sys, "argv", ["simulator", "compare", "tiny.yaml", "--debug"])
    with pytest.raises(ValueError, match="wrong shape"):
        cli.main()


def test_a_failure_in_a_worker_process_says_what_the_scenario_says(say, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    import pickle

    import simulator.api
    from simulator.scenario.problems import Problem, ScenarioError

    sent = pickle.loads(
        pickle.dumps(ScenarioError([Problem(3, 4, "needs.a", "this cannot be", "do that", file="f.yaml")]))
    )

    def fail(*_: object, **__: object) -> None:
        raise sent

    monkeypatch.setattr(simulator.api, "compare", fail)
    assert say("compare", "tiny.yaml") == (2, "", "f.yaml:3:4: error: needs.a: this cannot be\n    do that\n")


def test_a_worker_that_is_killed_is_told_in_plain_words(say, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from concurrent.futures.process import BrokenProcessPool

    import simulator.api

    def fail(*_: object, **__: object) -> None:
        raise BrokenProcessPool("A process in the process pool was terminated abruptly")

    monkeypatch.setattr(simulator.api, "compare", fail)
    code, _, err = say("compare", "tiny.yaml")
    assert code == 1 and "a worker process was ended from outside" in err


# ---- terminals, pipes and signals


@pytest.mark.parametrize("columns", [40, 80, 100, 120])
def test_tables_fit_the_terminal(say, columns: int) -> None:  # type: ignore[no-untyped-def]
    for command in ("compare", "run"):
        code, out, _ = say(command, "tiny.yaml", *FAST, columns=columns)
        assert code == 0
        assert max(map(len, out.splitlines())) <= columns


def test_labels_command_no_terminal(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, NASTY, "nasty.yaml")
    for arguments in (
        ["compare", "nasty.yaml", *FAST],
        ["run", "nasty.yaml", *FAST],
        ["list", "."],
        ["story", "nasty.yaml"],
    ):
        code, out, _ = say(*arguments)
        assert code == 0 and "\x1b" not in out
    written(tmp_path, NASTY.replace("horizon: 1 year", '"hori\\e[31mzon": 1 year'), "nasty.yaml")
    code, out, _ = say("check", "nasty.yaml")
    assert code == 2 and "\x1b" not in out


def test_a_terminal_without_pound_signs_gets_plain_letters(tmp_path: Path) -> None:
    written(tmp_path)
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    shown = outside(tmp_path, "compare", "tiny.yaml", *FAST, env=plain)
    assert shown.returncode == 0 and shown.stderr == b""
    assert b"GBP " in shown.stdout
    told = outside(tmp_path, "compare", "tiny.yaml", *FAST, "--json", env=plain)
    assert json.loads(told.stdout.decode("utf-8"))["rows"][-1]["unit"] == "£"


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    written(tmp_path)
    for command in ("schema", "compare tiny.yaml -n 2 --workers 1"):
        read, write = os.pipe()
        os.close(read)
        ended = outside(
            tmp_path, *command.split(), capture_output=False, stdout=write, stderr=subprocess.PIPE
        )
        os.close(write)
        assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_sentence_with_exit_code_1(tmp_path: Path) -> None:
    written(tmp_path)
    with open("/dev/full", "wb") as full:
        ended = outside(
            tmp_path, "check", "tiny.yaml", capture_output=False, stdout=full, stderr=subprocess.PIPE
        )
    assert ended.returncode == 1
    assert ended.stderr == b"simulator: cannot write what was to be printed: no space left on device.\n"

    def limited() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    ended = outside(tmp_path, "compare", "tiny.yaml", *FAST, "--out", "results", preexec_fn=limited)
    assert ended.returncode == 1
    assert b"cannot write results/comparison.parquet: file too large" in ended.stderr
    assert os.listdir(tmp_path / "results") == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_ctrl_c_ends_with_one_line_and_no_process_left(tmp_path: Path) -> None:
    written(tmp_path, TEXT.replace("60 per year", "900 per year"))
    command = [sys.executable, "-m", "simulator", "compare", "tiny.yaml", "-n", "2000", "--workers", "2"]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(5)
    assert running.poll() is None
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (1, "")
    assert err.splitlines()[-1] == "Stopped." and "Traceback" not in err
    assert _alive(running.pid) == []


def _alive(group: int) -> list[str]:
    """Processes of a group, without those that only wait to be buried."""
    deadline = time.monotonic() + 5
    while True:
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(status.parent.name)
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


# ---- controls


CONTROLLED = (
    TEXT + "controls: {places: {of: services.help.places, times: 0.5 to 2, in: early}, "
    "effect: {of: services.help.effects.fewer.hazard_ratio, range: 0.1 to 1}}\n"
)


def test_set_gives_the_numbers_of_the_file_with_the_value_in_it(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, CONTROLLED, "moved.yaml")
    moved = CONTROLLED.replace("in: early}", "in: early, set: 0.5}").replace(
        "0.1 to 1}", "0.1 to 1, set: 0.9}"
    )
    written(tmp_path, moved, "set.yaml")
    by_hand = json.loads(say("compare", "set.yaml", *FAST, "--json")[1])
    settings = ["--set", "places=0.5", "--set", " effect = 0.9 "]
    code, out, err = say("compare", "moved.yaml", *FAST, "--json", *settings)
    found = json.loads(out)
    assert (code, err, found["settings"]) == (0, "", {"places": "0.5", "effect": "0.9"})
    assert found["rows"] == by_hand["rows"]
    assert found["rows"] != json.loads(say("compare", "moved.yaml", *FAST, "--json")[1])["rows"]
    ran = json.loads(say("run", "moved.yaml", *FAST, "--json", *settings)[1])
    assert ran["settings"] == found["settings"]
    assert ran["rows"] == json.loads(say("run", "set.yaml", *FAST, "--json")[1])["rows"]
    assert say("story", "moved.yaml", *settings) == say("story", "set.yaml")


@pytest.mark.parametrize("command", ["compare", "run", "story"])
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("place=1", "there is no control `place`"),
        ("places", "--set takes the name of a control and a value"),
        ("places=", "a ratio is missing here"),
        ("places=3", "`3` is outside the range of this control"),
        ("effect=60%", "`60%` is not a ratio"),
        ("=1", "there is no control ``"),
        ("x" * 10_000, "--set takes the name"),
    ],
)
def test_a_bad_setting_is_said_and_ends_with_2(
    say, tmp_path: Path, command: str, setting: str, said: str
) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, CONTROLLED)
    code, out, err = say(command, "tiny.yaml", "--set", setting)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err) < 400


def test_a_control_cannot_be_set_twice(say, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, CONTROLLED)
    code, _, err = say("run", "tiny.yaml", "--set", "places=1", "--set", "places=2")
    assert (code, err) == (2, "simulator: --set gives places twice\n")
