"""What of a history can be claimed for under a contract: eligible, counted, observed, verified (MONEY section 3, 3.3 to 3.6).

Nothing here knows a price or a cap, so what is found serves every variant of the contract. Random numbers are keyed by
person, outcome, claim and purpose, never by order, so that variants share them (MONEY section 0).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine.history import History
from simulator.engine.random_numbers import Key, tag_of, uniform, uniforms
from simulator.money.amounts import days_of
from simulator.money.contract.claims import Claims, Cohort, Days, no_claims
from simulator.money.contract.cohorts import comparison_result
from simulator.money.contract.days import plus
from simulator.money.contract.read import PriceCells
from simulator.money.contract.terms import Pay, Terms
from simulator.outcomes.evaluate import MEASURES, Clocks, OutcomeTable, judge
from simulator.scenario.document import Document
from simulator.scenario.schema import Outcome

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Verdicts:
    """An outcome's table, and where its clocks were judged: `judged` may be the baseline's history (what would have been)."""

    table: OutcomeTable
    judged: History
    clocks: Clocks


@dataclass(frozen=True, eq=False)
class Eligible:
    """The clocks of one outcome that a contract looks at, in order of person, then start; positions in the outcome's table.

    units: 1 or 0 of yes or no, else the days or number by the end of the observation. observed: the observation has ended by
    `earn_until` (a yes counts as soon as it is there). earned: the day it ended; NaT where it has not. there: the person is in
    the history that the outcome was judged in. whole: its window closes in time, whatever happens in it.
    """

    at: Ints
    person: Ints
    started: Days
    earned: Days
    units: Floats
    observed: Bools
    cell: Ints
    there: Bools
    whole: Bools


def eligible(
    terms: Terms, pay: Pay, cells: PriceCells, document: Document, history: History, verdicts: Verdicts
) -> Eligible:
    """Everyone who could be claimed for, achieved or not: started in time, in the right segment and state (3.3)."""
    outcome, table = document.outcomes[pay.outcome], verdicts.table
    started = days_of(document, table.since)
    states = _states_at(history, table) if pay.states or cells.by_state else np.zeros(len(table), np.int64)
    keep = (started >= np.datetime64(terms.begins)) & (started <= np.datetime64(terms.starts_until))
    profile = history.people["profile"][table.person]
    if pay.states:
        wanted = [history.states.index(name) for name in pay.states if name in history.states]
        keep &= np.isin(states, wanted)
    if pay.segments:
        named = np.array([bool({*members} & {*pay.segments}) for members in history.segments])
        keep &= named[profile]
    at = np.flatnonzero(keep)
    cut = _second_after(document, terms)
    if outcome.test in MEASURES:
        ends = np.minimum(table.due[at], cut)
        units = table.value[at].copy()
        if len(late := np.flatnonzero(table.due[at] > cut)):  # observed for less than the whole window
            for position in late:
                units[position] = _until(outcome, verdicts, int(at[position]), cut)
        observed = ends <= history.end
    else:
        ends = np.where(table.achieved[at], table.achieved_at[at], table.due[at])
        observed = (ends < cut) & (ends <= history.end)
        units = np.where(table.achieved[at] & observed, 1.0, 0.0)
    # What is complete at midnight was observed until the day before.
    last = days_of(document, np.maximum(ends - 1, table.since[at]))
    earned = np.where(observed, last, np.datetime64("NaT"))
    return Eligible(
        at,
        table.person[at],
        started[at],
        earned,
        units,
        observed,
        profile[at] * cells.by_profile + states[at] * cells.by_state,
        verdicts.clocks.person[at] >= 0,
        table.due[at] <= min(cut, history.end),
    )


@dataclass(frozen=True, eq=False)
class Observed:
    """What a history gives a contract to pay for. everyone: by outcome of the contract, all who could be claimed for."""

    claims: Claims
    cohorts: tuple[Cohort, ...]
    everyone: tuple[Eligible, ...]


def observed(
    terms: Terms,
    cells: Sequence[PriceCells],
    document: Document,
    history: History,
    verdicts: Mapping[str, Verdicts],
    key: Key,
    comparison: Mapping[str, Floats] | None = None,
) -> Observed:
    """What of a history can be claimed for.

    verdicts: by outcome, of people of `history`. key: of the replication (`random_numbers.key_of`). comparison: by outcome,
    results a person without the service in another replication, from which comparison groups are drawn with replacement.
    """
    everyone = tuple(
        eligible(terms, pay, cells[position], document, history, verdicts[pay.outcome])
        for position, pay in enumerate(terms.pays)
    )
    if not everyone:
        return Observed(no_claims(), (), ())
    cohorts: list[Cohort] = []
    parts = []
    for position, (pay, those) in enumerate(zip(terms.pays, everyone, strict=True)):
        of_cohort = np.full(len(those.at), -1, np.int64)
        if by_cohort(pay):
            _settle_cohorts(terms, position, those, comparison or {}, key, cohorts, of_cohort)
        there = np.flatnonzero(((those.units > 0) | _nothing_counts(pay)) & those.observed)
        if by_cohort(pay):  # what is in a cohort with an open window is not settled
            there = there[of_cohort[there] >= 0]
        there = there[np.lexsort((those.earned[there], those.person[there]))]
        there, number = _counted(pay, those, there)
        parts.append(
            (
                np.full(len(there), position, np.int64),
                those.person[there].astype(np.int64),
                number,
                those.started[there],
                those.earned[there],
                *_verified(pay, history, those, there, number, key),
                those.cell[there].astype(np.int64),
                of_cohort[there],
                *_lucks(pay, history, those, there, number, key),
            )
        )
    columns = [np.concatenate(each) for each in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[0], columns[4]))
    pay_of, person, number, started, earned, ready, units, certified, cell, cohort, *lucks = (
        column[order] for column in columns
    )
    claims = Claims(
        pay_of,
        person,
        number,
        started,
        earned,
        ready,
        units,
        certified,
        cell,
        cohort if cohorts else None,
        *lucks,
    )
    if any(pay.needs or pay.excludes for pay in terms.pays):
        claims = _allowed(terms, claims)
    return Observed(claims, tuple(cohorts), everyone)


def _verified(
    pay: Pay, history: History, those: Eligible, there: Ints, number: Ints, key: Key
) -> tuple[Days, Floats, Floats]:
    """When each can be claimed, its units, and those that verification and disputes let through."""
    identity = history.people["identity"][those.person[there]]
    units = those.units[there]
    certified = units * _proven(pay, those.cell[there], identity, number, key)
    ready = plus(those.earned[there], pay.lag)
    if pay.dispute is not None:
        held = _luck(key, "dispute", pay, identity, number) < pay.dispute.share
        upheld = _luck(key, "upheld", pay, identity, number) < pay.dispute.upheld
        ready = np.where(held, plus(ready, pay.dispute.held), ready)
        certified = np.where(held & ~upheld, 0.0, certified)
    return ready, units, certified


def _lucks(
    pay: Pay, history: History, those: Eligible, there: Ints, number: Ints, key: Key
) -> tuple[Floats, Floats]:
    """The uniform numbers that choose audit samples and reversals; unused ones are not drawn."""
    identity = history.people["identity"][those.person[there]]
    wanted = (("sample", pay.sample), ("reversed", pay.reversal))
    found = [
        _luck(key, purpose, pay, identity, number) if rule is not None else np.full(len(there), 0.5)
        for purpose, rule in wanted
    ]
    return found[0], found[1]


def _settle_cohorts(
    terms: Terms,
    position: int,
    those: Eligible,
    comparison: Mapping[str, Floats],
    key: Key,
    cohorts: list[Cohort],
    of_cohort: Ints,
) -> None:
    """Add the cohorts of an outcome whose last window has closed, and say which each of its people is in (3.5)."""
    pay = terms.pays[position]
    order = np.lexsort((those.person, those.started))
    for number, members in enumerate(_cohorts(pay, those, order, terms)):
        # Whose window cannot close in time is in no cohort: half a window against the whole of a level is no success.
        members = members[those.whole[members]]
        if not len(members):
            continue
        of_cohort[members] = len(cohorts)
        expected, size = _expected(pay, comparison, key, number)
        cohorts.append(
            Cohort(
                position,
                those.started[members].min(),
                those.earned[members].max(),
                len(members),
                float(those.units[members].sum()),
                len(members) * pay.window_days,
                size,
                expected,
            )
        )


def _nothing_counts(pay: Pay) -> bool:
    """Whether people without a unit count too: against the others, where deadweight is netted between people (E05)."""
    return pay.deadweight is not None and pay.deadweight.form == "subtract" and pay.deadweight.floor == "none"


def by_cohort(pay: Pay) -> bool:
    """Whether an outcome is settled on the result of a cohort instead of claim by claim."""
    return (
        pay.against is not None
        or pay.band_of_rate
        or pay.slide is not None
        or pay.pays_as != "claims"
        or (pay.deadweight is not None and pay.deadweight.form == "baseline")
    )


def _cohorts(pay: Pay, those: Eligible, order: Ints, terms: Terms) -> list[Ints]:
    rule = pay.cohorts
    if rule is None:
        return [order]
    if rule.size is not None:
        parts = [order[first : first + rule.size] for first in range(0, len(order), rule.size)]
        return parts[: rule.most] if rule.most is not None else parts
    assert rule.every_months is not None
    first = np.datetime64(terms.begins, "M")
    period = (those.started[order].astype("datetime64[M]") - first).astype(np.int64) // rule.every_months
    return [order[period == each] for each in np.unique(period)]


def _expected(pay: Pay, comparison: Mapping[str, Floats], key: Key, number: int) -> tuple[float | None, int]:
    """What a cohort is held against, a person, and how many people say so (0: a level)."""
    if pay.against is None:
        return None, 0
    if pay.against.level is not None:
        return pay.against.level, 0
    results = comparison.get(pay.outcome)
    size = int(pay.against.comparison or 0)
    if results is None or not len(results) or size < 1:
        return None, 0
    drawn = comparison_result(results, size, key, tag_of("comparison", pay.outcome), number)
    if pay.against.match_bias:
        from scipy.special import ndtri

        # A group that was not chosen by lot differs by more than chance: the same way for all cohorts of a run.
        z = float(ndtri(uniform(key, 0, tag_of("match bias", pay.outcome), 0)))
        drawn *= math.exp(pay.against.match_bias * z)
    return drawn, size


def _counted(pay: Pay, those: Eligible, there: Ints) -> tuple[Ints, Ints]:
    """The first `count` of each person's, `apart` days apart, and their numbers. `there`: by person, then earned."""
    person, earned = those.person[there], those.earned[there]
    if pay.apart:
        keep = np.ones(len(there), bool)
        last = -1
        for position in range(len(there)):
            again = last >= 0 and person[last] == person[position]
            if again and earned[position] < earned[last] + np.timedelta64(pay.apart, "D"):
                keep[position] = False
            else:
                last = position
        there, person = there[keep], person[keep]
    first = np.searchsorted(person, person)
    number = np.arange(len(there)) - first + 1
    if pay.count is not None:
        keep = number <= pay.count
        there, number = there[keep], number[keep]
    return there, number.astype(np.int64)


def _proven(pay: Pay, cell: Ints, identity: Ints, number: Ints, key: Key) -> Floats:
    shares = np.array(pay.verified)
    if (shares >= 1).all():
        return np.ones(len(cell))
    wanted = shares[cell] if len(shares) > 1 else np.broadcast_to(shares[0], len(cell))
    return np.where(_luck(key, "verified", pay, identity, number) < wanted, 1.0, 0.0)


def _luck(key: Key, purpose: str, pay: Pay, identity: Ints, number: Ints) -> Floats:
    return uniforms(key, identity, tag_of(purpose, pay.outcome), number)


def _allowed(terms: Terms, claims: Claims) -> Claims:
    """Without claims whose person lacks what they need or has what they exclude, of what was certified before them."""
    had: dict[int, set[str]] = {}
    keep = np.ones(len(claims), bool)
    for position in range(len(claims)):
        pay = terms.pays[claims.pay[position]]
        before = had.setdefault(int(claims.person[position]), set())
        if not before.issuperset(pay.needs) or before.intersection(pay.excludes):
            keep[position] = False
        elif claims.certified[position] > 0:
            before.add(pay.outcome)
    columns = {name: getattr(claims, name) for name in Claims.__dataclass_fields__}
    kept: dict[str, Any] = {name: column[keep] for name, column in columns.items() if column is not None}
    return dataclasses.replace(claims, **kept)


def _states_at(history: History, table: OutcomeTable) -> Ints:
    """The state each person is in at the clock's start, once everything of that second has happened."""
    stays = history.stay_table
    span = history.end - history.begin + 1
    place = stays["person"] * span + (stays["begin"] - history.begin)
    at = np.searchsorted(place, table.person * span + (table.since - history.begin), side="right") - 1
    found: Ints = stays["state"][at]
    return found


def _second_after(document: Document, terms: Terms) -> int:
    """The first second after the last day on which an observation may end."""
    return ((terms.earn_until - document.start).days + 1) * 86_400


def _until(outcome: Outcome, verdicts: Verdicts, at: int, cut: int) -> float:
    """Units of one clock by `cut`, before its window closes."""
    clocks = verdicts.clocks
    one = Clocks(*(column[at : at + 1] for column in (clocks.person, clocks.since, clocks.row)))
    return float(judge(outcome, verdicts.judged, one, window=cut - int(one.since[0])).value[0])
