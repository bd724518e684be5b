"""What a contract costs and buys, as tables: payments by payer and year, from priced to paid, and outcomes paid beside caused.

Each table names its view of money: budget (by the year earned) or bank (by the year in which money moves); none adds the two.
"""

from __future__ import annotations

import numpy as np

from simulator.money.calendar import financial_year_label
from simulator.money.contract.terms import Pay, Terms
from simulator.present import numbers as n
from simulator.present.deal_runs import COUNT, DealRuns, counted, mean, month_spread, range_said, said
from simulator.present.signed import Signed
from simulator.present.views import Section

NOT_ASKED = "–"
BUDGET = "budget view: the year in which it is earned"
BANK = "bank view: the year in which money moves"
NOMINAL = "In the money of each year, not discounted."
CUTS = {
    "deadweight": "Taken off for what would have happened anyway",
    "cut_person": "Cut by the cap per person",
    "cut_outcome": "Cut by the cap on an outcome",
    "cut_year": "Cut by the cap per contract year",
    "cut_total": "Cut by the cap in all",
    "lost_late": "Lost because the last day for claims was over",
    "lost_payers": "Lost because a payer is at its cap or has closed, and nobody pays instead",
}
OTHER = {
    "block": "Block payments",
    "fees": "Fees for activity",
    "guarantee": "Referral guarantee",
    "floor": "Topped up to the floor",
}
BACK = {
    "withheld": "Withheld: a service standard was missed",
    "clawback": "Clawed back: outcomes that did not last",
}


def contract_sections(signed: Signed) -> list[Section]:
    """All tables of the design's contracts, in the order in which they are asked for."""
    runs = signed.runs
    found = []
    for terms in signed.terms:
        found += [
            section
            for section in (
                payments(runs, terms, "accrued"),
                payments(runs, terms, "paid"),
                priced_to_paid(runs, terms),
                paid_and_caused(runs, terms),
            )
            if section is not None
        ]
    return [*found, *three_ways(runs), *cash_released(runs)]


def payments(runs: DealRuns, terms: Terms, measure: str) -> Section | None:
    """What each payer owes (`accrued`) or pays (`paid`) by financial year; None where nobody does."""
    ending = f" in {terms.name}"
    payers = [item for item in runs.items("payers") if item.endswith(ending)]
    years = sorted({year for item in payers for year in runs.times("payers", item, measure)})
    if not years:
        return None
    names = [runs.label(item.removesuffix(ending)) for item in payers]
    rows = []
    for year, words in [*((year, financial_year_label(year)) for year in years), (0, "In all")]:
        each = [runs.amount("payers", item, measure, year) for item in payers]
        cells = [said(values, "£") for values in each]
        rows.append((words, *cells, *([said(np.sum(each, axis=0), "£")] if len(each) > 1 else [])))
    heads = ("April to March", *names, *(["All payers"] if len(names) > 1 else []))
    after = runs.amount("contract", terms.name, "paid_after")
    note = [NOMINAL]
    if runs.runs > 1:
        note.append("Mean over runs, range of runs in brackets.")
    if measure == "paid" and after.any():
        note.append(f"After the end of the horizon another {said(after, '£', prose=True)} is paid.")
    view, verb = (BUDGET, "owed") if measure == "accrued" else (BANK, "paid")
    return Section(f"{terms.label}: what is {verb}, by payer ({view})", heads, tuple(rows), " ".join(note))


def priced_to_paid(runs: DealRuns, terms: Terms) -> Section | None:
    """Every pound between the price of what was certified and what is paid, with the reason."""
    if runs.each("contract", terms.name, "accrued") is None:
        return None

    def amount(measure: str) -> np.ndarray:
        return runs.amount("contract", terms.name, measure)

    rows: list[tuple[str, ...]] = []

    def add(label: str, values: np.ndarray, sign: str = "", *, bites: bool = False) -> None:
        shown = n.money(mean(values))
        cells = [label, f"{sign}{shown}" if shown != "£0" else shown]
        if runs.runs > 1:
            cells += [range_said(values, "£"), counted(values > 0) if bites else ""]
        rows.append(tuple(cells))

    if terms.pays:
        add("Outcomes certified, at full price", amount("priced"))
        for measure, label in CUTS.items():
            if amount(measure).any() or _has_cap(terms, measure):
                add(label, amount(measure), n.MINUS, bites=True)
        add("Paid for outcomes", amount("outcomes"))
    for measure, label in OTHER.items():
        if amount(measure).any():
            add(label, amount(measure))
    for measure, label in BACK.items():
        if amount(measure).any():
            add(label, amount(measure), n.MINUS, bites=True)
    add("All that payers owe", amount("accrued"))
    if terms.pays:
        add("Paid for outcomes, had the service changed nothing", amount("paid_if_nothing"))
    if amount("irrecoverable_vat").any():
        add("VAT that nobody gets back", amount("irrecoverable_vat"))
    heads = ("", "Mean", *(("Range of runs", "In how many runs") if runs.runs > 1 else ()))
    note = f"{NOMINAL} Whole contract, also what is paid after the horizon; rounded numbers may not add up."
    stopped = runs.each("contract", terms.name, "stopped")
    if stopped is not None:
        broken = ~np.isnan(stopped)
        note += f" Referrals were stopped early in {counted(broken)}: {month_spread(stopped)}."
    return Section(f"{terms.label}: from priced to paid (budget view)", heads, tuple(rows), note)


def paid_for_nothing(runs: DealRuns, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
    """Had the service changed nothing: what is paid for outcomes all the same, and what does not depend on outcomes."""
    name = terms.name
    fixed = runs.summed(("contract", name, each, 0) for each in ("block", "fees", "guarantee"))
    return runs.amount("contract", name, "paid_if_nothing"), fixed - runs.amount("contract", name, "withheld")


def _has_cap(terms: Terms, measure: str) -> bool:
    caps = {
        "cut_person": terms.caps.per_person,
        "cut_year": terms.caps.per_year,
        "cut_total": terms.caps.total,
        "cut_outcome": next((pay.cap for pay in terms.pays if pay.cap is not None), None),
    }
    return caps.get(measure) is not None


def unit_of(pay: Pay) -> str:
    """The style in which an outcome's units are shown."""
    return "days" if pay.unit == "day" else COUNT


def price_per_caused(paid: float, caused: float, *, prose: bool = False) -> str:
    """Mean paid by mean net caused, in words where there is nothing to divide by. A mean of ratios would be wrong."""
    if not paid:
        return "nothing paid"
    if caused < 0:
        return "did harm"
    if not n.quantity(caused, COUNT).strip("0."):
        return "caused nothing"
    return n.money(paid / caused, prose=prose)


def paid_and_caused(runs: DealRuns, terms: Terms) -> Section | None:
    """Each outcome: who could have been claimed for, what they achieved, what they would have anyway, what is paid for it."""
    pays = [pay for pay in terms.pays if f"{pay.outcome} in {terms.name}" in runs.items("outcome_payments")]
    if not pays:
        return None

    def cells(label: str, measure: str, unit: str | None) -> tuple[str, ...]:
        found = [
            (runs.each("outcome_payments", f"{pay.outcome} in {terms.name}", measure), unit or unit_of(pay))
            for pay in pays
        ]
        return (label, *(NOT_ASKED if values is None else said(values, each) for values, each in found))

    def price(pay: Pay) -> str:
        item = f"{pay.outcome} in {terms.name}"
        if runs.each("outcome_payments", item, "net_caused") is None:
            return NOT_ASKED
        paid, caused = (mean(runs.amount("outcome_payments", item, name)) for name in ("paid", "net_caused"))
        return price_per_caused(paid, caused)

    rows = (
        cells("People who could be claimed for", "eligible", COUNT),
        cells("Of those, observed to the end", "observed", COUNT),
        cells("With the service", "achieved", None),
        cells("Without it, the same people", "without", None),
        cells("Net caused: the difference", "net_caused", None),
        cells("Claims certified", "certified", COUNT),
        cells("People paid for", "people", COUNT),
        cells("Paid", "paid", "£"),
        ("Price per outcome caused", *(price(pay) for pay in pays)),
        cells("Paid, had the service changed nothing", "paid_if_nothing", "£"),
        ("The model's reading, person by person",),
        cells("Caused", "caused", None),
        cells("Harmed: worse off with it", "harmed", None),
        cells("Either way", "anyway", None),
    )
    note = (
        "Price per outcome caused is mean pounds paid by mean net caused. Net caused counts everyone who could be claimed for, "
        "helped or harmed; of what is paid for being avoided, such as days in care, it is how many fewer there are. Which "
        "person is caused and which either way rests on the model's pairing of chances: take the sum as found and the split as "
        f"a reading. {NOMINAL}"
    )
    if any(
        runs.each("outcome_payments", f"{pay.outcome} in {terms.name}", "net_caused") is None for pay in pays
    ):
        note += f" {NOT_ASKED} stands where an outcome is the service itself, which nobody has without it."
    return Section(
        f"{terms.label}: outcomes paid beside outcomes caused (payments in budget view)",
        ("", *(pay.label for pay in pays)),
        rows,
        note,
    )


WAYS = {
    "in_house": "In-house, or by a grant of the full cost",
    "own_reserves": "By results, from the provider's own reserves",
    "investors": "By results, with investors",
}


def three_ways(runs: DealRuns) -> list[Section]:
    """What payers would pay for the same service done in three ways, and who bears the risk in each."""
    if "comparators" not in runs:
        return []
    needed = runs.summed(("cash", party, "facility_alone", 0) for party in runs.items("cash"))
    risk = {
        "in_house": "The payers: the cost is paid whether it works or not.",
        "own_reserves": f"The provider, who needs {said(needed, '£', prose=True)} more in the bank.",
        "investors": "The investors, for what the contract pays by results.",
    }
    invested = "investors" in runs
    rows = tuple(
        (label, said(runs.amount("comparators", way, "payments"), "£"), risk[way])
        for way, label in WAYS.items()
        if way != "investors" or invested
    )
    premium = runs.amount("comparators", "investors", "premium")
    note = f"In the money of each year. {runs.name}."
    if invested:
        note += (
            f" With investors less in-house, the price of finance and of not bearing the risk: "
            f"{said(premium, '£', difference=True)}."
        )
    return [
        Section(
            "The same service, paid for in three ways (budget view)",
            ("", "All payers pay", "Who bears the risk"),
            rows,
            note,
        )
    ]


def cash_released(runs: DealRuns) -> list[Section]:
    """Cash released, payments and the difference by financial year, a table for each agency that has either."""
    found = []
    for agency in runs.items("public_cash"):
        rows: list[tuple[str, ...]] = []
        for year in (*runs.times("public_cash", agency, "net"), 0):
            values = [
                runs.amount("public_cash", agency, measure, year)
                for measure in ("cash_released", "payments", "net")
            ]
            if any(value.any() for value in values):
                cells = (said(value, "£", difference=at == 2) for at, value in enumerate(values))
                rows.append((financial_year_label(year) if year else "In all", *cells))
        if rows:
            found.append(
                Section(
                    f"{runs.label(agency)}: cash released beside payments (budget view)",
                    ("April to March", "Cash released", "Paid under contracts", "Left over"),
                    tuple(rows),
                    f"{runs.name} against {runs.label(runs.result.baseline)}. Cash released is spending that stops, less new "
                    f"spending; a minus means more is spent. {NOMINAL}",
                )
            )
    return found


__all__ = [
    "BACK",
    "BANK",
    "BUDGET",
    "CUTS",
    "NOMINAL",
    "OTHER",
    "cash_released",
    "contract_sections",
    "paid_and_caused",
    "paid_for_nothing",
    "payments",
    "price_per_caused",
    "priced_to_paid",
    "three_ways",
    "unit_of",
]
