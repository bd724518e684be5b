"""What each replication is made with: the same numbers in every one, or in each its own draw of all uncertain numbers.

A plan that varies has one scrambled Sobol sample of every uncertain number of the file, whichever of its designs are run,
and of the readings of the evidence by their weights. Replication k takes its row k, so that it is the same replication
however many there are and whoever runs it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from simulator.engine.numbers import Draw
from simulator.experiments.replication import Prepared, prepare_all
from simulator.experiments.sampling import Sample, sample
from simulator.experiments.uncertain import Uncertain, uncertain_numbers
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError

# A first answer needs a few rows; later ones come in blocks, each twice as large as all before.
FIRST_BLOCK = 64


class Drawn(NamedTuple):
    """Where the numbers of a replication lie, and how its evidence is read; None: as written."""

    draw: int | Draw | None
    reading: str | None


class Plan:
    """Designs made ready for replications 0, 1, ... May be used by many threads.

    With fixed numbers they are prepared once, here; varied ones each time they are asked for, and not kept. sampled: how
    many uncertain numbers each replication has its own sample of.

    vary: a draw for each replication, whose reading of the evidence is `reading`, or drawn by weight where that is None.
    Raises ScenarioError for names that there are not, fixed numbers that cannot be, and where there is nothing to vary;
    ValueError for `vary` beside a draw.
    """

    def __init__(
        self,
        scenario: Scenario,
        designs: Sequence[str],
        *,
        seed: int = 1,
        draw: int | None = None,
        reading: str | None = None,
        vary: bool = False,
    ) -> None:
        check_vary(draw, vary)
        self.scenario, self.designs, self.seed = scenario, tuple(designs), seed
        self._drawn = Drawn(draw, reading)
        self._lock = Lock()
        self._sample: Sample | None = None
        self._numbers: tuple[Uncertain, ...] = ()
        self._fixed: Mapping[str, Prepared] | None = None
        if not vary:
            self._fixed = self._prepared(self._drawn)
            return
        for name in self.designs:
            scenario.design(name, reading)  # refuses names that the file does not have
        self._numbers = numbers_to_vary(scenario)
        if not self._numbers and (reading is not None or not scenario.document.readings):
            # uncertainty stands on the runner, and that on this module
            from simulator.experiments.uncertainty import nothing_uncertain

            raise nothing_uncertain(scenario)

    @property
    def sampled(self) -> int:
        return len(self._numbers)

    def drawn(self, number: int) -> Drawn:
        """What replication `number` has of its own."""
        if self._fixed is not None:
            return self._drawn
        with self._lock:
            if self._sample is None or number >= len(self._sample):
                rows = max(FIRST_BLOCK, 1 << number.bit_length())
                self._sample = sample(
                    self.scenario, self._numbers, rows, seed=self.seed, reading=self._drawn.reading
                )
            found = self._sample
        return Drawn(found.draw(number), found.reading(number))

    def prepared(self, number: int) -> Mapping[str, Prepared]:
        """The designs of replication `number`. Raises ScenarioError where its numbers cannot be."""
        return self._fixed if self._fixed is not None else self._prepared(self.drawn(number))

    def _prepared(self, drawn: Drawn) -> Mapping[str, Prepared]:
        return prepare_all(
            self.scenario, self.designs, seed=self.seed, draw=drawn.draw, reading=drawn.reading
        )


def check_vary(draw: int | None, vary: bool) -> None:
    """Raise ValueError where every replication would have its own draw, and one draw is asked for."""
    if vary and draw is not None:
        raise ValueError(
            "choose one of draw and vary: one sample of the uncertain numbers for all runs, or one for each"
        )


def gaps_of(prepared: Mapping[str, Prepared]) -> dict[str, float]:
    """See `runner.Result.gaps`."""
    return {place: gap for each in prepared.values() for place, gap in each.model.gaps.items()}


def numbers_to_vary(scenario: Scenario) -> tuple[Uncertain, ...]:
    """The uncertain numbers that any design of the file reads. Raises ScenarioError where a design cannot be.

    Of all designs, so that a replication has the same numbers whichever of them are compared.
    """
    key = (scenario.file, hashlib.sha256(scenario.text.encode()).digest())
    with _LOCK:
        if key in _KNOWN:
            _KNOWN.move_to_end(key)
            return _KNOWN[key]
    found = uncertain_numbers(scenario, tuple(scenario.designs))
    with _LOCK:
        _KNOWN[key] = found
        while len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.popitem(last=False)
    return found


def can_vary(scenario: Scenario, reading: str | None = None) -> bool:
    """Whether there is any doubt in the file that runs could show: a number with a range, or readings of which none is named."""
    if reading is None and scenario.document.readings:
        return True
    try:
        return bool(numbers_to_vary(scenario))
    except ScenarioError:  # of a design that cannot be run; whoever asks for that one hears why
        return False


# Finding them reads every design, which takes longer than a page may; by the content of their file.
_KNOWN: OrderedDict[tuple[str, bytes], tuple[Uncertain, ...]] = OrderedDict()
_LOCK = Lock()
_MOST_KNOWN = 64

__all__ = ["Drawn", "Plan", "can_vary", "check_vary", "gaps_of", "numbers_to_vary"]
