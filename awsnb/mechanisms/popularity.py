"""Which keys are asked for: traces of key ids by popularity, drift, scan and loop.

Key 0 is the most popular one. `shuffled` hands popularity out at random instead.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import allocating_kernel

__all__ = [
    "draw",
    "drift",
    "loop",
    "shuffled",
    "with_scan",
    "zipf_weights",
]


def zipf_weights(keys: int, alpha: float) -> NDArray[np.float64]:
    """Popularity of each of `keys` keys by Zipf's law: that of rank r is in proportion to r^-alpha.

    Parameters
    ----------
    keys : int
        How many, at least 1.
    alpha : float
        Skew, 0 (all alike) or more.

    Returns
    -------
    ndarray of float, shape (keys,)
        Probabilities; they add up to 1.

    Raises
    ------
    ValueError
        If there is no key, or the skew below 0.
    """
    if not (keys >= 1 and 0 <= alpha < np.inf):
        raise ValueError(f"keys = {keys}, alpha = {alpha}: at least 1 key, alpha 0 or more.")
    weight = np.arange(1, keys + 1, dtype=np.float64) ** -alpha
    return weight / weight.sum()


def draw(weights: ArrayLike, n: int, seed: int) -> NDArray[np.uint32]:
    """Draw `n` keys independently, each as likely as its weight.

    By the alias method (Walker 1977, Vose 1991): each key owns a column of equal height, and what a
    popular key has too much is stacked on the column of an unpopular one. A draw is then one
    column and one coin, whatever the number of keys.

    Parameters
    ----------
    weights : array_like of float, shape (k,)
        0 or more, not all 0.
    n : int
        Requests.
    seed : int

    Returns
    -------
    ndarray of uint32, shape (n,)

    Raises
    ------
    ValueError
        If the weights are none, negative or all 0.

    Examples
    --------
    >>> draw([1, 0, 1], 8, seed=1).tolist()
    [2, 2, 0, 2, 0, 0, 0, 0]
    """
    weight = np.ascontiguousarray(weights, dtype=np.float64)
    if weight.ndim != 1 or not (weight.size and weight.min() >= 0 and 0 < weight.sum() < np.inf):
        raise ValueError("weights must be a list of finite numbers, 0 or more, not all 0.")
    own, alias = _alias_table(weight * (weight.size / weight.sum()))
    random = np.random.default_rng(seed)
    column = random.integers(weight.size, size=n, dtype=np.uint32)
    return np.where(random.random(n) < own[column], column, alias[column])


def shuffled(key: NDArray[np.uint32], keys: int, seed: int) -> NDArray[np.uint32]:
    """Rename the keys 0 .. keys - 1 at random, so that an id says nothing of popularity.

    Parameters
    ----------
    key : ndarray of uint32, shape (n,)
        The key of each request.
    keys : int
        How many there are.
    seed : int

    Returns
    -------
    ndarray of uint32, shape (n,)
    """
    return np.random.default_rng(seed).permutation(keys).astype(np.uint32)[key]


def drift(key: NDArray[np.uint32], keys: int, every: float) -> NDArray[np.uint32]:
    """Move popularity on by one key after each `every` requests: what is hot cools down.

    Parameters
    ----------
    key : ndarray of uint32, shape (n,)
        The key of each request.
    keys : int
        How many there are.
    every : float
        Above 0, in requests.

    Returns
    -------
    ndarray of uint32, shape (n,)

    Raises
    ------
    ValueError
        If `every` is not above 0.

    Examples
    --------
    >>> drift(np.zeros(6, np.uint32), keys=3, every=2).tolist()
    [0, 0, 1, 1, 2, 2]
    """
    if not every > 0:
        raise ValueError(f"every = {every}: must be above 0 requests.")
    return ((key + np.arange(key.size) // every) % keys).astype(np.uint32)


def loop(keys: int, n: int) -> NDArray[np.uint32]:
    """Ask for all keys in turn, again and again: LRU's worst case.

    Parameters
    ----------
    keys : int
        How many there are.
    n : int
        Requests.

    Returns
    -------
    ndarray of uint32, shape (n,)

    Examples
    --------
    >>> loop(3, 5).tolist()
    [0, 1, 2, 0, 1]
    """
    return (np.arange(n) % keys).astype(np.uint32)


def with_scan(key: NDArray[np.uint32], at: int, first: int, length: int) -> NDArray[np.uint32]:
    """Insert a scan before request `at`: the keys `first`, `first` + 1, ... once each.

    Parameters
    ----------
    key : ndarray of uint32, shape (n,)
        The key of each request.
    at : int
        Position of that request.
    first : int
        First key of the scan.
    length : int
        Keys in the scan.

    Returns
    -------
    ndarray of uint32, shape (n + length,)

    Examples
    --------
    >>> with_scan(np.array([7, 7], np.uint32), at=1, first=100, length=3).tolist()
    [7, 100, 101, 102, 7]
    """
    return np.insert(key, at, np.arange(first, first + length, dtype=np.uint32))


@allocating_kernel
def _alias_table(height):  # type: ignore[no-untyped-def]
    keys = height.size
    own, alias = height.copy(), np.arange(keys).astype(np.uint32)
    # both stacks in one array: columns too low from the left, too high from the right
    stack, low, high = np.empty(keys, np.int64), 0, keys
    for k in range(keys):
        if own[k] < 1.0:
            stack[low] = k
            low += 1
        else:
            high -= 1
            stack[high] = k
    while low > 0 and high < keys:
        low -= 1
        small, tall = stack[low], stack[high]
        alias[small] = tall
        own[tall] -= 1.0 - own[small]
        if own[tall] < 1.0:
            high += 1
            stack[low] = tall
            low += 1
    return own, alias
