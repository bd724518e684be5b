"""One mistake at a place of a good scenario: what a slip of the keyboard does, and where it must be reported."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.scenario.load import _model_at
from simulator.scenario.reader import Items, Mapping, Text, read_text

# Values of these keys are words for people, which nothing can be wrong with.
PROSE = {"label", "note", "cite", "url", "scenario", "place", "summary", "unit", "what", "name", "from"}
UNIT = re.compile(r"\d[\d.,]* (minute|hour|day|week|month|year)s?")


@dataclass(frozen=True)
class Mistake:
    """A text with one mistake, and the lines at which a report would help."""

    what: str
    text: str
    lines: frozenset[int]


def mistakes(text: str) -> Iterator[Mistake]:
    """Every mistake of five kinds: a misspelt key, a missing one, a wrong unit, a lost sign, an unknown name."""
    root = read_text(text)
    known = _names(root)
    yield from _walk(root, (), root.line, text, known)


def _names(root: Mapping) -> set[str]:
    found: set[str] = set()
    for section in ("needs", "events", "services", "teams", "outcomes", "contracts", "numbers"):
        found |= set(root.get(section, {}))
    return found


def _walk(
    node: Any, path: tuple[str | int, ...], above: int, text: str, known: set[str]
) -> Iterator[Mistake]:
    if isinstance(node, Mapping):
        model = None if path and path[0] in ("designs", "readings") and len(path) > 1 else _model_at(path)
        for key, inner in node.items():
            line, column = node.places[key]
            if model is not None and path[:1] != ("sources",):
                swapped = _replaced(text, line, column, key, f"{key}_x")
                yield Mistake(f"misspelt {_at(path, key)}", swapped, frozenset({line}))
                field = next(
                    (info for name, info in model.model_fields.items() if (info.alias or name) == key), None
                )
                if (
                    field is not None
                    and field.is_required()
                    and (shorter := _without_line(text, line, column, key))
                ):
                    yield Mistake(f"missing {_at(path, key)}", shorter, frozenset({above}))
            if isinstance(inner, Text):
                if key not in PROSE:
                    yield from _scalar(inner, _at(path, key), line, text, known)
            else:
                yield from _walk(inner, (*path, key), line, text, known)
    elif isinstance(node, Items):
        for index, inner in enumerate(node):
            if isinstance(inner, Text):
                yield from _scalar(inner, _at(path, str(index)), above, text, known)
            else:
                yield from _walk(inner, (*path, index), getattr(inner, "line", above), text, known)


def _scalar(value: Text, at: str, above: int, text: str, known: set[str]) -> Iterator[Mistake]:
    lines = frozenset({value.line, above})
    if (unit := UNIT.match(value)) and "source" not in at:
        wrong = value.replace(unit[1], "parsec", 1)
        yield Mistake(f"wrong unit at {at}", _replaced(text, value.line, value.column, value, wrong), lines)
    if "%" in value and "per year" not in value and value[:1].isdigit():
        yield Mistake(
            f"no percent sign at {at}",
            _replaced(text, value.line, value.column, value, value.replace("%", "", 1)),
            lines,
        )
    if value.startswith("£"):
        yield Mistake(
            f"no pound sign at {at}", _replaced(text, value.line, value.column, value, value[1:]), lines
        )
    if value in known:
        wrong = _replaced(text, value.line, value.column, value, "nowhere_known")
        yield Mistake(f"unknown name at {at}", wrong, lines)


def _at(path: tuple[str | int, ...], key: str) -> str:
    return ".".join(map(str, (*path, key)))


def _replaced(text: str, line: int, column: int, old: str, new: str) -> str:
    """The text with what stands at a place replaced; an opening quote is stepped over."""
    lines = text.splitlines(keepends=True)
    before, rest = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    quote = rest[0] if rest[0] in "\"'" else ""
    assert rest.removeprefix(quote).startswith(old), (rest, old)
    lines[line - 1] = before + quote + new + rest.removeprefix(quote)[len(old) :]
    return "".join(lines)


def _without_line(text: str, line: int, column: int, key: str) -> str | None:
    """The text without the one line of a key; None where the key shares it or goes on below."""
    lines = text.splitlines(keepends=True)
    this = lines[line - 1]
    after = lines[line] if line < len(lines) else ""
    if this[: column - 1].strip() or not this[column - 1 :].strip().removeprefix(f"{key}:").strip():
        return None
    if len(after) - len(after.lstrip(" ")) > column - 1 and after.strip():
        return None
    return "".join(lines[: line - 1] + lines[line:])
