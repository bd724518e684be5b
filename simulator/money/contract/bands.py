"""Marginal bands: a price that depends on how much there was before (MONEY 3.3, E28); `cohorts.band` is for whole ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bands = tuple[tuple[float, float], ...]


def banded(units: Floats, before: Floats, bands: Bands) -> Floats:
    """What units count for under marginal bands: each part of them times the share of the price in its own band.

    before: how much there was before them, in the units of the bands' thresholds.
    """
    found = np.zeros(len(units))
    for (low, share), high in zip(bands, [*(low for low, _ in bands[1:]), np.inf], strict=True):
        within = np.minimum(before + units, high) - np.maximum(before, low)
        found += share * np.maximum(within, 0.0)
    return found
