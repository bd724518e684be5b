"""The figures of Compare: what is drawn and what the table says are the rows of the tables they are made from."""

from __future__ import annotations

import math
from functools import cache

import pytest

from simulator.analysis.compare import compare as compare_measures
from simulator.analysis.measures import Measures
from simulator.present import numbers as n
from simulator.present import views
from simulator.present.certainty_charts import MOST_DOTS, how_sure
from simulator.present.chart import Chart
from simulator.present.compare_charts import charts
from simulator.present.money_charts import MOST_STEPS, _years_title, agency_years, cost_waterfall
from simulator.present.rows import ALL, PUBLIC, by_key, of_design, totals
from tests.experiments.doubtful import TEXT as DOUBTFUL
from tests.present.tiny import NASTY, NO_COSTS, TEXT, compared

SEGMENTS = TEXT.replace(
    "people: {unit: child, arrive: {struggling: 60 per year}}",
    "people: {unit: child, arrive: {struggling: 60 per year}, "
    "segments: {age: {young: {share: 50%, label: Young}, old: {share: 50%, label: Old}}}}",
)
# Ten costs that differ between the designs, so that some are merged; and a start in mid-year.
MANY_COSTS = TEXT.replace(
    "cost: {council: £400 per person per week}}",
    "cost: ["
    + ", ".join(f"{{council: £{20 + each} per person per week, what: cost {each}}}" for each in range(10))
    + "]}",
).replace("start: 2027-04-01", "start: 2027-10-01")
SAME = TEXT.replace("services: {help: {places: 12}}", "note: as it is")


@cache
def drawn(text: str = TEXT, replications: int = 3) -> dict[str, Chart]:
    found = compared(text, replications)
    return {
        each.name: each
        for each in charts(found.table, views.overview(found.result), found.result, found.design)
    }


def traces(chart: Chart, mode: str) -> list:
    return [trace for trace in chart.figure.data if getattr(trace, "mode", None) == mode]


def test_every_chart_has_a_short_title_a_text_alternative_and_a_table() -> None:
    for chart in [*drawn(SEGMENTS).values(), *drawn(TEXT, 1).values()]:
        assert 0 < len(chart.title.split()) <= 10, chart.title
        assert chart.alt and chart.subtitle and chart.how_to_read and len(chart.table)
        assert chart.figure.layout.height > 0
        assert chart.table.map(lambda cell: isinstance(cell, str)).all(axis=None)
    assert len({chart.name for chart in drawn(SEGMENTS).values()}) == len(drawn(SEGMENTS)) == 7


def test_outcomes_draw_the_mean_and_range_of_the_same_people() -> None:
    found = compared()
    row = of_design(views.overview(found.result), "early")
    chart = drawn()["outcomes-share"]
    for trace, line, measure in zip(
        traces(chart, "markers"), traces(chart, "lines"), ("without_it", "result"), strict=True
    ):
        of = row["outcomes", "stayed", measure, 0]
        assert list(trace.x) == [of["mean"]]
        assert list(line.x)[:2] == [of["low"], of["high"]]
    change = by_key(found.table)["outcomes", "stayed", "change", 0]
    assert chart.table["Change"][0] == n.quantity(change["difference"], "share", difference=True)
    assert n.share(row["outcomes", "stayed", "result", 0]["mean"]) in chart.table["Early help"][0]


@pytest.mark.parametrize(("text", "replications"), [(TEXT, 3), (TEXT, 1), (MANY_COSTS, 3)])
def test_the_waterfall_leads_from_one_total_to_the_other(text: str, replications: int) -> None:
    found = compared(text, replications)
    agencies = found.table[
        (found.table["table"] == "agencies")
        & (found.table["measure"] == "budget")
        & (found.table["year"] == 0)
    ]
    chart = drawn(text, replications)["cost-waterfall"]
    bars = next(trace for trace in chart.figure.data if trace.type == "bar")
    ends = traces(chart, "markers")[0].x
    assert ends[0] == pytest.approx(agencies["baseline"].sum(), abs=1e-6)
    assert ends[1] == pytest.approx(agencies["design"].sum(), abs=1e-6)
    assert bars.base[0] == ends[0]
    assert list(bars.base[1:]) == pytest.approx(
        [base + step for base, step in zip(bars.base, bars.x, strict=True)][:-1]
    )
    assert bars.base[-1] + bars.x[-1] == pytest.approx(ends[1], abs=1e-6)
    # A line's label has its own row and amount.
    rows = by_key(found.table)
    for label, shown in zip(chart.table["Cost"], chart.table["Mean"], strict=True):
        same = [
            row
            for row in rows.values()
            if row["label"] == label and row["measure"] == "budget" and not row["year"]
        ]
        if same:
            assert shown == n.quantity(same[0]["difference"], "£", difference=True)


def test_a_long_waterfall_merges_its_smallest_steps() -> None:
    chart = drawn(MANY_COSTS)["cost-waterfall"]
    bars = next(trace for trace in chart.figure.data if trace.type == "bar")
    assert len(bars.x) == MOST_STEPS
    sizes = [abs(step) for step in bars.x[:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert "Everything else" in list(chart.table["Cost"])


def test_totals_are_sums_over_payers_run_by_run() -> None:
    found = compared()
    sums = totals(found.result, "early")
    frame = found.result.measures
    budget = frame[(frame["table"] == "agencies") & (frame["measure"] == "budget") & (frame["year"] == 0)]
    for name, payers in ((PUBLIC, ("council", "court")), (ALL, ("council", "court", "charity"))):
        each = (
            budget[budget["item"].isin(payers)]
            .groupby(["design", "replication"])["value"]
            .sum()
            .unstack(0)
            .fillna(0)
        )
        change = each["early"] - each["today"]
        assert sums[name]["difference"] == pytest.approx(change.mean())
        assert sums[name]["low"] == pytest.approx(change.quantile(0.025))
        assert sums[name]["lower"] == (change < 0).sum()


def test_bars_by_year_are_the_rows_of_the_table_and_part_years_are_named() -> None:
    found = compared(MANY_COSTS)
    chart = drawn(MANY_COSTS)["agency-years"]
    rows = by_key(found.table)
    years = sorted({key[3] for key in rows if key[0] == "agencies"} - {0})
    assert years == [2027, 2028, 2029]
    for bars in chart.figure.data:
        payer = next(
            key[1] for key, row in rows.items() if key[0] == "agencies" and row["label"] == bars.name
        )
        for value, up, down, year in zip(
            bars.y, bars.error_y.array, bars.error_y.arrayminus, years, strict=True
        ):
            row = rows.get(("agencies", payer, "budget", year))
            if row is None:
                assert value == 0
            else:
                assert value == row["difference"]
                assert (value - down, value + up) == pytest.approx((row["low"], row["high"]))
    shown = list(chart.table["April to March"])
    assert shown == [
        "2027/28 (part year, from 1 October 2027)",
        "2028/29",
        "2029/30 (part year, to 30 September 2029)",
        "Whole horizon",
    ]
    assert "*2027/28" in chart.subtitle
    # Two years of 365.25 days end in the night after 31 March: no part year, no sliver of one.
    assert not any("part year" in each for each in drawn()["agency-years"].table["April to March"])


def test_each_run_is_a_dot() -> None:
    found = compared(TEXT, 8)
    frame = found.result.measures
    number = frame[(frame["table"] == "crises") & (frame["item"] == "") & (frame["measure"] == "number")]
    change = number.pivot(index="replication", columns="design", values="value")
    change = (change["early"] - change["today"]).sort_values()
    chart = drawn(TEXT, 8)["how-sure-crises"]
    dots = sorted((y, x) for trace in chart.figure.data for x, y in zip(trace.x, trace.y, strict=True))
    assert [x for _, x in dots] == change.tolist()
    row = by_key(found.table)["crises", "", "number", 0]
    assert chart.title == f"Fewer crises in {row['lower']} of 8 runs"
    assert sorted(map(int, chart.table["Run"])) == list(range(1, 9))


def test_charts_say_that_doubt_is_in_their_ranges_where_it_is() -> None:
    for vary in (False, True):
        found = compared(DOUBTFUL, 5, vary=vary)
        drawn = {each.name: each for each in charts(found.table, found.overview, found.result, "early")}
        assert ("95% of 5 runs: chance and doubt" in drawn["outcomes-share"].subtitle) is vary
        assert ("95% of 5 runs: chance and doubt" in drawn["agency-years"].subtitle) is vary
        assert ("more than chance and doubt between runs" in drawn["outcomes-share"].how_to_read) is vary
        assert ("its own sample of what is uncertain" in drawn["how-sure-cost"].how_to_read) is vary


def test_very_many_runs_are_thinned_with_the_extremes_kept() -> None:
    found = compared(TEXT, 3)
    many = Measures(
        found.result.values.keys, tuple(range(3000)), found.result.values.values.repeat(1000, axis=0)
    )
    import dataclasses

    result = dataclasses.replace(found.result, values=many, replications=3000)
    table = views.labelled(compare_measures(many, "today", "early"), result.scenario, ("today", "early"))
    chart = how_sure(table, result, "early")[0]
    assert sum(len(trace.x) for trace in chart.figure.data) == len(chart.table) == MOST_DOTS
    assert "of 3,000 runs" in chart.title


def test_segments_show_both_designs_and_who_is_reached() -> None:
    found = compared(SEGMENTS)
    overview = views.overview(found.result)
    for name, item, measure in (
        ("segments-crises", "{}", "crises_per_100"),
        ("segments-reach", "{} in help", "reached"),
    ):
        chart = drawn(SEGMENTS)[name]
        for trace, design in zip(traces(chart, "markers"), ("today", "early"), strict=True):
            rows = of_design(overview, design)
            expected = [
                rows["segments", item.format(segment), measure, 0]["mean"] for segment in ("young", "old")
            ]
            assert list(trace.x) == expected
        assert list(chart.table["Group"]) == ["Young", "Old"]


def test_without_segments_outcomes_or_costs_those_charts_are_not_there() -> None:
    assert not any(name.startswith("segments") for name in drawn())
    assert drawn(NO_COSTS) == {}
    assert not any(name.startswith("outcomes") for name in drawn(NASTY))
    found = compared(NO_COSTS)
    assert cost_waterfall(found.table, found.result, found.design) is None
    assert agency_years(found.table, found.result, found.design) is None
    assert totals(found.result, found.design) == {}


def test_no_difference_is_said_and_drawn() -> None:
    every = drawn(SAME)
    assert every["how-sure-crises"].title == "No difference in crises in any run"
    assert every["cost-waterfall"].title == "Both designs cost the same in all"
    assert every["agency-years"].title == "Public budgets are the same in every year"
    assert all(x == 0 for trace in every["how-sure-crises"].figure.data for x in trace.x)
    for chart in every.values():
        ranges = [chart.figure.layout.xaxis.range, chart.figure.layout.yaxis.range]
        assert all(axis is None or (axis[0] < axis[1] and all(map(math.isfinite, axis))) for axis in ranges)


def test_one_run_claims_no_range() -> None:
    for chart in drawn(SEGMENTS, 1).values():
        assert "95%" not in chart.subtitle
    assert "one run" in drawn(SEGMENTS, 1)["segments-crises"].subtitle


def test_nothing_is_called_clear_from_a_few_runs():
    """Of 4 runs all go one way by chance alone in one of eight cases."""
    few = compared(SEGMENTS, replications=4)
    titles = [chart.title for chart in charts(few.table, few.overview, few.result, few.design)]
    assert not [title for title in titles if "lear" in title.split(":")[0]]
    assert [title for title in titles if "too few runs" in title]


def test_years_that_cost_more_are_named_beside_those_that_cost_less():
    rows = {
        ("agencies", "council", "budget", year): {"difference": difference}
        for year, difference in ((2027, -1.0), (2028, 2.0), (2029, 3.0))
    }
    title = _years_title(rows, ("council",), [2027, 2028, 2029])
    assert title == "Mean public spending: lower in 1, higher in 2 of 3 years"
