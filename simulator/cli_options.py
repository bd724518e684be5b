"""The options that several commands share: their names, limits and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _known_engine(name: str) -> str:
    from simulator.experiments.engines import engine_named

    try:
        engine_named(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return name


def _one_of_draw_and_vary(context: typer.Context, value: Any) -> Any:
    """Of two options that are given, the second to be read finds the first."""
    if value and (context.params.get("draw") or context.params.get("vary")):
        raise typer.BadParameter(
            "choose one of --draw (one sample for all runs) and --vary (one for each run)"
        )
    return value


def option(*names: str, help: str, metavar: str | None = None, **more: Any) -> Any:
    return typer.Option(*names, help=help, metavar=metavar, **more)


File = Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file (YAML).", show_default=False)]
Replications = Annotated[
    int,
    option(
        "--replications",
        "-n",
        metavar="N",
        min=1,
        max=100_000,
        help="Runs on different random numbers; the same ones for every design.",
    ),
]
Seed = Annotated[int, option(metavar="N", min=0, help="The same seed gives the same numbers, bit for bit.")]
Engine = Annotated[
    str,
    option(
        metavar="NAME", callback=_known_engine, help="compiled, or simpy, the reference: the same numbers."
    ),
]
Design = Annotated[
    str | None,
    option(metavar="NAME", help="The design to set beside the baseline. [default: the first other one]"),
]
Reading = Annotated[
    str | None,
    option(metavar="NAME", help="Another way to read the evidence, by its name in the scenario."),
]
Draw = Annotated[
    int | None,
    option(
        metavar="N",
        min=1,
        callback=_one_of_draw_and_vary,
        help="Sample every uncertain number (draw 1, 2, ...) instead of using it as written.",
    ),
]
Vary = Annotated[
    bool,
    option(
        "--vary",
        callback=_one_of_draw_and_vary,
        help="Sample every uncertain number anew in each run, so that ranges show doubt about the numbers too, not chance "
        "only.",
    ),
]
AsJson = Annotated[bool, option("--json", help="Print the full table as JSON.")]
AsCsv = Annotated[bool, option("--csv", help="Print the full table as CSV.")]
Out = Annotated[
    Path | None,
    option(
        metavar="DIR", help="Also write the tables as Parquet files, with a JSON record, into this folder."
    ),
]
Workers = Annotated[
    int, option(metavar="N", min=0, help="Runs at once; 0 for all cores. Results do not depend on it.")
]
Set = Annotated[
    list[str] | None,
    option(
        "--set",
        metavar="NAME=VALUE",
        help="Move a control of the scenario, such as take_up=60%; may be given several times.",
    ),
]
DealFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A deal file (or an INDIGO record).", show_default=False)
]
Indigo = Annotated[
    bool | None,
    option(
        "--from-indigo/--to-indigo",
        help="Make a deal file of an INDIGO project (JSON, or a folder of CSV tables); or its record (JSON) of a deal file.",
    ),
]
WriteTo = Annotated[Path | None, option(metavar="FILE", help="Write it to this file instead of the screen.")]
