"""The full table of a design's contracts, for other programs: one row a measure, with its mean and quantiles over runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.measures import UNITS
from simulator.present.deal_runs import HIGH, LOW, DealRuns, known, mean, quantile

if TYPE_CHECKING:
    import pandas as pd

CONTRACT_TABLES = ("contract", "outcome_payments", "payers", "comparators", "public_cash")
CASH_TABLES = ("cash", "investors", "waterfall")
RATES = ("xirr", "net_xirr")
DATES = ("low_month", "stopped")


def deal_table(runs: DealRuns, tables: tuple[str, ...]) -> pd.DataFrame:
    """Columns: table, item, measure, label, name, unit, view, year, mean, low, middle, high, runs.

    year: 0 for all, the financial year's first, or a month as 202704 (balances and flows). view: which money it is. low,
    middle, high: 5%, 50% and 95% of the runs that have the measure, counted by `runs`. A rate of return and a date have no
    mean. Amounts that a run does not have count as 0.
    """
    import pandas as pd

    rows = []
    for _, table, item, measure, year in (key for key in runs.result.values.keys if key[0] == runs.design):
        if table not in tables:
            continue
        unit, name, _ = UNITS[table, measure]
        each = (
            runs.each(table, item, measure, year) if unit != "£" else runs.amount(table, item, measure, year)
        )
        if (table, measure) == (
            "cash",
            "facility",
        ):  # not known where cash still falls at the end: that is not 0
            each = runs.each(table, item, measure, year)
        values = known(each)
        low, middle, high = (_of_a_run(values, share, measure) for share in (LOW, 0.5, HIGH))
        rows.append(
            {
                "table": table,
                "item": item,
                "measure": measure,
                "label": _label(runs, item),
                "name": name,
                "unit": unit,
                "view": _view(table, measure),
                "year": year,
                "mean": math.nan if measure in (*RATES, *DATES) else mean(values),
                "low": low,
                "middle": middle,
                "high": high,
                "runs": len(values),
            }
        )
    return pd.DataFrame(rows)


def _of_a_run(values: np.ndarray, share: float, measure: str) -> float:
    """A quantile; of dates and rates, that of an actual run."""
    if measure in (*RATES, *DATES) and len(values):
        return float(np.quantile(values, share, method="inverted_cdf"))
    return quantile(values, share)


def _view(table: str, measure: str) -> str:
    if table in ("contract", "payers"):
        return "bank" if measure in ("paid", "paid_after") else "budget"
    return "budget" if table in ("outcome_payments", "comparators", "public_cash") else "bank"


def _label(runs: DealRuns, item: str) -> str:
    """`stayed in contract` by the labels of both; any other by its own."""
    for between in (" in ", " of "):
        first, found, second = item.partition(between)
        if found:
            head = first.replace("_", " ") if between == " of " else runs.label(first)
            return f"{head}{between}{runs.label(second)}"
    return runs.label(item)


__all__ = ["CASH_TABLES", "CONTRACT_TABLES", "deal_table"]
