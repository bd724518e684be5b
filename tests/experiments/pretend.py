"""Replications that take no time unless they are told to wait, in place of real ones, and a record of which were taken."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.analysis.measures import Measure, Measures
from simulator.experiments import live, plan

SOON = 30.0


def same_measures(one: Measures, other: Measures) -> bool:
    return (one.keys, one.replications) == (other.keys, other.replications) and np.array_equal(
        one.values, other.values, equal_nan=True
    )


class Pretend:
    """Put in the place of `plan.prepare_all` and `live.replicate`. Which measures a replication has depends on its number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failing: dict[int, BaseException] = {}
        self.log: list[tuple[int, int]] = []  # (seed, number), in the order in which they were taken
        self._changed = threading.Condition()
        self._held: set[int] = set()
        self._done: list[int] = []
        self._stopped: list[int] = []
        monkeypatch.setattr(plan, "prepare_all", self._prepare)
        monkeypatch.setattr(live, "replicate", self._replicate)
        monkeypatch.setattr(live.first_use, "make_ready", lambda say: None)

    def hold(self, *numbers: int) -> None:
        """Replications with these numbers do not end until `go_on`."""
        with self._changed:
            self._held.update(numbers)

    def go_on(self, *numbers: int) -> None:
        with self._changed:
            self._held.difference_update(numbers)
            self._changed.notify_all()

    def taken(self, number: int) -> bool:
        """Whether one with this number is begun soon."""
        with self._changed:
            return self._changed.wait_for(lambda: any(each == number for _, each in self.log), SOON)

    def taken_by(self, seed: int, number: int) -> bool:
        """Whether this one is begun soon."""
        with self._changed:
            return self._changed.wait_for(lambda: (seed, number) in self.log, SOON)

    def stopped(self, number: int) -> bool:
        """Whether it is stopped in the middle soon."""
        with self._changed:
            return self._changed.wait_for(lambda: number in self._stopped, SOON)

    def numbers(self) -> list[int]:
        """Those begun."""
        with self._changed:
            return [number for _, number in self.log]

    def done(self) -> list[int]:
        """Those that ended well."""
        with self._changed:
            return list(self._done)

    def part(self, seed: int, number: int) -> Measures:
        generator = np.random.default_rng([seed, number])
        parts = []
        for design in ("now", "more"):
            items = [f"i{k}" for k in range(3) if generator.random() < 0.6]
            generator.shuffle(items)
            rows = [Measure("states", item, "entries", generator.random()) for item in ["every", *items]]
            parts.append(Measures.of(design, number, rows))
        return Measures.side_by_side(parts)

    def measures(self, seed: int, count: int) -> Measures:
        """What the runner would make of them."""
        return Measures.one_after_the_other([self.part(seed, number) for number in range(count)])

    def _prepare(self, scenario: Any, designs: Any, *, seed: int, **_: Any) -> Any:
        return {name: SimpleNamespace(seed=seed, model=SimpleNamespace(gaps={})) for name in designs}

    def _replicate(self, prepared: Any, number: int, *, engine: str, watch: Any) -> Measures:
        assert engine == "compiled"
        seed = next(iter(prepared.values())).seed
        with self._changed:
            self.log.append((seed, number))
            self._changed.notify_all()
        try:
            while True:
                watch(0.5)
                with self._changed:
                    if number not in self._held:
                        break
                    self._changed.wait(0.005)
        except Exception:
            with self._changed:
                self._stopped.append(number)
                self._changed.notify_all()
            raise
        if number in self.failing:
            raise self.failing[number]
        with self._changed:
            self._done.append(number)
        return self.part(seed, number)
