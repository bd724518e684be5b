"""INDIGO out: a deal as a project's record in the Government Outcomes Lab's data standard (see `indigo` for its field names).

Organisations are identified by INDIGO ids there; a deal file has free names, which stand in their place and in the notes.
Deadweight, caps by person and year, bands and thresholds have no field of their own: the terms stand in `price_description`.
"""

from __future__ import annotations

import json
from typing import Any

from simulator.money.calendar import add_months
from simulator.money.deals.file import Deal
from simulator.money.plain_values import lag_of
from simulator.scenario.quantities import Quantity, leaves

CURRENCIES = {"£": "GBP", "US dollars": "USD", "Australian dollars": "AUD", "euros": "EUR"}


def project_of(deal: Deal) -> dict[str, Any]:
    """A deal's record: outcome metrics, prices, commitments, investments, results and payments that the file has."""
    document = deal.document
    contract, investment, observed = document.contract, document.investment, document.observed
    currency = CURRENCIES.get(document.currency, document.currency)

    def money(amount: float) -> dict[str, Any]:
        return {"currency": _value(currency), "amount": _value(amount)}

    project: dict[str, Any] = {"id": document.record or "", "status": "PUBLIC", "name": _value(deal.title)}
    finance: dict[str, Any] = {}
    if contract is not None and contract.begins is not None:
        ends = add_months(contract.begins, lag_of(contract.term).months)
        project["dates"] = {
            "start_date_of_service_provision": _value(contract.begins.isoformat()),
            "anticipated_end_date_of_service_provision": _value(ends.isoformat()),
        }
        total = contract.cap.total if contract.cap is not None else None
        if isinstance(total, Quantity):
            finance["maximum_potential_outcome_payment_v2"] = money(total.value)
        project["outcome_payment_commitments"] = [
            {
                "organisation_id": _value(name),
                **(
                    {"maximum_potential_outcome_payment": money(payer.share.value * total.value)}
                    if isinstance(total, Quantity) and isinstance(payer.share, Quantity)
                    else {}
                ),
                "notes": f"pays {payer.share.text}",
            }
            for name, payer in contract.payer.items()
        ]
    paid = [figure for figure in document.published if figure.what == "paid" and figure.tag == "record"]
    if paid:
        finance["total_outcome_payments_made"] = money(paid[0].number)
    if investment is not None:
        amounts = [
            each.amount.value for each in investment.tranches.values() if isinstance(each.amount, Quantity)
        ]
        finance["total_investment_commitment"] = {
            "currency": _value(currency),
            "amount": {"exact": _value(sum(amounts))},
        }
        project["investments"] = [
            {
                "id": name,
                "organisation_id": _value(tranche.from_),
                "investment_commitment": {
                    "currency": _value(currency),
                    "amount": {"exact": _value(tranche.amount.value)},
                },
                "notes": f"return {tranche.return_.text}; recourse {investment.recourse}",
            }
            for name, tranche in investment.tranches.items()
        ]
    project["overall_project_finance"] = finance
    project["outcome_metrics"] = [
        {"id": name, "outcome_metric_target": _value(deal.label(name))} for name in document.outcomes
    ]
    project["outcome_pricings"] = [
        {
            "outcome_metric_id": _value(name),
            "currency": _value(currency),
            # The first price, where it differs by person or date: the standard has room for one.
            "price_per_unit": {"amount": _value(getattr(next(iter(leaves(pay.price))), "value", None))},
            "price_description": _value(_terms(deal, name)),
        }
        for name, pay in (contract.pays.items() if contract is not None else ())
    ]
    project["results"] = [
        {
            "outcome_metric_id": _value(each.outcome),
            "result_level": _value("Outcome level"),
            "result_type": _value("Final"),
            "number_with_positive_social_outcomes": _value(
                each.claims.value if each.people is None else each.people.value
            ),
            "other_description_of_result": _value(f"{each.claims.value:.0f} claims"),
        }
        for each in observed.claims
        if each.claims is not None
    ]
    return project


def as_json(deal: Deal) -> str:
    """The record as JSON text."""
    return json.dumps(project_of(deal), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _terms(deal: Deal, outcome: str) -> str:
    """The keys of a payment as the file writes them."""
    written = deal.raw["contract"]["pays"][outcome]
    return json.dumps(written, ensure_ascii=False)[:2000]


def _value(what: Any) -> dict[str, Any]:
    return {"value": what}
