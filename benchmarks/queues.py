"""One desk and five desks in line: visits a second of the product's engines beside other tools."""

from __future__ import annotations

import gc
import importlib.util
import statistics
from collections.abc import Callable
from functools import partial

from benchmarks import ours, peers
from benchmarks.report import ENGINE_NAMES, Effort, Row, Section, Target, engines

TITLE = "Visits a second"
CASES = {"desk": "one desk, M/M/10 at load 0.9", "five_desks": "five such desks in line"}
NAMES = {"simpy": "plain SimPy", "ciw": "Ciw", "cimba": "cimba", "c": "C, binary heap", **{
    f"our_{name}": title for name, title in ENGINE_NAMES.items()
}}  # fmt: skip
# How far the mean wait over all rounds may be from the exact one: four standard errors. These are the standard error of the
# mean of a million visits, as a share of it, from 150 runs of the C loop with seeds of their own.
ERROR_IN_A_MILLION = {"desk": 0.026, "five_desks": 0.041}

Run = Callable[[str, int, int], peers.Measured]


def tools(skipped: list[str]) -> dict[str, Run]:
    """The tools that are there, by name; `skipped` is told of the others."""
    found: dict[str, Run] = {}
    for name, run in (("simpy", peers.run_simpy), ("ciw", peers.run_ciw)):
        if importlib.util.find_spec(name):
            found[name] = run
        else:
            skipped.append(f"{NAMES[name]}: not installed")
    if importlib.util.find_spec("cimba"):
        from benchmarks import peers_cimba

        found["cimba"] = peers_cimba.run
    else:
        skipped.append("cimba: not installed")
    if reason := peers.missing_compiler():
        skipped.append(reason)
    else:
        found["c"] = peers.run_c
    for name in engines(skipped):
        found[f"our_{name}"] = partial(ours.run, name=name)
    return found


def measure(effort: Effort) -> Section:
    """Visits a second of every tool on both models; tools take turns within every round, each round with its own seed."""
    rounds = effort.choose(1, 5, 9)
    slow, fast = effort.choose((20_000, 200_000), (200_000, 1_000_000), (500_000, 2_000_000))
    section = Section(
        f"Every visit is recorded, on one core, and only running is timed. Medians of {rounds} rounds in which the tools take "
        f"turns; ratios are medians of the rounds' own. Runs of {fast:,} visits, those of plain SimPy, Ciw and our SimPy engine "
        f"of {slow:,}. The exact mean wait at each desk is {peers.MEAN_WAIT:.3f} days (Erlang C); a tool whose mean over "
        "all rounds is further from it than `allowed`, four standard errors, has not done the same work, and is marked."
    )
    chosen = tools(section.skipped)
    runs: dict[tuple[str, str], list[peers.Measured]] = {
        (case, tool): [] for case in CASES for tool in chosen
    }
    for case in CASES:  # whatever is compiled or loaded at first use is so before anything is timed
        for run in chosen.values():
            run(case, 100, 1)
    for seed in range(1, rounds + 1):
        for case in CASES:
            for tool, run in chosen.items():
                visits = fast if tool in ("cimba", "c", "our_compiled") else slow
                days = round(visits / (peers.ARRIVALS * peers.STAGES[case]))
                gc.collect()
                runs[case, tool].append(run(case, days, seed))
    section.rows = [row(case, tool, runs) for case, tool in runs]
    for case in CASES:
        section.targets += targets(case, runs)
    return section


def speeds(measured: list[peers.Measured]) -> list[float]:
    return [each.visits / each.seconds for each in measured]


def beside(
    case: str, one: str, other: str, runs: dict[tuple[str, str], list[peers.Measured]]
) -> float | None:
    """How many times as fast `one` is as `other`: the median over rounds, in each of which both ran; None if one is missing."""
    pairs = list(zip(speeds(runs.get((case, one), [])), speeds(runs.get((case, other), [])), strict=False))
    return statistics.median(a / b for a, b in pairs) if pairs else None


def row(case: str, tool: str, runs: dict[tuple[str, str], list[peers.Measured]]) -> Row:
    measured = runs[case, tool]
    ratio = beside(case, tool, "simpy", runs)
    wait = sum(each.mean_wait * each.visits for each in measured) / sum(each.visits for each in measured)
    visits = sum(each.visits for each in measured)
    allowed = 4 * ERROR_IN_A_MILLION[case] / (visits / 1e6) ** 0.5
    same = abs(wait / peers.MEAN_WAIT - 1) <= allowed
    own = speeds(measured)
    return {
        "model": CASES[case],
        "tool": NAMES[tool],
        "visits a second": f"{statistics.median(own):,.0f}",
        "range of rounds": f"{min(own):,.0f} to {max(own):,.0f}",
        "beside plain SimPy": "-" if ratio is None else f"{ratio:.2f}",
        "mean wait, days": f"{wait:.3f}" if same else f"{wait:.3f} **not the same work**",
        "allowed": f"± {allowed:.0%}",
    }


def targets(case: str, runs: dict[tuple[str, str], list[peers.Measured]]) -> list[Target]:
    plain, cimba = (beside(case, "our_compiled", other, runs) for other in ("simpy", "cimba"))
    loop = beside(case, "c", "our_compiled", runs)
    return [
        Target(f"{CASES[case]}: compiled engine beside plain SimPy", plain, "at least", 50, "{:.1f} x"),
        Target(f"{CASES[case]}: compiled engine beside cimba", cimba, "over", 1),
        Target(f"{CASES[case]}: the C loop beside the compiled engine", loop, "at most", 2.5),
    ]
