"""The assumptions log: every number of a scenario with its range, source, grade, owner and where it is used.

Its columns are those that reviews of government models ask for (HM Treasury, The Aqua Book, 2015: assumptions are logged
with their source, quality and owner).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from simulator.scenario.evidence import Evidence, evidence
from simulator.scenario.findings import Stated, shown, uses
from simulator.scenario.quantities import ASSUMPTION, Named

if TYPE_CHECKING:
    import pandas as pd

    from simulator.scenario.load import Scenario

OUR_CHOICE = "none stated"
FILE = "the file, so every design"


def assumptions_log(scenario: Scenario) -> pd.DataFrame:
    """One row a number, in the order of the file: Key, Number, Value, 95% range, Source, Grade, Owner, Used in, Used where, Line.

    `Used in` names the design, reading or control that adds the number, or says that the file itself does. `Used where`
    is its own place; for an entry of `numbers`, every place that uses it by name. `Grade` is missing where none is stated.
    """
    import pandas as pd

    by_name = _used_by_name(scenario)
    rows = [
        {
            "Key": each.place,
            "Number": each.what,
            "Value": each.value,
            "95% range": each.range,
            "Source": each.source or OUR_CHOICE,
            "Grade": each.grade,
            "Owner": each.owner or "nobody named",
            "Used in": _used_in(each, scenario),
            "Used where": ", ".join(by_name.get(_name(each), ())) or each.place,
            "Line": each.line,
        }
        for each in evidence(scenario)
    ]
    return pd.DataFrame(rows).astype({"Grade": "Int64"})


def assumed(scenario: Scenario) -> list[Evidence]:
    """The numbers that rest on a judgement and on nothing published."""
    return [each for each in evidence(scenario) if each.source == ASSUMPTION]


def _name(each: Evidence) -> str:
    section, _, rest = each.place.partition(".")
    return rest.split(".")[0] if section == "numbers" else ""


def _used_by_name(scenario: Scenario) -> dict[str, list[str]]:
    """Where each entry of `numbers` is used, under any design."""
    found: dict[str, list[str]] = defaultdict(list)
    versions = [(scenario.document, scenario.raw), *(scenario.version(design) for design in scenario.designs)]
    for document, raw in versions:
        for use in uses(document, raw):
            if not isinstance(use, Stated) and isinstance(use.value, Named):
                place = shown(raw, use.path)
                if place not in found[use.value.name]:
                    found[use.value.name].append(place)
    return found


def _used_in(each: Evidence, scenario: Scenario) -> str:
    if not each.added_by:
        return FILE
    section = each.place.split(".")[0]
    label = (
        scenario.controls[each.added_by].label
        if each.added_by in scenario.controls
        else scenario.label(each.added_by)
    )
    return f"{section.removesuffix('s')} {label}"
