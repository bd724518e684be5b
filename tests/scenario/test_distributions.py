"""Times that vary: parameters from what studies state, hazards against scipy.stats, and tables within their
error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.engine.hazards import time_of
from simulator.engine.random_numbers import exponentials, key_of
from simulator.scenario.distributions import Distribution, DistributionError
from simulator.scenario.knots import table

SPAN = 20 * 365.25
HALF_SECOND = 0.5 / 86400

# Each with the same thing in scipy.stats, an implementation that shares no code with ours but the special
# functions.
SCIPY = {
    "exponential": (Distribution("exponential", (400.0,)), stats.expon(scale=400)),
    "weibull rising": (Distribution("weibull", (300.0, 2.5)), stats.weibull_min(2.5, scale=300)),
    "weibull falling": (Distribution("weibull", (300.0, 0.4)), stats.weibull_min(0.4, scale=300)),
    "weibull narrow": (Distribution("weibull", (300.0, 60.0)), stats.weibull_min(60, scale=300)),
    "gamma": (Distribution("gamma", (50.0, 4.0)), stats.gamma(4, scale=50)),
    "gamma falling": (Distribution("gamma", (1800.0, 0.15)), stats.gamma(0.15, scale=1800)),
    "lognormal": (Distribution("lognormal", (200.0, 0.9)), stats.lognorm(0.9, scale=200)),
    "lognormal wide": (Distribution("lognormal", (200.0, 3.0)), stats.lognorm(3, scale=200)),
    "uniform": (Distribution.uniform(30, 90), stats.uniform(30, 60)),
    "uniform short": (Distribution.uniform(0, 0.04), stats.uniform(0, 0.04)),
    "triangular": (Distribution.triangular(10, 40, 200), stats.triang(30 / 190, 10, 190)),
    "triangular falling": (Distribution.triangular(0, 0, 200), stats.triang(0, 0, 200)),
    "triangular rising": (Distribution.triangular(5, 200, 200), stats.triang(1, 5, 195)),
}
every_family = pytest.mark.parametrize(("ours", "scipys"), SCIPY.values(), ids=SCIPY.keys())


def probability(knots, x):
    """Distribution function of a table at times that are no knots (below the last)."""
    return -np.expm1(-np.interp(x, knots.x, knots.h))


@every_family
def test_hazard_and_mean_are_scipys(ours, scipys):
    x = scipys.ppf(np.concatenate((np.geomspace(1e-9, 0.1, 40), np.linspace(0.1, 0.999, 60))))
    # 1e-9 relative: what cancellation in scipy's logsf for small x leaves.
    np.testing.assert_allclose(ours.integrated_hazard(x), -scipys.logsf(x), rtol=1e-9, atol=1e-15)
    assert ours.mean() == pytest.approx(scipys.mean(), rel=1e-10)
    assert ours.has_hazard


@every_family
def test_time_at_undoes_integrated_hazard(ours, scipys):
    h = np.geomspace(1e-8, 30, 200)
    x = ours.time_at(h)
    # Near a bounded end, neighbouring floats of x are far apart in hazard: compare times, to 1e-9 of the
    # spread.
    np.testing.assert_allclose(x, scipys.isf(np.exp(-h)), rtol=1e-7, atol=1e-9 * scipys.std())
    back = ours.time_at(ours.integrated_hazard(x))
    np.testing.assert_allclose(back, x, rtol=1e-9, atol=1e-12 * scipys.std())


@pytest.mark.parametrize(("k", "z"), [(4.0, 900.0), (0.15, 800.0), (30.0, 2000.0)])
def test_gamma_hazard_goes_on_where_its_probability_underflows(k, z):
    # Upper bound and lower bound of the incomplete gamma's tail (Qi and Mei; DLMF 8.10): z^k e^-z /
    # Gamma(k+..) order.
    exact = z - (k - 1) * math.log(z) + math.lgamma(k) - math.log1p((k - 1) / z + (k - 1) * (k - 2) / z**2)
    # 1e-6: the expansion's next term is ((k-1)/z)^3 < 4e-6 of 1, beside a hazard of 800 and more.
    assert float(Distribution("gamma", (1.0, k)).integrated_hazard(z)) == pytest.approx(exact, rel=1e-6)


def test_fixed_and_any_of_lie_in_atoms():
    fixed, some = Distribution.fixed(5), Distribution.any_of((4, 1, 2, 1))
    assert (fixed.mean(), some.mean()) == (5, 2)
    assert not fixed.has_hazard
    assert not some.has_hazard
    assert fixed.integrated_hazard([0, 4.999, 5, 6]).tolist() == [0, 0, math.inf, math.inf]
    left = np.exp(-some.integrated_hazard([0.9, 1, 1.9, 2, 3.9, 4]))
    np.testing.assert_allclose(left, [1, 0.5, 0.5, 0.25, 0.25, 0], rtol=1e-14)  # rounding of exp(log)
    assert some.atoms()[0] == (1.0, math.log(2))
    assert some == Distribution.any_of([1, 1, 2, 4])
    assert table(fixed, SPAN).x.tolist() == [0, 5, 5]
    assert table(fixed, SPAN).h.tolist() == [0, 0, math.inf]
    knots = table(some, SPAN)
    assert knots.x.tolist() == [0, 1, 1, 2, 2, 4, 4]
    np.testing.assert_allclose(np.exp(-knots.h), [1, 1, 0.5, 0.5, 0.25, 0.25, 0], rtol=1e-14)
    assert some.time_at([0.0, 0.1, math.log(2), 1.0, 9.0]).tolist() == [0, 1, 1, 2, 4]


def test_exponential_table_is_two_exact_knots():
    knots = table(Distribution("exponential", (14.0,)), SPAN)
    assert (knots.x.tolist(), knots.h.tolist(), knots.error) == ([0, 14], [0, 1], 0)


@every_family
@pytest.mark.parametrize("multiplier", [1 / 8, 1.0, 8.0])
def test_tables_are_within_their_error_of_scipy(ours, scipys, multiplier):
    knots = table(ours, SPAN)
    assert knots.error <= 1e-5
    assert len(knots.x) <= 4096
    assert np.all(np.diff(knots.x) >= 0)
    assert np.all(np.diff(knots.h) >= 0)
    bounded = math.isinf(knots.h[-1])
    end = min(SPAN, knots.x[-3] if bounded else knots.x[-1])
    x = np.concatenate((np.linspace(HALF_SECOND, end, 40_001), np.geomspace(HALF_SECOND, end, 40_001)))
    if bounded:
        x = x[scipys.sf(x) > 1e-10]  # beyond, scipy's triangular is 1 - cdf, with few digits left
    hazard = np.interp(x, knots.x, knots.h)
    if len(knots.x) == 2:
        hazard = x * knots.h[1] / knots.x[1]  # the exponential's last slope goes on
    gap = np.abs(np.exp(-multiplier * hazard) - np.exp(multiplier * scipys.logsf(x)))
    assert gap.max() <= 1e-5 if knots.error else gap.max() < 1e-12
    if bounded:  # who is left a quarter of a second before the end, or 1 in a million, goes at the end
        assert knots.x[-1] == ours.parameters[-1]
        assert knots.x[-1] - knots.x[-3] <= 0.2501 / 86400 + 1e-6 * (knots.x[-1] - ours.parameters[0])
        assert math.exp(-knots.h[-2]) <= 1.01e-6 or multiplier != 1


def test_a_table_stops_at_the_span_and_an_end_beyond_it_is_not_reached():
    knots = table(Distribution.uniform(0, 1000), 250.0)
    assert knots.x[-1] == 250
    assert knots.h[-1] == pytest.approx(-math.log(0.75), rel=1e-12)
    late = table(Distribution.uniform(500, 1000), 250.0)
    assert late.h.max() == 0
    assert time_of(late.x, late.h, 0, len(late.x) - 1, 0.1) == math.inf


@settings(max_examples=60, deadline=None)
@given(
    family=st.sampled_from(["weibull", "gamma", "lognormal"]),
    scale=st.floats(-3, 4),
    shape=st.floats(-1.2, 1.5),
    x=st.floats(0, 1),
)
def test_any_table_is_within_its_error(family, scale, shape, x):
    ours = Distribution(family, (10**scale, 10**-shape if family == "lognormal" else 10**shape))
    knots = table(ours, SPAN)
    assert knots.error <= 1e-5
    # Times by log, where knots lie, but inside the table.
    time = HALF_SECOND * max(1.0, min(knots.x[-1], SPAN) / HALF_SECOND) ** x
    if knots.x[-1] > HALF_SECOND:
        assert probability(knots, time) == pytest.approx(
            -math.expm1(-float(ours.integrated_hazard(time))), abs=1e-5
        )


def test_tables_are_kept_and_cannot_be_written_to():
    knots = table(Distribution("gamma", (50.0, 4.0)), SPAN)
    assert table(Distribution("gamma", (50.0, 4.0)), SPAN) is knots
    with pytest.raises(ValueError, match="read-only"):
        knots.x[0] = 1.0


def test_a_table_that_cannot_be_good_is_refused(monkeypatch):
    monkeypatch.setattr("simulator.scenario.knots._MOST_KNOTS", 40)
    table.cache_clear()
    with pytest.raises(DistributionError, match="40 knots do not follow"):
        table(Distribution("gamma", (50.0, 4.0)), SPAN)
    table.cache_clear()


@every_family
def test_sampled_durations_have_scipys_distribution(ours, scipys):
    knots = table(ours, SPAN * 1000)  # long enough that the widest is not cut
    last = len(knots.x) - 1
    draws = exponentials(key_of(11, 0), np.arange(20_000), 77, 0).tolist()
    xs, hs = knots.x.tolist(), knots.h.tolist()
    times = [time_of(xs, hs, 0, last, draw) for draw in draws]
    # Kolmogorov-Smirnov from half a second on (earlier times all round to 0 seconds and may lie anywhere
    # there): 1.95 / sqrt(n) is passed by chance once in 1,000, and the sample is fixed; the tables' 1e-5 is
    # far below.
    ordered = np.sort(times)
    later = ordered >= HALF_SECOND
    chance = scipys.cdf(ordered)
    rank = np.arange(20_000)
    gap = np.maximum((rank + 1) / 20_000 - chance, chance - rank / 20_000)[later]
    assert gap.max() < 1.95 / math.sqrt(20_000)


FORMS = {"weibull": stats.weibull_min, "gamma": stats.gamma, "lognormal": stats.lognorm}
PAIRS = [
    ("mean", "sd"),
    ("median", "sd"),
    ("within_early", "within_late"),
    ("median", "within_early"),
    ("sd", "within_early"),
    ("scale", "sd"),
    ("scale", "median"),
    ("scale", "within_early"),
    ("shape", "mean"),
    ("shape", "sd"),
    ("shape", "median"),
    ("shape", "scale"),
    ("shape", "within_late"),
]


def stated(frozen, scale, shape, names):
    """What a study of this scipy distribution would state under these names."""
    values = {
        "scale": scale,
        "shape": shape,
        "mean": frozen.mean(),
        "sd": frozen.std(),
        "median": frozen.median(),
    }
    points = {
        "within_early": (0.7 * scale, frozen.cdf(0.7 * scale)),
        "within_late": (2 * scale, frozen.cdf(2 * scale)),
    }
    given_ones = {name: values[name] for name in names if name in values}
    return given_ones | {"within": tuple(points[name] for name in names if name in points)}


# A lognormal has no scale and shape in the language.
ALLOWED = [
    (f, names) for f in FORMS for names in PAIRS if f != "lognormal" or not {"scale", "shape"} & set(names)
]


@pytest.mark.parametrize(("family", "names"), ALLOWED)
@pytest.mark.parametrize("shape", [0.4, 0.9, 1.6])
def test_two_parameters_find_the_distribution_that_has_them(family, shape, names):
    frozen = FORMS[family](shape, scale=300)
    given_ones = stated(frozen, 300.0, shape, names)
    found = Distribution.from_parameters(family, **given_ones)
    # 1e-6: the scipy moments and quantiles put in are themselves good to 1e-8 or so.
    assert found.parameters == pytest.approx((300.0, shape), rel=1e-6)


@pytest.mark.parametrize(
    "given_one",
    [
        {"mean": 20.0},
        {"sd": 20.0},
        {"scale": 20.0},
        {"median": 20 * math.log(2)},
        {"within": ((20.0, 1 - math.exp(-1)),)},
    ],
)
def test_exponential_from_any_one_parameter(given_one):
    assert Distribution.from_parameters("exponential", **given_one).parameters[0] == pytest.approx(
        20.0, rel=1e-14
    )


def test_weibull_from_two_points_in_closed_form():
    found = Distribution.from_parameters("weibull", within=((365.25, 0.4), (182.625, 0.1)))
    shape = math.log(math.log(0.6) / math.log(0.9)) / math.log(2)
    assert found.parameters == pytest.approx((365.25 * (-math.log(0.6)) ** (-1 / shape), shape), rel=1e-11)


def test_gamma_and_lognormal_from_mean_and_sd_in_closed_form():
    assert Distribution.from_parameters("gamma", mean=200, sd=50).parameters == pytest.approx(
        (12.5, 16.0), rel=1e-11
    )
    s = math.sqrt(math.log1p(0.25**2))
    found = Distribution.from_parameters("lognormal", mean=200, sd=50).parameters
    assert found == pytest.approx((200 * math.exp(-s * s / 2), s), rel=1e-11)


def test_two_answers_are_refused_and_both_are_named():
    # mean / scale of a Weibull is Gamma(1 + 1/k), which is 0.9 at two shapes, on either side of its least,
    # 2.1662.
    with pytest.raises(DistributionError, match="2 different weibull times") as error:
        Distribution.from_parameters("weibull", mean=90, scale=100)
    shapes = [
        float(word.strip("() ,:;")) for word in str(error.value).split("shapes")[1].split(":")[0].split("and")
    ]
    assert [math.gamma(1 + 1 / k) for k in shapes] == pytest.approx(
        [0.9, 0.9], abs=1e-4
    )  # four digits are shown
    # Two roots between neighbours of one grid point: 1e-9 above the least, 0.885603194410889.
    with pytest.raises(DistributionError, match="2 different"):
        Distribution.from_parameters("weibull", mean=88.5603195, scale=100)


@pytest.mark.parametrize(
    ("family", "given_ones", "message"),
    [
        (
            "weibull",
            {"mean": 88.0, "scale": 100.0},
            "no weibull time has a mean of 88 days and a scale of 100 days",
        ),
        ("lognormal", {"mean": 90.0, "median": 100.0}, "no lognormal time"),
        ("gamma", {"mean": 90.0, "median": 100.0}, "no gamma time"),
        ("exponential", {"mean": 1.0, "median": 1.0}, "needs 1"),
        ("weibull", {"mean": 1.0}, "needs 2 of its parameters, not 1"),
        ("gamma", {"mean": 1.0, "sd": 1.0, "shape": 1.0}, "needs 2 of its parameters, not 3"),
        ("lognormal", {"shape": 1.0, "mean": 1.0}, "lognormal takes no shape"),
        ("exponential", {"shape": 1.0}, "exponential takes no shape"),
        ("uniform", {"mean": 1.0}, "uniform is not given by"),
        ("weibull", {"within": ((10.0, 0.4), (20.0, 0.3))}, "must rise"),
        ("weibull", {"within": ((10.0, 0.4), (10.0, 0.5))}, "must rise"),
        ("exponential", {"within": ((10.0, 1.0),)}, "below 100%"),
        ("exponential", {"within": ((10.0, 0.0),)}, "above 0%"),
        ("exponential", {"mean": 0.0}, "must be above 0"),
        ("exponential", {"mean": math.nan}, "must be above 0"),
        ("exponential", {"mean": math.inf}, "must be above 0"),
        ("exponential", {"mean": -3.0}, "must be above 0"),
    ],
)
def test_impossible_descriptions_are_refused_in_words(family, given_ones, message):
    with pytest.raises(DistributionError, match=message):
        Distribution.from_parameters(family, **given_ones)


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        ("exponential", (math.nan,)),
        ("exponential", (0.0,)),
        ("fixed", (-1.0,)),
        ("fixed", (math.inf,)),
        ("weibull", (1.0,)),
        ("weibull", (1.0, 0.001)),  # mean Gamma(1001): beyond any float
        ("lognormal", (1.0, 40.0)),
        ("uniform", (5.0, 5.0)),
        ("uniform", (5.0, 4.0)),
        ("uniform", (-1.0, 4.0)),
        ("triangular", (0.0, 5.0, 4.0)),
        ("any_of", ()),
        ("any_of", (1.0, math.nan)),
        ("beta", (1.0, 2.0)),
    ],
)
def test_impossible_parameters_are_refused(family, parameters):
    with pytest.raises(DistributionError):
        Distribution(family, parameters)


@pytest.mark.parametrize(
    "ours", [*(pair[0] for pair in SCIPY.values()), Distribution.fixed(3), Distribution.any_of((1, 2))]
)
def test_scaled_multiplies_every_time(ours):
    twice = ours.scaled(2.5)
    assert twice.mean() == pytest.approx(2.5 * ours.mean(), rel=1e-12)
    x = ours.mean() * np.array([0.1, 0.5, 0.99, 1.3])
    np.testing.assert_allclose(twice.integrated_hazard(2.5 * x), ours.integrated_hazard(x), rtol=1e-9)
    assert hash(twice.scaled(1.0)) == hash(twice)
    with pytest.raises(DistributionError):
        ours.scaled(0.0)


@pytest.mark.parametrize("gone_at", [1e-3, 1e-9, 1e-13])
def test_triangular_hazard_keeps_its_digits_near_the_end(gone_at):
    # Closed form S = (high - x)^2 / ((high - low)(high - mode)), which scipy's 1 - cdf cannot show.
    x = 200 - gone_at
    expected = -2 * math.log(200 - x) + math.log(190 * 160)
    assert float(Distribution.triangular(10, 40, 200).integrated_hazard(x)) == pytest.approx(
        expected, rel=1e-12
    )
