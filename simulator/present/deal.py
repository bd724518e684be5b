"""A back-tested deal as tables: what was claimed, what it comes to, what took some off, and published figures beside ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.money.deals.backtest import BackTest, Check, back_test
from simulator.money.deals.file import load_deal
from simulator.money.pence import to_pence
from simulator.present.views import Section

if TYPE_CHECKING:
    import pandas as pd

STEPS = (
    ("priced", "Claims at the price of the card"),
    ("deadweight", "Off for what would have happened anyway"),
    ("cut_person", "Cut by the cap per person"),
    ("cut_outcome", "Cut by the cap of an outcome"),
    ("cut_year", "Cut by the cap per year"),
    ("cut_total", "Cut by the total cap"),
    ("lost_late", "Claimed too late"),
    ("lost_payers", "Lost: no payer pays it"),
    ("open", "Not yet payable"),
)


def table(tested: BackTest) -> pd.DataFrame:
    """One row a figure. `table` says of what: an outcome, a payment, or a published figure.

    Columns: table, item, measure, value (ours), published, unit, verdict, source. Amounts are in the deal's currency. What is
    not on record is empty.
    """
    import pandas as pd

    columns = ("table", "item", "measure", "value", "published", "unit", "verdict", "source")
    rows: list[tuple[Any, ...]] = []
    for line in tested.outcomes:
        for measure, number, unit in (
            ("claims", line.claims, "claims"),
            ("units", line.units, "units"),
            ("people", line.people, "people"),
            ("price", line.price, "money"),
            ("due", line.priced / 100, "money"),
        ):
            if number is not None:
                rows.append(("outcome", line.outcome, measure, float(number), None, unit, "", ""))
    for name, _, pence in _steps(tested):
        rows.append(("payment", name, "amount", pence / 100, None, "money", "", ""))
    for check in tested.checks:
        figure = check.figure
        rows.append(
            (
                "published",
                figure.what,
                figure.of or "",
                check.ours,
                check.published,
                figure.kind,
                check.verdict,
                figure.source or "",
            )
        )
    return pd.DataFrame(rows, columns=columns)


def as_json(tested: BackTest) -> str:
    """The table's rows with the deal's title and what is not on record, as JSON text."""
    import pandas as pd

    rows = [
        {key: None if pd.isna(value) else value for key, value in row.items()}
        for row in table(tested).to_dict("records")
    ]
    document = tested.deal.document
    about = {
        "deal": document.deal,
        "record": document.record,
        "currency": document.currency,
        "unknown": document.unknown,
    }
    return json.dumps({**about, "rows": rows}, ensure_ascii=False, indent=1, allow_nan=False)


def sections(tested: BackTest) -> list[Section]:
    """The tables that people read."""
    sign = sign_of(tested)
    found = []
    if tested.outcomes:
        found.append(
            Section(
                "What was claimed, and what it comes to",
                ("Outcome", "Claims", "People", "Units", "Price", "Due"),
                tuple(
                    (
                        line.label,
                        "" if line.claims is None else f"{line.claims:,}",
                        "" if line.people is None else f"{line.people:,}",
                        f"{line.units:,.10g}" if line.claims is None and line.units else "",
                        _money(line.price, sign),
                        _money(line.priced / 100, sign),
                    )
                    for line in tested.outcomes
                ),
                _about_claims(tested),
            )
        )
        found.append(
            Section(
                "From what is due to what is paid",
                ("Step", "Amount"),
                tuple((label, _money(pence / 100, sign)) for _, label, pence in _steps(tested)),
            )
        )
    if tested.checks:
        found.append(
            Section(
                "Beside what was published",
                ("Figure", "Ours", "Published", "Difference"),
                tuple(check_row(check) for check in tested.checks),
            )
        )
    return found


def sentences(tested: BackTest) -> list[str]:
    """A sentence a check, what the evaluation found beside what was paid for, and what is not on record."""
    found = [f"{name_of(check)}: {said(check)}." for check in tested.checks]
    effect = tested.deal.document.observed.effect
    if effect is not None:
        found.append(
            f"Outcomes were paid for; of those served {effect.served.text} were {effect.what}, "
            f"in the group they were compared with {effect.comparison.text}."
        )
    found += [verdict.sentence for verdict in tested.judged.values()]
    if tested.deal.document.unknown:
        found.append(f"How far the record goes: {tested.deal.document.unknown}")
    return found


def said(check: Check) -> str:
    """The verdict, with the file's note on the figure and where the figure is from."""
    note = f"; {check.figure.note}" if check.figure.note else ""
    derived = " (derived, not published)" if check.figure.tag == "derived" else ""
    return f"{check.verdict}{note}".rstrip(".") + derived


def name_of(check: Check) -> str:
    """What a figure is called on screen."""
    of = f" ({check.figure.of})" if check.figure.of else ""
    return f"{check.figure.what}{of}".capitalize()


def check_row(check: Check) -> tuple[str, str, str, str]:
    """Figure, ours, published, difference."""
    value, kind = check.figure.value, check.figure.kind
    if kind == "yes or no":
        return name_of(check), "yes" if check.ours else "no", value, "" if check.same else "the other way"
    sign = next((each for each in "£$€" if each in value), "")
    difference = "" if check.same else _shown(check.ours - check.published, kind, sign, signed=True)
    return name_of(check), _shown(check.ours, kind, sign), value, difference


def sign_of(tested: BackTest) -> str:
    """The sign of the deal's currency."""
    text = tested.deal.text
    return next((each for each in "£$€" if each in text), "£")


def _steps(tested: BackTest) -> list[tuple[str, str, int]]:
    """Name, words and pence of every step that took something off, and what is paid."""
    settlement = tested.settlement
    if settlement is None:
        return []
    found = []
    for name, label in STEPS:
        pence = int(getattr(settlement, name).sum())
        if pence or name == "priced":
            found.append((name, label, pence if name == "priced" else -pence))
    added = int(settlement.invoices["floor"].sum())
    if added:
        found.append(("floor", "Added by the floor", added))
    found.append(("paid", "Paid", settlement.total))
    receipts = [flow for flow in tested.deal.document.observed.flows if flow.amount.value > 0]
    if receipts:
        where = "derived" if any(flow.tag == "derived" for flow in receipts) else "as published"
        returned = to_pence(sum(flow.amount.value for flow in receipts))
        found.append(("returned", f"Returned to investors ({where})", returned))
    return found


def _about_claims(tested: BackTest) -> str:
    what = tested.deal.document.observed.what
    return f"{what[0].upper()}{what[1:]}." if what else ""


def _money(pounds: float, sign: str) -> str:
    text = f"{abs(pounds):,.2f}".removesuffix(".00")
    return f"{'−' if pounds < 0 else ''}{sign}{text}"


def _shown(number: float, kind: str, sign: str, signed: bool = False) -> str:
    plus = "+" if signed and number > 0 else ""
    if kind == "money":
        return plus + _money(number, sign)
    if kind == "share":
        return f"{plus}{number * 100:.2f}".rstrip("0").rstrip(".") + ("%" if not signed else " points")
    return f"{plus}{number:,.2f}".rstrip("0").rstrip(".")


def tell(path: Path, print_json: Callable[[str], None] | None = None) -> None:
    """Back-test a deal file and show it, or print it as JSON. Raises ScenarioError, and OSError if it cannot be opened."""
    tested = back_test(load_deal(path))
    if print_json is None:
        show(tested)
    else:
        print_json(as_json(tested) + "\n")


def converted(path: Path, from_indigo: bool) -> str:
    """An INDIGO record (JSON file, or folder of CSV tables) as the text of a deal file, or a deal file as such a record.

    Raises ScenarioError where it is no such thing, and OSError if it cannot be opened.
    """
    from simulator.money.deals import indigo, indigo_out

    return indigo.deal_text(indigo.read_project(path)) if from_indigo else indigo_out.as_json(load_deal(path))


def show(tested: BackTest) -> None:
    """The deal on a terminal: its title, the tables, and a sentence a check."""
    from simulator.present import screen

    out = screen.console()
    document = tested.deal.document
    where = ", ".join(each for each in (document.place, document.record) if each)
    out.print(screen.plain(document.deal, style="bold") + screen.plain(f"  {where}" if where else ""))
    if document.summary:
        out.print(screen.plain(document.summary))
    for section in sections(tested):
        screen.print_section(out, section)
    out.print()
    for sentence in sentences(tested):
        screen.print_item(out, "•", sentence)
