"""INDIGO in: a project's record in the Government Outcomes Lab's data standard, made into the text of a deal file.

Field names are those of `schema/project.json` of the INDIGO data standard, version 3
(https://indigo-data-standard.readthedocs.io, https://github.com/INDIGO-Initiative/indigo-data-standard): the tables
`outcome_metrics` (id, definition, outcome_metric_target), `outcome_pricings` (outcome_metric_id, currency,
price_per_unit/amount, maximum_price_if_all_targets_achieved/amount), `outcome_payment_commitments` (organisation_id,
maximum_potential_outcome_payment/amount), `investments` (id, organisation_id, investment_commitment/amount/exact,
maximum_potential_return), `results` (outcome_metric_id, result_type, number_with_positive_social_outcomes),
`outcome_payment_plans` (id, period) and `outcome_payments` (outcome_payment_plan_id, outcome_metric_id, period, type,
money/amount), beside `dates` and `overall_project_finance`. Most leaves are objects with a `value`.

As JSON a project is that object, or the object inside `data` or `project/data`. As CSV it is a folder with one file a table
(`outcome_metrics.csv`, with or without `projects_` before it), whose columns are the paths with `/` between the keys.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.scenario.problems import Problem, ScenarioError
from simulator.scenario.reader import LARGEST_FILE

TABLES = (
    "outcome_metrics",
    "outcome_pricings",
    "outcome_payment_commitments",
    "investments",
    "results",
    "outcome_payment_plans",
    "outcome_payments",
)
MOST_ROWS = 2_000
LONGEST_LABEL = 300
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "AUD": "$", "CAD": "$", "NZD": "$"}

Record = dict[str, Any]


def value(record: Any, *path: str) -> Any:
    """What stands at a path, out of its `{value: ...}`; None where there is nothing, or nothing of that form."""
    for step in path:
        record = record.get(step) if isinstance(record, dict) else None
    if isinstance(record, dict):
        record = record.get("value")
    return None if record == "" or isinstance(record, dict | list) else record


def number(record: Any, *path: str) -> float | None:
    """A number at a path, also where it is written as text such as `1,500`; None where there is none."""
    found = value(record, *path)
    try:
        amount = float(str(found).replace(",", "").lstrip("£$€"))
    except ValueError:
        return None
    return amount if abs(amount) < 1e15 else None


def read_project(path: str | Path) -> Record:
    """A project's record from a JSON file, or from a folder of CSV tables.

    Raises ScenarioError where it is no such thing or too large, OSError where it cannot be opened.
    """
    path = Path(path)
    if path.is_dir():
        return _from_tables(path)
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _refuse(
            path, line, "this is not JSON", "an INDIGO project as JSON, or a folder of its CSV tables"
        ) from None
    for step in ("project", "data"):
        if isinstance(found, dict) and isinstance(found.get(step), dict):
            identity = found.get("id")
            found = found[step]
            if identity and "id" not in found:
                found = {**found, "id": identity}
    if not isinstance(found, dict) or not any(table in found for table in TABLES):
        raise _refuse(path, 1, "this is no INDIGO project", f"it has tables such as {', '.join(TABLES[:3])}")
    for table in TABLES:
        rows = found.get(table) or []
        if (
            not isinstance(rows, list)
            or len(rows) > MOST_ROWS
            or not all(isinstance(row, dict) for row in rows)
        ):
            raise _refuse(path, 1, f"`{table}` is not a list of at most {MOST_ROWS:,} records")
    return found


def _from_tables(folder: Path) -> Record:
    found: Record = {}
    for table in TABLES:
        file = next(
            (
                folder / f"{before}{table}.csv"
                for before in ("", "projects_")
                if (folder / f"{before}{table}.csv").exists()
            ),
            None,
        )
        if file is None:
            continue
        rows: list[Record] = []
        for line in csv.DictReader(io.StringIO(_text(file))):
            if len(rows) == MOST_ROWS:
                raise _refuse(file, 1, f"more than {MOST_ROWS:,} rows", "give the tables of one project")
            rows.append(_nested(line))
        found[table] = rows
    if not found:
        raise _refuse(folder, 1, "no INDIGO table is in this folder", f"such as {TABLES[0]}.csv")
    found["name"] = folder.name
    return found


def _nested(line: dict[Any, Any]) -> Record:
    """A row of a CSV table as the record that its columns' paths describe."""
    row: Record = {}
    for column, cell in line.items():
        if not isinstance(column, str) or not isinstance(cell, str) or not cell.strip():
            continue
        node, *steps = row, *column.strip().split("/")
        for step in steps[:-1]:
            inner = node.setdefault(step, {})
            if not isinstance(inner, dict):
                break
            node = inner
        else:
            node[steps[-1]] = cell.strip()
    return row


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _refuse(path, 1, "the file is over 5 MB", "give the record of one project")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse(path, 1, "the file is not UTF-8 text", "save it as UTF-8") from None


def _refuse(path: Path, line: int, message: str, suggestion: str | None = None) -> ScenarioError:
    return ScenarioError([Problem(line, 1, "", message, suggestion, file=str(path))])


def deal_text(project: Record) -> str:
    """A deal file of a project: what the record has, and a comment or `unknown` for what it has not.

    The file can be checked and run as it is if the record has dates, prices and results. What it never has stays to be
    written in: recourse, how often a person may be claimed for, deadweight, caps by person and year.
    """
    return "\n".join(_Writer(project).lines()) + "\n"


class _Writer:
    """Collects what is missing while it writes what there is."""

    def __init__(self, project: Record) -> None:
        self.project = project
        self.missing: list[str] = []
        finance = project.get("overall_project_finance")
        currency = next(
            (str(each) for row in project.get("outcome_pricings") or [] if (each := value(row, "currency"))),
            value(finance, "maximum_potential_outcome_payment_v2", "currency") or "",
        )
        self.currency = str(currency)
        self.sign = SIGNS.get(str(currency).upper()[:3], "£")
        self.names = _names(project.get("outcome_metrics") or [], project.get("outcome_pricings") or [])

    def money(self, amount: float) -> str:
        return f'"{self.sign}{amount:,.2f}"'.replace(".00", "")

    def lines(self) -> Iterator[str]:
        identity = value(self.project, "id")
        yield "format: 1"
        yield f"deal: {_quoted(value(self.project, 'name') or identity or 'a project without a name')}"
        if identity:
            yield f"record: {_quoted(identity)}"
        if self.currency:
            yield f"currency: {_quoted(self.currency)}"
        else:
            self.missing.append("the currency (pounds are written)")
        yield from ("", "outcomes:" if self.names else "outcomes: {}")
        for metric, name in self.names.items():
            row = self.row("outcome_metrics", "id", metric)
            label = value(row, "outcome_metric_target") or value(row, "definition") or metric
            yield f"  {name}: {_quoted(label)}"
        yield ""
        yield from self.contract()
        yield from self.investment()
        yield from self.observed()
        yield from self.published()
        yield ""
        yield f"unknown: {_quoted('Not in the record: ' + '; '.join(self.missing) + '.', 4000)}"
        yield ""
        yield "sources:"
        cite = _quoted(f"INDIGO, Government Outcomes Lab, {identity or 'a project without an id'}")
        yield f"  indigo: {{cite: {cite}}}"

    def contract(self) -> Iterator[str]:
        yield "contract:"
        yield f"  payer: {self.payers()}"
        yield "  payee: provider"
        begins, ends = self.term()
        if begins is None:
            self.missing.append("the day on which services began")
            yield "  # begins: the record has no start_date_of_service_provision"
        else:
            yield f"  begins: {begins}"
        if begins is None or ends is None or ends <= begins:
            self.missing.append("the day on which services end (five years are written)")
            yield "  term: 5 years"
        else:
            yield f"  term: {max(1, round((ends - begins).days / 365.25 * 12))} months"
        self.missing += [
            "how often a person may be claimed for",
            "what is taken off for deadweight",
            "caps by person and year",
        ]
        lines = list(self.pays())
        yield from (
            ["  pays:", *lines]
            if any(not each.strip().startswith("#") for each in lines)
            else ["  pays: {}", *lines]
        )
        total = number(
            self.project.get("overall_project_finance"), "maximum_potential_outcome_payment_v2", "amount"
        )
        if total is not None and total > 0:
            yield f"  cap: {{total: {self.money(total)}}}"
        else:
            self.missing.append("the most that all payers pay")

    def pays(self) -> Iterator[str]:
        for metric, name in self.names.items():
            row = self.row("outcome_pricings", "outcome_metric_id", metric)
            price = number(row, "price_per_unit", "amount")
            if price is None or price < 0:
                self.missing.append(f"the price of {name}")
                yield f"    # {name}: the record has no price_per_unit"
                continue
            most = number(row, "maximum_price_if_all_targets_achieved", "amount")
            cap = f", cap: {self.money(most)}" if most else ""
            yield f"    {name}: {{price: {self.money(price)}{cap}}}"

    def payers(self) -> str:
        rows = self.project.get("outcome_payment_commitments") or []
        names = [
            _line(value(row, "organisation_id") or "") or f"payer_{place}"
            for place, row in enumerate(rows, 1)
        ]
        known: dict[str, float] = {}
        for name, row in zip(names, rows, strict=True):
            amount = number(row, "maximum_potential_outcome_payment", "amount") or 0.0
            if amount > 0:
                known[name] = known.get(name, 0.0) + amount
        if not known:
            self.missing.append("how payers share what is paid")
            return _quoted(names[0]) if names else "payer"
        total = sum(known.values())
        shares = {name: round(amount / total, 6) for name, amount in known.items()}
        last = list(shares)[-1]
        shares[last] = 1 - sum(share for name, share in shares.items() if name != last)
        if len(shares) == 1:
            return _quoted(last)
        return "{" + ", ".join(f"{_quoted(name)}: {share * 100:.4f}%" for name, share in shares.items()) + "}"

    def term(self) -> tuple[dt.date | None, dt.date | None]:
        dates = self.project.get("dates")
        begins = _date(value(dates, "start_date_of_service_provision"))
        ends = _date(value(dates, "actual_end_date_of_service_provision")) or _date(
            value(dates, "anticipated_end_date_of_service_provision")
        )
        return begins, ends

    def investment(self) -> Iterator[str]:
        """As comments: without recourse and terms, which the record does not have, it cannot be run."""
        rows = self.project.get("investments") or []
        if not rows:
            return
        self.missing.append("recourse, and in which order and at what return investors are repaid")
        yield "\n# investment:                 # on record; say `recourse` and `return` before it can be run"
        yield "#   into: provider"
        yield "#   recourse: ...             # limited (lost if outcomes fail) or full"
        yield "#   tranches:"
        for place, row in enumerate(rows, 1):
            amount = number(row, "investment_commitment", "amount", "exact")
            shown = self.money(amount) if amount is not None else "... (not on record)"
            most = number(row, "maximum_potential_return")
            hope = (
                f"   # at most {most:g}% ({value(row, 'maximum_potential_return_type')})"
                if most is not None
                else ""
            )
            holder = _quoted(value(row, "organisation_id") or "investor")
            yield f"#     investor_{place}: {{from: {holder}, amount: {shown}, return: ...}}{hope}"

    def observed(self) -> Iterator[str]:
        claims = [
            f"    - {{outcome: {self.names[metric]}, claims: {count:.0f}}}"
            for metric, count in _results(self.project).items()
            if metric in self.names and self.priced(metric)
        ]
        years = _by_year(self.project, "Actual")
        if not claims:
            self.missing.append("results by outcome")
        if claims or years:
            yield "\nobserved:"
        if claims:
            yield "  what: people with the outcome are taken as claims, one each"
            yield from ["  claims:", *claims]
        if years:
            yield f"  years: [{', '.join(self.money(each) for each in years.values())}]   # {', '.join(map(str, years))}"
        planned = sum(_by_year(self.project, "Planned").values())
        if planned > 0:
            yield f"\nplan:\n  paid: {self.money(planned)}"

    def priced(self, metric: str) -> bool:
        price = number(self.row("outcome_pricings", "outcome_metric_id", metric), "price_per_unit", "amount")
        return price is not None and price >= 0

    def row(self, table: str, key: str, metric: str) -> Record:
        """The first row of a table that is about a metric; empty where there is none."""
        rows = self.project.get(table) or []
        return next((each for each in rows if str(value(each, key)) == metric), {})

    def published(self) -> Iterator[str]:
        made = number(self.project.get("overall_project_finance"), "total_outcome_payments_made", "amount")
        years = _by_year(self.project, "Actual")
        if made is None and years:
            made = sum(years.values())
        if made is None:
            self.missing.append("what was paid")
            return
        yield "\npublished:"
        why = "cause unknown: made from the record as it is, without what is not in it"
        yield f"  - {{what: paid, value: {self.money(made)}, source: indigo, else: {_quoted(why)}}}"
        if years:
            yield f"  - {{what: sum of years, value: {self.money(made)}, source: indigo}}"


def _names(metrics: list[Record], pricings: list[Record]) -> dict[str, str]:
    """Names of the language by metric id, of those that are described or priced."""
    found: dict[str, str] = {}
    for given in [value(row, "id") for row in metrics] + [
        value(row, "outcome_metric_id") for row in pricings
    ]:
        if given is None or str(given) in found:
            continue
        name = re.sub(r"[^a-z0-9]+", "_", str(given).lower()).strip("_")[:60]
        name = name if re.match(r"[a-z]", name) else f"outcome_{name}".rstrip("_")
        while name in found.values():
            name += "_again"
        found[str(given)] = name
    return found


def _results(project: Record) -> dict[str, float]:
    """People with each outcome: final results, or the sum of interim ones where there are none."""
    found: dict[str, dict[str, float]] = {}
    for row in project.get("results") or []:
        count = number(row, "number_with_positive_social_outcomes")
        if count is not None and count >= 0:
            of = found.setdefault(str(value(row, "outcome_metric_id")), {})
            kind = str(value(row, "result_type") or "Final")
            of[kind] = of.get(kind, 0.0) + count
    return {metric: of.get("Final", sum(of.values())) for metric, of in found.items()}


def _by_year(project: Record, kind: str) -> dict[int, float]:
    """Payments of a kind (`Planned`, `Actual`) by the calendar year in which their period ends."""
    found: dict[int, float] = {}
    for row in project.get("outcome_payments") or []:
        amount, day = number(row, "money", "amount"), _date(value(row, "period", "end_date"))
        if amount is not None and amount >= 0 and day is not None and value(row, "type") == kind:
            found[day.year] = found.get(day.year, 0.0) + amount
    return dict(sorted(found.items()))


def _date(raw: Any) -> dt.date | None:
    """A date such as 2018-10-01, 2018-10 or 2018: its first day where only month or year is known."""
    match = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", str(raw or ""))
    try:
        return dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
    except ValueError:
        return None


def _line(text: Any) -> str:
    """Text of a record as one line without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)).split())


def _quoted(text: Any, longest: int = LONGEST_LABEL) -> str:
    """Text of a record as a quoted scalar of one line, cut where it is very long."""
    line = _line(text)
    return json.dumps(line if len(line) <= longest else line[: longest - 3] + "...", ensure_ascii=False)
