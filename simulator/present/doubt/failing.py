"""Under what combination of numbers does a design fail?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.sensitivity.discovery import Box, Limit, discover
from simulator.experiments.uncertain import READING
from simulator.present.doubt.answer import Answer

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Floats
    from simulator.experiments.uncertain import Uncertain
    from simulator.present.doubt.words import Words


def failing_answer(
    inputs: Floats,
    places: tuple[str, ...],
    gains: Floats,
    words: Words,
    design: str,
    numbers: Mapping[str, Uncertain],
    readings: tuple[str, ...] = (),
) -> Answer:
    """gains: (draws,) net benefit over the reference; a draw fails where it is not above 0. readings: their labels, from 1 on."""
    import pandas as pd

    places, inputs = _one_column_a_reading(places, inputs, len(readings))
    box = discover(places, inputs, gains <= 0)
    table = pd.DataFrame(
        [
            {
                "place": each.place,
                "side": "at or above" if each.above else "at or below",
                "value": each.value,
                "chance": each.chance,
                "coverage": box.coverage,
                "density": box.density,
                "mass": box.mass,
                "fails": box.fails,
            }
            for each in box.limits
        ],
        columns=["place", "side", "value", "chance", "coverage", "density", "mass", "fails"],
    )
    return Answer(
        "failing",
        "Under what combination of numbers does it fail?",
        tuple(_said(box, len(gains), words, design, numbers, readings)),
        table,
    )


def _one_column_a_reading(
    places: tuple[str, ...], inputs: Floats, readings: int
) -> tuple[tuple[str, ...], Floats]:
    """Whether the evidence is read so, yes or no, for each reading but as written: readings have no order."""
    if READING not in places:
        return places, inputs
    column = places.index(READING)
    which = inputs[:, column]
    others = [place for place in places if place != READING]
    kept = np.delete(inputs, column, axis=1)
    numbers = range(1, readings + 1) if readings > 1 else (1,)
    yes = [(which == number).astype(np.float64) for number in numbers]
    return (*others, *(f"{READING}.{number}" for number in numbers)), np.column_stack([kept, *yes])


def _said(
    box: Box,
    draws: int,
    words: Words,
    design: str,
    numbers: Mapping[str, Uncertain],
    readings: tuple[str, ...],
) -> list[str]:
    name = f"‘{words.designs[design]}’"
    what = "saves no money" if not words.worth else "is not worth its cost"
    fails = round(box.fails * draws)
    if box.status == "too few draws":
        return [f"{draws:,} draws are too few to see a combination: take 500 or more."]
    if box.status == "never fails":
        return [f"{name} gains in every one of {draws:,} draws: none fails."]
    if box.status == "always fails":
        return [f"{name} {what} in any of {draws:,} draws: no combination is needed for it to fail."]
    found = [f"{name} {what} in {fails:,} of {draws:,} draws."]
    if box.status == "nothing found":
        return [*found, "No combination of numbers stands out: failing is spread over all of them."]
    limits = [_limit(each, words, numbers, readings) for each in box.limits]
    listed = f"{', '.join(limits[:-1])} and {limits[-1]}" if len(limits) > 1 else limits[0]
    inside = round(box.coverage * fails)
    found.append(f"In {inside:,} of these {listed}.")
    found.append(
        f"Where that is so it fails in {box.density:.0%} of draws, against {box.fails:.0%} in all; that is so in "
        f"{box.mass:.0%} of all draws."
    )
    return found


def _limit(each: Limit, words: Words, numbers: Mapping[str, Uncertain], readings: tuple[str, ...]) -> str:
    if each.place.startswith(f"{READING}."):
        label = readings[int(each.place.removeprefix(f"{READING}.")) - 1]
        return f"the evidence is {'' if each.above else 'not '}read as ‘{label}’"
    number = numbers.get(each.place)
    text = number.text(each.value) if number is not None else f"{each.value:.4g}"
    return f"‘{words.parameters.get(each.place, each.place)}’ is {text} or {'more' if each.above else 'less'}"


__all__ = ["failing_answer"]
