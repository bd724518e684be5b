"""Every figure that a deal may have published, computed from the deal's terms and what was observed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.money.accounts.guarantee import called
from simulator.money.accounts.read import investment_of
from simulator.money.accounts.terms import Investment
from simulator.money.contract.cohorts import Verdict, band
from simulator.money.contract.settlement import Settlement
from simulator.money.contract.terms import Pay
from simulator.money.contract.trigger import Measurement, chance_of_either
from simulator.money.deals.file import Deal, Figure, Trigger, observed_units
from simulator.money.pence import to_pence
from simulator.money.plain_values import Values
from simulator.money.returns.investor import Flows, returned
from simulator.scenario import quantities
from simulator.scenario.problems import Refused

_NO_DAY = dt.date(2000, 1, 1)


@dataclass(frozen=True, eq=False)
class Ran:
    """A deal that was run. units, planned_units: paid for, less deadweight. by_people: pounds if people were paid for."""

    deal: Deal
    settlement: Settlement | None
    verdicts: dict[str, Verdict]
    units: float
    planned_units: float
    by_people: float


def measured(ran: Ran, figure: Figure) -> float:
    """Ours of a published figure, in its unit. Raises Refused where the file lacks what it takes."""
    return _MEASURES[figure.what](ran, figure)


def investment_terms(deal: Deal) -> Investment:
    """The deal's investment in plain numbers. Raises Refused where it has none or names a number."""
    document = deal.document
    if document.investment is None:
        raise Refused("this deal has no `investment`")
    contracts = [] if document.contract is None else [document.contract]
    # Where there is no contract there are no dates: what is asked of the terms then has none in it.
    start = document.contract.begins if document.contract is not None else None
    try:
        return investment_of(document.investment, contracts, Values(start or _NO_DAY))
    except TypeError as error:
        raise Refused(str(error)) from None


def _settlement(ran: Ran) -> Settlement:
    if ran.settlement is None:
        raise Refused("this deal has no `contract` that would pay")
    return ran.settlement


def _paid(ran: Ran, _: Figure) -> float:
    return _settlement(ran).total / 100


def _priced(ran: Ran, _: Figure) -> float:
    return int(_settlement(ran).priced.sum()) / 100


def _by_people(ran: Ran, _: Figure) -> float:
    return ran.by_people


def _cut_by_person(ran: Ran, _: Figure) -> float:
    return int(_settlement(ran).cut_person.sum()) / 100


def _units(ran: Ran, _: Figure) -> float:
    return sum(observed_units(each) for each in ran.deal.document.observed.claims)


def _certified(ran: Ran, _: Figure) -> float:
    return ran.units


def _planned_units(ran: Ran, _: Figure) -> float:
    return ran.planned_units


def _paid_a_unit(ran: Ran, figure: Figure) -> float:
    return _ratio(_paid(ran, figure), ran.units, "units that were paid for")


def _planned(ran: Ran, _: Figure) -> float:
    return _given(ran.deal.document.plan.paid, "`plan: {paid: ...}`")


def _planned_price(ran: Ran, figure: Figure) -> float:
    return _ratio(_planned(ran, figure), ran.planned_units, "planned units")


def _sum_of_years(ran: Ran, _: Figure) -> float:
    years = ran.deal.document.observed.years
    if not years:
        raise Refused("payments by year are missing", "`observed: {years: [...]}`")
    return float(sum(each.value for each in years))


def _effect(ran: Ran, figure: Figure) -> float:
    cohorts = _verdict(ran).cohorts
    number = int(_of(figure, "count", "the cohort's number, such as `of: 1`"))
    if not 1 <= number <= len(cohorts):
        raise Refused(f"there is no cohort {number}", f"this file has {len(cohorts)}", ("of",))
    effect = cohorts[number - 1].effect
    if effect is None:
        raise Refused(
            f"cohort {number} has no effect to speak of: nobody in it, or nothing expected", None, ("of",)
        )
    return effect


def _pooled(ran: Ran, _: Figure) -> float:
    pooled = _verdict(ran).pooled
    if pooled is None:
        raise Refused("no cohort has an effect that could be pooled")
    return pooled


def _pays(ran: Ran, figure: Figure) -> float:
    if figure.of not in ("each", "pooled"):
        raise Refused("which way of paying is missing", "`of: each` or `of: pooled`")
    return float(any(each.route == figure.of for each in _verdict(ran).cohorts))


def _paid_for_nothing(ran: Ran, figure: Figure) -> float:
    """The chance that the trigger pays a service with no effect: as the deal is, or one cohort of `of` people against as many."""
    if figure.of is None:
        return _chance(ran, 0.0)
    trigger, pay = _trigger(ran)
    size = int(_of(figure, "count", "people in each group"))
    measurement = Measurement(trigger.events.value, trigger.dispersion.value)
    return chance_of_either(0.0, [size], [size], measurement, each=pay.each)


def _missed(ran: Ran, figure: Figure) -> float:
    return 1.0 - _chance(ran, _of(figure, "share", "the true effect, such as `of: 10%`"))


def _chance(ran: Ran, effect: float) -> float:
    trigger, pay = _trigger(ran)
    cohorts = len(_verdict(ran).cohorts)
    return chance_of_either(
        effect,
        [int(trigger.people.value)] * cohorts,
        [int(trigger.comparison.value)] * cohorts,
        Measurement(trigger.events.value, trigger.dispersion.value),
        each=pay.each,
        pooled=pay.pooled,
    )


def _trigger(ran: Ran) -> tuple[Trigger, Pay]:
    trigger = ran.deal.document.observed.trigger
    if trigger is None:
        raise Refused(
            "how the trigger measures is missing", "`observed: {trigger: {events: ..., people: ..., ...}}`"
        )
    _verdict(ran)
    terms = _settlement(ran).terms
    return trigger, terms.pays[terms.pay(next(iter(ran.verdicts)))]


def _verdict(ran: Ran) -> Verdict:
    if not ran.verdicts:
        raise Refused(
            "no cohort was observed that is paid against a comparison", "`observed: {cohorts: [...]}`"
        )
    return next(iter(ran.verdicts.values()))


def _coupon(ran: Ran, figure: Figure) -> float:
    bands = [each.bands for each in investment_terms(ran.deal).waterfall if each.what == "coupon_by_band"]
    if not bands:
        raise Refused("no step of the waterfall is a `coupon_by_band`")
    return band(bands[0], _of(figure, "share", "the rate that was reached, such as `of: 60%`"))


def _rate_of_return(ran: Ran, _: Figure) -> float:
    flows = ran.deal.document.observed.flows
    days, pence = [each.on for each in flows], [to_pence(each.amount.value) for each in flows]
    found = returned(Flows.of(days, pence)).xirr if flows else None
    if found is None or found.rate is None:
        raise Refused(
            "the investor's payments have no single rate of return", "`observed: {flows: [...]}`, both ways"
        )
    return found.rate


def _recycled(ran: Ran, _: Figure) -> float:
    observed = ran.deal.document.observed
    return _ratio(_given(observed.spent, "`observed: {spent: ...}`"), _drawn(ran), "capital drawn")


def _left(ran: Ran, figure: Figure) -> float:
    return _paid(ran, figure) - _given(ran.deal.document.observed.spent, "`observed: {spent: ...}`")


def _multiple(ran: Ran, figure: Figure) -> float:
    """What is left of capital and payments after spending, as a multiple of capital."""
    return _ratio(_drawn(ran) + _left(ran, figure), _drawn(ran), "capital drawn")


def _loss(ran: Ran, _: Figure) -> float:
    """Net principal lost after the guarantor has paid, where outcomes paid nothing or less than was lent."""
    terms = investment_terms(ran.deal)
    received = ran.settlement.total if ran.settlement is not None else 0
    lost = max(to_pence(_drawn(ran)) - received, 0)
    borne = sum(called(terms.guarantee, [lost])) if terms.guarantee is not None else 0
    return (lost - borne) / 100


def _measured_effect(ran: Ran, _: Figure) -> float:
    effect = ran.deal.document.observed.effect
    if effect is None:
        raise Refused(
            "what was measured is missing", "`observed: {effect: {served: ..., comparison: ..., what: ...}}`"
        )
    return float(effect.served.value - effect.comparison.value)


def _drawn(ran: Ran) -> float:
    return _given(ran.deal.document.observed.drawn, "`observed: {drawn: ...}`")


def _given(quantity: Any, where: str) -> float:
    if not isinstance(quantity, quantities.Quantity):
        raise Refused("a figure that this one needs is missing", where)
    return quantity.value


def _ratio(part: float, whole: float, what: str) -> float:
    if not whole:
        raise Refused(f"there are no {what} to divide by")
    return part / whole


def _of(figure: Figure, kind: str, what: str) -> float:
    """Which one of several the figure is about."""
    if figure.of is None:
        raise Refused("`of` is missing", what)
    try:
        return _given(quantities.parse(figure.of, kind), what)
    except Refused as error:
        raise error.within("of") from None


_MEASURES: dict[str, Callable[[Ran, Figure], float]] = {
    "paid": _paid,
    "priced": _priced,
    "priced by people": _by_people,
    "planned": _planned,
    "certified units": _certified,
    "planned units": _planned_units,
    "paid a unit": _paid_a_unit,
    "planned price a unit": _planned_price,
    "units": _units,
    "sum of years": _sum_of_years,
    "pays": _pays,
    "effect": _effect,
    "pooled effect": _pooled,
    "paid with no effect": _paid_for_nothing,
    "not paid": _missed,
    "coupon": _coupon,
    "rate of return": _rate_of_return,
    "multiple": _multiple,
    "recycled": _recycled,
    "left after costs": _left,
    "loss": _loss,
    "cut by the cap per person": _cut_by_person,
    "measured effect": _measured_effect,
}
