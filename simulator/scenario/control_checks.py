"""Whether the controls of a file are right, and the settings that they are read to."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulator.scenario import reader, units
from simulator.scenario.checks import MOST_WORK, values_in
from simulator.scenario.controls import (
    FACTOR,
    LONGEST,
    Form,
    Setting,
    between,
    path_to,
    replaced,
    short,
    with_control,
)
from simulator.scenario.document import Control, Document
from simulator.scenario.findings import Findings, Known, Path, Stated, Use, node_at, shown, uses
from simulator.scenario.number_checks import check_numbers
from simulator.scenario.problems import Problem, Refused, did_you_mean
from simulator.scenario.quantities import FULL_KEYS, Named, Quantity
from simulator.scenario.reader import Mapping

MOST_CONTROLS = 20
STEPS = 20  # a control without a step moves by the range over this
AS_WRITTEN = 1.0  # of a control that multiplies


def settings_of(
    document: Document, designs: AnyMapping[str, Document], raws: AnyMapping[str, Mapping], findings: Findings
) -> dict[str, Setting]:
    """The controls of a file in its order; what is wrong with them goes to `findings`.

    designs and raws: the file as each design has it, as written.
    """
    if len(document.controls) > MOST_CONTROLS:
        findings.error(
            ("controls",),
            f"{len(document.controls)} controls, over {MOST_CONTROLS}",
            "keep those that people would move first",
        )
        return {}
    apart = len({id(design) for design in designs.values()})
    if 2 * len(document.controls) * apart * values_in(findings.raw) > MOST_WORK:
        findings.error(
            ("controls",),
            f"{len(document.controls)} controls of {apart} designs are too many for a file of this size",
            "keep fewer of one of them, or split the file",
        )
        return {}
    found: dict[str, Setting] = {}
    for name, control in document.controls.items():
        if len(name) > LONGEST:
            line, column = reader.place_of(findings.raw, ("controls", name))
            message = f"a name of {len(name):,} characters, over {LONGEST}"
            key = f"controls.{short(name)}"
            findings.errors.append(
                Problem(line, column, key, message, "`label` is what people read", file=findings.file)
            )
            continue
        try:
            setting = _Reading(name, control, designs, raws).setting()
            for other in found.values():
                _apart(setting, other, raws)
        except Refused as error:
            findings.error(("controls", name, *error.path), error.message, error.suggestion)
            continue
        found[name] = setting
    return found


def _apart(one: Setting, other: Setting, raws: AnyMapping[str, Mapping]) -> None:
    """Two controls of one number would leave open which of them stands."""
    for design in set(one.designs) & set(other.designs):
        first, second = (path_to(each.of, raws[design], design) for each in (one, other))
        shared = min(len(first), len(second))
        if first[:shared] == second[:shared]:
            raise Refused(f"`{other.name}` moves this number already", "keep one of them", ("of",))


@dataclass(frozen=True)
class _Reading:
    """One control being read against the designs it acts in."""

    name: str
    control: Control
    every: AnyMapping[str, Document]
    raws: AnyMapping[str, Mapping]

    def setting(self) -> Setting:
        control = self.control
        designs = self._designs()
        # Designs that come to the same are one document, and looked at once.
        apart = list({id(self.every[design]): design for design in reversed(designs)}.values())[::-1]
        paths = {design: path_to(control.of, self.raws[design], design) for design in apart}
        if control.times is not None:
            form, written, key, extent = FACTOR, AS_WRITTEN, "times", control.times
            varies = [self._has_numbers(design, paths[design]) for design in apart]
            if any(varies) and _ends(extent, form, key)[0] == 0:
                raise Refused("a time that people take cannot be multiplied by 0", "such as `0.1`", (key,))
        else:
            form, written = self._one_number(paths)
            key, extent = "range", str(control.range)
        low, high = _ends(extent, form, key)
        if not between(low, written, high):
            raise Refused(
                f"as written it is `{form.text(written)}`, which lies outside",
                "widen the range so that it holds what is written",
                (key,),
            )
        setting = Setting(
            self.name,
            control.label or self.name.replace("_", " "),
            " ".join((control.note or "").split()),
            control.of,
            low,
            high,
            _step(control.step, low, high, form),
            written,
            written,
            control.times is not None,
            designs,
            form,
        )
        for end in (low, high):
            for design in apart:
                self._try(replace(setting, value=end), design, key)
        if control.set is None:
            return setting
        try:
            return replace(setting, value=setting.read(control.set), is_set=True)
        except Refused as error:
            raise error.within("set") from None

    def _designs(self) -> tuple[str, ...]:
        for index, design in enumerate(self.control.in_):
            if design not in self.every:
                hint = did_you_mean(design, self.every)
                raise Refused(f"there is no design `{short(design)}`", hint, ("in", index))
        return tuple(name for name in self.every if not self.control.in_ or name in self.control.in_)

    def _numbers(self, design: str, path: Path) -> list[Use]:
        """The single numbers that stand at a key or inside it."""
        raw, of = self.raws[design], ".".join(map(str, path))
        found = uses(_only(self.every[design], path), raw)
        singles = [
            use for use in found if not isinstance(use, Stated) and isinstance(use.value, Quantity | Named)
        ]
        if path[-1] == "fixed":  # a time that does not vary stands for itself
            return [use for use in singles if f"{shown(raw, use.path)}.fixed" == of]
        return [use for use in singles if f"{shown(raw, use.path)}.".startswith(f"{of}.")]

    def _has_numbers(self, design: str, path: Path) -> bool:
        """Whether a time that varies stands there. Refused if what stands there cannot be multiplied.

        A number can be, one by segment or date too, and a time with all it is made of.
        """
        numbers = self._numbers(design, path)
        known = Known(self.every[design])
        if not numbers or any(known.value(use.value) is None for use in numbers):
            raise _no_number(self.control.of, path, design)
        try:
            _parts(replaced(self.raws[design], path, AS_WRITTEN), path)
        except Refused:
            example = shown(self.raws[design], numbers[0].path)
            raise Refused(
                f"`{self.control.of}` is more than one number", f"such as `{example}`", ("of",)
            ) from None
        return any(use.family is not None for use in numbers)

    def _one_number(self, paths: AnyMapping[str, Path]) -> tuple[Form, float]:
        """The form and the value of the number that a `range` sets: the same in every design."""
        found: dict[str, tuple[Form, float]] = {}
        for design, path in paths.items():
            node = node_at(self.raws[design], path)
            numbers = self._numbers(design, path)
            if not numbers:
                raise _no_number(self.control.of, path, design)
            whole = not isinstance(node, dict | list) or (isinstance(node, dict) and "value" in node)
            if not whole or len(numbers) > 1:
                raise Refused(
                    f"in `{design}` this is not one number",
                    "`times` in place of `range` multiplies all of it; or name one of its numbers in `of`",
                    ("range",),
                )
            leaf = numbers[0].value
            number = Known(self.every[design]).value(leaf)
            if number is None:
                raise _no_number(self.control.of, path, design)
            try:
                form = Form.of(replace(number, kind=leaf.kind))
            except Refused as error:
                raise error.within("of") from None
            found[design] = form, form.value(number.value)
        (first, (form, written)), *others = found.items()
        for design, (other, value) in others:
            if other != form or not math.isclose(value, written):
                raise Refused(
                    f"it is `{form.text(written)}` in `{first}` and `{other.text(value)}` in `{design}`",
                    "`times` in place of `range` multiplies what each has; or say with `in` which designs it acts in",
                    ("range",),
                )
        return form, written

    def _try(self, setting: Setting, design: str, key: str) -> None:
        """Whether the part of the file that a control acts on is good at this value."""
        document = self.every[design]
        laid = with_control(self.raws[design], setting, design)
        path = path_to(setting.of, laid, design)
        try:
            findings = Findings(laid, "")
            check_numbers(_only(document, path, _parts(laid, path)), Known(document), findings)
            if findings.errors:
                raise Refused(findings.errors[0].message)
        except Refused as error:
            at = f"at `{setting.text(setting.value)}` in `{design}`: {error.message}"
            raise Refused(at, "narrow the range to what can be", (key,)) from None


def _no_number(of: str, path: Path, design: str) -> Refused:
    inside = len(path) > 1 and path[-1] in FULL_KEYS
    hint = f"name the number itself, `{'.'.join(map(str, path[:-1]))}`" if inside else None
    hint = hint or "name a number, or write it there first if it has only its default"
    return Refused(f"`{short(of)}` is not a number in `{design}`", hint, ("of",))


def _ends(text: str, form: Form, key: str) -> tuple[float, float]:
    """The two ends of a range, whose unit may be left out."""
    example = f"`{key}: {form.dressed('1')} to {form.dressed('2')}`"
    parts = [part.strip() for part in re.split(r"\s+to\s+", text.strip())]
    if len(parts) != 2:
        raise Refused(f"`{short(text)}` is not a range", f"two ends, such as {example}", (key,))
    try:
        low, high = (
            form.read(form.dressed(part) if units.NUMBER.fullmatch(part) else part) for part in parts
        )
    except Refused as error:
        raise error.within(key) from None
    if low >= high:
        raise Refused(f"the range `{text}` does not rise", "write the lower end first", (key,))
    return low, high


def _step(text: str | None, low: float, high: float, form: Form) -> float:
    if text is None:
        step = (high - low) / STEPS
        return max(1.0, float(round(step))) if form.kind == "count" else float(f"{step:.12g}")
    try:
        step = form.read(form.dressed(text.strip()) if units.NUMBER.fullmatch(text.strip()) else text)
    except Refused as error:
        raise error.within("step") from None
    if not 0 < step <= (high - low) * (1 + 1e-9):
        message = "a step is above 0" if step <= 0 else "the step is longer than the range"
        raise Refused(message, f"such as `{form.text(float(f'{(high - low) / STEPS:.3g}'))}`", ("step",))
    return step


# The part of a file that a control acts on ---------------------------------------------------------------------------


def _only(document: Document, path: Path, parts: Any = None) -> Document:
    """The document as one that gives nothing but the part that a path leads into, for checks that walk all of it.

    parts: that part read anew (`_parts`); as the document has it if left out.
    """
    section = str(path[0])
    if parts is None:
        whole = getattr(document, section)
        parts = {path[1]: whole[path[1]]} if isinstance(whole, dict) and path[1:] else whole
    return Document.model_construct(_fields_set={section}, **{**document.__dict__, section: parts})


def _parts(raw: Mapping, path: Path) -> Any:
    """The part of a file that a path leads into, read. Raises Refused with the first thing wrong with it."""
    section = str(path[0])
    whole = raw[section]
    adapter = _adapter(section)
    try:
        return adapter.validate_python(
            whole if section in ("people", "investment") or not path[1:] else {path[1]: whole[path[1]]}
        )
    except ValidationError as error:
        first = error.errors()[0]
        refused = first.get("ctx", {}).get("error")
        raise refused if isinstance(refused, Refused) else Refused(first["msg"]) from None


@lru_cache
def _adapter(section: str) -> TypeAdapter[Any]:
    annotation: Any = Document.model_fields[section].annotation
    return TypeAdapter(annotation)
