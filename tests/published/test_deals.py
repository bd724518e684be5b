"""Published deals: observed outcomes through the contract code come to what was published, as far as the record goes."""

from __future__ import annotations

import re

import pytest

from simulator.money.deals.backtest import back_test
from simulator.money.deals.file import load_deal_text
from tests.published.deal_cases import (
    CASES,
    DEALS,
    HEADING,
    NEXT,
    DealCase,
    backtest_of,
    put_section,
    section,
    unexplained,
)

CARDS = [
    case for case in CASES if "claims: " in case.path.read_text(encoding="utf-8").partition("observed:")[2]
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_a_deal_comes_to_what_is_on_record(case: DealCase) -> None:
    checks = backtest_of(case.file).checks
    assert [check.same for check in checks] == [same for _, same in case.figures]
    for check, (expected, _) in zip(checks, case.figures, strict=True):
        # Pounds to the penny; rates as far as the worked examples give them.
        assert check.ours == pytest.approx(expected, rel=5e-4 if abs(expected) < 1_000 else 1e-9, abs=1e-4)


def test_every_difference_is_explained_in_the_file() -> None:
    assert unexplained() == []


def test_every_deal_file_is_a_case() -> None:
    assert sorted(path.stem for path in DEALS.glob("*.yaml")) == sorted(case.file for case in CASES)


@pytest.mark.parametrize(
    "case", [case for case in CARDS if backtest_of(case.file).checks], ids=lambda case: case.file
)
def test_a_claim_more_is_seen(case: DealCase) -> None:
    text = case.path.read_text(encoding="utf-8")
    before, observed = text.partition("observed:")[::2]
    more = re.sub(r"(claims|units): (\d+)(\.\d+)?", lambda m: f"{m[1]}: {int(m[2]) + 1}", observed, count=1)
    assert more != observed
    found = back_test(load_deal_text(f"{before}observed:{more}"))
    assert found.settlement is not None
    assert [check.ours for check in found.checks] != [check.ours for check in backtest_of(case.file).checks]


@pytest.mark.parametrize(
    ("file", "written", "wrong", "figure"),
    [
        ("peterborough", "each: 10%", "each: 8%", 1),
        ("peterborough", "pooled: 7.5%", "pooled: 9.5%", 3),
        ("peterborough", "dispersion: 2", "dispersion: 3", 5),
        ("essex", "baseline: 55%", "baseline: 50%", 2),
        ("essex", "total: £7.1m", "total: £7.3m", 3),
        ("educate_girls", "$414,085", "$404,085", 2),
        ("newpin", "60%: 7.5%", "60.5%: 7.5%", 0),
        ("innovation_fund_1", 'per_person: "£8,200"', 'per_person: "£8,300"', 1),
        ("nyc_able", 'pool: "$6m"', "share: 75%", 0),
        ("norfolk", "£1,778,456", "£1,778,457", 0),
        ("reboot_west", 'm23: {price: "£2,750"}', 'm23: {price: "£2,751"}', 0),
    ],
)
def test_terms_a_little_off_do_not_come_to_it(file: str, written: str, wrong: str, figure: int) -> None:
    text = (DEALS / f"{file}.yaml").read_text(encoding="utf-8")
    assert written in text
    found = back_test(load_deal_text(text.replace(written, wrong, 1)))
    assert not found.checks[figure].same


def test_the_section_has_a_row_a_deal_and_leaves_the_rest_of_the_page_alone() -> None:
    text = section()
    assert text.count("\n| ") == len(CASES) + 1
    page = f"# Page\n\nbefore\n\n{NEXT}, and what it does not\n\nafter {NEXT}\n"
    once = put_section(page, text)
    assert once.startswith("# Page\n\nbefore\n\n" + HEADING)
    assert once.endswith(f"{NEXT}, and what it does not\n\nafter {NEXT}\n")
    assert put_section(once, text) == once


def test_the_written_page_has_this_section() -> None:
    page = (DEALS.parent / "docs" / "validation.md").read_text(encoding="utf-8")
    assert section() in page
