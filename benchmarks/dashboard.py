"""The dashboard in Chromium, on a warm server: until Start is painted, and from a control moved to its rough and sharp answers.

Alone, and beside another visitor who has 1,000 runs made. Needs what `make browser` installs, and Chromium.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import Effort, Section, Target

TITLE = "The dashboard in a browser"
CONTROL = "Families who say yes"
RUNS = 100
BUSY = 1_000
PATIENCE = 120
"""Seconds after which there is something wrong."""


def measure(effort: Effort) -> Section:
    """Medians over visits, each a visitor of its own."""
    rounds = effort.choose(3, 7, 7)
    section = Section(
        f"Edge of care, {RUNS} runs of both designs; server and browser on the same machine. Medians of {rounds} visits. "
        f"Rough: the first figures of the new settings. Sharp: of all {RUNS} runs. Busy: another visitor's page has {BUSY:,} "
        "runs of other settings made at the same time."
    )
    try:
        from tests.browser import site as browser
    except ImportError:
        section.skipped.append("all of it: `make browser` installs what it needs")
        return section
    spent: dict[str, list[float]] = {}
    with browser.serving() as server, browser.browsing() as chromium:
        visit = _Visits(server, chromium, browser)
        visit.painted()  # warms server and browser
        for number in range(rounds):
            spent.setdefault("Start painted", []).append(visit.painted())
            spent.setdefault("Start painted, a browser that is here for the first time", []).append(
                visit.painted(returning=False)
            )
            for busy in (False, True):
                rough, sharp = visit.moved(number, busy)
                beside = ", busy server" if busy else ""
                spent.setdefault(f"control moved to rough answer{beside}", []).append(rough)
                spent.setdefault(f"control moved to sharp answer{beside}", []).append(sharp)
    section.rows = [
        {
            "what": what,
            "seconds": f"{statistics.median(seconds):.2f}",
            "range of visits": f"{min(seconds):.2f} to {max(seconds):.2f}",
        }
        for what, seconds in spent.items()
    ]
    for what, most in (
        ("Start painted", 2.0),
        ("control moved to rough answer", 1.0),
        ("control moved to sharp answer", 5.0),
        ("control moved to rough answer, busy server", 1.0),
    ):
        section.targets.append(Target(what, statistics.median(spent[what]), "at most", most, "{:.2f} s"))
    return section


class _Visits:
    def __init__(self, server: str, chromium: Any, browser: Any) -> None:
        self.server, self.chromium, self.browser = server, chromium, browser
        self.returning = chromium.new_context()  # has the application's own files already

    def painted(self, *, returning: bool = True) -> float:
        """Seconds from asking for the page until its verdict and numbers are there, in a browser that has been here or not."""
        page = self.returning.new_page() if returning else self._page()
        begun = time.perf_counter()
        page.goto(self.server)
        page.wait_for_selector("[data-testid=stMetricValue]")
        seconds = time.perf_counter() - begun
        page.close()
        return seconds

    def moved(self, number: int, busy: bool) -> tuple[float, float]:
        """Seconds from a key that moves a control to the first figures of it, and to those of all runs."""
        other = self._busy(number) if busy else None
        page = self._page()
        # Settings that nobody has had: what is kept is there at once.
        page.goto(f"{self.server}/?scenario=edge-of-care&set.places={0.5 + (2 * number + busy) / 10:.1f}")
        self.browser.settled(page)
        page.get_by_role("slider", name=CONTROL).focus()
        begun = time.perf_counter()
        page.keyboard.press("ArrowLeft")
        rough = self._until(page, begun, lambda: page.evaluate(_ROUGH))
        sharp = self._until(page, begun, lambda: page.evaluate(_SHARP))
        page.close()
        if other is not None:
            other.close()
        return rough, sharp

    def _page(self) -> Any:
        page = self.chromium.new_page()
        page.set_default_timeout(1_000 * PATIENCE)
        return page

    def _busy(self, number: int) -> Any:
        page = self._page()
        page.goto(f"{self.server}/?scenario=edge-of-care&runs={BUSY}&set.effect={0.65 + number / 100:.2f}")
        page.wait_for_selector("[data-testid=stMetricValue]")
        return page

    def _until(self, page: Any, begun: float, there: Callable[[], bool]) -> float:
        while not there():
            if time.perf_counter() - begun > PATIENCE:
                raise TimeoutError(f"no answer within {PATIENCE} seconds")
            page.wait_for_timeout(10)
        return time.perf_counter() - begun


# The page says what is moved as soon as it is drawn anew; figures of earlier settings are marked as such.
_ROUGH = (
    f"() => document.body.innerText.includes('{CONTROL}: 70% instead of 75%') && "
    "!document.body.innerText.includes('Settings changed') && !document.querySelector('[data-stale=true]') && "
    "document.querySelectorAll('[data-testid=stMetricValue]').length === 3"
)
_SHARP = (
    "() => !document.querySelector('[data-stale=true]') && "
    "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning' && "
    "![...document.querySelectorAll('button')].some(each => each.innerText.trim() === 'Stop') && "
    "document.querySelector('h2').innerText.includes('of 100 runs')"
)
