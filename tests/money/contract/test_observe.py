"""What can be claimed for, recomputed person by person in plain Python from the verdicts and stays of a run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.would_have import with_it, without_it
from simulator.engine.compile import compile_model
from simulator.engine.numbers import Numbers
from simulator.engine.random_numbers import key_of
from simulator.experiments.engines import engine_named
from simulator.money.contract.days import plus
from simulator.money.contract.observe import Verdicts, observed
from simulator.money.contract.observe_activity import activity_of, months_of
from simulator.money.contract.read import PriceCells, read_contract
from simulator.money.contract.terms import Against, Cohorts, Fee, Guarantee, Lag, Pay, Withheld, always
from simulator.outcomes.evaluate import evaluate
from simulator.scenario.load import load

SCENARIO = load(Path(__file__).parents[3] / "scenarios" / "edge-of-care.yaml")
DESIGN = next(name for name, each in SCENARIO.document.designs.items() if each.signs)
DOCUMENT = SCENARIO.design(DESIGN)
MODEL = compile_model(SCENARIO, DESIGN)
HISTORY = engine_named("compiled")(MODEL, 1, 0)
BASELINE = engine_named("compiled")(compile_model(SCENARIO, SCENARIO.baseline), 1, 0)
TABLES = {name: evaluate(outcome, HISTORY) for name, outcome in DOCUMENT.outcomes.items()}
KEY = key_of(1, 0)
START = DOCUMENT.start
ONE_PRICE = PriceCells()
END = START + dt.timedelta(days=int(DOCUMENT.horizon.value) - 1)
BASE = read_contract(
    DOCUMENT, DOCUMENT.designs[DESIGN].signs[0], Numbers(DOCUMENT, 1, None), MODEL.segments, MODEL.states
).terms


def pay(outcome: str = "stayed_out_12m", **more: object) -> Pay:
    unit = "day" if DOCUMENT.outcomes[outcome].test == "days_in" else "claim"
    window = DOCUMENT.outcomes[outcome].window
    made = Pay(outcome, outcome, unit, (always(1000.0),), window_days=window)
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def seen_of(*pays: Pay, cells: PriceCells = ONE_PRICE, key=KEY, comparison=None, **more: object):
    terms = dataclasses.replace(BASE, pays=pays, **more)  # type: ignore[arg-type]
    seen = {
        each.outcome: with_it(DOCUMENT.outcomes[each.outcome], HISTORY, TABLES[each.outcome]) for each in pays
    }
    return terms, observed(terms, [cells] * len(pays), DOCUMENT, HISTORY, seen, key, comparison)


def found(*pays: Pay, **more: object):
    terms, seen = seen_of(*pays, **more)  # type: ignore[arg-type]
    return terms, seen.claims, seen.everyone


def day(second: int) -> dt.date:
    return START + dt.timedelta(days=math.floor(second / 86_400))


def test_claims_are_the_achieved_whose_clock_and_observation_lie_in_the_contract():
    terms, claims, everyone = found(pay())
    table = TABLES["stayed_out_12m"]
    expected = []
    for clock in range(len(table)):
        started = day(int(table.since[clock]))
        if not terms.begins <= started <= terms.starts_until or not table.achieved[clock]:
            continue
        # A window that closes at midnight was observed until the day before.
        ended = day(int(table.achieved_at[clock]) - 1)
        if ended <= terms.earn_until:
            expected.append((int(table.person[clock]), started, ended))
    assert len(expected) > 100
    assert sorted(expected) == sorted(
        zip(claims.person.tolist(), claims.started.tolist(), claims.earned.tolist(), strict=True)
    )
    assert set(claims.number) == {1}
    assert list(claims.earned) == sorted(claims.earned)
    started = [day(int(each)) for each in table.since]
    assert len(everyone[0].at) == sum(terms.begins <= each <= terms.starts_until for each in started)


def test_nobody_who_starts_too_late_or_is_observed_too_late_can_be_claimed_for():
    _, all_claims, _ = found(pay())
    until = BASE.begins + dt.timedelta(days=600)
    _, early, _ = found(pay(), starts_until=until)
    assert 0 < len(early) < len(all_claims)
    assert early.started.max() <= np.datetime64(until)
    _, short, _ = found(pay(), earn_until=until)
    assert 0 < len(short) < len(all_claims)
    assert short.earned.max() <= np.datetime64(until)


def test_verification_lets_its_share_through_and_does_not_depend_on_the_price():
    _, claims, _ = found(pay(verified=(0.7,)))
    share = float((claims.certified > 0).mean())
    # Three standard errors of a share of 0.7 in this many claims.
    assert abs(share - 0.7) < 3 * math.sqrt(0.7 * 0.3 / len(claims))
    _, dearer, _ = found(pay(verified=(0.7,), prices=(always(9999.0),)), name="another")
    assert (dearer.certified == claims.certified).all()
    _, stricter, _ = found(pay(verified=(0.4,)))
    assert ((stricter.certified > 0) <= (claims.certified > 0)).all()


def test_a_loss_in_verification_may_differ_by_segment():
    cells = PriceCells(by_profile=1)
    shares = tuple(1.0 if "teenager" in members else 0.0 for members in MODEL.segments)
    prices = tuple(always(1.0) for _ in MODEL.segments)
    _, claims, _ = found(pay(verified=shares, prices=prices), cells=cells)
    teenager = np.array(["teenager" in members for members in MODEL.segments])
    assert ((claims.certified > 0) == teenager[HISTORY.people["profile"][claims.person]]).all()


def test_only_the_segments_and_states_named_can_be_claimed_for():
    _, claims, _ = found(pay(segments=("teenager",)))
    profiles = HISTORY.people["profile"][claims.person]
    assert len(claims) and all("teenager" in MODEL.segments[each] for each in profiles)
    _, edge, _ = found(pay(states=("at_risk",)))
    _, other, _ = found(pay(states=("struggling",)))
    _, both, _ = found(pay())
    assert len(edge) and len(other) and len(edge) + len(other) == len(both)


def test_days_count_until_the_last_day_of_the_tail():
    """Days in care, recomputed from stays: windows that would close after `earn_until` are cut there."""
    until = BASE.begins + dt.timedelta(days=900)
    _, claims, everyone = found(pay("care_days", count=None), earn_until=until)
    cut = ((until - START).days + 1) * 86_400
    stays, table = HISTORY.stay_table, TABLES["care_days"]
    in_care = stays["state"] == HISTORY.states.index("in_care")
    days = {}
    for clock in everyone[0].at.tolist():
        opens, closes = int(table.since[clock]), min(int(table.due[clock]), cut)
        person = int(table.person[clock])
        mine = in_care & (stays["person"] == person)
        overlap = np.minimum(stays["end"][mine], closes) - np.maximum(stays["begin"][mine], opens)
        days.setdefault(person, []).append(float(np.maximum(overlap, 0).sum()) / 86_400)
    expected = sorted(each for values in days.values() for each in values if each > 0)
    assert len(expected) > 20
    assert sorted(claims.units.tolist()) == pytest.approx(expected)


def test_a_second_claim_of_a_person_waits_until_it_is_far_enough_from_the_first():
    _, once, _ = found(pay(count=1))
    _, often, _ = found(pay(count=None))
    assert once.number.max() == 1
    people, counts = np.unique(often.person, return_counts=True)
    assert counts.max() >= 1
    assert len(once) == len(people)


def test_what_is_needed_or_excluded_looks_at_what_was_certified_before():
    _, both, _ = found(pay("finished"), pay("stayed_out_12m", needs=("finished",)))
    finished = set(both.person[both.pay == 0].tolist())
    stayed = set(both.person[both.pay == 1].tolist())
    assert stayed and stayed <= finished
    _, neither, _ = found(pay("finished"), pay("stayed_out_12m", excludes=("finished",)))
    assert not set(neither.person[neither.pay == 1].tolist()) & finished
    _, free, _ = found(pay("finished"), pay("stayed_out_12m"))
    assert stayed | set(neither.person[neither.pay == 1].tolist()) == set(free.person[free.pay == 1].tolist())


def test_cohorts_are_cut_by_clock_start_and_wait_for_their_last_window():
    rule = pay(against=Against(level=0.5), cohorts=Cohorts(size=100, most=3))
    _, seen = seen_of(rule)
    cohorts, everyone = seen.cohorts, seen.everyone
    assert [each.eligible for each in cohorts] == [100, 100, 100]
    order = np.sort(everyone[0].started)
    assert [each.started for each in cohorts] == [order[0], order[100], order[200]]
    assert all(each.expected == 0.5 for each in cohorts)
    # Only people of a settled cohort are claimed for, and a cohort's claims are its achieved.
    counts = np.bincount(seen.claims.cohort, minlength=3)
    assert counts.tolist() == [each.achieved for each in cohorts]
    _, short = seen_of(rule, earn_until=BASE.begins + dt.timedelta(days=500))
    assert len(short.cohorts) < 3
    assert short.claims.cohort is None or short.claims.cohort.max() < len(short.cohorts)


def test_a_comparison_group_brings_its_own_luck():
    results = np.repeat([0.0, 1.0], 500)
    rule = pay(against=Against(comparison=400))
    rates = []
    for replication in range(200):
        _, seen = seen_of(
            rule, key=key_of(1, replication), comparison={"stayed_out_12m": results}, earn_until=END
        )
        [cohort] = seen.cohorts
        rates.append(cohort.expected)
        assert cohort.comparison == 400
    # The standard error of a share of one half in 400 people is .025; of its estimate from 200 groups, .025 / sqrt(400).
    assert np.mean(rates) == pytest.approx(0.5, abs=3 * 0.025 / math.sqrt(200))
    assert np.std(rates) == pytest.approx(0.025, abs=3 * 0.025 / math.sqrt(400))


def test_a_group_not_chosen_by_lot_differs_by_more_than_chance():
    results = np.repeat([0.0, 1.0], 500)
    logs = []
    for replication in range(200):
        rule = pay(against=Against(comparison=100_000, match_bias=0.2))
        _, seen = seen_of(
            rule, key=key_of(1, replication), comparison={"stayed_out_12m": results}, earn_until=END
        )
        logs.append(math.log(seen.cohorts[0].expected / 0.5))
    # The standard error of a standard deviation from 200 draws is sd / sqrt(400); chance adds .003 to .2 here.
    assert np.std(logs) == pytest.approx(0.2, abs=3 * 0.2 / math.sqrt(400))


def test_what_would_have_been_is_asked_of_the_same_people_from_the_same_day():
    table = TABLES["stayed_out_12m"]
    without = without_it(DOCUMENT.outcomes["stayed_out_12m"], HISTORY, table, BASELINE)
    assert isinstance(without, Verdicts)
    assert (without.table.person == table.person).all() and (without.table.since == table.since).all()
    # The service keeps children out of care: fewer would have stayed out without it.
    assert without.table.achieved.sum() < table.achieved.sum()


def test_activity_adds_up_to_the_history():
    fee = Fee("family_support", "start", always(1.0))
    terms = dataclasses.replace(
        BASE,
        fees=(fee,),
        guarantee=Guarantee("family_support", always(200), 0.8, 1.0),
        withheld=Withheld(0.1, "family_support", 56),
    )
    activity = activity_of(terms, DOCUMENT, HISTORY)
    edges = months_of(terms, DOCUMENT)
    spells = HISTORY.spell_table
    mine = spells["service"] == HISTORY.services.index("family_support")
    started = spells["started"][mine]
    inside = (started >= edges[0]) & (started < edges[-1])
    assert activity.starts["family_support"].sum() == inside.sum() > 500
    referred = spells["referred"][mine]
    assert (
        activity.referrals["family_support"].sum() == ((referred >= edges[0]) & (referred < edges[-1])).sum()
    )
    # 40 places for a year, then 90 for four (a year here is 365.25 days, a term's are the calendar's).
    assert activity.place_years["family_support"].sum() == pytest.approx(40 + 4 * 90, abs=0.5)
    ended = np.where(spells["ended"][mine] < -(2**60), HISTORY.end, spells["ended"][mine])
    there = started[started >= edges[0]] >= edges[0]
    whole = (np.minimum(ended, edges[-1]) - started)[started >= edges[0]][there].sum() / 86_400
    assert activity.person_days["family_support"].sum() == pytest.approx(whole)
    in_month = (started >= edges[0]) & (started < edges[1])
    waits = (started[in_month] - spells["joined"][mine][in_month]) / 86_400
    assert activity.waits["family_support"][0] == pytest.approx(waits.mean())


@pytest.mark.parametrize(
    ("first", "lag", "then"),
    [
        ("2030-01-31", Lag(1), "2030-02-28"),
        ("2028-01-31", Lag(1), "2028-02-29"),
        ("2030-11-30", Lag(3), "2031-02-28"),
        ("2030-03-31", Lag(0, 30), "2030-04-30"),
        ("2030-01-15", Lag(12, 2), "2031-01-17"),
    ],
)
def test_a_lag_goes_by_the_calendar(first, lag, then):
    assert plus(np.array([first], "datetime64[D]"), lag)[0] == np.datetime64(then)
