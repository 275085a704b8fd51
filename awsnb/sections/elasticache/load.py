"""The requests: which key is asked for when, and which of them write."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import popularity
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.elasticache.sample import Sample
from awsnb.sections.elasticache.scenario import DRIFT, LOOP, SCAN, CacheScenario

SCAN_AT = 0.6  # of what is simulated
DRIFT_SHARE = 0.5  # of the keys, over the run


class Requests(NamedTuple):
    """Requests in order of time: the key of each, when it comes (s), whether it writes."""

    key: NDArray[np.uint32]
    time_s: NDArray[np.float64]
    is_write: NDArray[np.bool_]


def requests(scenario: CacheScenario) -> Requests:
    """Draw the sample's requests."""
    return draw(
        scenario.keys, scenario.zipf_alpha, scenario.workload, scenario.requests_per_s,
        scenario.write_share_pct, scenario.seed, scenario.sample, scenario.duration_min,
    )  # fmt: skip


def after_batch(asked: Requests, keys: int, seed: int) -> Requests:
    """Put the batch that stores every item before the requests, in an order of its own."""
    order = generator(seed, "batch").permutation(keys).astype(np.uint32)
    return Requests(
        np.concatenate([order, asked.key]),
        np.concatenate([np.zeros(keys), asked.time_s]),
        np.concatenate([np.zeros(keys, np.bool_), asked.is_write]),
    )


@lru_cache(maxsize=8)
def weights(keys: int, alpha: float, sampled: int) -> NDArray[np.float64]:
    """Popularity of each item of the sample: that of all the neighbours it stands for.

    All stand for equally many, parts of one among them: were it whole ones, an item would stand for
    two and the next for one, and be asked for half as often.
    """
    if sampled == keys:
        return popularity.zipf_weights(keys, alpha)
    up_to = _up_to(keys, alpha)
    ends = np.linspace(0, keys, sampled + 1)
    whole = np.minimum(ends.astype(np.int64), keys - 1)
    return np.diff(up_to[whole] + (ends - whole) * (up_to[whole + 1] - up_to[whole]))


@lru_cache(maxsize=2)
def _up_to(keys: int, alpha: float) -> NDArray[np.float64]:
    """Popularity of the first so many items together; samples of several sizes are cut from it."""
    return np.concatenate(([0.0], np.cumsum(popularity.zipf_weights(keys, alpha))))


@lru_cache(maxsize=8)
def draw(
    keys: int,
    alpha: float,
    workload: str,
    rate: int,
    write_share_pct: float,
    seed: int,
    sample: Sample,
    duration_min: int,
) -> Requests:
    """Draw requests: keys, times and writes each from their own stream."""
    count = generator(seed, "count").poisson(rate / sample.each * sample.duration_s)
    time_s = np.sort(generator(seed, "times").uniform(0, sample.duration_s, count))
    if workload == LOOP:
        key = popularity.loop(sample.keys, count)
    else:
        key = popularity.draw(weights(keys, alpha, sample.keys), count, seed)
    if workload == DRIFT:
        moved = DRIFT_SHARE * sample.keys * sample.duration_s / (60.0 * duration_min)
        key = popularity.drift(key, sample.keys, max(count / moved, 1.0))
    if workload == SCAN:
        first = int(SCAN_AT * count)
        length = min(sample.keys, count - first)
        key = popularity.with_scan(key, first, 0, length)[:count]
    is_write = generator(seed, "writes").random(count) < write_share_pct / 100
    return Requests(key, time_s, is_write)
