"""A provider's cash: E14 in its three readings, ledgers read by cash day, and stress."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.accounts.flows import Flows, Line, flows_of
from simulator.money.accounts.statement import Statement, from_ledgers, statement
from simulator.money.accounts.stress import stressed
from simulator.money.calendar import add_months
from simulator.money.ledger import ROW, Item, Ledger

FIRST = dt.date(2027, 4, 1)
LINES = (Line("pay", "Pay"), Line("overhead", "Overhead"), Line("outcomes", "Outcomes", moves="outcomes"))
PAY = [30_000] * 3 + [60_000] * 21
RECEIPTS = {10: 20_000, 11: 45_000, 12: 60_000} | dict.fromkeys(range(13, 25), 80_000)


def flows(*amounts: tuple[int, int, float], lines: tuple[Line, ...] = LINES) -> Flows:
    """Flows on the 15th of months counted from 1: (line, month, pounds)."""
    line, month, pounds = zip(*amounts, strict=True)
    days = [add_months(dt.date(2027, 4, 15), each - 1) for each in month]
    pence = np.round(np.array(pounds) * 100).astype(np.int64)
    return Flows(lines, np.array(line), np.array(days, "datetime64[D]"), pence)


def e14(now: float = 0.7) -> Flows:
    """Example E14: a part of pay now, the rest a month later. What falls due after month 24 is left out, as in the example."""
    staff = [(0, month, -now * pay) for month, pay in enumerate(PAY, 1)]
    staff += [(0, month + 1, -(1 - now) * pay) for month, pay in enumerate(PAY[:-1], 1)]
    overhead = [(1, month, -8_000.0) for month in range(1, 25)]
    return flows(*staff, *overhead, *((2, month, float(pounds)) for month, pounds in RECEIPTS.items()))


def of(plan: Flows) -> Statement:
    return statement("the charity", plan, 18_000_000, 4_000_000, FIRST, 24)


def test_e14_as_planned() -> None:
    found = of(e14())
    assert (found.low, found.low_month + 1, found.low_on) == (-47_100_000, 13, dt.date(2028, 4, 1))
    assert found.status == "found"
    assert found.facility == 51_100_000
    assert found.closing[-1] == -25_900_000
    assert found.months_below_zero == 20
    assert found.said == "Cash of the charity is lowest in April 2028: -£471,000."


def test_e14_all_pay_a_month_in_arrears_flatters() -> None:
    found = of(e14(now=0.0))
    assert (found.low, found.low_month + 1, found.closing[-1]) == (-42_900_000, 13, -21_700_000)
    assert found.months_below_zero == 20


def test_e14_referrals_60_percent_is_still_falling() -> None:
    found = of(e14().scaled(referrals=0.6))
    assert (found.low, found.low_month + 1, found.closing[-1]) == (-74_100_000, 24, -69_300_000)
    assert found.status == "still_falling"
    assert found.facility is None
    assert found.months_below_zero == 20
    assert "still falling at the end of the months looked at (March 2029)" in found.said


def test_payments_come_before_receipts_in_a_month() -> None:
    found = statement("p", flows((0, 1, -100), (2, 1, 100)), 0, 0, FIRST, 2)
    assert found.low == -10_000 and found.closing.tolist() == [0, 0]


def test_a_draw_comes_before_what_it_pays_and_a_distribution_out_of_what_there_is() -> None:
    lines = (*LINES, Line("draw", "Draw", "capital"), Line("return", "Return", "return"))
    found = statement(
        "p", flows((3, 1, 100), (0, 1, -100), (2, 1, 50), (4, 1, -50), lines=lines), 0, 0, FIRST, 1
    )
    assert found.low == 0 and found.closing.tolist() == [0]
    assert (found.margin, found.returns) == (-5_000, -5_000)


def test_what_falls_due_later_is_in_the_margin_and_not_in_the_bank() -> None:
    found = statement("p", flows((0, 1, -100), (2, 3, 150)), 0, 0, FIRST, 2)
    assert found.closing.tolist() == [-10_000, -10_000]
    assert found.margin == 5_000
    assert found.status == "found"


def test_a_flow_before_the_first_month_is_refused() -> None:
    with pytest.raises(ValueError, match="missing from the opening cash"):
        statement("p", flows((0, 0, -100)), 0, 0, FIRST, 2)


def test_a_table_shows_only_lines_with_money() -> None:
    frame = of(e14()).frame()
    assert list(frame.columns) == [
        "month",
        "opening",
        "receipts: Outcomes",
        "payments: Pay",
        "payments: Overhead",
        "low point",
        "closing",
    ]
    assert frame["low point"].min() == -47_100_000


def item(name: str, payer: str, payee: str, behaviour: str = "staff") -> Item:
    return Item(
        name, name, payer, payee, "service", "help", "month", behaviour, 0.0, False, "2024", kind="income"
    )


def ledger(items: tuple[Item, ...], *rows: tuple[int, str, str, int]) -> Ledger:
    made = np.array([(i, -1, earned, paid, pence, pence) for i, earned, paid, pence in rows], ROW)
    return Ledger("as is", 0, items, made, np.zeros(0, ROW))


def test_ledgers_are_read_by_the_day_money_moves() -> None:
    costs = ledger(
        (
            item("places", "p", "staff"),
            item("other", "council", "outside"),
            item("start", "p", "staff", "variable"),
        ),
        (0, "2027-04-10", "2027-05-02", 100),
        (1, "2027-04-10", "2027-04-10", 999),
        (2, "2027-05-01", "2027-05-31", 10),
    )
    paid = ledger((item("outcomes", "council", "p"),), (0, "2027-04-30", "2027-06-01", 150))
    found = from_ledgers("p", [costs, paid], 50, 0, FIRST, 3, {"outcomes": "outcomes"})
    assert [(line.name, line.moves) for line in found.lines] == [
        ("places", "fixed"),
        ("start", "use"),
        ("outcomes", "outcomes"),
    ]
    assert found.closing.tolist() == [50, -60, 90]
    assert found.payments.tolist() == [[0, 100, 0], [0, 10, 0], [0, 0, 0]]
    assert found.receipts.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 150]]
    assert len(flows_of("nobody", [costs, paid]).line) == 0
    assert from_ledgers("nobody", [costs], 7, 0, FIRST, 2).closing.tolist() == [7, 7]


def test_stress_of_a_provider_with_fixed_places_a_cost_per_start_and_outcomes() -> None:
    lines = (*LINES, Line("start", "Start", moves="use"))
    plan = flows((0, 1, -600), (3, 1, -100), (2, 2, 1_000), lines=lines)
    found = stressed("p", plan, 100_000, 0, 20_000, FIRST, 6)
    assert found.statements["planned"].margin == 30_000
    assert found.losses == {"planned": 0, "outcomes": 10_000, "referrals": 6_000, "late": 0}
    assert found.reserves_at_risk == {"planned": 0.0, "outcomes": 0.5, "referrals": 0.3, "late": 0.0}
    assert found.break_even_outcomes == pytest.approx(0.7)
    assert found.break_even_referrals == pytest.approx(600 / 900)
    # 15 May and 60 days is 14 July: month 4.
    assert found.statements["late"].receipts[2].tolist() == [0, 0, 0, 100_000, 0, 0]
    at = found.break_even_referrals or 0.0
    assert abs(statement("p", plan.scaled(referrals=at), 0, 0, FIRST, 6).margin) <= 1


def test_break_even_where_more_makes_it_no_better() -> None:
    found = stressed("p", flows((0, 1, -600)), 0, 0, 0, FIRST, 1)
    assert found.break_even_outcomes is None and found.break_even_referrals is None
    assert found.reserves_at_risk["planned"] is None


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 12), st.integers(-(10**9), 10**9)), min_size=1, max_size=40
)


@given(AMOUNTS, st.integers(-(10**9), 10**9), st.randoms())
def test_the_bank_adds_up_and_the_order_of_rows_changes_nothing(
    amounts: list[tuple[int, int, int]], opening: int, shuffle: object
) -> None:
    def made(rows: list[tuple[int, int, int]]) -> Statement:
        return statement("p", flows(*((i, m, p / 100) for i, m, p in rows)), opening, 0, FIRST, 10)

    found = made(amounts)
    assert found.closing[-1] == opening + found.receipts.sum() - found.payments.sum()
    assert (found.opening[1:] == found.closing[:-1]).all()
    assert (found.low_points <= np.minimum(found.opening, found.closing)).all()
    assert found.margin == sum(pence for _, _, pence in amounts)
    other = list(amounts)
    shuffle.shuffle(other)  # type: ignore[attr-defined]
    again = made(other)
    assert (again.low_points == found.low_points).all() and (again.payments == found.payments).all()
