"""How far a share of runs may be off: worked example E32."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.returns.confidence import share_with_bounds


@pytest.mark.parametrize(("runs", "half_width"), [(200, 0.0302), (2000, 0.0096)])
def test_e32_a_share_near_95_of_100(runs: int, half_width: float) -> None:
    assert share_with_bounds(runs * 95 // 100, runs).half_width == pytest.approx(half_width, abs=5e-5)


def test_e32_none_failing_in_200_proves_only_so_much() -> None:
    # exact: 1 - 0.05 ^ (1 / 200)
    assert share_with_bounds(0, 200).high == pytest.approx(0.0149, abs=5e-5)
    assert share_with_bounds(0, 200).high == pytest.approx(1 - 0.05 ** (1 / 200), rel=1e-12)


@pytest.mark.parametrize(
    ("passed", "runs", "needed", "verdict"),
    [
        (200, 200, 0.95, "yes"),
        (200, 200, 0.99, "cannot tell"),
        (2000, 2000, 0.99, "yes"),
        (190, 200, 0.95, "cannot tell"),
        (170, 200, 0.95, "no"),
    ],
)
def test_a_verdict_needs_runs_enough(passed: int, runs: int, needed: float, verdict: str) -> None:
    assert share_with_bounds(passed, runs, needed).verdict == verdict


@given(st.integers(1, 3000), st.data())
def test_the_share_lies_between_its_bounds(runs: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, runs))
    found = share_with_bounds(passed, runs)
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0
    other = share_with_bounds(runs - passed, runs)
    assert found.low == pytest.approx(1.0 - other.high, abs=1e-9)


def test_no_share_without_runs() -> None:
    with pytest.raises(ValueError):
        share_with_bounds(0, 0)
