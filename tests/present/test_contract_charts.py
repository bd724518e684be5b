"""The figures of contracts: what is drawn is what the table says, and every chart can be read without seeing it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from simulator.money.contract.terms import always
from simulator.present.cash_charts import cash_charts, months_between
from simulator.present.chart import Chart
from simulator.present.contract_charts import contract_charts
from simulator.present.signed import Signed
from tests.present.deal_figures import share_of
from tests.present.deal_figures import signed as signed_with


def drawn(signed: Signed) -> dict[str, Chart]:
    return {each.name: each for each in (*contract_charts(signed), *cash_charts(signed))}


@pytest.mark.parametrize("runs", [1, 5, 100])
def test_every_chart_has_a_short_title_its_view_a_text_alternative_and_a_table(runs: int) -> None:
    found = drawn(signed_with(runs))
    assert list(found) == [
        "paid-and-caused-claim",
        "priced-to-paid",
        "payments-and-cash",
        "cash-1",
        "investors-position",
        "investors-multiples",
    ]
    for chart in found.values():
        assert 0 < len(chart.title.split()) <= 10, chart.title
        assert chart.alt and chart.how_to_read and len(chart.table)
        assert chart.table.map(lambda cell: isinstance(cell, str)).all(axis=None)
        told = f"{chart.title} {chart.subtitle} {chart.alt} {chart.table.to_csv()}"
        assert not re.search(r"\bnan\b", told, re.IGNORECASE)
        words = chart.subtitle.lower()
        views = ("bank view" in words) + ("budget view" in words)
        # Outcomes are people, not money; their price in the table names its view.
        assert views == (0 if chart.name.startswith("paid-and-caused") else 1), chart.subtitle


def test_outcomes_paid_stand_beside_those_caused() -> None:
    chart = drawn(signed_with(100))["paid-and-caused-claim"]
    bars = [list(trace.x) for trace in chart.figure.data if trace.type == "bar"]
    assert bars == [[75.0], [15.0]]
    assert chart.title == "About 2 of 10 outcomes paid were caused"
    assert list(chart.table.iloc[0]) == ["No crisis in 6 months", "75", "15", "60", "£20k"]
    harm = drawn(signed_with(100, outcome_payments__net_caused=-2.0))["paid-and-caused-claim"]
    assert harm.title == "Outcomes are paid for, and the service did harm"
    assert min(harm.figure.layout.xaxis.range) < -2


def test_from_priced_to_paid_adds_up() -> None:
    chart = drawn(signed_with(100))["priced-to-paid"]
    steps, ends = chart.figure.data[0], chart.figure.data[1]
    assert list(steps.x) == [-30_000.0] and list(steps.base) == [330_000.0]
    assert list(ends.x) == [330_000.0, 300_000.0]
    assert chart.title == "9.1% of the price is not paid"
    whole = signed_with(100, contract__cut_total=0.0, contract__outcomes=330_000.0)
    assert "priced-to-paid" not in drawn(whole), "there is nothing to lead from one to the other"


def test_cash_released_beside_payments_by_agency_and_year() -> None:
    chart = drawn(signed_with(100))["payments-and-cash"]
    released, paid = (trace for trace in chart.figure.data if trace.type == "bar")
    assert list(released.y) == [-10_000.0, 400_000.0] and list(paid.y) == [80_000.0, 160_000.0]
    assert chart.title == "Cash released has covered payments by 2028/29"
    never = drawn(signed_with(100, public_cash__net=0.0))["payments-and-cash"]
    assert never.title == chart.title, "years, not the whole, say when"


def test_cash_by_month_has_the_middle_the_band_zero_and_the_least() -> None:
    chart = drawn(signed_with(100))["cash-1"]
    names = [trace.name for trace in chart.figure.data]
    assert names[1:] == ["Nine in ten runs", "Middle of the runs", "Zero", "Least: £10k"]
    assert list(chart.figure.data[2].y) == [20_000.0, -5_000.0, 60_000.0]
    assert chart.title == "Cash falls below zero in 100 of 100 runs"
    assert "May 2027" in list(chart.table["Month"]), "the lowest month is a row of the table"
    assert drawn(signed_with(100, cash__low=5.0))["cash-1"].title == "Cash stays above zero in every run"
    assert drawn(signed_with(1))["cash-1"].figure.data[0].name == "The one run"


def test_investors_position_is_the_flows_so_far_in_every_month() -> None:
    chart = drawn(signed_with(100))["investors-position"]
    line = next(trace for trace in chart.figure.data if trace.name == "Middle of the runs")
    assert len(line.y) == 25 and set(line.y[:24]) == {-150_000.0} and line.y[24] == 30_000.0
    assert chart.title == "At most £150k out; back in 100 of 100 runs"
    assert months_between(202711, 202802) == [202711, 202712, 202801, 202802]


def test_a_dot_a_run_of_what_came_back() -> None:
    dpi = np.linspace(0.5, 1.49, 100)
    of = signed_with(100, investors__dpi=dpi, investors__lost=(dpi < 1).astype(float))
    chart = drawn(of)["investors-multiples"]
    assert sum(len(trace.x) for trace in chart.figure.data) == 100
    assert chart.title == f"Investors lose some in {int((dpi < 1).sum())} of 100 runs"
    few = drawn(signed_with(5, investors__lost=share_of(5, 1)))["investors-multiples"]
    assert few.title == "5 runs: too few to tell what may be lost"


def test_days_paid_for_are_payments_by_the_price() -> None:
    """£300,000 at £4,400 a day is 68.2 days; claims of days say nothing of how many days are paid for."""
    of = signed_with(100)
    days = tuple(
        replace(terms, pays=tuple(replace(pay, unit="day") for pay in terms.pays)) for terms in of.terms
    )
    chart = drawn(replace(of, terms=days))["paid-and-caused-day"]
    paid, _ = (list(trace.x) for trace in chart.figure.data if trace.type == "bar")
    assert paid == [pytest.approx(300_000 / 4_400)]
    assert chart.title == "About 2 of 10 outcomes paid were caused"
    rising = drawn(replace(of, terms=(replace(days[0], indexed=always(0.02)),)))["paid-and-caused-day"]
    assert (
        rising.title == "Days paid for, at first prices, and days caused"
        and "Prices rise" in rising.how_to_read
    )
    two = tuple(
        replace(each, pays=tuple(replace(pay, prices=(pay.prices[0], always(1.0))) for pay in each.pays))
        for each in days
    )
    assert "paid-and-caused-day" not in drawn(replace(of, terms=two)), "with two prices nobody can tell"
