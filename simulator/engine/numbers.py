"""From quantities to numbers: central values, or one draw of every uncertain number; and values by person and date.

A draw by its number is keyed by the place of each number in the file, so that a number has the same sample under every
design and a new number moves no other; a `Draw` says for each place where in its distribution it lies. Ranges are 95%;
distributions as LANGUAGE section 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.engine.random_numbers import key_of, tag_of, uniform
from simulator.scenario.document import Document
from simulator.scenario.quantities import RANGE_SDS, Named, Quantity, Split, Timeline, Value

SECONDS_A_DAY = 86_400
_DEFAULT = {"share": "beta", "ratio": "lognormal", "score": "normal"}


@dataclass(frozen=True, eq=False)
class Draw:
    """Where uncertain numbers lie, by place in the file; those that are not named are as written.

    quantiles: in (0, 1), of each number's distribution (correlations are in them already). values: in the units of
    `quantities`, whatever the file says. ends: `low` or `high`, the end of the range as written. seen: where given, takes
    the uncertain numbers that are read, by place.
    """

    quantiles: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    seen: dict[str, Quantity] | None = None

    def number(self, quantity: Quantity, path: str) -> float:
        """The number at a place."""
        if path in self.values:
            return self.values[path]
        if not uncertain(quantity):
            return quantity.value
        if self.seen is not None:
            self.seen[path] = quantity
        if path in self.ends:
            found = quantity.low if self.ends[path] == "low" else quantity.high
            assert found is not None
            return found
        return sampled_at(quantity, self.quantiles[path]) if path in self.quantiles else quantity.value


def uncertain(quantity: Quantity) -> bool:
    """Whether there is anything to draw."""
    return quantity.low is not None and quantity.high is not None and quantity.low != quantity.high


@dataclass
class Numbers:
    """Reads the leaves of quantities: their values as written (`draw` None), as sampled in draw 1, 2, ..., or as a Draw says.

    `sampled` collects what was drawn, by place in the file, for the record of a run.
    """

    document: Document
    seed: int = 1
    draw: int | Draw | None = None
    sampled: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._uniforms: dict[str, float] = {}
        if isinstance(self.draw, int):
            self._key = key_of(self.seed, self.draw)
            names = correlated_names(self.document)
            if names:
                independent = [self._uniform(f"numbers.{name}") for name in names]
                related = correlated(self.document, [independent])[0]
                self._uniforms = {f"numbers.{name}": float(u) for name, u in zip(names, related, strict=True)}

    def _uniform(self, path: str) -> float:
        return uniform(self._key, 0, tag_of("draw", path), 0)

    def of(self, value: Value, path: str) -> float:
        """The number at a place of the file, in the units of `quantities`. Splits and timelines are picked from first."""
        if isinstance(value, Named):
            named = self.document.numbers[value.name]
            if named.kind == "score" and value.kind in (
                "ratio",
                "count",
            ):  # a plain number is what it is used as
                named = replace(named, kind=value.kind)
            return self.of(named, f"numbers.{value.name}") * value.factor
        if not isinstance(value, Quantity):
            raise TypeError(f"{path}: one number is wanted, not {type(value).__name__}")
        if self.draw is None:
            return value.value
        if isinstance(self.draw, Draw):
            number = self.draw.number(value, path)
            if number != value.value:
                self.sampled[path] = number
            return number
        if not uncertain(value):
            return value.value
        u = self._uniforms.get(path)
        number = sampled_at(value, self._uniform(path) if u is None else u)
        self.sampled[path] = number
        return number


def correlated_names(document: Document) -> list[str]:
    """The named numbers that correlations speak of, in the order of `correlated`'s columns."""
    return sorted({name for pair in document.correlations for name in pair.of})


def correlated(document: Document, independent: Sequence[Sequence[float]] | Any) -> Any:
    """Uniforms (draws, names) with the file's rank correlations, from independent ones: a Gaussian copula.

    Spearman's rank r of a bivariate normal is 6/pi asin(rho/2), so rho = 2 sin(pi r / 6) (Pearson 1907).
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    names = correlated_names(document)
    matrix = np.eye(len(names))
    for pair in document.correlations:
        rank = pair.rank.value
        for i, first in enumerate(pair.of):
            for second in pair.of[i + 1 :]:
                a, b = names.index(first), names.index(second)
                matrix[a, b] = matrix[b, a] = 2 * math.sin(math.pi * rank / 6)
    values, vectors = np.linalg.eigh(matrix)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    # Each draw by itself, so that its bits do not depend on how many there are.
    return np.array([ndtr(root @ ndtri(row)) for row in np.asarray(independent, np.float64)])


def sampled_at(quantity: Quantity, u: float) -> float:
    """The quantile at u of the distribution of LANGUAGE section 2, by moments from value and 95% range."""
    from scipy import special

    assert quantity.low is not None and quantity.high is not None
    value, low, high = quantity.value, quantity.low, quantity.high
    family = quantity.distribution or _DEFAULT.get(quantity.kind, "gamma")
    sd = (high - low) / RANGE_SDS
    if family == "uniform":
        return low + (high - low) * u
    if family == "triangular":
        turn = (value - low) / (high - low)
        if u < turn:
            return low + math.sqrt(u * (high - low) * (value - low))
        return high - math.sqrt((1 - u) * (high - low) * (high - value))
    if family == "beta":
        spread = value * (1 - value) / sd**2 - 1
        if spread <= 0:  # the range is wider than any beta with this mean: keep to the range
            return low + (high - low) * u
        return float(special.betaincinv(value * spread, (1 - value) * spread, u))
    if family == "lognormal" and low > 0:
        return float(value * math.exp((math.log(high) - math.log(low)) / RANGE_SDS * special.ndtri(u)))
    if family == "normal":
        return float(value + sd * special.ndtri(u))
    if value <= 0:
        return low + (high - low) * u
    shape = (value / sd) ** 2
    number = float(special.gammaincinv(shape, u) * value / shape)
    return float(round(number)) if quantity.kind == "count" else number


def seconds_of(when: float, dated: bool, document: Document) -> int:
    """Seconds from `start` of a step of a timeline."""
    days = when - document.start.toordinal() if dated else when
    return math.floor(days * SECONDS_A_DAY + 0.5)


@dataclass(frozen=True)
class Profiles:
    """Every combination of one segment from each grouping, in a fixed order; a person has one (`profile`)."""

    groupings: tuple[str, ...]
    segments: tuple[tuple[str, ...], ...]
    shares: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, document: Document, numbers: Numbers) -> Profiles:
        groupings = tuple(sorted(document.people.segments))
        segments = tuple(tuple(sorted(document.people.segments[each])) for each in groupings)
        shares = []
        for grouping, names in zip(groupings, segments, strict=True):
            raw = [
                numbers.of(
                    document.people.segments[grouping][name].share, f"people.segments.{grouping}.{name}"
                )
                for name in names
            ]
            total = math.fsum(raw)
            shares.append(tuple(each / total for each in raw))
        return cls(groupings, segments, tuple(shares))

    def __len__(self) -> int:
        return math.prod(len(each) for each in self.segments)

    def members(self, profile: int) -> tuple[str, ...]:
        """The segments of a profile, one for each grouping."""
        found = []
        for names in reversed(self.segments):
            profile, index = divmod(profile, len(names))
            found.append(names[index])
        return tuple(reversed(found))

    def weights(self) -> list[float]:
        """The share of people of each profile (groupings are independent)."""
        found = [1.0]
        for shares in self.shares:
            found = [weight * share for weight in found for share in shares]
        return found


def pick(value: Any, members: tuple[str, ...], state: str | None, default: Any = None) -> tuple[Any, str]:
    """What a value is for one person: the part of a split for one of the person's segments or the state, else itself.

    Returns the part and the end of its path. `default` stands for what a split leaves out.
    """
    if not isinstance(value, Split):
        return value, ""
    for name, part in value.parts:
        if name in members or name == state:
            return part, f".{name}"
    return (value.others, ".others") if value.others is not None else (default, "")


def steps(value: Any, path: str, numbers: Numbers) -> list[tuple[int, float]]:
    """A number or timeline as (seconds from start, value) steps; the first step holds before its date too."""
    if isinstance(value, Timeline):
        return [
            (seconds_of(when, dated, numbers.document), numbers.of(leaf, f"{path}.{index}"))
            for index, (when, dated, leaf) in enumerate(value.steps)
        ]
    return [(0, numbers.of(value, path))]


def value_at(found: list[tuple[int, float]], time: int) -> float:
    """The value in force at a time."""
    value = found[0][1]
    for when, each in found[1:]:
        if when <= time:
            value = each
    return value


def cut_times(*lists: list[tuple[int, float]]) -> Iterator[int]:
    """Every time at which one of the step lists changes."""
    yield from sorted({when for found in lists for when, _ in found[1:]})
