"""The figures of the page Compare, in the order in which they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.present.certainty_charts import how_sure
from simulator.present.money_charts import agency_years, cost_waterfall
from simulator.present.outcome_charts import outcome_charts
from simulator.present.segment_charts import segment_crises, segment_reach

if TYPE_CHECKING:
    import pandas as pd

    from simulator.experiments.runner import Result
    from simulator.present.chart import Chart


def charts(table: pd.DataFrame, overview: pd.DataFrame, result: Result, design: str) -> list[Chart]:
    """How sure, outcomes, from today's cost to the design's, by budget and year, by segment; without those with nothing to show.

    table and overview: `views.comparison` of the design and `views.overview`, of the same result.
    """
    found = [
        *how_sure(table, result, design),
        *outcome_charts(table, overview, result, design),
        cost_waterfall(table, result, design),
        agency_years(table, result, design),
        segment_crises(table, overview, result, design),
        segment_reach(table, overview, result, design),
    ]
    return [chart for chart in found if chart is not None]


__all__ = ["charts"]
