"""The flows of cash of one party: when, on which line, how much in or out, and what would move them.

Read from any ledgers, or made directly; statements and stress tests are made from these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.money.ledger import Item, Ledger

Moves = Literal["fixed", "use", "outcomes"]
"""What moves a line: nothing (`fixed`: places paid whether used or not, overhead, a block), how many are referred (`use`:
costs and fees per start or day), or results (`outcomes`: they move with referrals too)."""


class Line(NamedTuple):
    """One line of a statement. kind: as in the ledger; `capital` and `return` are finance, everything else is income or cost."""

    name: str
    label: str
    kind: str = "income"
    moves: Moves = "fixed"


@dataclass(frozen=True, eq=False)
class Flows:
    """Cash of one party: line (position in `lines`), day (datetime64[D]) and pence (int64, in is above 0, out below)."""

    lines: tuple[Line, ...]
    line: NDArray[np.int64]
    day: NDArray[np.datetime64]
    pence: NDArray[np.int64]

    def scaled(self, outcomes: float = 1.0, referrals: float = 1.0, late_days: int = 0) -> Flows:
        """The same plan with a share of outcomes, a share of referrals, or outcome payments that many days late.

        Fixed lines stay; lines of use scale with referrals, lines of outcomes with both. Rounded to the penny by flow.
        """
        by = {"fixed": 1.0, "use": referrals, "outcomes": outcomes * referrals}
        share = np.array([by[line.moves] for line in self.lines])
        late = np.array([late_days if line.moves == "outcomes" else 0 for line in self.lines], np.int64)
        pence = self.pence * share[self.line] if self.lines else self.pence
        # Half pennies go away from 0, as everywhere (`pence.to_pence`).
        whole = (np.sign(pence) * np.floor(np.abs(pence) + 0.5)).astype(np.int64)
        day = self.day + (late[self.line] if self.lines else 0)
        return Flows(self.lines, self.line, day, whole)

    def by_line(self) -> NDArray[np.int64]:
        """Net pence by line."""
        return np.bincount(self.line, self.pence, len(self.lines)).astype(np.int64)


def flows_of(party: str, ledgers: Sequence[Ledger], moves: Mapping[str, Moves] | None = None) -> Flows:
    """What a party receives and pays in all ledgers, by the day that money moves.

    Lines of one name in several ledgers are one line. moves: by the item's name; by default an item that varies with use
    (`Item.behaviour`) moves with `use`, and everything else is fixed: say which items are paid for outcomes.
    """
    lines: dict[str, Line] = {}
    position: dict[str, int] = {}
    parts: list[tuple[NDArray[np.int64], NDArray[np.datetime64], NDArray[np.int64]]] = []
    for ledger in ledgers:
        sign = np.zeros(len(ledger.items), np.int64)
        place = np.zeros(len(ledger.items), np.int64)
        for number, item in enumerate(ledger.items):
            if party in (item.payer, item.payee):
                sign[number] = 1 if item.payee == party else -1
                lines.setdefault(item.name, _line(item, moves or {}))
                place[number] = position.setdefault(item.name, len(position))
        if not sign.any():
            continue
        item_of = ledger.rows["item"]
        mine = np.flatnonzero(sign[item_of])
        of = item_of[mine]
        parts.append((place[of], ledger.rows["cash_on"][mine], ledger.rows["nominal_pence"][mine] * sign[of]))
    if not parts:
        none = np.zeros(0, np.int64)
        return Flows(tuple(lines.values()), none, none.astype("datetime64[D]"), none)
    line, day, pence = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Flows(tuple(lines.values()), line, day, pence)


def _line(item: Item, moves: Mapping[str, Moves]) -> Line:
    usual: Moves = "use" if item.behaviour == "variable" else "fixed"
    return Line(item.name, item.label, item.kind, moves.get(item.name, usual))
