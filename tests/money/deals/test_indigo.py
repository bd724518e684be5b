"""INDIGO in and out: the record's prices, results and payments survive; what is missing is said; hostile files are refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.money.deals.backtest import back_test
from simulator.money.deals.file import load_deal, load_deal_text
from simulator.money.deals.indigo import deal_text, read_project
from simulator.money.deals.indigo_out import as_json, project_of
from simulator.scenario.problems import ScenarioError

DEALS = Path(__file__).resolve().parents[3] / "deals"


def of(value: Any) -> dict[str, Any]:
    return {"value": value}


PROJECT: dict[str, Any] = {
    "name": of('A "quoted": name # with marks'),
    "dates": {
        "start_date_of_service_provision": of("2018-10-01"),
        "anticipated_end_date_of_service_provision": of("2022-10-01"),
    },
    "overall_project_finance": {
        "maximum_potential_outcome_payment_v2": {"currency": of("GBP"), "amount": of(50_000)},
        "total_outcome_payments_made": {"currency": of("GBP"), "amount": of("30,900")},
    },
    "outcome_payment_commitments": [
        {"organisation_id": of("INDIGO-ORG-1"), "maximum_potential_outcome_payment": {"amount": of(30_000)}},
        {"organisation_id": of("INDIGO-ORG-2"), "maximum_potential_outcome_payment": {"amount": of(20_000)}},
    ],
    "investments": [
        {"organisation_id": of("INDIGO-ORG-3"), "investment_commitment": {"amount": {"exact": of(10_000)}}}
    ],
    "outcome_metrics": [
        {"id": "outcomemetric1", "definition": of("moves into a home")},
        {"id": "2nd metric!", "outcome_metric_target": of("finds\na job")},
        {"id": "unpriced", "definition": of("is happy")},
    ],
    "outcome_pricings": [
        {
            "outcome_metric_id": of("outcomemetric1"),
            "currency": of("GBP"),
            "price_per_unit": {"amount": of(500)},
        },
        {"outcome_metric_id": of("2nd metric!"), "price_per_unit": {"amount": of("2,500.50")}},
    ],
    "results": [
        {
            "outcome_metric_id": of("outcomemetric1"),
            "number_with_positive_social_outcomes": of(40),
            "result_type": of("Interim"),
        },
        {
            "outcome_metric_id": of("outcomemetric1"),
            "number_with_positive_social_outcomes": of(42),
            "result_type": of("Final"),
        },
        {"outcome_metric_id": of("2nd metric!"), "number_with_positive_social_outcomes": of("4")},
    ],
    "outcome_payments": [
        {"type": of("Actual"), "period": {"end_date": of("2020-03-31")}, "money": {"amount": of(10_900)}},
        {"type": of("Actual"), "period": {"end_date": of("2021-03-31")}, "money": {"amount": of(20_000)}},
        {"type": of("Planned"), "period": {"end_date": of("2021-03-31")}, "money": {"amount": of(25_000)}},
    ],
}


def written(tmp_path: Path, project: Any) -> Path:
    path = tmp_path / "project.json"
    path.write_text(json.dumps(project), encoding="utf-8")
    return path


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_record_becomes_a_deal_that_runs(tmp_path: Path, wrapped: bool) -> None:
    record = {"project": {"id": "INDIGO-POJ-0999", "data": PROJECT}} if wrapped else PROJECT
    text = deal_text(read_project(written(tmp_path, record)))
    deal = load_deal_text(text)
    assert deal.title == 'A "quoted": name # with marks'
    assert deal.document.record == ("INDIGO-POJ-0999" if wrapped else None)
    assert list(deal.document.outcomes) == ["outcomemetric1", "outcome_2nd_metric", "unpriced"]
    found = back_test(deal)
    assert found.settlement is not None
    # 42 final results at 500 and 4 at 2,500.50.
    assert found.settlement.total == 42 * 50_000 + 4 * 250_050
    assert [payer.share for payer in found.settlement.payers] == pytest.approx([0.6, 0.4])
    assert [check.same for check in found.checks] == [False, True]  # paid 30,900; the years add up to it
    missing = str(deal.document.unknown)
    for each in ("the price of unpriced", "recourse", "deadweight"):
        assert each in missing


def test_tables_say_the_same_as_json(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    rows = {
        "projects_outcome_metrics.csv": [{"id": "m1", "definition/value": "a home"}],
        "outcome_pricings.csv": [{"outcome_metric_id/value": "m1", "price_per_unit/amount/value": "1,200"}],
        "results.csv": [{"outcome_metric_id/value": "m1", "number_with_positive_social_outcomes/value": "7"}],
    }
    for name, table in rows.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, table[0].keys())
            writer.writeheader()
            writer.writerows(table)
    text = deal_text(read_project(folder))
    assert 'm1: {price: "£1,200"}' in text
    assert "{outcome: m1, claims: 7}" in text
    assert "# begins: the record has no start_date_of_service_provision" in text
    # Without dates it cannot be run, and says so.
    with pytest.raises(ScenarioError, match="`begins` is missing"):
        load_deal_text(text)
    dated = load_deal_text(
        text.replace("  # begins: the record has no start_date_of_service_provision", "  begins: 2020-01-01")
    )
    settlement = back_test(dated).settlement
    assert settlement is not None
    assert settlement.total == 840_000


@pytest.mark.parametrize("path", sorted(DEALS.glob("fair_chance_*.yaml")), ids=lambda path: path.stem)
def test_out_and_in_again_pays_the_same(tmp_path: Path, path: Path) -> None:
    deal = load_deal(path)
    file = tmp_path / "project.json"
    file.write_text(as_json(deal), encoding="utf-8")
    again = load_deal_text(deal_text(read_project(file)))
    first, second = back_test(deal), back_test(again)
    assert [(line.outcome, line.claims, line.price) for line in first.outcomes] == [
        (line.outcome, line.claims, line.price) for line in second.outcomes
    ]
    assert first.settlement is not None and second.settlement is not None
    assert first.settlement.total == second.settlement.total
    assert [each.number for each in again.document.published] == [
        each.number for each in deal.document.published if each.what == "paid"
    ]


@pytest.mark.parametrize("path", sorted(DEALS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_deal_has_a_record(path: Path) -> None:
    deal = load_deal(path)
    record = project_of(deal)
    priced = [each["outcome_metric_id"]["value"] for each in record["outcome_pricings"]]
    assert priced == (list(deal.document.contract.pays) if deal.document.contract else [])
    json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[" * 100_000,
        b"[]",
        b'{"name": "x"}',
        b'{"outcome_metrics": 3}',
        b'{"outcome_metrics": [3]}',
        b'{"results": [' + b"{}," * 2_000 + b"{}]}",
        b"\xff\xfe",
        b" " * (6 * 1024 * 1024),
    ],
    ids=["no json", "deep", "a list", "no table", "no list", "no record", "rows", "no text", "large"],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "project.json"
    path.write_bytes(content)
    with pytest.raises(ScenarioError):
        read_project(path)


@pytest.mark.parametrize(
    "nasty",
    [
        "\x1b[31mred",
        "\x7f\x9b\u202e",
        "\ud800",
        "a\u2028b\u0085c",
        '"}: [',
        "*alias",
        "x" * 5_000,
        "",
        None,
        1e999,
        {"a": 1},
        [1],
    ],
)
def test_whatever_a_record_holds_the_text_is_a_deal_file(tmp_path: Path, nasty: Any) -> None:
    project = json.loads(json.dumps(PROJECT))
    project["name"] = of(nasty)
    project["outcome_metrics"][0]["definition"] = of(nasty)
    project["outcome_payment_commitments"][0]["organisation_id"] = of(nasty)
    project["outcome_pricings"][1]["price_per_unit"]["amount"] = of(nasty)
    project["results"][2]["number_with_positive_social_outcomes"] = of(nasty)
    project["investments"][0]["organisation_id"] = of(nasty)
    text = deal_text(read_project(written(tmp_path, project)))
    settlement = back_test(load_deal_text(text)).settlement
    assert settlement is not None
    assert settlement.total == 42 * 50_000


def test_commitments_of_one_payer_are_added_up(tmp_path: Path) -> None:
    project = json.loads(json.dumps(PROJECT))
    first = project["outcome_payment_commitments"][0]
    project["outcome_payment_commitments"] += [first, {"organisation_id": of("INDIGO-ORG-4")}]
    document = load_deal_text(deal_text(read_project(written(tmp_path, project)))).document
    assert document.contract is not None
    shares = {name: payer.share.value for name, payer in document.contract.payer.items()}
    assert shares == pytest.approx({"INDIGO-ORG-1": 0.75, "INDIGO-ORG-2": 0.25})
