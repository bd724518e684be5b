"""The columns and the plain loops must agree on everything, on histories full of ties and on simulated ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.outcomes.evaluate import OutcomeTable, evaluate
from simulator.outcomes.rates import counterfactual
from simulator.scenario.load import load
from simulator.scenario.schema import Outcome
from tests.outcomes.histories import (
    EVENTS,
    SCENARIOS,
    SERVICES,
    STATES,
    at_random,
    outcomes_at_random,
    run_file,
)
from tests.outcomes.plain_evaluator import Verdict, counterfactual_plainly, evaluate_plainly

COLUMNS = ("person", "since", "due", "known", "achieved", "achieved_at", "value")


def compare(
    outcome: Outcome, table: OutcomeTable, plain: list[Verdict], missing_only_unknown: bool = False
) -> None:
    assert len(table) == len(plain), outcome
    for name in COLUMNS:
        expected = np.array([getattr(each, name) for each in plain])
        got = getattr(table, name)
        if missing_only_unknown and name in ("achieved", "achieved_at", "value"):
            there = table.person >= 0
            got, expected = got[there], expected[there]
        np.testing.assert_array_equal(got, expected, err_msg=f"{name} of {outcome}")


@given(st.integers(0, 10**9))
def test_random_rows_with_many_ties_are_judged_as_the_plain_evaluator_judges(seed: int) -> None:
    history = at_random(seed, people=20)
    for outcome in outcomes_at_random(seed, 12, STATES, EVENTS, SERVICES, 20):
        compare(outcome, evaluate(outcome, history), evaluate_plainly(outcome, history))


@given(st.integers(0, 10**9))
def test_random_counterfactuals_are_judged_as_the_plain_evaluator_judges(seed: int) -> None:
    design = at_random(seed, people=15, identities=list(range(15)))
    # Some are missing, some as they were: half the people of the baseline have the very same rows.
    if seed % 2:
        baseline = at_random(seed + 1, people=12, identities=[(7 * i) % 20 for i in range(12)])
    else:
        baseline = at_random(seed, people=12, identities=list(range(12)))
    for outcome in outcomes_at_random(seed, 12, STATES, EVENTS, SERVICES, 20):
        table = evaluate(outcome, design)
        found = counterfactual(outcome, design, table, baseline)
        compare(outcome, found, counterfactual_plainly(outcome, design, baseline), missing_only_unknown=True)
        assert not found.achieved[found.person < 0].any()
        assert not found.value[found.person < 0].any()


DESIGNS = {"edge-of-care": "early_help", "rough-sleeping": "rehouse", "social-prescribing": "link_workers"}


@pytest.mark.parametrize("name", DESIGNS)
def test_simulated_histories_are_judged_as_the_plain_evaluator_judges(name: str) -> None:
    design, baseline = run_file(name, DESIGNS[name]), run_file(name)
    own = list(load(SCENARIOS / f"{name}.yaml").document.outcomes.values())
    others = outcomes_at_random(7, 18, design.states, design.events, design.services, days=900)
    clocks = achieved = 0
    for outcome in own + others:
        table = evaluate(outcome, design)
        compare(outcome, table, evaluate_plainly(outcome, design))
        found = counterfactual(outcome, design, table, baseline)
        compare(outcome, found, counterfactual_plainly(outcome, design, baseline))
        clocks += len(table)
        achieved += int(table.achieved.sum())
    assert clocks > 1_500
    assert achieved > 200
