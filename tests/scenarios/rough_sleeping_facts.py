"""Rough sleeping: official figures beside what `today`, and a home with support, produce."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.engine.history import History
from simulator.scenario.load import Scenario
from tests.scenarios.facts import Fact
from tests.scenarios.measures import DAY, in_state, mean_in_state, share_achieved

MONTH = 30 * DAY
REGION = 1_550_000  # our assumption of how many people live there


def month_to_night(scenario: Scenario, history: History) -> float:
    """People on the street at some time of a month over those on its middle night, all months of the run together."""
    street = in_state(history, "street")
    over, on = 0, 0
    for begin in range(0, history.end - MONTH, MONTH):
        over += len(np.unique(street.person[(street.begin < begin + MONTH) & (street.end > begin)]))
        on += street.present(begin + MONTH // 2)
    return over / on


def per_100_000(scenario: Scenario, history: History) -> float:
    return mean_in_state(history, "street") / REGION * 100_000


def kept(
    what: str,
    shown: str,
    published: float,
    outcome: str,
    kind: Literal["tuned", "check"],
    within: float,
    why: str,
) -> Fact:
    """What became of the Fair Chance Fund's participants, beside the design that takes people to a home."""
    return Fact(
        what=what,
        published=published,
        shown=shown,
        source="fair-chance",
        measure=lambda scenario, history: share_achieved(scenario, history, outcome),
        kind=kind,
        within=within,
        why=why,
        met=outcome != "home_18m",
        design="rehouse",
    )


FACTS = (
    Fact(
        what="people on the street over a month, for each on a single night",
        published=2.2,
        shown="2.2",
        source="rough-sleeping-2024",
        measure=month_to_night,
        kind="tuned",
        within=0.15,
        why="The mean time on the street was found by trying. Counted in months of 30 days against the middle night of each.",
        unit="",
    ),
    Fact(
        what="on the street on a night, of 100,000 people",
        published=8.1,
        shown="8.1 (4,667 in England)",
        source="rough-sleeping-2024",
        measure=per_100_000,
        kind="tuned",
        within=0.5,
        why="For a region of 1.55 million people, our assumption, at the national rate; the region's own count is its own.",
        unit="",
    ),
    kept(
        "moved in",
        "86.8% of participants",
        0.868,
        "moved_in",
        "tuned",
        0.03,
        "The first effect was found by trying.",
    ),
    kept(
        "kept a home 6 months",
        "74.2%",
        0.742,
        "home_6m",
        "check",
        0.05,
        "Aimed at only through the figures beside it.",
    ),
    kept(
        "kept a home 12 months",
        "63.3%",
        0.633,
        "home_12m",
        "tuned",
        0.08,
        "The second effect was found by trying.",
    ),
    kept(
        "kept a home 18 months",
        "53.7%",
        0.537,
        "home_18m",
        "check",
        0.05,
        "Not met: homes fail sooner here once the support has faded than they did in the Fund, whose people were young.",
    ),
)
