"""Tables and sentences on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Progress, Result
    from simulator.present.views import Section
    from simulator.scenario.library import Entry


def console() -> Console:
    """A terminal, or 120 columns where the output goes to a file."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=120)


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on the error stream with count and time left, shown once a run has taken a second."""
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    begun = time.monotonic()
    bar = Bar(TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"), console=Console(stderr=True), transient=True)
    task = bar.add_task("runs", total=None, left="")

    def tell(progress: Progress) -> None:
        if not bar.live.is_started and time.monotonic() - begun > 1:
            bar.start()
        left = progress.seconds_left or 0
        bar.update(task, total=progress.of, completed=progress.done, left=f"about {left:.0f} s left" if left >= 1 else "")

    try:
        yield tell
    finally:
        bar.stop()


def show_comparison(found: Any) -> None:
    """Verdict, caveats, then the tables."""
    out = console()
    result = found.result
    scenario = result.scenario
    out.print(Text(scenario.title, style="bold") + Text(f": {scenario.label(found.design)} against {scenario.label(result.baseline)}"))
    out.print(f"{result.replications:,} run{'s' * (result.replications > 1)} of each design on the same random numbers, seed {result.seed}.\n")
    for sentence in found.verdict:
        out.print(Text("• " + sentence))
    out.print()
    for sentence in found.caveats:
        out.print(Text("Note: " + sentence, style="dim"))
    for section in found.sections:
        _print(out, section)


def show_overview(result: Result, table: pd.DataFrame) -> None:
    """What happens under each design, measure by measure."""
    out = console()
    out.print(Text(result.scenario.title, style="bold"))
    out.print(f"{result.replications:,} run{'s' * (result.replications > 1)} of each design on the same random numbers, seed {result.seed}.")
    from simulator.present.views import overview_sections

    for section in overview_sections(table, result):
        _print(out, section)


def show_story(sentences: list[str]) -> None:
    """A story as one heading and its sentences."""
    out = console()
    out.print()
    out.print(Text(sentences[0], style="bold"))
    for sentence in sentences[1:]:
        out.print(Text("  " + sentence))


def show_library(entries: list[Entry]) -> None:
    """Scenarios with what they are about."""
    out = console()
    if not entries:
        out.print("There are no scenarios here. `simulator new FILE` writes one to start from.")
    for entry in entries:
        out.print(Text(str(entry.path), style="bold") + Text(f"  {entry.title}"))
        if entry.problem:
            out.print(Text(f"  cannot be run: {entry.problem}"))
        else:
            if entry.summary:
                out.print(Text(f"  {entry.summary}"))
            out.print(Text(f"  designs: {', '.join(entry.designs)}"))


def _print(out: Console, section: Section) -> None:
    from rich import box

    table = Table(title=section.title, title_justify="left", title_style="bold", header_style="", pad_edge=False, box=box.SIMPLE_HEAD,
                  caption=section.note or None, caption_justify="left", caption_style="dim")
    for position, heading in enumerate(section.columns):
        table.add_column(Text(heading), justify="left" if position == 0 or heading == "In how many runs" else "right", overflow="fold")
    headed = any(len(row) == 1 for row in section.rows)
    for row in section.rows:
        if len(row) == 1:
            table.add_row(Text(row[0], style="bold"))
        else:
            table.add_row(Text(("  " if headed else "") + row[0]), *(Text(cell) for cell in row[1:]))
    out.print()
    out.print(table)


__all__ = ["progress_bar", "show_comparison", "show_library", "show_overview", "show_story"]
