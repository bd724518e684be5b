"""The section of docs/validation.md on the scenario library: what `today` produces beside official figures."""

from __future__ import annotations

from simulator.scenario.load import Scenario
from tests.scenarios.facts import Produced, names, produced, scenario_of

HEADING = """## Face validity: the scenarios beside official figures

Each shipped scenario is set beside figures of official statistics, trials and deals. *Tuned* figures were aimed at,
*input* ones the file says itself, and only *checks* could have come out otherwise without anybody noticing. A figure that
is not met stays here. Why a margin is as wide as it is, and what a scenario does not claim, is said on its page.
"""
COLUMNS = ("fact", "published", "source", "produced", "kind", "allowed", "")


def face_validity() -> str:
    """The section: a table for each scenario."""
    return HEADING + "\n" + "\n".join(_table(name) for name in names())


def together() -> str:
    """All scenarios in a sentence."""
    every = [each for name in names() for each in produced(name)]
    met = sum(each.agrees for each in every)
    checks = [each for each in every if each.fact.kind == "check"]
    return (
        f"Of {len(every)} official figures set beside the {len(names())} scenarios of the library {met} are met; "
        f"of the {len(checks)} that nobody aimed at, {sum(each.agrees for each in checks)}."
    )


def not_as_said() -> list[str]:
    """Figures that are met or missed other than their scenario says."""
    return [f"{name}: {each.fact.what}" for name in names() for each in produced(name) if not each.as_said]


def _table(name: str) -> str:
    scenario = scenario_of(name)
    lines = [
        f"[{scenario.title}](scenarios/{name}.md)",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *(_row(scenario, each) for each in produced(name)),
    ]
    return "\n".join(lines) + "\n"


def _row(scenario: Scenario, each: Produced) -> str:
    fact = each.fact
    where = f" (under `{fact.design}`)" if fact.design else ""
    cells = (
        fact.what + where,
        fact.shown,
        scenario.document.sources[fact.source].cite,
        f"{fact.show(each.mean)} ± {fact.show(each.error)}",
        fact.kind,
        f"± {fact.show(fact.within)}",
        "met" if each.agrees else "**not met**",
    )
    return "| " + " | ".join(cells) + " |"
