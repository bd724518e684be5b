"""Setting controls in the text of a scenario: only `set` is written, replaced or taken out, all else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from simulator.scenario import reader

LINE_END = re.compile(r"\r\n|\r|\n")
KEY = "set"
COMMENT = re.compile(r"(?<=\s)#[^\r\n]*")
# From a value in { } to the comma after it; comments may stand between.
TO_COMMA = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*)*,")

Edit = tuple[int, int, str]  # from, to, what stands there instead


@dataclass
class _Node:
    """A part of the text and where it begins and ends. quote: of quoted text; block: what has no end of its own."""

    start: int
    end: int
    quote: str = ""
    block: bool = False
    text: str = ""
    column: int = 0
    pairs: list[tuple[_Node, _Node]] = field(default_factory=list)

    def __getitem__(self, key: str) -> _Node:
        return next(value for name, value in self.pairs if name.text == key)


def with_set(text: str, raw: reader.Mapping, values: Mapping[str, str | None]) -> str:
    """The text of a scenario with `set` of these controls at these values; None takes it out.

    raw: the text as `reader` has read it, so that it is known to be a scenario. A value is plain text without commas.
    """
    start, end = _section(text, raw)
    part = text[start:end]
    controls = _tree(part)["controls"]
    edits = chain.from_iterable(_edits(part, controls[name], value) for name, value in values.items())
    for begin, finish, new in sorted(edits, reverse=True):
        part = part[:begin] + new + part[finish:]
    return text[:start] + part + text[end:]


def _section(text: str, raw: reader.Mapping) -> tuple[int, int]:
    """From where to where the lines of `controls` go; the whole text where the file is not written line by line.

    Reading these lines alone saves reading the whole file a second time.
    """
    first = next(iter(raw))
    line, column = raw.places["controls"]
    lines = [0, *(found.end() for found in LINE_END.finditer(text))]
    before = text[lines[line - 1] :][: column - 1]
    if (raw.line, raw.column) != raw.places[first] or before.strip():
        return 0, len(text)
    later = [each for each, _ in raw.places.values() if each > line]
    return lines[line - 1], lines[min(later) - 1] if later else len(text)


def _tree(text: str) -> _Node:
    from ruamel.yaml import YAML

    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if type(event).__name__ == "MappingStartEvent":
            return _node(event, events)
    raise AssertionError("what was read as a scenario is a mapping")


def _node(event: Any, events: Iterator[Any]) -> _Node:
    start, end = event.start_mark, event.end_mark
    node = _Node(start.index, end.index, column=start.column)
    kind = type(event).__name__
    if kind == "ScalarEvent":
        node.text, node.block = event.value, event.style in ("|", ">")
        node.quote = event.style if event.style in ("'", '"') else ""
        return node
    node.block = not event.flow_style
    for inner in events:
        if type(inner).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            node.end = inner.end_mark.index
            break
        first = _node(inner, events)
        if kind == "MappingStartEvent":
            node.pairs.append((first, _node(next(events), events)))
    return node


def _edits(text: str, control: _Node, value: str | None) -> list[Edit]:
    at = next((index for index, (key, _) in enumerate(control.pairs) if key.text == KEY), None)
    if value is None:
        if at is None:
            return []
        return [_out_of_lines(text, control, at)] if control.block else _out_of_brackets(text, control, at)
    if at is not None:
        return [_instead(text, control.pairs[at][1], value)]
    return [_into_lines(text, control, value) if control.block else _into_brackets(control, value)]


def _instead(text: str, there: _Node, value: str) -> Edit:
    """A value instead of another, in the same quotes; text in a block (`>`) becomes plain, and its line end stays."""
    old = text[there.start : there.end]
    new = there.quote + value + there.quote
    return there.start, there.end, new + old[len(old.rstrip("\r\n")) :]


def _into_lines(text: str, control: _Node, value: str) -> Edit:
    """A line of its own below the last key whose value has an end of its own."""
    end = _line_end(text, [there for _, there in control.pairs if not there.block][-1].end)
    return end, end, f"{_break(text)}{' ' * control.column}{KEY}: {value}"


def _out_of_lines(text: str, control: _Node, at: int) -> Edit:
    """The lines of `set` taken out; a comment on them stays."""
    key, there = control.pairs[at]
    value_end = there.start + len(text[there.start : there.end].rstrip("\r\n"))
    end = _line_end(text, value_end)
    begin = _line_start(text, key.start)
    comments = COMMENT.findall(text[key.end : there.start]) + COMMENT.findall(text[value_end:end])
    if comments:
        return begin + control.column, end, f"{_break(text)}{' ' * control.column}".join(comments)
    return begin - (2 if text[:begin].endswith("\r\n") else 1), end, ""


def _into_brackets(control: _Node, value: str) -> Edit:
    last = control.pairs[-1][1]
    space = " " if last.start == last.end else ""  # `note:,` would be read as a word
    return last.end, last.end, f"{space}, {KEY}: {value}"


def _out_of_brackets(text: str, control: _Node, at: int) -> list[Edit]:
    """`set` with one of the commas beside it taken out; a comment between them stays."""
    key, there = control.pairs[at]
    is_last = at == len(control.pairs) - 1
    before = control.pairs[at - 1][1].end
    if is_last and not COMMENT.search(text, before, key.start):
        return [(before, there.end, "")]
    edits = [(key.start, there.end, "")]
    comma = TO_COMMA.match(text, there.end)
    if comma:  # if there is none, the one before `set` may stay: it ends the list
        space = 1 if text[comma.end() :][:1] == " " else 0
        edits.append((comma.end() - 1, comma.end() + space, ""))
    return edits


def _break(text: str) -> str:
    """How lines end here."""
    found = LINE_END.search(text)
    return found[0] if found else "\n"


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _line_end(text: str, index: int) -> int:
    found = LINE_END.search(text, index)
    return found.start() if found else len(text)
