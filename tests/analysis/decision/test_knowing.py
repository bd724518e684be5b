"""The value of knowing: closed forms, identities, chance taken out, and heormodel on the same draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heormodel import voi
from scipy import stats

from simulator.analysis.decision.chance import (
    choices_without_chance,
    components,
    shares_of_variance,
    without_chance,
)
from simulator.analysis.decision.choices import Choices
from simulator.analysis.decision.partial_information import evppi, worth_knowing
from simulator.analysis.decision.perfect_information import evpi, evpi_by_worth
from simulator.analysis.decision.sample_information import Waiting, by_size, evsi, prior_people
from tests.analysis.decision.test_choosing import as_heormodel, drawn

DRAWS = 20_000
PHI = 0.3989422804


@pytest.fixture(scope="module")
def closed():
    """Incremental net benefit p1 + p2, p1 with sd 1 and p2 with sd 2: EVPI and EVPPIs are sd times phi(0).

    Draws in opposite pairs, so that the mean is 0 as in the closed form: a mean of .02 would take .01 off each.
    """
    half = np.random.default_rng(8).normal(0, [1, 2], (DRAWS // 2, 2))
    p = np.concatenate([half, -half])
    return p, np.column_stack([np.zeros(DRAWS), p.sum(axis=1)])


def test_closed_forms_of_the_value_of_information(closed):
    """.3989422804, .7978845608, .8920620581; standard errors of some .6 sd / sqrt(20000): .004, .008, .009; within 3."""
    p, nb = closed
    assert evppi(p[:, 0], nb).value == pytest.approx(0.3989422804, abs=0.012)
    assert evppi(p[:, 1], nb).value == pytest.approx(0.7978845608, abs=0.024)
    whole = evpi(nb)
    assert whole.value == pytest.approx(0.8920620581, abs=3 * whole.se) and whole.se < 0.012
    assert evppi(p, nb).value == pytest.approx(whole.value, abs=1e-3), "joint EVPPI of all is EVPI"


def test_evppi_through_chance_in_every_draw(closed):
    """The same with a noise of sd 3 on each net benefit: EVPI would be 1.49, and the regressions see through it."""
    p, nb = closed
    noisy = nb + np.random.default_rng(5).normal(0, 3, nb.shape) * [0, 1]
    found = evppi(p[:, 1], noisy)
    assert found.value == pytest.approx(0.7978845608, abs=3 * found.se)
    assert found.se < 0.05
    assert evppi(p, noisy).value == pytest.approx(0.8920620581, abs=0.06)
    assert evpi(noisy).value > 1.4


def test_a_curve_is_found_where_the_gain_is_none():
    """Gain x^2 - 1, x standard normal: known x gives E max(0, x^2 - 1) = 2 phi(1) = .48394; without it nothing is chosen."""
    x = np.random.default_rng(2).normal(0, 1, DRAWS)
    nb = np.column_stack([np.zeros(DRAWS), x**2 - 1 - 1e-9])
    assert evppi(x, nb).value == pytest.approx(2 * stats.norm.pdf(1), abs=0.03)


def test_a_reading_with_two_values_has_a_mean_for_each():
    which = (np.arange(1_000) % 10 < 3).astype(float)
    nb = np.column_stack([np.zeros(1_000), np.where(which == 1, -5.0, 2.0)])
    assert evppi(which, nb).value == pytest.approx(0.3 * 5 - max(0.0, 0.3 * 5 - 0.7 * 2), abs=1e-9)


def test_what_does_not_matter_is_worth_nothing_and_what_does_not_vary_neither(closed):
    p, nb = closed
    rng = np.random.default_rng(1)
    few = slice(0, 1_000)
    others = [np.random.default_rng(seed).normal(size=1_000) for seed in range(100, 140)]
    found = [evppi(other, nb[few]).value for other in others]
    assert np.mean(found) < 0.002, "BIC takes no curve in nearly all samples of noise"
    assert evppi(np.ones(1_000), nb[few]).status == "does not vary"
    assert evppi(rng.normal(size=50), nb[:50]).status == "too few draws"
    assert evppi(p[:, 0], np.zeros_like(nb)).value == 0


def test_worth_knowing_is_sorted_bounded_and_takes_groups(closed):
    p, nb = closed
    table = worth_knowing(p, ["one", "two"], nb)
    assert table["place"].tolist() == ["two", "one"]
    assert ((table["evppi"] >= 0) & (table["evppi"] <= evpi(nb).value)).all()
    both = worth_knowing(p, ["one", "two"], nb, {"both": [0, 1]})
    assert both["share"].item() == pytest.approx(1.0, abs=2e-3)


def test_agreement_with_heormodel_on_the_same_draws():
    """Both regress on splines, theirs through scikit-learn: within 4% of EVPI. EVPI is exact."""
    choices = drawn(draws=4_000)
    worth = 8_000.0
    rng = np.random.default_rng(4)
    inputs = pd.DataFrame(
        {
            "cost": choices.cost[:, 1] + rng.normal(0, 50, 4_000),
            "effect": choices.effect[:, 2] + rng.normal(0, 0.02, 4_000),
            "noise": rng.normal(size=4_000),
        }
    )
    outcomes, nb = as_heormodel(choices), choices.net_benefit(worth)
    whole = evpi(nb).value
    assert whole == pytest.approx(float(voi.evpi(outcomes, worth)), rel=1e-9)
    table = evpi_by_worth(choices, [0.0, worth])
    assert table["evpi"].tolist() == pytest.approx([float(voi.evpi(outcomes, each)) for each in (0.0, worth)])
    for column, name in enumerate(inputs):
        theirs = float(voi.evppi(outcomes, inputs, name, worth))
        assert evppi(inputs.to_numpy()[:, column], nb).value == pytest.approx(theirs, abs=0.04 * whole)
    joint = float(voi.evppi(outcomes, inputs, ["cost", "effect"], worth))
    assert evppi(inputs.to_numpy()[:, :2], nb).value == pytest.approx(joint, abs=0.04 * whole)


# Chance ---------------------------------------------------------------------------------------------------------------


def runs(draws: int, replications: int, doubt: float, chance: float, seed: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0, doubt, (draws, 1)) + rng.normal(0, chance, (draws, replications))


def test_shares_of_the_variance_are_those_that_made_it():
    """Doubt of sd 2 and chance of sd 3, 2,000 draws of 3: se of the doubt's variance about 7 sqrt(2/2000) = .22; within 3."""
    found = shares_of_variance(runs(2_000, 3, 2.0, 3.0))
    assert found.doubt == pytest.approx(4.0, abs=0.66) and found.chance == pytest.approx(9.0, abs=0.6)
    assert found.share_of_doubt == pytest.approx(4 / 13, abs=0.05) and found.status == "ok"


def test_the_analysis_of_variance_by_hand():
    """Draws (1, 3), (5, 7), (9, 11): MS between 32, MS within 2, so doubt (32 - 2) / 2 = 15 and chance 2."""
    found = shares_of_variance(np.array([[1.0, 3], [5, 7], [9, 11]]))
    assert (found.doubt, found.chance) == pytest.approx((15.0, 2.0))


def test_what_cannot_be_told_apart_is_said():
    assert shares_of_variance(runs(100, 1, 1, 1)).status == "one run a draw"
    assert shares_of_variance(np.ones((10, 3))).status == "no spread"
    hidden = shares_of_variance(np.array([[1.0, -1], [-1, 1], [1, -1]]))
    assert hidden.status == "hidden by chance" and hidden.doubt == 0


def test_without_chance_the_spread_is_that_of_doubt_and_the_mean_stays():
    """Two columns with correlated doubt: their covariance is that which made it, to within 3 standard errors of some .1."""
    rng = np.random.default_rng(9)
    made = np.array([[4.0, 3.0], [3.0, 9.0]])
    doubt = rng.multivariate_normal([10, 20], made, 4_000)
    values = doubt[:, None] + rng.normal(0, [5, 2], (4_000, 2, 2))
    found = without_chance(values)
    estimated, _ = components(values)
    assert np.cov(found.T) == pytest.approx(estimated, rel=1e-6)
    assert np.cov(found.T) == pytest.approx(made, abs=1.2)
    assert found.mean(axis=0) == pytest.approx(values.mean(axis=(0, 1)))
    assert stats.pearsonr(found[:, 0], doubt[:, 0]).statistic > 0.5


def test_chance_inflates_the_value_of_information_and_is_taken_out():
    """Gain of sd 1 from doubt and sd 2 from chance, two runs a draw: raw EVPI .69, the truth .399 (se some .02)."""
    gain = runs(4_000, 2, 1.0, 2.0)
    cost = np.stack([np.zeros_like(gain), -gain], axis=2)
    raw = evpi(Choices(("a", "b"), cost.mean(axis=1), np.zeros((4_000, 2))).net_benefit(0)).value
    mended = evpi(choices_without_chance(("a", "b"), cost, np.zeros_like(cost)).net_benefit(0)).value
    assert raw == pytest.approx(PHI * np.sqrt(3), abs=0.05)
    assert mended == pytest.approx(PHI, abs=0.06)


def test_one_run_a_draw_and_what_never_varies_stay_as_they_are():
    one = runs(10, 1, 1, 1)[:, :, None]
    assert np.array_equal(without_chance(one), one[:, 0])
    same = np.full((10, 3, 2), 5.0)
    assert np.allclose(without_chance(same), 5.0)


# Studies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [10, 100, 1_000])
def test_a_study_of_a_normal_number_has_the_closed_form(closed, people):
    """Unit normal loss at the preposterior sd: 2 sqrt(n / (n + n0)) phi(0), n0 = 200 (Raiffa and Schlaifer); se some .008."""
    p, nb = closed
    share = people / (people + 200)
    assert evsi(p[:, 1], nb, share) == pytest.approx(2 * np.sqrt(share) * PHI, abs=0.03)


@pytest.mark.parametrize(("share", "worth"), [(0.1, 0.048), (0.5, 0.242), (0.9, 0.436)])
def test_a_study_where_the_gain_is_a_curve(share, worth):
    """Gain x^2 - 1 with x normal: E[x^2 | study] = s z^2 + 1 - s, so that the worth is s E max(0, z^2 - 1) = s 2 phi(1)."""
    assert worth == pytest.approx(share * 2 * stats.norm.pdf(1), abs=0.001)
    half = np.random.default_rng(12).normal(0, 1, DRAWS // 2)
    x = np.concatenate([half, -half])
    x /= x.std()
    nb = np.column_stack([np.zeros(DRAWS), x**2 - 1])
    assert evsi(x, nb, share) == pytest.approx(worth, abs=0.015)


def test_a_study_is_worth_between_nothing_and_perfect_knowledge(closed):
    p, nb = closed
    worths = [evsi(p[:, 1], nb, share) for share in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert worths == sorted(worths) and worths[0] == 0
    assert worths[-1] == pytest.approx(evppi(p[:, 1], nb).value, rel=1e-9)


def test_how_many_people_a_range_is_worth():
    """A beta with mean .6 and sd .05 is 95 people. A log ratio with sd .2 and risks .4 and .24: (.76/.24 + .6/.4) / .04 pairs."""
    assert prior_people("share", 0.6, 0.502, 0.698) == pytest.approx(0.24 / 0.0025 - 1)
    low, high = 0.6 * np.exp(-1.96 * 0.2), 0.6 * np.exp(1.96 * 0.2)
    pairs = (0.76 / 0.24 + 0.6 / 0.4) / 0.04
    assert prior_people("ratio", 0.6, low, high, control_risk=0.4) == pytest.approx(2 * pairs)
    assert prior_people("money", 100.0, 80.4, 119.6) == pytest.approx(100)
    for wrong in (
        ("score", 0.0, -1.0, 1.0),
        ("date", 7e5, 6e5, 8e5),
        ("money", 0.0, 0.0, 5.0),
        ("share", 0.02, 0.0, 0.6),
    ):
        with pytest.raises(ValueError):
            prior_people(*wrong)
    with pytest.raises(ValueError, match="known already"):
        prior_people("share", 0.6, 0.6, 0.6)


def test_costs_of_a_study_and_of_waiting_for_it(closed):
    p, nb = closed
    better = nb + np.array([0.0, 3.0])
    table = by_size(
        p[:, 1], better, 200.0, [0, 100], fixed=0.1, per_person=0.001, waiting=Waiting(2.0, 8.0)
    ).set_index("people")
    mean = float((better[:, 1] - better[:, 0]).mean())
    assert table.loc[100, "waiting_cost"] == pytest.approx(mean / 4)
    assert table.loc[100, "study_cost"] == pytest.approx(0.2)
    assert table.loc[100, "evsi"] == pytest.approx(0.75 * evsi(p[:, 1], better, 1 / 3))
    assert table.loc[0, "evsi"] == 0
    assert table["net"].tolist() == pytest.approx(
        (table["evsi"] - table["study_cost"] - table["waiting_cost"]).tolist()
    )
    late = by_size(p[:, 1], better, 200.0, [100], fixed=0, per_person=0, waiting=Waiting(9.0, 8.0))
    assert late["evsi"].item() == 0 and late["waiting_cost"].item() == pytest.approx(mean)
