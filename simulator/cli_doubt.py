"""The commands about doubt: uncertainty, sensitivity, information, stress, replications. Thin, as `cli`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli_options import (
    AsCsv,
    AsJson,
    Design,
    Engine,
    File,
    Out,
    Reading,
    Seed,
    Set,
    Workers,
    option,
)
from simulator.cli_process import Wrong, before_running, print_exactly, shown, with_settings, wrote

if TYPE_CHECKING:
    from simulator.api_doubt import Asked

Draws = Annotated[
    int,
    option(
        metavar="N", min=2, max=1_000_000, help="Samples of all uncertain numbers. Powers of two are best."
    ),
]
EachDraw = Annotated[
    int,
    option(
        "--replications",
        "-n",
        metavar="N",
        min=1,
        max=1_000,
        help="Runs of each draw on random numbers of its own. Two or more tell chance from doubt.",
    ),
]
Designs = Annotated[
    list[str] | None,
    option(
        "--design",
        metavar="NAME",
        help="A design to weigh; may be given several times. [default: all of the file]",
    ),
]
Cost = Annotated[
    str,
    option(
        metavar="FIGURE",
        help="What counts as cost: cost (all resources, whoever pays), purse, or another figure.",
    ),
]
Effect = Annotated[
    str,
    option(
        metavar="FIGURE", help="What counts as effect: crises, an outcome of the file, or another figure."
    ),
]
Worth = Annotated[
    float,
    option(
        metavar="POUNDS",
        min=0,
        help="What one of the effect (a crisis avoided) is worth. At 0 money alone decides.",
    ),
]
Of = Annotated[
    list[str] | None,
    option(
        "--of",
        metavar="PLACE",
        help="Only these uncertain numbers, by place in the file or what they lie under (services.family_support); may be "
        "given several times. [default: all]",
    ),
]
Only = Annotated[
    str | None,
    option(metavar="NAME", help="Only this question, by its name in --json; --csv prints its table."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(short_help="How sure is the answer when every uncertain number varies?")(uncertainty)
    app.command(short_help="Which uncertain numbers matter most, and where does the answer turn?")(
        sensitivity
    )
    app.command(short_help="What is it worth to know more before deciding?")(information)
    app.command(short_help="What is left of a design if it goes as other contracts went?")(stress)
    app.command(short_help="How many runs are enough for a chosen precision?")(replications)


def uncertainty(
    file: File,
    design: Designs = None,
    draws: Draws = 512,
    replications: EachDraw = 2,
    method: Annotated[
        str,
        option(metavar="NAME", help="sobol (scrambled), latin (hypercube), or random: how draws are spread."),
    ] = "sobol",
    cost: Cost = "cost",
    effect: Effect = "crises",
    worth: Worth = 0.0,
    of: Of = None,
    reading: Reading = None,
    seed: Seed = 1,
    engine: Engine = "compiled",
    settings: Set = None,
    only: Only = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    out: Out = None,
    workers: Workers = 0,
) -> None:
    """Draw every uncertain number many times and run each draw: the spread of the answer, and which design is best how often.

    Readings of the evidence are drawn by their weights, unless one is named.
    """
    from simulator import api_doubt as api

    before_running(as_json, as_csv, out)
    _known(only, api.QUESTIONS["uncertainty"])
    with shown(as_json or as_csv) as progress, asked_rightly():
        found = api.uncertainty(
            with_settings(file, settings),
            design,
            draws=draws,
            replications=replications,
            method=method,
            cost=cost,
            effect=effect,
            worth=worth,
            of=of,
            reading=reading,
            seed=seed,
            engine=engine,
            workers=workers or None,
            processes=True,
            progress=progress,
        )
    _tell(found, only, as_json, as_csv, out)


def information(
    file: File,
    design: Designs = None,
    draws: Draws = 1_024,
    replications: EachDraw = 2,
    cost: Cost = "cost",
    effect: Effect = "crises",
    worth: Worth = 0.0,
    of: Of = None,
    study: Annotated[
        str | None,
        option(
            metavar="PLACE",
            help="The number that a study would look at. [default: the one that is worth most to know]",
        ),
    ] = None,
    takes: Annotated[
        float, option(metavar="YEARS", min=0, help="How long the study takes; deciding waits for it.")
    ] = 2.0,
    study_cost: Annotated[
        float, option(metavar="POUNDS", min=0, help="What the study costs, whatever its size.")
    ] = 100_000.0,
    per_person: Annotated[
        float, option(metavar="POUNDS", min=0, help="What each person in the study costs.")
    ] = 500.0,
    reading: Reading = None,
    seed: Seed = 1,
    settings: Set = None,
    only: Only = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    out: Out = None,
    workers: Workers = 0,
) -> None:
    """What it is worth to know the uncertain numbers better before deciding: all of them, each of them, and by a study of one."""
    from simulator import api_doubt as api

    before_running(as_json, as_csv, out)
    _known(only, api.QUESTIONS["information"])
    with shown(as_json or as_csv) as progress, asked_rightly():
        found = api.information(
            with_settings(file, settings),
            design,
            draws=draws,
            replications=replications,
            cost=cost,
            effect=effect,
            worth=worth,
            of=of,
            study=study,
            takes=takes,
            study_cost=study_cost,
            per_person=per_person,
            reading=reading,
            seed=seed,
            workers=workers or None,
            processes=True,
            progress=progress,
        )
    _tell(found, only, as_json, as_csv, out)


def sensitivity(
    file: File,
    design: Design = None,
    method: Annotated[
        str,
        option(
            metavar="NAME",
            help="one (at a time: tornado and switching values), morris (screening), sobol (shares of the variance), or "
            "failure (under what combination it fails).",
        ),
    ] = "one",
    size: Annotated[
        int | None,
        option(
            metavar="N",
            min=2,
            max=65_536,
            help="Runs of the design of experiments: trajectories of morris, base sample of sobol, draws of failure.",
        ),
    ] = None,
    replications: EachDraw = 10,
    cost: Cost = "cost",
    effect: Effect = "crises",
    worth: Worth = 0.0,
    of: Of = None,
    reading: Reading = None,
    seed: Seed = 1,
    settings: Set = None,
    only: Only = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    out: Out = None,
    workers: Workers = 0,
) -> None:
    """Which uncertain numbers move the answer (the net benefit against the baseline), and at which values it turns."""
    from simulator import api_doubt as api

    before_running(as_json, as_csv, out)
    _known(only, api.QUESTIONS.get(method, ()))
    with shown(as_json or as_csv) as progress, asked_rightly():
        found = api.sensitivity(
            with_settings(file, settings),
            design,
            method=method,
            size=size,
            replications=replications,
            cost=cost,
            effect=effect,
            worth=worth,
            of=of,
            reading=reading,
            seed=seed,
            workers=workers or None,
            processes=True,
            progress=progress,
        )
    _tell(found, only, as_json, as_csv, out)


def stress(
    file: File,
    design: Design = None,
    only: Annotated[
        list[str] | None,
        option("--only", metavar="NAME", help="A stress by name; may be given several times. [default: all]"),
    ] = None,
    by: Annotated[
        list[str] | None,
        option("--by", metavar="NAME=AMOUNT", help="Another amount for a stress, such as low_referrals=60%."),
    ] = None,
    figure: Annotated[
        list[str] | None,
        option(
            "--figure", metavar="NAME", help="A figure to look at; may be repeated. [default: the main ones]"
        ),
    ] = None,
    replications: Annotated[
        int, option("--replications", "-n", metavar="N", min=1, max=10_000, help="Runs under each stress.")
    ] = 100,
    reading: Reading = None,
    seed: Seed = 1,
    engine: Engine = "compiled",
    settings: Set = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    out: Out = None,
    workers: Workers = 0,
) -> None:
    """Run a design as planned and under named stresses drawn from real contracts, all on the same random numbers."""
    from simulator import api_doubt
    from simulator.present import exports
    from simulator.present.doubt.stress import show

    before_running(as_json, as_csv, out)
    amounts: dict[str, str | float] = {}
    for each in by or ():
        name, equals, amount = each.partition("=")
        if not equals:
            raise Wrong(
                f"--by takes the name of a stress and an amount, such as low_referrals=60%, not {each[:60]}"
            )
        amounts[name.strip()] = amount.strip()
    with shown(as_json or as_csv) as progress, asked_rightly():
        found = api_doubt.stress(
            with_settings(file, settings),
            design,
            only,
            by=amounts,
            figures=figure,
            replications=replications,
            reading=reading,
            seed=seed,
            engine=engine,
            workers=workers or None,
            progress=progress,
        )
    if out is not None:
        wrote(found.write(out), out)
    if as_json:
        print_exactly(found.json() + "\n")
    elif as_csv:
        print_exactly(exports.as_csv(found.runs.frame))
    else:
        show(found.runs)


def replications(
    file: File,
    design: Design = None,
    figure: Annotated[
        list[str] | None,
        option(
            "--figure",
            metavar="NAME",
            help="A figure to be known so well: crises, cost, irr, an outcome, ...; may be repeated. [default: crises]",
        ),
    ] = None,
    precision: Annotated[
        str,
        option(
            metavar="SIZE",
            help="Half of the 95% confidence interval: a share of the mean (5%), or an amount (3, £100k, 2 points).",
        ),
    ] = "5%",
    most: Annotated[
        int, option(metavar="N", min=20, max=100_000, help="Give up after so many runs.")
    ] = 1_000,
    reading: Reading = None,
    seed: Seed = 1,
    engine: Engine = "compiled",
    settings: Set = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    workers: Workers = 0,
) -> None:
    """Run a design beside the baseline until the mean difference of each figure is known as precisely as asked, and stays so."""
    from simulator import api_doubt
    from simulator.present import exports
    from simulator.present.doubt.precision import enough_answer, show

    before_running(as_json, as_csv, None)
    with shown(as_json or as_csv) as progress, asked_rightly():
        found = api_doubt.replications(
            with_settings(file, settings),
            design,
            figure or ["crises"],
            precision,
            most=most,
            reading=reading,
            seed=seed,
            engine=engine,
            workers=workers or None,
            progress=progress,
        )
    if as_json:
        print_exactly(
            json.dumps({"rows": exports.rows(enough_answer(found).table)}, ensure_ascii=False, indent=1)
            + "\n"
        )
    elif as_csv:
        print_exactly(exports.as_csv(enough_answer(found).table))
    else:
        show(found)


def _known(only: str | None, names: tuple[str, ...]) -> None:
    """Refuse a question that will not be asked, before hours of work."""
    if only is not None and names and only not in names:
        raise Wrong(f"there is no question `{only[:60]}` here; there are: {', '.join(names)}")


@contextmanager
def asked_rightly() -> Iterator[None]:
    """What the interface refuses (a count, a method, a figure that is not known everywhere) was asked for wrongly."""
    try:
        yield
    except ValueError as error:
        raise Wrong(str(error)) from None


def _tell(found: Asked, only: str | None, as_json: bool, as_csv: bool, out: Path | None) -> None:
    """Print the answers, or their tables for other programs."""
    from simulator.present import exports
    from simulator.present.doubt.screen import how_asked, show_answers

    found = found.only(only)
    if out is not None:
        wrote(found.write(out), out)
    if as_json:
        print_exactly(found.json() + "\n")
    elif as_csv:
        print_exactly(exports.as_csv(found.one_table()))
    else:
        show_answers(found.scenario.title, how_asked(found.record), found.answers, found.notes)


__all__ = ["register"]
