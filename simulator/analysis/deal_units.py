"""Units, short names and meanings of the measures of contracts, cash and returns: see `measures.UNITS`.

Money is nominal pounds. `year` of a `balance` or `flow` is a month, as 202704 for April 2027; elsewhere the financial year.
"""

from __future__ import annotations

Units = dict[tuple[str, str], tuple[str, str, str]]


def _pounds(table: str, **measures: tuple[str, str]) -> Units:
    return {(table, name): ("£", *words) for name, words in measures.items()}


CONTRACT = _pounds(
    "contract",
    priced=("Certified, at full price", "what certified outcomes would cost before any deduction or cap"),
    deadweight=("Deadweight", "taken off for what would have happened anyway"),
    cut_person=("Cut by the cap per person", "priced, and over the most for one person"),
    cut_outcome=("Cut by the cap on an outcome", "priced, and over the most for one outcome"),
    cut_year=("Cut by the yearly cap", "priced, and over the most for one contract year"),
    cut_total=("Cut by the total cap", "priced, and over the most for the whole contract"),
    lost_late=("Lost: claimed too late", "earned, and after the last day for claims"),
    lost_payers=(
        "Lost: no payer pays it",
        "over the cap of a payer, or after it closed, with nobody to pay it instead",
    ),
    outcomes=("Outcome payments", "paid for outcomes over the whole contract"),
    block=("Block payments", "paid whatever happens"),
    fees=("Activity fees", "paid for starts, referrals, places or days"),
    guarantee=("Referral guarantee", "paid because fewer came than were promised"),
    floor=("Floor", "what brings a year's payments up to the least"),
    withheld=("Withheld", "kept back because a service standard was missed"),
    clawback=("Clawed back", "paid back for outcomes that did not last"),
    accrued=("Owed by year earned", "payments by the financial year in which they were earned (budget view)"),
    paid=("Paid by year", "payments by the financial year in which money moves (bank view)"),
    paid_after=("Paid after the horizon", "payments that fall due after the horizon"),
    paid_if_nothing=(
        "Paid if the service changed nothing",
        "outcome payments for the same people, had the service changed nothing for them",
    ),
    irrecoverable_vat=("VAT that nobody recovers", "VAT that stays a cost to a payer or provider"),
) | {("contract", "stopped"): ("month", "Stopped", "month in which a break stopped referrals")}

OUTCOME_PAYMENTS: Units = {
    ("outcome_payments", name): (unit, *words)
    for unit, measures in {
        "people": {
            "eligible": ("Could be claimed for", "people who could be claimed for, achieved or not"),
            "observed": ("Observed", "of those, people whose observation has ended"),
            "people": ("People paid for", "people for whom at least one claim was certified"),
        },
        "units": {
            "achieved": ("Achieved", "of those observed: people, or days or a number where those are paid"),
            "without": ("Would have anyway", "of the same people, under the baseline"),
            "net_caused": ("Net caused", "achieved less what the same people would have without the service"),
            "caused": (
                "Caused",
                "would not have without the service (the model's reading, person by person)",
            ),
            "harmed": ("Harmed", "would have without the service, and did not with it (the model's reading)"),
            "anyway": ("Anyway", "achieved, and would have without the service (the model's reading)"),
        },
        "claims": {
            "claims": ("Claims", "claims made"),
            "certified": ("Claims certified", "claims that verification let through"),
        },
        "£": {
            "priced": ("Certified, at full price", "certified claims before deductions and caps"),
            "deadweight": ("Deadweight", "taken off for what would have happened anyway"),
            "cuts": ("Cut by caps", "over a cap, or too late"),
            "paid": ("Paid", "paid for this outcome"),
            "paid_if_nothing": ("Paid if it changed nothing", "paid, had the service changed nothing"),
        },
    }.items()
    for name, words in measures.items()
}

PAYERS = (
    _pounds(
        "payers",
        accrued=("Owed by year earned", "this payer's payments by the year earned (budget view)"),
        paid=("Paid by year", "this payer's payments by the year in which money moves (bank view)"),
    )
    | _pounds(
        "comparators",
        payments=("Payments", "what all payers pay for the service, done in this way (budget view)"),
        premium=(
            "Premium",
            "what payers pay with investors less what the service costs in-house (budget view)",
        ),
    )
    | _pounds(
        "public_cash",
        cash_released=("Cash released", "spending that stops, less new spending on services (budget view)"),
        payments=("Payments under contracts", "what the budget pays under contracts (budget view)"),
        net=("Net saving in cash", "cash released less payments under contracts (budget view)"),
    )
)

_CASH = {
    "£": {
        "balance": ("Balance", "cash in the bank at the end of the month"),
        "low": ("Lowest cash", "the least cash in the bank, payments before receipts"),
        "facility": ("Facility needed", "what must be in the bank beside, never to fall below the least cash"),
        "facility_alone": ("Facility needed without investors", "the same, had no investor paid in"),
        "closing": ("Cash at the end", "cash in the bank at the end"),
        "income": ("Income", "income from contracts"),
        "costs": ("Full cost", "delivery, overhead, mobilisation and exit"),
        "margin": ("Margin on full cost", "income less full cost"),
        "fixed_income": ("Paid whatever happens", "block payments and guarantees"),
        "owed": ("Owed to investors at the end", "what investors may claim from the party"),
        "opening": ("Opening cash", "unrestricted cash at the start"),
        "least": ("Least cash", "never less than this in the bank"),
        "low_outcomes_60": ("Lowest cash, 60% of outcomes", "the least cash if outcomes bring 60%"),
        "low_referrals_60": ("Lowest cash, 60% of referrals", "the least cash if 60% are referred"),
        "low_late_60": ("Lowest cash, paid 60 days late", "the least cash if payers pay 60 days late"),
        "margin_outcomes_60": ("Margin, 60% of outcomes", "income less full cost if outcomes bring 60%"),
        "margin_referrals_60": ("Margin, 60% of referrals", "income less full cost if 60% are referred"),
    },
    "months": {
        "months_below_zero": ("Months below zero", "months in which cash falls below zero"),
        "months_below_least": ("Months below the least", "months in which cash falls below its least"),
    },
    "month": {"low_month": ("Month of the lowest cash", "when cash is lowest")},
    "yes or no": {"still_falling": ("Still falling at the end", "cash is lowest at the end: no low is known")},
    "share": {
        "reserves_at_risk": ("Reserves at risk", "loss at 60% of outcomes, of unrestricted reserves"),
        "break_even_outcomes": ("Outcomes to break even", "share of outcome income that covers full cost"),
        "break_even_referrals": ("Referrals to break even", "share of referrals that covers full cost"),
    },
}  # fmt: skip
_INVESTORS = {
    "£": {
        "committed": ("Committed", "the most that may be drawn"),
        "drawn": ("Drawn", "paid in"),
        "received": ("Received", "paid out to investors, guarantee included"),
        "profit": ("Profit", "received less drawn"),
        "peak": ("Most out at once", "the most that investors have out at any time"),
        "loss": ("Lost", "drawn and not received back"),
        "unfunded": ("Unfunded", "what was needed above the commitment"),
        "guarantee": ("Guarantee called", "paid by the guarantor"),
        "flow": ("Flow by month", "received less paid in"),
    },
    "times": {
        "dpi": ("Multiple on drawn", "received for each pound drawn"),
        "on_committed": ("Multiple on committed", "received for each pound committed"),
        "on_peak": ("Multiple on peak", "received for each pound of the most out at once"),
        "net_dpi": ("Multiple after fund fees", "received for each pound drawn, after the fund's own fees"),
    },
    "share": {
        "xirr": ("Annual return (XIRR)", "internal rate of return a year, before the fund's own fees"),
        "net_xirr": ("Annual return after fund fees", "internal rate of return a year, after the fund's fees"),
    },
    "yes or no": {
        "total_loss": ("All lost", "nothing came back"),
        "lost": ("Some lost", "less came back than was drawn"),
    },
    "years": {
        "payback": ("Money back after", "years from the start until all that was drawn is back"),
        "first_receipt": ("First receipt after", "years from the start"),
    },
}  # fmt: skip

DEAL_UNITS: Units = {
    **CONTRACT,
    **OUTCOME_PAYMENTS,
    **PAYERS,
    **{("cash", name): (unit, *words) for unit, each in _CASH.items() for name, words in each.items()},
    **{("investors", name): (unit, *words) for unit, each in _INVESTORS.items() for name, words in each.items()},
    ("waterfall", "paid"): ("£", "Paid", "paid by this step of the waterfall"),
}  # fmt: skip

# Not known, rather than 0, where a replication has none.
UNKNOWN_IF_MISSING = frozenset(
    {
        ("contract", "stopped"),
        *(("cash", name) for name in _CASH["share"]),
        ("cash", "facility"),
        ("cash", "low_month"),
        *(
            ("investors", name)
            for unit in ("times", "share", "years")
            for name in _INVESTORS[unit]
        ),
    }
)  # fmt: skip
DEAL_TABLES = frozenset(table for table, _ in DEAL_UNITS)
