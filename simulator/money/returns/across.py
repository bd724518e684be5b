"""What does an investment return over many runs: how low, middle and high, and what is lost when it is lost?

There is no mean of rates of return here, on purpose: rates of return of runs do not average to the return of the average
(example E19: runs of +26.0% and -41.5% average -7.8%; their money together earned +3.2%). The rate of the mean flows is
that of holding a little of every run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.money.returns.investor import Flows, returned
from simulator.money.returns.irr import Irr, xirr

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WORST = 0.05


@dataclass(frozen=True)
class Across:
    """One tranche, or a deal, over all runs. Amounts are pence.

    runs                 runs in which money was drawn; `undrawn` are the others, which nothing else here counts
    xirr                 rate a year by quantile (0.05, ...): always that of an actual run. A total loss counts as -1.0;
                         empty where no run has a rate
    without_a_rate       runs whose flows have no single rate of return (several, or none): in no quantile
    xirr_of_mean_flows   rate of the mean flows, which is that of all runs' flows added up
    chance_of_loss       share of runs with a multiple on drawn below 1
    chance_of_total_loss share of runs in which nothing came back
    mean_loss            of the runs with a loss: pence lost; None: no run lost
    mean_loss_share      the same as a share of what these runs drew
    worst_profit         mean profit of the worst 5% of runs by profit; a run across the 5% counts in part
    worst_multiple       what these received, over what they drew
    """

    runs: int
    undrawn: int
    xirr: dict[float, float]
    without_a_rate: int
    xirr_of_mean_flows: Irr
    chance_of_loss: float | None
    chance_of_total_loss: float | None
    mean_loss: float | None
    mean_loss_share: float | None
    worst_profit: float | None
    worst_multiple: float | None


def across(runs: Sequence[Flows], quantiles: Sequence[float] = QUANTILES) -> Across:
    """The distribution of returns over runs, each run's flows in one entry.

    quantiles: shares of runs, 0 to 1. Raises ValueError when there is no run.
    """
    if not runs:
        raise ValueError("returns across runs need at least one run")
    drew = [flows for flows in runs if (flows.pence < 0).any()]
    undrawn = len(runs) - len(drew)
    if not drew:
        return Across(0, undrawn, {}, 0, Irr("undefined"), None, None, None, None, None, None)
    each = [returned(flows) for flows in drew]
    rates = np.array([found.xirr.rate for found in each if found.xirr.rate is not None])
    drawn = np.array([found.drawn for found in each], np.float64)
    profit = np.array([found.profit for found in each], np.float64)
    lost = profit < 0.0
    # The worst 5% of 30 runs is a run and a half.
    order = np.argsort(profit, kind="stable")
    weight = np.clip(WORST * len(each) - np.arange(len(each)), 0.0, 1.0)
    worst_profit, worst_drawn = float(profit[order] @ weight), float(drawn[order] @ weight)
    received = sum(found.received for found in each)
    together = (
        xirr(
            np.concatenate([flows.days for flows in drew]),
            np.concatenate([flows.pence for flows in drew]),
        )
        if received
        else Irr("total_loss", -1.0)
    )
    return Across(
        runs=len(each),
        undrawn=undrawn,
        xirr={float(q): float(np.quantile(rates, q, method="inverted_cdf")) for q in quantiles if len(rates)},
        without_a_rate=len(each) - len(rates),
        xirr_of_mean_flows=together,
        chance_of_loss=float(lost.mean()),
        chance_of_total_loss=float(np.mean([found.received == 0 for found in each])),
        mean_loss=float(-profit[lost].mean()) if lost.any() else None,
        mean_loss_share=float(-profit[lost].sum() / drawn[lost].sum()) if lost.any() else None,
        worst_profit=worst_profit / float(weight.sum()),
        worst_multiple=1.0 + worst_profit / worst_drawn,
    )
