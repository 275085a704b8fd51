"""The requests: which key is asked for when, and which of them write."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import popularity
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.elasticache.scenario import DRIFT, LOOP, SCAN, CacheScenario

MINUTES = 10
DURATION_S = 60.0 * MINUTES
SCAN_AT = 0.6  # of the run
DRIFT_SHARE = 0.5  # of the keys, over the run


class Requests(NamedTuple):
    """Requests in order of time: the key of each, when it comes (s), whether it writes."""

    key: NDArray[np.uint32]
    time_s: NDArray[np.float64]
    is_write: NDArray[np.bool_]


def requests(scenario: CacheScenario) -> Requests:
    """Draw the requests of a scenario."""
    return draw(
        scenario.keys, scenario.zipf_alpha, scenario.workload, scenario.requests_per_s,
        scenario.write_share_pct, scenario.seed,
    )  # fmt: skip


@lru_cache(maxsize=8)
def weights(keys: int, alpha: float) -> NDArray[np.float64]:
    """Popularity of each key."""
    return popularity.zipf_weights(keys, alpha)


@lru_cache(maxsize=8)
def draw(
    keys: int, alpha: float, workload: str, rate: int, write_share_pct: float, seed: int
) -> Requests:
    """Draw requests: keys, times and writes each from their own stream."""
    count = generator(seed, "count").poisson(rate * DURATION_S)
    time_s = np.sort(generator(seed, "times").uniform(0, DURATION_S, count))
    if workload == LOOP:
        key = popularity.loop(keys, count)
    else:
        key = popularity.draw(weights(keys, alpha), count, seed)
    if workload == DRIFT:
        key = popularity.drift(key, keys, max(count / (DRIFT_SHARE * keys), 1.0))
    if workload == SCAN:
        first = int(SCAN_AT * count)
        length = min(keys, count - first)
        key = popularity.with_scan(key, first, 0, length)[:count]
    is_write = generator(seed, "writes").random(count) < write_share_pct / 100
    return Requests(key, time_s, is_write)
