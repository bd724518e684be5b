"""Social prescribing: official figures beside what `today`, and the design with too few referrals, produce."""

from __future__ import annotations

import numpy as np

from simulator.engine.history import History
from simulator.scenario.load import Scenario
from tests.scenarios import facts
from tests.scenarios.facts import Fact
from tests.scenarios.measures import DAY, event_times, in_state, starts_a_year


def visits_a_year(history: History, segment: str) -> float:
    """A&E attendances for each person-year of people of a segment."""
    inside = np.array([segment in each for each in history.segments])[history.people["profile"]]
    person, time = event_times(history, "ae_visit")
    lives = in_state(history, *history.states)
    days = (
        np.clip(np.minimum(lives.end, history.end) - np.maximum(lives.begin, 0), 0, None)[
            inside[lives.person]
        ].sum()
        / DAY
    )
    return float((inside[person] & (time >= 0)).sum() / days * 365.25)


def most_to_least(scenario: Scenario, history: History) -> float:
    return visits_a_year(history, "most_deprived") / visits_a_year(history, "least_deprived")


def again_within_a_week(scenario: Scenario, history: History) -> float:
    """Share of attendances that follow another of the same person within seven days."""
    person, time = event_times(history, "ae_visit")
    order = np.lexsort((time, person))
    person, time = person[order], time[order]
    again = (person[1:] == person[:-1]) & (time[1:] - time[:-1] <= 7 * DAY) & (time[1:] >= 0)
    return float(again.sum() / (time >= 0).sum())


def assessed_of_planned(scenario: Scenario, history: History) -> float:
    """Assessments (starts) over the mean of those when all referrals expected come."""
    planned = np.mean(
        [starts_a_year(each, "link_worker") for each in facts.histories("social-prescribing", "link_workers")]
    )
    return starts_a_year(history, "link_worker") / float(planned)


FACTS = (
    Fact(
        what="A&E attendances from the most deprived tenth, for each from the least",
        published=3.1 / 1.5,
        shown="2.1 (3.1m / 1.5m)",
        source="ae-2019",
        measure=most_to_least,
        kind="input",
        within=0.25,
        why="The file has a ratio of hazards of 1.45 / 0.7. Published is of all people of a tenth, here of those with "
        "long-term conditions.",
        unit="",
    ),
    Fact(
        what="of A&E attendances, within 7 days of another",
        published=0.087,
        shown="8.7% (1.9m)",
        source="ae-2019",
        measure=again_within_a_week,
        kind="check",
        within=0.02,
        why="Not met: visits come independently here, and people differ only by age and area. Real ones cluster; a service "
        "that found the few who come again and again could do more than this one.",
        met=False,
    ),
    Fact(
        what="assessed, of those planned",
        published=2_371 / 5_832,
        shown="41% (2,371 / 5,832)",
        source="northamptonshire",
        measure=assessed_of_planned,
        kind="tuned",
        within=0.05,
        why="The share of referrals that come was found by trying. Planned is here what `link_workers` reaches on average.",
        design="low_referrals",
    ),
)
