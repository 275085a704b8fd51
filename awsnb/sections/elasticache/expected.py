"""What closed forms say of a cache: its hit ratio as it warms, once warm, and by size."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.elasticache import ELASTICACHE, PLAIN
from awsnb.mechanisms import eviction
from awsnb.sections.elasticache.load import draw, weights
from awsnb.sections.elasticache.sample import Sample
from awsnb.sections.elasticache.scenario import STEADY, CacheScenario

SHARES_PCT = np.geomspace(1.0, 95.0, 12)
WARM_UP = np.geomspace(1, 2e6, 16)
LOOKALIKE = {"random": "random", "ttl": "random", "lfu": "popular"}
"""Policies that Che's approximation of LRU does not describe: what describes them better."""


class Sizes(NamedTuple):
    """Hit ratios in % by the share of keys that fit, in %."""

    simulated: NDArray[np.float64]
    che: NDArray[np.float64]
    most: NDArray[np.float64]


def by_size(scenario: CacheScenario) -> Sizes:
    """Hit ratios of an exact LRU, simulated and expected, and the most that any policy gets."""
    simulated = _simulated(
        scenario.keys, scenario.zipf_alpha, scenario.workload, scenario.requests_per_s,
        scenario.write_share_pct, scenario.seed, scenario.sample, scenario.duration_min,
    )  # fmt: skip
    che, most = _expected(scenario.keys, scenario.zipf_alpha, scenario.sample.keys)
    return Sizes(simulated, che, most)


def once_warm(scenario: CacheScenario) -> float:
    """Expected hit ratio once the cache is warm, %: what the size or the TTL lets through."""
    rest, sample = 0.0, scenario.sample
    if scenario.evicts == PLAIN:
        rest = ELASTICACHE.value("memcached", "lru_rest") * scenario.touches_per_s / sample.each
    form, fit = _form(scenario.evicts), min(sample.shard_items * scenario.shards, sample.keys)
    size = _at_capacity(scenario.keys, scenario.zipf_alpha, fit, form, rest, sample.keys)
    return min(size, by_ttl(scenario))


def by_ttl(scenario: CacheScenario) -> float:
    """Expected hit ratio if only the TTL took items, %."""
    if not scenario.has_ttl:
        return 100.0
    sample = scenario.sample
    shares = weights(scenario.keys, scenario.zipf_alpha, sample.keys)
    rate = scenario.touches_per_s / sample.each * shares
    return 100 * theory.ttl_hit_ratio(rate, scenario.ttl_s, renewed=scenario.renew_ttl)


def warming(scenario: CacheScenario, minute: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected hit ratio so many minutes after an empty start, %."""
    sample = scenario.sample
    curve = _warm_up(scenario.keys, scenario.zipf_alpha, sample.keys)
    asked = np.maximum(scenario.touches_per_s / sample.each * 60 * minute, 1.0)
    return np.minimum(np.interp(np.log(asked), np.log(WARM_UP), curve), once_warm(scenario))


def doubt(scenario: CacheScenario) -> str:
    """Why the closed forms do not hold; "" where they do.

    They take a cache that starts empty, and requests that are independent of each other.
    """
    if scenario.workload != STEADY:
        return "requests are not independent"
    return "filled by a batch" if scenario.filled else ""


def _form(policy: str) -> str:
    return next((form for end, form in LOOKALIKE.items() if policy.endswith(end)), "lru")


@lru_cache(maxsize=64)
def _at_capacity(
    keys: int, alpha: float, capacity: int, form: str, rest: float, sampled: int
) -> float:
    popularity = weights(keys, alpha, sampled)
    if capacity >= np.count_nonzero(popularity):
        return 100.0
    if form == "popular":
        return 100 * float(popularity[:capacity].sum())
    if rest:
        return 100 * theory.resting_lru_hit_ratio(popularity, capacity, rest)
    ratio = theory.lru_hit_ratio if form == "lru" else theory.random_hit_ratio
    return 100 * ratio(popularity, capacity)


@lru_cache(maxsize=16)
def _expected(
    keys: int, alpha: float, sampled: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    popularity, sizes = weights(keys, alpha, sampled), _sizes(sampled)
    che = [100 * theory.lru_hit_ratio(popularity, size) for size in sizes]
    return np.array(che), 100 * np.cumsum(popularity)[sizes - 1]


@lru_cache(maxsize=16)
def _warm_up(keys: int, alpha: float, sampled: int) -> NDArray[np.float64]:
    popularity = weights(keys, alpha, sampled)
    return np.array([100 * theory.warm_up_hit_ratio(popularity, asked) for asked in WARM_UP])


@lru_cache(maxsize=8)
def _simulated(
    keys: int,
    alpha: float,
    workload: str,
    rate: int,
    write_share_pct: float,
    seed: int,
    sample: Sample,
    duration_min: int,
) -> NDArray[np.float64]:
    asked = draw(keys, alpha, workload, rate, write_share_pct, seed, sample, duration_min)
    read = asked.key[~asked.is_write]
    if not read.size:
        return np.zeros(SHARES_PCT.size)
    sizes = _sizes(sample.keys)
    warm = eviction.lru_misses(read, sizes)[read.size // 2 :]
    hits = np.cumsum(np.bincount(warm, minlength=sizes.size))[: sizes.size]
    return 100 * (hits / warm.size)


def _sizes(keys: int) -> NDArray[np.int64]:
    return np.clip(np.rint(SHARES_PCT / 100 * keys), 1, keys - 1).astype(np.int64)
