"""What a decision weighs: which figure is the cost, which the effect, and what one of the effect is worth."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_WORTH = 1e9


@dataclass(frozen=True)
class Weighing:
    """cost, effect: figures by name (`experiments.outputs`). worth: £ for one of the effect; at 0 money alone decides.

    study: what a study would look at and cost, where a question is about one.
    """

    cost: str = "cost"
    effect: str = "crises"
    worth: float = 0.0
    study: Study | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.worth <= MOST_WORTH:
            raise ValueError(f"one of the effect is worth £0 to £{MOST_WORTH:,.0f}, not {self.worth:g}")

    def figures(self) -> list[str]:
        """The figures that runs must keep for it."""
        return list(dict.fromkeys([self.cost, self.effect]))


@dataclass(frozen=True)
class Study:
    """A study that could be done before deciding. place: of the number it looks at; None: the one worth most to know.

    years: until its result is known. fixed, per_person: what it costs, £. sizes: people in it.
    """

    place: str | None = None
    years: float = 2.0
    fixed: float = 100_000.0
    per_person: float = 500.0
    sizes: tuple[int, ...] = field(default=(50, 100, 200, 400, 800, 1_600, 3_200))

    def __post_init__(self) -> None:
        for what, value in (
            ("years", self.years),
            ("fixed cost", self.fixed),
            ("cost of a person", self.per_person),
        ):
            if not 0 <= value < float("inf"):
                raise ValueError(f"the {what} of a study must be 0 or more, not {value:g}")


__all__ = ["Study", "Weighing"]
