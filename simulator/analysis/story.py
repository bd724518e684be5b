"""One person's path under a design, in order, with the money it cost. What each step is called is for `present`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.engine import history as h
from simulator.engine.history import History
from simulator.money.ledger import Ledger


@dataclass(frozen=True)
class Step:
    """One thing that happened: seconds from start, what (a name of history.WHAT), to which state, event or service, why."""

    time: int
    what: str
    item: str
    why: str


@dataclass(frozen=True)
class Bill:
    """What one line cost for this person, in pounds of the day. of_places: their share of places paid for whoever uses them."""

    line: str
    payer: str
    about: str
    pounds: float
    of_places: bool


@dataclass(frozen=True)
class Story:
    """A person's life in the model under one design."""

    design: str
    person: int
    identity: int
    segments: tuple[str, ...]
    steps: tuple[Step, ...]
    bills: tuple[Bill, ...]


def person_of(history: History, identity: int) -> int | None:
    """The number of a person under a design, by identity; None if they are not there."""
    found = np.flatnonzero(history.people["identity"] == identity)
    return int(found[0]) if len(found) else None


def story(history: History, ledger: Ledger, person: int) -> Story:
    """The story of a person of a history. Raises IndexError if there is no such person."""
    if not 0 <= person < len(history.people):
        raise IndexError(f"people are numbered 0 to {len(history.people) - 1}")
    steps = []
    for row in history.rows[history.rows["person"] == person]:
        what = int(row["what"])
        names = (
            history.states
            if what in (h.ARRIVED, h.STATE, h.LEFT, h.STILL_STATE)
            else history.events
            if what == h.EVENT
            else history.services
        )
        steps.append(Step(int(row["time"]), h.WHAT[what], names[row["item"]], h.WHY[row["why"]]))
    bills = []
    for rows, of_places in ((ledger.rows, False), (ledger.use, True)):
        mine = rows[rows["person"] == person]
        for number in sorted(set(mine["item"].tolist())):
            item = ledger.items[number]
            bills.append(
                Bill(
                    item.name,
                    item.payer,
                    item.label,
                    float(mine["nominal_pence"][mine["item"] == number].sum()) / 100,
                    of_places,
                )
            )
    about = history.people[person]
    return Story(
        history.design,
        person,
        int(about["identity"]),
        history.segments[about["profile"]],
        tuple(steps),
        tuple(bills),
    )
