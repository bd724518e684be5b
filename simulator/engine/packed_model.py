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
    ints.update(_effects(model), **_capacity(model))
    floats = [np.asarray(getattr(model, name), np.float64).ravel() for name in cw.FLOAT_ARRAYS]
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
        *(np.ascontiguousarray(each, np.float64) for each in (model.knot_x, model.knot_h)),
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
