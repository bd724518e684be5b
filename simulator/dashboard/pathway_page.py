"""Pathway: what happens to people under both designs, where they wait and get stuck, and single lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import parts, sources
from simulator.dashboard.choices import SEED
from simulator.dashboard.text import plain

if TYPE_CHECKING:
    from simulator.api import CloserLook, Comparison
    from simulator.dashboard.frame import View

# Above this many people a single run is not replayed on a page: it would take seconds and hundreds of megabytes.
MOST_PEOPLE = 100_000


def show(view: View) -> None:
    comparison = parts.top(view, "What happens to people?")
    if comparison is None:
        return
    from simulator.present import pathway_charts
    from simulator.present.verdict import ranges

    table, overview, result = comparison.table, comparison.overview, comparison.result
    st.caption(plain(ranges(result)))
    parts.chart(pathway_charts.of_100(table, overview, result, comparison.design), "pathway")
    _pathways(comparison)
    st.header("Where people wait and get stuck")
    st.write(plain(pathway_charts.where_stuck(table, result, comparison.design)))
    waits = pathway_charts.waits(table, overview, result, comparison.design)
    if waits is not None:
        parts.chart(waits, "pathway")
    _closer(view, comparison)
    parts.take_away(view)


def _pathways(comparison: Comparison) -> None:
    """The designs drawn from the scenario itself, with how many people go each way."""
    from simulator.present.pathway_diagram import pathway

    st.header("The two pathways")
    scenario = comparison.result.scenario
    names = (comparison.result.baseline, comparison.design)
    for tab, name in zip(st.tabs([plain(scenario.label(each)) for each in names]), names, strict=True):
        with tab:
            drawn = pathway(comparison.overview, comparison.result, name)
            st.markdown(f"**{plain(drawn.title)}**")
            st.caption(plain(drawn.subtitle))
            st.graphviz_chart(drawn.dot, width="stretch", alt=drawn.alt)
            st.caption(f"How to read this: {plain(drawn.how_to_read)}")
            parts.numbers(drawn.name, drawn.title, drawn.table, f"pathway|{name}")


def _closer(view: View, comparison: Comparison) -> None:
    """The run in the middle: people on one clock under both designs, and one person's story."""
    st.header("One run, from close by")
    if comparison.people > MOST_PEOPLE:
        st.info(f"This scenario holds over {MOST_PEOPLE:,} people, too many to replay one run on a page.")
        return
    if view.shown is not None and (view.shown.going_on or view.shown.stale):
        st.info("The run in the middle is known when all runs are in.")
        return
    result = comparison.result
    try:
        look = _replayed(
            result.scenario.text,
            result.scenario.file,
            comparison.design,
            result.reading,
            result.vary,
            comparison.median_run,
        )
    except Exception:
        st.error("The single run could not be replayed. The figures above do not depend on it.")
        return
    st.write(
        f"Run {look.replication + 1:,} of {comparison.result.replications:,}: the one in the middle by what changes. It is one "
        f"way that chance{' and the uncertain numbers' if result.vary else ''} may fall, not what will happen."
    )
    parts.chart(look.animation, "pathway")
    _story(view, look)


@st.cache_resource(max_entries=16, show_spinner="Replaying one run")
def _replayed(
    text: str, file: str, design: str, reading: str | None, vary: bool, replication: int
) -> CloserLook:
    """Keyed by all that it is made from, so that visitors may share it."""
    from simulator.api import closer_look

    scenario = sources.opened(sources.Source("", "", text, file), {})
    return closer_look(scenario, design, replication, seed=SEED, reading=reading, vary=vary)


def _story(view: View, look: CloserLook) -> None:
    st.subheader("One person's story")
    if not look.stories:
        st.info("Nobody is known under both designs in this run, so there is no story to tell.")
        return
    stories = {told.kind: told for told in look.stories}
    kind = st.selectbox(
        "Whose story",
        list(stories),
        key=f"story|{view.source.key}",
        format_func=lambda each: stories[each].title,
        help="Of each kind, the one in the middle of the list: nobody looked for the best story.",
    )
    told = stories[kind]
    st.caption(plain(told.about))
    for column, sentences in zip(st.columns(2), told.sentences, strict=False):
        with column:
            st.markdown(f"**{plain(sentences[0])}**")
            st.markdown("\n".join(f"1. {plain(each)}" for each in sentences[1:]))
