"""Draws, fees, distributions and recourse: E15, E17, E18's fund fee, and what holds of any investment."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.accounts.draws import Financed, finance
from simulator.money.accounts.finance_rows import finance_rows
from simulator.money.accounts.statement import from_ledgers
from simulator.money.accounts.terms import Action, Fees, Guarantor, Investment, Tranche
from simulator.money.ledger import ROW, Item, Ledger

FIRST = dt.date(2027, 4, 1)
UNTIL = dt.date(2029, 3, 31)
SENIOR = Tranche("senior", "fund", 2_000_000, 0.05)
JUNIOR = Tranche("junior", "charity", 500_000)
DEAL = Investment(
    into="vehicle",
    tranches=(SENIOR,),
    waterfall=(
        Action("pay_return", "senior"),
        Action("repay", "senior"),
        Action("share", shares=(("council", 1.0),)),
    ),
    recourse="limited",
    repays_from=dt.date(2029, 4, 1),
)
SPENT = np.array([5_000_000] * 24 + [0] * 12)
CAME = np.array([0] * 12 + [6_000_000] * 12 + [0] * 12)


def e15(deal: Investment = DEAL, least: int = 2_500_000, opening: int = 0) -> Financed:
    return finance(deal, FIRST, 36, CAME, SPENT, opening, least, UNTIL)


def adds_up(found: Financed) -> None:
    fees = sum(each.sum() for each in found.fees.values())
    into = found.opening + found.receipts.sum() + found.drawn
    assert into == found.payments.sum() + fees + found.distributed.sum() + found.closing[-1]


def test_e15_receipts_that_meet_delivery_recycle_the_money() -> None:
    found = e15()
    assert found.drawn == 62_500_000
    assert found.spend_over_drawn == pytest.approx(1.92)
    assert found.unfunded == 0
    adds_up(found)


def test_e15_receipts_kept_for_distribution() -> None:
    found = e15(replace(DEAL, recycle=False))
    assert found.drawn == 122_500_000
    adds_up(found)
    assert found.closing[-1] == 0


def test_a_buffer_of_a_month_keeps_the_least_cash_before_receipts_come() -> None:
    assert e15().low_points.min() < 2_500_000
    found = e15(replace(DEAL, buffer_months=1))
    assert found.low_points[:24].min() == 2_500_000


def test_more_than_the_commitment_is_never_drawn_and_the_run_fails() -> None:
    found = e15(replace(DEAL, tranches=(replace(SENIOR, amount=400_000),)))
    assert found.drawn == 40_000_000
    assert found.unfunded == 22_500_000
    assert found.unfunded_month == 7  # 8 x 50k and the 25k to keep is more than 400k
    adds_up(found)


def test_nothing_is_drawn_after_the_last_day_of_draws() -> None:
    found = e15(replace(DEAL, available_until=dt.date(2027, 9, 30)))
    assert found.drawn == 32_500_000 and found.unfunded == 30_000_000


def test_tranches_in_order_or_pro_rata() -> None:
    two = replace(DEAL, tranches=(JUNIOR, SENIOR))
    assert e15(two).draws.sum(axis=1).tolist() == [50_000_000, 12_500_000]
    assert e15(replace(two, by="pro_rata")).draws.sum(axis=1).tolist() == [12_500_000, 50_000_000]


def test_at_the_start_or_by_schedule() -> None:
    start = e15(replace(DEAL, draws="at_start"))
    assert start.draws[0, 0] == 200_000_000 and start.drawn == 200_000_000
    dated = ((dt.date(2027, 4, 10), 400_000.0), (dt.date(2027, 12, 1), 300_000.0))
    found = e15(replace(DEAL, draws="schedule", schedule=dated))
    assert np.flatnonzero(found.draws[0]).tolist() == [0, 8] and found.drawn == 70_000_000


def test_a_first_of_the_month_distributes_what_the_month_before_left() -> None:
    found = e15()
    assert found.log[0][0] == dt.date(2029, 3, 31)
    later = e15(replace(DEAL, repays_from=dt.date(2029, 4, 15)))
    assert later.log[0][0] == dt.date(2029, 4, 30)


def test_limited_recourse_leaves_the_partys_own_cash_alone_and_full_recourse_does_not() -> None:
    poor = replace(DEAL, tranches=(replace(SENIOR, amount=1_000_000),))
    nothing = np.zeros(36, np.int64)
    limited = finance(poor, FIRST, 36, nothing, SPENT, 80_000_000, 10_000_000, UNTIL)
    assert limited.distributed.sum() == 0
    assert limited.lost == (limited.drawn,) and limited.debt == (0,)
    full = finance(replace(poor, recourse="full"), FIRST, 36, CAME, SPENT, 100_000_000, 10_000_000, UNTIL)
    # 100 - 120 + 72 leaves 52, of which 10 is its least: everything else goes by the waterfall.
    assert full.closing[-1] == 10_000_000
    owing = finance(replace(poor, recourse="full"), FIRST, 36, nothing, SPENT, 80_000_000, 10_000_000, UNTIL)
    assert owing.debt[0] > owing.drawn > 0, "principal and return are a debt of the party"


def test_limited_recourse_distributes_only_above_the_partys_opening_cash() -> None:
    found = finance(DEAL, FIRST, 36, CAME * 2, SPENT, 80_000_000, 10_000_000, UNTIL)
    assert found.distributed[23] == 24_000_000 and found.closing[23] == 80_000_000


def test_receipts_kept_apart_are_all_that_is_distributed_while_delivering() -> None:
    deal = replace(DEAL, recycle=False, draws="at_start", repays_from=dt.date(2028, 6, 30))
    assert e15(deal).distributed[14] == 18_000_000


def test_a_reserve_of_coming_payments_is_kept_back_while_delivering() -> None:
    deal = replace(DEAL, reserve_months=3, repays_from=dt.date(2028, 6, 30))
    found = finance(deal, FIRST, 36, CAME * 4, SPENT, 0, 2_500_000, UNTIL)
    assert found.closing[14] == 2_500_000 + 3 * 5_000_000


def test_e17_the_pool_and_the_share_of_what_is_lost() -> None:
    spent = np.array([720_000_000] + [0] * 11)
    deal = replace(DEAL, tranches=(replace(SENIOR, amount=7_200_000),), repays_from=dt.date(2028, 3, 31))
    for guarantee, loss in (
        (Guarantor("b", pool=6_000_000), 1_200_000),
        (Guarantor("b", share=0.75), 1_800_000),
    ):
        found = finance(
            replace(deal, guarantee=guarantee), FIRST, 12, np.zeros(12, np.int64), spent, 0, 0, UNTIL
        )
        assert found.lost == (loss * 100,)
        dates, pence = found.of("senior")
        assert pence.sum() == -loss * 100 and dates[-1] == dt.date(2028, 3, 31)


def test_fees_by_hand() -> None:
    fees = Fees(0.01, 0.02, 0.03, 12_000, 6_000, 3_000, fund=0.02)
    deal = replace(DEAL, tranches=(replace(SENIOR, amount=1_200_000),), draws="at_start", fees=fees)
    spent = np.array([100] * 6)
    found = finance(deal, FIRST, 6, np.zeros(6, np.int64), spent, 0, 0, dt.date(2027, 9, 30))
    assert {name: each.tolist() for name, each in found.fees.items()} == {
        "arrangement": [1_200_000, 0, 0, 0, 0, 0],
        # The first month's is on all of the commitment, before the draw; then nothing is undrawn.
        "commitment": [0, 0, 200_000, 0, 0, 0],
        # 3% a year of 1.2m, for the two months since the draw and then for three.
        "management": [0, 0, 600_000, 0, 0, 900_000],
        "performance_management": [0, 0, 300_000, 0, 0, 300_000],
        "audit": [0, 0, 150_000, 0, 0, 150_000],
        "evaluation": [0, 0, 75_000, 0, 0, 75_000],
    }
    adds_up(found)
    assert [(flow.on, flow.pence) for flow in found.flows if flow.kind == "fund_fee"] == [(FIRST, -2_400_000)]
    assert found.of(net=True)[1].sum() == found.of()[1].sum() - 2_400_000


def test_e18_a_funds_fee_is_charged_each_year_until_the_last_flow() -> None:
    deal = replace(
        DEAL,
        tranches=(replace(SENIOR, amount=500_000),),
        fees=Fees(fund=0.02),
        repays_from=dt.date(2030, 10, 1),
    )
    spent = np.array([10_000_000, *[0] * 47])
    found = finance(deal, FIRST, 42, spent[:42] * 0 + 1_000_000, spent[:42], 0, 0, UNTIL)
    days = [flow.on for flow in found.flows if flow.kind == "fund_fee"]
    assert days == [dt.date(year, 4, 1) for year in (2027, 2028, 2029, 2030)]
    assert {flow.pence for flow in found.flows if flow.kind == "fund_fee"} == {-1_000_000}


def test_a_surplus_for_the_party_itself_stays_with_it() -> None:
    deal = replace(
        DEAL,
        waterfall=(Action("repay", "senior"), Action("share", shares=(("vehicle", 0.5), ("council", 0.5)))),
        distribute_months=6,
    )
    found = finance(deal, FIRST, 36, CAME * 3, SPENT, 0, 0, UNTIL)
    kept = sum(paid.pence for _, paid in found.log if paid.to == "vehicle")
    gone = sum(paid.pence for _, paid in found.log if paid.to == "council")
    assert gone > 0 and 0 <= kept - gone <= 1  # an odd penny goes to the first listed
    assert found.closing[-1] == kept
    adds_up(found)


def test_ledger_rows_give_the_same_bank_as_the_account() -> None:
    deal = replace(
        DEAL, tranches=(JUNIOR, SENIOR), buffer_months=1, fees=Fees(0.01, 0.01, 0.01, 5e3, 5e3, 5e3)
    )
    found = e15(deal)
    items, rows = finance_rows(found, "2024", [1.0, 1.1])
    assert (rows["real_pence"][rows["cash_on"] >= np.datetime64("2027-05-01")] * 1.1).sum() == pytest.approx(
        rows["nominal_pence"][rows["cash_on"] >= np.datetime64("2027-05-01")].sum(), rel=1e-7
    )
    own = (
        Item("in", "in", "council", "vehicle", "c", "c", "m", "once", 0, False, "2024"),
        Item("out", "out", "vehicle", "staff", "c", "c", "m", "once", 0, False, "2024"),
    )
    days = np.datetime64("2027-04") + np.arange(36)
    flat = [(0, -1, days[m], days[m], CAME[m], 0) for m in range(36) if CAME[m]]
    flat += [(1, -1, days[m], days[m], SPENT[m], 0) for m in range(36) if SPENT[m]]
    empty = np.zeros(0, ROW)
    ledgers = [Ledger("d", 0, own, np.array(flat, ROW), empty), Ledger("d", 0, items, rows, empty)]
    account = from_ledgers("vehicle", ledgers, 0, 2_500_000, FIRST, 36)
    assert (account.closing == found.closing).all()
    assert (account.low_points == np.minimum(found.low_points, found.closing)).all()
    assert from_ledgers("fund", ledgers, 0, 0, FIRST, 36).closing[-1] == found.of("senior")[1].sum()


def test_coupons_read_the_result_of_their_month() -> None:
    deal = replace(
        DEAL,
        tranches=(replace(SENIOR, rate=0.0),),
        waterfall=(Action("coupon_by_band", "senior", bands=((0.0, 0.0), (0.6, 0.12))),),
    )
    results = [0.5] * 24 + [0.7] * 12
    found = finance(
        replace(deal, repays_from=dt.date(2028, 4, 1)), FIRST, 36, CAME * 2, SPENT, 0, 0, UNTIL, results
    )
    assert [day for day, _ in found.log] == [dt.date(2030, 3, 31)]


@pytest.mark.parametrize("bad", ["short", "negative"])
def test_amounts_that_are_none(bad: str) -> None:
    came = CAME[:-1] if bad == "short" else -CAME
    with pytest.raises(ValueError):
        finance(DEAL, FIRST, 36, came, SPENT, 0, 0, UNTIL)


MONEY = st.lists(st.integers(0, 10**7), min_size=18, max_size=18)


@given(
    MONEY,
    MONEY,
    st.sampled_from(["as_needed", "at_start", "schedule"]),
    st.sampled_from(["pro_rata", "in_order"]),
    st.booleans(),
    st.sampled_from(["limited", "full"]),
    st.integers(0, 10**7),
    st.integers(0, 10**6),
    st.integers(0, 3),
    st.integers(1, 12),
)
def test_any_investment(
    came: list[int],
    spent: list[int],
    draws: str,
    by: str,
    recycle: bool,
    recourse: str,
    opening: int,
    least: int,
    months: int,
    every: int,
) -> None:
    deal = replace(
        DEAL,
        tranches=(replace(JUNIOR, amount=100_000.01), replace(SENIOR, amount=200_000, most_multiple=1.2)),
        waterfall=(
            Action("pay_return", "senior"),
            Action("repay", "senior"),
            Action("repay", "junior"),
            Action("fill_reserve", amount=100.0),
            Action("share", shares=(("investors", 0.5), ("vehicle", 0.3), ("council", 0.2))),
        ),
        draws=draws,
        schedule=((dt.date(2027, 6, 1), 90_000.0), (dt.date(2027, 9, 1), 500_000.0)),
        by=by,
        recycle=recycle,
        recourse=recourse,
        buffer_months=months,
        reserve_months=months,
        repays_from=dt.date(2027, 10, 1),
        distribute_months=every,
        fees=Fees(0.01, 0.02, 0.03, 100, 100, 100, 0.01),
        guarantee=Guarantor("foundation", share=0.5),
    )
    found = finance(deal, FIRST, 18, np.array(came), np.array(spent), opening, least, dt.date(2028, 6, 30))
    adds_up(found)
    assert (found.draws >= 0).all()
    assert (found.draws.sum(axis=1) <= [10_000_001, 20_000_000]).all()
    senior = sum(paid.pence for _, paid in found.log if paid.to == "senior")
    assert senior <= 1.2 * found.draws[1].sum() + 0.5
    council = sum(paid.pence for _, paid in found.log if paid.to == "council")
    inside = [flow.pence for flow in found.flows if flow.kind not in ("fund_fee", "guarantee")]
    assert sum(inside) == found.distributed.sum() - council - found.drawn
    if found.unfunded == 0:
        assert found.closing.min() >= 0
    Ledger("d", 0, *finance_rows(found, "2024"), np.zeros(0, ROW))
