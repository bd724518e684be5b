"""Tables and answers about contracts, on hand-made figures whose words are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.money.contract.terms import Fee, always
from simulator.present.cash_answers import charity, investor
from simulator.present.cash_views import STILL_FALLING, cash_sections, enough
from simulator.present.contract_answers import council
from simulator.present.contract_views import contract_sections, price_per_caused, priced_to_paid
from simulator.present.deal_runs import chance, counted, month, month_spread, said, signing
from simulator.present.deal_table import CASH_TABLES, CONTRACT_TABLES, deal_table
from simulator.present.investor_views import investor_sections, rate_of_mean_flows
from tests.present.deal_figures import DEAL_TEXT, figures, result, share_of, signed
from tests.present.tiny import scenario


def cell(sections, title: str, row: str, column: int = 1) -> str:  # type: ignore[no-untyped-def]
    """The cell of a table found by a part of its title and of the row's label."""
    found = next(each for each in sections if title in each.title)
    return next(each for each in found.rows if row in each[0])[column]


def asked(answers_of: list, question: str) -> str:
    return next(each.answer for each in answers_of if question in each.question)


# Words of numbers ----------------------------------------------------------------------------------------------------


def test_chance_is_a_count_and_few_runs_cannot_tell() -> None:
    assert chance(share_of(100, 3)) == "3 of 100 runs"
    assert chance([True]) == "cannot tell from 1 run"
    assert chance(np.zeros(19)) == "cannot tell from 19 runs"
    assert chance(np.zeros(19), brief=True) == "cannot tell"
    # None of 200: below 1.49% with 95% confidence (E32), so 1.5%.
    assert chance(np.zeros(200)) == "0 of 200 runs, which cannot rule out a chance of up to 1.5%"
    assert counted([True]) == "1 of 1 run"


def test_means_with_ranges_months_and_nobody() -> None:
    assert said(np.array([100.0, 300.0]), "£") == "£200 (£105 to £295)"
    assert said(np.array([5.0, 5.0]), "people") == "5"
    assert said(np.array([math.nan]), "£") == said(None, "£") == "none"
    assert month(202712) == "December 2027"
    assert month(math.nan) == "not known"
    assert (
        month_spread(np.array([202704.0, 202802.0, 202804.0])) == "February 2028 (April 2027 to April 2028)"
    )


@pytest.mark.parametrize(
    ("paid", "caused", "wanted"),
    [
        (1_332_000.0, 20.0, "£67k"),  # E30: 190 achieve, 170 would have: £66,600 each
        (300_000.0, 0.0, "caused nothing"),
        (300_000.0, 0.01, "caused nothing"),
        (300_000.0, -3.0, "did harm"),
        (0.0, 5.0, "nothing paid"),
    ],
)
def test_price_per_outcome_caused_is_a_number_only_where_something_was(
    paid: float, caused: float, wanted: str
) -> None:
    assert price_per_caused(paid, caused) == wanted


# Tables of a contract -------------------------------------------------------------------------------------------------


def test_payments_by_payer_and_year_keep_budget_and_bank_apart() -> None:
    sections = contract_sections(signed())
    assert cell(sections, "(budget view: the year in which it is earned)", "2028/29") == "£160k"
    assert cell(sections, "(budget view: the year in which it is earned)", "In all", 3) == "£300k"
    assert cell(sections, "(bank view: the year in which money moves)", "2028/29") == "£240k"
    assert cell(sections, "(bank view: the year in which money moves)", "2029/30", 2) == "£60k"
    for section in sections:
        assert ("budget view" in section.title) != ("bank view" in section.title), section.title


def test_priced_to_paid_names_the_cap_that_cut_and_says_nothing_of_caps_that_are_not() -> None:
    section = priced_to_paid(signed().runs, signed().terms[0])
    assert section is not None
    labels = [row[0] for row in section.rows]
    assert "Cut by the cap in all" in labels and "Cut by the cap per person" not in labels
    row = section.rows[labels.index("Cut by the cap in all")]
    assert row[1] == "−£30k" and row[3] == "100 of 100 runs"
    some = signed(100, contract__cut_total=share_of(100, 7, 1000.0))
    assert cell(contract_sections(some), "from priced to paid", "cap in all", 3) == "7 of 100 runs"
    # One run has no ranges: the table has no columns for them.
    assert all(len(row) == 2 for row in priced_to_paid(signed(1).runs, signed(1).terms[0]).rows)  # type: ignore[union-attr]


def test_ratio_of_means_not_mean_of_ratios() -> None:
    """£300,000 each run; 10 caused in half the runs, 30 in the others: 300,000 / 20, not the mean of 30,000 and 10,000."""
    of = signed(100, outcome_payments__net_caused=share_of(100, 50, 10.0, 30.0))
    assert cell(contract_sections(of), "outcomes caused", "Price per outcome caused") == "£15k"


def test_harm_and_nothing_are_said_plainly() -> None:
    harm = signed(100, outcome_payments__net_caused=-4.0)
    assert cell(contract_sections(harm), "outcomes caused", "Price per outcome caused") == "did harm"
    assert cell(contract_sections(harm), "outcomes caused", "Net caused") == "−4"
    assert "net −4 caused, did harm" in asked(investor(harm), "Did it cause")


def test_cash_released_beside_payments_is_signed() -> None:
    sections = contract_sections(signed())
    assert cell(sections, "The council: cash released", "2027/28", 3) == "−£90k"
    assert cell(sections, "The council: cash released", "In all", 3) == "+£150k"


def test_a_design_that_pays_by_block_has_no_tables_of_outcomes() -> None:
    from simulator.present.signed import Signed

    block = {
        ("contract", "grant", "accrued", 0): 200_000.0,
        ("contract", "grant", "block", 0): 200_000.0,
        ("payers", "council in grant", "accrued", 2027): 200_000.0,
        ("payers", "council in grant", "accrued", 0): 200_000.0,
    }
    found = {key: np.full(30, value) for key, value in block.items()}
    of = Signed.of(result(found, design="paid"), "paid")
    assert [each.title.partition(":")[0] for each in contract_sections(of)] == ["A grant", "A grant"]
    assert cell(contract_sections(of), "from priced to paid", "Block payments") == "£200k"
    assert "£200,000 of £200,000, for what is paid whatever is achieved" in asked(
        council(of), "If it does nothing"
    )
    assert investor(of) == [] and of.words[-1][0] == "A grant"


# Cash and returns -----------------------------------------------------------------------------------------------------


def test_a_charity_reads_when_by_how_much_and_what_must_be_there() -> None:
    said_of = charity(signed(), "charity")
    assert "First in May 2027. Cash is lowest in May 2027, at −£8,000." in asked(said_of, "run out")
    assert "then for 1 month in" in asked(said_of, "run out")
    assert "£18,000 beside the £50,000" in asked(said_of, "before we say yes")
    assert (
        asked(said_of, "whatever happens")
        == "Nothing by block, guarantee or open place. Full cost is £250,000."
    )
    assert asked(said_of, "full cost").startswith("Yes: income less full cost is £50,000")
    assert asked(said_of, "owe anybody").startswith("No:")
    never = charity(signed(100, cash__low=25_000.0, cash__facility=0.0), "charity")
    assert asked(never, "run out").startswith("In none of the runs.")
    assert asked(never, "before we say yes") == "What is there, £50,000, is enough in 95 of 100 runs."


def test_fees_for_places_are_paid_whatever_happens_and_fees_for_use_beside_it() -> None:
    of = signed(100, contract__fees=100_000.0, cash__fixed_income=100_000.0)
    fee = Fee("help", "place", always(9_000.0))
    charged = replace(of, terms=(replace(of.terms[0], fees=(fee,)),))
    assert asked(charity(charged, "charity"), "whatever happens").startswith(
        "£100,000 by block, guarantee or open place. Full"
    )
    of = signed(100, contract__fees=100_000.0)
    charged = replace(of, terms=(replace(of.terms[0], fees=(replace(fee, per="start"),)),))
    assert asked(charity(charged, "charity"), "whatever happens").startswith(
        "Nothing by block, guarantee or open place; £100,000 for activity, whatever is achieved."
    )


def test_cash_that_still_falls_has_no_low_point_and_no_amount_that_is_enough() -> None:
    of = signed(
        100, cash__still_falling=share_of(100, 10), cash__facility=share_of(100, 10, math.nan, 18_000.0)
    )
    assert enough(of.runs, "charity") == STILL_FALLING
    assert "No amount can be named: cash still falls at the end in 10 of 100 runs." in asked(
        charity(of, "charity"), "before we say yes"
    )
    # In 3 of 100 no amount would have done, so the 95th of the runs is one of the three that need £30,000.
    needs = np.concatenate([np.full(3, math.nan), np.full(94, 18_000.0), np.full(3, 30_000.0)])
    few = signed(100, cash__still_falling=share_of(100, 3), cash__facility=needs)
    assert enough(few.runs, "charity") == "£30,000"
    assert "still falls at the end in 3 of 100 runs" in next(iter(cash_sections(few))).note


def test_bad_cases_and_break_even() -> None:
    sections = cash_sections(signed())
    assert cell(sections, "worse than planned", "60% of referrals") == "−£70k"
    assert cell(sections, "worse than planned", "60% of outcomes", 3) == "−£70k"
    note = next(each.note for each in sections if "worse than planned" in each.title)
    assert note == (
        "Full cost is covered from 83.0% of planned outcomes and from 80.0% of planned referrals. "
        "At 60% of outcomes the loss is 1.4 times unrestricted reserves."
    )


def test_rates_are_quantiles_of_runs_never_a_mean() -> None:
    """Half the runs earn 26.0%, half lose 41.5%: no figure is their mean, −7.8% (E19)."""
    rates = share_of(100, 50, 0.259921, -0.415196)
    of = signed(100, investors__net_xirr=rates, investors__xirr=rates)
    text = asked(investor(of), "after all fees")
    assert "low −41.5%, middle −41.5%, high 26.0%" in text
    table = deal_table(of.runs, CASH_TABLES)
    rows = table[(table["measure"] == "net_xirr") & (table["item"] == "all")]
    assert rows["mean"].isna().all() and rows["low"].item() == -0.415196
    shown = " ".join(" ".join(row) for each in investor_sections(of) for row in each.rows)
    assert "7.8%" not in shown


def test_the_rate_of_the_mean_flows_is_that_of_the_money_together() -> None:
    """£150,000 in April 2027, £180,000 in April 2029: the square root of 1.2 a year; a total loss is −100%."""
    assert rate_of_mean_flows(signed().runs, "all") == pytest.approx(math.sqrt(1.2) - 1, abs=2e-3)
    found = figures()
    found["investors", "all", "flow", 202904] = np.zeros(100)
    from simulator.present.signed import Signed

    assert rate_of_mean_flows(Signed.of(result(found), "early").runs, "all") == -1.0


def test_few_runs_cannot_tell_what_is_rare() -> None:
    few = investor(signed(5))
    assert "cannot tell from 5 runs" in asked(few, "after all fees")
    assert asked(few, "losing some").startswith(
        "Some: cannot tell from 5 runs. All: cannot tell from 5 runs."
    )


def test_chance_and_size_of_loss() -> None:
    of = signed(100, investors__lost=share_of(100, 3), investors__loss=share_of(100, 3, 50_000.0))
    assert asked(investor(of), "losing some").startswith("Some: 3 of 100 runs. All: 0 of 100 runs")
    assert "When some is lost, £50,000 on average." in asked(investor(of), "losing some")
    never = signed(100, investors__payback=math.nan)
    assert "not all of it is back in any run" in asked(investor(never), "most I have out")


# What a council asks --------------------------------------------------------------------------------------------------


def test_a_council_reads_what_it_pays_for_nothing_and_who_else_saves() -> None:
    said_of = council(signed())
    assert (
        asked(said_of, "does nothing")
        == "The deal: £240,000 of £300,000, for outcomes that come about anyway, or by luck."
    )
    assert "60 of 100 observed would have without the service, 75 did with it" in asked(said_of, "anyway")
    assert "Help by grant" in asked(said_of, "do it ourselves")
    assert "most in 2028/29, £160,000" in asked(said_of, "medium-term plan")
    assert asked(said_of, "Which budget line").startswith("None.")


def test_every_answer_names_no_unknown_and_is_short() -> None:
    for runs in (1, 5, 100):
        of = signed(runs)
        for each in (*council(of), *charity(of, "charity"), *investor(of)):
            assert each.answer and "nan" not in each.answer and "not known" not in each.answer, each
            assert len(each.answer) < 420, each


def test_the_full_table_names_its_view_and_unit() -> None:
    table = deal_table(signed().runs, (*CONTRACT_TABLES, *CASH_TABLES))
    assert set(table["view"]) == {"bank", "budget"}
    paid = table[(table["table"] == "payers") & (table["measure"] == "paid")]
    assert set(paid["view"]) == {"bank"}
    owed = table[
        (table["item"] == "council in deal") & (table["measure"] == "accrued") & (table["year"] == 2027)
    ]
    assert owed["label"].item() == "The council in The deal" and owed["mean"].item() == 80_000.0


def test_signing_names_the_designs_that_do() -> None:
    assert signing(scenario(DEAL_TEXT)) == ["early", "paid"]
