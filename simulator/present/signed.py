"""What a design signs: its contracts, providers and investment as plain numbers, read for the words that people see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.present.contract_words import Passage, terms_in_words
from simulator.present.deal_runs import DealRuns
from simulator.present.investment_words import investment_in_words

if TYPE_CHECKING:
    from simulator.experiments.runner import Result
    from simulator.money.accounts.terms import Investment, Provider
    from simulator.money.contract.terms import Terms


@dataclass(frozen=True, eq=False)
class Signed:
    """A design's contracts with what the runs say of them.

    runs: measures run by run. terms: the contracts that the design signs. investment: None where nobody puts money in.
    """

    runs: DealRuns
    terms: tuple[Terms, ...]
    providers: dict[str, Provider]
    investment: Investment | None

    @classmethod
    def of(cls, result: Result, design: str) -> Signed:
        """Read as the runs did: with the same reading of the evidence, seed and draw; as written where each run has its own."""
        from simulator.engine.compile import compile_model
        from simulator.engine.numbers import Numbers
        from simulator.money.accounts.read import read_investment, read_providers
        from simulator.money.contract.read import read_contract

        scenario = result.scenario
        document = scenario.design(design, result.reading)
        signs = scenario.document.designs[design].signs
        model = compile_model(scenario, design, seed=result.seed, draw=result.draw, reading=result.reading)
        numbers = Numbers(document, result.seed, result.draw)
        return cls(
            DealRuns(result, design),
            tuple(
                read_contract(document, name, numbers, model.segments, model.states).terms for name in signs
            ),
            read_providers(document, numbers),
            read_investment(document, numbers, signs) if signs else None,
        )

    @cached_property
    def words(self) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
        """Each contract's label and its terms in plain English; the investment's last."""
        label = self.runs.label
        found = [(terms.label, terms_in_words(terms, label)) for terms in self.terms]
        if self.investment is not None and "investors" in self.runs:
            found.append(("Investment", investment_in_words(self.investment, label)))
        return tuple(found)

    @property
    def parties(self) -> list[str]:
        """Those whose cash is followed, whom contracts pay first."""
        here = self.runs.items("cash")
        paid = [name for terms in self.terms for name, _ in terms.payees]
        return sorted(
            here, key=lambda name: (paid.index(name) if name in paid else len(paid), here.index(name))
        )


__all__ = ["Signed"]
