"""The dashboard's page, run without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from simulator.scenario import library
from tests.present.tiny import NASTY, NO_COSTS, written


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty scenario library."""
    monkeypatch.setattr(library, "LIBRARY", tmp_path)
    return tmp_path


def opened() -> AppTest:
    def page() -> None:
        from simulator.dashboard.comparison_page import show

        show()

    found = AppTest.from_function(page, default_timeout=30).run()
    assert not found.exception
    return found


def ran(page: AppTest) -> AppTest:
    page.select_slider[0].set_value(3)
    page.button[0].click().run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    every: list[Any] = [*page.markdown, *page.subheader, *page.header]
    return "\n".join(str(each.value) for each in every)


def test_an_empty_library_says_how_to_begin(folder: Path) -> None:
    assert "simulator new" in opened().info[0].value


def test_a_library_that_is_not_there_is_an_empty_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "LIBRARY", folder / "nowhere")
    assert "simulator new" in opened().info[0].value


def test_nothing_runs_before_it_is_asked_for(folder: Path) -> None:
    written(folder)
    page = opened()
    assert page.info[0].value.startswith("Nothing has run yet")
    assert not page.header[1:]  # only the sidebar's


def test_a_run_shows_verdict_then_tables_then_downloads(folder: Path) -> None:
    written(folder)
    page = ran(opened())
    shown = [each.value for each in page.main if hasattr(each, "value")]
    text = "\n".join(map(str, shown))
    assert text.index("fewer crises") < text.index("People and crises") < text.index("Take it away")
    assert (
        "simulator compare scenarios/tiny.yaml --design early --replications 3 --seed 1" in page.code[0].value
    )
    assert not page.info and not page.warning and not page.error


def test_a_result_is_kept_and_marked_when_settings_change(folder: Path) -> None:
    written(folder)
    page = ran(opened())
    page.select_slider[0].set_value(5).run()
    assert page.warning[0].value.startswith("Settings changed since this run")
    assert "fewer crises" in words(page)
    page.select_slider[0].set_value(3).run()
    assert not page.warning
    assert "3 of 3 lower" in words(page).replace("\\", "")


def test_a_reading_can_be_chosen_and_is_named(folder: Path) -> None:
    written(folder)
    page = opened()
    page.radio[1].set_value("nothing")
    page = ran(page)
    assert "read as ‘It does nothing’" in words(page).replace("\\", "")
    assert page.code[0].value.endswith("--reading nothing")


@pytest.mark.parametrize("error", [RuntimeError("the *engine* broke"), ValueError("no"), KeyError("x")])
def test_a_run_that_fails_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    import simulator.api

    def fail(*_: object, **__: object) -> None:
        raise error

    written(folder)
    page = opened()
    monkeypatch.setattr(simulator.api, "compare", fail)
    page = ran(page)
    assert page.error[0].value.startswith("The run stopped")
    assert "*engine*" not in page.error[0].value.replace("\\*", "")


def test_a_scenario_without_a_second_design_says_so(folder: Path) -> None:
    written(folder, NO_COSTS.replace(", then: {label: The same again}", ""))
    page = opened()
    assert "no second design" in page.info[0].value
    assert not page.button


def test_a_scenario_without_crises_and_costs_is_shown(folder: Path) -> None:
    written(folder, NO_COSTS)
    assert "neither crises nor costs" in words(ran(opened()))


def test_a_broken_scenario_is_named_and_the_others_still_work(folder: Path) -> None:
    written(folder)
    written(folder, "format: 1", "broken.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "gone.yaml").symlink_to(folder / "nowhere")
    page = opened()
    named = "\n".join(each.value for each in page.sidebar.warning).replace("\\", "")
    assert "broken.yaml cannot be run" in named and "gone.yaml cannot be run" in named
    assert "folder.yaml" not in named
    assert page.button


def test_labels_are_text_and_not_markdown_or_html(folder: Path) -> None:
    written(folder, NASTY)
    page = ran(opened())
    bare = re.sub(r"\\.", "", words(page))  # what is escaped is text
    for risky in ("<script>", "<b>", "**bold**", "*md*", "$x$", ":smile:", "`", "<"):
        assert risky not in bare
    assert not any(each.allow_html for each in page.markdown)
    # A pipe in a label does not end its cell: every line of a table has as many cells as its head.
    for each in page.markdown:
        if each.value.startswith("|"):
            lines = each.value.replace("\\|", "").splitlines()
            assert len({line.count("|") for line in lines}) == 1
