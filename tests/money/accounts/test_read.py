"""Providers and investment as the language writes them, read as plain numbers and dates (LANGUAGE section 10)."""

import datetime as dt

import pytest

from simulator.engine.numbers import Numbers
from simulator.money.accounts.read import read_investment, read_providers
from simulator.money.accounts.terms import Action, Fees
from simulator.scenario.load import load_text

BASE = """\
format: 1
scenario: Read
start: 2027-04-01
horizon: 9 years
price_year: 2024/25
agencies: {council: Council}
people: {arrive: {struggling: 300 per year @assumption}, leave_after: {exponential: 2 years}}
needs: {struggling: {}}
designs: {today: {baseline: yes}}
contracts:
  early: {payer: council, payee: charity, begins: 2027-10-01, term: 6 years}
  late: {payer: council, payee: charity, begins: 2028-04-01, term: 7 years}
  other: {payer: council, payee: another, term: 1 year}
"""
TRANCHES = (
    "tranches: {senior: {from: fund, amount: £750k, return: 6% per year, most: 1.5}, junior: {from: trust, "
    "amount: £150k, return: 0% per year, interest: simple, unpaid: lapse, most_irr: 8% per year}}"
)


def providers(charity: str):
    document = load_text(BASE + f"providers: {{charity: {{{charity}}}, another: {{}}}}\n").document
    return read_providers(document, Numbers(document))


def investment(text: str, signed=None):
    providers = "providers: {charity: {}, another: {}}\n"
    whole = f"investment: {{into: charity, recourse: limited, {TRANCHES}, {text}}}\n"
    document = load_text(BASE + providers + whole).document
    return read_investment(document, Numbers(document), signed)


def test_a_provider_that_says_nothing_has_nothing_and_pays_as_others_do():
    found = providers("")["charity"]
    assert (found.label, found.opening, found.least, found.overhead_a_year) == ("charity", 0.0, 0.0, 0.0)
    assert (found.staff_share, found.on_costs, found.pay_lag, found.reserves) == (0.8, 0.3, 1, None)


def test_everything_that_a_provider_may_say():
    found = providers(
        "name: A charity, opening_cash: £180k, least_cash: £40k, overhead: £8k per month, staff: 70%, on_costs: 25%, "
        "wages_lag: 2 months, mobilisation: £90k, exit_cost: £30k, vat_on_supplies: 20%, reserves: £300k"
    )["charity"]
    assert (found.label, found.opening, found.least, found.reserves) == ("A charity", 180e3, 40e3, 300e3)
    assert found.overhead_a_year == pytest.approx(96_000)
    assert (found.staff_share, found.on_costs, found.pay_lag) == (0.7, 0.25, 2)
    assert (found.mobilise_cost, found.exit_cost, found.vat_on_supplies) == (90e3, 30e3, 0.2)


def test_no_investment_is_none():
    document = load_text(BASE + "providers: {charity: {}, another: {}}\n").document
    assert read_investment(document, Numbers(document)) is None


def test_returns_come_before_capital_and_the_surplus_last():
    """As E16a has it: return, senior, junior, then shares; the investors' is by what their tranches hold."""
    found = investment("repaid: [senior, junior], surplus: {investors: 60%, charity: 40%}")
    assert found.waterfall == (
        Action("pay_return", of="senior"),
        Action("pay_return", of="junior"),
        Action("repay", of="senior"),
        Action("repay", of="junior"),
        Action(
            "share", shares=(("senior", pytest.approx(0.5)), ("junior", pytest.approx(0.1)), ("charity", 0.4))
        ),
    )
    senior, junior = found.tranches
    assert (senior.investor, senior.amount, senior.rate, senior.compound) == ("fund", 750e3, 0.06, True)
    assert (senior.most_multiple, senior.most_irr, senior.unpaid) == (1.5, None, "capitalise")
    assert (junior.compound, junior.unpaid, junior.most_multiple, junior.most_irr) == (
        False,
        "lapse",
        None,
        0.08,
    )
    assert (found.recourse, found.draws, found.by, found.recycle) == (
        "limited",
        "as_needed",
        "in_order",
        True,
    )
    assert found.commitment == 900e3


def test_without_a_surplus_what_is_left_stays_with_the_provider():
    assert investment("by: pro rata").waterfall[-1] == Action("release")


def test_every_step_of_a_waterfall():
    found = investment(
        "waterfall: [{pay_fee: {to: manager, amount: £5k}}, {fill_reserve: £20k}, {pay_return: senior}, "
        "{repay: senior}, {repay: {tranche: junior, share: 50%}}, {pay_to_multiple: {tranche: senior, to: 1.2}}, "
        "{pay_to_irr: {tranche: senior, to: 8% per year}}, "
        "{coupon_by_band: {tranche: junior, bands: {60%: 7.5%, 0%: 3%}}}, {share: {junior: 30%, charity: 70%}}]"
    )
    assert found.waterfall == (
        Action("pay_fee", of="manager", amount=5e3),
        Action("fill_reserve", amount=20e3),
        Action("pay_return", of="senior"),
        Action("repay", of="senior", share=1.0),
        Action("repay", of="junior", share=0.5),
        Action("pay_to_multiple", of="senior", to=1.2),
        Action("pay_to_irr", of="senior", to=0.08),
        Action("coupon_by_band", of="junior", bands=((0.0, 0.03), (0.6, 0.075))),
        Action("share", shares=(("junior", 0.3), ("charity", 0.7))),
    )
    last = investment("waterfall: [{repay: senior}, {repay: junior}, {release: another}]").waterfall[-1]
    assert last == Action("release", of="another")


@pytest.mark.parametrize(
    ("signed", "text", "day"),
    [
        (None, "recycle: yes", dt.date(2035, 4, 1)),  # the end of the later of its two contracts
        (("early", "other"), "recycle: yes", dt.date(2033, 10, 1)),
        (("other",), "recycle: yes", dt.date(2028, 4, 1)),  # none pays it: the end of what there is
        (None, "repays_from: 3 years", dt.date(2030, 10, 1)),  # from the first day of the earliest
    ],
)
def test_it_is_repaid_from_the_end_of_the_term_unless_said(signed, text, day):
    assert investment(text, signed).repays_from == day


def test_draws_are_as_needed_at_the_start_or_by_date():
    assert investment("draws: at start").draws == "at_start"
    found = investment("draws: {start: £100k, 2028-04-01: £80k}")
    assert found.draws == "schedule"
    assert found.schedule == ((dt.date(2027, 4, 1), 100e3), (dt.date(2028, 4, 1), 80e3))


def test_what_else_an_investment_may_say():
    found = investment(
        "buffer: 3 months, reserve: 2 months, every: 6 months, available_until: 2031-03-31, recycle: no, by: pro rata, "
        "fees: {arrangement: 2%, commitment: 1% per year, management: 3% per year, performance_management: £4k per month, "
        "audit: £10k per year, evaluation: £20k per year, fund: 2% per year}, guarantee: {from: trust, pool: £6m}"
    )
    assert (found.buffer_months, found.reserve_months, found.distribute_months) == (3, 2, 6)
    assert (found.available_until, found.recycle, found.by) == (dt.date(2031, 3, 31), False, "pro_rata")
    assert found.fees == Fees(0.02, 0.01, 0.03, pytest.approx(48_000), 10e3, 20e3, 0.02)
    assert (found.guarantee.party, found.guarantee.pool, found.guarantee.share) == ("trust", 6e6, None)
    assert investment("fee: 1% per year").fees.management == 0.01
