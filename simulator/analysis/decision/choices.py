"""Costs and effects of designs over draws of the uncertain numbers: what every question about the decision takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Choices:
    """What each design costs and does in each draw, on the same draws.

    designs: names, the reference (the baseline) first. cost: (draws, designs), £, less is better. effect: (draws,
    designs), more is better (crises are counted below 0). All are finite. Raises ValueError where they do not fit together.
    """

    designs: tuple[str, ...]
    cost: Floats
    effect: Floats

    def __post_init__(self) -> None:
        if len(set(self.designs)) != len(self.designs) or len(self.designs) < 2:
            raise ValueError("a choice is between two or more designs, each named once")
        for name, values in (("cost", self.cost), ("effect", self.effect)):
            if values.ndim != 2 or values.shape[1] != len(self.designs) or not len(values):
                raise ValueError(f"{name} must be (draws, {len(self.designs)} designs), not {values.shape}")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} is not known in some draws; leave those out first")
        if len(self.cost) != len(self.effect):
            raise ValueError("cost and effect must have the same draws")

    @property
    def reference(self) -> str:
        return self.designs[0]

    @property
    def draws(self) -> int:
        return len(self.cost)

    def net_benefit(self, worth: float) -> Floats:
        """(draws, designs): £ that each is worth, at `worth` £ for one more of the effect (Stinnett and Mullahy 1998)."""
        return worth * self.effect - self.cost

    def against_reference(self) -> Choices:
        """The same as differences from the reference, whose own are 0."""
        return Choices(self.designs, self.cost - self.cost[:, :1], self.effect - self.effect[:, :1])


__all__ = ["Choices", "Floats", "Ints"]
