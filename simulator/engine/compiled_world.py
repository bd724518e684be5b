"""Where everything lies in the compiled engine: what its arrays hold, and the names of their places.

Compiled functions pass one `World` around, which is the address of a table of addresses: arrays would bring their sizes
and reference counts along to every call. All whole numbers are int64, all others float64.

    ints, floats   the model (see `Model`), array after array; `ints` begins with the place of each in a directory
    xs, hs         its tables: knots in days and in integrated hazard
    step_times, step_values   its lists of dated steps
    coming         those who arrive, in the order of their numbers: five columns, one after the other
    run            what changes and is nobody's: the clock, counts, places, and the scratch of one happening
    people, left   a record a person, twice over: as int64 and, for the few fields that are not whole, as float64
    slots          the place of each person's record in `people`, -1 for those who have left; then the places that are free,
                   because who arrives takes over the record of one who left: few records are near at hand, many are not
    agenda         heap of (time, key): what is due
    lists          for each pool a heap of (score, person << 12 | service): who waits; then, for each, this second's newcomers
    rows           the history, two words a row (`history.ROW` on a little-endian machine)
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, models, register_model
from numba.np.arrayobj import make_array

from simulator.engine.machine_code import CHECKED, inner

World = namedtuple(
    "World", "ints floats xs hs step_times step_values coming run people left agenda lists slots rows"
)
_REAL = ("floats", "xs", "hs", "step_values", "left")

# Directory at the beginning of `ints`: sizes, then the place of each array in `ints` (or, the last few, in `floats`).
(STATES, TRANSITIONS, EVENTS, SERVICES, POOLS, PROFILES, PAIRS, EFFECTS, CAPACITY_STEPS) = range(9)
INT_ARRAYS = (
    "table_first",
    "table_last",
    "steps_first",
    "steps_last",
    "out_first",
    "transition_to",
    "transition_table",
    "event_rate",
    "event_to",
    "destination_first",
    "destination_target",
    "destination_share",
    "exists",
    "gives_chance",
    "eligible",
    "stays_in",
    "until_need_ends",
    "once",
    "share",
    "after",
    "take_up",
    "give_up",
    "length",
    "drop_out_share",
    "drop_out_table",
    "head_start",
    "room",
    "stops",
    "then",
    "pool",
    "effect_during",
    "effect_kept",
    "effect_lasts",
    "effect_fade",
    "effect_fade_steps",
    "pair_effect",
    "tag_transition",
    "tag_event",
    "tag_event_to",
    "tag_use",
    # Worked out from the model: pairs by clock, effects by service, clocks that a service's effects touch, places by time
    "pairs_first",
    "pairs_on",
    "effects_first",
    "effects_of",
    "touches",
    "capacity_time",
    "capacity_pool",
    "capacity_places",
    # Where to look in a table for a hazard: see `packed_model._guide`
    "guide_first",
    "guide_cells",
    "guide",
)
FLOAT_ARRAYS = ("transition_multiplier", "pair_ratio", "guide_scale")
(
    TABLE_FIRST,
    TABLE_LAST,
    STEPS_FIRST,
    STEPS_LAST,
    OUT_FIRST,
    TRANSITION_TO,
    TRANSITION_TABLE,
    EVENT_RATE,
    EVENT_TO,
    DESTINATION_FIRST,
    DESTINATION_TARGET,
    DESTINATION_SHARE,
    EXISTS,
    GIVES_CHANCE,
    ELIGIBLE,
    STAYS_IN,
    UNTIL_NEED_ENDS,
    ONCE,
    SHARE,
    AFTER,
    TAKE_UP,
    GIVE_UP_AFTER,
    LENGTH_OF,
    DROP_OUT_SHARE,
    DROP_OUT_TABLE,
    HEAD_START,
    ROOM,
    STOPS,
    THEN,
    POOL_OF,
    EFFECT_DURING,
    EFFECT_KEPT,
    EFFECT_LASTS,
    EFFECT_FADE,
    EFFECT_FADE_STEPS,
    PAIR_EFFECT,
    TAG_TRANSITION,
    TAG_EVENT,
    TAG_EVENT_TO,
    TAG_USE,
    PAIRS_FIRST,
    PAIRS_ON,
    EFFECTS_FIRST,
    EFFECTS_OF,
    TOUCHES,
    CAPACITY_TIME,
    CAPACITY_POOL,
    CAPACITY_PLACES,
    GUIDE_FIRST,
    GUIDE_CELLS,
    GUIDE,
) = range(9, 9 + len(INT_ARRAYS))
TRANSITION_MULTIPLIER, PAIR_RATIO, GUIDE_SCALE = range(
    9 + len(INT_ARRAYS), 9 + len(INT_ARRAYS) + len(FLOAT_ARRAYS)
)
DIRECTORY = 9 + len(INT_ARRAYS) + len(FLOAT_ARRAYS)

# Columns of `coming`
C_IDENTITY, C_ARRIVAL, C_STATE, C_PROFILE, C_LEAVE_AT = range(5)

# `run`: first the addresses of the arrays of `World`, in its order
ADDRESSES = len(World._fields)
(
    NOW,
    ERA,
    END,
    KEY_LOW,
    KEY_HIGH,
    COMING,  # how many people there are to come
    RECORDS,  # how many records there are
    FREE,  # and how many of them are free
    ARRIVED,
    NEXT_STEP,  # of capacity
    BEGUN,  # whether the design's rules have begun
    ROWS,
    MOST_ROWS,
    DUE,  # entries of the agenda
    MOST_DUE,
    FRONT,  # key of a happening due now that is not in the heap, or NOBODY
    INSTANT,
    AT_INSTANT,
    MOST_AT_INSTANT,
    TROUBLE,
    WHO,
    WHERE,
    IN_STATE,  # of whom
    JOINS,  # so many have joined lists with a limited room
    # places of what depends on sizes
    WIDTH,  # of a person's record
    AT_CLOCKS,
    AT_EVENTS,
    AT_ENTRIES,
    AT_USES,
    AT_EFFECTS,
    PLACES,
    USED,
    CALLED,
    WAITING_IN,
    OPEN_BEFORE,
    ENDED,  # scratch: three words a service
    LIST_FIRST,
    LIST_SIZE,
    LIST_ROOM,
    RUN_FIELDS,
) = range(ADDRESSES, ADDRESSES + 40)
NOBODY = 2**62
"""A key or a second that nothing has."""

FINE, STANDS_STILL, TOO_MANY, NO_SPACE = range(4)

# A person's record: these, then clocks, events, entries by state, uses of services, effects
IDENTITY, PROFILE, STATE, ENTRY, ENTRY_ERA, SINCE, LEAVE_AT, SLOT_TIME, SLOT_WHAT, PRESENT, OPEN_USES = range(
    11
)
PERSON_FIELDS = 11
# A clock (a way out of the state, or a recurrent event)
LEFT, LAST, RINGS = range(3)
CLOCK_FIELDS = 3
COUNT = 3  # of an event
EVENT_FIELDS = 4
# A use of a service. BEGAN: second of joining, then of starting. SCORE while waiting is PLANNED while in.
STATUS, ENDS, ORIGIN, VISIT, MARKS, BEGAN, SCORE, IN_POOL = range(8)
PLANNED = SCORE
USE_FIELDS = 8
CLOSED_USE, PENDING_USE, WAITING_USE, IN_USE = range(4)
OF_ERA, OF_STAY_ERA, DROPS, AFFECTS, EVER_STARTED = 1, 2, 4, 8, 16
JOINED_AS = 8  # the bits of MARKS from here on: which of JOINS
# What is left of an effect
WORK, FULL_UNTIL, DOSE, EFFECT_ERA = range(4)
EFFECT_STATE_FIELDS = 4
NOTHING, AT_WORK, KEPT = range(3)


class _World(types.Type):
    """The place of `run`, whose first words are the addresses of all arrays: one word to pass around instead of many."""

    def __init__(self) -> None:
        super().__init__(name="World")


_WORLD = _World()


@register_model(_World)
class _WorldModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(64).as_pointer())


@infer_getattr
class _WorldAttributes(AttributeTemplate):
    key = _World

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return types.CPointer(types.float64 if name in _REAL else types.int64)


@lower_getattr_generic(_World)
def _array_of(context: Any, builder: Any, kind: Any, world: Any, name: str) -> Any:
    place = builder.gep(world, [ir.Constant(ir.IntType(64), World._fields.index(name))])
    address = builder.load(place)
    address.set_metadata("invariant.load", builder.module.add_metadata([]))  # no array moves during a call
    number = ir.DoubleType() if name in _REAL else ir.IntType(64)
    return builder.inttoptr(address, number.as_pointer())


@intrinsic
def _world_at(typingctx: Any, run: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return make_array(signature.args[0])(context, builder, arguments[0]).data

    return _WORLD(run), codegen


if CHECKED:  # arrays stay arrays, so that every index is checked

    @inner
    def world_of(  # type: ignore[no-untyped-def]
        ints, floats, xs, hs, step_times, step_values, coming, run, people, left, agenda, lists, slots, rows
    ):
        """The world of these arrays, as they are."""
        return World(
            ints,
            floats,
            xs,
            hs,
            step_times,
            step_values,
            coming,
            run,
            people,
            left,
            agenda,
            lists,
            slots,
            rows,
        )
else:

    @inner
    def world_of(  # type: ignore[no-untyped-def]
        ints, floats, xs, hs, step_times, step_values, coming, run, people, left, agenda, lists, slots, rows
    ):
        """The world of these arrays, whose addresses are in `run`."""
        return _world_at(run)  # type: ignore[call-arg]
