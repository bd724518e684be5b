"""What a cohort that did better is paid: worked examples E20, E22 and E28, from published deals."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from simulator.engine.random_numbers import key_of, tag_of
from simulator.money.contract.claims import Cohort
from simulator.money.contract.cohorts import band, capital_plus, comparison_result, judge, slide
from simulator.money.contract.terms import Pay, Slide, always

EVENTS = Pay("reconvicted", "Reconvictions", "count", (always(1_000.0),), each=0.10, pooled=0.075)


def cohort(n: int, achieved: float, expected: float | None, closed: str = "2014-06-30") -> Cohort:
    return Cohort(
        0,
        np.datetime64("2010-09-09"),
        np.datetime64(closed),
        n,
        achieved,
        comparison=10 * n,
        expected=expected,
    )


# Peterborough: 142 against 155 per 100, and a second cohort of 9.7%
FIRST, SECOND = cohort(1000, 1420, 1.55), cohort(1000, 1550 * (1 - 0.097), 1.55, "2016-06-30")


def test_e20_no_cohort_alone_but_both_pooled() -> None:
    found = judge([FIRST, SECOND], EVENTS)
    assert found.cohorts[0].effect == pytest.approx(0.08387, abs=5e-6)
    assert found.pooled == pytest.approx(0.09044, abs=5e-6)
    assert [each.route for each in found.cohorts] == ["pooled", "pooled"]
    assert {each.on for each in found.cohorts} == {np.datetime64("2016-06-30")}
    assert found.sentence == (
        "8.4%, 9.7% better in 2 cohorts: none reached 10% alone; pooled they are 9.0% better,"
        " which reaches 7.5%, so all pay."
    )
    alone = judge([FIRST, SECOND], dataclasses.replace(EVENTS, pooled=None))
    assert not any(each.pays for each in alone.cohorts)
    assert alone.sentence.endswith("none reached 10% alone, so nothing is paid.")
    stricter = judge([FIRST, SECOND], dataclasses.replace(EVENTS, pooled=0.095))
    assert not any(each.pays for each in stricter.cohorts)


def test_a_cohort_that_reaches_its_threshold_pays_alone() -> None:
    found = judge([FIRST, cohort(100, 90, 1.0)], dataclasses.replace(EVENTS, pays_as="lump"))  # 10%, exactly
    assert [each.route for each in found.cohorts] == [None, "each"]
    assert [each.amount for each in found.cohorts] == [0.0, 1_000.0]
    assert found.sentence.endswith("1 of 2 pay, having reached 10%.")


def test_pooled_effects_weigh_by_people() -> None:
    found = judge([cohort(300, 240, 1.0), cohort(100, 120, 1.0)], EVENTS)
    assert found.pooled == pytest.approx((300 * 0.2 - 100 * 0.2) / 400)


def test_per_unit_pays_for_what_was_avoided_and_never_takes_back() -> None:
    pay = dataclasses.replace(EVENTS, each=None, pooled=None, pays_as="per_unit")
    found = judge([FIRST, cohort(100, 200, 1.0)], pay)
    assert [each.better for each in found.cohorts] == pytest.approx([130.0, -100.0])
    assert [each.amount for each in found.cohorts] == pytest.approx([130_000.0, 0.0])
    assert "1 of 2 cohorts did better" in found.sentence


def test_more_is_better_for_yes_or_no() -> None:
    pay = Pay("job", "In work", "claim", (always(500.0),), each=0.1, pays_as="per_unit")
    [found] = judge([cohort(200, 66, 0.3)], pay).cohorts
    assert found.effect == pytest.approx(0.1) and found.amount == pytest.approx(6 * 500.0)


def test_e22_utah_shares_the_gain() -> None:
    # 281,000 saved, 95% of it paid: Utah High Quality Preschool, first year
    pay = dataclasses.replace(
        EVENTS,
        each=None,
        pooled=None,
        prices=(always(2_810.0),),
        pays_as="gain_share",
        share_of_gain=0.95,
    )
    assert judge([cohort(110, 1, 101 / 110)], pay).amount == pytest.approx(266_950.0)


@pytest.mark.parametrize(
    ("restored", "rate"), [(0.60, 0.075), (0.5999, 0.03), (0.65, 0.12), (0.70, 0.15), (0.54, 0.0)]
)
def test_e22_newpin_bands_include_their_lower_bound(restored: float, rate: float) -> None:
    assert band([(0.55, 0.03), (0.60, 0.075), (0.65, 0.12), (0.70, 0.15)], restored) == rate


def test_e28_slide() -> None:
    scale = Slide(0.05, 0.15, 500_000.0)
    assert slide(scale, 0.084) == pytest.approx(170_000.0)
    assert (slide(scale, 0.01), slide(scale, 0.2)) == (0.0, 500_000.0)
    pay = dataclasses.replace(EVENTS, each=None, pooled=None, slide=scale)
    assert judge([cohort(1000, 916, 1.0)], pay).amount == pytest.approx(170_000.0)


def test_capital_and_three_per_cent_a_year() -> None:
    assert capital_plus(100.0, 0.03, dt.date(2026, 1, 1), dt.date(2028, 1, 1)) == pytest.approx(106.09)


def test_a_comparison_of_nothing_shows_no_effect_and_a_missing_one_is_refused() -> None:
    found = judge([cohort(10, 3, 0.0), cohort(0, 0, 1.0)], EVENTS)
    assert [each.effect for each in found.cohorts] == [None, None] and found.pooled is None
    assert "pooled the effect is unknown" in found.sentence and found.amount == 0.0
    with pytest.raises(ValueError, match="no comparison"):
        judge([cohort(10, 3, None)], EVENTS)
    assert judge([], EVENTS).sentence.startswith("No cohort is complete")


def test_a_comparison_group_is_drawn_with_replacement_and_the_same_for_every_variant() -> None:
    results, tag = np.arange(50.0), tag_of("comparison", "reconvicted")
    key = key_of(1, 2)
    drawn = comparison_result(results, 20_000, key, tag)
    assert drawn == comparison_result(results, 20_000, key, tag)
    assert drawn != comparison_result(results, 20_000, key, tag, cohort=1)
    # mean 24.5, standard deviation 14.43 / sqrt(20,000) = 0.102: 4 of them
    assert drawn == pytest.approx(24.5, abs=0.41)
    assert comparison_result([7.0], 3, key, tag) == 7.0, "more can be drawn than there are"
    with pytest.raises(ValueError, match="nobody"):
        comparison_result([], 3, key, tag)
