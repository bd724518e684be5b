"""`python -m tests.scenarios.facts [NAME ...] [--write]`: official figures beside what `today` produces, for each scenario.

A scenario `scenarios/NAME.yaml` has its facts in tests/scenarios/NAME_facts.py (with _ for -): a tuple FACTS. The table
is printed; with --write it is put between the two marks in docs/scenarios/NAME.md, and a test holds it there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from os import cpu_count
from pathlib import Path
from typing import Literal

import numpy as np

from simulator.engine.compile import compile_model
from simulator.engine.compiled_engine import simulate
from simulator.engine.history import History
from simulator.scenario.load import Scenario, load

ROOT = Path(__file__).parents[2]
REPLICATIONS = 10
SEED = 1
BEGIN, END = "<!-- facts: written by `python -m tests.scenarios.facts --write` -->", "<!-- end of facts -->"


@dataclass(frozen=True)
class Fact:
    """An official figure, and what the scenario's baseline produces.

    what       the figure in words
    published  its value, in the unit that `show` prints
    shown      the published figure as the page prints it, with the arithmetic if it is derived
    source     key in the scenario's `sources`
    measure    gives the same figure from one replication of the baseline
    kind       input: the file says so; tuned: the file was changed until it agreed; check: nobody aimed at it
    within     how far the mean of REPLICATIONS may lie from the published figure, three standard errors included
    why        why that far, and what else a reader must know: printed under the table
    met        False if the scenario is known to miss it: then it must lie further away than `within`
    design     measured under this design, where a study or deal saw the service at work; None: the baseline
    """

    what: str
    published: float
    shown: str
    source: str
    measure: Callable[[Scenario, History], float]
    kind: Literal["input", "tuned", "check"]
    within: float
    why: str
    unit: Literal["%", "years", "weeks", "days", ""] = "%"
    met: bool = True
    design: str | None = None

    def show(self, value: float) -> str:
        """A value in the figure's unit (a share is a fraction, shown in percent)."""
        return digits(value * 100 if self.unit == "%" else value) + (
            self.unit if self.unit == "%" else f" {self.unit}".rstrip()
        )


@dataclass(frozen=True)
class Produced:
    """A fact with what the baseline produces: mean over replications and its standard error."""

    fact: Fact
    mean: float
    error: float

    @property
    def agrees(self) -> bool:
        """Whether the mean lies as near as the fact allows."""
        return abs(self.mean - self.fact.published) <= self.fact.within

    @property
    def as_said(self) -> bool:
        """Whether the scenario meets the fact, or misses it, as it says it does."""
        return self.agrees == self.fact.met


def digits(value: float) -> str:
    """Three figures, whole from 100 on, with thousands."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def names() -> list[str]:
    """The shipped scenarios, by file name without its ending."""
    return sorted(each.stem for each in (ROOT / "scenarios").glob("*.yaml"))


def facts_of(name: str) -> tuple[Fact, ...]:
    """The facts of a scenario."""
    found: tuple[Fact, ...] = import_module(f"tests.scenarios.{name.replace('-', '_')}_facts").FACTS
    return found


@cache
def scenario_of(name: str) -> Scenario:
    """A shipped scenario."""
    return load(ROOT / "scenarios" / f"{name}.yaml")


@cache
def histories(name: str, design: str | None = None, replications: int = REPLICATIONS) -> tuple[History, ...]:
    """Replications of a design (the baseline unless one is named) with the numbers as written."""
    scenario = scenario_of(name)
    model = compile_model(scenario, design or scenario.baseline)
    with ThreadPoolExecutor(cpu_count()) as pool:
        return tuple(pool.map(lambda each: simulate(model, seed=SEED, replication=each), range(replications)))


@cache
def produced(name: str) -> tuple[Produced, ...]:
    """What the baseline of a scenario produces, beside each of its facts."""
    found = []
    for fact in facts_of(name):
        values = np.array([fact.measure(scenario_of(name), each) for each in histories(name, fact.design)])
        found.append(Produced(fact, float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))))
    return tuple(found)


def table(found: Iterable[Produced]) -> str:
    """The facts as Markdown: published beside produced, with what a reader must know of each."""
    found = list(found)
    lines = [
        f"Mean of {REPLICATIONS} replications of `today` (seed {SEED}) with its standard error. *Input*: the file says so. "
        "*Tuned*: the file was changed until it agreed. *Check*: nobody aimed at it.",
        "",
        "| | fact | published | source | produced | kind | allowed | |",
        "|--:|---|---|---|---|---|---|---|",
    ]
    for number, each in enumerate(found, 1):
        fact = each.fact
        verdict = "agrees" if each.agrees else "**not met**"
        what = f"{fact.what} (under `{fact.design}`)" if fact.design else fact.what
        cells = [
            str(number),
            what,
            fact.shown,
            f"`{fact.source}`",
            f"{fact.show(each.mean)} ± {fact.show(each.error)}",
        ]
        lines.append("| " + " | ".join([*cells, fact.kind, f"± {fact.show(fact.within)}", verdict]) + " |")
    lines += ["", *(f"{number}. {each.fact.why}" for number, each in enumerate(found, 1))]
    return "\n".join(lines)


def page_of(name: str) -> Path:
    """The page of a scenario."""
    return ROOT / "docs" / "scenarios" / f"{name}.md"


def with_table(page: str, found: Iterable[Produced]) -> str:
    """A page with its table made anew. Raises ValueError if the page has not the two marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the two marks: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{table(found)}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.scenarios.facts", description="Facts beside the scenarios."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios (default: all)")
    parser.add_argument("--write", action="store_true", help="put the tables into the pages")
    options = parser.parse_args(arguments)
    bad = False
    for name in options.names or names():
        found = produced(name)
        print(f"\n{name}\n\n{table(found)}")
        bad |= not all(each.as_said for each in found)
        if options.write:
            page_of(name).write_text(
                with_table(page_of(name).read_text(encoding="utf-8"), found), encoding="utf-8"
            )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
