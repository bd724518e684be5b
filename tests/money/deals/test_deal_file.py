"""The deal file: every mistake is said with its line, key and what would be right, and nothing costs the machine anything."""

from __future__ import annotations

import pytest

from simulator.money.deals.backtest import back_test
from simulator.money.deals.file import last_digit, load_deal_text, read_value
from simulator.scenario.problems import ScenarioError

DEAL = """\
format: 1
deal: A card of two prices
outcomes:
  home: moved into a home
  job: {label: days in a job, unit: day}
contract:
  payer: council
  payee: charity
  begins: 2020-04-01
  term: 3 years
  pays:
    home: {price: £500, claims: 2}
    job: {price: £10}
observed:
  claims:
    - {outcome: home, claims: 12, people: 10}
    - {outcome: job, units: 100.5}
published:
  - {what: paid, value: "£7,005"}
unknown: nothing
"""


def test_a_deal_is_read_and_run() -> None:
    found = back_test(load_deal_text(DEAL))
    assert found.settlement is not None
    assert found.settlement.total == 700_500
    assert [(line.claims, line.people, line.units) for line in found.outcomes] == [
        (12, 10, 12.0),
        (None, None, 100.5),
    ]
    assert [check.verdict for check in found.checks] == ["to the pound"]


@pytest.mark.parametrize(
    ("written", "wrong", "line", "key", "message", "suggestion"),
    [
        ("deal: A card of two prices", "", 1, "deal", "`deal` is missing", "docs/deals.md"),
        ("payer: council", "payr: council", 7, "contract.payr", "unknown key `payr`", "`payer`"),
        ("begins: 2020-04-01", "", 6, "contract", "`begins` is missing", "write the date"),
        ("price: £500", "price: 500", 12, "contract.pays.home.price", "no currency", "£500"),
        ("outcome: home", "outcome: hom", 16, "observed.claims.0.outcome", "no payment for `hom`", "`home`"),
        ("  home: moved into a home\n", "", 11, "contract.pays.home", "no outcome `home`", "known here"),
        (
            "people: 10",
            "people: 13",
            16,
            "observed.claims.0.people",
            "more people than claims",
            "at least one claim",
        ),
        ("units: 100.5", "units: 100.5, claims: 3", 17, "observed.claims.1", "so many times", None),
        ("claims: 12", "claims: 1.5", 16, "observed.claims.0.claims", "not a whole number", "220"),
        ("claims: 12", "claims: 999999999", 14, "observed", "1,000,000,000 claims", "`units`"),
        ("what: paid", "what: payed", 19, "published.0.what", "`payed` is not known here", "did you mean"),
        ('"£7,005"', "7005", 19, "published.0.value", "no currency", "£7005"),
        ("what: paid", "what: coupon", 19, "published.0.value", "not a share", None),
        (
            'what: paid, value: "£7,005"',
            "what: effect, value: 8%, of: 1",
            19,
            "published.0",
            "no cohort",
            "cohorts",
        ),
        ('"£7,005"}', '"£7,005", source: x}', 19, "published.0.source", "no source `x`", None),
        (
            "term: 3 years",
            "term: 3 years\n  fees: {s: £5 per start}",
            11,
            "contract.fees",
            "back-tested",
            "activity",
        ),
        ("price: £500", "price: a_name", 6, "contract", "not the name `a_name`", None),
    ],
)
def test_a_mistake_is_said_where_it_is(
    written: str, wrong: str, line: int, key: str, message: str, suggestion: str | None
) -> None:
    assert written in DEAL
    with pytest.raises(ScenarioError) as caught:
        back_test(load_deal_text(DEAL.replace(written, wrong, 1), "my.yaml"))
    text = str(caught.value)
    assert f"my.yaml:{line}:" in text
    assert f": {key}: " in text
    assert message in text
    assert suggestion is None or suggestion in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b\n",
        "format: 1\ndeal: &a x\nother: *a\n",
        "a: " + "[" * 40 + "]" * 40,
        "x" * (6 * 1024 * 1024),
    ],
    ids=["empty", "a list", "aliases", "deep", "large"],
)
def test_what_is_no_deal_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        load_deal_text(text)


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("£1,871,540", 1),
        ("8.4%", 0.001),
        ("£9.41m", 10_000),
        ("1.45", 0.01),
        ("£620k", 1_000),
        ("yes", 0),
        ("9%", 0.01),
    ],
)
def test_a_figure_is_as_exact_as_it_is_written(text: str, worth: float) -> None:
    assert last_digit(text) == pytest.approx(worth)


def test_values_are_read_by_kind() -> None:
    assert read_value("paid", "£1.5m") == 1_500_000
    assert read_value("pays", "no") == 0
    assert read_value("measured effect", "-0.16") == -0.16
