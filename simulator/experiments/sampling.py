"""Samples of the uncertain numbers: which quantile of each, and which reading of the evidence, in every draw.

A design of experiments is a set of points of the unit cube, one axis a number, one more for the readings; here they are
made, related to each other where the file says so, and turned into draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.engine.model import Floats, Ints
from simulator.engine.numbers import Draw, correlated, correlated_names, sampled_at
from simulator.engine.random_numbers import key_of, tag_of, uniform
from simulator.experiments.uncertain import READING, Uncertain
from simulator.scenario.load import Scenario

METHODS = ("sobol", "latin", "random")
AS_WRITTEN = "as written"
"""In the place of a reading's name: the evidence as the file has it, in every draw."""
MOST_DRAWS = 1_000_000
INSIDE = 1e-9
"""Quantiles keep this far from 0 and 1, where some distributions have no value."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws of the uncertain numbers of a scenario.

    numbers: what is sampled, one column each. quantiles: (draws, numbers), with the correlations of the file in them.
    readings: which reading of the evidence each draw has, 0 for the file as written; their names are `names`, the first None.
    """

    numbers: tuple[Uncertain, ...]
    quantiles: Floats
    readings: tuple[int, ...]
    names: tuple[str | None, ...] = (None,)

    def __len__(self) -> int:
        return len(self.quantiles)

    @property
    def places(self) -> tuple[str, ...]:
        """Places of the columns of `values`: the numbers', and READING where the evidence can be read in several ways."""
        found = tuple(each.place for each in self.numbers)
        return (*found, READING) if len(self.names) > 1 else found

    def draw(self, row: int) -> Draw:
        return Draw(
            {each.place: float(q) for each, q in zip(self.numbers, self.quantiles[row].tolist(), strict=True)}
        )

    def reading(self, row: int) -> str | None:
        return self.names[self.readings[row]]

    def rows(self, kept: Ints) -> Sample:
        """Only these draws."""
        return replace(
            self, quantiles=self.quantiles[kept], readings=tuple(self.readings[row] for row in kept.tolist())
        )

    def values(self) -> Floats:
        """(draws, places): what each number is in each draw, in the units of `quantities`; of readings, which one it is.

        A number is as the file (or the design that adds it) says; a reading that says otherwise is in its own column.
        """
        columns = [
            [sampled_at(each.quantity, q) for q in column]
            for each, column in zip(self.numbers, self.quantiles.T.tolist(), strict=True)
        ]
        if len(self.names) > 1:
            columns.append([float(each) for each in self.readings])
        return np.array(columns, np.float64).reshape(len(columns), len(self)).T


def sample(
    scenario: Scenario,
    numbers: Sequence[Uncertain],
    draws: int,
    *,
    method: str = "sobol",
    seed: int = 1,
    reading: str | None = None,
) -> Sample:
    """So many draws: scrambled Sobol points (Owen 1998), a Latin hypercube (McKay et al. 1979), or independent ones.

    Sobol points are best in powers of two; any first part of them is a sample of its own. With `random`, draw 1, 2, ... has
    the numbers of `simulator compare --draw 1`, `2`, ... reading: one for all draws, or AS_WRITTEN; None draws them by weight.
    Raises ValueError for a number of draws that there cannot be, or an unknown method.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise ValueError(f"draws must be 1 to {MOST_DRAWS:,}, not {draws}")
    if method not in METHODS:
        raise ValueError(f"there is no way of sampling `{method}`; there are: {', '.join(METHODS)}")
    axes = [each.place for each in numbers] + [READING]
    if method == "random":
        cube = np.array(
            [
                [uniform(key_of(seed, row + 1), 0, tag_of("draw", axis), 0) for axis in axes]
                for row in range(draws)
            ]
        )
    else:
        from scipy.stats import qmc

        if method == "sobol":
            # All points up to the next power of two: fewer are the same ones, and scipy does not warn.
            points = qmc.Sobol(len(axes), rng=seed).random_base2(max(0, (draws - 1).bit_length()))
            cube = points[:draws]
        else:
            cube = qmc.LatinHypercube(len(axes), rng=seed).random(draws)
    return of_cube(scenario, numbers, cube, reading=reading)


def of_cube(
    scenario: Scenario,
    numbers: Sequence[Uncertain],
    cube: Floats,
    *,
    reading: str | None = None,
    related: bool = True,
) -> Sample:
    """The draws that points of the unit cube stand for: (draws, numbers), or one column more for the readings.

    related: as the file's correlations say; a design that moves one number at a time needs them apart.
    """
    inside = np.clip(np.asarray(cube, np.float64), INSIDE, 1 - INSIDE)
    quantiles = inside[:, : len(numbers)].copy()
    named = [f"numbers.{name}" for name in correlated_names(scenario.document)]
    column = {each.place: index for index, each in enumerate(numbers)}
    if related and named and all(place in column for place in named):
        here = [column[place] for place in named]
        quantiles[:, here] = correlated(scenario.document, quantiles[:, here])
    names: tuple[str | None, ...] = (None, *scenario.document.readings)
    if reading == AS_WRITTEN:
        names, which = (None,), [0] * len(inside)
    elif reading is not None:
        names, which = (reading,), [0] * len(inside)
    elif inside.shape[1] == len(numbers) or len(names) == 1:
        names, which = (None,), [0] * len(inside)
    else:
        weights = [each.weight.value for each in scenario.document.readings.values()]
        ends = np.cumsum([1.0 - sum(weights), *weights])
        which = np.minimum(np.searchsorted(ends, inside[:, -1], side="right"), len(weights)).tolist()
    return Sample(tuple(numbers), quantiles, tuple(which), names)


__all__ = ["AS_WRITTEN", "METHODS", "MOST_DRAWS", "Sample", "of_cube", "sample"]
