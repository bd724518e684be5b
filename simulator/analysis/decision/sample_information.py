"""What a study of one uncertain number would be worth before deciding, against what it costs and what waiting for it costs.

A study of n people resolves n / (n + n0) of what is not known of the number, n0 being how many people the prior is worth
(Jalal and Alarid-Escudero 2018, Medical Decision Making 38:174). The regression of net benefit on the number, as for EVPPI, is
averaged over what stays unknown, on normal scores; what is gained by deciding with that in hand is the worth of the study.
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
    kind: str,
    value: float,
    low: float,
    high: float,
    *,
    control_risk: float | None = None,
    spread: float = 1.0,
) -> float:
    """n0: of how many people a study would have to be to know as much as the range says.

    share: a + b of its beta distribution, exactly (conjugate). ratio: of a trial with half in each arm and control_risk in the
    one without (30%, less where the ratio is large): variance of the log of a ratio of risks by a pair of people over that of
    the prior, twice. Others (times, money, rates, counts): (value x spread / sd)^2 with `spread` the coefficient of variation
    between people (1: as an exponential's). Raises ValueError for a range without width, and where people say nothing of it (a
    date, a score whose spread between people is not known, a value of 0, a range as wide as not knowing).
    """
    sd = (high - low) / SDS
    if not sd > 0:
        raise ValueError("a number without a range is known already")
    found = _people(kind, value, low, high, sd, control_risk, spread)
    if not found > 0:
        raise ValueError("so wide a range, or a value of 0, is worth no number of people")
    return found


def _people(
    kind: str, value: float, low: float, high: float, sd: float, control_risk: float | None, spread: float
) -> float:
    if kind in ("date", "score"):
        raise ValueError(f"how a {kind} differs between people is not known")
    if kind == "share":
        return value * (1 - value) / sd**2 - 1
    if kind == "ratio":
        if not value > 0:
            return 0.0
        without = min(0.3, 0.9 / value) if control_risk is None else control_risk
        risk = min(without * value, 0.999)
        of_one_pair = (1 - risk) / risk + (1 - without) / without
        log_sd = (np.log(high) - np.log(low)) / SDS if low > 0 else sd / value
        return float(2 * of_one_pair / log_sd**2)
    return (value * spread / sd) ** 2


def evsi(x: Floats, net_benefit: Floats, share: float) -> float:
    """£ that a study is worth which leaves 1 - share of the variance of `x` (draws,): n / (n + n0) of it is resolved.

    net_benefit: (draws, designs). share 1 is EVPPI, 0 is nothing. Exact where net benefit is linear in a normal number.
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    share = min(share, 1.0)
    gains = net_benefit[:, 1:] - net_benefit[:, :1]
    if np.ptp(x) == 0 or share <= 0:
        return 0.0
    basis = single(x, gains)
    orthonormal, _ = np.linalg.qr(basis)
    fitted = orthonormal @ (orthonormal.T @ gains)
    # Where a draw lies among all, as a standard normal number: what the study leaves unknown is added to what it finds.
    score = ndtri((rankdata(x) - 0.5) / len(x))
    at, first = np.unique(score, return_index=True)
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    known = np.zeros_like(fitted)
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        after = np.sqrt(share) * score + np.sqrt(1 - share) * node
        known += weight * np.column_stack([np.interp(after, at, column) for column in fitted[first].T])
    known += fitted.mean(axis=0) - known.mean(axis=0)
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
