"""Start: what this is, what it says in one sentence, how sure that is, and where to go from here. No chart: it paints fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import parts
from simulator.dashboard.text import plain

if TYPE_CHECKING:
    from simulator.dashboard.frame import View

# Who asks, in their words, and the page that answers first.
CARDS = (
    (
        "I commission services",
        "Is early help better, by how much, and how sure is that? Which budget falls, in which year?",
        "compare",
    ),
    (
        "I use services, or speak for those who do",
        "Who is reached and who is missed? How long is the wait? Is anyone worse off?",
        "pathway",
    ),
    (
        "I run a service or a charity",
        "How many people come to us, who waits, and where do they get stuck?",
        "pathway",
    ),
    (
        "I might invest",
        "What is the most I have out, when is it back, and what loses money first?",
        "contract",
    ),
    (
        "I check the numbers",
        "Where does each number come from, what is only assumed, and how do I get the same figures again?",
        "evidence",
    ),
)


def show(view: View) -> None:
    comparison = parts.top(view, "Early help against crisis services")
    if view.scenario.document.summary:
        st.write(plain(view.scenario.document.summary))
    if comparison is not None:
        from simulator.present.headline import headline

        said = headline(comparison.table, comparison.result, comparison.design)
        st.header(plain(said.sentence))
        for column, figure in zip(st.columns(max(1, len(said.numbers))), said.numbers, strict=False):
            with column, st.container(border=True):
                st.metric(plain(figure.label), figure.value, help=plain(figure.help))
                st.caption(plain(figure.range_text))
        st.subheader("Before you rely on this")
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said.caveats))
        if said.more:
            with st.expander("More to know"):
                st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said.more))
    st.subheader("Who are you?")
    for first in range(0, len(CARDS), 3):
        row = CARDS[first : first + 3]
        for column, (who, asks, page) in zip(st.columns(3), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                st.markdown(f"**{who}**")
                st.write(asks)
                st.page_link(view.pages[page], label=f"Go to {view.pages[page].title}")
    parts.take_away(view)
