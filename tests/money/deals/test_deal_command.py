"""`simulator deal` and `api.deal`: what is printed, as tables and as JSON; exit codes; files whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import api
from simulator.money.deals.file import load_deal_text
from simulator.present import deal as present

DEALS = Path(__file__).resolve().parents[3] / "deals"


def simulator(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator", "deal", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deal_is_printed() -> None:
    done = simulator(DEALS / "essex.yaml")
    assert done.returncode == 0, done.stderr
    for each in (
        "£11,442,187.19",
        "−£4,342,187.19",
        "£7,100,000",
        "Certified units",
        "cause unknown",
        "How far the record",
    ):
        assert each in done.stdout


def test_as_json() -> None:
    done = simulator(DEALS / "reboot_west.yaml", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["record"] == "INDIGO-POJ-0121"
    paid = [row for row in found["rows"] if row["table"] == "published" and row["item"] == "paid"]
    assert [(row["value"], row["published"], row["verdict"]) for row in paid] == [
        (1_871_540, 1_871_540, "to the pound")
    ]
    due = [row["value"] for row in found["rows"] if row["table"] == "outcome" and row["measure"] == "due"]
    assert sum(due) == 1_871_540


def test_the_table_of_the_api_is_tidy() -> None:
    table = present.table(api.deal(DEALS / "innovation_fund_1.yaml"))
    steps = table[table["table"] == "payment"].set_index("item")["value"].to_dict()
    assert steps == {"priced": 15_100.0, "cut_person": -6_900.0, "paid": 8_200.0}


@pytest.mark.parametrize("name", [path.stem for path in sorted(DEALS.glob("*.yaml"))])
def test_every_deal_can_be_told(name: str) -> None:
    tested = api.deal(DEALS / f"{name}.yaml")
    told = present.sentences(tested)
    assert len(told) >= len(tested.checks)
    for section in present.sections(tested):
        assert all(len(row) == len(section.columns) for row in section.rows)


def test_a_wrong_file_ends_with_2_and_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("format: 1\ndeal: x\ncontract: {payr: me}\n", encoding="utf-8")
    done = simulator(path)
    assert done.returncode == 2
    assert "wrong.yaml:3:" in done.stderr
    assert "did you mean `payer`?" in done.stderr
    assert simulator(tmp_path / "none.yaml").returncode == 2
    assert simulator(path, "--json", "--to-indigo").returncode == 2
    assert simulator(path, "--out", tmp_path / "x").returncode == 2


def test_to_indigo_and_back(tmp_path: Path) -> None:
    record, deal = tmp_path / "record.json", tmp_path / "deal.yaml"
    assert simulator(DEALS / "fair_chance_fusion.yaml", "--to-indigo", "--out", record).returncode == 0
    assert simulator(record, "--from-indigo", "--out", deal).returncode == 0
    assert "£3,032,950" in simulator(deal).stdout
    missing = simulator(tmp_path / "nothing.json", "--from-indigo", "--out", tmp_path / "never.yaml")
    assert missing.returncode == 2
    assert not (tmp_path / "never.yaml").exists()


def test_a_title_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from simulator.money.deals.backtest import back_test

    text = (
        (DEALS / "nyc_able.yaml")
        .read_text(encoding="utf-8")
        .replace("deal: New", r'deal: "\x1b[31mNew')
        .replace("ABLE\n", 'ABLE"\n', 1)
    )
    present.show(back_test(load_deal_text(text)))
    assert "\x1b" not in capsys.readouterr().out
