"""The scenario language as JSON Schema (draft 2020-12), so that editors complete keys and mark mistakes as one types.

Made from the models: a new key appears here by itself, its description comes from `key_descriptions`. An editor's
schema sees form only; names, sums and everything else is for `simulator check`. Run the module to print it.
"""

from __future__ import annotations

import json
import types
import typing
from typing import Any

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo

from simulator.scenario.contract_fields import OneName
from simulator.scenario.document import DISCOUNT_SCHEDULES, Document
from simulator.scenario.fields import COST_WORDS
from simulator.scenario.key_descriptions import DESCRIPTIONS, description
from simulator.scenario.overlay import OF_PEOPLE
from simulator.scenario.quantities import DISTRIBUTIONS
from simulator.scenario.schema import OVERLAYS, Overlaid, Part, Timed
from simulator.scenario.times import ALL_PARAMETERS, FAMILIES

Schema = dict[str, Any]

TITLE = "Scenario of the commissioning simulator"
NAME = "[a-z][a-z0-9_]*"
_NUMBER = r"[-\u2212]?(\d[\d,]*(\.\d+)?|\.\d+)"
_TIME = rf"{_NUMBER} *(minute|hour|day|week|month|year)s?"
# After a literal: its 95% range, and the key of its source.
_REST = r"( *\([^()]*\))?( *@\S+)?"
_TIMES = r"times \d*\.?\d+"
_BODIES = {
    "share": rf"{_NUMBER} *%( of (people|runs))?|\d+ of \d+( runs| people)?",
    "ratio": _NUMBER,
    "count": r"[\d,]+",
    "score": _NUMBER,
    "rate": rf"{_NUMBER} +(per|a) +[a-z]+",
    "growth": rf"{_NUMBER} *% +per year",
    "money": rf"[-\u2212]?[£€$]{_NUMBER}(k|m|bn)?( +.*)?",
}
_EXAMPLES = {
    "share": "44.8%, 60% (48% to 76%) @source",
    "ratio": "0.6, 0.60 (0.48 to 0.76) @source",
    "count": "220",
    "score": "6.1",
    "rate": "400 per year",
    "growth": "6% per year",
    "money": '£4,100 per place per year; in { } write it in quotes, "£4,100"',
    "time": "6 months, {exponential: 14 months}, {within: {12 months: 22%}}",
    "duration": "6 months",
}
# YAML reads these as numbers, though the language reads all as text.
_PLAIN = ("ratio", "count", "score")
_SHORT_FORMS: dict[str, Schema] = {
    "Entry": {"$ref": "#/$defs/dated_rate"},
    "Segment": {"$ref": "#/$defs/one_share"},
    "Need": {"type": "null"},
    "Transition": {"$ref": "#/$defs/duration"},
    "Places": {"$ref": "#/$defs/dated_count"},
    "Payer": {"$ref": "#/$defs/one_share"},
    "Fee": {"anyOf": [{"$ref": "#/$defs/one_amount"}, {"$ref": "#/$defs/dated_money"}]},
    "Less": {"$ref": "#/$defs/one_share"},
    "Repay": {"$ref": "#/$defs/scalar"},
    "Against": {"anyOf": [{"$ref": "#/$defs/share"}, {"$ref": "#/$defs/score"}]},
    "Design": {"type": "null"},
    "Reading": {"type": "null"},
}
CHANGE = "Change"


def scenario_schema() -> Schema:
    """The JSON Schema of a scenario file, complete with the definitions of its kinds of value."""
    definitions: dict[str, Schema] = _kinds()
    root = _part(Document, definitions, change=False)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "description": "One YAML 1.2 file: people, needs, services, outcomes, designs, money, and the evidence for it all.",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


# Parts of the file --------------------------------------------------------------------------------------------------


def _part(model: type[BaseModel], definitions: dict[str, Schema], change: bool) -> Schema:
    """The object that a model describes; with `change`, as an overlay may give it: nothing required."""
    properties: dict[str, Schema] = {}
    required = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        if model.__name__ == "Places" and name == "unlimited":
            continue  # no key of the language: what `places: unlimited` is written out as
        properties[key] = _described(_field(model, name, field, definitions, change), model, key)
        if field.is_required() and not change:
            required.append(key)
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**schema, "required": required} if required else schema


def _field(
    model: type[BaseModel], name: str, field: FieldInfo, definitions: dict[str, Schema], change: bool
) -> Schema:
    if issubclass(model, Timed) and name in FAMILIES:
        return {"$ref": f"#/$defs/family_{name}"}
    if issubclass(model, Overlaid) and name in OVERLAYS:
        return _overlay(name, definitions)
    given = [each for each in field.metadata if isinstance(each, WithJsonSchema)]
    if given:
        return _loosened(given[0].json_schema)
    return _or_a_name(_annotated(field.annotation, definitions, change), field.metadata)


def _or_a_name(schema: Schema, metadata: typing.Iterable[Any]) -> Schema:
    """Where a mapping by party may be written as one name."""
    if OneName not in metadata:
        return schema
    return {"if": {"type": "object"}, "then": schema, "else": {"type": "string"}}


def _overlay(section: str, definitions: dict[str, Schema]) -> Schema:
    """A section of the file as a design or reading may change it."""
    field = Document.model_fields[section]
    if section != "people":
        return _annotated(field.annotation, definitions, change=True)
    whole = _part(typing.cast(type[BaseModel], field.annotation), definitions, change=True)
    return {**whole, "properties": {key: whole["properties"][key] for key in OF_PEOPLE}}


def _annotated(annotation: Any, definitions: dict[str, Schema], change: bool) -> Schema:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        given = [each for each in arguments[1:] if isinstance(each, WithJsonSchema)]
        inner = _loosened(given[0].json_schema) if given else _annotated(arguments[0], definitions, change)
        return _or_a_name(inner, arguments[1:])
    if origin in (typing.Union, types.UnionType):
        [first, *_] = (each for each in arguments if each is not type(None))
        return _annotated(first, definitions, change)
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is dict:
        keys = _annotated(arguments[0], definitions, change)
        values = _annotated(arguments[1], definitions, change)
        names = {"propertyNames": {"pattern": keys["pattern"]}} if "pattern" in keys else {}
        return {"type": "object", **names, "additionalProperties": values}
    if origin in (list, tuple):
        item = _annotated(arguments[0], definitions, change)
        return {"anyOf": [{"type": "array", "items": item}, item]}
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return _reference(annotation, definitions, change)
    return {}


def _reference(model: type[Part], definitions: dict[str, Schema], change: bool) -> Schema:
    name = model.__name__ + (CHANGE if change else "")
    if name not in definitions:
        definitions[name] = {}  # it may refer to itself
        whole = _part(model, definitions, change)
        definitions[name] = _with_short_form(whole, _SHORT_FORMS.get(model.__name__))
    return {"$ref": f"#/$defs/{name}"}


def _with_short_form(whole: Schema, short: Schema | None) -> Schema:
    """A mapping of keys, or what may stand for it; said so that an editor marks the key and not the whole."""
    if short is None:
        return whole
    if short == {"type": "null"}:
        return {**whole, "type": ["object", "null"]}
    # A mapping with `value` or `start` is a number.
    keys: Schema = {"type": "object", "not": {"anyOf": [{"required": ["value"]}, {"required": ["start"]}]}}
    return {"if": keys, "then": whole, "else": short}


def _loosened(schema: Any) -> Schema:
    """Text may look like a number or yes/no to an editor: `price_year: 2013`, `label: 18`."""
    if schema == {"type": "string"}:
        return {"$ref": "#/$defs/scalar"}
    if "minimum" in schema:
        return {"anyOf": [schema, {"type": "string", "pattern": f"^{_NUMBER}$"}]}
    if "enum" in schema and all(isinstance(each, int) for each in schema["enum"]):
        return {"enum": [*schema["enum"], *map(str, schema["enum"])]}
    return dict(schema)


def _described(schema: Schema, model: type[BaseModel], key: str) -> Schema:
    text = description(model, key)
    if text:
        return {"description": text, **schema}
    if issubclass(model, Overlaid) and key in OVERLAYS:
        return {"description": f"Changes to `{key}` as it stands above.", **schema}
    return schema


# Kinds of value -----------------------------------------------------------------------------------------------------


def _kinds() -> dict[str, Schema]:
    kinds: dict[str, Schema] = {kind: _quantity(kind) for kind in _BODIES}
    kinds["growth"]["anyOf"].append({"enum": list(DISCOUNT_SCHEDULES)})
    kinds["money"]["anyOf"].append({"enum": ["as needed", "at start"]})
    # Where a mapping of keys may stand as well, only forms that cannot be taken for a misspelt one.
    kinds["one_share"] = {"anyOf": [_literal("share"), _full(_literal("share"))]}
    kinds["one_amount"] = {"anyOf": [_literal("money"), _full(_literal("money"))]}
    kinds["dated_money"] = _dated("money")
    kinds["dated_rate"] = {"anyOf": [_literal("rate"), _full(_literal("rate")), _dated("rate")]}
    kinds["dated_count"] = {"anyOf": [_literal("count"), _full(_literal("count")), _dated("count")]}
    kinds["scalar"] = {"type": ["string", "number", "boolean"]}
    kinds["duration"] = {
        "description": f"One fixed time, such as {_EXAMPLES['duration']}",
        "type": "string",
        "pattern": f"^(({_TIME}){_REST}|unlimited|{_TIMES})$",
    }
    kinds["names"] = {
        "description": "A name, or a list of names in [ ].",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "uniqueItems": True}],
    }
    kinds["destination"] = {
        "description": "A state, a service, `leaves`, `stays`, or shares of these; what is missing to 100% stays.",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/share"}},
        ],
    }
    kinds["quantity"] = {
        "description": "A number with a name, in full or in short.",
        "anyOf": [{"type": ["string", "number"]}, _full({"type": ["string", "number"]})],
    }
    kinds["hazard_ratio"] = {
        "description": "By segment, such as {teenager: 1.3}; a list of these is multiplied.",
        "anyOf": [{"$ref": "#/$defs/ratio"}, {"type": "array", "items": {"$ref": "#/$defs/ratio"}}],
    }
    kinds["cost"] = _cost()
    return {**kinds, **_times()}


def _literal(kind: str) -> Schema:
    text = {"type": "string", "pattern": f"^(({_BODIES[kind]}){_REST}|{NAME}|{_TIMES})$"}
    return {"anyOf": [{"type": "number"}, text]} if kind in _PLAIN else text


def _full(value: Schema) -> Schema:
    scalar: Schema = {"$ref": "#/$defs/scalar"}
    return {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {
            "value": value,
            "range": {"type": "string", "pattern": " to ", "description": "95% range, such as 48% to 76%."},
            "source": {**scalar, "description": "A key of `sources`, or assumption."},
            "distribution": {"enum": list(DISTRIBUTIONS)},
            "grade": {"enum": [1, 2, 3, 4, 5, 6, "1", "2", "3", "4", "5", "6"]},
            "price_year": scalar,
            "note": scalar,
            "label": scalar,
            "key": scalar,
        },
    }


def _quantity(kind: str) -> Schema:
    """A number in any form: literal, name, in full, by segment or state, by date."""
    several = {
        "type": "object",
        "description": "By segment or state (`others` for the rest), or by date (`start` first).",
        "minProperties": 1,
        "not": {"required": ["value"]},
        "additionalProperties": {"$ref": f"#/$defs/{kind}"},
    }
    return {
        "description": f"A {kind}, such as {_EXAMPLES[kind]}",
        "anyOf": [_literal(kind), _full(_literal(kind)), several],
    }


def _dated(kind: str) -> Schema:
    """A timeline."""
    return {
        "type": "object",
        "description": "By date; the first key is `start`.",
        "required": ["start"],
        "additionalProperties": {"anyOf": [_literal(kind), _full(_literal(kind))]},
    }


def _cost() -> Schema:
    scalar: Schema = {"$ref": "#/$defs/scalar"}
    one: Schema = {
        "type": "object",
        "minProperties": 1,
        "description": "Who pays (an agency or provider) how much, on the basis that fits here.",
        "properties": {
            **{word: scalar for word in COST_WORDS},
            "cashable": {
                "$ref": "#/$defs/share",
                "description": "Share that can be spent elsewhere if this is avoided; 0%.",
            },
        },
        "additionalProperties": {"$ref": "#/$defs/money"},
    }
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _times() -> dict[str, Schema]:
    """A time and its families."""
    literal: Schema = {"type": "string", "pattern": f"^(({_TIME}){_REST}|{NAME}|{_TIMES})$"}
    by_segment: Schema = {"type": "object", "minProperties": 1, "additionalProperties": literal}
    plain: Schema = {"anyOf": [literal, _full(literal), by_segment]}
    within: Schema = {
        "type": "object",
        "description": DESCRIPTIONS["Timed"]["within"],
        "minProperties": 1,
        "maxProperties": 2,
        "propertyNames": {"pattern": f"^{_TIME}$"},
        "additionalProperties": {"$ref": "#/$defs/share"},
    }
    parameters: Schema = {
        "type": "object",
        "additionalProperties": False,
        "maxProperties": 2,
        "properties": {
            **{key: plain for key in ALL_PARAMETERS if key not in ("shape", "within")},
            "shape": {"$ref": "#/$defs/ratio"},
            "within": within,
        },
    }
    families: dict[str, Schema] = {
        "fixed": plain,
        "exponential": {"anyOf": [literal, _full(literal), parameters, by_segment]},
        **{family: parameters for family in ("weibull", "gamma", "lognormal")},
        "within": within,
        "uniform": {"type": "array", "items": literal, "minItems": 2, "maxItems": 2},
        "triangular": {"type": "array", "items": literal, "minItems": 3, "maxItems": 3},
        "any_of": {"type": "array", "items": literal, "minItems": 1},
    }
    one_family: Schema = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            **{
                family: {"$ref": f"#/$defs/family_{family}", "description": DESCRIPTIONS["Timed"][family]}
                for family in FAMILIES
            },
            **{key: {"$ref": "#/$defs/scalar"} for key in ("source", "note", "label")},
        },
    }
    several: Schema = {
        "type": "object",
        "description": "By segment or state; `others` for the rest.",
        "minProperties": 1,
        "propertyNames": {"not": {"enum": ["value", *FAMILIES]}},
        "additionalProperties": {"$ref": "#/$defs/time"},
    }
    time: Schema = {
        "description": f"A time that may vary between people, such as {_EXAMPLES['time']}",
        "anyOf": [literal, _full(literal), one_family, several],
    }
    return {"time": time, **{f"family_{family}": schema for family, schema in families.items()}}


def as_text() -> str:
    """The schema as it is kept in the repository."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(as_text(), end="")
