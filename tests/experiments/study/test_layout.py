"""Points, their numbers, chance and inputs."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.sensitivity import sobol
from simulator.experiments.sampling import of_cube
from tests.experiments.doubtful import PLACES, TEXT
from tests.experiments.study.studies import BOTH, GRID, ONE, laid_out


def test_every_combination_of_the_grid_is_a_point_and_the_last_control_changes_fastest(
    tmp_path: Path,
) -> None:
    two = TEXT.replace(
        "in: [early]}}",
        "in: [early]}, yes_share: {of: services.help.take_up, range: 40% to 90%, in: [early]}}",
    )
    layout = laid_out(tmp_path, ONE + "grid: {ten: [0.5, 2], yes_share: [50%, 60%, 90%]}\n", two)
    inputs = layout.inputs(range(1, len(layout) + 1))
    assert inputs["point"] == [1, 2, 3, 4, 5, 6]
    assert list(zip(inputs["ten"], inputs["yes_share"], strict=True)) == list(product([0.5, 2], [50, 60, 90]))
    assert inputs["reading"] == ["as written"] * 6
    assert layout.point(5).settings == (("ten", "2"), ("yes_share", "60%"))
    assert layout.point(5).draw is None


def test_points_of_a_grid_share_their_chance(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, GRID)
    assert {layout.point(number).replications for number in (1, 2)} == {(0, 1, 2)}


def test_each_draw_has_chance_of_its_own_and_settings_share_it(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, BOTH)
    assert (len(layout), layout.draws, layout.chunks) == (24, 8, 8)
    for setting in range(3):
        for draw in range(8):
            point = layout.point(setting * 8 + draw + 1)
            assert point.replications == (2 * draw, 2 * draw + 1)
            assert point.draw is not None
            assert dict(point.draw.quantiles) == dict(layout.point(draw + 1).draw.quantiles)  # type: ignore[union-attr]
    assert layout.inputs(range(9, 17))["draw"] == list(range(1, 9))


def test_inputs_are_the_numbers_that_were_drawn(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE + "samples: {draws: 64}\n")
    assert set(layout.columns) == PLACES | {"point", "draw", "reading"}
    inputs = layout.inputs(range(1, 65))
    assert layout.sample is not None
    for place, column in zip(layout.sample.places, layout.sample.values().T, strict=True):
        if place != "reading":
            assert inputs[place] == column.tolist()
    # 30% of the weight; Sobol points spread it nearly evenly over 64 draws.
    assert 15 <= inputs["reading"].count("nothing") <= 23
    apart = layout.inputs(range(10, 13))
    assert all(apart[name] == inputs[name][9:12] for name in layout.columns)


@pytest.mark.parametrize(
    ("reading", "expected"), [("as written", {"as written"}), ("nothing", {"nothing"}), ("drawn", {"as written", "nothing"})]
)  # fmt: skip
def test_the_reading_is_the_one_that_is_asked_for(tmp_path: Path, reading: str, expected: set[str]) -> None:
    layout = laid_out(tmp_path, ONE + f"samples: {{draws: 32}}\nreading: {reading}\n")
    assert set(layout.inputs(range(1, 33))["reading"]) == expected
    given_to_runs = {layout.point(number).reading or "as written" for number in range(1, 33)}
    assert given_to_runs == expected


def test_a_reading_of_a_grid_is_given_to_every_point(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, GRID + "reading: nothing\n")
    assert [layout.point(number).reading for number in (1, 2)] == ["nothing"] * 2
    assert layout.inputs(range(1, 3))["reading"] == ["nothing"] * 2


def test_a_number_that_the_grid_sets_is_not_drawn_as_well(tmp_path: Path) -> None:
    set_too = TEXT.replace(
        "of: services.help.places, times: 0.5 to 2", "of: services.help.take_up, range: 40% to 90%"
    )
    layout = laid_out(tmp_path, ONE + "grid: {ten: [50%, 70%]}\nsamples: {draws: 4}\n", set_too)
    assert "numbers.willing" not in layout.columns
    assert "numbers.found" in layout.columns


def test_a_sobol_design_keeps_what_each_point_is(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE + "sobol: {size: 4, of: [services.help]}\nreplications: 2\n")
    places = [each.place for each in layout.sample.numbers]  # type: ignore[union-attr]
    assert len(places) == 2
    assert len(layout) == 4 * (2 + 2)
    inputs = layout.inputs(range(1, 17))
    assert inputs["matrix"] == [
        name for name in ("a", "b", *(f"ab:{place}" for place in places)) for _ in range(4)
    ]
    assert inputs["row"] == [1, 2, 3, 4] * 4
    assert layout.point(16).replications == (0, 1)
    a, b, *crossed = (
        list(zip(*(inputs[place][4 * k : 4 * k + 4] for place in places), strict=True)) for k in range(4)
    )
    assert crossed == [
        [(two[0], one[1]) for one, two in zip(a, b, strict=True)],
        [(one[0], two[1]) for one, two in zip(a, b, strict=True)],
    ]
    wanted = of_cube(layout.study.scenario, layout.sample.numbers, sobol.design(4, 2, seed=1).points)  # type: ignore[union-attr]
    assert np.array_equal(np.array([inputs[place] for place in places]).T, wanted.values())


def test_readings_are_an_axis_of_a_sobol_design_where_they_are_drawn(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE + "sobol: {size: 8, of: [services.help]}\nreading: drawn\n")
    assert layout.matrices == (
        "a",
        "b",
        *(f"ab:{each.place}" for each in layout.sample.numbers),
        "ab:reading",
    )  # type: ignore[union-attr]
    assert set(layout.inputs(range(1, len(layout) + 1))["reading"]) == {"as written", "nothing"}


@given(st.integers(1, 40), st.integers(1, 9))
def test_every_point_is_in_one_chunk(draws: int, chunk: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        layout = laid_out(Path(folder), ONE + f"samples: {{draws: {draws}}}\nchunk: {chunk}\n")
    numbers = [point.number for _, points in layout.work(list(range(layout.chunks))) for point in points]
    assert numbers == list(range(1, draws + 1))
    assert all(len(layout.numbers(each)) <= chunk for each in range(layout.chunks))


@pytest.mark.parametrize(
    ("points", "replications", "expected"),
    [(4, 1, 1), (1_000, 1, 8), (14_336, 1, 112), (1_000_000, 2, 1_024)],
)
def test_chunks_are_neither_many_nor_large(
    tmp_path: Path, points: int, replications: int, expected: int
) -> None:
    samples = f"samples: {{draws: {points}, of: [services.help.cost], method: latin}}\n"
    assert laid_out(tmp_path, f"{ONE}{samples}replications: {replications}\n").chunk == expected
