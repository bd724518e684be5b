"""Would a provider survive it? Its statement at 60% of outcomes, at 60% of referrals, and when outcomes are paid 60 days late.

Places and overhead cost the same however many come; income for outcomes and costs and fees per use move (`flows.Moves`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from simulator.money.accounts.flows import Flows
from simulator.money.accounts.statement import Statement, statement

SHARE = 0.6
LATE_DAYS = 60


@dataclass(frozen=True)
class Stress:
    """A provider as planned and under stress. Money is integer pence.

    statements: `planned`, `outcomes`, `referrals`, `late`. losses: margin below 0 in each, as a positive sum. reserves:
    unrestricted. break_even_outcomes, break_even_referrals: share of the plan at which the margin on full cost is 0 (0: even
    with none; above 1: more than planned); None where more of them makes the margin no better.
    """

    statements: dict[str, Statement]
    losses: dict[str, int]
    reserves: int
    break_even_outcomes: float | None
    break_even_referrals: float | None

    @property
    def reserves_at_risk(self) -> dict[str, float | None]:
        """Each loss as a share of unrestricted reserves; None where there is a loss and no reserves."""
        return {
            name: loss / self.reserves if self.reserves > 0 else (0.0 if loss == 0 else None)
            for name, loss in self.losses.items()
        }


def stressed(
    party: str,
    flows: Flows,
    opening: int,
    least: int,
    reserves: int,
    first_month: dt.date,
    months: int,
    share: float = SHARE,
    late_days: int = LATE_DAYS,
) -> Stress:
    """A provider's statements under stress, from its planned flows. opening, least, reserves: pence.

    Paying late moves cash and not the margin: what is paid after the last month still counts in it.
    """
    plans = {
        "planned": flows,
        "outcomes": flows.scaled(outcomes=share),
        "referrals": flows.scaled(referrals=share),
        "late": flows.scaled(late_days=late_days),
    }
    found = {
        name: statement(party, each, opening, least, first_month, months) for name, each in plans.items()
    }
    margin = {"fixed": 0, "use": 0, "outcomes": 0}
    for line, pence in zip(flows.lines, flows.by_line().tolist(), strict=True):
        if line.kind not in ("capital", "return"):
            margin[line.moves] += pence
    return Stress(
        found,
        {name: max(0, -each.margin) for name, each in found.items()},
        reserves,
        _break_even(margin["fixed"] + margin["use"], margin["outcomes"]),
        _break_even(margin["fixed"], margin["use"] + margin["outcomes"]),
    )


def _break_even(fixed: int, moving: int) -> float | None:
    """The share s of what moves at which fixed + s x moving = 0."""
    return max(0.0, -fixed / moving) if moving > 0 else None
