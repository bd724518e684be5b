"""The headline says no more than the runs carry, keeps people and money apart, and puts first what matters most."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.present import numbers as n
from simulator.present.headline import MOST_CAVEATS, _better, _claim, _way, headline
from simulator.present.rows import ALL, PUBLIC, by_key, totals
from tests.experiments.doubtful import TEXT as DOUBTFUL
from tests.present.tiny import NO_COSTS, TEXT, compared


def row(difference: float, lower: int, higher: int, runs: int = 100, base: float = 700.0) -> dict[str, Any]:
    return {
        "baseline": base,
        "design": base + difference,
        "difference": difference,
        "low": difference - 5,
        "high": difference + 5,
        "lower": lower,
        "higher": higher,
        "runs": runs,
    }


def crises(**given: Any) -> str:
    return _claim(row(**given), "crises", "have", "crises", ("fewer", "more"))


def cost(**given: Any) -> str:
    return _claim(row(**given), "£", "cost", "in all, whoever pays", ("less", "more"))


def test_words_are_as_sure_as_the_runs_agree() -> None:
    assert crises(difference=-56, lower=95, higher=5) == "has 56 fewer crises (fewer in 95 of 100 runs)"
    assert crises(difference=-56, lower=94, higher=6).startswith(
        "probably has 56 fewer crises (fewer in 94 of"
    )
    assert crises(difference=-6, lower=80, higher=20).startswith("probably")
    assert crises(difference=-6, lower=79, higher=19) == (
        "may have fewer or more crises: it is not clear (fewer in 79 of 100 runs, more in 19)"
    )
    assert crises(difference=6, lower=0, higher=100) == "has 6 more crises (more in 100 of 100 runs)"
    assert crises(difference=-1, lower=100, higher=0) == "has 1 fewer crisis (fewer in 100 of 100 runs)"


def test_where_many_runs_are_the_same_and_none_goes_the_other_way_it_is_not_said_that_it_might() -> None:
    """As where one reading of the evidence is that nothing changes."""
    assert crises(difference=-40, lower=71, higher=0) == (
        "may have fewer crises, or as many: it is not clear (fewer in 71 of 100 runs, the same in 29)"
    )
    assert cost(difference=4e5, lower=0, higher=60) == (
        "may cost more in all, whoever pays, or as much: it is not clear (more in 60 of 100 runs, the same in 40)"
    )
    assert "fewer in 70 of 100 runs, more in 1" in crises(difference=-40, lower=70, higher=1)


def test_few_runs_are_never_more_than_probable_and_one_says_nothing() -> None:
    assert crises(difference=-56, lower=19, higher=0, runs=19).startswith("probably has")
    assert crises(difference=-56, lower=20, higher=0, runs=20).startswith("has 56")
    assert crises(difference=-56, lower=1, higher=0, runs=1) == "has 56 fewer crises"
    assert _way(row(-56, 1, 0, runs=1)) == "unclear"


def test_a_difference_that_reads_as_nothing_is_not_claimed() -> None:
    assert "not clear" in cost(difference=-0.2, lower=100, higher=0)
    assert cost(difference=0, lower=0, higher=0) == "costs the same in all in every run"
    assert cost(difference=1.25e6, lower=0, higher=100) == (
        "costs £1.3 million more in all, whoever pays (more in 100 of 100 runs)"
    )


@pytest.mark.parametrize(
    ("ways", "better"),
    [
        (["better", "better"], "better"),
        (["better", "same"], "better"),
        (["worse", "worse"], "worse"),
        (["same", "worse"], "worse"),
        (["better", "worse"], "mixed"),
        (["better", "unclear"], "mixed"),
        (["worse", "unclear"], "mixed"),
        (["same", "same"], "no difference"),
        (["same", "unclear"], "unknown"),
        (["unclear"], "unknown"),
        ([], "unknown"),
    ],
)
def test_people_and_money_must_both_point_one_way(ways: list[Any], better: str) -> None:
    assert _better(ways) == better


def test_the_three_numbers_are_those_of_the_tables() -> None:
    found = compared(TEXT, 25)
    said = headline(found.table, found.result, "early")
    rows, sums = by_key(found.table), totals(found.result, "early")
    number = rows["crises", "", "number", 0]
    outcome = rows["outcomes", "stayed", "change", 0]
    assert [each.label for each in said.numbers] == [
        "Crises avoided",
        "Cost to public budgets",
        "No crisis in 6 months",
    ]
    assert [each.value for each in said.numbers] == [
        n.quantity(-number["difference"], "crises"),
        n.quantity(sums[PUBLIC]["difference"], "£", difference=True),
        n.quantity(outcome["difference"], "share", difference=True),
    ]
    assert n.span(-number["high"], -number["low"], "crises") in said.numbers[0].range_text
    assert f"fewer in {n.runs(number['lower'], 25)}" in said.numbers[0].range_text
    # No contract pays for delivery here: the number says that it is not in it, the sentence counts it.
    assert "A charity" in said.numbers[1].help and "is not paid for" in said.numbers[1].help
    assert f"less in {n.runs(sums[ALL]['lower'], 25)}" in said.sentence


def test_other_evidence_and_unpaid_delivery_come_before_the_rest() -> None:
    said = headline(*(lambda found: (found.table, found.result, "early"))(compared(TEXT, 25)))
    assert len(said.caveats) == MOST_CAVEATS
    assert "It does nothing" in said.caveats[0]
    assert any("spends and is not paid for" in each for each in said.caveats)
    assert any("Ranges show chance" in each for each in said.more)
    few = headline(*(lambda found: (found.table, found.result, "early"))(compared(TEXT, 3)))
    assert "Ranges show chance over 3 runs" in few.caveats[0]
    assert not set(few.caveats) & set(few.more)
    under = headline(
        *(lambda found: (found.table, found.result, "early"))(compared(TEXT, 3, reading="nothing"))
    )
    assert not any("Another way to read" in each for each in (*under.caveats, *under.more))


def test_with_doubt_in_the_ranges_that_and_the_readings_come_first() -> None:
    found = compared(DOUBTFUL, 25, vary=True)
    said = headline(found.table, found.result, "early")
    assert said.caveats[0].startswith("Ranges show chance and doubt about the numbers")
    assert said.caveats[1].startswith("The evidence is read as written in about 70% of the runs")
    assert not any("Another way to read" in each for each in (*said.caveats, *said.more))
    assert sorted((*said.caveats, *said.more)).count(said.caveats[0]) == 1


def test_one_run_nothing_counted_and_no_difference() -> None:
    one = compared(TEXT, 1)
    said = headline(one.table, one.result, "early")
    assert said.better == "unknown" and "one run, which says nothing about chance" in said.sentence
    assert all(each.range_text == "One run: no range" for each in said.numbers)
    none = compared(NO_COSTS)
    said = headline(none.table, none.result, "then")
    assert said.better == "unknown" and said.sentence.startswith("This scenario counts neither")
    assert said.numbers == ()
    same = compared(TEXT.replace("services: {help: {places: 12}}", "note: the same"))
    said = headline(same.table, same.result, "early")
    assert said.better == "no difference" and "makes no difference to crises and cost" in said.sentence


def test_costs_alone_and_crises_alone_make_a_sentence() -> None:
    no_crisis = compared(TEXT.replace("crisis: yes, ", ""), 3)
    sentence = headline(no_crisis.table, no_crisis.result, "early").sentence
    assert "crises" not in sentence and "whoever pays" in sentence
    no_cost = compared(NO_COSTS.replace("b: {label: Gone}", "b: {label: Gone, crisis: yes}"))
    said = headline(no_cost.table, no_cost.result, "then")
    assert "no difference to crises over 1 year" in said.sentence and "cost" not in said.sentence
