"""The study file: which scenario, which settings of its numbers, and what is kept of each run.

A file is YAML under the same limits as a scenario (`scenario.reader`). What it means is worked out by `study.points`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationError, model_validator

from simulator.experiments.engines import DEFAULT, ENGINES
from simulator.experiments.sampling import METHODS, MOST_DRAWS
from simulator.scenario import fields as f
from simulator.scenario import reader
from simulator.scenario.document import file_format
from simulator.scenario.findings import MOST_PROBLEMS, shown
from simulator.scenario.load import Scenario, load
from simulator.scenario.overlay import model_at
from simulator.scenario.party_fields import listed
from simulator.scenario.problems import Problem, Refused, ScenarioError, did_you_mean
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import Part

AS_WRITTEN, DRAWN = "as written", "drawn"
MOST_REPLICATIONS = 100_000
MOST_SEED = 2**63 - 1


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Reads a whole number from low to high."""

    def read(raw: Any) -> int:
        if not isinstance(raw, str):
            raise Refused("a whole number is wanted here", f"from {low:,} to {high:,}")
        text = raw.strip().replace(",", "")
        if not (text.isascii() and text.isdecimal()) or len(text) > 19 or not low <= int(text) <= high:
            raise Refused(f"`{raw[:40]}` is not a whole number from {low:,} to {high:,}")
        return int(text)

    return read


def distinct(raw: Any) -> tuple[str, ...]:
    """A list of texts, none of them twice."""
    found: list[str] = []
    for place, each in enumerate(listed(raw)):
        if f.text(each) in found:
            raise Refused(f"`{each[:60]}` stands here twice", "keep one of them", (place,))
        found.append(str(each))
    if not found:
        raise Refused("the list is empty", "leave the key out for the default")
    return tuple(found)


def several(raw: Any) -> tuple[str, ...]:
    """As `distinct`, of a list that may not be written as one text."""
    if isinstance(raw, str):
        raise Refused("a list of values is wanted here", f"such as `[{raw[:40]}]`")
    return distinct(raw)


Texts = Annotated[tuple[str, ...], PlainValidator(distinct)]
Values = Annotated[tuple[str, ...], PlainValidator(several)]


class Samples(Part):
    """Draws of the uncertain numbers: how many, how they are spread, and of which numbers (none named: all)."""

    draws: Annotated[int, PlainValidator(whole(1, MOST_DRAWS))]
    method: Annotated[str, PlainValidator(f.choice(*METHODS))] = "sobol"
    of: Texts = ()


class Saltelli(Part):
    """A design of experiments for Sobol indices: its base size, and of which numbers (none named: all)."""

    size: Annotated[int, PlainValidator(whole(2, MOST_DRAWS))]
    of: Texts = ()


def named(raw: Any) -> Any:
    if not isinstance(raw, dict) or not raw:
        raise Refused("controls of the scenario are wanted here", "such as `take_up: [60%, 75%, 90%]`")
    return raw


class StudyDocument(Part):
    """A study file. See docs/batches.md."""

    format: Annotated[str, PlainValidator(file_format)]
    study: f.Label
    scenario: f.Label
    designs: Texts = ()
    seed: Annotated[int, PlainValidator(whole(0, MOST_SEED))] = 1
    replications: Annotated[int, PlainValidator(whole(1, MOST_REPLICATIONS))] = 1
    outputs: Texts = ()
    engine: Annotated[str, PlainValidator(f.choice(*ENGINES))] = DEFAULT
    reading: f.Label | None = None
    grid: Annotated[dict[f.Name, Values], BeforeValidator(named)] = {}
    samples: Samples | None = None
    sobol: Saltelli | None = None
    chunk: Annotated[int, PlainValidator(whole(1, 1_000_000))] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> StudyDocument:
        if self.samples is not None and self.sobol is not None:
            raise Refused(
                "`samples` and `sobol` shut each other out", "a Sobol design is a sample of its own"
            )
        return self


@dataclass(frozen=True, eq=False)
class Study:
    """A study file that was read and checked, with its scenario.

    text, raw: of the study file, with places. scenario: as its own file says, checked.
    """

    file: str
    text: str
    raw: Mapping = field(repr=False)
    document: StudyDocument = field(repr=False)
    scenario: Scenario = field(repr=False)

    @property
    def title(self) -> str:
        return self.document.study

    @property
    def digest(self) -> str:
        """A hash of the study's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def error(
        self, path: tuple[str | int, ...], message: str, suggestion: str | None = None
    ) -> ScenarioError:
        """What is wrong at a place of the study file."""
        line, column = reader.place_of(self.raw, path)
        return ScenarioError(
            [Problem(line, column, shown(self.raw, path), message, suggestion, file=self.file)]
        )

    def wrong(self, path: tuple[str | int, ...], cause: ScenarioError) -> ScenarioError:
        """What the scenario has to say to a part of the study, at the study's own place."""
        first = cause.problems[0]
        return self.error(path, first.message, first.suggestion)


def load_study(path: str | Path) -> Study:
    """Read and check a study file and its scenario. Raises ScenarioError listing what is wrong, OSError for no such file."""
    raw, text = reader.read_file(path)
    file = str(path)
    try:
        document = StudyDocument.model_validate(raw)
    except ValidationError as error:
        raise ScenarioError([_problem(each, raw, file) for each in error.errors()[:MOST_PROBLEMS]]) from None
    place = Path(path).parent / document.scenario
    try:
        scenario = load(place)
    except OSError as error:
        line, column = reader.place_of(raw, ("scenario",))
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else "it cannot be opened"
        hint = "write its path as seen from the study file"
        raise ScenarioError(
            [Problem(line, column, "scenario", f"`{document.scenario[:200]}`: {reason}", hint, file=file)]
        ) from None
    return Study(file, text, raw, document, scenario)


def _problem(error: Any, raw: Mapping, file: str) -> Problem:
    """What pydantic found, with its place in the file and in the words of the language."""
    path = tuple(step for step in error["loc"] if step != "[key]")
    message, suggestion = str(error["msg"]), None
    refused = error.get("ctx", {}).get("error")
    last = str(path[-1]) if path else ""
    if isinstance(refused, Refused):
        path += refused.path
        message, suggestion = refused.message, refused.suggestion
    elif error["type"] == "extra_forbidden":
        model = model_at(StudyDocument, path[:-1])
        keys = [] if model is None else list(model.model_fields)
        message, suggestion = f"unknown key `{last[:60]}`", did_you_mean(last, keys)
    elif error["type"] == "missing":
        message, suggestion = f"`{last}` is missing", "docs/batches.md says what a study file holds"
    line, column = reader.place_of(raw, path)
    key = shown(raw, path) if error["type"] != "missing" else ".".join(map(str, path))
    return Problem(line, column, key, message, suggestion, file=file)


__all__ = ["AS_WRITTEN", "DRAWN", "Study", "StudyDocument", "load_study"]
