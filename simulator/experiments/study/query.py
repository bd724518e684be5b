"""Questions to a study's folder: as one table for pandas, or in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiments.study.store import FAILURES, INPUTS, RESULTS, Folder, NoStudy
from simulator.experiments.workers import NotInstalled

if TYPE_CHECKING:
    import pandas as pd

# Nothing but the views: no files, no network, no other programs' parts, and no way back.
CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}


class BadQuery(ValueError):
    """A question that cannot be answered."""

    wrong_place = True


@dataclass(frozen=True)
class Found:
    """The answer to a question: column names, each once, and rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def read(folder: str | Path) -> pd.DataFrame:
    """Everything that is finished of a study: a row for each point, replication and design, the inputs, then the outputs.

        from simulator.experiments.study import read
        read("out").groupby(["take_up", "design"])["crises"].mean()

    Columns: `store.results_table` and `Layout.inputs`. Raises NoStudy where nothing is finished.
    """
    found = {section: _dataset(folder, section).to_table().to_pandas() for section in (INPUTS, RESULTS)}
    results, inputs = found[RESULTS], found[INPUTS]
    keys = ["point", "replication", "design"]
    both = results[keys].merge(inputs, on="point", how="left", validate="many_to_one")
    return both.join(results.drop(columns=keys))


def query(folder: str | Path, sql: str) -> Found:
    """Ask what is finished of a study in SQL (DuckDB). Tables: results, inputs, failures, and runs (results with their inputs).

    Nothing of the folder can be changed by a question, nor any other file be read. Raises BadQuery for SQL that cannot be
    answered, NoStudy where nothing is finished, NotInstalled without DuckDB.
    """
    try:
        import duckdb
    except ImportError:
        raise NotInstalled(
            'queries need DuckDB: install "commissioning-simulator[query]", or read the files with pandas'
        ) from None
    datasets = {section: _dataset(folder, section) for section in (INPUTS, RESULTS, FAILURES)}
    with duckdb.connect(":memory:", config=CLOSED) as connection:
        for name, dataset in datasets.items():
            connection.register(name, dataset)
        connection.execute("CREATE VIEW runs AS SELECT * FROM inputs JOIN results USING (point)")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            answer = connection.execute(sql)
            columns = [str(each[0]) for each in (answer.description or ())] if answer is not None else []
            rows = answer.fetchall() if columns else []
        except duckdb.Error as error:
            raise BadQuery(str(error).strip()) from None
    if not columns:
        raise BadQuery("this question has no answer: write one such as SELECT * FROM runs LIMIT 10")
    return Found(_each_once(columns), rows)


def _dataset(folder: str | Path, section: str) -> Any:
    """The files of one section as one table that is read piece by piece."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    where = Folder(Path(folder))
    plan = where.plan()
    files = where.files(section)
    if not files and section != FAILURES:
        raise NoStudy(
            f"none of the {plan['chunks']:,} chunks of {folder} is finished yet: run `simulator batch` again"
        )
    if files:
        return ds.dataset([str(path) for path in files], format="parquet")
    inputs = pq.read_schema(where.files(INPUTS)[0])
    fields = [pa.field("replication", pa.int64()), pa.field("error", pa.string())]
    return ds.dataset(pa.table(pa.schema([inputs.field(0), *fields, *list(inputs)[1:]]).empty_table()))


def _each_once(names: list[str]) -> tuple[str, ...]:
    """Names of columns; one that is there already gets a number, as in `a`, `a_2`."""
    found: list[str] = []
    for name in names:
        number, wanted = 1, name
        while wanted in found:
            number += 1
            wanted = f"{name}_{number}"
        found.append(wanted)
    return tuple(found)


__all__ = ["BadQuery", "Found", "query", "read"]
