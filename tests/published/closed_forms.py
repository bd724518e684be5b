"""The formulas behind the expected figures, written out, so that a figure copied wrongly is seen.

Units are the caller's; `arrivals` is a rate, `service` a rate for each place.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import expm


def _loads(arrivals: float, leaving: list[float]) -> list[float]:
    """Stationary chances of 0, 1, 2, ... people, given the rate of leaving at 1, 2, ... people."""
    weights = [1.0]
    for rate in leaving:
        weights.append(weights[-1] * arrivals / rate)
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def erlang_c(arrivals: float, service: float, places: int) -> tuple[float, float]:
    """Chance of waiting and mean wait of M/M/c (Erlang 1917)."""
    load = arrivals / service
    terms = [load**k / math.factorial(k) for k in range(places + 1)]
    last = terms[-1] / (1 - load / places)
    chance = last / (math.fsum(terms[:-1]) + last)
    return chance, chance / (places * service - arrivals)


def wait_over(arrivals: float, service: float, places: int, time: float) -> float:
    """Chance that a wait in M/M/c is longer than `time`."""
    return erlang_c(arrivals, service, places)[0] * math.exp(-(places * service - arrivals) * time)


def limited_room(arrivals: float, service: float, places: int, room: int) -> tuple[float, float, float]:
    """M/M/c/c+room: share turned away, mean wait of the admitted, use of the places."""
    found = _loads(arrivals, [min(n, places) * service for n in range(1, places + room + 1)])
    away = found[-1]
    waiting = math.fsum((n - places) * chance for n, chance in enumerate(found) if n > places)
    return away, waiting / (arrivals * (1 - away)), arrivals * (1 - away) / (places * service)


def erlang_a(arrivals: float, service: float, places: int, patience: float) -> tuple[float, float, float]:
    """M/M/c+M (Palm 1957): share giving up, mean wait of all, chance of not starting at once."""
    top = 400
    found = _loads(
        arrivals, [min(n, places) * service + max(n - places, 0) * patience for n in range(1, top)]
    )
    waiting = math.fsum((n - places) * chance for n, chance in enumerate(found) if n > places)
    return patience * waiting / arrivals, waiting / arrivals, math.fsum(found[places:])


def fixed_patience(arrivals: float, service: float, patience: float) -> float:
    """M/M/1+D (Barrer 1957): share giving up. The offered wait has density a P0 exp(-(m - a) x) up to the patience."""
    spare = service - arrivals
    at_patience = arrivals * math.exp(-spare * patience)
    empty = 1 / (1 + arrivals * -math.expm1(-spare * patience) / spare + at_patience / service)
    return empty * at_patience / service


def two_priorities(first: float, second: float, service: float) -> tuple[float, float]:
    """M/M/1 with two levels and no interruption (Cobham 1954): mean waits."""
    left = (first + second) / service**2
    return left / (1 - first / service), left / ((1 - first / service) * (1 - (first + second) / service))


def pollaczek_khinchine(arrivals: float, mean: float, variation: float) -> float:
    """M/G/1: mean wait from the mean and squared coefficient of variation of service."""
    return arrivals * mean**2 * (1 + variation) / (2 * (1 - arrivals * mean))


def erlang_b(load: float, places: int) -> float:
    """M/G/c/c: share turned away, whatever the distribution of service (Erlang 1917)."""
    return _loads(load, [float(n) for n in range(1, places + 1)])[-1]


def occupancy(
    rates: dict[tuple[str, str], float], start: str, states: tuple[str, ...], time: float
) -> dict[str, float]:
    """Chances of the states of a Markov model: a row of the matrix exponential. `leaves` may be one of the states."""
    generator = np.zeros((len(states), len(states)))
    for (source, target), rate in rates.items():
        i, j = states.index(source), states.index(target)
        generator[i, j] += rate
        generator[i, i] -= rate
    row = expm(generator * time)[states.index(start)]
    return dict(zip(states, row.tolist(), strict=True))


def lognormal_survival(mean: float, sd: float, time: float) -> float:
    """Chance that a lognormal time is longer than `time`."""
    variance = math.log1p((sd / mean) ** 2)
    return 0.5 * math.erfc((math.log(time) - (math.log(mean) - variance / 2)) / math.sqrt(2 * variance))
