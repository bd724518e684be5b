"""The tidy table that everything reported is made of: one row a measure of one design in one replication.

Columns (`COLUMNS`): design, replication, table, item, measure, year, value. `table` says which question (people,
states, crises, services, outcomes, costs, agencies, value, savings); `item` what it is about, by name; `year` the
financial year by its starting year, or 0 for the whole horizon. Units are in `UNITS`, by table and measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("design", "replication", "table", "item", "measure", "year", "value")

# Unit, short name in tables, and what the measure says, by (table, measure).
UNITS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("people", "arrived"): ("people", "Arrived", "people who arrived within the horizon"),
    ("people", "left"): ("people", "Left for good", "people who left for good within the horizon"),
    ("people", "present_at_start"): ("people", "There at the start", "people there when results begin"),
    ("people", "present_at_end"): ("people", "There at the end", "people still there at the horizon"),
    ("states", "entries"): ("entries", "Times entered", "times the state was entered, arrivals included"),
    ("states", "person_years"): ("person-years", "Person-years in it", "time spent in the state"),
    ("states", "at_start"): ("people", "People in it at the start", "people in the state when results begin"),
    ("states", "at_end"): ("people", "People in it at the end", "people in the state at the horizon"),
    ("crises", "number"): ("crises", "Crises", "entries to crisis states, and crisis events"),
    ("crises", "person_days"): ("days", "Days in crisis", "days people spent in crisis states"),
    ("services", "missed"): ("chances", "Chances missed", "chances of referral that nobody took"),
    ("services", "lapsed"): (
        "referrals",
        "Lapsed",
        "identified, but the need or the service was gone before the referral",
    ),
    ("services", "referred"): ("referrals", "Referred", "people referred, each time counted"),
    ("services", "declined"): ("referrals", "Declined", "referrals that were declined"),
    ("services", "joined"): (
        "referrals",
        "Joined the list",
        "referrals that were accepted and joined the list",
    ),
    ("services", "started"): ("starts", "Started", "starts"),
    ("services", "gave_up"): ("referrals", "Gave up waiting", "people who gave up waiting"),
    ("services", "turned_away"): (
        "referrals",
        "Turned away",
        "turned away because there was no room, or the service closed",
    ),
    ("services", "need_changed"): (
        "referrals",
        "Need changed while waiting",
        "off the list because the need changed or the person left",
    ),
    ("services", "completed"): ("stays", "Completed", "stays completed"),
    ("services", "dropped_out"): ("stays", "Dropped out", "stays that ended by dropping out"),
    ("services", "cut_short"): (
        "stays",
        "Cut short, or left",
        "stays cut short by a change of need, a closure, or leaving",
    ),
    ("services", "waiting_at_end"): (
        "people",
        "Still waiting at the end",
        "people still waiting at the horizon",
    ),
    ("services", "in_at_end"): ("people", "In it at the end", "people still in the service at the horizon"),
    ("services", "reached"): (
        "share",
        "Share of chances that led to a start",
        "share of chances and hand-offs that led to a start",
    ),
    ("services", "wait_days"): (
        "days",
        "Mean wait, days",
        "mean wait of all who joined; those still waiting count with their wait so far",
    ),
    ("services", "wait_90_days"): (
        "days",
        "Nine in ten waited at most, days",
        "nine in ten who joined waited no longer than this",
    ),
    ("services", "in_use"): ("people", "In the service on average", "people in the service on average"),
    ("services", "places"): ("places", "Places open on average", "places open on average"),
    ("outcomes", "result"): ("share or mean", "Result", "of the people whose window closed by the horizon"),
    ("outcomes", "known"): ("people", "Known", "people whose window closed by the horizon"),
    ("outcomes", "not_yet_known"): (
        "people",
        "Not yet known",
        "people whose window was still open at the horizon",
    ),
    ("outcomes", "without_it"): (
        "share or mean",
        "Without it",
        "the same people, from the same dates, under the baseline",
    ),
    ("outcomes", "change"): (
        "share or mean",
        "Change",
        "the result less that of the same people, from the same dates, under the baseline",
    ),
    ("costs", "budget"): ("£", "Cost", "cost in the money of the year in which it is incurred"),
    ("costs", "bank"): ("£", "Paid", "cost in the money of the year in which it is paid"),
    ("agencies", "budget"): ("£", "Cost", "cost in the money of the year in which it is incurred"),
    ("agencies", "bank"): ("£", "Paid", "cost in the money of the year in which it is paid"),
    ("value", "purse"): ("£", "Public purse", "cost to all public budgets"),
    ("value", "resources"): ("£", "Resources", "cost of all resources used, whoever pays"),
    ("value", "wellbeing"): ("£", "Wellbeing", "worth of life satisfaction or quality of life"),
    ("savings", "demand_avoided"): (
        "£",
        "Demand avoided",
        "worth of what people no longer used, at its average cost",
    ),
    ("savings", "cash_released"): ("£", "Cash released", "spending that stops"),
    ("savings", "idle"): ("£", "Idle or not cash", "capacity freed that stands idle or is not cash"),
    ("savings", "reused"): ("£", "Used by others", "capacity freed that is used again"),
}


class Measure(NamedTuple):
    """One row, before design and replication are known."""

    table: str
    item: str
    measure: str
    value: float
    year: int = 0


def frame_of(design: str, replication: int, measures: list[Measure]) -> pd.DataFrame:
    """Measures of one design and replication as a table with COLUMNS. Raises KeyError for a measure without a unit."""
    import pandas as pd

    for each in measures:
        UNITS[each.table, each.measure]
    return pd.DataFrame(
        {
            "design": design,
            "replication": replication,
            "table": [m.table for m in measures],
            "item": [m.item for m in measures],
            "measure": [m.measure for m in measures],
            "year": [m.year for m in measures],
            "value": [float(m.value) for m in measures],
        },
        columns=list(COLUMNS),
    )
