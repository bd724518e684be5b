"""The page Contract and returns in every state, run without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.dashboard import choices, runs
from simulator.present.cash_answers import charity, investor
from simulator.present.contract_answers import council
from simulator.present.signed import Signed
from tests.dashboard.conftest import Open, settled, words
from tests.present.deal_figures import DEAL_TEXT
from tests.present.tiny import TEXT, written


@pytest.fixture
def deal(folder: Path) -> Path:
    return written(folder, DEAL_TEXT)


def test_each_role_is_answered_before_any_chart(visit: Open, deal: Path) -> None:
    page = settled(visit("contract", runs="20"))
    assert [each.value for each in page.header][:3] == ["For a council", "For A charity", "For an investor"]
    comparison = page.session_state[runs.SHOWN].comparison
    signed = Signed.of(comparison.result, comparison.design)
    text = words(page).replace("\u2060", "")
    for each in (*council(signed), *charity(signed, "charity"), *investor(signed)):
        assert each.question in text and each.answer in text
    assert len(page.get("plotly_chart")) == 5
    assert "The terms in plain English" in text and "All figures of the contract" in text
    assert not page.error


def test_a_design_that_signs_nothing_names_those_that_do(visit: Open, deal: Path) -> None:
    page = settled(visit("contract", design="free", runs="20"))
    assert "Help for nothing signs no contract" in page.info[0].value
    assert "Early help, Help by grant" in page.info[0].value
    assert not page.get("plotly_chart")


def test_a_scenario_without_contracts_says_so(visit: Open, folder: Path) -> None:
    written(folder, TEXT)
    page = settled(visit("contract"))
    assert "nor does any other design" in page.info[0].value


def test_few_runs_are_said_to_be_few(visit: Open, deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "RUNS", (10, 20, 100))  # as when a run has only begun
    page = settled(visit("contract", runs="10"))
    assert "From 10 runs little can be told" in words(page)
    assert "cannot tell from 10 runs" in words(page)


def test_a_grant_has_no_block_for_an_investor_who_is_not_there(visit: Open, deal: Path) -> None:
    page = settled(visit("contract", design="paid", runs="20"))
    text = words(page)
    assert "for what is paid whatever is achieved" in text
    assert not page.exception and not page.error


def test_the_tables_are_those_of_the_command_line(visit: Open, deal: Path) -> None:
    from simulator.api import cash, contract
    from simulator.present.cash_views import cash_sections
    from simulator.present.contract_views import contract_sections

    text = words(settled(visit("contract", runs="20"))).replace("\u2060", "").replace("\u00a0", " ")
    there = contract(deal, replications=20, vary=True), cash(deal, replications=20, vary=True)
    assert there[0].design == there[1].design == "early"
    for section in (*contract_sections(there[0].signed), *cash_sections(there[1].signed)):
        assert section.title in text
        for row in section.rows:
            for cell in row:
                assert cell in text, (section.title, row)
