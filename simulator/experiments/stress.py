"""A design under named stresses, beside the plan and run by run: fewer come, it starts late, works less well, is paid late."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.precision import cumulative
from simulator.engine.model import Floats
from simulator.experiments.engines import DEFAULT
from simulator.experiments.outputs import Output, default_names, outputs, picked
from simulator.experiments.runner import Progress, Tell, progress_of, run
from simulator.experiments.stress_cases import STRESSES, Stress, chosen_stresses, refused
from simulator.experiments.uncertainty import check_runs
from simulator.scenario.load import Scenario
from simulator.scenario.stress import Shortfall, services_of

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 100
PLANNED = "planned"
AGAINST_BASELINE = frozenset(("crises", "crisis_days", "cost", "purse", "wellbeing", "public_value"))
"""Figures that are told as the design's difference from the baseline; others are the design's own."""


@dataclass(frozen=True, eq=False)
class Stressed:
    """A design as planned and under each stress, on the same random numbers.

    values: (futures, replications, outputs), the plan first and then `stresses`; NaN where not known. compared: outputs that
    are the design's difference from the baseline. nothing: stresses that find nothing to change in this design.
    """

    scenario: Scenario
    design: str
    outputs: tuple[Output, ...]
    compared: tuple[bool, ...]
    stresses: tuple[Stress, ...]
    nothing: tuple[Stress, ...]
    values: Floats = field(repr=False)
    seed: int = 1
    reading: str | None = None
    engine: str = DEFAULT
    seconds: float = 0.0

    @property
    def replications(self) -> int:
        return self.values.shape[1]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a stress and output.

        stress, output: names. planned, stressed: means over the runs in which each is known. change: mean of stressed less
        planned, run by run, over the `runs` that know both; ci_low, ci_high: its 95% confidence interval (Student's t).
        low, high: range of stressed runs (2.5% to 97.5%).
        """
        import pandas as pd

        columns = ("planned", "stressed", "change", "ci_low", "ci_high", "low", "high", "runs")
        rows = []
        for number, stress in enumerate(self.stresses, 1):
            change = cumulative(self.values[number] - self.values[0])
            mean, half, known = change.mean[-1], change.half_width[-1], change.known[-1]
            for column, output in enumerate(self.outputs):
                planned, here = (_known(self.values[future, :, column]) for future in (0, number))
                low, high = np.quantile(here, [0.025, 0.975]) if len(here) else (np.nan, np.nan)
                found = (
                    _mean(planned),
                    _mean(here),
                    mean[column],
                    mean[column] - half[column],
                    mean[column] + half[column],
                    low,
                    high,
                    int(known[column]),
                )
                rows.append(
                    {"stress": stress.name, "output": output.name, **dict(zip(columns, found, strict=True))}
                )
        return pd.DataFrame(rows, columns=["stress", "output", *columns])


def run_stresses(
    scenario: Scenario,
    design: str,
    stresses: Sequence[str] | None = None,
    *,
    by: Mapping[str, str | float] | None = None,
    figures: Sequence[str] | None = None,
    replications: int = REPLICATIONS,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Tell | None = None,
) -> Stressed:
    """Run a design beside the baseline as planned and under each stress (default: all), numbers as written.

    by: how hard a stress is, as text ("60%", "9 months") or in its own unit (60, 9). figures: `experiments.outputs`; default:
    `main_figures`. progress is told over all of it; returning False stops (`Cancelled`). Raises ScenarioError for names that
    there are not, amounts that cannot be, and the baseline as design; ValueError for bad counts.
    """
    begun = time.monotonic()
    if design == scenario.baseline:
        raise refused(
            scenario, "design", f"`{design}` is the baseline, which stands as it is", "stress another design"
        )
    scenario.design(design, reading)  # refuses a name that the file does not have
    names = list(figures) if figures else main_figures(scenario, design)
    chosen, nothing = _applying(scenario, [design], chosen_stresses(scenario, stresses, by), reading)
    found = _run(
        scenario,
        (scenario.baseline, design),
        chosen,
        names,
        replications,
        reading,
        seed,
        engine,
        workers,
        progress,
    )
    wanted = outputs(scenario, names)
    compared = np.array([each.name in AGAINST_BASELINE for each in wanted])
    values = found[:, :, 1] - np.where(compared, found[:, :, 0], 0.0)
    return Stressed(
        scenario,
        design,
        wanted,
        tuple(compared.tolist()),
        chosen,
        nothing,
        values,
        seed,
        reading,
        engine,
        time.monotonic() - begun,
    )


def futures(
    scenario: Scenario,
    designs: Sequence[str] | None = None,
    stresses: Sequence[str] | None = None,
    *,
    cost: str = "cost",
    effect: str = "crises",
    worth: float = 0.0,
    by: Mapping[str, str | float] | None = None,
    replications: int = REPLICATIONS,
    reading: str | None = None,
    seed: int = 1,
    engine: str = DEFAULT,
    workers: int | None = None,
    progress: Tell | None = None,
) -> pd.DataFrame:
    """Every design (default: all) in every named future: the plan, and each stress that changes any of them.

    One row a future and design, the baseline first: future (`planned`, or a stress), design, cost and effect (means over
    runs; more of an effect is better, so crises are below 0), net_benefit (`worth` £ for one of the effect, less the cost), runs
    (in which both are known, and which the means are of). For regret: pivot(index="future", columns="design",
    values="net_benefit"). Raises as `run_stresses`.
    """
    import pandas as pd

    names = tuple(dict.fromkeys([scenario.baseline, *(designs or scenario.designs)]))
    for name in names:
        scenario.design(name, reading)  # refuses a name that the file does not have
    wanted = outputs(scenario, [cost, effect])
    chosen, _ = _applying(scenario, names, chosen_stresses(scenario, stresses, by), reading)
    kept = [each.name for each in wanted]
    found = _run(scenario, names, chosen, kept, replications, reading, seed, engine, workers, progress)
    sign = -1.0 if wanted[-1].more_is_better is False else 1.0
    rows = []
    for number, future in enumerate((PLANNED, *(each.name for each in chosen))):
        for column, design in enumerate(names):
            values = found[number, :, column]
            known = values[np.isfinite(values).all(axis=1)]
            spent, gained = _mean(known[:, 0]), sign * _mean(known[:, -1])
            rows.append((future, design, spent, gained, worth * gained - spent, len(known)))
    return pd.DataFrame(rows, columns=["future", "design", "cost", "effect", "net_benefit", "runs"])


def main_figures(scenario: Scenario, design: str) -> list[str]:
    """Crises, cost and cash; investors and providers where the design signs a contract; waits for the services it changes."""
    signed = bool(scenario.document.designs[design].signs)
    money = ("cost", "net_saving" if signed else "cash_released") if scenario.document.agencies else ("cost",)
    found = ["crises", *money]
    there = default_names(scenario)
    if signed:
        found += [
            name for name in there if name in ("irr", "capital_lost") or name.startswith("lowest cash of ")
        ]
    changed = services_of(scenario.version(design)[1], scenario.version()[1])
    return found + [f"wait for {name}" for name in changed if f"wait for {name}" in there]


def _applying(
    scenario: Scenario, designs: Sequence[str], stresses: Sequence[Stress], reading: str | None
) -> tuple[tuple[Stress, ...], tuple[Stress, ...]]:
    """Stresses that change any of these designs, and those that find nothing to change. Several together: of those that do."""

    def changes(stress: Stress) -> bool:
        under = scenario.under(stress.shortfall, reading).merged
        return any(under[name] is not scenario.version(name, reading)[1] for name in designs)

    found: tuple[list[Stress], list[Stress]] = [], []
    for stress in stresses:
        parts = tuple(part for part in stress.parts if changes(part))
        applies = len(parts) > 1 if stress.parts else changes(stress)
        found[0 if applies else 1].append(replace(stress, parts=parts) if applies else stress)
    return tuple(found[0]), tuple(found[1])


def _run(
    scenario: Scenario,
    designs: tuple[str, ...],
    stresses: Sequence[Stress],
    names: Sequence[str],
    replications: int,
    reading: str | None,
    seed: int,
    engine: str,
    workers: int | None,
    progress: Tell | None,
) -> Floats:
    """(futures, replications, designs, outputs), the plan first."""
    shortfalls = [Shortfall(), *(each.shortfall for each in stresses)]
    check_runs(len(shortfalls) * replications * len(designs), replications)
    wanted = outputs(scenario, names)
    begun = time.monotonic()
    found = []
    for number, short in enumerate(shortfalls):

        def tell(now: Progress, before: int = number * replications) -> bool | None:
            under_way = now.share * replications - now.done
            of = len(shortfalls) * replications
            so_far = progress_of(before + now.done, under_way, of, time.monotonic() - begun)
            return None if progress is None else progress(so_far)

        result = run(
            scenario.under(short, reading),
            designs,
            replications=replications,
            seed=seed,
            engine=engine,
            # Other processes would read the file again, and know nothing of the stress.
            workers=workers if engine == DEFAULT else 1,
            progress=tell,
        )
        found.append(picked(result.values, designs, wanted))
    return np.stack(found)


def _known(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


__all__ = [
    "AGAINST_BASELINE",
    "PLANNED",
    "REPLICATIONS",
    "STRESSES",
    "Stress",
    "Stressed",
    "chosen_stresses",
    "futures",
    "main_figures",
    "run_stresses",
]
