"""The verdict says by how much, which way, how sure, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator.present import verdict
from simulator.present.verdict import _crises, _spend, caveats
from tests.experiments.doubtful import TEXT as DOUBTFUL
from tests.present.deal_figures import DEAL_TEXT
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
    assert "2024/25 prices, discounted to 1 April 2027 at the Green Book rate (3.5% a year" in sentences[-2]


def test_a_scenario_without_crises_and_costs_still_has_a_verdict() -> None:
    assert compared(NO_COSTS, 2).verdict == [
        "This scenario counts neither crises nor costs; the tables say what changes."
    ]


def test_one_run_claims_no_range_and_no_share_of_runs() -> None:
    found = compared(TEXT, 1)
    assert not any("range of runs" in sentence or "of 1 run" in sentence for sentence in found.verdict)
    assert caveats(found.result)[0].startswith("This is one run, so it says nothing about chance")


def test_it_is_said_what_ranges_show_and_how_to_get_doubt_into_them() -> None:
    assert compared(DOUBTFUL, 3).caveats[0] == (
        "Ranges show chance over 3 runs, not doubt about the numbers put in: vary the uncertain numbers too (--vary) to see "
        "both."
    )
    assert compared(DOUBTFUL, 3, draw=1).caveats[0] == (
        "Ranges show chance over 3 runs, not doubt about the numbers put in."
    )
    assert (
        compared(NO_COSTS, 3)
        .caveats[0]
        .endswith("not doubt about the numbers put in, none of which has a range.")
    )
    assert compared(DOUBTFUL, 3, vary=True).caveats == [
        "Ranges show chance and doubt about the numbers: each of the 3 runs has its own sample of all 6 uncertain numbers.",
        "Fewer than 10 runs say little about ranges.",
        "The evidence is read as written in about 70% of the runs, as ‘It does nothing’ in about 30%, by weight. "
        "Means are over all of them.",
    ]
    assert "it says nothing about chance, or about the doubt" in compared(DOUBTFUL, 1, vary=True).caveats[0]
    assert compared(TEXT, 12, vary=True).caveats[0] == (
        "Ranges show chance and doubt about the evidence: each of the 12 runs has its own reading of it."
    )


def test_a_named_reading_is_in_every_run_and_the_numbers_vary() -> None:
    found = compared(DOUBTFUL, 12, vary=True, reading="nothing").caveats
    assert found[0].startswith("Ranges show chance and doubt about the numbers")
    assert found[1:] == ["The evidence is read as ‘It does nothing’."]


def test_terms_of_contracts_that_vary_are_told_to_be_shown_as_written() -> None:
    text = DEAL_TEXT.replace("verified: 95%", "verified: 95% (90% to 99%)")
    varied = compared(text, 2, vary=True)
    assert varied.result.sampled == 1
    assert any("told as written; 1 of their numbers varies between runs." in each for each in varied.caveats)
    assert any("sample of the one uncertain number" in each for each in varied.caveats)
    for certain in (compared(text, 2), compared(DEAL_TEXT, 2, vary=True)):
        assert not any("Terms of contracts" in each for each in certain.caveats)


def test_what_no_rate_gives_in_some_samples_is_said_at_most() -> None:
    found = replace(compared(DOUBTFUL, 3, vary=True).result, gaps={"transitions out of a": 0.0312})
    assert (
        "In some of the samples transitions out of a asks for more than any rate gives; the nearest, at most 3.1% off, is used "
        "instead."
    ) in caveats(found)


def test_the_verdict_speaks_of_each_other_reading_too() -> None:
    """Never of the kinder reading alone: the same runs, in which the service does nothing and is paid for."""
    found = compared(TEXT)
    last = found.verdict[-1]
    assert last.startswith("But read as ‘It does nothing’ (weight 30%): as many crises")
    assert "every pound, in today's terms: £208,000 more" in last
    assert not any("is not in it" in each for each in found.caveats)
    [other] = found.otherwise
    assert other.result.reading == "nothing" and other.result.seed == found.result.seed
    assert other.verdict == compared(TEXT, reading="nothing").verdict


def test_a_reading_left_out_is_told_and_a_reading_used_is_named() -> None:
    assert any(
        "‘It does nothing’ (weight 30%), is not in it" in each
        for each in verdict.caveats(compared(TEXT).result)
    )
    assert compared(TEXT, 2, vary=True).otherwise == ()
    used = compared(TEXT, 2, reading="nothing").caveats
    assert any("read as ‘It does nothing’" in each for each in used)
    assert not any("is not in it" in each for each in used)
