"""From a scenario and a design to a `Model`: numbering, the two eras, arrivals, places. The door is `compile_model`."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import numpy as np

from simulator.engine import model as m
from simulator.engine.books import StepsBook, TableBook, join_eras, tidy
from simulator.engine.compile_needs import Needs, tables_of
from simulator.engine.compile_services import (
    DestinationBook,
    Era,
    effect_arrays,
    effect_of,
    place_steps,
    pool_name,
    service_arrays,
)
from simulator.engine.hazards import seconds
from simulator.engine.model import Model, Stream
from simulator.engine.numbers import Draw, Numbers, Profiles, pick, steps, value_at
from simulator.engine.random_numbers import tag_of
from simulator.scenario import reader
from simulator.scenario.distributions import DistributionError
from simulator.scenario.document import Document
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, Refused, ScenarioError
from simulator.scenario.units import YEAR

MOST_SERVICES = 2**12 - 1
"""The last twelve bits of the number of a happening (`happenings.PERSON`) are its service."""


def compile_model(
    scenario: Scenario,
    design: str | None = None,
    *,
    seed: int = 1,
    draw: int | Draw | None = None,
    reading: str | None = None,
) -> Model:
    """The scenario under a design (default: the baseline) as numbers.

    draw: None for every number as written, 1, 2, ... for a sample of all uncertain numbers under `seed`. reading:
    another way to read the evidence. Raises ScenarioError where the numbers cannot be: shares out of reach, a
    distribution that does not exist.
    """
    design = design or scenario.baseline
    after = scenario.design(design, reading)
    before = scenario.design(scenario.baseline, reading)
    try:
        return _compile(before, after, design, seed, draw)
    except Refused as refused:
        line, column = reader.place_of(scenario.raw, refused.path)
        key = ".".join(map(str, refused.path))
        raise ScenarioError(
            [Problem(line, column, key, refused.message, refused.suggestion, file=scenario.file)]
        ) from None


def _compile(before: Document, after: Document, design: str, seed: int, draw: int | Draw | None) -> Model:
    documents = (before, after)
    same = before is after
    numbers = [Numbers(each, seed, draw) for each in documents]
    profiles = Profiles.of(before, numbers[0])  # a design does not change who people are
    members = [profiles.members(p) for p in range(len(profiles))]
    begin, end = -seconds(after.warm_up.value), seconds(after.horizon.value)
    states = tuple(sorted(after.needs))
    services = tuple(sorted({*before.services, *after.services}))
    if len(services) > MOST_SERVICES:
        raise Refused(
            f"{len(services):,} services are more than the {MOST_SERVICES:,} that can be told apart",
            "merge some of them",
            ("services",),
        )
    tables, steps_book, destinations = TableBook(), StepsBook(), DestinationBook()
    eras = [
        Era(document, number, profiles, members, states, services, tables, steps_book, destinations)
        for document, number in zip(documents, numbers, strict=True)
    ]

    first = Needs(before, numbers[0], profiles, strict=draw is None)
    needs = [first, first if same else Needs(after, numbers[1], profiles, strict=draw is None)]
    transitions = _numbered(needs)
    events = tuple(sorted(after.events))
    clocks = _clock_arrays(needs, transitions, states, tables)
    by_era = [service_arrays(eras[0])]
    by_era.append(by_era[0] if same else service_arrays(eras[1]))
    pools, pool, pool_places = _pools(documents, numbers, services, begin, end)
    found = {name: np.stack([by_era[0][name], by_era[1][name]]) for name in by_era[0]}

    parts: dict[str, Any] = {
        **clocks,
        **_event_arrays(eras, needs, events),
        **found,
        **_effects(eras, needs, transitions, events),
        **_tags(transitions, events, services, states, profiles.groupings),
        "leave_table": np.stack([left := _leave_table(eras[0]), left if same else _leave_table(eras[1])]),
    }
    # The books come last: everything above writes into them.
    try:
        table_first, table_last, knot_x, knot_h, table_error = tables.arrays((end - begin) / m.SECONDS_A_DAY)
    except DistributionError as error:
        raise Refused(
            f"a time of this scenario cannot be tabulated: {error}", "give it a less extreme shape"
        ) from None
    steps_first, steps_last, step_time, step_value = steps_book.arrays()
    destination_first, destination_target, destination_share = destinations.arrays()
    return Model(
        design=design,
        begin=begin,
        end=end,
        states=states,
        transitions=transitions,
        events=events,
        services=services,
        pools=pools,
        effects=tuple(_effect_names(eras)),
        segments=tuple(members),
        groupings=profiles.groupings,
        grouping_shares=profiles.shares,
        streams=_streams(documents, numbers, states, begin, end),
        pool=pool,
        pool_places=pool_places,
        table_first=table_first,
        table_last=table_last,
        knot_x=knot_x,
        knot_h=knot_h,
        table_error=table_error,
        steps_first=steps_first,
        steps_last=steps_last,
        step_time=step_time,
        step_value=step_value,
        destination_first=destination_first,
        destination_target=destination_target,
        destination_share=destination_share,
        sampled={**numbers[0].sampled, **numbers[1].sampled},
        gaps={**needs[0].gaps, **needs[1].gaps},
        **parts,
    )


def _effect_names(eras: list[Era]) -> list[tuple[str, str]]:
    """All effects of both eras as (service, effect), in order of their names."""
    return sorted(
        {
            (name, effect)
            for era in eras
            for name, service in era.document.services.items()
            for effect in service.effects
        }
    )


def _numbered(needs: list[Needs]) -> tuple[tuple[str, str], ...]:
    """All transitions of both eras in the order of their names; leaving is named `leaves`."""
    return tuple(sorted({pair for each in needs for pair in each.clocks}))


def _clock_arrays(
    needs: list[Needs], transitions: tuple[tuple[str, str], ...], states: tuple[str, ...], tables: TableBook
) -> dict[str, Any]:
    shape = (2, len(transitions), len(needs[0].members))
    table, multiplier = np.full(shape, -1, np.int64), np.zeros(shape)
    for era, need in enumerate(needs):
        for k, pair in enumerate(transitions):
            if pair in need.clocks:
                table[era, k], multiplier[era, k] = tables_of(need.clocks[pair], tables)
    sources = [source for source, _ in transitions]
    first = np.array(
        [sum(source < state for source in sources) for state in states] + [len(sources)], dtype=np.int64
    )
    to = np.array(
        [len(states) if target == "leaves" else states.index(target) for _, target in transitions],
        dtype=np.int64,
    )
    return {
        "out_first": first,
        "transition_to": to,
        "transition_table": table,
        "transition_multiplier": multiplier,
    }


def _event_arrays(eras: list[Era], needs: list[Needs], events: tuple[str, ...]) -> dict[str, Any]:
    """Rates a day by profile and state, the baseline's before `start`; and where events lead."""
    states, members = eras[0].states, eras[0].members
    rate = np.full((len(events), len(members), len(states)), -1, np.int64)
    to = np.full((2, len(events)), -1, np.int64)
    for e, name in enumerate(events):
        multipliers = [
            need._multipliers(era.document.events[name], name, "events")
            for need, era in zip(needs, eras, strict=True)
        ]
        for p, each in enumerate(members):
            for j, state in enumerate(states):
                found = []
                for era, multiplier in zip(eras, multipliers, strict=True):
                    part, end = pick(era.document.events[name].rate, each, state)
                    dated = (
                        [(0, 0.0)] if part is None else steps(part, f"events.{name}.rate{end}", era.numbers)
                    )
                    found.append([(when, value * float(multiplier[p]) / YEAR) for when, value in dated])
                joined = join_eras(found[0], found[1])
                if any(value > 0 for _, value in joined):
                    rate[e, p, j] = eras[0].steps.add(joined)
        for index, era in enumerate(eras):
            to[index, e] = era.destinations.add(era.document.events[name].to, f"events.{name}.to", era)
    return {"event_rate": rate, "event_to": to}


def _effects(
    eras: list[Era], needs: list[Needs], transitions: tuple[tuple[str, str], ...], events: tuple[str, ...]
) -> dict[str, Any]:
    effects = _effect_names(eras)
    clocks: list[Any] = [*transitions, *events]
    members = eras[0].members
    ratios: dict[tuple[int, int], list[list[float]]] = {}
    for e, era in enumerate(eras):
        for n, (service, name) in enumerate(effects):
            effect = effect_of(era.document, service, name)
            if effect is None:
                continue
            for target, ratio in needs[e].ratios(effect, f"services.{service}.effects.{name}").items():
                ratios.setdefault((n, clocks.index(target)), [[1.0] * len(members), [1.0] * len(members)])[
                    e
                ] = ratio
    # An effect that changes nothing is dropped, so that it cannot even move a rounding.
    pairs = sorted(
        pair for pair, each in ratios.items() if any(value != 1.0 for ratio in each for value in ratio)
    )
    by_era = [effect_arrays(effects, era.document, era.numbers) for era in eras]
    return {
        "effect_service": np.array(
            [eras[0].services.index(service) for service, _ in effects], dtype=np.int64
        ),
        **{name: np.stack([by_era[0][name], by_era[1][name]]) for name in by_era[0]},
        "pair_effect": np.array([n for n, _ in pairs], dtype=np.int64),
        "pair_clock": np.array([c for _, c in pairs], dtype=np.int64),
        "pair_ratio": np.array([[ratios[pair][e] for pair in pairs] for e in range(2)]).reshape(
            2, len(pairs), len(members)
        ),
    }


@lru_cache(maxsize=64)  # the same for every draw of a scenario
def _tags(
    transitions: tuple[tuple[str, str], ...],
    events: tuple[str, ...],
    services: tuple[str, ...],
    states: tuple[str, ...],
    groupings: tuple[str, ...],
) -> dict[str, Any]:
    """Tags of all random numbers that an engine draws. Two equal tags would share their numbers, so they are refused."""
    owners: dict[int, tuple[str, ...]] = {}

    def tag(*parts: str) -> int:
        found = tag_of(*parts)
        if owners.setdefault(found, parts) != parts:
            raise Refused(
                f"`{parts[1]}` and `{owners[found][1]}` happen to share their random numbers",
                "rename one of them",
            )
        return found

    for grouping in groupings:
        tag("segment", grouping)
    return {
        "tag_transition": np.array([tag("transition", *pair) for pair in transitions], dtype=np.int64),
        "tag_event": np.array([tag("event", name) for name in events], dtype=np.int64),
        "tag_event_to": np.array([tag("event_to", name) for name in events], dtype=np.int64),
        "tag_use": np.array(
            [
                [[tag(purpose, service, state) for state in states] for service in services]
                for purpose in m.PURPOSES
            ],
            dtype=np.int64,
        ).reshape(len(m.PURPOSES), len(services), len(states)),
    }


def _leave_table(era: Era) -> m.Ints:
    """Time from arrival to leaving for good, by profile and first state."""
    return era.table(era.document.people.leave_after, "people.leave_after")


def _pools(
    documents: tuple[Document, Document],
    numbers: list[Numbers],
    services: tuple[str, ...],
    begin: int,
    end: int,
) -> tuple[tuple[str, ...], m.Ints, tuple[tuple[tuple[int, int], ...], ...]]:
    """Names of pools (services with own places, and teams), the pool of each service by era, and places over time."""
    owner = [{name: pool_name(document, name) for name in document.services} for document in documents]
    pools = tuple(sorted({*owner[0].values(), *owner[1].values()}))
    pool = np.array(
        [[pools.index(each.get(name) or owner[1][name]) for name in services] for each in owner],
        dtype=np.int64,
    )
    places = []
    for name in pools:
        found = [
            tidy(place_steps(document, name, number)) if name in used.values() else ((m.ALWAYS, 0.0),)
            for document, number, used in zip(documents, numbers, owner, strict=True)
        ]
        joined = join_eras(found[0], found[1])
        at_begin = [value for when, value in joined if when <= begin][-1]
        places.append(
            ((begin, int(at_begin)), *((when, int(value)) for when, value in joined if begin < when < end))
        )
    return pools, pool, tuple(places)


def _streams(
    documents: tuple[Document, Document],
    numbers: list[Numbers],
    states: tuple[str, ...],
    begin: int,
    end: int,
) -> tuple[Stream, ...]:
    """Where and when people appear. Random streams join the baseline's rate before `start` to the design's after it."""
    found = []
    for state in sorted({*documents[0].people.arrive, *documents[1].people.arrive}):
        entries = [document.people.arrive.get(state) for document in documents]
        rates, times = [], []
        for document, number, entry in zip(documents, numbers, entries, strict=True):
            dated, listed = [(0, 0.0)], []
            if entry is not None and entry.rate is not None:
                dated = _monthly(
                    steps(entry.rate, f"people.arrive.{state}.rate", number),
                    entry,
                    state,
                    number,
                    document,
                    begin,
                    end,
                )
            elif entry is not None and entry.every is not None:
                gap = seconds(entry.every.value)
                if gap < 1:
                    raise Refused(
                        "people cannot arrive more often than once a second",
                        None,
                        ("people", "arrive", state, "every"),
                    )
                listed = list(range(begin + gap, end, gap))
            elif entry is not None and entry.at is not None:
                listed = [seconds(each.value) for each in entry.at]
            rates.append(dated)
            times.append(listed)
        rate = join_eras(rates[0], rates[1])
        if any(value > 0 for _, value in rate):
            found.append(Stream(f"arrive|{state}", states.index(state), rate=rate))
        at = [t for t in times[0] if begin <= t < 0] + [t for t in times[1] if max(0, begin) <= t < end]
        if at:
            found.append(Stream(f"listed|{state}", states.index(state), times=tuple(sorted(at))))
    for state, count in sorted(documents[0].people.present.items()):
        number_present = round(numbers[0].of(count, f"people.present.{state}"))
        if number_present:
            found.append(Stream(f"present|{state}", states.index(state), times=(begin,) * number_present))
    return tuple(found)


def _monthly(
    rate: list[tuple[int, float]],
    entry: Any,
    state: str,
    numbers: Numbers,
    document: Document,
    begin: int,
    end: int,
) -> list[tuple[int, float]]:
    """A rate with its `by_month` ratios (scaled to mean 1) as steps at the firsts of calendar months."""
    if entry.by_month is None:
        return rate
    ratios = [
        numbers.of(each, f"people.arrive.{state}.by_month.{i}") for i, each in enumerate(entry.by_month)
    ]
    mean = sum(ratios) / 12
    day = (document.start + dt.timedelta(seconds=begin)).replace(day=1)
    found: list[tuple[int, float]] = []
    changes = {when for when, _ in rate[1:]}
    while (at := (day - document.start).days * m.SECONDS_A_DAY) < end:
        following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        until = (following - document.start).days * m.SECONDS_A_DAY
        for when in sorted({at, *(each for each in changes if at < each < until)}):
            found.append((when, value_at(rate, when) * ratios[day.month - 1] / mean))
        day = following
    return found
