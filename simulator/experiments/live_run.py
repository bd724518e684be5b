"""A run as its visitor sees it: how far it is, what is known by now, and a way to stop it."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from simulator.analysis.measures import Measures
from simulator.experiments.engines import DEFAULT
from simulator.experiments.live_series import FEW, PREPARING, READY, Series
from simulator.experiments.runner import Progress, Result, chosen_designs, progress_of
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from simulator.experiments.live import Desk


@dataclass(frozen=True)
class Wanted:
    """What a run depends on: the scenario by a hash of its whole text, and how it is run. The same means the same numbers."""

    digest: str
    designs: tuple[str, ...]
    reading: str | None
    draw: int | None
    seed: int
    replications: int
    vary: bool = False

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        designs: Sequence[str] | None = None,
        *,
        reading: str | None = None,
        draw: int | None = None,
        vary: bool = False,
        seed: int = 1,
        replications: int,
    ) -> Wanted:
        """As `Desk.start` would have it; nothing is checked."""
        digest = hashlib.sha256(scenario.text.encode()).hexdigest()
        return cls(digest, chosen_designs(scenario, designs), reading, draw, seed, replications, vary)


class LiveRun:
    """A run as one visitor has asked for it. What is public of it may be used from any thread at any time, and returns at once.

    The numbers are those of a series that others may hold too; what this visitor withdraws from goes on for them.
    """

    def __init__(
        self, desk: Desk, series: Series, wanted: Wanted, scenario: Scenario, visitor: Hashable
    ) -> None:
        self.wanted = wanted
        self._desk = desk
        self.series = series
        self.scenario = scenario
        self.visitor = visitor
        self._begun = self.asked = monotonic()
        self._before = series.gathered.below(wanted.replications)
        # What was there, and how it had failed, when the visitor withdrew.
        self._kept: int | None = None
        self._failure: BaseException | None = None
        self._last: Result | None = None

    @property
    def state(self) -> str:
        """`waiting`, `preparing`, `running`, `finished`, `failed`, or `cancelled`: withdrawn, keeping what was in by then."""
        with self._desk.changed:
            return self._state()

    @property
    def message(self) -> str:
        """What there is to say while the state is `preparing`: that this machine is made ready, once, and how long it takes."""
        with self._desk.changed:
            return self._desk.first_use_says() if self._state() == "preparing" else ""

    @property
    def error(self) -> BaseException | None:
        """Why the run failed. ScenarioError, EngineError and TooLarge say so in words for people."""
        with self._desk.changed:
            found = self._failed()
        if isinstance(found, ScenarioError):
            # Perhaps met first by somebody who calls the same file something else.
            return ScenarioError(replace(each, file=self.scenario.file) for each in found.problems)
        return found

    @property
    def progress(self) -> Progress:
        """Replications done of those wanted, the share of the work that is done, and seconds left at the pace so far."""
        with self._desk.changed:
            series, of = self.series, self.wanted.replications
            state = self._state()
            if not self.goes_on:
                return Progress(self.there(), of, 0.0 if state == "finished" else None, self.there() / of)
            seconds = monotonic() - max(self._begun, series.ready_at)
            under_way = sum(share for number, share in series.shares.items() if number < of)
            return progress_of(series.gathered.below(of), under_way, of, seconds, self._before)

    def result(self, up_to: int | None = None) -> Result | None:
        """The measures over replications 0 .. k - 1, for the largest k (up to `up_to`) for which all are in.

        The same numbers as `runner.run` gives for k replications. None before the first few (`FEW`) are in. Asking again
        while k is the same gives the same object; others may hold its numbers too, so they cannot be written to.
        """
        if up_to is not None and up_to < 1:
            raise ValueError(f"up_to must be 1 or more, not {up_to}")
        most = min(self.wanted.replications, up_to or self.wanted.replications)
        with self._desk.changed:
            count = min(self.there(), most)
            if count < min(FEW, most):
                return None
            if self._last is not None and self._last.replications == count:
                return self._last
            pieces, gaps = self.series.pieces(count), self.series.gathered.gaps(count)
        table = pieces[0] if len(pieces) == 1 else Measures.one_after_the_other(pieces)
        table.values.setflags(write=False)
        with self._desk.changed:
            table = self.series.keep(count, table)
            how = self.wanted
            seconds = max(0.0, self.series.last_in - self._begun)
            self._last = Result(
                self.scenario, how.designs, count, how.seed, DEFAULT, how.draw, how.reading, table, seconds, gaps,
                how.vary, self.series.sampled,
            )  # fmt: skip
            return self._last

    def touch(self, visitor: Hashable) -> bool:
        """The visitor still looks. False if the run is not this visitor's any more: withdrawn, or gone for too long."""
        with self._desk.changed:
            return self._desk.touch(self, visitor)

    def cancel(self, visitor: Hashable) -> None:
        """The visitor wants it no more. It stops unless others want the same; what is in is kept. Another's word is not heard."""
        with self._desk.changed:
            if self._desk.touch(self, visitor):
                self._desk.withdraw(self)

    def wait(self, seconds: float, count: int | None = None) -> bool:
        """Wait until replications 0 .. count - 1 (default: all) are in or the run has ended; whether that came in time."""
        most = self.wanted.replications if count is None else min(count, self.wanted.replications)
        with self._desk.changed:
            return self._desk.changed.wait_for(
                lambda: self.there() >= most or self._state() in ("failed", "cancelled"), seconds
            )

    # With the desk's lock:

    def let_go(self) -> None:
        """The visitor withdraws: the run stays as it is now."""
        self._kept, self._failure = self.there(), self._failed()

    def there(self) -> int:
        """How many replications, 0 to there - 1, this visitor may see."""
        there = self.series.gathered.in_order if self._kept is None else self._kept
        return min(there, self.wanted.replications)

    @property
    def goes_on(self) -> bool:
        """Whether there is still something to come."""
        return self._state() in ("waiting", "preparing", "running")

    def _failed(self) -> BaseException | None:
        if self._kept is not None:
            return self._failure
        number = self.series.failed_at
        # Those before it may be on their way, and may fail too.
        if number < self.wanted.replications and self.series.gathered.in_order >= number:
            return self.series.failures[int(number)]
        return None

    def _state(self) -> str:
        if self.there() >= self.wanted.replications:
            return "finished"
        if self._failed() is not None:
            return "failed"
        if self._kept is not None:
            return "cancelled"
        stage = self.series.stage
        if stage == READY:
            return "running"
        return "preparing" if stage == PREPARING or self._desk.first_use_says() else "waiting"
