"""What a visitor has chosen, and its form in a link and on the command line. Plain data: nothing here draws or runs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError

RUNS = (20, 100, 300, 1000)
DEFAULT_RUNS = 100
SEED = 1
# Before the name of a control in a link, so that no control is taken for another key.
SET = "set."
# What all browsers and mail programs carry.
LONGEST_LINK = 2_000
# Sentences about what is wrong with a link; the rest are counted.
MOST_SAID = 6


@dataclass(frozen=True)
class Choices:
    """The scenario by the key of its source, what is compared, and how far the controls are moved (name: text).

    vary: whether each run has its own sample of the uncertain numbers.
    """

    source: str
    design: str
    reading: str | None = None
    runs: int = DEFAULT_RUNS
    settings: Mapping[str, str] = field(default_factory=dict)
    vary: bool = False


def other_designs(scenario: Scenario) -> list[str]:
    """The designs that can be set beside the baseline."""
    return [name for name in scenario.designs if name != scenario.baseline]


def from_query(
    query: Mapping[str, str], source: str, scenario: Scenario, *, can_vary: bool
) -> tuple[Choices | None, list[str]]:
    """The choices that a link carries, for the scenario it names, and a sentence for each part that is not as it can be.

    What is wrong is left out and the rest is kept. None where the scenario has nothing to compare. can_vary: whether any
    number of it is uncertain.
    """
    said: list[str] = []
    designs = other_designs(scenario)
    if not designs:
        return None, said
    design = _known(query.get("design"), designs, designs[0], "design", said)
    reading = _known(query.get("reading"), scenario.document.readings, None, "way to read the evidence", said)
    runs = DEFAULT_RUNS
    if "runs" in query:
        if query["runs"] in map(str, RUNS):
            runs = int(query["runs"])
        else:
            said.append(f"The link asks for a number of runs that is not offered; {runs} are used.")
    vary = _vary(query, can_vary, said)
    settings: dict[str, str] = {}
    for key, text in query.items():
        if not key.startswith(SET):
            continue
        name = key.removeprefix(SET)
        try:
            scenario.with_settings({name: text})
        except ScenarioError as error:
            said.append(f"The link moves a control in a way that cannot be: {error.problems[0].message}.")
        else:
            settings[name] = text
    if (more := len(said) - MOST_SAID) > 0:
        said[MOST_SAID:] = [
            f"{more:,} more {'part is' if more == 1 else 'parts are'} as wrong, and left out."
        ]
    return Choices(source, str(design), reading, runs, settings, vary), said


def _vary(query: Mapping[str, str], can_vary: bool, said: list[str]) -> bool:
    """Who chooses nothing sees doubt about the numbers; a link with choices but no word on this shows what it always did."""
    if "vary" not in query:
        return can_vary and "design" not in query
    if query["vary"] not in ("0", "1"):
        said.append("The link says neither yes nor no to varying the uncertain numbers; they are as written.")
    elif query["vary"] == "1" and not can_vary:
        said.append("The link varies the uncertain numbers, and this scenario has none; they are as written.")
    return can_vary and query["vary"] == "1"


def _known(
    asked: str | None,
    there: Sequence[str] | Mapping[str, object],
    instead: str | None,
    what: str,
    said: list[str],
) -> str | None:
    if asked is None or asked in there:
        return asked if asked is not None else instead
    said.append(f"The link names a {what} that this scenario does not have ({asked[:60]}); it is left out.")
    return instead


def to_query(choices: Choices) -> dict[str, str]:
    """The choices as keys and values of a link: only what differs from what a visitor sees first is needed beside these."""
    found = {"scenario": choices.source, "design": choices.design}
    if choices.reading:
        found["reading"] = choices.reading
    if choices.runs != DEFAULT_RUNS:
        found["runs"] = str(choices.runs)
    if choices.vary:
        found["vary"] = "1"
    return found | {f"{SET}{name}": text for name, text in sorted(choices.settings.items())}


def link(address: str, choices: Choices) -> str | None:
    """The address of the page with these choices; None when it would be too long to be carried safely."""
    found = f"{address.split('?')[0]}?{urlencode(to_query(choices))}"
    return found if len(found) <= LONGEST_LINK else None


def command(file: str, choices: Choices) -> str:
    """The command that prints the same numbers."""
    words = ["simulator", "compare", file, "--design", choices.design]
    words += ["--replications", str(choices.runs), "--seed", str(SEED)]
    if choices.reading:
        words += ["--reading", choices.reading]
    if choices.vary:
        words.append("--vary")
    for name, text in sorted(choices.settings.items()):
        words += ["--set", f"{name}={text}"]
    return shlex.join(words)


def file_name(scenario: Scenario, choices: Choices, ending: str) -> str:
    """A name for a download: letters, digits and dashes only, whatever the file and the design are called."""
    stem = f"{Path(scenario.file).stem}-{choices.design}"
    safe = "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in stem)
    # A scenario is the same file whether its runs vary or not.
    varied = "-varied" if choices.vary and ending != "yaml" else ""
    changed = "-changed" if choices.settings else ""
    return f"{safe[:80].strip('-') or 'scenario'}{varied}{changed}.{ending}"
