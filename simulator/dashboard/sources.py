"""Where scenarios come from: the library on this machine, and what a visitor has brought. A visitor's own stay theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from simulator.scenario import library
from simulator.scenario.load import Scenario, load_text
from simulator.scenario.problems import Problem, ScenarioError

OWN = "own_scenarios"
# More would fill the memory of a server that many share.
MOST_OWN = 5
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Source:
    """A scenario to choose. key names it in links; file is what messages and commands call it."""

    key: str
    title: str
    text: str
    file: str
    own: bool = False


def in_library() -> tuple[list[Source], list[str]]:
    """The scenarios of the library that can be run, and a sentence for each that cannot."""
    folder = library.LIBRARY
    try:
        seen = tuple(
            (path.name, path.stat().st_mtime_ns, path.stat().st_size)
            for path in sorted(folder.iterdir())
            if path.is_file()
        )
    except OSError:
        seen = ()
    return _read(str(folder), seen)


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(folder: str, seen: tuple[tuple[str, int, int], ...]) -> tuple[list[Source], list[str]]:
    """Read again when a file of the folder has changed."""
    found, said = [], []
    for entry in library.scenarios_in():
        if entry.problem:
            said.append(f"{entry.path.name} cannot be run: {entry.problem}")
        else:
            text = entry.path.read_text(encoding="utf-8")
            found.append(Source(entry.path.stem, entry.title, text, f"scenarios/{entry.path.name}"))
    return found, said


def own() -> dict[str, Source]:
    """What this visitor has brought, by key."""
    found: dict[str, Source] = st.session_state.setdefault(OWN, {})
    return found


def bring(data: bytes, name: str) -> Source:
    """Check a file that a visitor brings, and keep it for this visit. Raises ScenarioError with all that is wrong."""
    file = safe_name(name)
    if len(data) > MOST_BYTES:
        raise _refused(
            file, f"the file has {len(data) / 1e6:.1f} MB", f"a scenario has {MOST_BYTES / 1e6:g} MB at most"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(file, "this is not a text file", "a scenario is YAML text in UTF-8") from None
    scenario = load_text(text, file)
    source = Source(f"own-{scenario.digest}", scenario.title, text, file, own=True)
    kept = own()
    kept.pop(source.key, None)
    kept[source.key] = source
    while len(kept) > MOST_OWN:
        kept.pop(next(iter(kept)))
    return source


def _refused(file: str, message: str, suggestion: str) -> ScenarioError:
    return ScenarioError([Problem(1, 1, "", message, suggestion, file=file)])


def safe_name(name: str) -> str:
    """A file name without folders or anything that a shell or a page would read."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    safe = "".join(each if each.isascii() and (each.isalnum() or each in "-_. ") else "-" for each in last)
    stem = Path(safe.strip(". ")).stem[:60].strip(". ")
    return f"{stem or 'scenario'}.yaml"


def opened(source: Source, settings: Mapping[str, str]) -> Scenario:
    """The scenario of a source with controls moved. Raises ScenarioError."""
    return _loaded(source.text, source.file, tuple(sorted(settings.items())))


@st.cache_resource(max_entries=24, show_spinner=False)
def _loaded(text: str, file: str, settings: tuple[tuple[str, str], ...]) -> Scenario:
    """Keyed by all of its content, so that visitors may share it; a scenario is never changed."""
    if settings:
        return _loaded(text, file, ()).with_settings(dict(settings))
    return load_text(text, file)
