"""What a payer pays, saves and owes by financial year, and what finance costs it: worked by hand."""

import numpy as np
import pytest

from simulator.money.returns.commissioner import Account, Comparators


def account(label: str, payments: list[int], own: int = 10, paid: list[int] | None = None) -> Account:
    released = [0, 50, 300, 400]
    return Account(
        label,
        2027,
        np.array(payments),
        np.array(payments if paid is None else paid),
        np.full(4, own),
        np.array(released),
    )


RESULTS = account("with investors", [0, 200, 300, 100], paid=[0, 120, 310, 170])


def test_by_financial_year() -> None:
    assert RESULTS.worst_year == 2029
    assert RESULTS.over(250).tolist() == [0, 0, 50, 0]
    assert RESULTS.net.tolist() == [-10, -160, -10, 290]  # cumulative: -10, -170, -180, 110
    assert RESULTS.maximum_exposure == 180
    assert RESULTS.first_year_ahead == 2030
    assert RESULTS.owed.tolist() == [0, 80, 70, 0]
    assert RESULTS.after(2029) == 170 and RESULTS.after(2030) == 0


def test_never_ahead() -> None:
    assert account("dear", [500, 500, 500, 500]).first_year_ahead is None


def test_the_premium_is_the_third_way_less_the_first() -> None:
    ways = Comparators(
        account("in-house", [130, 130, 130, 130], own=5), account("own reserves", [0, 180, 280, 90]), RESULTS
    )
    assert ways.premium == (600 + 40) - (520 + 20)
    assert ways.premium_by_year.tolist() == [-125, 75, 175, -25]


def test_years_must_match() -> None:
    with pytest.raises(ValueError, match="one amount for each financial year"):
        account("short", [1, 2, 3])
    shifted = Account("later", 2028, *[np.zeros(4, np.int64)] * 4)
    with pytest.raises(ValueError, match="same financial years"):
        Comparators(shifted, RESULTS, RESULTS)
