"""Whom each state and service reaches: of the people known, in all and segment by segment.

Known are the people there at the start and those who arrive within the horizon. A state or service has reached them if
they were ever in it within the horizon; being in it at the start counts, referrals that led to no start do not.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from simulator.analysis import flow
from simulator.analysis.compiled_reach import people_ever_in, waits_by_profile
from simulator.analysis.measures import Measure
from simulator.engine.history import History
from simulator.engine.model import Ints
from simulator.scenario.document import Document

SECONDS_A_DAY = 86_400


def reach(history: History, services: Collection[str]) -> list[Measure]:
    """People ever in each state and service, and their share of those known (left out where nobody is).

    services: names; those that the history does not have reach nobody.
    """
    stays = history.stay_table
    in_state = people_ever_in(
        len(history.states),
        len(history.segments),
        _profile(history),
        *(stays[name] for name in ("person", "state", "begin", "end")),
    )
    people = dict(zip(history.states, in_state.sum(axis=0).tolist(), strict=True))
    started = dict(zip(history.services, _started(history).sum(axis=0).tolist(), strict=True))
    people.update({name: started.get(name, 0) for name in services})
    of = int(flow.known(history).sum())
    found = []
    for name, many in people.items():
        found.append(Measure("reach", name, "people", many))
        if of:
            found.append(Measure("reach", name, "share", many / of))
    return found


def segments(history: History, document: Document, services: Collection[str]) -> list[Measure]:
    """Of each segment: people known, their crises, whom each service reached, and the mean wait of those who joined.

    services: as for `reach`. Crises are left out where the scenario calls nothing a crisis.
    """
    members = _members(history)
    profile, profiles = _profile(history), len(history.segments)
    counts = _by_segment(members, np.bincount(profile[flow.known(history)], minlength=profiles))
    known = {name: people for name, (people,) in counts.items()}
    found = [Measure("segments", name, "known", people) for name, people in known.items()]
    if flow.has_crises(document):
        theirs = np.zeros(profiles, np.int64)
        np.add.at(theirs, profile, flow.crises_of_each(history, document))
        for name, (crises,) in _by_segment(members, theirs).items():
            found.append(Measure("segments", name, "crises", crises))
            if known[name]:
                found.append(Measure("segments", name, "crises_per_100", 100 * crises / known[name]))
    return found + _in_services(history, members, known, services)


def _in_services(
    history: History, members: dict[str, list[int]], known: dict[str, int], services: Collection[str]
) -> list[Measure]:
    """Of each segment, with how many people are known, and each service: the share reached and the mean wait."""
    spells = history.spell_table
    many, seconds = waits_by_profile(
        len(history.services),
        len(history.segments),
        history.end,
        _profile(history),
        *(spells[name] for name in ("person", "service", "referred", "joined", "started", "ended")),
    )
    started, joined, waited = (_by_segment(members, each) for each in (_started(history), many, seconds))
    position = {name: number for number, name in enumerate(history.services)}
    found = []
    for segment, people in known.items():
        for service in services:
            item, number = f"{segment} in {service}", position.get(service)
            if people:
                reached = 0 if number is None else started[segment][number]
                found.append(Measure("segments", item, "reached", reached / people))
            if number is not None and (waits := joined[segment][number]):
                mean = waited[segment][number] / waits / SECONDS_A_DAY
                found.append(Measure("segments", item, "wait_days", mean))
    return found


def _started(history: History) -> Ints:
    """People of each profile who were ever in each service, (profiles, services)."""
    spells = history.spell_table
    return np.asarray(
        people_ever_in(
            len(history.services),
            len(history.segments),
            _profile(history),
            *(spells[name] for name in ("person", "service", "started", "ended")),
        )
    )


def _profile(history: History) -> Ints:
    return np.ascontiguousarray(history.people["profile"])


def _members(history: History) -> dict[str, list[int]]:
    """The profiles of each segment, grouping after grouping. A segment's name is no other's."""
    found: dict[str, list[int]] = {}
    for grouping in zip(*history.segments, strict=True):
        for profile, name in enumerate(grouping):
            found.setdefault(name, []).append(profile)
    return found


def _by_segment(members: dict[str, list[int]], of_profiles: Ints) -> dict[str, list[int]]:
    """Sums over the profiles of each segment, one for each column."""
    columns = of_profiles.reshape(len(of_profiles), -1)
    return {name: columns[profiles].sum(axis=0).tolist() for name, profiles in members.items()}
