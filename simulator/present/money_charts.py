"""Where the money goes: from today's cost to the design's, and the difference by budget and financial year.

Both are in the budget view: the money of the year in which a cost is incurred, not discounted, over the whole horizon.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from simulator.money.calendar import financial_year, financial_year_label
from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, plain, share_of_runs, table_of, told, wrapped
from simulator.present.outcome_charts import change_said
from simulator.present.rows import ALL, PUBLIC, Row, Rows, by_key, public_payers, totals
from simulator.present.template import AXIS, EARLY, HATCH, LESS, MORE, NEUTRAL, PAPER, SIZE

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

MOST_STEPS = 8
REST = "Everything else"
LINE, BAR, GAP = 17, 18, 14
"""Pixels: a line of a step's label, its bar, and what is free around them."""
PANEL = 170
MOST_YEARS = 9
"""So many are named below the bars, on a phone too."""
SLIVER = dt.timedelta(days=2)
"""A horizon counts years of 365.25 days, so it may end a few hours off the end of a financial year: that is no part year."""


def cost_waterfall(table: pd.DataFrame, result: Result, design: str) -> Chart | None:
    """From the baseline's cost to all payers, cost line by cost line, to the design's. None where nothing is paid.

    The steps are the largest lines and what is left of the difference, so they add up to it exactly.
    """
    total = totals(result, design).get(ALL)
    if total is None:
        return None
    scenario = result.scenario
    names = scenario.label(result.baseline), scenario.label(design)
    lines = sorted(
        (
            row
            for key, row in by_key(table).items()
            if (key[0], *key[2:]) == ("costs", "budget", 0) and row["difference"]
        ),
        key=lambda row: -abs(row["difference"]),
    )
    shown = lines if len(lines) <= MOST_STEPS else lines[: MOST_STEPS - 1]
    steps: list[tuple[str, float, Row | None]] = [(row["label"], row["difference"], row) for row in shown]
    if len(shown) < len(lines):
        told_so_far = math.fsum(row["difference"] for row in shown)
        steps.append((REST, total["design"] - total["baseline"] - told_so_far, None))
    view = "the money of each year, not discounted, whole horizon, all payers"
    spread = ""
    if result.replications > 1 and (total["lower"] or total["higher"]):
        spread = f" (range of runs {n.span(total['low'], total['high'], '£', difference=True)})"
    difference = n.quantity(total["difference"], "£", difference=True)
    rows = [(f"{names[0]}: total", n.money(total["baseline"]), "", "")]
    for label, value, row in steps:
        change = (
            change_said(row, "£") if row is not None else (n.quantity(value, "£", difference=True), "", "")
        )
        rows.append((label, *change))
    rows.append((f"{names[1]}: total", n.money(total["design"]), "", ""))
    rows.append(("Difference", *change_said(total, "£")))
    public = totals(result, design).get(PUBLIC)
    if public is not None and public["difference"] != total["difference"]:
        rows.append(("of which public budgets", *change_said(public, "£")))
    return Chart(
        "cost-waterfall",
        _waterfall_title(total),
        f"Mean cost in {view}. Difference {difference}{spread}.",
        waterfall_figure(total, steps, names),
        f"Steps from {n.money(total['baseline'])} under {names[0]} to {n.money(total['design'])} under {names[1]}. "
        + told([f"{label}: {n.quantity(value, '£', difference=True)}." for label, value, _ in steps]),
        table_of(("Cost", "Mean", "Range of runs", "In how many runs"), rows),
        "Each bar starts where the one above ends: solid to the left costs less, hatched to the right costs more. The axis "
        "need not start at £0. Rounded numbers may not add up.",
    )


def _waterfall_title(total: Row) -> str:
    if not total["lower"] and not total["higher"]:
        return "Both designs cost the same in all"
    size = n.money(abs(total["difference"]))
    if size == "£0":
        return "Both designs cost about the same in all"
    less = total["difference"] < 0
    count = f", in {n.runs(total['lower' if less else 'higher'], total['runs'])}" if total["runs"] > 1 else ""
    return f"Costs {'fall' if less else 'rise'} {size} in all{count}"


def waterfall_figure(total: Row, steps: list[tuple[str, float, Row | None]], names: tuple[str, str]) -> Any:
    import plotly.graph_objects as go

    count = len(steps) + 2
    labels = [f"{names[0]}: total", *(label for label, _, _ in steps), f"{names[1]}: total"]
    heading = LINE * max(1 + wrapped(label).count("<br>") for label in labels) + GAP // 2
    tall = heading + BAR + GAP // 2
    height = tall * count
    centre = [height - tall * number - heading - BAR / 2 for number in range(count)]
    runnings = [total["baseline"]]
    for _, value, _ in steps:
        runnings.append(runnings[-1] + value)
    ends = [total["baseline"], total["design"]]
    bars = [
        go.Bar(
            x=[value for _, value, _ in steps],
            base=runnings[:-1],
            y=centre[1:-1],
            width=BAR,
            orientation="h",
            marker={
                "color": [LESS if value < 0 else MORE for _, value, _ in steps],
                "line": {"color": NEUTRAL, "width": 1},
                "pattern": {
                    "shape": ["" if value < 0 else HATCH for _, value, _ in steps],
                    "fgcolor": NEUTRAL,
                    "fillmode": "overlay",
                    "size": 6,
                },
            },
            hovertext=[
                f"{plain(label)}: {n.quantity(value, '£', difference=True)}" for label, value, _ in steps
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
            name="Steps",
        ),
        go.Scatter(
            x=ends,
            y=[centre[0], centre[-1]],
            mode="markers",
            marker={"symbol": "line-ns", "size": 22, "line": {"color": NEUTRAL, "width": 4}},
            hovertext=[f"{plain(name)}: {n.money(value)}" for name, value in zip(names, ends, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
            name="Totals",
        ),
    ]
    values = [
        n.money(ends[0]),
        *(n.quantity(value, "£", difference=True) for _, value, _ in steps),
        n.money(ends[1]),
    ]
    notes = []
    for number, (label, amount) in enumerate(zip(labels, values, strict=True)):
        bold = number in (0, count - 1)
        for text, side in ((wrapped(label), "left"), (amount, "right")):
            notes.append(
                {
                    "x": 0 if side == "left" else 1,
                    "xref": "paper",
                    "xanchor": side,
                    "y": height - tall * number,
                    "yanchor": "top",
                    "text": f"<b>{text}</b>" if bold else text,
                    "align": side,
                    "showarrow": False,
                    "font": {"size": SIZE - 1},
                    "bgcolor": PAPER,
                    "borderpad": 0,
                }
            )
    links = [
        {
            "type": "line",
            "x0": running,
            "x1": running,
            "y0": centre[number],
            "y1": centre[number + 1],
            "line": {"color": AXIS, "width": 1, "dash": "dot"},
            "layer": "below",
        }
        for number, running in enumerate(runnings)
    ]
    return figure_of(
        bars,
        height=height + 76,
        margin={"l": 12, "r": 12, "t": 28, "b": 48},
        yaxis={"visible": False, "range": [0, height]},
        xaxis=axis_of(runnings, "£", left=0.06, right=0.06),
        annotations=notes,
        shapes=links,
    )


def agency_years(table: pd.DataFrame, result: Result, design: str) -> Chart | None:
    """The difference in cost by payer and financial year, a panel a payer on one scale. None where nothing is paid."""
    scenario = result.scenario
    rows = by_key(table)
    every = [*public_payers(result), *scenario.document.providers]
    here = {item for (kind, item, measure, _) in rows if (kind, measure) == ("agencies", "budget")}
    payers = [payer for payer in every if payer in here]
    years = sorted(
        {year for (kind, _, measure, year) in rows if (kind, measure) == ("agencies", "budget") and year}
    )
    if not payers or not years:
        return None
    parts = part_years(result, years)
    words = [f"{year}<br>/{(year + 1) % 100:02d}{'*' if year in parts else ''}" for year in years]
    names = {
        payer: rows["agencies", payer, "budget", years[0]]["label"]
        if ("agencies", payer, "budget", years[0]) in rows
        else scenario.label(payer)
        for payer in payers
    }
    lines, sentences = [], []
    for year in years:
        cells = [_cell(rows.get(("agencies", payer, "budget", year))) for payer in payers]
        lines.append((financial_year_label(year) + (f" ({parts[year]})" if year in parts else ""), *cells))
    totals_row = [_cell(rows.get(("agencies", payer, "budget", 0))) for payer in payers]
    lines.append(("Whole horizon", *totals_row))
    for payer, whole in zip(payers, totals_row, strict=True):
        sentences.append(f"{names[payer]}: {whole} over the whole horizon.")
    note = " ".join(f"*{financial_year_label(year)}: {said}." for year, said in parts.items())
    spread = (
        f"mean difference and range of runs ({share_of_runs(result)})"
        if result.replications > 1
        else "difference in one run"
    )
    return Chart(
        "agency-years",
        _years_title(rows, public_payers(result), years),
        f"{scenario.label(design)} less {scenario.label(result.baseline)}: {spread}, "
        f"April to March, the money of each year. {note}".strip(),
        _years_figure(rows, payers, names, years, words),
        f"Bars of the difference in cost by financial year, for each payer. {told(sentences)}",
        table_of(("April to March", *(names[payer] for payer in payers)), lines),
        "Solid bars below the line: the design costs this payer less in that year; hatched bars above: more. "
        "The thin line is the range of runs.",
    )


def part_years(result: Result, years: list[int]) -> dict[int, str]:
    """Financial years that the horizon covers in part, with which part: `from 1 October 2027`."""
    start = result.scenario.document.start
    end = start + dt.timedelta(days=math.ceil(result.scenario.document.horizon.value))
    found: dict[int, str] = {}
    for year in years:
        first, after = dt.date(year, 4, 1), dt.date(year + 1, 4, 1)
        said = []
        if start > first and year == financial_year(start):
            said.append(f"from {start.day} {start:%B %Y}")
        if first <= end < after - SLIVER:
            last = end - dt.timedelta(days=1) if end > first else end
            said.append(f"to {last.day} {last:%B %Y}")
        if said:
            found[year] = "part year, " + " ".join(said)
    return found


def _cell(row: Row | None) -> str:
    if row is None:
        return "none"
    shown, spread, _ = change_said(row, "£")
    return f"{shown} ({spread})" if spread and spread != shown else shown


def _years_title(rows: Rows, agencies: tuple[str, ...], years: list[int]) -> str:
    """About public budgets together, by the mean of each year: the one finding that needs no payer's name."""
    means = [
        math.fsum(
            rows[key]["difference"]
            for payer in agencies
            if (key := ("agencies", payer, "budget", year)) in rows
        )
        for year in years
    ]
    less = sum(mean < 0 for mean in means)
    more = sum(mean > 0 for mean in means)
    if not less and not more:
        return "Public budgets are the same in every year"
    if less and more:
        return f"Mean public spending: lower in {less}, higher in {more} of {len(years)} years"
    return f"Mean public spending is {'lower' if less else 'higher'} in {less or more} of {len(years)} years"


def _years_figure(
    rows: Rows,
    payers: list[str],
    names: dict[str, str],
    years: list[int],
    words: list[str],
) -> Any:
    import plotly.graph_objects as go

    found = [[rows.get(("agencies", payer, "budget", year)) for year in years] for payer in payers]
    ends = [
        row[end] for line in found for row in line if row is not None for end in ("low", "high", "difference")
    ]
    axis = axis_of(ends, "£", difference=True, zero=True, left=0.06, right=0.06)
    count = len(payers)
    height = PANEL * count + 64
    layout: dict[str, Any] = {}
    bars, notes = [], []
    for number, (payer, line) in enumerate(zip(payers, found, strict=True)):
        key = "" if number == 0 else str(number + 1)
        top = 1 - number / count
        layout[f"yaxis{key}"] = {
            **axis,
            "domain": [top - (PANEL - 12) / (PANEL * count), top - 28 / (PANEL * count)],
            "anchor": f"x{key}",
            "zeroline": True,
        }
        layout[f"xaxis{key}"] = {
            "anchor": f"y{key}",
            "tickvals": list(range(0, len(years), -(-len(years) // MOST_YEARS))),
            "ticktext": words[:: -(-len(years) // MOST_YEARS)],
            "tickangle": 0,
            "showticklabels": number == count - 1,
            "range": [-0.6, len(years) - 0.4],
            "zeroline": False,
            "showgrid": False,
        }
        values = [row["difference"] if row is not None else 0.0 for row in line]
        bars.append(
            go.Bar(
                x=list(range(len(years))),
                y=values,
                xaxis=f"x{key}",
                yaxis=f"y{key}",
                name=plain(names[payer]),
                showlegend=False,
                marker={
                    "color": [LESS if value <= 0 else MORE for value in values],
                    "line": {"color": NEUTRAL, "width": 1},
                    "pattern": {
                        "shape": ["" if value <= 0 else HATCH for value in values],
                        "fgcolor": NEUTRAL,
                        "fillmode": "overlay",
                        "size": 6,
                    },
                },
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [
                        max(row["high"] - row["difference"], 0.0) if row is not None else 0.0 for row in line
                    ],
                    "arrayminus": [
                        max(row["difference"] - row["low"], 0.0) if row is not None else 0.0 for row in line
                    ],
                    "color": "#8C8C8C",
                    "thickness": 2,
                    "width": 3,
                },
                hovertext=[
                    f"{plain(names[payer])}, {word}: {_cell(row)}"
                    for row, word in zip(line, map(financial_year_label, years), strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
        notes.append(
            {
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": top,
                "yref": "paper",
                "yanchor": "top",
                "text": plain(names[payer]),
                "showarrow": False,
                "font": {"size": SIZE, "color": EARLY},
                "bgcolor": PAPER,
            }
        )
    return figure_of(
        bars,
        height=height,
        margin={"l": 8, "r": 12, "t": 28, "b": 46},
        annotations=notes,
        bargap=0.3,
        **layout,
    )


__all__ = ["agency_years", "cost_waterfall", "part_years"]
