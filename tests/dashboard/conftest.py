"""A library of one's own, a desk of one's own, and pages opened without a browser."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from simulator.dashboard import runs
from simulator.experiments import live
from simulator.scenario import library

CONTROLS = """
controls:
  places: {label: Places of help, note: How many at once., of: services.help.places, times: 0.5 to 2, step: 0.1, in: [early]}
  effect: {label: How well it works, of: services.help.effects.fewer.hazard_ratio, range: 0.1 to 1, step: 0.05}
"""


@pytest.fixture(autouse=True)
def main_module_as_before() -> Iterator[None]:
    """AppTest puts the script it runs in the place of the main module; worker processes of later tests would import it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty scenario library."""
    monkeypatch.setattr(library, "LIBRARY", tmp_path)
    return tmp_path


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[live.Desk]:
    """A desk that nobody has asked for anything yet."""
    found = live.Desk()
    monkeypatch.setattr(live, "shared_desk", lambda: found)
    st.cache_resource.clear()
    yield found
    found.close()


Open = Callable[..., AppTest]


@pytest.fixture
def visit(folder: Path, desk: live.Desk) -> Open:
    """Opens a page as a new visitor, by name and query."""

    def page(name: str) -> None:
        from simulator.dashboard.frame import show

        show(name)

    def go(name: str = "start", **query: str) -> AppTest:
        found = AppTest.from_function(page, default_timeout=60, args=(name,))
        for key, value in query.items():
            found.query_params[key.replace("__", ".")] = value
        return found.run()

    return go


def settled(page: AppTest) -> AppTest:
    """The page when its run has ended; fails if it shows an exception."""
    until = time.monotonic() + 60
    run = page.session_state.get(runs.RUN, None)
    while run is not None and run.state in runs.GOING_ON:
        assert time.monotonic() < until, "the run does not end"
        time.sleep(0.02)
    page.run()
    assert not page.exception, [each.value for each in page.exception]
    return page


def words(page: AppTest) -> str:
    """Everything that is written on the page and at its side, without the backslashes that keep Markdown out."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "code")
    every: list[Any] = [each for kind in kinds for each in getattr(page, kind)]
    every += [each for metric in page.metric for each in (metric,)]
    return "\n".join(str(getattr(each, "value", "")) for each in every).replace("\\", "")
