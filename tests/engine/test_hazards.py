"""Reading a table of integrated hazard: lines, flats, atoms, ends, and the two directions against each
other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.hazards import NEVER, hazard_at, seconds, time_of

INF = math.inf
EXPONENTIAL = ([0.0, 20.0], [0.0, 1.0])
FIXED = ([0.0, 5.0, 5.0], [0.0, 0.0, INF])
# One of 1, 2 and 4 days: after 1 day 2/3 are left, after 2 days 1/3.
H1, H2 = math.log(3 / 2), math.log(3)
LIST = ([0.0, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0], [0.0, 0.0, H1, H1, H2, H2, INF])
FLAT_END = ([0.0, 1.0, 3.0], [0.0, 2.0, 2.0])


def both(table, h=None, x=None):
    """The answer of one function, the same for lists, arrays, and the table in the middle of a longer one."""
    xs, hs = table
    n = len(xs)
    long = ([9.0, *xs, -7.0], [8.0, *hs, -6.0])
    answers = []
    for (a, b), first in (((xs, hs), 0), ((np.array(xs), np.array(hs)), 0), (long, 1)):
        last = first + n - 1
        answers.append(time_of(a, b, first, last, h) if x is None else hazard_at(a, b, first, last, x))
    assert answers[0] == answers[1] == answers[2]
    return float(answers[0])


@pytest.mark.parametrize(
    ("table", "h", "time"),
    [
        (EXPONENTIAL, 0.5, 10.0),
        (EXPONENTIAL, 3.0, 60.0),  # beyond the last knot the last slope goes on
        (EXPONENTIAL, 0.0, 0.0),
        (FIXED, 1e-300, 5.0),
        (FIXED, 37.0, 5.0),
        (FIXED, 0.0, 0.0),
        (LIST, H1 / 2, 1.0),
        (LIST, H1, 1.0),  # the smallest time with H >= h, not the end of the flat after it
        (LIST, math.nextafter(H1, 1), 2.0),
        (LIST, H2, 2.0),
        (LIST, 5.0, 4.0),
        (LIST, INF, 4.0),
        (FLAT_END, 2.0, 1.0),
        (FLAT_END, 2.1, INF),
        (([0.0, 0.0, 0.0], [0.0, 0.0, INF]), 0.1, 0.0),  # fixed: 0 days
    ],
)
def test_time_of(table, h, time):
    assert both(table, h=h) == time


@pytest.mark.parametrize(
    ("table", "x", "hazard"),
    [
        (EXPONENTIAL, 0.0, 0.0),
        (EXPONENTIAL, 10.0, 0.5),
        (EXPONENTIAL, 20.0, 1.0),
        (EXPONENTIAL, 50.0, 2.5),
        (FIXED, math.nextafter(5, 0), 0.0),
        (FIXED, 5.0, INF),  # right-continuous: the atom at 5 is used up at 5
        (FIXED, 6.0, INF),
        (LIST, 1.0, H1),
        (LIST, 1.9, H1),
        (LIST, 2.0, H2),
        (LIST, 4.0, INF),
        (FLAT_END, 2.0, 2.0),
        (FLAT_END, 9.0, 2.0),
        (EXPONENTIAL, -1.0, 0.0),
        (([0.0, 4.0], [0.0, INF]), 3.0, 0.0),  # a line to inf is an atom at its end
    ],
)
def test_hazard_at(table, x, hazard):
    assert both(table, x=x) == hazard


steps = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 1.0, 3.5]), st.sampled_from([0.0, 0.125, 1.0, 2.5])),
    min_size=1,
    max_size=12,
)


@given(steps=steps, ends_in_atom=st.booleans(), h=st.floats(0, 30))
def test_time_of_is_the_first_time_the_hazard_is_reached(steps, ends_in_atom, h):
    xs, hs = [0.0], [0.0]
    for dx, dh in steps:
        xs.append(xs[-1] + dx)
        hs.append(hs[-1] + dh)
    if ends_in_atom or xs[-1] == xs[-2]:
        xs.append(xs[-1])
        hs.append(INF)
    last = len(xs) - 1
    time = time_of(xs, hs, 0, last, h)
    assert time >= 0
    if time == INF:
        assert hs[-1] == hs[-2] < h
        return
    # Reached at that time and not a moment before: 1e-9 for the rounding of one line there and back.
    assert hazard_at(xs, hs, 0, last, time) >= h - 1e-9
    if time > 1e-6:
        assert hazard_at(xs, hs, 0, last, time - 1e-6) < h


@given(x=st.floats(0, 1e4), y=st.floats(0, 1e4))
def test_hazard_never_falls(x, y):
    xs, hs = LIST
    assert hazard_at(xs, hs, 0, 6, min(x, y)) <= hazard_at(xs, hs, 0, 6, max(x, y))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0.0, 0),
        (1.0, 86_400),
        (30.4375, 2_629_800),
        (0.5 / 86_400, 1),  # halves up
        (0.4999 / 86_400, 0),
        (INF, NEVER),
        (math.nan, NEVER),
        (3e13, NEVER),
    ],
)
def test_seconds(days, expected):
    assert seconds(days) == expected
    assert isinstance(seconds(days), int)
