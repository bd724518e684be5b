"""What every chart carries: a title that says the finding, the figure, a text alternative, and the same numbers as a table.

Labels come from scenarios that anybody may upload, so they are text to show and never markup: `plain` escapes what Plotly
would read as HTML, and cuts what is too long for a figure. Tables keep them whole and as written.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from simulator.experiments.runner import Result

LONGEST = 40
WIDE = 46
"""Characters that fit beside nothing else on a line of a phone."""
MOST_ALT = 6
"""So many rows a text alternative tells; the table has them all."""


@dataclass(frozen=True, eq=False)
class Chart:
    """One chart with all that a page shows around it.

    name: a slug, unique on a page. title: at most ten words, the finding. subtitle: the statistic, its unit and years.
    figure has neither, so that the page sets them as text that wraps and is read aloud. alt: what the figure shows, with the
    main numbers. table: text as shown, the numbers of the figure. how_to_read: one line.
    """

    name: str
    title: str
    subtitle: str
    figure: go.Figure
    alt: str
    table: pd.DataFrame
    how_to_read: str


def shortened(text: str, most: int = LONGEST) -> str:
    """One line of at most so many characters; the end of a longer one is an ellipsis."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def plain(text: str, most: int = LONGEST) -> str:
    """A label as Plotly shows it letter for letter: no tag, entity, link or formula in it works."""
    return html.escape(shortened(text, most), quote=False).replace("$", "&#36;")


def wrapped(text: str, width: int = WIDE, lines: int = 2) -> str:
    """A label as `plain`, on at most so many lines of at most so many characters."""
    line = shortened(text, width * lines)
    found = textwrap.wrap(line, width, max_lines=lines, placeholder="…") or [""]
    return "<br>".join(plain(each, width) for each in found)


def table_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Shown text as a table. Columns that are called the same (two designs of one label) are numbered."""
    import pandas as pd

    heads: list[str] = []
    for head in columns:
        number, name = 2, head
        while name in heads:
            name, number = f"{head} ({number})", number + 1
        heads.append(name)
    return pd.DataFrame([list(row) for row in rows], columns=heads, dtype=object)


def figure_of(traces: Sequence[Any], *, height: int, **layout: Any) -> go.Figure:
    """A figure in our look, as wide as its place on the page and `height` pixels high."""
    import plotly.graph_objects as go

    from simulator.present.template import template

    figure = go.Figure(list(traces))
    figure.update_layout(template=template(), height=height, autosize=True, **layout)
    return figure


def told(sentences: Sequence[str]) -> str:
    """The first sentences of a text alternative, and how many more the table has."""
    rest = len(sentences) - MOST_ALT
    more = [f"The table has {rest} more."] if rest > 0 else []
    return " ".join([*sentences[:MOST_ALT], *more])


def runs_said(result: Result) -> str:
    """What dots and lines stand for: `mean and range of runs (95% of 100 runs)`, and what is in the range besides chance."""
    count = result.replications
    return f"mean and range of runs ({share_of_runs(result)})" if count > 1 else "one run, so no range"


def share_of_runs(result: Result) -> str:
    """`95% of 100 runs`; where their numbers vary, `95% of 100 runs: chance and doubt`."""
    return f"95% of {result.replications:,} runs{': chance and doubt' if result.vary else ''}"


__all__ = [
    "Chart",
    "figure_of",
    "plain",
    "runs_said",
    "share_of_runs",
    "shortened",
    "table_of",
    "told",
    "wrapped",
]
