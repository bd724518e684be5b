"""Compiled arrivals against the same in plain numpy, and what two designs share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.arrivals import arrivals
from simulator.engine.compile import compile_model
from simulator.engine.model import Model
from simulator.engine.random_numbers import key_of
from simulator.scenario.load import load_text
from tests.engine import plain_arrivals
from tests.engine.worked import model_of
from tests.scenarios_at_random import scenarios

COLUMNS = ("identity", "arrival", "state", "profile", "leave_at")


def assert_same(model: Model, seed: int = 1, replication: int = 0) -> None:
    found = arrivals(model, key_of(seed, replication))
    plain = plain_arrivals.arrivals(model, key_of(seed, replication))
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(found, name), getattr(plain, name), err_msg=name)


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 2**31), st.integers(0, 50))
def test_random_scenarios_have_the_same_people(text, seed, replication):
    scenario = load_text(text)
    for design in scenario.designs:
        assert_same(compile_model(scenario, design), seed, replication)


@pytest.mark.parametrize(
    "arrive",
    [
        {"a": "3287 per year"},  # above strips of lower rate, whose levels are not looked up
        {"a": "1024 per year"},  # exactly the top of a strip
        {"a": {"start": "500 per year", "20 days": "0 per year", "40 days": "2000 per year"}},
        {"a": {"rate": "100 per year", "by_month": [1, 2, 3, 1, 1, 0.5, 1, 1, 1, 1, 1, 0]}},
        {
            "a": {"at": ["3 days", "3 days", "3 days"]},
            "b": {"at": ["3 days", "5 days"]},
            "c": {"every": "1 day"},
        },
        {"a": "50 per year", "b": {"every": "12 hours"}, "c": {"at": ["1 day"]}},
    ],
    ids=str,
)
def test_rates_lists_and_ties(arrive):
    for warm_up in ("0 days", "30 days"):
        sections = {"arrive": arrive, "warm_up": warm_up, "people": {"present": {"a": 5, "b": 3}}}
        assert_same(model_of(**sections), 3, 1)


def test_two_designs_with_the_same_arrivals_share_them_and_others_do_not():
    sections = {
        "arrive": {"a": "300 per year"},
        "designs": {"more": {"people": {"arrive": {"a": "times 2"}}}, "same": {}},
    }
    now, same, more = (model_of(design, **sections) for design in (None, "same", "more"))
    key = key_of(1, 0)
    first = arrivals(now, key)
    assert arrivals(same, key) is first
    assert len(arrivals(more, key).identity) > len(first.identity)
    assert arrivals(now, key_of(1, 1)).identity.tolist() != first.identity.tolist()
    with pytest.raises(ValueError, match="read-only"):
        first.arrival[0] = 0
