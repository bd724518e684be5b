"""One person's path under a design, in order, with the money it cost; and whose paths to tell.

What each step is called is for `present`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.analysis.flow import crises_of_each, known
from simulator.engine import history as h
from simulator.engine.history import NOT_YET, History
from simulator.engine.model import Bools, Ints
from simulator.money.ledger import Ledger
from simulator.scenario.document import Document


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


@dataclass(frozen=True)
class Telling:
    """A person to tell of, as one of a kind (see `people_to_tell`): their number under the baseline, and how many there are.

    count: people of this kind, of: people known under both designs.
    """

    kind: str
    person: int
    identity: int
    count: int
    of: int


def people_to_tell(
    baseline: History, design: History, baseline_document: Document, design_document: Document
) -> list[Telling]:
    """One person of each kind that occurs among the people known under both designs (there at the start, or arrived since).

    helped          crisis under the baseline, none under the design
    harmed          no crisis under the baseline, crisis under the design
    crisis_in_both  crisis under both
    waited_in_vain  gave up waiting for a service, or was turned away, under the design
    no_change       the same history under both, row for row
    not_reached     chances of a referral were missed or lapsed under the design, and they were never referred

    All of it within the horizon; crises as in the table `crises`. A person may be of several kinds. Nobody looks for the
    best story: it is the one in the middle by number (the lower of two), and how many there are goes with it.
    """
    one, other = _known_in_both(baseline, design)
    before = crises_of_each(baseline, baseline_document)[one] > 0
    after = crises_of_each(design, design_document)[other] > 0
    kinds = {
        "helped": before & ~after,
        "harmed": ~before & after,
        "crisis_in_both": before & after,
        "waited_in_vain": _waited_in_vain(design)[other],
        "no_change": _same(baseline, design, one, other),
        "not_reached": _not_reached(design)[other],
    }
    found = []
    for kind, of_kind in kinds.items():
        people = one[of_kind]
        if len(people):
            person = int(people[(len(people) - 1) // 2])
            identity = int(baseline.people["identity"][person])
            found.append(Telling(kind, person, identity, len(people), len(one)))
    return found


def _known_in_both(baseline: History, design: History) -> tuple[Ints, Ints]:
    """Numbers of the same people under both designs, in the order of the baseline's."""
    mine, theirs = (np.flatnonzero(known(history)) for history in (baseline, design))
    _, one, other = np.intersect1d(
        baseline.people["identity"][mine],
        design.people["identity"][theirs],
        assume_unique=True,
        return_indices=True,
    )
    order = np.argsort(one)
    return mine[one[order]], theirs[other[order]]


def _waited_in_vain(history: History) -> Bools:
    """Of each person: whether a list they were on came to nothing for want of room or patience."""
    spells = history.spell_table
    in_vain = np.isin(spells["way"], (h.GAVE_UP, h.TURNED_AWAY, h.CLOSED)) & (spells["started"] == NOT_YET)
    return _is_among(spells["person"][in_vain & (spells["ended"] >= 0)], history)


def _not_reached(history: History) -> Bools:
    """Of each person: whether they had chances of a referral, and were never referred."""
    rows = history.rows[history.rows["time"] >= 0]
    chance = np.isin(rows["what"], (h.MISSED, h.LAPSED))
    referred = rows["what"] == h.REFERRED
    return _is_among(rows["person"][chance], history) & ~_is_among(rows["person"][referred], history)


def _is_among(people: Ints, history: History) -> Bools:
    return np.bincount(people, minlength=len(history.people)) > 0


def _same(baseline: History, design: History, one: Ints, other: Ints) -> Bools:
    """Of each pair of people: whether all their rows are the same, names counting and not their numbers."""
    names = [sorted({*baseline.services, *design.services}), sorted({*baseline.events, *design.events})]
    (before, first), (after, first_after) = (_lives(each, *names) for each in (baseline, design))
    return np.array(
        [
            before[first[a] : first[a + 1]] == after[first_after[b] : first_after[b + 1]]
            for a, b in zip(one.tolist(), other.tolist(), strict=True)
        ],
        dtype=np.bool_,
    )


def _lives(history: History, services: list[str], events: list[str]) -> tuple[bytes, list[int]]:
    """Everybody's rows as bytes, without whose they are and with numbers into the names given; where each person's begin."""
    rows = history.rows[history.by_person]
    rows["person"] = 0
    is_event = rows["what"] == h.EVENT
    is_use = (rows["what"] >= h.MISSED) & (rows["what"] != h.STILL_STATE)
    for mine, names, common in ((is_event, history.events, events), (is_use, history.services, services)):
        number = np.array([common.index(name) for name in names], np.int64)
        rows["item"][mine] = number[rows["item"][mine]]
    return rows.tobytes(), (history.first_row * rows.itemsize).tolist()
