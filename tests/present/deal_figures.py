"""A tiny scenario that signs a contract, and results of it with hand-made figures: what presentation is tested on."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.analysis.measures import Measures
from simulator.experiments.runner import Result
from simulator.present.signed import Signed
from simulator.scenario.load import Scenario
from tests.present.tiny import TEXT, scenario

DEAL = """\
contracts:
  deal:
    label: The deal
    payer: {council: 80%, court: 20%}
    payee: charity
    term: 2 years
    pays: {stayed: {price: £4400, verified: 95%, lag: 3 months}}
    cap: {total: £500000}
  grant: {label: A grant, payer: council, payee: charity, term: 2 years, block: £100000 per year}
investment:
  into: charity
  recourse: limited
  tranches: {senior: {from: social investors, amount: £200000, return: 6% per year, most: 1.5}}
  repaid: [senior]
  surplus: {investors: 50%, charity: 50%}
"""
DEAL_TEXT = (
    TEXT.replace(
        "early: {label: Early help, services: {help: {places: 12}}}",
        "early: {label: Early help, services: {help: {places: 12}}, signs: deal}\n"
        "  paid: {label: Help by grant, services: {help: {places: 12}}, signs: grant}\n"
        "  free: {label: Help for nothing, services: {help: {places: 12}}}",
    ).replace(
        "providers: {charity: {name: A charity}}",
        "providers: {charity: {name: A charity, opening_cash: £50000, least_cash: £10000}}",
    )
    + DEAL
)

Figures = dict[tuple[str, str, str, int], Any]
ITEM = "stayed in deal"


def figures(runs: int = 100, **changes: Any) -> Figures:
    """A deal in which 60 of 100 would have stayed out of crisis anyway and 75 do; a value, or one for each run.

    changes: `table__measure` and its new value, for the item that the table is about.
    """
    found: Figures = {
        ("contract", "deal", "priced", 0): 330_000.0,
        ("contract", "deal", "deadweight", 0): 0.0,
        ("contract", "deal", "cut_person", 0): 0.0,
        ("contract", "deal", "cut_outcome", 0): 0.0,
        ("contract", "deal", "cut_year", 0): 0.0,
        ("contract", "deal", "cut_total", 0): 30_000.0,
        ("contract", "deal", "lost_late", 0): 0.0,
        ("contract", "deal", "outcomes", 0): 300_000.0,
        ("contract", "deal", "accrued", 0): 300_000.0,
        ("contract", "deal", "paid", 0): 300_000.0,
        ("contract", "deal", "paid_after", 0): 0.0,
        ("contract", "deal", "paid_if_nothing", 0): 240_000.0,
        ("payers", "council in deal", "accrued", 0): 240_000.0,
        ("payers", "council in deal", "accrued", 2027): 80_000.0,
        ("payers", "council in deal", "accrued", 2028): 160_000.0,
        ("payers", "council in deal", "paid", 0): 240_000.0,
        ("payers", "council in deal", "paid", 2028): 240_000.0,
        ("payers", "court in deal", "accrued", 0): 60_000.0,
        ("payers", "court in deal", "accrued", 2028): 60_000.0,
        ("payers", "court in deal", "paid", 0): 60_000.0,
        ("payers", "court in deal", "paid", 2029): 60_000.0,
        ("outcome_payments", ITEM, "eligible", 0): 110.0,
        ("outcome_payments", ITEM, "observed", 0): 100.0,
        ("outcome_payments", ITEM, "achieved", 0): 75.0,
        ("outcome_payments", ITEM, "claims", 0): 75.0,
        ("outcome_payments", ITEM, "certified", 0): 75.0,
        ("outcome_payments", ITEM, "people", 0): 75.0,
        ("outcome_payments", ITEM, "priced", 0): 330_000.0,
        ("outcome_payments", ITEM, "deadweight", 0): 0.0,
        ("outcome_payments", ITEM, "cuts", 0): 30_000.0,
        ("outcome_payments", ITEM, "paid", 0): 300_000.0,
        ("outcome_payments", ITEM, "paid_if_nothing", 0): 240_000.0,
        ("outcome_payments", ITEM, "without", 0): 60.0,
        ("outcome_payments", ITEM, "net_caused", 0): 15.0,
        ("outcome_payments", ITEM, "caused", 0): 17.0,
        ("outcome_payments", ITEM, "harmed", 0): 2.0,
        ("outcome_payments", ITEM, "anyway", 0): 58.0,
        ("public_cash", "council", "cash_released", 2027): -10_000.0,
        ("public_cash", "council", "cash_released", 2028): 400_000.0,
        ("public_cash", "council", "cash_released", 0): 390_000.0,
        ("public_cash", "council", "payments", 2027): 80_000.0,
        ("public_cash", "council", "payments", 2028): 160_000.0,
        ("public_cash", "council", "payments", 0): 240_000.0,
        ("public_cash", "council", "net", 2027): -90_000.0,
        ("public_cash", "council", "net", 2028): 240_000.0,
        ("public_cash", "council", "net", 0): 150_000.0,
        ("cash", "charity", "balance", 202704): 20_000.0,
        ("cash", "charity", "balance", 202705): -5_000.0,
        ("cash", "charity", "balance", 202706): 60_000.0,
        ("cash", "charity", "low", 0): -8_000.0,
        ("cash", "charity", "low_month", 0): 202705.0,
        ("cash", "charity", "months_below_zero", 0): 1.0,
        ("cash", "charity", "months_below_least", 0): 1.0,
        ("cash", "charity", "facility", 0): 18_000.0,
        ("cash", "charity", "still_falling", 0): 0.0,
        ("cash", "charity", "closing", 0): 60_000.0,
        ("cash", "charity", "income", 0): 300_000.0,
        ("cash", "charity", "costs", 0): 250_000.0,
        ("cash", "charity", "margin", 0): 50_000.0,
        ("cash", "charity", "fixed_income", 0): 0.0,
        ("cash", "charity", "owed", 0): 0.0,
        ("cash", "charity", "opening", 0): 50_000.0,
        ("cash", "charity", "least", 0): 10_000.0,
        ("cash", "charity", "low_outcomes_60", 0): -90_000.0,
        ("cash", "charity", "low_referrals_60", 0): -70_000.0,
        ("cash", "charity", "low_late_60", 0): -30_000.0,
        ("cash", "charity", "margin_outcomes_60", 0): -70_000.0,
        ("cash", "charity", "margin_referrals_60", 0): -60_000.0,
        ("cash", "charity", "reserves_at_risk", 0): 1.4,
        ("cash", "charity", "break_even_outcomes", 0): 0.83,
        ("cash", "charity", "break_even_referrals", 0): 0.8,
        **_investor("all"),
        **_investor("senior"),
        ("waterfall", "pay_return of senior", "paid", 0): 30_000.0,
    }
    for key, value in changes.items():
        table, measure = key.split("__")
        places = [place for place in found if (place[0], place[2], place[3]) == (table, measure, 0)]
        for place in places or [(table, {"contract": "deal", "cash": "charity"}[table], measure, 0)]:
            found[place] = value
    return {key: np.broadcast_to(np.asarray(value, np.float64), (runs,)) for key, value in found.items()}


def _investor(item: str) -> Figures:
    one = {
        "committed": 200_000.0,
        "drawn": 150_000.0,
        "received": 180_000.0,
        "profit": 30_000.0,
        "dpi": 1.2,
        "on_committed": 0.9,
        "on_peak": 1.2,
        "xirr": 0.06,
        "net_xirr": 0.05,
        "net_dpi": 1.15,
        "total_loss": 0.0,
        "lost": 0.0,
        "loss": 0.0,
        "peak": 150_000.0,
        "payback": 3.5,
        "first_receipt": 2.0,
        "guarantee": 0.0,
        "unfunded": 0.0,
    }
    return {
        **{("investors", item, name, 0): value for name, value in one.items()},
        ("investors", item, "flow", 202704): -150_000.0,
        ("investors", item, "flow", 202904): 180_000.0,
    }


def result(found: Figures, of: Scenario | None = None, design: str = "early") -> Result:
    """A result that has these figures for one design, and nothing for the baseline."""
    keys = tuple((design, *key) for key in found)
    values = np.column_stack(list(found.values()))
    runs = len(values)
    of = of or scenario(DEAL_TEXT)
    return Result(
        of, ("today", design), runs, 1, "compiled", None, None, Measures(keys, tuple(range(runs)), values)
    )


def signed(runs: int = 100, **changes: Any) -> Signed:
    return Signed.of(result(figures(runs, **changes)), "early")


def share_of(runs: int, count: int, yes: float = 1.0, no: float = 0.0) -> Any:
    """yes in the first so many runs, no in the others."""
    return np.where(np.arange(runs) < count, yes, no)


__all__ = ["DEAL_TEXT", "ITEM", "figures", "result", "share_of", "signed"]
