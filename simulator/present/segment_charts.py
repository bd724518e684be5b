"""Who gains and who is missed: crises and reach by segment, under both designs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.present import numbers as n
from simulator.present.chart import Chart, runs_said, table_of, told
from simulator.present.dots import DotRow, dot_figure, dot_of, said
from simulator.present.outcome_charts import change_said
from simulator.present.rows import Row, by_key, clearly, of_design, too_few

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

Found = list[tuple[DotRow, Row | None, Row | None]]
"""What is drawn, its row of the comparison, and that of the people known."""


def segment_crises(table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str) -> Chart | None:
    """Crises per 100 people known, by segment. None without segments or without crises."""
    found = _found(table, overview, result, design, "crises_per_100", "")
    if not found or not any(row is not None and (row["baseline"] or row["design"]) for _, row, _ in found):
        return None
    return _chart(
        "segments-crises",
        _title(found, "crises", lower_is=("fewer", "more")),
        "Crises per 100 people known",
        "crises per 100 people",
        found,
        result,
        design,
    )


def segment_reach(table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str) -> Chart | None:
    """Share of people known whom a service reached, by segment: the service whose reach the design changes most.

    None without segments, or where the design changes nobody's reach of any service.
    """
    services = dict.fromkeys(
        name
        for each in (result.scenario.designs[result.baseline], result.scenario.designs[design])
        for name in each.services
    )
    rows = by_key(table)
    most, service = 0.0, None
    for name in services:
        for segment in _segments(result):
            row = rows.get(("segments", f"{segment} in {name}", "reached", 0))
            if row is not None and abs(row["design"] - row["baseline"]) > most:
                most, service = abs(row["design"] - row["baseline"]), name
    if service is None:
        return None
    found = _found(table, overview, result, design, "reached", f" in {service}")
    label = result.scenario.label(service)
    return _chart(
        "segments-reach",
        _title(found, "people reached", lower_is=("fewer", "more")),
        f"Share of people known who started: {label}",
        f"share of people who started {label}",
        found,
        result,
        design,
    )


def _segments(result: Result) -> dict[str, str]:
    """Names of segments with their labels, in the order of the scenario."""
    document = result.scenario.document
    return {
        name: result.scenario.label(name)
        for grouping in document.people.segments.values()
        for name in grouping
    }


def _found(
    table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str, measure: str, of: str
) -> Found:
    rows = by_key(table)
    before, after = of_design(overview, result.baseline), of_design(overview, design)
    found: Found = []
    for segment, label in _segments(result).items():
        key = ("segments", f"{segment}{of}", measure, 0)
        dots = dot_of(before.get(key)), dot_of(after.get(key))
        if dots != (None, None):
            found.append((DotRow(label, dots), rows.get(key), rows.get(("segments", segment, "known", 0))))
    return found


def _title(found: Found, what: str, lower_is: tuple[str, str]) -> str:
    """How many segments change clearly, each way: that some lose must be as plain as that some gain."""
    rows = [row for _, row, _ in found if row is not None and row["runs"]]
    noun = "group" if len(found) == 1 else "groups"
    if rows and rows[0]["runs"] == 1:
        return f"{what.capitalize()} by group in one run"
    if too_few(rows):
        return f"{what.capitalize()} by group: too few runs to be sure"
    fewer, more = (sum(clearly(row) == way for row in rows) for way in ("lower", "higher"))
    of = f"{len(found)} {noun}"
    if fewer and more:
        return f"Clearly {lower_is[0]} {what} in {fewer}, {lower_is[1]} in {more} of {of}"
    if fewer or more:
        return f"Clearly {lower_is[0] if fewer else lower_is[1]} {what} in {fewer or more} of {of}"
    return f"No clear change in {what} in any of {of}"


def _chart(
    name: str, title: str, statistic: str, words: str, found: Found, result: Result, design: str
) -> Chart:
    names = result.scenario.label(result.baseline), result.scenario.label(design)
    unit = next(change["unit"] for _, change, _ in found if change is not None)
    lines, sentences = [], []
    for row, change, known in found:
        before, after = (said(dot, unit) for dot in row.dots)
        people = n.number(known["design"], 0) if known is not None else n.UNKNOWN
        lines.append((row.label, people, before, after, *change_said(change, unit)))
        sentences.append(f"{row.label}: {before} under {names[0]}, {after} under {names[1]}.")
    return Chart(
        name,
        title,
        f"{statistic}, {runs_said(result)}, whole horizon.",
        dot_figure([row for row, _, _ in found], names, unit),
        f"Dots with ranges: {words} by group, under both designs. {told(sentences)}",
        table_of(
            ("Group", "People known", *names, "Change", "Range of runs of the change", "In how many runs"),
            lines,
        ),
        "Compare the two dots of a group: the wider the gap, the more the design changes for that group. Lines may overlap "
        "and the change still be clear, as both designs meet the same chances: the table says in how many runs.",
    )


__all__ = ["segment_crises", "segment_reach"]
