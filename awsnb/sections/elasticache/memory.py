"""What the nodes' memory keeps: for each request, what it finds and how long it may stay.

Memory is decided first, as if loads took no time: which keys are evicted, when, and why a key that
was there is gone. What requests then see of it (latency, stampedes, staleness) is decided by
`awsnb.mechanisms.caching`, to which an eviction is the end of an item's life.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elasticache import ELASTICACHE, EXACT, PLAIN, SEGMENTED
from awsnb.mechanisms import caching, eviction, keystore
from awsnb.mechanisms.eviction import HIT, MISS, REFUSED
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.elasticache.load import DURATION_S, Requests
from awsnb.sections.elasticache.scenario import CacheScenario

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


def remember(scenario: CacheScenario, asked: Requests) -> Memory:
    """Run the requests that touch memory through each shard's store."""
    n = asked.key.size
    shard = _shards(scenario)
    down_s, up_s = _outage(scenario)
    ttl_s = _times_to_live(scenario, n)
    on_lost = (shard == 0)[asked.key] if down_s < np.inf else np.zeros(n, np.bool_)
    away = on_lost & (asked.time_s >= down_s) & (asked.time_s < up_s)
    # what a node holds after it came back empty is another store
    era = (on_lost & (asked.time_s >= up_s) & (scenario.replicas == 0)).astype(np.int64)
    touches = ~away
    if scenario.strategy in ("lazy", "invalidate"):
        touches &= ~asked.is_write
    store = shard[asked.key] + scenario.shards * era

    why = np.full(n, FOUND, np.int8)
    why[away] = OUT_OF_REACH
    life_s = ttl_s.copy()
    held = evictions = 0
    for one in range(scenario.shards + int(era.any())):
        mine = np.flatnonzero(touches & (store == one))
        if not mine.size:
            continue
        done = _replay(scenario, asked.key[mine], asked.time_s[mine], ttl_s[mine])
        gone = scenario.replicas == 0 and one == 0 and down_s < np.inf
        held += 0 if gone else done.held
        evictions += int(np.count_nonzero(done.evicted >= 0))
        why[mine], life_s[mine] = _explain(
            scenario, asked.key[mine].astype(np.int64), asked.time_s[mine], ttl_s[mine], done
        )
    return Memory(why, life_s, shard, held, evictions, down_s, up_s)


def _shards(scenario: CacheScenario) -> NDArray[np.int64]:
    if scenario.shards == 1:
        return np.zeros(scenario.keys, np.int64)
    slots = [caching.hash_slot(f"item:{key}") for key in range(scenario.keys)]
    return caching.slot_node(slots, scenario.shards)


def _outage(scenario: CacheScenario) -> tuple[float, float]:
    if not scenario.node_loss_at_min:
        return np.inf, np.inf
    down_s = 60 * scenario.node_loss_at_min
    return down_s, down_s + scenario.cache.failover_s


def _times_to_live(scenario: CacheScenario, n: int) -> NDArray[np.float64]:
    if not scenario.has_ttl:
        return np.full(n, np.inf)
    spread = scenario.ttl_jitter_pct / 100
    return scenario.ttl_s * generator(scenario.seed, "lives").uniform(1 - spread, 1 + spread, n)


def _replay(
    scenario: CacheScenario, key: NDArray[np.uint32], time_s: NDArray, ttl_s: NDArray
) -> _Store:
    if scenario.evicts in (EXACT, PLAIN, SEGMENTED):
        done = _by_recency(scenario, key, time_s)
        loads = np.count_nonzero(done.outcome == MISS)
        return _Store(*done, int(loads - np.count_nonzero(done.evicted >= 0)))
    replay = keystore.replay(
        key,
        scenario.shard_capacity,
        scenario.evicts,
        time_s=time_s,
        ttl_s=ttl_s,
        renew=scenario.renew_ttl,
        sampling=_sampling(scenario.evicts),
        lfu=keystore.Lfu(_fact("lfu", "init_value"), _fact("lfu", "log_factor"), 1),
        cycle=_cycle() if scenario.has_ttl else keystore.LAZY_ONLY,
        watch_s=[DURATION_S],
        seed=scenario.seed,
    )
    return _Store(replay.outcome, replay.evicted, int(replay.held[0]))


def _by_recency(
    scenario: CacheScenario, key: NDArray[np.uint32], time_s: NDArray
) -> eviction.Replay:
    """Memcached's two ways, and an exact LRU."""
    if scenario.evicts == SEGMENTED:
        hot, warm = (_fact("memcached", f"lru_{name}_share") / 100 for name in ("hot", "warm"))
        return eviction.segmented_lru(key, scenario.shard_capacity, hot_share=hot, warm_share=warm)
    rest_s = float(_fact("memcached", "lru_rest")) if scenario.evicts == PLAIN else 0.0
    return eviction.lru(
        key, scenario.shard_capacity, time_s=time_s, ttl_s=scenario.life_s, rest_s=rest_s
    )


def _sampling(policy: str) -> keystore.Sampling:
    """How Redis samples, and how coarse its clock is: minutes for frequency, else seconds."""
    by_frequency = policy.endswith("lfu")
    clock_s = _fact("lfu", "decay_time") * 60 if by_frequency else _fact("eviction", "lru_clock")
    return keystore.Sampling(
        _fact("eviction", "maxmemory_samples"), _fact("eviction", "pool_size"), clock_s
    )


def _cycle() -> keystore.ExpiryCycle:
    return keystore.ExpiryCycle(
        1 / _fact("expire", "hz"),
        _fact("expire", "keys_per_loop"),
        _fact("expire", "acceptable_stale"),
        _fact("expire", "max_loops"),
    )


def _fact(subject: str, key: str) -> Any:
    return ELASTICACHE.value(subject, key)


def _explain(
    scenario: CacheScenario, key: NDArray[np.int64], time_s: NDArray, ttl_s: NDArray, done: _Store
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
    if scenario.renew_ttl and scenario.has_ttl:
        last = np.flatnonzero(np.append(stay[1:] != stay[:-1], True))
        life_s = time_s[order[last]][stay] + scenario.ttl_s - time_s[order]
    life_s = np.minimum(life_s, ends_s[stay] - time_s[order])
    life_s[refused] = AT_ONCE_S
    unsorted_why, unsorted_life = np.empty_like(why), np.empty_like(life_s)
    unsorted_why[order], unsorted_life[order] = why, np.maximum(life_s, AT_ONCE_S)
    return unsorted_why, unsorted_life
