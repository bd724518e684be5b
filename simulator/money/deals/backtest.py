"""What a published deal's terms come to on what was observed, beside what was published.

The contract goes through the same `settle` as one of a scenario. What the record does not hold is not made up: the file's
`unknown` and each figure's `else` say how far it goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.money.contract.claims import NOBODY, Claims, Cohort
from simulator.money.contract.cohorts import Verdict, judge
from simulator.money.contract.days import plus
from simulator.money.contract.deadweight import baseline_units, less_deadweight
from simulator.money.contract.read import PaidOutcome, terms_of
from simulator.money.contract.settle import settle
from simulator.money.contract.settlement import Settlement
from simulator.money.contract.terms import Pay, Terms, on
from simulator.money.deals.file import Deal, Figure, ObservedClaims, ObservedCohort, observed_units
from simulator.money.deals.measures import Ran, measured
from simulator.scenario.problems import Problem, Refused, ScenarioError
from simulator.scenario.reader import place_of


@dataclass(frozen=True)
class OutcomeLine:
    """One paid outcome. claims: how many (None: units are counted); people: on record, or None; amounts in pence."""

    outcome: str
    label: str
    claims: int | None
    units: float
    people: int | None
    price: float
    priced: int


@dataclass(frozen=True)
class Check:
    """One published figure beside ours. ours, published: pounds, shares, ratios; 1 and 0 for yes and no.

    same: ours is the published figure, as far as it is given. verdict: a sentence without its last dot.
    """

    figure: Figure
    ours: float
    same: bool
    verdict: str

    @property
    def published(self) -> float:
        return self.figure.number

    @property
    def explained(self) -> bool:
        """Whether it is the same, or the file says how far the record goes."""
        return self.same or self.figure.else_ is not None


@dataclass(frozen=True, eq=False)
class BackTest:
    """A deal with its contract settled (None: it has none), cohorts judged by outcome, and every published figure checked."""

    deal: Deal
    settlement: Settlement | None
    judged: dict[str, Verdict]
    outcomes: tuple[OutcomeLine, ...]
    checks: tuple[Check, ...]


def back_test(deal: Deal) -> BackTest:
    """Run a deal's terms on what was observed. Raises ScenarioError where they cannot be run, with the place in the file."""
    terms = _terms(deal)
    settlement: Settlement | None = None
    verdicts: dict[str, Verdict] = {}
    document = deal.document
    if terms is not None:
        observed = document.observed
        cohorts = cohorts_of(terms, observed.cohorts)
        settlement, verdicts = _settled(deal, terms, claims_of(terms, observed.claims), cohorts)
    ran = Ran(
        deal,
        settlement,
        verdicts,
        units=0.0
        if terms is None
        else certified_units(terms, document.observed.claims, document.observed.cohorts),
        planned_units=0.0
        if terms is None
        else certified_units(terms, document.plan.claims, document.plan.cohorts),
        by_people=0.0 if terms is None else _by_people(terms, document.observed.claims),
    )
    checks = tuple(_check(ran, index, figure) for index, figure in enumerate(document.published))
    return BackTest(deal, settlement, verdicts, _outcome_lines(deal, settlement), checks)


def _terms(deal: Deal) -> Terms | None:
    contract = deal.document.contract
    if contract is None or contract.begins is None:
        return None
    outcomes = {
        name: PaidOutcome(deal.label(name), each.unit, each.window.value if each.window is not None else 0.0)
        for name, each in deal.document.outcomes.items()
    }
    try:
        return terms_of(contract, name="contract", start=contract.begins, outcomes=outcomes)
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(deal, ("contract",), str(error)) from None


def claims_of(terms: Terms, observed: Sequence[ObservedClaims]) -> Claims:
    """Observed counts as single claims, all within the term.

    A claim without a day stands on the last on which one can be earned. People of an outcome are numbered from 0 in every
    outcome, so that the same people have the most outcomes: who had which is not on record. Claims beyond one a person
    go round all people once more. Units (days) are one line about nobody in particular.
    """
    none, no_day = np.zeros(0, np.int64), np.zeros(0, "datetime64[D]")
    pays, people, numbers, days, amounts = [none], [none], [none], [no_day], [np.zeros(0)]
    for each in observed:
        if each.claims is not None:
            count = int(each.claims.value)
            of = int(each.people.value) if each.people is not None and each.people.value else max(count, 1)
            place = np.arange(count)
            people.append(place % of)
            numbers.append(place // of + 1)
            amounts.append(np.ones(count))
        else:
            people.append(np.array([NOBODY]))
            numbers.append(np.array([1]))
            amounts.append(np.array([observed_units(each)]))
        size = len(people[-1])
        pays.append(np.full(size, terms.pay(each.outcome)))
        days.append(np.full(size, np.datetime64(each.on or terms.earn_until, "D")))
    pay, person, number = (np.concatenate(each).astype(np.int64) for each in (pays, people, numbers))
    earned, units = np.concatenate(days), np.concatenate(amounts)
    ready = earned.copy()
    for position, paid in enumerate(terms.pays):
        ready[pay == position] = plus(earned[pay == position], paid.lag)
    order = np.lexsort((person, pay, earned))
    return Claims(
        pay=pay[order],
        person=person[order],
        number=number[order],
        started=np.full(len(pay), np.datetime64(terms.begins, "D")),
        earned=earned[order],
        ready=ready[order],
        units=units[order],
        certified=units[order].copy(),
        cell=np.zeros(len(pay), np.int64),
    )


def cohorts_of(terms: Terms, observed: Sequence[ObservedCohort]) -> list[Cohort]:
    """Observed cohorts as the contract's; `window` is that of all people together."""
    return [
        Cohort(
            pay=terms.pay(each.outcome),
            started=np.datetime64(terms.begins, "D"),
            closed=np.datetime64(each.closed, "D"),
            eligible=int(each.eligible.value),
            achieved=each.achieved.value,
            window=_window(terms, each) * each.eligible.value,
            comparison=int(each.comparison.value) if each.comparison is not None else 0,
            expected=each.expected.value if each.expected is not None else None,
        )
        for each in observed
    ]


def _window(terms: Terms, cohort: ObservedCohort) -> float:
    return (
        cohort.window.value
        if cohort.window is not None
        else terms.pays[terms.pay(cohort.outcome)].window_days
    )


def certified_units(
    terms: Terms, claims: Sequence[ObservedClaims], cohorts: Sequence[ObservedCohort]
) -> float:
    """Units that are paid for, less deadweight: of claims, and of cohorts measured against a baseline."""
    found = 0.0
    for each in claims:
        pay = terms.pays[terms.pay(each.outcome)]
        found += float(less_deadweight(np.array([observed_units(each)]), pay.window_days, pay.deadweight)[0])
    for cohort in cohorts_of(terms, cohorts):
        rule = terms.pays[cohort.pay].deadweight
        if rule is not None and rule.form == "baseline":
            found += baseline_units(rule, cohort.window, cohort.achieved)
    return found


def _settled(
    deal: Deal, terms: Terms, claims: Claims, cohorts: list[Cohort]
) -> tuple[Settlement, dict[str, Verdict]]:
    """The contract settled, and the verdicts on its cohorts: which pay, and what, is for `judge` to say."""
    verdicts: dict[str, Verdict] = {}
    pounds: dict[int, float] = {}
    failed: set[int] = set()
    try:
        for position, pay in enumerate(terms.pays):
            mine = [place for place, each in enumerate(cohorts) if each.pay == position]
            if not mine or not _by_difference(pay):
                continue
            verdict = verdicts[pay.outcome] = judge([cohorts[place] for place in mine], pay)
            for place, judged in zip(mine, verdict.cohorts, strict=True):
                cohorts[place] = replace(cohorts[place], closed=judged.on)
                pounds[place] = judged.amount
                if not judged.pays:
                    failed.add(place)
        return settle(terms, claims, cohorts, cohort_pounds=pounds, failed=failed), verdicts
    except ValueError as error:
        raise _refused(deal, ("observed",), str(error)) from None


def _by_difference(pay: Pay) -> bool:
    """Whether the outcome is paid for doing better than a comparison."""
    return pay.against is not None or pay.each is not None or pay.pooled is not None


def _by_people(terms: Terms, observed: Sequence[ObservedClaims]) -> float:
    """Pounds if people were paid for and not claims (claims, where the number of people is not on record)."""
    found = 0.0
    for each in observed:
        counted = each.people if each.people is not None else each.claims
        found += _price(terms, each) * (counted.value if counted is not None else 0.0)
    return found


def _price(terms: Terms, observed: ObservedClaims) -> float:
    pay = terms.pays[terms.pay(observed.outcome)]
    return on(pay.prices[0], observed.on or terms.earn_until) * (1.0 - pay.discount)


def _outcome_lines(deal: Deal, settlement: Settlement | None) -> tuple[OutcomeLine, ...]:
    if settlement is None:
        return ()
    terms, observed = settlement.terms, deal.document.observed
    found = []
    for position, pay in enumerate(terms.pays):
        mine = [each for each in observed.claims if each.outcome == pay.outcome]
        counted = [int(each.claims.value) for each in mine if each.claims is not None]
        people = [int(each.people.value) for each in mine if each.people is not None]
        if mine:
            units = sum(observed_units(each) for each in mine)
        else:
            units = certified_units(
                terms, (), [each for each in observed.cohorts if each.outcome == pay.outcome]
            )
        of = settlement.lines.pay == position
        found.append(
            OutcomeLine(
                outcome=pay.outcome,
                label=pay.label,
                claims=sum(counted) if mine and len(counted) == len(mine) else None,
                units=units,
                people=sum(people) if mine and len(people) == len(mine) else None,
                price=on(pay.prices[0], terms.earn_until) * (1.0 - pay.discount),
                priced=int(settlement.priced[of].sum()),
            )
        )
    return tuple(found)


def _check(ran: Ran, index: int, figure: Figure) -> Check:
    try:
        ours = measured(ran, figure)
    except Refused as error:
        raise _refused(ran.deal, ("published", index, *error.path), error.message, error.suggestion) from None
    same = abs(ours - figure.number) <= figure.tolerance
    return Check(figure, ours, same, _verdict(figure, same))


def _verdict(figure: Figure, same: bool) -> str:
    if not same:
        return f"differs: {figure.else_}" if figure.else_ else "differs, and the file does not say why"
    if figure.within is not None:
        return "within what the record leaves open"
    if figure.kind == "yes or no":
        return "as published"
    if figure.kind == "money" and figure.digit == 1:
        return (
            "to the pound"
            if "£" in figure.value
            else "to the dollar"
            if "$" in figure.value
            else "to the euro"
        )
    return "as far as the figure is given"


def _refused(
    deal: Deal, path: tuple[str | int, ...], message: str, suggestion: str | None = None
) -> ScenarioError:
    line, column = place_of(deal.raw, path)
    return ScenarioError(
        [Problem(line, column, ".".join(map(str, path)), message, suggestion, file=deal.file)]
    )


__all__ = ["BackTest", "Check", "OutcomeLine", "back_test", "certified_units", "claims_of", "cohorts_of"]
