"""What both engines call the things that happen, and the order in which they do at one second (LANGUAGE section 12)."""

from __future__ import annotations

from simulator.engine.model import SECONDS_A_DAY, Model

CAPACITY, END, EVENT, CHANGE, LEAVE, ARRIVE, REFER, ALLOCATE, GIVE_UP = range(1, 10)
# The number of a happening is rank << RANK | person << PERSON | service: the smallest is next.
RANK, PERSON = 44, 12
MOST_CHANCES = 2**16


class EngineError(RuntimeError):
    """A run that cannot go on, in the scenario's words."""


def most_at_one_second(people: int) -> int:
    """More happenings than this at one second, among so many people, are an instant that never ends."""
    return 1000 + 100 * people


def stands_still(model: Model, now: int, person: int, state: int, service: int | None) -> EngineError:
    """The error of an instant that never ends."""
    where = f" at {model.services[service]}" if service is not None else ""
    return EngineError(
        f"time stands still on day {now / SECONDS_A_DAY:.1f}: person {person} goes round and round "
        f"in {model.states[state]}{where}; give a hand-off an `after`, or a stay a length"
    )


def too_many_chances(model: Model, person: int, service: int) -> EngineError:
    """The error of a person who keeps coming back."""
    return EngineError(
        f"person {person} came to {model.services[service]} over {MOST_CHANCES:,} times without end"
    )
