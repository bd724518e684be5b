"""Places over time: how many are open, how many are used, and the rule by which whole units close."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine.books import join_eras
from simulator.engine.compile_services import place_steps, pool_name, staff_steps
from simulator.engine.history import History
from simulator.engine.model import Model
from simulator.engine.numbers import Numbers
from simulator.money.compiled_curves import areas
from simulator.money.stepped import ClosingRule
from simulator.scenario.document import Document

Ints = NDArray[np.int64]
Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Curve:
    """A step function of whole numbers: `value[i]` holds from `time[i]` to `time[i + 1]`, the last for good."""

    time: Ints
    value: Ints

    def at(self, times: Ints) -> Ints:
        return self.value[np.maximum(np.searchsorted(self.time, times, side="right") - 1, 0)]

    def area(self, edges: Ints) -> NDArray[np.float64]:
        """Value x seconds between successive edges (rising)."""
        return areas(self.time, self.value, edges).astype(np.float64)


def places_open(of: History | Model, pool: str) -> Curve:
    """Places of a pool that are open."""
    return curve_of(of.pool_places[of.pools.index(pool)])


def curve_of(steps: Steps) -> Curve:
    return Curve(
        np.array([when for when, _ in steps], np.int64), np.array([value for _, value in steps], np.int64)
    )


def capacity(
    documents: tuple[Document, Document],
    numbers: tuple[Numbers, Numbers],
    pool: str,
    what: str,
    begin: int,
    end: int,
) -> Steps:
    """Places, or thousandths of a member of staff, of a pool over [begin, end): steps, the first at begin.

    documents: the baseline's, in force before `start`, and the design's; numbers: of each. what: `place` or `staff`.
    A history has the places too, but not what opens after the horizon and is got ready within it.
    """
    found = []
    for document, number in zip(documents, numbers, strict=True):
        used = pool in document.teams or pool in document.services
        steps = (
            []
            if not used
            else place_steps(document, pool, number)
            if what == "place"
            else staff_steps(document, pool, number)
        )
        found.append(
            [(when, float(round(value * (1 if what == "place" else 1000)))) for when, value in steps]
            or [(0, 0.0)]
        )
    joined = join_eras(found[0], found[1])
    first = next(value for when, value in reversed(joined) if when <= begin)
    return ((begin, int(first)), *((when, int(value)) for when, value in joined if begin < when < end))


def with_lead_in(steps: Steps, lead_in: int) -> Curve:
    """Capacity that costs money: what is open, and what will open within the lead-in."""
    if not lead_in:
        return curve_of(steps)
    begin = steps[0][0]
    found: dict[int, int] = {}
    for time in sorted({when for when, _ in steps} | {max(when - lead_in, begin) for when, _ in steps}):
        # A place costs from its lead-in on and until it closes: the most there are from now to the lead-in's end.
        held = [places for when, places in steps if when <= time][-1:] + [
            places for when, places in steps if time < when <= time + lead_in
        ]
        found[time] = max(held)
    return curve_of(tuple(found.items()))


def before_start(steps: Steps, lead_in: int) -> int:
    """Capacity x seconds of lead-in that fall before `start`, for what opens at or after it."""
    level = next((value for when, value in reversed(steps) if when < 0), 0)
    owed = 0
    for when, value in steps:
        if when >= 0 and value > level:
            owed += (value - level) * max(0, lead_in - when)
            level = value
    return owed


def services_of_pool(document: Document, pool: str) -> list[str]:
    """The services that use a pool's places."""
    return [name for name in document.services if pool_name(document, name) == pool]


def overflow_of(document: Document, service: str) -> str | None:
    """The unlimited service to which people go when this one is full (bought places), if there is one."""
    destination = document.services[service].then.turned_away
    if destination is None:
        return None
    return next(
        (
            name
            for name in destination.names
            if name in document.services and document.services[name].places.unlimited
        ),
        None,
    )


def closing_rule(document: Document, numbers: Numbers, service: str) -> ClosingRule:
    """When units of a service close. Months are months of 365.25 / 12 days."""
    closing = document.services[service].closing
    assert closing is not None
    path = f"services.{service}.closing"
    return ClosingRule(
        places_each=round(numbers.of(closing.units_of, f"{path}.units_of")),
        sustained=max(1, round(closing.after.value / (365.25 / 12))),
        notice=round(closing.notice.value / (365.25 / 12)),
        exit_cost=numbers.of(closing.exit_cost, f"{path}.exit_cost"),
        headroom=0.0 if closing.keep_free is None else numbers.of(closing.keep_free, f"{path}.keep_free"),
        least=0 if closing.least is None else round(numbers.of(closing.least, f"{path}.least")),
        reopen=closing.reopen,
    )
