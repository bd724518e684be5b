"""What a visitor may choose: the scenario, what is compared, the controls that the scenario names, and how many runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import choices as c
from simulator.dashboard import runs as live_runs
from simulator.dashboard import sources
from simulator.dashboard.choices import Choices
from simulator.dashboard.sources import Source
from simulator.dashboard.text import plain
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from simulator.scenario.controls import Setting

# No reading is called this; a radio button takes None for no choice at all.
WRITTEN = ""
LINKED = "linked"
SAID = "said"
SOURCE = "source"
BY_ITSELF = "by_itself"
# Problems of a brought file that are shown; a file with more is seldom mended one by one.
MOST_SHOWN = 20


def choose_source(library: list[Source]) -> Source | None:
    """Which scenario. The first time the one that the link names; None if there is none."""
    own = sources.own()
    every = {source.key: source for source in [*own.values(), *library]}
    if not every:
        return None
    if st.session_state.get(SOURCE) not in every:
        asked = st.query_params.get("scenario", "")
        st.session_state[SOURCE] = asked if asked in every else next(iter(every))
        if asked and asked not in every:
            _say(
                f"The link names a scenario that is not here ({asked[:60]}). An own scenario stays with who brought it."
            )
    key = st.selectbox(
        "Scenario",
        list(every),
        key=SOURCE,
        format_func=lambda each: every[each].title + (" (yours)" if every[each].own else ""),
        help="The scenarios of the library, and those that you brought on this visit.",
    )
    return every[key]


def choose(source: Source, scenario: Scenario) -> Choices | None:
    """What is compared, how far the controls are moved, and how many runs. None if the scenario has a baseline only."""
    designs = c.other_designs(scenario)
    if not designs:
        return None
    _stand(source, scenario)
    held = source.key
    design = st.radio(
        "Design",
        designs,
        key=f"design|{held}",
        format_func=lambda name: plain(scenario.label(name)),
        help=f"Compared with: {plain(scenario.label(scenario.baseline))}.",
    )
    vary = live_runs.can_vary(scenario) and st.toggle(
        "Vary the uncertain numbers too",
        key=f"vary|{held}",
        help="On: each run has its own sample of every number that has a range, and its own way to read the evidence, so "
        "ranges show chance and doubt about the numbers. Off: the numbers are as written in every run, and ranges show "
        "chance only.",
    )
    reading = WRITTEN
    if scenario.document.readings:
        first = "Each in its share of the runs" if vary else "As written"
        reading = st.radio(
            "How to read the evidence",
            [WRITTEN, *scenario.document.readings],
            key=f"reading|{held}",
            format_func=lambda name: first if name == WRITTEN else plain(scenario.label(name)),
            help="Another way in which the evidence could be read, laid over every design.",
        )
    settings = _controls(source, scenario, design)
    runs = st.select_slider(
        "Runs",
        c.RUNS,
        key=f"runs|{held}",
        format_func=lambda count: f"{count:,}",
        help="Runs on different random numbers, the same ones for both designs. More runs: surer ranges, a longer wait.",
    )
    chosen = Choices(source.key, design, reading or None, int(runs), settings, vary)
    st.session_state[f"chosen|{held}"] = chosen
    return chosen


def _stand(source: Source, scenario: Scenario) -> None:
    """Where the widgets of a scenario stand when it is chosen: as they were left; the first time, as the link says or as written.

    Streamlit forgets a widget that is not drawn, so what was chosen is kept beside them.
    """
    held = source.key
    if f"runs|{held}" in st.session_state:
        return
    found: Choices | None = st.session_state.get(f"chosen|{held}")
    if found is None:
        here = st.query_params.get("scenario", held) == held and not st.session_state.get(LINKED)
        query = st.query_params.to_dict() if here else {}
        found, said = c.from_query(query, held, scenario, can_vary=live_runs.can_vary(scenario))
        st.session_state[LINKED] = True
        for sentence in said:
            _say(sentence)
        if found is None:
            return
        st.session_state[f"set|{held}"] = {
            name: scenario.controls[name].read(text) for name, text in found.settings.items()
        }
    st.session_state[f"design|{held}"] = found.design
    st.session_state[f"reading|{held}"] = found.reading or WRITTEN
    st.session_state[f"runs|{held}"] = found.runs
    st.session_state[f"vary|{held}"] = found.vary


def _say(sentence: str) -> None:
    st.session_state.setdefault(SAID, []).append(sentence)


def _controls(source: Source, scenario: Scenario, design: str) -> dict[str, str]:
    """A slider and a number box for each control of this design; what is moved, as text. `scenario` is as written."""
    controls = [each for each in scenario.controls.values() if design in each.designs]
    if not controls:
        return {}
    st.subheader("What if?")
    values: dict[str, float] = st.session_state.setdefault(f"set|{source.key}", {})
    for control in controls:
        _control(source, control, values)
    moved = {
        each.name: values[each.name] for each in controls if values.get(each.name, each.value) != each.value
    }
    if moved:
        st.button(
            "Put back as written",
            key=f"reset|{source.key}",
            on_click=values.clear,
            help="Every control goes back to where the scenario has it.",
        )
    return {control.name: control.text(moved[control.name]) for control in controls if control.name in moved}


def _control(source: Source, control: Setting, values: dict[str, float]) -> None:
    label = plain(control.label)
    held = f"{source.key}|{control.name}"
    slider, box = f"slider|{held}", f"box|{held}"
    value = float(values.get(control.name, control.value))
    st.session_state[slider] = st.session_state[box] = value

    def moved(key: str) -> None:
        values[control.name] = float(st.session_state[key])

    note = f"{control.note} " if control.note else ""
    wide, narrow = st.columns([3, 2], vertical_alignment="bottom", gap="small")
    wide.slider(
        label,
        float(control.low),
        float(control.high),
        step=float(control.step),
        key=slider,
        format=_format(control),
        help=plain(f"{note}As written: {control.shown(control.written)}."),
        on_change=moved,
        args=(slider,),
    )
    narrow.number_input(
        f"{label}: exact number",
        float(control.low),
        float(control.high),
        step=float(control.step),
        key=box,
        format=_decimals(control.step),
        label_visibility="collapsed",
        on_change=moved,
        args=(box,),
    )


def _format(control: Setting) -> str:
    if control.scales:
        return f"× {_decimals(control.step)}"
    unit = control.unit.replace("%", "%%")
    if unit == "£":
        return "£%g"
    return f"{_decimals(control.step)}{unit if unit.startswith('%') else f' {unit}' if unit else ''}"


def _decimals(step: float) -> str:
    """As many decimals as the step has."""
    text = f"{step:.10f}".rstrip("0")
    return f"%.{len(text.split('.')[1])}f"


def bring_own() -> None:
    """Upload of an own scenario; what is wrong with it as an error summary."""
    from simulator.scenario.starter import starter

    with st.expander("Use your own scenario"):
        brought = st.file_uploader(
            "A scenario file (YAML)",
            type=["yaml", "yml"],
            max_upload_size=1,
            key="brought",
            help="It stays with this visit: no other visitor can open it, and your list of own scenarios ends with the page.",
        )
        st.download_button(
            "A file to start from",
            data=lambda: starter("My scenario"),
            file_name="scenario.yaml",
            mime="application/yaml",
            on_click="ignore",
            help="A small scenario with a word about each part. Change it in any text editor.",
        )
        if brought is None:
            st.session_state.pop("brought_id", None)
            return
        if st.session_state.get("brought_id") == brought.file_id:
            _error_summary(st.session_state.get("brought_problems"))
            return
        st.session_state["brought_id"] = brought.file_id
        try:
            source = sources.bring(brought.getvalue(), brought.name)
        except ScenarioError as error:
            st.session_state["brought_problems"] = error
            _error_summary(error)
            return
        st.session_state["brought_problems"] = None
        st.session_state["choose"] = source.key
        st.rerun()


def _error_summary(error: ScenarioError | None) -> None:
    """What is wrong, where, and what would be right, in the order of the file."""
    if error is None:
        return
    problems = error.problems
    more = len(problems) - MOST_SHOWN
    lines = [
        f"**This file cannot be run: {len(problems)} {'thing' if len(problems) == 1 else 'things'} to mend.**"
    ]
    for problem in problems[:MOST_SHOWN]:
        place = f"Line {problem.line}" + (f", {plain(problem.key[:80])}" if problem.key else "")
        right = f" {plain(problem.suggestion[:300])}" if problem.suggestion else ""
        lines.append(f"- {place}: {plain(problem.message[:300])}.{right}")
    if more > 0:
        lines.append(f"- and {more:,} more. Mend these first.")
    st.error("\n".join([lines[0], "", *lines[1:]]))
