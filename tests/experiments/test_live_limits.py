"""What a server that many share does not take: refused in a sentence before it eats the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.experiments.live_limits import Limits, TooLarge, check_limits
from simulator.scenario.load import load, load_text
from tests.present.tiny import TEXT

ROOT = Path(__file__).parents[2]


def check(text: str) -> None:
    check_limits(list(load_text(text, "tiny.yaml").designs.values()), 4, Limits())


def test_what_is_small_is_taken() -> None:
    check(TEXT)
    check(TEXT.replace("60 per year", "100000 per year"))


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("horizon: 2 years", "horizon: 1000 years").replace("60 per year", "300 per year"),
        TEXT.replace("horizon: 2 years", "horizon: 1000 years"),
        TEXT.replace("horizon: 2 years", "horizon: 100 years").replace("60 per year", "19000 per year"),
        TEXT.replace("horizon: 2 years", "horizon: 10 years").replace("60 per year", "190000 per year"),
    ],
)
def test_a_ledger_that_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(TooLarge, match="lines of account"):
        check(text)


def test_a_thousand_services_are_refused() -> None:
    services = "".join(f"  s{n}: {{for: struggling, places: 1, length: 10 weeks}}\n" for n in range(1000))
    with pytest.raises(TooLarge, match=r"1,0\d\d needs, services"):
        check(TEXT.replace("services:\n", f"services:\n{services}"))


def test_the_library_and_the_examples_are_taken() -> None:
    for path in sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tests/examples").rglob("*.yaml")]):
        check_limits(list(load(path).designs.values()), 100, Limits())
