"""Contracts on a run: what is paid, what is caused and whose cash holds out must agree with each other and with plain sums."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.deal_units import DEAL_TABLES
from simulator.experiments.replication import measures_of, prepare, run_prepared
from simulator.outcomes.evaluate import evaluate
from simulator.outcomes.rates import counterfactual
from simulator.scenario.load import Scenario, load, load_text

FILE = Path(__file__).parents[2] / "tests" / "examples" / "edge-of-care-as-specified.yaml"
SCENARIO = load(FILE)
CONTRACT = "edge_of_care_sib"


def found(
    scenario: Scenario = SCENARIO,
    design: str = "early_help",
    reading: str | None = None,
    replication: int = 0,
):
    before, after = (
        run_prepared(prepare(scenario, name, reading=reading), replication)
        for name in (scenario.baseline, design)
    )
    rows = measures_of(after, before)
    return {(row.table, row.item, row.measure, row.year): row.value for row in rows}, after, before


MEASURES, RUN, BASELINE = found()


def of(table: str, item: str, measure: str, year: int = 0, among: dict | None = None) -> float:
    return (MEASURES if among is None else among)[table, item, measure, year]


def years(table: str, item: str, measure: str) -> float:
    return math.fsum(
        value for (t, i, m, year), value in MEASURES.items() if (t, i, m) == (table, item, measure) and year
    )


def changed(old: str, new: str) -> Scenario:
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old} is there {text.count(old)} times"
    return load_text(text.replace(old, new), "changed.yaml")


def test_a_design_that_signs_nothing_has_no_contract():
    rows, _, _ = found(design="today")
    assert not {key for key in rows if key[0] in DEAL_TABLES}


def test_every_pound_priced_is_paid_or_has_a_reason():
    cuts = ("deadweight", "cut_person", "cut_outcome", "cut_year", "cut_total", "lost_late")
    left = of("contract", CONTRACT, "priced") - sum(of("contract", CONTRACT, cut) for cut in cuts)
    assert of("contract", CONTRACT, "outcomes") == pytest.approx(left, abs=0.005)
    assert of("contract", CONTRACT, "cut_total") + of("contract", CONTRACT, "cut_year") > 0
    by_outcome = sum(
        of("outcome_payments", f"{name} in {CONTRACT}", "paid") for name in ("finished", "stayed_out_12m")
    )
    assert by_outcome == pytest.approx(of("contract", CONTRACT, "outcomes"), abs=0.005)


def test_payers_pay_what_the_contract_pays_in_either_view():
    for view in ("accrued", "paid"):
        total = of("contract", CONTRACT, view)
        assert total == pytest.approx(of("contract", CONTRACT, "outcomes"), abs=0.005)
        assert years("contract", CONTRACT, view) == pytest.approx(total, abs=0.005)
        parts = [of("payers", f"{name} in {CONTRACT}", view) for name in ("council", "treasury")]
        assert sum(parts) == pytest.approx(total, abs=0.005)
        assert parts[0] / total == pytest.approx(0.8, abs=1e-6)


def test_what_a_contract_moves_between_budgets_and_provider_costs_nothing_in_all():
    payers = math.fsum(
        value for key, value in MEASURES.items() if key[0] == "agencies" and key[2:] == ("budget", 0)
    )
    lines = math.fsum(
        value for key, value in MEASURES.items() if key[0] == "costs" and key[2:] == ("budget", 0)
    )
    assert payers == pytest.approx(lines, abs=0.05)


def test_the_public_purse_pays_for_outcomes_and_resources_do_not_count_them_again():
    without = {**MEASURES}
    rows, _, _ = found(changed("    signs: edge_of_care_sib\n", ""))
    assert of("value", "", "purse") > of("value", "", "purse", among=rows)
    # What remains is the provider's overhead, which only a contract brings.
    more = of("value", "", "resources", among=without) - of("value", "", "resources", among=rows)
    overhead = sum(
        value for key, value in MEASURES.items() if key[0] == "costs" and "overhead" in key[1] and not key[3]
    )
    assert 0 < more <= overhead / 2  # two views


def test_without_an_effect_the_contract_pays_the_same_as_if_the_service_did_nothing():
    """The same people, random numbers and claims: to the penny, because nobody's life is changed."""
    rows, _, _ = found(reading="no_effect")
    paid = of("contract", CONTRACT, "outcomes", among=rows)
    assert paid > 100_000
    assert of("contract", CONTRACT, "paid_if_nothing", among=rows) == paid
    item = f"stayed_out_12m in {CONTRACT}"
    assert of("outcome_payments", item, "net_caused", among=rows) == 0
    assert of("outcome_payments", item, "harmed", among=rows) == 0


def test_net_caused_counts_everybody_who_could_be_claimed_for():
    item = f"stayed_out_12m in {CONTRACT}"
    history, document = RUN.history, RUN.document
    outcome = document.outcomes["stayed_out_12m"]
    table = evaluate(outcome, history)
    without = counterfactual(outcome, history, table, BASELINE.history)
    terms = RUN.prepared.deal.contracts[0].terms
    began = np.datetime64(document.start) + (table.since // 86_400)
    ended = np.datetime64(document.start) + (
        (np.where(table.achieved, table.achieved_at, table.due) - 1) // 86_400
    )
    keep = (began >= np.datetime64(terms.begins)) & (began <= np.datetime64(terms.starts_until))
    keep &= ended <= np.datetime64(terms.earn_until)
    also = np.datetime64(document.start) + (
        (np.where(without.achieved, without.achieved_at, without.due) - 1) // 86_400
    )
    keep &= (also <= np.datetime64(terms.earn_until)) & (without.person >= 0)
    expected = int(table.achieved[keep].sum()) - int(without.achieved[keep].sum())
    assert expected > 0
    assert of("outcome_payments", item, "net_caused") == expected
    split = [of("outcome_payments", item, name) for name in ("caused", "harmed")]
    assert split[0] - split[1] == expected


def test_an_outcome_that_is_what_the_service_did_is_caused_by_nobody():
    assert ("outcome_payments", f"finished in {CONTRACT}", "net_caused", 0) not in MEASURES


def test_the_providers_cash_is_opening_and_all_that_moves():
    deal = RUN.prepared.deal
    assert deal is not None and deal.investment is not None
    income = of("cash", "charity", "income")
    assert income == pytest.approx(of("contract", CONTRACT, "outcomes"), abs=0.005)
    invested = of("investors", "all", "drawn") - of("investors", "all", "received")
    surplus = sum(
        value for key, value in MEASURES.items() if key[0] == "waterfall" and key[1].endswith("council")
    )
    closing = of("cash", "charity", "opening") + of("cash", "charity", "margin") + invested - surplus
    assert of("cash", "charity", "closing") == pytest.approx(closing, abs=0.05)
    months = [value for key, value in MEASURES.items() if key[:3] == ("cash", "charity", "balance")]
    assert months[-1] == of("cash", "charity", "closing")
    assert of("cash", "charity", "low") <= min(months)


def test_investors_get_back_what_their_flows_say():
    assert years("investors", "all", "flow") == pytest.approx(of("investors", "all", "profit"), abs=0.005)
    for measure in ("drawn", "received"):
        parts = [of("investors", name, measure) for name in ("senior", "first_loss")]
        assert sum(parts) == pytest.approx(of("investors", "all", measure), abs=0.005)
    assert of("investors", "all", "drawn") <= of("investors", "all", "committed")
    assert of("investors", "all", "peak") <= of("investors", "all", "drawn")


def test_fewer_outcomes_or_referrals_or_late_payment_never_help_the_provider():
    assert of("cash", "charity", "low_outcomes_60") <= of("cash", "charity", "low")
    assert of("cash", "charity", "low_late_60") <= of("cash", "charity", "low")
    assert of("cash", "charity", "margin_outcomes_60") < of("cash", "charity", "margin_referrals_60")


def test_cash_released_less_payments_is_the_net_saving_of_each_budget():
    names = {key[1] for key in MEASURES if key[0] == "public_cash"}
    assert names == {"council", "justice", "treasury"}
    for name in names:
        net = of("public_cash", name, "cash_released") - of("public_cash", name, "payments")
        assert of("public_cash", name, "net") == pytest.approx(net)
        assert years("public_cash", name, "net") == pytest.approx(net, abs=0.05)
    assert of("public_cash", "council", "payments") == of("payers", f"council in {CONTRACT}", "accrued")


def test_twice_the_prices_without_caps_are_twice_the_payments():
    text = FILE.read_text(encoding="utf-8")
    cap = '    cap: {total: £4.2m, per_person: "£8,300", per_year: £1.1m}\n'
    assert cap in text
    free = text.replace(cap, "")
    double = free.replace("price: £900", "price: £1,800").replace("price: £7,400", "price: £14,800")
    one, two = (found(load_text(each, "free.yaml"))[0] for each in (free, double))
    assert (
        of("contract", CONTRACT, "outcomes", among=two)
        == 2 * of("contract", CONTRACT, "outcomes", among=one)
        > 0
    )


def test_a_comparison_group_is_drawn_from_another_replication():
    against = (
        "        lag: 3 months\n        against: {comparison_group: 2000}\n        threshold: {each: 1%}\n"
    )
    text = FILE.read_text(encoding="utf-8").replace("        lag: 3 months\n", against)
    scenario = load_text(text, "compared.yaml")
    from simulator.experiments.replication import prepare_all, replicate

    prepared = prepare_all(scenario, ["today", "early_help"])
    one, again = (replicate(prepared, 0) for _ in range(2))
    assert np.array_equal(one.values, again.values, equal_nan=True)
    paid = dict(zip(one.keys, one.values[0], strict=True))
    assert ("early_help", "contract", CONTRACT, "outcomes", 0) in paid


def test_the_same_service_done_in_three_ways():
    in_house, own, invested = (
        of("comparators", way, "payments") for way in ("in_house", "own_reserves", "investors")
    )
    assert in_house == pytest.approx(of("cash", "charity", "costs"), abs=0.05)
    assert own == pytest.approx(of("contract", CONTRACT, "accrued"), abs=0.005)
    back = sum(
        value for key, value in MEASURES.items() if key[0] == "waterfall" and key[1].endswith("council")
    )
    assert invested == pytest.approx(own - back, abs=0.005)
    assert of("comparators", "investors", "premium") == pytest.approx(invested - in_house, abs=0.05)
    assert of("cash", "charity", "facility_alone") >= of("cash", "charity", "facility")


SHIPPED = (Path(__file__).parents[2] / "scenarios" / "edge-of-care.yaml").read_text(encoding="utf-8")


def shipped(*changes: tuple[str, str]):
    text = SHIPPED
    for old, new in changes:
        assert text.count(old) == 1, f"{old} is there {text.count(old)} times"
        text = text.replace(old, new)
    return found(load_text(text, "shipped.yaml"))[0]


def test_what_is_paid_for_a_difference_rises_with_its_index_and_follows_the_days():
    flat, indexed = shipped(("    indexed: inflation\n", "")), shipped()
    item = f"care_days in {CONTRACT}"
    # Cohorts close between 3.5 and 7.5 years after the beginning; prices rise 2% each April from the first.
    ratio = of("outcome_payments", item, "priced", among=indexed) / of(
        "outcome_payments", item, "priced", among=flat
    )
    assert 1.02**3 < ratio < 1.02**7
    # By hand: £72 for each day below 87 a child, in yearly cohorts, none below 0: no more than all cohorts together.
    days = 87 * of("outcome_payments", item, "observed", among=flat) - of(
        "outcome_payments", item, "achieved", among=flat
    )
    assert 72 * days <= of("outcome_payments", item, "priced", among=flat) + 0.05


def test_half_a_window_is_not_held_against_the_whole_of_a_level():
    short = shipped(
        ("earns_within: 90 months", "earns_within: 62 months"),
        ("claims_within: 96 months", "claims_within: 68 months"),
    )
    whole = shipped()
    for measure in ("outcomes", "paid_if_nothing"):
        assert of("contract", CONTRACT, measure, among=short) <= of(
            "contract", CONTRACT, measure, among=whole
        )


def test_a_partner_of_a_vehicle_banks_its_share_of_the_surplus():
    rows = shipped(
        (
            "    payee: charity\n    term: 6 years\n    starts_within",
            "    form: vehicle\n    payee: spv\n    passes: {charity: {fixed: £900k per year, share: 10%}}\n"
            "    term: 6 years\n    starts_within",
        ),
        ("providers:\n  charity:", "providers:\n  spv: {opening_cash: £0, least_cash: £20k}\n  charity:"),
        ("  into: charity\n", "  into: spv\n"),
        ("price: £72\n", "price: £90\n"),
    )
    surplus = rows.get(("waterfall", "share of charity", "paid", 0), 0.0)
    closing = (
        of("cash", "charity", "opening", among=rows) + of("cash", "charity", "margin", among=rows) + surplus
    )
    assert of("cash", "charity", "closing", among=rows) == pytest.approx(closing, abs=0.05)
    assert surplus > 0
    for party in ("spv", "charity"):
        assert ("cash", party, "low", 0) in rows


def test_the_purse_of_all_is_the_sum_of_the_agencies():
    for rows in (MEASURES, shipped()):
        parts = [value for key, value in rows.items() if key[0] == "value" and key[1] and key[2] == "purse"]
        assert math.fsum(parts) == pytest.approx(rows["value", "", "purse", 0])
