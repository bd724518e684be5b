"""Draws times replications, and one number at a time: the same however they are run; a failure loses only itself."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.experiments import points, uncertainty
from simulator.experiments.many import EveryRunFailed
from simulator.experiments.one_at_a_time import ends, grid, moved
from simulator.experiments.outputs import default_names, outputs, picked
from simulator.experiments.replication import prepare_all, replicate
from simulator.experiments.runner import Cancelled, run
from simulator.scenario.load import load, load_text
from simulator.scenario.problems import ScenarioError
from simulator.scenario.quantities import Quantity
from tests.experiments import doubtful
from tests.present import tiny

FIGURES = ["crises", "cost", "stayed", "wait for help"]


@pytest.fixture(scope="module")
def scenario():
    return load_text(doubtful.TEXT, "doubtful.yaml")


def test_draws_are_the_same_on_any_number_of_threads_and_processes(scenario, monkeypatch):
    monkeypatch.setattr("simulator.experiments.many.WORTH_PROCESSES", 0.0)
    alone = uncertainty.uncertainty(scenario, draws=24, replications=2, figures=FIGURES, workers=1)
    threads = uncertainty.uncertainty(scenario, draws=24, replications=2, figures=FIGURES, workers=2)
    processes = uncertainty.uncertainty(
        scenario, draws=24, replications=2, figures=FIGURES, workers=2, processes=True
    )
    assert alone.values.shape == (24, 2, 2, 4)
    assert np.array_equal(alone.values, threads.values, equal_nan=True)
    assert np.array_equal(alone.values, processes.values, equal_nan=True)
    assert len(alone.frame) == 24 * 2 * 2


def test_a_draw_is_what_a_run_with_its_numbers_gives(scenario):
    found = uncertainty.uncertainty(scenario, draws=4, replications=2, figures=FIGURES, seed=7)
    row = 3
    prepared = prepare_all(
        scenario, found.designs, seed=7, draw=found.sample.draw(row), reading=found.sample.reading(row)
    )
    by_hand = replicate(prepared, 2 * row + 1)
    assert np.array_equal(
        picked(by_hand, found.designs, found.outputs)[0], found.values[row, 1], equal_nan=True
    )


def test_figures_of_a_run_are_those_of_its_tables(scenario):
    """Whatever the run measures besides: leaving out tables changes none of the others."""
    names = [*FIGURES, "crises.person_days", "services.help.started", "reached by help", "purse"]
    wanted = outputs(scenario, names)
    result = run(scenario, ["today", "early"], replications=3)
    whole = picked(result.values, result.designs, wanted)
    prepared = prepare_all(scenario, result.designs)
    for number in range(3):
        for output in wanted:
            part = replicate(prepared, number, tables=output.tables)
            assert {key[1] for key in part.keys} <= output.tables
            assert np.array_equal(
                picked(part, result.designs, [output])[0, :, 0],
                whole[number, :, wanted.index(output)],
                equal_nan=True,
            )


def test_figures_with_contracts_are_those_of_the_whole_run():
    scenario = load("scenarios/edge-of-care.yaml")
    wanted = outputs(scenario)
    assert {"irr", "net_saving council", "lowest cash of charity"} <= {each.name for each in wanted}
    prepared = prepare_all(scenario, ["today", "early_help"])
    whole = picked(replicate(prepared, 1), ["today", "early_help"], wanted)
    for output in wanted:
        part = replicate(prepared, 1, tables=output.tables)
        assert np.array_equal(
            picked(part, ["today", "early_help"], [output])[..., 0],
            whole[..., wanted.index(output)],
            equal_nan=True,
        )


def test_a_figure_that_there_is_not_is_refused_with_the_nearest(scenario):
    with pytest.raises(ScenarioError, match="no figure `crisses`") as error:
        outputs(scenario, ["crisses"])
    assert "crises" in str(error.value.problems[0].suggestion)
    with pytest.raises(ScenarioError, match="wait for helf"):
        outputs(scenario, ["wait for helf"])
    assert default_names(tiny.scenario(tiny.NO_COSTS))[:2] == ["crises", "cost"]


def test_a_run_that_fails_is_recorded_and_the_others_go_on(scenario, monkeypatch):
    whole = points.replicate

    def sometimes(prepared, replication, **how):
        if replication == 5:
            raise ArithmeticError("no such\nluck")
        return whole(prepared, replication, **how)

    monkeypatch.setattr(points, "replicate", sometimes)
    found = uncertainty.uncertainty(scenario, draws=6, replications=2, figures=["crises"], workers=1)
    assert [(each.point, each.replication, each.error) for each in found.failed] == [
        (3, 5, "ArithmeticError: no such luck")
    ]
    assert len(found) == len(found.sample) == 5 and not np.isnan(found.values).any()


def test_where_every_run_fails_the_first_failure_is_said(scenario, monkeypatch):
    def never(prepared, replication, **how):
        raise ArithmeticError("never")

    monkeypatch.setattr(points, "replicate", never)
    with pytest.raises(EveryRunFailed, match="ArithmeticError: never"):
        uncertainty.uncertainty(scenario, draws=3, figures=["crises"])


def test_a_run_is_stopped_when_asked(scenario):
    with pytest.raises(Cancelled):
        uncertainty.uncertainty(scenario, draws=64, figures=["crises"], progress=lambda so_far: False)


def test_progress_counts_draws_to_the_end(scenario):
    heard = []
    uncertainty.uncertainty(
        scenario, draws=20, figures=["crises"], progress=lambda so_far: heard.append(so_far)
    )
    assert [each.of for each in heard] == [20] * len(heard)
    assert heard[-1].done == 20


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"replications": 0}, {"draws": 10**6, "replications": 10}])
def test_counts_that_cannot_be_are_refused(scenario, wrong):
    with pytest.raises(ValueError, match=r"must be|runs"):
        uncertainty.uncertainty(scenario, **wrong)


def test_a_scenario_without_ranges_has_no_doubt_to_look_at():
    plain = tiny.TEXT.split("readings:")[0]
    for ask in (uncertainty.uncertainty, lambda which: moved(which, "early", ends)):
        with pytest.raises(ScenarioError, match="no number of this scenario has a range"):
            ask(load_text(plain, "plain.yaml"))


def test_one_number_at_a_time_moves_only_that_and_on_the_same_random_numbers(scenario):
    found = moved(scenario, "early", ends, figures=["crises", "cost"], replications=3)
    assert found.at.shape == (6, 2) and found.values.shape == (6, 2, 3, 2, 2)
    by_place = {each.place: index for index, each in enumerate(found.numbers)}
    crises, cost = found.column("crises"), found.column("cost")
    price = by_place["services.help.cost.0.charity"]
    assert np.array_equal(
        found.values[price, :, :, :, crises], np.broadcast_to(found.base[..., crises], (2, 3, 2))
    )
    early = found.values[price, :, :, 1, cost] - found.base[:, 1, cost]
    assert (early[0] < 0).all() and (early[1] > 0).all()
    assert np.array_equal(found.values[price, :, :, 0, cost], np.broadcast_to(found.base[:, 0, cost], (2, 3)))
    effect = by_place["services.help.effects.fewer.hazard_ratio"]
    assert found.values[effect, 0, :, 1, crises].mean() < found.values[effect, 1, :, 1, crises].mean()


def test_a_grid_goes_beyond_the_range_and_stays_within_what_can_be():
    assert grid(5)(Quantity("share", 0.7, 0.5, 0.9, "")) == pytest.approx([0.3, 0.475, 0.65, 0.825, 1.0])
    assert grid(3)(Quantity("ratio", 0.5, 0.2, 1.0, "")) == pytest.approx([0.1, 0.75, 1.4])
    assert grid(3)(Quantity("ratio", 0.5, 0.4, 0.6, "")) == pytest.approx([0.3, 0.65, 1.0]), "1 is no effect"
    assert grid(3)(Quantity("score", 0.0, -1.0, 1.0, "")) == pytest.approx([-2, 0, 2])
    assert grid(3)(Quantity("count", 10, 5, 20, "")) == [2.0, 15.0, 28.0]
