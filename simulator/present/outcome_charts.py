"""Outcomes of the people who started a clock under the design, beside what the same people would have had without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.present import numbers as n
from simulator.present.chart import Chart, runs_said, table_of, told
from simulator.present.dots import DotRow, dot_figure, dot_of, said
from simulator.present.rows import Row, by_key, clearly, of_design, too_few

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

UNIT_WORDS = {
    "share": ("The share of people", "outcomes for people"),
    "days": ("Days per person", "outcomes in days"),
    "times": ("Times per person", "outcomes in times"),
}


def outcome_charts(table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str) -> list[Chart]:
    """A chart for each unit (shares, days, times), as they share no axis. None where there are no outcomes to show."""
    scenario = result.scenario
    rows, ours, theirs = by_key(table), of_design(overview, design), of_design(overview, result.baseline)
    found: dict[str, list[tuple[DotRow, Row | None, str]]] = {}
    for item in scenario.document.outcomes:
        after = ours.get(("outcomes", item, "result", 0))
        before = ours.get(("outcomes", item, "without_it", 0)) or theirs.get(("outcomes", item, "result", 0))
        dots = dot_of(before), dot_of(after)
        if after is None or dots == (None, None):
            continue
        known = ours.get(("outcomes", item, "known", 0))
        people = n.number(known["mean"], 0) if known is not None else n.UNKNOWN
        change = rows.get(("outcomes", item, "change", 0))
        found.setdefault(after["unit"], []).append((DotRow(after["label"], dots), change, people))
    names = scenario.label(result.baseline), scenario.label(design)
    return [_chart(unit, group, names, result) for unit, group in found.items()]


def _chart(
    unit: str, group: list[tuple[DotRow, Row | None, str]], names: tuple[str, str], result: Result
) -> Chart:
    lines = []
    sentences = []
    for row, change, people in group:
        before, after = (said(dot, unit) for dot in row.dots)
        difference, spread, count = change_said(change, unit)
        lines.append((row.label, before, after, difference, spread, count, people))
        sentences.append(f"{row.label}: {before} under {names[0]}, {after} under {names[1]}.")
    _, noun = UNIT_WORDS[unit]
    return Chart(
        f"outcomes-{unit}",
        _title(unit, [change for _, change, _ in group]),
        f"{_unit_said(unit)}, {runs_said(result)}. People whose window closed by the horizon; "
        f"{names[0]}: the same people from the same dates.",
        dot_figure([row for row, *_ in group], names, unit),
        f"Dots with ranges: {noun} under both designs. {told(sentences)}",
        table_of(
            ("Outcome", *names, "Change", "Range of runs of the change", "In how many runs", "People"), lines
        ),
        "Each dot is a mean over runs, its line the range of runs; where two lines do not touch, the designs differ by more "
        f"than {'chance and doubt' if result.vary else 'chance'} between runs. Where they do, see in the table in how many runs "
        "it goes the same way.",
    )


def change_said(row: Row | None, unit: str) -> tuple[str, str, str]:
    """Difference, its range of runs, and in how many runs it goes that way; blank where it is not known."""
    if row is None or not row["runs"]:
        return "", "", ""
    if not row["lower"] and not row["higher"]:
        return "none", "", "all the same" if row["runs"] > 1 else ""
    way = "lower" if row["lower"] >= row["higher"] else "higher"
    like = max((abs(row[each]) for each in ("baseline", "design") if row[each] == row[each]), default=0.0)
    shown = n.quantity(row["difference"], unit, difference=True, like=like)
    if row["runs"] == 1:
        return shown, "", ""
    spread = n.span(row["low"], row["high"], unit, difference=True, like=like)
    return shown, spread, f"{row[way]:,} of {row['runs']:,} {way}"


def _unit_said(unit: str) -> str:
    return "Share of people" if unit == "share" else f"{unit.capitalize()} per person"


def _title(unit: str, changes: list[Row | None]) -> str:
    known = [row for row in changes if row is not None and row["runs"]]
    one, several = UNIT_WORDS[unit]
    if len(known) == 1 and len(changes) == 1:
        row = known[0]
        if not row["lower"] and not row["higher"]:
            return f"{one} stay{'' if unit != 'share' else 's'} the same"
        rises = row["difference"] > 0
        verb = ("rise" if rises else "fall") + ("s" if unit == "share" else "")
        return f"{one} {verb} in {n.runs(row['higher' if rises else 'lower'], row['runs'])}"
    if not known or known[0]["runs"] == 1:
        return f"{len(changes)} {several} under both designs"
    if too_few(known):
        return f"{len(changes)} {several}: too few runs to be sure"
    clear = sum(bool(clearly(row)) for row in known)
    if not clear:
        return f"No clear change in any of {len(changes)} {several}"
    return f"Clear changes in {clear} of {len(changes)} {several}"


__all__ = ["change_said", "outcome_charts"]
