"""How much of the spread between runs is doubt about the numbers, and how much is chance?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.analysis.decision.chance import Shares, shares_of_variance
from simulator.present.doubt.answer import Answer

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Floats
    from simulator.present.doubt.words import Words


def variance_answer(gains: Mapping[str, Floats], words: Words) -> Answer:
    """gains: (draws, replications) of each design's net benefit over the reference's."""
    import pandas as pd

    found = {name: shares_of_variance(values) for name, values in gains.items()}
    table = pd.DataFrame(
        [
            {
                "design": name,
                "doubt_variance": each.doubt,
                "chance_variance": each.chance,
                "share_of_doubt": each.share_of_doubt,
                "status": each.status,
            }
            for name, each in found.items()
        ]
    )
    return Answer(
        "variance",
        "How much of the spread is doubt about the numbers, and how much is chance?",
        tuple(_said(words.designs[name], each, words) for name, each in found.items()),
        table,
    )


def _said(name: str, found: Shares, words: Words) -> str:
    if found.status == "one draw":
        return "One draw says nothing of how much is doubt and how much is chance: take more."
    if found.status == "one run a draw":
        return (
            "With one run of each draw, chance and doubt cannot be told apart: run each draw twice or more."
        )
    if found.status == "no spread":
        return f"‘{name}’ comes to the same in every run: there is neither doubt nor chance in it."
    if found.status == "hidden by chance":
        return (
            f"For ‘{name}’ chance hides whatever the doubt about the numbers does: run each draw more often."
        )
    share = found.share_of_doubt
    doubt = "not known" if math.isnan(share) else f"{share:.0%}"
    return (
        f"Of the differences between single runs of what ‘{name}’ gains, {doubt} is doubt about the numbers and "
        f"{1 - share:.0%} is chance, which stays however much is known ({words.draws:,} draws, {words.replications} runs each)."
    )


__all__ = ["variance_answer"]
