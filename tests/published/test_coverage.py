"""A 95% confidence interval from our runs holds the exact value in 95 of 100 repetitions, on a queue whose mean wait is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.analysis.precision import cumulative
from simulator.experiments.outputs import outputs, picked
from simulator.experiments.runner import run
from simulator.scenario.load import load_text
from tests.published import closed_forms as cf
from tests.published.case import oracle

REPETITIONS = 1_000
RUNS = 10
DAYS = 20_000
EXACT = cf.erlang_c(0.2, 0.1, 3)[1]


@pytest.fixture(scope="module")
def waits() -> np.ndarray:
    """(runs of one interval, repetitions): the mean wait of M/M/3 as the tables report it, no random number used twice.

    A run is 20,000 days after a warm-up of 2,000, 60 relaxation times of the queue (1 / (3 x 0.1 x (1 - sqrt(2/3))^2) is 99
    days, so 20), with about 4,000 arrivals. The mean of a run is off by the share of its wait that the horizon cuts off and as
    a ratio of sums, together under 0.002 days; half an interval of 10 runs is about 0.5.
    """
    text = oracle("mm3.yaml").replace("horizon: 60000 days", f"horizon: {DAYS} days")
    assert f"horizon: {DAYS}" in text
    scenario = load_text(text, "mm3.yaml")
    result = run(scenario, ["today"], replications=REPETITIONS * RUNS)
    values = picked(result.values, ["today"], outputs(scenario, ["wait for desk"]))[:, 0, 0]
    return values.reshape(REPETITIONS, RUNS).T


def covered(mean: np.ndarray, half: np.ndarray) -> float:
    """In how many of 100 repetitions the interval holds the exact value."""
    return 100 * float((np.abs(mean - EXACT) <= half).mean())


@pytest.mark.slow
def test_intervals_cover_the_exact_mean_wait_as_often_as_they_say(waits: np.ndarray) -> None:
    # Of 1,000 repetitions at 95% the share has a standard deviation of sqrt(0.95 x 0.05 / 1000) = 0.69 points: 93 to 97 is
    # within 2.9 of them, and a right interval is outside in 4 of 1,000 seeds (the seed is fixed). Waits of one run are skewed
    # (0.6), which with 10 runs takes a few tenths of a point from the coverage.
    assert pytest.approx(4.4444, abs=5e-5) == EXACT
    found = cumulative(waits)
    mean, sd, half = found.mean[-1], found.sd[-1], found.half_width[-1]
    assert 93 <= covered(mean, half) <= 97
    # The test can tell: the normal distribution for Student's t covers 91.8 with 10 runs, other mistakes far less or more.
    assert covered(mean, 1.959964 * sd / math.sqrt(RUNS)) < 93
    assert covered(mean, half / math.sqrt(RUNS)) < 60
    assert covered(mean, half * math.sqrt(RUNS / (RUNS - 1)) * 1.2) > 97
    # Too short a warm-up, or waits cut off, would move the mean of all: 3 standard errors of 10,000 runs are 0.02 days.
    assert abs(waits.mean() - EXACT) < 3 * waits.std() / math.sqrt(waits.size)


@pytest.mark.slow
def test_two_halves_of_the_runs_know_nothing_of_each_other(waits: np.ndarray) -> None:
    # Runs on the same random numbers would make every interval too narrow. Correlation of 5,000 pairs: sd 1 / sqrt(5000).
    first, second = waits[: RUNS // 2].ravel(), waits[RUNS // 2 :].ravel()
    assert len(np.unique(waits)) == waits.size
    assert abs(np.corrcoef(first, second)[0, 1]) < 3.5 / math.sqrt(len(first))
