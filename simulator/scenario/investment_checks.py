"""Errors of an investment: names, draws that the tranches do not hold, tranches that nothing repays (LANGUAGE section 13)."""

from __future__ import annotations

from simulator.scenario.contract_checks import check_bands, check_parties, sizes_within_reason
from simulator.scenario.document import Document
from simulator.scenario.findings import Findings, Known, Path
from simulator.scenario.investment_fields import Investment
from simulator.scenario.quantities import Named, Quantity, Timeline

REPAYING = ("repay", "pay_to_multiple", "pay_to_irr")


def check_investment(investment: Investment, document: Document, known: Known, findings: Findings) -> None:
    """Errors about the investment of a document."""
    at: Path = ("investment",)
    if investment.into not in document.providers:
        findings.unknown((*at, "into"), investment.into, "provider", document.providers)
    sizes_within_reason(at, investment, findings)
    paid = {
        party
        for name, each in document.contracts.items()
        if not investment.for_ or name in investment.for_
        for party in (*dict(each.payee), *each.passes)
    }
    if investment.into in document.providers and paid and investment.into not in paid:
        findings.error(
            (*at, "into"),
            f"no contract pays `{investment.into}`, so nothing would repay what is put into it",
            f"such as {', '.join(f'`{each}`' for each in sorted(paid))}",
        )
    for index, name in enumerate(investment.for_):
        if name not in document.contracts:
            findings.unknown((*at, "for", index), name, "contract", document.contracts)
    if not investment.tranches:
        findings.error(
            (*at, "tranches"),
            "an investment has at least one tranche",
            "such as `senior: {from: fund, amount: £750k, return: 6% per year}`",
        )
    for index, name in enumerate(investment.repaid):
        if name not in investment.tranches:
            findings.unknown((*at, "repaid", index), name, "tranche", investment.tranches)
    _all_repaid(investment, findings)
    check_parties(
        (*at, "surplus"),
        dict(investment.surplus or ()),
        [*known.parties_of_any, "investors", *investment.tranches],
        findings,
    )
    amounts = [value for tranche in investment.tranches.values() for value in known.values(tranche.amount)]
    draws = investment.draws
    if isinstance(draws, Quantity | Named | Timeline) and len(amounts) == len(investment.tranches):
        drawn = sum(known.values(draws))
        if drawn > sum(amounts) + 0.005:
            findings.error(
                (*at, "draws"),
                f"£{drawn:,.10g} is drawn, and the tranches hold £{sum(amounts):,.10g}",
                "raise the tranches or draw less",
            )
    if investment.available_until is not None and investment.available_until < document.start:
        findings.error(
            (*at, "available_until"),
            f"nothing could be drawn: the scenario starts on {document.start}",
            "a later date, or leave it out",
        )
    _waterfall(investment, known, findings)


def _all_repaid(investment: Investment, findings: Findings) -> None:
    """Every tranche stands in what says how they are repaid, if anything does."""
    key = "waterfall" if investment.waterfall else "repaid"
    named = [step.tranche for step in investment.waterfall if step.action in REPAYING] or [*investment.repaid]
    left_out = [name for name in investment.tranches if name not in named]
    if (investment.repaid or investment.waterfall) and left_out:
        findings.error(
            ("investment", key),
            f"`{left_out[0]}` is never repaid",
            "name every tranche, the first to be repaid first"
            if key == "repaid"
            else f"such as `{{repay: {left_out[0]}}}`",
        )


def _waterfall(investment: Investment, known: Known, findings: Findings) -> None:
    parties = [*known.parties_of_any, "investors", *investment.tranches]
    for index, step in enumerate(investment.waterfall):
        path: Path = ("investment", "waterfall", index, step.action)
        name = step.tranche
        if name is not None and name not in investment.tranches:
            findings.unknown(
                path if step.action == "pay_return" else (*path, "tranche"),
                name,
                "tranche",
                investment.tranches,
            )
        if step.share is not None:
            check_parties(path, dict(step.share), parties, findings)
        if step.release is not None and step.release not in known.parties_of_any:
            findings.unknown(path, step.release, "agency or provider", known.parties_of_any)
        if step.coupon_by_band is not None:
            check_bands((*path, "bands"), list(step.coupon_by_band.bands), "`{0%: 3%, 60%: 7.5%}`", findings)
        if step.action in ("share", "release") and index + 1 < len(investment.waterfall):
            findings.error(
                path,
                f"`{step.action}` gives away all there is, so nothing after it is ever paid",
                "make it the last step",
            )
