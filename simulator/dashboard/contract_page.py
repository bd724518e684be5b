"""Contract and returns: what a council, a charity and an investor ask first of a contract, then the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from simulator.dashboard import parts
from simulator.dashboard.text import plain, section
from simulator.present.numbers import MINUS

if TYPE_CHECKING:
    from simulator.dashboard.frame import View
    from simulator.present.contract_answers import Answer
    from simulator.present.signed import Signed

PLACE = "contract"


def show(view: View) -> None:
    from simulator.present.deal_runs import DealRuns, signing
    from simulator.present.rows import FEWEST
    from simulator.present.signed import Signed

    comparison = parts.top(view, "Who pays whom, who bears the risk, and what comes back?")
    if view.choices is None:
        return
    signs = signing(view.scenario)
    if view.choices.design not in signs:
        _nothing_signed(view, signs)
        return
    if comparison is None:
        return
    if "contract" not in DealRuns(comparison.result, comparison.design):
        # What is shown while a new run begins may be of an earlier choice of design.
        st.info("The figures of this design's contracts appear as soon as its first runs are in.")
        return
    signed = Signed.of(comparison.result, comparison.design)
    if comparison.result.replications < FEWEST:
        st.info(
            f"From {comparison.result.replications:,} runs little can be told of what is rare. Chances of loss need {FEWEST} "
            "runs at least, and several hundred to be of use."
        )
    _roles(signed)
    st.caption(plain(" ".join(comparison.caveats)))
    _charts(signed)
    _terms(signed)
    _tables(signed)
    _full(signed)
    parts.take_away(view)


def _nothing_signed(view: View, signs: list[str]) -> None:
    assert view.choices is not None
    name = plain(view.scenario.label(view.choices.design))
    if not signs:
        st.info(
            f"{name} signs no contract, nor does any other design of this scenario. Name one under `signs` of a design."
        )
        return
    others = ", ".join(plain(view.scenario.label(each)) for each in signs)
    st.info(f"{name} signs no contract. Choose a design that does, at the side: {others}.")


def _roles(signed: Signed) -> None:
    """Three blocks, side by side where the page is wide enough."""
    from simulator.present.cash_answers import charity, investor
    from simulator.present.contract_answers import council

    blocks: list[tuple[str, str, list[Answer]]] = [
        (
            "For a council",
            "Budget view: by the year in which it is earned, in the money of that year.",
            council(signed),
        )
    ]
    for party in signed.parties:
        view = "Bank view: the month in which money moves, payments before receipts."
        blocks.append((f"For {signed.runs.label(party)}", view, charity(signed, party)))
    returns = investor(signed)
    if returns:
        blocks.append(("For an investor", "Bank view: the day on which money moves.", returns))
    for first in range(0, len(blocks), 3):
        row = blocks[first : first + 3]
        for column, (who, view, answers) in zip(st.columns(len(row), gap="medium"), row, strict=True):
            with column, st.container(border=True, height="stretch"):
                st.header(plain(who))
                st.caption(view)
                st.markdown(
                    "\n\n".join(f"**{plain(each.question)}** {_answer(each.answer)}" for each in answers)
                )


def _answer(text: str) -> str:
    """A sentence whose lines never break between a minus and its number."""
    return plain(text.replace(MINUS, f"{MINUS}\u2060"))


def _charts(signed: Signed) -> None:
    from simulator.present.cash_charts import cash_charts
    from simulator.present.contract_charts import contract_charts

    st.header("What it buys, and what it costs")
    for chart in contract_charts(signed):
        parts.chart(chart, PLACE)
    money = cash_charts(signed)
    if money:
        st.header("Cash and returns")
    for chart in money:
        parts.chart(chart, PLACE)


def _terms(signed: Signed) -> None:
    st.header("The terms in plain English")
    for title, passages in signed.words:
        with st.expander(plain(title)):
            for passage in passages:
                st.markdown(f"**{plain(passage.title)}**")
                st.markdown("\n".join(f"- {plain(sentence)}" for sentence in passage.sentences))


def _tables(signed: Signed) -> None:
    from simulator.present.cash_views import cash_sections
    from simulator.present.contract_views import contract_sections

    st.header("All figures of the contract")
    for found in (*contract_sections(signed), *cash_sections(signed)):
        section(found)


def _full(signed: Signed) -> None:
    from simulator.present.deal_table import CASH_TABLES, CONTRACT_TABLES, deal_table

    st.subheader("Full tables of the contract")
    st.caption(
        "Each row names its view of money: bank or budget. The same as `simulator contract` and `simulator cash` print."
    )
    with st.container(horizontal=True):
        for label, name, tables in (
            ("Contract, every figure (CSV)", "contract", CONTRACT_TABLES),
            ("Cash and returns, every figure (CSV)", "cash", CASH_TABLES),
        ):
            parts.download(label, deal_table(signed.runs, tables), name, f"{PLACE}|{name}")


__all__ = ["show"]
