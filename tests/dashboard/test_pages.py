"""Every page in every state, run without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simulator.api import closer_look, compare
from simulator.dashboard import runs
from simulator.dashboard.sidebar import BY_ITSELF
from simulator.experiments import live
from simulator.scenario.load import load
from tests.dashboard.conftest import CONTROLS, Open, settled, words
from tests.experiments.doubtful import TEXT as DOUBTFUL
from tests.present.tiny import NASTY, NO_COSTS, TEXT, written

PAGES = ("start", "pathway", "compare", "evidence")
ALONE = NO_COSTS.replace(", then: {label: The same again}", "")


@pytest.fixture
def tiny(folder: Path) -> Path:
    return written(folder, TEXT + CONTROLS)


# Nothing there -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_library_says_how_to_begin(visit: Open, name: str) -> None:
    page = visit(name)
    assert not page.exception
    assert "simulator new" in page.info[0].value


@pytest.mark.parametrize("name", PAGES)
def test_a_scenario_without_a_second_design_says_so(visit: Open, folder: Path, name: str) -> None:
    written(folder, ALONE)
    page = visit(name)
    assert not page.exception
    assert "no second design" in page.info[0].value


def test_a_broken_scenario_is_named_and_the_others_still_work(visit: Open, folder: Path) -> None:
    written(folder)
    written(folder, "format: 1", "broken.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "gone.yaml").symlink_to(folder / "nowhere")
    page = settled(visit())
    named = "\n".join(each.value for each in page.sidebar.warning).replace("\\", "")
    assert "broken.yaml cannot be run" in named and "gone.yaml cannot be run" in named
    assert "folder.yaml" not in named
    assert page.metric


# A result ------------------------------------------------------------------------------------------------------------


def test_start_says_the_verdict_three_numbers_and_three_caveats(visit: Open, tiny: Path) -> None:
    page = settled(visit("start", runs="20"))
    assert "of 20 runs" in words(page)
    assert len(page.metric) == 3
    text = words(page)
    assert text.index("Before you rely on this") < text.index("Who are you?")
    assert not page.get("plotly_chart"), "Start paints fast: no chart"


def test_pathway_draws_both_designs_and_tells_of_people(visit: Open, tiny: Path) -> None:
    page = settled(visit("pathway", runs="20"))
    assert len(page.get("graphviz_chart")) == 2
    assert len(page.get("plotly_chart")) == 3
    assert "of the list, not the best story" in words(page)
    story = next(each for each in page.selectbox if each.label == "Whose story")
    for option in story.options:
        story.select(option)
        page.run()
        assert not page.exception
        assert "Under" in words(page)


def test_compare_shows_charts_then_tables(visit: Open, tiny: Path) -> None:
    page = settled(visit("compare", runs="20"))
    assert len(page.get("plotly_chart")) >= 4
    text = words(page)
    assert "crises" in text and text.index("All figures") < text.index("People and crises")
    assert "simulator compare scenarios/tiny.yaml --design early --replications 20 --seed 1" in text


def test_evidence_lists_every_number_and_can_be_searched(visit: Open, tiny: Path) -> None:
    page = settled(visit("evidence"))
    assert "12 months" in words(page) and "60 per year" in words(page)
    page.text_input[0].input("no such words").run()
    assert "No number fits" in words(page)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("text", [NO_COSTS, NASTY], ids=["nothing differs", "hostile labels"])
def test_a_scenario_in_which_nothing_differs_or_that_is_hostile_is_shown(
    visit: Open, folder: Path, name: str, text: str
) -> None:
    written(folder, text)
    page = settled(visit(name, runs="20"))
    raw = "\n".join(
        str(each.value) for each in [*page.markdown, *page.header, *page.subheader, *page.caption]
    )
    assert not re.search(r"(?<!\\)(<(script|img)|\[link)", raw), (
        "a backslash keeps each from being read as markup"
    )
    assert not page.error


def test_a_change_that_changes_nothing_says_so(visit: Open, folder: Path) -> None:
    written(folder, TEXT.replace("hazard_ratio: 0.2", "hazard_ratio: 1"))
    page = settled(visit("start", runs="20"))
    page.sidebar.radio(key="reading|tiny").set_value("nothing")
    page = settled(page.run())
    assert "made no difference to any figure" in words(page)


@pytest.mark.parametrize(
    ("query", "settings"),
    [
        ({"reading": "nothing"}, {"reading": "nothing"}),
        ({"design": "early"}, {}),
        ({}, {"vary": True}),
    ],
    ids=["a reading", "as written", "varied"],
)
def test_the_figures_equal_those_of_the_command_line(
    visit: Open, tiny: Path, query: dict[str, str], settings: dict[str, Any]
) -> None:
    """To the last digit, with a control moved, and the same record."""
    page = settled(visit("compare", runs="20", set__places="1.5", **query))
    here = page.session_state[runs.SHOWN].comparison
    there = compare(load(tiny).with_settings({"places": "1.5"}), "early", replications=20, **settings)
    mine, theirs = json.loads(here.json()), json.loads(there.json())
    assert mine["rows"] == theirs["rows"]
    # The command line runs the other readings too, and says so at the end; the page tells only that they are left out.
    told = len(theirs["verdict"]) - len(there.otherwise)
    assert mine["verdict"] == theirs["verdict"][:told]
    assert mine["vary"] == theirs["vary"] == settings.get("vary", False)
    shown = words(page)
    for section in there.sections:
        for row in section.rows:
            for cell in row[1:3]:
                assert cell in shown.replace("\u2060", "").replace("\u00a0", " ")


# States of a run -----------------------------------------------------------------------------------------------------


def test_a_run_under_way_can_be_stopped_and_gone_on_with(
    visit: Open, tiny: Path, desk: live.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "FIRST_ANSWER", 0.0)
    hold = _held_up(monkeypatch)
    page = visit("start", runs="1000")
    assert not page.exception
    stop = next(each for each in page.button if each.label == "Stop")
    stop.click().run()
    assert "Stopped" in words(page)
    hold.set()
    next(each for each in page.button if each.label == "Go on").click().run()
    page = settled(page)
    assert "of 1,000 runs" in words(page)


def test_what_was_in_when_a_run_was_stopped_is_shown_again(visit: Open, tiny: Path, desk: live.Desk) -> None:
    page = visit("start", runs="1000")
    next(each for each in page.button if each.label == "Stop").click().run()
    done = page.session_state[runs.SHOWN].comparison.result.replications
    assert f"Stopped after {done:,} of 1,000 runs" in words(page)
    assert f"--replications {done} " in words(page), "the command gives the figures of the page"
    page.sidebar.slider(key="slider|tiny|places").set_value(0.5)
    settled(page.run())
    page.sidebar.slider(key="slider|tiny|places").set_value(1.0)
    page = page.run()
    assert f"Stopped after {done:,} of 1,000 runs" in words(page)


def test_who_finds_the_server_busy_can_try_again(
    visit: Open, tiny: Path, desk: live.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = desk.start

    def busy(*_: object, **__: object) -> None:
        raise live.Busy("The server is busy.")

    monkeypatch.setattr(desk, "start", busy)
    page = visit("start", runs="20")
    assert "The server is busy" in words(page)
    monkeypatch.setattr(desk, "start", start)
    next(each for each in page.button if each.label == "Try again").click().run()
    assert settled(page).metric


def test_a_page_that_waits_for_its_first_answer_says_how_far_it_is(
    visit: Open, tiny: Path, desk: live.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "FIRST_ANSWER", 0.0)
    hold = _held_up(monkeypatch)
    page = visit("compare", runs="20")
    assert not page.exception and not page.get("plotly_chart")
    assert [each.label for each in page.button if each.label == "Stop"]
    hold.set()
    assert settled(page).get("plotly_chart")


def test_settings_that_change_before_the_next_answer_mark_the_figures_as_earlier_ones(
    visit: Open, tiny: Path, desk: live.Desk
) -> None:
    page = settled(visit("start", runs="20"))
    page.sidebar.toggle(key=BY_ITSELF).set_value(False).run()
    page.sidebar.slider(key="slider|tiny|places").set_value(1.5).run()
    assert "Settings changed since this run" in words(page) and page.metric
    next(each for each in page.button if each.label.startswith("Run 20")).click().run()
    page = settled(page)
    assert "Settings changed" not in words(page) and "instead of" in words(page)
    next(each for each in page.button if each.label == "Put back as written").click().run()
    assert "Settings changed" not in words(settled(page)), "the earlier result was kept"


@pytest.mark.parametrize("error", [RuntimeError("the *engine* broke"), MemoryError(), KeyError("x")])
def test_a_run_that_fails_is_one_sentence(
    visit: Open, tiny: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(live, "replicate", fail)
    page = settled(visit("start"))
    assert "could not be run" in page.error[0].value
    assert "engine" not in page.error[0].value, "what a programmer would say stays inside"


def test_a_scenario_too_large_for_a_shared_server_is_refused_before_it_runs(
    visit: Open, folder: Path
) -> None:
    written(folder, TEXT.replace("60 per year", "1500000 per year"))
    page = settled(visit("start"))
    assert "could not be run" in page.error[0].value and "people" in page.error[0].value


def _held_up(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Replications wait until the event that is returned is set."""
    import threading

    gate, replicate = threading.Event(), live.replicate

    def held(*arguments, watch=None, **more):  # type: ignore[no-untyped-def]
        while not gate.wait(0.02):
            if watch is not None:
                watch(0.0)
        return replicate(*arguments, watch=watch, **more)

    monkeypatch.setattr(live, "replicate", held)
    return gate


# Doubt about the numbers ---------------------------------------------------------------------------------------------

VARY = "vary|doubtful"
BOTH = "Ranges show chance and doubt about the numbers: each of the 20 runs has its own sample of all 6 uncertain numbers."
CHANCE = "Ranges show chance over 20 runs, not doubt about the numbers put in: vary the uncertain numbers too"


@pytest.fixture
def doubtful(folder: Path) -> Path:
    return written(folder, DOUBTFUL, "doubtful.yaml")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_its_ranges_are_and_the_toggle_changes_it(
    visit: Open, doubtful: Path, name: str
) -> None:
    page = settled(visit(name, runs="20"))
    text = words(page)
    assert BOTH in text and CHANCE not in text
    assert page.query_params["vary"] == "1"
    assert "--vary" in page.code[0].value
    page.sidebar.toggle(key=VARY).set_value(False)
    page = settled(page.run())
    text = words(page)
    assert CHANCE in text and BOTH not in text
    assert "vary" not in dict(page.query_params) and "--vary" not in page.code[0].value
    page.sidebar.toggle(key=VARY).set_value(True)
    assert BOTH in words(settled(page.run()))


def test_a_link_made_before_numbers_varied_shows_the_figures_it_showed(visit: Open, doubtful: Path) -> None:
    page = settled(visit("start", scenario="doubtful", design="early", runs="20"))
    assert page.sidebar.toggle(key=VARY).value is False
    here = page.session_state[runs.SHOWN].comparison
    assert here.table.equals(compare(load(doubtful), "early", replications=20).table)


def test_the_choice_of_a_reading_stays_when_the_toggle_changes_what_the_first_is_called(
    visit: Open, doubtful: Path
) -> None:
    page = settled(visit("compare", runs="20"))
    reading = page.sidebar.radio(key="reading|doubtful")
    assert reading.options[0] == "Each in its share of the runs" and reading.value == ""
    assert "as written in about 70% of the runs, as ‘It does nothing’ in about 30%" in words(page)
    reading.set_value("nothing")
    page = settled(page.run())
    assert "read in another way: It does nothing" in words(page) and BOTH in words(page)
    page.sidebar.toggle(key=VARY).set_value(False)
    page = settled(page.run())
    reading = page.sidebar.radio(key="reading|doubtful")
    assert reading.options[0] == "As written" and reading.value == "nothing"
    assert page.session_state[runs.SHOWN].comparison.result.reading == "nothing"


def test_the_run_that_is_replayed_has_its_own_numbers(visit: Open, doubtful: Path) -> None:
    """People of the animation and stories are those of the run in the middle, not of one with the numbers as written."""
    page = settled(visit("pathway", runs="20"))
    comparison = page.session_state[runs.SHOWN].comparison
    assert "chance and the uncertain numbers may fall" in words(page)
    look = closer_look(load(doubtful), "early", comparison.median_run, vary=True)
    text = words(page)
    for sentence in look.stories[0].sentences[0][1:]:
        assert sentence in text


def test_what_is_certain_is_not_offered_to_be_varied(visit: Open, folder: Path) -> None:
    written(folder, NO_COSTS)
    page = settled(visit("start", runs="20"))
    assert [each.label for each in page.sidebar.toggle] == ["Run by itself"]
    assert "none of which has a range" in words(page) and not page.error


def test_where_the_only_doubt_is_settled_by_a_reading_the_numbers_are_as_written(
    visit: Open, tiny: Path
) -> None:
    page = settled(visit("start", runs="20", reading="nothing", vary="1"))
    assert not page.error and "--vary" not in page.code[0].value


# Controls, links, own scenarios --------------------------------------------------------------------------------------


def test_a_slider_and_its_number_box_are_one_control(visit: Open, tiny: Path) -> None:
    page = settled(visit("start", runs="20"))
    page.sidebar.slider(key="slider|tiny|effect").set_value(0.5).run()
    assert page.sidebar.number_input(key="box|tiny|effect").value == 0.5
    page.sidebar.number_input(key="box|tiny|effect").set_value(0.9).run()
    assert page.sidebar.slider(key="slider|tiny|effect").value == 0.9
    assert "How well it works: 0.9 instead of 0.2" in words(settled(page))


def test_a_link_brings_the_choices_and_is_written_again(visit: Open, tiny: Path) -> None:
    page = settled(visit("start", scenario="tiny", runs="20", set__effect="0.5"))
    assert page.sidebar.slider(key="slider|tiny|effect").value == 0.5
    assert page.query_params["set.effect"] == "0.5" and page.query_params["runs"] == "20"


def test_a_link_that_cannot_be_is_said_until_something_is_chosen_and_the_rest_is_used(
    visit: Open, tiny: Path
) -> None:
    page = settled(visit("start", scenario="tiny", runs="20", design="<script>", set__effect="9", set__x="1"))
    assert len(page.main.warning) == 3 and page.metric, "said still, after the page was drawn again"
    page.sidebar.select_slider[0].set_value(100)
    assert not settled(page.run()).main.warning


def test_controls_stay_when_another_scenario_is_looked_at(visit: Open, folder: Path) -> None:
    written(folder, TEXT + CONTROLS)
    written(folder, NO_COSTS, "other.yaml")
    page = settled(visit("start", scenario="tiny", runs="20", reading="nothing", set__places="1.5"))
    page.sidebar.selectbox[0].set_value("other")
    page = settled(page.run())
    assert "scenario" in page.query_params and page.query_params["scenario"] == "other"
    page.sidebar.selectbox[0].set_value("tiny")
    page = settled(page.run())
    assert page.sidebar.slider(key="slider|tiny|places").value == 1.5
    assert page.sidebar.radio(key="reading|tiny").value == "nothing"
    assert page.sidebar.select_slider[0].value == 20


def test_another_scenario_is_never_shown_with_the_figures_of_the_one_before(
    visit: Open, folder: Path
) -> None:
    written(folder, TEXT + CONTROLS)
    written(folder, NO_COSTS, "other.yaml")
    for name in ("start", "pathway", "compare"):
        page = settled(visit(name, scenario="tiny", runs="20"))
        page.sidebar.toggle(key=BY_ITSELF).set_value(False).run()
        page.sidebar.selectbox[0].set_value("other").run()
        assert not page.exception and not page.metric and not page.get("plotly_chart")
        assert "Nothing has run yet" in words(page)


def test_pathway_replays_no_run_of_settings_that_have_not_run(visit: Open, tiny: Path) -> None:
    page = settled(visit("pathway", runs="20"))
    charts = len(page.get("plotly_chart"))
    page.sidebar.toggle(key=BY_ITSELF).set_value(False).run()
    page.sidebar.slider(key="slider|tiny|places").set_value(0.5).run()
    assert not page.exception and len(page.get("plotly_chart")) == charts - 1
    assert "The run in the middle is known when" in words(page)


def test_the_reading_is_said_on_every_page(visit: Open, tiny: Path) -> None:
    for name in PAGES:
        page = settled(visit(name, runs="20", reading="nothing"))
        assert "read in another way: It does nothing" in words(page)


def test_the_address_of_an_own_scenario_is_not_that_of_another(visit: Open, tiny: Path) -> None:
    page = settled(visit("start", scenario="tiny", runs="20"))
    page.file_uploader[0].set_value(("mine.yaml", NO_COSTS.encode(), "application/yaml"))
    page = settled(page.run())
    assert "No costs" in words(page) and not dict(page.query_params)


def test_a_link_to_a_scenario_that_is_not_here_says_so(visit: Open, tiny: Path) -> None:
    page = visit("start", scenario="../../etc/passwd", runs="20")
    assert "not here" in words(page) and not page.exception


def test_two_visitors_do_not_see_each_other(visit: Open, folder: Path) -> None:
    written(folder, TEXT + CONTROLS)
    written(folder, NO_COSTS, "other.yaml")
    one, other = (
        settled(visit("compare", runs="20", scenario="tiny")),
        settled(visit("compare", runs="20", scenario="other")),
    )
    one.sidebar.slider(key="slider|tiny|effect").set_value(0.9).run()
    one, other = settled(one), settled(other)
    assert "instead of" in words(one) and "instead of" not in words(other)
    assert "Tiny" in words(one) and "Tiny" not in words(other) and "No costs" in words(other)
    assert one.session_state[runs.VISITOR] != other.session_state[runs.VISITOR]


def test_a_scenario_is_brought_checked_and_run_and_stays_with_its_visitor(visit: Open, tiny: Path) -> None:
    page = settled(visit("start", runs="20"))
    page.file_uploader[0].set_value(("mine.yaml", NO_COSTS.encode(), "application/yaml"))
    page = settled(page.run())
    assert "No costs" in words(page)
    assert "No costs" not in words(settled(visit("start", runs="20")))


def test_what_is_wrong_with_a_brought_file_is_an_error_summary(visit: Open, tiny: Path) -> None:
    page = settled(visit("start", runs="20"))
    bad = TEXT.replace("for: struggling", "for: strugling").replace("since: help", "since: hlp")
    page.file_uploader[0].set_value(("../mine.yaml", bad.encode(), "application/yaml"))
    page = settled(page.run())
    said = page.sidebar.error[0].value.replace("\\", "")
    assert "cannot be run: " in said and "Line " in said and "strugling" in said
    assert page.metric, "what was there goes on"


def test_a_change_and_a_press_of_stop_that_come_together_stop(
    visit: Open, tiny: Path, desk: live.Desk
) -> None:
    page = visit("start", runs="1000")
    page.sidebar.slider(key="slider|tiny|places").set_value(0.5)
    next(each for each in page.button if each.label == "Stop").click().run()
    assert not page.exception and page.session_state[runs.RUN] is None
    assert [each for each in page.button if each.label == "Run 1,000 times"]
    next(each for each in page.button if each.label == "Run 1,000 times").click().run()
    assert "instead of" in words(settled(page))
