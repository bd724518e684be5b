"""The official tables can be reached as package data, and each says where it comes from."""

from importlib.resources import files

import pytest

from simulator.money.values import parse_table, read_table, social_values

TABLES = ["green_book_discount", "gdp_deflator", "social_values"]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_package_data_with_a_source_and_a_vintage(name: str) -> None:
    assert files("simulator.money").joinpath("values", f"{name}.csv").is_file()
    table = read_table(name)
    assert table.rows and all(row["source"] and row["vintage"] for row in table.rows)
    assert read_table(name) is table  # read once


@pytest.mark.parametrize(
    ("name", "low", "central", "high", "price_year"),
    [
        # HM Treasury, Wellbeing Guidance for Appraisal, July 2021
        ("wellby", 10_000, 13_000, 16_000, "2019"),
        # Department of Health and Social Care, supplementary Green Book guidance
        ("qaly", 70_000, 70_000, 70_000, "2024"),
    ],
)
def test_social_values_are_the_published_ones(
    name: str, low: float, central: float, high: float, price_year: str
) -> None:
    value = social_values()[name]
    assert (value.low, value.central, value.high, value.price_year) == (low, central, high, price_year)


def test_second_hand_values_say_so() -> None:
    assert "second-hand through the R package greenbook 0.1.1" in read_table("gdp_deflator").about["note"]
    assert read_table("gdp_deflator").about["vintage"] == "December 2025 Quarterly National Accounts release"


def test_comments_blank_lines_spaces_and_a_byte_order_mark_are_read_past() -> None:
    table = parse_table(
        "t", '\ufeff#source: A\n\n # vintage : B\n# no key\n a , b\n 1, "x, y" \n\n# note: c\n# note: d\n'
    )
    assert [dict(row) for row in table.rows] == [{"source": "A", "vintage": "B", "a": "1", "b": "x, y"}]
    assert table.about["note"] == "c d"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# source: A\na\n1\n", "row 1: no vintage"),
        ("a,source,vintage\n1,A,B\n2,,B\n", "row 2: no source"),
        ("# source: A\n# vintage: B\na,b\n1\n", "row 1: 1 cells for 2 columns"),
        ("# source: A\n", "no header"),
    ],
)
def test_a_table_with_something_missing_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_table("t", text)


def test_an_unknown_table_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="gdp_deflator, green_book_discount, social_values"):
        read_table("cpi")
