"""A plan of costs: all that a design says about money and no history changes, as tables; and posting a history by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.engine.history import History
from simulator.engine.model import SECONDS_A_DAY, Model
from simulator.money import compiled_lines as kinds
from simulator.money.amounts import Amounts, Floats, Ints, months_of_days
from simulator.money.compiled_ledger import FLOW
from simulator.money.compiled_posting import post
from simulator.money.ledger import ROW, Item, Ledger
from simulator.money.pence import to_pence

# MONEY section 1, rows 2 and 13: supplies and reactive services are paid 30 days after the day used.
TERMS_DAYS = 30
_NO_AMOUNT = "an amount of money must be a finite number of pounds below a trillion"


@dataclass(eq=False)
class CostPlan:
    """What every line of a design is paid for, and its prices: see `costs.prepare_costs`. May be used by many threads.

    items: the lines, with those that a closing of units may add.
    """

    design: str
    items: tuple[Item, ...]
    _tables: tuple[Any, ...] = field(repr=False)
    _room: tuple[int, int] = field(default=(1024, 1024), repr=False)

    def post(self, history: History, replication: int = 0) -> Ledger:
        """The ledger of everything that a run of this design cost from `start` to the horizon.

        Raises ValueError where an amount is not a finite number of pounds below a trillion.
        """
        stays, spells = history.stay_table, history.spell_table
        valid, rows, use = post(
            history.rows,
            np.ascontiguousarray(history.people["profile"]),
            *(stays[name] for name in ("person", "state", "begin", "end")),
            *(spells[name] for name in ("person", "service", "started", "ended")),
            self._tables[0],
            self._room,
            *self._tables[1:],
        )
        if not valid:
            raise ValueError(_NO_AMOUNT)
        # The next replication costs about as much: with room for it, no row is copied.
        self._room = len(rows) * 9 // 8 + 64, len(use) * 9 // 8 + 64
        return Ledger(self.design, replication, self.items, rows.view(ROW), use.view(ROW))


@dataclass
class TableBook:
    """Gathers the tables of `compiled_lines.Tables` line by line. months, and all times: seconds from `start`."""

    model: Model
    start: dt.date
    months: Ints
    index: Floats  # by day
    lines: list[dict[str, float]] = field(default_factory=list)
    _parts: list[tuple[Any, ...]] = field(default_factory=list)
    _closings: list[tuple[Any, ...]] = field(default_factory=list)
    _fixed: list[Any] = field(default_factory=list)
    _edges: dict[bytes, tuple[int, int, Ints]] = field(default_factory=dict)
    _prices: list[Floats] = field(default_factory=list)
    _whole: list[Ints] = field(default_factory=list)
    _services: dict[tuple[int, ...], int] = field(default_factory=dict)
    _happenings: dict[tuple[int, ...], int] = field(default_factory=dict)
    _curves: list[tuple[Ints, Ints]] = field(default_factory=list)
    _exits: list[Ints] = field(default_factory=list)

    # What lines refer to

    def services(self, numbers: list[int]) -> int:
        """The number of a set of services."""
        return self._services.setdefault(tuple(sorted(numbers)), len(self._services))

    def happenings(self, codes: list[int]) -> int:
        """The number of a set of codes of `compiled_people.happened`."""
        return self._happenings.setdefault(tuple(sorted(codes)), len(self._happenings))

    def own_clock(self, source: str, target: str) -> int:
        """The code of a move by a person's own clock; target: a state or `leaves`."""
        states = self.model.states
        to = len(states) if target == "leaves" else states.index(target)
        return states.index(source) * (len(states) + 1) + to

    def event(self, name: str) -> int:
        states = len(self.model.states)
        return states * (states + 1) + self.model.events.index(name)

    def referral(self, service: str) -> int:
        states = len(self.model.states)
        return states * (states + 1) + len(self.model.events) + self.model.services.index(service)

    def completion(self, service: str) -> int:
        return self.referral(service) + len(self.model.services)

    def curve(self, times: Ints, values: Ints) -> dict[str, float]:
        """Where a curve is kept."""
        first = sum(len(each) for each, _ in self._curves)
        self._curves.append((times, values))
        return {"first": first, "last": first + len(times)}

    def closing(self, own: int, demand: int, places: dict[str, float], *rule: Any) -> int:
        """The number of a closing rule: the service's own set, that of its demand, its places' curve, and `CLOSING`'s others."""
        self._closings.append((own, demand, places["first"], places["last"], *rule))
        return len(self._closings) - 1

    def edges(self, *lines: Amounts) -> Ints:
        """Seconds between which one posting is made: calendar months, and changes of the amounts."""
        end = self.months[-1]
        changes = [each.changes[(each.changes > 0) & (each.changes < end)] for each in lines]
        return np.unique(np.concatenate([self.months, *changes]))

    def exits(self, nominal: Ints, real: Ints) -> dict[str, float]:
        """Where the pence of closing a unit in each month are kept."""
        first = sum(each.shape[1] for each in self._exits)
        self._exits.append(np.stack([nominal, real]))
        return {"first": first}

    def parts(self, prices: list[Amounts], edges: Ints) -> dict[str, float]:
        """Where the prices of a place bought are kept."""
        first = len(self._parts)
        for amounts in prices:
            values, _, _ = amounts.table(edges, every_cell=True)
            self._parts.append(
                (
                    amounts.split,
                    float(amounts.basis.days or 1),
                    self._kept(values),
                    len(self.model.states),
                )
            )
        return {"first": first, "last": len(self._parts)}

    def _kept(self, prices: Floats, whole: Ints | None = None) -> int:
        first = sum(len(each) for each in self._prices)
        self._prices.append(prices.ravel())
        self._whole.append(np.zeros((2, prices.size), np.int64) if whole is None else whole.reshape(2, -1))
        return first

    def _whole_pieces(self, prices: Floats, edges: Ints) -> Ints:
        """Nominal and real pence of what lasts all of a piece at so much a day."""
        pounds = prices * (np.diff(edges) / SECONDS_A_DAY)[:, None]
        return np.stack(
            [to_pence(pounds * self.index[(edges[1:] - 1) // SECONDS_A_DAY][:, None]), to_pence(pounds)]
        )

    # Lines

    def line(
        self,
        kind: int,
        item: int,
        refers: dict[str, float],
        amounts: Amounts | None = None,
        edges: Ints | None = None,
    ) -> None:
        """A line paid for by kind, of what it refers to (fields of LINE), and of these amounts or others between edges."""
        found = {"kind": kind, "item": item, "closing": -1, "days": 1.0, "cells": 1, **refers}
        if edges is None and amounts is not None:
            edges = self.edges(amounts)
        if edges is not None:
            found["first_edge"], found["first_month"], _ = self._edges.setdefault(
                edges.tobytes(),
                (
                    sum(len(each) for _, _, each in self._edges.values()),
                    len(self._edges) * len(self.months),
                    edges,
                ),
            )
            found["pieces"] = len(edges) - 1
        if amounts is not None and edges is not None:
            values, found["by_profile"], found["by_state"] = amounts.table(edges)
            days = float(amounts.basis.days or 1)
            whole = self._whole_pieces(values / days, edges) if kind in kinds.LASTING else None
            found |= {"prices": self._kept(values, whole), "cells": values.shape[1], "days": days}
        self.lines.append(found)

    def fixed(self, item: int, time: Ints, pounds: Floats) -> None:
        """A line of rows that no history changes: `pounds` in the price year incurred at `time`."""
        first = sum(len(each) for each in self._fixed)
        rows = np.zeros(len(time), FLOW)
        rows["earned_on"] = time // SECONDS_A_DAY
        rows["nominal_pence"] = to_pence(pounds * self.index[rows["earned_on"]])
        rows["real_pence"] = to_pence(pounds)
        self._fixed.append(rows)
        self.line(kinds.FIXED, item, {"first": first, "last": first + len(rows)})

    # All of it

    def plan(self, items: list[Item]) -> CostPlan:
        """The plan of all lines, in their order."""
        model = self.model
        lines = np.zeros(len(self.lines), kinds.LINE)
        for number, line in enumerate(self.lines):
            for name, value in line.items():
                lines[name][number] = value
        codes = len(model.states) * (len(model.states) + 1) + len(model.events) + 2 * len(model.services)
        happenings = _sets(self._happenings, codes)
        services = _sets(self._services, len(model.services))
        closings = np.array(self._closings, kinds.CLOSING)
        in_curves = [*lines["what"][lines["kind"] == kinds.PLACES], *closings["own"], *closings["demand"]]
        all_edges = [each for _, _, each in self._edges.values()]
        start = (self.start - dt.date(1970, 1, 1)).days
        return CostPlan(
            model.design,
            tuple(items),
            (
                (len(model.states), len(model.events), len(model.segments), int(self.months[-1]), start, TERMS_DAYS),
                services[np.array(in_curves, np.int64)].any(axis=0),
                np.append(happenings.any(axis=0), False),
                lines,
                np.array(self._parts, kinds.PART),
                closings,
                _joined(self._fixed, FLOW),
                self.months,
                months_of_days(self.months),
                _joined(all_edges, np.int64),
                _joined([np.searchsorted(each, self.months) for each in all_edges], np.int64),
                _joined(self._prices, np.float64),
                _joined_pairs(self._whole),
                self.index,
                services,
                happenings,
                _joined([times for times, _ in self._curves], np.int64),
                _joined([values for _, values in self._curves], np.int64),
                _joined_pairs(self._exits),
            ),
        )  # fmt: skip


def _sets(members: dict[tuple[int, ...], int], size: int) -> Any:
    found = np.zeros((len(members), size), np.bool_)
    for numbers, row in members.items():
        found[row, list(numbers)] = True
    return found


def _joined(parts: list[Any], dtype: Any) -> Any:
    return np.concatenate([np.zeros(0, dtype), *parts])


def _joined_pairs(parts: list[Ints]) -> Ints:
    return np.ascontiguousarray(np.concatenate([np.zeros((2, 0), np.int64), *parts], axis=1))
