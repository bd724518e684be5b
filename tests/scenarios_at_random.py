"""Random valid scenarios, small in people and days and wide in what they say, for tests of everything after
loading.

`scenarios()` draws the text of a file, `documents()` the same as nested dictionaries that a test may change
before it
writes them with `as_text`. Times are mostly whole days, so that many things fall on one second. What
LANGUAGE section 13
refuses is kept out by construction:

- moves that take no time: a service that may refer at once hands off only to services of later names (or to
ones whose
  `after` is above 0) and leads to no state before a stay of some length; one service at most moves who
  starts at once;
- shares out of reach: a single observed share out of each state, and small;
- effects on times without hazard.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

STATES = ("at_risk", "crisis", "home", "in_care", "settled")
SERVICES = ("advice", "mentors", "respite", "support")
SEGMENTS = {"age": ("child", "teenager", "adult"), "area": ("north", "south")}
Scenario = dict[str, Any]
Draw = Any


def as_text(document: Scenario) -> str:
    """The document as a file. JSON is YAML."""
    return json.dumps(document, indent=1)


def scenarios() -> st.SearchStrategy[str]:
    """Texts of valid scenarios with a design called `baseline` and one or two others."""
    return documents().map(as_text)


@st.composite
def documents(draw: Draw, *, only_unlimited: bool = False) -> Scenario:
    """Scenarios as dictionaries. only_unlimited: nobody ever waits for anybody."""
    return _Writer(draw, only_unlimited).document()


class _Writer:
    def __init__(self, draw: Draw, only_unlimited: bool) -> None:
        self.draw = draw
        self.only_unlimited = only_unlimited

    # Small choices

    def maybe(self, percent: int = 50) -> bool:
        return self.number(1, 100) <= percent

    def number(self, low: int, high: int) -> int:
        found: int = self.draw(st.integers(low, high))
        return found

    def one(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def some(self, choices: Any, least: int = 1) -> list[Any]:
        found: list[Any] = self.draw(st.lists(st.sampled_from(list(choices)), min_size=least, unique=True))
        return found

    def days(self, low: int, high: int) -> str:
        return f"{self.number(low, high)} days"

    def share(self) -> str:
        return f"{self.one([0, 10, 25, 50, 60, 75, 90, 100])}%"

    def by_segment(self, leaf: Any, percent: int = 20) -> Any:
        """A value, or now and then a split by the segments of one grouping."""
        if not self.groupings or not self.maybe(percent):
            return leaf()
        segments = SEGMENTS[self.one(self.groupings)]
        if self.maybe():
            return {segment: leaf() for segment in segments}
        return {segments[0]: leaf(), "others": leaf()}

    def by_person(self, leaf: Any) -> Any:
        """A value, or a split by segment or state."""
        if self.maybe(10):
            return {self.one(self.states): leaf(), "others": leaf()}
        return self.by_segment(leaf)

    def timeline(self, leaf: Any) -> dict[str, Any]:
        when = sorted({self.number(1, self.horizon + 20) for _ in range(self.number(1, 3))})
        return {"start": leaf(), **{f"{each} days": leaf() for each in when}}

    # Times

    def hazardous(self, low: int = 5, high: int = 120) -> Any:
        """A family of times with a hazard."""
        mean = self.number(low, high)
        forms: list[Any] = [
            {"exponential": f"{mean} days"},
            {"exponential": {"median": f"{mean} days"}},
            {"weibull": {"mean": f"{mean} days", "shape": self.one(["0.7", "1.3", "2"])}},
            {"weibull": {"scale": f"{mean} days", "shape": "1.5"}},
            {"gamma": {"mean": f"{mean} days", "sd": f"{max(1, mean // 2)} days"}},
            {"lognormal": {"median": f"{mean} days", "mean": f"{mean + mean // 2 + 1} days"}},
            {"uniform": [f"{mean // 2} days", f"{mean + 5} days"]},
            {"triangular": [f"{mean // 2} days", f"{mean} days", f"{2 * mean} days"]},
        ]
        return forms[self.one([0, 0, 0, 0, *range(len(forms))])]

    def certain(self, low: int = 1, high: int = 60) -> Any:
        """A time without hazard."""
        if self.maybe(70):
            return {"fixed": self.days(low, high)}
        return {"any_of": [self.days(low, high) for _ in range(self.number(1, 3))]}

    def any_time(self, low: int = 1, high: int = 60) -> Any:
        kind = self.number(1, 10)
        if kind <= 6:
            return self.days(low, high)
        if kind <= 8:
            return self.certain(low, high)
        if kind == 9:
            return {"within": {self.days(max(low, 5), high): f"{self.number(10, 90)}%"}}
        return self.hazardous(max(low, 2), high)

    # Sections

    def document(self) -> Scenario:
        self.horizon = self.number(30, 400)
        self.warm_up = self.one([0, 0, 0, 7, 30, 90])
        self.states = list(STATES[: self.number(2, 5)])
        self.groupings = self.some(SEGMENTS, 0) if self.maybe(60) else []
        self.families: dict[str, str] = {}  # way out -> its family
        self.at_once_start = False
        transitions = self.transitions()
        events = self.events()
        self.services = [] if self.maybe(5) else list(SERVICES[: self.number(1, 4)])
        # Whether a service always takes time from chance to referral decides where it may lead.
        self.slow = {name: self.maybe(50) for name in self.services}
        team = (
            "key_workers" if len(self.services) > 1 and not self.only_unlimited and self.maybe(40) else None
        )
        services = {name: self.service(name, team) for name in self.services}
        self.hand_off_events(events)
        found: Scenario = {
            "format": "1",
            "scenario": "At random",
            "start": self.one(["2027-04-01", "2028-01-15"]),
            "horizon": f"{self.horizon} days",
            "people": self.people(),
            "needs": {state: {} for state in self.states},
            "transitions": transitions,
            "events": events,
            "services": services,
        }
        if self.warm_up:
            found["warm_up"] = f"{self.warm_up} days"
        users = [name for name in self.services if services[name]["places"] == team]
        if users:
            assert team is not None
            found["teams"] = {
                team: {"staff": self.dated_count(0, 2), "caseload": self.one(["1", "2", "3"])}
                if self.maybe(30)
                else {"places": self.dated_count(0, 4)}
            }
            if self.maybe():
                found["teams"][team]["first"] = self.some(users)
        if self.maybe(20):
            found["numbers"] = {"willing": "60% (40% to 80%)"}
            for service in services.values():
                if self.maybe():
                    service["take_up"] = "willing"
        found["designs"] = {"baseline": {"baseline": "yes"}, "other": self.design(found)}
        if self.maybe(30):
            found["designs"]["further"] = {"based_on": "other", **self.design(found)}
        return found

    def people(self) -> Scenario:
        found: Scenario = {"arrive": {}}
        span = self.horizon + self.warm_up
        for state in self.some(self.states)[:2]:
            people = self.number(5, 40)
            rate = f"{people * 365 // span + 1} per year"
            kind = self.number(1, 10)
            if kind <= 4:
                found["arrive"][state] = rate
            elif kind == 5:
                found["arrive"][state] = {
                    "rate": rate,
                    "by_month": [self.one(["0.5", "1", "1.5"]) for _ in range(12)],
                }
            elif kind == 6:
                found["arrive"][state] = {
                    "rate": self.timeline(lambda: f"{self.number(0, 40) * 365 // span} per year")
                }
            elif kind <= 8:
                found["arrive"][state] = {"every": f"{max(1, span // people)} days"}
            else:
                found["arrive"][state] = {
                    "at": [self.days(0, self.horizon) for _ in range(self.number(1, 25))]
                }
        if self.maybe(40):
            found["present"] = {self.one(self.states): str(self.number(1, 15))}
        if self.groupings:
            shares = {2: ["30%", "70%"], 3: ["20%", "30%", "50%"]}
            found["segments"] = {
                grouping: dict(zip(SEGMENTS[grouping], shares[len(SEGMENTS[grouping])], strict=True))
                for grouping in self.groupings
            }
        if self.maybe(30):
            found["leave_after"] = self.one(
                ["60 days", {"exponential": "200 days"}, {"any_of": ["20 days", "300 days"]}]
            )
            if self.groupings and self.maybe(40):
                found["leave_after"] = self.by_segment(lambda: self.days(20, 400), 100)
            elif self.maybe(20):
                found["leave_after"] = {self.states[0]: self.days(20, 400), "others": self.days(20, 400)}
        return found

    def transitions(self) -> Scenario:
        found: Scenario = {}
        for state in self.states:
            others = [each for each in [*self.states, "leaves"] if each != state]
            if self.maybe(15):
                continue
            if self.maybe(25) and len(others) > 1:
                first, second = self.draw(
                    st.lists(st.sampled_from(others), min_size=2, max_size=2, unique=True)
                )
                share = self.one([10, 40, 60, 90])
                kind = self.number(1, 10)
                time = (
                    self.hazardous()
                    if kind <= 6
                    else self.certain(1, 90)
                    if kind <= 8
                    else {"within": {self.days(20, 90): f"{self.number(5, 40)}%"}}
                )
                found[state] = {**time, "to": {first: f"{share}%", second: f"{100 - share}%"}}
                for target in (first, second):
                    self.families[f"{state} -> {target}"] = next(iter(time))
                if next(iter(time)) not in ("fixed", "any_of"):
                    self.ratios(found[state])
                continue
            observed = False
            for target in self.some(others)[:3]:
                kind = self.number(1, 10)
                if kind <= 5:
                    time = self.hazardous()
                elif kind <= 8 or observed:
                    time = self.certain(1, 90)
                else:
                    observed = True
                    time = {"within": {self.days(20, 90): f"{self.number(5, 25)}%"}}
                key = f"{state} -> {target}"
                self.families[key] = next(iter(time))
                found[key] = time
                if self.families[key] not in ("fixed", "any_of"):
                    self.ratios(time)
        return found

    def ratios(self, thing: Scenario) -> None:
        if self.groupings and self.maybe(30):
            segment = SEGMENTS[self.one(self.groupings)][0]
            thing["hazard_ratio"] = {segment: self.one(["0.5", "1.4", "2", "0"])}

    def events(self) -> Scenario:
        found: Scenario = {}
        for name in ("police_call", "visit")[: self.number(0, 2)]:
            rate = f"{self.number(1, 25)} per year"
            choice = self.number(1, 4)
            found[name] = {
                "rate": rate
                if choice == 1
                else self.timeline(lambda: f"{self.number(0, 30)} per year")
                if choice == 2
                else {state: f"{self.number(1, 25)} per year" for state in self.some(self.states)}
            }
            self.families[name] = "event"
            self.ratios(found[name])
            if self.maybe(40):
                target = self.one([*self.states, "leaves", "stays"])
                found[name]["to"] = target if self.maybe() else {target: "30%"}
        return found

    def hand_off_events(self, events: Scenario) -> None:
        for event in events.values():
            if self.services and "to" not in event and self.maybe(40):
                event["to"] = {self.one(self.services): self.share()}

    def dated_count(self, low: int, high: int) -> Any:
        return (
            str(self.number(max(low, 1), high))
            if self.maybe(60)
            else self.timeline(lambda: str(self.number(low, high)))
        )

    def destination(self, name: str, *, states: bool, services: bool = True) -> Any:
        """Where a way of `name` leads. states: time has passed since the chance, so that any state will do."""
        later = [each for each in self.services if each > name or self.slow[each]] if services else []
        if states and services:
            later = list(self.services)
        choices = [*later, "leaves", "stays", *(self.states if states else ())]
        first = self.one(choices)
        if self.maybe(60):
            return first
        second = self.one(choices)
        return {first: "40%", second: "35%"} if second != first else {first: "70%"}

    def service(self, name: str, team: str | None) -> Scenario:
        slow = self.slow[name]
        found: Scenario = {"for": self.some(self.states) if self.maybe(85) else []}
        referral: Scenario = {}
        if self.maybe(50):
            referral["share"] = self.timeline(self.share) if self.maybe(15) else self.by_person(self.share)
        if slow:
            referral["after"] = self.by_person(lambda: self.any_time(1, 30))
        if referral:
            found["referral"] = referral
        if self.maybe(40):
            found["take_up"] = self.by_person(self.share)
        if self.maybe(20):
            found["once"] = "yes"
        if self.only_unlimited:
            found["places"] = "unlimited"
        elif team is not None and self.maybe(50):
            found["places"] = team
        else:
            kind = self.number(1, 10)
            found["places"] = (
                "unlimited"
                if kind == 1
                else self.timeline(lambda: str(self.number(0, 4)))
                if kind <= 5
                else {"staff": self.dated_count(0, 3), "caseload": "2"}
                if kind == 6
                else str(self.number(1, 5))
            )
        if self.maybe(30):
            found["places_close"] = "stop"
        found["queue"] = self.queue()
        has_length = self.maybe(75)
        if has_length:
            found["length"] = self.by_person(lambda: self.any_time(1, 60))
        started = None
        if (slow or not self.at_once_start) and self.maybe(30):
            started = self.one(self.states)
            self.at_once_start = self.at_once_start or not slow
        if not has_length or self.maybe(30):
            found["while_in"] = sorted(
                {*found["for"], *self.some(self.states), *([started] if started else [])}
            )
        if self.maybe(40):
            found["drop_out"] = (
                self.by_person(self.share) if has_length and self.maybe(60) else self.hazardous(5, 60)
            )
        found["then"] = self.then(name, slow, has_length, started)
        if self.maybe(60):
            found["effects"] = self.effects(name)
        return found

    def queue(self) -> Scenario:
        found: Scenario = {}
        if self.maybe(30):
            found["first"] = (
                self.some(self.states)[:2]
                if not self.groupings or self.maybe()
                else [SEGMENTS[self.groupings[0]][0]]
            )
            if self.maybe(50):
                found["promote_every"] = self.days(1, 30)
        if self.maybe(30):
            found["room"] = str(self.number(0, 3))
        if self.maybe(30):
            found["give_up"] = self.by_person(lambda: self.any_time(1, 60))
        return found

    def then(self, name: str, slow: bool, has_length: bool, started: str | None) -> Scenario:
        found: Scenario = {}
        if started:
            found["started"] = started
        for way in ("declined", "turned_away", "gave_up", "completed", "dropped_out", "cut_short"):
            if not self.maybe(25):
                continue
            takes_time = slow or way in ("gave_up", "dropped_out") or (way == "completed" and has_length)
            found[way] = self.destination(name, states=takes_time)
        return found

    def effects(self, service: str) -> Scenario:
        found: Scenario = {}
        able = [way for way, family in self.families.items() if family not in ("fixed", "any_of")]
        for number in range(self.number(1, 2) if able else 0):
            on = self.some(able)[:2]
            effect: Scenario = {"on": on}
            if self.maybe(25) and all(self.observable(each) for each in on):
                effect[self.one(["risk_ratio", "odds_ratio"])] = self.one(["0.5", "0.8"])
                effect["by"] = self.days(30, 90)
            else:
                effect["hazard_ratio"] = self.by_segment(
                    lambda: self.one(["0", "0.5", "0.8", "1", "1.5", "3"])
                )
            kept = self.one([None, "completers", "all", "dose"])
            if kept:
                effect["kept_by"] = kept
                effect["lasts"] = self.one(["0 days", "10 days", "90 days", "unlimited"])
                effect["fades_over"] = self.one(["0 days", "20 days", "3 months", "70 days"])
                if self.maybe(25):
                    effect["during"] = "no"
            found[f"{service}_effect_{number + 1}"] = effect
        return found

    def observable(self, way: str) -> bool:
        """Whether people are seen to take this way by any time: nothing certain goes before, and its hazard
        begins at once.
        """
        source = way.split(" -> ")[0]
        sure = any(
            family in ("fixed", "any_of")
            for each, family in self.families.items()
            if each.startswith(f"{source} ->")
        )
        return self.families[way] in ("exponential", "weibull", "gamma") and not sure

    def design(self, document: Scenario) -> Scenario:
        """An overlay of one to four changes."""
        found: Scenario = {}
        services = document["services"]

        def of(name: str) -> Scenario:
            inner: Scenario = found.setdefault("services", {}).setdefault(name, {})
            return inner

        for _ in range(self.number(1, 4)):
            kind = self.number(1, 12)
            name = self.one(services) if services else None
            if kind == 1:
                self.change_arrivals(document, found)
            elif kind == 2:
                for key, time in document["transitions"].items():
                    if isinstance(time.get("exponential"), str):
                        found.setdefault("transitions", {})[key] = {
                            "exponential": self.one(["times 0.5", "times 2"])
                        }
            elif kind == 3 and document["events"]:
                event = self.one(document["events"])
                found.setdefault("events", {})[event] = {"rate": "times 0.5"}
            elif kind == 4 and not self.only_unlimited:
                self.add_service(document, found)
            elif kind == 5 and "numbers" in document:
                found["numbers"] = {"willing": "80% (70% to 90%)"}
            elif name is None:
                continue
            elif kind == 6:
                states = services[name].get("while_in") or self.states
                of(name)["for"] = self.some(states)
            elif kind == 7 and services[name].get("take_up") not in (None, "willing"):
                of(name)["take_up"] = self.one(["times 0.5", "100%"])
            elif kind == 8 and "length" in services[name]:
                of(name)["length"] = self.any_time(1, 40)
            elif kind == 9 and services[name].get("effects"):
                effect = self.one(services[name]["effects"])
                ratio = next(key for key in services[name]["effects"][effect] if key.endswith("_ratio"))
                of(name)["effects"] = {effect: {ratio: "0.3"}}
            elif kind == 10:
                of(name)["queue"] = {"room": str(self.number(0, 4))}
            elif not self.only_unlimited:
                places = (
                    str(self.number(0, 5)) if self.maybe() else self.timeline(lambda: str(self.number(0, 5)))
                )
                team = services[name]["places"] if isinstance(services[name]["places"], str) else None
                if (
                    "key_workers" in document.get("teams", {})
                    and "first" not in document["teams"]["key_workers"]
                    and self.maybe(30)
                ):
                    of(name)["places"] = "key_workers" if team != "key_workers" else places
                elif team == "key_workers":
                    if "places" in document["teams"][team]:
                        found["teams"] = {team: {"places": places}}
                    else:
                        found["teams"] = {team: {"staff": places}}
                else:
                    of(name)["places"] = places
        return found

    def change_arrivals(self, document: Scenario, found: Scenario) -> None:
        for state, entry in document["people"]["arrive"].items():
            if isinstance(entry, str) or "rate" in entry:
                found.setdefault("people", {}).setdefault("arrive", {})[state] = {
                    "rate": self.one(["times 0.5", "times 1.5"])
                }
            elif "every" in entry:
                found.setdefault("people", {}).setdefault("arrive", {})[state] = {"every": self.days(3, 20)}

    def add_service(self, document: Scenario, found: Scenario) -> None:
        effects = self.effects("zz_new")
        added: Scenario = {
            "for": self.some(self.states),
            "length": self.any_time(1, 40),
            "referral": {"after": self.days(1, 5)},
            "places": str(self.number(1, 4)) if "teams" not in document or self.maybe() else "key_workers",
        }
        if effects:
            added["effects"] = effects
        if self.maybe(30):
            added["then"] = {"completed": self.one(self.states)}
        found.setdefault("services", {})["zz_new"] = added
