"""The list of evidence: every number of a scenario, what it says, where it comes from and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.scenario import reader
from simulator.scenario.document import Document
from simulator.scenario.findings import ARROW, Known, Path, Stated, Use, node_at, overlay_keys, shown, uses
from simulator.scenario.number_checks import PRICED
from simulator.scenario.quantities import ASSUMPTION, ASSUMPTION_GRADE, Changed, Named, Quantity
from simulator.scenario.reader import Mapping, Text

if TYPE_CHECKING:
    from simulator.scenario.load import Scenario

# What the keys of the language are called in a list that people read; other keys are their own words, `_` as space.
WORDS = {
    "arrive": "arrivals",
    "present": "there at the beginning",
    "leave_after": "time until leaving for good",
    "referral.share": "share identified",
    "referral.after": "time until referred",
    "closing.after": "how long a unit stands empty first",
    "services.by": "when the study looked",
    "outcomes.within": "window",
    "outcomes.for": "window",
    "outcomes.at": "when",
    "accepts_if.for": "share of people",
    "accepts_if.in": "share of runs",
    "take_up": "take-up",
    "give_up": "time until giving up",
    "length": "planned stay",
    "drop_out": "drop-out",
    "promote_every": "waiting that outweighs a level",
    "room": "room to wait",
    "mean": "mean time",
    "median": "median time",
    "sd": "spread of times (standard deviation)",
    "fixed": "time",
    "hazard_ratio": "ratio of hazards",
    "risk_ratio": "ratio of risks",
    "odds_ratio": "ratio of odds",
    "fades_over": "time it fades over",
    "lasts": "time it lasts",
    "wellbeing": "life satisfaction",
    "cashable": "share that becomes cash",
    "units_of": "places in a unit",
    "least": "fewest units",
    "exit_cost": "cost of closing a unit",
    "warm_up": "warm-up before the start",
    "wages_lag": "time until the on-costs of pay are paid",
    "opening_cash": "cash at the start",
    "least_cash": "least cash",
    "start": "at the start",
    "rank": "rank correlation",
    "others": "all others",
}
# These say how a number is written, not what it is.
SILENT = frozenset(
    [
        "count",
        "effects",
        "pays",
        "referral",
        "queue",
        "tranches",
        "value",
        "level",
        "exponential",
        "weibull",
        "gamma",
        "lognormal",
        "uniform",
        "triangular",
        "any_of",
        "segments",
        "within",
    ]
)
CORNERS = {"uniform": ("lowest", "highest"), "triangular": ("lowest", "most likely", "highest")}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# A number's text: value, range in brackets, and what overlays multiply it by.
PIECES = re.compile(r"(?P<value>[^(]*?)\s*(?:\((?P<range>[^)]*)\))?(?P<times>(?: times \S+)*)")
POINTS = "points"


@dataclass(frozen=True)
class Evidence:
    """One number of the file.

    place: its key. what: what it is, in words. value and range: as the file says them ("" without range). kind: share,
    ratio, count, time, rate, growth, money, score, or points. source: the key after `@`, and cite and url of it. grade: 1
    (best) to 6 (an assumption), None where no source or grade is stated. price_year: of money in prices, else "". line:
    in the file. added_by: the design or reading that adds it, or the control that sets it; "" for the file itself. owner:
    who answers for it, by its source or for the file; "" where nobody is named.
    """

    place: str
    what: str
    value: str
    range: str
    kind: str
    source: str
    cite: str
    url: str
    grade: int | None
    price_year: str
    note: str
    line: int
    added_by: str = ""
    owner: str = ""


def evidence(scenario: Scenario) -> tuple[Evidence, ...]:
    """Every number of the file, each once, in its order: its own and what designs, readings and controls add."""
    found: dict[tuple[int, int, str], Evidence] = {}
    overlays = overlay_keys(scenario.raw)
    for document, raw in _versions(scenario):
        known = Known(document)
        for use in uses(document, raw):
            if isinstance(use, Stated) or not isinstance(use.value, Quantity | Named):
                continue
            place = _place(use, raw)
            if place is not None and place not in found:
                number = known.value(use.value)
                if number is not None:
                    found[place] = _one(use, number, document, raw, scenario, overlays, place[0])
    for place, each in _points(scenario):
        found[place] = each
    return tuple(found[place] for place in sorted(found))


def words_by_text(scenario: Scenario) -> dict[tuple[int, str], str]:
    """What each number is, in words, by the line and the text that say it."""
    found: dict[tuple[int, str], str] = {}
    for document, raw in _versions(scenario):
        for use in uses(document, raw):
            if isinstance(use, Use) and isinstance(use.value, Quantity):
                at = use.value.line, use.value.text
                if at not in found:
                    found[at] = _words(use, use.value, document, scenario)
    return found


def _versions(scenario: Scenario) -> Iterator[tuple[Document, Mapping]]:
    """The file itself, as each design has it as written and with controls set, and with each reading over each design."""
    yield scenario.document, scenario.raw
    yield from scenario.written
    for reading in (None, *scenario.document.readings):
        for design in scenario.designs:
            yield scenario.version(design, reading)


def _place(use: Use, raw: Mapping) -> tuple[int, int, str] | None:
    """Where the figures of a number stand; None where there are none: a bare name, or a whole that is understood.

    A `times` over several numbers has one place and makes several, told apart by their path.
    """
    node = node_at(raw, use.path)
    if isinstance(node, Changed):
        return node.line, node.column, ".".join(map(str, use.path))
    if isinstance(node, Mapping):
        node = node.get("value")
    if not isinstance(node, Text) or isinstance(use.value, Named):
        return None
    stands = use.value.text.startswith(node.split("@")[0].strip())
    return (node.line, node.column, "") if stands else None


def _one(
    use: Use,
    number: Quantity,
    document: Document,
    raw: Mapping,
    scenario: Scenario,
    overlays: dict[tuple[int, int], str],
    line: int,
) -> Evidence:
    place = overlays.get(reader.place_of(raw, use.path)) or shown(raw, use.path)
    section, _, rest = place.partition(".")
    added_by = rest.split(".")[0] if section in ("designs", "readings", "controls") else ""
    if use.path[0] == "readings":
        added_by = ""  # its weight is the file's own
    reading = document.readings.get(added_by)
    source = number.source or use.source or (reading.source if reading is not None else None)
    stated = document.sources.get(source) if source else None
    grade = number.grade or (use.cost.grade if use.cost else None)
    if grade is None and source == ASSUMPTION:
        grade = ASSUMPTION_GRADE
    if grade is None and stated is not None and stated.grade:
        grade = int(stated.grade)
    pieces = PIECES.fullmatch(number.text)
    value, spread, times = (
        (pieces["value"], pieces["range"], pieces["times"]) if pieces else (number.text, "", "")
    )
    node = node_at(raw, use.path)
    if isinstance(node, Changed) and not times:  # a whole time was multiplied
        times = f" times {node.factor:g}"
    return Evidence(
        place,
        _words(use, number, document, scenario),
        value + times,
        spread + times if spread else "",
        use.value.kind,
        source or "",
        stated.cite if stated else "",
        (stated.url or "") if stated else "",
        grade,
        _price_year(use, number, document),
        " ".join((number.note or (stated.note if stated else "") or "").split()),
        line,
        added_by,
        (stated.owner if stated else None) or scenario.document.owner or "",
    )


def _price_year(use: Use, number: Quantity, document: Document) -> str:
    """The year of prices as `money.amounts` takes it: the number's, its cost's, its source's, the cost's source's, the file's."""
    if number.kind != "money" or use.path[0] not in PRICED:
        return ""
    own = document.sources.get(number.source) if number.source else None
    around = document.sources.get(use.source) if use.source else None
    years = (
        number.price_year,
        use.cost.price_year if use.cost else None,
        own.price_year if own else None,
        around.price_year if around else None,
        document.price_year,
    )
    return next((str(year) for year in years if year), "")


def _points(scenario: Scenario) -> Iterator[tuple[tuple[int, int, str], Evidence]]:
    """What each group finds how important: numbers too, though they are no evidence."""
    for group, points in scenario.document.priorities.items():
        for measure, value in points:
            line, column = reader.place_of(scenario.raw, ("priorities", group, measure))
            what = f"{scenario.label(group)}: points for {scenario.label(measure)}"
            place = f"priorities.{group}.{measure}"
            each = Evidence(place, what, f"{value:g}", "", POINTS, "", "", "", None, "", "", line)
            yield (line, column, ""), each


# In words -------------------------------------------------------------------------------------------------------------


def _words(use: Use, number: Quantity, document: Document, scenario: Scenario) -> str:
    """What a number is: `Intensive family support: take-up, Teenager`."""
    path = use.path
    section = str(path[0])
    rest = path[2:]
    if section == "people" or section == "investment":
        head, rest = section.capitalize(), path[1:]
    elif section == "transitions":
        arrow = ARROW.fullmatch(str(path[1]))
        head = (
            " to ".join(scenario.label(each) for each in arrow.groups())
            if arrow
            else scenario.label(str(path[1]))
        )
    elif section == "accepts_if":
        test = document.accepts_if[str(path[1])][int(path[2])]
        measure = " ".join(scenario.label(word) for word in test.what.split())
        head = f"What {scenario.label(str(path[1]))} must have, {measure}"
    elif section == "correlations":
        head = "Correlation of " + " and ".join(document.correlations[int(path[1])].of)
    elif len(path) == 1:
        return WORDS.get(section, section.replace("_", " ")).capitalize()
    else:
        head = number.label if section == "numbers" and number.label else scenario.label(str(path[1]))
    words = [
        word for index in range(len(rest)) if (word := _word(rest, index, use, document, scenario, path))
    ]
    if section == "transitions" and not words:
        words = ["time"]
    return f"{head}: {', '.join(words)}" if words else head


def _word(steps: Path, index: int, use: Use, document: Document, scenario: Scenario, path: Path) -> str:
    """One step of a path in words; empty where it says nothing to people."""
    step, before = steps[index], steps[index - 1] if index else ""
    if before == "within":
        return f"share by {step}"
    if isinstance(step, int):
        corners = CORNERS.get(str(before))
        if corners:
            return corners[step]
        return f"month {step + 1}" if before == "by_month" else ""
    if step == "cost" and use.cost is not None and use.cost.what:
        return f"cost of {use.cost.what}"
    if use.cost is not None and any(step == payer for payer, _ in use.cost.payers):
        return f"paid by {scenario.label(step)}"
    if DATE.fullmatch(step):
        return f"from {step}"
    for key in (f"{before}.{step}", f"{path[0]}.{step}"):
        if key in WORDS:
            return WORDS[key]
    if step in SILENT or (step == "share" and "payer" in path):  # `council: 80%` is short for it
        return ""
    if before == "effects":
        effect = document.services[str(path[1])].effects[step]
        return effect.label or step.replace("_", " ")
    return WORDS[step] if step in WORDS else scenario.label(step)
