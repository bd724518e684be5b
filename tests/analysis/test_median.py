"""The run in the middle, which is a run that happened."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.measures import Measures
from simulator.analysis.median import median_run

CRISES, COST = ("crises", "", "number", 0), ("value", "", "resources", 0)


def measures(numbers: tuple[int, ...], **values: list[float]) -> Measures:
    """`now_crises=[...]`, `more_cost=[...]`: a design's crises, or its cost, by replication."""
    keys = [(name.split("_")[0], *(CRISES if name.endswith("crises") else COST)) for name in values]
    return Measures(tuple(keys), numbers, np.array(list(values.values()), float).T)


def test_it_is_the_middle_one_by_the_difference_in_crises_not_by_crises():
    found = measures((7, 8, 9), now_crises=[10, 50, 90], more_crises=[4, 49, 80], more_cost=[0, 1, 2])
    assert median_run(found, "now", "more") == 7  # differences -6, -1, -10
    assert median_run(found, "more", "now") == 7


def test_of_an_even_number_it_is_the_lower_of_the_two_in_the_middle():
    found = measures((0, 1, 2, 3), now_crises=[0, 0, 0, 0], more_crises=[8, 2, 6, 4])
    assert median_run(found, "now", "more") == 3


def test_of_the_same_difference_it_is_the_lowest_number():
    found = measures((5, 3, 4), now_crises=[1, 1, 1], more_crises=[2, 2, 2])
    assert median_run(found, "now", "more") == 3


def test_without_crises_it_is_the_middle_one_by_cost():
    costs = {"now_cost": [5.0, 5.0, 5.0], "more_cost": [9.0, 6.0, 7.0]}
    assert median_run(measures((0, 1, 2), **costs), "now", "more") == 2
    none = {"now_crises": [0.0, 0.0, 0.0], "more_crises": [0.0, 0.0, 0.0]}
    assert median_run(measures((0, 1, 2), **none, **costs), "now", "more") == 2
    # A design that ends all crises, or brings the first, is told by its crises.
    ended = {"now_crises": [3.0, 2.0, 1.0], "more_crises": [0.0, 0.0, 0.0]}
    assert median_run(measures((0, 1, 2), **ended, **costs), "now", "more") == 1


def test_a_count_that_a_run_does_not_have_is_0():
    found = measures((0, 1, 2), now_crises=[5, np.nan, 5], more_crises=[9, 6, np.nan])
    assert median_run(found, "now", "more") == 0  # differences 4, 6, -5


def test_a_design_that_was_not_run_is_refused():
    with pytest.raises(ValueError, match="`other` was not run"):
        median_run(measures((0,), now_crises=[1]), "now", "other")
