"""Runs for many visitors of one server: asked for and looked at by pages that never wait, worked on by a few threads.

    desk = shared_desk()
    run = desk.start(scenario, designs, replications=1_000, visitor=token)   # at once
    run.state, run.progress, run.result()                                    # at any time, as often as wanted

A `Desk` serves replication by replication: runs take turns, and the first few of a new run go before the later ones of all
others. Whoever wants the same inputs shares the numbers, with fewer replications or more; replications that are in are
never done again while they are kept. It runs the compiled engine, which lets go of the interpreter.

    live_run       a run as its visitor sees it
    live_limits    what one visitor may ask for
    live_series    what is done and to do of one set of inputs
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import replace
from threading import Condition, Lock, Thread
from time import monotonic

from simulator.analysis.measures import Measures
from simulator.experiments import first_use
from simulator.experiments.engines import DEFAULT
from simulator.experiments.live_limits import Busy, Limits, TooLarge, check_draw, check_limits
from simulator.experiments.live_run import LiveRun, Wanted
from simulator.experiments.live_series import FEW, PREPARING, READY, WAITING, Series
from simulator.experiments.plan import Plan, gaps_of
from simulator.experiments.replication import replicate
from simulator.experiments.runner import Cancelled, check_counts
from simulator.scenario.load import Scenario

__all__ = ["FEW", "PATIENCE", "Busy", "Desk", "Limits", "LiveRun", "TooLarge", "Wanted", "shared_desk"]

PATIENCE = 60.0
"""Seconds after which a visitor who has not asked is taken to have gone."""
# How often, in seconds, visitors who have gone are looked for.
_ROUND = 1.0


class Desk:
    """A fixed number of threads that work on everybody's runs, and the results so far by what they depend on.

    workers: threads (None: one a core). One more takes first answers only, so that these come although every other thread
    is in the middle of a long replication. patience: see `PATIENCE`. Its threads end with the process, or on `close`.
    """

    def __init__(
        self, workers: int | None = None, *, limits: Limits | None = None, patience: float = PATIENCE
    ) -> None:
        self.limits = limits or Limits()
        self.patience = patience
        self.changed = Condition(Lock())
        self._closed = False
        self._held: dict[Hashable, LiveRun] = {}  # by visitor
        self._store: dict[Wanted, Series] = {}  # by their inputs; the last used at the end
        self._turns: deque[Series] = deque()
        self._said: dict[Series, str] = {}  # by whoever makes this machine ready
        self._next_round = 0.0
        several = workers or os.cpu_count() or 1
        self._threads = [
            Thread(target=self._work, args=(number == several,), name=f"desk-{number}", daemon=True)
            for number in range(several + 1)
        ]
        for thread in self._threads:
            thread.start()

    def start(
        self,
        scenario: Scenario,
        designs: Sequence[str] | None = None,
        *,
        reading: str | None = None,
        draw: int | None = None,
        vary: bool = False,
        seed: int = 1,
        replications: int,
        visitor: Hashable = None,
    ) -> LiveRun:
        """Have designs (default: all) run for a visitor; see `runner.run`. Returns at once.

        A visitor has one run at a time: this withdraws from the one before, unless that is finished. Asked for the same
        again, it is the same run. Raises ScenarioError for a design or reading that the file does not have, ValueError for a
        number that cannot be, TooLarge and Busy (ValueErrors too) for what a shared server does not take. Then the run
        before goes on.
        """
        check_counts(replications, draw, vary)
        wanted = Wanted.of(
            scenario, designs, reading=reading, draw=draw, vary=vary, seed=seed, replications=replications
        )
        with self.changed:
            if (run := self._again(wanted, scenario, visitor)) is not None:
                return run
        readings = [None, *scenario.document.readings] if vary and reading is None else [reading]
        documents = [scenario.design(name, each) for name in wanted.designs for each in readings]
        check_limits(documents, replications, self.limits)
        with self.changed:
            if self._closed:
                raise RuntimeError("this desk is closed")
            if (run := self._again(wanted, scenario, visitor)) is not None:  # by the same visitor, meanwhile
                return run
            self._look_round()
            before = self._held.get(visitor)
            key = _inputs(wanted)
            series = self._store.get(key)
            others = {id(each.series) for each in self._held.values() if each is not before and each.goes_on}
            if len(others) >= self.limits.runs and (series is None or id(series) not in others):
                raise Busy(
                    f"The server is busy with {len(others):,} runs of other visitors: try again in a minute."
                )
            if series is None:
                series = Series(scenario, wanted.designs, reading, draw, seed, vary)
            run = LiveRun(self, series, wanted, scenario, visitor)
            series.targets[run] = replications
            self._store[key] = series
            if before is not None:
                self.withdraw(before)
            self._held[visitor] = run
            self._used(key)
            self._enqueue(series)
            self._make_room()
            return run

    def has(self, wanted: Wanted) -> bool:
        """Whether everything that is wanted is here already, so that `start` has it at once."""
        with self.changed:
            series = self._store.get(_inputs(wanted))
            return series is not None and series.gathered.in_order >= wanted.replications

    def close(self) -> None:
        """Stop everything and wait for the threads to end. What is in stays with those who hold their runs."""
        with self.changed:
            self._closed = True
            for run in list(self._held.values()):
                self.withdraw(run)
            self.changed.notify_all()
        for thread in self._threads:
            thread.join()

    # With the lock held:

    def _again(self, wanted: Wanted, scenario: Scenario, visitor: Hashable) -> LiveRun | None:
        run = self._held.get(visitor)
        if run is None or run.wanted != wanted or run.scenario.file != scenario.file:
            return None
        self.touch(run, visitor)
        self._used(_inputs(wanted))
        return run

    def touch(self, run: LiveRun, visitor: Hashable) -> bool:
        """See `LiveRun.touch`."""
        if self._held.get(visitor) is not run:
            return False
        run.asked = monotonic()
        return True

    def withdraw(self, run: LiveRun) -> None:
        """A visitor's run is this visitor's no more, with what is in by now."""
        run.let_go()
        del self._held[run.visitor]
        series = run.series
        del series.targets[run]
        series.rest()
        if series.failures and not series.targets:
            # Whoever asks again has it tried again.
            for key in [key for key, each in self._store.items() if each is series]:
                del self._store[key]
        self.changed.notify_all()

    def _look_round(self) -> None:
        """Withdraw visitors who have gone."""
        now = monotonic()
        if now < self._next_round:
            return
        self._next_round = now + min(_ROUND, self.patience)
        for run in [each for each in self._held.values() if now - each.asked > self.patience]:
            self.withdraw(run)

    def _used(self, key: Wanted) -> None:
        if key in self._store:
            self._store[key] = self._store.pop(key)

    def _make_room(self) -> None:
        """Forget what nobody looks at, the least recently used first, until the rest is within the limits."""
        sizes = {key: series.nbytes for key, series in self._store.items()}
        total = sum(sizes.values())
        for key, size in sizes.items():
            if len(self._store) <= self.limits.kept and total <= self.limits.kept_bytes:
                return
            if not self._store[key].targets:
                del self._store[key]
                total -= size

    def _enqueue(self, series: Series) -> None:
        if series.has_work and series not in self._turns:
            self._turns.append(series)
            self.changed.notify_all()

    def first_use_says(self) -> str:
        """What is said while this machine is made ready, empty otherwise."""
        return next(iter(self._said.values()), "")

    def _take(self, first_answers: bool) -> Series | None:
        """Whose turn it is: runs on the way to a first answer before all others, each kind in turn."""
        self._look_round()
        self._turns = deque(series for series in self._turns if series.has_work)
        found = next((series for series in self._turns if series.is_urgent), None)
        if found is None and not first_answers and self._turns:
            found = self._turns[0]
        if found is not None:
            self._turns.remove(found)
        return found

    # In the threads:

    def _work(self, first_answers: bool) -> None:
        while True:
            number = None
            with self.changed:
                while (series := None if self._closed else self._take(first_answers)) is None:
                    if self._closed:
                        return
                    self.changed.wait()
                if series.stage == WAITING:
                    series.stage = PREPARING
                else:
                    number = series.hand_out()
                    self._enqueue(series)
            if number is None:
                self._prepare(series)
            else:
                self._replicate(series, number)

    def _prepare(self, series: Series) -> None:
        def say(text: str) -> None:
            with self.changed:
                self._said[series] = text

        found: Plan | BaseException
        try:
            found = Plan(
                series.scenario,
                series.designs,
                seed=series.seed,
                draw=series.draw,
                reading=series.reading,
                vary=series.vary,
            )
            first_use.make_ready(say)
        except BaseException as error:  # whatever it is, the thread has others to serve
            found = error
        with self.changed:
            self._said.pop(series, None)
            if isinstance(found, BaseException):
                series.stage = WAITING
                series.failures[series.gathered.in_order] = found
            else:
                series.stage, series.plan, series.sampled = READY, found, found.sampled
                series.ready_at = monotonic()
            self._after(series)

    def _replicate(self, series: Series, number: int) -> None:
        def watch(share: float) -> None:
            with self.changed:
                series.shares[number] = share
                self._look_round()
                if self._closed or number >= series.end:
                    raise Cancelled("the run was stopped")

        found: Measures | BaseException
        plan = series.plan
        gaps: dict[str, float] = {}
        try:
            assert plan is not None
            if series.vary:
                check_draw(series.scenario, series.designs, plan.drawn(number), self.limits)
            prepared = plan.prepared(number)
            gaps = gaps_of(prepared)
            found = replicate(prepared, number, engine=DEFAULT, watch=watch)
        except BaseException as error:  # whatever it is, the thread has others to serve
            found = error
        with self.changed:
            if isinstance(found, Cancelled):
                series.give_back(number)
            elif isinstance(found, BaseException):
                series.give_back(number, found)
            else:
                series.put(number, found, gaps, monotonic())
                if series.gathered.nbytes > self.limits.run_bytes:
                    series.failures.setdefault(series.gathered.in_order, _too_much(series, self.limits))
            self._after(series)

    def _after(self, series: Series) -> None:
        series.rest()
        self._enqueue(series)
        if not series.has_work and not series.shares:
            self._make_room()
        self.changed.notify_all()


def _too_much(series: Series, limits: Limits) -> TooLarge:
    done = len(series.gathered)
    return TooLarge(
        f"The results of {done:,} runs of this scenario fill {limits.run_bytes / 2**20:,.0f} MB, which is all that a shared "
        "server keeps for one run: ask for fewer runs, or run it on your own machine with the command line."
    )


def _inputs(wanted: Wanted) -> Wanted:
    """What the numbers depend on, whatever the number of replications."""
    return replace(wanted, replications=0)


_SHARED: list[Desk] = []
_MAKING = Lock()


def shared_desk() -> Desk:
    """The desk of this process, made when first asked for."""
    with _MAKING:
        if not _SHARED:
            _SHARED.append(Desk())
        return _SHARED[0]
