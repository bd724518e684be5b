"""Random numbers: the published vectors of Philox4x32-10, and that nothing but key and counter matters."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.engine.compiled_basics import uniform_by_key
from simulator.engine.random_numbers import (
    exponential,
    exponentials,
    key_of,
    philox4x32,
    tag_of,
    uniform,
    uniforms,
)

ONES = 0xFFFFFFFF
# Random123, kat_vectors, "philox4x32 10": counter, key, output.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
words = st.integers(0, ONES)


@pytest.mark.parametrize(("counter", "key", "output"), VECTORS)
def test_philox_gives_the_published_vectors(counter, key, output):
    assert philox4x32(*counter, *key) == output


@pytest.mark.parametrize(("counter", "key", "output"), VECTORS)
def test_uniform_is_made_of_the_top_52_of_the_first_two_words(counter, key, output):
    expected = (((output[1] << 32 | output[0]) >> 12) + 0.5) / 2**52
    identity = counter[1] << 32 | counter[0]
    assert uniform(key, identity, counter[2], counter[3]) == expected
    assert uniforms(key, [identity], counter[2], counter[3])[0] == expected


@given(k0=words, k1=words, tag=words, people=st.lists(st.integers(0, 2**63 - 1), max_size=20), visit=words)
def test_arrays_have_the_scalar_bits(k0, k1, tag, people, visit):
    key = (k0, k1)
    visits = [(visit + i) & ONES for i in range(len(people))]
    array = np.array(people, dtype=np.int64)
    assert uniforms(key, array, tag, visit).tolist() == [uniform(key, p, tag, visit) for p in people]
    each = uniforms(key, array, tag, np.array(visits, dtype=np.int64)).tolist()
    assert each == [uniform(key, p, tag, v) for p, v in zip(people, visits, strict=True)]
    logs = exponentials(key, array, tag, visit).tolist()
    assert logs == [exponential(key, p, tag, visit) for p in people]
    assert logs == [-math.log(uniform(key, p, tag, visit)) for p in people]


@given(k0=words, k1=words, tag=words, person=st.integers(0, 2**63 - 1), visit=words)
def test_compiled_numbers_have_the_same_bits(k0, k1, tag, person, visit):
    assert uniform_by_key(k0, k1, person, tag, visit) == uniform((k0, k1), person, tag, visit)


def test_arrays_broadcast_people_against_visits():
    table = uniforms((1, 2), np.arange(3)[:, None], 7, np.arange(4))
    assert table.shape == (3, 4)
    assert table[2, 3] == uniform((1, 2), 2, 7, 3)
    assert exponentials((1, 2), np.arange(3)[:, None], 7, np.arange(4)).shape == (3, 4)


@pytest.mark.parametrize(("words", "u"), [((0, 0), 2.0**-53), ((ONES, ONES), 1 - 2.0**-53)])
def test_the_ends_of_the_range_are_never_reached(monkeypatch, words, u):
    # With ten rounds of no effect the words pass straight through, so the extreme bits can be set by hand.
    monkeypatch.setattr("simulator.engine.random_numbers._round_keys", lambda k0, k1: ())
    identity = words[1] << 32 | words[0]
    assert uniform((0, 0), identity, 0, 0) == u == uniforms((0, 0), [identity], 0, 0)[0]
    assert 0 < u < 1
    assert 0 < exponential((0, 0), identity, 0, 0) < 37


def test_numbers_are_uniform_and_exponential_along_people_visits_and_tags():
    # Fixed keys, so the test is deterministic; a p-value below 0.001 would be one key in a thousand.
    key = key_of(2024, 0)
    people = uniforms(key, np.arange(100_000), tag_of("leave"), 0)
    visits = uniforms(key, 5 << 32, tag_of("event", "call"), np.arange(100_000))
    tags = [uniform(key, 5, tag, 0) for tag in range(20_000)]
    for sample in (people, visits, tags):
        assert stats.kstest(sample, "uniform").pvalue > 0.001
    assert stats.kstest(exponentials(key, np.arange(20_000), 3, 0), "expon").pvalue > 0.001
    # 100,000 pairs: the correlation of independent ones has standard error 0.0032; four of them.
    assert abs(np.corrcoef(people, visits)[0, 1]) < 0.013
    assert abs(np.corrcoef(people[:-1], people[1:])[0, 1]) < 0.013


def test_logs_are_libms_one_by_one():
    # numpy's vectorised log differs from libm's in the last bit of a few numbers in a thousand, on some machines.
    people = np.arange(300_000)
    expected = [-math.log(u) for u in uniforms((1, 2), people, 3, 0).tolist()]
    assert exponentials((1, 2), people, 3, 0).tolist() == expected


def test_key_is_blake2b_of_seed_and_replication():
    # Computed once with another implementation of BLAKE2b (coreutils b2sum -l 64 of "7:3", bytes reversed).
    assert key_of(7, 3) == (0x8BE6A6AA, 0x909ADA5A)
    assert len({key_of(seed, replication) for seed in range(20) for replication in range(20)}) == 400
    assert key_of(1, 11) != key_of(11, 1)


def test_tag_is_the_crc_of_the_joined_parts():
    assert tag_of("123456789") == 0xCBF43926  # the check value of CRC-32
    assert tag_of("transition", "at_risk", "in_care") == zlib.crc32(b"transition|at_risk|in_care")
    assert tag_of("a", "b") != tag_of("b", "a")


@pytest.mark.parametrize(
    ("identity", "tag", "visit"),
    [(2**64, 0, 0), (-1, 0, 0), (0, 2**32, 0), (0, -1, 0), (0, 0, 2**32), (0, 0, -1)],
)
def test_words_that_do_not_fit_are_refused(identity, tag, visit):
    with pytest.raises(ValueError, match="outside the counter"):
        uniform((0, 0), identity, tag, visit)
    with pytest.raises((ValueError, TypeError)):
        uniforms((0, 0), [identity], tag, visit)


def test_fractions_are_not_identities():
    with pytest.raises(TypeError, match="whole numbers"):
        uniforms((0, 0), [0.5], 0, 0)


def test_another_hash_seed_changes_nothing():
    code = (
        "from simulator.engine.random_numbers import *;"
        "print(key_of(1, 2), tag_of('a', 'b'), uniform(key_of(1, 2), 99, tag_of('a', 'b'), 4).hex())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    expected = uniform(key_of(1, 2), 99, tag_of("a", "b"), 4).hex()
    assert len(outputs) == 1
    assert expected in outputs.pop()
