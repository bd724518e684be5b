"""Providers and investment as the scenario language writes them, turned into plain numbers of one draw (LANGUAGE section 10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from simulator.engine.numbers import Numbers
from simulator.money.accounts import terms as t
from simulator.money.contract.read import begins_of
from simulator.money.contract.read_pays import threshold_of
from simulator.money.plain_values import Values, after, lag_of, months_of
from simulator.scenario import investment_fields as fields
from simulator.scenario.contract_fields import Contract
from simulator.scenario.document import Document
from simulator.scenario.quantities import Named, Quantity

INVESTORS = "investors"


def read_providers(document: Document, numbers: Numbers) -> dict[str, t.Provider]:
    """Every provider of a scenario, by name, in the order of the file. Amounts that the file does not give are 0."""
    values = Values.of(document, numbers)
    return {name: _provider(name, each, values) for name, each in document.providers.items()}


def _provider(name: str, provider: fields.Provider, values: Values) -> t.Provider:
    path = f"providers.{name}"
    return t.Provider(
        name=name,
        label=provider.name or provider.label or name.replace("_", " "),
        opening=values.one(provider.opening_cash, f"{path}.opening_cash"),
        least=values.one(provider.least_cash, f"{path}.least_cash"),
        overhead_a_year=values.a_year(provider.overhead, f"{path}.overhead"),
        staff_share=values.one(provider.staff, f"{path}.staff", 0.8),
        on_costs=values.one(provider.on_costs, f"{path}.on_costs", 0.3),
        pay_lag=months_of(provider.wages_lag, 1),
        mobilise_cost=values.one(provider.mobilisation, f"{path}.mobilisation"),
        exit_cost=values.one(provider.exit_cost, f"{path}.exit_cost"),
        vat_on_supplies=values.one(provider.vat_on_supplies, f"{path}.vat_on_supplies"),
        reserves=values.perhaps(provider.reserves, f"{path}.reserves"),
    )


def read_investment(
    document: Document, numbers: Numbers, signed: Collection[str] | None = None
) -> t.Investment | None:
    """The investment of a scenario, or None where it has none.

    signed: names of the contracts in force, None: all of the document's; with none of those that it is `for` there is no
    investment. Times count from the first day of the earliest of
    those that pay the party the investment is into, and it is repaid from the end of the latest, unless the file says when.
    """
    if document.investment is None:
        return None
    wanted = document.investment.for_
    if signed is not None and wanted and not {*wanted} & {*signed}:
        return None
    contracts = [each for name, each in document.contracts.items() if signed is None or name in signed]
    return investment_of(document.investment, contracts, Values.of(document, numbers))


def investment_of(
    investment: fields.Investment, contracts: Iterable[Contract], values: Values
) -> t.Investment:
    """An investment in plain numbers. contracts: those in force, for when it begins and ends."""
    begins, ends = _span(investment, list(contracts), values.start)
    tranches = tuple(_tranche(name, each, values) for name, each in investment.tranches.items())
    draws, schedule = _draws(investment, values)
    return t.Investment(
        into=investment.into,
        tranches=tranches,
        waterfall=_waterfall(investment, values),
        recourse=investment.recourse,
        repays_from=ends if investment.repays_from is None else after(begins, lag_of(investment.repays_from)),
        draws=draws,
        schedule=schedule,
        buffer_months=months_of(investment.buffer),
        by="pro_rata" if investment.by == "pro rata" else "in_order",
        available_until=investment.available_until,
        recycle=investment.recycle,
        distribute_months=months_of(investment.every, 12),
        reserve_months=months_of(investment.reserve),
        fees=_fees(investment, values),
        guarantee=_guarantor(investment, values),
    )


def _span(
    investment: fields.Investment, contracts: list[Contract], start: dt.date
) -> tuple[dt.date, dt.date]:
    """First day of the contracts that pay for it (all, if none pays the party), and the day after the last."""
    paying = [each for each in contracts if investment.into in dict(each.payee)] or contracts
    spans = [(begins_of(each, start), lag_of(each.term)) for each in paying]
    if not spans:
        return start, start
    return min(day for day, _ in spans), max(after(day, term) for day, term in spans)


def _tranche(name: str, tranche: fields.Tranche, values: Values) -> t.Tranche:
    path = f"investment.tranches.{name}"
    return t.Tranche(
        name=name,
        investor=tranche.from_,
        amount=values.one(tranche.amount, f"{path}.amount"),
        rate=values.one(tranche.return_, f"{path}.return"),
        compound=tranche.interest == "compound",
        unpaid=tranche.unpaid,
        most_multiple=values.perhaps(tranche.most, f"{path}.most"),
        most_irr=values.perhaps(tranche.most_irr, f"{path}.most_irr"),
    )


def _draws(
    investment: fields.Investment, values: Values
) -> tuple[Literal["as_needed", "at_start", "schedule"], tuple[tuple[dt.date, float], ...]]:
    draws = investment.draws
    if draws == "as needed":
        return "as_needed", ()
    if draws == "at start":
        return "at_start", ()
    dated = values.dated(draws, "investment.draws")
    # The first of a timeline holds from `start`, and so does a single amount.
    return "schedule", tuple((max(day, values.start), amount) for day, amount in dated)


def _waterfall(investment: fields.Investment, values: Values) -> tuple[t.Action, ...]:
    if investment.waterfall:
        return tuple(
            _action(step, f"investment.waterfall.{index}", investment, values)
            for index, step in enumerate(investment.waterfall)
        )
    order = investment.repaid or tuple(investment.tranches)
    surplus = (
        t.Action("release")
        if investment.surplus is None
        else t.Action("share", shares=_shares(investment.surplus, "investment.surplus", investment, values))
    )
    return (
        *(t.Action("pay_return", of=name) for name in order),
        *(t.Action("repay", of=name) for name in order),
        surplus,
    )


def _action(step: fields.Step, path: str, investment: fields.Investment, values: Values) -> t.Action:
    if step.pay_fee is not None:
        amount = values.one(step.pay_fee.amount, f"{path}.pay_fee.amount")
        return t.Action("pay_fee", of=step.pay_fee.to, amount=amount)
    if step.fill_reserve is not None:
        return t.Action("fill_reserve", amount=values.one(step.fill_reserve, f"{path}.fill_reserve"))
    if step.pay_return is not None:
        return t.Action("pay_return", of=step.pay_return)
    if step.repay is not None:
        share = values.one(step.repay.share, f"{path}.repay.share", 1.0)
        return t.Action("repay", of=step.repay.tranche, share=share)
    if step.pay_to_multiple is not None:
        to = values.one(step.pay_to_multiple.to, f"{path}.pay_to_multiple.to")
        return t.Action("pay_to_multiple", of=step.pay_to_multiple.tranche, to=to)
    if step.pay_to_irr is not None:
        to = values.one(step.pay_to_irr.to, f"{path}.pay_to_irr.to")
        return t.Action("pay_to_irr", of=step.pay_to_irr.tranche, to=to)
    if step.coupon_by_band is not None:
        bands = sorted(
            (threshold_of(each), values.one(rate, f"{path}.coupon_by_band.bands.{each}"))
            for each, rate in step.coupon_by_band.bands.items()
        )
        return t.Action("coupon_by_band", of=step.coupon_by_band.tranche, bands=tuple(bands))
    if step.share is not None:
        return t.Action("share", shares=_shares(step.share, f"{path}.share", investment, values))
    return t.Action("release", of=step.release or "")


def _shares(
    parts: Iterable[tuple[str, Quantity | Named]], path: str, investment: fields.Investment, values: Values
) -> tuple[tuple[str, float], ...]:
    """Shares by party or tranche; the investors' is that of the tranches in proportion to what they hold."""
    amounts: Mapping[str, float] = {
        name: values.one(each.amount, f"investment.tranches.{name}.amount")
        for name, each in investment.tranches.items()
    }
    found: dict[str, float] = {}
    for party, part in parts:
        share = values.one(part, f"{path}.{party}")
        total = sum(amounts.values())
        if party != INVESTORS or not total:
            found[party] = found.get(party, 0.0) + share
            continue
        for name, amount in amounts.items():
            found[name] = found.get(name, 0.0) + share * amount / total
    return tuple(found.items())


def _fees(investment: fields.Investment, values: Values) -> t.Fees:
    part = investment.fees or fields.DealFees()
    path = "investment.fees"
    management = part.management if part.management is not None else investment.fee
    return t.Fees(
        arrangement=values.one(part.arrangement, f"{path}.arrangement"),
        commitment=values.one(part.commitment, f"{path}.commitment"),
        management=values.one(
            management, f"{path}.management" if part.management is not None else "investment.fee"
        ),
        performance_management=values.a_year(part.performance_management, f"{path}.performance_management"),
        audit=values.a_year(part.audit, f"{path}.audit"),
        evaluation=values.a_year(part.evaluation, f"{path}.evaluation"),
        fund=values.one(part.fund, f"{path}.fund"),
    )


def _guarantor(investment: fields.Investment, values: Values) -> t.Guarantor | None:
    part = investment.guarantee
    if part is None:
        return None
    return t.Guarantor(
        part.from_,
        values.perhaps(part.pool, "investment.guarantee.pool"),
        values.perhaps(part.share, "investment.guarantee.share"),
    )
