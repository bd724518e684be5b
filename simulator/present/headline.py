"""The verdict in one sentence, three numbers, and the caveats that come first: the top of the first page.

People and money are two claims, never one: how many crises, and what it costs counting every pound, whoever spends it.
Each says in how many runs it holds, and its words are weighed by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from simulator.present import numbers as n
from simulator.present import verdict
from simulator.present.rows import ALL, FEWEST, PUBLIC, SURE, Row, Rows, by_key, public_payers, totals

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result

LIKELY = 0.80
MOST_CAVEATS = 3

Better = Literal["better", "worse", "mixed", "no difference", "unknown"]
Way = Literal["better", "worse", "same", "unclear"]


class Figure3(NamedTuple):
    """One of the three numbers: what it is, its mean, its range of runs in words, and help on what is in it."""

    label: str
    value: str
    range_text: str
    help: str


@dataclass(frozen=True)
class Headline:
    """The top of the first page. better: fewer crises and less cost are better; `mixed` if not both point one way clearly.

    caveats: the three most important, most important first; more: the others.
    """

    sentence: str
    better: Better
    numbers: tuple[Figure3, ...]
    caveats: tuple[str, ...]
    more: tuple[str, ...] = ()


def headline(table: pd.DataFrame, result: Result, design: str) -> Headline:
    """The headline of a comparison (`views.comparison` of this result and design)."""
    rows, sums = by_key(table), totals(result, design)
    crises, cost = rows.get(("crises", "", "number", 0)), sums.get(ALL)
    if crises is not None and not (crises["baseline"] or crises["design"]):
        crises = None
    if cost is not None and not (cost["baseline"] or cost["design"]):
        cost = None
    caveats = _caveats(rows, sums, result)
    return Headline(
        _sentence(crises, cost, result, design),
        _better([_way(row) for row in (crises, cost) if row is not None]),
        _numbers(rows, sums, crises, result, design),
        tuple(caveats[:MOST_CAVEATS]),
        tuple(caveats[MOST_CAVEATS:]),
    )


def _way(row: Row) -> Way:
    """Of a count of crises or a cost, where lower is better. One run says nothing about chance."""
    if not row["lower"] and not row["higher"]:
        return "same"
    if row["runs"] < 2 or _agree(row) < LIKELY * row["runs"]:
        return "unclear"
    return "better" if row["difference"] < 0 else "worse"


def _agree(row: Row) -> int:
    """Runs that go the way of the mean."""
    return int(row["lower"] if row["difference"] < 0 else row["higher"])


def _better(ways: list[Way]) -> Better:
    found = set(ways)
    if not found or found <= {"unclear", "same"}:
        return "no difference" if found == {"same"} else "unknown"
    if "better" in found and not found & {"worse", "unclear"}:
        return "better"
    if "worse" in found and not found & {"better", "unclear"}:
        return "worse"
    return "mixed"


def _sentence(crises: Row | None, cost: Row | None, result: Result, design: str) -> str:
    name = verdict.quoted(result.scenario.label(design))
    against = verdict.quoted(result.scenario.label(result.baseline))
    period = f"over {result.scenario.document.horizon.text}"
    if crises is None and cost is None:
        return "This scenario counts neither crises nor costs; the tables say what changes."
    if all(row is None or _way(row) == "same" for row in (crises, cost)):
        same = " and ".join(word for word, row in (("crises", crises), ("cost", cost)) if row is not None)
        runs = "in every run" if result.replications > 1 else "in the one run"
        return f"Compared with {against}, {name} makes no difference to {same} {period}: the same {runs}."
    claims = []
    if crises is not None:
        claims.append(_claim(crises, "crises", "have", "crises", ("fewer", "more")))
    if cost is not None:
        claims.append(_claim(cost, "£", "cost", "in all, whoever pays", ("less", "more")))
    one = " (one run, which says nothing about chance)" if result.replications == 1 else ""
    return f"Compared with {against}, {name} {'; it '.join(claims)}, {period}{one}."


def _claim(row: Row, unit: str, verb: str, what: str, words: tuple[str, str]) -> str:
    """`has 56 fewer crises (in 97 of 100 runs)`, with words as sure as the runs agree."""
    runs, way = row["runs"], words[0] if row["difference"] < 0 else words[1]
    has = {"have": "has", "cost": "costs"}[verb]
    if _way(row) == "same":
        same = f"as many {what}" if verb == "have" else "the same in all"
        return f"{has} {same}" + (" in every run" if runs > 1 else "")
    size = abs(row["difference"])
    text = n.money(size, prose=True) if unit == "£" else n.quantity(size, unit)
    nothing = not any(letter in "123456789" for letter in text)
    amount = f"{text} {way}" if verb == "have" else f"{text} {way} {what}"
    amount += f" {what}" if verb == "have" else ""
    if text == "1" and verb == "have":
        amount = f"1 {way} crisis"
    count = f"{way} in {n.runs(_agree(row), runs)}"
    if runs == 1:
        return f"{has} {amount}"
    if nothing or _agree(row) < LIKELY * runs:
        lower, higher = row["lower"], row["higher"]
        if not min(lower, higher) and (same := runs - lower - higher):
            rest = f"{way} {what}, or as {'many' if verb == 'have' else 'much'}"
            return f"may {verb} {rest}: it is not clear ({count}, the same in {same:,})"
        either = f"{words[0]} or {words[1]} {what}"
        return f"may {verb} {either}: it is not clear ({words[0]} in {n.runs(lower, runs)}, {words[1]} in {higher:,})"
    if _agree(row) < SURE * runs or runs < FEWEST:
        return f"probably {has} {amount} ({count})"
    return f"{has} {amount} ({count})"


def _numbers(
    rows: Rows,
    sums: dict[str, Row],
    crises: Row | None,
    result: Result,
    design: str,
) -> tuple[Figure3, ...]:
    names = result.scenario.label(result.baseline), result.scenario.label(design)
    period = f"over {result.scenario.document.horizon.text}"
    found = []
    if crises is not None:
        more = crises["difference"] > 0
        after, before = (n.quantity(crises[name], "crises") for name in ("design", "baseline"))
        each = f"{after} under {names[1]}, {before} under {names[0]}"
        size = n.quantity(abs(crises["difference"]), "crises")
        low, high = (-crises["high"], -crises["low"]) if not more else (crises["low"], crises["high"])
        found.append(
            Figure3(
                "Extra crises" if more else "Crises avoided",
                size,
                _range(crises, n.span(low, high, "crises"), ("fewer", "more")),
                f"Mean {period}: {each}.",
            )
        )
    public = sums.get(PUBLIC)
    if public is not None and (public["baseline"] or public["design"]):
        unpaid = _unpaid(rows, result)
        note = f" It leaves out {unpaid}." if unpaid else ""
        found.append(
            Figure3(
                "Cost to public budgets",
                n.quantity(public["difference"], "£", difference=True),
                _range(public, n.span(public["low"], public["high"], "£", difference=True), ("less", "more")),
                f"Mean difference {period}, in the money of each year: {n.money(public['design'])} under {names[1]}, "
                f"{n.money(public['baseline'])} under {names[0]}. A minus: the design costs less.{note}",
            )
        )
    about_people = _people(rows, result)
    if about_people is not None:
        row, label, help_text = about_people
        found.append(
            Figure3(
                label,
                n.quantity(row["difference"], row["unit"], difference=True),
                _range(row, n.span(row["low"], row["high"], row["unit"], difference=True)),
                help_text,
            )
        )
    return tuple(found)


def _range(row: Row, spread: str, words: tuple[str, str] = ("lower", "higher")) -> str:
    """The range of runs and in how many runs it goes that way."""
    if row["runs"] < 2:
        return "One run: no range"
    if not row["lower"] and not row["higher"]:
        return f"The same in all {row['runs']:,} runs"
    way = words[0] if row["difference"] < 0 else words[1]
    return f"Range of runs {spread}; {way} in {n.runs(_agree(row), row['runs'])}"


def _people(rows: Rows, result: Result) -> tuple[Row, str, str] | None:
    """What changes for people: the scenario's first outcome, else the reach, else the wait that changes most."""
    for item in result.scenario.document.outcomes:
        row = rows.get(("outcomes", item, "change", 0))
        if row is not None and row["runs"]:
            return row, str(row["label"]), f"Mean difference: {row['about']}."
    for kind, measure, name in (
        ("reach", "share", "Ever in or reached by"),
        ("services", "wait_days", "Mean wait"),
    ):
        found = [
            row
            for key, row in rows.items()
            if (key[0], *key[2:]) == (kind, measure, 0) and row["runs"] and row["difference"]
        ]
        if found:
            row = max(found, key=lambda each: abs(each["difference"]))
            return row, f"{name}: {row['label']}", f"Mean difference: {row['about']}."
    return None


def _unpaid(rows: Rows, result: Result) -> str:
    """What providers spend and no contract pays: `£0.3 million that A Liverpool charity spends and is not paid for`."""
    found = [
        row
        for key, row in rows.items()
        if (key[0], *key[2:]) == ("agencies", "budget", 0)
        and key[1] not in public_payers(result)
        and row["design"] > 0
    ]
    return " and ".join(
        f"{n.money(row['design'], prose=True)} that {row['label']} spends and is not paid for"
        for row in found
    )


def _caveats(rows: Rows, sums: dict[str, Row], result: Result) -> list[str]:
    """What a reader must know first, most important first: of the runs, of the evidence, then what money means."""
    about_runs, doubts = verdict.about_the_runs(result), verdict.readings_left_out(result)
    few = list(about_runs) if result.replications < 10 else about_runs[:1] if result.vary else []
    money = []
    unpaid = _unpaid(rows, result)
    if unpaid:
        money.append(f"No public budget above has {unpaid}: it, or its investors, would bear that.")
    avoided, cash = (rows.get(("savings", "", name, 0)) for name in ("demand_avoided", "cash_released"))
    if avoided is not None and cash is not None and avoided["design"] > 0:
        worth = n.money(avoided["design"], prose=True)
        released = n.money(max(cash["design"], 0.0), prose=True)
        money.append(
            f"Only {released} of the {worth} worth of demand avoided is cash that stops being spent; the rest stands idle, is "
            "used by others, or is not cash."
        )
    today = rows.get(("value", "", "resources", 0))
    if today is not None and (today["lower"] or today["higher"]):
        amount = n.money(abs(today["difference"]), prose=True)
        way = "less" if today["difference"] < 0 else "more"
        said = (
            f"In today's terms ({verdict.present_value(result.scenario)}) all resources cost {amount} {way}"
            + (f", {way} in {n.runs(_agree(today), today['runs'])}." if today["runs"] > 1 else ".")
        )
        total = sums.get(ALL)
        disagrees = total is None or _way(total) != _way(today)
        money.insert(0 if disagrees else len(money), said)
    read = [each for each in about_runs if each.startswith(verdict.READ_AS) and each not in few]
    few += read
    return [*few, *doubts, *money, *(each for each in about_runs if each not in few)]


__all__ = ["Figure3", "Headline", "headline"]
