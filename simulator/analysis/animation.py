"""Where people are under two designs, moment by moment: the same people, on one clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.flow import known
from simulator.engine.history import NOT_YET, History
from simulator.engine.model import Ints

if TYPE_CHECKING:
    import pandas as pd

SECONDS_A_DAY = 86_400
BEFORE, AFTER = "not yet", "gone"
WAITING = "waiting:"


@dataclass(frozen=True, eq=False)
class Animation:
    """What to draw. frame: a row for each moment, design and person, in this order, with the columns

    frame   which moment, from 0
    day     days since the start at that moment
    design  by name
    person  identity, the same under both designs; beyond the whole numbers that JavaScript keeps exactly, so draw by lane
    lane    from 0, by order of arrival: which line is this person's, the same under both designs
    state   the state they are in, "not yet" (also who never comes under this design) or "gone"
    service the service they are in, "waiting:SERVICE", or ""
    place   the service's if there is one, else the state's

    shown: how many people the frame has. of: how many were there at the start or arrived within the horizon under either
    design. days: the day of each moment.
    """

    frame: pd.DataFrame
    shown: int
    of: int
    days: tuple[float, ...]


def animation(baseline: History, design: History, *, most_people: int = 300, frames: int = 104) -> Animation:
    """Where each person is at `frames` moments, evenly from the start to the horizon, under two designs.

    A moment comes before what happens at its very second, so the first shows the people there at the start, and the last
    those there at the end. Of more than `most_people` every k-th is shown, in order of arrival under both designs taken
    together (a systematic sample: each first state and each year has its part of them). In several services at once, a
    person is shown in the one that started last; on lists only when in none, on the one joined last.

    Raises ValueError for fewer than one person or moment.
    """
    import pandas as pd

    if most_people < 1 or frames < 1:
        raise ValueError("an animation needs at least one person and one moment")
    times = np.linspace(0, baseline.end, frames).round().astype(np.int64)
    everybody = _by_arrival(baseline, design)
    step = max(-(-len(everybody) // most_people), 1)
    people = everybody[step // 2 :: step]
    days = times / SECONDS_A_DAY
    state, service = (
        np.stack(both, axis=1)
        for both in zip(*(_where(history, people, times) for history in (baseline, design)), strict=True)
    )
    moment, which, lane = (each.ravel() for each in np.indices(state.shape))
    state, service = state.ravel(), service.ravel()
    frame = pd.DataFrame(
        {
            "frame": moment,
            "day": days[moment],
            "design": np.array([baseline.design, design.design], dtype=object)[which],
            "person": people[lane],
            "lane": lane,
            "state": state,
            "service": service,
            "place": np.where(service == "", state, service),
        }
    )
    return Animation(frame, len(people), len(everybody), tuple(days.tolist()))


def _by_arrival(baseline: History, design: History) -> Ints:
    """Identities of all who are known under either design, in the order in which people are numbered."""
    known_people = [history.people[known(history)] for history in (baseline, design)]
    identity, first = np.unique(
        np.concatenate([each["identity"] for each in known_people]), return_index=True
    )
    arrival = np.concatenate([each["arrival"] for each in known_people])[first]
    return np.asarray(identity[np.lexsort((identity, arrival))])


def _where(history: History, people: Ints, times: Ints) -> tuple[np.ndarray, np.ndarray]:
    """State and service, as text, of people (identities) at each time: two (times, people)."""
    lanes = _lanes(history, people)
    stays, spells = history.stay_table, history.spell_table
    states = [*history.states, BEFORE, AFTER]
    state = np.full((len(people), len(times)), len(history.states))
    lane, end = lanes[stays["person"]], stays["end"]
    _draw(state, times, lane, stays["begin"], end, stays["state"])
    # After the last stay they are gone; of who is still there, it ends with the run and nothing comes after.
    last = np.flatnonzero(np.diff(stays["person"], append=-1))
    after = np.full(len(last), len(states) - 1)
    _draw(state, times, lane[last], end[last], np.full(len(last), history.end), after)

    # On the list from joining until the use of the service is over; and in it, drawn over that, from its start on.
    services = ["", *(WAITING + name for name in history.services), *history.services]
    service = np.zeros(state.shape, np.int64)
    lane, ended = lanes[spells["person"]], spells["ended"]
    ended = np.where(ended == NOT_YET, history.end, ended)
    for column, first in (("joined", 1), ("started", 1 + len(history.services))):
        since = spells[column]
        order = np.argsort(since, kind="stable")  # what is drawn later stays
        order = order[since[order] != NOT_YET]
        _draw(service, times, lane[order], since[order], ended[order], spells["service"][order] + first)
    return np.array(states, dtype=object)[state.T], np.array(services, dtype=object)[service.T]


def _lanes(history: History, people: Ints) -> Ints:
    """The lane of each person of a history: their place in `people`, -1 for those who have none."""
    lane = {identity: number for number, identity in enumerate(people.tolist())}
    return np.array([lane.get(each, -1) for each in history.people["identity"].tolist()], np.int64)


def _draw(into: Ints, times: Ints, lane: Ints, since: Ints, until: Ints, what: Ints) -> None:
    """Write `what` into the lane, (lanes, times), at each time after `since` and not after `until`. Lanes below 0 are none."""
    shown = lane >= 0
    lane, what = lane[shown], what[shown]
    first, end = (np.searchsorted(times, each[shown], side="right") for each in (since, until))
    many = end - first
    before = np.cumsum(many) - many
    cells = np.arange(many.sum()) + np.repeat(lane * len(times) + first - before, many)
    into.reshape(-1)[cells] = np.repeat(what, many)
