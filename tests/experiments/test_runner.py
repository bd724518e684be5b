"""Replications: numbered, the same on any number of workers, stoppable, and refused in words that help."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simulator.analysis.measures import COLUMNS, UNITS
from simulator.engine import compiled_engine
from simulator.engine.happenings import EngineError
from simulator.experiments import first_use, replication, runner
from simulator.experiments.replication import prepare_all, replicate
from simulator.experiments.runner import Cancelled, Progress, run
from simulator.scenario import checks
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, ScenarioError
from tests.money.worked import scenario_of, service

ROOT = Path(__file__).resolve().parents[2]
EVERY_ENTRY = """
import importlib, pathlib
from simulator.engine import machine_code
from simulator.experiments import first_use
first_use.is_made = lambda: False
first_use.make_ready(lambda _: None)
entries = {}
for path in pathlib.Path("simulator").rglob("compiled_*.py"):
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    for name, value in vars(module).items():
        if isinstance(getattr(value, "_cache", None), machine_code._Kept):
            entries[value.py_func.__module__ + "." + value.py_func.__name__] = value
assert len(entries) > 10
print([name for name, value in entries.items() if not value.signatures])
"""


def small() -> runner.Scenario:
    s = service(places="2", length={"exponential": "9 days"}, cost={"council": "£7 per place per week"})
    return scenario_of(
        arrive={"a": "60 per year"}, services={"s": s}, designs={"more": {"services": {"s": {"places": "3"}}}},
        outcomes={"helped": {"reached": "s completed", "within": "30 days"}},
    )  # fmt: skip


def test_results_are_a_tidy_table_of_numbered_replications():
    result = run(small(), replications=3)
    assert list(result.measures.columns) == list(COLUMNS)
    assert result.measures["replication"].drop_duplicates().tolist() == [0, 1, 2]
    assert result.designs == ("now", "more") and result.baseline == "now"
    assert set(zip(result.measures["table"], result.measures["measure"], strict=True)) <= set(UNITS)
    assert not result.measures.duplicated(list(COLUMNS[:-1])).any()
    arrived = result.measures.query("measure == 'arrived'").pivot(
        index="replication", columns="design", values="value"
    )
    assert (arrived["now"] == arrived["more"]).all() and arrived[
        "now"
    ].nunique() > 1  # common random numbers; each run its own


def test_a_replication_does_not_depend_on_those_before_it():
    alone = replicate(prepare_all(small(), ["now", "more"]), 2)
    among = run(small(), replications=3).measures.query("replication == 2").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.frame, among)
    assert (
        not run(small(), replications=1, seed=2)
        .measures["value"]
        .equals(run(small(), replications=1).measures["value"])
    )


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_two_workers_find_exactly_what_one_finds(monkeypatch, engine):
    monkeypatch.setattr(runner, "WORTH_A_PROCESS", 0.0)
    monkeypatch.setattr(runner, "PATIENCE", 60.0)
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)
    seen: list[Progress] = []
    two = run(small(), replications=5, workers=2, engine=engine, progress=lambda each: seen.append(each))
    one = run(small(), replications=5, workers=1, engine="simpy")
    pd.testing.assert_frame_equal(one.measures, two.measures)
    assert [each.done for each in seen] == [1, 2, 3, 4, 5]


def test_many_threads_find_what_one_finds_whatever_the_order_in_which_they_end(monkeypatch):
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 8)
    eight = run(small(), replications=60, workers=8, engine="compiled")
    assert eight.values.replications == tuple(range(60))
    pd.testing.assert_frame_equal(
        run(small(), replications=60, workers=1, engine="compiled").measures, eight.measures
    )


def test_progress_is_told_after_each_replication():
    seen: list[Progress] = []
    run(small(), replications=3, progress=lambda each: seen.append(each))
    assert [(each.done, each.of) for each in seen] == [(1, 3), (2, 3), (3, 3)]
    assert seen[-1].seconds_left == 0 and all(
        each.seconds_left is not None and each.seconds_left >= 0 for each in seen
    )


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_stops_when_it_is_told_to(monkeypatch, workers, engine):
    monkeypatch.setattr(runner, "WORTH_A_PROCESS", 0.0)
    monkeypatch.setattr(runner, "PATIENCE", 60.0)
    seen: list[int] = []

    def stop(each: Progress) -> bool:
        seen.append(each.done)
        return each.done < 2

    with pytest.raises(Cancelled):
        run(small(), replications=50, workers=workers, engine=engine, progress=stop)
    assert seen == [1, 2]


@pytest.mark.parametrize(("engine", "workers"), [("simpy", 1), ("compiled", 1), ("compiled", 2)])
def test_one_long_replication_says_how_far_it_is_and_stops_in_the_middle(monkeypatch, engine, workers):
    monkeypatch.setattr(runner, "PATIENCE", 0.0)
    monkeypatch.setattr(compiled_engine, "SLICE", 50)
    seen: list[Progress] = []

    def stop(each: Progress) -> bool:
        seen.append(each)
        return each.share < 0.1

    rate = {"simpy": 20_000, "compiled": 1_000_000}[engine]
    busy = scenario_of(arrive={"a": f"{rate} per year"}, services={"s": service(length="3 days")})
    with pytest.raises(Cancelled):
        run(busy, replications=workers, workers=workers, engine=engine, progress=stop)
    assert seen[-1].done == 0 and 0.1 <= seen[-1].share < 0.9
    assert [each.share for each in seen] == sorted(each.share for each in seen)


def test_the_compiled_engine_runs_unless_the_other_is_asked_for():
    assert run(small(), replications=1).engine == "compiled"
    assert run(small(), replications=1, engine="simpy").engine == "simpy"


def test_what_is_compiled_at_first_use_is_everything():
    """In a process of its own: here other tests have used more than first use does."""
    done = subprocess.run(
        [sys.executable, "-c", EVERY_ENTRY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ},
    )
    assert done.stdout.split() and done.stdout.split()[-1] == "[]", done.stdout + done.stderr


def test_a_run_within_a_run_spoils_neither():
    """`progress` is the caller's own code, and may simulate."""
    inner: list[Any] = []

    def look(_: Progress) -> None:
        inner.append(run(small(), replications=1, workers=1).measures)

    found = run(small(), replications=3, workers=1, progress=look)
    pd.testing.assert_frame_equal(found.measures, run(small(), replications=3).measures)
    assert all(each.equals(inner[0]) for each in inner)


def test_when_a_run_is_stopped_nothing_goes_on(monkeypatch):
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)
    with pytest.raises(Cancelled) as stopped:
        run(small(), replications=50, workers=2, engine="compiled", progress=lambda each: each.done < 2)
    alive = [each.name for each in threading.enumerate() if each.name.startswith("ThreadPoolExecutor")]
    assert stopped.value and not alive


def test_of_several_failures_the_first_by_number_is_heard(monkeypatch):
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 4)
    late = threading.Event()

    def fail(_prepared: Any, number: int, **_: Any) -> Any:
        if number == 1:
            late.wait(5)
        elif number == 3:
            late.set()
        if number in (1, 3):
            raise EngineError(f"replication {number}")
        return replicate(_prepared, number)

    monkeypatch.setattr(runner, "replicate", fail)
    with pytest.raises(EngineError, match="replication 1"):
        run(small(), replications=8, workers=4, engine="compiled")


def test_what_must_be_prepared_first_is_said(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(first_use, "is_made", lambda: False)
    monkeypatch.setattr(first_use, "mark_made", lambda: None)
    run(small(), replications=1, say=said.append)
    assert said[0].startswith("Preparing for fast runs on this machine") and said[1].startswith(
        "... ready after"
    )
    said.clear()
    monkeypatch.setattr(first_use, "is_made", lambda: True)
    run(small(), replications=1, say=said.append)
    assert said == []


def test_designs_may_be_chosen_and_are_run_once_each():
    assert run(small(), ["more", "more"], replications=1).designs == ("more",)
    alone = run(small(), ["more"], replications=1).measures
    assert set(alone["design"]) == {"more"} and "savings" not in set(
        alone["table"]
    )  # nothing to compare with


def test_an_unknown_design_or_reading_is_refused_with_the_nearest_name():
    with pytest.raises(ScenarioError, match=r"there is no design `mor`(.|\n)*did you mean `more`"):
        run(small(), ["mor"])
    with pytest.raises(ScenarioError, match="there is no reading `no_effect`"):
        run(small(), reading="no_effect", replications=1)


@pytest.mark.parametrize(
    ("bad", "message"),
    [({"replications": 0}, "replications must be 1 to"), ({"replications": 10**6}, "replications must be 1 to"),
     ({"workers": 0}, "workers must be"),
     ({"draw": 0}, "a draw is 1, 2"), ({"engine": "abacus"}, "there is no engine `abacus`")],
)  # fmt: skip
def test_a_bad_argument_is_refused_before_anything_runs(bad, message):
    with pytest.raises(ValueError, match=message):
        run(small(), progress=lambda _: pytest.fail("it ran"), **bad)


@pytest.fixture
def unpayable(monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A scenario whose second design turns out to have a cost that cannot be told in money."""
    prepare = replication.prepare_costs

    def refuse(scenario: Scenario, model: Any, **options: Any) -> Any:
        if model.design == "dear":
            raise ScenarioError(
                [Problem(7, 1, "services.s.cost.0.council", "this cost cannot be told in money")]
            )
        return prepare(scenario, model, **options)

    monkeypatch.setattr(replication, "prepare_costs", refuse)
    return scenario_of(services={"s": service(for_=["a"])}, designs={"dear": {}})


def test_a_replication_that_fails_says_why_in_the_scenarios_words(unpayable):
    with pytest.raises(
        ScenarioError, match=r"services\.s\.cost\.0\.council: this cost cannot be told in money"
    ):
        run(unpayable, replications=2)


def test_a_replication_that_fails_in_another_process_says_so_too(unpayable):
    """An exception that travels loses its parts: the problems travel instead."""
    number, problems = runner._elsewhere(
        unpayable.text, unpayable.file, ("now", "dear"), 1, None, None, False, 3
    )
    assert number == 3 and isinstance(problems, list) and all(isinstance(each, Problem) for each in problems)
    assert "cannot be told in money" in problems[0].message


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_an_engine_that_cannot_go_on_is_heard_in_the_scenarios_words(monkeypatch, engine, workers):
    """Starting u moves from a to b, which cuts s short, which leads back to a, where both start again (see test_referrals)."""
    monkeypatch.setattr(checks, "check_flow", lambda *_: None)
    stuck = scenario_of(
        services={
            "s": service(for_=["a"], while_in=["a"], then={"cut_short": "a"}),
            "u": service(for_=["a"], while_in=["b"], then={"started": "b"}),
        },
    )
    with pytest.raises(EngineError, match=r"time stands still on day .* in a at [su]; give a hand-off"):
        run(stuck, replications=2, workers=workers, engine=engine)


def test_an_outcome_of_a_service_that_only_the_design_has_is_no_error():
    new = service(length="5 days")
    scenario = scenario_of(
        services={"s": service(for_=["b"])}, designs={"more": {"services": {"new": new}}},
        outcomes={"helped": {"since": "arrived", "reached": "s completed", "within": "30 days"}},
    )  # fmt: skip
    assert set(run(scenario, replications=1).measures["design"]) == {"now", "more"}
