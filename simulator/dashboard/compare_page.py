"""Compare: is early help better, by how much, and how sure is that? Whose budget, in which year, and for whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import parts
from simulator.dashboard.text import plain, section

if TYPE_CHECKING:
    from simulator.dashboard.frame import View


def show(view: View) -> None:
    comparison = parts.top(view, "Is early help better, by how much, and how sure?")
    if comparison is None:
        return
    from simulator.present import compare_charts

    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in comparison.verdict))
    st.caption(plain(" ".join(comparison.caveats)))
    charts = compare_charts.charts(
        comparison.table, comparison.overview, comparison.result, comparison.design
    )
    for chart in charts:
        parts.chart(chart, "compare")
    st.header("All figures")
    for found in comparison.sections:
        section(found)
    parts.take_away(view)
