"""The list of evidence as a table and in sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from simulator.present.numbers import number
from simulator.scenario.evidence import evidence
from simulator.scenario.quantities import ASSUMPTION

if TYPE_CHECKING:
    import pandas as pd

    from simulator.scenario.load import Scenario


def evidence_table(scenario: Scenario) -> pd.DataFrame:
    """One row a number, in the order of the file. `Grade` is 1 (best) to 6 (an assumption), missing where none is stated.

    `Added by` is the design, reading or control that changes the file, by its label; empty for the file itself.
    """
    import pandas as pd

    rows = [
        {
            "Number": each.what,
            "Value": each.value,
            "95% range": each.range,
            "Grade": each.grade,
            "Source": each.cite or ("Our assumption" if each.source == ASSUMPTION else each.source),
            "Link": each.url,
            "Price year": each.price_year,
            "Note": each.note,
            "Owner": each.owner,
            "Added by": _label(each.added_by, scenario),
            "Kind": each.kind,
            "Key": each.place,
            "Line": each.line,
        }
        for each in evidence(scenario)
    ]
    return pd.DataFrame(rows).astype({"Grade": "Int64"})


def _label(name: str, scenario: Scenario) -> str:
    return (
        scenario.controls[name].label if name in scenario.controls else scenario.label(name) if name else ""
    )


def evidence_summary(scenario: Scenario) -> list[str]:
    """How many numbers there are, and how many rest on what: two to four sentences."""
    every = evidence(scenario)
    assumed = [each for each in every if each.source == ASSUMPTION]
    sourced = [each for each in every if each.source and each.source != ASSUMPTION]
    silent = len(every) - len(assumed) - len(sourced)
    sentences = [f"This scenario has {_count(len(every), 'number')}."]
    if sourced:
        grades = Counter(each.grade for each in sourced)
        parts = [
            f"{number(count)} {'of no stated grade' if grade is None else f'of grade {grade}'}"
            for grade, count in sorted(grades.items(), key=lambda each: (each[0] is None, each[0] or 0))
        ]
        comes = "comes" if len(sourced) == 1 else "come"
        sentences.append(
            f"{number(len(sourced))} {comes} from named sources: {_listed(parts)} (1 is the best, 6 the weakest)."
        )
    if assumed:
        bare = sum(not each.range for each in assumed)
        if bare:
            ranges = f"of which {number(bare)} {'has' if bare == 1 else 'have'} no range"
        else:
            ranges = "with a range" if len(assumed) == 1 else "all with a range"
        are = "is an assumption" if len(assumed) == 1 else "are assumptions"
        sentences.append(f"{number(len(assumed))} {are}, {ranges}.")
    if silent:
        name = "names" if silent == 1 else "name"
        sentences.append(
            f"{number(silent)} {name} no source: most are choices, such as places, terms of a contract and windows."
        )
    return sentences


def _count(count: int, word: str) -> str:
    return f"{number(count)} {word}{'' if count == 1 else 's'}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
