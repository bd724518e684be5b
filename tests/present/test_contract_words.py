"""The terms in plain English say what the terms are, exactly, and leave nothing out that moves money."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from simulator.money.accounts.terms import Action, Fees, Guarantor, Investment, Tranche
from simulator.money.contract.terms import (
    Against,
    Break,
    Caps,
    Deadweight,
    Dispute,
    Fee,
    Floor,
    Guarantee,
    Lag,
    Pay,
    Payer,
    Reversal,
    Sample,
    Slide,
    SubContract,
    Terms,
    Withheld,
    always,
)
from simulator.present.contract_words import dated, exact, lag, share, terms_in_words
from simulator.present.investment_words import investment_in_words

PLAIN = Terms(
    "deal",
    "The deal",
    "direct",
    (Payer("council", 0.8), Payer("fund", 0.2, cap=1e6, closes=dt.date(2031, 3, 31), short="council")),
    (("charity", 1.0),),
    dt.date(2027, 4, 1),
    dt.date(2033, 3, 31),
    dt.date(2032, 3, 31),
    dt.date(2034, 3, 31),
    dt.date(2034, 6, 30),
    pays=(Pay("stayed", "Stayed out of care", "claim", (always(7400.0),)),),
)


def told(terms: Terms) -> str:
    return " ".join(
        " ".join((passage.title, *passage.sentences)) for passage in terms_in_words(terms, str.capitalize)
    )


def test_amounts_of_terms_are_exact_where_results_are_rounded() -> None:
    assert [exact(value) for value in (5_300_000, 13_500, 136.09, 8_300, 1_234_567, 0)] == [
        "£5.3 million",
        "£13,500",
        "£136.09",
        "£8,300",
        "£1,234,567",
        "£0",
    ]
    assert exact(-1150) == "−£1,150"
    assert [share(value) for value in (0.8, 0.125, 0.07, 1.0)] == ["80%", "12.5%", "7%", "100%"]


def test_times_have_a_singular_and_a_plural() -> None:
    assert lag(Lag()) == "0 days"
    assert lag(Lag(months=1)) == "1 month"
    assert lag(Lag(months=14, days=1)) == "1 year, 2 months and 1 day"
    assert dated(((dt.date.min, 100.0), (dt.date(2029, 4, 1), 120.0))) == "£100, from 1 April 2029 £120"


def test_who_pays_whom_with_every_bound_of_a_payer() -> None:
    text = told(PLAIN)
    assert "Council (80%) and Fund (20%) pay Charity, from 1 April 2027 to 31 March 2033." in text
    assert "Fund pays at most £1.0 million in all." in text
    assert "Fund pays nothing after 31 March 2031." in text
    assert "What Fund cannot pay, Council pays." in text
    alone = replace(PLAIN, payers=(Payer("council", 1.0, per_year=500_000.0, short=None),))
    assert "Council pays Charity, from" in told(alone)
    assert "What Council cannot pay is lost" in told(alone)


def test_a_contract_without_caps_block_or_outcomes_says_so() -> None:
    text = told(PLAIN)
    assert "What is paid whatever happens Nothing. Every payment depends on what happens." in text
    assert "No cap: who pays bears the whole risk of success." in text
    assert "Nobody may end it early." in text
    none = told(replace(PLAIN, pays=(), block_a_year=always(1_000_000.0)))
    assert "this contract pays for no outcome" in none
    assert "A block payment of £1.0 million a year" in none
    assert "Outcomes of people who start by" not in none


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"discount": 0.1}, "Less a discount of 10%."),
        ({"count": 4, "apart": 90}, "At most 4 claims a person, at least 90 days apart."),
        ({"count": 1}, "Stayed out of care: £7,400 for each person."),
        ({"needs": ("housed",)}, "Only after: Housed."),
        ({"excludes": ("housed",)}, "Not beside: Housed."),
        ({"states": ("edge",)}, "Only for: Edge."),
        (
            {"deadweight": Deadweight("multiply", 0.33)},
            "33% is taken off for what would have happened anyway.",
        ),
        ({"deadweight": Deadweight("baseline", 0.55)}, "better than 55% of the whole cohort"),
        (
            {"against": Against(comparison=1000), "each": 0.1, "pooled": 0.075},
            "comparison group of 1,000; pays from 10% in a",
        ),
        ({"slide": Slide(0.05, 0.15, 5e5)}, "from nothing at 5% up to £500,000 at 15% of a cohort"),
        (
            {"bands": ((0.0, 1.0), (0.6, 1.1)), "band_of_rate": True, "band_whole": True},
            "110% of the price from 60%, for all",
        ),
        ({"cap": 90_000.0}, "At most £90,000 for Stayed out of care."),
        ({"verified": (0.95,)}, "95% of claims are expected to be proven"),
        ({"verified": (0.9, 0.95), "prices": (always(7400.0), always(9000.0))}, "£7,400 to £9,000 (by group"),
        (
            {"sample": Sample(30)},
            "30 claims of each invoice are checked and the share that fails is taken off all.",
        ),
        (
            {"dispute": Dispute(0.1, Lag(6), 0.5)},
            "10% of claims are expected to be disputed and held for 6 months",
        ),
        ({"reversal": Reversal(0.05, Lag(12))}, "does not last 1 year: 5% of them"),
        ({"unit": "day", "prices": (always(60.0),)}, "Stayed out of care: £60 for each day."),
        ({"pays_as": "lump"}, "£7,400 for a whole cohort that passes"),
        ({"payers": (Payer("fund", 1.0),)}, "Paid by Fund."),
    ],
)
def test_each_term_of_an_outcome_is_said(changes: dict, wanted: str) -> None:
    assert wanted in told(replace(PLAIN, pays=(replace(PLAIN.pays[0], **changes),)))


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"caps": Caps(per_person=8300.0)}, "At most £8,300 a person"),
        (
            {"caps": Caps(per_year=1.1e6, carry="unpaid")},
            "£1.1 million in a contract year. What is over it waits",
        ),
        (
            {"caps": Caps(total=4.2e6, part_claims=False)},
            "A claim that does not fit whole is not paid at all.",
        ),
        (
            {"floor": Floor(50_000.0, recoup=True)},
            "At least £50,000 a contract year, whatever is achieved. What that adds",
        ),
        (
            {"guarantee": Guarantee("help", always(240.0), 0.8, 1150.0)},
            "fewer than 80% of the 240 referrals a year",
        ),
        (
            {"fees": (Fee("help", "start", always(100.0), (1.0, 0.6)),)},
            "£100 for each start in Help. Of that, by contract",
        ),
        ({"withheld": Withheld(0.1, "help", 56.0)}, "10% of a month's block and fees is withheld"),
        (
            {"settle_months": 1, "terms": 1, "late": 60},
            "every month and paid 1 day after, and in fact 60 days later",
        ),
        ({"indexed": always(0.02)}, "Prices rise 2% each April."),
        ({"mobilise": Lag(4)}, "made ready in the 4 months before 1 April 2027"),
        ({"vat": "standard"}, "VAT is added to every payment"),
        ({"form": "vehicle"}, "a vehicle that stands between"),
        (
            {"form": "lead", "passes": (SubContract("small", 12_000.0, 0.2, 0.08, 0.1, Lag(6)),)},
            "less a fee of 8% and 10%",
        ),
        ({"breaks": Break("stayed", 0.4, 24)}, "referrals stop if less than 40% achieve Stayed"),
        ({"breaks": Break("stayed", 0.4, 24, fault="none")}, "ends without fault"),
        ({"breaks": Break("stayed", 0.4, 24, fault="funder", notice_months=1)}, "after 1 month of notice"),
    ],
)
def test_each_term_of_the_whole_is_said(changes: dict, wanted: str) -> None:
    assert wanted in told(replace(PLAIN, **changes))


FINANCE = Investment(
    "charity",
    (
        Tranche("senior", "social investors", 750_000.0, 0.06, most_multiple=1.5),
        Tranche("junior", "a foundation", 150_000.0),
    ),
    (
        Action("pay_return", "senior"),
        Action("repay", "senior"),
        Action("share", shares=(("senior", 0.5), ("charity", 0.5))),
    ),
    "limited",
    dt.date(2033, 4, 1),
)


def test_an_investment_says_who_puts_in_who_is_first_and_who_bears_a_loss() -> None:
    def words(investment: Investment) -> str:
        return " ".join(
            sentence
            for passage in investment_in_words(investment, str.capitalize)
            for sentence in passage.sentences
        )

    text = words(FINANCE)
    assert (
        "Senior: up to £750,000 into Charity, for 6% a year, compound. It receives in all at most 1.5 times"
        in text
    )
    assert "Junior: up to £150,000 into Charity, for 0% a year." in text
    assert (
        text.index("1. Senior: its return.")
        < text.index("2. Senior: its capital.")
        < text.index("3. What is left: 50%")
    )
    assert "Charity owes them nothing for it" in text
    assert "No fees." in text
    assert "it owes investors all they put in" in words(replace(FINANCE, recourse="full"))
    pool = words(
        replace(FINANCE, guarantee=Guarantor("trust", pool=6e6), fees=Fees(management=0.015, fund=0.02))
    )
    assert "Trust guarantees up to £6.0 million" in pool
    assert "Management: 1.5% a year" in pool and "own fund: 2% a year" in pool and "No fees" not in pool
    half = words(replace(FINANCE, guarantee=Guarantor("trust", share=0.5), draws="at_start"))
    assert "Trust guarantees 50% of the capital" in half and "Drawn at the start, in this order." in half
