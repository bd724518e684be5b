"""What an investor gets, in one run and over many: worked examples E18 and E19, and what must always hold."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.prices import PriceIndex
from simulator.money.returns.across import across
from simulator.money.returns.investor import Flows, least_share_of_plan, returned

D = dt.date
E18 = Flows.of(
    [D(2027, 4, 1), D(2027, 10, 1), D(2028, 10, 1), D(2029, 10, 1), D(2030, 10, 1)],
    [-20_000_000, -20_000_000, 5_000_000, 25_000_000, 22_000_000],
)
FUND_FEES = Flows.of([D(year, 4, 1) for year in range(2027, 2031)], [-1_000_000] * 4)


def years_on(start: dt.date, *pence: int) -> Flows:
    return Flows.of([D(start.year + k, start.month, start.day) for k in range(len(pence))], list(pence))


def test_e18_every_figure_of_one_investment() -> None:
    found = returned(E18, committed=50_000_000)
    assert found.xirr.status == "ok" and found.xirr.rate == pytest.approx(0.10782159, abs=5e-9)
    assert (found.drawn, found.received, found.profit) == (40_000_000, 52_000_000, 12_000_000)
    assert found.multiple_on_drawn == pytest.approx(1.30)
    assert found.multiple_on_committed == pytest.approx(1.04)
    assert (found.peak, found.peak_on) == (40_000_000, D(2027, 10, 1))
    assert found.multiple_on_peak == pytest.approx(1.30)
    assert (found.first_receipt, found.payback) == (D(2028, 10, 1), D(2030, 10, 1))
    # 200k for 183 days, 400k for 366, 350k and 100k for 365 each, of 400k
    assert found.average_life == pytest.approx((200 * 183 + 400 * 366 + 450 * 365) / 400 / 365)


def test_e18_net_of_the_funds_fees() -> None:
    net = returned(E18.and_also(FUND_FEES))
    assert net.xirr.rate == pytest.approx(0.07019819, abs=5e-9)
    assert net.multiple_on_drawn == pytest.approx(1.1818, abs=5e-5)


def test_the_real_return_takes_inflation_off() -> None:
    found = returned(years_on(D(2027, 6, 1), -100_000, 0, 121_000), index=PriceIndex(2024, inflation=0.02))
    assert found.real is not None and found.real.rate is not None and found.xirr.rate is not None
    assert 1 + found.real.rate == pytest.approx(
        (1 + found.xirr.rate) / 1.02, abs=2e-4
    )  # 731 days in two years


def test_payments_in_come_before_receipts_on_a_day_so_that_the_peak_is_not_flattered() -> None:
    found = returned(Flows.of([D(2028, 1, 1), D(2028, 1, 1), D(2027, 1, 1)], [80, -30, -100]))
    assert (found.peak, found.peak_on) == (130, D(2028, 1, 1))


def test_nothing_back_is_a_total_loss_out_to_the_last_day() -> None:
    found = returned(Flows.of([D(2027, 1, 1)], [-100]), until=D(2029, 12, 31))
    assert (found.xirr.status, found.xirr.rate) == ("total_loss", -1.0)
    assert (found.multiple_on_drawn, found.payback, found.first_receipt) == (0.0, None, None)
    assert found.average_life == pytest.approx(3.0, abs=0.003)


def test_nothing_drawn_has_no_figure() -> None:
    found = returned(Flows.of([], np.zeros(0, np.int64)))
    assert (found.xirr.status, found.multiple_on_drawn, found.peak_on, found.average_life) == (
        "undefined",
        None,
        None,
        None,
    )


def test_payback_that_a_later_draw_undoes_is_not_payback() -> None:
    assert returned(years_on(D(2027, 1, 1), -100, 100, -50, 60)).payback == D(2030, 1, 1)


def test_pounds_are_refused_where_pence_are_meant() -> None:
    with pytest.raises(ValueError, match="whole pence"):
        Flows.of([D(2027, 1, 1)], [-100.5])


def test_outcomes_needed_are_found_to_a_thousandth_and_never_too_low() -> None:
    needed = least_share_of_plan(lambda share: 1.3 * share)
    assert needed is not None and 1 / 1.3 <= needed <= 1 / 1.3 + 0.001
    assert least_share_of_plan(lambda share: 0.4 * share) is None
    assert least_share_of_plan(lambda share: 1.0) == 0.0, "capital that is safe needs no outcome"


def test_e19_rates_are_never_averaged() -> None:
    found = across([years_on(D(2027, 1, 1), -100, 0, 0, end) for end in (200, 20)], quantiles=[0.25, 0.75])
    # E19 is by whole years; 2028 has 366 days: 1,096 days in three years
    year = 3 * 365 / 1096
    assert found.xirr[0.75] == pytest.approx(1.259921**year - 1, abs=1e-6)
    assert found.xirr[0.25] == pytest.approx((1 - 0.415196) ** year - 1, abs=1e-6)
    assert found.xirr_of_mean_flows.rate == pytest.approx(1.032280**year - 1, abs=1e-6)
    assert not any("mean" in name and "xirr" in name and "flows" not in name for name in vars(found))


def test_losses_over_runs() -> None:
    day = D(2027, 1, 1)
    runs = [
        *[years_on(day, -100, 150)] * 6,
        *[years_on(day, -100, 60)] * 2,
        years_on(day, -100, 0),
        years_on(day, -100, 230, -132),  # two rates of return: 10% and 20%
        years_on(day, 0, 0),
    ]
    found = across(runs, quantiles=[0.1, 0.5])
    assert (found.runs, found.undrawn, found.without_a_rate) == (10, 1, 1)
    assert found.xirr == {0.1: -1.0, 0.5: pytest.approx(0.5)}
    assert found.chance_of_loss == pytest.approx(0.4)  # 230 back of 232 is a loss
    assert found.chance_of_total_loss == pytest.approx(0.1)
    assert found.mean_loss == pytest.approx((40 + 40 + 100 + 2) / 4)
    assert found.mean_loss_share == pytest.approx(182 / (100 + 100 + 100 + 232))
    assert (found.worst_profit, found.worst_multiple) == (-100.0, 0.0)


def test_the_worst_twentieth_of_thirty_runs_is_a_run_and_a_half() -> None:
    runs = [years_on(D(2027, 1, 1), -100, back) for back in [10, 40, *[110] * 28]]
    found = across(runs)
    assert found.worst_profit == pytest.approx(-(90 + 60 / 2) / 1.5)
    assert found.worst_multiple == pytest.approx((10 + 40 / 2) / 150)


def test_all_lost_is_a_total_loss_together_too() -> None:
    found = across([years_on(D(2027, 1, 1), -100, 0)] * 3)
    assert (found.xirr_of_mean_flows.status, found.mean_loss_share) == ("total_loss", 1.0)


flow = st.tuples(st.dates(D(2027, 1, 1), D(2035, 1, 1)), st.integers(-(10**9), 10**9))


@given(st.lists(flow, min_size=1, max_size=20), st.integers(1, 10**9))
def test_multiples_keep_their_order(flows: list[tuple[dt.date, int]], more: int) -> None:
    made = Flows.of([day for day, _ in flows], [pence for _, pence in flows])
    drawn = returned(made).drawn
    found = returned(made, committed=drawn + more)
    if drawn:
        assert found.multiple_on_committed < found.multiple_on_drawn or found.received == 0
        assert found.peak <= found.drawn
        assert found.peak == 0 or found.multiple_on_drawn <= found.multiple_on_peak
        assert found.payback is None or found.profit >= 0
        assert (found.multiple_on_drawn < 1) == (found.profit < 0)
