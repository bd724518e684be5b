"""The figures of Pathway are the rows of the tables: how many go where, how long they wait, and what is left out."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from simulator.present import numbers as n
from simulator.present import views
from simulator.present.pathway_charts import _reach_title, of_100, waits, where_stuck
from simulator.present.pathway_diagram import LEAST_OF_100, MOST_EDGES, pathway
from simulator.present.rows import by_key, of_design
from tests.present.tiny import NO_COSTS, TEXT, compared

# A service with too few places, so that people wait, give up and are turned away.
CROWDED = TEXT.replace(
    "help: {places: 12}", "help: {places: 2, queue: {room: 5, give_up: {exponential: 10 weeks}}}"
)


def tables(text: str = TEXT, replications: int = 3):  # type: ignore[no-untyped-def]
    found = compared(text, replications)
    return found.table, views.overview(found.result), found.result, found.design


def test_of_100_people_draws_the_shares_of_the_overview() -> None:
    table, overview, result, design = tables()
    chart = of_100(table, overview, result, design)
    for trace, name in zip(
        [each for each in chart.figure.data if each.mode == "markers"], (result.baseline, design), strict=True
    ):
        rows = of_design(overview, name)
        assert list(trace.x) == [
            rows["reach", item, "share", 0]["mean"] for item in ("struggling", "coping", "in_crisis", "help")
        ]
    assert list(chart.table["Ever in"]) == ["Struggling", "Coping", "In crisis (crisis)", "Help"]
    assert len(chart.title.split()) <= 10


def test_the_title_of_100_people_says_how_many_are_ever_in_crisis() -> None:
    def row(was: float, now: float, lower: int, higher: int) -> dict[str, Any]:
        return {"baseline": was, "design": now, "lower": lower, "higher": higher, "runs": 100}

    fewer, unclear = row(0.158, 0.149, 100, 0), row(0.158, 0.157, 60, 40)
    assert _reach_title([fewer, unclear], [fewer]) == "Of 100 people, 14.9 are ever in crisis, not 15.8"
    assert _reach_title([fewer, unclear], [unclear]) == "No clear change in how many are ever in crisis"
    assert _reach_title([fewer, unclear], []) == "Clear changes in 1 of 2 needs and services"
    assert _reach_title([unclear], []) == "No clear change in any of 1 needs and services"


def test_waits_draw_both_measures_and_the_table_counts_who_left_the_list() -> None:
    table, overview, result, design = tables(CROWDED)
    chart = waits(table, overview, result, design)
    assert chart is not None and len(chart.title.split()) <= 10
    rows = of_design(overview, design)
    dots = [each for each in chart.figure.data if each.mode == "markers"]
    assert list(dots[1].x) == [
        rows["services", "help", name, 0]["mean"] for name in ("wait_days", "wait_90_days")
    ]
    assert list(dots[0].x) == []  # nobody could join a closed service
    line = chart.table[chart.table["Design"] == "Early help"].iloc[0]
    assert rows["services", "help", "gave_up", 0]["mean"] >= 1
    assert line["Gave up"] == n.number(rows["services", "help", "gave_up", 0]["mean"], 0)
    assert line["Turned away"] == n.number(rows["services", "help", "turned_away", 0]["mean"], 0)
    assert line["Mean wait, days"].startswith(
        n.quantity(rows["services", "help", "wait_days", 0]["mean"], "days")
    )


def test_where_people_are_stuck_names_the_longest_wait_and_who_gave_up() -> None:
    table, _, result, design = tables(CROWDED)
    rows = by_key(table)
    sentence = where_stuck(table, result, design)
    assert "‘Help’" in sentence
    assert f"{n.quantity(rows['services', 'help', 'wait_days', 0]['design'], 'days')} days" in sentence
    assert f"{n.number(rows['services', 'help', 'gave_up', 0]['design'], 0)} gave up waiting" in sentence
    assert sentence.count(".") <= 3


def test_where_nobody_waits_there_is_no_chart_of_waits() -> None:
    table, overview, result, design = tables(NO_COSTS)
    assert waits(table, overview, result, design) is None
    assert where_stuck(table, result, design) == "Under ‘The same again’ nobody waits for any service."


def test_the_drawing_shows_needs_services_crises_and_what_is_closed() -> None:
    _, overview, result, design = tables()
    early, today = (pathway(overview, result, name) for name in (design, result.baseline))
    assert re.search(r'peripheries=2.*label="In crisis\\n\(crisis\)"', early.dot)
    assert re.search(r'rounded,dashed.*label="Help\\nclosed"', today.dot)
    assert "closed" not in early.dot
    assert "Closed: Help." in today.alt and "Crises: In crisis." in today.alt and "Closed" not in early.alt


def test_arrows_carry_the_means_of_the_overview_a_year() -> None:
    _, overview, result, design = tables()
    rows = of_design(overview, design)
    drawn = pathway(overview, result, design)
    for begin, end in (("struggling", "in_crisis"), ("struggling", "coping")):
        a_year = n.number(rows["moves", f"{begin} -> {end}", "number", 0]["mean"] / 2, 0)
        assert f'label="{a_year} a year"' in drawn.dot
        line = drawn.table[
            (drawn.table["From"] == result.scenario.label(begin))
            & (drawn.table["To"] == result.scenario.label(end))
        ]
        assert list(line["Times a year"]) == [a_year]
    starts = n.number(rows["services", "help", "started", 0]["mean"] / 2, 0)
    assert f"{starts} start a year" in drawn.dot
    widths = [float(each) for each in re.findall(r"penwidth=([\d.]+), label", drawn.dot)]
    assert widths and max(widths) == 6.0 and min(widths) >= 1


def test_rare_moves_are_left_out_of_the_drawing_and_kept_in_the_table() -> None:
    _, overview, result, design = tables()
    known = of_design(overview, design)["people", "", "known", 0]["mean"]

    def with_move(of_100_people: float) -> pd.DataFrame:
        row = overview[(overview["design"] == design) & (overview["table"] == "moves")].iloc[[0]].copy()
        row["item"], row["mean"] = "coping -> in_crisis", of_100_people * known / 100
        return pd.concat([overview, row])

    rare, often = (
        pathway(with_move(share), result, design) for share in (LEAST_OF_100 / 2, LEAST_OF_100 * 2)
    )
    arrow = re.compile(r"n1 -> n2")
    assert arrow.search(often.dot) and not arrow.search(rare.dot)
    for each in (rare, often):
        assert len(each.table[(each.table["From"] == "Coping") & (each.table["To"] == "In crisis")]) == 1


def test_no_drawing_has_more_arrows_than_can_be_read() -> None:
    states = [f"s{number}" for number in range(9)]
    text = (
        "format: 1\nscenario: Many\nstart: 2027-04-01\nhorizon: 2 years\n"
        "people: {arrive: {s0: 300 per year}}\n"
        f"needs: {{{', '.join(f'{each}: {{}}' for each in states)}}}\ntransitions:\n"
        + "".join(f"  {a} -> {b}: {{exponential: 4 months}}\n" for a in states for b in states if a != b)
        + "designs: {now: {baseline: yes}, then: {}}\n"
    )
    _, overview, result, design = tables(text, 1)
    drawn = pathway(overview, result, design)
    assert len(drawn.table) > MOST_EDGES
    assert drawn.dot.count(" -> ") == MOST_EDGES


@pytest.mark.parametrize("replications", [1, 3])
def test_pathway_charts_say_whether_there_are_ranges(replications: int) -> None:
    table, overview, result, design = tables(CROWDED, replications)
    for chart in (of_100(table, overview, result, design), waits(table, overview, result, design)):
        assert chart is not None
        assert ("95% of 3 runs" in chart.subtitle) == (replications == 3)
        assert chart.alt and chart.how_to_read
