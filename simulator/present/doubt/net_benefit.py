"""What is each design worth, all told, and what would be lost by choosing it wrongly? Net benefit and regret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.analysis.decision.net_benefit import net_benefit
from simulator.analysis.decision.regret import regret, rules
from simulator.present import numbers as n
from simulator.present.chart import Chart, table_of
from simulator.present.dots import Dot, DotRow, dot_figure
from simulator.present.doubt.answer import Answer, records
from simulator.present.doubt.bars import Bar, Part, bar_figure

if TYPE_CHECKING:
    from simulator.analysis.decision.choices import Choices
    from simulator.present.doubt.words import Words


def net_benefit_answer(choices: Choices, as_run: Choices, words: Words) -> Answer:
    """What each design gains over the reference, with its range of draws.

    choices: with chance taken out; as_run: means over runs as they came out, whose spread says how well the mean is known.
    """
    table = net_benefit(choices, words.worth)
    table["gain_se"] = net_benefit(as_run, words.worth)["gain_se"]
    rows = records(table)[1:]
    against = words.designs[words.reference]
    chart = Chart(
        "net-benefit",
        _title(rows[0], words),
        f"Net benefit over ‘{against}’: {_what(words)}; mean and range of draws (95% of {words.draws:,})",
        dot_figure(
            [
                DotRow(
                    words.designs[row["design"]], (None, Dot(row["gain"], row["gain_low"], row["gain_high"]))
                )
                for row in rows
            ],
            (against, "Gain over it"),
            "£",
        ),
        " ".join(_said(row, words) for row in rows),
        table_of(
            ["Design", "Gain", "Range of draws", "95% confidence interval of the mean", "Gains in"],
            [
                [
                    words.designs[row["design"]],
                    _money(row["gain"]),
                    f"{_money(row['gain_low'])} to {_money(row['gain_high'])}",
                    _interval(row),
                    f"{row['better']:,} of {row['draws']:,} draws",
                ]
                for row in rows
            ],
        ),
        f"To the right of £0: worth more than ‘{against}’. The line is where 95 of 100 draws lie, not the precision of the mean, "
        "whose interval is that of independent draws: Sobol draws know it better.",
    )
    return Answer(
        "net_benefit",
        "What is it worth, all told?",
        tuple(_said(row, words) for row in rows),
        table,
        (chart,),
    )


def _what(words: Words) -> str:
    if not words.worth:
        return f"what it saves of the {words.cost}"
    return f"{n.money(words.worth)} for each {words.one}, less the {words.cost}"


def _title(row: dict[str, Any], words: Words) -> str:
    name = words.designs[row["design"]]
    return f"‘{name}’ gains in {row['better']:,} of {row['draws']:,} draws"


def _said(row: dict[str, Any], words: Words) -> str:
    verb = "gains" if row["gain"] >= 0 else "loses"
    return (
        f"‘{words.designs[row['design']]}’ {verb} {n.money(abs(row['gain']), prose=True)} on average ({_what(words)}): range of "
        f"draws {_money(row['gain_low'])} to {_money(row['gain_high'])}, 95% confidence interval of the mean {_interval(row)}. "
        f"It gains in {row['better']:,} of {row['draws']:,} draws."
    )


def _interval(row: dict[str, Any]) -> str:
    if row["draws"] < 2:
        return "not known from one draw"
    half = 1.96 * row["gain_se"]
    return f"{_money(row['gain'] - half)} to {_money(row['gain'] + half)}"


def _money(value: float) -> str:
    return n.signed(n.money(value), value)


def regret_answer(choices: Choices, words: Words) -> Answer:
    """What would be lost by each design where another would have been better."""
    table = regret(choices.designs, choices.net_benefit(words.worth))
    rows = records(table)
    least = min(rows, key=lambda row: row["expected_loss"])
    steady = rows[rules(choices.net_benefit(words.worth))["minimax regret"].design]
    name = words.designs[least["design"]]
    said = [
        f"‘{name}’ loses least on average by being the wrong choice: {n.money(least['expected_loss'], prose=True)}, and no more "
        f"than {n.money(least['regret_90'], prose=True)} in nine of ten draws."
    ]
    if steady is not least:
        said.append(
            f"In the worst draw ‘{words.designs[steady['design']]}’ loses less: {n.money(steady['worst'], prose=True)} against "
            f"{n.money(least['worst'], prose=True)}."
        )
    chart = Chart(
        "regret",
        f"‘{name}’ is the safest choice on average",
        f"Expected loss: how much less than the best design of each draw; {_what(words)}, {words.draws:,} draws",
        bar_figure(
            [
                Bar(
                    words.designs[row["design"]],
                    (Part(row["expected_loss"], n.money(row["expected_loss"]), hatched=row is rows[0]),),
                )
                for row in rows
            ],
            "£",
        ),
        " ".join(said),
        table_of(
            ["Design", "Expected loss", "Nine of ten draws at most", "Worst draw"],
            [
                [
                    words.designs[row["design"]],
                    *(n.money(row[name]) for name in ("expected_loss", "regret_90", "worst")),
                ]
                for row in rows
            ],
        ),
        "Shorter is safer. The least expected loss is also what knowing every number beforehand would be worth.",
    )
    return Answer("regret", "What would be lost by choosing wrongly?", tuple(said), table, (chart,))


__all__ = ["net_benefit_answer", "regret_answer"]
