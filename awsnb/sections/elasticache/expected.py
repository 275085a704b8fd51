"""What closed forms say of a cache: its hit ratio as it warms, once warm, and by size."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.elasticache import ELASTICACHE, PLAIN
from awsnb.mechanisms import eviction
from awsnb.sections.elasticache.load import draw, weights
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
        scenario.write_share_pct, scenario.seed,
    )  # fmt: skip
    che, most = _expected(scenario.keys, scenario.zipf_alpha)
    return Sizes(simulated, che, most)


def once_warm(scenario: CacheScenario) -> float:
    """Expected hit ratio once the cache is warm, %: what the size or the TTL lets through."""
    rest = 0.0
    if scenario.evicts == PLAIN:
        rest = ELASTICACHE.value("memcached", "lru_rest") * scenario.touches_per_s
    form = _form(scenario.evicts)
    size = _at_capacity(scenario.keys, scenario.zipf_alpha, scenario.capacity, form, rest)
    return min(size, by_ttl(scenario))


def by_ttl(scenario: CacheScenario) -> float:
    """Expected hit ratio if only the TTL took items, %."""
    if not scenario.has_ttl:
        return 100.0
    rate = scenario.touches_per_s * weights(scenario.keys, scenario.zipf_alpha)
    return 100 * theory.ttl_hit_ratio(rate, scenario.ttl_s, renewed=scenario.renew_ttl)


def warming(scenario: CacheScenario, minute: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected hit ratio so many minutes after an empty start, %."""
    curve = _warm_up(scenario.keys, scenario.zipf_alpha)
    asked = np.maximum(scenario.touches_per_s * 60 * minute, 1.0)
    return np.minimum(np.interp(np.log(asked), np.log(WARM_UP), curve), once_warm(scenario))


def applies(scenario: CacheScenario) -> bool:
    """Whether requests are as the closed forms have them: independent, popularity unchanging."""
    return scenario.workload == STEADY


def _form(policy: str) -> str:
    return next((form for end, form in LOOKALIKE.items() if policy.endswith(end)), "lru")


@lru_cache(maxsize=64)
def _at_capacity(keys: int, alpha: float, capacity: int, form: str, rest: float) -> float:
    popularity = weights(keys, alpha)
    if capacity >= np.count_nonzero(popularity):
        return 100.0
    if form == "popular":
        return 100 * float(popularity[:capacity].sum())
    if rest:
        return 100 * theory.resting_lru_hit_ratio(popularity, capacity, rest)
    ratio = theory.lru_hit_ratio if form == "lru" else theory.random_hit_ratio
    return 100 * ratio(popularity, capacity)


@lru_cache(maxsize=16)
def _expected(keys: int, alpha: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    popularity, sizes = weights(keys, alpha), _sizes(keys)
    che = [100 * theory.lru_hit_ratio(popularity, size) for size in sizes]
    return np.array(che), 100 * np.cumsum(popularity)[sizes - 1]


@lru_cache(maxsize=16)
def _warm_up(keys: int, alpha: float) -> NDArray[np.float64]:
    popularity = weights(keys, alpha)
    return np.array([100 * theory.warm_up_hit_ratio(popularity, asked) for asked in WARM_UP])


@lru_cache(maxsize=8)
def _simulated(
    keys: int, alpha: float, workload: str, rate: int, write_share_pct: float, seed: int
) -> NDArray[np.float64]:
    asked = draw(keys, alpha, workload, rate, write_share_pct, seed)
    read = asked.key[~asked.is_write]
    if not read.size:
        return np.zeros(SHARES_PCT.size)
    half = read.size // 2
    return np.array(
        [
            100 * eviction.hit_ratio(eviction.lru(read, int(size)).outcome[half:])[0]
            for size in _sizes(keys)
        ]
    )


def _sizes(keys: int) -> NDArray[np.int64]:
    return np.clip(np.rint(SHARES_PCT / 100 * keys), 1, keys - 1).astype(np.int64)
