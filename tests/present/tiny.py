"""A scenario that runs in a blink, and the results of it that several tests look at."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from simulator.api import Comparison, compare
from simulator.scenario.load import Scenario, load_text

TEXT = """\
format: 1
scenario: Tiny
summary: Two designs of one small service.
start: 2027-04-01
horizon: 2 years
price_year: 2024/25
agencies: {council: The council, court: "Courts, legal aid and Cafcass"}
people: {unit: child, arrive: {struggling: 60 per year}}
needs:
  struggling: {label: Struggling}
  coping: {label: Coping}
  in_crisis: {label: In crisis, crisis: yes, cost: {council: £400 per person per week}}
transitions:
  struggling -> in_crisis: {exponential: 8 months}
  struggling -> coping: {exponential: 12 months}
services:
  help:
    label: Help
    for: struggling
    places: 0
    length: 10 weeks
    while_in: [struggling]
    effects: {fewer: {on: struggling -> in_crisis, hazard_ratio: 0.2}}
    cost: {charity: £9000 per place per year}
outcomes:
  stayed: {label: No crisis in 6 months, since: help started, avoided: in_crisis, for: 6 months}
designs:
  today: {label: As it is, baseline: yes}
  early: {label: Early help, services: {help: {places: 12}}}
providers: {charity: {name: A charity}}
readings:
  nothing: {label: It does nothing, weight: 30%, services: {help: {effects: {fewer: {hazard_ratio: 1}}}}}
"""

NO_COSTS = """\
format: 1
scenario: No costs
start: 2027-04-01
horizon: 1 year
people: {unit: child, arrive: {a: 20 per year}}
needs: {a: {label: Waiting}, b: {label: Gone}}
transitions: {a -> b: {exponential: 6 months}}
designs: {now: {baseline: yes}, then: {label: The same again}}
"""

NASTY = """\
format: 1
scenario: "<script>alert(1)</script> [red]x[/red] **bold** \\e[31m"
start: 2027-04-01
horizon: 1 year
people: {unit: child, arrive: {a: 20 per year}}
needs:
  a: {label: "=1+1"}
  b: {label: "[red]b[/red] *md* | <b>h</b> $x$ :smile: and on and on and on and on and on and on", crisis: yes}
transitions: {a -> b: {exponential: 6 months}}
designs: {now: {baseline: yes, label: "[link=x]L[/link]"}, then: {label: "`code` <img src=x>"}}
"""


def scenario(text: str = TEXT) -> Scenario:
    return load_text(text, "tiny.yaml")


@cache
def compared(text: str = TEXT, replications: int = 3, **settings: Any) -> Comparison:
    return compare(scenario(text), replications=replications, **settings)


def written(folder: Path, text: str = TEXT, name: str = "tiny.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
