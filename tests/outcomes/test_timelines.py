"""Every test of LANGUAGE section 8 on timelines that can be checked by hand. Days; the run ends at day 100."""

import pytest

from simulator.engine.history import NOT_YET, History
from simulator.outcomes.evaluate import evaluate
from tests.outcomes.histories import DAY, history, outcome, run


def verdicts(history: History, **keys: object) -> list[tuple[bool, float | None]]:
    """(known, day of achieving it or None) for each clock."""
    table = evaluate(outcome(**keys), history)
    assert (table.achieved == (table.achieved_at != NOT_YET)).all()
    assert (table.value == table.achieved).all()
    days = [None if at == NOT_YET else at / DAY for at in table.achieved_at.tolist()]
    return list(zip(table.known.tolist(), days, strict=True))


def amounts(history: History, **keys: object) -> list[tuple[bool, float]]:
    """(known, days or number) for each clock."""
    table = evaluate(outcome(**keys), history)
    assert not table.achieved.any() and (table.achieved_at == NOT_YET).all()
    return list(zip(table.known.tolist(), table.value.tolist(), strict=True))


ROUNDS = """
format: 1
scenario: Round and round
start: 2027-04-01
horizon: 100 days
warm_up: 20 days
people: {arrive: {street: {at: [0 days, 30 days]}}, present: {street: 1}}
needs: {street: {}, hostel: {}, home: {}}
transitions: {street -> hostel: 10 days, hostel -> home: 5 days, home -> street: 30 days}
designs: {today: {baseline: yes}}
"""


@pytest.fixture(scope="module")
def rounds() -> History:
    """Three people go round: street 10 days, hostel 5, home 30. The first since day -20, the others since 0 and 30.

    first   street -20, hostel -10, home  -5, street 25, hostel 35, home 40, street 70, hostel 80, home 85
    second  street   0, hostel  10, home  15, street 45, hostel 55, home 60, street 90
    third   street  30, hostel  40, home  45, street 75, hostel 85, home 90
    """
    return run(ROUNDS)


def test_people_of_the_warm_up_have_no_clock_from_arrival(rounds: History) -> None:
    table = evaluate(outcome(since="arrived", reached="home", within="20 days"), rounds)
    assert table.person.tolist() == [1, 2]
    assert (table.since / DAY).tolist() == [0, 30]
    assert (table.due / DAY).tolist() == [20, 50]
    assert (table.achieved_at / DAY).tolist() == [15, 45]


def test_the_clock_starts_at_the_first_moment_from_the_start_on_or_at_each(rounds: History) -> None:
    first = evaluate(outcome(since="street", reached="home", within="20 days"), rounds)
    assert list(zip(first.person.tolist(), (first.since / DAY).tolist(), strict=True)) == [
        (0, 25),
        (1, 0),
        (2, 30),
    ]
    each = evaluate(outcome(since="street", repeat="yes", reached="home", within="20 days"), rounds)
    assert list(zip(each.person.tolist(), (each.since / DAY).tolist(), strict=True)) == [
        (0, 25), (0, 70), (1, 0), (1, 45), (1, 90), (2, 30), (2, 75),
    ]  # fmt: skip
    assert each.known.tolist() == [True, True, True, True, False, True, True]
    assert each.achieved.tolist() == [True, True, True, True, False, True, True]


def test_reached_by_the_closing_second_and_not_after(rounds: History) -> None:
    assert verdicts(rounds, reached="home", within="15 days") == [(True, 15), (True, 45)]
    assert verdicts(rounds, reached="home", within="14.9999 days") == [(True, None), (True, None)]


def test_a_window_is_known_if_it_closes_by_the_horizon_and_early_success_is_still_recorded(
    rounds: History,
) -> None:
    assert verdicts(rounds, reached="home", within="70 days") == [
        (True, 15),
        (True, 45),
    ]  # the third's closes at 100
    assert verdicts(rounds, reached="home", within="71 days") == [(True, 15), (False, 45)]
    assert verdicts(rounds, reached="leaves", within="71 days") == [(True, None), (False, None)]


def test_being_in_the_state_at_since_reaches_it(rounds: History) -> None:
    assert verdicts(rounds, since="home", reached="home", within="1 day") == [
        (True, 40),
        (True, 15),
        (True, 45),
    ]
    assert verdicts(history("0 home, 5 visit"), since="visit", reached="home", within="9 days") == [(True, 5)]
    # Entered and left at the very second: the clock's own moment is the entry.
    assert verdicts(history("0 street, 0 home"), since="arrived", reached="street", within="9 days") == [
        (True, 0)
    ]
    assert verdicts(history("0 street, 0 home"), since="arrived", reached="home", within="9 days") == [
        (True, 0)
    ]


def test_what_happens_later_in_the_second_of_since_counts_and_what_came_before_does_not() -> None:
    at_once = history("0 street, 4 rehousing referred, 4 rehousing started, 4 home")
    assert verdicts(at_once, since="rehousing referred", reached="rehousing started", within="1 day") == [
        (True, 4)
    ]
    assert verdicts(at_once, since="rehousing started", reached="rehousing referred", within="1 day") == [
        (True, None)
    ]


def test_the_moment_that_starts_the_clock_is_not_another() -> None:
    offender = history("0 street, 5 arrest, 25 arrest", "0 street, 5 arrest", "0 street, 5 arrest, 5 arrest")
    assert verdicts(offender, since="arrest", reached="arrest", within="20 days") == [
        (True, 25),
        (True, None),
        (True, 5),
    ]
    assert verdicts(offender, since="arrest", avoided="arrest", for_="20 days") == [
        (True, None),
        (True, 25),
        (True, None),
    ]
    assert amounts(offender, since="arrest", count="arrest", within="20 days") == [
        (True, 1),
        (True, 0),
        (True, 1),
    ]


def test_the_first_of_several_moments_reaches() -> None:
    people = history(
        "0 street, 5 visit, 6 home, 7 rehousing referred, 8 rehousing started", "0 street, 3 leaves"
    )
    assert verdicts(people, reached=["rehousing started", "home"], within="9 days") == [
        (True, 6),
        (True, None),
    ]
    assert verdicts(people, reached=["leaves", "visit"], within="9 days") == [(True, 5), (True, 3)]


def test_stayed_in_counts_unbroken_time_from_since_and_is_complete_by_the_window(rounds: History) -> None:
    assert verdicts(rounds, stayed_in="home", for_="30 days", within="45 days") == [(True, 45), (True, 75)]
    assert verdicts(rounds, stayed_in="home", for_="30 days", within="44 days") == [
        (True, None),
        (True, None),
    ]
    assert verdicts(rounds, stayed_in="home", for_="31 days", within="69 days") == [
        (True, None),
        (True, None),
    ]
    # Two states together: hostel and home without a break; the whole round never ends.
    assert verdicts(rounds, stayed_in=["home", "hostel"], for_="35 days", within="60 days") == [
        (True, 45),
        (True, 75),
    ]
    assert verdicts(rounds, stayed_in=["home", "hostel", "street"], for_="60 days", within="70 days") == [
        (True, 60),
        (True, 90),
    ]


def test_stayed_in_begins_at_since_and_takes_a_later_stay_if_the_first_is_too_short() -> None:
    people = history("0 home, 10 visit, 30 street, 32 home, 35 street, 50 home, 90 street", days=200)
    assert verdicts(people, since="visit", stayed_in="home", for_="20 days", within="80 days") == [(True, 30)]
    assert verdicts(people, since="visit", stayed_in="home", for_="21 days", within="80 days") == [(True, 71)]
    assert verdicts(people, since="visit", stayed_in="home", for_="40 days", within="80 days") == [(True, 90)]
    assert verdicts(people, since="visit", stayed_in="home", for_="40 days", within="79 days") == [
        (True, None)
    ]


def test_stayed_in_is_complete_at_the_second_it_is_full_even_if_that_is_the_end_of_the_run() -> None:
    assert verdicts(history("0 home, 40 street"), stayed_in="home", for_="40 days", within="50 days") == [
        (True, 40)
    ]
    assert verdicts(history("60 home"), stayed_in="home", for_="40 days", within="40 days") == [(True, 100)]
    assert verdicts(history("60 home"), stayed_in="home", for_="30 days", within="50 days") == [(False, 90)]
    assert verdicts(history("61 home"), stayed_in="home", for_="40 days", within="40 days") == [(False, None)]


def test_entering_the_same_state_again_is_no_break_but_any_other_state_is_and_leaving_is() -> None:
    again = history(
        "0 home, 10 home, 25 street", "0 home, 10 street, 10 home, 25 street", "0 home, 15 leaves"
    )
    assert verdicts(again, stayed_in="home", for_="20 days", within="30 days") == [
        (True, 20),
        (True, None),
        (True, None),
    ]
    assert verdicts(again, stayed_in="home", for_="15 days", within="30 days") == [
        (True, 15),
        (True, 25),
        (True, 15),
    ]


def test_avoided_is_the_opposite_of_reached_at_every_second(rounds: History) -> None:
    assert verdicts(rounds, avoided="home", for_="15 days") == [(True, None), (True, None)]
    assert verdicts(rounds, avoided="home", for_="354 hours") == [(True, 14.75), (True, 44.75)]
    assert verdicts(rounds, avoided="home", for_="71 days") == [(True, None), (False, None)]


def test_avoided_is_broken_by_being_there_at_since_and_by_events_but_not_by_leaving() -> None:
    people = history(
        "0 street, 5 support referred, 5 support started, 8 home",  # there at the start
        "0 home, 5 support referred, 5 support started, 9 arrest",
        "0 home, 5 support referred, 5 support started, 9 support left, 9 leaves",
        "0 home, 5 arrest, 5 support referred, 5 support started",  # before the start, at its second
        "0 street, 5 support referred, 5 support started, 5 home",  # the start moves them home
        "0 home, 85 support referred, 85 support started",  # not yet
        "0 home, 85 support referred, 85 support started, 86 street",  # not yet either, though it has failed
    )
    assert verdicts(people, since="support started", avoided=["street", "arrest"], for_="20 days") == [
        (True, None), (True, None), (True, 25), (True, 25), (True, 25), (False, None), (False, None),
    ]  # fmt: skip


def test_a_state_entered_and_left_within_a_second_was_not_avoided() -> None:
    assert verdicts(history("0 home, 5 street, 5 home"), avoided="street", for_="20 days") == [(True, None)]
    assert verdicts(history("0 home, 5 street, 5 home"), reached="street", within="20 days") == [(True, 5)]


def test_in_sees_the_state_at_one_second(rounds: History) -> None:
    assert verdicts(rounds, in_="home", at="15 days") == [(True, 15), (True, 45)]  # entered at that second
    assert verdicts(rounds, in_="home", at="45 days") == [(True, None), (True, None)]  # left at that second
    assert verdicts(rounds, in_=["home", "street"], at="45 days") == [(True, 45), (True, 75)]
    assert verdicts(rounds, in_="home", at="70 days") == [(True, 70), (True, 100)]  # at the horizon itself
    assert verdicts(rounds, in_="home", at="71 days") == [(True, 71), (False, None)]
    assert verdicts(history("0 home, 5 leaves", "0 home, 5 street, 5 home"), in_="home", at="5 days") == [
        (True, None),
        (True, 5),
    ]


def test_days_in_adds_the_days_of_the_window(rounds: History) -> None:
    assert amounts(rounds, days_in="home", within="20 days") == [(True, 5), (True, 5)]
    assert amounts(rounds, days_in=["hostel", "home"], within="60 days") == [(True, 40), (True, 40)]
    assert amounts(rounds, days_in="home", within="65 days") == [(True, 35), (True, 35)]
    assert amounts(rounds, days_in="home", within="100 days") == [(True, 60), (False, 40)]  # so far
    # From the middle of one stay to the middle of another, and of one.
    assert amounts(
        history("0 home, 10 visit, 12 street, 20 home"), since="visit", days_in="home", within="15 days"
    ) == [(True, 7)]
    assert amounts(
        history("0 home, 10 visit, 50 street"), since="visit", days_in="home", within="15 days"
    ) == [(True, 15)]
    assert amounts(history("0 home, 10 leaves"), days_in="home", within="15 days") == [(True, 10)]
    assert amounts(history("0 home, 10 leaves", "0 street"), days_in="hostel", within="15 days") == [
        (True, 0),
        (True, 0),
    ]


def test_count_counts_entries_events_and_moments_until_the_closing_second(rounds: History) -> None:
    assert amounts(rounds, count="street", within="45 days") == [
        (True, 1),
        (True, 1),
    ]  # not the arrival itself
    assert amounts(rounds, count="street", within="44.9999 days") == [(True, 0), (True, 0)]
    assert amounts(rounds, count=["home", "hostel"], within="60 days") == [(True, 4), (True, 4)]
    assert amounts(rounds, count="street", within="90 days") == [(True, 2), (False, 1)]
    served = history(
        "0 street, 1 visit, 2 support referred, 2 support started, 2 home, 3 visit, 4 support completed, 6 leaves"
    )
    assert amounts(served, count=["visit", "support completed"], within="5 days") == [(True, 3)]
    assert amounts(served, since="support referred", count=["support started", "home"], within="5 days") == [
        (True, 2)
    ]
    assert amounts(served, since="home", count=["support started", "leaves"], within="5 days") == [(True, 1)]


def test_each_of_two_moments_at_one_second_starts_a_clock() -> None:
    twice = history("0 street, 5 visit, 5 visit, 5 home")
    assert amounts(twice, since="visit", repeat="yes", count="visit", within="5 days") == [
        (True, 1),
        (True, 0),
    ]


def test_nobody_has_a_clock_in_an_empty_history_or_where_the_moment_never_happens() -> None:
    tests = [
        {"reached": ["home", "visit"], "within": "1 day"}, {"stayed_in": "home", "for": "1 day", "within": "1 day"},
        {"avoided": "home", "for": "1 day"}, {"in": "home", "at": "1 day"}, {"days_in": "home", "within": "1 day"},
        {"count": "home", "within": "1 day"},
    ]  # fmt: skip
    for test in tests:
        assert len(evaluate(outcome(**test), history())) == 0
        assert len(evaluate(outcome(since="arrest", **test), history("0 street, 3 leaves"))) == 0
