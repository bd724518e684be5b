"""Which numbers matter when all vary together? Screening by elementary effects, and shares of the variance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator.analysis.sensitivity import morris, sobol
from simulator.present import numbers as n
from simulator.present.chart import Chart, table_of
from simulator.present.doubt.answer import Answer, records
from simulator.present.doubt.bars import Bar, Part, bar_figure

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Floats
    from simulator.present.doubt.words import Words

MOST_BARS = 12
OTHERWISE = "Numbers vary independently of each other here, and the evidence is read in one way throughout."


def screening_answer(
    places: Sequence[str], walks: Floats, results: Floats, words: Words, design: str
) -> Answer:
    """walks: trajectories of `morris`; results: (walks, numbers + 1) net benefit over the reference."""
    table = morris.screening(places, walks, results)
    table.insert(1, "label", [words.parameters.get(place, place) for place in table["place"]])
    rows = records(table)
    listed = ", ".join(f"‘{row['label']}’ ({n.money(row['mu_star'])})" for row in rows[:3])
    said = [f"These move ‘{words.designs[design]}’ most over their whole ranges, on average: {listed}."]
    curved = [row["label"] for row in rows[:MOST_BARS] if row["sigma"] > row["mu_star"]]
    if curved:
        said.append(
            "What these do depends much on the other numbers, or on where they are: "
            + ", ".join(f"‘{label}’" for label in curved[:4])
            + "."
        )
    said.append(OTHERWISE)
    if rows[0]["mu_star"] == 0:
        said = [f"No number moves ‘{words.designs[design]}’ at all."]
    if rows[0]["status"] != "ok":
        said.append(
            f"{len(walks):,} trajectories are too few to trust the order: take {morris.FEWEST} or more."
        )
    chart = Chart(
        "screening",
        f"‘{rows[0]['label']}’ moves the answer most" if rows[0]["mu_star"] else "No number moves the answer",
        f"Mean size of elementary effects on net benefit over a number's whole range (mu*), with its 95% interval; "
        f"{len(walks):,} trajectories",
        bar_figure(
            [
                Bar(
                    row["label"],
                    (Part(row["mu_star"], n.money(row["mu_star"])),),
                    row["mu_star_high"] - row["mu_star"],
                    row["mu_star"] - row["mu_star_low"],
                )
                for row in rows[:MOST_BARS]
            ],
            "£",
        ),
        " ".join(f"{row['label']}: {n.money(row['mu_star'])}." for row in rows[:6]),
        table_of(
            ["Number", "mu*", "95% interval", "Direction (mu)", "Differs by (sigma)"],
            [
                [
                    row["label"],
                    n.money(row["mu_star"]),
                    f"{n.money(row['mu_star_low'])} to {n.money(row['mu_star_high'])}",
                    n.money(row["mu"]),
                    n.money(row["sigma"]),
                ]
                for row in rows
            ],
        ),
        "Longer: matters more. It ranks numbers with few runs; it does not say how much of the spread each makes.",
    )
    return Answer("screening", "Which numbers matter at all?", tuple(said), table, (chart,))


def shares_answer(
    places: Sequence[str], made: sobol.Design, results: Floats, words: Words, design: str
) -> Answer:
    """results: (points,) of a Sobol design, net benefit over the reference."""
    table = sobol.indices(places, made, results)
    table.insert(1, "label", [words.parameters.get(place, place) for place in table["place"]])
    rows = records(table)
    charts: tuple[Chart, ...] = ()
    if rows[0]["status"] == "no spread":
        said = [f"‘{words.designs[design]}’ comes to the same throughout: no number matters."]
    else:
        first = rows[0]
        said = [
            f"‘{first['label']}’ alone makes {_percent(first['first'])} of the spread of what ‘{words.designs[design]}’ gains "
            f"({_percent(first['first_low'])} to {_percent(first['first_high'])}), and {_percent(first['total'])} together with "
            "others."
        ]
        alone = sum(row["first"] for row in rows)
        if alone > 1.1:
            said.append(
                f"Careful: by themselves the numbers would make {_percent(alone)} of the spread, more than there is."
            )
        else:
            said.append(
                f"By themselves the numbers make {_percent(min(alone, 1.0))} of the spread, together the rest."
            )
        said.append(OTHERWISE)
        if any(row["status"] == "too few runs" for row in rows):
            said.append(
                f"Careful: {made.size:,} rows are too few, and some of these shares are known only within wide bounds. Double "
                "the size until the bounds are narrow enough."
            )
        charts = (_shares_chart(rows[:MOST_BARS], made, words, design),)
    return Answer("shares", "How much of the spread does each number make?", tuple(said), table, charts)


def _shares_chart(rows: list[dict[str, Any]], made: sobol.Design, words: Words, design: str) -> Chart:
    return Chart(
        "shares",
        f"‘{rows[0]['label']}’ makes the largest share of the spread",
        f"Share of the variance of net benefit of ‘{words.designs[design]}’ with each number and all it does with others "
        f"(total Sobol index); {made.size:,} rows, {len(made.points):,} points",
        bar_figure(
            [
                Bar(
                    row["label"],
                    (
                        Part(
                            max(0.0, row["total"]),
                            f"{_percent(row['total'])} ({_percent(row['first'])} alone)",
                        ),
                    ),
                    max(0.0, row["total_high"] - max(0.0, row["total"])),
                    max(0.0, max(0.0, row["total"]) - row["total_low"]),
                )
                for row in rows
            ],
            "share",
        ),
        " ".join(
            f"{row['label']}: {_percent(row['total'])}, alone {_percent(row['first'])}." for row in rows[:6]
        ),
        table_of(
            ["Number", "Alone (first order)", "95% interval", "With others (total)", "95% interval "],
            [
                [
                    row["label"],
                    _percent(row["first"]),
                    f"{_percent(row['first_low'])} to {_percent(row['first_high'])}",
                    _percent(row["total"]),
                    f"{_percent(row['total_low'])} to {_percent(row['total_high'])}",
                ]
                for row in rows
            ],
        ),
        "Longer: makes more of the spread. Whiskers are 95% intervals.",
    )


def _percent(value: float) -> str:
    return f"{max(0.0, value):.0%}"


__all__ = ["screening_answer", "shares_answer"]
