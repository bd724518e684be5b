"""A design under stress beside its plan: what is run, on which random numbers, and what is said to change nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from simulator.analysis.decision.regret import regrets
from simulator.experiments.outputs import outputs, picked
from simulator.experiments.runner import Cancelled, run
from simulator.experiments.stress import PLANNED, Stressed, futures, main_figures, run_stresses
from simulator.experiments.stress_cases import STRESSES, chosen_stresses
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError
from simulator.scenario.units import MONTH
from tests.experiments import doubtful
from tests.present import tiny
from tests.present.deal_figures import DEAL_TEXT

ALL = tuple(STRESSES)


def deal() -> Scenario:
    return tiny.scenario(DEAL_TEXT)


@cache
def ran() -> Stressed:
    return run_stresses(deal(), "early", replications=8)


def row(found: Stressed, stress: str, output: str):
    frame = found.frame
    [one] = frame[(frame["stress"] == stress) & (frame["output"] == output)].to_dict("records")
    return one


# ---- which stresses there are


def test_how_hard_stresses_are_is_what_is_on_record():
    # Social prescribing, assessed against target: 2,371 of 5,832 (evidence/deals.md, INDIGO-POJ-0228).
    assert round(100 * 2371 / 5832) == STRESSES["very_low_referrals"].amount
    # Outcomes against target, median of 135 metrics (the same).
    assert STRESSES["low_referrals"].amount == 79
    assert "2,371 of a target of 5,832" in STRESSES["very_low_referrals"].source
    assert "START" in STRESSES["no_effect"].source


def test_what_is_our_judgement_says_so():
    assert {each.name for each in STRESSES.values() if each.judged} == {
        "slow_start",
        "weak_effect",
        "payment_delays",
        "together",
    }
    assert all(each.source.startswith("Our judgement") == each.judged for each in STRESSES.values())


def test_how_hard_a_stress_is_may_be_set_in_its_own_unit():
    chosen = chosen_stresses(
        deal(),
        by={"low_referrals": "60%", "slow_start": "1 year", "weak_effect": 20, "payment_delays": "2 weeks"},
    )
    assert [each.text for each in chosen] == ["60%", "41%", "12 months", "20%", "", "14 days", ""]
    by_name = {each.name: each.shortfall for each in chosen}
    assert by_name["low_referrals"].referrals == pytest.approx(0.6)
    assert by_name["slow_start"].opens_later == pytest.approx(12 * MONTH)
    together = by_name["together"]  # of the stresses as they are set
    assert (together.referrals, together.effects, together.paid_later) == pytest.approx((0.41, 0.2, 14))
    assert together.opens_later == pytest.approx(12 * MONTH)


@pytest.mark.parametrize(
    ("names", "by", "says"),
    [
        (["low_referals"], {}, "there is no stress `low_referals`"),
        (None, {"weak": "50%"}, "there is no stress `weak`"),
        (None, {"low_referrals": "140%"}, "140%"),
        (None, {"low_referrals": "6 months"}, "6 months"),
        (None, {"slow_start": "60%"}, "60%"),
        (None, {"payment_delays": "-3 days"}, "below 0"),
        (None, {"no_effect": "10%"}, "is always the same"),
        (None, {"together": "10%"}, "several stresses together"),
    ],
)
def test_what_is_no_stress_or_no_amount_is_refused(names, by, says):
    with pytest.raises(ScenarioError) as error:
        chosen_stresses(deal(), names, by)
    assert says in error.value.problems[0].message


def test_a_stress_is_said_in_words():
    assert STRESSES["low_referrals"].happens == "79% of the planned referrals come"
    assert STRESSES["together"].happens == (
        "41% of the planned referrals come, places open 6 months late, effects are 50% as strong as planned and payers pay "
        "60 days late"
    )


# ---- runs


def test_the_plan_is_what_a_plain_run_gives():
    found = ran()
    plain = run(deal(), ["today", "early"], replications=8)
    values = picked(plain.values, plain.designs, found.outputs)
    for column, compared in enumerate(found.compared):
        expected = values[:, 1, column] - (values[:, 0, column] if compared else 0.0)
        np.testing.assert_array_equal(found.values[0, :, column], expected)


def test_main_figures_are_those_that_the_scenario_has():
    signed = [
        "crises",
        "cost",
        "net_saving",
        "irr",
        "capital_lost",
        "lowest cash of charity",
        "wait for help",
    ]
    assert main_figures(deal(), "early") == signed
    assert main_figures(tiny.scenario(), "early") == ["crises", "cost", "cash_released", "wait for help"]
    assert main_figures(tiny.scenario(tiny.NO_COSTS), "then") == ["crises", "cost"]


def test_without_an_effect_a_design_changes_no_run_of_anybody():
    # `help` does nothing but lower a hazard, so on the same random numbers every life is as under the baseline.
    assert not ran().values[1 + ALL.index("no_effect"), :, 0].any()
    assert ran().values[0, :, 0].any()


def test_late_payment_changes_cash_and_nothing_that_happens_to_people():
    late = row(ran(), "payment_delays", "crises")
    assert (late["change"], late["ci_low"], late["ci_high"]) == (0, 0, 0)
    # A provider on its own runs lower; with investors who fill the gap, more of their money is at stake instead.
    alone = tiny.scenario(DEAL_TEXT.split("investment:")[0])
    granted = run_stresses(alone, "paid", ["payment_delays"], replications=3)
    assert row(granted, "payment_delays", "lowest cash of charity")["change"] < 0
    funded = run_stresses(deal(), "paid", ["payment_delays"], replications=3)
    assert row(funded, "payment_delays", "capital_lost")["change"] > 0


def test_a_service_that_opens_after_the_end_does_nothing():
    found = run_stresses(
        tiny.scenario(),
        "early",
        ["slow_start"],
        by={"slow_start": "3 years"},
        figures=["crises", "cost"],
        replications=4,
    )
    assert not found.values[1].any()  # 0 more than the baseline, in crises and in money
    assert found.values[0].any(axis=0).all()


def test_fewer_referrals_reach_fewer_and_none_reaches_nobody():
    names = ["reached by help"]
    found = run_stresses(
        tiny.scenario(), "early", ["low_referrals", "very_low_referrals"], figures=names, replications=20
    )
    planned, low, very_low = found.values.mean(axis=1)[:, 0]
    assert very_low < low < planned
    nobody = run_stresses(
        tiny.scenario(),
        "early",
        ["low_referrals"],
        by={"low_referrals": "0%"},
        figures=["crises"],
        replications=3,
    )
    assert not nobody.values[1].any()


def test_a_change_is_paired_and_its_interval_is_of_students_t():
    found, column = ran(), 1
    one = row(found, "weak_effect", "cost")
    number = 1 + ALL.index("weak_effect")
    stressed, planned = found.values[number, :, column], found.values[0, :, column]
    interval = stats.ttest_rel(stressed, planned).confidence_interval(0.95)
    assert one["change"] == pytest.approx((stressed - planned).mean())
    assert (one["ci_low"], one["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert (one["planned"], one["stressed"]) == pytest.approx((planned.mean(), stressed.mean()))
    assert (one["low"], one["high"]) == pytest.approx(tuple(np.quantile(stressed, [0.025, 0.975])))
    assert one["runs"] == 8


def test_one_row_for_each_stress_and_figure():
    frame = ran().frame
    assert list(frame.columns[:2]) == ["stress", "output"]
    assert len(frame) == len(ALL) * len(ran().outputs) == len(frame.drop_duplicates(["stress", "output"]))


def test_a_reading_is_under_stress_too():
    reading = run_stresses(
        deal(), "early", ["weak_effect"], reading="nothing", figures=["crises"], replications=3
    )
    assert not reading.values.any()  # planned and stressed: the reading says that it does nothing
    plain = run(deal(), ["today", "early"], reading="nothing", replications=3)
    crises = picked(plain.values, plain.designs, outputs(deal(), ["crises"]))
    assert not (crises[:, 1] - crises[:, 0]).any()


def test_controls_hold_under_stress():
    scenario = tiny.scenario(doubtful.TEXT).with_settings({"ten": 1.5})
    found = run_stresses(scenario, "early", ["slow_start"], figures=["cost"], replications=3)
    plain = run(scenario, ["today", "early"], replications=3)
    cost = picked(plain.values, plain.designs, found.outputs)
    np.testing.assert_array_equal(found.values[0], cost[:, 1] - cost[:, 0])
    assert row(found, "slow_start", "cost")["change"] != 0


def test_what_has_nothing_to_change_is_said_and_not_run():
    unsigned = run_stresses(tiny.scenario(), "early", replications=1)
    assert [each.name for each in unsigned.nothing] == ["payment_delays"]
    [together] = [each for each in unsigned.stresses if each.name == "together"]
    assert "payers" not in together.happens
    bare = run_stresses(tiny.scenario(tiny.NO_COSTS), "then", replications=1)
    assert bare.stresses == () and [each.name for each in bare.nothing] == list(ALL)
    assert bare.frame.empty and list(bare.frame.columns) == list(ran().frame.columns)


def test_the_baseline_stands_as_it_is():
    with pytest.raises(ScenarioError, match="baseline"):
        run_stresses(deal(), "today")
    with pytest.raises(ScenarioError, match="there is no design"):
        run_stresses(deal(), "earlier")


def test_results_do_not_depend_on_workers_or_the_engine(monkeypatch):
    # However long it takes: other processes would read the file without its stress.
    monkeypatch.setattr("simulator.experiments.runner.WORTH_A_PROCESS", 0.0)
    how = {"stresses": ["together"], "figures": ["crises", "cost", "net_saving"], "replications": 4}
    values = [
        run_stresses(deal(), "early", **how, **more).values  # type: ignore[arg-type]
        for more in ({"workers": 1}, {"workers": 2}, {"engine": "simpy", "workers": 2})
    ]
    np.testing.assert_array_equal(values[0], values[1])
    np.testing.assert_allclose(values[0], values[2], rtol=1e-9, atol=1e-6)


def test_progress_is_over_all_of_it_and_may_stop_it():
    seen = []
    run_stresses(
        deal(), "early", ["no_effect", "together"], replications=3, progress=lambda now: seen.append(now)
    )
    assert {each.of for each in seen} == {9}
    assert seen[-1].done == 9
    assert [each.share for each in seen] == sorted(each.share for each in seen)
    with pytest.raises(Cancelled):
        run_stresses(deal(), "early", replications=3, progress=lambda now: False)


# ---- futures


def test_futures_are_a_table_that_regret_takes():
    table = futures(deal(), stresses=["weak_effect", "no_effect"], worth=1_000.0, replications=3)
    assert list(table.columns) == ["future", "design", "cost", "effect", "net_benefit", "runs"]
    payoff = table.pivot(index="future", columns="design", values="net_benefit")
    assert list(payoff.index) == sorted([PLANNED, "weak_effect", "no_effect"])
    assert payoff.shape == (3, 4)
    lost = regrets(payoff.to_numpy())
    assert (lost.min(axis=1) == 0).all() and (lost >= 0).all()
    np.testing.assert_allclose(table["net_benefit"], 1_000 * table["effect"] - table["cost"])
    # A future is of the designs: the baseline is the same in all of them.
    assert table[table["design"] == "today"]["net_benefit"].nunique() == 1
    no_effect = table[(table["future"] == "no_effect")].set_index("design")["effect"]
    assert no_effect["early"] == no_effect["today"] < 0


def test_futures_of_one_figure_as_cost_and_effect():
    table = futures(tiny.scenario(), cost="crises", effect="crises", stresses=["no_effect"], replications=2)
    np.testing.assert_array_equal(table["cost"], -table["effect"])
