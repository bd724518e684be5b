"""A story in plain sentences."""

from __future__ import annotations

import datetime as dt

from simulator.analysis.story import Step, Story
from simulator.present import numbers as n
from simulator.scenario.load import Scenario


def sentences(story: Story, scenario: Scenario) -> list[str]:
    """What happened to a person, one sentence a step, and what it cost."""
    unit = scenario.document.people.unit
    who = f"The {unit}"
    about = ", ".join(scenario.label(each) for each in story.segments)
    found = [f"Under {scenario.label(story.design)}, {unit} number {story.person}{f' ({about})' if about else ''}:"]
    for step in story.steps:
        text = _sentence(step, who, scenario)
        if text:
            found.append(f"{_day(scenario, step.time)}: {text}")
    if scenario.document.price_year is not None:
        found += _money(story, scenario)
    return found


def _day(scenario: Scenario, time: int) -> str:
    day = scenario.document.start + dt.timedelta(seconds=time)
    return f"{day.day} {day:%B %Y}" + (" (before results begin)" if time < 0 else "")


def _sentence(step: Step, who: str, scenario: Scenario) -> str:
    name = scenario.label(step.item)
    by_what = step.what, step.why
    if step.what == "arrived":
        return f"{who} comes into view: {name}."
    if step.what == "state":
        return f"{who} is now: {name}." if step.why == "own" else f"{who} is moved on: {name}."
    if step.what == "left":
        return {"time_up": f"{who} leaves for good (grew up or moved away).", "own": f"{who} leaves for good.", "moved": f"{who} leaves for good after the service."}[step.why]
    if step.what == "event":
        return f"{name}."
    words = {
        ("missed", ""): f"Nobody refers the {who[4:]} to {name}.",
        ("lapsed", "state"): f"A referral to {name} lapses, because the need has changed.",
        ("lapsed", "closed"): f"A referral to {name} lapses, because it has closed.",
        ("lapsed", "left"): f"A referral to {name} lapses with leaving.",
        ("referred", "joined"): f"Referred to {name}; the offer is accepted.",
        ("referred", "declined"): f"Referred to {name}; the offer is declined.",
        ("off_list", "gave_up"): f"Gives up waiting for {name}.",
        ("off_list", "turned_away"): f"Turned away from {name}: it is full.",
        ("off_list", "state"): f"Comes off the list for {name}, because the need has changed.",
        ("off_list", "closed"): f"Comes off the list for {name}, because it has closed.",
        ("off_list", "left"): f"Comes off the list for {name} with leaving.",
        ("started", "place"): f"{name} starts.",
        ("ended", "completed"): f"{name} is completed.",
        ("ended", "dropped_out"): f"Drops out of {name}.",
        ("ended", "state"): f"{name} is cut short, because the need has changed.",
        ("ended", "closed"): f"{name} is cut short, because places closed.",
        ("ended", "left"): f"{name} ends with leaving.",
        ("still_state", ""): f"{who} is still there: {name}.",
        ("still_service", "pending"): f"A referral to {name} is still on its way.",
        ("still_service", "waiting"): f"Still waiting for {name}.",
        ("still_service", "in"): f"Still in {name}.",
    }
    return words[by_what]


def _money(story: Story, scenario: Scenario) -> list[str]:
    if not story.bills:
        return ["It cost nothing that the scenario counts."]
    found = []
    for of_places, head in ((False, "Costs of what happened"), (True, "Share of places that are paid for whether used or not")):
        bills = [bill for bill in story.bills if bill.of_places == of_places]
        if bills:
            parts = ", ".join(f"{bill.about} £{bill.pounds:,.2f} ({scenario.label(bill.payer)})" for bill in bills)
            found.append(f"{head}, from the start on: {parts}. Together £{sum(bill.pounds for bill in bills):,.2f}.")
    return found
