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
from awsnb.sections.elasticache.load import Requests, after_batch
from awsnb.sections.elasticache.sample import Sample
from awsnb.sections.elasticache.scenario import CacheScenario

COLD, EVICTED, TOO_OLD, NO_ROOM, FOUND, OUT_OF_REACH = range(6)
"""Why memory has no copy of a key for a request; `FOUND` if it has."""

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
    outcome: NDArray[np.int8]
    evicted: NDArray[np.int32]
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
    ttl_s = _times_to_live(scenario, n)
    on_lost = (shard == 0)[asked.key] if down_s < np.inf else np.zeros(n, np.bool_)
    away = on_lost & (asked.time_s >= down_s) & (asked.time_s < up_s)
    # what a node holds after it came back empty is another store
    is_lost = down_s < np.inf and not scenario.cache.keeps_copies
    era = (on_lost & (asked.time_s >= up_s) & is_lost).astype(np.int64)
    touches = ~away
    if scenario.strategy in ("lazy", "invalidate"):
        touches &= ~asked.is_write
    store = shard[asked.key] + scenario.shards * era

    why = np.full(n, FOUND, np.int8)
    why[away] = OUT_OF_REACH
    life_s = ttl_s.copy()
    held, evictions = np.zeros(STEPS, np.int64), 0
    for one in range(scenario.shards + int(era.any())):
        mine = np.flatnonzero(touches & (store == one))
        if not mine.size:
            continue
        done = _replay(scenario, asked.key[mine], asked.time_s[mine], ttl_s[mine])
        gone = is_lost and one == 0
        held += done.held * ~(gone & (_step_ends(scenario) >= down_s))
        evictions += int(np.count_nonzero(done.evicted >= 0))
        why[mine], life_s[mine] = _explain(
            scenario, asked.key[mine].astype(np.int64), asked.time_s[mine], ttl_s[mine], done
        )
    none = np.zeros(scenario.sample.keys)
    return Memory(why, life_s, none, shard, held, evictions, down_s, up_s)


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
        return _Store(*done, held)
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
    return _Store(replay.outcome, replay.evicted, replay.held)


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
    scenario: CacheScenario, key: NDArray[np.int64], time_s: NDArray, ttl_s: NDArray, done: _Store
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Say why each request missed, and how long what it stores will stay.

    Requests of a key, in order, fall into stays: each begins with a load and ends with an eviction
    or with the TTL.
    """
    n = key.size
    code = np.sort(key * n + np.arange(n))  # a key's requests in order: sooner than a stable sort
    sorted_key, order = np.divmod(code, n)
    first = np.ones(n, np.bool_)
    first[1:] = sorted_key[1:] != sorted_key[:-1]
    loads = done.outcome[order] != HIT
    stay = np.cumsum(loads | first) - 1
    ends_s = np.full(stay[-1] + 1, np.inf)
    at = np.flatnonzero(done.evicted >= 0)
    evicted = np.sort(done.evicted[at].astype(np.int64) * n + at)  # in order they are found sooner
    ended = stay[np.searchsorted(code, evicted) - 1]
    ends_s[ended] = time_s[evicted % n]

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
