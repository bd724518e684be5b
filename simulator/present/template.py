"""How every figure looks: our Plotly template and mode bar, used with `theme=None` so that no host restyles them.

Colour is never alone: the baseline is also hollow, dashed or hatched, the design solid. Greys of text and axes have a
contrast of at least 4.5:1 on white; `BASELINE` has 3.0:1, enough for marks and not for words.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

EARLY = "#12436D"
BASELINE = "#F46A25"
NEUTRAL = "#3D3D3D"
LESS, MORE = EARLY, "#A285D1"
"""Of a difference: below and above 0. Neither is red or green; what is above is hatched too."""
PALETTE = (EARLY, "#28A197", "#801650", BASELINE, NEUTRAL, "#A285D1")
AXIS = "#595959"
GRID = "#E3E3E3"
PAPER = "#FFFFFF"
FONT = "Arial, Helvetica, sans-serif"
SIZE = 14
HATCH = "/"

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "responsive": True,
    "scrollZoom": False,
    "modeBarButtons": [["toImage", "resetScale2d"]],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}
"""Plotly's `config` for every figure: download and reset only, and the page scrolls under the pointer."""


@cache
def template() -> go.layout.Template:
    """The look of all figures, the same object each time."""
    import plotly.graph_objects as go

    axis = {
        "automargin": True,
        "gridcolor": GRID,
        "linecolor": AXIS,
        "tickcolor": AXIS,
        "tickfont": {"color": AXIS, "size": SIZE - 1},
        "title": {"font": {"color": AXIS, "size": SIZE - 1}, "standoff": 8},
        "zerolinecolor": AXIS,
        "zerolinewidth": 1,
        "fixedrange": True,  # so that a swipe on a phone scrolls the page
    }
    return go.layout.Template(
        layout={
            "colorway": list(PALETTE),
            "font": {"family": FONT, "size": SIZE, "color": NEUTRAL},
            "title": {"x": 0, "xref": "paper", "xanchor": "left", "font": {"size": SIZE + 4}},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "margin": {"l": 8, "r": 12, "t": 56, "b": 44},
            "xaxis": axis,
            "yaxis": {**axis, "zeroline": False},
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "font": {"size": SIZE - 1},
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "hoverlabel": {
                "bgcolor": PAPER,
                "bordercolor": AXIS,
                "align": "left",
                "font": {"family": FONT, "size": SIZE - 1, "color": NEUTRAL},
            },
            "hovermode": "closest",
            "dragmode": False,
        }
    )


__all__ = ["BASELINE", "CONFIG", "EARLY", "NEUTRAL", "PALETTE", "template"]
