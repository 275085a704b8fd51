import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms import stays as mechanism
from awsnb.mechanisms.eviction import EXPIRED, HIT, NOTHING, REFUSED, Replay, lru
from awsnb.mechanisms.stays import COLD, EVICTED, FOUND, NO_ROOM, TOO_OLD, stays

TRACE = st.lists(st.integers(0, 6), max_size=60)


def told_by_looking_ahead(key, outcome, evicted):
    """Each request's key is followed through the trace, backwards and forwards."""
    n = len(key)
    why, evicted_at, last = [], [], []
    for i in range(n):
        began = max(j for j in range(i + 1) if key[j] == key[i] and (j == 0 or outcome[j] != HIT))
        ends = [j for j in range(i + 1, n) if key[j] == key[i] and outcome[j] != HIT]
        end = min(ends, default=n)
        gone = [j for j in range(began + 1, end) if evicted[j] == key[i]]
        evicted_at.append(min(gone, default=n))
        last.append(max(j for j in range(began, end) if key[j] == key[i]))
        earlier = [j for j in range(i) if key[j] == key[i]]
        if outcome[i] == HIT:
            why.append(FOUND)
        elif outcome[i] == REFUSED:
            why.append(NO_ROOM)
        elif not earlier:
            why.append(COLD)
        else:
            was_evicted = any(evicted[j] == key[i] for j in range(earlier[-1] + 1, i))
            why.append(EVICTED if was_evicted else TOO_OLD)
    return why, evicted_at, last


@given(TRACE, st.integers(1, 5), st.sampled_from([2.0, 9.0, np.inf]))
def test_stays_are_those_of_a_look_through_the_whole_trace(key, capacity, ttl_s):
    replay = lru(key, capacity, time_s=range(len(key)), ttl_s=ttl_s)
    told = stays(key, replay)
    twin = told_by_looking_ahead(key, replay.outcome.tolist(), replay.evicted.tolist())
    assert tuple(column.tolist() for column in told) == twin


def test_a_key_that_was_refused_is_told_so_each_time():
    outcome = np.array([0, REFUSED, HIT, REFUSED, EXPIRED], np.int8)
    told = stays([0, 1, 0, 1, 0], Replay(outcome, np.full(5, NOTHING, np.int32)))
    assert told.why.tolist() == [COLD, NO_ROOM, FOUND, NO_ROOM, TOO_OLD]
    assert told.last.tolist() == [2, 1, 2, 3, 4]


def test_the_jit_changes_no_bit(monkeypatch):
    key = np.random.default_rng(0).integers(0, 40, 2000)
    replay, compiled, runs = lru(key, 15), mechanism._stays, []
    for code in (compiled, getattr(compiled, "py_func", compiled)):
        monkeypatch.setattr(mechanism, "_stays", code)
        runs.append(stays(key, replay))
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(*runs, strict=True))


def test_an_empty_trace_has_none():
    assert stays([], lru([], 1)).why.size == 0


def test_the_replay_of_another_trace_is_refused():
    with pytest.raises(ValueError, match="one of 3 requests"):
        stays([0, 1, 2], lru([0, 1], 1))
