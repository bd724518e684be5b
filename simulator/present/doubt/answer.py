"""One question about doubt with its answer: sentences, a table as numbers, and charts with a table as shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from simulator.present.views import Section

if TYPE_CHECKING:
    import pandas as pd

    from simulator.present.chart import Chart


@dataclass(frozen=True, eq=False)
class Answer:
    """A question that somebody asks, and its answer.

    name: a slug. question: as people ask it. sentences: the answer in words, the most important first. table: tidy, for
    other programs. charts: figures with what is said around them; empty where there is nothing to draw.
    """

    name: str
    question: str
    sentences: tuple[str, ...]
    table: pd.DataFrame
    charts: tuple[Chart, ...] = ()

    @property
    def sections(self) -> list[Section]:
        """The charts' numbers as tables for a terminal."""
        return [
            Section(
                chart.title,
                tuple(map(str, chart.table.columns)),
                tuple(tuple(row) for row in chart.table.astype(str).to_numpy().tolist()),
            )
            for chart in self.charts
            if len(chart.table)
        ]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table by column."""
    return cast("list[dict[str, Any]]", table.to_dict("records"))


__all__ = ["Answer", "records"]
