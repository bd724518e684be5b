"""The frame that every page lives in: navigation by audience, what is compared, the run and how far it is, what to take away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from simulator.dashboard import choices as c
from simulator.dashboard import runs, sidebar, sources
from simulator.dashboard.choices import Choices
from simulator.dashboard.sources import Source
from simulator.dashboard.text import plain
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError

if TYPE_CHECKING:
    from simulator.api import Comparison
    from simulator.dashboard.runs import Shown

# On a phone a wide table scrolls by itself, not the page with it. Small print is as dark as it must be to be read, headings
# are no larger than what they head, and no label is cut.
STYLE = """
[data-testid=stMarkdownContainer]:has(> table) {overflow-x: auto}
[data-testid=stMarkdownContainer] table {font-variant-numeric: tabular-nums}
[data-testid=stMainBlockContainer] {padding-top: 3rem}
[data-testid=stMainBlockContainer] h1 {font-size: 2.1rem}
[data-testid=stMainBlockContainer] h2 {font-size: 1.5rem}
[data-testid=stMainBlockContainer] h3 {font-size: 1.25rem}
[data-testid=stApp] [data-testid=stCaptionContainer],
[data-testid=stApp] [data-testid=stCaptionContainer] * {color: #595959; opacity: 1}
[data-testid=stApp] [data-testid=stMetricLabel] * {white-space: normal; overflow: visible}
"""


@dataclass(frozen=True)
class View:
    """What a page draws: the scenario with the visitor's changes, what is compared, and what the run has found so far."""

    source: Source
    written: Scenario  # without the visitor's changes
    scenario: Scenario
    choices: Choices | None
    shown: Shown | None
    pages: dict[str, Any] = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison | None:
        return self.shown.comparison if self.shown else None


def show(opening: str = "start") -> None:
    """Draw the dashboard. opening: the page that has no name in the address."""
    st.set_page_config(page_title="Commissioning simulator", layout="wide", initial_sidebar_state=360)
    st.html(f"<style>{STYLE}</style>")
    view: View | None = None

    def page(name: str) -> Any:
        def draw() -> None:
            _page(name, view)

        return draw

    pages = {
        name: st.Page(page(name), title=title, url_path=name, default=name == opening)
        for name, title in TITLES.items()
    }
    current = st.navigation(
        {audience: [pages[name] for name in names] for audience, names in AUDIENCES.items()}, expanded=True
    )
    library, broken = sources.in_library()
    view = _chosen(library, pages)
    for sentence in broken:
        st.sidebar.warning(plain(sentence))
    _about_the_link(view)
    current.run()


def _about_the_link(view: View | None) -> None:
    """What of the link could not be; until the visitor chooses something else."""
    said: list[str] = st.session_state.get(sidebar.SAID, [])
    choices = view.choices if view else None
    if said and st.session_state.setdefault("said_of", choices) != choices:
        said.clear()
    for sentence in said:
        st.warning(plain(sentence))


TITLES = {
    "start": "Start",
    "pathway": "Pathway",
    "compare": "Compare",
    "contract": "Contract and returns",
    "matters": "What matters most",
    "evidence": "Evidence",
}
AUDIENCES = {
    "Everyone": ("start", "matters"),
    "Users and providers": ("pathway",),
    "Commissioners": ("compare",),
    "Providers, investors and commissioners": ("contract",),
    "Analysts": ("evidence",),
}


def _page(name: str, view: View | None) -> None:
    from simulator.dashboard import (
        compare_page,
        contract_page,
        evidence_page,
        matters_page,
        pathway_page,
        start_page,
    )

    if view is None:
        st.title("Early help against crisis services")
        st.info(
            "There are no scenarios in the library that can be run. Bring your own at the side, or write one to start from "
            "on the command line: `simulator new scenarios/mine.yaml`."
        )
        return
    {
        "start": start_page,
        "pathway": pathway_page,
        "compare": compare_page,
        "contract": contract_page,
        "matters": matters_page,
        "evidence": evidence_page,
    }[name].show(view)


def _chosen(library: list[Source], pages: dict[str, Any]) -> View | None:
    """What the sidebar says, as a view; the run of it is asked for."""
    with st.sidebar:
        if "choose" in st.session_state:
            st.session_state[sidebar.SOURCE] = st.session_state.pop("choose")
        source = sidebar.choose_source(library)
        view = None
        if source is not None:
            written = sources.opened(source, {})
            choices = sidebar.choose(source, written)
            _address(source, choices)
            if choices is None:
                view = View(source, written, written, None, None, pages)
            else:
                view = _asked(source, written, choices, pages)
        sidebar.bring_own()
    return view


def _address(source: Source, choices: Choices | None) -> None:
    """The page's address carries the choices; of an own scenario it cannot."""
    query = {} if source.own or choices is None else c.to_query(choices)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _asked(source: Source, written: Scenario, choices: Choices, pages: dict[str, Any]) -> View:
    by_itself = st.toggle(
        "Run by itself",
        value=True,
        key=sidebar.BY_ITSELF,
        help="Off: move several controls first, then press the button.",
    )
    try:
        scenario = sources.opened(source, choices.settings)
    except ScenarioError as error:  # controls that cannot be together
        shown = runs.Shown(None, "failed", choices.runs, error=runs.in_words(error))
        return View(source, written, written, choices, shown, pages)
    if choices.vary and not runs.can_vary(scenario, choices.reading):  # what was uncertain has been set
        choices = replace(choices, vary=False)
    return View(
        source, written, scenario, choices, runs.follow(scenario, choices, by_itself=by_itself), pages
    )
