"""Which design is best: in how many draws each, and which one on average; the two need not agree, so both are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Choices, Floats

if TYPE_CHECKING:
    import pandas as pd


def chances_best(net_benefit: Floats) -> Floats:
    """(designs,): the share of draws in which each design has the most net benefit, (draws, designs); ties are shared."""
    best = net_benefit == net_benefit.max(axis=1, keepdims=True)
    return (best / best.sum(axis=1, keepdims=True)).mean(axis=0)


def acceptability(choices: Choices, worths: Sequence[float]) -> pd.DataFrame:
    """A row a worth and design: worth (£ for one of the effect), design, chance_best, mean, best_on_average.

    chance_best is the acceptability curve (van Hout et al. 1994); chance_best of the rows that are best on average is the
    acceptability frontier (Fenwick, Claxton and Sculpher 2001). Of designs alike on average the first is best.
    """
    import pandas as pd

    rows = []
    for worth in worths:
        values = choices.net_benefit(worth)
        chances, means = chances_best(values), values.mean(axis=0)
        best = int(np.argmax(means))
        rows += [
            {
                "worth": float(worth),
                "design": name,
                "chance_best": float(chances[column]),
                "mean": float(means[column]),
                "best_on_average": column == best,
            }
            for column, name in enumerate(choices.designs)
        ]
    return pd.DataFrame(rows)


def switches(choices: Choices, most: float) -> list[tuple[float, str]]:
    """From which worth on which design is best on average: (0, name), then each worth below `most` at which it changes.

    Mean net benefits are straight lines in the worth, so these are exact.
    """
    cost, effect = choices.cost.mean(axis=0).tolist(), choices.effect.mean(axis=0).tolist()
    here = max(range(len(cost)), key=lambda each: (-cost[each], effect[each]))
    found = [(0.0, choices.designs[here])]
    while True:
        ahead = [
            ((cost[each] - cost[here]) / (effect[each] - effect[here]), -effect[each], each)
            for each in range(len(cost))
            if effect[each] > effect[here]
        ]
        if not ahead or min(ahead)[0] >= most:
            return found
        at, _, here = min(ahead)
        found.append((max(at, 0.0), choices.designs[here]))


__all__ = ["acceptability", "chances_best", "switches"]
