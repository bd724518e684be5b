"""Observed outcomes through a contract: caps hold, order does not matter, and what differs is said."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money.deals.backtest import back_test
from simulator.money.deals.file import load_deal_text

DEAL = """\
format: 1
deal: Two prices
outcomes: {{home: a home, job: a job}}
contract:
  payer: {{council: 70%, fund: 30%}}
  payee: charity
  begins: 2020-04-01
  term: 3 years
  pays:
    home: {{price: £500, claims: 9}}
    job: {{price: £900, less: 20%, claims: 9}}
  cap: {{per_person: £{person}, total: £{total}}}
observed:
  claims:
{claims}
published:
  - {{what: paid, value: £{paid}, else: {why}}}
  - {{what: priced by people, value: £0, else: {why}}}
"""


def deal(rows: list[tuple[str, int, int]], person: int = 100_000, total: int = 900_000, paid: int = 0) -> str:
    claims = "\n".join(f"    - {{outcome: {name}, claims: {n}, people: {p}}}" for name, n, p in rows)
    return DEAL.format(claims=claims, person=person, total=total, paid=paid, why="not known")


ROWS = st.lists(
    st.tuples(st.sampled_from(["home", "job"]), st.integers(1, 60), st.integers(1, 60)).map(
        lambda row: (row[0], max(row[1], row[2]), min(row[1], row[2]))
    ),
    min_size=1,
    max_size=5,
)


@given(ROWS, st.integers(100, 3_000), st.integers(100, 60_000), st.randoms())
def test_caps_hold_and_the_order_of_the_file_changes_nothing(
    rows: list[tuple[str, int, int]], person: int, total: int, chance: random.Random
) -> None:
    found = back_test(load_deal_text(deal(rows, person, total))).settlement
    assert found is not None
    assert found.total <= total * 100
    by_person: dict[int, int] = {}
    for who, pence in zip(found.lines.person.tolist(), found.paid.tolist(), strict=True):
        by_person[who] = by_person.get(who, 0) + pence
    assert max(by_person.values()) <= person * 100
    due = sum(n * (500 if name == "home" else 900) for name, n, _ in rows)
    assert int(found.priced.sum()) == due * 100
    cuts = found.deadweight + found.cut_person + found.cut_total + found.cut_year + found.cut_outcome
    assert int((found.priced - cuts - found.lost_payers - found.lost_late - found.open).sum()) == found.total
    shuffled = list(rows)
    chance.shuffle(shuffled)
    again = back_test(load_deal_text(deal(shuffled, person, total))).settlement
    assert again is not None
    assert again.total == found.total


def test_claims_are_paid_and_people_are_not() -> None:
    found = back_test(load_deal_text(deal([("home", 30, 12)], paid=15_000)))
    assert [check.ours for check in found.checks] == [15_000, 6_000]
    assert found.settlement is not None
    claims = found.settlement.lines
    assert np.unique(claims.person).tolist() == list(range(12))
    # 30 claims of 12 people: everybody has two, and the first six a third.
    assert np.bincount(claims.person).tolist() == [3] * 6 + [2] * 6
    assert sorted(claims.number[claims.person == 0].tolist()) == [1, 2, 3]


def test_deadweight_and_payers_are_the_contracts() -> None:
    found = back_test(load_deal_text(deal([("job", 10, 10)], paid=7_200)))
    assert found.settlement is not None
    assert int(found.settlement.deadweight.sum()) == 180_000
    assert found.settlement.by_payer.sum(axis=0).tolist() == [504_000, 216_000]
    assert found.checks[0].same


@pytest.mark.parametrize(("paid", "same"), [(6_000, True), (6_001, False), (5_999, False)])
def test_to_the_pound_is_to_the_pound(paid: int, same: bool) -> None:
    check = back_test(load_deal_text(deal([("home", 12, 12)], paid=paid))).checks[0]
    assert check.same == same
    assert check.verdict == ("to the pound" if same else "differs: not known")


def test_a_difference_without_a_word_is_not_explained() -> None:
    text = deal([("home", 12, 12)], paid=5_000).replace(", else: not known", "")
    check = back_test(load_deal_text(text)).checks[0]
    assert not check.explained
    assert "does not say why" in check.verdict
