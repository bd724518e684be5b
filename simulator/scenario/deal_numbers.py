"""What amounts of contracts, providers and investment are per, and which of their numbers may differ between people."""

from __future__ import annotations

from simulator.scenario.document import Document
from simulator.scenario.findings import Path

PLAIN = frozenset({"each"})
BY_TIME = frozenset({"time"})
OF_FEES = frozenset({"person time", "place time", "start", "referral"})
UNITS = {"days_in": "day", "count": "time it happens"}
BY_YEAR = ("performance_management", "audit", "evaluation")

Rule = tuple[frozenset[str], str, str]
_ONE_AMOUNT = "this is one amount of money"


def allowed_in_deals(path: Path, document: Document) -> Rule | None:
    """The bases that fit at a place of a contract, a provider or the investment, in words too, with an example.

    None where the place is in neither.
    """
    section = path[0]
    if section == "contracts":
        return _in_contract(path[2:], document)
    if section == "providers":
        if path[2] == "overhead":
            return BY_TIME, "an overhead is money per time", "£95,000 per year"
        return PLAIN, _ONE_AMOUNT, "£180,000"
    if section == "investment":
        if path[1] == "fees" and path[2] in BY_YEAR:
            return BY_TIME, "this fee is money per time", "£40,000 per year"
        return PLAIN, _ONE_AMOUNT, "£750k"
    return None


def _in_contract(inside: Path, document: Document) -> Rule | None:
    key = inside[0]
    if key == "variations":
        return _in_contract(inside[2:], document)
    if key == "block":
        return BY_TIME, "a block is money per time", "£880,000 per year"
    if key == "passes":
        return BY_TIME, "what is passed on whatever happens is money per time", "£40,000 per month"
    if key == "fees":
        words = "a fee is per start or referral, or per place or person and time"
        return OF_FEES, words, "£150 per start"
    if key == "guarantee_referrals":
        return PLAIN | {"referral"}, "this price is for each referral that is short", "£1,150"
    if key == "pays" and inside[2] == "price":
        outcome = document.outcomes.get(str(inside[1]))
        if outcome is not None and outcome.test in UNITS:
            words = f"this price is for each {UNITS[outcome.test]}, and says no more than the amount"
            return PLAIN, words, "£120"
        return PLAIN | {"person"}, "this price is for each person who achieves the outcome", "£7,400"
    return PLAIN, _ONE_AMOUNT, "£1.1m"


def may_differ(path: Path) -> bool:
    """Whether a number of a contract may differ by segment or by state: a price, or what can be proven."""
    inside = path[4:] if path[2] == "variations" else path[2:]
    return inside[0] == "pays" and len(inside) > 2 and inside[2] in ("price", "verified")
