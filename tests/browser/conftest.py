"""The dashboard in a real browser: one server and one Chromium for all tests, a visit of its own for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.site import DESKTOP, PATIENCE, browsing, serving, settled

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def visit(server: str, chromium: Any) -> Iterator[Open]:
    """Opens a page (path and query) as a new visitor."""
    contexts = []

    def go(path: str = "/", viewport: dict[str, int] = DESKTOP) -> Any:
        context = chromium.new_context(viewport=viewport, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(server + path)
        settled(page)
        return page

    yield go
    for context in contexts:
        context.close()
