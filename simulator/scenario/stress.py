"""What a stress does to the file as a design has it: fewer referrals, places that open late, weaker effects, late payment.

It acts on what the design does and the baseline does not (`services_of`, and the contracts that only it signs). Which
stresses there are, how hard they are and why is not said here (`experiments.stress`). A supposition is no evidence: what it
replaces loses its range and its source.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from simulator.scenario import quantities, units
from simulator.scenario.quantities import Changed, Named, Quantity, Split, Timeline
from simulator.scenario.reader import Mapping, Text
from simulator.scenario.schema import Places

RATIOS = ("hazard_ratio", "risk_ratio", "odds_ratio")
# Other places, prices or names do not make a service work otherwise.
BESIDE = ("places", "lead_in", "closing", "cost", "label", "note")
# What `unlimited` is in a timeline, which cannot say it: more than come to any service.
UNLIMITED = 1e6
Steps = list[tuple[float, float]]
"""(days from the start, value from then on); the first holds before it too."""


@dataclass(frozen=True)
class Shortfall:
    """How far things fall short of a plan; as made, not at all.

    referrals: share of those planned that come. opens_later: days. effects: share of the logarithm of each ratio that is left,
    so that at 0.5 a ratio of 0.64 is 0.8, and at 0 every ratio is 1. paid_later: days. Raises ValueError for shares outside
    0 to 1 and times below 0.
    """

    referrals: float = 1.0
    opens_later: float = 0.0
    effects: float = 1.0
    paid_later: float = 0.0

    def __post_init__(self) -> None:
        for name, share in (("referrals", self.referrals), ("effects", self.effects)):
            if not 0 <= share <= 1:
                raise ValueError(f"{name} fall short to 0 to 100% of the plan, not to {share * 100:g}%")
        for name, days in (("opens_later", self.opens_later), ("paid_later", self.paid_later)):
            if not 0 <= days < units.LARGEST:
                raise ValueError(f"{name} is a time of 0 days or more, not {days:g}")


def stressed(raw: Mapping, baseline: Mapping, signs: Collection[str], short: Shortfall) -> Mapping:
    """The file as a design has it, short of its plan; `raw` itself where there is nothing to change.

    baseline: the file as the baseline has it. signs: contracts that the design signs and the baseline does not.
    """
    start = units.date_from(raw["start"]).toordinal()
    found = raw
    moved: set[tuple[str, ...]] = set()
    for name in services_of(raw, baseline):
        if short.referrals < 1:
            found = _fewer(found, name, short.referrals)
        if short.effects < 1:
            found = _weaker(found, name, short.effects)
        path = _pool(raw, name)
        # A team is shared by several services, and moves once.
        if short.opens_later > 0 and path not in moved:
            moved.add(path)
            found = _later(found, path, _had(baseline, name, path, start), short.opens_later, start)
    for name in signs if short.paid_later > 0 else ():
        # Where the file says something already, this comes on top.
        late = quantities.parse(raw["contracts"][name].get("late", "0 days"), "time").value + short.paid_later
        found = _put(found, ("contracts", name, "late"), Text(f"{round(late)} days"))
    return found


def services_of(raw: Mapping, baseline: Mapping) -> tuple[str, ...]:
    """Services that a design adds, gives more places than the baseline at some time, or makes work otherwise.

    One that it only closes, makes smaller or prices otherwise is none of them.
    """
    start = units.date_from(raw["start"]).toordinal()
    before = baseline.get("services") or {}
    return tuple(
        name
        for name, service in (raw.get("services") or {}).items()
        if name not in before
        or _essence(service) != _essence(before[name])
        or _rises(_pooled(raw, name, start), _pooled(baseline, name, start))
    )


def _essence(service: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in service.items() if key not in BESIDE}


def _fewer(raw: Mapping, name: str, share: float) -> Mapping:
    """A share of those identified, or, where nobody is (reached by hand-off only), of those who say yes."""
    service = raw["services"][name]
    if not service.get("for"):
        path: tuple[str, ...] = ("services", name, "take_up")
        written = service.get("take_up")
    else:
        path = ("services", name, "referral", "share")
        written = (service.get("referral") or {}).get("share")
    # What is not written is all of them.
    new = Text(f"{share * 100:.12g}%") if written is None else Changed(written, share)
    return _put(raw, path, new)


def _weaker(raw: Mapping, name: str, left: float) -> Mapping:
    found = raw
    for effect, written in (raw["services"][name].get("effects") or {}).items():
        for key in RATIOS:
            if key in written:
                value = quantities.parse(written[key], "ratio", split=True)
                found = _put(found, ("services", name, "effects", effect, key), _nearer_1(value, raw, left))
    return found


def _nearer_1(value: Quantity | Named | Split, raw: Mapping, left: float) -> Any:
    """A ratio as text, its logarithm times `left`."""
    if isinstance(value, Split):
        parts = dict(value.parts) if value.others is None else {**dict(value.parts), "others": value.others}
        return Mapping({name: _nearer_1(part, raw, left) for name, part in parts.items()}, line=value.line)
    return Text(f"{_number(value, raw) ** left:.12f} @{quantities.ASSUMPTION}")


def _number(value: Quantity | Named, raw: Mapping) -> float:
    """A single number as written, one of a name included."""
    if isinstance(value, Quantity):
        return value.value
    named: float = quantities.parse(raw["numbers"][value.name], value.kind).value
    return named * value.factor


# Places ---------------------------------------------------------------------------------------------------------------


def _later(raw: Mapping, path: tuple[str, ...], before: Steps, days: float, start: int) -> Mapping:
    """Places (or staff) of a service or team that open later than planned; nothing changes where none open."""
    fields = _fields(raw, path)
    planned = _places(raw, fields, start)
    late = delayed(planned, before, days)
    if late == delayed(planned, planned, 0.0):
        return raw
    if "staff" not in fields:
        return _put(raw, path if path[0] == "services" else (*path, "places"), _timeline(late))
    caseload = _steps(fields["caseload"], raw, start)
    # Staff come late, each with the caseload of the time.
    staff = _steps(fields["staff"], raw, start)
    had = [(when, value / at(caseload, when) if at(caseload, when) else 0.0) for when, value in before]
    return _put(raw, (*path, "staff"), _timeline(delayed(staff, had, days)))


def delayed(planned: Steps, before: Steps, days: float) -> Steps:
    """What is added comes so many days late and what is taken away goes on time: the lesser of the plan then and so long before.

    before: what there is until the plan can act, for the first of these days.
    """
    times = {0.0, days, *(when for when, _ in planned), *(when + days for when, _ in planned[1:])}
    times |= {when for when, _ in before if when < days}
    found: Steps = []
    for when in sorted(each for each in times if each >= 0):
        value = min(at(planned, when), at(planned, when - days) if when >= days else at(before, when))
        if not found or found[-1][1] != value:
            found.append((when, value))
    return found


def at(steps: Steps, when: float) -> float:
    """The value at a time."""
    return next((value for since, value in reversed(steps) if since <= when), steps[0][1])


def _rises(steps: Steps, other: Steps) -> bool:
    """Whether one is above the other at some time."""
    return any(at(steps, when) > at(other, when) for when, _ in [*steps, *other])


def _pool(raw: Mapping, service: str) -> tuple[str, ...]:
    """The path of what holds a service's places: its own, or its team's."""
    count = Places.expand(raw["services"][service]["places"]).get("count")
    if isinstance(count, str) and count.strip() in (raw.get("teams") or {}):
        return "teams", count.strip()
    return "services", service, "places"


def _fields(raw: Mapping, path: tuple[str, ...]) -> Mapping:
    """What a place holds, written out: `count`, `unlimited`, `places`, or `staff` and `caseload`."""
    node: Any = raw
    for step in path:
        node = node[step]
    found: Mapping = node if path[0] == "teams" else Places.expand(node)
    return found


def _had(baseline: Mapping, service: str, path: tuple[str, ...], start: int) -> Steps:
    """What the baseline has of these places. A service that joins a team which has its places already does not open late."""
    if path[0] == "teams" and path[1] in (baseline.get("teams") or {}):
        return _places(baseline, _fields(baseline, path), start)
    return _pooled(baseline, service, start)


def _pooled(raw: Mapping, service: str, start: int) -> Steps:
    """The places that a service may use; none where there is no such service."""
    if service not in (raw.get("services") or {}):
        return [(0.0, 0.0)]
    return _places(raw, _fields(raw, _pool(raw, service)), start)


def _places(raw: Mapping, fields: Mapping, start: int) -> Steps:
    if fields.get("unlimited"):
        return [(0.0, UNLIMITED)]
    if "staff" not in fields:
        return _steps(fields["places"] if "places" in fields else fields["count"], raw, start)
    staff, caseload = (_steps(fields[key], raw, start) for key in ("staff", "caseload"))
    times = sorted({0.0, *(when for when, _ in [*staff, *caseload])})
    return [(when, at(staff, when) * at(caseload, when)) for when in times]


def _steps(written: Any, raw: Mapping, start: int) -> Steps:
    value = quantities.parse(written, "count", timeline=True)
    if not isinstance(value, Timeline):
        return [(0.0, _number(value, raw))]
    return [(when - start if dated else when, _number(each, raw)) for when, dated, each in value.steps]


def _timeline(steps: Steps) -> Mapping:
    found = Mapping(start=Text(f"{steps[0][1]:.12g}"))
    for when, value in steps[1:]:
        found[f"{when:.12g} days"] = Text(f"{value:.12g}")
    return found


def _put(raw: Mapping, path: tuple[str, ...], new: Any) -> Mapping:
    """The file with this at a path, and what leads there where it is missing."""
    whole = raw.copy_with_places()
    if len(path) == 1:
        whole[path[0]] = new
    else:
        inner = raw.get(path[0])
        whole[path[0]] = _put(inner if isinstance(inner, Mapping) else Mapping(), path[1:], new)
    return whole


__all__ = ["Shortfall", "Steps", "at", "delayed", "services_of", "stressed"]
