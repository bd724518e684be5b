"""The Python way into doubt: uncertainty, sensitivity, information and stress, each a set of runs and the questions asked of it.

from simulator import api_doubt
found = api_doubt.uncertainty("scenarios/edge-of-care.yaml", ["early_help"], draws=512)
for answer in found.answers:
    print(answer.question, *answer.sentences)
found.at(worth=20_000).table("acceptability")      # the same runs, weighed in another way
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.api import opened
from simulator.experiments.engines import DEFAULT
from simulator.experiments.runner import Progress
from simulator.experiments.sampling import AS_WRITTEN
from simulator.present import exports
from simulator.present.doubt.answer import Answer
from simulator.present.doubt.asked import Asked
from simulator.present.doubt.weighing import Weighing
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, ScenarioError, did_you_mean

if TYPE_CHECKING:
    from simulator.experiments.enough import Enough
    from simulator.experiments.uncertainty import Draws

Tell = Callable[[Progress], bool | None]
METHODS = ("one", "morris", "sobol", "failure")
QUESTIONS = {
    "uncertainty": ("acceptability", "net_benefit", "variance", "plane", "frontier", "regret"),
    "information": ("evpi", "evppi", "evsi"),
    "one": ("tornado", "switching"),
    "morris": ("screening",),
    "sobol": ("shares",),
    "failure": ("failing", "break_even"),
}
"""Names of the questions that each command, or each method of `sensitivity`, may answer."""
MOST_TURNING = 6
"""So many numbers are looked at over a grid."""


def uncertainty(
    scenario: Scenario | str | Path,
    designs: Sequence[str] | None = None,
    *,
    draws: int = 512,
    replications: int = 2,
    method: str = "sobol",
    cost: str = "cost",
    effect: str = "crises",
    worth: float = 0.0,
    of: Sequence[str] | None = None,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
) -> Asked:
    """Draw every uncertain number many times, run designs (default: all) beside the baseline, and ask which is best how surely.

    `.runs` is `experiments.uncertainty.Draws`, with a frame of every run. Arguments as there; cost, effect: figures by name;
    worth: £ for one of the effect. Raises ScenarioError, and ValueError for counts that cannot be.
    """
    from simulator.present.doubt.compose import uncertainty_answers

    found = _drawn(
        scenario,
        designs,
        Weighing(cost, effect, worth),
        draws,
        replications,
        method,
        of,
        reading,
        seed,
        engine,
        workers,
        processes,
        progress,
    )
    return _asked("uncertainty", found, Weighing(cost, effect, worth), uncertainty_answers)


def information(
    scenario: Scenario | str | Path,
    designs: Sequence[str] | None = None,
    *,
    draws: int = 1_024,
    replications: int = 2,
    method: str = "sobol",
    cost: str = "cost",
    effect: str = "crises",
    worth: float = 0.0,
    of: Sequence[str] | None = None,
    study: str | None = None,
    takes: float = 2.0,
    study_cost: float = 100_000.0,
    per_person: float = 500.0,
    sizes: Sequence[int] | None = None,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
) -> Asked:
    """As `uncertainty`, asked what it would be worth to know more: everything, each number, and a study of one of them.

    study: place of the number that a study looks at (None: the one worth most to know). takes: years until its result is
    known. study_cost, per_person: £. sizes: people in it.
    """
    from simulator.present.doubt.compose import information_answers
    from simulator.present.doubt.weighing import Study

    plan = Study(study, takes, study_cost, per_person, tuple(sizes) if sizes else Study().sizes)
    weighing = Weighing(cost, effect, worth, plan)
    scenario = opened(scenario)
    if study is not None:
        _can_be_studied(scenario, designs, of, study)
    found = _drawn(
        scenario,
        designs,
        weighing,
        draws,
        replications,
        method,
        of,
        reading,
        seed,
        engine,
        workers,
        processes,
        progress,
    )
    return _asked("information", found, weighing, information_answers)


def _can_be_studied(
    scenario: Scenario, designs: Sequence[str] | None, of: Sequence[str] | None, study: str
) -> None:
    """Raise ScenarioError for a place at which nothing uncertain stands."""
    from simulator.experiments.uncertainty import what_is_uncertain

    known = [each.place for each in what_is_uncertain(scenario, designs, of)[1]]
    if study not in known:
        message = f"there is no uncertain number at `{study[:80]}` that a study could look at"
        raise ScenarioError(
            [Problem(1, 1, study[:80], message, did_you_mean(study, known), file=scenario.file)]
        )


def sensitivity(
    scenario: Scenario | str | Path,
    design: str | None = None,
    *,
    method: str = "one",
    size: int | None = None,
    replications: int = 10,
    cost: str = "cost",
    effect: str = "crises",
    worth: float = 0.0,
    of: Sequence[str] | None = None,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    processes: bool = False,
    progress: Tell | None = None,
) -> Asked:
    """Which uncertain numbers move a design's net benefit over the baseline, and where it turns.

    method: `one` (each number at the ends of its range, and the most important over a grid: tornado and switching values),
    `morris` (elementary effects; size: trajectories, 20), `sobol` (shares of the variance; size: base sample, 256), `failure`
    (scenario discovery among draws; size: draws, 1,024). All but `failure` use the same random numbers throughout. design:
    the first that is not the baseline by default. Raises as `uncertainty`.
    """
    from simulator.experiments.one_at_a_time import ends, grid, moved
    from simulator.present.doubt.compose import OneByOne, most_moving, sensitivity_answers

    if method not in METHODS:
        raise ValueError(f"there is no method `{method}`; there are: {', '.join(METHODS)}")
    found = opened(scenario)
    name = _one_design(found, design)
    if reading is not None and reading != AS_WRITTEN:
        found.design(name, reading)  # refuses a name that the file does not have
    weighing = Weighing(cost, effect, worth)
    how: dict[str, Any] = {
        "figures": weighing.figures(),
        "reading": reading,
        "seed": seed,
        "engine": engine,
        "workers": workers,
        "processes": processes,
    }
    runs: Any
    if method == "one":
        to_ends = moved(
            found, name, ends, of=of, replications=replications, progress=_part(progress, 0.0, 0.6), **how
        )
        most = most_moving(to_ends, weighing, MOST_TURNING)
        along = moved(
            found, name, grid(), of=most, replications=replications, progress=_part(progress, 0.6, 1.0), **how
        )
        runs = OneByOne(to_ends, along)
    elif method == "failure":
        draws = size or 1_024
        runs = _drawn(
            found,
            [name],
            weighing,
            draws,
            1,
            "sobol",
            of,
            reading,
            seed,
            engine,
            workers,
            processes,
            progress,
        )
    else:
        runs = _over_cube(found, name, method, size, of, replications, progress, how)
    return _asked("sensitivity", runs, weighing, sensitivity_answers, scenario=found)


def stress(
    scenario: Scenario | str | Path,
    design: str | None = None,
    stresses: Sequence[str] | None = None,
    *,
    by: Mapping[str, str | float] | None = None,
    figures: Sequence[str] | None = None,
    replications: int = 100,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Tell | None = None,
) -> Asked:
    """A design as planned and under named stresses (default: all) on the same random numbers: `experiments.stress.run_stresses`.

    by: another amount for a stress, as `{"low_referrals": "60%"}`. Raises ScenarioError for a name or amount that is none.
    """
    from simulator.experiments.stress import run_stresses
    from simulator.present.doubt.stress import stress_answer

    found = opened(scenario)
    name = _one_design(found, design)
    runs = run_stresses(
        found,
        name,
        stresses,
        by=by,
        figures=figures,
        replications=replications,
        reading=reading,
        seed=seed,
        engine=engine,
        workers=workers,
        progress=progress,
    )
    record = exports.record_of(
        found,
        (found.baseline, name),
        kind="stress",
        stresses={each.name: each.text for each in runs.stresses},
        replications=replications,
        seed=seed,
        engine=engine,
        reading=reading,
    )
    return Asked("stress", found, runs, Weighing(), record, (), lambda these, _: [stress_answer(these)])


def replications(
    scenario: Scenario | str | Path,
    design: str | None = None,
    figures: Sequence[str] = ("crises",),
    precision: str = "5%",
    **how: Any,
) -> Enough:
    """How many runs are enough for each figure to be known so well: see `experiments.enough.enough_replications`.

    precision: half of the 95% confidence interval, as text: `5%` of the mean, `3`, `£100k`, `2 points`. Raises ValueError for
    one that is none.
    """
    from simulator.analysis.precision import Precision
    from simulator.experiments.enough import enough_replications

    found = opened(scenario)
    return enough_replications(found, _one_design(found, design), figures, Precision.of(precision), **how)


def _over_cube(
    scenario: Scenario,
    design: str,
    method: str,
    size: int | None,
    of: Sequence[str] | None,
    replications: int,
    progress: Tell | None,
    how: dict[str, Any],
) -> Any:
    """Morris's or Sobol's design of experiments, run with the same random numbers at every point."""
    from simulator.analysis.sensitivity import morris, sobol
    from simulator.experiments.sampling import of_cube
    from simulator.experiments.uncertainty import nothing_uncertain, of_sample, what_is_uncertain
    from simulator.present.doubt.compose import Decomposed, Screened

    names, numbers = what_is_uncertain(scenario, [design], of)
    if not numbers:
        raise nothing_uncertain(scenario)
    if method == "morris":
        walks = morris.trajectories(size or 20, len(numbers), how["seed"])
        # A quantile of 0 or 1 may be endless: the grid spans the middle 99%.
        cube = 0.005 + 0.99 * walks.reshape(-1, len(numbers))
    else:
        made = sobol.design(size or 256, len(numbers), how["seed"])
        cube = made.points
    drawn = of_sample(
        scenario,
        names,
        of_cube(scenario, numbers, cube, reading=how["reading"], related=False),
        replications=replications,
        common=True,
        method=method,
        progress=progress,
        **how,
    )
    return Screened(drawn, walks) if method == "morris" else Decomposed(drawn, made)


def _drawn(
    scenario: Scenario | str | Path,
    designs: Sequence[str] | None,
    weighing: Weighing,
    draws: int,
    replications: int,
    method: str,
    of: Sequence[str] | None,
    reading: str | None,
    seed: int,
    engine: str,
    workers: int | None,
    processes: bool,
    progress: Tell | None,
) -> Draws:
    from simulator.experiments.uncertainty import uncertainty as run_draws

    found = opened(scenario)
    if designs is None:
        _one_design(found, None)  # there must be something to choose between
    return run_draws(
        found,
        designs,
        draws=draws,
        replications=replications,
        method=method,
        of=of,
        figures=weighing.figures(),
        reading=reading,
        seed=seed,
        engine=engine,
        workers=workers,
        processes=processes,
        progress=progress,
    )


def _one_design(scenario: Scenario, design: str | None) -> str:
    """The design asked for, or the first that is not the baseline. Raises ScenarioError where there is nothing to weigh."""
    others = [name for name in scenario.designs if name != scenario.baseline]
    if design is not None:
        scenario.design(design)
    if design == scenario.baseline or not others:
        message = "there must be a design beside the baseline to weigh against it"
        hint = f"these are: {', '.join(others)}" if others else "add one under `designs`"
        raise ScenarioError([Problem(1, 1, "designs", message, hint, file=scenario.file)])
    return design or others[0]


def _part(tell: Tell | None, begin: float, end: float) -> Tell | None:
    """Progress of one part of several, as a share of the whole."""
    if tell is None:
        return None

    def of_the_whole(progress: Progress) -> bool | None:
        share = begin + (end - begin) * progress.share
        return tell(replace(progress, share=share))

    return of_the_whole


def _asked(
    kind: str,
    runs: Any,
    weighing: Weighing,
    answers: Callable[[Any, Weighing], list[Answer]],
    scenario: Scenario | None = None,
) -> Asked:
    held = runs if hasattr(runs, "failed") else getattr(runs, "draws", None) or runs.ends
    found = scenario or held.scenario
    _known_everywhere(held, weighing)
    notes = []
    if held.failed:
        first = held.failed[0]
        notes.append(f"{len(held.failed):,} runs failed and are left out; the first: {first.error}")
    if getattr(held, "gaps", 0):
        notes.append(
            f"In {held.gaps:,} draws a share or ratio asked for more than any rate gives, and the nearest was used."
        )
    record = exports.record_of(
        found,
        held.designs,
        kind=kind,
        draws=len(held) if hasattr(held, "sample") else None,
        replications=held.replications,
        seed=held.seed,
        reading=held.reading,
        cost=weighing.cost,
        effect=weighing.effect,
        worth=weighing.worth,
        engine=held.engine,
        method=getattr(held, "method", "one"),
        of=[each.place for each in (held.sample.numbers if hasattr(held, "sample") else held.numbers)],
        study=None if weighing.study is None else asdict(weighing.study),
    )
    return Asked(kind, found, runs, weighing, record, tuple(notes), answers)


def _known_everywhere(held: Any, weighing: Weighing) -> None:
    """Raise ValueError for a figure that some run does not have: no average over the others would be fair."""
    import numpy as np

    values = held.values
    for name in weighing.figures():
        column = [each.name for each in held.outputs].index(name)
        for position, design in enumerate(held.designs):
            missing = int(np.isnan(values[..., position, column]).sum())
            if missing:
                of = values[..., position, column].size
                label = held.scenario.label(design)
                raise ValueError(
                    f"`{name}` is not known in {missing:,} of {of:,} runs of ‘{label}’, so it cannot be weighed: choose "
                    "another figure"
                )


__all__ = ["METHODS", "Asked", "information", "replications", "sensitivity", "stress", "uncertainty"]
