"""Draws of every uncertain number of edge of care to the answers that are asked of them, and a Sobol study of twelve numbers."""

from __future__ import annotations

import time
from itertools import pairwise

from benchmarks.edge_of_care import DESIGNS, FILE
from benchmarks.report import Effort, Section, Target

TITLE = "Doubt: draws to answers, and a Sobol study"
DRAWS = 1_000
NUMBERS = 12
SIZE = 1_024


def measure(effort: Effort) -> Section:
    """Seconds from the scenario file's text to every answer about 1,000 draws, and of a Sobol study of twelve numbers."""
    from simulator import api_doubt
    from simulator.experiments.uncertainty import what_is_uncertain
    from simulator.present.doubt.compose import failing_answers, information_answers
    from simulator.scenario.load import load

    scenario = load(FILE)
    draws = effort.choose(100, DRAWS, DRAWS)
    begun = time.perf_counter()
    found = api_doubt.uncertainty(scenario, [DESIGNS[1]], draws=draws, replications=1, processes=True)
    ran = time.perf_counter()
    answers = [*found.answers]
    weighed = time.perf_counter()
    answers += information_answers(found.runs, found.weighing)[:2]
    knowing = time.perf_counter()
    answers += failing_answers(found.runs, found.weighing)
    failing = time.perf_counter()

    places = [each.place for each in what_is_uncertain(scenario, [DESIGNS[1]], None)[1]][-NUMBERS:]
    size = effort.choose(16, 128, SIZE)
    started = time.perf_counter()
    sobol = api_doubt.sensitivity(
        scenario, DESIGNS[1], method="sobol", size=size, of=places, replications=1, processes=True
    )
    shares = sobol.answers
    study = time.perf_counter() - started
    points = len(sobol.runs.made.points)
    section = Section(
        f"`{FILE.name}`, `{DESIGNS[0]}` and `{DESIGNS[1]}`, one run of each draw, with its contract; processes start within "
        f"the time. {draws:,} draws of all {len(found.runs.sample.numbers)} uncertain numbers and the reading, then every answer "
        f"but that about a study, with its figure. Sobol: {NUMBERS} numbers, {size:,} rows, so {points:,} points of both designs."
    )
    steps = ("runs", "best, net benefit, variance, plane, regret", "EVPI, EVPPI", "PRIM, map of break-even")
    section.rows = [
        {"what": what, "seconds": f"{after - before:,.2f}"}
        for what, (before, after) in zip(
            steps, pairwise((begun, ran, weighed, knowing, failing)), strict=True
        )
    ]
    section.rows.append(
        {"what": f"Sobol study of {points:,} points, with indices and bounds", "seconds": f"{study:,.1f}"}
    )
    assert len(answers) >= 8 and shares
    whole = (NUMBERS + 2) * SIZE
    section.targets = [
        Target(
            f"{DRAWS:,} draws of both designs, to every answer",
            (failing - begun) * DRAWS / draws,
            "under",
            20.0,
            "{:.1f} s",
        ),
        Target(
            f"Sobol study of {whole:,} points of both designs",
            study * whole / points,
            "under",
            300.0,
            "{:.0f} s",
        ),
    ]
    if draws < DRAWS or size < SIZE:
        section.skipped.append(
            f"the whole of it: {draws:,} draws and {points:,} points were measured, and scaled up"
        )
    return section
