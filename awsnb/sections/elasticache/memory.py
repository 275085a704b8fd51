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
from awsnb.mechanisms.eviction import MISS, Replay
from awsnb.mechanisms.random_streams import generator
from awsnb.mechanisms.stays import FOUND, NO_ROOM, stays
from awsnb.sections.elasticache.load import Requests, after_batch
from awsnb.sections.elasticache.sample import Sample
from awsnb.sections.elasticache.scenario import CacheScenario

OUT_OF_REACH = 5
"""The node is lost: one more reason why memory has no copy of a key, beside those of `stays`."""

AT_ONCE_S = 1e-9
MOST_CYCLES = 20_000
STEPS = 120  # of the run, as it is drawn


class Memory(NamedTuple):
    """What memory did, of the sample.

    Attributes
    ----------
    why : ndarray of int8, shape (n,)
        `COLD` .. `OUT_OF_REACH`, of each request.
    life_s : ndarray of float, shape (n,)
        How long a value stays that is stored at this request.
    batch_life_s : ndarray of float, shape (k,)
        How long what a batch stored of each key at the start stays; 0 without one.
    shard : ndarray of int64, shape (k,)
        The shard of each key.
    held : ndarray of int64, shape (STEPS,)
        Items in memory at the end of each step.
    evictions : int
        Items evicted.
    down_s, up_s : float
        When the lost node's keys are out of reach; infinite without a loss.
    """

    why: NDArray[np.int8]
    life_s: NDArray[np.float64]
    batch_life_s: NDArray[np.float64]
    shard: NDArray[np.int64]
    held: NDArray[np.int64]
    evictions: int
    down_s: float
    up_s: float


class _Store(NamedTuple):
    replay: Replay
    held: NDArray[np.int64]


def remember(scenario: CacheScenario, asked: Requests) -> Memory:
    """Run the requests that touch memory through each shard's store."""
    keys = scenario.sample.keys
    if not scenario.filled:
        return _remember(scenario, asked)
    order = after_batch(asked, keys, scenario.seed)
    kept = _remember(scenario, order)
    batch_life_s = np.zeros(keys)
    batch_life_s[order.key[:keys]] = kept.life_s[:keys]
    return kept._replace(why=kept.why[keys:], life_s=kept.life_s[keys:], batch_life_s=batch_life_s)


def _remember(scenario: CacheScenario, asked: Requests) -> Memory:
    n = asked.key.size
    shard = _shards(scenario)
    down_s, up_s = _outage(scenario)
    life_s = _times_to_live(scenario, n)
    why = np.full(n, FOUND, np.int8)
    away = slice(*np.searchsorted(asked.time_s, (down_s, up_s)))
    why[away][shard[asked.key[away]] == 0] = OUT_OF_REACH
    store = _stores(scenario, asked, shard, why, up_s)
    held, evictions = np.zeros(STEPS, np.int64), 0
    for one in range(scenario.shards + 1):
        mine = np.flatnonzero(store == one)
        if not mine.size:
            continue
        key, time_s, ttl_s = asked.key[mine], asked.time_s[mine], life_s[mine]
        done = _replay(scenario, key, time_s, ttl_s)
        gone = one == 0 and not scenario.cache.keeps_copies
        held += done.held * ~(gone & (_step_ends(scenario) >= down_s))
        evictions += int(np.count_nonzero(done.replay.evicted >= 0))
        why[mine], life_s[mine] = _explain(scenario, key, time_s, ttl_s, done.replay)
    none = np.zeros(scenario.sample.keys)
    return Memory(why, life_s, none, shard, held, evictions, down_s, up_s)


def _stores(
    scenario: CacheScenario,
    asked: Requests,
    shard: NDArray[np.int64],
    why: NDArray[np.int8],
    up_s: float,
) -> NDArray[np.int64]:
    """Number the store that each request touches: -1 for none.

    What a node holds after it came back empty is another store, behind those of all shards.
    """
    store = shard[asked.key]
    if not scenario.cache.keeps_copies:
        back = store[np.searchsorted(asked.time_s, up_s) :]
        back[back == 0] = scenario.shards
    if scenario.strategy in ("lazy", "invalidate"):
        store[asked.is_write] = -1
    store[why == OUT_OF_REACH] = -1
    return store


def _step_ends(scenario: CacheScenario) -> NDArray[np.float64]:
    step_s = scenario.sample.duration_s / STEPS
    return np.asarray(np.arange(1, STEPS + 1) * step_s, dtype=np.float64)


def _shards(scenario: CacheScenario) -> NDArray[np.int64]:
    keys = scenario.sample.keys
    if scenario.shards == 1:
        return np.zeros(keys, np.int64)
    slots = [caching.hash_slot(f"item:{key}") for key in range(keys)]
    return caching.slot_node(slots, scenario.shards)


def _outage(scenario: CacheScenario) -> tuple[float, float]:
    if scenario.node_loss_at_min is None:
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
        change = (done.outcome == MISS).astype(np.int64) - (done.evicted >= 0)
        held = np.append(0, np.cumsum(change))[np.searchsorted(time_s, _step_ends(scenario))]
        return _Store(done, held)
    sample = scenario.sample
    replay = keystore.replay(
        key,
        sample.shard_items,
        scenario.evicts,
        time_s=time_s,
        ttl_s=ttl_s,
        renew=scenario.renew_ttl,
        sampling=_sampling(scenario.evicts),
        lfu=keystore.Lfu(_fact("lfu", "init_value"), _fact("lfu", "log_factor"), 1),
        cycle=_cycle(sample) if scenario.has_ttl else keystore.LAZY_ONLY,
        watch_s=_step_ends(scenario),
        seed=scenario.seed,
    )
    return _Store(Replay(replay.outcome, replay.evicted), replay.held)


def _by_recency(
    scenario: CacheScenario, key: NDArray[np.uint32], time_s: NDArray
) -> eviction.Replay:
    """Memcached's two ways, and an exact LRU."""
    fit = scenario.sample.shard_items
    if scenario.evicts == SEGMENTED:
        hot, warm = (_fact("memcached", f"lru_{name}_share") / 100 for name in ("hot", "warm"))
        return eviction.segmented_lru(key, fit, hot_share=hot, warm_share=warm)
    rest_s = float(_fact("memcached", "lru_rest")) if scenario.evicts == PLAIN else 0.0
    return eviction.lru(key, fit, time_s=time_s, ttl_s=scenario.life_s, rest_s=rest_s)


def _sampling(policy: str) -> keystore.Sampling:
    """How Redis samples, and how coarse its clock is: minutes for frequency, else seconds."""
    by_frequency = policy.endswith("lfu")
    clock_s = _fact("lfu", "decay_time") * 60 if by_frequency else _fact("eviction", "lru_clock")
    return keystore.Sampling(
        _fact("eviction", "maxmemory_samples"), _fact("eviction", "pool_size"), clock_s
    )


def _cycle(sample: Sample) -> keystore.ExpiryCycle:
    """Make the cycle more seldom in a sample, so that each item is looked at as often.

    In a long run it is more seldom still, and looks at as many more.
    """
    hz = _fact("expire", "hz")
    seldom = max(sample.each, sample.duration_s * hz / MOST_CYCLES)
    return keystore.ExpiryCycle(
        seldom / hz,
        round(_fact("expire", "keys_per_loop") * seldom / sample.each),
        _fact("expire", "acceptable_stale"),
        _fact("expire", "max_loops"),
    )


def _fact(subject: str, key: str) -> Any:
    return ELASTICACHE.value(subject, key)


def _explain(
    scenario: CacheScenario,
    key: NDArray[np.uint32],
    time_s: NDArray,
    ttl_s: NDArray,
    replay: Replay,
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Say why each request missed, and how long what it stores will stay."""
    told = stays(key, replay)
    life_s = ttl_s
    if scenario.renew_ttl and scenario.has_ttl:
        life_s = time_s[told.last] + scenario.ttl_s - time_s
    life_s = np.minimum(life_s, np.append(time_s, np.inf)[told.evicted_at] - time_s)
    life_s[told.why == NO_ROOM] = AT_ONCE_S
    return told.why, np.maximum(life_s, AT_ONCE_S)
