"""How many outcomes did the payments buy that would not have happened anyway?

Counts over everyone who could have been claimed for, achieved or not: a sum over claims alone hides the people whom the
design harmed. Displacement of people elsewhere is no part of it and stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class PaidAndCaused:
    """What was paid for one outcome, and what the design changed. Outcomes are people, or units (days, points).

    eligible    people who could have been claimed for, each at the first start only
    achieved    with the design, of all these
    baseline    without it, the same people at the same instants
    caused, anyway, harmed   the split by person: more than without, what both have, less than without. It rests on how
                random numbers are shared between designs, so it is a model reading; `net` does not
    paid        pence
    """

    eligible: int
    achieved: float
    baseline: float
    caused: float
    anyway: float
    harmed: float
    paid: int

    SPLIT_IS: ClassVar[str] = "model reading"
    """What the split by person must be called wherever it is shown."""

    @property
    def net(self) -> float:
        """Outcomes caused, net of those prevented. Negative when the design did harm, and shown as that."""
        return self.achieved - self.baseline

    @property
    def price_per_caused(self) -> float | None:
        """Pence paid per net outcome caused; None when none was: no price buys what did not happen."""
        return self.paid / self.net if self.net > 0.0 else None

    @property
    def paid_for_anyway(self) -> float | None:
        """Pence paid for what would have happened anyway, in proportion to outcomes; None when nobody achieved."""
        if self.achieved <= 0.0:
            return None
        return self.paid * min(1.0, self.baseline / self.achieved)

    def sentence(self) -> str:
        """What it comes to, in a sentence."""
        paid = f"£{self.paid / 100:,.0f} was paid"
        if self.net > 0.0:
            return f"{paid}; the design caused {self.net:,.10g} more, £{self.paid / self.net / 100:,.0f} for each."
        if self.net == 0.0:
            return f"{paid}; the design caused none, so there is no price for each."
        return f"{paid}; with the design there were {-self.net:,.10g} fewer, so there is no price for each caused."


def paid_and_caused(design: ArrayLike, baseline: ArrayLike, paid: int) -> PaidAndCaused:
    """Compare the same people's results under two designs, and set what was paid beside it.

    design, baseline: result of each person who could have been claimed for (1 or 0, or units), in the same order, from the
    same instant (the person's first start). paid: pence, for these people's claims.

    Raises ValueError when the two differ in number, or a result is missing or negative.
    """
    y, y0 = np.asarray(design, np.float64), np.asarray(baseline, np.float64)
    if y.ndim != 1 or y.shape != y0.shape:
        raise ValueError(
            f"{y.size} results with the design, {y0.size} without: they must be the same people's"
        )
    if not (
        np.isfinite(y).all() and np.isfinite(y0).all() and min(y.min(initial=0.0), y0.min(initial=0.0)) >= 0
    ):
        raise ValueError("results must be known and 0 or more: leave out people whose window is still open")
    return PaidAndCaused(
        eligible=len(y),
        achieved=float(y.sum()),
        baseline=float(y0.sum()),
        caused=float(np.maximum(y - y0, 0.0).sum()),
        anyway=float(np.minimum(y, y0).sum()),
        harmed=float(np.maximum(y0 - y, 0.0).sum()),
        paid=paid,
    )


def together(parts: Iterable[PaidAndCaused]) -> PaidAndCaused:
    """Several runs as one: prices are then ratios of sums, which a mean of ratios is not."""
    found = list(parts)
    return PaidAndCaused(
        eligible=sum(each.eligible for each in found),
        achieved=sum(each.achieved for each in found),
        baseline=sum(each.baseline for each in found),
        caused=sum(each.caused for each in found),
        anyway=sum(each.anyway for each in found),
        harmed=sum(each.harmed for each in found),
        paid=sum(each.paid for each in found),
    )
