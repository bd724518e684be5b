"""The Python way in: load, run, compare, with DataFrames out. The command line and the dashboard go through it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiments import runner
from simulator.experiments.engines import DEFAULT
from simulator.experiments.runner import Progress, Result
from simulator.present import exports, verdict, views
from simulator.present.views import Section
from simulator.scenario.load import Scenario, load
from simulator.scenario.problems import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.replication import Run
    from simulator.money.deals.backtest import BackTest
    from simulator.present.chart import Chart
    from simulator.present.signed import Signed

DEFAULT_REPLICATIONS = 10


class NoSuchPerson(ValueError):
    """Nobody has this number in the run."""

    def __init__(self, person: int, people: int) -> None:
        numbered = f"people are numbered 0 to {people - 1:,}" if people else "nobody comes into view"
        super().__init__(f"there is no person {person}: in this run {numbered}")


@dataclass(frozen=True, eq=False)
class Comparison:
    """A design against the baseline, over replications on the same random numbers.

    `table` has one row a measure (`analysis.compare`) with label and unit; `verdict` and `caveats` are sentences,
    `sections` the tables that people read. `otherwise` has the same runs under each other reading of the evidence, of which
    the verdict speaks too, so that it never rests on the kinder reading alone.
    """

    result: Result
    design: str
    otherwise: tuple[Comparison, ...] = ()

    @cached_property
    def table(self) -> pd.DataFrame:
        return views.comparison(self.result, self.design)

    @cached_property
    def overview(self) -> pd.DataFrame:
        """Each design on its own: mean and range of runs of every measure."""
        return views.overview(self.result)

    @cached_property
    def median_run(self) -> int:
        """The replication in the middle by what changes: see `analysis.median`."""
        from simulator.analysis.median import median_run

        return median_run(self.result.values, self.result.baseline, self.design)

    @property
    def people(self) -> float:
        """People there at the start or arrived within the horizon: the mean of the larger design."""
        known = self.table[(self.table["table"] == "people") & (self.table["measure"] == "known")]
        return float(known[["baseline", "design"]].to_numpy().max())

    @property
    def verdict(self) -> list[str]:
        return [
            *verdict.verdict(self.table, self.result, self.design),
            *(verdict.read_otherwise(each.table, each.result, each.design) for each in self.otherwise),
        ]

    @property
    def caveats(self) -> list[str]:
        return verdict.caveats(self.result, [each.result.reading or "" for each in self.otherwise])

    @property
    def sections(self) -> list[Section]:
        return views.sections(self.table, self.result, self.design)

    def json(self) -> str:
        """The table, the verdict and what it takes to get them again."""
        return exports.as_json(
            self.result, self.table, design=self.design, verdict=self.verdict, caveats=self.caveats
        )


def opened(scenario: Scenario | str | Path) -> Scenario:
    """A scenario, or the scenario of a file. Raises ScenarioError, and OSError if the file cannot be opened."""
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def record(scenario: Scenario | str | Path) -> str:
    """The model record in Markdown, in the order of STRESS-DES (Monks et al. 2019): see `present.record`."""
    from simulator.present.record.page import model_record

    return model_record(opened(scenario))


def assumptions(scenario: Scenario | str | Path) -> pd.DataFrame:
    """The assumptions log: every number with its range, source, grade, owner and where it is used, a row each."""
    from simulator.present.record.assumptions import assumptions_log

    return assumptions_log(opened(scenario))


def run(
    scenario: Scenario | str | Path,
    designs: Sequence[str] | None = None,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    vary: bool = False,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Callable[[Progress], bool | None] | None = None,
) -> Result:
    """Run designs (default: all) side by side; `Result.measures` is a tidy DataFrame. See `experiments.runner.run`."""
    return runner.run(
        opened(scenario),
        designs,
        replications=replications,
        seed=seed,
        draw=draw,
        reading=reading,
        vary=vary,
        engine=engine,
        workers=workers,
        progress=progress,
    )


def compare(
    scenario: Scenario | str | Path,
    design: str | None = None,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    vary: bool = False,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Callable[[Progress], bool | None] | None = None,
) -> Comparison:
    """Run a design (default: the first that is not the baseline) beside the baseline and compare them.

    Where the numbers are run as written (no `reading`, no `vary`), each reading of the evidence is run as well, on the
    same random numbers: see `Comparison.otherwise`.

    Raises ScenarioError where the scenario or the design cannot be run.
    """
    found = opened(scenario)
    others = [name for name in found.designs if name != found.baseline]
    design = design or (others[0] if others else None)
    if design is None or design == found.baseline:
        if others:
            message, suggestion = (
                f"`{design}` is the baseline itself",
                f"compare it with: {', '.join(others)}",
            )
        else:
            message = "there is no second design to compare with the baseline"
            suggestion = "add one under `designs`, or use `simulator run`"
        raise ScenarioError([Problem(1, 1, "designs", message, suggestion, file=found.file)])

    def run_as(chosen: str | None) -> Comparison:
        result = run(
            found,
            [found.baseline, design],
            replications=replications,
            seed=seed,
            draw=draw,
            reading=chosen,
            vary=vary,
            engine=engine,
            workers=workers,
            progress=progress,
        )
        return Comparison(result, design)

    first = run_as(reading)
    if vary or reading is not None:
        return first
    return replace(first, otherwise=tuple(run_as(name) for name in found.document.readings))


@dataclass(frozen=True, eq=False)
class Contracted:
    """A design's contracts over replications: payments, outcomes paid and caused, cash and returns.

    `signed` has the terms and the measures run by run, `table` one row a measure of `tables` (`present.deal_table`),
    `caveats` what must be known of the runs.
    """

    result: Result
    design: str
    tables: tuple[str, ...]

    @cached_property
    def signed(self) -> Signed:
        from simulator.present.signed import Signed

        return Signed.of(self.result, self.design)

    @cached_property
    def table(self) -> pd.DataFrame:
        from simulator.present.deal_table import deal_table

        return deal_table(self.signed.runs, self.tables)

    @property
    def caveats(self) -> list[str]:
        """What must be known of the runs, then what a check of the scenario warns of in the contracts."""
        about = ("contracts.", "providers.", "investment.")
        warned = [
            f"{warning.message[:1].upper()}{warning.message[1:]}."
            for warning in self.result.scenario.warnings
            if warning.key.startswith(about)
        ]
        return [*verdict.caveats(self.result), *warned]

    def json(self) -> str:
        """The table, the terms in words and what it takes to get them again."""
        terms = {
            label: {passage.title: passage.sentences for passage in passages}
            for label, passages in self.signed.words
        }
        return exports.as_json(self.result, self.table, design=self.design, terms=terms, caveats=self.caveats)


def contract(scenario: Scenario | str | Path, design: str | None = None, **settings: Any) -> Contracted:
    """Run a design (default: the first that signs a contract) beside the baseline: terms, payments, paid and caused.

    settings: as of `compare`. Raises ScenarioError where the design signs no contract, naming those that do.
    """
    from simulator.present.deal_table import CONTRACT_TABLES

    return _contracted(scenario, design, CONTRACT_TABLES, settings)


def cash(scenario: Scenario | str | Path, design: str | None = None, **settings: Any) -> Contracted:
    """As `contract`, for the cash of who provides and the returns of who puts money in."""
    from simulator.present.deal_table import CASH_TABLES

    return _contracted(scenario, design, CASH_TABLES, settings)


def _contracted(
    scenario: Scenario | str | Path, design: str | None, tables: tuple[str, ...], settings: dict[str, Any]
) -> Contracted:
    from simulator.present.deal_runs import signing

    found = opened(scenario)
    signs = [name for name in signing(found) if name != found.baseline]
    if design is not None:
        found.design(design)  # refuses a name that the file does not have
    if design is None and signs:
        design = signs[0]
    if design not in signs:
        message = f"the design `{design}` signs no contract" if design else "no design signs a contract"
        suggestion = f"these do: {', '.join(signs)}" if signs else "name one under `signs` of a design"
        raise ScenarioError([Problem(1, 1, "designs", message, suggestion, file=found.file)])
    compared = compare(found, design, **settings)
    return Contracted(compared.result, compared.design, tables)


def tell(
    scenario: Scenario | str | Path,
    person: int,
    *,
    design: str | None = None,
    seed: int = 1,
    replication: int = 0,
    vary: bool = False,
    engine: str = DEFAULT,
) -> list[list[str]]:
    """One person's story in sentences under the baseline and a design, a list each; person as numbered under the baseline.

    vary: as of `run`, so that the replication is the one that a run with it has.
    Raises NoSuchPerson when nobody has this number, ScenarioError for an unknown design.
    """
    from simulator.analysis.story import story
    from simulator.experiments import first_use
    from simulator.experiments.plan import Plan
    from simulator.experiments.replication import run_prepared
    from simulator.present.story import sentences

    found = opened(scenario)
    design = design or next((name for name in found.designs if name != found.baseline), found.baseline)
    found.design(design)  # an unknown name is refused before anything runs
    first_use.make_ready()
    prepared = Plan(found, (found.baseline, design), seed=seed, vary=vary).prepared(replication)
    one = run_prepared(prepared[found.baseline], replication, engine=engine)
    if not 0 <= person < len(one.history.people):
        raise NoSuchPerson(person, len(one.history.people))
    if design == found.baseline:
        return [sentences(story(one.history, one.ledger, person), found)]
    return _both(found, one, run_prepared(prepared[design], replication, engine=engine), person)


def _both(scenario: Scenario, one: Run, other: Run, person: int) -> list[list[str]]:
    """A person's story under two designs; person as numbered under the first."""
    import dataclasses

    from simulator.analysis.story import person_of, story
    from simulator.present.story import sentences

    told = [sentences(story(one.history, one.ledger, person), scenario)]
    number = person_of(other.history, int(one.history.people["identity"][person]))
    if number is None:
        unit, label = scenario.document.people.unit, scenario.label(other.model.design)
        return [*told, [f"Under {label}, this {unit} never comes into view: fewer people arrive."]]
    # The number is that under the first, so that both stories are of the same one.
    second = sentences(
        dataclasses.replace(story(other.history, other.ledger, number), person=person), scenario
    )
    if second[1:] == told[0][1:]:
        second[1:] = ["Exactly the same happens."]
    return [*told, second]


@dataclass(frozen=True, eq=False)
class ToldStory:
    """One person of a kind (`analysis.story.people_to_tell`): what it is called, how many there are, and both stories."""

    kind: str
    title: str
    about: str
    sentences: list[list[str]]


@dataclass(frozen=True, eq=False)
class CloserLook:
    """One replication from close by: people on one clock under both designs, and a story of each kind that occurs."""

    replication: int
    animation: Chart
    stories: tuple[ToldStory, ...]


def closer_look(
    scenario: Scenario | str | Path,
    design: str,
    replication: int,
    *,
    seed: int = 1,
    draw: int | None = None,
    reading: str | None = None,
    vary: bool = False,
) -> CloserLook:
    """Run one replication of a design and the baseline again, to look at its people. The settings are those of its run.

    `analysis.median.median_run` says which is in the middle of many. Raises ScenarioError for names that there are not.
    """
    from simulator.analysis.animation import animation
    from simulator.analysis.story import people_to_tell
    from simulator.experiments import first_use
    from simulator.experiments.plan import Plan
    from simulator.experiments.replication import run_prepared
    from simulator.present.animation_chart import animation_chart
    from simulator.present.story import kind_in_words

    found = opened(scenario)
    first_use.make_ready()
    plan = Plan(found, (found.baseline, design), seed=seed, draw=draw, reading=reading, vary=vary)
    prepared = plan.prepared(replication)
    one, other = (run_prepared(prepared[name], replication) for name in (found.baseline, design))
    stories = [
        ToldStory(
            telling.kind, *kind_in_words(telling, found, design), _both(found, one, other, telling.person)
        )
        for telling in people_to_tell(one.history, other.history, one.document, other.document)
    ]
    moving = animation_chart(animation(one.history, other.history), found, found.baseline, design)
    return CloserLook(replication, moving, tuple(stories))


def deal(path: str | Path) -> BackTest:
    """A published deal's terms run on what was observed, beside what was published; `present.deal.table` makes rows of it.

    Raises ScenarioError listing every problem of the file, and OSError if it cannot be opened.
    """
    from simulator.money.deals.backtest import back_test
    from simulator.money.deals.file import load_deal

    return back_test(load_deal(path))
