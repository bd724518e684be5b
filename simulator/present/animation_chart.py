"""People on one clock under both designs: one run replayed, paused until somebody presses Play.

Each need is a box; a person is a mark that keeps its place in the box for as long as the person stays in that need. Shape
and fill say whether they are in a service or wait for one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from simulator.analysis.animation import AFTER, BEFORE, WAITING, Animation
from simulator.present.chart import Chart, figure_of, plain, table_of, told
from simulator.present.template import AXIS, BASELINE, EARLY, NEUTRAL, PAPER, SIZE

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simulator.scenario.load import Scenario

ACROSS = 50
"""Marks side by side in a box."""
PITCH, LINE, PAD, TITLE = 8, 20, 6, 30
"""Pixels: from one row of marks to the next, a box's label, what is free in and around a box, a design's name."""
CONTROLS = 112
BETWEEN = 300
"""Milliseconds from one moment to the next."""
MOMENTS = 5
"""In the table."""
NONE, WAITS, IN = "In no service", "Waiting for a service", "In a service"
MARKS = {
    NONE: {"symbol": "circle", "color": PAPER, "size": 7, "line": {"color": AXIS, "width": 1.5}},
    WAITS: {"symbol": "triangle-up", "color": BASELINE, "size": 8, "line": {"color": NEUTRAL, "width": 1}},
    IN: {"symbol": "circle", "color": EARLY, "size": 7, "line": {"color": EARLY, "width": 1.5}},
}
Where = dict[int, tuple[str, str, int]]
"""By person's lane: need, service (as in Animation), and the number of their place in the need's box."""


def animation_chart(animation: Animation, scenario: Scenario, baseline: str, design: str) -> Chart:
    """One run as a figure with Play, Pause and a slider, the baseline above the design."""
    designs = (baseline, design)
    moments = {name: _placed(animation, name) for name in designs}
    labels = {name: scenario.label(name) for name in designs}
    start = scenario.document.start
    dates = [_date(start, day) for day in animation.days]
    picked = sorted({round(each * (len(dates) - 1) / (MOMENTS - 1)) for each in range(MOMENTS)})
    lines = []
    for name in designs:
        each = [_counts(moments[name][number]) for number in picked]
        for key in _places(scenario, design, baseline):
            if any(count[key] for count in each):
                lines.append((labels[name], _place(scenario, key), *(f"{count[key]:,}" for count in each)))
    ends = [f"{place}, {name}: {cells[0]} at first, {cells[-1]} at last." for name, place, *cells in lines]
    sample = animation.shown < animation.of
    who = (
        f"{animation.shown:,} of {animation.of:,} people, an even sample"
        if sample
        else f"All {animation.of:,} people"
    )
    return Chart(
        "animation",
        "The same people, on one clock, under both designs",
        f"{who}. One run, the one in the middle: other runs differ. {labels[baseline]} above, {labels[design]} below.",
        _figure(moments, dates, scenario, designs),
        f"Marks for people in boxes for needs, {len(dates)} moments from {dates[0]} to {dates[-1]}, paused at first. {told(ends)}"
        if dates
        else "Nobody is shown.",
        table_of(("Design", "Where", *(dates[number] for number in picked)), lines),
        "Press Play, or move along the line. Hollow: in no service; triangle: waiting for one; solid: in one. The number counts "
        "the box.",
    )


def _placed(animation: Animation, design: str) -> list[Where]:
    """Where everybody is at each moment. Who enters a need takes the first free place in its box and keeps it."""
    frame = animation.frame[animation.frame["design"] == design]
    free: dict[str, list[int]] = {}
    filled: Counter[str] = Counter()
    now: Where = {}
    found = []
    moment: dict[int, list[tuple[int, str, str]]] = {}
    for number, lane, state, service in zip(
        frame["frame"].tolist(),
        frame["lane"].tolist(),
        frame["state"].tolist(),
        frame["service"].tolist(),
        strict=True,
    ):
        moment.setdefault(number, []).append((lane, state, service))
    for number in range(len(animation.days)):
        people = moment.get(number, [])
        for lane, state, _ in people:
            was = now.get(lane)
            if was is not None and was[0] != state:
                heappush(free.setdefault(was[0], []), was[2])
        then: Where = {}
        for lane, state, service in people:
            was = now.get(lane)
            if was is not None and was[0] == state:
                place = was[2]
            elif free.get(state):
                place = heappop(free[state])
            else:
                place = filled[state]
                filled[state] += 1
            then[lane] = (state, service, place)
        now = then
        found.append(then)
    return found


def _figure(
    moments: dict[str, list[Where]], dates: list[str], scenario: Scenario, designs: tuple[str, str]
) -> go.Figure:
    needs = list(scenario.document.needs)
    most = {
        need: max(
            (
                place
                for all_ in moments.values()
                for each in all_
                for state, _, place in each.values()
                if state == need
            ),
            default=-1,
        )
        for need in needs
    }
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    tops: dict[tuple[str, str], int] = {}
    depth = 0
    for name in designs:
        notes.append(_note(f"<b>{plain(scenario.label(name))}</b>", -depth - 4, SIZE))
        depth += TITLE
        for need in needs:
            tall = LINE + PITCH * (most[need] // ACROSS + 1) + PAD
            crisis = scenario.document.needs[need].crisis
            label = plain(scenario.label(need), 34) + (" (crisis)" if crisis else "")
            notes.append(_note(label, -depth - (3 if crisis else 0), SIZE - 2, shift=8))
            tops[name, need] = -depth - LINE
            for inset in (0, 3) if crisis else (0,):
                shapes.append(
                    {
                        "type": "rect",
                        "layer": "below",
                        "x0": -1 + inset * 0.08,
                        "x1": ACROSS - inset * 0.08,
                        "y0": -depth - tall + inset,
                        "y1": -depth - inset,
                        "line": {"color": BASELINE if crisis else "#8C8C8C", "width": 1.5},
                    }
                )
            depth += tall + PAD
        depth += PAD
    frames = [
        {
            "name": str(number),
            "data": _traces([moments[name][number] for name in designs], designs, tops),
            "traces": [0, 1, 2, 3],
        }
        for number in range(len(dates))
    ]
    first = _traces([moments[name][0] if dates else {} for name in designs], designs, tops)
    steady = {"mode": "immediate", "transition": {"duration": 0}}
    play = {**steady, "fromcurrent": True, "frame": {"duration": BETWEEN, "redraw": False}}
    still = {**steady, "frame": {"duration": 0, "redraw": False}}
    button = {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 0},
    }
    figure = figure_of(
        [*first, *_key()],
        height=depth + CONTROLS + 56,
        showlegend=True,
        margin={"l": 8, "r": 8, "t": 56, "b": CONTROLS},
        xaxis={"visible": False, "range": [-1.2, ACROSS + 0.2]},
        yaxis={"visible": False, "range": [-depth, 0]},
        shapes=shapes,
        annotations=notes,
        updatemenus=[
            {
                **button,
                "x": 0,
                "y": -8 / max(depth, 1),
                "buttons": [
                    {"label": "Play", "method": "animate", "args": [None, play]},
                    {"label": "Pause", "method": "animate", "args": [[None], still]},
                ],
            }
        ],
        sliders=[
            {
                "active": 0,
                "x": 0,
                "len": 1,
                "y": -44 / max(depth, 1),
                "yanchor": "top",
                "pad": {"t": 8},
                "ticklen": 0,
                "minorticklen": 0,
                "font": {"color": "rgba(0,0,0,0)", "size": 1},
                "currentvalue": {"font": {"color": NEUTRAL, "size": SIZE}, "xanchor": "left"},
                "steps": [
                    {"label": date, "method": "animate", "args": [[str(number)], still]}
                    for number, date in enumerate(dates)
                ],
            }
        ],
    )
    figure.frames = frames
    return figure


def _traces(
    both: list[Where], designs: tuple[str, str], tops: dict[tuple[str, str], int]
) -> list[dict[str, Any]]:
    """People by what they do about services, in both designs, and the count of each box."""
    x: dict[str, list[int]] = {name: [] for name in MARKS}
    y: dict[str, list[int]] = {name: [] for name in MARKS}
    many: Counter[tuple[str, str]] = Counter()
    for name, where in zip(designs, both, strict=True):
        for state, service, place in where.values():
            top = tops.get((name, state))
            if top is None:
                continue
            many[name, state] += 1
            kind = WAITS if service.startswith(WAITING) else IN if service else NONE
            x[kind].append(place % ACROSS)
            y[kind].append(top - PITCH * (place // ACROSS) - PITCH // 2)
    found: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": x[kind],
            "y": y[kind],
            "mode": "markers",
            "name": kind,
            "marker": mark,
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for kind, mark in MARKS.items()
    ]
    found.append(
        {
            "type": "scatter",
            "x": [ACROSS - 1] * len(tops),
            "y": [top + LINE // 2 for top in tops.values()],
            "mode": "text",
            "text": [f"{many[key]:,}" for key in tops],
            "textposition": "middle left",
            "textfont": {"size": SIZE - 1},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    return found


def _key() -> list[dict[str, Any]]:
    """Traces that are only in the legend, as Plotly leaves out of it those that have nobody at first."""
    return [
        {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": kind, "marker": mark}
        for kind, mark in MARKS.items()
    ]


def _note(text: str, y: int, size: int, shift: int = 0) -> dict[str, Any]:
    return {
        "x": 0, "xref": "paper", "xanchor": "left", "xshift": shift, "y": y, "yanchor": "top",
        "text": text, "showarrow": False, "font": {"size": size},
    }  # fmt: skip


def _counts(where: Where) -> Counter[tuple[str, str]]:
    """People in each need, and in or waiting for each service (a key of both parts)."""
    found: Counter[tuple[str, str]] = Counter()
    for state, service, _ in where.values():
        found["need", state] += 1
        if service:
            found["service", service] += 1
    return found


def _places(scenario: Scenario, *designs: str) -> list[tuple[str, str]]:
    services = dict.fromkeys(name for each in designs for name in scenario.designs[each].services)
    needs = [("need", name) for name in (*scenario.document.needs, BEFORE, AFTER)]
    return [*needs, *(("service", each) for name in services for each in (WAITING + name, name))]


def _place(scenario: Scenario, key: tuple[str, str]) -> str:
    kind, name = key
    if kind == "need":
        return {BEFORE: "Not yet come", AFTER: "Left for good"}.get(name) or scenario.label(name)
    if name.startswith(WAITING):
        return f"Waiting for: {scenario.label(name.removeprefix(WAITING))}"
    return f"In: {scenario.label(name)}"


def _date(start: dt.date, days: float) -> str:
    day = start + dt.timedelta(days=days)
    return f"{day.day} {day:%B %Y}"


__all__ = ["animation_chart"]
