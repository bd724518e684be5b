"""The commands about doubt as people and programs meet them: the answer, the files, and what is refused in one sentence."""

from __future__ import annotations

import csv
import io
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import cli
from tests.experiments.doubtful import TEXT
from tests.present.tiny import NASTY, NO_COSTS, written

Said = tuple[int, str, str]
Say = Callable[..., Said]

SMALL = {
    "uncertainty": ["--draws", "8"],
    "information": ["--draws", "16", "--study", "numbers.willing"],
    "sensitivity": ["-n", "2"],
}
FIRST = {"uncertainty": "acceptability", "information": "evpi", "sensitivity": "tornado"}
VERDICTS = {
    "uncertainty": "By money alone, ‘As it is’ is best on average, and best in",
    "information": "Knowing every",
    "sensitivity": "As written ‘Early help’ loses £",
}


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Say:
    """Run `simulator ...` in a folder of its own that holds doubtful.yaml: exit code, output, errors."""
    written(tmp_path, TEXT, "doubtful.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIMULATOR_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def run(command: str, *arguments: str, file: str = "doubtful.yaml") -> Said:
        small = [] if "--draws" in arguments else SMALL[command]
        monkeypatch.setattr(sys, "argv", ["simulator", command, file, "--workers", "1", *small, *arguments])
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


def flat(text: str) -> str:
    """Without the line breaks of a narrow terminal."""
    return " ".join(text.split())


@pytest.mark.parametrize("command", SMALL)
def test_the_verdict_comes_with_its_question_and_how_it_was_found(say: Say, command: str) -> None:
    code, told, error = say(command)
    assert (code, error) == (0, "")
    text = flat(told)
    assert text.startswith("Tiny ") and VERDICTS[command] in text and "seed 1." in text
    how = {
        "uncertainty": "8 draws of the uncertain numbers, 2 runs of each, seed 1",
        "information": "16 draws of the uncertain numbers, 2 runs of each, seed 1",
        "sensitivity": "2 runs of each setting, all on the same random numbers, seed 1",
    }
    assert how[command] in text
    assert text.index(how[command]) < text.index("?") < text.index(VERDICTS[command])


@pytest.mark.parametrize(("method", "size"), [("morris", "3"), ("sobol", "8"), ("failure", "128")])
def test_each_method_of_sensitivity_answers(say: Say, method: str, size: str) -> None:
    code, told, error = say("sensitivity", "--method", method, "--size", size)
    assert (code, error) == (0, "")
    asked = {
        "morris": "Which numbers matter at all?",
        "sobol": "How much of the spread does each number make?",
        "failure": "Under what combination of numbers does it fail?",
    }
    assert asked[method] in told and "‘Early help’" in told


@pytest.mark.parametrize("command", SMALL)
def test_json_is_strict_and_says_what_the_screen_says(say: Say, command: str) -> None:
    code, told, error = say(command, "--json")
    assert (code, error) == (0, "")
    found = json.loads(told, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert found["questions"][0]["name"] == FIRST[command]
    screen = flat(say(command)[1])
    for each in found["questions"]:
        assert each["question"] in screen and each["rows"]
        assert all(flat(sentence) in screen for sentence in each["answer"])


@pytest.mark.parametrize("command", SMALL)
def test_csv_is_one_table_and_only_narrows_it(say: Say, command: str) -> None:
    code, told, error = say(command, "--csv")
    assert (code, error) == (0, "")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert rows[0]["question"] == FIRST[command] and len({row["question"] for row in rows}) > 1
    _, one, _ = say(command, "--csv", "--only", FIRST[command])
    only = list(csv.DictReader(io.StringIO(one)))
    assert {row["question"] for row in only} == {FIRST[command]}
    assert len(only) == sum(row["question"] == FIRST[command] for row in rows)


def test_only_prints_one_question(say: Say) -> None:
    code, told, _ = say("uncertainty", "--only", "plane")
    assert code == 0 and "What does it cost more" in told and "Which design is best" not in told


@pytest.mark.parametrize("command", SMALL)
def test_out_writes_a_file_a_question_and_the_record(say: Say, tmp_path: Path, command: str) -> None:
    code, told, error = say(command, "--out", "there")
    assert code == 0 and VERDICTS[command] in flat(told)
    names = {path.name for path in (tmp_path / "there").iterdir()}
    assert f"{FIRST[command]}.parquet" in names and any(name.endswith(".json") for name in names)
    assert error.startswith("Wrote ") and all(name in error for name in names)


def test_what_a_crisis_is_worth_weighs_the_answer(say: Say) -> None:
    free, dear = (json.loads(say("uncertainty", "--json", "--worth", worth)[1]) for worth in ("0", "1000000"))
    gain = [found["questions"][1]["rows"][1]["gain"] for found in (free, dear)]
    assert gain[0] < 0 < gain[1]
    assert dear["worth"] == 1_000_000
    assert dear["questions"][0]["answer"][0].startswith("At £1.0 million for each crisis avoided")


def test_settings_of_controls_are_run(say: Say) -> None:
    _, written_so, _ = say("uncertainty", "--json", "--only", "plane")
    code, fewer, _ = say("uncertainty", "--json", "--only", "plane", "--set", "ten=0.5")
    assert code == 0
    cost = [json.loads(each)["questions"][0]["rows"][0]["cost"] for each in (written_so, fewer)]
    assert cost[1] < cost[0], "half of the places cost less"


def test_hostile_labels_neither_colour_nor_command_the_terminal(say: Say, tmp_path: Path) -> None:
    text = NASTY.replace("exponential: 6 months", "exponential: 6 months (3 months to 9 months)")
    written(tmp_path, text, "nasty.yaml")
    code, told, error = say("uncertainty", file="nasty.yaml")
    assert (code, error) == (0, "") and "\x1b" not in told
    assert "`code` <img src=x>" in told and "[link=x]L[/link]" in told


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        (
            "sensitivity",
            ["--method", "nonsense"],
            "there is no method `nonsense`; there are: one, morris, sobol, failure",
        ),
        ("uncertainty", ["--method", "nonsense"], "there is no way of sampling `nonsense`"),
        ("uncertainty", ["--of", "nowhere"], "there is no uncertain number at `nowhere`"),
        ("sensitivity", ["--of", "nowhere"], "there is no uncertain number at `nowhere`"),
        ("uncertainty", ["--worth", "-1"], "Invalid value for '--worth'"),
        ("uncertainty", ["--worth", "inf"], "worth"),
        ("uncertainty", ["--draws", "0"], "Invalid value for '--draws'"),
        ("uncertainty", ["--effect", "nonsense"], "there is no figure `nonsense`"),
        ("uncertainty", ["--effect", "stayed"], "`stayed` is not known in"),
        ("sensitivity", ["--cost", "nonsense"], "there is no figure `nonsense`"),
        ("information", ["--study", "nowhere"], "there is no uncertain number at `nowhere`"),
        ("uncertainty", ["--only", "nonsense"], "there is no question `nonsense`"),
        ("uncertainty", ["--design", "nobody"], "there is no design `nobody`"),
        ("uncertainty", ["--design", "today"], "beside the baseline"),
        ("sensitivity", ["--design", "today"], "beside the baseline"),
        ("uncertainty", ["--reading", "nobody"], "there is no reading `nobody`"),
        ("uncertainty", ["--json", "--csv"], "choose one of --json and --csv"),
        ("uncertainty", ["--draws", "1000000"], "1,000,000 at most"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    say: Say, command: str, arguments: list[str], said: str
) -> None:
    code, told, error = say(command, *arguments)
    assert said in flat(error), error
    assert "went wrong" not in error and "Traceback" not in error and "Warning" not in error
    assert (code, told) == (2, "")


def test_a_scenario_without_ranges_is_refused_in_a_sentence(say: Say, tmp_path: Path) -> None:
    written(tmp_path, NO_COSTS, "sure.yaml")
    for command in ("uncertainty", "sensitivity"):
        code, told, error = say(command, file="sure.yaml")
        assert (code, told) == (2, "") and "range" in error and "Traceback" not in error


@pytest.mark.parametrize("command", ["uncertainty", "information"])
def test_a_name_that_there_is_not_is_found_out_before_an_hour_of_runs(
    say: Say, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of `--only`, as of every other name."""

    def run_all(*_: object, **__: object) -> None:
        raise AssertionError("it runs")

    monkeypatch.setattr("simulator.experiments.uncertainty.run_all", run_all)
    code, _, error = say(command, "--only", "nonsense")
    assert code == 2 and "there is no question `nonsense`" in error
