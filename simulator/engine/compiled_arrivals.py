"""Arrivals as machine code: the points of a strip of rate, and what each person brings along (SEMANTICS section 5)."""

# mypy: disable-error-code="no-untyped-def"

import math

from simulator.engine.compiled_basics import seconds, time_of, uniform_by_key
from simulator.engine.hazards import NEVER
from simulator.engine.machine_code import entry


@entry
def points_of_strip(
    k0, k1, first_identity, tag, mean_gap, begin, end, low, high, rate_times, rate_values, identity, arrival
):
    """People among the points of a Poisson process in [begin, end): those whose level lies below the rate at their second.

    mean_gap in seconds; rate_times and rate_values: steps of people a year. Fills identity and arrival from the front and
    returns how many, or -1 if there was no room for all.
    """
    at = float(begin)
    found = 0
    point = 0
    step = 0
    while True:
        at += -math.log(uniform_by_key(k0, k1, first_identity + point, tag, 0)) * mean_gap
        if not at < end - 0.5:
            return found
        time = math.floor(at + 0.5)
        while step + 1 < len(rate_times) and rate_times[step + 1] <= time:
            step += 1
        rate = rate_values[step]
        # A level is at most `high`, so below a larger rate it need not be looked up.
        if rate > high or low + (high - low) * uniform_by_key(k0, k1, first_identity + point, tag, 1) < rate:
            if found == len(identity):
                return -1
            identity[found] = first_identity + point
            arrival[found] = time
            found += 1
        point += 1


@entry
def describe(
    k0,
    k1,
    identity,
    arrival,
    state,
    segment_tags,
    segment_sizes,
    segment_shares,
    leave_tag,
    leave_table,
    table_first,
    table_last,
    xs,
    hs,
    profile,
    leave_at,
):
    """Fill in everybody's profile and time of leaving.

    segment_shares: cumulative, grouping after grouping. leave_table: tables by era, profile and first state, -1 for none.
    Returns whether people are in the order of arrival and identity.
    """
    in_order = True
    for person in range(len(identity)):
        who = identity[person]
        if person > 0 and (
            arrival[person - 1] > arrival[person]
            or (arrival[person - 1] == arrival[person] and identity[person - 1] >= who)
        ):
            in_order = False
        number = 0
        first = 0
        for grouping in range(len(segment_tags)):
            size = segment_sizes[grouping]
            u = uniform_by_key(k0, k1, who, segment_tags[grouping], 0)
            segment = 0
            while segment < size - 1 and segment_shares[first + segment] <= u:
                segment += 1
            number = number * size + segment
            first += size
        profile[person] = number
        table = leave_table[1 if arrival[person] >= 0 else 0, number, state[person]]
        leave_at[person] = NEVER
        if table >= 0:
            e = -math.log(uniform_by_key(k0, k1, who, leave_tag, 0))
            stay = seconds(time_of(xs, hs, table_first[table], table_last[table], e))
            leave_at[person] = min(arrival[person] + stay, NEVER)
    return in_order
