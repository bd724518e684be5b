"""Runs, and the questions that are asked of them: weighed anew without running again, and written for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.present import exports
from simulator.present.doubt.answer import Answer
from simulator.present.doubt.weighing import Weighing
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, ScenarioError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Asked:
    """Runs, and the answers to the questions that are asked of them.

    kind: `uncertainty`, `sensitivity`, ... runs: what was run (`experiments`). weighing: what counts as cost and effect, and
    what one of the effect is worth. record: what it takes to get the same numbers again.
    """

    kind: str
    scenario: Scenario
    runs: Any
    weighing: Weighing
    record: dict[str, Any]
    notes: tuple[str, ...]
    _answered: Callable[[Any, Weighing], list[Answer]] = field(repr=False)
    _chosen: str | None = None

    @cached_property
    def answers(self) -> list[Answer]:
        """Every question with its answer; made when first asked for."""
        found = self._answered(self.runs, self.weighing)
        if self._chosen is None:
            return found
        names = [each.name for each in found]
        if self._chosen not in names:
            message = f"there is no question `{self._chosen[:60]}`"
            raise ScenarioError(
                [Problem(1, 1, "only", message, did_you_mean(self._chosen, names), file=self.scenario.file)]
            )
        return [each for each in found if each.name == self._chosen]

    def at(self, *, worth: float) -> Asked:
        """The same runs, with one of the effect worth so many pounds."""
        return replace(
            self, weighing=replace(self.weighing, worth=worth), record={**self.record, "worth": worth}
        )

    def only(self, name: str | None) -> Asked:
        """One question of these; None for all."""
        return replace(self, _chosen=name)

    def table(self, name: str) -> pd.DataFrame:
        """The table of one question. Raises ScenarioError for a name that is none."""
        return self.only(name).answers[0].table

    def one_table(self) -> pd.DataFrame:
        """The tables of all questions as one, with the question's name in front. For text, where one file is wanted."""
        import pandas as pd

        return pd.concat(
            [each.table.assign(question=each.name) for each in self.answers], ignore_index=True
        ).pipe(lambda frame: frame[["question", *(name for name in frame.columns if name != "question")]])

    def json(self) -> str:
        """Record, notes and every question with its sentences and rows."""
        found = {
            **self.record,
            "notes": list(self.notes),
            "questions": [
                {
                    "name": each.name,
                    "question": each.question,
                    "answer": list(each.sentences),
                    "rows": exports.rows(each.table),
                }
                for each in self.answers
            ],
        }
        return json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False)

    def write(self, folder: Path) -> list[Path]:
        """Each table as Parquet, and the record as JSON: all of them whole, or none. Returns the paths. Raises CannotWrite."""
        return exports.write_tables(folder, self.record, {each.name: each.table for each in self.answers})


__all__ = ["Asked"]
