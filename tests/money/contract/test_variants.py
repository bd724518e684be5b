"""Variants valued by invoice pay what settling each of them pays, to the penny."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.money.contract.claims import NOBODY
from simulator.money.contract.settle import settle
from simulator.money.contract.terms import Caps, Deadweight, Floor, Guarantee, always
from simulator.money.contract.variants import Variants, paid_by, store
from tests.money.contract.plain_terms import a_pay, claims_of, terms_of

CARRIES = ["none", "unpaid", "headroom"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(1, 3))
def test_variants_pay_what_settling_them_pays(seed: int, most: int, workers: int) -> None:
    rng = np.random.default_rng(seed)
    terms = terms_of(
        a_pay(33.33, "home", count=None, deadweight=Deadweight("multiply", 0.21)),
        a_pay(1.07, "days", unit="day", window_days=90.0, deadweight=Deadweight("subtract", 0.3), count=None),
        a_pay(250.0, "work", count=None, bands=((0, 1.0), (5, 0.5)), prices=(always(250.0), always(199.99))),
        indexed=always(0.025),
    )
    histories = []
    for _ in range(3):
        n = int(rng.integers(0, most + 1))
        earned = np.datetime64("2027-06-01") + rng.integers(0, 2_600, n)
        pay = rng.integers(0, 3, n)
        units = np.where(pay == 1, rng.integers(1, 90, n), 1).astype(np.float64)
        histories.append(
            claims_of(
                list(earned),
                pay=pay,
                person=list(rng.integers(NOBODY, 6, n)),
                number=np.arange(n),
                ready=earned + rng.integers(0, 300, n),
                units=units,
                certified=units * rng.choice([0.0, 1.0, 1.0], n),
                cell=np.where(pay == 2, rng.integers(0, 2, n), 0),
            )
        )
    count = 7
    variants = Variants(
        rng.uniform(-0.5, 0.5, (count, 3)),
        rng.choice([50.0, 300.01, np.inf], count),
        rng.choice([99.99, 500.0, np.inf], count),
        rng.choice([700.0, 2_000.01, np.inf], count),
        rng.choice(CARRIES, count).tolist(),
    )
    paid = paid_by(store(terms, histories), variants, workers)
    for number in range(count):
        varied = varied_terms(terms, variants, number)
        for place, claims in enumerate(histories):
            settled = settle(varied, claims)
            assert paid[number, place].sum() == settled.total
            assert list(paid[number, place]) == list(settled.by_year())


def varied_terms(terms: Any, variants: Variants, number: int) -> Any:
    """The contract that a variant stands for."""
    person, year, total = (
        None if np.isinf(each[number]) else float(each[number])
        for each in (variants.per_person, variants.per_year, variants.total)
    )
    pays = tuple(
        replace(pay, discount=float(off))
        for pay, off in zip(terms.pays, variants.discounts[number], strict=True)
    )
    return replace(terms, pays=pays, caps=Caps(person, year, total, carry=variants.carry[number]))


@pytest.mark.parametrize(
    "changes",
    [
        {"caps": Caps(part_claims=False)},
        {"caps": Caps(counts="paid")},
        {"caps": Caps(index=0.02)},
        {"caps": Caps(includes_vat=True)},
        {"floor": Floor(100.0)},
        {"guarantee": Guarantee("visits", always(10.0), 0.8, 5.0)},
        {"pays": (a_pay(cap=100.0),)},
        {"pays": (a_pay(pays_as="lump"),)},
        {"pays": (a_pay(deadweight=Deadweight("subtract", 0.3, "none")),)},
    ],
)
def test_terms_that_sums_by_invoice_cannot_value_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="settle each"):
        store(replace(terms_of(a_pay()), **changes), [claims_of([])])
