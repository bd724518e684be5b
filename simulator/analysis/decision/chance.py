"""Chance and doubt told apart: runs of one draw differ by chance, draws differ by doubt about the numbers as well.

What is asked of a decision (which design is best, what knowing more is worth) is about doubt: chance will be there whatever
is known. A mean of a few runs a draw carries chance, which makes every such answer too large (O'Hagan, Stevenson and Madan
2007, Health Economics 16:1009); here it is taken out again by the variance that it adds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.analysis.decision.choices import Choices, Floats


@dataclass(frozen=True)
class Shares:
    """Where the spread of single runs comes from. doubt, chance: variances; status: `ok`, `one run a draw`, `no spread`.

    A doubt that is estimated below 0 (chance hides it) is 0, with status `hidden by chance`. With one run a draw the two
    cannot be told apart, and both are NaN.
    """

    doubt: float
    chance: float
    status: str

    @property
    def share_of_doubt(self) -> float:
        """Of the variance of single runs; NaN where there is none or it is not known."""
        total = self.doubt + self.chance
        return self.doubt / total if total > 0 else np.nan


def shares_of_variance(values: Floats) -> Shares:
    """Variances of (draws, replications) of one figure, by one-way analysis of variance with random effects.

    doubt = (MS between - MS within) / replications, chance = MS within (Searle, Casella and McCulloch 1992, ch. 3).
    """
    draws, runs = values.shape
    if runs < 2 or draws < 2:
        return Shares(np.nan, np.nan, "one run a draw" if runs < 2 else "one draw")
    doubt, chance = (float(each[0, 0]) for each in components(values[:, :, None]))
    if doubt <= 0 and chance <= 0:
        return Shares(0.0, 0.0, "no spread")
    return Shares(max(doubt, 0.0), chance, "ok" if doubt > 0 else "hidden by chance")


def components(values: Floats) -> tuple[Floats, Floats]:
    """Covariances (columns, columns) between draws (doubt) and within (chance), of (draws, replications, columns)."""
    draws, runs, _ = values.shape
    means = values.mean(axis=1)
    apart = means - means.mean(axis=0)
    inside = (values - means[:, None]).reshape(draws * runs, -1)
    within = inside.T @ inside / (draws * (runs - 1))
    between = runs * (apart.T @ apart) / (draws - 1)
    return (between - within) / runs, within


def without_chance(values: Floats) -> Floats:
    """(draws, columns): means over replications, drawn together until their covariance is that of doubt alone.

    values: (draws, replications, columns). Means over all draws stay. With one replication, or one draw, the means as they
    are. Each draw keeps its direction from the mean: x -> B^(1/2) S^(-1/2) x, S the covariance of the means and B that of
    doubt, as far as it is one (what chance hides altogether becomes the mean).
    """
    means = values.mean(axis=1)
    draws, runs, columns = values.shape
    if runs < 2 or draws < 3 or columns == 0:
        return means
    scale = means.std(axis=0)
    scale[scale == 0] = 1.0
    doubt, _ = components(values / scale)
    middle = means.mean(axis=0)
    apart = (means - middle) / scale
    spread = apart.T @ apart / (draws - 1)
    return middle + apart @ (_root(doubt) @ _root(spread, inverse=True)).T * scale


def _root(matrix: Floats, inverse: bool = False) -> Floats:
    """The symmetric square root of what is not negative in a symmetric matrix, or its pseudo-inverse."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    kept = values > 1e-9 * max(values.max(initial=0.0), 1e-300)
    roots = np.where(kept, np.sqrt(np.where(kept, values, 1.0)), 0.0)
    if inverse:
        roots = np.where(kept, 1 / np.where(kept, roots, 1.0), 0.0)
    return (vectors * roots) @ vectors.T


def choices_without_chance(designs: tuple[str, ...], cost: Floats, effect: Floats) -> Choices:
    """Choices from (draws, replications, designs) of cost and effect, with chance taken out of what differs from the reference.

    Raises ValueError as `Choices`.
    """
    plain = Choices(designs, cost.mean(axis=1), effect.mean(axis=1))
    others = len(designs) - 1
    apart = np.concatenate([cost[:, :, 1:] - cost[:, :, :1], effect[:, :, 1:] - effect[:, :, :1]], axis=2)
    found = without_chance(apart)
    # What is 0 in every run of a draw, such as the effect of a service that a reading says has none, is no chance.
    nothing = (apart == 0).all(axis=1)
    some = ~nothing
    found[nothing] = 0.0
    off = apart.mean(axis=(0, 1)) - found.mean(axis=0)
    found += some * np.where(some.any(axis=0), off * len(found) / np.maximum(some.sum(axis=0), 1), 0.0)
    new = []
    for values, increments in ((plain.cost, found[:, :others]), (plain.effect, found[:, others:])):
        new.append(np.concatenate([values[:, :1], values[:, :1] + increments], axis=1))
    return replace(plain, cost=new[0], effect=new[1])


__all__ = ["Shares", "choices_without_chance", "components", "shares_of_variance", "without_chance"]
