"""Each page of `docs/language` runs, says the same in both engines, and shows what it claims."""

import re

import numpy as np
import pytest

from simulator.engine import compiled_engine
from simulator.engine.compile import compile_model
from simulator.outcomes.evaluate import evaluate
from simulator.outcomes.rates import summarise
from tests.engine.agreement import assert_same
from tests.language.pages import FOLDER, PAGES, histories, history_of, scenario_of, told

COLUMNS = ["time", "person", "what", "item", "why"]
NAMES = [path.stem for path in PAGES]
REFERENCE = (FOLDER / "reference.md").read_text(encoding="utf-8")
ANCHORS = {
    re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
    for title in re.findall(r"^## (.+)$", REFERENCE, flags=re.M)
}


def text_of(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


def line(page: str, *, after: str, design: str = "today") -> str:
    """The first line of a history that follows a line holding `after`."""
    lines = told(history_of(page, design)).splitlines()
    [at, *_] = [number for number, each in enumerate(lines) if after in each]
    return lines[at + 1]


def test_there_are_pages_and_the_index_lists_them_all():
    assert len(NAMES) >= 16
    assert set(re.findall(r"\]\(([a-z-]+)\.md\)", text_of("index"))) == {*NAMES, "reference"}


@pytest.mark.parametrize("page", NAMES)
def test_a_page_runs_the_same_in_both_engines(page):
    scenario = scenario_of(page)
    assert len(scenario.warnings) <= 1
    assert_same(scenario, most=150)


@pytest.mark.parametrize("page", NAMES)
def test_the_histories_shown_are_those_that_happen(page):
    for design, person, shown in histories(page):
        assert shown == told(history_of(page, design), person), (
            "write it again: python -m tests.language.pages"
        )


@pytest.mark.parametrize("page", NAMES)
def test_a_page_says_what_it_does_not_do_and_where_its_keys_are(page):
    text = text_of(page)
    assert "\nWhat it does not do: " in text
    linked = re.findall(r"\]\(reference\.md#([^)]+)\)", text)
    assert linked and set(linked) <= ANCHORS
    for other in re.findall(r"\]\(([^)#]+)", text):
        assert (FOLDER / other).exists(), other
    assert max(map(len, text.splitlines())) <= 130


def test_the_urgent_go_first_and_who_came_last_is_turned_away():
    history = told(history_of("waiting-lists", "today"))
    assert history.index("person 3 started") < history.index("person 1 started")
    assert "person 4 off list clinic (turned away)" in history
    assert "person 2 off list clinic (gave up)" in history


def test_a_missed_chance_comes_again_only_with_the_next_entry():
    history = told(history_of("identification-and-take-up", "today"), 0)
    assert (
        history.index("missed outreach") < history.index("state known") < history.index("referred outreach")
    )


def test_arrears_at_one_second_are_two_people():
    assert told(history_of("arriving-and-leaving", "today")).count("day 10: person") == 2


def test_so_many_go_this_way_by_then_as_the_study_saw():
    page = "needs-and-transitions"
    counted = [0, 0]
    model = compile_model(scenario_of(page))
    for replication in range(3):
        frame = compiled_engine.simulate(model, 1, replication).frame()
        frame.columns = COLUMNS
        came = frame[frame["what"] == "arrived"].set_index("person")["time"]
        first = frame[frame["what"].isin(["state", "left"])].groupby("person").first()
        year = round(365.25 * 86_400)
        known = came[came <= model.end - year].index
        crisis = first[first["item"] == "in_crisis"]
        early = crisis.index[crisis["time"] - came[crisis.index] <= year]
        counted[0] += len(set(early) & set(known))
        counted[1] += len(known)
    assert counted[0] / counted[1] == pytest.approx(0.20, abs=0.012)


def test_events_come_at_their_rate():
    page = "events"
    frame = history_of(page, "today").frame()
    frame.columns = COLUMNS
    moved = frame[(frame["what"] == "event") & (frame["item"] == "found_by_outreach")]
    housed = frame[(frame["what"] == "state") & (frame["item"] == "hostel")]
    assert len(housed) / len(moved) == pytest.approx(0.8, abs=0.08)


def test_places_that_close_with_stop_cut_stays_short():
    assert "day 25: person 1 ended crisis_line (closed)" in told(history_of("places-and-teams", "today"))
    assert "day 20: person 3 started family_support" in told(history_of("places-and-teams", "today"))


def test_stays_end_in_three_ways():
    history = told(history_of("length-and-dropping-out", "today"))
    for ended in ("person 0 ended support (completed)", "person 1 ended support (dropped out)"):
        assert ended in history
    assert "person 2 ended support (state)" in history


def test_who_is_turned_away_is_handed_on_at_once():
    assert "person 1 referred bought_therapy" in line("handing-on", after="off list therapy (turned away)")


def test_an_effect_keeps_people_out_of_care_and_less_than_the_study_says():
    shares = {}
    for design in ("today", "support_for_all"):
        outcome = scenario_of("effects").designs[design].outcomes["no_care"]
        rate = summarise(outcome, evaluate(outcome, history_of("effects", design))).rate
        assert rate is not None
        shares[design] = 1 - rate
    assert 0.6 < shares["support_for_all"] / shares["today"] < 0.75


def test_units_close_only_in_money():
    """People are where they would be without `closing`."""
    document = scenario_of("closing-units").designs["support_for_all"]
    assert document.services["foster_care"].closing is not None
    assert "closed" not in told(history_of("closing-units", "support_for_all"))


def test_the_outcomes_are_those_of_the_table():
    rows = re.findall(r"^\| `(\w+)` \| (\d) of (\d) \| (\d+)(%| days) \|$", text_of("outcomes"), flags=re.M)
    assert len(rows) == 5
    for name, known, clocks, value, unit in rows:
        outcome = scenario_of("outcomes").document.outcomes[name]
        found = summarise(outcome, evaluate(outcome, history_of("outcomes", "today")))
        assert (found.known, found.clocks) == (int(known), int(clocks))
        assert found.rate == pytest.approx(int(value) / (100 if unit == "%" else 1))


def test_designs_that_agree_until_october_have_one_history_until_then():
    october = 183 * 86_400
    [today, more] = [history_of("designs", design).rows for design in ("today", "more")]
    before = [rows[rows["time"] < october] for rows in (today, more)]
    assert np.array_equal(*before)
    assert len(today) != len(more)


def test_under_a_reading_without_effect_support_changes_no_life():
    scenario = scenario_of("evidence")
    lives = []
    for design, reading in (("today", None), ("open", "no_effect"), ("open", None)):
        frame = compiled_engine.simulate(compile_model(scenario, design, reading=reading), 1, 0).frame()
        frame.columns = COLUMNS
        lives.append(frame[frame["item"].isin(["struggling", "in_crisis"])].reset_index(drop=True))
    today, without, with_effect = lives
    assert today.equals(without)
    assert not today.equals(with_effect)
