"""Checks of what the parties accept and find important; those of contracts and investment are called from here."""

from __future__ import annotations

from simulator.scenario.contract_checks import UNITS, check_contracts
from simulator.scenario.deals import AcceptanceTest
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.investment_checks import check_investment
from simulator.scenario.problems import did_you_mean
from simulator.scenario.quantities import Quantity

# Measures of what the parties want (LANGUAGE section 10), with the kind of number that each is.
MEASURES = {
    "net_saving": "money",
    "public_value": "money",
    "cash": "money",
    "irr": "share",
    "multiple": "score",
    "capital_lost": "share",
}
OF_SERVICES = {"wait for": "time", "reached by": "share"}
EXAMPLES = {"money": "`£0`", "share": "`20%`", "score": "`1.2`", "time": "`8 weeks`"}


def check_deals(document: Document, known: Known, findings: Findings) -> None:
    check_contracts(document, known, findings)
    if document.investment is not None:
        check_investment(document.investment, document, known, findings)
    for party, tests in document.accepts_if.items():
        for index, test in enumerate(tests):
            _acceptance(("accepts_if", party, index), party, test, known, findings)
    for group, points in document.priorities.items():
        for measure, _ in points:
            _measure(("priorities", group, measure), measure, known, findings)


def _measure(path: Path, what: str, known: Known, findings: Findings) -> str | None:
    """The kind of number that a measure is; None, with an error, when there is no such measure."""
    document = known.document
    if what in MEASURES:
        return MEASURES[what]
    if what in document.outcomes:
        return "score" if document.outcomes[what].test in UNITS else "share"
    for words, kind in OF_SERVICES.items():
        if what.startswith(f"{words} "):
            service = what.removeprefix(f"{words} ")
            if service not in known.services_of_any:
                findings.unknown(path, service, "service", known.services_of_any)
            return kind
    choices = [
        *MEASURES,
        *document.outcomes,
        *(f"{words} {service}" for words in OF_SERVICES for service in known.services_of_any),
    ]
    findings.error(
        path,
        f"there is no measure `{what}`",
        did_you_mean(what, choices) or "a measure such as `net_saving`, `wait for SERVICE` or an outcome",
    )
    return None


def _acceptance(path: Path, party: str, test: AcceptanceTest, known: Known, findings: Findings) -> None:
    document = known.document
    kind = _measure((*path, "what"), test.what, known, findings)
    if kind is None:
        return
    key = "above" if test.above is not None else "below"
    bound = getattr(test, key)
    if (
        isinstance(bound, Quantity)
        and bound.kind != kind
        and not (test.what == "multiple" and bound.kind == "share")
    ):
        findings.error(
            (*path, key),
            f"`{bound.text}` does not fit `{test.what}`",
            f"write a bound such as {EXAMPLES[kind]}",
        )
    if test.what == "net_saving" and party not in document.agencies:
        findings.error(
            (*path, "what"),
            f"`net_saving` is the saving of an agency, and `{party}` is none",
            did_you_mean(party, document.agencies),
        )
    if test.what == "cash" and (party in document.agencies or party not in known.parties_of_any):
        findings.error(
            (*path, "what"),
            f"`cash` is that of a provider, and `{party}` is none",
            did_you_mean(party, document.providers),
        )
    invested = document.investment is not None or any(
        each.investment is not None for each in document.designs.values()
    )
    if test.what in ("irr", "multiple", "capital_lost") and not invested:
        findings.error(
            (*path, "what"),
            f"`{test.what}` needs an `investment`, and the file has none",
            "add `investment: ...` or leave this test out",
        )
    if test.for_ is not None and not test.what.startswith("wait for "):
        findings.error(
            (*path, "for"),
            f"`for` is a share of people, and `{test.what}` is one number a run",
            "use `in` for the share of runs",
        )
