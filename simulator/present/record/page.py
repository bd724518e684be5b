"""The record as a page of Markdown, section by section in the order of STRESS-DES."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.present.evidence import evidence_summary
from simulator.present.record.assumptions import assumed, assumptions_log
from simulator.present.record.logic import logic
from simulator.present.record.markdown import bullets, inner, key, link, plain, table

if TYPE_CHECKING:
    from simulator.scenario.load import Scenario

LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas")
NOT_STATED = "The file does not say."


def model_record(scenario: Scenario) -> str:
    """The model record of a scenario, in Markdown: STRESS-DES sections 1 to 6, then the assumptions log.

    Everything about the scenario is read from it; sections 2.4 and 4 to 6 describe the program and its version. Text of
    the scenario cannot become markup. The same scenario and version give the same text.
    """
    parts = [
        _head(scenario),
        _objectives(scenario),
        logic(scenario),
        _data(scenario),
        _experimentation(scenario),
        _implementation(scenario),
        _access(scenario),
        _log(scenario),
    ]
    return "\n\n".join(parts) + "\n"


def _head(scenario: Scenario) -> str:
    document = scenario.document
    warnings = [plain(str(each.message)) for each in scenario.warnings]
    settings = [f"{key(name)} stands at {plain(str(value))}" for name, value in scenario.settings.items()]
    owner = (
        plain(document.owner) if document.owner else "nobody is named; the key `owner` of the file names one"
    )
    return f"""\
# Model record: {plain(scenario.title)}

Generated from {key(Path(scenario.file).name)} (SHA-256 begins {key(scenario.digest)}), not written by hand. Sections follow the
STRESS-DES guideline (Monks et al. 2019, Journal of Simulation 13(1), 55-67); the assumptions log is at the end.

{bullets([f"Place: {plain(document.place or NOT_STATED)}", f"Owner: {owner}", *settings])}

What `simulator check` warns of: {"nothing." if not warnings else ""}
{bullets(warnings) if warnings else ""}""".rstrip()


# 1 --------------------------------------------------------------------------------------------------------------------


def _objectives(scenario: Scenario) -> str:
    document = scenario.document
    designs = [
        f"**{plain(scenario.label(name))}** ({key(name)}){', the baseline' if name == scenario.baseline else ''}"
        for name in scenario.designs
    ]
    outcomes = [
        (key(name), plain(scenario.label(name)), key(_definition(scenario.raw["outcomes"][name])))
        for name in document.outcomes
    ]
    tests = [
        (plain(scenario.label(party)), plain(_test(each)))
        for party, every in document.accepts_if.items()
        for each in every
    ]
    points = [
        (plain(scenario.label(group)), ", ".join(f"{key(measure)} {value:g}" for measure, value in every))
        for group, every in document.priorities.items()
    ]
    return f"""\
## 1. Objectives

### 1.1 Purpose

{plain(document.summary or NOT_STATED)}

The model compares designs of services for the same people: what changes for them, and what each party pays, gains and risks.
It is an aid to a decision, not a forecast.

### 1.2 Outputs

People reached, waits, crises ({_crises(scenario)}), costs by budget and financial year, cash of
providers, returns to investors, and these outcomes:

{table(("key", "outcome", "as written"), outcomes)}

What each party needs before it signs:

{table(("party", "test"), tests)}

What each group finds important, in points out of 100:

{table(("group", "points"), points)}

### 1.3 Aims of experiments

To compare these designs, each with the same people and the same random numbers:

{bullets(designs)}"""


def _definition(outcome: dict[str, Any]) -> str:
    """An outcome as the file defines it, without what it is called."""
    return inner({name: part for name, part in outcome.items() if name not in ("label", "note")})


def _crises(scenario: Scenario) -> str:
    document = scenario.document
    marked = [
        plain(scenario.label(name))
        for section in (document.needs, document.events)
        for name, each in section.items()
        if each.crisis
    ]
    return ", ".join(marked) or "none marked"


def _test(test: object) -> str:
    """An acceptance test as the file words it: `net_saving, above £0, by 8 years, in 70 of 100 runs`."""
    words = [str(getattr(test, "what", ""))]
    for name in ("above", "below", "by", "for_", "in_"):
        value = getattr(test, name, None)
        if value is not None:
            words.append(f"{name.strip('_')} {getattr(value, 'text', value)}")
    return ", ".join(words)


# 3 --------------------------------------------------------------------------------------------------------------------


def _data(scenario: Scenario) -> str:
    document = scenario.document
    sources = [
        (
            key(name),
            plain(each.cite),
            str(each.grade or "not graded"),
            plain(str(each.price_year or "")),
            plain(each.owner or document.owner or ""),
            link(each.url) if each.url else "",
            plain(each.note or ""),
        )
        for name, each in document.sources.items()
    ]
    judged = assumed(scenario)
    bare = [each for each in judged if not each.range]
    prices = plain(str(document.price_year or "the price year of each source"))
    return f"""\
## 3. Data

### 3.1 Sources

{table(("key", "source", "grade", "prices of", "owner", "link", "what it says and how it is used"), sources)}

Grades: 1 is the best, 6 an assumption.
{plain(" ".join(evidence_summary(scenario)))}

### 3.2 Pre-processing

Prices are brought to {prices} with the GDP deflator.
What a study observed by a date (`within`) is turned into a hazard in competition with the other ways out of the same need;
risk and odds ratios are turned into hazard ratios at the time when the study looked. The beginning of life under the baseline
is simulated (4.1). Nothing else is done to the data.

### 3.3 Input parameters

Every number, its range, source and place in the file: the assumptions log at the end of this record.

### 3.4 Assumptions

{len(judged)} numbers are judgements without a published source, {len(bare)} of them without a range.

The program itself assumes: people do not influence each other except by waiting for the same places; arrivals do not respond
to what is offered; a person's chances depend on the need, the time in it, the segments and the services received, and on
nothing else in the past; prices do not respond to demand."""


# 4 --------------------------------------------------------------------------------------------------------------------


def _experimentation(scenario: Scenario) -> str:
    document = scenario.document
    present = [
        (plain(scenario.label(name)), plain(count.text)) for name, count in document.people.present.items()
    ]
    readings = [
        (key(name), plain(scenario.label(name)), plain(each.weight.text), key(each.source or "none"))
        for name, each in document.readings.items()
    ]
    controls = [
        (key(name), plain(each.label), plain(document.controls[name].note or ""))
        for name, each in scenario.controls.items()
    ]
    return f"""\
## 4. Experimentation

### 4.1 Initialisation

The baseline design runs for {plain(document.warm_up.text)} before {document.start}, and nothing of that time is reported.
As it begins these people are there, each as if just come:

{table(("need", "people"), present)}

### 4.2 Run length

{plain(document.horizon.text)} from {document.start}. Who still waits or is in a service at the end is counted as such.
What contracts pay later for outcomes within their terms is followed on.

### 4.3 Estimation

A figure is the mean of independent replications (10 unless asked otherwise; `simulator replications` says how many a chosen
precision takes), with the range of 95% of the runs. Differences between designs are taken within a replication, on common
random numbers. With `--vary`, and in `uncertainty`, `sensitivity` and `information`, each run has its own sample of every
number with a range: share beta, ratio lognormal, money, rate, count and time gamma, score normal, unless the file says otherwise.

Other ways to read the evidence; each takes its weight in those samples, and the file as written the rest:

{table(("key", "reading", "weight", "source"), readings)}

Numbers that the file names as worth moving:

{table(("key", "control", "note"), controls)}"""


# 5, 6 -----------------------------------------------------------------------------------------------------------------


def _implementation(scenario: Scenario) -> str:
    from importlib.metadata import version

    from simulator import __version__

    found = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"""\
## 5. Implementation

### 5.1 Software

Commissioning simulator {__version__} on Python {platform.python_version()} with {found}.
Two engines, one of SimPy processes and one compiled, write the same history row for row; `docs/validation.md` compares them,
and both with published results.

### 5.2 Random sampling

Counter-based random numbers: what a person draws depends only on seed, replication, person, purpose and visit, so the same
person has the same luck under every design. The seed is 1 unless asked otherwise.

### 5.3 Model execution

Event by event: time advances to the next one. At one instant, in the order that `docs/scenario-language.md` gives under "At one
instant".

### 5.4 System specification

The same scenario, seed and versions give the same results on any number of cores. Results written with `--out` carry a
record of seed, replications, versions and this file's hash."""


def _access(scenario: Scenario) -> str:
    name = Path(scenario.file).name
    return f"""\
## 6. Code access

The program is open source under the MIT licence; how to cite it is in its CITATION.cff. This scenario is one text file,
{key(name)}; with the version above, {key(f"simulator compare {name}")} gives the results again."""


def _log(scenario: Scenario) -> str:
    found = assumptions_log(scenario)
    rows = [
        (
            str(each["Line"]),
            plain(each["Number"]),
            plain(each["Value"]),
            plain(each["95% range"]),
            key(each["Source"]),
            "" if each["Grade"] != each["Grade"] else str(each["Grade"]),
            plain(each["Owner"]),
            plain(each["Used in"]),
            ", ".join(key(place) for place in each["Used where"].split(", ")),
        )
        for each in found.astype(object).where(found.notna(), float("nan")).to_dict("records")
    ]
    headings = ("line", "number", "value", "95% range", "source", "grade", "owner", "used in", "used where")
    return f"""\
## Assumptions log

{len(rows)} numbers, in the order of the file. Most of those whose source is `none stated` are choices, such as places or a
contract's terms.

{table(headings, rows)}"""
