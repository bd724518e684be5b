"""Rates over what is known, by segment, and against the same people under the baseline."""

import math

import numpy as np
import pytest

from simulator.outcomes.evaluate import evaluate
from simulator.outcomes.rates import NotTheSameRun, OutcomeSummary, counterfactual, summarise, summarise_by
from tests.outcomes.histories import DAY, history, outcome, run, run_file

HOME = outcome(reached="home", within="20 days")
PEOPLE = (
    "0 street, 15 home",  # known, achieved
    "5 street, 40 home",  # known, too late
    "6 street, 9 leaves",  # known: who leaves is not dropped
    "85 street, 90 home",  # open, achieved already
    "90 street",  # open
)


def test_the_rate_is_over_windows_that_have_closed_and_the_rest_is_shown() -> None:
    assert summarise(HOME, evaluate(HOME, history(*PEOPLE))) == OutcomeSummary(
        people=5, clocks=5, known=3, achieved=1, rate=1 / 3, not_yet_known=2, achieved_open=1
    )


def test_an_amount_has_a_mean_and_nothing_achieved() -> None:
    visits = outcome(since="visit", repeat="yes", count="visit", within="50 days")
    table = evaluate(visits, history("0 street, 1 visit, 2 visit, 3 visit, 80 visit", "0 street"))
    assert summarise(visits, table) == OutcomeSummary(
        people=1, clocks=4, known=3, achieved=None, rate=1.0, not_yet_known=1, achieved_open=None
    )


def test_with_nothing_known_there_is_no_rate() -> None:
    never = summarise(HOME, evaluate(HOME, history("99 street")))
    assert (never.rate, never.known, never.not_yet_known) == (None, 0, 1)
    assert summarise(HOME, evaluate(HOME, history())).rate is None


def test_segments_have_their_own_rates_and_add_up() -> None:
    found = history(*PEOPLE, profiles=(0, 1, 2, 2, 3))
    table = evaluate(HOME, found)
    by_sex = summarise_by(HOME, table, found, 0)
    assert list(by_sex) == ["men", "women"]
    assert (by_sex["women"].known, by_sex["women"].rate) == (2, 0.5)
    assert (by_sex["men"].known, by_sex["men"].rate, by_sex["men"].achieved_open) == (1, 0.0, 1)
    by_age = summarise_by(HOME, table, found, 1)
    assert by_age["young"].clocks == 3
    assert sum(each.clocks for each in by_age.values()) == len(table)
    with pytest.raises(IndexError, match="no grouping 2"):
        summarise_by(HOME, table, found, 2)


GROUPS = """
format: 1
scenario: Forty-four per cent
start: 2027-04-01
horizon: 8 years
people: {arrive: {at_risk: "1,500 per year"}}
needs: {at_risk: {}, in_care: {}}
transitions: {at_risk -> in_care: {within: {12 months: 44%}}}
designs: {today: {baseline: yes}}
"""


def test_keeping_early_successes_of_open_windows_inflates_44_to_46_per_cent() -> None:
    """LANGUAGE section 8. In 8 years of even arrivals, 7/8 have a closed window, of whom 44% are in care by 12 months.

    Of those of the last year, the share already in care is the mean of 1 - exp(-h s) over s from 0 to 1,
    1 - 0.44 / h with h = -ln(0.56): 24.1%. Counting everyone who is decided one way or the other so far, the rate is
    (7 x 0.44 + 0.241) / (7 + 0.241) = 45.9%.
    """
    care = outcome(reached="in_care", within="12 months")
    result = summarise(care, evaluate(care, run(GROUPS)))
    assert result.rate == pytest.approx(0.44, abs=0.015)
    inflated = (result.achieved + result.achieved_open) / (result.known + result.achieved_open)
    early = 1 - 0.44 / -math.log(0.56)
    expected = (7 * 0.44 + early) / (7 + early)
    assert expected == pytest.approx(0.459, abs=0.0005)
    assert inflated - result.rate == pytest.approx(expected - 0.44, abs=0.003)


def test_the_counterfactual_is_the_same_person_from_the_same_date() -> None:
    design = history(
        "0 street, 5 support referred, 5 support started, 10 home",
        "1 street, 6 support referred, 6 support started",
        "2 street, 6 support referred, 6 support started, 7 home",
        identities=(11, 22, 33),
    )
    baseline = history("0 street, 30 home", "2 street, 20 home", identities=(11, 33))
    housed = outcome(since="support started", reached="home", within="20 days")
    table = evaluate(housed, design)
    found = counterfactual(housed, design, table, baseline)
    assert found.person.tolist() == [0, -1, 1]
    assert found.known.tolist() == [True, False, True]
    assert found.achieved.tolist() == [False, False, True]
    assert found.since.tolist() == table.since.tolist() and found.due.tolist() == table.due.tolist()
    assert found.achieved_at[2] == 20 * DAY
    assert summarise(housed, table).rate == pytest.approx(2 / 3)
    assert summarise(housed, found) == OutcomeSummary(2, 2, 2, 1, 0.5, 0, 0)
    assert summarise_by(housed, found, baseline, 0)["women"].clocks == 2


def test_the_moment_that_also_happens_under_the_baseline_does_not_count_itself_there() -> None:
    people = ("0 street, 5 arrest, 5 arrest, 12 arrest, 60 arrest",)
    again = outcome(since="arrest", repeat="yes", count="arrest", within="20 days")
    design, baseline = history(*people), history(*people)
    table = evaluate(again, design)
    found = counterfactual(again, design, table, baseline)
    assert found.value.tolist() == table.value.tolist() == [2, 1, 0, 0]
    # A date at which nothing of the kind happened there: all of its second counts.
    other = history("0 street, 5 visit, 12 arrest")
    assert (
        counterfactual(outcome(since="arrest", count="visit", within="3 days"), design, table, other).value[0]
        == 1
    )


def test_a_design_is_its_own_counterfactual() -> None:
    found = run_file("rough-sleeping")
    for name, each in {
        "days": outcome(since="street", repeat="yes", days_in="street", within="12 months"),
        "again": outcome(since="arrest", repeat="yes", reached="arrest", within="12 months"),
        "kept": outcome(
            since="hostel started", stayed_in=["in_hostel", "housed"], for_="3 months", within="6 months"
        ),
        "in": outcome(since="hostel ended", repeat="yes", in_="housed", at="6 months"),
    }.items():
        table = evaluate(each, found)
        same = counterfactual(each, found, table, found)
        assert len(table) > 100, name
        for column in ("person", "known", "achieved", "achieved_at", "value"):
            np.testing.assert_array_equal(
                getattr(same, column), getattr(table, column), err_msg=f"{name} {column}"
            )


def test_what_cannot_be_compared_is_refused() -> None:
    design = history("0 street")
    table = evaluate(HOME, design)
    with pytest.raises(NotTheSameRun, match="same time"):
        counterfactual(HOME, design, table, history("0 street", days=50))
    with pytest.raises(NotTheSameRun, match="people"):
        counterfactual(HOME, history(), table, design)


def test_nobody_in_the_baseline_means_nothing_known() -> None:
    design = history("0 street, 5 home", identities=(4,))
    table = evaluate(HOME, design)
    for baseline in (history(), history("0 street", identities=(5,))):
        found = counterfactual(HOME, design, table, baseline)
        assert (found.person.tolist(), found.known.tolist(), found.achieved.tolist()) == (
            [-1],
            [False],
            [False],
        )
