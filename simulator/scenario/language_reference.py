"""The reference of the scenario language as Markdown: every key with what it takes, its default and its meaning.

Made from the JSON Schema (form), the models (defaults, and whether a number may be split or dated) and
`key_descriptions` (meaning), so a new key appears by itself. Nothing is explained here that is explained there;
`docs/language/` has a page for each behaviour. `simulator schema --reference` prints it.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, PlainValidator
from pydantic.fields import FieldInfo

from simulator.scenario.document import Document
from simulator.scenario.fields import COST_WORDS
from simulator.scenario.json_schema import Schema, scenario_schema
from simulator.scenario.key_descriptions import DESCRIPTIONS, description
from simulator.scenario.party_fields import shares_by_name
from simulator.scenario.quantities import DISTRIBUTIONS, Quantity
from simulator.scenario.schema import OVERLAYS, Labelled, Overlaid, Part, Timed
from simulator.scenario.times import FAMILIES

TITLES = {
    "Document": "The file",
    "Then": "Then: where people go next",
    "AcceptanceTest": "What a party accepts",
}
# What stands for the names that a file defines, where it is not the key in the singular.
NAMES = {
    "arrive": "STATE",
    "needs": "STATE",
    "segments": "GROUPING.SEGMENT",
    "pays": "OUTCOME",
    "fees": "SERVICE",
    "payer": "PARTY",
    "passes": "PARTY",
    "accepts_if": "PARTY",
    "priorities": "GROUP",
    "agencies": "AGENCY",
}
QUANTITIES = ("share", "ratio", "count", "score", "rate", "growth", "money")
# Kinds of value by the name of their definition in the schema: what a reader is told, and where more is said.
KINDS = {
    **{kind: f"[{kind}](#numbers)" for kind in QUANTITIES},
    "one_share": "[share](#numbers)",
    "one_amount": "[money](#numbers)",
    "dated_rate": "[rate](#numbers)",
    "dated_count": "[count](#numbers)",
    "dated_money": "[money](#numbers)",
    "quantity": "[number](#numbers) of any kind",
    "hazard_ratio": "[ratio](#numbers) by segment, or a list of these",
    "duration": "[fixed time](#times)",
    "time": "[time](#times)",
    "names": "a name, or a list of names",
    "destination": "a [destination](#destinations), or shares of several",
    "cost": "[cost](#costs), or a list of costs",
    "scalar": "text",
}
# Keys of values rather than of parts of the file: the models do not have them.
_OF_NUMBERS = {
    "value": "The number with its unit.",
    "range": "95% range, such as `48% to 76%`.",
    "source": "A key of `sources`, or `assumption`.",
    "distribution": f"How it is sampled in its range: {', '.join(DISTRIBUTIONS)}.",
    "grade": "Strength of evidence for this number, 1 (best) to 6; default that of its source.",
    "price_year": "Year of its prices; default that of its source, then the file's.",
    "note": "Anything a reader should know.",
    "label": "What it is called on screen.",
}
_OF_COSTS = {
    "AGENCY or PROVIDER": "Who pays this amount; one key for each that does.",
    "what": "What the money is for.",
    "cashable": "Share that can be spent elsewhere if this is avoided; default 0%.",
    "price_year": "Year of these prices; default that of the source, then the file's.",
    "source": "A key of `sources`, or `assumption`.",
    "note": "Anything a reader should know.",
    "label": "What this cost is called on screen.",
    "grade": "Strength of evidence, 1 (best) to 6; default that of its source.",
}
_DEFAULT = re.compile(r"(?:[;,] default:?|[;.] Left out:) (?P<default>[^;]+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Key:
    """One row of the reference: a key of a part, as the file writes it. `default` is "required" or what holds without it."""

    name: str
    takes: str
    default: str
    meaning: str


@dataclass
class Section:
    """One kind of part: where in a file it stands, the short form it may have, and its keys.

    `named` is whether it takes `label` and `note`, and `timed` whether one family of times is among its keys.
    """

    model: type[BaseModel]
    places: list[str] = field(default_factory=list)
    short: str = ""
    keys: list[Key] = field(default_factory=list)

    @property
    def title(self) -> str:
        return _title(self.model.__name__)

    @property
    def named(self) -> bool:
        return issubclass(self.model, Labelled)

    @property
    def timed(self) -> bool:
        return issubclass(self.model, Timed)


def sections() -> tuple[Section, ...]:
    """Every kind of part of a scenario file, in the order in which a reader of the file meets them.

    >>> [section.title for section in sections()][:3]
    ['The file', 'People', 'Entry']
    """
    schema = scenario_schema()
    found: dict[str, Section] = {}
    _visit(Document, schema, schema["$defs"], "", found)
    return tuple(found.values())


def _visit(
    model: type[BaseModel], schema: Schema, kinds: Schema, place: str, found: dict[str, Section]
) -> None:
    """Adds a part, then the parts in it, each once."""
    name = model.__name__
    if name in found:
        if place not in found[name].places:
            found[name].places.append(place)
        return
    section = found[name] = Section(model, [place] if place else [], _short_form(model, schema))
    properties = schema.get("then", schema)["properties"]
    inner = _models_in(model)
    for key in (held.alias or name for name, held in model.model_fields.items()):
        if key not in properties:
            continue  # what a short form is written out as
        each = properties[key]
        overlay = issubclass(model, Overlaid) and key in OVERLAYS
        elsewhere = (issubclass(model, Labelled) and _says(Labelled, key)) or _of_time(model, key)
        if not elsewhere:
            section.keys.append(_row(model, key, each, overlay))
        if overlay:
            continue
        for reference, depth in _references(each):
            if reference in inner:
                names = NAMES.get(key, key.removesuffix("s").upper())
                end = f".{names}" if depth else ""
                path = f"{place}.{key}{end}" if place else f"{key}{end}"
                _visit(inner[reference], kinds[reference], kinds, path, found)


def _says(model: type[BaseModel], key: str) -> bool:
    return key in DESCRIPTIONS[model.__name__]


def _of_time(model: type[BaseModel], key: str) -> bool:
    return issubclass(model, Timed) and _says(Timed, key)


def _models_in(model: type[BaseModel]) -> dict[str, type[Part]]:
    """The models that the fields of a model hold, by name."""
    found: dict[str, type[Part]] = {}
    stack: list[Any] = [each.annotation for each in model.model_fields.values()]
    while stack:
        annotation = stack.pop()
        if isinstance(annotation, type) and issubclass(annotation, Part):
            found[annotation.__name__] = annotation
        stack += typing.get_args(annotation)
    return found


def _references(schema: Schema, named: bool = False) -> Iterator[tuple[str, bool]]:
    """What a schema refers to, and whether it stands under names that the file defines."""
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2], named
    for key, inside in (("then", named), ("items", named), ("additionalProperties", True)):
        if isinstance(schema.get(key), dict):
            yield from _references(schema[key], inside)
    for each in schema.get("anyOf", ()):
        yield from _references(each, named)


# One row ------------------------------------------------------------------------------------------------------------


def _row(model: type[BaseModel], key: str, schema: Schema, overlay: bool) -> Key:
    held = next(each for name, each in model.model_fields.items() if (each.alias or name) == key)
    text = description(model, key) or schema["description"]
    said = _DEFAULT.search(text.removesuffix("."))
    if overlay:
        return Key(key, f"keys of `{key}`", "no change", text)
    parties = any(each.func is shares_by_name for each in _validators(held))
    takes = "a party, or shares of several" if parties else _takes(schema)
    default = said["default"] if said else _default(held)
    meaning = f"{text[: said.start()].removesuffix('.')}." if said else text
    return Key(key, takes + _varies(held), "required" if held.is_required() else default, meaning)


def _takes(schema: Schema) -> str:
    """The forms that a schema allows, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return KINDS.get(name) or _link(name)
    if "enum" in schema:
        return _choice(schema["enum"])
    if "then" in schema:
        return f"a name, or {_takes(schema['then'])}"
    if "anyOf" in schema:
        forms = [_takes(each) for each in schema["anyOf"]]
        return (
            " or ".join(dict.fromkeys(forms)) if "array" not in _types(schema) else f"{forms[1]}, or a list"
        )
    if isinstance(schema.get("additionalProperties"), dict):
        return f"name: {_takes(schema['additionalProperties'])}"
    if schema.get("format") == "date":
        return "date"
    if schema.get("type") == "array":
        return f"list of {_takes(schema['items'])}"
    return {"string": "text", "number": "number"}.get(str(schema.get("type")), "text")


def _types(schema: Schema) -> list[Any]:
    return [each.get("type") for each in schema["anyOf"]]


def _choice(words: list[Any]) -> str:
    if True in words and "yes" in words:
        return "yes or no"
    return " / ".join(f"`{word}`" for word in dict.fromkeys(map(str, words)))


def _varies(held: FieldInfo) -> str:
    """Whether a number may differ between people or from date to date: what its reader was made with."""
    for each in _validators(held):
        settings = inspect.getclosurevars(each.func).nonlocals if inspect.isfunction(each.func) else {}
        ways = [
            words
            for way, words in (("split", "by segment or state"), ("timeline", "by date"))
            if settings.get(way) is True
        ]
        if ways:
            return f"; may vary {' and '.join(ways)}"
    return ""


def _validators(held: FieldInfo) -> Iterator[PlainValidator]:
    stack: list[Any] = [*held.metadata, held.annotation]
    while stack:
        each = stack.pop(0)
        if isinstance(each, PlainValidator):
            yield each
        elif typing.get_origin(each) is typing.Annotated or type(None) in typing.get_args(each):
            stack += [*typing.get_args(each), *getattr(each, "__metadata__", ())]


def _default(held: FieldInfo) -> str:
    value = held.default
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantity):
        return value.text
    if isinstance(value, str) or (value and not isinstance(value, list | tuple | dict | BaseModel)):
        return str(value)
    return "none"


def _short_form(model: type[BaseModel], schema: Schema) -> str:
    if "else" in schema:
        return _takes(schema["else"])
    needs = any(held.is_required() for held in model.model_fields.values())
    return "nothing after the colon" if "null" in schema.get("type", ()) and not needs else ""


def _title(model: str) -> str:
    words = re.sub(r"(?<!^)([A-Z])", lambda found: f" {found[0].lower()}", model)
    return TITLES.get(model, words)


def _link(model: str) -> str:
    title = _title(model)
    anchor = re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
    return f"[{title.partition(':')[0].lower()}](#{anchor})"


# The page -----------------------------------------------------------------------------------------------------------


def as_markdown() -> str:
    """The whole reference, as it is kept in `docs/language/reference.md`."""
    return "\n".join([_OPENING, *(_section(each) for each in sections()), *_values()])


_OPENING = """\
# Reference of the scenario language

Every key that a scenario file may hold. Made by `simulator schema --reference` from what the program itself reads.
The [pages of this folder](index.md) show each behaviour at work; the [specification](../scenario-language.md) has
the rules behind the keys. Words in capitals stand for names that you choose.

A key that is left out has the default. "none" means that there is none of it.
"""


def _section(section: Section) -> str:
    lines = [f"## {section.title}", ""]
    if section.places:
        stands = f"Stands at {', '.join(f'`{place}`' for place in section.places)}."
        lines += [f"{stands} Short form: {section.short}." if section.short else stands, ""]
    lines += _table(section.keys)
    if section.timed:
        lines += ["", "Beside these it has one family of [times](#times), such as `exponential: 14 months`."]
    if section.named:
        lines += ["", "It may have a [label and note](#label-and-note)."]
    return "\n".join([*lines, ""])


def _table(keys: list[Key]) -> list[str]:
    rows = [f"| `{each.name}` | {each.takes} | {each.default} | {each.meaning} |" for each in keys]
    return ["| key | takes | default | meaning |", "| --- | --- | --- | --- |", *rows]


def _pairs(meanings: dict[str, str]) -> str:
    rows = [f"| `{key}` | {meaning} |" for key, meaning in meanings.items()]
    return "\n".join(["| key | meaning |", "| --- | --- |", *rows, ""])


def _values() -> list[str]:
    """The kinds of value, and the keys that they have in full."""
    kinds = scenario_schema()["$defs"]
    examples = {kind: kinds[kind]["description"].partition("such as ")[2] for kind in QUANTITIES}
    families = {family: DESCRIPTIONS["Timed"][family] for family in FAMILIES}
    return [
        "## Label and note\n",
        _pairs(DESCRIPTIONS["Labelled"]),
        "## Numbers\n\nThe key decides which kind of number it takes. What a number may vary by is said beside its key.\n",
        "\n".join(
            [
                "| kind | such as |",
                "| --- | --- |",
                *(f"| {kind} | {each} |" for kind, each in examples.items()),
                "",
            ]
        ),
        "By segment or state: `{teenager: 50%, others: 75%}`. By date: `{start: 40, 2028-04-01: 90}`. In a design:"
        " `times 0.6`.\nThe name of an entry of `numbers` may stand for a number. In full it is a mapping:\n",
        _pairs(_OF_NUMBERS),
        "## Times\n\nA bare time such as `6 months` is the same for everybody. Otherwise one of these families,"
        " with `source`, `note` and\n`label` beside it if you like; or a time for each segment or state.\n",
        _pairs(families),
        "## Destinations\n\n" + kinds["destination"]["description"] + "\n",
        "## Costs\n\n" + kinds["cost"]["anyOf"][0]["description"] + "\n",
        _pairs({key: _OF_COSTS[key] for key in ("AGENCY or PROVIDER", *COST_WORDS)}).rstrip("\n") + "\n",
    ]


if __name__ == "__main__":
    print(as_markdown(), end="")
