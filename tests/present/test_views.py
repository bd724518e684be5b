"""Tables that people read: every row as wide as its head, sums that stand, nothing said that is not so."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from simulator.api import run
from simulator.present import screen, views
from tests.present.tiny import NASTY, NO_COSTS, TEXT, compared, scenario


@pytest.mark.parametrize("text", [TEXT, NO_COSTS, NASTY])
@pytest.mark.parametrize("replications", [1, 2])
def test_every_row_is_as_wide_as_its_head_and_no_section_is_empty(text: str, replications: int) -> None:
    found = compared(text, replications)
    every = found.sections + views.overview_sections(views.overview(found.result), found.result)
    assert every
    for section in every:
        assert section.rows
        assert {len(row) for row in section.rows} <= {1, len(section.columns)}


def test_what_is_the_same_in_every_run_says_so() -> None:
    people = compared(TEXT).sections[0]
    arrived = next(row for row in people.rows if row[0] == "Arrived")
    assert arrived[3:] == ("none", "", "all the same")


def test_one_run_has_no_column_for_ranges() -> None:
    assert compared(TEXT, 1).sections[0].columns == ("", "As it is", "Early help", "Difference")


def test_states_and_budgets_come_in_the_order_of_the_scenario() -> None:
    found = compared(TEXT)
    needs = next(section for section in found.sections if section.title == "Needs")
    assert [row[0] for row in needs.rows if len(row) == 1] == ["Struggling", "Coping", "In crisis"]
    costs = next(section for section in found.sections if section.title.startswith("Cost by budget"))
    assert [row[0] for row in costs.rows] == ["The council", "A charity"]


def test_a_service_that_is_closed_is_not_said_to_reach_nobody_known() -> None:
    services = next(section for section in compared(TEXT).sections if section.title.startswith("Services"))
    reached = next(row for row in services.rows if row[0] == "Share of chances that led to a start")
    assert reached[1] == views.NOBODY
    assert "nobody to measure" in services.note


def test_outcomes_say_of_how_many_people() -> None:
    outcomes = next(section for section in compared(TEXT).sections if section.title == "Outcomes")
    assert "people" in outcomes.note and "not yet known" in outcomes.note


def test_years_sum_to_the_whole_horizon() -> None:
    table = compared(TEXT).table
    budget = table[(table["table"] == "agencies") & (table["measure"] == "budget")]
    for _, rows in budget.groupby("item"):
        whole = rows.loc[rows["year"] == 0, "difference"].sum()
        assert rows.loc[rows["year"] > 0, "difference"].sum() == pytest.approx(whole)


def test_one_design_alone_is_shown_without_comparison() -> None:
    result = run(scenario(TEXT), ["today"], replications=2)
    sections = views.overview_sections(views.overview(result), result)
    assert all(len(section.columns) == 2 for section in sections)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120])
@pytest.mark.parametrize("text", [TEXT, NASTY])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(
    width: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    monkeypatch.setattr(screen, "console", lambda: out)
    screen.show_comparison(compared(text))
    shown = out.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, shown.splitlines())) <= width
    if width >= 80 and text == TEXT:
        for section in compared(text).sections:
            for row in section.rows:
                assert all(word in shown for cell in row for word in cell.split())


def test_labels_are_text_not_markup_and_command_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Console(file=io.StringIO(), width=200, highlight=False, force_terminal=True, color_system=None)
    monkeypatch.setattr(screen, "console", lambda: out)
    screen.show_comparison(compared(NASTY))
    shown = out.file.getvalue()  # type: ignore[attr-defined]
    assert "[red]x[/red]" in shown and "[link=x]L[/link]" in shown
    assert "\x1b[31m" not in shown
