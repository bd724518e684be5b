"""The page What matters most without a browser: asked with buttons, answered elsewhere, stopped, and weighed again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from simulator import api_doubt
from simulator.dashboard import matters_page as page_of
from simulator.experiments import background
from simulator.experiments.background import Office, Question
from simulator.experiments.runner import Progress
from simulator.scenario import library
from tests.dashboard.conftest import Open, settled, words
from tests.experiments.doubtful import TEXT
from tests.present.tiny import NO_COSTS, written

PATIENCE = 120.0


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office that nobody has asked anything yet; questions are small enough to be answered in a blink."""
    found = Office()
    monkeypatch.setattr(background, "shared_office", lambda: found)
    monkeypatch.setattr(page_of, "DRAWS", 8)
    yield found
    found.close()


@pytest.fixture
def matters(visit: Open, office: Office) -> AppTest:
    """The page for the doubtful scenario, as it is first seen."""
    written(library.LIBRARY, TEXT)
    return settled(visit("matters", runs="20"))


def topics(monkeypatch: pytest.MonkeyPatch, ask: Any) -> None:
    """The first question is worked on by `ask`, of progress."""
    first = replace(page_of.TOPICS[0], ask=lambda view, tell: ask(tell))
    monkeypatch.setattr(page_of, "TOPICS", (first, *page_of.TOPICS[1:]))


def button(page: AppTest, key: str) -> Any:
    return next(each for each in page.button if each.key == key)


def keys(page: AppTest) -> list[str]:
    return [each.key for each in page.button]


def asked(office: Office) -> list[Question]:
    return list(office._known.values())


def answered(page: AppTest, office: Office) -> AppTest:
    """The page once the last question that was asked has ended."""
    assert office.wait(asked(office)[-1], PATIENCE)
    page.run()
    assert not page.exception, [each.value for each in page.exception]
    return page


def test_the_page_says_how_much_is_uncertain_and_has_a_button_a_question(
    matters: AppTest, office: Office
) -> None:
    text = words(matters)
    assert "6 numbers of this scenario are uncertain, and the evidence can be read in 2 ways" in text
    for topic in page_of.TOPICS:
        assert topic.title in [each.value for each in matters.header]
        assert button(matters, f"work|{topic.name}").label == f"Work it out ({topic.runs:,} runs)"
    assert not asked(office), "nothing is asked before a button is pressed"
    assert not matters.get("plotly_chart") and not matters.error


@pytest.mark.parametrize("name", [topic.name for topic in page_of.TOPICS])
def test_every_button_is_answered(matters: AppTest, office: Office, name: str) -> None:
    button(matters, f"work|{name}").click().run()
    page = answered(matters, office)
    assert not page.error, [each.value for each in page.error]
    assert f"work|{name}" not in keys(page) and len(asked(office)) == 1
    found = asked(office)[0].answer
    text = words(page).replace("\u2060", "")
    for answer in found.answers:
        assert answer.question in [each.value.replace("\\", "") for each in page.subheader]
        for sentence in answer.sentences:
            assert sentence in text
    charts = [chart for answer in found.answers for chart in answer.charts]
    assert charts and len(page.get("plotly_chart")) == len(charts)
    assert all(chart.title in text for chart in charts)


def test_what_a_crisis_is_worth_changes_the_answers_and_asks_nothing_again(
    matters: AppTest, office: Office
) -> None:
    button(matters, "work|sure").click().run()
    page = answered(matters, office)
    assert "By money alone" in words(page)
    page.number_input(key=page_of.WORTH).set_value(1_000_000).run()
    assert not page.exception
    text = words(page)
    assert "At £1.0 million for each crisis avoided" in text and "By money alone" not in text
    assert len(asked(office)) == 1
    page.number_input(key=page_of.WORTH).set_value(0).run()
    assert "By money alone" in words(page) and len(asked(office)) == 1


def test_another_reading_is_another_question(matters: AppTest, office: Office, visit: Open) -> None:
    button(matters, "work|sure").click().run()
    answered(matters, office)
    other = settled(visit("matters", runs="20", reading="nothing"))
    assert "work|sure" in keys(other), "the answer of another reading is not shown for this one"
    button(other, "work|sure").click().run()
    answered(other, office)
    assert [each.answer.record["reading"] for each in asked(office)] == [None, "nothing"]


def test_stop_ends_the_work_and_gives_the_button_back(
    visit: Open, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.experiments.runner import Cancelled

    def ask(tell: Any) -> None:
        for step in range(10_000):
            if tell(Progress(step, 10_000, 12.0)) is False:
                raise Cancelled
            time.sleep(0.01)

    topics(monkeypatch, ask)
    written(library.LIBRARY, TEXT)
    page = settled(visit("matters", runs="20"))
    button(page, "work|sure").click().run()
    assert "stop|sure" in keys(page) and "work|sure" not in keys(page)
    assert asked(office)[0].state in ("waiting", "running")
    button(page, "stop|sure").click().run()
    assert office.wait(asked(office)[0], 10), "it does not stop"
    assert asked(office)[0].state == "cancelled"
    page.run()
    assert "work|sure" in keys(page) and not page.exception and not page.error
    time.sleep(0.1)
    page.run()
    assert len(asked(office)) == 1 and asked(office)[0].state == "cancelled", (
        "it is not asked again by itself"
    )
    button(page, "work|sure").click().run()
    assert asked(office)[-1].state in ("waiting", "running"), "it can be asked again"
    button(page, "stop|sure").click().run()


def test_a_question_that_fails_is_an_error_in_a_sentence_and_can_be_tried_again(
    visit: Open, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def ask(tell: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("of <b>something</b> nobody foresaw")
        return api_doubt.uncertainty(library.LIBRARY / "tiny.yaml", draws=4, workers=1)

    topics(monkeypatch, ask)
    written(library.LIBRARY, TEXT)
    page = settled(visit("matters", runs="20"))
    button(page, "work|sure").click().run()
    page = answered(page, office)
    assert len(page.error) == 1 and page.error[0].value.startswith("**This could not be worked out.**")
    assert "Traceback" not in page.error[0].value
    assert "work|numbers" in keys(page), "the other questions can still be asked"
    button(page, "again|sure").click().run()
    page = answered(page, office)
    assert len(tries) == 2, "pressing Try again asks again"
    assert not page.error and "Which design is best" in words(page)


def test_a_server_with_too_much_to_do_says_so(
    visit: Open, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    monkeypatch.setattr(office, "waiting", 0)
    written(library.LIBRARY, TEXT)
    page = settled(visit("matters", runs="20"))
    button(page, "work|sure").click().run()
    assert "The server is busy" in page.error[0].value and not page.exception
    assert "work|sure" in keys(page)


def test_a_scenario_without_ranges_says_so_and_asks_nothing(visit: Open, office: Office) -> None:
    written(library.LIBRARY, NO_COSTS)
    page = settled(visit("matters", runs="20"))
    assert "No number of this scenario has a range" in page.info[0].value
    assert not [key for key in keys(page) if key and key.startswith("work|")] and not page.error


def test_another_visitor_sees_the_answer_without_asking(
    matters: AppTest, office: Office, visit: Open
) -> None:
    button(matters, "work|sure").click().run()
    answered(matters, office)
    other = settled(visit("matters", runs="20"))
    assert "Which design is best, and how sure is that?" in words(other)
    assert len(asked(office)) == 1
