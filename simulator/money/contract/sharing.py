"""Who pays how much of an invoice: shares, and payers who are at their cap or have closed (MONEY 3.8, E09)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Days
from simulator.money.contract.days import plus
from simulator.money.contract.terms import Lag, Payer, Terms
from simulator.money.pence import split, to_pence

Ints = NDArray[np.int64]


def payers_of(terms: Terms, pay: int) -> tuple[Payer, ...]:
    """Who pays for an outcome: its own payers, else the contract's that pay for it.

    pay: position of the outcome; -1: for what is about none (block, guarantee, floor), which payers of only some outcomes
    leave to the others.
    """
    if pay < 0:
        return tuple(each for each in terms.payers if not each.only) or terms.payers
    own = terms.pays[pay].payers
    outcome = terms.pays[pay].outcome
    return tuple(each for each in own or terms.payers if not each.only or outcome in each.only)


def paid_on(terms: Terms, payer: Payer, claimed: Days) -> Days:
    """When a payer pays what is claimed on each day: the contract's terms, what it is late, and what this payer takes longer."""
    return plus(plus(claimed, Lag(days=terms.terms + terms.late)), payer.after)


class Purses:
    """What each payer has paid so far, in all and by contract year, against its caps. payers: each once."""

    def __init__(self, payers: Sequence[Payer]) -> None:
        self._spent = {payer: 0 for payer in payers}
        self._in_year: dict[tuple[Payer, int], int] = {}

    def divide(
        self, pence: int, payers: Sequence[Payer], days: Sequence[dt.date], year: int
    ) -> tuple[list[int], int]:
        """Split a sum between payers by their shares, days being when each would pay. Returns their parts, and what is lost.

        What a payer cannot pay falls to the payer it names in `short`, who may be short in turn; where nobody is named, or
        the last of them is full, it is lost.
        """
        if not pence or not payers:
            return [0] * len(payers), pence
        parts = split(pence, [payer.share for payer in payers])
        room = [self._room(payer, day, year) for payer, day in zip(payers, days, strict=True)]
        names = [payer.name for payer in payers]
        lost = 0
        for _ in payers:
            moved = False
            for place, payer in enumerate(payers):
                short = parts[place] - room[place]
                if short <= 0:
                    continue
                parts[place] = room[place]
                if payer.short in names and names.index(payer.short) != place:
                    parts[names.index(payer.short)] += short
                    moved = True
                else:
                    lost += short
            if not moved:
                break
        for place in range(len(payers)):  # payers who name each other
            lost += max(parts[place] - room[place], 0)
            parts[place] = min(parts[place], room[place])
        for payer, part in zip(payers, parts, strict=True):
            self._spent[payer] += part
            self._in_year[payer, year] = self._in_year.get((payer, year), 0) + part
        return parts, lost

    def _room(self, payer: Payer, day: dt.date, year: int) -> int:
        if payer.closes is not None and day > payer.closes:
            return 0
        room = 2**62
        if payer.cap is not None:
            room = to_pence(payer.cap) - self._spent[payer]
        if payer.per_year is not None:
            room = min(room, to_pence(payer.per_year) - self._in_year.get((payer, year), 0))
        return max(room, 0)
