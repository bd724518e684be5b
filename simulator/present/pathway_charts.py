"""What happens to people: whom each need and service reaches, who waits and gets stuck, and the page's other figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.present import numbers as n
from simulator.present.chart import Chart, runs_said, table_of, told
from simulator.present.dots import DotRow, dot_figure, dot_of, said
from simulator.present.outcome_charts import change_said
from simulator.present.rows import Row, by_key, clearly, of_design, too_few
from simulator.present.verdict import quoted

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

WAITS = (("wait_days", "mean wait"), ("wait_90_days", "nine in ten within"))
LEFT = ("gave_up", "turned_away", "waiting_at_end")
"""What became of those who did not start: in the table beside the waits."""


def of_100(table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str) -> Chart:
    """Of 100 people known, how many were ever in each need and each service, under both designs."""
    scenario = result.scenario
    rows, before, after = by_key(table), of_design(overview, result.baseline), of_design(overview, design)
    names = scenario.label(result.baseline), scenario.label(design)
    found: list[tuple[DotRow, Row | None]] = []
    crises: list[Row | None] = []
    for item in dict.fromkeys([*scenario.document.needs, *_services(result, design)]):
        key = ("reach", item, "share", 0)
        dots = dot_of(before.get(key)), dot_of(after.get(key))
        if any(dot is not None and dot.value for dot in dots):
            need = scenario.document.needs.get(item)
            crisis = need is not None and need.crisis
            label = scenario.label(item) + (" (crisis)" if crisis else "")
            found.append((DotRow(label, dots), rows.get(key)))
            if crisis:
                crises.append(rows.get(key))
    lines, sentences = [], []
    for row, change in found:
        was, now = (said(dot, "share") for dot in row.dots)
        lines.append((row.label, was, now, *change_said(change, "share")))
        sentences.append(f"{row.label}: {was} under {names[0]}, {now} under {names[1]}.")
    people = rows.get(("people", "", "known", 0))
    many = f" Of {n.number(people['design'], 0)} people known on average." if people is not None else ""
    return Chart(
        "of-100",
        _reach_title([change for _, change in found], crises),
        f"Share of people ever in each need or service over {scenario.document.horizon.text}, "
        f"{runs_said(result)}.{many}",
        dot_figure([row for row, _ in found], names, "share"),
        f"Dots with ranges: of 100 people, how many were ever in each need and service. {told(sentences)}",
        table_of(("Ever in", *names, "Change", "Range of runs of the change", "In how many runs"), lines),
        "40% means that 40 of 100 people known were ever there, those who were there at the start included; one person may "
        "be in several, so the shares do not add up to 100%.",
    )


def waits(table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str) -> Chart | None:
    """The mean wait and the wait of nine in ten for each service where anybody waits; None if nobody does anywhere."""
    scenario, services, rows = result.scenario, _services(result, design), by_key(table)
    before, after = of_design(overview, result.baseline), of_design(overview, design)
    names = scenario.label(result.baseline), scenario.label(design)
    found, lines, sentences = [], [], []
    for item in services:
        waited = [each.get(("services", item, "wait_days", 0)) for each in (before, after)]
        ends = {name: [each.get(("services", item, name, 0)) for each in (before, after)] for name in LEFT}
        somebody_waits = any(row is not None and row["mean"] > 0 for row in waited)
        if not somebody_waits and not any(
            row is not None and row["mean"] for both in ends.values() for row in both
        ):
            continue
        label = scenario.label(item)
        for measure, words in WAITS:
            key = ("services", item, measure, 0)
            dots = dot_of(before.get(key)), dot_of(after.get(key))
            if somebody_waits and dots != (None, None):
                found.append(DotRow(f"{label}: {words}", dots))
        for number, name in enumerate(names):
            each = (before, after)[number]
            cells = [said(dot_of(each.get(("services", item, measure, 0))), "days") for measure, _ in WAITS]
            cells += [_few(ends[measure][number]) for measure in LEFT]
            lines.append((label, name, *cells))
            if waited[number] is not None:
                sentences.append(f"{label}, {name}: mean wait {cells[0]} days.")
    if not found:
        return None
    return Chart(
        "waits",
        _waits_title(
            [row for item in services if (row := rows.get(("services", item, "wait_days", 0))) is not None]
        ),
        f"Days waited by all who joined the list, {runs_said(result)}. "
        "Those still waiting count with their wait so far.",
        dot_figure(found, names, "days"),
        f"Dots with ranges: days waited for each service under both designs. {told(sentences)}",
        table_of(
            (
                "Service",
                "Design",
                "Mean wait, days",
                "Nine in ten waited at most, days",
                "Gave up",
                "Turned away",
                "Still waiting at the end",
            ),
            lines,
        ),
        "Further left is a shorter wait. A short wait may mean that people gave up or were turned away: the table counts them.",
    )


def where_stuck(table: pd.DataFrame, result: Result, design: str) -> str:
    """One sentence: the longest mean wait under the design, and how many gave up or were turned away."""
    rows, scenario = by_key(table), result.scenario
    name = quoted(scenario.label(design))
    found = [
        row
        for item in _services(result, design)
        if (row := rows.get(("services", item, "wait_days", 0))) is not None and row["design"] > 0
    ]
    if not found:
        return f"Under {name} nobody waits for any service."
    longest = max(found, key=lambda row: row["design"])
    left = {
        word: row["design"]
        for measure, word in (("gave_up", "gave up waiting"), ("turned_away", "were turned away"))
        if (row := rows.get(("services", longest["item"], measure, 0))) is not None
    }
    counts = " and ".join(f"{_some(many)} {word}" for word, many in left.items())
    was = longest["baseline"]
    before = (
        f" ({n.quantity(was, 'days')} days under {quoted(scenario.label(result.baseline))})"
        if was == was
        else ""
    )
    days = n.quantity(longest["design"], "days")
    text = f"Under {name} the longest wait is for {quoted(longest['label'])}: {days} days on average{before}"
    return f"{text}; over {scenario.document.horizon.text}, {counts}." if counts else f"{text}."


def _services(result: Result, design: str) -> list[str]:
    every = [result.scenario.designs[result.baseline], result.scenario.designs[design]]
    return list(dict.fromkeys(name for each in every for name in each.services))


def _few(row: Row | None) -> str:
    return _some(0.0 if row is None else row["mean"])


def _some(many: float) -> str:
    """A mean count of people that must not read as nobody."""
    if many == 0:
        return "nobody"
    return n.number(many, 0) if many >= 1 else "fewer than 1"


def _reach_title(changes: list[Row | None], crises: list[Row | None]) -> str:
    """How many of 100 people are ever in the one crisis there is; else in how many needs and services that changes."""
    known = [row for row in changes if row is not None and row["runs"]]
    if not changes:
        return "Nobody was in any need or service"
    if known and known[0]["runs"] == 1:
        return "Where 100 people go, in one run"
    if too_few(known):
        return "Where 100 people go: too few runs to be sure"
    if len(crises) == 1 and crises[0] is not None and crises[0]["runs"]:
        was, now = (n.number(crises[0][name] * 100, 1) for name in ("baseline", "design"))
        if not clearly(crises[0]):
            return "No clear change in how many are ever in crisis"
        if was == now:
            return f"Of 100 people, about {now} are ever in crisis either way"
        return f"Of 100 people, {now} are ever in crisis, not {was}"
    clear = sum(bool(clearly(row)) for row in known)
    if not clear:
        return f"No clear change in any of {len(changes)} needs and services"
    return f"Clear changes in {clear} of {len(changes)} needs and services"


def _waits_title(rows: list[Row]) -> str:
    """The longest mean wait under the design; that of the baseline may be for another service, so it is not set beside it."""
    longest = max((row["design"] for row in rows if not math.isnan(row["design"])), default=math.nan)
    if math.isnan(longest):
        return "Nobody joins a waiting list under the design"
    return f"The longest wait under the design averages {n.quantity(longest, 'days')} days"


__all__ = ["of_100", "waits", "where_stuck"]
