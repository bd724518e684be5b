"""Thousands of variants of one contract on stored histories: beside settling each of them."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import numpy as np

from benchmarks.report import Effort, Section, Target
from simulator.money.contract.claims import Claims
from simulator.money.contract.terms import Caps, Pay, Payer, Terms, always

TITLE = "Variants of a contract"
CLAIMS = 1_500
HISTORIES = 200
BEGINS = dt.date(2027, 4, 1)


def measure(effort: Effort) -> Section:
    """Seconds to value all variants on all histories, and to settle one contract, times as many."""
    from simulator.money.contract.settle import settle
    from simulator.money.contract.variants import paid_by, store

    count = effort.choose(1_000, 10_000, 10_000)
    terms = _terms()
    rng = np.random.default_rng(1)
    histories = [_claims(rng) for _ in range(HISTORIES)]
    variants = _variants(rng, count)
    begun = time.perf_counter()
    stored = store(terms, histories)
    storing = time.perf_counter() - begun
    paid_by(stored, _variants(rng, 2))
    begun = time.perf_counter()
    paid = paid_by(stored, variants)
    valuing = time.perf_counter() - begun
    settle(terms, histories[0])
    settling, same = [], True
    for number in range(effort.choose(10, 50, 50)):
        varied = _varied(terms, variants, number)
        begun = time.perf_counter()
        settled = settle(varied, histories[number])
        settling.append(time.perf_counter() - begun)
        same &= list(settled.by_year()) == list(paid[number, number])
    each = float(np.median(settling))
    section = Section(
        f"{count:,} variants (four prices, caps by person, year and in all, and what becomes of the excess) "
        f"on {HISTORIES} stored histories of {CLAIMS:,} claims. Settling each: the median of {len(settling)} settlements, with "
        f"all postings, times {count * HISTORIES:,}."
    )
    section.rows = [
        {"what": "store the claims of all histories", "seconds": f"{storing:,.2f}"},
        {"what": "value all variants", "seconds": f"{valuing:,.2f}"},
        {"what": "settle one contract", "seconds": f"{each:,.4f}"},
        {"what": "settle each variant on each history", "seconds": f"{each * count * HISTORIES:,.0f}"},
    ]
    section.targets = [
        Target("seconds for 10,000 variants", valuing / count * 10_000, "under", 20.0, "{:.1f} s"),
        Target(
            "settling each beside valuing all", each * count * HISTORIES / valuing, "over", 1.0, "{:,.0f} x"
        ),
        Target(
            "years paid alike to the penny (1: all that were settled)", float(same), "at least", 1.0, "{:.0f}"
        ),
    ]
    return section


def _terms() -> Terms:
    pays = tuple(
        Pay(name, name, "claim", (always(price),))
        for name, price in (("home", 4_100.0), ("school", 2_200.0), ("work", 1_500.0), ("safe", 600.0))
    )
    return Terms(
        name="deal",
        label="Deal",
        form="direct",
        payers=(Payer("council", 0.8), Payer("fund", 0.2)),
        payees=(("charity", 1.0),),
        begins=BEGINS,
        ends=dt.date(2033, 3, 31),
        starts_until=dt.date(2033, 3, 31),
        earn_until=dt.date(2034, 3, 31),
        claim_until=dt.date(2034, 6, 30),
        pays=pays,
        caps=Caps(per_person=8_300.0, per_year=500_000.0, total=2_500_000.0),
    )


def _claims(rng: np.random.Generator) -> Claims:
    earned = np.datetime64(BEGINS) + np.sort(rng.integers(180, 2_550, CLAIMS))
    ones = np.ones(CLAIMS)
    return Claims(
        pay=rng.integers(0, 4, CLAIMS),
        person=rng.integers(0, CLAIMS // 2, CLAIMS),
        number=np.ones(CLAIMS, np.int64),
        started=np.maximum(earned - 365, np.datetime64(BEGINS)),
        earned=earned,
        ready=earned + 30,
        units=ones,
        certified=ones,
        cell=np.zeros(CLAIMS, np.int64),
    )


def _variants(rng: np.random.Generator, count: int):  # type: ignore[no-untyped-def]
    from simulator.money.contract.variants import Variants

    return Variants(
        rng.uniform(-0.2, 0.3, (count, 4)),
        rng.uniform(3_000.0, 9_000.0, count),
        rng.uniform(200_000.0, 900_000.0, count),
        rng.uniform(1_000_000.0, 4_000_000.0, count),
        rng.choice(["none", "unpaid", "headroom"], count).tolist(),
    )


def _varied(terms: Terms, variants, number: int) -> Terms:  # type: ignore[no-untyped-def]
    """The contract that a variant stands for."""
    pays = tuple(
        replace(pay, discount=float(off))
        for pay, off in zip(terms.pays, variants.discounts[number], strict=True)
    )
    caps = Caps(
        float(variants.per_person[number]),
        float(variants.per_year[number]),
        float(variants.total[number]),
        carry=variants.carry[number],
    )
    return replace(terms, pays=pays, caps=caps)
