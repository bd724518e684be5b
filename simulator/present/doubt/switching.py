"""Where does the answer turn? `Stops saving money if take-up falls below 42%`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.analysis.sensitivity.switching import Switch, switching
from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, plain, table_of
from simulator.present.doubt.answer import Answer
from simulator.present.template import EARLY, NEUTRAL

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Floats
    from simulator.experiments.uncertain import Uncertain
    from simulator.present.doubt.words import Words

HEIGHT = 280


def switching_answer(
    numbers: Sequence[Uncertain], at: Floats, answers: Floats, words: Words, design: str
) -> Answer:
    """at: (numbers, steps) values; answers: (numbers, steps, replications) net benefit over the reference."""
    import pandas as pd

    found = [
        (number, switching(x, y, number.quantity.value))
        for number, x, y in zip(numbers, at, answers, strict=True)
    ]
    table = pd.DataFrame(
        [
            {
                "place": number.place,
                "label": number.label,
                "written": number.quantity.value,
                "status": each.status,
                "at": each.at,
                "low": each.low,
                "high": each.high,
                "tried_from": float(x[0]),
                "tried_to": float(x[-1]),
            }
            for (number, each), x in zip(found, at, strict=True)
        ]
    )
    ordered = sorted(
        range(len(found)), key=lambda index: (not found[index][1].status.startswith("crosses"), index)
    )
    sentences = [said(*found[index], at[index], words, design) for index in ordered]
    charts = [
        _chart(*found[index], at[index], answers[index], words, design)
        for index in ordered
        if found[index][1].status.startswith("crosses")
    ]
    return Answer(
        "switching",
        "Where does the answer turn?",
        tuple(sentences),
        table,
        tuple(charts[:2]),
    )


def said(number: Uncertain, found: Switch, x: Floats, words: Words, design: str) -> str:
    """One switching value in words, for a reader who knows neither the word nor the file."""
    name = f"‘{words.designs[design]}’"
    verb = "saving money" if not words.worth else "being worth its cost"
    span = f"between {number.text(float(x[0]))} and {number.text(float(x[-1]))}"
    if found.status == "always above":
        return f"{name} goes on {verb} wherever ‘{number.label}’ lies {span}."
    if found.status == "always below":
        return f"{name} does not start {verb} wherever ‘{number.label}’ lies {span}."
    if found.status == "cannot tell":
        return f"For ‘{number.label}’ ({span}) chance is too large to say where it turns: run it more often."
    way = "falls below" if found.rising else "rises above"
    interval = ""
    if not (math.isnan(found.low) or math.isnan(found.high)) and number.text(found.low) != number.text(
        found.high
    ):
        interval = f" (95% confidence interval by chance of the runs: {number.text(found.low)} to {number.text(found.high)})"
    more = "; it turns again elsewhere" if found.status == "crosses more than once" else ""
    above = found.rising == (number.quantity.value > found.at)
    now = f"As written it is {number.text(number.quantity.value)}."
    if above:
        return f"{name} stops {verb} if ‘{number.label}’ {way} {number.text(found.at)}{interval}{more}. {now}"
    way = "rises above" if found.rising else "falls below"
    return (
        f"{name} starts {verb} only if ‘{number.label}’ {way} {number.text(found.at)}{interval}{more}. {now}"
    )


def _chart(number: Uncertain, found: Switch, x: Floats, y: Floats, words: Words, design: str) -> Chart:
    import plotly.graph_objects as go

    means = y.mean(axis=1)
    across = [number.shown(each) for each in x.tolist()]
    here = number.shown(found.at)
    figure = figure_of(
        [
            go.Scatter(
                x=across,
                y=means.tolist(),
                mode="lines+markers",
                line={"color": EARLY, "width": 3},
                text=[
                    f"{number.text(each)}: {n.money(value)}"
                    for each, value in zip(x.tolist(), means.tolist(), strict=True)
                ],
                hovertemplate="%{text}<extra></extra>",
                showlegend=False,
            )
        ],
        height=HEIGHT,
        margin={"l": 12, "r": 12, "t": 32, "b": 56},
        xaxis={"title": {"text": plain(f"{number.label}{f' ({number.unit})' if number.unit else ''}", 60)}},
        yaxis={
            **axis_of(means.tolist(), "£", zero=True),
            "zeroline": True,
            "zerolinewidth": 2,
            "zerolinecolor": NEUTRAL,
        },
        shapes=[
            {
                "type": "line",
                "x0": here,
                "x1": here,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": NEUTRAL, "dash": "dot"},
            }
        ],
        annotations=[
            {
                "x": here,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": number.text(found.at),
                "showarrow": False,
            }
        ],
    )
    return Chart(
        f"switching-{number.place.replace('.', '-')[:60]}",
        f"It turns at {number.text(found.at)}",
        f"Mean net benefit of ‘{words.designs[design]}’ over ‘{words.designs[words.reference]}’ by {number.label}, the other "
        "numbers as written",
        figure,
        said(number, found, x, words, design),
        table_of(
            [number.label, "Mean net benefit"],
            [
                [number.text(each), n.money(value)]
                for each, value in zip(x.tolist(), means.tolist(), strict=True)
            ],
        ),
        "Above £0 the design is worth more than it costs. The dotted line is where it turns.",
    )


__all__ = ["said", "switching_answer"]
