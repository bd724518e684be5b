"""What matters most: how sure the answer is, which numbers move it, what knowing more is worth, and what if it goes badly.

Each question takes many runs, so it is asked with a button and answered in the background (`experiments.background`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from simulator.dashboard import parts, runs
from simulator.dashboard.choices import SEED
from simulator.dashboard.text import plain
from simulator.present.numbers import MINUS

if TYPE_CHECKING:
    from simulator.dashboard.frame import View
    from simulator.experiments.background import Question
    from simulator.present.doubt.answer import Answer

DRAWS = 256
LOOK_EVERY = 0.7
WORTH = "worth"
GOING_ON = ("waiting", "preparing", "running")


@dataclass(frozen=True)
class Topic:
    """Questions that the same runs answer. ask: starts these runs; answers: from what they gave and what one effect is worth."""

    name: str
    title: str
    about: str
    runs: int
    ask: Callable[[View, Any], Any]
    answers: Callable[[Any, float], list[Answer]]


def show(view: View) -> None:
    from simulator.experiments.uncertain import uncertain_numbers

    parts.top(view, "What matters most, and how sure are we?")
    if view.choices is None or view.shown is None or view.shown.state == "failed":
        return
    designs = (view.scenario.baseline, view.choices.design)
    numbers = uncertain_numbers(view.scenario, designs)
    if not numbers and not view.scenario.document.readings:
        st.info(
            "No number of this scenario has a range, so there is no doubt to look at. Write ranges where a number is uncertain, "
            "such as 60% (48% to 76%)."
        )
        return
    said = f"{len(numbers):,} numbers of this scenario are uncertain"
    if view.scenario.document.readings:
        said += f", and the evidence can be read in {1 + len(view.scenario.document.readings):,} ways"
    st.write(
        f"{said}. Each question below is answered by running the model again with other numbers. A draw is one possible "
        "world, in which each of them has some value within its doubt. Net benefit is what the design saves, and what the crises "
        "avoided are worth, less what it costs more."
    )
    worth = _worth()
    for topic in TOPICS:
        _topic(view, topic, worth)
    _commands(view)


def _commands(view: View) -> None:
    """The same answers on the command line."""
    import shlex

    assert view.choices is not None
    st.subheader("The same on the command line")
    words = [view.source.file, "--design", view.choices.design, "--seed", str(SEED)]
    for name, text in sorted(view.choices.settings.items()):
        words += ["--set", f"{name}={text}"]
    worth = ["--worth", f"{st.session_state.get(WORTH, 0)}"]
    drawn, chosen = _drawn_as(view), view.choices.reading
    for_draws = ["--reading", drawn] if drawn else []
    reading = ["--reading", chosen] if chosen else []
    for command, more in (
        ("uncertainty", ["--draws", str(DRAWS), *worth, *for_draws]),
        ("information", ["--draws", str(DRAWS), *worth, *for_draws]),
        ("sensitivity", [*worth, *reading]),
        ("stress", reading),
    ):
        st.code(shlex.join(["simulator", command, *words, *more]), language=None, wrap_lines=True)


def _worth() -> float:
    """What one crisis avoided is worth, in pounds, over and above what it saves."""
    return float(
        st.number_input(
            "What is avoiding one crisis worth, beyond the money it saves? (£)",
            min_value=0,
            max_value=10_000_000,
            value=0,
            step=5_000,
            key=WORTH,
            help="At £0 money alone decides. It changes no run, only how the answers weigh crises against money.",
        )
    )


def _topic(view: View, topic: Topic, worth: float) -> None:
    from simulator.experiments.background import shared_office

    st.header(topic.title)
    st.caption(topic.about)
    key = _key(view, topic)
    question = shared_office().look(key, runs.visitor())
    again = question is None or question.state in ("failed", "cancelled")
    if again and st.session_state.get(f"ask|{topic.name}") == key:  # pressed before this run of the page
        st.session_state.pop(f"ask|{topic.name}")
        question = _ask(view, topic, key)
    if question is None or question.state == "cancelled":
        st.button(
            f"Work it out ({topic.runs:,} runs)",
            key=f"work|{topic.name}",
            on_click=_press,
            args=(topic.name, key),
            help="It goes on in the background; the page stays usable. Asking another question stops this one.",
        )
        return
    if question.state in GOING_ON:
        st.fragment(_look, run_every=LOOK_EVERY)(topic.name, key)
    elif question.state == "failed":
        st.error(f"**This could not be worked out.** {plain(runs.in_words(question.error))}")
        st.button("Try again", key=f"again|{topic.name}", on_click=_press, args=(topic.name, key))
    else:
        _answered(topic, key, question, worth)


def _key(view: View, topic: Topic) -> tuple[str, ...]:
    assert view.choices is not None
    digest = hashlib.sha256(view.scenario.text.encode()).hexdigest()
    return (
        topic.name,
        digest,
        view.choices.design,
        view.choices.reading or "",
        str(view.choices.vary),
        str(SEED),
    )


def _press(name: str, key: tuple[str, ...]) -> None:
    st.session_state[f"ask|{name}"] = key


def _ask(view: View, topic: Topic, key: tuple[str, ...]) -> Question | None:
    from simulator.experiments.background import shared_office
    from simulator.experiments.live_limits import Limits, check_limits

    assert view.choices is not None
    documents = [
        view.scenario.design(name, view.choices.reading)
        for name in (view.scenario.baseline, view.choices.design)
    ]
    try:
        check_limits(documents, topic.runs, Limits())
        return shared_office().ask(key, lambda tell: topic.ask(view, tell), runs.visitor())
    except ValueError as error:  # too large for a server that many share, or too many wait
        st.error(f"**This could not be worked out.** {plain(str(error))}")
        return None


def _look(name: str, key: tuple[str, ...]) -> None:
    """Drawn again and again while the answer is worked out; the whole page once it is there."""
    from simulator.experiments.background import shared_office

    question = shared_office().look(key, runs.visitor())
    if question is None or question.state not in GOING_ON:
        st.rerun()
    progress = question.progress
    if progress is None:
        text, share = "Waiting for a turn" if question.state == "waiting" else "Beginning", 0.0
    else:
        text, share = (
            f"{progress.done:,} of {progress.of:,} settings{runs.left(progress.seconds_left)}",
            progress.share,
        )
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(min(1.0, max(0.0, share)), text=text)
    stop.button("Stop", key=f"stop|{name}", on_click=_stop, args=(key,))


def _stop(key: tuple[str, ...]) -> None:
    from simulator.experiments.background import shared_office

    shared_office().let_go(key, runs.visitor())


def _answered(topic: Topic, key: tuple[str, ...], question: Question, worth: float) -> None:
    """The answers, made once for what one crisis is worth and kept for this visit."""
    kept = st.session_state.setdefault(f"answers|{topic.name}", {})
    at = (key, worth)
    if at not in kept:
        kept.clear()
        kept[at] = topic.answers(question.answer, worth)
    for answer in kept[at]:
        st.subheader(plain(answer.question))
        sentences = [plain(each.replace(MINUS, f"{MINUS}\u2060")) for each in answer.sentences]
        st.markdown("\n".join(f"- {each}" for each in sentences))
        for chart in answer.charts:
            parts.chart(chart, f"matters|{topic.name}|{answer.name}")
        parts.download(
            "Download this answer (CSV)", answer.table, answer.name, f"matters|{topic.name}|{answer.name}"
        )


def _sure(view: View, tell: Any) -> Any:
    from simulator import api_doubt as api

    return api.uncertainty(
        view.scenario, [_design(view)], draws=DRAWS, reading=_drawn_as(view), seed=SEED, progress=tell
    )


def _sure_and_worth(found: Any, worth: float) -> list[Answer]:
    """How sure the answer is, and what knowing the numbers would be worth: asked of the same runs."""
    from simulator.present.doubt.compose import information_answers

    weighed = found.at(worth=worth)
    return [*weighed.answers, *information_answers(weighed.runs, weighed.weighing)[:2]]


def _numbers(view: View, tell: Any) -> Any:
    from simulator import api_doubt as api

    return api.sensitivity(view.scenario, _design(view), reading=_reading(view), seed=SEED, progress=tell)


def _stressed(view: View, tell: Any) -> Any:
    from simulator import api_doubt as api

    return api.stress(view.scenario, _design(view), reading=_reading(view), seed=SEED, progress=tell)


def _design(view: View) -> str:
    assert view.choices is not None
    return view.choices.design


def _drawn_as(view: View) -> str | None:
    """The reading of every draw: the one chosen, or each by its weight where the visitor varies the numbers, else as written."""
    from simulator.experiments.sampling import AS_WRITTEN

    assert view.choices is not None
    return view.choices.reading or (None if view.choices.vary else AS_WRITTEN)


def _reading(view: View) -> str | None:
    assert view.choices is not None
    return view.choices.reading


TOPICS = (
    Topic(
        "sure",
        "How sure is the answer, and what is knowing more worth?",
        "Every uncertain number is drawn anew in each setting, and each setting is run twice, so that doubt about the numbers "
        "is told from chance.",
        2 * DRAWS,
        _sure,
        _sure_and_worth,
    ),
    Topic(
        "numbers",
        "Which numbers move the answer, and where does it turn?",
        "One number at a time is moved, the others stay as written, and every run has the same random numbers.",
        2_000,
        _numbers,
        lambda found, worth: found.at(worth=worth).answers,
    ),
    Topic(
        "stress",
        "What if it goes as other contracts went?",
        "The same design with fewer referrals, a slow start, a weaker effect, or late payment.",
        200,
        _stressed,
        lambda found, worth: found.answers,
    ),
)

__all__ = ["show"]
