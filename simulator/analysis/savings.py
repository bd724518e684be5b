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

from simulator.analysis.compiled_savings import changes
from simulator.analysis.measures import Measure
from simulator.engine.history import History
from simulator.money.ledger import Item, Ledger
from simulator.money.pence import to_pence


def savings(
    baseline: Ledger, design: Ledger, baseline_history: History, design_history: History
) -> list[Measure]:
    """The four figures for each line of the baseline's, and in all, over the whole horizon, in the money of the day."""
    found: list[Measure] = []
    total = dict.fromkeys(("demand_avoided", "cash_released", "idle", "reused"), 0)  # pence
    paid, paid_after = baseline.paid.tolist(), design.paid.tolist()
    lines = {
        item.name: (item, pence)
        for item, pence in zip(baseline.items, paid, strict=True)
        if item.behaviour != "closing" and _in_use(item, baseline_history)
    }
    cash = {name: pence for name, (_, pence) in lines.items()}
    for item, pence in [
        *(
            (item, pence)
            for item, pence in zip(baseline.items, paid, strict=True)
            if item.behaviour == "closing"
        ),
        *((item, -pence) for item, pence in zip(design.items, paid_after, strict=True)),
    ]:
        # Exit costs and what is bought because units closed belong to the line whose units close.
        of = (
            item.name
            if item.behaviour != "closing"
            else next((n for n in cash if item.name.startswith(n + ".")), "")
        )
        if of in cash:
            cash[of] += pence
    places = [name for name, (line, _) in lines.items() if line.behaviour == "places"]
    less, more = _changes(baseline, design, baseline_history, design_history, places)
    for name, (line, _) in lines.items():
        if line.behaviour == "places":
            gross, reused = less[name], more[name]
            four = (gross, cash[name], gross - cash[name] - reused, reused)
        else:
            share = 1.0 if line.behaviour in ("staff", "once") else line.cashable
            released = to_pence(cash[name] / 100 * share)
            four = (cash[name], released, cash[name] - released, 0)
        for measure, amount in zip(total, four, strict=True):
            found.append(Measure("savings", name, measure, amount / 100))
            total[measure] += amount
    return [Measure("savings", "", measure, amount / 100) for measure, amount in total.items()] + found


def _changes(
    before: Ledger, after: Ledger, history_before: History, history_after: History, places: list[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """Pence of places used less and used more, by line, person by person (an identity is the same under every design)."""
    number = {name: position for position, name in enumerate(places)}
    less, more = changes(
        before.packed_use,
        after.packed_use,
        *(np.array([number.get(item.name, -1) for item in each.items], np.int64) for each in (before, after)),
        *(np.ascontiguousarray(each.people["identity"]) for each in (history_before, history_after)),
        len(places),
    )
    return dict(zip(places, less.tolist(), strict=True)), dict(zip(places, more.tolist(), strict=True))


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
