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

# Below so many columns a table is told row by row.
NARROW = 60
LONGEST_LABEL = 60
GAP = 1


def console() -> Console:
    """A terminal, or 120 columns (or what COLUMNS says) where the output goes to a file."""
    import os

    found = Console(highlight=False)
    if found.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return found
    return Console(highlight=False, width=120)


def plain(words: str, style: str = "") -> Text:
    """Text as it is written: no markup, and none of the control characters that would command the terminal."""
    return Text("".join(letter if letter.isprintable() else " " for letter in words), style=style)


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on the error stream with count and time left, shown once a run has taken a second."""
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    begun = time.monotonic()
    columns = (TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("runs", total=None, left="")

    def tell(progress: Progress) -> None:
        left = progress.seconds_left or 0
        words = f"about {left:.0f} s left" if left >= 1 else ""
        bar.update(task, total=progress.of, completed=progress.done, left=words)
        if not bar.live.is_started and time.monotonic() - begun > 1 and progress.done < progress.of:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()


def show_comparison(found: Any) -> None:
    """Verdict, caveats, then the tables."""
    out = console()
    scenario = found.result.scenario
    against = f": {scenario.label(found.design)} against {scenario.label(found.result.baseline)}"
    out.print(plain(scenario.title, style="bold") + plain(against))
    out.print(plain(how_run(found.result)))
    out.print()
    for sentence in found.verdict:
        print_item(out, "•", sentence)
    out.print()
    for sentence in found.caveats:
        print_item(out, "Note:", sentence)
    for section in found.sections:
        print_section(out, section)


def show_overview(result: Result, table: pd.DataFrame) -> None:
    """What happens under each design, measure by measure."""
    from simulator.present.views import overview_sections

    out = console()
    out.print(plain(result.scenario.title, style="bold"))
    out.print(plain(how_run(result)))
    for section in overview_sections(table, result):
        print_section(out, section)


def show_story(sentences: list[str]) -> None:
    """A story as one heading and its sentences."""
    out = console()
    out.print()
    out.print(plain(sentences[0], style="bold"))
    for sentence in sentences[1:]:
        print_item(out, " ", sentence)


def show_library(entries: list[Entry]) -> None:
    """Scenarios with what they are about."""
    out = console()
    if not entries:
        out.print("There are no scenarios here. `simulator new FILE` writes one to start from.")
    for entry in entries:
        out.print(plain(_name(entry.path), style="bold") + plain(f"  {entry.title}"))
        if entry.problem:
            print_item(out, " ", f"cannot be run: {entry.problem}")
        else:
            if entry.summary:
                print_item(out, " ", entry.summary)
            print_item(out, " ", f"designs: {', '.join(entry.designs)}")


def _name(path: Any) -> str:
    """A path as one would type it here."""
    import os

    here = os.path.relpath(path)
    return str(path) if here.startswith("..") else here


def how_run(result: Result) -> str:
    several = result.replications > 1
    same = " on the same random numbers" if len(result.designs) > 1 else ""
    draw = f", draw {result.draw}" if result.draw is not None else ""
    if result.vary:
        same += (
            ", each with its own sample of what is uncertain"
            if several
            else ", with a sample of what is uncertain"
        )
    return (
        f"{result.replications:,} run{'s' if several else ''} of each design{same}, seed {result.seed}{draw}."
    )


def print_item(out: Console, mark: str, text: str) -> None:
    """A mark and a text whose further lines begin below its first."""
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(plain(mark), plain(text))
    out.print(row)


def print_section(out: Console, section: Section) -> None:
    from rich import box

    out.print()
    out.print(plain(section.title, style="bold"))
    if out.width < NARROW:
        _row_by_row(out, section)
    else:
        widths = _widths(section, out.width)
        table = Table(
            box=box.SIMPLE_HEAD, header_style="", pad_edge=False, padding=(0, GAP, 0, 0), show_edge=False
        )
        for position, (heading, width) in enumerate(zip(section.columns, widths, strict=True)):
            justify = "left" if position == 0 or heading == "In how many runs" else "right"
            table.add_column(plain(heading), justify=justify, overflow="fold", width=width)  # type: ignore[arg-type]
        headed = any(len(row) == 1 for row in section.rows)
        for row in section.rows:
            if len(row) == 1:
                table.add_row(plain(row[0], style="bold"))
            else:
                table.add_row(plain(("  " if headed else "") + row[0]), *(plain(cell) for cell in row[1:]))
        out.print(table)
    if section.note:
        out.print(plain(section.note))


def _widths(section: Section, available: int) -> list[int]:
    """Column widths: headings wrap before numbers do, numbers with words in them before the labels become too narrow."""
    full = [row for row in section.rows if len(row) > 1]
    indent = 2 if len(full) < len(section.rows) else 0
    label = max([10, *(len(row[0]) + indent for row in full)])
    widest, least = [], []
    for position, heading in list(enumerate(section.columns))[1:]:
        cells = [row[position] for row in full]
        word = max([0, *(len(part) for part in heading.split())])
        widest.append(max([word, min(len(heading), 13), *map(len, cells)]))
        least.append(max([word, *(len(part) for cell in cells for part in cell.split())]))
    # The mark between columns of the box takes one more.
    room = available - (GAP + 1) * len(widest)
    wanted = min(label, LONGEST_LABEL)
    columns = list(widest)
    # What can wrap wraps once, the widest first, until the label has room.
    for position in sorted(range(len(columns)), key=lambda each: -widest[each]):
        if sum(columns) + min(wanted, 30) > room:
            columns[position] = max(least[position], min(widest[position], widest[position] // 2 + 2))
    return [max(min(wanted, room - sum(columns)), 8), *columns]


def _row_by_row(out: Console, section: Section) -> None:
    for row in section.rows:
        if len(row) == 1:
            out.print(plain(row[0], style="bold"))
            continue
        out.print(plain(row[0]))
        for heading, cell in zip(section.columns[1:], row[1:], strict=True):
            if cell:
                print_item(out, " ", f"{heading}: {cell}")


__all__ = ["progress_bar", "show_comparison", "show_library", "show_overview", "show_story"]
