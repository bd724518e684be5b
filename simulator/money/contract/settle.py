"""The pipeline from certified claims to postings, in its fixed order (MONEY section 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.money.contract.caps import Capped, cap_lines, last_period
from simulator.money.contract.claims import Activity, Claims, Cohort
from simulator.money.contract.dates import first_settlement, settled_by
from simulator.money.contract.deadweight import netted
from simulator.money.contract.lump_sums import GUARANTEE, lump_lines
from simulator.money.contract.paying import Lines, Paying
from simulator.money.contract.pricing import Priced, in_order, priced
from simulator.money.contract.settlement import Settlement
from simulator.money.contract.terms import Terms
from simulator.money.pence import to_pence

Ints = NDArray[np.int64]


def settle(
    terms: Terms,
    claims: Claims,
    cohorts: Sequence[Cohort] = (),
    activity: Activity | None = None,
    *,
    until: dt.date | None = None,
    cohort_pounds: Mapping[int, float] | None = None,
    failed: Collection[int] = (),
    stopped: dt.date | None = None,
) -> Settlement:
    """Everything that a contract pays for these claims, cohorts and activity.

    until: the last day looked at (a scenario's horizon): no invoice is made after it, and months not over are not paid.
    cohort_pounds: what cohorts paid as one sum come to, by position in `cohorts` (others: their slide or baseline).
    failed: cohorts that did not show the effect asked for: neither they nor their claims are paid. stopped: the day on which
    a break takes effect (`breaks`): referrals, block, fees and floor stop; claims of those who started run on to `earn_until`.

    The order of the claims changes nothing. Block and fees are no part of an invoice: caps neither cut them nor count them, but
    a payer's own cap does. Raises ValueError where the terms need what is not given.
    """
    if stopped is not None:
        terms = replace(terms, ends=min(terms.ends, stopped), starts_until=min(terms.starts_until, stopped))
    found = priced(terms, claims, cohorts, failed)
    sums, pounds = lump_lines(
        terms, cohorts, cohort_pounds or {}, failed, activity, settled_by(terms, terms.claim_until)
    )
    lines = _lines(terms, claims, found, sums, pounds, until)
    capped, live = _cap(terms, lines)
    return Paying(terms, lines, capped, live, activity, until).settlement()


def _lines(
    terms: Terms,
    claims: Claims,
    found: Priced,
    sums: Claims,
    pounds: NDArray[np.float64],
    until: dt.date | None,
) -> Lines:
    discount = np.array([pay.discount for pay in terms.pays] or [0.0])
    rate = found.rate * (1.0 - discount[claims.pay])
    amounts = to_pence(pounds)
    lines = _joined(claims, sums)
    period = np.concatenate([found.period, first_settlement(terms, sums.ready)])
    late = np.concatenate([found.late, period[len(claims) :] >= settled_by(terms, terms.claim_until)])
    in_time = (sums.earned <= np.datetime64(terms.earn_until)) & (
        sums.started <= np.datetime64(terms.starts_until)
    )
    counts = np.concatenate([found.counts, in_time | (sums.pay == GUARANTEE)])
    amounts = np.where(counts[len(claims) :], amounts, 0)
    in_play = counts & ~late
    periods = last_period(terms, int(period[in_play].max()) if in_play.any() else -1, until)
    return Lines(
        lines,
        period,
        np.concatenate([to_pence(found.units * rate), amounts]),
        np.concatenate([to_pence(found.net * rate), amounts]),
        late,
        counts,
        in_play & (period < periods),
        periods,
    )


def _joined(claims: Claims, sums: Claims) -> Claims:
    if not len(sums):
        return claims
    columns: dict[str, Any] = {}
    for name in Claims.__dataclass_fields__:
        first, second = getattr(claims, name), getattr(sums, name)
        if first is not None and second is None:
            # A sum is of no cohort's claims, never sampled and never found reversed.
            second = np.full(len(sums), -1 if name == "cohort" else 1, first.dtype)
        columns[name] = None if first is None else np.concatenate([first, second])
    return Claims(**columns)


def _cap(terms: Terms, lines: Lines) -> tuple[Capped, Ints]:
    """Caps over the live lines, and which they are, in the order of `Capped`. Sets negative amounts against others first."""
    order = in_order(lines.all)
    live = order[lines.live[order]]
    live = live[np.argsort(lines.period[live], kind="stable")]
    for position, pay in enumerate(terms.pays):
        if (
            pay.deadweight is not None
            and pay.deadweight.form == "subtract"
            and pay.deadweight.floor == "none"
        ):
            mine = live[lines.all.pay[live] == position]
            lines.net[mine] = netted(lines.net[mine], lines.period[mine])
    lines.net = np.maximum(lines.net, 0)
    free = terms.guarantee is not None and not terms.guarantee.counts_against_caps
    capped = cap_lines(
        terms,
        lines.net[live],
        lines.all.person[live],
        lines.all.pay[live],
        lines.period[live],
        (lines.all.pay[live] == GUARANTEE) & free,
        lines.all.earned[live],
        lines.periods,
    )
    return capped, live
