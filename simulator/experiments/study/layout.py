"""What a study is made of: its points in a fixed order, what was put into each, and the chunks they are written in.

Settings of the grid come one after the other, each with all draws; points are numbered from 1. Chance is the same for all
points of a grid or of a Sobol design, and another for each draw of a sample (the same under every setting).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from simulator.analysis.sensitivity import sobol
from simulator.experiments.outputs import outputs
from simulator.experiments.points import Job, Point
from simulator.experiments.sampling import Sample, of_cube, sample
from simulator.experiments.study.file import AS_WRITTEN, DRAWN, Study
from simulator.experiments.uncertain import READING, Uncertain, chosen, uncertain_numbers
from simulator.experiments.uncertainty import nothing_uncertain
from simulator.experiments.workers import Chunk
from simulator.scenario.controls import path_to
from simulator.scenario.findings import node_at
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Refused, ScenarioError, did_you_mean

MOST_RUNS = 10_000_000
MOST_OUTPUTS = 2_000
MOST_CHUNKS = 100_000
MOST_CELLS = 10_000_000
"""Figures in one chunk, which is in memory as a whole."""
# Unless the file says: enough chunks to keep workers busy and to lose little, and not so many that files cost time.
CHUNKS, RUNS_A_CHUNK = 128, 4_096
KEYS = ("point", "replication", "design")

Column = list[int] | list[float] | list[str]


@dataclass(frozen=True)
class Axis:
    """A control of the grid: its values as texts of the language, and as numbers in the control's unit (60 for 60%)."""

    name: str
    texts: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """All points of a study.

    job: what they have in common. grid: axes, the last of which changes fastest. sample: the draws, None for one point as
    written. matrices: of a Sobol design, in the order of `sobol.Design`. reading: of points without draws.
    """

    study: Study = field(repr=False)
    job: Job
    replications: int
    chunk: int
    grid: tuple[Axis, ...] = ()
    sample: Sample | None = None
    matrices: tuple[str, ...] = ()
    reading: str | None = None

    @property
    def draws(self) -> int:
        """Points of each setting."""
        return 1 if self.sample is None else len(self.sample)

    def __len__(self) -> int:
        return math.prod(len(axis.texts) for axis in self.grid) * self.draws

    @property
    def runs_a_point(self) -> int:
        return self.replications * len(self.job.designs)

    @property
    def runs(self) -> int:
        """Runs of one design each."""
        return len(self) * self.runs_a_point

    @property
    def chunks(self) -> int:
        return math.ceil(len(self) / self.chunk)

    def numbers(self, chunk: int) -> range:
        """The points of a chunk, by number."""
        return range(chunk * self.chunk + 1, min((chunk + 1) * self.chunk, len(self)) + 1)

    def work(self, left: list[int]) -> Iterator[Chunk]:
        """These chunks, made when they are asked for."""
        for chunk in left:
            yield chunk, tuple(self.point(number) for number in self.numbers(chunk))

    def point(self, number: int) -> Point:
        setting, row = divmod(number - 1, self.draws)
        settings = tuple(
            (axis.name, axis.texts[at]) for axis, at in zip(self.grid, self._at(setting), strict=True)
        )
        alike = self.sample is None or bool(self.matrices)
        first = 0 if alike else row * self.replications
        runs = tuple(range(first, first + self.replications))
        if self.sample is None:
            return Point(number, runs, None, self.reading, settings)
        return Point(number, runs, self.sample.draw(row), self.sample.reading(row), settings)

    @property
    def columns(self) -> tuple[str, ...]:
        """What `inputs` has of each point, by name."""
        found = ["point", *(axis.name for axis in self.grid)]
        if self.sample is not None:
            found += ["row", "matrix"] if self.matrices else ["draw"]
            found += [each.place for each in self.sample.numbers]
        return (*found, READING)

    def inputs(self, numbers: range) -> dict[str, Column]:
        """What was put into these points: `columns` with a value for each point.

        Settings are in the unit of their control (60 for 60%), sampled numbers in the units of `quantities`. draw, row: from
        1. matrix: `a`, `b`, or `ab:PLACE`, which is a with that number from b. reading: its name, or `as written`.
        """
        found: dict[str, Column] = {"point": list(numbers)}
        places = [divmod(number - 1, self.draws) for number in numbers]
        at = [self._at(setting) for setting, _ in places]
        for position, axis in enumerate(self.grid):
            found[axis.name] = [axis.values[each[position]] for each in at]
        if self.sample is None:
            return found | {READING: [self.reading or AS_WRITTEN] * len(numbers)}
        rows = [row for _, row in places]
        if self.matrices:
            size = self.draws // len(self.matrices)
            found["row"] = [row % size + 1 for row in rows]
            found["matrix"] = [self.matrices[row // size] for row in rows]
        else:
            found["draw"] = [row + 1 for row in rows]
        values = self.sample.rows(np.array(rows)).values()
        for each, column in zip(self.sample.numbers, values.T, strict=False):
            found[each.place] = column.tolist()
        return found | {READING: [self.sample.reading(row) or AS_WRITTEN for row in rows]}

    def _at(self, setting: int) -> list[int]:
        """Which value each axis has in a setting."""
        found: list[int] = []
        for axis in reversed(self.grid):
            setting, at = divmod(setting, len(axis.texts))
            found.insert(0, at)
        return found


def lay_out(study: Study) -> Layout:
    """The points of a study. Raises ScenarioError, at its place in the study file, for what cannot be."""
    document, scenario = study.document, study.scenario
    grid = tuple(_axis(study, name, texts) for name, texts in document.grid.items())
    job = _job(study)
    _check_reading(study)
    settings = math.prod(len(axis.texts) for axis in grid)
    draws = 1 if document.samples is None else document.samples.draws
    _check_runs(study, settings * draws * document.replications * len(job.designs))
    found, labels = _draws(study, grid, job, settings)
    fixed = None if document.reading in (None, AS_WRITTEN, DRAWN) else document.reading
    points = settings * (1 if found is None else len(found))
    per_point = document.replications * len(job.designs)
    chunk = document.chunk or max(1, min(math.ceil(points / CHUNKS), RUNS_A_CHUNK // per_point))
    layout = Layout(study, job, document.replications, min(chunk, points), grid, found, labels, fixed)
    _check_sizes(layout)
    _check_columns(layout, scenario)
    return layout


def _job(study: Study) -> Job:
    document, scenario = study.document, study.scenario
    for position, name in enumerate(document.designs):
        if name not in scenario.designs:
            hint = did_you_mean(name, scenario.designs)
            raise study.error(("designs", position), f"the scenario has no design `{name[:80]}`", hint)
    if len(document.outputs) > MOST_OUTPUTS:
        raise study.error(("outputs",), f"{len(document.outputs):,} outputs", f"at most {MOST_OUTPUTS:,}")
    for position, name in enumerate(document.outputs):
        try:
            outputs(scenario, [name])
        except ScenarioError as error:
            raise study.wrong(("outputs", position), error) from None
    names = [each.name for each in outputs(scenario, document.outputs)]
    designs = document.designs or tuple(scenario.designs)
    return Job.of(scenario, designs, names, seed=document.seed, engine=document.engine)


def _axis(study: Study, name: str, texts: tuple[str, ...]) -> Axis:
    control = study.scenario.controls.get(name)
    if control is None:
        known = study.scenario.controls
        hint = did_you_mean(name, known) if known else "the scenario has no controls"
        raise study.error(("grid", name), f"the scenario has no control `{name[:80]}`", hint)
    values: list[float] = []
    for position, text in enumerate(texts):
        try:
            value = control.read(text)
        except Refused as error:
            raise study.error(("grid", name, position), error.message, error.suggestion) from None
        if value in values:
            raise study.error(("grid", name, position), f"`{text}` stands here twice", "keep one of them")
        values.append(value)
    return Axis(name, tuple(control.text(value) for value in values), tuple(values))


def _check_reading(study: Study) -> None:
    name, known = study.document.reading, study.scenario.document.readings
    if name == DRAWN and study.document.samples is None and study.document.sobol is None:
        hint = "write `samples` or `sobol`, or the name of a reading"
        raise study.error(("reading",), "readings are drawn with samples, and there are none", hint)
    if name is not None and name not in (AS_WRITTEN, DRAWN, *known):
        near = did_you_mean(name, [AS_WRITTEN, DRAWN, *known])
        raise study.error(("reading",), f"the scenario has no reading `{name[:80]}`", near)


def _draws(
    study: Study, grid: tuple[Axis, ...], job: Job, settings: int
) -> tuple[Sample | None, tuple[str, ...]]:
    """The draws of each setting, and what they are where they are a Sobol design."""
    document, scenario = study.document, study.scenario
    asked = document.samples or document.sobol
    if asked is None:
        return None, ()
    section = "samples" if document.samples is not None else "sobol"
    drawn = document.reading == DRAWN or (document.reading is None and document.samples is not None)
    weighed = drawn and bool(scenario.document.readings)
    numbers = _uncertain(study, grid, job)
    try:
        numbers = chosen(numbers, asked.of, scenario.file)
    except ScenarioError as error:
        raise study.wrong((section, "of"), error) from None
    if not numbers and not weighed:
        raise study.wrong((section,), nothing_uncertain(scenario))
    fixed = None if document.reading in (None, DRAWN, AS_WRITTEN) else document.reading
    if document.samples is not None:
        found = sample(
            scenario,
            numbers,
            document.samples.draws,
            method=document.samples.method,
            seed=document.seed,
            reading=fixed,
        )
        if not weighed and fixed is None:
            found = replace(found, readings=(0,) * len(found), names=(None,))
        return found, ()
    assert document.sobol is not None
    axes = [each.place for each in numbers] + ([READING] if weighed else [])
    size = document.sobol.size * (len(axes) + 2)
    _check_runs(study, settings * size * document.replications * len(job.designs))
    try:
        made = sobol.design(document.sobol.size, len(axes), document.seed)
    except ValueError as error:
        raise study.error(("sobol", "size"), str(error)) from None
    return of_cube(scenario, numbers, made.points, reading=fixed), (
        "a",
        "b",
        *(f"ab:{axis}" for axis in axes),
    )


def _uncertain(study: Study, grid: tuple[Axis, ...], job: Job) -> tuple[Uncertain, ...]:
    """The uncertain numbers of the scenario but those that a control of the grid sets.

    A control that happens to stand as written leaves the range in the file, so they would vary under that setting alone.
    """
    scenario = study.scenario
    taken: set[str] = set()
    for control in (scenario.controls[axis.name] for axis in grid):
        for design in () if control.scales else control.designs:
            path = path_to(control.of, scenario.merged[design], design)
            taken.add(".".join(map(str, path)))
            text = str(node_at(scenario.merged[design], path)).strip()
            if text in scenario.document.numbers:
                taken.add(f"numbers.{text}")

    def is_taken(place: str) -> bool:
        # What stands there may be written short or in full.
        return any(f"{each}.".startswith(f"{place}.") or place.startswith(f"{each}.") for each in taken)

    return tuple(each for each in uncertain_numbers(scenario, job.designs) if not is_taken(each.place))


def _check_runs(study: Study, runs: int) -> None:
    if runs > MOST_RUNS:
        section = next(
            name for name in ("sobol", "samples", "grid", "replications", "format") if name in study.raw
        )
        hint = "take fewer values, draws or replications, or several studies"
        raise study.error((section,), f"that makes {runs:,} runs, and {MOST_RUNS:,} is the most", hint)


def _check_sizes(layout: Layout) -> None:
    if layout.chunks > MOST_CHUNKS:
        message = f"that makes {layout.chunks:,} chunks, and {MOST_CHUNKS:,} is the most"
        raise layout.study.error(("chunk",), message, f"write `chunk: {math.ceil(len(layout) / 1_000)}`")
    cells = layout.chunk * layout.runs_a_point * len(layout.job.outputs)
    if cells > MOST_CELLS:
        where = ("chunk",) if layout.study.document.chunk is not None else ("outputs",)
        message = f"a chunk would have {cells:,} figures, and {MOST_CELLS:,} is the most"
        raise layout.study.error(where, message, "take a smaller `chunk`, or fewer outputs")


def _check_columns(layout: Layout, scenario: Scenario) -> None:
    """Inputs and results stand side by side, so their columns have different names (SQL knows no capitals)."""
    counts = Counter(name.lower() for name in [*layout.columns, *KEYS[1:], *layout.job.outputs])
    twice = [name for name in (*layout.columns, *layout.job.outputs) if counts[name.lower()] > 1]
    if twice:
        section = "outputs" if "outputs" in layout.study.raw else "format"
        message = f"`{twice[0][:80]}` would be the name of two columns of the results"
        hint = "write another output (`TABLE.ITEM.MEASURE` of the same), or rename it in the scenario"
        raise layout.study.error((section,), message, hint)


__all__ = ["Axis", "Layout", "lay_out"]
