"""From a file to a `Scenario`: read, laid over, checked. The one door to this package for everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.scenario import control_text, reader
from simulator.scenario.controls import Setting, short, with_controls
from simulator.scenario.document import Document
from simulator.scenario.findings import MOST_PROBLEMS, Findings, shown
from simulator.scenario.key_descriptions import description
from simulator.scenario.overlay import lay_over, model_at
from simulator.scenario.problems import Problem, Refused, ScenarioError, did_you_mean
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import OVERLAYS
from simulator.scenario.stress import Shortfall, stressed


@dataclass(frozen=True)
class Scenario:
    """A scenario that may be run: the file as written, and as each design (and reading) has it.

    `document` is the file itself, `designs` the file with each design's overlay and with the controls that are set.
    `controls` are the numbers that the file names as worth moving, in its order. `warnings` are what the checker would
    rather see mended in the file as written. `raw` keeps the text with places, `merged` the same for each design, and
    `written` both for each design without the controls.
    """

    file: str
    text: str
    raw: Mapping = field(repr=False)
    document: Document = field(repr=False)
    designs: dict[str, Document] = field(repr=False)
    baseline: str
    warnings: tuple[Problem, ...] = ()
    controls: dict[str, Setting] = field(default_factory=dict, repr=False)
    merged: dict[str, Mapping] = field(default_factory=dict, repr=False)
    written: tuple[tuple[Document, Mapping], ...] = field(default=(), repr=False)
    _read: dict[tuple[str, str], tuple[Document, Mapping]] = field(
        default_factory=dict, repr=False, compare=False
    )

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

    @property
    def settings(self) -> dict[str, str]:
        """The controls that are set, as texts of the language: `{"take_up": "60%"}`."""
        return {name: each.text(each.value) for name, each in self.controls.items() if each.is_set}

    def with_settings(self, settings: AnyMapping[str, str | float]) -> Scenario:
        """The same file with these controls set, and the others as they stand; the text changes only in their `set`.

        A value is a text as the language writes it ("60%"), or a plain number in the control's unit (60). One that is
        as written takes `set` out. Raises ScenarioError for an unknown control, and for a value that is no number of
        its unit or is out of range.
        """
        changes: dict[str, str | None] = {}
        problems: list[Problem] = []
        for name, value in settings.items():
            control = self.controls.get(name)
            if control is None:
                hint = did_you_mean(name, self.controls) if self.controls else "this file has no controls"
                problems.append(self._problem(("controls",), f"there is no control `{short(name)}`", hint))
                continue
            try:
                new = control.read(value)
            except Refused as refused:
                where = ("controls", name)
                problems.append(self._problem(where, refused.message, refused.suggestion))
                continue
            # As text, because that is what a file keeps.
            text = control.text(new)
            wanted = None if text == control.text(control.written) else text
            if wanted != self.settings.get(name):
                changes[name] = wanted
        if problems:
            raise ScenarioError(problems)
        if not changes:
            return self
        return load_text(control_text.with_set(self.text, self.raw, changes), self.file)

    def _problem(self, path: tuple[str, ...], message: str, suggestion: str | None) -> Problem:
        line, column = reader.place_of(self.raw, path)
        return Problem(line, column, ".".join(path), message, suggestion, file=self.file)

    def design(self, name: str | None = None, reading: str | None = None) -> Document:
        """The document of a design (default: the baseline), with a reading of the evidence laid over it if one is named.

        Raises ScenarioError for a name that the file does not have.
        """
        return self.version(name, reading)[0]

    def version(self, name: str | None = None, reading: str | None = None) -> tuple[Document, Mapping]:
        """As `design`, and the merged text that it was read from, with places."""
        name = name or self.baseline
        for section, asked, known in (
            ("designs", name, self.designs),
            ("readings", reading, self.document.readings),
        ):
            if asked is not None and asked not in known:
                message = f"there is no {section[:-1]} `{asked}`"
                raise ScenarioError([self._problem((section,), message, did_you_mean(asked, known))])
        if reading is None:
            return self.designs[name], self.merged[name]
        # Kept, because every draw of the uncertain numbers may ask for it again.
        if (name, reading) not in self._read:
            overlay = _reading_for(self.raw["readings"][reading], self.merged[name], self.merged)
            merged = lay_over(self.merged[name], overlay, Document)
            self._read[name, reading] = _document(merged, self.file, ("designs", name)), merged
        return self._read[name, reading]

    def under(self, short: Shortfall, reading: str | None = None) -> Scenario:
        """The same with what each design does beyond the baseline short of plan (`stress`), controls and a reading as they stand.

        The reading is in it already: ask for none again. A design that has nothing to change keeps the `merged` it has here.
        """
        designs, merged = {}, {}
        baseline = self.version(self.baseline, reading)[1]
        before = self.document.designs[self.baseline].signs
        for name in self.designs:
            designs[name], merged[name] = self.version(name, reading)
            signs = [each for each in self.document.designs[name].signs if each not in before]
            found = stressed(merged[name], baseline, signs, short)
            if found is not merged[name]:
                designs[name], merged[name] = _document(found, self.file, ("designs", name)), found
        return replace(self, designs=designs, merged=merged, _read={})


def load(path: str | Path) -> Scenario:
    """Read, check and return a scenario file. Raises ScenarioError listing every problem, OSError if it cannot be opened."""
    raw, text = reader.read_file(path)
    return _scenario(raw, text, str(path))


def load_text(text: str, file: str = "scenario") -> Scenario:
    """As `load`, from text; `file` is what messages call it."""
    return _scenario(reader.read_text(text, file), text, file)


def _scenario(raw: Mapping, text: str, file: str) -> Scenario:
    from simulator.scenario.checks import check_designs, check_file
    from simulator.scenario.control_checks import settings_of

    document = _document(raw, file)
    problems, warnings = check_file(document, raw, file)
    if any(problem.key.startswith("designs") for problem in problems):
        raise ScenarioError(
            problems
        )  # which designs there are must be clear before they are laid over the file
    versions = _Versions(raw, document, file, problems, warnings)
    written, written_raw = versions.read({})
    designs, merged, controls = written, written_raw, {}
    if not problems:
        findings = Findings(raw, file)
        controls = settings_of(document, written, written_raw, findings)
        problems += findings.errors
    if not problems:
        # Warnings are about the file as written: what somebody moves is no slip.
        designs, merged = versions.read(controls)
    if problems:
        # The same mistake seen through several designs is one problem.
        raise ScenarioError({(each.line, each.column, each.message): each for each in problems}.values())
    baseline = next(name for name, design in document.designs.items() if design.baseline)
    in_order = sorted(written, key=lambda name: name != baseline)
    as_written = [(written[name], written_raw[name]) for name in in_order]
    warnings += check_designs(as_written, file)
    once = tuple(sorted({(each.line, each.column, each.message): each for each in warnings}.values()))
    return Scenario(file, text, raw, document, designs, baseline, once, controls, merged, tuple(as_written))


@dataclass
class _Versions:
    """The file as each design has it, read and checked. Designs that come to the same are read once."""

    raw: Mapping
    document: Document
    file: str
    problems: list[Problem]
    warnings: list[Problem]
    _read: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Mapping, Document]] = field(
        default_factory=dict
    )

    def read(self, controls: AnyMapping[str, Setting]) -> tuple[dict[str, Document], dict[str, Mapping]]:
        """Each design's document and merged text, with the controls laid over that are set."""
        from simulator.scenario.checks import check_document, check_signs

        designs: dict[str, Document] = {}
        merged: dict[str, Mapping] = {}
        new: list[str] = []
        for name in self.document.designs:
            changes = _changes(self.raw, name)
            moved = [each for each in controls.values() if each.is_set and name in each.designs]
            version = changes, tuple(each.name for each in moved)
            if version not in self._read:
                try:
                    laid = with_controls(_with_overlays(self.raw, changes, self.file), moved, name)
                    found = (
                        self.document if laid is self.raw else _document(laid, self.file, ("designs", name))
                    )
                except ScenarioError as error:
                    self.problems += error.problems
                    continue
                self._read[version] = laid, found
                self._add(check_document(found, laid, self.file), warn=not moved)
                new.append(name)
            merged[name], designs[name] = self._read[version]
            self.problems += check_signs(designs[name], merged[name], self.file, name)
        for reading in self.document.readings:
            for name in new:
                try:
                    overlay = _reading_for(self.raw["readings"][reading], merged[name], merged)
                    laid = _merged(merged[name], overlay, self.file, ("readings", reading))
                    found = _document(laid, self.file, ("readings", reading))
                except ScenarioError as error:
                    self.problems += error.problems
                    continue
                self._add(check_document(found, laid, self.file), warn=False)
        return designs, merged

    def _add(self, found: tuple[list[Problem], list[Problem]], warn: bool) -> None:
        self.problems += found[0]
        if warn:
            self.warnings += found[1]


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


def _changes(raw: Mapping, design: str) -> tuple[str, ...]:
    """The designs whose overlays make this one, first to last; those that change nothing are left out."""
    chain = [design]
    while (
        base := raw["designs"][chain[-1]].get("based_on")
        if isinstance(raw["designs"][chain[-1]], dict)
        else None
    ) is not None:
        if base in chain or base not in raw["designs"]:
            break  # refused by the checks
        chain.append(base)
    return tuple(name for name in reversed(chain) if any(key in OVERLAYS for key in raw["designs"][name]))


def _with_overlays(raw: Mapping, designs: tuple[str, ...], file: str) -> Mapping:
    """The raw file with the overlays of designs laid over it, one after the other."""
    merged = raw
    for name in designs:
        merged = _merged(merged, raw["designs"][name], file, ("designs", name))
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
    return model_at(Document, path)


def _keys_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys that the schema knows at a place."""
    model = _model_at(path)
    return [] if model is None else [info.alias or name for name, info in model.model_fields.items()]
