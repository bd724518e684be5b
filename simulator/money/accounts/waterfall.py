"""Who gets what of the cash there is on a distribution date: ordered actions over what each tranche is owed (MONEY section 4).

How returns build up. With `compound` a return that is due earns return itself, without it only principal does. What cannot
be paid on a distribution date is then added to principal (`capitalise`), stays due (`defer`) or is forgotten (`lapse`); a
tranche without an action that pays its return is treated so before the actions. Balances are kept unrounded; payments are
whole pence, rounded half up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from simulator.money.accounts.terms import Action, Tranche
from simulator.money.pence import split, to_pence

INVESTORS = "investors"
"""In shares: all tranches, in proportion to what each has paid in."""
_NO_CAP = 2.0**62
_PAYS_RETURN = ("pay_return", "coupon_by_band")


class Paid(NamedTuple):
    """One payment of the waterfall. action: position in the list. kind: `capital` repays principal, `return` is everything else.

    to: a tranche's name or a party's. balance: what the tranche is still owed, principal and return, in pence (0 for a party).
    left: distributable pence after it.
    """

    action: int
    what: str
    to: str
    tranche: bool
    kind: Literal["capital", "return", "fee"]
    pence: int
    balance: int
    left: int


@dataclass
class Balance:
    """What one tranche has paid in, received and is owed. Pence; principal and due unrounded.

    principal: paid in, and return added to it, less repaid. due: return not yet paid. principal_years: of principal since the
    last coupon. hurdles: by annual rate, what it would have to receive now to have had that rate.
    """

    tranche: Tranche
    drawn: int = 0
    received: int = 0
    principal: float = 0.0
    due: float = 0.0
    principal_years: float = 0.0
    hurdles: dict[float, float] = field(default_factory=dict)

    def accrue(self, years: float) -> None:
        """Let time pass."""
        rate = self.tranche.rate
        self.principal_years += self.principal * years
        if self.tranche.compound:
            self.due += (self.principal + self.due) * ((1.0 + rate) ** years - 1.0)
        else:
            self.due += self.principal * rate * years
        for hurdle in self.hurdles:
            self.hurdles[hurdle] *= (1.0 + hurdle) ** years

    def draw(self, pence: int) -> None:
        """It pays in."""
        self.drawn += pence
        self.principal += pence
        for hurdle in self.hurdles:
            self.hurdles[hurdle] += pence

    @property
    def room(self) -> int:
        """Pence that it may still receive under its caps, which count everything it has received."""
        room = _NO_CAP
        if self.tranche.most_multiple is not None:
            room = self.tranche.most_multiple * self.drawn - self.received
        if self.tranche.most_irr is not None:
            room = min(room, self.hurdles[self.tranche.most_irr])
        return whole(max(0.0, room))

    @property
    def owed(self) -> int:
        """Principal and return due, in whole pence."""
        return whole(self.principal) + whole(self.due)

    def receive(self, pence: int, first: Literal["principal", "due", "neither"] = "due") -> int:
        """It is paid; returns how much of that repaid principal. first: what is settled by it, then the other if any is left."""
        self.received += pence
        for hurdle in self.hurdles:
            self.hurdles[hurdle] -= pence
        if first == "neither":
            return 0
        of_principal = min(pence, whole(self.principal))
        if first == "due":
            of_principal = max(0, min(pence - whole(self.due), of_principal))
        of_due = min(pence - of_principal, whole(self.due))
        # What is paid to the penny is settled: no fraction of a penny is left to earn return.
        self.principal = 0.0 if of_principal == whole(self.principal) else self.principal - of_principal
        self.due = 0.0 if of_due == whole(self.due) else self.due - of_due
        return of_principal

    def unpaid(self) -> None:
        """What becomes of return that could not be paid on this date."""
        if self.tranche.unpaid == "capitalise":
            self.principal += self.due
        if self.tranche.unpaid != "defer":
            self.due = 0.0


class Waterfall:
    """The balances of all tranches through time, and the actions over them.

    into: the party that the investment is into: what the actions give to it stays with it.
    Raises ValueError for an action on a tranche that there is not.
    """

    def __init__(self, actions: Sequence[Action], tranches: Sequence[Tranche], into: str = "") -> None:
        self.actions = tuple(actions)
        self.into = into
        self.balances = {each.name: Balance(each) for each in tranches}
        self._at = 0.0
        self._fees_owed = [0] * len(self.actions)
        for action in self.actions:
            if action.what in ("pay_return", "repay", "pay_to_multiple", "pay_to_irr", "coupon_by_band"):
                if action.of not in self.balances:
                    raise ValueError(f"the waterfall pays a tranche {action.of!r} that there is not")
                if action.what == "pay_to_irr":
                    self.balances[action.of].hurdles[action.to] = 0.0
        for balance in self.balances.values():
            if balance.tranche.most_irr is not None:
                balance.hurdles[balance.tranche.most_irr] = 0.0
        paid_return = {action.of for action in self.actions if action.what in _PAYS_RETURN}
        self._no_return = [each for name, each in self.balances.items() if name not in paid_return]

    def pass_to(self, at: float) -> None:
        """Let return build up until a time in years (days / 365, or whole years). Raises ValueError for going back."""
        if at < self._at:
            raise ValueError("time does not go back")
        for balance in self.balances.values():
            if balance.drawn:
                balance.accrue(at - self._at)
        self._at = at

    def draw(self, tranche: str, pence: int) -> None:
        """A tranche pays in, now (`pass_to`)."""
        self.balances[tranche].draw(pence)

    def distribute(self, pence: int, result: float | None = None, last: bool = False) -> list[Paid]:
        """Run the actions over distributable pence, now (`pass_to`); what they leave is in no payment, and stays.

        result: measured, for coupons by band (a share, as the bands). last: nothing is kept in reserve any more.
        Raises ValueError for a coupon by band without a result.
        """
        log: list[Paid] = []
        for balance in self._no_return:
            balance.unpaid()
        left = max(0, pence)
        for number, action in enumerate(self.actions):
            if action.what == "fill_reserve":
                # Kept cash is distributable again on the next date, so a reserve is filled anew each time.
                left -= 0 if last else min(left, to_pence(action.amount))
            elif action.what == "pay_fee":
                self._fees_owed[number] += to_pence(action.amount)
                paid = min(left, self._fees_owed[number])
                self._fees_owed[number] -= paid
                left -= paid
                if paid:
                    log.append(Paid(number, action.what, action.of, False, "fee", paid, 0, left))
            elif action.what == "release":
                if left:
                    log.append(Paid(number, action.what, action.of or self.into, False, "return", left, 0, 0))
                left = 0
            elif action.what == "share":
                left = self._share(number, action, left, log)
            else:
                left = self._pay_tranche(number, action, left, result, log)
        return log

    def _pay_tranche(
        self, number: int, action: Action, left: int, result: float | None, log: list[Paid]
    ) -> int:
        balance = self.balances[action.of]
        first: Literal["principal", "due"] = "due"
        if action.what == "coupon_by_band":
            balance.due += balance.principal_years * _coupon(action, result)
            balance.principal_years = 0.0
        if action.what in _PAYS_RETURN:
            wanted = balance.due
        elif action.what == "repay":
            wanted, first = min(balance.principal, action.share * left), "principal"
        elif action.what == "pay_to_multiple":
            wanted = action.to * balance.drawn - balance.received
        else:
            wanted = balance.hurdles[action.to]
        pence = max(0, min(whole(wanted), balance.room, left))
        left -= pence
        if pence:
            capital = balance.receive(pence, first)
            owed = balance.owed
            if pence > capital:
                of_return = pence - capital
                log.append(
                    Paid(
                        number,
                        action.what,
                        action.of,
                        True,
                        "return",
                        of_return,
                        owed + capital,
                        left + capital,
                    )
                )
            if capital:
                log.append(Paid(number, action.what, action.of, True, "capital", capital, owed, left))
        if action.what in _PAYS_RETURN:
            balance.unpaid()
        return left

    def _share(self, number: int, action: Action, left: int, log: list[Paid]) -> int:
        """Share what is left; what a tranche's cap does not let it take goes to the other sharers in proportion."""
        shares = self._sharers(action)
        paid = dict.fromkeys(shares, 0)
        room = {name: self.balances[name].room if name in self.balances else left for name in shares}
        open_to = [name for name, share in shares.items() if share > 0.0]
        over = left
        while over and open_to:
            parts = dict(zip(open_to, split(over, [shares[name] for name in open_to]), strict=True))
            full = [
                name for name in open_to if parts[name] >= room[name] - paid[name] and name in self.balances
            ]
            # Fill those that are capped first, then share the rest among the others from the start.
            for name in full or open_to:
                part = min(parts[name], room[name] - paid[name])
                paid[name] += part
                over -= part
            open_to = [name for name in open_to if name not in full] if full else []
        for name, pence in paid.items():
            if pence == 0:
                continue
            left -= pence
            owed = 0
            if name in self.balances:
                self.balances[name].receive(pence, "neither")
                owed = self.balances[name].owed
            log.append(Paid(number, action.what, name, name in self.balances, "return", pence, owed, left))
        return left

    def _sharers(self, action: Action) -> dict[str, float]:
        shares: dict[str, float] = {}
        drawn = sum(balance.drawn for balance in self.balances.values())
        for name, share in action.shares:
            if name == INVESTORS and drawn:
                for tranche, balance in self.balances.items():
                    shares[tranche] = shares.get(tranche, 0.0) + share * balance.drawn / drawn
            elif name != INVESTORS:
                shares[name] = shares.get(name, 0.0) + share
        return shares


def _coupon(action: Action, result: float | None) -> float:
    if result is None:
        raise ValueError("a coupon by band needs the measured result")
    rate = 0.0
    for since, each in action.bands:
        if result >= since:
            rate = each
    return rate


def whole(pence: float) -> int:
    """Whole pence of unrounded pence, half up as `pence.to_pence`."""
    return math.floor(pence + 0.5 + 2.0**-51 * abs(pence))
