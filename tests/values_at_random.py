"""Values for scenarios at random: small choices, days, shares, splits by segment or state, timelines, families of times."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SEGMENTS = {"age": ("child", "teenager", "adult"), "area": ("north", "south")}
Draw = Any


class Values:
    """Draws values of one scenario. Whoever inherits sets `states`, `groupings` and `horizon` (days) first."""

    states: list[str]
    groupings: list[str]
    horizon: int

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    # Small choices

    def maybe(self, percent: int = 50) -> bool:
        return self.number(1, 100) <= percent

    def number(self, low: int, high: int) -> int:
        found: int = self.draw(st.integers(low, high))
        return found

    def one(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def some(self, choices: Any, least: int = 1) -> list[Any]:
        found: list[Any] = self.draw(st.lists(st.sampled_from(list(choices)), min_size=least, unique=True))
        return found

    def days(self, low: int, high: int) -> str:
        return f"{self.number(low, high)} days"

    def share(self) -> str:
        return f"{self.one([0, 10, 25, 50, 60, 75, 90, 100])}%"

    def by_segment(self, leaf: Any, percent: int = 20) -> Any:
        """A value, or now and then a split by the segments of one grouping."""
        if not self.groupings or not self.maybe(percent):
            return leaf()
        segments = SEGMENTS[self.one(self.groupings)]
        if self.maybe():
            return {segment: leaf() for segment in segments}
        return {segments[0]: leaf(), "others": leaf()}

    def by_person(self, leaf: Any) -> Any:
        """A value, or a split by segment or state."""
        if self.maybe(10):
            return {self.one(self.states): leaf(), "others": leaf()}
        return self.by_segment(leaf)

    def timeline(self, leaf: Any, most: int = 3) -> dict[str, Any]:
        """A value from the start and up to `most` changes of it."""
        when = sorted({self.number(1, self.horizon + 20) for _ in range(self.number(1, most))})
        return {"start": leaf(), **{f"{each} days": leaf() for each in when}}

    # Times

    def hazardous(self, low: int = 5, high: int = 120) -> Any:
        """A family of times with a hazard."""
        mean = self.number(low, high)
        forms: list[Any] = [
            {"exponential": f"{mean} days"},
            {"exponential": {"median": f"{mean} days"}},
            {"weibull": {"mean": f"{mean} days", "shape": self.one(["0.7", "1.3", "2"])}},
            {"weibull": {"scale": f"{mean} days", "shape": "1.5"}},
            {"gamma": {"mean": f"{mean} days", "sd": f"{max(1, mean // 2)} days"}},
            {"lognormal": {"median": f"{mean} days", "mean": f"{mean + mean // 2 + 1} days"}},
            {"uniform": [f"{mean // 2} days", f"{mean + 5} days"]},
            {"triangular": [f"{mean // 2} days", f"{mean} days", f"{2 * mean} days"]},
        ]
        return forms[self.one([0, 0, 0, 0, *range(len(forms))])]

    def certain(self, low: int = 1, high: int = 60) -> Any:
        """A time without hazard."""
        if self.maybe(70):
            return {"fixed": self.days(low, high)}
        return {"any_of": [self.days(low, high) for _ in range(self.number(1, 3))]}

    def any_time(self, low: int = 1, high: int = 60) -> Any:
        kind = self.number(1, 10)
        if kind <= 6:
            return self.days(low, high)
        if kind <= 8:
            return self.certain(low, high)
        if kind == 9:
            return {"within": {self.days(max(low, 5), high): f"{self.number(10, 90)}%"}}
        return self.hazardous(max(low, 2), high)
