import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.mechanisms import keystore, popularity
from awsnb.mechanisms.eviction import EXPIRED, HIT, MISS, NOTHING, REFUSED, hit_ratio, lru
from awsnb.mechanisms.keystore import (
    LAZY_ONLY,
    POLICIES,
    ExpiryCycle,
    Lfu,
    Sampling,
    replay,
)

INF = float("inf")
PERFECT = Sampling(samples=5, pool=16, clock_s=0)
ENGINE_LFU = Lfu(initial=5, log_factor=10, decay_ticks=1)
ENGINE_CYCLE = ExpiryCycle(interval_s=0.1, keys=20, stale_percent=10, rounds=1000)
DYING = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from([0.01, 0.5, 3.0]), st.sampled_from([INF, 1.0, 9.0])
    ),
    max_size=120,
)


# --- the naive twin: dictionaries and lists, the same draws


class Twin:
    """The engine, transcribed. Times are whole microseconds."""

    def __init__(self, keys, capacity, policy, sampling, lfu, cycle, seed):
        self.capacity, self.sampling, self.lfu, self.cycle = capacity, sampling, lfu, cycle
        self.volatile, self.rule = policy.startswith("volatile"), policy.partition("-")[2]
        count = 1
        while count < min(capacity, keys):
            count *= 2
        self.buckets = {table: [[] for _ in range(count)] for table in ("all", "timed")}
        self.seed, self.draws, self.cursor = seed, 0, 0
        self.expiry, self.tick, self.counter, self.pool = {}, {}, {}, []

    def mix(self, number, seed):
        bits = 0xFFFFFFFF
        mixed = (number * 0x9E3779B1 + seed) & bits
        mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & bits
        mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & bits
        return mixed ^ (mixed >> 16)

    def draw(self):
        self.draws += 1
        return self.mix(self.draws, self.seed ^ 0x55555555)

    def tables(self, key):
        return ("all",) if self.expiry[key] == INF else ("all", "timed")

    def bucket(self, table, key):
        return self.buckets[table][self.mix(key, self.seed) % len(self.buckets[table])]

    def insert(self, key, expiry, tick):
        self.expiry[key], self.tick[key], self.counter[key] = expiry, tick, self.lfu.initial
        for table in self.tables(key):
            self.bucket(table, key).insert(0, key)

    def remove(self, key):
        for table in self.tables(key):
            self.bucket(table, key).remove(key)
        del self.expiry[key]

    def faded(self, key, tick):
        if not self.lfu.decay_ticks:
            return self.counter[key]
        return max(0, self.counter[key] - (tick - self.tick[key]) // self.lfu.decay_ticks)

    def touch(self, key, tick):
        if self.rule == "lfu":
            counter = self.faded(key, tick)
            odds = max(counter - self.lfu.initial, 0) * self.lfu.log_factor + 1
            if counter < 255 and self.draw() * odds < 2**32:
                counter += 1
            self.counter[key] = counter
        self.tick[key] = tick

    def may_evict(self):
        return any(at < INF for at in self.expiry.values()) or not self.volatile

    def score(self, key, tick):
        if self.rule == "lru":
            return tick - self.tick[key]
        return 255 - self.faded(key, tick) if self.rule == "lfu" else -self.expiry[key]

    def victim(self, tick):
        table = self.buckets["timed" if self.volatile else "all"]
        while True:
            start = self.draw() % len(table)
            if self.rule == "random":
                if table[start]:
                    return table[start][self.draw() * len(table[start]) >> 32]
                continue
            seen = []
            for step in range(10 * self.sampling.samples):
                seen += table[(start + step) % len(table)]
                if len(seen) >= self.sampling.samples:
                    break
            for key in seen[: self.sampling.samples]:
                self.offer(self.score(key, tick), key)
            while self.pool:
                key = self.pool.pop()[1]
                if key in self.expiry and (not self.volatile or self.expiry[key] < INF):
                    return key

    def offer(self, score, key):
        place = sum(1 for worse, _ in self.pool if worse < score)
        if len(self.pool) == self.sampling.pool:
            if place == 0:
                return
            self.pool.pop(0)
            place -= 1
        self.pool.insert(place, (score, key))

    def sweep(self, now):
        timed, removed = self.buckets["timed"], 0
        for _ in range(self.cycle.rounds):
            total = sum(map(len, timed))
            wanted = min(total, self.cycle.keys)
            if total == 0:
                break
            seen = stale = 0
            for _ in range(20 * wanted):
                if seen >= wanted:
                    break
                for key in list(timed[self.cursor]):
                    seen += 1
                    if self.expiry[key] <= now:
                        self.remove(key)
                        stale += 1
                self.cursor = (self.cursor + 1) % len(timed)
            removed += stale
            if seen and stale * 100 // seen <= self.cycle.stale_percent:
                break
        return removed


def twin(
    key, capacity, policy, time_s, ttl_s, sampling, lfu, cycle, watch_s=(), seed=0, renew=False
):
    micro = [[t if t == INF else round(t * 1e6) for t in ts] for ts in (time_s, ttl_s, watch_s)]
    store = Twin(max(key, default=-1) + 1, capacity, policy, sampling, lfu, cycle, seed)
    outcome, evicted, seen = [], [], []
    interval = INF if cycle.interval_s == INF else round(cycle.interval_s * 1e6)
    events = [(t, 2, i) for i, t in enumerate(micro[0])] + [(t, 1, 0) for t in micro[2]]
    last = max((t for t, _, _ in events), default=0)
    if micro[0] and interval < INF:
        first = (micro[0][0] // interval + 1) * interval
        events += [(t, 0, 0) for t in range(first, last + 1, interval)]
    swept = 0
    for now, what, i in sorted(events, key=lambda event: (event[0], ORDER[event[1]], event[2])):
        if what == 0:
            swept += store.sweep(now)
        elif what == 1:
            seen.append((len(store.expiry), swept))
        else:
            tick = now // round(sampling.clock_s * 1e6) if sampling.clock_s else i
            found, victim, k = MISS, NOTHING, key[i]
            if store.expiry.get(k, -1) > now:
                found = HIT
                store.touch(k, tick)
                if renew and store.expiry[k] < INF and micro[1][i] < INF:
                    store.expiry[k] = now + micro[1][i]
            else:
                if k in store.expiry:
                    found = EXPIRED
                    store.remove(k)
                if len(store.expiry) == capacity:
                    if policy == "noeviction" or not store.may_evict():
                        found = REFUSED
                    else:
                        victim = store.victim(tick)
                        store.remove(victim)
                if found != REFUSED:
                    store.insert(k, now + micro[1][i], tick)
            outcome.append(found)
            evicted.append(victim)
    return outcome, evicted, np.array(seen, dtype=int).reshape(-1, 2).T.tolist()


ORDER = {0: 0, 2: 1, 1: 2}  # at the same moment: cycle, requests, looks


def same_as_twin(key, capacity, policy, time_s, ttl_s, sampling, cycle, watch_s=(), **options):
    ours = replay(
        np.array(key, dtype=int),
        capacity,
        policy,
        time_s=time_s,
        ttl_s=np.array(ttl_s, dtype=float),
        sampling=sampling,
        lfu=ENGINE_LFU,
        cycle=cycle,
        watch_s=watch_s,
        **options,
    )
    theirs = twin(
        key, capacity, policy, time_s, ttl_s, sampling, ENGINE_LFU, cycle, watch_s, **options
    )
    assert ours.outcome.tolist() == theirs[0]
    assert ours.evicted.tolist() == theirs[1]
    assert [ours.held.tolist(), ours.swept.tolist()] == theirs[2]
    return ours


# --- exact to the last hit


@given(
    DYING,
    st.integers(1, 12),
    st.sampled_from(sorted(POLICIES)),
    st.sampled_from([0, 1.0, 60.0]),
    st.sampled_from([LAZY_ONLY, ExpiryCycle(0.25, 4, 25, 3)]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_every_policy_is_its_transcription_to_the_last_hit(
    requests, capacity, policy, clock_s, cycle, renew, seed
):
    key, gap_s, ttl_s = (
        (list(column) for column in zip(*requests, strict=True)) if requests else ([], [], [])
    )
    time_s = np.cumsum(gap_s).tolist() if gap_s else []
    watch_s = [0.5, 2.0, (time_s[-1] if time_s else 0) + 30.0]
    watch_s.sort()
    sampling = Sampling(samples=3, pool=4, clock_s=clock_s)
    same_as_twin(
        key, capacity, policy, time_s, ttl_s, sampling, cycle, watch_s, seed=seed, renew=renew
    )


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_every_policy_is_its_transcription_on_a_long_trace(policy):
    n = 20_000
    key, time_s, ttl_s = trace(2000, n)
    watch_s = np.linspace(1, 250, 20).tolist()
    sampling = Sampling(samples=5, pool=16, clock_s=1.0)
    ours = same_as_twin(
        key.tolist(), 300, policy, time_s.tolist(), ttl_s.tolist(), sampling, ENGINE_CYCLE, watch_s
    )
    assert ours.swept[-1] > 0


def trace(keys, n, rate_per_s=100.0, ttl_s=20.0, timed=0.7, seed=1):
    rng = np.random.default_rng(seed)
    key = popularity.shuffled(
        popularity.draw(popularity.zipf_weights(keys, 1.0), n, seed), keys, seed
    )
    lives = np.where(rng.random(keys) < timed, ttl_s, INF)[key] * rng.uniform(0.8, 1.2, n)
    return key, np.cumsum(rng.exponential(1 / rate_per_s, n)), lives


# --- what must hold


@given(DYING, st.integers(1, 12), st.sampled_from(sorted(POLICIES)))
def test_loaded_is_evicted_expired_swept_or_held(requests, capacity, policy):
    key = np.array([k for k, _, _ in requests], dtype=int)
    time_s = np.cumsum([gap for _, gap, _ in requests])
    end_s = float(time_s[-1]) if len(key) else 0.0
    found = replay(
        key,
        capacity,
        policy,
        time_s=time_s,
        ttl_s=np.array([ttl for _, _, ttl in requests], dtype=float),
        sampling=PERFECT,
        cycle=ENGINE_CYCLE,
        watch_s=[end_s],
    )
    loaded = np.isin(found.outcome, (MISS, EXPIRED)).sum()
    # of what was found expired, room taken before; a refused request may have dropped its key too
    gone = (found.evicted != NOTHING).sum() + (found.outcome == EXPIRED).sum()
    assert loaded == gone + found.swept[-1] + found.held[-1]
    assert found.held[-1] <= capacity


def test_with_samples_enough_for_all_keys_the_sampled_lru_is_exact():
    key, time_s, _ = trace(200, 5000)
    everything = Sampling(samples=400, pool=1, clock_s=0)  # a pool would remember old scores
    sampled = replay(key, 50, "allkeys-lru", time_s=time_s, sampling=everything)
    assert np.array_equal(sampled.outcome, lru(key, 50).outcome)


@pytest.mark.statistical
def test_a_good_clock_and_few_samples_come_close_to_lru_and_a_coarse_clock_to_random():
    key, time_s, _ = trace(5000, 100_000, rate_per_s=100_000.0)
    ratio = {
        clock_s: hit_ratio(
            replay(
                key, 500, "allkeys-lru", time_s=time_s, sampling=PERFECT._replace(clock_s=clock_s)
            ).outcome
        )[0]
        for clock_s in (0, 10.0)
    }
    exact = hit_ratio(lru(key, 500).outcome)[0]
    random = hit_ratio(replay(key, 500, "allkeys-random", time_s=time_s, sampling=PERFECT).outcome)[
        0
    ]
    assert ratio[0] == pytest.approx(exact, abs=0.01)
    assert ratio[10.0] == pytest.approx(random, abs=0.01)
    assert exact > random + 0.02


@pytest.mark.statistical
def test_random_eviction_meets_its_closed_form():
    weights = popularity.zipf_weights(5000, 0.8)
    key = popularity.draw(weights, 300_000, seed=2)
    found = replay(key, 500, "allkeys-random", time_s=np.arange(key.size), sampling=PERFECT)
    warm = hit_ratio(found.outcome, windows=4)[1:].mean()
    assert warm == pytest.approx(theory.random_hit_ratio(weights, 500), abs=0.01)


@pytest.mark.statistical
def test_a_ttl_with_room_for_all_meets_its_closed_form_whoever_removes_the_stale():
    weights = popularity.zipf_weights(500, 0.8)
    key = popularity.draw(weights, 200_000, seed=2)
    time_s = np.cumsum(np.random.default_rng(0).exponential(0.01, key.size))
    for cycle in (LAZY_ONLY, ENGINE_CYCLE):
        for renew in (False, True):
            found = replay(
                key,
                500,
                "volatile-ttl",
                time_s=time_s,
                ttl_s=2.0,
                renew=renew,
                sampling=PERFECT,
                cycle=cycle,
            )
            expected = theory.ttl_hit_ratio(100 * weights, 2.0, renewed=renew)
            assert hit_ratio(found.outcome)[0] == pytest.approx(expected, abs=0.005)


@pytest.mark.statistical
@pytest.mark.parametrize(("hits", "expected"), [(100, 10), (1000, 18), (100_000, 142)])
def test_the_frequency_counter_grows_as_the_engines_configuration_file_says(
    monkeypatch, hits, expected
):
    """Its table for a log factor of 10; without decay."""
    stores, empty = [], keystore._empty_store
    monkeypatch.setattr(
        keystore, "_empty_store", lambda *sizes: stores.append(empty(*sizes)) or stores[-1]
    )
    key = np.zeros(hits + 1, int)
    for seed in range(5):
        replay(
            key, 1, "allkeys-lfu", time_s=key, sampling=PERFECT, seed=seed,
            lfu=ENGINE_LFU._replace(decay_ticks=0),
        )  # fmt: skip
    counters = [store.items[0].counter for store in stores]
    assert np.mean(counters) == pytest.approx(expected, rel=0.15)


def test_the_cycle_empties_a_store_of_stale_keys_and_lazy_expiry_alone_does_not():
    key, watch_s = np.arange(5000), [4.9, 5.2, 60.0]
    run = {
        cycle: replay(
            key,
            5000,
            "noeviction",
            time_s=np.zeros(5000),
            ttl_s=5.0,
            watch_s=watch_s,
            sampling=PERFECT,
            cycle=cycle,
        )
        for cycle in (LAZY_ONLY, ENGINE_CYCLE)
    }
    assert run[LAZY_ONLY].held.tolist() == [5000, 5000, 5000]
    assert run[ENGINE_CYCLE].held[0] == 5000
    assert run[ENGINE_CYCLE].held[1:].tolist() == [0, 0]


def test_the_seed_decides_and_nothing_else():
    key, time_s, ttl_s = trace(2000, 20_000)
    runs = [
        replay(key, 300, "allkeys-lru", time_s=time_s, ttl_s=ttl_s, sampling=PERFECT, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(runs[0].evicted, runs[1].evicted)
    assert not np.array_equal(runs[0].evicted, runs[2].evicted)


def test_the_jit_changes_no_bit():
    code = """
import numpy as np, warnings
warnings.simplefilter("error")
from awsnb.mechanisms.keystore import *
key = (np.arange(1500) * 7919) % 211 % 97
for policy in POLICIES:
    found = replay(key, 40, policy, time_s=np.arange(1500) / 50, ttl_s=np.linspace(3, 9, 1500),
                   sampling=Sampling(5, 16, 1.0), lfu=Lfu(5, 10, 1),
                   cycle=ExpiryCycle(0.1, 20, 10, 100), watch_s=[5, 20, 40], seed=4_000_000_000)
    print(policy, [column.tolist() for column in found])
"""
    compiled, plain = (
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "AWSNB_DISABLE_JIT": off},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for off in ("0", "1")
    )
    assert compiled == plain


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"policy": "lru"}, "policy"),
        ({"capacity": 0}, "capacity"),
        ({"ttl_s": 0}, "ttl_s"),
        ({"time_s": [1.0, 0.0]}, "never decrease"),
        ({"time_s": [-1.0, 0.0]}, "0 s or more"),
        ({"watch_s": [1.0, 0.0]}, "watch_s"),
        ({"sampling": Sampling(0, 16, 0)}, "samples"),
        ({"lfu": Lfu(256, 10, 1)}, "initial"),
        ({"lfu": Lfu(5, 10, -1)}, "decay_ticks"),
        ({"cycle": ExpiryCycle(0, 20, 10, 1)}, "interval_s"),
    ],
)
def test_a_wrong_argument_is_named_in_one_sentence(change, message):
    right = {
        "key": [0, 1],
        "capacity": 2,
        "policy": "allkeys-lru",
        "time_s": [0.0, 1.0],
        "sampling": PERFECT,
    }
    with pytest.raises(ValueError, match=message) as error:
        replay(**{**right, **change})
    assert str(error.value).count(". ") == 0 and str(error.value).endswith(".")
