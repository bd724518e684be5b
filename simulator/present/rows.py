"""Rows of the tidy tables by key, and the sums over payers that several figures share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.analysis.compare import compare
from simulator.analysis.measures import Measures

if TYPE_CHECKING:
    import pandas as pd

    from simulator.engine.model import Floats
    from simulator.experiments.runner import Result

Row = dict[str, Any]
Rows = dict[tuple[str, str, str, int], Row]
PUBLIC, ALL = "public", "all"
SURE = 0.95
"""From this share of the runs on, a change is called clear."""
FEWEST = 20
"""Below so many runs no change is: by chance alone 4 of 4 go one way in 1 of 8 cases."""


def by_key(table: pd.DataFrame) -> Rows:
    """Rows of a comparison by table, item, measure and year (0: the whole horizon), in the table's order."""
    records = table.to_dict("records")
    return {(row["table"], row["item"], row["measure"], int(row["year"])): row for row in records}  # type: ignore[misc]


def clearly(row: Row) -> str:
    """`lower` or `higher` if so many runs agree that it may be said without a doubt about chance, else empty."""
    if row["runs"] < FEWEST:
        return ""
    return next((way for way in ("lower", "higher") if row[way] >= SURE * row["runs"]), "")


def too_few(rows: Iterable[Row]) -> bool:
    """Whether there are too few runs to call any change clear."""
    return any(row["runs"] < FEWEST for row in rows)


def of_design(overview: pd.DataFrame, design: str) -> Rows:
    """Rows of an overview that are of one design, as `by_key`."""
    return by_key(overview[overview["design"] == design])


def public_payers(result: Result) -> tuple[str, ...]:
    """The agencies: budgets of the public purse. Other payers are providers, with what they spend less what they are paid."""
    return tuple(result.scenario.document.agencies)


def totals(result: Result, design: str) -> dict[str, Row]:
    """What all public budgets (PUBLIC) and all payers (ALL) spend, as rows of a comparison: £ of the year, whole horizon.

    Sums are made run by run, so their ranges and counts of runs are right; ranges of parts do not add up. Empty if
    nothing is paid.
    """
    public = set(public_payers(result))
    designs = (result.baseline, design)
    keys, columns = [], []
    for total, counts in ((PUBLIC, public), (ALL, None)):
        for name in designs:
            found = _column(result.values, name, "agencies", "budget", counts)
            if found is None:
                continue
            keys.append((name, "agencies", total, "budget", 0))
            columns.append(found)
    if not keys:
        return {}
    order = sorted(range(len(keys)), key=lambda each: keys[each][0] != result.baseline)
    values = np.column_stack([columns[each] for each in order])
    for name in designs:  # a design under which nobody pays anything
        if not any(key[0] == name for key in keys):
            keys.append((name, "agencies", ALL, "budget", 0))
            order.append(len(keys) - 1)
            values = np.column_stack([values, np.zeros(len(values))])
    measures = Measures(tuple(keys[each] for each in order), result.values.replications, values)
    rows = by_key(compare(measures, result.baseline, design))
    return {item: {**row, "unit": "£"} for (_, item, _, _), row in rows.items()}


def differences(result: Result, design: str, table: str, measure: str, items: Iterable[str] | None) -> Floats:
    """The design less the baseline in each run, summed over items (None: all there are), whole horizon; 0 where none is."""
    wanted = None if items is None else set(items)
    after, before = (
        _column(result.values, name, table, measure, wanted) for name in (design, result.baseline)
    )
    return (
        (0.0 if after is None else after)
        - (0.0 if before is None else before)
        + np.zeros(len(result.values.replications))
    )


def _column(
    measures: Measures, design: str, table: str, measure: str, items: set[str] | None
) -> Floats | None:
    found = [
        number
        for number, key in enumerate(measures.keys)
        if (key[0], key[1], key[3], key[4]) == (design, table, measure, 0)
        and (items is None or key[2] in items)
    ]
    return np.nansum(measures.values[:, found], axis=1) if found else None


__all__ = [
    "ALL",
    "FEWEST",
    "PUBLIC",
    "SURE",
    "by_key",
    "clearly",
    "differences",
    "of_design",
    "public_payers",
    "too_few",
    "totals",
]
