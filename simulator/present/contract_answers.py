"""What a council asks first of a contract, in its words, each with its answer in a sentence or two: in budget view.

Every amount is a mean or the middle of the runs with its range; a chance is a count of runs; what few runs cannot tell is
said to be so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.money.calendar import financial_year_label
from simulator.present import numbers as n
from simulator.present.contract_views import paid_for_nothing, unit_of
from simulator.present.deal_runs import HIGH, LOW, DealRuns, listed, mean, quantile, said, signing
from simulator.present.signed import Signed
from simulator.present.views import labelled

if TYPE_CHECKING:
    from simulator.engine.model import Floats


class Answer(NamedTuple):
    """A question in the words of who asks it, and its answer."""

    question: str
    answer: str


def council(signed: Signed) -> list[Answer]:
    """What a commissioner's finance director asks: in budget view, cash released apart from payments."""
    return [
        Answer(
            "Which budget line goes down, in which year, by how much real cash?", _which_line(signed.runs)
        ),
        Answer("What goes in the medium-term plan, at best and worst?", _plan(signed)),
        Answer("If it does nothing, what have I still paid?", _nothing(signed)),
        Answer("How many would have done so anyway?", _anyway(signed)),
        Answer("What must I close to get the saving, when, at what cost?", _closing(signed.runs)),
        Answer("Why not do it ourselves, or give a grant?", _ourselves(signed)),
        Answer("Who else saves, and will they pay?", _others(signed.runs)),
    ]


def _line_label(runs: DealRuns, item: str) -> str:
    import pandas as pd

    row = pd.DataFrame([{"table": "savings", "item": item, "measure": "cash_released"}])
    return str(labelled(row, runs.scenario, (runs.result.baseline, runs.design))["label"][0])


def _which_line(runs: DealRuns) -> str:
    lines = {item: runs.amount("savings", item, "cash_released") for item in runs.items("savings") if item}
    falls = {item: values for item, values in lines.items() if mean(values) >= 1}
    if not falls:
        return "None. No budget line releases cash on average, against the baseline, over the whole horizon."
    item = max(falls, key=lambda each: mean(falls[each]))
    years = {
        year: runs.total("public_cash", "cash_released", year)
        for year in sorted(
            {
                each
                for agency in runs.items("public_cash")
                for each in runs.times("public_cash", agency, "net")
            }
        )
    }
    text = f"{_line_label(runs, item)}: {said(falls[item], '£', prose=True)} over the whole horizon."
    if len(falls) > 1:
        text += f" {len(falls) - 1} other line{'s' if len(falls) > 2 else ''} also release{'s' if len(falls) == 2 else ''} cash."
    gains = [year for year, values in years.items() if mean(values) > 0]
    if not gains:
        return f"{text} Taken with what is spent anew, no year releases cash on average."
    most = max(gains, key=lambda year: mean(years[year]))
    return (
        f"{text} Taken with what is spent anew, cash is first released in {financial_year_label(gains[0])}, most in "
        f"{financial_year_label(most)}: {said(years[most], '£', prose=True)}."
    )


def _plan(signed: Signed) -> str:
    runs = signed.runs
    found = []
    for payer in dict.fromkeys(each.name for terms in signed.terms for each in terms.payers):
        items = [f"{payer} in {terms.name}" for terms in signed.terms]
        years = sorted({year for item in items for year in runs.times("payers", item, "accrued")})
        if not years:
            continue

        def owed(year: int, items: list[str] = items) -> Floats:
            return runs.summed(("payers", item, "accrued", year) for item in items)

        worst = max(years, key=lambda year: quantile(owed(year), HIGH))
        values = owed(worst)
        best_worst = (
            f", at best {n.money(quantile(values, LOW), prose=True)}, at worst {n.money(quantile(values, HIGH), prose=True)}"
            if runs.runs > 1
            else ""
        )
        found.append(
            f"{runs.label(payer)}: most in {financial_year_label(worst)}, {n.money(mean(values), prose=True)}{best_worst}; "
            f"in all {said(owed(0), '£', prose=True)}."
        )
    return " ".join(found) or "Nothing: no payer owes anything."


def _nothing(signed: Signed) -> str:
    runs = signed.runs
    found = []
    for terms in signed.terms:
        outcomes, fixed = paid_for_nothing(runs, terms)
        parts = []
        if terms.pays:
            parts.append((outcomes, "for outcomes that come about anyway, or by luck"))
        if fixed.any():
            parts.append((fixed, "for what is paid whatever is achieved"))
        of = f" of {n.money(mean(runs.amount('contract', terms.name, 'accrued')), prose=True)}"
        split = listed(f"{n.money(mean(values), prose=True)} {what}" for values, what in parts)
        why = f": {split}" if len(parts) > 1 else "".join(f", {what}" for _, what in parts)
        found.append(f"{terms.label}: {said(outcomes + fixed, '£', prose=True)}{of}{why}.")
    return " ".join(found)


def _anyway(signed: Signed) -> str:
    runs = signed.runs
    found = []
    for terms in signed.terms:
        for pay in terms.pays:
            item = f"{pay.outcome} in {terms.name}"
            if runs.each("outcome_payments", item, "without") is None:
                continue
            unit = unit_of(pay)
            without, achieved, observed = (
                runs.amount("outcome_payments", item, measure)
                for measure in ("without", "achieved", "observed")
            )
            if pay.unit != "claim":
                found.append(
                    f"{pay.label}: {said(without, unit)} without the service, {said(achieved, unit)} with it."
                )
                continue
            of = f" of {n.quantity(mean(observed), 'people')} observed"
            found.append(
                f"{pay.label}: {said(without, unit)}{of} would have without the service, {n.quantity(mean(achieved), unit)} "
                "did with it."
            )
    return " ".join(found) or "These contracts pay for no outcome that could come about without the service."


def _closing(runs: DealRuns) -> str:
    exits = [item for item in runs.items("costs") if item.endswith(".exit")]
    values = runs.summed(("costs", item, "budget", 0) for item in exits)
    released = runs.amount("savings", "", "cash_released")
    if not values.any():
        if mean(released) >= 1:
            return "No unit: none closes in any run. What is released moves with use, and is cash once it is not spent."
        return "No unit closes in any run, so no saving of that kind becomes cash."
    years = sorted({year for item in exits for year in runs.times("costs", item, "budget")})
    first = next(
        year for year in years if any(runs.amount("costs", item, "budget", year).any() for item in exits)
    )
    names = listed(dict.fromkeys(_line_label(runs, item.removesuffix(".exit")) for item in exits))
    return (
        f"Units of {names}: the first close in {financial_year_label(first)}, and closing costs {said(values, '£', prose=True)}. "
        "Until a unit is closed, demand avoided is worth something and saves nothing."
    )


def _ourselves(signed: Signed) -> str:
    runs = signed.runs
    cost = runs.amount("comparators", "in_house", "payments")
    paid = runs.amount("comparators", "investors", "payments")
    more = paid - cost
    way = "more" if mean(more) >= 0 else "less"
    text = (
        f"Done in-house or by a grant of its cost, the service costs {said(cost, '£', prose=True)}; under this contract payers "
        f"pay {said(paid, '£', prose=True)}, {n.money(abs(mean(more)), prose=True)} {way}. A grant would leave the payers with "
        "the risk that it does not work. "
    )
    others = [
        name
        for name in signing(runs.scenario)
        if name != runs.design
        and not any(
            runs.scenario.document.contracts[each].pays for each in runs.scenario.document.designs[name].signs
        )
    ]
    if others:
        return (
            f"{text}Set {listed(runs.label(name) for name in others)} beside it, which pays for no outcome."
        )
    return f"{text}The scenario has no design that pays by grant or block: add one to set beside it."


def _others(runs: DealRuns) -> str:
    saves: list[str] = []
    pays: list[str] = []
    for agency in runs.items("public_cash"):
        released, paid = (runs.amount("public_cash", agency, name) for name in ("cash_released", "payments"))
        if mean(released) < 1:
            continue
        words = f"{runs.label(agency)}, {said(released, '£', prose=True)}"
        (pays if paid.any() else saves).append(words)
    if not saves and not pays:
        return "Nobody: no agency has cash released on average."
    first = (
        f"Saves cash and pays nothing: {'; '.join(saves)}."
        if saves
        else "Nobody who does not pay saves cash on average."
    )
    return first + (f" Saves and pays: {'; '.join(pays)}." if pays else "")


__all__ = ["Answer", "council"]
