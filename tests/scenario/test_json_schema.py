"""The JSON Schema that editors use: valid, in step with the models, and at one with the examples."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.scenario.document import Document
from simulator.scenario.json_schema import as_text, scenario_schema
from simulator.scenario.key_descriptions import DESCRIPTIONS
from simulator.scenario.schema import Part
from simulator.scenario.starter import starter

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [
    *sorted((ROOT / "tests" / "examples").rglob("*.yaml")),
    *sorted((ROOT / "scenarios").glob("*.yaml")),
]
SCHEMA = scenario_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def as_an_editor_reads(text: str) -> Any:
    from ruamel.yaml import YAML

    return plain(YAML(typ="safe", pure=True).load(text))


def plain(node: Any) -> Any:
    """As JSON has it: keys are text, and so are dates."""
    if isinstance(node, dict):
        return {str(key): plain(inner) for key, inner in node.items()}
    if isinstance(node, list):
        return [plain(inner) for inner in node]
    return node.isoformat() if isinstance(node, dt.date) else node


def errors(text: str) -> list[str]:
    return [
        f"{'.'.join(map(str, each.path))}: {each.message}"
        for each in VALIDATOR.iter_errors(as_an_editor_reads(text))
    ]


def test_it_is_a_schema_of_draft_2020_12():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_the_copy_in_the_repository_is_in_step():
    kept = (ROOT / "schema" / "scenario.schema.json").read_text(encoding="utf-8")
    assert kept == as_text(), (
        "write it again: python -m simulator.scenario.json_schema > schema/scenario.schema.json"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_valid(path):
    assert errors(path.read_text(encoding="utf-8")) == []


def test_the_starter_is_valid():
    assert errors(starter("Early help")) == []


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ("    take_up: 75%", "    take_upp: 75%", "services.family_support"),
        ("    take_up: 75%", "    take_up: 0.75", "services.family_support.take_up"),
        ("horizon: 5 years", "horizon: 5", "horizon"),
        ("format: 1", "format: 2", "format"),
        ("    drop_out: 20%", "    drop_out: about a fifth", "services.family_support.drop_out"),
        ("    baseline: yes ", "    baseline: perhaps ", "designs.today.baseline"),
        ("crisis: yes", "crisi: yes", "needs.in_crisis"),
        (
            "        kept_by: completers",
            "        kept_by: somebody",
            "services.family_support.effects.fewer_crises.kept_by",
        ),
        (
            "        places: {start: 10, 2027-10-01: 40}",
            "        plaices: 40",
            "designs.earlier_help.services.family_support",
        ),
        (
            "        places: {start: 10, 2027-10-01: 40}",
            "        places: {staf: 4, caseload: 10}",
            "designs.earlier_help.services.family_support.places",
        ),
    ],
)
def test_an_editor_marks_a_slip_where_it_is(good, bad, place):
    text = starter("Early help")
    assert text.count(good) == 1
    [found] = errors(text.replace(good, bad))
    assert found.startswith(f"{place}: ")


@pytest.mark.parametrize(
    "value",
    ["0", "1", "12", "yes", "unlimited", "{start: 4, 2028-04-01: 9}", "{staff: 3, caseload: 8}", "a_team"],
)
def test_numbers_and_words_that_yaml_reads_its_own_way_are_allowed(value):
    places = errors(starter("x").replace("    places: 10 ", f"    places: {value} "))
    assert places == [] or value == "yes"


def test_an_overlay_needs_nothing_and_may_multiply():
    text = starter("x").replace("        places: {start: 10, 2027-10-01: 40}", "        take_up: times 0.9")
    assert errors(text) == []


def models(part: type[Part]) -> set[type[Part]]:
    """A model and every model in it."""
    found: set[type[Part]] = {part}
    stack: list[Any] = [field.annotation for field in part.model_fields.values()]
    while stack:
        annotation = stack.pop()
        if isinstance(annotation, type) and issubclass(annotation, Part) and annotation not in found:
            found.add(annotation)
            stack += [field.annotation for field in annotation.model_fields.values()]
        stack += getattr(annotation, "__args__", ())
    return found


def test_every_key_has_a_description_and_every_description_a_key():
    described = {(name, key) for name, keys in DESCRIPTIONS.items() for key in keys}
    used = set()
    for model in models(Document):
        for name, field in model.model_fields.items():
            key = field.alias or name
            owner = next((each.__name__ for each in model.__mro__ if (each.__name__, key) in described), None)
            used.add((owner, key))
            is_overlay = owner is None and model.__name__ in ("Design", "Reading")
            assert owner or is_overlay or (model.__name__, key) == ("Places", "unlimited"), (
                f"{model.__name__}.{key} has no description"
            )
    assert described <= used


def test_it_is_json_without_surprises():
    assert json.loads(as_text()) == SCHEMA
