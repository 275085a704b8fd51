"""A cache in front of an origin: latency, origin load, staleness and loss, by strategy.

Requests come in order of time and each is settled at once; what happens to its key in between (a
load arrives, a buffered write is flushed, a node fails) is caught up with when the key is next
touched. The cache has room for all keys: what capacity does is for `eviction` and `keystore`.
"""

import binascii
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import kernel
from awsnb.mechanisms._records import layout, records, records_of
from awsnb.mechanisms.eviction import dense_keys, key_count, request_times

__all__ = [
    "HASH_SLOTS",
    "HIT",
    "LOADED",
    "STRATEGIES",
    "WAITED",
    "WROTE",
    "Origin",
    "Outage",
    "Served",
    "durable_at",
    "hash_slot",
    "lost_writes",
    "serve",
    "slot_node",
    "under_way",
]

LOADED, HIT, WAITED, WROTE = 0, 1, 2, 3
"""What a request did: loaded a value, found one, waited for another's load, or was a write."""

LAZY, INVALIDATE, THROUGH, BEHIND = range(4)
STRATEGIES = {
    "lazy": LAZY,
    "invalidate": INVALIDATE,
    "write-through": THROUGH,
    "write-behind": BEHIND,
}
"""What a write changes: the origin; it, and drops the copy; both; the copy, the origin later."""

HASH_SLOTS = 16384


class Origin(NamedTuple):
    """What stands behind the cache.

    Attributes
    ----------
    read_s, write_s : float
        How long a read and a write take once they are worked on, s.
    workers : int
        How many it works on at once, first come first served; 0 is any number.
    each : float
        Queries that each one stands for, in a sample of them: it holds its worker for as long as
        all of them would, and what it waits for because it comes as a lump does not count.
    """

    read_s: float
    write_s: float
    workers: int
    each: float = 1.0


class Outage(NamedTuple):
    """One node of the cache is away from `down_s` to `up_s`, and comes back empty."""

    down_s: float
    up_s: float


class Served(NamedTuple):
    """What became of each of n requests.

    Attributes
    ----------
    outcome : ndarray of int8, shape (n,)
        `LOADED`, `HIT`, `WAITED` or `WROTE`.
    latency_s : ndarray of float, shape (n,)
        From request to answer.
    origin_s : ndarray of float, shape (n,)
        The part of it spent at the origin, in its queue too; 0 if it wasn't asked.
    age_s : ndarray of float, shape (n,)
        How long before the answer the value was read from or written to the origin; 0 for a write.
    behind : ndarray of int64, shape (n,)
        Writes acknowledged before the request that the value doesn't show. Above 0 is stale.
    flushed, lost : int
        Buffered writes: what reached the origin, several of one key in one; and what a node's
        failure took with it.
    """

    outcome: NDArray[np.int8]
    latency_s: NDArray[np.float64]
    origin_s: NDArray[np.float64]
    age_s: NDArray[np.float64]
    behind: NDArray[np.int64]
    flushed: int
    lost: int


def serve(
    key: ArrayLike,
    time_s: ArrayLike,
    origin: Origin,
    *,
    strategy: str = "lazy",
    is_write: ArrayLike = False,
    ttl_s: ArrayLike = np.inf,
    trip_s: float = 0.0,
    coalesce: bool = False,
    flush_s: float = 1.0,
    node: ArrayLike = 0,
    outages: tuple[Outage, ...] = (),
    stored_s: ArrayLike = 0.0,
) -> Served:
    """Serve reads and writes through a cache, cold at first unless something was stored in it.

    Parameters
    ----------
    key : array_like of int, shape (n,)
        The key of each request, dense from 0.
    time_s : array_like of float, shape (n,)
        When each comes, never earlier than the one before.
    origin : Origin
    strategy : str
        One of `STRATEGIES`. A read that misses loads the value from the origin in each of them.
    is_write : bool or array_like of bool, shape (n,)
        Which requests are writes.
    ttl_s : float or array_like of float, shape (n,)
        Time to live of the value that this request stores, above 0 s.
    trip_s : float
        One trip to the cache, s. A hit takes one; a miss two, to look and to store, and the origin.
    coalesce : bool
        Whether a read waits for the load of its key that is under way, rather than start another.
        The first load that returns fills the cache, with the value as it was when it was asked for.
    flush_s : float
        Write-behind writes to the origin at multiples of it, s.
    node : int or array_like of int, shape (k,)
        The cache's node that holds each key, in order of `outages`.
    outages : tuple of Outage
        At most one a node, by node; a node without one never fails. Requests for a node that is
        away go straight to the origin.
    stored_s : float or array_like of float, shape (k,)
        How long after 0 s the copy of each key lives that the cache holds at the start; 0 for none.

    Returns
    -------
    Served

    Raises
    ------
    ValueError
        If an argument is out of bounds, or the strategy unknown.

    Examples
    --------
    Three requests within a load's time: each loads, or one does and the others wait.

    >>> database = Origin(read_s=0.1, write_s=0.1, workers=0)
    >>> serve([0, 0, 0, 0], [0, 0.04, 0.08, 0.2], database).outcome.tolist()
    [0, 0, 0, 1]
    >>> serve([0, 0, 0, 0], [0, 0.04, 0.08, 0.2], database, coalesce=True).outcome.tolist()
    [0, 2, 2, 1]
    """
    ids = dense_keys(key)
    n, keys = ids.size, key_count(ids)
    time = request_times(time_s, n)
    ttl = np.broadcast_to(np.asarray(ttl_s, dtype=np.float64), n).copy()
    writes = np.broadcast_to(np.asarray(is_write, dtype=np.bool_), n).copy()
    home = np.broadcast_to(np.asarray(node, dtype=np.int64), keys).copy()
    _check(origin, strategy, ttl, trip_s, flush_s, home, outages)
    stored = np.broadcast_to(np.asarray(stored_s, dtype=np.float64), keys)
    free_at = np.zeros(origin.workers)
    settings = _Settings(
        strategy=STRATEGIES[strategy],
        coalesce=bool(coalesce),
        read=float(origin.read_s),
        write=float(origin.write_s),
        trip=float(trip_s),
        flush=float(flush_s),
        each=float(origin.each),
    )
    requests = _Requests(ids.astype(np.int64), time, writes, ttl)
    items, nodes = _items(stored), _nodes(home, outages)
    latency, origin_s, age = np.zeros((3, n))
    out = _Answers(np.empty(n, np.int8), latency, origin_s, age, np.zeros(n, np.int64))
    flushed, lost = _serve(requests, home, nodes, free_at, settings, items, out)
    return Served(*out, flushed=int(flushed), lost=int(lost))


def under_way(
    start_s: NDArray[np.float64], duration_s: NDArray[np.float64], at_s: ArrayLike
) -> NDArray[np.int64]:
    """How many of the spells that start at `start_s` and last `duration_s` are on at each `at_s`.

    Parameters
    ----------
    start_s : ndarray of float, shape (n,)
        In seconds.
    duration_s : ndarray of float, shape (n,)
        In seconds.
    at_s : array_like of float, shape (m,)
        In seconds.

    Returns
    -------
    ndarray of int, shape (m,)

    Examples
    --------
    >>> under_way(np.array([0.0, 1.0]), np.array([2.0, 3.0]), [0.5, 1.5, 3.5]).tolist()
    [1, 2, 1]
    """
    started = np.searchsorted(np.sort(start_s), at_s, side="right")
    return started - np.searchsorted(np.sort(start_s + duration_s), at_s, side="right")


def hash_slot(key: str | bytes) -> int:
    """Hash slot of a key in a cluster: CRC16 (XMODEM) modulo 16,384.

    If the key holds a tag, at least one character between its first ``{`` and the next ``}``, only
    the tag counts: keys that share one live together. As the Redis Cluster specification has it.

    Parameters
    ----------
    key : str or bytes

    Returns
    -------
    int
        0 to 16,383.

    Examples
    --------
    >>> hash_slot("123456789") == 0x31C3
    True
    >>> hash_slot("{user1000}.following") == hash_slot("{user1000}.followers")
    True
    """
    name = key.encode() if isinstance(key, str) else key
    start = name.find(b"{") + 1
    end = name.find(b"}", start) if start else 0
    tag = name[start:end] if end > start else name
    return binascii.crc_hqx(tag, 0) % HASH_SLOTS


def slot_node(slot: ArrayLike, nodes: int) -> NDArray[np.int64]:
    """The node that holds each slot, if `nodes` nodes share the slots in equal ranges.

    Parameters
    ----------
    slot : array_like of int
        0 to 16,383.
    nodes : int
        1 to 16,384.

    Returns
    -------
    ndarray of int, of the shape of `slot`
        Nodes are counted from 0.

    Raises
    ------
    ValueError
        If there are fewer nodes than one, or more than slots.
    """
    if not 1 <= nodes <= HASH_SLOTS:
        raise ValueError(f"nodes = {nodes}: must be 1 to {HASH_SLOTS}.")
    return np.asarray(slot, dtype=np.int64) * nodes // HASH_SLOTS


def durable_at(
    written_s: ArrayLike, *, every_s: float = 0.0, takes_s: float = 0.0
) -> NDArray[np.float64]:
    """When each write is safe, if writes are made safe together every so often.

    An append-only file is synced at once (``every_s=0``: `always`), each second (1: `everysec`) or
    when the operating system sees fit (some 30: `no`). A replica is the first case, with its lag
    for `takes_s`.

    Parameters
    ----------
    written_s : array_like of float, shape (n,)
        When each write is acknowledged. With `always`, and a quorum, that is the moment it is safe.
    every_s : float
        From one sync to the next, s. It takes all that was written before.
    takes_s : float
        How long it takes, s.

    Returns
    -------
    ndarray of float, shape (n,)
        In seconds.

    Raises
    ------
    ValueError
        If a time is below 0 s.

    Examples
    --------
    >>> durable_at([0.2, 0.9, 1.0], every_s=1).tolist()
    [1.0, 1.0, 2.0]
    """
    if not (every_s >= 0 and takes_s >= 0):
        raise ValueError(f"every_s = {every_s}, takes_s = {takes_s}: both must be 0 s or more.")
    written = np.asarray(written_s, dtype=np.float64)
    synced = (np.floor(written / every_s) + 1) * every_s if every_s else written
    return synced + takes_s


def lost_writes(
    written_s: ArrayLike, durable_s: ArrayLike, crash_s: ArrayLike
) -> NDArray[np.int64]:
    """How many acknowledged writes are gone after a crash, for each moment `crash_s`.

    Parameters
    ----------
    written_s : array_like of float, shape (n,)
        When each write was acknowledged, s.
    durable_s : array_like of float, shape (n,)
        When it was safe, as of `durable_at`, s.
    crash_s : array_like of float, shape (m,)
        In seconds.

    Returns
    -------
    ndarray of int, shape (m,)
        Writes.

    Examples
    --------
    >>> written = np.array([0.2, 0.9, 1.0])
    >>> lost_writes(written, durable_at(written, every_s=1), [0.5, 0.95, 1.5]).tolist()
    [1, 2, 1]
    """
    written = np.asarray(written_s, dtype=np.float64)
    return under_way(written, np.asarray(durable_s, dtype=np.float64) - written, crash_s)


def _check(
    origin: Origin,
    strategy: str,
    ttl: NDArray,
    trip_s: float,
    flush_s: float,
    home: NDArray,
    outages: tuple[Outage, ...],
) -> None:
    if strategy not in STRATEGIES:
        raise ValueError(f"strategy = {strategy!r}: must be one of {', '.join(STRATEGIES)}.")
    if not (0 <= origin.read_s < np.inf and 0 <= origin.write_s < np.inf and origin.workers >= 0):
        raise ValueError(f"{origin}: read_s and write_s must be 0 s or more, workers 0 or more.")
    if not 1 <= origin.each < np.inf:
        raise ValueError(f"{origin}: each must be 1 or more.")
    if ttl.size and not ttl.min() > 0:
        raise ValueError("ttl_s must be above 0 s everywhere.")
    if not (0 <= trip_s < np.inf and 0 < flush_s < np.inf):
        raise ValueError(f"trip_s = {trip_s}, flush_s = {flush_s}: 0 s or more, and above 0 s.")
    if home.size and home.min() < 0:
        raise ValueError("node must be 0 or more everywhere.")
    if not all(outage.down_s < outage.up_s for outage in outages):
        raise ValueError("each of outages must have down_s before up_s.")


class _Settings(NamedTuple):
    strategy: int
    coalesce: bool
    read: float
    write: float
    trip: float
    flush: float
    each: float


class _Requests(NamedTuple):
    key: NDArray[np.int64]
    time: NDArray[np.float64]
    is_write: NDArray[np.bool_]
    ttl: NDArray[np.float64]


class _Answers(NamedTuple):
    """The columns of `Served`."""

    outcome: NDArray[np.int8]
    latency: NDArray[np.float64]
    origin: NDArray[np.float64]
    age: NDArray[np.float64]
    behind: NDArray[np.int64]


NODE = layout(float64="down up")
ITEM = layout(
    float64="expires stored true_at arrives asked life buffered flushes",
    int64="latest at_origin cached loading pending",
)
"""A key. Times: when its copy expires, was stored, was true at the origin; when the load under way
arrives, was asked for, how long it lasts; when its first buffered write was made, goes out.
Versions: the last one acknowledged, at the origin, in the cache, under way. And the writes that
wait in the buffer."""


def _items(stored: NDArray[np.float64]) -> NDArray:
    never = dict.fromkeys(("true_at", "arrives", "asked", "life", "buffered", "flushes"), np.inf)
    items = records_of(ITEM, [never | {"expires": -np.inf, "stored": -np.inf}]).repeat(stored.size)
    held = stored > 0
    items["expires"][held], items["stored"][held], items["true_at"][held] = stored[held], 0.0, 0.0
    return items


def _nodes(home: NDArray[np.int64], outages: tuple[Outage, ...]) -> NDArray:
    nodes = records(NODE, max(int(home.max()) + 1 if home.size else 0, len(outages)))
    nodes["down"] = nodes["up"] = np.inf
    nodes[: len(outages)] = [(outage.down_s, outage.up_s) for outage in outages]
    return nodes


@kernel
def _serve(requests, home, nodes, free_at, settings, items, out):  # type: ignore[no-untyped-def]
    flushed = lost = 0
    for i in range(requests.key.size):
        now, key, ttl = requests.time[i], requests.key[i], requests.ttl[i]
        item, node = items[key], nodes[home[key]]
        reachable = now < node.down or now >= node.up
        written, gone = _catch_up(now, node, item)
        flushed, lost = flushed + written, lost + gone

        latency = waited = age = 0.0
        if requests.is_write[i]:
            out.outcome[i] = WROTE
            item.latest += 1
            if settings.strategy == BEHIND and reachable:
                latency = settings.trip
                _buffer(now, settings.flush, item)
            else:
                item.at_origin = item.latest
                latency = waited = _ask(now, settings.write, settings.each, free_at)
                if settings.strategy != LAZY and reachable:
                    latency += settings.trip
            if reachable:
                _update_copy(now, ttl, settings.strategy, item)
        elif reachable and now < item.expires:
            out.outcome[i] = HIT
            latency, age = settings.trip, now - item.true_at
            out.behind[i] = item.latest - item.cached
        elif reachable and settings.coalesce and item.arrives < np.inf:
            out.outcome[i] = WAITED
            latency = max(item.arrives - now, settings.trip)
            age = item.arrives - item.asked
            out.behind[i] = item.latest - item.loading
        else:
            out.outcome[i] = LOADED
            waited = _ask(now, settings.read, settings.each, free_at)
            latency = waited + (2.0 * settings.trip if reachable else 0.0)
            age = latency
            out.behind[i] = item.latest - item.at_origin
            if reachable and now + latency < item.arrives:
                item.arrives, item.asked, item.life = now + latency, now, ttl
                item.loading = item.at_origin
        out.latency[i], out.origin[i], out.age[i] = latency, waited, age

    for key in range(home.size):
        written, gone = _catch_up(requests.time[-1], nodes[home[key]], items[key])
        flushed, lost = flushed + written, lost + gone
    return flushed, lost


@kernel
def _buffer(now, flush, item):  # type: ignore[no-untyped-def]
    """Write to the cache; what is buffered goes to the origin at the next multiple of `flush`."""
    if item.pending == 0:
        item.buffered, item.flushes = now, (now // flush + 1.0) * flush
    item.pending += 1


@kernel
def _update_copy(now, ttl, strategy, item):  # type: ignore[no-untyped-def]
    """What a write does to the cache's copy."""
    if strategy == INVALIDATE:
        item.expires = -np.inf
    elif strategy >= THROUGH:
        item.cached, item.expires = item.latest, now + ttl
        item.stored = item.true_at = now


@kernel
def _catch_up(now, node, item):  # type: ignore[no-untyped-def]
    """What happened to a key since it was last touched; returns writes flushed and lost."""
    flushed = lost = 0
    if item.pending > 0:
        if item.buffered <= node.down < item.flushes and node.down <= now:
            lost, item.pending = item.pending, 0
        elif item.flushes <= now:
            flushed, item.at_origin, item.pending = 1, item.latest, 0
    arrives = item.arrives
    if item.stored < node.down <= min(now, arrives):
        item.expires = -np.inf
    if arrives <= now:
        item.arrives = np.inf
        if item.expires <= arrives and not node.down <= arrives < node.up:
            item.stored, item.true_at, item.cached = arrives, item.asked, item.loading
            item.expires = -np.inf if arrives < node.down <= now else arrives + item.life
    return flushed, lost


@kernel
def _ask(now, takes, each, free_at):  # type: ignore[no-untyped-def]
    if free_at.size == 0:
        return takes
    worker = 0
    for w in range(free_at.size):
        if free_at[w] < free_at[worker]:
            worker = w
    wait = max(free_at[worker] - now, 0.0)
    free_at[worker] = now + wait + each * takes
    return max(wait - (each - 1.0) * takes, 0.0) + takes
