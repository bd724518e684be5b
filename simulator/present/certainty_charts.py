"""How sure is that? One dot a run: the design less the baseline on the same people and random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, table_of
from simulator.present.rows import ALL, Row, by_key, differences, totals
from simulator.present.template import LESS, MORE, NEUTRAL, SIZE

if TYPE_CHECKING:
    import pandas as pd

    from simulator.engine.model import Floats
    from simulator.experiments.runner import Result

MOST_DOTS = 1_000
HEIGHT = 300


def how_sure(table: pd.DataFrame, result: Result, design: str) -> list[Chart]:
    """A strip of dots for crises and one for cost to all payers; none for what the scenario does not count."""
    found = []
    crises = by_key(table).get(("crises", "", "number", 0))
    if crises is not None and (crises["baseline"] or crises["design"]):
        each = differences(result, design, "crises", "number", [""])
        found.append(_strip("crises", crises, each, result, design))
    total = totals(result, design).get(ALL)
    if total is not None and (total["baseline"] or total["design"]):
        each = differences(result, design, "agencies", "budget", None)
        found.append(_strip("cost", total, each, result, design))
    return found


def _strip(what: str, row: Row, each: Floats, result: Result, design: str) -> Chart:
    import plotly.graph_objects as go

    unit = row["unit"]
    order = np.argsort(each, kind="stable")
    if len(order) > MOST_DOTS:  # every k-th by size: the same shape in a figure that a phone can draw
        order = order[np.linspace(0, len(order) - 1, MOST_DOTS).round().astype(int)]
    values = each[order]
    numbers = [result.values.replications[position] + 1 for position in order]
    words = "crises" if what == "crises" else "cost to all payers"
    names = result.scenario.label(result.baseline), result.scenario.label(design)
    shown = [
        n.quantity(value, unit, difference=True) if value else "no difference" for value in values.tolist()
    ]
    traces = []
    for part, name, colour, symbol in (
        (values < 0, "Lower", LESS, "circle"),
        (values == 0, "The same", NEUTRAL, "line-ew-open"),
        (values > 0, "Higher", MORE, "triangle-up"),
    ):
        if part.any():
            here = np.flatnonzero(part)
            traces.append(
                go.Scatter(
                    x=values[here].tolist(),
                    y=here.tolist(),
                    mode="markers",
                    name=f"{name} ({_count(name, row):,})",
                    marker={
                        "color": colour,
                        "symbol": symbol,
                        "size": 8,
                        "line": {"color": NEUTRAL, "width": 1},
                    },
                    hovertext=[f"Run {numbers[position]:,}: {shown[position]}" for position in here],
                    hovertemplate="%{hovertext}<extra></extra>",
                )
            )
    figure = figure_of(
        traces,
        height=HEIGHT,
        showlegend=True,
        margin={"l": 12, "r": 12, "t": 40, "b": 60},
        xaxis={
            **axis_of(values.tolist(), unit, difference=True, zero=True),
            "title": {
                "text": "Fewer ← difference in crises → more"
                if what == "crises"
                else "Less ← difference in cost → more"
            },
            "zerolinewidth": 2,
        },
        yaxis={"visible": False, "range": [-0.06 * len(values) - 1, 1.06 * len(values)]},
        annotations=[
            {
                "x": 0,
                # Dots rise from the lowest to the highest, so they are far from the line at this end of it.
                "y": 0 if values.mean() < 0 else 1,
                "yref": "paper",
                "yanchor": "bottom" if values.mean() < 0 else "top",
                "xanchor": "right" if values.mean() < 0 else "left",
                "text": " no difference ",
                "showarrow": False,
                "font": {"size": SIZE - 2},
            }
        ],
    )
    title = certainty_title(what, row)
    some = f" {len(values):,} of {len(each):,} runs shown." if len(values) < len(each) else ""
    spread = (
        f" The mean is {n.quantity(row['difference'], unit, difference=True)}, range of runs "
        f"{n.span(row['low'], row['high'], unit, difference=True)}."
        if row["runs"] > 1
        else ""
    )
    return Chart(
        f"how-sure-{what}",
        title,
        f"{names[1]} less {names[0]} in each run: {words}"
        + (", in the money of each year, whole horizon." if what == "cost" else ", whole horizon.")
        + some,
        figure,
        f"A dot for each run, from the lowest difference to the highest. {title}.{spread}",
        table_of(
            ("Run", f"Difference in {words}"),
            [(f"{number:,}", text) for number, text in zip(numbers, shown, strict=True)],
        ),
        "Each dot is one run: the same people and the same chances under both designs"
        + (", with its own sample of what is uncertain" if result.vary else "")
        + ". Left of the line: lower under the design.",
    )


def certainty_title(what: str, row: Row) -> str:
    """`Fewer crises in 87 of 100 runs`: by the way that most runs go."""
    below, above = ("Fewer crises", "More crises") if what == "crises" else ("Lower cost", "Higher cost")
    if not row["lower"] and not row["higher"]:
        return f"No difference in {'crises' if what == 'crises' else 'cost'} in any run"
    lower = row["lower"] >= row["higher"]
    return f"{below if lower else above} in {n.runs(row['lower' if lower else 'higher'], row['runs'])}"


def _count(name: str, row: Row) -> int:
    return int(
        {"Lower": row["lower"], "Higher": row["higher"]}.get(name, row["runs"] - row["lower"] - row["higher"])
    )


__all__ = ["certainty_title", "how_sure"]
