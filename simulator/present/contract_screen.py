"""Contracts and cash on a terminal: the terms in plain English, what is asked first, then the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.present import screen
from simulator.present.cash_answers import charity, investor
from simulator.present.cash_views import cash_sections
from simulator.present.contract_answers import Answer, council
from simulator.present.contract_views import contract_sections

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.present.contract_words import Passage
    from simulator.present.signed import Signed


def show_contract(signed: Signed, notes: Sequence[str]) -> None:
    """The terms, what a council asks, then payments, caps and outcomes. notes: what must be known of the runs."""
    out = _top(signed, notes)
    for title, passages in signed.words:
        _terms(out, title, passages)
    _answers(out, "What a council asks", council(signed))
    for section in contract_sections(signed):
        screen.print_section(out, section)


def show_cash(signed: Signed, notes: Sequence[str]) -> None:
    """What a charity and an investor ask, then the cash of who provides and the flows of who puts money in."""
    out = _top(signed, notes)
    for party in signed.parties:
        _answers(out, f"What {signed.runs.label(party)} asks", charity(signed, party))
    _answers(out, "What an investor asks", investor(signed))
    for section in cash_sections(signed):
        screen.print_section(out, section)


def _top(signed: Signed, notes: Sequence[str]) -> Console:
    out, runs = screen.console(), signed.runs
    against = f": {runs.name} against {runs.label(runs.result.baseline)}"
    out.print(screen.plain(runs.scenario.title, style="bold") + screen.plain(against))
    out.print(screen.plain(screen.how_run(runs.result)))
    out.print()
    for sentence in notes:
        screen.print_item(out, "Note:", sentence)
    return out


def _terms(out: Console, title: str, passages: Sequence[Passage]) -> None:
    out.print()
    out.print(screen.plain(title, style="bold"))
    for passage in passages:
        out.print(screen.plain(f"{passage.title}:"))
        for sentence in passage.sentences:
            screen.print_item(out, "  •", sentence)


def _answers(out: Console, title: str, answers: Sequence[Answer]) -> None:
    if not answers:
        return
    out.print()
    out.print(screen.plain(title, style="bold"))
    for answer in answers:
        out.print(screen.plain(answer.question))
        screen.print_item(out, "  ", answer.answer)


__all__ = ["show_cash", "show_contract"]
