"""Files for other programs: whole or not at all, to the last digit, and harmless in a spreadsheet."""

from __future__ import annotations

import errno
import io
import json
import math
import os
from pathlib import Path

import pandas as pd
import pytest

from simulator.experiments import files
from simulator.present import exports
from tests.present.tiny import NASTY, TEXT, compared


def refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def test_json_is_strict_carries_the_record_and_equals_the_table_to_the_last_digit() -> None:
    found = compared(TEXT)
    told = json.loads(found.json(), parse_constant=refuse)
    assert (told["seed"], told["replications"], told["designs"]) == (1, 3, ["today", "early"])
    assert told["scenario_sha256_16"] == found.result.scenario.digest
    assert "simulator" in told["versions"] and told["vary"] is False
    assert json.loads(compared(TEXT, vary=True).json())["vary"] is True
    assert told["verdict"] == found.verdict
    for row, wanted in zip(told["rows"], found.table.to_dict("records"), strict=True):
        for key, value in wanted.items():
            unknown = isinstance(value, float) and not math.isfinite(value)
            assert row[key] == (None if unknown else value)


def test_what_is_not_known_is_null() -> None:
    table = pd.DataFrame({"a": [math.nan, math.inf, 1.5]})
    rows = json.loads(exports.as_json(compared(TEXT).result, table), parse_constant=refuse)["rows"]
    assert [row["a"] for row in rows] == [None, None, 1.5]


def test_csv_loads_with_every_number() -> None:
    table = compared(TEXT).table
    loaded = pd.read_csv(io.StringIO(exports.as_csv(table)), keep_default_na=True)
    assert list(loaded.columns) == list(table.columns)
    assert loaded["difference"].equals(table["difference"].astype(float))


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@x", "\t=x", "\r=x", "\n=x", " =x"])
def test_text_that_a_spreadsheet_would_run_is_quoted_and_numbers_are_not(begin: str) -> None:
    text = exports.as_csv(pd.DataFrame({"label": [begin], "value": [-1.5]}))
    loaded = pd.read_csv(io.StringIO(text, newline=""))
    assert loaded["label"][0].startswith("'")
    assert loaded["value"][0] == -1.5


@pytest.mark.parametrize("label", ["two\nlines", "two\r\nlines", "two\rlines", "a, b", 'a "b"'])
def test_a_label_of_any_letters_stays_in_its_cell(label: str) -> None:
    loaded = pd.read_csv(
        io.StringIO(exports.as_csv(pd.DataFrame({"label": [label], "value": [1]})), newline="")
    )
    assert loaded.shape == (1, 2)


def test_a_label_that_is_a_formula_is_guarded_in_the_comparison() -> None:
    assert ",=1+1," not in exports.as_csv(compared(NASTY).table)


def test_parquet_equals_the_table(tmp_path: Path) -> None:
    found = compared(TEXT)
    written = exports.write_directory(tmp_path / "new" / "folder", found.result, {"comparison": found.table})
    assert sorted(path.name for path in written) == ["comparison.parquet", "measures.parquet", "record.json"]
    pd.testing.assert_frame_equal(pd.read_parquet(written[0]), found.table, check_dtype=False)
    pd.testing.assert_frame_equal(pd.read_parquet(written[1]), found.result.measures, check_dtype=False)
    assert sorted(os.listdir(tmp_path / "new" / "folder")) == sorted(path.name for path in written)


def test_a_disk_that_fills_up_leaves_what_was_there_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compared(TEXT)
    (tmp_path / "comparison.parquet").write_text("before")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "library words")

    monkeypatch.setattr(files, "_write_bytes", full)  # the record is the last of the files
    with pytest.raises(files.CannotWrite, match=r"cannot write .*record\.json: no space left") as caught:
        exports.write_directory(tmp_path, found.result, {"comparison": found.table})
    assert not caught.value.wrong_place
    assert os.listdir(tmp_path) == ["comparison.parquet"]
    assert (tmp_path / "comparison.parquet").read_text() == "before"


def test_the_record_says_which_controls_are_set() -> None:
    text = TEXT + "controls: {places: {of: services.help.places, times: 0.5 to 2, in: early, set: 1.5}}\n"
    assert exports.record(compared(text, 1).result)["settings"] == {"places": "1.5"}
    assert exports.record(compared(TEXT).result)["settings"] == {}
