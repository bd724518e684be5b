"""Random valid scenarios, small in people and days and wide in what they say, for tests of everything after loading.

`scenarios()` draws the text of a file, `documents()` the same as nested dictionaries that a test may change before it
writes them with `as_text`. Times are mostly whole days, so that many things fall on one second; how often each thing
happens is held by `tests/engine/test_random_scenarios.py`. What LANGUAGE section 13 refuses is kept out by construction:

- moves that take no time: a service that may refer at once hands off only to services of later names (or to ones whose
  `after` is above 0) and leads to no state before a stay of some length; one service at most moves who starts at once;
- shares out of reach: a single observed share out of each state, and small;
- effects on times without hazard.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.values_at_random import SEGMENTS, Draw, Values

STATES = ("at_risk", "crisis", "home", "in_care", "settled")
SERVICES = ("advice", "mentors", "respite", "support")
NOW_OR_NEVER = "0.001 minutes"  # rounds to the second in which a person joins: for who took time to get there
Scenario = dict[str, Any]


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


FRESH = 9
"""Scenarios of a fresh run. From the tenth on Hypothesis makes five of six by copying parts of the one before."""


def fresh_run(number: int, check: Callable[[str], None]) -> None:
    """Check the `FRESH` scenarios of this number: the same always, unlike those of any other, but for the first, which is
    the smallest there is. Shrinks what fails.
    """

    @seed(number)
    @settings(
        max_examples=FRESH,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios())
    def checked(text: str) -> None:
        check(text)

    checked()


class _Writer(Values):
    def __init__(self, draw: Draw, only_unlimited: bool) -> None:
        super().__init__(draw)
        self.only_unlimited = only_unlimited

    # Sections

    def document(self) -> Scenario:
        self.horizon = self.number(30, 300)
        self.warm_up = self.one([0, 0, 0, 7, 60, 120, 200])
        self.states = list(STATES[: self.number(2, 5)])
        self.groupings = self.some(SEGMENTS, 0) if self.maybe(60) else []
        self.families: dict[str, str] = {}  # way out -> its family
        self.at_once_start = False
        self.team: list[str] = []  # who shares the team's places, in the design being written
        transitions = self.transitions()
        events = self.events()
        self.services = [] if self.maybe(5) else list(SERVICES[: self.one([1, 2, 2, 3, 3, 4])])
        # Whether a service always takes time from chance to referral decides where it may lead.
        self.slow = {name: self.maybe(50) for name in self.services}
        team = (
            "key_workers" if len(self.services) > 1 and not self.only_unlimited and self.maybe(50) else None
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
                else {"places": self.dated_count(0, 3)}
            }
            if self.maybe():
                found["teams"][team]["first"] = self.some(users)
        if self.maybe(20):
            found["numbers"] = {"willing": "60% (40% to 80%)"}
            for service in services.values():
                if self.maybe():
                    service["take_up"] = "willing"
        self.team = users
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
            if kind <= 3:
                found["arrive"][state] = rate
            elif kind == 4:
                found["arrive"][state] = {
                    "rate": rate,
                    "by_month": [self.one(["0.5", "1", "1.5"]) for _ in range(12)],
                }
            elif kind == 5:
                found["arrive"][state] = {
                    "rate": self.timeline(lambda: f"{self.number(0, 40) * 365 // span} per year")
                }
            elif kind <= 7:
                found["arrive"][state] = {"every": f"{max(1, span // people)} days"}
            else:
                days = [self.days(0, self.horizon) for _ in range(self.number(1, 6))]
                found["arrive"][state] = {"at": [self.one(days) for _ in range(self.number(1, 25))]}
        if self.maybe(60):
            found["present"] = {self.one(self.states): str(self.number(1, 20))}
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
        found: Scenario = {"for": self.some(self.states)[:3] if self.maybe(85) else []}
        referral: Scenario = {}
        if self.maybe(50):
            referral["share"] = self.timeline(self.share) if self.maybe(15) else self.by_person(self.share)
        if slow:
            referral["after"] = self.by_person(lambda: self.any_time(1, 30))
        if referral:
            found["referral"] = referral
        if self.maybe(50):
            found["take_up"] = self.by_person(self.share)
        if self.maybe(20):
            found["once"] = "yes"
        if self.only_unlimited:
            found["places"] = "unlimited"
        elif team is not None and self.maybe(70):
            found["places"] = team
        else:
            kind = self.number(1, 10)
            found["places"] = (
                "unlimited"
                if kind == 1
                else self.timeline(lambda: str(self.one([0, 0, 1, 2, 4])), 6)
                if kind <= 5
                else {"staff": self.dated_count(0, 3), "caseload": "2"}
                if kind == 6
                else str(self.number(1, 5))
            )
        if self.maybe(45):
            found["places_close"] = "stop"
        found["queue"] = self.queue(slow)
        has_length = self.maybe(75)
        if has_length:
            found["length"] = self.by_person(lambda: self.any_time(1, 60))
        started = None
        if (slow or not self.at_once_start) and self.maybe(30):
            started = self.one(self.states)
            self.at_once_start = self.at_once_start or not slow
        if not has_length or self.maybe(60):
            more = self.some(self.states)[:1] if self.maybe() or not found["for"] else []
            found["while_in"] = sorted({*found["for"], *more, *([started] if started else [])})
        if self.maybe(50):
            found["drop_out"] = (
                self.by_person(self.share) if has_length and self.maybe(60) else self.hazardous(5, 60)
            )
        found["then"] = self.then(name, slow, found, started)
        if self.maybe(75):
            found["effects"] = self.effects(name)
        return found

    def queue(self, slow: bool) -> Scenario:
        found = self.priority() if self.maybe(40) else {}
        if self.maybe(45):
            found["room"] = str(self.number(0, 3))
        if self.maybe(45):
            found["give_up"] = self.by_person(
                lambda: NOW_OR_NEVER if slow and self.maybe(15) else self.any_time(1, 40)
            )
        return found

    def priority(self) -> Scenario:
        found: Scenario = {
            "first": self.some(self.states)[:2]
            if not self.groupings or self.maybe()
            else [SEGMENTS[self.groupings[0]][0]]
        }
        if self.maybe(50):
            found["promote_every"] = self.days(1, 30)
        return found

    def then(self, name: str, slow: bool, service: Scenario, started: str | None) -> Scenario:
        found: Scenario = {}
        if started:
            found["started"] = started
        causes = {
            "declined": "take_up" in service,
            "turned_away": True,
            "gave_up": "give_up" in service["queue"],
            "completed": True,
            "dropped_out": "drop_out" in service,
            "cut_short": "while_in" in service or "places_close" in service,
        }
        for way, can_be in causes.items():
            if not self.maybe(55 if can_be else 10):
                continue
            takes_time = (
                slow or way in ("gave_up", "dropped_out") or (way == "completed" and "length" in service)
            )
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
            kept = self.one([None, "completers", "all", "dose", "dose"])
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
        """An overlay of one to five changes."""
        found: Scenario = {}
        services = document["services"]

        def of(name: str) -> Scenario:
            inner: Scenario = found.setdefault("services", {}).setdefault(name, {})
            return inner

        for _ in range(self.number(1, 5)):
            kind = self.number(1, 17)
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
            elif kind <= 7:
                states = services[name].get("while_in") or self.states
                of(name)["for"] = self.some(states)
            elif kind == 8 and services[name].get("take_up") not in (None, "willing"):
                of(name)["take_up"] = self.one(["times 0.5", "100%"])
            elif kind == 9 and "length" in services[name]:
                of(name)["length"] = self.any_time(1, 40)
            elif kind == 10 and services[name].get("effects"):
                effect = self.one(services[name]["effects"])
                ratio = next(key for key in services[name]["effects"][effect] if key.endswith("_ratio"))
                changed = {ratio: "0.3"} if self.maybe(60) else {"kept_by": "all", "lasts": "15 days"}
                of(name)["effects"] = {effect: changed}
            elif kind == 11:
                of(name)["queue"] = {"room": str(self.number(0, 4)), **self.priority()}
            elif kind == 12:
                of(name)["then"] = {"dropped_out": self.destination(name, states=True)}
                of(name)["once"] = self.one(["yes", "no"])
            elif kind == 13:
                of(name).update({"while_in": list(self.states), "places_close": self.one(["stop", "finish"])})
                if self.maybe():
                    of(name)["take_up"] = self.share()
            elif not self.only_unlimited:
                self.change_places(name, document, found, of(name))
        return found

    def change_places(self, name: str, document: Scenario, found: Scenario, service: Scenario) -> None:
        """Other places, or a service that joins the team or leaves it."""
        places = str(self.number(0, 5)) if self.maybe() else self.timeline(lambda: str(self.number(0, 5)))
        team = document.get("teams", {}).get("key_workers")
        if team and self.maybe(70):
            if name in self.team:
                self.team = [each for each in self.team if each != name]
                service["places"] = places
            else:
                self.team = [*self.team, name]
                service["places"] = "key_workers"
            if "first" in team:
                first = [each for each in team["first"] if each in self.team]
                found.setdefault("teams", {}).setdefault("key_workers", {})["first"] = first
        elif name not in self.team:
            service["places"] = places
        else:
            counted = "places" if "places" in team else "staff"
            found.setdefault("teams", {}).setdefault("key_workers", {})[counted] = places

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
