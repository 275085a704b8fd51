"""Cache replacement over a Zipf trace of a million keys: libCacheSim, cachetools, plain Python.

The peers come by name, `pip install libcachesim cachetools`; without one its cases are skipped.
libCacheSim replays the trace from a file, its fast path, and hashes each id; ours is given dense
ids. libCacheSim takes a TTL but does not enforce it.
"""

import importlib.util
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from awsnb import theory
from awsnb.mechanisms import popularity
from awsnb.mechanisms.eviction import HIT, hit_ratio, lru, lru_misses, segmented_lru
from awsnb.mechanisms.keystore import Lfu, Sampling, replay
from awsnb.mechanisms.stays import COLD, EVICTED, FOUND, TOO_OLD, stays

KEYS, CAPACITY, REQUESTS = 1_000_000, 100_000, 2_000_000
SLOW = 200_000  # requests that the peers in plain Python do; their time is scaled
TTL_S = 60.0
ROUNDS = 5
RECORD = np.dtype([("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])


@pytest.fixture(scope="module")
def trace():
    key = popularity.draw(popularity.zipf_weights(KEYS, 1.0), REQUESTS, seed=1)
    key = popularity.shuffled(key, KEYS, seed=1)
    names = np.random.default_rng(2).integers(1, 2**62, KEYS)
    time_s = np.arange(REQUESTS) / 10_000
    return SimpleNamespace(key=key, id=names[key], time_s=time_s)


@pytest.fixture(scope="module")
def libcachesim_lru(trace, tmp_path_factory):
    lcs = pytest.importorskip("libcachesim")
    path = tmp_path_factory.mktemp("trace") / "zipf.oracleGeneral"
    record = np.zeros(REQUESTS, RECORD)
    record["time"], record["id"], record["size"], record["next"] = trace.time_s, trace.id, 1, -1
    record.tofile(path)

    def run():
        options = lcs.ReaderInitParam(ignore_obj_size=True)
        reader = lcs.TraceReader(str(path), lcs.TraceType.ORACLE_GENERAL_TRACE, options)
        return 1 - lcs.LRU(cache_size=CAPACITY).process_trace(reader)[0]

    return run


def naive_twin():
    path = Path(__file__).resolve().parent.parent / "tests" / "unit" / "test_keystore.py"
    specification = importlib.util.spec_from_file_location("test_keystore", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def by_ordered_dict(key, time_s, capacity, ttl_s):
    loaded_at, hits = OrderedDict(), []
    for k, now in zip(key, time_s, strict=True):
        hit = k in loaded_at and not loaded_at[k] + ttl_s <= now
        hits.append(hit)
        if not hit:
            if k not in loaded_at and len(loaded_at) == capacity:
                loaded_at.popitem(last=False)
            loaded_at[k] = now
        loaded_at.move_to_end(k)
    return hits


def test_lru_with_a_ttl_on_dense_ids(against, trace, libcachesim_lru):
    assert hit_ratio(lru(trace.key, CAPACITY).outcome)[0] == pytest.approx(libcachesim_lru())
    part = slice(0, 300_000)
    ours = lru(trace.key[part], 10_000, time_s=trace.time_s[part], ttl_s=1.0).outcome == HIT
    lists = trace.key[part].tolist(), trace.time_s[part].tolist()
    assert ours.tolist() == by_ordered_dict(*lists, 10_000, 1.0)
    against(
        "LRU with TTL, dense ids / libCacheSim's LRU",
        lambda: lru(trace.key, CAPACITY, time_s=trace.time_s, ttl_s=TTL_S),
        libcachesim_lru,
        rounds=ROUNDS,
    )


def test_lru_with_a_ttl_against_cachetools(against, trace):
    cachetools = pytest.importorskip("cachetools")
    key, time_s = trace.key[:SLOW].tolist(), trace.time_s[:SLOW].tolist()

    def peer():
        clock = SimpleNamespace(now=0.0)
        cache = cachetools.TTLCache(CAPACITY, TTL_S, timer=lambda: clock.now)
        hits = 0
        for k, clock.now in zip(key, time_s, strict=True):
            if k in cache:
                hits += cache[k]
            else:
                cache[k] = 1
        return hits

    # it drops what has expired before it evicts, so hits agree only while all keys fit
    ours = lru(trace.key[:SLOW], CAPACITY, time_s=trace.time_s[:SLOW], ttl_s=TTL_S)
    assert peer() == np.sum(ours.outcome == HIT)
    against(
        "LRU with TTL, dense ids / cachetools.TTLCache (a tenth, scaled)",
        lambda: lru(trace.key, CAPACITY, time_s=trace.time_s, ttl_s=TTL_S),
        peer,
        share=SLOW / REQUESTS,
        rounds=ROUNDS,
    )


def test_lru_against_an_ordered_dict(against, trace):
    key, time_s = trace.key[:SLOW].tolist(), trace.time_s[:SLOW].tolist()
    against(
        "LRU with TTL, dense ids / OrderedDict (a tenth, scaled)",
        lambda: lru(trace.key, CAPACITY, time_s=trace.time_s, ttl_s=TTL_S),
        lambda: by_ordered_dict(key, time_s, CAPACITY, TTL_S),
        share=SLOW / REQUESTS,
        rounds=ROUNDS,
    )


def test_lru_against_one_touch_of_memory_per_request(against, trace):
    """How far from the least: look each request's key up in a table, all at once."""
    table = np.zeros((KEYS, 2), np.int32)
    against(
        "LRU with TTL, dense ids / NumPy looking each key up",
        lambda: lru(trace.key, CAPACITY, time_s=trace.time_s, ttl_s=TTL_S),
        lambda: table[trace.key],
        rounds=ROUNDS,
    )


def test_twelve_sizes_at_once_against_one_after_the_other(against, trace):
    sizes = np.geomspace(0.01, 0.95, 12) * KEYS

    def peer():
        return sum(lru(trace.key, int(size)).outcome != HIT for size in sizes)

    assert np.array_equal(lru_misses(trace.key, sizes), peer())
    against(
        "LRU of twelve sizes in one pass / in twelve",
        lambda: lru_misses(trace.key, sizes),
        peer,
        rounds=3,
    )


def ends_by_sorting(key, replay):
    """Why each request misses and when its copy is evicted: keys sorted, stays numbered."""
    n = key.size
    code = np.sort(key.astype(np.int64) * n + np.arange(n))
    sorted_key, order = np.divmod(code, n)
    first = np.append(True, sorted_key[1:] != sorted_key[:-1])
    loads = replay.outcome[order] != HIT
    stay = np.cumsum(loads) - 1
    ends = np.full(stay[-1] + 1, n)
    at = np.flatnonzero(replay.evicted >= 0)
    evicted = np.sort(replay.evicted[at].astype(np.int64) * n + at)
    ends[stay[np.searchsorted(code, evicted) - 1]] = evicted % n
    why, ended = np.full(n, FOUND, np.int8), np.empty(n, np.int64)
    sorted_why = np.where(loads, np.where(ends[stay - 1] < n, EVICTED, TOO_OLD), FOUND)
    why[order], ended[order] = np.where(first, COLD, sorted_why), ends[stay]
    return why, ended


def ends_by_dictionaries(key, outcome, evicted):
    n, begun = len(key), {}
    why, began, ends = [], [], [len(key)] * len(key)
    for i, (k, found, victim) in enumerate(zip(key, outcome, evicted, strict=True)):
        if victim >= 0:
            ends[begun[victim]] = i
        if found == HIT:
            why.append(FOUND)
        else:
            before = begun.get(k)
            why.append(COLD if before is None else EVICTED if ends[before] < n else TOO_OLD)
            begun[k] = i
        began.append(begun[k])
    return why, [ends[i] for i in began]


def test_stays_against_sorting_the_keys(against, trace):
    key = trace.key[:SLOW]
    replay = lru(key, 10_000, time_s=trace.time_s[:SLOW], ttl_s=5.0)
    lists = key.tolist(), replay.outcome.tolist(), replay.evicted.tolist()
    told = stays(key, replay)
    for twin in (ends_by_sorting(key, replay), ends_by_dictionaries(*lists)):
        assert np.array_equal(told.why, twin[0]) and np.array_equal(told.evicted_at, twin[1])
    against("stays / NumPy, keys sorted", lambda: stays(key, replay),
            lambda: ends_by_sorting(key, replay))  # fmt: skip


def test_stays_against_plain_python(against, trace):
    key = trace.key[:SLOW]
    replay = lru(key, 10_000, time_s=trace.time_s[:SLOW], ttl_s=5.0)
    lists = key.tolist(), replay.outcome.tolist(), replay.evicted.tolist()
    against("stays / plain Python", lambda: stays(key, replay),
            lambda: ends_by_dictionaries(*lists))  # fmt: skip


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "volatile-ttl"])
def test_sampled_policies_against_a_plain_python_transcription(against, trace, policy):
    """The tests' naive twin: dictionaries and lists, the same draws."""
    part, twin = slice(0, 20_000), naive_twin()
    sampling, lfu = Sampling(samples=5, pool=16, clock_s=1.0), Lfu(5, 10, 1)
    key, time_s = trace.key[part] % 10_000, trace.time_s[part]
    lives = np.full(part.stop, TTL_S)

    def ours():
        return replay(key, 1000, policy, time_s=time_s, ttl_s=lives, sampling=sampling, lfu=lfu)

    lists = key.tolist(), time_s.tolist(), lives.tolist()

    def peer():
        return twin.twin(lists[0], 1000, policy, lists[1], lists[2], sampling, lfu, twin.LAZY_ONLY)

    assert ours().outcome.tolist() == peer()[0]
    against(f"{policy}, sampled / plain Python", ours, peer, rounds=3)


def test_sampled_lru_against_exact(against, trace):
    sampling = Sampling(samples=5, pool=16, clock_s=0)
    sampled = replay(trace.key, CAPACITY, "allkeys-lru", time_s=trace.time_s, sampling=sampling)
    exact = hit_ratio(lru(trace.key, CAPACITY).outcome)[0]
    assert hit_ratio(sampled.outcome)[0] == pytest.approx(exact, abs=0.01)
    against(
        "sampled LRU, a million keys / exact LRU",
        lambda: replay(trace.key, CAPACITY, "allkeys-lru", time_s=trace.time_s, sampling=sampling),
        lambda: lru(trace.key, CAPACITY),
        rounds=3,
    )


def test_segmented_lru_against_libcachesims_lru(against, trace, libcachesim_lru):
    against(
        "segmented LRU / libCacheSim's LRU",
        lambda: segmented_lru(trace.key, CAPACITY, hot_share=0.2, warm_share=0.4),
        libcachesim_lru,
        rounds=3,
    )


def test_zipf_draws_against_a_search_of_the_cumulated_weights(against):
    weights, random = popularity.zipf_weights(KEYS, 1.0), np.random.default_rng(0)
    share = np.bincount(popularity.draw(weights, REQUESTS, seed=0), minlength=KEYS)[0] / REQUESTS
    assert share == pytest.approx(weights[0], abs=5 * np.sqrt(weights[0] / REQUESTS))
    against(
        "Zipf draws by alias table, table included / searchsorted",
        lambda: popularity.draw(weights, REQUESTS, seed=0),
        lambda: np.searchsorted(np.cumsum(weights), random.random(REQUESTS)),
        rounds=3,
    )


def test_che_against_simulating(against, trace):
    weights = popularity.zipf_weights(KEYS, 1.0)
    simulated = hit_ratio(lru(trace.key, CAPACITY).outcome, windows=2)[1]
    assert theory.lru_hit_ratio(weights, CAPACITY) == pytest.approx(simulated, abs=0.01)
    against(
        "Che's approximation / 2 million simulated requests",
        lambda: theory.lru_hit_ratio(weights, CAPACITY),
        lambda: lru(trace.key, CAPACITY),
        rounds=3,
    )
