"""From a scenario to numbers: draws of uncertain numbers, months, timelines, segments, observed shares,
readings.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.engine.competing import WayOut, cumulative_incidence
from simulator.engine.compile import compile_model
from simulator.engine.model import Model
from simulator.engine.simpy_engine import simulate
from simulator.scenario.distributions import Distribution
from simulator.scenario.load import load_text
from simulator.scenario.problems import ScenarioError
from tests.engine.worked import DAY, document, history_of, model_of, service
from tests.scenarios_at_random import as_text

DRAWS = 1500


def sampled(place: str, draws: int = DRAWS, **sections) -> np.ndarray:
    """The samples of one place of the file in draws 1, 2, ..."""
    scenario = load_text(as_text(document(**sections)))
    return np.array([compile_model(scenario, draw=draw).sampled[place] for draw in range(1, draws + 1)])


def step_values(model: Model, number: int) -> list[float]:
    return model.step_value[model.steps_first[number] : model.steps_last[number] + 1].tolist()


# Draws --------------------------------------------------------------------------------------------------------------


def test_without_a_draw_every_number_is_as_written():
    model = model_of(services={"s": service(take_up="60% (40% to 80%)")})
    assert model.sampled == {} and step_values(model, model.take_up[1, 0, 0, 0]) == [0.6]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("60% (40% to 80%)", "beta"),
        ("{value: 60%, range: 40% to 80%, distribution: uniform}", "uniform"),
        ("{value: 50%, range: 40% to 80%, distribution: triangular}", "triangular"),
    ],
)
def test_a_share_is_drawn_as_said(number, expected):
    """Kolmogorov's distance of 1,500 draws from the distribution of LANGUAGE section 2; p > 0.001, with a
    fixed seed.
    """
    full = (
        {"value": number}
        if not number.startswith("{")
        else dict(part.split(": ") for part in number[1:-1].split(", "))
    )
    take_up = number if not number.startswith("{") else full
    found = sampled("services.s.take_up", services={"s": service(take_up=take_up)})
    sd = 0.4 / 3.92
    spread = 0.6 * 0.4 / sd**2 - 1
    exact = {
        "beta": stats.beta(0.6 * spread, 0.4 * spread),
        "uniform": stats.uniform(0.4, 0.4),
        "triangular": stats.triang(0.25, 0.4, 0.4),
    }
    assert stats.kstest(found, exact[expected].cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("section", "place", "exact"),
    [
        (
            {
                "services": {
                    "s": service(effects={"e": {"on": ["a -> b"], "hazard_ratio": "0.6 (0.4 to 0.9)"}})
                }
            },
            "services.s.effects.e.hazard_ratio",
            stats.lognorm(math.log(0.9 / 0.4) / 3.92, scale=0.6),
        ),
        (
            {"services": {"s": service(length="20 days (10 to 40)")}},
            "services.s.length",
            stats.gamma((20 * 3.92 / 30) ** 2, scale=20 / (20 * 3.92 / 30) ** 2),
        ),
        (
            {"arrive": {"a": "100 per year (60 to 160)"}},
            "people.arrive.a.rate",
            stats.gamma((100 * 3.92 / 100) ** 2, scale=100 / (100 * 3.92 / 100) ** 2),
        ),
    ],
)
def test_ratios_are_lognormal_times_and_rates_gamma(section, place, exact):
    found = sampled(place, **{"transitions": {"a -> b": {"exponential": "50 days"}}, **section})
    assert stats.kstest(found, exact.cdf).pvalue > 1e-3
    # The sd of 1,500 draws is off by 2% or so (more for a long tail): a tenth is 4 standard errors.
    assert found.std() == pytest.approx(exact.std(), rel=0.1)


def test_a_plain_number_by_name_is_drawn_as_what_it_is_used_as():
    """A ratio stays above 0 however wide its range, also when it stands under `numbers`."""
    sections = {
        "numbers": {"strength": "0.6 (0.1 to 1.5)"},
        "transitions": {"a -> b": {"exponential": "50 days"}},
    }
    sections["services"] = {"s": service(effects={"e": {"on": ["a -> b"], "hazard_ratio": "strength"}})}
    scenario = load_text(as_text(document(**sections)))
    found = [float(compile_model(scenario, draw=draw).pair_ratio[1, 0, 0]) for draw in range(1, 1001)]
    assert min(found) > 0
    assert stats.kstest(found, stats.lognorm(math.log(1.5 / 0.1) / 3.92, scale=0.6).cdf).pvalue > 1e-3


def test_a_named_number_is_one_sample_wherever_it_is_used_and_under_every_design():
    sections = {
        "numbers": {"willing": "60% (40% to 80%)"},
        "services": {
            "s": service(take_up="willing"),
            "t": service(take_up="willing", referral={"share": "50% (30% to 70%)"}),
        },
        "designs": {"other": {"services": {"t": {"length": "3 days (2 to 5)"}}}},
    }
    scenario = load_text(as_text(document(**sections)))
    for draw in (1, 2):
        base, other = compile_model(scenario, "now", draw=draw), compile_model(scenario, "other", draw=draw)
        assert (
            step_values(base, base.take_up[1, 0, 0, 0])
            == step_values(base, base.take_up[1, 1, 0, 0])
            == [base.sampled["numbers.willing"]]
        )
        assert base.sampled.items() <= other.sampled.items(), "an uncertain number more moves no other"
        assert "services.t.length" in other.sampled and "services.t.length" not in base.sampled
    draws = {compile_model(scenario, draw=draw).sampled["numbers.willing"] for draw in range(1, 20)}
    assert len(draws) == 19
    assert compile_model(scenario, draw=3, seed=1).sampled != compile_model(scenario, draw=3, seed=2).sampled


def test_correlated_numbers_have_the_rank_correlation_asked_for_and_keep_their_own_distribution():
    """Spearman's rank of 1,500 pairs has a standard error of (1 - 0.36) / sqrt(1500) = 0.017 or so: within
    0.06.
    """
    sections = {
        "numbers": {"x": "60% (40% to 80%)", "y": "50% (30% to 70%)"},
        "correlations": [{"of": ["x", "y"], "rank": "0.6"}],
        "services": {"s": service(take_up="x", referral={"share": "y"})},
    }
    scenario = load_text(as_text(document(**sections)))
    pairs = np.array(
        [
            [compile_model(scenario, draw=draw).sampled[f"numbers.{name}"] for name in "xy"]
            for draw in range(1, DRAWS + 1)
        ]
    )
    assert stats.spearmanr(pairs[:, 0], pairs[:, 1]).statistic == pytest.approx(0.6, abs=0.06)
    spread = 0.5 * 0.5 / (0.4 / 3.92) ** 2 - 1
    assert stats.kstest(pairs[:, 1], stats.beta(0.5 * spread, 0.5 * spread).cdf).pvalue > 1e-3


def test_a_draw_in_which_two_shares_cross_takes_the_nearest_times():
    """20% by day 20 and 24% by day 40, each give or take 10: in some draws the first is the larger. Refused
    as written, run as drawn.
    """
    within = {"within": {"20 days": "20% (10% to 30%)", "40 days": "24% (14% to 34%)"}}
    scenario = load_text(
        as_text(document(transitions={"a -> b": within}, services={"s": service(length=within)}))
    )
    models = [compile_model(scenario, draw=draw) for draw in range(1, 31)]
    crossed = [
        model
        for model in models
        if model.sampled["transitions.a -> b.within.0"] >= model.sampled["transitions.a -> b.within.1"]
    ]
    assert crossed and all(model.gaps for model in crossed)
    wrong = {"within": {"20 days": "30%", "40 days": "24%"}}
    with pytest.raises(ScenarioError, match="a share must rise"):
        model_of(transitions={"a -> b": wrong})


# Arrivals -----------------------------------------------------------------------------------------------------------


def rates(model: Model) -> list[tuple[float, float]]:
    [stream] = model.streams
    return [(when / DAY, value) for when, value in stream.rate]


def test_months_are_scaled_to_a_mean_of_1_and_begin_on_their_firsts():
    """From 1 April: ratio 3 in June, else 1, of mean 14/12; 120 a year is 120 x 12/14 in April and May and
    3 times that in June.
    """
    ratios = ["1"] * 5 + ["3"] + ["1"] * 6
    found = rates(model_of(arrive={"a": {"rate": "120 per year", "by_month": ratios}}, warm_up="10 days"))
    base = 120 * 12 / 14
    assert [day for day, _ in found[1:]] == [61, 91]
    assert [value for _, value in found] == pytest.approx([base, 3 * base, base])


def test_a_timeline_holds_from_its_dates_and_its_first_value_before_them_too():
    arrive = {"a": {"rate": {"start": "100 per year", "2027-04-11": "50 per year", "20 days": "0 per year"}}}
    assert rates(model_of(arrive=arrive, warm_up="5 days"))[1:] == [(10, pytest.approx(50)), (20, 0)]


def test_people_come_at_the_rate():
    """Poisson of mean 4,000: within 4 standard deviations, 253."""
    history = history_of(arrive={"a": "1000 per year"}, horizon="4 years")
    assert len(history.people) == pytest.approx(4000, abs=4 * 4000**0.5)
    gaps = np.diff(history.people["arrival"]) / DAY
    assert stats.kstest(gaps, stats.expon(scale=0.36525).cdf).pvalue > 1e-3


def test_every_and_at_are_exact():
    """Every 7 days from the beginning of the warm-up, first after one gap."""
    history = history_of(
        arrive={"a": {"every": "7 days"}, "b": {"at": ["3 days", "3 days", "100 days"]}},
        warm_up="10 days",
        horizon="20 days",
    )
    assert (history.people["arrival"] / DAY).tolist() == [-3, 3, 3, 4, 11, 18]


def test_profiles_have_the_product_of_their_shares():
    """Two groupings, independent: 4,000 people, chi-squared over 6 kinds at p > 0.001."""
    segments = {
        "age": {"child": "20%", "teen": "30%", "adult": "50%"},
        "area": {"north": "40%", "south": "60%"},
    }
    history = history_of(arrive={"a": "1000 per year"}, horizon="4 years", people={"segments": segments})
    seen = np.bincount(history.people["profile"], minlength=6)
    share = {"child": 0.2, "teen": 0.3, "adult": 0.5, "north": 0.4, "south": 0.6}
    expected = [math.prod(share[each] for each in members) * seen.sum() for members in history.segments]
    assert stats.chisquare(seen, expected).pvalue > 1e-3


# Needs --------------------------------------------------------------------------------------------------------------


def test_what_is_observed_comes_about_in_a_run():
    """22% to b within 100 days while c (mean 150 days) competes and teenagers go at 3 times the rate: of
    4,000 entrants, within 4 standard errors.
    """
    transitions = {
        "a -> b": {"within": {"100 days": "22%"}, "hazard_ratio": {"teenager": "3"}},
        "a -> c": {"exponential": "150 days"},
    }
    history = history_of(
        arrive={"a": "4000 per year"},
        horizon="1 year",
        transitions=transitions,
        people={"segments": {"age": {"teenager": "25%", "adult": "75%"}}},
    )
    stays = history.stay_table
    in_a = (stays["state"] == history.states.index("a")) & (stays["begin"] < 265 * DAY)
    following = {
        (int(p), int(t))
        for p, s, t in zip(stays["person"], stays["state"], stays["begin"], strict=True)
        if s == history.states.index("b")
    }
    went = [
        end - begin <= 100 * DAY and (int(p), int(end)) in following
        for p, begin, end in zip(stays["person"][in_a], stays["begin"][in_a], stays["end"][in_a], strict=True)
    ]
    assert len(went) > 2500
    assert np.mean(went) == pytest.approx(0.22, abs=4 * (0.22 * 0.78 / len(went)) ** 0.5)


@pytest.mark.parametrize("measure", ["risk_ratio", "odds_ratio"])
def test_a_reported_ratio_becomes_the_hazard_ratio_that_gives_it(measure):
    """Checked against the closed form: a -> b of mean 50 and a -> c of mean 80 days, by day 60."""
    model = model_of(
        transitions={"a -> b": {"exponential": "50 days"}, "a -> c": {"exponential": "80 days"}},
        services={"s": service(effects={"e": {"on": ["a -> b"], measure: "0.6", "by": "60 days"}})},
    )

    def share(ratio: float) -> float:
        rate = ratio / 50 + 1 / 80
        return ratio / 50 / rate * -math.expm1(-rate * 60)

    before, after = share(1), share(float(model.pair_ratio[1, 0, 0]))
    expected = 0.6 * before if measure == "risk_ratio" else (odds := 0.6 * before / (1 - before)) / (1 + odds)
    assert after == pytest.approx(expected, abs=1e-7)
    assert before == pytest.approx(
        cumulative_incidence(
            [WayOut(Distribution("exponential", (mean,)), (1.0,)) for mean in (50, 80)], [1], 60, [0]
        ),
        abs=1e-9,
    )


def test_what_cannot_be_reached_is_an_error_with_its_line():
    """60% to b and 60% to c by one day is more than everybody."""
    text = as_text(
        document(
            transitions={"a -> b": {"within": {"50 days": "60%"}}, "a -> c": {"within": {"50 days": "60%"}}}
        )
    )
    with pytest.raises(ScenarioError, match="cannot be reached") as caught:
        compile_model(load_text(text))
    [problem] = caught.value.problems
    assert text.splitlines()[problem.line - 1].strip().startswith('"a -> b"')


def test_a_parameter_split_beside_an_observed_share_is_refused_in_words():
    split = {"weibull": {"shape": {"child": "1.3", "adult": "1"}, "within": {"20 days": "30%"}}}
    with pytest.raises(ScenarioError, match=r"observed share|hazard_ratio|segments"):
        model_of(
            people={"segments": {"age": {"child": "50%", "adult": "50%"}}}, transitions={"a -> b": split}
        )


# Readings -----------------------------------------------------------------------------------------------------------


def test_a_reading_lies_over_every_design():
    sections = {
        "services": {"s": service(take_up="80%")},
        "designs": {"other": {"services": {"s": {"length": "3 days"}}}},
        "readings": {"gloomy": {"weight": "30%", "services": {"s": {"take_up": "20%"}}}},
    }
    scenario = load_text(as_text(document(**sections)))
    for design in ("now", "other"):
        for reading, take_up in (("gloomy", 0.2), (None, 0.8)):
            model = compile_model(scenario, design, reading=reading)
            assert step_values(model, model.take_up[1, 0, 0, 0]) == [take_up]
    assert simulate(compile_model(scenario, "other", reading="gloomy")).end == 100 * DAY


def test_times_in_an_overlay_multiply_the_number_and_its_range():
    sections = {
        "services": {"s": service(take_up="80% (70% to 90%)")},
        "designs": {"half": {"services": {"s": {"take_up": "times 0.5"}}}},
    }
    scenario = load_text(as_text(document(**sections)))
    model = compile_model(scenario, "half")
    assert step_values(model, model.take_up[1, 0, 0, 0]) == [0.4] and step_values(
        model, model.take_up[0, 0, 0, 0]
    ) == [0.8]
    draws = [
        compile_model(scenario, "half", draw=draw).sampled["services.s.take_up"] for draw in range(1, 400)
    ]
    assert min(draws) > 0.3 and max(draws) < 0.5
