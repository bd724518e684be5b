"""Laying a design or a reading over a scenario, before anything is interpreted.

The schema decides what is a mapping to merge key by key and what is a value to replace whole, so a new key of the
language needs nothing here.
"""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel

from simulator.scenario import units
from simulator.scenario.problems import Refused, did_you_mean
from simulator.scenario.quantities import Changed
from simulator.scenario.reader import Mapping
from simulator.scenario.schema import OVERLAYS, Part

ADDABLE = (
    "services",
    "teams",
    "contracts",
    "effects",
    "pays",
    "fees",
    "providers",
    "tranches",
    "passes",
    "arrive",
)
# Shares that sum to the whole: one of them cannot change alone.
REPLACED_WHOLE = ("payer",)
OF_PEOPLE = ("arrive", "leave_after")


def lay_over(base: Mapping, overlay: Mapping, model: type[BaseModel]) -> Mapping:
    """The raw file with the overlay's sections merged in. Raises Refused with the path inside the overlay."""
    merged = base.copy_with_places()
    if isinstance(overlay.get("people"), dict):
        for name in overlay["people"]:
            if name not in OF_PEOPLE:
                raise Refused(
                    f"`{name}` of people cannot change in a design",
                    "`arrive` and `leave_after` can",
                    ("people", name),
                )
    for section in OVERLAYS:
        if section in overlay:
            field = model.model_fields[section]
            try:
                merged[section] = _merge(base.get(section), overlay[section], field.annotation, section)
            except Refused as error:
                raise error.within(section) from None
            merged.places.setdefault(section, overlay.places.get(section, (0, 0)))
    return merged


def _merge(base: Any, over: Any, annotation: Any, key: str) -> Any:
    annotation = _plain(annotation)
    part = annotation if isinstance(annotation, type) and issubclass(annotation, Part) else None
    if part is not None:
        over = part.expand(over)
        base = part.expand(base) if base is not None else Mapping(line=getattr(over, "line", 0))
        if not isinstance(over, dict):
            raise Refused("a mapping of keys is wanted here")
        if not isinstance(base, dict):
            return over
        merged = _copy(base)
        for group in part.exclusive:
            if any(name in over and name not in _shared(part, group) for name in group):
                for other in part.exclusive:
                    if other is not group:
                        for name in other:
                            if name not in group and name not in over:
                                merged.pop(name, None)
        types_by_key = {(field.alias or name): field.annotation for name, field in part.model_fields.items()}
        for name, value in over.items():
            _put(merged, over, name, value, types_by_key.get(name))
        return merged
    if typing.get_origin(annotation) is dict and key not in REPLACED_WHOLE:
        inner = typing.get_args(annotation)[1]
        if not isinstance(over, dict):
            raise Refused("a mapping of keys is wanted here")
        base = base if isinstance(base, dict) else Mapping()
        merged = _copy(base)
        for name, value in over.items():
            if name not in base and key not in ADDABLE:
                raise Refused(
                    f"`{name}` does not stand above, and a design cannot add to {key}",
                    did_you_mean(name, base) or "define it above, in the file itself",
                    (name,),
                )
            _put(merged, over, name, value, inner, key)
        return merged
    return _replace(base, over)


def _put(
    merged: Mapping, over: dict[str, Any], name: str, value: Any, annotation: Any, within: str = ""
) -> None:
    try:
        merged[name] = _merge(merged.get(name), value, annotation, name if not within else f"{within}.{name}")
    except Refused as error:
        raise error.within(name) from None
    if isinstance(over, Mapping) and name in over.places:
        merged.places[name] = over.places[name]


def _replace(base: Any, over: Any) -> Any:
    if isinstance(over, str) and over.strip().startswith("times "):
        if base is None:
            raise Refused("`times` has nothing to multiply: no number stands here", "write the number itself")
        factor = units.number_from(over.strip()[6:].strip())
        if factor < 0:
            raise Refused("`times` takes a factor of 0 or more")
        return Changed(base, factor, getattr(over, "line", 0), getattr(over, "column", 0))
    return over


def _copy(mapping: dict[str, Any]) -> Mapping:
    if isinstance(mapping, Mapping):
        return mapping.copy_with_places()
    return Mapping(mapping)


def _shared(part: type[Part], group: tuple[str, ...]) -> set[str]:
    """Keys that stand in several exclusive groups and so decide nothing (an effect's `by`)."""
    return {name for name in group if sum(name in other for other in part.exclusive) > 1}


def model_at(root: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that the schema has at a place below `root`; None where there is a value, or nothing."""
    annotation: Any = root
    for step in path:
        annotation = _plain(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            by_key = {(info.alias or name): info.annotation for name, info in annotation.model_fields.items()}
            annotation = by_key.get(str(step))
        else:
            arguments = typing.get_args(annotation)
            annotation = arguments[-1] if arguments else None
    annotation = _plain(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _plain(annotation: Any) -> Any:
    """An annotation without `| None` and without pydantic's metadata."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _plain(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        inner = [each for each in typing.get_args(annotation) if each is not type(None)]
        return _plain(inner[0]) if len(inner) == 1 else annotation
    return annotation
