"""Answers about doubt on made-up decisions: what they say is what their tables hold, whatever the numbers and labels are."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simulator import api_doubt
from simulator.analysis.decision.choices import Choices, Floats
from simulator.analysis.sensitivity import morris, sobol
from simulator.analysis.sensitivity.break_even import break_even
from simulator.experiments.uncertain import READING, Uncertain, uncertain_numbers
from simulator.present import numbers as n
from simulator.present.doubt.answer import Answer
from simulator.present.doubt.bars import Bar, Part, bar_figure
from simulator.present.doubt.best import best_answer, worths
from simulator.present.doubt.break_even import Here, break_even_chart
from simulator.present.doubt.failing import failing_answer
from simulator.present.doubt.knowing import all_answer, each_answer
from simulator.present.doubt.net_benefit import net_benefit_answer, regret_answer
from simulator.present.doubt.plane import frontier_answer, plane_answer
from simulator.present.doubt.shares import screening_answer, shares_answer
from simulator.present.doubt.study import study_answer
from simulator.present.doubt.switching import switching_answer
from simulator.present.doubt.tornado import tornado_answer
from simulator.present.doubt.variance import variance_answer
from simulator.present.doubt.weighing import Study
from simulator.present.doubt.words import Words
from simulator.scenario.load import Scenario, load_text
from tests.experiments.doubtful import TEXT
from tests.present.test_hostile_labels import strings

LABELS = {"now": "As it is", "help": "Help", "more": "More help", "much": "Much help", "most": "Most help"}


def words(count: int = 2, worth: float = 0.0, draws: int = 4, **more: object) -> Words:
    """Words of so many designs, money that decides alone, and crises."""
    found = Words(
        dict(list(LABELS.items())[:count]),
        "cost of all resources, whoever pays",
        "2024/25 prices",
        "crises avoided",
        "crisis avoided",
        "crises",
        worth,
        draws,
        2,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def choices(costs: Sequence[Sequence[float]], effects: Sequence[Sequence[float]]) -> Choices:
    """A row a draw: what each design but the baseline costs more and does more."""
    cost, effect = (
        np.column_stack([np.zeros(len(each)), np.array(each, np.float64)]) for each in (costs, effects)
    )
    return Choices(tuple(LABELS)[: cost.shape[1]], cost, effect)


@cache
def doubtful() -> Scenario:
    return load_text(TEXT, "doubtful.yaml")


@cache
def numbers() -> dict[str, Uncertain]:
    """The uncertain numbers of the doubtful scenario by place."""
    scenario = doubtful()
    return {each.place: each for each in uncertain_numbers(scenario, tuple(scenario.designs))}


def number(place: str, label: str = "") -> Uncertain:
    found = numbers()[place]
    return replace(found, label=label) if label else found


def runs(means: Sequence[float] | Floats, spread: float = 0.0, count: int = 6) -> Floats:
    """(..., runs): the same values in every run, a little apart."""
    apart = spread * (np.arange(count) - (count - 1) / 2)
    return np.asarray(means, np.float64)[..., None] + apart


def worth_answer(chosen: Choices, told: Words) -> Answer:
    """Net benefit of runs in which nothing is chance."""
    return net_benefit_answer(chosen, chosen, told)


# ---- which is best


SAVES = choices([[-100], [-300], [-200], [400]], [[1], [2], [0], [3]])
"""Saves in three of four draws, £50 on average, and avoids 1.5 crises."""


def test_the_best_by_money_alone_is_told_with_how_often_it_is_wrong() -> None:
    found = best_answer(SAVES, words())
    assert (
        found.sentences[0]
        == "By money alone, ‘Help’ is best on average, and best in 3 of 4 draws: another is better in 1."
    )
    assert found.charts[0].title == "‘Help’ is best in 3 of 4 draws"
    assert found.charts[0].alt.startswith("By money alone, ‘Help’")
    here = found.table[(found.table["worth"] == 0) & (found.table["design"] == "help")].iloc[0]
    assert here["chance_best"] == 0.75 and here["best_on_average"]


def test_what_an_effect_is_worth_is_named_and_can_turn_the_choice() -> None:
    dear = choices([[1_000], [1_000], [1_000], [1_000]], [[1], [1], [1], [1]])
    low, high = best_answer(dear, words(worth=500)), best_answer(dear, words(worth=2_000))
    assert low.sentences[0].startswith("At £500 for each crisis avoided, ‘As it is’ is best on average")
    assert high.sentences[0].startswith("At £2,000 for each crisis avoided, ‘Help’ is best on average")
    assert low.sentences[-1] == (
        "Best on average is ‘As it is’ if each crisis avoided is worth nothing beyond money; from £1,000 on ‘Help’."
    )
    odd = best_answer(dear, words(worth=777))
    assert 777.0 in set(odd.table["worth"]) and 777.0 not in set(low.table["worth"])


def test_a_design_best_at_any_worth_has_no_turn() -> None:
    said = best_answer(SAVES, words()).sentences[-1]
    most = worths(SAVES, 0.0)[-1]
    assert (
        said
        == f"‘Help’ is best on average at any worth up to {n.money(most, prose=True)} for each crisis avoided."
    )


def test_best_more_often_is_told_apart_from_best_on_average() -> None:
    often = choices([[-10], [-10], [-10], [1_000]], [[0], [0], [0], [0]])
    first, second, *_ = best_answer(often, words()).sentences
    assert "‘As it is’ is best on average, and best in 1 of 4 draws: another is better in 3." in first
    assert "‘Help’ is best more often (3 of 4 draws), but loses more where it is not" in second


@pytest.mark.parametrize("draws", [1, 2, 3, 8])
def test_nothing_is_better_than_a_design_that_ties(draws: int) -> None:
    same = choices([[0.0]] * draws, [[0.0]] * draws)
    assert best_answer(same, words(draws=draws)).sentences[0].endswith("draws: another is better in 0.")


def test_the_table_of_the_chart_has_a_column_a_design_and_the_worth_asked_about() -> None:
    found = best_answer(SAVES, words(worth=7_777)).charts[0].table
    assert list(found.columns) == [
        "Each crisis avoided is worth",
        "‘As it is’ best in",
        "‘Help’ best in",
        "Best on average",
    ]
    assert n.money(7_777) in set(found.iloc[:, 0])
    for row in found.to_dict("records"):
        right = int(row["‘As it is’ best in"].split()[0]) + int(row["‘Help’ best in"].split()[0])
        assert right == 4


# ---- what it is worth


def test_net_benefit_says_the_mean_the_range_and_the_draws() -> None:
    found = net_benefit_answer(SAVES, SAVES, words())
    row = found.table.iloc[1]
    assert row["gain"] == 50 and row["better"] == 3
    said = found.sentences[0]
    assert said.startswith("‘Help’ gains £50 on average (what it saves of the cost of all resources")
    low, high = (n.signed(n.money(row[name]), row[name]) for name in ("gain_low", "gain_high"))
    assert f"range of draws {low} to {high}" in said and said.endswith("It gains in 3 of 4 draws.")
    assert found.charts[0].title == "‘Help’ gains in 3 of 4 draws"
    shown = found.charts[0].table.iloc[0]
    assert (shown["Gain"], shown["Range of draws"], shown["Gains in"]) == (
        "+£50",
        f"{low} to {high}",
        "3 of 4 draws",
    )
    half = 1.96 * row["gain_se"]
    ends = [n.signed(n.money(end), end) for end in (50 - half, 50 + half)]
    assert shown["95% confidence interval of the mean"] == " to ".join(ends) and " to ".join(ends) in said


def test_net_benefit_at_a_worth_adds_it_and_a_loss_is_called_one() -> None:
    rich = net_benefit_answer(SAVES, SAVES, words(worth=100))
    assert rich.table.iloc[1]["gain"] == 50 + 1.5 * 100
    assert "£100 for each crisis avoided, less the cost" in rich.sentences[0]
    lost = choices([[500], [700]], [[0], [0]])
    dear = net_benefit_answer(lost, lost, words(draws=2))
    assert dear.sentences[0].startswith("‘Help’ loses £600 on average")
    assert dear.charts[0].title == "‘Help’ gains in 0 of 2 draws"


def test_regret_names_the_least_and_the_steadier() -> None:
    # Help is better by £100 in nine draws, and worse by £600 in one: best on average, but not in the worst draw.
    risky = choices([[-100]] * 9 + [[600]], [[0]] * 10)
    found = regret_answer(risky, words(draws=10))
    by = found.table.set_index("design")
    assert by.loc["help", "expected_loss"] == 60 and by.loc["now", "expected_loss"] == 90
    assert found.sentences[0].startswith("‘Help’ loses least on average by being the wrong choice: £60,")
    assert found.sentences[1] == "In the worst draw ‘As it is’ loses less: £100 against £600."
    assert found.charts[0].title == "‘Help’ is the safest choice on average"
    assert set(found.charts[0].table["Expected loss"]) == {"£60", "£90"}


def test_regret_of_a_clear_choice_has_one_sentence() -> None:
    found = regret_answer(choices([[-100]] * 3, [[0]] * 3), words(draws=3))
    assert found.sentences == (
        "‘Help’ loses least on average by being the wrong choice: £0, and no more than £0 in nine of ten draws.",
    )


# ---- the plane


@pytest.mark.parametrize(
    ("cost", "effect", "ending"),
    [
        (-100, 2, "On average it does more and costs no more."),
        (100, -2, "On average it costs more and does no more."),
        (100, 2, "On average each crisis avoided costs £50."),
        (-100, -2, "On average it saves £50 for each crisis avoided that is given up."),
        (0, 0, "On average it makes no difference."),
    ],
)
def test_the_plane_reads_right_in_each_corner(cost: float, effect: float, ending: str) -> None:
    found = plane_answer(choices([[cost]] * 3, [[effect]] * 3), words(draws=3))
    said = found.sentences[0]
    assert said.endswith(ending)
    assert f"costs £{abs(cost)} {'less' if cost < 0 else 'more'} on average" in said
    assert re.search(f"has {abs(effect)} {'more' if effect >= 0 else '(fewer|less)'} crises avoided", said)
    assert found.charts[0].title == f"‘Help’ costs no more in {3 if cost <= 0 else 0} of 3 draws"


def test_the_counts_of_the_plane_are_those_of_the_table_and_make_all_draws() -> None:
    found = plane_answer(SAVES, words())
    row = found.table.iloc[0]
    assert (
        "cheaper with more crises avoided in 2 of 4 draws, dearer with more in 1, with no more in 1"
        in (found.sentences[0])
    )
    quadrants = ("more_and_cheaper", "more_and_dearer", "less_and_cheaper", "less_and_dearer")
    assert sum(row[name] for name in quadrants) == 4
    assert found.charts[0].title == "‘Help’ costs no more in 3 of 4 draws"


def test_the_plane_has_the_line_of_what_an_effect_is_worth_only_if_it_is_worth_something() -> None:
    without, given = (plane_answer(SAVES, words(worth=worth)).charts[0].figure for worth in (0.0, 40.0))
    line = [trace for trace in given.data if trace.mode == "lines"]
    assert len(line) == 1 and not [trace for trace in without.data if trace.mode == "lines"]
    (x0, x1), (y0, y1) = line[0].x, line[0].y
    assert (y1 - y0) == pytest.approx(40 * (x1 - x0)) and line[0].name == "worth £40 each"


def test_the_frontier_leaves_out_what_another_does_for_less() -> None:
    three = choices([[100, 300, 900]], [[2, 1, 4]])
    found = frontier_answer(three, words(4))
    by = dict(zip(found.table["design"], found.sentences, strict=True))
    assert by["now"] == "The cheapest that is worth considering is ‘As it is’."
    assert by["help"] == "Going on to ‘Help’ costs £50 for each crisis avoided."
    assert by["more"] == "‘More help’ need not be considered: another does as much for less."
    assert by["much"] == "Going on to ‘Much help’ costs £400 for each crisis avoided."


# ---- doubt and chance


def test_variance_says_what_share_is_doubt_and_what_is_chance() -> None:
    draws = np.random.default_rng(1).normal(0, 3, (4_000, 1))
    gains = draws + np.random.default_rng(2).normal(0, 1, (4_000, 2))
    found = variance_answer({"help": gains}, words(draws=4_000))
    share = found.table.iloc[0]["share_of_doubt"]
    assert share == pytest.approx(0.9, abs=0.02)
    assert f"{share:.0%} is doubt about the numbers and {1 - share:.0%} is chance" in found.sentences[0]
    assert "(4,000 draws, 2 runs each)" in found.sentences[0]


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        (np.arange(5.0)[:, None], "cannot be told apart"),
        (np.full((5, 2), 3.0), "there is neither doubt nor chance in it"),
        (np.tile([1.0, -1.0], (5, 1)), "chance hides whatever the doubt about the numbers does"),
    ],
)
def test_variance_that_cannot_be_told_says_why(gains: np.ndarray, said: str) -> None:
    assert said in variance_answer({"help": gains}, words()).sentences[0]


# ---- knowing more


def decided(draws: int = 800, seed: int = 1) -> tuple[np.ndarray, Choices]:
    """Two numbers, of which only the first says whether help saves: £1,000 of gain for each unit, from -1 to 1."""
    inputs = np.random.default_rng(seed).uniform(-1, 1, (draws, 2))
    return inputs, choices((-1_000 * inputs[:, :1]).tolist(), np.zeros((draws, 1)).tolist())


def test_the_number_that_decides_is_most_worth_knowing() -> None:
    inputs, chosen = decided()
    labels = words(draws=800, parameters={"a": "How many come", "b": "How long they stay"})
    found = each_answer(inputs, ("a", "b"), chosen, labels)
    first = found.table.iloc[0]
    assert first["place"] == "a" and first["evppi"] == pytest.approx(
        250, rel=0.2
    )  # of 0 to 1,000, half the time
    said = f"Most worth knowing is ‘How many come’: {n.money(first['evppi'], prose=True)} (standard error "
    assert found.sentences[0].startswith(said) and f"{first['share']:.0%} of what" in found.sentences[0]
    assert found.charts[0].title == "‘How many come’ is most worth knowing"
    assert found.charts[0].table.iloc[0]["Worth knowing"] == n.money(first["evppi"])
    assert "How long they stay" not in " ".join(found.sentences)


def test_a_reading_most_worth_knowing_is_no_matter_of_a_number() -> None:
    reading = np.tile([0.0, 1.0], 400)
    inputs = np.column_stack([reading, np.random.default_rng(3).uniform(size=800)])
    chosen = choices(np.where(reading, 900.0, -1_000.0)[:, None].tolist(), np.zeros((800, 1)).tolist())
    labels = words(draws=800, parameters={READING: "How the evidence is read", "b": "B"})
    found = each_answer(inputs, (READING, "b"), chosen, labels)
    assert found.sentences[0].startswith("Most worth knowing is ‘How the evidence is read’")
    assert any("which reading holds here" in sentence for sentence in found.sentences)


def test_knowing_what_changes_nothing_is_worth_nothing_and_draws_no_chart() -> None:
    inputs, _ = decided()
    sure = choices([[-100]] * 800, [[0]] * 800)
    assert all_answer(sure, words(draws=800)).sentences == (
        "Knowing every number would change nothing: ‘Help’ is best, or as good as best, whatever they are.",
    )
    found = each_answer(inputs, ("a", "b"), sure, words(draws=800))
    assert found.sentences[0].startswith("No single number is clearly worth knowing") and not found.charts


def test_too_few_draws_for_one_number_say_so() -> None:
    inputs, chosen = decided(40)
    said = each_answer(inputs, ("a", "b"), chosen, words(draws=40)).sentences
    assert said == ("40 draws are too few to say which number is worth knowing: take 500 or more.",)


def test_knowing_everything_is_the_loss_of_the_best_choice() -> None:
    _, chosen = decided()
    found, lost = all_answer(chosen, words(draws=800)), regret_answer(chosen, words(draws=800))
    least = n.money(lost.table["expected_loss"].min(), prose=True)
    assert (
        f"Knowing every uncertain number first would be worth {least} (standard error" in found.sentences[0]
    )
    row = found.table[found.table["worth"] == 0].iloc[0]
    assert n.money(row["evpi"], prose=True) == least
    most = found.table.loc[found.table["evpi"].idxmax()]
    assert f"worth most, {n.money(most['evpi'], prose=True)}, if" in found.sentences[1]


def studied(study: Study, scale: float = 1e7, years: float = 10.0) -> Answer:
    """A study of a share that decides alone: help saves above 70%, so many pounds for each whole."""
    x = np.random.default_rng(5).uniform(0.5, 0.9, 800)
    chosen = choices((-scale * (x - 0.69))[:, None].tolist(), np.zeros((800, 1)).tolist())
    return study_answer(x, number("numbers.willing"), chosen, words(draws=800), study, years)


def test_a_study_that_pays_says_yes_for_whom_and_how_much() -> None:
    found = studied(Study(years=0.5, fixed=1_000, per_person=1))
    best = found.table.loc[found.table["net"].idxmax()]
    assert best["net"] > 0
    assert found.sentences[0].startswith(
        f"Yes: a study of ‘willing’ with about {best['people']:,} people gains {n.money(best['net'], prose=True)} over "
        "deciding now"
    )
    assert found.charts[0].title == f"A study of about {best['people']:,} people pays"
    assert best["net"] == pytest.approx(best["evsi"] - best["study_cost"] - best["waiting_cost"])
    assert found.table["evsi"].is_monotonic_increasing, "a larger study says no less"


def test_a_study_that_costs_too_much_says_no() -> None:
    found = studied(Study(fixed=1e9))
    assert found.sentences[0].startswith("No: of the sizes tried none pays. The best, ")
    best = found.table.loc[found.table["net"].idxmax()]
    assert (
        f"cost {n.money(best['study_cost'], prose=True)} and {n.money(best['waiting_cost'], prose=True)} by"
        in (found.sentences[0])
    )
    assert found.charts[0].title == "No study of the sizes tried pays"


def test_a_study_longer_than_the_decision_leaves_no_years() -> None:
    found = studied(Study(years=12.0))
    assert found.sentences[0].startswith("No")
    assert "for the 0 years that are then left" in found.sentences[2]
    assert (found.table["evsi"] == 0).all()


# ---- whatever the numbers are


def every(chosen: Choices, worth: float, labels: dict[str, str] | None = None) -> list[Answer]:
    """All answers to the draws of a decision."""
    told = words(len(chosen.designs), worth, chosen.draws)
    told = replace(told, designs=labels or told.designs)
    inputs = np.random.default_rng(9).uniform(size=(chosen.draws, 2))
    gains = chosen.net_benefit(worth)
    return [
        best_answer(chosen, told),
        net_benefit_answer(chosen, chosen, told),
        variance_answer(
            {
                name: np.repeat((gains[:, [column]] - gains[:, [0]]), 2, axis=1)
                for column, name in list(enumerate(chosen.designs))[1:]
            },
            told,
        ),
        plane_answer(chosen, told),
        frontier_answer(chosen, told),
        regret_answer(chosen, told),
        all_answer(chosen, told),
        each_answer(inputs, ("a", "b"), chosen, told),
    ]


def whole(found: list[Answer]) -> None:
    """Each has sentences and numbers, and each of its charts is drawable and told as text too."""
    for each in found:
        assert each.sentences and all(sentence.strip() for sentence in each.sentences), each.name
        said = " ".join(each.sentences)
        assert "nan" not in said.lower().split() and "inf" not in said.lower().split(), said
        assert "nan%" not in said and "−£0" not in said and "+£0" not in said, said
        assert len(each.table), each.name
        for chart in each.charts:
            assert chart.title and chart.subtitle and len(chart.alt) > 10 and chart.how_to_read, chart.name
            assert len(chart.table), chart.name
            drawn = chart.figure.to_json()
            assert "NaN" not in drawn and "Infinity" not in drawn, chart.name
            assert "nan" not in chart.table.to_string().split(), chart.name
            for name in ("xaxis", "yaxis"):
                ends = chart.figure.layout[name].range
                assert ends is None or (all(map(math.isfinite, ends)) and ends[0] < ends[1]), chart.name


ODD = {
    "two draws": choices([[1], [-2]], [[1], [0]]),
    "equal designs": choices([[0, 0]] * 6, [[0, 0]] * 6),
    "equal and apart from the baseline": choices([[5, 5]] * 6, [[1, 1]] * 6),
    "huge": choices([[1e12], [-3e12], [2e12]], [[1e6], [2e6], [-1e6]]),
    "tiny": choices([[1e-9], [-3e-9], [2e-9]], [[1e-9], [2e-9], [-1e-9]]),
    "one cost throughout": choices([[100]] * 4, [[0]] * 4),
    "five designs": choices(
        np.random.default_rng(4).normal(0, 1e5, (300, 4)).tolist(),
        np.random.default_rng(6).normal(3, 2, (300, 4)).tolist(),
    ),
}


@pytest.mark.parametrize("worth", [0.0, 0.5, 20_000.0])
@pytest.mark.parametrize("name", ODD)
def test_every_answer_survives_odd_numbers(name: str, worth: float) -> None:
    whole(every(ODD[name], worth))


def test_five_designs_are_told_apart_in_every_figure_and_table() -> None:
    for each in every(ODD["five designs"], 0.0):
        if each.name in ("net_benefit", "plane", "variance"):
            assert len(each.sentences) == len(each.table) - (each.name == "net_benefit") == 4
        if each.name == "acceptability":
            lines = [trace for trace in each.charts[0].figure.data if trace.mode == "lines"]
            assert len({(trace.line.dash, trace.line.color) for trace in lines}) == 5
            assert len({trace.line.dash for trace in lines}) == 5, "told apart without colour too"
        if each.name == "plane":
            dots = [trace for trace in each.charts[0].figure.data if trace.showlegend is None]
            assert len({trace.marker.symbol for trace in dots}) == 4


# ---- which numbers matter


COST, TAKE_UP, EFFECT = (
    "services.help.cost.0.charity",
    "numbers.willing",
    "services.help.effects.fewer.hazard_ratio",
)


def test_the_tornado_names_the_widest_and_what_it_comes_to_at_its_ends() -> None:
    three = (number(TAKE_UP, "Take-up"), number(COST, "Cost of help"), number(EFFECT, "How well it works"))
    ends = runs([[4_000, 6_000], [9_000, -2_000], [5_100, 4_900]], spread=10)
    found = tornado_answer(three, runs(5_000, spread=10), ends, words(), "help")
    assert found.table["place"].tolist() == [COST, TAKE_UP, EFFECT]
    assert found.sentences[0] == (
        "As written ‘Help’ gains £5,000 (mean of 6 runs). ‘Cost of help’ moves that most: £9,000 at £7,000 per place per "
        "year, −£2,000 at £11,000 per place per year."
    )
    assert found.sentences[1] == "Alone within its range, this could turn the answer round: ‘Cost of help’."
    assert found.charts[0].title == "‘Cost of help’ moves the answer most"
    first = found.charts[0].table.iloc[0]
    assert (first["At the low end"], first["At the high end"], first["Swing"]) == (
        "£9,000",
        "−£2,000",
        "£11k",
    )
    assert found.table.iloc[0]["swing"] == 11_000


def test_a_tornado_that_turns_nothing_and_one_of_chance_say_so() -> None:
    two = (number(TAKE_UP), number(COST))
    base = np.array([-5_000.0, -5_400.0, -4_600.0, -5_000.0])
    ends = np.stack([np.stack([base - 900, base + 900]), np.stack([base[::-1] + 1, base[[1, 0, 3, 2]]])])
    found = tornado_answer(two, base, ends, words(), "help")
    assert found.sentences[0].startswith("As written ‘Help’ loses £5,000 (mean of 4 runs).")
    assert found.sentences[1] == (
        "No single number turns the answer round within its range; several together may."
    )
    assert found.sentences[2].startswith("1 of 2 numbers move it no more than chance would in 4 runs")
    assert found.charts[0].table["More than chance"].tolist() == ["yes", "not clear"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-700.0, "‘Help’ loses £700: the answer turns round."),
        (700.0, "‘Help’ gains £700."),
    ],
)
def test_another_reading_has_a_sentence_a_bar_and_a_row(value: float, said: str) -> None:
    found = tornado_answer(
        (number(COST),),
        runs(5_000),
        runs([[6_000, 4_000]]),
        words(),
        "help",
        {"It does nothing": runs(value)},
    )
    assert (
        found.sentences[-1] == f"With the evidence read as ‘It does nothing’, and all else as written, {said}"
    )
    chart = found.charts[0]
    last = chart.table.iloc[-1]
    assert last["Number"] == "Evidence read as ‘It does nothing’" and last["At the low end"] == n.money(value)
    assert any("It does nothing" in str(note.text) for note in chart.figure.layout.annotations)
    assert any(trace.type == "bar" and trace.x[0] == value - 5_000 for trace in chart.figure.data)


X = np.array([0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def switched(gains: Sequence[float], worth: float = 0.0, spread: float = 0.0, x: Floats = X) -> Answer:
    """What is said of take-up, which is written as 70%, when the design gains so much along `x`."""
    return switching_answer(
        [number(TAKE_UP, "Take-up")], x[None], runs([gains], spread), words(worth=worth), "help"
    )


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        # above now, and better with more of it
        ([-20, -10, 10, 20, 30, 40], "‘Help’ stops saving money if ‘Take-up’ falls below 55%"),
        # above now, and better with less of it
        ([40, 30, 20, 10, -10, -20], "‘Help’ stops saving money if ‘Take-up’ rises above 75%"),
        # below now, and better with more of it
        ([-50, -40, -30, -10, 10, 20], "‘Help’ starts saving money only if ‘Take-up’ rises above 75%"),
        # below now, and better with less of it
        ([20, 10, -10, -20, -30, -40], "‘Help’ starts saving money only if ‘Take-up’ falls below 55%"),
    ],
)
def test_a_switching_value_reads_right_whichever_way_it_turns(gains: list[float], said: str) -> None:
    found = switched(gains)
    assert found.sentences[0] == f"{said}. As written it is 70%."
    row = found.table.iloc[0]
    assert row["status"] == "crosses" and f"{row['at']:.0%}" in said and row["written"] == pytest.approx(0.7)
    chart = found.charts[0]
    assert chart.title == f"It turns at {row['at']:.0%}" and chart.alt == found.sentences[0]
    assert chart.table["Take-up"].tolist() == ["40%", "50%", "60%", "70%", "80%", "90%"]
    assert chart.table["Mean net benefit"].tolist() == [n.money(each) for each in gains]
    assert chart.figure.layout.shapes[0].x0 == pytest.approx(100 * row["at"])


@pytest.mark.parametrize(
    ("gains", "spread", "said"),
    [
        (
            [10, 20, 30, 40, 50, 60],
            0.0,
            "‘Help’ goes on saving money wherever ‘Take-up’ lies between 40% and 90%.",
        ),
        (
            [-1, -2, -3, -4, -5, -6],
            0.0,
            "‘Help’ does not start saving money wherever ‘Take-up’ lies between 40%",
        ),
        ([0, 0, 0, 0, 0, 0], 0.0, "For ‘Take-up’ (40% to 90%)"),
        ([10, 20, 30, 40, 50, 60], 100.0, "chance is too large to say where it turns"),
    ],
)
def test_a_number_that_turns_nothing_has_a_sentence_and_no_chart(
    gains: list[float], spread: float, said: str
) -> None:
    found = switched(gains, spread=spread)
    if "(" in said:
        said = said.replace("(40% to 90%)", "(between 40% and 90%)")
    assert said in found.sentences[0] and not found.charts


def test_a_switching_value_has_its_interval_by_chance_and_what_a_crisis_is_worth() -> None:
    found = switched([-20, -10, 10, 20, 30, 40], worth=5_000, spread=2.0)
    row = found.table.iloc[0]
    low, high = (number(TAKE_UP).text(row[name]) for name in ("low", "high"))
    assert row["low"] < row["at"] < row["high"]
    assert found.sentences[0].startswith("‘Help’ stops being worth its cost if ‘Take-up’ falls below 55%")
    assert f"(95% confidence interval by chance of the runs: {low} to {high})" in found.sentences[0]


def test_a_number_that_turns_twice_says_so_and_the_turning_ones_come_first() -> None:
    assert (
        "; it turns again elsewhere. As written it is 70%."
        in switched([10, -10, -20, -10, -5, 10]).sentences[0]
    )
    two = [number(COST, "Cost of help"), number(TAKE_UP, "Take-up")]
    at = np.stack([np.linspace(5_000, 12_000, 6), X])
    found = switching_answer(two, at, runs([[5] * 6, [-20, -10, 10, 20, 30, 40]]), words(), "help")
    assert [each.split("‘")[2].split("’")[0] for each in found.sentences] == ["Take-up", "Cost of help"]


def test_screening_names_what_moves_the_answer() -> None:
    walks = morris.trajectories(20, 3, 1)
    results = walks @ np.array([1_000.0, 20_000.0, 0.0])
    labels = words(parameters={"a": "A", "b": "B", "c": "C"})
    found = screening_answer(["a", "b", "c"], walks, results, labels, "help")
    assert found.sentences[0] == (
        "These move ‘Help’ most over their whole ranges, on average: ‘B’ (£20k), ‘A’ (£1,000), ‘C’ (£0)."
    )
    assert found.sentences[1].startswith("Numbers vary independently of each other here")
    assert found.charts[0].title == "‘B’ moves the answer most"
    assert found.charts[0].table["mu*"].tolist() == ["£20k", "£1,000", "£0"]
    few = screening_answer(["a", "b", "c"], walks[:4], results[:4], labels, "help")
    assert few.sentences[-1].startswith("4 trajectories are too few to trust the order: take 20")


def test_screening_says_what_depends_on_other_numbers() -> None:
    walks = morris.trajectories(30, 2, 1)
    results = (walks[..., 0] - 0.5) * (walks[..., 1] - 0.5) * 1e4
    found = screening_answer(["a", "b"], walks, results, words(), "help")
    assert "depends much on the other numbers" in found.sentences[1]


def test_shares_are_those_of_the_table_and_make_a_whole() -> None:
    made = sobol.design(512, 2, 1)
    results = 3_000 * made.points[:, 0] + 1_000 * made.points[:, 1]
    labels = words(parameters={"a": "A", "b": "B"})
    found = shares_answer(["a", "b"], made, results, labels, "help")
    first = found.table.iloc[0]
    assert first["place"] == "a" and first["first"] == pytest.approx(0.9, abs=0.03)
    assert found.sentences[0].startswith(f"‘A’ alone makes {first['first']:.0%} of the spread")
    assert f"({first['first_low']:.0%} to {first['first_high']:.0%})" in found.sentences[0]
    assert f"{first['total']:.0%} together with others" in found.sentences[0]
    assert found.charts[0].title == "‘A’ makes the largest share of the spread"
    none = shares_answer(["a", "b"], made, np.zeros(len(made.points)), labels, "help")
    assert none.sentences == ("‘Help’ comes to the same throughout: no number matters.",) and not none.charts


def failing(
    gains: Floats, inputs: Floats, places: tuple[str, ...] = (COST, TAKE_UP), worth: float = 0.0
) -> Answer:
    known = {COST: number(COST, "Cost of help"), TAKE_UP: number(TAKE_UP, "Take-up")}
    told = words(
        worth=worth,
        draws=len(gains),
        parameters={COST: "Cost of help", TAKE_UP: "Take-up", READING: "Reading"},
    )
    return failing_answer(inputs, places, gains, told, "help", known, ("It does nothing", "It does half"))


def drawn(draws: int = 1_000) -> Floats:
    random = np.random.default_rng(7)
    return np.column_stack([random.uniform(7_000, 11_000, draws), random.uniform(0.5, 0.85, draws)])


def test_failing_names_the_combination_and_counts_the_draws() -> None:
    inputs = drawn()
    fails = (inputs[:, 0] > 10_000) & (inputs[:, 1] < 0.6)
    found = failing(np.where(fails, -1.0, 1.0), inputs)
    assert found.sentences[0] == f"‘Help’ saves no money in {fails.sum():,} of 1,000 draws."
    row = found.table.iloc[0]
    assert f"In {round(row['coverage'] * fails.sum()):,} of these" in found.sentences[1]
    assert re.search("‘Cost of help’ is £(9,9|10,0)[0-9]{2} per place per year or more", found.sentences[1])
    assert re.search(r"‘Take-up’ is (59|60)(\.\d)?% or less", found.sentences[1])
    assert (
        f"it fails in {row['density']:.0%} of draws, against {fails.mean():.0%} in all" in found.sentences[2]
    )
    assert set(found.table["side"]) == {"at or above", "at or below"}


def test_failing_with_a_reading_names_the_reading() -> None:
    inputs = np.column_stack([drawn()[:, 0], np.tile([0.0, 1.0, 0.0, 2.0], 250)])
    found = failing(np.where(inputs[:, 1] == 2, -1.0, 1.0), inputs, (COST, READING))
    assert found.sentences[1] == "In 250 of these the evidence is read as ‘It does half’."
    assert "saves no money in 250 of 1,000 draws" in found.sentences[0]


def test_failing_as_the_file_is_written_says_as_written() -> None:
    inputs = np.column_stack([drawn()[:, 0], np.tile([0.0, 1.0], 500)])
    found = failing(np.where(inputs[:, 1] == 0, -1.0, 1.0), inputs, (COST, READING))
    assert "the evidence is not read as ‘" in found.sentences[1]


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        (np.full(1_000, -1.0), "‘Help’ saves no money in any of 1,000 draws: no combination is needed"),
        (np.full(1_000, 0.0), "‘Help’ saves no money in any of 1,000 draws: no combination is needed"),
        (np.full(1_000, 1.0), "‘Help’ gains in every one of 1,000 draws: none fails."),
        (np.tile([1.0, -1.0], 20), "40 draws are too few to see a combination: take 500 or more."),
        (np.tile([1.0, -1.0], 500), "No combination of numbers stands out"),
    ],
)
def test_failing_that_has_no_combination_says_why(gains: Floats, said: str) -> None:
    found = failing(gains, drawn(len(gains)))
    assert said in " ".join(found.sentences) and not len(found.table)
    assert (
        "in any of" not in said or "is not worth its cost" in failing(gains, drawn(), worth=10).sentences[0]
    )


@pytest.mark.parametrize(
    ("middle", "title"),
    [
        (0.675, "Two numbers decide whether ‘Help’ pays"),
        (0.2, "‘Help’ pays wherever these two numbers lie"),
        (1.2, "‘Help’ does not pay wherever these two lie"),
    ],
)
def test_the_map_says_whether_the_answer_turns_on_it(middle: float, title: str) -> None:
    inputs = drawn()
    gain = 1e5 * (inputs[:, 1] - middle) - (inputs[:, 0] - 9_000)
    chart = break_even_chart(
        break_even(inputs[:, 0], inputs[:, 1], gain),
        number(COST, "Cost of help"),
        number(TAKE_UP, "Take-up"),
        words(),
        "help",
        Here(9_000, 0.7),
    )
    assert chart is not None and chart.title == title
    assert "as written the numbers are £9,000 per place per year and 70%" in chart.alt
    star = next(trace for trace in chart.figure.data if trace.type == "scatter")
    assert (list(star.x), list(star.y)) == ([9_000], [70])
    assert len(chart.table) == 5 and len(chart.table.columns) == 6
    notes = {note.text for note in chart.figure.layout.annotations}
    assert ("worth more than it costs" in notes) == ("does not" not in title)
    assert "NaN" not in json.dumps(chart.figure.to_plotly_json()["layout"], default=str)


# ---- bars


def test_bars_begin_at_the_middle_and_have_their_text_beyond_their_end() -> None:
    figure = bar_figure(
        [Bar("A", (Part(5, "low"), Part(30, "high", hatched=True))), Bar("B", (Part(20, "more"),), 4.0)],
        "£",
        10.0,
        "as written: £10",
    )
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [(bar.base[0], bar.base[0] + bar.x[0]) for bar in bars] == [(10, 5), (10, 30), (10, 20)]
    texts = {trace.text[0].strip("\u2002"): trace for trace in figure.data if trace.type == "scatter"}
    assert [(texts[name].x[0], texts[name].textposition) for name in ("low", "high", "more")] == [
        (5, "middle left"),
        (30, "middle right"),
        (24, "middle right"),
    ]
    assert bars[0].marker.color != bars[1].marker.color and bars[1].marker.pattern.shape
    assert bars[2].error_x.array == (4.0,) and bars[2].error_x.visible and not bars[0].error_x.visible
    notes = [note.text for note in figure.layout.annotations]
    assert notes == ["A", "B", "as written: £10"]
    low, high = figure.layout.xaxis.range
    assert low < 5 and high > 30
    assert bars[0].y == bars[1].y and bars[0].y[0] > bars[2].y[0], (
        "both ends on one line, the first row above"
    )


def test_bars_of_one_side_waste_no_room_on_the_other() -> None:
    low, high = bar_figure([Bar("A", (Part(100, "£100"),))], "£").layout.xaxis.range
    assert -5 < low < 0 and high > 120
    assert bar_figure([], "£").layout.height > 0
    low, high = bar_figure([Bar("A", (Part(0, "£0"),))], "£").layout.xaxis.range
    assert low < 0 < high


# ---- labels are shown, never obeyed

HOSTILE = "<img src=x onerror=alert(1)> <a href='javascript:x'>&lt; $x^2$ %{x}"


def matter(label: str, chosen: Words) -> list[Answer]:
    """All answers about single numbers, with every number of this label."""
    one, other = number(COST, label), number(TAKE_UP, label)
    inputs = drawn(400)
    gain = 1e5 * (inputs[:, 1] - 0.675) - (inputs[:, 0] - 9_000)
    walks, made = morris.trajectories(12, 2, 1), sobol.design(64, 2, 1)
    weigh = np.array([1_000.0, 300.0])
    map_of = break_even_chart(
        break_even(inputs[:, 0], inputs[:, 1], gain), one, other, chosen, "help", Here(9_000, 0.7)
    )
    assert map_of is not None
    known = decided()[1]
    return [
        tornado_answer((one, other), runs(5), runs([[9, -3], [4, 6]]), chosen, "help", {label: runs(-3)}),
        switching_answer([other], X[None], runs([[-20, -10, 10, 20, 30, 40]]), chosen, "help"),
        screening_answer([COST, TAKE_UP], walks, walks @ weigh, chosen, "help"),
        shares_answer([COST, TAKE_UP], made, made.points @ weigh, chosen, "help"),
        failing_answer(inputs, (COST, TAKE_UP), gain, chosen, "help", {COST: one, TAKE_UP: other}, (label,)),
        each_answer(decided()[0], (COST, TAKE_UP), known, chosen),
        study_answer(decided()[0][:, 0] / 10 + 0.7, other, known, chosen, Study(), 10.0),
        Answer("map", "Where?", ("There.",), map_of.table, (map_of,)),
    ]


def test_no_label_reaches_a_figure_as_markup() -> None:
    labels = {name: f"{HOSTILE} {name}" for name in ("now", "help")}
    told = words(
        designs=labels,
        cost=HOSTILE,
        effect=HOSTILE,
        one=HOSTILE,
        parameters=dict.fromkeys((COST, TAKE_UP), HOSTILE),
        worth=100,
    )
    found = [
        *matter(HOSTILE, told),
        *[make(SAVES, told) for make in (best_answer, worth_answer, plane_answer, regret_answer)],
    ]
    seen = 0
    for chart in (chart for each in found for chart in each.charts):
        for said in strings(json.loads(chart.figure.to_json())):
            seen += "&lt;img" in said
            rest = re.sub("<br>|<extra>|</extra>", "", said)
            assert "<" not in rest and "$" not in rest, (chart.name, said)
    assert seen >= 10


def test_no_label_is_read_as_a_template_of_what_is_under_the_pointer() -> None:
    told = words(designs={"now": "Now %{y}", "help": "Help %{x}"}, worth=100)
    makers: list[Callable[[Choices, Words], Answer]] = [
        best_answer,
        worth_answer,
        plane_answer,
        regret_answer,
    ]
    for make in makers:
        for trace in (trace for chart in make(SAVES, told).charts for trace in chart.figure.data):
            template = str(trace.hovertemplate or "")
            assert "Now %{y}" not in template and "Help %{x}" not in template, (make.__name__, template)


def test_labels_stand_whole_in_sentences_and_tables() -> None:
    told = words(designs={"now": "As it is", "help": HOSTILE})
    found = net_benefit_answer(SAVES, SAVES, told)
    assert found.sentences[0].startswith(f"‘{HOSTILE}’ gains £50")
    assert found.charts[0].table.iloc[0]["Design"] == HOSTILE


# ---- of real runs


@cache
def asked() -> dict[str, api_doubt.Asked]:
    scenario = doubtful()
    found = {
        "uncertainty": api_doubt.uncertainty(scenario, draws=16, workers=1),
        "information": api_doubt.information(scenario, draws=128, workers=1, study=TAKE_UP),
    }
    for method, size in (("one", None), ("morris", 4), ("sobol", 8), ("failure", 128)):
        found[method] = api_doubt.sensitivity(scenario, method=method, size=size, replications=2, workers=1)
    return found


@pytest.mark.parametrize("name", ["uncertainty", "information", "one", "morris", "sobol", "failure"])
@pytest.mark.parametrize("worth", [0.0, 30_000.0])
def test_answers_of_real_runs_are_whole_and_their_names_their_own(name: str, worth: float) -> None:
    found = asked()[name].at(worth=worth).answers
    for each in found:
        if each.name not in ("failing", "break_even"):  # there may be no combination, and a map has gaps
            whole([each])
        assert each.question.endswith("?")
        assert re.fullmatch("[a-z_]+", each.name)
        for section in each.sections:
            assert all(len(row) == len(section.columns) for row in section.rows)
    charts = [chart.name for each in found for chart in each.charts]
    assert len(set(charts)) == len(charts) and len({each.name for each in found}) == len(found)


def test_sentences_of_real_runs_have_the_numbers_of_their_tables() -> None:
    found = {each.name: each for each in asked()["uncertainty"].answers}
    row = found["net_benefit"].table.iloc[1]
    assert n.money(abs(row["gain"]), prose=True) in found["net_benefit"].sentences[0]
    assert f"It gains in {row['better']:,} of 16 draws" in found["net_benefit"].sentences[0]
    row = found["plane"].table.iloc[0]
    assert n.money(abs(row["cost"]), prose=True) in found["plane"].sentences[0]
    assert row["cost"] == pytest.approx(-found["net_benefit"].table.iloc[1]["gain"])
    one = {each.name: each for each in asked()["one"].answers}
    row = one["tornado"].table.iloc[0]
    for name in ("base", "at_low", "at_high"):
        assert n.money(abs(row[name]), prose=True) in one["tornado"].sentences[0]
    assert "With the evidence read as ‘It does nothing’" in one["tornado"].sentences[-1]
    assert len(one["switching"].sentences) == len(one["switching"].table) == api_doubt.MOST_TURNING


def test_an_outcome_as_the_effect_reads_as_english() -> None:
    found = api_doubt.uncertainty(doubtful(), draws=8, workers=1, effect="demand_avoided", worth=1_000)
    said = " ".join(sentence for each in found.answers for sentence in each.sentences)
    for wrong in ("more more of", "fewer more of", "more less of", "of of", "avoided avoided"):
        assert wrong not in said, said
