"""What a link and a command line carry, and that they come back as they went."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dashboard import choices as c
from simulator.dashboard.choices import Choices
from simulator.scenario.load import load_text
from tests.present import tiny

CONTROLS = """
controls:
  places: {label: Places, of: services.help.places, times: 0.5 to 2, step: 0.1, in: [early]}
  effect: {label: How well it works, of: services.help.effects.fewer.hazard_ratio, range: 0.1 to 1, step: 0.05}
"""
SCENARIO = load_text(tiny.TEXT + CONTROLS, "tiny.yaml")


def read(query: dict[str, str], can_vary: bool = True) -> tuple[Choices | None, list[str]]:
    return c.from_query(query, "tiny", SCENARIO, can_vary=can_vary)


@pytest.mark.parametrize("vary", [False, True])
def test_a_link_brings_the_choices_back(vary):
    chosen = Choices("tiny", "early", "nothing", 300, {"effect": "0.5", "places": "1.5"}, vary)
    address = c.link("http://here/compare?old=1", chosen)
    assert address is not None and address.startswith("http://here/compare?")
    assert read(dict(parse_qsl(urlsplit(address).query))) == (chosen, [])


def test_who_comes_without_a_link_sees_doubt_about_the_numbers_where_there_is_any():
    assert read({}) == (Choices("tiny", "early", vary=True), [])
    assert read({"runs": "20"})[0] == Choices("tiny", "early", runs=20, vary=True)
    assert read({}, can_vary=False) == (Choices("tiny", "early"), [])


def test_a_link_with_choices_and_no_word_on_varying_shows_the_figures_it_always_did():
    assert read({"scenario": "tiny", "design": "early"}) == (Choices("tiny", "early"), [])


def test_a_link_that_varies_what_is_certain_says_so():
    found, said = read({"design": "early", "vary": "1"}, can_vary=False)
    assert found == Choices("tiny", "early") and "this scenario has none" in said[0]
    assert read({"vary": "yes"}) == (
        Choices("tiny", "early"),
        ["The link says neither yes nor no to varying the uncertain numbers; they are as written."],
    )


def test_each_part_of_a_link_that_cannot_be_is_named_and_left_out():
    query = {
        "design": "today",
        "reading": "x",
        "runs": "7",
        "set.effect": "5",
        "set.nobody": "1",
        "set.places": "1.2",
    }
    found, said = read(query)
    assert found == Choices("tiny", "early", settings={"places": "1.2"})
    assert len(said) == 5


@given(
    st.dictionaries(
        st.text(max_size=20).map(lambda each: f"set.{each}") | st.sampled_from(["design", "runs"]), st.text()
    )
)
def test_no_link_does_harm(query):
    found, _ = read(query)
    assert found is not None and found.design == "early"


def test_a_link_with_hundreds_of_mistakes_names_a_few_and_counts_the_rest():
    found, said = read({f"set.x{n}": "1" for n in range(300)})
    assert found == Choices("tiny", "early", vary=True)
    assert len(said) == c.MOST_SAID + 1
    assert f"{300 - c.MOST_SAID} more" in said[-1]


def test_a_scenario_with_a_baseline_alone_has_nothing_to_choose():
    text = tiny.NO_COSTS.replace(", then: {label: The same again}", "")
    assert c.from_query({}, "tiny", load_text(text, "tiny.yaml"), can_vary=False) == (None, [])


def test_a_link_that_mail_would_break_is_not_offered():
    settings = {f"control_{number}": "1" for number in range(200)}
    assert c.link("http://here/", Choices("tiny", "early", settings=settings)) is None


def test_the_command_says_all_that_is_not_as_written():
    chosen = Choices("tiny", "early", "nothing", 20, {"effect": "50%", "places": "1.5"}, vary=True)
    assert c.command("scenarios/a file.yaml", chosen) == (
        "simulator compare 'scenarios/a file.yaml' --design early --replications 20 --seed 1 --reading nothing --vary "
        "--set effect=50% --set places=1.5"
    )


@given(st.text())
def test_the_command_is_one_command_whatever_the_file_is_called(name):
    words = shlex.split(c.command(name, Choices("tiny", "early")))
    assert words[:4] == ["simulator", "compare", name, "--design"]


def test_downloads_are_named_in_plain_letters():
    scenario = load_text(tiny.TEXT, "../../etc/pass wd<script>.yaml")
    assert c.file_name(scenario, Choices("x", "early"), "csv") == "pass-wd-script--early.csv"
    assert c.file_name(scenario, Choices("x", "early", settings={"a": "1"}), "yaml").endswith(
        "-early-changed.yaml"
    )
    assert c.file_name(scenario, Choices("x", "early", vary=True), "csv").endswith("-early-varied.csv")
    assert c.file_name(scenario, Choices("x", "early", vary=True), "yaml").endswith("-early.yaml")
