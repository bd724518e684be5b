"""The tidy table that everything reported is made of: one row a measure of one design in one replication.

Columns (`COLUMNS`): design, replication, table, item, measure, year, value. `table` says which question (people,
states, moves, reach, crises, segments, services, outcomes, costs, agencies, value, savings, and those of `deal_units`);
`item` what it is about, by name, or by two names as in `A -> B` and `SEGMENT in SERVICE`; `year` the financial year by
its starting year, or 0 for the whole horizon. Units are in `UNITS`, by table and measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.analysis.deal_units import DEAL_UNITS

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str, str, str, int]
"""design, table, item, measure, year"""

COLUMNS = ("design", "replication", "table", "item", "measure", "year", "value")

# Unit, short name in tables, and what the measure says, by (table, measure).
UNITS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("people", "arrived"): ("people", "Arrived", "people who arrived within the horizon"),
    ("people", "left"): ("people", "Left for good", "people who left for good within the horizon"),
    ("people", "present_at_start"): ("people", "There at the start", "people there when results begin"),
    ("people", "present_at_end"): ("people", "There at the end", "people still there at the horizon"),
    ("people", "known"): (
        "people",
        "Known",
        "people there when results begin, and those who arrived within the horizon",
    ),
    ("states", "entries"): ("entries", "Times entered", "times the state was entered, arrivals included"),
    ("states", "person_years"): ("person-years", "Person-years in it", "time spent in the state"),
    ("states", "at_start"): ("people", "People in it at the start", "people in the state when results begin"),
    ("states", "at_end"): ("people", "People in it at the end", "people in the state at the horizon"),
    ("moves", "number"): (
        "moves",
        "Moves",
        "times people went from one state to the other, whatever the cause",
    ),
    ("reach", "share"): ("share", "Share of people", "share of the people known who were ever in it"),
    ("reach", "people"): ("people", "People", "people who were ever in it, each counted once"),
    ("crises", "number"): ("crises", "Crises", "entries to crisis states, and crisis events"),
    ("crises", "person_days"): ("days", "Days in crisis", "days people spent in crisis states"),
    ("segments", "known"): (
        "people",
        "Known",
        "people of the segment there when results begin, and those who arrived within the horizon",
    ),
    ("segments", "crises"): (
        "crises",
        "Crises",
        "entries to crisis states, and crisis events, of the segment",
    ),
    ("segments", "crises_per_100"): (
        "crises per 100 people",
        "Crises per 100 people",
        "crises of the segment for every 100 of its people known",
    ),
    ("segments", "reached"): (
        "share",
        "Share of people reached",
        "share of the segment's people known who were ever in the service",
    ),
    ("segments", "wait_days"): (
        "days",
        "Mean wait, days",
        "mean wait of those of the segment who joined; those still waiting count with their wait so far",
    ),
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
    **DEAL_UNITS,
}


class Measure(NamedTuple):
    """One row, before design and replication are known."""

    table: str
    item: str
    measure: str
    value: float
    year: int = 0


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures over replications: `values[r, k]` is that of `keys[k]` in replication `replications[r]`, NaN if it has none.

    The keys of one design come together. `frame` is the same as the tidy table of the module.
    """

    keys: tuple[Key, ...]
    replications: tuple[int, ...]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, design: str, replication: int, measures: Iterable[Measure]) -> Measures:
        """Those of one design and replication. Raises KeyError for a measure without a unit."""
        found = list(measures)
        for each in found:
            UNITS[each.table, each.measure]
        return cls(
            tuple((design, each.table, each.item, each.measure, each.year) for each in found),
            (replication,),
            np.array([[each.value for each in found]], np.float64).reshape(1, -1),
        )

    @classmethod
    def side_by_side(cls, parts: Sequence[Measures]) -> Measures:
        """Several designs over the same replications."""
        return cls(
            tuple(key for part in parts for key in part.keys),
            parts[0].replications,
            np.concatenate([part.values for part in parts], axis=1),
        )

    @classmethod
    def one_after_the_other(cls, parts: Sequence[Measures]) -> Measures:
        """Replications of the same designs. Not all of them need have the same measures."""
        replications = tuple(number for part in parts for number in part.replications)
        if all(part.keys == parts[0].keys for part in parts):
            return cls(parts[0].keys, replications, np.concatenate([part.values for part in parts]))
        first = dict.fromkeys(key for part in parts for key in part.keys)
        order = {name: number for number, name in enumerate(dict.fromkeys(key[0] for key in first))}
        keys = sorted(first, key=lambda key: order[key[0]])
        column = {key: number for number, key in enumerate(keys)}
        values = np.full((len(replications), len(keys)), np.nan)
        row = 0
        for part in parts:
            values[row : row + len(part.replications), [column[key] for key in part.keys]] = part.values
            row += len(part.replications)
        return cls(tuple(keys), replications, values)

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> Measures:
        """The same from a table with COLUMNS."""
        parts = []
        for number, rows in frame.groupby("replication", sort=True):
            keys = zip(
                rows["design"], rows["table"], rows["item"], rows["measure"], rows["year"], strict=True
            )
            values = rows["value"].to_numpy(np.float64).reshape(1, -1)
            parts.append(cls(tuple((*key[:4], int(key[4])) for key in keys), (int(number),), values))  # type: ignore[arg-type]
        return cls.one_after_the_other(parts) if parts else cls((), (), np.zeros((0, 0)))

    @property
    def designs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key[0] for key in self.keys))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each measure that a replication has, with COLUMNS: by replication, then design."""
        import pandas as pd

        there = ~np.isnan(self.values)
        row, column = np.nonzero(there)
        parts = {
            name: np.array([key[position] for key in self.keys], dtype=object)[column]
            for position, name in enumerate(("design", "table", "item", "measure"))
        }
        year = np.array([key[4] for key in self.keys], np.int64)
        return pd.DataFrame(
            {
                **parts,
                "replication": np.array(self.replications, np.int64)[row],
                "year": year[column],
                "value": self.values[there],
            },
            columns=list(COLUMNS),
        )
