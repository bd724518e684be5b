"""The verdict says by how much, which way, how sure, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.present.verdict import _crises, _spend, caveats
from tests.present.tiny import NO_COSTS, TEXT, compared


def row(
    difference: float, low: float, high: float, *, lower: int, higher: int, runs: int = 100, base: float = 700
) -> dict[str, Any]:
    return {
        "baseline": base,
        "design": base + difference,
        "difference": difference,
        "low": low,
        "high": high,
        "lower": lower,
        "higher": higher,
        "runs": runs,
    }


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            row(-57, -67, -50, lower=100, higher=0),
            "57 fewer crises under B than under A (643 against 700; fewer in 100 of 100 runs; range of runs 50 to 67)",
        ),
        (
            row(57, -5, 90, lower=10, higher=90),
            "57 more crises under B than under A (757 against 700; more in 90 of 100 runs; range of runs 5 fewer to 90 more)",
        ),
        (row(-1, -1, -1, lower=1, higher=0, runs=1), "1 fewer crisis under B than under A (699 against 700)"),
        (row(0, 0, 0, lower=0, higher=0), "as many crises under B as under A in every run (700 each)"),
        (
            row(0, 0, 0, lower=0, higher=0, runs=1),
            "as many crises under B as under A in the one run (700 each)",
        ),
        (
            row(0, -2, 2, lower=40, higher=40),
            "about as many crises under B as under A (700 against 700; fewer in 40 of 100 runs, more in 40; "
            "range of runs 2 fewer to 2 more)",
        ),
    ],
)
def test_crises_in_every_direction(found: dict[str, Any], words: str) -> None:
    assert _crises(found, "A", "B") == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            row(-1.68e7, -2.2e7, -1.2e7, lower=100, higher=0),
            "£16.8 million less (less in 100 of 100 runs; range of runs £12.0 million to £22.0 million)",
        ),
        (
            row(2e5, -1e5, 4e5, lower=13, higher=87),
            "£200,000 more (more in 87 of 100 runs; range of runs £100,000 less to £400,000 more)",
        ),
        (
            row(2e5, 2e5, 2e5, lower=0, higher=100),
            "£200,000 more (more in 100 of 100 runs, by about as much in each)",
        ),
        (row(2e5, 2e5, 2e5, lower=0, higher=1, runs=1), "£200,000 more"),
        (row(0, 0, 0, lower=0, higher=0), "the same in every run"),
        (
            row(0.2, -1e5, 1e5, lower=50, higher=50),
            "about the same (more in 50 of 100 runs; range of runs £100,000 less to £100,000 more)",
        ),
    ],
)
def test_money_in_every_direction(found: dict[str, Any], words: str) -> None:
    assert _spend(found) == words


def test_the_verdict_names_every_budget_and_the_price_year_and_rate_of_a_present_value() -> None:
    sentences = compared(TEXT).verdict
    assert sum(sentence.startswith("Cost to The council:") for sentence in sentences) == 1
    assert any("No contract of this design pays for it" in sentence for sentence in sentences)
    assert "2024/25 prices, discounted to 1 April 2027 at the Green Book rate (3.5% a year" in sentences[-1]


def test_a_scenario_without_crises_and_costs_still_has_a_verdict() -> None:
    assert compared(NO_COSTS, 2).verdict == [
        "This scenario counts neither crises nor costs; the tables say what changes."
    ]


def test_one_run_claims_no_range_and_no_share_of_runs() -> None:
    found = compared(TEXT, 1)
    assert not any("range of runs" in sentence or "of 1 run" in sentence for sentence in found.verdict)
    assert caveats(found.result)[0].startswith("This is one run, so it says nothing about chance")


def test_a_reading_left_out_is_told_and_a_reading_used_is_named() -> None:
    assert any("‘It does nothing’ (weight 30%), is not in it" in each for each in compared(TEXT).caveats)
    used = compared(TEXT, 2, reading="nothing").caveats
    assert any("read as ‘It does nothing’" in each for each in used)
    assert not any("is not in it" in each for each in used)
