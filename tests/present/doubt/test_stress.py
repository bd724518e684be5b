"""Stresses in words and as dots: what is left of the plan, how sure that is, and where each stress comes from."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.experiments.outputs import outputs
from simulator.experiments.stress import AGAINST_BASELINE, Stressed, run_stresses
from simulator.experiments.stress_cases import STRESSES, chosen_stresses
from simulator.present.doubt.stress import show, source, stress_answer
from tests.present import tiny
from tests.present.deal_figures import DEAL_TEXT


def made(
    figures, planned, stressed, names=("low_referrals",), nothing=(), by=None, text=DEAL_TEXT
) -> Stressed:
    """What would be found if every figure had come to these values: planned (runs, figures), stressed one of these each."""
    scenario = tiny.scenario(text)
    wanted = outputs(scenario, figures)
    design = "early" if "early" in scenario.designs else "then"
    return Stressed(
        scenario,
        design,
        wanted,
        tuple(each.name in AGAINST_BASELINE for each in wanted),
        chosen_stresses(scenario, names, by) if names else (),
        chosen_stresses(scenario, nothing) if nothing else (),
        np.array([planned, *stressed], np.float64),
    )


def same(*values, runs=20):
    """The same values in every run."""
    return np.tile(np.array(values, np.float64), (runs, 1))


@cache
def ran() -> Stressed:
    return run_stresses(tiny.scenario(DEAL_TEXT), "early", replications=5)


FIGURES = ["crises", "cost", "net_saving", "capital_lost"]


def test_a_sentence_says_what_is_left_of_the_plan():
    planned, stressed = same(-55, -1_900_000, 300_000, 0), same(-41, -1_200_000, 100_000, 0)
    stressed[:7, 3] = 20_000
    found = made(FIGURES, planned, [stressed])
    assert stress_answer(found).sentences[:2] == (
        "In all resources, whoever pays, ‘Early help’ costs less than ‘As it is’ on average if all goes as planned, and less "
        "under 1 of 1 stress.",
        "If 79% of the planned referrals come, ‘Early help’ saves £1.2 million instead of £1.9 million, avoids 41 crises "
        "instead of 55, and investors lose money in 7 of 20 runs instead of 0.",
    )


def test_what_turns_round_is_said_to_turn_round():
    found = made(FIGURES, same(-55, -1_900_000, 0, 0), [same(3, 400_000, 0, 0)], names=("weak_effect",))
    assert stress_answer(found).sentences[1] == (
        "If effects are 50% as strong as planned, ‘Early help’ costs £400,000 more instead of saving £1.9 million, adds 3 crises "
        "instead of avoiding 55, and investors lose money in 0 of 20 runs as planned."
    )
    back = made(FIGURES, same(3, 400_000, 0, 0), [same(-55, -1_900_000, 0, 0)], names=("weak_effect",))
    assert (
        "saves £1.9 million instead of costing £400,000, avoids 55 crises instead of adding 3,"
        in (stress_answer(back).sentences[1])
    )


def test_what_stays_is_as_planned():
    found = made(["cost", "net_saving"], same(-50_000, 100), [same(-50_000, 100)], names=("payment_delays",))
    assert stress_answer(found).sentences[1] == (
        "If payers pay 60 days late, ‘Early help’ saves £50,000 as planned, and the net saving in cash of all public budgets is "
        "£100 as planned."
    )


def test_any_other_figure_has_a_sentence_too():
    found = made(["wait for help"], same(10.0), [same(4.0)])
    assert stress_answer(found).sentences[0] == (
        "If 79% of the planned referrals come, ‘Mean wait for Help, days’ is 4.0 instead of 10.0."
    )


def test_few_runs_are_said_to_be_few():
    def words(runs: int) -> str:
        return " ".join(stress_answer(made(["cost"], same(-5, runs=runs), [same(-4, runs=runs)])).sentences)

    assert "This is one run of each" in words(1)
    assert "Fewer than 10 runs" in words(9)
    assert "run of each" not in words(10) and "Fewer than" not in words(10)
    assert "Numbers are as written" in words(10)


def test_a_figure_that_is_not_known_in_every_run_says_in_how_many():
    stressed = same(-0.1, 1_000)
    stressed[:4, 0] = np.nan
    stressed[0, 1] = np.nan
    found = made(["irr", "capital_lost"], same(0.06, 0), [stressed])
    answer = stress_answer(found)
    assert answer.sentences[0].endswith("investors lose money in 19 of 19 runs instead of 0.")
    assert any("(in 16 of 20 runs at least)" in each for each in answer.sentences)
    # The change is of the runs that know both.
    assert answer.charts[0].table["Runs"].tolist() == ["16"]


def test_a_figure_that_no_run_knows_has_no_chart_and_no_number():
    nobody = same(np.nan, -5_000)
    answer = stress_answer(made(["irr", "cost"], nobody, [nobody]))
    assert [chart.name for chart in answer.charts] == ["stress-2"]
    assert not any("nan" in each for each in answer.sentences)


def test_what_finds_nothing_to_change_says_so():
    found = made(["cost"], same(-5), [], names=(), nothing=("payment_delays", "slow_start"))
    answer = stress_answer(found)
    assert answer.sentences[:2] == (
        "Payment delays: nothing to change here.",
        "Slow start: nothing to change here.",
    )
    assert answer.charts == () and answer.table.empty


def test_where_each_stress_comes_from_is_told_and_that_somebody_set_another():
    assert source(STRESSES["low_referrals"]).startswith("Low referrals (79%): Government Outcomes Lab")
    assert source(STRESSES["slow_start"]).startswith("Slow start (6 months): Our judgement")
    assert source(STRESSES["no_effect"]).startswith("No effect: Fonagy")
    [set_to] = chosen_stresses(tiny.scenario(), ["low_referrals"], {"low_referrals": "60%"})
    assert source(set_to).startswith(
        "Low referrals: 60% as you set it. If nothing is set it is 79%: Government"
    )
    said = stress_answer(ran()).sentences
    assert all(any(each.source in sentence for sentence in said) for each in STRESSES.values())


def test_a_chart_for_each_figure_with_the_plan_hollow_beside_each_stress():
    answer = stress_answer(ran())
    assert len(answer.charts) == len(ran().outputs) == len({chart.name for chart in answer.charts})
    for chart, output in zip(answer.charts, ran().outputs, strict=True):
        assert len(chart.title.split()) <= 10
        assert output.label in chart.subtitle
        named = [trace for trace in chart.figure.data if trace.name]
        assert [trace.name for trace in named] == ["As planned", "Under the stress"]
        assert [trace.marker.symbol for trace in named] == ["circle", "diamond"]
        assert [len(trace.x) for trace in named] == [len(STRESSES)] * 2
        assert len(set(named[0].x)) == 1  # the plan is the same beside every stress
        assert len(chart.table) == len(STRESSES)
        assert chart.alt and chart.how_to_read
    crises = answer.charts[0]
    assert crises.title == "‘No effect’ changes crises most"
    assert "‘Early help’ less ‘As it is’" in crises.subtitle and "95% of 5 runs" in crises.subtitle
    assert list(crises.figure.data[0].x[:2]) == np.quantile(ran().values[0, :, 0], [0.025, 0.975]).tolist()


def test_a_table_has_the_change_with_its_interval():
    planned = same(-1_900_000)
    planned[::2] += 1_000
    found = made(["cost"], planned, [planned + 700_000])
    [cells] = stress_answer(found).charts[0].table.to_numpy().tolist()
    assert cells == [
        "Low referrals: 79% of the planned referrals come",
        "−£1.9m",
        "−£1.2m",
        "+£700k",
        "20",
    ]


def test_the_largest_change_gives_the_title_in_either_direction():
    found = made(
        ["wait for help"], same(10.0), [same(12.0), same(3.0)], names=("slow_start", "low_referrals")
    )
    assert stress_answer(found).charts[0].title == "‘Low referrals’ changes the wait most"
    still = made(["wait for help"], same(10.0), [same(10.0)])
    assert stress_answer(still).charts[0].title == "No stress changes the wait"


@pytest.mark.parametrize("size", [0.0, 1e-9, 1.0, 1e15])
@pytest.mark.parametrize("runs", [1, 2, 30])
def test_charts_survive_numbers_of_any_size(size, runs):
    generator = np.random.default_rng(1)
    values = size * generator.normal(size=(8, runs, 3))
    found = made(["cost", "crises", "irr"], values[0], values[1:], names=tuple(STRESSES))
    answer = stress_answer(found)
    assert len(answer.charts) == 3
    assert "nan" not in " ".join(answer.sentences)
    for chart in answer.charts:
        assert chart.figure.to_json()
        assert not chart.table.isin(["nan"]).any().any()


def test_hostile_labels_are_text():
    text = tiny.NASTY.replace("b: {label:", "b: {label:")
    found = made(["crises", "cost"], same(1, 2), [same(3, 4)], text=text)
    answer = stress_answer(found)
    html = "".join(chart.figure.to_json() for chart in answer.charts)
    assert "<script" not in html and "[link" not in html
    show(found)


def test_the_terminal_shows_sentences_and_a_table_for_each_figure(capsys):
    show(ran())
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("Tiny: what is left of the plan if things go worse?")
    for sentence in stress_answer(ran()).sentences:
        assert sentence in shown
    for chart in stress_answer(ran()).charts:
        assert chart.title in shown
