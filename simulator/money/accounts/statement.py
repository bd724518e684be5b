"""How much cash one party has, month by month: its low point, when it comes, and what facility would have sufficed (MONEY 4).

Inside a month payments come before receipts, so that a low point is never flattered. Finance has its place around them:
what investors pay in is called before it is spent, and distributions are made of what is there at the month's end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.money.accounts.flows import Flows, Line, Moves, flows_of
from simulator.money.calendar import add_months, month_index
from simulator.money.ledger import Ledger

if TYPE_CHECKING:
    import pandas as pd

_FINANCE = ("capital", "return")
_STILL = 3


@dataclass(frozen=True, eq=False)
class Statement:
    """A party's cash by month. Money is integer pence.

    opening, closing, low_points: by month; receipts, payments: (lines, months), both 0 or more. later: net by line of what
    falls due after the last month (receivable above 0, payable below): in the margin, not in the bank. least: never less
    than this should be in the bank.
    """

    party: str
    first_month: dt.date
    least: int
    lines: tuple[Line, ...]
    receipts: NDArray[np.int64]
    payments: NDArray[np.int64]
    later: NDArray[np.int64]
    opening: NDArray[np.int64]
    closing: NDArray[np.int64]
    low_points: NDArray[np.int64]

    @property
    def low(self) -> int:
        """The lowest cash within the months. Where cash is still falling it is no low point: see `status`."""
        return int(self.low_points.min())

    @property
    def low_month(self) -> int:
        """Position of the month of the low point: the first, if several are as low."""
        return int(self.low_points.argmin())

    @property
    def low_on(self) -> dt.date:
        """First day of the month of the low point."""
        return add_months(self.first_month, self.low_month)

    @property
    def status(self) -> Literal["found", "still_falling"]:
        """`still_falling`: the lowest month is the last, and cash fell month by month until then: what comes after is unknown."""
        last = self.low_points[-_STILL:]
        falls = (
            self.low_month == len(self.low_points) - 1 and len(last) > 1 and bool((np.diff(last) < 0).all())
        )
        return "still_falling" if falls else "found"

    @property
    def facility(self) -> int | None:
        """Pence of a loan or overdraft that would have kept the least cash; None where cash is still falling."""
        return None if self.status == "still_falling" else max(0, self.least - self.low)

    @property
    def said(self) -> str:
        """The low point, or why there is none, in words."""
        when = f"{self.low_on:%B %Y}"
        if self.status == "still_falling":
            return (
                f"Cash of {self.party} is still falling at the end of the months looked at ({when}): how low it goes,"
                " and what facility would do, cannot be told. Look further ahead, or change the terms."
            )
        return f"Cash of {self.party} is lowest in {when}: {_pounds(self.low)}."

    @property
    def months_below_zero(self) -> int:
        return int((self.low_points < 0).sum())

    @property
    def months_below_least(self) -> int:
        return int((self.low_points < self.least).sum())

    @cached_property
    def _net(self) -> NDArray[np.int64]:
        return self.receipts.sum(axis=1) - self.payments.sum(axis=1) + self.later

    @property
    def margin(self) -> int:
        """Income less full cost, before finance; what falls due later included."""
        return int(self._net[[line.kind not in _FINANCE for line in self.lines]].sum())

    @property
    def returns(self) -> int:
        """Return on investment that it received, less what it paid: `margin` and this is what it gained or lost."""
        return int(self._net[[line.kind == "return" for line in self.lines]].sum())

    def frame(self) -> pd.DataFrame:
        """A row a month in pence: opening, receipts and payments by line, low point, closing."""
        import pandas as pd

        columns = {"month": [add_months(self.first_month, month) for month in range(len(self.opening))]}
        columns["opening"] = list(self.opening)
        for name, sums in (("receipts", self.receipts), ("payments", self.payments)):
            columns |= {
                f"{name}: {line.label}": list(each)
                for line, each in zip(self.lines, sums, strict=True)
                if each.any()
            }
        return pd.DataFrame(columns | {"low point": list(self.low_points), "closing": list(self.closing)})


def statement(
    party: str, flows: Flows, opening: int, least: int, first_month: dt.date, months: int
) -> Statement:
    """A party's statement from its flows. opening, least: pence. first_month: any day of it.

    Raises ValueError without a month, or for a flow before the first: it would be missing from the opening cash.
    """
    if months < 1:
        raise ValueError("a statement has at least one month")
    month = month_index(flows.day, first_month)
    if len(month) and month.min() < 0:
        raise ValueError("a flow before the first month would be missing from the opening cash")
    # One more column holds what falls due later; sums of whole pence below 2**53 are exact in floats.
    cell = flows.line * (months + 1) + np.minimum(month, months)
    size = len(flows.lines) * (months + 1)
    shape = (len(flows.lines), months + 1)
    into = np.bincount(cell, np.maximum(flows.pence, 0), size).astype(np.int64).reshape(shape)
    out = np.bincount(cell, np.maximum(-flows.pence, 0), size).astype(np.int64).reshape(shape)
    later = into[:, -1] - out[:, -1]
    receipts, payments = into[:, :-1], out[:, :-1]
    closing = opening + np.cumsum(receipts.sum(axis=0) - payments.sum(axis=0))
    opens = np.concatenate(([opening], closing[:-1]))
    capital = np.array([line.kind == "capital" for line in flows.lines], bool)
    finance = np.array([line.kind in _FINANCE for line in flows.lines], bool)
    spent = opens + receipts[capital].sum(axis=0) - payments[~finance].sum(axis=0)
    return Statement(
        party,
        first_month.replace(day=1),
        least,
        flows.lines,
        receipts,
        payments,
        later,
        opens,
        closing,
        np.minimum(spent, closing),
    )


def from_ledgers(
    party: str,
    ledgers: Sequence[Ledger],
    opening: int,
    least: int,
    first_month: dt.date,
    months: int,
    moves: Mapping[str, Moves] | None = None,
) -> Statement:
    """A party's statement from all that it receives and pays in some ledgers, by the day that money moves (`flows_of`)."""
    return statement(party, flows_of(party, ledgers, moves), opening, least, first_month, months)


def _pounds(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}£{abs(pence) / 100:,.0f}"
