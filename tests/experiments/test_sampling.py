"""Samples of the uncertain numbers: where they lie, how evenly, how related, and that a run takes them as they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulator.engine.compile import compile_model
from simulator.engine.numbers import Draw
from simulator.experiments.sampling import METHODS, of_cube, sample
from simulator.experiments.uncertain import READING, chosen, uncertain_numbers
from simulator.scenario.load import load_text
from simulator.scenario.problems import ScenarioError
from tests.experiments import doubtful
from tests.present import tiny

DRAWS = 512


@pytest.fixture(scope="module")
def scenario():
    return load_text(doubtful.TEXT, "doubtful.yaml")


@pytest.fixture(scope="module")
def numbers(scenario):
    return uncertain_numbers(scenario, ["today", "early"])


def test_every_number_with_a_range_is_found_once_with_what_it_is_in_words(numbers):
    assert {each.place for each in numbers} == doubtful.PLACES
    assert len(numbers) == len(doubtful.PLACES)
    assert [each.quantity.line for each in numbers] == sorted(each.quantity.line for each in numbers)
    by_place = {each.place: each for each in numbers}
    assert by_place["services.help.effects.fewer.hazard_ratio"].label == "Help: fewer, ratio of hazards"
    assert by_place["numbers.willing"].text(0.425) == "42.5%"
    assert by_place["services.help.cost.0.charity"].text(9_500) == "£9,500 per place per year"


def test_a_scenario_without_ranges_has_none():
    assert uncertain_numbers(tiny.scenario(), ["today", "early"]) == ()


def test_numbers_are_chosen_by_place_or_by_what_they_lie_under(scenario, numbers):
    assert {each.place for each in chosen(numbers, ["services.help"], "f")} == {
        "services.help.effects.fewer.hazard_ratio",
        "services.help.cost.0.charity",
    }
    assert chosen(numbers, None, "f") == numbers
    with pytest.raises(ScenarioError, match=r"no uncertain number at `services\.helf`"):
        chosen(numbers, ["services.helf"], "f")


@pytest.mark.parametrize("method", METHODS)
def test_each_number_has_its_own_distribution_in_every_way_of_sampling(scenario, numbers, method):
    """Kolmogorov and Smirnov's test of one of the six at 1 in 1,000: a false alarm in about 1 of 60 seeds; seed 3."""
    found = sample(scenario, numbers, DRAWS, method=method, seed=3)
    willing = found.places.index("numbers.willing")
    sd = (0.85 - 0.50) / 3.92
    spread = 0.7 * 0.3 / sd**2 - 1
    assert stats.kstest(found.values()[:, willing], stats.beta(0.7 * spread, 0.3 * spread).cdf).pvalue > 1e-3
    for column in found.quantiles.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_sobol_points_and_latin_hypercubes_are_more_even_than_chance(scenario, numbers):
    """Mean of a uniform: independent draws err by .29/sqrt(512) = .0128; these by under 1/512."""
    for method in ("sobol", "latin"):
        found = sample(scenario, numbers, DRAWS, method=method)
        free = [index for index, each in enumerate(numbers) if not each.place.startswith("numbers.")]
        assert np.abs(found.quantiles[:, free].mean(axis=0) - 0.5).max() < 1 / DRAWS


@pytest.mark.parametrize("method", METHODS)
def test_correlated_numbers_have_the_rank_correlation_asked_for(scenario, numbers, method):
    """Spearman's rank of 512 pairs at .6: standard error .64/sqrt(512) = .028 where they are independent; within 3 of these."""
    found = sample(scenario, numbers, DRAWS, method=method, seed=5).values()
    places = [each.place for each in numbers]
    x, y = (found[:, places.index(f"numbers.{name}")] for name in ("willing", "found"))
    assert stats.spearmanr(x, y).statistic == pytest.approx(0.6, abs=0.085)
    z = found[:, places.index("services.help.cost.0.charity")]
    assert abs(stats.spearmanr(x, z).statistic) < 0.14


def test_readings_are_drawn_by_their_weights_or_one_is_taken_for_all(scenario, numbers):
    found = sample(scenario, numbers, DRAWS)
    assert found.places[-1] == READING and found.names == (None, "nothing")
    assert np.mean(found.readings) == pytest.approx(0.3, abs=2 / DRAWS)
    assert {found.reading(row) for row in range(DRAWS)} == {None, "nothing"}
    one = sample(scenario, numbers, DRAWS, reading="nothing")
    assert {one.reading(row) for row in range(DRAWS)} == {"nothing"} and READING not in one.places


def test_the_first_draws_of_a_larger_sobol_sample_are_the_smaller_one(scenario, numbers):
    few, many = sample(scenario, numbers, 100), sample(scenario, numbers, DRAWS)
    assert np.array_equal(few.quantiles, many.quantiles[:100])
    assert few.readings == many.readings[:100]


def test_a_random_sample_has_the_numbers_of_draw_1_2_and_so_on(scenario, numbers):
    found = sample(scenario, numbers, 3, method="random", seed=4, reading="nothing")
    for row in range(3):
        by_number = compile_model(scenario, "early", seed=4, draw=row + 1)
        by_place = compile_model(scenario, "early", seed=4, draw=found.draw(row))
        assert by_number.sampled == pytest.approx(by_place.sampled, rel=1e-12)
        assert by_number.sampled["numbers.found"] == pytest.approx(
            found.values()[row, found.places.index("numbers.found")], rel=1e-12
        )


def test_a_draw_can_fix_a_value_or_take_an_end_of_the_range(scenario):
    fixed = compile_model(scenario, "early", draw=Draw(values={"numbers.willing": 0.42}))
    low = compile_model(scenario, "early", draw=Draw(ends={"numbers.willing": "low"}))
    plain = compile_model(scenario, "early", draw=Draw())
    written = compile_model(scenario, "early")
    assert fixed.sampled == {"numbers.willing": 0.42} and low.sampled == {"numbers.willing": 0.50}
    assert plain.sampled == {}
    assert np.array_equal(plain.step_value, written.step_value)
    assert not np.array_equal(fixed.step_value, written.step_value)


@pytest.mark.parametrize(("draws", "method"), [(0, "sobol"), (-1, "latin"), (10**7, "sobol"), (8, "soboll")])
def test_samples_that_cannot_be_are_refused(scenario, numbers, draws, method):
    with pytest.raises(ValueError, match=r"draws must be|no way of sampling"):
        sample(scenario, numbers, draws, method=method)


def test_points_of_the_cube_at_its_edge_have_values(scenario, numbers):
    found = of_cube(scenario, numbers, np.array([[0.0] * len(numbers), [1.0] * len(numbers)]))
    assert np.isfinite(found.values()).all()
    assert found.readings == (0, 0)
