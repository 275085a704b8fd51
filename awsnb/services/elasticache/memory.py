"""What the nodes' memory keeps: for each request, what it finds and how long it may stay.

Memory is decided first, as if loads took no time: which keys are evicted, when, and why a key that
was there is gone. What requests then see of it (latency, stampedes, staleness) is decided by
`awsnb.mechanisms.caching`, to which an eviction is the end of an item's life.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import caching, eviction, keystore
from awsnb.mechanisms.eviction import HIT, MISS, REFUSED
from awsnb.mechanisms.random_streams import generator
from awsnb.services.elasticache.cache import EXACT, FACTS, PLAIN, SEGMENTED, CacheScenario
from awsnb.services.elasticache.load import DURATION_S, Requests

COLD, EVICTED, TOO_OLD, NO_ROOM, FOUND, OUT_OF_REACH = range(6)
"""Why memory has no copy of a key for a request; `FOUND` if it has."""

AT_ONCE_S = 1e-9


class Memory(NamedTuple):
    """What memory did.

    Attributes
    ----------
    why : ndarray of int8, shape (n,)
        `COLD` .. `OUT_OF_REACH`, of each request.
    life_s : ndarray of float, shape (n,)
        How long a value stays that is stored at this request.
    shard : ndarray of int64, shape (k,)
        The shard of each key.
    held, evictions : int
        Items in memory at the end; items evicted.
    down_s, up_s : float
        When the lost node's keys are out of reach; infinite without a loss.
    """

    why: NDArray[np.int8]
    life_s: NDArray[np.float64]
    shard: NDArray[np.int64]
    held: int
    evictions: int
    down_s: float
    up_s: float


class _Store(NamedTuple):
    outcome: NDArray[np.int8]
    evicted: NDArray[np.int32]
    held: int


def remember(cache: CacheScenario, asked: Requests) -> Memory:
    """Run the requests that touch memory through each shard's store."""
    n = asked.key.size
    shard = _shards(cache)
    down_s, up_s = _outage(cache)
    ttl_s = _times_to_live(cache, n)
    on_lost = (shard == 0)[asked.key] if down_s < np.inf else np.zeros(n, np.bool_)
    away = on_lost & (asked.time_s >= down_s) & (asked.time_s < up_s)
    # what a node holds after it came back empty is another store
    era = (on_lost & (asked.time_s >= up_s) & (cache.replicas == 0)).astype(np.int64)
    touches = ~away
    if cache.strategy in ("lazy", "invalidate"):
        touches &= ~asked.is_write
    store = shard[asked.key] + cache.shards * era

    why = np.full(n, FOUND, np.int8)
    why[away] = OUT_OF_REACH
    life_s = ttl_s.copy()
    held = evictions = 0
    for one in range(cache.shards + int(era.any())):
        mine = np.flatnonzero(touches & (store == one))
        if not mine.size:
            continue
        done = _replay(cache, asked.key[mine], asked.time_s[mine], ttl_s[mine])
        gone = cache.replicas == 0 and one == 0 and down_s < np.inf
        held += 0 if gone else done.held
        evictions += int(np.count_nonzero(done.evicted >= 0))
        why[mine], life_s[mine] = _explain(
            cache, asked.key[mine].astype(np.int64), asked.time_s[mine], ttl_s[mine], done
        )
    return Memory(why, life_s, shard, held, evictions, down_s, up_s)


def _shards(cache: CacheScenario) -> NDArray[np.int64]:
    if cache.shards == 1:
        return np.zeros(cache.keys, np.int64)
    slots = [caching.hash_slot(f"item:{key}") for key in range(cache.keys)]
    return caching.slot_node(slots, cache.shards)


def _outage(cache: CacheScenario) -> tuple[float, float]:
    if not cache.node_loss_at_min:
        return np.inf, np.inf
    down_s = 60 * cache.node_loss_at_min
    return down_s, down_s + cache.failover_s


def _times_to_live(cache: CacheScenario, n: int) -> NDArray[np.float64]:
    if not cache.has_ttl:
        return np.full(n, np.inf)
    spread = cache.ttl_jitter_pct / 100
    return cache.ttl_s * generator(cache.seed, "lives").uniform(1 - spread, 1 + spread, n)


def _replay(
    cache: CacheScenario, key: NDArray[np.uint32], time_s: NDArray, ttl_s: NDArray
) -> _Store:
    capacity, policy = cache.shard_capacity, cache.evicts
    if policy in (EXACT, PLAIN, SEGMENTED):
        if policy != SEGMENTED:
            rest_s = float(FACTS.value("memcached", "lru_rest")) if policy == PLAIN else 0.0
            done = eviction.lru(key, capacity, time_s=time_s, ttl_s=cache.life_s, rest_s=rest_s)
        else:
            done = eviction.segmented_lru(
                key,
                capacity,
                hot_share=FACTS.value("memcached", "lru_hot_share") / 100,
                warm_share=FACTS.value("memcached", "lru_warm_share") / 100,
            )
        loads = np.count_nonzero(done.outcome == MISS)
        return _Store(*done, int(loads - np.count_nonzero(done.evicted >= 0)))
    by_frequency = policy.endswith("lfu")
    lfu = keystore.Lfu(FACTS.value("lfu", "init_value"), FACTS.value("lfu", "log_factor"), 1)
    clock_s = (
        FACTS.value("lfu", "decay_time") * 60
        if by_frequency
        else FACTS.value("eviction", "lru_clock")
    )
    cycle = keystore.ExpiryCycle(
        1 / FACTS.value("expire", "hz"),
        FACTS.value("expire", "keys_per_loop"),
        FACTS.value("expire", "acceptable_stale"),
        FACTS.value("expire", "max_loops"),
    )
    replay = keystore.replay(
        key,
        capacity,
        policy,
        time_s=time_s,
        ttl_s=ttl_s,
        renew=cache.renew_ttl,
        sampling=keystore.Sampling(
            FACTS.value("eviction", "maxmemory_samples"),
            FACTS.value("eviction", "pool_size"),
            clock_s,
        ),
        lfu=lfu,
        cycle=cycle if cache.has_ttl else keystore.LAZY_ONLY,
        watch_s=[DURATION_S],
        seed=cache.seed,
    )
    return _Store(replay.outcome, replay.evicted, int(replay.held[0]))


def _explain(
    cache: CacheScenario, key: NDArray[np.int64], time_s: NDArray, ttl_s: NDArray, done: _Store
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Say why each request missed, and how long what it stores will stay.

    Requests of a key, in order, fall into stays: each begins with a load and ends with an eviction
    or with the TTL.
    """
    n = key.size
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    first = np.ones(n, np.bool_)
    first[1:] = sorted_key[1:] != sorted_key[:-1]
    loads = done.outcome[order] != HIT
    stay = np.cumsum(loads | first) - 1
    ends_s = np.full(stay[-1] + 1, np.inf)
    at = np.flatnonzero(done.evicted >= 0)
    code = sorted_key * n + order
    ended = stay[np.searchsorted(code, done.evicted[at].astype(np.int64) * n + at) - 1]
    ends_s[ended] = time_s[at]

    why = np.full(n, FOUND, np.int8)
    why[loads] = TOO_OLD
    before = np.maximum(stay - 1, 0)
    why[loads & np.isfinite(ends_s[before])] = EVICTED
    refused = done.outcome[order] == REFUSED
    why[first & loads] = COLD
    why[refused] = NO_ROOM
    life_s = ttl_s[order]
    if cache.renew_ttl and cache.has_ttl:
        last = np.flatnonzero(np.append(stay[1:] != stay[:-1], True))
        life_s = time_s[order[last]][stay] + cache.ttl_s - time_s[order]
    life_s = np.minimum(life_s, ends_s[stay] - time_s[order])
    life_s[refused] = AT_ONCE_S
    unsorted_why, unsorted_life = np.empty_like(why), np.empty_like(life_s)
    unsorted_why[order], unsorted_life[order] = why, np.maximum(life_s, AT_ONCE_S)
    return unsorted_why, unsorted_life
