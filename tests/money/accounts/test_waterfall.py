"""The waterfall against worked examples E16a, E16b and one worked by hand, and what holds of any waterfall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.accounts.terms import Action, Tranche
from simulator.money.accounts.waterfall import Paid, Waterfall

SENIOR = Tranche("senior", "fund", 750_000, 0.06, compound=True, unpaid="defer", most_multiple=1.5)
JUNIOR = Tranche("junior", "charity", 150_000, 0.0)
SURPLUS = Action("share", shares=(("senior", 0.5), ("provider", 0.3), ("council", 0.2)))
E16 = (Action("pay_return", "senior"), Action("repay", "senior"), Action("repay", "junior"), SURPLUS)


def years(waterfall: Waterfall, receipts: list[float]) -> list[list[Paid]]:
    """Distribute pounds at the end of each year."""
    found = []
    for year, pounds in enumerate(receipts, 1):
        waterfall.pass_to(year)
        found.append(waterfall.distribute(round(pounds * 100)))
    return found


def pounds(log: list[Paid]) -> list[tuple[str, str, float]]:
    return [(paid.what, paid.to, paid.pence / 100) for paid in log]


def e16() -> Waterfall:
    waterfall = Waterfall(E16, (SENIOR, JUNIOR), "provider")
    waterfall.draw("senior", 75_000_000)
    waterfall.draw("junior", 15_000_000)
    return waterfall


def test_e16a_return_then_principal_then_first_loss_then_shares() -> None:
    waterfall = e16()
    log = years(waterfall, [0, 0, 500_000, 400_000, 300_000])
    assert log[0] == log[1] == []
    assert pounds(log[2]) == [("pay_return", "senior", 143_262.00), ("repay", "senior", 356_738.00)]
    assert pounds(log[3]) == [("pay_return", "senior", 23_595.72), ("repay", "senior", 376_404.28)]
    assert pounds(log[4]) == [
        ("pay_return", "senior", 1_011.46),
        ("repay", "senior", 16_857.72),
        ("repay", "junior", 150_000.00),
        ("share", "senior", 66_065.41),
        ("share", "provider", 39_639.25),
        ("share", "council", 26_426.16),
    ]
    received = waterfall.balances["senior"].received
    assert received == 98_393_459
    assert received / 75_000_000 == pytest.approx(1.3119, abs=5e-5)


def test_e16a_pays_that_rate() -> None:
    log = years(e16(), [0, 0, 500_000, 400_000, 300_000])
    by_year = [sum(paid.pence for paid in each if paid.to == "senior") for each in log]
    worth = sum(pence / 1.079208**year for year, pence in enumerate(by_year, 1))
    assert worth == pytest.approx(75_000_000, rel=2e-6)  # the rate is given to six decimals


def test_e16b_what_the_cap_refuses_goes_to_the_others_in_proportion() -> None:
    waterfall = e16()
    log = years(waterfall, [0, 0, 500_000, 400_000, 900_000])
    assert pounds(log[4])[3:] == [
        ("share", "senior", 207_130.82),
        ("share", "provider", 315_000.00),
        ("share", "council", 210_000.00),
    ]
    assert waterfall.balances["senior"].received == 112_500_000


def test_worked_by_hand() -> None:
    """Senior 600 at 5%, mezzanine 300 at 9% paid in kind, residual equity; in millions, so that decimals are pence."""
    tranches = (Tranche("senior", "a", 0, 0.05), Tranche("mezzanine", "b", 0, 0.09))
    actions = (
        Action("pay_return", "senior"),
        Action("repay", "senior"),
        Action("repay", "mezzanine"),
        Action("share", shares=(("equity", 1.0),)),
    )
    waterfall = Waterfall(actions, tranches)
    million = 1_000_000
    waterfall.draw("senior", 600 * million * 100)
    waterfall.draw("mezzanine", 300 * million * 100)
    expected = (
        (0, [], 630, 327),
        (250, [31.5, 218.5], 411.5, 356.43),
        (400, [20.575, 379.425], 32.075, 388.5087),
        (500, [1.60375, 32.075, 423.474483, 42.846767], 0, 0),
    )
    for year, (came, paid, senior, mezzanine) in enumerate(expected, 1):
        waterfall.pass_to(year)
        log = waterfall.distribute(came * million * 100)
        assert sum(each.pence for each in log) == came * million * 100, "paid out is what was received"
        assert [each.pence / 100 / million for each in log] == pytest.approx(paid, abs=1e-12)
        if year == 1:  # what mezzanine is due is added to principal when the actions begin
            assert waterfall.balances["mezzanine"].principal / 100 / million == pytest.approx(327)
        assert waterfall.balances["senior"].principal / 100 / million == pytest.approx(senior, abs=1e-9)
        assert waterfall.balances["mezzanine"].principal / 100 / million == pytest.approx(mezzanine, abs=1e-6)


@pytest.mark.parametrize(
    ("compound", "unpaid", "due", "principal"),
    [
        (True, "defer", 21.0, 100.0),
        (False, "defer", 20.0, 100.0),
        (False, "capitalise", 0.0, 121.0),
        (True, "capitalise", 0.0, 121.0),
        (True, "lapse", 0.0, 100.0),
    ],
)
def test_what_becomes_of_a_return_that_cannot_be_paid(
    compound: bool, unpaid: str, due: float, principal: float
) -> None:
    tranche = Tranche("a", "fund", 100, 0.10, compound, unpaid)  # type: ignore[arg-type]
    waterfall = Waterfall((Action("pay_return", "a"),), (tranche,))
    waterfall.draw("a", 10_000)
    years(waterfall, [0, 0])
    assert waterfall.balances["a"].due / 100 == pytest.approx(due)
    assert waterfall.balances["a"].principal / 100 == pytest.approx(principal)


def test_e23_simple_interest_by_the_day() -> None:
    waterfall = Waterfall((), (Tranche("a", "fund", 420_000, 0.06, compound=False, unpaid="defer"),))
    waterfall.draw("a", 42_000_000)
    waterfall.pass_to(90 / 365)
    assert waterfall.balances["a"].owed == 42_000_000 + 621_370


def test_to_a_multiple_and_to_a_rate() -> None:
    actions = (Action("pay_to_multiple", "a", to=1.2), Action("pay_to_irr", "b", to=0.08), Action("release"))
    waterfall = Waterfall(actions, (Tranche("a", "x", 100), Tranche("b", "y", 100)), "charity")
    waterfall.draw("a", 10_000)
    waterfall.draw("b", 10_000)
    log = years(waterfall, [0, 400])[1]
    assert sum(paid.pence for paid in log if paid.to == "a") == 12_000
    assert sum(paid.pence for paid in log if paid.to == "b") == 11_664
    assert log[-1].to == "charity" and log[-1].pence == 16_336
    assert [(paid.kind, paid.pence) for paid in log if paid.to == "a"] == [
        ("return", 2_000),
        ("capital", 10_000),
    ]


def test_a_rate_cap_counts_everything_received() -> None:
    waterfall = Waterfall(
        (Action("repay", "a"), Action("share", shares=(("a", 0.5), ("charity", 0.5)))),
        (Tranche("a", "x", 100, most_irr=0.10),),
    )
    waterfall.draw("a", 10_000)
    log = years(waterfall, [60, 400])
    # 100 at 10% for two years is 121; 60 after one year is worth 66 then.
    assert sum(paid.pence for paid in log[1] if paid.to == "a") == 5_500
    assert sum(paid.pence for paid in log[1]) == 40_000


@pytest.mark.parametrize(("result", "rate"), [(0.59, 0.03), (0.60, 0.075), (0.61, 0.075)])
def test_coupon_by_band(result: float, rate: float) -> None:
    """E22's look-up: 7.5% from a result of .60, 3% below it."""
    action = Action("coupon_by_band", "a", bands=((0.0, 0.03), (0.60, 0.075), (0.65, 0.12)))
    waterfall = Waterfall((action,), (Tranche("a", "x", 1_000),))
    waterfall.draw("a", 100_000)
    waterfall.pass_to(1.0)
    assert waterfall.distribute(10**6, result)[0].pence == round(100_000 * rate)
    waterfall.pass_to(1.5)
    assert waterfall.distribute(10**6, result)[0].pence == round(50_000 * rate)


def test_a_coupon_by_band_needs_a_result() -> None:
    waterfall = Waterfall((Action("coupon_by_band", "a"),), (Tranche("a", "x", 1_000),))
    with pytest.raises(ValueError, match="measured result"):
        waterfall.distribute(100)


def test_a_fee_that_was_not_paid_is_still_owed_and_a_reserve_is_kept_until_the_last() -> None:
    actions = (
        Action("pay_fee", "manager", amount=50),
        Action("fill_reserve", amount=30),
        Action("share", shares=(("council", 1.0),)),
    )
    waterfall = Waterfall(actions, ())
    assert [paid.pence for paid in waterfall.distribute(2_000)] == [2_000]
    assert [paid.pence for paid in waterfall.distribute(20_000)] == [8_000, 9_000]
    assert [paid.pence for paid in waterfall.distribute(20_000, last=True)] == [5_000, 15_000]


def test_investors_share_in_proportion_to_what_they_paid_in() -> None:
    waterfall = Waterfall(
        (Action("share", shares=(("investors", 0.5), ("charity", 0.5))),), (SENIOR, JUNIOR), "charity"
    )
    waterfall.draw("senior", 300)
    waterfall.draw("junior", 100)
    assert [(paid.to, paid.pence) for paid in waterfall.distribute(400)] == [
        ("senior", 150),
        ("junior", 50),
        ("charity", 200),
    ]


def test_partial_repayment_takes_a_share_of_the_cash() -> None:
    waterfall = Waterfall((Action("repay", "senior", share=0.25),), (SENIOR,))
    waterfall.draw("senior", 100_000)
    assert [paid.pence for paid in waterfall.distribute(10_000)] == [2_500]


def test_an_unknown_tranche_is_refused() -> None:
    with pytest.raises(ValueError, match="'mezzanine'"):
        Waterfall((Action("repay", "mezzanine"),), (SENIOR,))


def test_time_does_not_go_back() -> None:
    waterfall = e16()
    waterfall.pass_to(2.0)
    with pytest.raises(ValueError, match="go back"):
        waterfall.pass_to(1.0)


@given(
    st.lists(st.integers(0, 10**8), min_size=1, max_size=8),
    st.floats(0.0, 0.2),
    st.floats(1.0, 2.0),
    st.floats(0.0, 0.3),
    st.sampled_from(["capitalise", "defer", "lapse"]),
    st.booleans(),
)
def test_order_caps_and_every_penny(
    receipts: list[int], rate: float, multiple: float, most_irr: float, unpaid: str, compound: bool
) -> None:
    senior = Tranche("senior", "a", 0, rate, compound, unpaid, most_multiple=multiple)  # type: ignore[arg-type]
    junior = Tranche("junior", "b", 0, rate, compound, unpaid, most_irr=most_irr)  # type: ignore[arg-type]
    actions = (
        Action("pay_return", "senior"),
        Action("repay", "senior"),
        Action("pay_return", "junior"),
        Action("repay", "junior"),
        SURPLUS,
    )
    waterfall = Waterfall(actions, (senior, junior), "provider")
    waterfall.draw("senior", 50_000_000)
    waterfall.draw("junior", 20_000_000)
    received = []
    for year, pence in enumerate(receipts, 1):
        waterfall.pass_to(year)
        log = waterfall.distribute(pence)
        assert all(paid.pence > 0 for paid in log)
        assert sum(paid.pence for paid in log) == pence, "the surplus takes what is left"
        first = [paid.to for paid in log if paid.what in ("pay_return", "repay")]
        owed = waterfall.balances["senior"].owed
        if "junior" in first and waterfall.balances["senior"].room >= 1:
            assert owed == 0, "a junior gets nothing while the senior is owed and may be paid"
        received.append(sum(paid.pence for paid in log if paid.to == "junior"))
    assert waterfall.balances["senior"].received <= 50_000_000 * multiple + 0.5
    # At the cap's rate what the junior received is worth no more than what it paid in, to a penny a payment.
    worth = sum(pence / (1 + most_irr) ** year for year, pence in enumerate(received, 1))
    assert worth <= 20_000_000 + len(received)
