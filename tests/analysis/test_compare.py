"""Differences between designs, how sure: ranges, paired intervals, and what is missing from a run."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.analysis.compare import compare, summary
from simulator.analysis.measures import COLUMNS, Measure, Measures

Row = tuple[str, int, str, str, str, int, float]


def measures(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def of(
    design: str,
    values: list[float | None],
    table: str = "people",
    measure: str = "arrived",
    item: str = "",
    year: int = 0,
) -> list[Row]:
    return [
        (design, number, table, item, measure, year, value)
        for number, value in enumerate(values)
        if value is not None
    ]


floats = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=12)


@given(floats)
def test_the_interval_of_the_mean_is_students_t_and_of_a_difference_the_paired_one(pairs):
    before, after = ([float(each[i]) for each in pairs] for i in (0, 1))
    frame = measures(*of("now", before), *of("other", after))
    row = compare(frame, "now", "other").iloc[0]
    change = np.array(after) - np.array(before)
    assert row["difference"] == pytest.approx(change.mean(), abs=1e-6)
    for found, values in ((row, change), (summary(frame).iloc[0], np.array(before))):
        size = values.std(ddof=1) / math.sqrt(len(values))
        half = stats.t.ppf(0.975, len(values) - 1) * size
        assert (found["ci_low"], found["ci_high"]) == pytest.approx(
            (values.mean() - half, values.mean() + half), rel=1e-9, abs=1e-6
        )
        assert (found["low"], found["high"]) == pytest.approx(
            tuple(np.quantile(values, [0.025, 0.975])), abs=1e-6
        )
        assert found["runs"] == len(pairs)
    assert (row["lower"], row["higher"]) == ((change < 0).sum(), (change > 0).sum())


def test_paired_differences_are_surer_than_the_designs_are():
    """Runs differ by hundreds, the design by 1 in each: the interval of the difference is a point."""
    row = compare(measures(*of("now", [100, 500, 900]), *of("other", [99, 499, 899])), "now", "other").iloc[0]
    assert (row["difference"], row["ci_low"], row["ci_high"], row["low"], row["high"]) == (-1, -1, -1, -1, -1)
    assert (row["lower"], row["higher"], row["runs"]) == (3, 0, 3)


def test_one_run_has_no_interval():
    row = compare(measures(*of("now", [3]), *of("other", [5])), "now", "other").iloc[0]
    assert (
        row["difference"] == row["low"] == row["high"] == 2
        and math.isnan(row["ci_low"])
        and math.isnan(row["ci_high"])
    )


def test_a_count_that_is_missing_from_a_run_is_nothing_and_a_share_is_not_known():
    """Run 1 has neither; a mean cost of (10 + 0) / 2, a mean wait of 10."""
    frame = measures(
        *of("now", [1, 1]), *of("now", [10, None], "costs", "budget"), *of("now", [10, None], "services", "wait_days", "s"),
        *of("other", [1, 1]), *of("other", [30, 40], "costs", "budget"), *of("other", [30, 40], "services", "wait_days", "s"),
    )  # fmt: skip
    table = compare(frame, "now", "other").set_index("measure")
    assert table.loc["budget", ["baseline", "design", "difference", "runs"]].tolist() == [5, 35, 30, 2]
    assert table.loc["wait_days", ["baseline", "design", "difference", "runs"]].tolist() == [10, 35, 20, 1]
    means = summary(frame).set_index(["design", "measure"])
    assert (
        means.loc[("now", "wait_days"), ["mean", "runs"]].tolist() == [10, 1]
        and means.loc[("now", "budget"), "mean"] == 5
    )


def test_a_measure_that_only_one_design_has_is_compared_with_nothing_or_not_known():
    frame = measures(
        *of("now", [1, 1]),
        *of("other", [1, 1]),
        *of("other", [7, 9], "costs", "budget", "new"),
        *of("other", [0.5, 0.5], "services", "reached", "new"),
    )
    table = compare(frame, "now", "other").set_index("measure")
    assert table.loc["budget", ["baseline", "difference"]].tolist() == [0, 8]
    assert table.loc["reached", "runs"] == 0 and math.isnan(table.loc["reached", "difference"])


def test_what_is_already_a_difference_is_not_compared_again():
    frame = measures(
        *of("now", [1]),
        *of("other", [1]),
        *of("other", [7], "savings", "cash_released"),
        *of("other", [0.2], "outcomes", "change", "o"),
    )
    table = compare(frame, "now", "other").set_index("measure")
    assert (
        table.loc["cash_released", ["baseline", "difference"]].tolist() == [0, 7]
        and table.loc["change", "difference"] == 0.2
    )


def test_years_are_kept_apart():
    frame = measures(
        *of("now", [1], "costs", "budget", "s", 2027),
        *of("now", [2], "costs", "budget", "s", 2028),
        *of("other", [5], "costs", "budget", "s", 2028),
    )
    table = compare(frame, "now", "other").set_index("year")
    assert table["difference"].to_dict() == {2027: -1, 2028: 3}


def test_a_design_that_was_not_run_and_a_measure_without_a_unit_are_refused():
    with pytest.raises(ValueError, match="`other` was not run"):
        compare(measures(*of("now", [1])), "now", "other")
    with pytest.raises(KeyError):
        Measures.of("now", 0, [Measure("people", "", "happiness", 1.0)])
    assert list(Measures.of("now", 0, [Measure("people", "", "arrived", 1)]).frame.columns) == list(COLUMNS)
