"""What a study of one uncertain number would be worth before deciding, against what it costs and what waiting for it costs.

The study's result moves the number's mean; how far it can is the prior spread times sqrt(n / (n + n0)), n0 being how many
people the prior is worth (Jalal and Alarid-Escudero 2018, Medical Decision Making 38:174). The regression of net benefit on
the number, as for EVPPI, then says what is gained by deciding with that mean in hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Floats
from simulator.analysis.decision.partial_information import FEWEST, single

if TYPE_CHECKING:
    import pandas as pd

SDS = 3.92  # a 95% range is so many standard deviations wide


def prior_people(
    kind: str, value: float, low: float, high: float, *, control_risk: float = 0.5, spread: float = 1.0
) -> float:
    """n0: of how many people a study would have to be to know as much as the range says.

    share: a + b of its beta distribution, exactly (conjugate). ratio: of a trial with half in each arm, control_risk in
    the one without: variance of the log of a ratio of risks by a pair of people over that of the prior, twice. Others (times,
    money, rates, counts): (value x spread / sd)^2 with `spread` the coefficient of variation between people (1: as an
    exponential's). score: (spread / sd)^2. Raises ValueError for a range without width.
    """
    sd = (high - low) / SDS
    if not sd > 0:
        raise ValueError("a number without a range is known already")
    if kind == "share":
        return max(value * (1 - value) / sd**2 - 1, 0.0)
    if kind == "ratio":
        risk = min(max(control_risk * value, 1e-6), 1 - 1e-6)
        of_one_pair = (1 - risk) / risk + (1 - control_risk) / control_risk
        log_sd = (np.log(high) - np.log(low)) / SDS if low > 0 else sd / value
        return float(2 * of_one_pair / log_sd**2)
    if kind == "score":
        return (spread / sd) ** 2
    return (value * spread / sd) ** 2


def evsi(x: Floats, net_benefit: Floats, share: float) -> float:
    """£ that a study is worth which leaves 1 - share of the variance of `x` (draws,): n / (n + n0) of it is resolved.

    net_benefit: (draws, designs). share 1 is EVPPI, 0 is nothing. Exact where net benefit is linear in a normal number.
    """
    gains = net_benefit[:, 1:] - net_benefit[:, :1]
    if np.ptp(x) == 0 or share <= 0:
        return 0.0
    basis = single(x, gains)
    orthonormal, _ = np.linalg.qr(basis)
    fitted = orthonormal @ (orthonormal.T @ gains)
    # Each term of the regression is a number of its own, whose mean moves by as much (their equation 11).
    known = fitted.mean(axis=0) + np.sqrt(min(share, 1.0)) * (fitted - fitted.mean(axis=0))
    with_reference = np.concatenate([np.zeros((len(x), 1)), known], axis=1)
    return max(0.0, float(with_reference.max(axis=1).mean() - with_reference.mean(axis=0).max()))


@dataclass(frozen=True)
class Waiting:
    """What waiting for a study costs. years: until its result is known. horizon: years that the decision is about."""

    years: float
    horizon: float

    @property
    def left(self) -> float:
        """The share of the horizon that is left to decide on."""
        return max(0.0, 1 - self.years / self.horizon) if self.horizon > 0 else 0.0


def by_size(
    x: Floats,
    net_benefit: Floats,
    prior: float,
    sizes: Sequence[int],
    *,
    fixed: float,
    per_person: float,
    waiting: Waiting,
) -> pd.DataFrame:
    """A row a size: people, evsi, study_cost, waiting_cost, net, and status (`ok` or `too few draws`).

    prior: see `prior_people`.
    evsi is for the decision on what is left of the horizon once the result is known. Meanwhile the present choice (the
    reference) goes on, and the mean gain of the best design is lost for these years: waiting_cost (Eckermann and Willan 2008).
    """
    import pandas as pd

    gains = (net_benefit - net_benefit[:, :1]).mean(axis=0)
    lost = max(0.0, float(gains.max())) * (1 - waiting.left)
    rows = []
    for people in sizes:
        share = people / (people + prior) if people + prior > 0 else 1.0
        worth = evsi(x, net_benefit, share) * waiting.left
        cost = fixed + per_person * people
        rows.append(
            {
                "people": int(people),
                "evsi": worth,
                "study_cost": cost,
                "waiting_cost": lost,
                "net": worth - cost - lost,
                "status": "ok" if len(x) >= FEWEST else "too few draws",
            }
        )
    return pd.DataFrame(rows)


__all__ = ["Waiting", "by_size", "evsi", "prior_people"]
