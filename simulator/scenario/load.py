"""From a file to a `Scenario`: read, laid over, checked. The one door to this package for everything else."""

from __future__ import annotations

import hashlib
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.scenario import reader
from simulator.scenario.document import Document
from simulator.scenario.findings import MOST_PROBLEMS, shown
from simulator.scenario.key_descriptions import description
from simulator.scenario.overlay import _plain, lay_over
from simulator.scenario.problems import Problem, Refused, ScenarioError, did_you_mean
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import OVERLAYS


@dataclass(frozen=True)
class Scenario:
    """A scenario that may be run: the file as written, and as each design (and reading) has it.

    `document` is the file itself, `designs` the file with each design's overlay. `warnings` are what the checker
    would rather see mended. `raw` keeps the text with places.
    """

    file: str
    text: str
    raw: Mapping = field(repr=False)
    document: Document = field(repr=False)
    designs: dict[str, Document] = field(repr=False)
    baseline: str
    warnings: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        return self.document.scenario

    @property
    def digest(self) -> str:
        """A hash of the text, for naming results."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def label(self, name: str) -> str:
        """What the file calls a state, service, design, ... on screen."""
        document = self.document
        if name in document.agencies:
            return str(document.agencies[name])
        if name in document.providers and document.providers[name].name:
            return str(document.providers[name].name)
        every = [document, *self.designs.values()]
        for section in (
            "needs",
            "services",
            "designs",
            "events",
            "outcomes",
            "teams",
            "readings",
            "contracts",
        ):
            for each in every:
                thing = getattr(each, section).get(name)
                if thing is not None and thing.label:
                    return str(thing.label)
        for grouping in document.people.segments.values():
            if name in grouping and grouping[name].label:
                return str(grouping[name].label)
        return name.replace("_", " ")

    def design(self, name: str | None = None, reading: str | None = None) -> Document:
        """The document of a design (default: the baseline), with a reading of the evidence laid over it if one is named.

        Raises ScenarioError for a name that the file does not have.
        """
        name = name or self.baseline
        if name not in self.designs:
            raise ScenarioError(
                [
                    Problem(
                        1,
                        1,
                        "designs",
                        f"there is no design `{name}`",
                        did_you_mean(name, self.designs),
                        file=self.file,
                    )
                ]
            )
        if reading is None:
            return self.designs[name]
        if reading not in self.document.readings:
            raise ScenarioError(
                [
                    Problem(
                        1,
                        1,
                        "readings",
                        f"there is no reading `{reading}`",
                        did_you_mean(reading, self.document.readings),
                        file=self.file,
                    )
                ]
            )
        every = {each: _with_overlay(self.raw, each, self.file) for each in self.designs}
        overlay = _reading_for(self.raw["readings"][reading], every[name], every)
        return _document(lay_over(every[name], overlay, Document), self.file, ("designs", name))


def load(path: str | Path) -> Scenario:
    """Read, check and return a scenario file. Raises ScenarioError listing every problem, OSError if it cannot be opened."""
    raw, text = reader.read_file(path)
    return _scenario(raw, text, str(path))


def load_text(text: str, file: str = "scenario") -> Scenario:
    """As `load`, from text; `file` is what messages call it."""
    return _scenario(reader.read_text(text, file), text, file)


def _scenario(raw: Mapping, text: str, file: str) -> Scenario:
    from simulator.scenario.checks import check_designs, check_document, check_file

    document = _document(raw, file)
    problems, warnings = check_file(document, raw, file)
    if any(problem.key.startswith("designs") for problem in problems):
        raise ScenarioError(
            problems
        )  # which designs there are must be clear before they are laid over the file
    designs: dict[str, Document] = {}
    merged_raw: dict[str, Mapping] = {}
    for name in document.designs:
        try:
            merged_raw[name] = _with_overlay(raw, name, file)
            designs[name] = _document(merged_raw[name], file, ("designs", name))
        except ScenarioError as error:
            problems += error.problems
            continue
        found, more = check_document(designs[name], merged_raw[name], file, name)
        problems += found
        warnings += more
    for name in document.readings:
        for design in designs:
            try:
                overlay = _reading_for(raw["readings"][name], merged_raw[design], merged_raw)
                merged = _merged(merged_raw[design], overlay, file, ("readings", name))
                found, _ = check_document(_document(merged, file, ("readings", name)), merged, file, design)
                problems += found
            except ScenarioError as error:
                problems += error.problems
    if problems:
        # The same mistake seen through several designs is one problem.
        raise ScenarioError({(each.line, each.column, each.message): each for each in problems}.values())
    baseline = next(name for name, design in document.designs.items() if design.baseline)
    in_order = sorted(designs, key=lambda name: name != baseline)
    warnings += check_designs([(designs[name], merged_raw[name]) for name in in_order], file)
    once = {(each.line, each.column, each.message): each for each in warnings}
    return Scenario(file, text, raw, document, designs, baseline, tuple(sorted(once.values())))


def _reading_for(overlay: Any, raw: Mapping, every: dict[str, Mapping]) -> Any:
    """A reading without what it says of services, teams and effects that this design lacks and another design adds."""
    if not isinstance(overlay, Mapping):
        return overlay
    found = overlay.copy_with_places()
    for section in ("services", "teams"):
        if not isinstance(overlay.get(section), Mapping):
            continue
        part = found[section] = overlay[section].copy_with_places()
        here = raw.get(section) or {}
        elsewhere = [each.get(section) or {} for each in every.values()]
        for name in list(part):
            if name not in here and any(name in each for each in elsewhere):
                del part[name]
            elif (
                name in here
                and isinstance(part[name], Mapping)
                and isinstance(part[name].get("effects"), Mapping)
            ):
                service = part[name] = part[name].copy_with_places()
                effects = service["effects"] = service["effects"].copy_with_places()
                known = (here[name].get("effects") or {}) if isinstance(here[name], dict) else {}
                for effect in list(effects):
                    others = (
                        each[name].get("effects") or {}
                        for each in elsewhere
                        if isinstance(each.get(name), dict)
                    )
                    if effect not in known and any(effect in each for each in others):
                        del effects[effect]
    return found


def _with_overlay(raw: Mapping, design: str, file: str) -> Mapping:
    """The raw file with a design's overlay laid over it, after the overlays of what it is based on."""
    chain = [design]
    while (
        base := raw["designs"][chain[-1]].get("based_on")
        if isinstance(raw["designs"][chain[-1]], dict)
        else None
    ) is not None:
        if base in chain or base not in raw["designs"]:
            break  # refused by the checks
        chain.append(base)
    merged = raw
    for name in reversed(chain):
        overlay = raw["designs"][name]
        if isinstance(overlay, Mapping):
            merged = _merged(merged, overlay, file, ("designs", name))
    return merged


def _merged(base: Mapping, overlay: Mapping, file: str, where: tuple[str, ...]) -> Mapping:
    try:
        return lay_over(base, overlay, Document)
    except Refused as error:
        line, column = reader.place_of(overlay, error.path)
        raise ScenarioError(
            [
                Problem(
                    line,
                    column,
                    ".".join([*where, *map(str, error.path)]),
                    error.message,
                    error.suggestion,
                    file=file,
                )
            ]
        ) from None


def _document(raw: Mapping, file: str, where: tuple[str, ...] = ()) -> Document:
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        raise ScenarioError(
            [_problem(each, raw, file, where) for each in error.errors()[:MOST_PROBLEMS]]
        ) from None


def _problem(error: Any, raw: Mapping, file: str, where: tuple[str, ...]) -> Problem:
    path = tuple(step for step in error["loc"] if step != "[key]")
    message, suggestion = str(error["msg"]), None
    refused = error.get("ctx", {}).get("error")
    last = str(path[-1]) if path else ""
    if isinstance(refused, Refused):
        path += refused.path
        message, suggestion = refused.message, refused.suggestion
    elif error["type"] == "extra_forbidden":
        message, suggestion = f"unknown key `{last}`", did_you_mean(last, _keys_at(path[:-1]))
        if len(path) == 3 and path[0] in ("designs", "readings") and last in Document.model_fields:
            message, suggestion = (
                f"a {str(path[0])[:-1]} cannot change `{last}`",
                "it can change " + ", ".join(OVERLAYS),
            )
    elif error["type"] == "missing":
        message, suggestion = f"`{last}` is missing", description(_model_at(path[:-1]), last)
    elif error["type"] in ("dict_type", "model_type"):
        message, suggestion = (
            "a mapping of names is wanted here",
            "such as `name: {...}`, indented below the key",
        )
    elif error["type"] in ("list_type", "tuple_type"):
        message, suggestion = "a list is wanted here", "such as `[a, b]`"
    line, column = reader.place_of(raw, path)
    key = shown(raw, path) if error["type"] != "missing" else ".".join(str(step) for step in path)
    return Problem(line, column, ".".join([*where, *([key] if key else [])]), message, suggestion, file=file)


def _model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that the schema has at a place."""
    annotation: Any = Document
    for step in path:
        annotation = _plain(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            by_key = {(info.alias or name): info.annotation for name, info in annotation.model_fields.items()}
            annotation = by_key.get(str(step))
        else:
            arguments = typing.get_args(annotation)
            annotation = arguments[-1] if arguments else None
    annotation = _plain(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _keys_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys that the schema knows at a place."""
    model = _model_at(path)
    return [] if model is None else [info.alias or name for name, info in model.model_fields.items()]
