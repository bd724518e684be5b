"""The uncertain numbers of a scenario, as its designs read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine.numbers import Draw
from simulator.experiments.replication import prepare_all
from simulator.scenario.controls import Form
from simulator.scenario.evidence import words_by_text
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem, Refused, ScenarioError, did_you_mean
from simulator.scenario.quantities import Quantity

READING = "reading"
"""The place of the choice between readings of the evidence: 0 as written, 1 the first of the file's readings, ..."""


@dataclass(frozen=True)
class Uncertain:
    """One uncertain number. place: in the file, as `services.family_support.take_up`. label: what it is, in words."""

    place: str
    label: str
    quantity: Quantity

    @property
    def _form(self) -> Form | None:
        try:
            return Form.of(self.quantity)
        except Refused:  # a date
            return None

    @property
    def unit(self) -> str:
        """In which `shown` is: `%`, `months`, `£ per place per year`; empty for a plain number."""
        form = self._form
        return "" if form is None else f"{form.unit} {form.per}".strip()

    def shown(self, value: float) -> float:
        """A value in the unit in which people write it: 42 for 42%."""
        return value if self._form is None else self._form.value(value)

    def text(self, value: float) -> str:
        """A value as people write it: `42%`, `£9,500 per place per year`."""
        if self._form is None:
            return f"{value:.4g}"
        shown = self._form.value(value)
        digits = 0 if abs(shown) >= 1_000 else 3 if abs(shown) < 10 else 1
        plain = f"{shown:,.{digits}f}"
        return self._form.dressed(plain.rstrip("0").rstrip(".") if "." in plain else plain)


def uncertain_numbers(scenario: Scenario, designs: Sequence[str]) -> tuple[Uncertain, ...]:
    """Every number with a range that these designs read, in the order of the file. Their reading of contracts included."""
    seen: dict[str, Quantity] = {}
    prepare_all(scenario, designs, draw=Draw(seen=seen))
    words = words_by_text(scenario)
    found = [
        Uncertain(place, words.get((quantity.line, quantity.text), place), quantity)
        for place, quantity in seen.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.quantity.line, each.place)))


def chosen(found: Sequence[Uncertain], places: Sequence[str] | None, file: str) -> tuple[Uncertain, ...]:
    """Those of these places, or all that lie under them (`services.family_support`). Raises ScenarioError for one that is not."""
    if not places:
        return tuple(found)
    picked: dict[str, Uncertain] = {}
    for place in places:
        under = [each for each in found if each.place == place or each.place.startswith(f"{place}.")]
        if not under:
            message = f"there is no uncertain number at `{place[:80]}`"
            hint = did_you_mean(place, [each.place for each in found]) if found else "no number has a range"
            raise ScenarioError([Problem(1, 1, place[:80], message, hint, file=file)])
        picked |= {each.place: each for each in under}
    return tuple(each for each in found if each.place in picked)


__all__ = ["READING", "Uncertain", "chosen", "uncertain_numbers"]
