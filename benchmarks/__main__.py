"""Measure the product: beside other tools, and as its scenarios grow.

`python -m benchmarks` prints every part, `--write docs/performance.md` puts each into its section of that page, too.
Nothing here passes or fails: ratios and targets are shown side by side.
"""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path

from benchmarks import report
from benchmarks.report import Effort

PARTS = (
    "queues",
    "edge_of_care",
    "growth",
    "region",
    "waiting_list",
    "replications",
    "contract_variants",
    "doubt",
    "batch",
    "dashboard",
)


def main() -> None:
    """Read the options, measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--part", nargs="+", choices=PARTS, default=PARTS, metavar="NAME", help=", ".join(PARTS)
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the results into this page")
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument(
        "--quick", action="store_const", const="quick", dest="effort", help="a look, in a few minutes"
    )
    effort.add_argument(
        "--full", action="store_const", const="full", dest="effort", help="everything, over half an hour"
    )
    options = parser.parse_args()
    chosen = Effort(options.effort or "default")
    for name in options.part:
        part = importlib.import_module(f"benchmarks.{name}")
        begun = time.monotonic()
        section = part.measure(chosen)
        text = f"{report.conditions()}\n\n{section.markdown()}"
        print(f"## {part.TITLE}\n\n{text}\n\n({time.monotonic() - begun:.0f} s)\n", flush=True)
        if options.write:
            report.write(options.write, name, part.TITLE, text)


if __name__ == "__main__":
    main()
