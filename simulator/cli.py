"""The command line: one thin function a command. Whatever a page would need too lives in `api`, `present` and below."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simulator.experiments.runner import Progress

app = typer.Typer(
    help="Simulate early help against crisis services, from one scenario file: people, waits, crises, and costs by budget and year.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    epilog="Start with: simulator new mine.yaml, simulator check mine.yaml, simulator compare mine.yaml",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file (YAML).", show_default=False)]
Replications = Annotated[int, typer.Option("--replications", "-n", min=1, max=100_000, help="Runs on different random numbers; the same ones for every design.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same numbers, bit for bit.")]
Engine = Annotated[str, typer.Option(help="simpy is the reference engine, and so far the only one.")]
Reading = Annotated[str | None, typer.Option(help="Another way to read the evidence, by its name in the scenario.", show_default=False)]
Draw = Annotated[int | None, typer.Option(min=1, help="Sample every uncertain number (draw 1, 2, ...) instead of using the values as written.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the full table as JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the full table as CSV.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Also write the tables as Parquet files, with a JSON record, into this folder.", show_default=False)]
Workers = Annotated[int, typer.Option(min=0, help="Processes to use; 0 for all cores. Results do not depend on it.")]


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False) -> None:
    os.environ["SIMULATOR_DEBUG"] = "1" if debug else os.environ.get("SIMULATOR_DEBUG", "")


@app.command()
def check(files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files to check.", show_default=False)]) -> None:
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
            print(_problems(error, path))
            continue
        for warning in scenario.warnings:
            print(warning)
        count = len(scenario.warnings)
        print(f"{path}: good to run, {len(scenario.designs)} designs" + (f", {count} warning{'s' * (count > 1)}" if count else ""))
    if wrong:
        raise typer.Exit(2)


@app.command()
def compare(
    file: File, design: Annotated[str | None, typer.Option(help="The design to compare with the baseline; the first other one if not said.", show_default=False)] = None,
    replications: Replications = 10, seed: Seed = 1, engine: Engine = "simpy", reading: Reading = None, draw: Draw = None,
    as_json: AsJson = False, as_csv: AsCsv = False, out: Out = None, workers: Workers = 0,
) -> None:
    """Compare a design with the baseline: what changes, by how much, how sure."""
    from simulator.api import compare as run_comparison
    from simulator.present import exports, screen

    with _shown(as_json or as_csv) as progress:
        found = run_comparison(file, design, replications=replications, seed=seed, draw=draw, reading=reading, engine=engine,
                               workers=workers or os.cpu_count() or 1, progress=progress)
    if out is not None:
        written = exports.write_directory(out, found.result, {"comparison": found.table})
        print(f"Wrote {', '.join(path.name for path in written)} to {out}", file=sys.stderr)
    if as_json:
        print(found.json())
    elif as_csv:
        print(exports.as_csv(found.table), end="")
    else:
        screen.show_comparison(found)


@app.command()
def run(
    file: File, design: Annotated[list[str] | None, typer.Option(help="A design to run; may be given several times. All if not said.", show_default=False)] = None,
    replications: Replications = 10, seed: Seed = 1, engine: Engine = "simpy", reading: Reading = None, draw: Draw = None,
    as_json: AsJson = False, as_csv: AsCsv = False, out: Out = None, workers: Workers = 0,
) -> None:
    """Run designs and show what happens under each."""
    from simulator.api import run as run_designs
    from simulator.present import exports, screen, views

    with _shown(as_json or as_csv) as progress:
        result = run_designs(file, design or None, replications=replications, seed=seed, draw=draw, reading=reading, engine=engine,
                             workers=workers or os.cpu_count() or 1, progress=progress)
    table = views.overview(result)
    if out is not None:
        written = exports.write_directory(out, result, {"overview": table})
        print(f"Wrote {', '.join(path.name for path in written)} to {out}", file=sys.stderr)
    if as_json:
        print(exports.as_json(result, table))
    elif as_csv:
        print(exports.as_csv(table), end="")
    else:
        screen.show_overview(result, table)


@app.command()
def story(
    file: File, person: Annotated[int, typer.Option(min=0, help="Number of the person in order of arrival under the baseline.")] = 0,
    design: Annotated[str | None, typer.Option(help="The design to tell beside the baseline; the first other one if not said.", show_default=False)] = None,
    seed: Seed = 1, replication: Annotated[int, typer.Option(min=0, help="Which run to tell it from.")] = 0, engine: Engine = "simpy",
) -> None:
    """Tell one person's path in plain sentences under both designs, with the money it cost."""
    from simulator.api import tell
    from simulator.present import screen

    for paragraph in tell(file, person, design=design, seed=seed, replication=replication, engine=engine):
        screen.show_story(paragraph)


@app.command("list")
def list_scenarios(folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="Where to look; the scenario library if not said.", show_default=False)] = None) -> None:
    """List scenarios with their titles and designs."""
    from simulator.present import screen
    from simulator.scenario.library import scenarios_in

    screen.show_library(scenarios_in(folder))


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; it must not exist yet.", show_default=False)],
    title: Annotated[str, typer.Option(help="The title of the scenario.")] = "My scenario",
) -> None:
    """Write a commented starter scenario that runs."""
    from simulator.present.exports import whole
    from simulator.scenario.library import schema_path_from
    from simulator.scenario.problems import Problem, ScenarioError
    from simulator.scenario.starter import starter

    if file.exists():
        raise ScenarioError([Problem(1, 1, "", "this file exists already, and is left as it is", "choose another name", file=str(file))])
    if file.suffix not in (".yaml", ".yml"):
        raise ScenarioError([Problem(1, 1, "", "a scenario file ends in .yaml", f"such as {file.with_suffix('.yaml')}", file=str(file))])
    text = starter(title, schema=schema_path_from(file))
    whole(file, lambda temporary: Path(temporary).write_text(text, encoding="utf-8"))
    print(f"Wrote {file}. Next: simulator check {file}, then simulator compare {file}")


@app.command()
def schema(out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file instead of the screen.", show_default=False)] = None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from simulator.present.exports import whole
    from simulator.scenario.json_schema import as_text

    text = as_text()
    if out is None:
        print(text, end="")
    else:
        whole(out, lambda temporary: Path(temporary).write_text(text, encoding="utf-8"))
        print(f"Wrote {out}")


def _shown(quiet: bool) -> Any:
    """Progress on the error stream for whatever takes over a second: count, and time left."""
    from contextlib import nullcontext

    if quiet or not sys.stderr.isatty():
        return nullcontext(_plain_progress())
    from simulator.present.screen import progress_bar

    return progress_bar()


def _plain_progress() -> Callable[[Progress], None]:
    """Progress as lines, at most one every five seconds, for logs."""
    import time

    begun = time.monotonic()
    last = begun

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - begun > 1 and now - last >= 5 and progress.done < progress.of:
            last = now
            print(f"{progress.done} of {progress.of} runs, about {progress.seconds_left or 0:.0f} s left", file=sys.stderr)

    return tell


def _problems(error: Any, path: Path | None = None) -> str:
    from simulator.scenario.problems import ScenarioError

    if isinstance(error, ScenarioError):
        return "\n".join(str(problem) for problem in error.problems)
    name = error.filename or path
    reason = {FileNotFoundError: "there is no such file", IsADirectoryError: "this is a folder, not a file", PermissionError: "no permission to open it"}
    return f"{name}: {reason.get(type(error), error.strerror or str(error))}"


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 the input is wrong, 1 anything else."""
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        _end(error)


def _end(error: Exception) -> None:
    """One plain sentence; the traceback only under --debug."""
    from simulator.scenario.problems import ScenarioError

    if os.environ.get("SIMULATOR_DEBUG"):
        raise error
    if isinstance(error, ScenarioError) or (isinstance(error, OSError) and error.filename and not isinstance(error, PermissionError)):
        print(_problems(error), file=sys.stderr)
        sys.exit(2)
    if isinstance(error, ValueError | IndexError):
        print(f"simulator: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"simulator: {str(error) or type(error).__name__}. Run it again with --debug before the command for the details.", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
