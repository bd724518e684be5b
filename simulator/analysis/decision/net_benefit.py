"""Net benefit: what each design is worth in money, once one of the effect is (Stinnett and Mullahy 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Choices

if TYPE_CHECKING:
    import pandas as pd


def net_benefit(choices: Choices, worth: float) -> pd.DataFrame:
    """A row a design: design, mean, low, high (range of draws, 2.5% to 97.5%), and the same of its gain over the reference.

    gain, gain_low, gain_high; gain_se: standard error of the mean gain; better: draws in which the gain is above 0; draws.
    £ at `worth` £ for one of the effect.
    """
    import pandas as pd

    values = choices.net_benefit(worth)
    gains = values - values[:, :1]
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    gain_low, gain_high = np.quantile(gains, [0.025, 0.975], axis=0)
    several = choices.draws > 1
    return pd.DataFrame(
        {
            "design": choices.designs,
            "mean": values.mean(axis=0),
            "low": low,
            "high": high,
            "gain": gains.mean(axis=0),
            "gain_low": gain_low,
            "gain_high": gain_high,
            "gain_se": gains.std(axis=0, ddof=1) / np.sqrt(choices.draws) if several else np.nan,
            "better": (gains > 0).sum(axis=0),
            "draws": choices.draws,
        }
    )


__all__ = ["net_benefit"]
