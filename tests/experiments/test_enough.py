"""Runs until the means are precise: each run once, the same ones as other commands make, and no more than are of use."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.precision import ENOUGH, NEAR_0, NO_SPREAD, NOT_KNOWN, NOT_YET, Precision, judge
from simulator.experiments import points
from simulator.experiments.enough import FIRST, enough_replications
from simulator.experiments.many import EveryRunFailed
from simulator.experiments.runner import Cancelled, run
from simulator.scenario.problems import ScenarioError
from tests.present import tiny

TEN_PERCENT = Precision(0.1, relative=True)


@pytest.fixture
def counted(monkeypatch):
    """Numbers of the replications that were run."""
    numbers: list[int] = []
    whole = points.replicate

    def one(prepared, replication, **how):
        numbers.append(replication)
        return whole(prepared, replication, **how)

    monkeypatch.setattr(points, "replicate", one)
    return numbers


def test_it_ends_when_the_mean_is_precise_and_runs_each_replication_once(counted):
    found = enough_replications(tiny.scenario(), "early", ["crises"], TEN_PERCENT)
    (judged,) = found.judged
    assert judged.status == ENOUGH and found.replications == judged.at
    assert FIRST < judged.at <= found.runs < 200
    assert sorted(counted) == list(range(found.runs))
    # Nothing but the runs decides: the rule on the values themselves says the same.
    assert judge(found.values, TEN_PERCENT) == found.judged


def test_its_runs_are_those_of_a_comparison():
    found = enough_replications(
        tiny.scenario(), "early", ["crises", "purse"], Precision(1.0), most=25, seed=4
    )
    values = run(tiny.scenario(), ["today", "early"], replications=25, seed=4).values
    for position, (table, measure) in enumerate((("crises", "number"), ("value", "purse"))):
        before, after = (
            values.values[:, values.keys.index((design, table, "", measure, 0))]
            for design in ("today", "early")
        )
        assert np.array_equal(found.values[:, position], after - before)
    assert found.compared == (True, True)


def test_a_design_on_its_own():
    alone = enough_replications(tiny.scenario(), "early", ["crises"], Precision(1.0), most=20, alone=True)
    values = run(tiny.scenario(), ["today", "early"], replications=20).values
    assert np.array_equal(
        alone.values[:, 0], values.values[:, values.keys.index(("early", "crises", "", "number", 0))]
    )
    assert alone.compared == (False,) and alone.frame["baseline"].tolist() == [""]
    baseline = enough_replications(tiny.scenario(), "today", ["crises"], Precision(1.0), most=20)
    assert baseline.compared == (False,) and baseline.values.mean() > alone.values.mean()
    # Differences on the same random numbers are surer than the figures they are between, if only a little here.
    paired = enough_replications(tiny.scenario(), "early", ["crises"], Precision(1.0), most=20)
    assert paired.judged[0].sd ** 2 < alone.judged[0].sd ** 2 + baseline.judged[0].sd ** 2


def test_what_the_baseline_does_not_have_is_of_the_design():
    found = enough_replications(
        tiny.scenario(), "early", ["wait for help", "crises", "irr"], TEN_PERCENT, most=20
    )
    assert found.compared == (False, True, True)
    values = run(tiny.scenario(), ["today", "early"], replications=20).values
    assert np.array_equal(
        found.values[:, 0], values.values[:, values.keys.index(("early", "services", "help", "wait_days", 0))]
    )


def test_it_ends_at_the_most_and_says_about_how_many_it_would_take(counted):
    found = enough_replications(tiny.scenario(), "early", ["crises"], Precision(0.1), most=33)
    (judged,) = found.judged
    assert (judged.status, found.runs, found.replications) == (NOT_YET, 33, None)
    assert judged.needed > 1_000 and len(counted) == 33


def test_several_figures_each_with_its_precision():
    found = enough_replications(
        tiny.scenario(), "early", ["crises", "purse"], [Precision(5.0), Precision.of("£25k")], most=400
    )
    assert [each.status for each in found.judged] == [ENOUGH, ENOUGH]
    assert found.replications == max(each.at for each in found.judged)
    assert found.judged[0].at < found.judged[1].at
    assert found.frame["figure"].tolist() == ["crises", "purse"]
    assert found.frame["enough_at"].tolist() == [each.at for each in found.judged]


def test_no_run_is_made_for_what_never_differs_or_is_never_known(counted):
    found = enough_replications(tiny.scenario(tiny.NO_COSTS), "then", ["crises", "irr"], TEN_PERCENT)
    assert [each.status for each in found.judged] == [NO_SPREAD, NOT_KNOWN]
    assert found.runs == len(counted) == FIRST and found.replications is None
    alike = enough_replications(tiny.scenario(tiny.NO_COSTS), "then", ["cost"], TEN_PERCENT)
    assert alike.replications == alike.runs == FIRST


def test_a_share_of_a_difference_that_may_be_0():
    text = tiny.TEXT.replace("hazard_ratio: 0.2", "hazard_ratio: 0.996")
    found = enough_replications(tiny.scenario(text), "early", ["crises"], TEN_PERCENT, most=40)
    assert found.judged[0].status == NEAR_0 and found.runs == 40


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_the_number_of_workers_changes_nothing(workers):
    found = enough_replications(tiny.scenario(), "early", ["crises"], TEN_PERCENT, workers=workers)
    other = enough_replications(tiny.scenario(), "early", ["crises"], TEN_PERCENT, workers=3)
    assert np.array_equal(found.values, other.values) and found.judged == other.judged


def test_a_reading_and_a_seed_are_those_asked_for():
    written, other = (
        enough_replications(tiny.scenario(), "early", ["crises"], Precision(1.0), most=20, reading=reading)
        for reading in (None, "nothing")
    )
    assert other.judged[0].mean == 0 > written.judged[0].mean
    again = enough_replications(tiny.scenario(), "early", ["crises"], Precision(1.0), most=20, seed=2)
    assert not np.array_equal(written.values, again.values)


def test_progress_counts_runs_to_the_end_and_stops_when_asked():
    heard = []
    found = enough_replications(
        tiny.scenario(), "early", ["crises"], TEN_PERCENT, progress=lambda so_far: heard.append(so_far)
    )
    assert heard[-1].done == heard[-1].of == found.runs
    assert [each.done for each in heard] == sorted({each.done for each in heard})
    with pytest.raises(Cancelled):
        enough_replications(tiny.scenario(), "early", ["crises"], TEN_PERCENT, progress=lambda so_far: False)


def test_a_failed_run_is_not_left_out_in_silence(monkeypatch):
    whole = points.replicate

    def sometimes(prepared, replication, **how):
        if replication == 7:
            raise ArithmeticError("no luck")
        return whole(prepared, replication, **how)

    monkeypatch.setattr(points, "replicate", sometimes)
    with pytest.raises(
        EveryRunFailed, match="run 8 failed, and none may be missing: ArithmeticError: no luck"
    ):
        enough_replications(tiny.scenario(), "early", ["crises"], TEN_PERCENT)


def test_what_cannot_be_asked_is_refused_before_anything_runs(counted):
    scenario = tiny.scenario()
    for wrong, message in (
        (
            {"figures": ["crises"], "precision": Precision.of("£3")},
            "`crises` cannot be that precise: it is in crises",
        ),
        ({"precision": [TEN_PERCENT, TEN_PERCENT]}, "2 precisions for 1 figures"),
        ({"most": 0}, "replications must be"),
        ({"workers": 0}, "workers must be"),
        ({"engine": "steam"}, "steam"),
    ):
        with pytest.raises(ValueError, match=message):
            enough_replications(scenario, "early", **wrong)
    for design, figures, message in (
        ("late", ["crises"], "late"),
        ("early", ["crisses"], "no figure `crisses`"),
    ):
        with pytest.raises(ScenarioError, match=message):
            enough_replications(scenario, design, figures)
    assert not counted
