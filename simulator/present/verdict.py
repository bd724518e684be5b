"""The verdict: a few sentences computed from a comparison, and what must be said with it."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from simulator.present import numbers as n

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result
    from simulator.scenario.load import Scenario

READ_AS = "The evidence is read as"
VARY = "vary the uncertain numbers too (--vary) to see both"


def verdict(table: pd.DataFrame, result: Result, design: str) -> list[str]:
    """Sentences about crises and money: by how much, how sure, and what is not in it. Never built on a point alone."""
    scenario = result.scenario
    document = scenario.document
    names = quoted(scenario.label(result.baseline)), quoted(scenario.label(design))
    found = []
    crisis = _one(table, "crises", "", "number")
    if crisis is not None and (crisis["baseline"] or crisis["design"]):
        period = f"Over {document.horizon.text} from {document.start:%B %Y}"
        found.append(f"{period}: {_crises(crisis, *names)}.")
    budgets = table[(table["table"] == "agencies") & (table["measure"] == "budget") & (table["year"] == 0)]
    rows = [row for _, row in budgets.iterrows() if row["runs"]]
    found += [f"Cost to {row['label']}: {_spend(row)}." for row in rows if row["item"] in document.agencies]
    for row in rows:
        if row["item"] not in document.agencies and row["difference"]:
            found.append(_provider(row, bool(document.designs[design].signs)))
    avoided, cash = _one(table, "savings", "", "demand_avoided"), _one(table, "savings", "", "cash_released")
    if avoided is not None and cash is not None and avoided["design"] > 0:
        worth, released = n.money(avoided["design"], prose=True), n.money(abs(cash["design"]), prose=True)
        if cash["design"] > 0:
            found.append(
                f"Of all this, only {released} is cash that stops being spent. What people no longer need would have cost "
                f"{worth}; the rest stands idle, is used by others, or is not cash."
            )
        else:
            found.append(
                f"No cash is released: what people no longer need would have cost {worth}, and services of today are paid "
                f"{released} more."
            )
    resources = _one(table, "value", "", "resources")
    if resources is not None and resources["runs"] and (resources["baseline"] or resources["design"]):
        found.append(
            f"Counting every pound, whoever spends it, in today's terms: {_spend(resources)}. "
            f"Today's terms are {present_value(scenario)}; the costs above are in the money of each year."
        )
    if not found:
        found.append("This scenario counts neither crises nor costs; the tables say what changes.")
    return found


def read_otherwise(table: pd.DataFrame, result: Result, design: str) -> str:
    """What the same runs say with another reading of the evidence, in a sentence; `result` is of that reading."""
    scenario = result.scenario
    name = result.reading or ""
    weight = scenario.document.readings[name].weight.text
    said = []
    crisis = _one(table, "crises", "", "number")
    if crisis is not None and (crisis["baseline"] or crisis["design"]):
        said.append(_crises(crisis, quoted(scenario.label(result.baseline)), quoted(scenario.label(design))))
    resources = _one(table, "value", "", "resources")
    if resources is not None and resources["runs"] and (resources["baseline"] or resources["design"]):
        said.append(f"every pound, in today's terms: {_spend(resources)}")
    told = "; ".join(said) or "the tables of that reading say what changes"
    return f"But read as {quoted(scenario.label(name))} (weight {weight}): {told}."


def _provider(row: Any, signs: bool) -> str:
    """What a provider spends less what contracts pay it: a cost that no public budget above has, or what it is left with."""
    if not signs:
        return (
            f"Cost to {row['label']}: {_spend(row)}. No contract of this design pays for it, so it is in no public budget "
            "above."
        )
    amount = n.money(abs(row["design"]), prose=True)
    if row["design"] > 0:
        return f"{row['label']} spends {amount} more than its contract pays: its loss before what investors bear."
    return f"{row['label']} is paid {amount} more than it spends, after what it pays its investors."


def caveats(result: Result, told: Collection[str] = ()) -> list[str]:
    """What a reader must know before believing the verdict: of the runs, then of other ways to read the evidence.

    told: readings of which the verdict itself speaks.
    """
    return [*about_the_runs(result), *readings_left_out(result, told)]


def ranges(result: Result) -> str:
    """What the ranges of these runs show."""
    from simulator.experiments.plan import can_vary

    count = result.replications
    if count == 1:
        doubt = ", or about the doubt in the numbers" if result.vary else ""
        return f"This is one run, so it says nothing about chance{doubt}. Run it more often to see ranges."
    if not result.vary:
        said = f"Ranges show chance over {count:,} runs, not doubt about the numbers put in"
        if result.draw is not None:
            return f"{said}."
        return f"{said}: {VARY}." if can_vary(result.scenario) else f"{said}, none of which has a range."
    if not result.sampled:
        return f"Ranges show chance and doubt about the evidence: each of the {count:,} runs has its own reading of it."
    numbers = (
        "the one uncertain number" if result.sampled == 1 else f"all {result.sampled:,} uncertain numbers"
    )
    return f"Ranges show chance and doubt about the numbers: each of the {count:,} runs has its own sample of {numbers}."


def about_the_runs(result: Result) -> list[str]:
    """What the ranges show (first), whether the numbers are as written, and how the evidence is read."""
    scenario = result.scenario
    found = [ranges(result)]
    if 1 < result.replications < 10:
        found.append("Fewer than 10 runs say little about ranges.")
    if result.draw is not None:
        found.append(
            f"The uncertain numbers are one sample of what they could be (draw {result.draw}), not as written."
        )
    for place, gap in result.gaps.items():
        where, off = ("In some of the samples", "at most ") if result.vary else ("In this sample", "")
        found.append(
            f"{where} {place} asks for more than any rate gives; the nearest, {off}{gap:.1%} off, is used instead."
        )
    if result.reading:
        found.append(f"{READ_AS} {quoted(scenario.label(result.reading))}.")
    elif result.vary and scenario.document.readings:
        weights = {name: each.weight for name, each in scenario.document.readings.items()}
        rest = 1 - sum(weight.value for weight in weights.values())
        ways = [f"written in about {rest * 100:.4g}% of the runs"] if rest > 1e-9 else []
        ways += [f"{quoted(scenario.label(name))} in about {weight.text}" for name, weight in weights.items()]
        found.append(f"{READ_AS} {', as '.join(ways)}, by weight. Means are over all of them.")
    if result.vary and (terms := _terms_that_vary(result)):
        found.append(
            f"Terms of contracts are told as written; {terms:,} of their numbers {'varies' if terms == 1 else 'vary'} "
            "between runs."
        )
    return found


def readings_left_out(result: Result, told: Collection[str] = ()) -> list[str]:
    """Other ways to read the evidence that are in no run and not told of."""
    if result.vary and result.reading is None:
        return []
    return [
        f"Another way to read the evidence, {quoted(result.scenario.label(name))} (weight {reading.weight.text}), "
        f"is not in it. Run it with that reading ({name}) before you believe the figures above."
        for name, reading in result.scenario.document.readings.items()
        if result.reading != name and name not in told
    ]


def _terms_that_vary(result: Result) -> int:
    """How many uncertain numbers are of contracts, providers or investments, where a design signs any."""
    from simulator.experiments.plan import numbers_to_vary

    if not any(result.scenario.document.designs[name].signs for name in result.designs):
        return 0
    about = ("contracts.", "providers.", "investment.")
    return sum(each.place.startswith(about) for each in numbers_to_vary(result.scenario))


def present_value(scenario: Scenario) -> str:
    """Price year, date and rate of a present value: `2024/25 prices, discounted to 1 April 2027 at ...`."""
    from simulator.money.discounting import official_schedule

    document = scenario.document
    if isinstance(document.discount, str):
        rates = official_schedule(document.discount).rates
        name = document.discount.replace("green-book", "Green Book").replace("-", " ")
        rate = f"the {name} rate ({rates[0] * 100:g}% a year{', less in the far future' if len(rates) > 1 else ''})"
    else:
        rate = str(document.discount.text)
    day = document.start
    return f"{document.price_year} prices, discounted to {day.day} {day:%B %Y} at {rate}"


def quoted(label: str) -> str:
    """A label inside a sentence."""
    return f"‘{label}’"


def _one(table: pd.DataFrame, kind: str, item: str, measure: str) -> Any:
    found = table[
        (table["table"] == kind)
        & (table["item"] == item)
        & (table["measure"] == measure)
        & (table["year"] == 0)
    ]
    return found.iloc[0] if len(found) else None


def _crises(row: Any, baseline: str, design: str) -> str:
    if not row["lower"] and not row["higher"]:
        same = "in every run" if row["runs"] > 1 else "in the one run"
        return (
            f"as many crises under {design} as under {baseline} {same} ({_crisis_count(row['design'])} each)"
        )
    counts = f"{_crisis_count(row['design'])} against {_crisis_count(row['baseline'])}"
    size = _crisis_count(abs(row["difference"]))
    if size in ("0", "0.0"):
        return f"about as many crises under {design} as under {baseline} ({counts}{_spread(row, 'crises', 'fewer')})"
    way = "fewer" if row["difference"] < 0 else "more"
    noun = "crisis" if size == "1" else "crises"
    # As shown, halves round up; a reader who subtracts must not think it a mistake.
    after, before, change = (
        math.floor(abs(row[name]) + 0.5) for name in ("design", "baseline", "difference")
    )
    if abs(after - before) != change:
        counts += ", each rounded"
    return f"{size} {way} {noun} under {design} than under {baseline} ({counts}{_spread(row, 'crises', 'fewer')})"


def _crisis_count(value: float) -> str:
    return n.quantity(value, "crises")


def _spend(row: Any) -> str:
    if not row["lower"] and not row["higher"]:
        return "the same in every run" if row["runs"] > 1 else "the same"
    size = n.money(abs(row["difference"]), prose=True)
    spread = _spread(row, "£", "less").removeprefix("; ")
    spread = f" ({spread})" if spread else ""
    if size == "£0":
        return f"about the same{spread}"
    return f"{size} {'less' if row['difference'] < 0 else 'more'}{spread}"


def _spread(row: Any, unit: str, below: str) -> str:
    """In how many runs it goes the way that the mean goes, and the range of runs; nothing for one run."""
    if row["runs"] < 2:
        return ""
    falls = row["difference"] < 0
    if not row["difference"]:
        count = f"{below} in {n.runs(row['lower'], row['runs'])}, more in {row['higher']:,}"
    else:
        count = f"{below if falls else 'more'} in {n.runs(row['lower' if falls else 'higher'], row['runs'])}"
    if row["low"] < 0 < row["high"]:
        ends = [n.quantity(abs(row[end]), unit, prose=True) for end in ("low", "high")]
        return f"; {count}; range of runs {ends[0]} {below} to {ends[1]} more"
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    spread = n.span(low, high, unit, prose=True)
    return (
        f"; {count}; range of runs {spread}" if " to " in spread else f"; {count}, by about as much in each"
    )


__all__ = [
    "about_the_runs",
    "caveats",
    "present_value",
    "quoted",
    "ranges",
    "read_otherwise",
    "readings_left_out",
    "verdict",
]
