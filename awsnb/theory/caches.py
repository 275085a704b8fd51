"""Caches: hit ratios under independent requests, warm-up, stampedes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


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

    Raises
    ------
    ValueError
        If the capacity is not above 0 and below the keys asked for.

    Examples
    --------
    >>> round(characteristic_time([0.25] * 4, 2, renewed=False), 6)
    4.0
    """
    p = _asked_for(popularity, capacity)
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

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    capacity : float
        Keys that fit, below the number that are asked for at all.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If the capacity is not above 0 and below the keys asked for.

    Examples
    --------
    >>> round(lru_hit_ratio([0.5, 0.3, 0.2], 2), 2)  # exact: 0.72
    0.72
    """
    p = np.asarray(popularity, dtype=np.float64)
    return float(np.sum(p * -np.expm1(-p * characteristic_time(p, capacity))))


def random_hit_ratio(popularity: ArrayLike, capacity: float) -> float:
    """Hit ratio of a cache that evicts at random, or first in first out, approximately.

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    capacity : float
        Keys that fit, below the number that are asked for at all.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If the capacity is not above 0 and below the keys asked for.

    Examples
    --------
    >>> round(random_hit_ratio([0.25] * 4, 2), 6)
    0.5
    """
    p = np.asarray(popularity, dtype=np.float64)
    return ttl_hit_ratio(p, characteristic_time(p, capacity, renewed=False))


def resting_lru_hit_ratio(popularity: ArrayLike, capacity: float, rest: float) -> float:
    """Hit ratio of an LRU cache that moves a key at most once in `rest` requests, approximately.

    As Memcached does. By Che's argument a key goes when T requests have passed since it was last
    moved. After a move it rests, and the first hit behind the rest moves it again, so that a stay
    of key i lasts ``exp(p (T - r)) (r + (1 - exp(-p (T - r))) / p)`` requests: LRU's at r = 0, and
    T, first in first out, where the rest is longer than that.

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    capacity : float
        Keys that fit, below the number that are asked for at all.
    rest : float
        In requests: their rate x the rest in seconds.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If the capacity is not above 0 and below the keys asked for.

    Examples
    --------
    >>> popularity = [0.4, 0.3, 0.2, 0.1]
    >>> round(resting_lru_hit_ratio(popularity, 2, 0) - lru_hit_ratio(popularity, 2), 9)
    0.0
    >>> round(resting_lru_hit_ratio(popularity, 2, 99) - random_hit_ratio(popularity, 2), 9)
    0.0
    """
    p = _asked_for(popularity, capacity)

    def held(time: float) -> NDArray[np.float64]:
        late = np.minimum(p * max(time - rest, 0.0), 300.0)  # e**300 is for ever
        stay = np.exp(late) * (p * min(rest, time) - np.expm1(-late))  # in the key's own requests
        return np.asarray(stay / (1 + stay))

    low, high = 0.0, capacity / float(p.min()) + rest
    while np.sum(held(high)) < capacity:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if np.sum(held(middle)) > capacity else (middle, high)
    return float(np.sum(p * held(high)) / np.sum(p))


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

    Returns
    -------
    float
        0 to 1.

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

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    requests : float
        Since then, 0 or more.

    Returns
    -------
    float
        0 to 1.

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

    Parameters
    ----------
    rate_per_s : float
        Requests of the key per second.
    load_s : float
        How long a load takes, s.

    Returns
    -------
    float
        Loads.

    Examples
    --------
    >>> stampede_size(rate_per_s=1000, load_s=0.05)
    51.0
    """
    return 1 + rate_per_s * load_s


def _asked_for(popularity: ArrayLike, capacity: float) -> NDArray[np.float64]:
    """The keys that are asked for at all, if they are more than fit."""
    p = np.asarray(popularity, dtype=np.float64)
    p = p[p > 0]
    if not 0 < capacity < p.size:
        raise ValueError(f"capacity = {capacity}: must be above 0, below the keys asked for.")
    return p
