"""The list of evidence as a table, and how much of it is only assumed."""

from pathlib import Path

import pandas as pd

from simulator.present.evidence import evidence_summary, evidence_table
from simulator.scenario.evidence import evidence
from simulator.scenario.load import load, load_text
from tests.present.tiny import TEXT

EDGE = Path(__file__).resolve().parents[2] / "scenarios" / "edge-of-care.yaml"


def test_the_table_has_a_row_a_number():
    scenario = load(EDGE)
    table = evidence_table(scenario)
    assert list(table["Key"]) == [each.place for each in evidence(scenario)]
    row = table[table["Key"] == "services.family_support.take_up"].iloc[0]
    assert (row["Value"], row["95% range"], row["Grade"], row["Source"]) == (
        "75%",
        "65% to 85%",
        6,
        "Our assumption",
    )


def test_grades_are_whole_numbers_or_missing():
    table = evidence_table(load(EDGE))
    assert str(table["Grade"].dtype) == "Int64"
    assert table["Grade"].dropna().between(1, 6).all()
    assert table["Grade"].isna().any()


def test_the_table_says_who_adds_a_number_in_words():
    scenario = load(EDGE).with_settings({"take_up": 60})
    said = set(evidence_table(scenario)["Added by"])
    assert said == {
        "",
        "Early help, paid by outcomes",
        "As the English START trial found",
        "Families who say yes",
    }


def test_the_sentences_count_what_the_table_has():
    table = evidence_table(load(EDGE))
    assumed = table[table["Source"] == "Our assumption"]
    sourced = table[(table["Source"] != "") & (table["Source"] != "Our assumption")]
    bare = int((assumed["95% range"] == "").sum())
    first, second, third, fourth = evidence_summary(load(EDGE))
    assert first == f"This scenario has {len(table)} numbers."
    assert second.startswith(f"{len(sourced)} come from named sources: ")
    for grade, count in sourced["Grade"].value_counts().items():
        assert f"{count} of grade {grade}" in second
    assert third == f"{len(assumed)} are assumptions, of which {bare} have no range."
    assert fourth.startswith(f"{len(table) - len(assumed) - len(sourced)} name no source")


def test_a_scenario_without_sources_says_only_what_there_is():
    first, second = evidence_summary(load_text(TEXT))
    assert first.startswith("This scenario has ")
    assert "name no source" in second


def test_one_assumption_is_said_as_one():
    text = TEXT.replace("exponential: 8 months}", "exponential: 8 months (6 to 10) @assumption}")
    assert "1 is an assumption, all with a range." not in evidence_summary(load_text(text))
    assert "1 is an assumption, with a range." in evidence_summary(load_text(text))


def test_every_cell_is_text_a_grade_or_a_line():
    table = evidence_table(load(EDGE))
    for column in table.columns:
        if column not in ("Grade", "Line"):
            assert all(isinstance(value, str) for value in table[column])
    assert pd.api.types.is_integer_dtype(table["Line"])
