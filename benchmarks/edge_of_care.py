"""Edge of care, one replication of two designs, from model to comparison table."""

from __future__ import annotations

import gc
import re
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import ENGINE_NAMES, Effort, Row, Section, Target, engines

if TYPE_CHECKING:
    from simulator.scenario.load import Scenario

TITLE = "Edge of care, from model to comparison table"
FILE = Path(__file__).resolve().parents[1] / "scenarios" / "edge-of-care.yaml"
DESIGNS = ("today", "early_help")
# Of the file as it stands: those present, and those who arrive in warm-up and horizon (400 a year, 16 years).
PRESENT, A_YEAR, YEARS = 1050, 400, 16
REPLICATIONS = {"simpy": 1, "compiled": 20}
CASES = {"as written": {}, "4,000 people, 10 years": {"people": 4_000, "years": 10}}


def scenario_text(people: int | None = None, years: int | None = None) -> str:
    """The file's text; with `people`, about that many over the run, and as many places and present in proportion.

    With `years`, the horizon, and no warm-up.
    """
    text = FILE.read_text(encoding="utf-8")
    span = YEARS
    if years is not None:
        span = years
        text = _replaced(text, r"^horizon: 8 years", f"horizon: {years} years")
        text = _replaced(text, r"^warm_up: 8 years", "warm_up: 0 years")
    if people is None:
        return text
    share = people / (PRESENT + A_YEAR * span)
    rate = A_YEAR * share
    text = _replaced(text, r"struggling: 400 per year \(340 to 460\)", f"struggling: {rate:.4f} per year")
    for state, count in (("coping", 620), ("struggling", 120), ("at_risk", 110), ("in_care", 200)):
        text = _replaced(
            text, rf"^( +{state}: +){{value: {count},", rf"\g<1>{{value: {_whole(count, share)},"
        )
    text = _replaced(text, r"places: 65 ", f"places: {_whole(65, share)} ")
    text = _replaced(text, r"places: 200 ", f"places: {_whole(200, share)} ")
    text = _replaced(text, r"units_of: 10$", f"units_of: {_whole(10, share)}")
    text = _replaced(text, r"keep_free: 15 ", f"keep_free: {_whole(15, share)} ")
    opened = f"{{start: {_whole(40, share)}, 2028-04-01: {_whole(90, share)}, 2032-04-01: 0}}"
    return _replaced(text, r"\{start: 40, 2028-04-01: 90, 2032-04-01: 0\}", opened)


def _whole(count: int, share: float) -> int:
    return max(1, round(count * share))


def _replaced(text: str, what: str, by: str) -> str:
    found, times = re.subn(what, by, text, flags=re.M)
    if times != 1:
        raise ValueError(f"{FILE.name} has `{what}` {times} times: the benchmark must follow the file")
    return found


def once(scenario: Scenario, engine: str, replication: int) -> tuple[float, float]:
    """Seconds to prepare both designs, and seconds a replication from models to comparison table.

    The fast engine does several replications, so that its figure, too, rests on some tenths of a second.
    """
    from simulator.analysis.compare import compare
    from simulator.experiments.replication import prepare_all, replicate

    gc.collect()
    begun = time.perf_counter()
    prepared = prepare_all(scenario, DESIGNS)
    made = time.perf_counter()
    times = REPLICATIONS[engine]
    for number in range(times):
        compare(replicate(prepared, replication + number, engine=engine), *DESIGNS)
    return made - begun, (time.perf_counter() - made) / times


def people(scenario: Scenario, engine: str) -> int:
    """People in a run under the baseline."""
    from simulator.engine.compile import compile_model
    from simulator.experiments.engines import engine_named

    return len(engine_named(engine)(compile_model(scenario, DESIGNS[0]), 1, 0).people)


def measure(effort: Effort) -> Section:
    """Seconds of both engines on both cases; engines take turns, replication by replication."""
    from simulator.scenario.load import load_text

    rounds = effort.choose(2, 5, 11)
    section = Section(
        f"`{FILE.name}`, the designs `{DESIGNS[0]}` and `{DESIGNS[1]}`: events of both, outcomes, ledgers, measures, comparison. "
        f"Models and price tables are made before, which is shown beside it and is done once for all replications. Medians of "
        f"{rounds} rounds in which the engines take turns, SimPy with one replication, the compiled engine with the mean of "
        f"{REPLICATIONS['compiled']}. 4,000 people: the same file with fewer arrivals, those present and "
        "places in proportion, a horizon of 10 years and no warm-up."
    )
    found = engines(section.skipped)
    spent: dict[tuple[str, str], list[float]] = {(case, name): [] for case in CASES for name in found}
    for case, changes in CASES.items():
        scenario = load_text(scenario_text(**changes), f"{case}.yaml")
        for name in found:
            once(scenario, name, 0)
        making = []
        for replication in range(1, rounds + 1):
            for name in found:
                made, seconds = once(scenario, name, replication)
                making.append(made)
                spent[case, name].append(seconds)
        count = people(scenario, found[0])
        section.rows += [row(case, name, count, spent[case, name], making) for name in found]
    both = all((case, name) in spent for case in CASES for name in ENGINE_NAMES)
    ratio = (
        statistics.median(
            a / b for a, b in zip(spent["as written", "simpy"], spent["as written", "compiled"], strict=True)
        )
        if both
        else None
    )
    small = spent.get(("4,000 people, 10 years", "compiled"))
    quick = 1000 * statistics.median(small) if small else None
    section.targets = [
        Target("as written: compiled engine beside our SimPy engine", ratio, "at least", 100, "{:.0f} x"),
        Target("4,000 people over 10 years, compiled engine", quick, "under", 30, "{:.1f} ms"),
    ]
    return section


def row(case: str, name: str, count: int, seconds: list[float], making: list[float]) -> Row:
    return {
        "scenario": case,
        "people": f"{count:,}",
        "engine": ENGINE_NAMES[name],
        "model to table, ms": f"{1000 * statistics.median(seconds):,.1f}",
        "range of rounds, ms": f"{1000 * min(seconds):,.1f} to {1000 * max(seconds):,.1f}",
        "preparing both designs, ms": f"{1000 * statistics.median(making):,.0f}",
    }
