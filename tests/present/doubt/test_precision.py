"""How many runs are enough, said in words: what is known, what it would take, and never the range of runs in its place."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.analysis.precision import Precision, judge
from simulator.experiments.enough import Enough, enough_replications
from simulator.experiments.outputs import outputs
from simulator.present.doubt.precision import MOST_POINTS, enough_answer, show
from simulator.scenario.load import load_text
from tests.present import tiny

FIVE = Precision.of("5%")


def of_values(
    values, figure="crises", precision=FIVE, compared=True, text=tiny.TEXT, design="early"
) -> Enough:
    """What would be found if the runs had come to these values."""
    scenario = load_text(text, "tiny.yaml")
    wanted = outputs(scenario, [figure])
    column = np.asarray(values, np.float64)[:, None]
    return Enough(
        scenario,
        design,
        wanted,
        (precision,),
        (compared,),
        column,
        judge(column, precision),
        1_000,
        1,
        None,
        "",
        0.0,
    )


def normal(mean, sd, runs, seed=1):
    """Values with exactly this mean and standard deviation."""
    values = np.random.default_rng(seed).normal(size=runs)
    values -= values.mean()
    return mean + sd * values / values.std(ddof=1)


@cache
def ran() -> Enough:
    return enough_replications(
        tiny.scenario(), "early", ["crises", "purse", "wait for help"], Precision.of("20%"), most=60
    )


def test_not_yet_says_how_sure_it_is_and_how_many_it_takes():
    # t(39) is 2.0227: half the interval is 2.0227 x 9.38 / sqrt 40 = 3.00, and for 1 it takes 40 x 3.00^2 = 359.98.
    found = of_values(normal(-55.0, 9.38, 40), precision=Precision.of("1"))
    assert enough_answer(found).sentences[0] == (
        "After 40 runs, the mean difference in crises (‘Early help’ less ‘As it is’) is known to within 3.0: −55.0 "
        "(95% confidence interval −58.0 to −52.0). About 360 runs are needed for within 1."
    )


def test_enough_says_from_which_run_on():
    found = of_values(normal(-55.0, 9.38, 40), precision=Precision.of("5"))
    at = found.judged[0].at
    assert at is not None
    sentence = enough_answer(found).sentences[0]
    assert sentence.startswith(f"{at} runs are enough: the mean difference in crises")
    assert "known to within 5, and stayed so over the next 5. After 40 runs it is −55.0 (95% conf" in sentence


def test_precise_but_not_for_long_enough():
    found = of_values(normal(50, 1, 12), precision=Precision.of("2"))
    assert (
        "That is as precise as asked (2), but it may not stay so: make 15 runs."
        in enough_answer(found).sentences[0]
    )


def test_a_mean_that_may_be_0_asks_for_an_absolute_precision():
    answer = enough_answer(of_values(normal(0.4, 10, 100)))
    assert (
        "so that it may be 0, and 5% of the mean may be next to nothing. Say how precise in crises;"
        in answer.sentences[0]
    )
    assert answer.charts[0].title == "The mean may be 0: say an absolute precision"


def test_the_same_in_every_run_says_what_could_have_been_missed():
    # Rule of three (Hanley and Lippman-Hand 1983): none of 100 runs, so at most about 3 in 100, or 1 in 33.
    answer = enough_answer(of_values([-12.0] * 100))
    assert (
        "After 100 runs, the mean difference in crises (‘Early help’ less ‘As it is’) is −12"
        in answer.sentences[0]
    )
    assert (
        "the same in every one. Something that happens in fewer than 1 run of 33 could" in answer.sentences[0]
    )
    assert answer.charts[0].title == "The same in all 100 runs"


def test_one_run_says_nothing_and_has_no_chart():
    answer = enough_answer(of_values([3.0]))
    assert "it is known in 1 of 1 run, and it takes two to see a spread" in answer.sentences[0]
    assert "Fewer than 10 runs say little, even about how sure a mean is." in answer.sentences
    assert answer.charts == () and len(answer.table) == 1


def test_runs_in_which_a_figure_is_not_known_are_counted():
    values = normal(5.0, 1.0, 40)
    values[::4] = np.nan
    assert "After 40 runs (30 in which it is known), " in enough_answer(of_values(values)).sentences[0]


def test_the_range_of_runs_and_the_interval_are_not_mixed():
    answer = enough_answer(ran())
    said = [*answer.sentences, *(f"{c.title} {c.subtitle} {c.alt} {c.how_to_read}" for c in answer.charts)]
    assert not any("range of runs" in each for each in said)
    assert all("95% confidence interval" in each for each in (c.subtitle for c in answer.charts))
    assert answer.sentences[-1].startswith(
        "More runs make the mean surer. They change neither how much one run"
    )


def test_a_present_value_states_its_terms_and_other_figures_do_not():
    crises, purse, wait = (each for each in enough_answer(ran()).sentences if "(95% confidence" in each)
    assert "2024/25 prices, discounted to 1 April 2027 at the Green Book rate" in purse
    assert "prices" not in crises and "prices" not in wait
    assert "discounted" in enough_answer(ran()).charts[1].subtitle


def test_a_figure_of_the_design_alone_is_no_difference():
    answer = enough_answer(ran())
    assert "the mean of ‘Mean wait for Help, days’ under ‘Early help’" in " ".join(answer.sentences)
    alone = enough_answer(of_values(normal(40, 5, 40), compared=False))
    assert "the mean of crises under ‘Early help’" in alone.sentences[0] and "+" not in alone.sentences[0]


def test_numbers_show_what_is_within_the_interval():
    # In millions with one decimal, 12,345,678 within 20,000 would be `£12.3 million to £12.3 million`.
    close = enough_answer(of_values(normal(12_345_678, 50_000, 30), "purse", Precision.of("£1k"))).sentences[
        0
    ]
    assert (
        "known to within £19,000: +£12,346,000 (95% confidence interval +£12,327,000 to +£12,364,000)"
        in close
    )
    far = enough_answer(of_values(normal(-12_345_678, 5e6, 30), "purse", Precision.of("£1m"))).sentences[0]
    assert "−£12.3 million (95% confidence interval −£14.2 million to −£10.5 million)" in far
    assert "for within £1.0 million" in far
    tiny_width = enough_answer(of_values(normal(50, 0.01, 30), precision=Precision.of("0.0001"))).sentences[0]
    assert "known to within less than 0.1" in tiny_width
    share = enough_answer(
        of_values(normal(0.4, 0.1, 30), "reached by help", Precision.of("1 point"), compared=False)
    ).sentences[0]
    assert "known to within 3.7 points: 40.0% (95% confidence interval 36.3% to 43.7%)" in share
    assert "for within 1.0 points" in share


def test_a_prediction_is_rounded_up_to_two_figures():
    # Never `100 runs are not enough: about 100 are`.
    found = of_values(normal(0, 10, 100), precision=Precision(1.95))
    assert found.judged[0].needed == 104
    assert enough_answer(found).charts[0].title == "100 runs are not enough: about 110 are"


def test_the_figure_shows_mean_interval_and_what_was_wanted():
    found = of_values(normal(-55.0, 9.0, 40), precision=Precision.of("5"))
    (chart,) = enough_answer(found).charts
    interval, mean, *wanted = chart.figure.data
    assert mean.x[-1] == 40 and mean.y[-1] == pytest.approx(-55.0)
    low, high = found.judged[0].interval
    runs = len(mean.x)
    assert interval.y[runs - 1] == pytest.approx(high) and interval.y[runs] == pytest.approx(low)
    assert [each.y[-1] for each in wanted] == pytest.approx([-60.0, -50.0])
    assert {each.line.dash for each in wanted} == {"dash"} and mean.line.dash is None
    assert chart.figure.layout.shapes[0].x0 == found.judged[0].at
    assert len(chart.table) == runs and chart.table["Runs"].iloc[-1] == "40"
    assert chart.title == f"{found.judged[0].at} runs are enough" and len(chart.title.split()) <= 10
    assert "−55.0" in chart.alt and chart.figure.layout.title.text is None
    bottom, top = chart.figure.layout.yaxis.range
    assert bottom < -60 and top > -50
    # From the line on, the interval is between the dashed ones; as the wanted half around each mean, not only the last.
    at = list(mean.x).index(found.judged[0].at)
    highs = np.array(interval.y[:runs])
    assert (highs[at:] <= np.array(wanted[1].y[at:])).all() and highs[at - 1] > wanted[1].y[at - 1]


@pytest.mark.parametrize("runs", [2, 3, 11, 39, 41, 500, 3_000])
def test_a_figure_of_any_length_is_short_and_ends_with_the_last_run(runs):
    (chart,) = enough_answer(of_values(normal(3, 1, runs))).charts
    x = list(chart.figure.data[1].x)
    assert x == sorted(set(x)) and x[0] == 2 and x[-1] == runs and len(x) <= MOST_POINTS + 1


@pytest.mark.parametrize(
    "values",
    [normal(1e12, 1e11, 30), normal(1e-9, 1e-10, 30), np.zeros(30), normal(0, 1e-12, 5), normal(1e300, 1, 4)],
)
@pytest.mark.parametrize("figure", ["crises", "purse", "reached by help", "stayed"])
@pytest.mark.parametrize("precision", [FIVE, Precision(1e-12, relative=True)])
def test_huge_tiny_and_constant_numbers_are_drawn(values, figure, precision):
    (chart,) = enough_answer(of_values(values, figure, precision)).charts
    chart.figure.to_json()
    low, high = chart.figure.layout.yaxis.range
    assert np.isfinite([low, high]).all() and low < high
    assert not any("nan" in text.lower() for text in chart.table.to_numpy().ravel())


def test_hostile_labels_stay_text():
    figure = "moves.a -> b.number"
    answer = enough_answer(of_values(normal(5, 1, 30), figure, text=tiny.NASTY, design="then"))
    (chart,) = answer.charts
    assert "<img" not in chart.figure.to_json() and "<b>" not in chart.figure.to_json()
    assert "‘`code` <img src=x>’" in chart.subtitle


def test_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    found = ran()
    show(found)
    printed = capsys.readouterr().out
    assert "Tiny: how many runs are enough?" in printed
    assert "Cost to all public budgets" in printed and "Runs enough" in printed
    flat = " ".join(printed.split())
    assert "Wanted" in flat and "20% of the mean" in flat
    assert f"{found.replications} runs are enough for all of them." in flat
    assert f"Ask other commands for as many with --replications {found.replications}." in flat
    show(of_values(normal(-55.0, 9.0, 40), precision=Precision.of("5")))
    at = judge(normal(-55.0, 9.0, 40)[:, None], Precision.of("5"))[0].at
    assert f"Ask other commands for as many with --replications {at}." in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "50")
    show(of_values([1.0]))
    printed = capsys.readouterr().out
    assert "cannot be said" in printed and "--replications" not in printed
