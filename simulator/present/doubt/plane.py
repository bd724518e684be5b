"""What does it cost more, and what does it do more? The cost-effectiveness plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.analysis.decision.plane import frontier, plane
from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, plain, table_of
from simulator.present.doubt.answer import Answer, records
from simulator.present.template import EARLY, NEUTRAL, PALETTE, PAPER

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Choices
    from simulator.present.doubt.words import Words

HEIGHT = 420
MOST_DOTS = 1_000
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star")
COLOURS = (EARLY, *(each for each in PALETTE if each != EARLY))


def plane_answer(choices: Choices, words: Words) -> Answer:
    """Sentences, a row a design, and the plane."""
    table = plane(choices)
    rows = records(table)
    return Answer(
        "plane",
        "What does it cost more, and what does it do more?",
        tuple(_said(row, words) for row in rows),
        table,
        (_chart(choices, rows, words),),
    )


def frontier_answer(choices: Choices, words: Words) -> Answer:
    """Which designs are worth considering at all, at whatever the effect is worth, and what one more of it costs."""
    table = frontier(choices.designs, choices.cost.mean(axis=0), choices.effect.mean(axis=0))
    said = []
    for row in records(table):
        name = words.designs[row["design"]]
        if row["status"] == "dominated":
            said.append(f"‘{name}’ need not be considered: another does as much for less.")
        elif row["status"] != "frontier":
            said.append(f"‘{name}’ need not be considered: a mixture of two others does as much for less.")
        elif row["icer"] == row["icer"]:
            said.append(
                f"Going on to ‘{name}’ costs {n.money(row['icer'], prose=True)} for each {words.one}."
            )
        else:
            said.append(f"The cheapest that is worth considering is ‘{name}’.")
    return Answer("frontier", "Which designs are worth considering?", tuple(said), table)


def _said(row: dict[str, Any], words: Words) -> str:
    name, against = words.designs[row["design"]], words.designs[words.reference]
    cost, effect = row["cost"], row["effect"]
    more = f"costs {n.money(abs(cost), prose=True)} {'less' if cost < 0 else 'more'}"
    size = n.quantity(abs(effect), words.effect_unit, difference=words.effect_unit == "share").lstrip("+")
    does = f"{size} {'more' if effect >= 0 else _fewer(words)} {words.effect}"
    spread = f"{n.money(row['cost_low'])} to {n.money(row['cost_high'])}"
    counts = (
        f"cheaper with more {words.effect} in {row['more_and_cheaper']:,} of {row['draws']:,} draws, dearer with more in "
        f"{row['more_and_dearer']:,}, with no more in {row['less_and_cheaper'] + row['less_and_dearer']:,}"
    )
    ending = {
        "dominant": "On average it does more and costs no more.",
        "dominated": "On average it costs more and does no more.",
        "icer": f"On average each {words.one} costs {n.money(row['icer'], prose=True)}.",
        "saves": f"On average it saves {n.money(row['icer'], prose=True)} for each {words.one} that is given up.",
        "no difference": "On average it makes no difference.",
    }[row["status"]]
    return (
        f"Against ‘{against}’, ‘{name}’ {more} on average (range of draws of the change {spread}; {words.cost}) and has {does}: "
        f"{counts}. {ending}"
    )


def _fewer(words: Words) -> str:
    return "fewer" if words.effect_unit in n.COUNTS else "less"


def _across(words: Words) -> str:
    """The effect as a heading, which `of ‘Arrests’ avoided` is not."""
    return words.effect.removeprefix("of ")


def _for_each(row: dict[str, Any], words: Words) -> str:
    """The ratio with which way it runs, or why there is none."""
    if row["status"] == "icer":
        return f"{n.money(row['icer'])} for each {words.one}"
    if row["status"] == "saves":
        return f"saves {n.money(row['icer'])} for each {words.one} given up"
    return {"dominant": "does more, costs no more", "dominated": "costs more, does no more"}.get(
        row["status"], "no difference"
    )


def _chart(choices: Choices, rows: list[dict[str, Any]], words: Words) -> Chart:
    import plotly.graph_objects as go

    apart = choices.against_reference()
    picked = np.linspace(0, choices.draws - 1, min(MOST_DOTS, choices.draws)).round().astype(int)
    traces = []
    for column, name in list(enumerate(choices.designs))[1:]:
        colour, symbol = COLOURS[(column - 1) % len(COLOURS)], SYMBOLS[(column - 1) % len(SYMBOLS)]
        cost, effect = apart.cost[:, column], apart.effect[:, column]
        traces.append(
            go.Scatter(
                x=effect[picked].tolist(),
                y=cost[picked].tolist(),
                mode="markers",
                name=plain(words.designs[name]),
                marker={"color": colour, "symbol": symbol, "size": 6, "opacity": 0.35},
                hoverinfo="skip",
            )
        )
        mean = f"{plain(words.designs[name])}, on average: {n.money(float(cost.mean()))}"
        traces.append(
            go.Scatter(
                x=[float(effect.mean())],
                y=[float(cost.mean())],
                mode="markers",
                showlegend=False,
                marker={"color": colour, "symbol": symbol, "size": 16, "line": {"color": PAPER, "width": 2}},
                hovertext=[mean],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    effects, costs = apart.effect.ravel().tolist(), apart.cost.ravel().tolist()
    right = axis_of(effects, words.effect_unit, difference=True, zero=True, left=0.1, right=0.1)
    up = axis_of(costs, "£", difference=True, zero=True, left=0.12, right=0.12)
    if words.worth > 0:
        ends = right["range"]
        traces.append(
            go.Scatter(
                x=ends,
                y=[words.worth * each for each in ends],
                mode="lines",
                name=f"worth {n.money(words.worth)} each",
                line={"color": NEUTRAL, "dash": "dash", "width": 2},
                hoverinfo="skip",
            )
        )
    corners = [
        {
            "x": x,
            "y": y,
            "xref": "paper",
            "yref": "paper",
            "xanchor": anchor,
            "text": text,
            "bgcolor": PAPER,
            "showarrow": False,
        }
        for x, y, anchor, text in (
            (0, 1, "left", "costs more, does less"),
            (1, 1, "right", "costs more, does more"),
            (0, 0, "left", "costs less, does less"),
            (1, 0, "right", "costs less, does more"),
        )
    ]
    figure = figure_of(
        traces,
        height=HEIGHT,
        showlegend=True,
        margin={"l": 12, "r": 12, "t": 40, "b": 56},
        annotations=corners,
        xaxis={**right, "title": {"text": plain(_across(words), 60)}, "zeroline": True, "zerolinewidth": 2},
        yaxis={**up, "zeroline": True, "zerolinewidth": 2},
    )
    best = rows[0]
    cheaper = best["more_and_cheaper"] + best["less_and_cheaper"]
    return Chart(
        "plane",
        f"‘{words.designs[best['design']]}’ costs no more in {cheaper:,} of {best['draws']:,} draws",
        f"Each dot is one draw of all uncertain numbers: {_across(words)} across, {words.cost} upwards, against "
        f"‘{words.designs[words.reference]}’{f', {words.terms}' if words.terms else ''}",
        figure,
        " ".join(_said(row, words) for row in rows),
        table_of(
            [
                "Design",
                "Cost, change",
                f"{_across(words)[:1].upper()}{_across(words)[1:]}",
                "Cost for effect",
            ],
            [
                [
                    words.designs[row["design"]],
                    f"{n.signed(n.money(row['cost']), row['cost'])} ({n.money(row['cost_low'])} to {n.money(row['cost_high'])})",
                    f"{n.quantity(row['effect'], words.effect_unit)} "
                    f"({n.span(row['effect_low'], row['effect_high'], words.effect_unit)})",
                    _for_each(row, words),
                ]
                for row in rows
            ],
        ),
        "To the right: better for people. Downwards: costs less. Large marks are means over all draws; brackets in the table "
        "are ranges of draws (95%).",
    )


__all__ = ["frontier_answer", "plane_answer"]
