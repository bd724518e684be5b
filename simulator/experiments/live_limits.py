"""What one visitor may ask of a server that many share, and what is said to who asks for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine.arrivals import YEAR_SECONDS
from simulator.engine.model import SECONDS_A_DAY
from simulator.engine.numbers import Numbers, steps
from simulator.experiments.plan import Drawn
from simulator.scenario.document import Document
from simulator.scenario.fields import Cost
from simulator.scenario.findings import Findings, Known
from simulator.scenario.load import Scenario
from simulator.scenario.reader import Mapping
from simulator.scenario.size_checks import people_by_state


class TooLarge(ValueError):
    """A run that a shared server does not take, in one sentence: what, how much, and what would be right."""


class Busy(ValueError):
    """There are as many runs as the server takes at once."""


@dataclass(frozen=True)
class Limits:
    """What a `live.Desk` takes.

    people: expected in one replication of a design, over warm-up and horizon; about 200 bytes and more each while it runs.
    lines: of the ledger in one replication, at most: everybody paid for every month that they may be there.
    names: needs, services, transitions, outcomes, budgets and so on of a design: each has rows on pages.
    people_in_all: the same summed over designs and replications, which is what takes time.
    replications: of one run. runs: under way and waiting, of all visitors.
    run_bytes: about what the results of one run may fill. kept, kept_bytes: inputs whose results are kept for whoever asks
    again, and about what these fill.
    """

    people: float = 2e6
    lines: float = 50e6
    names: int = 600
    people_in_all: float = 200e6
    replications: int = 10_000
    runs: int = 40
    run_bytes: int = 128 * 2**20
    kept: int = 200
    kept_bytes: int = 512 * 2**20


def people_expected(document: Document) -> float:
    """About how many people one replication of a design has, by its central values, over warm-up and horizon."""
    return sum(people_by_state(document, Known(document), Findings(Mapping(), "")).values())


def lines_at_most(document: Document) -> float:
    """A bound on the ledger's lines for people in one replication: a line a month for each that a person can have at once.

    People arrive evenly, so on average half of the time is left to them; those there at the beginning have all of it.
    """
    months = (document.warm_up.value + document.horizon.value) / (365.25 / 12)
    present = sum(float(getattr(count, "value", 0.0)) for count in document.people.present.values())
    arriving = max(0.0, people_expected(document) - present)
    of_needs = max((_payers(need.cost) for need in document.needs.values()), default=0)
    of_services = sum(_payers(service.cost) for service in document.services.values())
    return (present + arriving / 2) * months * (of_needs + of_services)


def _payers(costs: tuple[Cost, ...]) -> int:
    """Lines of costs that run with the time that a person is there."""
    return sum(
        len(cost.payers)
        for cost in costs
        if any("per person" in str(getattr(money, "text", "per person")) for _, money in cost.payers)
    )


def _of_contracts(document: Document) -> int:
    """Parties, payments and tranches that are followed month by month or claim by claim."""
    found = sum(
        1 + len(each.pays) + len(each.payer) + len(each.payee) + len(each.fees) + len(each.passes)
        for each in document.contracts.values()
    )
    deal = document.investment
    return found + (0 if deal is None else len(deal.tranches) + len(deal.waterfall))


def check_limits(documents: list[Document], replications: int, limits: Limits) -> None:
    """Raise TooLarge for a run of these designs that is more than the limits allow."""
    elsewhere = "or run it on your own machine with the command line"
    if replications > limits.replications:
        raise TooLarge(
            f"{replications:,} runs are more than this shared server takes: ask for {limits.replications:,} or fewer, "
            f"{elsewhere}."
        )
    names = max(
        sum(
            len(getattr(document, section))
            for section in (
                "needs",
                "services",
                "transitions",
                "events",
                "outcomes",
                "agencies",
                "teams",
                "providers",
            )
        )
        + _of_contracts(document)
        for document in documents
    )
    if names > limits.names:
        raise TooLarge(
            f"This scenario has {names:,} needs, services, transitions, outcomes, budgets and terms of contracts, and this "
            f"shared server takes up to {limits.names:,}: leave some out, {elsewhere}."
        )
    lines = max(map(lines_at_most, documents))
    if lines > limits.lines:
        raise TooLarge(
            f"One run of this scenario may write {lines / 1e6:,.0f} million lines of account, and this shared server takes up to "
            f"{limits.lines / 1e6:,.0f} million: shorten the horizon, lower the number who arrive, {elsewhere}."
        )
    people = [people_expected(document) for document in documents]
    if max(people) > limits.people:
        raise TooLarge(
            f"This scenario would hold about {max(people):,.0f} people, and this shared server takes up to "
            f"{limits.people:,.0f}: lower the number who arrive, shorten the horizon, {elsewhere}."
        )
    if sum(people) * replications > limits.people_in_all:
        fewer = max(1, int(limits.people_in_all / sum(people)))
        raise TooLarge(
            f"About {sum(people):,.0f} people in all designs over {replications:,} runs are more than this shared server "
            f"takes: ask for {fewer:,} run{'s' if fewer != 1 else ''} or fewer, {elsewhere}."
        )


def people_drawn(document: Document, drawn: Drawn) -> float:
    """As `people_expected`, by the numbers of one draw."""
    numbers = Numbers(document, draw=drawn.draw)
    begin, end = -document.warm_up.value * SECONDS_A_DAY, document.horizon.value * SECONDS_A_DAY
    found = 0.0
    for state, entry in document.people.arrive.items():
        if entry.rate is None:
            every = entry.every.value * SECONDS_A_DAY if entry.every is not None else 0.0
            found += (end - begin) / every if every else len(entry.at or ())
            continue
        rates = steps(entry.rate, f"people.arrive.{state}.rate", numbers)
        ends = [*(min(max(when, begin), end) for when, _ in rates[1:]), end]
        for since, until, (_, rate) in zip([begin, *ends], ends, rates, strict=False):
            found += rate * (until - since) / YEAR_SECONDS
    for state, count in document.people.present.items():
        found += numbers.of(count, f"people.present.{state}")
    return found


def check_draw(scenario: Scenario, designs: Sequence[str], drawn: Drawn, limits: Limits) -> None:
    """Raise TooLarge where a draw of the numbers makes more of a scenario than the limits allow, before it is made ready."""
    for name in designs:
        document = scenario.design(name, drawn.reading)
        people, written = people_drawn(document, drawn), people_expected(document)
        lines = lines_at_most(document) * max(1.0, people / written if written else people)
        if people > limits.people or lines > limits.lines:
            raise TooLarge(
                f"In one of the runs the uncertain numbers come out such that about {people:,.0f} people would be held, with "
                f"up to {lines / 1e6:,.0f} million lines of account, and this shared server takes up to {limits.people:,.0f} "
                f"and {limits.lines / 1e6:,.0f} million: narrow the ranges of how many people come, or leave the numbers as "
                "written."
            )
