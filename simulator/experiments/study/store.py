"""The folder of a study: plan, copies of what was read, and Parquet files by chunk, each written whole.

A chunk is finished when its results are there; its inputs and failures are written before them. The bytes of every file but
the record depend on the plan alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.experiments.files import left_over, names_on_disk, ready, whole_bytes, whole_text
from simulator.experiments.points import Ran
from simulator.experiments.study.layout import KEYS, Layout
from simulator.experiments.study.plan import OtherPlan, as_json, check_same, plan_of

if TYPE_CHECKING:
    import pyarrow as pa

PLAN, RECORD, STUDY, SCENARIO = "plan.json", "record.json", "study.yaml", "scenario.yaml"
INPUTS, RESULTS, FAILURES = "inputs", "results", "failures"
GAPS = b"out_of_reach"


class NoStudy(ValueError):
    """A folder without a study in it, or with none of it finished, or one that somebody else is writing to."""

    wrong_place = True


@dataclass(frozen=True)
class Tally:
    """What is finished: chunks, rows of results (one a replication and design), rows of failures, and points in which a
    sampled share or ratio was out of reach and the nearest was used."""

    chunks: int
    rows: int
    failures: int
    gaps: int


@dataclass(frozen=True)
class Folder:
    """The files of a study."""

    path: Path

    def plan(self) -> dict[str, Any]:
        """What was asked. Raises NoStudy where there is no study."""
        try:
            found = json.loads((self.path / PLAN).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise NoStudy(f"there is no study in {self.path}: `simulator batch` writes one") from None
        except ValueError:
            raise NoStudy(f"{self.path / PLAN} is not the plan of a study") from None
        if not isinstance(found, dict) or not isinstance(found.get("chunks"), int):
            raise NoStudy(f"{self.path / PLAN} is not the plan of a study")
        return found

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes meanwhile. Raises NoStudy if somebody does, CannotWrite for a folder that cannot be written to."""
        ready(self.path)
        try:
            import fcntl
        except ImportError:  # Windows has no such locks
            yield
            return
        handle = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NoStudy(f"another `simulator batch` is writing to {self.path}") from None
            except OSError:  # some network drives know no locks of folders
                pass
            yield
        finally:
            os.close(handle)

    def begin(self, layout: Layout) -> None:
        """Write the plan, or see that the one here is the same; remove what a killed run left half-written.

        Raises OtherPlan where it differs, and for a folder that holds other things.
        """
        for name in (PLAN, RECORD, STUDY, SCENARIO):
            for path in left_over(self.path, name):
                path.unlink(missing_ok=True)
        for section in (INPUTS, RESULTS, FAILURES):
            for path in left_over(self.path / section, "*.parquet"):
                path.unlink(missing_ok=True)
        plan = plan_of(layout)
        if (self.path / PLAN).exists():
            check_same(self.plan(), json.loads(as_json(plan)), str(self.path))
        elif any(self.path.iterdir()):
            raise OtherPlan(f"{self.path} holds other files and no study: choose a new folder")
        else:
            whole_text(self.path / PLAN, as_json(plan))
        for name, text in ((STUDY, layout.study.text), (SCENARIO, layout.study.scenario.text)):
            if not (self.path / name).exists():
                whole_text(self.path / name, text)

    def file(self, section: str, chunk: int) -> Path:
        return self.path / section / f"{chunk:05d}.parquet"

    def files(self, section: str) -> list[Path]:
        """Files of finished chunks, in order. Whatever else there is belongs to none."""
        found = sorted((self.path / section).glob("[0-9]*.parquet"))
        return [path for path in found if section == RESULTS or (self.path / RESULTS / path.name).exists()]

    def finished(self, chunks: int) -> set[int]:
        """The chunks that are whole, of so many. What cannot be read is removed, to be made again."""
        found = set()
        for chunk in range(chunks):
            parts = [self.file(section, chunk) for section in (RESULTS, INPUTS)]
            if all(_rows(path) is not None for path in parts):
                found.add(chunk)
            else:
                parts[0].unlink(missing_ok=True)
        return found

    def tally(self) -> Tally:
        import pyarrow.parquet as pq

        rows = gaps = 0
        results = self.files(RESULTS)
        for path in results:
            found = pq.read_metadata(path)
            rows += found.num_rows
            gaps += int((found.metadata or {}).get(GAPS, b"0"))
        failures = sum(_rows(path) or 0 for path in self.files(FAILURES))
        return Tally(len(results), rows, failures, gaps)

    def write(self, layout: Layout, chunk: int, ran: Ran) -> int:
        """Write a chunk; returns its size in bytes. Raises CannotWrite, and then the chunk is not finished."""
        inputs = layout.inputs(layout.numbers(chunk))
        parts = {
            INPUTS: inputs_table(layout, inputs),
            FAILURES: failures_table(layout, inputs, ran),
            RESULTS: results_table(layout, ran),
        }
        size = 0
        for section, table in parts.items():
            path = self.file(section, chunk)
            if section == FAILURES and not table.num_rows:
                path.unlink(missing_ok=True)
                continue
            content = as_parquet(table)
            if section == RESULTS:  # after a power cut too, results say that the rest is there
                names_on_disk(self.path / INPUTS)
                names_on_disk(self.path / FAILURES)
            whole_bytes(path, content)
            size += len(content)
        return size


def inputs_table(layout: Layout, inputs: dict[str, Any]) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: inputs[name] for name in layout.columns}, schema=_inputs_schema(layout))


def _inputs_schema(layout: Layout) -> pa.Schema:
    import pyarrow as pa

    kinds = {
        "point": pa.int64(),
        "draw": pa.int64(),
        "row": pa.int64(),
        "matrix": pa.string(),
        "reading": pa.string(),
    }
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in layout.columns])


def results_table(layout: Layout, ran: Ran) -> pa.Table:
    """A row for each replication and design that could be finished; a figure that is not known is null."""
    import pyarrow as pa

    points, replications, designs, figures = ran.values.shape
    lost = {(each.point, each.replication) for each in ran.failed}
    numbers, runs = [], []
    kept = np.zeros((points, replications), bool)
    for row, number in enumerate(ran.numbers):
        for column, replication in enumerate(layout.point(number).replications):
            if (number, None) not in lost and (number, replication) not in lost:
                kept[row, column] = True
                numbers.append(number)
                runs.append(replication)
    values = ran.values[kept].reshape(-1, figures)
    columns: list[Any] = [
        pa.array(np.repeat(np.array(numbers, np.int64), designs)),
        pa.array(np.repeat(np.array(runs, np.int64), designs)),
        pa.array(list(layout.job.designs) * len(numbers), pa.string()),
        *(pa.array(np.ascontiguousarray(column), pa.float64(), from_pandas=True) for column in values.T),
    ]
    table = pa.table(columns, names=[*KEYS, *layout.job.outputs])
    return table.replace_schema_metadata({GAPS: str(ran.gaps).encode()})


def failures_table(layout: Layout, inputs: dict[str, Any], ran: Ran) -> pa.Table:
    """A row for each run that failed, with what was put into it; replication null where the numbers themselves cannot be."""
    import pyarrow as pa

    rows = [ran.numbers.index(each.point) for each in ran.failed]
    columns = inputs_table(layout, {name: [column[row] for row in rows] for name, column in inputs.items()})
    first: Sequence[tuple[str, Any]] = (
        ("error", pa.array([each.error for each in ran.failed], pa.string())),
        ("replication", pa.array([each.replication for each in ran.failed], pa.int64())),
    )
    for name, column in first:
        columns = columns.add_column(1, name, column)
    return columns


def as_parquet(table: pa.Table) -> bytes:
    """The bytes of a Parquet file: the same for the same table, whoever writes it with these versions."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = pa.BufferOutputStream()
    pq.write_table(
        table,
        stream,
        row_group_size=1_000_000,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=[name for name, kind in zip(table.column_names, table.schema.types, strict=True)
                        if pa.types.is_string(kind)],
        store_schema=False,
    )  # fmt: skip
    return stream.getvalue().to_pybytes()


def _rows(path: Path) -> int | None:
    """How many rows a Parquet file has; None if it is not there or is no whole one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowInvalid):
        return None


__all__ = ["Folder", "NoStudy", "Tally"]
