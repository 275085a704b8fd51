"""Closed forms: drawn beside the simulations where they apply, and the tests' oracles."""

import numpy as np
from numpy.typing import ArrayLike


def burst_duration_s(credit: float, burst_per_s: float, baseline_per_s: float) -> float:
    """How long a token bucket lasts at its burst rate, s.

    AWS: credit balance / (burst rate - baseline rate), Amazon EBS User Guide, General Purpose SSD.

    Examples
    --------
    >>> burst_duration_s(5_400_000, 3000, 300)
    2000.0
    """
    return credit / (burst_per_s - baseline_per_s)


def refill_duration_s(capacity: float, baseline_per_s: float) -> float:
    """How long an empty, idle token bucket takes to fill, s.

    Examples
    --------
    >>> refill_duration_s(5_400_000, 300)
    18000.0
    """
    return capacity / baseline_per_s


def scan_duration_s(
    work: float, capacity: float, burst_per_s: float, baseline_per_s: float
) -> float:
    """How long work takes that arrives at once before a full token bucket, s.

    At the burst rate while credit lasts, at the baseline rate afterwards.

    Examples
    --------
    A full scan of 1 TiB of st1, 250 MiB/s while 1 TiB of credit lasts, finishes on credit alone:

    >>> round(scan_duration_s(2**20, 2**20, 250, 40) / 3600, 2)
    1.17
    """
    if burst_per_s == baseline_per_s:
        return work / baseline_per_s
    bursting_s = burst_duration_s(capacity, burst_per_s, baseline_per_s)
    on_credit = burst_per_s * bursting_s
    if work <= on_credit:
        return work / burst_per_s
    return bursting_s + (work - on_credit) / baseline_per_s


def characteristic_time(popularity: ArrayLike, capacity: float, *, renewed: bool = True) -> float:
    """How long a key stays in a full cache after its last request (or its load), in requests.

    Che, Tung and Wang (2002): in a large cache it is nearly the same for all keys, whence the time
    T at which the keys held fill the capacity. With `renewed`, a hit starts it again: LRU, and key
    i is held with probability 1 - exp(-p_i T). Without, it runs from the load: FIFO and random
    eviction, p_i T / (1 + p_i T), as in Fricker, Robert and Roberts (2012).

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    capacity : float
        Keys that fit, below the number that are asked for at all.
    renewed : bool

    Returns
    -------
    float

    Examples
    --------
    >>> round(characteristic_time([0.25] * 4, 2, renewed=False), 6)
    4.0
    """
    p = np.asarray(popularity, dtype=np.float64)
    if not 0 < capacity < np.count_nonzero(p):
        raise ValueError(f"capacity = {capacity}: must be above 0, below the keys asked for.")
    time, step = float(capacity), np.inf
    # Newton's steps from the left: the keys held are concave in T, so none goes too far
    while step > 1e-12 * time:
        if renewed:
            gone = np.exp(-p * time)
            held, gain = np.sum(1 - gone), np.sum(p * gone)
        else:
            held, gain = np.sum(p * time / (1 + p * time)), np.sum(p / (1 + p * time) ** 2)
        step = (capacity - held) / gain
        time += float(step)
    return time


def lru_hit_ratio(popularity: ArrayLike, capacity: float) -> float:
    """Hit ratio of an LRU cache under independent requests, by Che's approximation.

    Within a point or so from some ten keys on. It fails where requests are not independent: a loop
    over one key more than fits never hits, whatever the popularity says.

    Examples
    --------
    >>> round(lru_hit_ratio([0.5, 0.3, 0.2], 2), 2)  # exact: 0.72
    0.72
    """
    p = np.asarray(popularity, dtype=np.float64)
    return float(np.sum(p * -np.expm1(-p * characteristic_time(p, capacity))))


def random_hit_ratio(popularity: ArrayLike, capacity: float) -> float:
    """Hit ratio of a cache that evicts at random, or first in first out, approximately.

    Examples
    --------
    >>> round(random_hit_ratio([0.25] * 4, 2), 6)
    0.5
    """
    p = np.asarray(popularity, dtype=np.float64)
    return ttl_hit_ratio(p, characteristic_time(p, capacity, renewed=False))


def ttl_hit_ratio(rate_per_s: ArrayLike, ttl_s: float, *, renewed: bool = False) -> float:
    """Hit ratio of a cache with room for all, whose keys expire. Exact for Poisson requests.

    A load is followed by rate x TTL hits on average; if hits renew the TTL, the next request hits
    with probability 1 - exp(-rate x TTL). Loads take no time here.

    Parameters
    ----------
    rate_per_s : array_like of float, shape (k,)
        Requests of each key.
    ttl_s : float
        The same for all keys; spread by jitter it costs some hits.
    renewed : bool
        Whether a hit starts the TTL again.

    Examples
    --------
    One request a second and a minute of TTL: 60 hits for each load.

    >>> round(ttl_hit_ratio([1.0], 60), 4)
    0.9836
    """
    rate = np.asarray(rate_per_s, dtype=np.float64)
    asked = rate * ttl_s
    share = -np.expm1(-asked) if renewed else asked / (1 + asked)
    return float(np.sum(rate * share) / np.sum(rate))


def warm_up_hit_ratio(popularity: ArrayLike, requests: float) -> float:
    """Chance that a request hits a cache with room for all, `requests` after it was emptied.

    Examples
    --------
    >>> warm_up_hit_ratio([0.5, 0.5], 2)
    0.75
    """
    p = np.asarray(popularity, dtype=np.float64)
    return float(np.sum(p * (1 - (1 - p) ** requests)))


def stampede_size(rate_per_s: float, load_s: float) -> float:
    """How many loads of one key a miss sets off before the first returns, without coalescing.

    Its own, and one for each request that comes meanwhile.

    Examples
    --------
    >>> stampede_size(rate_per_s=1000, load_s=0.05)
    51.0
    """
    return 1 + rate_per_s * load_s


def loss_window_s(every_s: float, takes_s: float = 0.0) -> tuple[float, float]:
    """How far back acknowledged writes are lost in a crash, on average and at worst, s.

    For writes that are made safe every `every_s`, which takes `takes_s`.

    Examples
    --------
    >>> loss_window_s(1.0)
    (0.5, 1.0)
    """
    return every_s / 2 + takes_s, every_s + takes_s
