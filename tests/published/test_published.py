"""Each published figure comes out of the engine, and would not if the scenario were a little different."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest

from simulator.engine.compile import compile_model
from simulator.engine.history import NOT_YET, WAITING
from simulator.engine.simpy_engine import simulate
from simulator.scenario.load import load_text
from tests.published import closed_forms as cf
from tests.published.case import Case
from tests.published.cases import BY_NAME, CASES
from tests.published.judge import Task, Verdict, judge, measure, ratio, tasks_of, verdicts
from tests.published.measures import Unfinished, Window

QUICK = [case for case in CASES if case.quick is not None]
DRAWN = [case for case in CASES if not case.exact]
# One parameter wrong by 10 to 20% (or one rule), seen by runs of a second or two.
SENSITIVE = (
    "M/M/2",
    "M/M/10 with 5 waiting places",
    "Erlang A",
    "fixed patience",
    "no waiting room, fixed service",
    "competing risks",
    "observed shares, ways out competing",
    "four Markov states and leaving",
    "a hazard ratio from day 50",
    "a hazard ratio on a Weibull time",
    "family group conferences: usual help",
    "family group conferences: referred, by risk ratio",
)


def outside(found: list[Verdict]) -> list[str]:
    return [
        f"{each.check.what}: {each.simulated:.5g}, expected {each.expected:.5g} within {each.allowed:.2g}"
        for each in found
        if not each.within
    ]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_the_engine_gives_the_published_figures(case: Case) -> None:
    assert outside(judge(case)) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", DRAWN, ids=lambda case: case.name)
def test_the_engine_gives_the_published_figures_to_the_stated_precision(case: Case) -> None:
    assert outside(judge(case, full=True)) == []


@pytest.mark.parametrize("name", SENSITIVE)
def test_a_scenario_a_little_off_is_outside_the_tolerance(name: str) -> None:
    case = BY_NAME[name]
    assert outside(verdicts(case, map(measure, tasks_of(case, False, broken=True)), False)) != []


@pytest.mark.slow
@pytest.mark.parametrize("case", DRAWN, ids=lambda case: case.name)
def test_every_case_notices_a_scenario_a_little_off(case: Case) -> None:
    assert outside(verdicts(case, map(measure, tasks_of(case, True, broken=True)), True)) != []


def test_an_exact_case_notices_a_second() -> None:
    case = BY_NAME["first come, first served"]
    late = [
        [(above + 1 / 86_400, below) for above, below in pairs]
        for pairs in map(measure, tasks_of(case, False))
    ]
    assert len(outside(verdicts(case, late, False))) == len(case.checks)


def test_a_run_too_short_for_its_window_is_refused() -> None:
    # Without the time to finish after the window, those who wait at its end would be left out, the longest first.
    case = BY_NAME["M/M/10"]
    cut = case.scenario(case.run(False)).replace("horizon: 430 days", "horizon: 400 days")
    assert cut != case.scenario(case.run(False))
    histories = [simulate(compile_model(load_text(cut)), case.seed, replication) for replication in range(5)]
    cut_off = [history for history in histories if (history.spell_table["still"] == WAITING).any()]
    assert cut_off
    for history in cut_off:
        with pytest.raises(Unfinished):
            case.checks[0].measure(history, Window(0, history.end))


@pytest.mark.parametrize(
    ("name", "places"), [("M/M/3", 3), ("M/M/10", 10), ("M/G/1, lognormal, squared variation 1", 1)]
)
def test_starts_follow_exactly_from_arrivals_and_lengths(name: str, places: int) -> None:
    # Kiefer and Wolfowitz (1955): the next in line starts when they have come and the first place is free. Given the
    # arrivals and the lengths that the engine drew, every start is known to the second, whatever the luck of the draws.
    case = BY_NAME[name]
    history = simulate(compile_model(load_text(case.scenario(case.run(False))), case.design), case.seed, 0)
    table = history.spell_table
    order = np.lexsort((table["person"], table["joined"]))
    free = [history.begin] * places
    starts = 0
    for joined, started, ended in zip(
        *(table[key][order].tolist() for key in ("joined", "started", "ended")), strict=True
    ):
        expected = max(joined, free[0])
        if started == NOT_YET:
            break
        assert started == expected
        heapq.heapreplace(free, ended if ended != NOT_YET else history.end)
        starts += 1
    assert starts > 500


def test_a_replication_is_the_same_in_whichever_order_it_is_run() -> None:
    tasks = [Task("Erlang A", False, 1, replication) for replication in (0, 1, 2)]
    assert [measure(each) for each in tasks] == [measure(each) for each in reversed(tasks)][::-1]


def test_the_ratio_of_sums_and_its_error() -> None:
    # Two replications of 1 / 2 and 3 / 2: 4 / 4 = 1, residuals -1 and 1, so the error is sqrt(2 / 2) / 2.
    assert ratio([(1, 2), (3, 2)]) == (1.0, 0.5)


def expected(name: str) -> list[float]:
    return [check.expected for check in BY_NAME[name].checks]


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("M/M/3", tuple(reversed(cf.erlang_c(0.2, 0.1, 3)))),
        (
            "M/M/10",
            (
                cf.erlang_c(9, 1, 10)[1],
                cf.erlang_c(9, 1, 10)[0],
                cf.wait_over(9, 1, 10, 0.5),
                cf.wait_over(9, 1, 10, 2),
            ),
        ),
        ("M/M/2", (cf.erlang_c(1 / 6, 1 / 4, 2)[1],)),
        ("M/M/1", (cf.erlang_c(1 / 4, 1 / 3, 1)[1],)),
        ("M/M/10 with 5 waiting places", cf.limited_room(9, 1, 10, 5)),
        ("Erlang A", cf.erlang_a(9, 1, 10, 0.5)),
        ("fixed patience", (cf.fixed_patience(0.9, 1, 2),)),
        ("two priorities", cf.two_priorities(0.2, 0.6, 1)),
        ("one in four comes back", (4 / 3, cf.erlang_c(2, 1, 3)[1])),
        ("five desks in line", (5 * (1 + cf.erlang_c(9, 1, 10)[1]),)),
        ("M/D/1", (cf.pollaczek_khinchine(0.8, 1, 0),)),
        ("M/G/1, lognormal, squared variation 1/4", (cf.pollaczek_khinchine(0.8, 1, 0.25),)),
        ("M/G/1, lognormal, squared variation 1", (cf.pollaczek_khinchine(0.8, 1, 1),)),
        ("M/G/1, lognormal, squared variation 4", (cf.pollaczek_khinchine(0.8, 1, 4),)),
        ("no waiting room, fixed service", (cf.erlang_b(4, 5),)),
    ],
)
def test_the_expected_figures_follow_from_their_formulas(name: str, formula: tuple[float, ...]) -> None:
    assert expected(name) == pytest.approx(formula, abs=6e-5 if name == "M/M/3" else 6e-6)


def test_occupancy_of_two_states_is_the_textbook_solution() -> None:
    found = cf.occupancy({("a", "b"): 0.2, ("b", "a"): 0.1}, "a", ("a", "b"), 3)
    assert found["a"] == pytest.approx(1 / 3 + 2 / 3 * math.exp(-0.9))
