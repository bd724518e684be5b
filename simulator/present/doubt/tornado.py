"""Which numbers move the answer most, one at a time?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulator.analysis.sensitivity.tornado import tornado
from simulator.present import numbers as n
from simulator.present.chart import Chart, table_of
from simulator.present.doubt.answer import Answer, records
from simulator.present.doubt.bars import Bar, Part, bar_figure

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Floats
    from simulator.experiments.uncertain import Uncertain
    from simulator.present.doubt.words import Words

MOST_BARS = 12


def tornado_answer(
    numbers: tuple[Uncertain, ...],
    base: Floats,
    at_ends: Floats,
    words: Words,
    design: str,
    readings: Mapping[str, Floats] | None = None,
) -> Answer:
    """base: (replications,) net benefit over the reference as written; at_ends: (numbers, 2, replications).

    readings: the same with the evidence read in another way, (replications,) by its label.
    """
    table = tornado([each.place for each in numbers], base, at_ends)
    by_place = {each.place: each for each in numbers}
    for column, end in ((1, "low"), (2, "high")):
        table.insert(column, end, [_end(by_place[place], end) for place in table["place"]])
    table.insert(1, "label", [by_place[place].label for place in table["place"]])
    rows = records(table)
    return Answer(
        "tornado",
        "Which number moves the answer most, one at a time?",
        (
            *_said(rows, words, design, len(base)),
            *(
                _read(label, float(values.mean()), float(base.mean()), words, design)
                for label, values in (readings or {}).items()
            ),
        ),
        table,
        (_chart(rows, by_place, words, design, len(base), readings or {}),),
    )


def _read(label: str, value: float, base: float, words: Words, design: str) -> str:
    """What another reading of the evidence does to the answer."""
    name = words.designs[design]
    verb = "gains" if value > 0 else "loses"
    turned = ": the answer turns round" if (value > 0) != (base > 0) else ""
    amount = n.money(abs(value), prose=True)
    return f"With the evidence read as ‘{label}’, and all else as written, ‘{name}’ {verb} {amount}{turned}."


def _end(number: Uncertain, end: str) -> str:
    value = getattr(number.quantity, end)
    assert value is not None
    return number.text(value)


def _said(rows: list[dict[str, Any]], words: Words, design: str, runs: int) -> list[str]:
    name = words.designs[design]
    first = rows[0]
    verb = "gains" if first["base"] >= 0 else "loses"
    found = [
        f"As written ‘{name}’ {verb} {n.money(abs(first['base']), prose=True)} (mean of {runs:,} runs). ‘{first['label']}’ moves "
        f"that most: {n.money(first['at_low'], prose=True)} at {first['low']}, {n.money(first['at_high'], prose=True)} at "
        f"{first['high']}."
    ]
    turning = [row["label"] for row in rows if row["turns"]]
    if turning:
        listed = ", ".join(f"‘{label}’" for label in turning[:4])
        more = f" and {len(turning) - 4} more" if len(turning) > 4 else ""
        found.append(f"Alone within its range, this could turn the answer round: {listed}{more}.")
    else:
        found.append("No single number turns the answer round within its range; several together may.")
    moving = [row for row in rows if row["swing"] > 0]
    unclear = sum(not row["clear"] for row in moving)
    if len(moving) < len(rows):
        found.append(f"{len(rows) - len(moving):,} of {len(rows):,} numbers do not move it at all.")
    if unclear and runs > 1:
        found.append(
            f"{unclear:,} of the others move it no more than chance would in {runs:,} runs; more runs would tell."
            if len(moving) < len(rows)
            else f"{unclear:,} of {len(rows):,} numbers move it no more than chance would in {runs:,} runs; more would tell."
        )
    return found


def _chart(
    rows: list[dict[str, Any]],
    by_place: Mapping[str, Uncertain],
    words: Words,
    design: str,
    runs: int,
    readings: Mapping[str, Floats],
) -> Chart:
    shown = rows[:MOST_BARS]
    rest = rows[MOST_BARS:]
    more = f" {len(rest):,} more move it by {n.money(rest[0]['swing'])} or less." if rest else ""
    middle = rows[0]["base"]
    title = f"‘{rows[0]['label']}’ moves the answer most"
    return Chart(
        "tornado",
        title,
        f"Net benefit of ‘{words.designs[design]}’ over ‘{words.designs[words.reference]}’ with one number at the low (plain) "
        f"and high (hatched) end of its range, the others as written; mean of {runs:,} runs",
        bar_figure(
            [
                *(
                    Bar(
                        f"Evidence read as ‘{label}’",
                        (Part(float(values.mean()), n.money(float(values.mean()))),),
                    )
                    for label, values in readings.items()
                ),
                *(
                    Bar(
                        row["label"],
                        (
                            Part(
                                row["at_low"],
                                f"{n.money(row['at_low'])} at {_short(by_place[row['place']], 'low')}",
                            ),
                            Part(
                                row["at_high"],
                                f"{n.money(row['at_high'])} at {_short(by_place[row['place']], 'high')}",
                                hatched=True,
                            ),
                        ),
                    )
                    for row in shown
                ),
            ],
            "£",
            middle,
            f"as written: {n.money(middle)}",
        ),
        " ".join(
            f"{row['label']}: {n.money(row['at_low'])} at {row['low']}, {n.money(row['at_high'])} at {row['high']}."
            for row in shown[:6]
        ),
        table_of(
            [
                "Number",
                "Low end",
                "At the low end",
                "High end",
                "At the high end",
                "Swing",
                "More than chance",
            ],
            [
                [
                    row["label"],
                    row["low"],
                    n.money(row["at_low"]),
                    row["high"],
                    n.money(row["at_high"]),
                    n.money(row["swing"]),
                    "yes" if row["clear"] else "not clear",
                ]
                for row in rows
            ]
            + [
                [f"Evidence read as ‘{label}’", "", n.money(float(values.mean())), "", "", "", ""]
                for label, values in readings.items()
            ],
        ),
        f"Longer bars matter more. A bar that reaches across £0 could turn the answer by itself.{more}",
    )


def _short(number: Uncertain, end: str) -> str:
    """An end of the range without the words of what money is per: the label says those."""
    text = _end(number, end)
    return text.split(" per ")[0] if number.quantity.kind == "money" else text


__all__ = ["tornado_answer"]
