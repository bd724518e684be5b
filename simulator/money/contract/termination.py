"""What is owed when a contract is ended early (MONEY 3.10, E23)."""

from __future__ import annotations

from typing import Literal

YEAR_DAYS = 365.0


def accrued(principal: float, rate: float, days: int) -> float:
    """Simple return on principal, act/365, not rounded."""
    return principal * rate * days / YEAR_DAYS


def termination_pounds(
    fault: Literal["none", "provider", "funder"],
    *,
    principal: float = 0.0,
    accrued_return: float = 0.0,
    cash_held: float = 0.0,
    cap_room: float = float("inf"),
    run_off: float = 0.0,
    share: float = 1.0,
) -> float:
    """Pounds that payers owe on the end of a contract, not rounded.

    none: a payer ended it without anybody's fault: principal + accrued return - cash held, within what the cap has left.
    funder: a payer withdrew, which owes the same for its `share`. provider: it defaulted: only claims that are earned or in
    run-off (`run_off` pounds), within the cap too. The exit's own costs are the provider's lines, not part of it.
    """
    if fault == "provider":
        return min(run_off, cap_room)
    owed = min(max(principal + accrued_return - cash_held, 0.0), cap_room)
    return owed * share if fault == "funder" else owed
