"""Times that vary from person to person: the families of LANGUAGE section 3, as written. Nothing is solved here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simulator.scenario import quantities
from simulator.scenario.problems import Refused, did_you_mean
from simulator.scenario.quantities import Changed, Named, Quantity, Split, Value

SHAPED = ("weibull", "gamma", "lognormal")
FAMILIES = ("fixed", "exponential", *SHAPED, "within", "uniform", "triangular", "any_of")
PARAMETERS = {
    "exponential": ("mean", "sd", "median", "scale", "within"),
    "weibull": ("mean", "sd", "median", "scale", "shape", "within"),
    "gamma": ("mean", "sd", "median", "scale", "shape", "within"),
    "lognormal": ("mean", "sd", "median", "within"),
}
ALL_PARAMETERS = ("mean", "sd", "median", "scale", "shape", "within")


@dataclass(frozen=True)
class Family:
    """A family with its parameters as written.

    `parameters` pairs a name with a Value; the list families use "0", "1", ... as names. `within` holds the observed
    points: (time, share) Values. `factor` is a `times` laid over the whole time.
    """

    name: str
    parameters: tuple[tuple[str, Value], ...] = ()
    within: tuple[tuple[Quantity, Value], ...] = ()
    source: str | None = None
    factor: float = 1.0
    line: int = 0

    def times(self, factor: float) -> Family:
        return replace(self, factor=self.factor * factor)


Time = Quantity | Named | Family | Split


def parse_time(raw: Any, *, split: bool = True) -> Time:
    """A time: bare (fixed), a family, or a split of times by segment or state. Raises Refused."""
    if isinstance(raw, Changed):
        return parse_time(raw.raw, split=split).times(raw.factor)
    if isinstance(raw, str):
        return quantities.parse(raw, "time")
    if not isinstance(raw, dict):
        raise Refused("a time is wanted here, not a list", "such as `6 months` or `{exponential: 14 months}`")
    if "value" in raw:
        return quantities.parse(raw, "time")
    if any(key in FAMILIES for key in raw):
        return parse_family(raw)
    near = [
        key
        for key in raw
        if (did_you_mean(key, FAMILIES) or "").startswith("did") and not isinstance(raw[key], str)
    ]
    if near and len(raw) == 1:
        raise Refused(f"`{near[0]}` is not a family of times", did_you_mean(near[0], FAMILIES), (near[0],))
    if "start" in raw:
        raise Refused(
            "a timeline cannot stand in a time",
            "a time holds for good; a design may replace it from the start on",
        )
    if not split:
        raise Refused("a time is wanted here", "such as `6 months` or `{exponential: 14 months}`")
    return quantities.parse(raw, "time", split=True, leaf=lambda inner: parse_time(inner, split=False))


def parse_family(raw: dict[str, Any]) -> Time:
    """A mapping with one key of FAMILIES, and `source` and `note` beside it."""
    chosen = [key for key in raw if key in FAMILIES]
    for key in raw:
        if key not in FAMILIES and key not in ("source", "note", "label"):
            raise Refused(
                f"unknown key `{key}` in a time", did_you_mean(key, (*FAMILIES, "source", "note")), (key,)
            )
    if len(chosen) > 1:
        raise Refused(f"one family a time, here are {' and '.join(chosen)}", "remove one", (chosen[1],))
    name = chosen[0]
    source = str(raw["source"]) if "source" in raw else None
    line = getattr(raw.get(name), "line", 0) or getattr(raw, "line", 0)
    try:
        family = _family(name, raw[name])
    except Refused as error:
        raise error.within(name) from None
    if isinstance(family, Quantity):
        return replace(family, source=source or family.source) if source else family
    if isinstance(family, Family):
        return replace(family, source=source, line=line)
    return family


def _family(name: str, raw: Any) -> Time:
    if name == "fixed":
        return quantities.parse(raw, "time", split=True)
    if name == "within":
        return (
            Family("weibull" if len(raw) == 2 else "exponential", within=_within(raw))
            if isinstance(raw, dict)
            else _within(raw)
        )
    if name in ("uniform", "triangular", "any_of"):
        return Family(name, parameters=_list(name, raw))
    if isinstance(raw, str | Changed):
        if name != "exponential":
            raise Refused(
                f"{name} needs two parameters",
                f"such as `{name}: {{mean: 6 months, {'shape: 1.3' if name == 'weibull' else 'sd: 3 months'}}}`",
            )
        return Family(name, parameters=(("mean", quantities.parse(raw, "time")),))
    if not isinstance(raw, dict):
        raise Refused(
            f"{name} needs its parameters as a mapping", f"such as `{name}: {{mean: 6 months, sd: 3 months}}`"
        )
    if "value" in raw or not any(key in ALL_PARAMETERS for key in raw):
        if name == "exponential":
            return Family(name, parameters=(("mean", quantities.parse(raw, "time", split=True)),))
        for key in raw:
            raise Refused(f"unknown parameter `{key}` of {name}", did_you_mean(key, PARAMETERS[name]), (key,))
        raise Refused(f"{name} needs two parameters", f"such as `{name}: {{mean: 6 months, sd: 3 months}}`")
    parameters: list[tuple[str, Value]] = []
    within: tuple[tuple[Quantity, Value], ...] = ()
    for key, inner in raw.items():
        if key not in PARAMETERS[name]:
            raise Refused(f"unknown parameter `{key}` of {name}", did_you_mean(key, PARAMETERS[name]), (key,))
        try:
            if key == "within":
                within = _within(inner)
            else:
                parameters.append(
                    (key, quantities.parse(inner, "ratio" if key == "shape" else "time", split=True))
                )
        except Refused as error:
            raise error.within(key) from None
    wanted = 1 if name == "exponential" else 2
    given = len(parameters) + len(within)
    if given != wanted:
        raise Refused(
            f"{name} takes {wanted} parameter{'s' * (wanted > 1)}, here are {given}",
            f"give {wanted} of {', '.join(PARAMETERS[name])}",
        )
    return Family(name, tuple(parameters), within)


def _within(raw: Any) -> Any:
    if not isinstance(raw, dict) or not 1 <= len(raw) <= 2:
        raise Refused(
            "`within` says what share has happened by when",
            "such as `within: {12 months: 22%}`, with one or two points",
        )
    points = []
    for key, inner in raw.items():
        try:
            when = quantities.parse(key, "time")
            share = quantities.parse(inner, "share", split=False)
        except Refused as error:
            raise error.within(key) from None
        if isinstance(when, Quantity) and when.value <= 0:
            raise Refused("a share by time 0 cannot be", None, (key,))
        points.append((when, share))
    return tuple(points)


def _list(name: str, raw: Any) -> tuple[tuple[str, Value], ...]:
    wanted = {"uniform": "[low, high]", "triangular": "[low, mode, high]", "any_of": "[2 days, 5 days, ...]"}[
        name
    ]
    count = {"uniform": 2, "triangular": 3}.get(name)
    if not isinstance(raw, list) or not raw or (count and len(raw) != count):
        raise Refused(f"{name} takes a list", f"`{name}: {wanted}`")
    values = []
    for index, inner in enumerate(raw):
        try:
            values.append((str(index), quantities.parse(inner, "time")))
        except Refused as error:
            raise error.within(index) from None
    if name != "any_of":
        fixed = [value.value for _, value in values if isinstance(value, Quantity)]
        if fixed != sorted(fixed) or (len(fixed) == len(values) and fixed[0] == fixed[-1]):
            raise Refused(f"the times of {name} must rise", f"`{name}: {wanted}`")
    return tuple(values)
