"""What it would be worth to know one uncertain number, or a group of them, exactly: EVPPI by regression on draws.

The mean net benefit given the numbers in question is a regression of net benefit on them (Strong, Oakley and Brennan 2014,
Medical Decision Making 34:311); what is gained by choosing with that mean in hand is the value of knowing them. Net benefits
may carry chance: a regression averages over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.decision.choices import Floats
from simulator.analysis.decision.perfect_information import evpi

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 100
"""Draws below which regressions of this kind find value in chance."""
MOST_KNOTS = 6
FEW_VALUES = 8
"""A number with so few different values (a reading of the evidence) has a mean for each, and no curve."""


@dataclass(frozen=True)
class Evppi:
    """value: £. se: its standard error, from the residuals of the regression. status: `ok`, `too few draws`, `does not vary`."""

    value: float
    se: float
    status: str = "ok"


def evppi(inputs: Floats, net_benefit: Floats) -> Evppi:
    """The value of knowing `inputs` (draws, numbers) of net benefit (draws, designs): one number, or several together.

    One number: the best by BIC of nothing, a line, a parabola, and cubic splines with 0 to 6 knots at quantiles. Several: splines
    of each, and products of pairs as far as BIC takes them. Never below 0. The value of chance is left out, so it can exceed an
    EVPI of few draws by no more than its error; `worth_knowing` holds it there.
    """
    inputs = inputs if inputs.ndim == 2 else inputs[:, None]
    draws = len(net_benefit)
    if draws < 2:
        return Evppi(0.0, np.nan, "too few draws")
    moving = inputs[:, np.ptp(inputs, axis=0) > 0]
    gains = net_benefit[:, 1:] - net_benefit[:, :1]
    if not moving.shape[1] or not np.ptp(net_benefit, axis=0).any():
        return Evppi(0.0, 0.0, "does not vary")
    basis = single(moving[:, 0], gains) if moving.shape[1] == 1 else together(moving, gains)
    fitted, se = _fit(basis, gains)
    with_reference = np.concatenate([np.zeros((draws, 1)), fitted], axis=1)
    best = int(np.argmax(with_reference.mean(axis=0)))
    value = float((with_reference.max(axis=1) - with_reference[:, best]).mean())
    return Evppi(
        max(value, 0.0), _error(with_reference, best, se), "ok" if draws >= FEWEST else "too few draws"
    )


def _fit(basis: Floats, gains: Floats) -> tuple[Floats, Floats]:
    """Fitted values (draws, gains), and the standard error of each (draws, gains)."""
    orthonormal, _ = np.linalg.qr(basis)
    fitted = orthonormal @ (orthonormal.T @ gains)
    free = max(1, len(gains) - basis.shape[1])
    variance = ((gains - fitted) ** 2).sum(axis=0) / free
    leverage = (orthonormal**2).sum(axis=1)
    return fitted, np.sqrt(leverage[:, None] * variance)


def _error(fitted: Floats, best: int, se: Floats) -> float:
    """Standard error of the value: of its mean over draws, and of the curve where the choice differs from the best on average."""
    gained = fitted.max(axis=1) - fitted[:, best]
    chosen = fitted.argmax(axis=1)
    errors = np.concatenate([np.zeros((len(fitted), 1)), se], axis=1)
    rows = np.arange(len(fitted))
    curve = np.where(chosen == best, 0.0, np.hypot(errors[rows, chosen], errors[:, best]))
    # Errors along a curve go together: taken as one, which is cautious.
    return float(np.hypot(gained.std() / np.sqrt(len(fitted)), curve.mean()))


def single(x: Floats, gains: Floats) -> Floats:
    """The basis (draws, terms) for one number that BIC likes best, over all gains together."""
    different = np.unique(x)
    flat = np.ones((len(x), 1))
    if len(different) <= FEW_VALUES:
        found = [flat, (x[:, None] == different).astype(np.float64)]
    else:
        cubic = spline(x, 0)
        found = [flat, cubic[:, :2], cubic[:, :3], *(spline(x, knots) for knots in range(MOST_KNOTS + 1))]
    return min(found, key=lambda basis: _bic(basis, gains))


def spline(x: Floats, knots: int) -> Floats:
    """Cubic spline (draws, 4 + knots): powers of the standardised number, and a truncated cube at each quantile."""
    z = (x - x.mean()) / x.std()
    columns = [np.ones_like(z), z, z**2, z**3]
    for at in np.quantile(z, np.arange(1, knots + 1) / (knots + 1)).tolist():
        columns.append(np.maximum(z - at, 0.0) ** 3)
    return np.column_stack(columns)


def together(inputs: Floats, gains: Floats) -> Floats:
    """The basis for several numbers: powers or few values of each, then products of pairs, best first, while BIC falls."""
    parts = []
    for x in inputs.T:
        different = np.unique(x)
        if len(different) <= FEW_VALUES:
            parts.append((x[:, None] == different[1:]).astype(np.float64))
        else:
            parts.append(spline(x, 0)[:, 1:])
    basis = np.column_stack([np.ones(len(inputs)), *parts])
    if basis.shape[1] * 4 > len(inputs):  # too many numbers for curves: straight lines
        basis = np.column_stack([np.ones(len(inputs)), *(part[:, :1] for part in parts)])
    least = _bic(basis, gains)
    pairs = {
        (a, b): parts[a][:, :1] * parts[b][:, :1] for a in range(len(parts)) for b in range(a + 1, len(parts))
    }
    while pairs and basis.shape[1] * 4 < len(inputs):
        orthonormal, _ = np.linalg.qr(basis)
        residuals = gains - orthonormal @ (orthonormal.T @ gains)
        names = list(pairs)
        columns = np.column_stack([pairs[name] for name in names])
        columns = columns - orthonormal @ (orthonormal.T @ columns)
        norms = (columns**2).sum(axis=0)
        explained = ((columns.T @ residuals) ** 2).sum(axis=1) / np.where(norms > 1e-12, norms, np.inf)
        best = names[int(np.argmax(explained))]
        wider = np.column_stack([basis, pairs.pop(best)])
        now = _bic(wider, gains)
        if now >= least:
            break
        basis, least = wider, now
    return basis


def _bic(basis: Floats, gains: Floats) -> float:
    """Schwarz's criterion of a least-squares fit, summed over the gains."""
    draws, terms = basis.shape
    if terms >= draws:
        return np.inf
    orthonormal, _ = np.linalg.qr(basis)
    residual = ((gains - orthonormal @ (orthonormal.T @ gains)) ** 2).sum(axis=0)
    total = np.maximum(((gains - gains.mean(axis=0)) ** 2).sum(axis=0), 1e-300)
    return float((draws * np.log(np.maximum(residual / total, 1e-14)) + terms * np.log(draws)).sum())


def worth_knowing(
    inputs: Floats,
    places: Sequence[str],
    net_benefit: Floats,
    groups: Mapping[str, Sequence[int]] | None = None,
    most: float | None = None,
) -> pd.DataFrame:
    """A row a number (or group, by its columns), the most worth knowing first: place, evppi, se, share of EVPI, status.

    An EVPPI above the EVPI is held there, with status `as much as knowing all`. most: the EVPI; None takes that of the same
    net benefits, which is too much where they carry chance.
    """
    import pandas as pd

    whole = evpi(net_benefit).value if most is None else most
    asked = groups or {place: [column] for column, place in enumerate(places)}
    rows = []
    for place, columns in asked.items():
        found = evppi(inputs[:, list(columns)], net_benefit)
        over = found.value > whole
        rows.append(
            {
                "place": place,
                "evppi": min(found.value, whole),
                "se": found.se,
                "share": min(found.value, whole) / whole if whole > 0 else 0.0,
                "status": "as much as knowing all" if over and found.status == "ok" else found.status,
            }
        )
    table = pd.DataFrame(rows, columns=["place", "evppi", "se", "share", "status"])
    return table.sort_values("evppi", ascending=False, kind="stable", ignore_index=True)


__all__ = ["Evppi", "evppi", "single", "worth_knowing"]
