"""A `Model` as the few flat arrays that the compiled engine reads (`compiled_world` says what is where)."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from simulator.engine import compiled_world as cw
from simulator.engine.model import Floats, Ints, Model


class Packed(NamedTuple):
    """The first arrays of `compiled_world.World`."""

    ints: Ints
    floats: Floats
    xs: Floats
    hs: Floats
    step_times: Ints
    step_values: Floats


_MOST_HAZARD = 12.0
"""Hazards above are rare: six people in a million use so much."""
_PACKED: WeakKeyDictionary[Model, Packed] = WeakKeyDictionary()


def packed(model: Model) -> Packed:
    """The flat arrays of a model, made once."""
    found = _PACKED.get(model)
    if found is None:
        found = _PACKED[model] = _pack(model)
    return found


def _pack(model: Model) -> Packed:
    ints = {
        name: np.asarray(value, np.int64).ravel()
        for name in cw.INT_ARRAYS
        if (value := getattr(model, name, None)) is not None
    }
    guide, scale = _guide(model)
    ints.update(_effects(model), **_capacity(model), **guide)
    real = {"guide_scale": scale}
    floats = [
        np.asarray(real.get(name, getattr(model, name, None)), np.float64).ravel() for name in cw.FLOAT_ARRAYS
    ]
    whole = [ints[name] for name in cw.INT_ARRAYS]
    directory = np.zeros(cw.DIRECTORY, np.int64)
    directory[cw.STATES], directory[cw.TRANSITIONS] = len(model.states), len(model.transitions)
    directory[cw.EVENTS], directory[cw.SERVICES] = len(model.events), len(model.services)
    directory[cw.POOLS], directory[cw.PROFILES] = len(model.pools), len(model.segments)
    directory[cw.PAIRS], directory[cw.EFFECTS] = len(model.pair_effect), len(model.effects)
    directory[cw.CAPACITY_STEPS] = len(ints["capacity_time"])
    first_int = cw.TABLE_FIRST
    directory[first_int : first_int + len(whole)] = _places(whole) + len(directory)
    directory[cw.TRANSITION_MULTIPLIER : cw.TRANSITION_MULTIPLIER + len(floats)] = _places(floats)
    return Packed(
        np.concatenate([directory, *whole]),
        np.concatenate([*floats, np.zeros(1)]),
        np.ascontiguousarray(model.knot_x, np.float64),
        np.ascontiguousarray(model.knot_h, np.float64),
        np.ascontiguousarray(model.step_time, np.int64),
        np.ascontiguousarray(model.step_value, np.float64),
    )


def _places(arrays: list[Ints] | list[Floats]) -> Ints:
    sizes = np.array([len(each) for each in arrays], np.int64)
    return np.cumsum(sizes) - sizes


def _effects(model: Model) -> dict[str, Ints]:
    """Pairs by clock, effects by service, and which clocks the effects of a service touch."""
    clocks, services = len(model.transitions) + len(model.events), len(model.services)
    touches = np.zeros((services, clocks), np.int64)
    touches[model.effect_service[model.pair_effect], model.pair_clock] = 1
    order = np.argsort(model.pair_clock, kind="stable")
    effects = np.unique(model.pair_effect)
    by_service = effects[np.argsort(model.effect_service[effects], kind="stable")]
    return {
        "pairs_first": np.searchsorted(model.pair_clock[order], np.arange(clocks + 1)),
        "pairs_on": order,
        "effects_first": np.searchsorted(model.effect_service[by_service], np.arange(services + 1)),
        "effects_of": by_service,
        "touches": touches.ravel(),
    }


def _capacity(model: Model) -> dict[str, Ints]:
    """Steps of places in the order of time and pool, and the start of the design for every pool (-1: places stay)."""
    found = {(when, pool): places for pool, steps in enumerate(model.pool_places) for when, places in steps}
    if model.begin < 0 < model.end:
        for pool in range(len(model.pools)):
            found.setdefault((0, pool), -1)
    keys = sorted(found)
    return {
        "capacity_time": np.array([when for when, _ in keys], np.int64),
        "capacity_pool": np.array([pool for _, pool in keys], np.int64),
        "capacity_places": np.array([found[key] for key in keys], np.int64),
    }


def _guide(model: Model) -> tuple[dict[str, Ints], Floats]:
    """A shorter way into each table: for cells of equal hazard, the knots between which `hazards.time_of` need look.

    Hazard h is in cell floor(h x scale), the last of which has all beyond. Two numbers a cell: the last knot whose hazard
    is below the whole cell (or the table's first), and the knot after the last that may be below some of it.
    """
    cells, scales, guides = [], [], []
    for first, last in zip(model.table_first.tolist(), model.table_last.tolist(), strict=True):
        hs = model.knot_h[first : last + 1]
        top = min(float(hs[np.isfinite(hs)][-1]), _MOST_HAZARD)
        count = len(hs) // 2 if top > 0 else 0
        scale = count / top if count else 1.0
        edges = np.arange(count + 1) / scale
        # A little apart, because h x scale is rounded.
        low = np.searchsorted(hs, edges * (1 - 1e-12), side="left") - 1
        high = np.searchsorted(hs, np.append(edges[1:], np.inf) * (1 + 1e-12), side="left")
        guide = np.stack((np.clip(low, 0, len(hs) - 2), np.clip(high, 1, len(hs) - 1)), axis=1)
        cells.append(count)
        scales.append(scale)
        guides.append(first + guide.ravel())
    return {
        "guide_first": _places(guides),
        "guide_cells": np.array(cells, np.int64),
        "guide": np.concatenate([np.zeros(0, np.int64), *guides]),
    }, np.array(scales)
