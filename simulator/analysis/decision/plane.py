"""The cost-effectiveness plane: what each design costs more and does more than the reference, and the efficiency frontier."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Choices, Floats

if TYPE_CHECKING:
    import pandas as pd

Point = tuple[float, float]
"""Mean effect and mean cost."""
QUADRANTS = ("more_and_cheaper", "more_and_dearer", "less_and_cheaper", "less_and_dearer")
"""Does more or less of the effect, costs less or more; what is the same counts as no more and no dearer."""


def plane(choices: Choices) -> pd.DataFrame:
    """A row a design but the reference: mean increments, their ranges of draws, draws by quadrant, and the ratio of means.

    Columns: design, cost, cost_low, cost_high, effect, effect_low, effect_high, QUADRANTS, draws, icer (NaN unless status is
    `icer` or `saves`), status: `dominant` (does more and costs less), `dominated`, `icer` (£ for one more of the effect),
    `saves` (£ saved for one less of the effect), `no difference`. The ratio is of means (Briggs, Claxton and Sculpher 2006):
    a mean of ratios has no meaning where draws lie in several quadrants.
    """
    import pandas as pd

    apart = choices.against_reference()
    rows = []
    for column, name in list(enumerate(choices.designs))[1:]:
        cost, effect = apart.cost[:, column], apart.effect[:, column]
        more, dearer = effect > 0, cost > 0
        icer, status = ratio(float(cost.mean()), float(effect.mean()))
        rows.append(
            {
                "design": name,
                **_spread("cost", cost),
                **_spread("effect", effect),
                "more_and_cheaper": int((more & ~dearer).sum()),
                "more_and_dearer": int((more & dearer).sum()),
                "less_and_cheaper": int((~more & ~dearer).sum()),
                "less_and_dearer": int((~more & dearer).sum()),
                "draws": choices.draws,
                "icer": icer,
                "status": status,
            }
        )
    return pd.DataFrame(rows)


def ratio(cost: float, effect: float) -> tuple[float, str]:
    """Incremental cost-effectiveness ratio of two mean increments, where it means something; see `plane`."""
    if cost == 0 and effect == 0:
        return np.nan, "no difference"
    if cost <= 0 and effect >= 0:
        return np.nan, "dominant"
    if cost >= 0 and effect <= 0:
        return np.nan, "dominated"
    return cost / effect, "icer" if effect > 0 else "saves"


def _spread(name: str, values: Floats) -> dict[str, float]:
    low, high = np.quantile(values, [0.025, 0.975]).tolist()
    return {name: float(values.mean()), f"{name}_low": low, f"{name}_high": high}


def frontier(designs: tuple[str, ...], cost: Floats, effect: Floats) -> pd.DataFrame:
    """The efficiency frontier of mean costs and effects, (designs,) each: from the cheapest on, what one more effect costs.

    Columns: design, cost, effect, status (`frontier`, `dominated`: another does as much for less; `extendedly dominated`: a
    mixture of two others does), icer against the one before it on the frontier (NaN for the first). Designs that cost and do
    the same have the same status and icer. Sorted by effect, then cost. (Drummond et al. 2015, ch. 4; the lower convex hull
    of the points.)
    """
    import pandas as pd

    places = list(zip(effect.tolist(), cost.tolist(), strict=True))
    points = sorted(set(places))
    status, kept = dict.fromkeys(points, "frontier"), list[Point]()
    for each in points:
        if any(other != each and other[0] >= each[0] and other[1] <= each[1] for other in points):
            status[each] = "dominated"
            continue
        while len(kept) > 1 and _slope(kept[-2], kept[-1]) > _slope(kept[-1], each):
            status[kept.pop()] = "extendedly dominated"
        kept.append(each)
    icer = {each: _slope(before, each) for before, each in pairwise(kept)}
    order = sorted(range(len(designs)), key=places.__getitem__)
    return pd.DataFrame(
        {
            "design": [designs[each] for each in order],
            "cost": cost[order],
            "effect": effect[order],
            "status": [status[places[each]] for each in order],
            "icer": [icer.get(places[each], np.nan) for each in order],
        }
    )


def _slope(first: Point, second: Point) -> float:
    """£ for one more of the effect; of two points on the frontier so far, the second does more."""
    return (second[1] - first[1]) / (second[0] - first[0])


__all__ = ["QUADRANTS", "frontier", "plane", "ratio"]
