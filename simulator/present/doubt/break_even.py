"""A map of two numbers: where a design is worth more than it costs, where not, and where we stand as the file is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.present import numbers as n
from simulator.present.chart import Chart, figure_of, plain, table_of
from simulator.present.template import EARLY, NEUTRAL, PAPER, SIZE

if TYPE_CHECKING:
    from simulator.analysis.sensitivity.break_even import BreakEven
    from simulator.experiments.uncertain import Uncertain
    from simulator.present.doubt.words import Words

HEIGHT = 460
ROWS = 5
"""So many values of each number stand in the table."""
GAINS, LOSES = "#DCE6F1", "#FDE9DC"
"""Pale grounds of both sides; the words on them, and the line between, say the same."""


@dataclass(frozen=True)
class Here:
    """Where the file stands: both numbers as written."""

    x: float
    y: float


def break_even_chart(
    found: BreakEven, x: Uncertain, y: Uncertain, words: Words, design: str, here: Here
) -> Chart | None:
    """The map of a design's mean net benefit over the baseline's; None where there were too few draws."""
    import plotly.graph_objects as go

    if found.status != "ok" or np.isnan(found.gain).all():
        return None
    name = words.designs[design]
    across, up = [x.shown(each) for each in found.x.tolist()], [y.shown(each) for each in found.y.tolist()]
    low, high = float(np.nanmin(found.gain)), float(np.nanmax(found.gain))
    gain = [[None if np.isnan(each) else each for each in row] for row in found.gain.tolist()]
    traces = [
        go.Heatmap(
            x=across,
            y=up,
            z=np.sign(found.gain).tolist(),
            zmin=-1,
            zmax=1,
            colorscale=[[0, LOSES], [0.5, LOSES], [0.5, GAINS], [1, GAINS]],
            showscale=False,
            hoverinfo="skip",
        ),
        go.Contour(
            x=across,
            y=up,
            z=gain,
            contours={"start": 0, "end": 0, "size": 1, "coloring": "none", "showlabels": False},
            line={"color": NEUTRAL, "width": 3},
            showscale=False,
            customdata=[[_worth(each) for each in row] for row in found.gain.tolist()],
            hovertemplate="%{customdata}<extra></extra>",
        ),
        go.Scatter(
            x=[x.shown(here.x)],
            y=[y.shown(here.y)],
            mode="markers+text",
            text=["  You are here"],
            textposition="middle right",
            textfont={"color": EARLY, "size": SIZE},
            marker={"symbol": "star", "size": 16, "color": EARLY, "line": {"color": PAPER, "width": 1}},
            hoverinfo="skip",
        ),
    ]
    notes = [
        {
            "x": across[column],
            "y": up[row],
            "text": text,
            "showarrow": False,
            "font": {"color": NEUTRAL, "size": SIZE},
        }
        for text, side in (("worth more than it costs", 1), ("costs more than it is worth", -1))
        if (place := _middle(found.gain * side)) is not None
        for row, column in [place]
    ]
    figure = figure_of(
        traces,
        height=HEIGHT,
        showlegend=False,
        margin={"l": 12, "r": 12, "t": 16, "b": 56},
        annotations=notes,
        xaxis={"title": {"text": plain(_axis(x), 60)}},
        yaxis={"title": {"text": plain(_axis(y), 60)}},
    )
    columns = np.linspace(0, len(found.x) - 1, ROWS).round().astype(int).tolist()
    rows = np.linspace(len(found.y) - 1, 0, ROWS).round().astype(int).tolist()
    table = table_of(
        ["Up and across", *(x.text(found.x[column]) for column in columns)],
        [[y.text(found.y[row]), *(_worth(found.gain[row, column]) for column in columns)] for row in rows],
    )
    sides = [side for side, there in (("gains", high > 0), ("loses", low < 0)) if there]
    title = {
        ("gains", "loses"): f"Two numbers decide whether ‘{name}’ pays",
        ("gains",): f"‘{name}’ pays wherever these two numbers lie",
        ("loses",): f"‘{name}’ does not pay wherever these two lie",
    }[tuple(sides) or ("loses",)]
    return Chart(
        "break-even",
        title,
        f"Mean net benefit against ‘{words.designs[words.reference]}’, by {y.label} (up) and {x.label} "
        "(across); all other numbers as uncertain as they are",
        figure,
        f"A map of {x.label} across and {y.label} up. Mean net benefit runs from {n.money(low)} to {n.money(high)}; as "
        f"written the numbers are {x.text(here.x)} and {y.text(here.y)}.",
        table,
        "The thick line is break-even. White: no draw came near. The map explains "
        f"{n.share(max(0.0, found.r2))} of the differences between draws; other numbers and chance make the rest.",
    )


def _worth(value: float) -> str:
    return "no draw near" if np.isnan(value) else n.signed(n.money(value), value)


def _axis(of: Uncertain) -> str:
    return f"{of.label}{f' ({of.unit})' if of.unit else ''}"


def _middle(side: np.ndarray) -> tuple[int, int] | None:
    """A place well inside where `side` is above 0; None where that is too small for words."""
    there = np.argwhere(np.nan_to_num(side, nan=-1.0) > 0)
    if len(there) < side.size / 20:
        return None
    near = there[np.argmin(((there - there.mean(axis=0)) ** 2).sum(axis=1))]
    return int(near[0]), int(near[1])


__all__ = ["Here", "break_even_chart"]
