"""Loans in the double entry: no expense of whoever pays them, no income of whoever gets them."""

import numpy as np

from simulator.money.ledger import ROW, Item, Ledger


def test_capital_is_a_loan_on_both_sides_and_a_return_is_income() -> None:
    items = tuple(
        Item(
            kind,
            kind,
            "investor",
            "charity",
            "investment",
            "senior",
            "deal",
            "contract",
            0.0,
            False,
            "",
            kind=kind,
        )
        for kind in ("capital", "return")
    )
    rows = np.zeros(2, ROW)
    rows["item"], rows["nominal_pence"], rows["real_pence"] = [0, 1], [500, 30], [500, 30]
    legs = Ledger("design", 0, items, rows, np.zeros(0, ROW)).legs()
    sums = legs.groupby(["party", "account"])[["debit", "credit"]].sum()
    assert tuple(sums.loc[("investor", "loan")]) == (500, 0)
    assert tuple(sums.loc[("charity", "loan")]) == (0, 500)
    assert tuple(sums.loc[("investor", "expense")]) == (30, 0)
    assert tuple(sums.loc[("charity", "income")]) == (0, 30)
    assert tuple(sums.loc[("charity", "bank")]) == (530, 0)
    assert legs["debit"].sum() == legs["credit"].sum()
