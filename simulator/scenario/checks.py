"""What a scenario must fulfil beyond its form, and what is worth a warning.

Four doors, all called by `load`: `check_file` for what holds of the file as written, `check_document` for the file with
a design (and perhaps a reading) laid over it, `check_signs` for the contracts a design signs, and `check_designs` for
warnings that need all designs at once. The
checks are functions over a document that put what they find into `Findings`; by subject: `references` names,
`number_checks` numbers, `flow_checks` moves, `size_checks` size, `deal_checks` contracts, `advice` warnings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from simulator.scenario.advice import advise, advise_on_all
from simulator.scenario.deal_checks import check_deals
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known
from simulator.scenario.flow_checks import check_flow
from simulator.scenario.number_checks import check_numbers
from simulator.scenario.problems import Problem
from simulator.scenario.quantities import ASSUMPTION, Quantity
from simulator.scenario.reader import Mapping
from simulator.scenario.references import check_references
from simulator.scenario.size_checks import check_size

# Each design is read once by itself and once with each reading: some 30 millionths of a second a value.
MOST_VERSIONS = 300
MOST_WORK = 400_000
MOST_CORRELATED = 200
SOURCE_KEY = re.compile(r"[a-z][a-z0-9_.\-]*")

Found = tuple[list[Problem], list[Problem]]


def check_file(document: Document, raw: Mapping, file: str) -> Found:
    """Errors and warnings about what an overlay cannot change: sources, designs, readings, correlations."""
    findings = Findings(raw, file)
    known = Known(document)
    for key in document.sources:
        if not SOURCE_KEY.fullmatch(key) or key == ASSUMPTION:
            hint = (
                "it marks numbers without a source"
                if key == ASSUMPTION
                else "small letters, digits, `_`, `-` and `.`, such as `taylor-2024`"
            )
            findings.error(("sources", key), f"`{key}` cannot be the key of a source", hint)
    _designs(document, findings)
    _readings(document, known, findings)
    _correlations(document, findings)
    return findings.errors, findings.warnings


def check_document(document: Document, raw: Mapping, file: str) -> Found:
    """Errors and warnings about the file as one design has it; `raw` is the merged text."""
    findings = Findings(raw, file)
    known = Known(document)
    check_references(document, known, findings)
    check_numbers(document, known, findings)
    check_flow(document, known, findings)
    check_deals(document, known, findings)
    check_size(document, known, findings)
    if not findings.errors:
        advise(document, known, findings)
    return findings.errors, findings.warnings


def check_signs(document: Document, raw: Mapping, file: str, design: str) -> list[Problem]:
    """Errors about the contracts that a design signs; `document` and `raw` are the file as this design has it."""
    findings = Findings(raw, file)
    for index, contract in enumerate(document.designs[design].signs):
        if contract not in document.contracts:
            findings.unknown(("designs", design, "signs", index), contract, "contract", document.contracts)
    return findings.errors


def check_designs(versions: Sequence[tuple[Document, Mapping]], file: str) -> list[Problem]:
    """Warnings about all designs together, such as a state that nobody reaches under any of them.

    `versions` holds each design's document with its merged text, the baseline's first.
    """
    findings = Findings(versions[0][1], file)
    advise_on_all(versions, findings)
    return findings.warnings


def _designs(document: Document, findings: Findings) -> None:
    baselines = [name for name, design in document.designs.items() if design.baseline]
    if not baselines:
        findings.error(
            ("designs",),
            "no design is the baseline",
            "write `baseline: yes` in the design that is today's practice",
        )
    for name in baselines[1:]:
        findings.error(
            ("designs", name, "baseline"),
            f"`{baselines[0]}` is the baseline already, and there is exactly one",
            "all designs are compared with it; remove `baseline: yes` here",
        )
    for name, design in document.designs.items():
        path = ("designs", name, "based_on")
        if design.based_on is None:
            continue
        if design.based_on not in document.designs:
            findings.unknown(path, design.based_on, "design", document.designs)
            continue
        chain = [name]
        below: str | None = design.based_on
        while below is not None and below in document.designs and below not in chain:
            chain.append(below)
            below = document.designs[below].based_on
        if below == name and name == min(chain):
            findings.error(
                path,
                f"the designs stand on each other in a circle: {' -> '.join([*chain, name])}",
                "one of them must stand on the file itself",
            )
    versions = len(document.designs) * (1 + len(document.readings))
    if versions > MOST_VERSIONS or versions * values_in(findings.raw) > MOST_WORK:
        findings.error(
            ("designs",),
            f"{versions:,} versions (every design, alone and with each reading) are too many for a file of this size",
            "split it into several files",
        )


def values_in(node: Any) -> int:
    """How many values a part of the file holds."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return 1 + sum(values_in(each) for each in inner)


def _readings(document: Document, known: Known, findings: Findings) -> None:
    total = 0.0
    for name, reading in document.readings.items():
        total += sum(known.values(reading.weight))
        if (
            reading.source is not None
            and reading.source not in document.sources
            and reading.source != ASSUMPTION
        ):
            findings.unknown(
                ("readings", name, "source"), reading.source, "source", [*document.sources, ASSUMPTION]
            )
        if total > 1 + 1e-9:
            findings.error(
                ("readings", name, "weight"),
                f"with this the weights come to {total * 100:g}%, over 100%",
                "what the readings leave of 100% is the weight of the file as written",
            )
            return


def _correlations(document: Document, findings: Findings) -> None:
    ranks: dict[tuple[str, str], float] = {}
    usable = True
    for index, correlation in enumerate(document.correlations):
        path = ("correlations", index)
        for at, name in enumerate(correlation.of):
            if name not in document.numbers:
                findings.unknown((*path, "of", at), name, "number", document.numbers)
                usable = False
        if len(correlation.of) < 2 or len(correlation.of) > MOST_CORRELATED:
            findings.error(
                (*path, "of"),
                f"a correlation is between 2 to {MOST_CORRELATED} numbers",
                "such as `of: [first_number, second_number]`",
            )
            return
        rank = correlation.rank
        if not isinstance(rank, Quantity) or rank.low is not None:
            findings.error((*path, "rank"), "one plain number is wanted here", "such as `rank: 0.6`")
            return
        if not -1 <= rank.value <= 1:
            findings.error((*path, "rank"), f"`{rank.text}` is not between -1 and 1", "such as `rank: 0.6`")
            return
        for first in correlation.of:
            for second in correlation.of:
                if first < second and ranks.setdefault((first, second), rank.value) != rank.value:
                    findings.error(
                        (*path, "of"), f"`{first}` and `{second}` have two correlations", "keep one of them"
                    )
                    return
    names = sorted({name for pair in ranks for name in pair})
    if len(names) > MOST_CORRELATED:
        findings.error(("correlations",), f"{len(names)} numbers are correlated, over {MOST_CORRELATED}")
    elif ranks and usable and not _possible(names, ranks):
        findings.error(
            ("correlations",),
            "no numbers can be correlated in all these ways at once",
            "bring the ranks nearer to 0",
        )


def _possible(names: list[str], ranks: dict[tuple[str, str], float]) -> bool:
    """Whether normal numbers with these rank correlations exist: their matrix has no eigenvalue below 0."""
    import numpy as np

    matrix = np.eye(len(names))
    index = {name: at for at, name in enumerate(names)}
    for (first, second), rank in ranks.items():
        # The correlation of two normal numbers with this rank correlation (Pearson 1907).
        matrix[index[first], index[second]] = matrix[index[second], index[first]] = 2 * np.sin(
            np.pi * rank / 6
        )
    return bool(np.linalg.eigvalsh(matrix)[0] >= -1e-9)
