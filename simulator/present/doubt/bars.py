"""Horizontal bars with their label above them, so that they read the same on a phone as on a wide page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.present.axes import axis_of
from simulator.present.chart import figure_of, plain, wrapped
from simulator.present.template import EARLY, HATCH, MORE, NEUTRAL, SIZE

if TYPE_CHECKING:
    import plotly.graph_objects as go

LINE, BAR, GAP = 18, 20, 14
"""Pixels: a line of a row's label, its bar, and what is free around them."""
TOP, BOTTOM = 28, 44


@dataclass(frozen=True)
class Part:
    """One end of a bar. at: where it ends. text: printed there. hatched: drawn so, beside its colour."""

    at: float
    text: str
    hatched: bool = False


@dataclass(frozen=True)
class Bar:
    """A label and the parts of its bar, each from the line in the middle.

    error: length of a whisker beyond the first part; below: the same towards the middle, where it differs.
    """

    label: str
    parts: tuple[Part, ...]
    error: float = 0.0
    below: float | None = None


def bar_figure(
    rows: Sequence[Bar], unit: str, middle: float = 0.0, said: str = "", difference: bool = False
) -> go.Figure:
    """Bars to both sides of a line at `middle`. said: what the line is. Each part has its text beyond its end."""
    import plotly.graph_objects as go

    tall = LINE * max([1, *(1 + wrapped(row.label).count("<br>") for row in rows)]) + BAR + GAP
    height = max(1, len(rows)) * tall
    traces: list[Any] = []
    ends = [middle]
    for number, row in enumerate(rows):
        place = _place(number, height, tall)
        for index, part in enumerate(row.parts):
            whisker = row.error if index == 0 else 0.0
            ends += [part.at - whisker, part.at + whisker]
            traces.append(
                go.Bar(
                    x=[part.at - middle],
                    base=[middle],
                    y=[place],
                    orientation="h",
                    width=BAR,
                    marker={
                        "color": MORE if part.hatched else EARLY,
                        "pattern": {"shape": HATCH if part.hatched else "", "fgcolor": NEUTRAL},
                        "line": {"color": NEUTRAL, "width": 1},
                    },
                    error_x={
                        "type": "data",
                        "symmetric": False,
                        "array": [whisker],
                        "arrayminus": [row.below if index == 0 and row.below is not None else whisker],
                        "color": NEUTRAL,
                        "visible": whisker > 0,
                    },
                    hovertext=f"{plain(row.label)}: {plain(part.text, 60)}",
                    hovertemplate="%{hovertext}<extra></extra>",
                    showlegend=False,
                )
            )
            right = part.at >= middle
            traces.append(
                go.Scatter(
                    x=[part.at + whisker if right else part.at],
                    y=[place],
                    mode="text",
                    text=[f"\u2002{plain(part.text, 60)}" if right else f"{plain(part.text, 60)}\u2002"],
                    textposition="middle right" if right else "middle left",
                    textfont={"color": NEUTRAL, "size": SIZE - 1},
                    cliponaxis=False,
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
    both = any(part.at < middle for row in rows for part in row.parts)
    headings = [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": _place(number, height, tall) + BAR / 2,
            "yanchor": "bottom",
            "text": wrapped(row.label),
            "align": "left",
            "showarrow": False,
            "font": {"size": SIZE, "color": NEUTRAL},
        }
        for number, row in enumerate(rows)
    ]
    if said:
        headings.append(
            {
                "x": middle,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": plain(said, 60),
                "showarrow": False,
                "font": {"size": SIZE - 1, "color": NEUTRAL},
            }
        )
    # Beside the bars only: it would run through the labels.
    lines = [
        {
            "type": "line",
            "x0": middle,
            "x1": middle,
            "y0": place - BAR / 2 - 2,
            "y1": place + BAR / 2 + 2,
            "line": {"color": NEUTRAL, "width": 2},
        }
        for place in (_place(number, height, tall) for number in range(len(rows)))
    ]
    return figure_of(
        traces,
        height=height + TOP + BOTTOM,
        margin={"l": 12, "r": 12, "t": TOP, "b": BOTTOM},
        barmode="overlay",
        annotations=headings,
        shapes=lines,
        yaxis={"visible": False, "range": [0, height]},
        xaxis={
            **axis_of(ends, unit, difference=difference, left=0.4 if both else 0.02, right=0.42),
            "zeroline": False,
        },
    )


def _place(number: int, height: int, tall: int) -> float:
    """The middle of a row's bar."""
    return height - number * tall - (tall - BAR - GAP / 2) - BAR / 2


__all__ = ["Bar", "Part", "bar_figure"]
