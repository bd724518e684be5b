"""Whose replication is taken next, and that nothing is lost or stuck whatever visitors do. Orders are tested, not seconds."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator

import pytest

from simulator.experiments.live import FEW, Busy, Desk, Limits, LiveRun
from simulator.scenario.load import Scenario
from tests.experiments.pretend import SOON, Pretend, same_measures
from tests.money.worked import scenario_of


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of(designs={"more": {}})


@pytest.fixture
def desk() -> Iterator[Desk]:
    """One thread for everything, and the one for first answers."""
    found = Desk(1)
    yield found
    found.close()


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Pretend:
    return Pretend(monkeypatch)


def start(desk: Desk, scenario: Scenario, seed: int, replications: int) -> LiveRun:
    """A run whose seed is its visitor."""
    return desk.start(scenario, seed=seed, replications=replications, visitor=seed)


def test_a_first_answer_comes_while_another_run_holds_every_other_thread(desk, pretend, scenario):
    pretend.hold(10)
    long = start(desk, scenario, 1, 1000)
    assert pretend.taken(10)
    new = start(desk, scenario, 2, 1000)
    assert new.wait(SOON, FEW) and long.progress.done == 10
    assert [each for each in pretend.log if each[0] == 2] == [(2, number) for number in range(FEW)]


def test_the_first_replications_of_new_runs_go_before_the_later_ones_of_all_others(desk, pretend, scenario):
    pretend.hold(10)
    start(desk, scenario, 1, 1000)
    assert pretend.taken(10)
    pretend.hold(0)
    new = [start(desk, scenario, seed, 1000) for seed in (2, 3)]
    assert pretend.taken_by(2, 0)  # by the thread for first answers, which has prepared both
    pretend.go_on(10)  # the other thread has a choice now: its run of 1,000, or what nobody has yet
    assert pretend.taken_by(3, 0)
    pretend.go_on(0)
    assert all(run.wait(SOON, 2 * FEW) for run in new)
    first = [(seed, number) for seed in (2, 3) for number in range(FEW)]
    after = pretend.log[pretend.log.index((1, 10)) + 1 :]
    # Two threads write the log, so the last of the first may come after one that was taken after it.
    assert set(after[: len(first) - 1]) < set(first) < set(after[: len(first) + 1])


def test_runs_take_turns_however_much_each_wants(desk, pretend, scenario):
    pretend.hold(10)
    start(desk, scenario, 1, 1000)
    assert pretend.taken(10)
    others = [start(desk, scenario, 2, 30), start(desk, scenario, 3, 500)]
    assert all(run.wait(SOON, FEW) for run in others)
    begun = len(pretend.log)
    pretend.hold(11)
    pretend.go_on(10)
    pretend.go_on(11)
    assert others[0].wait(SOON)
    turns = [seed for seed, _ in pretend.log[begun : begun + 3 * 20]]
    assert len(turns) == 60 and all(set(turns[at : at + 3]) == {1, 2, 3} for at in range(0, 60, 3))


def test_a_run_that_goes_on_from_what_is_kept_is_no_new_run(desk, pretend, scenario):
    kept = start(desk, scenario, 2, 20)
    assert kept.wait(SOON)
    pretend.hold(10)
    start(desk, scenario, 1, 1000)
    assert pretend.taken_by(1, 10)
    more = start(desk, scenario, 2, 1000)
    assert more.result().replications == 20
    pretend.hold(25)
    pretend.go_on(10)
    assert more.wait(SOON, 25)
    turns = pretend.log[pretend.log.index((1, 11)) :]
    # From here on both take turns; neither is on the way to a first answer.
    assert {seed for seed, _ in turns[:2]} == {1, 2}


def test_whatever_visitors_do_nothing_is_lost_or_stuck_and_every_result_is_right(pretend, scenario):
    """Many visitors start, look, touch and cancel at random; some leave without a word; some replications fail."""
    pretend.failing[97] = RuntimeError("the last is never reached")
    desk = Desk(3, limits=Limits(runs=1, kept=4, kept_bytes=200_000), patience=0.05)
    right = {seed: pretend.part(seed, 0) for seed in range(5)}
    wrong: list[str] = []
    seen = [0, 0, 0]

    def visit(visitor: int) -> None:
        choose = random.Random(visitor)
        run: LiveRun | None = None
        try:
            for _ in range(150):
                what = choose.random()
                if run is None or what < 0.3:
                    try:
                        run = desk.start(
                            scenario,
                            seed=choose.randrange(5),
                            replications=choose.choice((1, 3, 8, 40, 400)),
                            visitor=visitor,
                        )
                        seen[0] += 1
                    except Busy:
                        seen[1] += 1
                elif what < 0.4:
                    run.cancel(visitor)
                elif what < 0.5:
                    time.sleep(0.002)
                elif what < 0.6:
                    run.wait(0.005, choose.randrange(1, 20))
                else:
                    run.touch(visitor)
                if run is None:
                    continue
                state, found, progress = run.state, run.result(choose.choice((None, 2, 10))), run.progress
                if state == "failed" and (run.error is not pretend.failing[97]):
                    wrong.append(f"{run.error!r}")
                if not 0 <= progress.done <= progress.of or not 0 <= progress.share <= 1:
                    wrong.append(f"{progress}")
                if found is not None:
                    seen[2] += 1
                    seed, count = run.wanted.seed, found.replications
                    if choose.random() < 0.1 and not same_measures(
                        found.values, pretend.measures(seed, count)
                    ):
                        wrong.append(f"{seed}: {count} replications differ")
                    if found.values.values[0, 0] != right[seed].values[0, 0]:
                        wrong.append(f"{seed}: another's numbers")
        except BaseException as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=visit, args=(visitor,)) for visitor in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4 * SOON)
    assert not any(thread.is_alive() for thread in threads) and wrong == []
    assert min(seen) > 20, seen  # started, refused, looked at
    # By now nobody asks any more: those who left without a word are let go once their patience has run out, not before.
    time.sleep(3 * desk.patience)
    alone = desk.start(scenario, seed=77, replications=60, visitor="the last")
    while not alone.wait(0.02):
        alone.touch("the last")
    assert alone.state == "finished"
    assert same_measures(alone.result().values, pretend.measures(77, 60))
    desk.close()
    assert len(desk._store) <= 4 and not desk._held and all(not each.shares for each in desk._store.values())
