"""The command line: one thin function a command. Whatever a page would need too lives in `api`, `present` and below."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from simulator import cli_doubt, cli_study
from simulator.cli_options import (
    AsCsv,
    AsJson,
    DealFile,
    Design,
    Draw,
    Engine,
    File,
    Indigo,
    Out,
    Reading,
    Replications,
    Seed,
    Set,
    Vary,
    Workers,
    WriteTo,
    option,
)
from simulator.cli_process import (
    INTERRUPTED,
    Wrong,
    before_running,
    end,
    print_exactly,
    printable,
    problems,
    read_no_more,
    said,
    shown,
    speak_plainly,
    stop_together,
    with_settings,
    wrote,
)

app = typer.Typer(
    help="Simulate early help against crisis services, from one scenario file: people, waits, crises, and costs "
    "by budget and year.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Start with `simulator new mine.yaml`, then `simulator check mine.yaml` and `simulator compare mine.yaml`.",
)


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")
    ] = False,
) -> None:
    """`--debug` may stand anywhere: `main` takes it out. It is here for `--help`."""


@app.command(short_help="Check scenario files: what is wrong, where, and what would be right.")
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Scenario files to check.", show_default=False)
    ],
) -> None:
    """Check scenario files: every error and warning with its line, what is wrong and what would be right."""
    from simulator.engine.compile import compile_model
    from simulator.scenario.load import load
    from simulator.scenario.problems import ScenarioError

    wrong = 0
    for path in files:
        try:
            scenario = load(path)
            for design in scenario.designs:
                compile_model(scenario, design)
        except (ScenarioError, OSError) as error:
            wrong += 1
            print(problems(error, path))
            continue
        for warning in scenario.warnings:
            print(printable(str(warning)))
        warnings = len(scenario.warnings)
        said = f", {_count(warnings, 'warning')}" if warnings else ""
        print(f"{path}: good to run, {_count(len(scenario.designs), 'design')}{said}")
    if wrong:
        raise typer.Exit(2)


@app.command(short_help="Compare a design with the baseline.")
def compare(
    file: File,
    design: Design = None,
    replications: Replications = 10,
    seed: Seed = 1,
    engine: Engine = "compiled",
    reading: Reading = None,
    draw: Draw = None,
    vary: Vary = False,
    settings: Set = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    out: Out = None,
    workers: Workers = 0,
) -> None:
    """Compare a design with the baseline: what changes, by how much, how sure."""
    from simulator.api import compare as run_comparison
    from simulator.present import exports, screen

    before_running(as_json, as_csv, out)
    with shown(as_json or as_csv) as progress:
        found = run_comparison(
            with_settings(file, settings),
            design,
            replications=replications,
            seed=seed,
            draw=draw,
            vary=vary,
            reading=reading,
            engine=engine,
            workers=workers or os.cpu_count() or 1,
            progress=progress,
        )
    if out is not None:
        wrote(exports.write_directory(out, found.result, {"comparison": found.table}), out)
    if as_json:
        print_exactly(found.json() + "\n")
    elif as_csv:
        print_exactly(exports.as_csv(found.table))
    else:
        screen.show_comparison(found)


def _contracts(kind: str, summary: str) -> Callable[..., None]:
    """The command `contract` or `cash`: the same run of a design that signs contracts, looked at from two sides."""

    def command(
        file: File,
        design: Design = None,
        replications: Replications = 100,
        seed: Seed = 1,
        engine: Engine = "compiled",
        reading: Reading = None,
        draw: Draw = None,
        vary: Vary = False,
        settings: Set = None,
        as_json: AsJson = False,
        as_csv: AsCsv = False,
        out: Out = None,
        workers: Workers = 0,
    ) -> None:
        from simulator import api
        from simulator.present import contract_screen, exports

        before_running(as_json, as_csv, out)
        find, show = {
            "contract": (api.contract, contract_screen.show_contract),
            "cash": (api.cash, contract_screen.show_cash),
        }[kind]
        with shown(as_json or as_csv) as progress:
            found = find(
                with_settings(file, settings),
                design,
                replications=replications,
                seed=seed,
                draw=draw,
                vary=vary,
                reading=reading,
                engine=engine,
                workers=workers or os.cpu_count() or 1,
                progress=progress,
            )
        if out is not None:
            wrote(exports.write_directory(out, found.result, {kind: found.table}), out)
        if as_json:
            print_exactly(found.json() + "\n")
        elif as_csv:
            print_exactly(exports.as_csv(found.table))
        else:
            show(found.signed, found.caveats)

    command.__doc__ = summary
    return command


for _kind, _short, _summary in (
    (
        "contract",
        "Contracts in plain English: who pays whom, for what, up to what.",
        "Contracts in plain English: terms, payments by year and payer, which cap cut what, outcomes paid and caused.",
    ),
    (
        "cash",
        "The cash of who provides, and what investors get back.",
        "The cash of who provides: when it runs low and what must be in the bank first. And what investors risk and get back.",
    ),
):
    app.command(_kind, short_help=_short)(_contracts(_kind, _summary))


@app.command(short_help="Run designs and show what happens under each.")
def run(
    file: File,
    design: Annotated[
        list[str] | None,
        option(metavar="NAME", help="A design to run; may be given several times. [default: all]"),
    ] = None,
    replications: Replications = 10,
    seed: Seed = 1,
    engine: Engine = "compiled",
    reading: Reading = None,
    draw: Draw = None,
    vary: Vary = False,
    settings: Set = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    out: Out = None,
    workers: Workers = 0,
) -> None:
    """Run designs and show what happens under each."""
    from simulator.api import run as run_designs
    from simulator.present import exports, screen, views

    before_running(as_json, as_csv, out)
    with shown(as_json or as_csv) as progress:
        result = run_designs(
            with_settings(file, settings),
            design or None,
            replications=replications,
            seed=seed,
            draw=draw,
            vary=vary,
            reading=reading,
            engine=engine,
            workers=workers or os.cpu_count() or 1,
            progress=progress,
        )
    table = views.overview(result)
    if out is not None:
        wrote(exports.write_directory(out, result, {"overview": table}), out)
    if as_json:
        print_exactly(exports.as_json(result, table) + "\n")
    elif as_csv:
        print_exactly(exports.as_csv(table))
    else:
        screen.show_overview(result, table)


@app.command(short_help="Tell one person's path, with the money it cost.")
def story(
    file: File,
    person: Annotated[
        int, option(metavar="N", min=0, help="Number of the person, by arrival under the baseline.")
    ] = 0,
    design: Design = None,
    seed: Seed = 1,
    replication: Annotated[int, option(metavar="N", min=0, help="Which run to tell it from.")] = 0,
    engine: Engine = "compiled",
    vary: Vary = False,
    settings: Set = None,
) -> None:
    """Tell one person's path in plain sentences under both designs, with the money it cost."""
    from simulator.api import NoSuchPerson, tell
    from simulator.present import screen

    scenario = with_settings(file, settings)
    try:
        told = tell(
            scenario, person, design=design, seed=seed, replication=replication, vary=vary, engine=engine
        )
    except NoSuchPerson as error:
        raise Wrong(str(error)) from None
    for paragraph in told:
        screen.show_story(paragraph)


@app.command("list", short_help="List scenarios with their titles and designs.")
def list_scenarios(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="Where to look. [default: the scenario library]", show_default=False
        ),
    ] = None,
) -> None:
    """List scenarios with their titles and designs."""
    from simulator.present import screen
    from simulator.scenario.library import scenarios_in

    screen.show_library(scenarios_in(folder))


@app.command(short_help="Write a commented starter scenario that runs.")
def new(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The file to write; it must not exist yet.", show_default=False),
    ],
    title: Annotated[str, option(metavar="TEXT", help="The title of the scenario.")] = "My scenario",
) -> None:
    """Write a commented starter scenario that runs."""
    from simulator.experiments.files import whole_text
    from simulator.scenario.library import schema_path_from
    from simulator.scenario.starter import starter

    if os.path.lexists(file):
        raise Wrong(f"{file} exists already, and is left as it is: choose another name")
    if file.suffix not in (".yaml", ".yml"):
        raise Wrong(f"a scenario file ends in .yaml, such as {file.name}.yaml")
    whole_text(file, starter(title, schema=schema_path_from(file)))
    print(f"Wrote {file}. Next: simulator check {file}, then simulator compare {file}")


@app.command(short_help="Write the record of a model that a reviewer asks for.")
def record(file: File, out: WriteTo = None, as_csv: AsCsv = False, settings: Set = None) -> None:
    """Write the model record: purpose, logic, data, experiments, program, and every number with source and owner.

    In the order of the STRESS-DES guideline, as Markdown. With --csv only the assumptions log, for a spreadsheet.
    """
    from simulator import api
    from simulator.present.exports import as_csv as spreadsheet

    scenario = api.opened(with_settings(file, settings))
    _give(spreadsheet(api.assumptions(scenario)) if as_csv else api.record(scenario), out)


@app.command(short_help="Back-test a published deal; read and write INDIGO records.")
def deal(
    file: DealFile,
    as_json: AsJson = False,
    indigo: Indigo = None,
    out: WriteTo = None,
) -> None:
    """Back-test a published deal: its terms on what was observed, beside what was published."""
    from simulator.present import deal as present

    if (as_json and indigo is not None) or (out is not None and indigo is None):
        raise Wrong("choose one of --json, --from-indigo and --to-indigo; --out goes with the last two")
    if indigo is not None:
        _give(present.converted(file, indigo), out)
    else:
        present.tell(file, print_exactly if as_json else None)


@app.command(short_help="Print the JSON Schema of scenario files, for editors.")
def schema(
    reference: Annotated[
        bool, typer.Option("--reference", help="For people instead: every key in words, as Markdown.")
    ] = False,
    out: WriteTo = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors; or the reference of the language, for people."""
    if reference:
        from simulator.scenario.language_reference import as_markdown

        _give(as_markdown(), out)
    else:
        from simulator.scenario.json_schema import as_text

        _give(as_text(), out)


cli_doubt.register(app)
cli_study.register(app)


def _give(text: str, out: Path | None) -> None:
    """Text for other programs, on the screen or in a file."""
    from simulator.experiments.files import whole_text

    if out is None:
        print_exactly(text)
    else:
        whole_text(out, text)
        print(f"Wrote {out}")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 the input is wrong, 1 anything else."""
    speak_plainly()
    stop_together()
    arguments = sys.argv[1:]
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = "--debug" in ours or bool(os.environ.get("SIMULATOR_DEBUG"))
    arguments = [each for each in ours if each != "--debug"] + arguments[len(ours) :]
    try:
        code = app(args=arguments, standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # Who reads us has read enough (`| head`); typer turns that into SystemExit.
        read_no_more()
        code = 0
    except Exception as error:
        if debug and not hasattr(error, "exit_code"):
            raise
        code = said(error)
    if code == INTERRUPTED:
        print("Stopped.", file=sys.stderr)
        code = 1
    end(code if isinstance(code, int) else 0)


# A worker process of ours imports this file first. Ctrl-C reaches it too; that is for the main process to handle.
if "--multiprocessing-fork" in sys.orig_argv:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
