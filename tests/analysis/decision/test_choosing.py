"""Plane, frontier, acceptability, net benefit and regret: published examples, identities, and heormodel on the same draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heormodel import cea
from heormodel.models.outcomes import Outcomes
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator.analysis.decision.acceptability import acceptability, chances_best, switches
from simulator.analysis.decision.choices import Choices
from simulator.analysis.decision.net_benefit import net_benefit
from simulator.analysis.decision.perfect_information import evpi
from simulator.analysis.decision.plane import frontier, plane, ratio
from simulator.analysis.decision.regret import regret, regrets, rules

NAMES = ("today", "early", "late")


def drawn(seed: int = 3, draws: int = 800) -> Choices:
    rng = np.random.default_rng(seed)
    cost = rng.normal([1_000.0, 1_400.0, 1_150.0], [80.0, 200.0, 150.0], (draws, 3))
    effect = rng.normal([1.0, 1.05, 1.02], [0.05, 0.06, 0.05], (draws, 3))
    return Choices(NAMES, cost, effect)


def as_heormodel(choices: Choices) -> Outcomes:
    frames = [pd.DataFrame(each, columns=list(choices.designs)) for each in (choices.cost, choices.effect)]
    return Outcomes.from_wide(*frames, comparator=choices.reference)


def test_the_frontier_of_the_va_herc_example():
    """VA Health Economics Resource Center: UC, B (5,000), D (12,500), E (20,000); C extendedly dominated, A dominated."""
    names = ("E", "D", "C", "B", "A", "UC")
    cost = np.array([55_000.0, 35_000, 25_000, 10_000, 12_000, 5_000])
    found = frontier(names, cost, np.array([5.0, 4, 3, 2, 1.5, 1])).set_index("design")
    assert found.index[found["status"] == "frontier"].tolist() == ["UC", "B", "D", "E"]
    assert found.loc[["B", "D", "E"], "icer"].tolist() == pytest.approx([5_000, 12_500, 20_000])
    assert found.loc["C", "status"] == "extendedly dominated" and found.loc["A", "status"] == "dominated"
    assert np.isnan(found.loc["UC", "icer"])


def test_the_frontier_of_hiv_screening():
    """Paltiel et al. 2005: 37,500, 58,285.714 and 100,800 dollars a life-year; the last programme does less for more."""
    months = np.array([277.25, 277.57, 277.78, 277.83, 277.76])
    found = frontier(tuple("abcde"), np.array([26_000.0, 27_000, 28_020, 28_440, 29_440]), months / 12)
    kept = found[found["status"] == "frontier"]
    assert kept["design"].tolist() == list("abcd")
    assert kept["icer"].tolist()[1:] == pytest.approx([37_500, 58_285.714, 100_800])


def test_ratios_of_means_plane_and_frontier_agree_with_heormodel():
    choices = drawn()
    ours = plane(choices).set_index("design")
    apart = choices.against_reference()
    assert ours.loc["early", "icer"] == pytest.approx(apart.cost[:, 1].mean() / apart.effect[:, 1].mean())
    theirs = cea.ce_plane(as_heormodel(choices))
    wide = theirs[theirs["intervention"] == "early"] if "intervention" in theirs else theirs.loc["early"]
    assert ours.loc["early", "cost"] == pytest.approx(float(wide.filter(like="cost").to_numpy().mean()))
    mine = frontier(NAMES, choices.cost.mean(axis=0), choices.effect.mean(axis=0))
    assert mine.loc[mine["status"] == "frontier", "design"].tolist() == cea.frontier(as_heormodel(choices))
    table = cea.icer_table(as_heormodel(choices))
    theirs_icer = table["icer"].dropna().tolist()
    assert mine["icer"].dropna().tolist() == pytest.approx(theirs_icer)


def test_acceptability_and_its_frontier_agree_with_heormodel():
    choices, worths = drawn(), [0.0, 2_000.0, 8_000.0, 30_000.0]
    ours = acceptability(choices, worths)
    curves = cea.ceac(as_heormodel(choices), worths)
    wide = ours.pivot(index="worth", columns="design", values="chance_best")[list(NAMES)]
    assert np.allclose(wide.to_numpy(), _wide(curves))
    best = ours[ours["best_on_average"]]
    front = cea.ceaf(as_heormodel(choices), worths)
    text = [name for name in front.columns if not pd.api.types.is_numeric_dtype(front[name])]
    assert best["design"].tolist() == front[text[0]].tolist()


def _wide(curves: pd.DataFrame) -> np.ndarray:
    if set(NAMES) <= set(curves.columns):
        return curves[list(NAMES)].to_numpy()
    value = next(name for name in curves.columns if name not in ("wtp", "intervention"))
    return curves.pivot(index="wtp", columns="intervention", values=value)[list(NAMES)].to_numpy()


def test_the_most_likely_best_need_not_be_the_best_on_average():
    """Three draws: `b` is a little better in two and much worse in one (Fenwick, Claxton and Sculpher 2001)."""
    cost = np.array([[0.0, -1], [0, -1], [0, 10]])
    table = acceptability(Choices(("a", "b"), cost, np.zeros((3, 2))), [0.0]).set_index("design")
    assert table.loc["b", "chance_best"] == pytest.approx(2 / 3) and not table.loc["b", "best_on_average"]
    assert table.loc["a", "best_on_average"]


def test_ties_are_shared_and_chances_sum_to_one():
    assert chances_best(np.zeros((4, 3))).tolist() == pytest.approx([1 / 3] * 3)
    assert chances_best(drawn().net_benefit(5_000)).sum() == pytest.approx(1)


def test_the_best_on_average_switches_exactly_at_the_ratios_of_the_frontier():
    choices = drawn()
    line = frontier(NAMES, choices.cost.mean(axis=0), choices.effect.mean(axis=0))
    kept = line[line["status"] == "frontier"]
    found = switches(choices, 1e9)
    assert [name for _, name in found] == kept["design"].tolist()
    assert [at for at, _ in found][1:] == pytest.approx(kept["icer"].tolist()[1:])
    for at, name in found[1:]:
        table = acceptability(choices, [at * 1.001])
        assert table.loc[table["best_on_average"], "design"].item() == name


@pytest.mark.parametrize(
    ("cost", "effect", "status"),
    [
        (-1, 1, "dominant"), (0, 1, "dominant"), (-1, 0, "dominant"), (1, -1, "dominated"), (1, 0, "dominated"),
        (0, -1, "dominated"), (2, 4, "icer"), (-2, -4, "saves"), (0, 0, "no difference"),
    ],
)  # fmt: skip
def test_a_ratio_stands_only_where_it_means_something(cost, effect, status):
    value, word = ratio(cost, effect)
    assert word == status and (value == 0.5 if status in ("icer", "saves") else np.isnan(value))


def test_quadrants_hold_every_draw_once():
    for _, row in plane(drawn()).iterrows():
        four = ["more_and_cheaper", "more_and_dearer", "less_and_cheaper", "less_and_dearer"]
        assert sum(row[four]) == row["draws"] == 800


def test_net_benefit_by_hand():
    choices = Choices(("a", "b"), np.array([[10.0, 14], [10, 4]]), np.array([[1.0, 2], [1, 1]]))
    found = net_benefit(choices, 5.0).set_index("design")
    assert found.loc["b", "mean"] == pytest.approx((10 - 14 + 5 - 4) / 2)
    assert found.loc["b", "gain"] == pytest.approx((1 + 6) / 2) and found.loc["b", "better"] == 2
    assert found.loc["b", "gain_se"] == pytest.approx(np.std([1, 6], ddof=1) / np.sqrt(2))
    assert found.loc["a", "gain"] == 0


def test_regret_of_the_textbook_matrix():
    """A 10, 2, 6; B 7, 6, 5; C 4, 8, 4: minimax regret B (3), maximin B (5), maximax A (10)."""
    payoff = np.array([[10.0, 7, 4], [2, 6, 8], [6, 5, 4]])
    found = rules(payoff)
    assert (found["minimax regret"].design, found["minimax regret"].figure) == (1, 3)
    assert (found["maximin"].design, found["maximin"].figure) == (1, 5)
    assert (found["maximax"].design, found["maximax"].figure) == (0, 10)


@given(arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(2, 5)), elements=st.floats(-1e6, 1e6)))
def test_the_least_expected_loss_is_the_value_of_perfect_information(values):
    names = tuple("abcde"[: values.shape[1]])
    table = regret(names, values)
    assert table["expected_loss"].min() == pytest.approx(evpi(values).value, abs=1e-6)
    assert (regrets(values) >= 0).all() and (regrets(values).min(axis=1) == 0).all()
    assert table.loc[0, "meets"] == len(values)


def test_expected_losses_agree_with_heormodel():
    choices = drawn()
    ours = regret(NAMES, choices.net_benefit(8_000.0))["expected_loss"].to_numpy()
    theirs = cea.expected_loss(as_heormodel(choices), [8_000.0])
    assert np.allclose(ours, _wide(theirs)[0])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Choices(("a",), np.zeros((2, 1)), np.zeros((2, 1))),
        lambda: Choices(("a", "a"), np.zeros((2, 2)), np.zeros((2, 2))),
        lambda: Choices(("a", "b"), np.zeros((2, 2)), np.zeros((3, 2))),
        lambda: Choices(("a", "b"), np.full((2, 2), np.nan), np.zeros((2, 2))),
        lambda: Choices(("a", "b"), np.zeros((0, 2)), np.zeros((0, 2))),
    ],
)
def test_choices_that_do_not_fit_together_are_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
