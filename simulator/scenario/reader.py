"""YAML text to plain nested data in which every scalar is text and every node knows its line and column.

Nothing is interpreted here: YAML's own guesses (`no`, `010`, dates) never happen, because only the events of the
parser are used. What could make a file mean something other than what it looks like (anchors, aliases, tags, duplicate
keys, several documents) is refused, and so is what could eat the machine (size, depth, number of values).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.scenario.problems import Problem, ScenarioError

LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 20
# A shipped scenario has about 500 values; the pure-Python parser reads some 30,000 a second.
MOST_VALUES = 20_000
LONGEST_TEXT = 10_000


class Text(str):
    """A scalar with its place (line and column count from 1). `plain` is False when it was quoted."""

    line: int
    column: int
    plain: bool

    def __new__(cls, value: str, line: int = 0, column: int = 0, plain: bool = True) -> Text:
        text = super().__new__(cls, value)
        text.line, text.column, text.plain = line, column, plain
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        return (Text, (str(self), self.line, self.column, self.plain))


class Mapping(dict[str, Any]):
    """A mapping with its place; `places` gives the line and column of each key."""

    def __init__(self, *args: Any, line: int = 0, column: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.column = line, column
        self.places: dict[str, tuple[int, int]] = {}

    def copy_with_places(self) -> Mapping:
        copy = Mapping(self, line=self.line, column=self.column)
        copy.places = dict(self.places)
        return copy


class Items(list[Any]):
    """A list with its place."""

    def __init__(self, *args: Any, line: int = 0, column: int = 0) -> None:
        super().__init__(*args)
        self.line, self.column = line, column


def read_file(path: str | Path) -> tuple[Mapping, str]:
    """The parsed file and its text.

    Raises ScenarioError when it is too large, not UTF-8 or not acceptable YAML, and OSError when it cannot be opened.
    """
    path = Path(path)
    with path.open("rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _refuse(
            str(path),
            1,
            1,
            "the file is over 5 MB",
            "a scenario is a few kilobytes of text; is this the right file?",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refuse(str(path), line, 1, "the file is not UTF-8 text", "save it as UTF-8") from None
    return read_text(text, str(path)), text


def read_text(text: str, file: str = "scenario") -> Mapping:
    """Parse YAML text. Raises ScenarioError with the place of the first thing that cannot be accepted."""
    if len(text) > LARGEST_FILE:
        raise _refuse(file, 1, 1, "the text is over 5 MB", "a scenario is a few kilobytes of text")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    parser = YAML(typ="safe", pure=True)
    try:
        root = _Builder(file).build(parser.parse(text))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message, suggestion = _plainly(str(what))
        raise _refuse(file, line, column, message, suggestion) from None
    except (RecursionError, ValueError) as error:
        raise _refuse(file, 1, 1, f"not readable as YAML: {error}") from None
    if not isinstance(root, Mapping):
        raise _refuse(
            file,
            1,
            1,
            "a scenario is a mapping of keys such as `format: 1`",
            "`simulator new` writes one to start from",
        )
    return root


def place_of(root: Any, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column of what `path` leads to: of the key where there is one, else of the nearest node above."""
    node, place = root, (getattr(root, "line", 0) or 1, getattr(root, "column", 0) or 1)
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and step in node:
            place = node.places.get(step, place)
            node = node[step]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            place = (getattr(node, "line", 0) or place[0], getattr(node, "column", 0) or place[1])
        # A step that is not in the file (a key that is missing, a short form written out) keeps the place above.
    return place


def _plainly(problem: str) -> tuple[str, str]:
    """What the YAML parser says, for those who do not know its words."""
    if "'\\t'" in problem:
        return "a tab stands here", "indent with spaces; YAML does not allow tabs"
    if "expected <block end>" in problem:
        return (
            "this line does not fit the indentation of those above",
            "keys of one mapping begin in the same column",
        )
    if "mapping values are not allowed" in problem:
        return "a colon stands where none can", 'put text that holds a colon in quotes: "..."'
    if "could not find expected ':'" in problem:
        return "a key without a colon", "write `key: value`, with a space after the colon"
    if "expected ',' or" in problem or "end of stream" in problem or "quoted scalar" in problem:
        return (
            "a bracket or quote is not closed, or a comma is missing",
            "look at this line and those above it",
        )
    return f"not readable as YAML: {problem}", "check indentation, colons, quotes and brackets near here"


def _refuse(file: str, line: int, column: int, message: str, suggestion: str | None = None) -> ScenarioError:
    return ScenarioError([Problem(line, column, "", message, suggestion, file=file)])


class _Builder:
    """Builds the tree from parser events, refusing as it goes so that a hostile file costs nothing."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values = 0

    def build(self, events: Iterator[Any]) -> Any:
        self.events = iter(events)
        root: Any = None
        documents = 0
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self.refuse(event, "a file holds one scenario", "remove the second `---` document")
            elif kind in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                continue
            else:
                root = self.node(event, 1, flow=False)
        if documents == 0 or root is None:
            raise _refuse(
                self.file, 1, 1, "the file is empty", "`simulator new` writes a scenario to start from"
            )
        return root

    def refuse(self, event: Any, message: str, suggestion: str | None = None) -> ScenarioError:
        mark = event.start_mark
        return _refuse(self.file, mark.line + 1, mark.column + 1, message, suggestion)

    def node(self, event: Any, depth: int, flow: bool) -> Any:
        kind = type(event).__name__
        if kind == "AliasEvent":
            raise self.refuse(
                event,
                "aliases (`*name`) are not part of the language",
                "write the value out, or name it under `numbers`",
            )
        if getattr(event, "anchor", None) is not None:
            raise self.refuse(
                event,
                "anchors (`&name`) are not part of the language",
                "write the value out, or name it under `numbers`",
            )
        if getattr(event, "tag", None) is not None:
            raise self.refuse(event, "tags (`!name`) are not part of the language", "remove the tag")
        if depth > DEEPEST:
            raise self.refuse(
                event, f"nested more than {DEEPEST} deep", "no part of a scenario needs this depth"
            )
        self.values += 1
        if self.values > MOST_VALUES:
            raise self.refuse(
                event,
                f"more than {MOST_VALUES:,} values",
                "a scenario has some hundreds; is this the right file?",
            )
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if kind == "ScalarEvent":
            if len(event.value) > LONGEST_TEXT:
                raise self.refuse(
                    event,
                    f"a text of {len(event.value):,} characters",
                    f"the longest is {LONGEST_TEXT:,}; is a quote not closed?",
                )
            return Text(event.value, line, column, event.style is None)
        if kind == "SequenceStartEvent":
            items = Items(line=line, column=column)
            for child in self.events:
                if type(child).__name__ == "SequenceEndEvent":
                    break
                items.append(self.node(child, depth + 1, bool(event.flow_style)))
            return items
        return self.mapping(event, depth, line, column)

    def mapping(self, event: Any, depth: int, line: int, column: int) -> Mapping:
        mapping = Mapping(line=line, column=column)
        for key_event in self.events:
            if type(key_event).__name__ == "MappingEndEvent":
                break
            if type(key_event).__name__ != "ScalarEvent":
                raise self.refuse(key_event, "a key must be plain text")
            key = self.node(key_event, depth + 1, False)
            value = self.node(next(self.events), depth + 1, bool(event.flow_style))
            if key in mapping:
                raise self.refuse(
                    key_event,
                    f"`{key}` stands here twice",
                    f"first in line {mapping.places[key][0]}; keep one of them",
                )
            if event.flow_style and value == "" and getattr(value, "plain", False) and re.match(r"\d", key):
                before = list(mapping.items())[-1] if mapping else None
                whole = f"{before[1]},{key}" if before and isinstance(before[1], str) else key
                raise self.refuse(
                    key_event,
                    f"inside {{ }} a comma ends a number, so `{whole}` was read as two",
                    f'put it in quotes ("{whole}") or leave the comma out ({whole.replace(",", "")})',
                )
            mapping[str(key)] = value
            mapping.places[str(key)] = (key.line, key.column)
        return mapping
