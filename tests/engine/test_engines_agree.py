"""The compiled engine writes the reference's history bit for bit: on every scenario there is, and on scenarios at random.

What is right about these histories is the business of the other tests; here it is only that the engines agree.
"""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulator.engine.history import History
from simulator.scenario.load import load, load_text
from tests.engine import test_designs, test_effects, test_lives, test_places, test_referrals, worked
from tests.engine.agreement import assert_same, simulate_both
from tests.published.case import Case
from tests.published.cases import CASES
from tests.scenarios_at_random import fresh_run

ROOT = Path(__file__).parents[2]
EXAMPLES = [
    *sorted((ROOT / "scenarios").glob("*.yaml")),
    *sorted((ROOT / "tests" / "examples").rglob("*.yaml")),
    ROOT / "tests" / "published" / "everything.yaml",
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_beginning_of_an_example(path):
    """Every design and reading, and sampled draws, until so many people have come."""
    scenario = load(path)
    assert_same(scenario, most=1000)
    assert_same(scenario, 7, 2, most=500)
    for draw in (1, 2):
        assert_same(scenario, draw=draw, most=500)
    for reading in scenario.document.readings:
        assert_same(scenario, 2, 3, reading=reading, most=500)


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_whole_of_an_example(path):
    assert_same(load(path))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_beginning_of_a_published_case(case: Case):
    assert_same(load_text(case.scenario(case.full)), case.seed, most=1000)


@pytest.mark.parametrize("module", [test_designs, test_effects, test_lives, test_places, test_referrals])
def test_every_worked_timeline(module, monkeypatch):
    """The tests of the reference once more, every history of theirs from both engines."""
    compared = 0

    def simulate(*arguments: Any) -> History:
        nonlocal compared
        compared += 1
        return simulate_both(*arguments)

    monkeypatch.setattr(worked, "simulate", simulate)
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("test_") and not inspect.signature(function).parameters:
            function()
    assert compared >= 10


# At random ----------------------------------------------------------------------------------------------------------

DRAWS = (None, None, 1)  # every third run has sampled numbers


def agree_at_random(first: int, runs: int) -> None:
    """Compare the engines on the scenarios of some fresh runs, numbered from `first` on."""
    for number in range(first, first + runs):
        draw = DRAWS[number % len(DRAWS)]
        fresh_run(number, partial(_agree, number=number, draw=draw))


def _agree(text: str, number: int, draw: int | None) -> None:
    assert_same(load_text(text), number, number % 2, draw=draw)


@pytest.mark.parametrize("part", range(13))
def test_500_random_scenarios(part):
    """13 x 5 runs of 9, of which the first is the smallest there is: 520 others."""
    agree_at_random(5 * part, 5)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(25))
def test_5000_random_scenarios(part):
    """25 x 25 runs: 5,000 besides the smallest."""
    agree_at_random(10_000 + 25 * part, 25)
