"""What does a payer pay and save, by financial year, and what would the same service have cost it done otherwise?

View: `budget`, by the year in which a payment is earned, with the bank beside it for what is still owed. Whole pence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pence = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Account:
    """One payer's flows by financial year: all arrays of pence of one length, from the year that starts in `first_year`.

    payments: under the contract, in the year earned. paid: the same, in the year the bank pays. own_costs: procurement,
    contract management, data, evaluation. released: cash released (not capacity freed).

    Raises ValueError when lengths differ or there is no year.
    """

    label: str
    first_year: int
    payments: Pence
    paid: Pence
    own_costs: Pence
    released: Pence

    def __post_init__(self) -> None:
        for name in ("payments", "paid", "own_costs", "released"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.int64))
        if len({len(self.payments), len(self.paid), len(self.own_costs), len(self.released)}) != 1:
            raise ValueError(f"{self.label}: every row has one amount for each financial year")
        if len(self.payments) == 0:
            raise ValueError(f"{self.label}: there is no financial year")

    @property
    def years(self) -> range:
        """The financial years, by the calendar year in which they start."""
        return range(self.first_year, self.first_year + len(self.payments))

    @property
    def spent(self) -> Pence:
        """Payments and own costs by financial year."""
        return self.payments + self.own_costs

    @property
    def net(self) -> Pence:
        """Cash released less payments and own costs, by financial year."""
        return self.released - self.spent

    @property
    def owed(self) -> Pence:
        """Earned and not yet paid at the end of each financial year: the liability (negative: a clawback is due to the payer)."""
        return np.cumsum(self.payments - self.paid)

    @property
    def worst_year(self) -> int:
        """The financial year with the largest payments under the contract (the first of equals)."""
        return self.first_year + int(np.argmax(self.payments))

    @property
    def first_year_ahead(self) -> int | None:
        """The first financial year by whose end more cash was released than spent in all (None: never)."""
        ahead = (np.cumsum(self.net) > 0).nonzero()[0]
        return self.first_year + int(ahead[0]) if len(ahead) else None

    @property
    def maximum_exposure(self) -> int:
        """The most that the payer is out of pocket at the end of any year: spent less released, in all so far."""
        return max(0, -int(np.cumsum(self.net).min()))

    def over(self, budget: Pence | int) -> Pence:
        """Payments above budget by financial year, 0 where they fit. budget: pence for each year, or one for all."""
        return np.maximum(0, self.payments - np.broadcast_to(budget, self.payments.shape))

    def after(self, last_year: int) -> int:
        """Pence that the bank still pays after the financial year in which the term ends: owed then, or earned later."""
        return int(self.paid[max(0, last_year + 1 - self.first_year) :].sum())


@dataclass(frozen=True, eq=False)
class Comparators:
    """The same service three ways: in-house or by block grant without investors; by results from the provider's own
    reserves; by results with investors. All three cover the same financial years.

    Raises ValueError when they do not.
    """

    in_house: Account
    own_reserves: Account
    investors: Account

    def __post_init__(self) -> None:
        if len({each.years for each in (self.in_house, self.own_reserves, self.investors)}) != 1:
            raise ValueError("the three ways must cover the same financial years to be compared")

    @property
    def premium(self) -> int:
        """Pence that finance and the transfer of risk cost in all: with investors less without (negative: they saved).

        What is bought for it is that outcomes which do not come are not paid for; so where they come it is a price, and
        where they do not it may be negative.
        """
        return int(self.premium_by_year.sum())

    @property
    def premium_by_year(self) -> Pence:
        """The premium by financial year: payments and own costs with investors, less those in-house or by block."""
        return self.investors.spent - self.in_house.spent
