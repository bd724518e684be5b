"""A visitor's run: asked for, followed while it goes on elsewhere, stopped, and its result kept for this visit.

Runs go on in the threads of one desk for all visitors (`experiments.live`); this script only looks. A result belongs to
what it was made from, so going back to earlier settings shows the earlier result at once.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard.choices import SEED, Choices
from simulator.dashboard.text import plain
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from simulator.api import Comparison
    from simulator.dashboard.frame import View
    from simulator.experiments.live import LiveRun, Wanted

VISITOR = "visitor"
RUN = "run"
ASKED = "asked"
STOPPED = "stopped"
STOP = "stop"
HELD = "held"
SHOWN = "shown"
BEFORE = "before"
# A first answer is worth waiting for this long, in seconds: better than a page that says "wait" and then jumps.
FIRST_ANSWER = 0.7
LOOK_EVERY = 0.7
# A page is drawn again when there are this many times as many runs as it shows.
SHARPER = 5
GOING_ON = ("waiting", "preparing", "running")


@dataclass(frozen=True)
class Last:
    """A comparison that a visitor has seen, and what it was made from. source: the key of its scenario."""

    source: str
    wanted: Wanted
    comparison: Comparison

    @property
    def whole(self) -> bool:
        """Whether all the runs that were wanted are in it."""
        return self.comparison.result.replications == self.wanted.replications


@dataclass(frozen=True)
class Shown:
    """What a visitor sees: a comparison of some of `of` runs, or none yet.

    state: as of `LiveRun`, or "not asked". stale: the comparison belongs to earlier settings. error: why there is none.
    unchanged: the settings before these gave the same figures throughout.
    """

    comparison: Comparison | None
    state: str
    of: int
    stale: bool = False
    error: str = ""
    unchanged: bool = False

    @property
    def going_on(self) -> bool:
        return self.state in GOING_ON

    @property
    def done(self) -> int:
        return self.comparison.result.replications if self.comparison else 0


def visitor() -> str:
    """A name for this visit that no other has."""
    return str(st.session_state.setdefault(VISITOR, uuid.uuid4().hex))


def can_vary(scenario: Scenario, reading: str | None = None) -> bool:
    """Whether runs could show doubt about the numbers (`plan.can_vary`), of a scenario that a shared server takes at all."""
    from simulator.experiments import live_limits, plan

    try:  # what is too large is not even looked through
        live_limits.check_limits(list(scenario.designs.values()), 1, live_limits.Limits())
    except live_limits.TooLarge:
        return False
    return plan.can_vary(scenario, reading)


def follow(scenario: Scenario, choices: Choices, *, by_itself: bool) -> Shown:
    """Ask for the run of these choices (by_itself: without a button), wait a moment for a first answer, say what there is."""
    from simulator.experiments import live

    designs = (scenario.baseline, choices.design)
    wanted = _wanted(scenario, choices)
    desk, run, stopped = live.shared_desk(), st.session_state.get(RUN), st.session_state.get(STOPPED)
    gone = run is not None and not run.touch(visitor())  # the page slept for too long, and others went first
    if st.session_state.pop(STOP, False) and run is None and (stopped is None or stopped.wanted != wanted):
        st.session_state[HELD] = wanted  # a change and a press of Stop that came together
    if run is None or run.wanted != wanted or (gone and run.state == "cancelled"):
        if stopped is not None and stopped.wanted == wanted and not desk.has(wanted):
            return _seen(stopped, choices)
        held = not by_itself or st.session_state.get(HELD) == wanted
        if held and st.session_state.get(ASKED) != wanted and not desk.has(wanted):
            return _earlier("not asked", wanted, choices)
        try:
            run = desk.start(
                scenario,
                designs,
                reading=choices.reading,
                vary=choices.vary,
                seed=SEED,
                replications=choices.runs,
                visitor=visitor(),
            )
        except ValueError as error:  # too large for a server that many share, or too many wait
            _withdraw()
            return Shown(None, "failed", choices.runs, error=str(error))
        st.session_state[RUN] = run
    run.wait(FIRST_ANSWER, live.FEW)
    return _seen(run, choices)


def _wanted(scenario: Scenario, choices: Choices) -> Wanted:
    from simulator.experiments import live

    return live.Wanted.of(
        scenario,
        (scenario.baseline, choices.design),
        reading=choices.reading,
        vary=choices.vary,
        seed=SEED,
        replications=choices.runs,
    )


def _withdraw() -> None:
    """The visitor's run is wanted no more."""
    run: LiveRun | None = st.session_state.get(RUN)
    if run is not None:
        run.cancel(visitor())
    st.session_state[RUN] = None


def _seen(run: LiveRun, choices: Choices) -> Shown:
    from simulator.api import Comparison

    state = run.state  # before the result: a run that ends in between is looked at again
    result = run.result()
    if state == "failed":
        return Shown(None, state, choices.runs, error=in_words(run.error))
    if result is None:
        return _earlier(state, run.wanted, choices)
    last: Last | None = st.session_state.get(SHOWN)
    if last is not None and last.wanted != run.wanted and last.whole:
        st.session_state[BEFORE] = last
    if (
        last is None
        or last.wanted != run.wanted
        or last.comparison.result.replications != result.replications
    ):
        last = Last(choices.source, run.wanted, Comparison(result, choices.design))
        st.session_state[SHOWN] = last
    return Shown(last.comparison, state, choices.runs, unchanged=_unchanged(last))


def _earlier(state: str, wanted: Wanted, choices: Choices) -> Shown:
    """What was shown last of this scenario and design, marked as of earlier settings unless it is of these."""
    last: Last | None = st.session_state.get(SHOWN)
    if last is None or last.source != choices.source or last.wanted.designs != wanted.designs:
        return Shown(None, state, wanted.replications)
    return Shown(last.comparison, state, wanted.replications, stale=last.wanted != wanted)


def _unchanged(found: Last) -> bool:
    """Whether the settings before these gave the same numbers, run by run. Known when both have all of as many runs."""
    import numpy as np

    before: Last | None = st.session_state.get(BEFORE)
    if before is None or not found.whole or before.wanted == found.wanted or before.source != found.source:
        return False
    old, new = before.comparison.result, found.comparison.result
    return (
        old.designs == new.designs
        and old.values.keys == new.values.keys
        and old.values.values.shape == new.values.values.shape
        and bool(np.array_equal(old.values.values, new.values.values, equal_nan=True))
    )


def in_words(error: BaseException | None) -> str:
    """A failure in sentences; of one that nobody foresaw, that it happened."""
    from simulator.engine.happenings import EngineError

    if isinstance(error, ScenarioError):
        return " ".join(
            f"{problem.message}{f'; {problem.suggestion}' if problem.suggestion else ''}."
            for problem in error.problems[:3]
        )
    if isinstance(error, EngineError | ValueError | MemoryError) and str(error):
        return str(error)
    return "Something went wrong that should not have. Other settings may work; the command line says more."


def status(view: View) -> None:
    """How far the run is, with a way to stop it; looks again by itself while it goes on. Says what the figures below are."""
    shown = view.shown
    if shown is None:
        return
    if shown.going_on:
        st.fragment(_look, run_every=LOOK_EVERY)(shown)
    elif shown.state == "failed":
        st.error(f"**This could not be run.** {plain(shown.error)}")
        st.button("Try again", on_click=_withdraw)
    elif shown.state == "cancelled":
        _banner(
            shown, f"Stopped after {_some(shown)}." if shown.comparison and not shown.stale else "Stopped."
        )
        st.button("Go on", on_click=_go_on, type="primary")
    elif shown.state == "not asked":
        _banner(shown, "" if shown.comparison else "Nothing has run yet.")
        assert view.choices is not None
        st.button(f"Run {view.choices.runs:,} times", on_click=_go, args=(view,), type="primary")
    if shown.unchanged:
        st.info("This change made no difference to any figure, in any run.")


def _banner(shown: Shown, words: str) -> None:
    if shown.stale:
        words = f"{words} Settings changed since this run: the figures below belong to the earlier ones."
    if words:
        st.warning(words.strip())


def _some(shown: Shown) -> str:
    return f"{shown.done:,} of {shown.of:,} runs; the figures below are of these"


def _look(shown: Shown) -> None:
    """Drawn again and again while the run goes on; the whole page only when there is more to show."""
    run: LiveRun | None = st.session_state.get(RUN)
    if run is None:  # stopped: the press of the button drew this part alone
        st.rerun()
    run.touch(visitor())
    progress, state = run.progress, run.state
    if state not in GOING_ON:
        st.rerun()
    if shown.stale or shown.comparison is None:
        enough = run.result() is not None
    else:
        enough = run.wait(0.0, SHARPER * shown.done)
    if enough:
        st.rerun()
    if state == "preparing" and run.message:
        text = plain(run.message)
    elif state == "waiting":
        text = "Waiting for a turn: others are running too"
    else:
        text = f"{progress.done:,} of {progress.of:,} runs{left(progress.seconds_left)}"
    if shown.stale:
        text = f"Settings changed since this run: the figures below belong to the earlier ones. {text}"
    elif shown.comparison is not None:
        text = f"A rough answer, from {shown.done:,} runs; it sharpens. {text}"
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(min(1.0, max(0.0, progress.share)), text=text)
    stop.button("Stop", on_click=_stop, key="stop", help="What is in by then is kept and shown.")


def left(seconds: float | None) -> str:
    """How long something will take, for behind what it has done; empty where that is not known or soon over."""
    if seconds is None or not math.isfinite(seconds) or seconds < 1:
        return ""
    if seconds < 90:
        return f", about {seconds:.0f} seconds left"
    return f", about {seconds / 60:.0f} minutes left"


def _stop() -> None:
    st.session_state[STOP] = True
    st.session_state[STOPPED] = st.session_state.get(RUN)
    _withdraw()


def _go_on() -> None:
    """Ask again for what was stopped: what is in by now is kept."""
    stopped: LiveRun | None = st.session_state.pop(STOPPED, None)
    st.session_state[ASKED] = stopped.wanted if stopped else None


def _go(view: View) -> None:
    assert view.choices is not None
    st.session_state[ASKED] = _wanted(view.scenario, view.choices)
