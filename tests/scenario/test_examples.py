"""Every example of the language is accepted, and so are the scenarios that ship."""

from pathlib import Path

import pytest

from simulator.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [
    *sorted((ROOT / "tests" / "examples").rglob("*.yaml")),
    *sorted((ROOT / "scenarios").glob("*.yaml")),
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_loads_with_few_warnings(path):
    scenario = load(path)
    assert scenario.designs
    assert scenario.baseline in scenario.designs
    assert len([each for each in scenario.warnings if not each.key.startswith("contracts")]) <= 5
    assert len([each for each in scenario.warnings if each.key.startswith("contracts")]) <= 5
    assert all(
        warning.severity == "warning" and warning.line >= 1 and warning.suggestion
        for warning in scenario.warnings
    )


def test_the_specified_example_is_the_one_that_shows_how_the_language_reads():
    scenario = load(ROOT / "tests" / "examples" / "edge-of-care-as-specified.yaml")
    assert list(scenario.designs) == ["today", "early_help", "early_help_grant"]
    assert scenario.label("early_help") == "Early help, paid by outcomes"
    places = scenario.designs["early_help_grant"].services["family_support"].places.count
    assert [value.value for _, _, value in places.steps] == [40, 90]
    effect = scenario.design("early_help", "no_effect").services["family_support"].effects["out_of_care"]
    assert (effect.risk_ratio.value, effect.by.text) == (1, "12 months")


def test_all_sections_of_the_language_stand_in_some_example():
    scenarios = [load(path).document for path in EXAMPLES]
    for section in (
        "events",
        "teams",
        "contracts",
        "providers",
        "investment",
        "accepts_if",
        "priorities",
        "numbers",
        "correlations",
        "readings",
        "sources",
        "controls",
    ):
        assert any(getattr(document, section) for document in scenarios), section
