"""Dot-and-range figures: a row a thing, in it a dot for each design with its range of runs as a line.

The baseline is a hollow orange dot on a dashed line, the design a solid blue one. Each row carries its label above its
dots and each dot its number beside it, so the figure reads the same on a phone as on a wide page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import figure_of, plain, wrapped
from simulator.present.template import BASELINE, EARLY, NEUTRAL, PAPER, SIZE

if TYPE_CHECKING:
    import plotly.graph_objects as go

LINE, LANE, GAP = 18, 22, 16
"""Pixels: a line of a row's label, each of its dots, and what is free around them."""
TOP, BOTTOM = 64, 44


@dataclass(frozen=True)
class Dot:
    """A mean over runs with its range of runs; low and high are the mean where there is no range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class DotRow:
    """A label and a dot for each series, None where there was nobody to measure."""

    label: str
    dots: tuple[Dot | None, ...]


def dot_of(row: dict[str, Any] | None) -> Dot | None:
    """The dot of a row of an overview (`mean`, `low`, `high`, `runs`); None if there is none or nobody was measured."""
    if row is None or not row["runs"] or math.isnan(row["mean"]):
        return None
    return Dot(row["mean"], row["low"], row["high"])


def dot_figure(rows: Sequence[DotRow], names: Sequence[str], unit: str) -> go.Figure:
    """The figure of rows; names: what the series are called, the baseline first. One trace of dots a series, in row order."""
    import plotly.graph_objects as go

    heading = LINE * max([1, *(1 + wrapped(row.label).count("<br>") for row in rows)]) + GAP // 2
    tall = heading + LANE * len(names) + GAP // 2
    height = tall * max(len(rows), 1)
    lines, dots, ends = [], [], [0.0] if not rows else []
    for series, name in enumerate(names):
        colour, dash, symbol = ((BASELINE, "dot", "circle"), (EARLY, "solid", "diamond"))[series % 2]
        places = [height - tall * row - heading - LANE * (series + 0.5) for row in range(len(rows))]
        found = [(row.label, row.dots[series], place) for row, place in zip(rows, places, strict=True)]
        known = [(label, dot, place) for label, dot, place in found if dot is not None]
        ends += [end for _, dot, _ in known for end in (dot.low, dot.high, dot.value)]
        x: list[float | None] = []
        y: list[float | None] = []
        for _, dot, place in known:
            x += [dot.low, dot.high, None]
            y += [place, place, None]
        lines.append(
            go.Scatter(
                x=x,
                y=y,
                mode="lines",
                line={"color": colour, "width": 3, "dash": dash},
                hoverinfo="skip",
                showlegend=False,
            )
        )
        dots.append(
            go.Scatter(
                x=[dot.value for _, dot, _ in known],
                y=[place for *_, place in known],
                mode="markers",
                name=plain(name),
                marker={
                    "color": PAPER if series == 0 else colour,
                    "size": 12,
                    "symbol": symbol,
                    "line": {"color": colour, "width": 3},
                },
                hovertext=[f"{plain(label)}<br>{plain(name)}: {said(dot, unit)}" for label, dot, _ in known],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
        lines.append(
            go.Scatter(
                x=[dot.high for _, dot, _ in known],
                y=[place for *_, place in known],
                mode="text",
                text=["\u2003" + n.quantity(dot.value, unit) for _, dot, _ in known],
                textposition="middle right",
                textfont={"color": NEUTRAL if series == 0 else EARLY, "size": SIZE - 1},
                cliponaxis=False,
                hoverinfo="skip",
                showlegend=False,
            )
        )
    headings = [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": height - tall * number - 2,
            "yanchor": "top",
            "text": wrapped(row.label),
            "align": "left",
            "showarrow": False,
            "font": {"size": SIZE, "color": NEUTRAL},
        }
        for number, row in enumerate(rows)
    ]
    rules = [
        {
            "type": "line",
            "x0": 0,
            "x1": 1,
            "xref": "paper",
            "y0": height - tall * number,
            "y1": height - tall * number,
            "line": {"color": "#C8C8C8", "width": 1},
        }
        for number in range(1, len(rows))
    ]
    return figure_of(
        [*lines, *dots],
        height=height + TOP + BOTTOM,
        margin={"l": 12, "r": 12, "t": TOP, "b": BOTTOM},
        annotations=headings,
        shapes=rules,
        yaxis={"visible": False, "range": [0, height]},
        xaxis={**axis_of(ends, unit, right=0.24), "zeroline": False},
    )


def said(dot: Dot | None, unit: str) -> str:
    """A dot in a table: its mean, and the range of runs in brackets."""
    if dot is None:
        return "nobody"
    mean = n.quantity(dot.value, unit, like=dot.value)
    spread = n.span(dot.low, dot.high, unit, like=dot.value)
    return mean if spread == mean else f"{mean} ({spread})"


__all__ = ["Dot", "DotRow", "dot_figure", "dot_of", "said"]
