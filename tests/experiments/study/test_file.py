"""A study file that cannot be is refused with file, line, key, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.experiments.study import load_study
from simulator.experiments.study.layout import lay_out
from simulator.scenario.problems import ScenarioError
from tests.experiments.study.studies import BOTH, GRID, ONE, laid_out, loaded, written
from tests.present.tiny import TEXT as CERTAIN

ROOT = Path(__file__).parents[3]


def test_a_study_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    study = loaded(tmp_path, ONE)
    assert study.title == "One point"
    assert study.scenario.title == "Tiny"
    document = study.document
    assert (document.seed, document.replications, document.engine, document.reading) == (
        1,
        1,
        "compiled",
        None,
    )


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        ("sample: {draws: 2}", 4, "unknown key `sample`.*did you mean `samples`"),
        ("samples: {draws: 0}", 4, "samples.draws: `0` is not a whole number from 1 to 1,000,000"),
        ("samples: {draws: 2.5}", 4, "not a whole number"),
        ("samples: {draws: [2]}", 4, "a whole number is wanted"),
        ("samples: {draws: ٣}", 4, "not a whole number"),
        ("samples: {draws: 8, method: halton}", 4, "`halton` is not known here"),
        ("samples: {method: latin}", 4, "`draws` is missing"),
        ("samples: {draws: 8, of: [services.hepl]}", 4, "no uncertain number at `services.hepl`"),
        ("sobol: {size: 12}", 4, "sobol.size: the size of a Sobol design is a power of two"),
        ("samples: {draws: 8}\nsobol: {size: 8}", 1, "`samples` and `sobol` shut each other out"),
        ("grid: {tne: [1, 2]}", 4, "no control `tne`.*did you mean `ten`"),
        ("grid: {ten: [1, 20]}", 4, "grid.ten.1: `20` is outside the range.*from `0.5` to `2`"),
        ("grid: {ten: [1, 60%]}", 4, "grid.ten.1"),
        ("grid: {ten: [1, 1]}", 4, "`1` stands here twice"),
        ("grid: {ten: [1, 1.0]}", 4, "`1.0` stands here twice"),
        ("grid: {ten: 1}", 4, "a list of values is wanted here.*such as `\\[1\\]`"),
        ("grid: {ten: []}", 4, "the list is empty"),
        ("grid: ten", 4, "controls of the scenario are wanted"),
        ("designs: [today, eraly]", 4, "designs.1: the scenario has no design `eraly`.*`early`"),
        ("outputs: [crises, crimes]", 4, "outputs.1: there is no figure `crimes`"),
        ("reading: nothin", 4, "no reading `nothin`.*did you mean `nothing`"),
        ("reading: drawn", 4, "readings are drawn with samples"),
        ("engine: fast", 4, "`fast` is not known here"),
        ("replications: 1e3", 4, "not a whole number"),
        ("chunk: 0", 4, "not a whole number"),
        ("seed: -1", 4, "not a whole number"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, change: str, line: int, words: str) -> None:
    path = written(tmp_path, f"{ONE}{change}\n")
    with pytest.raises(ScenarioError, match=f"(?s){words}") as caught:
        lay_out(load_study(path))
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == (str(path), line)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format: 1\nstudy: S\n", "`scenario` is missing"),
        ("format: 2\nstudy: S\nscenario: tiny.yaml\n", "format `2` is not known"),
        (
            "format: 1\nstudy: S\nscenario: other.yaml\n",
            ":3:1: error: scenario: `other.yaml`: there is no such file",
        ),
        ("format: 1\nstudy: S\nscenario: &a tiny.yaml\n", "anchors"),
        ("- a\n", "mapping"),
    ],
)
def test_a_file_that_is_no_study_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        load_study(written(tmp_path, text))


def test_what_is_wrong_with_the_scenario_is_said_of_the_scenario(tmp_path: Path) -> None:
    path = written(tmp_path, ONE, CERTAIN.replace("places: 0", "places: lots"))
    with pytest.raises(ScenarioError) as caught:
        load_study(path)
    assert {each.file for each in caught.value.problems} == {str(tmp_path / "tiny.yaml")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("samples: {draws: 1000000}\nreplications: 100000\n", "runs, and 10,000,000 is the most"),
        ("sobol: {size: 65536}\nreplications: 100\n", "runs, and 10,000,000 is the most"),
        ("samples: {draws: 1000000}\nchunk: 1\n", "chunks, and 100,000 is the most.*chunk: 1000"),
        ("samples: {draws: 1000000}\nchunk: 1000000\noutputs: [crises, cost, purse, stayed, cash_released, demand_avoided]\n",
         "a chunk would have 12,000,000 figures"),
        ("outputs: [crises, states.design.entries]\ngrid: {ten: [1]}\n", None),
    ],
)  # fmt: skip
def test_what_would_eat_the_machine_is_refused_at_once(
    tmp_path: Path, change: str, words: str | None
) -> None:
    study = loaded(tmp_path, ONE + change)
    if words is None:
        assert len(lay_out(study)) == 1
        return
    with pytest.raises(ScenarioError, match=f"(?s){words}"):
        lay_out(study)


def test_samples_of_what_is_certain_are_refused(tmp_path: Path) -> None:
    certain = CERTAIN[: CERTAIN.index("readings:")]
    with pytest.raises(ScenarioError, match="no number of this scenario has a range"):
        laid_out(tmp_path, ONE + "samples: {draws: 4}\n", certain)


def test_a_name_for_two_columns_is_refused(tmp_path: Path) -> None:
    from tests.experiments.doubtful import TEXT

    same = TEXT.replace("{ten:", "{stayed:")
    with pytest.raises(ScenarioError, match="`stayed` would be the name of two columns"):
        laid_out(tmp_path, GRID.replace("ten", "stayed") + "outputs: [crises, stayed]\n", same)
    assert laid_out(tmp_path, GRID.replace("ten", "stayed") + "outputs: [crises]\n", same).columns


def test_the_study_of_the_documentation_can_be_run() -> None:
    layout = lay_out(load_study(ROOT / "docs" / "studies" / "edge-of-care.yaml"))
    assert len(layout) == 192
    assert BOTH.splitlines()[0] == layout.study.text.splitlines()[2]
