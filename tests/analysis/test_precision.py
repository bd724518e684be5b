"""How many runs are enough: the interval by hand, the rule of the paper step by step, and that it keeps what it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.analysis.compare import compare, summary
from simulator.analysis.measures import Measures
from simulator.analysis.precision import (
    ENOUGH,
    NEAR_0,
    NO_SPREAD,
    NOT_KNOWN,
    NOT_YET,
    Precision,
    cumulative,
    judge,
    look_ahead,
)


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def test_mean_and_interval_of_five_runs_by_hand():
    # 1, 2, 3, 4, 5: mean 3, sd sqrt(10 / 4), t(4) at 97.5% is 2.776445 (any table of Student's t): 2.776445 x 1.581139 / sqrt 5.
    found = cumulative(column(1, 2, 3, 4, 5))
    assert found.mean[:, 0] == pytest.approx([1, 1.5, 2, 2.5, 3])
    assert found.sd[-1, 0] == pytest.approx(math.sqrt(2.5))
    assert found.half_width[-1, 0] == pytest.approx(1.963243, abs=1e-6)
    # Two runs: t(1) is 12.7062, and half of the difference is 12.7062 x 0.7071 / 1.4142.
    assert found.half_width[1, 0] == pytest.approx(12.7062 * 0.5, abs=1e-4)
    assert np.isnan(found.half_width[0, 0]) and np.isnan(found.sd[0, 0])


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)), min_size=1, max_size=30),
    st.sampled_from([0.0, 1e9]),
)
def test_after_each_run_it_is_what_numpy_and_scipy_say_of_the_runs_so_far(values, shift):
    found = cumulative(column(*(value + shift for value in values)))
    for row in range(len(values)):
        so_far = np.array([value + shift for value in values[: row + 1] if not math.isnan(value)])
        assert found.known[row, 0] == len(so_far)
        if len(so_far) > 1:
            sd = so_far.std(ddof=1)
            assert found.mean[row, 0] == pytest.approx(so_far.mean(), rel=1e-9, abs=1e-6)
            assert found.sd[row, 0] == pytest.approx(sd, rel=1e-6, abs=1e-6)
            half = stats.t.ppf(0.975, len(so_far) - 1) * sd / math.sqrt(len(so_far))
            assert found.half_width[row, 0] == pytest.approx(half, rel=1e-6, abs=1e-5)
        else:
            assert np.isnan(found.half_width[row, 0])


def test_it_is_the_interval_of_the_tables_of_a_comparison():
    rng = np.random.default_rng(5)
    before = rng.normal(100, 20, 25)
    after = before - rng.normal(10, 3, 25)
    keys = (("today", "crises", "", "number", 0), ("early", "crises", "", "number", 0))
    measures = Measures(keys, tuple(range(25)), np.column_stack([before, after]))
    single, paired = judge(np.column_stack([after, after - before]), Precision(1.0))
    table, change = summary(measures).iloc[1], compare(measures, "today", "early").iloc[0]
    assert single.interval == pytest.approx((table["ci_low"], table["ci_high"]))
    assert paired.interval == pytest.approx((change["ci_low"], change["ci_high"]))
    # On the same random numbers the difference is known far better than either figure.
    assert paired.half_width < single.half_width / 3


def plainly(values: np.ndarray, precision: Precision, fewest: int, limit: int) -> int | None:
    """The rule as the paper tells it, run by run."""
    n = fewest
    while True:
        ahead = limit if n <= 100 else limit * n // 100
        for k in range(max(ahead, limit) + 1):
            if n + k > len(values):
                return None
            so_far = values[: n + k]
            half = stats.t.ppf(0.975, len(so_far) - 1) * so_far.std(ddof=1) / math.sqrt(len(so_far))
            wide = precision.half_width * (abs(so_far.mean()) if precision.relative else 1)
            if half > wide or so_far.std(ddof=1) == 0:
                n = n + k + 1
                break
        else:
            return n


@given(
    st.integers(0, 10_000),
    st.integers(12, 260),
    st.sampled_from([0.1, 0.15, 0.2, 0.3, 0.5]),
    st.booleans(),
    st.sampled_from([0, 2, 5]),
    st.sampled_from([3, 10]),
)
def test_the_number_is_that_of_the_rule_done_run_by_run(seed, runs, width, relative, limit, fewest):
    values = np.random.default_rng(seed).exponential(1.0, runs)
    precision = Precision(width, relative)
    (found,) = judge(values[:, None], precision, fewest=fewest, limit=limit)
    assert found.at == plainly(values, precision, fewest, limit)
    assert (found.status == ENOUGH) == (found.at is not None)


def test_precise_for_a_moment_is_not_enough():
    # Ten values close together, then one far off, within the next five runs: the tenth was luck.
    calm = [10.0, 10.1, 9.9, 10.0, 10.1, 9.9, 10.0, 10.1, 9.9, 10.0]
    (hasty,) = judge(column(*calm, 10.1, 30.0), Precision(0.5), limit=0)
    assert (hasty.status, hasty.at) == (ENOUGH, 10)
    (careful,) = judge(column(*calm, 10.1, 30.0), Precision(0.5))
    assert careful.status == NOT_YET and careful.at is None
    # Precise still, but not for five runs yet: the 10th must be looked at until the 15th.
    (early,) = judge(column(*calm, 10.1), Precision(0.5))
    assert (early.status, early.needed) == (NOT_YET, 15)
    (sure,) = judge(column(*calm, 10.1, 9.9, 10.0, 10.1, 9.9), Precision(0.5))
    assert (sure.status, sure.at) == (ENOUGH, 10)


def test_the_look_ahead_grows_with_the_runs():
    assert [look_ahead(n) for n in (10, 100, 119, 120, 1_000)] == [5, 5, 5, 6, 50]


def test_two_hundred_runs_must_stay_precise_for_ten_more():
    # Half the interval of -1, 1, -1, ... falls at every second run; it is first as narrow as wanted at the 200th.
    values = np.tile([1.0, -1.0], 150)[:, None]
    precision = Precision(float(cumulative(values).half_width[199, 0]))
    assert judge(values, precision)[0].at == 200
    values[207] = 50.0
    assert judge(values[:212], precision)[0].at is None


def test_the_number_needed_is_predicted_from_the_spread():
    # Mean 0, sd 10 of 40 runs: t(39) is 2.022691, so for half a width of 1: (2.022691 x 10 / 1)^2 = 409.13.
    values = np.tile([10.0, -10.0], 20) * math.sqrt(39 / 40)
    (found,) = judge(values[:, None], Precision(1.0))
    assert (found.status, found.needed) == (NOT_YET, 410)
    assert found.sd == pytest.approx(10.0)
    # Known in every second run only: twice as many, with t(19) = 2.093024 of 20 known: (2.093024 x 10)^2 x 2 = 876.15.
    known = np.full(40, np.nan)
    known[::2] = np.tile([10.0, -10.0], 10) * math.sqrt(19 / 20)
    (found,) = judge(known[:, None], Precision(1.0))
    assert (found.known, found.needed) == (20, 877)


def test_what_is_predicted_is_about_what_it_takes():
    # From 100 of 4,000 normal values: the sd of the prediction is 2 / sqrt(2 x 99) = 14%, so that 50% is over 3 of them.
    values = np.random.default_rng(11).normal(50, 10, (4_000, 8))
    early = judge(values[:100], Precision(0.5))
    late = judge(values, Precision(0.5))
    for before, after in zip(early, late, strict=True):
        assert before.status == NOT_YET and after.status == ENOUGH
        assert before.needed == pytest.approx(after.at, rel=0.5)


def test_a_share_of_a_mean_that_may_be_0_is_refused():
    values = np.random.default_rng(3).normal(0.1, 10, 60)[:, None]
    assert judge(values, Precision(0.05, relative=True))[0].status == NEAR_0
    assert judge(values, Precision(0.5))[0].status == NOT_YET
    assert judge(column(*[1.0, -1.0] * 15), Precision(0.05, relative=True))[0].status == NEAR_0
    assert judge(values + 1_000, Precision(0.05, relative=True))[0].status == ENOUGH


def test_the_same_in_every_run_is_said_and_never_called_enough():
    for value in (0.0, 0.1, -3e12):
        (found,) = judge(column(*[value] * 30), Precision(0.05, relative=True))
        assert (found.status, found.half_width, found.at, found.settled) == (NO_SPREAD, 0.0, None, True)
    # Nine in ten times nothing happens: the first ten being alike proves nothing.
    (rare,) = judge(column(*[0.0] * 20, 1.0, *[0.0] * 4), Precision(0.001))
    assert rare.status == NOT_YET


def test_one_run_or_none_that_knows_says_nothing():
    for values in (column(4.0), column(4.0, math.nan), column(math.nan, math.nan), column(math.inf, 1.0)):
        (found,) = judge(values, Precision(1.0))
        assert found.status == NOT_KNOWN and not found.settled and math.isnan(found.half_width)


def test_huge_and_tiny_numbers_are_judged_without_a_warning():
    steps = np.random.default_rng(2).normal(1, 0.01, 40)[:, None]
    found = judge(np.hstack([steps * 1e-12, steps * 1e12]), Precision(0.05, relative=True))
    assert [each.at for each in found] == [10, 10]
    (beyond,) = judge(steps * 1e300, Precision(1.0))
    assert (beyond.status, beyond.needed) == (NOT_YET, None)


@given(st.integers(0, 1_000), st.floats(0.01, 100), st.integers(1, 200))
def test_a_wider_precision_never_needs_more_runs_and_the_unit_does_not_matter(seed, scale, runs):
    values = np.random.default_rng(seed).gamma(4, 1, (runs, 1))
    tight, wide = (judge(values, Precision(width))[0] for width in (0.3, 0.6))
    scaled = judge(values * scale, Precision(0.3 * scale))[0]
    assert scaled.status == tight.status
    if tight.at:
        assert wide.at is not None and wide.at <= tight.at
    if tight.needed and wide.needed and tight.needed > runs + 50:
        assert wide.needed <= tight.needed


def test_several_figures_are_judged_as_each_alone():
    values = np.random.default_rng(9).gamma(2, 3, (80, 3))
    precisions = [Precision(0.1, relative=True), Precision(2.0), Precision(0.01)]
    together = judge(values, precisions)
    assert together == tuple(judge(values[:, [k]], each)[0] for k, each in enumerate(precisions))
    with pytest.raises(ValueError, match="2 precisions"):
        judge(values, precisions[:2])


def test_the_interval_at_the_number_found_covers_the_true_mean():
    """Stopping by the data costs some coverage; looking ahead keeps that small.

    2,000 sets of exponential values (skewness 2, worse than sums over many people), wanted within 15% of the mean, which takes
    about 170. Their coverage has a standard error of 0.5 points; below 93% the rule would not do what it says.
    """
    values = np.random.default_rng(1).exponential(1.0, (600, 2_000))
    found = judge(values, Precision(0.15, relative=True))
    so_far = cumulative(values)
    at = np.array([each.at for each in found]) - 1
    which = np.arange(2_000)
    off = np.abs(so_far.mean[at, which] - 1.0)
    assert (so_far.half_width[at, which] <= 0.15 * so_far.mean[at, which]).all()
    assert (off <= so_far.half_width[at, which]).mean() > 0.93
    assert 140 < np.median(at) < 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5%", Precision(0.05, relative=True)),
        ("0.5%", Precision(0.005, relative=True)),
        ("3", Precision(3.0)),
        (" .25 ", Precision(0.25)),
        ("1,500", Precision(1500.0)),
        ("£100k", Precision(100_000.0, unit="£")),
        ("£1.5m", Precision(1.5e6, unit="£")),
        ("£1.5  million", Precision(1.5e6, unit="£")),
        ("£2bn", Precision(2e9, unit="£")),
        ("£100,000", Precision(100_000.0, unit="£")),
        ("2 points", Precision(0.02, unit="share")),
        ("1 point", Precision(0.01, unit="share")),
    ],
)
def test_a_precision_is_read_as_people_write_it(text, expected):
    found = Precision.of(text)
    assert found.half_width == pytest.approx(expected.half_width)
    assert (found.relative, found.unit) == (expected.relative, expected.unit)


@pytest.mark.parametrize(
    "text",
    ["", "five", "5 %%", "-3", "0", "0%", "£5%", "£2 points", "1,00", "nan", "inf", "3 crises", "9" * 400],
)
def test_what_is_no_precision_is_refused(text):
    with pytest.raises(ValueError, match="a precision is"):
        Precision.of(text)


def test_a_precision_must_fit_the_unit_of_its_figure():
    assert "not in pounds" in Precision.of("£3").refused_for("crises")
    assert "points" in Precision.of("3").refused_for("share")
    assert "only a share" in Precision.of("2 points").refused_for("days")
    for text, unit in (
        ("5%", "share"),
        ("3", "£"),
        ("£3", "£"),
        ("2 points", "share"),
        ("2 points", "share or mean"),
    ):
        assert Precision.of(text).refused_for(unit) == ""
