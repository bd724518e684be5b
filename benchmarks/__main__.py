"""Time plain SimPy, Ciw and the product on the same models.

`python -m benchmarks` prints a table, `--write docs/performance.md` puts it into that page too. The tools take
turns within every round, so that a busy machine slows all of them alike, and the median of the rounds is
reported. Each round has its own seed.
"""

import argparse
import datetime
import gc
import importlib.metadata
import os
import platform
import statistics
from collections.abc import Callable
from pathlib import Path

from benchmarks import ours, peers

TOOLS: dict[str, tuple[str, Callable[[str, int, int], peers.Measured]]] = {
    "simpy": ("plain SimPy", peers.run_simpy),
    "ciw": ("Ciw", peers.run_ciw),
    "ours": ("ours", ours.run),
}
CASES = {"desk": "one desk, M/M/10", "five_desks": "five desks in line"}
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def measure(tools: list[str], visits: int, rounds: int) -> dict[tuple[str, str], list[peers.Measured]]:
    """All runs of every (case, tool), interleaved."""
    runs: dict[tuple[str, str], list[peers.Measured]] = {(case, tool): [] for case in CASES for tool in tools}
    for seed in range(1, rounds + 1):
        for case in CASES:
            days = round(visits / (peers.ARRIVALS * peers.STAGES[case]))
            for tool in tools:
                gc.collect()
                runs[case, tool].append(TOOLS[tool][1](case, days, seed))
    return runs


def table(runs: dict[tuple[str, str], list[peers.Measured]]) -> str:
    """A Markdown table: speed with its range, ratio to plain SimPy, and the wait as a check on the work."""
    lines = [
        "| model | tool | visits a second, median | range of rounds "
        "| beside plain SimPy | visits | mean wait, days |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (case, tool), measured in runs.items():
        speeds = [run.visits / run.seconds for run in measured]
        speed = statistics.median(speeds)
        # Rounds are paired: in each, both tools ran one after the other.
        beside = [
            own / (other.visits / other.seconds)
            for own, other in zip(speeds, runs.get((case, "simpy"), []), strict=False)
        ]
        ratio = f"{statistics.median(beside):.2f}" if beside else "-"
        wait = statistics.mean(run.mean_wait for run in measured)
        visits = round(statistics.mean(run.visits for run in measured))
        lines.append(
            f"| {CASES[case]} | {TOOLS[tool][0]} | {speed:,.0f} | {min(speeds):,.0f} to {max(speeds):,.0f} "
            f"| {ratio} | {visits:,} | {wait:.3f} |"
        )
    return "\n".join(lines)


def report(tools: list[str], runs: dict[tuple[str, str], list[peers.Measured]], rounds: int) -> str:
    """The date, the machine, the versions and the table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = {"simpy": "simpy", "ciw": "ciw", "ours": "commissioning-simulator"}
    versions = ", ".join(f"{names[tool]} {importlib.metadata.version(names[tool])}" for tool in tools)
    return (
        f"Measured on {datetime.date.today():%d %B %Y}: {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB of memory, Python {platform.python_version()}; {versions}.\n"
        f"Tools taking turns, {rounds} rounds, each on one core, every visit recorded. "
        f"Only running is timed. The exact mean wait at each desk is {peers.MEAN_WAIT:.3f} days.\n\n{table(runs)}\n"
    )


def write(path: Path, text: str) -> None:
    """Put `text` between the markers of `path`; add the section, or the file, where there is none."""
    section = f"{BEGIN}\n{text}{END}"
    page = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    if BEGIN in page and END in page:
        before, rest = page.split(BEGIN, 1)
        page = before + section + rest.split(END, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def main() -> None:
    """Read the options, measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS), help="which to time")
    parser.add_argument("--visits", type=int, default=100_000, help="visits in each run, about")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, each with its own seed")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the result into this page")
    options = parser.parse_args()
    runs = measure(options.tools, options.visits, options.rounds)
    text = report(options.tools, runs, options.rounds)
    print(text)
    if options.write:
        write(options.write, text)


if __name__ == "__main__":
    main()
