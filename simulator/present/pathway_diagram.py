"""The pathway of a design as a Graphviz drawing, made from the scenario itself and from how many people went each way.

A crisis has a double border and the word, a closed service a grey dashed border and the word: never colour alone.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.present import numbers as n
from simulator.present.chart import shortened, table_of, told
from simulator.present.rows import Row, Rows, of_design
from simulator.present.template import AXIS, BASELINE, EARLY, FONT, NEUTRAL

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result
    from simulator.scenario.document import Document
    from simulator.scenario.load import Scenario

MOST_EDGES = 40
LEAST_OF_100 = 0.5
"""Moves rarer than this among 100 people known are left out of the drawing; the table has them."""
WIDEST = 6.0
YEAR = 365.25
ARRIVED, LEAVES = "arrived", "leaves"
PLAIN = ("moves", "starts", "arrives")
"""What needs no word on an arrow."""


@dataclass(frozen=True, eq=False)
class Diagram:
    """A drawing with all that a page shows around it, as `present.chart.Chart`; dot is its Graphviz source."""

    name: str
    title: str
    subtitle: str
    dot: str
    alt: str
    table: pd.DataFrame
    how_to_read: str


@dataclass(frozen=True)
class _Move:
    begin: str
    end: str
    words: str
    a_year: float | None
    of_100: float | None


def pathway(overview: pd.DataFrame, result: Result, design: str) -> Diagram:
    """The drawing of one design of the overview (`views.overview`), with its moves as a table, the most frequent first."""
    scenario = result.scenario
    document, rows = scenario.design(design, result.reading), of_design(overview, design)
    moves = _moves(document, rows)
    name = scenario.label(design)
    closed = [scenario.label(service) for service in document.services if _closed(rows, document, service)]
    crises = [scenario.label(need) for need, about in scenario.document.needs.items() if about.crisis]
    lines = [
        (
            _end(scenario, move.begin),
            move.words,
            _end(scenario, move.end),
            _count(move.a_year),
            n.UNKNOWN if move.of_100 is None else n.number(move.of_100),
        )
        for move in moves
        if move.a_year is not None
    ]
    lines += [
        ("All who start", "starts", scenario.label(service), _count(a_year), n.UNKNOWN)
        for service in document.services
        if (a_year := _starts(rows, document, service)) is not None
    ]
    sentences = [f"{begin} to {end}: {many} a year." for begin, _, end, many, _ in lines]
    alt = f"Needs and services under {name}, joined by arrows for how people move. {told(sentences)}"
    if crises:
        alt += f" Crises: {', '.join(crises)}."
    if closed:
        alt += f" Closed: {', '.join(closed)}."
    return Diagram(
        f"pathway-{design}",
        f"{shortened(name)}: how people move",
        f"Mean number of times a year over {scenario.document.horizon.text}.",
        pathway_dot(document, scenario, overview, design),
        alt,
        table_of(("From", "How", "To", "Times a year", "Times per 100 people known"), lines),
        "Boxes are needs (double border: crisis), rounded boxes are services, which dashed arrows lead to; the number on an "
        "arrow is how many times a year; one person may go more than once. The thicker the arrow, the more often.",
    )


def pathway_dot(document: Document, scenario: Scenario, overview: pd.DataFrame, design: str) -> str:
    """Graphviz DOT of a design. Labels of the scenario stand in it as text, whatever is in them."""
    rows = of_design(overview, design)
    ids = {name: f"n{number}" for number, name in enumerate((*document.needs, *document.services))}
    ids[ARRIVED], ids[LEAVES] = "arrived", "leaves"
    shown = _shown(_moves(document, rows), ids)
    used = {end for move in shown for end in (move.begin, move.end)}
    out = [
        "digraph pathway {",
        f"  graph [rankdir=TB, bgcolor=white, nodesep=0.4, ranksep=0.55, fontname={_quoted(FONT)}];",
        f'  node [fontname={_quoted(FONT)}, fontsize=13, fontcolor={_quoted(NEUTRAL)}, margin="0.15,0.08"];',
        f"  edge [fontname={_quoted(FONT)}, fontsize=11, fontcolor={_quoted(NEUTRAL)}, color={_quoted(AXIS)}, arrowsize=0.7];",
    ]
    for name, need in document.needs.items():
        style = f"shape=box, penwidth=1.5, color={_quoted(NEUTRAL)}"
        words = [scenario.label(name)]
        if need.crisis:
            style = f"shape=box, peripheries=2, penwidth=2, color={_quoted(BASELINE)}"
            words.append("(crisis)")
        out.append(f"  {ids[name]} [{style}, label={_label(*words)}];")
    for name in document.services:
        style, words = (
            f'shape=box, style="rounded,filled", fillcolor="#E8EEF5", penwidth=1.5, color={_quoted(EARLY)}',
            [scenario.label(name)],
        )
        if _closed(rows, document, name):
            style = f'shape=box, style="rounded,dashed", color="#767676", fontcolor={_quoted(AXIS)}'
            words.append("closed")
        elif (a_year := _starts(rows, document, name)) is not None:
            words.append(f"{_count(a_year)} start a year")
        out.append(f"  {ids[name]} [{style}, label={_label(*words)}];")
    for end, label in ((ARRIVED, "People arrive"), (LEAVES, "Leave for good")):
        if end in used:
            out.append(f"  {end} [shape=plaintext, label={_label(label)}];")
    most = max((move.a_year for move in shown if move.a_year is not None), default=0.0)
    for move in shown:
        service = move.begin in document.services or move.end in document.services
        words = [] if move.words in PLAIN else [move.words]
        how = [f"style={'dashed' if service else 'solid'}"]
        if move.a_year is not None:
            words.append(f"{_count(move.a_year)} a year")
            how.append(f"penwidth={1 + (WIDEST - 1) * move.a_year / most if most else 1:.2f}")
        out.append(
            f"  {ids[move.begin]} -> {ids[move.end]} [{', '.join([*how, f'label={_label(*words)}'])}];"
        )
    return "\n".join([*out, "}", ""])


def _shown(moves: list[_Move], ids: dict[str, str]) -> list[_Move]:
    """The moves to draw: frequent enough, at most so many, and one for a place that would have none."""
    known = [move for move in moves if move.begin in ids and move.end in ids]
    shown = [move for move in known if move.of_100 is None or move.of_100 >= LEAST_OF_100][:MOST_EDGES]
    for name in ids:
        if not any(name in (move.begin, move.end) for move in shown):
            shown += [
                move for move in known if name in (move.begin, move.end) and name not in (ARRIVED, LEAVES)
            ][:1]
    return shown


def _moves(document: Document, rows: Rows) -> list[_Move]:
    """Arrivals, moves between needs, starts of services and where services lead, the most frequent first.

    Where the tables do not say how many go a way (several ways into a service), the move has no number.
    """
    years = document.horizon.value / YEAR
    known = rows.get(("people", "", "known", 0))
    people = known["mean"] if known is not None else 0.0

    def made(begin: str, end: str, words: str, row: Row | None) -> _Move:
        if row is None:
            return _Move(begin, end, words, None, None)
        return _Move(begin, end, words, row["mean"] / years, 100 * row["mean"] / people if people else None)

    found = [
        made(begin, end, "moves", row)
        for (table, item, _, _), row in rows.items()
        if table == "moves" and row["mean"]
        for begin, end in [item.split(" -> ")]
    ]
    entries = list(document.people.arrive)
    arrived = rows.get(("people", "", "arrived", 0))
    found += [made(ARRIVED, state, "arrives", arrived if len(entries) == 1 else None) for state in entries]
    for name, service in document.services.items():
        if _closed(rows, document, name):
            continue
        started = rows.get(("services", name, "started", 0))
        one = len(service.for_) == 1 and not _handed_to(document, name)
        found += [made(state, name, "starts", started if one else None) for state in service.for_]
        for way in type(service.then).model_fields:
            to = getattr(service.then, way)
            for end in () if to is None else to.names:
                if end == "stays" or (end in document.services and _closed(rows, document, end)):
                    continue
                row = rows.get(("services", name, way, 0)) if len(to.names) == 1 and _certain(to) else None
                found.append(made(name, end, way.replace("_", " "), row))
    return sorted(found, key=lambda move: -(move.a_year if move.a_year is not None else float("inf")))


def _certain(to: object) -> bool:
    """Whether a destination takes everybody."""
    return all(getattr(value, "value", None) == 1.0 for _, value in to.parts)  # type: ignore[attr-defined]


def _handed_to(document: Document, name: str) -> bool:
    """Whether people come to a service from another one, so that its starts are not all from its own states."""
    ways = (
        getattr(service.then, way)
        for service in document.services.values()
        for way in type(service.then).model_fields
    )
    return any(to is not None and name in to.names for to in ways)


def _starts(rows: Rows, document: Document, service: str) -> float | None:
    """Starts of a service a year, where they are known."""
    row = rows.get(("services", service, "started", 0))
    return (
        None
        if row is None or _closed(rows, document, service)
        else row["mean"] / (document.horizon.value / YEAR)
    )


def _count(people: float) -> str:
    return n.number(people, 0 if people >= 9.95 else 1)


def _closed(rows: Rows, document: Document, service: str) -> bool:
    """Whether a service never has a place under a design."""
    found = rows.get(("services", service, "places", 0))
    if found is not None:
        return bool(found["mean"] == 0)
    return getattr(document.services[service].places.count, "value", None) == 0


def _end(scenario: Scenario, name: str) -> str:
    return {ARRIVED: "Arrival", LEAVES: "Left for good"}.get(name) or scenario.label(name)


def _label(*lines: str) -> str:
    """Text on a node or an arrow: lines broken between words, whatever is in them shown letter for letter."""
    parts = [part for line in lines for part in textwrap.wrap(shortened(line), 22) or [""]]
    # Graphviz decodes entities in a label, so `&` is written as one; a backslash would begin one of its own codes.
    text = "\\n".join(part.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return f'"{text}"'


def _quoted(text: str) -> str:
    return f'"{text}"'


__all__ = ["Diagram", "pathway", "pathway_dot"]
