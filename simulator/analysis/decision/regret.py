"""Regret and robustness: what is lost by a design that turns out not to have been the best, and which design loses least.

Sources: Savage 1951 (minimax regret); Wald 1950 (maximin); Lempert, Popper and Bankes 2003 (robust decisions, satisficing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rule:
    """What one rule chooses: the column of the design, and the figure by which it was chosen."""

    design: int
    figure: float


def rules(payoff: Floats) -> dict[str, Rule]:
    """What classic rules choose from payoffs (futures, designs), more being better; of designs alike the first.

    `minimax regret`: the least regret in its worst future. `maximin`: the most in its worst. `maximax`: in its best.
    """
    worst = regrets(payoff).max(axis=0)
    least, most = payoff.min(axis=0), payoff.max(axis=0)
    return {
        "minimax regret": Rule(int(np.argmin(worst)), float(worst.min())),
        "maximin": Rule(int(np.argmax(least)), float(least.max())),
        "maximax": Rule(int(np.argmax(most)), float(most.max())),
    }


def regrets(payoff: Floats) -> Floats:
    """(futures, designs): how much less each design brings than the best one would have in the same future."""
    return payoff.max(axis=1, keepdims=True) - payoff


def regret(designs: tuple[str, ...], net_benefit: Floats, target: float = 0.0) -> pd.DataFrame:
    """A row a design over draws of net benefit (draws, designs): design, expected_loss, regret_90, worst, meets, draws.

    expected_loss: mean regret; the least of them is the expected value of perfect information. regret_90: not more than this
    in nine of ten draws. worst: in the worst draw. meets: draws in which its gain over the first design is `target` or more.
    """
    import pandas as pd

    lost = regrets(net_benefit)
    gains = net_benefit - net_benefit[:, :1]
    return pd.DataFrame(
        {
            "design": designs,
            "expected_loss": lost.mean(axis=0),
            "regret_90": np.quantile(lost, 0.9, axis=0),
            "worst": lost.max(axis=0),
            "meets": (gains >= target).sum(axis=0),
            "draws": len(net_benefit),
        }
    )


__all__ = ["Rule", "regret", "regrets", "rules"]
