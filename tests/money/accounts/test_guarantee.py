"""A guarantee as a pool or as a share of what is lost (E17, NYC ABLE)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.accounts.guarantee import called
from simulator.money.accounts.terms import Guarantor


@pytest.mark.parametrize(
    ("guarantor", "paid", "loss"),
    [
        (Guarantor("foundation", pool=6_000_000), 6_000_000, 1_200_000),
        (Guarantor("foundation", share=0.75), 5_400_000, 1_800_000),
    ],
)
def test_e17_seven_point_two_million_drawn_and_nothing_earned(
    guarantor: Guarantor, paid: int, loss: int
) -> None:
    assert called(guarantor, [720_000_000]) == [paid * 100]
    assert 720_000_000 - paid * 100 == loss * 100


def test_a_pool_larger_than_the_loss_pays_the_loss() -> None:
    assert called(Guarantor("foundation", pool=50.0), [3_000, 1_000]) == [3_000, 1_000]


@pytest.mark.parametrize("guarantor", [Guarantor("f"), Guarantor("f", 1.0, 0.5)])
def test_either_a_pool_or_a_share(guarantor: Guarantor) -> None:
    with pytest.raises(ValueError, match="either a pool of money or a share"):
        called(guarantor, [0])


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=4), st.floats(0, 10**7), st.booleans())
def test_nobody_is_paid_more_than_was_lost(lost: list[int], size: float, pool: bool) -> None:
    guarantor = Guarantor("f", pool=size) if pool else Guarantor("f", share=size / 10**7)
    for paid, loss in zip(called(guarantor, lost), lost, strict=True):
        assert 0 <= paid <= loss
