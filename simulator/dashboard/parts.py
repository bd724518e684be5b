"""What pages share: the state of the run above, charts with their table, what to take away below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import choices as c
from simulator.dashboard import runs
from simulator.dashboard.text import plain, table

if TYPE_CHECKING:
    import pandas as pd

    from simulator.api import Comparison
    from simulator.dashboard.frame import View
    from simulator.present.chart import Chart


def top(view: View, title: str) -> Comparison | None:
    """The page's title and where the run is. Returns what there is to show, if anything."""
    scenario = view.scenario
    st.title(title)
    if view.choices is None:
        st.info("This scenario has no second design to compare with the baseline. Add one under `designs`.")
        return None
    names = f"{scenario.label(view.choices.design)} against {scenario.label(scenario.baseline)}"
    st.markdown(f"**{plain(scenario.title)}**: {plain(names)}{_place(view)}{_reading(view)}")
    _moved(view)
    runs.status(view)
    return view.comparison


def _place(view: View) -> str:
    place = view.scenario.document.place
    return f". {plain(place)}" if place else ""


def _reading(view: View) -> str:
    """How the evidence is read, unless as written: it changes every figure."""
    reading = view.choices.reading if view.choices else None
    return (
        f". **The evidence is read in another way: {plain(view.scenario.label(reading))}**" if reading else ""
    )


def _moved(view: View) -> None:
    """Which controls are not as written: a what-if must not be taken for the scenario."""
    assert view.choices is not None
    if not view.choices.settings:
        return
    said = []
    for name, text in view.choices.settings.items():
        control = view.written.controls[name]
        now, before = control.shown(control.read(text)), control.shown(control.value)
        said.append(f"{plain(control.label)}: {plain(now)} instead of {plain(before)}")
    st.info("What if? " + "; ".join(said) + ".")


def chart(found: Chart, place: str) -> None:
    """A chart with how to read it, and its numbers as a table to open or take away. place: where, for a unique key."""
    from simulator.present.template import CONFIG

    key = f"{place}|{found.name}"
    st.subheader(plain(found.title))
    if found.subtitle:
        st.caption(plain(found.subtitle))
    st.plotly_chart(found.figure, theme=None, config=CONFIG, alt=found.alt, key=f"chart|{key}")
    if found.how_to_read:
        st.caption(f"How to read this: {plain(found.how_to_read)}")
    numbers(found.name, found.title, found.table, key)


def numbers(name: str, title: str, shown: pd.DataFrame, key: str) -> None:
    """The numbers of a chart as a table, closed at first, and as a file."""
    with st.expander(f"The numbers behind this: {plain(title)}"):
        table(shown)
        download("Download these numbers (CSV)", shown, name, key)


def download(label: str, frame: pd.DataFrame, name: str, key: str) -> None:
    """A table as a file that Excel opens with its letters right."""
    from simulator.present import exports

    st.download_button(
        label,
        data=lambda: exports.as_csv(frame).encode("utf-8-sig"),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv|{key}",
        on_click="ignore",
    )


def take_away(view: View) -> None:
    """Downloads, the command line and the link that give the same figures again."""
    comparison, choices = view.comparison, view.choices
    if comparison is None or choices is None or view.shown is None or view.shown.stale:
        return
    from simulator.present import exports

    scenario = view.scenario
    st.subheader("Take it away")
    if choices.runs != comparison.result.replications:
        st.caption(
            f"These hold the {comparison.result.replications:,} runs that are in, of {choices.runs:,}."
        )
    with st.container(horizontal=True):
        for label, data, ending, mime in (
            (
                "Full table (CSV)",
                lambda: exports.as_csv(comparison.table).encode("utf-8-sig"),
                "csv",
                "text/csv",
            ),
            (
                "Every run (Parquet)",
                lambda: exports.as_parquet(comparison.result.measures),
                "parquet",
                "application/vnd.apache.parquet",
            ),
            ("Table and record (JSON)", comparison.json, "json", "application/json"),
            ("Scenario with the changes (YAML)", lambda: scenario.text, "yaml", "application/yaml"),
        ):
            st.download_button(
                label,
                data=data,
                file_name=c.file_name(scenario, choices, ending),
                mime=mime,
                key=f"take|{ending}",
                on_click="ignore",
            )
    st.write("The same figures on the command line:")
    if view.source.own:
        st.caption("Save the scenario beside where you run this.")
    same = replace(choices, runs=comparison.result.replications)
    st.code(c.command(view.source.file, same), language=None, wrap_lines=True)
    _link(view)


def _link(view: View) -> None:
    assert view.choices is not None
    if view.source.own:
        st.write("A link cannot carry your own scenario: send the YAML file instead.")
        return
    found = c.link(str(st.context.url or ""), view.choices)
    if found is None:
        st.write("These changes are too long for a link: send the YAML file instead.")
    else:
        st.write("A link to this page with these choices:")
        st.code(found, language=None, wrap_lines=True)
