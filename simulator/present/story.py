"""A story in plain sentences."""

from __future__ import annotations

import datetime as dt

from simulator.analysis.story import Step, Story, Telling
from simulator.present import numbers as n
from simulator.scenario.load import Scenario

# What a step says, by what happened and why; {name} is the service, {unit} the person.
WORDS = {
    ("missed", ""): "Nobody refers the {unit} to {name}.",
    ("lapsed", "state"): "A referral to {name} lapses, because the need has changed.",
    ("lapsed", "closed"): "A referral to {name} lapses, because it has closed.",
    ("lapsed", "left"): "A referral to {name} lapses with leaving.",
    ("referred", "joined"): "Referred to {name}; the offer is accepted.",
    ("referred", "declined"): "Referred to {name}; the offer is declined.",
    ("off_list", "gave_up"): "Gives up waiting for {name}.",
    ("off_list", "turned_away"): "Turned away from {name}: it is full.",
    ("off_list", "state"): "Comes off the list for {name}, because the need has changed.",
    ("off_list", "closed"): "Comes off the list for {name}, because it has closed.",
    ("off_list", "left"): "Comes off the list for {name} with leaving.",
    ("started", "place"): "{name} starts.",
    ("ended", "completed"): "{name} is completed.",
    ("ended", "dropped_out"): "Drops out of {name}.",
    ("ended", "state"): "{name} is cut short, because the need has changed.",
    ("ended", "closed"): "{name} is cut short, because places closed.",
    ("ended", "left"): "{name} ends with leaving.",
    ("still_state", ""): "The {unit} is still there: {name}.",
    ("still_service", "pending"): "A referral to {name} is still on its way.",
    ("still_service", "waiting"): "Still waiting for {name}.",
    ("still_service", "in"): "Still in {name}.",
    ("state", "own"): "The {unit} is now: {name}.",
    ("left", "time_up"): "The {unit} leaves for good (grew up or moved away).",
    ("left", "own"): "The {unit} leaves for good.",
    ("left", "moved"): "The {unit} leaves for good after the service.",
}
BY_WHAT = {
    "arrived": "The {unit} comes into view: {name}.",
    "state": "The {unit} is moved on: {name}.",
    "event": "{name}.",
}


# Whose story it is, by kind of `analysis.story.people_to_tell`: what to choose it by, and what holds for all of the kind.
KINDS = {
    "helped": ("A {unit} whose crisis is avoided", "have a crisis under {baseline} and none under {design}"),
    "harmed": ("A {unit} whose crisis is new", "have no crisis under {baseline} and one under {design}"),
    "crisis_in_both": ("A {unit} in crisis either way", "have a crisis under both"),
    "waited_in_vain": (
        "A {unit} who waits in vain",
        "give up waiting, or are turned away, under {design}, whatever comes later",
    ),
    "no_change": ("A {unit} for whom nothing changes", "have exactly the same history under both"),
    "not_reached": (
        "A {unit} whom no referral reaches",
        "have chances of a referral under {design}, and none is made",
    ),
}


def kind_in_words(telling: Telling, scenario: Scenario, design: str) -> tuple[str, str]:
    """What a kind of person is called, and how many there are of them."""
    title, holds = KINDS[telling.kind]
    unit = scenario.document.people.unit
    names = {
        name: f"‘{scenario.label(each)}’"
        for name, each in (("baseline", scenario.baseline), ("design", design))
    }
    share = n.number(100 * telling.count / telling.of, 0 if telling.count * 20 > telling.of else 1)
    return title.format(unit=unit), (
        f"In this run {telling.count:,} of {telling.of:,} ({share} of 100) {holds.format(**names)}. "
        "This is the one in the middle of the list, not the best story."
    )


def sentences(story: Story, scenario: Scenario) -> list[str]:
    """What happened to a person, one sentence a step, and what it cost. The first says who and under which design."""
    unit = scenario.document.people.unit
    about = ", ".join(scenario.label(each) for each in story.segments)
    found = [
        f"Under {scenario.label(story.design)}, {unit} number {story.person}{f' ({about})' if about else ''}:"
    ]
    before = [step for step in story.steps if step.time < 0]
    found += [_sentence(step, unit, scenario) for step in before]
    if before:
        found.append(f"{_day(scenario, 0)}: Results begin; nothing before this day is counted.")
    found += [_sentence(step, unit, scenario) for step in story.steps if step.time >= 0]
    if scenario.document.price_year is not None:
        found += _money(story, scenario)
    return found


def _day(scenario: Scenario, time: int) -> str:
    day = scenario.document.start + dt.timedelta(seconds=time)
    return f"{day.day} {day:%B %Y}"


def _sentence(step: Step, unit: str, scenario: Scenario) -> str:
    words = WORDS.get((step.what, step.why)) or BY_WHAT[step.what]
    return f"{_day(scenario, step.time)}: {words.format(unit=unit, name=scenario.label(step.item))}"


def _money(story: Story, scenario: Scenario) -> list[str]:
    if not story.bills:
        return ["It cost nothing that the scenario counts."]
    found = []
    for of_places, head in (
        (False, "Costs of what happened"),
        (True, "Share of places that are paid for whether used or not"),
    ):
        bills = [bill for bill in story.bills if bill.of_places == of_places]
        if bills:
            parts = ", ".join(
                f"{bill.about} £{bill.pounds:,.2f} ({scenario.label(bill.payer)})" for bill in bills
            )
            together = f" Together £{sum(bill.pounds for bill in bills):,.2f}." if len(bills) > 1 else ""
            found.append(f"{head}: {parts}.{together}")
    return found
