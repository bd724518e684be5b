"""Random numbers that are a pure function of who, what for, and which time.

There is no generator with a state. A number is looked up from a key (study seed and replication) and a
counter (identity of the person, tag of the purpose, number of the visit) by Philox4x32-10, so the draw a
person gets for a purpose does not depend on what anybody else drew, in which order, or in which process. That
is what pairs two designs person by person.

The scalar functions serve the reference engine; the array functions return the same bits for many people at
once. This module knows nothing of distributions (`hazards`) or of which tags and visits exist (the model
does).

Method: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11), the published
Random123 algorithm.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Key = tuple[int, int]

_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_LOW = 0xFFFFFFFF
_STEP = 2.0**-52
_ROUNDS = 10


def key_of(seed: int, replication: int) -> Key:
    """Key of one replication of a study: two 32-bit words, low word first.

    The 64 bits are blake2b of the text "seed:replication" read as a little-endian number. The parameter draw
    is deliberately not part of it: all draws of a study share their people.
    """
    digest = hashlib.blake2b(f"{seed}:{replication}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "little")
    return number & _LOW, number >> 32


def tag_of(*parts: str) -> int:
    """Tag of a purpose, e.g. `tag_of("transition", "at_risk", "in_care")`: CRC-32 of the parts joined by "|".

    >>> tag_of("leave") == zlib.crc32(b"leave")
    True
    """
    return zlib.crc32("|".join(parts).encode())


@lru_cache(maxsize=256)
def _round_keys(k0: int, k1: int) -> tuple[Key, ...]:
    """The ten round keys: each word advances by its Weyl constant, modulo 2^32."""
    return tuple(((k0 + i * _W0) & _LOW, (k1 + i * _W1) & _LOW) for i in range(_ROUNDS))


def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox4x32-10: four 32-bit words from a counter of four words and a key of two.

    All arguments must be in [0, 2^32); this is not checked here. About 4 microseconds.
    """
    # A loop over cached round keys is a fifth faster than ten rounds written out, which must advance and mask
    # the key each time. Literals, because CPython reads a constant faster than a global.
    for a, b in _round_keys(k0, k1):
        p = 0xD2511F53 * c0
        q = 0xCD9E8D57 * c2
        c0 = (q >> 32) ^ c1 ^ a
        c1 = q & 0xFFFFFFFF
        c2 = (p >> 32) ^ c3 ^ b
        c3 = p & 0xFFFFFFFF
    return c0, c1, c2, c3


def uniform(key: Key, identity: int, tag: int, visit: int) -> float:
    """Number in (0, 1), ends excluded, on the grid (n + 1/2) 2^-52: exact in a float64, so equal on every
    machine.

    `identity` is below 2^64 (in use: below 2^63), `tag` and `visit` are below 2^32. Raises ValueError beyond
    these, because a longer word would silently spoil the generator.
    """
    if (visit | tag | identity >> 32) >> 32:
        raise ValueError(f"outside the counter: identity {identity}, tag {tag}, visit {visit}")
    c0 = identity & 0xFFFFFFFF
    c1 = identity >> 32
    c2 = tag
    c3 = visit
    # philox4x32 written out: the call and its tuple would cost a tenth more, once for every number drawn.
    for a, b in _round_keys(key[0], key[1]):
        p = 0xD2511F53 * c0
        q = 0xCD9E8D57 * c2
        c0 = (q >> 32) ^ c1 ^ a
        c1 = q & 0xFFFFFFFF
        c2 = (p >> 32) ^ c3 ^ b
        c3 = p & 0xFFFFFFFF
    # 52 bits and a half, not 53: the largest 53-bit number plus a half rounds to 1.0.
    return (((c1 << 32 | c0) >> 12) + 0.5) * _STEP


def exponential(key: Key, identity: int, tag: int, visit: int) -> float:
    """Exponential number with mean 1: -log of `uniform` by libm's log; same arguments and errors."""
    return -math.log(uniform(key, identity, tag, visit))


def uniforms(key: Key, identities: ArrayLike, tag: int, visits: ArrayLike) -> NDArray[np.float64]:
    """`uniform` for many counters at once, bit for bit the same numbers.

    `identities` and `visits` (an array, or one number for all) are broadcast against each other; the result
    has their common shape. Raises ValueError if a number lies outside the counter, TypeError if one is not an
    integer.
    """
    people, visit = np.broadcast_arrays(_words(identities, 64, "identity"), _words(visits, 32, "visit"))
    if not 0 <= tag <= _LOW:
        raise ValueError(f"outside the counter: tag {tag}")
    low, shift = np.uint64(_LOW), np.uint64(32)
    m0, m1 = np.uint64(_M0), np.uint64(_M1)
    c0, c1 = people & low, people >> shift
    c2, c3 = np.full(people.shape, tag, dtype=np.uint64), visit
    for a, b in _round_keys(key[0], key[1]):
        p, q = m0 * c0, m1 * c2
        c0, c1 = (q >> shift) ^ c1 ^ np.uint64(a), q & low
        c2, c3 = (p >> shift) ^ c3 ^ np.uint64(b), p & low
    bits = (c1 << shift | c0) >> np.uint64(12)
    return np.asarray((bits.astype(np.float64) + 0.5) * _STEP)


def exponentials(key: Key, identities: ArrayLike, tag: int, visits: ArrayLike) -> NDArray[np.float64]:
    """`exponential` for many counters at once, bit for bit the same numbers; arguments as `uniforms`."""
    u = uniforms(key, identities, tag, visits)
    # math.log one by one: numpy's vectorised log differs from libm's in the last bit of some numbers, and
    # between machines.
    logs = np.fromiter(map(math.log, u.ravel().tolist()), dtype=np.float64, count=u.size)
    return -logs.reshape(u.shape)


def _words(values: ArrayLike, bits: int, name: str) -> NDArray[np.uint64]:
    """Whole numbers in [0, 2^bits) as uint64, or an error naming what is wrong."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be whole numbers below 2^{bits}, not {array.dtype}")
    if array.size and (int(array.min()) < 0 or int(array.max()) >> bits):
        raise ValueError(f"outside the counter: {name} {array.min()} to {array.max()}")
    return array.astype(np.uint64)
