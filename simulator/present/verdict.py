"""The verdict: one or two sentences computed from a comparison, and what must be said with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.present import numbers as n

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result


def verdict(table: pd.DataFrame, result: Result, design: str) -> list[str]:
    """Sentences about crises and money: by how much, how sure, and what is not in it. Never built on a point alone."""
    scenario = result.scenario
    document = scenario.document
    years = document.horizon.text
    names = scenario.label(result.baseline), scenario.label(design)
    found = []
    crisis = _one(table, "crises", "", "number")
    if crisis is not None:
        found.append(_change(crisis, "crisis", "crises", f"Over {years} from {document.start:%B %Y}, {names[1]} has", names[0]))
    purse = [row for _, row in table[(table["table"] == "agencies") & (table["measure"] == "budget") & (table["year"] == 0)].iterrows()]
    public = [row for row in purse if row["item"] in document.agencies]
    if public:
        found += [_spend(row, names[1], scenario) for row in public if row["runs"] and row["difference"]]
    others = [row for row in purse if row["item"] not in document.agencies and row["difference"] > 0]
    for row in others:
        found.append(f"{row['label']} spends {n.money(row['difference'], prose=True)} to deliver it. No contract pays for this in this version, so it is in no public budget above.")
    avoided, cash = _one(table, "savings", "", "demand_avoided"), _one(table, "savings", "", "cash_released")
    if avoided is not None and cash is not None and avoided["design"] > 0:
        found.append(f"People use {n.money(avoided['design'], prose=True)} less of what is there today; of this, {n.money(cash['design'], prose=True)} is cash that stops being spent. "
                     "The rest is capacity that stands idle, is used by others, or is not cash.")
    resources = _one(table, "value", "", "resources")
    if resources is not None and resources["runs"]:
        more = resources["difference"] > 0
        found.append(f"In all, counting every pound whoever spends it, it costs {n.money(abs(resources['difference']), prose=True)} {'more' if more else 'less'} in today's terms "
                     f"({'more' if more else 'less'} in {n.runs(resources['higher' if more else 'lower'], resources['runs'])}{_range(resources)}).")
    if not found:
        found.append("This scenario counts neither crises nor costs; the tables below say what changes.")
    return found


def caveats(result: Result) -> list[str]:
    """What a reader must know before believing the verdict."""
    found = [f"Ranges are over {result.replications:,} runs of the model with the numbers as written: chance, not doubt about the numbers themselves."
             if result.draw is None else f"Numbers are one sample ({result.draw}) of the uncertain ones, not the values as written."]
    document = result.scenario.document
    for name, reading in document.readings.items():
        if result.reading != name:
            found.append(f"Another way to read the evidence, {result.scenario.label(name)} (weight {reading.weight.text}), is not in it. Run it with the reading `{name}` before you believe the figures above.")
    if result.reading:
        found.append(f"The evidence is read as: {result.scenario.label(result.reading)}.")
    if result.replications < 10:
        found.append("Fewer than 10 runs say little about ranges.")
    return found


def _one(table: pd.DataFrame, kind: str, item: str, measure: str) -> Any:
    found = table[(table["table"] == kind) & (table["item"] == item) & (table["measure"] == measure) & (table["year"] == 0)]
    return found.iloc[0] if len(found) else None


def _change(row: Any, one: str, many: str, subject: str, other: str) -> str:
    if not row["lower"] and not row["higher"]:
        return f"{subject} as many {many} as {other} in every run."
    fewer = row["difference"] < 0
    size = abs(row["difference"])
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    crosses = row["low"] < 0 < row["high"]
    spread = "" if row["runs"] < 2 else f"; range of runs {n.span(row['low'], row['high'], 'crises', difference=True) if crosses else f'{n.number(low, 0)} to {n.number(high, 0)}'}"
    return (f"{subject} {n.number(size, 0)} {'fewer' if fewer else 'more'} {many if round(size) != 1 else one} than {other} "
            f"({n.quantity(row['design'], 'crises')} against {n.quantity(row['baseline'], 'crises')}{spread}; {'fewer' if fewer else 'more'} in {n.runs(row['lower' if fewer else 'higher'], row['runs'])}).")


def _spend(row: Any, name: str, scenario: Any) -> str:
    less = row["difference"] < 0
    return (f"{row['label']} costs {n.money(abs(row['difference']), prose=True)} {'less' if less else 'more'} "
            f"({'less' if less else 'more'} in {n.runs(row['lower' if less else 'higher'], row['runs'])}{_range(row)}).")


def _range(row: Any) -> str:
    """The range of runs of a difference of money, in the direction that the sentence has taken."""
    if row["runs"] < 2:
        return ""
    if row["low"] < 0 < row["high"]:
        return f"; range of runs {n.money(-row['low'])} less to {n.money(row['high'])} more"
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    return f"; range of runs {n.money(low)} to {n.money(high)}"
