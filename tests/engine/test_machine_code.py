"""Where machine code is kept, when it is made anew, and that it can be made where nothing can be kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.engine import machine_code
from simulator.engine.machine_code import entry, fingerprint, folder, inner, inner_of, woven

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _ask_anew(monkeypatch):
    """Answers are remembered for a process; here each test asks for itself."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    folder.cache_clear()
    fingerprint.cache_clear()
    yield
    folder.cache_clear()
    fingerprint.cache_clear()


def blocked(tmp_path: Path) -> Path:
    """A place where no folder can be made, even by an administrator: below a file."""
    file = tmp_path / "file"
    file.write_text("")
    return file / "below"


def test_it_is_kept_in_the_users_cache_under_the_fingerprint(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_code, "_users_cache", lambda: tmp_path / "cache")
    assert folder() == tmp_path / "cache" / fingerprint()
    assert folder().is_dir()


def test_the_environment_may_name_another_place(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    assert folder() == tmp_path / "mine" / fingerprint()


def test_where_the_cache_cannot_be_written_a_private_temporary_folder_serves(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_code, "_users_cache", lambda: blocked(tmp_path))
    monkeypatch.setattr(machine_code.tempfile, "gettempdir", lambda: str(tmp_path))
    found = folder()
    assert found is not None and found.parent.parent == tmp_path
    assert found.stat().st_mode & 0o077 == 0


def test_a_folder_of_somebody_else_is_not_trusted(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_code, "_users_cache", lambda: tmp_path)
    monkeypatch.setattr(machine_code.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(machine_code.os, "getuid", lambda: 12345)
    assert folder() is None


def nowhere(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_code, "_users_cache", lambda: blocked(tmp_path))

    def no_folder() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(machine_code.tempfile, "gettempdir", no_folder)


def test_with_nowhere_to_keep_it_it_is_made_all_the_same(monkeypatch, tmp_path):
    nowhere(monkeypatch, tmp_path)
    assert folder() is None
    assert entry(_twice)(4) == 8


def _twice(x):
    return 2 * x


def test_what_has_been_made_is_remembered_where_it_is_kept_and_else_by_the_process(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_code, "_made_here", False)
    monkeypatch.setattr(machine_code, "_users_cache", lambda: tmp_path)
    assert not machine_code.is_made()
    machine_code.mark_made()
    monkeypatch.setattr(machine_code, "_made_here", False)
    assert machine_code.is_made()
    folder.cache_clear()
    nowhere(monkeypatch, tmp_path)
    assert not machine_code.is_made()
    machine_code.mark_made()
    assert machine_code.is_made()


@pytest.mark.parametrize("changed", ["money/compiled_posting.py", "engine/rules.py", "engine/history.py"])
def test_a_change_in_any_source_that_goes_into_it_is_another_fingerprint(monkeypatch, tmp_path, changed):
    """Numba itself looks only at the file of the function that Python calls."""
    for path in (ROOT / "simulator").rglob("*.py"):
        copy = tmp_path / path.relative_to(ROOT / "simulator")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(machine_code, "_PACKAGE", tmp_path)
    before = fingerprint()
    fingerprint.cache_clear()
    assert fingerprint() == before
    (tmp_path / changed).write_text((tmp_path / changed).read_text() + "# changed\n")
    fingerprint.cache_clear()
    assert fingerprint() != before


def test_every_module_of_compiled_functions_is_called_so():
    """The fingerprint goes by the name."""
    for path in (ROOT / "simulator").rglob("*.py"):
        taken = re.search(r"machine_code import ([^\n]*)", path.read_text(encoding="utf-8"))
        makes = taken and re.search(r"\b(entry|inner|inner_of|inlined|woven)\b", taken[1])
        assert not makes or path.name.startswith("compiled_"), path


def damaged(kind: str, folder: Path) -> None:
    for path in folder.rglob(f"*.{kind}"):
        path.write_bytes(path.read_bytes()[:20])


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_files_are_made_anew_with_a_word(monkeypatch, tmp_path, capsys, kind):
    monkeypatch.setattr(machine_code, "_users_cache", lambda: tmp_path)
    machine_code._say_damaged.cache_clear()
    assert entry(_twice)(2) == 4
    again = entry(_twice)
    assert again(2) == 4 and sum(again.stats.cache_hits.values()) == 1
    damaged(kind, tmp_path)
    assert entry(_twice)(2) == 4
    assert f"kept in {folder()} is damaged and is made anew" in capsys.readouterr().err
    mended = entry(_twice)
    assert mended(2) == 4 and sum(mended.stats.cache_hits.values()) == 1
    assert capsys.readouterr().err == ""


def test_a_full_disk_stops_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_code, "_users_cache", lambda: tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    assert entry(_twice)(3) == 6


def _thrice(x):
    return _twice(x) + x


def test_functions_for_other_compiled_functions():
    twice = inner(_twice)
    thrice = inner_of(_thrice, _twice=twice)
    assert thrice(5) == 15
    assert woven(_twice)(1.5) == 3.0


LATER = """
from simulator.engine import compiled_engine
from simulator.engine.compile import compile_model
from simulator.experiments.first_use import _SOMETHING_OF_EVERYTHING
from simulator.scenario.load import load_text
compiled_engine.simulate(compile_model(load_text(_SOMETHING_OF_EVERYTHING, "x")))
print(sum(compiled_engine.advance.stats.cache_hits.values()), sum(compiled_engine.advance.stats.cache_misses.values()))
"""


def test_a_later_process_compiles_nothing():
    for _ in range(2):  # the first may have had to
        done = subprocess.run(
            [sys.executable, "-c", LATER], cwd=ROOT, capture_output=True, text=True, timeout=300
        )
    assert done.stdout.split() == ["1", "0"], done.stderr


CHECKED = """
from simulator.engine import machine_code, compiled_engine, simpy_engine
from simulator.engine.compile import compile_model
from simulator.scenario.load import load
assert machine_code.CHECKED
for file in ("tests/published/everything.yaml", "scenarios/edge-of-care.yaml"):
    scenario = load(file)
    for design in scenario.designs:
        model = compile_model(scenario, design)
        assert compiled_engine.simulate(model).rows.tobytes() == simpy_engine.simulate(model).rows.tobytes()
print("every index is within its array")
"""


@pytest.mark.slow
def test_every_index_is_within_its_array():
    done = subprocess.run(
        [sys.executable, "-c", CHECKED],
        cwd=ROOT, capture_output=True, text=True, timeout=900, env={**os.environ, "NUMBA_BOUNDSCHECK": "1"},
    )  # fmt: skip
    assert done.stdout.strip() == "every index is within its array", done.stderr
