"""What is done and still to do of one set of inputs, for all visitors who want it. Only for `live`, which holds its lock.

A series knows replications 0, 1, 2, ... of the same designs and settings. How many are wanted is the most that any
visitor asks for, so it grows and shrinks while it runs, and whatever is in stays right for fewer and for more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.analysis.measures import Measures
from simulator.experiments.gathered import Gathered
from simulator.experiments.plan import Plan
from simulator.scenario.load import Scenario

FEW = 4
"""So many replications are a first rough answer, and go before the later ones of all other runs."""
# Tables of the first k replications that are kept for several k: a first answer, the last two looks.
_TABLES = 3

WAITING, PREPARING, READY = range(3)


@dataclass(eq=False)
class Series:
    """See the module.

    targets: how many replications each holder wants. shares: of those under way, by number. failures: by number; what cannot
    be prepared at all fails as number 0. sampled: see `runner.Result`.
    """

    scenario: Scenario
    designs: tuple[str, ...]
    reading: str | None
    draw: int | None
    seed: int
    vary: bool = False
    gathered: Gathered = field(default_factory=Gathered)
    targets: dict[object, int] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    failures: dict[int, BaseException] = field(default_factory=dict)
    stage: int = WAITING
    plan: Plan | None = None
    sampled: int = 0
    ready_at: float = 0.0
    last_in: float = 0.0
    _next: int = 0
    _again: list[int] = field(default_factory=list)  # handed out once and stopped before they were done
    _tables: dict[int, Measures] = field(default_factory=dict)

    @property
    def failed_at(self) -> float:
        """The first replication that failed, infinity if none has."""
        return min(self.failures, default=math.inf)

    @property
    def end(self) -> float:
        """Replications from here on are not wanted: nobody asks for them, or one before them has failed."""
        return min(max(self.targets.values(), default=0), self.failed_at)

    @property
    def has_work(self) -> bool:
        """Whether a worker could do something for it now."""
        return self.stage != PREPARING and self._first() < self.end

    @property
    def is_urgent(self) -> bool:
        """Whether what is next leads to somebody's first answer."""
        return self.stage == WAITING or self._first() < FEW

    def _first(self) -> int:
        return min(self._again, default=self._next)

    def hand_out(self) -> int:
        """The number of the next replication, now under way."""
        number = self._first()
        if number in self._again:
            self._again.remove(number)
        else:
            self._next += 1
        self.shares[number] = 0.0
        return number

    def put(self, number: int, part: Measures, gaps: Mapping[str, float], now: float) -> None:
        """A replication is in."""
        del self.shares[number]
        self.gathered.add(number, part, gaps)
        self.last_in = now

    def give_back(self, number: int, failure: BaseException | None = None) -> None:
        """A replication was stopped, or failed."""
        del self.shares[number]
        self._again.append(number)
        if failure is not None:
            self.failures[number] = failure

    def rest(self) -> None:
        """With nothing to do, let go of what can be prepared again in no time."""
        if not self.shares and self.stage == READY and not self.has_work:
            self.stage, self.plan = WAITING, None

    def pieces(self, count: int) -> list[Measures]:
        """What put one after the other is the table of the first `count` replications; one piece if that is kept already."""
        known = max((each for each in self._tables if each <= count), default=0)
        return [*([self._tables[known]] if known else []), *self.gathered.parts(known, count)]

    def keep(self, count: int, table: Measures) -> Measures:
        """The table of the first `count` replications: this one, or an equal one kept before. The last few used are kept."""
        found = self._tables.pop(count, table)
        self._tables[count] = found
        while len(self._tables) > _TABLES:
            del self._tables[next(iter(self._tables))]
        return found

    @property
    def nbytes(self) -> int:
        """About what is held, with the data frames that somebody asked the tables for."""
        total = self.gathered.nbytes
        for table in self._tables.values():
            total += table.values.nbytes + 8 * len(table.keys)
            frame = table.__dict__.get("frame")  # a cached property: there only once it has been asked for
            total += 0 if frame is None else int(frame.memory_usage(deep=False).sum())
        return total
