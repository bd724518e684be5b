"""Who used more and who less of which places: people of two designs matched by identity."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.engine.machine_code import entry, inner
from simulator.engine.model import Ints

_MIX = (
    -7046029254386353131
)  # 2**64 / the golden ratio, odd: neighbours go far apart (Knuth's multiplicative hashing)


@inner
def matched(before: Ints, after: Ints) -> tuple[Ints, int]:
    """For each person after, the position of the same identity before, or a number of their own from there on; and how many
    numbers there are. An identity is somebody's once."""
    size = 16
    while size < 2 * len(before):
        size *= 2
    table = np.full(size, -1, np.int64)
    for person in range(len(before)):
        at = (before[person] * _MIX >> 20) & (size - 1)
        while table[at] >= 0:
            at = (at + 1) & (size - 1)
        table[at] = person
    found = np.empty(len(after), np.int64)
    people = len(before)
    for person in range(len(after)):
        if person < len(before) and before[person] == after[person]:
            found[person] = person
            continue
        at = (after[person] * _MIX >> 20) & (size - 1)
        while table[at] >= 0 and before[table[at]] != after[person]:
            at = (at + 1) & (size - 1)
        if table[at] >= 0:
            found[person] = table[at]
        else:
            found[person] = people
            people += 1
    return found, people


@entry
def changes(
    before: Any, after: Any, line_before: Ints, line_after: Ints, identity_before: Ints, identity_after: Ints, lines: int
) -> tuple[Ints, Ints]:  # fmt: skip
    """Pence that people used less, and that people used more, by line: two ledgers' `use`, person by person.

    line_before, line_after: the line of each item of a ledger, -1 for none.
    """
    same, people = matched(identity_before, identity_after)
    change = np.zeros((lines, people), np.int64)
    for flow in before:
        if line_before[flow.item] >= 0:
            change[line_before[flow.item], flow.person] += flow.nominal_pence
    for flow in after:
        if line_after[flow.item] >= 0:
            change[line_after[flow.item], same[flow.person]] -= flow.nominal_pence
    less, more = np.zeros(lines, np.int64), np.zeros(lines, np.int64)
    for line in range(lines):
        for each in change[line]:
            less[line] += max(each, 0)
            more[line] -= min(each, 0)
    return less, more
