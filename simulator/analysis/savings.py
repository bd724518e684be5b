"""When is a saving cash? The baseline's ledger less the design's, line by line (MONEY section 2).

For a line of places: worth of demand avoided = cash released + capacity idle + capacity reused by others. Demand avoided
is what people no longer used at the places' own price, person by person (the same people under both designs); cash is
what is no longer paid; reused is what other people used more; the rest stands empty. For a line that moves with use,
the share that the scenario calls cashable is cash, and the rest is capacity freed elsewhere. A new service's cost is no
saving: lines of a service that is closed under the baseline are left to the budgets. Where a design adds places to a
service that there is, cash released is below 0 by what they cost, and they are idle or used by others.
"""

from __future__ import annotations

import numpy as np

from simulator.analysis.measures import Measure
from simulator.engine.history import History
from simulator.money.ledger import Item, Ledger
from simulator.money.pence import to_pence


def savings(
    baseline: Ledger, design: Ledger, baseline_history: History, design_history: History
) -> list[Measure]:
    """The four figures for each line of the baseline's, and in all, over the whole horizon, in the money of the day."""
    found: list[Measure] = []
    total = {"demand_avoided": 0, "cash_released": 0, "idle": 0, "reused": 0}  # pence
    paid = [_paid(baseline), _paid(design)]
    use = [_use(baseline, baseline_history), _use(design, design_history)]
    for line in (
        item for item in baseline.items if item.behaviour != "closing" and _in_use(item, baseline_history)
    ):
        # Exit costs and what is bought because units closed belong to the line whose units close.
        cash = sum(each for name, each in paid[0].items() if _of(name, line.name)) - sum(
            each for name, each in paid[1].items() if _of(name, line.name)
        )
        if line.behaviour == "places":
            before, after = use[0].get(line.name, {}), use[1].get(line.name, {})
            gross = reused = 0
            for person in sorted({*before, *after}):
                change = before.get(person, 0) - after.get(person, 0)
                gross, reused = gross + max(change, 0), reused + max(-change, 0)
            four = {
                "demand_avoided": gross,
                "cash_released": cash,
                "idle": gross - cash - reused,
                "reused": reused,
            }
        else:
            share = 1.0 if line.behaviour in ("staff", "once") else line.cashable
            released = to_pence(cash / 100 * share)
            four = {"demand_avoided": cash, "cash_released": released, "idle": cash - released, "reused": 0}
        for name, amount in four.items():
            found.append(Measure("savings", line.name, name, amount / 100))
            total[name] += amount
    return [Measure("savings", "", name, amount / 100) for name, amount in total.items()] + found


def _in_use(line: Item, history: History) -> bool:
    """Whether what a line pays for is there at all under the baseline: a service or team with no place from `start` on is not."""
    if line.about == "service":
        pool = int(history.pool[1, history.services.index(line.of)])
    elif line.about == "team":
        if line.of not in history.pools:
            return False
        pool = history.pools.index(line.of)
    else:
        return True
    steps = history.pool_places[pool]
    return any(
        places > 0
        for (_, places), following in zip(steps, [*(when for when, _ in steps[1:]), history.end], strict=True)
        if following > 0
    )


def _of(name: str, line: str) -> bool:
    return name == line or name.startswith(line + ".")


def _paid(ledger: Ledger) -> dict[str, int]:
    """Nominal pence by line."""
    sums = np.zeros(len(ledger.items), np.int64)
    np.add.at(sums, ledger.rows["item"], ledger.rows["nominal_pence"])
    return {item.name: int(amount) for item, amount in zip(ledger.items, sums, strict=True)}


def _use(ledger: Ledger, history: History) -> dict[str, dict[int, int]]:
    """Pence of places used, by line and person (by identity, which is the same under every design)."""
    found: dict[str, dict[int, int]] = {}
    identity = history.people["identity"]
    for number, item in enumerate(ledger.items):
        rows = ledger.use[ledger.use["item"] == number]
        if len(rows):
            people, inverse = np.unique(identity[rows["person"]], return_inverse=True)
            sums = np.zeros(len(people), np.int64)
            np.add.at(sums, inverse, rows["nominal_pence"])
            found[item.name] = dict(zip(people.tolist(), sums.tolist(), strict=True))
    return found
