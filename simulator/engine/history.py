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

Which `what` has which `why` is in ALLOWED; `History` checks this and the order of rows where it is made: time never
falls; a person arrives first, and leaves or is still there last; for each service of a person, a referral that joined
is followed by leaving the list, a start or still waiting, and a start by an end or still being in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from simulator.engine.arrivals import Arrivals
    from simulator.engine.model import Model

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

(
    NO_FAULT,
    FAULT_TIME,
    FAULT_WHY,
    FAULT_ITEM,
    FAULT_PEOPLE,
    FAULT_ARRIVAL,
    FAULT_LAST,
    FAULT_PAIRS,
    FAULT_TURN,
) = range(9)
_FAULTS = {
    FAULT_TIME: "time runs backwards",
    FAULT_ITEM: "a row names a state, event or service that there is not",
    FAULT_ARRIVAL: "a person's first row, and no other, is their arrival",
    FAULT_LAST: "a person's last row is that they left or are still there",
    FAULT_PAIRS: "referrals, starts and ends do not pair",
    FAULT_TURN: "a referral that joined leaves the list, starts, or is still there; a start ends or is still there",
}
_STAY_COLUMNS = ("person", "state", "begin", "end", "why", "open")
_SPELL_COLUMNS = ("person", "service", "referred", "joined", "started", "ended", "way", "still")


class HistoryError(ValueError):
    """A history that breaks its own schema: a fault of an engine, never of a scenario."""


class _Made(NamedTuple):
    """What `History` makes of its rows."""

    by_person: NDArray[np.int64]
    first_row: NDArray[np.int64]
    counts: NDArray[np.int64]
    stay_table: dict[str, NDArray[np.int64]]
    spell_table: dict[str, NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class History:
    """One replication of one design. See the module for the columns. Raises HistoryError if the rows are not a history.

    Made from the rows, and checked, at once or (`check_later`) when any of it is first read:

    by_person  row numbers ordered by person, then as they happened
    first_row  (people + 1,) the rows of person p are by_person[first_row[p] : first_row[p + 1]]
    counts     (2, what, item, why) how many rows there are, before the start and from the start on
    stay_table stays in states, ordered by person, then as they happened: person, state, begin, end (seconds; the run end
               if open), why it began, open (1: still there)
    spell_table  uses of services from referral on, ordered by person, then service, then as they happened: person,
               service, referred, joined, started, ended (NOT_YET where none), way, still. `way` is a number into WHY:
               declined, how the wait ended without a start, or how the stay ended. `still` is WAITING or IN for what the
               run's end cut, else 0. Refusals to be referred at all (missed, lapsed) are rows only.
    """

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
    check_later: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if self.rows.dtype != ROW or self.people.dtype != PERSON:
            raise HistoryError("rows and people must have the types of the schema")
        if not self.check_later:
            self._made  # noqa: B018  raises where the rows are not a history

    @cached_property
    def _made(self) -> _Made:
        # Not above: what is compiled reads this file's numbers, and the schema can be read without a compiler.
        from simulator.engine.compiled_tables import tables

        fault, row, by_person, first_row, counts, stays, spells = tables(
            self.packed, len(self.people), len(self.states), len(self.events), len(self.services)
        )
        if fault != NO_FAULT:
            raise HistoryError(self._fault(fault, row))
        return _Made(
            by_person,
            first_row,
            counts,
            dict(zip(_STAY_COLUMNS, stays, strict=True)),
            dict(zip(_SPELL_COLUMNS, spells, strict=True)),
        )

    @property
    def by_person(self) -> NDArray[np.int64]:
        return self._made.by_person

    @property
    def first_row(self) -> NDArray[np.int64]:
        return self._made.first_row

    @property
    def counts(self) -> NDArray[np.int64]:
        return self._made.counts

    @property
    def stay_table(self) -> dict[str, NDArray[np.int64]]:
        return self._made.stay_table

    @property
    def spell_table(self) -> dict[str, NDArray[np.int64]]:
        return self._made.spell_table

    @classmethod
    def of(cls, model: Model, coming: Arrivals, rows: NDArray[Any], *, check_later: bool = False) -> History:
        """The history of a run of a model to which these people came."""
        people = np.zeros(len(coming.identity), dtype=PERSON)
        for name in ("identity", "arrival", "profile", "state"):
            people[name] = getattr(coming, name)
        return cls(
            model.design,
            model.begin,
            model.end,
            model.states,
            model.events,
            model.services,
            model.segments,
            model.pools,
            model.pool,
            model.pool_places,
            rows,
            people,
            check_later,
        )

    def _fault(self, fault: int, row: int) -> str:
        if fault == FAULT_WHY:
            what, why = int(self.rows["what"][row]), int(self.rows["why"][row])
            return f"row {row}: {_name(WHAT, what)} because {_name(WHY, why)}"
        if fault == FAULT_PEOPLE:
            return (
                f"{len(np.unique(self.rows['person']))} people in the rows, {len(self.people)} in the table"
            )
        return _FAULTS[fault]

    @cached_property
    def packed(self) -> NDArray[np.int64]:
        """The rows themselves, seen as (n, 2) whole numbers for compiled code: see `compiled_tables`."""
        return np.ascontiguousarray(self.rows).view(np.int64).reshape(-1, 2)

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


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else str(number)


def _names(names: tuple[str, ...], numbers: NDArray[Any]) -> Any:
    return np.array(names, dtype=object)[numbers] if len(names) else np.array([], dtype=object)


def rows_from(numbers: list[int]) -> NDArray[Any]:
    """Rows of a history from a flat list of their five numbers: time, person, item, what, why."""
    table = np.array(numbers, dtype=np.int64).reshape(-1, 5)
    found = np.empty(len(table), dtype=ROW)
    for position, name in enumerate(("time", "person", "item", "what", "why")):
        found[name] = table[:, position]
    return found
