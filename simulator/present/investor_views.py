"""What investors have out, get back and may lose, as tables. A rate of return is a quantile over runs, never a mean of rates."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from simulator.present import numbers as n
from simulator.present.deal_runs import (
    EVERYBODY,
    HIGH,
    LOW,
    DealRuns,
    chance,
    known,
    mean,
    quantile,
    said,
)
from simulator.present.rows import FEWEST
from simulator.present.signed import Signed
from simulator.present.views import Section

VIEW = "bank view"


def investor_sections(signed: Signed) -> list[Section]:
    """All investors together first, then each tranche, then who the waterfall paid."""
    runs = signed.runs
    items = runs.items("investors")
    if not items:
        return []
    ordered = [*(item for item in items if item == EVERYBODY), *(item for item in items if item != EVERYBODY)]
    if len(ordered) == 2 and EVERYBODY in ordered:  # one tranche: the same figures twice
        ordered = ordered[1:]
    found = [returns(runs, ordered)]
    steps = runs.items("waterfall")
    if steps:
        found.append(
            Section(
                f"Who is paid out of what comes in ({VIEW})",
                ("Step", "Paid"),
                tuple(
                    (step_said(runs, item), said(runs.amount("waterfall", item, "paid"), "£"))
                    for item in steps
                ),
                "Mean over runs, range of runs in brackets." if runs.runs > 1 else "",
            )
        )
    return found


def step_said(runs: DealRuns, item: str) -> str:
    """`Return: senior (social investors)` for `pay_return of senior`."""
    action, _, of = item.partition(" of ")
    names = {
        "pay_return": "Return",
        "repay": "Capital",
        "pay_to_multiple": "Up to a multiple",
        "pay_to_irr": "Up to a rate of return",
        "coupon_by_band": "Return by result",
        "pay_fee": "Fee",
        "fill_reserve": "Reserve",
        "share": "Share of what is left",
        "release": "Left with",
    }
    return f"{names.get(action, action)}: {runs.label(of)}" if of else names.get(action, action)


def rate(values: np.ndarray | None, share: float, runs: int) -> str:
    """A quantile of rates of return, always that of an actual run; not told from too few runs or too few rates."""
    found = known(values)
    if runs < FEWEST or len(found) < runs / 2:
        return n.UNKNOWN if runs >= FEWEST else "cannot tell"
    return n.share(float(np.quantile(found, share, method="inverted_cdf")))


def rates(values: np.ndarray | None, runs: int) -> str:
    """`low −12.1%, middle 4.2%, high 8.0%`, the words of an investor."""
    if runs < FEWEST:
        return f"cannot tell from {n.number(runs, 0)} run{'s' if runs != 1 else ''}"
    return ", ".join(
        f"{name} {rate(values, share, runs)}"
        for name, share in (("low", LOW), ("middle", 0.5), ("high", HIGH))
    )


def rate_of_mean_flows(runs: DealRuns, item: str) -> float:
    """XIRR of the mean flow of each month, at the month's end: the return on all runs pooled. NaN where there is none."""
    from simulator.money.calendar import add_months
    from simulator.money.returns.irr import xirr

    months, flows = runs.by_time("investors", item, "flow")
    if not months:
        return math.nan
    days = [
        add_months(dt.date(number // 100, number % 100, 1), 1) - dt.timedelta(days=1) for number in months
    ]
    means = np.nan_to_num(flows, nan=0.0).mean(axis=0)
    if not (means > 0).any():
        return -1.0
    found = xirr(days, means)
    return math.nan if found.rate is None else found.rate


def years_said(values: np.ndarray | None, runs: int) -> str:
    """When something happens, as the middle of the runs in which it does, and in how many it never does."""
    found = known(values)
    if not len(found):
        return "never" if runs > 1 else "not within the horizon"
    middle = f"{n.number(quantile(found, 0.5), 1)} years"
    never = runs - len(found)
    return middle if not never else f"{middle}; never in {n.runs(never, runs)}"


def returns(runs: DealRuns, items: list[str]) -> Section:
    """A column each of investors: what is out, when it is back, what is left, and what may be lost."""

    def cells(label: str, measure: str, unit: str) -> tuple[str, ...]:
        return (label, *(said(runs.each("investors", item, measure), unit) for item in items))

    def told(label: str, measure: str, shown: object) -> tuple[str, ...]:
        return (label, *(shown(runs.each("investors", item, measure), runs.runs) for item in items))  # type: ignore[operator]

    def happens(label: str, measure: str) -> tuple[str, ...]:
        return (
            label,
            *(chance(runs.amount("investors", item, measure).astype(bool), brief=True) for item in items),
        )

    mean_rates = [rate_of_mean_flows(runs, item) for item in items]
    rows = [
        cells("Committed", "committed", "£"),
        cells("Drawn", "drawn", "£"),
        cells("Most out at once", "peak", "£"),
        told("First money back after", "first_receipt", years_said),
        told("All money back after", "payback", years_said),
        cells("Received", "received", "£"),
        cells("Profit or loss", "profit", "£"),
        cells("Received for each £1 drawn", "dpi", "times"),
        cells("Received for each £1 committed", "on_committed", "times"),
        cells("Received for each £1 of the most out", "on_peak", "times"),
        *_rate_rows(runs, items),
        (
            "Return a year of the mean flows (XIRR of mean flows)",
            *(n.share(value) for value in mean_rates),
        ),
        happens("Some of it lost", "lost"),
        happens("All of it lost", "total_loss"),
        ("Lost, when some is lost (mean)", *(_when_lost(runs, item) for item in items)),
    ]
    undrawn = [runs.amount("investors", item, "drawn") == 0 for item in items]
    if any(each.any() for each in undrawn):
        rows.append(("Nothing is drawn", *(chance(each, brief=True) for each in undrawn)))
    for label, measure in (("Guarantee called", "guarantee"), ("Needed above the commitment", "unfunded")):
        if any(runs.amount("investors", item, measure).any() for item in items):
            rows.append(cells(label, measure, "£"))
    return Section(
        f"Investors: what is out, what comes back ({VIEW})",
        ("", *(runs.label(item) for item in items)),
        tuple(rows),
        "Low and high: 1 run in 20 is worse, 1 in 20 is better. Runs without a single rate of return are left out of the rates; "
        "the XIRR of mean flows pools all runs and is no run's return. A total loss counts as −100%.",
    )


def _rate_rows(runs: DealRuns, items: list[str]) -> list[tuple[str, ...]]:
    """Low, middle and high after all fees; before the fund's own fees too where those take any."""
    found: list[tuple[str, ...]] = []
    for measure, label in (("net_xirr", "after all fees"), ("xirr", "before fund fees")):
        each = [runs.each("investors", item, measure) for item in items]
        rows = [
            (f"Return a year {label} (XIRR): {name}", *(rate(values, share, runs.runs) for values in each))
            for name, share in (("low", LOW), ("middle", 0.5), ("high", HIGH))
        ]
        if [row[1:] for row in rows] != [row[1:] for row in found]:
            found += rows
    return found


def _when_lost(runs: DealRuns, item: str) -> str:
    lost = runs.amount("investors", item, "lost").astype(bool)
    if not lost.any():
        return "none lost"
    return n.money(mean(runs.amount("investors", item, "loss")[lost]))


__all__ = ["VIEW", "investor_sections", "rate_of_mean_flows", "rates", "returns", "step_said", "years_said"]
