"""Compare: is early help better, by how much, and how sure is that? Whose budget, in which year, and for whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import parts
from simulator.dashboard.text import plain, section

if TYPE_CHECKING:
    from simulator.dashboard.frame import View

# Two charts no higher than this, in pixels, stand side by side where the page is wide enough.
SMALL = 400


def show(view: View) -> None:
    comparison = parts.top(view, "Is early help better, by how much, and how sure?")
    if comparison is None:
        return
    from simulator.present import compare_charts
    from simulator.present.headline import headline

    said = headline(comparison.table, comparison.result, comparison.design)
    st.header(plain(said.sentence))
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in comparison.verdict))
    st.caption(plain(" ".join(comparison.caveats)))
    charts = compare_charts.charts(
        comparison.table, comparison.overview, comparison.result, comparison.design
    )
    while charts:
        two = charts[:2] if all(chart.figure.layout.height <= SMALL for chart in charts[:2]) else charts[:1]
        for column, chart in zip(st.columns(len(two), gap="large"), two, strict=True):
            with column:
                parts.chart(chart, "compare")
        charts = charts[len(two) :]
    st.header("All figures")
    for found in comparison.sections:
        section(found)
    parts.take_away(view)
