"""What a case is: a scenario, the figures it must give, and how much is simulated.

A case's text is a scenario of its own, in the scenario
language, or one of tests/examples/oracles; only its horizon and warm-up are set by the run.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from tests.published.measures import Measure

ORACLES = Path(__file__).resolve().parents[1] / "examples" / "oracles"


@dataclass(frozen=True)
class Check:
    """One figure. `figure` is the relative tolerance that the full run must be precise enough for; None: none is asked."""

    what: str
    expected: float
    measure: Measure
    figure: float | None = None


@dataclass(frozen=True)
class Run:
    """How much is simulated: replications, and the days of each one's window (0: all of the file's horizon)."""

    replications: int
    until: float = 0


@dataclass(frozen=True)
class Case:
    """A scenario and its figures.

    warm_up: days before the start. settle: days after the start before the window opens, for designs that differ from
    the baseline, which the warm-up runs as. finish: days after the window in which what began in it comes to its end
    (taken off the file's horizon where the run names no days).
    broken: a text in the scenario and what to put in its place, so that the figures must no longer be met.
    quick: None where a run of a second or two says nothing.
    exact: nothing is drawn; the figures hold to the second.
    """

    name: str
    source: str
    text: str
    checks: tuple[Check, ...]
    quick: Run | None
    full: Run
    warm_up: float = 0
    settle: float = 0
    finish: float = 0
    design: str | None = None
    broken: tuple[str, str] | None = None
    exact: bool = False

    @property
    def seed(self) -> int:
        """A seed of its own. With one seed for all, the queues, whose desks have one name, would share their random
        numbers, and one unlucky draw would show in all of them."""
        return zlib.crc32(self.name.encode()) % 100_000

    def run(self, full: bool) -> Run:
        run = self.full if full else self.quick
        assert run is not None, f"{self.name} has no quick run"
        return run

    def scenario(self, run: Run, broken: bool = False) -> str:
        """The text with the run's horizon and warm-up, and broken if asked for."""
        text = self.text
        if run.until:
            text = _replaced(text, r"(?m)^horizon: .*$", f"horizon: {run.until + self.finish:g} days")
            text = _replaced(text, r"(?m)^warm_up: .*$", f"warm_up: {self.warm_up:g} days")
        if broken:
            assert self.broken is not None, f"{self.name} has no broken form"
            text = _replaced(text, re.escape(self.broken[0]), self.broken[1])
        return text


def _replaced(text: str, pattern: str, by: str) -> str:
    """`text` with the one place that matches replaced."""
    found, count = re.subn(pattern, by.replace("\\", "\\\\"), text)
    if count != 1:
        raise ValueError(f"{pattern} is found {count} times, not once")
    return found


def oracle(file: str) -> str:
    """The text of one of the oracle scenarios."""
    return (ORACLES / file).read_text(encoding="utf-8")
