"""How many runs are enough, in words, and the mean with its interval as runs are added.

Only the 95% confidence interval of the mean is told here; the range of runs is another thing, and more runs do not narrow it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.analysis.precision import ENOUGH, FEWEST, NEAR_0, NO_SPREAD, NOT_KNOWN, cumulative, look_ahead
from simulator.experiments.outputs import SHORT
from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, table_of
from simulator.present.doubt.answer import Answer
from simulator.present.doubt.words import PRESENT_VALUES
from simulator.present.template import EARLY, NEUTRAL, SIZE
from simulator.present.verdict import present_value, quoted

if TYPE_CHECKING:
    from simulator.analysis.precision import Judged
    from simulator.experiments.enough import Enough
    from simulator.experiments.outputs import Output

QUESTION = "How many runs are enough?"
INTERVAL = "95% confidence interval"
HEIGHT = 340
MOST_POINTS = 40
SHOWN_STEPS = ((999.95e6, 1e8), (999_500.0, 1e5), (9_950.0, 1e3))
"""Of money: from this amount on it is shown in steps of so much (`numbers.money`)."""
SHADE = "rgba(18, 67, 109, 0.15)"


def enough_answer(found: Enough) -> Answer:
    """The answer for every figure: a sentence or two each, and a chart each where at least two runs know it."""
    sentences = [text for position in range(len(found.outputs)) for text in _sentences(found, position)]
    if found.replications is not None and len(found.outputs) > 1:
        sentences.insert(0, f"{_runs(found.replications)} are enough for all of them.")
    if found.runs < FEWEST:
        sentences.append(f"Fewer than {FEWEST} runs say little, even about how sure a mean is.")
    sentences.append(
        "More runs make the mean surer. They change neither how much one run differs from the next nor the doubt about the "
        "numbers put in."
    )
    charts = [_chart(found, position) for position in range(len(found.outputs))]
    return Answer(
        "replications", QUESTION, tuple(sentences), found.frame, tuple(each for each in charts if each)
    )


def show(found: Enough) -> None:
    """The answer on a terminal: sentences, one table with a row for each figure, and how to get these runs."""
    from simulator.present.screen import console, print_item, print_section
    from simulator.present.screen import plain as text
    from simulator.present.views import Section

    out = console()
    out.print(text(found.scenario.title, style="bold") + text(f": {QUESTION[:1].lower()}{QUESTION[1:]}"))
    out.print()
    for sentence in enough_answer(found).sentences:
        print_item(out, "•", sentence)
    heads = ("Figure", "Mean", INTERVAL, "Known to within", "Wanted", "Runs made", "Runs enough")
    print_section(
        out,
        Section("How precise each mean is", heads, tuple(_row(found, k) for k in range(len(found.outputs)))),
    )
    if found.replications is not None:
        seed = f" --seed {found.seed}" if found.seed != 1 else ""
        out.print()
        print_item(
            out, " ", f"Ask other commands for as many with --replications {found.replications}{seed}."
        )


def _row(found: Enough, position: int) -> tuple[str, ...]:
    figure, judged = _Figure(found, position), found.judged[position]
    enough = (
        f"{judged.at:,}"
        if judged.at
        else f"about {_about(judged.needed)}"
        if judged.needed
        else "cannot be said"
    )
    return (
        figure.label,
        figure.mean(judged),
        figure.interval(judged),
        figure.within(judged.half_width),
        figure.asked,
        f"{judged.runs:,}",
        enough,
    )


class _Figure:
    """One figure's words and numbers."""

    def __init__(self, found: Enough, position: int) -> None:
        output: Output = found.outputs[position]
        self.unit, self.compared = output.unit, found.compared[position]
        self.label = output.label
        short = output.name in SHORT
        self.name = output.label[:1].lower() + output.label[1:] if short else quoted(output.label)
        names = [quoted(found.scenario.label(each)) for each in (found.design, found.scenario.baseline)]
        self.whose = f"{names[0]} less {names[1]}" if self.compared else f"under {names[0]}"
        self.what = (
            f"the mean difference in {self.name} ({self.whose})"
            if self.compared
            else f"the mean of {self.name} {self.whose}"
        )
        precision = found.precisions[position]
        self.asked = (
            f"{n.number(100 * precision.half_width)}% of the mean"
            if precision.relative
            else self.within(precision.half_width, asked=True)
        )
        self.terms = present_value(found.scenario) if output.name in PRESENT_VALUES else ""

    def within(self, width: float, asked: bool = False) -> str:
        """A half-width, or that it is smaller than what is shown of such numbers. asked: as it was written, `1` not `1.0`."""
        if asked and self.unit not in ("£", "share"):
            return n.number(width)
        if not math.isfinite(width):
            return n.UNKNOWN
        if self.unit == "share":
            text, least = f"{n.number(100 * width, 1)} points", "0.1 points"
        else:
            text = n.quantity(width, self.unit, prose=True, like=width)
            least = "£1" if self.unit == "£" else "0.1" if "." in text else "0.001"
        return text if not width or any(figure in text for figure in "123456789") else f"less than {least}"

    def mean(self, judged: Judged) -> str:
        return self.one(judged.mean, judged.half_width)

    def interval(self, judged: Judged) -> str:
        return self.ends(*judged.interval, judged.half_width)

    def one(self, value: float, half: float) -> str:
        """A number with as many decimals as its half-width has."""
        if self._hides(value, half):
            return self._in_full(value, half)
        return n.quantity(value, self.unit, difference=self.compared, prose=True, like=half)

    def ends(self, low: float, high: float, half: float) -> str:
        if not math.isfinite(half):
            return n.UNKNOWN
        if self._hides(max(abs(low), abs(high)), half):
            return f"{self._in_full(low, half)} to {self._in_full(high, half)}"
        return n.span(low, high, self.unit, difference=self.compared, prose=True, like=half)

    def _hides(self, value: float, half: float) -> bool:
        """Whether money in thousands, millions or billions would hide what is within the interval."""
        step = next((step for least, step in SHOWN_STEPS if abs(value) >= least), 0.0)
        return self.unit == "£" and 0 < half < 5 * step

    def _in_full(self, value: float, half: float) -> str:
        step = 10.0 ** max(0, math.floor(math.log10(half)) - 1)
        text = ("" if value >= 0 else n.MINUS) + f"£{n.number(abs(round(value / step) * step), 0)}"
        return n.signed(text, value) if self.compared else text


def _sentences(found: Enough, position: int) -> list[str]:
    """What was found of one figure."""
    judged, figure = found.judged[position], _Figure(found, position)
    after = f"After {_runs(judged.runs)}"
    if judged.known < judged.runs and judged.status != NOT_KNOWN:
        after += f" ({judged.known:,} in which it is known)"
    terms = f" Amounts are in {figure.terms}." if figure.terms else ""
    if judged.status == NOT_KNOWN:
        return [
            f"Nothing can be said about {figure.what}: it is known in {n.runs(judged.known, judged.runs)}, and it takes two "
            "to see a spread."
        ]
    if judged.status == NO_SPREAD:
        # The highest share that is still seen in none of so many runs once in 20 times.
        missed = 1 / (1 - 0.05 ** (1 / judged.known))
        return [
            f"{after}, {figure.what} is {figure.mean(judged)}: the same in every one. "
            f"Something that happens in fewer than 1 run of {max(2, math.floor(missed))} could have been missed.{terms}"
        ]
    known = f"{figure.mean(judged)} ({INTERVAL} {figure.interval(judged)})"
    if judged.status == ENOUGH:
        assert judged.at is not None
        return [
            f"{_runs(judged.at)} are enough: {figure.what} is known to within {figure.asked}, and stayed so over the next "
            f"{look_ahead(judged.at)}. {after} it is {known}.{terms}"
        ]
    if judged.status == NEAR_0:
        return [
            f"{after}, {figure.what} is {known}, so that it may be 0, and {figure.asked} may be next to nothing. "
            f"Say how precise in {_in_units(figure.unit)}; now it is known to within {figure.within(judged.half_width)}.{terms}"
        ]
    close = (
        f"About {_about(judged.needed)} runs are needed for within {figure.asked}"
        if judged.needed
        else f"No number of runs that anybody could make is enough for within {figure.asked}"
    )
    if judged.half_width <= judged.wanted:
        close = f"That is as precise as asked ({figure.asked}), but it may not stay so: make {judged.needed:,} runs"
    return [
        f"{after}, {figure.what} is known to within {figure.within(judged.half_width)}: {known}. {close}.{terms}"
    ]


def _chart(found: Enough, position: int) -> Chart | None:
    """The mean and its interval after each number of runs, between the lines that it was to come within."""
    judged, figure = found.judged[position], _Figure(found, position)
    if judged.status == NOT_KNOWN:
        return None
    so_far = cumulative(found.values[:, [position]])
    mean, half = so_far.mean[:, 0], so_far.half_width[:, 0]
    rows = _shown_rows(np.flatnonzero(np.isfinite(half)), judged.at)
    runs = (rows + 1).tolist()
    mean, half = mean[rows], half[rows]
    low, high = mean - half, mean + half
    wanted = found.precisions[position].allowed(mean)
    # The first intervals are so wide that nothing else could be seen: they run out of the figure.
    late = rows >= min(FEWEST - 1, int(rows[-1]) // 2)
    held = [*low[late].tolist(), *high[late].tolist()]
    # Beside lines that are far off, the interval would be a line itself.
    if judged.wanted < 6 * max(half[late]):
        held += [*(mean - wanted)[late].tolist(), *(mean + wanted)[late].tolist()]
    axis = axis_of(held, figure.unit, difference=figure.compared, left=0.1, right=0.1)
    ends = [figure.ends(a, b, c) for a, b, c in zip(low.tolist(), high.tolist(), half.tolist(), strict=True)]
    means = [figure.one(a, b) for a, b in zip(mean.tolist(), half.tolist(), strict=True)]
    traces = _traces(runs, mean.tolist(), low.tolist(), high.tolist(), (means, ends))
    traces += _wanted(runs, [(mean - wanted).tolist(), (mean + wanted).tolist()], figure.asked)
    marks, notes = _enough_line(judged.at, runs)
    title = _title(judged)
    terms = f", in {figure.terms}" if figure.terms else ""
    return Chart(
        f"enough-runs-{position + 1}",
        title,
        f"{figure.label}, {figure.whose}: mean of the runs so far and its {INTERVAL}, by number of runs{terms}.",
        figure_of(
            traces,
            height=HEIGHT,
            showlegend=True,
            margin={"l": 12, "r": 12, "t": 70, "b": 60},
            xaxis={
                **axis_of([float(runs[0]), float(runs[-1])], "runs", left=0.02, right=0.04),
                "title": {"text": "Runs"},
            },
            yaxis=axis,
            shapes=marks,
            annotations=notes,
        ),
        f"{title}. After {_runs(judged.runs)} {figure.what} is {figure.mean(judged)}, {INTERVAL} "
        f"{figure.interval(judged)}; wanted within {figure.asked}.",
        table_of(
            ("Runs", "Mean so far", INTERVAL, "Known to within"),
            [
                (f"{number:,}", text, span, figure.within(width))
                for number, text, span, width in zip(runs, means, ends, half.tolist(), strict=True)
            ],
        ),
        f"The shaded band is the {INTERVAL}. Runs are enough once it stays between the dashed lines.",
    )


def _traces(
    runs: list[int], mean: list[float], low: list[float], high: list[float], said: tuple[list[str], list[str]]
) -> list[Any]:
    """The mean over a shaded interval. said: means and intervals as text."""
    import plotly.graph_objects as go

    return [
        go.Scatter(
            x=runs + runs[::-1],
            y=high + low[::-1],
            mode="lines",
            fill="toself",
            fillcolor=SHADE,
            line={"color": EARLY, "width": 1},
            name=INTERVAL,
            hoverinfo="skip",
        ),
        go.Scatter(
            x=runs,
            y=mean,
            mode="lines" if len(runs) > 1 else "markers",
            line={"color": EARLY, "width": 3},
            name="Mean so far",
            hovertext=[
                f"{number:,} runs: {text} ({span})" for number, text, span in zip(runs, *said, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
    ]


def _wanted(runs: list[int], sides: list[list[float]], asked: str) -> list[Any]:
    """A dashed line on each side of the mean, as far off as was wanted: the interval is to come between them."""
    import plotly.graph_objects as go

    return [
        go.Scatter(
            x=runs,
            y=side,
            mode="lines",
            line={"color": NEUTRAL, "width": 2, "dash": "dash"},
            name=f"Wanted: within {asked}",
            showlegend=not number,
            hoverinfo="skip",
        )
        for number, side in enumerate(sides)
    ]


def _enough_line(at: int | None, runs: list[int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line at the number of runs that are enough, and its label, on the side where there is room; nothing if none are."""
    if at is None:
        return [], []
    line = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    note = {
        "x": at,
        "y": 0,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "right" if at > (runs[0] + runs[-1]) / 2 else "left",
        "text": f" enough: {at:,} ",
        "showarrow": False,
        "font": {"size": SIZE - 2, "color": NEUTRAL},
    }
    return [{**line, "line": {"color": NEUTRAL, "width": 1, "dash": "dot"}}], [note]


def _shown_rows(known: Any, at: int | None) -> Any:
    """At most MOST_POINTS rows, closer together at the start, where the interval changes most; the last always."""
    if len(known) > MOST_POINTS:
        picked = np.geomspace(1, len(known), MOST_POINTS).round().astype(int) - 1
        known = np.unique(np.append(known[picked], at - 1 if at else known[-1]))
    return known


def _title(judged: Judged) -> str:
    if judged.status == ENOUGH:
        return f"{_runs(judged.at or 0)} are enough"
    if judged.status == NO_SPREAD:
        return f"The same in all {_runs(judged.known)}"
    if judged.status == NEAR_0:
        return "The mean may be 0: say an absolute precision"
    if not judged.needed:
        return "No number of runs is enough"
    return f"{_runs(judged.runs)} are not enough: about {_about(judged.needed)} are"


def _in_units(unit: str) -> str:
    return {"£": "pounds", "share": "points", "share or mean": "its own unit"}.get(unit, unit)


def _about(count: int) -> str:
    """A prediction, of which two figures are worth saying, rounded up: fewer than are there already would be absurd."""
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


__all__ = ["enough_answer", "show"]
