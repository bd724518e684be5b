"""How the command line speaks to people and programs, says what went wrong, and ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from simulator.experiments.runner import Progress
    from simulator.scenario.load import Scenario


class Wrong(ValueError):
    """What was asked for cannot be done: exit code 2, as for `files.CannotWrite` at a wrong place."""

    wrong_place = True


def with_settings(file: Path, settings: list[str] | None) -> Path | Scenario:
    """The scenario of a file with controls set by `--set NAME=VALUE`; the file itself where there are none."""
    from simulator.scenario.load import load

    if not settings:
        return file
    wanted: dict[str, str | float] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        if not equals:
            raise Wrong(
                f"--set takes the name of a control and a value, such as take_up=60%, not {each[:60]}"
            )
        if name.strip() in wanted:
            raise Wrong(f"--set gives {name.strip()[:60]} twice")
        wanted[name.strip()] = value.strip()
    return load(file).with_settings(wanted)


def before_running(as_json: bool, as_csv: bool, out: Path | None) -> None:
    """What would be a pity to find out after an hour."""
    from simulator.experiments.files import ready

    if as_json and as_csv:
        raise Wrong("choose one of --json and --csv")
    if out is not None:
        ready(out)


def wrote(paths: list[Path], folder: Path) -> None:
    print(f"Wrote {', '.join(path.name for path in paths)} to {folder}", file=sys.stderr)


def print_exactly(text: str) -> None:
    """Text for other programs: UTF-8 and bare line ends, whatever the terminal speaks."""
    if sys.stdout is None:
        return
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        # A file name that is not text becomes an escape, which JSON reads.
        buffer.write(text.encode("utf-8", "backslashreplace"))
        buffer.flush()


def shown(quiet: bool) -> Any:
    """Progress on the error stream for whatever takes over a second: count, and time left."""
    from contextlib import nullcontext

    if quiet or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(_plain_progress())
    from simulator.present.screen import progress_bar

    return progress_bar()


def _plain_progress() -> Callable[[Progress], None]:
    """Progress as lines, at most one every five seconds, for logs."""
    import time

    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 5 and progress.done < progress.of:
            last = now
            left = f", about {progress.seconds_left:.0f} s left" if progress.seconds_left else ""
            print(f"{progress.done} of {progress.of} runs{left}", file=sys.stderr)

    return tell


def printable(text: str) -> str:
    """Without the control characters that a file may hold to command the terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def problems(error: Any, path: Path | None = None) -> str:
    from simulator.scenario.problems import ScenarioError

    if isinstance(error, ScenarioError):
        return "\n".join(printable(str(problem)) for problem in error.problems)
    reasons = {
        FileNotFoundError: "there is no such file",
        IsADirectoryError: "this is a folder, not a file",
        NotADirectoryError: "this is a file, not a folder",
        PermissionError: "no permission to open it",
    }
    reason = reasons.get(type(error), (error.strerror or str(error)).lower())
    return f"{error.filename or path}: {reason}"


INTERRUPTED = 130  # what typer makes of Ctrl-C


def said(error: Exception) -> int:
    """Say an error in one plain sentence and return the exit code."""
    from simulator.scenario.problems import ScenarioError

    if hasattr(error, "exit_code") and hasattr(error, "show"):  # typer's own: a wrong command or option
        error.show()
        return int(error.exit_code)
    if isinstance(error, ScenarioError):
        print(problems(error), file=sys.stderr)
        return 2
    if hasattr(error, "wrong_place"):
        print(f"simulator: {error}", file=sys.stderr)
        return 2 if error.wrong_place else 1
    if isinstance(error, OSError) and error.filename:
        print(problems(error), file=sys.stderr)
        return 2
    words = {
        "BrokenProcessPool": "a worker process was ended from outside, perhaps because memory ran out: try --workers 1",
        "MemoryError": "there is not enough memory",
        "EngineError": str(error),
    }.get(type(error).__name__)
    if isinstance(error, OSError) and error.strerror:
        words = f"cannot write what was to be printed: {error.strerror.lower()}"
        read_no_more()
    if words is None:
        what = " ".join(str(error).split()) or type(error).__name__
        words = f"something went wrong that should not: {what.rstrip('.')}. Run it again with --debug for the details"
    print(f"simulator: {words}.", file=sys.stderr)
    return 1


def end(code: int) -> NoReturn:
    """Leave, without a complaint about an output that nobody reads."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        read_no_more()
    sys.exit(code)


def read_no_more() -> None:
    """Send what is still to be printed nowhere."""
    if sys.__stdout__ is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


PLAIN = {"£": "GBP ", "−": "-", "–": "-", "•": "*", "‘": "'", "’": "'", "─": "-", "…": "..."}


def speak_plainly() -> None:
    """A terminal that cannot show a letter gets a plain one instead of a crash."""
    import codecs

    def plain(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        letters = error.object[error.start : error.end]
        found = "".join(PLAIN.get(letter, "?") for letter in letters)
        return found.encode("ascii", "replace").decode(), error.end

    codecs.register_error("plain", plain)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")


def stop_together() -> None:
    """On Ctrl-C (or when asked to end) the worker processes end with us, at once and without a word."""
    import signal

    def stop(*_: Any) -> None:
        if "multiprocessing" in sys.modules:
            for child in sys.modules["multiprocessing"].active_children():
                child.terminate()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
