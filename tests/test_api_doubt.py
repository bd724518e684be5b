"""The Python way into doubt: what is asked, asked again of the same runs, written down, and refused."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator import api_doubt
from simulator.api_doubt import Asked
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import ScenarioError
from tests.experiments.doubtful import PLACES, TEXT
from tests.present.tiny import NO_COSTS, written

TAKE_UP = "numbers.willing"
NAMES = {
    "uncertainty": ["acceptability", "net_benefit", "variance", "plane", "regret"],
    "information": ["evpi", "evppi", "evsi"],
    "one": ["tornado", "switching"],
    "morris": ["screening"],
    "sobol": ["shares"],
    "failure": ["failing", "break_even"],
}
SIZES = {"one": None, "morris": 3, "sobol": 8, "failure": 128}


@cache
def scenario() -> Scenario:
    return load_text(TEXT, "doubtful.yaml")


def ask(kind: str, workers: int = 1, **more: Any) -> Asked:
    """Each kind of question in its smallest size."""
    if kind == "uncertainty":
        return api_doubt.uncertainty(scenario(), **{"draws": 8, "workers": workers, **more})
    if kind == "information":
        return api_doubt.information(
            scenario(), **{"draws": 16, "workers": workers, "study": TAKE_UP, **more}
        )
    settings = {"method": kind, "size": SIZES[kind], "replications": 2, "workers": workers, **more}
    return api_doubt.sensitivity(scenario(), **settings)


@cache
def asked(kind: str) -> Asked:
    return ask(kind)


@pytest.mark.parametrize("kind", NAMES)
def test_each_kind_has_its_questions_each_with_a_table(kind: str) -> None:
    found = asked(kind)
    assert [each.name for each in found.answers] == NAMES[kind]
    for name in NAMES[kind]:
        pd.testing.assert_frame_equal(found.table(name), found.only(name).answers[0].table)
        assert [each.name for each in found.only(name).answers] == [name]
    assert found.only(NAMES[kind][0]).only(None).answers[-1].name == NAMES[kind][-1]


@pytest.mark.parametrize("kind", NAMES)
def test_json_is_strict_and_holds_the_sentences_and_rows(kind: str) -> None:
    found = asked(kind)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    told = json.loads(found.json(), parse_constant=refuse)
    assert [each["name"] for each in told["questions"]] == NAMES[kind]
    for each, answer in zip(told["questions"], found.answers, strict=True):
        assert each["answer"] == list(answer.sentences) and each["question"] == answer.question
        assert len(each["rows"]) == len(answer.table)
        assert not each["rows"] or list(each["rows"][0]) == list(answer.table.columns)
    assert told["seed"] == 1 and told["kind"] == found.kind


@pytest.mark.parametrize("kind", NAMES)
def test_tables_are_written_whole_and_read_again(kind: str, tmp_path: Path) -> None:
    found = asked(kind)
    paths = found.write(tmp_path / "out")
    names = {path.name for path in paths}
    assert {f"{name}.parquet" for name in NAMES[kind]} < names and len(names) == len(NAMES[kind]) + 1
    assert names == {path.name for path in (tmp_path / "out").iterdir()}, "nothing unfinished is left there"
    for name in NAMES[kind]:
        table = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert len(table) == len(found.table(name)) and list(table) == list(found.table(name))
    (record,) = (path for path in paths if path.suffix == ".json")
    assert json.loads(record.read_text(encoding="utf-8"))["seed"] == 1


def test_one_table_has_every_row_with_its_question() -> None:
    found = asked("uncertainty")
    table = found.one_table()
    assert next(iter(table.columns)) == "question"
    assert table["question"].value_counts().to_dict() == {
        each.name: len(each.table) for each in found.answers
    }


# ---- the same runs, weighed again


def test_another_worth_weighs_the_same_runs_without_running(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.experiments import many

    found = asked("uncertainty")

    def no_more(*_: Any, **__: Any) -> None:
        raise AssertionError("it runs again")

    monkeypatch.setattr(many, "run_all", no_more)
    monkeypatch.setattr("simulator.experiments.uncertainty.run_all", no_more)
    again = found.at(worth=1e6)
    assert again.runs is found.runs and found.weighing.worth == 0
    free, dear = (each.table("net_benefit").set_index("design") for each in (found, again))
    plane = found.table("plane").set_index("design")
    assert free.loc["early", "gain"] == pytest.approx(-plane.loc["early", "cost"])
    assert dear.loc["early", "gain"] == pytest.approx(
        1e6 * plane.loc["early", "effect"] - plane.loc["early", "cost"]
    )
    assert "At £1.0 million for each crisis avoided" in again.answers[0].sentences[0]


def test_weighed_again_is_as_if_asked_so() -> None:
    for kind in ("uncertainty", "one"):
        there, again = ask(kind, worth=20_000), asked(kind).at(worth=20_000)
        assert again.json() == there.json(), kind


def test_money_that_decides_alone_is_the_difference_of_costs_in_the_frame_of_runs() -> None:
    found = asked("uncertainty")
    cost = found.runs.figure("cost").mean(axis=1)
    row = found.table("net_benefit").set_index("design").loc["early"]
    assert row["gain"] == pytest.approx(float((cost[:, 0] - cost[:, 1]).mean()))
    assert found.runs.values.shape[:3] == (8, 2, 2)


@pytest.mark.parametrize("kind", ["uncertainty", "one", "failure"])
def test_as_many_workers_as_you_like_give_the_same_numbers(kind: str) -> None:
    one = asked(kind)
    two = ask(kind, workers=2)
    assert json.loads(one.json())["questions"] == json.loads(two.json())["questions"]


def test_another_seed_gives_other_numbers() -> None:
    assert (
        ask("uncertainty", seed=2).table("net_benefit").iloc[1]["gain"]
        != (asked("uncertainty").table("net_benefit").iloc[1]["gain"])
    )


# ---- which numbers


@pytest.mark.parametrize("kind", ["one", "morris", "sobol"])
def test_every_uncertain_number_is_looked_at_or_those_asked_for(kind: str) -> None:
    name = NAMES[kind][0]
    assert set(asked(kind).table(name)["place"]) == PLACES
    assert set(ask(kind, of=["numbers", "services.help.cost"]).table(name)["place"]) == {
        "numbers.willing",
        "numbers.found",
        "services.help.cost.0.charity",
    }


def test_ends_are_the_range_as_written_and_the_grid_is_of_the_most_important() -> None:
    found = asked("one")
    row = found.table("tornado").set_index("place").loc[TAKE_UP]
    assert (row["low"], row["high"]) == ("50%", "85%")
    order = found.table("tornado")["place"].tolist()
    assert set(found.table("switching")["place"]) <= set(order)
    switching = found.table("switching").set_index("place").loc[TAKE_UP]
    assert switching["tried_from"] < 0.5 and switching["tried_to"] > 0.85
    assert switching["written"] == pytest.approx(0.7)


def test_a_study_is_of_the_number_that_is_named() -> None:
    found = ask("information", takes=0.5, study_cost=1_000, per_person=2, sizes=[10, 30])
    table = found.table("evsi")
    assert table["place"].tolist() == [TAKE_UP] * 2 and table["people"].tolist() == [10, 30]
    assert table["study_cost"].tolist() == [1_020, 1_060]
    assert "‘willing’" in found.only("evsi").answers[0].question


def test_the_reading_is_drawn_by_weight_or_is_the_one_named() -> None:
    from simulator.experiments.uncertain import READING

    drawn, named = asked("uncertainty").runs.sample, ask("uncertainty", reading="nothing").runs.sample
    assert READING in drawn.places
    assert READING not in named.places or np.ptp(named.values()[:, named.places.index(READING)]) == 0


def test_progress_is_told_as_a_whole_and_can_stop() -> None:
    from simulator.experiments.runner import Cancelled

    shares: list[float] = []
    ask("one", progress=lambda progress: shares.append(progress.share))
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    with pytest.raises(Cancelled):
        ask("uncertainty", progress=lambda progress: False)


# ---- what is refused, before anything is run


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("uncertainty", {"cost": "nonsense"}, "there is no figure `nonsense`"),
        ("uncertainty", {"effect": "nonsense"}, "there is no figure `nonsense`"),
        ("uncertainty", {"of": ["nowhere"]}, "there is no uncertain number at `nowhere`"),
        ("uncertainty", {"designs": ["nobody"]}, "there is no design `nobody`"),
        ("uncertainty", {"designs": ["today"]}, "beside the baseline"),
        ("information", {"study": "nowhere"}, "there is no uncertain number at `nowhere`"),
        ("uncertainty", {"reading": "nobody"}, "there is no reading `nobody`"),
        ("one", {"reading": "nobody"}, "there is no reading `nobody`"),
        ("one", {"design": "nobody"}, "there is no design `nobody`"),
        ("one", {"design": "today"}, "there must be a design beside the baseline"),
        ("morris", {"of": ["nowhere"]}, "there is no uncertain number at `nowhere`"),
    ],
)
def test_names_that_there_are_not_are_refused_before_anything_runs(
    kind: str, more: dict[str, Any], said: str
) -> None:
    ran: list[object] = []
    with pytest.raises(ScenarioError) as refused:
        ask(kind, progress=ran.append, **more)
    assert said in str(refused.value) and not ran


def test_a_question_that_is_not_asked_is_refused_with_those_that_are() -> None:
    with pytest.raises(ScenarioError) as refused:
        asked("uncertainty").table("net_benefits")
    assert "there is no question `net_benefits`" in str(refused.value) and "net_benefit" in str(refused.value)


@pytest.mark.parametrize(
    "more",
    [{"worth": -1.0}, {"worth": float("nan")}, {"worth": float("inf")}, {"draws": 0}, {"replications": 0}],
)
def test_counts_and_amounts_that_cannot_be_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        ask("uncertainty", **more)


def test_a_method_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="one, morris, sobol, failure"):
        api_doubt.sensitivity(scenario(), method="nonsense")


def test_a_baseline_alone_leaves_nothing_to_choose(tmp_path: Path) -> None:
    alone = written(
        tmp_path, TEXT.replace("  early: {label: Early help, services: {help: {places: 12}}}\n", "")
    )
    alone.write_text(alone.read_text(encoding="utf-8").replace(", in: [early]", ""), encoding="utf-8")
    for way in (api_doubt.uncertainty, api_doubt.information, api_doubt.sensitivity):
        with pytest.raises(ScenarioError) as refused:
            way(alone)
        assert "there must be a design beside the baseline" in str(refused.value)


def test_a_scenario_without_ranges_has_no_doubt_to_ask_about(tmp_path: Path) -> None:
    sure = written(tmp_path, NO_COSTS)
    for more in ({}, {"method": "morris"}, {"method": "sobol"}, {"method": "failure"}):
        with pytest.raises(ScenarioError, match="range"):
            api_doubt.sensitivity(sure, **more)
    with pytest.raises(ScenarioError, match="range"):
        api_doubt.uncertainty(sure)
