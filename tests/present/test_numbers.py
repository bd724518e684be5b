"""The formatter, at every border of its units."""

from __future__ import annotations

import math

import pytest

from simulator.present import numbers as n


@pytest.mark.parametrize(
    ("pounds", "tile", "prose"),
    [
        (0, "£0", "£0"),
        (0.4, "£0", "£0"),
        (-0.4, "£0", "£0"),
        (0.5, "£1", "£1"),
        (-999, "−£999", "−£999"),
        (9_949, "£9,949", "£9,949"),
        (9_950, "£10k", "£10,000"),
        (400_000, "£400k", "£400,000"),
        (949_999, "£950k", "£950,000"),
        (960_000, "£960k", "£960,000"),
        (999_499, "£999k", "£999,000"),
        (999_500, "£1.0m", "£1.0 million"),
        (999_950, "£1.0m", "£1.0 million"),
        (1_249_999, "£1.2m", "£1.2 million"),
        (1_250_000, "£1.3m", "£1.3 million"),
        (-16_800_000, "−£16.8m", "−£16.8 million"),
        (999_949_999, "£999.9m", "£999.9 million"),
        (999_950_000, "£1.0bn", "£1.0 billion"),
        (1.2e12, "£1,200bn", "£1,200 billion"),
        (math.nan, "not known", "not known"),
        (math.inf, "not known", "not known"),
    ],
)
def test_money_changes_its_unit_where_the_rounded_number_does(pounds: float, tile: str, prose: str) -> None:
    assert n.money(pounds) == tile
    assert n.money(pounds, prose=True) == prose


@pytest.mark.parametrize("power", range(-2, 14))
def test_money_never_shows_a_thousand_of_a_unit_that_has_a_larger_one(power: int) -> None:
    for digits in (9.4, 9.949, 9.95, 9.99, 9.995, 9.9995, 9.99999):
        text = n.money(digits * 10**power)
        figure = text.strip("£kmbn")
        assert not (text.endswith(("k", "m")) and float(figure.replace(",", "")) >= 1000), text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1234, "1,234"),
        (12.34, "12.3"),
        (1.234, "1.23"),
        (0.0451, "0.045"),
        (-0.0001, "0.000"),
        (-3, "−3"),
        (99.96, "100"),
        (math.nan, "not known"),
        (-math.inf, "not known"),
    ],
)
def test_a_number_has_as_many_decimals_as_its_size_needs(value: float, text: str) -> None:
    assert n.number(value) == text


def test_halves_are_rounded_up_as_people_do() -> None:
    assert [n.number(value, 0) for value in (0.5, 1.5, 2.5, 16.5, -2.5)] == ["1", "2", "3", "17", "−3"]


def test_shares_and_their_differences() -> None:
    assert n.share(0.448) == "44.8%"
    assert n.share(1) == "100%" or n.share(1) == "100.0%"
    assert n.points(0.042) == "+4.2 points"
    assert n.points(-0.042) == "−4.2 points"
    assert n.points(0.0004) == "0.0 points"
    assert n.share(math.nan) == n.points(math.nan) == "not known"


def test_what_is_shown_as_nothing_has_no_sign() -> None:
    assert n.quantity(0.2, "£", difference=True) == "£0"
    assert n.quantity(-0.2, "£", difference=True) == "£0"
    assert n.quantity(0.2, "people", difference=True, like=500) == "0"
    assert n.quantity(0.2, "£", difference=True, prose=True) == "£0"


def test_a_difference_has_one_sign_and_the_decimals_of_its_row() -> None:
    assert n.quantity(5.2, "people", difference=True, like=900) == "+5"
    assert n.quantity(-1.44, "people", difference=True, like=2.1) == "−1.4"
    assert n.quantity(0.052, "share", difference=True) == "+5.2 points"
    assert n.quantity(1_200_000, "£", difference=True) == "+£1.2m"


def test_a_range_says_its_unit_once_and_one_number_where_both_ends_are_the_same() -> None:
    assert n.span(500, 900, "people") == "500 to 900"
    assert n.span(-0.01, 0.02, "share", difference=True) == "−1.0 to +2.0 points"
    assert n.span(52.1, 52.4, "people", difference=True) == "+52"
    assert n.span(math.nan, 1, "£") == "not known"


def test_runs_are_counted_in_words_of_one_and_of_many() -> None:
    assert n.runs(87, 100) == "87 of 100 runs"
    assert n.runs(1, 1) == "1 of 1 run"
    assert n.runs(1_200, 10_000) == "1,200 of 10,000 runs"
