"""A study's folder as a table, and asked in SQL without harm to anything."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simulator.experiments.runner import Cancelled
from simulator.experiments.study import BadQuery, NoStudy, query, read, run_study
from tests.experiments.study.studies import BOTH, FAILING, contents, silent, written

duckdb = pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("asked")
    run_study(written(where, scenario=FAILING), where / "out", at_once=1, say=silent)
    return where / "out"


def test_sql_says_what_pandas_says(folder: Path) -> None:
    found = query(
        folder,
        "SELECT ten, design, avg(crises) AS mean, count(*) AS n FROM runs GROUP BY ten, design ORDER BY ALL",
    )
    assert found.columns == ("ten", "design", "mean", "n")
    wanted = read(folder).groupby(["ten", "design"])["crises"].agg(["mean", "size"])
    assert [row[:2] for row in found.rows] == list(wanted.index)
    assert [row[3] for row in found.rows] == wanted["size"].tolist()
    assert [row[2] for row in found.rows] == pytest.approx(wanted["mean"].tolist(), rel=1e-12)


def test_all_tables_are_there(folder: Path) -> None:
    table = read(folder)
    failures = pd.read_parquet(folder / "failures")
    for name, rows in (
        ("runs", len(table)),
        ("results", len(table)),
        ("inputs", 24),
        ("failures", len(failures)),
    ):
        assert query(folder, f"SELECT count(*) FROM {name}").rows == [(rows,)]
    assert query(folder, "SELECT * FROM runs LIMIT 0").columns == tuple(
        dict.fromkeys([*query(folder, "SELECT * FROM inputs LIMIT 0").columns, *table.columns])
    )
    assert "numbers.willing" in query(folder, "SELECT * FROM failures LIMIT 0").columns


def test_without_failures_their_table_is_empty(tmp_path: Path) -> None:
    run_study(written(tmp_path), tmp_path / "out", at_once=1, say=silent)
    found = query(tmp_path / "out", 'SELECT point, replication, error, ten, "numbers.willing" FROM failures')
    assert found.rows == []


def test_what_is_not_known_is_left_out_of_means(tmp_path: Path) -> None:
    run_study(written(tmp_path, BOTH.replace("stayed]", "reached by help]")), tmp_path / "out", say=silent)
    [(none, some)] = query(
        tmp_path / "out",
        'SELECT count("reached by help") FILTER (design = \'today\'), avg("reached by help") FROM runs',
    ).rows
    frame = read(tmp_path / "out")
    assert none == frame[frame["design"] == "today"]["reached by help"].count()
    assert some == pytest.approx(frame["reached by help"].mean())


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT * FROM nothing",
        "SELECT nothing FROM runs",
        "",
        "-- nothing",
        "DELETE FROM results",
        "DROP TABLE results",
        "COPY runs TO '{out}/stolen.csv'",
        "EXPORT DATABASE '{out}/stolen'",
        "SELECT * FROM read_text('{out}/plan.json')",
        "SELECT * FROM '{out}/results/00000.parquet'",
        "ATTACH '{out}/new.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['{out}']; SELECT * FROM read_text('{out}/plan.json')",
        "SELECT * FROM folder",
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_and_changes_nothing(folder: Path, sql: str) -> None:
    before = contents(folder)
    with pytest.raises(BadQuery) as caught:
        query(folder, sql.format(out=folder))
    assert caught.value.wrong_place and str(caught.value)
    assert contents(folder) == before


def test_columns_of_one_name_are_told_apart(folder: Path) -> None:
    assert query(folder, "SELECT 1 AS a, 2 AS a, 3 AS a_2").columns == ("a", "a_2", "a_2_2")


def test_a_folder_without_results_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoStudy, match="there is no study in"):
        query(tmp_path, "SELECT 1")
    with pytest.raises(NoStudy, match="there is no study in"):
        read(tmp_path / "nowhere")
    with pytest.raises(Cancelled):
        run_study(written(tmp_path), tmp_path / "out", at_once=1, progress=lambda _: False, say=silent)
    with pytest.raises(NoStudy, match=r"none of the 8 chunks of .* is finished yet"):
        query(tmp_path / "out", "SELECT 1")
    (tmp_path / "out" / "plan.json").write_text("[]")
    with pytest.raises(NoStudy, match="is not the plan of a study"):
        read(tmp_path / "out")


def test_what_is_finished_so_far_can_be_asked(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run_study(
            written(tmp_path), tmp_path / "out", at_once=1, progress=lambda told: told.done < 24, say=silent
        )
    # Inputs of a chunk that is not finished are not yet part of it.
    (tmp_path / "out" / "inputs" / "00007.parquet").write_bytes(b"half")
    assert query(tmp_path / "out", "SELECT count(*) FROM results").rows == [(24,)]
    assert len(read(tmp_path / "out")) == 24
