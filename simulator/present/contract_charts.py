"""What a contract costs and buys, drawn: outcomes paid beside caused, from priced to paid, payments against cash released.

Amounts are in budget view: the money of the year in which it is earned, not discounted.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from simulator.money.calendar import financial_year_label
from simulator.money.contract.terms import Pay, Terms, on
from simulator.present import numbers as n
from simulator.present.axes import axis_of
from simulator.present.chart import Chart, figure_of, plain, share_of_runs, table_of, told, wrapped
from simulator.present.contract_views import CUTS, price_per_caused, unit_of
from simulator.present.deal_runs import DealRuns, ends, mean, range_said, said
from simulator.present.money_charts import waterfall_figure
from simulator.present.rows import Row
from simulator.present.signed import Signed
from simulator.present.template import BASELINE, EARLY, HATCH, NEUTRAL, PAPER, SIZE

if TYPE_CHECKING:
    from simulator.engine.model import Floats

LINE, BAR, GAP = 18, 20, 16
"""Pixels: a line of a row's label, each of its bars, and what is free around them."""
PANEL = 170
MOST_YEARS = 9
RANGE = "#8C8C8C"


def contract_charts(signed: Signed) -> list[Chart]:
    """The figures of a design's contracts, without those with nothing to show."""
    found: list[Chart | None] = []
    for number, terms in enumerate(signed.terms):
        ending = f"-{number + 1}" if len(signed.terms) > 1 else ""
        found += paid_beside_caused(signed.runs, terms, ending)
        found.append(priced_to_paid(signed.runs, terms, ending))
    found.append(payments_and_cash(signed.runs))
    return [chart for chart in found if chart is not None]


# Outcomes paid and caused ---------------------------------------------------------------------------------------------


def paid_beside_caused(runs: DealRuns, terms: Terms, ending: str = "") -> list[Chart | None]:
    """Bars of what is paid for and what is caused, one chart a unit: people, days and numbers share no axis."""

    def asked(pay: Pay) -> bool:
        """Of an outcome that is the service itself nothing is said to be caused; days must have a price to be counted by."""
        caused = runs.each("outcome_payments", f"{pay.outcome} in {terms.name}", "net_caused")
        return caused is not None and (pay.unit == "claim" or _one_price(pay))

    units = dict.fromkeys(pay.unit for pay in terms.pays)
    return [
        _paid_caused(
            runs,
            terms,
            [pay for pay in terms.pays if pay.unit == unit and asked(pay)],
            f"paid-and-caused-{unit}{ending}",
        )
        for unit in units
    ]


def _paid_caused(runs: DealRuns, terms: Terms, pays: list[Pay], name: str) -> Chart | None:
    if not pays:
        return None
    unit = {"claim": "people", "day": "days", "count": "times"}[pays[0].unit]
    style = unit_of(pays[0])
    rows: list[tuple[str, tuple[Floats, ...]]] = []
    lines, sentences = [], []
    for pay in pays:
        item = f"{pay.outcome} in {terms.name}"
        paid_for = _paid_for(runs, item, pay)
        anyway, caused, pounds = (
            runs.amount("outcome_payments", item, measure) for measure in ("without", "net_caused", "paid")
        )
        rows.append((pay.label, (paid_for, caused)))
        price = price_per_caused(mean(pounds), mean(caused))
        lines.append(
            (
                pay.label,
                *(said(values, style) for values in (paid_for, caused, anyway)),
                price,
            )
        )
        sentences.append(f"{pay.label}: {lines[-1][1]} paid for, {lines[-1][2]} caused.")
    paid_all, caused_all = (sum(mean(values[at]) for _, values in rows) for at in (0, 1))
    rising = unit != "people" and any(growth for _, growth in terms.indexed)
    counted_as = (
        "people for whom an outcome is certified"
        if unit == "people"
        else f"{unit} paid for (payments by the price of one)"
    )
    spread = f", mean and range of runs ({share_of_runs(runs.result)})" if runs.runs > 1 else ", one run"
    return Chart(
        name,
        f"{unit.capitalize()} paid for, at first prices, and {unit} caused"
        if rising
        else _caused_title(paid_all, caused_all),
        f"{terms.label}: {counted_as}, and what the same service caused{spread}.",
        _bars(rows, ("Paid for", "Net caused"), style),
        f"Bars of outcomes paid for and outcomes caused. {told(sentences)}",
        table_of(
            (
                "Outcome",
                "Paid for",
                "Net caused",
                "Would have achieved anyway",
                "Price per outcome caused (budget view)",
            ),
            lines,
        ),
        "Hatched: paid for. Solid: caused, which is what everyone who could be claimed for achieved, less what the same people "
        "would have achieved anyway. Left of 0 the service did harm."
        + (
            f" Prices rise, so that somewhat fewer {unit} are paid for than payments by the first price say."
            if rising
            else ""
        ),
    )


def _paid_for(runs: DealRuns, item: str, pay: Pay) -> Floats:
    """People with a certified claim, so that several claims of one stand beside one outcome; else pounds by the price."""
    if pay.unit == "claim":
        return runs.amount("outcome_payments", item, "people")
    return runs.amount("outcome_payments", item, "paid") / on(pay.prices[0], dt.date.min)


def _one_price(pay: Pay) -> bool:
    """Whether there is one price for everybody at every date, so that pounds say how many units they pay for."""
    return len(set(pay.prices)) == 1 and len(pay.prices[0]) == 1 and pay.prices[0][0][1] > 0


def _caused_title(paid: float, caused: float) -> str:
    if not paid:
        return "No outcome is paid for"
    if caused < 0:
        return "Outcomes are paid for, and the service did harm"
    of_ten = caused / paid * 10
    if of_ten < 0.5:
        return "Fewer than 1 of 10 outcomes paid were caused"
    if of_ten > 10.5:
        return "More outcomes are caused than paid for"
    return f"About {n.number(of_ten, 0)} of 10 outcomes paid were caused"


def _bars(rows: list[tuple[str, tuple[Floats, ...]]], names: tuple[str, str], unit: str) -> Any:
    """A row a thing, with a hatched and a solid bar; each row's label stands above its bars, so it fits a phone."""
    import plotly.graph_objects as go

    heading = LINE * max(1 + wrapped(label).count("<br>") for label, _ in rows) + GAP // 2
    tall = heading + BAR * len(names) + GAP
    height = tall * len(rows)
    traces, values_of_all = [], [0.0]
    for series, name in enumerate(names):
        each = [values[series] for _, values in rows]
        means = [mean(values) for values in each]
        spreads = [ends(values) for values in each]
        values_of_all += [value for spread in spreads for value in spread] + means
        places = [height - tall * row - heading - BAR * (series + 0.5) for row in range(len(rows))]
        traces += [
            go.Bar(
                x=means,
                y=places,
                width=BAR - 4,
                orientation="h",
                name=name,
                marker={
                    "color": (BASELINE, EARLY)[series],
                    "line": {"color": NEUTRAL, "width": 1},
                    "pattern": {
                        "shape": (HATCH, "")[series],
                        "fgcolor": NEUTRAL,
                        "fillmode": "overlay",
                        "size": 6,
                    },
                },
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [high - value for value, (_, high) in zip(means, spreads, strict=True)],
                    "arrayminus": [value - low for value, (low, _) in zip(means, spreads, strict=True)],
                    "color": RANGE,
                    "thickness": 2,
                    "width": 3,
                },
                hovertext=[
                    f"{plain(label)}<br>{name}: {said(values, unit)}"
                    for (label, _), values in zip(rows, each, strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            ),
            go.Scatter(
                x=[max(value, high, 0.0) for value, (_, high) in zip(means, spreads, strict=True)],
                y=places,
                mode="text",
                text=["\u2003" + n.quantity(value, unit) for value in means],
                textposition="middle right",
                textfont={"color": NEUTRAL, "size": SIZE - 1},
                cliponaxis=False,
                hoverinfo="skip",
                showlegend=False,
            ),
        ]
    headings = [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": height - tall * number,
            "yanchor": "top",
            "text": wrapped(label),
            "align": "left",
            "showarrow": False,
            "font": {"size": SIZE, "color": NEUTRAL},
            "bgcolor": PAPER,
        }
        for number, (label, _) in enumerate(rows)
    ]
    return figure_of(
        traces,
        height=height + 108,
        margin={"l": 12, "r": 12, "t": 64, "b": 44},
        barmode="overlay",
        annotations=headings,
        yaxis={"visible": False, "range": [0, height]},
        xaxis={**axis_of(values_of_all, unit, right=0.24), "zeroline": True},
    )


# From priced to paid --------------------------------------------------------------------------------------------------


def priced_to_paid(runs: DealRuns, terms: Terms, ending: str = "") -> Chart | None:
    """A waterfall from what certified outcomes would cost at full price to what is paid for them. None where nothing is cut."""
    priced, paid = (runs.amount("contract", terms.name, name) for name in ("priced", "outcomes"))
    lost = mean(priced) - mean(paid)
    if n.money(lost) == "£0":
        return None
    cuts = [(label, runs.amount("contract", terms.name, name)) for name, label in CUTS.items()]
    cuts = [(label, values) for label, values in cuts if values.any()]
    steps: list[tuple[str, float, Row | None]] = [(label, -mean(values), None) for label, values in cuts]
    first, last = "At full price", "Paid for outcomes"
    many = runs.runs > 1
    rows = [
        (label, shown, *((range_said(values, "£"),) if many else ()))
        for label, shown, values in (
            (first, n.money(mean(priced)), priced),
            *((label, n.money(-mean(values)), values) for label, values in cuts),
            (last, n.money(mean(paid)), paid),
        )
    ]
    title = f"{n.share(lost / mean(priced))} of the price is not paid"
    return Chart(
        f"priced-to-paid{ending}",
        title,
        f"{terms.label}: mean over runs, budget view, the money of each year, whole contract.",
        waterfall_figure({"baseline": mean(priced), "design": mean(paid)}, steps, (first, last)),
        f"Steps from {n.money(mean(priced))} at full price to {n.money(mean(paid))} paid for outcomes. "
        + told([f"{label}: {n.money(value)}." for label, value, _ in steps]),
        table_of(("Step", "Mean", *(("Range of runs",) if many else ())), rows),
        "Each bar starts where the one above ends and is what is taken off there. The axis need not start at £0.",
    )


# Payments against cash ------------------------------------------------------------------------------------------------


def payments_and_cash(runs: DealRuns) -> Chart | None:
    """By agency and financial year: cash released beside payments under contracts. None where no agency has either."""
    agencies = [
        agency
        for agency in runs.items("public_cash")
        if any(runs.amount("public_cash", agency, name).any() for name in ("cash_released", "payments"))
    ]
    years = sorted({year for agency in agencies for year in runs.times("public_cash", agency, "net")})
    if not years:
        return None
    lines, sentences = [], []
    for agency in agencies:
        for year, words in [*((year, financial_year_label(year)) for year in years), (0, "In all")]:
            cash, paid, net = (
                runs.amount("public_cash", agency, name, year)
                for name in ("cash_released", "payments", "net")
            )
            if cash.any() or paid.any():
                lines.append(
                    (
                        runs.label(agency),
                        words,
                        said(cash, "£"),
                        said(paid, "£"),
                        said(net, "£", difference=True),
                    )
                )
        cash, paid = (runs.amount("public_cash", agency, name) for name in ("cash_released", "payments"))
        sentences.append(
            f"{runs.label(agency)}: {n.money(mean(cash))} released, {n.money(mean(paid))} paid, over the whole horizon."
        )
    spread = f"Mean and range of runs ({share_of_runs(runs.result)})" if runs.runs > 1 else "One run"
    return Chart(
        "payments-and-cash",
        _cash_title(runs, agencies, years),
        f"{runs.name} against {runs.label(runs.result.baseline)}, by agency. {spread}, April to March, budget view, the money "
        "of each year.",
        _years_figure(runs, agencies, years),
        f"Bars of cash released and payments under contracts by financial year, for each agency. {told(sentences)}",
        table_of(("Agency", "April to March", "Cash released", "Paid under contracts", "Left over"), lines),
        "Solid: spending that stops, less new spending; below the line more is spent. Hatched: what the agency pays under "
        "contracts. The thin line is the range of runs.",
    )


def _cash_title(runs: DealRuns, agencies: list[str], years: list[int]) -> str:
    total = 0.0
    for year in years:
        total += sum(mean(runs.amount("public_cash", agency, "net", year)) for agency in agencies)
        if total > 0:
            return f"Cash released has covered payments by {financial_year_label(year)}"
    return "Cash released never covers what is paid"


def _years_figure(runs: DealRuns, agencies: list[str], years: list[int]) -> Any:
    import plotly.graph_objects as go

    series = (
        ("cash_released", "Cash released", EARLY, ""),
        ("payments", "Paid under contracts", BASELINE, HATCH),
    )
    each = {
        (agency, measure): [runs.amount("public_cash", agency, measure, year) for year in years]
        for agency in agencies
        for measure, *_ in series
    }
    spreads = [end for line in each.values() for values in line for end in (*ends(values), mean(values))]
    axis = axis_of(spreads, "£", zero=True, left=0.06, right=0.06)
    count = len(agencies)
    height = PANEL * count + 90
    step = -(-len(years) // MOST_YEARS)
    layout: dict[str, Any] = {}
    bars, notes = [], []
    for number, agency in enumerate(agencies):
        key = "" if number == 0 else str(number + 1)
        top = 1 - number / count
        layout[f"yaxis{key}"] = {
            **axis,
            "domain": [top - (PANEL - 12) / (PANEL * count), top - 28 / (PANEL * count)],
            "anchor": f"x{key}",
            "zeroline": True,
        }
        layout[f"xaxis{key}"] = {
            "anchor": f"y{key}",
            "tickvals": list(range(0, len(years), step)),
            "ticktext": [f"{year}<br>/{(year + 1) % 100:02d}" for year in years[::step]],
            "tickangle": 0,
            "showticklabels": number == count - 1,
            "range": [-0.6, len(years) - 0.4],
            "zeroline": False,
            "showgrid": False,
        }
        for measure, name, colour, hatch in series:
            line = each[agency, measure]
            means = [mean(values) for values in line]
            bars.append(
                go.Bar(
                    x=list(range(len(years))),
                    y=means,
                    xaxis=f"x{key}",
                    yaxis=f"y{key}",
                    name=name,
                    legendgroup=name,
                    showlegend=number == 0,
                    offsetgroup=name,
                    marker={
                        "color": colour,
                        "line": {"color": NEUTRAL, "width": 1},
                        "pattern": {"shape": hatch, "fgcolor": NEUTRAL, "fillmode": "overlay", "size": 6},
                    },
                    error_y={
                        "type": "data",
                        "symmetric": False,
                        "array": [ends(values)[1] - value for values, value in zip(line, means, strict=True)],
                        "arrayminus": [
                            value - ends(values)[0] for values, value in zip(line, means, strict=True)
                        ],
                        "color": RANGE,
                        "thickness": 2,
                        "width": 3,
                    },
                    hovertext=[
                        f"{plain(runs.label(agency))}, {financial_year_label(year)}<br>{name}: {said(values, '£')}"
                        for year, values in zip(years, line, strict=True)
                    ],
                    hovertemplate="%{hovertext}<extra></extra>",
                )
            )
        notes.append(
            {
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": top,
                "yref": "paper",
                "yanchor": "top",
                "text": plain(runs.label(agency)),
                "showarrow": False,
                "font": {"size": SIZE, "color": EARLY},
                "bgcolor": PAPER,
            }
        )
    return figure_of(
        bars,
        height=height,
        margin={"l": 8, "r": 12, "t": 54, "b": 46},
        barmode="group",
        bargap=0.25,
        annotations=notes,
        **layout,
    )


__all__ = ["contract_charts", "paid_beside_caused", "payments_and_cash", "priced_to_paid"]
