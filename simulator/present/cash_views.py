"""The cash of those who provide, as tables: when it runs low, what must be in the bank first, and what a bad case does to it."""

from __future__ import annotations

import numpy as np

from simulator.present import numbers as n
from simulator.present.deal_runs import (
    COUNT,
    DealRuns,
    counted,
    known,
    mean,
    month_spread,
    quantile,
    range_said,
)
from simulator.present.investor_views import investor_sections
from simulator.present.signed import Signed
from simulator.present.views import Section

VIEW = "bank view"
STILL_FALLING = "still falling at the end: no low point is known"
SAFE = 0.95


def cash_sections(signed: Signed) -> list[Section]:
    """Who provides, each with a statement and its bad cases; then those who put money in."""
    found = []
    for party in signed.parties:
        found += [statement(signed.runs, party), bad_cases(signed.runs, party)]
    return [*found, *investor_sections(signed)]


def heads(runs: DealRuns) -> tuple[str, ...]:
    return ("", "Middle run", *(("Range of runs",) if runs.runs > 1 else ()))


def line(runs: DealRuns, label: str, values: np.ndarray | None, unit: str) -> tuple[str, ...]:
    """A label, the middle run, and the range of runs."""
    shown = n.quantity(quantile(values, 0.5), unit) if len(known(values)) else "none"
    return (label, shown, *((range_said(values, unit),) if runs.runs > 1 else ()))


def words(runs: DealRuns, label: str, text: str) -> tuple[str, ...]:
    """A label and an answer in words."""
    return (label, text, *(("",) if runs.runs > 1 else ()))


def falling(runs: DealRuns, party: str) -> int:
    """Runs in which cash is lowest at the very end, so that no low point is known."""
    return int(runs.amount("cash", party, "still_falling").astype(bool).sum())


def enough(runs: DealRuns, party: str) -> str:
    """What must be in the bank beside what there is, for 95 of 100 runs; not a number where cash still falls at the end."""
    facility = runs.each("cash", party, "facility")
    if falling(runs, party) > (1 - SAFE) * runs.runs or not len(known(facility)):
        return n.UNKNOWN if not falling(runs, party) else STILL_FALLING
    # A run that still falls has no such amount: it counts as one that no amount would have done for.
    values = np.where(np.isnan(np.asarray(facility)), np.inf, np.asarray(facility))
    return n.money(float(np.quantile(values, SAFE, method="inverted_cdf")), prose=True)


def statement(runs: DealRuns, party: str) -> Section:
    """Income, full cost and margin, then when cash is lowest and what would have been enough."""

    def each(measure: str) -> np.ndarray | None:
        return runs.each("cash", party, measure)

    rows = [
        line(runs, "In the bank at the start", each("opening"), "£"),
        line(runs, "Never less than", each("least"), "£"),
        line(runs, "Income", each("income"), "£"),
        line(runs, "of which paid whatever happens", each("fixed_income"), "£"),
        line(runs, "Full cost", each("costs"), "£"),
        line(runs, "Income less full cost", each("margin"), "£"),
        line(runs, "Lowest cash", each("low"), "£"),
        words(runs, "Month of the lowest cash", month_spread(each("low_month"))),
        line(runs, "Months below zero", each("months_below_zero"), COUNT),
        line(runs, "Months below the least", each("months_below_least"), COUNT),
        words(
            runs,
            "Below zero at some time",
            counted(runs.amount("cash", party, "months_below_zero") > 0),
        ),
        words(runs, "Enough beside it in 95 of 100 runs", enough(runs, party)),
        line(runs, "Cash at the end", each("closing"), "£"),
        line(runs, "Owed to investors at the end", each("owed"), "£"),
    ]
    note = "Payments before receipts on the same day. In the money of each year."
    if (falls := falling(runs, party)) > 0:
        note += f" Cash still falls at the end in {n.runs(falls, runs.runs)}: there the low point lies beyond the horizon."
    return Section(f"{runs.label(party)}: cash ({VIEW})", heads(runs), tuple(rows), note)


def bad_cases(runs: DealRuns, party: str) -> Section:
    """What is left in the bank at the lowest point, and of the margin, if things go worse than planned."""
    cases = (
        ("As planned", "low", "margin"),
        ("60% of referrals, and the team is hired", "low_referrals_60", "margin_referrals_60"),
        ("60% of outcomes", "low_outcomes_60", "margin_outcomes_60"),
        ("Paid 60 days late", "low_late_60", "margin"),
    )
    rows = []
    for label, low, margin in cases:
        values = runs.each("cash", party, low)
        if values is None:
            continue
        below = counted(known(values) < 0)
        rows.append(
            (
                label,
                n.money(quantile(values, 0.5)),
                below,
                n.money(mean(runs.each("cash", party, margin))),
            )
        )
    breaks = []
    for measure, name in (("break_even_outcomes", "outcomes"), ("break_even_referrals", "referrals")):
        values = runs.each("cash", party, measure)
        if values is not None:
            breaks.append(
                f"{n.share(quantile(values, 0.5))} of planned {name}"
                if len(known(values))
                else f"no number of {name}"
            )
    note = f"Full cost is covered from {' and from '.join(breaks)}." if breaks else ""
    risk = runs.each("cash", party, "reserves_at_risk")
    if risk is not None and len(known(risk)):
        part = quantile(risk, 0.5)
        size = f"{n.share(part)} of" if part <= 1 else f"{n.number(part, 1)} times"
        note += f" At 60% of outcomes the loss is {size} unrestricted reserves."
    return Section(
        f"{runs.label(party)}: if it goes worse than planned ({VIEW})",
        ("", "Lowest cash, middle run", "Below zero in", "Mean of income less full cost"),
        tuple(rows),
        note.strip(),
    )


__all__ = [
    "STILL_FALLING",
    "VIEW",
    "bad_cases",
    "cash_sections",
    "enough",
    "falling",
    "heads",
    "line",
    "statement",
    "words",
]
