"""Moves between states, and people of each profile reached: loops over the tables of a history, from the start on."""

from __future__ import annotations

import numpy as np

from simulator.analysis.compiled_sums import joined_from_the_start, wait
from simulator.engine.history import NOT_YET
from simulator.engine.machine_code import entry
from simulator.engine.model import Ints


@entry
def moves_between(states: int, person: Ints, state: Ints, end: Ints, still: Ints) -> Ints:
    """Times that people went from each state to each state, (states, states + 1): the last column is leaving for good.

    Arguments after the first: columns of `History.stay_table`.
    """
    found = np.zeros((states, states + 1), np.int64)
    last = len(person) - 1
    for stay in range(len(person)):
        to = state[stay + 1] if stay < last and person[stay + 1] == person[stay] else states
        found[state[stay], to] += end[stay] >= 0 and still[stay] == 0
    return found


@entry
def people_ever_in(
    things: int, profiles: int, profile: Ints, person: Ints, thing: Ints, since: Ints, until: Ints
) -> Ints:
    """How many people of each profile were ever in each thing (state or service), (profiles, things).

    profile: of each person. person, thing, since, until: of each time somebody was in something, a person's together;
    NOT_YET in `since` says that it never came to that, in `until` that they still are. Being in it as the start comes
    counts, as for people in a state at the start: an end at the very second of the start is after it.
    """
    found = np.zeros((profiles, things), np.int64)
    counted = np.full(things, -1, np.int64)  # whom each thing has counted last
    for time in range(len(person)):
        who, what = person[time], thing[time]
        began, ended = since[time] != NOT_YET, until[time] != NOT_YET
        if began and counted[what] != who and (not ended or until[time] >= 0):
            counted[what] = who
            found[profile[who], what] += 1
    return found


@entry
def waits_by_profile(
    services: int,
    profiles: int,
    end_of_run: int,
    profile: Ints,
    person: Ints,
    service: Ints,
    referred: Ints,
    joined: Ints,
    started: Ints,
    ended: Ints,
) -> tuple[Ints, Ints]:
    """How many joined the list, and the seconds they waited, of each profile and service: (profiles, services) twice."""
    many, seconds = np.zeros((profiles, services), np.int64), np.zeros((profiles, services), np.int64)
    for spell in range(len(person)):
        if joined_from_the_start(referred[spell], joined[spell]):
            who, of = profile[person[spell]], service[spell]
            many[who, of] += 1
            seconds[who, of] += wait(end_of_run, joined[spell], started[spell], ended[spell])
    return many, seconds
