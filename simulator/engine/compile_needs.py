"""Needs to clocks: transitions with their observed shares solved, events, and effects as hazard ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from simulator.engine.books import TableBook, distribution_of, points_of, varies
from simulator.engine.competing import (
    Observed,
    Unreachable,
    WayOut,
    cumulative_incidence,
    hazard_ratio_for,
    solve_observed,
)
from simulator.engine.numbers import Numbers, Profiles, pick, steps, value_at
from simulator.scenario.distributions import Distribution, DistributionError
from simulator.scenario.document import Document
from simulator.scenario.problems import Refused
from simulator.scenario.schema import Effect, Transition
from simulator.scenario.times import Family
from simulator.scenario.units import YEAR

LEAVES = "leaves"


@dataclass
class Needs:
    """The clocks of one document: by (from, to), each profile's distribution and multiplier (None: not this way)."""

    document: Document
    numbers: Numbers
    profiles: Profiles
    strict: bool = True
    clocks: dict[tuple[str, str], list[tuple[Distribution, float] | None]] = field(default_factory=dict)
    gaps: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.members = [self.profiles.members(p) for p in range(len(self.profiles))]
        self.weights = np.array(self.profiles.weights())
        for state in sorted(self.document.needs):
            self._state(state)

    def _state(self, state: str) -> None:
        """Solve the ways out of a state together and keep them as clocks."""
        ways: list[WayOut] = []
        entries: list[
            tuple[str, list[int]]
        ] = []  # key in the file, its ways (one for each part of a split time)
        for key, transition in sorted(self.document.transitions.items()):
            source = key.split("->")[0].strip()
            if source != state:
                continue
            multipliers = self._multipliers(transition, key)
            first = len(ways)
            for distribution, mask in self._distributions(transition, key):
                ways.append(WayOut(distribution, tuple(float(m) for m in multipliers * mask)))
            entries.append((key, list(range(first, len(ways)))))
        ways += self._moving_events(state)
        solved = self._solve(ways, state)
        for key, indices in entries:
            clock: list[tuple[Distribution, float] | None] = [None] * len(self.members)
            for index in indices:
                for p, multiplier in enumerate(ways[index].multiplier):
                    if multiplier > 0:
                        clock[p] = (solved[index], multiplier)
            before = 0.0  # share of the targets that come first where several ring at one moment
            for target, share in sorted(self._targets(self.document.transitions[key], key)):
                self.clocks[state, target] = [each and _part(each, share, before) for each in clock]
                before += share

    def _targets(self, transition: Transition, key: str) -> list[tuple[str, float]]:
        """Where a transition leads, with shares that sum to 1 (a sampled draw is rescaled)."""
        if "->" in key:
            return [(key.split("->")[1].strip(), 1.0)]
        assert transition.to is not None
        found = [
            (name, self.numbers.of(value, f"transitions.{key}.to.{name}"))
            for name, value in transition.to.parts
        ]
        total = sum(share for _, share in found)
        return [(name, share / total) for name, share in found]

    def _multipliers(self, transition: Any, key: str, section: str = "transitions") -> np.ndarray[Any, Any]:
        """The product of a transition's or event's hazard ratios for each profile; what a split leaves out is 1."""
        found = np.ones(len(self.members))
        for index, split in enumerate(transition.hazard_ratio):
            for p, members in enumerate(self.members):
                part, end = pick(split, members, None)
                if part is not None:
                    found[p] *= self.numbers.of(part, f"{section}.{key}.hazard_ratio.{index}{end}")
        return found

    def _distributions(
        self, transition: Transition, key: str
    ) -> list[tuple[Distribution | Observed, np.ndarray[Any, Any]]]:
        """The distribution of a way out, or several with the profiles each is for."""
        time = transition.time()
        path = f"transitions.{key}"
        if isinstance(time, Family) and time.within and time.factor == 1:
            if varies(time):
                raise Refused(
                    "a parameter beside an observed share is one number: the share is of all segments together",
                    "tell segments apart by `hazard_ratio`",
                    ("transitions", key),
                )
            known = tuple(
                (name, self.numbers.of(value, f"{path}.{time.name}.{name}"))
                for name, value in time.parameters
            )
            points = points_of(time, path, self.numbers)
            try:
                return [(Observed(time.name, known, points), np.ones(len(self.members)))]
            except DistributionError as error:
                raise Refused(str(error), None, ("transitions", key)) from None
        try:
            if not varies(time):
                one = distribution_of(time, path, self.numbers)
                assert one is not None
                return [(one, np.ones(len(self.members)))]
            found: dict[Distribution, np.ndarray[Any, Any]] = {}
            for p, members in enumerate(self.members):
                one = distribution_of(time, path, self.numbers, members)
                if one is not None:
                    found.setdefault(one, np.zeros(len(self.members)))[p] = 1
            return list(found.items())
        except DistributionError as error:
            raise Refused(str(error), None, ("transitions", key)) from None

    def _moving_events(self, state: str) -> list[WayOut]:
        """Events that move people to another state or out, as exponential ways out at the rates of the start.

        An event that enters the same state again starts its clocks anew; that is no way out.
        """
        found = []
        for name, event in sorted(self.document.events.items()):
            if event.to is None:
                continue
            moves = sum(
                value_at(steps(value, f"events.{name}.to.{target}", self.numbers), 0)
                for target, value in event.to.parts
                if (target in self.document.needs and target != state) or target == LEAVES
            )
            if moves <= 0:
                continue
            multipliers = self._multipliers(event, name, "events")
            rates = np.zeros(len(self.members))
            for p, members in enumerate(self.members):
                part, end = pick(event.rate, members, state)
                if part is not None:
                    rates[p] = (
                        value_at(steps(part, f"events.{name}.rate{end}", self.numbers), 0)
                        * moves
                        * multipliers[p]
                        / YEAR
                    )
            if rates.max() > 0:
                found.append(
                    WayOut(
                        Distribution.from_parameters("exponential", mean=1 / rates.max()),
                        tuple(float(r) for r in rates / rates.max()),
                    )
                )
        return found

    def _solve(self, ways: list[WayOut], state: str) -> list[Distribution]:
        if not any(isinstance(way.distribution, Observed) for way in ways):
            return [way.distribution for way in ways if isinstance(way.distribution, Distribution)]
        try:
            solved, gap = _solved(tuple(ways), tuple(self.weights), self.strict)
        except Unreachable as error:
            key = next(
                key
                for key, transition in sorted(self.document.transitions.items())
                if key.split("->")[0].strip() == state
                and isinstance(time := transition.time(), Family)
                and time.within
            )
            raise Refused(
                f"the observed shares out of {state} cannot be reached: {error}",
                "the other ways out leave too few people for it; lower a share, or slow the others",
                ("transitions", key),
            ) from None
        if gap > 1e-6:
            self.gaps[f"transitions out of {state}"] = gap
        return list(solved)

    def ratios(self, effect: Effect, path: str) -> dict[tuple[str, str] | str, list[float]]:
        """The hazard ratio of an effect on each clock it names, for each profile."""
        if effect.hazard_ratio is not None:
            each = []
            for members in self.members:
                part, end = pick(effect.hazard_ratio, members, None)
                each.append(1.0 if part is None else self.numbers.of(part, f"{path}.hazard_ratio{end}"))
            return {target: each for target in self._targets_of(effect)}
        measure: Literal["risk", "odds"] = "risk" if effect.risk_ratio is not None else "odds"
        value = effect.risk_ratio if measure == "risk" else effect.odds_ratio
        assert effect.by is not None  # the schema sees to it
        by = self.numbers.of(effect.by, f"{path}.by")
        wanted = []
        for members in self.members:
            part, end = pick(value, members, None)
            wanted.append(1.0 if part is None else self.numbers.of(part, f"{path}.{measure}_ratio{end}"))
        found: dict[tuple[str, str] | str, list[float]] = {}
        for state in sorted({target[0] for target in self._targets_of(effect)}):
            together = [target for target in self._targets_of(effect) if target[0] == state]
            names, ways = self._ways(state)
            solved: dict[float, float] = {}
            for ratio in sorted(set(wanted)):
                weights = self.weights * np.array([each == ratio for each in wanted])
                if weights.sum() == 0:
                    solved[ratio] = 1.0  # nobody is of these profiles
                    continue
                which = [i for i, name in enumerate(names) if name in together]
                try:
                    solved[ratio] = _ratio_for(tuple(ways), tuple(weights), tuple(which), ratio, by, measure)
                except Unreachable as error:
                    if self.strict:
                        raise Refused(
                            f"this {measure} ratio cannot be reached out of {state}: {error}",
                            None,
                            (*path.split("."), f"{measure}_ratio"),
                        ) from None
                    # The nearest that can be had, a thousandth of the way back so that the hazard ratio stays finite.
                    usual = cumulative_incidence(ways, weights, by, which)
                    nearest = usual + (error.reachable[0] - usual) * 0.999
                    near = (
                        nearest / usual
                        if measure == "risk"
                        else nearest / (1 - nearest) * (1 - usual) / usual
                    )
                    solved[ratio] = hazard_ratio_for(ways, weights, which, near, by, measure)
                    self.gaps[path] = abs(error.wanted[0] - nearest)
            for target in together:
                found[target] = [solved[ratio] for ratio in wanted]
        return found

    def _targets_of(self, effect: Effect) -> list[Any]:
        """The clocks an effect names: (from, to) pairs or event names."""
        return [
            tuple(part.strip() for part in name.split("->")) if "->" in name else name for name in effect.on
        ]

    def _ways(self, state: str) -> tuple[list[Any], list[WayOut]]:
        """All ways out of a state as solved, with their names (None for events that move)."""
        names: list[Any] = []
        ways: list[WayOut] = []
        for (source, target), clock in sorted(self.clocks.items()):
            if source != state:
                continue
            for distribution in dict.fromkeys(each[0] for each in clock if each):
                names.append((source, target))
                ways.append(
                    WayOut(
                        distribution,
                        tuple(each[1] if each and each[0] == distribution else 0.0 for each in clock),
                    )
                )
        moving = self._moving_events(state)
        return names + [None] * len(moving), ways + moving


# The eras of several designs mostly ask for the same shares, and to find them takes most of the time of compiling.


@lru_cache(maxsize=256)
def _solved(
    ways: tuple[WayOut, ...], weights: tuple[float, ...], strict: bool
) -> tuple[tuple[Distribution, ...], float]:
    """`solve_observed`, remembered."""
    found, gap = solve_observed(ways, weights, strict=strict)
    return tuple(found), gap


_ratio_for = lru_cache(maxsize=256)(hazard_ratio_for)


class PartOfAtoms(Distribution):
    """One target's part of a branch whose times are atoms: `parameters` are time, rise, time, rise, ...

    Shares of a hazard do not share out an atom, because at one moment the first in order always wins. So the rise for
    each target is that of its share among those whom the targets before it have left.
    """

    def __post_init__(self) -> None:
        pass

    @property
    def has_hazard(self) -> bool:
        return False

    def mean(self) -> float:
        return math.inf

    def atoms(self) -> list[tuple[float, float]]:
        found = list(zip(self.parameters[::2], self.parameters[1::2], strict=True))
        return (
            found if found[-1][1] == math.inf else [*found, (math.inf, 0.0)]
        )  # who is not taken by then never is


def _part(
    clock: tuple[Distribution, float], share: float, before: float
) -> tuple[Distribution, float] | None:
    """A branch's clock for a target with this share, after targets with shares `before` in the order of ties."""
    distribution, multiplier = clock
    if distribution.has_hazard or share == 1:
        return distribution, multiplier * share
    parts: list[float] = []
    for time, rise in distribution.atoms():
        gone = -math.expm1(-rise * multiplier)
        chance = gone * share / max(1 - gone * before, 1e-300)
        parts += [time, -math.log1p(-chance) if chance < 1 - 1e-12 else math.inf]
    return (PartOfAtoms("part_of_atoms", tuple(parts)), 1.0) if share > 0 else None


def tables_of(
    clock: list[tuple[Distribution, float] | None], book: TableBook
) -> tuple[list[int], list[float]]:
    """Table and multiplier of a clock for each profile."""
    return [book.add(each[0]) if each else -1 for each in clock], [each[1] if each else 0.0 for each in clock]
