"""Axes have few round ticks in our number style, and their words tell the ticks apart."""

from __future__ import annotations

import itertools
import math

import pytest

from simulator.present import numbers as n
from simulator.present.axes import MOST_TICKS, axis_of, ticks
from simulator.present.template import AXIS, BASELINE, CONFIG, EARLY, NEUTRAL, template


@pytest.mark.parametrize(
    ("values", "unit", "difference", "words"),
    [
        ([0, 1e6, 2e6], "£", False, ["£0", "£1m", "£2m"]),
        ([-1.5e6, -1e6, 0, 0.5e6], "£", True, ["−£1.5m", "−£1.0m", "£0", "+£0.5m"]),
        ([0, 250e3], "£", False, ["£0", "£250k"]),
        ([0, 5, 10], "£", False, ["£0", "£5", "£10"]),
        ([0, 0.25, 0.5], "share", False, ["0%", "25%", "50%"]),
        ([0.025, 0.05], "share", False, ["2.5%", "5.0%"]),
        ([-0.05, 0.05], "share", True, ["−5 points", "+5 points"]),
        ([0, 1500], "days", False, ["0", "1,500"]),
        ([], "days", False, []),
    ],
)
def test_ticks_read_as_numbers_do(values: list[float], unit: str, difference: bool, words: list[str]) -> None:
    assert n.axis(values, unit, difference=difference) == words


@pytest.mark.parametrize("low", [-3.7e6, -0.013, 0.0, 0.81, 12.0, 4.9e8])
@pytest.mark.parametrize("span", [0.003, 0.7, 13.0, 900.0, 8.8e6])
def test_ticks_are_few_even_within_and_each_is_told(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert 1 < len(found) <= MOST_TICKS
    assert all(low - 1e-6 * span <= each <= low + span * (1 + 1e-6) for each in found)
    steps = [b - a for a, b in itertools.pairwise(found)]
    assert steps == pytest.approx([steps[0]] * len(steps), rel=1e-3)


def test_an_axis_holds_all_values_and_one_of_no_span_has_room() -> None:
    axis = axis_of([3.0, 7.0], "days", zero=True)
    assert axis["range"][0] < 0 and axis["range"][1] > 7
    for values in ([], [0.0, 0.0], [5.0], [math.nan]):
        low, high = axis_of(values, "days")["range"]
        assert low < high and math.isfinite(high - low)


def contrast(colour: str) -> float:
    """Against white, by WCAG 2.2 (relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_text_and_axes_can_be_read_and_marks_be_seen() -> None:
    layout = template().layout
    for colour in (
        NEUTRAL,
        EARLY,
        AXIS,
        layout.xaxis.tickfont.color,
        layout.yaxis.tickfont.color,
        layout.font.color,
    ):
        assert contrast(colour) >= 4.5
    assert contrast(BASELINE) >= 3
    assert layout.xaxis.automargin and layout.title.xanchor == "left"
    assert CONFIG["displaylogo"] is False and CONFIG["modeBarButtons"] == [["toImage", "resetScale2d"]]
