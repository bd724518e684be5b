"""Cash over time and what investors get back, drawn. All in bank view: the month in which money moves, not discounted."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, plain, table_of
from simulator.present.deal_runs import EVERYBODY, HIGH, LOW, DealRuns, chance, known, mean, month, quantile
from simulator.present.investor_views import rates
from simulator.present.rows import FEWEST
from simulator.present.signed import Signed
from simulator.present.template import BASELINE, EARLY, LESS, MORE, NEUTRAL, SIZE

HEIGHT = 340
BAND = "rgba(18, 67, 109, 0.18)"
MOST_DOTS = 1_000
BANK = "bank view, the money of each month"


def cash_charts(signed: Signed) -> list[Chart]:
    """Cash of each party that is followed; then what investors have out, and what they get back."""
    found = [
        cash_balance(signed.runs, party, f"cash-{number}") for number, party in enumerate(signed.parties, 1)
    ]
    items = signed.runs.items("investors")
    if items:
        item = EVERYBODY if EVERYBODY in items else items[0]
        found += [net_position(signed.runs, item), multiples(signed.runs, item)]
    return [chart for chart in found if chart is not None]


def cash_balance(runs: DealRuns, party: str, name: str = "cash") -> Chart | None:
    """Cash in the bank at each month's end: the middle run and the range of nine in ten, beside zero and the least."""
    months, values = runs.by_time("cash", party, "balance")
    if not months:
        return None
    low = known(runs.each("cash", party, "low"))
    least = mean(runs.each("cash", party, "least"))
    below = low < 0
    title = f"Cash falls below zero in {n.runs(int(below.sum()), len(low))}"
    if not below.any():
        title = "Cash stays above zero in every run" if runs.runs > 1 else "Cash stays above zero in this run"
    lines = [("Zero", 0.0, NEUTRAL, "solid")]
    if least > 0:
        lines.append((f"Least: {n.money(least)}", least, BASELINE, "dash"))
    who = runs.label(party)
    return _fan(
        name,
        title,
        f"{who}: cash at the end of each month, {BANK}.",
        months,
        values,
        lines,
        f"Cash of {who} by month. {title}.",
        "The low point inside a month, payments before receipts, may lie below its end: the table of cash has it.",
    )


def net_position(runs: DealRuns, item: str) -> Chart | None:
    """What investors have received less what they have paid in, month by month."""
    moved, flows = runs.by_time("investors", item, "flow")
    if not moved:
        return None
    months = months_between(moved[0], moved[-1])
    values = np.zeros((runs.runs, len(months)))
    values[:, [months.index(each) for each in moved]] = np.nan_to_num(flows, nan=0.0)
    values = np.cumsum(values, axis=1)
    peak = n.money(quantile(runs.each("investors", item, "peak"), 0.5))
    back = known(runs.each("investors", item, "payback"))
    title = f"At most {peak} out; back in {n.runs(len(back), runs.runs)}"
    return _fan(
        "investors-position",
        title,
        f"{runs.label(item)}: received less paid in so far, {BANK}.",
        months,
        values,
        [("Money back", 0.0, NEUTRAL, "solid")],
        f"What investors have received less what they have paid in, by month. {title}.",
        "Below the line money is still out. Where the line ends above it, more came back than went in.",
    )


def months_between(first: int, last: int) -> list[int]:
    """Every month from one to the other, as 202704."""
    numbers = range(first // 100 * 12 + first % 100 - 1, last // 100 * 12 + last % 100)
    return [number // 12 * 100 + number % 12 + 1 for number in numbers]


def _fan(
    name: str,
    title: str,
    subtitle: str,
    months: list[int],
    values: np.ndarray,
    lines: list[tuple[str, float, str, str]],
    alt: str,
    how_to_read: str,
) -> Chart:
    """The middle and nine in ten of the runs by month; values: (runs, months). lines: label, level, colour, dash."""
    import plotly.graph_objects as go

    several = len(values) > 1
    low, middle, high = (np.nanquantile(values, share, axis=0) for share in (LOW, 0.5, HIGH))
    days = [f"{number // 100:04d}-{number % 100:02d}-01" for number in months]
    shown = [
        f"{month(number)}: {n.money(each)}" + (f" ({n.span(under, over, '£')})" if several else "")
        for number, each, under, over in zip(months, middle, low, high, strict=True)
    ]
    traces: list[Any] = []
    if several:
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        traces += [
            go.Scatter(x=days, y=low.tolist(), showlegend=False, **edge),
            go.Scatter(
                x=days, y=high.tolist(), fill="tonexty", fillcolor=BAND, name="Nine in ten runs", **edge
            ),
        ]
    traces += [
        go.Scatter(
            x=days,
            y=middle.tolist(),
            mode="lines",
            line={"color": EARLY, "width": 3},
            name="Middle of the runs" if several else "The one run",
            hovertext=shown,
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        *(
            go.Scatter(
                x=[days[0], days[-1]],
                y=[level, level],
                mode="lines",
                line={"color": colour, "width": 2 if dash != "solid" else 1, "dash": dash},
                hoverinfo="skip",
                name=plain(label),
            )
            for label, level, colour, dash in lines
        ),
    ]
    every = [*low.tolist(), *high.tolist(), *(level for _, level, _, _ in lines)]
    worst = int(np.argmin(middle))
    # A row a quarter, and that of the lowest month: a table of a hundred months says less.
    picked = sorted({*range(0, len(months), 3), len(months) - 1, worst})
    heads = (
        "Month",
        *(("1 run in 20 is below", "Middle", "1 run in 20 is above") if several else ("Amount",)),
    )
    rows = [
        (
            month(months[at]),
            *(
                (n.money(low[at]), n.money(middle[at]), n.money(high[at]))
                if several
                else (n.money(middle[at]),)
            ),
        )
        for at in picked
    ]
    return Chart(
        name,
        title,
        subtitle,
        figure_of(
            traces,
            height=HEIGHT,
            margin={"l": 8, "r": 12, "t": 64, "b": 44},
            xaxis={"type": "date", "nticks": 6, "tickformat": "%b<br>%Y", "showgrid": False},
            yaxis={**axis_of(every, "£", zero=True, left=0.06, right=0.06)},
        ),
        f"{alt} The middle run is lowest in {month(months[worst])} at {n.money(middle[worst])}, and ends at "
        f"{n.money(middle[-1])}.",
        table_of(heads, rows),
        ("The line is the middle of the runs, the band holds nine in ten of them. " if several else "")
        + how_to_read,
    )


def multiples(runs: DealRuns, item: str) -> Chart | None:
    """A dot a run: what came back for each pound drawn, from the worst to the best."""
    import plotly.graph_objects as go

    each = runs.each("investors", item, "dpi")
    if each is None or not len(known(each)):
        return None
    order = np.argsort(each[~np.isnan(each)], kind="stable")
    numbers = np.asarray(runs.result.values.replications)[~np.isnan(each)][order] + 1
    values = known(each)[order]
    if len(values) > MOST_DOTS:
        kept = np.linspace(0, len(values) - 1, MOST_DOTS).round().astype(int)
        values, numbers = values[kept], numbers[kept]
    lost = values < 1
    traces = []
    for part, label, colour, symbol in (
        (lost, "Some lost", MORE, "triangle-down"),
        (~lost, "All back or more", LESS, "circle"),
    ):
        here = np.flatnonzero(part)
        if len(here):
            traces.append(
                go.Scatter(
                    x=values[here].tolist(),
                    y=here.tolist(),
                    mode="markers",
                    name=label,
                    marker={
                        "color": colour,
                        "symbol": symbol,
                        "size": 8,
                        "line": {"color": NEUTRAL, "width": 1},
                    },
                    hovertext=[f"Run {numbers[at]:,}: {n.number(values[at])} times" for at in here],
                    hovertemplate="%{hovertext}<extra></extra>",
                )
            )
    all_lost = runs.amount("investors", item, "lost").astype(bool)
    title = (
        f"Investors lose some in {n.runs(int(all_lost.sum()), len(all_lost))}"
        if len(all_lost) >= FEWEST
        else f"{n.number(len(all_lost), 0)} run{'s' if len(all_lost) != 1 else ''}: too few to tell what may be lost"
    )
    irr = rates(runs.each("investors", item, "xirr"), runs.runs)
    return Chart(
        "investors-multiples",
        title,
        f"{runs.label(item)}: received for each £1 drawn, one dot a run, bank view, before the fund's own fees. "
        f"Return a year (XIRR): {irr}.",
        figure_of(
            traces,
            height=300,
            showlegend=True,
            margin={"l": 12, "r": 12, "t": 40, "b": 60},
            xaxis={
                **axis_of([*values.tolist(), 1.0], "times"),
                "title": {"text": "Less back ← received for each £1 drawn → more back"},
            },
            yaxis={"visible": False, "range": [-0.06 * len(values) - 1, 1.06 * len(values)]},
            shapes=[
                {
                    "type": "line",
                    "x0": 1,
                    "x1": 1,
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"color": NEUTRAL, "width": 2},
                }
            ],
            annotations=[
                {
                    "x": 1,
                    "y": 1 if mean(values) >= 1 else 0,
                    "yref": "paper",
                    "yanchor": "top" if mean(values) >= 1 else "bottom",
                    "xanchor": "right",
                    "text": " money back ",
                    "showarrow": False,
                    "font": {"size": SIZE - 2},
                }
            ],
        ),
        f"A dot for each run, from the least to the most received for each £1 drawn. Some is lost in {chance(all_lost)}. The "
        f"middle run receives {n.number(quantile(each, 0.5))} times what was drawn.",
        table_of(
            ("Run", "Received for each £1 drawn"),
            [
                (f"{number:,}", n.number(value))
                for number, value in zip(numbers.tolist(), values.tolist(), strict=True)
            ],
        ),
        "Each dot is one run of the whole contract. Left of the line investors get back less than they put in.",
    )


__all__ = ["cash_balance", "cash_charts", "multiples", "net_position"]
