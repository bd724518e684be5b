"""A result as the tables people read: the same rows for the command line, the dashboard and the exports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.analysis.compare import compare, summary
from simulator.analysis.measures import UNITS
from simulator.money.calendar import financial_year_label
from simulator.present import numbers as n
from simulator.present.verdict import present_value

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result
    from simulator.scenario.load import Scenario

# What is shown of each table, in order. The rest is in the exports.
SHOWN: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("People and crises", ("people", "crises"), ("arrived", "present_at_end", "number", "person_days")),
    ("Needs", ("states",), ("entries", "person_years", "at_end")),
    (
        "Services: who is reached, and how long they wait",
        ("services",),
        (
            "referred",
            "declined",
            "started",
            "reached",
            "wait_days",
            "wait_90_days",
            "gave_up",
            "turned_away",
            "completed",
            "dropped_out",
            "cut_short",
            "waiting_at_end",
            "in_use",
            "places",
        ),
    ),
)
VALUES = {
    "purse": "Public purse: cost to all public budgets",
    "resources": "Public value: cost of all resources, whoever pays",
    "wellbeing": "Public value: worth of wellbeing",
}
SAVINGS = {
    "demand_avoided": "Worth of demand avoided, at its average cost",
    "cash_released": "of which cash: spending that stops",
    "idle": "of which capacity that stands idle or is not cash",
    "reused": "of which capacity that other people use",
}
NOBODY = "–"


@dataclass(frozen=True)
class Section:
    """One table to show: a title that says what it is, column headings, rows of text, and a note.

    A row of one cell heads the rows that follow it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def labelled(frame: pd.DataFrame, scenario: Scenario, designs: tuple[str, ...]) -> pd.DataFrame:
    """The table with `label`, `unit`, `name` and `about` columns: what each row is, for people."""
    labels = _line_labels(scenario, designs)
    frame = frame.copy()
    frame["label"] = [
        _label(scenario, labels, table, item)
        for table, item in zip(frame["table"], frame["item"], strict=True)
    ]
    frame["unit"] = [
        _unit(scenario, table, item, measure)
        for table, item, measure in zip(frame["table"], frame["item"], frame["measure"], strict=True)
    ]
    frame["name"] = [
        UNITS[table, measure][1] for table, measure in zip(frame["table"], frame["measure"], strict=True)
    ]
    frame["about"] = [
        UNITS[table, measure][2] for table, measure in zip(frame["table"], frame["measure"], strict=True)
    ]
    return frame


def comparison(result: Result, design: str) -> pd.DataFrame:
    """`analysis.compare.compare` for the result's baseline and a design, labelled. Everything shown comes from this table."""
    return labelled(
        compare(result.measures, result.baseline, design), result.scenario, (result.baseline, design)
    )


def overview(result: Result) -> pd.DataFrame:
    """`analysis.compare.summary` of all designs, labelled."""
    return labelled(summary(result.measures), result.scenario, result.designs)


def sections(table: pd.DataFrame, result: Result, design: str) -> list[Section]:
    """A comparison as sections to read from top to bottom."""
    scenario = result.scenario
    names = (scenario.label(result.baseline), scenario.label(design))
    heads: tuple[str, ...] = ("", *names, "Difference")
    if result.replications > 1:
        heads += ("Range of runs", "In how many runs")
    rows = {
        (row["table"], row["item"], row["measure"]): row for _, row in table[table["year"] == 0].iterrows()
    }
    shown = []
    for title, kinds, measures in SHOWN:
        lines: list[tuple[str, ...]] = []
        for kind, item in _things(kinds, rows, scenario):
            found = [rows[kind, item, measure] for measure in measures if (kind, item, measure) in rows]
            found = [row for row in found if _worth_showing(row, (row["baseline"], row["design"]))]
            if item and found:
                lines.append((found[0]["label"],))
            if len(found) > 1 and _all_start(found):
                found = [row for row in found if row["measure"] != "started"]
            lines += [_row(row, len(heads)) for row in found]
        if lines:
            shown.append(Section(title, heads, tuple(lines), _nobody(lines)))
    # What was asked first: people, outcomes, money. How it comes about follows.
    first = [section for section in shown if section.title == SHOWN[0][0]]
    detail = [section for section in shown if section.title != SHOWN[0][0]]
    return [*first, *_outcomes(rows, heads, scenario), *_money_sections(table, result, names, heads), *detail]


def overview_sections(table: pd.DataFrame, result: Result) -> list[Section]:
    """What happens under each design: a column each, the mean over runs and the range of runs in brackets."""
    scenario = result.scenario
    heads = ("", *(scenario.label(design) for design in result.designs))
    cells = {
        (row["design"], row["table"], row["item"], row["measure"]): row
        for _, row in table[table["year"] == 0].iterrows()
    }
    keys = dict.fromkeys(key[1:] for key in cells)
    note = "Mean over runs, range of runs in brackets." if result.replications > 1 else ""
    found = []
    for title, kinds, measures in (
        *SHOWN,
        ("Outcomes, of people whose window closed by the horizon", ("outcomes",), ("result",)),
        ("Cost by budget, in the money of the year in which it is incurred", ("agencies",), ("budget",)),
        ("In today's terms", ("value",), ("purse", "resources", "wellbeing")),
    ):
        lines: list[tuple[str, ...]] = []
        for kind, item in _things(kinds, keys, scenario):
            group = []
            for measure in measures:
                each = [cells.get((design, kind, item, measure)) for design in result.designs]
                first = next((row for row in each if row is not None), None)
                if first is None or not _worth_showing(
                    first, [row["mean"] for row in each if row is not None]
                ):
                    continue
                label = _label_of(first)
                like = max(
                    _like(row["mean"], row["mean"], row["low"], row["high"])
                    for row in each
                    if row is not None
                )
                group.append(
                    (label, *("none" if row is None else _mean_and_range(row, like) for row in each))
                )
            if item and group and kind in ("crises", "states", "services"):
                lines.append((scenario.label(item),))
            lines += group
        if lines:
            more = f" In {present_value(scenario)}." if title == "In today's terms" else ""
            found.append(
                Section(title, heads, tuple(lines), " ".join(f"{note}{more} {_nobody(lines)}".split()))
            )
    return found


def _things(
    kinds: Iterable[str], keys: Iterable[tuple[str, str, str]], scenario: Scenario
) -> list[tuple[str, str]]:
    """Which (table, item) there are, in the order of the scenario; without the one crisis there is, told already."""
    order = {name: position for position, name in enumerate(dict.fromkeys(_in_order(scenario)))}
    found: list[tuple[str, str]] = []
    for kind in kinds:
        items = dict.fromkeys(item for table, item, _ in keys if table == kind)
        if kind == "crises" and len(items) <= 2:
            items = {"": None} if "" in items else items
        found += [
            (kind, item)
            for item in sorted(items, key=lambda item: order.get(item, len(order) if item else -1))
        ]
    return found


def _in_order(scenario: Scenario) -> list[str]:
    """Names of states, events, services, agencies and outcomes as the file lists them."""
    every = [scenario.document, *scenario.designs.values()]
    return [
        name
        for section in ("needs", "events", "services", "agencies", "outcomes")
        for each in every
        for name in getattr(each, section)
    ]


def _worth_showing(row: Any, values: Sequence[float]) -> bool:
    """Not what is nothing under every design, nor that all are reached where nobody can be missed."""
    dull = 1.0 if (row["table"], row["measure"]) == ("services", "reached") else 0.0
    return any(not math.isnan(value) and value not in (0.0, dull) for value in values)


def _all_start(rows: Sequence[Any]) -> bool:
    """Whether whoever is referred starts, so that one row says both."""
    by = {row["measure"]: row for row in rows}
    if "referred" not in by or "started" not in by:
        return False
    return all(by["referred"][name] == by["started"][name] for name in ("baseline", "design", "low", "high"))


def _mean_and_range(row: Any, like: float) -> str:
    unit = row["unit"]
    mean = _cell(row["mean"], unit, like)
    if row["runs"] < 2:
        return mean
    spread = n.span(row["low"], row["high"], unit, like=like)
    return mean if spread == mean else f"{mean} ({spread})"


def _label_of(row: Any) -> str:
    """What a row is called where its heading does not say what it is about."""
    if row["table"] == "value":
        return VALUES[row["measure"]]
    if row["table"] == "outcomes":
        return f"{row['label']}{_unit_after(row)}"
    return str(row["label"]) if row["table"] == "agencies" else str(row["name"])


def _unit_after(row: Any) -> str:
    said = row["unit"] == "share" or row["unit"] in str(row["label"]).lower()
    return "" if said else f", {row['unit']}"


def _outcomes(
    rows: dict[tuple[str, str, str], Any], heads: tuple[str, ...], scenario: Scenario
) -> list[Section]:
    """Outcomes beside what the same people would have had without the design."""
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for _, item in _things(["outcomes"], rows, scenario):
        result, change = (rows.get(("outcomes", item, name)) for name in ("result", "change"))
        without, known, open_ = (
            rows.get(("outcomes", item, name)) for name in ("without_it", "known", "not_yet_known")
        )
        if result is None or known is None or open_ is None:
            continue
        before, changed = (
            (result["baseline"], result) if change is None or without is None else (without["design"], change)
        )
        like = _like(before, result["design"])
        cells = (_cell(before, result["unit"], like), _cell(result["design"], result["unit"], like))
        people = f"{n.number(known['design'], 0)} people"
        if open_["design"]:
            people += f", {_few(open_['design'])} not yet known"
        found.append(
            (f"{result['label']}{_unit_after(result)}", people, (*cells, *_change(changed, like, len(heads))))
        )
    if not found:
        return []
    note = "Of people whose window closed by the horizon; under the baseline, the same people from the same dates."
    if len({people for _, people, _ in found}) == 1:
        note += (
            f" Each of {found[0][1]}, on average." if len(found) > 1 else f" Of {found[0][1]}, on average."
        )
        lines = tuple((label, *cells) for label, _, cells in found)
    else:
        lines = tuple((f"{label} ({people})", *cells) for label, people, cells in found)
    return [Section("Outcomes", heads, lines, " ".join(f"{note} {_nobody(lines)}".split()))]


def _few(value: float) -> str:
    """A mean count of people that must not read as nobody."""
    return n.number(value, 0) if value >= 1 else "fewer than 1"


def _money_sections(
    table: pd.DataFrame, result: Result, names: tuple[str, str], heads: tuple[str, ...]
) -> list[Section]:
    scenario = result.scenario
    if scenario.document.price_year is None:
        return []
    found = []
    budget = table[(table["table"] == "agencies") & (table["measure"] == "budget")]
    if len(budget):
        by = {(row["item"], row["year"]): row for _, row in budget.iterrows()}
        payers = [
            item for _, item in _things(["agencies"], [("agencies", item, "") for item, _ in by], scenario)
        ]
        note = "In the money of the year in which a cost is incurred."
        if any(payer not in scenario.document.agencies for payer in payers):
            note += " A provider's is what it spends less what its contracts pay it; a minus is what it is left with."
        lines = tuple(
            _row(by[payer, 0], len(heads), by[payer, 0]["label"]) for payer in payers if (payer, 0) in by
        )
        found.append(Section("Cost by budget over the whole horizon", heads, lines, note))
        spread = " Range of runs in brackets." if result.replications > 1 else ""
        found.append(
            Section(
                "Difference in cost by financial year and budget",
                ("April to March", *(scenario.label(payer) for payer in payers)),
                tuple(
                    (
                        financial_year_label(int(year)),
                        *(_difference(by.get((payer, year))) for payer in payers),
                    )
                    for year in sorted({year for _, year in by} - {0})
                ),
                f"A minus: the design costs less. In the money of the year.{spread}",
            )
        )
    worth = table[(table["table"] == "value") & (table["item"] == "")]
    worth = worth[(worth["baseline"] != 0) | (worth["design"] != 0)]
    if len(worth):
        lines = tuple(_row(row, len(heads), VALUES[row["measure"]]) for _, row in worth.iterrows())
        note = f"In {present_value(scenario)}. What contracts pay is a cost to the public purse, and no resource."
        found.append(Section("In today's terms", heads, lines, note))
    saved = table[(table["table"] == "savings") & (table["item"] == "")]
    if (saved["design"] != 0).any():
        several = result.replications > 1
        lines = tuple(
            (
                SAVINGS[row["measure"]],
                n.money(row["design"]),
                *([n.span(row["low"], row["high"], "£")] if several else []),
            )
            for _, row in saved.iterrows()
        )
        found.append(
            Section(
                "When is it a saving? Only what stops being spent is cash",
                ("", names[1], *(["Range of runs"] if several else [])),
                lines,
                "Against the baseline, over the whole horizon, in the money of the year, for what there is today. What a new "
                "service costs is not taken off; what a design adds to a service of today is.",
            )
        )
    return found


def _difference(row: Any) -> str:
    """A difference of money with the range of runs in brackets."""
    if row is None or (not row["lower"] and not row["higher"]):
        return "none"
    text = n.quantity(row["difference"], "£", difference=True)
    spread = n.span(row["low"], row["high"], "£", difference=True)
    return text if row["runs"] < 2 or spread == text else f"{text} ({spread})"


def _row(row: Any, width: int, label: str | None = None) -> tuple[str, ...]:
    like = _like(row["baseline"], row["design"], row["low"], row["high"])
    cells = (_cell(row[name], row["unit"], like) for name in ("baseline", "design"))
    return (label or row["name"], *cells, *_change(row, like, width))


def _like(*values: float) -> float:
    """The size that sets the decimals of a row: whole numbers throughout stay whole."""
    known = [abs(value) for value in values[:2] if not math.isnan(value)]
    if all(math.isnan(value) or value == int(value) for value in values):
        return max([10.0, *known])
    return max(known, default=0.0)


def _cell(value: float, unit: str, like: float) -> str:
    return NOBODY if math.isnan(value) else n.quantity(value, unit, like=like)


def _nobody(lines: Iterable[tuple[str, ...]]) -> str:
    """What a dash means, where there is one."""
    return (
        f"{NOBODY} stands where there was nobody to measure." if any(NOBODY in line for line in lines) else ""
    )


def _change(row: Any, like: float, width: int) -> tuple[str, ...]:
    """The last columns of a table of so many: difference, range of runs, and in how many runs it goes that way."""
    if not row["runs"]:
        cells = ["", "", ""]
    elif not row["lower"] and not row["higher"]:
        cells = ["none", "", "all the same" if row["runs"] > 1 else ""]
    else:
        way = "lower" if row["lower"] >= row["higher"] else "higher"
        spread = (
            n.span(row["low"], row["high"], row["unit"], difference=True, like=like)
            if row["runs"] > 1
            else ""
        )
        cells = [
            n.quantity(row["difference"], row["unit"], difference=True, like=like),
            spread,
            f"{row[way]:,} of {row['runs']:,} {way}",
        ]
    return tuple(cells[: width - 3])


def _unit(scenario: Scenario, table: str, item: str, measure: str) -> str:
    """The unit of a measure; of an outcome's result it depends on its test."""
    unit = UNITS[table, measure][0]
    if unit == "share or mean":
        test = scenario.document.outcomes[item].test
        return "days" if test == "days_in" else "times" if test == "count" else "share"
    return unit


def _label(scenario: Scenario, lines: dict[str, str], table: str, item: str) -> str:
    if table in ("costs", "savings"):
        line, instead, payer = item.partition(".instead")
        return lines.get(item) or (
            f"{lines[line + instead]}, paid by {scenario.label(payer[1:])}"
            if line + instead in lines
            else item
        )
    if table == "moves":
        begin, end = item.split(" -> ")
        return f"{scenario.label(begin)} to {'leaving for good' if end == 'leaves' else scenario.label(end)}"
    if table == "segments" and " in " in item:
        segment, service = item.split(" in ")
        return f"{scenario.label(segment)}: {scenario.label(service)}"
    return scenario.label(item) if item else ""


def _line_labels(scenario: Scenario, designs: tuple[str, ...]) -> dict[str, str]:
    """Names of cost lines as people read them: what it is for, what of it, and who pays."""
    found: dict[str, str] = {}
    for design in designs:
        document = scenario.design(design)
        for section in ("needs", "transitions", "events", "services", "teams"):
            for name, thing in getattr(document, section).items():
                words = (
                    " to ".join(scenario.label(part.strip()) for part in name.split("->"))
                    if "->" in name
                    else scenario.label(name)
                )
                for position, cost in enumerate(thing.cost):
                    for payer, _ in cost.payers:
                        text = f"{words}{': ' + cost.what if cost.what else ''} ({scenario.label(payer)})"
                        branch = section == "transitions" and "->" not in name
                        line = f"{name}{' ->' if branch else ''}.{position}.{payer}"
                        found[line], found[f"{line}.exit"], found[f"{line}.instead"] = (
                            text,
                            f"{text}: closing units",
                            f"{text}: bought because units closed",
                        )
    return found


__all__ = ["Section", "comparison", "labelled", "overview", "overview_sections", "sections"]
