"""What joining a waiting list costs when 100 people are on it, and when 100,000 are."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import ENGINE_NAMES, Effort, Section, Target, engines

TITLE = "Waiting lists"
SHORT, LONG = 100, 100_000
# One person a minute comes and one place is free a minute, so that the list stays as long as it was at the start.
PLACES = 10
SCENARIO = """\
format: 1
scenario: A list of {waiting} people
start: 2027-01-01
horizon: {minutes} minutes
people:
  present: {{in_need: {present}}}
  arrive: {{in_need: {{every: 1 minute}}}}
  segments: {{urgency: {{urgent: 20%, routine: 80%}}}}
needs: {{in_need: {{}}}}
services:
  clinic:
    for: in_need
    places: {places}
    queue: {{first: [urgent]}}
    length: {places} minutes
    then: {{completed: leaves}}
designs: {{today: {{baseline: yes}}}}
"""


def seconds_for(simulate: Callable[..., Any], waiting: int, joins: int) -> tuple[float, int]:
    """Seconds of a run that begins with `waiting` people on the list and in which `joins` more join; and how many are left."""
    from simulator.engine.compile import compile_model
    from simulator.engine.history import WAITING
    from simulator.scenario.load import load_text

    text = SCENARIO.format(waiting=waiting, present=waiting + PLACES, minutes=joins + 1, places=PLACES)
    model = compile_model(load_text(text, "list.yaml"), None)
    gc.collect()
    begun = time.perf_counter()
    history = simulate(model, 1, 0)
    seconds = time.perf_counter() - begun
    return seconds, int((history.spell_table["still"] == WAITING).sum())


def measure(effort: Effort) -> Section:
    """Microseconds a join on both lists, for each engine: a long run less a short one, over the joins between them."""
    from simulator.experiments.replication import engine_named

    joins = {
        "simpy": effort.choose(20_000, 100_000, 200_000),
        "compiled": effort.choose(200_000, 500_000, 1_000_000),
    }
    rounds = effort.choose(1, 5, 9)
    section = Section(
        "Ten places, one of which is free every minute; one person comes every minute, a fifth of them urgent and put first; so "
        "the list stays as long as it was when the run began, which is checked at its end. A join is all that it brings: the "
        "person, their place in the list, their start and their end. Its cost is the time of a run of many joins less that of "
        "a run of 100, which fills the list and little else, over the joins between. "
        f"Medians of {rounds} rounds in which engines and lists take turns."
    )
    found = engines(section.skipped)
    spent: dict[tuple[str, int], list[float]] = {
        (name, waiting): [] for name in found for waiting in (SHORT, LONG)
    }
    for name in found:  # whatever is loaded or compiled at first use is so before anything is timed
        seconds_for(engine_named(name), SHORT, 100)
    for _ in range(rounds):
        for name, waiting in spent:
            simulate = engine_named(name)
            few, _ = seconds_for(simulate, waiting, 100)
            many, left = seconds_for(simulate, waiting, joins[name])
            if abs(left - waiting) > 2 * PLACES:
                raise ValueError(f"{left:,} people are left on a list that should hold {waiting:,}")
            spent[name, waiting].append(1e6 * (many - few) / (joins[name] - 100))
    for name in found:
        short, long = spent[name, SHORT], spent[name, LONG]
        section.rows += [
            {
                "engine": ENGINE_NAMES[name],
                "on the list": f"{waiting:,}",
                "joins timed": f"{joins[name]:,}",
                "microseconds a join": f"{statistics.median(each):.2f}",
                "range of rounds": f"{min(each):.2f} to {max(each):.2f}",
            }
            for waiting, each in ((SHORT, short), (LONG, long))
        ]
        # A cost that is not above 0 is noise larger than the cost, and a ratio of it would say nothing.
        known = min(*short, *long) > 0
        ratio = statistics.median(b / a for a, b in zip(short, long, strict=True)) if known else None
        section.targets.append(
            Target(
                f"{ENGINE_NAMES[name]}: a join on a list of {LONG:,} beside one of {SHORT:,}",
                ratio,
                "at most",
                3,
            )
        )
    return section
