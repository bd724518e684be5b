"""The commands about studies: `batch` runs one into a folder, `query` asks the folder. Thin, as `cli`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli_options import AsCsv, AsJson, Workers, option
from simulator.cli_process import Wrong, before_running, print_exactly, printable, shown

if TYPE_CHECKING:
    from simulator.experiments.study import Estimate, Found

MOST_ROWS_SHOWN, MOST_WIDE_ROWS = 100, 10


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(short_help="Run a study: many settings, kept in a folder, resumed where it stopped.")(batch)
    app.command(short_help="Ask a study's folder in SQL.")(query)


def batch(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="The study file (YAML).", show_default=False)
    ],
    out: Annotated[
        Path | None,
        option(metavar="DIR", help="Where results are kept. With the same folder again, it goes on."),
    ] = None,
    dry_run: Annotated[
        bool, option("--dry-run", help="Say how many runs, how long and how much disk; write nothing.")
    ] = False,
    scheduler: Annotated[
        str | None,
        option(metavar="ADDRESS", help="Run on a Dask cluster, such as tcp://host:8786."),
    ] = None,
    threads: Annotated[
        bool, option("--threads", help="Use threads of one process, which takes less memory.")
    ] = False,
    workers: Workers = 0,
) -> None:
    """Run a study: a grid or sample of settings, each chunk of results written whole; stopped, it goes on when run again."""
    from simulator.experiments.study import estimate, load_study, run_study

    if dry_run:
        _tell(estimate(load_study(study), workers or os.cpu_count() or 1))
        return
    if out is None:
        raise Wrong("say where results are kept, such as --out results; or --dry-run to see what it takes")
    if scheduler is not None and (threads or workers):
        raise Wrong("--threads and --workers are of this machine; with --scheduler the cluster decides")
    try:
        with shown(False) as progress:
            found = run_study(
                study,
                out,
                at_once=workers or None,
                processes=not threads,
                scheduler=scheduler,
                progress=progress,
            )
    except KeyboardInterrupt:
        print(f"What is finished is kept in {out}: run the same command again to go on.", file=sys.stderr)
        raise
    there = f", {found.before:,} of {found.layout.chunks:,} chunks were there already" if found.before else ""
    print(
        printable(f"{found.layout.study.title}: {found.layout.runs:,} runs in {found.seconds:,.0f} s{there}.")
    )
    if found.failed:
        where = out / "failures"
        print(
            f"{_count(found.failed, 'run')} could not be finished: why, and with what numbers, is in {where}."
        )
    if found.gaps:
        print(
            f"In {_count(found.gaps, 'point')} a sampled share or ratio was out of reach, and the nearest was used."
        )
    print(f'Wrote {out}. Next: simulator query {out} "SELECT * FROM runs LIMIT 10"')


def query(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a study.", show_default=False)],
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help="A question to the tables results, inputs, failures, and runs (results with inputs).",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Ask what is finished of a study in SQL (DuckDB), such as "SELECT design, avg(crises) FROM runs GROUP BY design"."""
    from simulator.experiments import study

    before_running(as_json, as_csv, None)
    found = study.query(folder, sql)
    if as_json:
        print_exactly(_json(found))
    elif as_csv:
        import pandas as pd

        from simulator.present.exports import as_csv as text_of

        print_exactly(text_of(pd.DataFrame(found.rows, columns=list(found.columns), dtype=object)))
    else:
        _show(found)


def _json(found: Found) -> str:
    import json
    import math

    def plain(value: object) -> object:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    rows = [
        {name: plain(value) for name, value in zip(found.columns, row, strict=True)} for row in found.rows
    ]
    return json.dumps({"rows": rows}, ensure_ascii=False, indent=1, default=str) + "\n"


def _show(found: Found) -> None:
    """As a table; what is too wide for one, row by row."""
    from simulator.present.screen import console, plain, print_item, print_section
    from simulator.present.views import Section

    def cell(value: object) -> str:
        if value is None:
            return "-"
        return f"{value:,.6g}" if isinstance(value, float) else str(value)

    out = console()
    rows = [tuple(cell(value) for value in row) for row in found.rows[:MOST_ROWS_SHOWN]]
    widths = [max(map(len, column)) for column in zip(found.columns, *rows, strict=True)]
    wide = sum(widths) + 2 * len(widths) > out.width
    if wide:
        rows = rows[:MOST_WIDE_ROWS]
    title = _count(len(found.rows), "row")
    more = len(found.rows) - len(rows)
    note = f"{_count(more, 'more row')}: --csv and --json print all." if more else ""
    if not wide:
        print_section(out, Section(title, found.columns, tuple(rows), note))
        return
    out.print(plain(title, style="bold"))
    for row in rows:
        for position, (name, value) in enumerate(zip(found.columns, row, strict=True)):
            print_item(out, " " if position else "•", f"{name}: {value}")
    if note:
        out.print(plain(note))


def _tell(found: Estimate) -> None:
    layout = found.layout
    print(
        printable(
            f"{layout.study.title}: {_count(len(layout), 'point')}, {_count(layout.replications, 'replication')} of "
            f"{_count(len(layout.job.designs), 'design')}: {_count(layout.runs, 'run')} in {_count(layout.chunks, 'chunk')}."
        )
    )
    print(
        f"About {_time(found.seconds)} with {_count(found.workers, 'worker')} of this machine, {_size(found.size)} of disk."
    )
    if found.failed:
        print(
            f"In {found.failed} of the {_count(found.tried, 'point')} that were tried a run could not be finished."
        )
    print(
        f"From {_count(found.tried, 'point')} that took {found.seconds_a_point:.3g} s each. Nothing was written."
    )


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 6_000 else f"{seconds / 3_600:,.0f} hours"


def _size(size: int) -> str:
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{max(1, size / 1e3):.0f} kB"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
