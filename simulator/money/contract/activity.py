"""What is paid whether or not outcomes follow: block, fees, what is withheld, guaranteed referrals (MONEY 3.1, 3.2)."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.claims import Activity, Days
from simulator.money.contract.dates import contract_years, grown, in_force, last_days
from simulator.money.contract.terms import Terms

Floats = NDArray[np.float64]
BLOCK = "block"


def months(terms: Terms, until: dt.date) -> tuple[Days, Days]:
    """First and last days of the parts of calendar months of the term, up to a day: a month that is not over is left out."""
    named = np.arange(np.datetime64(terms.begins, "M"), np.datetime64(terms.ends, "M") + 1)
    begins = np.maximum(named.astype("datetime64[D]"), np.datetime64(terms.begins))
    ends = np.minimum(last_days(named), np.datetime64(terms.ends))
    over = ends <= np.datetime64(until)
    return begins[over], ends[over]


def activity_pounds(terms: Terms, activity: Activity | None, begins: Days, ends: Days) -> dict[str, Floats]:
    """Pounds by what they are paid for (`block`, or a fee's service and basis) in each month.

    Prices are those in force on the month's first day, indexed; a block's month that is not whole counts by its days. The
    withheld part of a month in which people waited too long is taken off each of them alike.
    """
    index = grown(terms.indexed, terms.begins, begins)
    month = begins.astype("datetime64[M]")
    length = (last_days(month) - month.astype("datetime64[D]")).astype(np.int64) + 1
    found: dict[str, Floats] = {}
    if terms.block_a_year:
        whole = ((ends - begins).astype(np.int64) + 1) / length
        found[BLOCK] = in_force(terms.block_a_year, begins) / 12.0 * whole * index
    years = contract_years(terms.begins, begins)
    for fee in terms.fees:
        if activity is None:
            raise ValueError(f"{terms.name}: fees are paid on activity, which is not given")
        column = {
            "start": activity.starts,
            "referral": activity.referrals,
            "place": activity.place_years,
            "day": activity.person_days,
        }[fee.per]
        taper = np.array(fee.taper)[np.minimum(years, len(fee.taper) - 1)]
        name = f"{fee.service} per {fee.per}"
        pounds = column[fee.service][: len(begins)] * in_force(fee.price, begins) * taper * index
        found[name] = found.get(name, 0.0) + pounds
    if terms.withheld is not None:
        if activity is None:
            raise ValueError(f"{terms.name}: a withheld part depends on activity, which is not given")
        missed = activity.waits[terms.withheld.service][: len(begins)] > terms.withheld.wait_days
        kept = np.where(missed, 1.0 - terms.withheld.share, 1.0)
        found = {name: pounds * kept for name, pounds in found.items()}
    return found


def short_referrals(terms: Terms, activity: Activity, periods: int) -> Floats:
    """Referrals by settlement date that were guaranteed and did not come: max(0, share x planned - referred) (E26).

    Only months in which people could still be referred count, so the guarantee ends with `starts_until`.
    """
    guarantee = terms.guarantee
    if guarantee is None:
        return np.zeros(periods)
    begins, _ = months(terms, terms.starts_until)
    plan = in_force(guarantee.planned_a_year, begins) / 12.0
    period = np.arange(len(begins)) // terms.settle_months
    referred = activity.referrals[guarantee.service][: len(begins)]
    planned, came = (np.bincount(period, each, minlength=periods) for each in (plan, referred))
    whole = np.bincount(period, minlength=periods)
    found: Floats = np.maximum(guarantee.share * planned - came, 0.0)
    # 80% of 60 is 48 less a rounding of the float: nobody is short by a millionth.
    return np.where((whole > 0) & (found > 1e-9), found, 0.0)[:periods]
