"""The map finds a known surface and its line of nought, and says nothing where there is nothing to go by."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.sensitivity.break_even import break_even

RNG = np.random.default_rng(11)


def test_a_known_surface_is_found_through_noise():
    """Noise of sd 1, 2,000 draws, ten coefficients: standard error about sqrt(10/2000) = .07; within 5 of it."""
    x, y = RNG.uniform(0, 2, 2_000), RNG.uniform(-1, 1, 2_000)
    found = break_even(x, y, 3 * x - 4 + 2 * y * y + RNG.normal(0, 1, 2_000))
    at_x, at_y = np.meshgrid(found.x, found.y)
    assert found.status == "ok" and found.gain.shape == (41, 41)
    assert np.nanmax(np.abs(found.gain - (3 * at_x - 4 + 2 * at_y**2))) < 0.35
    assert found.r2 == pytest.approx(1 - 1 / (1 + 9 * 4 / 12 + 4 * (1 / 5 - 1 / 9)), abs=0.03)


def test_where_no_draw_is_near_nothing_is_said():
    x = RNG.uniform(0, 1, 500)
    found = break_even(x, x + RNG.normal(0, 0.01, 500), x)
    assert np.isnan(found.gain[0, -1]) and np.isnan(found.gain[-1, 0])
    assert np.isfinite(found.gain[20, 20])


def test_too_few_draws_make_no_map():
    x, y = RNG.uniform(size=(2, 30))
    found = break_even(x, y, x)
    assert found.status == "too few draws" and np.isnan(found.gain).all()


def test_a_number_that_does_not_vary_has_no_map():
    with pytest.raises(ValueError, match="two numbers that vary"):
        break_even(np.ones(100), np.arange(100.0), np.arange(100.0))


def test_a_gain_that_never_changes_is_the_same_everywhere():
    x, y = RNG.uniform(size=(2, 300))
    found = break_even(x, y, np.full(300, 5.0))
    assert np.nanmax(np.abs(found.gain - 5)) < 1e-9
