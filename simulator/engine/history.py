"""What happened to each person: the result of a run, and all that anything later reads. This file is its whole schema.

rows, in the order they happened:
    time    int64   seconds since the scenario's start; negative in the warm-up
    person  int32   position in `people`
    item    int16   a state, event or service (by `what`), as a number into the names below
    what    uint8   see WHAT
    why     uint8   see WHY

people, by person:
    identity int64 (the same person under every design), arrival int64 seconds, profile int64 (into `segments`),
    state int64 (first state)

Which `what` has which `why` is in ALLOWED; `History` checks this and the order of rows where it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

ROW = np.dtype(
    [("time", np.int64), ("person", np.int32), ("item", np.int16), ("what", np.uint8), ("why", np.uint8)]
)
PERSON = np.dtype([("identity", np.int64), ("arrival", np.int64), ("profile", np.int64), ("state", np.int64)])

WHAT = (
    "",
    "arrived",
    "state",
    "left",
    "event",
    "missed",
    "lapsed",
    "referred",
    "off_list",
    "started",
    "ended",
    "still_state",
    "still_service",
)
(
    ARRIVED,
    STATE,
    LEFT,
    EVENT,
    MISSED,
    LAPSED,
    REFERRED,
    OFF_LIST,
    STARTED,
    ENDED,
    STILL_STATE,
    STILL_SERVICE,
) = range(1, 13)

WHY = (
    "",
    "own",
    "moved",
    "time_up",
    "state",
    "closed",
    "left",
    "joined",
    "declined",
    "gave_up",
    "turned_away",
    "place",
    "completed",
    "dropped_out",
    "pending",
    "waiting",
    "in",
)
(
    NONE,
    OWN,
    MOVED,
    TIME_UP,
    BY_STATE,
    CLOSED,
    BY_LEAVING,
    JOINED,
    DECLINED,
    GAVE_UP,
    TURNED_AWAY,
    PLACE,
    COMPLETED,
    DROPPED_OUT,
    PENDING,
    WAITING,
    IN,
) = range(17)

# own: by a clock of the person's; moved: by a service or event; state: the need changed; closed: places closed.
ALLOWED = {
    ARRIVED: {NONE},
    STATE: {OWN, MOVED},
    LEFT: {OWN, MOVED, TIME_UP},
    EVENT: {NONE},
    MISSED: {NONE},
    LAPSED: {BY_STATE, CLOSED, BY_LEAVING},
    REFERRED: {JOINED, DECLINED},
    OFF_LIST: {GAVE_UP, TURNED_AWAY, BY_STATE, CLOSED, BY_LEAVING},
    STARTED: {PLACE},
    ENDED: {COMPLETED, DROPPED_OUT, BY_STATE, CLOSED, BY_LEAVING},
    STILL_STATE: {NONE},
    STILL_SERVICE: {PENDING, WAITING, IN},
}
NOT_YET = -(2**62)


class HistoryError(ValueError):
    """A history that breaks its own schema: a fault of an engine, never of a scenario."""


@dataclass(frozen=True, eq=False)
class History:
    """One replication of one design. See the module for the columns. Raises HistoryError if the rows are not a history."""

    design: str
    begin: int
    end: int
    states: tuple[str, ...]
    events: tuple[str, ...]
    services: tuple[str, ...]
    segments: tuple[tuple[str, ...], ...]
    pools: tuple[str, ...]
    pool: NDArray[np.int64]  # (2, services)
    pool_places: tuple[tuple[tuple[int, int], ...], ...]
    rows: NDArray[Any] = field(repr=False)
    people: NDArray[Any] = field(repr=False)

    def __post_init__(self) -> None:
        rows = self.rows
        if rows.dtype != ROW or self.people.dtype != PERSON:
            raise HistoryError("rows and people must have the types of the schema")
        if not len(rows):
            return
        if (np.diff(rows["time"]) < 0).any():
            raise HistoryError("time runs backwards")
        allowed = np.zeros((len(WHAT), len(WHY)), bool)
        for kind, reasons in ALLOWED.items():
            allowed[kind, list(reasons)] = True
        if not (fits := allowed[rows["what"], rows["why"]]).all():
            at = int(np.flatnonzero(~fits)[0])
            raise HistoryError(f"row {at}: {WHAT[rows['what'][at]]} because {WHY[rows['why'][at]]}")
        order = np.argsort(rows["person"], kind="stable")
        person, what = rows["person"][order], rows["what"][order]
        changes = np.flatnonzero(person[1:] != person[:-1])
        begins, ends = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
        begins[0] = begins[changes + 1] = True
        ends[-1] = ends[changes] = True
        if ((what == ARRIVED) != begins).any():
            raise HistoryError("a person's first row, and no other, is their arrival")
        if not np.isin(what[ends], (LEFT, STILL_STATE, STILL_SERVICE)).all():
            raise HistoryError("a person's last row is that they left or are still there")
        if begins.sum() != len(self.people):
            raise HistoryError(f"{begins.sum()} people in the rows, {len(self.people)} in the table")
        self.spell_table  # noqa: B018  raises when referrals, starts and ends do not pair

    @cached_property
    def stay_table(self) -> dict[str, NDArray[np.int64]]:
        """Stays in states: person, state, begin, end (seconds; the run end if open), why it began, open (1: still there)."""
        rows = self.rows[np.isin(self.rows["what"], (ARRIVED, STATE, LEFT, STILL_STATE))]
        rows = rows[np.argsort(rows["person"], kind="stable")]
        starts = np.flatnonzero(np.isin(rows["what"], (ARRIVED, STATE)))
        following = rows[starts + 1]
        return {
            "person": rows["person"][starts].astype(np.int64),
            "state": rows["item"][starts].astype(np.int64),
            "begin": rows["time"][starts],
            "end": following["time"],
            "why": rows["why"][starts].astype(np.int64),
            "open": (following["what"] == STILL_STATE).astype(np.int64),
        }

    @cached_property
    def spell_table(self) -> dict[str, NDArray[np.int64]]:
        """Uses of services from referral on: person, service, referred, joined, started, ended (NOT_YET where none), way, still.

        `way` is a number into WHY: declined, how the wait ended without a start, or how the stay ended. `still` is
        WAITING or IN for what the run's end cut, else 0. Refusals to be referred at all (missed, lapsed) are rows only.
        """
        rows = self.rows[
            np.isin(self.rows["what"], (REFERRED, OFF_LIST, STARTED, ENDED))
            | ((self.rows["what"] == STILL_SERVICE) & (self.rows["why"] != PENDING))
        ]
        rows = rows[
            np.argsort(rows["person"].astype(np.int64) * len(self.services) + rows["item"], kind="stable")
        ]
        what, why, time = rows["what"], rows["why"].astype(np.int64), rows["time"]
        first = np.flatnonzero(what == REFERRED)
        stop = np.append(first[1:], len(rows))
        size = stop - first
        declined = why[first] == DECLINED
        if len(rows) and (
            len(first) == 0
            or first[0] != 0
            or (size[declined] != 1).any()
            or not np.isin(size[~declined], (2, 3)).all()
        ):
            raise HistoryError("referrals, starts and ends do not pair")
        second, third = np.minimum(first + 1, len(rows) - 1), np.minimum(first + 2, len(rows) - 1)
        started = (size == 3) | ((size == 2) & (what[second] == STARTED))
        if (
            (size == 3) & ((what[second] != STARTED) | ~np.isin(what[third], (ENDED, STILL_SERVICE)))
        ).any() or ((size == 2) & ~np.isin(what[second], (OFF_LIST, STILL_SERVICE))).any():
            raise HistoryError(
                "a referral that joined leaves the list, starts, or is still there; a start ends or is still there"
            )
        last = first + size - 1
        nothing = np.int64(NOT_YET)
        return {
            "person": rows["person"][first].astype(np.int64),
            "service": rows["item"][first].astype(np.int64),
            "referred": time[first],
            "joined": np.where(declined, nothing, time[first]),
            "started": np.where(started, time[second], nothing),
            "ended": np.where(declined | (what[last] == STILL_SERVICE), nothing, time[last]),
            "way": np.where(what[last] == STILL_SERVICE, 0, np.where(declined, DECLINED, why[last])),
            "still": np.where(what[last] == STILL_SERVICE, why[last], 0),
        }

    def stays(self) -> pd.DataFrame:
        """`stay_table` as a DataFrame with names for states and reasons."""
        import pandas as pd

        frame = pd.DataFrame(self.stay_table)
        frame["state"] = _names(self.states, self.stay_table["state"])
        frame["why"] = _names(WHY, self.stay_table["why"])
        return frame

    def spells(self) -> pd.DataFrame:
        """`spell_table` as a DataFrame with names; times that are not yet are missing."""
        import pandas as pd

        table = self.spell_table
        frame = pd.DataFrame(table)
        frame["service"] = _names(self.services, table["service"])
        for column in ("joined", "started", "ended"):
            frame[column] = pd.array(np.where(table[column] == NOT_YET, 0, table[column]), dtype="Int64")
            frame.loc[table[column] == NOT_YET, column] = pd.NA
        frame["way"], frame["still"] = _names(WHY, table["way"]), _names(WHY, table["still"])
        return frame

    def frame(self) -> pd.DataFrame:
        """The rows as a DataFrame with names."""
        import pandas as pd

        rows = self.rows
        of_state, of_event = np.isin(rows["what"], (ARRIVED, STATE, LEFT, STILL_STATE)), rows["what"] == EVENT
        item = np.array(
            _names(self.services, np.where(of_state | of_event, 0, rows["item"]))
            if self.services
            else [""] * len(rows),
            dtype=object,
        )
        item[of_state] = np.array(self.states, dtype=object)[rows["item"][of_state]]
        if of_event.any():
            item[of_event] = np.array(self.events, dtype=object)[rows["item"][of_event]]
        return pd.DataFrame(
            {
                "time": rows["time"],
                "person": rows["person"],
                "what": _names(WHAT, rows["what"]),
                "item": item,
                "why": _names(WHY, rows["why"]),
            }
        )

    def people_frame(self) -> pd.DataFrame:
        """One row a person: identity, arrival in seconds, first state, and the segment of each grouping."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "identity": self.people["identity"],
                "arrival": self.people["arrival"],
                "state": _names(self.states, self.people["state"]),
            }
        )
        for index in range(len(self.segments[0]) if self.segments else 0):
            frame[f"segment_{index + 1}"] = [self.segments[p][index] for p in self.people["profile"]]
        return frame


def _names(names: tuple[str, ...], numbers: NDArray[Any]) -> Any:
    return np.array(names, dtype=object)[numbers] if len(names) else np.array([], dtype=object)


def rows_from(numbers: list[int]) -> NDArray[Any]:
    """Rows of a history from a flat list of their five numbers: time, person, item, what, why."""
    table = np.array(numbers, dtype=np.int64).reshape(-1, 5)
    found = np.empty(len(table), dtype=ROW)
    for position, name in enumerate(("time", "person", "item", "what", "why")):
        found[name] = table[:, position]
    return found
