"""Contracts as the language writes them, read as plain numbers and dates (LANGUAGE section 10)."""

import datetime as dt

import pytest

from simulator.engine.compile import compile_model
from simulator.engine.numbers import Numbers
from simulator.money.contract.read import PaidOutcome, PriceCells, read_contract, terms_of
from simulator.money.contract.terms import Lag, always, on
from simulator.money.plain_values import lag_of, product, varied
from simulator.scenario.contract_fields import Contract
from simulator.scenario.fields import duration
from simulator.scenario.load import load_text

BASE = """\
format: 1
scenario: Read
start: 2027-04-01
horizon: 9 years
price_year: 2024/25
inflation: {start: 3% per year, 2029-04-01: 2% per year}
agencies: {council: Council, treasury: Treasury}
providers: {charity: {}, partner: {}}
people:
  arrive: {struggling: 300 per year @assumption}
  segments: {area: {town: 60%, villages: 40%}, age: {under_10: 50%, over_10: 50%}}
  leave_after: {exponential: 2 years}
needs: {struggling: {}, coping: {}, in_crisis: {crisis: yes}}
transitions:
  struggling -> in_crisis: {within: {12 months: 20%}}
  in_crisis -> coping: {exponential: 8 months}
  coping -> struggling: {exponential: 2 years}
services: {support: {for: struggling, places: 10, length: 20 weeks}}
outcomes:
  calm: {label: No crisis, since: support referred, avoided: in_crisis, for: 12 months}
  days: {since: support referred, days_in: in_crisis, within: 24 months}
designs: {today: {baseline: yes}}
"""
LEAST = "payer: council, payee: charity, term: 6 years"


def read(contract: str, draw: int | None = None):
    scenario = load_text(BASE + f"contracts: {{c: {{{contract}}}}}\n")
    model = compile_model(scenario, "today")
    document = scenario.designs["today"]
    return read_contract(document, "c", Numbers(document, 1, draw), model.segments, model.states)


def terms(contract: str):
    return read(f"{LEAST}, {contract}" if contract else LEAST).terms


def test_a_contract_that_says_no_more_than_it_must():
    found = terms("")
    assert (found.name, found.form, found.vat) == ("c", "direct", "exempt")
    assert (found.begins, found.ends) == (dt.date(2027, 4, 1), dt.date(2033, 3, 31))
    assert found.starts_until == found.earn_until == found.ends
    assert found.claim_until == dt.date(2033, 6, 30)
    assert [(payer.name, payer.share, payer.vat) for payer in found.payers] == [("council", 1.0, 1.0)]
    assert found.payees == (("charity", 1.0),)
    assert (found.settle_months, found.terms, found.late) == (3, 30, 0)
    assert on(found.block_a_year, dt.date(2030, 1, 1)) == 0.0
    assert found.indexed == always(0.0)


def test_the_dates_of_the_specification():
    """MONEY section 3: starts until March 2031, term to March 2033, tail of a year, long-stop three months later."""
    found = terms("starts_within: 4 years, earns_within: 7 years, mobilise: 4 months")
    assert (found.starts_until, found.ends) == (dt.date(2031, 3, 31), dt.date(2033, 3, 31))
    assert (found.earn_until, found.claim_until) == (dt.date(2034, 3, 31), dt.date(2034, 6, 30))
    assert found.mobilise == Lag(months=4)


@pytest.mark.parametrize(
    ("text", "lag"),
    [
        ("6 years", Lag(72)),
        ("18 months", Lag(18)),
        ("1.5 years", Lag(18)),
        ("30 days", Lag(0, 30)),
        ("13 weeks", Lag(0, 91)),
        ("1.3 months", Lag(0, 40)),
        ("0 days", Lag()),
    ],
)
def test_a_time_is_by_the_calendar_as_it_is_written(text, lag):
    assert lag_of(duration(text)) == lag


def test_payers_in_short_and_in_full_may_be_mixed():
    found = read(
        "payer: {council: 80%, treasury: {share: 20%, cap: £1m, per_year: £200k, closes: 2031-03-31, "
        "after: 2 months, only: calm, short: council, vat: 0%}}, payee: charity, term: 6 years, "
        "pays: {calm: {price: £7}, days: {price: £3, payer: {treasury: {share: 100%, short: lost}}}}"
    ).terms
    council, treasury = found.payers
    assert (council.share, council.cap, council.short) == (0.8, None, None)
    assert (treasury.share, treasury.cap, treasury.per_year) == (pytest.approx(0.2), 1e6, 2e5)
    assert (treasury.closes, treasury.after) == (dt.date(2031, 3, 31), Lag(2))
    assert (treasury.only, treasury.short, treasury.vat) == (("calm",), "council", 0.0)
    assert found.pays[0].payers is None
    [own] = found.pays[1].payers
    assert (own.name, own.share, own.short) == ("treasury", 1.0, None)


def test_activity_is_a_year_a_place_or_a_day():
    found = terms(
        "block: {start: £10k per month, 2029-04-01: £60k per year}, settle: monthly, terms: 14 days, late: 5 days, "
        "fees: {support: {price: £70 per person per week, taper: [100%, 60%, 30%, 0%]}}, "
        "withheld: {share: 10%, service: support, wait_above: 8 weeks}, "
        "guarantee_referrals: {service: support, planned: 20 per month, share: 80%, price: '£1,150', in_caps: no}"
    )
    assert found.block_a_year == (
        (dt.date.min, pytest.approx(120_000)),
        (dt.date(2029, 4, 1), pytest.approx(60_000)),
    )
    [fee] = found.fees
    assert (fee.per, fee.price, fee.taper) == ("day", always(10.0), (1.0, 0.6, 0.3, 0.0))
    assert (found.withheld.share, found.withheld.wait_days) == (0.1, 56.0)
    assert found.guarantee.planned_a_year == ((dt.date.min, pytest.approx(240)),)
    assert (found.guarantee.price, found.guarantee.counts_against_caps) == (1150.0, False)
    assert (found.settle_months, found.terms, found.late) == (1, 14, 5)


@pytest.mark.parametrize(
    ("fee", "per", "price"),
    [
        ("£150 per start", "start", 150.0),
        ("£20 per referral", "referral", 20.0),
        ("£700 per place per month", "place", 8400.0),
    ],
)
def test_fees_by_what_they_are_per(fee, per, price):
    [found] = terms(f"fees: {{support: {fee}}}").fees
    assert (found.per, found.price[0][1]) == (per, pytest.approx(price))


def test_a_price_for_everybody_has_one_cell():
    found = read(f"{LEAST}, pays: {{calm: {{price: £5}}, days: {{price: £3}}}}")
    calm, days = found.terms.pays
    assert found.cells == (PriceCells(), PriceCells())
    assert (calm.label, calm.unit, calm.count, calm.window_days) == (
        "No crisis",
        "claim",
        1,
        pytest.approx(365.25),
    )
    assert (days.unit, days.count) == ("day", None)
    assert calm.prices == (always(5.0),)
    assert calm.verified == (1.0,)


def test_a_price_by_segment_has_a_cell_for_each_kind_of_person():
    scenario = load_text(
        BASE + f"contracts: {{c: {{{LEAST}, pays: {{calm: {{price: {{town: £4, villages: £9}}}}}}}}}}\n"
    )
    model = compile_model(scenario, "today")
    document = scenario.designs["today"]
    found = read_contract(document, "c", Numbers(document), model.segments, model.states)
    [cells], [pay] = found.cells, found.terms.pays
    assert cells == PriceCells(1, 0)
    for profile, members in enumerate(model.segments):
        price = on(pay.prices[profile * cells.by_profile], dt.date(2030, 1, 1))
        assert price == (4.0 if "town" in members else 9.0)


def test_prices_by_state_and_proof_by_segment_share_their_cells():
    text = f"{LEAST}, pays: {{calm: {{price: {{struggling: £4, others: £9}}, verified: {{town: 90%, villages: 60%}}}}}}"
    scenario = load_text(BASE + f"contracts: {{c: {{{text}}}}}\n")
    model = compile_model(scenario, "today")
    document = scenario.designs["today"]
    found = read_contract(document, "c", Numbers(document), model.segments, model.states)
    [cells], [pay] = found.cells, found.terms.pays
    assert cells == PriceCells(len(model.states), 1)
    assert len(pay.prices) == len(pay.verified) == len(model.segments) * len(model.states)
    for p, members in enumerate(model.segments):
        for s, state in enumerate(model.states):
            cell = p * cells.by_profile + s * cells.by_state
            assert pay.prices[cell] == always(4.0 if state == "struggling" else 9.0)
            assert pay.verified[cell] == (0.9 if "town" in members else 0.6)


def test_everything_that_an_outcome_may_say():
    found = terms(
        "pays: {days: {price: £60, price_by: started, discount: 5%, claims: 400, apart: 90 days, "
        "for: [struggling, town], excludes: calm, verified: 95%, sample: {n: 30, pass: 90%, extrapolate: no}, "
        "clawback: {share: 2%, within: 1 year}, lag: 1 month, "
        "less: {subtract: 33%, floor: none}, bands: {0: 100%, '40,000': 50%}, cap: £9m, "
        "against: {comparison_group: 500, match_bias: 0.02}, cohorts: {size: 100, most: 3}, "
        "threshold: {each: 10%, pooled: 7.5%}}, "
        "calm: {price: £1, dispute: {share: 4%, held: 3 months, upheld: 50%}}}"
    )
    pay = found.pays[0]
    assert (pay.price_by, pay.discount, pay.count, pay.apart) == ("started", 0.05, 400, 90)
    assert (pay.states, pay.segments, pay.excludes) == (("struggling",), ("town",), ("calm",))
    assert (pay.sample.n, pay.sample.extrapolate, pay.sample.pass_share) == (30, False, 0.9)
    dispute = found.pays[1].dispute
    assert (dispute.share, dispute.held, dispute.upheld) == (0.04, Lag(3), 0.5)
    assert (pay.reversal.share, pay.reversal.within) == (0.02, Lag(12))
    assert (pay.deadweight.form, pay.deadweight.share, pay.deadweight.floor) == ("subtract", 0.33, "none")
    assert pay.bands == ((0.0, 1.0), (40_000.0, 0.5))
    assert (pay.band_of_rate, pay.band_whole) == (False, False)
    assert (pay.against.comparison, pay.against.level, pay.against.match_bias) == (500, None, 0.02)
    assert (pay.cohorts.size, pay.cohorts.most) == (100, 3)
    assert (pay.each, pay.pooled, pay.cap) == (0.1, 0.075, 9e6)
    assert pay.pays_as == "per_unit"  # `against` pays for the difference


def test_bands_of_shares_are_of_the_rate_and_hold_for_all():
    [pay] = terms("pays: {calm: {price: £900, bands: {0%: 100%, 60%: 100%}}}").pays
    assert (pay.bands, pay.band_of_rate, pay.band_whole) == (((0.0, 1.0), (0.6, 1.0)), True, True)
    [pay] = terms("pays: {calm: {price: £900, bands: {0%: 90%, 60%: 100%}, band: marginal}}").pays
    assert (pay.band_whole, pay.pays_as) == (False, "claims")


def test_a_slide_and_a_bare_share_of_deadweight():
    [pay] = terms(
        "pays: {calm: {price: £0, less: 20%, slide: {from: 5%, to: 15%, amount: £500k}, cohorts: {every: 1 year}}}"
    ).pays
    assert (pay.slide.low, pay.slide.high, pay.slide.amount) == (0.05, 0.15, 5e5)
    assert (pay.deadweight.form, pay.deadweight.share) == ("multiply", 0.2)
    assert pay.cohorts.every_months == 12


def test_caps_floor_index_break_and_what_is_passed_on():
    found = terms(
        "form: lead, pays: {calm: {price: £1}}, indexed: inflation, vat: standard, floor: {per_year: £20k, recoup: yes}, "
        "cap: {per_person: £8k, per_year: £1m, total: £4m, counts: paid, carry: headroom, part_claims: no, "
        "indexed: 2% per year, includes_vat: yes}, "
        "breaks_if: {outcome: calm, below: 25%, from: 2 years, every: 6 months, rolling: 1 year, cure: 3 months, "
        "notice: 6 months, fault: funder}, "
        "passes: {partner: {fixed: £2k per month, share: 20%, fee: 8%, retention: 10%, retained: 6 months, terms: 45 days}}"
    )
    assert found.indexed == ((dt.date.min, 0.03), (dt.date(2029, 4, 1), 0.02))
    caps = found.caps
    assert (caps.per_person, caps.per_year, caps.total, caps.index) == (8e3, 1e6, 4e6, 0.02)
    assert (caps.counts, caps.carry, caps.part_claims, caps.includes_vat) == ("paid", "headroom", False, True)
    assert (found.floor.per_year, found.floor.recoup, found.vat) == (2e4, True, "standard")
    ends = found.breaks
    assert (ends.first_months, ends.every_months, ends.rolling_months) == (24, 6, 12)
    assert (ends.cure_months, ends.notice_months, ends.fault) == (3, 6, "funder")
    [part] = found.passes
    assert part.fixed_a_year == pytest.approx(24_000)
    assert (part.share, part.fee, part.retention) == (0.2, 0.08, 0.1)
    assert (part.retained, part.terms) == (Lag(6), 45)


def test_variations_hold_from_their_date():
    """E33: 7,400, and 6,800 from April 2029."""
    found = terms(
        "block: £10k per month, fees: {support: £150 per start}, pays: {calm: {price: '£7,400', discount: 10%}}, "
        "variations: [{from: 2029-04-01, pays: {calm: {price: '£6,800'}}, fees: {support: £90 per start}}, "
        "{from: 2030-04-01, block: £60k per year, pays: {calm: {discount: 0%}}}]"
    )
    [pay] = found.pays
    assert pay.discount == 0.0  # it changes, so it is in the prices
    expected = [(2028, 6660.0), (2029, 6120.0), (2030, 6800.0)]
    assert [
        (year, pytest.approx(on(pay.prices[0], dt.date(year, 5, 31)))) for year, _ in expected
    ] == expected
    assert on(found.fees[0].price, dt.date(2029, 4, 1)) == 90.0
    assert on(found.block_a_year, dt.date(2030, 3, 31)) == pytest.approx(120_000)
    assert on(found.block_a_year, dt.date(2030, 4, 1)) == pytest.approx(60_000)


def test_a_variation_stands_for_all_that_came_after():
    first, second, third = (dt.date(2027 + year, 1, 1) for year in range(3))
    base = ((dt.date.min, 1.0), (first, 2.0), (third, 3.0))
    assert varied(base, [(second, 9.0)]) == ((dt.date.min, 1.0), (first, 2.0), (second, 9.0))
    both = product(base, ((dt.date.min, 10.0), (second, 100.0)))
    assert [on(both, day) for day in (first, second, third)] == [20.0, 200.0, 300.0]


def test_an_uncertain_price_is_sampled_with_its_draw():
    text = f"{LEAST}, pays: {{calm: {{price: '£5,000 (4,000 to 6,000) @assumption'}}}}"
    written, first, again, second = (
        read(text, draw).terms.pays[0].prices[0][0][1] for draw in (None, 1, 1, 2)
    )
    assert written == 5000.0
    assert first == again
    assert len({written, first, second}) == 3


def test_the_same_keys_outside_a_scenario():
    contract = Contract.model_validate(
        {
            "payer": {"A department": "70%", "A city": "30%"},
            "payee": "A charity",
            "begins": "2012-11-01",
            "term": "3 years",
            "earns_within": "4 years",
            "pays": {"entry": {"price": "£1,300"}, "days": {"price": "£60", "less": {"baseline": "55%"}}},
            "indexed": "inflation",
        }
    )
    outcomes = {"entry": PaidOutcome("Entered work"), "days": PaidOutcome("Days", "day", 913.0)}
    found = terms_of(
        contract, name="deal", start=dt.date(2012, 1, 1), outcomes=outcomes, inflation=always(0.02)
    )
    assert (found.begins, found.ends, found.earn_until) == (
        dt.date(2012, 11, 1),
        dt.date(2015, 10, 31),
        dt.date(2016, 10, 31),
    )
    assert [payer.name for payer in found.payers] == ["A department", "A city"]
    assert (found.pays[1].unit, found.pays[1].count, found.pays[1].window_days) == ("day", None, 913.0)
    assert found.pays[1].deadweight.form == "baseline"
    assert found.indexed == always(0.02)
    with pytest.raises(KeyError, match="days"):
        terms_of(contract, name="deal", start=dt.date(2012, 1, 1), outcomes={"entry": PaidOutcome("x")})
