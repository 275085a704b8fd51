"""Which keys a cache that holds so many keys keeps: exact LRU and Memcached's segmented LRU.

Keys are ids 0..k-1, all of one size; a request that misses loads its key.

Exact LRU needs no list. The trace itself is in order of recency: a key is held if its latest
request stands at or behind a tail that moves along the trace, and the key at the tail is evicted if
that was its latest request. Where a hit moves a key only now and then, as in Memcached, its latest
move stands for its latest request. A time to live that is the same for all is a second such
pointer: what was loaded before it has expired.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import allocating_kernel, kernel
from awsnb.mechanisms._prefetch import prefetch
from awsnb.mechanisms._records import layout, records

__all__ = [
    "EXPIRED",
    "HIT",
    "MISS",
    "NOTHING",
    "REFUSED",
    "Replay",
    "hit_ratio",
    "lru",
    "lru_misses",
    "segmented_lru",
]

MISS, HIT, EXPIRED, REFUSED = 0, 1, 2, 3
"""What a request found: nothing, its key, its key too old, nothing and no room to store it."""

NOTHING = -1

AHEAD = 16


class Replay(NamedTuple):
    """What became of each of n requests.

    Attributes
    ----------
    outcome : ndarray of int8, shape (n,)
        `MISS`, `HIT`, `EXPIRED` or `REFUSED`.
    evicted : ndarray of int32, shape (n,)
        The key that had to go for this request's, or `NOTHING`.
    """

    outcome: NDArray[np.int8]
    evicted: NDArray[np.int32]


def lru(
    key: ArrayLike,
    capacity: int,
    *,
    time_s: ArrayLike | None = None,
    ttl_s: float = np.inf,
    rest_s: float = 0.0,
) -> Replay:
    """Replay a trace through an exact LRU cache, or one that moves a key only now and then.

    Parameters
    ----------
    key : array_like of int, shape (n,)
        The key of each request, dense from 0.
    capacity : int
        Keys that fit, at least 1.
    time_s : array_like of float, shape (n,)
        When each request comes, never earlier than the one before. Needed for a TTL and a rest.
    ttl_s : float
        Age at which a loaded key expires, above 0 s. A hit does not renew it; an expired key takes
        room until it is asked for (lazy expiry) or evicted.
    rest_s : float
        A hit leaves a key where it is that was loaded or moved so recently. 0 is an exact LRU; with
        a rest longer than keys are held, first in is first out.

    Returns
    -------
    Replay

    Raises
    ------
    ValueError
        If a key, a time, the capacity, the TTL or the rest is out of bounds.

    Examples
    --------
    >>> lru([0, 1, 0, 2, 1], capacity=2).outcome.tolist()
    [0, 0, 1, 0, 0]
    >>> lru([0, 1, 0, 2, 1], capacity=2, time_s=range(5), rest_s=60).outcome.tolist()
    [0, 0, 1, 0, 1]
    >>> lru([0, 0, 0], capacity=2, time_s=[0, 9, 10], ttl_s=10).outcome.tolist()
    [0, 1, 2]
    """
    ids = dense_keys(key)
    _check_capacity(capacity)
    if not ttl_s > 0:
        raise ValueError(f"ttl_s = {ttl_s}: must be above 0 s.")
    if not 0 <= rest_s < np.inf:
        raise ValueError(f"rest_s = {rest_s}: must be 0 s or more, and finite.")
    time = np.empty(0)
    if ttl_s < np.inf or rest_s > 0:
        if time_s is None:
            raise ValueError(
                f"ttl_s = {ttl_s}, rest_s = {rest_s}: these need time_s, one time a request."
            )
        time = request_times(time_s, ids.size)
    seen = records(SEEN, key_count(ids))
    seen["moved"] = seen["loaded"] = NOTHING
    replay = unserved(ids.size)
    _lru(ids, time, capacity, float(ttl_s), float(rest_s), seen, *replay)
    return replay


def lru_misses(key: ArrayLike, capacities: ArrayLike) -> NDArray[np.int32]:
    """Replay a trace through exact LRU caches of several sizes at once.

    A larger LRU cache holds what a smaller one holds (Mattson, Gecsei, Slutz and Traiger,
    "Evaluation techniques for storage hierarchies", IBM Systems Journal, 1970). So all of them
    share one list by recency, and each knows the newest key that it holds no longer.

    Parameters
    ----------
    key : array_like of int, shape (n,)
        The key of each request, dense from 0.
    capacities : array_like of int, shape (m,)
        Keys that fit into each cache, at least 1 and never fewer than into the one before.

    Returns
    -------
    ndarray of int32, shape (n,)
        How many of the caches miss each request: so many of the smallest.

    Raises
    ------
    ValueError
        If a key or a capacity is out of bounds, or the capacities decrease.

    Examples
    --------
    >>> lru_misses([0, 1, 0, 2, 1], capacities=[1, 2, 3]).tolist()
    [3, 3, 1, 3, 2]
    """
    ids, fits = dense_keys(key), np.array(capacities, dtype=np.int64)
    for capacity in fits:
        _check_capacity(capacity)
    if np.any(np.diff(fits) < 0):
        raise ValueError(f"capacities = {fits.tolist()}: must never decrease.")
    keys = key_count(ids)
    ring = records(RECENT, keys + 1)
    ring["moved"], ring["older"], ring["newer"] = NOTHING, np.arange(keys + 1), np.arange(keys + 1)
    misses = np.empty(ids.size, np.int32)
    _lru_misses(ids, fits, np.full(fits.size, keys), ring, misses)
    return misses


def segmented_lru(key: ArrayLike, capacity: int, *, hot_share: float, warm_share: float) -> Replay:
    """Replay a trace through Memcached's segmented LRU, simplified.

    A loaded key enters HOT. A key is active once it was hit twice since it was loaded; a move ends
    that, and one more hit renews it. The tail of HOT goes to WARM if active, else to COLD; the tail
    of WARM goes round again if active, else to COLD; a key that becomes active in COLD goes to
    WARM. The tail of COLD is evicted. So a scan passes through and leaves WARM as it was.

    Simplified: queues are trimmed at once and only above their share, where Memcached's background
    thread trims them in its own time and also by age; one slab class; no TTL.

    Parameters
    ----------
    key : array_like of int, shape (n,)
        The key of each request, dense from 0.
    capacity : int
        Keys that fit, at least 1.
    hot_share, warm_share : float
        Parts of the capacity that HOT and WARM may fill, together below 1.

    Returns
    -------
    Replay

    Raises
    ------
    ValueError
        If a key, the capacity or a share is out of bounds.
    """
    ids = dense_keys(key)
    _check_capacity(capacity)
    if not (hot_share >= 0 and warm_share >= 0 and hot_share + warm_share < 1):
        raise ValueError(
            f"hot_share = {hot_share}, warm_share = {warm_share}: each must be 0 or more, "
            "both together below 1."
        )
    hot, warm = int(hot_share * capacity), int(warm_share * capacity)
    keys = key_count(ids)
    nodes = records(NODE, keys + 3)
    for name in ("older", "newer", "queue", "hits"):
        nodes[name] = NOTHING
    nodes["older"][keys:] = nodes["newer"][keys:] = np.arange(keys, keys + 3)
    replay = unserved(ids.size)
    _segmented_lru(ids.astype(np.int64), capacity, np.array([hot, warm, 0]), nodes, *replay)
    return replay


def hit_ratio(outcome: NDArray[np.int8], windows: int = 1) -> NDArray[np.float64]:
    """Share of hits in each of `windows` equally long stretches of the trace.

    Parameters
    ----------
    outcome : ndarray of int8, shape (n,)
        Of a `Replay`.
    windows : int
        1 to n.

    Returns
    -------
    ndarray of float, shape (windows,)
        0 to 1.

    Raises
    ------
    ValueError
        If there are fewer requests than windows.

    Examples
    --------
    >>> hit_ratio(lru([0, 1, 0, 1], capacity=2).outcome, windows=2).tolist()
    [0.0, 1.0]
    """
    if not 1 <= windows <= outcome.size:
        raise ValueError(f"windows = {windows}: must be 1 to the number of requests.")
    start = np.arange(windows) * outcome.size // windows
    hits = np.add.reduceat(outcome == HIT, start, dtype=np.int64)
    return hits / np.diff(start, append=outcome.size)


def dense_keys(key: ArrayLike) -> NDArray[np.uint32]:
    """Cast keys to the kernels' type, or say what is wrong with them."""
    ids = np.asarray(key)
    if ids.dtype == np.uint32 and ids.ndim == 1:
        return np.require(ids, requirements=["C", "W"])
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise ValueError(
            f"key must be one-dimensional and of integers, not {ids.dtype} of shape {ids.shape}."
        )
    if ids.size and not (ids.min() >= 0 and ids.max() < 2**31):
        raise ValueError("key must be 0 to 2**31 - 1 everywhere: number the keys from 0 on.")
    return np.require(ids, np.uint32, ["C", "W"])


def unserved(n: int) -> Replay:
    """Make room for what will become of n requests."""
    return Replay(np.empty(n, np.int8), np.full(n, NOTHING, np.int32))


def key_count(ids: NDArray[np.uint32]) -> int:
    """How many ids there are to keep state for."""
    return int(ids.max()) + 1 if ids.size else 0


def request_times(time_s: ArrayLike, n: int) -> NDArray[np.float64]:
    """Cast times to the kernels' type, or say what is wrong with them."""
    time = np.require(time_s, np.float64, ["C", "W"])
    if time.shape != (n,):
        raise ValueError(f"time_s must hold one time for each of the {n} requests.")
    if n and not (np.all(time[1:] >= time[:-1]) and -np.inf < time[0] and time[-1] < np.inf):
        raise ValueError("time_s must be finite and never decrease.")
    return time


def _check_capacity(capacity: int) -> None:
    if not 1 <= capacity < 2**31:
        raise ValueError(f"capacity = {capacity}: must be at least 1 key, below 2**31.")


SEEN = layout(int32="moved loaded")
"""The requests that moved and that loaded a key last, side by side: one fetch from memory."""


@kernel
def _lru(ids, time, capacity, ttl, rest, seen, outcome, evicted):  # type: ignore[no-untyped-def]
    n = ids.size
    tail = fresh = held = 0
    for i in range(n):
        prefetch(seen, ids[min(i + AHEAD, n - 1)])
        prefetch(seen, ids[min(tail + AHEAD, n - 1)])
        key = ids[i]
        if time.size:
            while fresh < i and time[fresh] + ttl <= time[i]:
                fresh += 1
        if seen[key].moved >= tail:
            found = HIT if seen[key].loaded >= fresh else EXPIRED
        else:
            found = MISS
            if held < capacity:
                held += 1
            else:
                while seen[ids[tail]].moved != tail:
                    tail += 1
                evicted[i] = ids[tail]
                tail += 1
        if found != HIT:
            seen[key].loaded = i
        if found != HIT or rest <= 0.0 or time[seen[key].moved] + rest < time[i]:
            seen[key].moved = i
        outcome[i] = found


RECENT = layout(int32="moved older newer")
"""The request that moved a key last, and the key's neighbours in a ring by recency. Behind the keys
stands a sentinel, between the newest and the oldest."""


@kernel
def _lru_misses(ids, capacity, outside, ring, misses):  # type: ignore[no-untyped-def]
    n, held = ids.size, 0
    for i in range(n):
        prefetch(ring, ids[min(i + AHEAD, n - 1)])
        one, missing = ring[ids[i]], 0
        held += one.moved == NOTHING
        while missing < capacity.size and one.moved <= ring[outside[missing]].moved:
            if capacity[missing] < held:
                outside[missing] = ring[outside[missing]].newer
            missing += 1
        _renew(ids[i], one, ring)
        one.moved, misses[i] = i, missing


@kernel
def _renew(key, one, ring):  # type: ignore[no-untyped-def]
    """Make a key the newest of the ring; one that was not in it is its own neighbour."""
    ring[one.older].newer, ring[one.newer].older = one.newer, one.older
    end = ring.size - 1
    one.older, one.newer = ring[end].older, end
    ring[one.older].newer = ring[end].older = key


HOT, WARM, COLD = 0, 1, 2
NODE = layout(int64="older newer queue hits")
"""A key in its queue, a ring: its neighbours; the queue; hits since it was loaded or moved. Behind
the keys stand three sentinels, each between the tail and the head of its queue."""


@allocating_kernel
def _segmented_lru(ids, capacity, share, nodes, outcome, evicted):  # type: ignore[no-untyped-def]
    sentinel = nodes.size - 3
    size, held = np.zeros(3, np.int64), 0
    for i in range(ids.size):
        key, ring = ids[i], HOT
        node = nodes[key]
        if node.queue != NOTHING:
            outcome[i] = HIT
            node.hits += 1
            ring = node.queue
            if ring == COLD and node.hits >= 2:
                ring = WARM
        else:
            outcome[i] = MISS
            node.hits = 0
            held += 1
            if held > capacity:
                held -= 1
                last = COLD
                while size[last] == 0:
                    last -= 1
                oldest = nodes[sentinel + last].newer
                _take(nodes[oldest], nodes, size)
                evicted[i] = oldest
        if ring != node.queue:
            _move(key, ring, nodes, size)
        for ring in range(COLD):
            while size[ring] > share[ring]:
                oldest = nodes[sentinel + ring].newer
                _move(oldest, WARM if nodes[oldest].hits >= 2 else COLD, nodes, size)


@kernel
def _take(node, nodes, size):  # type: ignore[no-untyped-def]
    nodes[node.older].newer, nodes[node.newer].older = node.newer, node.older
    size[node.queue] -= 1
    node.queue = NOTHING


@kernel
def _move(key, ring, nodes, size):  # type: ignore[no-untyped-def]
    """Put a key at the head of a queue; of its hits one counts on."""
    node, place = nodes[key], nodes.size - 3 + ring
    if node.queue != NOTHING:
        _take(node, nodes, size)
    sentinel = nodes[place]
    node.older, node.newer = sentinel.older, place
    nodes[sentinel.older].newer = key
    sentinel.older = key
    node.queue, node.hits = ring, min(node.hits, 1)
    size[ring] += 1
