"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simulator.experiments import files


def test_a_writer_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def write(temporary: str) -> None:
        Path(temporary).write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.whole(tmp_path / "file", write)
    assert os.listdir(tmp_path) == []


def test_a_wrong_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(files.CannotWrite, match="cannot write") as caught:
            files.ready(place)
        assert caught.value.wrong_place
    with pytest.raises(files.CannotWrite, match="not a file"):
        files.whole_text(tmp_path, "text")


def test_what_is_not_a_plain_file_is_not_replaced() -> None:
    with pytest.raises(files.CannotWrite, match="not a file"):
        files.whole_text(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


def test_text_has_bare_line_ends_and_survives_a_name_that_is_no_text(tmp_path: Path) -> None:
    files.whole_text(tmp_path / "new" / "file", "a\n\udcff")
    assert (tmp_path / "new" / "file").read_bytes() == b"a\n\\udcff"


def test_a_full_disk_is_told_from_a_wrong_place_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.whole_text(tmp_path / "file", "before")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "library words")

    monkeypatch.setattr(files, "_write_bytes", full)
    with pytest.raises(files.CannotWrite, match="no space left") as caught:
        files.whole_text(tmp_path / "file", "after")
    assert not caught.value.wrong_place
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "before"


def test_what_a_killed_run_left_is_found_by_the_name_it_was_to_have(tmp_path: Path) -> None:
    for name in (".00001.parquet.x1", ".plan.json.abc", "00001.parquet", ".hidden"):
        (tmp_path / name).write_text("")
    assert [path.name for path in files.left_over(tmp_path, "*.parquet")] == [".00001.parquet.x1"]
    assert [path.name for path in files.left_over(tmp_path, "plan.json")] == [".plan.json.abc"]
