"""Replications as they come in, in whatever order, on their way to one `Measures`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.analysis.measures import Key, Measures

# A key is a tuple of five, most of whose words are shared; with its place in two tables. In bytes.
_A_KEY = 250


class Gathered:
    """Replications that are in, by number. Their keys, most of what each would hold, are kept once. For one thread at a time.

    in_order: replications 0 .. in_order - 1 are all there. nbytes: about what is held.
    """

    def __init__(self) -> None:
        self.in_order = 0
        self.nbytes = 0
        self._parts: dict[int, Measures] = {}
        self._gaps: dict[int, Mapping[str, float]] = {}
        self._ahead: set[int] = set()  # numbers that are in while one before them is not
        self._keys: dict[Key, Key] = {}
        self._rows: dict[tuple[Key, ...], tuple[Key, ...]] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, number: int, part: Measures, gaps: Mapping[str, float] | None = None) -> None:
        """Take the measures of one replication, which came in for the first time, and its gaps (`runner.Result.gaps`)."""
        if gaps:
            self._gaps[number] = gaps
        keys = self._rows.get(part.keys)
        if keys is None:
            known = len(self._keys)
            keys = tuple(self._keys.setdefault(key, key) for key in part.keys)
            self._rows[keys] = keys
            self.nbytes += 8 * len(keys) + _A_KEY * (len(self._keys) - known)
        self._parts[number] = replace(part, keys=keys)
        self.nbytes += part.values.nbytes
        self._ahead.add(number)
        while self.in_order in self._ahead:
            self._ahead.remove(self.in_order)
            self.in_order += 1

    def below(self, number: int) -> int:
        """How many of the replications 0 .. number - 1 are there."""
        return min(self.in_order, number) + sum(each < number for each in self._ahead)

    def parts(self, begin: int, end: int) -> list[Measures]:
        """Replications begin .. end - 1, all of which are there."""
        return [self._parts[number] for number in range(begin, end)]

    def gaps(self, end: int) -> dict[str, float]:
        """The largest gap at each place over replications 0 .. end - 1."""
        found: dict[str, float] = {}
        for number in sorted(each for each in self._gaps if each < end):
            for place, gap in self._gaps[number].items():
                found[place] = max(gap, found.get(place, 0.0))
        return found
