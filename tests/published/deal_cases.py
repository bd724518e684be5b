"""Published deals, back-tested: what each must come to, typed in from the record, and the section of docs/validation.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.money.deals.backtest import BackTest, back_test
from simulator.money.deals.file import load_deal
from simulator.present.deal import check_row, name_of, said

DEALS = Path(__file__).resolve().parents[2] / "deals"
HEADING = "## Published deals"
NEXT = "## What this covers"
COLUMNS = ("deal", "what is checked", "ours", "published", "verdict", "how far the record goes")
ABOUT = """\
Each deal is a file in `deals/`: its terms in the words of the scenario language, what was observed, and what was published.
The *observed* outcomes (not simulated ones) go through the same code that settles simulated contracts, by
`simulator deal FILE`. *Derived* means that the figure is computed from what is on record. Where ours differs from a
published figure, the verdict says what is known of the cause; nothing is fitted to close a gap.
"""


@dataclass(frozen=True)
class DealCase:
    """A deal and what its figures must be, in the order of the file: ours, and whether it is the published one."""

    file: str
    figures: tuple[tuple[float, bool], ...]

    @property
    def path(self) -> Path:
        return DEALS / f"{self.file}.yaml"


# E01, E06, E17, E20, E21, E22 of the worked examples; gaps of the Fair Chance Fund 38,360; 519,150; 23,330; 180,575.
CASES = (
    DealCase("reboot_west", ((1_871_540, True), (1_617_330, True))),
    DealCase("i_aspire", ((2_165_460, True), (1_886_170, True))),
    DealCase("fair_chance_depaul", ((1_692_700, True), (1_654_340 + 38_360, False))),
    DealCase("fair_chance_fusion", ((3_032_950, True), (2_513_800 + 519_150, False))),
    DealCase("fair_chance_local_solutions", ((1_347_000, True), (1_323_670 + 23_330, False))),
    DealCase("fair_chance_st_basils", ((2_802_950, True), (2_622_375 + 180_575, False))),
    DealCase(
        "peterborough",
        (
            (0.08387, True),
            (0, True),
            (0.09044, True),
            (1, True),
            (0.0300, True),
            (0.0061, True),
            (0.1374, True),
            (0.1768, True),
        ),
    ),
    DealCase(
        "essex",
        (
            (97_143.0, False),
            (73.088, True),
            (156_575.848, True),
            (7_100_000, True),
            (45.345, True),
            (1.9032, True),
            (1_200_000, True),
            (1.3871, False),
        ),
    ),
    DealCase("norfolk", ((8_626_543, True), (145_852, True), (56.42, True), (8_231_886.88, False))),
    DealCase("educate_girls", ((422_000, True), (414_085 + 7_915, False), (0.1531, True))),
    DealCase(
        "newpin",
        (
            (0.075, True),
            (0.03, True),
            (0.12, True),
            (0.15, True),
            (0.05, True),
            (0.075, False),
            (0.075, False),
        ),
    ),
    DealCase("innovation_fund_1", ((15_100, True), (8_200, True), (6_900, True), (-0.16, True))),
    DealCase("innovation_fund_2", ((20_200, True), (11_700, True), (8_500, True), (-0.16, True))),
    DealCase("nyc_able", ((1_200_000, True),)),
)


@cache
def backtest_of(file: str) -> BackTest:
    """A deal's back-test, by the name of its file."""
    return back_test(load_deal(DEALS / f"{file}.yaml"))


def unexplained() -> list[str]:
    """Figures that differ from the published ones without a word in the file."""
    return [
        f"{case.file}: {name_of(check)}"
        for case in CASES
        for check in backtest_of(case.file).checks
        if not check.explained
    ]


def section() -> str:
    """The section of docs/validation.md: one row a deal."""
    lines = [HEADING, "", ABOUT, "| " + " | ".join(COLUMNS) + " |", "|---|---|--:|--:|---|---|"]
    lines += ["| " + " | ".join(_cells(backtest_of(case.file))) + " |" for case in CASES]
    return "\n".join(lines) + "\n"


def _cells(found: BackTest) -> tuple[str, ...]:
    document = found.deal.document
    shown = [check_row(check) for check in found.checks]
    several = len(shown) > 1
    numbers = [f"{place}. " if several else "" for place in range(1, len(shown) + 1)]
    verdicts = [f"{number}{said(check)}" for number, check in zip(numbers, found.checks, strict=True)]
    return (
        _cell(document.deal + (f" ({document.record})" if document.record else "")),
        "<br>".join(f"{number}{_cell(row[0])}" for number, row in zip(numbers, shown, strict=True)),
        "<br>".join(_cell(row[1]) for row in shown),
        "<br>".join(_cell(row[2]) for row in shown),
        "<br>".join(_cell(each) for each in verdicts),
        _cell(document.unknown or ""),
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def put_section(page: str, text: str) -> str:
    """The page with this section in its place: instead of the one there is, or before what is said of the limits."""
    before, _, rest = page.partition(NEXT)
    if not rest:
        raise ValueError(f"the page has no `{NEXT}`")
    return before.partition(HEADING)[0].rstrip("\n") + "\n\n" + text + "\n" + NEXT + rest
