"""Is a study worth doing before deciding, and how large? The value of sample information against its cost and the wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.analysis.decision.sample_information import Waiting, by_size, prior_people
from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, table_of
from simulator.present.doubt.answer import Answer, records
from simulator.present.template import BASELINE, EARLY, NEUTRAL

if TYPE_CHECKING:
    import pandas as pd

    from simulator.analysis.decision.choices import Choices, Floats
    from simulator.experiments.uncertain import Uncertain
    from simulator.present.doubt.weighing import Study
    from simulator.present.doubt.words import Words

HEIGHT = 340


def study_answer(
    x: Floats, number: Uncertain, choices: Choices, words: Words, study: Study, years: float
) -> Answer:
    """A study of one number (draws,), in several sizes. years: that the decision is about (the scenario's horizon)."""
    quantity = number.quantity
    assert quantity.low is not None and quantity.high is not None
    about = f"‘{number.label}’"
    question = f"Is a study of {about} worth doing first, and how large?"
    try:
        prior = prior_people(quantity.kind, quantity.value, quantity.low, quantity.high)
    except ValueError as error:
        return Answer(
            "evsi", question, (f"How many people would tell cannot be said: {error}.",), _no_sizes()
        )
    waiting = Waiting(study.years, years)
    table = by_size(
        x,
        choices.net_benefit(words.worth),
        prior,
        study.sizes,
        fixed=study.fixed,
        per_person=study.per_person,
        waiting=waiting,
    )
    rows = records(table)
    best = max(rows, key=lambda row: row["net"])
    table.insert(0, "place", number.place)
    few = rows[0]["status"] != "ok"
    said = [f"{words.draws:,} draws are too few for this: take 500 or more."] if few else []
    said.append(_verdict(best, about, study))
    said.append(
        f"What is known now ({quantity.text}) says as much as {n.number(round(prior))} people in a study would. Meanwhile "
        f"people go on with ‘{words.designs[words.reference]}’: waiting {study.years:g} years costs "
        f"{n.money(best['waiting_cost'], prose=True)}, whatever the study finds."
    )
    said.append(
        "Assumed: a random sample, or a trial in two arms of the same size for a ratio, without bias, and the decision made once "
        f"for the {years * (1 - study.years / years) if years > study.years else 0:.3g} years that are then left."
    )
    return Answer(
        "evsi",
        question,
        tuple(said),
        table,
        (_chart(rows, best, about, study, words),),
    )


def _no_sizes() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=["place", "people", "evsi", "study_cost", "waiting_cost", "net", "status"])


def _verdict(best: dict[str, Any], about: str, study: Study) -> str:
    parts = (
        f"it would be worth {n.money(best['evsi'], prose=True)}, and cost {n.money(best['study_cost'], prose=True)} and "
        f"{n.money(best['waiting_cost'], prose=True)} by waiting"
    )
    if best["net"] > 0:
        return (
            f"Yes: a study of {about} with about {best['people']:,} people gains {n.money(best['net'], prose=True)} over "
            f"deciding now: {parts}."
        )
    return f"No: of the sizes tried none pays. The best, {best['people']:,} people: {parts}."


def _chart(rows: list[dict[str, Any]], best: dict[str, Any], about: str, study: Study, words: Words) -> Chart:
    import plotly.graph_objects as go

    sizes = [f"{row['people']:,}" for row in rows]
    traces = [
        go.Scatter(
            x=sizes,
            y=[row[name] for row in rows],
            mode="lines+markers",
            name=label,
            line={"color": colour, "dash": dash, "width": 3},
            marker={"symbol": symbol, "size": 9},
            hovertemplate="%{x} people: %{text}<extra>" + label + "</extra>",
            text=[n.money(row[name]) for row in rows],
        )
        for name, label, colour, dash, symbol in (
            ("evsi", "worth of the study", EARLY, "solid", "circle"),
            ("net", "after its cost and the wait", BASELINE, "dash", "diamond"),
        )
    ]
    values = [row[name] for row in rows for name in ("evsi", "net")]
    figure = figure_of(
        traces,
        height=HEIGHT,
        showlegend=True,
        margin={"l": 12, "r": 12, "t": 40, "b": 56},
        xaxis={"type": "category", "title": {"text": "People in the study"}},
        yaxis={
            **axis_of(values, "£", zero=True),
            "zeroline": True,
            "zerolinewidth": 2,
            "zerolinecolor": NEUTRAL,
        },
    )
    pays = (
        f"A study of about {best['people']:,} people pays"
        if best["net"] > 0
        else "No study of the sizes tried pays"
    )
    return Chart(
        "study",
        pays,
        f"Expected value of a study of {about} (EVSI) that takes {study.years:g} years, £{study.fixed:,.0f} and "
        f"£{study.per_person:,.0f} a person; {words.draws:,} draws",
        figure,
        " ".join(
            f"{row['people']:,} people: {n.money(row['evsi'])}, net {n.money(row['net'])}." for row in rows
        ),
        table_of(
            ["People", "Worth", "Cost of the study", "Cost of waiting", "Net"],
            [
                [
                    f"{row['people']:,}",
                    *(n.money(row[name]) for name in ("evsi", "study_cost", "waiting_cost", "net")),
                ]
                for row in rows
            ],
        ),
        "Above £0 the dashed line says that doing the study first beats deciding now.",
    )


__all__ = ["study_answer"]
