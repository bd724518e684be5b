"""The reference of the language says all that the schema allows, once, and the page is what the program says."""

import re
from pathlib import Path

import pytest

from simulator.scenario.json_schema import scenario_schema
from simulator.scenario.key_descriptions import DESCRIPTIONS
from simulator.scenario.language_reference import as_markdown, sections
from simulator.scenario.quantities import FULL_KEYS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language" / "reference.md"
SECTIONS = sections()
TEXT = as_markdown()
TITLES = re.findall(r"^## (.+)$", TEXT, flags=re.M)


def keys_of(title: str) -> list[str]:
    """The keys in the table under a heading."""
    part = TEXT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([^`]+)` \|", part, flags=re.M)


def test_the_page_is_what_the_program_says():
    assert PAGE.read_text(encoding="utf-8") == TEXT, (
        "write it again: simulator schema --reference --out docs/language/reference.md"
    )


def test_every_key_of_the_schema_has_its_row():
    schema = scenario_schema()
    parts = {"Document": schema, **schema["$defs"]}
    shown = {section.model.__name__: section for section in SECTIONS}
    for name, part in parts.items():
        properties = part.get("then", part).get("properties")
        if properties is None or name.endswith("Change") or name in ("time", "quantity", "cost"):
            continue
        if name not in shown:
            assert name.startswith("family_") or name in DESCRIPTIONS["Timed"], name
            continue
        section = shown[name]
        said = {key.name for key in section.keys}
        if section.named:
            said |= DESCRIPTIONS["Labelled"].keys()
        if section.timed:
            said |= DESCRIPTIONS["Timed"].keys()
        assert said >= properties.keys(), name


def test_every_part_that_is_described_has_its_section():
    values = {"Labelled", "Timed", "Overlaid"}
    assert {section.model.__name__ for section in SECTIONS} == DESCRIPTIONS.keys() - values


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_every_key_has_a_meaning_and_stands_once(section):
    assert all(key.meaning and key.takes and key.default for key in section.keys)
    names = [key.name for key in section.keys]
    assert len(set(names)) == len(names)
    assert keys_of(section.title) == names


def test_a_default_that_is_said_is_the_one_that_holds():
    """The words of a description and the value in the model: where both say one, they say the same."""
    said = 0
    for section in SECTIONS:
        for key in section.keys:
            field = next(
                each for name, each in section.model.model_fields.items() if (each.alias or name) == key.name
            )
            if isinstance(field.default, str) and field.default and key.default != field.default:
                raise AssertionError(f"{section.title}.{key.name}: {key.default}, not {field.default}")
            if isinstance(field.default, bool):
                assert key.default == ("yes" if field.default else "no"), f"{section.title}.{key.name}"
            said += key.default not in ("none", "required")
    assert said > 50


def test_numbers_in_full_have_all_their_keys():
    assert set(keys_of("Numbers")) == set(FULL_KEYS)


def test_every_link_in_it_leads_to_a_section():
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in TITLES}
    assert len(anchors) == len(TITLES)
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def test_numbers_that_may_vary_say_so():
    [service] = [each for each in SECTIONS if each.title == "Service"]
    take_up = next(key for key in service.keys if key.name == "take_up")
    assert take_up.takes == "[share](#numbers); may vary by segment or state and by date"
    assert (take_up.default, take_up.meaning) == ("100%", "Share of those referred who accept.")


def test_the_command_prints_it_or_writes_it(tmp_path):
    from typer.testing import CliRunner

    from simulator.cli import app

    assert CliRunner().invoke(app, ["schema", "--reference"]).stdout == TEXT
    CliRunner().invoke(app, ["schema", "--reference", "--out", str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == TEXT
