"""Worked examples of what a contract pays. Ids are those of the money specification's table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from simulator.money.calendar import financial_year
from simulator.money.contract.claims import Cohort
from simulator.money.contract.postings import passed_on
from simulator.money.contract.settle import settle
from simulator.money.contract.settlement import Settlement
from simulator.money.contract.terms import (
    Caps,
    Deadweight,
    Fee,
    Floor,
    Guarantee,
    Lag,
    Payer,
    Reversal,
    Sample,
    Slide,
    SubContract,
    Terms,
    Withheld,
    always,
)
from tests.money.contract.plain_terms import a_pay, activity_of, claims_of, in_order, terms_of

MAY = [dt.date(2027 + year, 5, 1) for year in range(7)]


def pounds(settled: Settlement) -> float:
    return settled.total / 100


# Claims times prices


@pytest.mark.parametrize(
    ("claims", "total"),
    [
        (
            "527 453 482 466 202 145 121 106 43 33 11 10 4 2 3 29 19 6 126 114 102 73 41",
            1_871_540,
        ),
        (
            "706 521 593 221 120 99 90 88 50 22 6 13 9 5 2 4 3 1 159 149 129 103 72",
            2_165_460,
        ),
    ],
)
def test_e01_the_care_leavers_card_pays_for_claims(claims: str, total: int) -> None:
    card = [220] * 8 + [1760, 4730, 4730, 660, 2750, 2750, 4730, 110, 220, 330, 660] + [2750] * 4
    counts = [int(each) for each in claims.split()]
    terms = terms_of(*(a_pay(price, f"metric {place}", count=None) for place, price in enumerate(card)))
    pay = np.repeat(np.arange(23), counts)
    assert pounds(settle(terms, claims_of([MAY[0]] * len(pay), pay=pay))) == total


# Caps


def test_e02_a_total_cap_cuts_parts_or_whole_claims() -> None:
    terms = terms_of(a_pay(1_200), caps=Caps(total=10_000))
    found = settle(terms, claims_of([MAY[0]] * 12))
    assert (pounds(found), found.cut_total.sum()) == (10_000, 440_000)
    found = settle(replace(terms, caps=Caps(total=10_000, part_claims=False)), claims_of([MAY[0]] * 12))
    assert (pounds(found), found.cut_total.sum(), (found.paid > 0).sum()) == (9_600, 480_000, 8)


@pytest.mark.parametrize(
    ("carry", "paid", "cut_year", "cut_total"),
    [
        ("none", [300, 350, 200], 150, 0),
        ("unpaid", [300, 350, 250], 0, 100),
        ("headroom", [300, 400, 200], 100, 0),
    ],
)
def test_e03_what_becomes_of_the_excess_over_a_year(
    carry: str, paid: list[int], cut_year: int, cut_total: int
) -> None:
    terms = terms_of(a_pay(1_000), caps=Caps(per_year=350_000, total=900_000, carry=carry))
    claims = claims_of([MAY[0]] * 300 + [MAY[1]] * 500 + [MAY[2]] * 200)
    found = settle(terms, claims)
    assert list(found.by_year()[:3] / 100_000) == paid
    assert found.total == sum(paid) * 100_000
    assert found.cut_year.sum() == cut_year * 100_000
    assert found.cut_total.sum() == cut_total * 100_000


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2], [2, 1, 0]])
@pytest.mark.parametrize(("counts", "paid"), [("certified", [5, 5, 0]), ("paid", [5, 5, 5])])
def test_e04_and_e36_crossing_caps_in_any_order(order: list[int], counts: str, paid: list[int]) -> None:
    terms = terms_of(a_pay(10, count=None), caps=Caps(per_person=10, per_year=10, counts=counts))
    claims = claims_of([MAY[0], MAY[0], MAY[1]], person=[0, 1, 0])
    found = settle(terms, in_order(claims, order))
    assert list(found.paid) == [100 * paid[each] for each in order]


def test_an_outcome_has_its_own_cap_and_each_cut_is_known_by_its_cap() -> None:
    terms = terms_of(
        a_pay(100, "home", cap=150), a_pay(100, "work"), caps=Caps(per_person=180, per_year=240, total=900)
    )
    claims = claims_of([MAY[0]] * 4, pay=[0, 0, 1, 1], person=[0, 1, 1, 2])
    found = settle(terms, claims)
    # Person 1's job is cut to 80, homes to 75 each, then the year's 330 to 240 in proportion.
    assert list(found.cut_person) == [0, 0, 2_000, 0]
    assert list(found.cut_outcome) == [2_500, 2_500, 0, 0]
    assert found.cut_year.sum() == 9_000 and found.cut_total.sum() == 0
    assert list(found.paid) == [5_455, 5_454, 5_818, 7_273]


def test_caps_may_grow_each_april() -> None:
    caps = Caps(per_year=1_000, index=0.1)
    found = settle(terms_of(a_pay(2_000), caps=caps), claims_of(MAY[:3]))
    assert list(found.by_year()[:3]) == [100_000, 110_000, 121_000]


# Deadweight


@pytest.mark.parametrize(
    ("rule", "paid"),
    [
        (Deadweight("multiply", 0.33), 72_159),
        (Deadweight("subtract", 0.33, "none"), 42_657),
        (Deadweight("subtract", 0.33, "person"), 52_338),
    ],
)
def test_e05_three_forms_of_deadweight(rule: Deadweight, paid: int) -> None:
    terms = terms_of(a_pay(60, unit="day", window_days=1_095, deadweight=rule))
    found = settle(terms, claims_of([MAY[3]] * 3, units=[1_095, 500, 200]))
    assert pounds(found) == paid
    assert found.deadweight.sum() == found.priced.sum() - 100 * paid


def test_days_below_nothing_are_set_against_later_invoices() -> None:
    rule = Deadweight("subtract", 0.33, "none")
    terms = terms_of(a_pay(60, unit="day", window_days=1_095, deadweight=rule))
    found = settle(terms, claims_of([MAY[1], MAY[2], MAY[2]], units=[200, 1_095, 500]))
    assert pounds(found) == 42_657 and list(found.by_year()[:2]) == [0, 0]
    later = claims_of([MAY[1], MAY[2], MAY[3], MAY[4]], units=[200, 1_095, 500, 1_095])
    assert pounds(settle(terms, later)) == 42_657 + 733.65 * 60  # owed once, not again


@pytest.mark.parametrize(
    ("children", "share", "cap", "paid"),
    [(380, 0.27, None, 7_098_992), (388, 0.108, None, 11_442_187), (388, 0.108, 7_100_000, 7_100_000)],
)
def test_e06_a_baseline_share_of_days_over_the_whole_cohort(
    children: int, share: float, cap: float | None, paid: float
) -> None:
    """The price is the published cap over the published 97,157 days: £73.08, not rounded."""
    window = children * 913.0
    terms = terms_of(
        a_pay(7_100_000 / 97_157, unit="day", window_days=913, deadweight=Deadweight("baseline", 0.55)),
        caps=Caps(total=cap),
    )
    cohort = Cohort(0, np.datetime64(MAY[0]), np.datetime64(MAY[3]), children, share * window, window)
    assert pounds(settle(terms, claims_of([]), [cohort])) == pytest.approx(paid, abs=0.5)


# Verification


@pytest.mark.parametrize(("extrapolate", "paid"), [(True, 100_800), (False, 106_200)])
def test_e07_an_audit_by_sample(extrapolate: bool, paid: int) -> None:
    luck = np.linspace(0.01, 0.99, 120)
    certified = np.ones(120)
    certified[[3, 17, 70, 110]] = 0.0  # two of those in the sample, and two that nobody looks at
    claims = claims_of([MAY[0]] * 120, luck=luck, certified=certified)
    terms = terms_of(a_pay(900, sample=Sample(30, extrapolate)))
    assert pounds(settle(terms, claims)) == paid
    shuffled = in_order(claims, np.random.default_rng(1).permutation(120))
    assert pounds(settle(terms, shuffled)) == paid


def test_an_invoice_below_the_pass_mark_waits_one_period() -> None:
    certified = np.ones(30)
    certified[:2] = 0.0
    claims = claims_of([MAY[0]] * 30, luck=np.linspace(0.1, 0.9, 30), certified=certified)
    for pass_share, claimed in ((0.93, "2027-06-30"), (0.95, "2027-09-30")):
        found = settle(terms_of(a_pay(900, sample=Sample(30, True, pass_share))), claims)
        assert set(found.claimed_on) == {np.datetime64(claimed)}
    with pytest.raises(ValueError, match="luck"):
        settle(terms_of(a_pay(sample=Sample(30))), claims_of(MAY))


# Dates


def test_e08_from_the_end_of_the_observation_to_the_bank() -> None:
    claims = claims_of(["2030-01-31"], ready=np.array(["2030-02-28"], "datetime64[D]"))
    found = settle(terms_of(a_pay(900)), claims)
    assert found.claimed_on[0] == np.datetime64("2030-03-31")
    assert found.paid_on[0] == np.datetime64("2030-04-30")
    years = [financial_year(found.postings[name][0].astype(object)) for name in ("earned_on", "cash_on")]
    assert years == [2029, 2030]


def test_what_is_too_late_is_lost_and_what_does_not_count_is_not_priced() -> None:
    terms = terms_of(a_pay(100))
    claims = claims_of(
        ["2034-03-31", "2034-03-31", "2034-04-01", "2030-01-01"],
        ready=np.array(["2034-06-30", "2034-07-01", "2034-04-01", "2030-01-01"], "datetime64[D]"),
        started=["2033-03-31", "2033-03-31", "2033-03-31", "2033-04-01"],
    )
    found = settle(terms, claims)
    assert list(found.paid) == [10_000, 0, 0, 0]
    assert list(found.lost_late) == [0, 10_000, 0, 0]
    assert list(found.priced) == [10_000, 10_000, 0, 0]


def test_after_the_horizon_nothing_is_invoiced() -> None:
    found = settle(
        terms_of(a_pay(100), block_a_year=always(1_200)), claims_of(MAY[:2]), until=dt.date(2028, 5, 15)
    )
    assert list(found.paid) == [10_000, 0] and list(found.open) == [0, 10_000]
    block = found.postings[found.postings["flow"] == [f.what for f in found.flows].index("block")]
    assert len(block) == 13 and set(block["pence"]) == {10_000}


# Payers


@pytest.mark.parametrize(("short", "lead", "lost"), [("council", 850, 0), (None, 800, 50)])
def test_e09_a_top_up_fund_at_its_cap(short: str | None, lead: int, lost: int) -> None:
    fund = Payer("fund", 0.2, cap=150_000, short=short)
    found = settle(terms_of(a_pay(1_000), payers=(Payer("council", 0.8), fund)), claims_of([MAY[0]] * 1_000))
    assert list(found.by_payer.sum(axis=0) / 100_000) == [lead, 150]
    assert found.lost_payers.sum() == lost * 100_000


def test_e09_a_top_up_fund_that_closes() -> None:
    fund = Payer("fund", 0.2, closes=dt.date(2028, 3, 31), short="council")
    claims = claims_of([MAY[0]] * 600 + [MAY[1]] * 400)
    found = settle(terms_of(a_pay(1_000), payers=(Payer("council", 0.8), fund)), claims)
    assert list(found.by_payer.sum(axis=0) / 100_000) == [880, 120]


def test_a_payer_may_pay_for_some_outcomes_later_and_only_so_much_a_year() -> None:
    fund = Payer("fund", 0.5, per_year=30, only=("home",), after=Lag(months=2), short="council")
    terms = terms_of(a_pay(100, "home"), a_pay(10, "work"), payers=(Payer("council", 0.5), fund))
    found = settle(terms, claims_of([MAY[0], MAY[0], MAY[1]], pay=[0, 1, 0]))
    assert list(found.by_payer.sum(axis=0)) == [15_000, 6_000]
    from_fund = found.postings[[found.flows[each].payer == "fund" for each in found.postings["flow"]]]
    assert list(from_fund["cash_on"]) == [np.datetime64("2027-09-30"), np.datetime64("2028-09-30")]


# Prices by date


def test_e11_indexed_each_first_of_april() -> None:
    found = settle(terms_of(a_pay(7_400), indexed=always(0.02)), claims_of(["2030-06-15"]))
    assert pounds(found) == 7_852.94


@pytest.mark.parametrize(("price_by", "paid"), [("started", 7_400), ("earned", 6_800)])
def test_e33_a_variation_of_the_price(price_by: str, paid: int) -> None:
    prices = (((dt.date.min, 7_400.0), (dt.date(2029, 4, 1), 6_800.0)),)
    pay = a_pay(prices=prices, price_by=price_by)
    assert pounds(settle(terms_of(pay), claims_of(["2029-05-01"], started=["2028-05-01"]))) == paid


def test_prices_by_cell_and_a_bid_below_the_card() -> None:
    pay = a_pay(prices=(always(100.0), always(200.0)), discount=0.1)
    found = settle(terms_of(pay), claims_of(MAY[:2], cell=np.array([1, 0])))
    assert list(found.paid) == [18_000, 9_000]


def test_e28_a_taper_by_how_many_there_were() -> None:
    pay = a_pay(1_000, bands=((0, 1.0), (100, 0.6), (150, 0.0)))
    claims = claims_of([MAY[0]] * 80 + [MAY[1]] * 90)
    assert pounds(settle(terms_of(pay), claims)) == 130_000
    assert (
        pounds(settle(terms_of(replace(pay, band_whole=True)), claims)) == 80_000
    )  # the 170th: all of its invoice


def test_e28_a_slide() -> None:
    pay = a_pay(0, slide=Slide(0.05, 0.15, 500_000))
    cohort = Cohort(0, np.datetime64(MAY[0]), np.datetime64(MAY[2]), 1_000, 84)
    assert pounds(settle(terms_of(pay), claims_of([]), [cohort])) == 170_000
    against = replace(cohort, eligible=1_000, achieved=542, expected=0.5)
    assert pounds(settle(terms_of(pay), claims_of([]), [against])) == 170_000


@pytest.mark.parametrize(("whole", "paid"), [(True, 65_340), (False, 59_940)])
def test_e28_a_band_of_the_cohorts_rate(whole: bool, paid: int) -> None:
    pay = a_pay(900, bands=((0, 1.0), (0.6, 1.1)), band_of_rate=True, band_whole=whole)
    cohort = Cohort(0, np.datetime64(MAY[0]), np.datetime64("2028-07-05"), 100, 66)
    claims = claims_of([MAY[0]] * 66, cohort=np.zeros(66, np.int64))
    found = settle(terms_of(pay), claims, [cohort])
    assert pounds(found) == paid
    assert set(found.claimed_on) == {np.datetime64("2028-09-30")}  # a rate is known when the cohort closes
    assert settle(terms_of(pay), claims, [cohort], failed=[0]).total == 0


def test_a_sum_for_a_cohort_is_given_or_refused() -> None:
    terms = terms_of(a_pay(100, pays_as="lump"))
    cohort = Cohort(0, np.datetime64(MAY[0]), np.datetime64(MAY[2]), 100, 50)
    claims = claims_of([MAY[0]] * 50, cohort=np.zeros(50, np.int64))
    found = settle(terms, claims, [cohort], cohort_pounds={0: 12_345.67})
    assert found.total == 1_234_567 and list(found.paid[:50]) == [0] * 50
    assert settle(terms, claims, [cohort], failed=[0]).total == 0
    with pytest.raises(ValueError, match="must be given"):
        settle(terms, claims, [cohort])


# Activity


def test_e26_referrals_that_were_guaranteed() -> None:
    terms = terms_of(guarantee=Guarantee("visits", always(240.0), 0.8, 1_150.0))
    found = settle(terms, claims_of([]), activity=activity_of(referrals=12.0))
    assert len(found.paid) == 24 and set(found.paid) == {1_380_000}
    assert settle(terms, claims_of([]), activity=activity_of(referrals=16.0)).total == 0
    capped = replace(terms, caps=Caps(total=20_000))
    assert pounds(settle(capped, claims_of([]), activity=activity_of(referrals=12.0))) == 20_000
    assert terms.guarantee is not None
    outside = replace(capped, guarantee=replace(terms.guarantee, counts_against_caps=False))
    assert pounds(settle(outside, claims_of([]), activity=activity_of(referrals=12.0))) == 24 * 13_800


def test_block_and_fees_by_the_month_with_taper_and_what_is_withheld() -> None:
    waits = np.zeros(72)
    waits[1], waits[2] = 100.0, np.nan
    terms = terms_of(
        block_a_year=((dt.date.min, 12_000.0), (dt.date(2028, 4, 1), 24_000.0)),
        fees=(Fee("visits", "start", always(50.0), (1.0, 0.5)),),
        withheld=Withheld(0.1, "visits", 56.0),
        indexed=always(0.1),
    )
    found = settle(terms, claims_of([]), activity=activity_of(starts=2.0, waits=waits))
    by_month = {
        flow.what: found.postings[found.postings["flow"] == number] for number, flow in enumerate(found.flows)
    }
    assert list(by_month["block"]["pence"][:4]) == [100_000, 90_000, 100_000, 100_000]
    assert list(by_month["fee"]["pence"][:4]) == [10_000, 9_000, 10_000, 10_000]
    assert by_month["block"]["pence"][12] == 220_000 and by_month["fee"]["pence"][12] == 5_500
    assert by_month["fee"]["pence"][24] == 6_050  # the last share of the taper goes on
    assert by_month["block"]["cash_on"][0] == np.datetime64("2027-05-30")
    with pytest.raises(ValueError, match="activity"):
        settle(terms, claims_of([]))


# Floor, reversal, partners, VAT


def test_a_floor_is_made_up_at_the_years_end_and_may_be_recouped() -> None:
    claims = claims_of([MAY[0]] * 3 + [MAY[1]] * 20)
    floor = settle(terms_of(a_pay(100), floor=Floor(1_000)), claims)
    assert list(floor.by_year()[:6]) == [100_000, 200_000, *[100_000] * 4]
    recouped = settle(terms_of(a_pay(100), floor=Floor(1_000, recoup=True)), claims)
    assert recouped.invoices["recouped"].sum() == 70_000
    assert list(recouped.invoices["paid"][:5]) == [30_000, 0, 0, 70_000, 130_000]
    capped = settle(terms_of(a_pay(100), floor=Floor(1_000), caps=Caps(total=2_500)), claims)
    assert list(capped.by_year()[:3]) == [100_000, 150_000, 0]


@pytest.mark.parametrize(("later", "paid", "carried"), [(10, 10_500, 0), (2, 0, 1_500)])
def test_e29_reversed_claims_are_set_off_the_next_invoice(later: int, paid: int, carried: int) -> None:
    terms = terms_of(a_pay(1_500, reversal=Reversal(0.5, Lag(months=6))))
    luck = np.array([0.1] * 3 + [0.9] * later)
    claims = claims_of([MAY[0]] * 3 + ["2028-01-01"] * later, reversal_luck=luck)
    found = settle(terms, claims)
    assert found.reversed.sum() == 450_000
    assert found.invoices["paid"][3] == 100 * paid and found.invoices["owed"][3] == 100 * carried
    assert found.refunds.sum() == 100 * carried
    cash = sum(
        (1 if found.flows[row["flow"]].payer == "council" else -1) * row["pence"] for row in found.postings
    )
    assert cash == later * 150_000


def test_nothing_is_set_off_before_it_is_found() -> None:
    terms = terms_of(a_pay(1_500, reversal=Reversal(0.5, Lag(months=6))))
    claims = claims_of([MAY[0], "2027-08-01", "2027-12-01"], reversal_luck=np.array([0.1, 0.9, 0.9]))
    assert list(settle(terms, claims).invoices["clawed_back"][:3]) == [0, 0, 150_000]  # found on 1 November
    still_open = settle(terms, claims, until=dt.date(2027, 9, 30))
    assert still_open.invoices["clawed_back"].sum() == still_open.refunds.sum() == 0


def test_e27_a_partner_is_paid_when_its_lead_is() -> None:
    partner = SubContract("partner", share=1.0, fee=0.08, retention=0.1, retained=Lag(months=6))
    now, later = passed_on(partner, np.array([10_000_000]))
    assert (now[0], later[0]) == (8_280_000, 920_000)
    found = settle(terms_of(a_pay(100_000), passes=(partner,)), claims_of(["2029-02-01"]))
    rows = [(found.flows[row["flow"]].what, row["pence"], str(row["cash_on"])) for row in found.postings]
    assert rows == [
        ("outcome", 10_000_000, "2029-04-30"),
        ("passed on", 8_280_000, "2029-05-30"),
        ("retention", 920_000, "2029-11-30"),
    ]


@pytest.mark.parametrize(
    ("recovers", "gross", "net"), [(1.0, 1_200_000, 1_000_000), (0.0, 1_200_000, 1_200_000)]
)
def test_e13_vat_on_a_standard_rated_supply(recovers: float, gross: int, net: int) -> None:
    terms = terms_of(a_pay(1_000_000), vat="standard", payers=(Payer("council", 1.0, vat=recovers),))
    paid = balances(settle(terms, claims_of([MAY[0]])))
    assert paid["council"] == -100 * net
    assert paid["charity"] == 100_000_000
    assert paid["hmrc"] == 100 * (net - 1_000_000)
    to_charity = settle(terms, claims_of([MAY[0]]))
    assert (
        sum(
            to_charity.postings["pence"][
                [to_charity.flows[f].payee == "charity" for f in to_charity.postings["flow"]]
            ]
        )
        == 100 * gross
    )
    exempt = balances(settle(replace(terms, vat="exempt"), claims_of([MAY[0]])))
    assert exempt == {"council": -100_000_000, "charity": 100_000_000}


def test_caps_may_include_vat() -> None:
    for includes, paid in ((False, 1_200.0), (True, 1_000.0)):
        caps = Caps(total=1_200, includes_vat=includes)
        assert pounds(settle(terms_of(a_pay(2_000), vat="standard", caps=caps), claims_of([MAY[0]]))) == paid


def balances(settled: Settlement) -> dict[str, int]:
    """What each party gained, in pence."""
    found: dict[str, int] = {}
    for row in settled.postings:
        flow = settled.flows[row["flow"]]
        found[flow.payer] = found.get(flow.payer, 0) - int(row["pence"])
        found[flow.payee] = found.get(flow.payee, 0) + int(row["pence"])
    return found


def test_a_break_stops_starts_and_block_but_not_the_tail() -> None:
    terms: Terms = terms_of(a_pay(100), block_a_year=always(1_200))
    claims = claims_of([MAY[2], MAY[2]], started=["2028-06-30", "2028-07-01"])
    found = settle(terms, claims, stopped=dt.date(2028, 6, 30))
    assert list(found.paid) == [10_000, 0]
    assert balances(found)["charity"] == 10_000 + 15 * 10_000
