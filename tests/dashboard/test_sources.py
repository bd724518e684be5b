"""Scenarios that visitors bring, the hostile ones among them: one clear sentence each."""

from __future__ import annotations

import time

import pytest
import streamlit as st

from simulator.dashboard import sources
from simulator.scenario.problems import ScenarioError
from tests.present import tiny


@pytest.fixture(autouse=True)
def visit(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A visit of one's own."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def test_a_good_file_is_kept_for_this_visit():
    source = sources.bring(tiny.TEXT.encode(), "mine.yaml")
    assert sources.own() == {source.key: source}
    assert (source.title, source.file, source.own) == ("Tiny", "mine.yaml", True)


def test_a_file_saved_by_windows_is_read():
    assert (
        sources.bring(b"\xef\xbb\xbf" + tiny.TEXT.replace("\n", "\r\n").encode(), "mine.yaml").title == "Tiny"
    )


def test_the_oldest_goes_when_there_are_too_many():
    every = [
        sources.bring(f"{tiny.TEXT}# {number}\n".encode(), "a.yaml") for number in range(sources.MOST_OWN + 2)
    ]
    assert list(sources.own()) == [each.key for each in every[2:]]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x" * 10_000_000, "MB"),
        (BOMB.encode(), "anchors"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not a text file"),
        (b"\x00" * 100, ""),
        (b"", ""),
        (b"just words", ""),
        (b"{" * 500_000, ""),
        (b"!!python/object/apply:os.system ['true']", ""),
        (b"- a\n" * 100_000, ""),
        (tiny.TEXT.replace("60 per year", "1e300 per year").encode(), ""),
        (tiny.TEXT.replace("60 per year", "90000000 per year").encode(), "people"),
    ],
)
def test_a_hostile_file_is_refused_at_once_with_a_sentence(data: bytes, says: str):
    begun = time.process_time()
    with pytest.raises(ScenarioError) as error:
        sources.bring(data, "../../../etc/passwd")
    assert time.process_time() - begun < 5, "it must not hold up the server; usually under half a second"
    problem = error.value.problems[0]
    assert says in f"{problem.message} {problem.suggestion}" and problem.message
    assert problem.file == "passwd.yaml"
    assert not sources.own()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("mine.yaml", "mine.yaml"),
        ("../../etc/passwd", "passwd.yaml"),
        ("C:\\Users\\me\\my file.yml", "my file.yaml"),
        ("<script>alert(1)</script>.yaml", "script-.yaml"),
        ("", "scenario.yaml"),
        ("...", "scenario.yaml"),
        ("x" * 500 + ".yaml", "x" * 60 + ".yaml"),
        ("naïve; rm -rf.yaml", "na-ve- rm -rf.yaml"),
    ],
)
def test_a_name_cannot_leave_its_folder_or_become_a_command(name: str, safe: str):
    assert sources.safe_name(name) == safe


def test_a_library_that_is_not_there_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(sources.library, "LIBRARY", tmp_path / "nowhere")
    assert sources.in_library() == ([], [])
