"""What is wrong with a scenario, said for the person who must mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


class Refused(ValueError):
    """A value that cannot be read; raised by the parsers, turned into a `Problem` with its place by the loader.

    `path` leads from the value that was being parsed to the part that is wrong (keys and list positions).
    """

    def __init__(self, message: str, suggestion: str | None = None, path: Sequence[str | int] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.path = tuple(path)

    def within(self, *keys: str | int) -> Refused:
        """The same refusal, seen from further outside."""
        return Refused(self.message, self.suggestion, (*keys, *self.path))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend: where it is, what is wrong, and what would be right."""

    line: int
    column: int
    key: str
    message: str
    suggestion: str | None = None
    severity: str = "error"
    file: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = f"{self.file or 'scenario'}:{self.line}:{self.column}"
        text = (
            f"{place}: {self.severity}: {self.key}: {self.message}"
            if self.key
            else f"{place}: {self.severity}: {self.message}"
        )
        return f"{text}\n    {self.suggestion}" if self.suggestion else text


class ScenarioError(Exception):
    """A scenario that cannot be run. `problems` lists every error found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        return ScenarioError, (self.problems,)  # it comes back from worker processes with its problems


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A suggestion naming the nearest known name, or the whole list where it is short; None if nothing is near."""
    names = sorted({str(each) for each in known})
    # Comparing takes time by length and number: a hostile file must not buy any.
    near = (
        difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        if len(names) <= 500 and len(name) <= 100
        else []
    )
    if near:
        return f"did you mean `{near[0]}`?"
    if 0 < len(names) <= 12:
        return "known here: " + ", ".join(names)
    return None
