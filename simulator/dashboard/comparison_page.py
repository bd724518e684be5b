"""The comparison of a scenario's design with its baseline: verdict, caveats, tables, downloads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from simulator.scenario.library import Entry, scenarios_in
from simulator.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from simulator.api import Comparison
    from simulator.experiments.runner import Progress

RESULTS = "results"
MOST_KEPT = 8
REPLICATIONS = (3, 5, 10, 20, 50)


def show() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Commissioning simulator", layout="wide")
    st.title("Early help against crisis services")
    entries = [entry for entry in scenarios_in() if not entry.problem]
    if not entries:
        st.info("There are no scenarios in the library. On the command line, `simulator new scenarios/mine.yaml` writes one to start from.")
        return
    settings = _settings(entries)
    if settings is None:
        return
    _results(*settings)


def _settings(entries: list[Entry]) -> tuple[Entry, str, str | None, int] | None:
    """What to compare. None when the scenario has no second design."""
    from simulator.scenario.load import load

    with st.sidebar:
        st.header("What to compare")
        entry = st.selectbox("Scenario", entries, format_func=lambda each: each.title, help="The scenario library: the folder `scenarios`.")
        scenario = load(entry.path)
        others = [name for name in scenario.designs if name != scenario.baseline]
        if not others:
            st.info("This scenario has no second design to compare with the baseline.")
            return None
        design = st.radio("Design", others, format_func=scenario.label, help=f"Compared with: {scenario.label(scenario.baseline)}.")
        reading = None
        if scenario.document.readings:
            reading = st.radio("How to read the evidence", [None, *scenario.document.readings], format_func=lambda name: "As written" if name is None else scenario.label(name),
                               help="Another way in which the evidence could be read, laid over every design.")
        replications = st.select_slider("Runs", REPLICATIONS, value=5, help="Runs on different random numbers, the same ones for every design. More runs, surer ranges, longer waits.")
    if entry.summary:
        st.write(entry.summary)
    return entry, design, reading, int(replications)


def _results(entry: Entry, design: str, reading: str | None, replications: int) -> None:
    """Run on request, keep results by their inputs for this visitor, and show what belongs to the present settings."""
    from simulator.scenario.load import load

    scenario = load(entry.path)
    key = (scenario.digest, design, reading, replications)
    kept: dict[tuple[str, str, str | None, int], Comparison] = st.session_state.setdefault(RESULTS, {})
    last = st.session_state.get("last")
    if st.button("Run the comparison", type="primary"):
        found = _run(entry, design, reading, replications)
        if found is None:
            return
        kept[key] = found
        while len(kept) > MOST_KEPT:
            kept.pop(next(iter(kept)))
        st.session_state["last"] = last = key
    if key in kept:
        _show(kept[key])
    elif last in kept:
        st.warning("Settings changed since this run. Press the button to run with the new ones; below is the earlier result.")
        _show(kept[last])
    else:
        st.info(f"Nothing has run yet. Press the button: {replications} runs of both designs take a few seconds each.")


def _run(entry: Entry, design: str, reading: str | None, replications: int) -> Comparison | None:
    """Run with a progress bar. A failure is one sentence."""
    from simulator.api import compare

    bar = st.progress(0.0, text="Starting")

    def tell(progress: Progress) -> None:
        left = f", about {progress.seconds_left:.0f} s left" if progress.seconds_left and progress.done < progress.of else ""
        bar.progress(progress.done / progress.of, text=f"{progress.done} of {progress.of} runs{left}")

    try:
        return compare(entry.path, design, reading=reading, replications=replications, workers=os.cpu_count() or 1, progress=tell)
    except ScenarioError as error:
        st.error("\n\n".join(str(problem) for problem in error.problems))
    except (RuntimeError, ValueError) as error:
        st.error(f"The run stopped: {error}")
    finally:
        bar.empty()
    return None


def _show(found: Comparison) -> None:
    """Verdict, caveats, tables, downloads, in this order."""
    import pandas as pd

    from simulator.present import exports

    result = found.result
    st.subheader(f"{result.scenario.title}: {result.scenario.label(found.design)} against {result.scenario.label(result.baseline)}")
    for sentence in found.verdict:
        st.markdown(f"- {_plain(sentence)}")
    for sentence in found.caveats:
        st.caption(_plain(sentence))
    for section in found.sections:
        st.subheader(section.title)
        rows = [row if len(row) > 1 else (row[0], *[""] * (len(section.columns) - 1)) for row in section.rows]
        heads = [heading or " " * (position + 1) for position, heading in enumerate(section.columns)]
        st.table(pd.DataFrame(rows, columns=heads).set_index(heads[0]))
        if section.note:
            st.caption(_plain(section.note))
    name = Path(result.scenario.file).stem
    st.download_button("Download the full table (CSV)", data=lambda: exports.as_csv(found.table), file_name=f"{name}-{found.design}.csv", mime="text/csv", on_click="ignore")
    st.download_button("Download the full table and its record (JSON)", data=found.json, file_name=f"{name}-{found.design}.json", mime="application/json", on_click="ignore")
    st.caption("The same on the command line:")
    st.code(f"simulator compare scenarios/{name}.yaml --design {found.design} --replications {result.replications} --seed {result.seed}" + (f" --reading {result.reading}" if result.reading else ""), language="bash")


def _plain(text: str) -> str:
    """Text that Markdown leaves alone: labels come from the scenario."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|$~" else letter for letter in text)
