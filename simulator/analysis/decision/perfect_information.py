"""What it would be worth to know every uncertain number before deciding: the expected value of perfect information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Choices, Floats
from simulator.analysis.decision.regret import regrets

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Evpi:
    """value: £ for this one decision. se: standard error over draws. best: column of the design that is best on average."""

    value: float
    se: float
    best: int


def evpi(net_benefit: Floats) -> Evpi:
    """E[max over designs] - max over designs of E, of (draws, designs) (Raiffa and Schlaifer 1961).

    It is the least expected loss: the mean regret of the design that is best on average, which also gives its standard error
    (that this design might be another is not in it; the value is biased upwards a little in small samples).
    """
    best = int(np.argmax(net_benefit.mean(axis=0)))
    lost = regrets(net_benefit)[:, best]
    se = float(lost.std(ddof=1) / np.sqrt(len(lost))) if len(lost) > 1 else np.nan
    return Evpi(float(lost.mean()), se, best)


def evpi_by_worth(choices: Choices, worths: Sequence[float]) -> pd.DataFrame:
    """A row a worth: worth, evpi, se, best (the design that is best on average)."""
    import pandas as pd

    found = [(worth, evpi(choices.net_benefit(worth))) for worth in worths]
    return pd.DataFrame(
        [
            {"worth": float(worth), "evpi": each.value, "se": each.se, "best": choices.designs[each.best]}
            for worth, each in found
        ]
    )


__all__ = ["Evpi", "evpi", "evpi_by_worth"]
