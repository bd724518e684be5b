"""A contract as plain numbers and dates: what `read` makes of the scenario's words, or a back-test of a published deal's.

Money is pounds (floats, as written); shares are 0 to 1; dates are days. Anything that may change by date is `Dated`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

Dated = tuple[tuple[dt.date, float], ...]
"""Values in force from their dates, the first from `dt.date.min`."""

DIRECT, LEAD, VEHICLE = "direct", "lead", "vehicle"


def always(value: float) -> Dated:
    """One value at every date."""
    return ((dt.date.min, float(value)),)


def on(values: Dated, day: dt.date) -> float:
    """The value in force on a day."""
    found = values[0][1]
    for since, value in values:
        if since > day:
            break
        found = value
    return found


@dataclass(frozen=True)
class Lag:
    """A time by the calendar: whole months, then days (31 January and 1 month is 28 or 29 February)."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class Payer:
    """One payer of a contract. share: of every payment. per_year: most in a contract year; cap: most in all.

    closes: last day on which it pays. after: how much later than the contract's terms it pays. only: outcomes that it pays
    for (empty: all). short: who pays what it cannot (a payer's name), or None: that is lost.
    vat: share of VAT that it recovers (a council: 1, VAT Act 1994 s.33).
    """

    name: str
    share: float
    per_year: float | None = None
    cap: float | None = None
    closes: dt.date | None = None
    after: Lag = Lag()
    only: tuple[str, ...] = ()
    short: str | None = None
    vat: float = 1.0


@dataclass(frozen=True)
class Fee:
    """An activity fee (MONEY 3.1). per: `start`, `referral`, `place` (a year) or `day` (a person's day in it).

    taper: share of the price by contract year, the last one for all later years.
    """

    service: str
    per: Literal["start", "referral", "place", "day"]
    price: Dated
    taper: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class Withheld:
    """A part of the month's block and fees that is withheld when a service standard is missed.

    The standard: those who started in the month waited at most `wait_days` on average. A month without a start keeps it.
    """

    share: float
    service: str
    wait_days: float


@dataclass(frozen=True)
class Guarantee:
    """Referral guarantee, take or pay (3.2): short = max(0, share x planned - referred) in each settlement period."""

    service: str
    planned_a_year: Dated
    share: float
    price: float
    counts_against_caps: bool = True


@dataclass(frozen=True)
class Sample:
    """Audit by sample (3.6): n claims of an invoice are looked at; below `pass_share` the invoice is held one period."""

    n: int
    extrapolate: bool = True
    pass_share: float = 0.0


@dataclass(frozen=True)
class Dispute:
    """A share of claims is held for some time; of these a share is upheld (paid), the rest lost. Moves cash, not the year."""

    share: float
    held: Lag
    upheld: float = 1.0


@dataclass(frozen=True)
class Reversal:
    """Clawback: a share of paid claims is found not to have held within a time, and is set off the next invoice (E29)."""

    share: float
    within: Lag


@dataclass(frozen=True)
class Deadweight:
    """What would have happened anyway (3.4), one of three forms.

    multiply: units x (1 - share). subtract: units - share x window, by person; floor `person` or `none`.
    baseline: sum over the cohort of (share x observed window - units), netted (Essex).
    """

    form: Literal["multiply", "subtract", "baseline"]
    share: float
    floor: Literal["person", "none"] = "person"


@dataclass(frozen=True)
class Slide:
    """amount x clip((result - low) / (high - low), 0, 1), of a cohort's result (E28)."""

    low: float
    high: float
    amount: float


@dataclass(frozen=True)
class Cohorts:
    """size people by clock start, at most `most` cohorts; or all of each `every_months`; both None: one cohort."""

    size: int | None = None
    most: int | None = None
    every_months: int | None = None


@dataclass(frozen=True)
class Against:
    """Paid for the difference (3.5): from a level (share, or units a person), or from a comparison group of n people."""

    level: float | None = None
    comparison: int | None = None
    match_bias: float = 0.0


@dataclass(frozen=True)
class Pay:
    """What a contract pays for one outcome.

    prices: pounds a claim (or a unit, for days and counts), by price cell; a person's cell is given with the claim.
    price_by: the date at which the price is read, of being earned or of the clock's start. discount: bid below the card.
    count: most claims a person (None: no bound). apart: days between two counted claims of a person.
    needs, excludes: outcomes of the contract that this person must, or must not, have been certified for before.
    verified: share of claims that can be proven, by cell. bands: (from, share of price); of units so far if not
    `band_of_rate`, else of the cohort's rate achieved / eligible; band_whole: the band reached holds for all, else each
    band for its own part. each, pooled: the effect a cohort, or all cohorts pooled, must show (with `against`).
    pays_as: how a cohort that passes is paid. worth: of one unit, for gain_share.
    """

    outcome: str
    label: str
    unit: Literal["claim", "day", "count"]
    prices: tuple[Dated, ...]
    price_by: Literal["earned", "started"] = "earned"
    discount: float = 0.0
    count: int | None = 1
    apart: int = 0
    needs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    verified: tuple[float, ...] = (1.0,)
    sample: Sample | None = None
    dispute: Dispute | None = None
    reversal: Reversal | None = None
    lag: Lag = Lag()
    deadweight: Deadweight | None = None
    window_days: float = 0.0
    bands: tuple[tuple[float, float], ...] = ((0.0, 1.0),)
    band_of_rate: bool = False
    band_whole: bool = False
    slide: Slide | None = None
    against: Against | None = None
    cohorts: Cohorts | None = None
    each: float | None = None
    pooled: float | None = None
    pays_as: Literal["claims", "lump", "per_unit", "gain_share"] = "claims"
    share_of_gain: float = 1.0
    cap: float | None = None
    payers: tuple[Payer, ...] | None = None


@dataclass(frozen=True)
class Caps:
    """Caps in pounds, in their fixed order (3.8). counts: what the cap per person is filled with, certified or paid.

    carry: what happens to the excess over a year's cap: lost (`none`), waits (`unpaid`), or unused cap rolls on (`headroom`).
    index: growth of all caps each 1 April (0: flat, as most are).
    """

    per_person: float | None = None
    per_year: float | None = None
    total: float | None = None
    counts: Literal["certified", "paid"] = "certified"
    carry: Literal["none", "unpaid", "headroom"] = "none"
    part_claims: bool = True
    index: float = 0.0
    includes_vat: bool = False


@dataclass(frozen=True)
class Floor:
    """At least so much a contract year; recoup: what it added is set off later payments."""

    per_year: float
    recoup: bool = False


@dataclass(frozen=True)
class Break:
    """Ends the contract when the rolling share of known results is below a bound at a review date (3.10).

    first_months: the first review, from the beginning; then each `every_months`. rolling_months: how far back results count
    (0: all). cure_months: it must be below at the review after that too. notice_months: then referrals stop.
    """

    outcome: str
    below: float
    first_months: int
    every_months: int = 12
    rolling_months: int = 0
    cure_months: int = 0
    notice_months: int = 0
    fault: Literal["none", "provider", "funder"] = "provider"


@dataclass(frozen=True)
class SubContract:
    """What a lead or vehicle passes on to a provider (section 4, Partners): fixed and a share of outcome income.

    fixed_a_year: pounds, monthly. share: of outcome income received. fee: kept by the lead from that. retention: share held
    back for `retained`. terms: days after the lead is paid (pay when paid).
    """

    to: str
    fixed_a_year: float = 0.0
    share: float = 0.0
    fee: float = 0.0
    retention: float = 0.0
    retained: Lag = Lag()
    terms: int = 30


@dataclass(frozen=True)
class Terms:
    """A whole contract.

    begins, ends: first and last day of the term. starts_until: people whose clock starts later are served, never claimed.
    earn_until: last day on which an observation may end. claim_until: last day of a claim (long-stop).
    settle_months: months between settlement dates, counted from `begins`, at the month's end before. terms: days from claim
    to payment; late: days more than that it really takes. indexed: growth of block, fees and prices each 1 April after
    `begins`. vat: how the supply is taxed.
    """

    name: str
    label: str
    form: Literal["direct", "lead", "vehicle"]
    payers: tuple[Payer, ...]
    payees: tuple[tuple[str, float], ...]
    begins: dt.date
    ends: dt.date
    starts_until: dt.date
    earn_until: dt.date
    claim_until: dt.date
    mobilise: Lag = Lag()
    settle_months: int = 3
    terms: int = 30
    late: int = 0
    block_a_year: Dated = ()
    fees: tuple[Fee, ...] = ()
    withheld: Withheld | None = None
    guarantee: Guarantee | None = None
    pays: tuple[Pay, ...] = ()
    caps: Caps = Caps()
    floor: Floor | None = None
    indexed: Dated = field(default_factory=lambda: always(0.0))
    vat: Literal["exempt", "standard", "outside"] = "exempt"
    breaks: Break | None = None
    passes: tuple[SubContract, ...] = ()

    def pay(self, outcome: str) -> int:
        """The position of an outcome in `pays`. Raises KeyError where it is not paid for."""
        for position, each in enumerate(self.pays):
            if each.outcome == outcome:
                return position
        raise KeyError(outcome)
