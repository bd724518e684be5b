"""Providers and investment as plain numbers and dates: what `read` makes of the scenario's words (MONEY section 4).

Money is pounds (floats, as written); shares are 0 to 1; rates are a year.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Provider:
    """A provider's cash inputs.

    opening: unrestricted cash at the scenario's start (restricted funds do not count). least: never less than this in the
    bank. overhead_a_year: whatever happens, while a contract that it delivers runs. staff_share: of its delivery costs and
    overhead that is pay. on_costs: of pay that is tax, national insurance and pension, paid on the 22nd of the month
    `pay_lag` months later (0: with the pay); the rest is paid on the last day of the month worked. supply_terms: days after
    the end of the month for everything else. mobilise_cost: before a contract begins, spread over its mobilisation.
    exit_cost: notice, redundancy and handover when a contract ends. vat_on_supplies: VAT rate on what is not pay.
    reserves: unrestricted reserves, for the share of them that is at risk (None: opening cash).
    """

    name: str
    label: str
    opening: float = 0.0
    least: float = 0.0
    overhead_a_year: float = 0.0
    staff_share: float = 0.8
    on_costs: float = 0.3
    pay_lag: int = 1
    supply_terms: int = 30
    mobilise_cost: float = 0.0
    exit_cost: float = 0.0
    vat_on_supplies: float = 0.0
    reserves: float | None = None


@dataclass(frozen=True)
class Tranche:
    """One investor's money. rate: return a year on what is outstanding. unpaid: what becomes of a return that cannot be paid.

    most_multiple, most_irr: the most it may receive in all, as a multiple of what it paid in or as an annual rate.
    """

    name: str
    investor: str
    amount: float
    rate: float = 0.0
    compound: bool = True
    unpaid: Literal["capitalise", "defer", "lapse"] = "capitalise"
    most_multiple: float | None = None
    most_irr: float | None = None


@dataclass(frozen=True)
class Action:
    """One step of the waterfall, over what is distributable on a distribution date (section 4).

    what: `pay_return` (tranche), `repay` (tranche; share: of the cash there is, 1: a sweep), `pay_to_multiple` (tranche, to),
    `pay_to_irr` (tranche, to), `coupon_by_band` (tranche, bands of the measured result), `pay_fee` (party, amount),
    `fill_reserve` (amount), `share` (shares by party or tranche), `release` (to the party the investment is into).
    """

    what: Literal[
        "pay_return",
        "repay",
        "pay_to_multiple",
        "pay_to_irr",
        "coupon_by_band",
        "pay_fee",
        "fill_reserve",
        "share",
        "release",
    ]
    of: str = ""
    share: float = 1.0
    to: float = 0.0
    amount: float = 0.0
    shares: tuple[tuple[str, float], ...] = ()
    bands: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Fees:
    """Fees of a deal, paid by the party the investment is into; fund: charged by a fund outside the deal, on commitment a year.

    arrangement: share of commitment at close. commitment: a year on what is not drawn. management: a year on what is drawn
    and not repaid. performance_management, audit, evaluation: pounds a year while the contract runs.
    """

    arrangement: float = 0.0
    commitment: float = 0.0
    management: float = 0.0
    performance_management: float = 0.0
    audit: float = 0.0
    evaluation: float = 0.0
    fund: float = 0.0


@dataclass(frozen=True)
class Guarantor:
    """Pays, at the end, the net principal lost: out of a pool of pounds, or a share of it. Exactly one of the two is given."""

    party: str
    pool: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Investment:
    """Social investment into a provider or vehicle.

    draws: `as_needed` (what keeps the party's cash at its least and a buffer), `at_start`, or `schedule`.
    buffer_months: of the coming months' payments that are kept while delivering. by: pro rata, or tranches in order.
    available_until: last day of a draw. recycle: receipts meet delivery before any draw. repays_from: first distribution
    date; distribute_months between distribution dates. reserve_months: of payments that are kept back while delivering.
    recourse: `limited` (lost if outcomes fail) or `full` (the party owes it). waterfall: see Action.
    """

    into: str
    tranches: tuple[Tranche, ...]
    waterfall: tuple[Action, ...]
    recourse: Literal["limited", "full"]
    repays_from: dt.date
    draws: Literal["as_needed", "at_start", "schedule"] = "as_needed"
    schedule: tuple[tuple[dt.date, float], ...] = ()
    buffer_months: int = 0
    by: Literal["pro_rata", "in_order"] = "in_order"
    available_until: dt.date | None = None
    recycle: bool = True
    distribute_months: int = 12
    reserve_months: int = 0
    fees: Fees = Fees()
    guarantee: Guarantor | None = None

    @property
    def commitment(self) -> float:
        """Pounds that all tranches hold."""
        return sum(each.amount for each in self.tranches)
