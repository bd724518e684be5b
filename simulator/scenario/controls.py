"""Controls: the numbers that a scenario names as worth moving, how far, and where they stand now.

A control that is set is laid over each design it acts in as if the design's own overlay had said so, and before a
reading of the evidence. One that is not set changes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario import quantities, reader, units
from simulator.scenario.document import Document
from simulator.scenario.findings import Path
from simulator.scenario.overlay import OF_PEOPLE, model_at
from simulator.scenario.problems import Refused, did_you_mean
from simulator.scenario.quantities import ASSUMPTION, Basis, Changed, Quantity
from simulator.scenario.reader import Items, Mapping, Text
from simulator.scenario.schema import OVERLAYS, Part

LONGEST = 60  # characters of a control's name and of a number; messages show no more of anything
LONGEST_KEY = 500
EACH = Basis()


def short(text: str) -> str:
    """What a message shows of a text that may be of any length."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


@dataclass(frozen=True)
class Form:
    """How a number is written: its kind, its unit, the words of what money is per, and how much one of it is inside.

    A value "as written" is in this unit: 60 for `60%`, 6 for `6 months`, 9500 for `£9.5k per place per year`.
    """

    kind: str
    unit: str = ""
    per: str = ""
    one: float = 1.0
    basis: Basis = EACH

    @classmethod
    def of(cls, number: Quantity) -> Form:
        """The form of a number of a file. Raises Refused for a date."""
        words = re.split(r"\s*\(| times ", number.text)[0].strip()
        if number.kind == "date":
            raise Refused("a control moves a number, and here is a date", "name another number")
        if number.kind in ("share", "growth"):
            return cls(number.kind, "%" if number.kind == "share" else "% per year", one=0.01)
        last = re.sub(r".*[^a-z]", "", words)
        if number.kind == "time":
            return cls("time", last.removesuffix("s") + "s", one=units.unit_days(last) or 1.0)
        if number.kind == "rate":
            return cls("rate", f"per {last}", one=units.YEAR / (units.unit_days(last) or units.YEAR))
        if number.kind == "money":
            _, per, sign = units.money_from(words)
            return cls("money", sign, per, basis=number.basis)
        return cls(number.kind)

    def value(self, inside: float) -> float:
        """A number as people write it, from what it is inside. 12 figures: 0.448 is 44.8%, not 44.800000000000004%."""
        return float(f"{inside / self.one:.12g}")

    def dressed(self, number: str) -> str:
        """The text of a number with its unit."""
        if self.kind == "money":
            return f"{self.unit}{number} {self.per}".rstrip()
        if self.kind == "time" and number == "1":
            return f"1 {self.unit.removesuffix('s')}"
        return f"{number}{'' if self.unit.startswith('%') else ' '}{self.unit}".rstrip()

    def text(self, value: float) -> str:
        return self.dressed(f"{value:.9f}".rstrip("0").rstrip(".") if math.isfinite(value) else str(value))

    def read(self, text: str) -> float:
        """The value that a text gives in this unit. Raises Refused."""
        if len(text) > LONGEST:
            raise Refused(f"`{short(text)}` is too long for a number")
        found = quantities.parse(text, self.kind, below_zero=self.kind == "score")
        if not isinstance(found, Quantity) or found.low is not None or found.source is not None:
            raise Refused(f"`{text}` is not one plain number", "without name, range or source")
        if self.kind == "money":
            if found.basis not in (self.basis, EACH):
                raise Refused(f"`{text}` is not {self.per or 'one amount'}", "write it as what stands there")
            if units.money_from(text.strip())[2] != self.unit:
                raise Refused(f"`{text}` is another currency", f"such as `{self.dressed('100')}`")
        return self.value(found.value)


FACTOR = Form("ratio")


@dataclass(frozen=True)
class Setting:
    """A control of a scenario, ready to be shown and moved.

    low, high, step, written (the value as written) and value (where it stands now) are in the unit of the number: 60
    for 60%. scales: it multiplies what each design has, and as written is 1. of: the number's key in the file.
    """

    name: str
    label: str
    note: str
    of: str
    low: float
    high: float
    step: float
    written: float
    value: float
    scales: bool
    designs: tuple[str, ...]
    form: Form = field(repr=False)
    is_set: bool = False

    @property
    def unit(self) -> str:
        """`%`, `months`, `£`, `per year`, or nothing, as the number is written."""
        return self.form.unit

    def text(self, value: float) -> str:
        """A value as the language writes it: `60%`, `6 months`, `£9500 per place per year`; `1.5` where it multiplies."""
        return self.form.text(value)

    def shown(self, value: float) -> str:
        """A value for people: `60%`, `£9,500 per place per year`, `150% of as written`."""
        if self.scales:
            return f"{value * 100:.6g}% of as written"
        plain = f"{value:,.9f}".rstrip("0").rstrip(".")
        return self.form.dressed(plain)

    def read(self, value: str | float) -> float:
        """A value, from text or a plain number in the control's unit. Raises Refused if it is none or out of range."""
        found = self.form.read(value if isinstance(value, str) else self.text(value))
        if not between(self.low, found, self.high):
            raise Refused(
                f"`{self.text(found)}` is outside the range of this control",
                f"write a value from `{self.text(self.low)}` to `{self.text(self.high)}`",
            )
        return found


def between(low: float, value: float, high: float) -> bool:
    return (low <= value or math.isclose(low, value)) and (value <= high or math.isclose(value, high))


# Laying over --------------------------------------------------------------------------------------------------------


def path_to(of: str, raw: Mapping, design: str) -> Path:
    """The path of a key as messages write it, in the file as a design has it. Raises Refused, for the control's `of`.

    It leads only to what a design may change. A short form (`places: 40`) and the same written out (`places: {count: 40}`,
    as merging leaves it) have the same key.
    """
    if len(of) > LONGEST_KEY:
        raise Refused(f"`{short(of)}` is too long for a key", None, ("of",))
    path: list[str | int] = []
    node: Any = raw
    rest = of
    while rest or not path:
        keys = _keys(node)
        if not path:
            keys = [key for key in keys if key in OVERLAYS]
        elif path == ["people"]:
            keys = [key for key in keys if key in OF_PEOPLE]
        # A key may hold dots (`1.5 years`): the longest that fits.
        key = max((each for each in keys if f"{rest}.".startswith(f"{each}.")), key=len, default=None)
        if key is not None:
            rest = rest[len(key) + 1 :]
        else:
            key = _short_for(path)
            if key is not None and not keys and rest == key:  # written out in `of`, and short in the file
                break
            if key not in keys:
                raise _leads_nowhere(of, rest.split(".")[0], keys, design, first=not path)
        step = int(key) if isinstance(node, Items) else str(key)
        node = node[step]
        path.append(step)
    inside = _short_for(path)
    return (*path, inside) if inside in _keys(node) else tuple(path)


def _short_for(path: Sequence[str | int]) -> str | None:
    """The key that the short form of what stands at a place is written out with: `count` for places."""
    part = model_at(Document, tuple(path))
    if part is None or not path or not issubclass(part, Part):
        return None
    whole = part.expand(Text("1"))
    return next(iter(whole)) if isinstance(whole, dict) and whole else None


def _keys(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        return list(node)
    return [str(index) for index in range(len(node))] if isinstance(node, Items) else []


def _leads_nowhere(of: str, step: str, keys: Sequence[str], design: str, first: bool) -> Refused:
    if first and step not in OVERLAYS:
        hint = "it moves what a design may change: " + ", ".join(OVERLAYS)
        return Refused(f"a control cannot move `{short(step)}`", hint, ("of",))
    message = f"`{short(of)}` leads to nothing in `{design}`: there is no `{short(step)}`"
    return Refused(message, did_you_mean(step, keys), ("of",))


def replaced(raw: Mapping, path: Path, new: str | float, place: tuple[int, int] = (0, 0)) -> Mapping:
    """The file with what stands at a path replaced by a text, or multiplied by a number.

    place: line and column that messages about it name.
    """
    whole: Mapping = raw.copy_with_places()
    node: Any = whole
    for step in path[:-1]:
        inner = node[step]
        copy = (
            inner.copy_with_places()
            if isinstance(inner, Mapping)
            else Items(inner, line=inner.line, column=inner.column)
        )
        node[step] = copy
        node = copy
    last = path[-1]
    node[last] = Text(new, *place) if isinstance(new, str) else Changed(node[last], new, *place)
    if isinstance(node, Mapping):
        node.places[str(last)] = place
    return whole


def with_control(raw: Mapping, control: Setting, design: str) -> Mapping:
    """The file as a design has it, with a control laid over it at its value."""
    path = path_to(control.of, raw, design)
    # What somebody sets is no evidence: it loses its range and its source.
    new = control.value if control.scales else f"{control.text(control.value)} @{ASSUMPTION}"
    return replaced(raw, path, new, reader.place_of(raw, ("controls", control.name, "set")))


def with_controls(raw: Mapping, controls: Iterable[Setting], design: str) -> Mapping:
    """The file as a design has it, with these controls laid over it, all of which act in it."""
    for control in controls:
        raw = with_control(raw, control, design)
    return raw
