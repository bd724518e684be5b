"""Markdown of a scenario's own words, none of which can become markup, and of the parts of its file as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from simulator.scenario.quantities import Changed

# What would start markup, HTML or another cell of a table.
MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~$])")
NOTHING = "none"


def plain(text: str) -> str:
    """Words of a scenario on one line, with nothing in them that Markdown or HTML would read as markup."""
    line = " ".join("".join(each if each.isprintable() else " " for each in str(text)).split())
    return MARKUP.sub(r"\\\1", line)


def key(text: str) -> str:
    """A key or a piece of the file, as code; nothing where it says nothing."""
    line = " ".join("".join(each if each.isprintable() else " " for each in str(text)).split())
    # A cell of a table ends at a bar, even within code.
    return f"`{line.replace('`', '').replace('|', chr(92) + '|')}`" if line else ""


def link(url: str) -> str:
    """A web address as a link; any other address as text."""
    safe = re.fullmatch(r"https?://[^\s<>()\"'\\`|]+", url)
    return f"<{url}>" if safe else plain(url)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; a sentence where there are no rows."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    body = ["| " + " | ".join(cell.replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines + body) if body else f"{NOTHING.capitalize()}."


def bullets(lines: Iterable[str]) -> str:
    """A list; the word for nothing where there is none."""
    return "\n".join(f"- {line}" for line in lines) or f"{NOTHING.capitalize()}."


def as_written(node: Any) -> str:
    """A part of the file on one line, as it is written there: `weibull: {shape: 1.3 @assumption, mean: 30 months}`."""
    if isinstance(node, Changed):
        return f"{as_written(node.raw)} times {node.factor:g}"
    if isinstance(node, dict):
        return "{" + ", ".join(f"{name}: {as_written(part)}" for name, part in node.items()) + "}"
    if isinstance(node, list | tuple):
        return "[" + ", ".join(map(as_written, node)) + "]"
    return " ".join(str(node).split())


def inner(node: Any) -> str:
    """The same without the outermost brackets of a mapping."""
    text = as_written(node)
    return text[1:-1] if isinstance(node, dict) else text


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[str, str]]:
    """What an overlay says, one row a key: its path with dots, and what is written there."""
    if isinstance(node, dict) and node and not {"value", "start"} & set(node):
        for name, part in node.items():
            yield from leaves(part, (*path, str(name)))
    else:
        yield ".".join(path), as_written(node)
