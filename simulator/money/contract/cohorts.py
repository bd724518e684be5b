"""Did a cohort do better than its comparison, by enough, and what does that pay?

Adds effects, thresholds and the amounts of everything that is paid for a difference (MONEY 3.5). It judges what was
measured, noise included; how often noise alone decides is `trigger`. Leaves dates, caps and payers to later steps.

Better is more for an outcome of yes or no, and less for days and counts. So the effect is 1 - rate / comparison's rate for
days and counts, and rate / comparison's rate - 1 for yes or no; either way above 0 when better.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from simulator.engine.random_numbers import Key, uniforms
from simulator.money.contract.claims import Cohort
from simulator.money.contract.terms import Pay, Slide, on
from simulator.money.returns.irr import DAYS_A_YEAR

Route = Literal["each", "pooled", "no threshold"]


@dataclass(frozen=True)
class Judged:
    """One cohort's result.

    effect  relative to the comparison (None: nobody eligible, or a comparison of 0, from which no share can be taken)
    better  units (people, days, events) better than the comparison's rate would give; below 0: worse
    route   by which it pays; None: it does not
    on      day on which that is known: closed, or for `pooled` the last cohort's
    amount  pounds that it pays by itself; 0 where single claims are paid (`pays_as: claims` without a slide)
    """

    effect: float | None
    better: float
    route: Route | None
    on: np.datetime64
    amount: float

    @property
    def pays(self) -> bool:
        """Whether the cohort pays at all; what single claims then come to is for the pipeline of claims."""
        return self.route is not None


@dataclass(frozen=True)
class Verdict:
    """All cohorts of one outcome, in the order given, their pooled effect (None: no cohort has one) and the amount in all."""

    cohorts: tuple[Judged, ...]
    pooled: float | None
    sentence: str

    @property
    def amount(self) -> float:
        """Pounds, before caps."""
        return sum(each.amount for each in self.cohorts)


def judge(cohorts: Sequence[Cohort], pay: Pay) -> Verdict:
    """Which cohorts pay, by which route, and how much.

    A cohort pays when its own effect reaches `pay.each`. If none does, all pay when their effects, weighted by the people
    eligible, reach `pay.pooled`. Without any threshold each pays for what it was better by. A cohort without an effect is
    left out of the weights, passes no threshold, and pays by `pooled` only with the others.

    Raises ValueError when a cohort has no comparison to be judged against.
    """
    effects = [effect_of(each, pay) for each in cohorts]
    known = [(each.eligible, e) for each, e in zip(cohorts, effects, strict=True) if e is not None]
    pooled = sum(n * e for n, e in known) / sum(n for n, _ in known) if known else None
    routes: list[Route | None] = [None] * len(cohorts)
    if pay.each is None and pay.pooled is None:
        routes = ["no threshold"] * len(cohorts)
    elif pay.each is not None:
        routes = ["each" if _reaches(e, pay.each) else None for e in effects]
    if not any(routes) and pay.pooled is not None and _reaches(pooled, pay.pooled):
        routes = ["pooled"] * len(cohorts)
    last = max((each.closed for each in cohorts), default=np.datetime64("NaT"))
    judged = []
    for each, effect, route in zip(cohorts, effects, routes, strict=True):
        better = _better(each, pay)
        day = last if route == "pooled" else each.closed
        measured = pooled if route == "pooled" else effect
        judged.append(
            Judged(effect, better, route, day, _amount(pay, better, measured, day) if route else 0.0)
        )
    return Verdict(tuple(judged), pooled, _sentence(judged, pooled, pay))


def effect_of(cohort: Cohort, pay: Pay) -> float | None:
    """How much better than its comparison a cohort did, as a share of the comparison's rate; None where it has no such share."""
    if not cohort.eligible or not _expected(cohort):
        return None
    ratio = cohort.achieved / cohort.eligible / _expected(cohort)
    return ratio - 1.0 if pay.unit == "claim" else 1.0 - ratio


def _better(cohort: Cohort, pay: Pay) -> float:
    difference = cohort.achieved - _expected(cohort) * cohort.eligible
    return difference if pay.unit == "claim" else -difference


def _expected(cohort: Cohort) -> float:
    if cohort.expected is None:
        raise ValueError("a cohort is paid for a difference, and has no comparison to differ from")
    return cohort.expected


def _reaches(effect: float | None, threshold: float) -> bool:
    # 90 against 100 is 10% better, although 1 - 0.9 is not 0.1 to the last bit.
    return effect is not None and effect >= threshold - 1e-12


def _amount(pay: Pay, better: float, effect: float | None, day: np.datetime64) -> float:
    """Pounds that a cohort that passed pays by itself."""
    if pay.slide is not None:
        return slide(pay.slide, effect) if effect is not None else 0.0
    if pay.pays_as == "claims":
        return 0.0
    price = on(pay.prices[0], day.astype("datetime64[D]").item()) * (1.0 - pay.discount)
    if pay.pays_as == "lump":
        return price
    gain = price * max(0.0, better)
    return gain * pay.share_of_gain if pay.pays_as == "gain_share" else gain


def slide(terms: Slide, result: float) -> float:
    """Pounds on a sliding scale: nothing up to `low`, all of it from `high` (example E28)."""
    return terms.amount * min(1.0, max(0.0, (result - terms.low) / (terms.high - terms.low)))


def band(bands: Sequence[tuple[float, float]], result: float) -> float:
    """What the band of a result gives: of the highest bound that it reaches, the bound included; 0.0 below all.

    bands: (from, share or rate), in any order. Newpin's 60% restored is 7.5%, 59.99% is 3% (example E22).
    """
    reached = [(lower, given) for lower, given in bands if result >= lower]
    return max(reached)[1] if reached else 0.0


def capital_plus(capital: float, rate: float, first: dt.date, last: dt.date) -> float:
    """Capital back and a return a year on it, compounded by the day (act/365): what Peterborough paid, at 3%."""
    return capital * (1.0 + rate) ** ((last - first).days / DAYS_A_YEAR)


def comparison_result(results: ArrayLike, n: int, key: Key, tag: int, cohort: int = 0) -> float:
    """Mean result of a comparison group of n people drawn with replacement.

    results: of people under the baseline design, one each (of another replication than the cohort's, so that its luck is
    its own). key: seed and replication. tag: the purpose, such as `tag_of("comparison", outcome)`. cohort: its position,
    so that each has its own group. Contract variants with the same key draw the same people.

    Raises ValueError when there is nobody to draw from or to draw.
    """
    known = np.asarray(results, np.float64)
    if n <= 0 or known.size == 0:
        raise ValueError(f"a comparison group of {n} out of {known.size} people is nobody")
    drawn = (uniforms(key, np.arange(n), tag, cohort) * known.size).astype(np.int64)
    return float(known[drawn].mean())


def _sentence(judged: Sequence[Judged], pooled: float | None, pay: Pay) -> str:
    if not judged:
        return "No cohort is complete yet, so nothing can be judged."
    if pay.each is None and pay.pooled is None:
        ahead = sum(each.better > 0.0 for each in judged)
        return f"No threshold: {ahead} of {len(judged)} cohorts did better than their comparison."
    found = ", ".join("unknown" if each.effect is None else f"{each.effect:.1%}" for each in judged)
    results = f"{found} better in {len(judged)} cohort{'s' if len(judged) > 1 else ''}"
    if alone := sum(each.route == "each" for each in judged):
        return f"{results}: {alone} of {len(judged)} pay, having reached {_percent(pay.each)}."
    nobody = "" if pay.each is None else f" none reached {_percent(pay.each)} alone;"
    if pay.pooled is None:
        return f"{results}:{nobody.rstrip(';')}, so nothing is paid."
    together = "pooled the effect is unknown" if pooled is None else f"pooled they are {pooled:.1%} better"
    if any(each.pays for each in judged):
        return f"{results}:{nobody} {together}, which reaches {_percent(pay.pooled)}, so all pay."
    return f"{results}:{nobody} {together}, which does not reach {_percent(pay.pooled)}, so nothing is paid."


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100.0:.10g}%"
