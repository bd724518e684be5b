"""Which questions are asked of which runs: answers about draws, about knowing more, and about the numbers that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.decision.chance import choices_without_chance
from simulator.analysis.decision.choices import Choices, Floats
from simulator.analysis.decision.perfect_information import evpi
from simulator.analysis.sensitivity import sobol
from simulator.analysis.sensitivity.break_even import break_even
from simulator.analysis.sensitivity.tornado import tornado
from simulator.experiments.one_at_a_time import Moved
from simulator.experiments.outputs import Output
from simulator.experiments.uncertain import READING, Uncertain
from simulator.experiments.uncertainty import Draws
from simulator.present.doubt.answer import Answer, records
from simulator.present.doubt.best import best_answer
from simulator.present.doubt.break_even import Here, break_even_chart
from simulator.present.doubt.failing import failing_answer
from simulator.present.doubt.knowing import all_answer, each_answer, is_clear
from simulator.present.doubt.net_benefit import net_benefit_answer, regret_answer
from simulator.present.doubt.plane import frontier_answer, plane_answer
from simulator.present.doubt.shares import screening_answer, shares_answer
from simulator.present.doubt.study import study_answer
from simulator.present.doubt.switching import switching_answer
from simulator.present.doubt.tornado import tornado_answer
from simulator.present.doubt.variance import variance_answer
from simulator.present.doubt.weighing import Study, Weighing
from simulator.present.doubt.words import Words, words_for

YEAR = 365.25


@dataclass(frozen=True, eq=False)
class OneByOne:
    """One number at a time: all at the ends of their ranges, and those that move the answer most over a grid."""

    ends: Moved
    grid: Moved


@dataclass(frozen=True, eq=False)
class Screened:
    """Trajectories of the unit cube (walks, numbers + 1, numbers), and what came of their points."""

    draws: Draws
    walks: Floats


@dataclass(frozen=True, eq=False)
class Decomposed:
    """A Sobol design, and what came of its points."""

    draws: Draws
    made: sobol.Design


def uncertainty_answers(found: Draws, weighing: Weighing) -> list[Answer]:
    """What draws of all numbers say of the decision, chance taken out: it would make every choice look like a toss-up."""
    words, choices = words_of(found, weighing), choices_of(found, weighing)
    return [
        best_answer(choices, words),
        net_benefit_answer(choices, found.choices(weighing.cost, weighing.effect), words),
        variance_answer(
            {name: gains(found, weighing, name) for name in found.designs[1:]},
            words,
        ),
        plane_answer(choices, words),
        *([frontier_answer(choices, words)] if len(found.designs) > 2 else []),
        regret_answer(choices, words),
    ]


def information_answers(found: Draws, weighing: Weighing) -> list[Answer]:
    """What knowing more would be worth. A study is told of where the number it looks at can be studied."""
    words, choices = words_of(found, weighing), found.choices(weighing.cost, weighing.effect)
    without_chance = choices_of(found, weighing)
    places, inputs = found.sample.places, found.sample.values()
    most = evpi(without_chance.net_benefit(weighing.worth)).value
    answers = [all_answer(without_chance, words), each_answer(inputs, places, choices, words, most)]
    study = weighing.study or Study()
    numbers = {each.place: each for each in found.sample.numbers}
    place = study.place or _clearly_worth_knowing(answers[-1])
    if place in numbers:
        years = found.scenario.document.horizon.value / YEAR
        column = places.index(place)
        answers.append(study_answer(inputs[:, column], numbers[place], choices, words, study, years))
    return answers


def _clearly_worth_knowing(each: Answer) -> str | None:
    """The number that is most worth knowing, if its worth is clear of chance. A reading of the evidence is no number."""
    for row in records(each.table):
        if row["place"] != READING and is_clear(row):
            return str(row["place"])
    return None


def failing_answers(found: Draws, weighing: Weighing) -> list[Answer]:
    """Under which combination the last design fails, and a map of the two numbers that move it most."""
    words, design = words_of(found, weighing), found.designs[-1]
    gain = gains(found, weighing, design).mean(axis=1)
    numbers = {each.place: each for each in found.sample.numbers}
    places, inputs = found.sample.places, found.sample.values()
    labels = tuple(found.scenario.label(name) for name in found.sample.names[1:] if name)
    answer = failing_answer(inputs, places, gain, words, design, numbers, labels)
    map_of = _map(found.sample.numbers, inputs, gain, words, design)
    return [answer, *([map_of] if map_of else [])]


def sensitivity_answers(found: OneByOne | Screened | Decomposed | Draws, weighing: Weighing) -> list[Answer]:
    """Which numbers matter, by whichever method."""
    if isinstance(found, Draws):
        return failing_answers(found, weighing)
    if isinstance(found, OneByOne):
        ends, grid = found.ends, found.grid
        words, design = _words_moved(ends, weighing), ends.designs[-1]
        labels = [ends.scenario.label(name) for name in ends.readings]
        readings = dict(zip(labels, _moved_gain(ends, ends.read, weighing), strict=True)) if labels else {}
        return [
            tornado_answer(
                ends.numbers,
                _moved_gain(ends, ends.base, weighing),
                _moved_gain(ends, ends.values, weighing),
                words,
                design,
                readings,
            ),
            switching_answer(grid.numbers, grid.at, _moved_gain(grid, grid.values, weighing), words, design),
        ]
    words, design = words_of(found.draws, weighing), found.draws.designs[-1]
    gain = gains(found.draws, weighing, design).mean(axis=1)
    places = [each.place for each in found.draws.sample.numbers]
    if isinstance(found, Screened):
        return [screening_answer(places, found.walks, gain.reshape(found.walks.shape[:2]), words, design)]
    return [shares_answer(places, found.made, gain, words, design)]


def most_moving(ends: Moved, weighing: Weighing, count: int) -> list[str]:
    """Places of the numbers that move the answer most, for a closer look."""
    table = tornado(
        [each.place for each in ends.numbers],
        _moved_gain(ends, ends.base, weighing),
        _moved_gain(ends, ends.values, weighing),
    )
    places: list[str] = table["place"].tolist()
    # What a commissioner can do something about stands in services: half of the closer looks are theirs.
    ours = [place for place in places if place.startswith("services.")][: count // 2]
    others = [place for place in places if place not in ours][: count - len(ours)]
    return [place for place in places if place in ours or place in others]


# From figures to what a decision weighs ---------------------------------------------------------------------------------


def choices_of(found: Draws, weighing: Weighing) -> Choices:
    """Costs and effects of draws, with chance taken out where the runs of a draw can tell it. Raises ValueError."""
    return choices_without_chance(found.designs, found.figure(weighing.cost), found.good(weighing.effect))


def gains(found: Draws, weighing: Weighing, design: str) -> Floats:
    """(draws, replications): net benefit of a design over the reference."""
    column = found.designs.index(design)
    cost, effect = found.figure(weighing.cost), found.good(weighing.effect)
    return _known(
        weighing.worth * (effect[:, :, column] - effect[:, :, 0]) - (cost[:, :, column] - cost[:, :, 0])
    )


def _moved_gain(found: Moved, values: Floats, weighing: Weighing) -> Floats:
    """Net benefit of the last design over the reference, of (..., designs, outputs)."""
    cost, effect = found.column(weighing.cost), found.column(weighing.effect)
    sign = -1.0 if found.outputs[effect].more_is_better is False else 1.0
    apart = values[..., -1, :] - values[..., 0, :]
    return _known(weighing.worth * sign * apart[..., effect] - apart[..., cost])


def _known(found: Floats) -> Floats:
    """Raise ValueError where a net benefit is not known: every comparison with it would be false, and read as a finding."""
    if not np.isfinite(found).all():
        raise ValueError(
            "cost or effect is not known in some runs, so they cannot be weighed: choose other figures"
        )
    return found


def words_of(found: Draws, weighing: Weighing) -> Words:
    return words_for(
        found.scenario,
        found.designs,
        found.output(weighing.cost),
        found.output(weighing.effect),
        worth=weighing.worth,
        draws=len(found),
        replications=found.replications,
        numbers=found.sample.numbers,
    )


def _words_moved(found: Moved, weighing: Weighing) -> Words:
    def named(name: str) -> Output:
        return found.outputs[found.column(name)]

    return words_for(
        found.scenario,
        found.designs,
        named(weighing.cost),
        named(weighing.effect),
        worth=weighing.worth,
        draws=1,
        replications=found.replications,
        numbers=found.numbers,
    )


def _map(
    numbers: Sequence[Uncertain], inputs: Floats, gain: Floats, words: Words, design: str
) -> Answer | None:
    """The map of the two numbers whose curves explain most of the gain."""
    import pandas as pd

    explained = []
    for column in range(len(numbers)):
        values = inputs[:, column]
        if np.unique(values).size > 8:
            fitted = np.polynomial.Polynomial.fit(values, gain, 3)(values)
            explained.append((float(np.var(fitted)), column))
    if len(explained) < 2:
        return None
    (_, across), (_, up) = sorted(explained, reverse=True)[:2]
    found = break_even(inputs[:, across], inputs[:, up], gain)
    x, y = numbers[across], numbers[up]
    chart = break_even_chart(found, x, y, words, design, Here(x.quantity.value, y.quantity.value))
    if chart is None:
        return None
    at_x, at_y = np.meshgrid(found.x, found.y)
    table = pd.DataFrame({x.place: at_x.ravel(), y.place: at_y.ravel(), "gain": found.gain.ravel()})
    said = f"The two numbers that move ‘{words.designs[design]}’ most are ‘{x.label}’ and ‘{y.label}’. {chart.title}."
    return Answer(
        "break_even", "Where do the two most important numbers turn the answer?", (said,), table, (chart,)
    )


__all__ = [
    "Decomposed",
    "OneByOne",
    "Screened",
    "choices_of",
    "gains",
    "information_answers",
    "most_moving",
    "sensitivity_answers",
    "uncertainty_answers",
    "words_of",
]
