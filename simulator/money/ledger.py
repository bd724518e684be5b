"""The ledger: one row an economic flow between two parties, in whole pence (MONEY section 1).

Every row leaves one party and enters another, so it balances by construction; whatever is reported about money is a
group-by on these rows. A saving is never a row: it is the baseline's ledger less the design's.

Columns of a row (arrays of equal length):
    item           number into `items`, which say who pays whom, for what, and how far it is cash when avoided
    person         position in the history's people, -1 where the flow is about nobody in particular
    earned_on      datetime64[D], the day the cost is incurred (budget view)
    cash_on        datetime64[D], the day money moves (bank view)
    nominal_pence  int64 > 0, in the money of the day
    real_pence     int64, in the scenario's price year (0 only by rounding)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.money.compiled_ledger import (
    FLOW,
    NO_SUCH_ITEM,
    NOT_ABOVE_NOTHING,
    PAID_BEFORE_EARNED,
    SOUND,
    flaw,
    present_values,
    sums_by_year,
)

if TYPE_CHECKING:
    import pandas as pd

ROW = np.dtype(
    [
        ("item", np.int32),
        ("person", np.int32),
        ("earned_on", "datetime64[D]"),
        ("cash_on", "datetime64[D]"),
        ("nominal_pence", np.int64),
        ("real_pence", np.int64),
    ]
)
OUTSIDE = "outside"
SUPPLIERS = "suppliers"
STAFF = "staff"
TAX_OFFICE = "hmrc"
CONTRACT = "contract"
"""`Item.behaviour` of what a contract moves: between two parties, for no use of anything."""
_FLAWS = {
    NOT_ABOVE_NOTHING: "a flow is above 0; a refund is a flow the other way",
    PAID_BEFORE_EARNED: "money cannot move before it is earned",
    NO_SUCH_ITEM: "a flow is of one of the ledger's lines",
}


@dataclass(frozen=True)
class Item:
    """One line of cost: what it is for, who pays whom, and how it behaves.

    about: service, team, state, transition or event, with its name. basis: what it is per. behaviour: `variable`
    (moves with use), `places` (paid whether used or not), `staff`, `once`, `closing` (exit costs and what is bought
    because units closed), `contract` (paid under one). cashable: share of an avoided pound of a variable line that becomes
    spendable. agency: True if the payer is a public budget, False for a provider.
    """

    name: str
    label: str
    payer: str
    payee: str
    about: str
    of: str
    basis: str
    behaviour: str
    cashable: float
    agency: bool
    price_year: str
    source: str | None = None
    kind: str = "income"


@dataclass(frozen=True, eq=False)
class Ledger:
    """All flows of one replication of one design.

    `use` values the places that people filled at the places' own price (columns as `rows`): no flow, but what tells
    capacity in use from capacity standing empty. Raises ValueError when a row cannot be a flow.
    """

    design: str
    replication: int
    items: tuple[Item, ...]
    rows: NDArray[Any] = field(repr=False)
    use: NDArray[Any] = field(repr=False)

    def __post_init__(self) -> None:
        for rows in (self.rows, self.use):
            if rows.dtype != ROW:
                raise ValueError("ledger rows must have the type of the schema")
            if (found := flaw(_packed(rows), len(self.items))) != SOUND:
                raise ValueError(_FLAWS[found])
        if len({item.name for item in self.items}) < len(self.items):
            raise ValueError("two lines of one name: what they cost could not be told apart")
        for item in self.items:
            if item.payer == item.payee:
                raise ValueError(f"{item.name}: a party cannot pay itself")

    def frame(self) -> pd.DataFrame:
        """The rows with all columns of MONEY section 1 that this version fills."""
        import pandas as pd

        frame = pd.DataFrame({name: self.rows[name] for name in ROW.names or ()})
        of = frame.pop("item").to_numpy()
        for column in (
            "name",
            "label",
            "payer",
            "payee",
            "about",
            "of",
            "basis",
            "behaviour",
            "cashable",
            "agency",
            "kind",
        ):
            values = np.array([getattr(item, column) for item in self.items], dtype=object)
            frame[{"name": "item", "payer": "from_party", "payee": "to_party"}.get(column, column)] = (
                values[of] if len(values) else []
            )
        frame.insert(0, "replication", self.replication)
        frame.insert(0, "design", self.design)
        return frame

    def legs(self) -> pd.DataFrame:
        """The double entry of every row: date, party, account, debit and credit in pence.

        On earned_on the payer's expense meets its payable and the payee's receivable its income; on cash_on payable and
        receivable are settled through the two banks. Of `capital` (a loan or its repayment) both sides are loans.
        """
        import pandas as pd

        frame = self.frame()
        parts = []
        for party, date, debit, credit in (
            ("from_party", "earned_on", "expense", "payable"),
            ("to_party", "earned_on", "receivable", "income"),
            ("from_party", "cash_on", "payable", "bank"),
            ("to_party", "cash_on", "bank", "receivable"),
        ):
            for account, side in ((debit, "debit"), (credit, "credit")):
                of_result = account in ("expense", "income")
                parts.append(
                    pd.DataFrame(
                        {
                            "date": frame[date],
                            "party": frame[party],
                            "account": np.where(frame["kind"] == "capital", "loan", account)
                            if of_result
                            else account,
                            "debit": frame["nominal_pence"] if side == "debit" else 0,
                            "credit": frame["nominal_pence"] if side == "credit" else 0,
                        }
                    )
                )
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def _by_year(self) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
        return sums_by_year(_packed(self.rows), len(self.items))

    def by_year(self, view: str = "budget") -> tuple[int, NDArray[np.int64]]:
        """Nominal pence by item and financial year: the first year (its starting year), and sums (items, years).

        view: `budget` by the year earned, `bank` by the year paid.
        """
        if view not in ("budget", "bank"):
            raise ValueError("by financial year there are two views, budget and bank")
        first, earned, paid = self._by_year
        return first, earned if view == "budget" else paid

    @cached_property
    def paid(self) -> NDArray[np.int64]:
        """Nominal pence by item."""
        sums: NDArray[np.int64] = self._by_year[1].sum(axis=1)
        return sums

    @property
    def packed_use(self) -> NDArray[Any]:
        """`use` itself, seen with its days as numbers, for compiled code (`compiled_ledger.FLOW`)."""
        return _packed(self.use)

    def present_values(self, start: dt.date, factor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Real pounds by item, each times the discount factor of the day earned. factor: by day from `start`.

        Raises ValueError for a flow on a day without a factor.
        """
        day = (start - dt.date(1970, 1, 1)).days
        found: NDArray[np.float64] = present_values(_packed(self.rows), len(self.items), day, factor)
        if len(found) < len(self.items):
            raise ValueError("a flow is earned after the last day that has a discount factor")
        return found


def _packed(rows: NDArray[Any]) -> NDArray[Any]:
    """The rows themselves, their days as numbers, for compiled code."""
    return np.ascontiguousarray(rows).view(FLOW)
