"""What would the same people have achieved without the service, from the same dates? Verdicts to claim on, with and without it.

People are those of the design's history in both, so that a contract can be settled on either: on what happened, and on what
would have been paid had the service changed nothing (MONEY section 5, paid and caused).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from simulator.engine.history import History
from simulator.money.contract.observe import Verdicts
from simulator.outcomes.evaluate import MEASURES, Clocks, OutcomeTable, clocks_of, judge
from simulator.outcomes.rates import clocks_under
from simulator.scenario.schema import Outcome


def with_it(outcome: Outcome, history: History, table: OutcomeTable) -> Verdicts:
    """What happened. table: of `evaluate`."""
    clocks = (
        clocks_of(outcome, history)
        if outcome.test in MEASURES
        else Clocks(table.person, table.since, np.full(len(table), -1, np.int64))
    )
    return Verdicts(table, history, clocks)


def without_it(outcome: Outcome, history: History, table: OutcomeTable, baseline: History) -> Verdicts:
    """What would have happened to the same people under the baseline, from the same dates.

    Those whom the baseline does not have achieve nothing in it; `known` is False for them.
    """
    clocks = clocks_under(outcome, history, table, baseline)
    found = judge(outcome, baseline, clocks)
    return Verdicts(dataclasses.replace(found, person=table.person), baseline, clocks)


def of_the_service(outcome: Outcome) -> bool:
    """Whether the test itself asks for what a service did (`family_support completed`), so that nobody could without it."""
    return any(moment.way is not None for moment in (*(outcome.reached or ()), *(outcome.count or ())))
