"""What is it worth to know more before deciding: everything, and one number after the other?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.analysis.decision.partial_information import worth_knowing
from simulator.analysis.decision.perfect_information import evpi, evpi_by_worth
from simulator.experiments.uncertain import READING
from simulator.present import numbers as n
from simulator.present.chart import Chart, table_of
from simulator.present.doubt.answer import Answer, records
from simulator.present.doubt.bars import Bar, Part, bar_figure
from simulator.present.doubt.best import worths

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Choices, Floats
    from simulator.present.doubt.words import Words

MOST_BARS = 10


def all_answer(choices: Choices, words: Words) -> Answer:
    """The expected value of perfect information, at the worth asked about and along others."""
    found = evpi(choices.net_benefit(words.worth))
    name = words.designs[choices.designs[found.best]]
    table = evpi_by_worth(choices, worths(choices, words.worth))
    if choices.draws < 2:
        said = "One draw cannot tell what knowing more is worth: take 500 or more."
    elif found.value < 0.5:
        said = f"Knowing every number would change nothing: ‘{name}’ is best, or as good as best, whatever they are."
    else:
        said = (
            f"Choosing ‘{name}’ now is right on average. Knowing every uncertain number first would be worth "
            f"{n.money(found.value, prose=True)} (standard error {n.money(found.se, prose=True)}) for this one decision: no "
            "study that costs more than that can be worth it."
        )
    most = table.iloc[int(table["evpi"].to_numpy().argmax())]
    more = (
        f"It would be worth most, {n.money(most['evpi'], prose=True)}, if each {words.one} were worth "
        f"{n.money(most['worth'], prose=True)}, where the designs are closest."
    )
    return Answer(
        "evpi",
        "What would it be worth to know every number?",
        (said, more) if found.value >= 0.5 else (said,),
        table,
    )


def each_answer(
    inputs: Floats, places: tuple[str, ...], choices: Choices, words: Words, most: float | None = None
) -> Answer:
    """EVPPI of each uncertain number. inputs: (draws, places). most: the worth of knowing all, with chance taken out.

    choices: means over the runs of a draw as they came out: the regressions take chance out themselves.
    """
    table = worth_knowing(inputs, places, choices.net_benefit(words.worth), most=most)
    table.insert(1, "label", [words.parameters.get(place, place) for place in table["place"]])
    rows = records(table)
    clear = [row for row in rows if is_clear(row)]
    said = _said(clear, rows, words)
    drawn = any(row["evppi"] >= 0.5 and row["status"] != "too few draws" for row in rows)
    charts = (_chart(rows[:MOST_BARS], clear, words),) if drawn else ()
    return Answer("evppi", "Which number is most worth knowing?", tuple(said), table, charts)


def is_clear(row: dict[str, Any]) -> bool:
    """Whether a number is worth knowing beyond what chance of the draws could make."""
    return bool(row["evppi"] > 2 * row["se"] and row["evppi"] >= 0.5 and row["status"] != "too few draws")


def _said(clear: list[dict[str, Any]], rows: list[dict[str, Any]], words: Words) -> list[str]:
    if rows and any(row["status"] == "too few draws" for row in rows):
        return [f"{words.draws:,} draws are too few to say which number is worth knowing: take 500 or more."]
    if not clear:
        return [
            "No single number is clearly worth knowing: whichever were known, the same design would be chosen."
        ]
    first = clear[0]
    found = [
        f"Most worth knowing is ‘{first['label']}’: {n.money(first['evppi'], prose=True)} (standard error "
        f"{n.money(first['se'], prose=True)}), {first['share']:.0%} of what knowing everything is worth."
    ]
    others = [f"‘{row['label']}’ ({n.money(row['evppi'])})" for row in clear[1:4]]
    if others:
        found.append(f"Then {', '.join(others)}.")
    if first["place"] == READING:
        found.append(
            "What a study would have to settle is which reading holds here, with people like these: no number comes near."
        )
    found.append(
        "These do not add up: a number known together with another can be worth more, or less, than both alone. A number that "
        "moves the answer much is worth nothing to know if the same design stays best throughout."
    )
    return found


def _chart(rows: list[dict[str, Any]], clear: list[dict[str, Any]], words: Words) -> Chart:
    title = (
        f"‘{clear[0]['label']}’ is most worth knowing"
        if clear
        else "No single number is clearly worth knowing"
    )
    return Chart(
        "worth-knowing",
        title,
        f"Expected value of knowing one number exactly (EVPPI), £ for this one decision, with its standard error; "
        f"{words.draws:,} draws",
        bar_figure(
            [Bar(str(row["label"]), (Part(row["evppi"], n.money(row["evppi"])),), row["se"]) for row in rows],
            "£",
        ),
        " ".join(f"{row['label']}: {n.money(row['evppi'])}." for row in rows),
        table_of(
            ["Number", "Worth knowing", "Standard error", "Of knowing everything"],
            [
                [str(row["label"]), n.money(row["evppi"]), n.money(row["se"]), f"{row['share']:.0%}"]
                for row in rows
            ],
        ),
        "Longer: worth more to know before deciding. A whisker as long as its bar means that the draws cannot tell it from 0.",
    )


__all__ = ["all_answer", "each_answer"]
