"""Ending early: when a contract is broken off, and what is owed then."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simulator.money.contract.breaks import break_date
from simulator.money.contract.termination import accrued, termination_pounds
from simulator.money.contract.terms import Break
from tests.money.contract.plain_terms import terms_of


def test_e23_what_is_owed_on_early_termination() -> None:
    owed = accrued(420_000, 0.06, 90)
    assert owed == pytest.approx(6_213.70, abs=0.005)
    held = {"principal": 420_000.0, "accrued_return": owed, "cash_held": 55_000.0, "run_off": 14 * 7_400.0}
    assert termination_pounds("none", **held, cap_room=380_000) == pytest.approx(371_213.70, abs=0.005)
    assert termination_pounds("none", **held, cap_room=300_000) == 300_000
    assert termination_pounds("provider", **held, cap_room=380_000) == 103_600
    assert termination_pounds("provider", **held, cap_room=100_000) == 100_000
    assert termination_pounds("funder", **held, cap_room=300_000, share=0.2) == pytest.approx(60_000)
    assert termination_pounds("none", principal=10_000, cash_held=55_000) == 0


# Half of each year's results are yes in the first year, a tenth in the second, all in the third.
KNOWN = np.concatenate([np.datetime64(f"{year}-10-01") + np.arange(10) for year in (2027, 2028, 2029)])
YES = np.array([True] * 5 + [False] * 5 + [True] + [False] * 9 + [True] * 10)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (Break("home", 0.4, first_months=12), dt.date(2029, 4, 1)),  # 6 of 20
        (Break("home", 0.3, first_months=12), None),
        (Break("home", 0.3, first_months=12, rolling_months=12), dt.date(2029, 4, 1)),  # 1 of 10
        (Break("home", 0.3, first_months=12, rolling_months=12, notice_months=6), dt.date(2029, 10, 1)),
        (
            Break("home", 0.3, first_months=12, rolling_months=12, cure_months=12),
            None,
        ),  # all of 2029's are yes
        (Break("home", 0.4, first_months=12, cure_months=3, notice_months=1), dt.date(2029, 8, 1)),
        (Break("home", 0.3, first_months=3, every_months=24, rolling_months=12), dt.date(2029, 7, 1)),
        (
            Break("home", 0.3, first_months=9, every_months=24, rolling_months=12),
            None,
        ),  # 2028's is never reviewed
        (
            Break("home", 0.99, first_months=6),
            dt.date(2028, 10, 1),
        ),  # the one known on the first review's day is a yes
        (Break("home", 1.0, first_months=1, every_months=100), None),  # nothing known yet
        (Break("home", 0.4, first_months=24, notice_months=60), None),  # it runs out before
    ],
)
def test_a_break_by_review_rolling_figure_cure_and_notice(rule: Break, day: dt.date | None) -> None:
    shuffled = np.random.default_rng(2).permutation(len(KNOWN))
    terms = terms_of(breaks=rule)
    assert break_date(terms, KNOWN[shuffled], YES[shuffled]) == day


def test_a_contract_without_a_break_runs_its_term() -> None:
    assert break_date(terms_of(), KNOWN, YES) is None
