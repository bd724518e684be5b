"""The compiled loops of money against plain Python: pence, financial years, curves, the closing rule, sums of rows."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.engine import history as h
from simulator.engine.history import ROW as HISTORY_ROW
from simulator.money.calendar import financial_year
from simulator.money.compiled_closing import follow
from simulator.money.compiled_curves import (
    ABOVE,
    LARGER,
    area,
    areas,
    combine,
    in_use,
    moves,
    peak,
    values_at,
)
from simulator.money.compiled_ledger import financial_year as compiled_financial_year
from simulator.money.compiled_ledger import present_values, sums_by_year
from simulator.money.compiled_lines import FLOW
from simulator.money.compiled_pence import NO_AMOUNT, pence
from simulator.money.pence import to_pence

EPOCH = dt.date(1970, 1, 1)

# Pence


@given(st.floats(-1e12, 1e12, exclude_min=True, exclude_max=True))
@example(0.0)
@example(-0.0)
@example(1.005)
@example(-2.675)
@example(0.0049999999999)
@example(9_999_999_999.994999)
@example(999_999_999_999.99)
@example(5e-324)
def test_an_amount_is_the_same_pence_as_in_plain_python(pounds: float) -> None:
    assert pence(pounds) == to_pence(pounds)


@given(st.integers(-(10**12), 10**12), st.integers(-4, 4))
def test_half_pennies_and_their_neighbours_round_as_in_plain_python(halves: int, steps: int) -> None:
    pounds = halves / 200
    for _ in range(abs(steps)):
        pounds = math.nextafter(pounds, math.copysign(math.inf, steps))
    assert pence(pounds) == to_pence(pounds)


@pytest.mark.parametrize("pounds", [math.nan, math.inf, -math.inf, 1e12, -1e12, 1e300])
def test_what_plain_python_refuses_is_no_amount(pounds: float) -> None:
    assert pence(pounds) == NO_AMOUNT
    with pytest.raises(ValueError, match="finite"):
        to_pence(pounds)


# Days


def test_the_financial_year_of_every_day_from_1890_to_2110() -> None:
    first = dt.date(1890, 1, 1)
    for number in range(220 * 366):
        day = first + dt.timedelta(days=number)
        assert compiled_financial_year((day - EPOCH).days) == financial_year(day)


# Curves

END = 60
curves = st.lists(
    st.tuples(st.integers(-20, END), st.integers(0, 9)), min_size=1, max_size=12, unique_by=lambda step: step[0]
).map(sorted)  # fmt: skip
rising = st.lists(st.integers(-20, END), min_size=2, max_size=8, unique=True).map(sorted)


def arrays(curve: list[tuple[int, int]]) -> tuple[Any, Any]:
    return np.array([when for when, _ in curve], np.int64), np.array([value for _, value in curve], np.int64)


def at(curve: list[tuple[int, int]], second: int) -> int:
    return next((value for when, value in reversed(curve) if when <= second), curve[0][1])


@given(curves, rising)
def test_area_peak_and_values_are_those_second_by_second(curve, edges) -> None:
    times, values = arrays(curve)
    moments = np.array(edges, np.int64)
    seconds = [range(begin, end) for begin, end in pairwise(edges)]
    assert area(times, values, moments).tolist() == [
        sum(at(curve, each) for each in piece) for piece in seconds
    ]
    assert areas(times, values, moments).tolist() == area(times, values, moments).tolist()
    assert peak(times, values, moments).tolist() == [
        max(at(curve, each) for each in piece) for piece in seconds
    ]
    assert values_at(times, values, moments).tolist() == [at(curve, each) for each in edges]


@given(curves, curves)
def test_two_curves_are_combined_second_by_second(one, two) -> None:
    for how, plain in ((LARGER, max), (ABOVE, lambda a, b: max(a - b, 0))):
        times, values = combine(*arrays(one), *arrays(two), how)
        assert times.tolist() == sorted({when for when, _ in [*one, *two]})
        found = list(zip(times.tolist(), values.tolist(), strict=True))
        for second in range(-25, END + 5):
            assert at(found, second) == plain(at(one, second), at(two, second))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 20), st.integers(0, 9), st.booleans()), max_size=9)
)
def test_people_in_services_are_counted_second_by_second(stays) -> None:
    """stays: service, begin, length, and whether the run's end cuts it. Other rows of services count for nobody."""
    end, rows = (
        31,
        [
            (-9, 0, 1, h.REFERRED, h.JOINED),
            (3, 0, 1, h.OFF_LIST, h.GAVE_UP),
            (31, 0, 0, h.STILL_SERVICE, h.WAITING),
        ],
    )
    for person, (service, begin, length, cut) in enumerate(stays):
        rows.append((begin, person, service, h.STARTED, h.PLACE))
        rows.append(
            (end, person, service, h.STILL_SERVICE, h.IN)
            if cut
            else (begin + length, person, service, h.ENDED, h.COMPLETED)
        )
    table = np.array(sorted(rows, key=lambda row: row[0]), HISTORY_ROW)
    wanted = np.array([True, False, True])
    found = [column.tolist() for column in in_use(*moves(table, wanted), wanted, -10)]
    in_all = moves(table, np.ones(3, bool))
    assert [column.tolist() for column in in_use(*in_all, wanted, -10)] == found
    curve = list(zip(*found, strict=True))
    for second in range(-10, 30):
        assert at(curve, second) == sum(
            service != 1 and begin <= second and (cut or second < begin + length) for service, begin, length, cut in stays
        )  # fmt: skip
    assert found[0] == sorted(set(found[0])) and found[1][-1] == 0


# The closing rule

rules = st.tuples(
    st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.sampled_from([0.0, 0.5, 2.0]), st.integers(0, 3), st.booleans()
)  # fmt: skip


@given(st.lists(st.integers(0, 12), max_size=30), st.integers(0, 4), rules)
def test_the_compiled_closing_rule_is_the_one_that_its_text_says(demand, at_start, rule) -> None:
    """The text itself, as plain Python, is tested in test_stepped."""
    results = []
    for rule_of in (follow, follow.py_func):
        units, closes = np.full(len(demand), at_start), np.zeros(len(demand), bool)
        rule_of(np.array(demand, np.float64), units, closes, *rule)
        results.append((units.tolist(), closes.tolist()))
    assert results[0] == results[1]


# Sums of rows

flows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(10_000, 12_000), st.integers(0, 400), st.integers(1, 10**9), st.integers(0, 10**9)),
    max_size=20,
)  # fmt: skip


@given(flows)
def test_sums_by_year_and_present_values_are_those_row_by_row(rows) -> None:
    table = np.array(
        [(item, 0, day, day + later, nominal, real) for item, day, later, nominal, real in rows], FLOW
    )
    factor = 0.97 ** np.arange(3000)
    first, earned, paid = sums_by_year(table, 3)
    present = present_values(table, 3, 10_500, factor)
    for item in range(3):
        mine = [row for row in rows if row[0] == item]
        for year in range(1990, 2010):
            for found, delay in ((earned, 0), (paid, 1)):
                expected = sum(
                    nominal
                    for _, day, later, nominal, _ in mine
                    if financial_year(EPOCH + dt.timedelta(day + delay * later)) == year
                )
                inside = 0 <= year - first < found.shape[1]
                assert (found[item, year - first] if inside else 0) == expected
        assert present[item] == pytest.approx(
            sum(real / 100 * 0.97 ** max(day - 10_500, 0) for _, day, _, _, real in mine), rel=1e-12
        )


def test_a_day_without_a_factor_has_no_present_value() -> None:
    table = np.array([(0, 0, 20, 50, 1, 1)], FLOW)
    assert len(present_values(table, 1, 10, np.ones(10))) == 0
    assert present_values(table, 1, 10, np.ones(11)).tolist() == [0.01]
