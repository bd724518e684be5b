"""Moments and states of a few people whose rows are written out."""

import numpy as np
import pytest

from simulator.outcomes.compiled_verdicts import NO_ROW
from simulator.outcomes.evaluate import Clocks, judge
from simulator.outcomes.moments import UnknownMoment, moment_times
from simulator.scenario.fields import MOMENT_WAYS, moment
from tests.outcomes.histories import DAY, STATES, history, outcome

PEOPLE = (
    "0 street, 2 visit, 3 rehousing referred, 5 rehousing started, 5 home, 9 visit, 20 rehousing completed, 30 street",
    "-4 home, 1 home, 6 support referred, 6 support closed, 7 support declined, 8 leaves",
    "1 street, 1 support referred, 1 support started, 1 hostel, 4 support stopped, 5 support referred, 6 support gave_up, "
    "7 support referred, 8 support turned_away, 9 support referred, 9 support started, 11 support need_changed, "
    "12 support referred, 12 support started, 13 support dropped_out, 14 support referred, 14 support started, "
    "15 support left, 15 leaves",
)


@pytest.fixture(scope="module")
def three() -> object:
    return history(*PEOPLE, warm_up=10)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("street", [(0, 0), (0, 30), (2, 1)]),  # arriving and coming back
        ("home", [(0, 5), (1, -4), (1, 1)]),  # entering the state one is in already counts
        ("visit", [(0, 2), (0, 9)]),
        ("arrest", []),
        ("arrived", [(0, 0), (1, -4), (2, 1)]),
        ("leaves", [(1, 8), (2, 15)]),
        ("rehousing completed", [(0, 20)]),
        (
            "support referred",
            [(1, 6), (1, 7), (2, 1), (2, 5), (2, 7), (2, 9), (2, 12), (2, 14)],
        ),  # declining too
        ("support declined", [(1, 7)]),
        ("support started", [(2, 1), (2, 9), (2, 12), (2, 14)]),
        ("support gave_up", [(2, 6)]),
        ("support turned_away", [(1, 6), (2, 8)]),  # turned away, and off a list that closed
        ("support completed", []),
        ("support dropped_out", [(2, 13)]),
        ("support cut_short", [(2, 4), (2, 11)]),  # places closed, need changed; not leaving the system
        ("support ended", [(2, 4), (2, 11), (2, 13), (2, 15)]),  # any end, leaving too
        ("mentoring started", []),  # a service that only another design has
    ],
)
def test_each_kind_of_moment_is_found_by_person_then_time(
    three, written: str, expected: list[tuple[int, float]]
) -> None:
    person, time = moment_times(three, moment(written))
    assert list(zip(person.tolist(), (time / DAY).tolist(), strict=True)) == expected
    assert person.dtype == time.dtype == np.int64


def test_every_way_of_the_language_can_be_found(three) -> None:
    for way in MOMENT_WAYS:
        moment_times(three, moment(f"support {way}"))


def test_a_name_that_the_history_lacks_is_refused_by_name(three) -> None:
    with pytest.raises(UnknownMoment, match="no state or event `prison`"):
        moment_times(three, moment("prison"))


def test_the_last_state_entered_at_a_second_is_the_state_at_that_second(three) -> None:
    person = np.array([0, 0, 0, 0, 2, 1, 1, 1, 1, -1])
    time = np.array(
        [0, 5 * DAY - 1, 5 * DAY, 100 * DAY, 1 * DAY, -5 * DAY, -4 * DAY, 8 * DAY - 1, 8 * DAY, 0]
    )
    clocks = Clocks(person, time - DAY, np.full(len(person), NO_ROW))
    found = [[] for _ in person]
    for state in STATES:
        for clock in np.flatnonzero(judge(outcome(in_=state, at="1 day"), three, clocks).achieved):
            found[clock].append(state)
    assert found == [["street"], ["street"], ["home"], ["street"], ["hostel"], [], ["home"], ["home"], [], []]
