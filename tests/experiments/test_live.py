"""Runs for many visitors: what they are told, and who shares what. Who is served when is in test_live_turns.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator.engine import compiled_engine
from simulator.engine.happenings import EngineError
from simulator.experiments import live, live_run, plan, runner
from simulator.experiments.live import Busy, Desk, Limits, LiveRun, TooLarge, Wanted
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import Problem, ScenarioError
from tests.experiments.pretend import Pretend, same_measures
from tests.money.worked import scenario_of, service

SOON = 30.0
"""Seconds in which anything at all happens on the busiest machine; nothing here takes a hundredth of them."""


def small(places: int = 2) -> Scenario:
    s = service(
        places=str(places), length={"exponential": "9 days"}, cost={"council": "£7 per place per week"}
    )
    return scenario_of(
        arrive={"a": "60 per year"}, services={"s": s}, designs={"more": {"services": {"s": {"places": "3"}}}},
        readings={"slow": {"weight": "100%", "services": {"s": {"length": {"exponential": "20 days"}}}}},
        outcomes={"helped": {"reached": "s completed", "within": "30 days"}},
    )  # fmt: skip


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk(2)
    yield found
    found.close()


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Pretend:
    return Pretend(monkeypatch)


def ended(run: LiveRun) -> LiveRun:
    assert run.wait(SOON), run.state
    return run


def test_results_are_those_of_the_runner_value_for_value(desk):
    how: dict[str, Any] = {"reading": "slow", "seed": 3, "draw": 2}
    run = ended(desk.start(small(), replications=12, **how))
    assert run.state == "finished" and run.error is None and run.message == ""
    for count in (7, 4, 12, 1):  # each table grows out of a shorter one where there is one
        found = run.result(count)
        plain = runner.run(small(), replications=count, **how)
        assert found is not None and same_measures(found.values, plain.values)
        pd.testing.assert_frame_equal(found.measures, plain.measures)
        assert (found.designs, found.replications, found.seed, found.draw, found.reading, found.gaps) == (
            plain.designs, plain.replications, plain.seed, plain.draw, plain.reading, plain.gaps,
        )  # fmt: skip
    full = run.result()
    assert full is not None and full.replications == 12 and run.result() is full
    with pytest.raises(ValueError, match="read-only"):
        full.values.values[0, 0] = 1.0


def test_measures_that_not_every_replication_has_come_out_as_the_runner_orders_them(desk, pretend):
    run = ended(desk.start(small(), replications=40))
    for count in (4, 5, 11, 40):
        assert same_measures(run.result(count).values, pretend.measures(1, count))


def test_there_is_no_result_before_the_first_few_are_in_and_then_the_most_that_are_in_order(desk, pretend):
    pretend.hold(4, 6)
    run = desk.start(small(), replications=20)
    assert run.wait(SOON, 4) and run.state == "running"
    assert pretend.taken(6)  # both threads are held now, one of them at 6
    assert run.result().replications == 4 and run.progress.done == 5 and 0.25 <= run.progress.share < 1
    assert run.result(2).replications == 2
    pretend.go_on(4)
    assert run.wait(SOON, 6) and run.result().replications == 6
    pretend.go_on(6)
    assert ended(run).result().replications == 20
    assert run.progress == runner.Progress(20, 20, 0.0, 1.0)


def test_nothing_is_told_before_anything_is_known(desk, pretend):
    pretend.hold(0)
    run = desk.start(small(), replications=20)
    assert pretend.taken(0) and run.result() is None and run.result(1) is None and not run.wait(0.01)
    pretend.go_on(0)
    with pytest.raises(ValueError, match="up_to must be 1 or more"):
        run.result(0)


def test_whoever_wants_the_same_shares_the_numbers(desk, pretend):
    one = ended(desk.start(small(), replications=10, visitor="one"))
    for count, visitor in ((10, "two"), (6, "three"), (14, "four")):
        assert desk.has(Wanted.of(small(), replications=count)) == (count <= 10)
        run = ended(desk.start(small(), replications=count, visitor=visitor))
        assert same_measures(run.result().values, pretend.measures(1, count))
    assert sorted(pretend.numbers()) == list(range(14))
    assert one.result().replications == 10


@pytest.mark.parametrize(
    "other",
    [{"seed": 2}, {"draw": 1}, {"reading": "slow"}, {"designs": ["now"]}, {"designs": ["more", "now"]}],
)
def test_whoever_wants_something_else_shares_nothing(desk, pretend, other):
    ended(desk.start(small(), replications=5, visitor="one"))
    ended(desk.start(small(), replications=5, visitor="two", **other))
    ended(desk.start(small(places=1), replications=5, visitor="two"))
    assert sorted(pretend.numbers()) == sorted([*range(5)] * 3)


def test_asked_for_the_same_again_it_is_the_same_run(desk, pretend):
    pretend.hold(0)
    first = desk.start(small(), replications=10, visitor="one")
    assert desk.start(small(), ["now", "more", "now"], replications=10, visitor="one") is first
    assert desk.start(small(), replications=10, visitor="two") is not first


def test_a_run_stops_when_nobody_wants_it_and_keeps_what_is_in(desk, pretend):
    pretend.hold(5, 90)
    one = desk.start(small(), replications=1000, visitor="one")
    two = desk.start(small(), replications=1000, visitor="two")
    assert pretend.taken(5) and one.wait(SOON, 5)
    one.cancel("somebody else")
    one.cancel("one")
    assert (one.state, two.state) == ("cancelled", "running") and one.result().replications == 5
    pretend.go_on(5)
    assert two.wait(SOON, 90) and one.result().replications == 5  # what was in when it was stopped
    assert pretend.taken(90)
    two.cancel("two")
    assert pretend.stopped(90)
    assert two.state == "cancelled" and two.progress == runner.Progress(90, 1000, None, 0.09)
    assert not two.touch("two")
    pretend.go_on(90)
    again = ended(desk.start(small(), replications=1000, visitor="one"))
    assert sorted(pretend.done()) == list(range(1000)) and again.result().replications == 1000


def test_a_visitor_has_one_run_at_a_time(desk, pretend):
    pretend.hold(3)
    first = desk.start(small(), replications=500, visitor="one")
    assert pretend.taken(3)
    more = desk.start(small(), replications=20, visitor="one")
    assert first.state == "cancelled" and more.state == "running"
    pretend.go_on(3)
    assert ended(more).state == "finished" and pretend.numbers().count(3) == 1  # it went on, not again
    desk.start(small(places=1), replications=5, visitor="one")
    assert more.state == "finished"


def test_who_has_gone_is_withdrawn_and_who_still_looks_is_not(monkeypatch, pretend):
    now = [0.0]
    for module in (live, live_run):
        monkeypatch.setattr(module, "monotonic", lambda: now[0])
    desk = Desk(2, patience=60)
    try:
        pretend.hold(4, 5)
        gone = desk.start(small(), replications=50, visitor="gone")
        there = desk.start(small(places=1), replications=50, visitor="there")
        assert gone.wait(SOON, 4) and there.wait(SOON, 4)
        now[0] = 50.0
        assert there.touch("there") and not there.touch("gone")
        now[0] = 70.0
        pretend.go_on(4, 5)
        assert ended(there).state == "finished"
        assert ended(gone).state == "cancelled" and gone.result().replications >= 4
        assert not gone.touch("gone")
    finally:
        desk.close()


def test_a_failure_is_told_with_what_came_before_it_and_is_tried_again_only_when_all_have_left(desk, pretend):
    pretend.failing[9] = EngineError("time stands still")
    pretend.failing[11] = EngineError("of several, the first by number is told")
    run = ended(desk.start(small(), replications=30, visitor="one"))
    assert run.state == "failed" and str(run.error) == "time stands still" and run.result().replications == 9
    assert ended(desk.start(small(), replications=9, visitor="two")).state == "finished"
    same = ended(desk.start(small(), replications=40, visitor="three"))
    assert same.state == "failed" and same.error is run.error and pretend.numbers().count(9) == 1
    pretend.failing.clear()
    for visitor, each in (("one", run), ("three", same)):
        each.cancel(visitor)
        assert each.state == "failed" and str(each.error) == "time stands still"
    desk.start(small(places=1), replications=1, visitor="two")
    assert ended(desk.start(small(), replications=30, visitor="one")).state == "finished"


def test_an_error_of_any_kind_leaves_the_threads_alive(desk, pretend):
    for number, error in enumerate((MemoryError(), SystemExit(), KeyError("a mistake of ours"))):
        pretend.failing[0] = error
        run = ended(desk.start(small(), replications=5, seed=number))
        assert run.state == "failed" and run.error is error and run.result() is None
    pretend.failing.clear()
    assert ended(desk.start(small(), replications=5, seed=9)).state == "finished"


def test_what_cannot_be_prepared_fails_in_the_words_of_the_visitors_own_file(desk, monkeypatch):
    def refuse(scenario: Scenario, *_: Any, **__: Any) -> Any:
        raise ScenarioError([Problem(7, 1, "services.s", "cannot be told in money", file=scenario.file)])

    monkeypatch.setattr(plan, "prepare_all", refuse)
    text = small().text
    one = ended(desk.start(load_text(text, "one.yaml"), replications=5, visitor="one"))
    two = ended(desk.start(load_text(text, "two.yaml"), replications=5, visitor="two"))
    assert str(one.error).startswith("one.yaml:7:1") and str(two.error).startswith("two.yaml:7:1")


def test_results_carry_the_visitors_own_file(desk, pretend):
    text = small().text
    runs = [
        desk.start(load_text(text, name), replications=5, visitor=name) for name in ("one.yaml", "two.yaml")
    ]
    assert [ended(run).result().scenario.file for run in runs] == ["one.yaml", "two.yaml"]
    assert sorted(pretend.numbers()) == list(range(5))


def test_first_use_is_told_to_whoever_waits_and_holds_nobody_up(desk, pretend, monkeypatch):
    go_on = threading.Event()
    told = threading.Event()

    def make_ready(say: Any) -> None:
        say("Preparing for fast runs on this machine: about a minute, once ...")
        told.set()
        assert go_on.wait(SOON)

    monkeypatch.setattr(live.first_use, "make_ready", make_ready)
    runs = [desk.start(small(), replications=5, seed=seed, visitor=seed) for seed in range(6)]
    assert told.wait(SOON)
    # Three threads, so three of the runs have no thread yet, and are waiting for the same thing.
    assert {run.state for run in runs} == {"preparing"}
    assert {run.message[:9] for run in runs} == {"Preparing"}
    go_on.set()
    assert {ended(run).state for run in runs} == {"finished"} and {run.message for run in runs} == {""}


def test_one_long_replication_stops_in_the_middle(monkeypatch):
    monkeypatch.setattr(compiled_engine, "SLICE", 50)
    desk = Desk(1)
    busy = scenario_of(arrive={"a": "1000000 per year"}, services={"s": service(length="3 days")})
    run = desk.start(busy, replications=1)
    while run.progress.share == 0:
        assert run.goes_on
    run.cancel(None)
    desk.close()
    assert run.state == "cancelled" and not run.series.shares and len(run.series.gathered) == 0


def test_names_and_numbers_are_checked_before_anything_is_queued(desk, pretend):
    with pytest.raises(ScenarioError, match="there is no design `mor`"):
        desk.start(small(), ["mor"], replications=5)
    with pytest.raises(ScenarioError, match="there is no reading `fast`"):
        desk.start(small(), reading="fast", replications=5)
    with pytest.raises(ValueError, match="replications must be 1 to"):
        desk.start(small(), replications=0)
    with pytest.raises(ValueError, match="a draw is 1, 2"):
        desk.start(small(), draw=0, replications=5)
    assert pretend.numbers() == []


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (
            {"people": 10},
            r"about 1[67] people, and this shared server takes up to 10: lower the number who arrive",
        ),
        (
            {"people_in_all": 1000},
            r"About 3[23] people in all designs over 50 runs .* ask for 30 runs or fewer",
        ),
        ({"people_in_all": 10}, r"ask for 1 run or fewer"),
        ({"replications": 49}, r"50 runs are more than this shared server takes: ask for 49 or fewer"),
    ],
)
def test_what_is_too_large_is_refused_in_one_sentence(pretend, limits, sentence):
    desk = Desk(1, limits=Limits(**limits))
    try:
        with pytest.raises(TooLarge, match=sentence):
            desk.start(small(), replications=50)
        assert pretend.numbers() == []
    finally:
        desk.close()


def test_results_that_fill_too_much_end_the_run(pretend):
    desk = Desk(1, limits=Limits(run_bytes=20_000))
    try:
        run = ended(desk.start(small(), replications=5000))
        assert run.state == "failed" and isinstance(run.error, TooLarge)
        assert 4 <= run.result().replications <= len(pretend.done()) < 5000
    finally:
        desk.close()


def test_a_full_server_refuses_the_next_visitor_and_leaves_the_runs_there_are(pretend):
    desk = Desk(1, limits=Limits(runs=2))
    try:
        pretend.hold(0)
        one = desk.start(small(), replications=5, visitor="one")
        desk.start(small(), replications=5, seed=2, visitor="two")
        with pytest.raises(Busy, match="busy with 2 runs of other visitors: try again"):
            desk.start(small(), replications=5, seed=3, visitor="three")
        desk.start(small(), replications=9, visitor="three")  # the numbers of the first
        desk.start(small(), replications=5, seed=4, visitor="two")  # instead of the second
        with pytest.raises(Busy):
            desk.start(small(), replications=5, seed=5, visitor="one")  # the third still wants the first
        assert one.goes_on
        pretend.go_on(0)
        ended(one)
    finally:
        desk.close()


@pytest.mark.parametrize("bound", ["kept", "kept_bytes"])
def test_the_least_recently_used_results_are_forgotten_first(desk, pretend, bound):
    looked_at = ended(desk.start(small(), replications=4, seed=4, visitor="looks at it"))
    for seed in (1, 2, 1, 3):
        run = ended(desk.start(small(), replications=4, seed=seed))
        # Room for three; they differ a little in size.
        room = {"kept": 3} if bound == "kept" else {"kept_bytes": int(3.5 * run.series.nbytes)}
        desk.limits = Limits(**room)
    there = [desk.has(Wanted.of(small(), seed=seed, replications=4)) for seed in (1, 2, 3)]
    assert there == [True, False, True] and desk.has(looked_at.wanted)


def test_a_data_frame_that_was_asked_for_counts_among_what_is_kept(desk):
    run = ended(desk.start(small(), replications=4))
    before = run.series.nbytes
    frame = run.result().measures
    assert run.series.nbytes >= before + frame.memory_usage(deep=False).sum()


def test_a_closed_desk_has_no_threads_and_takes_nothing(pretend):
    desk = Desk(2)
    pretend.hold(0)
    run = desk.start(small(), replications=5)
    assert pretend.taken(0)
    desk.close()
    assert run.state == "cancelled" and not any(thread.is_alive() for thread in desk._threads)
    with pytest.raises(RuntimeError, match="closed"):
        desk.start(small(), replications=5)


def test_there_is_one_shared_desk_made_when_first_asked_for(monkeypatch):
    made: list[object] = []
    monkeypatch.setattr(live, "_SHARED", [])
    monkeypatch.setattr(live, "Desk", lambda: made.append(object()) or made[-1])
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(live.shared_desk())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and found == made * 8


def test_wanted_tells_every_input_apart():
    plain: dict[str, Any] = {"replications": 5}
    others = [{"seed": 2}, {"draw": 1}, {"reading": "slow"}, {"designs": ["now"]}, {"replications": 6}]
    each = [Wanted.of(small(), **plain), Wanted.of(small(1), **plain)]
    each += [Wanted.of(small(), **{**plain, **other}) for other in others]
    assert len(set(each)) == len(each)
    assert Wanted.of(small(), ["now", "more"], **plain) == Wanted.of(small(), **plain)
    assert np.array_equal([len(one.digest) for one in each], [64] * len(each))
