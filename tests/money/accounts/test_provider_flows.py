"""When a provider pays its costs: to the penny, on the right days, with its own overhead, mobilisation, exit and VAT."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.accounts.provider_flows import Delivery, provider_rows
from simulator.money.accounts.statement import from_ledgers
from simulator.money.accounts.terms import Provider
from simulator.money.ledger import ROW, Item, Ledger

DELIVERY = Delivery(dt.date(2027, 4, 1), dt.date(2029, 3, 31), dt.date(2027, 4, 1))
EMPTY = np.zeros(0, ROW)
ITEMS = (
    Item("places", "Places", "p", "staff", "service", "s", "day", "places", 0.0, False, "2024"),
    Item("start", "Start", "p", "staff", "service", "s", "start", "variable", 0.0, False, "2024"),
    Item("care", "Care", "council", "outside", "state", "s", "day", "variable", 1.0, True, "2024"),
)


def costs(*rows: tuple[int, str, int]) -> Ledger:
    made = np.array([(i, 5, day, day, pence, pence // 2) for i, day, pence in rows], ROW)
    return Ledger("d", 0, ITEMS, made, EMPTY)


def ledger(provider: Provider, rows: list[tuple[int, str, int]], delivery: Delivery = DELIVERY) -> Ledger:
    return Ledger("d", 0, *provider_rows(provider, [costs(*rows)], delivery, "2024"), EMPTY)


def listed(found: Ledger) -> list[tuple[str, str, str, int]]:
    return [
        (found.items[row["item"]].name, str(row["earned_on"]), str(row["cash_on"]), int(row["nominal_pence"]))
        for row in found.rows
    ]


def test_net_pay_now_tax_on_the_22nd_of_the_next_month_supplies_in_30_days() -> None:
    found = ledger(
        Provider("p", "P"), [(0, "2027-12-03", 70_000), (0, "2027-12-31", 30_000), (2, "2027-12-31", 9)]
    )
    assert listed(found) == [
        ("p: delivery, net pay", "2027-12-31", "2027-12-31", 56_000),
        ("p: delivery, tax and pension", "2027-12-31", "2028-01-22", 24_000),
        ("p: delivery, supplies", "2027-12-31", "2028-01-30", 20_000),
    ]
    assert [(item.payer, item.payee) for item in found.items[:3]] == [
        ("p", "staff"),
        ("p", "hmrc"),
        ("p", "suppliers"),
    ]


def test_without_a_lag_tax_goes_with_the_pay() -> None:
    found = ledger(Provider("p", "P", staff_share=1.0, pay_lag=0), [(0, "2028-02-01", 100)])
    assert [paid for _, _, paid, _ in listed(found)] == ["2028-02-29"] * 2


def test_e13_vat_on_supplies_is_a_cost_where_the_service_is_exempt() -> None:
    provider = Provider("p", "P", staff_share=700 / 900, vat_on_supplies=0.2)
    rows = [(0, "2027-04-01", 90_000_000)]
    assert ledger(provider, rows).rows["nominal_pence"].sum() == 94_000_000
    taxed = Delivery(DELIVERY.begins, DELIVERY.ends, DELIVERY.mobilises, exempt=False)
    assert ledger(provider, rows, taxed).rows["nominal_pence"].sum() == 90_000_000


def test_e14_pay_from_the_cost_ledger() -> None:
    """E14's pay and overhead: 70% of pay in the month, the rest in the next one; overhead of supplies paid in its month."""
    pay = Provider("p", "P", staff_share=1.0)
    overhead = Provider("p", "P", staff_share=0.0, supply_terms=0, overhead_a_year=96_000)
    months = np.datetime64("2027-04") + np.arange(24)
    rows = [(0, f"{month}-01", 3_000_000 if n < 3 else 6_000_000) for n, month in enumerate(months)]
    income = Item("income", "Outcomes", "council", "p", "contract", "c", "claim", "once", 0.0, False, "2024")
    came = {9: 2_000_000, 10: 4_500_000, 11: 6_000_000} | dict.fromkeys(range(12, 24), 8_000_000)
    received = np.array([(0, -1, months[n], months[n], pence, 0) for n, pence in came.items()], ROW)
    parts = [
        provider_rows(pay, [costs(*rows)], DELIVERY, "2024"),
        provider_rows(overhead, [], DELIVERY, "2024"),
    ]
    ledgers = [Ledger("d", 0, *part, EMPTY) for part in parts]
    ledgers.append(Ledger("d", 0, (income,), received, EMPTY))
    found = from_ledgers("p", ledgers, 18_000_000, 4_000_000, dt.date(2027, 4, 1), 24)
    assert (found.low, found.low_month + 1, found.facility) == (-47_100_000, 13, 51_100_000)


def test_own_costs_in_money_of_the_day() -> None:
    provider = Provider(
        "p", "P", staff_share=0.0, overhead_a_year=1_200, mobilise_cost=100, exit_cost=50, vat_on_supplies=0.0
    )
    delivery = Delivery(dt.date(2027, 6, 1), dt.date(2027, 7, 31), dt.date(2027, 3, 1))
    items, rows = provider_rows(provider, [], delivery, "2024", [1.0, 1.0, 1.0, 1.1, 1.2])
    found = [
        (items[row["item"]].name, str(row["earned_on"]), int(row["nominal_pence"]), int(row["real_pence"]))
        for row in rows
    ]
    assert found == [
        ("p: overhead, supplies", "2027-06-30", 11_000, 10_000),
        ("p: overhead, supplies", "2027-07-31", 12_000, 10_000),
        ("p: mobilisation, supplies", "2027-03-31", 3_333, 3_333),
        ("p: mobilisation, supplies", "2027-04-30", 3_334, 3_334),
        ("p: mobilisation, supplies", "2027-05-31", 3_333, 3_333),
        ("p: exit, supplies", "2027-07-31", 6_000, 5_000),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(-40, 900), st.integers(1, 10**9)), max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 2),
)
def test_no_penny_of_a_months_cost_is_lost(
    made: list[tuple[int, int, int]], staff: float, on_costs: float, lag: int
) -> None:
    start = np.datetime64("2027-04-01")
    rows = [(kind, str(start + day), pence) for kind, day, pence in made]
    found = ledger(Provider("p", "P", staff_share=staff, on_costs=on_costs, pay_lag=lag), rows)
    for view in ("nominal_pence", "real_pence"):
        cost: dict[str, int] = {}
        for _, day, pence in rows:
            cost[day[:7]] = cost.get(day[:7], 0) + (pence if view == "nominal_pence" else pence // 2)
        paid = dict.fromkeys(cost, 0)
        for row in found.rows:
            paid[str(row["earned_on"])[:7]] += int(row[view])
        assert paid == pytest.approx(cost, abs=0 if view == "nominal_pence" else 4)
