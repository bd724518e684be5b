"""What holds for every contract and all claims: caps, pence, order, balance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.money.contract.claims import Claims
from simulator.money.contract.compiled_caps import part_of, shared, spread
from simulator.money.contract.settle import settle
from simulator.money.contract.settlement import Settlement
from simulator.money.contract.terms import Caps, Deadweight, Floor, Lag, Payer, Reversal, Terms
from tests.money.contract.plain_terms import a_pay, claims_of, in_order, terms_of

EXAMPLES = settings(max_examples=60, deadline=None)
AMOUNTS = st.sampled_from([None, 15.0, 99.99, 250.0, 1_000.01, 5_000.0])


@st.composite
def all_claims(draw: st.DrawFn) -> Claims:
    """Claims of two outcomes of few people over the whole term and its tail, some failed, some late."""
    n = draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    earned = np.datetime64("2027-06-01") + rng.integers(0, 2_700, n)
    return claims_of(
        list(earned),
        pay=rng.integers(0, 2, n),
        person=list(rng.integers(0, 8, n)),
        number=np.arange(1, n + 1),
        ready=earned + rng.integers(0, 400, n),
        certified=rng.choice([0.0, 1.0, 1.0, 1.0], n),
        reversal_luck=rng.random(n),
    )


@st.composite
def all_terms(draw: st.DrawFn) -> Terms:
    """Contracts with every kind of cap, two or three payers and two payees."""
    fund = Payer(
        "fund", 0.2, cap=draw(AMOUNTS), per_year=draw(AMOUNTS), short=draw(st.sampled_from([None, "council"]))
    )
    home = a_pay(
        draw(st.sampled_from([100.0, 33.33])),
        "home",
        count=None,
        cap=draw(AMOUNTS),
        deadweight=draw(st.sampled_from([None, Deadweight("multiply", 0.33)])),
        reversal=draw(st.sampled_from([None, Reversal(0.3, Lag(months=5))])),
    )
    return terms_of(
        home,
        a_pay(250.0, "work", count=None),
        payers=draw(
            st.sampled_from([(Payer("council", 0.8), fund), (Payer("council", 0.5), fund, Payer("nhs", 0.3))])
        ),
        payees=draw(st.sampled_from([(("charity", 1.0),), (("charity", 2 / 3), ("club", 1 / 3))])),
        vat=draw(st.sampled_from(["exempt", "standard"])),
        floor=draw(st.sampled_from([None, Floor(300.0), Floor(300.0, recoup=True)])),
        caps=Caps(
            per_person=draw(AMOUNTS),
            per_year=draw(AMOUNTS),
            total=draw(AMOUNTS),
            counts=draw(st.sampled_from(["certified", "paid"])),
            carry=draw(st.sampled_from(["none", "unpaid", "headroom"])),
            part_claims=draw(st.booleans()),
        ),
    )


@EXAMPLES
@given(all_terms(), all_claims())
def test_every_pound_is_accounted_for_to_the_penny(terms: Terms, claims: Claims) -> None:
    found = settle(terms, claims)
    cuts = found.cut_person + found.cut_outcome + found.cut_year + found.cut_total
    left = found.priced - found.deadweight - cuts - found.lost_late - found.lost_payers - found.open
    assert list(left) == list(found.paid)
    for amounts in (
        found.paid,
        found.cut_person,
        found.cut_outcome,
        found.cut_year,
        found.cut_total,
        found.deadweight,
    ):
        assert (amounts >= 0).all()
    invoices = found.invoices
    assert list(found.by_payer.sum(axis=1)) == list(invoices["payable"])
    floor_lost = invoices["lost"].sum() - found.lost_payers.sum()
    assert found.paid.sum() + invoices["floor"].sum() - floor_lost == invoices["payable"].sum()
    assert list(found.set_off.sum(axis=1)) == list(invoices["recouped"] + invoices["clawed_back"])
    assert found.invoices["clawed_back"].sum() + found.refunds.sum() == found.reversed.sum()


@EXAMPLES
@given(all_terms(), all_claims())
def test_no_cap_is_exceeded(terms: Terms, claims: Claims) -> None:
    found = settle(terms, claims)
    caps = terms.caps
    if caps.total is not None:
        assert found.total <= round(100 * caps.total)
    if caps.per_person is not None:
        assert (np.bincount(claims.person, found.paid, 1) <= round(100 * caps.per_person)).all()
    if terms.pays[0].cap is not None:
        assert found.paid[claims.pay == 0].sum() <= round(100 * terms.pays[0].cap)
    if caps.per_year is not None:
        years = found.by_year()
        most = round(100 * caps.per_year)
        if caps.carry == "headroom":
            assert (np.cumsum(years) <= most * np.arange(1, len(years) + 1)).all()
        else:
            assert (years <= most).all()
    for column, payer in enumerate(found.payers):
        if payer.cap is not None:
            assert found.by_payer[:, column].sum() <= round(100 * payer.cap)
        for year in range(len(found.by_year())):
            if payer.per_year is not None:
                of = found.invoices["year"] == year
                assert found.by_payer[of, column].sum() <= round(100 * payer.per_year)


@EXAMPLES
@given(all_terms(), all_claims(), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_changes_nothing(terms: Terms, claims: Claims, random: Any) -> None:
    order = list(range(len(claims)))
    random.shuffle(order)
    one, other = settle(terms, claims), settle(terms, in_order(claims, np.array(order, np.int64)))
    assert list(one.paid[order]) == list(other.paid)
    assert (one.invoices == other.invoices).all()
    assert (one.by_payer == other.by_payer).all()


@EXAMPLES
@given(all_claims())
def test_without_caps_twice_the_price_pays_twice_as_much(claims: Claims) -> None:
    """Exactly, for prices of whole pence: otherwise each claim may differ by the penny it is rounded to."""
    terms = terms_of(a_pay(33.33, "home"), a_pay(250.0, "work"))
    twice = terms_of(a_pay(66.66, "home"), a_pay(500.0, "work"))
    assert list(2 * settle(terms, claims).paid) == list(settle(twice, claims).paid)


@EXAMPLES
@given(all_terms(), all_claims())
def test_the_ledger_balances_and_moves_what_the_invoices_say(terms: Terms, claims: Claims) -> None:
    found = settle(terms, claims)
    ledger = found.ledger("design", 3, index=lambda days: np.full(len(days), 2.0), agencies={"council"})
    legs = ledger.legs()
    assert legs["debit"].sum() == legs["credit"].sum() == 4 * ledger.rows["nominal_pence"].sum()
    assert (np.abs(2 * ledger.rows["real_pence"] - ledger.rows["nominal_pence"]) <= 1).all()
    assert {item.payer for item in ledger.items if item.agency} <= {"council"}
    assert net_to_payees(found) == found.invoices["paid"].sum() - found.refunds.sum()


def net_to_payees(found: Settlement) -> int:
    """What payees got less what they gave back, in pence, without VAT."""
    payees = {name for name, _ in found.terms.payees}
    moved = 0
    for row in found.postings:
        flow = found.flows[row["flow"]]
        if flow.kind == "income":
            moved += int(row["pence"]) * (1 if flow.payee in payees else -1)
    return moved


@given(st.lists(st.integers(0, 2**59), min_size=1, max_size=6), st.floats(0, 1))
def test_sharing_by_largest_remainder_is_exact(amounts: list[int], share: float) -> None:
    amounts = [each // len(amounts) for each in amounts]
    whole = sum(amounts)
    wanted = min(int(whole * share), whole)
    found = shared(np.array(amounts, np.int64), wanted)
    assert found.sum() == wanted
    for part, amount in zip(found, amounts, strict=True):
        assert part <= amount and (not whole or abs(int(part) * whole - amount * wanted) < whole)
        if whole:
            assert part_of(amount, wanted, whole) == divmod(amount * wanted, whole)


def test_ties_go_to_the_first() -> None:
    assert list(shared(np.full(40, 7, np.int64), 15)) == [1] * 15 + [0] * 25


def test_spread_meets_both_margins() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(20), 30)
    amounts = rng.integers(0, 1_000, 600)
    totals = np.bincount(group, amounts).astype(np.int64)
    first, second = totals // 3, totals // 2
    parts = np.stack([first, second, totals - first - second], axis=1)
    found = spread(amounts, group, parts)
    assert (found >= 0).all() and (found.sum(axis=1) == amounts).all()
    for column in range(3):
        assert (np.bincount(group, found[:, column]) == parts[:, column]).all()


def test_no_claims_pay_nothing_but_a_floor() -> None:
    terms = terms_of(a_pay(), floor=Floor(300.0))
    assert settle(terms, claims_of([])).total == 6 * 30_000
    assert settle(replace(terms, floor=None), claims_of([])).total == 0
