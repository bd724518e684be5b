"""A design under named stresses, in words and as dots: what is left of its plan if things go worse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.experiments.stress_cases import STRESSES
from simulator.present import numbers as n
from simulator.present.chart import Chart, table_of, told
from simulator.present.dots import Dot, DotRow, dot_figure
from simulator.present.doubt.answer import Answer
from simulator.present.doubt.words import PRESENT_VALUES
from simulator.present.verdict import present_value, quoted

if TYPE_CHECKING:
    from simulator.engine.model import Floats
    from simulator.experiments.stress import Stressed
    from simulator.experiments.stress_cases import Stress

QUESTION = "What is left of the plan if things go worse?"
SERIES = ("As planned", "Under the stress")
FEWEST = 10
TOLD = ("cost", "crises", "capital_lost", "net_saving")
"""What a sentence tells of, first to last; other figures where there are none of these."""
MOST_CLAUSES = 3
SHORT = {
    "crises": "crises",
    "cost": "the cost",
    "net_saving": "the net saving",
    "cash_released": "the cash released",
    "irr": "investors’ return",
    "capital_lost": "what investors lose",
}
VERBS = {
    "cost": ("saves", "costs", "saving", "costing", " more", ""),
    "crises": ("avoids", "adds", "avoiding", "adding", "", " crises"),
}
"""Of a difference from the baseline: to 0, above it, both after "instead of"; what follows the amount above 0, and always."""


def stress_answer(found: Stressed) -> Answer:
    """A sentence for each stress, what is unsure about them, where each comes from; and a chart for each figure."""
    sentences = [*_still_cheaper(found)]
    sentences += [_sentence(found, number) for number in range(1, len(found.stresses) + 1)]
    sentences += [f"{each.label}: nothing to change here." for each in found.nothing]
    if found.stresses:
        sentences += _about_the_runs(found)
    sentences += [source(each) for each in (*found.stresses, *found.nothing)]
    charts = (_chart(found, column) for column in range(len(found.outputs) if found.stresses else 0))
    return Answer("stress", QUESTION, tuple(sentences), found.frame, tuple(each for each in charts if each))


def show(found: Stressed) -> None:
    """The answer on a terminal: sentences, then a table for each figure."""
    from simulator.present.screen import console, print_item, print_section
    from simulator.present.screen import plain as text

    out, answer = console(), stress_answer(found)
    out.print(text(found.scenario.title, style="bold") + text(f": {QUESTION[:1].lower()}{QUESTION[1:]}"))
    out.print()
    for sentence in answer.sentences:
        print_item(out, "•", sentence)
    for section in answer.sections:
        print_section(out, section)


def source(stress: Stress) -> str:
    """Where the hardness of a stress comes from; that somebody set another one is said."""
    usual = STRESSES[stress.name]
    if stress == usual or not stress.text:
        return f"{stress.label}{f' ({stress.text})' if stress.text else ''}: {stress.source}"
    return (
        f"{stress.label}: {stress.text} as you set it. If nothing is set it is {usual.text}: {stress.source}"
    )


def _still_cheaper(found: Stressed) -> list[str]:
    names = [each.name for each in found.outputs]
    if "cost" not in names or not found.stresses:
        return []
    costs = [_mean(each) for each in found.values[:, :, names.index("cost")]]
    if not all(map(math.isfinite, costs)):
        return []
    less, of = sum(cost < 0 for cost in costs[1:]), len(costs) - 1
    design, baseline = _names(found)
    planned = "less" if costs[0] < 0 else "no less"
    return [
        f"In all resources, whoever pays, {design} costs {planned} than {baseline} on average if all goes as planned, and less "
        f"under {less} of {of} stress{'es' if of != 1 else ''}."
    ]


def _sentence(found: Stressed, number: int) -> str:
    stress = found.stresses[number - 1]
    names = [each.name for each in found.outputs]
    subject, clauses = "", []
    for name in ([name for name in TOLD if name in names] or names)[:MOST_CLAUSES]:
        column = names.index(name)
        who, what = _clause(found, column, found.values[number, :, column])
        clauses.append(what if who == subject else f"{who} {what}")
        subject = who
    *some, last = clauses
    return f"If {stress.happens}, {', '.join(some)}, and {last}." if some else f"If {stress.happens}, {last}."


def _clause(found: Stressed, column: int, here: Floats) -> tuple[str, str]:
    """Who, and what they do under the stress against the plan."""
    output, planned = found.outputs[column], found.values[0, :, column]
    before, after = _mean(planned), _mean(here)
    if output.name == "capital_lost":
        lost, usual = (int((each > 0).sum()) for each in (here, planned))  # one not known is not above 0
        count = n.runs(lost, int(np.isfinite(here).sum()))
        return "investors", f"lose money in {count}{_instead(f'{lost:,}', f'{usual:,}')}"
    if output.name in VERBS and found.compared[column] and math.isfinite(before) and math.isfinite(after):
        below, above, instead_below, instead_above, more, things = VERBS[output.name]
        amount, usual_amount = (n.quantity(abs(each), output.unit, prose=True) for each in (after, before))
        text = f"{above} {amount}{things}{more}" if after > 0 else f"{below} {amount}{things}"
        if (after > 0) != (before > 0):
            turned = instead_above if before > 0 else instead_below
            return _names(found)[0], f"{text} instead of {turned} {usual_amount}"
        return _names(found)[0], f"{text}{_instead(amount, usual_amount)}"
    amount, usual_amount = (n.quantity(each, output.unit, prose=True) for each in (after, before))
    who = (
        "the net saving in cash of all public budgets"
        if output.name == "net_saving"
        else quoted(output.label)
    )
    return who, f"is {amount}{_instead(amount, usual_amount)}"


def _instead(shown: str, usual: str) -> str:
    return " as planned" if shown == usual else f" instead of {usual}"


def _about_the_runs(found: Stressed) -> list[str]:
    runs = found.replications
    said = []
    if runs == 1:
        said.append(
            "This is one run of each, so it says nothing about chance. Run it more often to see ranges."
        )
    elif runs < FEWEST:
        said.append(f"Fewer than {FEWEST} runs say little about ranges.")
    for column, output in enumerate(found.outputs):
        known = np.isfinite(found.values[:, :, column]).sum(axis=1)
        if known.min() < runs:
            said.append(
                f"{quoted(output.label)} is not known in every run (in {n.runs(int(known.min()), runs)} at least): its means "
                "are of those in which it is."
            )
    said.append("Numbers are as written in the file: the doubt about them is not in these ranges.")
    return said


def _chart(found: Stressed, column: int) -> Chart | None:
    output, frame = found.outputs[column], found.frame
    rows = [row for row in frame.to_dict("records") if row["output"] == output.name]
    if not any(math.isfinite(row["stressed"]) or math.isfinite(row["planned"]) for row in rows):
        return None
    planned = _dot(found.values[0, :, column])
    dots = [
        DotRow(_label(stress), (planned, _dot(found.values[number, :, column])))
        for number, stress in enumerate(found.stresses, 1)
    ]
    cells = [
        (
            dot.label,
            *(_cell(each, output.unit) for each in dot.dots),
            _change(row, output.unit),
            f"{row['runs']:,}",
        )
        for dot, row in zip(dots, rows, strict=True)
    ]
    design, baseline = _names(found)
    whose = f"{design} less {baseline}" if found.compared[column] else f"under {design}"
    terms = f"; {present_value(found.scenario)}" if output.name in PRESENT_VALUES else ""
    runs = found.replications
    statistic = f"mean and range of runs (95% of {runs:,} runs)" if runs > 1 else "one run, so no range"
    return Chart(
        f"stress-{column + 1}",
        _title(found, column),
        f"{output.label}, {whose}: {statistic}{terms}",
        dot_figure(dots, SERIES, output.unit),
        told([f"{label}: {here}, planned {before}." for label, before, here, *_ in cells]),
        table_of(["Stress", *SERIES, "Change (95% interval of its mean)", "Runs"], cells),
        "Hollow: as planned. Solid: under the stress, on the same random numbers, so that chance is the same in both.",
    )


def _title(found: Stressed, column: int) -> str:
    """The finding: which stress moves this figure most."""
    output = found.outputs[column]
    name = SHORT.get(output.name) or next(
        (
            short
            for words, short in (("wait for ", "the wait"), ("lowest cash of ", "the lowest cash"))
            if output.name.startswith(words)
        ),
        "this figure",
    )
    changes = found.frame.loc[lambda each: each["output"] == output.name, "change"].to_numpy()
    if not np.nan_to_num(changes).any():
        return f"No stress changes {name}"
    most = int(np.nanargmax(np.abs(changes)))
    return f"‘{found.stresses[most].label}’ changes {name} most"


def _label(stress: Stress) -> str:
    return f"{stress.label}: {stress.happens}" if stress.text else stress.label


def _dot(values: Floats) -> Dot | None:
    """Mean and range of the runs in which a figure is known; None where it is in none."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [0.025, 0.975]).tolist()
    return Dot(float(known.mean()), low, high)


def _cell(dot: Dot | None, unit: str) -> str:
    if dot is None:
        return n.UNKNOWN
    mean = n.quantity(dot.value, unit, like=dot.value)
    spread = n.span(dot.low, dot.high, unit, like=dot.value)
    return mean if spread == mean else f"{mean} ({spread})"


def _change(row: Mapping[Any, Any], unit: str) -> str:
    mean = n.quantity(row["change"], unit, difference=True, like=row["change"])
    if not math.isfinite(row["ci_low"]):
        return mean
    spread = n.span(row["ci_low"], row["ci_high"], unit, difference=True, like=row["change"])
    return mean if spread == mean else f"{mean} ({spread})"


def _names(found: Stressed) -> tuple[str, str]:
    scenario = found.scenario
    return quoted(scenario.label(found.design)), quoted(scenario.label(scenario.baseline))


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


__all__ = ["QUESTION", "show", "source", "stress_answer"]
