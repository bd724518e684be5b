"""The model record: STRESS-DES in its order, every number of the scenario in the log, and nothing of a file becoming markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import simulator
from simulator.present.record.markdown import key, link, plain
from simulator.scenario.evidence import evidence
from simulator.scenario.load import Scenario, load, load_text

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
STRESS_DES = """1. Objectives|1.1 Purpose|1.2 Outputs|1.3 Aims|2. Logic|2.1 Overview|2.2 Logic of the baseline
2.3 Logic of the other|2.4 Algorithms|2.5 Components|2.5.1 Entities|2.5.2 Activities|2.5.3 Resources|2.5.4 Queues
2.5.5 Entry and exit|3. Data|3.1 Sources|3.2 Pre-processing|3.3 Input|3.4 Assumptions|4. Experimentation
4.1 Initialisation|4.2 Run length|4.3 Estimation|5. Implementation|5.1 Software|5.2 Random|5.3 Model execution
5.4 System|6. Code access|Assumptions log"""
HOSTILE = """
format: 1
scenario: "A | B <script>alert(1)</script> [x](javascript:alert(1))"
owner: "Dr *Bold* `code`"
start: 2027-04-01
horizon: 1 year
price_year: 2024/25
people: {arrive: {low: arrivals}}
needs: {low: {label: "Low | need <b>"}}
numbers: {arrivals: {value: 10 per year, range: 8 to 12, source: assumption, note: "a | b"}}
designs: {today: {baseline: yes, label: "# Today"}}
sources: {k: {cite: "Someone | else", url: "javascript:alert(1)", owner: Ann}}
"""


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


def test_the_sections_are_those_of_the_guideline_in_its_order(scenario: Scenario) -> None:
    found = re.findall(r"^#{2,4} (.*)$", simulator.record(scenario), re.MULTILINE)
    found.remove("Contracts, providers and investment")  # the guideline has no money
    wanted = STRESS_DES.replace("\n", "|").split("|")
    assert len(found) == len(wanted)
    assert all(heading.startswith(start) for heading, start in zip(found, wanted, strict=True))


def test_every_number_is_in_the_log_with_its_source_and_grade(scenario: Scenario) -> None:
    log = simulator.assumptions(scenario)
    every = evidence(scenario)
    assert list(log["Key"]) == [each.place for each in every]
    assert list(log["Value"]) == [each.value for each in every]
    assert [
        None if value != value else value for value in log["Grade"].astype(object).fillna(float("nan"))
    ] == [each.grade for each in every]
    assert log.notna()["Used where"].all() and (log["Used where"] != "").all()
    assert simulator.record(scenario).count("\n| ") > len(every)


def test_tables_have_as_many_cells_as_headings(scenario: Scenario) -> None:
    _cells_agree(simulator.record(scenario))


def test_the_record_is_the_same_each_time(scenario: Scenario) -> None:
    assert simulator.record(scenario) == simulator.record(load(scenario.file))


def test_each_source_of_the_file_is_told_and_each_source_told_is_of_the_file(scenario: Scenario) -> None:
    record = simulator.record(scenario)
    for name, source in scenario.document.sources.items():
        assert f"| `{name}` | {plain(source.cite)} |" in record
    known = {*scenario.document.sources, "assumption", "none stated"}
    assert set(simulator.assumptions(scenario)["Source"]) <= known


def test_words_of_a_file_never_become_markup() -> None:
    record = simulator.record(load_text(HOSTILE, "hostile.yaml"))
    _cells_agree(record)
    assert "<script" not in record.replace("\\<script", "") and "](javascript" not in record.replace(
        "\\](", ""
    )
    assert "<javascript" not in record
    assert "Low \\| need \\<b\\>" in record and "\\# Today" in record


def test_a_named_number_says_where_it_is_used_and_who_answers_for_it() -> None:
    log = simulator.assumptions(load_text(HOSTILE, "hostile.yaml")).set_index("Key")
    row = (
        log.loc["numbers.arrivals"] if "numbers.arrivals" in log.index else log.loc["numbers.arrivals.value"]
    )
    assert row["Used where"].startswith("people.arrive.low")
    assert row["Owner"] == "Dr *Bold* `code`"


def test_an_owner_of_a_source_comes_before_that_of_the_file() -> None:
    text = HOSTILE.replace("source: assumption", "source: k")
    log = simulator.assumptions(load_text(text, "owned.yaml"))
    assert "Ann" in set(log["Owner"])


def test_only_web_addresses_become_links() -> None:
    assert link("https://doi.org/10.1/x") == "<https://doi.org/10.1/x>"
    assert not link("javascript:alert(1)").startswith("<")
    assert key("a|b`c\n") == "`a\\|bc`"


def _cells_agree(record: str) -> None:
    width = 0
    for line in record.splitlines():
        cells = len(re.split(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (cells and width) or cells == width, line
        width = cells
