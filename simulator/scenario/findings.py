"""What the checks find, with its place; the names a scenario defines; and a walk over every number in it.

The checks themselves are in `checks` and the modules it calls. Nothing here says what is right or wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from simulator.scenario import reader
from simulator.scenario.document import Document
from simulator.scenario.fields import Cost, Destination
from simulator.scenario.problems import Problem, did_you_mean
from simulator.scenario.quantities import Named, Quantity, Split, Timeline
from simulator.scenario.reader import Mapping, Text
from simulator.scenario.schema import Timed, Transition
from simulator.scenario.times import FAMILIES, Family

Path = tuple[str | int, ...]
Single = Quantity | Named

# Nobody mends more at once, and a hostile file must not buy time with its mistakes.
MOST_PROBLEMS = 100
ARROW = re.compile(r"([a-z][a-z0-9_]*) -> ([a-z][a-z0-9_]*)")


@dataclass
class Findings:
    """Errors and warnings about one document, placed by their path in `raw` (which may have an overlay merged in)."""

    raw: Mapping
    file: str
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, path: Path, message: str, suggestion: str | None = None) -> None:
        if len(self.errors) < MOST_PROBLEMS:
            self.errors.append(self._problem(path, message, suggestion, "error"))

    def warn(self, path: Path, message: str, suggestion: str | None = None) -> None:
        if len(self.warnings) < MOST_PROBLEMS:
            self.warnings.append(self._problem(path, message, suggestion, "warning"))

    def warn_at(self, place: tuple[int, int, str], message: str, suggestion: str | None = None) -> None:
        """A warning whose line, column and key are known."""
        line, column, key = place
        key = self._overlays.get((line, column), key)
        self.warnings.append(Problem(line, column, key, message, suggestion, "warning", file=self.file))

    def unknown(self, path: Path, name: str, what: str, known: Iterable[str]) -> None:
        """An error for a name that nothing in the file defines, with the nearest one that is."""
        if len(self.errors) < MOST_PROBLEMS:
            names = list(known)
            hint = did_you_mean(name, names) if names else f"this file defines no {what}"
            self.error(path, f"there is no {what} `{name}`", hint)

    def _problem(self, path: Path, message: str, suggestion: str | None, severity: str) -> Problem:
        line, column = reader.place_of(self.raw, path)
        inside = self._overlays.get((line, column))
        key = inside if inside is not None else shown(self.raw, path)
        return Problem(line, column, key, message, suggestion, severity, file=self.file)

    @cached_property
    def _overlays(self) -> dict[tuple[int, int], str]:
        return overlay_keys(self.raw)


def overlay_keys(raw: Mapping) -> dict[tuple[int, int], str]:
    """Keys by place inside designs, readings and controls: what was merged from there is named as it is written."""
    found: dict[tuple[int, int], str] = {}
    for section in ("designs", "readings", "controls"):
        for name, overlay in (raw.get(section) or {}).items():
            stack: list[tuple[Any, str]] = [(overlay, f"{section}.{name}")]
            while stack:
                node, path = stack.pop()
                if isinstance(node, Mapping):
                    for key, inner in node.items():
                        found[node.places.get(key, (0, 0))] = f"{path}.{key}"
                        if isinstance(
                            inner, Text
                        ):  # a short form that was written out has the place of its value
                            found[inner.line, inner.column] = f"{path}.{key}"
                        stack.append((inner, f"{path}.{key}"))
                elif isinstance(node, list):
                    for index, inner in enumerate(node):
                        found[getattr(inner, "line", 0), getattr(inner, "column", 0)] = f"{path}.{index}"
                        stack.append((inner, f"{path}.{index}"))
    return found


@dataclass(frozen=True)
class Way:
    """One way out of a state, from an arrow or a branch; `key` is where the file says it."""

    source: str
    target: str
    key: str
    transition: Transition


class Known:
    """The names of a document, and the values of its named numbers."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.states = document.needs
        self.events = document.events
        self.services = document.services
        self.teams = document.teams
        self.segments = {
            name: grouping for grouping, each in document.people.segments.items() for name in each
        }
        self.parties = [*document.agencies, *document.providers]
        # A design may add services and providers, and outcomes and contracts stand above all designs.
        self.services_of_any = {*document.services, *_added(document, "services")}
        self.parties_of_any = [*self.parties, *_added(document, "providers")]
        self.ways = {(way.source, way.target): way for way in self._ways()}

    def _ways(self) -> Iterator[Way]:
        for key, transition in self.document.transitions.items():
            match = ARROW.fullmatch(key)
            if match:
                yield Way(match[1], match[2], key, transition)
            elif transition.to is not None:
                for target in transition.to.names:
                    yield Way(key, target, key, transition)

    def value(self, leaf: Single) -> Quantity | None:
        """A single number with its name looked up; None for a name that is not a number."""
        if isinstance(leaf, Quantity):
            return leaf
        number = self.document.numbers.get(leaf.name)
        return None if number is None else number.times(leaf.factor) if leaf.factor != 1 else number

    def values(self, value: Any) -> list[float]:
        """The central values of all single numbers in a value of any form, families' parameters apart."""
        if isinstance(value, Quantity | Named):
            number = self.value(value)
            return [] if number is None else [number.value]
        if isinstance(value, Timeline):
            return [each for _, _, leaf in value.steps for each in self.values(leaf)]
        if isinstance(value, Split):
            parts = [part for _, part in value.parts] + ([] if value.others is None else [value.others])
            return [each for part in parts for each in self.values(part)]
        return []

    def mean(self, time: Any) -> float | None:
        """About the mean of a time in days, good to a factor of two or so; None where it is not known."""
        if isinstance(time, Split):
            parts = [part for _, part in time.parts] + ([] if time.others is None else [time.others])
            means = [each for each in map(self.mean, parts) if each is not None]
            return sum(means) / len(means) if means else None
        if not isinstance(time, Family):
            values = self.values(time)
            return sum(values) / len(values) if values else None
        if time.within:
            when, share = time.within[-1]
            days, shares = self.mean(when), self.values(share)
            return _mean_from_share(days, shares[0]) * time.factor if days and shares else None
        if time.name in ("uniform", "triangular", "any_of"):
            values = [each for _, part in time.parameters for each in self.values(part)]
            return sum(values) / len(values) * time.factor if values else None
        by_name = dict(time.parameters)
        for name in ("mean", "median", "scale", "sd"):
            values = self.values(by_name.get(name))
            if values:
                return sum(values) / len(values) * time.factor
        return None


def _mean_from_share(days: float, share: float) -> float:
    import math

    return days / max(-math.log(max(1 - share, 1e-9)), 1e-9)


def _added(document: Document, section: str) -> Iterator[str]:
    for design in document.designs.values():
        overlay = getattr(design, section)
        yield from overlay if isinstance(overlay, dict) else ()


@dataclass(frozen=True)
class Use:
    """A value where it is used: a single number, a timeline or a split (whose parts follow as uses of their own).

    `source` is one stated beside it that covers it, `cost` the cost it belongs to, `family` the family of times.
    """

    path: Path
    value: Any
    source: str | None = None
    cost: Cost | None = None
    family: str | None = None


@dataclass(frozen=True)
class Stated:
    """A key that names a source: `source: taylor-2024`."""

    path: Path
    source: str


def uses(document: Document, raw: Mapping) -> Iterator[Use | Stated]:
    """Everything in a document that is a number, in the order of the file, and every source stated beside one."""
    for name in _given(document):
        if name not in ("designs", "sources"):
            key = type(document).model_fields[name].alias or name
            yield from _walk(getattr(document, name), Use((key,), None), raw)


def _given(part: BaseModel) -> Iterator[str]:
    """The fields that the file gives, in the order of the model."""
    yield from (name for name in type(part).model_fields if name in part.model_fields_set)


def _walk(value: Any, at: Use, raw: Mapping) -> Iterator[Use | Stated]:
    if isinstance(value, Quantity | Named):
        yield replace(at, value=value)
    elif isinstance(value, Timeline):
        yield replace(at, value=value)
        keys = list(node_at(raw, at.path)) if isinstance(node_at(raw, at.path), Mapping) else []
        for index, (_, _, leaf) in enumerate(value.steps):
            step = keys[index] if len(keys) == len(value.steps) else index
            yield from _walk(leaf, replace(at, path=(*at.path, step)), raw)
    elif isinstance(value, Split):
        yield replace(at, value=value)
        for name, part in [*value.parts, *([] if value.others is None else [("others", value.others)])]:
            yield from _walk(part, replace(at, path=(*at.path, name)), raw)
    elif isinstance(value, Family):
        yield from _walk_family(value, at, raw)
    elif isinstance(value, Cost):
        inside = replace(at, source=value.source, cost=value)
        for payer, amount in value.payers:
            yield from _walk(amount, replace(inside, path=(*at.path, payer)), raw)
        if value.cashable is not None:
            yield from _walk(value.cashable, replace(inside, path=(*at.path, "cashable"), cost=None), raw)
        if value.source is not None:
            yield Stated((*at.path, "source"), value.source)
    elif isinstance(value, Destination):
        for name, share in value.parts:
            yield from _walk(share, replace(at, path=(*at.path, name)), raw)
    elif isinstance(value, BaseModel):
        yield from _walk_part(value, at, raw)
    elif isinstance(value, dict) and not isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, replace(at, path=(*at.path, str(key))), raw)
    elif isinstance(value, tuple | list):
        for index, inner in enumerate(value):
            if isinstance(inner, tuple) and len(inner) == 2 and isinstance(inner[0], str):  # shares by party
                yield from _walk(inner[1], replace(at, path=(*at.path, inner[0])), raw)
            else:
                yield from _walk(inner, replace(at, path=(*at.path, index)), raw)


def _walk_part(part: BaseModel, at: Use, raw: Mapping) -> Iterator[Use | Stated]:
    source = getattr(part, "source", None)
    inside = at if source is None else replace(at, source=str(source))
    if source is not None:
        yield Stated((*at.path, "source"), str(source))
    if isinstance(part, Timed):
        time = part.time()
        # The mapping's own source is stated above already.
        yield from _walk(replace(time, source=None) if isinstance(time, Family) else time, inside, raw)
    for name in _given(part):
        if isinstance(part, Timed) and name in FAMILIES:
            continue
        key = type(part).model_fields[name].alias or name
        yield from _walk(getattr(part, name), replace(inside, path=(*at.path, key)), raw)


def _walk_family(family: Family, at: Use, raw: Mapping) -> Iterator[Use | Stated]:
    inside = replace(at, family=family.name, source=family.source or at.source)
    if family.source is not None:
        yield Stated((*at.path, "source"), family.source)
    for name, value in family.parameters:
        step: str | int = int(name) if name.isdigit() else name
        yield from _walk(value, replace(inside, path=(*at.path, family.name, step)), raw)
    points = node_at(raw, (*at.path, family.name, "within"))
    keys = list(points) if isinstance(points, Mapping) and len(points) == len(family.within) else []
    for index, (_, share) in enumerate(family.within):
        step = keys[index] if keys else index
        yield from _walk(
            share, replace(inside, path=(*at.path, family.name, "within", step), family=None), raw
        )


def node_at(raw: Any, path: Path) -> Any:
    """The part of the file that a path leads to; steps that a short form leaves out are passed over."""
    return _follow(raw, path)[0]


def shown(raw: Any, path: Path) -> str:
    """A path as people read it: the steps that are in the file, with dots between."""
    return ".".join(str(step) for step in _follow(raw, path)[1])


def _follow(root: Any, path: Path) -> tuple[Any, list[str | int]]:
    node: Any = root
    taken: list[str | int] = []
    for step in path:
        keys: Any = node if isinstance(node, Mapping) else range(len(node)) if isinstance(node, list) else ()
        if step in keys:
            node = node[step]
            taken.append(step)
    return node, taken


def split_parts(value: Split) -> list[Any]:
    return [part for _, part in value.parts] + ([] if value.others is None else [value.others])
