"""Which design is best: in how many draws, and on average, at what one of the effect is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.acceptability import acceptability, switches
from simulator.analysis.decision.regret import regrets
from simulator.present import numbers as n
from simulator.present.chart import Chart, figure_of, plain, table_of
from simulator.present.doubt.answer import Answer
from simulator.present.doubt.plane import COLOURS, SYMBOLS
from simulator.present.template import BASELINE

if TYPE_CHECKING:
    import pandas as pd

    from simulator.analysis.decision.choices import Choices, Floats
    from simulator.present.doubt.words import Words

HEIGHT = 360
DASHES = ("dash", "solid", "dot", "dashdot", "longdash", "longdashdot")
"""The baseline's first."""
STEPS = 31


def worths(choices: Choices, worth: float) -> list[float]:
    """Round values from 0 to well beyond the one asked about and those at which the best on average changes."""
    apart = choices.against_reference()
    size = float(np.abs(apart.effect.mean(axis=0)).max())
    ratio = float(np.abs(apart.cost.mean(axis=0)).max()) / size if size > 0 else 0.0
    most = max(2 * worth, 3 * ratio, 10_000.0)
    power = 10 ** np.floor(np.log10(most))
    most = float(np.ceil(most / power) * power)
    return sorted({*np.linspace(0, most, STEPS).tolist(), worth})


def best_answer(choices: Choices, words: Words) -> Answer:
    """Chance best and best on average, both, labelled; sentences at the worth asked about."""
    along = worths(choices, words.worth)
    table = acceptability(choices, along)
    here = table[table["worth"] == words.worth]
    values = choices.net_benefit(words.worth)
    sentences = [*_said(here, words, values), *_turns(choices, along[-1], words)]
    return Answer(
        "acceptability",
        "Which design is best, and how sure is that?",
        tuple(sentences),
        table,
        (_chart(table, here, words, choices),),
    )


def _said(here: pd.DataFrame, words: Words, values: Floats) -> list[str]:
    """values: net benefit (draws, designs) at the worth asked about."""
    at, draws = _at(words), len(values)
    best = here[here["best_on_average"]].iloc[0]
    wrong = int((regrets(values)[:, list(words.designs).index(best["design"])] > 0).sum())
    likely = here.iloc[int(here["chance_best"].to_numpy().argmax())]
    name = words.designs[best["design"]]
    found = [
        f"{at}, ‘{name}’ is best on average, and best in {_of(best['chance_best'], draws)} draws: another is "
        f"better in {wrong:,}."
    ]
    if likely["design"] != best["design"] and likely["chance_best"] > best["chance_best"]:
        found.append(
            f"‘{words.designs[likely['design']]}’ is best more often ({_of(likely['chance_best'], draws)} draws), but loses "
            "more where it is not: what counts for a decision is the average."
        )
    return found


def _at(words: Words) -> str:
    if not words.worth:
        return "By money alone"
    return f"At {n.money(words.worth, prose=True)} for each {words.one}"


def _of(share: float, draws: int) -> str:
    """So many of the draws; ties make halves, which are rounded."""
    return f"{round(share * draws):,} of {draws:,}"


def _turns(choices: Choices, most: float, words: Words) -> list[str]:
    found = switches(choices, most)
    if len(found) == 1:
        return [
            f"‘{words.designs[found[0][1]]}’ is best on average at any worth up to {n.money(most, prose=True)} for each "
            f"{words.one}."
        ]
    steps = "; ".join(f"from {n.money(at, prose=True)} on ‘{words.designs[name]}’" for at, name in found[1:])
    return [
        f"Best on average is ‘{words.designs[found[0][1]]}’ if each {words.one} is worth nothing beyond money; {steps}."
    ]


def _chart(table: pd.DataFrame, here: pd.DataFrame, words: Words, choices: Choices) -> Chart:
    import plotly.graph_objects as go

    from simulator.present.axes import axis_of

    traces = []
    for number, (name, label) in enumerate(words.designs.items()):
        rows = table[table["design"] == name]
        colour = BASELINE if number == 0 else COLOURS[(number - 1) % len(COLOURS)]
        traces.append(
            go.Scatter(
                x=rows["worth"].tolist(),
                y=(100 * rows["chance_best"]).tolist(),
                mode="lines",
                name=plain(label),
                line={"color": colour, "width": 3, "dash": DASHES[number % len(DASHES)]},
                hovertemplate="best in %{y:.0f} of 100 draws<extra></extra>",
            )
        )
        best = rows[rows["best_on_average"]]
        if len(best):
            traces.append(
                go.Scatter(
                    x=best["worth"].tolist(),
                    y=(100 * best["chance_best"]).tolist(),
                    mode="markers",
                    showlegend=False,
                    marker={"color": colour, "symbol": SYMBOLS[number % len(SYMBOLS)], "size": 10},
                    hoverinfo="skip",
                )
            )
    along = table["worth"].unique().tolist()
    figure = figure_of(
        traces,
        height=HEIGHT,
        showlegend=True,
        margin={"l": 12, "r": 12, "t": 40, "b": 56},
        xaxis={**axis_of(along, "£"), "title": {"text": plain(f"What each {words.one} is worth", 60)}},
        yaxis={"range": [0, 104], "title": {"text": "Of 100 draws"}},
    )
    first = here[here["best_on_average"]].iloc[0]
    name = words.designs[first["design"]]
    picked = [along[0], *along[5 :: max(1, len(along) // 5)]]
    shown = sorted({*picked, words.worth})
    lines = []
    for worth in shown:
        part = table[table["worth"] == worth]
        average = part.loc[part["best_on_average"], "design"].item()
        chances = [_of(chance, choices.draws) for chance in part["chance_best"].tolist()]
        lines.append([n.money(worth), *chances, words.designs[average]])
    return Chart(
        "acceptability",
        f"‘{name}’ is best in {_of(float(first['chance_best']), choices.draws)} draws",
        f"{_at(words)}. Draws in which each design has the most net benefit, by what each {words.one} is worth",
        figure,
        " ".join(_said(here, words, choices.net_benefit(words.worth))),
        table_of(
            [
                f"Each {words.one} is worth",
                *(f"‘{label}’ best in" for label in words.designs.values()),
                "Best on average",
            ],
            lines,
        ),
        "Lines: in how many of 100 draws a design is best. Marks: where it is best on average, which is what a decision should "
        "go by; the two can differ.",
    )


__all__ = ["best_answer", "worths"]
