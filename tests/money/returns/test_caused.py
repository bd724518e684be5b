"""Paid and caused: worked example E30, and that harm is never hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.returns.caused import paid_and_caused, together


def people(both: int, caused: int, harmed: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    counts = [both, caused, harmed, neither]
    return np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)


def test_e30_paid_and_caused() -> None:
    # 200 starters, 190 achieve, 170 would have; 180 verified at 7,400
    found = paid_and_caused(*people(165, 25, 5, 5), paid=180 * 740_000)
    assert (found.eligible, found.achieved, found.baseline) == (200, 190, 170)
    assert found.paid == 133_200_000
    assert found.net == 20
    assert found.price_per_caused == 6_660_000
    assert found.paid_for_anyway == pytest.approx(119_178_947, abs=1)
    assert (found.caused, found.anyway, found.harmed) == (25, 165, 5)
    assert found.SPLIT_IS == "model reading"
    assert found.sentence() == "£1,332,000 was paid; the design caused 20 more, £66,600 for each."


def test_harm_stays_negative_and_has_no_price() -> None:
    found = paid_and_caused(*people(5, 1, 4, 0), paid=600_000)
    assert (found.net, found.price_per_caused) == (-3, None)
    assert found.paid_for_anyway == 600_000, "all of it, not more than was paid"
    assert "3 fewer, so there is no price" in found.sentence()
    assert "caused none" in paid_and_caused([1, 0], [0, 1], 5).sentence()


def test_several_runs_have_the_price_of_their_sums() -> None:
    one, other = paid_and_caused([1, 1], [0, 0], 200), paid_and_caused([0, 0], [0, 1], 0)
    assert together([one, other]).price_per_caused == 200 / 1


def test_results_of_other_people_or_open_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="same people"):
        paid_and_caused([1, 0], [1], 0)
    with pytest.raises(ValueError, match="still open"):
        paid_and_caused([1.0, np.nan], [1.0, 0.0], 0)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=50), st.integers(0, 10**9))
def test_the_split_adds_up_to_what_is_identified(both: list[tuple[int, int]], paid: int) -> None:
    found = paid_and_caused([y for y, _ in both], [y0 for _, y0 in both], paid)
    assert found.caused - found.harmed == found.net
    assert found.anyway + found.caused == found.achieved
    assert found.anyway + found.harmed == found.baseline
