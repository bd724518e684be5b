"""Text and tables as Markdown: labels come from scenarios, and scenarios from anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

    from simulator.present.views import Section

# Columns of words among columns of numbers.
WORDS = ("In how many runs",)


def plain(text: str) -> str:
    """Text that Markdown leaves alone."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", re.sub(r"[ \t\r\n]+", " ", text).strip())


def section(found: Section) -> None:
    """A table of a comparison with its heading and note: words left, numbers right, headings of groups in bold."""
    st.subheader(plain(found.title))
    width = len(found.columns)
    headed = any(len(row) == 1 for row in found.rows)
    rows: list[list[str]] = []
    for row in found.rows:
        if len(row) == 1:
            rows.append([f"**{plain(row[0])}**", *[""] * (width - 1)])
        else:
            rows.append([("&emsp;" if headed else "") + plain(row[0]), *map(_number, row[1:])])
    words = {0} | {position for position, heading in enumerate(found.columns) if heading in WORDS}
    _markdown(found.columns, rows, words)
    if found.note:
        st.write(plain(found.note))


def table(frame: pd.DataFrame) -> None:
    """A table of shown text: a column is of numbers if most of its cells begin as one, and is then set right."""
    words = {
        position
        for position, name in enumerate(frame.columns)
        if position == 0 or not _numeric(map(str, frame[name]))
    }
    rows = [
        [plain(str(cell)) if position in words else _number(str(cell)) for position, cell in enumerate(row)]
        for row in frame.itertuples(index=False)
    ]
    _markdown([str(name) for name in frame.columns], rows, words)


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]], words: set[int]) -> None:
    """Markdown, because `st.table` aligns no text."""
    lines = [
        [plain(heading) or "&nbsp;" for heading in columns],
        [":---" if position in words else "---:" for position in range(len(columns))],
        *rows,
    ]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def _numeric(cells: Iterable[str]) -> bool:
    found = [cell for cell in cells if cell.strip()]
    like = sum(bool(re.match(r"[+−-]?£?\d|[–—]$|none$|not known$", cell)) for cell in found)
    return bool(found) and 2 * like > len(found)


def _number(cell: str) -> str:
    """A cell whose lines break around `to` and nowhere else: never between a minus and its number."""
    joined = re.sub("([−+])", "\\1\u2060", cell).replace(" points", "\u00a0points")
    return plain(joined.replace("(", "(\u2060"))
