"""The comparison of a scenario's design with its baseline: verdict, caveats, tables, downloads."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from simulator.scenario.library import Entry, scenarios_in
from simulator.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from simulator.api import Comparison
    from simulator.experiments.runner import Progress
    from simulator.present.views import Section

RESULTS = "results"
LAST = "last"
MOST_KEPT = 8
REPLICATIONS = (3, 5, 10, 20, 50)
AS_WRITTEN = "As written"

# On a phone a wide table scrolls by itself, not the page with it.
WIDE_TABLES = "[data-testid=stMarkdownContainer]:has(> table) {overflow-x: auto}"

# What a run depends on: the scenario's text, the design, the reading, and how many runs.
Settings = tuple[str, str, str | None, int]


def show() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Commissioning simulator", layout="wide")
    st.html(f"<style>{WIDE_TABLES}</style>")
    st.title("Early help against crisis services")
    entries = scenarios_in()
    runnable = [entry for entry in entries if not entry.problem]
    if not runnable:
        st.info(
            "There are no scenarios in the library that can be run. On the command line, "
            "`simulator new scenarios/mine.yaml` writes one to start from."
        )
    else:
        _chosen(runnable)
    for entry in entries:
        if entry.problem:
            st.sidebar.warning(plain(f"{entry.path.name} cannot be run: {entry.problem}"))


def _chosen(entries: list[Entry]) -> None:
    """Ask what to compare, then show it."""
    from simulator.scenario.load import load

    with st.sidebar:
        st.header("What to compare")
        entry = st.selectbox(
            "Scenario",
            entries,
            format_func=lambda each: each.title,
            help="The scenario library: the folder `scenarios`.",
        )
    scenario = load(entry.path)
    others = [name for name in scenario.designs if name != scenario.baseline]
    if entry.summary:
        st.write(plain(entry.summary))
    if not others:
        st.info("This scenario has no second design to compare with the baseline.")
        return
    with st.sidebar:
        design = st.radio(
            "Design",
            others,
            format_func=lambda name: plain(scenario.label(name)),
            help=f"Compared with: {plain(scenario.label(scenario.baseline))}.",
        )
        reading = None
        if scenario.document.readings:
            reading = st.radio(
                "How to read the evidence",
                [None, *scenario.document.readings],
                format_func=lambda name: AS_WRITTEN if name is None else plain(scenario.label(name)),
                help="Another way in which the evidence could be read, laid over every design.",
            )
        replications = st.select_slider(
            "Runs",
            REPLICATIONS,
            value=5,
            help="Runs on different random numbers, the same ones for every design. More runs: surer ranges, a longer wait.",
        )
    _results(entry, (scenario.digest, design, reading, int(replications)))


def _results(entry: Entry, wanted: Settings) -> None:
    """Run on request, keep results by their settings for this visitor, and show what belongs to the present ones."""
    kept: dict[Settings, Comparison] = st.session_state.setdefault(RESULTS, {})
    if st.button("Run the comparison", type="primary"):
        found = _run(entry, wanted)
        if found is None:
            return
        kept.pop(wanted, None)
        kept[wanted] = found
        while len(kept) > MOST_KEPT:
            kept.pop(next(iter(kept)))
    if wanted in kept:
        st.session_state[LAST] = wanted
        _show(kept[wanted])
    elif st.session_state.get(LAST) in kept:
        st.warning(
            "Settings changed since this run. Press the button to run with the new ones; below is the earlier result."
        )
        _show(kept[st.session_state[LAST]])
    else:
        st.info(
            f"Nothing has run yet. Press the button: {wanted[-1]} runs of both designs take a few seconds each."
        )


def _run(entry: Entry, wanted: Settings) -> Comparison | None:
    """Run with a progress bar. A failure is one sentence."""
    from simulator.api import compare

    _, design, reading, replications = wanted
    bar = st.progress(0.0, text="Starting")

    def tell(progress: Progress) -> None:
        seconds = progress.seconds_left or 0
        left = f", about {seconds:.0f} s left" if seconds >= 1 and progress.done < progress.of else ""
        bar.progress(progress.share, text=f"{progress.done} of {progress.of} runs{left}")

    try:
        return compare(
            entry.path,
            design,
            reading=reading,
            replications=replications,
            progress=tell,
        )
    except ScenarioError as error:
        st.error("\n\n".join(plain(str(problem)) for problem in error.problems))
    except Exception as error:
        st.error(plain(f"The run stopped: {str(error) or type(error).__name__}"))
    finally:
        bar.empty()
    return None


def _show(found: Comparison) -> None:
    """Verdict, caveats, tables, downloads, in this order."""
    from simulator.present import exports

    result = found.result
    scenario = result.scenario
    st.header(
        plain(f"{scenario.title}: {scenario.label(found.design)} against {scenario.label(result.baseline)}")
    )
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in found.verdict))
    st.markdown(plain(" ".join(found.caveats)))
    for section in found.sections:
        _table(section)
    name = Path(scenario.file).stem
    st.subheader("Take it away")
    st.download_button(
        "Download the full table (CSV)",
        data=lambda: exports.as_csv(found.table),
        file_name=f"{name}-{found.design}.csv",
        mime="text/csv",
        on_click="ignore",
    )
    st.download_button(
        "Download the full table and its record (JSON)",
        data=found.json,
        file_name=f"{name}-{found.design}.json",
        mime="application/json",
        on_click="ignore",
    )
    st.write("The same on the command line:")
    command = ["simulator", "compare", f"scenarios/{Path(scenario.file).name}", "--design", found.design]
    command += ["--replications", str(result.replications), "--seed", str(result.seed)]
    if result.reading:
        command += ["--reading", result.reading]
    st.code(shlex.join(command), language="bash", wrap_lines=True)


def _table(section: Section) -> None:
    """A table of text: words left, numbers right, headings of groups in bold. Markdown, because `st.table` aligns no text."""
    st.subheader(plain(section.title))
    width = len(section.columns)
    headed = any(len(row) == 1 for row in section.rows)
    words = {0} | {
        position for position, heading in enumerate(section.columns) if heading == "In how many runs"
    }
    lines = [
        [plain(heading) for heading in section.columns],
        [":---" if position in words else "---:" for position in range(width)],
    ]
    for row in section.rows:
        if len(row) == 1:
            lines.append([f"**{plain(row[0])}**", *[""] * (width - 1)])
        else:
            lines.append([("&emsp;" if headed else "") + plain(row[0]), *map(_number, row[1:])])
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    if section.note:
        st.write(plain(section.note))


def _number(cell: str) -> str:
    """A cell whose lines break around `to` and nowhere else: never between a minus and its number."""
    joined = re.sub("([−+])", "\\1\u2060", cell).replace(" points", "\u00a0points")
    return plain(joined.replace("(", "(\u2060"))


def plain(text: str) -> str:
    """Text that Markdown leaves alone: labels come from the scenario."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", re.sub(r"[ \t\r\n]+", " ", text).strip())
