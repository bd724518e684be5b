"""Evidence: every number of the scenario, where it comes from, how good that is, and what is only assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import streamlit as st

from simulator.dashboard import parts
from simulator.dashboard.text import plain, table

if TYPE_CHECKING:
    import pandas as pd

    from simulator.dashboard.frame import View
    from simulator.scenario.load import Scenario

ALL = "All numbers"
NO_SOURCE = "No source named"
# The rest (notes, keys, lines of the file) is in the download.
SHOWN = ("Number", "Value", "95% range", "Grade", "Source", "Price year", "Added by")
# So many rows are read on a page; the download has all.
MOST_ROWS = 300


def show(view: View) -> None:
    from simulator.present.evidence import evidence_summary, evidence_table
    from simulator.present.verdict import ranges

    comparison = parts.top(view, "Where do the numbers come from?")
    said = evidence_summary(view.scenario)
    if comparison is not None:
        said.append(ranges(comparison.result))
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))
    every = evidence_table(view.scenario)
    st.header("Every number")
    shown = _picked(every)
    if len(shown):
        few = f"the first {MOST_ROWS:,} of " if len(shown) > MOST_ROWS else ""
        st.caption(f"Shown: {few}{len(shown):,} of {len(every):,} numbers.")
        rows = shown[list(SHOWN)].head(MOST_ROWS).astype(object)
        table(rows.where(rows.notna(), ""))
    else:
        st.info("No number fits. Clear the words to search for, or choose all numbers.")
    parts.download("Download all numbers with their notes (CSV)", every, "evidence", "evidence")
    _sources(view.scenario)
    parts.take_away(view)


def _picked(every: pd.DataFrame) -> pd.DataFrame:
    """The numbers that a visitor wants to see: by grade, and by words in any column."""
    left, right = st.columns(2)
    grades = sorted(set(every["Grade"].dropna()))
    with left:
        grade = st.selectbox(
            "Grade of evidence",
            [ALL, *map(str, grades), NO_SOURCE],
            key="evidence|grade",
            format_func=lambda each: f"Grade {each}" if each.isdigit() else each,
            help="1 is the best: a large trial, or a national statistic of just this. 6 is an assumption.",
        )
    with right:
        words = st.text_input("Words to search for", key="evidence|words", max_chars=60).casefold().split()
    found = every
    if grade == NO_SOURCE:
        found = every[every["Grade"].isna()]
    elif grade != ALL:
        found = every[every["Grade"] == int(grade)]
    if words:
        lines = [" ".join(map(str, row)).casefold() for row in found.itertuples(index=False)]
        found = found[[all(word in line for word in words) for line in lines]]
    return found


def _sources(scenario: Scenario) -> None:
    """What the scenario cites, with links to the web only."""
    st.header("Sources")
    lines = []
    for name, source in scenario.document.sources.items():
        words = [f"- **{plain(name)}**: {plain(source.cite)}."]
        if source.grade is not None:
            words.append(f"Grade {source.grade}.")
        if source.note:
            words.append(plain(source.note))
        if source.url and (address := web_address(source.url)):
            words.append(f"[Open the source]({address})")
        lines.append(" ".join(words))
    if lines:
        st.markdown("\n".join(lines))
    else:
        st.info("This scenario names no sources.")


def web_address(url: str) -> str | None:
    """The address, safe inside Markdown; None for what is not a page of the web."""
    try:
        parts_of = urlsplit(url.strip())
    except ValueError:
        return None
    if parts_of.scheme not in ("http", "https") or not parts_of.netloc:
        return None
    return quote(parts_of.geturl(), safe=":/?#@!$&*+,;=%-._~")
