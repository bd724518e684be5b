"""A result as the tables people read: the same rows for the command line, the dashboard and the exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.analysis.compare import compare, summary
from simulator.analysis.measures import UNITS
from simulator.money.calendar import financial_year_label
from simulator.present import numbers as n

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result
    from simulator.scenario.load import Scenario

# What is shown of each table, in order. The rest is in the exports.
SHOWN: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("People and crises", ("people", "crises"), ("arrived", "present_at_end", "number", "person_days")),
    ("Needs", ("states",), ("entries", "person_years", "at_end")),
    ("Services: who is reached, and how long they wait", ("services",),
     ("referred", "declined", "started", "reached", "wait_days", "wait_90_days", "gave_up", "turned_away", "completed", "dropped_out", "cut_short",
      "waiting_at_end", "in_use", "places")),
)


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
    frame["label"] = [_label(scenario, labels, table, item) for table, item in zip(frame["table"], frame["item"], strict=True)]
    frame["unit"] = [_unit(scenario, table, item, measure) for table, item, measure in zip(frame["table"], frame["item"], frame["measure"], strict=True)]
    frame["name"] = [UNITS[table, measure][1] for table, measure in zip(frame["table"], frame["measure"], strict=True)]
    frame["about"] = [UNITS[table, measure][2] for table, measure in zip(frame["table"], frame["measure"], strict=True)]
    return frame


def comparison(result: Result, design: str) -> pd.DataFrame:
    """`analysis.compare.compare` for the result's baseline and a design, labelled. Everything shown comes from this table."""
    return labelled(compare(result.measures, result.baseline, design), result.scenario, (result.baseline, design))


def overview(result: Result) -> pd.DataFrame:
    """`analysis.compare.summary` of all designs, labelled."""
    return labelled(summary(result.measures), result.scenario, result.designs)


def sections(table: pd.DataFrame, result: Result, design: str) -> list[Section]:
    """A comparison as sections to read from top to bottom."""
    scenario = result.scenario
    names = (scenario.label(result.baseline), scenario.label(design))
    heads = ("", *names, "Difference", "Range of runs" if result.replications > 1 else "", "In how many runs")
    rows = {(row["table"], row["item"], row["measure"]): row for _, row in table[table["year"] == 0].iterrows()}
    shown = []
    for title, kinds, measures in SHOWN:
        lines: list[tuple[str, ...]] = []
        for kind in kinds:
            for item in dict.fromkeys(key[1] for key in rows if key[0] == kind):
                found = [rows[kind, item, measure] for measure in measures if (kind, item, measure) in rows]
                found = [row for row in found if row["baseline"] or row["design"]]
                if kind == "crises" and item and len([key for key in rows if key[0] == "crises" and key[2] == "number"]) <= 2:
                    continue  # the one crisis there is, told already
                if item and found:
                    lines.append((found[0]["label"],))
                lines += [_row(row) for row in found]
        if lines:
            shown.append(Section(title, heads, tuple(lines)))
    return [*shown, *_outcomes(rows, heads), *_money_sections(table, result, names, heads)]


def _outcomes(rows: dict[tuple[str, str, str], Any], heads: tuple[str, ...]) -> list[Section]:
    """Outcomes beside what the same people would have had without the design."""
    lines = []
    for item in dict.fromkeys(key[1] for key in rows if key[0] == "outcomes"):
        result, change = rows.get(("outcomes", item, "result")), rows.get(("outcomes", item, "change"))
        without, known, open_ = (rows.get(("outcomes", item, name)) for name in ("without_it", "known", "not_yet_known"))
        if result is None or known is None or open_ is None:
            continue
        label = f"{result['label']}{', days' if result['unit'] == 'days' else ''} ({n.number(known['design'], 0)} people known, {n.number(open_['design'], 0)} not yet)"
        if change is None or without is None:
            lines.append((label, n.quantity(result["baseline"], result["unit"]), n.quantity(result["design"], result["unit"]), *_change(result)))
        else:
            lines.append((label, n.quantity(without["design"], result["unit"]), n.quantity(result["design"], result["unit"]), *_change(change)))
    if not lines:
        return []
    return [Section("Outcomes", heads, tuple(lines), "Of people whose window closed by the horizon. Under the baseline: the same people, from the same dates.")]


def overview_sections(table: pd.DataFrame, result: Result) -> list[Section]:
    """What happens under each design: a column each, the mean over runs with the range of runs below it."""
    scenario = result.scenario
    cells = {(row["design"], row["table"], row["item"], row["measure"]): row for _, row in table[table["year"] == 0].iterrows()}
    found = []
    for title, kinds in (("What happens to people", ("people", "crises", "states")), ("Services", ("services",)), ("Outcomes", ("outcomes",)),
                         ("Cost by budget, in the money of the year", ("agencies",)), ("In today's terms", ("value",))):
        rows = []
        for kind, item, measure in dict.fromkeys(key[1:] for key in cells if key[1] in kinds and key[3] != "bank"):
            each = [cells.get((design, kind, item, measure)) for design in result.designs]
            first = next(row for row in each if row is not None)
            if not any(row is not None and row["mean"] for row in each):
                continue
            label = first["label"] if kind == "agencies" else f"{first['label']}: {first['name'][:1].lower()}{first['name'][1:]}" if first["label"] else first["name"]
            rows.append((label, *("" if row is None else n.quantity(row["mean"], row["unit"])
                                  + (f" ({n.span(row['low'], row['high'], row['unit'])})" if row["runs"] > 1 else "") for row in each)))
        if rows:
            found.append(Section(title, ("", *(scenario.label(design) for design in result.designs)), tuple(rows),
                                 "Mean over runs, range of runs in brackets." if result.replications > 1 else ""))
    return found


def _money_sections(table: pd.DataFrame, result: Result, names: tuple[str, str], heads: tuple[str, ...]) -> list[Section]:
    document = result.scenario.document
    if document.price_year is None:
        return []
    found = []
    budget = table[(table["table"] == "agencies") & (table["measure"] == "budget")]
    if len(budget):
        rows = tuple(_row(row, row["label"]) for _, row in budget[budget["year"] == 0].iterrows())
        found.append(Section("Cost by budget over the whole horizon", heads, rows,
                             "Budget view: in the money of the year in which a cost is incurred. Contracts are not part of this version, so what a provider spends is not yet paid for by anybody."))
        years = sorted(set(budget["year"]) - {0})
        payers = list(dict.fromkeys(budget["item"]))
        by = {(row["item"], row["year"]): row for _, row in budget.iterrows()}
        lines = []
        for year in years:
            cells = [financial_year_label(int(year))]
            for payer in payers:
                row = by.get((payer, year))
                cells.append("" if row is None else f"{n.quantity(row['difference'], '£', difference=True)}" + (f" ({n.money(row['low'])} to {n.money(row['high'])})" if result.replications > 1 else ""))
            lines.append(tuple(cells))
        found.append(Section("Difference in cost by financial year and budget", ("April to March", *(result.scenario.label(payer) for payer in payers)), tuple(lines),
                             "Budget view. Below 0: the design costs less. Range of runs in brackets."))
    worth = table[(table["table"] == "value") & (table["item"] == "")]
    if len(worth):
        schedule = document.discount if isinstance(document.discount, str) else document.discount.text
        rows = tuple(_row(row, {"purse": "Public purse: cost to all public budgets", "resources": "Public value: cost of all resources, whoever pays",
                                "wellbeing": "Public value: worth of wellbeing"}[row["measure"]]) for _, row in worth.iterrows())
        found.append(Section("In today's terms", heads, rows, f"In {document.price_year} prices, discounted to {document.start:%d %B %Y} by the {schedule} schedule."))
    saved = table[(table["table"] == "savings") & (table["item"] == "")]
    if len(saved):
        words = {"demand_avoided": "Worth of demand avoided, at its average cost", "cash_released": "of which cash: spending that stops",
                 "idle": "of which capacity that stands idle or is not cash", "reused": "of which capacity that other people use"}
        rows = tuple((words[row["measure"]], n.money(row["design"]), n.span(row["low"], row["high"], "£")) for _, row in saved.iterrows())
        found.append(Section("When is it a saving? Only what stops being spent is cash", ("", names[1], heads[-2]), rows,
                             "Against the baseline, over the whole horizon, in the money of the day. The cost of the new service itself is not taken off here."))
    return found


def _row(row: Any, label: str | None = None) -> tuple[str, ...]:
    unit = row["unit"]
    return (label or row["name"], n.quantity(row["baseline"], unit), n.quantity(row["design"], unit), *_change(row))


def _change(row: Any) -> tuple[str, str, str]:
    """Difference, range of runs, and in how many runs it goes that way."""
    if not row["runs"]:
        return "", "", ""
    if not row["lower"] and not row["higher"]:
        return "none", "", "the same in all" if row["runs"] > 1 else ""
    way = "lower" if row["lower"] >= row["higher"] else "higher"
    spread = n.span(row["low"], row["high"], row["unit"], difference=True) if row["runs"] > 1 else ""
    return n.quantity(row["difference"], row["unit"], difference=True), spread, f"{way} in {row[way]:,} of {row['runs']:,}"


def _unit(scenario: Scenario, table: str, item: str, measure: str) -> str:
    """The unit of a measure; of an outcome's result it depends on its test."""
    unit = UNITS[table, measure][0]
    if unit == "share or mean":
        test = scenario.document.outcomes[item].test
        return "days" if test == "days_in" else "times" if test == "count" else "share"
    return unit


def _label(scenario: Scenario, lines: dict[str, str], table: str, item: str) -> str:
    if table in ("costs", "savings"):
        return lines.get(item, item)
    return scenario.label(item) if item else ""


def _line_labels(scenario: Scenario, designs: tuple[str, ...]) -> dict[str, str]:
    """Names of cost lines as people read them: what it is for, what of it, and who pays."""
    found: dict[str, str] = {}
    for design in designs:
        document = scenario.design(design)
        for section in ("needs", "transitions", "events", "services", "teams"):
            for name, thing in getattr(document, section).items():
                words = " to ".join(scenario.label(part.strip()) for part in name.split("->")) if "->" in name else scenario.label(name)
                for position, cost in enumerate(thing.cost):
                    for payer, _ in cost.payers:
                        text = f"{words}{': ' + cost.what if cost.what else ''} ({scenario.label(payer)})"
                        line = f"{name}.{position}.{payer}"
                        found[line], found[f"{line}.exit"], found[f"{line}.instead"] = text, f"{text}: closing units", f"{text}: bought because units closed"
    return found


__all__ = ["Section", "comparison", "labelled", "overview", "overview_sections", "sections"]
