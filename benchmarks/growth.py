"""Edge of care with 1,000 to 1,000,000 people: time and memory a person."""

from __future__ import annotations

import time

from benchmarks import child
from benchmarks.edge_of_care import DESIGNS, scenario_text
from benchmarks.report import ENGINE_NAMES, Effort, Row, Section, Target, engines

TITLE = "Growth"
TINY = 100
MOST_SIMPY = {"quick": 1_000, "default": 10_000, "full": 100_000}
REACHES = {"history": "to histories", "tables": "to tables"}


def job(people: int, engine: str, reach: str) -> dict[str, float]:
    """Seconds from models to the histories of both designs (both kept), with the people in them, or to the comparison table."""
    from simulator.analysis.compare import compare
    from simulator.experiments.engines import engine_named
    from simulator.experiments.replication import prepare_all, replicate
    from simulator.scenario.load import load_text

    def go(people: int) -> dict[str, float]:
        scenario = load_text(scenario_text(people), "scaled.yaml")
        prepared = prepare_all(scenario, DESIGNS)
        begun = time.perf_counter()
        if reach == "history":
            histories = [engine_named(engine)(each.model, 1, 0) for each in prepared.values()]
            return {"seconds": time.perf_counter() - begun, "people": len(histories[0].people)}
        compare(replicate(prepared, 0, engine=engine), *DESIGNS)
        return {"seconds": time.perf_counter() - begun}

    go(TINY)  # whatever is loaded or compiled at first use is so before the clock starts
    return go(people)


def measure(effort: Effort) -> Section:
    """Time and memory a person at each size, each run in a process of its own."""
    sizes = effort.choose(
        [1_000, 10_000], [1_000, 10_000, 100_000, 1_000_000], [1_000, 10_000, 100_000, 1_000_000]
    )
    section = Section(
        "Edge of care with arrivals, those present and places scaled together; both designs, one core, each run in a fresh "
        f"process after a tiny run ({TINY} people) in it. Memory is the most the process ever held, less that of a process that "
        "does the tiny run twice; a person is counted once for both designs. `to histories` keeps both histories; `to tables` is "
        "from models to the comparison table, with all that is held on the way. What a run costs whatever its size makes small "
        "ones look slow a person, so growth is told from the least at any smaller size. "
        "The quickest of three runs, and a single one above 100,000 people, which flatters the small."
    )  # fmt: skip
    found = engines(section.skipped)
    per: dict[tuple[str, str, int], tuple[float, float]] = {}
    people: dict[tuple[str, int], float] = {}
    for name in found:
        for reach, title in REACHES.items():
            _, base = child.run("growth", "job", people=TINY, engine=name, reach=reach)
            for size in sizes:
                if name == "simpy" and size > MOST_SIMPY[effort.name]:
                    continue
                try:
                    result, peak = least(size, name, reach, 3 if size <= 100_000 else 1)
                except child.ChildFailed as failed:
                    section.skipped.append(f"{ENGINE_NAMES[name]}, {size:,} people: {failed}")
                    continue
                # The same seed, so the same people, whichever way they were run.
                count = people.setdefault((name, size), result.get("people", size))
                per[name, reach, size] = (result["seconds"] / count, (peak - base) / count)
                section.rows.append(
                    row(name, title, round(count), result["seconds"], peak, *per[name, reach, size])
                )
    if "simpy" in found and sizes[-1] > MOST_SIMPY[effort.name]:
        section.skipped.append(f"our SimPy engine over {MOST_SIMPY[effort.name]:,} people, for time")
    for reach, title in REACHES.items():
        large = per.get(("compiled", reach, sizes[-1]))
        smaller = [per[key][0] for size in sizes[:-1] if (key := ("compiled", reach, size)) in per]
        grows = large[0] / min(smaller) if large and smaller else None
        holds = large[1] / 1000 if large else None
        section.targets += [
            Target(
                f"time a person at {sizes[-1]:,} people beside the least at any smaller size, {title}",
                grows,
                "under",
                3,
            ),
            Target(f"memory a person at {sizes[-1]:,} people, {title}", holds, "under", 3, "{:.2f} KB"),
        ]
    return section


def least(size: int, engine: str, reach: str, times: int) -> tuple[dict[str, float], int]:
    """The quickest of several runs: a short one is easily disturbed."""
    runs = [child.run("growth", "job", people=size, engine=engine, reach=reach) for _ in range(times)]
    return min(runs, key=lambda run: run[0]["seconds"])


def row(name: str, title: str, size: int, seconds: float, peak: int, each: float, bytes_each: float) -> Row:
    return {
        "engine": ENGINE_NAMES[name],
        "measured": title,
        "people": f"{size:,}",
        "seconds": f"{seconds:,.3f}",
        "microseconds a person": f"{1e6 * each:,.1f}",
        # In a small run what the libraries take in blocks hides what the people take.
        "KB a person": f"{bytes_each / 1000:,.2f}" if size >= 5_000 else "-",
        "peak memory, MB": f"{peak / 1e6:,.0f}",
    }
