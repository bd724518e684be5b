"""Moves, reach and segments are called in words, like every other row."""

from __future__ import annotations

import pandas as pd

from simulator.present.views import labelled
from tests.present.tiny import TEXT, scenario


def test_moves_and_segments_have_labels() -> None:
    found = scenario(
        TEXT.replace(
            "arrive: {",
            "segments: {age: {young: {share: 50%, label: Under 5}, old: {share: 50%}}}, arrive: {",
        )
    )
    frame = pd.DataFrame(
        [
            ("moves", "struggling -> in_crisis", "number"),
            ("moves", "coping -> leaves", "number"),
            ("reach", "help", "share"),
            ("segments", "young", "crises_per_100"),
            ("segments", "young in help", "reached"),
            ("segments", "old in help", "wait_days"),
        ],
        columns=["table", "item", "measure"],
    )
    shown = labelled(frame, found, ("today", "early"))
    assert list(shown["label"]) == [
        "Struggling to In crisis",
        "Coping to leaving for good",
        "Help",
        "Under 5",
        "Under 5: Help",
        "old: Help",
    ]
    assert list(shown["unit"]) == ["moves", "moves", "share", "crises per 100 people", "share", "days"]
