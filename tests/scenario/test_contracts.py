"""What is refused and warned of in contracts, providers and investment (LANGUAGE sections 10 and 13, MONEY section 7)."""

import textwrap
from pathlib import Path

import pytest

from simulator.scenario.load import load_text
from simulator.scenario.problems import ScenarioError

ROOT = Path(__file__).resolve().parents[2]
BASE = """\
format: 1
scenario: Contracts
start: 2027-04-01
horizon: 8 years
warm_up: 4 years
price_year: 2024/25
agencies: {council: Council, fund: Fund}
providers: {charity: {overhead: "£95,000 per year"}, spv: {}}
people:
  arrive: {struggling: 300 per year @assumption}
  segments: {area: {town: 60% @assumption, villages: 40% @assumption}}
  leave_after: {exponential: 2 years}
needs: {struggling: {}, coping: {}, in_crisis: {crisis: yes, cost: {council: "£700 per person per week @assumption"}}}
transitions:
  struggling -> in_crisis: {within: {12 months: 20% @assumption}}
  in_crisis -> coping: {exponential: 8 months}
  coping -> struggling: {exponential: 2 years}
services:
  support:
    {for: struggling, places: 0, length: 20 weeks, while_in: [struggling, coping], cost: {charity: £9.5k per place per year}}
outcomes:
  calm: {since: support started, stayed_in: [struggling, coping], for: 12 months, within: 18 months}
  no_crisis: {since: support referred, avoided: in_crisis, for: 12 months}
  better: {since: support started, reached: coping, within: 12 months}
  days: {since: support referred, days_in: in_crisis, within: 12 months}
designs:
  today: {baseline: yes}
  more: {signs: SIGNS, services: {support: {places: {start: 40, 2028-04-01: 90}}}}
"""


def load(contracts: str = "", investment: str = "", signs: str = "deal", base: str = BASE):
    text = base.replace("SIGNS", signs)
    if contracts:
        text += "contracts:\n" + textwrap.indent(contracts, "  ") + "\n"
    if investment:
        text += f"investment: {{{investment}}}\n"
    return load_text(text)


def deal(
    terms: str, pays: str = "better: {price: £900}", payer: str = "council", payee: str = "charity"
) -> str:
    extra = f", {terms}" if terms else ""
    return f"deal: {{payer: {payer}, payee: {payee}, term: 6 years, pays: {{{pays}}}{extra}}}"


def refused(contracts: str = "", investment: str = "", signs: str = "deal") -> str:
    with pytest.raises(ScenarioError) as error:
        load(contracts, investment, signs)
    assert all(each.line > 1 and each.key for each in error.value.problems)
    return str(error.value)


def warned(contracts: str, signs: str = "deal", base: str = BASE) -> list[str]:
    found = load(contracts, signs=signs, base=base).warnings
    return [f"{each.key}: {each.message}" for each in found if each.key.startswith(("contracts", "designs"))]


def test_the_example_of_the_page_is_right():
    page = (ROOT / "docs" / "scenario-language.md").read_text(encoding="utf-8")
    section = page[page.index("## 10.") : page.index("## 11.")]
    example = textwrap.dedent("\n".join(line for line in section.splitlines() if line.startswith("    ")))
    base = (
        BASE.replace("SIGNS", "sib").replace("better:", "finished:").replace("no_crisis:", "stayed_out_12m:")
    )
    document = load_text(base + example + "\n").document
    assert document.contracts["sib"].form == "vehicle"
    assert [step.action for step in document.investment.waterfall] == [
        "pay_return",
        "repay",
        "repay",
        "share",
    ]


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        (deal("", payer="{council: 80%, fund: 30%}"), "the shares come to 110%, not 100%"),
        (deal("", payer="{council: 80%, fund: {cap: £9m}}"), "`share` is missing"),
        (deal("", payer="{council: 80%, fund: {share: 20%, short: charity}}"), "`charity` is no other payer"),
        (
            deal("", payer="{council: 80%, fund: {share: 20%, only: calm}}"),
            "no outcome of this contract `calm`",
        ),
        (deal("", payer="{council: 80%, found: 20%}"), "did you mean `fund`?"),
        (deal("", payer="{council: 80%, fund: {share: 20%, capp: £9m}}"), "unknown key `capp`"),
        (deal("starts_within: 7 years"), "longer than the term of 6 years"),
        (deal("earns_within: 9 years"), "observations may end after the horizon of 8 years"),
        (deal("earns_within: 7 years, claims_within: 6 years"), "claims end before observations do"),
        (deal("begins: 2030-04-01"), "observations may end after the horizon"),
        (deal("fees: {suport: £9 per start}"), "did you mean `support`?"),
        (
            deal("fees: {support: £9 per completion}"),
            "`£9 per completion` does not fit here: a fee is per start",
        ),
        (
            deal("fees: {support: £9 per start}, withheld: {share: 9%, service: none, wait_above: 8 weeks}"),
            "no service",
        ),
        (deal("withheld: {share: 9%, service: support, wait_above: 8 weeks}"), "this contract has neither"),
        (deal("settle: weekly"), "`weekly` is not known here"),
        (deal("passes: {spv: {share: 20%}}"), "a direct contract passes nothing on"),
        (deal("form: lead, passes: {spv: {share: 60%}, council: {share: 50%}}"), "110% of outcome income"),
        (deal("form: lead, passes: {spv: {fixed: £9}}"), "money per time"),
        (deal("breaks_if: {outcome: days, below: 20%, from: 1 year}"), "has no share to fall below"),
        (deal("breaks_if: {outcome: better, below: 20%, from: 45 days}"), "not a whole number of months"),
        (deal("variations: {from: 2029-04-01, pays: {calm: {price: £9}}}"), "there is nothing to vary"),
        (
            deal(
                "block: £9 per year, variations: [{from: 2029-04-01, block: £8 per year}, {from: 2028-04-01}]"
            ),
            "variations stand in order",
        ),
        (deal("cap: {counts: paid}"), "a cap is `total`, `per_person` or `per_year`"),
        (deal("", "better: {price: £9, needs: calm}"), "there is no other outcome of this contract `calm`"),
        (deal("", "better: {price: £9, for: [struggling, city]}"), "there is no state or segment `city`"),
        (deal("", "better: {price: £9, less: {baseline: 55%}}"), "this outcome is achieved or not"),
        (deal("", "days: {price: £9, less: {baseline: 55%, floor: none}}"), "`floor` goes with `subtract`"),
        (deal("", "days: {price: £9, less: {baseline: 55%, multiply: 5%}}"), "in one way"),
        (deal("", "better: {price: £9, band: whole}"), "`band` says how `bands` are read"),
        (deal("", "better: {price: £9, slide: {from: 15%, to: 5%, amount: £9}}"), "it ends where it begins"),
        (deal("", "better: {price: £9, paid_as: gain_share}"), "`against` is missing"),
        (deal("", "better: {price: £9, share_of_gain: 50%}"), "this goes with `paid_as: gain_share`"),
        (
            deal("", "better: {price: £9, verified: {coping: 90%, others: 80%}}"),
            "here only segments can be told apart",
        ),
    ],
)
def test_contracts_that_cannot_be_meant_are_refused(contract, said):
    assert said in refused(contract)


TRANCHE = "tranches: {t: {from: a fund, amount: £9k, return: 5% per year}}"


@pytest.mark.parametrize(
    ("investment", "said"),
    [
        (f"into: charity, {TRANCHE}", "If outcomes fail, does the provider owe the money?"),
        (f"into: charity, recourse: some, {TRANCHE}", "`some` is not known here"),
        (f"into: council, recourse: full, {TRANCHE}", "there is no provider `council`"),
        (f"into: spv, recourse: full, {TRANCHE}, repaid: u", "there is no tranche `u`"),
        (
            f"into: spv, recourse: full, {TRANCHE}, repaid: t, waterfall: [{{repay: t}}]",
            "`repaid` is short for a waterfall",
        ),
        (f"into: spv, recourse: full, {TRANCHE}, waterfall: [{{pay_return: t}}]", "`t` is never repaid"),
        (f"into: spv, recourse: full, {TRANCHE}, waterfall: [{{repay: t, pay_return: t}}]", "is one action"),
        (
            f"into: spv, recourse: full, {TRANCHE}, waterfall: [{{repay: t}}, {{repay: u}}]",
            "there is no tranche `u`",
        ),
        (
            f"into: spv, recourse: full, {TRANCHE}, waterfall: [{{release: spv}}, {{repay: t}}]",
            "make it the last step",
        ),
        (
            f"into: spv, recourse: full, {TRANCHE}, waterfall: [{{repay: t}}, {{share: {{t: 50%, no_one: 50%}}}}]",
            "there is no agency or provider `no_one`",
        ),
        (
            f"into: spv, recourse: full, {TRANCHE}, waterfall: [{{repay: t}}, "
            "{coupon_by_band: {tranche: t, bands: {60%: 7%}}}]",
            "no band starts at 0",
        ),
        (f"into: spv, recourse: full, {TRANCHE}, guarantee: {{from: x}}", "or what a pool of money holds"),
        (
            f"into: spv, recourse: full, {TRANCHE}, fee: 1% per year, fees: {{management: 1% per year}}",
            "`fee` is short for",
        ),
        (f"into: spv, recourse: full, {TRANCHE}, fees: {{audit: £9k}}", "this fee is money per time"),
        (f"into: spv, recourse: full, {TRANCHE}, buffer: 10 days", "not a whole number of months"),
        (f"into: spv, recourse: full, {TRANCHE}, available_until: 2020-04-01", "nothing could be drawn"),
    ],
)
def test_investments_that_cannot_be_meant_are_refused(investment, said):
    assert said in refused(deal(""), investment)


# Warnings -------------------------------------------------------------------------------------------------------------

SERVED = "contracts.deal.pays: pays for"


def of_signing(contracts: str, signs: str = "deal", base: str = BASE) -> list[str]:
    """Warnings but the one about paying for those served."""
    return [each for each in warned(contracts, signs, base) if not each.startswith(SERVED)]


def test_a_cap_below_what_open_places_and_overhead_cost():
    """E31: 40 places for 1 year and 90 for 5 at 9,500; 95,000 for 6; cap 4.2m: 5,225,000, short 1,025,000."""
    [found] = of_signing(deal("cap: {total: £4.2m}"))
    assert found.startswith("contracts.deal.cap.total: total cap £4,200,000 is below the £5,225,000 ")
    assert "under `more`: £1,025,000 short" in found
    assert of_signing(deal("cap: {total: £5.225m}")) == []
    assert of_signing(deal("cap: {total: £4.2m}, block: £171k per year")) == []  # 1,026,000 whatever happens
    assert of_signing(deal("cap: {total: £4.2m}"), signs="[]") == []  # nobody signs it
    assert of_signing(deal("cap: {total: £4.2m}", payee="spv")) == []  # whose costs these are not


def test_a_fee_for_places_counts_where_staff_make_the_places():
    """40 places for 1 year and 90 for 5, as in E31: £2,100 a place is £1,029,000 whatever happens, £2,000 is £980,000."""
    base = BASE.replace("places: 0,", "places: {staff: 0, caseload: 10},").replace(
        "places: {start: 40, 2028-04-01: 90}", "places: {staff: {start: 4, 2028-04-01: 9}}"
    )
    assert base.count("staff") == 2
    terms = "cap: {{total: £4.2m}}, fees: {{support: '£{},{} per place per year'}}"
    assert of_signing(deal(terms.format(2, 100)), base=base) == []
    [found] = of_signing(deal(terms.format(2, "000")), base=base)
    assert "£45,000 short" in found


def test_it_is_said_once_though_two_designs_sign():
    base = BASE + "  most: {based_on: more, signs: deal, services: {support: {places: 95}}}\n"
    [found] = of_signing(deal("cap: {total: £4.2m}"), base=base)
    assert "under `more`" in found


def test_a_cost_per_staff_and_the_places_of_a_team_count_too():
    team = (
        BASE.replace("£9.5k per place per year", "£700 per start")
        .replace("{for: struggling, places: 0,", "{for: struggling, places: crew,")
        .replace(
            "services:\n",
            "teams: {crew: {staff: 0, caseload: 8, cost: {charity: £50k per staff per year}}}\nservices:\n",
            1,
        )
        .replace("services: {support: {places: {start: 40, 2028-04-01: 90}}}", "teams: {crew: {staff: 10}}")
    )
    [found] = of_signing(deal("cap: {total: £3m}"), base=team)
    assert "below the £3,570,000 " in found  # (10 x 50,000 + 95,000) x 6


def test_the_share_of_the_last_starts_that_can_never_be_paid():
    """E34: a term of 6 years, an outcome that takes 12 months, no tail, starts 104 + 234 x 5: 18.37%."""
    [found] = of_signing(deal("", "calm: {price: £900}"))
    assert found.startswith("contracts.deal.pays.calm: starts in the last part of the term cannot earn")
    assert "18.37% of all starts" in found
    assert of_signing(deal("earns_within: 7 years", "calm: {price: £900}")) == []
    assert of_signing(deal("starts_within: 5 years", "calm: {price: £900}")) == []
    assert of_signing(deal("")) == []  # who reaches something may reach it at once
    [even] = of_signing(deal("starts_within: 5.5 years", "no_crisis: {price: £9, against: 40%, payer: fund}"))
    assert "9.09% of all starts" in even  # half a year of 5.5, where nothing says when clocks start


@pytest.mark.parametrize(
    ("pays", "cap", "binds"),
    [
        ("better: {price: £900}, calm: {price: £400}", "£1,300", False),
        ("better: {price: £900}, calm: {price: £400}", "£1,299", True),
        ("better: {price: £400, claims: 3}", "£1,200", False),
        ("better: {price: {town: £400, villages: £500}}", "£500", False),
        ("better: {price: £400}, days: {price: £2}", "£9,999", True),  # days have no bound
        ("better: {price: £400}, days: {price: £2, claims: 100}", "£600", False),
    ],
)
def test_a_cap_that_never_binds(pays, cap, binds):
    found = of_signing(deal(f"earns_within: 7 years, cap: {{per_person: '{cap}'}}", pays))
    assert any("never binds" in each for each in found) != binds


def test_a_cap_may_bind_when_prices_grow():
    assert of_signing(deal("indexed: 2% per year, cap: {per_person: £900}")) == []


def test_years_at_the_yearly_cap_come_to_more_than_the_total():
    [found] = of_signing(deal("cap: {per_year: £1m, total: £5.9m}"))
    assert found.startswith("contracts.deal.cap.per_year: 6 years at this cap come to £6,000,000")
    assert of_signing(deal("cap: {per_year: £1m, total: £6m}")) == []


def test_a_payer_that_closes_before_the_last_outcomes():
    def found(closes: str) -> list[str]:
        payer = f"{{council: 80%, fund: {{share: 20%, closes: {closes}}}}}"
        return of_signing(deal("earns_within: 7 years", payer=payer))

    [lost] = found("2033-03-31")
    assert (
        "`fund` closes before the last outcomes can be earned, 7 years after the beginning: its share is lost"
        in lost
    )
    [taken_over] = found("2033-03-31, short: council")
    assert "`council` pays them" in taken_over
    assert found("2034-06-30") == []


def test_a_payer_who_pays_for_the_state_that_the_outcome_avoids():
    terms = "starts_within: 5 years"
    [found] = of_signing(deal(terms, "no_crisis: {price: £9}"))
    assert found.startswith(
        "contracts.deal.pays.no_crisis: `council` pays for `in_crisis` and pays when it is avoided"
    )
    assert of_signing(deal(terms, "no_crisis: {price: £9}", payer="fund")) == []
    assert of_signing(deal(terms, "no_crisis: {price: £9, payer: fund}")) == []


def test_two_contracts_of_one_design_that_pay_one_outcome():
    other = "\nother: {payer: fund, payee: spv, term: 6 years, pays: {better: {price: £9}}}"
    found = of_signing(deal("") + other, signs="[deal, other]")
    assert "contracts.other.pays.better: `deal` pays for `better` too, and one design signs both" in found
    assert not [each for each in of_signing(deal("") + other) if "signs both" in each]
    chained = deal("", payee="spv") + other.replace("payer: fund, payee: spv", "payer: spv, payee: charity")
    assert not [each for each in of_signing(chained, signs="[deal, other]") if "signs both" in each]


def test_a_price_by_a_state_in_which_no_clock_starts():
    [found] = of_signing(deal("", "better: {price: {coping: £9, in_crisis: £8}}"))
    assert "the price is by the state at the start of the clock, and `struggling` is not named" in found
    assert of_signing(deal("", "better: {price: {coping: £9, others: £8}}")) == []


# Overlays ----------------------------------------------------------------------------------------------------------------


def test_a_design_changes_payers_as_a_whole_and_other_terms_key_by_key():
    base = (
        BASE + "  other: {signs: deal, contracts: {deal: {payer: fund, cap: {total: £9m}, "
        "pays: {better: {less: {subtract: 10%}}}}}}\n"
    )
    pays = "days: {price: £2}, better: {price: £9}"
    with pytest.raises(ScenarioError, match="achieved or not"):
        load(deal("", pays), base=base)
    base = base.replace("better: {less", "days: {less")
    terms = "cap: {per_year: £8m}"
    contract = load(
        deal(terms, pays.replace("£2", "£2, less: 20%"), payer="{council: 80%, fund: 20%}"), base=base
    )
    changed = contract.designs["other"].contracts["deal"]
    assert list(changed.payer) == ["fund"]
    assert (changed.cap.per_year.value, changed.cap.total.value) == (8e6, 9e6)
    assert changed.pays["days"].less.form == "subtract"  # the overlay's form stands
    assert list(contract.designs["more"].contracts["deal"].payer) == ["council", "fund"]


def test_a_comparison_group_larger_than_any_is_refused():
    said = deal("", pays="better: {price: £9, against: {comparison_group: 10000000000}}")
    assert "more than any group that was ever compared with" in refused(said)


def test_what_no_calendar_and_no_sum_has_room_for_is_refused():
    assert "more than 100 years" in refused(deal("terms: 9000 years"))
    assert "more than £1,000,000,000" in refused(deal("block: £5bn per year"))
    assert "more than £10,000,000" in refused(deal("", pays="better: {price: £11m}"))
    assert "more than 100% a year" in refused(deal("indexed: 900% per year"))


def test_a_cohort_is_paid_one_price():
    said = deal("", pays="better: {price: {town: £9, others: £8}, against: 40%}")
    assert "a cohort is paid one price" in refused(said)
