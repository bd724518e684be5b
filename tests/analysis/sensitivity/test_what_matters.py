"""Tornado, screening, shares of the variance, switching values and scenario discovery: known functions and other packages."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris

from simulator.analysis.sensitivity import morris, sobol
from simulator.analysis.sensitivity.discovery import discover
from simulator.analysis.sensitivity.switching import crossings, switching
from simulator.analysis.sensitivity.tornado import tornado

PLACES = ["one", "two", "three"]


def ishigami(cube: np.ndarray, a: float = 7.0, b: float = 0.1) -> np.ndarray:
    x = (2 * cube - 1) * np.pi
    return np.sin(x[..., 0]) + a * np.sin(x[..., 1]) ** 2 + b * x[..., 2] ** 4 * np.sin(x[..., 0])


# Tornado --------------------------------------------------------------------------------------------------------------


def test_a_tornado_by_hand():
    base = np.array([1.0, 3.0])
    ends = np.array([[[0.0, 2.0], [2.0, 4.0]], [[-3.0, -1.0], [1.0, 3.0]], [[1.0, 3.0], [1.5, 2.0]]])
    found = tornado(PLACES, base, ends).set_index("place")
    assert found.index.tolist() == ["two", "one", "three"]
    assert found.loc["two", ["base", "at_low", "at_high", "swing"]].tolist() == [2, -2, 2, 4]
    assert found.loc["one", ["change_low", "change_high"]].tolist() == [-1, 1]
    assert found["turns"].tolist() == [True, False, False]
    assert found.loc["one", "se_low"] == 0 and found.loc["one", "clear"]
    assert not found.loc["three", "clear"], "0.5 and -1: what one run gains the other loses"


def test_chance_alone_seldom_makes_a_change_clear_and_never_turns_unclearly():
    """5% for both ends together, 400 numbers: 20, give or take 3 standard errors of 4.4."""
    rng = np.random.default_rng(6)
    base = rng.normal(0, 1, 10)
    found = tornado([str(each) for each in range(400)], base, base + rng.normal(0, 1, (400, 2, 10)))
    assert 6 <= found["clear"].sum() <= 34
    assert not (found["turns"] & ~found["clear"]).any()


def test_one_run_has_no_standard_error():
    found = tornado(["one"], np.array([1.0]), np.array([[[0.0], [2.0]]]))
    assert np.isnan(found["se_low"]).all() and not found["clear"].any()


# Screening ------------------------------------------------------------------------------------------------------------


def test_trajectories_move_each_number_once_by_the_step():
    walks = morris.trajectories(30, 5, seed=2)
    assert walks.shape == (30, 6, 5) and walks.min() >= 0 and walks.max() <= 1
    steps = np.diff(walks, axis=1)
    assert np.allclose(np.sort(np.abs(steps), axis=2)[:, :, -1], 4 / 7)
    assert (np.count_nonzero(np.abs(steps) > 1e-12, axis=(1)) == 1).all()
    assert np.array_equal(walks, morris.trajectories(30, 5, seed=2))


def test_screening_agrees_with_salib_on_the_same_runs():
    walks = morris.trajectories(40, 3, seed=4)
    results = ishigami(walks)
    ours = morris.screening(PLACES, walks, results).set_index("place")
    problem = {"num_vars": 3, "names": PLACES, "bounds": [[0, 1]] * 3}
    theirs = salib_morris.analyze(problem, walks.reshape(-1, 3), results.ravel(), num_levels=8, seed=1)
    for number, place in enumerate(PLACES):
        assert ours.loc[place, "mu"] == pytest.approx(float(theirs["mu"][number]))
        assert ours.loc[place, "mu_star"] == pytest.approx(float(theirs["mu_star"][number]))
        assert ours.loc[place, "sigma"] == pytest.approx(float(theirs["sigma"][number]))
        half = float(theirs["mu_star_conf"][number])
        assert ours.loc[place, "mu_star_high"] - ours.loc[place, "mu_star"] == pytest.approx(
            half, rel=0.35, abs=1e-9
        )


def test_elementary_effects_of_a_straight_line_are_its_slopes():
    walks = morris.trajectories(20, 3, seed=1)
    found = morris.screening(PLACES, walks, walks @ [3.0, -2.0, 0.0])
    assert found["mu"].tolist() == pytest.approx([3, -2, 0], abs=1e-12)
    assert found["sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert (found["status"] == "ok").all()
    assert (morris.screening(PLACES, walks[:5], walks[:5] @ [1.0, 1, 1])["status"] != "ok").all()


@pytest.mark.parametrize("wrong", [{"count": 1}, {"levels": 3}, {"levels": 0}])
def test_designs_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="trajectories"):
        morris.trajectories(**{"count": 5, "numbers": 2, "seed": 1, **wrong})


# Shares of the variance -----------------------------------------------------------------------------------------------


def test_ishigamis_function():
    """First .31390519, .44241114, 0; total .55758886, .44241114, .24368366; variance 13.84458794: all within their bounds."""
    made = sobol.design(4_096, 3, seed=3)
    found = sobol.indices(PLACES, made, ishigami(made.points)).set_index("place")
    for place, first, total in (
        ("one", 0.31390519, 0.55758886),
        ("two", 0.44241114, 0.44241114),
        ("three", 0.0, 0.24368366),
    ):
        row = found.loc[place]
        assert row["first_low"] - 0.01 <= first <= row["first_high"] + 0.01
        assert row["total_low"] - 0.01 <= total <= row["total_high"] + 0.01
        assert row["first"] == pytest.approx(first, abs=0.03) and row["total"] == pytest.approx(
            total, abs=0.03
        )
    assert found["variance"].iloc[0] == pytest.approx(13.84458794, rel=0.03)
    assert (found["status"] == "ok").all() and found.index.tolist() == ["one", "two", "three"]


def test_a_straight_line_has_first_equal_to_total_and_a_large_mean_costs_no_digits():
    slopes = np.array([4.0, 2.0, 1.0])
    made = sobol.design(1_024, 3, seed=5)
    found = sobol.indices(PLACES, made, made.points @ slopes + 1e9)
    share = slopes**2 / (slopes**2).sum()
    assert found["first"].tolist() == pytest.approx(share, abs=0.02)
    assert found["total"].tolist() == pytest.approx(share, abs=0.02)


def test_what_never_changes_has_no_indices_and_no_nan():
    made = sobol.design(64, 3, seed=1)
    found = sobol.indices(PLACES, made, np.full(len(made.points), 7e8))
    assert (found[["first", "total", "first_low", "total_high"]] == 0).all().all()
    assert (found["status"] == "no spread").all()


def test_a_sample_that_is_too_small_says_so():
    made = sobol.design(32, 3, seed=1)
    found = sobol.indices(PLACES, made, ishigami(made.points))
    assert (found["status"] == "too few runs").any()


def test_indices_are_the_same_when_asked_again():
    made = sobol.design(64, 3, seed=1)
    one, two = (sobol.indices(PLACES, made, ishigami(made.points)) for _ in range(2))
    assert one.equals(two)


def test_a_design_names_the_matrix_and_row_of_each_point():
    made = sobol.design(8, 2, seed=1)
    rows = made.rows()
    assert len(rows) == len(made.points) == 32
    a, b = made.points[:8], made.points[8:16]
    for (name, row), point in zip(rows, made.points, strict=True):
        wanted = {"a": a[row], "b": b[row], "0": [b[row, 0], a[row, 1]], "1": [a[row, 0], b[row, 1]]}[name]
        assert np.array_equal(point, wanted)
    with pytest.raises(ValueError, match="power of two"):
        sobol.design(100, 2, seed=1)


# Switching values -----------------------------------------------------------------------------------------------------


def test_a_crossing_between_steps_is_found_with_its_interval():
    """Slope 2 and zero at .42; chance of sd .2 common to all steps, 50 runs: the crossing errs by .2/sqrt(50)/2 = .014."""
    x = np.linspace(0, 1, 6)
    chance = np.random.default_rng(3).normal(0, 0.2, 50)
    found = switching(x, (2 * (x - 0.42))[:, None] + chance, written=0.7)
    assert found.status == "crosses" and found.rising
    assert found.at == pytest.approx(0.42, abs=0.043)
    assert found.low < 0.42 < found.high and found.high - found.low == pytest.approx(4 * 0.014, abs=0.025)


def test_answers_that_stay_on_one_side_or_cannot_be_told():
    x, few = np.linspace(0, 1, 5), np.random.default_rng(1).normal(0, 0.1, (5, 20))
    assert switching(x, 3 + few, 0.5).status == "always above"
    assert switching(x, few - 3, 0.5).status == "always below"
    assert switching(x, 0.01 + 10 * few, 0.5).status == "cannot tell"
    assert switching(x, np.zeros((5, 6)), 0.5).status == "cannot tell"
    assert switching(x, 3 + few[:, :4], 0.5).status == "cannot tell", "four runs are too few"


def test_in_pure_noise_there_is_no_crossing():
    """Steps clear of chance at 2.5% a side for all nine together: of 200 series of noise at most 5% show one clear step."""
    rng = np.random.default_rng(4)
    found = [switching(np.linspace(0, 1, 9), rng.normal(0, 1, (9, 10)), 0.5).status for _ in range(200)]
    assert sum(each.startswith("crosses") for each in found) <= 2


def test_more_crossings_than_one_are_said_and_the_nearest_to_as_written_is_given():
    x = np.linspace(0, 1, 101)
    found = switching(x, np.repeat(((x - 0.2) * (x - 0.8))[:, None], 5, axis=1), written=0.7)
    assert (
        found.status == "crosses more than once" and found.at == pytest.approx(0.8, abs=1e-3) and found.rising
    )


def test_touching_nought_is_not_crossing_and_a_nought_on_the_way_is_one_crossing():
    x = np.array([0.0, 1, 2])
    assert crossings(x, np.array([1.0, 0, 1])) == []
    assert crossings(x, np.array([-1.0, 0, 1])) == [(1.0, True)]
    assert crossings(x, np.array([-1.0, 0, 3])) == [(1.0, True)], "the nought itself, not a line past it"


# Discovery ------------------------------------------------------------------------------------------------------------


def test_a_planted_box_is_found_without_the_numbers_that_do_not_matter():
    rng = np.random.default_rng(7)
    inputs = rng.random((1_500, 5))
    inputs[:, 4] = inputs[:, 4] > 0.7
    fails = (inputs[:, 0] > 0.6) & (inputs[:, 1] < 0.5) & (inputs[:, 4] == 1) | (rng.random(1_500) < 0.02)
    found = discover(list("abcde"), inputs, fails)
    assert found.status == "ok" and {(each.place, each.above) for each in found.limits} == {
        ("a", True), ("b", False), ("e", True),
    }  # fmt: skip
    at = {each.place: each.value for each in found.limits}
    assert (
        at["a"] == pytest.approx(0.6, abs=0.06) and at["b"] == pytest.approx(0.5, abs=0.06) and at["e"] == 1
    )
    assert found.density > 0.9 and found.coverage > 0.6


def test_in_pure_noise_nothing_is_found():
    """Limits are held to 1%: over ten samples of noise at most one finds anything."""
    found = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        found += discover(list("abcd"), rng.random((600, 4)), rng.random(600) < 0.3).status == "ok"
    assert found <= 1


@pytest.mark.parametrize(
    ("fails", "status"),
    [(np.zeros(200), "never fails"), (np.ones(200), "always fails"), (np.ones(20), "too few draws")],
)
def test_where_there_is_nothing_to_discover_it_is_said(fails, status):
    inputs = np.random.default_rng(1).random((len(fails), 2))
    assert discover(["a", "b"], inputs, fails).status == status
