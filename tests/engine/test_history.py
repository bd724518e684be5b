"""What is made of a history's rows where they are checked, against plain Python; and that every fault of a history is found."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import history as h
from simulator.engine.history import NOT_YET, History, HistoryError
from tests.outcomes.histories import (
    DAY,
    EVENTS,
    SERVICES,
    STATES,
    at_random,
    history,
    made,
    run_file,
)

Row = tuple[int, int, int, int, int]  # time, person, item, what, why


def rows_of(found: History) -> list[Row]:
    return [tuple(row) for row in found.rows.tolist()]


def of_people(found: History) -> list[list[tuple[int, Row]]]:
    """Row numbers and rows of each person."""
    people: list[list[tuple[int, Row]]] = [[] for _ in found.people]
    for number, row in enumerate(rows_of(found)):
        people[row[1]].append((number, row))
    return people


def stays_plainly(found: History) -> list[dict[str, int]]:
    stays = []
    for person, rows in enumerate(of_people(found)):
        on_state = [row for _, row in rows if row[3] in (h.ARRIVED, h.STATE, h.LEFT, h.STILL_STATE)]
        for (begin, _, state, what, why), (end, _, _, closing, _) in pairwise(on_state):
            assert what in (h.ARRIVED, h.STATE)
            still = int(closing == h.STILL_STATE)
            stays.append(
                {"person": person, "state": state, "begin": begin, "end": end, "why": why, "open": still}
            )
    return stays


def spells_plainly(found: History) -> list[dict[str, int]]:
    spells = []
    for person, rows in enumerate(of_people(found)):
        for service in range(len(found.services)):
            mine: list[dict[str, int]] = []
            for _, (time, _, item, what, why) in rows:
                if item != service:
                    continue
                if what == h.REFERRED:
                    joined = why == h.JOINED
                    mine.append(
                        {
                            "person": person, "service": service, "referred": time, "joined": time if joined else NOT_YET,
                            "started": NOT_YET, "ended": NOT_YET, "way": 0 if joined else h.DECLINED, "still": 0,
                        }
                    )  # fmt: skip
                elif what == h.STARTED:
                    mine[-1]["started"] = time
                elif what in (h.OFF_LIST, h.ENDED):
                    mine[-1].update(ended=time, way=why)
                elif what == h.STILL_SERVICE and why != h.PENDING:
                    mine[-1]["still"] = why
            spells += mine
    return spells


def compare(found: History) -> None:
    """Everything that is made of the rows, against plain Python."""
    people = of_people(found)
    assert found.by_person.tolist() == [number for rows in people for number, _ in rows]
    assert found.first_row.tolist() == np.cumsum([0, *(len(rows) for rows in people)]).tolist()
    counts = Counter((int(time >= 0), what, item, why) for time, _, item, what, why in rows_of(found))
    assert found.counts.sum() == len(found.rows)
    assert all(found.counts[key] == number for key, number in counts.items())
    for table, plain in (
        (found.stay_table, stays_plainly(found)),
        (found.spell_table, spells_plainly(found)),
    ):
        for name, column in table.items():
            assert column.dtype == np.int64 and column.flags.c_contiguous
            assert column.tolist() == [each[name] for each in plain], name
        assert not plain or list(table) == list(plain[0])


@given(st.integers(0, 10**9), st.sampled_from([0, 1, 20]))
def test_order_counts_and_tables_of_random_rows_with_many_ties(seed: int, people: int) -> None:
    compare(at_random(seed, people=people, warm_up=5))


def test_order_counts_and_tables_of_a_simulated_history() -> None:
    found = run_file("rough-sleeping", "rehouse")
    assert len(found.spell_table["person"]) > 500
    compare(found)


def test_a_referral_still_to_come_at_the_end_is_no_spell() -> None:
    rows = [(0, 0, 0, h.ARRIVED, h.NONE), (DAY, 0, 0, h.STILL_STATE, h.NONE)]
    found = with_rows([*rows, (DAY, 0, 1, h.STILL_SERVICE, h.PENDING)])
    assert len(found.spell_table["person"]) == 0
    compare(found)


def test_rows_of_a_person_keep_the_order_in_which_they_happened() -> None:
    found = history("0 home, 5 visit, 5 arrest, 5 street", "0 home, 5 arrest, 5 visit")
    items = [found.rows["item"][found.by_person[found.first_row[p] :]][1:3].tolist() for p in (0, 1)]
    assert items == [
        [EVENTS.index("visit"), EVENTS.index("arrest")],
        [EVENTS.index("arrest"), EVENTS.index("visit")],
    ]


def test_names_of_rows_stays_and_spells() -> None:
    found = history("0 home, 5 visit, 6 support referred, 7 support started, 9 street")
    frame = found.frame()
    assert frame["what"].tolist() == [
        "arrived",
        "event",
        "referred",
        "started",
        "state",
        "still_state",
        "still_service",
    ]
    assert frame["item"].tolist() == ["home", "visit", "support", "support", "street", "street", "support"]
    assert found.stays()["state"].tolist() == ["home", "street"]
    [spell] = found.spells().to_dict("records")
    assert (spell["service"], spell["still"], spell["started"]) == ("support", "in", 7 * DAY)
    assert found.spells()["ended"].isna().all()


# Faults --------------------------------------------------------------------------------------------------------------

REFERRED: list[Row] = [(1, 0, 1, h.REFERRED, h.JOINED)]
STARTED: list[Row] = [*REFERRED, (2, 0, 1, h.STARTED, h.PLACE)]
ENDED: list[Row] = [*STARTED, (3, 0, 1, h.ENDED, h.COMPLETED)]
ARRIVED: Row = (0, 0, 0, h.ARRIVED, h.NONE)
STILL: Row = (9, 0, 0, h.STILL_STATE, h.NONE)
LEFT: Row = (9, 0, 0, h.LEFT, h.OWN)


def with_rows(rows: list[Row], people: int = 1) -> History:
    return made(rows, np.zeros(people, h.PERSON), 0, DAY)


NO_PAIR = "do not pair"
WRONG_TURN = "leaves the list, starts, or is still there"
FAULTS: dict[str, tuple[list[Row], str]] = {
    "time falls": ([ARRIVED, (5, 0, 0, h.EVENT, h.NONE), (4, 0, 0, h.EVENT, h.NONE), STILL], "time runs backwards"),
    "wrong why": ([ARRIVED, (1, 0, 0, h.STATE, h.CLOSED), STILL], "row 1: state because closed"),
    "no such why": ([ARRIVED, (1, 0, 0, h.STATE, 99), STILL], "row 1: state because 99"),
    "no such what": ([ARRIVED, (1, 0, 0, 77, h.NONE), STILL], "row 1: 77 because"),
    "nothing": ([ARRIVED, (1, 0, 0, 0, h.NONE), STILL], "row 1:  because"),
    "no such state": ([ARRIVED, (1, 0, len(STATES), h.STATE, h.OWN), STILL], "that there is not"),
    "no such event": ([ARRIVED, (1, 0, len(EVENTS), h.EVENT, h.NONE), STILL], "that there is not"),
    "no such service": ([ARRIVED, (1, 0, len(SERVICES), h.MISSED, h.NONE), STILL], "that there is not"),
    "an item below 0": ([ARRIVED, (1, 0, -1, h.EVENT, h.NONE), STILL], "that there is not"),
    "never arrives": ([(1, 0, 0, h.EVENT, h.NONE), STILL], "first row, and no other"),
    "arrives later": ([(0, 0, 0, h.STATE, h.OWN), ARRIVED, STILL], "first row, and no other"),
    "arrives twice": ([ARRIVED, ARRIVED, STILL], "first row, and no other"),
    "neither leaves nor stays": ([ARRIVED, (1, 0, 0, h.EVENT, h.NONE)], "last row"),
    "ends in a service alone": ([ARRIVED, *STARTED, (9, 0, 1, h.STILL_SERVICE, h.IN)], "last row"),
    "goes on after leaving": ([ARRIVED, LEFT, (9, 0, 0, h.EVENT, h.NONE), LEFT], "last row"),
    "goes on after the end": ([ARRIVED, STILL, LEFT], "last row"),
    "still there twice": ([ARRIVED, STILL, STILL], "last row"),
    "a service outlasts leaving": ([ARRIVED, *STARTED, LEFT, (9, 0, 1, h.STILL_SERVICE, h.IN)], "last row"),
    "people missing": ([ARRIVED, STILL, (9, 2, 0, h.ARRIVED, h.NONE), (9, 2, 0, h.STILL_STATE, h.NONE)], "2 people in the rows"),
    "a start without a referral": ([ARRIVED, (2, 0, 1, h.STARTED, h.PLACE), STILL], NO_PAIR),
    "an end without a referral": ([ARRIVED, (2, 0, 1, h.ENDED, h.COMPLETED), STILL], NO_PAIR),
    "off a list they were not on": ([ARRIVED, (2, 0, 1, h.OFF_LIST, h.GAVE_UP), STILL], NO_PAIR),
    "the end of another service": ([ARRIVED, *STARTED, (3, 0, 0, h.ENDED, h.COMPLETED), STILL], NO_PAIR),
    "referred twice": ([ARRIVED, *REFERRED, *REFERRED, STILL], NO_PAIR),
    "referred while in it": ([ARRIVED, *STARTED, (3, 0, 1, h.REFERRED, h.DECLINED), STILL], NO_PAIR),
    "a start after declining": ([ARRIVED, (1, 0, 1, h.REFERRED, h.DECLINED), (2, 0, 1, h.STARTED, h.PLACE), STILL], NO_PAIR),
    "a list that nobody leaves": ([ARRIVED, *REFERRED, STILL], NO_PAIR),
    "a stay that does not end": ([ARRIVED, *STARTED, STILL], NO_PAIR),
    "a stay that does not end before leaving": ([ARRIVED, *STARTED, LEFT], NO_PAIR),
    "ended twice": ([ARRIVED, *ENDED, (4, 0, 1, h.ENDED, h.COMPLETED), STILL], NO_PAIR),
    "an end without a start": ([ARRIVED, *REFERRED, (2, 0, 1, h.ENDED, h.COMPLETED), STILL], WRONG_TURN),
    "started twice": ([ARRIVED, *STARTED, (3, 0, 1, h.STARTED, h.PLACE), STILL], WRONG_TURN),
    "off the list when in": ([ARRIVED, *STARTED, (3, 0, 1, h.OFF_LIST, h.GAVE_UP), STILL], WRONG_TURN),
    "in without a start": ([ARRIVED, *REFERRED, STILL, (9, 0, 1, h.STILL_SERVICE, h.IN)], WRONG_TURN),
    "waiting when in": ([ARRIVED, *STARTED, STILL, (9, 0, 1, h.STILL_SERVICE, h.WAITING)], WRONG_TURN),
    "to be referred when in": ([ARRIVED, *STARTED, STILL, (9, 0, 1, h.STILL_SERVICE, h.PENDING)], WRONG_TURN),
    "waiting without a referral": ([ARRIVED, STILL, (9, 0, 1, h.STILL_SERVICE, h.WAITING)], NO_PAIR),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_of_a_history_is_found(name: str) -> None:
    rows, message = FAULTS[name]
    with pytest.raises(HistoryError, match=message):
        with_rows(rows)


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "people missing"])
def test_each_fault_is_found_between_people_without_fault(name: str) -> None:
    rows, message = FAULTS[name]
    shifted = [(time, person + 1, *rest) for time, person, *rest in rows]
    others = [[(0, who, 0, h.ARRIVED, h.NONE), (9, who, 0, h.STILL_STATE, h.NONE)] for who in (0, 2)]
    with pytest.raises(HistoryError, match=message.replace("row 1", "row 3")):
        with_rows([each[0] for each in others] + shifted + [each[1] for each in others], people=3)


def test_a_history_without_these_faults_is_accepted() -> None:
    for rows in (
        [ARRIVED, *ENDED, STILL],
        [ARRIVED, *ENDED, LEFT],
        [ARRIVED, *STARTED, STILL, (9, 0, 1, h.STILL_SERVICE, h.IN)],
    ):
        compare(with_rows(rows))


def test_every_what_has_only_its_own_reasons() -> None:
    for what in range(1, len(h.WHAT)):
        for why in set(range(len(h.WHY))) - h.ALLOWED[what]:
            with pytest.raises(HistoryError, match=f"row 1: {h.WHAT[what]} because {h.WHY[why]}"):
                with_rows([ARRIVED, (1, 0, 0, what, why), STILL])


def test_people_without_rows_and_rows_without_people_are_refused() -> None:
    with pytest.raises(HistoryError, match="0 people in the rows, 1 in the table"):
        with_rows([], people=1)
    with pytest.raises(HistoryError, match="1 people in the rows, 0 in the table"):
        with_rows([ARRIVED, STILL], people=0)
    with pytest.raises(HistoryError, match="1 people in the rows, 2 in the table"):
        with_rows([ARRIVED, STILL], people=2)
    assert len(with_rows([], people=0).stay_table["person"]) == 0


def test_columns_of_other_types_are_refused() -> None:
    found = history("0 home")
    fields = {each.name: getattr(found, each.name) for each in dataclasses.fields(found) if each.init}
    for name in ("rows", "people"):
        wrong = fields[name].astype([(column, np.int64) for column in fields[name].dtype.names[::-1]])
        with pytest.raises(HistoryError, match="types of the schema"):
            History(**{**fields, name: wrong})


@given(st.integers(0, 10**9))
def test_any_row_left_out_or_told_twice_is_a_fault_or_leaves_a_history_that_the_plain_tables_agree_with(
    seed: int,
) -> None:
    """Never a wrong table without a word: what is still accepted is read as plain Python reads it."""
    found = at_random(seed, people=3, days=20)
    rows = rows_of(found)
    for number in range(len(rows)):
        for changed in (rows[:number] + rows[number + 1 :], rows[: number + 1] + rows[number:]):
            try:
                other = made(changed, found.people, found.begin, found.end)
            except HistoryError:
                continue
            compare(other)


def test_a_history_may_be_checked_when_it_is_first_read():
    good = history("0 home")
    fields = {each.name: getattr(good, each.name) for each in dataclasses.fields(good)}
    bad = good.rows[::-1].copy()
    with pytest.raises(HistoryError):
        History(**{**fields, "rows": bad})
    later = History(**{**fields, "rows": bad, "check_later": True})
    for name in ("by_person", "first_row", "counts", "stay_table", "spell_table"):
        with pytest.raises(HistoryError):
            getattr(later, name)
