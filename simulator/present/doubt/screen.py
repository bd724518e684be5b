"""Answers about doubt on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.present.screen import console, plain, print_item, print_section

if TYPE_CHECKING:
    from simulator.present.doubt.answer import Answer


def show_answers(title: str, how: str, answers: list[Answer], notes: tuple[str, ...] = ()) -> None:
    """Each question, its answer in words, and the numbers of its figures."""
    out = console()
    out.print(plain(title, style="bold"))
    out.print(plain(how))
    for note in notes:
        print_item(out, "Note:", note)
    for each in answers:
        out.print()
        out.print(plain(each.question, style="bold"))
        for sentence in each.sentences:
            print_item(out, "•", sentence)
        for section in each.sections:
            print_section(out, section)


def how_asked(record: dict[str, Any]) -> str:
    """How the runs were made, in a line."""
    draws = record.get("draws")
    runs = f"{record['replications']:,} run{'s' if record['replications'] != 1 else ''}"
    if draws is None:
        first = f"{runs} of each setting, all on the same random numbers"
    else:
        first = f"{draws:,} draws of the uncertain numbers, {runs} of each"
    reading = f", the evidence read as {record['reading']}" if record.get("reading") else ""
    return f"{first}, seed {record['seed']}{reading}."


__all__ = ["how_asked", "show_answers"]
