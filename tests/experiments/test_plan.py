"""Runs whose numbers vary: each its own draw and reading, the same ones whoever runs it, so that ranges show doubt too."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from simulator.analysis.compare import compare
from simulator.experiments import plan, runner
from simulator.experiments.gathered import Gathered
from simulator.experiments.live import Desk, Limits, TooLarge
from simulator.experiments.plan import Plan, can_vary, numbers_to_vary
from simulator.experiments.replication import prepare_all, replicate
from simulator.experiments.runner import run
from simulator.experiments.sampling import sample
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import Problem, ScenarioError
from tests.experiments import doubtful
from tests.experiments.pretend import SOON, same_measures
from tests.present import tiny

BOTH = ("today", "early")
THREE = doubtful.TEXT.replace(
    "designs:\n",
    "designs:\n  later: {services: {help: {places: 6, length: 10 weeks (5 weeks to 20 weeks)}}}\n",
)
"""With a design that has an uncertain number of its own, before some of the others in the order of the file."""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_text(doubtful.TEXT, "doubtful.yaml")


@pytest.fixture(scope="module")
def varied(scenario: Scenario) -> runner.Result:
    return run(scenario, BOTH, replications=40, seed=5, vary=True, workers=1)


def test_replication_k_is_a_run_with_row_k_of_the_sample(scenario, varied):
    found = sample(scenario, numbers_to_vary(scenario), 64, seed=5)
    readings = set()
    for number in (0, 1, 7, 39):
        drawn = found.draw(number), found.reading(number)
        readings.add(drawn[1])
        alone = replicate(prepare_all(scenario, BOTH, seed=5, draw=drawn[0], reading=drawn[1]), number)
        assert same_measures(alone, run_part(varied, number))
    assert readings == {None, "nothing"}
    assert varied.vary and varied.sampled == len(doubtful.PLACES) and varied.reading is None


def run_part(result: runner.Result, number: int) -> Any:
    """The measures of one replication of a result: those that it has itself."""
    values = result.values
    row = values.values[number : number + 1]
    there = ~np.isnan(row[0])
    keys = tuple(key for key, has in zip(values.keys, there, strict=True) if has)
    return type(values)(keys, (number,), row[:, there])


@pytest.mark.parametrize(
    ("engine", "workers"), [("compiled", 2), ("compiled", 8), ("simpy", 1), ("simpy", 2)]
)
def test_the_numbers_do_not_depend_on_who_runs_them(monkeypatch, scenario, varied, engine, workers):
    monkeypatch.setattr(runner, "WORTH_A_PROCESS", 0.0)
    monkeypatch.setattr(runner.os, "cpu_count", lambda: workers)
    monkeypatch.setattr(plan, "FIRST_BLOCK", 2)
    count = 40 if engine == "compiled" else 6
    found = run(scenario, BOTH, replications=count, seed=5, vary=True, workers=workers, engine=engine)
    first = run(scenario, BOTH, replications=count, seed=5, vary=True, workers=1)
    assert same_measures(found.values, first.values)
    for number in range(count):
        assert same_measures(run_part(found, number), run_part(varied, number))


def test_a_desk_gives_what_the_runner_gives_for_any_number_of_replications(scenario):
    desk = Desk(2)
    try:
        live = desk.start(scenario, BOTH, replications=12, seed=5, vary=True)
        assert live.wait(SOON) and live.state == "finished"
        for count in (12, 4):
            found, plain = live.result(count), run(scenario, BOTH, replications=count, seed=5, vary=True)
            assert found is not None and same_measures(found.values, plain.values)
            assert (found.vary, found.sampled, found.gaps) == (True, plain.sampled, plain.gaps)
        fixed = desk.start(scenario, BOTH, replications=12, seed=5)
        assert fixed.wait(SOON) and not same_measures(fixed.result().values, live.result().values)
        with pytest.raises(ValueError, match="one of draw and vary"):
            desk.start(scenario, BOTH, replications=12, draw=2, vary=True)
    finally:
        desk.close()


def test_a_replication_has_the_same_numbers_whichever_designs_are_compared():
    three = load_text(THREE, "three.yaml")
    assert len(numbers_to_vary(three)) == len(doubtful.PLACES) + 1
    two, all_three = (
        run(three, designs, replications=5, vary=True).measures.query("design == 'early'")
        for designs in (BOTH, None)
    )
    assert two["value"].tolist() == all_three["value"].tolist()


def test_ranges_are_wider_with_doubt_in_them(scenario):
    """Of what the council saves, whose price, need and effect are all in doubt. 400 runs of each: an end of the range of runs
    has a standard error of about 2.7/sqrt(400) = .13 standard deviations, so a range of 3.9 errs by some 5%, far below half."""
    spread = {}
    for vary in (False, True):
        table = compare(run(scenario, BOTH, replications=400, vary=vary).measures, "today", "early")
        row = table.query("table == 'agencies' and item == 'council' and measure == 'budget' and year == 0")
        spread[vary] = float((row["high"] - row["low"]).iloc[0])
    assert spread[True] > 1.5 * spread[False]


def test_numbers_vary_under_the_reading_that_is_named(scenario):
    found = Plan(scenario, BOTH, reading="nothing", vary=True)
    drawn = [found.drawn(number) for number in range(20)]
    assert {each.reading for each in drawn} == {"nothing"}
    assert len({each.draw.quantiles["numbers.willing"] for each in drawn}) == 20
    assert found.prepared(3)["early"].model.sampled != found.prepared(4)["early"].model.sampled


def test_fixed_numbers_are_prepared_once_and_varied_ones_are_not_kept(scenario):
    fixed, varies = Plan(scenario, BOTH), Plan(scenario, BOTH, vary=True)
    assert fixed.prepared(0) is fixed.prepared(9) and fixed.sampled == 0
    assert varies.prepared(0)["early"] is not varies.prepared(0)["early"]


def test_threads_that_ask_at_once_get_their_own_rows(monkeypatch, scenario):
    monkeypatch.setattr(plan, "FIRST_BLOCK", 1)
    asked, found = Plan(scenario, BOTH, vary=True), {}
    threads = [
        threading.Thread(target=lambda k=number: found.update({k: asked.drawn(k)}))
        for number in np.random.default_rng(1).permutation(200).tolist()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    right = sample(scenario, numbers_to_vary(scenario), 256)
    for number in range(200):
        assert found[number].draw.quantiles == right.draw(number).quantiles
        assert found[number].reading == right.reading(number)


def test_a_file_without_doubt_is_not_varied():
    none = load_text(tiny.NO_COSTS, "none.yaml")
    assert not can_vary(none)
    with pytest.raises(ScenarioError, match="no number of this scenario has a range"):
        run(none, replications=2, vary=True)
    read = tiny.scenario()  # no range, but the evidence can be read in two ways
    assert can_vary(read)
    two = run(read, replications=30, vary=True)
    assert two.sampled == 0 and not same_measures(two.values, run(read, replications=30).values)
    with pytest.raises(ScenarioError, match="no number of this scenario has a range"):
        run(read, replications=2, reading="nothing", vary=True)


def test_what_cannot_be_asked_for_together_is_refused(scenario):
    with pytest.raises(ValueError, match="one of draw and vary"):
        run(scenario, draw=1, vary=True)
    with pytest.raises(ScenarioError, match="there is no reading `noting`"):
        run(scenario, reading="noting", vary=True)
    with pytest.raises(ScenarioError, match="there is no design `earl`"):
        run(scenario, ["earl"], vary=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_draw_that_cannot_be_fails_as_any_replication_does(monkeypatch, scenario, workers):
    """Of several, the first by number is told, on one thread and on two."""
    bad = {
        sample(scenario, numbers_to_vary(scenario), 8).draw(row).quantiles["numbers.willing"]
        for row in (3, 5)
    }

    def refuse(*arguments: Any, draw: Any, **more: Any) -> Any:
        if draw.quantiles["numbers.willing"] in bad:
            raise ScenarioError([Problem(1, 1, "", f"willing at {draw.quantiles['numbers.willing']}")])
        return prepare_all(*arguments, draw=draw, **more)

    monkeypatch.setattr(plan, "prepare_all", refuse)
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)
    third = sample(scenario, numbers_to_vary(scenario), 8).draw(3).quantiles["numbers.willing"]
    with pytest.raises(ScenarioError, match=f"willing at {third}"):
        run(scenario, BOTH, replications=8, vary=True, workers=workers)


def test_gaps_are_the_largest_over_the_runs_that_are_in(monkeypatch, scenario):
    """What a draw asks for and no hazard gives, at two places in the first three runs of five."""
    gaps: list[dict[str, float]] = [{"a": 0.01}, {"a": 0.03, "b": 0.002}, {"a": 0.02}, {}, {}]
    part = run(scenario, BOTH, replications=1).values
    asked = iter(gaps)
    monkeypatch.setattr(runner, "gaps_of", lambda _: next(asked))
    assert run(scenario, BOTH, replications=5, vary=True, workers=1).gaps == {"a": 0.03, "b": 0.002}
    gathered = Gathered()
    for number in (2, 1, 4, 0, 3):  # as they may come in
        gathered.add(number, part, gaps[number])
    assert gathered.gaps(1) == {"a": 0.01} and gathered.gaps(5) == {"a": 0.03, "b": 0.002}


def test_a_draw_of_more_people_than_a_shared_server_takes_is_refused_before_it_is_prepared():
    """120 people in two years as written; the range of the rate lets some runs have several times as many."""
    crowded = load_text(doubtful.TEXT.replace("60 per year", "60 per year (1 to 600)"), "crowded.yaml")
    desk = Desk(1, limits=Limits(people=400))
    try:
        live = desk.start(crowded, BOTH, replications=64, vary=True)
        assert live.wait(SOON) and live.state == "failed" and isinstance(live.error, TooLarge)
        assert "uncertain numbers come out such that about" in str(live.error)
        same = desk.start(crowded, BOTH, replications=64)
        assert same.wait(SOON) and same.state == "finished"
    finally:
        desk.close()
