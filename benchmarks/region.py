"""Everybody in the Liverpool City Region over ten years, both designs: a synthetic scenario of size."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import child
from benchmarks.report import ENGINE_NAMES, Effort, Section, engines

TITLE = "The Liverpool City Region"
FILE = Path(__file__).with_name("liverpool-city-region.yaml")
RESIDENTS = 1_550_000
BIRTHS, CRISIS_PLACES, EARLY_PLACES = 17_000, 2_400, 3_000
DESIGNS = ("today", "early")


def scenario_text(residents: int = RESIDENTS) -> str:
    """The file's text, with fewer residents (and births and places in proportion) where asked."""
    text = FILE.read_text(encoding="utf-8")
    for what in (
        rf"value: {RESIDENTS},",
        rf"well: {BIRTHS} per",
        rf"places: {CRISIS_PLACES} ",
        rf"places: {EARLY_PLACES}\}}",
    ):
        text, times = re.subn(what, lambda found: _scaled(found[0], residents / RESIDENTS), text)
        if times != 1:
            raise ValueError(f"{FILE.name} has `{what}` {times} times: the benchmark must follow the file")
    return text


def _scaled(text: str, share: float) -> str:
    return re.sub(r"\d+", lambda found: str(max(1, round(int(found[0]) * share))), text)


def job(residents: int, engine: str) -> dict[str, float]:
    """People, rows, and seconds: to read and compile, for the events of both designs, and from models to comparison table."""
    from simulator.analysis.compare import compare
    from simulator.experiments.engines import engine_named
    from simulator.experiments.replication import prepare_all, replicate
    from simulator.scenario.load import load_text

    def made(residents: int) -> dict[str, Any]:
        return prepare_all(load_text(scenario_text(residents), FILE.name), DESIGNS)

    prepared = made(500)  # whatever is loaded or compiled at first use is so before the clock starts
    compare(replicate(prepared, 0, engine=engine), *DESIGNS)

    times = [time.perf_counter()]
    prepared = made(residents)
    times.append(time.perf_counter())
    compare(replicate(prepared, 0, engine=engine), *DESIGNS)
    times.append(time.perf_counter())
    peak = child.peak()
    # The events alone are run again, one design at a time, so that both histories are never held just to be counted.
    rows = people = 0
    for each in prepared.values():
        history = engine_named(engine)(each.model, 1, 0)
        rows, people = rows + len(history.rows), len(history.people)
        del history
    times.append(time.perf_counter())
    make, tables, events = (after - before for before, after in pairwise(times))
    return {"people": people, "rows": rows, "peak": peak, "make": make, "tables": tables, "events": events}


def measure(effort: Effort) -> Section:
    """Seconds and memory of one replication of both designs, in a process of its own."""
    residents = effort.choose(15_500, RESIDENTS, RESIDENTS)
    section = Section(
        f"`benchmarks/{FILE.name}`, a synthetic scenario that claims nothing about the region: {residents:,} residents present "
        "and well at the start, births, deaths and moving away, need, crisis, a crisis service, and early help under one of two "
        "designs. One replication of both designs over ten years, one core, in a fresh process. `events` is what the engine "
        "takes to write both histories, `models to tables` all from models to the comparison table, events among it."
    )
    found = engines(section.skipped)
    if "compiled" in found or effort.name == "quick":
        for name in found if effort.name == "quick" else ["compiled"]:
            try:
                result, _ = child.run("region", "job", residents=residents, engine=name)
            except child.ChildFailed as failed:
                section.skipped.append(str(failed))
                continue
            section.rows.append(
                {
                    "engine": ENGINE_NAMES[name],
                    "people": f"{result['people']:,.0f}",
                    "rows of both histories": f"{result['rows']:,.0f}",
                    "read and compile, s": f"{result['make']:.2f}",
                    "events, s": f"{result['events']:.2f}",
                    "models to tables, s": f"{result['tables']:.2f}",
                    "peak memory, GB": f"{result['peak'] / 1e9:.2f}",
                }
            )
    if effort.name != "quick":
        section.skipped.append(f"{ENGINE_NAMES['simpy']}, for time; what it takes a person is under growth")
    return section
