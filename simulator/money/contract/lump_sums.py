"""Lines of an invoice that are about nobody in particular: sums for cohorts, and guaranteed referrals (MONEY 3.2, 3.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from simulator.money.contract.activity import short_referrals
from simulator.money.contract.claims import NOBODY, Activity, Claims, Cohort
from simulator.money.contract.cohorts import effect_of, slide
from simulator.money.contract.dates import Floats, grown, settlement_dates
from simulator.money.contract.days import plus
from simulator.money.contract.deadweight import baseline_units
from simulator.money.contract.pricing import paid_as_sum
from simulator.money.contract.terms import Pay, Terms, on

GUARANTEE = -1
"""`pay` of a line for referrals that were guaranteed."""


def lump_lines(
    terms: Terms,
    cohorts: Sequence[Cohort],
    pounds: Mapping[int, float],
    failed: Collection[int],
    activity: Activity | None,
    periods: int,
) -> tuple[Claims, Floats]:
    """Lines as claims of NOBODY, and pounds of each: cohorts that are paid a sum, then the guarantee by settlement date.

    pounds: what cohorts come to, by position; those that are not in it are paid by their slide or their baseline.
    Raises ValueError where a cohort has neither, or a guarantee has no activity to be judged by.
    """
    rows, sums = [], []
    for number, cohort in enumerate(cohorts):
        pay = terms.pays[cohort.pay]
        if not paid_as_sum(pay):
            continue
        found = 0.0 if number in failed else pounds.get(number)
        if found is None:
            found = _pounds_of(terms, pay, cohort)
        closed = np.array([cohort.closed], "datetime64[D]")
        rows.append((cohort.pay, cohort.started, closed[0], plus(closed, pay.lag)[0]))
        sums.append(found)
    if terms.guarantee is not None:
        if activity is None:
            raise ValueError(f"{terms.name}: guaranteed referrals need activity, which is not given")
        dates = settlement_dates(terms, periods)
        short = short_referrals(terms, activity, periods)
        # The period's first day: a period whose price has just risen is paid at the new price.
        begins = np.concatenate([[np.datetime64(terms.begins)], dates[:-1] + np.timedelta64(1, "D")])
        amounts = short * terms.guarantee.price * grown(terms.indexed, terms.begins, begins[:periods])
        for period in np.flatnonzero(amounts > 0.0):
            rows.append((GUARANTEE, np.datetime64(terms.begins), dates[period], dates[period]))
            sums.append(float(amounts[period]))
    started, earned, ready = (np.array([row[place] for row in rows], "datetime64[D]") for place in (1, 2, 3))
    ones, noughts = np.ones(len(rows)), np.zeros(len(rows), np.int64)
    lines = Claims(
        pay=np.array([row[0] for row in rows], np.int64),
        person=noughts + NOBODY,
        number=noughts + 1,
        started=started,
        earned=earned,
        ready=ready,
        units=ones,
        certified=ones,
        cell=noughts,
    )
    return lines, np.array(sums, np.float64)


def _pounds_of(terms: Terms, pay: Pay, cohort: Cohort) -> float:
    if pay.slide is not None:
        plain = cohort.achieved / cohort.eligible if cohort.eligible else 0.0
        result = plain if cohort.expected is None else effect_of(cohort, pay)
        return slide(pay.slide, result) if result is not None else 0.0
    if pay.deadweight is not None and pay.deadweight.form == "baseline":
        day = cohort.started if pay.price_by == "started" else cohort.closed
        price = on(pay.prices[0], day.astype("datetime64[D]").astype(object)) * (1.0 - pay.discount)
        index = grown(terms.indexed, terms.begins, np.array([day], "datetime64[D]"))[0]
        return float(price * index * baseline_units(pay.deadweight, cohort.window, cohort.achieved))
    raise ValueError(f"{pay.outcome}: what a cohort is paid as a {pay.pays_as} must be given")
