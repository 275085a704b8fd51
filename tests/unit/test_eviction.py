from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.mechanisms import eviction, popularity
from awsnb.mechanisms.eviction import (
    EXPIRED,
    HIT,
    MISS,
    NOTHING,
    hit_ratio,
    lru,
    lru_misses,
    segmented_lru,
)

INF = float("inf")
KEYS = st.lists(st.integers(0, 12), max_size=80)


def times(n, seed=0):
    return np.cumsum(np.random.default_rng(seed).exponential(1.0, n))


def zipf(keys, n, alpha=1.0, seed=1):
    key = popularity.draw(popularity.zipf_weights(keys, alpha), n, seed)
    return popularity.shuffled(key, keys, seed)


# --- the naive twins


def lru_twin(key, capacity, time_s, ttl_s, rest_s=0.0):
    loaded_at = OrderedDict()  # least recently moved first
    moved_at = {}
    outcome, evicted = [], []
    for k, now in zip(key, time_s, strict=True):
        victim = NOTHING
        if k in loaded_at and not loaded_at[k] + ttl_s <= now:
            outcome.append(HIT)
        else:
            outcome.append(EXPIRED if k in loaded_at else MISS)
            if k not in loaded_at and len(loaded_at) == capacity:
                victim = loaded_at.popitem(last=False)[0]
            loaded_at[k] = now
        if outcome[-1] != HIT or rest_s == 0 or now > moved_at[k] + rest_s:
            loaded_at.move_to_end(k)
            moved_at[k] = now
        evicted.append(victim)
    return outcome, evicted


def segmented_twin(key, capacity, hot, warm):
    queues = {"hot": [], "warm": [], "cold": []}  # newest first
    hits = {}
    outcome, evicted = [], []

    def move(k, target):
        for queue in queues.values():
            if k in queue:
                queue.remove(k)
        queues[target].insert(0, k)
        hits[k] = min(hits[k], 1)

    for k in key:
        victim = NOTHING
        if any(k in queue for queue in queues.values()):
            outcome.append(HIT)
            hits[k] += 1
            if k in queues["cold"] and hits[k] >= 2:
                move(k, "warm")
        else:
            outcome.append(MISS)
            if sum(map(len, queues.values())) == capacity:
                victim = (queues["cold"] or queues["warm"] or queues["hot"]).pop()
            hits[k] = 0
            move(k, "hot")
        evicted.append(victim)
        for name, limit in (("hot", hot), ("warm", warm)):
            while len(queues[name]) > limit:
                oldest = queues[name][-1]
                move(oldest, "warm" if hits[oldest] >= 2 else "cold")
    return outcome, evicted


# --- exact to the last hit


@given(
    KEYS,
    st.integers(1, 8),
    st.sampled_from([0.5, 3.0, 10.0, INF]),
    st.sampled_from([0.0, 0.5, 4.0, 1000.0]),
)
def test_lru_is_the_ordered_dict_cache_to_the_last_hit_and_eviction(key, capacity, ttl_s, rest_s):
    time_s = times(len(key))
    outcome, evicted = lru_twin(key, capacity, time_s, ttl_s, rest_s)
    replay = lru(key, capacity, time_s=time_s, ttl_s=ttl_s, rest_s=rest_s)
    assert replay.outcome.tolist() == outcome
    assert replay.evicted.tolist() == evicted


@pytest.mark.parametrize("ttl_s", [INF, 500.0, 5000.0])
def test_lru_equals_its_twin_on_a_long_skewed_trace(ttl_s):
    key, time_s = zipf(3000, 60_000), times(60_000)
    replay = lru(key, 300, time_s=time_s, ttl_s=ttl_s)
    assert replay.outcome.tolist() == lru_twin(key.tolist(), 300, time_s.tolist(), ttl_s)[0]


def test_keys_that_rest_longer_than_they_are_held_go_as_they_came():
    """Random eviction and first in, first out hit equally often where requests are independent."""
    key, time_s = zipf(3000, 60_000), times(60_000)
    fifo = hit_ratio(lru(key, 300, time_s=time_s, rest_s=1e9).outcome, windows=2)[1]
    expected = theory.random_hit_ratio(popularity.zipf_weights(3000, 1.0), 300)
    assert fifo == pytest.approx(expected, abs=0.01)
    assert hit_ratio(lru(key, 300).outcome, windows=2)[1] > fifo + 0.02


@given(KEYS, st.lists(st.integers(1, 14), max_size=5).map(sorted))
def test_caches_of_several_sizes_miss_at_once_what_each_misses_by_itself(key, capacities):
    misses = sum((lru(key, one).outcome == MISS).astype(int) for one in capacities)
    assert lru_misses(key, capacities).tolist() == (misses + np.zeros(len(key))).tolist()


def test_caches_of_several_sizes_equal_their_twins_on_a_long_skewed_trace():
    key, capacities = zipf(3000, 20_000), [1, 2, 300, 2999, 5000]
    twins = [lru_twin(key.tolist(), one, times(key.size), INF)[0] for one in capacities]
    assert lru_misses(key, capacities).tolist() == np.sum(np.array(twins) == MISS, axis=0).tolist()


@given(KEYS, st.integers(1, 8))
def test_the_segmented_lru_is_three_plain_lists(key, capacity):
    outcome, evicted = segmented_twin(key, capacity, int(0.25 * capacity), int(0.5 * capacity))
    replay = segmented_lru(key, capacity, hot_share=0.25, warm_share=0.5)
    assert replay.outcome.tolist() == outcome
    assert replay.evicted.tolist() == evicted


# --- closed forms


@pytest.mark.statistical
@pytest.mark.parametrize("alpha", [0.6, 1.0, 1.3])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_che_meets_the_simulated_lru_within_half_a_point(alpha, share):
    keys = 10_000
    weights = popularity.zipf_weights(keys, alpha)
    key = popularity.draw(weights, 600_000, seed=3)
    capacity = int(share * keys)
    warm = hit_ratio(lru(key, capacity).outcome, windows=4)[1:].mean()
    assert warm == pytest.approx(theory.lru_hit_ratio(weights, capacity), abs=0.005)


@pytest.mark.parametrize("rest_s", [0.0, 300.0, 1000.0, 3000.0])
def test_the_resting_form_meets_the_simulation_within_half_a_point(rest_s):
    """A key is held for some 2,000 requests, one a second: rests from none to longer than that."""
    weights = popularity.zipf_weights(3000, 0.9)
    key, time_s = popularity.draw(weights, 200_000, 3), np.arange(200_000.0)
    warm = hit_ratio(lru(key, 600, time_s=time_s, rest_s=rest_s).outcome, windows=4)[1:].mean()
    assert theory.resting_lru_hit_ratio(weights, 600, rest_s) == pytest.approx(warm, abs=0.005)


def test_a_rest_makes_an_lru_worse_and_no_worse_than_first_in_first_out():
    weights = popularity.zipf_weights(3000, 0.9)
    ratios = [theory.resting_lru_hit_ratio(weights, 600, rest) for rest in (0, 300, 1000, 1e6)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] == pytest.approx(theory.lru_hit_ratio(weights, 600), abs=1e-9)
    assert ratios[-1] == pytest.approx(theory.random_hit_ratio(weights, 600), abs=1e-9)


def test_che_fails_on_a_loop_which_lru_never_hits():
    key = popularity.loop(101, 2000)
    assert hit_ratio(lru(key, 100).outcome) == 0
    assert theory.lru_hit_ratio(np.full(101, 1 / 101), 100) > 0.9


@pytest.mark.parametrize("ttl_s", [10.0, 100.0, 1000.0])
def test_the_ttl_form_meets_a_cache_with_room_for_all(ttl_s):
    weights = popularity.zipf_weights(1000, 0.8)
    key, time_s = popularity.draw(weights, 400_000, seed=5), times(400_000)
    simulated = hit_ratio(lru(key, 1000, time_s=time_s, ttl_s=ttl_s).outcome)[0]
    assert simulated == pytest.approx(theory.ttl_hit_ratio(weights, ttl_s), abs=0.005)


def test_a_cold_cache_warms_up_as_the_closed_form_says():
    weights = popularity.zipf_weights(2000, 1.0)
    runs = [lru(popularity.draw(weights, 4000, seed), 2000).outcome for seed in range(60)]
    found = np.mean([hit_ratio(outcome, windows=40) for outcome in runs], axis=0)
    exact = [theory.warm_up_hit_ratio(weights, n) for n in range(4000)]
    expected = np.reshape(exact, (40, 100)).mean(axis=1)
    assert np.abs(found - expected).max() < 0.03


# --- what must hold


@given(KEYS, st.integers(1, 8))
def test_a_larger_lru_cache_hits_wherever_a_smaller_one_does(key, capacity):
    smaller, larger = lru(key, capacity).outcome, lru(key, capacity + 1).outcome
    assert np.all(larger[smaller == HIT] == HIT)


@given(KEYS, st.integers(1, 8))
def test_what_was_loaded_was_evicted_or_is_held(key, capacity):
    for replay in (
        lru(key, capacity),
        segmented_lru(key, capacity, hot_share=0.2, warm_share=0.4),
    ):
        held = np.sum(replay.outcome == MISS) - np.sum(replay.evicted != NOTHING)
        assert held == min(len(set(key)), capacity)


def test_a_scan_costs_lru_its_keys_and_the_segmented_lru_few():
    key = zipf(2000, 60_000)
    scanned = popularity.with_scan(key, at=40_000, first=2000, length=1000)
    after = slice(41_000, 42_000)
    segmented = segmented_lru(scanned, 500, hot_share=0.2, warm_share=0.4).outcome[after]
    assert np.mean(segmented == HIT) > np.mean(lru(scanned, 500).outcome[after] == HIT) + 0.1


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("_lru", lambda key: lru(key, 40, time_s=times(3000), ttl_s=300.0)),
        ("_lru", lambda key: lru(key, 40, time_s=times(3000), rest_s=50.0)),
        ("_lru_misses", lambda key: lru_misses(key, [1, 40, 150])),
        ("_segmented_lru", lambda key: segmented_lru(key, 40, hot_share=0.2, warm_share=0.4)),
    ],
)
def test_the_jit_changes_no_bit(monkeypatch, name, call):
    key, compiled = zipf(200, 3000), getattr(eviction, name)
    runs = []
    for code in (compiled, getattr(compiled, "py_func", compiled)):
        monkeypatch.setattr(eviction, name, code)
        runs.append(call(key))
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(*runs, strict=True))


def test_an_empty_trace_is_served():
    assert lru([], 1).outcome.size == 0
    assert lru_misses([], [1, 2]).size == 0
    assert segmented_lru([], 1, hot_share=0.2, warm_share=0.4).outcome.size == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lru([0.5], 1), "integers"),
        (lambda: lru([-1], 1), "number the keys"),
        (lambda: lru([[0]], 1), "one-dimensional"),
        (lambda: lru([0], 0), "capacity"),
        (lambda: lru([0], 1, ttl_s=0), "ttl_s"),
        (lambda: lru([0], 1, ttl_s=1), "need time_s"),
        (lambda: lru([0], 1, rest_s=1), "need time_s"),
        (lambda: lru([0], 1, rest_s=-1), "rest_s = -1: must be 0 s or more"),
        (lambda: lru([0, 0], 1, ttl_s=1, time_s=[1, 0]), "never decrease"),
        (lambda: lru([0, 0], 1, ttl_s=1, time_s=[1]), "one time for each"),
        (lambda: lru_misses([0], [0, 1]), "capacity"),
        (lambda: lru_misses([0], [2, 1]), "never decrease"),
        (lambda: segmented_lru([0], 1, hot_share=0.5, warm_share=0.5), "below 1"),
        (lambda: hit_ratio(np.zeros(2, np.int8), 3), "windows"),
    ],
)
def test_a_wrong_argument_is_named_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message) as error:
        call()
    assert str(error.value).count(". ") == 0 and str(error.value).endswith(".")


# --- popularity


def test_draws_follow_the_weights_and_the_seed():
    weights = popularity.zipf_weights(50, 1.2)
    key = popularity.draw(weights, 200_000, seed=1)
    expected = 200_000 * weights
    chi_square = np.sum((np.bincount(key, minlength=50) - expected) ** 2 / expected)
    assert chi_square < 100  # 49 degrees of freedom: beyond it once in 40,000 seeds
    assert np.array_equal(key, popularity.draw(weights, 200_000, seed=1))
    assert not np.array_equal(key, popularity.draw(weights, 200_000, seed=2))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40).filter(any))
def test_the_alias_table_holds_each_key_as_often_as_its_weight(weights):
    height = np.array(weights) * (len(weights) / sum(weights))
    own, alias = popularity._alias_table(height)
    area = np.minimum(own, 1)
    assert np.all(own >= 0)
    np.add.at(area, alias, 1 - np.minimum(own, 1))
    assert area == pytest.approx(height, abs=1e-12)


def test_patterns_cover_what_they_say():
    key = popularity.draw(popularity.zipf_weights(10, 1.0), 1000, seed=0)
    assert np.bincount(popularity.shuffled(key, 10, 1)).max() == np.bincount(key).max()
    assert popularity.drift(key, 10, every=1e9).tolist() == key.tolist()
    with pytest.raises(ValueError, match="every"):
        popularity.drift(key, 10, every=0)
    with pytest.raises(ValueError, match="weights"):
        popularity.draw([0, 0], 1, seed=0)
    with pytest.raises(ValueError, match="alpha"):
        popularity.zipf_weights(3, -1)
